//! What full-text search covers: the kinds of things that it finds, each with what stands for it in the index and the
//! permission to see it.

use crate::access::{DatasetRead, ExperimentRead, Grant, Permission, Principal, PromptRead, TraceRead};
use crate::rejection::Rejection;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Searched {
    Trace,
    Span,
    /// With what its latest version says.
    Prompt,
    /// An earlier version of a prompt, or a mask.
    PromptVersion,
    Dataset,
    /// As the newest version of its dataset has it, or the last that had it; and as each earlier version had it that
    /// said something else.
    DatasetItem,
    Experiment,
    /// On a trace, a span or a thread.
    Comment,
    /// The reasons for the scores of one trace, span or thread.
    Score,
}

/// What stands for a kind, within documents and as the beginning of their keys. 2 and `h` are not to be used: the first
/// indexes had them for threads.
struct Mark {
    number: u64,
    letter: &'static str,
}

impl Searched {
    pub const ALL: [Self; 9] = [
        Self::Trace,
        Self::Span,
        Self::Prompt,
        Self::PromptVersion,
        Self::Dataset,
        Self::DatasetItem,
        Self::Experiment,
        Self::Comment,
        Self::Score,
    ];
    /// What is searched unless other kinds are named. There are far more of these than of all others.
    pub const RECORDED: [Self; 2] = [Self::Trace, Self::Span];

    const fn mark(self) -> Mark {
        let (number, letter) = match self {
            Self::Trace => (0, "t"),
            Self::Span => (1, "s"),
            Self::Prompt => (3, "p"),
            Self::PromptVersion => (4, "v"),
            Self::Dataset => (5, "d"),
            Self::DatasetItem => (6, "i"),
            Self::Experiment => (7, "e"),
            Self::Comment => (8, "c"),
            Self::Score => (9, "r"),
        };
        Mark { number, letter }
    }

    pub const fn number(self) -> u64 {
        self.mark().number
    }

    pub const fn letter(self) -> &'static str {
        self.mark().letter
    }

    pub fn numbered(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Refuses who may not see things of this kind.
    pub fn check(self, principal: &Principal) -> Result<(), Rejection> {
        fn granted<P: Permission>(grant: Result<Grant<P>, Rejection>) -> Result<(), Rejection> {
            grant.map(|_| ())
        }
        match self {
            Self::Trace | Self::Span | Self::Comment | Self::Score => granted::<TraceRead>(principal.grant()),
            Self::Prompt | Self::PromptVersion => granted::<PromptRead>(principal.grant()),
            Self::Dataset | Self::DatasetItem => granted::<DatasetRead>(principal.grant()),
            Self::Experiment => granted::<ExperimentRead>(principal.grant()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ids::WorkspaceId;
    use uuid::Uuid;

    #[test]
    fn every_kind_has_a_number_and_a_letter_of_its_own() {
        let numbers: BTreeSet<u64> = Searched::ALL.map(Searched::number).into();
        let letters: BTreeSet<&str> = Searched::ALL.map(Searched::letter).into();
        assert_eq!((numbers.len(), letters.len()), (Searched::ALL.len(), Searched::ALL.len()));
        assert!(!numbers.contains(&2) && !letters.contains("h"));
        for kind in Searched::ALL {
            assert_eq!(Searched::numbered(kind.number()), Some(kind));
        }
    }

    #[test]
    fn who_may_not_see_a_kind_may_not_search_it() {
        let eve = Principal::limited("eve", WorkspaceId::known(Uuid::nil()), &[PromptRead::NAME]);
        let allowed = Searched::ALL.into_iter().filter(|kind| kind.check(&eve).is_ok());
        assert_eq!(allowed.collect::<Vec<_>>(), [Searched::Prompt, Searched::PromptVersion]);
        assert_eq!(
            Searched::Comment.check(&eve).unwrap_err().to_string(),
            "`eve` lacks the permission `trace_read`: ask an owner of the workspace for it"
        );
    }
}
