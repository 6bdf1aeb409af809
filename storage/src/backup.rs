//! A backup of one log: its blocks as they are stored, in segments, the contents of its attachments, and a list that
//! says what is there. Rows and indexes are not in it, as they are made from the log.

pub mod frames;
pub mod restore;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use bytes::BufMut;
use cairn_core::attachments::{self, ContentHash};
use cairn_core::event::Event;
use cairn_core::ids::Position;
use cairn_core::limits::BACKUP_SEGMENT_BYTES_TARGET;
use serde::{Deserialize, Serialize};

use crate::attachments::contents::read_hash;
use crate::error::Error;
use crate::log::block::{Block, GENESIS, Hash};
use crate::log::kind::{Kind, Row};
use crate::log::upcast;
use frames::Blocks;

const LIST: &str = "list.json";
const LIST_VERSION: u32 = 1;
const CONTENTS: &str = "contents";

/// The backup of one log in a folder: small files, each written whole or not at all.
pub struct Backup {
    folder: PathBuf,
    list: List,
}

/// Gives the bytes of a content to a file, or says that there are none.
pub type Fetch<'a> = dyn FnMut(ContentHash, &mut File) -> Result<bool, Error> + 'a;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct List {
    version: u32,
    segments: Vec<Segment>,
    /// Contents that attachments had, and that were not to be had.
    missing: BTreeSet<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Segment {
    name: String,
    first: u64,
    last: u64,
    /// Of the segment's bytes.
    hash: String,
    /// Behind its last record: where the next segment's chain begins.
    chain: String,
}

/// Blocks that are not yet in a segment.
struct Open {
    bytes: Vec<u8>,
    last: Position,
    chain: Hash,
    /// Contents that attachments have, as far as these blocks tell.
    wanted: BTreeSet<ContentHash>,
}

impl Backup {
    /// Opens or begins a backup.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let folder = folder.to_owned();
        let list = match read_if_there(&folder.join(LIST))? {
            None => List { version: LIST_VERSION, segments: Vec::new(), missing: BTreeSet::new() },
            Some(bytes) => read_list(&bytes)?,
        };
        Ok(Self { folder, list })
    }

    /// Up to where the log is in the backup.
    pub fn reached(&self) -> Position {
        self.list.segments.last().map_or(Position::START, |segment| Position(segment.last))
    }

    /// Contents that attachments have at the end of the backup, and that are not in it. They may have been erased just
    /// now, of which the log tells a moment later.
    pub fn missing(&self) -> usize {
        self.list.missing.len()
    }

    /// Takes what follows into the backup, as `frames` give it. Each block is held against the chain before it is kept;
    /// a segment counts once the list names it, so that what breaks off leaves the backup as it was.
    pub fn append(&mut self, frames: impl Read, fetch: &mut Fetch<'_>) -> Result<u64, Error> {
        let before = self.reached();
        let mut blocks = Blocks::new(frames);
        let missing = self.list.missing.iter().filter_map(|hash| read_hash(hash));
        let mut open =
            Open { bytes: Vec::new(), last: before, chain: self.chain()?, wanted: missing.collect() };
        while let Some(whole) = blocks.next()? {
            if whole.first != open.last.next() {
                let what =
                    format!("the backup ends at {}, and the log goes on at {}", open.last, whole.first);
                return Err(Error::Damaged { at: whole.first, what });
            }
            open.take(&whole.block()?)?;
            frames::write_whole(&whole, &mut open.bytes);
            if open.bytes.len() >= BACKUP_SEGMENT_BYTES_TARGET {
                self.seal(&mut open, fetch)?;
            }
        }
        if !open.bytes.is_empty() || !open.wanted.is_empty() {
            self.seal(&mut open, fetch)?;
        }
        Ok(open.last.0 - before.0)
    }

    /// What the open blocks need is there before the list names them.
    fn seal(&mut self, open: &mut Open, fetch: &mut Fetch<'_>) -> Result<(), Error> {
        let mut missing = BTreeSet::new();
        for hash in std::mem::take(&mut open.wanted) {
            if !self.keep(hash, fetch)? {
                missing.insert(hash);
            }
        }
        self.list.missing = missing.iter().map(ToString::to_string).collect();
        open.wanted = missing;
        if !open.bytes.is_empty() {
            let first = self.reached().next();
            let name = format!("{:020}.blocks", first.0);
            put(&self.folder, &name, &open.bytes)?;
            let hash = blake3::hash(&open.bytes).to_string();
            let chain = hex::encode(open.chain.0);
            self.list.segments.push(Segment { name, first: first.0, last: open.last.0, hash, chain });
            open.bytes.clear();
        }
        let listed = serde_json::to_vec_pretty(&self.list).map_err(std::io::Error::from)?;
        put(&self.folder, LIST, &listed)
    }

    /// Whether the content is in the backup now.
    fn keep(&self, hash: ContentHash, fetch: &mut Fetch<'_>) -> Result<bool, Error> {
        let path = self.content_path(hash);
        if path.exists() {
            return Ok(true);
        }
        let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str()))
        else {
            return Ok(false);
        };
        std::fs::create_dir_all(folder)?;
        let partial = folder.join(format!("{name}.partial"));
        let mut file = File::create(&partial)?;
        if !fetch(hash, &mut file)? || hash_of(&partial)? != hash {
            std::fs::remove_file(&partial)?;
            return Ok(false);
        }
        settle(&file, &partial, folder, name)?;
        Ok(true)
    }

    fn content_path(&self, hash: ContentHash) -> PathBuf {
        let hash = hash.to_string();
        let (group, rest) = hash.split_at(2);
        self.folder.join(CONTENTS).join(group).join(rest)
    }

    /// The bytes of a content, to be copied; `None` if they are not in the backup.
    pub fn content(&self, hash: ContentHash) -> Result<Option<File>, Error> {
        match File::open(self.content_path(hash)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            opened => Ok(Some(opened?)),
        }
    }

    fn chain(&self) -> Result<Hash, Error> {
        let Some(segment) = self.list.segments.last() else { return Ok(GENESIS) };
        let mut chain = GENESIS;
        hex::decode_to_slice(&segment.chain, &mut chain.0)
            .map_err(|_| Error::Backup(format!("`{LIST}` has no hash for `{}`", segment.name)))?;
        Ok(chain)
    }

    /// The bytes of a segment, which must be as they were written, and the word that ends them.
    fn read(&self, segment: &Segment) -> Result<Vec<u8>, Error> {
        let damaged = |what: &str| Error::Backup(format!("`{}` {what}", segment.name));
        let bytes = read_if_there(&self.folder.join(&segment.name))?;
        let mut bytes = bytes.ok_or_else(|| damaged("is missing"))?;
        if blake3::hash(&bytes).to_string() != segment.hash {
            return Err(damaged("is not as it was written"));
        }
        bytes.put_u64_le(frames::END);
        Ok(bytes)
    }
}

impl Open {
    fn take(&mut self, block: &Block) -> Result<(), Error> {
        self.chain = block.verify(self.chain)?;
        for record in &block.records {
            self.last = record.position;
            if !attachments_tell(record.kind) {
                continue;
            }
            match upcast::event(record)?.map(|recorded| recorded.event) {
                Some(Event::Attachments(attachments::Event::Added(added))) => {
                    self.wanted.insert(added.content.hash);
                }
                Some(Event::Attachments(attachments::Event::ContentErased { hash })) => {
                    self.wanted.remove(&hash);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn attachments_tell(kind: u16) -> bool {
    Kind::from_number(kind).is_some_and(|kind| kind.row() == Row::Attachments)
}

fn read_list(bytes: &[u8]) -> Result<List, Error> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let unreadable = |error: serde_json::Error| Error::Backup(format!("`{LIST}` cannot be read: {error}"));
    let Versioned { version } = serde_json::from_slice(bytes).map_err(unreadable)?;
    if version > LIST_VERSION {
        return Err(Error::TooNew { what: "the backup", found: version, known: LIST_VERSION });
    }
    serde_json::from_slice(bytes).map_err(unreadable)
}

fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, Error> {
    match std::fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        read => Ok(Some(read?)),
    }
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    std::fs::create_dir_all(folder)?;
    let partial = folder.join(format!("{name}.partial"));
    let mut file = File::create(&partial)?;
    file.write_all(bytes)?;
    settle(&file, &partial, folder, name)
}

/// Gives a file its name once its bytes are on the disk.
fn settle(file: &File, partial: &Path, folder: &Path, name: &str) -> Result<(), Error> {
    file.sync_all()?;
    std::fs::rename(partial, folder.join(name))?;
    Ok(File::open(folder)?.sync_all()?)
}

fn hash_of(path: &Path) -> Result<ContentHash, Error> {
    let mut hasher = blake3::Hasher::new();
    std::io::copy(&mut File::open(path)?, &mut hasher)?;
    Ok(ContentHash(*hasher.finalize().as_bytes()))
}

#[cfg(test)]
mod tests;
