//! What items of datasets said in earlier versions and say no more. It is searched, each text once for each time that
//! it was written: as the last version that had it so. What is shown of an item otherwise, the newest version decides
//! (`Reader::item_found`).

use std::collections::BTreeSet;

use cairn_core::datasets::items::Item;
use cairn_core::ids::{DatasetId, DatasetItemId};
use fjall::Readable;

use super::reading::ItemView;
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;
use crate::search::Thing;

/// By number of the version: the item as it wrote it, nothing if it took it away.
type Revisions = Vec<(u32, Option<Item>)>;

impl Reader {
    /// What a version said of an item, if no newer one has it from there.
    pub(crate) fn earlier_found(
        &self,
        dataset: DatasetId,
        id: DatasetItemId,
        number: u32,
    ) -> Result<Option<Thing>, Error> {
        let revisions = self.revisions(dataset, id)?;
        self.earlier_of(dataset, id, number, &revisions)
    }

    /// The same of all versions that wrote an item: `changed` names one that just did, and only those are told of whose
    /// place it may have changed.
    pub(crate) fn each_earlier(
        &self,
        dataset: DatasetId,
        id: DatasetItemId,
        changed: Option<u32>,
        mut visit: impl FnMut(u32, Option<Thing>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let revisions = self.revisions(dataset, id)?;
        let concerned = match changed {
            Some(number) => self.concerned(dataset, number, &revisions)?,
            None => revisions.iter().map(|(number, _)| *number).collect(),
        };
        for number in concerned {
            visit(number, self.earlier_of(dataset, id, number, &revisions)?)?;
        }
        Ok(())
    }

    /// The versions whose word on an item a change in one version may replace or bring back: its own, the one that it
    /// goes on from, and those that stand for an item which the newest version has no more.
    fn concerned(
        &self,
        dataset: DatasetId,
        changed: u32,
        revisions: &Revisions,
    ) -> Result<BTreeSet<u32>, Error> {
        let version = self.dataset_version(dataset, changed)?;
        let goes_on_from = |number: &u32| {
            *number < changed && version.as_ref().is_some_and(|version| version.descends_from(*number))
        };
        let numbers = || revisions.iter().rev().map(|(number, _)| *number);
        let written = || revisions.iter().rev().filter(|(_, item)| item.is_some()).map(|(number, _)| *number);
        let newest = [
            Some(changed),
            numbers().find(goes_on_from),
            written().find(|number| *number < changed),
            written().next(),
        ];
        Ok(newest.into_iter().flatten().collect())
    }

    fn earlier_of(
        &self,
        dataset: DatasetId,
        id: DatasetItemId,
        number: u32,
        revisions: &Revisions,
    ) -> Result<Option<Thing>, Error> {
        let Some(Thing::DatasetItem(dataset, shown, _)) = self.item_found(dataset, id)? else {
            return Ok(None);
        };
        let mut from_here = revisions.iter().filter(|(at, _)| *at >= number);
        let Some((_, Some(item))) = from_here.next().filter(|(at, _)| *at == number) else { return Ok(None) };
        let is_told = from_here.any(|(_, newer)| newer.as_ref().is_some_and(|newer| newer.data == item.data));
        if is_told || item.data == shown.item.data {
            return Ok(None);
        }
        let view = ItemView { id, dataset_id: dataset.id, item: item.clone() };
        Ok(Some(Thing::EarlierItem(dataset, Box::new(view), number)))
    }

    fn revisions(&self, dataset: DatasetId, id: DatasetItemId) -> Result<Revisions, Error> {
        let mut revisions = Vec::new();
        for guard in self.snapshot().prefix(self.rows(), rows::dataset_item_revisions(dataset, id)) {
            let (key, value) = guard.into_inner()?;
            if let Some((_, number)) = rows::revision_of(&key) {
                revisions.push((number, rows::read(&value)?));
            }
        }
        Ok(revisions)
    }
}
