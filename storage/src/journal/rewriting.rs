//! After a failed write nobody knows which of the newest bytes of the journals are on the disk: the system takes pages for
//! clean whose writing failed, shows them to whoever reads, and never writes them again. What is appended and synced behind
//! such a page is lost with it when the power goes. So a store that a write failed in is marked, and before it is opened
//! again each byte of its journals is written once more and synced.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::paths;
use crate::error::Error;

/// Lies beside the store from a failed write until its journals are written anew.
const MARK: &str = "distrusted";
const PIECE_BYTES: usize = 1 << 20;

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

/// Writes the journals of a marked store anew, in their places: a crash meanwhile leaves the same bytes.
/// Nobody may have the store open.
pub(crate) fn rewrite_if_distrusted(dir: &Path, store: &Path) -> Result<(), Error> {
    let mark = dir.join(MARK);
    if !mark.exists() {
        return Ok(());
    }
    let Ok(lock) = File::options().read(true).write(true).open(store.join("lock")) else { return Ok(()) };
    if lock.try_lock().is_err() {
        return Ok(());
    }
    for path in paths(store)? {
        rewrite(&path)?;
    }
    tracing::info!("the journals of a store are written anew, as a write in it failed");
    Ok(std::fs::remove_file(mark)?)
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
