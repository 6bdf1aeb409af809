//! What happened in a workspace, newest first: who did what, and when. One page looks at so much of the log and no
//! more; it says how far it looked, and the next goes on from there. What decisions there were is known by their kinds.

use std::ops::ControlFlow;
use std::sync::Arc;

use cairn_core::dashboards::SavedQuery;
use cairn_core::event::{Event, Recorded};
use cairn_core::history::things::{self, Thing};
use cairn_core::history::undo::{self, subject};
use cairn_core::history::{FieldChange, shortened_for_list};
use cairn_core::ids::{Position, ProjectId, RequestId};
use cairn_core::insights::state::Issue;
use cairn_core::limits::{AUDIT_EVENT_BYTES_MAX, LOG_READ_BYTES_MAX, REQUEST_SEARCH_EVENTS_MAX};
use cairn_core::prices::Own;
use cairn_core::prices::repricing::Repricing;
use cairn_core::projects::Project;
use cairn_core::retention::Rule;
use cairn_core::time::Timestamp;
use cairn_core::{annotations, definitions, derived, environments, spans, traces};
use fjall::Readable;
use serde_json::Value;
use uuid::Uuid;

use super::fold::Fold;
use crate::error::Error;
use crate::log::block::Record;
use crate::log::kind::{Action, Kind, Row};
use crate::log::upcast;
use crate::reader::Reader;
use crate::rows;
use crate::staging::Staging;

/// Events that are asked for. What names nothing leaves nothing out.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub areas: Vec<Row>,
    pub actions: Vec<Action>,
    /// Only what somebody decided, and nothing that applications record.
    pub decisions: bool,
    /// A part of the name of who did it, in whatever case.
    pub principal: Option<String>,
    pub thing: Option<Uuid>,
    /// Only what is about this project or something that belongs to it.
    pub project: Option<ProjectId>,
    pub request: Option<RequestId>,
    /// Not older.
    pub from: Option<Timestamp>,
    /// Not younger.
    pub until: Option<Timestamp>,
}

#[derive(Clone, Debug)]
pub struct Wanted {
    pub filter: Filter,
    /// Only what lies before it.
    pub before: Option<Position>,
    pub limit: usize,
    /// How many events are looked at in the log, and how many where an index says at which.
    pub looked_max: usize,
    pub lookups_max: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Page {
    pub events: Vec<Audited>,
    /// All from here on was looked at: what is wanted and lies before it is still to come.
    pub reached: Position,
    /// How many events were looked at.
    pub looked_at: usize,
    /// There is nothing that is wanted before.
    pub is_complete: bool,
}

/// An event as one line tells it.
#[derive(Clone, Debug)]
pub struct Audited {
    pub position: Position,
    pub time: Timestamp,
    pub principal: Arc<str>,
    pub request: RequestId,
    pub kind: Kind,
    /// Nothing if the event was erased.
    pub about: Option<About>,
    /// What the event says by itself.
    pub said: Vec<FieldChange>,
    pub said_omitted: usize,
    /// The event is so large that only its own page tells what it says.
    pub is_long: bool,
    /// The change that it took back.
    pub undoes: Option<Position>,
    /// It is of a kind that can be taken back.
    pub is_undoable: bool,
}

/// A thing as it is now, or as it was when it was deleted.
#[derive(Clone, Debug)]
pub struct About {
    pub kind: things::Kind,
    pub id: Option<Uuid>,
    pub name: Option<String>,
    pub project_id: Option<ProjectId>,
    /// Of a span, its trace; of an experiment, its dataset.
    pub within: Option<Uuid>,
    pub is_there: bool,
}

/// Under which id the history of a kind of event is kept. No thing has such an id.
pub(crate) fn place_of(kind: Kind) -> Uuid {
    Uuid::from_u128(kind.number().into())
}

impl Staging {
    /// Remembers where a decision lies. It need not be whole any more.
    pub(crate) fn note_kind(&mut self, record: &Record) {
        if let Some(kind) = Kind::from_number(record.kind).filter(|kind| kind.is_decision()) {
            self.remember(place_of(kind), record.position);
        }
    }
}

impl Reader {
    /// What happened, newest first, as far as one page looks.
    pub fn audit(&self, wanted: &Wanted) -> Result<Page, Error> {
        let Some(kinds) = wanted.filter.kinds() else { return Ok(Page::complete()) };
        let (from, to) = self.bounds(wanted)?;
        let mut look = Look {
            reader: self,
            wanted,
            kinds,
            principal: wanted.filter.principal.as_deref().map(str::to_lowercase),
            page: Page { reached: to, ..Page::default() },
        };
        let ended = match self.places(wanted, &look.kinds, from, to)? {
            Some(places) => self.look_up(places, &mut look)?,
            None => self.look_through(from, to, &mut look)?,
        };
        let mut page = look.page;
        if ended.is_continue() {
            (page.is_complete, page.reached) = (true, from);
        }
        Ok(page)
    }

    /// What happened at one position.
    pub fn audited_at(&self, at: Position) -> Result<Option<Audited>, Error> {
        let record = self.record(at)?.filter(|record| Kind::from_number(record.kind).is_some());
        record.map(|record| self.audited(&record)).transpose()
    }

    /// From which position on, and before which one, something that is wanted may lie.
    fn bounds(&self, wanted: &Wanted) -> Result<(Position, Position), Error> {
        let after = |time: Timestamp| Timestamp::from_nanos(time.as_nanos().saturating_add(1));
        let from = wanted.filter.from.map_or(Ok(Position(1)), |from| self.first_at(from))?;
        let end = self.position().next();
        let until = wanted.filter.until.map_or(Ok(end), |until| self.first_at(after(until)))?;
        Ok((from, until.min(end).min(wanted.before.unwrap_or(end))))
    }

    /// Where to look, newest first, if that is known.
    fn places<'a>(
        &'a self,
        wanted: &Wanted,
        kinds: &[Kind],
        from: Position,
        to: Position,
    ) -> Result<Option<Places<'a>>, Error> {
        let within = |mut positions: Vec<Position>| {
            positions.dedup();
            positions.retain(|at| (from..to).contains(at));
            Places::Known(positions)
        };
        if let Some(thing) = wanted.filter.thing {
            return Ok(Some(within(self.history(thing)?)));
        }
        if let Some(request) = wanted.filter.request {
            return Ok(Some(within(self.positions_of_request(request, REQUEST_SEARCH_EVENTS_MAX)?)));
        }
        if !kinds.iter().all(|kind| kind.is_decision()) {
            return Ok(None);
        }
        let mut heads = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let place = place_of(*kind);
            let range = rows::history(place, from)..rows::history(place, to);
            heads.extend(Head::of(self.snapshot().range(self.history_keys(), range))?);
        }
        Ok(Some(Places::ByKind(heads)))
    }

    fn look_up(&self, mut places: Places<'_>, look: &mut Look<'_>) -> Result<ControlFlow<()>, Error> {
        while let Some(at) = places.next()? {
            if look.page.looked_at >= look.wanted.lookups_max {
                return Ok(ControlFlow::Break(()));
            }
            if let Some(record) = self.record(at)?
                && look.at(&record)?.is_break()
            {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn look_through(
        &self,
        from: Position,
        to: Position,
        look: &mut Look<'_>,
    ) -> Result<ControlFlow<()>, Error> {
        let (mut before, mut bytes) = (to, 0_usize);
        // What a thing belongs to its rows know, and they are as dear as an event that an index names.
        let looked_max = match look.wanted.filter.project {
            Some(_) => look.wanted.lookups_max.min(look.wanted.looked_max),
            None => look.wanted.looked_max,
        };
        while before > from {
            if bytes >= LOG_READ_BYTES_MAX {
                return Ok(ControlFlow::Break(()));
            }
            let (records, read) = self.store().log().block_before(before)?;
            bytes += read;
            let Some(first) = records.first().map(|record| record.position) else { break };
            for record in records.into_iter().rev() {
                if record.position < from {
                    return Ok(ControlFlow::Continue(()));
                }
                if look.page.looked_at >= looked_max || look.at(&record)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            before = first;
        }
        Ok(ControlFlow::Continue(()))
    }

    fn audited(&self, record: &Record) -> Result<Audited, Error> {
        let mut audited = Audited {
            position: record.position,
            time: record.time,
            principal: Arc::clone(&record.principal),
            request: record.request,
            kind: Kind::from_number(record.kind).ok_or(Error::Damaged {
                at: record.position,
                what: "the event is of an unknown kind".to_owned(),
            })?,
            about: None,
            said: Vec::new(),
            said_omitted: 0,
            is_long: record.payload.event_bytes() > AUDIT_EVENT_BYTES_MAX,
            undoes: None,
            is_undoable: false,
        };
        let Some(event) = upcast::event(record)? else { return Ok(audited) };
        if !audited.is_long && !matches!(event.event, Event::History(_)) {
            let fields = Fold::default().apply(audited.kind, &event);
            (audited.said, audited.said_omitted) = shortened_for_list(fields);
        }
        audited.about = Some(self.about(&event, &audited.said)?);
        audited.is_undoable = match &event.event {
            Event::History(undo::Event::Undone { position, .. }) => {
                audited.undoes = Some(*position);
                true
            }
            other => subject(other).is_ok(),
        };
        Ok(audited)
    }

    fn about(&self, event: &Recorded<Event>, said: &[FieldChange]) -> Result<About, Error> {
        let mut thing = Thing::of(&event.event);
        let mut price = event.event.price().cloned();
        if let Event::History(undo::Event::Undone { position, entity }) = &event.event {
            // What went with another thing is named by itself.
            thing = Thing::Unnamed(*entity);
            if let Some(root) = self.root(*position)?
                && Thing::of(&root.event).uuid() == Some(*entity)
            {
                (thing, price) = (Thing::of(&root.event), root.event.price().cloned());
            }
        }
        let mut about = About {
            kind: thing.kind(),
            id: thing.uuid(),
            name: price.as_ref().map(|key| key.model.clone()),
            project_id: None,
            within: None,
            is_there: false,
        };
        if let Some(key) = price {
            about.is_there = self.row::<Own>(rows::own_price(&key))?.is_some();
            return Ok(about);
        }
        if self.known_now(thing, &mut about)? {
            about.is_there = true;
            return Ok(about);
        }
        if let Some(trashed) = about.id.map(|id| self.trashed(id)).transpose()?.flatten() {
            (about.name, about.project_id) = (trashed.name, trashed.project_id);
        }
        let told = |name: &str| {
            let field = said.iter().find(|field| field.field == name && !field.is_shortened);
            field.and_then(|field| field.after.as_ref()).and_then(Value::as_str)
        };
        about.name = about.name.or_else(|| told("name").map(str::to_owned));
        let project = || told("project_id").and_then(|id| Uuid::parse_str(id).ok()).map(ProjectId::known);
        about.project_id = about.project_id.or_else(project);
        Ok(about)
    }

    /// Fills in what the rows know of a thing; false if it is not there.
    fn known_now(&self, thing: Thing, about: &mut About) -> Result<bool, Error> {
        let known = match thing {
            Thing::Workspace => Some((None, None)),
            Thing::Project(id) | Thing::Agent(id) | Thing::Insights(id) => {
                self.row::<Project>(rows::project(id))?.map(|project| (Some(project.name), Some(id)))
            }
            Thing::Trace(id) => self
                .row::<traces::State>(rows::trace(id))?
                .map(|trace| (trace.register.resolve().name, Some(trace.project_id))),
            Thing::Span(id) => match self.trace_of_span(id)? {
                Some(trace) => {
                    about.within = Some(trace.uuid());
                    self.row::<spans::State>(rows::span(trace, id))?
                        .map(|span| (span.register.resolve().name, Some(span.project_id)))
                }
                None => None,
            },
            Thing::Thread(id) => self.thread(id)?.map(|thread| (Some(thread.name), Some(thread.project_id))),
            Thing::Definition(id) => self
                .row::<definitions::Definition>(rows::definition(id))?
                .map(|definition| (Some(definition.content.name), None)),
            Thing::Environment(id) => self
                .row::<environments::Environment>(rows::environment(id))?
                .map(|environment| (Some(environment.name), None)),
            Thing::Prompt(id) => self.prompt(id)?.map(|prompt| (Some(prompt.name), Some(prompt.project_id))),
            Thing::Dataset(id) => self.dataset(id)?.map(|dataset| (Some(dataset.name), dataset.project_id)),
            Thing::Experiment(id) => self.experiment(id)?.map(|experiment| {
                about.within = Some(experiment.dataset_id.uuid());
                (Some(experiment.name), experiment.project_id)
            }),
            Thing::AnnotationQueue(id) => self
                .row::<annotations::Queue>(rows::annotation_queue(id))?
                .map(|queue| (Some(queue.name), Some(queue.project_id))),
            Thing::Optimization(id) => {
                self.optimization(id)?.map(|optimization| (Some(optimization.name), optimization.project_id))
            }
            Thing::Dashboard(id) => {
                self.dashboard(id)?.map(|dashboard| (Some(dashboard.name), dashboard.project_id))
            }
            Thing::Alert(id) => {
                self.alert(id)?.map(|alert| (Some(alert.definition.name), alert.definition.project_id))
            }
            Thing::Runner(id) => self.runner(id)?.map(|runner| (Some(runner.name), Some(runner.project_id))),
            Thing::Job(id) => {
                self.job(id)?.map(|job| (Some(job.request.agent), Some(job.request.project_id)))
            }
            Thing::Issue(project, id) => self
                .row::<Issue>(rows::insights_issue(project, id))?
                .map(|issue| (Some(issue.name), Some(project))),
            Thing::DerivedColumn(id) => {
                self.row::<derived::Column>(rows::derived_column(id))?.map(|column| (Some(column.name), None))
            }
            Thing::Erasure(id) => self.erasure(id)?.map(|_| (None, None)),
            Thing::RetentionRule(id) => {
                self.row::<Rule>(rows::retention_rule(id))?.map(|rule| (None, rule.scope.project()))
            }
            Thing::Repricing(id) => self
                .row::<Repricing>(rows::repricing(id))?
                .map(|repricing| (None, repricing.scope.project_id)),
            Thing::SavedQuery(id) => {
                self.row::<SavedQuery>(rows::saved_query(id))?.map(|query| (None, query.project_id))
            }
            Thing::Price(_) | Thing::File | Thing::Unnamed(_) => None,
        };
        let is_there = known.is_some();
        (about.name, about.project_id) = known.unwrap_or_default();
        Ok(is_there)
    }
}

impl About {
    /// It is the project, or belongs to it.
    fn is_within(&self, project: ProjectId) -> bool {
        self.project_id == Some(project)
            || (self.kind == things::Kind::Project && self.id == Some(project.uuid()))
    }
}

impl Page {
    fn complete() -> Self {
        Self { is_complete: true, ..Self::default() }
    }
}

impl Filter {
    /// The kinds of events that are wanted; nothing if there are none.
    fn kinds(&self) -> Option<Vec<Kind>> {
        let kinds = Kind::ALL.iter().copied().filter(|kind| {
            (self.areas.is_empty() || self.areas.contains(&kind.row()))
                && (self.actions.is_empty() || self.actions.contains(&kind.action()))
                && (!self.decisions || kind.is_decision())
        });
        Some(kinds.collect::<Vec<_>>()).filter(|kinds| !kinds.is_empty())
    }
}

/// One page as it comes about.
struct Look<'a> {
    reader: &'a Reader,
    wanted: &'a Wanted,
    kinds: Vec<Kind>,
    principal: Option<String>,
    page: Page,
}

impl Look<'_> {
    /// Looks at one more event. It breaks off where there is one more than the page holds.
    fn at(&mut self, record: &Record) -> Result<ControlFlow<()>, Error> {
        self.page.looked_at += 1;
        let Some(event) = self.wanted(record)? else {
            self.page.reached = record.position;
            return Ok(ControlFlow::Continue(()));
        };
        if self.page.events.len() >= self.wanted.limit {
            self.page.reached = record.position.next();
            return Ok(ControlFlow::Break(()));
        }
        self.page.reached = record.position;
        self.page.events.push(event);
        Ok(ControlFlow::Continue(()))
    }

    /// The event as a line tells it, if it is wanted.
    fn wanted(&self, record: &Record) -> Result<Option<Audited>, Error> {
        if !self.wants(record) {
            return Ok(None);
        }
        let event = self.reader.audited(record)?;
        let is_within = |project| event.about.as_ref().is_some_and(|about| about.is_within(project));
        Ok(self.wanted.filter.project.is_none_or(is_within).then_some(event))
    }

    fn wants(&self, record: &Record) -> bool {
        let filter = &self.wanted.filter;
        let Some(kind) = Kind::from_number(record.kind) else { return false };
        self.kinds.contains(&kind)
            && self.principal.as_ref().is_none_or(|part| record.principal.to_lowercase().contains(part))
            && filter.request.is_none_or(|request| record.request == request)
            && filter.from.is_none_or(|from| record.time >= from)
            && filter.until.is_none_or(|until| record.time <= until)
    }
}

/// Positions to look at, newest first.
enum Places<'a> {
    /// Oldest first, taken from the end.
    Known(Vec<Position>),
    ByKind(Vec<Head<'a>>),
}

/// The newest position of a kind that was not looked at, and those before it.
struct Head<'a> {
    at: Position,
    rest: Box<dyn Iterator<Item = Result<Position, Error>> + 'a>,
}

impl<'a> Head<'a> {
    fn of(keys: impl DoubleEndedIterator<Item = fjall::Guard> + 'a) -> Result<Option<Self>, Error> {
        let mut rest = keys.rev().map(|guard| position_of(&guard.key()?));
        Ok(rest.next().transpose()?.map(|at| Self { at, rest: Box::new(rest) }))
    }
}

impl Places<'_> {
    fn next(&mut self) -> Result<Option<Position>, Error> {
        match self {
            Self::Known(positions) => Ok(positions.pop()),
            Self::ByKind(heads) => {
                let newest = heads.iter().enumerate().max_by_key(|(_, head)| head.at);
                let Some((place, at)) = newest.map(|(place, head)| (place, head.at)) else { return Ok(None) };
                match heads.get_mut(place).and_then(|head| head.rest.next()).transpose()? {
                    Some(next) => heads.iter_mut().skip(place).take(1).for_each(|head| head.at = next),
                    None => drop(heads.swap_remove(place)),
                }
                Ok(Some(at))
            }
        }
    }
}

/// The position at the end of a key of the history.
fn position_of(key: &[u8]) -> Result<Position, Error> {
    let tail = key.last_chunk().map(|tail| Position(u64::from_be_bytes(*tail)));
    tail.ok_or_else(|| Error::Damaged {
        at: Position::START,
        what: "a key of the history has no position".to_owned(),
    })
}

#[cfg(test)]
mod tests;
