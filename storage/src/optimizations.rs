//! Optimizations in the log and as rows: one row an optimization, found by dataset too. What their trials came to is
//! kept beside them in `trials`.

use bytes::Bytes;
use cairn_core::event::Recorded;
use cairn_core::ids::{DatasetId, OptimizationId, ProjectId};
use cairn_core::json::Json;
use cairn_core::optimizations::{Changes, Event, Optimization, Status, Written};
use cairn_core::time::Timestamp;
use fjall::Keyspace;
use prost::Message;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows::{self, uuid};
use crate::slots::Slots;
use crate::traces::{StoredError, load_error, store_error};
use trials::Trials;

pub mod reading;
pub mod trials;

/// What a commit sees and changes of optimizations.
pub(crate) struct Optimizations {
    by_id: Slots<Optimization>,
    of_dataset: Slots<()>,
    pub(crate) trials: Trials,
}

impl Optimizations {
    pub(crate) fn open(keyspace: &Keyspace) -> Result<Self, Error> {
        Ok(Self {
            by_id: Slots::new(keyspace.clone()),
            of_dataset: Slots::new(keyspace.clone()),
            trials: Trials::open(keyspace)?,
        })
    }

    pub(crate) fn get(&mut self, id: OptimizationId) -> Result<Option<&Optimization>, Error> {
        self.by_id.get(rows::optimization(id))
    }

    pub(crate) fn project(&mut self, recorded: &Recorded<Event>) -> Result<(), Error> {
        let id = recorded.event.id();
        self.trials.touch(id);
        let row = self.by_id.change(rows::optimization(id))?;
        let before = row.as_ref().map(|row| row.dataset_id);
        match &recorded.event {
            Event::Written(written) => {
                *row = Some(Optimization::new(row.as_ref(), &recorded.with((**written).clone())));
            }
            Event::Updated { changes, .. } => {
                if let Some(row) = row {
                    row.apply(&recorded.with((**changes).clone()));
                }
            }
            Event::Deleted { .. } => *row = None,
        }
        let after = row.as_ref().map(|row| row.dataset_id);
        if let Some(dataset) = before {
            self.of_dataset.put(rows::optimization_of_dataset(dataset, id), None);
        }
        if let Some(dataset) = after {
            self.of_dataset.put(rows::optimization_of_dataset(dataset, id), Some(()));
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.trials.settle(&mut self.by_id)?;
        self.trials.flush(batch)?;
        self.by_id.flush(batch)?;
        self.of_dataset.flush(batch)
    }
}

#[derive(Clone, PartialEq, Message)]
struct StoredWritten {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(bytes = "bytes", tag = "3")]
    dataset_id: Bytes,
    #[prost(bytes = "bytes", optional, tag = "4")]
    project_id: Option<Bytes>,
    #[prost(string, tag = "5")]
    objective_name: String,
    #[prost(string, tag = "6")]
    status: String,
    #[prost(bytes = "bytes", optional, tag = "7")]
    metadata: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "8")]
    studio_config: Option<Bytes>,
    #[prost(message, optional, tag = "9")]
    error: Option<StoredError>,
    #[prost(sfixed64, optional, tag = "10")]
    last_updated_at: Option<i64>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredUpdated {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
    #[prost(string, optional, tag = "3")]
    status: Option<String>,
    #[prost(bytes = "bytes", optional, tag = "4")]
    metadata: Option<Bytes>,
    #[prost(message, optional, tag = "5")]
    error: Option<StoredError>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredId {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let bytes = |id: &[u8; 16]| Bytes::copy_from_slice(id);
    let body = |json: &Option<Json>| json.as_ref().map(|json| json.bytes().clone());
    match event {
        Event::Written(written) => {
            let stored = StoredWritten {
                id: bytes(written.id.bytes()),
                name: written.name.clone(),
                dataset_id: bytes(written.dataset_id.bytes()),
                project_id: written.project_id.map(|id| bytes(id.bytes())),
                objective_name: written.objective_name.clone(),
                status: written.status.name().to_owned(),
                metadata: body(&written.metadata),
                studio_config: body(&written.studio_config),
                error: written.error.as_ref().map(store_error),
                last_updated_at: written.last_updated_at.map(Timestamp::as_nanos),
            };
            (Kind::OptimizationWritten, stored.encode_to_vec().into())
        }
        Event::Updated { id, changes } => {
            let stored = StoredUpdated {
                id: bytes(id.bytes()),
                name: changes.name.clone(),
                status: changes.status.map(|status| status.name().to_owned()),
                metadata: body(&changes.metadata),
                error: changes.error.as_ref().map(store_error),
            };
            (Kind::OptimizationUpdated, stored.encode_to_vec().into())
        }
        Event::Deleted { id } => {
            (Kind::OptimizationDeleted, StoredId { id: bytes(id.bytes()) }.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let known = |bytes: &Bytes| uuid(bytes).map(OptimizationId::known);
    Some(match kind {
        Kind::OptimizationWritten => {
            let stored = StoredWritten::decode(payload).ok()?;
            Event::Written(Box::new(Written {
                id: known(&stored.id)?,
                name: stored.name,
                dataset_id: DatasetId::known(uuid(&stored.dataset_id)?),
                project_id: stored.project_id.as_deref().and_then(uuid).map(ProjectId::known),
                objective_name: stored.objective_name,
                status: Status::parse(&stored.status)?,
                metadata: stored.metadata.map(Json::stored),
                studio_config: stored.studio_config.map(Json::stored),
                error: stored.error.map(load_error),
                last_updated_at: stored.last_updated_at.map(Timestamp::from_nanos),
            }))
        }
        Kind::OptimizationUpdated => {
            let stored = StoredUpdated::decode(payload).ok()?;
            let changes = Changes {
                name: stored.name,
                status: stored.status.and_then(|status| Status::parse(&status)),
                metadata: stored.metadata.map(Json::stored),
                error: stored.error.map(load_error),
            };
            Event::Updated { id: known(&stored.id)?, changes: Box::new(changes) }
        }
        _ => Event::Deleted { id: known(&StoredId::decode(payload).ok()?.id)? },
    })
}
