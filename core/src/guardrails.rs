//! Guardrails: what came of checks that an application ran on something that went into or out of a step. Whoever runs
//! the checks is not here.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Needs, TraceWrite};
use crate::command::{ProjectRef, check_batch, check_depth, check_text};
use crate::event::Recorded;
use crate::ids::{Position, ProjectId, SpanId, TraceId};
use crate::json::Json;
use crate::limits::{GUARDRAIL_CHECKS_MAX, NAME_CHARS_MAX};
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// Outcomes may come before the trace and the span that they are about.
#[derive(Clone, Debug, PartialEq)]
pub struct Record(pub Vec<Write>);

impl Needs for Record {
    type Permission = TraceWrite;
}

#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    pub project: ProjectRef,
    pub outcome: Outcome,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The kind of check: `PII`, `TOPIC`, or whatever the application calls it.
    pub name: String,
    pub passed: bool,
    pub config: Option<Json>,
    pub details: Option<Json>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    Checked(Box<Checked>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    pub trace_id: TraceId,
    pub span_id: SpanId,
    pub project_id: ProjectId,
    pub outcome: Outcome,
}

/// An outcome as it is kept with its trace; what it was configured with and found lies in its event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    pub span_id: SpanId,
    pub name: String,
    pub passed: bool,
    /// Tells checks of one name apart that were configured differently.
    mark: [u8; 16],
    pub position: Position,
    pub time: Timestamp,
}

impl Event {
    /// What this is about.
    pub fn entities(&self) -> Vec<Uuid> {
        let Self::Checked(checked) = self;
        vec![checked.trace_id.uuid(), checked.span_id.uuid()]
    }
}

impl Record {
    pub fn check(&self) -> Result<(), Rejection> {
        check_batch("guardrails", self.0.len())?;
        self.0
            .iter()
            .enumerate()
            .try_for_each(|(at, write)| write.outcome.check(&format!("guardrails[{at}].")))
    }

    pub fn bytes(&self) -> usize {
        let length = |json: &Option<Json>| json.as_ref().map_or(0, |json| json.bytes().len());
        self.0.iter().map(|write| length(&write.outcome.config) + length(&write.outcome.details)).sum()
    }

    /// How many outcomes there are for each trace.
    pub fn by_trace(&self) -> BTreeMap<TraceId, usize> {
        let mut counts = BTreeMap::new();
        for write in &self.0 {
            *counts.entry(write.trace_id).or_default() += 1;
        }
        counts
    }
}

/// Refuses more outcomes than a trace can have.
pub fn check_room(trace_id: TraceId, known: usize, more: usize) -> Result<(), Rejection> {
    if known.saturating_add(more) <= GUARDRAIL_CHECKS_MAX {
        return Ok(());
    }
    let message =
        format!("the trace `{trace_id}` cannot have more than {GUARDRAIL_CHECKS_MAX} guardrail checks");
    Err(Rejection::invalid(message))
}

impl Write {
    pub fn decide(self, project_id: ProjectId) -> Event {
        let Self { trace_id, span_id, outcome, .. } = self;
        Event::Checked(Box::new(Checked { trace_id, span_id, project_id, outcome }))
    }
}

impl Outcome {
    fn check(&self, place: &str) -> Result<(), Rejection> {
        if self.name.trim().is_empty() {
            return Err(Rejection::invalid(format!("{place}name must not be blank")));
        }
        check_text(place, "name", Some(&self.name), NAME_CHARS_MAX)?;
        let bodies = [("config", self.config.as_ref()), ("details", self.details.as_ref()), ("", None)];
        check_depth(place, bodies)
    }

    fn mark(&self) -> [u8; 16] {
        let config = self.config.as_ref().map_or(&b""[..], |config| config.bytes());
        blake3::hash(config).as_bytes().first_chunk().copied().unwrap_or_default()
    }
}

/// A span is one run of its guardrails: the same check again is a repetition, as after a lost answer.
pub fn evolve(checks: &mut Vec<Check>, event: &Recorded<Event>) {
    let Event::Checked(checked) = &event.event;
    let check = Check {
        span_id: checked.span_id,
        name: checked.outcome.name.clone(),
        passed: checked.outcome.passed,
        mark: checked.outcome.mark(),
        position: event.position,
        time: event.time,
    };
    let is_same = |known: &&mut Check| {
        (known.span_id, &known.name, known.mark) == (check.span_id, &check.name, check.mark)
    };
    match checks.iter_mut().find(is_same) {
        Some(known) => *known = check,
        None => checks.push(check),
    }
}

/// Whether all passed; `None` if there are none.
pub fn passed(checks: &[Check]) -> Option<bool> {
    (!checks.is_empty()).then(|| checks.iter().all(|check| check.passed))
}

/// How often each kind of check failed, those that never did among them.
pub fn failures(checks: &[Check]) -> BTreeMap<&str, u64> {
    let mut failures = BTreeMap::new();
    for check in checks {
        *failures.entry(check.name.as_str()).or_default() += u64::from(!check.passed);
    }
    failures
}

/// By span, each span's by name.
pub fn by_span(checks: &[Check]) -> BTreeMap<SpanId, Vec<&Check>> {
    let mut spans: BTreeMap<SpanId, Vec<&Check>> = BTreeMap::new();
    for check in checks {
        spans.entry(check.span_id).or_default().push(check);
    }
    for checks in spans.values_mut() {
        checks.sort_by(|one, other| one.name.cmp(&other.name));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;

    fn checks(given: &[(&str, bool, &'static str)]) -> Vec<Check> {
        let mut checks = Vec::new();
        for (name, passed, config) in given {
            let write = Write {
                trace_id: TraceId::known(Uuid::nil()),
                span_id: SpanId::known(Uuid::nil()),
                project: ProjectRef::Default,
                outcome: Outcome {
                    name: (*name).to_owned(),
                    passed: *passed,
                    config: Json::parse(Bytes::from_static(config.as_bytes())).ok(),
                    details: None,
                },
            };
            evolve(&mut checks, &Recorded::for_test(write.decide(ProjectId::known(Uuid::nil()))));
        }
        checks
    }

    #[test]
    fn one_failure_is_a_failure() {
        assert_eq!(passed(&checks(&[])), None);
        assert_eq!(passed(&checks(&[("PII", true, "{}"), ("TOPIC", true, "{}")])), Some(true));
        assert_eq!(passed(&checks(&[("PII", true, "{}"), ("TOPIC", false, "{}")])), Some(false));
    }

    #[test]
    fn the_same_check_of_a_span_counts_once_and_one_configured_otherwise_apart() {
        let told = checks(&[
            ("TOPIC", false, r#"{"topics": ["a"]}"#),
            ("TOPIC", false, r#"{"topics": ["b"]}"#),
            ("TOPIC", false, r#"{"topics": ["a"]}"#),
            ("PII", true, "{}"),
        ]);
        assert_eq!(failures(&told), BTreeMap::from([("PII", 0), ("TOPIC", 2)]));
    }

    #[test]
    fn a_trace_has_room_for_so_many() {
        let trace_id = TraceId::known(Uuid::nil());
        assert!(check_room(trace_id, GUARDRAIL_CHECKS_MAX - 1, 1).is_ok());
        assert!(check_room(trace_id, GUARDRAIL_CHECKS_MAX, 1).is_err());
    }
}
