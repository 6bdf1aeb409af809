//! What a workspace sets for itself: its configuration, and what models cost.

use cairn_core::event::Recorded;
use cairn_core::history::WORKSPACE;
use cairn_core::{prices, workspaces};

use super::Staging;
use crate::error::Error;
use crate::rows;

impl Staging {
    pub(super) fn configure(&mut self, event: &Recorded<workspaces::Event>) {
        let configuration = match &event.event {
            // The list of workspaces is folded from the log of the system workspace.
            workspaces::Event::Created { .. } | workspaces::Event::Forked(_) => return,
            workspaces::Event::Configured(configuration) => Some(configuration.clone()),
            workspaces::Event::ConfigurationCleared => None,
        };
        self.remember(WORKSPACE, event.position);
        self.configuration.put(rows::configuration(), configuration);
    }

    pub(super) fn project_price(&mut self, event: &Recorded<prices::Event>) -> Result<(), Error> {
        self.prices.project(event);
        match &event.event {
            prices::Event::SpanRepriced { id, trace_id, estimate, .. } => {
                self.remember(id.uuid(), event.position);
                let Some(before) = self.span(*id)?.cloned() else { return Ok(()) };
                let after = before.clone().repriced(estimate.clone());
                self.recount(*trace_id, Some(&before), Some(&after), event)?;
                self.spans.put(rows::span(*trace_id, *id), Some(after));
            }
            prices::Event::Repricing(event_of) => self.remember(event_of.id().uuid(), event.position),
            prices::Event::Put(put) => self.remember(put.key.id().uuid(), event.position),
            prices::Event::Removed(key) => self.remember(key.id().uuid(), event.position),
        }
        Ok(())
    }
}
