//! What traces, spans and threads are to the indexes: their small fields, and their words.

use std::collections::BTreeMap;

use cairn_core::derived::State;
use cairn_core::event::{Event, Recorded};
use cairn_core::guardrails::{failures, passed};
use cairn_core::ids::SpanId;
use cairn_core::json::Json;
use cairn_core::limits::{METADATA_BYTES_MAX, TEXT_FIELD_BYTES_MAX};
use cairn_core::merge::BodyRef;
use cairn_core::query::Entity;
use cairn_core::search::Searched;
use cairn_core::traces;

use crate::derived::{Kept, Parsed};
use crate::error::Error;
use crate::index::{Columns, Metadata, Place, Texts};
use crate::threads::read::Thread;
use crate::view::{
    Asked, Bodies, Part, Span, Trace, bodies_of, cost, lower_scores, lower_span_scores, outcome, said,
    score_names,
};

pub(super) fn trace_columns(trace: Trace) -> Columns {
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
        derived: Vec::new(),
        filled,
    }
}

pub(super) fn span_columns(span: Span) -> Columns {
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
        derived: Vec::new(),
        filled,
    }
}

pub(super) fn thread_columns(thread: Thread) -> Columns {
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
        derived: Vec::new(),
        filled: Vec::new(),
    }
}

fn owned(failures: BTreeMap<&str, u64>) -> Vec<(String, u64)> {
    failures.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

/// Most bodies lie in the events at hand; the log has the others.
pub(super) struct Nearest<'a> {
    pub(super) events: &'a [Recorded<Event>],
    pub(super) stored: &'a Bodies,
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

pub(super) fn metadata(bodies: &Nearest<'_>, body: Option<&BodyRef>) -> Result<Metadata, Error> {
    let Some(body) = body.filter(|body| !body.blank) else { return Ok(Metadata::Missing) };
    if usize::try_from(body.bytes).is_ok_and(|bytes| bytes > METADATA_BYTES_MAX) {
        return Ok(Metadata::TooLarge);
    }
    let json = bodies.read(Part::Metadata, body)?;
    // What cannot be parsed is nothing to a query either.
    Ok(json.and_then(|json| json.value().ok()).map_or(Metadata::Missing, Metadata::Json))
}

pub(super) fn kept_of_trace(trace: &Trace, columns: &State, bodies: &Nearest<'_>) -> Vec<(String, Kept)> {
    let (fields, subject) = (&trace.fields, Asked { thing: trace, bodies: bodies.stored });
    let refs = [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()];
    Parsed::new(Entity::Trace, &subject, refs, &|part, body| bodies.read(part, body)).kept(columns)
}

pub(super) fn kept_of_span(span: &Span, columns: &State, bodies: &Nearest<'_>) -> Vec<(String, Kept)> {
    let (fields, subject) = (&span.fields, Asked { thing: span, bodies: bodies.stored });
    let refs = [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()];
    Parsed::new(Entity::Span, &subject, refs, &|part, body| bodies.read(part, body)).kept(columns)
}

fn filled(bodies: [Option<&BodyRef>; 3]) -> Vec<Part> {
    let parts = [Part::Input, Part::Output, Part::Metadata].into_iter().zip(bodies);
    parts.filter(|(_, body)| body.is_some_and(|body| !body.blank)).map(|(part, _)| part).collect()
}

pub(super) fn trace_texts(trace: &Trace, bodies: &Nearest<'_>) -> Result<Texts, Error> {
    let fields = &trace.fields;
    let (input, in_is_whole) = plain_text(bodies, Part::Input, fields.input.as_ref())?;
    let (output, out_is_whole) = plain_text(bodies, Part::Output, fields.output.as_ref())?;
    let (metadata, data_is_whole) = plain_text(bodies, Part::Metadata, fields.metadata.as_ref())?;
    Ok(Texts {
        place: Place::alone(Searched::Trace, trace.id.uuid()),
        project_id: Some(trace.project_id),
        said_of: None,
        time: trace.start_time,
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

pub(super) fn span_texts(span: &Span, bodies: &Nearest<'_>) -> Result<Texts, Error> {
    let fields = &span.fields;
    let ids = [span.id.to_string(), said(&span.comments)];
    let other = fields.tags.iter().flatten().chain(&fields.model).chain(&fields.provider).chain(&ids);
    let (input, in_is_whole) = plain_text(bodies, Part::Input, fields.input.as_ref())?;
    let (output, out_is_whole) = plain_text(bodies, Part::Output, fields.output.as_ref())?;
    let (metadata, data_is_whole) = plain_text(bodies, Part::Metadata, fields.metadata.as_ref())?;
    Ok(Texts {
        place: Place { kind: Searched::Span, id: span.id.uuid(), owner: span.trace_id.uuid(), version: None },
        project_id: Some(span.project_id),
        said_of: None,
        time: span.start_time,
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
