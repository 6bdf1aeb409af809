//! Dashboards and insights views: how people lay out charts, as the JSON that they made.

pub(crate) mod changes;
pub(crate) mod charts;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use cairn_actors::dashboards::charts::chart_of_widget;
use cairn_core::access::DashboardRead;
use cairn_core::command::ProjectRef;
use cairn_core::dashboards::{self, Changes, Command, not_found};
use cairn_core::ids::{DashboardId, ProjectId};
use cairn_storage::index::SortValue;

use self::charts::{ChartTable, table};
use crate::connection::{Order, Page, Sort, page_cost};
use crate::error::Result;
use crate::projects::Project;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};

/// What the charts are about.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "dashboards::Kind")]
pub(crate) enum DashboardType {
    MultiProject,
    Experiments,
}

/// Dashboards are of the workspace, insights views of a project's insights, saved views of a project's logs.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "dashboards::Scope")]
pub(crate) enum DashboardScope {
    Workspace,
    Insights,
    Logs,
}

pub(crate) struct Dashboard(pub(crate) dashboards::Dashboard);

#[Object]
impl Dashboard {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn scope(&self) -> DashboardScope {
        self.0.scope.into()
    }

    async fn project_id(&self) -> Option<ID> {
        self.0.project_id.map(ID::from)
    }

    /// Null if it is of no project, or if the project was deleted.
    #[graphql(complexity = "5 + child_complexity")]
    async fn project(&self, context: &Context<'_>) -> Result<Option<Project>> {
        let Some(id) = self.0.project_id else { return Ok(None) };
        Ok(loader(context)?.load_one(id).await?.map(Project))
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The name as it may stand in an address.
    async fn slug(&self) -> String {
        self.0.slug()
    }

    #[graphql(name = "type")]
    async fn kind(&self) -> DashboardType {
        self.0.kind.into()
    }

    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// To the byte as it was written.
    #[graphql(complexity = 10)]
    async fn config(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        let dashboard = self.0.clone();
        let read = session(context)?
            .read::<DashboardRead, _>(move |reader| Ok(reader.dashboard_config(&dashboard)?));
        Ok(read.await?.map(JsonText))
    }

    /// What the widget with an id shows, by the saved query that it names. `from` and `until` stand in the query as
    /// `{{window_start}}` and `{{window_end}}`.
    #[graphql(complexity = 500)]
    async fn widget(
        &self,
        context: &Context<'_>,
        id: String,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<ChartTable> {
        let session = session(context)?;
        let (scope, dashboard) = (self.0.scope, self.0.id);
        let read =
            session.read::<DashboardRead, _>(move |reader| chart_of_widget(reader, scope, dashboard, &id));
        table(session, read.await?, from, until).await
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.0.last_updated_at)
    }

    async fn last_updated_by(&self) -> &str {
        &self.0.last_updated_by
    }
}

#[derive(Default)]
pub(crate) struct DashboardQueries;

#[Object]
impl DashboardQueries {
    /// Newest first unless sorted by `name`, `created_at`, `created_by` or `last_updated_at`. `name` keeps those in
    /// whose name it stands, without regard to case.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn dashboards(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        name: Option<String>,
        project_id: Option<ID>,
        #[graphql(default_with = "DashboardScope::Workspace")] scope: DashboardScope,
        sort: Option<Sort>,
    ) -> Result<Page<Dashboard>> {
        const SORTABLE: &[&str] = &["name", "created_at", "created_by", "last_updated_at"];
        let order = Order::new("dashboards", SORTABLE, sort, first, after)?;
        let project = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        let part = name.unwrap_or_default().to_lowercase();
        let scope = dashboards::Scope::from(scope);
        let read = session(context)?.read::<DashboardRead, _>(move |reader| {
            let state = reader.dashboards()?;
            let wanted = state.all().filter(|dashboard| {
                dashboard.scope == scope
                    && project.is_none_or(|project| dashboard.project_id == Some(project))
                    && dashboard.name.to_lowercase().contains(&part)
            });
            let value = |dashboard: &dashboards::Dashboard, field: &str| Ok(sort_value(dashboard, field));
            order.sorted(wanted.cloned(), |dashboard| dashboard.id.uuid(), value)
        });
        Ok(read.await?.into_page(Dashboard))
    }

    /// Of any scope.
    async fn dashboard(&self, context: &Context<'_>, id: ID) -> Result<Option<Dashboard>> {
        load(session(context)?, DashboardId::known(uuid(&id)?)).await
    }
}

fn sort_value(dashboard: &dashboards::Dashboard, field: &str) -> SortValue {
    match field {
        "name" => SortValue::Text(dashboard.name.to_lowercase()),
        "created_at" => SortValue::Whole(dashboard.created_at.as_nanos()),
        "created_by" => SortValue::Text(dashboard.created_by.to_lowercase()),
        "last_updated_at" => SortValue::Whole(dashboard.last_updated_at.as_nanos()),
        _ => SortValue::Id,
    }
}

/// What is left out stays as it is, or takes its default.
#[derive(InputObject)]
pub(crate) struct DashboardInput {
    /// Needed to make one.
    name: Option<String>,
    #[graphql(name = "type")]
    kind: Option<DashboardType>,
    description: Option<String>,
    /// Needed to make one.
    config: Option<JsonText>,
}

impl From<DashboardInput> for Changes {
    fn from(input: DashboardInput) -> Self {
        let config = input.config.map(|json| json.0).filter(|json| !json.is_null());
        Self { name: input.name, kind: input.kind.map(Into::into), description: input.description, config }
    }
}

#[derive(Default)]
pub(crate) struct DashboardMutations;

#[Object]
impl DashboardMutations {
    async fn create_dashboard(
        &self,
        context: &Context<'_>,
        input: DashboardInput,
        project_id: Option<ID>,
        #[graphql(default_with = "DashboardScope::Workspace")] scope: DashboardScope,
    ) -> Result<Dashboard> {
        let session = session(context)?;
        let project = project_id.map(|id| uuid(&id)).transpose()?.map(ProjectId::known);
        let create = Command::Create {
            scope: scope.into(),
            project: project.map(ProjectRef::Id),
            changes: Box::new(input.into()),
        };
        let outcome = session.execute(create).await?;
        present(session, DashboardId::known(outcome.created.unwrap_or_default()), scope).await
    }

    async fn update_dashboard(
        &self,
        context: &Context<'_>,
        id: ID,
        input: DashboardInput,
        #[graphql(default_with = "DashboardScope::Workspace")] scope: DashboardScope,
    ) -> Result<Dashboard> {
        let session = session(context)?;
        let id = DashboardId::known(uuid(&id)?);
        let changes = Box::new(input.into());
        session.execute(Command::Update { scope: scope.into(), id, changes }).await?;
        present(session, id, scope).await
    }

    /// True also for what was not there.
    async fn delete_dashboards(
        &self,
        context: &Context<'_>,
        ids: Vec<ID>,
        #[graphql(default_with = "DashboardScope::Workspace")] scope: DashboardScope,
    ) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(DashboardId::known(uuid(id)?))).collect::<Result<_>>()?;
        session(context)?.execute(Command::Delete { scope: scope.into(), ids }).await?;
        Ok(true)
    }
}

async fn load(session: &Session, id: DashboardId) -> Result<Option<Dashboard>> {
    let read = session.read::<DashboardRead, _>(move |reader| Ok(reader.dashboard(id)?));
    Ok(read.await?.map(Dashboard))
}

/// A dashboard that was just written; somebody else may have deleted it since.
async fn present(session: &Session, id: DashboardId, scope: DashboardScope) -> Result<Dashboard> {
    Ok(load(session, id).await?.ok_or_else(|| not_found(scope.into()))?)
}
