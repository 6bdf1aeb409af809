//! Carries out commands on prompts.

use std::collections::BTreeMap;

use cairn_core::command::Context;
use cairn_core::environments::Event as EnvironmentEvent;
use cairn_core::ids::{EnvironmentId, ProjectId, PromptId, PromptVersionId};
use cairn_core::merge::TagEdits;
use cairn_core::prompts::{self, Changes, Command, Create, CreateVersion, Event, PromptRef};
use cairn_core::rejection::Rejection;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::{Projects, Refused};

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    match command {
        Command::Create(create) => self::create(writer, *create, context),
        Command::CreateVersion(create) => create_version(writer, *create, context),
        Command::Update { id, changes } => update(writer, id, changes, context),
        Command::Delete { ids } => delete(writer, ids, context),
        Command::TagPrompts { ids, edits } => tag_prompts(writer, &ids, &edits, context),
        Command::Tag { ids, tags, merge } => tag(writer, &ids, tags.as_deref(), merge, context),
        Command::SetEnvironments { id, environments } => set_environments(writer, id, &environments, context),
        Command::Restore { prompt_id, id } => restore(writer, prompt_id, id, context),
    }
}

/// The id of the prompt.
fn create(writer: &mut Writer, create: Create, context: &mut Context) -> Result<Option<Uuid>, Refused> {
    let mut projects = Projects::resolve(writer, [&create.project].into_iter(), context)?;
    let project_id = projects.id(&create.project);
    let is_known = match create.id {
        Some(id) => writer.prompt(id)?.is_some(),
        None => false,
    };
    let is_taken = is_known || writer.prompt_named(project_id, &create.name)?.is_some();
    let events = create.decide(project_id, is_taken, context)?;
    let created = events.first().map(|event| event.prompt_id().uuid());
    projects.append(writer, context)?;
    append(writer, events, context)?;
    Ok(created)
}

/// The id of the version.
fn create_version(
    writer: &mut Writer,
    create: CreateVersion,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let named = match &create.prompt {
        PromptRef::Named { project, .. } => Some(project),
        PromptRef::Id(_) => None,
    };
    let mut projects = Projects::resolve(writer, named.into_iter(), context)?;
    let (project_id, found) = match &create.prompt {
        PromptRef::Named { project, name, .. } => {
            let project_id = projects.id(project);
            (project_id, writer.prompt_named(project_id, name)?)
        }
        PromptRef::Id(id) => (ProjectId::known(Uuid::nil()), Some(*id)),
    };
    let prompt = match found {
        Some(id) => writer.prompt(id)?.cloned(),
        None => None,
    };
    let (id, commit) = create.identify(context);
    let has_commit = match &prompt {
        Some(prompt) => writer.has_prompt_commit(prompt.id, &commit)?,
        None => false,
    };
    let is_taken = has_commit || writer.prompt_version(id)?.is_some();
    let (environments, missing) = environments_named(writer, &create.environments, context);
    let events = create.decide(prompt.as_ref(), project_id, (id, commit), is_taken, environments, context)?;
    projects.append(writer, context)?;
    for event in missing {
        writer.append(event.into(), context)?;
    }
    append(writer, events, context)?;
    Ok(Some(id.uuid()))
}

/// The environments of the names, and the events that make the missing ones. For some there may be no room.
fn environments_named(
    writer: &Writer,
    names: &[String],
    context: &mut Context,
) -> (Vec<EnvironmentId>, Vec<EnvironmentEvent>) {
    let missing = writer.environments().register(names.iter().map(String::as_str), context);
    let made: BTreeMap<&str, EnvironmentId> = missing
        .iter()
        .filter_map(|event| match event {
            EnvironmentEvent::Created { id, name, .. } => Some((name.as_str(), *id)),
            EnvironmentEvent::Updated { .. } | EnvironmentEvent::Deleted { .. } => None,
        })
        .collect();
    let known = |name: &String| {
        let known = writer.environments().by_name(name).map(|environment| environment.id);
        known.or_else(|| made.get(name.as_str()).copied())
    };
    let ids = names.iter().filter_map(known).collect();
    (ids, missing)
}

fn update(
    writer: &mut Writer,
    id: PromptId,
    changes: Changes,
    context: &Context,
) -> Result<Option<Uuid>, Refused> {
    let prompt = writer.prompt(id)?.cloned();
    let named = match (&prompt, &changes.name) {
        (Some(prompt), Some(name)) => writer.prompt_named(prompt.project_id, name)?,
        _ => None,
    };
    let event = prompts::update(prompt.as_ref(), named, changes)?;
    writer.append(event.into(), context)?;
    Ok(None)
}

fn delete(writer: &mut Writer, ids: Vec<PromptId>, context: &Context) -> Result<Option<Uuid>, Refused> {
    for id in ids {
        if writer.prompt(id)?.is_some() {
            writer.append(Event::Deleted { id }.into(), context)?;
        }
    }
    Ok(None)
}

/// Prompts that are not there are left out; of the others all are tagged, or none.
fn tag_prompts(
    writer: &mut Writer,
    ids: &[PromptId],
    edits: &TagEdits,
    context: &Context,
) -> Result<Option<Uuid>, Refused> {
    let mut events = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(prompt) = writer.prompt(*id)? {
            events.extend(prompts::tag_prompt(prompt, edits)?);
        }
    }
    append(writer, events, context)?;
    Ok(None)
}

/// Versions that are not there are left out; of the others all are tagged, or none.
fn tag(
    writer: &mut Writer,
    ids: &[PromptVersionId],
    tags: Option<&[String]>,
    merge: bool,
    context: &Context,
) -> Result<Option<Uuid>, Refused> {
    let Some(tags) = tags else { return Ok(None) };
    let mut events = Vec::with_capacity(ids.len());
    for id in ids {
        if let Some(version) = writer.prompt_version(*id)? {
            events.extend(prompts::tag(version, tags, merge)?);
        }
    }
    append(writer, events, context)?;
    Ok(None)
}

fn set_environments(
    writer: &mut Writer,
    id: PromptVersionId,
    names: &[String],
    context: &Context,
) -> Result<Option<Uuid>, Refused> {
    let environments = names.iter().map(|name| {
        let known = writer.environments().by_name(name).map(|environment| environment.id);
        known
            .ok_or_else(|| Rejection::not_found("Environment not found").hint(format!("make `{name}` first")))
    });
    let environments = environments.collect::<Result<Vec<_>, _>>();
    let version = writer.prompt_version(id)?;
    if version.is_none() {
        return Err(prompts::version_not_found().into());
    }
    let event = prompts::set_environments(version, environments?)?;
    writer.append(event.into(), context)?;
    Ok(None)
}

/// The id of the new version.
fn restore(
    writer: &mut Writer,
    prompt_id: PromptId,
    id: PromptVersionId,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let prompt = writer.prompt(prompt_id)?.cloned();
    let event = prompts::restore(prompt.as_ref(), writer.prompt_version(id)?, context)?;
    let created = event.version_id().map(PromptVersionId::uuid);
    writer.append(event.into(), context)?;
    Ok(created)
}

fn append(writer: &mut Writer, events: Vec<Event>, context: &Context) -> Result<(), Refused> {
    for event in events {
        writer.append(event.into(), context)?;
    }
    Ok(())
}
