//! The events of all rows as one closed set, and what every event carries. How they are stored is not here.

use std::sync::Arc;

use crate::history;
use crate::ids::{Position, RequestId};
use crate::prices;
use crate::time::Timestamp;
use crate::{
    agents, alerts, annotations, attachments, comments, dashboards, datasets, definitions, derived,
    environments, erasures, experiments, feedback, guardrails, insights, optimizations, otel, projects,
    prompts, retention, runners, spans, threads, traces, workspaces,
};

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Workspaces(workspaces::Event),
    Projects(projects::Event),
    Traces(traces::Event),
    Spans(spans::Event),
    Feedback(feedback::Event),
    Comments(comments::Event),
    Guardrails(guardrails::Event),
    Otel(otel::Event),
    Attachments(attachments::Event),
    Definitions(definitions::Event),
    Environments(environments::Event),
    Prices(prices::Event),
    Datasets(datasets::Event),
    Experiments(experiments::Event),
    Annotations(annotations::Event),
    Dashboards(dashboards::Event),
    Alerts(alerts::Event),
    Optimizations(optimizations::Event),
    Prompts(prompts::Event),
    Insights(insights::Event),
    Runners(runners::Event),
    Agents(agents::Event),
    Threads(threads::Event),
    History(history::undo::Event),
    Erasures(erasures::Event),
    Retention(retention::Event),
    Derived(derived::Event),
}

impl Event {
    /// What the price is for that it sets or takes away.
    pub const fn price(&self) -> Option<&prices::Key> {
        match self {
            Self::Prices(event) => event.key(),
            _ => None,
        }
    }
}

/// An event in its place: where, when, by whom and in which request it was recorded.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded<E> {
    pub position: Position,
    pub time: Timestamp,
    pub principal: Arc<str>,
    pub request: RequestId,
    pub event: E,
}

impl<E> Recorded<E> {
    /// The same place for a part of the event.
    pub fn with<Other>(&self, event: Other) -> Recorded<Other> {
        Recorded {
            position: self.position,
            time: self.time,
            principal: Arc::clone(&self.principal),
            request: self.request,
            event,
        }
    }
}

#[cfg(test)]
impl<E> Recorded<E> {
    pub(crate) fn for_test(event: E) -> Self {
        Self {
            position: Position(1),
            time: Timestamp::from_millis(1_000),
            principal: Arc::from("ann"),
            request: RequestId::known(uuid::Uuid::nil()),
            event,
        }
    }
}

macro_rules! wrap {
    ($($row:ident => $variant:ident),*) => {
        $(impl From<$row::Event> for Event {
            fn from(event: $row::Event) -> Self {
                Self::$variant(event)
            }
        })*
    };
}

wrap!(
    workspaces => Workspaces,
    projects => Projects,
    traces => Traces,
    spans => Spans,
    feedback => Feedback,
    comments => Comments,
    guardrails => Guardrails,
    otel => Otel,
    attachments => Attachments,
    definitions => Definitions,
    environments => Environments,
    erasures => Erasures,
    retention => Retention,
    derived => Derived,
    prices => Prices,
    datasets => Datasets,
    experiments => Experiments,
    agents => Agents,
    annotations => Annotations,
    dashboards => Dashboards,
    alerts => Alerts,
    optimizations => Optimizations,
    runners => Runners,
    insights => Insights,
    prompts => Prompts,
    threads => Threads
);

impl From<history::undo::Event> for Event {
    fn from(event: history::undo::Event) -> Self {
        Self::History(event)
    }
}
