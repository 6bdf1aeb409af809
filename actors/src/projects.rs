//! Carries out commands on projects.

use cairn_core::command::Context;
use cairn_core::projects::{Command, Event};
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::Refused;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let events = writer.projects().decide(command, context)?;
    let mut created = None;
    for event in events {
        if let Event::Created { id, .. } = &event {
            created = Some(id.uuid());
        }
        writer.append(event.into(), context)?;
    }
    Ok(created)
}
