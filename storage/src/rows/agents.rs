//! Where agent configurations, runners, their jobs and insights lie.

use cairn_core::ids::{BlueprintId, IssueId, JobId, Position, ProjectId, RunnerId};
use cairn_core::insights::Day;

use super::{Key, Table, key, uuid};
use crate::runners::Stage;

pub(crate) fn agent_configuration(id: ProjectId) -> Key {
    key(Table::AgentConfiguration, &[id.bytes()])
}

pub(crate) fn agent_blueprint(id: BlueprintId) -> Key {
    key(Table::AgentBlueprint, &[id.bytes()])
}

pub(crate) fn agent_members(id: ProjectId) -> Key {
    key(Table::AgentMember, &[id.bytes()])
}

pub(crate) fn agent_members_numbered(id: ProjectId, number: u32) -> Key {
    key(Table::AgentMember, &[id.bytes(), &number.to_be_bytes()])
}

pub(crate) fn agent_member(id: ProjectId, number: u32, blueprint: BlueprintId) -> Key {
    key(Table::AgentMember, &[id.bytes(), &number.to_be_bytes(), blueprint.bytes()])
}

pub(crate) fn runner(id: RunnerId) -> Key {
    key(Table::Runner, &[id.bytes()])
}

/// The length before the owner keeps it from being the beginning of another.
pub(crate) fn runners_of_owner(id: ProjectId, owner: &str) -> Key {
    let length = u32::try_from(owner.len()).unwrap_or(u32::MAX).to_be_bytes();
    key(Table::RunnerOfProject, &[id.bytes(), &length, owner.as_bytes()])
}

pub(crate) fn runner_of_owner(id: ProjectId, owner: &str, runner: RunnerId) -> Key {
    let mut key = runners_of_owner(id, owner);
    key.extend_from_slice(runner.bytes());
    key
}

pub(crate) fn living_runners(id: ProjectId) -> Key {
    key(Table::LivingRunner, &[id.bytes()])
}

pub(crate) fn living_runner(id: ProjectId, runner: RunnerId) -> Key {
    key(Table::LivingRunner, &[id.bytes(), runner.bytes()])
}

pub(crate) fn job(id: JobId) -> Key {
    key(Table::Job, &[id.bytes()])
}

pub(crate) fn jobs_of_runner(id: RunnerId) -> Key {
    key(Table::JobOfRunner, &[id.bytes()])
}

pub(crate) fn job_of_runner(id: RunnerId, created: Position) -> Key {
    key(Table::JobOfRunner, &[id.bytes(), &created.0.to_be_bytes()])
}

pub(crate) fn open_jobs() -> Key {
    key(Table::OpenJob, &[])
}

pub(crate) fn open_jobs_at(id: RunnerId, stage: Stage) -> Key {
    key(Table::OpenJob, &[id.bytes(), &[stage as u8]])
}

pub(crate) fn open_job(id: RunnerId, stage: Stage, created: Position) -> Key {
    key(Table::OpenJob, &[id.bytes(), &[stage as u8], &created.0.to_be_bytes()])
}

pub(crate) fn runner_of_open_job(key: &[u8]) -> Option<RunnerId> {
    key.get(1..17).and_then(uuid).map(RunnerId::known)
}

pub(crate) fn job_logs(id: JobId) -> Key {
    key(Table::JobLog, &[id.bytes()])
}

pub(crate) fn job_log(id: JobId, first: u32) -> Key {
    key(Table::JobLog, &[id.bytes(), &first.to_be_bytes()])
}

pub(crate) fn insights_job(id: ProjectId) -> Key {
    key(Table::InsightsJob, &[id.bytes()])
}

pub(crate) fn insights_issues(id: ProjectId) -> Key {
    key(Table::InsightsIssue, &[id.bytes()])
}

pub(crate) fn insights_issue(id: ProjectId, issue: IssueId) -> Key {
    key(Table::InsightsIssue, &[id.bytes(), issue.bytes()])
}

pub(crate) fn insights_days(id: ProjectId, issue: IssueId) -> Key {
    key(Table::InsightsDay, &[id.bytes(), issue.bytes()])
}

pub(crate) fn insights_day(id: ProjectId, issue: IssueId, day: Day) -> Key {
    key(Table::InsightsDay, &[id.bytes(), issue.bytes(), &day.number().to_be_bytes()])
}
