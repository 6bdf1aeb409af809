//! Spans: one by one, and all of a trace.

pub(crate) mod changes;

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, Object};
use cairn_actors::failure::Failure;
use cairn_core::access::TraceRead;
use cairn_core::attachments::Owner;
use cairn_core::command::{ProjectRef, check_batch};
use cairn_core::feedback::Target;
use cairn_core::ids::{SpanId, TraceId};
use cairn_core::merge::TagEdits;
use cairn_core::query::Entity;
use cairn_core::spans::{self, Kind};
use cairn_core::time;
use cairn_storage::view::{self, Part};

use crate::attachments::{Attachment, attachments_of};
use crate::bodies::{at_paths, previewed, whole};
use crate::comments::{self, Comment};
use crate::connection::{ByStart, Page};
use crate::derived::{self, DerivedValue};
use crate::error::{Problem, Result};
use crate::feedback::{AssertionResult, FeedbackScore, scores, verdicts};
use crate::guardrails::{GuardrailCheck, checks};
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};
use crate::traces::{ErrorInfo, TOTAL_TOKENS, Trace, UsageEntry, usage};

/// Shared by all who are told of the same.
pub(crate) struct Span(pub(crate) Arc<view::Span>);

impl From<view::Span> for Span {
    fn from(span: view::Span) -> Self {
        Self(Arc::new(span))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum SpanType {
    General,
    Tool,
    Llm,
    Guardrail,
}

impl From<Kind> for SpanType {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::General => Self::General,
            Kind::Tool => Self::Tool,
            Kind::Llm => Self::Llm,
            Kind::Guardrail => Self::Guardrail,
        }
    }
}

#[Object]
impl Span {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn trace_id(&self) -> ID {
        self.0.trace_id.into()
    }

    /// Null while only spans of it have arrived.
    #[graphql(complexity = "5 + child_complexity")]
    async fn trace(&self, context: &Context<'_>) -> Result<Option<Trace>> {
        Ok(loader(context)?.load_one(self.0.trace_id).await?.map(Trace::from))
    }

    async fn parent_span_id(&self) -> Option<ID> {
        self.0.parent.map(ID::from)
    }

    async fn project_id(&self) -> ID {
        self.0.project_id.into()
    }

    async fn name(&self) -> Option<&str> {
        self.0.fields.name.as_deref()
    }

    #[graphql(name = "type")]
    async fn kind(&self) -> SpanType {
        self.0.fields.kind.unwrap_or_default().into()
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

    /// As of traces.
    #[graphql(complexity = 10)]
    async fn input_preview(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(200)")] chars: Option<i32>,
    ) -> Result<Option<String>> {
        previewed(context, Part::Input, self.0.fields.input, chars).await
    }

    /// As of traces.
    #[graphql(complexity = 10)]
    async fn output_preview(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(200)")] chars: Option<i32>,
    ) -> Result<Option<String>> {
        previewed(context, Part::Output, self.0.fields.output, chars).await
    }

    /// As of traces.
    #[graphql(complexity = "10 * paths.len() + child_complexity")]
    async fn values(&self, context: &Context<'_>, paths: Vec<String>) -> Result<Vec<Option<String>>> {
        let fields = &self.0.fields;
        at_paths(context, Entity::Span, [fields.input, fields.output, fields.metadata], paths).await
    }

    /// The values of the derived columns that the workspace has for spans, by name.
    #[graphql(complexity = "10 + child_complexity")]
    async fn derived(&self, context: &Context<'_>) -> Result<Vec<DerivedValue>> {
        derived::values(context, Entity::Span, self.0.id.uuid()).await
    }

    async fn tags(&self) -> &[String] {
        self.0.fields.tags.as_deref().unwrap_or_default()
    }

    async fn model(&self) -> Option<&str> {
        self.0.fields.model.as_deref()
    }

    async fn provider(&self) -> Option<&str> {
        self.0.fields.provider.as_deref()
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

    async fn usage(&self) -> Vec<UsageEntry> {
        self.0.fields.usage.as_ref().map(usage).unwrap_or_default()
    }

    async fn total_tokens(&self) -> Option<i64> {
        self.0.fields.usage.as_ref().and_then(|usage| usage.get(TOTAL_TOKENS)).copied()
    }

    /// US dollars; null when unknown.
    async fn cost(&self) -> Option<f64> {
        self.0.fields.cost.filter(|cost| !cost.is_zero()).and_then(|cost| f64::try_from(cost).ok())
    }

    /// The version of the prices that the cost was estimated by; null when the client named it, or nobody knows it.
    async fn cost_version(&self) -> Option<&str> {
        self.0.cost_version.as_deref()
    }

    /// Files that hang on the span, by name, of very many the first.
    #[graphql(complexity = "10 + 10 * child_complexity")]
    async fn attachments(&self, context: &Context<'_>) -> Result<Vec<Attachment>> {
        attachments_of(context, Owner::Span(self.0.id)).await
    }

    async fn feedback_scores(&self) -> Vec<FeedbackScore> {
        scores(&self.0.scores)
    }

    /// Outcomes of guardrails, in the order in which they came.
    async fn guardrail_checks(&self) -> Vec<GuardrailCheck> {
        checks(&self.0.checks)
    }

    /// Verdicts of assertions, which are no scores.
    #[graphql(complexity = 10)]
    async fn assertion_results(&self, context: &Context<'_>) -> Result<Vec<AssertionResult>> {
        verdicts(context, Target::Span(self.0.id)).await
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
}

/// A span that must be there.
pub(crate) async fn span(context: &Context<'_>, id: SpanId) -> Result<Span> {
    let found = session(context)?.read::<TraceRead, _>(move |reader| Ok(reader.span(id)?)).await?;
    found.map(Span::from).ok_or_else(|| Problem::not_found(format!("span `{id}` not found")))
}

#[derive(Default)]
pub(crate) struct SpanQueries;

#[Object]
impl SpanQueries {
    async fn span(&self, context: &Context<'_>, id: ID) -> Result<Option<Span>> {
        let id = SpanId::known(uuid(&id)?);
        let read = session(context)?.read::<TraceRead, _>(move |reader| Ok(reader.span(id)?));
        Ok(read.await?.map(Span::from))
    }
}

#[derive(Default)]
pub(crate) struct SpanMutations;

#[Object]
impl SpanMutations {
    /// As of traces.
    async fn tag_spans(
        &self,
        context: &Context<'_>,
        ids: Vec<ID>,
        #[graphql(default)] add: Vec<String>,
        #[graphql(default)] remove: Vec<String>,
    ) -> Result<bool> {
        check_batch("ids", ids.len())?;
        let ids = ids.iter().map(|id| uuid(id).map(SpanId::known)).collect::<Result<_>>()?;
        let update = Box::new(spans::Update {
            project: ProjectRef::Default,
            trace_id: TraceId::known(uuid::Uuid::nil()),
            parent: None,
            fields: spans::Fields::default(),
            tag_edits: TagEdits { added: add, removed: remove },
        });
        let command = spans::Command::UpdateMany { ids, update, merge_tags: true };
        session(context)?.execute(command).await?;
        Ok(true)
    }
}

/// A page of the spans of one trace, by start time.
pub(crate) async fn spans_of(
    context: &Context<'_>,
    trace: TraceId,
    total: usize,
    first: Option<i32>,
    after: Option<String>,
) -> Result<Page<Span>> {
    let page = ByStart::new(format!("spans of {trace}"), first, after)?;
    let after = page.after().map(|(start, id)| (start, SpanId::known(id)));
    let spans = loader(context)?.load_one(SpansKey { trace, after, limit: page.limit() }).await?;
    let place = |span: &view::Span| (span.start_time, span.id.uuid());
    Ok(page.page(spans.unwrap_or_default(), total, place, Span::from))
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct SpansKey {
    trace: TraceId,
    after: Option<(time::Timestamp, SpanId)>,
    limit: usize,
}

impl Loader<SpansKey> for Session {
    type Value = Vec<view::Span>;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[SpansKey],
    ) -> std::result::Result<HashMap<SpansKey, Vec<view::Span>>, Failure> {
        let keys = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                found.insert(key, reader.spans_of(key.trace, key.after, key.limit)?);
            }
            Ok(found)
        })
        .await
    }
}
