//! Making, changing and deleting datasets, their items and versions.

use async_graphql::{Context, ID, InputObject, Object};
use cairn_core::access::{DatasetRead, DatasetWrite};
use cairn_core::command::ProjectRef;
use cairn_core::datasets::items::{About, Edit, ItemWrite, Policy};
use cairn_core::datasets::{Changes, Command, Create, DatasetRef, ItemChanges, Settings, Source, not_found};
use cairn_core::ids::{DatasetId, DatasetItemId, DatasetVersionId, ProjectId};
use cairn_core::json::Json;
use cairn_core::limits::BATCH_ITEMS_MAX;
use cairn_core::merge::TagEdits;
use cairn_core::query::Query;
use cairn_core::rejection::Rejection;
use cairn_storage::datasets::reading::ITEMS;
use uuid::Uuid;

use super::items::DatasetItemSource;
use super::versions::{DatasetVersion, VersionView};
use super::{Dataset, DatasetKind, called, present};
use crate::error::Result;
use crate::projects::Visibility;
use crate::scalars::{JsonText, uuid};
use crate::session::{Session, session};

#[derive(InputObject)]
pub(crate) struct CreateDatasetInput {
    /// Outside of all projects, if neither an id nor a name is given.
    project_id: Option<ID>,
    project_name: Option<String>,
    name: String,
    #[graphql(default_with = "DatasetKind::Dataset")]
    kind: DatasetKind,
    #[graphql(default_with = "Visibility::Private")]
    visibility: Visibility,
    description: Option<String>,
    tags: Option<Vec<String>>,
}

/// Fields that are left out stay as they are.
#[derive(InputObject)]
pub(crate) struct UpdateDatasetInput {
    id: ID,
    name: Option<String>,
    description: Option<String>,
    visibility: Option<Visibility>,
    tags: Option<Vec<String>>,
}

#[derive(InputObject)]
pub(crate) struct ExecutionPolicyInput {
    runs_per_item: u32,
    pass_threshold: u32,
}

impl From<ExecutionPolicyInput> for Policy {
    fn from(input: ExecutionPolicyInput) -> Self {
        let ExecutionPolicyInput { runs_per_item, pass_threshold } = input;
        Self { runs_per_item, pass_threshold }
    }
}

#[derive(InputObject)]
pub(crate) struct DatasetItemInput {
    /// A version 7 UUID; an item of this id is replaced. Drawn if left out.
    id: Option<ID>,
    /// A JSON object.
    data: JsonText,
    #[graphql(default_with = "DatasetItemSource::Manual")]
    source: DatasetItemSource,
    /// Needed of items from traces and spans.
    trace_id: Option<ID>,
    /// Needed of items from spans.
    span_id: Option<ID>,
    description: Option<String>,
    tags: Option<Vec<String>>,
    /// A JSON array.
    evaluators: Option<JsonText>,
    execution_policy: Option<ExecutionPolicyInput>,
}

impl DatasetItemInput {
    fn write(self) -> Result<ItemWrite> {
        let other = |id: Option<ID>| id.map(|id| uuid(&id)).transpose();
        Ok(ItemWrite {
            id: other(self.id)?.map(DatasetItemId::new).transpose()?,
            data: self.data.0,
            about: About {
                origin: self.source.into(),
                trace_id: other(self.trace_id)?,
                span_id: other(self.span_id)?,
                description: self.description,
                tags: self.tags.unwrap_or_default(),
                evaluators: text(self.evaluators),
                policy: self.execution_policy.map(Policy::from),
            },
        })
    }
}

/// Fields that are left out stay as they are.
#[derive(InputObject)]
pub(crate) struct DatasetItemEditInput {
    id: ID,
    #[graphql(flatten)]
    changes: DatasetItemChangesInput,
}

/// Fields that are left out stay as they are.
#[derive(InputObject)]
pub(crate) struct DatasetItemChangesInput {
    data: Option<JsonText>,
    description: Option<String>,
    /// Replaces the tags.
    tags: Option<Vec<String>>,
    #[graphql(default)]
    add_tags: Vec<String>,
    #[graphql(default)]
    remove_tags: Vec<String>,
    evaluators: Option<JsonText>,
    execution_policy: Option<ExecutionPolicyInput>,
    /// Takes the policy away.
    #[graphql(default)]
    clear_execution_policy: bool,
}

impl DatasetItemEditInput {
    fn edit(self) -> Result<(DatasetItemId, Edit)> {
        Ok((DatasetItemId::known(uuid(&self.id)?), self.changes.edit()))
    }
}

impl DatasetItemChangesInput {
    fn edit(self) -> Edit {
        Edit {
            data: self.data.map(|data| data.0),
            description: self.description,
            tags: self.tags,
            tag_edits: TagEdits { added: self.add_tags, removed: self.remove_tags },
            evaluators: text(self.evaluators),
            policy: self.execution_policy.map(Policy::from),
            clears_policy: self.clear_execution_policy,
        }
    }
}

/// A version of another dataset.
#[derive(InputObject)]
pub(crate) struct DatasetSourceInput {
    dataset_id: ID,
    version_id: ID,
}

impl DatasetSourceInput {
    fn source(self) -> Result<Source> {
        Ok(Source {
            dataset_id: DatasetId::known(uuid(&self.dataset_id)?),
            version_id: DatasetVersionId::known(uuid(&self.version_id)?),
        })
    }
}

#[derive(InputObject)]
pub(crate) struct PutDatasetItemsInput {
    dataset_id: ID,
    /// At most 1000.
    items: Vec<DatasetItemInput>,
    /// Requests of one group make one new version together; without a group the newest version changes in place.
    group_id: Option<ID>,
    /// Items are taken over from there first.
    copy_from: Option<DatasetSourceInput>,
}

#[derive(InputObject)]
pub(crate) struct ChangeDatasetItemsInput {
    dataset_id: ID,
    #[graphql(default)]
    added: Vec<DatasetItemInput>,
    #[graphql(default)]
    edited: Vec<DatasetItemEditInput>,
    #[graphql(default)]
    deleted_ids: Vec<ID>,
    /// Items are taken over from there first.
    copy_from: Option<DatasetSourceInput>,
    /// The version from which the changes were made. If it is not the newest by now, they are refused.
    base_version_id: Option<ID>,
    /// Makes the version although the base is not the newest.
    #[graphql(default)]
    overrides: bool,
    description: Option<String>,
    #[graphql(default)]
    tags: Vec<String>,
    /// What is left out is carried over from the base.
    metadata: Option<JsonText>,
    evaluators: Option<JsonText>,
    execution_policy: Option<ExecutionPolicyInput>,
    #[graphql(default)]
    clear_execution_policy: bool,
}

impl ChangeDatasetItemsInput {
    fn changes(self) -> Result<ItemChanges> {
        let base = self.base_version_id.map(|id| uuid(&id).map(DatasetVersionId::known)).transpose()?;
        Ok(ItemChanges {
            added: self.added.into_iter().map(DatasetItemInput::write).collect::<Result<_>>()?,
            edited: self.edited.into_iter().map(DatasetItemEditInput::edit).collect::<Result<_>>()?,
            deleted: item_ids(&self.deleted_ids)?,
            base,
            overrides: self.overrides,
            copy_from: self.copy_from.map(DatasetSourceInput::source).transpose()?,
            settings: Settings {
                description: self.description,
                tags: self.tags,
                metadata: self.metadata.map(|json| json.0),
                evaluators: self.evaluators.map(|json| json.0),
                policy: self.execution_policy.map(Policy::from),
                clears_policy: self.clear_execution_policy,
            },
        })
    }
}

#[derive(Default)]
pub(crate) struct DatasetMutations;

#[Object]
impl DatasetMutations {
    async fn create_dataset(&self, context: &Context<'_>, input: CreateDatasetInput) -> Result<Dataset> {
        let session = session(context)?;
        let project = match (&input.project_id, input.project_name) {
            (Some(id), _) => Some(ProjectRef::Id(ProjectId::known(uuid(id)?))),
            (None, name) => name.map(ProjectRef::Name),
        };
        let create = Create {
            id: None,
            name: input.name,
            project,
            kind: input.kind.into(),
            visibility: input.visibility.into(),
            description: input.description,
            tags: input.tags.unwrap_or_default(),
        };
        let outcome = session.execute(Command::Create(Box::new(create))).await?;
        present(session, DatasetId::known(outcome.created.unwrap_or_default())).await
    }

    async fn update_dataset(&self, context: &Context<'_>, input: UpdateDatasetInput) -> Result<Dataset> {
        let session = session(context)?;
        let id = DatasetId::known(uuid(&input.id)?);
        let UpdateDatasetInput { name, description, visibility, tags, .. } = input;
        let changes = Changes { name, description, visibility: visibility.map(Into::into), tags };
        session.execute(Command::Update { id, changes }).await?;
        present(session, id).await
    }

    /// Adds tags to datasets and takes others away: from all, or from none. True also for what was not there.
    async fn tag_datasets(
        &self,
        context: &Context<'_>,
        ids: Vec<ID>,
        #[graphql(default)] add_tags: Vec<String>,
        #[graphql(default)] remove_tags: Vec<String>,
    ) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(DatasetId::known(uuid(id)?))).collect::<Result<_>>()?;
        let edits = TagEdits { added: add_tags, removed: remove_tags };
        session(context)?.execute(Command::Tag { ids, edits }).await?;
        Ok(true)
    }

    /// Deletes datasets with their versions and items; experiments over them stay. True also for what was not there.
    async fn delete_datasets(&self, context: &Context<'_>, ids: Vec<ID>) -> Result<bool> {
        let ids = ids.iter().map(|id| Ok(DatasetId::known(uuid(id)?))).collect::<Result<_>>()?;
        session(context)?.execute(Command::Delete { ids }).await?;
        Ok(true)
    }

    async fn put_dataset_items(&self, context: &Context<'_>, input: PutDatasetItemsInput) -> Result<Dataset> {
        let session = session(context)?;
        let id = DatasetId::known(uuid(&input.dataset_id)?);
        let items = input.items.into_iter().map(DatasetItemInput::write).collect::<Result<_>>()?;
        let group = input.group_id.map(|group| uuid(&group)).transpose()?;
        let copy_from = input.copy_from.map(DatasetSourceInput::source).transpose()?;
        let command = Command::PutItems { dataset: DatasetRef::Id(id), items, group, copy_from };
        session.execute(command).await?;
        present(session, id).await
    }

    /// Changes one item in the newest version, in place.
    async fn edit_dataset_item(&self, context: &Context<'_>, input: DatasetItemEditInput) -> Result<bool> {
        let (id, edit) = input.edit()?;
        session(context)?.execute(Command::EditItems { ids: vec![id], edit: Box::new(edit) }).await?;
        Ok(true)
    }

    /// Changes items alike in the newest versions of their datasets, in place.
    async fn edit_dataset_items(
        &self,
        context: &Context<'_>,
        ids: Vec<ID>,
        changes: DatasetItemChangesInput,
    ) -> Result<bool> {
        let edit = Box::new(changes.edit());
        session(context)?.execute(Command::EditItems { ids: item_ids(&ids)?, edit }).await?;
        Ok(true)
    }

    /// As `editDatasetItems`, of all items of the newest version that `filter` is true of; it is written as for `items`.
    /// Returns how many.
    async fn edit_matching_dataset_items(
        &self,
        context: &Context<'_>,
        dataset_id: ID,
        filter: String,
        changes: DatasetItemChangesInput,
    ) -> Result<usize> {
        let session = session(context)?;
        let edit = changes.edit();
        let ids = matching(session, DatasetId::known(uuid(&dataset_id)?), &filter).await?;
        for ids in ids.chunks(BATCH_ITEMS_MAX) {
            session.execute(Command::EditItems { ids: ids.to_vec(), edit: Box::new(edit.clone()) }).await?;
        }
        Ok(ids.len())
    }

    /// As `deleteDatasetItems`, of all items of the newest version that `filter` is true of. Returns how many.
    async fn delete_matching_dataset_items(
        &self,
        context: &Context<'_>,
        dataset_id: ID,
        filter: String,
        group_id: Option<ID>,
    ) -> Result<usize> {
        let session = session(context)?;
        let dataset = DatasetId::known(uuid(&dataset_id)?);
        let group = group_id.map(|group| uuid(&group)).transpose()?;
        let ids = matching(session, dataset, &filter).await?;
        for ids in ids.chunks(BATCH_ITEMS_MAX) {
            let command = Command::DeleteItems { dataset: Some(dataset), ids: ids.to_vec(), group };
            session.execute(command).await?;
        }
        Ok(ids.len())
    }

    /// As `putDatasetItems`, but takes items away.
    async fn delete_dataset_items(
        &self,
        context: &Context<'_>,
        dataset_id: ID,
        ids: Vec<ID>,
        group_id: Option<ID>,
    ) -> Result<Dataset> {
        let session = session(context)?;
        let dataset = DatasetId::known(uuid(&dataset_id)?);
        let group = group_id.map(|group| uuid(&group)).transpose()?;
        let ids = item_ids(&ids)?;
        session.execute(Command::DeleteItems { dataset: Some(dataset), ids, group }).await?;
        present(session, dataset).await
    }

    /// Makes one new version out of additions, edits and deletions together.
    async fn change_dataset_items(
        &self,
        context: &Context<'_>,
        input: ChangeDatasetItemsInput,
    ) -> Result<DatasetVersion> {
        let session = session(context)?;
        let id = DatasetId::known(uuid(&input.dataset_id)?);
        let changes = Box::new(input.changes()?);
        let outcome = session.execute(Command::ChangeItems { id, changes }).await?;
        version(session, id, outcome.created).await
    }

    /// Makes a new version with the content of an old one, named by its hash, its id or one of its tags. The newest is
    /// given back as it is.
    async fn restore_dataset_version(
        &self,
        context: &Context<'_>,
        dataset_id: ID,
        version: String,
    ) -> Result<DatasetVersion> {
        let session = session(context)?;
        let id = DatasetId::known(uuid(&dataset_id)?);
        let outcome = session.execute(Command::Restore { id, version }).await?;
        self::version(session, id, outcome.created).await
    }

    /// Describes a version anew, adds tags to it and takes others away. A tag that another version has is refused, and
    /// `latest` cannot be taken away.
    async fn update_dataset_version(
        &self,
        context: &Context<'_>,
        dataset_id: ID,
        version: String,
        description: Option<String>,
        #[graphql(default)] add_tags: Vec<String>,
        #[graphql(default)] remove_tags: Vec<String>,
    ) -> Result<DatasetVersion> {
        let session = session(context)?;
        let id = DatasetId::known(uuid(&dataset_id)?);
        let tags = TagEdits { added: add_tags, removed: remove_tags };
        let command = Command::UpdateVersion { id, version, description, tags };
        let outcome = session.execute(command).await?;
        self::version(session, id, outcome.created).await
    }

    /// True also for a tag that the version does not have. `latest` cannot be taken away.
    async fn remove_dataset_version_tag(
        &self,
        context: &Context<'_>,
        dataset_id: ID,
        version: String,
        tag: String,
    ) -> Result<bool> {
        let id = DatasetId::known(uuid(&dataset_id)?);
        session(context)?.execute(Command::RemoveVersionTag { id, version, tag }).await?;
        Ok(true)
    }
}

fn item_ids(ids: &[ID]) -> Result<Vec<DatasetItemId>> {
    ids.iter().map(|id| Ok(DatasetItemId::known(uuid(id)?))).collect()
}

/// The items that a filter leaves. Who means all of them has to say so.
async fn matching(session: &Session, dataset: DatasetId, filter: &str) -> Result<Vec<DatasetItemId>> {
    let query = Query::parse_own(&ITEMS, filter, session.now())?;
    if query == Query::All {
        let refusal = Rejection::invalid("the filter is empty, which would mean every item");
        return Err(refusal
            .hint("say which items, for example `data.answer:wrong`, or `has:id` for all")
            .into());
    }
    let found = session.read::<DatasetWrite, _>(move |reader| {
        Ok(reader.dataset_item_ids(dataset, &query)?.ok_or_else(not_found)?)
    });
    Ok(found.await?)
}

pub(super) fn text(json: Option<JsonText>) -> Option<String> {
    json.map(|JsonText(json): JsonText| Json::as_str(&json).to_owned())
}

/// A version that was just made or changed.
async fn version(session: &Session, dataset: DatasetId, id: Option<Uuid>) -> Result<DatasetVersion> {
    let reference = id.unwrap_or_default().to_string();
    let read = session.read::<DatasetRead, _>(move |reader| {
        let dataset = reader.dataset(dataset)?.ok_or_else(not_found)?;
        let version = called(reader, &dataset, &reference)?;
        Ok(VersionView::new(reader, &dataset, version)?)
    });
    Ok(DatasetVersion(read.await?))
}
