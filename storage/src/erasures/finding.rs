//! Which events hold what is to be erased. They are looked for in the log itself, as rows tell nothing of what was
//! deleted or replaced before. Events that say no more than ids stay: that something was deleted, above all.

mod holding;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use cairn_core::datasets;
use cairn_core::erasures::Subject;
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::Target;
use cairn_core::ids::{Position, ProjectId, SpanId, ThreadId, TraceId};
use cairn_core::limits::SUBSCRIPTION_READ_EVENTS_MAX;
use cairn_core::{
    alerts, annotations, dashboards, experiments, optimizations, prompts, runners, spans, threads, traces,
};
use uuid::Uuid;

use crate::error::Error;
use crate::log::upcast;
use crate::reader::Reader;
use holding::Holds;

/// What an erasure has to do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// With the project in which each was, if any event still tells.
    pub traces: BTreeMap<TraceId, ProjectId>,
    /// Spans that go although their trace belongs to another project.
    pub spans: BTreeSet<SpanId>,
    /// Threads that keep other traces.
    pub threads: BTreeSet<ThreadId>,
    /// Whose payloads go, in order.
    pub positions: Vec<Position>,
}

/// What is known of what is to go.
struct Wanted {
    subject: Subject,
    traces: HashSet<TraceId>,
    projects: BTreeMap<TraceId, ProjectId>,
    spans: HashSet<SpanId>,
    strays: BTreeSet<SpanId>,
    /// Threads that go whole.
    threads: HashSet<ThreadId>,
    /// Whatever else belongs to a project: datasets, prompts, runners …
    things: HashSet<Uuid>,
    /// Which dataset took items over from which.
    copies: Vec<(Uuid, Uuid)>,
    /// The thread that is erased, by its name.
    name: Option<(ProjectId, String)>,
    /// Threads that traces were in which go: they go too, unless others are in them.
    emptied: HashMap<(ProjectId, String), Emptied>,
    /// By id, where to find them in `emptied`.
    of_emptied: HashMap<ThreadId, (ProjectId, String)>,
}

#[derive(Default)]
struct Emptied {
    survives: bool,
    positions: Vec<Position>,
}

/// What a trace's event says of where it belongs.
struct Said<'a> {
    trace: TraceId,
    project: ProjectId,
    thread: Option<&'a str>,
}

impl Reader {
    /// Reads the whole log, a few times. What was scrubbed before is not found again.
    pub fn find_erasable(&self, subject: Subject) -> Result<Found, Error> {
        let mut wanted = Wanted::new(self, subject)?;
        if !matches!(subject, Subject::Trace(_)) {
            self.each_event(|event| wanted.choose(&event.event))?;
        }
        wanted.spare_what_was_copied();
        self.each_event(|event| wanted.gather(&event.event))?;
        wanted.know_threads(self)?;
        let mut positions = Vec::new();
        self.each_event(|event| match wanted.holds(event) {
            Holds::Nothing => {}
            Holds::Erased => positions.push(event.position),
            Holds::OfThread(id) => wanted.put_off(id, event.position),
        })?;
        Ok(wanted.found(positions))
    }

    fn each_event(&self, mut visit: impl FnMut(&Recorded<Event>)) -> Result<(), Error> {
        let mut after = Position::START;
        while after < self.position() {
            let records = self.records_after(after, SUBSCRIPTION_READ_EVENTS_MAX)?;
            let Some(last) = records.last().map(|record| record.position) else { break };
            for record in records.iter().filter(|record| record.position <= self.position()) {
                if let Some(event) = upcast::event(record)? {
                    visit(&event);
                }
            }
            after = last;
        }
        Ok(())
    }
}

impl Wanted {
    fn new(reader: &Reader, subject: Subject) -> Result<Self, Error> {
        let mut wanted = Self {
            subject,
            traces: HashSet::new(),
            projects: BTreeMap::new(),
            spans: HashSet::new(),
            strays: BTreeSet::new(),
            threads: HashSet::new(),
            things: HashSet::new(),
            copies: Vec::new(),
            name: None,
            emptied: HashMap::new(),
            of_emptied: HashMap::new(),
        };
        match subject {
            Subject::Trace(id) => {
                wanted.traces.insert(id);
            }
            Subject::Thread(id) => {
                wanted.threads.insert(id);
                wanted.name = reader.thread(id)?.map(|thread| (thread.project_id, thread.name));
            }
            Subject::User(_) | Subject::Project(_) => {}
        }
        Ok(wanted)
    }

    /// Learns which traces, and which other things, are meant.
    fn choose(&mut self, event: &Event) {
        match event {
            Event::Traces(event) => self.choose_trace(event),
            Event::Spans(event) => self.choose_span(event),
            Event::Threads(threads::Event::Began { id, project_id, name }) => match self.subject {
                Subject::Thread(thread) if thread == *id => self.name = Some((*project_id, name.clone())),
                Subject::Project(project) if project == *project_id => {
                    self.threads.insert(*id);
                }
                _ => {}
            },
            Event::Datasets(datasets::Event::ItemsCopied { dataset_id, from, .. }) => {
                self.copies.push((from.uuid(), dataset_id.uuid()));
            }
            other => {
                if let (Subject::Project(project), Some((of, id))) = (self.subject, belongs(other))
                    && project == of
                {
                    self.things.insert(id);
                } else if let Event::Runners(runners::Event::JobCreated(job)) = other
                    && self.things.contains(&job.runner_id.uuid())
                {
                    self.things.insert(job.id.uuid());
                }
            }
        }
    }

    fn choose_trace(&mut self, event: &traces::Event) {
        let (fields, Some(said)) = (fields_of(event), said(event)) else { return };
        match self.subject {
            Subject::Trace(_) => {}
            Subject::Project(project) => {
                if said.project == project {
                    self.traces.insert(said.trace);
                }
            }
            Subject::User(mark) => {
                let metadata = fields.and_then(|fields| fields.metadata.as_ref());
                if metadata.is_some_and(|metadata| mark.is_named_in(metadata)) {
                    self.traces.insert(said.trace);
                }
            }
            Subject::Thread(_) => {
                let Some(thread) = said.thread else { return };
                // The last word on which thread a trace is in counts.
                if self
                    .name
                    .as_ref()
                    .is_some_and(|(project, name)| *project == said.project && name == thread)
                {
                    self.traces.insert(said.trace);
                } else {
                    self.traces.remove(&said.trace);
                }
            }
        }
    }

    fn choose_span(&mut self, event: &spans::Event) {
        let (id, trace_id, project_id, metadata) = match event {
            spans::Event::Recorded(row) => (row.id, row.trace_id, row.project_id, &row.fields.metadata),
            spans::Event::Patched(patch) => {
                (patch.id, patch.trace_id, patch.project_id, &patch.fields.metadata)
            }
            spans::Event::Deleted { .. } => return,
        };
        match self.subject {
            Subject::Project(project) if project == project_id => {
                self.spans.insert(id);
            }
            Subject::User(mark) if metadata.as_ref().is_some_and(|metadata| mark.is_named_in(metadata)) => {
                self.traces.insert(trace_id);
            }
            _ => {}
        }
    }

    /// A dataset whose items live on in one of another project keeps its events: they are the items of both.
    fn spare_what_was_copied(&mut self) {
        loop {
            let spared: Vec<Uuid> = self
                .copies
                .iter()
                .filter(|(from, to)| self.things.contains(from) && !self.things.contains(to))
                .map(|(from, _)| *from)
                .collect();
            if spared.is_empty() {
                return;
            }
            for id in spared {
                self.things.remove(&id);
            }
        }
    }

    /// Learns what hangs on the traces that were chosen.
    fn gather(&mut self, event: &Event) {
        match event {
            Event::Traces(event) => {
                let Some(said) = said(event).filter(|said| self.traces.contains(&said.trace)) else { return };
                self.projects.insert(said.trace, said.project);
                if let Some(thread) = said.thread {
                    self.emptied.entry((said.project, thread.to_owned())).or_default();
                }
            }
            Event::Spans(spans::Event::Recorded(row)) => {
                self.gather_span(row.id, row.trace_id, row.project_id);
            }
            Event::Spans(spans::Event::Patched(patch)) => {
                self.gather_span(patch.id, patch.trace_id, patch.project_id);
            }
            _ => {}
        }
    }

    fn gather_span(&mut self, id: SpanId, trace_id: TraceId, project_id: ProjectId) {
        if self.traces.contains(&trace_id) {
            self.spans.insert(id);
            // Its spans may be there although a trace is not.
            self.projects.entry(trace_id).or_insert(project_id);
        } else if self.spans.contains(&id) {
            self.strays.insert(id);
        }
    }

    /// Finds the threads by their names of which no event says how they began.
    fn know_threads(&mut self, reader: &Reader) -> Result<(), Error> {
        for (project, name) in self.emptied.keys() {
            if let Some(id) = reader.thread_named(*project, name)? {
                self.of_emptied.insert(id, (*project, name.clone()));
            }
        }
        Ok(())
    }

    fn put_off(&mut self, id: ThreadId, position: Position) {
        if let Some(emptied) = self.of_emptied.get(&id).and_then(|name| self.emptied.get_mut(name)) {
            emptied.positions.push(position);
        }
    }

    fn found(self, mut positions: Vec<Position>) -> Found {
        let mut found = Found { traces: self.projects, spans: self.strays, ..Found::default() };
        for (id, name) in &self.of_emptied {
            if self.emptied.get(name).is_some_and(|emptied| emptied.survives) && !self.threads.contains(id) {
                found.threads.insert(*id);
            }
        }
        for emptied in self.emptied.into_values().filter(|emptied| !emptied.survives) {
            positions.extend(emptied.positions);
        }
        positions.sort_unstable();
        positions.dedup();
        found.positions = positions;
        found
    }

    fn is_target(&self, target: Target) -> bool {
        match target {
            Target::Trace(id) => self.traces.contains(&id),
            Target::Span(id) => self.spans.contains(&id),
            Target::Thread(id) => self.threads.contains(&id),
        }
    }

    fn is_project(&self, id: ProjectId) -> bool {
        matches!(self.subject, Subject::Project(project) if project == id)
    }
}

fn fields_of(event: &traces::Event) -> Option<&traces::Fields<cairn_core::json::Json>> {
    match event {
        traces::Event::Recorded(row) => Some(&row.fields),
        traces::Event::Patched(patch) => Some(&patch.fields),
        traces::Event::Deleted { .. } => None,
    }
}

fn said(event: &traces::Event) -> Option<Said<'_>> {
    let thread = fields_of(event)?.thread_id.as_deref();
    match event {
        traces::Event::Recorded(row) => Some(Said { trace: row.id, project: row.project_id, thread }),
        traces::Event::Patched(patch) => Some(Said { trace: patch.id, project: patch.project_id, thread }),
        traces::Event::Deleted { .. } => None,
    }
}

/// What an event makes in a project.
fn belongs(event: &Event) -> Option<(ProjectId, Uuid)> {
    Some(match event {
        Event::Datasets(datasets::Event::Created(made)) => (made.project_id?, made.id.uuid()),
        Event::Experiments(experiments::Event::Created(made)) => (made.project_id?, made.id.uuid()),
        Event::Optimizations(optimizations::Event::Written(made)) => (made.project_id?, made.id.uuid()),
        Event::Prompts(prompts::Event::Created { id, project_id, .. }) => (*project_id, id.uuid()),
        Event::Annotations(annotations::Event::Created(made)) => (made.project_id, made.id.uuid()),
        Event::Dashboards(dashboards::Event::Created { id, project_id, .. }) => ((*project_id)?, id.uuid()),
        Event::Alerts(alerts::Event::Created { id, definition }) => (definition.project_id?, id.uuid()),
        Event::Runners(runners::Event::Connected { id, project_id, .. }) => (*project_id, id.uuid()),
        _ => return None,
    })
}
