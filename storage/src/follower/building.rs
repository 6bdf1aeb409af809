//! Making an index anew beside the one that serves: when it is of an older version, or when a workspace derives columns
//! that its documents lack. Pacing is the actors' matter.

use std::sync::Arc;

use cairn_core::ids::Position;
use cairn_core::limits::INDEX_BUILD_EVENTS_MAX;

use super::{Follower, Stretch, Writer};
use crate::error::Error;
use crate::reader::Reader;
use crate::signals::{Next, Version};
use crate::{columns, text};

impl Follower {
    /// Whether an index is being made that will take the place of this one.
    pub const fn is_building(&self) -> bool {
        self.next.is_some()
    }

    /// Takes the next bounded stretch of the log into the index that is made, and lets it serve once it has caught up.
    pub fn build(&mut self) -> Result<(), Error> {
        let Some(mut next) = self.next.take() else { return Ok(()) };
        let stretch = Stretch::after(next.disk().mark().reached, self.store.log(), INDEX_BUILD_EVENTS_MAX)?;
        next.take(&self.store, stretch, None)?;
        if next.disk().mark().reached < self.reached() {
            self.next = Some(next);
            self.tell();
            return Ok(());
        }
        self.target.give_way(next)?;
        tracing::info!(index = ?self.index(), "an index that was made anew serves from now on");
        self.tell();
        self.signals().advance(self.index(), self.reached());
        Ok(())
    }

    /// Begins what must be made anew, and leaves off what need not be any more.
    pub(super) fn reconsider(&mut self, reader: &Reader) -> Result<(), Error> {
        let since = self.since(reader)?;
        let is_current = |writer: &Writer| writer.disk().is_current(since);
        if is_current(&self.target) {
            self.forget_next()?;
        } else if !self.next.as_ref().is_some_and(is_current) {
            // The folder is held while it is open.
            self.next = None;
            self.next = Some(self.target.successor(since, reader.position())?);
            tracing::info!(index = ?self.index(), "an index is made anew while the old one serves");
        }
        self.tell();
        Ok(())
    }

    pub(super) fn forget_next(&mut self) -> Result<(), Error> {
        self.next = None;
        self.target.disk().without_successor()
    }

    /// The position up to which rows must have been known when the index was begun.
    fn since(&self, reader: &Reader) -> Result<Position, Error> {
        match self.target {
            Writer::Columns(_) => Ok(reader.derived()?.since()),
            Writer::Text(_) => Ok(Position::START),
        }
    }

    fn tell(&self) {
        let next = self.next.as_ref().map(|next| next.disk().mark());
        let next = next.map(|mark| Next { version: mark.version, reached: mark.reached });
        let version = Version { number: self.target.disk().mark().version, next };
        Arc::clone(self.signals()).tell(self.index(), version);
    }
}

impl Writer {
    fn successor(&self, since: Position, head: Position) -> Result<Self, Error> {
        let disk = self.disk().successor(since, head)?;
        Ok(match self {
            Self::Columns(_) => Self::Columns(columns::Writer { disk }),
            Self::Text(_) => Self::Text(text::Writer { disk }),
        })
    }

    fn give_way(&mut self, successor: Self) -> Result<(), Error> {
        let (Self::Columns(columns::Writer { disk }) | Self::Text(text::Writer { disk })) = successor;
        self.disk_mut().give_way(disk)
    }
}
