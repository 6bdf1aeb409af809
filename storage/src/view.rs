//! Traces and spans as they are read: merged fields, sums and scores together. Bodies are fetched when asked for.
//! Threads are read in `threads::read`.

pub mod homes;

use std::borrow::Cow;

use cairn_core::comments::Comment;
use cairn_core::event::Event;
use cairn_core::feedback::{self, merged};
use cairn_core::guardrails::{Check, failures, passed};
use cairn_core::ids::{AnnotationQueueId, ExperimentId, Position, ProjectId, SpanId, TraceId};
use cairn_core::json::Json;
use cairn_core::merge::BodyRef;
use cairn_core::query::{Field, JsonPath, Subject, Value};
use cairn_core::time::Timestamp;
use cairn_core::{datasets, experiments, spans, traces};
use rust_decimal::prelude::ToPrimitive;

use crate::error::Error;
use crate::log::Log;
use crate::traces::Sums;

/// One trace with what its spans add up to.
#[derive(Clone, Debug)]
pub struct Trace {
    pub id: TraceId,
    pub project_id: ProjectId,
    pub start_time: Timestamp,
    pub fields: traces::Fields<BodyRef>,
    pub sums: Sums,
    pub scores: feedback::State,
    /// Oldest first.
    pub comments: Vec<Comment>,
    pub checks: Vec<Check>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

#[derive(Clone, Debug)]
pub struct Span {
    pub id: SpanId,
    pub trace_id: TraceId,
    pub parent: Option<SpanId>,
    pub project_id: ProjectId,
    pub start_time: Timestamp,
    /// With the estimated cost where the client named none.
    pub fields: spans::Fields<BodyRef>,
    /// The version of the prices that the cost was estimated by, unless the client named it.
    pub cost_version: Option<String>,
    pub scores: feedback::State,
    pub comments: Vec<Comment>,
    pub checks: Vec<Check>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

impl Trace {
    pub(crate) fn new(
        state: traces::State,
        sums: Sums,
        scores: feedback::State,
        comments: Vec<Comment>,
        checks: Vec<Check>,
    ) -> Self {
        Self {
            id: state.id,
            project_id: state.project_id,
            start_time: state.register.start_time(),
            fields: state.register.resolve(),
            sums,
            scores,
            comments,
            checks,
            created_at: state.created_at,
            created_by: state.created_by,
            last_updated_at: state.register.version().to_micros(),
            last_updated_by: state.last_updated_by,
        }
    }

    /// Milliseconds.
    pub fn duration(&self) -> Option<f64> {
        Timestamp::duration_ms(self.start_time, self.fields.end_time)
    }
}

impl Span {
    pub(crate) fn new(
        state: spans::State,
        scores: feedback::State,
        comments: Vec<Comment>,
        checks: Vec<Check>,
    ) -> Self {
        let fields = state.resolve();
        let estimate = state.estimate.filter(|estimate| fields.cost == Some(estimate.cost));
        Self {
            id: state.id,
            trace_id: state.trace_id,
            parent: state.parent,
            project_id: state.project_id,
            start_time: state.register.start_time(),
            fields,
            cost_version: estimate.map(|estimate| estimate.version),
            scores,
            comments,
            checks,
            created_at: state.created_at,
            created_by: state.created_by,
            last_updated_at: state.register.version().to_micros(),
            last_updated_by: state.last_updated_by,
        }
    }

    /// Milliseconds.
    pub fn duration(&self) -> Option<f64> {
        Timestamp::duration_ms(self.start_time, self.fields.end_time)
    }
}

/// Which of the bodies of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    Input,
    Output,
    Metadata,
}

/// Reads bodies where they were stored once: in their events.
#[derive(Clone)]
pub struct Bodies {
    log: Log,
}

impl Bodies {
    pub(crate) const fn new(log: Log) -> Self {
        Self { log }
    }

    pub fn read(&self, part: Part, body: &BodyRef) -> Result<Option<Json>, Error> {
        let Some(recorded) = self.log.event(body.position)? else { return Ok(None) };
        let bodies = bodies_of(&recorded.event).ok_or_else(|| no_body(body.position))?;
        Ok(part.among(bodies).cloned())
    }
}

impl Bodies {
    /// The data of a dataset item.
    pub fn data(&self, body: &BodyRef) -> Result<Option<Json>, Error> {
        match self.log.event(body.position)?.map(|recorded| recorded.event) {
            Some(Event::Datasets(datasets::Event::ItemPut(put))) => Ok(put.data),
            Some(_) => Err(no_body(body.position)),
            None => Ok(None),
        }
    }
}

impl Bodies {
    pub(crate) fn experiment_metadata(&self, body: &BodyRef) -> Result<Option<Json>, Error> {
        match self.log.event(body.position)?.map(|recorded| recorded.event) {
            Some(Event::Experiments(experiments::Event::Created(created))) => Ok(created.metadata),
            Some(Event::Experiments(experiments::Event::Updated { changes, .. })) => Ok(changes.metadata),
            Some(_) => Err(no_body(body.position)),
            None => Ok(None),
        }
    }
}

/// Input, output and metadata of an event; `None` if events of its kind have none.
pub(crate) fn bodies_of(event: &Event) -> Option<[Option<&Json>; 3]> {
    Some(match event {
        Event::Traces(traces::Event::Recorded(row)) => of_trace(&row.fields),
        Event::Traces(traces::Event::Patched(patch)) => of_trace(&patch.fields),
        Event::Spans(spans::Event::Recorded(row)) => of_span(&row.fields),
        Event::Spans(spans::Event::Patched(patch)) => of_span(&patch.fields),
        _ => return None,
    })
}

impl Part {
    pub(crate) const fn among(self, [input, output, metadata]: [Option<&Json>; 3]) -> Option<&Json> {
        match self {
            Self::Input => input,
            Self::Output => output,
            Self::Metadata => metadata,
        }
    }
}

fn of_trace(fields: &traces::Fields<Json>) -> [Option<&Json>; 3] {
    [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()]
}

fn of_span(fields: &spans::Fields<Json>) -> [Option<&Json>; 3] {
    [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()]
}

fn no_body(at: Position) -> Error {
    Error::Damaged { at, what: "a row points here for a body, but there is none".to_owned() }
}

/// A thing that a query is asked of, together with the way to its bodies.
pub struct Asked<'a, T> {
    pub thing: &'a T,
    pub bodies: &'a Bodies,
}

impl<T> Asked<'_, T> {
    /// A body that cannot be read counts as missing here; reading the entity itself reports the fault.
    pub(crate) fn body(&self, part: Part, body: Option<&BodyRef>) -> Option<Json> {
        body.and_then(|body| self.bodies.read(part, body).ok().flatten())
    }

    pub(crate) fn body_text(&self, part: Part, body: Option<&BodyRef>) -> Value<'static> {
        match self.body(part, body) {
            Some(json) if !json.is_null() => Value::Text(Cow::Owned(json.unescaped())),
            _ => Value::Missing,
        }
    }

    fn body_path(&self, part: Part, body: Option<&BodyRef>, path: &JsonPath) -> Value<'static> {
        self.body(part, body).map_or(Value::Missing, |json| path.value_in(&json))
    }
}

/// Which experiments and annotation queues a thing is in.
#[derive(Clone, Debug, Default)]
pub struct Within {
    pub(crate) experiments: Vec<ExperimentId>,
    pub(crate) queues: Vec<AnnotationQueueId>,
}

/// A thing that may also be asked what it is in.
pub struct Placed<'a, T> {
    pub asked: Asked<'a, T>,
    pub within: &'a Within,
}

impl<'a, T> Subject for Placed<'a, T>
where
    Asked<'a, T>: Subject,
{
    fn value(&self, field: &Field) -> Value<'_> {
        match field {
            Field::ExperimentId => ids(&self.within.experiments),
            Field::AnnotationQueueId => ids(&self.within.queues),
            own => self.asked.value(own),
        }
    }
}

fn ids<T: ToString>(ids: &[T]) -> Value<'static> {
    Value::List(ids.iter().map(|id| Cow::Owned(id.to_string())).collect())
}

impl Subject for Asked<'_, Trace> {
    fn value(&self, field: &Field) -> Value<'_> {
        let (trace, fields) = (self.thing, &self.thing.fields);
        match field {
            Field::Id | Field::TraceId => Value::Text(Cow::Owned(trace.id.to_string())),
            Field::ThreadId => text(fields.thread_id.as_deref()),
            Field::Name => text(fields.name.as_deref()),
            Field::Provider | Field::Providers => {
                Value::List(trace.sums.providers.keys().map(|name| Cow::Borrowed(name.as_str())).collect())
            }
            Field::Environment => text(fields.environment.as_deref()),
            Field::Source => text(fields.source.as_deref()),
            Field::Tags => list(fields.tags.as_deref()),
            Field::CreatedBy => text(Some(&trace.created_by)),
            Field::StartTime => Value::Time(trace.start_time),
            Field::EndTime => fields.end_time.map_or(Value::Missing, Value::Time),
            Field::CreatedAt => Value::Time(trace.created_at),
            Field::LastUpdatedAt => Value::Time(trace.last_updated_at),
            Field::Duration => number(trace.duration()),
            Field::Ttft => number(fields.ttft),
            Field::Cost => number(cost(Some(trace.sums.cost))),
            Field::Usage(key) => number(trace.sums.usage.get(key).map(|value| whole(*value))),
            Field::SpanCount => number(trace.sums.spans.to_f64()),
            Field::LlmSpanCount => number(trace.sums.llm_spans.to_f64()),
            Field::Error => Value::Truth(fields.error.is_some()),
            Field::ErrorType => text(fields.error.as_ref().map(|error| error.exception_type.as_str())),
            Field::ErrorMessage => text(fields.error.as_ref().and_then(|error| error.message.as_deref())),
            Field::FeedbackScore(name) => score(&trace.scores, name),
            Field::Comments => comments(&trace.comments),
            Field::Guardrails => text(passed(&trace.checks).map(outcome)),
            Field::GuardrailsFailed => number(failed(&trace.checks)),
            Field::GuardrailFailures(name) => {
                number(failures(&trace.checks).get(name.as_str()).and_then(u64::to_f64))
            }
            Field::SpanFeedbackScore(name) => number(
                lower_span_scores(&trace.sums)
                    .into_iter()
                    .find(|(known, _)| known == name)
                    .map(|(_, value)| value),
            ),
            Field::Input => self.body_text(Part::Input, fields.input.as_ref()),
            Field::Output => self.body_text(Part::Output, fields.output.as_ref()),
            Field::Metadata => self.body_text(Part::Metadata, fields.metadata.as_ref()),
            Field::InputPath(path) => self.body_path(Part::Input, fields.input.as_ref(), path),
            Field::OutputPath(path) => self.body_path(Part::Output, fields.output.as_ref(), path),
            Field::MetadataPath(path) => self.body_path(Part::Metadata, fields.metadata.as_ref(), path),
            Field::Text => self.all_text(
                [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()],
                fields.name.as_deref(),
                fields.error.as_ref(),
                fields.tags.as_deref(),
                [Some(trace.id.to_string()), fields.thread_id.clone(), None],
                &trace.comments,
            ),
            Field::ParentSpanId
            | Field::Type
            | Field::Model
            | Field::Status
            | Field::MessageCount
            | Field::FirstMessage
            | Field::LastMessage
            | Field::Derived(_)
            | Field::ExperimentId
            | Field::AnnotationQueueId
            | Field::Own(_)
            | Field::OwnPath(..) => Value::Missing,
        }
    }
}

impl Subject for Asked<'_, Span> {
    fn value(&self, field: &Field) -> Value<'_> {
        let (span, fields) = (self.thing, &self.thing.fields);
        match field {
            Field::Id => Value::Text(Cow::Owned(span.id.to_string())),
            Field::TraceId => Value::Text(Cow::Owned(span.trace_id.to_string())),
            Field::ParentSpanId => {
                span.parent.map_or(Value::Missing, |id| Value::Text(Cow::Owned(id.to_string())))
            }
            Field::Name => text(fields.name.as_deref()),
            Field::Type => text(Some(fields.kind.unwrap_or_default().name())),
            Field::Model => text(fields.model.as_deref()),
            Field::Provider => text(fields.provider.as_deref()),
            Field::Environment => text(fields.environment.as_deref()),
            Field::Source => text(fields.source.as_deref()),
            Field::Tags => list(fields.tags.as_deref()),
            Field::CreatedBy => text(Some(&span.created_by)),
            Field::StartTime => Value::Time(span.start_time),
            Field::EndTime => fields.end_time.map_or(Value::Missing, Value::Time),
            Field::CreatedAt => Value::Time(span.created_at),
            Field::LastUpdatedAt => Value::Time(span.last_updated_at),
            Field::Duration => number(span.duration()),
            Field::Ttft => number(fields.ttft),
            Field::Cost => number(cost(fields.cost)),
            Field::Usage(key) => {
                number(fields.usage.as_ref().and_then(|usage| usage.get(key)).map(|value| whole(*value)))
            }
            Field::Error => Value::Truth(fields.error.is_some()),
            Field::ErrorType => text(fields.error.as_ref().map(|error| error.exception_type.as_str())),
            Field::ErrorMessage => text(fields.error.as_ref().and_then(|error| error.message.as_deref())),
            Field::FeedbackScore(name) => score(&span.scores, name),
            Field::Comments => comments(&span.comments),
            Field::Guardrails => text(passed(&span.checks).map(outcome)),
            Field::GuardrailsFailed => number(failed(&span.checks)),
            Field::GuardrailFailures(name) => {
                number(failures(&span.checks).get(name.as_str()).and_then(u64::to_f64))
            }
            Field::Input => self.body_text(Part::Input, fields.input.as_ref()),
            Field::Output => self.body_text(Part::Output, fields.output.as_ref()),
            Field::Metadata => self.body_text(Part::Metadata, fields.metadata.as_ref()),
            Field::InputPath(path) => self.body_path(Part::Input, fields.input.as_ref(), path),
            Field::OutputPath(path) => self.body_path(Part::Output, fields.output.as_ref(), path),
            Field::MetadataPath(path) => self.body_path(Part::Metadata, fields.metadata.as_ref(), path),
            Field::Text => self.all_text(
                [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()],
                fields.name.as_deref(),
                fields.error.as_ref(),
                fields.tags.as_deref(),
                [Some(span.id.to_string()), fields.model.clone(), fields.provider.clone()],
                &span.comments,
            ),
            Field::ThreadId
            | Field::Providers
            | Field::SpanCount
            | Field::LlmSpanCount
            | Field::Status
            | Field::MessageCount
            | Field::FirstMessage
            | Field::LastMessage
            | Field::SpanFeedbackScore(_)
            | Field::Derived(_)
            | Field::ExperimentId
            | Field::AnnotationQueueId
            | Field::Own(_)
            | Field::OwnPath(..) => Value::Missing,
        }
    }
}

impl<T> Asked<'_, T> {
    fn all_text<'v>(
        &self,
        bodies: [Option<&BodyRef>; 3],
        name: Option<&'v str>,
        error: Option<&'v traces::ErrorInfo>,
        tags: Option<&'v [String]>,
        others: [Option<String>; 3],
        comments: &'v [Comment],
    ) -> Value<'v> {
        let parts = [Part::Input, Part::Output, Part::Metadata].into_iter().zip(bodies);
        let mut texts: Vec<Cow<'v, str>> = Vec::new();
        texts.extend(name.map(Cow::Borrowed));
        texts.extend(
            parts
                .filter_map(|(part, body)| self.body(part, body))
                .map(|json| Cow::Owned(json.plain_text(usize::MAX))),
        );
        if let Some(error) = error {
            texts.push(Cow::Borrowed(&error.exception_type));
            texts.extend(error.message.as_deref().map(Cow::Borrowed));
            texts.push(Cow::Borrowed(&error.traceback));
        }
        texts.extend(tags.unwrap_or_default().iter().map(|tag| Cow::Borrowed(tag.as_str())));
        texts.extend(others.into_iter().flatten().map(Cow::Owned));
        texts.extend(comments.iter().map(|comment| Cow::Borrowed(comment.text.as_str())));
        Value::List(texts)
    }
}

/// Zero costs nothing that anybody knows of: it is unknown.
pub(crate) fn cost(cost: Option<rust_decimal::Decimal>) -> Option<f64> {
    cost.filter(|cost| !cost.is_zero()).and_then(|cost| cost.to_f64())
}

#[expect(clippy::cast_precision_loss, reason = "counts of tokens are far below 2^53")]
pub(crate) const fn whole(value: i64) -> f64 {
    value as f64
}

pub(crate) fn lower_scores(scores: &feedback::State) -> Vec<(String, f64)> {
    let merged = merged(scores);
    merged.iter().filter_map(|score| Some((score.name.to_lowercase(), score.value.to_f64()?))).collect()
}

pub(crate) fn score_names(scores: &feedback::State) -> Vec<String> {
    merged(scores).iter().map(|score| score.name.to_owned()).collect()
}

/// Means over the spans, by lower-case name.
pub(crate) fn lower_span_scores(sums: &Sums) -> Vec<(String, f64)> {
    let means = sums.scores.iter();
    means.filter_map(|(name, tally)| Some((name.to_lowercase(), tally.mean().to_f64()?))).collect()
}

/// What guardrails came to, as clients call it.
pub(crate) const fn outcome(passed: bool) -> &'static str {
    if passed { "passed" } else { "failed" }
}

/// How many checks failed, if there are any.
fn failed(checks: &[Check]) -> Option<f64> {
    passed(checks)?;
    checks.iter().filter(|check| !check.passed).count().to_f64()
}

pub(crate) fn score(scores: &feedback::State, name: &str) -> Value<'static> {
    let lower = lower_scores(scores);
    number(lower.into_iter().find(|(known, _)| known == name).map(|(_, value)| value))
}

pub(crate) fn comments(comments: &[Comment]) -> Value<'_> {
    Value::List(comments.iter().map(|comment| Cow::Borrowed(comment.text.as_str())).collect())
}

/// All comments as one text.
pub(crate) fn said(comments: &[Comment]) -> String {
    comments.iter().map(|comment| comment.text.as_str()).collect::<Vec<_>>().join("\n")
}

pub(crate) fn text(text: Option<&str>) -> Value<'_> {
    text.map_or(Value::Missing, |text| Value::Text(Cow::Borrowed(text)))
}

pub(crate) fn number(number: Option<f64>) -> Value<'static> {
    number.map_or(Value::Missing, Value::Number)
}

pub(crate) fn list(items: Option<&[String]>) -> Value<'_> {
    Value::List(items.unwrap_or_default().iter().map(|item| Cow::Borrowed(item.as_str())).collect())
}
