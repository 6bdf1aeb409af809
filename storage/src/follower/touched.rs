//! What a stretch of the log changed of traces, spans and threads, and what that makes of the indexes.

use std::collections::BTreeSet;

use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::{self, Target};
use cairn_core::guardrails;
use cairn_core::history::undo;
use cairn_core::ids::{SpanId, ThreadId, TraceId};
use cairn_core::query::Entity;
use cairn_core::search::Searched;
use cairn_core::{prices, spans, traces};

use super::documents::{
    Nearest, kept_of_span, kept_of_trace, metadata, span_columns, span_texts, thread_columns, trace_columns,
    trace_texts,
};
use crate::error::Error;
use crate::index::{Change, Columns, Place, TextChange};
use crate::reader::Reader;

/// Takes the changes of an index one by one: there may be very many, and it works on one while the next is made.
pub(super) type Sink<'a, C> = dyn FnMut(C) -> Result<(), Error> + 'a;

/// What a stretch of the log changed, each thing once.
#[derive(Default)]
pub(super) struct Touched {
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
    pub(super) fn by(reader: &Reader, events: &[Recorded<Event>]) -> Result<Self, Error> {
        let mut touched = Self::default();
        for event in events {
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
            | Event::Alerts(_)
            | Event::Dashboards(_) => {}
        }
        Ok(())
    }

    /// What was taken back is looked at again; a trace that came back brought its spans.
    fn undone(&mut self, reader: &Reader, event: &undo::Event) -> Result<(), Error> {
        let undo::Event::Undone { position, .. } = event;
        let Some(root) = reader.root(*position)? else { return Ok(()) };
        if let Event::Traces(traces::Event::Deleted { id }) = &root.event {
            for span in reader.span_ids(*id) {
                self.spans.insert(span?);
            }
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

    pub(super) fn columns(
        &self,
        reader: &Reader,
        events: &[Recorded<Event>],
        change: &mut Sink<'_, Change>,
    ) -> Result<(), Error> {
        let bodies = Nearest { events, stored: reader.bodies() };
        let derived = reader.derived()?;
        self.deleted.iter().try_for_each(|id| change(Change::RemoveTrace { id: id.uuid() }))?;
        let mut summed = self.summed.clone();
        for id in &self.scored {
            summed.extend(reader.trace_of_span(*id)?);
        }
        for id in self.traces.union(&summed) {
            change(match reader.trace(*id)? {
                Some(trace) => {
                    let metadata = metadata(&bodies, trace.fields.metadata.as_ref())?;
                    let derived = kept_of_trace(&trace, &derived, &bodies);
                    Change::Put(Columns { metadata, derived, ..trace_columns(trace) })
                }
                None => Change::Remove { entity: Entity::Trace, id: id.uuid() },
            })?;
        }
        for id in self.spans.union(&self.restated) {
            change(match reader.span(*id)? {
                Some(span) => {
                    let metadata = metadata(&bodies, span.fields.metadata.as_ref())?;
                    let derived = kept_of_span(&span, &derived, &bodies);
                    Change::Put(Columns { metadata, derived, ..span_columns(span) })
                }
                None => Change::Remove { entity: Entity::Span, id: id.uuid() },
            })?;
        }
        for id in changed_threads(reader, events)? {
            change(match reader.thread(id)?.filter(|thread| !thread.is_empty()) {
                Some(thread) => Change::Put(thread_columns(thread)),
                None => Change::Remove { entity: Entity::Thread, id: id.uuid() },
            })?;
        }
        Ok(())
    }

    pub(super) fn texts(
        &self,
        reader: &Reader,
        events: &[Recorded<Event>],
        change: &mut Sink<'_, TextChange>,
    ) -> Result<(), Error> {
        let bodies = Nearest { events, stored: reader.bodies() };
        self.deleted.iter().try_for_each(|id| change(TextChange::RemoveOwned(id.uuid())))?;
        for id in &self.traces {
            change(match reader.trace(*id)? {
                Some(trace) => TextChange::Put(Box::new(trace_texts(&trace, &bodies)?)),
                None => TextChange::Remove(Place::alone(Searched::Trace, id.uuid())),
            })?;
        }
        for id in &self.spans {
            change(match reader.span(*id)? {
                Some(span) => TextChange::Put(Box::new(span_texts(&span, &bodies)?)),
                None => TextChange::Remove(Place::alone(Searched::Span, id.uuid())),
            })?;
        }
        Ok(())
    }
}

/// The threads that a stretch of the log changed: rows know it, as most events that do name no thread.
fn changed_threads(reader: &Reader, events: &[Recorded<Event>]) -> Result<BTreeSet<ThreadId>, Error> {
    let (Some(first), Some(last)) = (events.first(), events.last()) else { return Ok(BTreeSet::new()) };
    let changes = reader.thread_changes(first.position, last.position)?;
    Ok(changes.into_iter().flat_map(|(_, changed)| changed).map(|changed| changed.thread).collect())
}
