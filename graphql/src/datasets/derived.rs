//! Dataset items made of traces and spans.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use cairn_core::datasets::DatasetRef;
use cairn_core::datasets::derived::{Derivation, Enrichment, Sources};
use cairn_core::datasets::items::Policy;
use cairn_core::ids::{DatasetId, SpanId, TraceId};

use super::changes::{ExecutionPolicyInput, text};
use super::{Dataset, present};
use crate::error::Result;
use crate::scalars::{JsonText, uuid};
use crate::session::session;

/// What an item takes along beside what went in and what came out, which it holds as `input` and `expected_output`.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum DatasetItemEnrichment {
    /// Of a trace, with the input and output of each.
    Spans,
    Tags,
    FeedbackScores,
    Usage,
    Metadata,
}

#[derive(InputObject)]
pub(crate) struct DeriveDatasetItemsInput {
    dataset_id: ID,
    /// Of traces or of spans, at most 1000. An item is made of each.
    ids: Vec<ID>,
    #[graphql(default)]
    include: Vec<DatasetItemEnrichment>,
    /// A JSON array that each item carries.
    evaluators: Option<JsonText>,
    execution_policy: Option<ExecutionPolicyInput>,
}

#[derive(Default)]
pub(crate) struct DatasetDerivedMutations;

#[Object]
impl DatasetDerivedMutations {
    /// Puts traces into a dataset. Nothing is stored unless all of them are there.
    async fn add_dataset_items_from_traces(
        &self,
        context: &Context<'_>,
        input: DeriveDatasetItemsInput,
    ) -> Result<Dataset> {
        let ids = input.ids.iter().map(|id| Ok(TraceId::known(uuid(id)?))).collect::<Result<_>>()?;
        derive(context, input, Sources::Traces(ids)).await
    }

    /// Puts spans into a dataset. Nothing is stored unless all of them are there.
    async fn add_dataset_items_from_spans(
        &self,
        context: &Context<'_>,
        input: DeriveDatasetItemsInput,
    ) -> Result<Dataset> {
        let ids = input.ids.iter().map(|id| Ok(SpanId::known(uuid(id)?))).collect::<Result<_>>()?;
        derive(context, input, Sources::Spans(ids)).await
    }
}

async fn derive(context: &Context<'_>, input: DeriveDatasetItemsInput, sources: Sources) -> Result<Dataset> {
    let session = session(context)?;
    let id = DatasetId::known(uuid(&input.dataset_id)?);
    let takes = |part| input.include.contains(&part);
    let enrichment = Enrichment {
        spans: takes(DatasetItemEnrichment::Spans),
        tags: takes(DatasetItemEnrichment::Tags),
        feedback_scores: takes(DatasetItemEnrichment::FeedbackScores),
        usage: takes(DatasetItemEnrichment::Usage),
        metadata: takes(DatasetItemEnrichment::Metadata),
    };
    let derivation = Derivation {
        dataset: DatasetRef::Id(id),
        sources,
        enrichment,
        evaluators: text(input.evaluators),
        policy: input.execution_policy.map(Policy::from),
    };
    session.handles().derive_items(&session.grant()?, &session.grant()?, derivation).await?;
    present(session, id).await
}
