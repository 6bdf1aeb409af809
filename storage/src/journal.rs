//! Looks at the journals of the store before it opens them. The store drops whatever follows the first place that makes
//! no sense to it: right for a batch that a crash cut off, and a silent loss where a byte in the middle has changed.
//! So whole batches behind a bad place refuse the opening, until `repair` has said what is lost.
//!
//! A batch is `1 · items u32 · sequence u64 · items · 3 · check u64 · "FJL\x03"`; an item is `2 · type u8 · packing u8 ·
//! keyspace u64 · key length u16 · length u32 · length on disk u32 · key · value`, or `4 · keyspace u64`. Little-endian.
//! The check is XXH3 over the items. Sequences are in no check, and may begin again after a keyspace was cleared: one
//! that has changed is found by `cairn verify`, as a gap in the log. Behind the last batch of the newest journal lie zeros, or nothing.

pub mod repair;
pub mod rewriting;

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use bytes::Buf;
use cairn_core::ids::Position;
use xxhash_rust::xxh3::Xxh3;

use crate::error::Error;
use crate::log::place_of;
use crate::log::whole::Whole;

const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;
const TRAILER: &[u8] = b"FJL\x03";
const ZEROS: &[u8] = &[0; 64 << 10];

/// One journal as it lies on disk.
struct Journal {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// Where a journal stops making sense.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Damage {
    at: usize,
    /// Whole batches behind that hold events. Rows alone are written before they are synced, as they can be made anew:
    /// a power cut may leave any of them.
    behind: usize,
}

/// A batch that is whole: where it ends, and its values with keys like those of the log, blocks of which are among them.
struct Batch {
    end: usize,
    values: Vec<(Position, u32, Vec<u8>)>,
}

/// Refuses a folder whose store would lose what is whole. A folder that somebody holds is theirs to look at.
pub(crate) fn check(store: &Path) -> Result<(), Error> {
    let Ok(lock) = File::options().read(true).write(true).open(store.join("lock")) else { return Ok(()) };
    if lock.try_lock().is_err() {
        return Ok(());
    }
    for path in paths(store)? {
        if walk(&path)? {
            continue;
        }
        let journal = Journal::read(path)?;
        if let Some(damage) = journal.damage().filter(|damage| damage.behind > 0) {
            return Err(journal.fault(&damage));
        }
    }
    Ok(())
}

/// What to tell when the store itself refuses its journals.
pub(crate) fn explain(store: &Path, refusal: fjall::Error) -> Error {
    let fjall::Error::JournalRecovery(_) = &refusal else { return refusal.into() };
    let mut journals =
        paths(store).unwrap_or_default().into_iter().filter_map(|path| Journal::read(path).ok());
    let found = journals.find_map(|journal| journal.damage().map(|damage| journal.fault(&damage)));
    found.unwrap_or_else(|| refusal.into())
}

/// The journals of a store, oldest first.
pub(crate) fn paths(store: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(store)? {
        let path = entry?.path();
        let number = path.file_stem().and_then(|stem| stem.to_str()?.parse().ok());
        if let Some(number) = number.filter(|_| path.extension().is_some_and(|extension| extension == "jnl"))
        {
            paths.push((number, path));
        }
    }
    paths.sort_by_key(|(number, _): &(u64, PathBuf)| *number);
    Ok(paths.into_iter().map(|(_, path)| path).collect())
}

/// Whether a journal is batches and then nothing. Reads headers alone, and no sums: the store checks those itself.
fn walk(path: &Path) -> Result<bool, Error> {
    let mut from = open(path)?;
    match skip_batches(&mut from)? {
        Some(_) => only_zeros(from),
        None => Ok(false),
    }
}

/// How many bytes of a journal are batches; `None` if it stops making sense before its end.
pub(crate) fn used_bytes(path: &Path) -> Result<Option<u64>, Error> {
    skip_batches(&mut open(path)?)
}

fn open(path: &Path) -> Result<BufReader<File>, Error> {
    Ok(BufReader::with_capacity(256 << 10, File::open(path)?))
}

/// Goes behind the last batch, and says where that is.
fn skip_batches(from: &mut BufReader<File>) -> Result<Option<u64>, Error> {
    let mut within = None;
    loop {
        let mut tag = [0; 1];
        if from.read(&mut tag)? == 0 {
            let end = from.stream_position()?;
            return Ok(within.is_none().then_some(end));
        }
        within = match (tag, within) {
            ([0], None) => return Ok(Some(from.stream_position()? - 1)),
            ([START], None) => {
                let Some(items) = begin(from)? else { return Ok(None) };
                Some(items)
            }
            ([ITEM], Some(left @ 1..)) if skip_item(from)? => Some(left - 1),
            ([CLEAR], Some(left @ 1..)) if take::<8>(from)?.is_some() => Some(left - 1),
            ([END], Some(0)) if take::<12>(from)?.is_some_and(|tail| tail.ends_with(TRAILER)) => None,
            _ => return Ok(None),
        };
    }
}

fn take<const N: usize>(from: &mut impl Read) -> Result<Option<[u8; N]>, Error> {
    let mut bytes = [0; N];
    match from.read_exact(&mut bytes) {
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        read => Ok(read.map(|()| Some(bytes))?),
    }
}

/// How many items a batch says to have.
fn begin(from: &mut impl Read) -> Result<Option<u32>, Error> {
    Ok(take::<12>(from)?.and_then(|head| head.as_slice().try_get_u32_le().ok()))
}

fn skip_item(from: &mut BufReader<File>) -> Result<bool, Error> {
    let Some(head) = take::<20>(from)? else { return Ok(false) };
    let Some(length) = item_length(&mut head.as_slice()) else { return Ok(false) };
    let length = u64::try_from(length.0 + length.1).unwrap_or(u64::MAX);
    Ok(std::io::copy(&mut from.take(length), &mut std::io::sink())? == length)
}

/// The lengths of key and value, of an item as this program writes it: nothing is packed.
fn item_length(head: &mut &[u8]) -> Option<(usize, usize)> {
    const TYPES: &[u8] = &[0, 1, 2, 4];
    const UNPACKED: u8 = 0;
    let kind = head.try_get_u8().ok()?;
    let packing = head.try_get_u8().ok()?;
    let _keyspace = head.try_get_u64_le().ok()?;
    let key = usize::from(head.try_get_u16_le().ok()?);
    let length = head.try_get_u32_le().ok()?;
    let on_disk = head.try_get_u32_le().ok()?;
    let sound = TYPES.contains(&kind) && packing == UNPACKED && length == on_disk;
    sound.then_some((key, usize::try_from(length).ok()?))
}

fn only_zeros(mut from: impl Read) -> Result<bool, Error> {
    let mut chunk = vec![0; ZEROS.len()];
    loop {
        let count = from.read(&mut chunk)?;
        if count == 0 {
            return Ok(true);
        }
        if chunk.get(..count) != ZEROS.get(..count) {
            return Ok(false);
        }
    }
}

impl Journal {
    fn read(path: PathBuf) -> Result<Self, Error> {
        let bytes = std::fs::read(&path)?;
        Ok(Self { path, bytes })
    }

    fn fault(&self, damage: &Damage) -> Error {
        Error::Journal { file: self.path.display().to_string(), at: damage.at, behind: damage.behind }
    }

    /// The first place at which there is no whole batch, unless nothing but zeros follows.
    fn damage(&self) -> Option<Damage> {
        let mut at = 0;
        while let Some(batch) = self.batch(at) {
            at = batch.end;
        }
        if only_zeros(self.bytes.get(at..)?).is_ok_and(|empty| empty) {
            return None;
        }
        let (mut behind, mut next) = (0, at);
        while next < self.bytes.len() {
            match self.batch(next) {
                Some(batch) => {
                    next = batch.end;
                    behind += usize::from(!batch.blocks().is_empty());
                }
                None => next += 1,
            }
        }
        Some(Damage { at, behind })
    }

    /// The batch that begins at a place, if it is whole and its check holds.
    fn batch(&self, at: usize) -> Option<Batch> {
        let whole = self.bytes.get(at..)?;
        if whole.first() != Some(&START) {
            return None;
        }
        let mut rest = whole.get(1..)?;
        let items = rest.try_get_u32_le().ok()?;
        let _sequence = rest.try_get_u64_le().ok()?;
        let (mut sum, mut values) = (Xxh3::new(), Vec::new());
        for _ in 0..items {
            let item = rest;
            match rest.try_get_u8().ok()? {
                ITEM => {
                    let (key, length) = item_length(&mut rest)?;
                    let (key, after) = rest.split_at_checked(key)?;
                    let (value, after) = after.split_at_checked(length)?;
                    if let Ok((first, number)) = place_of(key) {
                        values.push((first, number, value.to_vec()));
                    }
                    rest = after;
                }
                CLEAR => rest = rest.get(8..)?,
                _ => return None,
            }
            sum.update(item.get(..item.len() - rest.len())?);
        }
        let is_end = rest.try_get_u8().ok()? == END;
        let holds = rest.try_get_u64_le().ok()? == sum.digest();
        let after = rest.strip_prefix(TRAILER)?;
        (is_end && holds).then(|| Batch { end: self.bytes.len() - after.len(), values })
    }
}

impl Batch {
    /// The blocks of the log in it: what holds together and has the hashes that it says.
    fn blocks(self) -> Vec<Whole> {
        let mut blocks: Vec<Whole> = Vec::new();
        for (first, number, bytes) in self.values {
            match blocks.last_mut() {
                Some(block) if number > 0 && block.first == first => block.parts.push(bytes),
                _ => blocks.push(Whole { first, parts: vec![bytes] }),
            }
        }
        blocks.retain(|block| block.last().is_some());
        blocks
    }
}

#[cfg(test)]
mod tests;
