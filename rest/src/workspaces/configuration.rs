//! What a workspace sets for itself, over REST.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{WorkspaceConfigure, WorkspaceRead};
use cairn_core::rejection::Rejection;
use cairn_core::workspaces::Command;
use cairn_core::workspaces::configuration::{Configuration, Period};
use serde::{Deserialize, Serialize};

use crate::error::Answer;
use crate::extract::{Body, Granted};
use crate::routes::Server;
use crate::wire;

#[derive(Serialize, Deserialize)]
struct ConfigurationJson {
    #[serde(alias = "timeoutToMarkThreadAsInactive", skip_serializing_if = "Option::is_none")]
    timeout_to_mark_thread_as_inactive: Option<String>,
    #[serde(alias = "truncationOnTables", skip_serializing_if = "Option::is_none")]
    truncation_on_tables: Option<bool>,
    #[serde(alias = "colorMap", skip_serializing_if = "Option::is_none")]
    color_map: Option<BTreeMap<String, String>>,
}

impl From<Configuration> for ConfigurationJson {
    fn from(configuration: Configuration) -> Self {
        Self {
            timeout_to_mark_thread_as_inactive: configuration
                .thread_timeout
                .map(|timeout| timeout.to_string()),
            truncation_on_tables: configuration.truncation_on_tables,
            color_map: configuration.colors,
        }
    }
}

impl ConfigurationJson {
    fn read(self) -> Result<Configuration, Rejection> {
        let period = |text: String| {
            Period::parse(&text).ok_or_else(|| {
                let hint = format!("`{text}` is not a duration of whole seconds such as `PT30M`");
                Rejection::malformed("Unable to process JSON").hint(hint)
            })
        };
        Ok(Configuration {
            thread_timeout: self.timeout_to_mark_thread_as_inactive.map(period).transpose()?,
            truncation_on_tables: self.truncation_on_tables,
            colors: self.color_map,
        })
    }
}

pub(crate) async fn read(State(server): State<Server>, Granted(grant): Granted<WorkspaceRead>) -> Answer {
    let found = server.handles.read(&grant, |reader| Ok(reader.workspace_configuration()?)).await?;
    let found = found.ok_or_else(|| Rejection::not_found("Workspace configuration not found"))?;
    Ok(Json(ConfigurationJson::from(found)).into_response())
}

pub(crate) async fn write(
    State(server): State<Server>,
    Granted(grant): Granted<WorkspaceConfigure>,
    body: Body,
) -> Answer {
    let json: ConfigurationJson = body.read(wire::plain).await?;
    let configuration = json.read()?;
    server.handles.execute(&grant, Command::Configure(configuration.clone())).await?;
    Ok(Json(ConfigurationJson::from(configuration)).into_response())
}

pub(crate) async fn clear(
    State(server): State<Server>,
    Granted(grant): Granted<WorkspaceConfigure>,
) -> Answer<StatusCode> {
    server.handles.execute(&grant, Command::ClearConfiguration).await?;
    Ok(StatusCode::NO_CONTENT)
}
