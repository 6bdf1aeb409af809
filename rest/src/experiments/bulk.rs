//! Experiments with their traces, spans and scores in one request.

use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use cairn_core::access::{ExperimentWrite, FeedbackWrite, TraceWrite};
use cairn_core::command::ProjectRef;
use cairn_core::experiments::bulk::{Bulk, Run, RunOutcome};
use cairn_core::experiments::{Command, Create, Kind, Method, Status};
use cairn_core::feedback::Target;
use cairn_core::ids::{DatasetItemId, ExperimentId, TraceId, uuid_v7};
use cairn_core::limits::EXPERIMENT_BULK_BYTES_MAX;
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::datasets::{not_blank, optional_project};
use crate::error::Answer;
use crate::extract::{Body, Granted};
use crate::feedback::ScoreIn;
use crate::routes::Server;
use crate::spans::input::SpanIn;
use crate::traces::input::TraceIn;
use crate::wire;

#[derive(Deserialize)]
struct BulkIn<'a> {
    #[serde(alias = "experimentName")]
    experiment_name: Option<String>,
    #[serde(alias = "datasetName")]
    dataset_name: Option<String>,
    #[serde(alias = "experimentId")]
    experiment_id: Option<Uuid>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    #[serde(borrow)]
    items: Option<Vec<RunIn<'a>>>,
}

#[derive(Deserialize)]
struct RunIn<'a> {
    #[serde(alias = "datasetItemId")]
    dataset_item_id: Option<Uuid>,
    #[serde(borrow, alias = "evaluateTaskResult")]
    evaluate_task_result: Option<&'a RawValue>,
    #[serde(borrow)]
    trace: Option<TraceIn<'a>>,
    #[serde(borrow)]
    spans: Option<Vec<SpanIn<'a>>>,
    #[serde(borrow, alias = "feedbackScores")]
    feedback_scores: Option<Vec<ScoreIn<'a>>>,
}

pub(crate) async fn record(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentWrite>,
    _: Granted<TraceWrite>,
    _: Granted<FeedbackWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let command = body.read(read).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn read(body: Bytes) -> Result<Command, Rejection> {
    if body.len() > EXPERIMENT_BULK_BYTES_MAX {
        let most = EXPERIMENT_BULK_BYTES_MAX >> 20;
        let message = format!("Request size exceeds the maximum allowed size of {most}MB");
        return Err(Rejection::invalid(message));
    }
    wire::parse(body, |body| {
        let bulk: BulkIn<'_> = serde_json::from_slice(body)?;
        Ok(bulk.command(body))
    })
}

impl BulkIn<'_> {
    fn command(self, body: &Bytes) -> Result<Command, Rejection> {
        let project = optional_project(None, self.project_name)?;
        let runs = self.items.unwrap_or_default().into_iter().enumerate();
        let runs = runs.map(|(at, run)| run.read(body, project.as_ref(), &format!("items[{at}].")));
        let create = Create {
            id: self.experiment_id.map(ExperimentId::new).transpose()?,
            name: Some(not_blank("experimentName", self.experiment_name)?),
            dataset_name: self.dataset_name.unwrap_or_default(),
            project: project.clone(),
            kind: Kind::Regular,
            method: Method::Dataset,
            status: Status::Completed,
            optimization_id: None,
            dataset_version_id: None,
            prompt_versions: Vec::new(),
            metadata: None,
            tags: Vec::new(),
            scores: Vec::new(),
        };
        Ok(Command::Record(Box::new(Bulk { create, runs: runs.collect::<Result<_, _>>()? })))
    }
}

impl RunIn<'_> {
    fn read(self, body: &Bytes, project: Option<&ProjectRef>, place: &str) -> Result<Run, Rejection> {
        // Stands in for the trace of the run until that is known.
        let trace_id = TraceId::known(uuid_v7(Timestamp::EPOCH, [0; 10]));
        let missing = || Rejection::invalid(format!("{place}datasetItemId must not be null"));
        let dataset_item_id = DatasetItemId::known(self.dataset_item_id.ok_or_else(missing)?);
        let result = wire::body(body, self.evaluate_task_result);
        let outcome = match (self.trace, result) {
            (Some(_), Some(_)) => {
                let message = format!("{place}trace and evaluate_task_result cannot both be provided");
                return Err(Rejection::invalid(message));
            }
            (Some(trace), None) => {
                let mut write = trace.write(body, &format!("{place}trace."))?;
                match project {
                    Some(project) if write.project == ProjectRef::Default => write.project = project.clone(),
                    Some(project) if write.project != *project => {
                        let message =
                            format!("{place}trace.project_name must match the request's project_name");
                        return Err(Rejection::malformed(message));
                    }
                    _ => {}
                }
                RunOutcome::Trace(Box::new(write))
            }
            (None, result) => RunOutcome::Output(result),
        };
        let of_run = match &outcome {
            RunOutcome::Trace(write) => write.project.clone(),
            RunOutcome::Output(_) => project.cloned().unwrap_or_default(),
        };
        let mut spans = Vec::new();
        for (at, span) in self.spans.unwrap_or_default().into_iter().enumerate() {
            let mut write = span.write_within(trace_id, body, &format!("{place}spans[{at}]."))?;
            if write.project == ProjectRef::Default {
                write.project = of_run.clone();
            }
            spans.push(write);
        }
        let scores = self.feedback_scores.unwrap_or_default().into_iter().enumerate();
        let scores = scores.map(|(at, score)| {
            score.write(Target::Trace(trace_id), &format!("{place}feedbackScores[{at}]."))
        });
        Ok(Run { dataset_item_id, outcome, spans, scores: scores.collect::<Result<_, _>>()? })
    }
}
