//! Carries out commands on retention rules, and deletes what they want gone, as anybody would delete it: step by step,
//! each step an ordinary deletion in the name of its rule.

use std::sync::{Arc, Weak};
use std::time::Duration;

use cairn_core::access::{Grant, RetentionWrite, rule_name};
use cairn_core::command::Context;
use cairn_core::ids::WorkspaceId;
use cairn_core::limits::RETENTION_CHECK_SECONDS;
use cairn_core::retention::{Command, Event};
use cairn_core::time::Timestamp;
use cairn_core::traces;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::attachments;
use crate::clerk::Refused;
use crate::clock;
use crate::failure::Failure;
use crate::handles::{Handles, submit};
use crate::registry::Registry;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let events = writer.retention().decide(command, |id| writer.projects().get(id).is_some(), context)?;
    let mut created = None;
    for event in events {
        if let Event::Created { id, .. } = &event {
            created = Some(id.uuid());
        }
        writer.append(event.into(), context)?;
    }
    Ok(created)
}

impl Handles {
    /// Applies the rules of a workspace at once; says how many traces went.
    pub async fn apply_retention(&self, grant: &Grant<RetentionWrite>) -> Result<u64, Failure> {
        apply(&self.registry, grant.workspace(), clock::now()).await
    }
}

/// Looks at the rules of all workspaces now and then.
pub(crate) async fn watch(registry: Weak<Registry>) {
    loop {
        tokio::time::sleep(Duration::from_secs(RETENTION_CHECK_SECONDS)).await;
        let Some(registry) = registry.upgrade() else { break };
        for id in registry.ids() {
            if let Err(failure) = apply(&registry, id, clock::now()).await {
                tracing::warn!(%failure, workspace = %id, "retention rules are applied later");
            }
        }
    }
}

/// Deletes what is too old at a time; says how many traces went.
pub(crate) async fn apply(registry: &Arc<Registry>, id: WorkspaceId, now: Timestamp) -> Result<u64, Failure> {
    let address = registry.workspace(id).await?;
    let mut deleted = 0;
    let mut before = None;
    loop {
        let open = Arc::clone(&address.open);
        let found = tokio::task::spawn_blocking(move || open.reader()?.expired(now)).await;
        let Some(expired) = found.map_err(|_| Failure::Fault(clock::request_id()))?? else { break };
        // An index that names what is not there would go on naming it.
        if before.as_ref() == Some(&expired) {
            break;
        }
        before = Some(expired.clone());
        deleted += u64::try_from(expired.traces.len()).unwrap_or(u64::MAX);
        let principal = Arc::from(rule_name(expired.rule));
        submit(&address, traces::Delete { ids: expired.traces }.into(), principal).await?;
    }
    if deleted > 0 {
        tracing::info!(workspace = %id, deleted, "traces were deleted by retention rules");
        attachments::erase_unused(&address).await;
    }
    Ok(deleted)
}
