//! What is made of the log, and how far it has come: which version serves, and what is made to take its place.

use async_graphql::{Context, Enum, Object, SimpleObject, Subscription};
use cairn_actors::failure::Failure;
use cairn_core::access::WorkspaceRead;
use cairn_storage::signals;
use futures_util::Stream;
use futures_util::stream::unfold;

use crate::error::{Problem, Result};
use crate::scalars::Position;
use crate::session::{Session, session};

/// Something that is made of the log, and can be made anew.
#[derive(SimpleObject)]
pub(crate) struct Projection {
    /// `rows`, `columns` (lists, filters, figures) or `text` (searches).
    name: &'static str,
    state: ProjectionState,
    /// The version that answers.
    version: u32,
    /// How far it has followed the log.
    position: Position,
    /// The newest position of the log.
    head: Position,
    /// What is made anew beside it and takes its place once it has caught up.
    next: Option<NextProjection>,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ProjectionState {
    /// It has seen the whole log.
    Current,
    /// It takes in what is new.
    Following,
    /// It answers while another one is made.
    Rebuilding,
}

#[derive(SimpleObject)]
pub(crate) struct NextProjection {
    version: u32,
    position: Position,
    /// The part of the log that it has seen, from 0 to 1.
    share: f64,
}

impl Projection {
    fn of(found: signals::Projection, head: cairn_core::ids::Position) -> Self {
        let signals::Projection { name, version, reached } = found;
        let next = version.next.map(|next| NextProjection {
            version: next.version,
            position: Position(next.reached),
            share: share(next.reached, head),
        });
        let state = match next {
            Some(_) => ProjectionState::Rebuilding,
            None if reached < head => ProjectionState::Following,
            None => ProjectionState::Current,
        };
        let (position, head) = (Position(reached), Position(head));
        Self { name, state, version: version.number, position, head, next }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share that people look at")]
pub(crate) fn share(reached: cairn_core::ids::Position, of: cairn_core::ids::Position) -> f64 {
    if of.0 == 0 { 1.0 } else { (reached.0 as f64 / of.0 as f64).min(1.0) }
}

#[derive(Default)]
pub(crate) struct ProjectionQueries;

#[Object]
impl ProjectionQueries {
    /// What is made of the log of the workspace, and how far each has come.
    async fn projections(&self, context: &Context<'_>) -> Result<Vec<Projection>> {
        Ok(told(session(context)?).await?)
    }
}

#[derive(Default)]
pub(crate) struct ProjectionSubscriptions;

#[Subscription]
impl ProjectionSubscriptions {
    /// What is made of the log as it is now, and again after each step in which one of them is made anew.
    async fn projections(
        &self,
        context: &Context<'_>,
    ) -> Result<impl Stream<Item = Result<Vec<Projection>>>> {
        let session = session(context)?.clone();
        let head = session.head::<WorkspaceRead>().await?;
        Ok(unfold((session, head, false), |(session, mut head, is_told)| async move {
            if is_told {
                head.step().await?;
            }
            let told = told(&session).await.map_err(Problem::from);
            Some((told, (session, head, true)))
        }))
    }
}

async fn told(session: &Session) -> std::result::Result<Vec<Projection>, Failure> {
    let read = session.read::<WorkspaceRead, _>(|reader| Ok((reader.projections(), reader.position())));
    let (found, head) = read.await?;
    Ok(found.into_iter().map(|projection| Projection::of(projection, head)).collect())
}
