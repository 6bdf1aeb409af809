//! Retention rules: how long traces are kept.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use cairn_core::access::{RetentionRead, RetentionWrite};
use cairn_core::ids::{ProjectId, RetentionRuleId};
use cairn_core::retention::{Command, Create, Period, Rule, Scope, State};

use crate::connection::{page_cost, page_size};
use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, session};

/// How long traces are kept after they started.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Period")]
pub(crate) enum RetentionPeriod {
    /// 14 days.
    Short,
    /// 60 days.
    Base,
    /// 400 days.
    Extended,
    Unlimited,
}

/// Traces that are older than the period are deleted, with their spans and all that hangs on them, in the name of the
/// rule. The most specific active rule governs a trace: of its project and environment, its project, its environment,
/// the workspace.
#[derive(SimpleObject)]
pub(crate) struct RetentionRule {
    id: ID,
    /// Null for a rule of the workspace.
    project_id: Option<ID>,
    /// Null for all environments.
    environment: Option<String>,
    /// Counts where the workspace has no rule of its own.
    is_of_organization: bool,
    period: RetentionPeriod,
    /// Whether what started before the rule was made goes, too.
    apply_to_past: bool,
    is_active: bool,
    created_at: Timestamp,
    created_by: String,
    last_updated_at: Timestamp,
    last_updated_by: String,
}

impl From<&Rule> for RetentionRule {
    fn from(rule: &Rule) -> Self {
        Self {
            id: rule.id.into(),
            project_id: rule.scope.project().map(ID::from),
            environment: rule.scope.environment().map(str::to_owned),
            is_of_organization: rule.scope == Scope::Organization,
            period: rule.period.into(),
            apply_to_past: rule.apply_to_past,
            is_active: rule.enabled,
            created_at: Timestamp(rule.created_at),
            created_by: rule.created_by.clone(),
            last_updated_at: Timestamp(rule.last_updated_at),
            last_updated_by: rule.last_updated_by.clone(),
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct RetentionRules {
    total: usize,
    items: Vec<RetentionRule>,
}

#[derive(InputObject)]
pub(crate) struct RetentionRuleInput {
    project_id: Option<ID>,
    environment: Option<String>,
    period: RetentionPeriod,
    #[graphql(default)]
    apply_to_past: bool,
}

#[derive(Default)]
pub(crate) struct RetentionQueries;

#[Object]
impl RetentionQueries {
    /// Newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn retention_rules(
        &self,
        context: &Context<'_>,
        #[graphql(default)] include_inactive: bool,
        first: Option<i32>,
        #[graphql(default)] offset: u32,
    ) -> Result<RetentionRules> {
        let first = page_size(first)?;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let rules = rules(session(context)?).await?;
        let wanted = || rules.all().filter(|rule| rule.enabled || include_inactive);
        let items = wanted().skip(offset).take(first).map(RetentionRule::from).collect();
        Ok(RetentionRules { total: wanted().count(), items })
    }

    async fn retention_rule(&self, context: &Context<'_>, id: ID) -> Result<Option<RetentionRule>> {
        let id = RetentionRuleId::known(uuid(&id)?);
        Ok(rules(session(context)?).await?.get(id).map(RetentionRule::from))
    }
}

#[derive(Default)]
pub(crate) struct RetentionMutations;

#[Object]
impl RetentionMutations {
    /// Makes a rule; the one that was active for the same project and environment ends. What it deletes lies in the
    /// trash like whatever is deleted, until it is erased.
    async fn create_retention_rule(
        &self,
        context: &Context<'_>,
        rule: RetentionRuleInput,
    ) -> Result<RetentionRule> {
        let session = session(context)?;
        let RetentionRuleInput { project_id, environment, period, apply_to_past } = rule;
        let project = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        let scope = Scope::of(false, project, environment)?;
        let create = Create { scope, period: period.into(), apply_to_past };
        let outcome = session.execute(Command::Create(create)).await?;
        present(session, RetentionRuleId::known(outcome.created.unwrap_or_default())).await
    }

    /// Applies the rules at once rather than within the hour; gives how many traces were deleted.
    async fn apply_retention_rules(&self, context: &Context<'_>) -> Result<u64> {
        let session = session(context)?;
        Ok(session.handles().apply_retention(&session.grant::<RetentionWrite>()?).await?)
    }

    /// Ends a rule. It stays in the list of all, as it tells why traces went.
    async fn deactivate_retention_rule(&self, context: &Context<'_>, id: ID) -> Result<RetentionRule> {
        let session = session(context)?;
        let id = RetentionRuleId::known(uuid(&id)?);
        session.execute(Command::Deactivate(id)).await?;
        present(session, id).await
    }
}

async fn rules(session: &Session) -> Result<State> {
    Ok(session.read::<RetentionRead, _>(|reader| Ok(reader.retention()?)).await?)
}

async fn present(session: &Session, id: RetentionRuleId) -> Result<RetentionRule> {
    let rules = rules(session).await?;
    rules.get(id).map(Into::into).ok_or_else(|| Problem::not_found("retention rule not found"))
}
