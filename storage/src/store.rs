//! One workspace's fjall database: opening it, bringing rows up to the log, and making them anew.
//! It holds no indexes: those follow the log by themselves.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cairn_core::attachments::Content;
use cairn_core::ids::Position;
use cairn_core::limits::{DATASET_PAGE_INDEXES_MAX, HEAL_PROBE_BYTES, SUBSCRIPTION_READ_EVENTS_MAX};
use fjall::config::CompressionPolicy;
use fjall::{CompressionType, Database, Keyspace, KeyspaceCreateOptions, PersistMode, Readable};
use quick_cache::sync::Cache;
use serde::{Deserialize, Serialize};

use crate::datasets::differing::{Difference, DifferenceKey};
use crate::datasets::reading::{PageIndex, PageIndexKey};
use crate::erasures::renewal;
use crate::error::Error;
use crate::experiments::remembered::Remembered;
use crate::history::checkpoints::{self, PublicKey};
use crate::journal;
use crate::journal::rewriting::Mark;
use crate::log::{Log, Verified};
use crate::reader::Reader;
use crate::rows::{self, ROWS_VERSION};
use crate::shared::Shared;
use crate::signals::Signals;
use crate::staging::Staging;

const CACHE_BYTES: u64 = 32 << 20;
const JOURNAL_BYTES: u64 = 128 << 20;
const LOG_MEMTABLE_BYTES: u64 = 16 << 20;
const ROWS_MEMTABLE_BYTES: u64 = 16 << 20;
const HISTORY_MEMTABLE_BYTES: u64 = 8 << 20;
/// Events that one step of a replay folds before it is written.
const REPLAY_EVENTS: usize = SUBSCRIPTION_READ_EVENTS_MAX * 16;

#[derive(Clone)]
pub(crate) struct Keyspaces {
    pub(crate) rows: Keyspace,
    pub(crate) history: Keyspace,
}

/// An open workspace.
pub struct Store {
    database: Database,
    keyspaces: Keyspaces,
    log: Log,
    signals: Arc<Signals>,
    page_indexes: Cache<PageIndexKey, PageIndex>,
    differences: Cache<DifferenceKey, Difference>,
    comparisons: Remembered,
    shared: Shared,
    /// The last, as it may go when all is closed. One that is read over another store's log has none.
    mark: Option<Mark>,
}

/// Which rows these are and how far they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Meta {
    pub(crate) version: u32,
    pub(crate) position: Position,
}

impl Store {
    /// Opens or begins a workspace in a folder. Rows that lag behind the log, or have an old shape, are replayed.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        std::fs::create_dir_all(dir)?;
        let store = Self::open_as_it_is(dir)?;
        let head = store.signals.head();
        store.bring_rows_up_to(head)?;
        Ok(store)
    }

    /// Opens a workspace and leaves its rows alone.
    pub fn open_as_it_is(dir: &Path) -> Result<Self, Error> {
        renewal::settle(dir)?;
        let store = Self::open_alone(dir)?;
        renewal::clean(dir)?;
        Ok(store)
    }

    /// As `open_as_it_is`, and leaves alone what lies beside it.
    pub(crate) fn open_alone(dir: &Path) -> Result<Self, Error> {
        let folder = dir.join("store");
        let mut mark = Mark::open(dir, &folder)?;
        journal::check(&folder).inspect_err(|_| mark.leave())?;
        let database = open_database(&folder).map_err(|refusal| {
            if matches!(refusal, fjall::Error::InvalidVersion(_)) {
                mark.leave();
            }
            journal::explain(&folder, refusal)
        })?;
        let log = Log::new(database.keyspace("log", || packed(LOG_MEMTABLE_BYTES))?);
        let (head, _) = log.head()?;
        Self::made_of(database, log, head, Some(mark))
    }

    /// Rows of their own over the log of another store, up to a position.
    pub(crate) fn over(dir: &Path, source: &Self, at: Position) -> Result<Self, Error> {
        Self::made_of(open_database(&dir.join("store"))?, source.log.clone(), at, None)
    }

    fn made_of(database: Database, log: Log, head: Position, mark: Option<Mark>) -> Result<Self, Error> {
        let keyspaces = Keyspaces {
            rows: database.keyspace("rows", || plain(ROWS_MEMTABLE_BYTES))?,
            history: database.keyspace("history", || plain(HISTORY_MEMTABLE_BYTES))?,
        };
        Ok(Self {
            database,
            keyspaces,
            log,
            signals: Arc::new(Signals::new(head, Position::START, Position::START)),
            page_indexes: Cache::new(DATASET_PAGE_INDEXES_MAX),
            differences: Cache::new(DATASET_PAGE_INDEXES_MAX),
            comparisons: Remembered::new(),
            shared: Shared::new(),
            mark,
        })
    }

    /// Takes the rows on to a position that the log has.
    pub(crate) fn go_on_to(&self, to: Position) -> Result<(), Error> {
        self.bring_rows_up_to(to)?;
        self.signals.advance_head(to);
        Ok(())
    }

    pub const fn log(&self) -> &Log {
        &self.log
    }

    pub const fn signals(&self) -> &Arc<Signals> {
        &self.signals
    }

    pub(crate) const fn page_indexes(&self) -> &Cache<PageIndexKey, PageIndex> {
        &self.page_indexes
    }

    pub(crate) const fn differences(&self) -> &Cache<DifferenceKey, Difference> {
        &self.differences
    }

    pub(crate) const fn comparisons(&self) -> &Remembered {
        &self.comparisons
    }

    pub(crate) const fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Throws away all rows and makes them from the log. Indexes are thrown away by deleting their folders.
    pub fn rebuild_rows(&self) -> Result<Position, Error> {
        self.keyspaces.rows.clear()?;
        let (head, _) = self.log.head()?;
        self.bring_rows_up_to(head)?;
        Ok(head)
    }

    /// Bytes on disk of log, rows and history.
    pub fn disk_bytes(&self) -> Result<u64, Error> {
        Ok(self.database.disk_space()?)
    }

    /// The same of all that is made of the log here.
    pub(crate) fn made_bytes(&self) -> u64 {
        self.keyspaces.rows.disk_space() + self.keyspaces.history.disk_space()
    }

    pub(crate) const fn keyspaces(&self) -> &Keyspaces {
        &self.keyspaces
    }

    pub(crate) fn persist(&self, mode: PersistMode) -> Result<(), Error> {
        Ok(self.database.persist(mode)?)
    }

    pub(crate) fn snapshot(&self) -> fjall::Snapshot {
        self.database.snapshot()
    }

    pub(crate) fn batch(&self) -> fjall::OwnedWriteBatch {
        self.database.batch().durability(Some(PersistMode::SyncData))
    }

    /// For what is made durable as a whole by `persist`.
    pub(crate) fn unsynced_batch(&self) -> fjall::OwnedWriteBatch {
        self.database.batch()
    }

    fn rows_meta(&self) -> Result<Option<Meta>, Error> {
        self.keyspaces.rows.get(rows::meta())?.as_deref().map(rows::read).transpose()
    }

    fn bring_rows_up_to(&self, head: Position) -> Result<(), Error> {
        let mut replay = self.replay()?;
        while replay.step(self, head)? {}
        self.database.persist(PersistMode::SyncData)?;
        Ok(())
    }

    /// Begins where the rows are; those of an old shape begin anew.
    pub(crate) fn replay(&self) -> Result<Replay, Error> {
        let reached = match self.rows_meta()? {
            Some(meta) if meta.version > ROWS_VERSION => {
                return Err(Error::TooNew { what: "the rows", found: meta.version, known: ROWS_VERSION });
            }
            Some(meta) if meta.version == ROWS_VERSION => meta.position,
            old => {
                if old.is_some() {
                    tracing::info!("rows have an old shape and are made anew from the log");
                    self.keyspaces.rows.clear()?;
                }
                // Whoever was killed between the two left it: an undo would read in it of what is still to come.
                self.keyspaces.history.clear()?;
                Position::START
            }
        };
        Ok(Replay { staging: Staging::open(self.keyspaces.clone(), self.log.clone())?, reached })
    }
}

/// Makes rows from the log, some at a time.
pub(crate) struct Replay {
    staging: Staging,
    reached: Position,
}

impl Replay {
    pub(crate) const fn reached(&self) -> Position {
        self.reached
    }

    /// Goes on towards a position; says whether there was something to do.
    pub(crate) fn step(&mut self, store: &Store, to: Position) -> Result<bool, Error> {
        let mut records = store.log.records_after(self.reached, REPLAY_EVENTS)?;
        // Whole blocks are given, which may reach further.
        records.retain(|record| record.position <= to);
        let Some(last) = records.last().map(|record| record.position) else { return Ok(false) };
        for record in &records {
            self.staging.note_kind(record);
            if let Some(event) = crate::log::upcast::event(record)? {
                self.staging.project(&event)?;
            }
        }
        let mut batch = store.database.batch();
        self.staging.flush(&mut batch)?;
        batch.insert(&store.keyspaces.rows, rows::meta(), meta_row(last)?);
        store.comparisons.change_all(last);
        batch.commit()?;
        self.reached = last;
        Ok(true)
    }
}

fn open_database(folder: &Path) -> Result<Database, fjall::Error> {
    Database::builder(folder)
        .cache_size(CACHE_BYTES)
        .max_journaling_size(JOURNAL_BYTES)
        .worker_threads(1)
        // Most of its bytes are blocks of the log.
        .journal_compression(CompressionType::None)
        .open()
}

/// Rows say much the same one after the other.
fn plain(memtable_bytes: u64) -> KeyspaceCreateOptions {
    compressed(memtable_bytes, CompressionType::Lz4)
}

/// What is compressed before it comes to the store.
fn packed(memtable_bytes: u64) -> KeyspaceCreateOptions {
    compressed(memtable_bytes, CompressionType::None)
}

fn compressed(memtable_bytes: u64, compression: CompressionType) -> KeyspaceCreateOptions {
    KeyspaceCreateOptions::default()
        .max_memtable_size(memtable_bytes)
        .data_block_compression_policy(CompressionPolicy::all(compression))
}

impl Drop for Store {
    fn drop(&mut self) {
        let Some(mark) = &mut self.mark else { return };
        // Rows that were made anew may wait for a sync; after a failed one the next says nothing.
        if self.signals.fault().is_none() && self.database.persist(PersistMode::SyncAll).is_ok() {
            mark.trust();
        }
    }
}

/// Whether a folder takes a file of some size, down to the disk.
pub fn takes_writes(dir: &Path) -> Result<(), Error> {
    let probe = dir.join("probe");
    let written = std::fs::write(&probe, vec![1; HEAL_PROBE_BYTES])
        .and_then(|()| std::fs::File::open(&probe))
        .and_then(|file| file.sync_all());
    // What could not be written whole must not stay either.
    let removed = std::fs::remove_file(&probe);
    Ok(written.and(removed)?)
}

/// What a folder holds that was found to be whole.
pub struct Found {
    pub log: Verified,
    /// How many signed checkpoints agree with the log.
    pub checkpoints: usize,
    /// What its attachments have, not looked at yet.
    pub contents: Vec<Content>,
}

/// Walks the chain of the log in a folder, tells which contents its attachments have, and leaves everything alone.
/// With a key, the signed checkpoints beside the log are checked too.
pub fn verify_folder(dir: &Path, key: Option<&PublicKey>) -> Result<Found, Error> {
    let store = Arc::new(Store::open_as_it_is(dir)?);
    let signed = key.map(|key| checkpoints::chains(dir, key)).transpose()?.unwrap_or_default();
    let log = store.log.verify_against(&signed)?;
    let contents = match store.rows_meta()? {
        Some(meta) if meta.version == ROWS_VERSION => Reader::rows_only(&store)?.used_contents()?,
        // Rows of another shape tell nothing; the next start makes them anew.
        _ => Vec::new(),
    };
    Ok(Found { log, checkpoints: signed.len(), contents })
}

/// Whether a folder cannot be opened because another process has it open.
pub const fn is_locked(error: &fjall::Error) -> bool {
    matches!(error, fjall::Error::Locked)
}

pub(crate) fn meta_row(position: Position) -> Result<Vec<u8>, Error> {
    rows::write(&Meta { version: ROWS_VERSION, position })
}

/// The position that a snapshot's rows have reached.
pub(crate) fn position_in(snapshot: &fjall::Snapshot, keyspaces: &Keyspaces) -> Result<Position, Error> {
    let meta: Option<Meta> =
        snapshot.get(&keyspaces.rows, rows::meta())?.as_deref().map(rows::read).transpose()?;
    Ok(meta.map_or(Position::START, |meta| meta.position))
}

/// How long a reader waits for an index.
pub(crate) const INDEX_PATIENCE: Duration = Duration::from_millis(cairn_core::limits::INDEX_WAIT_MS_MAX);
