//! Datasets as rows: a dataset, its versions, and for every item the revisions that versions made of it.
//! How they are written in the log is in `stored`, how they are read in `reading`, how versions differ in `differing`.

use std::collections::{BTreeMap, BTreeSet};

use cairn_core::datasets::exports::Export;
use cairn_core::datasets::items::{Item, ItemPut};
use cairn_core::datasets::versions::{LATEST, Revisions, Version, VersionMade};
use cairn_core::datasets::{Dataset, Event, State};
use cairn_core::event::Recorded;
use cairn_core::ids::{DatasetExportId, DatasetId, DatasetItemId};
use cairn_core::merge::BodyRef;
use fjall::Keyspace;
use uuid::Uuid;

use crate::error::Error;
use crate::rows;
use crate::slots::Slots;

mod derived;
pub mod differing;
mod earlier;
pub mod reading;
mod stored;
pub mod usage;

pub(crate) use stored::{decode, encode};

/// What a commit sees and changes of datasets.
pub(crate) struct Datasets {
    state: State,
    touched: BTreeSet<DatasetId>,
    keyspace: Keyspace,
    versions: Slots<Version>,
    /// What versions are called by: ids, hashes, tags, groups.
    refs: Slots<u32>,
    items: Slots<Option<Item>>,
    places: Slots<DatasetId>,
    exports: Slots<Export>,
}

/// What a version is called by.
pub(crate) enum VersionName<'a> {
    Hash(&'a str),
    Tag(&'a str),
    Group(Uuid),
    Id(Uuid),
}

impl VersionName<'_> {
    pub(crate) fn key(&self, dataset: DatasetId) -> rows::Key {
        let name = match self {
            Self::Hash(hash) => format!("hash {hash}"),
            Self::Tag(tag) => format!("tag {tag}"),
            Self::Group(group) => format!("group {group}"),
            Self::Id(id) => format!("id {id}"),
        };
        rows::dataset_version_ref(dataset, &name)
    }
}

impl Datasets {
    pub(crate) fn open(keyspace: &Keyspace) -> Result<Self, Error> {
        let mut state = State::default();
        for guard in keyspace.prefix(rows::datasets()) {
            let (_, value) = guard.into_inner()?;
            state.load(rows::read(&value)?);
        }
        Ok(Self {
            state,
            touched: BTreeSet::new(),
            keyspace: keyspace.clone(),
            versions: Slots::new(keyspace.clone()),
            refs: Slots::new(keyspace.clone()),
            items: Slots::new(keyspace.clone()),
            places: Slots::new(keyspace.clone()),
            exports: Slots::new(keyspace.clone()),
        })
    }

    pub(crate) const fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn version(&mut self, dataset: DatasetId, number: u32) -> Result<Option<&Version>, Error> {
        self.versions.get(rows::dataset_version(dataset, number))
    }

    pub(crate) fn version_called(
        &mut self,
        dataset: DatasetId,
        name: &VersionName<'_>,
    ) -> Result<Option<u32>, Error> {
        match name {
            VersionName::Tag(LATEST) => {
                Ok(self.state.get(dataset).map(|dataset| dataset.latest).filter(|number| *number > 0))
            }
            name => Ok(self.refs.get(name.key(dataset))?.copied()),
        }
    }

    pub(crate) fn export(&mut self, id: DatasetExportId) -> Result<Option<&Export>, Error> {
        self.exports.get(rows::dataset_export(id))
    }

    pub(crate) fn place(&mut self, item: DatasetItemId) -> Result<Option<DatasetId>, Error> {
        Ok(self.places.get(rows::dataset_item_place(item))?.copied())
    }

    /// What a version sees of an item.
    pub(crate) fn item(
        &mut self,
        dataset: DatasetId,
        number: u32,
        id: DatasetItemId,
    ) -> Result<Option<Item>, Error> {
        let revisions = self.revisions(dataset, id)?;
        let Some(version) = self.version(dataset, number)? else { return Ok(None) };
        let seen = revisions.keys().rev().copied().find(|number| version.descends_from(*number));
        match seen {
            Some(number) => Ok(self.items.get(rows::dataset_item(dataset, id, number))?.cloned().flatten()),
            None => Ok(None),
        }
    }

    pub(crate) fn project(&mut self, recorded: &Recorded<Event>) -> Result<(), Error> {
        let id = recorded.event.dataset_id();
        self.touched.insert(id);
        match &recorded.event {
            Event::VersionMade(made) => self.project_version(&recorded.with((**made).clone()))?,
            Event::VersionUpdated { dataset_id, number, description, tags } => {
                let row = self.versions.change(rows::dataset_version(*dataset_id, *number))?;
                if let Some(version) = row {
                    version.note(description.as_ref(), tags, &recorded.with(()));
                }
                for tag in &tags.removed {
                    self.refs.put(VersionName::Tag(tag).key(*dataset_id), None);
                }
                for tag in &tags.added {
                    self.refs.put(VersionName::Tag(tag).key(*dataset_id), Some(*number));
                }
            }
            Event::ItemPut(put) => self.project_item(&recorded.with((**put).clone()))?,
            Event::ItemRemoved { dataset_id, number, id } => self.revise(*dataset_id, *number, *id, None)?,
            Event::ItemsCopied { dataset_id, number, from, from_number } => {
                self.copy((*from, *from_number), (*dataset_id, *number))?;
            }
            Event::Exported(exported) => {
                let export = Export::of(&recorded.with((**exported).clone()));
                self.exports.put(rows::dataset_export(export.id), Some(export));
            }
            Event::ExportViewed { id, .. } => {
                if let Some(export) = self.exports.change(rows::dataset_export(*id))? {
                    export.view(&recorded.with(()));
                }
            }
            // What experiments ran over stays readable after its dataset is gone.
            Event::Created(_) | Event::Updated { .. } | Event::Deleted { .. } => {}
        }
        self.state.evolve(recorded);
        Ok(())
    }

    /// Puts a dataset as it was made anew in place of what is there.
    pub(crate) fn replace(&mut self, id: DatasetId, dataset: Option<Dataset>) {
        self.state.replace(id, dataset);
        self.touched.insert(id);
    }

    /// Makes anew what was said of a version, given all that still stands of it.
    pub(crate) fn refold_notes<E>(
        &mut self,
        dataset: DatasetId,
        number: u32,
        events: &[Recorded<Event>],
        now: &Recorded<E>,
    ) -> Result<(), Error> {
        let Some(version) = self.versions.change(rows::dataset_version(dataset, number))? else {
            return Ok(());
        };
        let before = version.tags.clone();
        for recorded in events {
            match &recorded.event {
                Event::VersionMade(made) => version.unnote(made, &recorded.with(())),
                Event::VersionUpdated { description, tags, .. } => {
                    version.note(description.as_ref(), tags, &recorded.with(()));
                }
                _ => {}
            }
        }
        let after = version.tags.clone();
        for tag in before {
            self.refs.put(VersionName::Tag(&tag).key(dataset), None);
        }
        for tag in after {
            self.refs.put(VersionName::Tag(&tag).key(dataset), Some(number));
        }
        self.state.touch(dataset, now);
        self.touched.insert(dataset);
        Ok(())
    }

    fn project_version(&mut self, recorded: &Recorded<VersionMade>) -> Result<(), Error> {
        let made = &recorded.event;
        let dataset = made.dataset_id;
        let base = match made.base {
            Some(number) => self.versions.get(rows::dataset_version(dataset, number))?.cloned(),
            None => None,
        };
        let version = Version::new(made, base.as_ref(), &recorded.with(()));
        let hash = version.hash();
        let mut names = vec![VersionName::Id(version.id.uuid()), VersionName::Hash(&hash)];
        names.extend(made.group.map(VersionName::Group));
        names.extend(made.tags.iter().map(|tag| VersionName::Tag(tag)));
        for name in names {
            self.refs.put(name.key(dataset), Some(made.number));
        }
        self.versions.put(rows::dataset_version(dataset, made.number), Some(version));
        Ok(())
    }

    fn project_item(&mut self, recorded: &Recorded<ItemPut>) -> Result<(), Error> {
        let put = &recorded.event;
        let before = self.item(put.dataset_id, put.number, put.id)?;
        let data = match (&put.data, &before) {
            (Some(data), _) => BodyRef::new(recorded.position, data),
            (None, Some(before)) => before.data,
            (None, None) => return Ok(()),
        };
        let (created_at, created_by) = before.map_or_else(
            || (recorded.time, recorded.principal.to_string()),
            |before| (before.created_at, before.created_by),
        );
        let item = Item {
            data,
            about: put.about.clone(),
            created_at,
            created_by,
            last_updated_at: recorded.time,
            last_updated_by: recorded.principal.to_string(),
        };
        self.places.put(rows::dataset_item_place(put.id), Some(put.dataset_id));
        if let (Some(data), Some(version)) =
            (&put.data, self.versions.change(rows::dataset_version(put.dataset_id, put.number))?)
        {
            version.note_columns(data);
        }
        self.revise(put.dataset_id, put.number, put.id, Some(item))
    }

    /// Sets what an item is since a version, and counts anew wherever that is seen.
    fn revise(
        &mut self,
        dataset: DatasetId,
        number: u32,
        id: DatasetItemId,
        item: Option<Item>,
    ) -> Result<(), Error> {
        let before = self.revisions(dataset, id)?;
        let mut after = before.clone();
        after.insert(number, item.is_some());
        self.items.put(rows::dataset_item(dataset, id, number), Some(item));
        if before == after {
            return Ok(());
        }
        let latest = self.state.get(dataset).map_or(number, |dataset| dataset.latest);
        for number in number..=latest {
            let base = self.version(dataset, number)?.and_then(|version| version.base);
            let base = match base {
                Some(base) => self.version(dataset, base)?.cloned(),
                None => None,
            };
            if let Some(version) = self.versions.change(rows::dataset_version(dataset, number))? {
                version.recount(base.as_ref(), &before, &after);
            }
        }
        Ok(())
    }

    fn revisions(&mut self, dataset: DatasetId, id: DatasetItemId) -> Result<Revisions, Error> {
        let mut revisions = BTreeMap::new();
        for key in self.items.keys(&rows::dataset_item_revisions(dataset, id))? {
            if let Some((_, number)) = rows::revision_of(&key) {
                revisions.insert(number, self.items.get(key)?.is_some_and(Option::is_some));
            }
        }
        Ok(revisions)
    }

    /// The items that a version has.
    pub(crate) fn items_in(&mut self, dataset: DatasetId, number: u32) -> Result<Vec<DatasetItemId>, Error> {
        let mut ids: Vec<DatasetItemId> = Vec::new();
        for key in self.items.keys(&rows::dataset_items(dataset))? {
            ids.extend(rows::revision_of(&key).map(|(id, _)| id));
        }
        ids.dedup();
        let mut there = Vec::with_capacity(ids.len());
        for id in ids {
            if self.item(dataset, number, id)?.is_some() {
                there.push(id);
            }
        }
        Ok(there)
    }

    fn copy(&mut self, from: (DatasetId, u32), to: (DatasetId, u32)) -> Result<(), Error> {
        let ids = self.items_in(from.0, from.1)?;
        let columns =
            self.version(from.0, from.1)?.map(|version| version.columns.clone()).unwrap_or_default();
        if let Some(version) = self.versions.change(rows::dataset_version(to.0, to.1))? {
            version.columns.extend(columns);
        }
        for id in ids {
            if let Some(item) = self.item(from.0, from.1, id)? {
                self.places.put(rows::dataset_item_place(id), Some(to.0));
                self.revise(to.0, to.1, id, Some(item))?;
            }
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        for id in std::mem::take(&mut self.touched) {
            match self.state.get(id) {
                Some(dataset) => batch.insert(&self.keyspace, rows::dataset(id), rows::write(dataset)?),
                None => batch.remove(&self.keyspace, rows::dataset(id)),
            }
        }
        self.versions.flush(batch)?;
        self.refs.flush(batch)?;
        self.items.flush(batch)?;
        self.places.flush(batch)?;
        self.exports.flush(batch)
    }
}
