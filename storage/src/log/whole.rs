//! A block of the log with all of its parts, outside of the store.

use cairn_core::ids::Position;

use crate::error::Error;
use crate::log::block::{self, Block};

pub(crate) struct Whole {
    pub(crate) first: Position,
    pub(crate) parts: Vec<Vec<u8>>,
}

impl Whole {
    /// Takes the block apart, not yet checked against the chain.
    pub(crate) fn block(&self) -> Result<Block, Error> {
        let damaged = || Error::Damaged { at: self.first, what: "a block has no beginning".to_owned() };
        let head = self.parts.first().ok_or_else(damaged)?;
        let part = |number: u32| {
            let part = usize::try_from(number).ok().and_then(|number| self.parts.get(number));
            Ok(part.map(|part| fjall::Slice::from(part.as_slice())))
        };
        block::records_of(self.first, head, block::unpack(self.first, head, part)?.into())
    }

    /// The position of its last record; nothing if these bytes are no block.
    pub(crate) fn last(&self) -> Option<Position> {
        let block = self.block().ok()?;
        block.verify(block.before).ok()?;
        block.records.last().map(|record| record.position)
    }
}
