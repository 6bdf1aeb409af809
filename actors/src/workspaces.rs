//! Carries out commands on what a workspace sets for itself.

pub mod forking;

use cairn_core::command::Context;
use cairn_core::workspaces::{self, Command};
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::Refused;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &Context,
) -> Result<Option<Uuid>, Refused> {
    if let Some(event) = workspaces::decide(writer.workspace_configuration()?, command)? {
        writer.append(event.into(), context)?;
    }
    Ok(None)
}
