//! How versions of a dataset differ: how much, and in which items. One walk over the revisions of the items tells, in the
//! order of their ids; held in memory is what a page shows, whatever the size of the dataset.

use cairn_core::datasets::versions::{Counts, Version};
use cairn_core::datasets::{Dataset, items::Item};
use cairn_core::ids::{DatasetId, DatasetItemId, Position};
use fjall::{Readable, UserValue};

use super::reading::ItemView;
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;

/// How many items of one version differ from those of another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    pub added: i64,
    pub modified: i64,
    pub deleted: i64,
    pub unchanged: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemChangeKind {
    Added,
    Modified,
    Deleted,
}

impl Difference {
    pub const fn of_kind(&self, kind: ItemChangeKind) -> i64 {
        match kind {
            ItemChangeKind::Added => self.added,
            ItemChangeKind::Modified => self.modified,
            ItemChangeKind::Deleted => self.deleted,
        }
    }
}

/// An item that differs between two versions, as each has it.
#[derive(Clone, Debug)]
pub struct ItemChange {
    pub id: DatasetItemId,
    pub kind: ItemChangeKind,
    pub old: Option<ItemView>,
    pub new: Option<ItemView>,
}

/// Which of the items that differ are wanted, newest id first.
#[derive(Clone, Debug)]
pub struct ChangeWindow {
    pub kinds: Vec<ItemChangeKind>,
    /// Only items with smaller ids.
    pub after: Option<DatasetItemId>,
    pub limit: usize,
}

/// Two versions as they were when nothing of their dataset had changed since.
pub(crate) type DifferenceKey = (DatasetId, u32, u32, Position);

/// What a version has of an item: which revision, and what stands there.
type Seen = Option<(u32, UserValue)>;

impl Reader {
    /// How a version differs from the one numbered before it, whichever it began with.
    pub fn dataset_version_counts(&self, dataset: &Dataset, version: &Version) -> Result<Counts, Error> {
        let previous = version.number.saturating_sub(1);
        if version.base.unwrap_or_default() == previous {
            return Ok(version.counts);
        }
        let Some(previous) = self.dataset_version(dataset.id, previous)? else { return Ok(version.counts) };
        let difference = self.dataset_difference(dataset.id, &previous, version)?;
        let Difference { added, modified, deleted, .. } = difference;
        Ok(Counts { total: version.counts.total, added, modified, deleted })
    }

    /// Counted once for every change of the dataset.
    pub fn dataset_difference(
        &self,
        dataset: DatasetId,
        from: &Version,
        to: &Version,
    ) -> Result<Difference, Error> {
        // Read with the versions: what the caller holds may be older than they are.
        let changed = self.dataset(dataset)?.map(|dataset| dataset.changed);
        let key = changed.map(|changed| -> DifferenceKey { (dataset, from.number, to.number, changed) });
        if let Some(difference) = key.and_then(|key| self.store().differences().get(&key)) {
            return Ok(difference);
        }
        let mut difference = Difference::default();
        self.walk_both(dataset, (from, to), None, |_, old, new| {
            match change(old, new) {
                Some(ItemChangeKind::Added) => difference.added += 1,
                Some(ItemChangeKind::Modified) => difference.modified += 1,
                Some(ItemChangeKind::Deleted) => difference.deleted += 1,
                None if new.is_some() => difference.unchanged += 1,
                None => {}
            }
            Ok(true)
        })?;
        if let Some(key) = key {
            self.store().differences().insert(key, difference);
        }
        Ok(difference)
    }

    /// The items that differ.
    pub fn dataset_changes(
        &self,
        dataset: DatasetId,
        from: &Version,
        to: &Version,
        window: &ChangeWindow,
    ) -> Result<Vec<ItemChange>, Error> {
        let mut changes = Vec::new();
        if window.limit == 0 || window.kinds.is_empty() {
            return Ok(changes);
        }
        let view = |id, seen: &Seen| {
            let Some((_, value)) = seen else { return Ok::<_, Error>(None) };
            let item: Option<Item> = rows::read(value)?;
            Ok(item.map(|item| ItemView { id, dataset_id: dataset, item }))
        };
        self.walk_both(dataset, (from, to), window.after, |id, old, new| {
            if let Some(kind) = change(old, new).filter(|kind| window.kinds.contains(kind)) {
                changes.push(ItemChange { id, kind, old: view(id, old)?, new: view(id, new)? });
            }
            Ok(changes.len() < window.limit)
        })?;
        Ok(changes)
    }

    /// Visits the items of either of two versions, newest id first, until told to stop.
    fn walk_both(
        &self,
        dataset: DatasetId,
        (from, to): (&Version, &Version),
        below: Option<DatasetItemId>,
        mut visit: impl FnMut(DatasetItemId, &Seen, &Seen) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let start = rows::dataset_items(dataset);
        let end = rows::dataset_items_below(dataset, below);
        let mut current: Option<(DatasetItemId, Option<Seen>, Option<Seen>)> = None;
        // What is no more in a version has a revision there that says so.
        let there = |value: &UserValue| value.first().is_some_and(|tag| *tag == 1);
        for guard in self.snapshot().range(self.rows(), start..end).rev() {
            let (key, value) = guard.into_inner()?;
            let Some((id, number)) = rows::revision_of(&key) else { continue };
            if let Some((last, old, new)) = current.take_if(|(last, ..)| *last != id)
                && !visit(last, &old.flatten(), &new.flatten())?
            {
                return Ok(());
            }
            let (_, old, new) = current.get_or_insert((id, None, None));
            for (seen, version) in [(old, from), (new, to)] {
                if seen.is_none() && version.descends_from(number) {
                    *seen = Some(there(&value).then(|| (number, value.clone())));
                }
            }
        }
        if let Some((last, old, new)) = current {
            visit(last, &old.flatten(), &new.flatten())?;
        }
        Ok(())
    }
}

fn change(old: &Seen, new: &Seen) -> Option<ItemChangeKind> {
    match (old, new) {
        (None, None) => None,
        (None, Some(_)) => Some(ItemChangeKind::Added),
        (Some(_), None) => Some(ItemChangeKind::Deleted),
        (Some((old, _)), Some((new, _))) => (old != new).then_some(ItemChangeKind::Modified),
    }
}
