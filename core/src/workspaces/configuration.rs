//! What a workspace sets for itself. Nothing is set until somebody does.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::command::check_text;
use crate::limits::{COLOR_CHARS_MAX, COLOR_MAP_NAMES_MAX, NAME_CHARS_MAX, THREAD_TIMEOUT_SECONDS_MAX};
use crate::rejection::Rejection;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    /// How long a thread is silent before it becomes inactive.
    pub thread_timeout: Option<Period>,
    /// Whether tables show long texts cut.
    pub truncation_on_tables: Option<bool>,
    /// The colour in which a name is shown.
    pub colors: Option<BTreeMap<String, String>>,
}

impl Configuration {
    pub(super) fn check(&self) -> Result<(), Rejection> {
        let allowed = 1..=THREAD_TIMEOUT_SECONDS_MAX;
        if self.thread_timeout.is_some_and(|timeout| !allowed.contains(&timeout.seconds())) {
            return Err(Rejection::invalid(format!(
                "timeoutToMarkThreadAsInactive must be between PT1S and {}",
                Period::from_seconds(THREAD_TIMEOUT_SECONDS_MAX)
            )));
        }
        let Some(colors) = &self.colors else { return Ok(()) };
        if colors.len() > COLOR_MAP_NAMES_MAX {
            return Err(Rejection::invalid(format!(
                "colorMap must not have more than {COLOR_MAP_NAMES_MAX} names"
            )));
        }
        for (name, color) in colors {
            check_text("", "colorMap name", Some(name), NAME_CHARS_MAX)?;
            check_text("", "colorMap color", Some(color), COLOR_CHARS_MAX)?;
        }
        Ok(())
    }
}

/// Whole seconds, written as an ISO 8601 duration: `PT30M`. Days are hours here; months have no length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Period(u64);

impl Period {
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// Reads `P1DT2H3M4S` and parts of it. `None` for anything else, fractions of seconds among it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let text = text.strip_prefix('P')?;
        let (days, time) = match text.split_once('T') {
            Some((days, time)) if !time.is_empty() => (days, time),
            None if !text.is_empty() => (text, ""),
            _ => return None,
        };
        let days = parts(days, &[('D', 24 * 3_600)])?;
        let time = parts(time, &[('H', 3_600), ('M', 60), ('S', 1)])?;
        days.checked_add(time).map(Self)
    }
}

/// Numbers with their units, each unit at most once and in order.
fn parts(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut seconds: u64 = 0;
    for (unit, length) in units {
        let Some((number, rest)) = text.split_once(*unit) else { continue };
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        seconds = number.parse::<u64>().ok()?.checked_mul(*length)?.checked_add(seconds)?;
        text = rest;
    }
    text.is_empty().then_some(seconds)
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PT")?;
        let (hours, minutes, seconds) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
        for (number, unit) in [(hours, 'H'), (minutes, 'M')] {
            if number > 0 {
                write!(f, "{number}{unit}")?;
            }
        }
        if seconds > 0 || self.0 == 0 { write!(f, "{seconds}S") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_read_and_written_in_its_shortest_form() {
        for (text, shown) in [
            ("PT30M", "PT30M"),
            ("P1D", "PT24H"),
            ("p1dt2h3m4s", "PT26H3M4S"),
            ("PT90S", "PT1M30S"),
            ("PT0S", "PT0S"),
        ] {
            assert_eq!(
                Period::parse(text).map(|period| period.to_string()).as_deref(),
                Some(shown),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_period_is_not_read() {
        for text in [
            "",
            "P",
            "PT",
            "30M",
            "PT30",
            "P1M",
            "PT1S2M",
            "PT-5M",
            "PT1.5S",
            "PT+1S",
            "PTM",
            "PT99999999999999999999H",
        ] {
            assert_eq!(Period::parse(text), None, "{text}");
        }
    }
}
