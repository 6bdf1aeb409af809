//! Items of datasets. Their data is read only when it is selected, all of a page together.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, Object};
use cairn_actors::failure::Failure;
use cairn_core::access::DatasetRead;
use cairn_core::datasets::versions::Version;
use cairn_core::datasets::{self, items};
use cairn_core::ids::{DatasetId, DatasetItemId, DatasetVersionId, Position};
use cairn_core::json::Json;
use cairn_core::limits::{GRAPHQL_BODIES_BYTES_MAX, PREVIEW_CHARS_MAX};
use cairn_core::merge::BodyRef;
use cairn_core::query::{Field, Predicate, Query};
use cairn_core::time;
use cairn_storage::datasets::reading::{ITEMS, ItemPage, ItemView, ItemWindow};
use cairn_storage::index::{Cursor, SortValue};
use cairn_storage::reader::Reader;

use super::Dataset;
use super::versions::{ExecutionPolicy, text};
use crate::bodies::too_large;
use crate::connection::{Found, page_size};
use crate::cursor;
use crate::error::{Problem, Result};
use crate::preview::preview;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};

const LIST: &str = "dataset items";

pub(crate) struct DatasetItem(pub(crate) ItemView);

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "items::Origin")]
pub(crate) enum DatasetItemSource {
    Manual,
    Trace,
    Span,
    Sdk,
}

#[Object]
impl DatasetItem {
    /// The same in every version.
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn dataset_id(&self) -> ID {
        self.0.dataset_id.into()
    }

    #[graphql(complexity = "5 + child_complexity")]
    async fn dataset(&self, context: &Context<'_>) -> Result<Option<Dataset>> {
        Ok(loader(context)?.load_one(self.0.dataset_id).await?.map(Dataset))
    }

    /// A JSON object.
    #[graphql(complexity = 10)]
    async fn data(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        Ok(loader(context)?.load_one(DataKey(self.0.item.data)).await?.map(JsonText))
    }

    /// The first characters of the data as plain text, for lists.
    #[graphql(complexity = 10)]
    async fn preview(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "200")] chars: usize,
    ) -> Result<Option<String>> {
        if chars > PREVIEW_CHARS_MAX {
            return Err(Problem::invalid(format!("`chars` must be between 0 and {PREVIEW_CHARS_MAX}")));
        }
        let data = loader(context)?.load_one(DataKey(self.0.item.data)).await?;
        Ok(data.and_then(|data| preview(&data, chars)))
    }

    async fn source(&self) -> DatasetItemSource {
        self.0.item.about.origin.into()
    }

    async fn trace_id(&self) -> Option<ID> {
        self.0.item.about.trace_id.map(ID::from)
    }

    async fn span_id(&self) -> Option<ID> {
        self.0.item.about.span_id.map(ID::from)
    }

    async fn description(&self) -> Option<&str> {
        self.0.item.about.description.as_deref()
    }

    async fn tags(&self) -> &[String] {
        &self.0.item.about.tags
    }

    /// What is asked of its outcome beside what its version asks: a JSON array.
    async fn evaluators(&self) -> Option<JsonText> {
        text(self.0.item.about.evaluators.as_deref())
    }

    async fn execution_policy(&self) -> Option<ExecutionPolicy> {
        self.0.item.about.policy.map(ExecutionPolicy::from)
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.item.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.item.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.0.item.last_updated_at)
    }

    async fn last_updated_by(&self) -> &str {
        &self.0.item.last_updated_by
    }
}

/// Which items of a version are asked for.
pub(super) struct ItemsAsked {
    query: Query,
    first: usize,
    window: ItemWindow,
}

impl ItemsAsked {
    pub(super) fn new(
        first: Option<i32>,
        after: Option<String>,
        filter: Option<String>,
        search: Option<String>,
        count: bool,
        now: time::Timestamp,
    ) -> Result<Self> {
        let mut parts = vec![Query::parse_own(&ITEMS, filter.as_deref().unwrap_or_default(), now)?];
        let search = search.filter(|search| !search.is_empty());
        parts.extend(
            search.map(|search| {
                Query::term(Field::Own("full_data"), Predicate::Contains(search.to_lowercase()))
            }),
        );
        let first = page_size(first)?;
        let after = after.map(|after| cursor::decode(LIST, &after)).transpose()?;
        let after = after.map(|after| DatasetItemId::known(after.id));
        // One more than is shown tells whether there is a next page.
        let window = ItemWindow { after, offset: 0, limit: first + 1, count };
        Ok(Self { query: Query::And(parts).simplified(), first, window })
    }

    pub(super) fn read(
        self,
        reader: &Reader,
        dataset: &datasets::Dataset,
        version: Option<&Version>,
    ) -> std::result::Result<Found<ItemView>, Failure> {
        let page = match version {
            Some(version) => reader.dataset_items_matching(dataset, version, &self.query, &self.window)?,
            None => ItemPage::default(),
        };
        let placed = page
            .items
            .into_iter()
            .map(|view| (Cursor { value: SortValue::Id, id: view.id.uuid() }, view))
            .collect();
        Ok(Found::within(placed, LIST, self.first, self.window.after.is_some(), page.total))
    }
}

#[derive(Default)]
pub(crate) struct DatasetItemQueries;

#[Object]
impl DatasetItemQueries {
    /// An item as the newest version of its dataset has it.
    async fn dataset_item(&self, context: &Context<'_>, id: ID) -> Result<Option<DatasetItem>> {
        let id = DatasetItemId::known(uuid(&id)?);
        let read = session(context)?.read::<DatasetRead, _>(move |reader| Ok(reader.dataset_item(id)?));
        Ok(read.await?.map(DatasetItem))
    }
}

/// The data that an event holds.
#[derive(Clone, Copy)]
struct DataKey(BodyRef);

impl PartialEq for DataKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.position == other.0.position
    }
}

impl Eq for DataKey {}

impl std::hash::Hash for DataKey {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.position.hash(state);
    }
}

impl Loader<DataKey> for Session {
    type Value = Json;
    type Error = Failure;

    async fn load(&self, keys: &[DataKey]) -> std::result::Result<HashMap<DataKey, Json>, Failure> {
        let bytes: u64 = keys.iter().map(|key| u64::from(key.0.bytes)).sum();
        if bytes > GRAPHQL_BODIES_BYTES_MAX && keys.len() > 1 {
            return Err(too_large(bytes).into());
        }
        let mut keys = keys.to_vec();
        // What lies together in the log is read together.
        keys.sort_unstable_by_key(|key| -> Position { key.0.position });
        self.read::<DatasetRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                found.extend(reader.bodies().data(&key.0)?.map(|data| (key, data)));
            }
            Ok(found)
        })
        .await
    }
}

/// An item as an experiment ran it: as its version had it, or else as any version last had it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ItemKey {
    pub(crate) dataset: DatasetId,
    pub(crate) version: Option<DatasetVersionId>,
    pub(crate) item: DatasetItemId,
}

impl Loader<ItemKey> for Session {
    type Value = ItemView;
    type Error = Failure;

    async fn load(&self, keys: &[ItemKey]) -> std::result::Result<HashMap<ItemKey, ItemView>, Failure> {
        let keys = keys.to_vec();
        self.read::<DatasetRead, _>(move |reader| {
            let mut versions: HashMap<(DatasetId, DatasetVersionId), Option<Version>> = HashMap::new();
            let mut found = HashMap::with_capacity(keys.len());
            for key in keys {
                let mut view = None;
                if let Some(id) = key.version {
                    let place = (key.dataset, id);
                    let version = match versions.entry(place) {
                        Entry::Occupied(known) => known.into_mut(),
                        Entry::Vacant(new) => new.insert(reader.dataset_version_by_id(key.dataset, id)?),
                    };
                    if let Some(version) = version {
                        view = reader.dataset_item_at(key.dataset, version, key.item)?;
                    }
                }
                if view.is_none() {
                    view = reader.dataset_item_last(key.dataset, key.item)?;
                }
                found.extend(view.map(|view| (key, view)));
            }
            Ok(found)
        })
        .await
    }
}
