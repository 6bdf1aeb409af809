//! The events of runners as they are stored, and as they are shown to people.

use bytes::Bytes;
use cairn_core::ids::{JobId, ProjectId, RunnerId};
use cairn_core::json::Json;
use cairn_core::runners::{
    Agent, Event, JobCreated, JobMetadata, JobRequest, JobStatus, Kind as RunnerKind, LogLine, Parameter,
    Reason, Report,
};
use prost::Message;
use serde_json::json;
use uuid::Uuid;

use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::log::text::{body, said};
use crate::rows;

#[derive(Clone, PartialEq, Message)]
struct StoredRunner {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    project: Bytes,
    #[prost(string, tag = "3")]
    owner: String,
    #[prost(string, tag = "4")]
    kind: String,
    #[prost(string, tag = "5")]
    name: String,
}

/// What became of a runner.
#[derive(Clone, PartialEq, Message)]
struct StoredChange {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    /// Why it is gone.
    #[prost(string, tag = "2")]
    reason: String,
    #[prost(message, repeated, tag = "3")]
    agents: Vec<StoredAgent>,
    #[prost(bytes = "bytes", tag = "4")]
    checklist: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct StoredAgent {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, optional, tag = "2")]
    description: Option<String>,
    #[prost(string, optional, tag = "3")]
    language: Option<String>,
    #[prost(string, optional, tag = "4")]
    executable: Option<String>,
    #[prost(string, optional, tag = "5")]
    source_file: Option<String>,
    #[prost(message, repeated, tag = "6")]
    parameters: Vec<StoredParameter>,
    #[prost(uint32, optional, tag = "7")]
    timeout_seconds: Option<u32>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredParameter {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(string, tag = "2")]
    kind: String,
    #[prost(string, optional, tag = "3")]
    presence: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredJob {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    runner: Bytes,
    #[prost(string, tag = "3")]
    owner: String,
    #[prost(bytes = "bytes", tag = "4")]
    project: Bytes,
    #[prost(string, tag = "5")]
    agent: String,
    #[prost(bytes = "bytes", optional, tag = "6")]
    inputs: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "7")]
    mask: Option<Bytes>,
    #[prost(message, repeated, tag = "8")]
    prompt_masks: Vec<StoredMask>,
    #[prost(string, optional, tag = "9")]
    blueprint_name: Option<String>,
    #[prost(message, optional, tag = "10")]
    metadata: Option<StoredMetadata>,
    #[prost(uint32, optional, tag = "11")]
    timeout_seconds: Option<u32>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredMask {
    #[prost(string, tag = "1")]
    prompt: String,
    #[prost(bytes = "bytes", tag = "2")]
    mask: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct StoredMetadata {
    #[prost(bytes = "bytes", optional, tag = "1")]
    dataset: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "2")]
    dataset_version: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    dataset_item_version: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "4")]
    dataset_item: Option<Bytes>,
}

/// What became of a job.
#[derive(Clone, PartialEq, Message)]
struct StoredReport {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, tag = "2")]
    status: String,
    #[prost(bytes = "bytes", optional, tag = "3")]
    result: Option<Bytes>,
    #[prost(string, optional, tag = "4")]
    error: Option<String>,
    #[prost(bytes = "bytes", optional, tag = "5")]
    trace: Option<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredLines {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(message, repeated, tag = "2")]
    lines: Vec<StoredLine>,
    #[prost(bool, tag = "3")]
    is_full: bool,
}

#[derive(Clone, PartialEq, Message)]
struct StoredLine {
    #[prost(string, tag = "1")]
    stream: String,
    #[prost(string, tag = "2")]
    text: String,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let stored = |id: Uuid| Bytes::copy_from_slice(id.as_bytes());
    let change = |id: RunnerId| StoredChange { id: stored(id.uuid()), ..StoredChange::default() };
    let report = |id: JobId| StoredReport { id: stored(id.uuid()), ..StoredReport::default() };
    match event.clone() {
        Event::Connected { id, project_id, owner, kind, name } => {
            let kind = kind.name().to_owned();
            let (id, project) = (stored(id.uuid()), stored(project_id.uuid()));
            let runner = StoredRunner { id, project, owner, kind, name };
            (Kind::RunnerConnected, runner.encode_to_vec().into())
        }
        Event::Gone { id, reason } => {
            let gone = StoredChange { reason: reason.name().to_owned(), ..change(id) };
            (Kind::RunnerGone, gone.encode_to_vec().into())
        }
        Event::AgentsSet { id, agents } => {
            let agents = agents.into_iter().map(StoredAgent::from).collect();
            (Kind::RunnerAgentsSet, StoredChange { agents, ..change(id) }.encode_to_vec().into())
        }
        Event::ChecklistPatched { id, patch } => {
            let checklist = patch.into_bytes();
            (Kind::RunnerChecklistPatched, StoredChange { checklist, ..change(id) }.encode_to_vec().into())
        }
        Event::JobCreated(created) => (Kind::JobCreated, StoredJob::from(*created).encode_to_vec().into()),
        Event::JobStarted { id } => (Kind::JobStarted, report(id).encode_to_vec().into()),
        Event::JobCancelled { id } => (Kind::JobCancelled, report(id).encode_to_vec().into()),
        Event::JobReported { id, report: Report { status, result, error, trace_id } } => {
            let stored = StoredReport {
                id: stored(id.uuid()),
                status: status.name().to_owned(),
                result: result.map(Json::into_bytes),
                error,
                trace: trace_id.map(stored),
            };
            (Kind::JobReported, stored.encode_to_vec().into())
        }
        Event::JobLogged { id, lines, is_full } => {
            let lines =
                lines.into_iter().map(|LogLine { stream, text }| StoredLine { stream, text }).collect();
            let stored = StoredLines { id: stored(id.uuid()), lines, is_full };
            (Kind::JobLogged, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let runner = |id: &Bytes| rows::uuid(id).map(RunnerId::known);
    let job = |id: &Bytes| rows::uuid(id).map(JobId::known);
    Some(match kind {
        Kind::RunnerConnected => {
            let StoredRunner { id, project, owner, kind, name } = StoredRunner::decode(payload).ok()?;
            let (id, project_id) = (runner(&id)?, ProjectId::known(rows::uuid(&project)?));
            Event::Connected { id, project_id, owner, kind: RunnerKind::parse(&kind)?, name }
        }
        Kind::RunnerGone => {
            let StoredChange { id, reason, .. } = StoredChange::decode(payload).ok()?;
            Event::Gone { id: runner(&id)?, reason: Reason::parse(&reason)? }
        }
        Kind::RunnerAgentsSet => {
            let StoredChange { id, agents, .. } = StoredChange::decode(payload).ok()?;
            Event::AgentsSet { id: runner(&id)?, agents: agents.into_iter().map(Agent::from).collect() }
        }
        Kind::RunnerChecklistPatched => {
            let StoredChange { id, checklist, .. } = StoredChange::decode(payload).ok()?;
            Event::ChecklistPatched { id: runner(&id)?, patch: Json::stored(checklist) }
        }
        Kind::JobCreated => Event::JobCreated(Box::new(StoredJob::decode(payload).ok()?.read()?)),
        Kind::JobStarted => Event::JobStarted { id: job(&StoredReport::decode(payload).ok()?.id)? },
        Kind::JobCancelled => Event::JobCancelled { id: job(&StoredReport::decode(payload).ok()?.id)? },
        Kind::JobReported => {
            let StoredReport { id, status, result, error, trace } = StoredReport::decode(payload).ok()?;
            let trace_id = optional(trace.as_ref())?;
            let (status, result) = (JobStatus::parse(&status)?, result.map(Json::stored));
            Event::JobReported { id: job(&id)?, report: Report { status, result, error, trace_id } }
        }
        _ => {
            let StoredLines { id, lines, is_full } = StoredLines::decode(payload).ok()?;
            let lines =
                lines.into_iter().map(|StoredLine { stream, text }| LogLine { stream, text }).collect();
            Event::JobLogged { id: job(&id)?, lines, is_full }
        }
    })
}

/// An id that may be left out, but not damaged.
#[expect(clippy::option_option, reason = "what is absent is told from what is damaged")]
fn optional(id: Option<&Bytes>) -> Option<Option<Uuid>> {
    match id {
        None => Some(None),
        Some(id) => rows::uuid(id).map(Some),
    }
}

impl From<Agent> for StoredAgent {
    fn from(agent: Agent) -> Self {
        let Agent { name, description, language, executable, source_file, parameters, timeout_seconds } =
            agent;
        let parameters = parameters
            .into_iter()
            .map(|Parameter { name, kind, presence }| StoredParameter { name, kind, presence })
            .collect();
        Self { name, description, language, executable, source_file, parameters, timeout_seconds }
    }
}

impl From<StoredAgent> for Agent {
    fn from(agent: StoredAgent) -> Self {
        let StoredAgent { name, description, language, executable, source_file, parameters, timeout_seconds } =
            agent;
        let parameters = parameters
            .into_iter()
            .map(|StoredParameter { name, kind, presence }| Parameter { name, kind, presence })
            .collect();
        Self { name, description, language, executable, source_file, parameters, timeout_seconds }
    }
}

impl From<JobCreated> for StoredJob {
    fn from(created: JobCreated) -> Self {
        let stored = |id: Uuid| Bytes::copy_from_slice(id.as_bytes());
        let JobCreated { id, runner_id, owner, request, inputs, timeout_seconds } = created;
        let masks = request.prompt_masks.into_iter();
        Self {
            id: stored(id.uuid()),
            runner: stored(runner_id.uuid()),
            owner,
            project: stored(request.project_id.uuid()),
            agent: request.agent,
            inputs: inputs.map(Json::into_bytes),
            mask: request.mask_id.map(stored),
            prompt_masks: masks.map(|(prompt, mask)| StoredMask { prompt, mask: stored(mask) }).collect(),
            blueprint_name: request.blueprint_name,
            metadata: request.metadata.map(|metadata| StoredMetadata {
                dataset: metadata.dataset_id.map(stored),
                dataset_version: metadata.dataset_version_id.map(stored),
                dataset_item_version: metadata.dataset_item_version_id.map(stored),
                dataset_item: metadata.dataset_item_id.map(stored),
            }),
            timeout_seconds,
        }
    }
}

impl StoredJob {
    fn read(self) -> Option<JobCreated> {
        let mask = |StoredMask { prompt, mask }: StoredMask| Some((prompt, rows::uuid(&mask)?));
        let metadata = |metadata: StoredMetadata| {
            Some(JobMetadata {
                dataset_id: optional(metadata.dataset.as_ref())?,
                dataset_version_id: optional(metadata.dataset_version.as_ref())?,
                dataset_item_version_id: optional(metadata.dataset_item_version.as_ref())?,
                dataset_item_id: optional(metadata.dataset_item.as_ref())?,
            })
        };
        Some(JobCreated {
            id: JobId::known(rows::uuid(&self.id)?),
            runner_id: RunnerId::known(rows::uuid(&self.runner)?),
            owner: self.owner,
            request: JobRequest {
                project_id: ProjectId::known(rows::uuid(&self.project)?),
                agent: self.agent,
                mask_id: optional(self.mask.as_ref())?,
                prompt_masks: self.prompt_masks.into_iter().map(mask).collect::<Option<_>>()?,
                blueprint_name: self.blueprint_name,
                metadata: match self.metadata {
                    Some(stored) => Some(metadata(stored)?),
                    None => None,
                },
            },
            inputs: self.inputs.map(Json::stored),
            timeout_seconds: self.timeout_seconds,
        })
    }
}

/// The event for people.
pub(crate) fn describe(event: &Event) -> serde_json::Value {
    match event {
        Event::Connected { id, project_id, owner, kind, name } => {
            json!({ "id": id, "project_id": project_id, "owner": owner, "type": kind.name(), "name": name })
        }
        Event::Gone { id, reason } => json!({ "id": id, "reason": reason.name() }),
        Event::AgentsSet { id, agents } => json!({ "id": id, "agents": agents }),
        Event::ChecklistPatched { id, patch } => json!({ "id": id, "patch": body(Some(patch)) }),
        Event::JobCreated(created) => said([
            ("id", json!(created.id)),
            ("runner_id", json!(created.runner_id)),
            ("owner", json!(created.owner)),
            ("project_id", json!(created.request.project_id)),
            ("agent_name", json!(created.request.agent)),
            ("inputs", body(created.inputs.as_ref())),
            ("mask_id", json!(created.request.mask_id)),
            ("prompt_masks", json!(created.request.prompt_masks)),
            ("blueprint_name", json!(created.request.blueprint_name)),
            ("metadata", json!(created.request.metadata)),
            ("timeout_seconds", json!(created.timeout_seconds)),
        ]),
        Event::JobStarted { id } | Event::JobCancelled { id } => json!({ "id": id }),
        Event::JobReported { id, report } => said([
            ("id", json!(id)),
            ("status", json!(report.status.name())),
            ("result", body(report.result.as_ref())),
            ("error", json!(report.error)),
            ("trace_id", json!(report.trace_id)),
        ]),
        Event::JobLogged { id, lines, is_full } => {
            let lines: Vec<_> =
                lines.iter().map(|line| json!({ "stream": line.stream, "text": line.text })).collect();
            json!({ "id": id, "lines": lines, "is_full": is_full })
        }
    }
}
