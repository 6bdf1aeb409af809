//! Carries out commands on feedback scores.

use cairn_core::command::Context;
use cairn_core::feedback::{Clearing, Command, Event, Target, Write, assertions};
use cairn_core::ids::ProjectId;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::annotations;
use crate::clerk::{Projects, Refused};
use crate::threads;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    match command {
        Command::Score(batch) => score(writer, batch, context)?,
        Command::ScoreExisting(write) => score_existing(writer, *write, context)?,
        Command::ScoreThreads(batch) => threads::score(writer, batch, context)?,
        Command::Clear(clearing) => clear(writer, clearing, context)?,
        Command::ClearThread { project, thread, names, author } => {
            if let Some(id) = threads::find(writer, &project, &thread, context)? {
                for name in names {
                    let target = Target::Thread(id);
                    let clearing = Clearing { target, name, author: author.clone(), queue_id: None };
                    clear(writer, clearing, context)?;
                }
            }
        }
        Command::Assert(batch) => assert(writer, batch, context)?,
    }
    Ok(None)
}

fn clear(writer: &mut Writer, clearing: Clearing, context: &Context) -> Result<(), Refused> {
    let scores = writer.scores(clearing.target)?;
    if scores.is_some_and(|scores| scores.given.iter().any(|given| clearing.takes(given))) {
        writer.append(Event::Cleared(clearing).into(), context)?;
    }
    Ok(())
}

fn score(writer: &mut Writer, batch: Vec<Write>, context: &mut Context) -> Result<(), Refused> {
    let mut projects = Projects::resolve(writer, batch.iter().map(|write| &write.project), context)?;
    projects.append(writer, context)?;
    for write in batch {
        let project_id = projects.id(&write.project);
        let target = write.target;
        let event = write.decide(target, project_id, &context.principal);
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
        Target::Thread(id) => writer.thread(id)?.map(|state| state.project_id),
    };
    Ok(project_id.ok_or_else(|| target.missing())?)
}

fn score_existing(writer: &mut Writer, write: Write, context: &Context) -> Result<(), Refused> {
    let target = write.target;
    let project_id = project_of(writer, target)?;
    let event = write.decide(target, project_id, &context.principal);
    writer.append(event.into(), context)?;
    annotations::admit(writer, project_id, target, context)?;
    Ok(())
}
