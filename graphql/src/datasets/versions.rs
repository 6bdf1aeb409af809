//! Versions of datasets. How two of them differ is in `differing`.

use async_graphql::{Context, ID, Object, SimpleObject};
use cairn_core::datasets;
use cairn_core::datasets::items::Policy;
use cairn_core::datasets::versions::{Counts, LATEST, Shapes, Version};
use cairn_core::ids::DatasetId;
use cairn_core::json::Json;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;

use super::Dataset;
use crate::error::Result;
use crate::scalars::{JsonText, Timestamp};
use crate::session::loader;

/// A version with what must be looked up beside it.
#[derive(Clone)]
pub(crate) struct VersionView {
    pub(super) dataset: DatasetId,
    pub(super) version: Version,
    is_latest: bool,
    counts: Counts,
}

impl VersionView {
    pub(crate) fn new(
        reader: &Reader,
        dataset: &datasets::Dataset,
        version: Version,
    ) -> std::result::Result<Self, Error> {
        let counts = reader.dataset_version_counts(dataset, &version)?;
        Ok(Self { dataset: dataset.id, is_latest: version.number == dataset.latest, counts, version })
    }
}

pub(crate) struct DatasetVersion(pub(crate) VersionView);

/// How often an experiment runs an item, and how many of the runs must pass.
#[derive(SimpleObject)]
pub(crate) struct ExecutionPolicy {
    runs_per_item: u32,
    pass_threshold: u32,
}

impl From<Policy> for ExecutionPolicy {
    fn from(policy: Policy) -> Self {
        let Policy { runs_per_item, pass_threshold } = policy;
        Self { runs_per_item, pass_threshold }
    }
}

/// A key of data.
#[derive(SimpleObject)]
pub(super) struct DatasetColumn {
    name: String,
    /// Of `string`, `number`, `object`, `boolean`, `array` and `null`, those that it holds.
    types: Vec<&'static str>,
}

impl From<(&String, &Shapes)> for DatasetColumn {
    fn from((name, shapes): (&String, &Shapes)) -> Self {
        Self { name: name.clone(), types: shapes.names() }
    }
}

#[Object]
impl DatasetVersion {
    async fn id(&self) -> ID {
        self.0.version.id.into()
    }

    async fn dataset_id(&self) -> ID {
        self.0.dataset.into()
    }

    #[graphql(complexity = "5 + child_complexity")]
    async fn dataset(&self, context: &Context<'_>) -> Result<Option<Dataset>> {
        Ok(loader(context)?.load_one(self.0.dataset).await?.map(Dataset))
    }

    /// Counted from 1.
    async fn number(&self) -> u32 {
        self.0.version.number
    }

    /// `v` and the number.
    async fn name(&self) -> String {
        self.0.version.name()
    }

    /// The last eight digits of the id, which stand for it everywhere.
    async fn hash(&self) -> String {
        self.0.version.hash()
    }

    async fn is_latest(&self) -> bool {
        self.0.is_latest
    }

    /// The newest carries `latest` among them.
    async fn tags(&self) -> Vec<&str> {
        let latest = self.0.is_latest.then_some(LATEST);
        latest.into_iter().chain(self.0.version.tags.iter().map(String::as_str)).collect()
    }

    async fn item_count(&self) -> i64 {
        self.0.counts.total
    }

    /// Compared with the version before it, as are the other counts.
    async fn added_count(&self) -> i64 {
        self.0.counts.added
    }

    async fn modified_count(&self) -> i64 {
        self.0.counts.modified
    }

    async fn deleted_count(&self) -> i64 {
        self.0.counts.deleted
    }

    async fn columns(&self) -> Vec<DatasetColumn> {
        self.0.version.columns.iter().map(DatasetColumn::from).collect()
    }

    async fn description(&self) -> Option<&str> {
        self.0.version.description.as_deref()
    }

    async fn metadata(&self) -> Option<JsonText> {
        text(self.0.version.metadata.as_deref())
    }

    /// What is asked of every item's outcome: a JSON array.
    async fn evaluators(&self) -> Option<JsonText> {
        text(self.0.version.evaluators.as_deref())
    }

    /// Of the items that have none of their own.
    async fn execution_policy(&self) -> Option<ExecutionPolicy> {
        self.0.version.policy.map(ExecutionPolicy::from)
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.version.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.version.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.0.version.last_updated_at)
    }
}

/// JSON that was stored as text.
pub(super) fn text(text: Option<&str>) -> Option<JsonText> {
    text.map(|text| JsonText(Json::stored(text.to_owned().into())))
}
