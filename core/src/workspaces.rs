//! Workspaces: the tenants of a server, listed in the log of the system workspace; and what each sets for itself, which
//! stands in its own log.

pub mod configuration;
pub mod forking;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::configuration::Configuration;
use self::forking::Forked;
use crate::access::{Needs, WorkspaceConfigure};
use crate::event::Recorded;
use crate::ids::WorkspaceId;
use crate::rejection::Rejection;

pub const DEFAULT_NAME: &str = "default";
/// The id that self-hosted servers give the default workspace; clients know it.
pub const DEFAULT_ID: WorkspaceId =
    WorkspaceId::known(uuid::Uuid::from_u128(0x0190_babc_62a0_71d2_832a_0fef_fa46_76eb));
/// The workspace that lists the others. Its log lies in a folder of its own.
pub const SYSTEM_ID: WorkspaceId = WorkspaceId::known(uuid::Uuid::nil());

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Created {
        id: WorkspaceId,
        name: String,
    },
    /// Replaces the whole configuration of the workspace in whose log it stands.
    Configured(Configuration),
    ConfigurationCleared,
    /// The workspace in whose log it stands was, up to here, another one.
    Forked(Forked),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Configure(Configuration),
    ClearConfiguration,
}

impl Needs for Command {
    type Permission = WorkspaceConfigure;
}

/// `present` is the configuration as it stands. What changes nothing is no event.
pub fn decide(present: Option<&Configuration>, command: Command) -> Result<Option<Event>, Rejection> {
    match command {
        Command::Configure(configuration) => {
            configuration.check()?;
            let changed = present != Some(&configuration);
            Ok(changed.then_some(Event::Configured(configuration)))
        }
        Command::ClearConfiguration => Ok(present.map(|_| Event::ConfigurationCleared)),
    }
}

/// All workspaces by name.
#[derive(Clone, Debug, Default)]
pub struct State {
    by_name: BTreeMap<Arc<str>, WorkspaceId>,
}

impl State {
    pub fn by_name(&self, name: &str) -> Option<WorkspaceId> {
        self.by_name.get(name).copied()
    }

    pub fn all(&self) -> impl Iterator<Item = (&Arc<str>, WorkspaceId)> {
        self.by_name.iter().map(|(name, id)| (name, *id))
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Created { id, name } => {
                self.by_name.insert(Arc::from(name.as_str()), *id);
            }
            Event::Configured(_) | Event::ConfigurationCleared | Event::Forked(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::configuration::Period;
    use super::*;

    #[test]
    fn a_configuration_that_changes_nothing_is_no_event() {
        let configuration = Configuration { truncation_on_tables: Some(true), ..Configuration::default() };
        let configure = Command::Configure(configuration.clone());
        assert_eq!(decide(Some(&configuration), configure.clone()), Ok(None));
        assert_eq!(decide(None, configure), Ok(Some(Event::Configured(configuration))));
        assert_eq!(decide(None, Command::ClearConfiguration), Ok(None));
    }

    #[test]
    fn a_thread_is_given_at_least_a_second() {
        let thread_timeout = Some(Period::from_seconds(0));
        let configure = Command::Configure(Configuration { thread_timeout, ..Configuration::default() });
        let refusal = decide(None, configure).unwrap_err();
        assert_eq!(refusal.message, "timeoutToMarkThreadAsInactive must be between PT1S and PT8760H");
    }
}
