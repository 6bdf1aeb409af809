//! Optimizations as clients read them.

use cairn_core::optimizations::Optimization;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::experiments::output::AverageOut;
use crate::wire::{BodyOut, ErrorOut, Shown, decimal_out};

#[derive(Serialize)]
pub(super) struct OptimizationOut {
    id: String,
    name: String,
    /// Missing once the dataset is deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    dataset_name: Option<String>,
    dataset_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    objective_name: String,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    studio_config: Option<BodyOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_info: Option<ErrorOut>,
    num_trials: u64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    feedback_scores: Vec<AverageOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    experiment_scores: Vec<AverageOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_objective_score: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_objective_score: Option<Box<RawValue>>,
    /// Milliseconds of a trace, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_duration: Option<f64>,
    /// US dollars of a trace, on average.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_cost: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_cost: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total_optimization_cost: Option<Box<RawValue>>,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
}

impl OptimizationOut {
    pub(super) fn new(optimization: Optimization, reader: &Reader) -> Result<Self, Error> {
        let standing = reader.standing(optimization.id)?;
        let dataset = reader.dataset(optimization.dataset_id)?;
        let (baseline, best) = (standing.baseline.as_ref(), standing.best.as_ref());
        let body = |json| BodyOut { json, truncate: false };
        Ok(Self {
            id: optimization.id.to_string(),
            metadata: reader.optimization_metadata(&optimization)?.map(body),
            studio_config: reader.optimization_studio_config(&optimization)?.map(body),
            name: optimization.name,
            dataset_name: dataset.map(|dataset| dataset.name),
            dataset_id: optimization.dataset_id.to_string(),
            project_id: optimization.project_id.map(|id| id.to_string()),
            objective_name: optimization.objective_name,
            status: optimization.status.name(),
            error_info: optimization.error.map(Into::into),
            num_trials: standing.trials,
            baseline_objective_score: baseline.and_then(|trial| decimal_out(trial.objective)),
            best_objective_score: best.and_then(|trial| decimal_out(trial.objective)),
            baseline_duration: baseline.and_then(|trial| trial.duration),
            best_duration: best.and_then(|trial| trial.duration),
            baseline_cost: baseline.and_then(|trial| trial.cost).and_then(decimal_out),
            best_cost: best.and_then(|trial| trial.cost).and_then(decimal_out),
            total_optimization_cost: Some(standing.cost).filter(|cost| !cost.is_zero()).and_then(decimal_out),
            feedback_scores: standing.feedback_scores.into_iter().map(AverageOut::of).collect(),
            experiment_scores: standing.experiment_scores.into_iter().map(AverageOut::of).collect(),
            created_at: Shown(optimization.created_at.to_micros()),
            created_by: optimization.created_by,
            last_updated_at: Shown(optimization.last_updated_at.to_micros()),
            last_updated_by: optimization.last_updated_by,
        })
    }
}
