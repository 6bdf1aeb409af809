//! Files of items that are uploaded. A file is kept on disk while it comes and read twice: first to find what is wrong
//! in it, with the line, so that a file is taken as a whole or not at all; then in batches into one new version.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};
use std::time::Duration;

use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Request, State};
use axum::http::{StatusCode, header};
use bytes::Bytes;
use cairn_actors::failure::Failure;
use cairn_core::access::{DatasetRead, DatasetWrite, Grant};
use cairn_core::datasets::items::ItemWrite;
use cairn_core::datasets::{Command, DatasetRef, not_found};
use cairn_core::ids::DatasetId;
use cairn_core::limits::{
    BATCH_ITEMS_MAX, DATASET_FILE_BYTES_MAX, DATASET_FILE_RETRIES_MAX, DATASET_FILE_WAITING_BYTES_MAX,
    OVERLOAD_RETRY_SECONDS,
};
use cairn_core::rejection::{Rejection, RejectionKind};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::lines::{Format, each_item};
use crate::error::{Answer, Refused};
use crate::extract::Granted;
use crate::routes::Server;

/// Chunks that wait for the disk.
const CHUNKS_WAITING_MAX: usize = 8;
/// A part of the form that is no file.
const PART_BYTES_MAX: usize = 1 << 10;

/// What a form said.
#[derive(Default)]
struct Upload {
    file: Option<File>,
    dataset: Option<String>,
    format: Option<String>,
}

/// The form of a request; the body is read as it comes, whatever its size.
pub(crate) struct Form(Multipart);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        if request.headers().contains_key(header::CONTENT_ENCODING) {
            let refusal = Rejection::malformed("an upload cannot have a content encoding");
            return Err(refusal.hint("send the file as it is").into());
        }
        let form = Multipart::from_request(request, state).await;
        Ok(Self(form.map_err(|error| unreadable(&error.body_text()))?))
    }
}

pub(crate) async fn from_csv(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Form(form): Form,
) -> Answer<StatusCode> {
    let upload = receive(form).await?;
    take(server, grant, upload, Format::Csv).await
}

pub(crate) async fn from_json(
    State(server): State<Server>,
    Granted(grant): Granted<DatasetWrite>,
    Form(form): Form,
) -> Answer<StatusCode> {
    let upload = receive(form).await?;
    let format = match upload.format.as_deref() {
        None => Err(Rejection::malformed("the part `format` is missing")),
        Some("json") => Ok(Format::Json),
        Some("jsonl") => Ok(Format::JsonLines),
        Some(other) => Err(Rejection::malformed(format!("format `{other}` is unknown"))),
    };
    let format = format.map_err(|refusal| refusal.hint("use `json` or `jsonl`"))?;
    take(server, grant, upload, format).await
}

async fn receive(mut form: Multipart) -> Result<Upload, Refused> {
    let mut upload = Upload::default();
    while let Some(field) = form.next_field().await.map_err(cut_off)? {
        match field.name() {
            Some("file") => upload.file = Some(spool(field).await?),
            Some("dataset_id" | "datasetId") => upload.dataset = Some(short(field).await?),
            Some("format") => upload.format = Some(short(field).await?),
            _ => {}
        }
    }
    Ok(upload)
}

/// Writes a file to the disk as it comes.
async fn spool(mut field: Field<'_>) -> Result<File, Refused> {
    let (chunks, mut arriving) = mpsc::channel::<Bytes>(CHUNKS_WAITING_MAX);
    let writing = spawn_blocking(move || {
        let mut file = BufWriter::new(tempfile::tempfile()?);
        while let Some(chunk) = arriving.blocking_recv() {
            file.write_all(&chunk)?;
        }
        file.into_inner().map_err(std::io::IntoInnerError::into_error)
    });
    let mut bytes = 0_u64;
    while let Some(chunk) = field.chunk().await.map_err(cut_off)? {
        bytes = bytes.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if bytes > DATASET_FILE_BYTES_MAX {
            let message = format!("the file has more than {} MB", DATASET_FILE_BYTES_MAX >> 20);
            return Err(Rejection::new(RejectionKind::TooLarge, message).hint("send it in parts").into());
        }
        if chunks.send(chunk).await.is_err() {
            break;
        }
    }
    drop(chunks);
    let written = writing.await.map_err(|error| std::io::Error::other(error.to_string()));
    written.and_then(|file| file).map_err(no_room)
}

async fn short(mut field: Field<'_>) -> Result<String, Refused> {
    let mut text = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(cut_off)? {
        text.extend_from_slice(&chunk);
        if text.len() > PART_BYTES_MAX {
            return Err(unreadable("a part that is no file is too long").into());
        }
    }
    let text = String::from_utf8(text).map_err(|_| unreadable("a part is not UTF-8"))?;
    Ok(text.trim().to_owned())
}

/// The answer comes when all items are durable. Whoever hangs up before stops nothing that was begun.
async fn take(
    server: Server,
    grant: Grant<DatasetWrite>,
    upload: Upload,
    format: Format,
) -> Answer<StatusCode> {
    let missing = |part: &str| Rejection::malformed(format!("the part `{part}` is missing"));
    let file = upload.file.ok_or_else(|| missing("file"))?;
    let text = upload.dataset.ok_or_else(|| missing("dataset_id"))?;
    let malformed = || Rejection::malformed(format!("dataset_id `{text}` is no UUID"));
    let dataset = DatasetId::known(Uuid::parse_str(&text).map_err(|_| malformed())?);
    let reading = grant.principal().grant::<DatasetRead>()?;
    let known = server.handles.read(&reading, move |reader| Ok(reader.dataset(dataset)?)).await?;
    known.ok_or_else(not_found)?;
    let checked = spawn_blocking(move || check(file, format)).await;
    let file = checked.map_err(|error| no_room(std::io::Error::other(error.to_string())))??;
    let writing = tokio::spawn(write(server, grant, dataset, file, format));
    writing.await.map_err(|error| no_room(std::io::Error::other(error.to_string())))??;
    Ok(StatusCode::ACCEPTED)
}

/// Reads the whole file and keeps nothing of it.
fn check(mut file: File, format: Format) -> Result<File, Refused> {
    file.rewind().map_err(no_room)?;
    let mut count = 0_usize;
    each_item(&file, format, |place, item| {
        count += 1;
        item.check(&format!("{place}: "))
    })?;
    if count == 0 {
        return Err(Rejection::malformed("the file holds no items").into());
    }
    file.rewind().map_err(no_room)?;
    Ok(file)
}

async fn write(
    server: Server,
    grant: Grant<DatasetWrite>,
    dataset: DatasetId,
    file: File,
    format: Format,
) -> Result<(), Refused> {
    let group = server.handles.fresh_id(&grant);
    let (batches, mut waiting) = mpsc::channel::<Vec<ItemWrite>>(1);
    let reading = spawn_blocking(move || {
        let (mut batch, mut bytes) = (Vec::new(), 0);
        let gone = || Rejection::malformed("the upload broke off");
        each_item(&file, format, |_, item| {
            bytes += item.data.bytes().len();
            batch.push(item);
            if batch.len() < BATCH_ITEMS_MAX && bytes < DATASET_FILE_WAITING_BYTES_MAX {
                return Ok(());
            }
            bytes = 0;
            batches.blocking_send(std::mem::take(&mut batch)).map_err(|_| gone())
        })?;
        if batch.is_empty() { Ok(()) } else { batches.blocking_send(batch).map_err(|_| gone()) }
    });
    while let Some(items) = waiting.recv().await {
        put(&server, &grant, dataset, group, items).await?;
    }
    reading.await.map_err(|error| no_room(std::io::Error::other(error.to_string())))??;
    Ok(())
}

/// A writer that is busy is waited for: a file that was begun should not end half-way.
async fn put(
    server: &Server,
    grant: &Grant<DatasetWrite>,
    dataset: DatasetId,
    group: Uuid,
    items: Vec<ItemWrite>,
) -> Result<(), Refused> {
    let dataset = DatasetRef::Id(dataset);
    let command = Command::PutItems { dataset, items, group: Some(group), copy_from: None };
    for _ in 0..DATASET_FILE_RETRIES_MAX {
        match server.handles.execute(grant, command.clone()).await {
            Err(Failure::Refused(refusal)) if refusal.kind == RejectionKind::Overloaded => {
                tokio::time::sleep(Duration::from_secs(OVERLOAD_RETRY_SECONDS)).await;
            }
            done => return Ok(done.map(|_| ())?),
        }
    }
    Ok(server.handles.execute(grant, command).await.map(|_| ())?)
}

fn unreadable(why: &str) -> Rejection {
    Rejection::malformed("the form cannot be read").hint(why)
}

fn cut_off(error: MultipartError) -> Refused {
    unreadable(&error.body_text()).into()
}

#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
fn no_room(error: std::io::Error) -> Refused {
    tracing::error!(%error, "an upload could not be kept on the disk");
    Failure::ReadOnly("the upload could not be kept on the disk of the server".to_owned()).into()
}
