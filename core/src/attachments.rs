//! Files that hang on traces and spans: what is known of each, and what may be asked. Their bytes are kept elsewhere
//! under their hash, so that equal files are kept once; nothing here sees them.

pub mod embedded;

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Needs, TraceWrite};
use crate::attachments::embedded::Embedded;
use crate::command::{ProjectRef, check_batch, check_text};
use crate::event::Recorded;
use crate::ids::{Position, ProjectId, SpanId, TraceId};
use crate::limits::{ATTACHMENT_BYTES_MAX, FILE_NAME_CHARS_MAX, MIME_TYPE_CHARS_MAX};
use crate::rejection::{Rejection, RejectionKind};
use crate::time::Timestamp;

/// What a file hangs on. It may come later than its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Owner {
    Trace(TraceId),
    Span(SpanId),
}

impl Owner {
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Trace(id) => id.uuid(),
            Self::Span(id) => id.uuid(),
        }
    }

    /// As clients name it.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Trace(_) => "trace",
            Self::Span(_) => "span",
        }
    }

    pub fn parse(kind: &str, id: Uuid) -> Option<Self> {
        match kind {
            "trace" => Some(Self::Trace(TraceId::known(id))),
            "span" => Some(Self::Span(SpanId::known(id))),
            _ => None,
        }
    }
}

/// The BLAKE3 hash of a file's bytes, which is also where they are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ContentHash(pub [u8; 32]);

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    pub hash: ContentHash,
    pub bytes: u64,
}

/// Which of the bodies of a trace or span.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Place {
    Input,
    Output,
    Metadata,
}

impl Place {
    pub const ALL: [Self; 3] = [Self::Input, Self::Output, Self::Metadata];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Metadata => "metadata",
        }
    }
}

/// Where a file comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    /// A client sent it as a file.
    Sent,
    /// It stood in a body, in the event at `body`, and goes when that body is replaced.
    Embedded { place: Place, body: Position },
}

/// A file as it hangs on its owner, where its name is its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    pub owner: Owner,
    pub project_id: ProjectId,
    pub name: String,
    pub mime_type: String,
    pub content: Content,
    pub origin: Origin,
    pub created_at: Timestamp,
    pub created_by: String,
}

impl Attachment {
    pub const fn is_embedded(&self) -> bool {
        matches!(self.origin, Origin::Embedded { .. })
    }
}

/// A file whose bytes are kept, to be hung on its owner. A file of the same name gives way.
#[derive(Clone, Debug, PartialEq)]
pub struct Add {
    pub owner: Owner,
    /// Counts only as long as the owner is not there to say.
    pub project: ProjectRef,
    pub name: String,
    pub mime_type: String,
    pub content: Content,
}

/// Takes files off their owner. Names that it does not have change nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Remove {
    pub owner: Owner,
    /// Only what is in this project.
    pub project_id: Option<ProjectId>,
    pub names: Vec<String>,
}

impl Needs for Remove {
    type Permission = TraceWrite;
}

/// Only `Remove` is for everybody with a permission: the others rest on what was done to the bytes before.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Add(Box<Add>),
    Remove(Remove),
    /// The bytes of these contents are gone, as no file had them any more.
    Forget(Vec<ContentHash>),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Added(Box<Added>),
    Removed {
        owner: Owner,
        name: String,
    },
    /// The bytes are gone from where they were kept; until then a file may use them again.
    ContentErased {
        hash: ContentHash,
    },
}

impl Event {
    pub const fn owner(&self) -> Option<Owner> {
        match self {
            Self::Added(added) => Some(added.owner),
            Self::Removed { owner, .. } => Some(*owner),
            Self::ContentErased { .. } => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    pub owner: Owner,
    pub project_id: ProjectId,
    pub name: String,
    pub mime_type: String,
    pub content: Content,
    pub origin: Origin,
}

impl Added {
    /// A file that stood in a body, in the event at `body`.
    pub fn embedded(file: &Embedded, owner: Owner, project_id: ProjectId, body: Position) -> Self {
        let Embedded { place, name, mime_type, content } = file.clone();
        Self { owner, project_id, name, mime_type, content, origin: Origin::Embedded { place, body } }
    }

    pub fn attachment(&self, event: &Recorded<Event>) -> Attachment {
        Attachment {
            owner: self.owner,
            project_id: self.project_id,
            name: self.name.clone(),
            mime_type: self.mime_type.clone(),
            content: self.content,
            origin: self.origin,
            created_at: event.time,
            created_by: event.principal.to_string(),
        }
    }
}

impl Command {
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Add(add) => check_file(&add.name, &add.mime_type),
            Self::Remove(remove) => check_batch("fileNames", remove.names.len()),
            Self::Forget(_) => Ok(()),
        }
    }
}

/// Whether a file may be called so. Any characters may: a name is never a path here.
pub fn check_name(name: &str) -> Result<(), Rejection> {
    if name.trim().is_empty() {
        return Err(Rejection::invalid("fileName must not be blank"));
    }
    check_text("", "fileName", Some(name), FILE_NAME_CHARS_MAX)
}

fn check_file(name: &str, mime_type: &str) -> Result<(), Rejection> {
    check_name(name)?;
    check_text("", "mimeType", Some(mime_type), MIME_TYPE_CHARS_MAX)
}

/// A media type as it can stand in a header: `type/subtype`, perhaps with parameters.
pub fn is_mime_type(text: &str) -> bool {
    let is_token = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+%'*`|~".contains(&byte))
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    let is_essence = essence.split_once('/').is_some_and(|(kind, sub)| is_token(kind) && is_token(sub));
    is_essence && text.bytes().all(|byte| (b' '..=b'~').contains(&byte))
}

pub fn too_large() -> Rejection {
    let message = format!("a file may have {ATTACHMENT_BYTES_MAX} bytes at most");
    Rejection::new(RejectionKind::TooLarge, message).hint("attach it in parts, or link to it")
}

/// The path and query, below the base of the API, under which everybody who may read downloads a file.
pub fn download_path(workspace: &str, attachment: &Attachment) -> String {
    let id = attachment.owner.uuid().hyphenated();
    format!(
        "v1/private/attachment/download?workspace_name={}&container_id={}&entity_type={}&entity_id={id}\
         &file_name={}&mime_type={}",
        encoded(workspace),
        attachment.project_id,
        attachment.owner.kind(),
        encoded(&attachment.name),
        encoded(&attachment.mime_type),
    )
}

/// Text as a value of a query string: all but the unreserved characters as `%` and two digits.
pub fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte));
            }
            other => {
                // Text can always be added to.
                let _ = write!(encoded, "%{other:02X}");
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_are_told_from_what_would_break_a_header() {
        for good in ["image/png", "text/plain; charset=utf-8", "application/vnd.x+json", "a/b"] {
            assert!(is_mime_type(good), "{good}");
        }
        for bad in ["", "png", "image/", "/png", "a/b/c", "text/html\r\nx: y", "text/ü", "te xt/html"] {
            assert!(!is_mime_type(bad), "{bad}");
        }
    }

    #[test]
    fn any_character_survives_in_a_query() {
        assert_eq!(encoded("a b/ü&=?.png"), "a%20b%2F%C3%BC%26%3D%3F.png");
    }

    #[test]
    fn a_blank_or_endless_name_is_refused() {
        assert_eq!(check_name(" ").unwrap_err().to_string(), "fileName must not be blank");
        assert!(check_name(&"x".repeat(FILE_NAME_CHARS_MAX + 1)).is_err());
        assert!(check_name("../../etc/passwd").is_ok());
    }
}
