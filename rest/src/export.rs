//! What is taken away of a workspace, piece by piece: `cairn export` reads it from the data folder, or, as frames, from
//! the server that holds the folder. Which files the pieces become is not decided here.

pub mod frames;

use std::collections::HashSet;
use std::io::Write;

use axum::body::Body;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;
use cairn_actors::failure::Failure;
use cairn_core::access::AuditRead;
use cairn_core::attachments::ContentHash;
use cairn_core::query::Query;
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::bundle::{Line, Positions};
use cairn_storage::reader::Reader;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::bundle::Entity;
use crate::error::Answer;
use crate::export::frames::Frames;
use crate::extract::{self, Granted};
use crate::routes::Server;

const CHUNKS_WAITING_MAX: usize = 2;

/// What somebody wants to take away.
pub struct Asked {
    entities: Vec<(Entity, Query)>,
    /// Everything is wanted, and with it the whole log.
    whole: bool,
    /// The events that made the rows, and the bytes of attachments, so that they can be taken in elsewhere.
    events: bool,
}

/// Where pieces go. Rows are those of the entity that came last, bytes those of the content that came last.
pub trait Pieces: Write {
    type Failure: From<Failure> + From<std::io::Error>;

    fn entity(&mut self, entity: Entity) -> Result<(), Self::Failure>;
    /// A line of JSON.
    fn row(&mut self, row: &str) -> Result<(), Self::Failure>;
    /// A line of JSON that can be taken in again.
    fn event(&mut self, line: &str) -> Result<(), Self::Failure>;
    /// A file, whose bytes are written next.
    fn content(&mut self, hash: ContentHash) -> Result<(), Self::Failure>;
}

impl Asked {
    /// Without names, all there is.
    pub fn new<'a>(
        names: impl Iterator<Item = &'a str>,
        filter: &str,
        events: bool,
        now: Timestamp,
    ) -> Result<Self, Rejection> {
        let mut entities = Vec::new();
        for name in names {
            let unknown = || {
                Rejection::malformed(format!("`{name}` is no entity"))
                    .hint("`cairn export --help` lists them")
            };
            entities.push(Entity::parse(name).ok_or_else(unknown)?);
        }
        let whole = entities.is_empty();
        if whole {
            entities = Entity::ALL.to_vec();
        }
        let filtered = entities.into_iter().map(|entity| Ok((entity, entity.filter(filter, now)?)));
        Ok(Self { entities: filtered.collect::<Result<_, Rejection>>()?, whole, events })
    }

    /// Gives out everything as it is in one moment.
    pub fn read<P: Pieces>(&self, reader: &Reader, pieces: &mut P) -> Result<(), P::Failure> {
        let mut positions = Positions::default();
        for (entity, filter) in &self.entities {
            pieces.entity(*entity)?;
            entity.each(reader, filter, &mut positions, &mut |row: &str| pieces.row(row))?;
        }
        if !self.events {
            return Ok(());
        }
        if self.whole {
            positions = reader.all_positions();
        } else {
            for view in reader.projects().map_err(Failure::from)? {
                reader.positions_of(view.project.id.uuid(), &mut positions).map_err(Failure::from)?;
            }
        }
        reader.leave_what_was_undone(&mut positions).map_err(Failure::from)?;
        let mut given = HashSet::new();
        for at in positions.iter() {
            let record = reader.record(at).map_err(Failure::from)?;
            let Some(line) = record.as_ref().and_then(Line::of) else { continue };
            if let Some(content) = line.content() {
                // What no attachment has any more may be gone, and is not missed.
                let used = reader.is_content_used(content.hash).map_err(Failure::from)?;
                if used && given.insert(content.hash) {
                    pieces.content(content.hash)?;
                    reader.copy_content(content.hash, pieces).map_err(Failure::from)?;
                }
            }
            pieces.event(&serde_json::to_string(&line).map_err(std::io::Error::from)?)?;
        }
        Ok(())
    }
}

#[derive(Deserialize)]
pub(crate) struct ExportQuery {
    /// Parted by commas.
    #[serde(default)]
    entities: String,
    #[serde(default)]
    filter: String,
    #[serde(default)]
    events: bool,
}

pub(crate) async fn stream(
    State(server): State<Server>,
    Granted(grant): Granted<AuditRead>,
    extract::Query(query): extract::Query<ExportQuery>,
) -> Answer {
    let names = query.entities.split(',').filter(|name| !name.is_empty());
    let asked = Asked::new(names, &query.filter, query.events, server.handles.now())?;
    let (chunks, waiting) = mpsc::channel::<Result<Bytes, std::io::Error>>(CHUNKS_WAITING_MAX);
    tokio::spawn(async move {
        let broken = chunks.clone();
        let read = server.handles.read_at_length(&grant, move |reader| {
            let mut frames = Frames::new(chunks);
            asked.read(reader, &mut frames)?;
            frames.end()
        });
        if let Err(failure) = read.await {
            // The client sees a broken connection, not an export that seems to end here. It may have gone itself.
            let _ = broken.send(Err(std::io::Error::other(failure.to_string()))).await;
        }
    });
    let body = Body::from_stream(ReceiverStream::new(waiting));
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], body).into_response())
}
