//! Attachments over REST: uploads streamed to where they are kept, lists, and downloads that a browser can be handed.

mod download;

use axum::body::Body as Stream;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use cairn_actors::attachments::Upload;
use cairn_core::access::{TraceRead, TraceWrite};
use cairn_core::attachments::{Attachment, Owner, Remove, check_name, download_path, encoded};
use cairn_core::ids::ProjectId;
use cairn_core::limits::ATTACHMENT_PAGE_ITEMS_DEFAULT;
use cairn_core::rejection::Rejection;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted, Query, is_gzip};
use crate::lists::{Page, page_and_size};
use crate::routes::Server;
use crate::wire;

pub(crate) use download::download;

/// Tells clients to send the bytes in one request to the one address, with the headers of every other request.
const DIRECT_UPLOAD: &str = "BEMinIO";

#[derive(Deserialize)]
struct StartIn {
    file_name: String,
    mime_type: Option<String>,
    project_name: Option<String>,
    entity_type: String,
    entity_id: Uuid,
    /// The base address of the client, in base64.
    path: String,
}

/// Says where to send the bytes: to an address that begins as the client knows this server.
pub(crate) async fn start(Granted(_grant): Granted<TraceWrite>, body: Body) -> Answer {
    let start: StartIn = body.read(wire::plain).await?;
    check_name(&start.file_name)?;
    let owner = owner(&start.entity_type, start.entity_id)?;
    let mut url = format!(
        "{}v1/private/attachment/upload?file_name={}&entity_type={}&entity_id={}",
        base(&start.path)?,
        encoded(&start.file_name),
        owner.kind(),
        owner.uuid().hyphenated(),
    );
    for (key, value) in [("&mime_type=", start.mime_type), ("&project_name=", start.project_name)] {
        if let Some(value) = value {
            url.extend([key, &encoded(&value)]);
        }
    }
    Ok(axum::Json(json!({ "upload_id": DIRECT_UPLOAD, "pre_sign_urls": [url] })).into_response())
}

#[derive(Deserialize)]
pub(crate) struct UploadQuery {
    file_name: String,
    mime_type: Option<String>,
    project_name: Option<String>,
    entity_type: String,
    entity_id: Uuid,
}

pub(crate) async fn upload(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    Query(query): Query<UploadQuery>,
    headers: HeaderMap,
    body: Stream,
) -> Answer<StatusCode> {
    let upload = Upload {
        owner: owner(&query.entity_type, query.entity_id)?,
        project: wire::project(None, query.project_name.map(Into::into), "")?,
        name: query.file_name,
        mime_type: query.mime_type,
        gzip: is_gzip(&headers)?,
    };
    server.handles.attach(&grant, upload, body.into_data_stream()).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct CompleteIn {
    file_name: String,
    entity_type: String,
    entity_id: Uuid,
    file_size: u64,
}

/// A direct upload is complete with its own answer: this only says whether it is there.
pub(crate) async fn complete(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    body: Body,
) -> Answer<StatusCode> {
    let complete: CompleteIn = body.read(wire::plain).await?;
    let owner = owner(&complete.entity_type, complete.entity_id)?;
    let found = server.handles.read(&grant, move |reader| Ok(reader.attachment(owner, &complete.file_name)?));
    match found.await? {
        Some(found) if found.content.bytes == complete.file_size => Ok(StatusCode::NO_CONTENT),
        Some(found) => {
            let sizes = format!("it has {} bytes, not {}", found.content.bytes, complete.file_size);
            Err(Rejection::conflict("the upload is not complete").hint(sizes).into())
        }
        None => Err(not_found().into()),
    }
}

#[derive(Deserialize)]
pub(crate) struct ListQuery {
    project_id: Uuid,
    entity_type: String,
    entity_id: Uuid,
    path: String,
    page: Option<i64>,
    size: Option<i64>,
}

#[derive(Serialize)]
struct AttachmentOut {
    link: String,
    file_name: String,
    file_size: u64,
    mime_type: String,
}

pub(crate) async fn list(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Query(query): Query<ListQuery>,
) -> Answer {
    let (owner, base) = (owner(&query.entity_type, query.entity_id)?, base(&query.path)?);
    let default = i64::try_from(ATTACHMENT_PAGE_ITEMS_DEFAULT).ok();
    let (page, size) = page_and_size(query.page, query.size.or(default))?;
    let found = server
        .handles
        .read(&grant, move |reader| Ok(reader.attachments(owner, (page - 1) * size, size)?))
        .await?;
    let workspace = server.handles.workspace_name(grant.workspace()).unwrap_or_default();
    let project = ProjectId::known(query.project_id);
    let of_project = |attachment: &Attachment| attachment.project_id == project;
    // All of one owner's are in one project.
    let total = if found.attachments.iter().all(of_project) { found.total } else { 0 };
    let shown = |attachment: Attachment| AttachmentOut {
        link: format!("{base}{}", download_path(&workspace, &attachment)),
        file_size: attachment.content.bytes,
        mime_type: attachment.mime_type,
        file_name: attachment.name,
    };
    let content: Vec<AttachmentOut> = found.attachments.into_iter().filter(of_project).map(shown).collect();
    Ok(axum::Json(Page { number: page, size: content.len(), total, content, sortable_by: &[] })
        .into_response())
}

#[derive(Deserialize)]
struct DeleteIn {
    file_names: Vec<String>,
    entity_type: String,
    entity_id: Uuid,
    container_id: Uuid,
}

pub(crate) async fn delete(
    State(server): State<Server>,
    Granted(grant): Granted<TraceWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let delete: DeleteIn = body.read(wire::plain).await?;
    let owner = owner(&delete.entity_type, delete.entity_id)?;
    let project_id = Some(ProjectId::known(delete.container_id));
    server.handles.execute(&grant, Remove { owner, project_id, names: delete.file_names }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn owner(kind: &str, id: Uuid) -> Result<Owner, Rejection> {
    let unknown =
        || Rejection::malformed(format!("entity type `{kind}` is unknown")).hint("use `trace` or `span`");
    Owner::parse(kind, id).ok_or_else(unknown)
}

/// The base address of the client, with a slash at its end.
fn base(path: &str) -> Result<String, Rejection> {
    let unusable =
        || Rejection::malformed("`path` is unusable").hint("it must be the client's base address in base64");
    let base = wire::address(path).ok_or_else(unusable)?;
    Ok(format!("{}/", base.trim_end_matches('/')))
}

fn not_found() -> Rejection {
    Rejection::not_found("Attachment not found")
}
