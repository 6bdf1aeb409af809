//! Dataset items over REST.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_actors::failure::Failure;
use cairn_core::access::{DatasetRead, DatasetWrite, Grant};
use cairn_core::datasets::items::Policy;
use cairn_core::datasets::versions::{LATEST, Shapes, Version};
use cairn_core::datasets::{Command, Dataset, not_found};
use cairn_core::ids::{DatasetId, DatasetItemId};
use cairn_core::limits::{BATCH_ITEMS_MAX, PAGE_ITEMS_MAX};
use cairn_core::query::{Query as Condition, opik};
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::datasets::reading::{ITEM_FIELDS, ItemView, ItemWindow};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{find, input, not_blank, versions};
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::page_and_size;
use crate::routes::Server;
use crate::stream::stream;
use crate::wire::{self, BodyOut, Shown};

const SORTABLE: &[&str] = &[];

#[derive(Serialize)]
pub(crate) struct PolicyOut {
    runs_per_item: u32,
    pass_threshold: u32,
}

impl From<Policy> for PolicyOut {
    fn from(policy: Policy) -> Self {
        let Policy { runs_per_item, pass_threshold } = policy;
        Self { runs_per_item, pass_threshold }
    }
}

#[derive(Serialize)]
pub(crate) struct ItemOut {
    id: String,
    dataset_item_id: String,
    dataset_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<Uuid>,
    #[serde(skip_serializing_if = "Option::is_none")]
    span_id: Option<Uuid>,
    source: &'static str,
    data: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluators: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_policy: Option<PolicyOut>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

impl ItemOut {
    pub(crate) fn new(view: ItemView, reader: &Reader) -> Result<Self, Error> {
        let ItemView { id, dataset_id, item } = view;
        let data = reader.bodies().data(&item.data)?;
        Ok(Self {
            id: id.to_string(),
            dataset_item_id: id.to_string(),
            dataset_id: dataset_id.to_string(),
            trace_id: item.about.trace_id,
            span_id: item.about.span_id,
            source: item.about.origin.name(),
            data: data.map(|json| BodyOut { json, truncate: false }),
            description: item.about.description,
            tags: item.about.tags,
            evaluators: item.about.evaluators.and_then(|text| RawValue::from_string(text).ok()),
            execution_policy: item.about.policy.map(PolicyOut::from),
            created_at: Shown(item.created_at.to_micros()),
            created_by: item.created_by,
            last_updated_at: Shown(item.last_updated_at.to_micros()),
            last_updated_by: item.last_updated_by,
        })
    }
}

impl ItemOut {
    /// An item of which nothing is left but that experiments ran it.
    pub(crate) fn gone(id: DatasetItemId, dataset_id: DatasetId) -> Self {
        Self {
            id: id.to_string(),
            dataset_item_id: id.to_string(),
            dataset_id: dataset_id.to_string(),
            trace_id: None,
            span_id: None,
            source: "manual",
            data: None,
            description: None,
            tags: Vec::new(),
            evaluators: None,
            execution_policy: None,
            created_at: Shown(Timestamp::EPOCH),
            created_by: String::new(),
            last_updated_at: Shown(Timestamp::EPOCH),
            last_updated_by: String::new(),
        }
    }
}

pub(crate) async fn put(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let command = body.read(input::put).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
pub(crate) struct OverrideQuery {
    #[serde(rename = "override")]
    overrides: Option<bool>,
}

pub(crate) async fn change(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Id(id): Id,
    Query(query): Query<OverrideQuery>,
    body: Body,
) -> Answer {
    let overrides = query.overrides == Some(true);
    let command = body.read(move |body| input::changes(DatasetId::known(id), overrides, body)).await?;
    let outcome = server.handles.execute(&grant, command).await?;
    let version = outcome.created.unwrap_or_default();
    let shown = versions::shown(server, grant.principal(), id, version).await?;
    Ok((StatusCode::CREATED, shown).into_response())
}

pub(crate) async fn edit(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let command = body.read(move |body| input::edit(DatasetItemId::known(id), body)).await?;
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn edit_many(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let input::EditMany { ids, dataset, filters, edit } = body.read(input::edit_many).await?;
    let ids = match (ids, dataset) {
        (Some(ids), _) => ids,
        (None, Some(dataset)) => matching(&server, &grant, dataset, filters.as_deref()).await?,
        (None, None) => return Err(Rejection::invalid("Either ids or dataset_id must be provided").into()),
    };
    for ids in ids.chunks(BATCH_ITEMS_MAX) {
        let command = Command::EditItems { ids: ids.to_vec(), edit: Box::new(edit.clone()) };
        server.handles.execute(&grant, command).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct DeleteIn {
    #[serde(alias = "itemIds")]
    item_ids: Option<Vec<Uuid>>,
    #[serde(alias = "datasetId")]
    dataset_id: Option<Uuid>,
    filters: Option<Box<RawValue>>,
    #[serde(alias = "batchGroupId")]
    batch_group_id: Option<Uuid>,
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let DeleteIn { item_ids, dataset_id, filters, batch_group_id } = body.read(wire::plain).await?;
    let dataset = dataset_id.map(DatasetId::known);
    let filters = filters.map(|raw| raw.get().to_owned()).filter(|text| text != "null");
    let ids = match (item_ids, dataset, filters) {
        (Some(ids), _, _) => ids.into_iter().map(DatasetItemId::known).collect(),
        (None, Some(dataset), Some(filters)) => matching(&server, &grant, dataset, Some(&filters)).await?,
        _ => {
            let refusal = Rejection::malformed("Either item_ids or dataset_id with filters must be provided");
            return Err(refusal.into());
        }
    };
    for ids in ids.chunks(BATCH_ITEMS_MAX) {
        let command = Command::DeleteItems { dataset, ids: ids.to_vec(), group: batch_group_id };
        server.handles.execute(&grant, command).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// The ids of the newest version's items that filters leave.
async fn matching(
    server: &Server,
    grant: &Grant<DatasetWrite>,
    dataset: DatasetId,
    filters: Option<&str>,
) -> Answer<Vec<DatasetItemId>> {
    let query = opik::own_filters(ITEM_FIELDS, filters.unwrap_or_default())?;
    let found = server
        .handles
        .read(grant, move |reader| Ok(reader.dataset_item_ids(dataset, &query)?.ok_or_else(not_found)?));
    Ok(found.await?)
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Id(id): Id,
) -> Answer {
    let item = server.handles.read(&grant, move |reader| {
        let missing = || Rejection::not_found("Dataset item not found");
        let view = reader.dataset_item(DatasetItemId::known(id))?.ok_or_else(missing)?;
        Ok(ItemOut::new(view, reader)?)
    });
    Ok(axum::Json(item.await?).into_response())
}

#[derive(Deserialize)]
pub(crate) struct ItemsQuery {
    page: Option<i64>,
    size: Option<i64>,
    version: Option<String>,
    filters: Option<String>,
}

#[derive(Serialize)]
struct ItemsPage {
    page: usize,
    size: usize,
    total: usize,
    content: Vec<ItemOut>,
    columns: Vec<ColumnOut>,
    sortable_by: &'static [&'static str],
}

#[derive(Serialize)]
pub(crate) struct ColumnOut {
    name: String,
    types: Vec<&'static str>,
    #[serde(rename = "filterField")]
    filter_field: String,
}

impl ColumnOut {
    /// A column of what runs gave rather than of what they were given.
    pub(crate) fn of_output(name: String, shapes: Shapes) -> Self {
        Self { filter_field: format!("output.{name}"), name, types: shapes.names() }
    }
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Id(id): Id,
    Query(query): Query<ItemsQuery>,
) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let condition = opik::own_filters(ITEM_FIELDS, query.filters.as_deref().unwrap_or_default())?;
    let reference = query.version;
    let page = server.handles.read(&grant, move |reader| {
        let dataset = reader.dataset(DatasetId::known(id))?.ok_or_else(not_found)?;
        let window = ItemWindow { offset: (number - 1) * size, limit: size, count: true, after: None };
        let version = version(reader, &dataset, reference.as_deref())?;
        let (items, total) = match &version {
            Some(version) => {
                let page = reader.dataset_items_matching(&dataset, version, &condition, &window)?;
                (page.items, page.total)
            }
            None => (Vec::new(), 0),
        };
        let content = items.into_iter().map(|view| ItemOut::new(view, reader));
        let content = content.collect::<Result<Vec<_>, _>>()?;
        let columns = version.map(|version| columns(&version)).unwrap_or_default();
        Ok(ItemsPage { page: number, size: content.len(), total, content, columns, sortable_by: SORTABLE })
    });
    Ok(axum::Json(page.await?).into_response())
}

pub(crate) fn columns(version: &Version) -> Vec<ColumnOut> {
    let columns = version.columns.iter().map(|(name, shapes)| ColumnOut {
        filter_field: format!("data.{name}"),
        name: name.clone(),
        types: shapes.names(),
    });
    columns.collect()
}

/// The version that was asked for; the newest if none was. A dataset without items has none.
fn version(reader: &Reader, dataset: &Dataset, reference: Option<&str>) -> Result<Option<Version>, Failure> {
    match reference.filter(|reference| !reference.is_empty() && *reference != LATEST) {
        Some(reference) => versions::called(reader, dataset, reference).map(Some),
        None => Ok(reader.dataset_version(dataset.id, dataset.latest)?),
    }
}

#[derive(Deserialize)]
struct StreamIn {
    #[serde(alias = "datasetName")]
    dataset_name: Option<String>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    #[serde(alias = "lastRetrievedId")]
    last_retrieved_id: Option<Uuid>,
    /// As the clients spell it.
    #[serde(alias = "steamLimit", alias = "stream_limit")]
    steam_limit: Option<i64>,
    #[serde(alias = "datasetVersion")]
    dataset_version: Option<String>,
    filters: Option<String>,
}

pub(crate) async fn search(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    body: Body,
) -> Answer {
    let asked: StreamIn = body.read(wire::plain).await?;
    let name = not_blank("datasetName", asked.dataset_name)?;
    let limit = match asked.steam_limit {
        None => PAGE_ITEMS_MAX,
        Some(limit) => {
            usize::try_from(limit).ok().filter(|limit| (1..=PAGE_ITEMS_MAX).contains(limit)).ok_or_else(
                || Rejection::invalid(format!("steamLimit must be between 1 and {PAGE_ITEMS_MAX}")),
            )?
        }
    };
    let condition: Condition = opik::own_filters(ITEM_FIELDS, asked.filters.as_deref().unwrap_or_default())?;
    let after = asked.last_retrieved_id.map(DatasetItemId::known);
    let window = ItemWindow { after, offset: 0, limit, count: false };
    stream(server.handles, grant, move |reader, lines| {
        // A dataset that is not there yet has no items.
        let dataset = find(reader, &name, asked.project_name.as_deref())?;
        let version = match &dataset {
            Some(dataset) => version(reader, dataset, asked.dataset_version.as_deref())?,
            None => None,
        };
        lines.begin();
        if let (Some(dataset), Some(version)) = (&dataset, &version) {
            for view in reader.dataset_items_matching(dataset, version, &condition, &window)?.items {
                if lines.line(&ItemOut::new(view, reader)?).is_err() {
                    return Ok(());
                }
            }
        }
        // Whoever asked may have gone by now.
        let _ = lines.flush();
        Ok(())
    })
    .await
}
