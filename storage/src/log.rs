//! The append-only log: the only truth. Reads records by position or in order, and walks the hash chain.
//! It appends nothing by itself: blocks go into the writer's atomic batch together with the rows.

pub mod block;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod golden;
pub mod kind;
pub mod outside;
pub(crate) mod pieces;
pub mod text;
pub(crate) mod upcast;
pub(crate) mod whole;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use bytes::Bytes;
use cairn_core::event::{Event, Recorded};
use cairn_core::history::undo;
use cairn_core::ids::Position;
use cairn_core::limits::{LOG_CACHE_BYTES_MAX, LOG_READ_BYTES_MAX};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::error::Error;
use block::{Block, GENESIS, Hash, Record};

const HEAD_KEY_BYTES: usize = 8;
const PART_KEY_BYTES: usize = 12;

/// Reads the log of one workspace. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    keyspace: fjall::Keyspace,
    cache: Arc<Cache<u64, Arc<Block>, ByBytes>>,
    /// The large block that was read last, as long as somebody holds it: readers and followers share it.
    large: Arc<Mutex<Large>>,
}

#[derive(Default)]
struct Large {
    first: Position,
    bytes: Weak<Vec<u8>>,
}

/// The bytes of a large block, shared by all that read it.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<u64, Arc<Block>> for ByBytes {
    fn weight(&self, _: &u64, block: &Arc<Block>) -> u64 {
        u64::try_from(block.bytes).unwrap_or(u64::MAX).max(1)
    }
}

/// What `cairn verify` found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    pub events: u64,
    pub blocks: u64,
    pub head: Hash,
}

impl Log {
    pub(crate) fn new(keyspace: fjall::Keyspace) -> Self {
        let cache = Cache::with_weighter(1_000, LOG_CACHE_BYTES_MAX, ByBytes);
        Self { keyspace, cache: Arc::new(cache), large: Arc::default() }
    }

    pub(crate) const fn keyspace(&self) -> &fjall::Keyspace {
        &self.keyspace
    }

    /// The newest position and the chain up to it.
    pub(crate) fn head(&self) -> Result<(Position, Hash), Error> {
        let Some(guard) = self.keyspace.iter().next_back() else { return Ok((Position::START, GENESIS)) };
        let first = position_of(&guard.key()?)?;
        // As it is stored: what was just written has no hashes in memory.
        let block = self.stored_block(first)?;
        let chain = block.verify(block.before)?;
        Ok((Position(first.0 + count(&block) - 1), chain))
    }

    pub(crate) fn remember(&self, first: Position, block: Block) {
        self.cache.insert(first.0, Arc::new(block));
    }

    /// The record at a position; `None` beyond the head.
    pub fn record(&self, at: Position) -> Result<Option<Record>, Error> {
        let Some((first, block)) = self.block_with(at)? else { return Ok(None) };
        let place = usize::try_from(at.0 - first.0).unwrap_or(usize::MAX);
        Ok(block.records.get(place).cloned())
    }

    pub fn event(&self, at: Position) -> Result<Option<Recorded<Event>>, Error> {
        self.record(at)?.map(|record| upcast::event(&record)).transpose().map(Option::flatten)
    }

    /// The change at a position, or the one that was taken back there, however often.
    pub fn root(&self, mut at: Position) -> Result<Option<Recorded<Event>>, Error> {
        loop {
            let recorded = self.event(at)?;
            match recorded.as_ref().map(|recorded| &recorded.event) {
                Some(Event::History(undo::Event::Undone { position, .. })) if *position < at => {
                    at = *position;
                }
                _ => return Ok(recorded),
            }
        }
    }

    /// The records after a position, oldest first, up to about `limit` or `LOG_READ_BYTES_MAX`:
    /// whole blocks are given.
    pub fn records_after(&self, after: Position, limit: usize) -> Result<Vec<Record>, Error> {
        let mut records: Vec<Record> = Vec::new();
        let (mut next, mut bytes) = (after.next(), 0_usize);
        while records.len() < limit && bytes < LOG_READ_BYTES_MAX {
            let Some((_, block)) = self.block_with(next)? else { break };
            bytes += block.bytes;
            let from = block.records.partition_point(|record| record.position < next);
            let Some(rest) = block.records.get(from..).filter(|rest| !rest.is_empty()) else { break };
            records.extend_from_slice(rest);
            next = Position(next.0 + u64::try_from(rest.len()).unwrap_or(u64::MAX));
        }
        Ok(records)
    }

    /// The records of one block that lie before a position, oldest first, and how many bytes were read for them.
    pub(crate) fn block_before(&self, before: Position) -> Result<(Vec<Record>, usize), Error> {
        let Some((_, block)) = self.block_with(Position(before.0.saturating_sub(1)))? else {
            return Ok((Vec::new(), 0));
        };
        let end = block.records.partition_point(|record| record.position < before);
        Ok((block.records.get(..end).unwrap_or_default().to_vec(), block.bytes))
    }

    /// As `records_after`, in the shape of today; scrubbed records are left out. Says also how far was read.
    pub(crate) fn stretch_after(
        &self,
        after: Position,
        limit: usize,
    ) -> Result<(Vec<Recorded<Event>>, Position), Error> {
        let records = self.records_after(after, limit)?;
        let reached = records.last().map_or(after, |record| record.position);
        let events = records.iter().filter_map(|record| upcast::event(record).transpose());
        Ok((events.collect::<Result<_, _>>()?, reached))
    }

    /// As `records_after`, in the shape of today; scrubbed records are left out.
    pub fn events_after(&self, after: Position, limit: usize) -> Result<Vec<Recorded<Event>>, Error> {
        Ok(self.stretch_after(after, limit)?.0)
    }

    /// Walks the chain from the first event to the last.
    pub fn verify(&self) -> Result<Verified, Error> {
        self.verify_against(&BTreeMap::new())
    }

    /// As `verify`, and the chain must be what checkpoints say at their positions.
    pub(crate) fn verify_against(&self, signed: &BTreeMap<Position, Hash>) -> Result<Verified, Error> {
        let mut verified = Verified { events: 0, blocks: 0, head: GENESIS };
        let mut parted = None;
        for guard in self.keyspace.iter() {
            let expected = Position(verified.events + 1);
            let damaged = |what: String| Error::Damaged { at: expected, what };
            let (key, value) = guard.into_inner().map_err(|error| damaged(error.to_string()))?;
            let first = position_of(&key)?;
            // Its head has been read, and the part with it.
            if key.len() == PART_KEY_BYTES && parted == Some(first) {
                continue;
            }
            if first != expected {
                return Err(damaged(format!("the next record is at position {first}: records are missing")));
            }
            parted = block::is_parted(&value).then_some(first);
            let block = block::records_of(first, &value, self.unpack(first, &value)?.into())?;
            verified.head = block.verify_each(verified.head, |at, chain| {
                if signed.get(&at).is_none_or(|signed| *signed == chain) {
                    return Ok(());
                }
                let what = "the chain is not the one that was signed here".to_owned();
                Err(Error::Damaged { at, what })
            })?;
            verified.events += count(&block);
            verified.blocks += 1;
        }
        if let Some(at) = signed.keys().last().filter(|at| at.0 > verified.events) {
            let what = format!("events are missing: the chain was signed up to position {at}");
            return Err(Error::Damaged { at: Position(verified.events + 1), what });
        }
        Ok(verified)
    }

    /// The block that begins at a position as it is stored, not yet held against the chain.
    pub(crate) fn stored_block(&self, first: Position) -> Result<Block, Error> {
        let value = self.stored(first)?;
        block::records_of(first, &value, self.unpack(first, &value)?.into())
    }

    /// The same, part by part, under its keys.
    pub(crate) fn parts(&self, first: Position) -> Result<Vec<(Vec<u8>, fjall::Slice)>, Error> {
        let keys = part_key(first, 0)..=part_key(first, u32::MAX);
        let part = |guard: fjall::Guard| {
            let (key, part) = guard.into_inner().map_err(|error| unreadable(first, error))?;
            Ok((key.to_vec(), part))
        };
        self.keyspace.range(keys).map(part).collect()
    }

    fn read(&self, first: Position) -> Result<Arc<Block>, Error> {
        if let Some(block) = self.cache.get(&first.0) {
            return Ok(block);
        }
        let value = self.stored(first)?;
        if block::is_parted(&value) {
            return self.read_large(first, &value).map(Arc::new);
        }
        let block = block::records_of(first, &value, self.unpack(first, &value)?.into())?;
        // What does not match its hashes is not given out.
        block.verify(block.before)?;
        let block = Arc::new(block);
        self.cache.insert(first.0, Arc::clone(&block));
        Ok(block)
    }

    fn stored(&self, first: Position) -> Result<fjall::Slice, Error> {
        let missing = || Error::Damaged { at: first, what: "a block has no beginning".to_owned() };
        let read = self.keyspace.get(first.0.to_be_bytes()).map_err(|error| unreadable(first, error))?;
        read.ok_or_else(missing)
    }

    /// Large blocks are unpacked one at a time, and once for all that read one at the same time.
    fn read_large(&self, first: Position, value: &[u8]) -> Result<Block, Error> {
        let mut large = self.large.lock().unwrap_or_else(PoisonError::into_inner);
        let known = large.bytes.upgrade().filter(|_| large.first == first);
        if let Some(bytes) = known {
            drop(large);
            return block::records_of(first, value, Bytes::from_owner(Shared(bytes)));
        }
        let bytes = Arc::new(self.unpack(first, value)?);
        let block = block::records_of(first, value, Bytes::from_owner(Shared(Arc::clone(&bytes))))?;
        // As with others; those who share the bytes need not check them again.
        block.verify(block.before)?;
        *large = Large { first, bytes: Arc::downgrade(&bytes) };
        Ok(block)
    }

    fn unpack(&self, first: Position, value: &[u8]) -> Result<Vec<u8>, Error> {
        block::unpack(first, value, |number| {
            self.keyspace.get(part_key(first, number)).map_err(|error| unreadable(first, error))
        })
    }

    fn block_with(&self, at: Position) -> Result<Option<(Position, Arc<Block>)>, Error> {
        let Some(guard) = self.keyspace.range(..=at.0.to_be_bytes()).next_back() else { return Ok(None) };
        let first = position_of(&guard.key().map_err(|error| unreadable(at, error))?)?;
        let block = self.read(first)?;
        Ok((at.0 < first.0 + count(&block)).then_some((first, block)))
    }
}

/// What the store itself finds to be damaged is told like what we find. A disk that does not answer is no damage.
fn unreadable(at: Position, error: fjall::Error) -> Error {
    match &error {
        fjall::Error::Storage(cause) if std::error::Error::source(cause).is_none() => {
            Error::Damaged { at, what: error.to_string() }
        }
        _ => error.into(),
    }
}

fn count(block: &Block) -> u64 {
    u64::try_from(block.records.len()).unwrap_or(u64::MAX)
}

/// The key of a block's part: that of its first record, and a number for all but the head.
pub(crate) fn part_key(first: Position, number: u32) -> Vec<u8> {
    let mut key = first.0.to_be_bytes().to_vec();
    if number > 0 {
        key.extend_from_slice(&number.to_be_bytes());
    }
    key
}

/// The position of the first record of the block that a key belongs to.
fn position_of(key: &[u8]) -> Result<Position, Error> {
    Ok(place_of(key)?.0)
}

/// Which part of which block a key belongs to.
pub(crate) fn place_of(key: &[u8]) -> Result<(Position, u32), Error> {
    let first = key.first_chunk().filter(|_| matches!(key.len(), HEAD_KEY_BYTES | PART_KEY_BYTES));
    let bytes = first.ok_or_else(|| Error::Damaged {
        at: Position::START,
        what: format!("a key of the log has {} bytes", key.len()),
    })?;
    let number =
        key.get(HEAD_KEY_BYTES..).and_then(|number| number.try_into().ok()).map_or(0, u32::from_be_bytes);
    Ok((Position(u64::from_be_bytes(*bytes)), number))
}
