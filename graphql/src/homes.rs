//! Traces, spans and threads as whoever follows them with a filter sees them: they come to match and cease to, also by
//! what they are put into and taken out of.

use std::sync::Arc;

use async_graphql::Enum;
use cairn_storage::view::Within;
use cairn_storage::view::homes::Home;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum RowChangeKind {
    Upserted,
    Deleted,
    /// It is there, but does not match any more, since it was taken out of an experiment or annotation queue or put into
    /// one.
    Left,
}

/// A thing that is there, once it was touched.
pub(crate) enum Seen<T> {
    Changed {
        thing: Arc<T>,
        within: Within,
    },
    /// Of its own nothing changed, but what it is in did.
    Moved {
        thing: Arc<T>,
        before: Within,
        now: Within,
    },
}

impl<T> Seen<T> {
    /// `moved` is the home that it came into or left, if that is all that happened.
    pub(crate) fn new(thing: T, within: Within, moved: Option<Home>) -> Self {
        let thing = Arc::new(thing);
        match moved {
            Some(home) => Self::Moved { thing, before: within.without_move(home), now: within },
            None => Self::Changed { thing, within },
        }
    }

    pub(crate) const fn thing(&self) -> &Arc<T> {
        match self {
            Self::Changed { thing, .. } | Self::Moved { thing, .. } => thing,
        }
    }

    /// What somebody is told for whom a thing matches or not, by what it is in.
    pub(crate) fn kind(&self, matches: impl Fn(&T, &Within) -> bool) -> Option<RowChangeKind> {
        match self {
            Self::Changed { thing, within } => matches(thing, within).then_some(RowChangeKind::Upserted),
            Self::Moved { thing, before, now } => match (matches(thing, before), matches(thing, now)) {
                (false, true) => Some(RowChangeKind::Upserted),
                (true, false) => Some(RowChangeKind::Left),
                (true, true) | (false, false) => None,
            },
        }
    }
}
