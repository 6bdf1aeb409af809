//! How far the log and each index have come, and waiting for it. Only positions travel; no event is buffered here.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use cairn_core::ids::Position;
use cairn_core::limits::{COLUMNS_BEHIND_EVENTS_MAX, COLUMNS_BEHIND_WAIT_MS_MAX, OTHERS_AWAITED_MAX};
use tokio::sync::watch;

use crate::error::Error;
use crate::log::kind::Kind;

/// The two followers of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Index {
    Columns,
    Text,
}

/// Which form of a projection serves, and the one that is made to take its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Version {
    pub number: u32,
    pub next: Option<Next>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    pub version: u32,
    pub reached: Position,
}

/// What is made of the log, and how far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Projection {
    pub name: &'static str,
    pub version: Version,
    pub reached: Position,
}

#[derive(Debug)]
pub struct Signals {
    marks: Mutex<Marks>,
    changed: Condvar,
    /// What the log held when the workspace was opened.
    opened: Position,
    head: watch::Sender<Position>,
    closed: watch::Sender<bool>,
    /// Steps in which something is made anew.
    steps: watch::Sender<u64>,
    fault: OnceLock<String>,
    /// The newest position that a traced request wrote.
    traced: AtomicU64,
    /// Events since the workspace was opened, by the number of their kind.
    written: Mutex<HashMap<u16, u64>>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Marks {
    head: Position,
    columns: Mark,
    text: Mark,
    stopped: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    version: Version,
    reached: Position,
    /// Somebody waits for this position.
    wanted: Position,
}

/// What a follower should do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Go on to this position; `urgent` if somebody waits.
    Advance {
        head: Position,
        urgent: bool,
    },
    Stop,
}

/// Whether a follower has something to do even if nothing new is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Busy {
    Building,
    Not,
}

const WRITERS_PATIENCE: Duration = Duration::from_millis(COLUMNS_BEHIND_WAIT_MS_MAX);

impl Index {
    pub const ALL: [Self; 2] = [Self::Columns, Self::Text];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Columns => "columns",
            Self::Text => "text",
        }
    }
}

impl Signals {
    pub(crate) fn new(head: Position, columns: Position, text: Position) -> Self {
        let mark = |reached| Mark { reached, ..Mark::default() };
        let marks = Marks { head, columns: mark(columns), text: mark(text), stopped: false };
        Self {
            marks: Mutex::new(marks),
            changed: Condvar::new(),
            opened: head,
            head: watch::Sender::new(head),
            closed: watch::Sender::new(false),
            steps: watch::Sender::new(0),
            fault: OnceLock::new(),
            traced: AtomicU64::new(0),
            written: Mutex::default(),
        }
    }

    /// Follows the head without missing its newest value.
    pub fn watch_head(&self) -> watch::Receiver<Position> {
        self.head.subscribe()
    }

    /// Becomes true when the workspace is closed.
    pub fn watch_closed(&self) -> watch::Receiver<bool> {
        self.closed.subscribe()
    }

    pub fn head(&self) -> Position {
        self.lock().head
    }

    pub fn reached(&self, index: Index) -> Position {
        self.lock().mark(index).reached
    }

    /// What a list must have seen for a caller who knows of the log up to a position, and has written nothing since. What
    /// others wrote is waited for as well, unless the index is so far behind that this takes long.
    pub fn awaited(&self, known: Position) -> Position {
        let Marks { head, columns, .. } = *self.lock();
        if head.0.saturating_sub(columns.reached.0) <= OTHERS_AWAITED_MAX {
            return head;
        }
        known.max(columns.reached).min(head)
    }

    pub(crate) fn advance_head(&self, to: Position) {
        self.lock().head = to;
        self.changed.notify_all();
        self.head.send_replace(to);
    }

    /// Says that a request which is traced is about to write up to a position.
    pub fn traced_up_to(&self, position: Position) {
        self.traced.store(position.0, Ordering::Relaxed);
    }

    /// Whether a request that is traced wrote something after a position.
    pub fn is_traced_after(&self, reached: Position) -> bool {
        self.traced.load(Ordering::Relaxed) > reached.0
    }

    pub(crate) fn count(&self, kinds: impl Iterator<Item = u16>) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        for kind in kinds {
            *written.entry(kind).or_default() += 1;
        }
    }

    /// How many events were written since the workspace was opened, for each row of the domain.
    pub fn written(&self) -> Vec<(String, u64)> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let mut rows: Vec<(String, u64)> = Vec::new();
        for kind in Kind::ALL {
            let Some(count) = written.get(&kind.number()) else { continue };
            let name = format!("{:?}", kind.row()).to_lowercase();
            match rows.iter_mut().find(|(row, _)| *row == name) {
                Some((_, sum)) => *sum += count,
                None => rows.push((name, *count)),
            }
        }
        rows
    }

    pub fn advance(&self, index: Index, to: Position) {
        self.lock().mark(index).reached = to;
        self.changed.notify_all();
    }

    pub(crate) fn tell(&self, index: Index, version: Version) {
        self.lock().mark(index).version = version;
        self.steps.send_modify(|steps| *steps += 1);
    }

    /// Changes with each step in which something is made anew.
    pub fn watch_steps(&self) -> watch::Receiver<u64> {
        self.steps.subscribe()
    }

    pub fn projection(&self, index: Index) -> Projection {
        let mark = *self.lock().mark(index);
        Projection { name: index.name(), version: mark.version, reached: mark.reached }
    }

    /// Says that a write or an index failed for good. The first fault stays.
    pub fn fail(&self, fault: String) {
        tracing::error!(fault, "no more writes are accepted");
        // A later fault follows from the first, which is the one to tell.
        let _ = self.fault.set(fault);
    }

    pub fn fault(&self) -> Option<&str> {
        self.fault.get().map(String::as_str)
    }

    pub fn stop(&self) {
        self.lock().stopped = true;
        self.changed.notify_all();
        self.closed.send_replace(true);
    }

    /// Blocks a follower that is not `busy` until there is something after `reached`; then, unless somebody waits for
    /// it, as long as `patience` says for the head of the log.
    pub fn next_work(
        &self,
        index: Index,
        reached: Position,
        busy: Busy,
        patience: impl FnOnce(Position) -> Duration,
    ) -> Work {
        let idle = |marks: &mut Marks| busy == Busy::Not && !marks.stopped && marks.head <= reached;
        let marks = self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let patience = patience(marks.head);
        let calm = |marks: &mut Marks| !marks.stopped && marks.mark(index).wanted <= reached;
        let (mut marks, _) =
            self.changed.wait_timeout_while(marks, patience, calm).unwrap_or_else(PoisonError::into_inner);
        if marks.stopped {
            return Work::Stop;
        }
        let urgent = marks.mark(index).wanted > reached;
        Work::Advance { head: marks.head, urgent }
    }

    /// Blocks who makes an index only for readers, until one waits for it or the log has more than `reached`. False when
    /// there is nothing more to make.
    pub(crate) fn next_wish(&self, reached: Position) -> bool {
        let idle = |marks: &mut Marks| {
            let is_wanted = marks.columns.is_wanted() || marks.text.is_wanted();
            !marks.stopped && marks.head <= reached && !is_wanted
        };
        !self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner).stopped
    }

    pub(crate) fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Whether a reader waits for an index.
    pub(crate) fn is_wanted(&self, index: Index) -> bool {
        self.lock().mark(index).is_wanted()
    }

    /// Blocks a reader until the index has reached a position, for a bounded time.
    pub fn wait_for(&self, index: Index, wanted: Position, at_most: Duration) -> Result<(), Error> {
        let deadline = Instant::now() + at_most;
        let mut marks = self.lock();
        if marks.mark(index).reached >= wanted {
            return Ok(());
        }
        let mark = marks.mark(index);
        mark.wanted = mark.wanted.max(wanted);
        self.changed.notify_all();
        let behind = |marks: &mut Marks| marks.mark(index).reached < wanted && !marks.stopped;
        let patience = deadline.saturating_duration_since(Instant::now());
        let (mut marks, _) =
            self.changed.wait_timeout_while(marks, patience, behind).unwrap_or_else(PoisonError::into_inner);
        let reached = marks.mark(index).reached;
        if reached >= wanted { Ok(()) } else { Err(Error::IndexBehind { wanted, reached }) }
    }

    /// Blocks who writes while lists are too far behind, for a bounded time. An index that has yet to take in what was
    /// there before may take as long as it does.
    pub fn let_lists_follow(&self) {
        let Marks { head, columns, .. } = *self.lock();
        if columns.reached < self.opened || self.fault().is_some() {
            return;
        }
        let wanted = Position(head.0.saturating_sub(COLUMNS_BEHIND_EVENTS_MAX));
        if let Err(error) = self.wait_for(Index::Columns, wanted, WRITERS_PATIENCE) {
            tracing::warn!(%error, "lists are further behind than they should be");
        }
    }

    fn lock(&self) -> MutexGuard<'_, Marks> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Mark {
    fn is_wanted(&self) -> bool {
        self.wanted > self.reached
    }
}

impl Marks {
    const fn mark(&mut self, index: Index) -> &mut Mark {
        match index {
            Index::Columns => &mut self.columns,
            Index::Text => &mut self.text,
        }
    }
}

#[cfg(test)]
mod tests;
