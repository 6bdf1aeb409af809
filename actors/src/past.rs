//! The earlier moments of a workspace that were asked about lately. Each costs a replay, which a thread of its own makes,
//! so that few are kept, and one that nobody reads goes on to a later moment rather than being made anew.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cairn_core::ids::Position;
use cairn_core::limits::{AS_OF_IDLE_SECONDS_MAX, AS_OF_KEPT_MAX, AS_OF_WAIT_MS_MAX, AS_OF_WANTED_MS};
use cairn_core::rejection::Rejection;
use cairn_storage::aside::step_back;
use cairn_storage::error::Error;
use cairn_storage::past::{Past, Shown};
use cairn_storage::reader::Reader;
use cairn_storage::store::Store;

use crate::failure::Failure;

const WAIT: Duration = Duration::from_millis(AS_OF_WAIT_MS_MAX);
const WANTED: Duration = Duration::from_millis(AS_OF_WANTED_MS);
const IDLE: Duration = Duration::from_secs(AS_OF_IDLE_SECONDS_MAX);

pub(crate) struct Pasts {
    workspace: PathBuf,
    dir: PathBuf,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    pasts: Vec<Making>,
    made: u64,
}

/// A past, and the thread that makes as much of it as somebody asks for. That ends with it.
struct Making {
    shown: Arc<Shown>,
    asked: Instant,
    thread: Option<JoinHandle<()>>,
}

impl Pasts {
    /// Begins empty: what an earlier process left behind goes.
    pub(crate) fn open(workspace: &Path) -> Result<Self, Error> {
        let dir = workspace.join("past");
        match std::fs::remove_dir_all(&dir) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(Self { workspace: workspace.to_owned(), dir, kept: Mutex::default() }),
        }
    }

    /// Reads the workspace as it was at a position. Blocks while that is made, for a bounded time; it goes on being made
    /// after that.
    pub(crate) fn read<T>(
        &self,
        store: &Store,
        at: Position,
        work: impl FnOnce(&Reader) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        check(store, at)?;
        let shown = self.asked(store, at)?;
        let reader = shown.reader(at, WAIT);
        let answer = match reader {
            Ok(reader) => work(&reader),
            Err(Error::IndexBehind { wanted, reached }) => Err(Failure::not_ready(format!(
                "the workspace as of position {wanted} is being made: {reached} of {wanted} changes so far"
            ))),
            Err(error) => Err(error.into()),
        };
        if let Some(past) = self.lock().pasts.iter_mut().find(|past| past.shown.position() == at) {
            past.asked = Instant::now();
        }
        answer
    }

    /// Takes away what nobody has asked about for long. Blocks until its threads have ended.
    pub(crate) fn forget_idle(&self) {
        let idle: Vec<Making> =
            self.lock().pasts.extract_if(.., |past| past.asked.elapsed() > IDLE).collect();
        drop(idle);
    }

    fn asked(&self, store: &Store, at: Position) -> Result<Arc<Shown>, Failure> {
        // Dropped after the lock: its thread may have a step to end.
        let mut replaced = None;
        let mut kept = self.lock();
        kept.pasts.retain(|past| !past.shown.has_failed());
        if let Some(past) = kept.pasts.iter_mut().find(|past| past.shown.position() == at) {
            past.asked = Instant::now();
            return Ok(Arc::clone(&past.shown));
        }
        if kept.pasts.len() >= AS_OF_KEPT_MAX {
            let known: Vec<Known> = kept.pasts.iter().map(Making::known).collect();
            match place_for(&known, at) {
                None => {
                    return Err(Failure::not_ready(format!(
                        "{AS_OF_KEPT_MAX} other moments of the workspace are being made"
                    )));
                }
                Some(Place::GoOn(place)) => {
                    if let Some(past) = kept.pasts.get_mut(place) {
                        past.shown.go_on_to(at);
                        past.asked = Instant::now();
                        return Ok(Arc::clone(&past.shown));
                    }
                }
                Some(Place::InsteadOf(place)) => replaced = Some(kept.pasts.swap_remove(place)),
            }
        }
        kept.made += 1;
        let dir = self.dir.join(kept.made.to_string());
        let past = Making::begin(Past::begin(&dir, &self.workspace, store, at)?)?;
        let shown = Arc::clone(&past.shown);
        kept.pasts.push(past);
        drop(kept);
        drop(replaced);
        Ok(shown)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Making {
    fn begin(past: Past) -> Result<Self, Error> {
        let shown = Arc::clone(past.shown());
        let thread = std::thread::Builder::new().name("cairn-past".to_owned()).spawn(|| make(past))?;
        Ok(Self { shown, asked: Instant::now(), thread: Some(thread) })
    }

    fn known(&self) -> Known {
        Known {
            position: self.shown.position(),
            asked: self.asked,
            is_idle: self.shown.is_idle(),
            // Its thread and the one who keeps it have it anyway.
            is_read: Arc::strong_count(&self.shown) > 2,
        }
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.shown.stop();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the thread that made a past panicked");
        }
    }
}

fn make(past: Past) {
    // Those who write and those who read what is now come first.
    step_back();
    let mut made = LastWords(past);
    let past = &mut made.0;
    loop {
        match past.step() {
            _ if past.is_unwanted() => break,
            Ok(true) => {}
            Ok(false) if past.wait() => {}
            Ok(false) => break,
            Err(error) => {
                tracing::error!(%error, "a past cannot be made");
                past.shown().fail(error.to_string());
                break;
            }
        }
    }
}

/// Who waits for a thread that panicked is told.
struct LastWords(Past);

impl Drop for LastWords {
    fn drop(&mut self) {
        self.0.shown().fail("it is not made any more".to_owned());
    }
}

/// One that is kept, as far as it matters for whether it must go.
#[derive(Clone, Copy)]
struct Known {
    position: Position,
    asked: Instant,
    is_idle: bool,
    is_read: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Place {
    GoOn(usize),
    InsteadOf(usize),
}

/// Which of those kept gives way to another moment; none while all are made for somebody who still waits.
fn place_for(known: &[Known], at: Position) -> Option<Place> {
    let gives_way = |past: &&Known| past.is_idle || past.asked.elapsed() > WANTED;
    let places = || (0..).zip(known).filter(|(_, past)| gives_way(past));
    let nearest = places()
        .filter(|(_, past)| past.position < at && !past.is_read)
        .max_by_key(|(_, past)| past.position);
    match nearest {
        Some((place, _)) => Some(Place::GoOn(place)),
        None => places().min_by_key(|(_, past)| past.asked).map(|(place, _)| Place::InsteadOf(place)),
    }
}

fn check(store: &Store, at: Position) -> Result<(), Rejection> {
    let head = store.signals().head();
    if at > head {
        return Err(Rejection::invalid(format!("the log has not reached position {at}, it is at {head}")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use cairn_core::command::Context;
    use cairn_core::ids::{ProjectId, TraceId};
    use cairn_core::merge::Origin;
    use cairn_core::rejection::RejectionKind;
    use cairn_core::time::Timestamp;
    use cairn_core::traces;
    use cairn_storage::writer::Writer;
    use tempfile::TempDir;
    use uuid::Uuid;

    use super::*;

    /// Four events, each a trace.
    fn store(dir: &TempDir) -> Arc<Store> {
        let store = Arc::new(Store::open(dir.path()).unwrap());
        let mut writer = Writer::open(Arc::clone(&store)).unwrap();
        let context = Context::new(Timestamp::from_millis(6), Arc::from("ann"), [7; 32]);
        for number in 1..=4 {
            let row = traces::RowRecorded {
                id: TraceId::known(Uuid::from_u128(number)),
                project_id: ProjectId::known(Uuid::from_u128(2)),
                origin: Origin::Batch,
                version: Timestamp::from_millis(5),
                start_time: Timestamp::from_millis(5),
                fields: traces::Fields::default(),
            };
            writer.append(traces::Event::Recorded(Box::new(row)).into(), &context).unwrap();
        }
        writer.commit().unwrap();
        store
    }

    /// Which of the traces are there, asked as often as it takes, once nothing else is being made.
    fn seen(pasts: &Pasts, store: &Store, at: u64) -> Vec<u128> {
        let there = |reader: &Reader| {
            let known = |number: &u128| reader.trace(TraceId::known(Uuid::from_u128(*number)));
            Ok((1..=4).filter(|number| known(number).unwrap().is_some()).collect())
        };
        while !pasts.lock().pasts.iter().all(|past| past.shown.is_idle()) {
            std::thread::yield_now();
        }
        loop {
            match pasts.read(store, Position(at), there) {
                Err(Failure::Refused(refusal)) if refusal.kind == RejectionKind::NotReady => {}
                read => return read.unwrap(),
            }
        }
    }

    #[test]
    fn a_moment_that_nobody_reads_goes_on_to_a_later_one_instead_of_being_made_anew() {
        let dir = TempDir::new().unwrap();
        let store = store(&dir);
        let pasts = Pasts::open(dir.path()).unwrap();
        assert_eq!([1, 2, 4].map(|at| seen(&pasts, &store, at)), [vec![1], vec![1, 2], vec![1, 2, 3, 4]]);
        assert_eq!(pasts.lock().made, 2);
        assert_eq!(seen(&pasts, &store, 1), [1], "the earliest is still there");
        assert_eq!(pasts.lock().made, 2);
        assert_eq!(seen(&pasts, &store, 3), [1, 2, 3]);
        assert_eq!(pasts.lock().made, 2);
        assert_eq!(seen(&pasts, &store, 2), [1, 2], "no earlier one is left");
        assert_eq!(pasts.lock().made, 3);
    }

    fn known(position: u64, asked_seconds_ago: u64) -> Known {
        let asked = Instant::now().checked_sub(Duration::from_secs(asked_seconds_ago)).unwrap();
        Known { position: Position(position), asked, is_idle: true, is_read: false }
    }

    #[test]
    fn the_nearest_earlier_moment_goes_on() {
        let kept = [known(10, 1), known(20, 2), known(40, 3)];
        assert_eq!(place_for(&kept, Position(30)), Some(Place::GoOn(1)));
    }

    #[test]
    fn one_that_is_read_is_not_taken_on() {
        let read = Known { is_read: true, ..known(20, 2) };
        assert_eq!(place_for(&[known(10, 1), read], Position(30)), Some(Place::GoOn(0)));
        assert_eq!(place_for(&[known(40, 1), read], Position(30)), Some(Place::InsteadOf(1)));
    }

    #[test]
    fn before_all_of_them_the_one_goes_that_was_not_asked_about_for_longest() {
        assert_eq!(place_for(&[known(20, 1), known(40, 3)], Position(10)), Some(Place::InsteadOf(1)));
    }

    #[test]
    fn what_is_made_for_somebody_who_waits_gives_no_way() {
        let made = |position, asked| Known { is_idle: false, ..known(position, asked) };
        assert_eq!(place_for(&[made(10, 1), made(20, 1)], Position(30)), None);
        let left = AS_OF_WANTED_MS / 1_000 + 1;
        assert_eq!(place_for(&[made(10, 1), made(40, left)], Position(30)), Some(Place::InsteadOf(1)));
    }
}
