//! Damage at any place of a real journal: what is whole is never dropped in silence, and repair says what is lost.

use std::sync::Arc;

use cairn_core::command::Context;
use cairn_core::event::Event;
use cairn_core::ids::{Position, ProjectId};
use cairn_core::projects::{self, Visibility};
use cairn_core::time::Timestamp;
use tempfile::TempDir;
use uuid::Uuid;

use super::repair::repair;
use super::*;
use crate::history::checkpoints::{Checkpoints, Signer};
use crate::log::block::Hash;
use crate::store::{Store, verify_folder};
use crate::writer::Writer;

const COMMITS: u64 = 12;

fn project(number: u64) -> Event {
    let id = ProjectId::known(Uuid::from_u128(number.into()));
    let (name, visibility) = (format!("project {number}"), Visibility::Private);
    projects::Event::Created { id, name, description: None, visibility }.into()
}

/// A folder as a kill leaves it: each commit is one event, and nothing was flushed. Gives the journal, and where each
/// commit ends in it.
fn killed() -> (TempDir, PathBuf, Vec<usize>) {
    let (live, dir) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut writer = Writer::open(Arc::new(Store::open(live.path()).unwrap())).unwrap();
    for number in 1..=COMMITS {
        let time = Timestamp::from_millis(number.cast_signed());
        writer.append(project(number), &Context::new(time, Arc::from("ann"), [7; 32])).unwrap();
        writer.commit().unwrap();
    }
    copy(live.path(), dir.path());
    let path = paths(&dir.path().join("store")).unwrap().pop().unwrap();
    let journal = Journal::read(path).unwrap();
    let mut ends = Vec::new();
    let mut at = 0;
    while let Some(batch) = journal.batch(at) {
        at = batch.end;
        if !batch.blocks().is_empty() {
            ends.push(at);
        }
    }
    assert_eq!(ends.len(), usize::try_from(COMMITS).unwrap());
    std::fs::write(&journal.path, &journal.bytes[..at + 64]).unwrap();
    (dir, journal.path, ends)
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn events(dir: &Path) -> Result<u64, Error> {
    Store::open(dir)?;
    Ok(verify_folder(dir, None)?.log.events)
}

/// The folder again, with its journal changed.
fn changed(dir: &Path, journal: &Path, change: impl FnOnce(&mut Vec<u8>)) -> TempDir {
    let again = TempDir::new().unwrap();
    copy(dir, again.path());
    let path = again.path().join(journal.strip_prefix(dir).unwrap());
    let mut bytes = std::fs::read(&path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
    again
}

#[test]
fn a_write_that_was_cut_off_anywhere_leaves_every_whole_commit() {
    let (dir, journal, ends) = killed();
    let (last, end) = (ends[ends.len() - 2], ends[ends.len() - 1]);
    for length in (last..=end).step_by(23).chain([end]) {
        let torn = changed(dir.path(), &journal, |bytes| bytes.truncate(length));
        let expected = if length == end { COMMITS } else { COMMITS - 1 };
        assert_eq!(events(torn.path()).unwrap(), expected, "cut at byte {length} of {end}");
    }
}

#[test]
fn a_changed_byte_before_whole_commits_is_never_passed_over() {
    let (dir, journal, ends) = killed();
    let (from, to) = (ends[4], ends[5]);
    // The sequence of a batch is in no check of the store.
    for at in (from..to).step_by(41).filter(|at| !(from + 5..from + 13).contains(at)) {
        let bad = changed(dir.path(), &journal, |bytes| bytes[at] ^= 0x55);
        let path = bad.path().join(journal.strip_prefix(dir.path()).unwrap());
        let before = std::fs::read(&path).unwrap();
        assert!(events(bad.path()).is_err(), "byte {at} between {from} and {to}");
        assert_eq!(std::fs::read(&path).unwrap().len(), before.len(), "byte {at}: nothing was cut off");

        let done = repair(bad.path()).unwrap().unwrap();
        assert_eq!(std::fs::read(done.kept.join(path.file_name().unwrap())).unwrap(), before);
        assert_eq!(done.head, Position(5), "byte {at}");
        assert_eq!(done.lost, Some((Position(6), Position(COMMITS))), "byte {at}");
        assert_eq!(events(bad.path()).unwrap(), 5);
        assert_eq!(repair(bad.path()).unwrap(), None, "it is whole now");
    }
}

#[test]
fn a_last_commit_that_is_whole_but_wrong_is_not_dropped_unsaid() {
    let (dir, journal, ends) = killed();
    let last = ends[ends.len() - 2];
    let name = format!("project {COMMITS}").into_bytes();
    let bad = changed(dir.path(), &journal, |bytes| {
        let at = bytes[last..].windows(name.len()).position(|window| window == name).unwrap();
        bytes[last + at] = b'P';
    });
    assert!(events(bad.path()).is_err());
    let signer = Signer::open(bad.path(), [7; 32]).unwrap();
    let mut checkpoints = Checkpoints::open(bad.path()).unwrap();
    checkpoints.sign(&signer, Position(COMMITS), Hash([1; 32]), Timestamp::EPOCH).unwrap();
    let done = repair(bad.path()).unwrap().unwrap();
    assert_eq!((done.head, done.lost), (Position(COMMITS - 1), None));
    assert_eq!(events(bad.path()).unwrap(), COMMITS - 1);
    // What was signed of the event that is gone lies with the journals, so that the log can be signed anew.
    let found = verify_folder(bad.path(), Some(&signer.public_key())).unwrap();
    assert_eq!(found.checkpoints, 0);
    assert!(done.kept.join("checkpoints").exists());
}

#[test]
fn what_goes_on_with_the_chain_behind_a_bad_place_is_saved() {
    let (dir, journal, ends) = killed();
    // Rubbish between two whole commits: nothing of the log is lost.
    let bad = changed(dir.path(), &journal, |bytes| {
        bytes.splice(ends[2]..ends[2], b"rubbish".iter().copied());
    });
    assert!(matches!(events(bad.path()), Err(Error::Journal { .. })));
    let done = repair(bad.path()).unwrap().unwrap();
    assert_eq!((done.head, done.saved, done.lost), (Position(COMMITS), COMMITS - 3, None));
    assert_eq!(events(bad.path()).unwrap(), COMMITS);
}

#[test]
fn a_folder_that_is_open_is_not_repaired() {
    let dir = TempDir::new().unwrap();
    let _open = Store::open(dir.path()).unwrap();
    assert!(matches!(repair(dir.path()), Err(Error::Store(fjall::Error::Locked))));
}
