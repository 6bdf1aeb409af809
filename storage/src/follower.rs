//! The two followers of the log: each reads on from its own position and brings its index up to date.
//! Threads and pacing are the actors' matter.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use cairn_core::erasures;
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::{self, Target};
use cairn_core::guardrails::{self, failures, passed};
use cairn_core::history::undo;
use cairn_core::ids::{Position, SpanId, ThreadId, TraceId};
use cairn_core::json::Json;
use cairn_core::limits::{
    COLUMNS_COMMIT_DOCUMENTS_MAX, METADATA_BYTES_MAX, TEXT_COMMIT_DOCUMENTS_MAX, TEXT_FIELD_BYTES_MAX,
};
use cairn_core::merge::BodyRef;
use cairn_core::query::Entity;
use cairn_core::{prices, spans, traces};

use crate::error::Error;
use crate::index::{Change, Columns, Metadata, Texts};
use crate::reader::{Indexes, Reader};
use crate::signals::{Index, Signals};
use crate::store::{Store, concerns_indexes};
use crate::threads::read::Thread;
use crate::view::{
    Bodies, Part, Span, Trace, bodies_of, cost, lower_scores, lower_span_scores, outcome, said, score_names,
};
use crate::{columns, text};

/// Follows the log for one index.
pub struct Follower {
    store: Arc<Store>,
    reached: Position,
    target: Writer,
}

enum Writer {
    Columns(columns::Writer),
    Text(text::Writer),
}

/// Opens both indexes of a workspace, with their followers.
pub fn open(dir: &Path, store: &Arc<Store>) -> Result<(Indexes, [Follower; 2]), Error> {
    let (columns_writer, columns) = columns::open(&dir.join("columns"))?;
    let (text_writer, text) = text::open(&dir.join("text"))?;
    if columns.position().max(text.position()) > store.signals().head() {
        // It has seen what this log does not hold: it is of another log, as after a restored backup.
        tracing::warn!("the indexes are ahead of the log and are made anew");
        drop((columns_writer, columns, text_writer, text));
        wipe(dir)?;
        return open(dir, store);
    }
    let follower = |index, reached: Position, target| {
        store.signals().advance(index, reached);
        Follower { store: Arc::clone(store), reached, target }
    };
    let followers = [
        follower(Index::Columns, columns.position(), Writer::Columns(columns_writer)),
        follower(Index::Text, text.position(), Writer::Text(text_writer)),
    ];
    Ok((Indexes { columns, text }, followers))
}

/// Throws both indexes away; the next `open` begins them anew.
pub fn wipe(dir: &Path) -> Result<(), Error> {
    for name in ["columns", "text"] {
        match std::fs::remove_dir_all(dir.join(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

impl Follower {
    pub const fn index(&self) -> Index {
        match self.target {
            Writer::Columns(_) => Index::Columns,
            Writer::Text(_) => Index::Text,
        }
    }

    pub fn signals(&self) -> &Arc<Signals> {
        self.store.signals()
    }

    pub const fn reached(&self) -> Position {
        self.reached
    }

    /// Takes the next bounded stretch of the log into the index, and says how far it came.
    pub fn advance(&mut self) -> Result<Position, Error> {
        let limit = match self.target {
            Writer::Columns(_) => COLUMNS_COMMIT_DOCUMENTS_MAX,
            Writer::Text(_) => TEXT_COMMIT_DOCUMENTS_MAX,
        };
        let (mut events, read) = self.store.log().stretch_after(self.reached, limit)?;
        let reader = Reader::rows_only(&self.store)?;
        // A commit that is being made shows in the log before its rows are there.
        let mut up_to = read.min(reader.position());
        events.retain(|event| event.position <= up_to);
        if let Some(sealed) = events.iter().find(|event| is_sealed(event)).map(|event| event.position) {
            if events.first().is_some_and(|event| event.position == sealed) {
                // All that it erases is deleted by now, and committed.
                self.target.purge()?;
                up_to = sealed;
            } else {
                up_to = up_to.min(Position(sealed.0.saturating_sub(1)));
            }
        }
        if up_to <= self.reached {
            return Ok(self.reached);
        }
        events.retain(|event| event.position <= up_to);
        let touched = Touched::by(&reader, &events)?;
        match &mut self.target {
            Writer::Columns(writer) => writer.apply(touched.columns(&reader, &events)?, up_to)?,
            Writer::Text(writer) => writer.apply(touched.texts(&reader, &events)?, up_to)?,
        }
        self.reached = up_to;
        self.store.signals().advance(self.index(), up_to);
        Ok(up_to)
    }
}

impl Writer {
    /// Rewrites what holds anything that was deleted.
    fn purge(&mut self) -> Result<(), Error> {
        match self {
            Self::Columns(writer) => writer.purge(),
            Self::Text(writer) => writer.purge(),
        }
    }
}

const fn is_sealed(event: &Recorded<Event>) -> bool {
    matches!(event.event, Event::Erasures(erasures::Event::Sealed { .. }))
}

/// What a stretch of the log changed, each thing once.
#[derive(Default)]
struct Touched {
    /// Traces whose own fields or scores changed.
    traces: BTreeSet<TraceId>,
    /// Traces whose sums changed because a span did.
    summed: BTreeSet<TraceId>,
    spans: BTreeSet<SpanId>,
    /// Spans of which only the cost or what checks said of them changed: no text.
    restated: BTreeSet<SpanId>,
    /// Spans whose scores changed, and with them those of their traces.
    scored: BTreeSet<SpanId>,
    deleted: BTreeSet<TraceId>,
}

impl Touched {
    fn by(reader: &Reader, events: &[Recorded<Event>]) -> Result<Self, Error> {
        let mut touched = Self::default();
        for event in events.iter().filter(|event| concerns_indexes(&event.event)) {
            touched.note(reader, &event.event)?;
        }
        Ok(touched)
    }

    fn note(&mut self, reader: &Reader, event: &Event) -> Result<(), Error> {
        match event {
            Event::Traces(traces::Event::Deleted { id }) => {
                self.deleted.insert(*id);
                self.traces.insert(*id);
            }
            Event::Traces(event) => {
                self.traces.insert(event.id());
            }
            Event::Spans(event) => {
                self.spans.insert(event.id());
                self.summed.insert(match event {
                    spans::Event::Recorded(row) => row.trace_id,
                    spans::Event::Patched(patch) => patch.trace_id,
                    spans::Event::Deleted { trace_id, .. } => *trace_id,
                });
            }
            Event::Prices(event) => {
                if let prices::Event::SpanRepriced { id, trace_id, .. } = event {
                    self.restated.insert(*id);
                    self.summed.insert(*trace_id);
                }
            }
            Event::Feedback(event) => {
                self.judged(event.target());
                if let Target::Span(id) = event.target()
                    && !matches!(event, feedback::Event::Asserted { .. })
                {
                    self.scored.insert(id);
                }
            }
            Event::Comments(event) => self.judged(event.target()),
            Event::Guardrails(guardrails::Event::Checked(checked)) => {
                self.summed.insert(checked.trace_id);
                self.restated.insert(checked.span_id);
            }
            Event::History(event) => self.undone(reader, event)?,
            Event::Threads(_)
            | Event::Erasures(_)
            | Event::Retention(_)
            | Event::Workspaces(_)
            | Event::Projects(_)
            | Event::Otel(_)
            | Event::Attachments(_)
            | Event::Definitions(_)
            | Event::Environments(_)
            | Event::Datasets(_)
            | Event::Experiments(_)
            | Event::Prompts(_)
            | Event::Insights(_)
            | Event::Runners(_)
            | Event::Agents(_)
            | Event::Optimizations(_)
            | Event::Annotations(_)
            | Event::Dashboards(_) => {}
        }
        Ok(())
    }

    /// What was taken back is looked at again; a trace that came back brought its spans.
    fn undone(&mut self, reader: &Reader, event: &undo::Event) -> Result<(), Error> {
        let undo::Event::Undone { position, .. } = event;
        let Some(root) = reader.root(*position)? else { return Ok(()) };
        if let Event::Traces(traces::Event::Deleted { id }) = &root.event {
            self.spans.extend(reader.span_ids(*id)?);
        }
        self.note(reader, &root.event)
    }

    fn judged(&mut self, target: Target) {
        match target {
            Target::Trace(id) => {
                self.traces.insert(id);
            }
            Target::Span(id) => {
                self.spans.insert(id);
            }
            Target::Thread(_) => {}
        }
    }

    fn columns(&self, reader: &Reader, events: &[Recorded<Event>]) -> Result<Vec<Change<Columns>>, Error> {
        let bodies = Nearest { events, stored: reader.bodies() };
        let mut changes: Vec<_> =
            self.deleted.iter().map(|id| Change::RemoveTrace { id: id.uuid() }).collect();
        let mut summed = self.summed.clone();
        for id in &self.scored {
            summed.extend(reader.trace_of_span(*id)?);
        }
        for id in self.traces.union(&summed) {
            changes.push(match reader.trace(*id)? {
                Some(trace) => {
                    let metadata = metadata(&bodies, trace.fields.metadata.as_ref())?;
                    Change::Put(Columns { metadata, ..trace_columns(trace) })
                }
                None => Change::Remove { entity: Entity::Trace, id: id.uuid() },
            });
        }
        for id in self.spans.union(&self.restated) {
            changes.push(match reader.span(*id)? {
                Some(span) => {
                    let metadata = metadata(&bodies, span.fields.metadata.as_ref())?;
                    Change::Put(Columns { metadata, ..span_columns(span) })
                }
                None => Change::Remove { entity: Entity::Span, id: id.uuid() },
            });
        }
        for id in changed_threads(reader, events)? {
            changes.push(match reader.thread(id)?.filter(|thread| !thread.is_empty()) {
                Some(thread) => Change::Put(thread_columns(thread)),
                None => Change::Remove { entity: Entity::Thread, id: id.uuid() },
            });
        }
        Ok(changes)
    }

    fn texts(&self, reader: &Reader, events: &[Recorded<Event>]) -> Result<Vec<Change<Texts>>, Error> {
        let bodies = Nearest { events, stored: reader.bodies() };
        let mut changes: Vec<_> =
            self.deleted.iter().map(|id| Change::RemoveTrace { id: id.uuid() }).collect();
        for id in &self.traces {
            changes.push(match reader.trace(*id)? {
                Some(trace) => Change::Put(trace_texts(&trace, &bodies)?),
                None => Change::Remove { entity: Entity::Trace, id: id.uuid() },
            });
        }
        for id in &self.spans {
            changes.push(match reader.span(*id)? {
                Some(span) => Change::Put(span_texts(&span, &bodies)?),
                None => Change::Remove { entity: Entity::Span, id: id.uuid() },
            });
        }
        Ok(changes)
    }
}

/// The threads that a stretch of the log changed: rows know it, as most events that do name no thread.
fn changed_threads(reader: &Reader, events: &[Recorded<Event>]) -> Result<BTreeSet<ThreadId>, Error> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(BTreeSet::new()) };
    let changes = reader.thread_changes(first.position, last.position)?;
    Ok(changes.into_iter().flat_map(|(_, changed)| changed).map(|changed| changed.thread).collect())
}

fn trace_columns(trace: Trace) -> Columns {
    let fields = &trace.fields;
    let filled = filled([fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()]);
    let span_scores = lower_span_scores(&trace.sums);
    Columns {
        entity: Entity::Trace,
        id: trace.id.uuid(),
        project_id: trace.project_id,
        trace_id: Some(trace.id.uuid()),
        parent_id: None,
        duration_ms: trace.duration(),
        thread_id: trace.fields.thread_id,
        name: trace.fields.name,
        kind: None,
        model: None,
        provider: None,
        providers: trace.sums.providers.into_keys().collect(),
        environment: trace.fields.environment,
        source: trace.fields.source,
        tags: trace.fields.tags.unwrap_or_default(),
        created_by: trace.created_by,
        start_time: trace.start_time,
        end_time: trace.fields.end_time,
        created_at: trace.created_at,
        last_updated_at: trace.last_updated_at,
        ttft_ms: trace.fields.ttft,
        cost: cost(Some(trace.sums.cost)),
        usage: trace.sums.usage.into_iter().collect(),
        span_count: trace.sums.spans,
        llm_span_count: trace.sums.llm_spans,
        status: None,
        message_count: None,
        has_error: trace.fields.error.is_some(),
        error_type: trace.fields.error.map(|error| error.exception_type),
        scores: lower_scores(&trace.scores),
        score_names: score_names(&trace.scores),
        span_scores,
        span_score_names: trace.sums.scores.into_keys().collect(),
        comments: trace.comments.into_iter().map(|comment| comment.text).collect(),
        guardrails: passed(&trace.checks).map(outcome),
        guardrail_failures: owned(failures(&trace.checks)),
        metadata: Metadata::Missing,
        filled,
    }
}

fn span_columns(span: Span) -> Columns {
    let fields = &span.fields;
    let filled = filled([fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()]);
    Columns {
        entity: Entity::Span,
        id: span.id.uuid(),
        project_id: span.project_id,
        trace_id: Some(span.trace_id.uuid()),
        parent_id: span.parent.map(SpanId::uuid),
        duration_ms: span.duration(),
        thread_id: None,
        name: span.fields.name,
        kind: Some(span.fields.kind.unwrap_or_default().name()),
        model: span.fields.model,
        provider: span.fields.provider,
        providers: Vec::new(),
        environment: span.fields.environment,
        source: span.fields.source,
        tags: span.fields.tags.unwrap_or_default(),
        created_by: span.created_by,
        start_time: span.start_time,
        end_time: span.fields.end_time,
        created_at: span.created_at,
        last_updated_at: span.last_updated_at,
        ttft_ms: span.fields.ttft,
        cost: cost(span.fields.cost),
        usage: span.fields.usage.into_iter().flatten().collect(),
        span_count: 0,
        llm_span_count: 0,
        status: None,
        message_count: None,
        has_error: span.fields.error.is_some(),
        error_type: span.fields.error.map(|error| error.exception_type),
        scores: lower_scores(&span.scores),
        score_names: score_names(&span.scores),
        span_scores: Vec::new(),
        span_score_names: Vec::new(),
        comments: span.comments.into_iter().map(|comment| comment.text).collect(),
        guardrails: passed(&span.checks).map(outcome),
        guardrail_failures: owned(failures(&span.checks)),
        metadata: Metadata::Missing,
        filled,
    }
}

fn thread_columns(thread: Thread) -> Columns {
    let duration_ms = thread.duration();
    let message_count = Some(thread.messages());
    Columns {
        entity: Entity::Thread,
        id: thread.id.uuid(),
        project_id: thread.project_id,
        trace_id: None,
        parent_id: None,
        duration_ms,
        thread_id: Some(thread.name),
        name: None,
        kind: None,
        model: None,
        provider: None,
        providers: thread.sums.providers.into_keys().collect(),
        environment: thread.environment,
        source: thread.source,
        tags: thread.tags,
        created_by: thread.created_by,
        start_time: thread.start_time,
        end_time: thread.end_time,
        created_at: thread.created_at,
        last_updated_at: thread.last_updated_at,
        ttft_ms: None,
        cost: cost(Some(thread.sums.cost)),
        usage: thread.sums.usage.into_iter().collect(),
        span_count: thread.sums.spans,
        llm_span_count: thread.sums.llm_spans,
        status: Some(thread.status.name()),
        message_count,
        has_error: false,
        error_type: None,
        scores: lower_scores(&thread.scores),
        score_names: score_names(&thread.scores),
        span_scores: Vec::new(),
        span_score_names: Vec::new(),
        guardrails: None,
        guardrail_failures: Vec::new(),
        comments: thread.comments.into_iter().map(|comment| comment.text).collect(),
        metadata: Metadata::Missing,
        filled: Vec::new(),
    }
}

fn owned(failures: BTreeMap<&str, u64>) -> Vec<(String, u64)> {
    failures.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

/// Most bodies lie in the events at hand; the log has the others.
struct Nearest<'a> {
    events: &'a [Recorded<Event>],
    stored: &'a Bodies,
}

impl Nearest<'_> {
    fn read(&self, part: Part, body: &BodyRef) -> Result<Option<Json>, Error> {
        let at_hand = self.events.binary_search_by_key(&body.position, |event| event.position).ok();
        match at_hand.and_then(|at| bodies_of(&self.events.get(at)?.event)) {
            Some(bodies) => Ok(part.among(bodies).cloned()),
            None => self.stored.read(part, body),
        }
    }
}

fn metadata(bodies: &Nearest<'_>, body: Option<&BodyRef>) -> Result<Metadata, Error> {
    let Some(body) = body.filter(|body| !body.blank) else { return Ok(Metadata::Missing) };
    if usize::try_from(body.bytes).is_ok_and(|bytes| bytes > METADATA_BYTES_MAX) {
        return Ok(Metadata::TooLarge);
    }
    let json = bodies.read(Part::Metadata, body)?;
    // What cannot be parsed is nothing to a query either.
    Ok(json.and_then(|json| json.value().ok()).map_or(Metadata::Missing, Metadata::Json))
}

fn filled(bodies: [Option<&BodyRef>; 3]) -> Vec<Part> {
    let parts = [Part::Input, Part::Output, Part::Metadata].into_iter().zip(bodies);
    parts.filter(|(_, body)| body.is_some_and(|body| !body.blank)).map(|(part, _)| part).collect()
}

fn trace_texts(trace: &Trace, bodies: &Nearest<'_>) -> Result<Texts, Error> {
    let fields = &trace.fields;
    let (input, in_is_whole) = plain_text(bodies, Part::Input, fields.input.as_ref())?;
    let (output, out_is_whole) = plain_text(bodies, Part::Output, fields.output.as_ref())?;
    let (metadata, data_is_whole) = plain_text(bodies, Part::Metadata, fields.metadata.as_ref())?;
    Ok(Texts {
        entity: Entity::Trace,
        id: trace.id.uuid(),
        project_id: trace.project_id,
        trace_id: trace.id.uuid(),
        start_time: trace.start_time,
        name: fields.name.clone().unwrap_or_default(),
        input,
        output,
        metadata,
        is_whole: in_is_whole && out_is_whole && data_is_whole,
        error: error(fields.error.as_ref()),
        other: join(
            fields
                .tags
                .iter()
                .flatten()
                .chain(&fields.thread_id)
                .chain(&[trace.id.to_string(), said(&trace.comments)]),
        ),
    })
}

fn span_texts(span: &Span, bodies: &Nearest<'_>) -> Result<Texts, Error> {
    let fields = &span.fields;
    let ids = [span.id.to_string(), said(&span.comments)];
    let other = fields.tags.iter().flatten().chain(&fields.model).chain(&fields.provider).chain(&ids);
    let (input, in_is_whole) = plain_text(bodies, Part::Input, fields.input.as_ref())?;
    let (output, out_is_whole) = plain_text(bodies, Part::Output, fields.output.as_ref())?;
    let (metadata, data_is_whole) = plain_text(bodies, Part::Metadata, fields.metadata.as_ref())?;
    Ok(Texts {
        entity: Entity::Span,
        id: span.id.uuid(),
        project_id: span.project_id,
        trace_id: span.trace_id.uuid(),
        start_time: span.start_time,
        name: fields.name.clone().unwrap_or_default(),
        input,
        output,
        metadata,
        is_whole: in_is_whole && out_is_whole && data_is_whole,
        error: error(fields.error.as_ref()),
        other: join(other),
    })
}

/// What of a body is searched, and whether that is all of it.
fn plain_text(bodies: &Nearest<'_>, part: Part, body: Option<&BodyRef>) -> Result<(String, bool), Error> {
    let json: Option<Json> = body.map(|body| bodies.read(part, body)).transpose()?.flatten();
    Ok(json.map_or((String::new(), true), |json| json.plain_text_if_whole(TEXT_FIELD_BYTES_MAX)))
}

fn error(error: Option<&traces::ErrorInfo>) -> String {
    let Some(error) = error else { return String::new() };
    join([&error.exception_type].into_iter().chain(&error.message).chain([&error.traceback]))
}

fn join<'a>(texts: impl Iterator<Item = &'a String>) -> String {
    texts.map(String::as_str).collect::<Vec<_>>().join("\n")
}
