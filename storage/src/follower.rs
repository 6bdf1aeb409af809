//! The two followers of the log: each reads on from its own position and brings its index up to date.
//! Threads and pacing are the actors' matter.

mod building;
mod documents;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use cairn_core::erasures;
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::{self, Target};
use cairn_core::guardrails;
use cairn_core::history::undo;
use cairn_core::ids::{Position, SpanId, ThreadId, TraceId};
use cairn_core::limits::{COLUMNS_COMMIT_DOCUMENTS_MAX, TEXT_COMMIT_DOCUMENTS_MAX};
use cairn_core::query::Entity;
use cairn_core::{prices, spans, traces};

use self::documents::{
    Nearest, kept_of_span, kept_of_trace, metadata, span_columns, span_texts, thread_columns, trace_columns,
    trace_texts,
};
use crate::error::Error;
use crate::index::disk::{self, DiskWriter};
use crate::index::{Change, Columns, Texts};
use crate::reader::{Indexes, Reader};
use crate::signals::{Index, Signals};
use crate::store::{Store, concerns_indexes};
use crate::{columns, text};

/// Follows the log for one index.
pub struct Follower {
    store: Arc<Store>,
    target: Writer,
    /// What is made to take its place.
    next: Option<Writer>,
}

enum Writer {
    Columns(columns::Writer),
    Text(text::Writer),
}

/// Opens both indexes of a workspace, with their followers.
pub fn open(dir: &Path, store: &Arc<Store>) -> Result<(Indexes, [Follower; 2]), Error> {
    let reader = Reader::rows_only(store)?;
    let (columns_writer, columns) = columns::open(&dir.join(COLUMNS), reader.position())?;
    let (text_writer, text) = text::open(&dir.join(TEXT), reader.position())?;
    if columns.position().max(text.position()) > store.signals().head() {
        // It has seen what this log does not hold: it is of another log, as after a restored backup.
        tracing::warn!("the indexes are ahead of the log and are made anew");
        drop((columns_writer, columns, text_writer, text));
        wipe(dir)?;
        return open(dir, store);
    }
    let follower = |target| Follower::begin(store, target, &reader);
    let followers = [follower(Writer::Columns(columns_writer))?, follower(Writer::Text(text_writer))?];
    Ok((Indexes { columns, text }, followers))
}

/// Throws both indexes away; the next `open` begins them anew.
pub fn wipe(dir: &Path) -> Result<(), Error> {
    [COLUMNS, TEXT].iter().try_for_each(|name| disk::wipe(&dir.join(name)))
}

const COLUMNS: &str = "columns";
const TEXT: &str = "text";

impl Follower {
    fn begin(store: &Arc<Store>, target: Writer, reader: &Reader) -> Result<Self, Error> {
        let mut follower = Self { store: Arc::clone(store), target, next: None };
        follower.reconsider(reader)?;
        follower.signals().advance(follower.index(), follower.reached());
        Ok(follower)
    }

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
        self.target.disk().mark().reached
    }

    /// Takes the next bounded stretch of the log into the index, and says how far it came.
    pub fn advance(&mut self) -> Result<Position, Error> {
        let limit = match self.target {
            Writer::Columns(_) => COLUMNS_COMMIT_DOCUMENTS_MAX,
            Writer::Text(_) => TEXT_COMMIT_DOCUMENTS_MAX,
        };
        let before = self.reached();
        let taken = self.target.take(&self.store, limit)?;
        if taken.purged {
            // What is made may hold what was erased.
            self.forget_next()?;
        }
        if self.reached() > before {
            self.reconsider(&taken.reader)?;
            self.signals().advance(self.index(), self.reached());
        }
        Ok(self.reached())
    }
}

/// A stretch that was taken into an index, and the rows that told what is in it now.
struct Taken {
    reader: Reader,
    purged: bool,
}

impl Writer {
    const fn disk(&self) -> &DiskWriter {
        match self {
            Self::Columns(writer) => &writer.disk,
            Self::Text(writer) => &writer.disk,
        }
    }

    const fn disk_mut(&mut self) -> &mut DiskWriter {
        match self {
            Self::Columns(writer) => &mut writer.disk,
            Self::Text(writer) => &mut writer.disk,
        }
    }

    fn take(&mut self, store: &Arc<Store>, limit: usize) -> Result<Taken, Error> {
        let reached = self.disk().mark().reached;
        let (mut events, read) = store.log().stretch_after(reached, limit)?;
        let reader = Reader::rows_only(store)?;
        let mut taken = Taken { reader, purged: false };
        // A commit that is being made shows in the log before its rows are there.
        let mut up_to = read.min(taken.reader.position());
        events.retain(|event| event.position <= up_to);
        if let Some(sealed) = events.iter().find(|event| is_sealed(event)).map(|event| event.position) {
            if events.first().is_some_and(|event| event.position == sealed) {
                // All that it erases is deleted by now, and committed.
                self.disk_mut().purge()?;
                taken.purged = true;
                up_to = sealed;
            } else {
                up_to = up_to.min(Position(sealed.0.saturating_sub(1)));
            }
        }
        if up_to <= reached {
            return Ok(taken);
        }
        events.retain(|event| event.position <= up_to);
        let reader = &taken.reader;
        let touched = Touched::by(reader, &events)?;
        match self {
            Self::Columns(writer) => writer.apply(touched.columns(reader, &events)?, up_to)?,
            Self::Text(writer) => writer.apply(touched.texts(reader, &events)?, up_to)?,
        }
        Ok(taken)
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
            | Event::Derived(_)
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
        let derived = reader.derived()?;
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
                    let derived = kept_of_trace(&trace, &derived, &bodies);
                    Change::Put(Columns { metadata, derived, ..trace_columns(trace) })
                }
                None => Change::Remove { entity: Entity::Trace, id: id.uuid() },
            });
        }
        for id in self.spans.union(&self.restated) {
            changes.push(match reader.span(*id)? {
                Some(span) => {
                    let metadata = metadata(&bodies, span.fields.metadata.as_ref())?;
                    let derived = kept_of_span(&span, &derived, &bodies);
                    Change::Put(Columns { metadata, derived, ..span_columns(span) })
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
