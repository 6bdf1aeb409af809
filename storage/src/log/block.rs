//! How records lie in the log: some to a compressed block, chained by hashes. What payloads mean is not known here.
//!
//! A block is `version u8 · codec u8 · count u16 · raw length u32 · chain hash before it [32] · records`. All numbers
//! are little endian. A block of version 2 goes on under further keys, as its compressed bytes are too many for one
//! value. A record is its header, eight bytes of its own chain hash, and its payload; the whole hash is derived when
//! the chain is walked, and stored at the next block's head.

use std::io::{Cursor, Read, Write};
use std::sync::Arc;

use bytes::{Buf, BufMut, Bytes};
use cairn_core::ids::{Position, RequestId};
use cairn_core::limits::LOG_PART_BYTES;
use cairn_core::time::Timestamp;
use uuid::Uuid;

use crate::error::Error;
use crate::log::pieces;

const BLOCK_VERSION: u8 = 1;
const PARTED_BLOCK_VERSION: u8 = 2;
const RECORD_VERSION: u8 = 1;
const CODEC_PLAIN: u8 = 0;
const CODEC_ZSTD: u8 = 1;
const ZSTD_LEVEL: i32 = 1;
/// Where a frame describes itself, and the one bit there that means nothing and is never set by us: whoever set it has
/// changed the log.
const ZSTD_DESCRIPTOR: usize = 4;
const ZSTD_UNUSED_BIT: u8 = 0x10;
/// Smaller blocks are not worth a compression frame.
const COMPRESS_BYTES_MIN: usize = 256;
const BLOCK_HEAD_BYTES: usize = 8 + 32;
const CHECK_BYTES: usize = 8;
const PRINCIPAL_BYTES_MAX: usize = u16::MAX as usize;

/// The chain before the first record.
pub(crate) const GENESIS: Hash = Hash([0; 32]);

/// What the chain says of everything up to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

/// One record as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub position: Position,
    pub time: Timestamp,
    pub principal: Arc<str>,
    pub request: RequestId,
    /// A number of the registry in `kind`.
    pub kind: u16,
    pub version: u16,
    pub payload: Payload,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    Kept(Bytes),
    /// As `Kept`, on its way into the log: its large bodies are still where they came in.
    Pieces(Vec<Bytes>),
    /// Erased; its hash stays, so that the chain still holds.
    Scrubbed(Hash),
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Kept(bytes.into())
    }
}

impl Payload {
    /// The bytes of an event; `None` if it was erased.
    pub(crate) fn event(&self) -> Option<Bytes> {
        match self {
            Self::Kept(bytes) => Some(bytes.clone()),
            Self::Pieces(pieces) => Some(pieces::join(pieces)),
            Self::Scrubbed(_) => None,
        }
    }

    /// Bytes of the event that are kept.
    pub(crate) fn event_bytes(&self) -> usize {
        match self {
            Self::Kept(_) | Self::Pieces(_) => self.stored().map(<[u8]>::len).sum(),
            Self::Scrubbed(_) => 0,
        }
    }

    /// What stands in the log, one after the other.
    fn stored(&self) -> impl Iterator<Item = &[u8]> {
        let (one, more): (&[u8], &[Bytes]) = match self {
            Self::Kept(bytes) => (bytes, &[]),
            Self::Pieces(pieces) => (&[], pieces),
            Self::Scrubbed(hash) => (&hash.0, &[]),
        };
        std::iter::once(one).chain(more.iter().map(AsRef::as_ref))
    }

    fn stored_bytes(&self) -> usize {
        self.stored().map(<[u8]>::len).sum()
    }

    fn hash(&self) -> [u8; 32] {
        if let Self::Scrubbed(hash) = self {
            return hash.0;
        }
        let mut hasher = blake3::Hasher::new();
        for piece in self.stored() {
            hasher.update(piece);
        }
        *hasher.finalize().as_bytes()
    }
}

impl Record {
    /// The chain hash of this record after `previous`.
    fn chain(&self, previous: Hash) -> Hash {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&previous.0);
        hasher.update(&[RECORD_VERSION]);
        hasher.update(&self.position.0.to_le_bytes());
        hasher.update(&self.time.as_nanos().to_le_bytes());
        hasher.update(self.request.bytes());
        hasher.update(&self.kind.to_le_bytes());
        hasher.update(&self.version.to_le_bytes());
        hasher.update(&u64::try_from(self.principal.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(self.principal.as_bytes());
        hasher.update(&self.payload.hash());
        Hash(*hasher.finalize().as_bytes())
    }

    /// All that stands before the payload.
    fn write_head(&self, chain: Hash, to: &mut Vec<u8>) {
        let principal = cut(&self.principal);
        to.put_u8(RECORD_VERSION);
        to.put_u8(u8::from(matches!(self.payload, Payload::Scrubbed(_))));
        to.put_u16_le(self.kind);
        to.put_u16_le(self.version);
        to.put_i64_le(self.time.as_nanos());
        to.put_slice(self.request.bytes());
        to.put_u16_le(u16::try_from(principal.len()).unwrap_or(u16::MAX));
        to.put_slice(principal.as_bytes());
        to.put_slice(chain.0.first_chunk::<CHECK_BYTES>().unwrap_or(&[0; CHECK_BYTES]));
        to.put_u32_le(u32::try_from(self.payload.stored_bytes()).unwrap_or(u32::MAX));
    }

    fn read(position: Position, from: &mut Bytes) -> Option<(Self, [u8; CHECK_BYTES])> {
        if from.try_get_u8().ok()? != RECORD_VERSION {
            return None;
        }
        let scrubbed = match from.try_get_u8().ok()? {
            0 => false,
            1 => true,
            _ => return None,
        };
        let kind = from.try_get_u16_le().ok()?;
        let version = from.try_get_u16_le().ok()?;
        let time = Timestamp::from_nanos(from.try_get_i64_le().ok()?);
        let mut request = [0; 16];
        from.try_copy_to_slice(&mut request).ok()?;
        let principal = take(from, usize::from(from.clone().try_get_u16_le().ok()?), 2)?;
        let principal = Arc::from(std::str::from_utf8(&principal).ok()?);
        let mut check = [0; CHECK_BYTES];
        from.try_copy_to_slice(&mut check).ok()?;
        let length = usize::try_from(from.clone().try_get_u32_le().ok()?).ok()?;
        let payload = take(from, length, 4)?;
        let payload = if scrubbed {
            Payload::Scrubbed(Hash(payload.as_ref().try_into().ok()?))
        } else {
            Payload::Kept(payload)
        };
        let request = RequestId::known(Uuid::from_bytes(request));
        Some((Self { position, time, principal, request, kind, version, payload }, check))
    }
}

/// Skips `skip` bytes, which were peeked at, and takes `length` more without copying.
fn take(from: &mut Bytes, length: usize, skip: usize) -> Option<Bytes> {
    if from.remaining() < skip + length {
        return None;
    }
    from.advance(skip);
    Some(from.split_to(length))
}

fn cut(principal: &str) -> &str {
    let mut end = principal.len().min(PRINCIPAL_BYTES_MAX);
    while !principal.is_char_boundary(end) {
        end -= 1;
    }
    principal.get(..end).unwrap_or_default()
}

/// Encodes records that follow one another, and moves the chain behind the last. Gives each part of the block as soon
/// as it is there, the head first: mostly there is no other.
pub(crate) fn encode(
    records: &[Record],
    chain: &mut Hash,
    mut part: impl FnMut(u32, Vec<u8>),
) -> Result<(), Error> {
    let payload_bytes: usize = records.iter().map(|record| record.payload.stored_bytes()).sum();
    if payload_bytes > LOG_PART_BYTES {
        return encode_parted(records, chain, part);
    }
    part(0, encode_whole(records, chain));
    Ok(())
}

fn encode_parted(records: &[Record], chain: &mut Hash, part: impl FnMut(u32, Vec<u8>)) -> Result<(), Error> {
    let before = *chain;
    let mut heads = Vec::with_capacity(records.len());
    for record in records {
        *chain = record.chain(*chain);
        let mut head = Vec::new();
        record.write_head(*chain, &mut head);
        heads.push(head);
    }
    let raw_bytes =
        heads.iter().zip(records).map(|(head, record)| head.len() + record.payload.stored_bytes()).sum();
    let mut parts = Parts { now: Vec::with_capacity(LOG_PART_BYTES), number: 0, give: part };
    write_block_head(&mut parts.now, PARTED_BLOCK_VERSION, CODEC_ZSTD, records.len(), raw_bytes, before);
    let mut encoder = zstd::stream::write::Encoder::new(parts, ZSTD_LEVEL)?;
    for (head, record) in heads.iter().zip(records) {
        encoder.write_all(head)?;
        for piece in record.payload.stored() {
            encoder.write_all(piece)?;
        }
    }
    encoder.finish()?.end();
    Ok(())
}

/// Cuts what is written into parts.
struct Parts<F> {
    now: Vec<u8>,
    number: u32,
    give: F,
}

impl<F: FnMut(u32, Vec<u8>)> Write for Parts<F> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.now.len() >= LOG_PART_BYTES {
            let part = std::mem::replace(&mut self.now, Vec::with_capacity(LOG_PART_BYTES));
            (self.give)(self.number, part);
            self.number += 1;
        }
        let room = (LOG_PART_BYTES - self.now.len()).min(bytes.len());
        self.now.extend_from_slice(bytes.get(..room).unwrap_or_default());
        Ok(room)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<F: FnMut(u32, Vec<u8>)> Parts<F> {
    fn end(mut self) {
        (self.give)(self.number, self.now);
    }
}

fn encode_whole(records: &[Record], chain: &mut Hash) -> Vec<u8> {
    let before = *chain;
    let mut raw = Vec::new();
    for record in records {
        *chain = record.chain(*chain);
        record.write_head(*chain, &mut raw);
        record.payload.stored().for_each(|piece| raw.put_slice(piece));
    }
    let compressed = (raw.len() >= COMPRESS_BYTES_MIN)
        .then(|| zstd::bulk::compress(&raw, ZSTD_LEVEL).ok())
        .flatten()
        .filter(|compressed| compressed.len() < raw.len());
    let (codec, body) = match &compressed {
        Some(compressed) => (CODEC_ZSTD, compressed),
        None => (CODEC_PLAIN, &raw),
    };
    let mut block = Vec::with_capacity(BLOCK_HEAD_BYTES + body.len());
    write_block_head(&mut block, BLOCK_VERSION, codec, records.len(), raw.len(), before);
    block.put_slice(body);
    block
}

fn write_block_head(
    to: &mut Vec<u8>,
    version: u8,
    codec: u8,
    records: usize,
    raw_bytes: usize,
    before: Hash,
) {
    to.put_u8(version);
    to.put_u8(codec);
    to.put_u16_le(u16::try_from(records).unwrap_or(u16::MAX));
    to.put_u32_le(u32::try_from(raw_bytes).unwrap_or(u32::MAX));
    to.put_slice(&before.0);
}

/// A block taken apart, not yet checked against the chain.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    pub(crate) before: Hash,
    pub(crate) records: Vec<Record>,
    checks: Vec<[u8; CHECK_BYTES]>,
    pub(crate) bytes: usize,
}

/// What a block says of itself.
struct Head {
    version: u8,
    codec: u8,
    count: u16,
    raw_bytes: usize,
    before: Hash,
}

fn read_head(first: Position, block: &[u8]) -> Result<(Head, &[u8]), Error> {
    let (mut head, body) = block
        .split_at_checked(BLOCK_HEAD_BYTES)
        .ok_or_else(|| Error::Damaged { at: first, what: "a block is too short".to_owned() })?;
    let version = head.get_u8();
    if !matches!(version, BLOCK_VERSION | PARTED_BLOCK_VERSION) {
        return Err(Error::TooNew {
            what: "a block of the log",
            found: version.into(),
            known: PARTED_BLOCK_VERSION.into(),
        });
    }
    let codec = head.get_u8();
    let count = head.get_u16_le();
    let raw_bytes = usize::try_from(head.get_u32_le()).unwrap_or(usize::MAX);
    let mut before = Hash([0; 32]);
    head.copy_to_slice(&mut before.0);
    Ok((Head { version, codec, count, raw_bytes, before }, body))
}

/// Whether a block goes on in further parts.
pub(crate) fn is_parted(block: &[u8]) -> bool {
    block.first() == Some(&PARTED_BLOCK_VERSION)
}

/// The bytes of a block's records; `part` gives its further parts.
pub(crate) fn unpack(
    first: Position,
    block: &[u8],
    part: impl FnMut(u32) -> Result<Option<fjall::Slice>, Error>,
) -> Result<Vec<u8>, Error> {
    let damaged = |what: &str| Error::Damaged { at: first, what: what.to_owned() };
    let (head, body) = read_head(first, block)?;
    let raw = match head.codec {
        CODEC_PLAIN => body.to_vec(),
        CODEC_ZSTD if has_unused_bit(body) => {
            return Err(damaged("a block is compressed in a way that is not ours"));
        }
        CODEC_ZSTD if head.version == PARTED_BLOCK_VERSION => {
            let joined = Joined { now: Cursor::new(fjall::Slice::from(body)), number: 0, part };
            decompress(joined, head.raw_bytes).map_err(|_| damaged("a block cannot be decompressed"))?
        }
        // No memory is taken for a length that the frame does not confirm.
        CODEC_ZSTD if frame_raw_bytes(body) != Some(head.raw_bytes) => {
            return Err(damaged("a block is not as long as it says"));
        }
        CODEC_ZSTD => zstd::bulk::decompress(body, head.raw_bytes)
            .map_err(|_| damaged("a block cannot be decompressed"))?,
        _ => return Err(damaged("a block has an unknown codec")),
    };
    if raw.len() == head.raw_bytes { Ok(raw) } else { Err(damaged("a block is not as long as it says")) }
}

fn has_unused_bit(frame: &[u8]) -> bool {
    frame.get(ZSTD_DESCRIPTOR).is_none_or(|descriptor| descriptor & ZSTD_UNUSED_BIT != 0)
}

fn frame_raw_bytes(frame: &[u8]) -> Option<usize> {
    usize::try_from(zstd::zstd_safe::get_frame_content_size(frame).ok()??).ok()
}

fn decompress(from: impl Read, raw_bytes: usize) -> std::io::Result<Vec<u8>> {
    let mut raw = Vec::new();
    raw.try_reserve_exact(raw_bytes).map_err(std::io::Error::other)?;
    let limit = u64::try_from(raw_bytes).unwrap_or(u64::MAX);
    zstd::stream::read::Decoder::new(from)?.take(limit).read_to_end(&mut raw)?;
    Ok(raw)
}

/// The parts of a block one behind the other.
struct Joined<F> {
    now: Cursor<fjall::Slice>,
    number: u32,
    part: F,
}

impl<F: FnMut(u32) -> Result<Option<fjall::Slice>, Error>> Read for Joined<F> {
    fn read(&mut self, to: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let read = self.now.read(to)?;
            if read > 0 || to.is_empty() {
                return Ok(read);
            }
            self.number += 1;
            match (self.part)(self.number).map_err(std::io::Error::other)? {
                Some(part) => self.now = Cursor::new(part),
                None => return Ok(0),
            }
        }
    }
}

/// Takes a block apart whose bytes are unpacked.
pub(crate) fn records_of(first: Position, block: &[u8], mut raw: Bytes) -> Result<Block, Error> {
    let damaged = |what: &str| Error::Damaged { at: first, what: what.to_owned() };
    let (Head { count, raw_bytes, before, .. }, _) = read_head(first, block)?;
    let (mut records, mut checks) = (Vec::with_capacity(count.into()), Vec::with_capacity(count.into()));
    for place in 0..u64::from(count) {
        let at = Position(first.0 + place);
        let (record, check) = Record::read(at, &mut raw)
            .ok_or_else(|| Error::Damaged { at, what: "a record cannot be read".to_owned() })?;
        records.push(record);
        checks.push(check);
    }
    if raw.has_remaining() {
        return Err(damaged("a block holds more than its records"));
    }
    Ok(Block { before, records, checks, bytes: raw_bytes })
}

impl Block {
    /// Takes what was just encoded, so that it need not be read again.
    pub(crate) fn just_written(records: Vec<Record>) -> Self {
        let bytes = records.iter().map(|record| record.payload.event_bytes());
        Self { before: GENESIS, bytes: bytes.sum(), checks: Vec::new(), records }
    }

    /// Walks the chain through this block: where it breaks, or the hash behind the last record.
    pub(crate) fn verify(&self, chain: Hash) -> Result<Hash, Error> {
        self.verify_each(chain, |_, _| Ok(()))
    }

    /// As `verify`, and shows the hash behind each record.
    pub(crate) fn verify_each(
        &self,
        mut chain: Hash,
        mut each: impl FnMut(Position, Hash) -> Result<(), Error>,
    ) -> Result<Hash, Error> {
        let broken = |at, what: &str| Err(Error::Damaged { at, what: what.to_owned() });
        if let Some(first) = self.records.first().filter(|_| self.before != chain) {
            return broken(first.position, "the chain does not lead here from the record before");
        }
        for (record, check) in self.records.iter().zip(&self.checks) {
            chain = record.chain(chain);
            if chain.0.first_chunk() != Some(check) {
                return broken(record.position, "the record does not match its hash");
            }
            each(record.position, chain)?;
        }
        Ok(chain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block of one part.
    fn whole(records: &[Record], chain: &mut Hash) -> Vec<u8> {
        let mut all = Vec::new();
        encode(records, chain, |_, part| all.push(part)).unwrap();
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    fn decode(first: Position, block: &[u8]) -> Result<Block, Error> {
        records_of(first, block, unpack(first, block, |_| Ok(None))?.into())
    }

    #[test]
    fn a_large_block_is_laid_down_in_parts_and_each_is_needed() {
        let mut noise = vec![0; 3 * LOG_PART_BYTES];
        blake3::Hasher::new().finalize_xof().fill(&mut noise);
        let mut written = records(2);
        written[1].payload = Payload::Kept(Bytes::from(noise));
        let (mut chain, mut parts) = (GENESIS, Vec::new());
        encode(&written, &mut chain, |_, part| parts.push(part)).unwrap();
        assert_eq!(parts.len(), 4);
        assert!(parts.iter().all(|part| part.len() <= LOG_PART_BYTES));
        let part =
            |number: u32| Ok(parts.get(number as usize).map(|part| fjall::Slice::from(part.as_slice())));
        let raw = unpack(Position(1), &parts[0], part).unwrap();
        let block = records_of(Position(1), &parts[0], raw.into()).unwrap();
        assert_eq!(block.records, written);
        assert_eq!(block.verify(GENESIS).unwrap(), chain);
        let torn = unpack(Position(1), &parts[0], |number| if number == 2 { Ok(None) } else { part(number) });
        assert!(matches!(torn.err(), Some(Error::Damaged { at: Position(1), .. })));
    }

    fn records(count: u64) -> Vec<Record> {
        (1..=count)
            .map(|position| Record {
                position: Position(position),
                time: Timestamp::from_millis(position.cast_signed()),
                principal: Arc::from("ann"),
                request: RequestId::known(Uuid::from_u128(position.into())),
                kind: 20,
                version: 1,
                payload: Payload::Kept(Bytes::from(format!("payload {position} ").repeat(20))),
            })
            .collect()
    }

    #[test]
    fn a_block_gives_back_its_records_and_its_chain_holds() {
        let (written, mut chain) = (records(40), GENESIS);
        let block = decode(Position(1), &whole(&written, &mut chain)).unwrap();
        assert_eq!(block.records, written);
        assert_eq!(block.verify(GENESIS).unwrap(), chain);
    }

    #[test]
    fn every_flipped_byte_of_an_uncompressed_block_is_noticed() {
        let mut chain = GENESIS;
        let mut written = records(1);
        written[0].payload = Payload::Kept(Bytes::from_static(b"small"));
        let good = whole(&written, &mut chain);
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x10;
            let noticed = decode(Position(1), &bad).and_then(|block| block.verify(GENESIS));
            assert!(noticed.is_err(), "byte {at} of {}", good.len());
        }
    }

    #[test]
    fn a_changed_payload_is_named_by_its_position() {
        let (mut written, mut chain) = (records(3), GENESIS);
        let block = whole(&written, &mut chain);
        let checks = decode(Position(1), &block).unwrap().checks;
        written[1].payload = Payload::Kept(Bytes::from_static(b"other"));
        let forged = Block { before: GENESIS, records: written, checks, bytes: 0 };
        let error = forged.verify(GENESIS).unwrap_err();
        assert!(matches!(error, Error::Damaged { at: Position(2), .. }), "{error}");
    }

    #[test]
    fn scrubbing_a_payload_keeps_the_chain() {
        let (mut written, mut chain) = (records(3), GENESIS);
        whole(&written, &mut chain);
        let Payload::Kept(bytes) = &written[1].payload else { panic!("kept") };
        written[1].payload = Payload::Scrubbed(Hash(*blake3::hash(bytes).as_bytes()));
        let mut scrubbed_chain = GENESIS;
        let block = whole(&written, &mut scrubbed_chain);
        assert_eq!(scrubbed_chain, chain);
        assert_eq!(decode(Position(1), &block).unwrap().verify(GENESIS).unwrap(), chain);
    }
}
