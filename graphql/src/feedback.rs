//! What is said of traces, spans and threads: feedback scores as they are read, one a name, whoever gave it; what a person
//! gives; and the verdicts of assertions.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::TraceRead;
use cairn_core::command::ProjectRef;
use cairn_core::feedback::assertions;
use cairn_core::feedback::{
    Clearing, Command, Merged, OfSpan, Said, Score, State, Tally, Target, Write, across, merged,
};
use cairn_core::ids::{SpanId, ThreadId, TraceId};

use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, loader, session};
use crate::spans::{Span, span};
use crate::threads::{Thread, thread};
use crate::traces::{Trace, trace};

/// What was said of a trace, span or thread under a name; the mean, where several said it.
#[derive(SimpleObject)]
pub(crate) struct FeedbackScore {
    name: String,
    value: f64,
    reason: Option<String>,
    category_name: Option<String>,
    source: String,
    created_by: String,
    last_updated_at: Timestamp,
    /// What each said.
    by_author: Vec<AuthorScore>,
}

#[derive(SimpleObject)]
pub(crate) struct AuthorScore {
    author: String,
    value: f64,
    reason: Option<String>,
    category_name: Option<String>,
    source: String,
    /// The span it was said of, where the scores of several are looked at together.
    span_id: Option<ID>,
    /// The queue that asked for it.
    queue_id: Option<ID>,
    last_updated_at: Timestamp,
}

impl From<Said<'_>> for AuthorScore {
    fn from(Said { given, span }: Said<'_>) -> Self {
        Self {
            span_id: span.map(|(id, _)| id.into()),
            author: given.author.clone(),
            value: float(given.score.value),
            reason: given.score.reason.clone(),
            category_name: given.score.category_name.clone(),
            source: given.score.source.clone(),
            queue_id: given.score.queue_id.map(ID::from),
            last_updated_at: Timestamp(given.last_updated_at),
        }
    }
}

pub(crate) fn scores(state: &State) -> Vec<FeedbackScore> {
    each(merged(state))
}

/// Of the spans of a trace, given what their scores come to.
pub(crate) async fn span_scores(
    context: &Context<'_>,
    trace_id: TraceId,
    means: &BTreeMap<String, Tally>,
) -> Result<Vec<FeedbackScore>> {
    if means.is_empty() {
        return Ok(Vec::new());
    }
    let spans = loader(context)?.load_one(SpansOf(trace_id)).await?.unwrap_or_default();
    Ok(each(across(&spans, means)))
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct SpansOf(TraceId);

impl Loader<SpansOf> for Session {
    type Value = Arc<[OfSpan]>;
    type Error = Failure;

    async fn load(&self, keys: &[SpansOf]) -> std::result::Result<HashMap<SpansOf, Arc<[OfSpan]>>, Failure> {
        let keys = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                found.insert(key, reader.span_scores(key.0)?.into());
            }
            Ok(found)
        })
        .await
    }
}

fn each(scores: Vec<Merged<'_>>) -> Vec<FeedbackScore> {
    let scores = scores.into_iter().map(|score| FeedbackScore {
        name: score.name.to_owned(),
        value: float(score.value),
        reason: score.reason,
        category_name: score.category_name,
        source: score.source.to_owned(),
        created_by: score.created_by,
        last_updated_at: Timestamp(score.last_updated_at),
        by_author: score.by_author.into_values().map(AuthorScore::from).collect(),
    });
    scores.collect()
}

/// Scores have eighteen digits at most, which is within the range of any float.
fn float<V>(value: V) -> f64
where
    f64: TryFrom<V>,
{
    f64::try_from(value).unwrap_or_default()
}

/// Whether something is as an assertion says.
#[derive(SimpleObject)]
pub(crate) struct AssertionResult {
    name: String,
    passed: bool,
    reason: Option<String>,
    source: String,
    created_by: String,
    last_updated_at: Timestamp,
}

/// The verdicts on a thing, in the order in which their names came.
pub(crate) async fn verdicts(context: &Context<'_>, target: Target) -> Result<Vec<AssertionResult>> {
    let state = loader(context)?.load_one(target).await?.unwrap_or_default();
    let verdicts = state.verdicts.into_iter().map(|verdict| AssertionResult {
        name: verdict.assertion.name,
        passed: verdict.assertion.passed,
        reason: verdict.assertion.reason,
        source: verdict.assertion.source,
        created_by: verdict.created_by,
        last_updated_at: Timestamp(verdict.last_updated_at),
    });
    Ok(verdicts.collect())
}

impl Loader<Target> for Session {
    type Value = assertions::State;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[Target],
    ) -> std::result::Result<HashMap<Target, assertions::State>, Failure> {
        let targets = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(targets.len());
            for target in targets {
                found.insert(target, reader.assertions(target)?);
            }
            Ok(found)
        })
        .await
    }
}

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

    /// As of traces.
    async fn score_thread(&self, context: &Context<'_>, id: ID, score: ScoreInput) -> Result<Thread> {
        let id = ThreadId::known(uuid(&id)?);
        give(context, Target::Thread(id), score).await?;
        thread(context, id).await
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

    /// As of traces.
    async fn clear_thread_score(&self, context: &Context<'_>, id: ID, name: String) -> Result<Thread> {
        let id = ThreadId::known(uuid(&id)?);
        clear(context, Target::Thread(id), name).await?;
        thread(context, id).await
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
    session(context)?
        .execute(Command::Clear(Clearing { target, name, author: None, queue_id: None }))
        .await?;
    Ok(())
}
