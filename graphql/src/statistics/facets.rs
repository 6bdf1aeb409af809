//! Facets: the values of many fields with their counts, and by which values a selection differs from the rest.

use async_graphql::{Context, Object, SimpleObject};
use cairn_core::access::TraceRead;
use cairn_core::limits::{FACET_FIELDS_MAX, FACET_VALUES_MAX};
use cairn_core::query::{Entity, Field, Query};
use cairn_storage::aggregate::facets::{self, Counted};

use super::{StatisticsScope, dimensions, measures};
use crate::error::{Problem, Result};
use crate::session::session;

/// The values of a field, with how many things have each.
#[derive(SimpleObject)]
pub(crate) struct Facet {
    /// As the query language writes it.
    field: String,
    /// Texts the most frequent first, ranges of numbers in their order.
    values: Vec<FacetValue>,
    /// Things that have no value.
    missing: u64,
    /// Things with a value that is not among `values`.
    others: u64,
}

#[derive(SimpleObject)]
pub(crate) struct FacetValue {
    #[graphql(flatten)]
    value: Valued,
    count: u64,
}

/// A text, or a range of numbers.
#[derive(SimpleObject)]
struct Valued {
    /// Null for a range.
    value: Option<String>,
    /// Included.
    from: Option<f64>,
    /// Excluded, but for the last range of a field.
    to: Option<f64>,
    /// The condition that holds of these things, in the query language.
    filter: String,
}

#[derive(SimpleObject)]
pub(crate) struct Differences {
    /// How many things the selection holds.
    selected: u64,
    /// How many other things are in the scope.
    rest: u64,
    /// What differs most comes first.
    values: Vec<DifferingValue>,
}

/// A value that the selected have more or less often than the rest.
#[derive(SimpleObject)]
pub(crate) struct DifferingValue {
    field: String,
    #[graphql(flatten)]
    value: Valued,
    selected: u64,
    rest: u64,
    /// Share among the selected less the share among the rest, from -1 to 1.
    difference: f64,
    /// By how much the shares differ at least, with 95 percent confidence (Agresti and Caffo); 0 where it may be chance.
    at_least: f64,
}

#[derive(Default)]
pub(crate) struct FacetQueries;

#[Object]
impl FacetQueries {
    /// The values of fields with their counts. Without `fields`, of all that are usual, of scores and of metadata.
    #[graphql(complexity = "500 + child_complexity")]
    async fn facets(
        &self,
        context: &Context<'_>,
        scope: StatisticsScope,
        fields: Option<Vec<String>>,
        #[graphql(default = 10)] values: usize,
    ) -> Result<Vec<Facet>> {
        let session = session(context)?;
        let scope = scope.understood(session.now())?;
        let fields = named(scope.entity, fields)?;
        if values > FACET_VALUES_MAX {
            return Err(Problem::invalid(format!("`values` must not be more than {FACET_VALUES_MAX}")));
        }
        let read = session.read::<TraceRead, _>(move |reader| {
            let counted =
                Counted { reader, entity: scope.entity, scopes: &scope.scopes, query: &scope.query };
            let fields = fields.map_or_else(|| counted.usual_fields(), Ok)?;
            let facets = fields.iter().map(|field| Ok(Facet::from(counted.facet(field, values)?)));
            facets.collect::<std::result::Result<Vec<_>, cairn_actors::failure::Failure>>()
        });
        Ok(read.await?)
    }

    /// What is different about the things of a scope that `selection` is also true of: the values that they have more or
    /// less often than the rest of the scope.
    #[graphql(complexity = "1000 + child_complexity")]
    async fn differences(
        &self,
        context: &Context<'_>,
        scope: StatisticsScope,
        #[graphql(desc = "Text of the query language.")] selection: String,
        fields: Option<Vec<String>>,
        #[graphql(default = 20)] first: usize,
    ) -> Result<Differences> {
        let session = session(context)?;
        let scope = scope.understood(session.now())?;
        let selection = Query::parse(scope.entity, &selection, session.now())?;
        let fields = named(scope.entity, fields)?;
        if first > FACET_VALUES_MAX {
            return Err(Problem::invalid(format!("`first` must not be more than {FACET_VALUES_MAX}")));
        }
        let read = session.read::<TraceRead, _>(move |reader| {
            let counted =
                Counted { reader, entity: scope.entity, scopes: &scope.scopes, query: &scope.query };
            let fields = fields.map_or_else(|| counted.usual_fields(), Ok)?;
            let found = counted.differences(&selection, &fields, first)?;
            let values = found.values.into_iter().map(DifferingValue::from).collect();
            Ok(Differences { selected: found.selected, rest: found.rest, values })
        });
        Ok(read.await?)
    }
}

/// Fields that can be counted by value, or as numbers in ranges.
fn named(entity: Entity, names: Option<Vec<String>>) -> Result<Option<Vec<Field>>> {
    let Some(names) = names else { return Ok(None) };
    if names.len() > FACET_FIELDS_MAX {
        return Err(Problem::invalid(format!("`fields` must not be more than {FACET_FIELDS_MAX}")));
    }
    let fields = names.iter().map(|name| {
        let alone = std::slice::from_ref(name);
        if measures(entity, alone, false).is_err() {
            dimensions(entity, alone)?;
        }
        Ok(Field::parse(entity, name)?)
    });
    fields.collect::<Result<_>>().map(Some)
}

impl Valued {
    fn of(field: &Field, value: facets::Value) -> Self {
        let filter = value.condition(field).to_string();
        match value {
            facets::Value::Text(value) => Self { value: Some(value), from: None, to: None, filter },
            facets::Value::Range { from, to, .. } => {
                Self { value: None, from: Some(from), to: Some(to), filter }
            }
        }
    }
}

impl From<facets::Facet> for Facet {
    fn from(facet: facets::Facet) -> Self {
        let field = &facet.field;
        let values = facet.values.into_iter();
        Self {
            field: field.to_string(),
            values: values
                .map(|(value, count)| FacetValue { value: Valued::of(field, value), count })
                .collect(),
            missing: facet.missing,
            others: facet.others,
        }
    }
}

impl From<facets::Difference> for DifferingValue {
    fn from(found: facets::Difference) -> Self {
        Self {
            field: found.field.to_string(),
            value: Valued::of(&found.field, found.value),
            selected: found.selected,
            rest: found.rest,
            difference: found.difference,
            at_least: found.at_least,
        }
    }
}
