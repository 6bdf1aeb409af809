//! Erasing for good, as `cairn erase` asks a running server for it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_actors::failure::Failure;
use cairn_core::access::{DataErase, Grant};
use cairn_core::erasures::{Erasure, Subject, UserMark};
use cairn_core::ids::{ErasureId, ProjectId, ThreadId, TraceId};
use cairn_core::rejection::Rejection;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::routes::Server;
use crate::wire;

/// What somebody wants to be erased: one of these, and the project of a thread that is called by its name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asked {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// How far an erasure has come.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Progress {
    pub id: Uuid,
    pub stage: String,
    pub done: bool,
    pub traces: u64,
    pub events: u64,
}

impl From<&Erasure> for Progress {
    fn from(erasure: &Erasure) -> Self {
        Self {
            id: erasure.id.uuid(),
            stage: erasure.stage.name().to_owned(),
            done: erasure.ended_at.is_some(),
            traces: erasure.traces,
            events: erasure.events,
        }
    }
}

impl Asked {
    pub fn subject(&self, reader: &Reader) -> Result<Subject, Failure> {
        match (&self.trace, &self.thread, &self.user, &self.project) {
            (Some(trace), None, None, None) => {
                let id = Uuid::parse_str(trace).map(|id| Subject::Trace(TraceId::known(id)));
                Ok(id.map_err(|_| Rejection::invalid(format!("`{trace}` is no id of a trace")))?)
            }
            (None, Some(thread), None, None) => {
                let id = Uuid::parse_str(thread).map(|id| Subject::Thread(ThreadId::known(id)));
                let wrong = |_| Rejection::invalid(format!("`{thread}` is no id of a thread"));
                let hint = "name the project of a thread that you call by its name";
                Ok(id.map_err(|error| wrong(error).hint(hint))?)
            }
            (None, Some(thread), None, Some(project)) => {
                let found = reader.thread_named(called(reader, project)?, thread)?;
                let missing = || Rejection::not_found(format!("`{project}` has no thread `{thread}`"));
                Ok(Subject::Thread(found.ok_or_else(missing)?))
            }
            (None, None, Some(user), None) => Ok(Subject::User(UserMark::of(user)?)),
            (None, None, None, Some(project)) => Ok(Subject::Project(called(reader, project)?)),
            _ => {
                let message = "name one thing to erase: a trace, a thread, a user or a project";
                Err(Rejection::invalid(message).into())
            }
        }
    }
}

/// The project of a name; an id may be that of one that is gone.
fn called(reader: &Reader, project: &str) -> Result<ProjectId, Failure> {
    if let Some(known) = reader.project_by_name(project)? {
        return Ok(known.project.id);
    }
    let id = Uuid::parse_str(project).map(ProjectId::known);
    Ok(id.map_err(|_| Rejection::not_found(format!("there is no project `{project}`")))?)
}

/// Begins to erase; the answer comes at once, the work goes on behind it.
pub(crate) async fn begin(
    State(server): State<Server>,
    Granted(grant): Granted<DataErase>,
    body: Body,
) -> Answer {
    let asked: Asked = body.read(wire::plain).await?;
    let subject = server.handles.read(&grant, move |reader| asked.subject(reader)).await?;
    let outcome = server.handles.erase(&grant, subject).await?;
    let begun = find(&server, &grant, outcome.created.unwrap_or_default()).await?;
    Ok((StatusCode::ACCEPTED, Json(begun)).into_response())
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<DataErase>,
    Id(id): Id,
) -> Answer {
    Ok(Json(find(&server, &grant, id).await?).into_response())
}

async fn find(server: &Server, grant: &Grant<DataErase>, id: Uuid) -> Answer<Progress> {
    let found = server.handles.read(grant, move |reader| Ok(reader.erasure(ErasureId::known(id))?)).await?;
    Ok(found.as_ref().map(Progress::from).ok_or_else(|| Rejection::not_found("Erasure not found"))?)
}
