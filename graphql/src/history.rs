//! The history of things: who changed what, and when; taking changes back; and what was deleted. What happened to
//! everything is in `audit`.

pub(crate) mod audit;
pub(crate) mod changes;

use std::collections::BTreeSet;

use async_graphql::connection::{Connection, Edge, EmptyFields};
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use cairn_core::access::AuditRead;
use cairn_core::history;
use cairn_core::history::undo::Command;
use cairn_core::ids;
use cairn_core::json::Json;
use cairn_storage::history::trash;
use cairn_storage::index::{Cursor, SortValue};
use uuid::Uuid;

use crate::connection::{page_cost, page_size};
use crate::cursor;
use crate::error::Result;
use crate::moment::moment;
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
    /// The change that this one took back.
    undoes: Option<Position>,
    /// It was taken back and counts for nothing by now.
    is_undone: bool,
    /// What taking it back comes to; null if a change of its kind cannot be taken back.
    undo_outcome: Option<UndoOutcome>,
}

/// What becomes of a thing when a change of it is taken back.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "history::Outcome")]
pub(crate) enum UndoOutcome {
    /// It is as before the change.
    AsBefore,
    /// There was nothing before: it goes into the trash.
    Trashed,
    /// There was nothing before: it goes, and only its history tells of it.
    Deleted,
    /// There was nothing before, and it is never taken away: from now on it does nothing more.
    Ended,
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
pub(crate) struct KnownField {
    field: String,
    value: JsonText,
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
            undoes: change.undoes.map(Position),
            is_undone: change.is_undone,
            undo_outcome: change.outcome.map(UndoOutcome::from),
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
        let before = after.as_ref().and_then(position);
        let read =
            session(context)?.read::<AuditRead, _>(move |reader| Ok(reader.changes(id, before, first)?));
        let found = read.await?;
        let extent = HistoryExtent { total_count: found.total, is_complete: found.is_complete };
        let mut page = Connection::with_additional_fields(before.is_some(), found.has_older, extent);
        page.edges = found
            .changes
            .into_iter()
            .map(|change| Edge::new(cursor::encode(&list, &place(change.position, id)), Change::from(change)))
            .collect();
        Ok(page)
    }

    /// What was known of a thing of whatever kind at an earlier moment, from its own events alone; nothing if it was not
    /// there. The cost does not grow with the log.
    #[graphql(complexity = 200)]
    async fn fields_at(
        &self,
        context: &Context<'_>,
        id: ID,
        position: Option<Position>,
        time: Option<Timestamp>,
    ) -> Result<Vec<KnownField>> {
        let (session, id) = (session(context)?, uuid(&id)?);
        let (at, _) = moment(session, position, time).await?;
        let read =
            session.read::<AuditRead, _>(move |reader| Ok(reader.fields_at(id, at, &BTreeSet::new())?));
        let known = read.await?.into_iter();
        Ok(known
            .map(|(field, value)| KnownField { field, value: JsonText(Json::from_value(&value)) })
            .collect())
    }

    /// What was deleted, newest deletion first, of one kind or of all. What was restored is not there any more.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn trash(
        &self,
        context: &Context<'_>,
        kind: Option<TrashedKind>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Connection<String, Trashed>> {
        let first = page_size(first)?;
        let after = after.map(|after| cursor::decode(TRASH, &after)).transpose()?;
        let before = after.as_ref().and_then(position);
        let kind = kind.map(trash::Kind::from);
        let read =
            session(context)?.read::<AuditRead, _>(move |reader| Ok(reader.trash(before, kind, first)?));
        let found = read.await?;
        let mut page = Connection::new(before.is_some(), found.has_more);
        page.edges = found
            .trashed
            .into_iter()
            .map(|trashed| {
                let cursor = cursor::encode(TRASH, &place(trashed.position, trashed.id));
                Edge::new(cursor, Trashed::from(trashed))
            })
            .collect();
        Ok(page)
    }
}

const TRASH: &str = "trash";

/// What was deleted and can be restored.
#[derive(SimpleObject)]
pub(crate) struct Trashed {
    id: ID,
    kind: TrashedKind,
    name: Option<String>,
    project_id: Option<ID>,
    deleted_at: Timestamp,
    deleted_by: String,
    /// Of the deletion.
    position: Position,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "trash::Kind")]
pub(crate) enum TrashedKind {
    Project,
    Trace,
    Dataset,
    Prompt,
    Experiment,
    Dashboard,
    FeedbackDefinition,
    Environment,
    AnnotationQueue,
    Optimization,
    Price,
    DerivedColumn,
    Alert,
}

impl From<trash::Trashed> for Trashed {
    fn from(trashed: trash::Trashed) -> Self {
        Self {
            id: trashed.id.into(),
            kind: trashed.kind.into(),
            name: trashed.name,
            project_id: trashed.project_id.map(ID::from),
            deleted_at: Timestamp(trashed.time),
            deleted_by: trashed.principal,
            position: Position(trashed.position),
        }
    }
}

#[derive(Default)]
pub(crate) struct HistoryMutations;

#[Object]
impl HistoryMutations {
    /// Takes one change back, whoever made it, and says at which position that is recorded. Refused if the same fields
    /// were changed again since. What was made is deleted; what was deleted comes back with all that belonged to it. An
    /// undo is a change like any other and can be undone.
    async fn undo(&self, context: &Context<'_>, position: Position) -> Result<Position> {
        execute(context, Command::Undo(position.0)).await
    }

    /// Takes back all that one request did, or nothing of it.
    async fn undo_request(&self, context: &Context<'_>, request: ID) -> Result<Position> {
        execute(context, Command::UndoRequest(ids::RequestId::known(uuid(&request)?))).await
    }

    /// Brings back what lies in the trash as it was: a trace with its spans, scores and comments.
    async fn restore(&self, context: &Context<'_>, id: ID) -> Result<Position> {
        execute(context, Command::Restore(uuid(&id)?)).await
    }
}

async fn execute(context: &Context<'_>, command: Command) -> Result<Position> {
    Ok(Position(session(context)?.execute(command).await?.position))
}

fn place(position: ids::Position, id: Uuid) -> Cursor {
    Cursor { value: SortValue::Whole(i64::try_from(position.0).unwrap_or(i64::MAX)), id }
}

fn position(cursor: &Cursor) -> Option<ids::Position> {
    match cursor.value {
        SortValue::Whole(position) => u64::try_from(position).ok().map(ids::Position),
        _ => None,
    }
}
