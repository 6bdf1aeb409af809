//! Dashboards and insights views: how people lay out charts, kept as the JSON that they made, and the queries saved for
//! them. What the charts show is not here.

pub mod charts;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::access::{DashboardWrite, Needs};
use crate::command::{Context, ProjectRef, check_batch, check_depth, check_text};
use crate::event::Recorded;
use crate::ids::{DashboardId, ProjectId, SavedQueryId};
use crate::json::Json;
use crate::limits::{
    DASHBOARD_CONFIG_BYTES_MAX, DASHBOARD_DESCRIPTION_CHARS_MAX, DASHBOARD_NAME_CHARS_MAX, DASHBOARDS_MAX,
    SAVED_QUERY_CHARS_MAX,
};
use crate::merge::BodyRef;
use crate::query::catalogue::Catalogue;
use crate::query::opik::Type;
use crate::query::{Field, Subject, Value};
use crate::rejection::Rejection;
use crate::time::Timestamp;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($variant,)* }

        impl $name {
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            pub fn parse(name: &str) -> Option<Self> {
                [$(Self::$variant),*].into_iter().find(|known| known.name() == name)
            }
        }
    };
}

named! {
    /// What the charts of a dashboard are about.
    Kind { MultiProject = "multi_project", Experiments = "experiments" }
}
named! {
    /// What is laid out: charts, for the workspace or for a project's insights, or a project's logs, whose saved views are
    /// kept in the same way.
    Scope { Workspace = "workspace", Insights = "insights", Logs = "logs" }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub name: Option<String>,
    pub kind: Option<Kind>,
    pub description: Option<String>,
    pub config: Option<Json>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Needs a name and a config.
    Create {
        scope: Scope,
        project: Option<ProjectRef>,
        changes: Box<Changes>,
    },
    Update {
        scope: Scope,
        id: DashboardId,
        changes: Box<Changes>,
    },
    Delete {
        scope: Scope,
        ids: Vec<DashboardId>,
    },
    SaveQuery {
        project: Option<ProjectRef>,
        sql: String,
    },
}

impl Needs for Command {
    type Permission = DashboardWrite;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Created { id: DashboardId, scope: Scope, project_id: Option<ProjectId>, changes: Box<Changes> },
    Updated { id: DashboardId, changes: Box<Changes> },
    Deleted { id: DashboardId },
    QuerySaved { id: SavedQueryId, project_id: Option<ProjectId>, sql: String },
}

impl Event {
    /// `None` if the event is about a saved query.
    pub const fn dashboard_id(&self) -> Option<DashboardId> {
        match self {
            Self::Created { id, .. } | Self::Updated { id, .. } | Self::Deleted { id } => Some(*id),
            Self::QuerySaved { .. } => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Dashboard {
    pub id: DashboardId,
    pub scope: Scope,
    pub project_id: Option<ProjectId>,
    pub name: String,
    pub kind: Kind,
    pub description: Option<String>,
    pub config: Option<BodyRef>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

impl Dashboard {
    /// The name as it may stand in an address.
    pub fn slug(&self) -> String {
        let lower = self.name.to_lowercase();
        let words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
        words.collect::<Vec<_>>().join("-")
    }
}

/// SQL that somebody saved for a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedQuery {
    pub id: SavedQueryId,
    pub project_id: Option<ProjectId>,
    pub sql: String,
    pub created_at: Timestamp,
    pub created_by: String,
}

/// All dashboards and insights views of a workspace, without what they say.
#[derive(Clone, Debug, Default)]
pub struct State {
    by_id: BTreeMap<DashboardId, Dashboard>,
    by_name: BTreeMap<Name, DashboardId>,
}

/// A name is used once within its scope and project.
type Name = (Scope, Option<ProjectId>, String);

impl State {
    pub fn get(&self, id: DashboardId) -> Option<&Dashboard> {
        self.by_id.get(&id)
    }

    pub fn in_scope(&self, scope: Scope, id: DashboardId) -> Option<&Dashboard> {
        self.get(id).filter(|dashboard| dashboard.scope == scope)
    }

    /// Oldest first.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Dashboard> {
        self.by_id.values()
    }

    /// Decides on a command whose project has been found or made by now.
    pub fn decide(
        &self,
        command: Command,
        project_id: Option<ProjectId>,
        context: &mut Context,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Create { scope, mut changes, .. } => {
                let name = changes.name.take().unwrap_or_default().trim().to_owned();
                self.check_free((scope, project_id, name.clone()), None)?;
                if self.by_id.len() >= DASHBOARDS_MAX {
                    return Err(Rejection::conflict(format!(
                        "Workspace already has the maximum of {DASHBOARDS_MAX} dashboards"
                    )));
                }
                changes.name = Some(name);
                let id = DashboardId::known(context.fresh_id());
                Ok(vec![Event::Created { id, scope, project_id, changes }])
            }
            Command::Update { scope, id, mut changes } => {
                let dashboard = self.in_scope(scope, id).ok_or_else(|| not_found(scope))?;
                if let Some(name) = &mut changes.name {
                    *name = name.trim().to_owned();
                    self.check_free((scope, dashboard.project_id, name.clone()), Some(id))?;
                }
                Ok(vec![Event::Updated { id, changes }])
            }
            Command::Delete { scope, ids } => {
                let known = ids.into_iter().filter(|id| self.in_scope(scope, *id).is_some());
                Ok(known.map(|id| Event::Deleted { id }).collect())
            }
            Command::SaveQuery { sql, .. } => {
                let id = SavedQueryId::known(context.fresh_id());
                Ok(vec![Event::QuerySaved { id, project_id, sql }])
            }
        }
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        let config =
            |changes: &Changes| changes.config.as_ref().map(|json| BodyRef::new(event.position, json));
        match &event.event {
            Event::Created { id, scope, project_id, changes } => self.load(Dashboard {
                id: *id,
                scope: *scope,
                project_id: *project_id,
                name: changes.name.clone().unwrap_or_default(),
                kind: changes.kind.unwrap_or(Kind::MultiProject),
                description: changes.description.clone(),
                config: config(changes),
                created_at: event.time,
                created_by: event.principal.to_string(),
                last_updated_at: event.time,
                last_updated_by: event.principal.to_string(),
            }),
            Event::Updated { id, changes } => {
                let Some(mut dashboard) = self.by_id.remove(id) else { return };
                self.by_name.remove(&name_of(&dashboard));
                if let Some(name) = &changes.name {
                    dashboard.name.clone_from(name);
                }
                dashboard.kind = changes.kind.unwrap_or(dashboard.kind);
                if changes.description.is_some() {
                    dashboard.description.clone_from(&changes.description);
                }
                dashboard.config = config(changes).or(dashboard.config);
                dashboard.last_updated_at = event.time;
                dashboard.last_updated_by = event.principal.to_string();
                self.load(dashboard);
            }
            Event::Deleted { id } => {
                if let Some(dashboard) = self.by_id.remove(id) {
                    self.by_name.remove(&name_of(&dashboard));
                }
            }
            Event::QuerySaved { .. } => {}
        }
    }

    /// Takes a dashboard as it was stored.
    pub fn load(&mut self, dashboard: Dashboard) {
        self.by_name.insert(name_of(&dashboard), dashboard.id);
        self.by_id.insert(dashboard.id, dashboard);
    }

    /// Puts a dashboard as it was made anew in place of what is there.
    pub fn replace(&mut self, id: DashboardId, dashboard: Option<Dashboard>) {
        if let Some(before) = self.by_id.remove(&id) {
            self.by_name.remove(&name_of(&before));
        }
        if let Some(dashboard) = dashboard {
            self.load(dashboard);
        }
    }

    fn check_free(&self, name: Name, mine: Option<DashboardId>) -> Result<(), Rejection> {
        let scope = name.0;
        match self.by_name.get(&name) {
            Some(id) if Some(*id) != mine => {
                Err(Rejection::conflict(format!("{} already exists", called(scope))))
            }
            _ => Ok(()),
        }
    }
}

fn name_of(dashboard: &Dashboard) -> Name {
    (dashboard.scope, dashboard.project_id, dashboard.name.clone())
}

const fn called(scope: Scope) -> &'static str {
    match scope {
        Scope::Workspace => "Dashboard",
        Scope::Insights => "Insights view",
        Scope::Logs => "Saved view",
    }
}

pub fn not_found(scope: Scope) -> Rejection {
    Rejection::not_found(format!("{} not found", called(scope)))
}

impl Command {
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Create { changes, .. } => {
                if changes.name.is_none() {
                    return Err(Rejection::invalid("name must not be blank"));
                }
                if changes.config.is_none() {
                    return Err(Rejection::invalid("config must not be null"));
                }
                changes.check()
            }
            Self::Update { changes, .. } => changes.check(),
            Self::Delete { ids, .. } => check_batch("ids", ids.len()),
            Self::SaveQuery { sql, .. } if sql.trim().is_empty() => {
                Err(Rejection::invalid("sql must not be blank"))
            }
            Self::SaveQuery { sql, .. } => check_text("", "sql", Some(sql), SAVED_QUERY_CHARS_MAX),
        }
    }

    /// The project that the command names, if it does.
    pub const fn project(&self) -> Option<&ProjectRef> {
        match self {
            Self::Create { project, .. } | Self::SaveQuery { project, .. } => project.as_ref(),
            Self::Update { .. } | Self::Delete { .. } => None,
        }
    }

    /// Bytes of the bodies that the command carries.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Create { changes, .. } | Self::Update { changes, .. } => {
                changes.config.as_ref().map_or(0, |json| json.bytes().len())
            }
            Self::SaveQuery { sql, .. } => sql.len(),
            Self::Delete { .. } => 0,
        }
    }
}

impl Changes {
    fn check(&self) -> Result<(), Rejection> {
        if let Some(name) = &self.name {
            if name.trim().is_empty() {
                return Err(Rejection::invalid("name must not be blank"));
            }
            if name.chars().count() > DASHBOARD_NAME_CHARS_MAX {
                return Err(Rejection::invalid(format!(
                    "name size must be between 1 and {DASHBOARD_NAME_CHARS_MAX}"
                )));
            }
        }
        check_text("", "description", self.description.as_deref(), DASHBOARD_DESCRIPTION_CHARS_MAX)?;
        if self.config.as_ref().is_some_and(|json| json.bytes().len() > DASHBOARD_CONFIG_BYTES_MAX) {
            return Err(Rejection::invalid(format!(
                "config must not have more than {DASHBOARD_CONFIG_BYTES_MAX} bytes"
            )));
        }
        check_depth("", [("config", self.config.as_ref()), ("", None), ("", None)])
    }
}

/// What lists of dashboards can be asked for and sorted by.
pub const DASHBOARDS: Catalogue = Catalogue {
    fields: &[
        ("id", Type::StringExact),
        ("name", Type::String),
        ("type", Type::Enum),
        ("scope", Type::Enum),
        ("created_at", Type::DateTime),
        ("created_by", Type::String),
        ("last_updated_at", Type::DateTime),
        ("last_updated_by", Type::String),
    ],
    sortable_by: &[
        "id",
        "name",
        "description",
        "type",
        "created_at",
        "created_by",
        "last_updated_at",
        "last_updated_by",
    ],
};

impl Subject for Dashboard {
    fn value(&self, field: &Field) -> Value<'_> {
        match field {
            Field::Own("id") => Value::Text(self.id.to_string().into()),
            Field::Own("name") => Value::Text(self.name.as_str().into()),
            Field::Own("description") => {
                self.description.as_deref().map_or(Value::Missing, |text| Value::Text(text.into()))
            }
            Field::Own("type") => Value::Text(self.kind.name().into()),
            Field::Own("scope") => Value::Text(self.scope.name().into()),
            Field::Own("created_at") => Value::Time(self.created_at),
            Field::Own("created_by") => Value::Text(self.created_by.as_str().into()),
            Field::Own("last_updated_at") => Value::Time(self.last_updated_at),
            Field::Own("last_updated_by") => Value::Text(self.last_updated_by.as_str().into()),
            _ => Value::Missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests::context;
    use uuid::Uuid;

    fn changes(name: &str) -> Changes {
        Changes { name: Some(name.to_owned()), config: Json::parse("{}".into()).ok(), ..Changes::default() }
    }

    fn create(scope: Scope, name: &str) -> Command {
        Command::Create { scope, project: None, changes: Box::new(changes(name)) }
    }

    fn after(state: &mut State, command: Command, project: Option<ProjectId>) -> Result<DashboardId, String> {
        let mut id = DashboardId::known(Uuid::nil());
        for event in state.decide(command, project, &mut context()).map_err(|refusal| refusal.to_string())? {
            id = event.dashboard_id().unwrap_or(id);
            state.evolve(&Recorded::for_test(event));
        }
        Ok(id)
    }

    #[test]
    fn a_name_is_used_once_within_its_scope_and_project() {
        let mut state = State::default();
        let project = Some(ProjectId::known(Uuid::from_u128(1)));
        let id = after(&mut state, create(Scope::Workspace, "costs"), None).unwrap();
        let taken = after(&mut state, create(Scope::Workspace, " costs "), None);
        assert_eq!(taken, Err("Dashboard already exists".to_owned()));
        assert!(state.decide(create(Scope::Insights, "costs"), None, &mut context()).is_ok());
        assert!(state.decide(create(Scope::Workspace, "costs"), project, &mut context()).is_ok());
        let same = Command::Update { scope: Scope::Workspace, id, changes: Box::new(changes("costs")) };
        assert_eq!(after(&mut state, same, None), Ok(id));
        let renamed = Command::Update { scope: Scope::Workspace, id, changes: Box::new(changes("money")) };
        after(&mut state, renamed, None).unwrap();
        assert!(state.decide(create(Scope::Workspace, "costs"), None, &mut context()).is_ok());
    }

    #[test]
    fn an_insights_view_is_no_dashboard() {
        let mut state = State::default();
        let id = after(&mut state, create(Scope::Insights, "costs"), None).unwrap();
        let update = Command::Update { scope: Scope::Workspace, id, changes: Box::default() };
        assert_eq!(after(&mut state, update, None), Err("Dashboard not found".to_owned()));
        let delete = |scope| Command::Delete { scope, ids: vec![id] };
        assert_eq!(state.decide(delete(Scope::Workspace), None, &mut context()), Ok(Vec::new()));
        assert_eq!(
            state.decide(delete(Scope::Insights), None, &mut context()),
            Ok(vec![Event::Deleted { id }])
        );
    }

    #[test]
    fn what_a_dashboard_cannot_be_without_is_told() {
        for (command, text) in [
            (create(Scope::Workspace, " "), "name must not be blank"),
            (create(Scope::Workspace, &"n".repeat(121)), "name size must be between 1 and 120"),
            (
                Command::Create {
                    scope: Scope::Workspace,
                    project: None,
                    changes: Box::new(Changes { name: Some("costs".to_owned()), ..Changes::default() }),
                },
                "config must not be null",
            ),
            (Command::SaveQuery { project: None, sql: "\n".to_owned() }, "sql must not be blank"),
        ] {
            assert_eq!(command.check().unwrap_err().to_string(), text);
        }
    }

    #[test]
    fn a_name_is_an_address_without_its_signs() {
        let mut state = State::default();
        let id = after(&mut state, create(Scope::Workspace, " Kosten & Zeit: Übersicht! "), None).unwrap();
        assert_eq!(state.get(id).unwrap().slug(), "kosten-zeit-übersicht");
    }
}
