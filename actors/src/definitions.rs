//! Carries out commands on feedback definitions.

use cairn_core::command::Context;
use cairn_core::definitions::{Command, Event};
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::Refused;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let events = writer.definitions().decide(command, context)?;
    let mut created = None;
    for event in events {
        if let Event::Created { id, .. } = &event {
            created = Some(id.uuid());
        }
        writer.append(event.into(), context)?;
    }
    Ok(created)
}
