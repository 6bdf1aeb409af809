//! The earlier moments of a workspace that were asked about lately. Each costs a replay, so that few are kept, and one
//! that nobody reads goes on to a later moment rather than being made anew.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cairn_core::ids::Position;
use cairn_core::limits::{AS_OF_EVENTS_MAX, AS_OF_KEPT_MAX};
use cairn_core::rejection::{Rejection, RejectionKind};
use cairn_storage::error::Error;
use cairn_storage::past::Past;
use cairn_storage::store::Store;

use crate::failure::Failure;

pub(crate) struct Pasts {
    dir: PathBuf,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    /// The last used is the last.
    pasts: Vec<Arc<Past>>,
    made: u64,
}

impl Pasts {
    /// Begins empty: what an earlier process left behind goes.
    pub(crate) fn open(workspace: &Path) -> Result<Self, Error> {
        let dir = workspace.join("past");
        match std::fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(Self { dir, kept: Mutex::default() }),
        }
    }

    /// The workspace as it was at a position. Blocks while that is made; others who ask meanwhile wait.
    pub(crate) fn at(&self, store: &Store, at: Position) -> Result<Arc<Past>, Failure> {
        check(store, at)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = kept.pasts.iter().position(|past| past.position() == at);
        let past = match known {
            Some(place) => kept.pasts.remove(place),
            None => Arc::new(self.make(&mut kept, store, at)?),
        };
        kept.pasts.push(Arc::clone(&past));
        let surplus = kept.pasts.len().saturating_sub(AS_OF_KEPT_MAX);
        kept.pasts.drain(..surplus);
        Ok(past)
    }

    fn make(&self, kept: &mut Kept, store: &Store, at: Position) -> Result<Past, Error> {
        let mut earlier: Option<(usize, Position)> = None;
        for (place, past) in kept.pasts.iter().enumerate() {
            let is_better = earlier.is_none_or(|(_, best)| past.position() > best);
            if past.position() < at && is_better && Arc::strong_count(past) == 1 {
                earlier = Some((place, past.position()));
            }
        }
        if kept.pasts.len() >= AS_OF_KEPT_MAX
            && let Some((place, _)) = earlier
            && let Ok(mut past) = Arc::try_unwrap(kept.pasts.remove(place))
        {
            past.advance(at)?;
            return Ok(past);
        }
        kept.made += 1;
        Past::open(&self.dir.join(kept.made.to_string()), store, at)
    }
}

fn check(store: &Store, at: Position) -> Result<(), Rejection> {
    let head = store.signals().head();
    if at > head {
        return Err(Rejection::invalid(format!("the log has not reached position {at}, it is at {head}")));
    }
    if at.0 > AS_OF_EVENTS_MAX {
        let message = format!(
            "{at} events lie before that moment; a workspace is shown as it was up to {AS_OF_EVENTS_MAX} events"
        );
        return Err(Rejection::new(RejectionKind::TooLarge, message).hint(
            "ask for single things with `fieldsAt` or `history`, whose cost does not grow with the log",
        ));
    }
    Ok(())
}
