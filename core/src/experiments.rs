//! Experiments: runs over a dataset, each tying items of it to the traces that they led to.
//! What the traces add up to is not here: it follows from them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{ExperimentWrite, Needs};
use crate::command::{Context, ProjectRef, check_batch, check_depth, check_tags, check_text};
use crate::datasets::items::Policy;
use crate::event::Recorded;
use crate::ids::{
    DatasetId, DatasetItemId, DatasetVersionId, ExperimentId, ExperimentItemId, ProjectId, TraceId,
};
use crate::json::Json;
use crate::limits::{NAME_CHARS_MAX, TAGS_MAX};
use crate::merge::{BodyRef, TagEdits};
use crate::rejection::Rejection;
use crate::time::Timestamp;

pub mod bulk;
pub mod comparison;
pub mod grouping;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name { $($variant,)* }

        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }
    };
}

named! {
    /// The ones that are not regular belong to an optimization.
    Kind { Regular = "regular", Trial = "trial", MiniBatch = "mini-batch", Mutation = "mutation" }
}
named!(Status { Running = "running", Completed = "completed", Cancelled = "cancelled", Failed = "failed" });
named!(Method { Dataset = "dataset", EvaluationSuite = "evaluation_suite" });

/// A figure about a whole experiment, computed by whoever ran it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    pub name: String,
    pub value: Decimal,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Create {
    pub id: Option<ExperimentId>,
    pub name: Option<String>,
    pub dataset_name: String,
    pub project: Option<ProjectRef>,
    pub kind: Kind,
    pub method: Method,
    pub status: Status,
    pub optimization_id: Option<Uuid>,
    pub dataset_version_id: Option<DatasetVersionId>,
    pub prompt_versions: Vec<Uuid>,
    pub metadata: Option<Json>,
    pub tags: Vec<String>,
    pub scores: Vec<Score>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub name: Option<String>,
    pub metadata: Option<Json>,
    pub tags: Option<Vec<String>>,
    pub tag_edits: TagEdits,
    pub kind: Option<Kind>,
    pub status: Option<Status>,
    pub scores: Option<Vec<Score>>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ItemWrite {
    pub id: Option<ExperimentItemId>,
    pub experiment_id: ExperimentId,
    pub dataset_item_id: DatasetItemId,
    pub trace_id: TraceId,
    pub policy: Option<Policy>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Sent again under the same id, it changes nothing.
    Create(Box<Create>),
    Update {
        id: ExperimentId,
        changes: Box<Changes>,
    },
    /// Ids that are unknown are skipped. Without `merge_tags`, tags are replaced.
    UpdateMany {
        ids: Vec<ExperimentId>,
        changes: Box<Changes>,
        merge_tags: bool,
    },
    Delete {
        ids: Vec<ExperimentId>,
    },
    AddItems(Vec<ItemWrite>),
    Record(Box<bulk::Bulk>),
    DeleteItems {
        ids: Vec<ExperimentItemId>,
    },
}

impl Needs for Command {
    type Permission = ExperimentWrite;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Created(Box<Created>),
    Updated { id: ExperimentId, changes: Box<Changes> },
    Deleted { id: ExperimentId },
    ItemAdded(Box<ItemAdded>),
    ItemRemoved { id: ExperimentItemId, experiment_id: ExperimentId },
}

#[derive(Clone, Debug, PartialEq)]
pub struct Created {
    pub id: ExperimentId,
    pub name: String,
    pub dataset_id: DatasetId,
    pub project_id: Option<ProjectId>,
    pub kind: Kind,
    pub method: Method,
    pub status: Status,
    pub optimization_id: Option<Uuid>,
    pub dataset_version_id: Option<DatasetVersionId>,
    pub prompt_versions: Vec<Uuid>,
    pub metadata: Option<Json>,
    pub tags: Vec<String>,
    pub scores: Vec<Score>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ItemAdded {
    pub id: ExperimentItemId,
    pub experiment_id: ExperimentId,
    pub dataset_item_id: DatasetItemId,
    pub trace_id: TraceId,
    pub policy: Option<Policy>,
}

impl Event {
    /// In whose histories it stands.
    pub fn entities(&self) -> Vec<Uuid> {
        let item = self.item_id().map(ExperimentItemId::uuid);
        item.into_iter().chain([self.experiment_id().uuid()]).collect()
    }

    pub const fn item_id(&self) -> Option<ExperimentItemId> {
        match self {
            Self::ItemAdded(item) => Some(item.id),
            Self::ItemRemoved { id, .. } => Some(*id),
            Self::Created(_) | Self::Updated { .. } | Self::Deleted { .. } => None,
        }
    }

    pub const fn experiment_id(&self) -> ExperimentId {
        match self {
            Self::Created(created) => created.id,
            Self::Updated { id, .. } | Self::Deleted { id } => *id,
            Self::ItemAdded(item) => item.experiment_id,
            Self::ItemRemoved { experiment_id, .. } => *experiment_id,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Experiment {
    pub id: ExperimentId,
    pub name: String,
    pub dataset_id: DatasetId,
    pub project_id: Option<ProjectId>,
    pub kind: Kind,
    pub method: Method,
    pub status: Status,
    pub optimization_id: Option<Uuid>,
    pub dataset_version_id: Option<DatasetVersionId>,
    pub prompt_versions: Vec<Uuid>,
    pub metadata: Option<BodyRef>,
    pub tags: Vec<String>,
    pub scores: Vec<Score>,
    pub items: u64,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
    pub finished_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub id: ExperimentItemId,
    pub experiment_id: ExperimentId,
    pub dataset_item_id: DatasetItemId,
    pub trace_id: TraceId,
    pub policy: Option<Policy>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

impl Command {
    /// Finishes or cancels experiments, say.
    pub fn set_status(ids: Vec<ExperimentId>, status: Status) -> Self {
        let changes = Box::new(Changes { status: Some(status), ..Changes::default() });
        Self::UpdateMany { ids, changes, merge_tags: false }
    }

    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Create(create) => create.check(),
            Self::Record(bulk) => {
                bulk.create.check()?;
                bulk.check()
            }
            Self::Update { changes, .. } => changes.check(),
            Self::UpdateMany { ids, changes, .. } => {
                check_batch("ids", ids.len())?;
                changes.check()
            }
            Self::AddItems(items) => {
                check_batch("experimentItems", items.len())?;
                items.iter().enumerate().try_for_each(|(at, item)| {
                    let place = format!("experimentItems[{at}].");
                    item.policy.as_ref().map_or(Ok(()), |policy| policy.check(&place))
                })
            }
            Self::DeleteItems { ids } => check_batch("ids", ids.len()),
            Self::Delete { ids } => check_batch("ids", ids.len()),
        }
    }

    /// Bytes of the bodies that the command carries.
    pub fn bytes(&self) -> usize {
        let metadata = match self {
            Self::Create(create) => create.metadata.as_ref(),
            Self::Update { changes, .. } | Self::UpdateMany { changes, .. } => changes.metadata.as_ref(),
            Self::Record(bulk) => return bulk.bytes(),
            Self::Delete { .. } | Self::AddItems(_) | Self::DeleteItems { .. } => None,
        };
        metadata.map_or(0, |json| json.bytes().len())
    }
}

impl Create {
    fn check(&self) -> Result<(), Rejection> {
        if self.dataset_name.trim().is_empty() {
            return Err(Rejection::invalid("datasetName must not be blank"));
        }
        check_text("", "datasetName", Some(&self.dataset_name), NAME_CHARS_MAX)?;
        check_about(self.name.as_deref(), self.metadata.as_ref(), &self.tags, &self.scores)
    }
}

impl Changes {
    fn check(&self) -> Result<(), Rejection> {
        let (tags, scores) = (self.tags.as_deref(), self.scores.as_deref());
        if self.name.as_deref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Rejection::invalid("name must not be blank"));
        }
        check_about(
            self.name.as_deref(),
            self.metadata.as_ref(),
            tags.unwrap_or_default(),
            scores.unwrap_or_default(),
        )?;
        check_tags("", &self.tag_edits.added)
    }

    /// Says what tags are after the changes.
    fn tags_of(&self, experiment: &Experiment) -> Vec<String> {
        let mut tags = self.tags.clone().unwrap_or_else(|| experiment.tags.clone());
        tags.retain(|tag| !self.tag_edits.removed.contains(tag));
        for tag in &self.tag_edits.added {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
        tags
    }
}

fn check_about(
    name: Option<&str>,
    metadata: Option<&Json>,
    tags: &[String],
    scores: &[Score],
) -> Result<(), Rejection> {
    check_text("", "name", name, NAME_CHARS_MAX)?;
    check_depth("", [("metadata", metadata), ("", None), ("", None)])?;
    check_tags("", tags)?;
    match scores.iter().position(|score| score.name.trim().is_empty()) {
        Some(at) => Err(Rejection::invalid(format!("experimentScores[{at}].name must not be blank"))),
        None => Ok(()),
    }
}

/// Decides on a new experiment over a dataset that has been found or made by now.
pub fn create(
    create: Create,
    dataset_id: DatasetId,
    project_id: Option<ProjectId>,
    context: &mut Context,
) -> Created {
    let id = create.id.unwrap_or_else(|| ExperimentId::known(context.fresh_id()));
    Created {
        id,
        name: create.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| readable_name(id.uuid())),
        dataset_id,
        project_id,
        kind: create.kind,
        method: create.method,
        status: create.status,
        optimization_id: create.optimization_id,
        dataset_version_id: create.dataset_version_id,
        prompt_versions: create.prompt_versions,
        metadata: create.metadata,
        tags: create.tags,
        scores: create.scores,
    }
}

pub fn update(state: &Experiment, changes: Changes) -> Result<Event, Rejection> {
    if changes.tags_of(state).len() > TAGS_MAX {
        let message = format!("Tag limit exceeded: maximum {TAGS_MAX} tags per item");
        return Err(Rejection::invalid(message));
    }
    Ok(Event::Updated { id: state.id, changes: Box::new(changes) })
}

pub fn not_found(id: ExperimentId) -> Rejection {
    Rejection::not_found(format!("Experiment not found: '{id}'"))
}

/// A name for what nobody named, which people can tell apart.
pub(crate) fn readable_name(id: Uuid) -> String {
    const HOW: [&str; 16] = [
        "amber", "brisk", "calm", "deep", "eager", "fair", "grand", "hardy", "keen", "lively", "mellow",
        "noble", "quiet", "rapid", "sunny", "vivid",
    ];
    const WHAT: [&str; 16] = [
        "beacon", "canyon", "delta", "ember", "fjord", "glacier", "harbor", "island", "lagoon", "meadow",
        "orchard", "pebble", "ridge", "summit", "tundra", "willow",
    ];
    let bits = id.as_u128();
    let pick = |words: [&'static str; 16], shift: u32| {
        usize::try_from((bits >> shift) & 15).ok().and_then(|at| words.get(at).copied()).unwrap_or_default()
    };
    format!("{}_{}_{}", pick(HOW, 0), pick(WHAT, 4), (bits >> 8) % 10_000)
}

impl Experiment {
    pub fn new(event: &Recorded<Created>) -> Self {
        let created = &event.event;
        Self {
            id: created.id,
            name: created.name.clone(),
            dataset_id: created.dataset_id,
            project_id: created.project_id,
            kind: created.kind,
            method: created.method,
            status: created.status,
            optimization_id: created.optimization_id,
            dataset_version_id: created.dataset_version_id,
            prompt_versions: created.prompt_versions.clone(),
            metadata: created.metadata.as_ref().map(|json| BodyRef::new(event.position, json)),
            tags: created.tags.clone(),
            scores: created.scores.clone(),
            items: 0,
            created_at: event.time,
            created_by: event.principal.to_string(),
            last_updated_at: event.time,
            last_updated_by: event.principal.to_string(),
            finished_at: None,
        }
    }

    pub fn apply(&mut self, event: &Recorded<Changes>) {
        let changes = &event.event;
        self.tags = changes.tags_of(self);
        if let Some(name) = &changes.name {
            self.name.clone_from(name);
        }
        if let Some(json) = &changes.metadata {
            self.metadata = Some(BodyRef::new(event.position, json));
        }
        if let Some(scores) = &changes.scores {
            self.scores.clone_from(scores);
        }
        self.kind = changes.kind.unwrap_or(self.kind);
        if let Some(status) = changes.status {
            self.status = status;
            self.finished_at = (status != Status::Running).then_some(event.time);
        }
        self.last_updated_at = event.time;
        self.last_updated_by = event.principal.to_string();
    }
}

impl Item {
    /// The item as an event leaves it; sent again, it keeps its beginning.
    pub fn new(before: Option<&Self>, event: &Recorded<ItemAdded>) -> Self {
        let added = &event.event;
        Self {
            id: added.id,
            experiment_id: added.experiment_id,
            dataset_item_id: added.dataset_item_id,
            trace_id: added.trace_id,
            policy: added.policy,
            created_at: before.map_or(event.time, |item| item.created_at),
            created_by: before.map_or_else(|| event.principal.to_string(), |item| item.created_by.clone()),
            last_updated_at: event.time,
            last_updated_by: event.principal.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::tests::context;

    fn wanted(name: Option<&str>) -> Create {
        Create {
            id: None,
            name: name.map(str::to_owned),
            dataset_name: "qa".to_owned(),
            project: None,
            kind: Kind::Regular,
            method: Method::Dataset,
            status: Status::Running,
            optimization_id: None,
            dataset_version_id: None,
            prompt_versions: Vec::new(),
            metadata: None,
            tags: vec!["a".to_owned()],
            scores: Vec::new(),
        }
    }

    fn experiment() -> Experiment {
        let dataset = DatasetId::known(Uuid::nil());
        let created = create(wanted(Some("first")), dataset, None, &mut context());
        Experiment::new(&Recorded::for_test(created))
    }

    #[test]
    fn an_experiment_without_a_name_gets_a_readable_one() {
        let dataset = DatasetId::known(Uuid::nil());
        let created = create(wanted(Some(" ")), dataset, None, &mut context());
        assert_eq!(created.name.split('_').count(), 3, "{}", created.name);
    }

    #[test]
    fn the_end_of_a_run_is_remembered_until_it_runs_again() {
        let mut experiment = experiment();
        let to = |status| Recorded::for_test(Changes { status: Some(status), ..Changes::default() });
        experiment.apply(&to(Status::Completed));
        assert!(experiment.finished_at.is_some());
        experiment.apply(&to(Status::Running));
        assert_eq!((experiment.finished_at, experiment.tags), (None, vec!["a".to_owned()]));
    }

    #[test]
    fn too_many_tags_are_refused_however_they_come_together() {
        let added = (0..TAGS_MAX).map(|n| format!("t{n}")).collect();
        let changes = Changes { tag_edits: TagEdits { added, removed: Vec::new() }, ..Changes::default() };
        assert_eq!(
            update(&experiment(), changes).unwrap_err().message,
            "Tag limit exceeded: maximum 50 tags per item"
        );
    }
}
