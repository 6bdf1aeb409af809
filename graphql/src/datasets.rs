//! Datasets: named collections of items in versions. Items and versions are in files of their own beside this one, what
//! changes them in `changes`.

pub(crate) mod changes;
pub(crate) mod derived;
mod differing;
pub(crate) mod exports;
pub(crate) mod items;
pub(crate) mod versions;

use std::collections::{BTreeMap, HashMap};

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, Object};
use cairn_actors::failure::Failure;
use cairn_core::access::{DatasetRead, ExperimentRead, OptimizationRead};
use cairn_core::datasets::versions::{LATEST, version_not_found};
use cairn_core::datasets::{self, not_found};
use cairn_core::ids::{DatasetId, DatasetVersionId, ExperimentId, ProjectId};
use cairn_core::limits::COMPARED_EXPERIMENTS_MAX;
use cairn_core::time;
use cairn_storage::datasets::usage::Usage;
use cairn_storage::index::{Cursor, SortValue};
use cairn_storage::reader::Reader;

use self::differing::DatasetDiff;
use self::items::{DatasetItem, ItemsAsked};
use self::versions::{DatasetColumn, DatasetVersion, VersionView};
use crate::connection::{Found, Order, Page, Sort, page_cost, page_size};
use crate::cursor;
use crate::error::{Problem, Result};
use crate::projects::{Project, Visibility};
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, loader, session};

pub(crate) struct Dataset(pub(crate) datasets::Dataset);

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "datasets::Kind")]
pub(crate) enum DatasetKind {
    Dataset,
    /// Items with evaluators and a policy of how often each is run: what clients call a test suite.
    EvaluationSuite,
}

#[Object]
impl Dataset {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn project_id(&self) -> Option<ID> {
        self.0.project_id.map(ID::from)
    }

    /// Null for datasets outside of all projects, and if the project was deleted.
    #[graphql(complexity = "5 + child_complexity")]
    async fn project(&self, context: &Context<'_>) -> Result<Option<Project>> {
        let Some(id) = self.0.project_id else { return Ok(None) };
        Ok(loader(context)?.load_one(id).await?.map(Project))
    }

    async fn kind(&self) -> DatasetKind {
        self.0.kind.into()
    }

    async fn visibility(&self) -> Visibility {
        self.0.visibility.into()
    }

    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    async fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// Of the newest version.
    #[graphql(complexity = 5)]
    async fn item_count(&self, context: &Context<'_>) -> Result<i64> {
        let version = loader(context)?.load_one(self.latest()).await?;
        Ok(version.map_or(0, |view| view.version.counts.total))
    }

    async fn version_count(&self) -> u32 {
        self.0.latest
    }

    /// Null while there is none.
    #[graphql(complexity = "5 + child_complexity")]
    async fn latest_version(&self, context: &Context<'_>) -> Result<Option<DatasetVersion>> {
        Ok(loader(context)?.load_one(self.latest()).await?.map(DatasetVersion))
    }

    /// The version that is called so: by its hash, its id or one of its tags.
    #[graphql(complexity = "5 + child_complexity")]
    async fn version(&self, context: &Context<'_>, reference: String) -> Result<Option<DatasetVersion>> {
        let dataset = self.0.clone();
        let read = session(context)?.read::<DatasetRead, _>(move |reader| {
            let version = reader.dataset_version_called(&dataset, &reference)?;
            Ok(version.map(|version| VersionView::new(reader, &dataset, version)).transpose()?)
        });
        Ok(read.await?.map(DatasetVersion))
    }

    /// The version of a number, counted from 1.
    #[graphql(complexity = "5 + child_complexity")]
    async fn version_numbered(&self, context: &Context<'_>, number: u32) -> Result<Option<DatasetVersion>> {
        let key = VersionKey { dataset: self.0.id, number };
        Ok(loader(context)?.load_one(key).await?.map(DatasetVersion))
    }

    /// Newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn versions(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<DatasetVersion>> {
        const LIST: &str = "dataset versions";
        let first = page_size(first)?;
        let below = match after.map(|after| cursor::decode(LIST, &after)).transpose()? {
            None => None,
            Some(Cursor { value: SortValue::Whole(number), .. }) => u32::try_from(number).ok(),
            Some(_) => return Err(Problem::invalid("`after` is a damaged cursor")),
        };
        let dataset = self.0.clone();
        let read = session(context)?.read::<DatasetRead, _>(move |reader| {
            let total = usize::try_from(dataset.latest).unwrap_or(usize::MAX);
            // Versions are numbered without gaps.
            let passed = below.map_or(0, |below| dataset.latest.saturating_add(1).saturating_sub(below));
            let offset = usize::try_from(passed).unwrap_or(usize::MAX);
            let versions = reader.dataset_versions(dataset.id, offset, first + 1)?;
            let mut placed = Vec::with_capacity(versions.len());
            for version in versions {
                let place = Cursor { value: SortValue::Whole(version.number.into()), id: version.id.uuid() };
                placed.push((place, VersionView::new(reader, &dataset, version)?));
            }
            Ok(Found::within(placed, LIST, first, below.is_some(), total))
        });
        Ok(read.await?.into_page(DatasetVersion))
    }

    /// The items of a version, named by its hash, its id or one of its tags (left out: the newest), newest id first.
    /// `filter` is text of the query language about `data.<column>`, `id`, `source`, `trace_id`, `span_id`,
    /// `description`, `tags`, `created_at`, `created_by`, `last_updated_at` and `last_updated_by`; `search` keeps the
    /// items in whose data it stands, without regard to case.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn items(
        &self,
        context: &Context<'_>,
        version: Option<String>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        filter: Option<String>,
        search: Option<String>,
    ) -> Result<Page<DatasetItem>> {
        let session = session(context)?;
        let count = context.look_ahead().field("totalCount").exists();
        let asked = ItemsAsked::new(first, after, filter, search, count, session.now())?;
        let dataset = self.0.clone();
        let read = session.read::<DatasetRead, _>(move |reader| {
            let version = match version {
                Some(reference) => Some(called(reader, &dataset, &reference)?),
                None => reader.dataset_version(dataset.id, dataset.latest)?,
            };
            asked.read(reader, &dataset, version.as_ref())
        });
        Ok(read.await?.into_page(DatasetItem))
    }

    /// How the items of one version differ from those of another, each named by its hash, its id or one of its tags.
    #[graphql(complexity = "100 + child_complexity")]
    async fn diff(
        &self,
        context: &Context<'_>,
        from: String,
        #[graphql(default_with = "LATEST.to_owned()")] to: String,
    ) -> Result<DatasetDiff> {
        let dataset = self.0.clone();
        let read = session(context)?.read::<DatasetRead, _>(move |reader| {
            let (from, to) = (called(reader, &dataset, &from)?, called(reader, &dataset, &to)?);
            let difference = reader.dataset_difference(dataset.id, &from, &to)?;
            let from = VersionView::new(reader, &dataset, from)?;
            let to = VersionView::new(reader, &dataset, to)?;
            Ok(DatasetDiff::new(from, to, difference))
        });
        Ok(read.await?)
    }

    /// What stands in the outputs of the newest runs: of some experiments over it, or of the newest.
    #[graphql(complexity = "500 + 10 * child_complexity")]
    async fn output_columns(
        &self,
        context: &Context<'_>,
        experiment_ids: Option<Vec<ID>>,
    ) -> Result<Vec<DatasetColumn>> {
        let ids = experiment_ids.map(|ids| {
            if ids.len() > COMPARED_EXPERIMENTS_MAX {
                let message = format!("at most {COMPARED_EXPERIMENTS_MAX} experiments can be named");
                return Err(Problem::invalid(message));
            }
            ids.iter().map(|id| Ok(ExperimentId::known(uuid(id)?))).collect::<Result<Vec<_>>>()
        });
        let (ids, dataset) = (ids.transpose()?, self.0.id);
        let read = session(context)?
            .read::<ExperimentRead, _>(move |reader| Ok(reader.output_columns(dataset, ids.as_deref())?));
        Ok(read.await?.iter().map(DatasetColumn::from).collect())
    }

    #[graphql(complexity = 5)]
    async fn experiment_count(&self, context: &Context<'_>) -> Result<u64> {
        Ok(loader(context)?.load_one(ExperimentsOver(self.0.id)).await?.map_or(0, |(count, _)| count))
    }

    /// When the newest experiment over it was created.
    #[graphql(complexity = 5)]
    async fn last_experiment_at(&self, context: &Context<'_>) -> Result<Option<Timestamp>> {
        let over = loader(context)?.load_one(ExperimentsOver(self.0.id)).await?;
        Ok(over.and_then(|(_, newest)| newest).map(Timestamp))
    }

    #[graphql(complexity = 5)]
    async fn optimization_count(&self, context: &Context<'_>) -> Result<u64> {
        Ok(loader(context)?.load_one(OptimizationsOver(self.0.id)).await?.map_or(0, |(count, _)| count))
    }

    /// When the newest optimization over it was created.
    #[graphql(complexity = 5)]
    async fn last_optimization_at(&self, context: &Context<'_>) -> Result<Option<Timestamp>> {
        let over = loader(context)?.load_one(OptimizationsOver(self.0.id)).await?;
        Ok(over.and_then(|(_, newest)| newest).map(Timestamp))
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

    async fn last_updated_by(&self) -> &str {
        &self.0.last_updated_by
    }
}

impl Dataset {
    const fn latest(&self) -> VersionKey {
        VersionKey { dataset: self.0.id, number: self.0.latest }
    }
}

/// The version that is called so, or a refusal.
fn called(
    reader: &Reader,
    dataset: &datasets::Dataset,
    reference: &str,
) -> std::result::Result<datasets::versions::Version, Failure> {
    let missing = || version_not_found(reference, dataset.id);
    Ok(reader.dataset_version_called(dataset, reference)?.ok_or_else(missing)?)
}

#[derive(Default)]
pub(crate) struct DatasetQueries;

#[Object]
impl DatasetQueries {
    /// Newest first unless sorted by `name`, `kind`, `item_count`, `version_count`, `experiment_count`,
    /// `last_experiment_at`, `optimization_count`, `last_optimization_at`, `created_at`, `created_by` or
    /// `last_updated_at`. `name` keeps those in whose name it stands, without regard to case.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn datasets(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        name: Option<String>,
        kind: Option<DatasetKind>,
        project_id: Option<ID>,
        sort: Option<Sort>,
    ) -> Result<Page<Dataset>> {
        const SORTABLE: &[&str] = &[
            "name",
            "kind",
            "item_count",
            "version_count",
            "experiment_count",
            "last_experiment_at",
            "optimization_count",
            "last_optimization_at",
            "created_at",
            "created_by",
            "last_updated_at",
        ];
        let session = session(context)?;
        let usages = usages(session, sort.as_ref()).await?;
        let order = Order::new("datasets", SORTABLE, sort, first, after)?;
        let project = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        let part = name.unwrap_or_default().to_lowercase();
        let kind = kind.map(datasets::Kind::from);
        let read = session.read::<DatasetRead, _>(move |reader| {
            let state = reader.datasets()?;
            let wanted = state.all().filter(|dataset| {
                project.is_none_or(|project| dataset.project_id == Some(project))
                    && kind.is_none_or(|kind| dataset.kind == kind)
                    && dataset.name.to_lowercase().contains(&part)
            });
            let value = |dataset: &datasets::Dataset, field: &str| {
                sort_value(reader, dataset, usages.get(&dataset.id), field)
            };
            order.sorted(wanted.cloned(), |dataset| dataset.id.uuid(), value)
        });
        Ok(read.await?.into_page(Dataset))
    }

    async fn dataset(&self, context: &Context<'_>, id: ID) -> Result<Option<Dataset>> {
        load(session(context)?, DatasetId::known(uuid(&id)?)).await
    }

    /// The dataset of a name: that of the project, or else one anywhere in the workspace.
    async fn dataset_by_name(
        &self,
        context: &Context<'_>,
        name: String,
        project_id: Option<ID>,
    ) -> Result<Option<Dataset>> {
        let project = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        let read = session(context)?
            .read::<DatasetRead, _>(move |reader| Ok(reader.datasets()?.find(&name, project).cloned()));
        Ok(read.await?.map(Dataset))
    }
}

/// What was made over each dataset, where that is what they are sorted by.
async fn usages(session: &Session, sort: Option<&Sort>) -> Result<BTreeMap<DatasetId, Usage>> {
    Ok(match sort.map(|sort| sort.field.as_str()) {
        Some("experiment_count" | "last_experiment_at") => {
            session.read::<ExperimentRead, _>(|reader| Ok(reader.experiments_over_each()?)).await?
        }
        Some("optimization_count" | "last_optimization_at") => {
            session.read::<OptimizationRead, _>(|reader| Ok(reader.optimizations_over_each()?)).await?
        }
        _ => BTreeMap::new(),
    })
}

fn sort_value(
    reader: &Reader,
    dataset: &datasets::Dataset,
    usage: Option<&Usage>,
    field: &str,
) -> std::result::Result<SortValue, Failure> {
    let time = |time: time::Timestamp| SortValue::Whole(time.as_nanos());
    Ok(match field {
        "name" => SortValue::Text(dataset.name.to_lowercase()),
        "kind" => SortValue::Text(dataset.kind.name().to_owned()),
        "version_count" => SortValue::Whole(dataset.latest.into()),
        "created_by" => SortValue::Text(dataset.created_by.to_lowercase()),
        "created_at" => time(dataset.created_at),
        "last_updated_at" => time(dataset.last_updated_at),
        "experiment_count" | "optimization_count" => {
            let count = usage.map_or(0, |(count, _)| *count);
            SortValue::Whole(i64::try_from(count).unwrap_or(i64::MAX))
        }
        "last_experiment_at" | "last_optimization_at" => {
            usage.and_then(|(_, newest)| *newest).map_or(SortValue::Missing, time)
        }
        "item_count" => {
            let latest = reader.dataset_version(dataset.id, dataset.latest)?;
            SortValue::Whole(latest.map_or(0, |version| version.counts.total))
        }
        _ => SortValue::Id,
    })
}

async fn load(session: &Session, id: DatasetId) -> Result<Option<Dataset>> {
    let read = session.read::<DatasetRead, _>(move |reader| Ok(reader.dataset(id)?));
    Ok(read.await?.map(Dataset))
}

/// A dataset that was just written; somebody else may have deleted it since.
async fn present(session: &Session, id: DatasetId) -> Result<Dataset> {
    load(session, id).await?.ok_or_else(|| not_found().into())
}

impl Loader<DatasetId> for Session {
    type Value = datasets::Dataset;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[DatasetId],
    ) -> std::result::Result<HashMap<DatasetId, datasets::Dataset>, Failure> {
        let ids = keys.to_vec();
        self.read::<DatasetRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                found.extend(reader.dataset(id)?.map(|dataset| (id, dataset)));
            }
            Ok(found)
        })
        .await
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct VersionKey {
    pub(crate) dataset: DatasetId,
    pub(crate) number: u32,
}

impl Loader<VersionKey> for Session {
    type Value = VersionView;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[VersionKey],
    ) -> std::result::Result<HashMap<VersionKey, VersionView>, Failure> {
        let keys = keys.to_vec();
        self.read::<DatasetRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                let version = reader.dataset_version(key.dataset, key.number)?;
                if let (Some(dataset), Some(version)) = (reader.dataset(key.dataset)?, version) {
                    found.insert(key, VersionView::new(reader, &dataset, version)?);
                }
            }
            Ok(found)
        })
        .await
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct ExperimentsOver(DatasetId);

impl Loader<ExperimentsOver> for Session {
    type Value = Usage;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[ExperimentsOver],
    ) -> std::result::Result<HashMap<ExperimentsOver, Self::Value>, Failure> {
        let keys = keys.to_vec();
        self.read::<ExperimentRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                found.insert(key, reader.experiments_over(key.0)?);
            }
            Ok(found)
        })
        .await
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct OptimizationsOver(DatasetId);

impl Loader<OptimizationsOver> for Session {
    type Value = Usage;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[OptimizationsOver],
    ) -> std::result::Result<HashMap<OptimizationsOver, Self::Value>, Failure> {
        let keys = keys.to_vec();
        self.read::<OptimizationRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                found.insert(key, reader.optimizations_over(key.0)?);
            }
            Ok(found)
        })
        .await
    }
}

/// A version of a dataset by its id, as experiments name it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct VersionById {
    pub(crate) dataset: DatasetId,
    pub(crate) version: DatasetVersionId,
}

impl Loader<VersionById> for Session {
    type Value = VersionView;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[VersionById],
    ) -> std::result::Result<HashMap<VersionById, VersionView>, Failure> {
        let keys = keys.to_vec();
        self.read::<DatasetRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                let version = reader.dataset_version_by_id(key.dataset, key.version)?;
                if let (Some(dataset), Some(version)) = (reader.dataset(key.dataset)?, version) {
                    found.insert(key, VersionView::new(reader, &dataset, version)?);
                }
            }
            Ok(found)
        })
        .await
    }
}
