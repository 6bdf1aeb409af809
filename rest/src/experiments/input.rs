//! Experiments and their items as clients write them.

use bytes::Bytes;
use cairn_core::datasets::items::Policy;
use cairn_core::experiments::{Changes, Command, Create, ItemWrite, Kind, Method, Score, Status};
use cairn_core::ids::{DatasetItemId, DatasetVersionId, ExperimentId, ExperimentItemId, TraceId};
use cairn_core::merge::TagEdits;
use cairn_core::rejection::Rejection;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::datasets::optional_project;
use crate::wire;

#[derive(Deserialize)]
struct ScoreIn<'a> {
    name: Option<String>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct PromptIn {
    #[serde(alias = "prompt_version_id")]
    id: Uuid,
}

/// One shape serves creations and updates, and each takes what it knows.
#[derive(Deserialize)]
struct ExperimentIn<'a> {
    id: Option<Uuid>,
    name: Option<String>,
    #[serde(alias = "datasetName")]
    dataset_name: Option<String>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    tags: Option<Vec<String>>,
    #[serde(alias = "tagsToAdd")]
    tags_to_add: Option<Vec<String>>,
    #[serde(alias = "tagsToRemove")]
    tags_to_remove: Option<Vec<String>>,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(alias = "evaluationMethod")]
    evaluation_method: Option<String>,
    #[serde(alias = "optimizationId")]
    optimization_id: Option<Uuid>,
    status: Option<String>,
    #[serde(borrow, alias = "experimentScores")]
    experiment_scores: Option<Vec<ScoreIn<'a>>>,
    #[serde(alias = "promptVersion")]
    prompt_version: Option<PromptIn>,
    #[serde(alias = "promptVersions")]
    prompt_versions: Option<Vec<PromptIn>>,
    #[serde(alias = "datasetVersionId")]
    dataset_version_id: Option<Uuid>,
}

#[derive(Deserialize)]
struct UpdatesIn<'a> {
    ids: Option<Vec<Uuid>>,
    #[serde(borrow)]
    update: Option<ExperimentIn<'a>>,
    #[serde(alias = "mergeTags")]
    merge_tags: Option<bool>,
}

#[derive(Deserialize)]
struct PolicyIn {
    #[serde(alias = "runsPerItem")]
    runs_per_item: Option<u32>,
    #[serde(alias = "passThreshold")]
    pass_threshold: Option<u32>,
}

#[derive(Deserialize)]
struct ItemIn {
    id: Option<Uuid>,
    #[serde(alias = "experimentId")]
    experiment_id: Option<Uuid>,
    #[serde(alias = "datasetItemId")]
    dataset_item_id: Option<Uuid>,
    #[serde(alias = "traceId")]
    trace_id: Option<Uuid>,
    #[serde(alias = "executionPolicy")]
    execution_policy: Option<PolicyIn>,
}

#[derive(Deserialize)]
struct ItemsIn {
    #[serde(alias = "experimentItems")]
    experiment_items: Option<Vec<ItemIn>>,
}

pub(super) fn create(body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let experiment: ExperimentIn<'_> = serde_json::from_slice(body)?;
        Ok(experiment.create(body).map(|create| Command::Create(Box::new(create))))
    })
}

pub(super) fn update(id: ExperimentId, body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let experiment: ExperimentIn<'_> = serde_json::from_slice(body)?;
        Ok(experiment.changes(body).map(|changes| Command::Update { id, changes: Box::new(changes) }))
    })
}

pub(super) fn update_many(body: Bytes) -> Result<Command, Rejection> {
    wire::parse(body, |body| {
        let updates: UpdatesIn<'_> = serde_json::from_slice(body)?;
        let Some(update) = updates.update else {
            return Ok(Err(Rejection::invalid("update must not be null")));
        };
        let ids = updates.ids.unwrap_or_default().into_iter().map(ExperimentId::known).collect();
        let merge_tags = updates.merge_tags == Some(true);
        let changes = update.changes(body);
        Ok(changes.map(|changes| Command::UpdateMany { ids, changes: Box::new(changes), merge_tags }))
    })
}

pub(super) fn items(body: Bytes) -> Result<Command, Rejection> {
    let ItemsIn { experiment_items } = wire::plain(body)?;
    let items = experiment_items.unwrap_or_default().into_iter().enumerate();
    items
        .map(|(at, item)| item.write(&format!("experimentItems[{at}].")))
        .collect::<Result<_, _>>()
        .map(Command::AddItems)
}

impl ExperimentIn<'_> {
    fn create(self, body: &Bytes) -> Result<Create, Rejection> {
        let prompts = self.prompt_versions.into_iter().flatten().chain(self.prompt_version);
        let mut prompt_versions: Vec<Uuid> = Vec::new();
        for PromptIn { id } in prompts {
            if !prompt_versions.contains(&id) {
                prompt_versions.push(id);
            }
        }
        Ok(Create {
            id: self.id.map(ExperimentId::new).transpose()?,
            name: self.name,
            dataset_name: self.dataset_name.unwrap_or_default(),
            project: optional_project(self.project_id, self.project_name)?,
            kind: one_of("type", self.kind, Kind::parse)?.unwrap_or(Kind::Regular),
            method: one_of("evaluation_method", self.evaluation_method, Method::parse)?
                .unwrap_or(Method::Dataset),
            status: one_of("status", self.status, Status::parse)?.unwrap_or(Status::Completed),
            optimization_id: self.optimization_id,
            dataset_version_id: self.dataset_version_id.map(DatasetVersionId::known),
            prompt_versions,
            metadata: wire::body(body, self.metadata),
            tags: wire::tags(self.tags).unwrap_or_default(),
            scores: scores(self.experiment_scores)?.unwrap_or_default(),
        })
    }

    fn changes(self, body: &Bytes) -> Result<Changes, Rejection> {
        Ok(Changes {
            name: self.name,
            metadata: wire::body(body, self.metadata),
            tags: wire::tags(self.tags),
            tag_edits: TagEdits {
                added: wire::tags(self.tags_to_add).unwrap_or_default(),
                removed: self.tags_to_remove.unwrap_or_default(),
            },
            kind: one_of("type", self.kind, Kind::parse)?,
            status: one_of("status", self.status, Status::parse)?,
            scores: scores(self.experiment_scores)?,
        })
    }
}

impl ItemIn {
    fn write(self, place: &str) -> Result<ItemWrite, Rejection> {
        let needed = |field: &str, id: Option<Uuid>| {
            id.ok_or_else(|| Rejection::invalid(format!("{place}{field} must not be null")))
        };
        Ok(ItemWrite {
            id: self.id.map(ExperimentItemId::new).transpose()?,
            experiment_id: ExperimentId::known(needed("experimentId", self.experiment_id)?),
            dataset_item_id: DatasetItemId::known(needed("datasetItemId", self.dataset_item_id)?),
            trace_id: TraceId::known(needed("traceId", self.trace_id)?),
            policy: self.execution_policy.map(|policy| Policy {
                runs_per_item: policy.runs_per_item.unwrap_or(1),
                pass_threshold: policy.pass_threshold.unwrap_or(1),
            }),
        })
    }
}

fn scores(scores: Option<Vec<ScoreIn<'_>>>) -> Result<Option<Vec<Score>>, Rejection> {
    let Some(scores) = scores else { return Ok(None) };
    let read = scores.into_iter().enumerate().map(|(at, score)| {
        let missing = || Rejection::invalid(format!("experimentScores[{at}].value must be a number"));
        let value = score.value.and_then(wire::decimal).ok_or_else(missing)?;
        Ok(Score { name: score.name.unwrap_or_default(), value })
    });
    read.collect::<Result<_, _>>().map(Some)
}

/// One of a few words; any other makes the JSON unreadable.
fn one_of<T>(
    field: &str,
    name: Option<String>,
    parse: fn(&str) -> Option<T>,
) -> Result<Option<T>, Rejection> {
    let unknown = |name: &str| {
        Rejection::malformed("Unable to process JSON").hint(format!("{field} `{name}` is unknown"))
    };
    name.map(|name| parse(&name).ok_or_else(|| unknown(&name))).transpose()
}
