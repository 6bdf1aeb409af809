//! Settings of a workspace and its projects, and what programs report of a project, without what was taken back.

use cairn_core::derived;
use cairn_core::event::{Event, Recorded};
use cairn_core::history::WORKSPACE;
use cairn_core::history::undo;
use cairn_core::ids::{DerivedColumnId, IssueId, OptimizationId, ProjectId, RetentionRuleId};
use cairn_core::{optimizations, prices, retention, workspaces};

use super::super::Staging;
use crate::error::Error;
use crate::rows;

impl Staging {
    /// Its trials are experiments of their own and stay as they are.
    pub(super) fn refold_optimization(
        &mut self,
        id: OptimizationId,
        now: &Recorded<undo::Event>,
    ) -> Result<(), Error> {
        let standing = self.standing(id.uuid())?;
        if self.optimizations.get(id)?.is_some() {
            self.optimizations.project(&now.with(optimizations::Event::Deleted { id }))?;
        }
        for recorded in standing {
            if let Event::Optimizations(event) = &recorded.event {
                self.optimizations.project(&recorded.with(event.clone()))?;
            }
        }
        Ok(())
    }

    pub(super) fn refold_rule(&mut self, id: RetentionRuleId) -> Result<(), Error> {
        let mut alone = retention::State::default();
        for recorded in self.standing(id.uuid())? {
            if let Event::Retention(event) = &recorded.event {
                alone.evolve(&recorded.with(event.clone()));
            }
        }
        self.retention.replace(id, alone.get(id).cloned());
        Ok(())
    }

    /// It keeps the position at which it was set, by which estimates name it.
    pub(super) fn refold_price(
        &mut self,
        key: &prices::Key,
        now: &Recorded<undo::Event>,
    ) -> Result<(), Error> {
        let standing = self.standing(key.id().uuid())?;
        self.prices.project(&now.with(prices::Event::Removed(key.clone())));
        for recorded in standing {
            if let Event::Prices(event) = &recorded.event {
                self.prices.project(&recorded.with(event.clone()));
            }
        }
        Ok(())
    }

    /// A column that comes back is new to indexes: those that were begun while it was gone do not hold it.
    pub(super) fn refold_column(
        &mut self,
        id: DerivedColumnId,
        now: &Recorded<undo::Event>,
    ) -> Result<(), Error> {
        let mut alone = derived::State::default();
        for recorded in self.standing(id.uuid())? {
            if let Event::Derived(event) = &recorded.event {
                alone.evolve(&recorded.with(event.clone()));
            }
        }
        let present = self.derived.state().get(id).map(|column| column.since);
        let column = alone.get(id).cloned();
        let since = present.unwrap_or(now.position);
        self.derived.replace(id, column.map(|column| derived::Column { since, ..column }));
        Ok(())
    }

    pub(super) fn refold_agent(&mut self, project: ProjectId) -> Result<(), Error> {
        let standing = self.standing(project.uuid())?;
        self.agents.forget(project)?;
        for recorded in standing {
            if let Event::Agents(event) = &recorded.event {
                self.agents.project(&recorded.with(event.clone()))?;
            }
        }
        Ok(())
    }

    pub(super) fn refold_insights(&mut self, project: ProjectId) -> Result<(), Error> {
        let standing = self.standing(project.uuid())?;
        self.insights.forget_job(project);
        for recorded in standing {
            if let Event::Insights(event) = &recorded.event
                && event.issue_id().is_none()
            {
                self.insights.project(&recorded.with(event.clone()))?;
            }
        }
        Ok(())
    }

    pub(super) fn refold_issue(&mut self, project: ProjectId, id: IssueId) -> Result<(), Error> {
        let standing = self.standing(id.uuid())?;
        self.insights.forget_issue(project, id)?;
        for recorded in standing {
            if let Event::Insights(event) = &recorded.event {
                self.insights.project(&recorded.with(event.clone()))?;
            }
        }
        Ok(())
    }

    pub(super) fn refold_configuration(&mut self) -> Result<(), Error> {
        let mut configuration = None;
        for recorded in self.standing(WORKSPACE)? {
            match recorded.event {
                Event::Workspaces(workspaces::Event::Configured(said)) => configuration = Some(said),
                Event::Workspaces(workspaces::Event::ConfigurationCleared) => configuration = None,
                _ => {}
            }
        }
        self.configuration.put(rows::configuration(), configuration);
        Ok(())
    }
}
