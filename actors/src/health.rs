//! How the open workspaces are doing, in numbers, for monitors and for `cairn doctor`. Asking keeps none awake.

use std::path::PathBuf;

use cairn_core::ids::{Position, WorkspaceId};
use cairn_storage::error::Error;
use cairn_storage::signals::{Index, Projection};

use crate::registry::Registry;
use crate::workspace::{Open, folder};

#[derive(Clone, Debug)]
pub struct WorkspaceHealth {
    pub name: String,
    pub folder: PathBuf,
    /// What stops it from writing.
    pub fault: Option<String>,
    pub head: Position,
    /// The indexes.
    pub projections: Vec<Projection>,
    pub waiting_commands: usize,
    pub waiting_bytes: usize,
    /// Events since the workspace was opened, by the row of the domain that they belong to.
    pub written: Vec<(String, u64)>,
    /// Of log and rows; indexes lie beside them.
    pub store_bytes: u64,
}

impl Registry {
    pub(crate) fn health(&self) -> Result<Vec<WorkspaceHealth>, Error> {
        self.opened().iter().map(|(id, open)| self.health_of(*id, open)).collect()
    }

    fn health_of(&self, id: WorkspaceId, open: &Open) -> Result<WorkspaceHealth, Error> {
        let signals = open.store.signals();
        Ok(WorkspaceHealth {
            name: self.metered_name(id).to_string(),
            folder: folder(self.data(), id),
            fault: signals.fault().map(str::to_owned),
            head: signals.head(),
            projections: Index::ALL.map(|index| signals.projection(index)).into(),
            waiting_commands: open.waiting.commands(),
            waiting_bytes: open.waiting.bytes(),
            written: signals.written(),
            store_bytes: open.store.disk_bytes()?,
        })
    }
}
