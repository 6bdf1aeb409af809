//! Carries out commands on comments.

use cairn_core::command::Context;
use cairn_core::comments::{Add, Command, Event, Moderate, Placed, missing};
use cairn_core::ids::CommentId;
use cairn_storage::error::Error;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::Refused;
use crate::feedback::project_of;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    match command {
        Command::Add(add) => self::add(writer, add, context).map(Some),
        Command::Edit { kind, id, text } => {
            let placed = writer.comment(id)?.ok_or_else(missing)?;
            let event = placed.edit(kind, text, &context.principal)?;
            writer.append(event.into(), context)?;
            Ok(None)
        }
        Command::Delete(delete) => {
            let found = found(writer, &delete.ids)?;
            append(writer, delete.decide(&found, &context.principal)?, context)
        }
    }
}

pub(crate) fn moderate(
    writer: &mut Writer,
    command: &Moderate,
    context: &Context,
) -> Result<Option<Uuid>, Refused> {
    let found = found(writer, &command.0.ids)?;
    append(writer, command.decide(&found), context)
}

fn add(writer: &mut Writer, add: Add, context: &mut Context) -> Result<Uuid, Refused> {
    let project_id = project_of(writer, add.target)?;
    let known = writer.comments(add.target)?;
    let event = add.decide(project_id, known, context)?;
    let id = event.id().uuid();
    writer.append(event.into(), context)?;
    Ok(id)
}

/// Each once, though it be named twice.
fn found(writer: &mut Writer, ids: &[CommentId]) -> Result<Vec<Placed>, Error> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        found.extend(writer.comment(id)?);
    }
    Ok(found)
}

fn append(writer: &mut Writer, events: Vec<Event>, context: &Context) -> Result<Option<Uuid>, Refused> {
    for event in events {
        writer.append(event.into(), context)?;
    }
    Ok(None)
}
