//! The usage keys, score names and fields of metadata that some rows have: the dictionary knows all there are, and one
//! row each tells that a key belongs.

use std::collections::BTreeSet;

use cairn_core::limits::AGGREGATE_KEYS_MAX;
use tantivy::query::{BooleanQuery, Query};
use tantivy::schema::Field;
use uuid::Uuid;

use super::super::Verify;
use super::super::compile::{Compiled, term_query};
use super::super::metadata::field_at;
use super::super::schema::LAYOUT;
use crate::aggregate::Keyed;
use crate::error::Error;
use crate::index::walk::Walk;

pub(super) fn keys(
    searcher: &tantivy::Searcher,
    filter: &Compiled,
    keyed: Keyed,
    verify: &mut Verify<'_>,
) -> Result<Vec<String>, Error> {
    let field = match keyed {
        Keyed::Usage => LAYOUT.usage_keys,
        Keyed::Scores => LAYOUT.score_names,
        Keyed::Metadata => LAYOUT.metadata_paths,
        Keyed::SpanScores => LAYOUT.span_score_names,
        Keyed::Guardrails => LAYOUT.guardrail_names,
    };
    let mut found = Vec::new();
    for key in all(searcher, field)? {
        let clauses: Vec<Box<dyn Query>> = vec![filter.query.box_clone(), Box::new(term_query(field, &key))];
        let with_key = BooleanQuery::intersection(clauses);
        if any(searcher, &with_key, filter.exact, verify)? {
            found.push(match keyed {
                Keyed::Usage | Keyed::Scores | Keyed::SpanScores | Keyed::Guardrails => key,
                Keyed::Metadata => field_at(&key).to_string(),
            });
        }
        if found.len() >= AGGREGATE_KEYS_MAX {
            break;
        }
    }
    Ok(found)
}

fn all(searcher: &tantivy::Searcher, field: Field) -> Result<BTreeSet<String>, Error> {
    let mut keys = BTreeSet::new();
    for reader in searcher.segment_readers() {
        let index = reader.inverted_index(field)?;
        let mut terms = index.terms().stream()?;
        while terms.advance() {
            keys.extend(std::str::from_utf8(terms.key()).map(str::to_owned));
        }
    }
    Ok(keys)
}

fn any(
    searcher: &tantivy::Searcher,
    query: &dyn Query,
    exact: bool,
    verify: &mut Verify<'_>,
) -> Result<bool, Error> {
    for id in Walk::start(searcher, query, None)? {
        let id: Uuid = id;
        if exact || verify(id)? {
            return Ok(true);
        }
    }
    Ok(false)
}
