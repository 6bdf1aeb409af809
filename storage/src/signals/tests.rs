//! Who writes is held up by lists that are too far behind, and by nothing else.

use std::sync::Arc;
use std::thread;

use super::*;

const FURTHER: Position = Position(COLUMNS_BEHIND_EVENTS_MAX + 5);

fn opened_at(head: Position) -> Arc<Signals> {
    Arc::new(Signals::new(head, Position::START, Position::START))
}

#[test]
fn who_writes_waits_until_lists_are_near_again() {
    let signals = opened_at(Position::START);
    signals.advance_head(Position(COLUMNS_BEHIND_EVENTS_MAX));
    signals.let_lists_follow();
    assert!(!signals.is_wanted(Index::Columns), "they are near enough");
    signals.advance_head(FURTHER);
    let following = Arc::clone(&signals);
    thread::spawn(move || {
        while !following.is_wanted(Index::Columns) {
            thread::yield_now();
        }
        following.advance(Index::Columns, Position(5));
    });
    signals.let_lists_follow();
    assert_eq!(signals.reached(Index::Columns), Position(5));
}

#[test]
fn an_index_that_is_made_anew_holds_nobody_up() {
    let signals = opened_at(Position(7));
    signals.advance_head(Position(7 + FURTHER.0));
    signals.let_lists_follow();
    assert!(!signals.is_wanted(Index::Columns));
    signals.advance(Index::Columns, Position(7));
    signals.fail("the disk is gone".to_owned());
    signals.let_lists_follow();
    assert!(!signals.is_wanted(Index::Columns), "nor one that will not come");
}
