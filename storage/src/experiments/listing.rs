//! Which experiments are wanted, whoever asks: the lists, the groups and the names of scores of them.

use std::collections::BTreeSet;

use cairn_core::experiments::{Experiment, Kind};
use cairn_core::ids::{DatasetId, ExperimentId, ProjectId, PromptId};
use cairn_core::query::Query;
use uuid::Uuid;

use crate::error::Error;
use crate::reader::Reader;

#[derive(Clone, Debug)]
pub struct Wanted {
    pub dataset: Option<DatasetId>,
    /// Whether their datasets are gone.
    pub dataset_deleted: Option<bool>,
    pub optimization: Option<Uuid>,
    pub kinds: Option<Vec<Kind>>,
    /// A part of the name, without regard to case.
    pub name: Option<String>,
    /// Those that used a version of it.
    pub prompt: Option<PromptId>,
    pub project: Option<ProjectId>,
    pub ids: Option<BTreeSet<ExperimentId>>,
    pub condition: Query,
}

impl Wanted {
    pub const fn all() -> Self {
        Self {
            dataset: None,
            dataset_deleted: None,
            optimization: None,
            kinds: None,
            name: None,
            prompt: None,
            project: None,
            ids: None,
            condition: Query::All,
        }
    }
}

impl Reader {
    /// Newest first.
    pub fn experiments_wanted(&self, wanted: &Wanted) -> Result<Vec<Experiment>, Error> {
        let versions: Option<BTreeSet<Uuid>> = match wanted.prompt {
            Some(prompt) => {
                Some(self.prompt_versions(prompt)?.into_iter().map(|version| version.id.uuid()).collect())
            }
            None => None,
        };
        let name = wanted.name.as_deref().map(str::to_lowercase);
        let mut experiments = self.experiments()?;
        experiments.retain(|experiment| {
            wanted.dataset.is_none_or(|dataset| experiment.dataset_id == dataset)
                && wanted.optimization.is_none_or(|id| experiment.optimization_id == Some(id))
                && wanted.kinds.as_ref().is_none_or(|kinds| kinds.contains(&experiment.kind))
                && name.as_ref().is_none_or(|name| experiment.name.to_lowercase().contains(name))
                && versions.as_ref().is_none_or(|versions| {
                    experiment.prompt_versions.iter().any(|version| versions.contains(version))
                })
                && wanted.project.is_none_or(|project| experiment.project_id == Some(project))
                && wanted.ids.as_ref().is_none_or(|ids| ids.contains(&experiment.id))
        });
        if let Some(deleted) = wanted.dataset_deleted {
            let datasets = self.datasets()?;
            experiments.retain(|experiment| datasets.get(experiment.dataset_id).is_none() == deleted);
        }
        if wanted.condition == Query::All {
            return Ok(experiments);
        }
        let mut kept = Vec::with_capacity(experiments.len());
        for experiment in experiments {
            if self.experiment_matches(&experiment, &wanted.condition)? {
                kept.push(experiment);
            }
        }
        Ok(kept)
    }

    /// The names of the scores that the traces of experiments have.
    pub fn experiment_score_names(&self, wanted: &Wanted) -> Result<BTreeSet<String>, Error> {
        let mut names = BTreeSet::new();
        for experiment in self.experiments_wanted(wanted)? {
            names.extend(self.experiment_scores_named(experiment.id)?);
        }
        Ok(names)
    }
}
