//! Carries out undoing and restoring. What is undone is read from the log.

use std::collections::BTreeSet;

use cairn_core::command::Context;
use cairn_core::datasets::versions::check_tag_back;
use cairn_core::event::Event;
use cairn_core::history::Fields;
use cairn_core::history::undo::{
    self, Command, Remedy, Subject, check_size, decide, missing, not_undoable, subject,
};
use cairn_core::ids::{DefinitionId, ExperimentId, Position, ProjectId, PromptId, ThreadId};
use cairn_core::limits::{HISTORY_EVENTS_MAX, UNDO_EVENTS_MAX};
use cairn_core::rejection::Rejection;
use cairn_core::{retention, threads};
use cairn_storage::reader::Reader;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::Refused;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &Context,
) -> Result<Option<Uuid>, Refused> {
    // All that was decided so far must be in the log.
    writer.commit()?;
    let reader = Reader::rows_only(writer.store())?;
    let (positions, is_whole_request) = match command {
        Command::Undo(position) => (vec![position], false),
        Command::Restore(id) => (vec![deletion(&reader, id)?], false),
        Command::UndoRequest(request) => (reader.positions_of_request(request, UNDO_EVENTS_MAX)?, true),
    };
    check_size(positions.len())?;
    let together: BTreeSet<Position> = positions.iter().copied().collect();
    let mut events = Vec::with_capacity(positions.len());
    for at in positions.into_iter().rev() {
        let event = undo_one(writer, &reader, at, &together, is_whole_request, &events)?;
        events.extend(event);
    }
    if events.is_empty() {
        return Err(Rejection::not_found("the request changed nothing that can be undone").into());
    }
    for event in events {
        writer.append(event, context)?;
    }
    Ok(None)
}

fn deletion(reader: &Reader, id: Uuid) -> Result<Position, Refused> {
    let trashed = reader.trashed(id)?;
    let missing = || Rejection::not_found(format!("`{id}` does not lie in the trash"));
    Ok(trashed.map(|trashed| trashed.position).ok_or_else(missing)?)
}

fn undo_one(
    writer: &mut Writer,
    reader: &Reader,
    at: Position,
    together: &BTreeSet<Position>,
    is_whole_request: bool,
    before: &[Event],
) -> Result<Option<Event>, Refused> {
    let root = reader.root(at)?.ok_or_else(|| missing(at))?;
    // Projects and environments that a write made on its way stay: others may have come to use them.
    if is_whole_request && undo::is_made_on_demand(&root.event, together.len()) {
        return Ok(None);
    }
    let subject = match subject(&root.event) {
        Ok(subject) => subject,
        Err(why) => {
            let kind = reader.kind_name(root.position)?.unwrap_or("unknown");
            return Err(not_undoable(kind, why).into());
        }
    };
    let steps = reader.steps(subject.uuid())?.ok_or_else(|| {
        Rejection::invalid(format!("it has more than {HISTORY_EVENTS_MAX} changes, too many for an undo"))
    })?;
    let remedy = decide(at, &steps, together)?;
    check_home(writer, subject)?;
    if let (Remedy::Delete, Some(deletion)) = (remedy, subject.deletion(&root.event)) {
        return Ok(Some(deletion));
    }
    let after = reader.fields_at(subject.uuid(), reader.position(), &BTreeSet::from([at]))?;
    check_home_after(writer, subject, &after)?;
    check_free(writer, subject, &after)?;
    check_fits(writer, subject, &root.event, &after, before)?;
    Ok(Some(undo::Event::Undone { position: at, entity: subject.uuid() }.into()))
}

/// Refuses to change what lies in something that is deleted.
fn check_home(writer: &mut Writer, subject: Subject) -> Result<(), Refused> {
    let (what, is_there) = match subject {
        Subject::ExperimentItem(_, id) => ("experiment", writer.experiment(id)?.is_some()),
        Subject::DatasetVersion(id, _) => ("dataset", writer.datasets().get(id).is_some()),
        _ => return Ok(()),
    };
    if is_there { Ok(()) } else { Err(homeless(what)) }
}

/// Refuses to give something back to what is deleted: it may have lain elsewhere.
fn check_home_after(writer: &mut Writer, subject: Subject, after: &Fields) -> Result<(), Refused> {
    let Subject::ExperimentItem(id, _) = subject else { return Ok(()) };
    let home = after.get(&format!("items.{id}.experiment_id")).and_then(|home| home.as_str());
    match home.and_then(|home| Uuid::parse_str(home).ok()).map(ExperimentId::known) {
        Some(home) if writer.experiment(home)?.is_none() => Err(homeless("experiment")),
        _ => Ok(()),
    }
}

fn homeless(what: &str) -> Refused {
    Rejection::conflict(format!("its {what} is deleted")).hint(format!("restore the {what} first")).into()
}

/// Refuses what would give a thing a name that belongs to another by now.
fn check_free(writer: &mut Writer, subject: Subject, after: &Fields) -> Result<(), Refused> {
    let text = |field: &str| after.get(field).and_then(|value| value.as_str());
    let in_content = after.get("content").and_then(|content| content.get("name")?.as_str());
    let Some(name) = text("name").or(text("thread_id")).or(in_content) else { return Ok(()) };
    let project = text("project_id").and_then(|id| Uuid::parse_str(id).ok()).map(ProjectId::known);
    let owner = match subject {
        Subject::Project(_) => writer.projects().by_name(name).map(|project| project.id.uuid()),
        Subject::Environment(_) => {
            writer.environments().by_name(name).map(|environment| environment.id.uuid())
        }
        Subject::Dataset(_) => {
            let named = writer.datasets().all();
            let mut same = named.filter(|dataset| dataset.name == name && dataset.project_id == project);
            same.next().map(|dataset| dataset.id.uuid())
        }
        Subject::Dashboard(_) => {
            let scope = text("scope");
            let named = writer.dashboards().all();
            let mut same = named.filter(|dashboard| {
                dashboard.name == name
                    && dashboard.project_id == project
                    && Some(dashboard.scope.name()) == scope
            });
            same.next().map(|dashboard| dashboard.id.uuid())
        }
        Subject::Prompt(_) => match project {
            Some(project) => writer.prompt_named(project, name)?.map(PromptId::uuid),
            None => None,
        },
        Subject::Thread(_) => match project {
            Some(project) => writer.thread_named(project, name)?.map(ThreadId::uuid),
            None => None,
        },
        Subject::Definition(_) => writer.definitions().owner_of(name).map(DefinitionId::uuid),
        Subject::DerivedColumn(_) => {
            let columns = writer.derived().all().into_iter();
            let mut same = columns
                .filter(|column| column.name == name && Some(column.of.entity().plural()) == text("of"));
            same.next().map(|column| column.id.uuid())
        }
        Subject::Trace(_)
        | Subject::Span(..)
        | Subject::Said(_)
        | Subject::DatasetVersion(..)
        | Subject::Alert(_)
        | Subject::Experiment(_)
        | Subject::ExperimentItem(..)
        | Subject::Queue(_)
        | Subject::Optimization(_)
        | Subject::RetentionRule(_)
        | Subject::Price(_)
        | Subject::Agent(_)
        | Subject::Insights(_)
        | Subject::Issue(..)
        | Subject::Workspace => None,
    };
    match owner {
        Some(owner) if owner != subject.uuid() => {
            let message = format!("the name `{name}` belongs to another by now");
            Err(Rejection::conflict(message).hint("rename the other first").into())
        }
        _ => Ok(()),
    }
}

/// Refuses what would not go with what else there is. `before` was decided with it, and comes first.
fn check_fits(
    writer: &mut Writer,
    subject: Subject,
    root: &Event,
    after: &Fields,
    before: &[Event],
) -> Result<(), Refused> {
    match subject {
        Subject::RetentionRule(id) => {
            let rules = writer.retention();
            let holds = after.get("enabled").is_some_and(|enabled| enabled.as_bool() == Some(true));
            let scope = rules.get(id).map(|rule| &rule.scope).filter(|_| holds);
            let active = scope.and_then(|scope| rules.active_for(scope)).filter(|active| *active != id);
            let ends = |active| before.contains(&retention::Event::Deactivated { id: active }.into());
            if active.is_some_and(|active| !ends(active)) {
                return Err(Rejection::conflict("another rule holds for the same traces by now")
                    .hint("end that rule first")
                    .into());
            }
        }
        Subject::Price(_) => {
            let is_new = root.price().is_some_and(|key| writer.prices().get(key.clone()).is_none());
            if is_new && !after.is_empty() {
                writer.prices().check_room(before.len() + 1)?;
            }
        }
        Subject::DerivedColumn(id) => {
            if writer.derived().get(id).is_none() && !after.is_empty() {
                writer.derived().check_room(before.len() + 1)?;
            }
        }
        Subject::Thread(id) => {
            let deletes = matches!(root, Event::Threads(threads::Event::Deleted { .. }));
            if !deletes && writer.thread(id)?.is_none() {
                let gone = threads::not_found(&id.to_string());
                return Err(gone.hint("bring back one of its traces first").into());
            }
        }
        Subject::Agent(_) => undo::check_agent(after)?,
        Subject::DatasetVersion(id, number) => {
            let tags = after.get(&format!("versions.{number}.tags")).and_then(|tags| tags.as_array());
            for tag in tags.into_iter().flatten().filter_map(|tag| tag.as_str()) {
                check_tag_back(tag, writer.dataset_version_tagged(id, tag)?, number)?;
            }
        }
        Subject::Project(_)
        | Subject::Trace(_)
        | Subject::Span(..)
        | Subject::Said(_)
        | Subject::Definition(_)
        | Subject::Environment(_)
        | Subject::Dashboard(_)
        | Subject::Alert(_)
        | Subject::Dataset(_)
        | Subject::Prompt(_)
        | Subject::Experiment(_)
        | Subject::ExperimentItem(..)
        | Subject::Queue(_)
        | Subject::Optimization(_)
        | Subject::Insights(_)
        | Subject::Issue(..)
        | Subject::Workspace => {}
    }
    Ok(())
}
