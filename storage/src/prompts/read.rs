//! Prompts and versions as readers find them: by id, name, number and commit.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use cairn_core::ids::{ProjectId, PromptId, PromptVersionId};
use cairn_core::projects::DEFAULT_NAME;
use cairn_core::prompts::state::{Prompt, Version};
use cairn_core::prompts::{Selector, Structure};

use crate::error::Error;
use crate::prompts::{environments_by_version, member};
use crate::reader::Reader;
use crate::rows;

/// A version with what its prompt says of it.
#[derive(Clone, Debug)]
pub struct Detailed {
    pub version: Version,
    pub structure: Structure,
    /// The names of the environments that it is in, in the order of the alphabet.
    pub environments: Vec<String>,
}

/// A prompt that was looked for by name.
#[derive(Clone, Debug)]
pub struct Named {
    pub prompt: Prompt,
    /// It is not in the project that was asked for.
    pub is_elsewhere: bool,
}

impl Reader {
    /// All prompts, newest first.
    pub fn prompts(&self) -> Result<Vec<Prompt>, Error> {
        let mut prompts = Vec::new();
        self.each(rows::prompts(), |_, value| {
            prompts.push(rows::read(value)?);
            Ok(())
        })?;
        prompts.sort_unstable_by_key(|prompt: &Prompt| std::cmp::Reverse(prompt.id));
        Ok(prompts)
    }

    pub fn prompt(&self, id: PromptId) -> Result<Option<Prompt>, Error> {
        self.row(rows::prompt(id))
    }

    pub fn prompt_named(&self, project: ProjectId, name: &str) -> Result<Option<Prompt>, Error> {
        match self.row(rows::prompt_name(name, project))? {
            Some(id) => self.prompt(id),
            None => Ok(None),
        }
    }

    /// The oldest prompt of a name, whatever its project.
    pub fn prompt_named_anywhere(&self, name: &str) -> Result<Option<Prompt>, Error> {
        let mut ids: Vec<PromptId> = Vec::new();
        self.each(rows::prompts_named(name), |_, value| {
            ids.push(rows::read(value)?);
            Ok(())
        })?;
        match ids.into_iter().min() {
            Some(id) => self.prompt(id),
            None => Ok(None),
        }
    }

    pub fn prompt_version(&self, id: PromptVersionId) -> Result<Option<Version>, Error> {
        self.row(rows::prompt_version(id))
    }

    pub fn prompt_version_numbered(&self, prompt: PromptId, number: u32) -> Result<Option<Version>, Error> {
        let mut found = None;
        // Number 0 stands for masks, which have none.
        if number > 0 {
            self.each(rows::prompt_members_numbered(prompt, number), |key, _| {
                found = member(key);
                Ok(())
            })?;
        }
        found.map_or(Ok(None), |id| self.prompt_version(id))
    }

    pub fn prompt_version_committed(&self, prompt: PromptId, commit: &str) -> Result<Option<Version>, Error> {
        match self.row(rows::prompt_commit(commit, prompt))? {
            Some(id) => self.prompt_version(id),
            None => Ok(None),
        }
    }

    /// The versions of a commit in all prompts.
    pub fn prompt_versions_committed(&self, commit: &str) -> Result<Vec<Version>, Error> {
        let mut ids: Vec<PromptVersionId> = Vec::new();
        self.each(rows::prompt_commits(commit), |_, value| {
            ids.push(rows::read(value)?);
            Ok(())
        })?;
        let versions = ids.into_iter().map(|id| self.prompt_version(id));
        versions.filter_map(Result::transpose).collect()
    }

    /// The versions of a prompt, and its masks.
    pub(crate) fn prompt_version_ids(&self, prompt: PromptId) -> Result<Vec<PromptVersionId>, Error> {
        let mut ids = Vec::new();
        self.each(rows::prompt_members(prompt), |key, _| {
            ids.extend(member(key));
            Ok(())
        })?;
        Ok(ids)
    }

    /// The versions of a prompt without its masks, newest first.
    pub fn prompt_versions(&self, prompt: PromptId) -> Result<Vec<Version>, Error> {
        let versions = self.prompt_version_ids(prompt)?.into_iter().rev().map(|id| self.prompt_version(id));
        let is_numbered =
            |version: &Result<Version, Error>| version.as_ref().map_or(true, |version| !version.is_mask());
        versions.filter_map(Result::transpose).filter(is_numbered).collect()
    }

    /// The prompt of a name: in the project that is given, or else anywhere in the workspace.
    pub fn find_prompt(&self, project: Option<&str>, name: &str) -> Result<Option<Named>, Error> {
        let view = self.project_by_name(project.unwrap_or(DEFAULT_NAME))?;
        let here = view.map_or(Ok(None), |view| self.prompt_named(view.project.id, name))?;
        if let Some(prompt) = here {
            return Ok(Some(Named { prompt, is_elsewhere: false }));
        }
        let is_elsewhere = project.is_some();
        Ok(self.prompt_named_anywhere(name)?.map(|prompt| Named { prompt, is_elsewhere }))
    }

    pub fn select_prompt_version(
        &self,
        prompt: &Prompt,
        selector: &Selector,
    ) -> Result<Option<Version>, Error> {
        let by_id = |id: Option<PromptVersionId>| id.map_or(Ok(None), |id| self.prompt_version(id));
        match selector {
            Selector::Latest => by_id(prompt.latest),
            Selector::Number(number) => self.prompt_version_numbered(prompt.id, *number),
            Selector::Commit(commit) => self.prompt_version_committed(prompt.id, commit),
            Selector::Environment(name) => {
                let environments = self.environments()?;
                let environment = environments.by_name(name).map(|environment| environment.id);
                by_id(environment.and_then(|id| prompt.environments.get(&id).copied()))
            }
        }
    }

    /// Adds what the prompts of the versions say of them. A version without a prompt is left out.
    pub fn detail_prompt_versions(&self, versions: Vec<Version>) -> Result<Vec<Detailed>, Error> {
        let environments = self.environments()?;
        let mut prompts = BTreeMap::new();
        let mut detailed = Vec::with_capacity(versions.len());
        for version in versions {
            let known = match prompts.entry(version.prompt_id) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(vacant) => {
                    let Some(prompt) = self.prompt(version.prompt_id)? else { continue };
                    vacant.insert((prompt.structure, environments_by_version(&prompt, &environments)))
                }
            };
            let environments = known.1.get(&version.id).cloned().unwrap_or_default();
            detailed.push(Detailed { structure: known.0, environments, version });
        }
        Ok(detailed)
    }
}
