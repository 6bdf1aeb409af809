//! The documents of a query newest first, without looking at more of them than are taken.
//! Every segment is sorted by the first half of the id; this merges them.

use std::collections::BinaryHeap;

use tantivy::columnar::Column;
use tantivy::fastfield::AliveBitSet;
use tantivy::query::{EnableScoring, Query, Scorer};
use tantivy::{DocId, DocSet, Searcher, SegmentReader, TERMINATED, TantivyError};
use uuid::Uuid;

use crate::index::disk::{ID_HIGH, ID_LOW};

/// Ids in descending order.
pub(crate) struct Walk<'a> {
    lanes: Vec<Lane<'a>>,
    /// The greatest id of every lane that has one.
    heads: BinaryHeap<(u128, usize)>,
}

/// One segment.
struct Lane<'a> {
    documents: Box<dyn Scorer>,
    alive: Option<&'a AliveBitSet>,
    ids: Ids,
    below: Option<u128>,
    /// Ids that share their first half, ascending: only among them the segment has no order.
    group: Vec<u128>,
}

/// Reads the id of a document.
pub(crate) struct Ids {
    high: Column<u64>,
    low: Column<u64>,
}

impl Ids {
    pub(crate) fn open(reader: &SegmentReader) -> Result<Self, TantivyError> {
        Ok(Self { high: reader.fast_fields().u64(ID_HIGH)?, low: reader.fast_fields().u64(ID_LOW)? })
    }

    pub(crate) fn high(&self, doc: DocId) -> u64 {
        self.high.first(doc).unwrap_or(0)
    }

    pub(crate) fn get(&self, doc: DocId) -> u128 {
        u128::from(self.high(doc)) << 64 | u128::from(self.low.first(doc).unwrap_or(0))
    }

    /// The first document whose id may be this or less.
    pub(crate) fn first_at_most(&self, high: u64, doc_count: DocId) -> DocId {
        let (mut from, mut to) = (0, doc_count);
        while from < to {
            let middle = from + (to - from) / 2;
            if self.high(middle) > high {
                from = middle + 1;
            } else {
                to = middle;
            }
        }
        from
    }
}

impl<'a> Walk<'a> {
    /// Starts behind `after`.
    pub(crate) fn start(
        searcher: &'a Searcher,
        query: &dyn Query,
        after: Option<Uuid>,
    ) -> Result<Self, TantivyError> {
        let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
        let mut walk = Self { lanes: Vec::new(), heads: BinaryHeap::new() };
        for reader in searcher.segment_readers() {
            let mut documents = weight.scorer(reader, 1.0)?;
            let ids = Ids::open(reader)?;
            if let Some(after) = after {
                let first = ids.first_at_most(after.as_u64_pair().0, reader.max_doc());
                if first >= reader.max_doc() {
                    continue;
                }
                if documents.doc() < first {
                    documents.seek(first);
                }
            }
            let below = after.map(|after| after.as_u128());
            walk.lanes.push(Lane { documents, alive: reader.alive_bitset(), ids, below, group: Vec::new() });
        }
        for (at, lane) in walk.lanes.iter_mut().enumerate() {
            if let Some(id) = lane.next() {
                walk.heads.push((id, at));
            }
        }
        Ok(walk)
    }
}

impl Iterator for Walk<'_> {
    type Item = Uuid;

    fn next(&mut self) -> Option<Uuid> {
        let (id, at) = self.heads.pop()?;
        if let Some(next) = self.lanes.get_mut(at).and_then(Lane::next) {
            self.heads.push((next, at));
        }
        Some(Uuid::from_u128(id))
    }
}

impl Lane<'_> {
    fn next(&mut self) -> Option<u128> {
        while self.group.is_empty() && self.documents.doc() != TERMINATED {
            self.fill();
        }
        self.group.pop()
    }

    fn fill(&mut self) {
        let high = self.ids.high(self.documents.doc());
        while self.documents.doc() != TERMINATED && self.ids.high(self.documents.doc()) == high {
            let doc = self.documents.doc();
            let id = self.ids.get(doc);
            if self.below.is_none_or(|below| id < below) && self.alive.is_none_or(|alive| alive.is_alive(doc))
            {
                self.group.push(id);
            }
            self.documents.advance();
        }
        self.group.sort_unstable();
    }
}
