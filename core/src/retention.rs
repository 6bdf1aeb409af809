//! Rules by which traces are deleted when they are older than a period. Which rule governs what is decided here; when
//! it is applied, and what is old enough, is found elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::access::{Needs, RetentionWrite};
use crate::command::{Context, check_text};
use crate::event::Recorded;
use crate::ids::{ProjectId, RetentionRuleId};
use crate::limits::{ENVIRONMENT_CHARS_MAX, RETENTION_RULES_MAX};
use crate::query::{Comparison, Field, Operand, Predicate, Query, Term};
use crate::rejection::Rejection;
use crate::time::Timestamp;

const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// How long traces are kept after they started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Period {
    Short,
    Base,
    Extended,
    Unlimited,
}

/// What a rule is about; the most specific one governs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Scope {
    /// What the server is run by. It has one organization, so that this is the workspace's last resort.
    Organization,
    Workspace,
    /// Traces of the workspace that name the environment.
    Environment(String),
    Project(ProjectId),
    /// Traces of the project that name the environment.
    ProjectEnvironment(ProjectId, String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Create {
    pub scope: Scope,
    pub period: Period,
    /// Whether what started before the rule was made goes, too.
    pub apply_to_past: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Takes the place of the rule that is active for the scope.
    Create(Create),
    Deactivate(RetentionRuleId),
}

impl Needs for Command {
    type Permission = RetentionWrite;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Created { id: RetentionRuleId, create: Box<Create> },
    Deactivated { id: RetentionRuleId },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub id: RetentionRuleId,
    pub scope: Scope,
    pub period: Period,
    pub apply_to_past: bool,
    /// A rule is never deleted: it tells why traces went.
    pub enabled: bool,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// All rules of a workspace.
#[derive(Clone, Debug, Default)]
pub struct State {
    by_id: BTreeMap<RetentionRuleId, Rule>,
    active: BTreeMap<Scope, RetentionRuleId>,
}

/// A rule with what of a project it governs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Governed<'a> {
    pub rule: &'a Rule,
    /// Only traces of this environment.
    only: Option<&'a str>,
    /// Environments with a rule that is more specific.
    except: BTreeSet<&'a str>,
}

impl Period {
    pub const fn days(self) -> Option<i64> {
        match self {
            Self::Short => Some(14),
            Self::Base => Some(60),
            Self::Extended => Some(400),
            Self::Unlimited => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Short => "short_14d",
            Self::Base => "base_60d",
            Self::Extended => "extended_400d",
            Self::Unlimited => "unlimited",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        [Self::Short, Self::Base, Self::Extended, Self::Unlimited]
            .into_iter()
            .find(|period| period.name() == name)
    }
}

impl Scope {
    /// The parts that a client names.
    pub fn of(
        organization: bool,
        project: Option<ProjectId>,
        environment: Option<String>,
    ) -> Result<Self, Rejection> {
        if environment.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Rejection::invalid("environment must not be blank"));
        }
        check_text("", "environment", environment.as_deref(), ENVIRONMENT_CHARS_MAX)?;
        match (organization, project, environment) {
            (true, None, None) => Ok(Self::Organization),
            (true, ..) => Err(Rejection::invalid(
                "a rule of the organization names neither a project nor an environment",
            )),
            (false, None, None) => Ok(Self::Workspace),
            (false, None, Some(name)) => Ok(Self::Environment(name)),
            (false, Some(id), None) => Ok(Self::Project(id)),
            (false, Some(id), Some(name)) => Ok(Self::ProjectEnvironment(id, name)),
        }
    }

    pub const fn project(&self) -> Option<ProjectId> {
        match self {
            Self::Project(id) | Self::ProjectEnvironment(id, _) => Some(*id),
            Self::Organization | Self::Workspace | Self::Environment(_) => None,
        }
    }

    pub fn environment(&self) -> Option<&str> {
        match self {
            Self::Environment(name) | Self::ProjectEnvironment(_, name) => Some(name),
            Self::Organization | Self::Workspace | Self::Project(_) => None,
        }
    }

    /// How the contract calls it, which knows no environments.
    pub const fn level(&self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Workspace | Self::Environment(_) => "workspace",
            Self::Project(_) | Self::ProjectEnvironment(..) => "project",
        }
    }
}

impl Event {
    pub const fn id(&self) -> RetentionRuleId {
        match self {
            Self::Created { id, .. } | Self::Deactivated { id } => *id,
        }
    }
}

impl State {
    pub fn get(&self, id: RetentionRuleId) -> Option<&Rule> {
        self.by_id.get(&id)
    }

    /// Newest first.
    pub fn all(&self) -> impl Iterator<Item = &Rule> {
        self.by_id.values().rev()
    }

    /// `has_project` says whether there is a project.
    pub fn decide(
        &self,
        command: Command,
        has_project: impl Fn(ProjectId) -> bool,
        context: &mut Context,
    ) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Create(create) => {
                if create.scope.project().is_some_and(|id| !has_project(id)) {
                    return Err(Rejection::not_found("Project not found"));
                }
                if self.by_id.len() >= RETENTION_RULES_MAX {
                    let message = format!("Workspace already has the maximum of {RETENTION_RULES_MAX} rules");
                    return Err(Rejection::conflict(message));
                }
                let before = self.active.get(&create.scope).map(|id| Event::Deactivated { id: *id });
                let id = RetentionRuleId::known(context.fresh_id_in_order());
                let created = Event::Created { id, create: Box::new(create) };
                Ok(before.into_iter().chain([created]).collect())
            }
            Command::Deactivate(id) => {
                let rule = self.get(id).ok_or_else(|| Rejection::not_found("Retention rule not found"))?;
                Ok(rule.enabled.then_some(Event::Deactivated { id }).into_iter().collect())
            }
        }
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Created { id, create } => self.load(Rule {
                id: *id,
                scope: create.scope.clone(),
                period: create.period,
                apply_to_past: create.apply_to_past,
                enabled: true,
                created_at: event.time,
                created_by: event.principal.to_string(),
                last_updated_at: event.time,
                last_updated_by: event.principal.to_string(),
            }),
            Event::Deactivated { id } => {
                let Some(rule) = self.by_id.get_mut(id) else { return };
                rule.enabled = false;
                rule.last_updated_at = event.time;
                rule.last_updated_by = event.principal.to_string();
                // Another may be active by now, as an undo can change the order.
                if self.active.get(&rule.scope) == Some(id) {
                    self.active.remove(&rule.scope);
                }
            }
        }
    }

    /// The rule that is active for a scope.
    pub fn active_for(&self, scope: &Scope) -> Option<RetentionRuleId> {
        self.active.get(scope).copied()
    }

    /// Puts a rule as it shall be, or takes it away.
    pub fn replace(&mut self, id: RetentionRuleId, rule: Option<Rule>) {
        self.active.retain(|_, active| *active != id);
        self.by_id.remove(&id);
        if let Some(rule) = rule {
            self.load(rule);
        }
    }

    /// Takes a rule as it was stored.
    pub fn load(&mut self, rule: Rule) {
        if rule.enabled {
            self.active.insert(rule.scope.clone(), rule.id);
        }
        self.by_id.insert(rule.id, rule);
    }

    /// The rules that govern the traces of a project, each trace by one of them at most.
    pub fn governing(&self, project: ProjectId) -> Vec<Governed<'_>> {
        let rule = |scope: &Scope| self.active.get(scope).and_then(|id| self.by_id.get(id));
        let mut governed: Vec<Governed<'_>> = Vec::new();
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let base = rule(&Scope::Project(project));
        let in_project = |rule: &&Rule| match &rule.scope {
            Scope::ProjectEnvironment(id, _) => *id == project,
            _ => false,
        };
        let everywhere = |rule: &&Rule| base.is_none() && matches!(rule.scope, Scope::Environment(_));
        let active = || self.active.values().filter_map(|id| self.by_id.get(id));
        for rule in active().filter(in_project).chain(active().filter(everywhere)) {
            if let Some(name) = rule.scope.environment()
                && known.insert(name)
            {
                governed.push(Governed { rule, only: Some(name), except: BTreeSet::new() });
            }
        }
        let rest = base.or_else(|| rule(&Scope::Workspace)).or_else(|| rule(&Scope::Organization));
        governed.extend(rest.map(|rule| Governed { rule, only: None, except: known }));
        governed
    }
}

impl Governed<'_> {
    /// The traces that a rule wants gone at a time; nothing if it keeps all.
    pub fn expired(&self, now: Timestamp) -> Option<Query> {
        let days = self.rule.period.days()?;
        let before = Timestamp::from_millis(now.as_millis().saturating_sub(days * DAY_MS));
        let time = |comparison, time| {
            let predicate = Predicate::Compare(comparison, Operand::Time(time));
            Query::Term(Term { field: Field::StartTime, predicate })
        };
        let of = |name: &str| {
            let predicate = Predicate::Equals(Operand::Text(name.to_owned()));
            Query::Term(Term { field: Field::Environment, predicate })
        };
        let mut parts = vec![time(Comparison::Less, before)];
        if !self.rule.apply_to_past {
            parts.push(time(Comparison::GreaterOrEqual, self.rule.created_at));
        }
        parts.extend(self.only.map(of));
        parts.extend(self.except.iter().map(|name| Query::Not(Box::new(of(name)))));
        Some(Query::And(parts))
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use uuid::Uuid;

    use super::*;
    use crate::command::tests::context;

    const SHOP: ProjectId = ProjectId::known(Uuid::from_u128(1));
    const OFFICE: ProjectId = ProjectId::known(Uuid::from_u128(2));

    fn rules(scopes: &[(Scope, Period)]) -> State {
        let mut state = State::default();
        for (number, (scope, period)) in (1..).zip(scopes) {
            let id = RetentionRuleId::known(Uuid::from_u128(number));
            let create = Create { scope: scope.clone(), period: *period, apply_to_past: true };
            state.evolve(&Recorded::for_test(Event::Created { id, create: Box::new(create) }));
        }
        state
    }

    fn check(state: &State, project: ProjectId, then: Expect) {
        let shown = state.governing(project).into_iter().map(|governed| {
            format!("{} {:?} except {:?}\n", governed.rule.period.name(), governed.only, governed.except)
        });
        then.assert_eq(&shown.collect::<String>());
    }

    #[test]
    fn each_trace_is_governed_by_the_most_specific_rule() {
        let state = rules(&[
            (Scope::Organization, Period::Unlimited),
            (Scope::Workspace, Period::Extended),
            (Scope::Environment("staging".to_owned()), Period::Base),
            (Scope::Project(SHOP), Period::Unlimited),
            (Scope::ProjectEnvironment(SHOP, "test".to_owned()), Period::Short),
        ]);
        check(
            &state,
            SHOP,
            expect![[r#"
                short_14d Some("test") except {}
                unlimited None except {"test"}
            "#]],
        );
        check(
            &state,
            OFFICE,
            expect![[r#"
                base_60d Some("staging") except {}
                extended_400d None except {"staging"}
            "#]],
        );
        check(&rules(&[(Scope::Project(SHOP), Period::Short)]), OFFICE, expect![""]);
    }

    #[test]
    fn a_new_rule_takes_the_place_of_the_one_of_its_scope() {
        let mut state = rules(&[(Scope::Workspace, Period::Short)]);
        let create = Create { scope: Scope::Workspace, period: Period::Base, apply_to_past: false };
        let events = state.decide(Command::Create(create), |_| true, &mut context()).unwrap();
        for event in events {
            state.evolve(&Recorded::for_test(event));
        }
        let shown: Vec<_> = state.all().map(|rule| (rule.period, rule.enabled)).collect();
        assert_eq!(shown, [(Period::Base, true), (Period::Short, false)]);
        check(
            &state,
            SHOP,
            expect![[r"
            base_60d None except {}
        "]],
        );
    }

    #[test]
    fn to_deactivate_again_changes_nothing_and_an_unknown_rule_is_refused() {
        let mut state = rules(&[(Scope::Workspace, Period::Short)]);
        let id = RetentionRuleId::known(Uuid::from_u128(1));
        let deactivate = |state: &State, id| state.decide(Command::Deactivate(id), |_| true, &mut context());
        assert_eq!(deactivate(&state, id).unwrap(), [Event::Deactivated { id }]);
        state.evolve(&Recorded::for_test(Event::Deactivated { id }));
        assert!(deactivate(&state, id).unwrap().is_empty());
        let unknown = RetentionRuleId::known(Uuid::from_u128(9));
        assert_eq!(deactivate(&state, unknown).unwrap_err().to_string(), "Retention rule not found");
    }

    #[test]
    fn a_rule_that_comes_back_is_active_and_one_that_ended_before_it_changes_nothing() {
        let mut state = rules(&[(Scope::Workspace, Period::Short), (Scope::Workspace, Period::Base)]);
        let [first, second] = [1, 2].map(|number| RetentionRuleId::known(Uuid::from_u128(number)));
        let rule = state.get(first).cloned();
        state.replace(first, rule);
        assert_eq!(state.active_for(&Scope::Workspace), Some(first));
        state.evolve(&Recorded::for_test(Event::Deactivated { id: second }));
        assert_eq!(state.active_for(&Scope::Workspace), Some(first));
        state.replace(first, None);
        assert_eq!((state.get(first), state.active_for(&Scope::Workspace)), (None, None));
    }

    #[test]
    fn a_rule_of_a_project_that_is_not_there_is_refused() {
        let create = Create { scope: Scope::Project(SHOP), period: Period::Short, apply_to_past: true };
        let refused = State::default().decide(Command::Create(create), |_| false, &mut context());
        assert_eq!(refused.unwrap_err().to_string(), "Project not found");
    }

    #[test]
    fn a_rule_that_leaves_the_past_alone_asks_for_what_started_since_it_was_made() {
        let mut state = rules(&[(Scope::Workspace, Period::Short)]);
        let now = Timestamp::from_millis(20 * DAY_MS);
        let asked = |state: &State| state.governing(SHOP)[0].expired(now).unwrap().to_string();
        expect!["start < 1970-01-07T00:00:00Z"].assert_eq(&asked(&state));
        state.by_id.values_mut().for_each(|rule| rule.apply_to_past = false);
        expect!["start < 1970-01-07T00:00:00Z AND start >= 1970-01-01T00:00:01Z"].assert_eq(&asked(&state));
    }
}
