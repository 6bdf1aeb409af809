//! What happened in a project lately: days with traces, experiments, versions of datasets and prompts, optimizations.

use std::cmp::Reverse;
use std::num::NonZeroU64;

use cairn_core::datasets::Kind;
use cairn_core::ids::{ProjectId, uuid_v7};
use cairn_core::query::{Entity, Query};
use cairn_core::time::Timestamp;
use uuid::Uuid;

use crate::aggregate::{Aggregation, Bucket, Clock};
use crate::error::Error;
use crate::reader::{Reader, Scope};

const DAY_MS: NonZeroU64 = match NonZeroU64::new(24 * 3_600_000) {
    Some(width) => width,
    None => NonZeroU64::MIN,
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityKind {
    /// A day on which traces came.
    TraceDaily,
    Experiment,
    Optimization,
    DatasetVersion,
    TestSuiteVersion,
    PromptVersion,
}

impl ActivityKind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::TraceDaily => "trace_daily",
            Self::Experiment => "experiment",
            Self::Optimization => "optimization",
            Self::DatasetVersion => "dataset_version",
            Self::TestSuiteVersion => "test_suite_version",
            Self::PromptVersion => "prompt_version",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    pub kind: ActivityKind,
    pub id: Uuid,
    pub name: String,
    /// What to open to see it.
    pub resource_id: Uuid,
    pub created_by: Option<String>,
    pub created_at: Timestamp,
}

/// Which activities are wanted, newest first.
#[derive(Clone, Copy, Debug)]
pub struct ActivityWindow {
    /// Only what is older: its moment and, of one moment, the smaller ids.
    pub after: Option<(Timestamp, Uuid)>,
    pub limit: usize,
}

/// Some activities, and how many there are in all.
#[derive(Clone, Debug, Default)]
pub struct Activities {
    pub newest: Vec<Activity>,
    pub total: usize,
}

impl Reader {
    pub fn project_activities(
        &self,
        project: ProjectId,
        window: ActivityWindow,
    ) -> Result<Activities, Error> {
        let mut found = Gathered { window, newest: Vec::new(), total: 0 };
        self.add_days(project, &mut found)?;
        self.add_experiments(project, &mut found)?;
        self.add_dataset_versions(project, &mut found)?;
        self.add_prompt_versions(project, &mut found)?;
        found.trim();
        Ok(Activities { newest: found.newest, total: found.total })
    }

    /// A day is named by how many traces came in it.
    fn add_days(&self, project: ProjectId, found: &mut Gathered) -> Result<(), Error> {
        let bucket = Some(Bucket { clock: Clock::CreatedAt, width_ms: DAY_MS });
        let scope = Scope { entity: Entity::Trace, project: Some(project), trace: None };
        let asked = Aggregation { bucket, ..Aggregation::default() };
        let days = self.aggregate(scope, &Query::All, &asked)?.groups;
        for (at, count) in days.into_iter().filter_map(|group| Some((group.at?, group.count))) {
            found.total += 1;
            found.add(Activity {
                kind: ActivityKind::TraceDaily,
                id: uuid_v7(at, [0; 10]),
                name: if count == 1 { "1 trace".to_owned() } else { format!("{count} traces") },
                resource_id: project.uuid(),
                created_by: None,
                created_at: at,
            });
        }
        Ok(())
    }

    fn add_experiments(&self, project: ProjectId, found: &mut Gathered) -> Result<(), Error> {
        for experiment in self.experiments()? {
            if experiment.project_id == Some(project) {
                found.total += 1;
                found.add(Activity {
                    kind: ActivityKind::Experiment,
                    id: experiment.id.uuid(),
                    name: experiment.name,
                    resource_id: experiment.id.uuid(),
                    created_by: Some(experiment.created_by),
                    created_at: experiment.created_at,
                });
            }
        }
        for optimization in self.optimizations()? {
            if optimization.project_id == Some(project) {
                found.total += 1;
                found.add(Activity {
                    kind: ActivityKind::Optimization,
                    id: optimization.id.uuid(),
                    name: optimization.name,
                    resource_id: optimization.id.uuid(),
                    created_by: Some(optimization.created_by),
                    created_at: optimization.created_at,
                });
            }
        }
        Ok(())
    }

    fn add_dataset_versions(&self, project: ProjectId, found: &mut Gathered) -> Result<(), Error> {
        let state = self.datasets()?;
        for dataset in state.all().filter(|dataset| dataset.project_id == Some(project)) {
            found.total += usize::try_from(dataset.latest).unwrap_or(usize::MAX);
            let kind = match dataset.kind {
                Kind::Dataset => ActivityKind::DatasetVersion,
                Kind::EvaluationSuite => ActivityKind::TestSuiteVersion,
            };
            let mut shown = 0;
            for version in self.dataset_versions_newest(dataset.id) {
                let version = version?;
                shown += usize::from(found.add(Activity {
                    kind,
                    id: version.id.uuid(),
                    name: dataset.name.clone(),
                    resource_id: dataset.id.uuid(),
                    created_by: Some(version.created_by),
                    created_at: version.created_at,
                }));
                if shown >= found.window.limit {
                    break;
                }
            }
        }
        Ok(())
    }

    fn add_prompt_versions(&self, project: ProjectId, found: &mut Gathered) -> Result<(), Error> {
        for prompt in self.prompts()?.into_iter().filter(|prompt| prompt.project_id == project) {
            let versions = self.prompt_versions(prompt.id)?;
            found.total += versions.len();
            for version in versions {
                found.add(Activity {
                    kind: ActivityKind::PromptVersion,
                    id: version.id.uuid(),
                    name: prompt.name.clone(),
                    resource_id: prompt.id.uuid(),
                    created_by: Some(version.created_by),
                    created_at: version.created_at,
                });
            }
        }
        Ok(())
    }
}

/// What was found so far, of which no more is kept than a few windows hold.
struct Gathered {
    window: ActivityWindow,
    newest: Vec<Activity>,
    total: usize,
}

impl Gathered {
    /// Whether it belongs into the window as far as one knows.
    fn add(&mut self, activity: Activity) -> bool {
        if self.window.after.is_some_and(|after| (activity.created_at, activity.id) >= after) {
            return false;
        }
        self.newest.push(activity);
        if self.newest.len() >= self.window.limit.saturating_mul(4).max(1_024) {
            self.trim();
        }
        true
    }

    fn trim(&mut self) {
        self.newest.sort_unstable_by_key(|activity| Reverse((activity.created_at, activity.id)));
        self.newest.truncate(self.window.limit);
    }
}
