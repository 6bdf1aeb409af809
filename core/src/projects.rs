//! Projects: names that are unique in a workspace, made on demand by writes and never by reads.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::access::{Needs, ProjectWrite};
use crate::command::{Context, ProjectRef, check_text};
use crate::event::Recorded;
use crate::ids::ProjectId;
use crate::limits::{DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX};
use crate::rejection::Rejection;
use crate::time::Timestamp;

pub const DEFAULT_NAME: &str = "Default Project";

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Visibility {
    #[default]
    Private,
    Public,
}

impl Visibility {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Private, Self::Public].into_iter().find(|visibility| visibility.name() == name)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Create { name: String, description: Option<String>, visibility: Visibility },
    Update { id: ProjectId, changes: Changes },
    Delete { ids: Vec<ProjectId> },
}

impl Needs for Command {
    type Permission = ProjectWrite;
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub name: Option<String>,
    pub description: Option<String>,
    pub visibility: Option<Visibility>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Created { id: ProjectId, name: String, description: Option<String>, visibility: Visibility },
    Updated { id: ProjectId, changes: Changes },
    Deleted { id: ProjectId },
}

impl Event {
    pub const fn id(&self) -> ProjectId {
        match self {
            Self::Created { id, .. } | Self::Updated { id, .. } | Self::Deleted { id } => *id,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    pub description: Option<String>,
    pub visibility: Visibility,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// All projects of a workspace, by id and by name.
#[derive(Clone, Debug, Default)]
pub struct State {
    by_id: BTreeMap<ProjectId, Project>,
    by_name: BTreeMap<String, ProjectId>,
}

impl State {
    pub fn get(&self, id: ProjectId) -> Option<&Project> {
        self.by_id.get(&id)
    }

    pub fn by_name(&self, name: &str) -> Option<&Project> {
        self.by_name.get(&name_key(name)).and_then(|id| self.by_id.get(id))
    }

    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Project> {
        self.by_id.values()
    }

    /// The project that a write means, or the event that makes it.
    pub fn resolve(&self, project: &ProjectRef, context: &mut Context) -> Result<Resolved, Rejection> {
        let name = match project {
            ProjectRef::Id(id) if self.by_id.contains_key(id) => return Ok(Resolved::Known(*id)),
            ProjectRef::Id(_) => return Err(Rejection::not_found("Project not found")),
            ProjectRef::Name(name) => name.trim(),
            ProjectRef::Default => DEFAULT_NAME,
        };
        check_name("projectName", name)?;
        match self.by_name(name) {
            Some(project) => Ok(Resolved::Known(project.id)),
            None => Ok(Resolved::Created(Event::Created {
                id: ProjectId::known(context.fresh_id()),
                name: name.to_owned(),
                description: None,
                visibility: Visibility::default(),
            })),
        }
    }

    pub fn decide(&self, command: Command, context: &mut Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Create { name, description, visibility } => {
                check_name("name", &name)?;
                check_text("", "description", description.as_deref(), DESCRIPTION_CHARS_MAX)?;
                self.check_free(&name, None)?;
                let id = ProjectId::known(context.fresh_id());
                Ok(vec![Event::Created { id, name: name.trim().to_owned(), description, visibility }])
            }
            Command::Update { id, mut changes } => {
                if self.get(id).is_none() {
                    return Err(Rejection::not_found("Project not found"));
                }
                check_text("", "description", changes.description.as_deref(), DESCRIPTION_CHARS_MAX)?;
                if let Some(name) = &mut changes.name {
                    check_name("name", name)?;
                    self.check_free(name, Some(id))?;
                    *name = name.trim().to_owned();
                }
                Ok(vec![Event::Updated { id, changes }])
            }
            Command::Delete { ids } => {
                let known = ids.into_iter().filter(|id| self.by_id.contains_key(id));
                Ok(known.map(|id| Event::Deleted { id }).collect())
            }
        }
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Created { id, name, description, visibility } => {
                self.by_name.insert(name_key(name), *id);
                self.by_id.insert(
                    *id,
                    Project {
                        id: *id,
                        name: name.clone(),
                        description: description.clone(),
                        visibility: *visibility,
                        created_at: event.time,
                        created_by: event.principal.to_string(),
                        last_updated_at: event.time,
                        last_updated_by: event.principal.to_string(),
                    },
                );
            }
            Event::Updated { id, changes } => {
                let Some(project) = self.by_id.get_mut(id) else { return };
                if let Some(name) = &changes.name {
                    self.by_name.remove(&name_key(&project.name));
                    self.by_name.insert(name_key(name), *id);
                    project.name.clone_from(name);
                }
                if changes.description.is_some() {
                    project.description.clone_from(&changes.description);
                }
                project.visibility = changes.visibility.unwrap_or(project.visibility);
                project.last_updated_at = event.time;
                project.last_updated_by = event.principal.to_string();
            }
            Event::Deleted { id } => {
                if let Some(project) = self.by_id.remove(id) {
                    self.by_name.remove(&name_key(&project.name));
                }
            }
        }
    }

    /// Takes a project as it was stored.
    pub fn load(&mut self, project: Project) {
        self.by_name.insert(name_key(&project.name), project.id);
        self.by_id.insert(project.id, project);
    }

    /// Puts a project as it was made anew in place of what is there.
    pub fn replace(&mut self, id: ProjectId, project: Option<Project>) {
        if let Some(before) = self.by_id.remove(&id) {
            self.by_name.remove(&name_key(&before.name));
        }
        if let Some(project) = project {
            self.load(project);
        }
    }

    fn check_free(&self, name: &str, mine: Option<ProjectId>) -> Result<(), Rejection> {
        match self.by_name(name) {
            Some(project) if Some(project.id) != mine => Err(Rejection::conflict("Project already exists")),
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    Known(ProjectId),
    Created(Event),
}

/// Names are the same project when they differ only in case and outer space.
pub fn name_key(name: &str) -> String {
    name.trim().to_lowercase()
}

fn check_name(field: &str, name: &str) -> Result<(), Rejection> {
    if name.trim().is_empty() {
        return Err(Rejection::invalid(format!("{field} must not be blank")));
    }
    check_text("", field, Some(name), NAME_CHARS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests::context;
    use expect_test::{Expect, expect};

    fn check(given: &[Event], when: Command, then: Expect) {
        let mut state = State::default();
        for event in given {
            state.evolve(&Recorded::for_test(event.clone()));
        }
        let said = match state.decide(when, &mut context()) {
            Ok(events) => format!("{events:?}"),
            Err(refusal) => refusal.to_string(),
        };
        then.assert_eq(&said);
    }

    fn created(name: &str) -> Event {
        let id = ProjectId::known(uuid::Uuid::nil());
        Event::Created { id, name: name.to_owned(), description: None, visibility: Visibility::Private }
    }

    fn create(name: &str) -> Command {
        Command::Create { name: name.to_owned(), description: None, visibility: Visibility::Private }
    }

    #[test]
    fn a_name_that_differs_only_in_case_is_taken() {
        check(&[created("Agents")], create(" agents "), expect!["Project already exists"]);
    }

    #[test]
    fn a_blank_name_is_refused() {
        check(&[], create("  "), expect!["name must not be blank"]);
    }

    #[test]
    fn deleting_what_is_not_there_changes_nothing() {
        check(&[], Command::Delete { ids: vec![ProjectId::known(uuid::Uuid::nil())] }, expect!["[]"]);
    }

    #[test]
    fn a_renamed_project_frees_its_old_name() {
        let id = ProjectId::known(uuid::Uuid::nil());
        let renamed =
            Event::Updated { id, changes: Changes { name: Some("new".to_owned()), ..Changes::default() } };
        let mut state = State::default();
        for event in [created("old"), renamed] {
            state.evolve(&Recorded::for_test(event));
        }
        assert!(state.by_name("old").is_none());
        assert_eq!(state.by_name("NEW").map(|project| project.id), Some(id));
    }
}
