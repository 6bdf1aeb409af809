//! Which workspaces exist, and which are open: opened when somebody comes, closed when nobody has for a while.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cairn_core::access::SERVER;
use cairn_core::command::Context;
use cairn_core::ids::WorkspaceId;
use cairn_core::limits::{
    HEAL_READERS_SECONDS_MAX, METERED_WORKSPACES_MAX, RENEWAL_PATIENCE_MS, WORKSPACE_IDLE_SECONDS,
};
use cairn_core::time::Timestamp;
use cairn_core::workspaces::{self, DEFAULT_ID, DEFAULT_NAME};
use cairn_storage::attachments::contents::{Contents, Home};
use cairn_storage::erasures::renewal::Renewal;
use cairn_storage::error::Error;
use cairn_storage::history::checkpoints::{Checkpoints, Signer};
use cairn_storage::journal::rewriting::{can_sync, distrust};
use cairn_storage::reader::Reader;
use cairn_storage::store::{Store, takes_writes};
use cairn_storage::workspaces::listed;
use cairn_storage::writer::Writer;
use tokio::sync::{Mutex, watch};

use crate::attachments;
use crate::clock;
use crate::failure::Failure;
use crate::runtime::{Runtime, WorkspaceAddress};
use crate::workspace::{Engine, Open, Seal, folder};
use crate::workspaces::forking;

const LOOK_AGAIN: Duration = Duration::from_millis(10);
const RENEWAL_PATIENCE: Duration = Duration::from_millis(RENEWAL_PATIENCE_MS);

pub(crate) struct Registry {
    data: PathBuf,
    /// Where the contents of attachments are kept.
    home: Home,
    signer: Arc<Signer>,
    runtime: Runtime,
    /// Kept open so that no second server takes the folder.
    system: Arc<Store>,
    /// Held by who writes to the system's own log.
    pub(crate) ledger: Arc<Mutex<Ledger>>,
    names: watch::Sender<workspaces::State>,
    open: RwLock<HashMap<WorkspaceId, Arc<WorkspaceAddress>>>,
    /// Those that could not be opened, and why.
    broken: RwLock<HashMap<WorkspaceId, String>>,
    /// Held while a workspace is opened or closed, so that no two do it at once.
    doors: Mutex<()>,
    /// Held by who erases.
    pub(crate) erasing: Mutex<()>,
}

/// Writes to the system's own log.
pub(crate) struct Ledger {
    writer: Writer,
    seal: Seal,
}

impl Ledger {
    pub(crate) fn append(&mut self, event: workspaces::Event, context: &Context) -> Result<(), Error> {
        self.writer.append(event.into(), context)?;
        self.writer.commit()?;
        self.seal.now(&self.writer);
        Ok(())
    }
}

impl Registry {
    pub(crate) fn start(data: &Path, home: Home, arbiters: usize) -> Result<Self, Error> {
        let runtime = Runtime::start(arbiters)?;
        let system = Arc::new(Store::open(&data.join("system"))?);
        let signer = Arc::new(Signer::open(data, clock::drawn())?);
        let mut writer = Writer::open(Arc::clone(&system))?;
        let mut names = listed(&system)?;
        if names.by_name(DEFAULT_NAME).is_none() {
            let event = workspaces::Event::Created { id: DEFAULT_ID, name: DEFAULT_NAME.to_owned() };
            writer.append(event.into(), &clock::context(Arc::from(SERVER)))?;
            writer.commit()?;
            names = listed(&system)?;
        }
        let checkpoints = Checkpoints::open(&data.join("system"))?;
        let mut seal = Seal { checkpoints, signer: Arc::clone(&signer) };
        seal.now(&writer);
        forking::sweep(data, &home, &names)?;
        let ledger = Arc::new(Mutex::new(Ledger { writer, seal }));
        let (names, open, broken) = (watch::Sender::new(names), RwLock::default(), RwLock::default());
        let (data, doors, erasing) = (data.to_owned(), Mutex::new(()), Mutex::new(()));
        Ok(Self { data, home, signer, runtime, system, ledger, names, open, broken, doors, erasing })
    }

    pub(crate) const fn system_store(&self) -> &Arc<Store> {
        &self.system
    }

    pub(crate) const fn home(&self) -> &Home {
        &self.home
    }

    pub(crate) const fn signer(&self) -> &Arc<Signer> {
        &self.signer
    }

    /// The workspaces as they are now.
    pub(crate) fn names(&self) -> watch::Ref<'_, workspaces::State> {
        self.names.borrow()
    }

    pub(crate) fn watch_names(&self) -> watch::Receiver<workspaces::State> {
        self.names.subscribe()
    }

    /// Takes notice of what the system's own log was told.
    pub(crate) fn refresh_names(&self) -> Result<(), Error> {
        self.names.send_replace(listed(&self.system)?);
        Ok(())
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<WorkspaceId> {
        self.names().by_name(name)
    }

    pub(crate) fn ids(&self) -> Vec<WorkspaceId> {
        self.names().all().map(|(_, id)| id).collect()
    }

    pub(crate) fn name(&self, id: WorkspaceId) -> Option<Arc<str>> {
        self.names().all().find(|(_, known)| *known == id).map(|(name, _)| Arc::clone(name))
    }

    /// The name under which a workspace is counted: so many have one of their own.
    pub(crate) fn metered_name(&self, id: WorkspaceId) -> Arc<str> {
        let names = self.names();
        let mut counted = names.all().take(METERED_WORKSPACES_MAX);
        counted
            .find(|(_, known)| *known == id)
            .map_or_else(|| Arc::from("others"), |(name, _)| Arc::clone(name))
    }

    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn opened(&self) -> Vec<(WorkspaceId, Arc<Open>)> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.iter().map(|(id, address)| (*id, Arc::clone(&address.open))).collect()
    }

    /// The faults of the workspaces that are open, and of the system's own log.
    pub(crate) fn faults(&self) -> Vec<String> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        let stores = open.values().map(|address| &address.open.store).chain([&self.system]);
        let mut faults: Vec<String> =
            stores.filter_map(|store| store.signals().fault().map(str::to_owned)).collect();
        faults.extend(self.broken.read().unwrap_or_else(PoisonError::into_inner).values().cloned());
        faults
    }

    pub(crate) async fn workspace(
        self: &Arc<Self>,
        id: WorkspaceId,
    ) -> Result<Arc<WorkspaceAddress>, Failure> {
        if let Some(address) = self.find(id) {
            return Ok(address);
        }
        // Who asked may go away meanwhile. Half opened, the workspace would be locked for whoever comes next.
        let registry = Arc::clone(self);
        let opening = tokio::spawn(async move { registry.open(id).await });
        opening.await.map_err(|_| Failure::Fault(clock::request_id()))?
    }

    /// Opens a workspace unless it is open. Must be carried through to its end.
    async fn open(&self, id: WorkspaceId) -> Result<Arc<WorkspaceAddress>, Failure> {
        let _door = self.doors.lock().await;
        if let Some(address) = self.find(id) {
            return Ok(address);
        }
        let (dir, home, signer) = (folder(&self.data, id), self.home.clone(), Arc::clone(&self.signer));
        let engine = tokio::task::spawn_blocking(move || {
            let contents = Contents::open(&dir.join("attachments"), &home, id)?;
            Engine::start(&dir, contents, &signer)
        });
        let engine = engine.await.map_err(|_| Failure::Fault(clock::request_id()))?;
        self.note(id, engine.as_ref().err());
        let engine = engine.map_err(|error| Failure::from(error).within(self.name(id).as_deref()))?;
        attachments::clean(&engine.open).await?;
        let hosted = self.runtime.host(id, engine).await;
        let address = Arc::new(hosted.map_err(|_| Failure::Fault(clock::request_id()))?);
        self.open.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::clone(&address));
        Ok(address)
    }

    fn note(&self, id: WorkspaceId, trouble: Option<&Error>) {
        let mut broken = self.broken.write().unwrap_or_else(PoisonError::into_inner);
        match trouble {
            None => broken.remove(&id),
            Some(error) => broken.insert(id, format!("a workspace cannot be opened: {error}")),
        };
    }

    /// The workspaces that are open now.
    pub(crate) fn all_open(&self) -> Vec<Arc<WorkspaceAddress>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn find(&self, id: WorkspaceId) -> Option<Arc<WorkspaceAddress>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(&id).cloned()
    }

    /// Closes the workspaces that nobody uses and nobody has used for long.
    pub(crate) async fn close_idle(&self) {
        let idle_before = clock::now().as_nanos() - Timestamp::from_millis(1_000).as_nanos() * idle_seconds();
        let _door = self.doors.lock().await;
        let waiting = self.with_something_to_come().await;
        let idle: Vec<Arc<WorkspaceAddress>> = {
            // Whoever comes needs this lock: nobody can get hold of a workspace between the look and the removal.
            let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
            open.extract_if(|id, address| is_unused(address, idle_before) && !waiting.contains(id))
                .map(|(_, address)| address)
                .collect()
        };
        for address in idle {
            address.close().await;
        }
        let awake = self.all_open();
        let forget = move || awake.iter().for_each(|address| address.open.pasts.forget_idle());
        if tokio::task::spawn_blocking(forget).await.is_err() {
            tracing::error!("earlier moments that nobody asks about could not be forgotten");
        }
    }

    /// Opens workspaces anew that stopped writing, once their disk takes writes again. What was acknowledged is in the
    /// log; what was not was answered so. Readers go on until then.
    pub(crate) async fn heal(self: &Arc<Self>) {
        let failed: Vec<WorkspaceId> = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            let failed = open.iter().filter(|(_, address)| address.open.store.signals().fault().is_some());
            failed.map(|(id, _)| *id).collect()
        };
        let broken: Vec<WorkspaceId> =
            self.broken.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        for id in failed.into_iter().chain(broken) {
            let dir = folder(&self.data, id);
            let probe =
                move || takes_writes(&dir).and_then(|()| can_sync(&dir)).and_then(|()| distrust(&dir));
            let probed = tokio::task::spawn_blocking(probe).await;
            if !probed.is_ok_and(|probed| probed.is_ok()) {
                continue;
            }
            self.close_for_good(id).await;
            match self.workspace(id).await {
                Ok(_) => tracing::info!(workspace = %id, "the workspace writes again"),
                Err(failure) => tracing::warn!(workspace = %id, %failure, "the workspace cannot be opened"),
            }
        }
    }

    /// Closes a workspace and waits, for a bounded time, until nobody reads in it any more.
    async fn close_for_good(&self, id: WorkspaceId) {
        let _door = self.doors.lock().await;
        if let Some(address) = self.take(id) {
            gone(address).await;
        }
    }

    fn take(&self, id: WorkspaceId) -> Option<Arc<WorkspaceAddress>> {
        self.open.write().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }

    /// Has the store of a workspace made anew without what its erasures marked. It serves until the new one is whole;
    /// who comes while they change places waits. False if somebody works in it for longer: then all is as it was.
    pub(crate) async fn renew(self: &Arc<Self>, id: WorkspaceId) -> Result<bool, Failure> {
        let (open, dir) = (Arc::clone(&self.workspace(id).await?.open), folder(&self.data, id));
        let begun = tokio::task::spawn_blocking(move || {
            let scrubbed = Reader::rows_only(&open.store)?.all_marked()?;
            Renewal::begin(&dir, &open.store, scrubbed)
        });
        let renewal = begun.await.map_err(|_| Failure::Fault(clock::request_id()))??;
        let _door = self.doors.lock().await;
        if let Some(address) = self.take(id) {
            if !waited_for(RENEWAL_PATIENCE, || is_left(&address)).await {
                self.open.write().unwrap_or_else(PoisonError::into_inner).insert(id, address);
                return Ok(false);
            }
            if !gone(address).await {
                return Ok(false);
            }
        }
        let finished = tokio::task::spawn_blocking(move || renewal.finish());
        finished.await.map_err(|_| Failure::Fault(clock::request_id()))??;
        Ok(true)
    }

    /// Gives up the jobs of runners in open workspaces of which nobody will hear again.
    pub(crate) async fn sweep_jobs(&self) {
        let open: Vec<Arc<WorkspaceAddress>> =
            self.open.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect();
        for address in open {
            if let Err(failure) = crate::runners::sweep(&address).await {
                tracing::warn!(%failure, "jobs were not looked after");
            }
        }
    }

    pub(crate) fn open_stores(&self) -> Vec<(WorkspaceId, Arc<Store>)> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.iter().map(|(id, address)| (*id, Arc::clone(&address.open.store))).collect()
    }

    /// The workspaces that must stay awake until their threads have timed out, and those whose alerts watch. One that
    /// cannot tell may sleep.
    async fn with_something_to_come(&self) -> HashSet<WorkspaceId> {
        let stores = self.open_stores();
        let look = move || {
            let active = |store: &Arc<Store>| {
                crate::threads::is_any_active(store).unwrap_or(false)
                    || cairn_storage::alerts::is_watching(store).unwrap_or(false)
            };
            stores.into_iter().filter(|(_, store)| active(store)).map(|(id, _)| id).collect()
        };
        tokio::task::spawn_blocking(look).await.unwrap_or_default()
    }

    /// Closes everything in order.
    pub(crate) async fn stop(self) {
        self.close_all().await;
        self.runtime.stop();
    }

    pub(crate) async fn close_all(&self) {
        let _door = self.doors.lock().await;
        let ids: Vec<WorkspaceId> =
            self.open.read().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        for id in ids {
            self.close(id).await;
        }
    }

    async fn close(&self, id: WorkspaceId) {
        if let Some(address) = self.take(id) {
            address.close().await;
        }
    }
}

/// The registry holds the address, and the address and its engine hold what readers hold: one more is a user.
fn is_unused(address: &Arc<WorkspaceAddress>, idle_before: i64) -> bool {
    Arc::strong_count(address) == 1
        && Arc::strong_count(&address.open) == 2
        && address.open.last_used().as_nanos() < idle_before
}

/// Whether nobody uses it but those who only follow, and leave when it closes.
fn is_left(address: &Arc<WorkspaceAddress>) -> bool {
    Arc::strong_count(address) == 1 && Arc::strong_count(&address.open) == 2 + address.open.follower_count()
}

/// Closes a workspace that is out of the way of newcomers. Says whether everybody has gone within a bounded time.
async fn gone(address: Arc<WorkspaceAddress>) -> bool {
    address.close().await;
    let open = Arc::downgrade(&address.open);
    drop(address);
    waited_for(Duration::from_secs(HEAL_READERS_SECONDS_MAX), || open.strong_count() == 0).await
}

async fn waited_for(patience: Duration, mut holds: impl FnMut() -> bool) -> bool {
    let given_up = Instant::now() + patience;
    while !holds() {
        if Instant::now() > given_up {
            return false;
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
    true
}

#[cfg(test)]
impl Registry {
    pub(crate) fn open_count(&self) -> usize {
        self.open.read().unwrap().len()
    }

    pub(crate) fn fail_all(&self, fault: &str) {
        let open = self.open.read().unwrap();
        open.values().for_each(|address| address.open.store.signals().fail(fault.to_owned()));
    }

    /// Makes all workspaces look as if nobody had used them for ever.
    pub(crate) fn age_all(&self) {
        self.open.read().unwrap().values().for_each(|address| address.open.age());
    }
}

fn idle_seconds() -> i64 {
    i64::try_from(WORKSPACE_IDLE_SECONDS).unwrap_or(i64::MAX)
}
