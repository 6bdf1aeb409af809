//! The figures of one set of numbers, gathered value by value and put together from parts.

use std::fmt;

use sketches_ddsketch::{Config, DDSketch};

/// How many values there were, what they add up to, and where they lie.
#[derive(Clone)]
pub struct Summary {
    count: u64,
    sum: f64,
    /// What the sum lost to rounding.
    lost: f64,
    min: f64,
    max: f64,
    sample: Sample,
}

#[derive(Clone)]
enum Sample {
    NotWanted,
    /// All values, in no order.
    Exact(Vec<f64>),
    Sketch(Box<DDSketch>),
}

impl fmt::Debug for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, sum) = (self.count, self.sum());
        f.debug_struct("Summary").field("count", &count).field("sum", &sum).finish_non_exhaustive()
    }
}

impl Summary {
    pub(crate) fn new(percentiles: bool) -> Self {
        let sample = if percentiles { Sample::Exact(Vec::new()) } else { Sample::NotWanted };
        Self { count: 0, sum: 0.0, lost: 0.0, min: f64::INFINITY, max: f64::NEG_INFINITY, sample }
    }

    pub(crate) fn add(&mut self, value: f64) {
        self.count += 1;
        self.add_to_sum(value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
        match &mut self.sample {
            Sample::NotWanted => {}
            Sample::Exact(values) => values.push(value),
            Sample::Sketch(sketch) => sketch.add(value),
        }
    }

    /// Neumaier's sum: as exact as if it were computed in twice the precision.
    fn add_to_sum(&mut self, value: f64) {
        let sum = self.sum + value;
        self.lost +=
            if self.sum.abs() >= value.abs() { (self.sum - sum) + value } else { (value - sum) + self.sum };
        self.sum = sum;
    }

    pub(crate) fn absorb(&mut self, other: Self) {
        self.count += other.count;
        self.add_to_sum(other.sum);
        self.lost += other.lost;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        if matches!(other.sample, Sample::Sketch(_)) {
            self.forget_values();
        }
        match (&mut self.sample, other.sample) {
            (Sample::Exact(values), Sample::Exact(mut others)) => values.append(&mut others),
            (Sample::Sketch(sketch), Sample::Exact(others)) => {
                for value in others {
                    sketch.add(value);
                }
            }
            (Sample::Sketch(sketch), Sample::Sketch(other)) => {
                // Both have the one configuration of `sketch`, and nothing else can go wrong.
                let _ = sketch.merge(&other);
            }
            (Sample::NotWanted, _) | (_, Sample::NotWanted | Sample::Sketch(_)) => {}
        }
    }

    /// Keeps only the shape of the values from now on: bounded memory, percentiles within 1 percent.
    pub(crate) fn forget_values(&mut self) {
        if let Sample::Exact(values) = &mut self.sample {
            let mut sketch = DDSketch::new(Config::defaults());
            for value in &*values {
                sketch.add(*value);
            }
            self.sample = Sample::Sketch(Box::new(sketch));
        }
    }

    /// How many things have a value.
    pub const fn count(&self) -> u64 {
        self.count
    }

    pub fn sum(&self) -> f64 {
        self.sum + self.lost
    }

    #[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^53 things")]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum() / self.count as f64)
    }

    pub fn min(&self) -> Option<f64> {
        (self.count > 0).then_some(self.min)
    }

    pub fn max(&self) -> Option<f64> {
        (self.count > 0).then_some(self.max)
    }

    /// Whether percentiles come from a sketch, within 1 percent of the value.
    pub const fn is_approximate(&self) -> bool {
        matches!(self.sample, Sample::Sketch(_))
    }

    /// The values below which such shares of all lie, from 0 to 1, in ascending order of shares; between two values
    /// it is as far along as the share. `None` without values, or if percentiles were not asked for.
    pub fn percentiles<const N: usize>(&mut self, shares: [f64; N]) -> Option<[f64; N]> {
        match &mut self.sample {
            Sample::NotWanted => None,
            Sample::Exact(values) if values.is_empty() => None,
            Sample::Exact(values) => Some(shares.map(|share| interpolated(values, share))),
            Sample::Sketch(sketch) => {
                let mut found = [0.0; N];
                for (found, share) in found.iter_mut().zip(shares) {
                    *found = sketch.quantile(share).ok().flatten()?.clamp(self.min, self.max);
                }
                Some(found)
            }
        }
    }
}

/// Linear between the two values around the place of the share.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "places in a vector that fits memory"
)]
fn interpolated(values: &mut [f64], share: f64) -> f64 {
    let place = share.clamp(0.0, 1.0) * values.len().saturating_sub(1) as f64;
    let (_, low, above) = values.select_nth_unstable_by(place.floor() as usize, f64::total_cmp);
    let low = *low;
    let part = place.fract();
    if part == 0.0 {
        return low;
    }
    let high = above.iter().copied().fold(f64::INFINITY, f64::min);
    low + (high - low) * part
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(values: &[f64]) -> Summary {
        let mut summary = Summary::new(true);
        for value in values {
            summary.add(*value);
        }
        summary
    }

    #[test]
    fn percentiles_lie_between_the_values_around_them() {
        assert_eq!(of(&[4.0, 1.0, 3.0, 2.0]).percentiles([0.0, 0.5, 0.9, 1.0]), Some([1.0, 2.5, 3.7, 4.0]));
        assert_eq!(of(&[7.0]).percentiles([0.5, 0.99]), Some([7.0, 7.0]));
        assert_eq!(of(&[]).percentiles([0.5]), None);
        assert_eq!(Summary::new(false).percentiles([0.5]), None);
    }

    #[test]
    fn a_sum_does_not_drift() {
        let mut summary = of(&[1e16]);
        (0..1_000).for_each(|_| summary.add(1.0));
        summary.add(-1e16);
        assert!((summary.sum() - 1_000.0).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn a_sketch_is_within_one_percent_however_it_is_put_together(
            values in proptest::collection::vec(0.01_f64..1e6, 1..300), cut in 0_usize..300
        ) {
            let (one, other) = values.split_at(cut.min(values.len()));
            let mut sketched = of(one);
            sketched.forget_values();
            sketched.absorb(of(other));
            prop_assert!(sketched.is_approximate());
            let mut sorted = values.clone();
            sorted.sort_unstable_by(f64::total_cmp);
            let [found] = sketched.percentiles([0.5]).unwrap();
            let near = |value: &f64| (value - found).abs() <= value * 0.0101;
            let middle = sorted.len() / 2;
            prop_assert!(sorted[middle.saturating_sub(1)..=middle].iter().any(near), "{found}");
            prop_assert_eq!(sketched.count(), values.len() as u64);
        }
    }
}
