//! Carries out commands on agent configurations.

use cairn_core::agents::state::{Blueprint, Configuration};
use cairn_core::agents::{self, Command, Draft, Event};
use cairn_core::command::{Context, ProjectRef};
use cairn_core::ids::{BlueprintId, ProjectId};
use cairn_storage::error::Error;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::{Projects, Refused};

/// The id of the version or mask that was made, if one was.
pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let event = match command {
        Command::Create(draft) => return add(writer, draft, true, context),
        Command::Update(draft) => return add(writer, draft, false, context),
        Command::ApplyMask { project_id, mask_id } => {
            let (configuration, latest) = known(writer, project_id)?;
            let mask = writer.agent_blueprint(mask_id)?;
            Some(agents::apply_mask(configuration.as_ref(), latest.as_ref(), mask, context)?)
        }
        Command::RemoveKeys { project, keys } => {
            // A project that is missing has no keys to remove, and is not made for it.
            let project_id = Projects::resolve(writer, [&project].into_iter(), context)?.id(&project);
            let (configuration, latest) = known(writer, project_id)?;
            agents::remove_keys(configuration.as_ref(), latest.as_ref(), &keys, context)
        }
        Command::SetEnvironments { project_id, environments } => {
            Some(set_environments(writer, project_id, environments)?)
        }
        Command::SetEnvironment { project_id, environment, version } => {
            let number = agents::parse_name(&version);
            let id = number.map_or(Ok(None), |number| writer.agent_version(project_id, number))?;
            let environments = vec![(environment, id.unwrap_or(BlueprintId::known(Uuid::nil())))];
            Some(set_environments(writer, project_id, environments)?)
        }
        Command::RemoveEnvironment { project_id, environment } => {
            let configuration = writer.agent_configuration(project_id)?;
            agents::remove_environment(configuration, environment)
        }
    };
    event.map_or(Ok(None), |event| append(writer, event, context))
}

fn add(
    writer: &mut Writer,
    draft: Draft,
    is_first: bool,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let named: [&ProjectRef; 1] = [&draft.project];
    let mut projects = Projects::resolve(writer, named.into_iter(), context)?;
    let project_id = projects.id(&draft.project);
    let is_taken = match draft.id {
        Some(id) => writer.agent_blueprint(id)?.is_some(),
        None => false,
    };
    let (configuration, latest) = known(writer, project_id)?;
    let event = if is_first {
        draft.begin(configuration.as_ref(), project_id, is_taken, context)?
    } else {
        draft.update(configuration.as_ref(), latest.as_ref(), project_id, is_taken, context)?
    };
    projects.append(writer, context)?;
    append(writer, event, context)
}

/// The configuration of a project and its latest version.
fn known(
    writer: &mut Writer,
    project_id: ProjectId,
) -> Result<(Option<Configuration>, Option<Blueprint>), Error> {
    let configuration = writer.agent_configuration(project_id)?.cloned();
    let latest = configuration.as_ref().map(|configuration| configuration.latest);
    let latest = latest.map_or(Ok(None), |id| Ok::<_, Error>(writer.agent_blueprint(id)?.cloned()))?;
    Ok((configuration, latest))
}

fn set_environments(
    writer: &mut Writer,
    project_id: ProjectId,
    environments: Vec<(String, BlueprintId)>,
) -> Result<Event, Refused> {
    let mut led = Vec::with_capacity(environments.len());
    for (name, id) in environments {
        led.push((name, writer.agent_blueprint(id)?.cloned()));
    }
    Ok(agents::set_environments(writer.agent_configuration(project_id)?, led)?)
}

fn append(writer: &mut Writer, event: Event, context: &Context) -> Result<Option<Uuid>, Refused> {
    let created = match &event {
        Event::BlueprintCreated(created) => Some(created.id.uuid()),
        Event::EnvironmentsSet { .. } | Event::EnvironmentRemoved { .. } => None,
    };
    writer.append(event.into(), context)?;
    Ok(created)
}
