//! Carries out commands on derived columns. Whoever follows the log fills them.

use cairn_core::command::Context;
use cairn_core::derived::{Command, Event};
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::Refused;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let events = writer.derived().decide(command, context)?;
    let mut added = None;
    for event in events {
        if let Event::Added { id, .. } = &event {
            added = Some(id.uuid());
        }
        writer.append(event.into(), context)?;
    }
    Ok(added)
}
