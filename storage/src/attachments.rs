//! Attachments in the log and as rows, and how readers find them. Their bytes are in `contents`: the log and the rows
//! know only hashes.

pub mod contents;

use std::io::Write;
use std::ops::Range;

use base64::prelude::BASE64_STANDARD;
use base64::write::EncoderWriter;
use bytes::Bytes;
use cairn_core::attachments::embedded::references;
use cairn_core::attachments::{Added, Attachment, Content, ContentHash, Event, Origin, Owner, Place};
use cairn_core::event::Recorded;
use cairn_core::ids::{Position, ProjectId, SpanId, TraceId};
use cairn_core::json::Json;
use cairn_core::merge::BodyRef;
use fjall::{Keyspace, Readable};
use prost::Message;

use crate::attachments::contents::Contents;
use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::reader::Reader;
use crate::rows;
use crate::slots::Slots;

/// In which events the bodies of an owner stand.
pub struct Standing {
    pub project_id: ProjectId,
    bodies: [Option<BodyRef>; 3],
}

impl Standing {
    pub(crate) const fn new(project_id: ProjectId, bodies: [Option<BodyRef>; 3]) -> Self {
        Self { project_id, bodies }
    }

    pub fn at(&self, place: Place) -> Option<Position> {
        let [input, output, metadata] = self.bodies;
        let body = match place {
            Place::Input => input,
            Place::Output => output,
            Place::Metadata => metadata,
        };
        body.map(|body| body.position)
    }
}

#[derive(Clone, PartialEq, Message)]
struct StoredOwner {
    /// 1 trace, 2 span.
    #[prost(uint32, tag = "1")]
    entity: u32,
    #[prost(bytes = "bytes", tag = "2")]
    id: Bytes,
}

#[derive(Clone, PartialEq, Message)]
struct StoredAdded {
    #[prost(message, required, tag = "1")]
    owner: StoredOwner,
    #[prost(bytes = "bytes", tag = "2")]
    project_id: Bytes,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    mime_type: String,
    #[prost(bytes = "bytes", tag = "5")]
    hash: Bytes,
    #[prost(uint64, tag = "6")]
    bytes: u64,
    /// 1 input, 2 output, 3 metadata; nothing if a client sent the file.
    #[prost(uint32, optional, tag = "7")]
    place: Option<u32>,
    #[prost(uint64, optional, tag = "8")]
    body: Option<u64>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredRemoved {
    #[prost(message, required, tag = "1")]
    owner: StoredOwner,
    #[prost(string, tag = "2")]
    name: String,
}

#[derive(Clone, PartialEq, Message)]
struct StoredErased {
    #[prost(bytes = "bytes", tag = "1")]
    hash: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    match event {
        Event::Added(added) => {
            let (place, body) = match added.origin {
                Origin::Sent => (None, None),
                Origin::Embedded { place, body } => (Some(store_place(place)), Some(body.0)),
            };
            let stored = StoredAdded {
                owner: store_owner(added.owner),
                project_id: Bytes::copy_from_slice(added.project_id.bytes()),
                name: added.name.clone(),
                mime_type: added.mime_type.clone(),
                hash: Bytes::copy_from_slice(&added.content.hash.0),
                bytes: added.content.bytes,
                place,
                body,
            };
            (Kind::AttachmentAdded, stored.encode_to_vec().into())
        }
        Event::Removed { owner, name } => {
            let stored = StoredRemoved { owner: store_owner(*owner), name: name.clone() };
            (Kind::AttachmentRemoved, stored.encode_to_vec().into())
        }
        Event::ContentErased { hash } => {
            let stored = StoredErased { hash: Bytes::copy_from_slice(&hash.0) };
            (Kind::AttachmentContentErased, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    Some(match kind {
        Kind::AttachmentAdded => {
            let stored = StoredAdded::decode(payload).ok()?;
            let origin = match (stored.place, stored.body) {
                (Some(place), Some(body)) => {
                    Origin::Embedded { place: load_place(place)?, body: Position(body) }
                }
                _ => Origin::Sent,
            };
            Event::Added(Box::new(Added {
                owner: load_owner(&stored.owner)?,
                project_id: ProjectId::known(rows::uuid(&stored.project_id)?),
                name: stored.name,
                mime_type: stored.mime_type,
                content: Content { hash: load_hash(&stored.hash)?, bytes: stored.bytes },
                origin,
            }))
        }
        Kind::AttachmentRemoved => {
            let stored = StoredRemoved::decode(payload).ok()?;
            Event::Removed { owner: load_owner(&stored.owner)?, name: stored.name }
        }
        _ => Event::ContentErased { hash: load_hash(&StoredErased::decode(payload).ok()?.hash)? },
    })
}

fn store_owner(owner: Owner) -> StoredOwner {
    let entity = match owner {
        Owner::Trace(_) => 1,
        Owner::Span(_) => 2,
    };
    StoredOwner { entity, id: Bytes::copy_from_slice(owner.uuid().as_bytes()) }
}

fn load_owner(stored: &StoredOwner) -> Option<Owner> {
    let id = rows::uuid(&stored.id)?;
    match stored.entity {
        1 => Some(Owner::Trace(TraceId::known(id))),
        2 => Some(Owner::Span(SpanId::known(id))),
        _ => None,
    }
}

const fn store_place(place: Place) -> u32 {
    match place {
        Place::Input => 1,
        Place::Output => 2,
        Place::Metadata => 3,
    }
}

const fn load_place(stored: u32) -> Option<Place> {
    match stored {
        1 => Some(Place::Input),
        2 => Some(Place::Output),
        3 => Some(Place::Metadata),
        _ => None,
    }
}

fn load_hash(stored: &[u8]) -> Option<ContentHash> {
    Some(ContentHash(stored.try_into().ok()?))
}

/// The rows of attachments as one commit sees them.
pub(crate) struct Staged {
    attachments: Slots<Attachment>,
    /// Project, owner, name → nothing more.
    of_project: Slots<()>,
    /// How many of an owner's attachments stood in its bodies.
    embedded: Slots<u32>,
    /// How many attachments have a content.
    uses: Slots<u64>,
    /// Contents that none has any more, and whose bytes are still kept.
    unused: Slots<()>,
    /// Whether any attachment stood in a body: most workspaces need not look.
    has_embedded: bool,
}

impl Staged {
    pub(crate) fn open(rows: &Keyspace) -> Result<Self, Error> {
        let first = rows.prefix(rows::all_embedded()).next();
        let has_embedded = first.map(fjall::Guard::key).transpose()?.is_some();
        Ok(Self {
            attachments: Slots::new(rows.clone()),
            of_project: Slots::new(rows.clone()),
            embedded: Slots::new(rows.clone()),
            uses: Slots::new(rows.clone()),
            unused: Slots::new(rows.clone()),
            has_embedded,
        })
    }

    pub(crate) fn get(&mut self, owner: Owner, name: &str) -> Result<Option<&Attachment>, Error> {
        self.attachments.get(rows::attachment(owner, name))
    }

    pub(crate) fn is_unused(&mut self, hash: ContentHash) -> Result<bool, Error> {
        Ok(self.unused.get(rows::content_unused(hash))?.is_some())
    }

    /// The attachments that stood in the owner's bodies.
    pub(crate) fn embedded(&mut self, owner: Owner) -> Result<Vec<Attachment>, Error> {
        if !self.has_embedded || self.embedded.get(rows::embedded(owner))?.is_none() {
            return Ok(Vec::new());
        }
        let mut embedded = Vec::new();
        for key in self.attachments.keys(&rows::attachments_of(owner))? {
            embedded.extend(self.attachments.get(key)?.filter(|found| found.is_embedded()).cloned());
        }
        Ok(embedded)
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) -> Result<(), Error> {
        match &event.event {
            Event::Added(added) => self.add(added.attachment(event)),
            Event::Removed { owner, name } => self.remove(rows::attachment(*owner, name)),
            Event::ContentErased { hash } => {
                self.unused.put(rows::content_unused(*hash), None);
                Ok(())
            }
        }
    }

    /// Whatever hangs on an owner goes with it.
    pub(crate) fn remove_all_of(&mut self, owner: Owner) -> Result<(), Error> {
        self.attachments.keys(&rows::attachments_of(owner))?.into_iter().try_for_each(|key| self.remove(key))
    }

    pub(crate) fn remove_all_in(&mut self, project: ProjectId) -> Result<(), Error> {
        let prefix = rows::attachments_in(project);
        for key in self.of_project.keys(&prefix)? {
            self.remove(rows::attachment_within(key.get(prefix.len()..).unwrap_or_default()))?;
        }
        Ok(())
    }

    fn add(&mut self, attachment: Attachment) -> Result<(), Error> {
        let (owner, hash) = (attachment.owner, attachment.content.hash);
        let key = rows::attachment(owner, &attachment.name);
        // First the new use: a file that replaces itself must not look unused in between.
        *self.uses.change(rows::content_uses(hash))?.get_or_insert_default() += 1;
        self.unused.put(rows::content_unused(hash), None);
        self.remove(key.clone())?;
        if attachment.is_embedded() {
            self.has_embedded = true;
            *self.embedded.change(rows::embedded(owner))?.get_or_insert_default() += 1;
        }
        let place = rows::attachment_in(attachment.project_id, owner, &attachment.name);
        self.of_project.put(place, Some(()));
        self.attachments.put(key, Some(attachment));
        Ok(())
    }

    fn remove(&mut self, key: rows::Key) -> Result<(), Error> {
        let Some(gone) = self.attachments.change(key)?.take() else { return Ok(()) };
        self.of_project.put(rows::attachment_in(gone.project_id, gone.owner, &gone.name), None);
        if gone.is_embedded() {
            let row = self.embedded.change(rows::embedded(gone.owner))?;
            *row = row.and_then(|count| count.checked_sub(1)).filter(|count| *count > 0);
        }
        let uses = self.uses.change(rows::content_uses(gone.content.hash))?;
        *uses = uses.and_then(|count| count.checked_sub(1)).filter(|count| *count > 0);
        if uses.is_none() {
            self.unused.put(rows::content_unused(gone.content.hash), Some(()));
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.attachments.flush(batch)?;
        self.of_project.flush(batch)?;
        self.embedded.flush(batch)?;
        self.uses.flush(batch)?;
        self.unused.flush(batch)
    }
}

const fn encoded_bytes(bytes: u64) -> u64 {
    bytes.div_ceil(3).saturating_mul(4)
}

/// The text of a body with the base64 of files in place of references.
fn put_back(contents: &Contents, json: &Json, files: &[(Range<usize>, Content)]) -> Result<Json, Error> {
    let bytes: u64 = files.iter().map(|(_, content)| encoded_bytes(content.bytes)).sum();
    let room = json.bytes().len().saturating_add(usize::try_from(bytes).unwrap_or_default());
    let mut text = Vec::with_capacity(room);
    let mut copied = 0;
    for (range, content) in files {
        text.extend_from_slice(json.bytes().get(copied..range.start).unwrap_or_default());
        let mut encoder = EncoderWriter::new(&mut text, &BASE64_STANDARD);
        contents.copy_waiting(content.hash, &mut encoder)?;
        encoder.finish()?;
        drop(encoder);
        copied = range.end;
    }
    text.extend_from_slice(json.bytes().get(copied..).unwrap_or_default());
    Ok(Json::stored(text.into()))
}

/// Some of an owner's attachments, by name.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub attachments: Vec<Attachment>,
    pub total: usize,
}

impl Reader {
    pub fn attachment(&self, owner: Owner, name: &str) -> Result<Option<Attachment>, Error> {
        self.row(rows::attachment(owner, name))
    }

    pub fn attachments(&self, owner: Owner, offset: usize, limit: usize) -> Result<Page, Error> {
        let mut page = Page::default();
        self.each(rows::attachments_of(owner), |_, value| {
            if page.total >= offset && page.attachments.len() < limit {
                page.attachments.push(rows::read(value)?);
            }
            page.total += 1;
            Ok(())
        })?;
        Ok(page)
    }

    /// A body with files put back where references to attachments of its owner stand, as long as they fit into
    /// `room` bytes together. Blocks; needs a runtime.
    pub fn with_files(&self, owner: Owner, json: Json, room: &mut u64) -> Result<Json, Error> {
        let Some(contents) = self.contents() else { return Ok(json) };
        let mut files = Vec::new();
        for reference in references(json.as_str()) {
            let Some(found) = self.attachment(owner, reference.name)? else { continue };
            let Some(rest) = room.checked_sub(encoded_bytes(found.content.bytes)) else { continue };
            *room = rest;
            files.push((reference.range, found.content));
        }
        if files.is_empty() { Ok(json) } else { put_back(contents, &json, &files) }
    }

    /// Copies the bytes of a content. Blocks; needs a runtime.
    pub fn copy_content(&self, hash: ContentHash, to: &mut impl Write) -> Result<(), Error> {
        self.contents().map_or(Ok(()), |contents| contents.copy_waiting(hash, to))
    }

    /// Whether any attachment has the content.
    pub fn is_content_used(&self, hash: ContentHash) -> Result<bool, Error> {
        Ok(self.row::<u64>(rows::content_uses(hash))?.is_some())
    }

    /// Contents that no attachment has any more and whose bytes are still kept, not more than `limit`.
    pub fn unused_contents(&self, limit: usize) -> Result<Vec<ContentHash>, Error> {
        let prefix = rows::contents_unused();
        let mut unused = Vec::new();
        for guard in self.snapshot().prefix(self.rows(), &prefix).take(limit) {
            unused.extend(guard.key()?.get(prefix.len()..).and_then(load_hash));
        }
        Ok(unused)
    }

    /// Every content that some attachment has, with its size, in the order of the hashes.
    pub fn used_contents(&self) -> Result<Vec<Content>, Error> {
        let mut contents: Vec<Content> = Vec::new();
        self.each(rows::attachments(), |_, value| {
            contents.push(rows::read::<Attachment>(value)?.content);
            Ok(())
        })?;
        contents.sort_unstable_by_key(|content| content.hash);
        contents.dedup_by_key(|content| content.hash);
        Ok(contents)
    }
}
