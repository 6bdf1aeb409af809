//! What the traces of a project come to: all of them, or those that a query leaves.

use cairn_core::ids::ProjectId;
use cairn_core::query::{Entity, Field, Operand, Predicate, Query};
use cairn_core::time::Timestamp;

use crate::aggregate::figures::Figures;
use crate::aggregate::{Aggregation, Key};
use crate::error::Error;
use crate::reader::{Reader, Scope};

const WEEK_MS: i64 = 7 * 24 * 3_600_000;

#[derive(Clone, Debug)]
pub struct ProjectFigures {
    pub traces: Figures,
    pub thread_count: u64,
    pub errors: Errors,
}

/// The errors there are, and how many more there were in the last week than in the week before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Errors {
    pub count: u64,
    pub deviation: i64,
    /// Of the week before; none if that had none.
    pub deviation_percentage: Option<i64>,
}

/// The traces of a project.
pub const fn traces_of(project: ProjectId) -> Scope {
    Scope { entity: Entity::Trace, project: Some(project), trace: None }
}

impl ProjectFigures {
    pub fn read(reader: &Reader, id: ProjectId, query: &Query, now: Timestamp) -> Result<Self, Error> {
        let traces = Figures::read(reader, traces_of(id), query)?;
        Self::of(traces, reader, id, query, now)
    }

    /// With the rest of what is told of a project beside the figures of its traces.
    pub fn of(
        traces: Figures,
        reader: &Reader,
        id: ProjectId,
        query: &Query,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let thread_count = threads(reader, id, query)?;
        let errors = Errors::read(reader, id, traces.errors, query, now)?;
        Ok(Self { traces, thread_count, errors })
    }
}

impl Figures {
    /// By what a list of projects can be sorted besides what projects are sorted by anyway.
    pub const SORTABLE: [&str; 11] = [
        "duration.p50",
        "duration.p90",
        "duration.p99",
        "total_estimated_cost",
        "total_estimated_cost_sum",
        "trace_count",
        "usage.total_tokens",
        "usage.prompt_tokens",
        "usage.completion_tokens",
        "guardrails_failed_count",
        "error_count",
    ];

    /// What a project is sorted by, under a name of `SORTABLE`.
    #[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^53 traces")]
    pub fn sort_value(&self, field: &str) -> Option<f64> {
        match field {
            "duration.p50" => self.duration.map(|found| found.p50),
            "duration.p90" => self.duration.map(|found| found.p90),
            "duration.p99" => self.duration.map(|found| found.p99),
            "total_estimated_cost" => self.cost_mean,
            "total_estimated_cost_sum" => Some(self.cost_sum),
            "trace_count" => Some(self.count as f64),
            "error_count" => Some(self.errors as f64),
            "usage.total_tokens" => self.tokens("total_tokens"),
            "usage.prompt_tokens" => self.tokens("prompt_tokens"),
            "usage.completion_tokens" => self.tokens("completion_tokens"),
            "guardrails_failed_count" => Some(self.guardrails_failed as f64),
            _ => None,
        }
    }

    fn tokens(&self, kind: &str) -> Option<f64> {
        self.usage.iter().find(|usage| usage.name == kind).map(|usage| usage.mean)
    }
}

/// Those of the traces that a query leaves; all are known without a look at the traces.
fn threads(reader: &Reader, id: ProjectId, query: &Query) -> Result<u64, Error> {
    if *query == Query::All {
        return Ok(u64::try_from(reader.count(Entity::Thread, id)?).unwrap_or(u64::MAX));
    }
    let asked = Aggregation { by: vec![Field::ThreadId], ..Aggregation::default() };
    let found = reader.aggregate(traces_of(id), query, &asked)?;
    let threads = found.groups.iter().filter(|group| group.by.iter().any(|key| matches!(key, Key::Value(_))));
    Ok(u64::try_from(threads.count()).unwrap_or(u64::MAX))
}

impl Errors {
    fn read(
        reader: &Reader,
        id: ProjectId,
        count: u64,
        query: &Query,
        now: Timestamp,
    ) -> Result<Self, Error> {
        if count == 0 {
            return Ok(Self::default());
        }
        let ago = |weeks: i64| Timestamp::from_millis(now.as_millis() - weeks * WEEK_MS);
        let errors = |from, to| -> Result<i64, Error> {
            let mut conditions = Query::within(Some(from), Some(to));
            conditions.push(Query::term(Field::Error, Predicate::Equals(Operand::Truth(true))));
            conditions.push(query.clone());
            let query = Query::And(conditions).simplified();
            let found = reader.aggregate(traces_of(id), &query, &Aggregation::default())?;
            let count = found.groups.first().map_or(0, |group| group.count);
            Ok(i64::try_from(count).unwrap_or(i64::MAX))
        };
        let before = Timestamp::from_millis(ago(1).as_millis() - 1);
        let (recent, past) = (errors(ago(1), now)?, errors(ago(2), before)?);
        let deviation = recent - past;
        let deviation_percentage = (past > 0).then(|| deviation.saturating_mul(100) / past.max(1));
        Ok(Self { count, deviation, deviation_percentage })
    }
}
