//! One request's way to the workspace: who asks, and the handles that take a grant of what they may do.
//! It is the loader of everything that is read in batches, too; each row brings its own keys.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::dataloader::DataLoader;
use cairn_actors::failure::Failure;
use cairn_actors::handles::{Handles, Head};
use cairn_core::access::{Grant, Needs, Permission, PriceWrite, Principal, WorkspaceRead};
use cairn_core::command::{Command, Outcome};
use cairn_core::history::things::Kind;
use cairn_core::ids::{Position, WorkspaceId};
use cairn_core::prices::repricing::Scope;
use cairn_core::rejection::Rejection;
use cairn_core::search::Searched;
use cairn_core::time::Timestamp;
use cairn_storage::reader::Reader;

use crate::error::{Problem, Result};
use crate::moment::Moments;

#[derive(Clone)]
pub(crate) struct Session {
    handles: Handles,
    principal: Principal,
    /// The earlier moment that is asked about.
    moment: Option<(Position, Timestamp)>,
    /// The newest position when the request came, if the workspace could tell.
    arrival: Option<Position>,
    /// How often the workspace was read: what batching is about.
    #[cfg(test)]
    pub(crate) reads: Arc<std::sync::atomic::AtomicUsize>,
}

/// The session of one request, which knows when it came.
pub(crate) struct Arrived(Session);

impl Arrived {
    pub(crate) fn loader(self) -> DataLoader<Session> {
        self.0.loader()
    }
}

impl Session {
    pub(crate) fn new(handles: Handles, principal: Principal) -> Self {
        Self {
            handles,
            principal,
            moment: None,
            arrival: None,
            #[cfg(test)]
            reads: Arc::default(),
        }
    }

    /// Lets a caller into a workspace, by name.
    pub(crate) fn open(handles: &Handles, workspace: &str) -> std::result::Result<Self, Rejection> {
        let principal = handles.open_principal(workspace)?;
        Ok(Self::new(handles.clone(), principal))
    }

    /// The same caller, who looks at an earlier moment.
    pub(crate) fn as_of(&self, at: Position, time: Timestamp) -> Self {
        Self { moment: Some((at, time)), ..self.clone() }
    }

    pub(crate) const fn is_past(&self) -> bool {
        self.moment.is_some()
    }

    /// The same caller with a request that comes now.
    pub(crate) async fn arriving(&self) -> Arrived {
        let arrival = match self.principal.awaited() {
            Some(awaited) => Some(awaited),
            None => self.newest().await,
        };
        Arrived(Self { arrival, ..self.clone() })
    }

    /// The same caller, who knows of the log up to a position.
    pub(crate) async fn knowing(self, known: Position) -> Self {
        Self { principal: self.handles.knowing(self.principal, known).await, ..self }
    }

    /// The newest position of the log, if the workspace can tell.
    pub(crate) async fn newest(&self) -> Option<Position> {
        let grant = self.grant::<WorkspaceRead>().ok()?;
        self.handles.position(&grant).await.ok()
    }

    /// From where to follow what the request reads: no later than any of its reads, which go on side by side.
    pub(crate) const fn arrival(&self) -> Option<Position> {
        match self.moment {
            Some((at, _)) => Some(at),
            None => self.arrival,
        }
    }

    /// What resolvers of this request share.
    pub(crate) fn loader(self) -> DataLoader<Self> {
        DataLoader::new(self, tokio::spawn)
    }

    pub(crate) async fn read<P, T>(
        &self,
        work: impl FnOnce(&Reader) -> std::result::Result<T, Failure> + Send + 'static,
    ) -> std::result::Result<T, Failure>
    where
        P: Permission,
        T: Send + 'static,
    {
        let grant = self.principal.grant::<P>()?;
        #[cfg(test)]
        self.reads.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        match self.moment {
            Some((at, _)) => self.handles.read_as_of(&grant, at, work).await,
            None => self.handles.read(&grant, work).await,
        }
    }

    pub(crate) async fn execute<C>(&self, command: C) -> std::result::Result<Outcome, Failure>
    where
        C: Needs + Into<Command>,
    {
        let grant = self.principal.grant::<C::Permission>()?;
        self.handles.execute(&grant, command).await
    }

    /// Begins to price spans anew.
    pub(crate) async fn reprice(&self, scope: Scope) -> std::result::Result<Outcome, Failure> {
        let grant = self.principal.grant::<PriceWrite>()?;
        self.handles.reprice(&grant, scope).await
    }

    pub(crate) async fn head<P: Permission>(&self) -> std::result::Result<Head, Failure> {
        let grant = self.principal.grant::<P>()?;
        self.handles.head(&grant).await
    }

    /// For what is neither a plain read nor a plain command.
    pub(crate) const fn handles(&self) -> &Handles {
        &self.handles
    }

    pub(crate) fn grant<P: Permission>(&self) -> std::result::Result<Grant<P>, Rejection> {
        self.principal.grant()
    }

    /// Who asks.
    pub(crate) fn person(&self) -> &str {
        self.principal.name()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.moment.map_or_else(|| self.handles.now(), |(_, time)| time)
    }

    pub(crate) fn may<P: Permission>(&self) -> bool {
        self.principal.grant::<P>().is_ok()
    }

    /// Refuses to search for what the caller may not see.
    pub(crate) fn may_search(&self, kind: Searched) -> std::result::Result<(), Rejection> {
        kind.check(&self.principal)
    }

    /// Refuses to tell of things that the caller may not see.
    pub(crate) fn may_know(&self, kind: Kind) -> std::result::Result<(), Rejection> {
        kind.check(&self.principal)
    }

    pub(crate) fn workspace(&self) -> WorkspaceId {
        self.principal.workspace()
    }

    pub(crate) fn workspace_name(&self) -> Option<Arc<str>> {
        self.handles.workspace_name(self.workspace())
    }
}

pub(crate) fn loader<'a>(context: &'a Context<'_>) -> Result<&'a DataLoader<Session>> {
    if let Some(past) = Moments::around(context) {
        return Ok(past);
    }
    context.data_opt().ok_or_else(|| Problem::new("UNAUTHENTICATED", "the request belongs to no workspace"))
}

pub(crate) fn session<'a>(context: &'a Context<'_>) -> Result<&'a Session> {
    loader(context).map(DataLoader::loader)
}
