//! Everything that is read of a workspace, as of one moment: a snapshot of rows, the log for bodies and history, and
//! the indexes for lists and searches, which are waited for until they have seen what the snapshot has. They may have seen
//! more by then: what they found is read from a snapshot that is newer than both.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::{self, OfSpan, Target};
use cairn_core::guardrails::Check;
use cairn_core::ids::{Position, ProjectId, SpanId, ThreadId, TraceId};
use cairn_core::limits::SPAN_SCORES_SHOWN_MAX;
use cairn_core::projects::{Project, name_key};
use cairn_core::query::{Direction, Entity, Field, Predicate, Query, Sort, Term, Words};
use cairn_core::time::Timestamp;
use cairn_core::workspaces::configuration::Configuration;
use cairn_core::{definitions, environments, prices, spans, traces};
use fjall::{Guard, Readable};
use uuid::Uuid;

use crate::aggregate::{Aggregated, Aggregation, Keyed};
use crate::attachments::contents::Contents;
use crate::error::Error;
use crate::index::{Listed, Window};
use crate::log::Verified;
use crate::log::block::Record;
use crate::rows::ROWS_VERSION;
use crate::shared::Shared;
use crate::signals::{Index, Projection, Version};
use crate::store::{INDEX_PATIENCE, Keyspaces, Store, position_in};
use crate::text::candidates;
use crate::traces::Sums;
use crate::view::{Asked, Bodies, Span, Trace};
use crate::{columns, rows, text};

/// The searching ends of both indexes.
#[derive(Clone)]
pub struct Indexes {
    pub(crate) columns: columns::Searcher,
    pub(crate) text: text::Searcher,
}

pub struct Reader {
    store: Arc<Store>,
    keyspaces: Keyspaces,
    snapshot: fjall::Snapshot,
    /// Takes its place once an index was asked.
    later: OnceLock<fjall::Snapshot>,
    position: Position,
    /// What its lists must have seen.
    awaited: Position,
    bodies: Bodies,
    indexes: Option<Indexes>,
    contents: Option<Arc<Contents>>,
}

/// Of what a list is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    pub entity: Entity,
    pub project: Option<ProjectId>,
    pub trace: Option<TraceId>,
}

#[derive(Clone, Debug)]
pub struct ProjectView {
    pub project: Project,
    pub last_updated_trace_at: Option<Timestamp>,
}

/// Up to this many spans a trace is read by its keys alone, without the index.
const SPANS_DIRECT_MAX: u64 = 5_000;

impl Reader {
    pub fn new(store: &Arc<Store>, indexes: &Indexes) -> Result<Self, Error> {
        let mut reader = Self::rows_only(store)?;
        reader.indexes = Some(indexes.clone());
        Ok(reader)
    }

    /// A reader without lists and searches.
    pub fn rows_only(store: &Arc<Store>) -> Result<Self, Error> {
        let snapshot = store.snapshot();
        let keyspaces = store.keyspaces().clone();
        let position = position_in(&snapshot, &keyspaces)?;
        let bodies = Bodies::new(store.log().clone());
        Ok(Self {
            store: Arc::clone(store),
            keyspaces,
            snapshot,
            later: OnceLock::new(),
            position,
            awaited: position,
            bodies,
            indexes: None,
            contents: None,
        })
    }

    /// A reader that can put files back into the bodies in which they stood.
    #[must_use]
    pub fn with_contents(mut self, contents: &Arc<Contents>) -> Self {
        self.contents = Some(Arc::clone(contents));
        self
    }

    /// A reader whose lists need to have seen the log only up to a position.
    #[must_use]
    pub fn awaiting(mut self, position: Position) -> Self {
        self.awaited = position.min(self.position);
        self
    }

    pub(crate) const fn contents(&self) -> Option<&Arc<Contents>> {
        self.contents.as_ref()
    }

    /// What this reader has seen of the log.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// When the newest event of the log was written.
    pub fn newest_event_time(&self) -> Result<Option<Timestamp>, Error> {
        Ok(self.store.log().record(self.store.signals().head())?.map(|record| record.time))
    }

    /// Walks the chain of the log, as far as it goes now.
    pub fn verify_log(&self) -> Result<Verified, Error> {
        self.store.log().verify()
    }

    pub fn index_position(&self, index: Index) -> Position {
        self.store.signals().reached(index)
    }

    /// What is made of the log, and how far each has come.
    pub fn projections(&self) -> [Projection; 3] {
        let rows = Version { number: ROWS_VERSION, next: None };
        let rows = Projection { name: "rows", version: rows, reached: self.position };
        let [columns, text] = Index::ALL.map(|index| self.store.signals().projection(index));
        [rows, columns, text]
    }

    pub const fn bodies(&self) -> &Bodies {
        &self.bodies
    }

    /// What all readers of this workspace share.
    pub fn shared(&self) -> &Shared {
        self.store.shared()
    }

    /// All projects, newest first.
    pub fn projects(&self) -> Result<Vec<ProjectView>, Error> {
        let mut projects = Vec::new();
        for guard in self.snapshot().prefix(&self.keyspaces.rows, rows::projects()) {
            let (_, value) = guard.into_inner()?;
            projects.push(self.project_view(rows::read(&value)?)?);
        }
        projects.sort_unstable_by_key(|view: &ProjectView| std::cmp::Reverse(view.project.id));
        Ok(projects)
    }

    pub fn project(&self, id: ProjectId) -> Result<Option<ProjectView>, Error> {
        let row: Option<Project> = self.row(rows::project(id))?;
        row.map(|project| self.project_view(project)).transpose()
    }

    pub fn project_by_name(&self, name: &str) -> Result<Option<ProjectView>, Error> {
        let id = self.snapshot().get(&self.keyspaces.rows, rows::project_name(&name_key(name)))?;
        match id.as_deref().and_then(rows::uuid) {
            Some(id) => self.project(ProjectId::known(id)),
            None => Ok(None),
        }
    }

    fn project_view(&self, project: Project) -> Result<ProjectView, Error> {
        let last_updated_trace_at = self.row(rows::project_activity(project.id))?;
        Ok(ProjectView { project, last_updated_trace_at })
    }

    /// All feedback definitions, the built-in one among them.
    pub fn definitions(&self) -> Result<definitions::State, Error> {
        crate::definitions::load(self.snapshot().prefix(&self.keyspaces.rows, rows::definitions()))
    }

    pub fn environments(&self) -> Result<environments::State, Error> {
        crate::environments::load(self.snapshot().prefix(&self.keyspaces.rows, rows::environments()))
    }

    /// The workspace's own prices, above the public ones.
    pub fn prices(&self) -> Result<prices::State, Error> {
        let rows = &self.keyspaces.rows;
        let prefix = |prefix| self.snapshot().prefix(rows, prefix);
        crate::prices::load(prefix(rows::own_prices()), prefix(rows::repricings()))
    }

    /// What the workspace sets for itself; `None` until somebody does.
    pub fn workspace_configuration(&self) -> Result<Option<Configuration>, Error> {
        self.row(rows::configuration())
    }

    pub fn trace(&self, id: TraceId) -> Result<Option<Trace>, Error> {
        let Some(state) = self.row::<traces::State>(rows::trace(id))? else { return Ok(None) };
        let sums: Option<Sums> = self.row(rows::sums(id))?;
        let scores = self.scores(Target::Trace(id))?;
        let (comments, checks) = (self.comments(Target::Trace(id))?, self.guardrail_checks(id)?);
        Ok(Some(Trace::new(state, sums.unwrap_or_default(), scores, comments, checks)))
    }

    pub fn span(&self, id: SpanId) -> Result<Option<Span>, Error> {
        match self.trace_of_span(id)? {
            Some(trace_id) => self.span_of(trace_id, id),
            None => Ok(None),
        }
    }

    pub(crate) fn trace_of_span(&self, id: SpanId) -> Result<Option<TraceId>, Error> {
        self.row(rows::span_place(id))
    }

    fn span_of(&self, trace_id: TraceId, id: SpanId) -> Result<Option<Span>, Error> {
        let Some(state) = self.row::<spans::State>(rows::span(trace_id, id))? else { return Ok(None) };
        let checks = self.guardrail_checks(trace_id)?;
        self.judged(state, &checks).map(Some)
    }

    /// How many spans a trace has.
    pub fn span_count(&self, trace_id: TraceId) -> Result<u64, Error> {
        Ok(self.row::<Sums>(rows::sums(trace_id))?.map_or(0, |sums| sums.spans))
    }

    /// Read one after the other, as they are asked for.
    pub(crate) fn span_ids(&self, trace_id: TraceId) -> impl Iterator<Item = Result<SpanId, Error>> {
        let prefix = rows::spans_of(trace_id);
        let keys = self.snapshot().prefix(&self.keyspaces.rows, &prefix).map(Guard::key);
        keys.filter_map(move |key| match key {
            Ok(key) => key.get(prefix.len()..).and_then(rows::uuid).map(|id| Ok(SpanId::known(id))),
            Err(error) => Some(Err(error.into())),
        })
    }

    /// The spans of a trace by start time, from a place on.
    pub fn spans_of(
        &self,
        trace_id: TraceId,
        after: Option<(Timestamp, SpanId)>,
        limit: usize,
    ) -> Result<Vec<Span>, Error> {
        if self.span_count(trace_id)? > SPANS_DIRECT_MAX {
            return self.spans_by_index(trace_id, after, limit);
        }
        let mut spans = Vec::new();
        for guard in self.snapshot().prefix(&self.keyspaces.rows, rows::spans_of(trace_id)) {
            let (_, value) = guard.into_inner()?;
            let state: spans::State = rows::read(&value)?;
            let place = (state.register.start_time(), std::cmp::Reverse(state.id));
            if after.is_none_or(|(start, id)| place > (start, std::cmp::Reverse(id))) {
                spans.push((place, state));
            }
        }
        spans.sort_unstable_by_key(|(place, _)| *place);
        spans.truncate(limit);
        let checks = self.guardrail_checks(trace_id)?;
        spans.into_iter().map(|(_, state)| self.judged(state, &checks)).collect()
    }

    /// A span with what was said of it.
    fn judged(&self, state: spans::State, checks: &[Check]) -> Result<Span, Error> {
        let target = Target::Span(state.id);
        let checks = checks.iter().filter(|check| check.span_id == state.id).cloned().collect();
        Ok(Span::new(state, self.scores(target)?, self.comments(target)?, checks))
    }

    fn spans_by_index(
        &self,
        trace_id: TraceId,
        after: Option<(Timestamp, SpanId)>,
        limit: usize,
    ) -> Result<Vec<Span>, Error> {
        use crate::index::{Cursor, SortValue};
        let window = Window {
            sort: Some(Sort { field: Field::StartTime, direction: Direction::Ascending }),
            after: after
                .map(|(start, id)| Cursor { value: SortValue::Whole(start.as_nanos()), id: id.uuid() }),
            offset: 0,
            limit,
            count: false,
        };
        let scope = Scope { entity: Entity::Span, project: None, trace: Some(trace_id) };
        let listed = self.list(scope, &Query::All, &window)?;
        let spans = listed.hits.iter().map(|hit| self.span_of(trace_id, SpanId::known(hit.id)));
        spans.filter_map(Result::transpose).collect()
    }

    pub fn scores(&self, target: Target) -> Result<feedback::State, Error> {
        Ok(self.row(rows::scores(target))?.unwrap_or_default())
    }

    /// The scores of the spans of a trace, of so many of them as are shown.
    pub fn span_scores(&self, trace_id: TraceId) -> Result<Vec<OfSpan>, Error> {
        let prefix = rows::said::scored_spans(trace_id);
        let mut found = Vec::new();
        for guard in self.snapshot().prefix(&self.keyspaces.rows, &prefix).take(SPAN_SCORES_SHOWN_MAX) {
            let key = guard.key()?;
            let Some(id) = key.get(prefix.len()..).and_then(rows::uuid).map(SpanId::known) else { continue };
            let Some(state) = self.row::<spans::State>(rows::span(trace_id, id))? else { continue };
            let kind = state.register.resolve().kind.unwrap_or_default();
            found.push(OfSpan { id, kind, scores: self.scores(Target::Span(id))? });
        }
        Ok(found)
    }

    /// The verdicts of assertions.
    pub fn assertions(&self, target: Target) -> Result<feedback::assertions::State, Error> {
        Ok(self.row(rows::said::assertions(target))?.unwrap_or_default())
    }

    /// Traces, spans or threads that match, in order. Waits until the index has seen what this reader has.
    pub fn list(&self, scope: Scope, query: &Query, window: &Window) -> Result<Listed, Error> {
        self.check_filled(scope.entity, window.sort.iter().map(|sort| &sort.field))?;
        self.in_columns(scope, query, |columns, rest, ids, verify| {
            columns.list(&scope, rest, ids, window, verify)
        })
    }

    /// Figures of the traces, spans or threads that match. Waits for the index as `list` does.
    pub fn aggregate(
        &self,
        scope: Scope,
        query: &Query,
        aggregation: &Aggregation,
    ) -> Result<Aggregated, Error> {
        self.check_filled(scope.entity, aggregation.fields())?;
        self.in_columns(scope, query, |columns, rest, ids, verify| {
            columns.aggregate(&scope, rest, ids, aggregation, verify)
        })
    }

    /// Figures of what matches in any of the scopes, which must not overlap.
    pub fn aggregate_all(
        &self,
        scopes: &[Scope],
        query: &Query,
        aggregation: &Aggregation,
    ) -> Result<Aggregated, Error> {
        scopes.iter().try_fold(Aggregated::default(), |found, scope| {
            Ok(found.together_with(self.aggregate(*scope, query, aggregation)?))
        })
    }

    /// The usage keys or score names of the traces, spans or threads that match, sorted; at most `AGGREGATE_KEYS_MAX`.
    pub fn keys(&self, scope: Scope, query: &Query, keyed: Keyed) -> Result<Vec<String>, Error> {
        self.in_columns(scope, query, |columns, rest, ids, verify| {
            columns.keys(&scope, rest, ids, keyed, verify)
        })
    }

    /// Asks the columns when they are ready, after the text index for the words that everything must hold.
    fn in_columns<T>(
        &self,
        scope: Scope,
        query: &Query,
        ask: impl FnOnce(
            &columns::Searcher,
            &Query,
            Option<&HashSet<Uuid>>,
            &mut columns::Verify<'_>,
        ) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let indexes = self.indexes()?;
        self.store.signals().wait_for(Index::Columns, self.awaited, INDEX_PATIENCE)?;
        let query = self.without_experiments(scope.entity, query)?;
        let query = self.in_index(scope.entity, self.without_queues(&query)?.into_owned())?;
        let (words, rest) = match scope.entity {
            Entity::Trace | Entity::Span => split_words(&query),
            // The text index does not hold threads: what is said in them stands in their traces.
            Entity::Thread => (Vec::new(), query),
        };
        let ids = match words.as_slice() {
            [] => None,
            words => {
                self.store.signals().wait_for(Index::Text, self.position, INDEX_PATIENCE)?;
                Some(indexes.text.matching(scope.project, scope.entity, words)?)
            }
        };
        let ids = match (ids, self.candidates(scope, &rest)?) {
            (Some(one), Some(other)) => Some(one.intersection(&other).copied().collect()),
            (one, other) => one.or(other),
        };
        let plain = self.in_plain(scope.entity, &rest)?;
        // It is called when the index has been asked.
        let mut verify = |id: Uuid| {
            self.keep_up();
            self.matches(scope.entity, id, &plain)
        };
        let found = ask(&indexes.columns, &rest, ids.as_ref(), &mut verify)?;
        self.keep_up();
        Ok(found)
    }

    /// What may satisfy the conditions on bodies, if the text index can tell; else the bodies themselves are asked.
    fn candidates(&self, scope: Scope, query: &Query) -> Result<Option<HashSet<Uuid>>, Error> {
        let parts = match query {
            Query::And(parts) => parts.as_slice(),
            other => std::slice::from_ref(other),
        };
        let terms =
            parts.iter().filter_map(|part| if let Query::Term(term) = part { Some(term) } else { None });
        let terms: Vec<&Term> = terms.filter(|term| candidates::narrows(term)).collect();
        // The text index holds no threads.
        if scope.entity == Entity::Thread || terms.is_empty() {
            return Ok(None);
        }
        match self.store.signals().wait_for(Index::Text, self.position, INDEX_PATIENCE) {
            Ok(()) => self.indexes()?.text.candidates(scope.project, scope.entity, &terms),
            Err(Error::IndexBehind { .. }) => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Whether the entity exists and satisfies a query.
    pub fn matches(&self, entity: Entity, id: Uuid, query: &Query) -> Result<bool, Error> {
        let bodies = &self.bodies;
        let query = self.in_plain(entity, query)?;
        let query = self.without_queues(&query)?;
        Ok(match entity {
            Entity::Trace => self
                .trace(TraceId::known(id))?
                .is_some_and(|trace| query.matches(entity, &Asked { thing: &trace, bodies })),
            Entity::Span => self
                .span(SpanId::known(id))?
                .is_some_and(|span| query.matches(entity, &Asked { thing: &span, bodies })),
            Entity::Thread => self
                .thread(ThreadId::known(id))?
                .is_some_and(|thread| query.matches(entity, &Asked { thing: &thread, bodies })),
        })
    }

    /// How many traces, spans or threads a project has.
    pub fn count(&self, entity: Entity, project: ProjectId) -> Result<usize, Error> {
        let indexes = self.indexes()?;
        self.store.signals().wait_for(Index::Columns, self.awaited, INDEX_PATIENCE)?;
        indexes.columns.count(entity, project)
    }

    /// The events after a position, oldest first, about `limit` of them.
    pub fn events_after(&self, after: Position, limit: usize) -> Result<Vec<Recorded<Event>>, Error> {
        self.store.log().events_after(after, limit)
    }

    pub fn records_after(&self, after: Position, limit: usize) -> Result<Vec<Record>, Error> {
        self.store.log().records_after(after, limit)
    }

    pub fn record(&self, at: Position) -> Result<Option<Record>, Error> {
        self.store.log().record(at)
    }

    /// What happened at a position; nothing if it was erased.
    pub fn event(&self, at: Position) -> Result<Option<Event>, Error> {
        Ok(self.store.log().event(at)?.map(|recorded| recorded.event))
    }

    /// The positions of an entity's events, oldest first.
    pub fn history(&self, entity: Uuid) -> Result<Vec<Position>, Error> {
        let mut positions = Vec::new();
        for guard in self.snapshot().prefix(&self.keyspaces.history, entity.as_bytes()) {
            let key = guard.key()?;
            let tail = key.get(16..).and_then(|tail| tail.try_into().ok());
            positions.extend(tail.map(|tail| Position(u64::from_be_bytes(tail))));
        }
        Ok(positions)
    }

    /// Where the log ended when the columns index was begun.
    pub(crate) fn columns_begun(&self) -> Result<Position, Error> {
        Ok(self.indexes()?.columns.begun())
    }

    pub(crate) fn indexes(&self) -> Result<&Indexes, Error> {
        let missing = Error::IndexBehind { wanted: self.position, reached: Position::START };
        self.indexes.as_ref().ok_or(missing)
    }

    pub(crate) fn snapshot(&self) -> &fjall::Snapshot {
        self.later.get().unwrap_or(&self.snapshot)
    }

    /// From now on reads rows as they are by now. To be called when an index was asked, which may know of newer ones than
    /// the first snapshot: what it found would seem to be gone, and of a busy workspace that is the whole first page.
    pub(crate) fn keep_up(&self) {
        self.later.get_or_init(|| self.store.snapshot());
    }

    pub(crate) const fn history_keys(&self) -> &fjall::Keyspace {
        &self.keyspaces.history
    }

    pub(crate) const fn rows(&self) -> &fjall::Keyspace {
        &self.keyspaces.rows
    }

    pub(crate) const fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Visits the rows under a prefix, in the order of their keys.
    pub(crate) fn each(
        &self,
        prefix: rows::Key,
        mut visit: impl FnMut(&[u8], &[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for guard in self.snapshot().prefix(&self.keyspaces.rows, prefix) {
            let (key, value) = guard.into_inner()?;
            visit(&key, &value)?;
        }
        Ok(())
    }

    pub(crate) fn row<T: serde::de::DeserializeOwned>(&self, key: rows::Key) -> Result<Option<T>, Error> {
        self.snapshot().get(&self.keyspaces.rows, key)?.as_deref().map(rows::read).transpose()
    }
}

/// Takes the words that everything must hold out of a query: the text index answers them.
fn split_words(query: &Query) -> (Vec<(Option<Field>, Words)>, Query) {
    let word = |query: &Query| match query {
        // Fields that share a part of the text index with others are answered by the columns.
        Query::Term(Term {
            field: field @ (Field::Text | Field::Name | Field::Input | Field::Output | Field::Metadata),
            predicate: Predicate::Words(words),
        }) => Some(((*field != Field::Text).then(|| field.clone()), words.clone())),
        _ => None,
    };
    match query {
        Query::And(parts) => {
            let words = parts.iter().filter_map(word).collect();
            let rest: Vec<Query> = parts.iter().filter(|part| word(part).is_none()).cloned().collect();
            (words, if rest.is_empty() { Query::All } else { Query::And(rest) })
        }
        other => match word(other) {
            Some(words) => (vec![words], Query::All),
            None => (Vec::new(), other.clone()),
        },
    }
}
