//! Experiments side by side: the dataset items that they ran, and what each made of them.

use axum::extract::State;
use axum::response::IntoResponse;
use cairn_actors::failure::Failure;
use cairn_core::access::ExperimentRead;
use cairn_core::datasets::versions::Version;
use cairn_core::experiments::Experiment;
use cairn_core::ids::{DatasetId, DatasetItemId, ExperimentId};
use cairn_core::limits::COMPARED_EXPERIMENTS_MAX;
use cairn_core::rejection::Rejection;
use cairn_storage::datasets::reading::ItemView;
use cairn_storage::experiments::reading::Compared;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::output::ItemOut;
use crate::datasets::items::{ColumnOut, ItemOut as DatasetItemOut, columns};
use crate::error::Answer;
use crate::extract::{Granted, Id, Query};
use crate::lists::page_and_size;
use crate::routes::Server;
use crate::traces::output::Show;

#[derive(Deserialize)]
pub(crate) struct CompareQuery {
    page: Option<i64>,
    size: Option<i64>,
    experiment_ids: Option<String>,
    truncate: Option<bool>,
}

#[derive(Serialize)]
struct RowOut {
    #[serde(flatten)]
    item: DatasetItemOut,
    experiment_items: Vec<ItemOut>,
}

#[derive(Serialize)]
struct PageOut {
    page: usize,
    size: usize,
    total: usize,
    content: Vec<RowOut>,
    columns: Vec<ColumnOut>,
    sortable_by: &'static [&'static str],
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<ExperimentRead>,
    Id(id): Id,
    Query(query): Query<CompareQuery>,
) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let ids = experiment_ids(query.experiment_ids.as_deref())?;
    let show = Show { truncate: query.truncate == Some(true), ..Show::default() };
    let page = server.handles.read(&grant, move |reader| {
        let side_by_side = SideBySide::open(reader, DatasetId::known(id), &ids)?;
        let total = side_by_side.rows.len();
        let shown = side_by_side.rows.iter().skip((number - 1) * size).take(size);
        let content = shown.map(|row| side_by_side.row(row, &show)).collect::<Result<Vec<_>, _>>()?;
        let columns = side_by_side.columns();
        Ok(PageOut { page: number, size: content.len(), total, content, columns, sortable_by: &[] })
    });
    Ok(axum::Json(page.await?).into_response())
}

pub(crate) fn experiment_ids(text: Option<&str>) -> Result<Vec<ExperimentId>, Rejection> {
    let text = text.unwrap_or_default();
    let bad = || Rejection::malformed(format!("Invalid query param experiment ids '{text}'"));
    let ids: Vec<Uuid> =
        if text.is_empty() { Vec::new() } else { serde_json::from_str(text).map_err(|_| bad())? };
    if ids.is_empty() {
        return Err(Rejection::malformed("experiment_ids cannot be empty"));
    }
    if ids.len() > COMPARED_EXPERIMENTS_MAX {
        let message = format!("experiment_ids cannot be more than {COMPARED_EXPERIMENTS_MAX}");
        return Err(Rejection::malformed(message));
    }
    Ok(ids.into_iter().map(ExperimentId::known).collect())
}

/// The experiments that are compared, and the rows that they have in common.
struct SideBySide<'a> {
    reader: &'a Reader,
    dataset_id: DatasetId,
    experiments: Vec<(Experiment, Option<Version>)>,
    rows: Vec<Compared>,
}

impl<'a> SideBySide<'a> {
    fn open(reader: &'a Reader, dataset_id: DatasetId, ids: &[ExperimentId]) -> Result<Self, Failure> {
        let mut experiments = Vec::new();
        for id in ids {
            let Some(experiment) = reader.experiment(*id)? else { continue };
            if experiment.dataset_id != dataset_id {
                continue;
            }
            let version = match experiment.dataset_version_id {
                Some(version) => reader.dataset_version_by_id(dataset_id, version)?,
                None => None,
            };
            experiments.push((experiment, version));
        }
        let known: Vec<ExperimentId> = experiments.iter().map(|(experiment, _)| experiment.id).collect();
        let rows = reader.compared(&known)?;
        Ok(Self { reader, dataset_id, experiments, rows })
    }

    fn row(&self, row: &Compared, show: &Show) -> Result<RowOut, Failure> {
        let mut experiment_items = Vec::with_capacity(row.items.len());
        for (experiment, id) in &row.items {
            if let Some(item) = self.reader.experiment_item_in(*experiment, *id)? {
                experiment_items.push(ItemOut::new(item, self.reader, show)?);
            }
        }
        let item = match self.dataset_item(row.dataset_item_id)? {
            Some(view) => DatasetItemOut::new(view, self.reader)?,
            None => DatasetItemOut::gone(row.dataset_item_id, self.dataset_id),
        };
        Ok(RowOut { item, experiment_items })
    }

    /// The item as the newest of the experiments' versions has it, or as any version last had it.
    fn dataset_item(&self, id: DatasetItemId) -> Result<Option<ItemView>, Failure> {
        let mut versions: Vec<&Version> =
            self.experiments.iter().filter_map(|(_, version)| version.as_ref()).collect();
        versions.sort_by_key(|version| std::cmp::Reverse(version.number));
        for version in versions {
            if let Some(view) = self.reader.dataset_item_at(self.dataset_id, version, id)? {
                return Ok(Some(view));
            }
        }
        Ok(self.reader.dataset_item_last(self.dataset_id, id)?)
    }

    fn columns(&self) -> Vec<ColumnOut> {
        let versions = self.experiments.iter().filter_map(|(_, version)| version.as_ref());
        versions.max_by_key(|version| version.number).map(columns).unwrap_or_default()
    }
}
