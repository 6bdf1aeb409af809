//! Prompts: named templates of a project. Their versions are in `versions`, what changes them in `changes`.

pub(crate) mod changes;
pub(crate) mod versions;

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, Object};
use cairn_actors::failure::Failure;
use cairn_core::access::PromptRead;
use cairn_core::ids::{ProjectId, PromptId};
use cairn_core::prompts::{self, Selector, state};
use cairn_storage::index::{Cursor, SortValue};

use self::versions::PromptVersion;
use crate::connection::{Found, Order, Page, Sort, page_cost, page_size};
use crate::cursor;
use crate::error::{Problem, Result};
use crate::projects::Project;
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, loader, session};

pub(crate) struct Prompt(pub(crate) state::Prompt);

/// One text, or the JSON of a list of messages.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "prompts::Structure")]
pub(crate) enum PromptStructure {
    Text,
    Chat,
}

#[Object]
impl Prompt {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn project_id(&self) -> ID {
        self.0.project_id.into()
    }

    /// Null if the project was deleted.
    #[graphql(complexity = "5 + child_complexity")]
    async fn project(&self, context: &Context<'_>) -> Result<Option<Project>> {
        Ok(loader(context)?.load_one(self.0.project_id).await?.map(Project))
    }

    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    async fn structure(&self) -> PromptStructure {
        self.0.structure.into()
    }

    async fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// Masks are not counted.
    async fn version_count(&self) -> u32 {
        self.0.versions
    }

    /// Null while there is none.
    #[graphql(complexity = "5 + child_complexity")]
    async fn latest_version(&self, context: &Context<'_>) -> Result<Option<PromptVersion>> {
        let Some(id) = self.0.latest else { return Ok(None) };
        Ok(loader(context)?.load_one(id).await?.map(PromptVersion))
    }

    /// The version that an environment is at.
    #[graphql(complexity = "5 + child_complexity")]
    async fn version_in(&self, context: &Context<'_>, environment: String) -> Result<Option<PromptVersion>> {
        let prompt = self.0.clone();
        let read = session(context)?.read::<PromptRead, _>(move |reader| {
            let version = reader.select_prompt_version(&prompt, &Selector::Environment(environment))?;
            Ok(reader.detail_prompt_versions(version.into_iter().collect())?)
        });
        Ok(read.await?.into_iter().next().map(PromptVersion))
    }

    /// The version of a number, counted from 1.
    #[graphql(complexity = "5 + child_complexity")]
    async fn version(&self, context: &Context<'_>, number: u32) -> Result<Option<PromptVersion>> {
        let prompt = self.0.clone();
        let read = session(context)?.read::<PromptRead, _>(move |reader| {
            let version = reader.select_prompt_version(&prompt, &Selector::Number(number))?;
            Ok(reader.detail_prompt_versions(version.into_iter().collect())?)
        });
        Ok(read.await?.into_iter().next().map(PromptVersion))
    }

    /// Newest first, without masks. `search` keeps those whose template or description of changes holds it.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn versions(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        search: Option<String>,
    ) -> Result<Page<PromptVersion>> {
        const LIST: &str = "prompt versions";
        let first = page_size(first)?;
        let after = after.map(|after| cursor::decode(LIST, &after)).transpose()?;
        let (id, search) = (self.0.id, search.unwrap_or_default());
        let read = session(context)?.read::<PromptRead, _>(move |reader| {
            let mut versions = reader.prompt_versions(id)?;
            versions.retain(|version| version.holds(&search));
            let total = versions.len();
            let place = |number: Option<u32>| SortValue::Whole(number.unwrap_or_default().into());
            if let Some(Cursor { value: SortValue::Whole(last), .. }) = &after {
                versions.retain(|version| i64::from(version.number.unwrap_or_default()) < *last);
            }
            // One more than is shown tells whether there is a next page.
            versions.truncate(first + 1);
            let placed = reader.detail_prompt_versions(versions)?.into_iter().map(|detailed| {
                let version = &detailed.version;
                (Cursor { value: place(version.number), id: version.id.uuid() }, detailed)
            });
            Ok(Found::within(placed.collect(), LIST, first, after.is_some(), total))
        });
        Ok(read.await?.into_page(PromptVersion))
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.created_by
    }

    async fn last_updated_at(&self) -> Timestamp {
        Timestamp(self.0.last_updated_at)
    }

    async fn last_updated_by(&self) -> &str {
        &self.0.last_updated_by
    }
}

#[derive(Default)]
pub(crate) struct PromptQueries;

#[Object]
impl PromptQueries {
    /// Newest first unless sorted by `name`, `structure`, `version_count`, `created_at`, `created_by`,
    /// `last_updated_at` or `last_updated_by`. `name` keeps those in whose name it stands, without regard to case.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn prompts(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
        name: Option<String>,
        project_id: Option<ID>,
        sort: Option<Sort>,
    ) -> Result<Page<Prompt>> {
        const SORTABLE: &[&str] = &[
            "name",
            "structure",
            "version_count",
            "created_at",
            "created_by",
            "last_updated_at",
            "last_updated_by",
        ];
        let order = Order::new("prompts", SORTABLE, sort, first, after)?;
        let project = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        let part = name.unwrap_or_default().to_lowercase();
        let read = session(context)?.read::<PromptRead, _>(move |reader| {
            let mut prompts = reader.prompts()?;
            prompts.retain(|prompt| {
                project.is_none_or(|project| prompt.project_id == project)
                    && prompt.name.to_lowercase().contains(&part)
            });
            let value = |prompt: &state::Prompt, field: &str| Ok(sort_value(prompt, field));
            order.sorted(prompts, |prompt| prompt.id.uuid(), value)
        });
        Ok(read.await?.into_page(Prompt))
    }

    async fn prompt(&self, context: &Context<'_>, id: ID) -> Result<Option<Prompt>> {
        load(session(context)?, PromptId::known(uuid(&id)?)).await
    }

    /// The prompt of a name in a project.
    async fn prompt_by_name(
        &self,
        context: &Context<'_>,
        project_id: ID,
        name: String,
    ) -> Result<Option<Prompt>> {
        let project = ProjectId::known(uuid(&project_id)?);
        let read =
            session(context)?.read::<PromptRead, _>(move |reader| Ok(reader.prompt_named(project, &name)?));
        Ok(read.await?.map(Prompt))
    }
}

fn sort_value(prompt: &state::Prompt, field: &str) -> SortValue {
    match field {
        "name" => SortValue::Text(prompt.name.to_lowercase()),
        "structure" => SortValue::Text(prompt.structure.name().to_owned()),
        "version_count" => SortValue::Whole(prompt.versions.into()),
        "created_at" => SortValue::Whole(prompt.created_at.as_nanos()),
        "created_by" => SortValue::Text(prompt.created_by.to_lowercase()),
        "last_updated_at" => SortValue::Whole(prompt.last_updated_at.as_nanos()),
        "last_updated_by" => SortValue::Text(prompt.last_updated_by.to_lowercase()),
        _ => SortValue::Id,
    }
}

async fn load(session: &Session, id: PromptId) -> Result<Option<Prompt>> {
    let read = session.read::<PromptRead, _>(move |reader| Ok(reader.prompt(id)?));
    Ok(read.await?.map(Prompt))
}

/// A prompt that was just written; somebody else may have deleted it since.
async fn present(session: &Session, id: PromptId) -> Result<Prompt> {
    load(session, id).await?.ok_or_else(|| Problem::not_found("Prompt not found"))
}

impl Loader<PromptId> for Session {
    type Value = state::Prompt;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[PromptId],
    ) -> std::result::Result<HashMap<PromptId, state::Prompt>, Failure> {
        let ids = keys.to_vec();
        self.read::<PromptRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                found.extend(reader.prompt(id)?.map(|prompt| (id, prompt)));
            }
            Ok(found)
        })
        .await
    }
}
