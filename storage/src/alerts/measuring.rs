//! What thresholds of alerts are compared with, by the statistics that everybody else is shown.

use cairn_core::alerts::conditions::{Metric, Threshold};
use cairn_core::alerts::messages::metric;
use cairn_core::alerts::{Alert, EventType, Trigger};
use cairn_core::ids::ProjectId;
use cairn_core::json::Json;
use cairn_core::query::{Comparison, Entity, Field, Operand, Predicate, Query};
use cairn_core::time::Timestamp;
use serde_json::Value;

use crate::aggregate::{Aggregation, Measure};
use crate::error::Error;
use crate::reader::{Reader, Scope};

/// What became of the thresholds of a trigger.
#[derive(Clone, Debug, PartialEq)]
pub enum Measured {
    Crossed(Json),
    Calm,
}

impl Reader {
    /// Looks at the thresholds of a trigger over the time up to now.
    pub fn measure(&self, alert: &Alert, trigger: &Trigger, now: Timestamp) -> Result<Measured, Error> {
        let named = alert.definition.projects(trigger);
        let mut projects: Vec<(ProjectId, String)> = Vec::new();
        for id in named.iter().flatten() {
            let known = self.project(*id)?.map(|view| (*id, view.project.name));
            projects.extend(known.filter(|known| !projects.contains(known)));
        }
        // Projects that are gone are not all projects.
        if named.is_some() && projects.is_empty() {
            return Ok(Measured::Calm);
        }
        for group in trigger.groups() {
            if let Some(told) = self.crossed(trigger.event_type, &group, &projects, now)? {
                return Ok(Measured::Crossed(Json::from_value(&Value::Array(told))));
            }
        }
        Ok(Measured::Calm)
    }

    /// What there is to tell if all thresholds of a group are crossed.
    fn crossed(
        &self,
        event_type: EventType,
        group: &[Threshold],
        projects: &[(ProjectId, String)],
        now: Timestamp,
    ) -> Result<Option<Vec<Value>>, Error> {
        let mut told = Vec::new();
        for threshold in group {
            let value = self.value_of(event_type, threshold, projects, now)?;
            match value.filter(|value| threshold.is_crossed(Some(*value))) {
                Some(value) => told.push(metric(event_type, threshold, value, projects)),
                None => return Ok(None),
            }
        }
        Ok((!told.is_empty()).then_some(told))
    }

    #[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^53 things")]
    fn value_of(
        &self,
        event_type: EventType,
        threshold: &Threshold,
        projects: &[(ProjectId, String)],
        now: Timestamp,
    ) -> Result<Option<f64>, Error> {
        let entity = if event_type == EventType::ThreadScore { Entity::Thread } else { Entity::Trace };
        let scope = |project| Scope { entity, project, trace: None };
        let scopes = match projects {
            [] => vec![scope(None)],
            named => named.iter().map(|(id, _)| scope(Some(*id))).collect(),
        };
        let field = match &threshold.metric {
            Metric::Errors => Field::Error,
            Metric::Cost => Field::Cost,
            Metric::Latency => Field::Duration,
            Metric::Score(name) => Field::FeedbackScore(name.to_lowercase()),
        };
        let window_ms = i64::try_from(threshold.window_seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
        let from = Timestamp::from_millis(now.as_millis().saturating_sub(window_ms));
        // A thread is as late as the last that was said in it.
        let clock = if entity == Entity::Thread { Field::LastUpdatedAt } else { Field::StartTime };
        let within = Predicate::Compare(Comparison::GreaterOrEqual, Operand::Time(from));
        let asked = Aggregation { measures: vec![Measure::of(field)], ..Aggregation::default() };
        let found = self.aggregate_all(&scopes, &Query::term(clock, within), &asked)?;
        let summary = found.groups.into_iter().next().and_then(|group| group.summaries.into_iter().next());
        Ok(match &threshold.metric {
            Metric::Errors => Some(summary.map_or(0, |summary| summary.count()) as f64),
            Metric::Cost => Some(summary.map_or(0.0, |summary| summary.sum())),
            // Durations are measured in milliseconds.
            Metric::Latency => summary.and_then(|summary| summary.mean()).map(|mean| mean / 1_000.0),
            Metric::Score(_) => summary.and_then(|summary| summary.mean()),
        })
    }
}
