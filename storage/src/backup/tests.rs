//! Backups of a real log: what was taken comes back, in any stretch, and damage is told.

use std::sync::Arc;

use cairn_core::attachments::{Added, Content, Origin, Owner};
use cairn_core::command::Context;
use cairn_core::ids::{ProjectId, TraceId};
use cairn_core::limits::LOG_PART_BYTES;
use cairn_core::projects::{self, Visibility};
use cairn_core::time::Timestamp;
use tempfile::TempDir;
use uuid::Uuid;

use super::frames::Copied;
use super::restore::{Until, restore};
use super::*;
use crate::log::part_key;
use crate::store::Store;
use crate::writer::Writer;

fn project(number: u128, description: Option<String>) -> Event {
    let id = ProjectId::known(Uuid::from_u128(number));
    let (name, visibility) = (format!("project {number}"), Visibility::Private);
    projects::Event::Created { id, name, description, visibility }.into()
}

fn append(writer: &mut Writer, event: Event, millis: u128) {
    let time = Timestamp::from_millis(i64::try_from(millis).unwrap());
    writer.append(event, &Context::new(time, Arc::from("ann"), [7; 32])).unwrap();
}

/// Writes events in commits of three; event `n` is written at millisecond `n`.
fn written(dir: &Path, numbers: std::ops::RangeInclusive<u128>) -> Arc<Store> {
    let store = Arc::new(Store::open(dir).unwrap());
    let mut writer = Writer::open(Arc::clone(&store)).unwrap();
    for number in numbers {
        append(&mut writer, project(number, None), number);
        if number % 3 == 0 {
            writer.commit().unwrap();
        }
    }
    writer.commit().unwrap();
    store
}

fn take(store: &Store, to: &Path) -> Result<u64, Error> {
    let mut backup = Backup::open(to)?;
    let copied = Copied::new(store.log(), backup.reached(), store.signals().head());
    backup.append(copied, &mut |_, _| Ok(false))
}

fn restored(from: &Path, until: Until) -> Result<Vec<String>, Error> {
    let to = TempDir::new().unwrap();
    let done = restore(&Backup::open(from)?, to.path(), until)?;
    let store = Store::open(to.path())?;
    assert_eq!(store.log().verify()?.events, done.events);
    Ok(all(&store))
}

fn all(store: &Store) -> Vec<String> {
    let records = store.log().records_after(Position::START, 1_000).unwrap();
    records.iter().map(|record| format!("{record:?}")).collect()
}

#[test]
fn a_backup_in_three_steps_restores_the_same_log() {
    let (data, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let mut taken = Vec::new();
    for numbers in [1..=7, 8..=8, 9..=20] {
        let store = written(data.path(), numbers);
        taken.push(take(&store, to.path()).unwrap());
    }
    let store = Store::open(data.path()).unwrap();
    assert_eq!(taken, [7, 1, 12]);
    assert_eq!(take(&store, to.path()).unwrap(), 0, "nothing is new");
    assert_eq!(restored(to.path(), Until::Newest).unwrap(), all(&store));
}

#[test]
fn a_large_block_comes_back_with_all_of_its_parts() {
    let (data, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = written(data.path(), 1..=2);
    let mut noise = vec![0; LOG_PART_BYTES];
    blake3::Hasher::new().finalize_xof().fill(&mut noise);
    let mut writer = Writer::open(Arc::clone(&store)).unwrap();
    append(&mut writer, project(3, Some(hex::encode(noise))), 3);
    append(&mut writer, project(4, None), 4);
    writer.commit().unwrap();
    assert!(store.log().keyspace().get(part_key(Position(3), 1)).unwrap().is_some(), "it lies in parts");
    take(&store, to.path()).unwrap();
    assert_eq!(restored(to.path(), Until::Newest).unwrap(), all(&store));
}

#[test]
fn a_restored_log_may_end_anywhere_even_within_a_block() {
    let (data, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = written(data.path(), 1..=10);
    take(&store, to.path()).unwrap();
    let whole = all(&store);
    for last in [0, 1, 5, 9, 10, 11] {
        let expected = &whole[..usize::try_from(last).unwrap().min(10)];
        let at = Until::Position(Position(last));
        assert_eq!(restored(to.path(), at).unwrap(), expected, "position {last}");
        let time = Timestamp::from_millis(i64::try_from(last).unwrap());
        assert_eq!(restored(to.path(), Until::Time(time)).unwrap(), expected, "time {last}");
    }
}

#[test]
fn every_changed_byte_of_a_backup_is_noticed() {
    let (data, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    take(&written(data.path(), 1..=4), to.path()).unwrap();
    let file = to.path().join("00000000000000000001.blocks");
    let good = std::fs::read(&file).unwrap();
    for at in (0..good.len()).step_by(97) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        std::fs::write(&file, bad).unwrap();
        let refusal = restored(to.path(), Until::Newest).unwrap_err().to_string();
        assert!(refusal.contains("is not as it was written"), "byte {at}: {refusal}");
    }
    std::fs::remove_file(&file).unwrap();
    assert!(restored(to.path(), Until::Newest).unwrap_err().to_string().contains("is missing"));
}

#[test]
fn the_backup_of_another_log_is_not_gone_on_with() {
    let (one, two, to) = (TempDir::new().unwrap(), TempDir::new().unwrap(), TempDir::new().unwrap());
    take(&written(one.path(), 1..=3), to.path()).unwrap();
    let other = written(two.path(), 4..=9);
    let refusal = take(&other, to.path()).unwrap_err();
    assert!(matches!(refusal, Error::Damaged { at: Position(4), .. }), "{refusal}");
    assert_eq!(restored(to.path(), Until::Newest).unwrap().len(), 3, "it is as it was");
}

#[test]
fn what_breaks_off_leaves_the_backup_as_it_was() {
    let (data, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = written(data.path(), 1..=9);
    let mut bytes = Vec::new();
    Copied::new(store.log(), Position::START, Position(9)).read_to_end(&mut bytes).unwrap();
    for length in [0, 5, 200, bytes.len() - 8, bytes.len() - 1] {
        let broken = &bytes[..length];
        let mut backup = Backup::open(to.path()).unwrap();
        backup.append(broken, &mut |_, _| Ok(false)).unwrap_err();
        assert_eq!(Backup::open(to.path()).unwrap().reached(), Position::START, "{length}");
    }
    let mut backup = Backup::open(to.path()).unwrap();
    assert_eq!(backup.append(bytes.as_slice(), &mut |_, _| Ok(false)).unwrap(), 9);
}

#[test]
fn a_backup_of_a_newer_program_is_refused() {
    let to = TempDir::new().unwrap();
    std::fs::write(to.path().join(LIST), r#"{"version": 2, "parts": []}"#).unwrap();
    let refusal = Backup::open(to.path()).err().unwrap().to_string();
    assert_eq!(refusal, "the backup has version 2, this program knows up to 1; use a newer program");
}

/// A file with some text, on a trace.
fn attached(text: &str) -> (ContentHash, Event) {
    let content =
        Content { hash: ContentHash(*blake3::hash(text.as_bytes()).as_bytes()), bytes: text.len() as u64 };
    let added = Added {
        owner: Owner::Trace(TraceId::known(Uuid::from_u128(9))),
        project_id: ProjectId::known(Uuid::from_u128(1)),
        name: text.to_owned(),
        mime_type: "text/plain".to_owned(),
        content,
        origin: Origin::Sent,
    };
    (content.hash, attachments::Event::Added(Box::new(added)).into())
}

#[test]
fn contents_that_were_not_to_be_had_are_asked_for_again_until_they_are_erased() {
    let (data, to) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let store = written(data.path(), 1..=1);
    let mut writer = Writer::open(Arc::clone(&store)).unwrap();
    let (there, gone, damaged) = (attached("there"), attached("gone"), attached("damaged"));
    for (_, event) in [&there, &gone, &damaged] {
        append(&mut writer, event.clone(), 2);
    }
    writer.commit().unwrap();
    let step = |also: Option<&str>| {
        let mut asked = Vec::new();
        let mut backup = Backup::open(to.path()).unwrap();
        let copied = Copied::new(store.log(), backup.reached(), store.signals().head());
        let fetch: &mut Fetch<'_> = &mut |hash, file| {
            asked.push(hash);
            let text = match () {
                () if hash == there.0 => "there",
                () if hash == damaged.0 => also.unwrap_or("not what it was"),
                () => return Ok(false),
            };
            file.write_all(text.as_bytes())?;
            Ok(true)
        };
        backup.append(copied, fetch).unwrap();
        asked.sort_unstable();
        (asked, backup.missing())
    };
    let sorted = |mut hashes: Vec<ContentHash>| {
        hashes.sort_unstable();
        hashes
    };
    assert_eq!(step(None), (sorted(vec![there.0, gone.0, damaged.0]), 2));
    assert_eq!(step(Some("damaged")), (sorted(vec![gone.0, damaged.0]), 1));
    append(&mut writer, attachments::Event::ContentErased { hash: gone.0 }.into(), 3);
    writer.commit().unwrap();
    assert_eq!(step(None), (Vec::new(), 0));
    let backup = Backup::open(to.path()).unwrap();
    let mut kept = String::new();
    backup.content(there.0).unwrap().unwrap().read_to_string(&mut kept).unwrap();
    assert_eq!(kept, "there");
    assert!(backup.content(gone.0).unwrap().is_none());
}
