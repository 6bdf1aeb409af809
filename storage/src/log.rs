//! The append-only log: the only truth. Reads records by position or in order, and walks the hash chain.
//! It appends nothing by itself: blocks go into the writer's atomic batch together with the rows.

pub mod block;
#[cfg(test)]
mod golden;
pub mod kind;
pub mod text;
pub(crate) mod upcast;

use std::sync::Arc;

use cairn_core::event::{Event, Recorded};
use cairn_core::ids::Position;
use cairn_core::limits::LOG_CACHE_BYTES_MAX;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use crate::error::Error;
use block::{Block, GENESIS, Hash, Record};

/// Reads the log of one workspace. Cheap to clone.
#[derive(Clone)]
pub struct Log {
    keyspace: fjall::Keyspace,
    cache: Arc<Cache<u64, Arc<Block>, ByBytes>>,
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
        Self { keyspace, cache: Arc::new(Cache::with_weighter(1_000, LOG_CACHE_BYTES_MAX, ByBytes)) }
    }

    pub(crate) const fn keyspace(&self) -> &fjall::Keyspace {
        &self.keyspace
    }

    /// The newest position and the chain up to it.
    pub(crate) fn head(&self) -> Result<(Position, Hash), Error> {
        let Some(guard) = self.keyspace.iter().next_back() else { return Ok((Position::START, GENESIS)) };
        let (key, value) = guard.into_inner()?;
        let first = position_of(&key)?;
        let block = block::decode(first, &value)?;
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

    /// The records after a position, oldest first, up to about `limit`: whole blocks are given.
    pub fn records_after(&self, after: Position, limit: usize) -> Result<Vec<Record>, Error> {
        let mut records: Vec<Record> = Vec::new();
        let mut next = after.next();
        while records.len() < limit {
            let Some((_, block)) = self.block_with(next)? else { break };
            let from = block.records.partition_point(|record| record.position < next);
            let Some(rest) = block.records.get(from..).filter(|rest| !rest.is_empty()) else { break };
            records.extend_from_slice(rest);
            next = Position(next.0 + u64::try_from(rest.len()).unwrap_or(u64::MAX));
        }
        Ok(records)
    }

    /// As `records_after`, in the shape of today; scrubbed records are left out.
    pub fn events_after(&self, after: Position, limit: usize) -> Result<Vec<Recorded<Event>>, Error> {
        let records = self.records_after(after, limit)?;
        records.iter().filter_map(|record| upcast::event(record).transpose()).collect()
    }

    /// Walks the chain from the first event to the last.
    pub fn verify(&self) -> Result<Verified, Error> {
        let mut verified = Verified { events: 0, blocks: 0, head: GENESIS };
        for guard in self.keyspace.iter() {
            let expected = Position(verified.events + 1);
            let damaged = |what: String| Error::Damaged { at: expected, what };
            let (key, value) = guard.into_inner().map_err(|error| damaged(error.to_string()))?;
            let first = position_of(&key)?;
            if first != expected {
                return Err(damaged(format!("the next record is at position {first}: records are missing")));
            }
            let block = block::decode(first, &value)?;
            verified.head = block.verify(verified.head)?;
            verified.events += count(&block);
            verified.blocks += 1;
        }
        Ok(verified)
    }

    fn decode(&self, first: Position, value: &[u8]) -> Result<Arc<Block>, Error> {
        let block = Arc::new(block::decode(first, value)?);
        self.cache.insert(first.0, Arc::clone(&block));
        Ok(block)
    }

    fn block_with(&self, at: Position) -> Result<Option<(Position, Arc<Block>)>, Error> {
        let Some(guard) = self.keyspace.range(..=at.0.to_be_bytes()).next_back() else { return Ok(None) };
        let (key, value) = guard.into_inner()?;
        let first = position_of(&key)?;
        let cached = self.cache.get(&first.0);
        let block = cached.map_or_else(|| self.decode(first, &value), Ok)?;
        Ok((at.0 < first.0 + count(&block)).then_some((first, block)))
    }
}

fn count(block: &Block) -> u64 {
    u64::try_from(block.records.len()).unwrap_or(u64::MAX)
}

fn position_of(key: &[u8]) -> Result<Position, Error> {
    let bytes = key.try_into().map_err(|_| Error::Damaged {
        at: Position::START,
        what: format!("a key of the log has {} bytes", key.len()),
    })?;
    Ok(Position(u64::from_be_bytes(bytes)))
}
