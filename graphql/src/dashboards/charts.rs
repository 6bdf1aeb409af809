//! Queries of charts: saved as SQL, and run for the widget that holds them or as they come.

use async_graphql::{Context, ID, Object, SimpleObject};
use cairn_actors::dashboards::charts::{rows, saved_query};
use cairn_core::access::{DashboardRead, TraceRead};
use cairn_core::command::ProjectRef;
use cairn_core::dashboards::charts::Chart;
use cairn_core::dashboards::{self, Command};
use cairn_core::ids::{ProjectId, SavedQueryId};
use cairn_core::json::Json;
use cairn_core::query::sql::{Period, Question};
use cairn_core::time;
use serde_json::Value;

use crate::error::Result;
use crate::projects::Project;
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};

/// SQL that somebody saved for a chart.
pub(crate) struct SavedQuery(dashboards::SavedQuery);

#[Object]
impl SavedQuery {
    async fn id(&self) -> ID {
        self.0.id.into()
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

    async fn sql(&self) -> &str {
        &self.0.sql
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.created_by
    }
}

/// What a query of a chart gives.
#[derive(SimpleObject)]
pub(crate) struct ChartTable {
    columns: Vec<String>,
    /// A JSON array of rows, each an array with a cell for each column.
    rows: JsonText,
}

/// Runs a query over a stretch of time: from the beginning, and until now, unless it is told.
pub(super) async fn table(
    session: &Session,
    chart: Chart,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<ChartTable> {
    let start = from.map_or(time::Timestamp::EPOCH, |from| from.0);
    let period = Period { start, end: until.map_or_else(|| session.now(), |until| until.0) };
    let question = Question::parse(&chart.sql, period)?;
    let columns = question.columns.iter().map(|column| column.name.clone()).collect();
    let read = session.read::<TraceRead, _>(move |reader| rows(reader, &question, chart.project));
    let rows = read.await?.into_iter().map(|row| Value::Array(row.into_iter().map(Value::from).collect()));
    let text = Value::Array(rows.collect()).to_string();
    Ok(ChartTable { columns, rows: JsonText(Json::stored(text.into())) })
}

#[derive(Default)]
pub(crate) struct ChartQueries;

#[Object]
impl ChartQueries {
    /// Runs a query of a chart as it comes, over the whole workspace or a project of it. `{{window_start}}` and
    /// `{{window_end}}` within it stand for `from` and `until`.
    #[graphql(complexity = 500)]
    async fn chart(
        &self,
        context: &Context<'_>,
        sql: String,
        project_id: Option<ID>,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<ChartTable> {
        let project = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        table(session(context)?, Chart { sql, project }, from, until).await
    }

    async fn saved_query(&self, context: &Context<'_>, id: ID) -> Result<Option<SavedQuery>> {
        let id = SavedQueryId::known(uuid(&id)?);
        let read = session(context)?.read::<DashboardRead, _>(move |reader| Ok(reader.saved_query(id)?));
        Ok(read.await?.map(SavedQuery))
    }
}

#[derive(Default)]
pub(crate) struct ChartMutations;

#[Object]
impl ChartMutations {
    /// Saves a query for charts: a widget names it in its config as `saved_query_id`.
    async fn save_query(
        &self,
        context: &Context<'_>,
        sql: String,
        project_id: Option<ID>,
    ) -> Result<SavedQuery> {
        let session = session(context)?;
        let project = project_id.map(|id| uuid(&id)).transpose()?.map(ProjectId::known).map(ProjectRef::Id);
        let outcome = session.execute(Command::SaveQuery { project, sql }).await?;
        let id = SavedQueryId::known(outcome.created.unwrap_or_default());
        let read = session.read::<DashboardRead, _>(move |reader| saved_query(reader, id));
        Ok(SavedQuery(read.await?))
    }
}
