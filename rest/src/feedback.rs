//! Feedback scores over REST: of traces and spans by id, of threads by name.

pub(crate) mod assertions;

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::StatusCode;
use bytes::Bytes;
use cairn_core::access::FeedbackWrite;
use cairn_core::feedback::{
    Clearing, Command, Merged, OfSpan, Said, Score, State as Scores, Tally, Target, Write, across, merged,
    out_of_bounds,
};
use cairn_core::ids::{SpanId, TraceId};
use cairn_core::rejection::Rejection;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::routes::Server;
use crate::wire::{self, Shown, decimal_out};

#[derive(Deserialize)]
pub(crate) struct ScoreIn<'a> {
    id: Option<Uuid>,
    #[serde(alias = "threadId")]
    thread_id: Option<String>,
    #[serde(borrow, alias = "projectName")]
    project_name: Option<Cow<'a, str>>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    name: Option<String>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(alias = "categoryName")]
    category_name: Option<String>,
    reason: Option<String>,
    source: Option<String>,
    author: Option<String>,
    #[serde(alias = "sourceQueueId")]
    source_queue_id: Option<Uuid>,
}

#[derive(Deserialize)]
struct BatchIn<'a> {
    #[serde(borrow)]
    scores: Option<Vec<ScoreIn<'a>>>,
}

#[derive(Deserialize)]
struct ClearIn {
    name: Option<String>,
    author: Option<String>,
    #[serde(alias = "sourceQueueId")]
    source_queue_id: Option<Uuid>,
}

pub(crate) async fn score_traces(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let target = |id| Ok(Target::Trace(TraceId::new(id)?));
    let command = body.read(move |body| batch(body, by_id(target), Command::Score)).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn score_spans(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let target = |id| Ok(Target::Span(SpanId::new(id)?));
    let command = body.read(move |body| batch(body, by_id(target), Command::Score)).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn score_threads(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let name = |score: &mut ScoreIn<'_>, _: &str| Ok(score.thread_id.take().unwrap_or_default());
    let command = body.read(move |body| batch(body, name, Command::ScoreThreads)).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn score_trace(
    server: State<Server>,
    grant: Granted<FeedbackWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    score_one(server, grant, Target::Trace(TraceId::known(id)), body).await
}

pub(crate) async fn score_span(
    server: State<Server>,
    grant: Granted<FeedbackWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    score_one(server, grant, Target::Span(SpanId::known(id)), body).await
}

async fn score_one(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackWrite>,
    target: Target,
    body: Body,
) -> Answer<StatusCode> {
    let read = move |body: &Bytes| {
        let score: ScoreIn<'_> = serde_json::from_slice(body)?;
        Ok(score.write(target, "").map(|write| Command::ScoreExisting(Box::new(write))))
    };
    let command = body.read(move |body| wire::parse(body, read)).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn clear_trace(
    server: State<Server>,
    grant: Granted<FeedbackWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    clear(server, grant, Target::Trace(TraceId::known(id)), body).await
}

pub(crate) async fn clear_span(
    server: State<Server>,
    grant: Granted<FeedbackWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    clear(server, grant, Target::Span(SpanId::known(id)), body).await
}

async fn clear(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackWrite>,
    target: Target,
    body: Body,
) -> Answer<StatusCode> {
    let ClearIn { name, author, source_queue_id } = body.read(wire::plain).await?;
    let name = name.unwrap_or_default();
    let clearing = Clearing { target, name, author, queue_id: source_queue_id };
    server.handles.execute(&grant, Command::Clear(clearing)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct ClearThreadIn {
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "threadId")]
    thread_id: Option<String>,
    names: Option<Vec<String>>,
    author: Option<String>,
}

pub(crate) async fn clear_thread(
    State(server): State<Server>,
    Granted(grant): Granted<FeedbackWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let asked: ClearThreadIn = body.read(wire::plain).await?;
    let command = Command::ClearThread {
        project: wire::project(asked.project_id, asked.project_name.map(Cow::Owned), "")?,
        thread: asked.thread_id.unwrap_or_default(),
        names: asked.names.unwrap_or_default(),
        author: asked.author,
    };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a score of a batch is of; the text is the score's place in it.
fn by_id(
    target: fn(Uuid) -> Result<Target, Rejection>,
) -> impl Fn(&mut ScoreIn<'_>, &str) -> Result<Target, Rejection> {
    move |score, place| {
        let id = score.id.ok_or_else(|| Rejection::invalid(format!("{place}id must not be null")))?;
        target(id)
    }
}

fn batch<T>(
    body: Bytes,
    target: impl Fn(&mut ScoreIn<'_>, &str) -> Result<T, Rejection>,
    command: fn(Vec<Write<T>>) -> Command,
) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let batch: BatchIn<'_> = serde_json::from_slice(body)?;
        let scores = batch.scores.unwrap_or_default().into_iter().enumerate();
        let writes = scores.map(|(at, mut score)| {
            let place = format!("scores[{at}].");
            let target = target(&mut score, &place)?;
            score.write(target, &place)
        });
        Ok(writes.collect::<Result<_, _>>().map(command))
    })
}

impl ScoreIn<'_> {
    pub(crate) fn write<T>(self, target: T, place: &str) -> Result<Write<T>, Rejection> {
        let value = self.value.ok_or_else(|| null(place, "value"))?;
        let source = source(self.source, place)?;
        Ok(Write {
            target,
            project: wire::project(self.project_id, self.project_name, place)?,
            author: self.author.filter(|author| !author.is_empty()),
            score: Score {
                name: self.name.unwrap_or_default(),
                value: decimal(value, place)?,
                category_name: self.category_name,
                reason: self.reason,
                source,
                queue_id: self.source_queue_id,
            },
        })
    }
}

fn null(place: &str, field: &str) -> Rejection {
    Rejection::invalid(format!("{place}{field} must not be null"))
}

/// By what way a judgement came.
fn source(source: Option<String>, place: &str) -> Result<String, Rejection> {
    const SOURCES: [&str; 3] = ["ui", "sdk", "online_scoring"];
    let source = source.ok_or_else(|| null(place, "source"))?;
    if SOURCES.contains(&source.as_str()) {
        return Ok(source);
    }
    let hint = format!("{place}source `{source}` is unknown: use `ui`, `sdk` or `online_scoring`");
    Err(Rejection::malformed("Unable to process JSON").hint(hint))
}

/// A number too large for a decimal is a number still, and out of bounds.
fn decimal(raw: &RawValue, place: &str) -> Result<Decimal, Rejection> {
    wire::decimal(raw).ok_or_else(|| match raw.get().parse::<f64>() {
        Ok(_) => out_of_bounds(place),
        Err(_) => {
            Rejection::malformed("Unable to process JSON").hint(format!("{place}value must be a number"))
        }
    })
}

/// A merged score as clients read it.
#[derive(Serialize)]
pub(crate) struct ScoreOut {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_name: Option<String>,
    value: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    source: String,
    created_at: Shown,
    last_updated_at: Shown,
    created_by: String,
    last_updated_by: String,
    value_by_author: BTreeMap<String, AuthorOut>,
}

#[derive(Serialize)]
struct AuthorOut {
    value: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    category_name: Option<String>,
    source: String,
    last_updated_at: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    span_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    span_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_queue_id: Option<Uuid>,
    author: String,
}

impl ScoreOut {
    /// `None` if there are none.
    pub(crate) fn all(scores: &Scores) -> Option<Vec<Self>> {
        Self::each(merged(scores))
    }

    /// Of spans together.
    pub(crate) fn across(spans: &[OfSpan], means: &BTreeMap<String, Tally>) -> Option<Vec<Self>> {
        Self::each(across(spans, means))
    }

    fn each(scores: Vec<Merged<'_>>) -> Option<Vec<Self>> {
        let scores: Vec<Self> = scores
            .into_iter()
            .map(|score| Self {
                name: score.name.to_owned(),
                category_name: score.category_name,
                value: decimal_out(score.value),
                reason: score.reason,
                source: score.source.to_owned(),
                created_at: Shown(score.created_at.to_micros()),
                last_updated_at: Shown(score.last_updated_at.to_micros()),
                created_by: score.created_by,
                last_updated_by: score.last_updated_by,
                value_by_author: score.by_author.into_iter().map(|(key, said)| (key, said.into())).collect(),
            })
            .collect();
        (!scores.is_empty()).then_some(scores)
    }
}

impl From<Said<'_>> for AuthorOut {
    fn from(Said { given, span }: Said<'_>) -> Self {
        Self {
            value: decimal_out(given.score.value),
            reason: given.score.reason.clone(),
            category_name: given.score.category_name.clone(),
            source: given.score.source.clone(),
            last_updated_at: Shown(given.last_updated_at.to_micros()),
            span_type: span.map(|(_, kind)| kind.name()),
            span_id: span.map(|(id, _)| id.to_string()),
            source_queue_id: given.score.queue_id,
            author: given.author.clone(),
        }
    }
}
