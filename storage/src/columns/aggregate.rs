//! Aggregations over the index: segment by segment, the documents of a query first and then column after column,
//! so that no row is read and nothing is allocated for a document.

mod groups;
mod keys;
mod segment;

use std::collections::HashSet;

use cairn_core::query::Query;
use tantivy::query::EnableScoring;
use tantivy::{DocId, SegmentReader};
use uuid::Uuid;

use self::groups::Groups;
use self::segment::Segment;
use super::compile::Compiled;
use super::{Searcher, Verify, filter};
use crate::aggregate::{Aggregated, Aggregation, Keyed};
use crate::error::Error;
use crate::index::walk::Ids;
use crate::reader::Scope;

impl Searcher {
    /// Figures of the rows that a query is true of.
    pub(crate) fn aggregate(
        &self,
        scope: &Scope,
        query: &Query,
        ids: Option<&HashSet<Uuid>>,
        aggregation: &Aggregation,
        verify: &mut Verify<'_>,
    ) -> Result<Aggregated, Error> {
        let searcher = self.disk.searcher();
        let filter = filter(&searcher, scope, query, ids)?;
        let mut groups = Groups::new(aggregation);
        let weight = filter.query.weight(EnableScoring::disabled_from_searcher(&searcher))?;
        for reader in searcher.segment_readers() {
            let mut docs = Vec::new();
            let alive = reader.alive_bitset();
            weight.for_each_no_score(reader, &mut |found| match alive {
                None => docs.extend_from_slice(found),
                Some(alive) => docs.extend(found.iter().copied().filter(|doc| alive.is_alive(*doc))),
            })?;
            if !filter.exact {
                docs = checked(reader, docs, verify)?;
            }
            if !docs.is_empty() {
                Segment::open(reader, aggregation, scope.entity)?.gather(&docs, &mut groups)?;
            }
        }
        Ok(groups.finish())
    }

    /// The keys under which the rows that a query is true of have numbers, sorted.
    pub(crate) fn keys(
        &self,
        scope: &Scope,
        query: &Query,
        ids: Option<&HashSet<Uuid>>,
        keyed: Keyed,
        verify: &mut Verify<'_>,
    ) -> Result<Vec<String>, Error> {
        let searcher = self.disk.searcher();
        let filter: Compiled = filter(&searcher, scope, query, ids)?;
        keys::keys(&searcher, &filter, keyed, verify)
    }
}

/// The documents that the query is true of, where the index alone cannot tell.
fn checked(reader: &SegmentReader, docs: Vec<DocId>, verify: &mut Verify<'_>) -> Result<Vec<DocId>, Error> {
    let ids = Ids::open(reader)?;
    let mut right = Vec::new();
    for doc in docs {
        if verify(Uuid::from_u128(ids.get(doc)))? {
            right.push(doc);
        }
    }
    Ok(right)
}
