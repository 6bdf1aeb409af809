//! Exports of datasets over REST. Their files are CSV, written from the version as they are fetched.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use cairn_actors::failure::Failure;
use cairn_core::access::{DatasetRead, DatasetWrite, Grant};
use cairn_core::datasets::exports::{Export, export_not_found};
use cairn_core::datasets::{Command, not_found};
use cairn_core::ids::{DatasetExportId, DatasetId};
use cairn_core::json::Json as Data;
use cairn_core::limits::{DATASET_EXPORT_STEP_ITEMS, DATASET_SAMPLES_MAX, PAGE_ITEMS_MAX};
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::datasets::reading::ItemWindow;
use cairn_storage::reader::Reader;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::HashMap;
use uuid::Uuid;

use super::not_blank;
use crate::bundle::cell;
use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::routes::Server;
use crate::stream::{Lines, stream_as};
use crate::wire::{Shown, plain};

#[derive(Serialize)]
struct ExportOut {
    id: String,
    dataset_id: String,
    dataset_name: String,
    /// Nothing is left to be done once an export is there.
    status: &'static str,
    created_at: Shown,
    created_by: String,
    last_updated_at: Shown,
    last_updated_by: String,
    expires_at: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    viewed_at: Option<Shown>,
}

impl From<Export> for ExportOut {
    fn from(export: Export) -> Self {
        let shown = |time: Timestamp| Shown(time.to_micros());
        Self {
            id: export.id.to_string(),
            dataset_id: export.dataset_id.to_string(),
            status: "COMPLETED",
            created_at: shown(export.created_at),
            last_updated_at: shown(export.last_updated_at),
            expires_at: shown(export.expires_at()),
            viewed_at: export.viewed_at.map(shown),
            dataset_name: export.dataset_name,
            created_by: export.created_by,
            last_updated_by: export.last_updated_by,
        }
    }
}

pub(crate) async fn begin(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Id(id): Id,
) -> Answer {
    let outcome = server.handles.execute(&grant, Command::Export { id: DatasetId::known(id) }).await?;
    let readable = grant.principal().grant::<DatasetRead>()?;
    let export = find(&server, &readable, outcome.created.unwrap_or_default()).await?;
    Ok((StatusCode::ACCEPTED, Json(ExportOut::from(export))).into_response())
}

pub(crate) async fn list(State(server): State<Server>, Granted(grant): Granted<DatasetRead>) -> Answer {
    let now = server.handles.now();
    let exports =
        server.handles.read(&grant, move |reader| Ok(reader.dataset_exports(now, None, PAGE_ITEMS_MAX)?));
    let exports: Vec<ExportOut> = exports.await?.into_iter().map(ExportOut::from).collect();
    Ok(Json(exports).into_response())
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Id(id): Id,
) -> Answer {
    Ok(Json(ExportOut::from(find(&server, &grant, id).await?)).into_response())
}

pub(crate) async fn view(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Id(id): Id,
) -> Answer<StatusCode> {
    server.handles.execute(&grant, Command::ViewExport { id: DatasetExportId::known(id) }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn find(server: &Server, grant: &Grant<DatasetRead>, id: Uuid) -> Answer<Export> {
    let now = server.handles.now();
    let found = server.handles.read(grant, move |reader| {
        Ok(reader.dataset_export(DatasetExportId::known(id), now)?.ok_or_else(export_not_found)?)
    });
    Ok(found.await?)
}

pub(crate) async fn download(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetRead>,
    Id(id): Id,
) -> Answer {
    let export = find(&server, &grant, id).await?;
    let name: String =
        export.dataset_name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    let mut response = stream_as("text/csv; charset=utf-8", server.handles, grant, move |reader, lines| {
        write(reader, lines, &export)
    })
    .await?;
    if let Ok(disposition) = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")) {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// Of the letters that an address or a header may carry without quoting.
const fn is_plain(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | ' ')
}

/// A column for each name in the data, a line for each item, the newest first. Texts stand as they are and all else as
/// JSON.
fn write(reader: &Reader, lines: &mut Lines, export: &Export) -> Result<(), Failure> {
    let dataset = reader.dataset(export.dataset_id)?.ok_or_else(not_found)?;
    let version = reader.dataset_version(dataset.id, export.number)?;
    lines.begin();
    let Some(version) = version else { return Ok(()) };
    let names: Vec<&String> = version.columns.keys().collect();
    if lines.bytes(&row(names.iter().map(|name| name.as_str()))).is_err() {
        return Ok(());
    }
    let mut window = ItemWindow { limit: DATASET_EXPORT_STEP_ITEMS, ..ItemWindow::default() };
    loop {
        let items = reader.dataset_items(&dataset, &version, None, &window)?.items;
        let Some(last) = items.last() else { break };
        window.after = Some(last.id);
        for view in &items {
            let data = reader.bodies().data(&view.item.data)?;
            let cells = data.as_ref().map(cells).unwrap_or_default();
            let of = |name: &&String| cells.get(name.as_str()).map_or("", String::as_str);
            if lines.bytes(&row(names.iter().map(of))).is_err() {
                return Ok(());
            }
        }
    }
    // Whoever asked may have gone by now.
    let _ = lines.flush();
    Ok(())
}

fn cells(data: &Data) -> HashMap<String, String> {
    let fields: HashMap<String, &RawValue> = serde_json::from_slice(data.bytes()).unwrap_or_default();
    fields.into_iter().map(|(name, raw)| (name, cell(raw))).collect()
}

/// One line of CSV.
fn row<'a>(cells: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut table = csv::Writer::from_writer(Vec::new());
    // Memory takes what is written to it.
    let _ = table.write_record(cells);
    table.into_inner().unwrap_or_default()
}

#[derive(Deserialize)]
struct ExpansionIn {
    model: Option<String>,
    #[serde(alias = "sampleCount")]
    sample_count: Option<i64>,
}

/// Samples are made by a model, and this server calls none: what can be said of a request is said, and then that.
pub(crate) async fn expand(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Id(id): Id,
    body: Body,
) -> Answer<StatusCode> {
    let ExpansionIn { model, sample_count } = body.read(plain).await?;
    let model = not_blank("model", model)?;
    if sample_count.is_some_and(|count| !(1..=DATASET_SAMPLES_MAX).contains(&count)) {
        return Err(
            Rejection::invalid(format!("sampleCount must be between 1 and {DATASET_SAMPLES_MAX}")).into()
        );
    }
    let readable = grant.principal().grant::<DatasetRead>()?;
    let known = server.handles.read(&readable, move |reader| Ok(reader.dataset(DatasetId::known(id))?));
    known.await?.ok_or_else(not_found)?;
    Err(no_model(&model).into())
}

pub(crate) fn no_model(model: &str) -> Rejection {
    Rejection::malformed(format!("API key not configured for LLM, model='{model}'"))
        .hint("no provider of models is set up in this workspace")
}
