//! A log made anew from its backup, whole or up to a moment. Rows follow when the store is opened, indexes by themselves.

use std::path::Path;

use cairn_core::ids::Position;
use cairn_core::time::Timestamp;

use super::Backup;
use super::frames::Blocks;
use crate::error::Error;
use crate::log::block::{self, GENESIS, Hash, Record};
use crate::log::part_key;
use crate::log::whole::Whole;
use crate::store::Store;

/// How much of the log is wanted. What was cut off is in the backup still, and not in the restored folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    Newest,
    /// This event is the last.
    Position(Position),
    /// Nothing that was written later.
    Time(Timestamp),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    pub events: u64,
    /// Events of the backup that are later than what was wanted.
    pub left_out: u64,
}

impl Until {
    fn includes(self, record: &Record) -> bool {
        match self {
            Self::Newest => true,
            Self::Position(last) => record.position <= last,
            Self::Time(last) => record.time <= last,
        }
    }
}

/// Writes the log of a new workspace folder. The chain is walked from the first event on.
pub fn restore(backup: &Backup, to: &Path, until: Until) -> Result<Restored, Error> {
    std::fs::create_dir_all(to)?;
    let store = Store::open_as_it_is(to)?;
    let mut end = End { last: Position::START, chain: GENESIS, cut: false };
    for segment in &backup.list.segments {
        if end.cut {
            break;
        }
        let (mut batch, bytes) = (store.batch(), backup.read(segment)?);
        let mut blocks = Blocks::new(bytes.as_slice());
        while !end.cut
            && let Some(whole) = blocks.next()?
        {
            end.add(whole, until, |key, part| batch.insert(store.log().keyspace(), key, part))?;
        }
        batch.commit()?;
    }
    Ok(Restored { events: end.last.0, left_out: backup.reached().0 - end.last.0 })
}

/// Where the restored log ends by now.
struct End {
    last: Position,
    chain: Hash,
    cut: bool,
}

impl End {
    fn add(
        &mut self,
        whole: Whole,
        until: Until,
        mut insert: impl FnMut(Vec<u8>, Vec<u8>),
    ) -> Result<(), Error> {
        let Whole { first, .. } = whole;
        if first != self.last.next() {
            let what = format!("records are missing before position {first}");
            return Err(Error::Damaged { at: self.last.next(), what });
        }
        let block = whole.block()?;
        let mut before = self.chain;
        self.chain = block.verify(before)?;
        let kept = block.records.iter().take_while(|record| until.includes(record)).count();
        if kept == block.records.len() {
            for (number, part) in (0..).zip(whole.parts) {
                insert(part_key(first, number), part);
            }
        } else {
            self.cut = true;
            // Hashes run over records, not blocks: a part of a block is a block.
            if let Some(records) = block.records.get(..kept).filter(|records| !records.is_empty()) {
                block::encode(records, &mut before, |number, part| insert(part_key(first, number), part))?;
            }
        }
        self.last = Position(self.last.0 + u64::try_from(kept).unwrap_or(u64::MAX));
        Ok(())
    }
}
