//! Items of experiments: one run of one dataset item, and the trace that it led to.

use async_graphql::{Context, ID, Object};
use cairn_core::experiments::{self, Item};
use cairn_core::ids::{DatasetId, DatasetVersionId};

use super::Experiment;
use crate::datasets::items::{DatasetItem, ItemKey};
use crate::datasets::versions::ExecutionPolicy;
use crate::error::Result;
use crate::scalars::Timestamp;
use crate::session::loader;
use crate::traces::Trace;

pub(crate) struct ExperimentItem {
    item: Item,
    dataset: DatasetId,
    version: Option<DatasetVersionId>,
}

impl ExperimentItem {
    pub(super) const fn new(item: Item, experiment: &experiments::Experiment) -> Self {
        Self { item, dataset: experiment.dataset_id, version: experiment.dataset_version_id }
    }
}

#[Object]
impl ExperimentItem {
    async fn id(&self) -> ID {
        self.item.id.into()
    }

    async fn experiment_id(&self) -> ID {
        self.item.experiment_id.into()
    }

    #[graphql(complexity = "5 + child_complexity")]
    async fn experiment(&self, context: &Context<'_>) -> Result<Option<Experiment>> {
        Ok(loader(context)?.load_one(self.item.experiment_id).await?.map(Experiment))
    }

    async fn dataset_item_id(&self) -> ID {
        self.item.dataset_item_id.into()
    }

    /// As the version had it that the experiment ran over.
    #[graphql(complexity = "5 + child_complexity")]
    async fn dataset_item(&self, context: &Context<'_>) -> Result<Option<DatasetItem>> {
        let key = ItemKey { dataset: self.dataset, version: self.version, item: self.item.dataset_item_id };
        Ok(loader(context)?.load_one(key).await?.map(DatasetItem))
    }

    async fn trace_id(&self) -> ID {
        self.item.trace_id.into()
    }

    /// Null until it arrives, and if it was deleted.
    #[graphql(complexity = "5 + child_complexity")]
    async fn trace(&self, context: &Context<'_>) -> Result<Option<Trace>> {
        Ok(loader(context)?.load_one(self.item.trace_id).await?.map(Trace::from))
    }

    async fn execution_policy(&self) -> Option<ExecutionPolicy> {
        self.item.policy.map(ExecutionPolicy::from)
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.item.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.item.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.item.last_updated_at)
    }
}
