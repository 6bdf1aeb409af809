//! Versions of datasets over REST.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{DatasetRead, DatasetWrite};
use cairn_core::datasets::versions::{LATEST, Version, version_not_found};
use cairn_core::datasets::{Command, Dataset, not_found};
use cairn_core::ids::DatasetId;
use cairn_core::merge::TagEdits;
use cairn_core::rejection::Rejection;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::items::PolicyOut;
use super::not_blank;
use crate::error::Answer;
use crate::extract::{Body, Granted, Id, Query};
use crate::lists::{Page, page_and_size};
use crate::routes::Server;
use crate::wire::{self, Shown};

#[derive(Serialize)]
pub(crate) struct VersionOut {
    id: String,
    dataset_id: String,
    version_hash: String,
    version_name: String,
    tags: Vec<String>,
    is_latest: bool,
    items_total: i64,
    items_added: i64,
    items_modified: i64,
    items_deleted: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    change_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    evaluators: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_policy: Option<PolicyOut>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

impl VersionOut {
    fn new(dataset: &Dataset, version: Version, reader: &Reader) -> Result<Self, Error> {
        let counts = reader.dataset_version_counts(dataset, &version)?;
        let is_latest = version.number == dataset.latest;
        let latest = is_latest.then(|| LATEST.to_owned());
        let raw = |text: Option<String>| text.and_then(|text| RawValue::from_string(text).ok());
        Ok(Self {
            id: version.id.to_string(),
            dataset_id: dataset.id.to_string(),
            version_hash: version.hash(),
            version_name: version.name(),
            tags: latest.into_iter().chain(version.tags).collect(),
            is_latest,
            items_total: counts.total,
            items_added: counts.added,
            items_modified: counts.modified,
            items_deleted: counts.deleted,
            change_description: version.description,
            metadata: raw(version.metadata),
            evaluators: raw(version.evaluators),
            execution_policy: version.policy.map(PolicyOut::from),
            created_at: Shown(version.created_at.to_micros()),
            created_by: version.created_by,
            last_updated_at: Shown(version.last_updated_at.to_micros()),
            last_updated_by: version.last_updated_by,
        })
    }
}

#[derive(Deserialize)]
pub(crate) struct PageQuery {
    page: Option<i64>,
    size: Option<i64>,
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Id(id): Id,
    Query(query): Query<PageQuery>,
) -> Answer {
    let (number, size) = page_and_size(query.page, query.size)?;
    let page = server.handles.read(&grant, move |reader| {
        let dataset = reader.dataset(DatasetId::known(id))?.ok_or_else(not_found)?;
        let versions = reader.dataset_versions(dataset.id, (number - 1) * size, size)?;
        let content = versions.into_iter().map(|version| VersionOut::new(&dataset, version, reader));
        let content = content.collect::<Result<Vec<_>, _>>()?;
        let total = usize::try_from(dataset.latest).unwrap_or_default();
        Ok(Page { number, size: content.len(), total, content, sortable_by: &[] })
    });
    Ok(axum::Json(page.await?).into_response())
}

#[derive(Deserialize)]
struct RetrieveIn {
    #[serde(alias = "versionName")]
    version_name: Option<String>,
}

pub(crate) async fn retrieve(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Id(id): Id,
    body: Body,
) -> Answer {
    let RetrieveIn { version_name } = body.read(wire::plain).await?;
    let name = not_blank("versionName", version_name)?;
    let number = name.strip_prefix('v').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let bad = || Rejection::malformed("Version name must be in format 'vN' (e.g., 'v1', 'v373')");
    let number: u32 = number.and_then(|digits| digits.parse().ok()).ok_or_else(bad)?;
    answer(server, grant, id, move |reader, dataset| {
        let missing = || Rejection::not_found(format!("Version '{name}' not found"));
        Ok(reader.dataset_version(dataset.id, number)?.ok_or_else(missing)?)
    })
    .await
}

async fn answer(
    server: Server,
    grant: cairn_core::access::Grant<DatasetRead>,
    id: Uuid,
    find: impl FnOnce(&Reader, &Dataset) -> Result<Version, cairn_actors::failure::Failure> + Send + 'static,
) -> Answer {
    let version = server.handles.read(&grant, move |reader| {
        let dataset = reader.dataset(DatasetId::known(id))?.ok_or_else(not_found)?;
        let version = find(reader, &dataset)?;
        Ok(VersionOut::new(&dataset, version, reader)?)
    });
    Ok(axum::Json(version.await?).into_response())
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Path((id, hash)): Path<(Uuid, String)>,
) -> Answer {
    answer(server, grant, id, move |reader, dataset| called(reader, dataset, &hash)).await
}

/// The version that is called so, or a refusal.
pub(super) fn called(
    reader: &Reader,
    dataset: &Dataset,
    reference: &str,
) -> Result<Version, cairn_actors::failure::Failure> {
    let missing = || version_not_found(reference, dataset.id);
    Ok(reader.dataset_version_called(dataset, reference)?.ok_or_else(missing)?)
}

/// Shows a version after a command that made or changed it.
pub(super) async fn shown(
    server: Server,
    principal: &cairn_core::access::Principal,
    id: Uuid,
    version: Uuid,
) -> Answer {
    let grant = principal.grant::<DatasetRead>()?;
    answer(server, grant, id, move |reader, dataset| called(reader, dataset, &version.to_string())).await
}

#[derive(Deserialize)]
struct UpdateIn {
    #[serde(alias = "changeDescription")]
    change_description: Option<String>,
    #[serde(alias = "tagsToAdd")]
    tags_to_add: Option<Vec<String>>,
}

pub(crate) async fn update(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Path((id, version)): Path<(Uuid, String)>,
    body: Body,
) -> Answer {
    let UpdateIn { change_description, tags_to_add } = body.read(wire::plain).await?;
    let tags = added(wire::tags(tags_to_add).unwrap_or_default());
    let command =
        Command::UpdateVersion { id: DatasetId::known(id), version, description: change_description, tags };
    let outcome = server.handles.execute(&grant, command).await?;
    let version = outcome.created.unwrap_or_default();
    shown(server, grant.principal(), id, version).await
}

const fn added(tags: Vec<String>) -> TagEdits {
    TagEdits { added: tags, removed: Vec::new() }
}

#[derive(Deserialize)]
struct TagIn {
    tag: Option<String>,
}

pub(crate) async fn add_tag(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Path((id, version)): Path<(Uuid, String)>,
    body: Body,
) -> Answer<StatusCode> {
    let TagIn { tag } = body.read(wire::plain).await?;
    let tags = added(vec![not_blank("tag", tag)?]);
    let command = Command::UpdateVersion { id: DatasetId::known(id), version, description: None, tags };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn remove_tag(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Path((id, version, tag)): Path<(Uuid, String, String)>,
) -> Answer<StatusCode> {
    let command = Command::RemoveVersionTag { id: DatasetId::known(id), version, tag };
    server.handles.execute(&grant, command).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct RestoreIn {
    #[serde(alias = "versionRef")]
    version_ref: Option<String>,
}

pub(crate) async fn restore(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Id(id): Id,
    body: Body,
) -> Answer {
    let RestoreIn { version_ref } = body.read(wire::plain).await?;
    let version = not_blank("versionRef", version_ref)?;
    let command = Command::Restore { id: DatasetId::known(id), version };
    let outcome = server.handles.execute(&grant, command).await?;
    shown(server, grant.principal(), id, outcome.created.unwrap_or_default()).await
}

#[derive(Deserialize)]
pub(crate) struct DiffQuery {
    from: Option<String>,
    to: Option<String>,
}

#[derive(Serialize)]
struct DiffOut {
    from_version: String,
    to_version: String,
    statistics: StatisticsOut,
}

#[derive(Serialize)]
struct StatisticsOut {
    #[serde(rename = "items_added")]
    added: i64,
    #[serde(rename = "items_modified")]
    modified: i64,
    #[serde(rename = "items_deleted")]
    deleted: i64,
    #[serde(rename = "items_unchanged")]
    unchanged: i64,
}

pub(crate) async fn diff(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Id(id): Id,
    Query(query): Query<DiffQuery>,
) -> Answer {
    let from = not_blank("from", query.from)?;
    let to = query.to.unwrap_or_else(|| LATEST.to_owned());
    let diff = server.handles.read(&grant, move |reader| {
        let dataset = reader.dataset(DatasetId::known(id))?.ok_or_else(not_found)?;
        let (old, new) = (called(reader, &dataset, &from)?, called(reader, &dataset, &to)?);
        let difference = reader.dataset_difference(dataset.id, &old, &new)?;
        Ok(DiffOut {
            from_version: old.hash(),
            to_version: new.hash(),
            statistics: StatisticsOut {
                added: difference.added,
                modified: difference.modified,
                deleted: difference.deleted,
                unchanged: difference.unchanged,
            },
        })
    });
    Ok(axum::Json(diff.await?).into_response())
}
