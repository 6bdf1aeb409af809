//! Ranked full-text search over traces, spans, and what is written beside them, in a project or the whole workspace.

use std::collections::BTreeSet;

use async_graphql::connection::{Connection, ConnectionNameType, Edge, EdgeNameType, EmptyFields};
use async_graphql::{Context, Enum, ID, Object, OutputType, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::WorkspaceRead;
use cairn_core::ids::ProjectId;
use cairn_core::limits::PAGE_REACH_MAX;
use cairn_core::query::{Entity, Field, Predicate, Query, Words};
use cairn_core::search::Searched;
use cairn_storage::index::{Cursor, Ranked, SortValue};
use cairn_storage::reader::Reader;
use cairn_storage::search::{Judged, Thing};
use cairn_storage::view;
use uuid::Uuid;

use crate::comments::Comment;
use crate::connection::{page_cost, page_size};
use crate::cursor;
use crate::datasets::items::DatasetItem;
use crate::datasets::versions::DatasetVersion;
use crate::datasets::{Dataset, VersionKey};
use crate::error::{Problem, Result};
use crate::experiments::Experiment;
use crate::prompts::Prompt;
use crate::prompts::versions::PromptVersion;
use crate::scalars::{Position, uuid};
use crate::session::{loader, session};
use crate::spans::Span;
use crate::threads::Thread;
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
    /// How many newer events there were that it had not seen: words wait while very much is written.
    unseen: u64,
}

/// What a search can find.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Searched")]
pub(crate) enum SearchKind {
    Trace,
    Span,
    /// By its name, its description, its tags, and what its latest version says.
    Prompt,
    /// An earlier version of a prompt, or a mask.
    PromptVersion,
    Dataset,
    /// As the newest version of its dataset has it, or the last that had it; and as each earlier version had it that
    /// said something else.
    DatasetItem,
    Experiment,
    Comment,
    /// The reasons for the scores of a trace, a span or a thread.
    Score,
}

pub(crate) struct SearchHit {
    found: Ranked,
    thing: Thing,
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
        self.found.score
    }

    async fn kind(&self) -> SearchKind {
        self.found.place.kind.into()
    }

    /// Of what was found; of what is scored where reasons for scores were found.
    async fn id(&self) -> ID {
        self.found.place.id.into()
    }

    /// The trace that matched, or to which the matching span belongs, or what was said of it or of its span; null while
    /// only its spans have arrived.
    async fn trace(&self) -> Option<Trace> {
        self.recorded().and_then(Recorded::trace).cloned().map(Trace::from)
    }

    /// The span that matched, or that what was said is about.
    async fn span(&self) -> Option<Span> {
        match self.recorded() {
            Some(Recorded::Span(span, _)) => Some(Span::from(span.clone())),
            _ => None,
        }
    }

    /// Null for what belongs to no trace.
    async fn trace_id(&self) -> Option<ID> {
        match self.recorded()? {
            Recorded::Trace(trace) => Some(trace.id.into()),
            Recorded::Span(span, _) => Some(span.trace_id.into()),
        }
    }

    /// The thread that what was said is about.
    async fn thread(&self) -> Option<Thread> {
        match &self.thing {
            Thing::Comment(_, Judged::Thread(thread)) | Thing::Score(Judged::Thread(thread)) => {
                Some(Thread((**thread).clone()))
            }
            _ => None,
        }
    }

    /// The prompt that matched, or whose version did.
    async fn prompt(&self) -> Option<Prompt> {
        match &self.thing {
            Thing::Prompt(prompt) | Thing::PromptVersion(prompt, _) => Some(Prompt((**prompt).clone())),
            _ => None,
        }
    }

    /// Null when a prompt matched by what it says now.
    async fn prompt_version(&self) -> Option<PromptVersion> {
        match &self.thing {
            Thing::PromptVersion(_, version) => Some(PromptVersion((**version).clone())),
            _ => None,
        }
    }

    /// The dataset that matched, or whose item did.
    async fn dataset(&self) -> Option<Dataset> {
        match &self.thing {
            Thing::Dataset(dataset) | Thing::DatasetItem(dataset, ..) | Thing::EarlierItem(dataset, ..) => {
                Some(Dataset(dataset.clone()))
            }
            _ => None,
        }
    }

    async fn dataset_item(&self) -> Option<DatasetItem> {
        match &self.thing {
            Thing::DatasetItem(_, item, _) | Thing::EarlierItem(_, item, _) => {
                Some(DatasetItem((**item).clone()))
            }
            _ => None,
        }
    }

    /// The version of the dataset that has the item as it was found: the newest one, unless that has it no more or
    /// otherwise.
    #[graphql(complexity = "5 + child_complexity")]
    async fn dataset_version(&self, context: &Context<'_>) -> Result<Option<DatasetVersion>> {
        let (Thing::DatasetItem(dataset, _, number) | Thing::EarlierItem(dataset, _, number)) = &self.thing
        else {
            return Ok(None);
        };
        let key = VersionKey { dataset: dataset.id, number: *number };
        Ok(loader(context)?.load_one(key).await?.map(DatasetVersion))
    }

    async fn experiment(&self) -> Option<Experiment> {
        match &self.thing {
            Thing::Experiment(experiment) => Some(Experiment((**experiment).clone())),
            _ => None,
        }
    }

    async fn comment(&self) -> Option<Comment> {
        match &self.thing {
            Thing::Comment(comment, _) => Some(Comment::from(comment)),
            _ => None,
        }
    }

    #[graphql(complexity = "20 + child_complexity")]
    async fn snippets(&self) -> &[Snippet] {
        &self.snippets
    }
}

/// The trace or the span that was found, or of which something was said.
#[derive(Clone, Copy)]
enum Recorded<'a> {
    Trace(&'a view::Trace),
    Span(&'a view::Span, Option<&'a view::Trace>),
}

impl<'a> Recorded<'a> {
    const fn trace(self) -> Option<&'a view::Trace> {
        match self {
            Self::Trace(trace) => Some(trace),
            Self::Span(_, trace) => trace,
        }
    }
}

impl SearchHit {
    fn recorded(&self) -> Option<Recorded<'_>> {
        match &self.thing {
            Thing::Trace(trace)
            | Thing::Comment(_, Judged::Trace(trace))
            | Thing::Score(Judged::Trace(trace)) => Some(Recorded::Trace(trace)),
            Thing::Span(span, trace)
            | Thing::Comment(_, Judged::Span(span, trace))
            | Thing::Score(Judged::Span(span, trace)) => Some(Recorded::Span(span, trace.as_deref())),
            Thing::Comment(_, Judged::Thread(_))
            | Thing::Score(Judged::Thread(_))
            | Thing::Prompt(_)
            | Thing::PromptVersion(..)
            | Thing::Dataset(_)
            | Thing::DatasetItem(..)
            | Thing::EarlierItem(..)
            | Thing::Experiment(_) => None,
        }
    }
}

#[derive(Default)]
pub(crate) struct SearchQueries;

#[Object]
impl SearchQueries {
    /// Ranked full-text search over things of some kinds, traces and spans if none are named, in a project or in the
    /// whole workspace: words, `"phrases"` and `beginnings*`, of which all must be found. Ranks move while data comes
    /// in: a later page may repeat a hit of an earlier one or miss one.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn search(
        &self,
        context: &Context<'_>,
        project_id: Option<ID>,
        kinds: Option<Vec<SearchKind>>,
        text: String,
        #[graphql(default_with = "Some(20)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<SearchPage> {
        let session = session(context)?;
        let words = words(&text, session)?;
        let kinds = asked_kinds(kinds)?;
        kinds.iter().try_for_each(|kind| session.may_search(*kind))?;
        let project = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        let list = list_name(project, &kinds);
        let first = page_size(first)?;
        let offset = after.map(|after| offset(&list, &after)).transpose()?;
        let start = offset.unwrap_or_default();
        let ahead = context.look_ahead();
        let snippets = ahead.field("nodes").field("snippets").exists()
            || ahead.field("edges").field("node").field("snippets").exists();
        // Who may enter may ask; what for was looked at above.
        let read = session.read::<WorkspaceRead, _>(move |reader| {
            if words.is_empty() {
                let seen = reader.index_position(cairn_storage::signals::Index::Text);
                return Ok((Vec::new(), 0, seen, reader.position()));
            }
            let found = reader.search(project, &kinds, &words, start, first)?;
            let shown: &[Words] = if snippets { &words } else { &[] };
            let hits = found.hits.into_iter().map(|hit| load(reader, hit, shown));
            let hits: Vec<Option<SearchHit>> = hits.collect::<std::result::Result<_, Failure>>()?;
            Ok((hits, found.total, found.seen_up_to, reader.position()))
        });
        let (hits, total, seen_up_to, asked_at) = read.await?;
        let has_next = start + hits.len() < total && !hits.is_empty();
        let unseen = asked_at.0.saturating_sub(seen_up_to.0);
        let totals = SearchTotals { total_count: total, seen_up_to: Position(seen_up_to), unseen };
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

/// Each kind once.
fn asked_kinds(kinds: Option<Vec<SearchKind>>) -> Result<Vec<Searched>> {
    let Some(kinds) = kinds else { return Ok(Searched::RECORDED.to_vec()) };
    if kinds.is_empty() {
        return Err(Problem::invalid("`kinds` must name what to search, or be left out"));
    }
    let kinds: BTreeSet<Searched> = kinds.into_iter().map(Searched::from).collect();
    Ok(kinds.into_iter().collect())
}

/// What tells cursors of one search from those of another.
fn list_name(project: Option<ProjectId>, kinds: &[Searched]) -> String {
    let letters: String = kinds.iter().map(|kind| kind.letter()).collect();
    project.map_or_else(|| format!("search for {letters}"), |id| format!("search of {id} for {letters}"))
}

/// A hit that the rows of this moment do not know is left out.
fn load(reader: &Reader, found: Ranked, words: &[Words]) -> std::result::Result<Option<SearchHit>, Failure> {
    let Some(thing) = reader.thing(&found)? else { return Ok(None) };
    let snippets = if words.is_empty() { Vec::new() } else { reader.snippets(&thing, words)? };
    let snippets = snippets.into_iter().map(|(field, snippet)| Snippet {
        field,
        text: snippet.text,
        highlights: snippet
            .highlights
            .into_iter()
            .map(|range| TextRange { start: range.start, end: range.end })
            .collect(),
    });
    Ok(Some(SearchHit { snippets: snippets.collect(), found, thing }))
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
