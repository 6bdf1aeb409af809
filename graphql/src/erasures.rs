//! Erasing for good, and how far it has come.

use async_graphql::{Context, Enum, ID, Object, OneofObject, SimpleObject};
use cairn_core::access::DataErase;
use cairn_core::erasures::{self, Stage, Subject, UserMark};
use cairn_core::ids::{ErasureId, ProjectId, ThreadId, TraceId};

use crate::connection::{page_cost, page_size};
use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, session};

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ErasureSubject {
    Trace,
    Thread,
    User,
    Project,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Stage")]
pub(crate) enum ErasureStage {
    /// What is to go is looked for; traces are deleted as they are found.
    Looking,
    /// All is marked; payloads, rows and files are rewritten without it.
    Scrubbing,
    /// Nothing of it is in the data folder any more.
    Done,
}

/// Something that is erased for good.
#[derive(SimpleObject)]
pub(crate) struct Erasure {
    id: ID,
    subject: ErasureSubject,
    /// Null for a user, whose id is not kept.
    subject_id: Option<ID>,
    stage: ErasureStage,
    is_done: bool,
    /// Traces found so far.
    traces: u64,
    /// Events whose content goes.
    events: u64,
    begun_at: Timestamp,
    begun_by: String,
    ended_at: Option<Timestamp>,
}

impl From<erasures::Erasure> for Erasure {
    fn from(erasure: erasures::Erasure) -> Self {
        let (subject, subject_id) = match erasure.subject {
            Subject::Trace(id) => (ErasureSubject::Trace, Some(id.into())),
            Subject::Thread(id) => (ErasureSubject::Thread, Some(id.into())),
            Subject::User(_) => (ErasureSubject::User, None),
            Subject::Project(id) => (ErasureSubject::Project, Some(id.into())),
        };
        Self {
            id: erasure.id.into(),
            subject,
            subject_id,
            stage: erasure.stage.into(),
            is_done: erasure.stage == Stage::Done,
            traces: erasure.traces,
            events: erasure.events,
            begun_at: Timestamp(erasure.begun_at),
            begun_by: erasure.begun_by,
            ended_at: erasure.ended_at.map(Timestamp),
        }
    }
}

/// What is erased, with everything that hangs on it: spans, scores, comments, attachments.
#[derive(OneofObject)]
pub(crate) enum ErasureInput {
    Trace(ID),
    /// All traces of the thread, and the thread. By its own id.
    Thread(ID),
    /// All traces whose metadata, or that of one of their spans, ever named this user: as `user_id`, `userId`, `user`
    /// (a text, or an object with `id`), `user.id`, `enduser.id`, `llm.user`, `llm.user_id`, `langfuse.user.id` or
    /// `traceloop.association.properties.user_id`. Upper and lower case are told apart.
    User(String),
    /// All that belongs to the project, and the project itself.
    Project(ID),
}

impl ErasureInput {
    fn subject(self) -> Result<Subject> {
        Ok(match self {
            Self::Trace(id) => Subject::Trace(TraceId::known(uuid(&id)?)),
            Self::Thread(id) => Subject::Thread(ThreadId::known(uuid(&id)?)),
            Self::User(user) => Subject::User(UserMark::of(&user)?),
            Self::Project(id) => Subject::Project(ProjectId::known(uuid(&id)?)),
        })
    }
}

#[derive(Default)]
pub(crate) struct ErasureQueries;

#[Object]
impl ErasureQueries {
    /// Newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn erasures(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        #[graphql(default)] offset: u32,
    ) -> Result<Vec<Erasure>> {
        let first = page_size(first)?;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let session = session(context)?;
        let found = session.read::<DataErase, _>(move |reader| Ok(reader.erasures(offset, first)?)).await?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    async fn erasure(&self, context: &Context<'_>, id: ID) -> Result<Option<Erasure>> {
        let id = ErasureId::known(uuid(&id)?);
        Ok(find(session(context)?, id).await?.map(Into::into))
    }
}

#[derive(Default)]
pub(crate) struct ErasureMutations;

#[Object]
impl ErasureMutations {
    /// Removes something for good, from log, rows, history, indexes and files. Nothing takes this back. It goes on behind the
    /// answer; `erasure` tells how far. To erase what is erased already is harmless. That there were events, of which
    /// kind, when and by whom stays, and the log still verifies. Backups and exports made before keep what they have.
    /// What is written to an erased id once the erasure is done is new: a late update of an erased trace begins a trace
    /// that holds the update and nothing of before.
    async fn erase(&self, context: &Context<'_>, what: ErasureInput) -> Result<Erasure> {
        let session = session(context)?;
        let outcome = session.handles().erase(&session.grant::<DataErase>()?, what.subject()?).await?;
        let id = ErasureId::known(outcome.created.unwrap_or_default());
        let begun = find(session, id).await?;
        begun.map(Into::into).ok_or_else(|| Problem::not_found("erasure not found"))
    }
}

async fn find(session: &Session, id: ErasureId) -> Result<Option<erasures::Erasure>> {
    Ok(session.read::<DataErase, _>(move |reader| Ok(reader.erasure(id)?)).await?)
}
