//! What charts show, read the same whichever face asks. The dashboard takes one permission, and the figures another.

use cairn_core::dashboards::charts::{Chart, query_not_found, query_of_widget};
use cairn_core::dashboards::{SavedQuery, Scope, not_found};
use cairn_core::ids::{DashboardId, ProjectId, SavedQueryId};
use cairn_core::query::sql::Question;
use cairn_core::rejection::Rejection;
use cairn_storage::aggregate::table::Cell;
use cairn_storage::reader::Reader;

use crate::failure::Failure;

/// A query that somebody saved, or a refusal.
pub fn saved_query(reader: &Reader, id: SavedQueryId) -> Result<SavedQuery, Failure> {
    Ok(reader.saved_query(id)?.ok_or_else(query_not_found)?)
}

/// What the widget of a dashboard of a scope asks.
pub fn chart_of_widget(
    reader: &Reader,
    scope: Scope,
    id: DashboardId,
    widget: &str,
) -> Result<Chart, Failure> {
    let found = reader.dashboard(id)?.filter(|dashboard| dashboard.scope == scope);
    let dashboard = found.ok_or_else(|| not_found(scope))?;
    let config = reader.dashboard_config(&dashboard)?.and_then(|json| json.value().ok());
    let query = saved_query(reader, query_of_widget(config.as_ref(), widget)?)?;
    Ok(Chart { sql: query.sql, project: query.project_id.or(dashboard.project_id) })
}

/// Rows with a cell for each column of the question.
pub fn rows(
    reader: &Reader,
    question: &Question,
    project: Option<ProjectId>,
) -> Result<Vec<Vec<Cell>>, Failure> {
    if let Some(project) = project {
        reader.project(project)?.ok_or_else(|| Rejection::not_found("Project not found"))?;
    }
    Ok(reader.answer(question, project)?)
}
