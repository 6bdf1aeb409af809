//! Faults of storage: the disk, the store or the index failed, or what was read is damaged. What the caller can help is
//! only in questions for what the workspace itself defines.

use cairn_core::ids::Position;
use cairn_core::rejection::Rejection;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("log and rows: {0}")]
    Store(#[from] fjall::Error),
    #[error("index: {0}")]
    Index(#[from] tantivy::TantivyError),
    #[error("disk: {0}")]
    Disk(#[from] std::io::Error),
    #[error("contents of attachments: {0}")]
    Content(#[from] object_store::Error),
    /// The log does not hold what it should at this place.
    #[error("the log is damaged at position {at}: {what}")]
    Damaged { at: Position, what: String },
    #[error("a row cannot be read: {0}")]
    Row(#[from] postcard::Error),
    /// Opening would silently drop what is whole. Nothing was touched.
    #[error(
        "`{file}` is damaged at byte {at}, with {behind} whole batches of events behind; restore a backup, or run \
         `cairn repair`, which says what is lost"
    )]
    Journal { file: String, at: usize, behind: usize },
    #[error("the backup is damaged: {0}; use an older copy of it")]
    Backup(String),
    /// Written by a newer program: nothing was touched.
    #[error("{what} has version {found}, this program knows up to {known}; use a newer program")]
    TooNew { what: &'static str, found: u32, known: u32 },
    /// A write failed earlier; whatever was acknowledged is safe, nothing more is accepted.
    #[error("writing stopped after a fault: {0}")]
    Poisoned(String),
    /// The question is for what the workspace does not have, or has not yet.
    #[error("{0}")]
    Refused(Rejection),
    #[error("the index did not reach position {wanted} in time, it is at {reached}")]
    IndexBehind { wanted: Position, reached: Position },
}

impl From<Rejection> for Error {
    fn from(rejection: Rejection) -> Self {
        Self::Refused(rejection)
    }
}
