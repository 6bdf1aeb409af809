//! Carries out commands on dashboards and insights views.

pub mod charts;

use cairn_core::command::Context;
use cairn_core::dashboards::{Command, Event};
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::{Projects, Refused};

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let mut projects = Projects::resolve(writer, command.project().into_iter(), context)?;
    let project_id = command.project().map(|project| projects.id(project));
    let events = writer.dashboards().decide(command, project_id, context)?;
    projects.append(writer, context)?;
    let mut created = None;
    for event in events {
        created = match &event {
            Event::Created { id, .. } => Some(id.uuid()),
            Event::QuerySaved { id, .. } => Some(id.uuid()),
            Event::Updated { .. } | Event::Deleted { .. } => created,
        };
        writer.append(event.into(), context)?;
    }
    Ok(created)
}
