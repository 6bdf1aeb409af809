//! Feedback scores: read as one a name, whoever gave it, and given by whoever looks at a trace or a span.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use cairn_core::command::ProjectRef;
use cairn_core::feedback::{Command, Score, State, Target, Write, merged};
use cairn_core::ids::{SpanId, TraceId};

use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::session;
use crate::spans::{Span, span};
use crate::traces::{Trace, trace};

/// What a person says of something under a name.
#[derive(InputObject)]
pub(crate) struct ScoreInput {
    name: String,
    value: f64,
    category_name: Option<String>,
    reason: Option<String>,
    /// The annotation queue that asked for it; the same person's other scores of this name stay.
    annotation_queue_id: Option<ID>,
}

/// What was said of a trace or span under a name; the mean, where several said it.
#[derive(SimpleObject)]
pub(crate) struct FeedbackScore {
    name: String,
    value: f64,
    reason: Option<String>,
    category_name: Option<String>,
    source: String,
    created_by: String,
    last_updated_at: Timestamp,
}

pub(crate) fn scores(state: &State) -> Vec<FeedbackScore> {
    let merged = merged(state).into_iter();
    let scores = merged.map(|score| FeedbackScore {
        name: score.name.to_owned(),
        // Scores have eighteen digits at most, which is within the range of any float.
        value: f64::try_from(score.value).unwrap_or_default(),
        reason: score.reason,
        category_name: score.category_name,
        source: score.source.to_owned(),
        created_by: score.created_by,
        last_updated_at: Timestamp(score.last_updated_at),
    });
    scores.collect()
}

#[derive(Default)]
pub(crate) struct FeedbackMutations;

#[Object]
impl FeedbackMutations {
    /// Replaces what the same person said under this name.
    async fn score_trace(&self, context: &Context<'_>, id: ID, score: ScoreInput) -> Result<Trace> {
        let id = TraceId::known(uuid(&id)?);
        give(context, Target::Trace(id), score).await?;
        trace(context, id).await
    }

    /// As of traces.
    async fn score_span(&self, context: &Context<'_>, id: ID, score: ScoreInput) -> Result<Span> {
        let id = SpanId::known(uuid(&id)?);
        give(context, Target::Span(id), score).await?;
        span(context, id).await
    }

    /// Takes away what everybody said of a trace under a name.
    async fn clear_trace_score(&self, context: &Context<'_>, id: ID, name: String) -> Result<Trace> {
        let id = TraceId::known(uuid(&id)?);
        clear(context, Target::Trace(id), name).await?;
        trace(context, id).await
    }

    /// As of traces.
    async fn clear_span_score(&self, context: &Context<'_>, id: ID, name: String) -> Result<Span> {
        let id = SpanId::known(uuid(&id)?);
        clear(context, Target::Span(id), name).await?;
        span(context, id).await
    }
}

async fn give(context: &Context<'_>, target: Target, score: ScoreInput) -> Result<()> {
    let ScoreInput { name, value, category_name, reason, annotation_queue_id } = score;
    let queue_id = annotation_queue_id.map(|id| uuid(&id)).transpose()?;
    let value =
        value.try_into().map_err(|_| Problem::invalid("`score.value` is not a number of that size"))?;
    let score = Score { name, value, category_name, reason, source: "ui".to_owned(), queue_id };
    let write = Write { target, project: ProjectRef::Default, author: None, score };
    session(context)?.execute(Command::ScoreExisting(Box::new(write))).await?;
    Ok(())
}

async fn clear(context: &Context<'_>, target: Target, name: String) -> Result<()> {
    session(context)?.execute(Command::Clear { target, name, author: None }).await?;
    Ok(())
}
