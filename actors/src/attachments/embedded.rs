//! Files that stand in bodies as base64: taken out before a command is carried out, so that neither the log nor the
//! writer's queue carries them.

use std::io::Write;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use cairn_core::attachments::Place;
use cairn_core::attachments::embedded::{Embedded, candidates, name, with_references};
use cairn_core::command::{Command, Outcome};
use cairn_core::json::Json;
use cairn_core::limits::EMBEDDED_CHARS_MIN;
use cairn_core::time::Timestamp;
use cairn_storage::attachments::contents::{Contents, HEAD_BYTES, Kind, Received, sniff};
use cairn_storage::error::Error;
use tokio::sync::Semaphore;

use crate::attachments::erase_unused;
use crate::clock;
use crate::failure::Failure;
use crate::handles::submit;
use crate::runtime::WorkspaceAddress;

/// Characters that are decoded at a time; a multiple of four.
const CHUNK_CHARS: usize = 64 << 10;

/// Whether it is worth looking into the command's bodies: one of them alone must be long enough.
pub(crate) fn may_hold_files(command: &mut Command) -> bool {
    command.bytes() >= EMBEDDED_CHARS_MIN
        && command.bodies_mut().iter().any(|(_, body)| body.bytes().len() >= EMBEDDED_CHARS_MIN)
}

/// Carries out a command after taking the files out of its bodies.
pub(crate) async fn execute(
    uploads: &Arc<Semaphore>,
    address: Arc<WorkspaceAddress>,
    mut command: Command,
    principal: Arc<str>,
) -> Result<Outcome, Failure> {
    let closed = |_| Failure::Fault(clock::request_id());
    let permit = Arc::clone(uploads).acquire_owned().await.map_err(closed)?;
    let contents = Arc::clone(&address.open.contents);
    let taken = tokio::task::spawn_blocking(move || {
        let mut received = Vec::new();
        for (place, body) in command.bodies_mut() {
            take_out(&contents, place, body, clock::now(), &mut received)?;
        }
        Ok::<_, Error>((command, received))
    });
    let (command, received) = taken.await.map_err(|_| Failure::Fault(clock::request_id()))??;
    if received.is_empty() {
        return submit(&address, command, principal).await;
    }
    // From here on it is done to its end, whether or not the client waits for it.
    let done = tokio::spawn(async move {
        let _permit = permit;
        let kept = address.open.contents.keep(received).await?;
        let outcome = submit(&address, command, principal).await?;
        kept.settled();
        erase_unused(&address).await;
        Ok(outcome)
    });
    done.await.map_err(|_| Failure::Fault(clock::request_id()))?
}

fn take_out(
    contents: &Contents,
    place: Place,
    body: &mut Json,
    now: Timestamp,
    received: &mut Vec<Received>,
) -> Result<(), Error> {
    if body.bytes().len() < EMBEDDED_CHARS_MIN {
        return Ok(());
    }
    let (mut files, mut places) = (Vec::new(), Vec::new());
    for range in candidates(body.bytes()) {
        let Some(text) = body.bytes().get(range.clone()) else { continue };
        let Some(kind) = kind_of(text) else { continue };
        let file = decode(contents, text)?;
        let name = name(place, files.len() + 1, now, kind.extension);
        let (mime_type, content) = (kind.mime_type.to_owned(), file.content);
        files.push(Embedded { place, name: name.clone(), mime_type, content });
        places.push((range, name));
        received.push(file);
    }
    if !files.is_empty() {
        *body = Json::with_files(with_references(body.bytes(), &places).into(), files);
    }
    Ok(())
}

/// The kind of a file by the beginning of its base64; text that anything could be is none.
fn kind_of(text: &[u8]) -> Option<Kind> {
    let head = text.get(..HEAD_BYTES)?;
    let kind = sniff(&BASE64_STANDARD.decode(head).ok()?)?;
    (!matches!(kind.mime_type, "text/plain" | "application/octet-stream")).then_some(kind)
}

fn decode(contents: &Contents, text: &[u8]) -> Result<Received, Error> {
    let mut file = contents.receive()?;
    let mut decoded = Vec::with_capacity(CHUNK_CHARS);
    for chunk in text.chunks(CHUNK_CHARS) {
        decoded.clear();
        BASE64_STANDARD.decode_vec(chunk, &mut decoded).map_err(std::io::Error::other)?;
        file.write_all(&decoded)?;
    }
    file.finish()
}
