//! How an experiment compares with another: per measure its mean with an interval, and what got better or worse.
//!
//! Intervals cover 95 percent. That of a mean is Student's; that of the difference of two means is Welch's, which takes
//! the variances as they are and the two experiments as independent. Both follow from the values alone, so that the same
//! values always give the same interval.

/// What is compared. Of scores more is better, of the others less.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    FeedbackScore(String),
    /// The part of its assertions that a run passed.
    Assertions,
    /// Milliseconds.
    Duration,
    /// US dollars.
    Cost,
    Usage(String),
}

impl Measure {
    /// As sortings have it: `feedback_scores.accuracy`, `assertions`, `duration`, `total_estimated_cost`, `usage.<key>`.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match (name, name.split_once('.')) {
            ("assertions", _) => Self::Assertions,
            ("duration", _) => Self::Duration,
            ("total_estimated_cost" | "cost", _) => Self::Cost,
            (_, Some(("feedback_scores" | "feedback", key))) if !key.is_empty() => {
                Self::FeedbackScore(key.to_owned())
            }
            (_, Some(("usage", key))) if !key.is_empty() => Self::Usage(key.to_owned()),
            _ => return None,
        })
    }

    pub fn name(&self) -> String {
        match self {
            Self::FeedbackScore(name) => format!("feedback_scores.{name}"),
            Self::Assertions => "assertions".to_owned(),
            Self::Duration => "duration".to_owned(),
            Self::Cost => "total_estimated_cost".to_owned(),
            Self::Usage(key) => format!("usage.{key}"),
        }
    }

    pub const fn is_better_lower(&self) -> bool {
        match self {
            Self::FeedbackScore(_) | Self::Assertions => false,
            Self::Duration | Self::Cost | Self::Usage(_) => true,
        }
    }

    /// What a change of the value means.
    pub fn outcome(&self, from: f64, to: f64) -> Outcome {
        /// Values come from decimals: what is less is rounding.
        const NOTHING: f64 = 1e-9;
        let gain = if self.is_better_lower() { from - to } else { to - from };
        if gain > NOTHING {
            Outcome::Improved
        } else if gain < -NOTHING {
            Outcome::Regressed
        } else {
            Outcome::Unchanged
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    Improved,
    Regressed,
    Unchanged,
}

/// Values as they came: how many, their mean, and the sum of their squared distances from it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    pub count: u32,
    pub mean: f64,
    squares: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    fn around(middle: f64, half: f64) -> Self {
        Self { low: middle - half, high: middle + half }
    }
}

impl Moments {
    pub fn add(&mut self, value: f64) {
        self.count = self.count.saturating_add(1);
        let distance = value - self.mean;
        self.mean += distance / f64::from(self.count);
        self.squares += distance * (value - self.mean);
    }

    /// The squared error of the mean; `None` for fewer than two values.
    fn error(&self) -> Option<f64> {
        let free = self.count.checked_sub(1).filter(|free| *free > 0)?;
        Some((self.squares / f64::from(free)).max(0.0) / f64::from(self.count))
    }

    /// Where the true mean lies; `None` for fewer than two values.
    pub fn interval(&self) -> Option<Interval> {
        let error = self.error()?;
        Some(Interval::around(self.mean, student_t(f64::from(self.count - 1)) * error.sqrt()))
    }

    /// Where the true difference of the means lies, of these from those of `base`.
    pub fn difference(&self, base: &Self) -> Option<Interval> {
        let (mine, theirs) = (self.error()?, base.error()?);
        let (sum, middle) = (mine + theirs, self.mean - base.mean);
        if sum <= 0.0 {
            return Some(Interval::around(middle, 0.0));
        }
        let part = |error: f64, count: u32| error * error / f64::from(count - 1);
        let free = sum * sum / (part(mine, self.count) + part(theirs, base.count));
        Some(Interval::around(middle, student_t(free) * sum.sqrt()))
    }
}

/// The distance from the middle of Student's distribution within which 95 percent lie, for so many degrees of freedom,
/// by Hill's expansion (Communications of the ACM 13, 1970, algorithm 396); exact for one and two.
#[expect(clippy::many_single_char_names, reason = "as they are called where it was published")]
fn student_t(free: f64) -> f64 {
    const OUTSIDE: f64 = 0.05;
    if free < 1.5 {
        return 1.0 / (OUTSIDE * std::f64::consts::FRAC_PI_2).tan();
    }
    if free < 2.5 {
        return (2.0 / (OUTSIDE * (2.0 - OUTSIDE)) - 2.0).sqrt();
    }
    let a = 1.0 / (free - 0.5);
    let b = 48.0 / (a * a);
    let mut c = ((20_700.0 * a / b - 98.0) * a - 16.0) * a + 96.36;
    let d = ((94.5 / (b + c) - 3.0) / b + 1.0) * (a * std::f64::consts::FRAC_PI_2).sqrt() * free;
    let mut y = (d * OUTSIDE).powf(2.0 / free);
    if y > 0.05 + a {
        // Of the normal distribution, the distance beyond which 2.5 percent lie on each side, to either side negative.
        let x = -1.959_963_984_540_054_f64;
        y = x * x;
        if free < 5.0 {
            c += 0.3 * (free - 4.5) * (x + 0.6);
        }
        c += (((0.05 * d * x - 5.0) * x - 7.0) * x - 2.0) * x + b;
        y = (((((0.4 * y + 6.3) * y + 36.0) * y + 94.5) / c - y - 3.0) / b + 1.0) * x;
        y = a * y * y;
        y = if y > 0.002 { y.exp_m1() } else { 0.5 * y * y + y };
    } else {
        y = ((1.0 / (((free + 6.0) / (free * y) - 0.089 * d - 0.822) * (free + 2.0) * 3.0)
            + 0.5 / (free + 4.0))
            * y
            - 1.0)
            * (free + 1.0)
            / (free + 2.0)
            + 1.0 / y;
    }
    (free * y).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(values: &[f64]) -> Moments {
        let mut moments = Moments::default();
        for value in values {
            moments.add(*value);
        }
        moments
    }

    #[track_caller]
    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-3 * expected.abs().max(1.0), "{found} is not {expected}");
    }

    #[test]
    fn the_quantiles_are_those_of_the_tables() {
        for (free, expected) in [
            (1.0, 12.7062),
            (2.0, 4.3027),
            (3.0, 3.1824),
            (4.0, 2.7764),
            (5.0, 2.5706),
            (7.0, 2.3646),
            (10.0, 2.2281),
            (20.0, 2.0860),
            (30.0, 2.0423),
            (120.0, 1.9799),
            (1e6, 1.959_97),
        ] {
            near(student_t(free), expected);
        }
    }

    #[test]
    fn a_mean_has_an_interval_from_two_values_on() {
        assert_eq!(moments(&[]).interval(), None);
        assert_eq!(moments(&[1.0]).interval(), None);
        let interval = moments(&[1.0, 2.0, 3.0, 4.0]).interval().unwrap();
        near(interval.low, 0.4458);
        near(interval.high, 4.5542);
        assert_eq!(moments(&[0.5, 0.5]).interval(), Some(Interval { low: 0.5, high: 0.5 }));
    }

    /// Worked out by Welch's formula with 27.31 degrees of freedom.
    #[test]
    fn a_difference_of_means_has_welchs_interval() {
        let base = moments(&[
            27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1, 21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4,
        ]);
        let mine = moments(&[
            27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0, 24.8, 20.2, 21.9, 22.1, 22.9, 30.5, 31.3,
        ]);
        let interval = mine.difference(&base).unwrap();
        near(f64::midpoint(interval.low, interval.high), mine.mean - base.mean);
        near(interval.low, 1.0033);
        near(interval.high, 5.5833);
    }

    #[test]
    fn less_is_better_of_what_costs() {
        let score = Measure::parse("feedback_scores.accuracy").unwrap();
        assert_eq!(score.outcome(0.2, 0.4), Outcome::Improved);
        assert_eq!(score.outcome(0.3, 0.3 + 1e-12), Outcome::Unchanged);
        assert_eq!(Measure::Duration.outcome(10.0, 20.0), Outcome::Regressed);
        for name in
            ["feedback_scores.a.b", "assertions", "duration", "total_estimated_cost", "usage.total_tokens"]
        {
            assert_eq!(Measure::parse(name).unwrap().name(), name);
        }
        assert_eq!(Measure::parse("size"), None);
    }
}
