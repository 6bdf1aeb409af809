//! Carries out commands on spans.

use std::collections::BTreeMap;

use cairn_core::command::Context;
use cairn_core::ids::{ProjectId, SpanId};
use cairn_core::merge::{Origin, TagEdits};
use cairn_core::spans::{self, Command, Delete, Event, Patched, RowRecorded, Update, Write};
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::{Projects, Refused};
use crate::{environments, prices};

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
    if let Some(event) = spans::create(writer.span(id)?, row)? {
        projects.append(writer, context)?;
        environments::register(writer, &environment, context)?;
        prices::append(writer, event, context)?;
    }
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
    for row in newest_of_each(batch, &projects, context) {
        if let Some(event) = spans::record(writer.span(row.id)?, row) {
            prices::append(writer, event, context)?;
        }
    }
    Ok(())
}

/// Within one request only the newest row of an id counts; of equally new ones the last.
fn newest_of_each(batch: Vec<Write>, projects: &Projects, context: &mut Context) -> Vec<RowRecorded> {
    let mut places: BTreeMap<SpanId, usize> = BTreeMap::new();
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
        id: write.id.unwrap_or_else(|| SpanId::known(context.fresh_id())),
        project_id: projects.id(&write.project),
        trace_id: write.trace_id,
        parent: write.parent,
        origin,
        version: write.last_updated_at.unwrap_or(context.now),
        start_time: write.start_time,
        fields: write.fields,
        estimate: None,
    }
}

fn update(writer: &mut Writer, id: SpanId, update: Update, context: &mut Context) -> Result<(), Refused> {
    let mut projects = Projects::resolve(writer, [&update.project].into_iter(), context)?;
    let project_id = projects.id(&update.project);
    let event = spans::update(writer.span(id)?, patch(id, project_id, &update, context))?;
    projects.append(writer, context)?;
    environments::register(writer, &update.fields.environment, context)?;
    prices::append(writer, event, context)?;
    Ok(())
}

fn update_many(
    writer: &mut Writer,
    ids: &[SpanId],
    mut update: Update,
    merge_tags: bool,
    context: &mut Context,
) -> Result<(), Refused> {
    if merge_tags {
        update.tag_edits.added.extend(update.fields.tags.take().unwrap_or_default());
    }
    environments::register(writer, &update.fields.environment, context)?;
    for id in ids {
        let Some(state) = writer.span(*id)? else { continue };
        let (project_id, trace_id) = (state.project_id, state.trace_id);
        let mut patch = patch(*id, project_id, &update, context);
        (patch.trace_id, patch.parent) = (trace_id, None);
        prices::append(writer, Event::Patched(Box::new(patch)), context)?;
    }
    Ok(())
}

fn patch(id: SpanId, project_id: ProjectId, update: &Update, context: &Context) -> Patched {
    let tag_edits: TagEdits = update.tag_edits.clone();
    Patched {
        id,
        project_id,
        trace_id: update.trace_id,
        parent: update.parent,
        version: context.now,
        fields: update.fields.clone(),
        tag_edits,
        estimate: None,
    }
}

pub(crate) fn delete(
    writer: &mut Writer,
    command: Delete,
    context: &Context,
) -> Result<Option<Uuid>, Refused> {
    for id in command.ids {
        if let Some(trace_id) = writer.span(id)?.map(|state| state.trace_id) {
            writer.append(Event::Deleted { id, trace_id }.into(), context)?;
        }
    }
    Ok(None)
}
