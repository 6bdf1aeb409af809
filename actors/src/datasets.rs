//! Carries out commands on datasets.

mod derived;

use std::collections::{BTreeMap, BTreeSet};

use cairn_core::command::{Context, ProjectRef};
use cairn_core::datasets::items::{Edit, ItemPut, ItemWrite};
use cairn_core::datasets::versions::{
    IMPLICIT_DESCRIPTION, LATEST, Version, VersionMade, check_base, check_tag, version_not_found,
};
use cairn_core::datasets::{
    Changes, Command, Create, DatasetRef, Event, ItemChanges, Kind, Settings, Source, exports, not_found,
};
use cairn_core::ids::{DatasetExportId, DatasetId, DatasetItemId, DatasetVersionId, ProjectId};
use cairn_core::limits::{DATASET_COPY_ITEMS_MAX, DATASET_VERSION_TAGS_MAX};
use cairn_core::merge::TagEdits;
use cairn_core::projects::Visibility;
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
        Command::Create(wanted) => create(writer, *wanted, context).map(|id| Some(id.uuid())),
        Command::Update { id, changes } => update(writer, id, changes, context).map(|()| None),
        Command::Tag { ids, edits } => tag(writer, &ids, &edits, context).map(|()| None),
        Command::Delete { ids } => delete(writer, &ids, context).map(|()| None),
        Command::DeleteNamed { name, project } => {
            let id = find(writer, &name, project.as_ref()).ok_or_else(not_found)?;
            delete(writer, &[id], context).map(|()| None)
        }
        Command::PutItems { dataset, items, group, copy_from } => {
            put_items(writer, dataset, items, group, copy_from, context).map(|()| None)
        }
        Command::EditItems { ids, edit } => edit_items(writer, &ids, &edit, context).map(|()| None),
        Command::DeleteItems { dataset, ids, group } => {
            delete_items(writer, dataset, &ids, group, context).map(|()| None)
        }
        Command::ChangeItems { id, changes } => change_items(writer, id, *changes, context).map(Some),
        Command::Restore { id, version } => restore(writer, id, &version, context).map(Some),
        Command::UpdateVersion { id, version, description, tags } => {
            update_version(writer, id, &version, description, tags, context).map(Some)
        }
        Command::RemoveVersionTag { id, version, tag } => {
            remove_tag(writer, id, &version, tag, context).map(|()| None)
        }
        Command::Export { id } => export(writer, id, context).map(Some),
        Command::ViewExport { id } => view_export(writer, id, context).map(|()| None),
    }
}

fn create(writer: &mut Writer, wanted: Create, context: &mut Context) -> Result<DatasetId, Refused> {
    let mut projects = Projects::resolve(writer, wanted.project.iter(), context)?;
    let project_id = wanted.project.as_ref().map(|project| projects.id(project));
    let created = writer.datasets().create(wanted, project_id, context)?;
    projects.append(writer, context)?;
    let id = created.id;
    writer.append(Event::Created(Box::new(created)).into(), context)?;
    Ok(id)
}

fn update(writer: &mut Writer, id: DatasetId, changes: Changes, context: &Context) -> Result<(), Refused> {
    let event = writer.datasets().update(id, changes)?;
    writer.append(event.into(), context)?;
    Ok(())
}

/// Datasets that are not there are left out; of the others all are tagged, or none.
fn tag(writer: &mut Writer, ids: &[DatasetId], edits: &TagEdits, context: &Context) -> Result<(), Refused> {
    let datasets = writer.datasets();
    let events: Vec<_> = ids.iter().map(|id| datasets.tag(*id, edits)).collect::<Result<_, _>>()?;
    for event in events.into_iter().flatten() {
        writer.append(event.into(), context)?;
    }
    Ok(())
}

fn delete(writer: &mut Writer, ids: &[DatasetId], context: &Context) -> Result<(), Refused> {
    for id in ids {
        if writer.datasets().get(*id).is_some() {
            writer.append(Event::Deleted { id: *id }.into(), context)?;
        }
    }
    Ok(())
}

/// Looking for a dataset never makes a project.
fn find(writer: &Writer, name: &str, project: Option<&ProjectRef>) -> Option<DatasetId> {
    let project_id = match project {
        Some(ProjectRef::Id(id)) => Some(*id),
        Some(ProjectRef::Name(name)) => writer.projects().by_name(name).map(|project| project.id),
        Some(ProjectRef::Default) | None => None::<ProjectId>,
    };
    writer.datasets().find(name, project_id).map(|dataset| dataset.id)
}

pub(crate) fn find_or_create(
    writer: &mut Writer,
    dataset: DatasetRef,
    context: &mut Context,
) -> Result<DatasetId, Refused> {
    match dataset {
        DatasetRef::Id(id) => {
            writer.datasets().get(id).map(|dataset| dataset.id).ok_or_else(|| not_found().into())
        }
        DatasetRef::Name { name, project } => {
            if let Some(id) = find(writer, &name, project.as_ref()) {
                return Ok(id);
            }
            let wanted = Create {
                id: None,
                name,
                project,
                kind: Kind::default(),
                visibility: Visibility::default(),
                description: None,
                tags: Vec::new(),
            };
            create(writer, wanted, context)
        }
    }
}

fn put_items(
    writer: &mut Writer,
    dataset: DatasetRef,
    items: Vec<ItemWrite>,
    group: Option<Uuid>,
    copy_from: Option<Source>,
    context: &mut Context,
) -> Result<(), Refused> {
    let source = copy_from.map(|source| check_source(writer, source)).transpose()?;
    let id = find_or_create(writer, dataset, context)?;
    let (number, made) = open_version(writer, id, group, source.is_some(), context)?;
    if let Some(source) = source.filter(|_| made) {
        begin_as(writer, source, (id, number), context)?;
    }
    put(writer, id, number, items, context)
}

fn put(
    writer: &mut Writer,
    dataset_id: DatasetId,
    number: u32,
    items: Vec<ItemWrite>,
    context: &mut Context,
) -> Result<(), Refused> {
    for item in items {
        let id = item.id.unwrap_or_else(|| DatasetItemId::known(context.fresh_id_in_order()));
        let put = ItemPut { dataset_id, number, id, data: Some(item.data), about: item.about };
        writer.append(Event::ItemPut(Box::new(put)).into(), context)?;
    }
    Ok(())
}

/// The version that a request writes to, and whether it was made for it: the group's own, else the newest. One that is
/// made may be about to lose all that it begins with.
fn open_version(
    writer: &mut Writer,
    id: DatasetId,
    group: Option<Uuid>,
    replaces: bool,
    context: &mut Context,
) -> Result<(u32, bool), Refused> {
    if let Some(group) = group
        && let Some(number) = writer.dataset_version_of_group(id, group)?
    {
        return Ok((number, false));
    }
    let latest = latest(writer, id)?;
    if let (Some(latest), None) = (&latest, group) {
        return Ok((latest.number, false));
    }
    if replaces {
        // A dataset that was made just now has nothing to lose, so that nothing was written yet.
        check_at_once(latest.as_ref(), "replaced")?;
    }
    let settings = Settings { description: Some(IMPLICIT_DESCRIPTION.to_owned()), ..Settings::default() };
    let made = make_version(writer, id, latest.as_ref(), settings, group, context)?;
    Ok((made.number, true))
}

fn latest(writer: &mut Writer, id: DatasetId) -> Result<Option<Version>, Refused> {
    let number = writer.datasets().get(id).map(|dataset| dataset.latest).ok_or_else(not_found)?;
    Ok(writer.dataset_version(id, number)?.cloned())
}

fn make_version(
    writer: &mut Writer,
    id: DatasetId,
    base: Option<&Version>,
    settings: Settings,
    group: Option<Uuid>,
    context: &mut Context,
) -> Result<VersionMade, Refused> {
    let version_id = DatasetVersionId::known(context.fresh_id());
    let mut made = writer.datasets().next_version(id, base, settings, version_id)?;
    made.group = group;
    writer.append(Event::VersionMade(Box::new(made.clone())).into(), context)?;
    Ok(made)
}

/// A new version begins as another is, so what only the one before it has goes.
fn begin_as(
    writer: &mut Writer,
    (from, from_number): (DatasetId, u32),
    (dataset_id, number): (DatasetId, u32),
    context: &Context,
) -> Result<(), Refused> {
    let wanted: BTreeSet<DatasetItemId> = writer.dataset_items_in(from, from_number)?.into_iter().collect();
    for id in writer.dataset_items_in(dataset_id, number)? {
        if !wanted.contains(&id) {
            writer.append(Event::ItemRemoved { dataset_id, number, id }.into(), context)?;
        }
    }
    writer.append(Event::ItemsCopied { dataset_id, number, from, from_number }.into(), context)?;
    Ok(())
}

/// What is copied must be there, and not too much for one commit.
fn check_source(writer: &mut Writer, source: Source) -> Result<(DatasetId, u32), Refused> {
    let Source { dataset_id, version_id } = source;
    let missing = || version_not_found(&version_id.to_string(), dataset_id);
    let number = writer.dataset_version_called(dataset_id, &version_id.to_string())?.ok_or_else(missing)?;
    check_at_once(writer.dataset_version(dataset_id, number)?, "copied")?;
    Ok((dataset_id, number))
}

/// What is copied, and what goes for it, fits into one commit.
fn check_at_once(version: Option<&Version>, done: &str) -> Result<(), Refused> {
    let total = version.map_or(0, |version| version.counts.total);
    if usize::try_from(total).unwrap_or(usize::MAX) <= DATASET_COPY_ITEMS_MAX {
        return Ok(());
    }
    let problem = format!("a version with more than {DATASET_COPY_ITEMS_MAX} items cannot be {done} at once");
    Err(Rejection::invalid(problem).hint("read its items and send them in batches").into())
}

/// The items by the datasets in which they lie; what is unknown is left out.
fn by_dataset(
    writer: &mut Writer,
    ids: &[DatasetItemId],
) -> Result<BTreeMap<DatasetId, Vec<DatasetItemId>>, Refused> {
    let mut places: BTreeMap<DatasetId, Vec<DatasetItemId>> = BTreeMap::new();
    for id in ids {
        if let Some(dataset) = writer.dataset_of_item(*id)?
            && writer.datasets().get(dataset).is_some()
        {
            places.entry(dataset).or_default().push(*id);
        }
    }
    Ok(places)
}

fn edit_items(
    writer: &mut Writer,
    ids: &[DatasetItemId],
    edit: &Edit,
    context: &Context,
) -> Result<(), Refused> {
    let places = by_dataset(writer, ids)?;
    if ids.len() == 1 && places.is_empty() {
        return Err(Rejection::not_found("Dataset item not found").into());
    }
    let mut puts = Vec::new();
    for (dataset_id, ids) in places {
        let Some(Version { number, .. }) = latest(writer, dataset_id)? else { continue };
        puts.extend(edited(writer, dataset_id, (number, number), ids.iter().map(|id| (*id, edit)))?);
    }
    for put in puts {
        writer.append(Event::ItemPut(Box::new(put)).into(), context)?;
    }
    Ok(())
}

/// Decides what items become in a version, from what another one has of them.
fn edited<'a>(
    writer: &mut Writer,
    dataset_id: DatasetId,
    (from, to): (u32, u32),
    edits: impl Iterator<Item = (DatasetItemId, &'a Edit)>,
) -> Result<Vec<ItemPut>, Refused> {
    let mut puts = Vec::new();
    for (id, edit) in edits {
        let Some(item) = writer.dataset_item(dataset_id, from, id)? else { continue };
        let about = edit.apply(&item)?;
        puts.push(ItemPut { dataset_id, number: to, id, data: edit.data.clone(), about });
    }
    Ok(puts)
}

fn delete_items(
    writer: &mut Writer,
    dataset: Option<DatasetId>,
    ids: &[DatasetItemId],
    group: Option<Uuid>,
    context: &mut Context,
) -> Result<(), Refused> {
    let places = match dataset {
        Some(dataset) if writer.datasets().get(dataset).is_none() => return Err(not_found().into()),
        Some(dataset) => BTreeMap::from([(dataset, ids.to_vec())]),
        None => by_dataset(writer, ids)?,
    };
    for (dataset_id, ids) in places {
        if latest(writer, dataset_id)?.is_none() {
            continue;
        }
        let (number, _) = open_version(writer, dataset_id, group, false, context)?;
        remove(writer, dataset_id, number, &ids, context)?;
    }
    Ok(())
}

fn remove(
    writer: &mut Writer,
    dataset_id: DatasetId,
    number: u32,
    ids: &[DatasetItemId],
    context: &Context,
) -> Result<(), Refused> {
    for id in ids {
        if writer.dataset_item(dataset_id, number, *id)?.is_some() {
            writer.append(Event::ItemRemoved { dataset_id, number, id: *id }.into(), context)?;
        }
    }
    Ok(())
}

fn change_items(
    writer: &mut Writer,
    id: DatasetId,
    changes: ItemChanges,
    context: &mut Context,
) -> Result<Uuid, Refused> {
    let latest = latest(writer, id)?;
    check_base(latest.as_ref().map(|version| version.id), changes.base, changes.overrides)?;
    let source = changes.copy_from.map(|source| check_source(writer, source)).transpose()?;
    // Changes are made on top of the version that they were made from.
    let base = match changes.base {
        Some(base) if changes.overrides => {
            let number = writer.dataset_version_called(id, &base.to_string())?;
            let missing = || version_not_found(&base.to_string(), id);
            writer.dataset_version(id, number.ok_or_else(missing)?)?.cloned()
        }
        _ => latest,
    };
    if source.is_some() {
        check_at_once(base.as_ref(), "replaced")?;
    }
    for tag in &changes.settings.tags {
        check_new_tag(writer, id, tag, u32::MAX)?;
    }
    let next = writer.datasets().get(id).map_or(1, |dataset| dataset.latest + 1);
    let from = base.as_ref().map_or(0, |base| base.number);
    let edits = changes.edited.iter().map(|(id, edit)| (*id, edit));
    let puts = edited(writer, id, (from, next), edits)?;
    // From here on nothing is refused.
    let made = make_version(writer, id, base.as_ref(), changes.settings, None, context)?;
    if let Some(source) = source {
        begin_as(writer, source, (id, made.number), context)?;
    }
    remove(writer, id, made.number, &changes.deleted, context)?;
    for put in puts {
        writer.append(Event::ItemPut(Box::new(put)).into(), context)?;
    }
    put(writer, id, made.number, changes.added, context)?;
    Ok(made.id.uuid())
}

fn check_new_tag(writer: &mut Writer, id: DatasetId, tag: &str, number: u32) -> Result<(), Refused> {
    let owner = writer.dataset_version_tagged(id, tag)?;
    Ok(check_tag(tag, owner, number)?)
}

fn version_called(writer: &mut Writer, id: DatasetId, reference: &str) -> Result<Version, Refused> {
    let missing = || Refused::from(version_not_found(reference, id));
    if writer.datasets().get(id).is_none() {
        return Err(not_found().into());
    }
    let number = writer.dataset_version_called(id, reference)?.ok_or_else(missing)?;
    writer.dataset_version(id, number)?.cloned().ok_or_else(missing)
}

fn restore(
    writer: &mut Writer,
    id: DatasetId,
    reference: &str,
    context: &mut Context,
) -> Result<Uuid, Refused> {
    let old = version_called(writer, id, reference)?;
    if writer.datasets().get(id).is_some_and(|dataset| dataset.latest == old.number) {
        return Ok(old.id.uuid());
    }
    let description = Some(format!("Restored from version: {reference}"));
    let settings = Settings { description, ..Settings::default() };
    Ok(make_version(writer, id, Some(&old), settings, None, context)?.id.uuid())
}

fn update_version(
    writer: &mut Writer,
    id: DatasetId,
    reference: &str,
    description: Option<String>,
    edits: TagEdits,
    context: &Context,
) -> Result<Uuid, Refused> {
    edits.removed.iter().try_for_each(|tag| check_removable(tag))?;
    let version = version_called(writer, id, reference)?;
    let removed: BTreeSet<String> =
        edits.removed.into_iter().filter(|tag| version.tags.contains(tag)).collect();
    let mut added = BTreeSet::new();
    for tag in edits.added {
        check_new_tag(writer, id, &tag, version.number)?;
        if !version.tags.contains(&tag) {
            added.insert(tag);
        }
    }
    if version.tags.len() + added.len() > DATASET_VERSION_TAGS_MAX + removed.len() {
        let message = format!("a version cannot have more than {DATASET_VERSION_TAGS_MAX} tags");
        return Err(Rejection::invalid(message).into());
    }
    if description.is_some() || !added.is_empty() || !removed.is_empty() {
        let tags = TagEdits { added: added.into_iter().collect(), removed: removed.into_iter().collect() };
        let number = version.number;
        writer.append(Event::VersionUpdated { dataset_id: id, number, description, tags }.into(), context)?;
    }
    Ok(version.id.uuid())
}

fn remove_tag(
    writer: &mut Writer,
    id: DatasetId,
    reference: &str,
    tag: String,
    context: &Context,
) -> Result<(), Refused> {
    check_removable(&tag)?;
    let version = version_called(writer, id, reference)?;
    if version.tags.contains(&tag) {
        let tags = TagEdits { added: Vec::new(), removed: vec![tag] };
        let number = version.number;
        let event = Event::VersionUpdated { dataset_id: id, number, description: None, tags };
        writer.append(event.into(), context)?;
    }
    Ok(())
}

/// `latest` is at the newest version and nowhere else.
fn check_removable(tag: &str) -> Result<(), Rejection> {
    match tag {
        LATEST => Err(Rejection::malformed(format!("Cannot delete '{LATEST}' tag"))),
        _ => Ok(()),
    }
}

fn export(writer: &mut Writer, id: DatasetId, context: &mut Context) -> Result<Uuid, Refused> {
    let export = DatasetExportId::known(context.fresh_id());
    let event = exports::begin(writer.datasets().get(id).ok_or_else(not_found)?, export);
    writer.append(event.into(), context)?;
    Ok(export.uuid())
}

fn view_export(writer: &mut Writer, id: DatasetExportId, context: &Context) -> Result<(), Refused> {
    let event = exports::view(writer.dataset_export(id)?.ok_or_else(exports::export_not_found)?);
    if let Some(event) = event {
        writer.append(event.into(), context)?;
    }
    Ok(())
}
