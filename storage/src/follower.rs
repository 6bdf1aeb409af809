//! The two followers of the log: each reads on from its own position and brings its index up to date.
//! Threads and pacing are the actors' matter.

mod building;
mod documents;
#[cfg(test)]
mod tests;
mod touched;
mod written;

use std::panic::resume_unwind;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use cairn_core::erasures;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::Position;
use cairn_core::limits::{COLUMNS_COMMIT_DOCUMENTS_MAX, TEXT_COMMIT_DOCUMENTS_MAX};

use self::touched::Touched;
use self::written::Written;
use crate::aside::aside;
use crate::error::Error;
use crate::index::disk::{self, DiskWriter};
use crate::log::Log;
use crate::reader::{Indexes, Reader};
use crate::signals::{Index, Signals};
use crate::store::Store;
use crate::{columns, room, text};

/// Follows the log for one index.
pub struct Follower {
    store: Arc<Store>,
    target: Writer,
    /// What comes next, if it was read while the last commit was made.
    ahead: Option<Stretch>,
    /// What is made to take its place.
    next: Option<Writer>,
}

/// What the log holds after a position, about as much as a commit takes.
struct Stretch {
    after: Position,
    events: Vec<Recorded<Event>>,
    /// How far was read.
    read: Position,
}

impl Stretch {
    fn after(after: Position, log: &Log, limit: usize) -> Result<Self, Error> {
        let (events, read) = log.stretch_after(after, limit)?;
        Ok(Self { after, events, read })
    }
}

enum Writer {
    Columns(columns::Writer),
    Text(text::Writer),
}

/// Opens both indexes of a workspace, with their followers.
pub fn open(dir: &Path, store: &Arc<Store>) -> Result<(Indexes, [Follower; 2]), Error> {
    let reader = Reader::rows_only(store)?;
    let (columns_writer, columns) = columns::open(&dir.join(COLUMNS), reader.position())?;
    // Its merges, and those of an index that is made anew, wait for who writes and who reads.
    let (text_writer, text) = aside(|| text::open(&dir.join(TEXT), reader.position()))?;
    if columns.position().max(text.position()) > store.signals().head() {
        // It has seen what this log does not hold: it is of another log, as after a restored backup.
        tracing::warn!("the indexes are ahead of the log and are made anew");
        drop((columns_writer, columns, text_writer, text));
        wipe(dir)?;
        return open(dir, store);
    }
    let follower = |target| Follower::begin(store, target, &reader);
    let columns_follower = follower(Writer::Columns(columns_writer))?;
    let text_follower = aside(|| follower(Writer::Text(text_writer)))?;
    let followers = [columns_follower, text_follower];
    Ok((Indexes { columns, text }, followers))
}

/// Throws both indexes away; the next `open` begins them anew.
pub fn wipe(dir: &Path) -> Result<(), Error> {
    [COLUMNS, TEXT].iter().try_for_each(|name| disk::wipe(&dir.join(name)))
}

/// What both indexes of a folder take of the disk.
pub(crate) fn bytes(dir: &Path) -> u64 {
    [COLUMNS, TEXT].iter().map(|name| room::folder_bytes(&dir.join(name))).sum()
}

const COLUMNS: &str = "columns";
const TEXT: &str = "text";

impl Follower {
    fn begin(store: &Arc<Store>, target: Writer, reader: &Reader) -> Result<Self, Error> {
        let mut follower = Self { store: Arc::clone(store), target, ahead: None, next: None };
        follower.reconsider(reader)?;
        follower.signals().advance(follower.index(), follower.reached());
        Ok(follower)
    }

    pub const fn index(&self) -> Index {
        match self.target {
            Writer::Columns(_) => Index::Columns,
            Writer::Text(_) => Index::Text,
        }
    }

    pub fn signals(&self) -> &Arc<Signals> {
        self.store.signals()
    }

    pub const fn reached(&self) -> Position {
        self.target.disk().mark().reached
    }

    /// Takes the next bounded stretch of the log into the index, and says how far it came.
    pub fn advance(&mut self) -> Result<Position, Error> {
        let before = self.reached();
        let limit = self.target.limit();
        let stretch = match self.ahead.take().filter(|ahead| ahead.after == before) {
            Some(ahead) => ahead,
            None => Stretch::after(before, self.store.log(), limit)?,
        };
        // Nobody waits long for words, and two stretches take twice the memory.
        let reads_on = self.index() == Index::Columns;
        let taken = self.target.take(&self.store, stretch, reads_on.then_some(limit))?;
        self.ahead = taken.ahead;
        if taken.purged {
            // What is made may hold what was erased.
            self.forget_next()?;
        }
        if self.reached() > before {
            self.reconsider(&taken.reader)?;
            self.signals().advance(self.index(), self.reached());
        }
        Ok(self.reached())
    }
}

/// A stretch that was taken into an index, and the rows that told what is in it now.
struct Taken {
    reader: Reader,
    purged: bool,
    ahead: Option<Stretch>,
}

impl Writer {
    const fn disk(&self) -> &DiskWriter {
        match self {
            Self::Columns(writer) => &writer.disk,
            Self::Text(writer) => &writer.disk,
        }
    }

    const fn limit(&self) -> usize {
        match self {
            Self::Columns(_) => COLUMNS_COMMIT_DOCUMENTS_MAX,
            Self::Text(_) => TEXT_COMMIT_DOCUMENTS_MAX,
        }
    }

    const fn disk_mut(&mut self) -> &mut DiskWriter {
        match self {
            Self::Columns(writer) => &mut writer.disk,
            Self::Text(writer) => &mut writer.disk,
        }
    }

    /// Takes in a stretch. Reads as much as is told ahead while that is committed, if so much waits.
    fn take(&mut self, store: &Arc<Store>, stretch: Stretch, ahead: Option<usize>) -> Result<Taken, Error> {
        let Stretch { after: reached, mut events, read } = stretch;
        let reader = Reader::rows_only(store)?;
        let mut taken = Taken { reader, purged: false, ahead: None };
        // A commit that is being made shows in the log before its rows are there.
        let mut up_to = read.min(taken.reader.position());
        events.retain(|event| event.position <= up_to);
        if let Some(sealed) = events.iter().find(|event| is_sealed(event)).map(|event| event.position) {
            if events.first().is_some_and(|event| event.position == sealed) {
                // All that it erases is deleted by now, and committed.
                self.disk_mut().purge()?;
                taken.purged = true;
                up_to = sealed;
            } else {
                up_to = up_to.min(Position(sealed.0.saturating_sub(1)));
            }
        }
        if up_to <= reached {
            return Ok(taken);
        }
        events.retain(|event| event.position <= up_to);
        let reader = &taken.reader;
        let touched = Touched::by(reader, &events)?;
        match self {
            Self::Columns(writer) => {
                touched.columns(reader, &events, &mut |change| writer.change(change))?;
            }
            Self::Text(writer) => {
                let mut change = |change| writer.change(change);
                let written = Written::by(reader, &events)?;
                touched.texts(reader, &events, &mut change)?;
                written.texts(reader, &mut change)?;
            }
        }
        drop(events);
        let waiting = usize::try_from(store.signals().head().0.saturating_sub(up_to.0)).unwrap_or(usize::MAX);
        match ahead.filter(|limit| waiting >= *limit) {
            None => self.disk_mut().commit(up_to)?,
            Some(limit) => {
                taken.ahead = Some(thread::scope(|scope| {
                    let ahead = scope.spawn(|| Stretch::after(up_to, store.log(), limit));
                    self.disk_mut().commit(up_to)?;
                    ahead.join().unwrap_or_else(|panic| resume_unwind(panic))
                })?);
            }
        }
        Ok(taken)
    }
}

const fn is_sealed(event: &Recorded<Event>) -> bool {
    matches!(event.event, Event::Erasures(erasures::Event::Sealed { .. }))
}
