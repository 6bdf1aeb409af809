//! Carries out commands on feedback scores.

use cairn_core::command::Context;
use cairn_core::feedback::{Command, Event, Target, Write, assertions};
use cairn_core::ids::ProjectId;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::annotations;
use crate::clerk::{Projects, Refused};

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    match command {
        Command::Score(batch) => score(writer, batch, context)?,
        Command::ScoreExisting(write) => score_existing(writer, *write, context)?,
        Command::Clear(clearing) => {
            let scores = writer.scores(clearing.target)?;
            if scores.is_some_and(|scores| scores.given.iter().any(|given| clearing.takes(given))) {
                writer.append(Event::Cleared(clearing).into(), context)?;
            }
        }
        Command::Assert(batch) => assert(writer, batch, context)?,
    }
    Ok(None)
}

fn score(writer: &mut Writer, batch: Vec<Write>, context: &mut Context) -> Result<(), Refused> {
    let mut projects = Projects::resolve(writer, batch.iter().map(|write| &write.project), context)?;
    projects.append(writer, context)?;
    for write in batch {
        let project_id = projects.id(&write.project);
        let target = write.target;
        let event = write.decide(project_id, &context.principal);
        writer.append(event.into(), context)?;
        annotations::admit(writer, project_id, target, context)?;
    }
    Ok(())
}

fn assert(writer: &mut Writer, batch: Vec<assertions::Write>, context: &mut Context) -> Result<(), Refused> {
    let mut projects = Projects::resolve(writer, batch.iter().map(|write| &write.project), context)?;
    projects.append(writer, context)?;
    for write in batch {
        let project_id = projects.id(&write.project);
        writer.append(write.decide(project_id).into(), context)?;
    }
    Ok(())
}

/// The project of something that must exist.
pub(crate) fn project_of(writer: &mut Writer, target: Target) -> Result<ProjectId, Refused> {
    let project_id = match target {
        Target::Trace(id) => writer.trace(id)?.map(|state| state.project_id),
        Target::Span(id) => writer.span(id)?.map(|state| state.project_id),
        Target::Thread(_) => None,
    };
    Ok(project_id.ok_or_else(|| target.missing())?)
}

fn score_existing(writer: &mut Writer, write: Write, context: &Context) -> Result<(), Refused> {
    let target = write.target;
    let project_id = project_of(writer, target)?;
    let event = write.decide(project_id, &context.principal);
    writer.append(event.into(), context)?;
    annotations::admit(writer, project_id, target, context)?;
    Ok(())
}
