//! Pieces on their way from a server: each a frame of `kind u8 · length u32 · bytes`, little-endian, and a last one
//! by which an export that broke off is known.

use std::io::{Error, ErrorKind, Read, Write};

use bytes::{BufMut, Bytes};
use cairn_actors::failure::Failure;
use cairn_core::attachments::ContentHash;
use cairn_core::limits::EXPORT_CHUNK_BYTES_TARGET;
use tokio::sync::mpsc::Sender;

use super::Pieces;
use crate::bundle::Entity;

const ENTITY: u8 = 1;
const ROW: u8 = 2;
const EVENT: u8 = 3;
const CONTENT: u8 = 4;
const BYTES: u8 = 5;
const END: u8 = 6;

/// Sends pieces as chunks of frames. It blocks while nobody takes them.
pub(super) struct Frames {
    chunks: Sender<Result<Bytes, Error>>,
    chunk: Vec<u8>,
}

impl Frames {
    pub(super) const fn new(chunks: Sender<Result<Bytes, Error>>) -> Self {
        Self { chunks, chunk: Vec::new() }
    }

    pub(super) fn end(mut self) -> Result<(), Failure> {
        self.put(END, b"")?;
        Ok(self.send()?)
    }

    fn put(&mut self, kind: u8, bytes: &[u8]) -> Result<(), Error> {
        let length = u32::try_from(bytes.len()).map_err(Error::other)?;
        self.chunk.put_u8(kind);
        self.chunk.put_u32_le(length);
        self.chunk.put_slice(bytes);
        if self.chunk.len() < EXPORT_CHUNK_BYTES_TARGET { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> Result<(), Error> {
        let chunk = Bytes::from(std::mem::take(&mut self.chunk));
        self.chunks.blocking_send(Ok(chunk)).map_err(|_| Error::from(ErrorKind::BrokenPipe))
    }
}

impl Write for Frames {
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        self.put(BYTES, bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

impl Pieces for Frames {
    type Failure = Failure;

    fn entity(&mut self, entity: Entity) -> Result<(), Failure> {
        Ok(self.put(ENTITY, entity.name().as_bytes())?)
    }

    fn row(&mut self, row: &str) -> Result<(), Failure> {
        Ok(self.put(ROW, row.as_bytes())?)
    }

    fn event(&mut self, line: &str) -> Result<(), Failure> {
        Ok(self.put(EVENT, line.as_bytes())?)
    }

    fn content(&mut self, hash: ContentHash) -> Result<(), Failure> {
        Ok(self.put(CONTENT, &hash.0)?)
    }
}

/// Reads frames until the last one and gives out what they hold.
pub fn read<P: Pieces>(mut from: impl Read, pieces: &mut P) -> Result<(), P::Failure> {
    let mut bytes = Vec::new();
    loop {
        let mut head = [0; 5];
        from.read_exact(&mut head).map_err(|_| broken_off())?;
        let [kind, length @ ..] = head;
        let length = u64::from(u32::from_le_bytes(length));
        bytes.clear();
        // No memory is taken for a length that is only announced.
        let read = from.by_ref().take(length).read_to_end(&mut bytes)?;
        if u64::try_from(read).ok() != Some(length) {
            return Err(broken_off().into());
        }
        let text = || std::str::from_utf8(&bytes).map_err(|_| unreadable());
        match kind {
            ENTITY => pieces.entity(Entity::parse(text()?).ok_or_else(unreadable)?)?,
            ROW => pieces.row(text()?)?,
            EVENT => pieces.event(text()?)?,
            CONTENT => {
                let hash = bytes.as_slice().try_into().map_err(|_| unreadable())?;
                pieces.content(ContentHash(hash))?;
            }
            BYTES => pieces.write_all(&bytes)?,
            END => return Ok(()),
            _ => return Err(unreadable().into()),
        }
    }
}

fn broken_off() -> Error {
    Error::new(ErrorKind::UnexpectedEof, "the server broke off; its log says why")
}

fn unreadable() -> Error {
    Error::new(ErrorKind::InvalidData, "the server sent what this version does not understand")
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    /// What came, in words.
    #[derive(Default)]
    struct Told(Vec<String>);

    impl Write for Told {
        fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
            self.0.push(format!("bytes {}", bytes.len()));
            Ok(bytes.len())
        }

        fn flush(&mut self) -> Result<(), Error> {
            Ok(())
        }
    }

    impl Pieces for Told {
        type Failure = Box<dyn std::error::Error>;

        fn entity(&mut self, entity: Entity) -> Result<(), Self::Failure> {
            self.0.push(entity.name().to_owned());
            Ok(())
        }

        fn row(&mut self, row: &str) -> Result<(), Self::Failure> {
            self.0.push(format!("row {row}"));
            Ok(())
        }

        fn event(&mut self, line: &str) -> Result<(), Self::Failure> {
            self.0.push(format!("event {line}"));
            Ok(())
        }

        fn content(&mut self, hash: ContentHash) -> Result<(), Self::Failure> {
            self.0.push(format!("content {hash}"));
            Ok(())
        }
    }

    fn sent() -> Vec<u8> {
        let (chunks, mut waiting) = mpsc::channel(100);
        let mut frames = Frames::new(chunks);
        frames.entity(Entity::Traces).unwrap();
        frames.row("{}").unwrap();
        frames.content(ContentHash([7; 32])).unwrap();
        frames.write_all(&vec![1; EXPORT_CHUNK_BYTES_TARGET]).unwrap();
        frames.event("[]").unwrap();
        frames.end().unwrap();
        let mut bytes = Vec::new();
        while let Ok(chunk) = waiting.try_recv() {
            bytes.extend(chunk.unwrap());
        }
        bytes
    }

    #[test]
    fn what_was_sent_comes_out() {
        let mut told = Told::default();
        read(sent().as_slice(), &mut told).unwrap();
        let content = format!("content {}", ContentHash([7; 32]));
        let bytes = format!("bytes {EXPORT_CHUNK_BYTES_TARGET}");
        assert_eq!(told.0, ["traces", "row {}", &content, &bytes, "event []"]);
    }

    #[test]
    fn one_that_broke_off_anywhere_is_no_export() {
        let bytes = sent();
        for end in [0, 3, 5, 7, 20, bytes.len() - 6, bytes.len() - 1] {
            let error = read(&bytes[..end], &mut Told::default()).unwrap_err();
            assert!(error.to_string().contains("broke off"), "{end}: {error}");
        }
        let error = read([9, 0, 0, 0, 0].as_slice(), &mut Told::default()).unwrap_err();
        assert!(error.to_string().contains("does not understand"), "{error}");
    }
}
