//! Whether an event holds anything of what is to be erased. Every kind of event has its word here.

use cairn_core::attachments::{self, Owner};
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::{self, Target};
use cairn_core::ids::{ProjectId, ThreadId};
use cairn_core::{
    alerts, annotations, comments, dashboards, datasets, experiments, guardrails, optimizations, otel,
    prices, projects, prompts, runners, spans, threads,
};
use uuid::Uuid;

use super::{Wanted, said};

pub(super) enum Holds {
    Nothing,
    Erased,
    /// What goes if no trace of this thread stays.
    OfThread(ThreadId),
}

impl From<bool> for Holds {
    fn from(erased: bool) -> Self {
        if erased { Self::Erased } else { Self::Nothing }
    }
}

impl Wanted {
    pub(super) fn holds(&mut self, recorded: &Recorded<Event>) -> Holds {
        match &recorded.event {
            Event::Traces(event) => {
                let Some(said) = said(event) else { return Holds::Nothing };
                let goes = self.traces.contains(&said.trace);
                if let Some(thread) = said.thread
                    && !goes
                    && let Some(emptied) = self.emptied.get_mut(&(said.project, thread.to_owned()))
                {
                    emptied.survives = true;
                }
                goes.into()
            }
            Event::Spans(spans::Event::Deleted { .. }) => Holds::Nothing,
            Event::Spans(event) => self.spans.contains(&event.id()).into(),
            Event::Feedback(event) => self.holds_score(event),
            Event::Comments(event) => match event {
                comments::Event::Deleted { .. } => Holds::Nothing,
                comments::Event::Added { target, project_id, .. } => self.of(*target, Some(*project_id)),
                comments::Event::Edited { target, .. } => self.of(*target, None),
            },
            Event::Threads(event) => self.holds_thread(event),
            Event::Guardrails(guardrails::Event::Checked(checked)) => {
                (self.traces.contains(&checked.trace_id) || self.spans.contains(&checked.span_id)).into()
            }
            Event::Otel(otel::Event::TraceMet { trace_id, project_id, .. }) => {
                (self.traces.contains(trace_id) || self.is_project(*project_id)).into()
            }
            Event::Attachments(event) => self.holds_file(event),
            Event::Prices(prices::Event::SpanRepriced { id, .. }) => self.spans.contains(id).into(),
            other => self.is_of_project(other).into(),
        }
    }

    fn of(&self, target: Target, project: Option<ProjectId>) -> Holds {
        if self.is_target(target) || project.is_some_and(|project| self.is_project(project)) {
            return Holds::Erased;
        }
        match target {
            Target::Thread(id) if self.of_emptied.contains_key(&id) => Holds::OfThread(id),
            _ => Holds::Nothing,
        }
    }

    fn holds_score(&self, event: &feedback::Event) -> Holds {
        let project = match event {
            feedback::Event::Scored { project_id, .. } | feedback::Event::Asserted { project_id, .. } => {
                Some(*project_id)
            }
            feedback::Event::Cleared(_) => None,
        };
        self.of(event.target(), project)
    }

    fn holds_thread(&mut self, event: &threads::Event) -> Holds {
        let id = event.id();
        match event {
            threads::Event::Began { project_id, name, .. } => {
                let name = (*project_id, name.clone());
                if self.emptied.contains_key(&name) {
                    self.of_emptied.insert(id, name);
                }
            }
            threads::Event::Tagged { .. } => {}
            threads::Event::Closed { .. }
            | threads::Event::Opened { .. }
            | threads::Event::TimedOut { .. }
            | threads::Event::Deleted { .. } => return Holds::Nothing,
        }
        self.of(Target::Thread(id), None)
    }

    fn holds_file(&self, event: &attachments::Event) -> Holds {
        let owned = |owner: Owner| match owner {
            Owner::Trace(id) => self.traces.contains(&id),
            Owner::Span(id) => self.spans.contains(&id),
        };
        match event {
            attachments::Event::Added(added) => owned(added.owner) || self.is_project(added.project_id),
            attachments::Event::Removed { owner, .. } => owned(*owner),
            attachments::Event::ContentErased { .. } => false,
        }
        .into()
    }

    /// What belongs to an erased project and to no trace of it.
    fn is_of_project(&self, event: &Event) -> bool {
        if says_ids_alone(event) {
            return false;
        }
        let is_thing = |id: Uuid| self.things.contains(&id);
        match event {
            Event::Projects(event) => self.is_project(event.id()),
            Event::Datasets(event) => is_thing(event.dataset_id().uuid()),
            Event::Experiments(event) => is_thing(event.experiment_id().uuid()),
            Event::Prompts(event) => is_thing(event.prompt_id().uuid()),
            Event::Annotations(event) => is_thing(event.queue_id().uuid()),
            Event::Optimizations(event) => is_thing(event.id().uuid()),
            Event::Dashboards(dashboards::Event::QuerySaved { project_id, .. }) => {
                project_id.is_some_and(|id| self.is_project(id))
            }
            Event::Dashboards(event) => event.dashboard_id().is_some_and(|id| is_thing(id.uuid())),
            Event::Alerts(event) => is_thing(event.alert_id().uuid()),
            Event::Agents(event) => self.is_project(event.project_id()),
            Event::Insights(event) => self.is_project(event.project_id()),
            Event::Runners(event) => match event {
                runners::Event::JobCreated(job) => is_thing(job.id.uuid()),
                event => event.entities().into_iter().any(is_thing),
            },
            Event::Traces(_)
            | Event::Spans(_)
            | Event::Feedback(_)
            | Event::Comments(_)
            | Event::Threads(_)
            | Event::Guardrails(_)
            | Event::Otel(_)
            | Event::Attachments(_)
            | Event::Prices(_)
            | Event::Definitions(_)
            | Event::Environments(_)
            | Event::Workspaces(_)
            | Event::History(_)
            | Event::Retention(_)
            | Event::Derived(_)
            | Event::Erasures(_) => false,
        }
    }
}

/// What only says that something is gone stays.
const fn says_ids_alone(event: &Event) -> bool {
    matches!(
        event,
        Event::Projects(projects::Event::Deleted { .. })
            | Event::Datasets(datasets::Event::Deleted { .. })
            | Event::Experiments(experiments::Event::Deleted { .. } | experiments::Event::ItemRemoved { .. },)
            | Event::Prompts(prompts::Event::Deleted { .. })
            | Event::Annotations(annotations::Event::Deleted { .. })
            | Event::Dashboards(dashboards::Event::Deleted { .. })
            | Event::Alerts(alerts::Event::Deleted { .. })
            | Event::Optimizations(optimizations::Event::Deleted { .. })
    )
}
