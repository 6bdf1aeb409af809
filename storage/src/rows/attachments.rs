//! Where the files of traces and spans lie, and how often each content is used.

use cairn_core::attachments::{ContentHash, Owner};
use cairn_core::ids::ProjectId;

use super::{Key, Table, key};

pub(crate) fn attachments() -> Key {
    key(Table::Attachment, &[])
}

pub(crate) fn attachments_of(owner: Owner) -> Key {
    attachment(owner, "")
}

pub(crate) fn attachment(owner: Owner, name: &str) -> Key {
    key(Table::Attachment, &[&owner_tag(owner), owner.uuid().as_bytes(), name.as_bytes()])
}

/// The attachment that a key of a project's ends with.
pub(crate) fn attachment_within(tail: &[u8]) -> Key {
    key(Table::Attachment, &[tail])
}

pub(crate) fn attachments_in(id: ProjectId) -> Key {
    key(Table::AttachmentInProject, &[id.bytes()])
}

pub(crate) fn attachment_in(id: ProjectId, owner: Owner, name: &str) -> Key {
    let owner_id = owner.uuid();
    let parts: [&[u8]; 4] = [id.bytes(), &owner_tag(owner), owner_id.as_bytes(), name.as_bytes()];
    key(Table::AttachmentInProject, &parts)
}

pub(crate) fn all_embedded() -> Key {
    key(Table::AttachmentsEmbedded, &[])
}

pub(crate) fn embedded(owner: Owner) -> Key {
    key(Table::AttachmentsEmbedded, &[&owner_tag(owner), owner.uuid().as_bytes()])
}

const fn owner_tag(owner: Owner) -> [u8; 1] {
    match owner {
        Owner::Trace(_) => [1],
        Owner::Span(_) => [2],
    }
}

pub(crate) fn content_uses(hash: ContentHash) -> Key {
    key(Table::ContentUses, &[&hash.0])
}

pub(crate) fn contents_unused() -> Key {
    key(Table::ContentUnused, &[])
}

pub(crate) fn content_unused(hash: ContentHash) -> Key {
    key(Table::ContentUnused, &[&hash.0])
}
