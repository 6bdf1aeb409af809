//! Carries out forks: holds the writer of the source while its files are taken, and makes a workspace of them. It is
//! made in a folder aside and gets its place whole; it exists once the system's own log says so. What breaks off before
//! leaves the folder aside, by which the next start knows what to remove.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cairn_core::access::{Grant, WorkspaceFork};
use cairn_core::attachments::{Content, ContentHash};
use cairn_core::command::Context;
use cairn_core::ids::{Position, WorkspaceId};
use cairn_core::workspaces::State;
use cairn_core::workspaces::forking::{Fork, Forked, decide};
use cairn_storage::attachments::contents::{Contents, Home};
use cairn_storage::error::Error;
use cairn_storage::history::checkpoints::Checkpoints;
use cairn_storage::reader::Reader;
use cairn_storage::store::Store;
use cairn_storage::workspaces::forking::{Cost, Taken, begin, sync_folders, take};
use cairn_storage::writer::Writer;
use tokio::sync::{oneshot, watch};
use uuid::Uuid;

use crate::clock;
use crate::failure::Failure;
use crate::handles::Handles;
use crate::registry::Registry;
use crate::runtime::WorkspaceAddress;
use crate::workspace::{Seal, folder};

/// Where forks are made, each in a folder by its id.
const MAKING: &str = "forking";
/// The folder that moves to its place when it is whole.
const MADE: &str = "workspace";

/// A fork that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub id: WorkspaceId,
    pub name: String,
    /// Up to where its log is that of the source.
    pub position: Position,
    pub cost: Cost,
}

/// Which workspaces there are, for who waits for others.
pub struct Roll {
    names: watch::Receiver<State>,
    ending: watch::Receiver<bool>,
}

impl Roll {
    /// Waits until there are others; `None` when the server ends.
    pub async fn changed(&mut self) -> Option<()> {
        tokio::select! {
            _ = self.ending.wait_for(|ending| *ending) => None,
            changed = self.names.changed() => changed.ok(),
        }
    }
}

impl Handles {
    /// Makes a workspace that begins as the grant's is now.
    pub async fn fork(&self, grant: &Grant<WorkspaceFork>, fork: Fork) -> Result<Made, Failure> {
        let (registry, from) = (Arc::clone(&self.registry), grant.workspace());
        let context = clock::context(Arc::clone(grant.principal().name()));
        // Who asked may go away meanwhile.
        let made = tokio::spawn(async move { registry.fork(from, fork, context).await });
        made.await.map_err(|_| Failure::Fault(clock::request_id()))?
    }

    /// All workspaces, by name.
    pub fn workspace_names(&self) -> Vec<(Arc<str>, WorkspaceId)> {
        self.registry.names().all().map(|(name, id)| (Arc::clone(name), id)).collect()
    }

    pub fn roll(&self) -> Roll {
        Roll { names: self.registry.watch_names(), ending: self.ending() }
    }
}

impl Registry {
    async fn fork(
        self: Arc<Self>,
        from: WorkspaceId,
        fork: Fork,
        mut context: Context,
    ) -> Result<Made, Failure> {
        // Held to the end: nobody else takes the name meanwhile.
        let mut ledger = Arc::clone(&self.ledger).lock_owned().await;
        let id = WorkspaceId::known(context.fresh_id());
        decide(&self.names(), id, fork.clone(), 0)?;
        let address = self.workspace(from).await?;
        let aside = self.data().join(MAKING).join(id.to_string());
        let made = self.make(from, id, &address, &aside.join(MADE), &fork, &context).await;
        let (position, cost) = match made {
            Ok(made) => made,
            Err(failure) => {
                if let Err(error) = discard(&aside, self.home(), id).await {
                    tracing::warn!(%error, "what a fork left is removed at the next start");
                }
                return Err(failure);
            }
        };
        let event = decide(&self.names(), id, fork.clone(), 0)?;
        let place = folder(self.data(), id);
        let moved = tokio::task::spawn_blocking(move || {
            sync_folders(&aside.join(MADE))?;
            std::fs::rename(aside.join(MADE), &place)?;
            sync_parent(&place)?;
            // If this fails, nobody knows whether it is written: the next start does, and removes what is too much.
            ledger.append(event, &context)?;
            remove(&aside)
        });
        moved.await.map_err(|_| Failure::Fault(clock::request_id()))??;
        self.refresh_names()?;
        tracing::info!(workspace = %id, name = fork.name, %position, "a workspace was forked");
        Ok(Made { id, name: fork.name, position, cost })
    }

    async fn make(
        &self,
        from: WorkspaceId,
        id: WorkspaceId,
        address: &WorkspaceAddress,
        to: &Path,
        fork: &Fork,
        context: &Context,
    ) -> Result<(Position, Cost), Failure> {
        // What the source loses from here on is kept until it is shared.
        let _keeping = address.open.keeping.write().await;
        let (source, made) = (folder(self.data(), from), to.to_owned());
        let (erasing, taken) = held(address, move |writer, seal| {
            seal.now(writer);
            Ok((writer.open_erasures()?, take(&source, writer, &made)?))
        })
        .await?;
        decide(&self.names(), id, fork.clone(), erasing)?;
        let name = self.name(from).unwrap_or_default().to_string();
        let forked = Forked { from, name, position: taken.position };
        let (position, signer) = (taken.position, Arc::clone(self.signer()));
        let (made, context) = (to.to_owned(), context.clone());
        let finished = tokio::task::spawn_blocking(move || {
            let mut seal = |writer: &Writer| {
                let checkpoints = Checkpoints::open(&made)?;
                Seal { checkpoints, signer: Arc::clone(&signer) }.now(writer);
                Ok::<_, Error>(())
            };
            finish(taken, &made, forked, &context, &mut seal)
        });
        let (mut cost, used) = finished.await.map_err(|_| Failure::Fault(clock::request_id()))??;
        let contents = Contents::open(&to.join("attachments"), self.home(), id)?;
        let hashes: Vec<ContentHash> = used.iter().map(|content| content.hash).collect();
        cost.add(address.open.contents.share(&contents, hashes).await?);
        Ok((position, cost))
    }
}

/// Has something done by the writer between two commits.
async fn held<T: Send + 'static>(
    address: &WorkspaceAddress,
    work: impl FnOnce(&Writer, &mut Seal) -> Result<T, Error> + Send + 'static,
) -> Result<T, Failure> {
    let (tell, told) = oneshot::channel();
    address.between(Box::new(move |writer, seal| {
        // Who asked may have gone.
        let _ = tell.send(work(writer, seal));
    }))?;
    match told.await {
        Ok(done) => Ok(done?),
        Err(_) => Err(match address.open.store.signals().fault() {
            Some(fault) => Failure::ReadOnly(fault.to_owned()),
            None => Failure::overloaded("too many requests wait to be written"),
        }),
    }
}

/// Makes a workspace of what was taken, and tells which contents it needs.
fn finish(
    taken: Taken,
    made: &Path,
    forked: Forked,
    context: &Context,
    seal: &mut impl FnMut(&Writer) -> Result<(), Error>,
) -> Result<(Cost, Vec<Content>), Error> {
    let position = taken.position;
    let cost = taken.finish()?;
    let mut writer = Writer::open(Arc::new(Store::open(made)?))?;
    if writer.head() != position {
        let what = format!("the copy ends there, and was taken up to {position}");
        return Err(Error::Damaged { at: writer.head(), what });
    }
    begin(&mut writer, forked, context)?;
    seal(&writer)?;
    let used = Reader::rows_only(writer.store())?.used_contents()?;
    Ok((cost, used))
}

/// The forks that an earlier process did not end.
pub(crate) fn leftovers(data: &Path) -> Result<Vec<WorkspaceId>, Error> {
    let entries = match std::fs::read_dir(data.join(MAKING)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut ids = Vec::new();
    for entry in entries {
        let id = Uuid::parse_str(&entry?.file_name().to_string_lossy());
        ids.extend(id.ok().map(WorkspaceId::known));
    }
    Ok(ids)
}

/// Removes what forks left that did not come to be. Only to be called before any is made.
pub(crate) fn sweep(data: &Path, home: &Home, present: &State) -> Result<(), Error> {
    for id in leftovers(data)? {
        let aside = data.join(MAKING).join(id.to_string());
        if present.all().any(|(_, known)| known == id) {
            remove(&aside)?;
            continue;
        }
        tracing::info!(workspace = %id, "a fork that broke off is removed");
        remove(&folder(data, id))?;
        match home {
            Home::Folder => remove(&aside)?,
            // Its copies in the bucket are found by the folder aside.
            Home::Bucket(_) => remove(&aside.join(MADE))?,
        }
    }
    Ok(())
}

/// Removes what such forks left in a bucket.
pub(crate) async fn sweep_contents(data: PathBuf, home: Home, left: Vec<WorkspaceId>) {
    for id in left {
        if let Err(error) = discard(&data.join(MAKING).join(id.to_string()), &home, id).await {
            tracing::warn!(%error, "what a fork left in the bucket is removed at the next start");
        }
    }
}

async fn discard(aside: &Path, home: &Home, id: WorkspaceId) -> Result<(), Error> {
    if let Home::Bucket(_) = home {
        Contents::open(&aside.join("attachments"), home, id)?.erase_all().await?;
    }
    let aside = aside.to_owned();
    tokio::task::spawn_blocking(move || remove(&aside)).await.map_err(std::io::Error::other)?
}

fn remove(dir: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn sync_parent(path: &Path) -> Result<(), Error> {
    match path.parent() {
        Some(parent) => Ok(File::open(parent)?.sync_all()?),
        None => Ok(()),
    }
}
