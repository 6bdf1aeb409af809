//! Rows as one commit sees and changes them: read once from the store, kept until the whole commit is written.
//! `project` is the pure projection: the log makes the rows here, live and on replay alike.

mod keeping;
mod refold;
mod said;
mod settings;
mod telling;

use std::collections::{BTreeMap, BTreeSet};

use cairn_core::dashboards::{self, SavedQuery};
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::{self, Target};
use cairn_core::ids::{
    AnnotationQueueId, DashboardId, DefinitionId, EnvironmentId, Position, ProjectId, SpanId, TraceId,
};
use cairn_core::merge::BodyRef;
use cairn_core::otel::{self, OtelTraceId};
use cairn_core::prices;
use cairn_core::threads::Place;
use cairn_core::time::Timestamp;
use cairn_core::workspaces::configuration::Configuration;
use cairn_core::{annotations, datasets, definitions, environments, experiments, projects, spans, traces};
use uuid::Uuid;

use crate::agents;
use crate::alerts;
use crate::annotations::Annotations;
use crate::comments::Comments;
use crate::datasets::{Datasets, VersionName};
use crate::erasures;
use crate::error::Error;
use crate::experiments::Experiments;
use crate::guardrails::Checks;
use crate::history::trash::Trash;
use crate::insights;
use crate::log::Log;
use crate::optimizations::Optimizations;
use crate::optimizations::trials::Share;
use crate::prices::Staged as StagedPrices;
use crate::prompts;
use crate::rows;
use crate::runners;
use crate::slots::Slots;
use crate::spans::share;
use crate::store::Keyspaces;
use crate::threads::{Arrival, Threads};
use crate::traces::Sums;

pub(crate) struct Staging {
    keyspaces: Keyspaces,
    log: Log,
    projects: projects::State,
    touched_projects: BTreeMap<ProjectId, Option<Timestamp>>,
    names: BTreeMap<String, Option<ProjectId>>,
    traces: Slots<traces::State>,
    /// Traces about which there is something new to say.
    told: BTreeSet<TraceId>,
    spans: Slots<spans::State>,
    /// In which trace each span lies.
    places: Slots<TraceId>,
    sums: Slots<Sums>,
    scores: Slots<feedback::State>,
    assertions: Slots<feedback::assertions::State>,
    /// By trace: which of its spans have scores.
    scored_spans: Slots<()>,
    pub(crate) comments: Comments,
    pub(crate) checks: Checks,
    otel: Slots<TraceId>,
    definitions: definitions::State,
    touched_definitions: BTreeSet<DefinitionId>,
    environments: environments::State,
    touched_environments: BTreeSet<EnvironmentId>,
    configuration: Slots<Configuration>,
    pub(crate) datasets: Datasets,
    pub(crate) experiments: Experiments,
    pub(crate) optimizations: Optimizations,
    prices: StagedPrices,
    pub(crate) annotations: Annotations,
    dashboards: dashboards::State,
    touched_dashboards: BTreeSet<DashboardId>,
    saved_queries: Slots<SavedQuery>,
    pub(crate) alerts: alerts::Staged,
    prompts: prompts::Staged,
    pub(crate) insights: insights::Staged,
    pub(crate) runners: runners::Staged,
    pub(crate) agents: agents::Staged,
    pub(crate) threads: Threads,
    pub(crate) attachments: crate::attachments::Staged,
    pub(crate) erasures: erasures::Staged,
    pub(crate) retention: crate::retention::Staged,
    pub(crate) derived: crate::derived::Staged,
    trash: Trash,
    undoings: Vec<refold::Fresh>,
    history: Vec<(Uuid, Position)>,
}

impl Staging {
    pub(crate) fn open(keyspaces: Keyspaces, log: Log) -> Result<Self, Error> {
        let mut projects = projects::State::default();
        for guard in keyspaces.rows.prefix(rows::projects()) {
            let (_, value) = guard.into_inner()?;
            projects.load(rows::read(&value)?);
        }
        let rows = &keyspaces.rows;
        Ok(Self {
            definitions: crate::definitions::load(rows.prefix(rows::definitions()))?,
            touched_definitions: BTreeSet::new(),
            environments: crate::environments::load(rows.prefix(rows::environments()))?,
            touched_environments: BTreeSet::new(),
            configuration: Slots::new(rows.clone()),
            prices: StagedPrices::open(rows)?,
            prompts: prompts::Staged::new(rows),
            insights: insights::Staged::new(rows),
            runners: runners::Staged::new(rows),
            threads: Threads::new(rows),
            attachments: crate::attachments::Staged::open(rows)?,
            agents: agents::Staged::new(rows),
            erasures: erasures::Staged::new(rows),
            retention: crate::retention::Staged::open(rows)?,
            derived: crate::derived::Staged::open(rows)?,
            projects,
            touched_projects: BTreeMap::new(),
            names: BTreeMap::new(),
            traces: Slots::new(rows.clone()),
            told: BTreeSet::new(),
            spans: Slots::new(rows.clone()),
            places: Slots::new(rows.clone()),
            sums: Slots::new(rows.clone()),
            scores: Slots::new(rows.clone()),
            assertions: Slots::new(rows.clone()),
            scored_spans: Slots::new(rows.clone()),
            comments: Comments::new(rows),
            checks: Checks::new(rows.clone()),
            otel: Slots::new(rows.clone()),
            datasets: Datasets::open(rows)?,
            experiments: Experiments::new(rows),
            optimizations: Optimizations::open(rows)?,
            annotations: Annotations::open(rows)?,
            dashboards: crate::dashboards::load(rows.prefix(rows::dashboards()))?,
            touched_dashboards: BTreeSet::new(),
            saved_queries: Slots::new(rows.clone()),
            alerts: alerts::Staged::open(rows)?,
            trash: Trash::new(rows),
            undoings: Vec::new(),
            history: Vec::new(),
            log,
            keyspaces,
        })
    }

    pub(crate) const fn projects(&self) -> &projects::State {
        &self.projects
    }

    pub(crate) const fn definitions(&self) -> &definitions::State {
        &self.definitions
    }

    pub(crate) const fn environments(&self) -> &environments::State {
        &self.environments
    }

    pub(crate) const fn dashboards(&self) -> &dashboards::State {
        &self.dashboards
    }

    pub(crate) fn configuration(&mut self) -> Result<Option<&Configuration>, Error> {
        self.configuration.get(rows::configuration())
    }

    pub(crate) const fn prices(&self) -> &prices::State {
        self.prices.state()
    }

    /// Writes what a span costs into an event that is about to be appended.
    pub(crate) fn pin_price(&mut self, event: &mut spans::Event, now: Timestamp) -> Result<(), Error> {
        let state = match self.places.get(rows::span_place(event.id()))? {
            Some(trace_id) => self.spans.get(rows::span(*trace_id, event.id()))?,
            None => None,
        };
        prices::pinning::pin(state, event, self.prices.state(), now);
        Ok(())
    }

    pub(crate) const fn prompts(&mut self) -> &mut prompts::Staged {
        &mut self.prompts
    }

    pub(crate) fn trace(&mut self, id: TraceId) -> Result<Option<&traces::State>, Error> {
        self.traces.get(rows::trace(id))
    }

    pub(crate) fn span(&mut self, id: SpanId) -> Result<Option<&spans::State>, Error> {
        match self.places.get(rows::span_place(id))? {
            Some(trace_id) => self.spans.get(rows::span(*trace_id, id)),
            None => Ok(None),
        }
    }

    pub(crate) fn scores(&mut self, target: Target) -> Result<Option<&feedback::State>, Error> {
        self.scores.get(rows::scores(target))
    }

    pub(crate) fn otel_trace(
        &mut self,
        project: ProjectId,
        otel_id: OtelTraceId,
    ) -> Result<Option<TraceId>, Error> {
        Ok(self.otel.get(rows::otel_trace(project, &otel_id))?.copied())
    }

    /// Folds one event into the rows.
    pub(crate) fn project(&mut self, recorded: &Recorded<Event>) -> Result<(), Error> {
        self.keep_what_goes(recorded)?;
        self.notice(recorded)?;
        match &recorded.event {
            Event::History(event) => self.project_undone(&recorded.with(event.clone())),
            Event::Retention(event) => {
                self.project_retention(&recorded.with(event.clone()));
                Ok(())
            }
            Event::Derived(event) => {
                self.project_derived(&recorded.with(event.clone()));
                Ok(())
            }
            Event::Erasures(event) => self.project_erasure(&recorded.with(event.clone())),
            Event::Workspaces(event) => {
                self.configure(&recorded.with(event.clone()));
                Ok(())
            }
            Event::Definitions(event) => {
                self.touched_definitions.insert(event.id());
                self.remember(event.id().uuid(), recorded.position);
                self.definitions.evolve(&recorded.with(event.clone()));
                Ok(())
            }
            Event::Agents(event) => {
                self.remember_all(event.entities(), recorded.position);
                self.agents.project(&recorded.with(event.clone()))
            }
            Event::Prices(event) => self.project_price(&recorded.with(event.clone())),
            Event::Runners(event) => {
                self.remember_all(event.entities(), recorded.position);
                self.runners.project(&recorded.with(event.clone()))
            }
            Event::Insights(event) => {
                self.remember_all(event.entities(), recorded.position);
                self.insights.project(&recorded.with(event.clone()))
            }
            Event::Prompts(event) => self.project_prompt(&recorded.with(event.clone())),
            Event::Environments(event) => {
                self.touched_environments.insert(event.id());
                self.remember(event.id().uuid(), recorded.position);
                self.environments.evolve(&recorded.with(event.clone()));
                Ok(())
            }
            Event::Projects(event) => self.project_project(&recorded.with(event.clone())),
            Event::Traces(event) => self.project_trace(&recorded.with(event.clone())),
            Event::Spans(event) => self.project_span(&recorded.with(event.clone())),
            Event::Feedback(event) => self.project_score(&recorded.with(event.clone())),
            Event::Comments(event) => self.project_comment(&recorded.with(event.clone())),
            Event::Guardrails(event) => self.project_check(&recorded.with(event.clone())),
            Event::Threads(event) => self.project_thread(&recorded.with(event.clone())),
            Event::Otel(otel::Event::TraceMet { otel_id, project_id, trace_id }) => {
                self.otel.put(rows::otel_trace(*project_id, otel_id), Some(*trace_id));
                Ok(())
            }
            Event::Attachments(event) => self.project_attachment(&recorded.with(event.clone())),
            Event::Experiments(event) => self.project_experiment(&recorded.with(event.clone())),
            Event::Annotations(event) => self.project_annotation(&recorded.with(event.clone())),
            Event::Dashboards(event) => {
                self.project_dashboard(&recorded.with(event.clone()));
                Ok(())
            }
            Event::Optimizations(event) => {
                self.remember(event.id().uuid(), recorded.position);
                self.optimizations.project(&recorded.with(event.clone()))
            }
            Event::Alerts(event) => self.project_alert(&recorded.with(event.clone())),
            Event::Datasets(event) => self.project_dataset(&recorded.with(event.clone())),
        }
    }

    fn project_project(&mut self, event: &Recorded<projects::Event>) -> Result<(), Error> {
        let id = event.event.id();
        self.touched_projects.entry(id).or_default();
        self.remember(id.uuid(), event.position);
        self.note_name(id, |_| None);
        self.projects.evolve(event);
        self.note_name(id, Some);
        match &event.event {
            projects::Event::Deleted { id } => self.attachments.remove_all_in(*id),
            projects::Event::Created { .. } | projects::Event::Updated { .. } => Ok(()),
        }
    }

    fn project_trace(&mut self, event: &Recorded<traces::Event>) -> Result<(), Error> {
        let id = event.event.id();
        self.remember(id.uuid(), event.position);
        self.told.insert(id);
        let row = self.traces.change(rows::trace(id))?;
        *row = traces::evolve(row.take(), event);
        let project = row.as_ref().map(|state| state.project_id);
        self.place_in_thread(id, Arrival::Written, event)?;
        match project {
            Some(project) => self.touch(project, event.time),
            None => self.delete_with_trace(id, event)?,
        }
        self.reckon(id)
    }

    fn place_in_thread<E>(
        &mut self,
        id: TraceId,
        arrival: Arrival,
        event: &Recorded<E>,
    ) -> Result<(), Error> {
        let place = self.traces.get(rows::trace(id))?.and_then(Place::of);
        let sums = self.sums.get(rows::sums(id))?;
        match self.threads.place(id, place.as_ref(), sums, arrival, event)? {
            Some(gone) => self.forget_thread(gone),
            None => Ok(()),
        }
    }

    fn project_dataset(&mut self, event: &Recorded<datasets::Event>) -> Result<(), Error> {
        self.remember_all(event.event.entities(), event.position);
        self.datasets.project(event)
    }

    fn project_experiment(&mut self, event: &Recorded<experiments::Event>) -> Result<(), Error> {
        self.remember_all(event.event.entities(), event.position);
        let share = match &event.event {
            experiments::Event::ItemAdded(added) => Some(self.share_of(added.trace_id)?),
            _ => None,
        };
        let threshold = match &event.event {
            experiments::Event::ItemAdded(added) => self.threshold_of(added)?,
            _ => 0,
        };
        self.optimizations.trials.project(&mut self.experiments, event, share)?;
        self.experiments.project(event, threshold)
    }

    /// How many runs of a dataset item must pass: as the run says, or else the item, or else the version of its dataset.
    fn threshold_of(&mut self, added: &experiments::ItemAdded) -> Result<u32, Error> {
        let mut policy = added.policy;
        if policy.is_none()
            && let Some(experiment) = self.experiments.get(added.experiment_id)?
            && let (dataset, Some(version)) = (experiment.dataset_id, experiment.dataset_version_id)
            && let Some(number) = self.datasets.version_called(dataset, &VersionName::Id(version.uuid()))?
        {
            let item = self.datasets.item(dataset, number, added.dataset_item_id)?;
            policy = item.and_then(|item| item.about.policy);
            if policy.is_none() {
                policy = self.datasets.version(dataset, number)?.and_then(|version| version.policy);
            }
        }
        Ok(policy.map_or(0, |policy| policy.pass_threshold))
    }

    fn project_annotation(&mut self, event: &Recorded<annotations::Event>) -> Result<(), Error> {
        self.remember(event.event.queue_id().uuid(), event.position);
        self.annotations.project(&mut self.scores, event)
    }

    fn project_prompt(&mut self, event: &Recorded<cairn_core::prompts::Event>) -> Result<(), Error> {
        self.remember(event.event.prompt_id().uuid(), event.position);
        if let Some(id) = event.event.version_id() {
            self.remember(id.uuid(), event.position);
        }
        self.prompts.project(event)
    }

    fn project_dashboard(&mut self, event: &Recorded<dashboards::Event>) {
        if let Some(id) = event.event.dashboard_id() {
            self.touched_dashboards.insert(id);
            self.remember(id.uuid(), event.position);
        }
        if let dashboards::Event::QuerySaved { id, project_id, sql } = &event.event {
            let query = SavedQuery {
                id: *id,
                project_id: *project_id,
                sql: sql.clone(),
                created_at: event.time,
                created_by: event.principal.to_string(),
            };
            self.saved_queries.put(rows::saved_query(*id), Some(query));
        }
        self.dashboards.evolve(event);
    }

    /// The annotation queues that something belongs into by its scores, and is not in.
    pub(crate) fn queues_wanting(
        &mut self,
        project_id: ProjectId,
        target: Target,
    ) -> Result<Vec<AnnotationQueueId>, Error> {
        let none = feedback::State::default();
        let scores = self.scores.get(rows::scores(target))?.unwrap_or(&none);
        self.annotations.wanting(project_id, target, scores)
    }

    /// Tells the trials of a trace what it comes to now.
    fn reckon(&mut self, id: TraceId) -> Result<(), Error> {
        if !self.optimizations.trials.concern(id)? {
            return Ok(());
        }
        let share = self.share_of(id)?;
        self.optimizations.trials.reckon(id, share)
    }

    fn share_of(&mut self, id: TraceId) -> Result<Share, Error> {
        let Some(state) = self.traces.get(rows::trace(id))? else { return Ok(Share::default()) };
        let times = (state.register.start_time(), state.register.resolve().end_time);
        let cost = self.sums.get(rows::sums(id))?.map(|sums| sums.cost).unwrap_or_default();
        let scores = self.scores.get(rows::scores(Target::Trace(id)))?;
        Ok(Share::new(times, cost, scores.unwrap_or(&feedback::State::default())))
    }

    fn project_span(&mut self, event: &Recorded<spans::Event>) -> Result<(), Error> {
        let id = event.event.id();
        self.remember(id.uuid(), event.position);
        let before = self.span(id)?.cloned();
        let after = spans::evolve(before.clone(), event);
        if let Some(trace_id) = after.as_ref().or(before.as_ref()).map(|state| state.trace_id) {
            self.take_scores_along(trace_id, id, before.is_some(), after.is_some())?;
            self.recount(trace_id, before.as_ref(), after.as_ref(), event)?;
            self.places.put(rows::span_place(id), after.as_ref().map(|state| state.trace_id));
            self.spans.put(rows::span(trace_id, id), after.clone());
        }
        if let Some(state) = after {
            self.touch(state.project_id, event.time);
            return Ok(());
        }
        if let Some(state) = before {
            self.checks.forget_span(state.trace_id, id)?;
        }
        self.forget(Target::Span(id))
    }

    fn recount<E>(
        &mut self,
        trace_id: TraceId,
        before: Option<&spans::State>,
        after: Option<&spans::State>,
        event: &Recorded<E>,
    ) -> Result<(), Error> {
        self.told.insert(trace_id);
        let (before, after) = (before.map(spans::State::resolve), after.map(spans::State::resolve));
        let before = before.as_ref().map(share::<BodyRef>);
        let after = after.as_ref().map(share::<BodyRef>);
        let row = self.sums.change(rows::sums(trace_id))?;
        let sums = row.get_or_insert_default();
        if let Some(share) = &before {
            sums.remove(share);
        }
        if let Some(share) = &after {
            sums.add(share);
        }
        row.take_if(|sums| sums.spans == 0);
        self.threads.recount(trace_id, before.as_ref(), after.as_ref(), event)?;
        self.reckon(trace_id)
    }

    /// A trace takes its spans with it, and all that was said of them.
    fn delete_with_trace(&mut self, id: TraceId, event: &Recorded<traces::Event>) -> Result<(), Error> {
        for span in self.spans_of(id)? {
            self.remember(span.uuid(), event.position);
            self.trash.keep_span(id, span);
            self.spans.put(rows::span(id, span), None);
            self.places.put(rows::span_place(span), None);
            self.forget(Target::Span(span))?;
        }
        for key in self.scored_spans.keys(&rows::said::scored_spans(id))? {
            self.scored_spans.put(key, None);
        }
        self.checks.forget_trace(id);
        self.sums.put(rows::sums(id), None);
        self.take_out_of_queues(id.uuid())?;
        self.forget(Target::Trace(id))
    }

    /// The spans of a trace, stored or staged.
    pub(crate) fn spans_of(&self, trace_id: TraceId) -> Result<Vec<SpanId>, Error> {
        let prefix = rows::spans_of(trace_id);
        let keys = self.spans.keys(&prefix)?;
        let id = |key: &rows::Key| key.get(prefix.len()..).and_then(rows::uuid).map(SpanId::known);
        Ok(keys.iter().filter_map(id).collect())
    }

    /// Moves all changes into the batch and forgets them.
    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.tell_experiments()?;
        let keyspaces = self.keyspaces.clone();
        let mut put = |key: rows::Key, row: Option<Vec<u8>>| match row {
            Some(row) => batch.insert(&keyspaces.rows, key, row),
            None => batch.remove(&keyspaces.rows, key),
        };
        for (id, activity) in std::mem::take(&mut self.touched_projects) {
            put(rows::project(id), self.projects.get(id).map(rows::write).transpose()?);
            if let Some(time) = activity {
                put(rows::project_activity(id), Some(rows::write(&time)?));
            }
        }
        for (name, owner) in std::mem::take(&mut self.names) {
            put(rows::project_name(&name), owner.map(|id| id.bytes().to_vec()));
        }
        for id in std::mem::take(&mut self.touched_definitions) {
            put(rows::definition(id), self.definitions.get(id).map(rows::write).transpose()?);
        }
        for id in std::mem::take(&mut self.touched_environments) {
            put(rows::environment(id), self.environments.get(id).map(rows::write).transpose()?);
        }
        for id in std::mem::take(&mut self.touched_dashboards) {
            put(rows::dashboard(id), self.dashboards.get(id).map(rows::write).transpose()?);
        }
        self.configuration.flush(batch)?;
        self.prices.flush(&keyspaces.rows, batch)?;
        self.prompts.flush(batch)?;
        self.insights.flush(batch)?;
        self.runners.flush(batch)?;
        self.threads.flush(batch)?;
        self.agents.flush(batch)?;
        self.traces.flush(batch)?;
        self.spans.flush(batch)?;
        self.places.flush(batch)?;
        self.sums.flush(batch)?;
        self.scores.flush(batch)?;
        self.assertions.flush(batch)?;
        self.scored_spans.flush(batch)?;
        self.comments.flush(batch)?;
        self.attachments.flush(batch)?;
        self.checks.flush(batch)?;
        self.otel.flush(batch)?;
        self.datasets.flush(batch)?;
        self.experiments.flush(batch)?;
        self.optimizations.flush(batch)?;
        self.annotations.flush(batch)?;
        self.saved_queries.flush(batch)?;
        self.alerts.flush(&keyspaces.rows, batch)?;
        self.trash.flush(batch)?;
        self.erasures.flush(batch)?;
        self.retention.flush(&keyspaces.rows, batch)?;
        self.derived.flush(&keyspaces.rows, batch)?;
        self.undoings.clear();
        for (entity, at) in std::mem::take(&mut self.history) {
            batch.insert(&keyspaces.history, rows::history(entity, at), []);
        }
        Ok(())
    }

    /// Notes to whom the present name of a project belongs.
    fn note_name(&mut self, id: ProjectId, owner: impl Fn(ProjectId) -> Option<ProjectId>) {
        if let Some(project) = self.projects.get(id) {
            self.names.insert(projects::name_key(&project.name), owner(id));
        }
    }

    pub(crate) fn remember(&mut self, entity: Uuid, at: Position) {
        self.history.push((entity, at));
    }

    fn remember_all(&mut self, entities: Vec<Uuid>, at: Position) {
        self.history.extend(entities.into_iter().map(|entity| (entity, at)));
    }

    fn touch(&mut self, project: ProjectId, time: Timestamp) {
        self.touched_projects.insert(project, Some(time));
    }
}
