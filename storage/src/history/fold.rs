//! One thing as its events leave it, as a flat list of fields. Traces and spans merge by the rules of the domain; of
//! everything else the later word counts, as the log tells it.

mod parts;

use cairn_core::erasures;
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::{self, assertions};
use cairn_core::history::{FieldChange, Fields, differences};
use cairn_core::ids::{ProjectId, SpanId, TraceId};
use cairn_core::json::Json;
use cairn_core::merge::{Blank, Layer, Register, Row, TagEdits};
use cairn_core::prices::{self, Estimate};
use cairn_core::{derived, spans, traces};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::log::kind::Kind;
use crate::log::text;

#[derive(Default)]
pub(crate) struct Fold {
    /// In whose history the events stand.
    of: Option<Uuid>,
    merged: Option<Merged>,
    own: Fields,
    scores: feedback::State,
    verdicts: assertions::State,
    judged: Fields,
    parts: Fields,
}

enum Merged {
    Trace { project_id: ProjectId, register: Box<Register<traces::Fields<Json>>> },
    Span(Box<Span>),
}

struct Span {
    project_id: ProjectId,
    trace_id: TraceId,
    parent: Option<SpanId>,
    register: Register<spans::Fields<Json>>,
    estimate: Option<Estimate>,
}

impl Fold {
    pub(crate) fn of(entity: Uuid) -> Self {
        Self { of: Some(entity), ..Self::default() }
    }

    pub(crate) fn fields(&self) -> Fields {
        let all = self.own.iter().chain(&self.judged).chain(&self.parts);
        all.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    pub(crate) fn is_something(&self) -> bool {
        !(self.own.is_empty() && self.judged.is_empty() && self.parts.is_empty())
    }

    /// Takes an event in, and tells what it changed.
    pub(crate) fn apply(&mut self, kind: Kind, recorded: &Recorded<Event>) -> Vec<FieldChange> {
        match &recorded.event {
            Event::Traces(event) => self.trace(&recorded.with(event.clone())),
            Event::Spans(event) => self.span(&recorded.with(event.clone())),
            Event::Prices(prices::Event::SpanRepriced { estimate, .. }) => {
                if let Some(Merged::Span(span)) = &mut self.merged {
                    span.estimate.clone_from(estimate);
                }
                self.resolve()
            }
            Event::Feedback(event) => self.judge(&recorded.with(event.clone())),
            Event::Agents(event) => self.agent(event),
            Event::Insights(event) => self.insight(&recorded.with(event.clone())),
            Event::Workspaces(event) => self.configure(event, text::describe(&recorded.event)),
            // What ends by another word than that of deletion.
            Event::Prices(prices::Event::Removed(_)) | Event::Derived(derived::Event::Removed { .. }) => {
                self.end()
            }
            // What is erased leaves nothing that could be told.
            Event::Erasures(erasures::Event::Marked(_)) => self.end(),
            Event::Erasures(_) => Vec::new(),
            other => match (text::describe(other), part_of(kind)) {
                (Value::Object(said), Some(part)) => self.say_of_part(&part, said),
                (_, None) if kind.name().ends_with("_deleted") => self.end(),
                (Value::Object(said), None) => say(&mut self.own, "", said),
                _ => Vec::new(),
            },
        }
    }

    fn end(&mut self) -> Vec<FieldChange> {
        let before = self.fields();
        *self = Self { of: self.of, ..Self::default() };
        differences(&before, &Fields::new())
    }

    fn trace(&mut self, event: &Recorded<traces::Event>) -> Vec<FieldChange> {
        let project_id = match &event.event {
            traces::Event::Deleted { .. } => return self.end(),
            traces::Event::Recorded(row) => row.project_id,
            traces::Event::Patched(patch) => patch.project_id,
        };
        let begin = || Merged::Trace { project_id, register: Box::default() };
        if let Merged::Trace { register, .. } = self.merged.get_or_insert_with(begin) {
            match &event.event {
                traces::Event::Recorded(row) => register.record(Row {
                    version: row.version,
                    recorded_at: event.time,
                    origin: row.origin,
                    start_time: row.start_time,
                    fields: row.fields.clone(),
                }),
                traces::Event::Patched(patch) => register.patch(Layer {
                    version: patch.version,
                    fields: patch.fields.clone(),
                    tag_edits: patch.tag_edits.clone(),
                }),
                traces::Event::Deleted { .. } => {}
            }
        }
        self.resolve()
    }

    fn span(&mut self, event: &Recorded<spans::Event>) -> Vec<FieldChange> {
        let (project_id, trace_id, parent, estimate) = match &event.event {
            spans::Event::Deleted { .. } => return self.end(),
            spans::Event::Recorded(row) => (row.project_id, row.trace_id, row.parent, &row.estimate),
            spans::Event::Patched(patch) => (patch.project_id, patch.trace_id, patch.parent, &patch.estimate),
        };
        let register = Register::default();
        let begin =
            || Merged::Span(Box::new(Span { project_id, trace_id, parent, register, estimate: None }));
        if let Merged::Span(span) = self.merged.get_or_insert_with(begin) {
            span.parent = parent.or(span.parent);
            span.estimate.clone_from(estimate);
            match &event.event {
                spans::Event::Recorded(row) => span.register.record(Row {
                    version: row.version,
                    recorded_at: event.time,
                    origin: row.origin,
                    start_time: row.start_time,
                    fields: row.fields.clone(),
                }),
                spans::Event::Patched(patch) => span.register.patch(Layer {
                    version: patch.version,
                    fields: patch.fields.clone(),
                    tag_edits: patch.tag_edits.clone(),
                }),
                spans::Event::Deleted { .. } => {}
            }
        }
        self.resolve()
    }

    /// Makes the fields of a trace or span anew.
    fn resolve(&mut self) -> Vec<FieldChange> {
        let (fields, rest) = match &self.merged {
            None => return Vec::new(),
            Some(Merged::Trace { project_id, register }) => {
                let start = register.is_full().then(|| register.start_time().to_string());
                let rest = json!({ "project_id": project_id, "start_time": start });
                (text::trace_fields(&register.resolve(), &TagEdits::default()), rest)
            }
            Some(Merged::Span(span)) => {
                let register = &span.register;
                let mut fields = register.resolve();
                if fields.cost.as_ref().is_none_or(Blank::is_blank) {
                    fields.cost = span.estimate.as_ref().map(|estimate| estimate.cost);
                }
                let start = register.is_full().then(|| register.start_time().to_string());
                let rest = json!({
                    "project_id": span.project_id,
                    "trace_id": span.trace_id,
                    "parent_span_id": span.parent,
                    "start_time": start,
                });
                (text::span_fields(&fields, &TagEdits::default()), rest)
            }
        };
        let mut now = Fields::new();
        for part in [fields, rest] {
            if let Value::Object(part) = part {
                now.extend(part.into_iter().filter(|(_, value)| !value.is_null()));
            }
        }
        let changes = differences(&self.own, &now);
        self.own = now;
        changes
    }

    fn judge(&mut self, event: &Recorded<feedback::Event>) -> Vec<FieldChange> {
        match &event.event {
            feedback::Event::Asserted { assertion, .. } => {
                self.verdicts.evolve(&event.with(assertion.clone()));
            }
            feedback::Event::Scored { .. } | feedback::Event::Cleared(_) => {
                feedback::evolve(&mut self.scores, event);
            }
        }
        let scores = self.scores.given.iter().map(|given| {
            let queue = given.score.queue_id.map(|id| format!(".{id}")).unwrap_or_default();
            let name = format!("feedback_scores.{}.{}{queue}", given.score.name, given.author);
            let mut score = json!({ "value": given.score.value.to_string(), "source": given.score.source });
            if let Some(score) = score.as_object_mut() {
                score.extend(given.score.reason.clone().map(|reason| ("reason".to_owned(), json!(reason))));
                let category = given.score.category_name.clone();
                score.extend(category.map(|category| ("category_name".to_owned(), json!(category))));
            }
            (name, score)
        });
        let verdicts = self.verdicts.verdicts.iter().map(|verdict| {
            let assertion = &verdict.assertion;
            (format!("assertions.{}", assertion.name), json!(assertion))
        });
        let now: Fields = scores.chain(verdicts).collect();
        let changes = differences(&self.judged, &now);
        self.judged = now;
        changes
    }

    fn say_of_part(&mut self, part: &Part, mut said: Map<String, Value>) -> Vec<FieldChange> {
        if let Some(Value::Array(keys)) = said.remove(part.keys) {
            let source = said.remove("source");
            let mut changes = Vec::new();
            for key in keys.iter().map(plain) {
                let value = (!part.is_gone).then(|| source.clone().unwrap_or(Value::Bool(true)));
                changes.extend(set(&mut self.parts, format!("{}.{key}", part.name), value));
            }
            return changes;
        }
        let key = said.remove(part.key).map(|key| plain(&key)).unwrap_or_default();
        let place = format!("{}.{key}.", part.name);
        if part.is_gone {
            let gone: Vec<_> = self.parts.keys().filter(|field| field.starts_with(&place)).cloned().collect();
            return gone.into_iter().filter_map(|field| set(&mut self.parts, field, None)).collect();
        }
        // Of what may go from one to another, its own history tells in which it is.
        let is_own = self.of.is_some_and(|of| of.to_string() == key);
        for container in CONTAINERS.iter().filter(|container| !(is_own && MOVED_BETWEEN.contains(container)))
        {
            said.remove(*container);
        }
        say(&mut self.parts, &place, said)
    }
}

/// What lies within a thing and changes by itself.
struct Part {
    name: &'static str,
    /// The field of an event that names the part.
    key: &'static str,
    /// The field of an event about many of them.
    keys: &'static str,
    is_gone: bool,
}

/// Fields that name what a part lies in.
const CONTAINERS: &[&str] =
    &["alert_id", "dataset_id", "prompt_id", "experiment_id", "project_id", "entity", "entity_id"];

/// Those of them between which parts are moved.
const MOVED_BETWEEN: &[&str] = &["experiment_id"];

fn part_of(kind: Kind) -> Option<Part> {
    let part = |name, key, is_gone| Some(Part { name, key, keys: "items", is_gone });
    match kind {
        Kind::CommentAdded | Kind::CommentEdited => part("comments", "id", false),
        Kind::CommentDeleted => part("comments", "id", true),
        Kind::GuardrailChecked => part("guardrails", "name", false),
        Kind::DatasetVersionMade | Kind::DatasetVersionUpdated => part("versions", "number", false),
        Kind::DatasetItemPut | Kind::ExperimentItemAdded => part("items", "id", false),
        Kind::DatasetItemRemoved | Kind::ExperimentItemRemoved => part("items", "id", true),
        Kind::DatasetItemsCopied => part("copies", "number", false),
        Kind::PromptVersionCreated | Kind::PromptVersionTagged | Kind::PromptEnvironmentsSet => {
            part("versions", "id", false)
        }
        Kind::AnnotationItemsAdded => part("items", "item", false),
        Kind::AnnotationItemsRemoved => part("items", "item", true),
        Kind::AlertFired | Kind::AlertAnswered => part("firings", "id", false),
        Kind::AnnotationItemLocked => part("locks", "item", false),
        _ => None,
    }
}

/// What an event says of a thing; what it does not say stays.
fn say(fields: &mut Fields, place: &str, said: Map<String, Value>) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    for (name, value) in said {
        match (name.as_str(), value) {
            ("id", _) | (_, Value::Null) => {}
            // The settings of queues and dashboards are told as one.
            ("queue" | "dashboard", Value::Object(settings)) => changes.extend(say(fields, place, settings)),
            ("tags_added", Value::Array(added)) => {
                changes.extend(edit_tags(fields, place, |tags| {
                    let new: Vec<_> = added.into_iter().filter(|tag| !tags.contains(tag)).collect();
                    tags.extend(new);
                }));
            }
            ("tags_removed", Value::Array(removed)) => {
                changes.extend(edit_tags(fields, place, |tags| tags.retain(|tag| !removed.contains(tag))));
            }
            (_, value) => changes.extend(set(fields, format!("{place}{name}"), Some(value))),
        }
    }
    changes
}

fn edit_tags(fields: &mut Fields, place: &str, edit: impl FnOnce(&mut Vec<Value>)) -> Option<FieldChange> {
    let field = format!("{place}tags");
    let mut tags = fields.get(&field).and_then(Value::as_array).cloned().unwrap_or_default();
    edit(&mut tags);
    let tags = if tags.is_empty() && !fields.contains_key(&field) { None } else { Some(Value::Array(tags)) };
    set(fields, field, tags)
}

fn set(fields: &mut Fields, field: String, value: Option<Value>) -> Option<FieldChange> {
    let before = match &value {
        Some(value) => fields.insert(field.clone(), value.clone()),
        None => fields.remove(&field),
    };
    let change = FieldChange { field, before, after: value, is_shortened: false };
    (change.before != change.after).then_some(change)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
