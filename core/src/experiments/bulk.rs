//! An experiment together with everything that its runs led to: made in one go, all of it or nothing.

use crate::command::Context;
use crate::experiments::Create;
use crate::feedback::{self, Target};
use crate::ids::{DatasetItemId, TraceId};
use crate::json::Json;
use crate::limits::{BATCH_ITEMS_MAX, EXPERIMENT_RUN_PARTS_MAX};
use crate::rejection::Rejection;
use crate::{spans, traces};

#[derive(Clone, Debug, PartialEq)]
pub struct Bulk {
    /// Made unless it is there.
    pub create: Create,
    pub runs: Vec<Run>,
}

/// What running one dataset item led to.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    pub dataset_item_id: DatasetItemId,
    pub outcome: RunOutcome,
    /// Of the run's trace, whatever they say themselves.
    pub spans: Vec<spans::Write>,
    pub scores: Vec<feedback::Write>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum RunOutcome {
    Trace(Box<traces::Write>),
    /// Of a trace that is to be made.
    Output(Option<Json>),
}

/// The commands that a bulk comes down to, and the traces of the dataset items.
#[derive(Debug)]
pub struct Unfolded {
    pub traces: Vec<traces::Command>,
    pub spans: Vec<spans::Command>,
    pub scores: Vec<feedback::Command>,
    pub ties: Vec<(DatasetItemId, TraceId)>,
}

impl Bulk {
    pub fn check(&self) -> Result<(), Rejection> {
        if !(1..=BATCH_ITEMS_MAX).contains(&self.runs.len()) {
            let message = format!("items Experiment items list size must be between 1 and {BATCH_ITEMS_MAX}");
            return Err(Rejection::invalid(message));
        }
        for (at, run) in self.runs.iter().enumerate() {
            for (field, parts) in [("spans", run.spans.len()), ("feedbackScores", run.scores.len())] {
                if parts > EXPERIMENT_RUN_PARTS_MAX {
                    return Err(Rejection::invalid(format!(
                        "items[{at}].{field} size must be between 0 and {EXPERIMENT_RUN_PARTS_MAX}"
                    )));
                }
            }
        }
        Ok(())
    }

    pub fn bytes(&self) -> usize {
        let of_run = |run: &Run| {
            let trace = match &run.outcome {
                RunOutcome::Trace(write) => write.fields.body_bytes(),
                RunOutcome::Output(output) => output.as_ref().map_or(0, |json| json.bytes().len()),
            };
            trace + run.spans.iter().map(|write| write.fields.body_bytes()).sum::<usize>()
        };
        self.runs.iter().map(of_run).sum()
    }
}

/// Takes runs apart into commands that others carry out, and refuses what these would refuse.
pub fn unfold(create: &Create, runs: Vec<Run>, context: &mut Context) -> Result<Unfolded, Rejection> {
    let project = create.project.clone().unwrap_or_default();
    let (mut traces, mut spans, mut scores) = (Vec::new(), Vec::new(), Vec::new());
    let mut ties = Vec::with_capacity(runs.len());
    for run in runs {
        let mut write = match run.outcome {
            RunOutcome::Trace(write) => *write,
            RunOutcome::Output(output) => traces::Write {
                id: None,
                project: project.clone(),
                start_time: context.now,
                last_updated_at: None,
                fields: traces::Fields {
                    output,
                    end_time: Some(context.now),
                    source: Some("experiment".to_owned()),
                    ..traces::Fields::default()
                },
            },
        };
        let id = write.id.unwrap_or_else(|| TraceId::known(context.fresh_id()));
        write.id = Some(id);
        spans.extend(run.spans.into_iter().map(|span| spans::Write { trace_id: id, ..span }));
        scores.extend(run.scores.into_iter().map(|score| feedback::Write {
            target: Target::Trace(id),
            project: write.project.clone(),
            ..score
        }));
        ties.push((run.dataset_item_id, id));
        traces.push(write);
    }
    let unfolded = Unfolded {
        traces: batches(traces, traces::Command::Record),
        spans: batches(spans, spans::Command::Record),
        scores: batches(scores, feedback::Command::Score),
        ties,
    };
    unfolded.traces.iter().try_for_each(traces::Command::check)?;
    unfolded.spans.iter().try_for_each(spans::Command::check)?;
    unfolded.scores.iter().try_for_each(feedback::Command::check)?;
    Ok(unfolded)
}

fn batches<Write, Command>(mut writes: Vec<Write>, command: fn(Vec<Write>) -> Command) -> Vec<Command> {
    let mut commands = Vec::new();
    while !writes.is_empty() {
        let rest = writes.split_off(writes.len().min(BATCH_ITEMS_MAX));
        commands.push(command(std::mem::replace(&mut writes, rest)));
    }
    commands
}
