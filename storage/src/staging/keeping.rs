//! What is kept no longer, erasures and the rules of retention; and what is kept besides, derived columns.

use cairn_core::event::Recorded;
use cairn_core::{derived, erasures, retention};

use super::Staging;
use crate::error::Error;

impl Staging {
    pub(super) fn project_erasure(&mut self, event: &Recorded<erasures::Event>) -> Result<(), Error> {
        self.remember_all(event.event.entities(), event.position);
        if let erasures::Event::Settled { threads, .. } = &event.event {
            for id in threads {
                self.threads.touch(*id, event)?;
            }
        }
        self.erasures.project(event)
    }

    pub(super) fn project_retention(&mut self, event: &Recorded<retention::Event>) {
        self.remember(event.event.id().uuid(), event.position);
        self.retention.project(event);
    }

    pub(super) fn project_derived(&mut self, event: &Recorded<derived::Event>) {
        self.remember(event.event.id().uuid(), event.position);
        self.derived.project(event);
    }
}
