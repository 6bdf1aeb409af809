//! Ranked full-text search over the traces and spans of a project.

use async_graphql::connection::{Connection, ConnectionNameType, Edge, EdgeNameType, EmptyFields};
use async_graphql::{Context, ID, Object, OutputType, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::TraceRead;
use cairn_core::ids::{ProjectId, SpanId, TraceId};
use cairn_core::limits::PAGE_REACH_MAX;
use cairn_core::query::{Entity, Field, Predicate, Query, Words};
use cairn_storage::index::{Cursor, Ranked, SortValue};
use cairn_storage::reader::Reader;
use cairn_storage::view;
use uuid::Uuid;

use crate::connection::{page_cost, page_size};
use crate::cursor;
use crate::error::{Problem, Result};
use crate::scalars::{Position, uuid};
use crate::session::session;
use crate::spans::Span;
use crate::traces::Trace;

pub(crate) type SearchPage = Connection<String, SearchHit, SearchTotals, EmptyFields, Named, Named>;

/// Names the connection for what it is rather than for its nodes.
pub(crate) struct Named;

impl ConnectionNameType for Named {
    fn type_name<T: OutputType>() -> String {
        "SearchConnection".to_owned()
    }
}

impl EdgeNameType for Named {
    fn type_name<T: OutputType>() -> String {
        "SearchEdge".to_owned()
    }
}

#[derive(SimpleObject)]
pub(crate) struct SearchTotals {
    total_count: usize,
    /// The position up to which the text index had seen the log when it answered.
    seen_up_to: Position,
}

pub(crate) struct SearchHit {
    score: f32,
    trace_id: TraceId,
    trace: Option<view::Trace>,
    span: Option<view::Span>,
    snippets: Vec<Snippet>,
}

#[derive(Clone, SimpleObject)]
pub(crate) struct Snippet {
    field: &'static str,
    text: String,
    highlights: Vec<TextRange>,
}

/// Offsets in UTF-16 code units of `text`, as JavaScript counts.
#[derive(Clone, SimpleObject)]
pub(crate) struct TextRange {
    start: usize,
    end: usize,
}

#[Object]
impl SearchHit {
    /// Comparable only within one search.
    async fn score(&self) -> f32 {
        self.score
    }

    /// The trace that matched, or to which the matching span belongs; null while only its spans have arrived.
    async fn trace(&self) -> Option<Trace> {
        self.trace.clone().map(Trace::from)
    }

    /// Null when the trace itself matched.
    async fn span(&self) -> Option<Span> {
        self.span.clone().map(Span::from)
    }

    async fn trace_id(&self) -> ID {
        self.trace_id.into()
    }

    #[graphql(complexity = "20 + child_complexity")]
    async fn snippets(&self) -> &[Snippet] {
        &self.snippets
    }
}

#[derive(Default)]
pub(crate) struct SearchQueries;

#[Object]
impl SearchQueries {
    /// Ranked full-text search over traces and spans of a project: words, `"phrases"` and `beginnings*`, of which all
    /// must be found. Ranks move while data comes in: a later page may repeat a hit of an earlier one or miss one.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn search(
        &self,
        context: &Context<'_>,
        project_id: ID,
        text: String,
        #[graphql(default_with = "Some(20)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<SearchPage> {
        let session = session(context)?;
        let words = words(&text, session)?;
        let project = ProjectId::known(uuid(&project_id)?);
        let list = format!("search of {project}");
        let first = page_size(first)?;
        let offset = after.map(|after| offset(&list, &after)).transpose()?;
        let start = offset.unwrap_or_default();
        let ahead = context.look_ahead();
        let snippets = ahead.field("nodes").field("snippets").exists()
            || ahead.field("edges").field("node").field("snippets").exists();
        let read = session.read::<TraceRead, _>(move |reader| {
            if words.is_empty() {
                return Ok((Vec::new(), 0, reader.index_position(cairn_storage::signals::Index::Text)));
            }
            let found = reader.search(project, &words, start, first)?;
            let shown: &[Words] = if snippets { &words } else { &[] };
            let hits = found.hits.iter().map(|hit| load(reader, hit, shown));
            let hits: Vec<Option<SearchHit>> = hits.collect::<std::result::Result<_, Failure>>()?;
            Ok((hits, found.total, found.seen_up_to))
        });
        let (hits, total, seen_up_to) = read.await?;
        let has_next = start + hits.len() < total && !hits.is_empty();
        let totals = SearchTotals { total_count: total, seen_up_to: Position(seen_up_to) };
        let mut page = Connection::with_additional_fields(start > 0, has_next, totals);
        let places = (start + 1..).zip(hits);
        page.edges =
            places.filter_map(|(place, hit)| Some(Edge::new(place_cursor(&list, place), hit?))).collect();
        Ok(page)
    }
}

/// Everything that is asked for must be words; conditions on fields are for filters.
fn words(text: &str, session: &crate::session::Session) -> Result<Vec<Words>> {
    let query = Query::parse(Entity::Trace, text, session.now())?;
    let parts = match query {
        Query::All => Vec::new(),
        Query::And(parts) => parts,
        other => vec![other],
    };
    let word = |part| match part {
        Query::Term(term) if term.field == Field::Text => match term.predicate {
            Predicate::Words(words) => Ok(words),
            _ => Err(not_words()),
        },
        _ => Err(not_words()),
    };
    parts.into_iter().map(word).collect()
}

fn not_words() -> Problem {
    Problem::new(
        "BAD_FILTER",
        "a search takes words and phrases; conditions on fields stand in the filter of a list",
    )
}

/// A hit that the rows of this moment do not know is left out.
fn load(reader: &Reader, hit: &Ranked, words: &[Words]) -> std::result::Result<Option<SearchHit>, Failure> {
    let trace_id = TraceId::known(hit.trace_id);
    let trace = reader.trace(trace_id)?;
    let span = match hit.entity {
        Entity::Span => reader.span(SpanId::known(hit.id))?,
        Entity::Trace | Entity::Thread => None,
    };
    let is_gone = match hit.entity {
        Entity::Span => span.is_none(),
        Entity::Trace => trace.is_none(),
        Entity::Thread => true,
    };
    if is_gone {
        return Ok(None);
    }
    let snippets = if words.is_empty() { Vec::new() } else { reader.snippets(hit, words)? };
    let snippets = snippets.into_iter().map(|(field, snippet)| Snippet {
        field,
        text: snippet.text,
        highlights: snippet
            .highlights
            .into_iter()
            .map(|range| TextRange { start: range.start, end: range.end })
            .collect(),
    });
    Ok(Some(SearchHit { score: hit.score, trace_id, trace, span, snippets: snippets.collect() }))
}

fn place_cursor(list: &str, place: usize) -> String {
    let value = SortValue::Whole(i64::try_from(place).unwrap_or(i64::MAX));
    cursor::encode(list, &Cursor { value, id: Uuid::nil() })
}

fn offset(list: &str, after: &str) -> Result<usize> {
    let cursor = cursor::decode(list, after)?;
    let SortValue::Whole(place) = cursor.value else {
        return Err(Problem::invalid("`after` is a damaged cursor"));
    };
    let place = usize::try_from(place).ok().filter(|place| *place <= PAGE_REACH_MAX);
    place.ok_or_else(|| Problem::invalid(format!("a search reaches {PAGE_REACH_MAX} hits at most")))
}
