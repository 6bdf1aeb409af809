//! Dataset items as clients write them.

use std::borrow::Cow;

use bytes::Bytes;
use cairn_core::datasets::items::{About, Edit, ItemWrite, Origin, Policy};
use cairn_core::datasets::{Command, DatasetRef, ItemChanges, Settings, Source};
use cairn_core::ids::{DatasetId, DatasetItemId, DatasetVersionId};
use cairn_core::json::Json;
use cairn_core::merge::TagEdits;
use cairn_core::rejection::Rejection;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::optional_project;
use crate::wire;

#[derive(Clone, Copy, Deserialize)]
pub(super) struct PolicyIn {
    #[serde(alias = "runsPerItem")]
    runs_per_item: Option<u32>,
    #[serde(alias = "passThreshold")]
    pass_threshold: Option<u32>,
}

impl From<PolicyIn> for Policy {
    fn from(policy: PolicyIn) -> Self {
        Self {
            runs_per_item: policy.runs_per_item.unwrap_or(1),
            pass_threshold: policy.pass_threshold.unwrap_or(1),
        }
    }
}

/// One shape serves new items and edits of known ones, and each takes what it knows.
#[derive(Deserialize)]
struct ItemIn<'a> {
    id: Option<Uuid>,
    #[serde(alias = "traceId")]
    trace_id: Option<Uuid>,
    #[serde(alias = "spanId")]
    span_id: Option<Uuid>,
    source: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    description: Option<String>,
    tags: Option<Vec<String>>,
    #[serde(alias = "tagsToAdd")]
    tags_to_add: Option<Vec<String>>,
    #[serde(alias = "tagsToRemove")]
    tags_to_remove: Option<Vec<String>>,
    #[serde(borrow)]
    evaluators: Option<&'a RawValue>,
    #[serde(alias = "executionPolicy")]
    execution_policy: Option<PolicyIn>,
    #[serde(alias = "clearExecutionPolicy")]
    clear_execution_policy: Option<bool>,
}

#[derive(Deserialize)]
struct PutIn<'a> {
    #[serde(alias = "datasetName")]
    dataset_name: Option<String>,
    #[serde(alias = "datasetId")]
    dataset_id: Option<Uuid>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(borrow)]
    items: Option<Vec<ItemIn<'a>>>,
    #[serde(alias = "batchGroupId")]
    batch_group_id: Option<Uuid>,
    #[serde(alias = "copyFromDatasetId")]
    copy_from_dataset_id: Option<Uuid>,
    #[serde(alias = "copyFromVersionId")]
    copy_from_version_id: Option<Uuid>,
}

#[derive(Deserialize)]
struct ChangesIn<'a> {
    #[serde(borrow, alias = "addedItems")]
    added_items: Option<Vec<ItemIn<'a>>>,
    #[serde(borrow, alias = "editedItems")]
    edited_items: Option<Vec<ItemIn<'a>>>,
    #[serde(alias = "deletedIds")]
    deleted_ids: Option<Vec<Uuid>>,
    #[serde(alias = "baseVersion")]
    base_version: Option<Uuid>,
    tags: Option<Vec<String>>,
    #[serde(alias = "changeDescription")]
    change_description: Option<String>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    evaluators: Option<&'a RawValue>,
    #[serde(alias = "executionPolicy")]
    execution_policy: Option<PolicyIn>,
    #[serde(alias = "clearExecutionPolicy")]
    clear_execution_policy: Option<bool>,
    #[serde(alias = "copyFromDatasetId")]
    copy_from_dataset_id: Option<Uuid>,
    #[serde(alias = "copyFromVersionId")]
    copy_from_version_id: Option<Uuid>,
}

#[derive(Deserialize)]
struct UpdateIn<'a> {
    ids: Option<Vec<Uuid>>,
    #[serde(alias = "datasetId")]
    dataset_id: Option<Uuid>,
    #[serde(borrow)]
    filters: Option<&'a RawValue>,
    #[serde(borrow)]
    update: Option<ItemIn<'a>>,
    #[serde(alias = "mergeTags")]
    merge_tags: Option<bool>,
}

/// An edit of many items: of those listed, or of those in a dataset that filters leave.
pub(super) struct EditMany {
    pub(super) ids: Option<Vec<DatasetItemId>>,
    pub(super) dataset: Option<DatasetId>,
    pub(super) filters: Option<String>,
    pub(super) edit: Edit,
}

pub(super) fn put(body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let put: PutIn<'_> = serde_json::from_slice(body)?;
        Ok(put.command(body))
    })
}

pub(super) fn changes(id: DatasetId, overrides: bool, body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let changes: ChangesIn<'_> = serde_json::from_slice(body)?;
        Ok(changes.command(id, overrides, body))
    })
}

pub(super) fn edit(id: DatasetItemId, body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let item: ItemIn<'_> = serde_json::from_slice(body)?;
        Ok(Ok(Command::EditItems { ids: vec![id], edit: Box::new(item.edit(body)) }))
    })
}

pub(super) fn edit_many(body: Bytes) -> Result<EditMany, Rejection> {
    wire::parse(body, |body| {
        let update: UpdateIn<'_> = serde_json::from_slice(body)?;
        let Some(item) = update.update else {
            return Ok(Err(Rejection::invalid("update must not be null")));
        };
        let mut edit = item.edit(body);
        if update.merge_tags == Some(true) {
            edit.tag_edits.added.extend(edit.tags.take().unwrap_or_default());
        }
        Ok(Ok(EditMany {
            ids: update.ids.map(|ids| ids.into_iter().map(DatasetItemId::known).collect()),
            dataset: update.dataset_id.map(DatasetId::known),
            filters: update.filters.map(|raw| raw.get().to_owned()).filter(|text| text != "null"),
            edit,
        }))
    })
}

impl PutIn<'_> {
    fn command(self, body: &Bytes) -> Result<Command, Rejection> {
        let dataset = match (self.dataset_id, self.dataset_name) {
            (Some(id), _) => DatasetRef::Id(DatasetId::known(id)),
            (None, Some(name)) => {
                DatasetRef::Name { name, project: optional_project(self.project_id, self.project_name)? }
            }
            (None, None) => {
                return Err(Rejection::invalid("Either dataset_name or dataset_id must be provided"));
            }
        };
        Ok(Command::PutItems {
            dataset,
            items: writes("items", self.items, body)?,
            group: self.batch_group_id,
            copy_from: source(self.copy_from_dataset_id, self.copy_from_version_id)?,
        })
    }
}

impl ChangesIn<'_> {
    fn command(self, id: DatasetId, overrides: bool, body: &Bytes) -> Result<Command, Rejection> {
        let mut edited = Vec::new();
        for (at, item) in self.edited_items.unwrap_or_default().into_iter().enumerate() {
            let null = || Rejection::invalid(format!("editedItems[{at}].id must not be null"));
            let id = item.id.ok_or_else(null)?;
            edited.push((DatasetItemId::known(id), item.edit(body)));
        }
        let deleted = self.deleted_ids.unwrap_or_default().into_iter().map(DatasetItemId::known);
        let changes = ItemChanges {
            added: writes("addedItems", self.added_items, body)?,
            edited,
            deleted: deleted.collect(),
            base: self.base_version.map(DatasetVersionId::known),
            overrides,
            copy_from: source(self.copy_from_dataset_id, self.copy_from_version_id)?,
            settings: Settings {
                description: self.change_description,
                tags: wire::tags(self.tags).unwrap_or_default(),
                metadata: wire::body(body, self.metadata),
                evaluators: wire::body(body, self.evaluators),
                policy: self.execution_policy.map(Into::into),
                clears_policy: self.clear_execution_policy == Some(true),
            },
        };
        Ok(Command::ChangeItems { id, changes: Box::new(changes) })
    }
}

fn source(dataset: Option<Uuid>, version: Option<Uuid>) -> Result<Option<Source>, Rejection> {
    match (dataset, version) {
        (None, None) => Ok(None),
        (Some(dataset), Some(version)) => Ok(Some(Source {
            dataset_id: DatasetId::known(dataset),
            version_id: DatasetVersionId::known(version),
        })),
        _ => {
            Err(Rejection::invalid("copy_from_dataset_id and copy_from_version_id must be provided together"))
        }
    }
}

fn writes(field: &str, items: Option<Vec<ItemIn<'_>>>, body: &Bytes) -> Result<Vec<ItemWrite>, Rejection> {
    let items = items.unwrap_or_default().into_iter().enumerate();
    items.map(|(at, item)| item.write(&format!("{field}[{at}]."), body)).collect()
}

impl ItemIn<'_> {
    fn write(self, place: &str, body: &Bytes) -> Result<ItemWrite, Rejection> {
        let origin = match self.source.as_deref() {
            None => Origin::Manual,
            Some(name) => Origin::parse(name).ok_or_else(|| {
                let hint =
                    format!("{place}source `{name}` is unknown: use `manual`, `trace`, `span` or `sdk`");
                Rejection::malformed("Unable to process JSON").hint(hint)
            })?,
        };
        let empty = || Rejection::invalid(format!("{place}data must not be empty"));
        Ok(ItemWrite {
            id: self.id.map(DatasetItemId::new).transpose()?,
            data: wire::body(body, self.data).ok_or_else(empty)?,
            about: About {
                origin,
                trace_id: self.trace_id,
                span_id: self.span_id,
                description: self.description,
                tags: wire::tags(self.tags).unwrap_or_default(),
                evaluators: text(self.evaluators),
                policy: self.execution_policy.map(Into::into),
            },
        })
    }

    fn edit(self, body: &Bytes) -> Edit {
        let data: Option<Json> = wire::body(body, self.data);
        Edit {
            data,
            description: self.description,
            tags: wire::tags(self.tags),
            tag_edits: TagEdits {
                added: wire::tags(self.tags_to_add).unwrap_or_default(),
                removed: self.tags_to_remove.unwrap_or_default(),
            },
            evaluators: text(self.evaluators),
            policy: self.execution_policy.map(Into::into),
            clears_policy: self.clear_execution_policy == Some(true),
        }
    }
}

fn text(raw: Option<&RawValue>) -> Option<String> {
    raw.map(RawValue::get).filter(|text| *text != "null").map(|text| Cow::Borrowed(text).into_owned())
}
