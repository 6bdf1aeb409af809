//! Forking: a workspace of its own that begins as another one is. Which files make it up is not decided here.

use super::{Event, State};
use crate::access::{Needs, WorkspaceFork};
use crate::ids::{Position, WorkspaceId};
use crate::limits::{WORKSPACE_NAME_CHARS_MAX, WORKSPACES_MAX};
use crate::rejection::Rejection;

/// Asks for a copy of the caller's workspace under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    pub name: String,
}

impl Needs for Fork {
    type Permission = WorkspaceFork;
}

/// Where a workspace comes from; its log up to there is the other's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forked {
    pub from: WorkspaceId,
    /// What the other was called.
    pub name: String,
    pub position: Position,
}

/// What the system's log is told once the copy is whole. `erasing` is how many erasures of the source are not done.
pub fn decide(present: &State, id: WorkspaceId, fork: Fork, erasing: usize) -> Result<Event, Rejection> {
    check_name(&fork.name)?;
    if present.by_name(&fork.name).is_some() {
        let message = format!("there is a workspace `{}` already", fork.name);
        return Err(Rejection::conflict(message).hint("choose another name"));
    }
    if present.all().count() >= WORKSPACES_MAX {
        return Err(Rejection::conflict(format!(
            "there are {WORKSPACES_MAX} workspaces, and no room for more"
        )));
    }
    if erasing > 0 {
        let message = "the workspace is being erased from, and a copy would keep what is to go";
        return Err(Rejection::conflict(message).hint("try again when the erasure is done"));
    }
    Ok(Event::Created { id, name: fork.name })
}

/// Names stand in addresses, headers and on command lines as they are.
fn check_name(name: &str) -> Result<(), Rejection> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let is_sound = name.starts_with(|letter: char| letter.is_ascii_alphanumeric())
        && name.chars().all(is_plain)
        && name.len() <= WORKSPACE_NAME_CHARS_MAX;
    if is_sound {
        return Ok(());
    }
    let hint = format!(
        "begin with a letter or digit, go on with letters, digits, `-`, `_` and `.`, up to \
         {WORKSPACE_NAME_CHARS_MAX} in all"
    );
    let shown: String = name.chars().take(WORKSPACE_NAME_CHARS_MAX).collect();
    Err(Rejection::invalid(format!("`{shown}` is no name for a workspace")).hint(hint))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::event::Recorded;
    use crate::workspaces::{DEFAULT_ID, DEFAULT_NAME};

    const NEW: WorkspaceId = WorkspaceId::known(Uuid::from_u128(7));

    fn decided(name: &str, erasing: usize) -> Result<Event, String> {
        let mut present = State::default();
        let created = Event::Created { id: DEFAULT_ID, name: DEFAULT_NAME.to_owned() };
        present.evolve(&Recorded::for_test(created));
        decide(&present, NEW, Fork { name: name.to_owned() }, erasing).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn a_fork_is_a_workspace_of_a_new_name() {
        let name = "experiment-1".to_owned();
        assert_eq!(decided(&name, 0), Ok(Event::Created { id: NEW, name: name.clone() }));
        let taken = "there is a workspace `default` already: choose another name";
        assert_eq!(decided(DEFAULT_NAME, 0).unwrap_err(), taken);
        assert!(decided(&name, 1).unwrap_err().contains("try again when the erasure is done"));
    }

    #[test]
    fn a_name_that_would_have_to_be_quoted_is_refused() {
        for name in ["", "a b", "../x", ".hidden", "-x", "a/b", "größe", &"x".repeat(101)] {
            assert!(decided(name, 0).unwrap_err().contains("is no name for a workspace"), "{name}");
        }
        assert!(decided(&"x".repeat(100), 0).is_ok());
    }
}
