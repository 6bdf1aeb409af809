//! Candidates for substrings by the words of the index: what is not among them has no such text, what is must be looked at.

use std::collections::HashSet;
use std::ops::Bound;

use cairn_core::query::narrowing::{Written, needed};
use cairn_core::query::{self, Term};
use tantivy::Searcher;
use tantivy::query::{BooleanQuery, Occur, Query};
use tantivy::schema::Field;
use uuid::Uuid;

use super::search::{only, term};
use super::{CUT, LAYOUT, Part, Within};
use crate::error::Error;
use crate::index::terms::Terms;
use crate::index::walk::Walk;

pub(super) fn find(
    searcher: &Searcher,
    within: Within<'_>,
    terms: &[&Term],
    max: usize,
) -> Result<Option<HashSet<Uuid>>, Error> {
    let conditions = terms.iter().filter_map(|term| Some((Occur::Must, clause(term)?)));
    let mut clauses: Vec<(Occur, Box<dyn Query>)> = conditions.collect();
    if clauses.is_empty() {
        return Ok(None);
    }
    clauses.extend(only(within));
    let query = BooleanQuery::new(clauses);
    let found: HashSet<Uuid> = Walk::start(searcher, &query, None)?.take(max.saturating_add(1)).collect();
    Ok((found.len() <= max).then_some(found))
}

/// Whether the words say anything of a condition.
pub(crate) fn narrows(asked: &Term) -> bool {
    place(&asked.field).is_some_and(|(_, written)| !needed(asked, written).is_empty())
}

/// All pieces of a condition in one and the same part, or not all words known.
fn clause(asked: &Term) -> Option<Box<dyn Query>> {
    let (parts, written) = place(&asked.field)?;
    let pieces = needed(asked, written);
    if pieces.is_empty() {
        return None;
    }
    let fields = LAYOUT.parts.iter().filter(|(part, _)| parts.contains(part));
    let mut any: Vec<Box<dyn Query>> = vec![Box::new(term(LAYOUT.cut, CUT))];
    any.extend(fields.map(|(_, field)| -> Box<dyn Query> {
        Box::new(BooleanQuery::intersection(pieces.iter().map(|piece| holding(*field, piece)).collect()))
    }));
    Some(Box::new(BooleanQuery::union(any)))
}

/// Where the words of a field are, and how queries see its text.
fn place(field: &query::Field) -> Option<(&'static [Part], Written)> {
    Some(match field {
        query::Field::Text => (&Part::ALL, Written::Plain),
        query::Field::Input | query::Field::InputPath(_) => (&[Part::Input], Written::Json),
        query::Field::Output | query::Field::OutputPath(_) => (&[Part::Output], Written::Json),
        query::Field::Metadata => (&[Part::Metadata], Written::Json),
        _ => return None,
    })
}

fn holding(field: Field, piece: &str) -> Box<dyn Query> {
    let piece = piece.to_owned();
    Box::new(
        Terms::between(field, Bound::Unbounded, Bound::Unbounded).that(move |word| word.contains(&piece)),
    )
}
