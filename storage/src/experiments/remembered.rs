//! What comparisons came to, kept as long as it is true: until the figures of one of their experiments change. The pages
//! of a comparison are so read one after the other without walking over all runs each time. It is in memory alone.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cairn_core::ids::{DatasetItemId, ExperimentId, Position};
use cairn_core::limits::{COMPARISONS_REMEMBERED_BYTES_MAX, EXPERIMENTS_CHANGED_MAX};
use cairn_core::query::catalogue::SortKey;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::comparing::{Focus, Standings};
use super::reading::RunStatistics;
use crate::error::Error;

/// Experiments, each as it was since a position.
pub(crate) type AsOf = Vec<(ExperimentId, Position)>;
pub(crate) type StandingsKey = (AsOf, usize, Option<Focus>);
/// Experiments, with what is asked of their figures.
pub(crate) type AskedOf = (AsOf, String);

/// About how many comparisons are kept: few, so that each may be large.
const ESTIMATED: usize = 32;

pub(crate) struct Remembered {
    changes: Mutex<Changes>,
    items: Cache<AsOf, Arc<Vec<DatasetItemId>>, ByBytes>,
    standings: Cache<StandingsKey, Arc<Standings>, ByBytes>,
    keys: Cache<AskedOf, Arc<Vec<SortKey>>, ByBytes>,
    statistics: Cache<AskedOf, Arc<RunStatistics>>,
}

/// Since which position each experiment is as it is.
#[derive(Default)]
struct Changes {
    /// Of those that are not listed.
    others: Position,
    listed: HashMap<ExperimentId, Position>,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<AsOf, Arc<Vec<DatasetItemId>>> for ByBytes {
    fn weight(&self, _: &AsOf, items: &Arc<Vec<DatasetItemId>>) -> u64 {
        bytes_of(items.as_slice())
    }
}

impl Weighter<StandingsKey, Arc<Standings>> for ByBytes {
    fn weight(&self, _: &StandingsKey, standings: &Arc<Standings>) -> u64 {
        standings.of.iter().map(|column| bytes_of(column.as_slice())).sum::<u64>() + bytes_of(&standings.rows)
    }
}

impl Weighter<AskedOf, Arc<Vec<SortKey>>> for ByBytes {
    fn weight(&self, _: &AskedOf, keys: &Arc<Vec<SortKey>>) -> u64 {
        bytes_of(keys.as_slice())
    }
}

/// Even what is empty takes some room.
fn bytes_of<T>(rows: &[T]) -> u64 {
    u64::try_from(size_of_val(rows)).unwrap_or(u64::MAX).max(1 << 10)
}

impl Remembered {
    pub(crate) fn new() -> Self {
        Self {
            changes: Mutex::default(),
            items: Cache::with_weighter(ESTIMATED, COMPARISONS_REMEMBERED_BYTES_MAX / 3, ByBytes),
            standings: Cache::with_weighter(ESTIMATED, COMPARISONS_REMEMBERED_BYTES_MAX / 3, ByBytes),
            keys: Cache::with_weighter(ESTIMATED, COMPARISONS_REMEMBERED_BYTES_MAX / 3, ByBytes),
            statistics: Cache::new(ESTIMATED),
        }
    }

    /// The figures of experiments change with the commit that ends at a position. To be told before readers see it.
    pub(crate) fn change(&self, experiments: BTreeSet<ExperimentId>, at: Position) {
        let mut changes = self.changes();
        changes.listed.extend(experiments.into_iter().map(|id| (id, at)));
        if changes.listed.len() > EXPERIMENTS_CHANGED_MAX {
            *changes = Changes { others: at, listed: HashMap::new() };
        }
    }

    /// Any of them may have changed up to a position.
    pub(crate) fn change_all(&self, at: Position) {
        *self.changes() = Changes { others: at, listed: HashMap::new() };
    }

    /// The experiments as a reader at a position sees them; `None` if it sees older ones than there are by now.
    pub(crate) fn as_of(&self, experiments: &[ExperimentId], reader: Position) -> Option<AsOf> {
        let changes = self.changes();
        let since = |id: &ExperimentId| changes.listed.get(id).copied().unwrap_or(changes.others);
        experiments.iter().map(|id| Some((*id, since(id))).filter(|(_, since)| *since <= reader)).collect()
    }

    pub(crate) fn items(
        &self,
        key: Option<&AsOf>,
        find: impl FnOnce() -> Result<Vec<DatasetItemId>, Error>,
    ) -> Result<Arc<Vec<DatasetItemId>>, Error> {
        known_or(&self.items, key, find)
    }

    pub(crate) fn standings(
        &self,
        key: Option<&StandingsKey>,
        compare: impl FnOnce() -> Result<Standings, Error>,
    ) -> Result<Arc<Standings>, Error> {
        known_or(&self.standings, key, compare)
    }

    pub(crate) fn keys(
        &self,
        key: Option<&AskedOf>,
        order: impl FnOnce() -> Result<Vec<SortKey>, Error>,
    ) -> Result<Arc<Vec<SortKey>>, Error> {
        known_or(&self.keys, key, order)
    }

    pub(crate) fn statistics(
        &self,
        key: Option<&AskedOf>,
        add_up: impl FnOnce() -> Result<RunStatistics, Error>,
    ) -> Result<Arc<RunStatistics>, Error> {
        known_or(&self.statistics, key, add_up)
    }

    fn changes(&self) -> MutexGuard<'_, Changes> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What is known, or what is found now; without a key it is not kept.
fn known_or<Key: Clone + Eq + Hash, Found, By: Weighter<Key, Arc<Found>> + Clone>(
    cache: &Cache<Key, Arc<Found>, By>,
    key: Option<&Key>,
    find: impl FnOnce() -> Result<Found, Error>,
) -> Result<Arc<Found>, Error> {
    if let Some(known) = key.and_then(|key| cache.get(key)) {
        return Ok(known);
    }
    let found = Arc::new(find()?);
    if let Some(key) = key {
        cache.insert(key.clone(), Arc::clone(&found));
    }
    Ok(found)
}
