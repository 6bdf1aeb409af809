//! The commands of all rows as one closed set: what both faces translate to, and what a writer takes.

use std::sync::Arc;

use uuid::Uuid;

use crate::attachments::Place;
use crate::history;
use crate::ids::{Position, ProjectId, RequestId, uuid_v7};
use crate::json::Json;
use crate::limits::{BATCH_ITEMS_MAX, JSON_DEPTH_MAX, TAG_CHARS_MAX, TAGS_MAX};
use crate::prices;
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::{
    agents, alerts, annotations, attachments, comments, dashboards, datasets, definitions, derived,
    environments, erasures, experiments, feedback, guardrails, insights, optimizations, otel, projects,
    prompts, retention, runners, spans, threads, traces, workspaces,
};

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Projects(projects::Command),
    Traces(traces::Command),
    DeleteTraces(traces::Delete),
    Spans(spans::Command),
    DeleteSpans(spans::Delete),
    Feedback(feedback::Command),
    Comments(comments::Command),
    ModerateComments(comments::Moderate),
    Guardrails(guardrails::Record),
    Otel(otel::Batch),
    Attachments(attachments::Command),
    Definitions(definitions::Command),
    Environments(environments::Command),
    Prices(prices::Command),
    Workspaces(workspaces::Command),
    Datasets(datasets::Command),
    Experiments(experiments::Command),
    Annotations(annotations::Command),
    Dashboards(dashboards::Command),
    Alerts(alerts::Command),
    AlertWork(alerts::Work),
    Optimizations(optimizations::Command),
    Prompts(prompts::Command),
    Insights(insights::Command),
    Runners(runners::Command),
    Agents(agents::Command),
    Threads(threads::Command),
    DeleteThreads(threads::Delete),
    TimeOutThreads(threads::TimeOut),
    History(history::undo::Command),
    Erasures(erasures::Command),
    Retention(retention::Command),
    Derived(derived::Command),
}

impl Command {
    /// Refuses what can be refused without knowing what is stored.
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Projects(_)
            | Self::Definitions(_)
            | Self::Environments(_)
            | Self::Workspaces(_)
            | Self::History(_)
            | Self::Retention(_)
            | Self::Derived(_)
            | Self::AlertWork(_)
            | Self::TimeOutThreads(_) => Ok(()),
            Self::Traces(command) => command.check(),
            Self::DeleteTraces(command) => command.check(),
            Self::Spans(command) => command.check(),
            Self::DeleteSpans(command) => command.check(),
            Self::Feedback(command) => command.check(),
            Self::Comments(command) => command.check(),
            Self::ModerateComments(comments::Moderate(delete)) => delete.check(),
            Self::Guardrails(record) => record.check(),
            Self::Otel(batch) => batch.check(),
            Self::Prices(command) => command.check(),
            Self::Attachments(command) => command.check(),
            Self::Datasets(command) => command.check(),
            Self::Experiments(command) => command.check(),
            Self::Annotations(command) => command.check(),
            Self::Dashboards(command) => command.check(),
            Self::Alerts(command) => command.check(),
            Self::Optimizations(command) => command.check(),
            Self::Prompts(command) => command.check(),
            Self::Insights(command) => command.check(),
            Self::Runners(command) => command.check(),
            Self::Agents(command) => command.check(),
            Self::Threads(command) => command.check(),
            Self::Erasures(command) => command.check(),
            Self::DeleteThreads(command) => command.check(),
        }
    }
}

impl Command {
    /// Bytes of the bodies that the command carries: what it weighs while it waits.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Traces(traces::Command::Create(write)) => write.fields.body_bytes(),
            Self::Traces(traces::Command::Record(writes)) => {
                writes.iter().map(|write| write.fields.body_bytes()).sum()
            }
            Self::Traces(
                traces::Command::Update { update, .. } | traces::Command::UpdateMany { update, .. },
            ) => update.fields.body_bytes(),
            Self::Spans(spans::Command::Create(write)) => write.fields.body_bytes(),
            Self::Spans(spans::Command::Record(writes)) => {
                writes.iter().map(|write| write.fields.body_bytes()).sum()
            }
            Self::Spans(
                spans::Command::Update { update, .. } | spans::Command::UpdateMany { update, .. },
            ) => update.fields.body_bytes(),
            Self::Otel(batch) => batch.spans.iter().map(|span| span.fields.body_bytes()).sum(),
            Self::Prompts(command) => command.bytes(),
            Self::Insights(command) => command.bytes(),
            Self::Runners(command) => command.bytes(),
            Self::Agents(command) => command.bytes(),
            Self::Guardrails(record) => record.bytes(),
            Self::Projects(_)
            | Self::DeleteTraces(_)
            | Self::DeleteSpans(_)
            | Self::Feedback(_)
            | Self::Comments(_)
            | Self::ModerateComments(_)
            | Self::Attachments(_)
            | Self::Definitions(_)
            | Self::Environments(_)
            | Self::History(_)
            | Self::Erasures(_)
            | Self::Retention(_)
            | Self::Derived(_)
            | Self::Prices(_)
            | Self::Workspaces(_)
            | Self::Threads(_)
            | Self::DeleteThreads(_)
            | Self::AlertWork(_)
            | Self::TimeOutThreads(_) => 0,
            Self::Datasets(command) => command.bytes(),
            Self::Experiments(command) => command.bytes(),
            Self::Annotations(command) => command.bytes(),
            Self::Dashboards(command) => command.bytes(),
            Self::Alerts(command) => command.bytes(),
            Self::Optimizations(command) => command.bytes(),
        }
    }
}

impl Command {
    /// The inputs, outputs and metadata of traces and spans that the command carries.
    pub fn bodies_mut(&mut self) -> Vec<(Place, &mut Json)> {
        match self {
            Self::Traces(traces::Command::Create(write)) => write.fields.bodies_mut().collect(),
            Self::Traces(traces::Command::Record(writes)) => {
                writes.iter_mut().flat_map(|write| write.fields.bodies_mut()).collect()
            }
            Self::Traces(
                traces::Command::Update { update, .. } | traces::Command::UpdateMany { update, .. },
            ) => update.fields.bodies_mut().collect(),
            Self::Spans(spans::Command::Create(write)) => write.fields.bodies_mut().collect(),
            Self::Spans(spans::Command::Record(writes)) => {
                writes.iter_mut().flat_map(|write| write.fields.bodies_mut()).collect()
            }
            Self::Spans(
                spans::Command::Update { update, .. } | spans::Command::UpdateMany { update, .. },
            ) => update.fields.bodies_mut().collect(),
            Self::Otel(batch) => batch.spans.iter_mut().flat_map(|span| span.fields.bodies_mut()).collect(),
            _ => Vec::new(),
        }
    }
}

macro_rules! wrap {
    ($($from:ty => $variant:ident),*) => {
        $(impl From<$from> for Command {
            fn from(command: $from) -> Self {
                Self::$variant(command)
            }
        })*
    };
}

wrap!(
    projects::Command => Projects,
    traces::Command => Traces,
    traces::Delete => DeleteTraces,
    spans::Command => Spans,
    spans::Delete => DeleteSpans,
    feedback::Command => Feedback,
    comments::Command => Comments,
    comments::Moderate => ModerateComments,
    guardrails::Record => Guardrails,
    otel::Batch => Otel,
    attachments::Command => Attachments,
    definitions::Command => Definitions,
    environments::Command => Environments,
    erasures::Command => Erasures,
    retention::Command => Retention,
    derived::Command => Derived,
    prices::Command => Prices,
    workspaces::Command => Workspaces,
    datasets::Command => Datasets,
    experiments::Command => Experiments,
    agents::Command => Agents,
    annotations::Command => Annotations,
    dashboards::Command => Dashboards,
    alerts::Command => Alerts,
    alerts::Work => AlertWork,
    optimizations::Command => Optimizations,
    runners::Command => Runners,
    insights::Command => Insights,
    history::undo::Command => History,
    prompts::Command => Prompts,
    threads::Command => Threads,
    threads::Delete => DeleteThreads,
    threads::TimeOut => TimeOutThreads
);

impl From<attachments::Remove> for Command {
    fn from(remove: attachments::Remove) -> Self {
        Self::Attachments(attachments::Command::Remove(remove))
    }
}

/// How a write names its project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProjectRef {
    Id(ProjectId),
    /// Made if it does not exist.
    Name(String),
    #[default]
    Default,
}

/// What a command brings of the world outside: time, randomness, and who asked.
#[derive(Clone, Debug)]
pub struct Context {
    pub now: Timestamp,
    pub principal: Arc<str>,
    pub request: RequestId,
    seed: [u8; 32],
    drawn: u64,
}

impl Context {
    pub fn new(now: Timestamp, principal: Arc<str>, seed: [u8; 32]) -> Self {
        let mut context = Self { now, principal, request: RequestId::known(Uuid::nil()), seed, drawn: 0 };
        context.request = RequestId::known(context.fresh_id());
        context
    }

    /// A new id that is greater than the ones before it, up to some thousands in one command.
    pub fn fresh_id_in_order(&mut self) -> Uuid {
        let id = self.fresh_id();
        let mut rest = [0; 10];
        rest.copy_from_slice(id.as_bytes().last_chunk::<10>().unwrap_or(&[0; 10]));
        // The version takes the first four bits of the number.
        let number = u16::try_from(self.drawn % (1 << 12)).unwrap_or_default().to_be_bytes();
        if let Some(head) = rest.first_chunk_mut::<2>() {
            *head = number;
        }
        uuid_v7(self.now, rest)
    }

    /// A new id: the command's time, and bits drawn from its seed.
    pub fn fresh_id(&mut self) -> Uuid {
        self.drawn += 1;
        let hash = blake3::keyed_hash(&self.seed, &self.drawn.to_le_bytes());
        let mut rest = [0; 10];
        rest.copy_from_slice(hash.as_bytes().first_chunk::<10>().unwrap_or(&[0; 10]));
        uuid_v7(self.now, rest)
    }
}

/// What a command did, told after it is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The newest position of the log that the command's effect needs.
    pub position: Position,
    /// The id of what was created, where the command creates one thing.
    pub created: Option<Uuid>,
}

pub fn check_batch(field: &str, items: usize) -> Result<(), Rejection> {
    if (1..=BATCH_ITEMS_MAX).contains(&items) {
        return Ok(());
    }
    Err(Rejection::invalid(format!("{field} size must be between 1 and {BATCH_ITEMS_MAX}")))
}

pub(crate) fn check_text(
    place: &str,
    field: &str,
    text: Option<&str>,
    chars_max: usize,
) -> Result<(), Rejection> {
    match text {
        Some(text) if text.len() > chars_max && text.chars().count() > chars_max => {
            Err(Rejection::invalid(format!("{place}{field} size must be between 0 and {chars_max}")))
        }
        _ => Ok(()),
    }
}

/// Bodies that no parser could take apart again are refused while their sender still listens.
pub(crate) fn check_depth(place: &str, bodies: [(&str, Option<&Json>); 3]) -> Result<(), Rejection> {
    for (field, json) in bodies {
        if json.is_some_and(|json| json.is_deeper_than(JSON_DEPTH_MAX)) {
            let hint = format!("{place}{field} is nested deeper than {JSON_DEPTH_MAX}");
            return Err(Rejection::malformed("Unable to process JSON").hint(hint));
        }
    }
    Ok(())
}

pub(crate) fn check_ttft(place: &str, ttft: Option<f64>) -> Result<(), Rejection> {
    if ttft.is_some_and(|ttft| ttft < 0.0) {
        return Err(Rejection::invalid(format!("{place}ttft must be greater than or equal to 0")));
    }
    Ok(())
}

pub(crate) fn check_tags(place: &str, tags: &[String]) -> Result<(), Rejection> {
    if tags.len() > TAGS_MAX {
        return Err(Rejection::invalid(format!("{place}tags Cannot have more than {TAGS_MAX} tags")));
    }
    for (at, tag) in tags.iter().enumerate() {
        if tag.trim().is_empty() {
            return Err(Rejection::invalid(format!("{place}tags[{at}] must not be blank")));
        }
        check_text(place, &format!("tags[{at}]"), Some(tag), TAG_CHARS_MAX)?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn context() -> Context {
        Context::new(Timestamp::from_millis(1_000), Arc::from("ann"), [7; 32])
    }

    #[test]
    fn ids_drawn_from_one_seed_differ_and_repeat_with_it() {
        let (mut one, mut two) = (context(), context());
        let (first, second) = (one.fresh_id(), one.fresh_id());
        assert_ne!(first, second);
        assert_eq!((two.fresh_id(), two.fresh_id()), (first, second));
    }

    #[test]
    fn ids_drawn_in_order_are_in_order() {
        let mut context = context();
        let ids: Vec<Uuid> = (0..1_000).map(|_| context.fresh_id_in_order()).collect();
        assert!(ids.is_sorted_by(|one, two| one < two));
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
    }
}
