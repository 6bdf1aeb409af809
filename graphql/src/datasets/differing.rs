//! How two versions of a dataset differ: how much, and in which items, page by page.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use cairn_core::access::DatasetRead;
use cairn_core::ids::DatasetItemId;
use cairn_storage::datasets::differing::{self, ChangeWindow, Difference, ItemChange};
use cairn_storage::index::{Cursor, SortValue};

use super::items::DatasetItem;
use super::versions::{DatasetVersion, VersionView};
use crate::connection::{Found, Page, page_cost, page_size};
use crate::cursor;
use crate::error::Result;
use crate::session::session;

pub(crate) struct DatasetDiff {
    from: VersionView,
    to: VersionView,
    difference: Difference,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "differing::ItemChangeKind")]
pub(crate) enum DatasetItemChangeKind {
    Added,
    Modified,
    Deleted,
}

/// An item that differs between two versions.
#[derive(SimpleObject)]
pub(crate) struct DatasetItemChange {
    item_id: ID,
    kind: DatasetItemChangeKind,
    /// As the old version has it; null if it was added.
    before: Option<DatasetItem>,
    /// As the new version has it; null if it was deleted.
    after: Option<DatasetItem>,
}

impl From<ItemChange> for DatasetItemChange {
    fn from(change: ItemChange) -> Self {
        Self {
            item_id: change.id.into(),
            kind: change.kind.into(),
            before: change.old.map(DatasetItem),
            after: change.new.map(DatasetItem),
        }
    }
}

impl DatasetDiff {
    pub(super) const fn new(from: VersionView, to: VersionView, difference: Difference) -> Self {
        Self { from, to, difference }
    }
}

#[Object]
impl DatasetDiff {
    async fn from(&self) -> DatasetVersion {
        DatasetVersion(self.from.clone())
    }

    async fn to(&self) -> DatasetVersion {
        DatasetVersion(self.to.clone())
    }

    async fn added_count(&self) -> i64 {
        self.difference.added
    }

    async fn modified_count(&self) -> i64 {
        self.difference.modified
    }

    async fn deleted_count(&self) -> i64 {
        self.difference.deleted
    }

    async fn unchanged_count(&self) -> i64 {
        self.difference.unchanged
    }

    /// The items that differ, newest id first: of some kinds, or of all if left out.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn changes(
        &self,
        context: &Context<'_>,
        kinds: Option<Vec<DatasetItemChangeKind>>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<DatasetItemChange>> {
        let is_wanted =
            |kind: &DatasetItemChangeKind| kinds.as_ref().is_none_or(|kinds| kinds.contains(kind));
        let wanted: Vec<differing::ItemChangeKind> =
            KINDS.into_iter().filter(is_wanted).map(Into::into).collect();
        let (from, to) = (self.from.version.clone(), self.to.version.clone());
        let list = format!("changes from {} to {}, {wanted:?}", from.id, to.id);
        let first = page_size(first)?;
        let after = after.map(|after| cursor::decode(&list, &after)).transpose()?;
        let total: i64 = wanted.iter().map(|kind| self.difference.of_kind(*kind)).sum();
        let total = usize::try_from(total).unwrap_or_default();
        let dataset = self.from.dataset;
        // One more than is shown tells whether there is a next page.
        let window = ChangeWindow {
            kinds: wanted,
            after: after.map(|after| DatasetItemId::known(after.id)),
            limit: first + 1,
        };
        let read = session(context)?.read::<DatasetRead, _>(move |reader| {
            let changes = reader.dataset_changes(dataset, &from, &to, &window)?.into_iter();
            let placed =
                changes.map(|change| (Cursor { value: SortValue::Id, id: change.id.uuid() }, change));
            Ok(Found::within(placed.collect(), &list, first, window.after.is_some(), total))
        });
        Ok(read.await?.into_page(DatasetItemChange::from))
    }
}

const KINDS: [DatasetItemChangeKind; 3] =
    [DatasetItemChangeKind::Added, DatasetItemChangeKind::Modified, DatasetItemChangeKind::Deleted];
