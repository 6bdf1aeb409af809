//! Which events put traces and threads into experiments and annotation queues, or take them out; spans go with their
//! trace. Whether a thing is in one is not told here.

use std::collections::BTreeSet;

use cairn_core::event::{Event, Recorded};
use cairn_core::history::undo::{self, undone};
use cairn_core::ids::{AnnotationQueueId, ExperimentId, ExperimentItemId, Position, SpanId, TraceId};
use cairn_core::limits::{SUBSCRIPTION_HOME_EVENTS_MAX, SUBSCRIPTION_HOME_SPANS_MAX};
use cairn_core::{annotations, experiments};
use uuid::Uuid;

use super::Within;
use crate::error::Error;
use crate::reader::Reader;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Home {
    Experiment(ExperimentId),
    Queue(AnnotationQueueId),
}

impl Home {
    pub fn uuid(self) -> Uuid {
        match self {
            Self::Experiment(id) => id.uuid(),
            Self::Queue(id) => id.uuid(),
        }
    }
}

impl Reader {
    /// The traces that came into a home or left it by an event, or by one that took it back, at its position. Of a queue
    /// of threads these are no traces: then there is none of such an id.
    pub fn moved_traces(&self, event: &Recorded<Event>) -> Result<Vec<(Uuid, Home)>, Error> {
        match &event.event {
            Event::Experiments(of) => self.moved_by_experiment(of, event.position),
            Event::Annotations(of) => self.moved_by_queue(of, event.position),
            _ => Ok(Vec::new()),
        }
    }

    /// The threads that came into a queue or left it, as in `moved_traces`.
    pub fn moved_threads(&self, event: &Recorded<Event>) -> Result<Vec<(Uuid, Home)>, Error> {
        match &event.event {
            Event::Annotations(of) => self.moved_by_queue(of, event.position),
            _ => Ok(Vec::new()),
        }
    }

    /// The spans that came into an experiment or left it with their trace, as in `moved_traces`: those that the traces have by
    /// now, `SUBSCRIPTION_HOME_SPANS_MAX` at most.
    pub fn moved_spans(&self, event: &Recorded<Event>) -> Result<Vec<(SpanId, Home)>, Error> {
        let mut spans = Vec::new();
        let Event::Experiments(of) = &event.event else { return Ok(spans) };
        for (trace, home) in self.moved_by_experiment(of, event.position)? {
            let room = SUBSCRIPTION_HOME_SPANS_MAX.saturating_sub(spans.len());
            for span in self.span_ids(TraceId::known(trace)).take(room) {
                spans.push((span?, home));
            }
        }
        Ok(spans)
    }

    fn moved_by_experiment(
        &self,
        event: &experiments::Event,
        at: Position,
    ) -> Result<Vec<(Uuid, Home)>, Error> {
        let place =
            |item: &experiments::ItemAdded| (item.trace_id.uuid(), Home::Experiment(item.experiment_id));
        Ok(match event {
            experiments::Event::Created(_) | experiments::Event::Updated { .. } => Vec::new(),
            experiments::Event::ItemAdded(item) => {
                let now = place(item);
                let before = self.last_added(item.id, at, |earlier| place(earlier) != now)?;
                before.iter().map(place).chain([now]).collect()
            }
            experiments::Event::ItemRemoved { id, .. } => {
                self.last_added(*id, at, |_| true)?.iter().map(place).collect()
            }
            experiments::Event::Deleted { id } => {
                let (mut moved, mut seen) = (Vec::new(), BTreeSet::new());
                for event in self.newest_standing(id.uuid(), at)? {
                    let Event::Experiments(event) = event else { continue };
                    let is_last = event.item_id().is_some_and(|item| seen.insert(item));
                    if let (experiments::Event::ItemAdded(item), true) = (event, is_last) {
                        moved.push(place(&item));
                    }
                }
                moved
            }
        })
    }

    /// How an item was last added before a position, as far as that is wanted.
    fn last_added(
        &self,
        id: ExperimentItemId,
        at: Position,
        is_wanted: impl Fn(&experiments::ItemAdded) -> bool,
    ) -> Result<Option<experiments::ItemAdded>, Error> {
        for event in self.newest_standing(id.uuid(), at)? {
            if let Event::Experiments(experiments::Event::ItemAdded(item)) = event
                && is_wanted(&item)
            {
                return Ok(Some(*item));
            }
        }
        Ok(None)
    }

    fn moved_by_queue(&self, event: &annotations::Event, at: Position) -> Result<Vec<(Uuid, Home)>, Error> {
        let home = Home::Queue(event.queue_id());
        let place = |item: &Uuid| (*item, home);
        Ok(match event {
            annotations::Event::ItemsAdded { items, .. } | annotations::Event::ItemsRemoved { items, .. } => {
                items.iter().map(place).collect()
            }
            annotations::Event::Deleted { id } => {
                let (mut moved, mut seen) = (Vec::new(), BTreeSet::new());
                for event in self.newest_standing(id.uuid(), at)? {
                    let (items, is_added) = match event {
                        Event::Annotations(annotations::Event::ItemsAdded { items, .. }) => (items, true),
                        Event::Annotations(annotations::Event::ItemsRemoved { items, .. }) => (items, false),
                        _ => continue,
                    };
                    let last = items.into_iter().filter(|item| seen.insert(*item) && is_added);
                    moved.extend(last.map(|item| place(&item)));
                }
                moved
            }
            annotations::Event::Created(_)
            | annotations::Event::Updated { .. }
            | annotations::Event::ItemLocked { .. } => Vec::new(),
        })
    }

    /// The newest events of a thing before a position that were not taken back, newest first.
    fn newest_standing(&self, id: Uuid, at: Position) -> Result<Vec<Event>, Error> {
        let (mut events, mut undoings) = (Vec::new(), Vec::new());
        let earlier = self.history(id)?.into_iter().rev().filter(|earlier| *earlier < at);
        for earlier in earlier.take(SUBSCRIPTION_HOME_EVENTS_MAX) {
            match self.event(earlier)? {
                Some(Event::History(undo::Event::Undone { position, .. })) => {
                    undoings.push((earlier, position));
                }
                Some(event) => events.push((earlier, event)),
                None => {}
            }
        }
        let undone = undone(undoings.into_iter().rev());
        events.retain(|(position, _)| !undone.contains(position));
        Ok(events.into_iter().map(|(_, event)| event).collect())
    }
}

impl Within {
    /// What it would be in if it had not come into a home, or not left it.
    #[must_use]
    pub fn without_move(&self, home: Home) -> Self {
        let mut before = self.clone();
        match home {
            Home::Experiment(id) => toggle(&mut before.experiments, id),
            Home::Queue(id) => toggle(&mut before.queues, id),
        }
        before
    }
}

fn toggle<T: PartialEq>(known: &mut Vec<T>, one: T) {
    match known.iter().position(|other| *other == one) {
        Some(at) => _ = known.remove(at),
        None => known.push(one),
    }
}
