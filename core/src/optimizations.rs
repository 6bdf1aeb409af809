//! Optimizations: searches for a better prompt, each with experiments as its trials.
//! What the trials came to is not here: it follows from their traces.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Needs, OptimizationWrite};
use crate::command::{Context, ProjectRef, check_batch, check_depth, check_text};
use crate::event::Recorded;
use crate::experiments::readable_name;
use crate::ids::{DatasetId, OptimizationId, ProjectId};
use crate::json::Json;
use crate::limits::NAME_CHARS_MAX;
use crate::merge::BodyRef;
use crate::rejection::Rejection;
use crate::time::Timestamp;
use crate::traces::{ErrorInfo, check_error};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Status {
    Running,
    Completed,
    Cancelled,
    Initialized,
    Error,
}

impl Status {
    pub const ALL: [Self; 5] =
        [Self::Running, Self::Completed, Self::Cancelled, Self::Initialized, Self::Error];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Initialized => "initialized",
            Self::Error => "error",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }

    const fn is_terminal(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled | Self::Error)
    }
}

/// All that a client says of an optimization.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    pub id: Option<OptimizationId>,
    pub name: Option<String>,
    pub dataset_name: String,
    pub project: Option<ProjectRef>,
    /// The score by which trials are compared; more is better.
    pub objective_name: String,
    pub status: Status,
    pub metadata: Option<Json>,
    /// What the optimization studio was set to; nobody here looks into it.
    pub studio_config: Option<Json>,
    pub error: Option<ErrorInfo>,
    /// Of an optimization that was brought from elsewhere.
    pub last_updated_at: Option<Timestamp>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub name: Option<String>,
    pub status: Option<Status>,
    pub metadata: Option<Json>,
    pub error: Option<ErrorInfo>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Sent again under the same id, it changes nothing.
    Create(Box<Write>),
    /// Makes it, or replaces what is said of it.
    Put(Box<Write>),
    Update {
        id: OptimizationId,
        changes: Box<Changes>,
    },
    /// Its trials stay as experiments.
    Delete {
        ids: Vec<OptimizationId>,
    },
}

impl Needs for Command {
    type Permission = OptimizationWrite;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// It is now as this says; it was made if it was not there.
    Written(Box<Written>),
    Updated {
        id: OptimizationId,
        changes: Box<Changes>,
    },
    Deleted {
        id: OptimizationId,
    },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    pub id: OptimizationId,
    pub name: String,
    pub dataset_id: DatasetId,
    pub project_id: Option<ProjectId>,
    pub objective_name: String,
    pub status: Status,
    pub metadata: Option<Json>,
    pub studio_config: Option<Json>,
    pub error: Option<ErrorInfo>,
    pub last_updated_at: Option<Timestamp>,
}

impl Event {
    pub const fn id(&self) -> OptimizationId {
        match self {
            Self::Written(written) => written.id,
            Self::Updated { id, .. } | Self::Deleted { id } => *id,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Optimization {
    pub id: OptimizationId,
    pub name: String,
    pub dataset_id: DatasetId,
    pub project_id: Option<ProjectId>,
    pub objective_name: String,
    pub status: Status,
    pub metadata: Option<BodyRef>,
    pub studio_config: Option<BodyRef>,
    pub error: Option<ErrorInfo>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

impl Command {
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Create(write) | Self::Put(write) => write.check(),
            Self::Update { changes, .. } => changes.check(),
            Self::Delete { ids } => check_batch("ids", ids.len()),
        }
    }

    /// Bytes of the bodies that the command carries.
    pub fn bytes(&self) -> usize {
        let bodies = match self {
            Self::Create(write) | Self::Put(write) => [write.metadata.as_ref(), write.studio_config.as_ref()],
            Self::Update { changes, .. } => [changes.metadata.as_ref(), None],
            Self::Delete { .. } => [None, None],
        };
        bodies.into_iter().flatten().map(|json| json.bytes().len()).sum()
    }
}

impl Write {
    fn check(&self) -> Result<(), Rejection> {
        for (field, text) in [("datasetName", &self.dataset_name), ("objectiveName", &self.objective_name)] {
            if text.trim().is_empty() {
                return Err(Rejection::invalid(format!("{field} must not be blank")));
            }
            check_text("", field, Some(text), NAME_CHARS_MAX)?;
        }
        check_text("", "name", self.name.as_deref(), NAME_CHARS_MAX)?;
        let bodies =
            [("metadata", self.metadata.as_ref()), ("studioConfig", self.studio_config.as_ref()), ("", None)];
        check_depth("", bodies)?;
        check_error("", self.error.as_ref())
    }
}

impl Changes {
    fn check(&self) -> Result<(), Rejection> {
        if self.name.as_deref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Rejection::invalid("name must not be blank"));
        }
        check_text("", "name", self.name.as_deref(), NAME_CHARS_MAX)?;
        check_depth("", [("metadata", self.metadata.as_ref()), ("", None), ("", None)])?;
        check_error("", self.error.as_ref())
    }
}

/// Decides on an optimization over a dataset that has been found or made by now. What stands keeps its name if none
/// is given.
pub fn write(
    state: Option<&Optimization>,
    write: Write,
    dataset_id: DatasetId,
    project_id: Option<ProjectId>,
    context: &mut Context,
) -> Event {
    let id = write.id.unwrap_or_else(|| OptimizationId::known(context.fresh_id()));
    let named = write.name.filter(|name| !name.trim().is_empty());
    let name = named.or_else(|| state.map(|state| state.name.clone()));
    Event::Written(Box::new(Written {
        id,
        name: name.unwrap_or_else(|| readable_name(id.uuid())),
        dataset_id,
        project_id,
        objective_name: write.objective_name,
        status: write.status,
        metadata: write.metadata,
        studio_config: write.studio_config,
        error: write.error,
        last_updated_at: write.last_updated_at,
    }))
}

/// A run of the studio that has ended cannot be cancelled any more; others take any status.
pub fn update(state: &Optimization, changes: Changes) -> Result<Event, Rejection> {
    if changes.status == Some(Status::Cancelled)
        && state.studio_config.is_some()
        && state.status.is_terminal()
    {
        let status = state.status.name();
        return Err(Rejection::conflict(format!(
            "Optimization '{}' cannot be cancelled: its status is already '{status}'",
            state.id
        )));
    }
    Ok(Event::Updated { id: state.id, changes: Box::new(changes) })
}

pub fn not_found(id: Uuid) -> Rejection {
    Rejection::not_found(format!("Not found optimization with id '{id}'"))
}

impl Optimization {
    /// The optimization as an event leaves it; written again, it keeps its beginning.
    pub fn new(before: Option<&Self>, event: &Recorded<Written>) -> Self {
        let written = &event.event;
        let body = |json: &Option<Json>| json.as_ref().map(|json| BodyRef::new(event.position, json));
        Self {
            id: written.id,
            name: written.name.clone(),
            dataset_id: written.dataset_id,
            project_id: written.project_id,
            objective_name: written.objective_name.clone(),
            status: written.status,
            metadata: body(&written.metadata),
            studio_config: body(&written.studio_config),
            error: written.error.clone(),
            created_at: before.map_or(event.time, |before| before.created_at),
            created_by: before
                .map_or_else(|| event.principal.to_string(), |before| before.created_by.clone()),
            last_updated_at: written.last_updated_at.unwrap_or(event.time),
            last_updated_by: event.principal.to_string(),
        }
    }

    pub fn apply(&mut self, event: &Recorded<Changes>) {
        let changes = &event.event;
        if let Some(name) = &changes.name {
            self.name.clone_from(name);
        }
        self.status = changes.status.unwrap_or(self.status);
        if let Some(json) = &changes.metadata {
            self.metadata = Some(BodyRef::new(event.position, json));
        }
        if changes.error.is_some() {
            self.error.clone_from(&changes.error);
        }
        self.last_updated_at = event.time;
        self.last_updated_by = event.principal.to_string();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests::context;
    use expect_test::{Expect, expect};

    const ID: OptimizationId = OptimizationId::known(Uuid::from_u128(1));

    fn wanted(name: Option<&str>) -> Write {
        Write {
            id: Some(ID),
            name: name.map(str::to_owned),
            dataset_name: "qa".to_owned(),
            project: None,
            objective_name: "accuracy".to_owned(),
            status: Status::Running,
            metadata: None,
            studio_config: None,
            error: None,
            last_updated_at: None,
        }
    }

    fn after(before: Option<&Optimization>, wanted: Write) -> Optimization {
        let dataset = DatasetId::known(Uuid::nil());
        match write(before, wanted, dataset, None, &mut context()) {
            Event::Written(written) => Optimization::new(before, &Recorded::for_test(*written)),
            other => panic!("{other:?}"),
        }
    }

    fn check(state: &Optimization, when: Status, then: Expect) {
        let changes = Changes { status: Some(when), ..Changes::default() };
        let said = match update(state, changes) {
            Ok(event) => format!("{event:?}"),
            Err(refusal) => refusal.to_string(),
        };
        then.assert_eq(&said);
    }

    #[test]
    fn an_optimization_without_a_name_gets_a_readable_one_and_keeps_it() {
        let first = after(None, wanted(None));
        assert_eq!(first.name.split('_').count(), 3, "{}", first.name);
        assert_eq!(after(Some(&first), wanted(Some(" "))).name, first.name);
        assert_eq!(after(Some(&first), wanted(Some("mine"))).name, "mine");
    }

    #[test]
    fn a_run_of_the_studio_that_has_ended_cannot_be_cancelled() {
        let ended =
            Write { studio_config: Json::parse("{}".into()).ok(), status: Status::Error, ..wanted(None) };
        check(
            &after(None, ended),
            Status::Cancelled,
            expect![
                "Optimization '00000000-0000-0000-0000-000000000001' cannot be cancelled: its status is already 'error'"
            ],
        );
    }

    #[test]
    fn an_ordinary_optimization_takes_any_status() {
        let ended = after(None, Write { status: Status::Completed, ..wanted(None) });
        check(
            &ended,
            Status::Cancelled,
            expect![[
                r"Updated { id: OptimizationId(00000000-0000-0000-0000-000000000001), changes: Changes { name: None, status: Some(Cancelled), metadata: None, error: None } }"
            ]],
        );
    }

    #[test]
    fn what_stands_without_a_dataset_or_an_objective_is_refused() {
        for (dataset_name, objective_name) in [(" ", "accuracy"), ("qa", "")] {
            let write = Write {
                dataset_name: dataset_name.to_owned(),
                objective_name: objective_name.to_owned(),
                ..wanted(None)
            };
            assert!(Command::Put(Box::new(write)).check().is_err());
        }
    }

    #[test]
    fn the_reason_of_a_failure_outlives_changes_that_do_not_name_it() {
        let error = ErrorInfo {
            exception_type: "ValueError".to_owned(),
            message: None,
            traceback: "line 1".to_owned(),
        };
        let mut state = after(None, wanted(None));
        state.apply(&Recorded::for_test(Changes { error: Some(error.clone()), ..Changes::default() }));
        state.apply(&Recorded::for_test(Changes { status: Some(Status::Error), ..Changes::default() }));
        assert_eq!((state.status, state.error), (Status::Error, Some(error)));
    }
}
