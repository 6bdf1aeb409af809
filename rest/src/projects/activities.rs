//! What happened in a project lately: days with traces, experiments, versions of datasets and prompts, optimizations.

use std::cmp::Reverse;
use std::num::NonZeroU64;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use cairn_core::access::ProjectRead;
use cairn_core::datasets::Kind;
use cairn_core::ids::{ProjectId, uuid_v7};
use cairn_core::limits::ACTIVITY_PAGE_ITEMS_MAX;
use cairn_core::query::{Entity, Query as Condition};
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::aggregate::{Aggregation, Bucket, Clock};
use cairn_storage::error::Error;
use cairn_storage::reader::{Reader, Scope};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Granted, Id, Query};
use crate::lists::page_and_size;
use crate::routes::Server;
use crate::wire::Shown;

const DAY_MS: NonZeroU64 = match NonZeroU64::new(24 * 3_600_000) {
    Some(width) => width,
    None => NonZeroU64::MIN,
};

#[derive(Deserialize)]
pub(crate) struct PageQuery {
    page: Option<i64>,
    size: Option<i64>,
}

#[derive(Serialize)]
struct ActivitiesOut {
    page: usize,
    size: usize,
    total: usize,
    content: Vec<ActivityOut>,
}

#[derive(Serialize)]
struct ActivityOut {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Uuid,
    name: String,
    /// What to open to see it.
    resource_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    created_at: Shown,
}

/// The newest of each kind, as many as a page may need, and how many there are in all.
#[derive(Default)]
struct Activities {
    newest: Vec<ActivityOut>,
    total: usize,
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    Id(id): Id,
    Query(query): Query<PageQuery>,
) -> Answer {
    let (page, size) = page_and_size(query.page, query.size)?;
    if size > ACTIVITY_PAGE_ITEMS_MAX {
        let message = format!("size must be less than or equal to {ACTIVITY_PAGE_ITEMS_MAX}");
        return Err(Rejection::invalid(message).into());
    }
    let project = ProjectId::known(id);
    let found = server.handles.read(&grant, move |reader| {
        reader.project(project)?.ok_or_else(|| Rejection::not_found("Project not found"))?;
        let Activities { mut newest, total } = Activities::of(reader, project, page * size)?;
        newest.sort_by_key(|activity| Reverse((activity.created_at.0, activity.id)));
        let content: Vec<ActivityOut> = newest.into_iter().skip((page - 1) * size).take(size).collect();
        Ok(ActivitiesOut { page, size: content.len(), total, content })
    });
    Ok(Json(found.await?).into_response())
}

impl Activities {
    fn of(reader: &Reader, project: ProjectId, most: usize) -> Result<Self, Error> {
        let mut found = Self::default();
        found.add_days(reader, project, most)?;
        found.add_experiments(reader, project, most)?;
        found.add_dataset_versions(reader, project, most)?;
        found.add_prompt_versions(reader, project, most)?;
        Ok(found)
    }

    fn add(
        &mut self,
        kind: &'static str,
        id: Uuid,
        name: &str,
        resource_id: Uuid,
        (at, by): (Timestamp, Option<String>),
    ) {
        let created_at = Shown(at.to_micros());
        self.newest.push(ActivityOut {
            kind,
            id,
            name: name.to_owned(),
            resource_id,
            created_by: by,
            created_at,
        });
    }

    /// A day is named by how many traces came in it.
    fn add_days(&mut self, reader: &Reader, project: ProjectId, most: usize) -> Result<(), Error> {
        let bucket = Some(Bucket { clock: Clock::CreatedAt, width_ms: DAY_MS });
        let scope = Scope { entity: Entity::Trace, project: Some(project), trace: None };
        let asked = Aggregation { bucket, ..Aggregation::default() };
        let days = reader.aggregate(scope, &Condition::All, &asked)?.groups;
        let days: Vec<_> = days.into_iter().filter_map(|group| Some((group.at?, group.count))).collect();
        self.total += days.len();
        for (at, count) in days.into_iter().rev().take(most) {
            let name = if count == 1 { "1 trace".to_owned() } else { format!("{count} traces") };
            self.add("trace_daily", uuid_v7(at, [0; 10]), &name, project.uuid(), (at, None));
        }
        Ok(())
    }

    fn add_experiments(&mut self, reader: &Reader, project: ProjectId, most: usize) -> Result<(), Error> {
        let mut experiments = reader.experiments()?;
        experiments.retain(|experiment| experiment.project_id == Some(project));
        self.total += experiments.len();
        for experiment in experiments.into_iter().take(most) {
            let (id, said) = (experiment.id.uuid(), (experiment.created_at, Some(experiment.created_by)));
            self.add("experiment", id, &experiment.name, id, said);
        }
        let mut optimizations = reader.optimizations()?;
        optimizations.retain(|optimization| optimization.project_id == Some(project));
        self.total += optimizations.len();
        for optimization in optimizations.into_iter().take(most) {
            let (id, said) =
                (optimization.id.uuid(), (optimization.created_at, Some(optimization.created_by)));
            self.add("optimization", id, &optimization.name, id, said);
        }
        Ok(())
    }

    fn add_dataset_versions(
        &mut self,
        reader: &Reader,
        project: ProjectId,
        most: usize,
    ) -> Result<(), Error> {
        let state = reader.datasets()?;
        for dataset in state.all().filter(|dataset| dataset.project_id == Some(project)) {
            self.total += usize::try_from(dataset.latest).unwrap_or(usize::MAX);
            let kind = match dataset.kind {
                Kind::Dataset => "dataset_version",
                Kind::EvaluationSuite => "test_suite_version",
            };
            for version in reader.dataset_versions(dataset.id, 0, most)? {
                let said = (version.created_at, Some(version.created_by));
                self.add(kind, version.id.uuid(), &dataset.name, dataset.id.uuid(), said);
            }
        }
        Ok(())
    }

    fn add_prompt_versions(&mut self, reader: &Reader, project: ProjectId, most: usize) -> Result<(), Error> {
        for prompt in reader.prompts()?.into_iter().filter(|prompt| prompt.project_id == project) {
            let versions = reader.prompt_versions(prompt.id)?;
            self.total += versions.len();
            for version in versions.into_iter().take(most) {
                let said = (version.created_at, Some(version.created_by));
                self.add("prompt_version", version.id.uuid(), &prompt.name, prompt.id.uuid(), said);
            }
        }
        Ok(())
    }
}
