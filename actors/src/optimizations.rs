//! Carries out commands on optimizations.

use cairn_core::command::Context;
use cairn_core::datasets::DatasetRef;
use cairn_core::ids::OptimizationId;
use cairn_core::optimizations::{self, Command, Event, Write, not_found};
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::{Projects, Refused};
use crate::datasets::find_or_create;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    match command {
        // Clients repeat a creation whose answer they did not see.
        Command::Create(wanted) if is_known(writer, wanted.id)? => Ok(wanted.id.map(OptimizationId::uuid)),
        Command::Create(wanted) | Command::Put(wanted) => write(writer, *wanted, context).map(Some),
        Command::Update { id, changes } => {
            let state = writer.optimization(id)?.ok_or_else(|| not_found(id.uuid()))?;
            let event = optimizations::update(state, *changes)?;
            writer.append(event.into(), context)?;
            Ok(None)
        }
        Command::Delete { ids } => {
            for id in ids {
                if is_known(writer, Some(id))? {
                    writer.append(Event::Deleted { id }.into(), context)?;
                }
            }
            Ok(None)
        }
    }
}

fn is_known(writer: &mut Writer, id: Option<OptimizationId>) -> Result<bool, Refused> {
    match id {
        Some(id) => Ok(writer.optimization(id)?.is_some()),
        None => Ok(false),
    }
}

fn write(writer: &mut Writer, wanted: Write, context: &mut Context) -> Result<Uuid, Refused> {
    let mut projects = Projects::resolve(writer, wanted.project.iter(), context)?;
    let project_id = wanted.project.as_ref().map(|project| projects.id(project));
    projects.append(writer, context)?;
    let dataset = DatasetRef::Name { name: wanted.dataset_name.clone(), project: wanted.project.clone() };
    let dataset_id = find_or_create(writer, dataset, context)?;
    let state = match wanted.id {
        Some(id) => writer.optimization(id)?,
        None => None,
    };
    let event = optimizations::write(state, wanted, dataset_id, project_id, context);
    let id = event.id().uuid();
    writer.append(event.into(), context)?;
    Ok(id)
}
