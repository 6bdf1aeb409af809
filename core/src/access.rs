//! Who asks, and what they may do, as types: what needs a permission takes a `Grant` of it.
//! How a principal is recognised (keys, sessions) is the faces' matter, not decided here.

pub mod known;

use std::marker::PhantomData;
use std::sync::Arc;

use crate::ids::{Position, RetentionRuleId, WorkspaceId};
use crate::rejection::{Rejection, RejectionKind};

/// A permission is a type without values; only its name exists at run time.
pub trait Permission: 'static {
    const NAME: &'static str;
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal),* $(,)?) => {
        $($(#[$doc])* #[derive(Clone, Copy, Debug)] pub enum $name {}
        impl Permission for $name { const NAME: &'static str = $text; })*
    };
}

permissions! {
    ProjectRead = "project_read",
    ProjectWrite = "project_write",
    TraceRead = "trace_read",
    /// Traces, spans and what exporters send.
    TraceWrite = "trace_write",
    TraceDelete = "trace_delete",
    FeedbackWrite = "feedback_write",
    CommentWrite = "comment_write",
    /// To delete what others wrote.
    CommentModerate = "comment_moderate",
    FeedbackDefinitionRead = "feedback_definition_read",
    FeedbackDefinitionWrite = "feedback_definition_write",
    PriceRead = "price_read",
    /// To set the workspace's own prices, and to price its past anew.
    PriceWrite = "price_write",
    PromptRead = "prompt_read",
    PromptWrite = "prompt_write",
    /// Configurations of agents.
    AgentRead = "agent_read",
    AgentWrite = "agent_write",
    /// One's own runners, their jobs and what they answer.
    RunnerRead = "runner_read",
    /// To pair runners, ask them for jobs and send commands to their machines.
    RunnerWrite = "runner_write",
    /// What was found in the traces of a project.
    InsightRead = "insight_read",
    InsightWrite = "insight_write",
    EnvironmentRead = "environment_read",
    EnvironmentWrite = "environment_write",
    DatasetRead = "dataset_read",
    DatasetWrite = "dataset_write",
    ExperimentRead = "experiment_read",
    ExperimentWrite = "experiment_write",
    AnnotationRead = "annotation_read",
    AnnotationWrite = "annotation_write",
    DashboardRead = "dashboard_read",
    DashboardWrite = "dashboard_write",
    AlertRead = "alert_read",
    /// To say of what, and where to, messages are sent.
    AlertWrite = "alert_write",
    OptimizationRead = "optimization_read",
    OptimizationWrite = "optimization_write",
    /// The log itself.
    AuditRead = "audit_read",
    /// To take everything that the log holds away, as a backup.
    BackupRead = "backup_read",
    /// To take changes back, whoever made them, and to restore what was deleted.
    HistoryUndo = "history_undo",
    RetentionRead = "retention_read",
    /// To say how long traces are kept.
    RetentionWrite = "retention_write",
    /// To erase for good, which nothing takes back, and to see what was erased.
    DataErase = "data_erase",
    /// To see who one is and how the server does; everybody who may enter has it.
    WorkspaceRead = "workspace_read",
    /// To change the settings of a workspace.
    WorkspaceConfigure = "workspace_configure",
    /// To make a workspace that begins as this one is.
    WorkspaceFork = "workspace_fork",
}

/// What the server does by itself is recorded under this name.
pub const SERVER: &str = "cairn";
const RULE: &str = "retention rule ";

/// The name under which a rule deletes.
pub fn rule_name(id: RetentionRuleId) -> String {
    format!("{RULE}{id}")
}

/// Who is behind a name in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who asked the server, or a program of theirs.
    Caller,
    RetentionRule,
    Server,
}

impl Actor {
    pub fn of(name: &str) -> Self {
        match name {
            SERVER => Self::Server,
            _ if name.starts_with(RULE) => Self::RetentionRule,
            _ => Self::Caller,
        }
    }
}

/// Ties a command to the permission that it needs, so that no face can run it without.
pub trait Needs {
    type Permission: Permission;
}

/// Somebody who was let into a workspace.
#[derive(Clone, Debug)]
pub struct Principal {
    name: Arc<str>,
    workspace: WorkspaceId,
    rights: Rights,
    awaited: Option<Position>,
}

#[derive(Clone, Debug)]
enum Rights {
    Everything,
    Listed(Arc<[&'static str]>),
}

impl Principal {
    /// Everybody in open mode, where the network decides who may talk to the server.
    pub fn open(workspace: WorkspaceId) -> Self {
        Self { name: Arc::from("admin"), workspace, rights: Rights::Everything, awaited: None }
    }

    pub fn limited(name: &str, workspace: WorkspaceId, permissions: &[&'static str]) -> Self {
        let rights = Rights::Listed(Arc::from(permissions));
        Self { name: Arc::from(name), workspace, rights, awaited: None }
    }

    /// The same caller, whose lists must have seen the log up to here.
    #[must_use]
    pub fn awaiting(self, position: Position) -> Self {
        Self { awaited: Some(position), ..self }
    }

    /// What lists must have seen of the log for this caller; without it, all that was there when he asked.
    pub const fn awaited(&self) -> Option<Position> {
        self.awaited
    }

    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    pub const fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    pub fn grant<P: Permission>(&self) -> Result<Grant<P>, Rejection> {
        let granted = match &self.rights {
            Rights::Everything => true,
            Rights::Listed(names) => names.contains(&P::NAME),
        };
        if granted {
            return Ok(Grant { principal: self.clone(), permission: PhantomData });
        }
        Err(Rejection::new(
            RejectionKind::Forbidden,
            format!("`{}` lacks the permission `{}`", self.name, P::NAME),
        )
        .hint("ask an owner of the workspace for it"))
    }
}

/// Proof that a principal has permission `P` in its workspace. Only `Principal::grant` makes one.
#[derive(Debug)]
pub struct Grant<P: Permission> {
    principal: Principal,
    permission: PhantomData<fn() -> P>,
}

impl<P: Permission> Grant<P> {
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    pub const fn workspace(&self) -> WorkspaceId {
        self.principal.workspace
    }
}

impl<P: Permission> Clone for Grant<P> {
    fn clone(&self) -> Self {
        Self { principal: self.principal.clone(), permission: PhantomData }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_principal_gets_only_what_it_may() {
        let reader = Principal::limited("eve", WorkspaceId::known(Uuid::nil()), &[TraceRead::NAME]);
        assert!(reader.grant::<TraceRead>().is_ok());
        let refusal = reader.grant::<TraceDelete>().unwrap_err();
        assert_eq!(
            refusal.to_string(),
            "`eve` lacks the permission `trace_delete`: ask an owner of the workspace for it"
        );
    }
}
