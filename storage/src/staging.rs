//! Rows as one commit sees and changes them: read once from the store, kept until the whole commit is written.
//! `project` is the pure projection: the log makes the rows here, live and on replay alike.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::{self, Target};
use cairn_core::ids::{Position, ProjectId, SpanId, TraceId};
use cairn_core::merge::BodyRef;
use cairn_core::otel::{self, OtelTraceId};
use cairn_core::time::Timestamp;
use cairn_core::{projects, spans, traces};
use uuid::Uuid;

use crate::error::Error;
use crate::rows;
use crate::spans::share;
use crate::store::Keyspaces;
use crate::traces::Sums;

pub(crate) struct Staging {
    keyspaces: Keyspaces,
    projects: projects::State,
    touched_projects: BTreeMap<ProjectId, Option<Timestamp>>,
    names: BTreeMap<String, Option<ProjectId>>,
    traces: BTreeMap<TraceId, Option<traces::State>>,
    spans: BTreeMap<SpanId, Option<spans::State>>,
    /// Where spans that are deleted now lay.
    places: BTreeMap<SpanId, TraceId>,
    sums: BTreeMap<TraceId, Option<Sums>>,
    scores: BTreeMap<Target, feedback::State>,
    otel: BTreeMap<(ProjectId, OtelTraceId), Option<TraceId>>,
    history: Vec<(Uuid, Position)>,
}

impl Staging {
    pub(crate) fn open(keyspaces: Keyspaces) -> Result<Self, Error> {
        let mut projects = projects::State::default();
        for guard in keyspaces.rows.prefix(rows::projects()) {
            let (_, value) = guard.into_inner()?;
            projects.load(rows::read(&value)?);
        }
        Ok(Self {
            keyspaces,
            projects,
            touched_projects: BTreeMap::new(),
            names: BTreeMap::new(),
            traces: BTreeMap::new(),
            spans: BTreeMap::new(),
            places: BTreeMap::new(),
            sums: BTreeMap::new(),
            scores: BTreeMap::new(),
            otel: BTreeMap::new(),
            history: Vec::new(),
        })
    }

    pub(crate) const fn projects(&self) -> &projects::State {
        &self.projects
    }

    pub(crate) fn trace(&mut self, id: TraceId) -> Result<Option<&traces::State>, Error> {
        Ok(self.trace_slot(id)?.as_ref())
    }

    pub(crate) fn span(&mut self, id: SpanId) -> Result<Option<&spans::State>, Error> {
        Ok(self.span_slot(id)?.as_ref())
    }

    pub(crate) fn scores(&mut self, target: Target) -> Result<&feedback::State, Error> {
        Ok(self.scores_slot(target)?)
    }

    pub(crate) fn otel_trace(
        &mut self,
        project: ProjectId,
        otel_id: OtelTraceId,
    ) -> Result<Option<TraceId>, Error> {
        match self.otel.entry((project, otel_id)) {
            Entry::Occupied(known) => Ok(*known.get()),
            Entry::Vacant(slot) => {
                let row = self.keyspaces.rows.get(rows::otel_trace(project, &otel_id))?;
                let id = row.as_deref().and_then(rows::uuid).map(TraceId::known);
                Ok(*slot.insert(id))
            }
        }
    }

    /// Folds one event into the rows.
    pub(crate) fn project(&mut self, recorded: &Recorded<Event>) -> Result<(), Error> {
        match &recorded.event {
            Event::Workspaces(_) => Ok(()),
            Event::Projects(event) => {
                self.touched_projects.entry(event.id()).or_default();
                self.remember(event.id().uuid(), recorded.position);
                self.note_name(event.id(), |_| None);
                self.projects.evolve(&recorded.with(event.clone()));
                self.note_name(event.id(), Some);
                Ok(())
            }
            Event::Traces(event) => self.project_trace(&recorded.with(event.clone())),
            Event::Spans(event) => self.project_span(&recorded.with(event.clone())),
            Event::Feedback(event) => {
                self.remember(event.target().uuid(), recorded.position);
                feedback::evolve(self.scores_slot(event.target())?, &recorded.with(event.clone()));
                Ok(())
            }
            Event::Otel(otel::Event::TraceMet { otel_id, project_id, trace_id }) => {
                self.otel.insert((*project_id, *otel_id), Some(*trace_id));
                Ok(())
            }
        }
    }

    fn project_trace(&mut self, event: &Recorded<traces::Event>) -> Result<(), Error> {
        let id = event.event.id();
        self.remember(id.uuid(), event.position);
        let slot = self.trace_slot(id)?;
        *slot = traces::evolve(slot.take(), event);
        match slot.as_ref().map(|state| state.project_id) {
            Some(project) => self.touch(project, event.time),
            None => self.delete_with_trace(id, event)?,
        }
        Ok(())
    }

    fn project_span(&mut self, event: &Recorded<spans::Event>) -> Result<(), Error> {
        let id = event.event.id();
        self.remember(id.uuid(), event.position);
        let before = self.span_slot(id)?.take();
        let after = spans::evolve(before.clone(), event);
        let trace_id = after.as_ref().or(before.as_ref()).map(|state| state.trace_id);
        if let Some(trace_id) = trace_id {
            self.recount(trace_id, before.as_ref(), after.as_ref())?;
            self.places.insert(id, trace_id);
        }
        match &after {
            Some(state) => self.touch(state.project_id, event.time),
            None => *self.scores_slot(Target::Span(id))? = feedback::State::default(),
        }
        self.spans.insert(id, after);
        Ok(())
    }

    fn recount(
        &mut self,
        trace_id: TraceId,
        before: Option<&spans::State>,
        after: Option<&spans::State>,
    ) -> Result<(), Error> {
        let slot = self.sums_slot(trace_id)?;
        let sums = slot.get_or_insert_default();
        if let Some(state) = before {
            sums.remove(&share::<BodyRef>(&state.register.resolve()));
        }
        if let Some(state) = after {
            sums.add(&share::<BodyRef>(&state.register.resolve()));
        }
        if sums.spans == 0 {
            *slot = None;
        }
        Ok(())
    }

    /// A trace takes its spans and all scores with it.
    fn delete_with_trace(&mut self, id: TraceId, event: &Recorded<traces::Event>) -> Result<(), Error> {
        for span in self.spans_of(id)? {
            self.remember(span.uuid(), event.position);
            self.spans.insert(span, None);
            self.places.insert(span, id);
            *self.scores_slot(Target::Span(span))? = feedback::State::default();
        }
        *self.sums_slot(id)? = None;
        *self.scores_slot(Target::Trace(id))? = feedback::State::default();
        Ok(())
    }

    /// The spans of a trace, stored or staged.
    pub(crate) fn spans_of(&self, trace_id: TraceId) -> Result<Vec<SpanId>, Error> {
        let prefix = rows::spans_of(trace_id);
        let mut ids: Vec<SpanId> = Vec::new();
        for guard in self.keyspaces.rows.prefix(&prefix) {
            let key = guard.key()?;
            ids.extend(key.get(prefix.len()..).and_then(rows::uuid).map(SpanId::known));
        }
        let staged =
            self.spans.values().flatten().filter(|state| state.trace_id == trace_id).map(|state| state.id);
        ids.extend(staged);
        ids.sort_unstable();
        ids.dedup();
        ids.retain(|id| !matches!(self.spans.get(id), Some(None)));
        Ok(ids)
    }

    /// Moves all changes into the batch and forgets them.
    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
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
        for (id, state) in std::mem::take(&mut self.traces) {
            put(rows::trace(id), state.as_ref().map(rows::write).transpose()?);
        }
        let places = std::mem::take(&mut self.places);
        for (id, state) in std::mem::take(&mut self.spans) {
            let Some(trace_id) = places.get(&id) else { continue };
            put(rows::span(*trace_id, id), state.as_ref().map(rows::write).transpose()?);
            put(rows::span_place(id), state.map(|_| trace_id.bytes().to_vec()));
        }
        for (trace_id, sums) in std::mem::take(&mut self.sums) {
            put(rows::sums(trace_id), sums.as_ref().map(rows::write).transpose()?);
        }
        for (target, state) in std::mem::take(&mut self.scores) {
            let row = (!state.given.is_empty()).then(|| rows::write(&state)).transpose()?;
            put(rows::scores(target), row);
        }
        for ((project, otel_id), trace_id) in std::mem::take(&mut self.otel) {
            if let Some(trace_id) = trace_id {
                put(rows::otel_trace(project, &otel_id), Some(trace_id.bytes().to_vec()));
            }
        }
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

    fn remember(&mut self, entity: Uuid, at: Position) {
        self.history.push((entity, at));
    }

    fn touch(&mut self, project: ProjectId, time: Timestamp) {
        self.touched_projects.insert(project, Some(time));
    }

    fn trace_slot(&mut self, id: TraceId) -> Result<&mut Option<traces::State>, Error> {
        match self.traces.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(slot) => {
                let row = self.keyspaces.rows.get(rows::trace(id))?;
                Ok(slot.insert(row.as_deref().map(rows::read).transpose()?))
            }
        }
    }

    fn span_slot(&mut self, id: SpanId) -> Result<&mut Option<spans::State>, Error> {
        match self.spans.entry(id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(slot) => {
                let place = self.keyspaces.rows.get(rows::span_place(id))?;
                let row = match place.as_deref().and_then(rows::uuid).map(TraceId::known) {
                    Some(trace_id) => {
                        self.places.insert(id, trace_id);
                        self.keyspaces.rows.get(rows::span(trace_id, id))?
                    }
                    None => None,
                };
                Ok(slot.insert(row.as_deref().map(rows::read).transpose()?))
            }
        }
    }

    fn sums_slot(&mut self, trace_id: TraceId) -> Result<&mut Option<Sums>, Error> {
        match self.sums.entry(trace_id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(slot) => {
                let row = self.keyspaces.rows.get(rows::sums(trace_id))?;
                Ok(slot.insert(row.as_deref().map(rows::read).transpose()?))
            }
        }
    }

    fn scores_slot(&mut self, target: Target) -> Result<&mut feedback::State, Error> {
        match self.scores.entry(target) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(slot) => {
                let row = self.keyspaces.rows.get(rows::scores(target))?;
                let state: Option<feedback::State> = row.as_deref().map(rows::read).transpose()?;
                Ok(slot.insert(state.unwrap_or_default()))
            }
        }
    }
}
