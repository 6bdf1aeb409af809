use cairn_core::event::Event;
use cairn_core::ids::{JobId, ProjectId, RunnerId};
use cairn_core::runners::{
    Agent, Event as RunnerEvent, JobCreated, JobMetadata, JobRequest, JobStatus, Kind, LogLine, Parameter,
    Reason, Report,
};

use super::{id, json, text};

/// One event of each kind of runner event.
pub(super) fn samples() -> Vec<Event> {
    let (runner, project_id) = (RunnerId::known(id(21)), ProjectId::known(id(2)));
    let job = JobId::known(id(22));
    let parameter =
        Parameter { name: text("question"), kind: text("string"), presence: Some(text("required")) };
    let agent = Agent {
        name: text("answer"),
        description: Some(text("answers a question")),
        language: Some(text("python")),
        executable: Some(text("python3")),
        source_file: Some(text("agent.py")),
        parameters: vec![parameter],
        timeout_seconds: Some(60),
    };
    let request = JobRequest {
        project_id,
        agent: text("answer"),
        mask_id: Some(id(20)),
        prompt_masks: [(text("greet"), id(15))].into(),
        blueprint_name: Some(text("v1")),
        metadata: Some(JobMetadata {
            dataset_id: Some(id(7)),
            dataset_version_id: Some(id(9)),
            dataset_item_version_id: Some(id(10)),
            dataset_item_id: Some(id(8)),
        }),
    };
    let events = [
        RunnerEvent::Connected {
            id: runner,
            project_id,
            owner: text("ann"),
            kind: Kind::Endpoint,
            name: text("laptop"),
        },
        RunnerEvent::Gone { id: runner, reason: Reason::Evicted },
        RunnerEvent::AgentsSet { id: runner, agents: vec![agent] },
        RunnerEvent::ChecklistPatched { id: runner, patch: json(r#"{"a": 1}"#).unwrap() },
        RunnerEvent::JobCreated(Box::new(JobCreated {
            id: job,
            runner_id: runner,
            owner: text("ann"),
            request,
            inputs: json(r#"{"question": "why?"}"#),
            timeout_seconds: Some(60),
        })),
        RunnerEvent::JobStarted { id: job },
        RunnerEvent::JobReported {
            id: job,
            report: Report {
                status: JobStatus::Completed,
                result: json(r#"{"answer": 42}"#),
                error: Some(text("none")),
                trace_id: Some(id(3)),
            },
        },
        RunnerEvent::JobCancelled { id: job },
        RunnerEvent::JobLogged {
            id: job,
            lines: vec![LogLine { stream: text("stdout"), text: text("thinking") }],
            is_full: true,
        },
    ];
    events.into_iter().map(Event::from).collect()
}
