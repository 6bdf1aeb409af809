//! What happened to one thing, read from its own events: the index of positions says where they lie in the log, so
//! that the rest of the log is never looked at. What was deleted lies in `trash`; what happened to everything, in
//! `audit`.

pub mod audit;
pub mod checkpoints;
mod fold;
pub(crate) mod ocsf;
pub mod trash;

use std::collections::BTreeSet;

use bytes::Bytes;
use cairn_core::event::{Event, Recorded};
use cairn_core::history::things::Thing;
use cairn_core::history::undo::{self, Step, subject, undone};
use cairn_core::history::{Change, FieldChange, Fields, Outcome, differences, shortened};
use cairn_core::ids::{Position, RequestId};
use cairn_core::limits::{HISTORY_EVENTS_MAX, REQUEST_SEARCH_EVENTS_MAX};
use cairn_core::time::Timestamp;
use prost::Message;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::block::Record;
use crate::log::kind::Kind;
use crate::log::upcast;
use crate::reader::Reader;
use crate::rows::uuid;
use fold::Fold;

/// All undoings of the workspace are the history of this.
pub(crate) const UNDOINGS: Uuid = Uuid::nil();

/// Some of the changes of a thing, newest first.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub changes: Vec<Change>,
    /// How many events of the thing there are.
    pub total: usize,
    /// Whether all of them were looked at. Of very many only the newest are, and what was before them is not known.
    pub is_complete: bool,
    /// There are older ones than those given.
    pub has_older: bool,
}

/// The events of a thing, and who undoes whom among them.
struct Events {
    entity: Uuid,
    positions: Vec<Position>,
    undoings: Vec<(Position, Position)>,
    total: usize,
}

/// One event of a thing, and what it left of the thing.
struct Told<'a> {
    record: &'a Record,
    kind: Kind,
    event: &'a Event,
    undoes: Option<Position>,
    fields: Vec<FieldChange>,
    after: &'a Fold,
}

impl Reader {
    /// The newest changes of a thing that lie before a position.
    pub fn changes(&self, entity: Uuid, before: Option<Position>, limit: usize) -> Result<Changes, Error> {
        let events = self.events_of(entity)?;
        let positions = &events.positions;
        let end = before.map_or(positions.len(), |before| positions.partition_point(|at| *at < before));
        let start = end.saturating_sub(limit);
        let undone = undone(events.undoings.iter().copied());
        let mut changes = Vec::with_capacity(end - start);
        let mut place = 0;
        let mut is_there = false;
        self.each_step(&events, end, |step| {
            let was_there = std::mem::replace(&mut is_there, step.after.is_something());
            if place >= start {
                let record = step.record;
                let (fields, fields_omitted) = shortened(step.fields);
                changes.push(Change {
                    position: record.position,
                    time: record.time,
                    principal: record.principal.clone(),
                    request: record.request,
                    kind: step.kind.name(),
                    fields,
                    fields_omitted,
                    undoes: step.undoes,
                    is_undone: undone.contains(&record.position),
                    outcome: match step.undoes {
                        Some(_) => Some(Outcome::AsBefore),
                        None => outcome(entity, step.event, !was_there && is_there),
                    },
                });
            }
            place += 1;
        })?;
        changes.reverse();
        let is_complete = events.total == positions.len();
        Ok(Changes { changes, total: events.total, is_complete, has_older: start > 0 })
    }

    /// What taking back one of a thing's changes must know of all of them; nothing if there are too many.
    pub fn steps(&self, entity: Uuid) -> Result<Option<Vec<Step>>, Error> {
        let events = self.events_of(entity)?;
        if events.total > events.positions.len() {
            return Ok(None);
        }
        let mut steps = Vec::with_capacity(events.positions.len());
        let mut is_there = false;
        self.each_step(&events, events.positions.len(), |step| {
            let was_there = std::mem::replace(&mut is_there, step.after.is_something());
            steps.push(Step {
                position: step.record.position,
                undoes: step.undoes,
                begins: !was_there && is_there,
                ends: was_there && !is_there,
                fields: step.fields.into_iter().map(|change| change.field).collect(),
            });
        })?;
        Ok(Some(steps))
    }

    /// What is known of a thing after its events up to a position, without those in `left_out`.
    pub fn fields_at(
        &self,
        entity: Uuid,
        at: Position,
        left_out: &BTreeSet<Position>,
    ) -> Result<Fields, Error> {
        let events = self.events_of(entity)?;
        let end = events.positions.partition_point(|position| *position <= at);
        let undoings = events.undoings.iter().copied().filter(|(by, _)| *by <= at && !left_out.contains(by));
        let mut gone = undone(undoings.collect::<Vec<_>>().into_iter());
        gone.extend(left_out);
        Ok(self.folded(entity, events.positions.get(..end).unwrap_or_default(), &gone)?.fields())
    }

    /// The positions of what one request did, oldest first; `limit` of them, and one more.
    pub fn positions_of_request(&self, request: RequestId, limit: usize) -> Result<Vec<Position>, Error> {
        let Some((seconds, nanos)) = request.uuid().get_timestamp().map(|time| time.to_unix()) else {
            return Ok(Vec::new());
        };
        let millis = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000);
        let time = Timestamp::from_millis(millis.saturating_add(i64::from(nanos / 1_000_000)));
        let mut after = Position(self.first_at(time)?.0.saturating_sub(1));
        let mut positions = Vec::new();
        let mut looked_at = 0;
        while looked_at < REQUEST_SEARCH_EVENTS_MAX && positions.len() <= limit {
            let records = self.records_after(after, 1)?;
            let Some(last) = records.last().map(|record| record.position) else { break };
            looked_at += records.len();
            after = last;
            let before = positions.len();
            positions.extend(
                records.iter().filter(|record| record.request == request).map(|record| record.position),
            );
            // The events of a request follow one another.
            if before > 0 && positions.len() == before {
                break;
            }
        }
        Ok(positions)
    }

    /// The first position whose event is not older than a time; one beyond the newest if all are.
    pub fn first_at(&self, time: Timestamp) -> Result<Position, Error> {
        let (mut low, mut high) = (1, self.position().0 + 1);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.record(Position(middle))? {
                Some(record) if record.time < time => low = middle + 1,
                _ => high = middle,
            }
        }
        Ok(Position(low))
    }

    /// Who undoes whom in the whole workspace, oldest first.
    pub(crate) fn undoings(&self) -> Result<Vec<(Position, Position)>, Error> {
        let mut undoings = Vec::new();
        for at in self.history(UNDOINGS)? {
            let event = self.store().log().event(at)?;
            if let Some(Event::History(undo::Event::Undone { position, .. })) =
                event.map(|recorded| recorded.event)
            {
                undoings.push((at, position));
            }
        }
        Ok(undoings)
    }

    /// The change at a position as the history of its thing tells it; nothing if it was erased.
    pub fn change(&self, at: Position) -> Result<Option<Change>, Error> {
        let Some((record, kind, event)) = self.told(at)? else { return Ok(None) };
        if let Some(entity) = Thing::of(&event.event).uuid()
            && let Some(change) = self.changes(entity, Some(at.next()), 1)?.changes.pop()
            && change.position == at
        {
            return Ok(Some(change));
        }
        // It stands in no history, or so far back in one that what was before it is not known.
        let (fields, fields_omitted) = shortened(Fold::default().apply(kind, &event));
        Ok(Some(Change {
            position: at,
            time: record.time,
            principal: record.principal,
            request: record.request,
            kind: kind.name(),
            fields,
            fields_omitted,
            undoes: None,
            is_undone: false,
            outcome: subject(&event.event).is_ok().then_some(Outcome::AsBefore),
        }))
    }

    /// What kind of event lies at a position, by name.
    pub fn kind_name(&self, at: Position) -> Result<Option<&'static str>, Error> {
        let kind = self.record(at)?.and_then(|record| Kind::from_number(record.kind));
        Ok(kind.map(Kind::name))
    }

    /// The change at a position, or the one that was taken back there.
    pub fn root(&self, at: Position) -> Result<Option<Recorded<Event>>, Error> {
        self.store().log().root(at)
    }

    fn events_of(&self, entity: Uuid) -> Result<Events, Error> {
        let mut positions = self.history(entity)?;
        positions.dedup();
        let total = positions.len();
        positions.drain(..total.saturating_sub(HISTORY_EVENTS_MAX));
        let mut undoings = Vec::new();
        for at in &positions {
            let record = self.record(*at)?.filter(|record| record.kind == Kind::ChangeUndone.number());
            let event = record.map(|record| upcast::event(&record)).transpose()?.flatten();
            if let Some(Event::History(undo::Event::Undone { position, .. })) =
                event.map(|recorded| recorded.event)
            {
                undoings.push((*at, position));
            }
        }
        Ok(Events { entity, positions, undoings, total })
    }

    /// Goes through the first `end` events of a thing, each with what it changed.
    fn each_step(&self, events: &Events, end: usize, mut visit: impl FnMut(Told<'_>)) -> Result<(), Error> {
        let mut fold = Fold::of(events.entity);
        for (place, at) in events.positions.iter().take(end).enumerate() {
            let Some((record, kind, event)) = self.told(*at)? else { continue };
            let (undoes, fields) = match &event.event {
                Event::History(undo::Event::Undone { position, .. }) => {
                    let before = fold.fields();
                    let undoings = events.undoings.iter().filter(|(by, _)| by <= at).copied();
                    let gone = undone(undoings.collect::<Vec<_>>().into_iter());
                    fold =
                        self.folded(events.entity, events.positions.get(..place).unwrap_or_default(), &gone)?;
                    (Some(*position), differences(&before, &fold.fields()))
                }
                _ => (None, fold.apply(kind, &event)),
            };
            visit(Told { record: &record, kind, event: &event.event, undoes, fields, after: &fold });
        }
        Ok(())
    }

    /// What some events leave, without those that count for nothing.
    fn folded(&self, entity: Uuid, positions: &[Position], gone: &BTreeSet<Position>) -> Result<Fold, Error> {
        let mut fold = Fold::of(entity);
        for at in positions.iter().filter(|at| !gone.contains(at)) {
            if let Some((_, kind, event)) = self.told(*at)?
                && !matches!(event.event, Event::History(_))
            {
                fold.apply(kind, &event);
            }
        }
        Ok(fold)
    }

    fn told(&self, at: Position) -> Result<Option<(Record, Kind, Recorded<Event>)>, Error> {
        let Some(record) = self.record(at)? else { return Ok(None) };
        let (Some(kind), Some(event)) = (Kind::from_number(record.kind), upcast::event(&record)?) else {
            return Ok(None);
        };
        Ok(Some((record, kind, event)))
    }
}

/// What taking back an event comes to that stands in the history of `entity`, and begins it or not.
fn outcome(entity: Uuid, event: &Event, begins: bool) -> Option<Outcome> {
    let subject = subject(event).ok()?;
    let begins = begins && subject.uuid() == entity;
    let Some(deletion) = subject.deletion(event).filter(|_| begins) else { return Some(Outcome::AsBefore) };
    Some(match deletion {
        Event::Retention(_) => Outcome::Ended,
        _ if trash::Kind::of(subject).is_some() => Outcome::Trashed,
        _ => Outcome::Deleted,
    })
}

/// A change as one line of JSON.
pub(crate) fn line(change: &Change) -> String {
    let fields: Map<String, Value> = change
        .fields
        .iter()
        .map(|field| (field.field.clone(), json!({ "before": field.before, "after": field.after })))
        .collect();
    json!({
        "position": change.position.0,
        "time": change.time.to_string(),
        "principal": change.principal.as_ref(),
        "request": change.request.to_string(),
        "kind": change.kind,
        "changes": fields,
        "changes_omitted": change.fields_omitted,
        "undoes": change.undoes.map(|at| at.0),
        "undone": change.is_undone,
    })
    .to_string()
}

#[derive(Clone, PartialEq, Message)]
struct StoredUndone {
    #[prost(uint64, tag = "1")]
    position: u64,
    #[prost(bytes = "bytes", tag = "2")]
    entity: Bytes,
}

pub(crate) fn encode(event: &undo::Event) -> (Kind, Payload) {
    let undo::Event::Undone { position, entity } = event;
    let entity = Bytes::copy_from_slice(entity.as_bytes());
    (Kind::ChangeUndone, StoredUndone { position: position.0, entity }.encode_to_vec().into())
}

pub(crate) fn decode(payload: Bytes) -> Option<undo::Event> {
    let StoredUndone { position, entity } = StoredUndone::decode(payload).ok()?;
    Some(undo::Event::Undone { position: Position(position), entity: uuid(&entity)? })
}

pub(crate) fn describe(event: &undo::Event) -> Value {
    let undo::Event::Undone { position, entity } = event;
    json!({ "id": entity, "undone": position.0 })
}
