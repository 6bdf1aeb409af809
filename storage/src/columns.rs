//! The index of small fields: one document for every trace, span and thread, for lists, filters, sorts and counts.
//! It finds ids; the rows themselves, and everything about bodies, are read elsewhere.

mod aggregate;
mod compile;
mod metadata;
mod schema;
mod sorted;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use cairn_core::ids::{Position, ProjectId};
use cairn_core::limits::{LIST_CHECKED_ITEMS_MIN, LIST_LOOKUP_IDS_MAX};
use cairn_core::query::{Entity, Query};
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::query::{BooleanQuery, Query as IndexQuery};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{DocId, SegmentReader, Term};
use uuid::Uuid;

use self::compile::{Compiled, compile, term_query, terms_query};
use self::schema::{LAYOUT, READABLE_FROM, VERSION, entity, key, scope};
use self::sorted::{Sorting, first};
use crate::error::Error;
use crate::index::disk::{self, DiskReader, DiskWriter, Plan};
use crate::index::walk::{Ids, Walk};
use crate::index::{Change, Cursor, Hit, Listed, SortValue, Window};
use crate::reader::Scope;

pub(crate) struct Writer {
    pub(crate) disk: DiskWriter,
}

/// Sees the last commit. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Searcher {
    disk: DiskReader,
}

/// Whether the query is true of a row, asked where the index cannot tell.
pub(crate) type Verify<'a> = dyn FnMut(Uuid) -> Result<bool, Error> + 'a;

/// Opens the index of a folder, or makes it; one that cannot be searched begins anew at the start of the log.
pub(crate) fn open(dir: &Path, head: Position) -> Result<(Writer, Searcher), Error> {
    let plan = Plan {
        version: VERSION,
        readable_from: READABLE_FROM,
        schema: LAYOUT.schema.clone(),
        tokenizers: TokenizerManager::default(),
        key: LAYOUT.key,
    };
    let (writer, reader) = disk::open(dir, &plan, head)?;
    Ok((Writer { disk: writer }, Searcher { disk: reader }))
}

impl Writer {
    /// Takes one change; changes count in their order.
    pub(crate) fn change(&self, change: Change) -> Result<(), Error> {
        match change {
            Change::Put(columns) => {
                self.disk.put(&key(columns.entity, columns.id), LAYOUT.document(&columns))
            }
            Change::Remove { entity, id } => self.disk.remove(&key(entity, id)),
            Change::RemoveTrace { id } => {
                self.disk.remove_all(Term::from_field_text(LAYOUT.trace.exact, &id.to_string()))
            }
        }
    }
}

impl Searcher {
    pub(crate) fn position(&self) -> Position {
        self.disk.position()
    }

    /// Where the log ended when the index was begun.
    pub(crate) fn begun(&self) -> Position {
        self.disk.mark().begun
    }

    pub(crate) fn count(&self, entity: Entity, project: ProjectId) -> Result<usize, Error> {
        Ok(term_query(LAYOUT.scope, &scope(entity, project)).count(&self.disk.searcher())?)
    }

    /// One window of the rows that a query is true of; `ids` leaves only those that a text search found. Without a
    /// sort, or with one by a field that the index does not hold, the newest come first.
    pub(crate) fn list(
        &self,
        scope: &Scope,
        query: &Query,
        ids: Option<&HashSet<Uuid>>,
        window: &Window,
        verify: &mut Verify<'_>,
    ) -> Result<Listed, Error> {
        let searcher = self.disk.searcher();
        let filter = filter(&searcher, scope, query, ids)?;
        let total = if window.count && filter.exact { Some(filter.query.count(&searcher)?) } else { None };
        let sorting = window.sort.as_ref().and_then(|sort| Sorting::new(sort, scope.entity));
        let listed = match sorting {
            None => newest(&searcher, &filter, window, verify)?,
            Some(sorting) => in_order(&searcher, filter, &sorting, window, verify)?,
        };
        Ok(Listed { total: total.or(listed.total), ..listed })
    }
}

fn filter(
    searcher: &tantivy::Searcher,
    within: &Scope,
    query: &Query,
    ids: Option<&HashSet<Uuid>>,
) -> Result<Compiled, Error> {
    let place = match within.project {
        Some(project) => term_query(LAYOUT.scope, &scope(within.entity, project)),
        None => term_query(LAYOUT.entity, entity(within.entity)),
    };
    let mut clauses: Vec<Box<dyn IndexQuery>> = vec![Box::new(place)];
    if let Some(trace) = within.trace {
        clauses.push(Box::new(term_query(LAYOUT.trace.exact, &trace.to_string())));
    }
    if let Some(ids) = ids {
        clauses.push(one_of(within.entity, ids));
    }
    let compiled = compile(query, within.entity, searcher)?;
    if *query != Query::All {
        clauses.push(compiled.query);
    }
    // A single term knows its count without a walk.
    let query = match clauses.len() {
        1 => clauses.swap_remove(0),
        _ => Box::new(BooleanQuery::intersection(clauses)),
    };
    Ok(Compiled { query, exact: compiled.exact })
}

fn one_of(entity: Entity, ids: &HashSet<Uuid>) -> Box<dyn IndexQuery> {
    if ids.len() <= LIST_LOOKUP_IDS_MAX {
        return Box::new(terms_query(LAYOUT.key, ids.iter().map(|id| key(entity, *id))));
    }
    among(ids.clone())
}

/// Looks at the id of every candidate.
fn among(ids: HashSet<Uuid>) -> Box<dyn IndexQuery> {
    let wanted = Arc::new(ids);
    let of_segment = move |reader: &SegmentReader| {
        let ids = Ids::open(reader)?;
        let wanted = Arc::clone(&wanted);
        Ok(move |doc: DocId| wanted.contains(&Uuid::from_u128(ids.get(doc))))
    };
    Box::new(DocPredicateQuery::from(FunctionPredicate::from(of_segment)))
}

fn newest(
    searcher: &tantivy::Searcher,
    filter: &Compiled,
    window: &Window,
    verify: &mut Verify<'_>,
) -> Result<Listed, Error> {
    // To count rows that must each be checked means to look at all of them, from the first.
    let count_here = window.count && !filter.exact;
    let after = window.after.as_ref().map(|cursor| cursor.id);
    let walk = Walk::start(searcher, &*filter.query, after.filter(|_| !count_here))?;
    let (mut hits, mut skipped, mut total) = (Vec::new(), 0, 0);
    for id in walk {
        if hits.len() >= window.limit && !count_here {
            break;
        }
        if !filter.exact && !verify(id)? {
            continue;
        }
        total += 1;
        if after.is_some_and(|after| id >= after) {
            continue;
        }
        if skipped < window.offset {
            skipped += 1;
        } else if hits.len() < window.limit {
            hits.push(Hit { id, cursor: Cursor { value: SortValue::Id, id } });
        }
    }
    Ok(Listed { hits, total: count_here.then_some(total) })
}

fn in_order(
    searcher: &tantivy::Searcher,
    mut filter: Compiled,
    sorting: &Sorting,
    window: &Window,
    verify: &mut Verify<'_>,
) -> Result<Listed, Error> {
    let mut listed = Listed { hits: Vec::new(), total: None };
    if window.count && !filter.exact {
        let checked = checked(searcher, &filter, verify)?;
        listed.total = Some(checked.len());
        let clauses = vec![filter.query, among(checked)];
        filter = Compiled { query: Box::new(BooleanQuery::intersection(clauses)), exact: true };
    }
    let mut after = window.after.clone();
    let mut skipped = 0;
    let mut round =
        if filter.exact { window.offset.saturating_add(window.limit) } else { LIST_CHECKED_ITEMS_MIN };
    while listed.hits.len() < window.limit {
        let candidates = first(searcher, &*filter.query, sorting, after.as_ref(), round)?;
        let ended = candidates.len() < round;
        for hit in candidates {
            if listed.hits.len() >= window.limit {
                break;
            }
            after = Some(hit.cursor.clone());
            if !filter.exact && !verify(hit.id)? {
                continue;
            }
            if skipped < window.offset {
                skipped += 1;
            } else {
                listed.hits.push(hit);
            }
        }
        if ended {
            break;
        }
        round = round.saturating_mul(4);
    }
    Ok(listed)
}

/// All rows of the filter that are right.
fn checked(
    searcher: &tantivy::Searcher,
    filter: &Compiled,
    verify: &mut Verify<'_>,
) -> Result<HashSet<Uuid>, Error> {
    let mut right = HashSet::new();
    for id in Walk::start(searcher, &*filter.query, None)? {
        if verify(id)? {
            right.insert(id);
        }
    }
    Ok(right)
}
