//! Traces: reading and deleting them. What changed of late is in `changes`.

mod changes;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, ID, Object, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::TraceRead;
use cairn_core::attachments::Owner;
use cairn_core::command::{ProjectRef, check_batch};
use cairn_core::feedback::Target;
use cairn_core::ids::TraceId;
use cairn_core::merge::TagEdits;
use cairn_core::query::Entity;
use cairn_core::traces::{self, Delete};
use cairn_storage::view::{self, Part};

pub(crate) use self::changes::TraceSubscriptions;
use crate::attachments::{Attachment, attachments_of};
use crate::bodies::{at_paths, previewed, whole};
use crate::comments::{self, Comment};
use crate::connection::{Page, page_cost};
use crate::derived::{self, DerivedValue};
use crate::error::{Problem, Result};
use crate::experiments::{Experiment, experiments_of};
use crate::feedback::{AssertionResult, FeedbackScore, scores, span_scores, verdicts};
use crate::guardrails::{GuardrailCheck, checks};
use crate::projects::Project;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};
use crate::spans::{Span, spans_of};

/// Shared by all who are told of the same.
pub(crate) struct Trace(pub(crate) Arc<view::Trace>);

impl From<view::Trace> for Trace {
    fn from(trace: view::Trace) -> Self {
        Self(Arc::new(trace))
    }
}

#[derive(SimpleObject)]
pub(crate) struct ErrorInfo {
    exception_type: String,
    message: Option<String>,
    traceback: String,
}

impl From<&traces::ErrorInfo> for ErrorInfo {
    fn from(error: &traces::ErrorInfo) -> Self {
        let traces::ErrorInfo { exception_type, message, traceback } = error.clone();
        Self { exception_type, message, traceback }
    }
}

/// Tokens, or whatever else was counted under a key. Counts may exceed 32 bits.
#[derive(SimpleObject)]
pub(crate) struct UsageEntry {
    key: String,
    value: i64,
}

pub(crate) const TOTAL_TOKENS: &str = "total_tokens";

pub(crate) fn usage(values: &BTreeMap<String, i64>) -> Vec<UsageEntry> {
    values.iter().map(|(key, value)| UsageEntry { key: key.clone(), value: *value }).collect()
}

#[Object]
impl Trace {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn project_id(&self) -> ID {
        self.0.project_id.into()
    }

    #[graphql(complexity = "5 + child_complexity")]
    async fn project(&self, context: &Context<'_>) -> Result<Project> {
        let project = loader(context)?.load_one(self.0.project_id).await?;
        project.map(Project).ok_or_else(|| Problem::not_found("the project of this trace was deleted"))
    }

    async fn name(&self) -> Option<&str> {
        self.0.fields.name.as_deref()
    }

    async fn start_time(&self) -> Timestamp {
        Timestamp(self.0.start_time)
    }

    async fn end_time(&self) -> Option<Timestamp> {
        self.0.fields.end_time.map(Timestamp)
    }

    async fn duration_ms(&self) -> Option<f64> {
        self.0.duration()
    }

    #[graphql(complexity = 10)]
    async fn input(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        whole(context, Part::Input, self.0.fields.input).await
    }

    #[graphql(complexity = 10)]
    async fn output(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        whole(context, Part::Output, self.0.fields.output).await
    }

    #[graphql(complexity = 10)]
    async fn metadata(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        whole(context, Part::Metadata, self.0.fields.metadata).await
    }

    /// The first characters of the input as plain text, for lists: the one text that it obviously stands for, if it
    /// does, or else all its words.
    #[graphql(complexity = 10)]
    async fn input_preview(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(200)")] chars: Option<i32>,
    ) -> Result<Option<String>> {
        previewed(context, Part::Input, self.0.fields.input, chars).await
    }

    /// As `inputPreview`.
    #[graphql(complexity = 10)]
    async fn output_preview(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(200)")] chars: Option<i32>,
    ) -> Result<Option<String>> {
        previewed(context, Part::Output, self.0.fields.output, chars).await
    }

    /// What stands at paths within input, output and metadata, such as `metadata.user.plan`: the first characters of a
    /// text, or of the JSON of another value; null where nothing is.
    #[graphql(complexity = "10 * paths.len() + child_complexity")]
    async fn values(&self, context: &Context<'_>, paths: Vec<String>) -> Result<Vec<Option<String>>> {
        let fields = &self.0.fields;
        at_paths(context, Entity::Trace, [fields.input, fields.output, fields.metadata], paths).await
    }

    /// The values of the derived columns that the workspace has for traces, by name.
    #[graphql(complexity = "10 + child_complexity")]
    async fn derived(&self, context: &Context<'_>) -> Result<Vec<DerivedValue>> {
        derived::values(context, Entity::Trace, self.0.id.uuid()).await
    }

    async fn tags(&self) -> &[String] {
        self.0.fields.tags.as_deref().unwrap_or_default()
    }

    async fn thread_id(&self) -> Option<&str> {
        self.0.fields.thread_id.as_deref()
    }

    async fn environment(&self) -> Option<&str> {
        self.0.fields.environment.as_deref()
    }

    async fn source(&self) -> Option<&str> {
        self.0.fields.source.as_deref()
    }

    async fn error(&self) -> Option<ErrorInfo> {
        self.0.fields.error.as_ref().map(ErrorInfo::from)
    }

    /// Summed over the spans.
    async fn usage(&self) -> Vec<UsageEntry> {
        usage(&self.0.sums.usage)
    }

    async fn total_tokens(&self) -> Option<i64> {
        self.0.sums.usage.get(TOTAL_TOKENS).copied()
    }

    /// US dollars, summed over the spans; null when unknown.
    async fn cost(&self) -> Option<f64> {
        Some(self.0.sums.cost).filter(|cost| !cost.is_zero()).and_then(|cost| f64::try_from(cost).ok())
    }

    async fn span_count(&self) -> u64 {
        self.0.sums.spans
    }

    async fn llm_span_count(&self) -> u64 {
        self.0.sums.llm_spans
    }

    async fn providers(&self) -> Vec<&str> {
        self.0.sums.providers.keys().map(String::as_str).collect()
    }

    /// Files that hang on the trace, by name, of very many the first.
    #[graphql(complexity = "10 + 10 * child_complexity")]
    async fn attachments(&self, context: &Context<'_>) -> Result<Vec<Attachment>> {
        attachments_of(context, Owner::Trace(self.0.id)).await
    }

    async fn feedback_scores(&self) -> Vec<FeedbackScore> {
        scores(&self.0.scores)
    }

    /// What the scores of its spans come to: the mean over the spans, each merged first.
    #[graphql(complexity = 10)]
    async fn span_feedback_scores(&self, context: &Context<'_>) -> Result<Vec<FeedbackScore>> {
        span_scores(context, self.0.id, &self.0.sums.scores).await
    }

    /// Outcomes of guardrails, in the order in which they came.
    async fn guardrail_checks(&self) -> Vec<GuardrailCheck> {
        checks(&self.0.checks)
    }

    /// Verdicts of assertions, which are no scores.
    #[graphql(complexity = 10)]
    async fn assertion_results(&self, context: &Context<'_>) -> Result<Vec<AssertionResult>> {
        verdicts(context, Target::Trace(self.0.id)).await
    }

    /// Those that it is a run of.
    #[graphql(complexity = "10 + 5 * child_complexity")]
    async fn experiments(&self, context: &Context<'_>) -> Result<Vec<Experiment>> {
        experiments_of(context, self.0.id).await
    }

    /// Oldest first.
    async fn comments(&self) -> Vec<Comment> {
        comments::shown(&self.0.comments)
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.0.last_updated_at)
    }

    /// All spans of the trace, by start time; the tree follows from `parentSpanId`.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn spans(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(500)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Span>> {
        let total = usize::try_from(self.0.sums.spans).unwrap_or(usize::MAX);
        spans_of(context, self.0.id, total, first, after).await
    }
}

/// A trace that must be there.
pub(crate) async fn trace(context: &Context<'_>, id: TraceId) -> Result<Trace> {
    let found = loader(context)?.load_one(id).await?;
    found.map(Trace::from).ok_or_else(|| Problem::not_found(format!("trace `{id}` not found")))
}

#[derive(Default)]
pub(crate) struct TraceQueries;

#[Object]
impl TraceQueries {
    async fn trace(&self, context: &Context<'_>, id: ID) -> Result<Option<Trace>> {
        let id = TraceId::known(uuid(&id)?);
        Ok(loader(context)?.load_one(id).await?.map(Trace::from))
    }
}

#[derive(Default)]
pub(crate) struct TraceMutations;

#[Object]
impl TraceMutations {
    /// Deletes traces with their spans and scores. Ids that are unknown are skipped.
    async fn delete_traces(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        let ids = ids.iter().map(|id| uuid(id).map(TraceId::known)).collect::<Result<_>>()?;
        session(context)?.execute(Delete { ids }).await?;
        Ok(true)
    }

    /// Takes tags from traces and adds tags to them. Ids that are unknown are skipped.
    async fn tag_traces(
        &self,
        context: &Context<'_>,
        ids: Vec<ID>,
        #[graphql(default)] add: Vec<String>,
        #[graphql(default)] remove: Vec<String>,
    ) -> Result<Vec<Trace>> {
        check_batch("ids", ids.len())?;
        let ids: Vec<_> = ids.iter().map(|id| uuid(id).map(TraceId::known)).collect::<Result<_>>()?;
        let update = Box::new(traces::Update {
            project: ProjectRef::Default,
            fields: traces::Fields::default(),
            tag_edits: TagEdits { added: add, removed: remove },
        });
        let command = traces::Command::UpdateMany { ids: ids.clone(), update, merge_tags: true };
        session(context)?.execute(command).await?;
        let mut found = loader(context)?.load_many(ids.iter().copied()).await?;
        Ok(ids.iter().filter_map(|id| found.remove(id)).map(Trace::from).collect())
    }
}

impl Loader<TraceId> for Session {
    type Value = view::Trace;
    type Error = Failure;

    async fn load(&self, keys: &[TraceId]) -> std::result::Result<HashMap<TraceId, view::Trace>, Failure> {
        let ids = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                found.extend(reader.trace(id)?.map(|trace| (id, trace)));
            }
            Ok(found)
        })
        .await
    }
}
