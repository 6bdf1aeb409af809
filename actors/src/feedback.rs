//! Carries out commands on feedback scores.

use cairn_core::command::Context;
use cairn_core::feedback::{Command, Event, Target, Write};
use cairn_core::rejection::Rejection;
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
        Command::Clear { target, name, author } => {
            let scores = writer.scores(target)?;
            if scores.is_some_and(|scores| scores.given.iter().any(|given| given.score.name == name)) {
                writer.append(Event::Cleared { target, name, author }.into(), context)?;
            }
        }
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

fn score_existing(writer: &mut Writer, write: Write, context: &Context) -> Result<(), Refused> {
    let project_id = match write.target {
        Target::Trace(id) => writer.trace(id)?.map(|state| state.project_id),
        Target::Span(id) => writer.span(id)?.map(|state| state.project_id),
        Target::Thread(_) => None,
    };
    let missing = || match write.target {
        Target::Trace(id) => Rejection::not_found(format!("Trace id: {id} not found")),
        Target::Span(id) => Rejection::not_found(format!("Span id: {id} not found")),
        Target::Thread(id) => Rejection::not_found(format!("Thread id: {id} not found")),
    };
    let project_id = project_id.ok_or_else(missing)?;
    let target = write.target;
    let event = write.decide(project_id, &context.principal);
    writer.append(event.into(), context)?;
    annotations::admit(writer, project_id, target, context)?;
    Ok(())
}
