//! A workspace as it was at an earlier position: rows and indexes made anew from the beginning of the log, in a folder
//! that goes with it. The log is not copied. Rows are made first, and each index once somebody asks it. How many of them
//! are kept, and on which threads they are made, is the caller's matter.

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cairn_core::ids::Position;
use cairn_core::limits::AS_OF_SPARE_BYTES;
use cairn_core::rejection::{Rejection, RejectionKind};

use crate::error::Error;
use crate::follower::{self, Follower};
use crate::reader::{Indexes, Reader};
use crate::room;
use crate::store::{Replay, Store};

/// One in the hands of who makes it.
pub struct Past {
    dir: PathBuf,
    replay: Option<Replay>,
    followers: Option<[Follower; 2]>,
    /// When the columns were derived that the indexes have.
    derived: Position,
    /// Last, so that nothing is open in the folder when that goes.
    shown: Arc<Shown>,
}

/// One in the hands of who reads it.
pub struct Shown {
    store: Arc<Store>,
    made: Mutex<Made>,
    changed: Condvar,
    _folder: Folder,
}

#[derive(Default)]
struct Made {
    /// How far the rows have come.
    rows: Position,
    indexes: Option<Indexes>,
    /// The moment that can be read.
    ready: Option<Position>,
    is_idle: bool,
    fault: Option<String>,
}

/// Goes with all that is in it.
struct Folder(PathBuf);

impl Past {
    /// Begins with nothing made. Refused if the disk has not enough room.
    pub fn begin(dir: &Path, workspace: &Path, source: &Store, at: Position) -> Result<Self, Error> {
        check_room(workspace, source, at)?;
        std::fs::create_dir_all(dir)?;
        let folder = Folder(dir.to_owned());
        let store = Arc::new(Store::over(dir, source, at)?);
        let shown = Shown { store, made: Mutex::default(), changed: Condvar::new(), _folder: folder };
        Ok(Self {
            dir: dir.to_owned(),
            replay: None,
            followers: None,
            derived: Position::START,
            shown: Arc::new(shown),
        })
    }

    pub const fn shown(&self) -> &Arc<Shown> {
        &self.shown
    }

    /// Makes some more of what is wanted; says whether there was something to do.
    pub fn step(&mut self) -> Result<bool, Error> {
        let to = self.shown.position();
        if self.shown.lock().ready != Some(to) {
            self.make_rows(to)?;
            return Ok(true);
        }
        for follower in self.followers.iter_mut().flatten() {
            if self.shown.store.signals().is_wanted(follower.index()) {
                let before = follower.reached();
                let reached = follower.advance()?;
                return if reached > before { Ok(true) } else { Err(ended(reached)) };
            }
        }
        Ok(false)
    }

    /// Blocks until there is something to do; false once nobody wants it any more.
    pub fn wait(&self) -> bool {
        self.shown.change(|made| made.is_idle = true);
        let ready = self.shown.lock().ready.unwrap_or(Position::START);
        let goes_on = self.shown.store.signals().next_wish(ready);
        self.shown.change(|made| made.is_idle = false);
        goes_on
    }

    pub fn is_unwanted(&self) -> bool {
        self.shown.store.signals().is_stopped()
    }

    fn make_rows(&mut self, to: Position) -> Result<(), Error> {
        let replay = match self.replay.take() {
            Some(replay) => replay,
            None => self.shown.store.replay()?,
        };
        let replay = self.replay.insert(replay);
        let goes_on = replay.step(&self.shown.store, to)?;
        let reached = replay.reached();
        self.shown.change(|made| made.rows = reached);
        if reached == to {
            self.replay = None;
            self.show(to)
        } else if goes_on {
            Ok(())
        } else {
            Err(ended(reached))
        }
    }

    /// Rows tell what the indexes are to hold, so that these are opened now.
    fn show(&mut self, at: Position) -> Result<(), Error> {
        let store = &self.shown.store;
        let derived = Reader::rows_only(store)?.derived()?.since();
        if self.followers.is_some() && derived != self.derived {
            self.followers = None;
            self.shown.change(|made| made.indexes = None);
            follower::wipe(&self.dir)?;
        }
        if self.followers.is_none() {
            let (indexes, followers) = follower::open(&self.dir, store)?;
            self.followers = Some(followers);
            self.derived = derived;
            self.shown.change(|made| made.indexes = Some(indexes));
        }
        self.shown.change(|made| made.ready = Some(at));
        Ok(())
    }
}

impl Shown {
    /// The moment that is made.
    pub fn position(&self) -> Position {
        self.store.signals().head()
    }

    /// Blocks until the moment can be read, for a bounded time. The indexes may still be made then.
    pub fn reader(&self, at: Position, at_most: Duration) -> Result<Reader, Error> {
        let waits = |made: &mut Made| made.fault.is_none() && made.ready != Some(at);
        let made = self.changed.wait_timeout_while(self.lock(), at_most, waits);
        let (made, _) = made.unwrap_or_else(PoisonError::into_inner);
        match (&made.fault, &made.indexes) {
            (Some(fault), _) => Err(std::io::Error::other(fault.clone()).into()),
            (None, Some(indexes)) if made.ready == Some(at) => Reader::new(&self.store, indexes),
            _ => Err(Error::IndexBehind { wanted: at, reached: made.rows }),
        }
    }

    /// Goes on to a later moment. Nobody may read it meanwhile.
    pub fn go_on_to(&self, at: Position) {
        self.store.signals().advance_head(at);
    }

    /// Whether nothing of it is being made.
    pub fn is_idle(&self) -> bool {
        self.lock().is_idle
    }

    /// Says that it cannot be made. The first cause stays.
    pub fn fail(&self, fault: String) {
        self.change(|made| {
            made.fault.get_or_insert(fault);
        });
    }

    pub fn has_failed(&self) -> bool {
        self.lock().fault.is_some()
    }

    /// Lets who makes it end.
    pub fn stop(&self) {
        self.store.signals().stop();
    }

    fn change(&self, change: impl FnOnce(&mut Made)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(%error, "the folder of a past stays behind");
        }
    }
}

/// What is made takes about its share of what is made of the whole log.
fn check_room(workspace: &Path, source: &Store, at: Position) -> Result<(), Error> {
    let made = source.made_bytes() + follower::bytes(workspace);
    let head = u128::from(source.signals().head().0.max(1));
    let share = u128::from(made) * u128::from(at.0) / head;
    let wanted = u64::try_from(share).unwrap_or(u64::MAX).saturating_add(AS_OF_SPARE_BYTES);
    let free = room::space(workspace)?.free_bytes;
    if free < wanted {
        let message = format!(
            "the workspace as of position {at} wants {} MiB of the disk, which has {} MiB free",
            wanted >> 20,
            free >> 20
        );
        let hint = "make room on the disk of the server, or ask for an earlier moment";
        return Err(Error::Refused(Rejection::new(RejectionKind::TooLarge, message).hint(hint)));
    }
    Ok(())
}

fn ended(at: Position) -> Error {
    Error::Damaged { at: at.next(), what: "the log ends before it".to_owned() }
}
