//! Comments on traces, spans and threads.

use async_graphql::{Context, ID, Object, SimpleObject};
use cairn_core::access::{CommentModerate, TraceRead};
use cairn_core::comments::{self, Add, Command, Delete, Moderate};
use cairn_core::feedback::Target;
use cairn_core::ids::{CommentId, SpanId, ThreadId, TraceId};

use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::session;
use crate::spans::{Span, span};
use crate::threads::{Thread, thread};
use crate::traces::{Trace, trace};

#[derive(SimpleObject)]
pub(crate) struct Comment {
    id: ID,
    text: String,
    created_at: Timestamp,
    created_by: String,
    last_updated_at: Timestamp,
    last_updated_by: String,
}

/// Oldest first.
pub(crate) fn shown(comments: &[comments::Comment]) -> Vec<Comment> {
    comments.iter().map(Comment::from).collect()
}

impl From<&comments::Comment> for Comment {
    fn from(comment: &comments::Comment) -> Self {
        Self {
            id: comment.id.into(),
            text: comment.text.clone(),
            created_at: Timestamp(comment.created_at),
            created_by: comment.created_by.clone(),
            last_updated_at: Timestamp(comment.last_updated_at),
            last_updated_by: comment.last_updated_by.clone(),
        }
    }
}

#[derive(Default)]
pub(crate) struct CommentMutations;

#[Object]
impl CommentMutations {
    async fn comment_on_trace(&self, context: &Context<'_>, id: ID, text: String) -> Result<Trace> {
        let id = TraceId::known(uuid(&id)?);
        add(context, Target::Trace(id), text).await?;
        trace(context, id).await
    }

    async fn comment_on_span(&self, context: &Context<'_>, id: ID, text: String) -> Result<Span> {
        let id = SpanId::known(uuid(&id)?);
        add(context, Target::Span(id), text).await?;
        span(context, id).await
    }

    async fn comment_on_thread(&self, context: &Context<'_>, id: ID, text: String) -> Result<Thread> {
        let id = ThreadId::known(uuid(&id)?);
        add(context, Target::Thread(id), text).await?;
        thread(context, id).await
    }

    /// Only the author may.
    async fn edit_comment(&self, context: &Context<'_>, id: ID, text: String) -> Result<Comment> {
        let (session, id) = (session(context)?, CommentId::known(uuid(&id)?));
        session.execute(Command::Edit { kind: None, id, text }).await?;
        let placed = session.read::<TraceRead, _>(move |reader| Ok(reader.comment(id)?)).await?;
        let placed = placed.ok_or_else(|| Problem::not_found("the comment was deleted since"))?;
        Ok(Comment::from(&placed.comment))
    }

    /// One's own, or anybody's for a moderator. Ids that are unknown are skipped.
    async fn delete_comments(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        let ids = ids.iter().map(|id| uuid(id).map(CommentId::known)).collect::<Result<_>>()?;
        let (session, delete) = (session(context)?, Delete { kind: None, ids });
        if session.may::<CommentModerate>() {
            session.execute(Moderate(delete)).await?;
        } else {
            session.execute(Command::Delete(delete)).await?;
        }
        Ok(true)
    }
}

async fn add(context: &Context<'_>, target: Target, text: String) -> Result<()> {
    session(context)?.execute(Command::Add(Add { target, text, queue_id: None })).await?;
    Ok(())
}
