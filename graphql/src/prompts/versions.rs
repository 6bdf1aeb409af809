//! Versions of prompts, and what changed from one to another.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::PromptRead;
use cairn_core::ids::PromptVersionId;
use cairn_core::prompts::variables::variables;
use cairn_core::prompts::{self, Commit, Structure, diff, version_not_found};
use cairn_storage::prompts::read::Detailed;

use super::{Prompt, PromptStructure};
use crate::error::{Problem, Result};
use crate::scalars::{JsonText, Timestamp, uuid};
use crate::session::{Session, loader, session};

pub(crate) struct PromptVersion(pub(crate) Detailed);

/// How placeholders are written.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "prompts::Syntax")]
pub(crate) enum TemplateSyntax {
    Mustache,
    Jinja2,
    Python,
}

#[Object]
impl PromptVersion {
    async fn id(&self) -> ID {
        self.0.version.id.into()
    }

    async fn prompt_id(&self) -> ID {
        self.0.version.prompt_id.into()
    }

    #[graphql(complexity = "5 + child_complexity")]
    async fn prompt(&self, context: &Context<'_>) -> Result<Option<Prompt>> {
        Ok(loader(context)?.load_one(self.0.version.prompt_id).await?.map(Prompt))
    }

    async fn commit(&self) -> &str {
        self.0.version.commit.as_str()
    }

    /// Counted from 1; null for a mask.
    async fn number(&self) -> Option<u32> {
        self.0.version.number
    }

    /// Whether it stands beside the versions and is found by its id alone.
    async fn is_mask(&self) -> bool {
        self.0.version.is_mask()
    }

    async fn template(&self) -> &str {
        &self.0.version.content.template
    }

    async fn structure(&self) -> PromptStructure {
        self.0.structure.into()
    }

    async fn syntax(&self) -> TemplateSyntax {
        self.0.version.content.syntax.into()
    }

    /// The names that the template leaves open.
    async fn variables(&self) -> Vec<String> {
        let content = &self.0.version.content;
        variables(&content.template, content.syntax, self.0.structure).into_iter().collect()
    }

    async fn metadata(&self) -> Option<JsonText> {
        self.0.version.content.metadata.clone().map(JsonText)
    }

    async fn change_description(&self) -> Option<&str> {
        self.0.version.content.change_description.as_deref()
    }

    async fn tags(&self) -> &[String] {
        &self.0.version.content.tags
    }

    async fn environments(&self) -> &[String] {
        &self.0.environments
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.version.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.version.created_by
    }
}

/// What changed from one template to another, line by line. Messages are compared as indented JSON.
#[derive(SimpleObject)]
pub(crate) struct PromptDiff {
    old: PromptVersion,
    new: PromptVersion,
    added_count: usize,
    removed_count: usize,
    lines: Vec<PromptDiffLine>,
}

#[derive(SimpleObject)]
struct PromptDiffLine {
    kind: DiffLineKind,
    text: String,
    /// Its number in the old template, counted from 1; null for a line that was added.
    old_number: Option<usize>,
    /// Its number in the new template, counted from 1; null for a line that was removed.
    new_number: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "diff::LineKind")]
enum DiffLineKind {
    Kept,
    Removed,
    Added,
}

impl PromptDiff {
    fn between(old: Detailed, new: Detailed) -> std::result::Result<Self, Failure> {
        let structure = if old.structure == new.structure { new.structure } else { Structure::Text };
        let lines = diff::lines(&old.version.content.template, &new.version.content.template, structure)?;
        let count = |kind| lines.iter().filter(|line| line.kind == kind).count();
        Ok(Self {
            added_count: count(diff::LineKind::Added),
            removed_count: count(diff::LineKind::Removed),
            lines: lines
                .into_iter()
                .map(|line| PromptDiffLine {
                    kind: line.kind.into(),
                    text: line.text,
                    old_number: line.old,
                    new_number: line.new,
                })
                .collect(),
            old: PromptVersion(old),
            new: PromptVersion(new),
        })
    }
}

#[derive(Default)]
pub(crate) struct PromptVersionQueries;

#[Object]
impl PromptVersionQueries {
    /// A version or a mask.
    async fn prompt_version(&self, context: &Context<'_>, id: ID) -> Result<Option<PromptVersion>> {
        load(session(context)?, PromptVersionId::known(uuid(&id)?)).await
    }

    /// The versions of a commit: eight letters or digits, which versions of several prompts may have.
    #[graphql(complexity = "10 + 5 * child_complexity")]
    async fn prompt_versions_by_commit(
        &self,
        context: &Context<'_>,
        commit: String,
    ) -> Result<Vec<PromptVersion>> {
        let malformed = || Problem::invalid("a commit has eight letters or digits");
        let commit = Commit::parse(&commit).ok_or_else(malformed)?;
        let read = session(context)?.read::<PromptRead, _>(move |reader| {
            let versions = reader.prompt_versions_committed(commit.as_str())?;
            Ok(reader.detail_prompt_versions(versions)?)
        });
        Ok(read.await?.into_iter().map(PromptVersion).collect())
    }

    #[graphql(complexity = "50 + 100 * child_complexity")]
    async fn prompt_diff(&self, context: &Context<'_>, old: ID, new: ID) -> Result<PromptDiff> {
        let ids = [uuid(&old)?, uuid(&new)?].map(PromptVersionId::known);
        let read = session(context)?.read::<PromptRead, _>(move |reader| {
            let mut found = Vec::with_capacity(ids.len());
            for id in ids {
                found.push(reader.prompt_version(id)?.ok_or_else(version_not_found)?);
            }
            let mut detailed = reader.detail_prompt_versions(found)?.into_iter();
            match (detailed.next(), detailed.next()) {
                (Some(old), Some(new)) => PromptDiff::between(old, new),
                _ => Err(version_not_found().into()),
            }
        });
        Ok(read.await?)
    }
}

async fn load(session: &Session, id: PromptVersionId) -> Result<Option<PromptVersion>> {
    let read = session.read::<PromptRead, _>(move |reader| {
        let version = reader.prompt_version(id)?;
        Ok(reader.detail_prompt_versions(version.into_iter().collect())?)
    });
    Ok(read.await?.into_iter().next().map(PromptVersion))
}

/// A version that was just written; somebody else may have deleted its prompt since.
pub(super) async fn present(session: &Session, id: PromptVersionId) -> Result<PromptVersion> {
    load(session, id).await?.ok_or_else(|| Problem::not_found("Prompt version not found"))
}

impl Loader<PromptVersionId> for Session {
    type Value = Detailed;
    type Error = Failure;

    async fn load(
        &self,
        keys: &[PromptVersionId],
    ) -> std::result::Result<HashMap<PromptVersionId, Detailed>, Failure> {
        let ids = keys.to_vec();
        self.read::<PromptRead, _>(move |reader| {
            let versions = ids.into_iter().map(|id| reader.prompt_version(id));
            let versions = versions.filter_map(std::result::Result::transpose);
            let detailed = reader.detail_prompt_versions(versions.collect::<std::result::Result<_, _>>()?)?;
            Ok(detailed.into_iter().map(|detailed| (detailed.version.id, detailed)).collect())
        })
        .await
    }
}
