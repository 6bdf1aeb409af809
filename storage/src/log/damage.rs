//! A byte of the log that changes is noticed: by the walk of the chain, and by whoever reads there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use cairn_core::command::Context;
use cairn_core::ids::{Position, ProjectId};
use cairn_core::projects::{self, Changes, Visibility};
use cairn_core::time::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::log::block::{self, GENESIS, Payload};
use crate::log::{Log, part_key, position_of};
use crate::store::Store;
use crate::writer::Writer;

const EVENTS: u64 = 150;
const FLIPS: usize = 1_000;

fn filled(store: &Arc<Store>) {
    let mut writer = Writer::open(Arc::clone(store)).unwrap();
    let id = ProjectId::known(Uuid::from_u128(2));
    let context = Context::new(Timestamp::from_millis(5), Arc::from("ann"), [7; 32]);
    let made = projects::Event::Created {
        id,
        name: "agents".to_owned(),
        description: None,
        visibility: Visibility::Private,
    };
    writer.append(made.into(), &context).unwrap();
    writer.commit().unwrap();
    for number in 1..EVENTS {
        let description = Some(format!("{number} is what it says here ").repeat(3));
        let changes = Changes { description, ..Changes::default() };
        writer.append(projects::Event::Updated { id, changes }.into(), &context).unwrap();
        // Small commits make blocks that are not compressed.
        if number % 40 < 5 {
            writer.commit().unwrap();
        }
    }
    writer.commit().unwrap();
}

/// Numbers that are drawn the same in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

#[test]
fn every_one_of_a_thousand_flipped_bytes_is_noticed_and_nothing_false_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(dir.path()).unwrap());
    filled(&store);
    let keyspace = store.log().keyspace().clone();
    let records = store.log().records_after(Position::START, usize::MAX).unwrap();
    let blocks: Vec<_> = keyspace.iter().map(|guard| guard.into_inner().unwrap()).collect();
    let mut draw = Draw(20_260_304);
    for _ in 0..FLIPS {
        let (key, good) = &blocks[draw.below(blocks.len())];
        let (at, bit) = (draw.below(good.len()), draw.below(8));
        let mut bad = good.to_vec();
        bad[at] ^= 1 << bit;
        keyspace.insert(key.clone(), bad).unwrap();
        let log = Log::new(keyspace.clone());
        assert!(log.verify().is_err(), "bit {bit} of byte {at} of {}", good.len());
        let before = position_of(key).unwrap().0 - 1;
        if let Ok(read) = log.records_after(Position(before), 1) {
            let good = &records[usize::try_from(before).unwrap()..];
            assert_eq!(read, good[..read.len()], "bit {bit} of byte {at}");
        }
        keyspace.insert(key.clone(), good.to_vec()).unwrap();
    }
    assert_eq!(Log::new(keyspace).verify().unwrap().events, EVENTS);
}

#[test]
fn a_log_that_was_cut_into_other_blocks_is_held_against_its_checkpoints_as_well() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(dir.path()).unwrap());
    filled(&store);
    let mut records = store.log().records_after(Position::START, usize::MAX).unwrap();
    let (middle, mut chain, mut forged) = (5, GENESIS, GENESIS);
    block::encode(&records[..middle], &mut chain, |_, _| {}).unwrap();
    let signed = BTreeMap::from([(Position(5), chain)]);
    assert!(store.log().verify_against(&signed).is_ok());
    let keyspace = store.log().keyspace().clone();
    for guard in keyspace.iter() {
        keyspace.remove(guard.key().unwrap()).unwrap();
    }
    records[2].payload = Payload::Kept(Bytes::from_static(b"never happened"));
    records.truncate(9);
    block::encode(&records, &mut forged, |number, part| {
        keyspace.insert(part_key(Position(1), number), part).unwrap();
    })
    .unwrap();
    let log = Log::new(keyspace);
    assert!(log.verify().is_ok());
    let error = log.verify_against(&signed).unwrap_err();
    assert!(matches!(error, Error::Damaged { at: Position(5), .. }), "{error}");
}

#[test]
fn a_byte_that_changed_on_the_disk_is_refused_by_its_position() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Store::open(dir.path()).unwrap());
    filled(&store);
    store.log().keyspace().rotate_memtable_and_wait().unwrap();
    drop(store);
    let mut files = Vec::new();
    list(&dir.path().join("store"), &mut files);
    // Names stand plain in the log's small blocks.
    let holds = |path: &PathBuf| place(&std::fs::read(path).unwrap()).is_some();
    let tables: Vec<PathBuf> =
        files.into_iter().filter(|path| path.extension().is_none()).filter(holds).collect();
    assert!(!tables.is_empty());
    for path in tables {
        let mut bytes = std::fs::read(&path).unwrap();
        let at = place(&bytes).unwrap();
        bytes[at] ^= 1;
        std::fs::write(path, bytes).unwrap();
    }
    let store = Store::open_as_it_is(dir.path()).unwrap();
    let error = store.log().record(Position(1)).unwrap_err();
    assert!(matches!(error, Error::Damaged { at: Position(1), .. }), "{error}");
}

fn place(bytes: &[u8]) -> Option<usize> {
    bytes.windows(6).position(|window| window == b"agents")
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(&path, files);
        } else {
            files.push(path);
        }
    }
}
