//! What faces hold: the way for commands in, and for reads. Each asks for a grant of the permission that it needs.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cairn_core::access::{AuditRead, BackupRead, Grant, Needs, Permission, Principal};
use cairn_core::command::{Command, Outcome};
use cairn_core::ids::{Position, WorkspaceId};
use cairn_core::limits::{
    AS_OF_READS_CONCURRENT_MAX, EXPORTS_CONCURRENT_MAX, HEAL_SECONDS, JOB_SWEEP_SECONDS,
    READS_CONCURRENT_MAX, UPLOADS_CONCURRENT_MAX,
};
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_core::workspaces::DEFAULT_ID;
use cairn_storage::attachments::contents::Home;
use cairn_storage::error::Error;
use cairn_storage::history::checkpoints::{self, Signed};
use cairn_storage::log::Log;
use cairn_storage::reader::Reader;
use tokio::sync::{Semaphore, watch};
use tracing::{Instrument, debug_span};
use uuid::Uuid;

use crate::attachments::{self, embedded};
use crate::clock;
use crate::failure::Failure;
use crate::health::WorkspaceHealth;
use crate::meter::Meter;
use crate::registry::Registry;
use crate::runtime::WorkspaceAddress;
use crate::traced::within;
use crate::workspace::{Follower, folder};
use crate::workspaces::forking;

const ARBITERS: usize = 2;
/// What the system's own log is called where workspaces have names.
const SYSTEM: &str = "system";
const ROUND: Duration = Duration::from_secs(30);
const HEAL: Duration = Duration::from_secs(HEAL_SECONDS);
const JOB_SWEEP: Duration = Duration::from_secs(JOB_SWEEP_SECONDS);

/// Cheap to clone; all clones reach the same server.
#[derive(Clone)]
pub struct Handles {
    pub(crate) registry: Arc<Registry>,
    meter: Arc<Meter>,
    reads: Arc<Semaphore>,
    reads_of_pasts: Arc<Semaphore>,
    reads_at_length: Arc<Semaphore>,
    pub(crate) uploads: Arc<Semaphore>,
    ending: Arc<watch::Sender<bool>>,
}

/// Follows the newest durable position, and keeps the workspace open meanwhile.
pub struct Head {
    positions: watch::Receiver<Position>,
    closed: watch::Receiver<bool>,
    steps: watch::Receiver<u64>,
    ending: watch::Receiver<bool>,
    _follower: Follower,
}

/// Which log is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    System,
    Workspace,
}

impl Handles {
    /// Opens the data folder. Must be called within a tokio runtime.
    pub fn start(data: &Path, home: Home) -> Result<Self, Error> {
        let registry = Arc::new(Registry::start(data, home, ARBITERS)?);
        let weak = Arc::downgrade(&registry);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(ROUND).await;
                let Some(registry) = weak.upgrade() else { break };
                for workspace in registry.all_open() {
                    attachments::erase_unused(&workspace).await;
                }
                registry.close_idle().await;
            }
        });
        let weak = Arc::downgrade(&registry);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(JOB_SWEEP).await;
                let Some(registry) = weak.upgrade() else { break };
                registry.sweep_jobs().await;
            }
        });
        let weak = Arc::downgrade(&registry);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(HEAL).await;
                let Some(registry) = weak.upgrade() else { break };
                registry.heal().await;
            }
        });
        tokio::spawn(forking::sweep_contents(
            registry.data().to_owned(),
            registry.home().clone(),
            forking::leftovers(data)?,
        ));
        tokio::spawn(crate::threads::watch(Arc::downgrade(&registry)));
        tokio::spawn(crate::retention::watch(Arc::downgrade(&registry)));
        let turns = |count| Arc::new(Semaphore::new(count));
        Ok(Self {
            registry,
            meter: Arc::default(),
            reads: turns(READS_CONCURRENT_MAX),
            reads_of_pasts: turns(AS_OF_READS_CONCURRENT_MAX),
            reads_at_length: turns(EXPORTS_CONCURRENT_MAX),
            uploads: turns(UPLOADS_CONCURRENT_MAX),
            ending: Arc::new(watch::Sender::new(false)),
        })
    }

    /// Opens the default workspace before the first request asks for it, and goes on with what was under way.
    pub async fn warm_up(&self) -> Result<(), Failure> {
        self.registry.workspace(DEFAULT_ID).await?;
        self.resume_repricings().await?;
        self.resume_erasures().await
    }

    /// The principal of a request in open mode. An unknown workspace is refused.
    pub fn open_principal(&self, workspace: &str) -> Result<Principal, Rejection> {
        let id = self.registry.by_name(workspace);
        id.map(Principal::open).ok_or_else(|| Rejection::not_found("Workspace not found"))
    }

    pub fn workspaces(&self) -> Vec<WorkspaceId> {
        self.registry.ids()
    }

    pub fn workspace_name(&self, id: WorkspaceId) -> Option<Arc<str>> {
        self.registry.name(id)
    }

    /// What stops the server from writing, if anything does.
    pub fn faults(&self) -> Vec<String> {
        self.registry.faults()
    }

    /// How the open workspaces are doing. Looks at the disk.
    pub fn health(&self) -> Result<Vec<WorkspaceHealth>, Failure> {
        Ok(self.registry.health()?)
    }

    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    pub fn now(&self) -> Timestamp {
        clock::now()
    }

    /// An id for what several commands do together.
    pub fn fresh_id<P: Permission>(&self, grant: &Grant<P>) -> Uuid {
        clock::context(Arc::clone(grant.principal().name())).fresh_id()
    }

    /// Carries a command out; the answer comes when its effect is durable.
    ///
    /// The command names the permission that it needs. A grant of another one is a grant of nothing:
    ///
    /// ```compile_fail,E0308
    /// use cairn_core::{access, traces};
    /// async fn delete(handles: cairn_actors::handles::Handles, grant: access::Grant<access::TraceRead>) {
    ///     let _ = handles.execute(&grant, traces::Delete { ids: Vec::new() }).await;
    /// }
    /// ```
    pub async fn execute<C>(&self, grant: &Grant<C::Permission>, command: C) -> Result<Outcome, Failure>
    where
        C: Needs + Into<Command>,
    {
        let begun = Instant::now();
        let span = within(|| debug_span!("write"));
        let ended = self.commit(grant, command.into()).instrument(span).await;
        self.meter.saw(&self.registry.metered_name(grant.workspace()), begun.elapsed(), &ended);
        ended
    }

    async fn commit<P: Permission>(
        &self,
        grant: &Grant<P>,
        mut command: Command,
    ) -> Result<Outcome, Failure> {
        command.check()?;
        let address = self.registry.workspace(grant.workspace()).await?;
        let frees = attachments::may_free_contents(&command);
        let principal = Arc::clone(grant.principal().name());
        if embedded::may_hold_files(&mut command) {
            return self.named(grant, embedded::execute(&self.uploads, address, command, principal).await);
        }
        let outcome = self.named(grant, submit(&address, command, principal).await)?;
        if frees {
            tokio::spawn(async move { attachments::erase_unused(&address).await });
        }
        Ok(outcome)
    }

    /// Reads as of now, on a thread where waiting for the disk hurts nobody.
    pub async fn read<P, T>(
        &self,
        grant: &Grant<P>,
        work: impl FnOnce(&Reader) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure>
    where
        P: Permission,
        T: Send + 'static,
    {
        self.read_in(&self.reads, grant, work).await
    }

    /// As `read`, for work that lasts as long as somebody listens: it keeps no other read from its turn.
    pub async fn read_at_length<P, T>(
        &self,
        grant: &Grant<P>,
        work: impl FnOnce(&Reader) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure>
    where
        P: Permission,
        T: Send + 'static,
    {
        self.read_in(&self.reads_at_length, grant, work).await
    }

    async fn read_in<P, T>(
        &self,
        turns: &Arc<Semaphore>,
        grant: &Grant<P>,
        work: impl FnOnce(&Reader) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure>
    where
        P: Permission,
        T: Send + 'static,
    {
        let address = self.registry.workspace(grant.workspace()).await?;
        let awaited = grant.principal().awaited();
        let read = in_turn(turns, move || {
            let reader = address.open.reader()?;
            work(&match awaited {
                Some(awaited) => reader.awaiting(awaited),
                None => reader,
            })
        })
        .await;
        self.named(grant, read)
    }

    /// As `read`, as of an earlier position.
    pub async fn read_as_of<P, T>(
        &self,
        grant: &Grant<P>,
        at: Position,
        work: impl FnOnce(&Reader) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure>
    where
        P: Permission,
        T: Send + 'static,
    {
        let address = self.registry.workspace(grant.workspace()).await?;
        let read = in_turn(&self.reads_of_pasts, move || {
            address.open.touch();
            address.open.pasts.read(&address.open.store, at, work)
        })
        .await;
        self.named(grant, read)
    }

    /// Says in which workspace a damage was found.
    fn named<P: Permission, T>(&self, grant: &Grant<P>, read: Result<T, Failure>) -> Result<T, Failure> {
        read.map_err(|failure| failure.within(self.workspace_name(grant.workspace()).as_deref()))
    }

    /// Reads a log up to where it is now: that of the workspace, or the system's own, which tells of all workspaces.
    pub async fn read_log<T: Send + 'static>(
        &self,
        grant: &Grant<BackupRead>,
        which: Which,
        work: impl FnOnce(&Log, Position) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Failure> {
        let open = match which {
            Which::Workspace => Some(Arc::clone(&self.registry.workspace(grant.workspace()).await?.open)),
            Which::System => None,
        };
        let system = Arc::clone(self.registry.system_store());
        let read = in_turn(&self.reads, move || {
            let store = open.as_ref().map_or(&system, |open| &open.store);
            Ok(work(store.log(), store.signals().head())?)
        })
        .await;
        match which {
            Which::Workspace => self.named(grant, read),
            Which::System => read.map_err(|failure| failure.within(Some(SYSTEM))),
        }
    }

    /// The newest signature under the log of a workspace.
    pub async fn checkpoint(&self, grant: &Grant<AuditRead>) -> Result<Option<Signed>, Failure> {
        let folder = folder(self.registry.data(), grant.workspace());
        let key = self.registry.signer().public_key();
        let read = in_turn(&self.reads, move || Ok(checkpoints::newest(&folder, key)?)).await;
        self.named(grant, read)
    }

    pub async fn head<P: Permission>(&self, grant: &Grant<P>) -> Result<Head, Failure> {
        let address = self.registry.workspace(grant.workspace()).await?;
        let signals = address.open.store.signals();
        let (positions, closed) = (signals.watch_head(), signals.watch_closed());
        let (steps, ending) = (signals.watch_steps(), self.ending.subscribe());
        Ok(Head { positions, closed, steps, ending, _follower: address.open.follow() })
    }

    /// The newest durable position, which every later read knows of.
    pub async fn position<P: Permission>(&self, grant: &Grant<P>) -> Result<Position, Failure> {
        let address = self.registry.workspace(grant.workspace()).await?;
        Ok(*address.open.store.signals().watch_head().borrow())
    }

    /// The same caller, who knows of the log up to a position: see `Signals::awaited`.
    pub async fn knowing(&self, principal: Principal, known: Position) -> Principal {
        match self.registry.workspace(principal.workspace()).await {
            Ok(address) => principal.awaiting(address.open.store.signals().awaited(known)),
            // What is asked next says what is wrong.
            Err(_) => principal,
        }
    }

    pub(crate) async fn address<P: Permission>(
        &self,
        grant: &Grant<P>,
    ) -> Result<Arc<WorkspaceAddress>, Failure> {
        self.registry.workspace(grant.workspace()).await
    }

    /// Becomes true when the server ends.
    pub(crate) fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }

    /// Ends what would otherwise go on for ever: subscriptions, polls and followers of the log.
    pub fn end_streams(&self) {
        self.ending.send_replace(true);
    }

    pub(crate) fn is_ending(&self) -> bool {
        *self.ending.borrow()
    }

    /// Writes out everything accepted and closes. Other clones must be gone.
    pub async fn stop(self) {
        match Arc::try_unwrap(self.registry) {
            Ok(registry) => registry.stop().await,
            Err(registry) => registry.close_all().await,
        }
    }
}

/// Works on a thread that may wait for the disk, once it is one's turn.
async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    // Shows the wait for a turn, too.
    let span = within(|| debug_span!("read"));
    let closed = |_| Failure::Fault(clock::request_id());
    let permit = Arc::clone(turns).acquire_owned().await.map_err(closed)?;
    let done = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        span.in_scope(work)
    });
    done.await.map_err(|_| Failure::Fault(clock::request_id()))?
}

/// Carries out a command that nobody needs to be allowed any more.
pub(crate) async fn submit(
    address: &WorkspaceAddress,
    command: Command,
    principal: Arc<str>,
) -> Result<Outcome, Failure> {
    let answer = address.execute(command, clock::context(principal))?;
    answer.await.map_err(|_| Failure::Fault(clock::request_id()))?
}

impl Head {
    pub fn position(&self) -> Position {
        *self.positions.borrow()
    }

    /// Waits until the head is beyond a position; `None` when the server ends, or the workspace is opened anew.
    pub async fn beyond(&mut self, position: Position) -> Option<Position> {
        tokio::select! {
            _ = self.ending.wait_for(|ending| *ending) => None,
            _ = self.closed.wait_for(|closed| *closed) => None,
            head = self.positions.wait_for(|head| *head > position) => head.ok().map(|head| *head),
        }
    }

    /// Waits for a step in which something is made anew of the log; `None` as with `beyond`.
    pub async fn step(&mut self) -> Option<()> {
        tokio::select! {
            _ = self.ending.wait_for(|ending| *ending) => None,
            _ = self.closed.wait_for(|closed| *closed) => None,
            step = self.steps.changed() => step.ok(),
        }
    }
}

#[cfg(test)]
impl Handles {
    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }
}
