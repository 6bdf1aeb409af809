//! A workspace as it was at an earlier position: rows and indexes made anew from the beginning of the log, in a folder
//! that goes with it. The log is not copied. How many of them are kept is the caller's matter.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cairn_core::ids::Position;

use crate::error::Error;
use crate::follower::{self, Follower};
use crate::reader::{Indexes, Reader};
use crate::store::Store;

pub struct Past {
    dir: PathBuf,
    /// Taken when it ends, so that nothing is open in the folder when that goes.
    parts: Option<Parts>,
}

struct Parts {
    store: Arc<Store>,
    indexes: Indexes,
    followers: [Follower; 2],
}

impl Past {
    /// Blocks while everything up to the position is replayed.
    pub fn open(dir: &Path, source: &Store, at: Position) -> Result<Self, Error> {
        std::fs::create_dir_all(dir)?;
        let store = Arc::new(Store::over(dir, source, at)?);
        // Rows tell what the indexes are to hold.
        store.go_on_to(at)?;
        let (indexes, followers) = follower::open(dir, &store)?;
        let mut past = Self { dir: dir.to_owned(), parts: Some(Parts { store, indexes, followers }) };
        past.advance(at)?;
        Ok(past)
    }

    /// Goes on to a later position.
    pub fn advance(&mut self, to: Position) -> Result<(), Error> {
        let Some(parts) = &mut self.parts else { return Ok(()) };
        parts.store.go_on_to(to)?;
        for follower in &mut parts.followers {
            while follower.reached() < to {
                let before = follower.reached();
                if follower.advance()? == before {
                    break;
                }
            }
            while follower.is_building() {
                follower.build()?;
            }
        }
        Ok(())
    }

    pub fn position(&self) -> Position {
        self.parts.as_ref().map_or(Position::START, |parts| parts.store.signals().head())
    }

    /// Nothing once it has ended.
    pub fn reader(&self) -> Result<Option<Reader>, Error> {
        self.parts.as_ref().map(|parts| Reader::new(&parts.store, &parts.indexes)).transpose()
    }
}

impl Drop for Past {
    fn drop(&mut self) {
        drop(self.parts.take());
        if let Err(error) = std::fs::remove_dir_all(&self.dir) {
            tracing::warn!(%error, "the folder of a past stays behind");
        }
    }
}
