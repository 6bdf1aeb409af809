//! Spans: the steps of a trace. A span needs neither its trace nor its parent to be there.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::access::{Needs, TraceDelete, TraceWrite};
use crate::attachments::embedded::Embedded;
use crate::command::{ProjectRef, check_batch, check_depth, check_tags, check_text, check_ttft};
use crate::event::Recorded;
use crate::ids::{Position, ProjectId, SpanId, TraceId};
use crate::json::Json;
use crate::limits::{ENVIRONMENT_CHARS_MAX, NAME_CHARS_MAX, USAGE_KEYS_MAX};
use crate::merge::{Blank, BodyRef, Layer, Origin, Register, Row, TagEdits, check_tag_count};
use crate::prices::{Estimate, pinning};
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::traces::{ErrorInfo, check_error};

crate::mergeable! {
    /// What a client says of a span.
    Fields {
        name: String,
        kind: Kind,
        end_time: Timestamp,
        error: ErrorInfo,
        model: String,
        provider: String,
        usage: BTreeMap<String, i64>,
        /// US dollars, as the client says; zero says nothing.
        cost: Decimal,
        /// Milliseconds to the first token.
        ttft: f64,
        source: String,
        environment: String,
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Kind {
    #[default]
    General,
    Tool,
    Llm,
    Guardrail,
}

impl Blank for Kind {}

impl Kind {
    pub const ALL: [Self; 4] = [Self::General, Self::Tool, Self::Llm, Self::Guardrail];

    pub const fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Tool => "tool",
            Self::Llm => "llm",
            Self::Guardrail => "guardrail",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A creation as it was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    pub id: Option<SpanId>,
    pub project: ProjectRef,
    pub trace_id: TraceId,
    pub parent: Option<SpanId>,
    pub start_time: Timestamp,
    pub last_updated_at: Option<Timestamp>,
    pub fields: Fields<Json>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    pub project: ProjectRef,
    pub trace_id: TraceId,
    pub parent: Option<SpanId>,
    pub fields: Fields<Json>,
    pub tag_edits: TagEdits,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// One span; if it exists already, nothing happens.
    Create(Box<Write>),
    /// Up to a thousand; each replaces what is older.
    Record(Vec<Write>),
    Update {
        id: SpanId,
        update: Box<Update>,
    },
    /// The same update for many; ids that are unknown are skipped. Without `merge_tags`, tags are replaced.
    UpdateMany {
        ids: Vec<SpanId>,
        update: Box<Update>,
        merge_tags: bool,
    },
}

impl Needs for Command {
    type Permission = TraceWrite;
}

/// Removes spans with their scores; unknown ids are skipped.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    pub ids: Vec<SpanId>,
}

impl Needs for Delete {
    type Permission = TraceDelete;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Recorded(Box<RowRecorded>),
    Patched(Box<Patched>),
    Deleted { id: SpanId, trace_id: TraceId },
}

#[derive(Clone, Debug, PartialEq)]
pub struct RowRecorded {
    pub id: SpanId,
    pub project_id: ProjectId,
    pub trace_id: TraceId,
    pub parent: Option<SpanId>,
    pub origin: Origin,
    pub version: Timestamp,
    pub start_time: Timestamp,
    pub fields: Fields<Json>,
    /// What the span costs after this event, if the client does not say so itself.
    pub estimate: Option<Estimate>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Patched {
    pub id: SpanId,
    pub project_id: ProjectId,
    pub trace_id: TraceId,
    pub parent: Option<SpanId>,
    pub version: Timestamp,
    pub fields: Fields<Json>,
    pub tag_edits: TagEdits,
    /// What the span costs after this event, if the client does not say so itself.
    pub estimate: Option<Estimate>,
}

impl Event {
    /// The files that were taken out of its bodies.
    pub fn files(&self) -> Vec<Embedded> {
        match self {
            Self::Recorded(row) => row.fields.files(),
            Self::Patched(patch) => patch.fields.files(),
            Self::Deleted { .. } => Vec::new(),
        }
    }

    pub fn id(&self) -> SpanId {
        match self {
            Self::Recorded(row) => row.id,
            Self::Patched(patch) => patch.id,
            Self::Deleted { id, .. } => *id,
        }
    }
}

/// One span as its events left it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub id: SpanId,
    pub project_id: ProjectId,
    pub trace_id: TraceId,
    pub parent: Option<SpanId>,
    pub register: Register<Fields<BodyRef>>,
    pub estimate: Option<Estimate>,
    /// What the metadata of its events claims as cost, by their positions.
    claims: Vec<(Position, Decimal)>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_by: String,
}

impl State {
    /// The fields as they stand; where the client names no cost, the estimated one.
    pub fn resolve(&self) -> Fields<BodyRef> {
        let mut fields = self.register.resolve();
        if fields.cost.as_ref().is_none_or(Blank::is_blank)
            && let Some(estimate) = &self.estimate
        {
            fields.cost = Some(estimate.cost);
        }
        fields
    }

    #[must_use]
    pub fn repriced(self, estimate: Option<Estimate>) -> Self {
        Self { estimate, ..self }
    }

    pub(crate) fn claim(&self, at: Position) -> Option<Decimal> {
        self.claims.iter().find(|(position, _)| *position == at).map(|(_, claim)| *claim)
    }

    /// Keeps what metadata claims as long as an update could bring that metadata back.
    fn note_claim(&mut self, at: Position, metadata: Option<&Json>) {
        self.claims.extend(metadata.and_then(pinning::claim).map(|claim| (at, claim)));
        let register = &self.register;
        let kept = |at: &Position| {
            register.each_fields().any(|fields| fields.metadata.is_some_and(|body| body.position == *at))
        };
        self.claims.retain(|(at, _)| kept(at));
    }
}

impl Write {
    pub fn check(&self, place: &str) -> Result<(), Rejection> {
        check_fields(&self.fields, &TagEdits::default(), place)
    }
}

impl Command {
    /// What can be refused without knowing what is stored.
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Create(write) => write.check(""),
            Self::Record(writes) => {
                check_batch("spans", writes.len())?;
                writes.iter().enumerate().try_for_each(|(at, write)| write.check(&format!("spans[{at}].")))
            }
            Self::Update { update, .. } => check_fields(&update.fields, &update.tag_edits, ""),
            Self::UpdateMany { ids, update, .. } => {
                check_batch("ids", ids.len())?;
                check_fields(&update.fields, &update.tag_edits, "")
            }
        }
    }
}

impl Delete {
    pub fn check(&self) -> Result<(), Rejection> {
        check_batch("ids", self.ids.len())
    }
}

fn check_fields(fields: &Fields<Json>, edits: &TagEdits, place: &str) -> Result<(), Rejection> {
    check_text(place, "name", fields.name.as_deref(), NAME_CHARS_MAX)?;
    check_text(place, "model", fields.model.as_deref(), NAME_CHARS_MAX)?;
    check_text(place, "provider", fields.provider.as_deref(), NAME_CHARS_MAX)?;
    if fields.usage.as_ref().is_some_and(|usage| usage.len() > USAGE_KEYS_MAX) {
        return Err(Rejection::invalid(format!(
            "{place}usage must not have more than {USAGE_KEYS_MAX} keys"
        )));
    }
    if fields.cost.is_some_and(|cost| cost.is_sign_negative()) {
        return Err(Rejection::invalid(format!(
            "{place}totalEstimatedCost must be greater than or equal to 0"
        )));
    }
    check_text(place, "environment", fields.environment.as_deref(), ENVIRONMENT_CHARS_MAX)?;
    check_ttft(place, fields.ttft)?;
    let bodies = [("input", &fields.input), ("output", &fields.output), ("metadata", &fields.metadata)];
    check_depth(place, bodies.map(|(field, json)| (field, json.as_ref())))?;
    check_tags(place, fields.tags.as_deref().unwrap_or_default())?;
    check_tags(place, &edits.added)?;
    check_error(place, fields.error.as_ref())
}

/// Decides on the creation of one span by itself; a repetition changes nothing.
pub fn create(state: Option<&State>, row: RowRecorded) -> Result<Option<Event>, Rejection> {
    if let Some(state) = state {
        check_place(state, row.project_id, row.trace_id, row.parent)?;
        if state.register.is_full() {
            return Ok(None);
        }
    }
    Ok(Some(Event::Recorded(Box::new(row))))
}

/// Decides on one row of a batch: an older one than what stands changes nothing. A span keeps its first trace.
pub fn record(state: Option<&State>, mut row: RowRecorded) -> Option<Event> {
    if let Some(state) = state {
        if !state.register.accepts(row.version) {
            return None;
        }
        row.project_id = state.project_id;
        row.trace_id = state.trace_id;
    }
    Some(Event::Recorded(Box::new(row)))
}

/// Decides on an update, which may arrive before the span itself.
pub fn update(state: Option<&State>, patch: Patched) -> Result<Event, Rejection> {
    if let Some(state) = state {
        check_place(state, patch.project_id, patch.trace_id, patch.parent)?;
        check_tag_count(&state.register, &patch.fields, &patch.tag_edits)?;
    }
    Ok(Event::Patched(Box::new(patch)))
}

fn check_place(
    state: &State,
    project_id: ProjectId,
    trace_id: TraceId,
    parent: Option<SpanId>,
) -> Result<(), Rejection> {
    if state.project_id != project_id {
        return Err(Rejection::conflict("Project name and workspace name do not match the existing span"));
    }
    if state.trace_id != trace_id {
        return Err(Rejection::conflict("trace_id does not match the existing span"));
    }
    if parent.is_some() && state.parent.is_some() && parent != state.parent {
        return Err(Rejection::conflict("parent_span_id does not match the existing span"));
    }
    Ok(())
}

pub fn evolve(state: Option<State>, event: &Recorded<Event>) -> Option<State> {
    let begin = |id, project_id, trace_id| State {
        id,
        project_id,
        trace_id,
        parent: None,
        register: Register::default(),
        estimate: None,
        claims: Vec::new(),
        created_at: event.time,
        created_by: event.principal.to_string(),
        last_updated_by: String::new(),
    };
    let body = |json: &Json| BodyRef::new(event.position, json);
    let mut state = match &event.event {
        Event::Deleted { .. } => return None,
        Event::Recorded(row) => {
            let mut state = state.unwrap_or_else(|| begin(row.id, row.project_id, row.trace_id));
            state.parent = row.parent.or(state.parent);
            state.register.record(Row {
                version: row.version,
                recorded_at: event.time,
                origin: row.origin,
                start_time: row.start_time,
                fields: row.fields.map_bodies(body),
            });
            state.note_claim(event.position, row.fields.metadata.as_ref());
            state.estimate.clone_from(&row.estimate);
            state
        }
        Event::Patched(patch) => {
            let mut state = state.unwrap_or_else(|| begin(patch.id, patch.project_id, patch.trace_id));
            state.parent = patch.parent.or(state.parent);
            state.register.patch(Layer {
                version: patch.version,
                fields: patch.fields.map_bodies(body),
                tag_edits: patch.tag_edits.clone(),
            });
            state.note_claim(event.position, patch.fields.metadata.as_ref());
            state.estimate.clone_from(&patch.estimate);
            state
        }
    };
    state.last_updated_by = event.principal.to_string();
    Some(state)
}
