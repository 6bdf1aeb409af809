//! What was measured, as numbers that can be compared: percentiles of times, in milliseconds.

use std::time::Duration;

use serde::Serialize;

/// Times of one kind of request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    milliseconds: Vec<f64>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Percentiles {
    pub(crate) count: usize,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub(crate) max: f64,
}

impl Times {
    pub(crate) fn add(&mut self, time: Duration) {
        self.milliseconds.push(time.as_secs_f64() * 1_000.0);
    }

    pub(crate) fn extend(&mut self, others: Self) {
        self.milliseconds.extend(others.milliseconds);
    }

    /// By nearest rank; all zero of nothing.
    pub(crate) fn percentiles(mut self) -> Percentiles {
        self.milliseconds.sort_by(f64::total_cmp);
        let count = self.milliseconds.len();
        let at = |per_cent: usize| {
            let rank = (count * per_cent).div_ceil(100).max(1) - 1;
            round(self.milliseconds.get(rank).copied().unwrap_or_default())
        };
        Percentiles { count, p50: at(50), p95: at(95), p99: at(99), max: at(100) }
    }
}

/// To the microsecond: more digits say nothing.
pub(crate) fn round(milliseconds: f64) -> f64 {
    (milliseconds * 1_000.0).round() / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let mut times = Times::default();
        for milliseconds in (1..=200).rev() {
            times.add(Duration::from_millis(milliseconds));
        }
        let percentiles = times.percentiles();
        assert_eq!((percentiles.p50, percentiles.p95, percentiles.p99), (100.0, 190.0, 198.0));
        assert_eq!((percentiles.count, percentiles.max), (200, 200.0));
    }

    #[test]
    fn nothing_measured_is_zero() {
        assert_eq!(Times::default().percentiles().count, 0);
    }
}
