//! Makes a store open again whose journal is damaged, and says what is lost. The originals are kept beside it.
//!
//! Everything before the bad place is kept as it is. Behind it, blocks of the log that continue the chain are written
//! anew; those that do not are what is lost, as a log with a hole would be none. Rows and indexes are made anew.

use std::fs::File;
use std::path::{Path, PathBuf};

use cairn_core::ids::Position;
use fjall::PersistMode;

use super::{Journal, TRAILER, paths};
use crate::error::Error;
use crate::follower;
use crate::history::checkpoints;
use crate::log::part_key;
use crate::log::whole::Whole;
use crate::store::Store;

/// The folder of journals as they were; a number follows where there is one already.
pub(crate) const KEPT: &str = "damaged";

/// What was found, and what was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repaired {
    /// The journal, and the byte at which it stopped making sense.
    pub file: String,
    pub at: usize,
    /// The log goes up to here.
    pub head: Position,
    /// Events behind the bad place that were written anew.
    pub saved: u64,
    /// Positions of events that are gone because something before them is.
    pub lost: Option<(Position, Position)>,
    /// Where the journals lie as they were.
    pub kept: PathBuf,
}

/// Repairs one workspace's folder, which nobody may have open. `None` if nothing is wrong with its journals.
pub fn repair(dir: &Path) -> Result<Option<Repaired>, Error> {
    let store = dir.join("store");
    let lock = File::options().read(true).write(true).open(store.join("lock"))?;
    lock.try_lock().map_err(|_| Error::Store(fjall::Error::Locked))?;
    let version = std::fs::read(store.join("version"))?;
    if version != TRAILER {
        let found = version.last().copied().unwrap_or_default().into();
        return Err(Error::TooNew { what: "the store", found, known: 3 });
    }
    let (mut damaged, mut blocks, mut behind) = (None, Vec::new(), Vec::new());
    for path in paths(&store)? {
        let journal = Journal::read(path)?;
        if damaged.is_some() {
            blocks.extend(blocks_from(&journal, 0));
            behind.push(journal.path);
        } else if let Some(damage) = journal.damage() {
            blocks.extend(blocks_from(&journal, damage.at));
            damaged = Some((journal.path, damage.at));
        }
    }
    let Some((file, at)) = damaged else { return Ok(None) };
    let kept = put_aside(dir, &file, at, &behind)?;
    drop(lock);
    let (head, saved) = append(dir, &blocks)?;
    checkpoints::forget_after(dir, head, &kept)?;
    follower::wipe(dir)?;
    let newest = blocks.iter().filter_map(Whole::last).max();
    let lost = newest.filter(|newest| *newest > head).map(|newest| (head.next(), newest));
    Ok(Some(Repaired { file: file.display().to_string(), at, head, saved, lost, kept }))
}

/// Everything of the journal from a place on that is a block of the log.
fn blocks_from(journal: &Journal, mut at: usize) -> Vec<Whole> {
    let mut blocks = Vec::new();
    while at < journal.bytes.len() {
        match journal.batch(at) {
            Some(batch) => {
                at = batch.end;
                blocks.extend(batch.blocks());
            }
            None => at += 1,
        }
    }
    blocks
}

/// Copies the journals as they are, cuts the damaged one, and takes later ones away.
fn put_aside(dir: &Path, file: &Path, at: usize, behind: &[PathBuf]) -> Result<PathBuf, Error> {
    let mut kept = dir.join(KEPT);
    let mut number = 1;
    while kept.exists() {
        number += 1;
        kept = dir.join(format!("{KEPT}-{number}"));
    }
    std::fs::create_dir_all(&kept)?;
    for journal in behind.iter().map(PathBuf::as_path).chain([file]) {
        let copy = kept.join(journal.file_name().unwrap_or_default());
        std::fs::copy(journal, &copy)?;
        File::open(&copy)?.sync_all()?;
    }
    File::open(&kept)?.sync_all()?;
    for journal in behind {
        std::fs::remove_file(journal)?;
    }
    let cut = File::options().write(true).open(file)?;
    cut.set_len(u64::try_from(at).unwrap_or(u64::MAX))?;
    cut.sync_all()?;
    Ok(kept)
}

/// Writes the blocks that go on where the log ends. All rows are made from the log anew: those on disk may be of
/// different ages.
fn append(dir: &Path, blocks: &[Whole]) -> Result<(Position, u64), Error> {
    let store = Store::open_as_it_is(dir)?;
    let (mut head, mut chain) = store.log().head()?;
    let before = head;
    for whole in blocks {
        if whole.first != head.next() {
            continue;
        }
        let block = whole.block()?;
        let Ok(behind) = block.verify(chain) else { continue };
        for (number, part) in (0..).zip(&whole.parts) {
            store.log().keyspace().insert(part_key(whole.first, number), part.as_slice())?;
        }
        head = block.records.last().map_or(head, |record| record.position);
        chain = behind;
    }
    store.persist(PersistMode::SyncAll)?;
    store.rebuild_rows()?;
    Ok((head, head.0 - before.0))
}
