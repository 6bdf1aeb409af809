//! Verdicts of assertions on traces, spans and threads: passed or failed, one a name. They are no feedback scores and
//! never shown among them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Event, Score, Target, check_name};
use crate::command::{ProjectRef, check_batch};
use crate::event::Recorded;
use crate::ids::ProjectId;
use crate::rejection::Rejection;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    pub target: Target,
    pub project: ProjectRef,
    pub assertion: Assertion,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assertion {
    pub name: String,
    pub passed: bool,
    pub reason: Option<String>,
    pub source: String,
}

/// All verdicts on one target, in the order in which their names came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    pub verdicts: Vec<Verdict>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub assertion: Assertion,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// Clients that know no better send verdicts as scores of this category.
const CATEGORY: &str = "suite_assertion";

impl Assertion {
    /// The verdict that a score stands for, if it does.
    pub fn in_guise(score: &Score) -> Option<Self> {
        (score.category_name.as_deref() == Some(CATEGORY)).then(|| Self {
            name: score.name.clone(),
            passed: score.value == Decimal::ONE,
            reason: score.reason.clone(),
            source: score.source.clone(),
        })
    }
}

impl Write {
    pub fn decide(self, project_id: ProjectId) -> Event {
        Event::Asserted { target: self.target, project_id, assertion: self.assertion }
    }
}

impl State {
    /// Whether all of them passed; `None` if there are none.
    pub fn passed(&self) -> Option<bool> {
        let all = || self.verdicts.iter().all(|verdict| verdict.assertion.passed);
        (!self.verdicts.is_empty()).then(all)
    }

    /// A newer verdict replaces the one of its name.
    pub fn evolve(&mut self, event: &Recorded<Assertion>) {
        let assertion = event.event.clone();
        match self.verdicts.iter_mut().find(|verdict| verdict.assertion.name == assertion.name) {
            Some(verdict) => {
                verdict.assertion = assertion;
                verdict.last_updated_at = event.time;
                verdict.last_updated_by = event.principal.to_string();
            }
            None => self.verdicts.push(Verdict {
                assertion,
                created_at: event.time,
                created_by: event.principal.to_string(),
                last_updated_at: event.time,
                last_updated_by: event.principal.to_string(),
            }),
        }
    }
}

pub(super) fn check(writes: &[Write]) -> Result<(), Rejection> {
    check_batch("assertionResults", writes.len())?;
    writes
        .iter()
        .enumerate()
        .try_for_each(|(at, write)| check_name(&format!("assertionResults[{at}]."), &write.assertion.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(given: &[(&str, bool)]) -> State {
        let mut state = State::default();
        for (name, passed) in given {
            let assertion = Assertion {
                name: (*name).to_owned(),
                passed: *passed,
                reason: None,
                source: "sdk".to_owned(),
            };
            state.evolve(&Recorded::for_test(assertion));
        }
        state
    }

    #[test]
    fn a_run_passes_when_all_its_assertions_do() {
        assert_eq!(state(&[]).passed(), None);
        assert_eq!(state(&[("polite", true), ("short", true)]).passed(), Some(true));
        assert_eq!(state(&[("polite", true), ("short", false)]).passed(), Some(false));
    }

    #[test]
    fn the_last_verdict_of_a_name_stands_in_its_first_place() {
        let state = state(&[("polite", false), ("short", true), ("polite", true)]);
        let names: Vec<_> = state.verdicts.iter().map(|verdict| verdict.assertion.name.as_str()).collect();
        assert_eq!((names, state.passed()), (vec!["polite", "short"], Some(true)));
    }
}
