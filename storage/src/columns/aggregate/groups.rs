//! The groups of an aggregation while they grow, bounded in number and in the values that they remember.

use std::collections::HashMap;

use cairn_core::limits::{AGGREGATE_EXACT_VALUES_MAX, AGGREGATE_GROUPS_MAX, AGGREGATE_VALUES_MAX};
use cairn_core::time::Timestamp;

use crate::aggregate::{Aggregated, Aggregation, Group, Key, Summary};

/// A value of a dimension, by number.
pub(super) type KeyId = u32;
pub(super) const MISSING: KeyId = 0;
const OTHERS: KeyId = 1;

/// Where a row belongs: its bucket, and its value in each dimension; dimensions that are not asked for are missing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) at: Option<Timestamp>,
    pub(super) by: [KeyId; 2],
}

pub(super) struct Groups {
    blank: Vec<Summary>,
    dimensions: Vec<Values>,
    slots: HashMap<Place, u32>,
    places: Vec<Place>,
    pub(super) counts: Vec<u64>,
    /// For every measure, the summaries of all groups.
    pub(super) summaries: Vec<Vec<Summary>>,
    exact_values: usize,
    forgetful: bool,
    truncated: bool,
}

/// The distinct values of a dimension.
#[derive(Default)]
pub(super) struct Values {
    ids: HashMap<String, KeyId>,
    names: Vec<String>,
    truncated: bool,
}

impl Values {
    /// Values beyond the bound are all the same.
    pub(super) fn id(&mut self, value: &str) -> KeyId {
        if value.is_empty() {
            return MISSING;
        }
        if let Some(id) = self.ids.get(value) {
            return *id;
        }
        if self.names.len() >= AGGREGATE_VALUES_MAX {
            self.truncated = true;
            return OTHERS;
        }
        self.names.push(value.to_owned());
        let id = KeyId::try_from(self.names.len() + 1).unwrap_or(OTHERS);
        self.ids.insert(value.to_owned(), id);
        id
    }

    fn key(&self, id: KeyId) -> Key {
        match id {
            MISSING => Key::Missing,
            OTHERS => Key::Others,
            id => {
                let name = usize::try_from(id).ok().and_then(|id| self.names.get(id - 2));
                name.map_or(Key::Missing, |name| Key::Value(name.clone()))
            }
        }
    }
}

impl Groups {
    pub(super) fn new(aggregation: &Aggregation) -> Self {
        let blank: Vec<_> =
            aggregation.measures.iter().map(|measure| Summary::new(measure.percentiles)).collect();
        let summaries = blank.iter().map(|_| Vec::new()).collect();
        let dimensions = aggregation.by.iter().map(|_| Values::default()).collect();
        Self {
            blank,
            dimensions,
            slots: HashMap::new(),
            places: Vec::new(),
            counts: Vec::new(),
            summaries,
            exact_values: 0,
            forgetful: false,
            truncated: false,
        }
    }

    pub(super) fn dimensions(&mut self) -> &mut [Values] {
        &mut self.dimensions
    }

    /// The number of the group of a place. When there are too many, a new place is counted among the others.
    pub(super) fn slot(&mut self, place: Place) -> u32 {
        if let Some(slot) = self.slots.get(&place) {
            return *slot;
        }
        let others = Place { at: place.at, by: [OTHERS; 2] };
        if self.places.len() >= AGGREGATE_GROUPS_MAX && place != others && !self.dimensions.is_empty() {
            self.truncated = true;
            return self.slot(others);
        }
        let slot = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.slots.insert(place, slot);
        self.places.push(place);
        self.counts.push(0);
        for (summaries, blank) in self.summaries.iter_mut().zip(&self.blank) {
            let mut summary = blank.clone();
            if self.forgetful {
                summary.forget_values();
            }
            summaries.push(summary);
        }
        slot
    }

    /// Before so many values are added that percentiles must remember: beyond the bound only their shape is kept.
    pub(super) fn expect_values(&mut self, count: usize) {
        self.exact_values = self.exact_values.saturating_add(count);
        if !self.forgetful && self.exact_values > AGGREGATE_EXACT_VALUES_MAX {
            self.forgetful = true;
            self.summaries.iter_mut().flatten().for_each(Summary::forget_values);
        }
    }

    pub(super) fn finish(self) -> Aggregated {
        let mut columns: Vec<_> = self.summaries.into_iter().map(Vec::into_iter).collect();
        let mut groups = Vec::with_capacity(self.places.len());
        for (place, count) in self.places.into_iter().zip(self.counts) {
            let by = self.dimensions.iter().zip(place.by).map(|(values, id)| values.key(id)).collect();
            let summaries = columns.iter_mut().filter_map(Iterator::next).collect();
            groups.push(Group { at: place.at, by, count, summaries });
        }
        let truncated = self.truncated || self.dimensions.iter().any(|values| values.truncated);
        let mut aggregated = Aggregated { groups, truncated };
        aggregated.sort();
        aggregated
    }
}
