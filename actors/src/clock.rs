//! The one place where time and randomness enter the program, to be carried inside commands.

use std::sync::Arc;

use cairn_core::command::Context;
use cairn_core::ids::RequestId;
use cairn_core::time::Timestamp;

pub(crate) fn now() -> Timestamp {
    #[expect(clippy::disallowed_methods, reason = "this is the edge at which time enters")]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

pub(crate) fn context(principal: Arc<str>) -> Context {
    Context::new(now(), principal, rand::random())
}

/// Bytes for a new key.
pub(crate) fn drawn() -> [u8; 32] {
    rand::random()
}

pub(crate) fn request_id() -> RequestId {
    context(Arc::from("")).request
}
