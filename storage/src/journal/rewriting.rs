//! After a failed write nobody knows which of the newest bytes of the journals are on the disk: the system takes pages for
//! clean whose writing failed, shows them to whoever reads, and never writes them again. What is appended and synced behind
//! such a page is lost with it when the power goes. So a store is marked as long as it is open, and loses the mark when it
//! is closed after all writes went well. Before a marked store is opened again, each byte of its journals is written once
//! more and synced.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::paths;
use crate::error::Error;

/// Lies beside a store that is open, or whose journals must be written anew.
const MARK: &str = "distrusted";
const PIECE_BYTES: usize = 1 << 20;

/// Taken away when the store is closed, if it is trusted then.
pub(crate) struct Mark {
    path: PathBuf,
    was_there: bool,
    is_trusted: bool,
}

impl Mark {
    /// Writes the journals of a store anew if it is marked, and marks it. Nothing is done to one that somebody holds, who
    /// will not let it be opened a second time.
    pub(crate) fn open(dir: &Path, store: &Path) -> Result<Self, Error> {
        let path = dir.join(MARK);
        let mark = Self { was_there: path.exists(), path, is_trusted: false };
        if is_held(store) {
            return Ok(mark);
        }
        rewrite_if_distrusted(dir, store)?;
        if let Err(error) = distrust(dir) {
            // A full disk is still there to be read. The first write that fails on it marks the store, too.
            tracing::warn!(%error, "an open store could not be marked");
        }
        Ok(mark)
    }

    /// All that was written is on the disk, and nothing has ever failed.
    pub(crate) fn trust(&mut self) {
        self.is_trusted = true;
    }

    /// Nothing was written: the store is what it was.
    pub(crate) fn leave(&mut self) {
        self.is_trusted = !self.was_there;
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        if self.is_trusted {
            // One that stays costs some writing at the next start.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

fn is_held(store: &Path) -> bool {
    let lock = File::options().read(true).write(true).open(store.join("lock"));
    lock.is_ok_and(|lock| lock.try_lock().is_err())
}

/// Whether the journals of a workspace can be synced: a store that is opened again will have to.
pub fn can_sync(dir: &Path) -> Result<(), Error> {
    for path in paths(&dir.join("store"))? {
        File::open(path)?.sync_all()?;
    }
    Ok(())
}

/// Marks the store of a workspace. A disk that takes no mark is tried again before the store is.
pub fn distrust(dir: &Path) -> Result<(), Error> {
    File::create(dir.join(MARK))?.sync_all()?;
    Ok(File::open(dir)?.sync_all()?)
}

/// In their places: a crash meanwhile leaves the same bytes. Nobody may have the store open.
fn rewrite_if_distrusted(dir: &Path, store: &Path) -> Result<(), Error> {
    if !dir.join(MARK).exists() || !store.exists() {
        return Ok(());
    }
    for path in paths(store)? {
        rewrite(&path)?;
    }
    tracing::info!("the journals of a store are written anew, as it was not closed, or a write in it failed");
    Ok(())
}

fn rewrite(path: &Path) -> Result<(), Error> {
    let mut file = File::options().read(true).write(true).open(path)?;
    let mut piece = vec![0; PIECE_BYTES];
    let mut at = 0;
    loop {
        let length = file.read(&mut piece)?;
        let Some(read) = piece.get(..length).filter(|read| !read.is_empty()) else { break };
        // Behind the last batch lie zeros, which are as good on the disk as off it.
        if read.iter().any(|byte| *byte != 0) {
            file.seek(SeekFrom::Start(at))?;
            file.write_all(read)?;
        }
        at += u64::try_from(length).unwrap_or_default();
        file.seek(SeekFrom::Start(at))?;
    }
    Ok(file.sync_all()?)
}
