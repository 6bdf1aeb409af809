//! The time for commands that run beside the server; within it, time enters with the actors.

pub(crate) fn now_ms() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the edge of a command of its own")]
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
