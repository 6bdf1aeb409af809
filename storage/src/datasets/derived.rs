//! The data of dataset items that are made of traces and spans. Its names are those that clients read in items, whichever
//! way they asked for them.

use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_core::datasets::derived::Enrichment;
use cairn_core::feedback::{self, Merged, Said, merged};
use cairn_core::ids::{SpanId, TraceId};
use cairn_core::json::Json;
use cairn_core::limits::BATCH_ITEMS_MAX;
use cairn_core::merge::BodyRef;
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::error::Error;
use crate::reader::Reader;
use crate::view::Part;

#[derive(Serialize)]
struct Data {
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected_output: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_scores: Option<Vec<Score>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<BTreeMap<String, i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spans: Option<Vec<Span>>,
}

#[derive(Serialize)]
struct Span {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<Box<RawValue>>,
}

#[derive(Serialize)]
struct Score {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_name: Option<String>,
    value: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    source: String,
    created_at: String,
    last_updated_at: String,
    created_by: String,
    last_updated_by: String,
    value_by_author: BTreeMap<String, ByAuthor>,
}

#[derive(Serialize)]
struct ByAuthor {
    value: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_name: Option<String>,
    source: String,
    last_updated_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_queue_id: Option<Uuid>,
    author: String,
}

/// A number as it stands, with no exponent and no needless zeros.
fn number(decimal: Decimal) -> Option<Box<RawValue>> {
    RawValue::from_string(decimal.normalize().to_string()).ok()
}

fn scores(state: &feedback::State) -> Option<Vec<Score>> {
    let scores: Vec<Score> = merged(state).into_iter().map(Score::from).collect();
    (!scores.is_empty()).then_some(scores)
}

impl From<Merged<'_>> for Score {
    fn from(score: Merged<'_>) -> Self {
        Self {
            name: score.name.to_owned(),
            category_name: score.category_name,
            value: number(score.value),
            reason: score.reason,
            source: score.source.to_owned(),
            created_at: score.created_at.to_micros().to_string(),
            last_updated_at: score.last_updated_at.to_micros().to_string(),
            created_by: score.created_by,
            last_updated_by: score.last_updated_by,
            value_by_author: score.by_author.into_iter().map(|(key, said)| (key, said.into())).collect(),
        }
    }
}

impl From<Said<'_>> for ByAuthor {
    fn from(Said { given, .. }: Said<'_>) -> Self {
        Self {
            value: number(given.score.value),
            reason: given.score.reason.clone(),
            category_name: given.score.category_name.clone(),
            source: given.score.source.clone(),
            last_updated_at: given.last_updated_at.to_micros().to_string(),
            source_queue_id: given.score.queue_id,
            author: given.author.clone(),
        }
    }
}

impl Reader {
    /// `None` if there is no such trace.
    pub fn item_of_trace(&self, id: TraceId, wanted: Enrichment) -> Result<Option<Json>, Error> {
        let Some(trace) = self.trace(id)? else { return Ok(None) };
        let spans = if wanted.spans { Some(self.spans_within(id)?) } else { None };
        let metadata = trace.fields.metadata.as_ref().filter(|_| wanted.metadata);
        json(&Data {
            input: self.body(Part::Input, trace.fields.input.as_ref())?,
            expected_output: self.body(Part::Output, trace.fields.output.as_ref())?,
            metadata: self.body(Part::Metadata, metadata)?,
            tags: trace.fields.tags.filter(|_| wanted.tags),
            feedback_scores: scores(&trace.scores).filter(|_| wanted.feedback_scores),
            usage: Some(trace.sums.usage).filter(|usage| wanted.usage && !usage.is_empty()),
            spans,
        })
        .map(Some)
    }

    /// With the trace that the span belongs to; `None` if there is no such span.
    pub fn item_of_span(&self, id: SpanId, wanted: Enrichment) -> Result<Option<(TraceId, Json)>, Error> {
        let Some(span) = self.span(id)? else { return Ok(None) };
        let metadata = span.fields.metadata.as_ref().filter(|_| wanted.metadata);
        let data = json(&Data {
            input: self.body(Part::Input, span.fields.input.as_ref())?,
            expected_output: self.body(Part::Output, span.fields.output.as_ref())?,
            metadata: self.body(Part::Metadata, metadata)?,
            tags: span.fields.tags.filter(|_| wanted.tags),
            feedback_scores: scores(&span.scores).filter(|_| wanted.feedback_scores),
            usage: span.fields.usage.filter(|_| wanted.usage),
            spans: None,
        })?;
        Ok(Some((span.trace_id, data)))
    }

    fn spans_within(&self, trace: TraceId) -> Result<Vec<Span>, Error> {
        let spans = self.spans_of(trace, None, BATCH_ITEMS_MAX)?;
        let shown = spans.into_iter().map(|span| {
            Ok(Span {
                input: self.body(Part::Input, span.fields.input.as_ref())?,
                output: self.body(Part::Output, span.fields.output.as_ref())?,
                kind: span.fields.kind.unwrap_or_default().name(),
                name: span.fields.name,
            })
        });
        shown.collect()
    }

    fn body(&self, part: Part, body: Option<&BodyRef>) -> Result<Option<Box<RawValue>>, Error> {
        let Some(body) = body else { return Ok(None) };
        let json = self.bodies().read(part, body)?;
        Ok(json.and_then(|json| RawValue::from_string(json.as_str().to_owned()).ok()))
    }
}

fn json(data: &Data) -> Result<Json, Error> {
    let bytes = serde_json::to_vec(data).map_err(std::io::Error::from)?;
    Ok(Json::stored(Bytes::from(bytes)))
}
