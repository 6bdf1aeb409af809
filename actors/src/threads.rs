//! Carries out commands on threads, begins those that traces and scores name, and looks for those that fell silent.

use std::sync::{Arc, Weak};
use std::time::Duration;

use cairn_core::access::SERVER;
use cairn_core::command::{Context, ProjectRef};
use cairn_core::ids::{ProjectId, ThreadId};
use cairn_core::limits::{THREAD_TIMEOUT_CHECK_MS, THREADS_TIMED_OUT_MAX};
use cairn_core::projects::Resolved;
use cairn_core::rejection::Rejection;
use cairn_core::threads::{self, Command, Delete, Event, TagChange, TimeOut, Which};
use cairn_core::{feedback, traces};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::store::Store;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::annotations;
use crate::clerk::{Projects, Refused};
use crate::clock;
use crate::registry::Registry;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    match command {
        Command::Close(which) => close(writer, &which, context)?,
        Command::Open(which) => open(writer, &which, context)?,
        Command::Tag { id, change } => {
            let thread = writer.thread(id)?.ok_or_else(|| threads::not_found(&id.to_string()))?;
            if let Some(event) = threads::tag(thread, &change)? {
                writer.append(event.into(), context)?;
            }
        }
        Command::TagMany { ids, change, merge_tags } => tag_many(writer, &ids, change, merge_tags, context)?,
    }
    Ok(None)
}

/// Looks at all before it changes any: a request is carried out as a whole or not at all.
fn close(writer: &mut Writer, which: &Which, context: &mut Context) -> Result<(), Refused> {
    let mut events = Vec::new();
    for (shown, id) in find_all(writer, which, context)? {
        let thread = match id {
            Some(id) => writer.thread(id)?,
            None => None,
        };
        let thread = thread.ok_or_else(|| threads::not_found(&shown))?;
        events.extend(threads::close(thread).filter(|event| !events.contains(event)));
    }
    for event in events {
        writer.append(event.into(), context)?;
    }
    Ok(())
}

fn open(writer: &mut Writer, which: &Which, context: &mut Context) -> Result<(), Refused> {
    let project = match which {
        Which::Named { project, .. } => Some(existing(writer, project, context)?),
        Which::Known(_) => None,
    };
    let found = find_all(writer, which, context)?;
    if let Some((shown, _)) = found.iter().find(|(_, id)| id.is_none() && project.is_none()) {
        return Err(threads::not_found(shown).into());
    }
    for (name, id) in found {
        let id = match (id, project) {
            (Some(id), _) => id,
            (None, Some(project)) => named_or_begun(writer, project, &name, context)?,
            (None, None) => continue,
        };
        if let Some(event) = writer.thread(id)?.and_then(threads::open) {
            writer.append(event.into(), context)?;
        }
    }
    Ok(())
}

/// What was asked for, as it was written, and the thread that it is.
fn find_all(
    writer: &mut Writer,
    which: &Which,
    context: &mut Context,
) -> Result<Vec<(String, Option<ThreadId>)>, Refused> {
    let mut found = Vec::new();
    match which {
        Which::Named { project, names } => {
            let project = existing(writer, project, context)?;
            for name in names {
                found.push((name.clone(), writer.thread_named(project, name)?));
            }
        }
        Which::Known(ids) => {
            for id in ids {
                found.push((id.to_string(), writer.thread(*id)?.map(|thread| thread.id)));
            }
        }
    }
    Ok(found)
}

fn tag_many(
    writer: &mut Writer,
    ids: &[ThreadId],
    mut change: TagChange,
    merge_tags: bool,
    context: &Context,
) -> Result<(), Refused> {
    if merge_tags {
        change.edits.added.extend(change.tags.take().unwrap_or_default());
    }
    let mut events = Vec::new();
    for id in ids {
        if let Some(thread) = writer.thread(*id)? {
            events.extend(threads::tag(thread, &change)?);
        }
    }
    for event in events {
        writer.append(event.into(), context)?;
    }
    Ok(())
}

pub(crate) fn delete(
    writer: &mut Writer,
    Delete(which): Delete,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    for id in find_all(writer, &which, context)?.into_iter().filter_map(|(_, id)| id) {
        for trace in writer.traces_of_thread(id)? {
            writer.append(traces::Event::Deleted { id: trace }.into(), context)?;
        }
        if writer.thread(id)?.is_some() {
            writer.append(Event::Deleted { id }.into(), context)?;
        }
    }
    Ok(None)
}

/// Some of the threads that are due, the longest silent first; the next look takes the others.
pub(crate) fn time_out(writer: &mut Writer, context: &Context) -> Result<Option<Uuid>, Refused> {
    let configuration = writer.workspace_configuration()?;
    let Some(before) = threads::silent_since(configuration, context.now) else { return Ok(None) };
    for id in writer.silent_threads(before, THREADS_TIMED_OUT_MAX)? {
        writer.append(Event::TimedOut { id }.into(), context)?;
    }
    Ok(None)
}

/// Makes threads inactive that fell silent, in all open workspaces, until the registry is gone. A look at rows decides
/// whether to disturb a writer; the registry is not held meanwhile, so that nobody waits for the look.
pub(crate) async fn watch(registry: Weak<Registry>) {
    loop {
        tokio::time::sleep(Duration::from_millis(THREAD_TIMEOUT_CHECK_MS)).await;
        let Some(stores) = registry.upgrade().map(|registry| registry.open_stores()) else { return };
        for (id, store) in stores {
            let due = tokio::task::spawn_blocking(move || is_any_due(&store)).await;
            match due {
                Ok(Ok(true)) => {}
                Ok(Ok(false)) | Err(_) => continue,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "silent threads cannot be looked for");
                    continue;
                }
            }
            let Some(address) = registry.upgrade().and_then(|registry| registry.find(id)) else { continue };
            // A full queue or a fault is told to those whom it concerns; the next look comes soon.
            if let Ok(answer) = address.execute(TimeOut.into(), clock::context(Arc::from(SERVER))) {
                let _ = answer.await;
            }
        }
    }
}

fn is_any_due(store: &Arc<Store>) -> Result<bool, Error> {
    let reader = Reader::rows_only(store)?;
    let Some(heard_of) = reader.thread_silent_longest()? else { return Ok(false) };
    let before = threads::silent_since(reader.workspace_configuration()?.as_ref(), clock::now());
    Ok(before.is_some_and(|before| heard_of < before))
}

/// Whether a thread of a workspace will be due some day: until then the workspace must stay awake.
pub(crate) fn is_any_active(store: &Arc<Store>) -> Result<bool, Error> {
    Ok(Reader::rows_only(store)?.thread_silent_longest()?.is_some())
}

/// Scores of threads that may not have begun.
pub(crate) fn score(
    writer: &mut Writer,
    batch: Vec<feedback::Write<String>>,
    context: &mut Context,
) -> Result<(), Refused> {
    let mut projects = Projects::resolve(writer, batch.iter().map(|write| &write.project), context)?;
    projects.append(writer, context)?;
    for write in batch {
        let project = projects.id(&write.project);
        let thread = named_or_begun(writer, project, &write.target, context)?;
        let target = feedback::Target::Thread(thread);
        let event = write.decide(target, project, &context.principal);
        writer.append(event.into(), context)?;
        annotations::admit(writer, project, target, context)?;
    }
    Ok(())
}

/// The thread that a project's clients call by a name. Looking never makes a project.
pub(crate) fn find(
    writer: &mut Writer,
    project: &ProjectRef,
    name: &str,
    context: &mut Context,
) -> Result<Option<ThreadId>, Refused> {
    match writer.projects().resolve(project, context) {
        Ok(Resolved::Known(project)) => Ok(writer.thread_named(project, name)?),
        Ok(Resolved::Created(_)) | Err(_) => Ok(None),
    }
}

/// Begins the threads that events name and that are not there, before the events are appended.
pub(crate) fn begin(
    writer: &mut Writer,
    events: &[traces::Event],
    context: &mut Context,
) -> Result<(), Error> {
    for ((project, name), earliest) in threads::named_in(events) {
        if writer.thread_named(project, name)?.is_none() {
            let event = threads::begin(project, name, Some(earliest), context);
            writer.append(event.into(), context)?;
        }
    }
    Ok(())
}

fn named_or_begun(
    writer: &mut Writer,
    project: ProjectId,
    name: &str,
    context: &mut Context,
) -> Result<ThreadId, Error> {
    if let Some(known) = writer.thread_named(project, name)? {
        return Ok(known);
    }
    let event = threads::begin(project, name, None, context);
    let id = event.id();
    writer.append(event.into(), context)?;
    Ok(id)
}

fn existing(writer: &Writer, project: &ProjectRef, context: &mut Context) -> Result<ProjectId, Rejection> {
    match writer.projects().resolve(project, context)? {
        Resolved::Known(id) => Ok(id),
        Resolved::Created(_) => Err(Rejection::not_found(match project {
            ProjectRef::Name(name) => format!("Project name: {name} not found"),
            ProjectRef::Id(_) | ProjectRef::Default => "Project not found".to_owned(),
        })),
    }
}
