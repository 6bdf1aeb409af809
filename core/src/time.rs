//! Instants with nanoseconds, as text in ISO 8601 UTC. Nothing here reads a clock.

use std::fmt;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// Nanoseconds since 1970-01-01T00:00:00Z; reaches to 2262-04-11.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Stands for a start that is not known yet (an update that arrived before its creation).
    pub const EPOCH: Self = Self(0);
    pub const MAX: Self = Self(i64::MAX);

    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1_000_000))
    }

    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Cuts what lies below the microsecond, the precision in which changes are told.
    #[must_use]
    pub const fn to_micros(self) -> Self {
        Self(self.0.div_euclid(1_000) * 1_000)
    }

    /// Cuts what lies below the millisecond.
    #[must_use]
    pub const fn to_millis(self) -> Self {
        Self::from_millis(self.as_millis())
    }

    /// Reads RFC 3339 text with any offset. `None` if it is malformed or outside 1970 … 2262.
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text).ok()
    }

    /// As `parse`, telling what is wrong.
    pub fn read(text: &str) -> Result<Self, NoTimestamp> {
        let instant = DateTime::parse_from_rfc3339(text).map_err(|_| NoTimestamp::Malformed)?;
        let nanos = instant.timestamp_nanos_opt().filter(|nanos| *nanos >= 0);
        nanos.map(Self).ok_or(NoTimestamp::OutOfRange)
    }

    /// Milliseconds from `start` to `end` with microsecond precision; `None` if either is unknown.
    #[expect(clippy::cast_precision_loss, reason = "microseconds of any real duration fit 53 bits")]
    pub fn duration_ms(start: Self, end: Option<Self>) -> Option<f64> {
        let end = end.filter(|_| start != Self::EPOCH)?;
        let micros = end.0.div_euclid(1_000) - start.0.div_euclid(1_000);
        Some(micros as f64 / 1_000.0)
    }
}

/// Why a text is no timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoTimestamp {
    Malformed,
    OutOfRange,
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instant = DateTime::<Utc>::from_timestamp_nanos(self.0);
        f.write_str(&instant.to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_keeps_as_many_digits_as_the_instant_has() {
        for text in [
            "2024-07-16T10:30:00Z",
            "2024-07-16T10:30:00.120Z",
            "2024-07-16T10:30:00.123456Z",
            "2024-07-16T10:30:00.123456789Z",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn an_offset_is_turned_into_utc() {
        let instant = Timestamp::parse("2024-07-16T12:30:00.5+02:00").unwrap();
        assert_eq!(instant.to_string(), "2024-07-16T10:30:00.500Z");
    }

    #[test]
    fn times_outside_the_range_are_not_accepted() {
        for text in ["1969-12-31T23:59:59Z", "2262-04-12T00:00:00Z", "yesterday", ""] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_duration_needs_a_real_start_and_an_end() {
        let start = Timestamp::from_nanos(1_000_000_000);
        let end = Timestamp::from_nanos(1_001_234_567);
        assert_eq!(Timestamp::duration_ms(start, Some(end)), Some(1.234));
        assert_eq!(Timestamp::duration_ms(start, None), None);
        assert_eq!(Timestamp::duration_ms(Timestamp::EPOCH, Some(end)), None);
    }
}
