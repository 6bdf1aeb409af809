//! Experiments and their items as clients read them.

use std::collections::BTreeMap;

use cairn_core::attachments::Owner;
use cairn_core::datasets::versions::LATEST;
use cairn_core::experiments::{Experiment, Item, Score};
use cairn_core::feedback::Target;
use cairn_core::ids::PromptVersionId;
use cairn_core::limits::EXPERIMENT_COMMENTS_MAX;
use cairn_storage::aggregate::figures::Percentiles;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::comments::CommentOut;
use crate::datasets::VersionSummary;
use crate::datasets::items::PolicyOut;
use crate::feedback::ScoreOut;
use crate::feedback::assertions::{VerdictOut, status};
use crate::traces::output::Show;
use crate::wire::{BodyOut, Shown, decimal_out};
use cairn_storage::view::Part;

#[derive(Serialize)]
pub(crate) struct AverageOut {
    name: String,
    value: Option<Box<RawValue>>,
}

impl AverageOut {
    pub(crate) fn of(score: Score) -> Self {
        Self { name: score.name, value: decimal_out(score.value) }
    }
}

#[derive(Serialize)]
pub(crate) struct PercentilesOut {
    p50: f64,
    p90: f64,
    p99: f64,
}

impl From<Percentiles> for PercentilesOut {
    fn from(values: Percentiles) -> Self {
        Self { p50: values.p50, p90: values.p90, p99: values.p99 }
    }
}

#[derive(Serialize)]
pub(crate) struct ExperimentOut {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_name: Option<String>,
    dataset_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BodyOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    evaluation_method: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    optimization_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    feedback_scores: Vec<AverageOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    experiment_scores: Vec<AverageOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Vec<CommentOut>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    assertion_scores: Vec<AverageOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pass_rate: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    passed_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_count: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_version: Option<PromptLinkOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    prompt_versions: Vec<PromptLinkOut>,
    trace_count: u64,
    dataset_item_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<PercentilesOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost_avg: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    usage: BTreeMap<String, f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_version_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_version_summary: Option<VersionSummary>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Shown>,
}

impl ExperimentOut {
    pub(crate) fn new(experiment: Experiment, reader: &Reader) -> Result<Self, Error> {
        let figures = reader.experiment_figures(&experiment)?;
        let dataset = reader.dataset(experiment.dataset_id)?;
        let project = match experiment.project_id {
            Some(id) => reader.project(id)?.map(|view| view.project.name),
            None => None,
        };
        let version = match (&dataset, experiment.dataset_version_id) {
            (Some(dataset), Some(id)) => reader.dataset_version_called(dataset, &id.to_string())?,
            _ => None,
        };
        let latest = dataset.as_ref().map_or(0, |dataset| dataset.latest);
        let summary = version.map(|version| VersionSummary {
            id: version.id.to_string(),
            version_hash: version.hash(),
            version_name: version.name(),
            tags: (version.number == latest)
                .then(|| LATEST.to_owned())
                .into_iter()
                .chain(version.tags)
                .collect(),
            change_description: version.description,
        });
        let metadata = reader.experiment_metadata(&experiment)?;
        let prompts = PromptLinkOut::all(&experiment, reader)?;
        let pass_rate = figures.pass_rate();
        let comments = reader.experiment_comments(experiment.id, EXPERIMENT_COMMENTS_MAX)?;
        Ok(Self {
            id: experiment.id.to_string(),
            name: experiment.name,
            dataset_name: dataset.map(|dataset| dataset.name),
            dataset_id: experiment.dataset_id.to_string(),
            project_id: experiment.project_id.map(|id| id.to_string()),
            project_name: project,
            metadata: metadata.map(|json| BodyOut { json, truncate: false }),
            tags: experiment.tags,
            kind: experiment.kind.name(),
            evaluation_method: experiment.method.name(),
            status: experiment.status.name(),
            optimization_id: experiment.optimization_id.map(|id| id.to_string()),
            feedback_scores: figures.feedback_scores.into_iter().map(AverageOut::of).collect(),
            comments: CommentOut::all(comments),
            experiment_scores: experiment.scores.into_iter().map(AverageOut::of).collect(),
            pass_rate,
            passed_count: pass_rate.map(|_| figures.passed),
            total_count: pass_rate.map(|_| figures.judged),
            assertion_scores: figures.assertions.into_iter().map(AverageOut::of).collect(),
            prompt_version: prompts.first().cloned(),
            prompt_versions: prompts,
            trace_count: figures.traces,
            dataset_item_count: figures.dataset_items,
            duration: figures.duration.map(Into::into),
            total_estimated_cost: figures.cost.and_then(decimal_out),
            total_estimated_cost_avg: figures.cost_average.and_then(decimal_out),
            usage: figures.usage,
            dataset_version_id: experiment.dataset_version_id.map(|id| id.to_string()),
            dataset_version_summary: summary,
            created_at: Shown(experiment.created_at.to_micros()),
            created_by: experiment.created_by,
            last_updated_at: Shown(experiment.last_updated_at.to_micros()),
            last_updated_by: experiment.last_updated_by,
            finished_at: experiment.finished_at.map(|time| Shown(time.to_micros())),
        })
    }
}

/// A version of a prompt that an experiment used.
#[derive(Clone, Serialize)]
pub(crate) struct PromptLinkOut {
    id: String,
    commit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_number: Option<String>,
    prompt_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_name: Option<String>,
}

impl PromptLinkOut {
    /// What was deleted since is left out.
    fn all(experiment: &Experiment, reader: &Reader) -> Result<Vec<Self>, Error> {
        let mut links = Vec::with_capacity(experiment.prompt_versions.len());
        for id in &experiment.prompt_versions {
            let Some(version) = reader.prompt_version(PromptVersionId::known(*id))? else { continue };
            links.push(Self {
                id: version.id.to_string(),
                commit: version.commit.as_str().to_owned(),
                version_number: version.number.map(|number| format!("v{number}")),
                prompt_id: version.prompt_id.to_string(),
                prompt_name: reader.prompt(version.prompt_id)?.map(|prompt| prompt.name),
            });
        }
        Ok(links)
    }
}

/// An experiment's item with what its trace is by now.
#[derive(Serialize)]
pub(crate) struct ItemOut {
    id: String,
    experiment_id: String,
    dataset_item_id: String,
    trace_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_metadata: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feedback_scores: Option<Vec<ScoreOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<Vec<CommentOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assertion_results: Option<Vec<VerdictOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_estimated_cost: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<BTreeMap<String, i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    execution_policy: Option<PolicyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_visibility_mode: Option<&'static str>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

impl ItemOut {
    pub(crate) fn new(item: Item, reader: &Reader, show: &Show) -> Result<Self, Error> {
        let mut out = Self {
            id: item.id.to_string(),
            experiment_id: item.experiment_id.to_string(),
            dataset_item_id: item.dataset_item_id.to_string(),
            trace_id: item.trace_id.to_string(),
            project_id: None,
            input: None,
            output: None,
            trace_metadata: None,
            feedback_scores: None,
            comments: None,
            assertion_results: None,
            status: None,
            total_estimated_cost: None,
            duration: None,
            usage: None,
            execution_policy: item.policy.map(PolicyOut::from),
            trace_visibility_mode: None,
            created_at: Shown(item.created_at.to_micros()),
            created_by: item.created_by,
            last_updated_at: Shown(item.last_updated_at.to_micros()),
            last_updated_by: item.last_updated_by,
        };
        let verdicts = reader.assertions(Target::Trace(item.trace_id))?;
        out.status = verdicts.passed().map(status);
        out.assertion_results = VerdictOut::all(verdicts);
        // The trace may come after the item.
        let Some(trace) = reader.trace(item.trace_id)? else { return Ok(out) };
        let owner = Owner::Trace(trace.id);
        out.project_id = Some(trace.project_id.to_string());
        out.input = show.body(reader, owner, Part::Input, trace.fields.input.as_ref())?;
        out.output = show.body(reader, owner, Part::Output, trace.fields.output.as_ref())?;
        out.trace_metadata = show.body(reader, owner, Part::Metadata, trace.fields.metadata.as_ref())?;
        out.feedback_scores = ScoreOut::all(&trace.scores);
        out.total_estimated_cost = Some(trace.sums.cost).filter(|cost| !cost.is_zero()).and_then(decimal_out);
        out.duration = trace.duration();
        out.comments = CommentOut::all(trace.comments);
        out.trace_visibility_mode = Some("default");
        out.usage = Some(trace.sums.usage).filter(|usage| !usage.is_empty());
        Ok(out)
    }
}
