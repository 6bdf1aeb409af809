//! Rows of things some of whose changes were taken back: made anew from the events that still stand, which are read
//! from the log. So that a thing ends up as if the change had never been.

mod settings;

use std::collections::{BTreeMap, BTreeSet};

use cairn_core::datasets::versions;
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::{self, Target, assertions};
use cairn_core::history::undo::{self, Subject, also_of, deleted, subject, undone};
use cairn_core::ids::{
    AlertId, AnnotationQueueId, DashboardId, DatasetId, DefinitionId, EnvironmentId, ExperimentId,
    ExperimentItemId, Position, ProjectId, PromptId, SpanId, ThreadId, TraceId,
};
use cairn_core::prompts::state::evolve as evolve_prompt;
use cairn_core::threads::Place;
use cairn_core::{
    alerts, annotations, comments, dashboards, datasets, definitions, environments, experiments, prices,
    projects, prompts, spans, threads, traces,
};
use uuid::Uuid;

use super::Staging;
use crate::error::Error;
use crate::history::UNDOINGS;
use crate::history::trash::{Kind, Trashed};
use crate::rows;
use crate::threads::Arrival;

/// An undoing that is not in the log yet.
#[derive(Clone, Copy)]
pub(super) struct Fresh {
    entity: Uuid,
    at: Position,
    target: Position,
}

impl Staging {
    pub(super) fn project_undone(&mut self, event: &Recorded<undo::Event>) -> Result<(), Error> {
        let undo::Event::Undone { position, entity } = event.event;
        self.remember(UNDOINGS, event.position);
        self.note_undone(entity, event);
        let Some(root) = self.log.root(position)? else { return Ok(()) };
        for other in also_of(&root.event).into_iter().filter(|other| *other != entity) {
            self.note_undone(other, event);
        }
        let trashed = match deleted(&root.event) {
            Some(subject) => Some((subject.uuid(), self.trash_entry(subject, &event.with(&root.event))?)),
            None => None,
        };
        if let Ok(subject) = subject(&root.event) {
            self.refold(subject, &root.event, event)?;
        }
        match trashed {
            Some((_, Some(entry))) => self.trash.put(entry),
            Some((id, None)) => self.trash.take(id),
            None => Ok(()),
        }
    }

    fn refold(&mut self, subject: Subject, root: &Event, event: &Recorded<undo::Event>) -> Result<(), Error> {
        match subject {
            Subject::Project(id) => self.refold_project(id),
            Subject::Trace(id) if deleted(root).is_some() => self.refold_trace_with_all(id, event),
            Subject::Trace(id) => self.refold_trace(id, event),
            Subject::Span(id, trace_id) => {
                self.refold_span(id, trace_id, event)?;
                self.refold_said(Target::Span(id), event)
            }
            Subject::Said(target) => self.refold_said(target, event),
            Subject::Definition(id) => self.refold_definition(id),
            Subject::Environment(id) => self.refold_environment(id),
            Subject::Dashboard(id) => self.refold_dashboard(id),
            Subject::Alert(id) => self.refold_alert(id),
            Subject::Dataset(id) => self.refold_dataset(id),
            Subject::DatasetVersion(id, number) => self.refold_dataset_version(id, number, event),
            Subject::Prompt(id) => self.refold_prompt(id),
            Subject::Experiment(id) => self.refold_experiment(id, event),
            Subject::ExperimentItem(id, _) => self.refold_experiment_item(id, event),
            Subject::Queue(id) => self.refold_queue(id, root, event),
            Subject::Thread(id) => self.refold_thread(id, event),
            Subject::Optimization(id) => self.refold_optimization(id, event),
            Subject::RetentionRule(id) => self.refold_rule(id),
            Subject::Price(_) => match root.price() {
                Some(key) => self.refold_price(key, event),
                None => Ok(()),
            },
            Subject::DerivedColumn(id) => self.refold_column(id, event),
            Subject::Agent(project) => self.refold_agent(project),
            Subject::Insights(project) => self.refold_insights(project),
            Subject::Issue(project, id) => self.refold_issue(project, id),
            Subject::Workspace => self.refold_configuration(),
        }
    }

    /// What an event deletes goes into the trash.
    pub(super) fn keep_what_goes(&mut self, recorded: &Recorded<Event>) -> Result<(), Error> {
        let Some(subject) = deleted(&recorded.event) else { return Ok(()) };
        match self.trash_entry(subject, &recorded.with(&recorded.event))? {
            Some(entry) => self.trash.put(entry),
            None => Ok(()),
        }
    }

    /// What the trash says of a thing that is about to go by a deletion; nothing if it is not there.
    fn trash_entry(&mut self, subject: Subject, place: &Recorded<&Event>) -> Result<Option<Trashed>, Error> {
        let Some(kind) = Kind::of(subject) else { return Ok(None) };
        let found = match subject {
            Subject::Project(id) => self.projects.get(id).map(|project| (Some(project.name.clone()), None)),
            Subject::Trace(id) => self
                .traces
                .get(rows::trace(id))?
                .map(|trace| (trace.register.resolve().name, Some(trace.project_id))),
            Subject::Dataset(id) => {
                self.datasets.state().get(id).map(|dataset| (Some(dataset.name.clone()), dataset.project_id))
            }
            Subject::Prompt(id) => {
                self.prompts.prompt(id)?.map(|prompt| (Some(prompt.name.clone()), Some(prompt.project_id)))
            }
            Subject::Experiment(id) => {
                self.experiments.get(id)?.map(|run| (Some(run.name.clone()), run.project_id))
            }
            Subject::Dashboard(id) => {
                self.dashboards.get(id).map(|dashboard| (Some(dashboard.name.clone()), dashboard.project_id))
            }
            Subject::Alert(id) => self
                .alerts
                .state()
                .get(id)
                .map(|alert| (Some(alert.definition.name.clone()), alert.definition.project_id)),
            Subject::Definition(id) => {
                self.definitions.get(id).map(|definition| (Some(definition.content.name.clone()), None))
            }
            Subject::Environment(id) => {
                self.environments.get(id).map(|environment| (Some(environment.name.clone()), None))
            }
            Subject::Queue(id) => {
                self.annotations.get(id)?.map(|queue| (Some(queue.name.clone()), Some(queue.project_id)))
            }
            Subject::Optimization(id) => self
                .optimizations
                .get(id)?
                .map(|optimization| (Some(optimization.name.clone()), optimization.project_id)),
            Subject::Price(_) => place
                .event
                .price()
                .and_then(|key| self.prices.state().get(key.clone()))
                .map(|own| (Some(own.model.clone()), None)),
            Subject::DerivedColumn(id) => {
                self.derived.state().get(id).map(|column| (Some(column.name.clone()), None))
            }
            Subject::Span(..)
            | Subject::DatasetVersion(..)
            | Subject::ExperimentItem(..)
            | Subject::Said(_)
            | Subject::Thread(_)
            | Subject::RetentionRule(_)
            | Subject::Agent(_)
            | Subject::Insights(_)
            | Subject::Issue(..)
            | Subject::Workspace => None,
        };
        Ok(found.map(|(name, project_id)| Trashed {
            id: subject.uuid(),
            kind,
            name,
            project_id,
            position: place.position,
            time: place.time,
            principal: place.principal.to_string(),
        }))
    }

    fn note_undone(&mut self, entity: Uuid, event: &Recorded<undo::Event>) {
        let undo::Event::Undone { position: target, .. } = event.event;
        self.remember(entity, event.position);
        self.undoings.push(Fresh { entity, at: event.position, target });
    }

    /// The events of a thing that count, oldest first.
    fn standing(&self, entity: Uuid) -> Result<Vec<Recorded<Event>>, Error> {
        let positions = self.positions(entity)?;
        let mut undoings: BTreeMap<Position, Position> = BTreeMap::new();
        let fresh = self.undoings.iter().filter(|fresh| fresh.entity == entity);
        undoings.extend(fresh.map(|fresh| (fresh.at, fresh.target)));
        let mut events = Vec::with_capacity(positions.len());
        for at in positions {
            let Some(recorded) = self.log.event(at)? else { continue };
            if let Event::History(undo::Event::Undone { position, .. }) = recorded.event {
                undoings.insert(at, position);
            } else {
                events.push(recorded);
            }
        }
        let undone = undone(undoings.into_iter());
        events.retain(|recorded| !undone.contains(&recorded.position));
        Ok(events)
    }

    fn positions(&self, entity: Uuid) -> Result<BTreeSet<Position>, Error> {
        let mut positions = BTreeSet::new();
        for guard in self.keyspaces.history.prefix(entity.as_bytes()) {
            let key = guard.key()?;
            let tail = key.get(16..).and_then(|tail| tail.try_into().ok());
            positions.extend(tail.map(|tail| Position(u64::from_be_bytes(tail))));
        }
        positions.extend(self.history.iter().filter(|(of, _)| *of == entity).map(|(_, at)| *at));
        Ok(positions)
    }

    fn refold_trace_with_all(&mut self, id: TraceId, now: &Recorded<undo::Event>) -> Result<(), Error> {
        self.refold_trace(id, now)?;
        for span in self.trash.spans_of(id)? {
            // The deletion of the trace was one of the span, too.
            self.note_undone(span.uuid(), now);
            self.refold_span(span, id, now)?;
            self.refold_said(Target::Span(span), now)?;
        }
        self.refold_said(Target::Trace(id), now)?;
        if self.traces.get(rows::trace(id))?.is_none() {
            return self.take_out_of_queues(id.uuid());
        }
        self.put_back_into_queues(Target::Trace(id))
    }

    fn refold_trace(&mut self, id: TraceId, now: &Recorded<undo::Event>) -> Result<(), Error> {
        let mut state = None;
        for recorded in self.standing(id.uuid())? {
            if let Event::Traces(event) = &recorded.event {
                state = traces::evolve(state, &recorded.with(event.clone()));
            }
        }
        let place = state.as_ref().and_then(Place::of);
        self.traces.put(rows::trace(id), state);
        if let Some(place) = place
            && let Some(gone) = self.threads.gone_by(&place)?
        {
            self.refold_thread(gone, now)?;
        }
        self.place_in_thread(id, Arrival::Undone, now)?;
        self.told.insert(id);
        self.reckon(id)
    }

    /// A thread that was gone comes back with what was said of it.
    fn refold_thread(&mut self, id: ThreadId, now: &Recorded<undo::Event>) -> Result<(), Error> {
        let was_there = self.threads.get(id)?.is_some();
        let mut events = Vec::new();
        for recorded in self.standing(id.uuid())? {
            if let Event::Threads(event) = &recorded.event {
                events.push(recorded.with(event.clone()));
            }
        }
        if self.threads.refold(id, &events, now)? {
            return self.forget_thread(id);
        }
        if was_there || self.threads.get(id)?.is_none() {
            return Ok(());
        }
        self.refold_said(Target::Thread(id), now)?;
        self.put_back_into_queues(Target::Thread(id))
    }

    fn refold_span(
        &mut self,
        id: SpanId,
        trace_id: TraceId,
        now: &Recorded<undo::Event>,
    ) -> Result<(), Error> {
        let before = self.span(id)?.cloned();
        let mut after: Option<spans::State> = None;
        self.checks.forget_span(trace_id, id)?;
        for recorded in self.standing(id.uuid())? {
            match &recorded.event {
                Event::Spans(event) => {
                    if matches!(event, spans::Event::Deleted { .. }) {
                        self.checks.forget_span(trace_id, id)?;
                    }
                    after = spans::evolve(after, &recorded.with(event.clone()));
                }
                Event::Traces(traces::Event::Deleted { .. }) => {
                    self.checks.forget_span(trace_id, id)?;
                    after = None;
                }
                Event::Guardrails(event) => self.checks.project(&recorded.with(event.clone()))?,
                Event::Prices(prices::Event::SpanRepriced { estimate, .. }) => {
                    after = after.map(|state| state.repriced(estimate.clone()));
                }
                _ => {}
            }
        }
        self.take_scores_along(trace_id, id, before.is_some(), after.is_some())?;
        self.recount(trace_id, before.as_ref(), after.as_ref(), now)?;
        self.places.put(rows::span_place(id), after.as_ref().map(|_| trace_id));
        self.spans.put(rows::span(trace_id, id), after);
        Ok(())
    }

    fn refold_said(&mut self, target: Target, now: &Recorded<undo::Event>) -> Result<(), Error> {
        let mut scores = feedback::State::default();
        let mut verdicts = assertions::State::default();
        let mut said = Vec::new();
        for recorded in self.standing(target.uuid())? {
            match &recorded.event {
                Event::Feedback(feedback::Event::Asserted { assertion, .. }) => {
                    verdicts.evolve(&recorded.with(assertion.clone()));
                }
                Event::Feedback(event) => feedback::evolve(&mut scores, &recorded.with(event.clone())),
                Event::Comments(event) => comments::evolve(&mut said, &recorded.with(event.clone())),
                Event::Traces(traces::Event::Deleted { .. })
                | Event::Spans(spans::Event::Deleted { .. })
                | Event::Threads(threads::Event::Deleted { .. }) => {
                    (scores, verdicts, said) = Default::default();
                }
                _ => {}
            }
        }
        if let Target::Span(id) = target
            && let Some(trace_id) = self.places.get(rows::span_place(id))?.copied()
        {
            let before = self.scores.get(rows::scores(target))?.map(feedback::values).unwrap_or_default();
            self.retally(trace_id, id, &before, &feedback::values(&scores))?;
        }
        self.scores.put(rows::scores(target), (!scores.given.is_empty()).then_some(scores));
        let verdicts = (!verdicts.verdicts.is_empty()).then_some(verdicts);
        self.assertions.put(rows::said::assertions(target), verdicts);
        self.comments.replace(target, said)?;
        if let Target::Thread(id) = target {
            self.threads.touch(id, now)?;
        }
        self.tell_of_scores(target)
    }

    fn refold_project(&mut self, id: ProjectId) -> Result<(), Error> {
        let mut alone = projects::State::default();
        for recorded in self.standing(id.uuid())? {
            if let Event::Projects(event) = &recorded.event {
                alone.evolve(&recorded.with(event.clone()));
            }
        }
        self.note_name(id, |_| None);
        self.projects.replace(id, alone.get(id).cloned());
        self.note_name(id, Some);
        self.touched_projects.entry(id).or_default();
        Ok(())
    }

    fn refold_definition(&mut self, id: DefinitionId) -> Result<(), Error> {
        let mut alone = definitions::State::default();
        for recorded in self.standing(id.uuid())? {
            if let Event::Definitions(event) = &recorded.event {
                alone.evolve(&recorded.with(event.clone()));
            }
        }
        self.definitions.replace(id, alone.get(id).cloned());
        self.touched_definitions.insert(id);
        Ok(())
    }

    fn refold_environment(&mut self, id: EnvironmentId) -> Result<(), Error> {
        let mut alone = environments::State::default();
        for recorded in self.standing(id.uuid())? {
            if let Event::Environments(event) = &recorded.event {
                alone.evolve(&recorded.with(event.clone()));
            }
        }
        self.environments.replace(id, alone.get(id).cloned());
        self.touched_environments.insert(id);
        Ok(())
    }

    fn refold_dashboard(&mut self, id: DashboardId) -> Result<(), Error> {
        let mut alone = dashboards::State::default();
        for recorded in self.standing(id.uuid())? {
            if let Event::Dashboards(event) = &recorded.event {
                alone.evolve(&recorded.with(event.clone()));
            }
        }
        self.dashboards.replace(id, alone.get(id).cloned());
        self.touched_dashboards.insert(id);
        Ok(())
    }

    /// What it has yet to tell, and what it told, stays.
    fn refold_alert(&mut self, id: AlertId) -> Result<(), Error> {
        let mut alone = alerts::state::State::default();
        for recorded in self.standing(id.uuid())? {
            if let Event::Alerts(event) = &recorded.event {
                alone.evolve(&recorded.with(event.clone()));
            }
        }
        self.alerts.replace(id, alone.get(id).cloned());
        Ok(())
    }

    /// Versions and items outlive their dataset, so that only its own row is made anew.
    fn refold_dataset(&mut self, id: DatasetId) -> Result<(), Error> {
        let mut alone = datasets::State::default();
        for recorded in self.standing(id.uuid())? {
            if let Event::Datasets(event) = &recorded.event {
                alone.evolve(&recorded.with(event.clone()));
            }
        }
        self.datasets.replace(id, alone.get(id).cloned());
        Ok(())
    }

    /// What was said of a version, and which one its tags lead to. What lies in it stays.
    fn refold_dataset_version(
        &mut self,
        id: DatasetId,
        number: u32,
        now: &Recorded<undo::Event>,
    ) -> Result<(), Error> {
        let mut events = Vec::new();
        for recorded in self.standing(versions::history_of(id, number))? {
            if let Event::Datasets(event) = &recorded.event {
                events.push(recorded.with(event.clone()));
            }
        }
        self.datasets.refold_notes(id, number, &events, now)
    }

    fn refold_prompt(&mut self, id: PromptId) -> Result<(), Error> {
        let mut events = Vec::new();
        for recorded in self.standing(id.uuid())? {
            if let Event::Prompts(event) = &recorded.event {
                events.push(recorded.with(event.clone()));
            }
        }
        let last = events.iter().fold(None, evolve_prompt);
        if let (Some(_), Some(first)) = (self.prompts.prompt(id)?, events.first()) {
            self.prompts.project(&first.with(prompts::Event::Deleted { id }))?;
        }
        for recorded in &mut events {
            // Names that it once had may belong to others by now.
            if let Some(name) = last.as_ref().map(|prompt| prompt.name.clone()) {
                match &mut recorded.event {
                    prompts::Event::Created { name: first, .. } => *first = name,
                    prompts::Event::Updated { changes, .. } => changes.name = None,
                    _ => {}
                }
            }
            self.prompts.project(recorded)?;
        }
        Ok(())
    }

    fn refold_experiment(&mut self, id: ExperimentId, now: &Recorded<undo::Event>) -> Result<(), Error> {
        let mut events = Vec::new();
        for recorded in self.standing(id.uuid())? {
            if let Event::Experiments(event) = &recorded.event {
                events.push(recorded.with(event.clone()));
            }
        }
        let moved_on = self.moved_on(id, &events)?;
        if self.experiments.get(id)?.is_some() {
            self.project_experiment(&now.with(experiments::Event::Deleted { id }))?;
        }
        let stays = |event: &experiments::Event| event.item_id().is_none_or(|item| !moved_on.contains(&item));
        events
            .iter()
            .filter(|recorded| stays(&recorded.event))
            .try_for_each(|recorded| self.project_experiment(recorded))
    }

    /// Of the items that an experiment tells of, those that lie in another by now, as their own events say.
    fn moved_on(
        &self,
        id: ExperimentId,
        events: &[Recorded<experiments::Event>],
    ) -> Result<BTreeSet<ExperimentItemId>, Error> {
        let own = self.positions(id.uuid())?;
        let mut moved_on = BTreeSet::new();
        for item in events.iter().filter_map(|recorded| recorded.event.item_id()).collect::<BTreeSet<_>>() {
            // Most items have never been anywhere else: then nothing more is read.
            if self.positions(item.uuid())?.is_subset(&own) {
                continue;
            }
            let last = self.standing(item.uuid())?.pop();
            if let Some(Event::Experiments(last)) = last.map(|recorded| recorded.event)
                && last.experiment_id() != id
            {
                moved_on.insert(item);
            }
        }
        Ok(moved_on)
    }

    fn refold_experiment_item(
        &mut self,
        id: ExperimentItemId,
        now: &Recorded<undo::Event>,
    ) -> Result<(), Error> {
        let standing = self.standing(id.uuid())?;
        if let Some(experiment_id) = self.experiments.item(id)?.map(|item| item.experiment_id) {
            self.project_experiment(&now.with(experiments::Event::ItemRemoved { id, experiment_id }))?;
        }
        for recorded in standing {
            if let Event::Experiments(event) = &recorded.event {
                self.project_experiment(&recorded.with(event.clone()))?;
            }
        }
        Ok(())
    }

    fn refold_queue(
        &mut self,
        id: AnnotationQueueId,
        root: &Event,
        now: &Recorded<undo::Event>,
    ) -> Result<(), Error> {
        let mut events = Vec::new();
        for recorded in self.standing(id.uuid())? {
            if let Event::Annotations(event) = &recorded.event {
                events.push(recorded.with(event.clone()));
            }
        }
        if self.annotations.get(id)?.is_some() {
            let deleted = now.with(annotations::Event::Deleted { id });
            self.annotations.project(&mut self.scores, &deleted)?;
        }
        events.iter().try_for_each(|recorded| self.annotations.project(&mut self.scores, recorded))?;
        if let Event::Annotations(
            annotations::Event::ItemsAdded { items, .. } | annotations::Event::ItemsRemoved { items, .. },
        ) = root
        {
            for item in items {
                self.trash.drop_queue_item(*item, id);
            }
        }
        self.leave_out_deleted(id)
    }

    /// A queue that is made anew has all that was put into it; what was deleted meanwhile waits in the trash instead.
    fn leave_out_deleted(&mut self, id: AnnotationQueueId) -> Result<(), Error> {
        let Some(scope) = self.annotations.get(id)?.map(|queue| queue.scope) else { return Ok(()) };
        for item in self.annotations.items_of(id)? {
            if self.is_deleted(scope, item)?
                && let Some(kept) = self.annotations.take_out(id, item)?
            {
                self.trash.keep_queue_item(item, id, kept);
            }
        }
        Ok(())
    }

    /// Whether a trace or thread was there once and is not any more. A queue may name what is still to come.
    fn is_deleted(&mut self, scope: annotations::Scope, item: Uuid) -> Result<bool, Error> {
        let is_there = match scope {
            annotations::Scope::Trace => self.trace(TraceId::known(item))?.is_some(),
            annotations::Scope::Thread => self.threads.get(ThreadId::known(item))?.is_some(),
        };
        let tells =
            |recorded: &Recorded<Event>| matches!(recorded.event, Event::Traces(_) | Event::Threads(_));
        Ok(!is_there && self.standing(item)?.iter().any(tells))
    }
}
