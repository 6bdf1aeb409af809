//! Datasets as they are read: versions by whatever they are called, pages of items.

use std::borrow::Cow;
use std::sync::Arc;

use cairn_core::datasets::exports::Export;
use cairn_core::datasets::items::Item;
use cairn_core::datasets::versions::{LATEST, Version};
use cairn_core::datasets::{Dataset, State};
use cairn_core::ids::{DatasetExportId, DatasetId, DatasetItemId, DatasetVersionId};
use cairn_core::json::Json;
use cairn_core::limits::DATASET_PAGE_STRIDE;
use cairn_core::query::opik::Type;
use cairn_core::query::own::Own;
use cairn_core::query::{Entity, Field, Query, Subject, Value};
use cairn_core::time::Timestamp;
use fjall::Readable;

use crate::datasets::VersionName;
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;
use crate::view::Bodies;

/// An item as a version has it.
#[derive(Clone, Debug)]
pub struct ItemView {
    pub id: DatasetItemId,
    pub dataset_id: DatasetId,
    pub item: Item,
}

/// Which items of a version are wanted, newest id first.
#[derive(Clone, Copy, Debug, Default)]
pub struct ItemWindow {
    /// Only items with smaller ids.
    pub after: Option<DatasetItemId>,
    pub offset: usize,
    pub limit: usize,
    /// Whether all that match are counted.
    pub count: bool,
}

#[derive(Clone, Debug, Default)]
pub struct ItemPage {
    pub items: Vec<ItemView>,
    pub total: usize,
}

/// A condition on an item.
pub type Condition<'a> = dyn Fn(&ItemView) -> Result<bool, Error> + 'a;

/// The ids at which pages of a version begin: of every so many items the first.
pub(crate) type PageIndex = Arc<Vec<DatasetItemId>>;
/// A version with the items that it had at some revision.
pub(crate) type PageIndexKey = (DatasetId, u32, u64);
impl Reader {
    /// All datasets of the workspace.
    pub fn datasets(&self) -> Result<State, Error> {
        let mut state = State::default();
        for guard in self.snapshot().prefix(self.rows(), rows::datasets()) {
            let (_, value) = guard.into_inner()?;
            state.load(rows::read(&value)?);
        }
        Ok(state)
    }

    pub fn dataset(&self, id: DatasetId) -> Result<Option<Dataset>, Error> {
        self.row(rows::dataset(id))
    }

    /// The versions of a dataset, newest first.
    pub fn dataset_versions(
        &self,
        id: DatasetId,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<Version>, Error> {
        self.dataset_versions_newest(id).skip(offset).take(limit).collect()
    }

    /// All of them, newest first, each read when it is asked for.
    pub(crate) fn dataset_versions_newest(
        &self,
        id: DatasetId,
    ) -> impl Iterator<Item = Result<Version, Error>> {
        let stored = self.snapshot().prefix(self.rows(), rows::dataset_versions(id)).rev();
        stored.map(|guard| rows::read(&guard.into_inner()?.1))
    }

    pub fn dataset_version(&self, id: DatasetId, number: u32) -> Result<Option<Version>, Error> {
        self.row(rows::dataset_version(id, number))
    }

    /// The version that somebody calls by its tag, its hash or its id.
    pub fn dataset_version_called(
        &self,
        dataset: &Dataset,
        reference: &str,
    ) -> Result<Option<Version>, Error> {
        if reference == LATEST {
            return self.dataset_version(dataset.id, dataset.latest);
        }
        let mut names = vec![VersionName::Tag(reference), VersionName::Hash(reference)];
        names.extend(uuid::Uuid::parse_str(reference).ok().map(VersionName::Id));
        for name in names {
            if let Some(number) = self.row::<u32>(name.key(dataset.id))? {
                return self.dataset_version(dataset.id, number);
            }
        }
        Ok(None)
    }

    /// An item as the newest version of its dataset has it.
    pub fn dataset_item(&self, id: DatasetItemId) -> Result<Option<ItemView>, Error> {
        let Some(dataset_id) = self.row::<DatasetId>(rows::dataset_item_place(id))? else { return Ok(None) };
        let Some(dataset) = self.dataset(dataset_id)? else { return Ok(None) };
        let Some(version) = self.dataset_version(dataset_id, dataset.latest)? else { return Ok(None) };
        self.dataset_item_at(dataset_id, &version, id)
    }

    /// An item as a version has it, also of a dataset that is gone.
    pub fn dataset_item_at(
        &self,
        dataset_id: DatasetId,
        version: &Version,
        id: DatasetItemId,
    ) -> Result<Option<ItemView>, Error> {
        for guard in self.snapshot().prefix(self.rows(), rows::dataset_item_revisions(dataset_id, id)).rev() {
            let (key, value) = guard.into_inner()?;
            if rows::revision_of(&key).is_some_and(|(_, number)| version.descends_from(number)) {
                let item: Option<Item> = rows::read(&value)?;
                return Ok(item.map(|item| ItemView { id, dataset_id, item }));
            }
        }
        Ok(None)
    }

    /// An item as it was last, in whichever version.
    pub fn dataset_item_last(
        &self,
        dataset_id: DatasetId,
        id: DatasetItemId,
    ) -> Result<Option<ItemView>, Error> {
        Ok(self.dataset_item_written(dataset_id, id)?.map(|(_, item)| item))
    }

    /// The number of the newest version that wrote an item, and the item as it wrote it.
    pub(crate) fn dataset_item_written(
        &self,
        dataset_id: DatasetId,
        id: DatasetItemId,
    ) -> Result<Option<(u32, ItemView)>, Error> {
        for guard in self.snapshot().prefix(self.rows(), rows::dataset_item_revisions(dataset_id, id)).rev() {
            let (key, value) = guard.into_inner()?;
            let item: Option<Item> = rows::read(&value)?;
            if let (Some((_, number)), Some(item)) = (rows::revision_of(&key), item) {
                return Ok(Some((number, ItemView { id, dataset_id, item })));
            }
        }
        Ok(None)
    }

    pub fn dataset_version_by_id(
        &self,
        dataset_id: DatasetId,
        id: DatasetVersionId,
    ) -> Result<Option<Version>, Error> {
        match self.row::<u32>(VersionName::Id(id.uuid()).key(dataset_id))? {
            Some(number) => self.dataset_version(dataset_id, number),
            None => Ok(None),
        }
    }

    /// An export that can still be fetched.
    pub fn dataset_export(&self, id: DatasetExportId, now: Timestamp) -> Result<Option<Export>, Error> {
        let export: Option<Export> = self.row(rows::dataset_export(id))?;
        Ok(export.filter(|export| !export.is_expired(now)))
    }

    /// The exports that can still be fetched, newest first, those older than `after`.
    pub fn dataset_exports(
        &self,
        now: Timestamp,
        after: Option<DatasetExportId>,
        limit: usize,
    ) -> Result<Vec<Export>, Error> {
        let mut exports = Vec::new();
        let end = rows::dataset_export(after.unwrap_or_else(|| DatasetExportId::known(uuid::Uuid::max())));
        for guard in self.snapshot().range(self.rows(), rows::dataset_exports()..end).rev().take(limit) {
            let export: Export = rows::read(&guard.into_inner()?.1)?;
            // Their ids begin with their time.
            if export.is_expired(now) {
                break;
            }
            exports.push(export);
        }
        Ok(exports)
    }

    pub fn dataset_export_count(&self, now: Timestamp) -> Result<usize, Error> {
        let mut count = 0;
        for guard in self.snapshot().prefix(self.rows(), rows::dataset_exports()).rev() {
            let export: Export = rows::read(&guard.into_inner()?.1)?;
            if export.is_expired(now) {
                break;
            }
            count += 1;
        }
        Ok(count)
    }

    /// A window of the items of a version that satisfy a condition, newest id first. Without a condition the total is
    /// the version's own count and a far page is found through the index of pages.
    pub fn dataset_items(
        &self,
        dataset: &Dataset,
        version: &Version,
        matches: Option<&Condition<'_>>,
        window: &ItemWindow,
    ) -> Result<ItemPage, Error> {
        let all = usize::try_from(version.counts.total).unwrap_or_default();
        let mut page = ItemPage { items: Vec::new(), total: if matches.is_none() { all } else { 0 } };
        if matches.is_none() && window.offset >= all && window.after.is_none() {
            return Ok(page);
        }
        let (mut below, mut skip) = (window.after, window.offset);
        if matches.is_none() && below.is_none() && skip >= DATASET_PAGE_STRIDE {
            let index = self.dataset_page_index(dataset, version)?;
            let stride = (skip / DATASET_PAGE_STRIDE).min(index.len());
            below = stride.checked_sub(1).and_then(|at| index.get(at)).copied();
            skip -= stride * DATASET_PAGE_STRIDE;
        }
        self.walk_items(dataset.id, version, below, |id, value| {
            let full = page.items.len() >= window.limit;
            if full && !(window.count && matches.is_some()) {
                return Ok(false);
            }
            if matches.is_none() && skip > 0 {
                skip -= 1;
                return Ok(true);
            }
            let item: Option<Item> = rows::read(value)?;
            let Some(item) = item else { return Ok(true) };
            let view = ItemView { id, dataset_id: dataset.id, item };
            if let Some(matches) = matches {
                if !matches(&view)? {
                    return Ok(true);
                }
                page.total += 1;
                if skip > 0 {
                    skip -= 1;
                    return Ok(true);
                }
            }
            if !full {
                page.items.push(view);
            }
            Ok(true)
        })?;
        Ok(page)
    }

    /// As `dataset_items`, of the items that a query is true of.
    pub fn dataset_items_matching(
        &self,
        dataset: &Dataset,
        version: &Version,
        query: &Query,
        window: &ItemWindow,
    ) -> Result<ItemPage, Error> {
        if *query == Query::All {
            return self.dataset_items(dataset, version, None, window);
        }
        let bodies = self.bodies();
        let matches = |view: &ItemView| Ok(query.matches(Entity::Trace, &Asked { view, bodies }));
        self.dataset_items(dataset, version, Some(&matches), window)
    }

    /// The ids of the newest version's items that a query is true of, newest first; `None` if there is no such dataset.
    pub fn dataset_item_ids(
        &self,
        dataset: DatasetId,
        query: &Query,
    ) -> Result<Option<Vec<DatasetItemId>>, Error> {
        let Some(dataset) = self.dataset(dataset)? else { return Ok(None) };
        let Some(version) = self.dataset_version(dataset.id, dataset.latest)? else {
            return Ok(Some(Vec::new()));
        };
        let window = ItemWindow { limit: usize::MAX, ..ItemWindow::default() };
        let page = self.dataset_items_matching(&dataset, &version, query, &window)?;
        Ok(Some(page.items.into_iter().map(|view| view.id).collect()))
    }

    /// The last id of every stride of a version's items.
    fn dataset_page_index(&self, dataset: &Dataset, version: &Version) -> Result<PageIndex, Error> {
        let key: PageIndexKey = (dataset.id, version.number, version.revision);
        if let Some(index) = self.store().page_indexes().get(&key) {
            return Ok(index);
        }
        let (mut index, mut seen) = (Vec::new(), 0_usize);
        self.walk_items(dataset.id, version, None, |id, _| {
            seen += 1;
            if seen.is_multiple_of(DATASET_PAGE_STRIDE) {
                index.push(id);
            }
            Ok(true)
        })?;
        let index = Arc::new(index);
        self.store().page_indexes().insert(key, Arc::clone(&index));
        Ok(index)
    }

    /// Visits all items that a dataset has or ever had, unless it is gone.
    pub(crate) fn each_dataset_item(
        &self,
        id: DatasetId,
        mut visit: impl FnMut(DatasetItemId) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.dataset(id)?.is_none() {
            return Ok(());
        }
        let mut seen = None;
        for guard in self.snapshot().prefix(self.rows(), rows::dataset_items(id)) {
            let revision = rows::revision_of(&guard.key()?);
            if let Some((item, _)) = revision.filter(|(item, _)| seen != Some(*item)) {
                seen = Some(item);
                visit(item)?;
            }
        }
        Ok(())
    }

    /// Visits the items that are there in a version, newest id first, until told to stop.
    fn walk_items(
        &self,
        dataset: DatasetId,
        version: &Version,
        below: Option<DatasetItemId>,
        mut visit: impl FnMut(DatasetItemId, &[u8]) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let start = rows::dataset_items(dataset);
        let end = rows::dataset_items_below(dataset, below);
        let mut settled = None;
        for guard in self.snapshot().range(self.rows(), start..end).rev() {
            let (key, value) = guard.into_inner()?;
            let Some((id, number)) = rows::revision_of(&key) else { continue };
            if settled == Some(id) || !version.descends_from(number) {
                continue;
            }
            settled = Some(id);
            // An option's first byte says whether there is something.
            if value.first().is_some_and(|tag| *tag == 1) && !visit(id, &value)? {
                break;
            }
        }
        Ok(())
    }
}

/// An item as a query sees it. What a condition asks of the data is read from the log.
pub(crate) struct Asked<'a> {
    pub(crate) view: &'a ItemView,
    pub(crate) bodies: &'a Bodies,
}

impl Asked<'_> {
    fn data(&self) -> Option<Json> {
        self.bodies.data(&self.view.item.data).ok().flatten()
    }
}

impl Subject for Asked<'_> {
    fn value(&self, field: &Field) -> Value<'_> {
        let (about, item) = (&self.view.item.about, &self.view.item);
        let text = |text: Option<String>| text.map_or(Value::Missing, |text| Value::Text(text.into()));
        match field {
            Field::Own("id") | Field::Id => text(Some(self.view.id.to_string())),
            Field::Own("source") | Field::Source => text(Some(about.origin.name().to_owned())),
            Field::Own("trace_id") => text(about.trace_id.map(|id| id.to_string())),
            Field::Own("span_id") => text(about.span_id.map(|id| id.to_string())),
            Field::Own("description") => text(about.description.clone()),
            Field::Own("tags") | Field::Tags => {
                Value::List(about.tags.iter().map(|tag| Cow::Borrowed(tag.as_str())).collect())
            }
            Field::Own("created_at") | Field::CreatedAt => Value::Time(item.created_at),
            Field::Own("created_by") | Field::CreatedBy => text(Some(item.created_by.clone())),
            Field::Own("last_updated_at") | Field::LastUpdatedAt => Value::Time(item.last_updated_at),
            Field::Own("last_updated_by") => text(Some(item.last_updated_by.clone())),
            Field::Own("full_data") => text(self.data().map(|data| data.as_str().to_owned())),
            Field::Text => {
                let data = self.data().map(|data| Cow::Owned(data.plain_text(usize::MAX)));
                let others =
                    about.description.iter().chain(&about.tags).map(|text| Cow::Borrowed(text.as_str()));
                Value::List(data.into_iter().chain(others).collect())
            }
            Field::OwnPath("data", path) => self.data().map_or(Value::Missing, |data| path.value_in(&data)),
            _ => Value::Missing,
        }
    }
}

pub const ITEMS: Own = Own { plural: "dataset items", fields: ITEM_FIELDS };

/// What filters can ask of an item.
pub const ITEM_FIELDS: &[(&str, Type)] = &[
    ("id", Type::StringExact),
    ("data", Type::Map),
    ("full_data", Type::String),
    ("source", Type::String),
    ("trace_id", Type::StringExact),
    ("span_id", Type::StringExact),
    ("description", Type::String),
    ("tags", Type::List),
    ("created_at", Type::DateTime),
    ("created_by", Type::String),
    ("last_updated_at", Type::DateTime),
    ("last_updated_by", Type::String),
];
