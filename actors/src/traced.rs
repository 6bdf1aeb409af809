//! Spans of what the program itself does. A face begins one for a request, or does not; all that follows from the request
//! is traced with it or not at all. So a request that brings traces of the program itself leaves no further ones.

use tracing::Span;

/// A span within the current one, or none if there is none.
pub fn within(make: impl FnOnce() -> Span) -> Span {
    if Span::current().is_disabled() { Span::none() } else { make() }
}
