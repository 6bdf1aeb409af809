//! What happened in the workspace, newest first: who did what, and when; and up to where the log is signed.

use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use cairn_core::access::{Actor, AuditRead};
use cairn_core::history::things;
use cairn_core::ids::{ProjectId, RequestId};
use cairn_core::json::Json;
use cairn_core::limits::{AUDIT_LOOKED_EVENTS_MAX, AUDIT_LOOKUPS_MAX};
use cairn_storage::history::audit;
use cairn_storage::history::checkpoints::Signed;
use cairn_storage::log::kind::{Action, Row};

use super::Change;
use crate::connection::{page_cost, page_size};
use crate::error::{Problem, Result};
use crate::scalars::{JsonText, Position, Timestamp, uuid};
use crate::session::session;

#[derive(Default)]
pub(crate) struct AuditQueries;

#[Object]
impl AuditQueries {
    /// What happened in the workspace, newest first. A page looks at so much of the log and no more, so that it may hold
    /// fewer events than were asked for, or none: go on with `before` set to what it `reached` until it `isComplete`.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn audit_events(
        &self,
        context: &Context<'_>,
        filter: Option<AuditFilter>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        before: Option<Position>,
    ) -> Result<AuditEvents> {
        let wanted = audit::Wanted {
            filter: filter.unwrap_or_default().understood()?,
            before: before.map(|Position(at)| at),
            limit: page_size(first)?,
            looked_max: AUDIT_LOOKED_EVENTS_MAX,
            lookups_max: AUDIT_LOOKUPS_MAX,
        };
        let read = session(context)?
            .read::<AuditRead, _>(move |reader| Ok((reader.audit(&wanted)?, reader.position())));
        let (page, position) = read.await?;
        Ok(AuditEvents {
            nodes: page.events.into_iter().map(AuditEvent::from).collect(),
            reached: Position(page.reached),
            is_complete: page.is_complete,
            looked_at: page.looked_at,
            position: Position(position),
        })
    }

    /// What happened at one position of the log; nothing beyond its end.
    async fn audit_event(&self, context: &Context<'_>, position: Position) -> Result<Option<AuditEvent>> {
        let Position(at) = position;
        let read = session(context)?.read::<AuditRead, _>(move |reader| Ok(reader.audited_at(at)?));
        Ok(read.await?.map(AuditEvent::from))
    }

    /// The newest signature under the log, which is signed again every so many events and when the server stops; nothing
    /// if it was never signed. `cairn verify` holds the log against it.
    async fn audit_checkpoint(&self, context: &Context<'_>) -> Result<Option<AuditCheckpoint>> {
        let session = session(context)?;
        let signed = session.handles().checkpoint(&session.grant::<AuditRead>()?).await?;
        Ok(signed.map(AuditCheckpoint::from))
    }
}

/// What is left out names nothing, and leaves nothing out.
#[derive(Default, InputObject)]
pub(crate) struct AuditFilter {
    /// What the events belong to.
    areas: Option<Vec<AuditArea>>,
    actions: Option<Vec<AuditAction>>,
    /// Only what somebody decided: no traces, spans, threads and scores that applications record, unless they were
    /// deleted.
    decisions: Option<bool>,
    /// A part of the name of who did it.
    principal: Option<String>,
    /// Only what is told in the history of one thing.
    thing: Option<ID>,
    /// Only what is about a project or something that belongs to it.
    project_id: Option<ID>,
    /// Only what one request did.
    request: Option<ID>,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl AuditFilter {
    fn understood(self) -> Result<audit::Filter> {
        let (from, until) = (self.from.map(|Timestamp(at)| at), self.until.map(|Timestamp(at)| at));
        if let (Some(from), Some(until)) = (from, until)
            && from > until
        {
            return Err(Problem::invalid(format!("`from` is {from} and `until` is before it, {until}")));
        }
        Ok(audit::Filter {
            areas: self.areas.unwrap_or_default().into_iter().map(Row::from).collect(),
            actions: self.actions.unwrap_or_default().into_iter().map(Action::from).collect(),
            decisions: self.decisions.unwrap_or_default(),
            principal: self.principal.filter(|part| !part.trim().is_empty()),
            thing: self.thing.as_ref().map(uuid).transpose()?,
            project: self.project_id.as_ref().map(uuid).transpose()?.map(ProjectId::known),
            request: self.request.as_ref().map(uuid).transpose()?.map(RequestId::known),
            from,
            until,
        })
    }
}

/// Some of what happened, newest first.
#[derive(SimpleObject)]
pub(crate) struct AuditEvents {
    nodes: Vec<AuditEvent>,
    /// Everything from here on was looked at.
    reached: Position,
    /// Nothing that is wanted lies before it.
    is_complete: bool,
    /// How many events were looked at.
    looked_at: usize,
    /// The newest position of the log.
    position: Position,
}

/// One event of the log.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct AuditEvent {
    position: Position,
    time: Timestamp,
    /// Who did it.
    principal: String,
    actor: AuditActor,
    /// Events of one request have the same.
    request: ID,
    /// The name of the event's kind, as in the log.
    kind: String,
    area: AuditArea,
    action: AuditAction,
    /// What it is about; nothing if the event was erased.
    thing: Option<AuditThing>,
    /// What the event says by itself, in short.
    said: Vec<SaidField>,
    /// Fields that it says too and that are left out.
    said_omitted: usize,
    /// It is so large that only `change` tells what it says.
    is_long: bool,
    /// Nothing is left of it but this line.
    is_erased: bool,
    /// The change that it took back.
    undoes: Option<Position>,
    /// Whether `undo` takes back changes of this kind.
    is_undoable: bool,
}

#[ComplexObject]
impl AuditEvent {
    /// What it changed, as the history of the thing tells it; nothing if it was erased.
    #[graphql(complexity = 200)]
    async fn change(&self, context: &Context<'_>) -> Result<Option<Change>> {
        let Position(at) = self.position;
        let read = session(context)?.read::<AuditRead, _>(move |reader| Ok(reader.change(at)?));
        Ok(read.await?.map(Change::from))
    }
}

#[derive(SimpleObject)]
pub(crate) struct SaidField {
    /// What lies within a thing is named by its place: `items.<id>.data`.
    field: String,
    value: JsonText,
    /// The value is too long: what stands here is a text, the beginning of it.
    is_shortened: bool,
}

/// A thing as it is now, or as it was when it was deleted.
#[derive(SimpleObject)]
pub(crate) struct AuditThing {
    kind: AuditThingKind,
    id: Option<ID>,
    name: Option<String>,
    project_id: Option<ID>,
    /// Of a span, its trace; of an experiment, its dataset.
    within: Option<ID>,
    /// It is there now, and was not deleted.
    is_there: bool,
}

/// The newest signature under the log.
#[derive(SimpleObject)]
pub(crate) struct AuditCheckpoint {
    /// Everything up to here is signed.
    position: Position,
    time: Timestamp,
    /// The hash that was signed, in hexadecimal digits.
    chain: String,
    /// The public key, as `cairn audit` prints it.
    key: String,
    /// Whether the signature is the key's.
    is_genuine: bool,
}

/// Who is behind a name.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Actor")]
pub(crate) enum AuditActor {
    /// Somebody who asked the server, or a program of theirs.
    Caller,
    RetentionRule,
    Server,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Action")]
pub(crate) enum AuditAction {
    Create,
    Read,
    Update,
    Delete,
}

/// What an event belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Row")]
pub(crate) enum AuditArea {
    Workspaces,
    Projects,
    Traces,
    Spans,
    Feedback,
    Otel,
    Threads,
    Comments,
    Guardrails,
    Definitions,
    Environments,
    Attachments,
    Prices,
    Prompts,
    Datasets,
    Experiments,
    Annotations,
    Optimizations,
    Dashboards,
    Alerts,
    Agents,
    Runners,
    Insights,
    /// Changes that were taken back.
    History,
    Retention,
    Derived,
    Erasures,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "things::Kind")]
pub(crate) enum AuditThingKind {
    Workspace,
    Project,
    Trace,
    Span,
    Thread,
    FeedbackDefinition,
    Environment,
    Price,
    Repricing,
    Prompt,
    Dataset,
    Experiment,
    AnnotationQueue,
    Optimization,
    Dashboard,
    Alert,
    SavedQuery,
    Agent,
    Runner,
    Job,
    Insights,
    Issue,
    RetentionRule,
    DerivedColumn,
    Erasure,
    File,
    Unknown,
}

impl From<audit::Audited> for AuditEvent {
    fn from(event: audit::Audited) -> Self {
        let said = event.said.into_iter().filter_map(|field| {
            Some(SaidField {
                value: JsonText(Json::from_value(&field.after?)),
                field: field.field,
                is_shortened: field.is_shortened,
            })
        });
        Self {
            position: Position(event.position),
            time: Timestamp(event.time),
            actor: Actor::of(&event.principal).into(),
            principal: event.principal.to_string(),
            request: event.request.into(),
            kind: event.kind.name().to_owned(),
            area: event.kind.row().into(),
            action: event.kind.action().into(),
            is_erased: event.about.is_none(),
            thing: event.about.map(AuditThing::from),
            said: said.collect(),
            said_omitted: event.said_omitted,
            is_long: event.is_long,
            undoes: event.undoes.map(Position),
            is_undoable: event.is_undoable,
        }
    }
}

impl From<audit::About> for AuditThing {
    fn from(about: audit::About) -> Self {
        Self {
            kind: about.kind.into(),
            id: about.id.map(ID::from),
            name: about.name,
            project_id: about.project_id.map(ID::from),
            within: about.within.map(ID::from),
            is_there: about.is_there,
        }
    }
}

impl From<Signed> for AuditCheckpoint {
    fn from(signed: Signed) -> Self {
        Self {
            position: Position(signed.position),
            time: Timestamp(signed.time),
            chain: signed.chain,
            key: signed.key.text(),
            is_genuine: signed.is_genuine,
        }
    }
}
