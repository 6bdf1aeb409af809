//! The log as JSON lines, one event a line, for people and scripts. It is a rendering: nothing reads it back.

mod experiments;
mod prices;
mod threads;

use cairn_core::event::{Event, Recorded};
use cairn_core::ids::Position;
use cairn_core::json::Json;
use cairn_core::limits::{HISTORY_EVENTS_MAX, SUBSCRIPTION_READ_EVENTS_MAX};
use cairn_core::merge::TagEdits;
use cairn_core::time::Timestamp;
use cairn_core::{
    annotations, attachments, comments, dashboards, datasets, definitions, environments, feedback,
    guardrails, optimizations, otel, projects, prompts, spans, traces, workspaces,
};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::history;
use crate::log::block::{Payload, Record};
use crate::log::kind::Kind;
use crate::log::upcast;
use crate::reader::Reader;

/// Which events are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub after: Position,
    /// Only those of one thing.
    pub entity: Option<Uuid>,
    pub shape: Shape,
    /// Only those that are not younger. Says nothing about changes.
    pub until: Option<Timestamp>,
}

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shape {
    #[default]
    Events,
    /// What they changed, rather than what they say. Of one thing only.
    Changes,
    /// After the Open Cybersecurity Schema Framework, as events of a workspace.
    Ocsf(Uuid),
}

/// A stretch of the log as lines.
#[derive(Clone, Debug)]
pub struct Lines {
    pub lines: Vec<String>,
    /// Go on after this position.
    pub reached: Position,
    /// Nothing follows yet.
    pub ended: bool,
}

impl Lines {
    pub fn read(reader: &Reader, wanted: &Wanted) -> Result<Self, Error> {
        let limit = SUBSCRIPTION_READ_EVENTS_MAX;
        let Some(entity) = wanted.entity else {
            let records = reader.records_after(wanted.after, limit)?;
            let reached = records.last().map_or(wanted.after, |record| record.position);
            let ended = records.is_empty() || records.iter().any(|record| wanted.is_too_young(record));
            let lines = records.iter().filter(|record| !wanted.is_too_young(record));
            let lines = lines.filter_map(|record| wanted.shape.line(record).transpose());
            return Ok(Self { lines: lines.collect::<Result<_, _>>()?, reached, ended });
        };
        if wanted.shape == Shape::Changes {
            return Self::changes(reader, entity, wanted.after);
        }
        let history = reader.history(entity)?.into_iter().filter(|at| *at > wanted.after);
        let positions: Vec<Position> = history.take(limit).collect();
        let mut lines = Vec::with_capacity(positions.len());
        for at in &positions {
            if let Some(record) = reader.record(*at)?.filter(|record| !wanted.is_too_young(record)) {
                lines.extend(wanted.shape.line(&record)?);
            }
        }
        let ended = positions.len() < limit;
        let last = positions.last().copied().unwrap_or(wanted.after);
        let reached = if ended { last.max(reader.position()) } else { last };
        Ok(Self { lines, reached, ended })
    }

    fn changes(reader: &Reader, entity: Uuid, after: Position) -> Result<Self, Error> {
        let found = reader.changes(entity, None, HISTORY_EVENTS_MAX)?;
        let newer = found.changes.iter().rev().filter(|change| change.position > after);
        Ok(Self {
            lines: newer.map(history::line).collect(),
            reached: after.max(reader.position()),
            ended: true,
        })
    }
}

impl Wanted {
    fn is_too_young(&self, record: &Record) -> bool {
        self.until.is_some_and(|until| record.time > until)
    }
}

impl Shape {
    fn line(self, record: &Record) -> Result<Option<String>, Error> {
        match self {
            Self::Events | Self::Changes => line(record).map(Some),
            Self::Ocsf(workspace) => history::ocsf::line(record, workspace),
        }
    }
}

fn line(record: &Record) -> Result<String, Error> {
    let kind = Kind::from_number(record.kind).map_or("unknown", Kind::name);
    let mut line = json!({
        "position": record.position.0,
        "time": record.time.to_string(),
        "principal": record.principal.as_ref(),
        "request": record.request.to_string(),
        "kind": kind,
        "version": record.version,
    });
    let rest = match (&record.payload, upcast::event(record)?) {
        (Payload::Scrubbed(_), _) | (_, None) => json!({ "erased": true }),
        (_, Some(Recorded { event, .. })) => json!({ "event": describe(&event) }),
    };
    if let (Some(line), Value::Object(rest)) = (line.as_object_mut(), rest) {
        line.extend(rest);
    }
    Ok(line.to_string())
}

pub(crate) fn describe(event: &Event) -> Value {
    match event {
        Event::Workspaces(event) => workspace(event),
        Event::Projects(event) => project(event),
        Event::Traces(event) => trace(event),
        Event::Spans(event) => span(event),
        Event::Feedback(event) => score(event),
        Event::Comments(event) => comment(event),
        Event::Guardrails(event) => guardrail(event),
        Event::Definitions(event) => definition(event),
        Event::Environments(event) => environment(event),
        Event::Prices(event) => prices::price(event),
        Event::Prompts(event) => prompt(event),
        Event::Insights(event) => crate::insights::describe(event),
        Event::Runners(event) => crate::runners::describe(event),
        Event::Agents(event) => crate::agents::describe(event),
        Event::History(event) => history::describe(event),
        Event::Retention(event) => crate::retention::describe(event),
        Event::Derived(event) => crate::derived::describe(event),
        Event::Erasures(event) => crate::erasures::describe(event),
        Event::Otel(otel::Event::TraceMet { otel_id, project_id, trace_id }) => {
            json!({ "otel_id": hex::encode(otel_id), "project_id": project_id, "trace_id": trace_id })
        }
        Event::Attachments(event) => attachment(event),
        Event::Datasets(event) => dataset(event),
        Event::Experiments(event) => experiments::described(event),
        Event::Annotations(event) => annotation(event),
        Event::Dashboards(event) => dashboard(event),
        Event::Alerts(event) => crate::alerts::describe(event),
        Event::Threads(event) => threads::described(event),
        Event::Optimizations(event) => optimization(event),
    }
}

fn workspace(event: &workspaces::Event) -> Value {
    match event {
        workspaces::Event::Created { id, name } => json!({ "id": id, "name": name }),
        workspaces::Event::Configured(configuration) => said([
            ("timeout_to_mark_thread_as_inactive", shown(configuration.thread_timeout)),
            ("truncation_on_tables", json!(configuration.truncation_on_tables)),
            ("color_map", json!(configuration.colors)),
        ]),
        workspaces::Event::ConfigurationCleared => json!({}),
        workspaces::Event::Forked(of) => json!({ "from": of.from, "from_name": of.name, "at": of.position }),
    }
}

fn definition(event: &definitions::Event) -> Value {
    match event {
        definitions::Event::Created { id, content } | definitions::Event::Replaced { id, content } => {
            json!({ "id": id, "content": content })
        }
        definitions::Event::Deleted { id } => json!({ "id": id }),
    }
}

fn environment(event: &environments::Event) -> Value {
    match event {
        environments::Event::Created { id, name, description, color, position } => said([
            ("id", json!(id)),
            ("name", json!(name)),
            ("description", json!(description)),
            ("color", json!(color)),
            ("position", json!(position)),
        ]),
        environments::Event::Updated { id, changes } => said([
            ("id", json!(id)),
            ("name", json!(changes.name)),
            ("description", json!(changes.description)),
            ("color", json!(changes.color)),
            ("position", json!(changes.position)),
        ]),
        environments::Event::Deleted { id } => json!({ "id": id }),
    }
}

fn attachment(event: &attachments::Event) -> Value {
    let owner = |owner: &attachments::Owner| json!({ "type": owner.kind(), "id": owner.uuid() });
    match event {
        attachments::Event::Added(added) => {
            let (place, body) = match added.origin {
                attachments::Origin::Sent => (None, None),
                attachments::Origin::Embedded { place, body } => (Some(place.name()), Some(body)),
            };
            said([
                ("owner", owner(&added.owner)),
                ("project_id", json!(added.project_id)),
                ("name", json!(added.name)),
                ("mime_type", json!(added.mime_type)),
                ("bytes", json!(added.content.bytes)),
                ("hash", json!(added.content.hash.to_string())),
                ("place", json!(place)),
                ("body", json!(body)),
            ])
        }
        attachments::Event::Removed { owner: of, name } => json!({ "owner": owner(of), "name": name }),
        attachments::Event::ContentErased { hash } => json!({ "hash": hash.to_string() }),
    }
}

fn prompt(event: &prompts::Event) -> Value {
    match event {
        prompts::Event::Created { id, project_id, name, description, structure, tags: all } => said([
            ("id", json!(id)),
            ("project_id", json!(project_id)),
            ("name", json!(name)),
            ("description", json!(description)),
            ("template_structure", json!(structure.name())),
            ("tags", tags(all)),
        ]),
        prompts::Event::Updated { id, changes } => said([
            ("id", json!(id)),
            ("name", json!(changes.name)),
            ("description", json!(changes.description)),
            ("tags", json!(changes.tags)),
        ]),
        prompts::Event::Deleted { id } => json!({ "id": id }),
        prompts::Event::VersionCreated(version) => said([
            ("id", json!(version.id)),
            ("prompt_id", json!(version.prompt_id)),
            ("commit", json!(version.commit.as_str())),
            ("number", json!(version.number)),
            ("template", json!(version.content.template)),
            ("metadata", body(version.content.metadata.as_ref())),
            ("type", json!(version.content.syntax.name())),
            ("change_description", json!(version.content.change_description)),
            ("tags", tags(&version.content.tags)),
            ("environment_ids", json!(version.environments)),
        ]),
        prompts::Event::VersionTagged { id, prompt_id, tags } => {
            json!({ "id": id, "prompt_id": prompt_id, "tags": tags })
        }
        prompts::Event::EnvironmentsSet { id, prompt_id, environments } => {
            json!({ "id": id, "prompt_id": prompt_id, "environment_ids": environments })
        }
    }
}

fn project(event: &projects::Event) -> Value {
    match event {
        projects::Event::Created { id, name, description, visibility } => {
            json!({ "id": id, "name": name, "description": description, "visibility": visibility.name() })
        }
        projects::Event::Updated { id, changes } => json!({
            "id": id,
            "name": changes.name,
            "description": changes.description,
            "visibility": changes.visibility.map(projects::Visibility::name),
        }),
        projects::Event::Deleted { id } => json!({ "id": id }),
    }
}

fn dataset(event: &datasets::Event) -> Value {
    use datasets::Event;
    match event {
        Event::Created(created) => json!({
            "id": created.id,
            "project_id": created.project_id,
            "name": created.name,
            "type": created.kind.name(),
            "description": created.description,
            "tags": created.tags,
        }),
        Event::Updated { id, changes } => json!({
            "id": id,
            "name": changes.name,
            "description": changes.description,
            "visibility": changes.visibility.map(projects::Visibility::name),
            "tags": changes.tags,
        }),
        Event::Deleted { id } => json!({ "id": id }),
        Event::VersionMade(made) => json!({
            "dataset_id": made.dataset_id,
            "id": made.id,
            "number": made.number,
            "base": made.base,
            "group": made.group,
            "description": made.description,
            "tags": made.tags,
        }),
        Event::VersionUpdated { dataset_id, number, description, tags } => json!({
            "dataset_id": dataset_id,
            "number": number,
            "description": description,
            "tags_added": tags.added,
            "tags_removed": tags.removed,
        }),
        Event::ItemPut(put) => json!({
            "dataset_id": put.dataset_id,
            "number": put.number,
            "id": put.id,
            "data": body(put.data.as_ref()),
            "source": put.about.origin.name(),
            "tags": put.about.tags,
        }),
        Event::ItemRemoved { dataset_id, number, id } => {
            json!({ "dataset_id": dataset_id, "number": number, "id": id })
        }
        Event::ItemsCopied { dataset_id, number, from, from_number } => json!({
            "dataset_id": dataset_id,
            "number": number,
            "from": from,
            "from_number": from_number,
        }),
        Event::Exported(exported) => json!({
            "id": exported.id,
            "dataset_id": exported.dataset_id,
            "dataset_name": exported.dataset_name,
            "number": exported.number,
        }),
        Event::ExportViewed { id, dataset_id } => json!({ "id": id, "dataset_id": dataset_id }),
    }
}

fn annotation(event: &annotations::Event) -> Value {
    use annotations::Event;
    let changed = |changes: &annotations::Changes| {
        said([
            ("name", json!(changes.name)),
            ("description", json!(changes.description)),
            ("instructions", json!(changes.instructions)),
            ("comments_enabled", json!(changes.comments_enabled)),
            ("feedback_definition_names", json!(changes.feedback_definition_names)),
            ("annotators_per_item", json!(changes.annotators_per_item)),
            ("lock_timeout_seconds", json!(changes.lock_timeout_seconds)),
            ("automation", body(changes.automation.as_ref())),
            ("annotator_view", body(changes.annotator_view.as_ref())),
        ])
    };
    match event {
        Event::Created(created) => json!({
            "id": created.id,
            "project_id": created.project_id,
            "scope": created.scope.name(),
            "queue": changed(&created.changes),
        }),
        Event::Updated { id, changes } => json!({ "id": id, "queue": changed(changes) }),
        Event::Deleted { id } => json!({ "id": id }),
        Event::ItemsAdded { id, items, source } => {
            json!({ "id": id, "items": items, "source": source.name() })
        }
        Event::ItemsRemoved { id, items } => json!({ "id": id, "items": items }),
        Event::ItemLocked { id, item, by, until } => {
            json!({ "id": id, "item": item, "by": by, "until": until.to_string() })
        }
    }
}

fn dashboard(event: &dashboards::Event) -> Value {
    use dashboards::Event;
    let changed = |changes: &dashboards::Changes| {
        said([
            ("name", json!(changes.name)),
            ("type", json!(changes.kind.map(dashboards::Kind::name))),
            ("description", json!(changes.description)),
            ("config", body(changes.config.as_ref())),
        ])
    };
    match event {
        Event::Created { id, scope, project_id, changes } => json!({
            "id": id,
            "scope": scope.name(),
            "project_id": project_id,
            "dashboard": changed(changes),
        }),
        Event::Updated { id, changes } => json!({ "id": id, "dashboard": changed(changes) }),
        Event::Deleted { id } => json!({ "id": id }),
        Event::QuerySaved { id, project_id, sql } => {
            json!({ "id": id, "project_id": project_id, "sql": sql })
        }
    }
}

fn optimization(event: &optimizations::Event) -> Value {
    use optimizations::Event;
    match event {
        Event::Written(written) => said([
            ("id", json!(written.id)),
            ("name", json!(written.name)),
            ("dataset_id", json!(written.dataset_id)),
            ("project_id", json!(written.project_id)),
            ("objective_name", json!(written.objective_name)),
            ("status", json!(written.status.name())),
            ("metadata", body(written.metadata.as_ref())),
            ("studio_config", body(written.studio_config.as_ref())),
            ("error_info", json!(written.error)),
            ("last_updated_at", shown(written.last_updated_at)),
        ]),
        Event::Updated { id, changes } => said([
            ("id", json!(id)),
            ("name", json!(changes.name)),
            ("status", json!(changes.status.map(optimizations::Status::name))),
            ("metadata", body(changes.metadata.as_ref())),
            ("error_info", json!(changes.error)),
        ]),
        Event::Deleted { id } => json!({ "id": id }),
    }
}

fn trace(event: &traces::Event) -> Value {
    match event {
        traces::Event::Recorded(row) => json!({
            "id": row.id,
            "project_id": row.project_id,
            "row_version": row.version.to_string(),
            "start_time": row.start_time.to_string(),
            "fields": trace_fields(&row.fields, &TagEdits::default()),
        }),
        traces::Event::Patched(patch) => json!({
            "id": patch.id,
            "project_id": patch.project_id,
            "fields": trace_fields(&patch.fields, &patch.tag_edits),
        }),
        traces::Event::Deleted { id } => json!({ "id": id }),
    }
}

fn span(event: &spans::Event) -> Value {
    match event {
        spans::Event::Recorded(row) => json!({
            "id": row.id,
            "trace_id": row.trace_id,
            "parent_span_id": row.parent,
            "project_id": row.project_id,
            "row_version": row.version.to_string(),
            "start_time": row.start_time.to_string(),
            "fields": span_fields(&row.fields, &TagEdits::default()),
            "estimate": prices::estimated(row.estimate.as_ref()),
        }),
        spans::Event::Patched(patch) => json!({
            "id": patch.id,
            "trace_id": patch.trace_id,
            "parent_span_id": patch.parent,
            "project_id": patch.project_id,
            "fields": span_fields(&patch.fields, &patch.tag_edits),
            "estimate": prices::estimated(patch.estimate.as_ref()),
        }),
        spans::Event::Deleted { id, trace_id } => json!({ "id": id, "trace_id": trace_id }),
    }
}

pub(crate) fn trace_fields(fields: &traces::Fields<Json>, edits: &TagEdits) -> Value {
    said([
        ("name", json!(fields.name)),
        ("end_time", json!(fields.end_time.map(|time| time.to_string()))),
        ("input", body(fields.input.as_ref())),
        ("output", body(fields.output.as_ref())),
        ("metadata", body(fields.metadata.as_ref())),
        ("tags", json!(fields.tags)),
        ("tags_to_add", tags(&edits.added)),
        ("tags_to_remove", tags(&edits.removed)),
        ("error_info", json!(fields.error)),
        ("thread_id", json!(fields.thread_id)),
        ("ttft", json!(fields.ttft)),
        ("source", json!(fields.source)),
        ("environment", json!(fields.environment)),
    ])
}

pub(crate) fn span_fields(fields: &spans::Fields<Json>, edits: &TagEdits) -> Value {
    said([
        ("name", json!(fields.name)),
        ("type", json!(fields.kind.map(spans::Kind::name))),
        ("end_time", json!(fields.end_time.map(|time| time.to_string()))),
        ("input", body(fields.input.as_ref())),
        ("output", body(fields.output.as_ref())),
        ("metadata", body(fields.metadata.as_ref())),
        ("tags", json!(fields.tags)),
        ("tags_to_add", tags(&edits.added)),
        ("tags_to_remove", tags(&edits.removed)),
        ("error_info", json!(fields.error)),
        ("model", json!(fields.model)),
        ("provider", json!(fields.provider)),
        ("usage", json!(fields.usage)),
        ("total_estimated_cost", json!(fields.cost.map(|cost| cost.to_string()))),
        ("ttft", json!(fields.ttft)),
        ("source", json!(fields.source)),
        ("environment", json!(fields.environment)),
    ])
}

fn score(event: &feedback::Event) -> Value {
    let entity = kind(event.target());
    match event {
        feedback::Event::Scored { target, project_id, author, score } => json!({
            "entity": entity,
            "id": target.uuid(),
            "project_id": project_id,
            "author": author,
            "score": score,
        }),
        feedback::Event::Cleared(clearing) => json!({
            "entity": entity,
            "id": clearing.target.uuid(),
            "name": clearing.name,
            "author": clearing.author,
            "queue_id": clearing.queue_id,
        }),
        feedback::Event::Asserted { target, project_id, assertion } => json!({
            "entity": entity,
            "id": target.uuid(),
            "project_id": project_id,
            "assertion": assertion,
        }),
    }
}

fn comment(event: &comments::Event) -> Value {
    let (entity, target) = (kind(event.target()), event.target().uuid());
    let (text, project_id, queue_id) = match event {
        comments::Event::Added { text, project_id, queue_id, .. } => {
            (json!(text), json!(project_id), json!(queue_id))
        }
        comments::Event::Edited { text, .. } => (json!(text), Value::Null, Value::Null),
        comments::Event::Deleted { .. } => (Value::Null, Value::Null, Value::Null),
    };
    said([
        ("id", json!(event.id())),
        ("entity", json!(entity)),
        ("entity_id", json!(target)),
        ("project_id", project_id),
        ("text", text),
        ("queue_id", queue_id),
    ])
}

fn guardrail(event: &guardrails::Event) -> Value {
    let guardrails::Event::Checked(checked) = event;
    said([
        ("trace_id", json!(checked.trace_id)),
        ("span_id", json!(checked.span_id)),
        ("project_id", json!(checked.project_id)),
        ("name", json!(checked.outcome.name)),
        ("passed", json!(checked.outcome.passed)),
        ("config", body(checked.outcome.config.as_ref())),
        ("details", body(checked.outcome.details.as_ref())),
    ])
}

const fn kind(target: feedback::Target) -> &'static str {
    match target {
        feedback::Target::Trace(_) => "trace",
        feedback::Target::Span(_) => "span",
        feedback::Target::Thread(_) => "thread",
    }
}

pub(crate) fn body(json: Option<&Json>) -> Value {
    // What is nested too deep to be taken apart is shown as the text that it is.
    json.map_or(Value::Null, |json| json.value().unwrap_or_else(|_| Value::from(json.as_str())))
}

fn shown<T: ToString>(value: Option<T>) -> Value {
    value.map_or(Value::Null, |value| Value::from(value.to_string()))
}

fn tags(tags: &[String]) -> Value {
    if tags.is_empty() { Value::Null } else { json!(tags) }
}

/// Only what the event says.
pub(crate) fn said<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let said = fields.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(said.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}
