//! The pace of the two index followers: at once when somebody waits, otherwise in larger steps. The words of texts wait
//! for all else that wants the machine.

use std::time::{Duration, Instant};

use cairn_core::ids::Position;
use cairn_core::limits::{
    COLUMNS_COMMIT_DOCUMENTS_MAX, COLUMNS_COMMIT_INTERVAL_MS, TEXT_COMMIT_DOCUMENTS_MAX,
    TEXT_COMMIT_INTERVAL_MS,
};
use cairn_storage::aside::step_back;
use cairn_storage::follower::Follower;
use cairn_storage::signals::{Busy, Index, Signals, Work};
use std::sync::Arc;
use tracing::field::Empty;
use tracing::{Span, debug_span};

/// Runs until the workspace stops. An index that fails stops following, and readers that need it are told.
pub(crate) fn run(mut follower: Follower) {
    if follower.index() == Index::Text {
        step_back();
    }
    let mut pace = Pace::of(follower.index(), follower.reached());
    let signals: Arc<Signals> = Arc::clone(follower.signals());
    loop {
        let reached = follower.reached();
        let work = if follower.is_building() {
            signals.next_work(follower.index(), reached, Busy::Building, |head| pace.pause(head))
        } else {
            signals.next_work(follower.index(), reached, Busy::Not, |head| pace.rest(head, reached))
        };
        match work {
            Work::Stop => break,
            Work::Advance { .. } => {
                let begun = Instant::now();
                let span = step_span(&follower);
                // What is new comes first.
                let stepped = span.in_scope(|| follower.advance().and_then(|_| follower.build()));
                span.record("to", follower.reached().0);
                if let Err(error) = stepped {
                    signals.fail(format!("the {:?} index cannot follow the log: {error}", follower.index()));
                    break;
                }
                pace.worked = begun.elapsed();
            }
        }
    }
}

/// A step is traced for itself if it takes in what a traced request wrote.
fn step_span(follower: &Follower) -> Span {
    let reached = follower.reached();
    if !follower.signals().is_traced_after(reached) {
        return Span::none();
    }
    let name = follower.index().name();
    debug_span!(parent: None, "index", otel.name = %format_args!("index {name}"), from = reached.0, to = Empty)
}

/// How long a follower rests before it goes on.
struct Pace {
    /// So long that a commit takes more together.
    interval: Duration,
    /// Events that fill a commit.
    full: u64,
    /// The head of the log when it was last looked at.
    seen: Position,
    /// How long the last commit took.
    worked: Duration,
}

impl Pace {
    fn of(index: Index, reached: Position) -> Self {
        let (interval, full) = match index {
            Index::Columns => (COLUMNS_COMMIT_INTERVAL_MS, COLUMNS_COMMIT_DOCUMENTS_MAX),
            Index::Text => (TEXT_COMMIT_INTERVAL_MS, TEXT_COMMIT_DOCUMENTS_MAX),
        };
        Self {
            interval: Duration::from_millis(interval),
            full: u64::try_from(full).unwrap_or(u64::MAX),
            seen: reached,
            worked: Duration::ZERO,
        }
    }

    /// Between two steps of an index that is made anew, half of the time is left to who writes.
    fn pause(&mut self, head: Position) -> Duration {
        let grows = head > self.seen;
        self.seen = head;
        if grows { self.worked.min(self.interval) } else { Duration::ZERO }
    }

    /// A full commit has nothing to wait for.
    fn rest(&mut self, head: Position, reached: Position) -> Duration {
        self.seen = head;
        let waiting = head.0.saturating_sub(reached.0);
        if waiting < self.full { self.interval } else { Duration::ZERO }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: u64 = TEXT_COMMIT_DOCUMENTS_MAX as u64;
    const INTERVAL: Duration = Duration::from_millis(TEXT_COMMIT_INTERVAL_MS);

    fn pace(seen: u64, worked: Duration) -> Pace {
        Pace { worked, ..Pace::of(Index::Text, Position(seen)) }
    }

    #[test]
    fn a_few_events_wait_for_more() {
        let mut pace = pace(10, Duration::from_millis(20));
        assert_eq!(pace.rest(Position(10 + FULL - 1), Position(10)), INTERVAL);
    }

    #[test]
    fn who_is_far_behind_does_not_rest() {
        let mut pace = pace(0, Duration::from_millis(200));
        assert_eq!(pace.rest(Position(10 * FULL), Position(0)), Duration::ZERO);
    }

    #[test]
    fn while_an_index_is_made_anew_half_of_the_time_is_left_to_who_writes_and_never_more_than_an_interval() {
        let mut pace = pace(0, Duration::from_millis(200));
        assert_eq!(pace.pause(Position(1)), Duration::from_millis(200), "the log has grown");
        assert_eq!(pace.pause(Position(1)), Duration::ZERO);
        pace.worked = Duration::from_secs(9);
        assert_eq!(pace.pause(Position(2)), INTERVAL);
    }
}
