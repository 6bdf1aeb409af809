//! Projects: reading, making, changing and deleting them. What changed of late is in `changes`; what their traces come
//! to, in `figures`.

mod activities;
mod changes;
mod figures;

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, InputObject, Object};
use cairn_actors::failure::Failure;
use cairn_core::access::{ProjectRead, TraceRead};
use cairn_core::ids::{ProjectId, SpanId, ThreadId, TraceId};
use cairn_core::projects::{self, Changes, Command, name_key};
use cairn_core::query::Entity;
use cairn_storage::reader::ProjectView;

use self::activities::ProjectActivity;
pub(crate) use self::changes::ProjectSubscriptions;
use self::figures::{FIGURES_COST, ProjectFigures};
use crate::connection::{Arguments, Listing, Order, Page, Sort, page_cost};
use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, loader, session};
use crate::spans::Span;
use crate::threads::Thread;
use crate::traces::Trace;

pub(crate) struct Project(pub(crate) ProjectView);

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "projects::Visibility")]
pub(crate) enum Visibility {
    Private,
    Public,
}

#[Object]
impl Project {
    async fn id(&self) -> ID {
        self.0.project.id.into()
    }

    async fn name(&self) -> &str {
        &self.0.project.name
    }

    async fn description(&self) -> Option<&str> {
        self.0.project.description.as_deref()
    }

    async fn visibility(&self) -> Visibility {
        self.0.project.visibility.into()
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.project.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.project.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.0.project.last_updated_at)
    }

    async fn last_updated_trace_at(&self) -> Option<Timestamp> {
        self.0.last_updated_trace_at.map(Timestamp)
    }

    async fn trace_count(&self, context: &Context<'_>) -> Result<usize> {
        self.count(context, Entity::Trace).await
    }

    async fn span_count(&self, context: &Context<'_>) -> Result<usize> {
        self.count(context, Entity::Span).await
    }

    async fn thread_count(&self, context: &Context<'_>) -> Result<usize> {
        self.count(context, Entity::Thread).await
    }

    /// What its traces come to by now.
    #[graphql(complexity = "FIGURES_COST + child_complexity")]
    async fn figures(&self, context: &Context<'_>) -> Result<ProjectFigures> {
        figures::load(context, self.0.project.id).await
    }

    /// `filter` is text of the query language, for example `name:agent AND cost > 0.1`. Unless sorted otherwise, the
    /// newest come first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn traces(
        &self,
        context: &Context<'_>,
        filter: Option<String>,
        sort: Option<Sort>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Trace>> {
        let listing = self.listing(context, Entity::Trace, Arguments { filter, sort, first, after })?;
        let read = session(context)?.read::<TraceRead, _>(move |reader| {
            listing.read(reader, |reader, id| Ok::<_, Failure>(reader.trace(TraceId::known(id))?))
        });
        Ok(read.await?.into_page(Trace::from))
    }

    /// As `traces`.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn spans(
        &self,
        context: &Context<'_>,
        filter: Option<String>,
        sort: Option<Sort>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Span>> {
        let listing = self.listing(context, Entity::Span, Arguments { filter, sort, first, after })?;
        let read = session(context)?.read::<TraceRead, _>(move |reader| {
            listing.read(reader, |reader, id| Ok::<_, Failure>(reader.span(SpanId::known(id))?))
        });
        Ok(read.await?.into_page(Span::from))
    }

    /// What happened lately, newest first: days with traces, experiments, optimizations, versions of datasets and of
    /// prompts. At most 100 a page.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn activities(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<ProjectActivity>> {
        let asked = activities::Asked::new(first, after)?;
        let (project, window) = (self.0.project.id, asked.window);
        let read = session(context)?
            .read::<ProjectRead, _>(move |reader| Ok(reader.project_activities(project, window)?));
        Ok(asked.page(read.await?))
    }

    /// As `traces`.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn threads(
        &self,
        context: &Context<'_>,
        filter: Option<String>,
        sort: Option<Sort>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<Thread>> {
        let listing = self.listing(context, Entity::Thread, Arguments { filter, sort, first, after })?;
        let read = session(context)?.read::<TraceRead, _>(move |reader| {
            listing.read(reader, |reader, id| Ok::<_, Failure>(reader.thread(ThreadId::known(id))?))
        });
        Ok(read.await?.into_page(Thread))
    }
}

impl Project {
    async fn count(&self, context: &Context<'_>, entity: Entity) -> Result<usize> {
        let key = CountKey { entity, project: self.0.project.id };
        Ok(loader(context)?.load_one(key).await?.unwrap_or_default())
    }

    fn listing(&self, context: &Context<'_>, entity: Entity, arguments: Arguments) -> Result<Listing> {
        let now = session(context)?.now();
        Listing::new(context, entity, self.0.project.id, arguments, now)
    }
}

#[derive(Default)]
pub(crate) struct ProjectQueries;

#[Object]
impl ProjectQueries {
    /// Newest first. `name` keeps those in whose name it stands, without regard to case. They are sorted by `name`,
    /// `created_at`, `created_by`, `last_updated_at` and `last_updated_trace_at`; or by what their traces come to:
    /// `trace_count`, `thread_count`, `error_count`, `duration.p50`, `duration.p90`, `duration.p99`,
    /// `total_estimated_cost` (the mean), `total_estimated_cost_sum`, `usage.total_tokens`, `usage.prompt_tokens` and
    /// `usage.completion_tokens` (means) and `guardrails_failed_count`. Those without it come last either way.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn projects(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        name: Option<String>,
        sort: Option<Sort>,
    ) -> Result<Page<Project>> {
        let order = Order::new("projects", &figures::sortable(), sort, first, after)?;
        let part = name_key(&name.unwrap_or_default());
        let read = session(context)?.read::<ProjectRead, _>(move |reader| {
            let mut projects = reader.projects()?;
            projects.retain(|view| name_key(&view.project.name).contains(&part));
            let value = |view: &ProjectView, field: &str| figures::sort_value(reader, view, field);
            Ok(order.sorted(projects, |view| view.project.id.uuid(), value)?)
        });
        Ok(read.await?.into_page(Project))
    }

    async fn project(&self, context: &Context<'_>, id: ID) -> Result<Option<Project>> {
        load(session(context)?, ProjectId::known(uuid(&id)?)).await
    }

    async fn project_by_name(&self, context: &Context<'_>, name: String) -> Result<Option<Project>> {
        let read = session(context)?.read::<ProjectRead, _>(move |reader| Ok(reader.project_by_name(&name)?));
        Ok(read.await?.map(Project))
    }
}

#[derive(InputObject)]
pub(crate) struct CreateProjectInput {
    name: String,
    description: Option<String>,
}

#[derive(InputObject)]
pub(crate) struct UpdateProjectInput {
    id: ID,
    name: Option<String>,
    description: Option<String>,
}

#[derive(Default)]
pub(crate) struct ProjectMutations;

#[Object]
impl ProjectMutations {
    async fn create_project(&self, context: &Context<'_>, input: CreateProjectInput) -> Result<Project> {
        let session = session(context)?;
        let CreateProjectInput { name, description } = input;
        let visibility = projects::Visibility::default();
        let outcome = session.execute(Command::Create { name, description, visibility }).await?;
        present(session, ProjectId::known(outcome.created.unwrap_or_default())).await
    }

    /// Fields that are left out stay as they are.
    async fn update_project(&self, context: &Context<'_>, input: UpdateProjectInput) -> Result<Project> {
        let session = session(context)?;
        let id = ProjectId::known(uuid(&input.id)?);
        let changes = Changes { name: input.name, description: input.description, visibility: None };
        session.execute(Command::Update { id, changes }).await?;
        present(session, id).await
    }

    /// True also if there was no such project.
    async fn delete_project(&self, context: &Context<'_>, id: ID) -> Result<bool> {
        let ids = vec![ProjectId::known(uuid(&id)?)];
        session(context)?.execute(Command::Delete { ids }).await?;
        Ok(true)
    }
}

async fn load(session: &Session, id: ProjectId) -> Result<Option<Project>> {
    let read = session.read::<ProjectRead, _>(move |reader| Ok(reader.project(id)?));
    Ok(read.await?.map(Project))
}

/// A project that was just written; somebody else may have deleted it since.
async fn present(session: &Session, id: ProjectId) -> Result<Project> {
    load(session, id).await?.ok_or_else(|| Problem::not_found("Project not found"))
}

impl Loader<ProjectId> for Session {
    type Value = ProjectView;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[ProjectId],
    ) -> std::result::Result<HashMap<ProjectId, ProjectView>, Failure> {
        let ids = keys.to_vec();
        self.read::<ProjectRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                found.extend(reader.project(id)?.map(|view| (id, view)));
            }
            Ok(found)
        })
        .await
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct CountKey {
    entity: Entity,
    project: ProjectId,
}

impl Loader<CountKey> for Session {
    type Value = usize;
    type Error = Failure;

    async fn load(&self, keys: &[CountKey]) -> std::result::Result<HashMap<CountKey, usize>, Failure> {
        let keys = keys.to_vec();
        self.read::<ProjectRead, _>(move |reader| {
            let mut counts = HashMap::with_capacity(keys.len());
            for key in keys {
                counts.insert(key, reader.count(key.entity, key.project)?);
            }
            Ok(counts)
        })
        .await
    }
}
