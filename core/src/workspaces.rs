//! Workspaces: the tenants of a server, listed in the log of the system workspace.

use std::collections::BTreeMap;

use crate::event::Recorded;
use crate::ids::WorkspaceId;

pub const DEFAULT_NAME: &str = "default";
/// The id that self-hosted servers give the default workspace; clients know it.
pub const DEFAULT_ID: WorkspaceId =
    WorkspaceId::known(uuid::Uuid::from_u128(0x0190_babc_62a0_71d2_832a_0fef_fa46_76eb));
/// The workspace that lists the others. Its log lies in a folder of its own.
pub const SYSTEM_ID: WorkspaceId = WorkspaceId::known(uuid::Uuid::nil());

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Created { id: WorkspaceId, name: String },
}

/// All workspaces by name.
#[derive(Clone, Debug, Default)]
pub struct State {
    by_name: BTreeMap<String, WorkspaceId>,
}

impl State {
    pub fn by_name(&self, name: &str) -> Option<WorkspaceId> {
        self.by_name.get(name).copied()
    }

    pub fn all(&self) -> impl Iterator<Item = (&str, WorkspaceId)> {
        self.by_name.iter().map(|(name, id)| (name.as_str(), *id))
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Created { id, name } => {
                self.by_name.insert(name.clone(), *id);
            }
        }
    }
}
