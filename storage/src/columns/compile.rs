//! Query trees as Tantivy queries. `Query::matches` is what they must mean; never Tantivy's own query parser,
//! which panics on ranges over JSON whose bounds look like different kinds of number.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Bound;

use cairn_core::query::tokens::fold;
use cairn_core::query::{Comparison, Entity, Field, Operand, Predicate, Query, Subject, Term, Value, Words};
use cairn_core::time::Timestamp;
use tantivy::columnar::Column as Values;
use tantivy::query::doc_predicate_query::{DocPredicateQuery, FunctionPredicate};
use tantivy::query::{
    AllQuery, BooleanQuery, EmptyQuery, ExistsQuery, Occur, Query as IndexQuery, RangeQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field as Stored, IndexRecordOption};
use tantivy::{DocId, Searcher, SegmentReader};
use uuid::Uuid;

use super::metadata::{self, JsonColumns, JsonValue};
use super::schema::{Column, FAILED, LAYOUT, Text, TextValues, entity, plain};
use crate::error::Error;
use crate::index::settled::Settled;
use crate::index::terms::Terms;
use crate::index::walk::Ids;

pub(super) struct Compiled {
    pub(super) query: Box<dyn IndexQuery>,
    /// Otherwise it finds more than was asked for, and every row must be checked.
    pub(super) exact: bool,
}

pub(super) fn compile(query: &Query, of: Entity, searcher: &Searcher) -> Result<Compiled, Error> {
    Ok(match query {
        Query::All => exact(AllQuery),
        Query::And(parts) if parts.is_empty() => exact(AllQuery),
        Query::And(parts) => all_of(parts, Occur::Must, of, searcher)?,
        Query::Or(parts) => all_of(parts, Occur::Should, of, searcher)?,
        Query::Not(inner) => match compile(inner, of, searcher)? {
            Compiled { query, exact: true } => exact(not(query)),
            Compiled { exact: false, .. } => anything(),
        },
        Query::Term(term) => compile_term(term, of, searcher)?,
    })
}

fn all_of(parts: &[Query], occur: Occur, of: Entity, searcher: &Searcher) -> Result<Compiled, Error> {
    let mut clauses = Vec::with_capacity(parts.len());
    let mut exact = true;
    for part in parts {
        let part = compile(part, of, searcher)?;
        exact &= part.exact;
        clauses.push((occur, part.query));
    }
    Ok(Compiled { query: Box::new(BooleanQuery::new(clauses)), exact })
}

fn compile_term(term: &Term, of: Entity, searcher: &Searcher) -> Result<Compiled, Error> {
    if !term.field.exists_for(of) {
        return Ok(if term.predicate == Predicate::IsEmpty { exact(AllQuery) } else { exact(EmptyQuery) });
    }
    match &term.field {
        Field::MetadataPath(path) => return on_json(term, metadata::markers_at(path), searcher),
        Field::Derived(name) => return on_json(term, vec![metadata::elsewhere(name)], searcher),
        _ => {}
    }
    let Some(column) = LAYOUT.column(&term.field) else { return Ok(anything()) };
    Ok(match column {
        Column::Id => Compiled { query: on_id(term, of), exact: true },
        Column::Text(text) => {
            let query = on_text(&term.predicate, text);
            let cut = term_query(LAYOUT.cut, text.source.name);
            if searcher.doc_freq(cut.term())? == 0 {
                Compiled { query, exact: true }
            } else {
                Compiled { query: any_of(vec![query, Box::new(cut)]), exact: false }
            }
        }
        Column::Number(field, name) => Compiled {
            query: on_number(term, NumberColumn { field, key: None, path: name.to_owned() }),
            exact: true,
        },
        Column::Keyed(field, key) => {
            let path = format!("{}.{key}", LAYOUT.schema.get_field_name(field));
            Compiled { query: on_number(term, NumberColumn { field, key: Some(key), path }), exact: true }
        }
        Column::Time(field, name) => Compiled { query: on_time(term, field, name), exact: true },
        Column::Truth(field) => {
            let failed = Box::new(term_query(field, FAILED));
            let query: Box<dyn IndexQuery> =
                match (means(term, Value::Truth(true)), means(term, Value::Truth(false))) {
                    (true, true) => Box::new(AllQuery),
                    (true, false) => failed,
                    (false, true) => Box::new(not(failed)),
                    (false, false) => Box::new(EmptyQuery),
                };
            Compiled { query, exact: true }
        }
    })
}

/// The id is kept once, behind the letter of its entity, so that terms are looked for only among those.
fn on_id(term: &Term, of: Entity) -> Box<dyn IndexQuery> {
    let prefix = entity(of);
    let field = LAYOUT.key;
    if let Predicate::Compare(comparison, Operand::Text(wanted)) = &term.predicate
        && let Some(bound) = whole_id(wanted)
    {
        return on_id_order(*comparison, bound);
    }
    match &term.predicate {
        Predicate::IsEmpty => Box::new(EmptyQuery),
        Predicate::Equals(Operand::Text(wanted)) => Box::new(term_query(field, &format!("{prefix}{wanted}"))),
        Predicate::EqualsFolded(wanted) => Box::new(term_query(field, &format!("{prefix}{}", fold(wanted)))),
        Predicate::StartsWith(wanted) => {
            Box::new(Terms::starting_with(field, &format!("{prefix}{}", fold(wanted))))
        }
        Predicate::OneOf(wanted) => {
            Box::new(terms_query(field, wanted.iter().map(|wanted| format!("{prefix}{wanted}"))))
        }
        _ => {
            let term = term.clone();
            Box::new(Terms::starting_with(field, prefix).that(move |key| {
                key.get(prefix.len()..).is_some_and(|id| means(&term, Value::Text(Cow::Borrowed(id))))
            }))
        }
    }
}

/// An id written as ids are compared: its order as a number is that of its text.
fn whole_id(text: &str) -> Option<Uuid> {
    Uuid::parse_str(text).ok().filter(|id| id.to_string() == fold(text))
}

/// Every segment lies in the order of ids, so that only those that begin like the bound need a look.
fn on_id_order(comparison: Comparison, bound: Uuid) -> Box<dyn IndexQuery> {
    let of_segment = move |reader: &SegmentReader| {
        let ids = Ids::open(reader)?;
        let high = bound.as_u64_pair().0;
        let from = ids.first_at_most(high, reader.max_doc());
        let to =
            high.checked_sub(1).map_or(reader.max_doc(), |less| ids.first_at_most(less, reader.max_doc()));
        Ok(move |doc: DocId| {
            let order = if doc < from {
                Ordering::Greater
            } else if doc < to {
                ids.get(doc).cmp(&bound.as_u128())
            } else {
                Ordering::Less
            };
            comparison.holds(Some(order))
        })
    };
    Box::new(DocPredicateQuery::from(FunctionPredicate::from(of_segment)))
}

fn on_text(predicate: &Predicate, text: &Text) -> Box<dyn IndexQuery> {
    let (exact, folded) = (text.exact, text.folded);
    match predicate {
        Predicate::IsEmpty => Box::new(not(has_text(text))),
        Predicate::Equals(Operand::Text(wanted)) => Box::new(term_query(exact, wanted)),
        Predicate::EqualsFolded(wanted) => Box::new(term_query(folded, &fold(wanted))),
        Predicate::OneOf(wanted) => Box::new(terms_query(exact, wanted.iter().cloned())),
        Predicate::StartsWith(wanted) => Box::new(Terms::starting_with(folded, &fold(wanted))),
        Predicate::EndsWith(wanted) => {
            let wanted = fold(wanted);
            Box::new(whole(folded).that(move |value| value.ends_with(&wanted)))
        }
        Predicate::Contains(wanted) => {
            let wanted = fold(wanted);
            Box::new(whole(folded).that(move |value| value.contains(&wanted)))
        }
        Predicate::Compare(comparison, Operand::Text(wanted)) => {
            let wanted = fold(wanted);
            let (lower, upper) = bounds(*comparison, wanted.as_str());
            Box::new(Terms::between(folded, lower, upper))
        }
        Predicate::Words(words) if text.is_list() && !words.phrase => Box::new(BooleanQuery::intersection(
            single_words(words).map(|word| by_meaning(word, text)).collect(),
        )),
        Predicate::Words(_) | Predicate::Equals(_) | Predicate::Compare(..) => {
            by_meaning(predicate.clone(), text)
        }
    }
}

/// Asks the meaning of the predicate of every distinct value, which is right for all but words spread over a list.
fn by_meaning(predicate: Predicate, text: &Text) -> Box<dyn IndexQuery> {
    let term = Term { field: text.source.field.clone(), predicate };
    Box::new(whole(text.exact).that(move |value| means(&term, Value::Text(Cow::Borrowed(value)))))
}

fn single_words(words: &Words) -> impl Iterator<Item = Predicate> {
    let last = words.words.len().saturating_sub(1);
    words.words.iter().enumerate().map(move |(at, word)| {
        Predicate::Words(Words {
            words: vec![word.clone()],
            phrase: false,
            prefix: words.prefix && at == last,
            slips: words.slips,
        })
    })
}

fn has_text(text: &Text) -> Box<dyn IndexQuery> {
    let exists = Box::new(ExistsQuery::new(text.sorted.clone(), false));
    match text.source.values {
        TextValues::Id(_) | TextValues::List(_) => exists,
        TextValues::One(_) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, exists),
            (Occur::MustNot, Box::new(term_query(text.exact, ""))),
        ])),
    }
}

/// Rows whose column holds such a value, and those of which only the row can tell.
fn on_json(term: &Term, markers: Vec<String>, searcher: &Searcher) -> Result<Compiled, Error> {
    let mut clauses: Vec<Box<dyn IndexQuery>> = vec![by_json(term.clone(), LAYOUT.json_column(&term.field))];
    for marker in markers {
        let marked = term_query(LAYOUT.cut, &marker);
        if searcher.doc_freq(marked.term())? > 0 {
            clauses.push(Box::new(marked));
        }
    }
    Ok(if clauses.len() == 1 {
        Compiled { query: clauses.swap_remove(0), exact: true }
    } else {
        Compiled { query: any_of(clauses), exact: false }
    })
}

/// Asks the meaning of the term of every value, of texts once for each distinct one.
fn by_json(term: Term, column: Option<String>) -> Box<dyn IndexQuery> {
    let of_segment = move |reader: &SegmentReader| {
        let values = JsonColumns::open(reader, column.as_deref())?;
        let mut texts = Vec::new();
        if let Some(column) = &values.texts {
            let mut terms = column.dictionary().stream()?;
            while terms.advance() {
                let text = String::from_utf8_lossy(terms.key());
                texts.push(means(&term, Value::Text(text)));
            }
        }
        let truths = [false, true].map(|truth| means(&term, Value::Truth(truth)));
        let missing = means(&term, Value::Missing);
        let term = term.clone();
        Ok(move |doc: DocId| match values.get(doc) {
            JsonValue::Missing => missing,
            JsonValue::Number(number) => means(&term, Value::Number(number)),
            JsonValue::Truth(truth) => truths.get(usize::from(truth)).copied().unwrap_or(false),
            JsonValue::Text(ordinal) => {
                usize::try_from(ordinal).ok().and_then(|at| texts.get(at)).copied().unwrap_or(false)
            }
        })
    };
    Box::new(DocPredicateQuery::from(FunctionPredicate::from(of_segment)))
}

struct NumberColumn {
    field: Stored,
    key: Option<String>,
    path: String,
}

impl NumberColumn {
    /// Both bounds of a range are built here and thus of one type, as Tantivy demands.
    fn bound(&self, number: f64) -> tantivy::Term {
        match &self.key {
            None => tantivy::Term::from_field_f64(self.field, plain(number)),
            Some(key) => {
                let mut term = tantivy::Term::from_field_json_path(self.field, key, false);
                term.append_type_and_fast_value(plain(number));
                term
            }
        }
    }
}

fn on_number(term: &Term, column: NumberColumn) -> Box<dyn IndexQuery> {
    let range = |lower: Bound<f64>, upper: Bound<f64>| -> Box<dyn IndexQuery> {
        let or = |bound, infinity| if bound == Bound::Unbounded { Bound::Included(infinity) } else { bound };
        let lower = or(lower, f64::NEG_INFINITY).map(|number| column.bound(number));
        let upper = or(upper, f64::INFINITY).map(|number| column.bound(number));
        Box::new(RangeQuery::new(lower, upper))
    };
    match &term.predicate {
        Predicate::IsEmpty => Box::new(not(Box::new(ExistsQuery::new(column.path, false)))),
        Predicate::Equals(Operand::Number(wanted)) | Predicate::Compare(_, Operand::Number(wanted))
            if wanted.is_nan() =>
        {
            Box::new(EmptyQuery)
        }
        Predicate::Equals(Operand::Number(wanted)) => {
            range(Bound::Included(*wanted), Bound::Included(*wanted))
        }
        Predicate::Compare(comparison, Operand::Number(wanted)) => {
            let (lower, upper) = bounds(*comparison, *wanted);
            range(lower, upper)
        }
        _ => by_value::<f64>(term.clone(), column.path, Value::Number),
    }
}

fn on_time(term: &Term, field: Stored, name: &str) -> Box<dyn IndexQuery> {
    let bound = |time: Timestamp| tantivy::Term::from_field_i64(field, time.as_nanos());
    match &term.predicate {
        Predicate::IsEmpty => Box::new(not(Box::new(ExistsQuery::new(name.to_owned(), false)))),
        Predicate::Equals(Operand::Time(wanted)) => {
            Box::new(RangeQuery::new(Bound::Included(bound(*wanted)), Bound::Included(bound(*wanted))))
        }
        Predicate::Compare(comparison, Operand::Time(wanted)) => {
            let (lower, upper) = bounds(*comparison, *wanted);
            Box::new(RangeQuery::new(lower.map(bound), upper.map(bound)))
        }
        _ => {
            by_value::<i64>(term.clone(), name.to_owned(), |nanos| Value::Time(Timestamp::from_nanos(nanos)))
        }
    }
}

/// Asks the meaning of the term of every value, for what is rarely asked of numbers and times, such as substrings.
fn by_value<T>(term: Term, path: String, value: fn(T) -> Value<'static>) -> Box<dyn IndexQuery>
where
    T: tantivy::columnar::HasAssociatedColumnType,
    tantivy::columnar::DynamicColumn: Into<Option<Values<T>>>,
{
    let of_segment = move |reader: &SegmentReader| {
        let values = reader.fast_fields().column_opt::<T>(&path)?;
        let term = term.clone();
        Ok(move |doc: DocId| {
            let found = values.as_ref().and_then(|values| values.first(doc));
            found.is_some_and(|found| means(&term, value(found)))
        })
    };
    Box::new(DocPredicateQuery::from(FunctionPredicate::from(of_segment)))
}

fn bounds<T>(comparison: Comparison, wanted: T) -> (Bound<T>, Bound<T>) {
    match comparison {
        Comparison::Less => (Bound::Unbounded, Bound::Excluded(wanted)),
        Comparison::LessOrEqual => (Bound::Unbounded, Bound::Included(wanted)),
        Comparison::Greater => (Bound::Excluded(wanted), Bound::Unbounded),
        Comparison::GreaterOrEqual => (Bound::Included(wanted), Bound::Unbounded),
    }
}

/// Whether a term is true of a value, by its own definition.
fn means(term: &Term, value: Value<'_>) -> bool {
    struct One<'a>(Value<'a>);
    impl Subject for One<'_> {
        fn value(&self, _field: &Field) -> Value<'_> {
            self.0.clone()
        }
    }
    let of = Entity::ALL.into_iter().find(|of| term.field.exists_for(*of)).unwrap_or(Entity::Trace);
    term.matches(of, &One(value))
}

fn whole(field: Stored) -> Terms {
    Terms::between(field, Bound::Unbounded, Bound::Unbounded)
}

pub(super) fn term_query(field: Stored, term: &str) -> TermQuery {
    TermQuery::new(tantivy::Term::from_field_text(field, term), IndexRecordOption::Basic)
}

pub(super) fn terms_query(field: Stored, terms: impl Iterator<Item = String>) -> TermSetQuery {
    TermSetQuery::new(terms.map(|term| tantivy::Term::from_field_text(field, &term)))
}

fn any_of(queries: Vec<Box<dyn IndexQuery>>) -> Box<dyn IndexQuery> {
    Box::new(BooleanQuery::union(queries))
}

fn not(query: Box<dyn IndexQuery>) -> BooleanQuery {
    BooleanQuery::new(vec![(Occur::Must, Box::new(AllQuery)), (Occur::MustNot, Box::new(Settled(query)))])
}

fn exact(query: impl IndexQuery) -> Compiled {
    Compiled { query: Box::new(query), exact: true }
}

fn anything() -> Compiled {
    Compiled { query: Box::new(AllQuery), exact: false }
}
