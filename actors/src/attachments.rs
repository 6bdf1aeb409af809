//! Attachments from a client's stream to their place: received on a thread, kept under their hash, and only then told
//! to the workspace. And the way back: contents that no attachment has any more are erased.

pub(crate) mod embedded;

use std::io::Write;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use cairn_core::access::{Grant, SERVER, TraceRead, TraceWrite};
use cairn_core::attachments::{self, Add, Added, Command, ContentHash, Event, Origin, Owner, Remove};
use cairn_core::command::{self, Context, ProjectRef};
use cairn_core::event::Event as AnyEvent;
use cairn_core::limits::{ATTACHMENT_BYTES_MAX, ERASED_CONTENTS_MAX, UPLOAD_CHUNKS_WAITING_MAX};
use cairn_core::rejection::Rejection;
use cairn_storage::attachments::contents::{Contents, Incoming, Received};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::writer::Writer;
use flate2::write::MultiGzDecoder;
use futures_util::stream::BoxStream;
use futures_util::{Stream, StreamExt};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::clerk::{Projects, Refused};
use crate::clock;
use crate::failure::Failure;
use crate::handles::{Handles, submit};
use crate::runtime::WorkspaceAddress;
use crate::workspace::Open;

/// A file that a client is about to send.
#[derive(Clone, Debug)]
pub struct Upload {
    pub owner: Owner,
    pub project: ProjectRef,
    pub name: String,
    pub mime_type: Option<String>,
    /// It comes packed and is to be kept unpacked.
    pub gzip: bool,
}

impl Handles {
    /// Receives a file and hangs it on its owner. What is answered with success is on disk.
    pub async fn attach<E>(
        &self,
        grant: &Grant<TraceWrite>,
        upload: Upload,
        bytes: impl Stream<Item = Result<Bytes, E>> + Send,
    ) -> Result<(), Failure> {
        attachments::check_name(&upload.name)?;
        let closed = |_| Failure::Fault(clock::request_id());
        let permit = Arc::clone(&self.uploads).acquire_owned().await.map_err(closed)?;
        let address = self.registry.workspace(grant.workspace()).await?;
        let received = receive(Arc::clone(&address.open.contents), upload.gzip, bytes).await?;
        let principal = Arc::clone(grant.principal().name());
        // From here on it is done to its end, whether or not the client waits for it.
        let kept = tokio::spawn(async move {
            let _permit = permit;
            keep(&address, upload, received, principal).await
        });
        kept.await.map_err(|_| Failure::Fault(clock::request_id()))?
    }

    /// The bytes of a content, or a range of them.
    pub async fn content(
        &self,
        grant: &Grant<TraceRead>,
        hash: ContentHash,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Failure> {
        let address = self.registry.workspace(grant.workspace()).await?;
        let contents = Arc::clone(&address.open.contents);
        Ok(contents.read(hash, range).await?)
    }
}

async fn receive<E>(
    contents: Arc<Contents>,
    gzip: bool,
    bytes: impl Stream<Item = Result<Bytes, E>>,
) -> Result<Received, Failure> {
    let (chunks, mut waiting) = mpsc::channel::<Bytes>(UPLOAD_CHUNKS_WAITING_MAX);
    let receiving = tokio::task::spawn_blocking(move || {
        let mut to = Receiver::new(contents.receive()?, gzip);
        while let Some(chunk) = waiting.blocking_recv() {
            to.write(&chunk)?;
        }
        to.finish()
    });
    let mut is_torn = false;
    let mut bytes = std::pin::pin!(bytes);
    while let Some(chunk) = bytes.next().await {
        let Ok(chunk) = chunk else {
            is_torn = true;
            break;
        };
        // A receiver that is gone says below why.
        if chunks.send(chunk).await.is_err() {
            break;
        }
    }
    drop(chunks);
    let received = receiving.await.map_err(|_| Failure::Fault(clock::request_id()))??;
    if is_torn {
        return Err(Rejection::malformed("the request body ended early").into());
    }
    Ok(received)
}

enum Receiver {
    Plain(Box<Incoming>),
    Packed(Box<MultiGzDecoder<Incoming>>),
}

impl Receiver {
    fn new(incoming: Incoming, gzip: bool) -> Self {
        if gzip {
            Self::Packed(Box::new(MultiGzDecoder::new(incoming)))
        } else {
            Self::Plain(Box::new(incoming))
        }
    }

    fn write(&mut self, chunk: &[u8]) -> Result<(), Failure> {
        let bytes = match self {
            Self::Plain(incoming) => {
                incoming.write_all(chunk).map_err(Error::from)?;
                incoming.bytes()
            }
            Self::Packed(decoder) => {
                decoder.write_all(chunk).map_err(unpackable)?;
                decoder.get_ref().bytes()
            }
        };
        if bytes > ATTACHMENT_BYTES_MAX { Err(attachments::too_large().into()) } else { Ok(()) }
    }

    fn finish(self) -> Result<Received, Failure> {
        let incoming = match self {
            Self::Plain(incoming) => *incoming,
            Self::Packed(decoder) => decoder.finish().map_err(unpackable)?,
        };
        Ok(incoming.finish()?)
    }
}

/// What is no gzip is the client's doing; anything else is the disk's.
fn unpackable(error: std::io::Error) -> Failure {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::InvalidInput | ErrorKind::InvalidData | ErrorKind::UnexpectedEof => {
            Rejection::malformed("the body is not valid gzip").hint(error.to_string()).into()
        }
        _ => Error::from(error).into(),
    }
}

async fn keep(
    address: &WorkspaceAddress,
    upload: Upload,
    received: Received,
    principal: Arc<str>,
) -> Result<(), Failure> {
    let content = received.content;
    let mime_type = mime_type(&upload, received.kind.map(|kind| kind.mime_type));
    let kept = address.open.contents.keep(vec![received]).await?;
    let Upload { owner, project, name, .. } = upload;
    let add = Command::Add(Box::new(Add { owner, project, name, mime_type, content }));
    submit(address, add.into(), principal).await?;
    kept.settled();
    erase_unused(address).await;
    Ok(())
}

/// What the client says, if that can be said; else what the name says, else what the first bytes say.
fn mime_type(upload: &Upload, sniffed: Option<&'static str>) -> String {
    let said = upload.mime_type.clone().filter(|said| attachments::is_mime_type(said));
    let of_name = || mime_guess::from_path(&upload.name).first().map(|kind| kind.essence_str().to_owned());
    said.or_else(of_name)
        .or_else(|| sniffed.map(str::to_owned))
        .unwrap_or_else(|| "application/octet-stream".to_owned())
}

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    match command {
        Command::Add(add) => self::add(writer, *add, context)?,
        Command::Remove(Remove { owner, project_id, names }) => {
            for name in names {
                let found = writer.attachment(owner, &name)?;
                if found.is_some_and(|found| project_id.is_none_or(|id| id == found.project_id)) {
                    writer.append(Event::Removed { owner, name }.into(), context)?;
                }
            }
        }
        Command::Forget(hashes) => {
            for hash in hashes {
                if writer.is_content_unused(hash)? {
                    writer.append(Event::ContentErased { hash }.into(), context)?;
                }
            }
        }
    }
    Ok(None)
}

/// Appends an event of a trace or span; files that stood in its bodies become attachments, and those that stood in
/// bodies which it replaces go.
pub(crate) fn append(writer: &mut Writer, event: AnyEvent, context: &Context) -> Result<(), Error> {
    let (owner, files) = match &event {
        AnyEvent::Traces(event) => (Owner::Trace(event.id()), event.files()),
        AnyEvent::Spans(event) => (Owner::Span(event.id()), event.files()),
        _ => return writer.append(event, context).map(|_| ()),
    };
    let at = writer.append(event, context)?;
    let before = writer.embedded_attachments(owner)?;
    if files.is_empty() && before.is_empty() {
        return Ok(());
    }
    let Some(standing) = writer.standing(owner)? else { return Ok(()) };
    for attachment in before {
        if let Origin::Embedded { place, body } = attachment.origin
            && standing.at(place) != Some(body)
        {
            writer.append(Event::Removed { owner, name: attachment.name }.into(), context)?;
        }
    }
    for file in files.iter().filter(|file| standing.at(file.place) == Some(at)) {
        let added = Added::embedded(file, owner, standing.project_id, at);
        writer.append(Event::Added(Box::new(added)).into(), context)?;
    }
    Ok(())
}

fn add(writer: &mut Writer, add: Add, context: &mut Context) -> Result<(), Refused> {
    let known = match add.owner {
        Owner::Trace(id) => writer.trace(id)?.map(|state| state.project_id),
        Owner::Span(id) => writer.span(id)?.map(|state| state.project_id),
    };
    let project_id = if let Some(id) = known {
        id
    } else {
        let mut projects = Projects::resolve(writer, [&add.project].into_iter(), context)?;
        projects.append(writer, context)?;
        projects.id(&add.project)
    };
    let Add { owner, name, mime_type, content, .. } = add;
    let added = Added { owner, project_id, name, mime_type, content, origin: Origin::Sent };
    writer.append(Event::Added(Box::new(added)).into(), context)?;
    Ok(())
}

/// Whether contents may have lost their last attachment by a command.
pub(crate) const fn may_free_contents(command: &command::Command) -> bool {
    use command::Command as All;
    matches!(command, All::Attachments(_) | All::Projects(_) | All::DeleteTraces(_) | All::DeleteSpans(_))
}

/// Erases the bytes of contents that no attachment has any more. What cannot be erased now is tried again later.
pub(crate) async fn erase_unused(address: &WorkspaceAddress) {
    // Somebody takes contents along, used or not by now.
    let Ok(_keeping) = address.open.keeping.try_read() else { return };
    loop {
        match erase_some(address).await {
            // Those that share a claim with others take another turn.
            Ok(erased) if erased > 0 => {}
            Ok(_) => break,
            Err(failure) => {
                tracing::warn!(%failure, "contents that nobody uses any more cannot be erased yet");
                break;
            }
        }
    }
}

async fn erase_some(address: &WorkspaceAddress) -> Result<usize, Failure> {
    let unused = read(&address.open, |reader| reader.unused_contents(ERASED_CONTENTS_MAX)).await?;
    if unused.is_empty() {
        return Ok(0);
    }
    let (mut claims, mut erased) = (Vec::new(), Vec::new());
    for hash in unused {
        // Somebody keeps it, or one beside it, right now.
        let Some(claim) = address.open.contents.claim(hash) else { continue };
        // It may have been used again before it was claimed.
        if read(&address.open, move |reader| reader.is_content_used(hash)).await? {
            continue;
        }
        address.open.contents.erase(hash).await?;
        claims.push(claim);
        erased.push(hash);
    }
    let count = erased.len();
    if count > 0 {
        submit(address, Command::Forget(erased).into(), Arc::from(SERVER)).await?;
    }
    drop(claims);
    Ok(count)
}

/// Removes what a process that was killed left: files half received, and contents that no attachment ever had.
pub(crate) async fn clean(open: &Arc<Open>) -> Result<(), Failure> {
    let contents = Arc::clone(&open.contents);
    let marked = read(open, move |_| contents.leftovers()).await?;
    for hash in marked {
        if !read(open, move |reader| reader.is_content_used(hash)).await? {
            open.contents.erase(hash).await?;
        }
    }
    let contents = Arc::clone(&open.contents);
    read(open, move |_| contents.forget_leftovers()).await
}

/// Reads rows without the workspace counting as used.
async fn read<T: Send + 'static>(
    open: &Arc<Open>,
    work: impl FnOnce(&Reader) -> Result<T, Error> + Send + 'static,
) -> Result<T, Failure> {
    let open = Arc::clone(open);
    let done = tokio::task::spawn_blocking(move || work(&Reader::rows_only(&open.store)?)).await;
    Ok(done.map_err(|_| Failure::Fault(clock::request_id()))??)
}
