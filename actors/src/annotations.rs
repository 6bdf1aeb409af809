//! Carries out commands on annotation queues.

use std::collections::HashSet;

use cairn_core::annotations::{Command, Create, Created, Event, Source, not_found, taken};
use cairn_core::command::Context;
use cairn_core::feedback::Target;
use cairn_core::ids::{AnnotationQueueId, ProjectId};
use cairn_core::limits::ANNOTATION_ITEMS_MAX;
use cairn_core::rejection::Rejection;
use cairn_storage::error::Error;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::{Projects, Refused};

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    match command {
        Command::Create(create) => match create.id {
            // Clients repeat a creation whose answer they did not see.
            Some(id) if writer.annotation_queue(id)?.is_some() => return Ok(Some(id.uuid())),
            _ => return make(writer, vec![*create], context),
        },
        Command::CreateMany(all) => {
            let mut met = HashSet::new();
            for id in all.iter().filter_map(|create| create.id) {
                if writer.annotation_queue(id)?.is_some() || !met.insert(id) {
                    return Err(taken(id).into());
                }
            }
            make(writer, all, context)?;
        }
        Command::Update { id, changes } => {
            writer.annotation_queue(id)?.ok_or_else(not_found)?;
            writer.append(Event::Updated { id, changes }.into(), context)?;
        }
        Command::Delete { ids } => {
            for id in ids {
                if writer.annotation_queue(id)?.is_some() {
                    writer.append(Event::Deleted { id }.into(), context)?;
                }
            }
        }
        Command::AddItems { id, items } => add(writer, id, items, context)?,
        Command::RemoveItems { id, items } => {
            writer.annotation_queue(id)?.ok_or_else(not_found)?;
            let mut known = Vec::new();
            for item in items {
                if writer.annotation_item(id, item)?.is_some() {
                    known.push(item);
                }
            }
            if !known.is_empty() {
                writer.append(Event::ItemsRemoved { id, items: known }.into(), context)?;
            }
        }
        Command::Lock { id, item } => {
            let queue = writer.annotation_queue(id)?.cloned().ok_or_else(not_found)?;
            let missing = || Rejection::not_found("Annotation queue item not found");
            let review =
                writer.annotation_item(id, item)?.map(|item| item.review.clone()).ok_or_else(missing)?;
            let locks = writer.annotation_locks(id, item)?;
            if let Some(event) = queue.lock(item, &review, locks, &context.principal, context.now) {
                writer.append(event.into(), context)?;
            }
        }
    }
    Ok(None)
}

/// Puts what was scored into the queues that want it by its scores.
pub(crate) fn admit(
    writer: &mut Writer,
    project: ProjectId,
    target: Target,
    context: &Context,
) -> Result<(), Error> {
    for id in writer.annotation_queues_wanting(project, target)? {
        let added = Event::ItemsAdded { id, items: vec![target.uuid()], source: Source::Automated };
        writer.append(added.into(), context)?;
    }
    Ok(())
}

fn make(writer: &mut Writer, all: Vec<Create>, context: &mut Context) -> Result<Option<Uuid>, Refused> {
    let mut projects = Projects::resolve(writer, all.iter().map(|create| &create.project), context)?;
    projects.append(writer, context)?;
    let mut made = None;
    for create in all {
        let id = create.id.unwrap_or_else(|| AnnotationQueueId::known(context.fresh_id()));
        let project_id = projects.id(&create.project);
        let created = Created { id, project_id, scope: create.scope, changes: create.changes };
        writer.append(Event::Created(Box::new(created)).into(), context)?;
        made = Some(id.uuid());
    }
    Ok(made)
}

fn add(
    writer: &mut Writer,
    id: AnnotationQueueId,
    items: Vec<Uuid>,
    context: &Context,
) -> Result<(), Refused> {
    writer.annotation_queue(id)?.ok_or_else(not_found)?;
    let (mut met, mut fresh) = (HashSet::new(), Vec::new());
    for item in items {
        if met.insert(item) && writer.annotation_item(id, item)?.is_none() {
            fresh.push(item);
        }
    }
    let present = usize::try_from(writer.annotation_item_count(id)?).unwrap_or(usize::MAX);
    if present.saturating_add(fresh.len()) > ANNOTATION_ITEMS_MAX {
        return Err(Rejection::invalid(format!(
            "an annotation queue has at most {ANNOTATION_ITEMS_MAX} items: take some out, or make another queue"
        ))
        .into());
    }
    if !fresh.is_empty() {
        let added = Event::ItemsAdded { id, items: fresh, source: Source::Manual };
        writer.append(added.into(), context)?;
    }
    Ok(())
}
