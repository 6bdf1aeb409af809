//! What the things that match have in common: the values of many fields with their counts, and by which values some of
//! them differ from the rest.

use std::collections::BTreeMap;

use cairn_core::limits::FACET_KEYS_MAX;
use cairn_core::query::field::Shape;
use cairn_core::query::{Comparison, Entity, Field, Operand, Predicate, Query};

use super::{Aggregated, Aggregation, Key, Keyed, Measure, Summary};
use crate::error::Error;
use crate::reader::{Reader, Scope};

/// How often each value of a field is met.
#[derive(Clone, Debug)]
pub struct Facet {
    pub field: Field,
    /// Texts the most frequent first, ranges of numbers in their order.
    pub values: Vec<(Value, u64)>,
    /// Things without a value.
    pub missing: u64,
    /// Things with a value that is not among `values`. A thing with several values may count more than once.
    pub others: u64,
}

#[derive(Clone, Debug, PartialEq, PartialOrd)]
pub enum Value {
    Text(String),
    /// From the first number up to the second, which belongs to it in the last range alone.
    Range {
        from: f64,
        to: f64,
        is_last: bool,
    },
}

/// A value that some things have more or less often than the rest.
#[derive(Clone, Debug)]
pub struct Difference {
    pub field: Field,
    pub value: Value,
    pub selected: u64,
    pub rest: u64,
    /// Share among the selected less the share among the rest, from -1 to 1.
    pub difference: f64,
    /// By how much the shares differ at least, with 95 percent confidence: the interval of Agresti and Caffo, "Simple and
    /// effective confidence intervals for proportions and differences of proportions" (2000). 0 where it may be chance.
    pub at_least: f64,
}

#[derive(Clone, Debug)]
pub struct Differences {
    pub selected: u64,
    pub rest: u64,
    /// What differs most comes first.
    pub values: Vec<Difference>,
}

/// What is counted: the things of some scopes that a query is true of.
#[derive(Clone, Copy)]
pub struct Counted<'a> {
    pub reader: &'a Reader,
    pub entity: Entity,
    pub scopes: &'a [Scope],
    pub query: &'a Query,
}

impl Value {
    /// The condition that holds of the things with this value.
    pub fn condition(&self, field: &Field) -> Query {
        let term = |predicate| Query::term(field.clone(), predicate);
        let compare = |comparison, number| term(Predicate::Compare(comparison, Operand::Number(number)));
        match self {
            Self::Text(text) if field.shape() == Shape::Truth => {
                term(Predicate::Equals(Operand::Truth(text == "true")))
            }
            Self::Text(text) => term(Predicate::Equals(Operand::Text(text.clone()))),
            Self::Range { from, to, is_last } => {
                let below = if *is_last { Comparison::LessOrEqual } else { Comparison::Less };
                Query::And(vec![compare(Comparison::GreaterOrEqual, *from), compare(below, *to)])
            }
        }
    }
}

impl Counted<'_> {
    /// The fields that are worth a look when nobody names any: those that everything has, the scores, and what is in the
    /// metadata.
    pub fn usual_fields(&self) -> Result<Vec<Field>, Error> {
        let fixed = [
            Field::Name,
            Field::Type,
            Field::Model,
            Field::Provider,
            Field::Providers,
            Field::Environment,
            Field::Source,
            Field::Tags,
            Field::CreatedBy,
            Field::Error,
            Field::ErrorType,
            Field::Duration,
            Field::Cost,
            Field::Usage("total_tokens".to_owned()),
        ];
        let mut fields: Vec<_> = fixed.into_iter().filter(|field| field.exists_for(self.entity)).collect();
        let scores =
            self.keys(Keyed::Scores)?.into_iter().map(|name| Field::FeedbackScore(name.to_lowercase()));
        fields.extend(scores);
        fields.extend(
            self.keys(Keyed::Metadata)?.iter().filter_map(|name| Field::parse(self.entity, name).ok()),
        );
        let derived = self.reader.derived()?;
        for known in derived.of(self.entity) {
            if self.reader.is_filled(&known.column)? {
                fields.push(Field::Derived(known.column.name.clone()));
            }
        }
        fields.dedup();
        Ok(fields)
    }

    fn keys(&self, keyed: Keyed) -> Result<Vec<String>, Error> {
        let mut keys = Vec::new();
        for scope in self.scopes {
            keys.extend(self.reader.keys(*scope, self.query, keyed)?);
        }
        keys.sort_unstable();
        keys.dedup();
        keys.truncate(FACET_KEYS_MAX);
        Ok(keys)
    }

    /// The values of a field, of texts at most `values_max`.
    pub fn facet(&self, field: &Field, values_max: usize) -> Result<Facet, Error> {
        if matches!(field.shape(), Shape::Number | Shape::Duration) {
            return self.ranges(field);
        }
        let mut facet = Facet { field: field.clone(), values: Vec::new(), missing: 0, others: 0 };
        for (key, count) in self.by(field)? {
            match key {
                Key::Value(value) if facet.values.len() < values_max => {
                    facet.values.push((Value::Text(value), count));
                }
                Key::Missing => facet.missing += count,
                Key::Value(_) | Key::Others => facet.others += count,
            }
        }
        Ok(facet)
    }

    /// By which values of the fields those differ that `selection` is also true of; at most `count_max`.
    pub fn differences(
        &self,
        selection: &Query,
        fields: &[Field],
        count_max: usize,
    ) -> Result<Differences, Error> {
        let chosen = Query::And(vec![self.query.clone(), selection.clone()]).simplified();
        let others = Query::And(vec![self.query.clone(), selection.clone().negated()]).simplified();
        let (chosen, others) = (Counted { query: &chosen, ..*self }, Counted { query: &others, ..*self });
        let (selected, rest) = (chosen.count()?, others.count()?);
        let mut values = Vec::new();
        for field in fields {
            for (value, [mine, theirs]) in self.in_both(field, [&chosen, &others])? {
                let (difference, at_least) = apart([mine, selected], [theirs, rest]);
                values.push(Difference {
                    field: field.clone(),
                    value,
                    selected: mine,
                    rest: theirs,
                    difference,
                    at_least,
                });
            }
        }
        values.sort_by(|one, other| {
            let size = other.difference.abs().total_cmp(&one.difference.abs());
            other.at_least.total_cmp(&one.at_least).then(size)
        });
        values.truncate(count_max);
        Ok(Differences { selected, rest, values })
    }

    /// How often the values of a field are met in each of two.
    fn in_both(&self, field: &Field, both: [&Counted<'_>; 2]) -> Result<Vec<(Value, [u64; 2])>, Error> {
        if matches!(field.shape(), Shape::Number | Shape::Duration) {
            let ranges = self.ranges(field)?;
            let counts = ranges.values.into_iter().map(|(value, _)| {
                let condition = value.condition(field);
                let counts = [both[0].count_of(&condition)?, both[1].count_of(&condition)?];
                Ok((value, counts))
            });
            return counts.collect();
        }
        let mut counts: BTreeMap<String, [u64; 2]> = BTreeMap::new();
        let [mine, theirs] = [both[0].by(field)?, both[1].by(field)?];
        for (key, count) in mine {
            if let Key::Value(value) = key {
                counts.entry(value).or_default()[0] += count;
            }
        }
        for (key, count) in theirs {
            if let Key::Value(value) = key {
                counts.entry(value).or_default()[1] += count;
            }
        }
        // A text that is met once is an id or as good as one.
        let often = counts.into_iter().filter(|(_, [mine, theirs])| mine + theirs > 1);
        Ok(often.map(|(value, counts)| (Value::Text(value), counts)).collect())
    }

    fn ranges(&self, field: &Field) -> Result<Facet, Error> {
        let aggregation = Aggregation {
            measures: vec![Measure::of(field.clone()).with_percentiles()],
            ..Aggregation::default()
        };
        let groups = self.aggregated(self.query, &aggregation)?.groups;
        let all = groups.iter().map(|group| group.count).sum::<u64>();
        let summary = groups.into_iter().next().and_then(|group| group.summaries.into_iter().next());
        let mut facet = Facet { field: field.clone(), values: Vec::new(), missing: all, others: 0 };
        let Some(mut summary) = summary.filter(|summary| summary.count() > 0) else { return Ok(facet) };
        facet.missing = all.saturating_sub(summary.count());
        let bounds = bounds(field, &mut summary);
        let last = bounds.len().saturating_sub(2);
        for (at, pair) in bounds.windows(2).enumerate() {
            let [from, to] = pair else { continue };
            let value = Value::Range { from: *from, to: *to, is_last: at == last };
            let count = self.count_of(&value.condition(field))?;
            facet.values.push((value, count));
        }
        Ok(facet)
    }

    fn count(&self) -> Result<u64, Error> {
        let found = self.aggregated(self.query, &Aggregation::default())?;
        Ok(found.groups.iter().map(|group| group.count).sum())
    }

    fn count_of(&self, condition: &Query) -> Result<u64, Error> {
        let query = Query::And(vec![self.query.clone(), condition.clone()]).simplified();
        Counted { query: &query, ..*self }.count()
    }

    /// The most frequent first.
    fn by(&self, field: &Field) -> Result<Vec<(Key, u64)>, Error> {
        let aggregation = Aggregation { by: vec![field.clone()], ..Aggregation::default() };
        let groups = self.aggregated(self.query, &aggregation)?.groups.into_iter();
        Ok(groups.filter_map(|group| Some((group.by.into_iter().next()?, group.count))).collect())
    }

    fn aggregated(&self, query: &Query, aggregation: &Aggregation) -> Result<Aggregated, Error> {
        self.reader.aggregate_all(self.scopes, query, aggregation)
    }
}

/// Where the ranges of a field begin and end. Scores are cut into even pieces; of times and costs the few large ones
/// are what one looks for.
fn bounds(field: &Field, summary: &mut Summary) -> Vec<f64> {
    let (Some(min), Some(max)) = (summary.min(), summary.max()) else { return Vec::new() };
    let mut bounds: Vec<_> = if matches!(field, Field::FeedbackScore(_)) {
        (0..=5).map(|step| min + (max - min) * f64::from(step) / 5.0).collect()
    } else {
        let inner = summary.percentiles([0.5, 0.9, 0.99]).unwrap_or([min; 3]);
        [min].into_iter().chain(inner).chain([max]).collect()
    };
    for bound in &mut bounds {
        // Percentiles may be estimates.
        *bound = bound.clamp(min, max);
    }
    if let Some(last) = bounds.last_mut() {
        *last = max;
    }
    bounds.dedup();
    if bounds.len() == 1 {
        bounds.push(max);
    }
    bounds
}

/// The difference of two shares, each a count and what it is a part of, and its size that is more than chance.
fn apart(mine: [u64; 2], theirs: [u64; 2]) -> (f64, f64) {
    const Z: f64 = 1.959_964;
    let share = |[part, all]: [u64; 2]| if all == 0 { 0.0 } else { float(part) / float(all) };
    let difference = share(mine) - share(theirs);
    // One success and one failure are added to each.
    let adjusted = |[part, all]: [u64; 2]| {
        let (share, all) = ((float(part) + 1.0) / (float(all) + 2.0), float(all) + 2.0);
        (share, share * (1.0 - share) / all)
    };
    let ((mine, mine_variance), (theirs, theirs_variance)) = (adjusted(mine), adjusted(theirs));
    let at_least = (mine - theirs).abs() - Z * (mine_variance + theirs_variance).sqrt();
    (difference, at_least.max(0.0))
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
const fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_few_things_are_not_told_apart_but_those_of_many_are() {
        let (difference, at_least) = apart([1, 1], [0, 3]);
        assert_eq!((difference, at_least), (1.0, 0.0));
        // Agresti and Caffo for 60 of 100 and 20 of 100: 0.3922 with an interval of ± 0.1232.
        let (difference, at_least) = apart([60, 100], [20, 100]);
        assert!((difference - 0.4).abs() < 1e-9, "{difference}");
        assert!((at_least - 0.269).abs() < 1e-3, "{at_least}");
        assert_eq!(apart([0, 0], [0, 0]), (0.0, 0.0));
    }

    #[test]
    fn scores_are_cut_evenly_and_costs_where_the_many_end() {
        let mut summary = Summary::new(true);
        (0..=100).for_each(|value| summary.add(f64::from(value)));
        let score = Field::FeedbackScore("a".to_owned());
        assert_eq!(bounds(&score, &mut summary), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(bounds(&Field::Cost, &mut summary), [0.0, 50.0, 90.0, 99.0, 100.0]);
        let mut one = Summary::new(true);
        one.add(3.0);
        assert_eq!(bounds(&Field::Cost, &mut one), [3.0, 3.0]);
    }
}
