//! Configurations as readers find them: by project, and a version by id, name or environment.

use cairn_core::agents::parse_name;
use cairn_core::agents::state::{Blueprint, Configuration, Delta};
use cairn_core::ids::{BlueprintId, ProjectId};

use super::member;
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;

/// Which version of a project is meant.
#[derive(Clone, Debug, Default)]
pub enum Selector {
    #[default]
    Latest,
    Name(String),
    Environment(String),
}

/// A version or a mask, with the environments that are at it.
#[derive(Clone, Debug)]
pub struct Detailed {
    pub blueprint: Blueprint,
    pub environments: Vec<String>,
}

impl Reader {
    pub fn agent_configuration(&self, project: ProjectId) -> Result<Option<Configuration>, Error> {
        self.row(rows::agent_configuration(project))
    }

    pub fn agent_blueprint(&self, id: BlueprintId) -> Result<Option<Blueprint>, Error> {
        self.row(rows::agent_blueprint(id))
    }

    pub fn select_agent_blueprint(
        &self,
        project: ProjectId,
        selector: &Selector,
    ) -> Result<Option<Blueprint>, Error> {
        let Some(configuration) = self.agent_configuration(project)? else { return Ok(None) };
        let id = match selector {
            Selector::Latest => Some(configuration.latest),
            Selector::Environment(name) => configuration.environments.get(name).copied(),
            Selector::Name(name) => match parse_name(name) {
                Some(number) => self.agent_version_id(project, number)?,
                None => None,
            },
        };
        id.map_or(Ok(None), |id| self.agent_blueprint(id))
    }

    /// Versions by number, newest first, from `newest` down.
    pub fn agent_versions(
        &self,
        project: ProjectId,
        newest: u32,
        limit: usize,
    ) -> Result<Vec<Blueprint>, Error> {
        let mut versions = Vec::new();
        for number in (1..=newest).rev().take(limit) {
            let id = self.agent_version_id(project, number)?;
            versions.extend(id.map_or(Ok(None), |id| self.agent_blueprint(id))?);
        }
        Ok(versions)
    }

    /// The masks of a project, newest first.
    pub fn agent_masks(&self, project: ProjectId) -> Result<Vec<Blueprint>, Error> {
        let mut masks = Vec::new();
        self.each(rows::agent_members_numbered(project, 0), |key, _| {
            masks.extend(member(key).map_or(Ok(None), |id| self.agent_blueprint(id))?);
            Ok(())
        })?;
        masks.reverse();
        Ok(masks)
    }

    /// What a version changed of the one before it. All of a mask is a change.
    pub fn agent_delta(&self, blueprint: &Blueprint) -> Result<Delta, Error> {
        let before = match blueprint.number {
            Some(number) if number > 1 => self.agent_version_id(blueprint.project_id, number - 1)?,
            _ => None,
        };
        let before = before.map_or(Ok(None), |id| self.agent_blueprint(id))?;
        let old = before.map(|before| before.values).unwrap_or_default();
        Ok(Delta::between(&old, &blueprint.values))
    }

    /// Adds the environments that are at a blueprint.
    pub fn detail_agent_blueprint(&self, blueprint: Blueprint) -> Result<Detailed, Error> {
        let configuration = self.agent_configuration(blueprint.project_id)?;
        let environments = configuration.map(|configuration| configuration.environments_at(blueprint.id));
        Ok(Detailed { environments: environments.unwrap_or_default(), blueprint })
    }

    fn agent_version_id(&self, project: ProjectId, number: u32) -> Result<Option<BlueprintId>, Error> {
        let mut found = None;
        // Number 0 stands for masks, which have none.
        if number > 0 {
            self.each(rows::agent_members_numbered(project, number), |key, _| {
                found = member(key);
                Ok(())
            })?;
        }
        Ok(found)
    }
}
