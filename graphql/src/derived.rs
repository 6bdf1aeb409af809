//! Derived columns: values of traces and spans that a workspace wants beside what was recorded.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::TraceRead;
use cairn_core::derived::{Add, Column, Command, Formula, Of, Source};
use cairn_core::ids::DerivedColumnId;
use cairn_core::limits::PREVIEW_CHARS_MAX;
use cairn_core::query::{Entity, Query};
use cairn_storage::derived::Shown;
use cairn_storage::reader::Reader;
use uuid::Uuid;

use crate::error::{Problem, Result};
use crate::projections::share;
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, loader, session};

/// What has a derived column.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Of")]
pub(crate) enum DerivedOf {
    Traces,
    Spans,
}

/// Its values are computed of everything that was ever recorded, and of all that comes: `derived.<name>` in filters,
/// sortings, facets and statistics.
#[derive(SimpleObject)]
pub(crate) struct DerivedColumn {
    id: ID,
    of: DerivedOf,
    name: String,
    /// A place within input, output or metadata, unless it is a condition.
    path: Option<String>,
    /// A condition of the query language, which makes the value `true` or `false`.
    condition: Option<String>,
    /// Whether everything that was recorded has its value. Until then filters look at what was recorded itself, which is
    /// slower, and sortings, facets and statistics are refused.
    is_filled: bool,
    /// The part of the log of which it has been computed, from 0 to 1.
    filled_share: f64,
    created_at: Timestamp,
    created_by: String,
}

impl DerivedColumn {
    fn told(reader: &Reader, column: &Column) -> std::result::Result<Self, Failure> {
        let (done, of) = reader.filled(column)?;
        let text = column.source.text().to_owned();
        let (path, condition) = match column.source {
            Source::Path(_) => (Some(text), None),
            Source::Condition(_) => (None, Some(text)),
        };
        Ok(Self {
            id: column.id.into(),
            of: column.of.into(),
            name: column.name.clone(),
            path,
            condition,
            is_filled: reader.is_filled(column)?,
            filled_share: share(done, of),
            created_at: Timestamp(column.created_at),
            created_by: column.created_by.clone(),
        })
    }
}

/// The value of one derived column.
#[derive(SimpleObject)]
pub(crate) struct DerivedValue {
    name: String,
    /// A text as it is, anything else as JSON, of very long ones the first characters; null where nothing is.
    value: Option<String>,
}

#[derive(InputObject)]
pub(crate) struct DerivedColumnInput {
    of: DerivedOf,
    /// Lower-case letters, digits and `_`, such as `finish_reason`.
    name: String,
    /// Such as `output.choices[0].finish_reason`; either this or a condition.
    path: Option<String>,
    /// Text of the query language; times such as `-24h` count from now.
    condition: Option<String>,
}

impl DerivedColumnInput {
    fn understood(self, now: cairn_core::time::Timestamp) -> Result<Add> {
        let of = Of::from(self.of);
        let formula = match (self.path, self.condition) {
            (Some(path), None) => Formula::path(of, &path).map_err(Problem::bad_path)?,
            (None, Some(condition)) => Formula::condition(of, &condition, now)?,
            (Some(_), Some(_)) | (None, None) => {
                return Err(Problem::invalid("a derived column has either a `path` or a `condition`"));
            }
        };
        Ok(Add { of, name: self.name, formula })
    }
}

#[derive(Default)]
pub(crate) struct DerivedQueries;

#[Object]
impl DerivedQueries {
    /// Those of traces first, by name.
    async fn derived_columns(&self, context: &Context<'_>) -> Result<Vec<DerivedColumn>> {
        let read = session(context)?.read::<TraceRead, _>(|reader| {
            let columns = reader.derived()?;
            columns.all().into_iter().map(|column| DerivedColumn::told(reader, column)).collect()
        });
        Ok(read.await?)
    }
}

#[derive(Default)]
pub(crate) struct DerivedMutations;

#[Object]
impl DerivedMutations {
    /// Adds a column and begins to fill it from the beginning of the log, while everything goes on.
    async fn add_derived_column(
        &self,
        context: &Context<'_>,
        column: DerivedColumnInput,
    ) -> Result<DerivedColumn> {
        let session = session(context)?;
        let add = column.understood(session.now())?;
        let outcome = session.execute(Command::Add(Box::new(add))).await?;
        let id = DerivedColumnId::known(outcome.created.unwrap_or_default());
        let read = session.read::<TraceRead, _>(move |reader| {
            let columns = reader.derived()?;
            columns.get(id).map(|column| DerivedColumn::told(reader, column)).transpose()
        });
        // Somebody else may have removed it since.
        read.await?.ok_or_else(|| Problem::not_found("derived column not found"))
    }

    async fn remove_derived_column(&self, context: &Context<'_>, id: ID) -> Result<bool> {
        let id = DerivedColumnId::known(uuid(&id)?);
        session(context)?.execute(Command::Remove(id)).await?;
        Ok(true)
    }
}

/// A filter as what was recorded answers it: columns count as they are when a subscription begins.
pub(crate) async fn plain(session: &Session, entity: Entity, query: Query) -> Result<Query> {
    if !query.asks_derived() {
        return Ok(query);
    }
    let read = session.read::<TraceRead, _>(move |reader| Ok(reader.in_plain(entity, &query)?));
    Ok(read.await?)
}

/// The values of a trace or span.
pub(crate) async fn values(context: &Context<'_>, entity: Entity, id: Uuid) -> Result<Vec<DerivedValue>> {
    let found = loader(context)?.load_one(DerivedKey { entity, id }).await?;
    let cut = |value: String| {
        let end = value.char_indices().nth(PREVIEW_CHARS_MAX).map_or(value.len(), |(end, _)| end);
        value.get(..end).unwrap_or_default().to_owned()
    };
    let values = found.iter().flat_map(|shown| shown.iter().cloned());
    Ok(values.map(|(name, value)| DerivedValue { name, value: value.map(cut) }).collect())
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct DerivedKey {
    entity: Entity,
    id: Uuid,
}

impl Loader<DerivedKey> for Session {
    type Value = Arc<Shown>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[DerivedKey],
    ) -> std::result::Result<HashMap<DerivedKey, Arc<Shown>>, Failure> {
        let keys = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let columns = reader.derived()?;
            let mut values = HashMap::with_capacity(keys.len());
            for key in keys {
                values.insert(key, Arc::new(reader.derived_values(&columns, key.entity, key.id)?));
            }
            Ok(values)
        })
        .await
    }
}
