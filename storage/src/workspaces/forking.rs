//! A folder of a workspace that begins as another one is, made in two steps. While the writer of the other is held
//! between two commits, files that are never changed in place get a second name here, and of the newest journal, which
//! is, it is noted how far it goes. Journals are copied afterwards, while the other goes on.
//!
//! The store and the indexes work on in the background meanwhile. They write new files, then put a list of them in the
//! place of the old one in one move, and only then remove what is in neither. So what lies beside a list is all that
//! it names if it is the same list before and after. Journals come first: what is moved from them to tables
//! after that is in both, as after a power cut, and the store takes it once.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use cairn_core::command::Context;
use cairn_core::ids::Position;
use cairn_core::limits::FORK_ATTEMPTS_MAX;
use cairn_core::workspaces::Event;
use cairn_core::workspaces::forking::Forked;

use crate::error::Error;
use crate::history::checkpoints;
use crate::index::disk;
use crate::journal;
use crate::writer::Writer;

const STORE: &str = "store";
const KEYSPACES: &str = "keyspaces";
/// Names the file with the list of a keyspace's tables.
const CURRENT: &str = "current";
const TABLES: [&str; 2] = ["tables", "blobs"];
/// What a store and an index have besides: which format it is, and a lock, which must be its own.
const FORMAT: &str = "version";
const LOCK: &str = "lock";
const INDEXES: [&str; 2] = ["columns", "text"];
const SEGMENTS: &str = "meta.json";
const MANAGED: &str = ".managed.json";
/// Where journals of the other are held by a name, until they are copied.
const HELD: &str = "held";

/// What it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Files that both have.
    pub shared_files: u64,
    pub shared_bytes: u64,
    /// Files that were copied as they change, or as the file system has no second names.
    pub copied_files: u64,
    pub copied_bytes: u64,
}

impl Cost {
    pub const fn add(&mut self, other: Self) {
        self.shared_files += other.shared_files;
        self.shared_bytes += other.shared_bytes;
        self.copied_files += other.copied_files;
        self.copied_bytes += other.copied_bytes;
    }

    /// Gives a file a second name. Where the file system has none, it may still share the bytes of a copy.
    pub(crate) fn share(&mut self, from: &Path, to: &Path) -> Result<(), std::io::Error> {
        match std::fs::hard_link(from, to) {
            Ok(()) => {
                self.shared_files += 1;
                self.shared_bytes += std::fs::metadata(to)?.len();
                Ok(())
            }
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists) => {
                Err(error)
            }
            Err(_) => self.copy(from, to),
        }
    }

    fn copy(&mut self, from: &Path, to: &Path) -> Result<(), std::io::Error> {
        let bytes = std::fs::copy(from, to)?;
        File::open(to)?.sync_all()?;
        self.copied(bytes);
        Ok(())
    }

    fn write(&mut self, to: &Path, bytes: &[u8]) -> Result<(), std::io::Error> {
        std::fs::write(to, bytes)?;
        File::open(to)?.sync_all()?;
        self.copied(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(())
    }

    const fn copied(&mut self, bytes: u64) {
        self.copied_files += 1;
        self.copied_bytes += bytes;
    }
}

/// What was taken, up to where.
pub struct Taken {
    dir: PathBuf,
    pub position: Position,
    /// Journals by their names, and how much of each belongs to it; of those that are full, all.
    journals: Vec<(PathBuf, Option<u64>)>,
    cost: Cost,
}

/// Takes a workspace whose writer is held, into a folder that is not there yet.
pub fn take(from: &Path, writer: &Writer, to: &Path) -> Result<Taken, Error> {
    let (source, store) = (from.join(STORE), to.join(STORE));
    std::fs::create_dir_all(store.join(KEYSPACES))?;
    let mut cost = Cost::default();
    let journals = hold_journals(&source, &to.join(HELD))?;
    for entry in std::fs::read_dir(source.join(KEYSPACES))? {
        let name = entry?.file_name();
        let (from, to) = (source.join(KEYSPACES).join(&name), store.join(KEYSPACES).join(&name));
        cost.add(settled(&from, &to, share_keyspace)?.ok_or_else(unsettled)?);
    }
    cost.copy(&source.join(FORMAT), &store.join(FORMAT))?;
    File::create(store.join(LOCK))?;
    for name in INDEXES {
        match settled(&from.join(name), &to.join(name), share_index) {
            Ok(Some(shared)) => cost.add(shared),
            // An index that cannot be taken is made anew from the log.
            Ok(None) | Err(Error::Index(_)) => remove(&to.join(name))?,
            Err(error) => return Err(error),
        }
    }
    if from.join(checkpoints::FILE).exists() {
        cost.copy(&from.join(checkpoints::FILE), &to.join(checkpoints::FILE))?;
    }
    Ok(Taken { dir: to.to_owned(), position: writer.head(), journals, cost })
}

impl Taken {
    /// Copies the journals. The other may be written to again.
    pub fn finish(mut self) -> Result<Cost, Error> {
        for (held, end) in &self.journals {
            let Some(name) = held.file_name() else { continue };
            let end = match end {
                Some(end) => *end,
                None => journal::used_bytes(held)?.ok_or_else(unsettled)?,
            };
            let to = self.dir.join(STORE).join(name);
            let mut copy = File::create_new(to)?;
            std::io::copy(&mut File::open(held)?.take(end), &mut copy)?;
            copy.sync_all()?;
            self.cost.copied(end);
        }
        remove(&self.dir.join(HELD))?;
        Ok(self.cost)
    }
}

/// The first event of its own that a workspace has which was taken from another one.
pub fn begin(writer: &mut Writer, forked: Forked, context: &Context) -> Result<(), Error> {
    writer.append(Event::Forked(forked).into(), context)?;
    writer.commit()?;
    Ok(())
}

/// Makes the names in a folder durable, and in those within it. Files are so by themselves.
pub fn sync_folders(dir: &Path) -> Result<(), Error> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_folders(&entry.path())?;
        }
    }
    Ok(File::open(dir)?.sync_all()?)
}

/// Gives the journals second names, so that they stay when the store is done with them.
fn hold_journals(store: &Path, held: &Path) -> Result<Vec<(PathBuf, Option<u64>)>, Error> {
    for _ in 0..FORK_ATTEMPTS_MAX {
        remove(held)?;
        std::fs::create_dir_all(held)?;
        let journals = journal::paths(store)?;
        let mut uncounted = Cost::default();
        let mut name = |journal: &PathBuf| {
            let to = held.join(journal.file_name().unwrap_or_default());
            uncounted.share(journal, &to).map(|()| to)
        };
        match journals.iter().map(&mut name).collect::<Result<Vec<_>, _>>() {
            Ok(names) => {
                let mut journals: Vec<_> = names.into_iter().map(|name| (name, None)).collect();
                if let Some((newest, end)) = journals.last_mut() {
                    *end = Some(journal::used_bytes(newest)?.ok_or_else(unsettled)?);
                }
                return Ok(journals);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(unsettled())
}

/// Tries until nothing changed meanwhile; `None` if that does not happen.
fn settled(
    from: &Path,
    to: &Path,
    share: impl Fn(&Path, &Path) -> Result<Option<Cost>, Error>,
) -> Result<Option<Cost>, Error> {
    for _ in 0..FORK_ATTEMPTS_MAX {
        remove(to)?;
        match share(from, to) {
            Ok(None) => {}
            Err(Error::Disk(error)) if error.kind() == ErrorKind::NotFound => {}
            shared => return shared,
        }
    }
    Ok(None)
}

fn share_keyspace(from: &Path, to: &Path) -> Result<Option<Cost>, Error> {
    let mut cost = Cost::default();
    let current = std::fs::read(from.join(CURRENT))?;
    let number = current.first_chunk().copied().map(u64::from_le_bytes).ok_or_else(unsettled)?;
    std::fs::create_dir_all(to)?;
    let list = format!("v{number}");
    cost.share(&from.join(&list), &to.join(&list))?;
    for folder in TABLES.into_iter().filter(|folder| from.join(folder).exists()) {
        std::fs::create_dir_all(to.join(folder))?;
        for entry in std::fs::read_dir(from.join(folder))? {
            // One that is still being written is in no list, and is removed when the store is opened.
            let name = entry?.file_name();
            cost.share(&from.join(folder).join(&name), &to.join(folder).join(&name))?;
        }
    }
    cost.write(&to.join(CURRENT), &current)?;
    Ok((std::fs::read(from.join(CURRENT))? == current).then_some(cost))
}

fn share_index(from: &Path, to: &Path) -> Result<Option<Cost>, Error> {
    let mut cost = Cost::default();
    let segments = std::fs::read(from.join(SEGMENTS))?;
    std::fs::create_dir_all(to)?;
    for file in disk::files(from)? {
        match cost.share(&from.join(&file), &to.join(&file)) {
            // Not every segment has all that a segment may have.
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            shared => shared?,
        }
    }
    cost.write(&to.join(SEGMENTS), &segments)?;
    cost.copy(&from.join(MANAGED), &to.join(MANAGED))?;
    Ok((std::fs::read(from.join(SEGMENTS))? == segments).then_some(cost))
}

fn remove(dir: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn unsettled() -> Error {
    std::io::Error::other("the files of the workspace could not be taken as they are at one moment").into()
}
