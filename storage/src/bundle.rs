//! Parts of the log on their way to another place: which events go along, how each is written as a line, and how they
//! are taken in elsewhere, with the times and authors that they have. What is carried is decided by the caller.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cairn_core::attachments::{self, Content, Origin};
use cairn_core::event::Event;
use cairn_core::history::undo::undone;
use cairn_core::ids::{DatasetId, Position, RequestId};
use cairn_core::limits::COMMIT_BYTES_MAX;
use cairn_core::time::Timestamp;
use cairn_core::{alerts, dashboards, datasets, otel, prices, threads, workspaces};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::log::block::{Payload, Record};
use crate::log::kind::Kind;
use crate::log::upcast;
use crate::reader::Reader;
use crate::store::Store;
use crate::writer::Writer;

/// A set of positions, one bit for each event of the log.
#[derive(Clone, Debug, Default)]
pub struct Positions(Vec<u64>);

impl Positions {
    pub fn insert(&mut self, at: Position) {
        let word = usize::try_from(at.0 / 64).unwrap_or(usize::MAX);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        if let Some(bits) = self.0.get_mut(word) {
            *bits |= 1 << (at.0 % 64);
        }
    }

    fn remove(&mut self, at: Position) {
        let word = usize::try_from(at.0 / 64).unwrap_or(usize::MAX);
        if let Some(bits) = self.0.get_mut(word) {
            *bits &= !(1 << (at.0 % 64));
        }
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = Position> + '_ {
        let words = (0..).zip(&self.0);
        words.flat_map(|(at, bits)| {
            (0..64).filter(move |bit| bits & (1 << bit) != 0).map(move |bit| Position(at * 64 + bit))
        })
    }
}

/// An event as a line of JSON. The payload is what the log has, so that nothing is lost on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    time: String,
    principal: String,
    request: Uuid,
    kind: String,
    version: u16,
    payload: String,
}

impl Line {
    /// `None` of an event that was erased: it goes nowhere.
    pub fn of(record: &Record) -> Option<Self> {
        let payload = record.payload.event()?;
        let kind = Kind::from_number(record.kind)?;
        Some(Self {
            time: record.time.to_string(),
            principal: record.principal.to_string(),
            request: record.request.uuid(),
            kind: kind.name().to_owned(),
            version: record.version,
            payload: STANDARD.encode(payload),
        })
    }

    /// The content that the event hangs on something; its bytes must go along.
    pub fn content(&self) -> Option<Content> {
        if self.kind != Kind::AttachmentAdded.name() {
            return None;
        }
        match upcast::event(&self.record()?).ok()??.event {
            Event::Attachments(attachments::Event::Added(added)) => Some(added.content),
            _ => None,
        }
    }

    fn record(&self) -> Option<Record> {
        Some(Record {
            position: Position::START,
            time: Timestamp::parse(&self.time)?,
            principal: Arc::from(self.principal.as_str()),
            request: RequestId::known(self.request),
            kind: Kind::ALL.iter().find(|kind| kind.name() == self.kind)?.number(),
            version: self.version,
            payload: Payload::Kept(Bytes::from(STANDARD.decode(&self.payload).ok()?)),
        })
    }
}

impl Reader {
    /// Every event of the log.
    pub fn all_positions(&self) -> Positions {
        let mut all = Positions::default();
        (1..=self.position().0).for_each(|at| all.insert(Position(at)));
        all
    }

    /// What still counts: positions mean nothing elsewhere, so what was taken back stays here together with the word
    /// that it was.
    pub fn leave_what_was_undone(&self, positions: &mut Positions) -> Result<(), Error> {
        let undoings = self.undoings()?;
        for (at, _) in &undoings {
            positions.remove(*at);
        }
        for at in undone(undoings.into_iter()) {
            positions.remove(at);
        }
        Ok(())
    }

    /// What happened to one thing.
    pub fn positions_of(&self, id: Uuid, positions: &mut Positions) -> Result<(), Error> {
        self.history(id)?.into_iter().for_each(|at| positions.insert(at));
        Ok(())
    }

    /// What happened to a dataset, and to those that it copied from.
    pub fn positions_of_dataset(&self, id: DatasetId, positions: &mut Positions) -> Result<(), Error> {
        let (mut seen, mut open) = (std::collections::BTreeSet::from([id]), vec![id]);
        while let Some(id) = open.pop() {
            for at in self.history(id.uuid())? {
                positions.insert(at);
                let copied =
                    self.record(at)?.filter(|record| record.kind == Kind::DatasetItemsCopied.number());
                let event = copied.map(|record| upcast::event(&record)).transpose()?.flatten();
                if let Some(Event::Datasets(datasets::Event::ItemsCopied { from, .. })) =
                    event.map(|recorded| recorded.event)
                    && seen.insert(from)
                {
                    open.push(from);
                }
            }
        }
        Ok(())
    }
}

/// What became of an event that was brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    Written,
    /// The thing that it is about was there before; it stays as it is.
    Known,
    /// It is about this place alone: its name, its machines.
    Local,
}

/// Takes events into a workspace that nobody serves meanwhile.
pub struct Intake {
    writer: Writer,
    /// As the workspace was before.
    before: Reader,
}

impl Intake {
    pub fn open(store: Arc<Store>) -> Result<Self, Error> {
        let before = Reader::rows_only(&store)?;
        Ok(Self { writer: Writer::open(store)?, before })
    }

    /// Why an event cannot be taken in, if it cannot: a name in it belongs to something else here.
    pub fn conflict(&self, line: &Line) -> Result<Option<String>, Error> {
        let Some(recorded) = line.record().map(|record| upcast::event(&record)).transpose()?.flatten() else {
            return Ok(Some(format!("a {} cannot be read", line.kind)));
        };
        let taken = |what: &str, name: &str| Some(format!("there is another {what} named `{name}` here"));
        Ok(match &recorded.event {
            Event::Projects(cairn_core::projects::Event::Created { id, name, .. }) => {
                let other = self.before.project_by_name(name)?.is_some_and(|view| view.project.id != *id);
                taken("project", name).filter(|_| other)
            }
            Event::Datasets(datasets::Event::Created(created)) => {
                let state = self.writer.datasets();
                let known = state.find(&created.name, created.project_id);
                let other = known
                    .is_some_and(|known| known.project_id == created.project_id && known.id != created.id);
                taken("dataset", &created.name).filter(|_| other)
            }
            Event::Prompts(cairn_core::prompts::Event::Created { id, project_id, name, .. }) => {
                let known = self.before.prompt_named(*project_id, name)?;
                taken("prompt", name).filter(|_| known.is_some_and(|known| known.id != *id))
            }
            Event::Environments(cairn_core::environments::Event::Created { id, name, .. }) => {
                let known = self.writer.environments().all().into_iter().find(|known| known.name == *name);
                taken("environment", name).filter(|_| known.is_some_and(|known| known.id != *id))
            }
            Event::Derived(cairn_core::derived::Event::Added { id, of, name, .. }) => {
                let known = self.writer.derived().named(of.entity(), name);
                taken("derived column", name).filter(|_| known.is_some_and(|known| known.column.id != *id))
            }
            Event::Threads(threads::Event::Began { id, project_id, name }) => {
                let known = self.before.thread_named(*project_id, name)?;
                taken("thread", name).filter(|_| known.is_some_and(|known| known != *id))
            }
            _ => None,
        })
    }

    pub fn take(&mut self, line: &Line) -> Result<Taken, Error> {
        let unreadable = || Error::Damaged {
            at: self.writer.head().next(),
            what: format!("a {} of the bundle cannot be read", line.kind),
        };
        let record = line.record().ok_or_else(unreadable)?;
        let event = upcast::event(&record)?.ok_or_else(unreadable)?.event;
        match subject(&event) {
            Subject::Nothing => return Ok(Taken::Local),
            Subject::Thing(id) if !self.before.history(id)?.is_empty() => return Ok(Taken::Known),
            Subject::Thing(_) | Subject::Workspace => {}
        }
        let (record, event) = self.placed(record, event)?;
        self.writer.restore(record, event)?;
        if self.writer.pending_bytes() >= COMMIT_BYTES_MAX {
            self.writer.commit()?;
        }
        Ok(Taken::Written)
    }

    /// A file that stood in a body says in which event; that one has another position here. It is the one in which the
    /// body stands now, as the file came right after it.
    fn placed(&mut self, record: Record, event: Event) -> Result<(Record, Event), Error> {
        let Event::Attachments(attachments::Event::Added(mut added)) = event else {
            return Ok((record, event));
        };
        if let Origin::Embedded { place, .. } = added.origin
            && let Some(body) = self.writer.standing(added.owner)?.and_then(|standing| standing.at(place))
        {
            added.origin = Origin::Embedded { place, body };
        }
        let event = Event::Attachments(attachments::Event::Added(added));
        let (kind, payload) = upcast::encode(&event);
        Ok((Record { kind: kind.number(), version: kind.version(), payload, ..record }, event))
    }

    pub fn finish(mut self) -> Result<Position, Error> {
        self.writer.commit()
    }
}

/// What an event is about.
enum Subject {
    Thing(Uuid),
    /// The workspace as a whole.
    Workspace,
    /// Nothing that could be moved.
    Nothing,
}

fn subject(event: &Event) -> Subject {
    let first = |ids: Vec<Uuid>| ids.first().copied().map_or(Subject::Workspace, Subject::Thing);
    match event {
        Event::Workspaces(workspaces::Event::Configured(_) | workspaces::Event::ConfigurationCleared)
        | Event::Prices(prices::Event::Put(_) | prices::Event::Removed(_))
        | Event::Dashboards(dashboards::Event::QuerySaved { .. }) => Subject::Workspace,
        Event::Projects(event) => Subject::Thing(event.id().uuid()),
        Event::Traces(event) => Subject::Thing(event.id().uuid()),
        Event::Spans(event) => Subject::Thing(event.id().uuid()),
        Event::Feedback(event) => Subject::Thing(event.target().uuid()),
        Event::Comments(event) => Subject::Thing(event.target().uuid()),
        Event::Threads(event) => Subject::Thing(event.id().uuid()),
        // Which bytes are gone is known where they were.
        Event::Attachments(event) => {
            event.owner().map_or(Subject::Nothing, |owner| Subject::Thing(owner.uuid()))
        }
        Event::Guardrails(event) => first(event.entities()),
        Event::Otel(otel::Event::TraceMet { trace_id, .. }) => Subject::Thing(trace_id.uuid()),
        Event::Definitions(event) => Subject::Thing(event.id().uuid()),
        Event::Environments(event) => Subject::Thing(event.id().uuid()),
        Event::Prices(prices::Event::SpanRepriced { id, .. }) => Subject::Thing(id.uuid()),
        Event::Prices(prices::Event::Repricing(event)) => Subject::Thing(event.id().uuid()),
        Event::Datasets(event) => Subject::Thing(event.dataset_id().uuid()),
        Event::Experiments(event) => Subject::Thing(event.experiment_id().uuid()),
        Event::Annotations(event) => Subject::Thing(event.queue_id().uuid()),
        Event::Dashboards(event) => {
            event.dashboard_id().map_or(Subject::Workspace, |id| Subject::Thing(id.uuid()))
        }
        Event::Optimizations(event) => Subject::Thing(event.id().uuid()),
        Event::Prompts(event) => Subject::Thing(event.prompt_id().uuid()),
        Event::Insights(event) => first(event.entities()),
        // A workspace has its name from where it is, machines are paired with one server, positions are of one log, and
        // whom an alert told, it told there.
        Event::Workspaces(workspaces::Event::Created { .. } | workspaces::Event::Forked(_))
        | Event::Runners(_)
        | Event::History(_)
        | Event::Erasures(_)
        | Event::Alerts(
            alerts::Event::Fired(_) | alerts::Event::Calmed { .. } | alerts::Event::Answered { .. },
        ) => Subject::Nothing,
        Event::Alerts(event) => Subject::Thing(event.alert_id().uuid()),
        Event::Agents(event) => first(event.entities()),
        Event::Retention(event) => Subject::Thing(event.id().uuid()),
        Event::Derived(event) => Subject::Thing(event.id().uuid()),
    }
}
