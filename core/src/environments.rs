//! Environments: named places in which an application runs. People make them, and so does any write that names a new one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::access::{EnvironmentWrite, Needs};
use crate::command::{Context, check_batch, check_text};
use crate::event::Recorded;
use crate::ids::EnvironmentId;
use crate::limits::{
    COLOR_CHARS_MAX, ENVIRONMENT_CHARS_MAX, ENVIRONMENT_DESCRIPTION_CHARS_MAX, ENVIRONMENTS_MAX,
};
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// What may be changed of an environment. On creation a name is needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub name: Option<String>,
    pub description: Option<String>,
    pub color: Option<String>,
    pub position: Option<i32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Create { id: Option<EnvironmentId>, changes: Changes },
    Update { id: EnvironmentId, changes: Changes },
    Delete { ids: Vec<EnvironmentId> },
}

impl Needs for Command {
    type Permission = EnvironmentWrite;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Created {
        id: EnvironmentId,
        name: String,
        description: Option<String>,
        color: Option<String>,
        position: Option<i32>,
    },
    Updated {
        id: EnvironmentId,
        changes: Changes,
    },
    Deleted {
        id: EnvironmentId,
    },
}

impl Event {
    pub const fn id(&self) -> EnvironmentId {
        match self {
            Self::Created { id, .. } | Self::Updated { id, .. } | Self::Deleted { id } => *id,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    pub id: EnvironmentId,
    pub name: String,
    pub description: Option<String>,
    pub color: Option<String>,
    pub position: Option<i32>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// All environments of a workspace.
#[derive(Clone, Debug, Default)]
pub struct State {
    by_id: BTreeMap<EnvironmentId, Environment>,
    by_name: BTreeMap<String, EnvironmentId>,
}

impl State {
    pub fn get(&self, id: EnvironmentId) -> Option<&Environment> {
        self.by_id.get(&id)
    }

    pub fn by_name(&self, name: &str) -> Option<&Environment> {
        self.by_name.get(name).and_then(|id| self.by_id.get(id))
    }

    /// All, oldest first.
    pub fn all(&self) -> Vec<&Environment> {
        let mut all: Vec<&Environment> = self.by_id.values().collect();
        all.sort_by_key(|environment| (environment.created_at, environment.id));
        all
    }

    pub fn decide(&self, command: Command, context: &mut Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Create { id, changes } => {
                changes.check()?;
                let Changes { name, description, color, position } = changes;
                let name = name.ok_or_else(|| Rejection::invalid("name must not be null"))?;
                self.check_free(&name, None)?;
                let id = id.unwrap_or_else(|| EnvironmentId::known(context.fresh_id()));
                if self.by_id.contains_key(&id) {
                    return Err(Rejection::conflict(format!("Environment with id '{id}' already exists")));
                }
                if self.by_id.len() >= ENVIRONMENTS_MAX {
                    return Err(Rejection::conflict(format!(
                        "Workspace already has the maximum of {ENVIRONMENTS_MAX} environments"
                    )));
                }
                Ok(vec![Event::Created { id, name, description, color, position }])
            }
            Command::Update { id, changes } => {
                changes.check()?;
                if self.get(id).is_none() {
                    return Err(Rejection::not_found("Environment not found"));
                }
                if let Some(name) = &changes.name {
                    self.check_free(name, Some(id))?;
                }
                Ok(vec![Event::Updated { id, changes }])
            }
            Command::Delete { ids } => {
                check_batch("ids", ids.len())?;
                let known = ids.into_iter().filter(|id| self.by_id.contains_key(id));
                Ok(known.map(|id| Event::Deleted { id }).collect())
            }
        }
    }

    /// The events that make the environments which a write names and which are not there. A name that could not be
    /// given by hand is none, and no write fails for want of room.
    pub fn register<'a>(
        &self,
        names: impl IntoIterator<Item = &'a str>,
        context: &mut Context,
    ) -> Vec<Event> {
        let room = ENVIRONMENTS_MAX.saturating_sub(self.by_id.len());
        let mut met = BTreeSet::new();
        let missing = names
            .into_iter()
            .filter(|name| {
                !self.by_name.contains_key(*name) && check_name("name", name).is_ok() && met.insert(*name)
            })
            .take(room);
        missing
            .map(|name| Event::Created {
                id: EnvironmentId::known(context.fresh_id()),
                name: name.to_owned(),
                description: None,
                color: None,
                position: None,
            })
            .collect()
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Created { id, name, description, color, position } => self.load(Environment {
                id: *id,
                name: name.clone(),
                description: description.clone(),
                color: color.clone(),
                position: *position,
                created_at: event.time,
                created_by: event.principal.to_string(),
                last_updated_at: event.time,
                last_updated_by: event.principal.to_string(),
            }),
            Event::Updated { id, changes } => {
                let Some(environment) = self.by_id.get_mut(id) else { return };
                if let Some(name) = &changes.name {
                    self.by_name.remove(&environment.name);
                    self.by_name.insert(name.clone(), *id);
                    environment.name.clone_from(name);
                }
                if changes.description.is_some() {
                    environment.description.clone_from(&changes.description);
                }
                if changes.color.is_some() {
                    environment.color.clone_from(&changes.color);
                }
                environment.position = changes.position.or(environment.position);
                environment.last_updated_at = event.time;
                environment.last_updated_by = event.principal.to_string();
            }
            Event::Deleted { id } => {
                if let Some(environment) = self.by_id.remove(id) {
                    self.by_name.remove(&environment.name);
                }
            }
        }
    }

    /// Takes an environment as it was stored.
    pub fn load(&mut self, environment: Environment) {
        self.by_name.insert(environment.name.clone(), environment.id);
        self.by_id.insert(environment.id, environment);
    }

    /// Puts an environment as it was made anew in place of what is there.
    pub fn replace(&mut self, id: EnvironmentId, environment: Option<Environment>) {
        if let Some(before) = self.by_id.remove(&id) {
            self.by_name.remove(&before.name);
        }
        if let Some(environment) = environment {
            self.load(environment);
        }
    }

    fn check_free(&self, name: &str, mine: Option<EnvironmentId>) -> Result<(), Rejection> {
        match self.by_name.get(name) {
            Some(id) if Some(*id) != mine => Err(Rejection::conflict(format!(
                "Environment with name '{name}' already exists in the workspace"
            ))),
            _ => Ok(()),
        }
    }
}

impl Changes {
    fn check(&self) -> Result<(), Rejection> {
        if let Some(name) = &self.name {
            check_name("name", name)?;
        }
        check_text("", "description", self.description.as_deref(), ENVIRONMENT_DESCRIPTION_CHARS_MAX)?;
        check_text("", "color", self.color.as_deref(), COLOR_CHARS_MAX)
    }
}

pub(crate) fn check_name(field: &str, name: &str) -> Result<(), Rejection> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if name.is_empty() || !name.bytes().all(plain) {
        return Err(Rejection::invalid(format!("{field} must match \"^[A-Za-z0-9_-]+$\"")));
    }
    check_text("", field, Some(name), ENVIRONMENT_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests::context;
    use expect_test::{Expect, expect};
    use uuid::Uuid;

    fn state(given: &[Event]) -> State {
        let mut state = State::default();
        for event in given {
            state.evolve(&Recorded::for_test(event.clone()));
        }
        state
    }

    fn check(given: &[Event], when: Command, then: Expect) {
        let said = match state(given).decide(when, &mut context()) {
            Ok(events) => format!("{events:?}"),
            Err(refusal) => refusal.to_string(),
        };
        then.assert_eq(&said);
    }

    fn id(number: usize) -> EnvironmentId {
        EnvironmentId::known(Uuid::from_u128(number as u128))
    }

    fn created(number: usize, name: &str) -> Event {
        Event::Created {
            id: id(number),
            name: name.to_owned(),
            description: None,
            color: None,
            position: None,
        }
    }

    fn changes(name: &str) -> Changes {
        Changes { name: Some(name.to_owned()), ..Changes::default() }
    }

    fn full() -> Vec<Event> {
        (0..ENVIRONMENTS_MAX).map(|number| created(number, &format!("e{number}"))).collect()
    }

    #[test]
    fn a_taken_name_is_refused_on_creation_and_renaming() {
        let given = [created(1, "production"), created(2, "staging")];
        let create = Command::Create { id: None, changes: changes("production") };
        for when in [create, Command::Update { id: id(2), changes: changes("production") }] {
            check(
                &given,
                when,
                expect!["Environment with name 'production' already exists in the workspace"],
            );
        }
    }

    #[test]
    fn a_name_of_other_letters_is_refused() {
        for name in ["", "with space", "é"] {
            check(
                &[],
                Command::Create { id: None, changes: changes(name) },
                expect![[r#"name must match "^[A-Za-z0-9_-]+$""#]],
            );
        }
    }

    #[test]
    fn only_so_many_are_made_by_hand() {
        check(
            &full(),
            Command::Create { id: None, changes: changes("more") },
            expect!["Workspace already has the maximum of 100 environments"],
        );
    }

    fn registered(given: &[Event], names: &[&str]) -> Vec<String> {
        let name = |event: Event| match event {
            Event::Created { name, .. } => name,
            other => format!("{other:?}"),
        };
        let events = state(given).register(names.iter().copied(), &mut context());
        events.into_iter().map(name).collect()
    }

    #[test]
    fn a_write_makes_each_missing_environment_once() {
        let names = ["staging", "new", "", "no way", "new", "other"];
        assert_eq!(registered(&[created(1, "staging")], &names), ["new", "other"]);
    }

    #[test]
    fn a_write_makes_no_more_than_there_is_room_for() {
        let mut given = full();
        assert!(registered(&given, &["more"]).is_empty());
        given.pop();
        assert_eq!(registered(&given, &["one", "two"]), ["one"]);
    }

    #[test]
    fn a_deleted_name_can_be_used_again() {
        let given = [created(1, "staging"), Event::Deleted { id: id(1) }];
        assert_eq!(registered(&given, &["staging"]), ["staging"]);
    }
}
