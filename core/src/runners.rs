//! Runners: programs on people's machines that run agents for them. A runner is paired, tells which agents it has, and
//! takes jobs; a job has inputs, a log and a result. What is only on its way (a pairing that waits, who was heard from
//! when, commands to a machine) is not recorded: that is the actors' memory, and its rules are in `pairing` and `bridge`.

pub mod bridge;
pub mod jobs;
pub mod pairing;
pub mod state;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::command::{check_batch, check_depth, check_text};
use crate::ids::{JobId, ProjectId, RunnerId};
use crate::json::Json;
use crate::limits::{
    JOB_BODY_BYTES_MAX, JOB_PROMPT_MASKS_MAX, NAME_CHARS_MAX, RUNNER_AGENTS_MAX, RUNNER_CHECKLIST_BYTES_MAX,
    RUNNER_CHECKLIST_DEPTH_MAX, RUNNER_NAME_CHARS_MAX, RUNNER_PARAMETERS_MAX, RUNNER_TEXT_BYTES_MAX,
};
use crate::rejection::{Rejection, RejectionKind};
use crate::runners::state::Runner;

/// What a runner is there for: to relay commands to a machine, or to run agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    Connect,
    Endpoint,
}

/// Why a runner is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// A newer one of the same person, project and kind came.
    Evicted,
    /// It said good-bye, or somebody sent it away.
    Disconnected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobStatus {
    Pending,
    Running,
    Completed,
    Failed,
    Cancelled,
}

macro_rules! named {
    ($type:ident: $($variant:ident = $name:literal),*) => {
        impl $type {
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name),*
                }
            }

            pub fn parse(name: &str) -> Option<Self> {
                [$(Self::$variant),*].into_iter().find(|known| known.name() == name)
            }
        }
    };
}
pub(crate) use named;

named!(Kind: Connect = "connect", Endpoint = "endpoint");
named!(Reason: Evicted = "evicted", Disconnected = "disconnected");
named!(JobStatus: Pending = "pending", Running = "running", Completed = "completed", Failed = "failed", Cancelled = "cancelled");

impl JobStatus {
    /// Whether nothing more will come of it.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::Running => false,
            Self::Completed | Self::Failed | Self::Cancelled => true,
        }
    }
}

/// A function that a runner can call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    pub name: String,
    pub description: Option<String>,
    pub language: Option<String>,
    pub executable: Option<String>,
    pub source_file: Option<String>,
    pub parameters: Vec<Parameter>,
    /// How long a job of it may take; no bound of its own if none.
    pub timeout_seconds: Option<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parameter {
    pub name: String,
    pub kind: String,
    pub presence: Option<String>,
}

/// Which item of which dataset a job is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobMetadata {
    pub dataset_id: Option<Uuid>,
    pub dataset_version_id: Option<Uuid>,
    pub dataset_item_version_id: Option<Uuid>,
    pub dataset_item_id: Option<Uuid>,
}

/// What a job is asked to do, apart from its inputs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRequest {
    pub project_id: ProjectId,
    pub agent: String,
    pub mask_id: Option<Uuid>,
    /// Prompt → the mask that lies over it.
    pub prompt_masks: BTreeMap<String, Uuid>,
    pub blueprint_name: Option<String>,
    pub metadata: Option<JobMetadata>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Such as `stdout`.
    pub stream: String,
    pub text: String,
}

/// What a runner says of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    pub status: JobStatus,
    pub result: Option<Json>,
    pub error: Option<String>,
    pub trace_id: Option<Uuid>,
}

/// It names no permission: only the actors can bring a command of runners in, together with what they remember.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A runner was paired. It takes the place of one that its owner has for the same.
    Connect {
        id: RunnerId,
        project_id: ProjectId,
        owner: String,
        kind: Kind,
        name: String,
    },
    Disconnect {
        id: RunnerId,
    },
    SetAgents {
        id: RunnerId,
        agents: Vec<Agent>,
    },
    PatchChecklist {
        id: RunnerId,
        patch: Json,
    },
    /// `connected` are the runners that were heard from lately.
    CreateJob {
        request: Box<JobRequest>,
        inputs: Option<Json>,
        connected: BTreeSet<RunnerId>,
    },
    /// Hands the oldest waiting job over to a runner.
    TakeJob {
        runner_id: RunnerId,
    },
    LogJob {
        id: JobId,
        lines: Vec<LogLine>,
    },
    ReportJob {
        id: JobId,
        report: Report,
    },
    CancelJob {
        id: JobId,
    },
    /// Gives up jobs of which nobody will hear again. `silent` are runners that were not heard from for long.
    GiveUpJobs {
        silent: BTreeSet<RunnerId>,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Connected {
        id: RunnerId,
        project_id: ProjectId,
        owner: String,
        kind: Kind,
        name: String,
    },
    Gone {
        id: RunnerId,
        reason: Reason,
    },
    AgentsSet {
        id: RunnerId,
        agents: Vec<Agent>,
    },
    ChecklistPatched {
        id: RunnerId,
        patch: Json,
    },
    JobCreated(Box<JobCreated>),
    /// It was handed over to its runner.
    JobStarted {
        id: JobId,
    },
    JobReported {
        id: JobId,
        report: Report,
    },
    JobCancelled {
        id: JobId,
    },
    /// A log that is full takes nothing more.
    JobLogged {
        id: JobId,
        lines: Vec<LogLine>,
        is_full: bool,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobCreated {
    pub id: JobId,
    pub runner_id: RunnerId,
    pub owner: String,
    pub request: JobRequest,
    pub inputs: Option<Json>,
    pub timeout_seconds: Option<u32>,
}

impl Event {
    /// What the event is about, for the history of each.
    pub fn entities(&self) -> Vec<Uuid> {
        match self {
            Self::Connected { id, .. }
            | Self::Gone { id, .. }
            | Self::AgentsSet { id, .. }
            | Self::ChecklistPatched { id, .. } => vec![id.uuid()],
            Self::JobCreated(_)
            | Self::JobStarted { .. }
            | Self::JobReported { .. }
            | Self::JobCancelled { .. }
            | Self::JobLogged { .. } => self.job_id().map(JobId::uuid).into_iter().collect(),
        }
    }

    pub fn job_id(&self) -> Option<JobId> {
        match self {
            Self::JobCreated(created) => Some(created.id),
            Self::JobStarted { id }
            | Self::JobReported { id, .. }
            | Self::JobCancelled { id }
            | Self::JobLogged { id, .. } => Some(*id),
            Self::Connected { .. }
            | Self::Gone { .. }
            | Self::AgentsSet { .. }
            | Self::ChecklistPatched { .. } => None,
        }
    }
}

impl Command {
    /// Refuses what can be refused without knowing what is stored.
    pub(crate) fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Connect { name, .. } => check_runner_name(name),
            Self::SetAgents { agents, .. } => check_agents(agents),
            Self::PatchChecklist { patch, .. } => check_checklist(patch),
            Self::CreateJob { request, inputs, .. } => {
                check_not_blank("agentName", &request.agent)?;
                check_body("inputs", inputs.as_ref())?;
                if request.prompt_masks.len() > JOB_PROMPT_MASKS_MAX {
                    return Err(Rejection::invalid(format!(
                        "promptMasks size must be between 0 and {JOB_PROMPT_MASKS_MAX}"
                    )));
                }
                match &request.blueprint_name {
                    Some(name) => check_not_blank("blueprintName", name),
                    None => Ok(()),
                }
            }
            Self::LogJob { lines, .. } => {
                check_batch("entries", lines.len())?;
                for (at, line) in lines.iter().enumerate() {
                    for (field, text) in [("stream", &line.stream), ("text", &line.text)] {
                        if text.is_empty() {
                            return Err(Rejection::invalid(format!(
                                "entries[{at}].{field} must not be empty"
                            )));
                        }
                    }
                }
                Ok(())
            }
            Self::ReportJob { report, .. } => check_body("result", report.result.as_ref()),
            Self::Disconnect { .. }
            | Self::TakeJob { .. }
            | Self::CancelJob { .. }
            | Self::GiveUpJobs { .. } => Ok(()),
        }
    }

    pub(crate) fn bytes(&self) -> usize {
        let weight = |json: &Option<Json>| json.as_ref().map_or(0, |json| json.bytes().len());
        match self {
            Self::CreateJob { inputs, .. } => weight(inputs),
            Self::ReportJob { report, .. } => weight(&report.result),
            Self::LogJob { lines, .. } => lines.iter().map(|line| line.text.len()).sum(),
            Self::PatchChecklist { patch, .. } => patch.bytes().len(),
            _ => 0,
        }
    }
}

/// `others` are the living runners of the project.
pub fn connect(connected: Event, others: &[Runner]) -> Vec<Event> {
    let mut events = Vec::new();
    if let Event::Connected { owner, kind, .. } = &connected {
        let replaced = others.iter().filter(|other| other.owner == *owner && other.kind == *kind);
        events.extend(replaced.map(|other| Event::Gone { id: other.id, reason: Reason::Evicted }));
    }
    events.push(connected);
    events
}

/// A runner of the person, alive or not.
pub fn owned<'a>(runner: Option<&'a Runner>, person: &str) -> Result<&'a Runner, Rejection> {
    // What belongs to others is as if it were not there: a runner is a door to somebody's machine.
    runner.filter(|runner| runner.owner == person).ok_or_else(runner_not_found)
}

/// A living runner of the person.
pub fn living<'a>(runner: Option<&'a Runner>, person: &str) -> Result<&'a Runner, Rejection> {
    let runner = owned(runner, person)?;
    match runner.gone {
        None => Ok(runner),
        Some(reason) => Err(gone(reason)),
    }
}

pub fn gone(reason: Reason) -> Rejection {
    Rejection::new(RejectionKind::Gone, format!("the runner was {}", reason.name())).hint("pair a new one")
}

pub fn runner_not_found() -> Rejection {
    Rejection::not_found("Runner not found")
}

/// A checklist with a patch laid into it: objects are merged, null takes a key away, all else replaces what was there.
pub fn merge_checklist(mut old: serde_json::Value, patch: serde_json::Value) -> serde_json::Value {
    let serde_json::Value::Object(patch) = patch else { return patch };
    if !old.is_object() {
        old = serde_json::Value::Object(serde_json::Map::new());
    }
    if let Some(map) = old.as_object_mut() {
        for (key, value) in patch {
            if value.is_null() {
                map.remove(&key);
            } else {
                let before = map.remove(&key).unwrap_or_default();
                map.insert(key, merge_checklist(before, value));
            }
        }
    }
    old
}

pub(crate) fn check_runner_name(name: &str) -> Result<(), Rejection> {
    check_not_blank("runnerName", name)?;
    check_text("", "runnerName", Some(name), RUNNER_NAME_CHARS_MAX)
}

fn check_agents(agents: &[Agent]) -> Result<(), Rejection> {
    if agents.len() > RUNNER_AGENTS_MAX {
        return Err(Rejection::malformed(format!("a runner has at most {RUNNER_AGENTS_MAX} agents")));
    }
    for agent in agents {
        let place = format!("{}.", agent.name);
        check_not_blank("name", &agent.name)?;
        check_text("", "name", Some(&agent.name), NAME_CHARS_MAX)?;
        let texts = [&agent.description, &agent.language, &agent.executable, &agent.source_file];
        let bytes: usize = texts.into_iter().flatten().map(String::len).sum();
        if bytes > RUNNER_TEXT_BYTES_MAX {
            return Err(Rejection::malformed(format!(
                "{place} has more than {RUNNER_TEXT_BYTES_MAX} bytes of text"
            )));
        }
        if agent.parameters.len() > RUNNER_PARAMETERS_MAX {
            return Err(Rejection::malformed(format!("{place}params has more than {RUNNER_PARAMETERS_MAX}")));
        }
        for parameter in &agent.parameters {
            for text in [&parameter.name, &parameter.kind].into_iter().chain(&parameter.presence) {
                check_text(&place, "params", Some(text), NAME_CHARS_MAX)?;
            }
        }
    }
    Ok(())
}

fn check_checklist(patch: &Json) -> Result<(), Rejection> {
    if patch.bytes().len() > RUNNER_CHECKLIST_BYTES_MAX {
        return Err(Rejection::new(
            RejectionKind::TooLarge,
            format!("a checklist has at most {RUNNER_CHECKLIST_BYTES_MAX} bytes"),
        ));
    }
    let is_object = patch.bytes().trim_ascii_start().first() == Some(&b'{');
    if !is_object || patch.is_deeper_than(RUNNER_CHECKLIST_DEPTH_MAX) {
        return Err(Rejection::malformed("Unable to process JSON")
            .hint(format!("a checklist is an object, nested at most {RUNNER_CHECKLIST_DEPTH_MAX} deep")));
    }
    Ok(())
}

fn check_body(field: &str, body: Option<&Json>) -> Result<(), Rejection> {
    if body.is_some_and(|body| body.bytes().len() > JOB_BODY_BYTES_MAX) {
        return Err(Rejection::new(
            RejectionKind::TooLarge,
            format!("{field} must not have more than {JOB_BODY_BYTES_MAX} bytes"),
        ));
    }
    check_depth("", [(field, body), ("", None), ("", None)])
}

pub(crate) fn check_not_blank(field: &str, text: &str) -> Result<(), Rejection> {
    if text.trim().is_empty() {
        return Err(Rejection::invalid(format!("{field} must not be blank")));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
