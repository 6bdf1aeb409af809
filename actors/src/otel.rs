//! Carries out what exporters send: gives their traces ids that stay, and records spans and roots.

use std::collections::HashMap;

use cairn_core::command::Context;
use cairn_core::ids::{ProjectId, TraceId};
use cairn_core::merge::Origin;
use cairn_core::otel::{self, Batch, Event, OtelTraceId, Span};
use cairn_core::time::Timestamp;
use cairn_core::{spans, traces};
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::{Projects, Refused};
use crate::{environments, prices};

pub(crate) fn execute(
    writer: &mut Writer,
    batch: Batch,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let mut projects = Projects::resolve(writer, [&batch.project].into_iter(), context)?;
    projects.append(writer, context)?;
    let project_id = projects.id(&batch.project);
    let named = batch.spans.iter().filter_map(|span| span.fields.environment.as_ref());
    environments::register(writer, named, context)?;
    let ids = trace_ids(writer, &batch, project_id, context)?;
    for span in batch.spans {
        let Some(trace_id) = span.overrides.trace_id.or_else(|| ids.get(&span.trace_id).copied()) else {
            continue;
        };
        if span.is_root() && !is_attached(&ids, &span) {
            record_root(writer, &span, trace_id, project_id, context)?;
        }
        record_span(writer, span, trace_id, project_id, context)?;
    }
    Ok(None)
}

/// The ids of the traces in a batch: as they were first met; else as a span of theirs demands; else computed.
fn trace_ids(
    writer: &mut Writer,
    batch: &Batch,
    project_id: ProjectId,
    context: &Context,
) -> Result<HashMap<OtelTraceId, TraceId>, Refused> {
    let demanded: HashMap<OtelTraceId, TraceId> =
        batch.spans.iter().filter_map(|span| Some((span.trace_id, span.overrides.trace_id?))).collect();
    let starts = batch.earliest_starts();
    let met = demanded.keys().map(|otel_id| (*otel_id, Timestamp::EPOCH));
    let mut ids = HashMap::new();
    for (otel_id, start) in starts.into_iter().chain(met) {
        if ids.contains_key(&otel_id) {
            continue;
        }
        let known = writer.otel_trace(project_id, otel_id)?;
        let trace_id = known
            .or_else(|| demanded.get(&otel_id).copied())
            .unwrap_or_else(|| otel::trace_id(otel_id, start));
        if known.is_none() {
            writer.append(Event::TraceMet { otel_id, project_id, trace_id }.into(), context)?;
        }
        ids.insert(otel_id, trace_id);
    }
    Ok(ids)
}

/// Whether the span's trace was made elsewhere, so that this span is not its root.
fn is_attached(ids: &HashMap<OtelTraceId, TraceId>, span: &Span) -> bool {
    let computed = |id: &TraceId| otel::trace_id(span.trace_id, otel::time_of(id.uuid()));
    ids.get(&span.trace_id).is_some_and(|id| computed(id) != *id)
}

fn record_root(
    writer: &mut Writer,
    span: &Span,
    trace_id: TraceId,
    project_id: ProjectId,
    context: &mut Context,
) -> Result<(), Refused> {
    let mut fields = span.trace_fields();
    fields.end_time = fields.end_time.map(Timestamp::to_millis);
    let row = traces::RowRecorded {
        id: trace_id,
        project_id,
        origin: Origin::Single,
        version: context.now,
        start_time: span.start_time.to_millis(),
        fields,
    };
    // An exporter that sends a root again means no harm: what stands stays.
    if let Ok(event) = traces::create(writer.trace(trace_id)?, row) {
        crate::traces::append(writer, vec![event], context)?;
    }
    Ok(())
}

fn record_span(
    writer: &mut Writer,
    span: Span,
    trace_id: TraceId,
    project_id: ProjectId,
    context: &Context,
) -> Result<(), Refused> {
    let id = span.overrides.span_id.unwrap_or_else(|| otel::span_id(span.span_id, trace_id));
    let row = spans::RowRecorded {
        id,
        project_id,
        trace_id,
        parent: span.parent_in(trace_id),
        origin: Origin::Batch,
        version: context.now,
        start_time: span.start_time,
        fields: span.fields,
        estimate: None,
    };
    if let Some(event) = spans::record(writer.span(id)?, row) {
        prices::append(writer, event, context)?;
    }
    Ok(())
}
