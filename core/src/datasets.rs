//! Datasets: named collections of items whose versions are places in a line of changes, not copies.
//! Experiments that run over them are a row of their own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{DatasetWrite, Needs};
use crate::command::{Context, ProjectRef, check_batch, check_tags, check_text};
use crate::event::Recorded;
use crate::ids::{DatasetExportId, DatasetId, DatasetItemId, DatasetVersionId, Position, ProjectId};
use crate::json::Json;
use crate::limits::{DATASET_TAG_CHARS_MAX, DATASET_VERSION_TAGS_MAX, DESCRIPTION_CHARS_MAX, NAME_CHARS_MAX};
use crate::merge::TagEdits;
use crate::projects::Visibility;
use crate::rejection::Rejection;
use crate::time::Timestamp;

pub mod catalogue;
pub mod derived;
pub mod exports;
pub mod items;
pub mod versions;

use exports::Exported;
use items::{Edit, ItemPut, ItemWrite, Policy};
use versions::VersionMade;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kind {
    #[default]
    Dataset,
    /// What clients call a test suite.
    EvaluationSuite,
}

impl Kind {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dataset => "dataset",
            Self::EvaluationSuite => "evaluation_suite",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        [Self::Dataset, Self::EvaluationSuite].into_iter().find(|kind| kind.name() == name)
    }
}

/// How a request names a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DatasetRef {
    Id(DatasetId),
    /// The one of that project if there is one, otherwise one of that name anywhere in the workspace.
    Name {
        name: String,
        project: Option<ProjectRef>,
    },
}

/// One version of one dataset, as a place to copy from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    pub dataset_id: DatasetId,
    pub version_id: DatasetVersionId,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Create {
    pub id: Option<DatasetId>,
    pub name: String,
    pub project: Option<ProjectRef>,
    pub kind: Kind,
    pub visibility: Visibility,
    pub description: Option<String>,
    pub tags: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    pub name: Option<String>,
    pub description: Option<String>,
    pub visibility: Option<Visibility>,
    pub tags: Option<Vec<String>>,
}

/// A set of changes that makes one new version.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemChanges {
    pub added: Vec<ItemWrite>,
    pub edited: Vec<(DatasetItemId, Edit)>,
    pub deleted: Vec<DatasetItemId>,
    /// Must be the latest version, unless `overrides` says that it need not.
    pub base: Option<DatasetVersionId>,
    pub overrides: bool,
    pub copy_from: Option<Source>,
    pub settings: Settings,
}

/// What a version says about itself beside its items; `None` is carried over from the version before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub metadata: Option<Json>,
    pub evaluators: Option<Json>,
    pub policy: Option<Policy>,
    pub clears_policy: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Create(Box<Create>),
    Update {
        id: DatasetId,
        changes: Changes,
    },
    /// Adds tags to datasets, and takes others away.
    Tag {
        ids: Vec<DatasetId>,
        edits: TagEdits,
    },
    Delete {
        ids: Vec<DatasetId>,
    },
    DeleteNamed {
        name: String,
        project: Option<ProjectRef>,
    },
    /// Into the latest version, or into the one version of the group of requests.
    PutItems {
        dataset: DatasetRef,
        items: Vec<ItemWrite>,
        group: Option<Uuid>,
        copy_from: Option<Source>,
    },
    EditItems {
        ids: Vec<DatasetItemId>,
        edit: Box<Edit>,
    },
    DeleteItems {
        dataset: Option<DatasetId>,
        ids: Vec<DatasetItemId>,
        group: Option<Uuid>,
    },
    ChangeItems {
        id: DatasetId,
        changes: Box<ItemChanges>,
    },
    /// A new version with the content of an old one.
    Restore {
        id: DatasetId,
        version: String,
    },
    UpdateVersion {
        id: DatasetId,
        version: String,
        description: Option<String>,
        tags: TagEdits,
    },
    RemoveVersionTag {
        id: DatasetId,
        version: String,
        tag: String,
    },
    /// The newest version, to be taken away.
    Export {
        id: DatasetId,
    },
    ViewExport {
        id: DatasetExportId,
    },
}

impl Needs for Command {
    type Permission = DatasetWrite;
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Created(Box<Created>),
    Updated {
        id: DatasetId,
        changes: Changes,
    },
    Deleted {
        id: DatasetId,
    },
    VersionMade(Box<VersionMade>),
    VersionUpdated {
        dataset_id: DatasetId,
        number: u32,
        description: Option<String>,
        tags: TagEdits,
    },
    ItemPut(Box<ItemPut>),
    ItemRemoved {
        dataset_id: DatasetId,
        number: u32,
        id: DatasetItemId,
    },
    /// All items of a version of another dataset, with their ids.
    ItemsCopied {
        dataset_id: DatasetId,
        number: u32,
        from: DatasetId,
        from_number: u32,
    },
    Exported(Box<Exported>),
    ExportViewed {
        id: DatasetExportId,
        dataset_id: DatasetId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    pub id: DatasetId,
    pub project_id: Option<ProjectId>,
    pub name: String,
    pub kind: Kind,
    pub visibility: Visibility,
    pub description: Option<String>,
    pub tags: Vec<String>,
}

impl Event {
    /// In whose histories it stands.
    pub fn entities(&self) -> Vec<Uuid> {
        let of_version = |id, number| vec![versions::history_of(id, number)];
        let mut entities = match self {
            Self::VersionMade(made) => of_version(made.dataset_id, made.number),
            Self::VersionUpdated { dataset_id, number, .. } => of_version(*dataset_id, *number),
            Self::ItemPut(put) => vec![put.id.uuid()],
            Self::ItemRemoved { id, .. } => vec![id.uuid()],
            Self::Exported(exported) => vec![exported.id.uuid()],
            Self::ExportViewed { id, .. } => vec![id.uuid()],
            Self::Created(_) | Self::Updated { .. } | Self::Deleted { .. } | Self::ItemsCopied { .. } => {
                Vec::new()
            }
        };
        entities.push(self.dataset_id().uuid());
        entities
    }

    pub fn dataset_id(&self) -> DatasetId {
        match self {
            Self::Created(created) => created.id,
            Self::Updated { id, .. } | Self::Deleted { id } => *id,
            Self::VersionMade(made) => made.dataset_id,
            Self::ItemPut(put) => put.dataset_id,
            Self::Exported(exported) => exported.dataset_id,
            Self::VersionUpdated { dataset_id, .. }
            | Self::ExportViewed { dataset_id, .. }
            | Self::ItemRemoved { dataset_id, .. }
            | Self::ItemsCopied { dataset_id, .. } => *dataset_id,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dataset {
    pub id: DatasetId,
    pub project_id: Option<ProjectId>,
    pub name: String,
    pub kind: Kind,
    pub visibility: Visibility,
    pub description: Option<String>,
    pub tags: Vec<String>,
    /// The number of the newest version; 0 while there is none.
    pub latest: u32,
    /// Of the newest event of the dataset, its versions and items.
    pub changed: Position,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// All datasets of a workspace, by id and by name. Their items and versions are rows.
#[derive(Clone, Debug, Default)]
pub struct State {
    by_id: BTreeMap<DatasetId, Dataset>,
    by_name: BTreeMap<(String, Option<ProjectId>), DatasetId>,
}

impl Command {
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Create(create) => {
                check_name(&create.name)?;
                check_text("", "description", create.description.as_deref(), DESCRIPTION_CHARS_MAX)?;
                check_tags("", &create.tags)
            }
            Self::Update { changes, .. } => {
                changes.name.as_deref().map_or(Ok(()), check_name)?;
                check_text("", "description", changes.description.as_deref(), DESCRIPTION_CHARS_MAX)?;
                check_tags("", changes.tags.as_deref().unwrap_or_default())
            }
            Self::Tag { ids, edits } => {
                check_batch("ids", ids.len())?;
                check_tags("", &edits.added)
            }
            Self::PutItems { items, dataset, .. } => {
                if let DatasetRef::Name { name, .. } = dataset {
                    check_name(name)?;
                }
                check_batch("items", items.len())?;
                check_items("items", items)
            }
            Self::EditItems { ids, edit } => {
                check_batch("ids", ids.len())?;
                edit.check("update.")
            }
            Self::DeleteItems { ids, .. } => check_batch("itemIds", ids.len()),
            Self::ChangeItems { changes, .. } => changes.check(),
            Self::UpdateVersion { tags, .. } => check_version_tags(&tags.added),
            Self::Delete { .. }
            | Self::DeleteNamed { .. }
            | Self::Restore { .. }
            | Self::RemoveVersionTag { .. }
            | Self::Export { .. }
            | Self::ViewExport { .. } => Ok(()),
        }
    }

    /// Bytes of the bodies that the command carries.
    pub fn bytes(&self) -> usize {
        let of_items = |items: &[ItemWrite]| items.iter().map(|item| item.data.bytes().len()).sum();
        match self {
            Self::PutItems { items, .. } => of_items(items),
            Self::ChangeItems { changes, .. } => {
                let edited = changes.edited.iter().filter_map(|(_, edit)| edit.data.as_ref());
                of_items(&changes.added) + edited.map(|data| data.bytes().len()).sum::<usize>()
            }
            Self::EditItems { edit, .. } => edit.data.as_ref().map_or(0, |data| data.bytes().len()),
            _ => 0,
        }
    }
}

impl ItemChanges {
    fn check(&self) -> Result<(), Rejection> {
        check_items("addedItems", &self.added)?;
        for (at, (_, edit)) in self.edited.iter().enumerate() {
            edit.check(&format!("editedItems[{at}]."))?;
        }
        self.settings.policy.as_ref().map_or(Ok(()), |policy| policy.check(""))?;
        check_version_tags(&self.settings.tags)
    }
}

fn check_items(field: &str, items: &[ItemWrite]) -> Result<(), Rejection> {
    items.iter().enumerate().try_for_each(|(at, item)| item.check(&format!("{field}[{at}].")))
}

fn check_version_tags(tags: &[String]) -> Result<(), Rejection> {
    if tags.len() > DATASET_VERSION_TAGS_MAX {
        let message = format!("tags size must be between 0 and {DATASET_VERSION_TAGS_MAX}");
        return Err(Rejection::invalid(message));
    }
    for tag in tags {
        if tag.trim().is_empty() {
            return Err(Rejection::invalid("tag must not be blank"));
        }
        check_text("", "tag", Some(tag), DATASET_TAG_CHARS_MAX)?;
    }
    Ok(())
}

pub(crate) fn check_name(name: &str) -> Result<(), Rejection> {
    if name.trim().is_empty() {
        return Err(Rejection::invalid("name must not be blank"));
    }
    check_text("", "name", Some(name), NAME_CHARS_MAX)
}

impl State {
    pub fn get(&self, id: DatasetId) -> Option<&Dataset> {
        self.by_id.get(&id)
    }

    pub fn all(&self) -> impl DoubleEndedIterator<Item = &Dataset> {
        self.by_id.values()
    }

    /// The one of the project, otherwise the newest of that name in the workspace.
    pub fn find(&self, name: &str, project: Option<ProjectId>) -> Option<&Dataset> {
        let name = name.trim().to_owned();
        let exact = self.by_name.get(&(name.clone(), project)).copied();
        let anywhere = || {
            let same_name = self.by_name.range((name.clone(), None)..);
            same_name.take_while(|((known, _), _)| *known == name).map(|(_, id)| *id).max()
        };
        exact.or_else(anywhere).and_then(|id| self.by_id.get(&id))
    }

    /// Decides on a new dataset. Its project has been found by now.
    pub fn create(
        &self,
        create: Create,
        project_id: Option<ProjectId>,
        context: &mut Context,
    ) -> Result<Created, Rejection> {
        self.check_free(&create.name, project_id, None)?;
        if create.id.is_some_and(|id| self.by_id.contains_key(&id)) {
            return Err(Rejection::conflict("Dataset already exists"));
        }
        let Create { id, name, kind, visibility, description, tags, project: _ } = create;
        let id = id.unwrap_or_else(|| DatasetId::known(context.fresh_id()));
        Ok(Created { id, project_id, name: name.trim().to_owned(), kind, visibility, description, tags })
    }

    pub fn update(&self, id: DatasetId, mut changes: Changes) -> Result<Event, Rejection> {
        let dataset = self.get(id).ok_or_else(not_found)?;
        if let Some(name) = &mut changes.name {
            self.check_free(name, dataset.project_id, Some(id))?;
            *name = name.trim().to_owned();
        }
        Ok(Event::Updated { id, changes })
    }

    /// `None` if the tags stay as they are, or the dataset is not there.
    pub fn tag(&self, id: DatasetId, edits: &TagEdits) -> Result<Option<Event>, Rejection> {
        let Some(dataset) = self.get(id) else { return Ok(None) };
        let tags = edits.applied(&dataset.tags)?;
        let changes = |tags| Changes { tags: Some(tags), ..Changes::default() };
        Ok(tags.map(|tags| Event::Updated { id, changes: changes(tags) }))
    }

    fn check_free(
        &self,
        name: &str,
        project: Option<ProjectId>,
        mine: Option<DatasetId>,
    ) -> Result<(), Rejection> {
        let name = name.trim();
        match self.by_name.get(&(name.to_owned(), project)) {
            Some(id) if Some(*id) != mine => {
                Err(Rejection::conflict(format!("Dataset already exists with name '{name}'")))
            }
            _ => Ok(()),
        }
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Created(created) => self.load(Dataset {
                id: created.id,
                project_id: created.project_id,
                name: created.name.clone(),
                kind: created.kind,
                visibility: created.visibility,
                description: created.description.clone(),
                tags: created.tags.clone(),
                latest: 0,
                changed: event.position,
                created_at: event.time,
                created_by: event.principal.to_string(),
                last_updated_at: event.time,
                last_updated_by: event.principal.to_string(),
            }),
            Event::Updated { id, changes } => {
                let Some(mut dataset) = self.by_id.remove(id) else { return };
                self.by_name.remove(&(dataset.name.clone(), dataset.project_id));
                dataset.name = changes.name.clone().unwrap_or(dataset.name);
                dataset.description = changes.description.clone().or(dataset.description);
                dataset.visibility = changes.visibility.unwrap_or(dataset.visibility);
                dataset.tags = changes.tags.clone().unwrap_or(dataset.tags);
                self.load(dataset);
                self.touch(*id, event);
            }
            Event::Deleted { id } => {
                if let Some(dataset) = self.by_id.remove(id) {
                    self.by_name.remove(&(dataset.name, dataset.project_id));
                }
            }
            Event::VersionMade(made) => {
                if let Some(dataset) = self.by_id.get_mut(&made.dataset_id) {
                    dataset.latest = made.number;
                }
                self.touch(made.dataset_id, event);
            }
            Event::VersionUpdated { dataset_id, .. }
            | Event::ItemRemoved { dataset_id, .. }
            | Event::ItemsCopied { dataset_id, .. } => self.touch(*dataset_id, event),
            Event::ItemPut(put) => self.touch(put.dataset_id, event),
            Event::Exported(_) | Event::ExportViewed { .. } => {}
        }
    }

    /// Takes a dataset as it was stored.
    pub fn load(&mut self, dataset: Dataset) {
        self.by_name.insert((dataset.name.clone(), dataset.project_id), dataset.id);
        self.by_id.insert(dataset.id, dataset);
    }

    /// Puts a dataset as it was made anew in place of what is there.
    pub fn replace(&mut self, id: DatasetId, dataset: Option<Dataset>) {
        if let Some(before) = self.by_id.remove(&id) {
            self.by_name.remove(&(before.name, before.project_id));
        }
        if let Some(dataset) = dataset {
            self.load(dataset);
        }
    }

    /// Something of a dataset changed.
    pub fn touch<E>(&mut self, id: DatasetId, event: &Recorded<E>) {
        if let Some(dataset) = self.by_id.get_mut(&id) {
            dataset.changed = event.position;
            dataset.last_updated_at = event.time;
            dataset.last_updated_by = event.principal.to_string();
        }
    }
}

pub fn not_found() -> Rejection {
    Rejection::not_found("Dataset not found")
}

#[cfg(test)]
mod tests;
