//! Carries out commands on environments, and makes those that writes name.

use cairn_core::command::Context;
use cairn_core::environments::{Command, Event};
use cairn_storage::error::Error;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::Refused;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let events = writer.environments().decide(command, context)?;
    let mut created = None;
    for event in events {
        if let Event::Created { id, .. } = &event {
            created = Some(id.uuid());
        }
        writer.append(event.into(), context)?;
    }
    Ok(created)
}

/// Makes the environments that a write names and that are missing: only after nothing more can be refused.
pub(crate) fn register<'a>(
    writer: &mut Writer,
    names: impl IntoIterator<Item = &'a String>,
    context: &mut Context,
) -> Result<(), Error> {
    let names = names.into_iter().map(String::as_str);
    for event in writer.environments().register(names, context) {
        writer.append(event.into(), context)?;
    }
    Ok(())
}
