//! What experiments add up to, kept up to date item by item. An item's share is what its trace has to say by now: when
//! that changes, the old share is taken out of the tally and the new one put in. So neither the order in which things
//! arrive matters, nor does any reading walk over all items.

use std::collections::{BTreeMap, BTreeSet};

use cairn_core::experiments::Item;
use cairn_core::feedback::{assertions, merged};
use cairn_core::ids::{CommentId, DatasetItemId, ExperimentId, ExperimentItemId, TraceId};
use fjall::Keyspace;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::rows;
use crate::slots::Slots;
use crate::view::Trace;

/// What one item adds to its experiment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Of the runs of its dataset item, how many must pass.
    pub pass_threshold: u32,
    /// Milliseconds.
    pub duration: Option<f64>,
    pub cost: Decimal,
    pub scores: Vec<(String, Decimal)>,
    pub usage: Vec<(String, i64)>,
    /// Assertions, and whether they passed.
    pub verdicts: Vec<(String, bool)>,
    /// On the trace.
    pub comments: Vec<CommentId>,
}

impl Share {
    /// What a trace has to say; of one that has not arrived, nothing.
    pub(crate) fn of(trace: Option<&Trace>, assertions: &assertions::State) -> Self {
        let Some(trace) = trace else { return Self::default() };
        let scores = merged(&trace.scores).into_iter();
        let verdicts = assertions.verdicts.iter().map(|verdict| &verdict.assertion);
        let verdicts: BTreeMap<_, _> =
            verdicts.map(|assertion| (assertion.name.clone(), assertion.passed)).collect();
        Self {
            pass_threshold: 0,
            duration: trace.duration(),
            cost: trace.sums.cost.normalize(),
            scores: scores.map(|score| (score.name.to_owned(), score.value)).collect(),
            usage: trace.sums.usage.iter().map(|(key, value)| (key.clone(), *value)).collect(),
            verdicts: verdicts.into_iter().collect(),
            comments: trace.comments.iter().map(|comment| comment.id).collect(),
        }
    }

    /// Whether all its assertions passed; `None` without any.
    pub fn passed(&self) -> Option<bool> {
        (!self.verdicts.is_empty()).then(|| self.verdicts.iter().all(|(_, passed)| *passed))
    }
}

/// Values that were added up, and how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Total<N> {
    pub sum: N,
    pub count: u64,
}

/// What the items of an experiment add up to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) items: u64,
    pub(crate) dataset_items: u64,
    /// Dataset items with assertions, and those of them that passed.
    pub(crate) judged: u64,
    pub(crate) passed: u64,
    pub(crate) cost: Decimal,
    pub(crate) scores: BTreeMap<String, Total<Decimal>>,
    pub(crate) usage: BTreeMap<String, Total<i64>>,
    /// How often each passed, of how often it was asked.
    pub(crate) assertions: BTreeMap<String, Total<i64>>,
    /// How many durations there are in each stretch of them; the durations themselves are rows in order.
    pub(crate) durations: BTreeMap<u32, u64>,
    /// How many there are on the traces; the comments themselves are rows in order.
    pub(crate) comments: u64,
}

/// What the runs of one dataset item add up to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Runs {
    total: u64,
    judged: u64,
    passed: u64,
    /// How many runs come with each threshold; the highest counts.
    thresholds: BTreeMap<u32, u64>,
}

/// How the runs of one dataset item went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunSummary {
    pub passed: u64,
    pub total: u64,
    pub is_passed: bool,
}

impl Runs {
    /// `None` while nothing was asserted.
    pub(crate) fn summary(&self) -> Option<RunSummary> {
        let threshold = self.thresholds.keys().next_back().copied().unwrap_or_default().max(1);
        let is_passed = self.passed >= u64::from(threshold);
        (self.judged > 0).then_some(RunSummary { passed: self.passed, total: self.judged, is_passed })
    }

    fn count(&mut self, share: &Share, sign: Sign) {
        sign.count(&mut self.total);
        if let Some(passed) = share.passed() {
            sign.count(&mut self.judged);
            if passed {
                sign.count(&mut self.passed);
            }
        }
        let with = self.thresholds.entry(share.pass_threshold).or_default();
        sign.count(with);
        if *with == 0 {
            self.thresholds.remove(&share.pass_threshold);
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sign {
    Plus,
    Minus,
}

impl Sign {
    const fn count(self, count: &mut u64) {
        *count = match self {
            Self::Plus => count.saturating_add(1),
            Self::Minus => count.saturating_sub(1),
        };
    }

    const fn whole(self, sum: &mut i64, value: i64) {
        *sum = match self {
            Self::Plus => sum.saturating_add(value),
            Self::Minus => sum.saturating_sub(value),
        };
    }

    /// The sum is the same number in the same form, whatever it went through.
    fn decimal(self, sum: &mut Decimal, value: Decimal) {
        *sum = match self {
            Self::Plus => sum.saturating_add(value),
            Self::Minus => sum.saturating_sub(value),
        }
        .normalize();
    }
}

/// Adds to a total of a name, which goes when nothing is left of it.
fn tell<N: Default>(
    totals: &mut BTreeMap<String, Total<N>>,
    name: &str,
    sign: Sign,
    add: impl FnOnce(&mut N),
) {
    let total = match totals.get_mut(name) {
        Some(total) => total,
        None => totals.entry(name.to_owned()).or_default(),
    };
    add(&mut total.sum);
    sign.count(&mut total.count);
    if total.count == 0 {
        totals.remove(name);
    }
}

impl Tally {
    fn count(&mut self, share: &Share, sign: Sign) {
        sign.count(&mut self.items);
        sign.decimal(&mut self.cost, share.cost);
        for (name, value) in &share.scores {
            tell(&mut self.scores, name, sign, |sum| sign.decimal(sum, *value));
        }
        for (key, value) in &share.usage {
            tell(&mut self.usage, key, sign, |sum| sign.whole(sum, *value));
        }
        for (name, passed) in &share.verdicts {
            tell(&mut self.assertions, name, sign, |sum| sign.whole(sum, i64::from(*passed)));
        }
        for _ in &share.comments {
            sign.count(&mut self.comments);
        }
        if let Some(duration) = share.duration {
            let stretch = stretch_of(ordered(duration));
            let count = self.durations.entry(stretch).or_default();
            sign.count(count);
            if *count == 0 {
                self.durations.remove(&stretch);
            }
        }
    }

    fn count_runs(&mut self, runs: &Runs, sign: Sign) {
        if runs.total > 0 {
            sign.count(&mut self.dataset_items);
        }
        if let Some(summary) = runs.summary() {
            sign.count(&mut self.judged);
            if summary.is_passed {
                sign.count(&mut self.passed);
            }
        }
    }
}

/// Bits whose order is that of the numbers.
pub(crate) const fn ordered(number: f64) -> u64 {
    let bits = number.to_bits();
    if bits >> 63 == 0 { bits | (1 << 63) } else { !bits }
}

pub(crate) const fn from_ordered(bits: u64) -> f64 {
    f64::from_bits(if bits >> 63 == 1 { bits & !(1 << 63) } else { !bits })
}

/// Stretches are about 1.5 percent wide: few of them hold many durations.
const STRETCH_BITS: u32 = 46;

const fn stretch_of(ordered: u64) -> u32 {
    // 18 bits are left.
    (ordered >> STRETCH_BITS) as u32
}

/// The first place of a stretch; of the one beyond the last, the last place of all.
pub(crate) fn stretch_start(stretch: u32) -> u64 {
    u64::try_from(u128::from(stretch) << STRETCH_BITS).unwrap_or(u64::MAX)
}

/// Where an item of an experiment lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) experiment: ExperimentId,
    pub(crate) dataset_item: DatasetItemId,
    pub(crate) item: ExperimentItemId,
}

impl Place {
    pub(crate) const fn of(item: &Item) -> Self {
        Self { experiment: item.experiment_id, dataset_item: item.dataset_item_id, item: item.id }
    }
}

/// The rows that experiments' figures are made of.
pub(crate) struct Tallies {
    totals: Slots<Tally>,
    runs: Slots<Runs>,
    shares: Slots<Share>,
    durations: Slots<()>,
    comments: Slots<()>,
    /// By trace, the items that it stands for, by id.
    of_trace: Slots<Vec<Place>>,
    /// Experiments whose figures have changed since somebody asked.
    touched: BTreeSet<ExperimentId>,
}

impl Tallies {
    pub(crate) fn new(keyspace: &Keyspace) -> Self {
        Self {
            totals: Slots::new(keyspace.clone()),
            runs: Slots::new(keyspace.clone()),
            shares: Slots::new(keyspace.clone()),
            durations: Slots::new(keyspace.clone()),
            comments: Slots::new(keyspace.clone()),
            of_trace: Slots::new(keyspace.clone()),
            touched: BTreeSet::new(),
        }
    }

    pub(crate) fn take_touched(&mut self) -> BTreeSet<ExperimentId> {
        std::mem::take(&mut self.touched)
    }

    /// The items that a trace stands for.
    pub(crate) fn places(&mut self, trace: TraceId) -> Result<Vec<Place>, Error> {
        Ok(self.of_trace.get(rows::experiment_of_trace(trace))?.cloned().unwrap_or_default())
    }

    /// Takes an item in, of whose trace nothing is known yet.
    pub(crate) fn enter(&mut self, item: &Item, pass_threshold: u32) -> Result<(), Error> {
        let place = Place::of(item);
        let places = self.of_trace.change(rows::experiment_of_trace(item.trace_id))?.get_or_insert_default();
        if let Err(at) = places.binary_search_by_key(&item.id, |place| place.item) {
            places.insert(at, place);
        }
        self.change(place, None, Some(Share { pass_threshold, ..Share::default() }))
    }

    pub(crate) fn leave(&mut self, item: &Item) -> Result<(), Error> {
        let place = Place::of(item);
        let row = self.of_trace.change(rows::experiment_of_trace(item.trace_id))?;
        if let Some(places) = row {
            places.retain(|known| *known != place);
        }
        row.take_if(|places| places.is_empty());
        let share = self.shares.get(place.share())?.cloned();
        self.change(place, share, None)
    }

    /// Takes account of what a trace has to say by now.
    pub(crate) fn settle(&mut self, place: Place, share: &Share) -> Result<(), Error> {
        let Some(before) = self.shares.get(place.share())?.cloned() else { return Ok(()) };
        let after = Share { pass_threshold: before.pass_threshold, ..share.clone() };
        if before == after {
            return Ok(());
        }
        self.change(place, Some(before), Some(after))
    }

    fn change(&mut self, place: Place, before: Option<Share>, after: Option<Share>) -> Result<(), Error> {
        self.touched.insert(place.experiment);
        let runs_row = self.runs.change(rows::experiment_runs(place.experiment, place.dataset_item))?;
        let runs = runs_row.get_or_insert_default();
        let tally_row = self.totals.change(rows::experiment_tally(place.experiment))?;
        let tally = tally_row.get_or_insert_default();
        tally.count_runs(runs, Sign::Minus);
        for (share, sign) in [(&before, Sign::Minus), (&after, Sign::Plus)] {
            let Some(share) = share else { continue };
            runs.count(share, sign);
            tally.count(share, sign);
        }
        tally.count_runs(runs, Sign::Plus);
        runs_row.take_if(|runs| runs.total == 0);
        tally_row.take_if(|tally| tally.items == 0);
        for (share, there) in [(&before, None), (&after, Some(()))] {
            if let Some(duration) = share.as_ref().and_then(|share| share.duration) {
                let key = rows::experiment_duration(place.experiment, ordered(duration), place.item);
                self.durations.put(key, there);
            }
            for comment in share.iter().flat_map(|share| &share.comments) {
                self.comments.put(rows::experiment_comment(place.experiment, *comment, place.item), there);
            }
        }
        self.shares.put(place.share(), after);
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.totals.flush(batch)?;
        self.runs.flush(batch)?;
        self.shares.flush(batch)?;
        self.durations.flush(batch)?;
        self.comments.flush(batch)?;
        self.of_trace.flush(batch)
    }
}

impl Place {
    fn share(&self) -> rows::Key {
        rows::experiment_by_dataset_item(self.experiment, self.dataset_item, self.item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_bits_is_that_of_the_numbers() {
        let numbers = [-1e9, -2.5, -0.0, 0.0, 1e-3, 1.0, 1.5, 1e12];
        let bits = numbers.map(ordered);
        assert!(bits.is_sorted(), "{bits:?}");
        assert_eq!(bits.map(from_ordered).map(f64::to_bits), numbers.map(f64::to_bits));
        for bits in bits {
            let stretch = stretch_of(bits);
            assert!((stretch_start(stretch)..stretch_start(stretch + 1)).contains(&bits));
        }
    }

    #[test]
    fn a_dataset_item_passes_when_enough_of_its_runs_do() {
        let run = |passed: bool| Share {
            pass_threshold: 2,
            verdicts: vec![("polite".to_owned(), true), ("short".to_owned(), passed)],
            ..Share::default()
        };
        let mut runs = Runs::default();
        assert_eq!(runs.summary(), None);
        runs.count(&run(true), Sign::Plus);
        runs.count(&run(false), Sign::Plus);
        assert_eq!(runs.summary(), Some(RunSummary { passed: 1, total: 2, is_passed: false }));
        runs.count(&run(true), Sign::Plus);
        assert_eq!(runs.summary(), Some(RunSummary { passed: 2, total: 3, is_passed: true }));
        for passed in [true, true, false] {
            runs.count(&run(passed), Sign::Minus);
        }
        assert_eq!(runs, Runs::default());
    }
}
