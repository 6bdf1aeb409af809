//! Aggregations as they are asked for and answered: counts, sums, means and percentiles by time and by group.
//! How the columns index computes them is not here.

pub mod facets;
pub mod figures;
mod summary;
pub mod table;

use std::num::NonZeroU64;

use cairn_core::query::Field;
use cairn_core::time::Timestamp;

pub use self::summary::Summary;
use crate::view::Part;

/// What is computed of the things that match.
#[derive(Clone, Debug, Default)]
pub struct Aggregation {
    pub measures: Vec<Measure>,
    pub bucket: Option<Bucket>,
    /// Up to `AGGREGATE_DIMENSIONS_MAX` fields. A list counts under each of its elements.
    pub by: Vec<Field>,
}

/// A number that things have, summed up over each group.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    pub quantity: Quantity,
    /// Percentiles need all values of a group at once; other figures do not.
    pub percentiles: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Quantity {
    /// The value of a number, a duration, or 1 where a truth holds.
    Of(Field),
    /// 1 where the body is not empty.
    Filled(Part),
    /// How many tags there are, 0 without any.
    TagCount,
}

/// Time cut into pieces of one width. Pieces of hours, days and weeks begin with those in UTC; weeks on Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bucket {
    pub clock: Clock,
    pub width_ms: NonZeroU64,
}

/// Which time of a thing counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The time within the id, by which lists are cut into windows.
    Id,
    StartTime,
    EndTime,
    CreatedAt,
    LastUpdatedAt,
}

#[derive(Clone, Debug, Default)]
pub struct Aggregated {
    /// In the order of buckets, then by count, the largest first.
    pub groups: Vec<Group>,
    /// Whether there were more values or groups than are told apart; `Key::Others` counts what is not.
    pub truncated: bool,
}

#[derive(Clone, Debug)]
pub struct Group {
    /// When the bucket begins. Without a bucket, and for things without that time, `None`.
    pub at: Option<Timestamp>,
    pub by: Vec<Key>,
    pub count: u64,
    /// One for every measure that was asked for, in their order.
    pub summaries: Vec<Summary>,
}

/// The value of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Value(String),
    /// The thing has none, or one that cannot be grouped by: a list or object within metadata, or a very long text.
    Missing,
    Others,
}

/// What things are measured in under keys of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keyed {
    Usage,
    /// Names of scores as they were written.
    Scores,
    /// Fields of metadata, as the query language writes them.
    Metadata,
    /// Of the scores of the spans of traces.
    SpanScores,
    Guardrails,
}

impl Aggregation {
    /// All fields whose values count.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &Field> {
        let measured = self.measures.iter().filter_map(|measure| match &measure.quantity {
            Quantity::Of(field) => Some(field),
            Quantity::Filled(_) | Quantity::TagCount => None,
        });
        measured.chain(&self.by)
    }
}

impl Measure {
    pub const fn of(field: Field) -> Self {
        Self { quantity: Quantity::Of(field), percentiles: false }
    }

    #[must_use]
    pub fn with_percentiles(self) -> Self {
        Self { percentiles: true, ..self }
    }
}

/// A Monday, so that weeks begin on one; days and hours fall in with it.
const MONDAY_MS: i64 = 4 * 24 * 3_600_000;

impl Bucket {
    /// When the bucket of a time begins.
    pub fn start(&self, time: Timestamp) -> Timestamp {
        let width = i64::try_from(self.width_ms.get()).unwrap_or(i64::MAX);
        let number = (time.as_millis() - MONDAY_MS).div_euclid(width);
        Timestamp::from_millis(number.saturating_mul(width).saturating_add(MONDAY_MS))
    }

    /// When the buckets begin that a range of time touches, its end excluded; at most `count_max` of them.
    pub fn starts(&self, from: Timestamp, to: Timestamp, count_max: usize) -> Vec<Timestamp> {
        let width = i64::try_from(self.width_ms.get()).unwrap_or(i64::MAX);
        let next = |at: &Timestamp| Some(Timestamp::from_millis(at.as_millis().saturating_add(width)));
        let starts = std::iter::successors(Some(self.start(from)), next);
        starts.take_while(|at| *at < to).take(count_max).collect()
    }
}

impl Aggregated {
    /// What two aggregations of different things by the same measures come to.
    #[must_use]
    pub(crate) fn together_with(mut self, other: Self) -> Self {
        use std::collections::HashMap;
        let place = |group: &Group| (group.at, group.by.clone());
        let mut places: HashMap<_, usize> =
            self.groups.iter().enumerate().map(|(at, group)| (place(group), at)).collect();
        for group in other.groups {
            let known = places.get(&place(&group)).copied();
            if let Some(mine) = known.and_then(|at| self.groups.get_mut(at)) {
                mine.absorb(group);
            } else {
                places.insert(place(&group), self.groups.len());
                self.groups.push(group);
            }
        }
        self.truncated |= other.truncated;
        self.sort();
        self
    }

    /// The groups with the most things across all buckets; what the others hold is put together.
    #[must_use]
    pub fn largest(mut self, groups_max: usize) -> Self {
        use std::collections::{HashMap, HashSet};
        let mut counts: HashMap<Vec<Key>, u64> = HashMap::new();
        for group in &self.groups {
            *counts.entry(group.by.clone()).or_default() += group.count;
        }
        let is_others = |by: &[Key]| by.contains(&Key::Others);
        let mut ranked: Vec<_> = counts.into_iter().filter(|(by, _)| !is_others(by)).collect();
        if ranked.len() <= groups_max {
            return self;
        }
        ranked.sort_unstable_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        let kept: HashSet<_> = ranked.into_iter().take(groups_max).map(|(by, _)| by).collect();
        let mut others: HashMap<Option<Timestamp>, Group> = HashMap::new();
        let mut groups = Vec::new();
        for group in self.groups {
            if kept.contains(&group.by) {
                groups.push(group);
            } else if let Some(together) = others.get_mut(&group.at) {
                together.absorb(group);
            } else {
                let by = vec![Key::Others; group.by.len()];
                others.insert(group.at, Group { by, ..group });
            }
        }
        groups.extend(others.into_values());
        self.groups = groups;
        self.truncated = true;
        self.sort();
        self
    }

    pub(crate) fn sort(&mut self) {
        let place = |group: &Group| (group.at, group.by.contains(&Key::Others));
        self.groups.sort_unstable_by(|one, other| {
            let by_count = other.count.cmp(&one.count).then_with(|| one.by.cmp(&other.by));
            place(one).cmp(&place(other)).then(by_count)
        });
    }
}

impl Group {
    fn absorb(&mut self, other: Self) {
        self.count += other.count;
        for (mine, theirs) in self.summaries.iter_mut().zip(other.summaries) {
            mine.absorb(theirs);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(width_ms: u64) -> Bucket {
        Bucket { clock: Clock::StartTime, width_ms: NonZeroU64::new(width_ms).unwrap() }
    }

    #[test]
    fn weeks_begin_on_monday_and_days_and_hours_at_their_own_start() {
        let time = Timestamp::parse("2026-03-04T05:06:07.123Z").unwrap();
        for (width_ms, start) in [
            (3_600_000, "2026-03-04T05:00:00Z"),
            (86_400_000, "2026-03-04T00:00:00Z"),
            (7 * 86_400_000, "2026-03-02T00:00:00Z"),
        ] {
            assert_eq!(bucket(width_ms).start(time).to_string(), start);
        }
        assert_eq!(bucket(7 * 86_400_000).start(Timestamp::EPOCH).as_millis(), -3 * 86_400_000);
    }

    #[test]
    fn a_range_has_a_bucket_for_every_piece_of_time_that_it_touches() {
        let at = |text| Timestamp::parse(text).unwrap();
        let starts = bucket(3_600_000).starts(at("2026-03-04T05:30:00Z"), at("2026-03-04T08:00:00Z"), 10);
        let shown: Vec<_> = starts.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["2026-03-04T05:00:00Z", "2026-03-04T06:00:00Z", "2026-03-04T07:00:00Z"]);
    }
}
