//! A store made anew without what was erased. Journals, old tables and overwritten values of a store hold old bytes
//! for as long as it likes; a new store never had them. It is made beside the old one, which serves meanwhile, and
//! takes its place while nobody has the workspace open.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use cairn_core::ids::Position;
use fjall::PersistMode;

use crate::error::Error;
use crate::journal::repair::KEPT;
use crate::log::block::{self, GENESIS, Hash, Payload, Record};
use crate::log::{Log, part_key};
use crate::store::Store;

const STORE: &str = "store";
/// The new store while it is made.
const MAKING: &str = "renewing";
/// The new store when it is whole.
const READY: &str = "renewed";
/// The old store when its place is taken.
const OLD: &str = "replaced";
/// Blocks that are copied in one batch.
const COPIED_BLOCKS: usize = 64;

pub struct Renewal {
    dir: PathBuf,
    store: Store,
    scrubbed: BTreeSet<Position>,
    reached: Position,
    chain: Hash,
}

impl Renewal {
    /// Copies the log up to where it is, scrubs it, and makes rows of it. Blocks.
    pub fn begin(dir: &Path, source: &Store, scrubbed: BTreeSet<Position>) -> Result<Self, Error> {
        remove(&dir.join(MAKING))?;
        let store = Store::open_alone(&dir.join(MAKING))?;
        let dir = dir.to_owned();
        let mut renewal = Self { dir, store, scrubbed, reached: Position::START, chain: GENESIS };
        renewal.follow(source.log(), source.signals().head())?;
        Ok(renewal)
    }

    /// Takes the rest, and then the place of the old store. Nobody may have the workspace open. Blocks.
    pub fn finish(mut self) -> Result<(), Error> {
        let old = Store::open_alone(&self.dir)?;
        let (head, _) = old.log().head()?;
        self.follow(old.log(), head)?;
        self.store.persist(PersistMode::SyncAll)?;
        let Self { dir, store, .. } = self;
        drop((store, old));
        // Whichever of these is the last that happens, `settle` goes on from there.
        std::fs::rename(dir.join(MAKING), dir.join(READY))?;
        sync(&dir)?;
        std::fs::rename(dir.join(STORE), dir.join(OLD))?;
        std::fs::rename(dir.join(READY).join(STORE), dir.join(STORE))?;
        sync(&dir)?;
        clean(&dir)?;
        forget_damaged(&dir)
    }

    fn follow(&mut self, source: &Log, to: Position) -> Result<(), Error> {
        while self.reached < to {
            let mut batch = self.store.unsynced_batch();
            for _ in 0..COPIED_BLOCKS {
                if self.reached >= to {
                    break;
                }
                let first = self.reached.next();
                let block = source.stored_block(first)?;
                let behind = block.verify(self.chain)?;
                let last = block.records.last().map_or(first, |record| record.position);
                let log = self.store.log().keyspace();
                if self.scrubbed.range(first..=last).next().is_none() {
                    for (key, part) in source.parts(first)? {
                        batch.insert(log, key, part);
                    }
                } else {
                    let records: Vec<Record> =
                        block.records.into_iter().map(|record| scrub(record, &self.scrubbed)).collect();
                    let mut chain = self.chain;
                    block::encode(&records, &mut chain, |number, part| {
                        batch.insert(log, part_key(first, number), part);
                    })?;
                }
                (self.chain, self.reached) = (behind, last);
            }
            batch.commit()?;
        }
        self.store.go_on_to(to)
    }
}

fn scrub(record: Record, scrubbed: &BTreeSet<Position>) -> Record {
    match record.payload.event() {
        Some(payload) if scrubbed.contains(&record.position) => {
            let hash = Hash(*blake3::hash(&payload).as_bytes());
            Record { payload: Payload::Scrubbed(hash), ..record }
        }
        _ => record,
    }
}

/// Before a store is opened: one whose place was about to be taken gets its successor.
pub(crate) fn settle(dir: &Path) -> Result<(), Error> {
    let ready = dir.join(READY).join(STORE);
    if !dir.join(STORE).exists() && ready.exists() {
        std::fs::rename(ready, dir.join(STORE))?;
        sync(dir)?;
    }
    Ok(())
}

/// Removes what a renewal left beside a store that is held by now.
pub(crate) fn clean(dir: &Path) -> Result<(), Error> {
    [MAKING, READY, OLD].iter().try_for_each(|name| remove(&dir.join(name)))
}

/// Journals that a repair put aside hold what was erased, too.
fn forget_damaged(dir: &Path) -> Result<(), Error> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.strip_prefix(KEPT).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')) {
            tracing::warn!(%name, "journals that a repair put aside are removed by an erasure");
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn remove(dir: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn sync(dir: &Path) -> Result<(), Error> {
    Ok(File::open(dir)?.sync_all()?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use cairn_core::command::Context;
    use cairn_core::ids::{ProjectId, TraceId};
    use cairn_core::json::Json;
    use cairn_core::merge::Origin;
    use cairn_core::time::Timestamp;
    use cairn_core::traces;
    use uuid::Uuid;

    use super::*;
    use crate::log::Verified;
    use crate::store::verify_folder;
    use crate::writer::Writer;

    fn trace(number: u128, bytes: usize) -> traces::Event {
        let text = format!("{{\"word\":\"secret {number}{}\"}}", "x".repeat(bytes));
        traces::Event::Recorded(Box::new(traces::RowRecorded {
            id: TraceId::known(Uuid::from_u128(number)),
            project_id: ProjectId::known(Uuid::from_u128(2)),
            origin: Origin::Batch,
            version: Timestamp::from_millis(5),
            start_time: Timestamp::from_millis(1),
            fields: traces::Fields { input: Json::parse(text.into()).ok(), ..traces::Fields::default() },
        }))
    }

    /// Four traces in two blocks, and then a large one.
    fn begun(dir: &Path) -> Arc<Store> {
        let mut writer = Writer::open(Arc::new(Store::open(dir).unwrap())).unwrap();
        let context = Context::new(Timestamp::from_millis(9), Arc::from("ann"), [7; 32]);
        for numbers in [vec![1, 2], vec![3, 4], vec![5]] {
            for number in numbers {
                let bytes = if number == 5 { 9 << 20 } else { 0 };
                writer.append(trace(number, bytes).into(), &context).unwrap();
            }
            writer.commit().unwrap();
        }
        Arc::clone(writer.store())
    }

    fn verified(dir: &Path) -> Verified {
        verify_folder(dir, None).unwrap().log
    }

    fn told(dir: &Path) -> Vec<Option<TraceId>> {
        let store = Store::open(dir).unwrap();
        let event = |at| store.log().event(Position(at)).unwrap().map(|recorded| recorded.event);
        (1..=5)
            .map(|at| match event(at) {
                Some(cairn_core::event::Event::Traces(event)) => Some(event.id()),
                _ => None,
            })
            .collect()
    }

    fn shown(dir: &Path) -> Vec<bool> {
        let store = Arc::new(Store::open(dir).unwrap());
        let reader = crate::reader::Reader::rows_only(&store).unwrap();
        (1..=5).map(|id| reader.trace(TraceId::known(Uuid::from_u128(id))).unwrap().is_some()).collect()
    }

    #[test]
    fn a_renewed_store_has_the_same_chain_and_neither_payload_nor_row_of_what_was_marked() {
        let dir = tempfile::tempdir().unwrap();
        let store = begun(dir.path());
        drop(store);
        let before = verified(dir.path());
        let store = Store::open(dir.path()).unwrap();
        let renewal = Renewal::begin(dir.path(), &store, BTreeSet::from([Position(2), Position(5)])).unwrap();
        drop(store);
        renewal.finish().unwrap();
        let after = verified(dir.path());
        assert_eq!((after.head, after.events), (before.head, before.events));
        let id = |number| Some(TraceId::known(Uuid::from_u128(number)));
        assert_eq!(told(dir.path()), [id(1), None, id(3), id(4), None]);
        assert_eq!(shown(dir.path()), [true, false, true, true, false]);
        let left: Vec<_> =
            std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, [STORE]);
    }

    #[test]
    fn what_is_written_while_the_new_store_is_made_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = begun(dir.path());
        let mut writer = Writer::open(store).unwrap();
        let renewal = Renewal::begin(dir.path(), writer.store(), BTreeSet::from([Position(1)])).unwrap();
        let context = Context::new(Timestamp::from_millis(9), Arc::from("ann"), [7; 32]);
        writer.append(trace(6, 0).into(), &context).unwrap();
        writer.commit().unwrap();
        drop(writer);
        renewal.finish().unwrap();
        assert_eq!(verified(dir.path()).events, 6);
        let store = Arc::new(Store::open(dir.path()).unwrap());
        let reader = crate::reader::Reader::rows_only(&store).unwrap();
        assert!(reader.trace(TraceId::known(Uuid::from_u128(6))).unwrap().is_some());
    }

    /// Each state of the folder in which a renewal may break off.
    #[test]
    fn a_renewal_that_breaks_off_leaves_the_old_store_or_the_new_one() {
        for step in 0..4 {
            let dir = tempfile::tempdir().unwrap();
            let store = begun(dir.path());
            let renewal = Renewal::begin(dir.path(), &store, BTreeSet::from([Position(1)])).unwrap();
            drop((renewal, store));
            let rename = |from: PathBuf, to: PathBuf| std::fs::rename(from, to).unwrap();
            let path = |name: &str| dir.path().join(name);
            if step > 0 {
                rename(path(MAKING), path(READY));
            }
            if step > 1 {
                rename(path(STORE), path(OLD));
            }
            if step > 2 {
                rename(path(READY).join(STORE), path(STORE));
            }
            let is_new = step > 1;
            assert_eq!(told(dir.path())[0].is_none(), is_new, "step {step}");
            assert_eq!(verified(dir.path()).events, 5, "step {step}");
            let left = std::fs::read_dir(dir.path()).unwrap().count();
            assert_eq!(left, 1, "step {step}");
        }
    }
}
