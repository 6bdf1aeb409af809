//! Comments in the log and as rows: all comments on one trace, span or thread are one row.

use bytes::Bytes;
use cairn_core::comments::{Comment, Event, Placed, evolve};
use cairn_core::event::Recorded;
use cairn_core::feedback::Target;
use cairn_core::ids::{CommentId, ProjectId};
use fjall::Keyspace;
use prost::Message;

use crate::error::Error;
use crate::feedback::{StoredTarget, load_target, store_target};
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::reader::Reader;
use crate::rows::{self, uuid};
use crate::slots::Slots;

/// Comments as one commit sees and changes them.
pub(crate) struct Comments {
    by_target: Slots<Vec<Comment>>,
    places: Slots<Target>,
}

impl Comments {
    pub(crate) fn new(rows: &Keyspace) -> Self {
        Self { by_target: Slots::new(rows.clone()), places: Slots::new(rows.clone()) }
    }

    pub(crate) fn on(&mut self, target: Target) -> Result<&[Comment], Error> {
        Ok(self.by_target.get(rows::said::comments(target))?.map_or(&[], Vec::as_slice))
    }

    pub(crate) fn get(&mut self, id: CommentId) -> Result<Option<Placed>, Error> {
        let Some(target) = self.places.get(rows::said::comment_place(id))?.copied() else { return Ok(None) };
        let found = self.on(target)?.iter().find(|comment| comment.id == id);
        Ok(found.map(|comment| Placed { target, comment: comment.clone() }))
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) -> Result<(), Error> {
        let (id, target) = (event.event.id(), event.event.target());
        let row = self.by_target.change(rows::said::comments(target))?;
        evolve(row.get_or_insert_default(), event);
        row.take_if(|comments| comments.is_empty());
        match &event.event {
            Event::Added { .. } => self.places.put(rows::said::comment_place(id), Some(target)),
            Event::Deleted { .. } => self.places.put(rows::said::comment_place(id), None),
            Event::Edited { .. } => {}
        }
        Ok(())
    }

    /// Puts the comments on something as they were made anew in place of those that are there.
    pub(crate) fn replace(&mut self, target: Target, comments: Vec<Comment>) -> Result<(), Error> {
        self.forget(target)?;
        for comment in &comments {
            self.places.put(rows::said::comment_place(comment.id), Some(target));
        }
        self.by_target.put(rows::said::comments(target), (!comments.is_empty()).then_some(comments));
        Ok(())
    }

    /// What the comments were on is gone.
    pub(crate) fn forget(&mut self, target: Target) -> Result<(), Error> {
        let row = self.by_target.change(rows::said::comments(target))?;
        for comment in row.take().unwrap_or_default() {
            self.places.put(rows::said::comment_place(comment.id), None);
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.by_target.flush(batch)?;
        self.places.flush(batch)
    }
}

impl Reader {
    /// Oldest first.
    pub fn comments(&self, target: Target) -> Result<Vec<Comment>, Error> {
        Ok(self.row(rows::said::comments(target))?.unwrap_or_default())
    }

    pub fn comment(&self, id: CommentId) -> Result<Option<Placed>, Error> {
        let Some(target) = self.row::<Target>(rows::said::comment_place(id))? else { return Ok(None) };
        let found = self.comments(target)?.into_iter().find(|comment| comment.id == id);
        Ok(found.map(|comment| Placed { target, comment }))
    }
}

#[derive(Clone, PartialEq, Message)]
struct Added {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(message, required, tag = "2")]
    target: StoredTarget,
    #[prost(bytes = "bytes", tag = "3")]
    project_id: Bytes,
    #[prost(string, tag = "4")]
    text: String,
    #[prost(bytes = "bytes", optional, tag = "5")]
    queue_id: Option<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
struct Edited {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(message, required, tag = "2")]
    target: StoredTarget,
    #[prost(string, tag = "3")]
    text: String,
}

#[derive(Clone, PartialEq, Message)]
struct Deleted {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(message, required, tag = "2")]
    target: StoredTarget,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let id = Bytes::copy_from_slice(event.id().bytes());
    let target = store_target(event.target());
    match event {
        Event::Added { project_id, text, queue_id, .. } => {
            let project_id = Bytes::copy_from_slice(project_id.bytes());
            let queue_id = queue_id.map(|id| Bytes::copy_from_slice(id.as_bytes()));
            let stored = Added { id, target, project_id, text: text.clone(), queue_id };
            (Kind::CommentAdded, stored.encode_to_vec().into())
        }
        Event::Edited { text, .. } => {
            (Kind::CommentEdited, Edited { id, target, text: text.clone() }.encode_to_vec().into())
        }
        Event::Deleted { .. } => (Kind::CommentDeleted, Deleted { id, target }.encode_to_vec().into()),
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    match kind {
        Kind::CommentAdded => {
            let stored = Added::decode(payload).ok()?;
            Some(Event::Added {
                id: CommentId::known(uuid(&stored.id)?),
                target: load_target(&stored.target)?,
                project_id: ProjectId::known(uuid(&stored.project_id)?),
                text: stored.text,
                queue_id: stored.queue_id.as_deref().and_then(uuid),
            })
        }
        Kind::CommentEdited => {
            let stored = Edited::decode(payload).ok()?;
            let id = CommentId::known(uuid(&stored.id)?);
            Some(Event::Edited { id, target: load_target(&stored.target)?, text: stored.text })
        }
        _ => {
            let stored = Deleted::decode(payload).ok()?;
            let id = CommentId::known(uuid(&stored.id)?);
            Some(Event::Deleted { id, target: load_target(&stored.target)? })
        }
    }
}
