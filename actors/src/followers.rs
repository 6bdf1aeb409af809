//! The pace of the two index followers: at once when somebody waits, otherwise in larger steps.

use std::time::Duration;

use cairn_core::limits::{COLUMNS_COMMIT_INTERVAL_MS, TEXT_COMMIT_INTERVAL_MS};
use cairn_storage::follower::Follower;
use cairn_storage::signals::{Index, Signals, Work};
use std::sync::Arc;

/// Runs until the workspace stops. An index that fails stops following, and readers that need it are told.
pub(crate) fn run(mut follower: Follower) {
    let patience = Duration::from_millis(match follower.index() {
        Index::Columns => COLUMNS_COMMIT_INTERVAL_MS,
        Index::Text => TEXT_COMMIT_INTERVAL_MS,
    });
    let signals: Arc<Signals> = Arc::clone(follower.signals());
    loop {
        match signals.next_work(follower.index(), follower.reached(), patience) {
            Work::Stop => break,
            Work::Advance { .. } => {
                if let Err(error) = follower.advance() {
                    signals.fail(format!("the {:?} index cannot follow the log: {error}", follower.index()));
                    break;
                }
            }
        }
    }
}
