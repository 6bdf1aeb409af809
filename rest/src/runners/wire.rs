//! Runners, jobs and commands as clients write and read them.

use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_actors::runners::face::RunnerView;
use cairn_core::ids::{JobId, ProjectId};
use cairn_core::json::{Json, quote_non_finite};
use cairn_core::limits::{PAGE_ITEMS_MAX, PAGE_REACH_MAX, RUNNER_PAGE_ITEMS_DEFAULT};
use cairn_core::rejection::Rejection;
use cairn_core::runners::{Agent, JobMetadata, JobRequest, JobStatus, LogLine, Parameter, Report, bridge};
use cairn_storage::runners::read::{JobView, Stretch};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::wire::{self, BodyOut, Shown};

/// A page that is counted from 0, as nothing else here is.
#[derive(Serialize)]
pub(super) struct ZeroPage<T> {
    page: usize,
    size: usize,
    total: usize,
    content: Vec<T>,
}

impl<T> ZeroPage<T> {
    pub(super) fn of(page: usize, (content, total): (Vec<T>, usize)) -> Self {
        Self { page, size: content.len(), total, content }
    }

    pub(super) fn map<Other>(self, show: impl Fn(T) -> Other) -> ZeroPage<Other> {
        let Self { page, size, total, content } = self;
        ZeroPage { page, size, total, content: content.into_iter().map(show).collect() }
    }

    pub(super) fn try_map<Other, E>(
        self,
        show: impl Fn(T) -> Result<Other, E>,
    ) -> Result<ZeroPage<Other>, E> {
        let Self { page, size, total, content } = self;
        Ok(ZeroPage { page, size, total, content: content.into_iter().map(show).collect::<Result<_, E>>()? })
    }
}

/// The number of a page, counted from 0, and what stands on it.
pub(super) fn zero_window(page: Option<i64>, size: Option<i64>) -> Result<(usize, Stretch), Rejection> {
    let bounded = |name: &str, value: Option<i64>, default: usize, least: usize| match value {
        None => Ok(default),
        Some(value) => usize::try_from(value)
            .ok()
            .filter(|value| *value >= least)
            .ok_or_else(|| Rejection::invalid(format!("{name} must be greater than or equal to {least}"))),
    };
    let page = bounded("page", page, 0, 0)?;
    let limit = bounded("size", size, RUNNER_PAGE_ITEMS_DEFAULT, 1)?.min(PAGE_ITEMS_MAX);
    if page.saturating_mul(limit) > PAGE_REACH_MAX {
        return Err(Rejection::invalid(format!("page × size must not exceed {PAGE_REACH_MAX}")));
    }
    Ok((page, Stretch { offset: page * limit, limit }))
}

/// A body that is one JSON value, kept as it is.
pub(super) fn whole(body: Bytes) -> Result<Json, Rejection> {
    let quoted = quote_non_finite(&body).map(Bytes::from);
    Json::parse(quoted.unwrap_or(body))
        .map_err(|error| Rejection::malformed("Unable to process JSON").hint(error.to_string()))
}

#[derive(Deserialize)]
pub(super) struct HeartbeatIn {
    pub(super) capabilities: Option<Vec<String>>,
}

#[derive(Serialize)]
pub(super) struct CancelledOut {
    cancelled_job_ids: Vec<String>,
}

impl From<Vec<JobId>> for CancelledOut {
    fn from(ids: Vec<JobId>) -> Self {
        Self { cancelled_job_ids: ids.iter().map(ToString::to_string).collect() }
    }
}

/// Agents by name.
pub(super) type AgentsIn = BTreeMap<String, AgentIn>;

#[derive(Deserialize)]
pub(super) struct AgentIn {
    description: Option<String>,
    language: Option<String>,
    executable: Option<String>,
    #[serde(alias = "sourceFile")]
    source_file: Option<String>,
    params: Option<Vec<ParameterIn>>,
    timeout: Option<i64>,
}

#[derive(Deserialize)]
struct ParameterIn {
    name: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    presence: Option<String>,
}

pub(super) fn agents(agents: AgentsIn) -> Vec<Agent> {
    let parameter = |ParameterIn { name, kind, presence }| Parameter {
        name: name.unwrap_or_default(),
        kind: kind.unwrap_or_default(),
        presence,
    };
    let agent = |(name, agent): (String, AgentIn)| Agent {
        name,
        description: agent.description,
        language: agent.language,
        executable: agent.executable,
        source_file: agent.source_file,
        parameters: agent.params.unwrap_or_default().into_iter().map(parameter).collect(),
        // Clients write 0 for no bound.
        timeout_seconds: agent
            .timeout
            .and_then(|seconds| u32::try_from(seconds).ok())
            .filter(|seconds| *seconds > 0),
    };
    agents.into_iter().map(agent).collect()
}

#[derive(Serialize)]
pub(super) struct RunnerOut {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    project_id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    connected_at: Option<Shown>,
    agents: Vec<AgentOut>,
    capabilities: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checklist: Option<Box<RawValue>>,
    #[serde(rename = "type")]
    kind: &'static str,
}

#[derive(Serialize)]
struct AgentOut {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    executable: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_file: Option<String>,
    params: Vec<ParameterOut>,
    timeout: u32,
}

#[derive(Serialize)]
struct ParameterOut {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence: Option<String>,
}

impl From<Agent> for AgentOut {
    fn from(agent: Agent) -> Self {
        let Agent { name, description, language, executable, source_file, parameters, timeout_seconds } =
            agent;
        let params = parameters
            .into_iter()
            .map(|Parameter { name, kind, presence }| ParameterOut { name, kind, presence })
            .collect();
        let timeout = timeout_seconds.unwrap_or_default();
        Self { name, description, language, executable, source_file, params, timeout }
    }
}

impl From<RunnerView> for RunnerOut {
    fn from(view: RunnerView) -> Self {
        let status = view.status().name();
        match view {
            RunnerView::Waiting(waiting) => Self {
                id: waiting.runner_id.to_string(),
                name: None,
                project_id: waiting.project_id.to_string(),
                status,
                connected_at: None,
                agents: Vec::new(),
                capabilities: Vec::new(),
                checklist: None,
                kind: waiting.kind.name(),
            },
            RunnerView::Known { runner, capabilities, .. } => Self {
                id: runner.id.to_string(),
                name: Some(runner.name),
                project_id: runner.project_id.to_string(),
                status,
                connected_at: Some(Shown(runner.connected_at.to_micros())),
                agents: runner.agents.into_iter().map(AgentOut::from).collect(),
                capabilities,
                checklist: runner.checklist.and_then(|text| RawValue::from_string(text).ok()),
                kind: runner.kind.name(),
            },
        }
    }
}

#[derive(Deserialize)]
pub(super) struct JobIn<'a> {
    #[serde(alias = "agentName")]
    agent_name: Option<String>,
    #[serde(borrow)]
    inputs: Option<&'a RawValue>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "maskId")]
    mask_id: Option<Uuid>,
    #[serde(alias = "promptMasks")]
    prompt_masks: Option<BTreeMap<String, Uuid>>,
    #[serde(alias = "blueprintName")]
    blueprint_name: Option<String>,
    metadata: Option<MetadataIn>,
}

#[derive(Deserialize)]
#[expect(clippy::struct_field_names, reason = "as they stand on the wire")]
struct MetadataIn {
    #[serde(alias = "datasetId")]
    dataset_id: Option<Uuid>,
    #[serde(alias = "datasetVersionId")]
    dataset_version_id: Option<Uuid>,
    #[serde(alias = "datasetItemVersionId")]
    dataset_item_version_id: Option<Uuid>,
    #[serde(alias = "datasetItemId")]
    dataset_item_id: Option<Uuid>,
}

impl JobIn<'_> {
    pub(super) fn read(self, buffer: &Bytes) -> Result<(JobRequest, Option<Json>), Rejection> {
        let project = self.project_id.ok_or_else(|| Rejection::invalid("projectId must not be null"))?;
        let metadata = self.metadata.map(|metadata| JobMetadata {
            dataset_id: metadata.dataset_id,
            dataset_version_id: metadata.dataset_version_id,
            dataset_item_version_id: metadata.dataset_item_version_id,
            dataset_item_id: metadata.dataset_item_id,
        });
        let request = JobRequest {
            project_id: ProjectId::known(project),
            agent: self.agent_name.unwrap_or_default(),
            mask_id: self.mask_id,
            prompt_masks: self.prompt_masks.unwrap_or_default(),
            blueprint_name: self.blueprint_name,
            metadata,
        };
        Ok((request, wire::body(buffer, self.inputs)))
    }
}

#[derive(Serialize)]
pub(super) struct JobOut {
    id: String,
    runner_id: String,
    agent_name: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    project_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mask_id: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    prompt_masks: BTreeMap<String, Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    blueprint_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<MetadataOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timeout: Option<u32>,
    created_at: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<Shown>,
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "as they stand on the wire")]
struct MetadataOut {
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_version_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_item_version_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_item_id: Option<Uuid>,
}

impl From<JobView> for JobOut {
    fn from(JobView { job, inputs, result }: JobView) -> Self {
        let body = |json| BodyOut { json, truncate: false };
        let metadata = job.request.metadata.map(|metadata| MetadataOut {
            dataset_id: metadata.dataset_id,
            dataset_version_id: metadata.dataset_version_id,
            dataset_item_version_id: metadata.dataset_item_version_id,
            dataset_item_id: metadata.dataset_item_id,
        });
        Self {
            id: job.id.to_string(),
            runner_id: job.runner_id.to_string(),
            agent_name: job.request.agent,
            status: job.status.name(),
            inputs: inputs.map(body),
            result: result.map(body),
            error: job.error,
            project_id: job.request.project_id.to_string(),
            trace_id: job.trace_id.map(|id| id.to_string()),
            mask_id: job.request.mask_id.map(|id| id.to_string()),
            prompt_masks: job.request.prompt_masks,
            blueprint_name: job.request.blueprint_name,
            metadata,
            timeout: job.timeout_seconds,
            created_at: Shown(job.created_at.to_micros()),
            started_at: job.started_at.map(|at| Shown(at.to_micros())),
            completed_at: job.completed_at.map(|at| Shown(at.to_micros())),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct ReportIn<'a> {
    status: Option<String>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<String>,
    #[serde(alias = "traceId")]
    trace_id: Option<Uuid>,
}

impl ReportIn<'_> {
    pub(super) fn read(self, buffer: &Bytes) -> Result<Report, Rejection> {
        let status = self.status.ok_or_else(|| Rejection::malformed("status must not be null"))?;
        let unknown = || {
            Rejection::malformed(format!("status `{status}` is unknown"))
                .hint("use `running`, `completed` or `failed`")
        };
        Ok(Report {
            status: JobStatus::parse(&status).ok_or_else(unknown)?,
            result: wire::body(buffer, self.result),
            error: self.error,
            trace_id: self.trace_id,
        })
    }
}

#[derive(Deserialize)]
pub(super) struct LineIn {
    stream: Option<String>,
    text: Option<String>,
}

impl From<LineIn> for LogLine {
    fn from(LineIn { stream, text }: LineIn) -> Self {
        Self { stream: stream.unwrap_or_default(), text: text.unwrap_or_default() }
    }
}

#[derive(Serialize)]
pub(super) struct LineOut {
    stream: String,
    text: String,
}

impl From<LogLine> for LineOut {
    fn from(LogLine { stream, text }: LogLine) -> Self {
        Self { stream, text }
    }
}

#[derive(Deserialize)]
pub(super) struct CommandIn<'a> {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(borrow)]
    args: Option<&'a RawValue>,
    #[serde(alias = "timeoutSeconds")]
    timeout_seconds: Option<i64>,
}

impl CommandIn<'_> {
    pub(super) fn read(self, buffer: &Bytes) -> Result<bridge::Request, Rejection> {
        let kind = self.kind.ok_or_else(|| Rejection::invalid("type must not be null"))?;
        let unknown = || {
            Rejection::malformed(format!("type `{kind}` is unknown"))
                .hint("use `ReadFile`, `WriteFile`, `EditFile`, `ListFiles`, `SearchFiles` or `Exec`")
        };
        let kind = bridge::Kind::parse(&kind).ok_or_else(unknown)?;
        let arguments =
            wire::body(buffer, self.args).ok_or_else(|| Rejection::invalid("args must not be null"))?;
        bridge::Request::new(kind, arguments, self.timeout_seconds)
    }
}

#[derive(Deserialize)]
pub(super) struct OutcomeIn<'a> {
    status: Option<String>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(alias = "durationMs")]
    duration_ms: Option<i64>,
}

impl OutcomeIn<'_> {
    pub(super) fn read(self, buffer: &Bytes) -> Result<bridge::Outcome, Rejection> {
        let status = self.status.ok_or_else(|| Rejection::invalid("status must not be null"))?;
        let unknown = || Rejection::malformed(format!("status `{status}` is unknown"));
        Ok(bridge::Outcome {
            status: bridge::Status::parse(&status).ok_or_else(unknown)?,
            result: wire::body(buffer, self.result),
            error: wire::body(buffer, self.error),
            duration_ms: self.duration_ms,
        })
    }
}

/// A command as its runner gets it.
#[derive(Serialize)]
pub(super) struct CommandItem {
    command_id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    args: BodyOut,
    timeout_seconds: u32,
    submitted_at: Shown,
}

impl From<bridge::Command> for CommandItem {
    fn from(command: bridge::Command) -> Self {
        Self {
            command_id: command.id.to_string(),
            kind: command.kind.name(),
            args: BodyOut { json: command.arguments, truncate: false },
            timeout_seconds: command.timeout_seconds,
            submitted_at: Shown(command.submitted_at.to_micros()),
        }
    }
}

/// A command as the one who asked for it sees it.
#[derive(Serialize)]
pub(super) struct CommandOut {
    #[serde(flatten)]
    item: CommandItem,
    runner_id: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    picked_up_at: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed_at: Option<Shown>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<i64>,
}

impl From<bridge::Command> for CommandOut {
    fn from(command: bridge::Command) -> Self {
        let body = |json: &Json| BodyOut { json: json.clone(), truncate: false };
        Self {
            runner_id: command.runner_id.to_string(),
            status: command.status.name(),
            result: command.result.as_ref().map(body),
            error: command.error.as_ref().map(body),
            picked_up_at: command.picked_up_at.map(|at| Shown(at.to_micros())),
            completed_at: command.completed_at.map(|at| Shown(at.to_micros())),
            duration_ms: command.duration_ms,
            item: CommandItem::from(command),
        }
    }
}
