//! Datasets in the log.

use bytes::Bytes;
use cairn_core::datasets::exports::Exported;
use cairn_core::datasets::items::{About, ItemPut, Origin, Policy};
use cairn_core::datasets::versions::VersionMade;
use cairn_core::datasets::{Changes, Created, Event, Kind as DatasetKind};
use cairn_core::ids::{DatasetExportId, DatasetId, DatasetItemId, DatasetVersionId, ProjectId};
use cairn_core::json::Json;
use cairn_core::merge::TagEdits;
use cairn_core::projects::Visibility;
use prost::Message;
use uuid::Uuid;

use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows::uuid;
use crate::traces::StoredTags;

#[derive(Clone, PartialEq, Message)]
struct StoredCreated {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", optional, tag = "2")]
    project_id: Option<Bytes>,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    kind: String,
    #[prost(string, tag = "5")]
    visibility: String,
    #[prost(string, optional, tag = "6")]
    description: Option<String>,
    #[prost(string, repeated, tag = "7")]
    tags: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredUpdated {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
    #[prost(string, optional, tag = "3")]
    description: Option<String>,
    #[prost(string, optional, tag = "4")]
    visibility: Option<String>,
    #[prost(message, optional, tag = "5")]
    tags: Option<StoredTags>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredId {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

#[derive(Clone, Copy, PartialEq, Message)]
struct StoredPolicy {
    #[prost(uint32, tag = "1")]
    runs_per_item: u32,
    #[prost(uint32, tag = "2")]
    pass_threshold: u32,
}

#[derive(Clone, PartialEq, Message)]
struct StoredVersion {
    #[prost(bytes = "bytes", tag = "1")]
    dataset_id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    id: Bytes,
    #[prost(uint32, tag = "3")]
    number: u32,
    #[prost(uint32, optional, tag = "4")]
    base: Option<u32>,
    #[prost(bytes = "bytes", optional, tag = "5")]
    group: Option<Bytes>,
    #[prost(string, optional, tag = "6")]
    description: Option<String>,
    #[prost(string, repeated, tag = "7")]
    tags: Vec<String>,
    #[prost(string, optional, tag = "8")]
    metadata: Option<String>,
    #[prost(string, optional, tag = "9")]
    evaluators: Option<String>,
    #[prost(message, optional, tag = "10")]
    policy: Option<StoredPolicy>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredVersionUpdated {
    #[prost(bytes = "bytes", tag = "1")]
    dataset_id: Bytes,
    #[prost(uint32, tag = "2")]
    number: u32,
    #[prost(string, optional, tag = "3")]
    description: Option<String>,
    #[prost(string, repeated, tag = "4")]
    tags_added: Vec<String>,
    #[prost(string, repeated, tag = "5")]
    tags_removed: Vec<String>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredItem {
    #[prost(bytes = "bytes", tag = "1")]
    dataset_id: Bytes,
    #[prost(uint32, tag = "2")]
    number: u32,
    #[prost(bytes = "bytes", tag = "3")]
    id: Bytes,
    #[prost(bytes = "bytes", optional, tag = "4")]
    data: Option<Bytes>,
    #[prost(string, tag = "5")]
    origin: String,
    #[prost(bytes = "bytes", optional, tag = "6")]
    trace_id: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "7")]
    span_id: Option<Bytes>,
    #[prost(string, optional, tag = "8")]
    description: Option<String>,
    #[prost(string, repeated, tag = "9")]
    tags: Vec<String>,
    #[prost(string, optional, tag = "10")]
    evaluators: Option<String>,
    #[prost(message, optional, tag = "11")]
    policy: Option<StoredPolicy>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredItemRemoved {
    #[prost(bytes = "bytes", tag = "1")]
    dataset_id: Bytes,
    #[prost(uint32, tag = "2")]
    number: u32,
    #[prost(bytes = "bytes", tag = "3")]
    id: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct StoredItemsCopied {
    #[prost(bytes = "bytes", tag = "1")]
    dataset_id: Bytes,
    #[prost(uint32, tag = "2")]
    number: u32,
    #[prost(bytes = "bytes", tag = "3")]
    from: Bytes,
    #[prost(uint32, tag = "4")]
    from_number: u32,
}

#[derive(Clone, PartialEq, Message)]
struct StoredExported {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    dataset_id: Bytes,
    /// As it was called then; with the version's number, of the beginning alone.
    #[prost(string, optional, tag = "3")]
    dataset_name: Option<String>,
    #[prost(uint32, optional, tag = "4")]
    number: Option<u32>,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let dataset_id = Bytes::copy_from_slice(event.dataset_id().bytes());
    match event {
        Event::Created(created) => (Kind::DatasetCreated, store_created(created).encode_to_vec().into()),
        Event::Updated { changes, .. } => {
            let stored = StoredUpdated {
                id: dataset_id,
                name: changes.name.clone(),
                description: changes.description.clone(),
                visibility: changes.visibility.map(|visibility| visibility.name().to_owned()),
                tags: changes.tags.clone().map(|tags| StoredTags { tags }),
            };
            (Kind::DatasetUpdated, stored.encode_to_vec().into())
        }
        Event::Deleted { .. } => (Kind::DatasetDeleted, StoredId { id: dataset_id }.encode_to_vec().into()),
        Event::VersionMade(made) => (Kind::DatasetVersionMade, store_version(made).encode_to_vec().into()),
        Event::VersionUpdated { number, description, tags, .. } => {
            let stored = StoredVersionUpdated {
                dataset_id,
                number: *number,
                description: description.clone(),
                tags_added: tags.added.clone(),
                tags_removed: tags.removed.clone(),
            };
            (Kind::DatasetVersionUpdated, stored.encode_to_vec().into())
        }
        Event::ItemPut(put) => (Kind::DatasetItemPut, store_item(put).encode_to_vec().into()),
        Event::ItemRemoved { number, id, .. } => {
            let id = Bytes::copy_from_slice(id.bytes());
            let stored = StoredItemRemoved { dataset_id, number: *number, id };
            (Kind::DatasetItemRemoved, stored.encode_to_vec().into())
        }
        Event::ItemsCopied { number, from, from_number, .. } => {
            let from = Bytes::copy_from_slice(from.bytes());
            let stored = StoredItemsCopied { dataset_id, number: *number, from, from_number: *from_number };
            (Kind::DatasetItemsCopied, stored.encode_to_vec().into())
        }
        Event::Exported(exported) => {
            let stored = StoredExported {
                id: Bytes::copy_from_slice(exported.id.bytes()),
                dataset_id,
                dataset_name: Some(exported.dataset_name.clone()),
                number: Some(exported.number),
            };
            (Kind::DatasetExported, stored.encode_to_vec().into())
        }
        Event::ExportViewed { id, .. } => {
            let id = Bytes::copy_from_slice(id.bytes());
            let stored = StoredExported { id, dataset_id, dataset_name: None, number: None };
            (Kind::DatasetExportViewed, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let dataset = |bytes: &Bytes| uuid(bytes).map(DatasetId::known);
    Some(match kind {
        Kind::DatasetCreated => Event::Created(Box::new(load_created(payload)?)),
        Kind::DatasetUpdated => {
            let StoredUpdated { id, name, description, visibility, tags } =
                StoredUpdated::decode(payload).ok()?;
            let visibility = visibility.and_then(|visibility| Visibility::parse(&visibility));
            let tags = tags.map(|stored| stored.tags);
            Event::Updated { id: dataset(&id)?, changes: Changes { name, description, visibility, tags } }
        }
        Kind::DatasetVersionMade => Event::VersionMade(Box::new(load_version(payload)?)),
        Kind::DatasetVersionUpdated => {
            let stored = StoredVersionUpdated::decode(payload).ok()?;
            Event::VersionUpdated {
                dataset_id: dataset(&stored.dataset_id)?,
                number: stored.number,
                description: stored.description,
                tags: TagEdits { added: stored.tags_added, removed: stored.tags_removed },
            }
        }
        Kind::DatasetItemPut => Event::ItemPut(Box::new(load_item(payload)?)),
        Kind::DatasetItemRemoved => {
            let stored = StoredItemRemoved::decode(payload).ok()?;
            let id = DatasetItemId::known(uuid(&stored.id)?);
            Event::ItemRemoved { dataset_id: dataset(&stored.dataset_id)?, number: stored.number, id }
        }
        Kind::DatasetItemsCopied => {
            let StoredItemsCopied { dataset_id, number, from, from_number } =
                StoredItemsCopied::decode(payload).ok()?;
            let (dataset_id, from) = (dataset(&dataset_id)?, dataset(&from)?);
            Event::ItemsCopied { dataset_id, number, from, from_number }
        }
        Kind::DatasetExported | Kind::DatasetExportViewed => load_export(kind, payload)?,
        _ => Event::Deleted { id: dataset(&StoredId::decode(payload).ok()?.id)? },
    })
}

fn store_created(created: &Created) -> StoredCreated {
    StoredCreated {
        id: Bytes::copy_from_slice(created.id.bytes()),
        project_id: created.project_id.map(|id| Bytes::copy_from_slice(id.bytes())),
        name: created.name.clone(),
        kind: created.kind.name().to_owned(),
        visibility: created.visibility.name().to_owned(),
        description: created.description.clone(),
        tags: created.tags.clone(),
    }
}

fn load_created(payload: Bytes) -> Option<Created> {
    let stored = StoredCreated::decode(payload).ok()?;
    Some(Created {
        id: DatasetId::known(uuid(&stored.id)?),
        project_id: stored.project_id.as_deref().and_then(uuid).map(ProjectId::known),
        name: stored.name,
        kind: DatasetKind::parse(&stored.kind)?,
        visibility: Visibility::parse(&stored.visibility)?,
        description: stored.description,
        tags: stored.tags,
    })
}

fn load_export(kind: Kind, payload: Bytes) -> Option<Event> {
    let StoredExported { id, dataset_id, dataset_name, number } = StoredExported::decode(payload).ok()?;
    let (id, dataset_id) = (DatasetExportId::known(uuid(&id)?), DatasetId::known(uuid(&dataset_id)?));
    Some(match kind {
        Kind::DatasetExported => Event::Exported(Box::new(Exported {
            id,
            dataset_id,
            dataset_name: dataset_name.unwrap_or_default(),
            number: number.unwrap_or_default(),
        })),
        _ => Event::ExportViewed { id, dataset_id },
    })
}

fn store_version(made: &VersionMade) -> StoredVersion {
    StoredVersion {
        dataset_id: Bytes::copy_from_slice(made.dataset_id.bytes()),
        id: Bytes::copy_from_slice(made.id.bytes()),
        number: made.number,
        base: made.base,
        group: made.group.as_ref().map(bytes_of),
        description: made.description.clone(),
        tags: made.tags.clone(),
        metadata: made.metadata.clone(),
        evaluators: made.evaluators.clone(),
        policy: made.policy.map(store_policy),
    }
}

fn load_version(payload: Bytes) -> Option<VersionMade> {
    let stored = StoredVersion::decode(payload).ok()?;
    Some(VersionMade {
        dataset_id: DatasetId::known(uuid(&stored.dataset_id)?),
        id: DatasetVersionId::known(uuid(&stored.id)?),
        number: stored.number,
        base: stored.base,
        group: stored.group.as_deref().and_then(uuid),
        description: stored.description,
        tags: stored.tags,
        metadata: stored.metadata,
        evaluators: stored.evaluators,
        policy: stored.policy.map(load_policy),
    })
}

fn store_item(put: &ItemPut) -> StoredItem {
    StoredItem {
        dataset_id: Bytes::copy_from_slice(put.dataset_id.bytes()),
        number: put.number,
        id: Bytes::copy_from_slice(put.id.bytes()),
        data: put.data.as_ref().map(|json| json.bytes().clone()),
        origin: put.about.origin.name().to_owned(),
        trace_id: put.about.trace_id.as_ref().map(bytes_of),
        span_id: put.about.span_id.as_ref().map(bytes_of),
        description: put.about.description.clone(),
        tags: put.about.tags.clone(),
        evaluators: put.about.evaluators.clone(),
        policy: put.about.policy.map(store_policy),
    }
}

fn load_item(payload: Bytes) -> Option<ItemPut> {
    let stored = StoredItem::decode(payload).ok()?;
    Some(ItemPut {
        dataset_id: DatasetId::known(uuid(&stored.dataset_id)?),
        number: stored.number,
        id: DatasetItemId::known(uuid(&stored.id)?),
        data: stored.data.map(Json::stored),
        about: About {
            origin: Origin::parse(&stored.origin)?,
            trace_id: stored.trace_id.as_deref().and_then(uuid),
            span_id: stored.span_id.as_deref().and_then(uuid),
            description: stored.description,
            tags: stored.tags,
            evaluators: stored.evaluators,
            policy: stored.policy.map(load_policy),
        },
    })
}

fn bytes_of(id: &Uuid) -> Bytes {
    Bytes::copy_from_slice(id.as_bytes())
}

const fn store_policy(policy: Policy) -> StoredPolicy {
    let Policy { runs_per_item, pass_threshold } = policy;
    StoredPolicy { runs_per_item, pass_threshold }
}

const fn load_policy(stored: StoredPolicy) -> Policy {
    let StoredPolicy { runs_per_item, pass_threshold } = stored;
    Policy { runs_per_item, pass_threshold }
}
