//! A stretch of a log on its way to a backup: its blocks as they are stored, framed, and a last word by which one that
//! breaks off is known. What carries the bytes is not known here.

use std::io::{Cursor, Read};

use bytes::BufMut;
use cairn_core::ids::Position;
use cairn_core::limits::BACKUP_CHUNK_BYTES_TARGET;

use crate::error::Error;
use crate::log::whole::Whole;
use crate::log::{Log, part_key, place_of};

/// Stands for a position in the frame that says that all frames came.
pub(super) const END: u64 = u64::MAX;

/// Copies a stretch of a log chunk by chunk. The log may grow meanwhile.
pub struct Copying {
    /// The key of the next part.
    next: Vec<u8>,
    last: Position,
    ended: bool,
}

/// What a copy reads like: chunks one behind the other.
pub struct Copied<'a> {
    log: &'a Log,
    copying: Copying,
    chunk: Cursor<Vec<u8>>,
}

/// A part of a block: `first position u64 · number u32 · length u32 · bytes`, little-endian. Most blocks have one.
struct Frame {
    first: Position,
    number: u32,
    bytes: Vec<u8>,
}

/// Puts the blocks together that come as frames.
pub(super) struct Blocks<R> {
    from: R,
    next: Next,
}

/// What `Blocks` knows of what comes next.
enum Next {
    Unread,
    Begun(Frame),
    Nothing,
}

impl Copying {
    /// Everything behind a position that was there when the log had reached `last`.
    pub fn new(after: Position, last: Position) -> Self {
        Self { next: part_key(after.next(), 0), last, ended: false }
    }

    /// The next bytes of the copy; `None` behind its end.
    pub fn chunk(&mut self, log: &Log) -> Result<Option<Vec<u8>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let mut chunk = Vec::new();
        let end = part_key(self.last, u32::MAX);
        if self.next <= end {
            for guard in log.keyspace().range(self.next.clone()..=end) {
                let (key, bytes) = guard.into_inner()?;
                let (first, number) = place_of(&key)?;
                write(first, number, &bytes, &mut chunk);
                self.next = part_key(first, number + 1);
                if chunk.len() >= BACKUP_CHUNK_BYTES_TARGET {
                    return Ok(Some(chunk));
                }
            }
        }
        self.ended = true;
        chunk.put_u64_le(END);
        Ok(Some(chunk))
    }
}

fn write(first: Position, number: u32, bytes: &[u8], to: &mut Vec<u8>) {
    to.put_u64_le(first.0);
    to.put_u32_le(number);
    to.put_u32_le(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    to.put_slice(bytes);
}

/// The frames of a block.
pub(super) fn write_whole(whole: &Whole, to: &mut Vec<u8>) {
    for (number, part) in (0..).zip(&whole.parts) {
        write(whole.first, number, part, to);
    }
}

impl<'a> Copied<'a> {
    pub fn new(log: &'a Log, after: Position, last: Position) -> Self {
        Self { log, copying: Copying::new(after, last), chunk: Cursor::default() }
    }
}

impl Read for Copied<'_> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.chunk.read(to)?;
            if read > 0 || to.is_empty() {
                return Ok(read);
            }
            match self.copying.chunk(self.log).map_err(std::io::Error::other)? {
                Some(chunk) => self.chunk = Cursor::new(chunk),
                None => return Ok(0),
            }
        }
    }
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, next: Next::Unread }
    }

    /// The next block; `None` behind the last, and a fault if the bytes break off.
    pub(super) fn next(&mut self) -> Result<Option<Whole>, Error> {
        let begun = match std::mem::replace(&mut self.next, Next::Nothing) {
            Next::Unread => read(&mut self.from)?,
            Next::Begun(frame) => Some(frame),
            Next::Nothing => None,
        };
        let Some(first) = begun else { return Ok(None) };
        let mut whole = Whole { first: first.first, parts: vec![first.bytes] };
        while let Some(frame) = read(&mut self.from)? {
            let number = u32::try_from(whole.parts.len()).unwrap_or(u32::MAX);
            if frame.first != whole.first || frame.number != number {
                self.next = Next::Begun(frame);
                break;
            }
            whole.parts.push(frame.bytes);
        }
        Ok(Some(whole))
    }
}

fn read(from: &mut impl Read) -> Result<Option<Frame>, Error> {
    let mut first = [0; 8];
    from.read_exact(&mut first)?;
    let first = u64::from_le_bytes(first);
    if first == END {
        return Ok(None);
    }
    let (mut number, mut length) = ([0; 4], [0; 4]);
    from.read_exact(&mut number)?;
    from.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    let mut bytes = Vec::new();
    // Grows with what comes, not with what is said to come.
    from.take(length.into()).read_to_end(&mut bytes)?;
    if bytes.len() < usize::try_from(length).unwrap_or(usize::MAX) {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
    }
    Ok(Some(Frame { first: Position(first), number: u32::from_le_bytes(number), bytes }))
}
