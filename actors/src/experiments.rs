//! Carries out commands on experiments.

use cairn_core::command::Context;
use cairn_core::datasets::DatasetRef;
use cairn_core::experiments::bulk::{Bulk, RunOutcome, Unfolded, unfold};
use cairn_core::experiments::{self, Changes, Command, Create, Event, ItemAdded, ItemWrite, not_found};
use cairn_core::ids::{ExperimentId, ExperimentItemId, PromptVersionId};
use cairn_core::rejection::Rejection;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::{Projects, Refused};
use crate::datasets::find_or_create;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    match command {
        Command::Create(wanted) => create(writer, *wanted, context).map(Some),
        Command::Update { id, changes } => {
            let state = writer.experiment(id)?.ok_or_else(|| not_found(id))?;
            let event = experiments::update(state, *changes)?;
            writer.append(event.into(), context)?;
            Ok(None)
        }
        Command::UpdateMany { ids, changes, merge_tags } => {
            update_many(writer, &ids, *changes, merge_tags, context).map(|()| None)
        }
        Command::Delete { ids } => {
            for id in ids {
                if writer.experiment(id)?.is_some() {
                    writer.append(Event::Deleted { id }.into(), context)?;
                }
            }
            Ok(None)
        }
        Command::AddItems(items) => add_items(writer, items, context).map(|()| None),
        Command::Record(bulk) => record(writer, *bulk, context).map(Some),
        Command::DeleteItems { ids } => {
            for id in ids {
                if let Some(experiment_id) = writer.experiment_item(id)?.map(|item| item.experiment_id) {
                    writer.append(Event::ItemRemoved { id, experiment_id }.into(), context)?;
                }
            }
            Ok(None)
        }
    }
}

/// Sent again under the same id, as clients do after a broken connection, it changes nothing.
fn create(writer: &mut Writer, mut wanted: Create, context: &mut Context) -> Result<Uuid, Refused> {
    if let Some(id) = wanted.id
        && writer.experiment(id)?.is_some()
    {
        return Ok(id.uuid());
    }
    for version in &wanted.prompt_versions {
        if writer.prompt_version(PromptVersionId::known(*version))?.is_none() {
            return Err(Rejection::not_found("Prompt version not found").into());
        }
    }
    let mut projects = Projects::resolve(writer, wanted.project.iter(), context)?;
    let project_id = wanted.project.as_ref().map(|project| projects.id(project));
    projects.append(writer, context)?;
    let dataset = DatasetRef::Name { name: wanted.dataset_name.clone(), project: wanted.project.clone() };
    let dataset_id = find_or_create(writer, dataset, context)?;
    if wanted.dataset_version_id.is_none() {
        let latest = writer.datasets().get(dataset_id).map_or(0, |dataset| dataset.latest);
        wanted.dataset_version_id = writer.dataset_version(dataset_id, latest)?.map(|version| version.id);
    }
    let created = experiments::create(wanted, dataset_id, project_id, context);
    let id = created.id;
    writer.append(Event::Created(Box::new(created)).into(), context)?;
    Ok(id.uuid())
}

fn update_many(
    writer: &mut Writer,
    ids: &[ExperimentId],
    mut changes: Changes,
    merge_tags: bool,
    context: &Context,
) -> Result<(), Refused> {
    if merge_tags {
        changes.tag_edits.added.extend(changes.tags.take().unwrap_or_default());
    }
    let mut events = Vec::new();
    for id in ids {
        if let Some(state) = writer.experiment(*id)? {
            events.push(experiments::update(state, changes.clone())?);
        }
    }
    for event in events {
        writer.append(event.into(), context)?;
    }
    Ok(())
}

/// Whatever could be refused is looked at before the first event.
fn record(writer: &mut Writer, bulk: Bulk, context: &mut Context) -> Result<Uuid, Refused> {
    let Bulk { create: wanted, runs } = bulk;
    for run in &runs {
        if writer.dataset_of_item(run.dataset_item_id)?.is_none() {
            return Err(foreign("dataset_item_id"));
        }
    }
    let projects = runs.iter().flat_map(|run| {
        let of_trace = match &run.outcome {
            RunOutcome::Trace(write) => Some(&write.project),
            RunOutcome::Output(_) => None,
        };
        of_trace.into_iter().chain(run.spans.iter().map(|span| &span.project))
    });
    Projects::resolve(writer, projects.chain(&wanted.project), context)?;
    let Unfolded { traces, spans, scores, ties } = unfold(&wanted, runs, context)?;
    let id = create(writer, wanted, context)?;
    for command in traces {
        crate::traces::execute(writer, command, context)?;
    }
    for command in spans {
        crate::spans::execute(writer, command, context)?;
    }
    for command in scores {
        crate::feedback::execute(writer, command, context)?;
    }
    let experiment_id = ExperimentId::known(id);
    let mut items = Vec::with_capacity(ties.len());
    for (dataset_item_id, trace_id) in ties {
        // Sent again, as clients do after a broken connection, a run is the same run.
        if !writer.is_in_experiment(trace_id, experiment_id)? {
            items.push(ItemWrite { id: None, experiment_id, dataset_item_id, trace_id, policy: None });
        }
    }
    add_items(writer, items, context)?;
    Ok(id)
}

fn add_items(writer: &mut Writer, items: Vec<ItemWrite>, context: &mut Context) -> Result<(), Refused> {
    for item in &items {
        if writer.experiment(item.experiment_id)?.is_none() {
            return Err(foreign("experiment_id"));
        }
        if writer.dataset_of_item(item.dataset_item_id)?.is_none() {
            return Err(foreign("dataset_item_id"));
        }
    }
    for item in items {
        let ItemWrite { id, experiment_id, dataset_item_id, trace_id, policy } = item;
        let id = id.unwrap_or_else(|| ExperimentItemId::known(context.fresh_id()));
        let added = ItemAdded { id, experiment_id, dataset_item_id, trace_id, policy };
        let known = writer.experiment_item(id)?;
        let is_same = known.is_some_and(|known| {
            (known.experiment_id, known.dataset_item_id, known.trace_id)
                == (experiment_id, dataset_item_id, trace_id)
                && known.policy == policy
        });
        if !is_same {
            writer.append(Event::ItemAdded(Box::new(added)).into(), context)?;
        }
    }
    Ok(())
}

fn foreign(field: &str) -> Refused {
    Rejection::conflict(format!("Upserting experiment item with '{field}' not belonging to the workspace"))
        .into()
}
