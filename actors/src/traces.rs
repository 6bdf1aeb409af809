//! Carries out commands on traces.

use std::collections::BTreeMap;

use cairn_core::command::Context;
use cairn_core::ids::{ProjectId, TraceId};
use cairn_core::merge::{Origin, TagEdits};
use cairn_core::traces::{self, Command, Delete, Event, Patched, RowRecorded, Update, Write};
use cairn_storage::error::Error;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::attachments;
use crate::clerk::{Projects, Refused};
use crate::{environments, threads};

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    match command {
        Command::Create(write) => create(writer, *write, context).map(Some),
        Command::Record(batch) => record(writer, batch, context).map(|()| None),
        Command::Update { id, update } => self::update(writer, id, *update, context).map(|()| None),
        Command::UpdateMany { ids, update, merge_tags } => {
            update_many(writer, &ids, *update, merge_tags, context).map(|()| None)
        }
    }
}

fn create(writer: &mut Writer, write: Write, context: &mut Context) -> Result<Uuid, Refused> {
    let mut projects = Projects::resolve(writer, [&write.project].into_iter(), context)?;
    let row = row(write, &projects, Origin::Single, context);
    let id = row.id;
    let environment = row.fields.environment.clone();
    let event = traces::create(writer.trace(id)?, row)?;
    projects.append(writer, context)?;
    environments::register(writer, &environment, context)?;
    append(writer, vec![event], context)?;
    Ok(id.uuid())
}

fn record(writer: &mut Writer, batch: Vec<Write>, context: &mut Context) -> Result<(), Refused> {
    let mut projects = Projects::resolve(writer, batch.iter().map(|write| &write.project), context)?;
    projects.append(writer, context)?;
    environments::register(
        writer,
        batch.iter().filter_map(|write| write.fields.environment.as_ref()),
        context,
    )?;
    let mut events = Vec::with_capacity(batch.len());
    for row in newest_of_each(batch, &projects, context) {
        events.extend(traces::record(writer.trace(row.id)?, row));
    }
    Ok(append(writer, events, context)?)
}

/// Appends what was decided of traces, after the threads that they name have begun.
pub(crate) fn append(writer: &mut Writer, events: Vec<Event>, context: &mut Context) -> Result<(), Error> {
    threads::begin(writer, &events, context)?;
    for event in events {
        attachments::append(writer, event.into(), context)?;
    }
    Ok(())
}

/// Within one request only the newest row of an id counts; of equally new ones the last.
fn newest_of_each(batch: Vec<Write>, projects: &Projects, context: &mut Context) -> Vec<RowRecorded> {
    let mut places: BTreeMap<TraceId, usize> = BTreeMap::new();
    let mut rows: Vec<RowRecorded> = Vec::with_capacity(batch.len());
    for write in batch {
        let row = row(write, projects, Origin::Batch, context);
        match places.get(&row.id).and_then(|place| rows.get_mut(*place)) {
            Some(other) if row.version >= other.version => *other = row,
            Some(_) => {}
            None => {
                places.insert(row.id, rows.len());
                rows.push(row);
            }
        }
    }
    rows
}

fn row(write: Write, projects: &Projects, origin: Origin, context: &mut Context) -> RowRecorded {
    RowRecorded {
        id: write.id.unwrap_or_else(|| TraceId::known(context.fresh_id())),
        project_id: projects.id(&write.project),
        origin,
        version: write.last_updated_at.unwrap_or(context.now),
        start_time: write.start_time,
        fields: write.fields,
    }
}

fn update(writer: &mut Writer, id: TraceId, update: Update, context: &mut Context) -> Result<(), Refused> {
    let mut projects = Projects::resolve(writer, [&update.project].into_iter(), context)?;
    let project_id = projects.id(&update.project);
    let event = traces::update(writer.trace(id)?, patch(id, project_id, &update, context))?;
    projects.append(writer, context)?;
    environments::register(writer, &update.fields.environment, context)?;
    Ok(append(writer, vec![event], context)?)
}

fn update_many(
    writer: &mut Writer,
    ids: &[TraceId],
    mut update: Update,
    merge_tags: bool,
    context: &mut Context,
) -> Result<(), Refused> {
    if merge_tags {
        update.tag_edits.added.extend(update.fields.tags.take().unwrap_or_default());
    }
    environments::register(writer, &update.fields.environment, context)?;
    let mut events = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(project_id) = writer.trace(*id)?.map(|state| state.project_id) else { continue };
        events.push(Event::Patched(Box::new(patch(*id, project_id, &update, context))));
    }
    Ok(append(writer, events, context)?)
}

fn patch(id: TraceId, project_id: ProjectId, update: &Update, context: &Context) -> Patched {
    let tag_edits: TagEdits = update.tag_edits.clone();
    Patched { id, project_id, version: context.now, fields: update.fields.clone(), tag_edits }
}

pub(crate) fn delete(
    writer: &mut Writer,
    command: Delete,
    context: &Context,
) -> Result<Option<Uuid>, Refused> {
    for id in command.ids {
        // Spans may be there although their trace is not yet.
        if writer.trace(id)?.is_some() || writer.has_spans(id)? {
            writer.append(Event::Deleted { id }.into(), context)?;
        }
    }
    Ok(None)
}
