//! The history of one thing: who changed what, and when.

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Context, ID, Object, SimpleObject};
use cairn_core::access::AuditRead;
use cairn_core::history;
use cairn_core::ids;
use cairn_core::json::Json;
use cairn_storage::index::{Cursor, SortValue};

use crate::connection::{page_cost, page_size};
use crate::cursor;
use crate::error::Result;
use crate::scalars::{JsonText, Position, Timestamp, uuid};
use crate::session::session;

/// One event of a thing, as what it changed.
#[derive(SimpleObject)]
pub(crate) struct Change {
    position: Position,
    time: Timestamp,
    /// Who did it.
    principal: String,
    /// Changes of one request have the same.
    request: ID,
    /// The name of the event's kind, as in the log.
    kind: String,
    fields: Vec<FieldChange>,
    /// Fields that changed too and are left out.
    fields_omitted: usize,
}

#[derive(SimpleObject)]
pub(crate) struct FieldChange {
    /// What lies within a thing is named by its place: `items.<id>.data`.
    field: String,
    /// Null where there was nothing.
    before: Option<JsonText>,
    after: Option<JsonText>,
    /// A value is too long: what stands here is a text, the beginning of it.
    is_shortened: bool,
}

#[derive(SimpleObject)]
pub(crate) struct HistoryExtent {
    total_count: usize,
    /// Whether all events of the thing were looked at. Of very many only the newest are.
    is_complete: bool,
}

type ChangePage = Connection<String, Change, HistoryExtent, EmptyFields>;

impl From<history::Change> for Change {
    fn from(change: history::Change) -> Self {
        let json = |value: serde_json::Value| JsonText(Json::from_value(&value));
        let fields = change.fields.into_iter().map(|field| FieldChange {
            field: field.field,
            before: field.before.map(json),
            after: field.after.map(json),
            is_shortened: field.is_shortened,
        });
        Self {
            position: Position(change.position),
            time: Timestamp(change.time),
            principal: change.principal.to_string(),
            request: change.request.into(),
            kind: change.kind.to_owned(),
            fields: fields.collect(),
            fields_omitted: change.fields_omitted,
        }
    }
}

#[derive(Default)]
pub(crate) struct HistoryQueries;

#[Object]
impl HistoryQueries {
    /// What happened to a thing of whatever kind, newest first: a trace, a project, an item of a dataset. What is
    /// deleted has its history still.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn history(
        &self,
        context: &Context<'_>,
        id: ID,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<ChangePage> {
        let (id, first) = (uuid(&id)?, page_size(first)?);
        let list = format!("history of {id}");
        let after = after.map(|after| cursor::decode(&list, &after)).transpose()?;
        let before = after.as_ref().and_then(|after| match after.value {
            SortValue::Whole(position) => u64::try_from(position).ok().map(ids::Position),
            _ => None,
        });
        let read =
            session(context)?.read::<AuditRead, _>(move |reader| Ok(reader.changes(id, before, first)?));
        let found = read.await?;
        let extent = HistoryExtent { total_count: found.total, is_complete: found.is_complete };
        let mut page = Connection::with_additional_fields(before.is_some(), found.has_older, extent);
        page.edges = found
            .changes
            .into_iter()
            .map(|change| {
                let value = SortValue::Whole(i64::try_from(change.position.0).unwrap_or(i64::MAX));
                Edge::new(cursor::encode(&list, &Cursor { value, id }), Change::from(change))
            })
            .collect();
        Ok(page)
    }
}
