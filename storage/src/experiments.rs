//! Experiments in the log and as rows: one row an experiment and one an item, found by trace and by dataset item too.

use std::collections::BTreeSet;

use bytes::Bytes;
use cairn_core::datasets::items::Policy;
use cairn_core::event::Recorded;
use cairn_core::experiments::{
    Changes, Created, Event, Experiment, Item, ItemAdded, Kind as ExperimentKind, Method, Score, Status,
};
use cairn_core::ids::{
    DatasetId, DatasetItemId, DatasetVersionId, ExperimentId, ExperimentItemId, ProjectId, TraceId,
};
use cairn_core::json::Json;
use cairn_core::merge::TagEdits;
use fjall::Keyspace;
use prost::Message;
use rust_decimal::Decimal;
use uuid::Uuid;

use self::tally::Tallies;
use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows::{self, uuid};
use crate::slots::Slots;
use crate::traces::StoredTags;

pub mod asking;
pub mod comparing;
pub mod grouping;
pub mod listing;
pub mod reading;
pub(crate) mod remembered;
pub mod tally;
#[cfg(test)]
mod tests;
mod walking;

/// What a commit sees and changes of experiments.
pub(crate) struct Experiments {
    by_id: Slots<Experiment>,
    items: Slots<Item>,
    places: Slots<ExperimentId>,
    of_dataset: Slots<()>,
    pub(crate) tallies: Tallies,
    /// Traces with items that were just added: what they have to say is to be taken in.
    awaited: BTreeSet<TraceId>,
}

impl Experiments {
    pub(crate) fn new(keyspace: &Keyspace) -> Self {
        Self {
            by_id: Slots::new(keyspace.clone()),
            items: Slots::new(keyspace.clone()),
            places: Slots::new(keyspace.clone()),
            of_dataset: Slots::new(keyspace.clone()),
            tallies: Tallies::new(keyspace),
            awaited: BTreeSet::new(),
        }
    }

    pub(crate) fn get(&mut self, id: ExperimentId) -> Result<Option<&Experiment>, Error> {
        self.by_id.get(rows::experiment(id))
    }

    pub(crate) fn item(&mut self, id: ExperimentItemId) -> Result<Option<&Item>, Error> {
        match self.places.get(rows::experiment_item_place(id))? {
            Some(experiment) => self.items.get(rows::experiment_item(*experiment, id)),
            None => Ok(None),
        }
    }

    pub(crate) fn items_of(&mut self, id: ExperimentId) -> Result<Vec<Item>, Error> {
        let mut items = Vec::new();
        for key in self.items.keys(&rows::experiment_items(id))? {
            items.extend(self.items.get(key)?.cloned());
        }
        Ok(items)
    }

    /// `threshold` is of an item that is added: how many runs of its dataset item must pass.
    pub(crate) fn project(&mut self, recorded: &Recorded<Event>, threshold: u32) -> Result<(), Error> {
        match &recorded.event {
            Event::Created(created) => {
                let row = Experiment::new(&recorded.with((**created).clone()));
                self.by_id.put(rows::experiment(created.id), Some(row));
                self.of_dataset.put(rows::experiment_of_dataset(created.dataset_id, created.id), Some(()));
            }
            Event::Updated { id, changes } => {
                if let Some(row) = self.by_id.change(rows::experiment(*id))? {
                    row.apply(&recorded.with((**changes).clone()));
                }
            }
            Event::Deleted { id } => {
                for item in self.items_of(*id)? {
                    self.forget(&item)?;
                }
                if let Some(row) = self.by_id.change(rows::experiment(*id))?.take() {
                    self.of_dataset.put(rows::experiment_of_dataset(row.dataset_id, *id), None);
                }
            }
            Event::ItemAdded(added) => {
                let before = self.item(added.id)?.cloned();
                let item = Item::new(before.as_ref(), &recorded.with((**added).clone()));
                if let Some(before) = before {
                    self.forget(&before)?;
                    self.count(before.experiment_id, -1)?;
                }
                self.remember(item, threshold)?;
            }
            Event::ItemRemoved { id, experiment_id } => {
                if let Some(item) = self.item(*id)?.cloned() {
                    self.forget(&item)?;
                    self.count(*experiment_id, -1)?;
                }
            }
        }
        Ok(())
    }

    fn remember(&mut self, item: Item, threshold: u32) -> Result<(), Error> {
        let Item { id, experiment_id, trace_id, .. } = item;
        self.places.put(rows::experiment_item_place(id), Some(experiment_id));
        self.tallies.enter(&item, threshold)?;
        self.awaited.insert(trace_id);
        self.items.put(rows::experiment_item(experiment_id, id), Some(item));
        self.count(experiment_id, 1)
    }

    fn forget(&mut self, item: &Item) -> Result<(), Error> {
        self.places.put(rows::experiment_item_place(item.id), None);
        self.tallies.leave(item)?;
        self.items.put(rows::experiment_item(item.experiment_id, item.id), None);
        Ok(())
    }

    /// The traces of the items that were added since the last time.
    pub(crate) fn take_awaited(&mut self) -> BTreeSet<TraceId> {
        std::mem::take(&mut self.awaited)
    }

    fn count(&mut self, id: ExperimentId, change: i64) -> Result<(), Error> {
        if let Some(row) = self.by_id.change(rows::experiment(id))? {
            row.items = row.items.saturating_add_signed(change);
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.by_id.flush(batch)?;
        self.items.flush(batch)?;
        self.places.flush(batch)?;
        self.of_dataset.flush(batch)?;
        self.tallies.flush(batch)
    }
}

#[derive(Clone, PartialEq, Message)]
struct StoredScore {
    #[prost(string, tag = "1")]
    name: String,
    /// Decimal text.
    #[prost(string, tag = "2")]
    value: String,
}

#[derive(Clone, PartialEq, Message)]
struct StoredScores {
    #[prost(message, repeated, tag = "1")]
    scores: Vec<StoredScore>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredCreated {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(bytes = "bytes", tag = "3")]
    dataset_id: Bytes,
    #[prost(bytes = "bytes", optional, tag = "4")]
    project_id: Option<Bytes>,
    #[prost(string, tag = "5")]
    kind: String,
    #[prost(string, tag = "6")]
    method: String,
    #[prost(string, tag = "7")]
    status: String,
    #[prost(bytes = "bytes", optional, tag = "8")]
    optimization_id: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "9")]
    dataset_version_id: Option<Bytes>,
    #[prost(bytes = "bytes", repeated, tag = "10")]
    prompt_versions: Vec<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "11")]
    metadata: Option<Bytes>,
    #[prost(string, repeated, tag = "12")]
    tags: Vec<String>,
    #[prost(message, required, tag = "13")]
    scores: StoredScores,
}

#[derive(Clone, PartialEq, Message)]
struct StoredUpdated {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, optional, tag = "2")]
    name: Option<String>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    metadata: Option<Bytes>,
    #[prost(message, optional, tag = "4")]
    tags: Option<StoredTags>,
    #[prost(string, repeated, tag = "5")]
    tags_added: Vec<String>,
    #[prost(string, repeated, tag = "6")]
    tags_removed: Vec<String>,
    #[prost(string, optional, tag = "7")]
    kind: Option<String>,
    #[prost(string, optional, tag = "8")]
    status: Option<String>,
    #[prost(message, optional, tag = "9")]
    scores: Option<StoredScores>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredId {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", optional, tag = "2")]
    experiment_id: Option<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredItem {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    experiment_id: Bytes,
    #[prost(bytes = "bytes", tag = "3")]
    dataset_item_id: Bytes,
    #[prost(bytes = "bytes", tag = "4")]
    trace_id: Bytes,
    #[prost(uint32, optional, tag = "5")]
    runs_per_item: Option<u32>,
    #[prost(uint32, optional, tag = "6")]
    pass_threshold: Option<u32>,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let bytes = |id: &[u8; 16]| Bytes::copy_from_slice(id);
    match event {
        Event::Created(created) => (Kind::ExperimentCreated, store_created(created).encode_to_vec().into()),
        Event::Updated { id, changes } => {
            let stored = StoredUpdated {
                id: bytes(id.bytes()),
                name: changes.name.clone(),
                metadata: changes.metadata.as_ref().map(|json| json.bytes().clone()),
                tags: changes.tags.clone().map(|tags| StoredTags { tags }),
                tags_added: changes.tag_edits.added.clone(),
                tags_removed: changes.tag_edits.removed.clone(),
                kind: changes.kind.map(|kind| kind.name().to_owned()),
                status: changes.status.map(|status| status.name().to_owned()),
                scores: changes.scores.as_deref().map(store_scores),
            };
            (Kind::ExperimentUpdated, stored.encode_to_vec().into())
        }
        Event::Deleted { id } => {
            let stored = StoredId { id: bytes(id.bytes()), experiment_id: None };
            (Kind::ExperimentDeleted, stored.encode_to_vec().into())
        }
        Event::ItemAdded(item) => {
            let stored = StoredItem {
                id: bytes(item.id.bytes()),
                experiment_id: bytes(item.experiment_id.bytes()),
                dataset_item_id: bytes(item.dataset_item_id.bytes()),
                trace_id: bytes(item.trace_id.bytes()),
                runs_per_item: item.policy.map(|policy| policy.runs_per_item),
                pass_threshold: item.policy.map(|policy| policy.pass_threshold),
            };
            (Kind::ExperimentItemAdded, stored.encode_to_vec().into())
        }
        Event::ItemRemoved { id, experiment_id } => {
            let experiment_id = Some(bytes(experiment_id.bytes()));
            let stored = StoredId { id: bytes(id.bytes()), experiment_id };
            (Kind::ExperimentItemRemoved, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let experiment = |bytes: &Bytes| uuid(bytes).map(ExperimentId::known);
    Some(match kind {
        Kind::ExperimentCreated => Event::Created(Box::new(load_created(payload)?)),
        Kind::ExperimentUpdated => {
            let stored = StoredUpdated::decode(payload).ok()?;
            let changes = Changes {
                name: stored.name,
                metadata: stored.metadata.map(Json::stored),
                tags: stored.tags.map(|stored| stored.tags),
                tag_edits: TagEdits { added: stored.tags_added, removed: stored.tags_removed },
                kind: stored.kind.and_then(|kind| ExperimentKind::parse(&kind)),
                status: stored.status.and_then(|status| Status::parse(&status)),
                scores: stored.scores.map(load_scores),
            };
            Event::Updated { id: experiment(&stored.id)?, changes: Box::new(changes) }
        }
        Kind::ExperimentItemAdded => {
            let stored = StoredItem::decode(payload).ok()?;
            let policy = match (stored.runs_per_item, stored.pass_threshold) {
                (Some(runs_per_item), Some(pass_threshold)) => Some(Policy { runs_per_item, pass_threshold }),
                _ => None,
            };
            Event::ItemAdded(Box::new(ItemAdded {
                id: ExperimentItemId::known(uuid(&stored.id)?),
                experiment_id: experiment(&stored.experiment_id)?,
                dataset_item_id: DatasetItemId::known(uuid(&stored.dataset_item_id)?),
                trace_id: TraceId::known(uuid(&stored.trace_id)?),
                policy,
            }))
        }
        Kind::ExperimentItemRemoved => {
            let stored = StoredId::decode(payload).ok()?;
            let id = ExperimentItemId::known(uuid(&stored.id)?);
            Event::ItemRemoved { id, experiment_id: experiment(&stored.experiment_id?)? }
        }
        _ => Event::Deleted { id: experiment(&StoredId::decode(payload).ok()?.id)? },
    })
}

fn store_created(created: &Created) -> StoredCreated {
    let bytes = |id: &Uuid| Bytes::copy_from_slice(id.as_bytes());
    StoredCreated {
        id: bytes(&created.id.uuid()),
        name: created.name.clone(),
        dataset_id: bytes(&created.dataset_id.uuid()),
        project_id: created.project_id.map(|id| bytes(&id.uuid())),
        kind: created.kind.name().to_owned(),
        method: created.method.name().to_owned(),
        status: created.status.name().to_owned(),
        optimization_id: created.optimization_id.as_ref().map(bytes),
        dataset_version_id: created.dataset_version_id.map(|id| bytes(&id.uuid())),
        prompt_versions: created.prompt_versions.iter().map(bytes).collect(),
        metadata: created.metadata.as_ref().map(|json| json.bytes().clone()),
        tags: created.tags.clone(),
        scores: store_scores(&created.scores),
    }
}

fn load_created(payload: Bytes) -> Option<Created> {
    let stored = StoredCreated::decode(payload).ok()?;
    Some(Created {
        id: ExperimentId::known(uuid(&stored.id)?),
        name: stored.name,
        dataset_id: DatasetId::known(uuid(&stored.dataset_id)?),
        project_id: stored.project_id.as_deref().and_then(uuid).map(ProjectId::known),
        kind: ExperimentKind::parse(&stored.kind)?,
        method: Method::parse(&stored.method)?,
        status: Status::parse(&stored.status)?,
        optimization_id: stored.optimization_id.as_deref().and_then(uuid),
        dataset_version_id: stored.dataset_version_id.as_deref().and_then(uuid).map(DatasetVersionId::known),
        prompt_versions: stored.prompt_versions.iter().filter_map(|id| uuid(id)).collect(),
        metadata: stored.metadata.map(Json::stored),
        tags: stored.tags,
        scores: load_scores(stored.scores),
    })
}

fn store_scores(scores: &[Score]) -> StoredScores {
    let scores = scores.iter();
    let stored = scores.map(|score| StoredScore { name: score.name.clone(), value: score.value.to_string() });
    StoredScores { scores: stored.collect() }
}

fn load_scores(stored: StoredScores) -> Vec<Score> {
    let scores = stored.scores.into_iter();
    scores
        .filter_map(|score| Some(Score { name: score.name, value: score.value.parse::<Decimal>().ok()? }))
        .collect()
}
