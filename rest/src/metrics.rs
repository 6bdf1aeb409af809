//! Metrics over REST: time series and cards of a project and of a whole workspace. The figures are aggregations of
//! the one engine; here they get the names and shapes that clients know.

mod kinds;
mod series;
pub(crate) mod workspace;

use axum::Json;
use axum::extract::State;
use bytes::Bytes;
use cairn_core::access::ProjectRead;
use cairn_core::ids::ProjectId;
use cairn_core::limits::AGGREGATE_BUCKETS_MAX;
use cairn_core::query::{Entity, Field, Query, opik};
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use cairn_storage::aggregate::{Aggregation, Group, Measure, Summary};
use cairn_storage::error::Error;
use cairn_storage::reader::{Reader, Scope};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use self::kinds::{BreakdownIn, Interval, MetricType};
use self::series::{Asked, series};
use crate::error::Answer;
use crate::extract::{Body, Granted, Id};
use crate::lists::{existing, scope_of};
use crate::routes::Server;
use crate::statistics::figures::decimal;
use crate::wire::{self, Instant};

/// The body of a request for a time series.
#[derive(Deserialize)]
pub(crate) struct MetricIn {
    #[serde(alias = "metricType")]
    metric_type: Option<MetricType>,
    interval: Option<Interval>,
    #[serde(alias = "intervalStart")]
    interval_start: Option<Instant>,
    #[serde(alias = "intervalEnd")]
    interval_end: Option<Instant>,
    #[serde(alias = "traceFilters")]
    trace_filters: Option<Box<RawValue>>,
    #[serde(alias = "spanFilters")]
    span_filters: Option<Box<RawValue>>,
    #[serde(alias = "threadFilters")]
    thread_filters: Option<Box<RawValue>>,
    /// As the workspace's span metrics call them.
    filters: Option<Box<RawValue>>,
    breakdown: Option<BreakdownIn>,
    #[serde(alias = "projectIds")]
    project_ids: Option<Vec<uuid::Uuid>>,
}

/// A stretch of time, its end excluded.
#[derive(Clone, Copy, Debug)]
struct Range {
    from: Timestamp,
    to: Timestamp,
}

impl Range {
    fn read(from: Option<Instant>, to: Option<Instant>, now: Timestamp) -> Result<Self, Rejection> {
        let from = from.ok_or_else(|| Rejection::invalid("intervalStart must not be null"))?;
        let from = from.get("", "intervalStart")?;
        let to = to.map(|to| to.get("", "intervalEnd")).transpose()?.unwrap_or(now);
        if from >= to {
            return Err(Rejection::malformed("Parameter 'interval_start' must be before 'interval_end'"));
        }
        Ok(Self { from, to })
    }

    /// As long, just before.
    fn before(self) -> Self {
        let length = self.to.as_nanos() - self.from.as_nanos();
        let from = Timestamp::from_nanos(self.from.as_nanos().saturating_sub(length).max(0));
        Self { from, to: self.from }
    }

    /// Times within ids are milliseconds: the last one of the range is the one before its end.
    fn conditions(self) -> Vec<Query> {
        let last = Timestamp::from_nanos(self.to.as_nanos() - 1).to_millis();
        Query::within(Some(self.from), Some(last))
    }
}

impl MetricIn {
    fn ask(self, projects: Vec<ProjectId>, now: Timestamp) -> Result<Asked, Rejection> {
        let kind = self.metric_type.ok_or_else(|| Rejection::invalid("metricType must not be null"))?;
        let interval = self.interval.ok_or_else(|| Rejection::invalid("interval must not be null"))?;
        let range = Range::read(self.interval_start, self.interval_end, now)?;
        let entity = kind.entity();
        let filters = match entity {
            Entity::Trace => self.trace_filters,
            Entity::Span => self.span_filters.or(self.filters),
            Entity::Thread => self.thread_filters,
        };
        let mut conditions = range.conditions();
        if let Some(filters) = filters.filter(|filters| filters.get() != "null") {
            conditions.push(opik::filters(entity, filters.get())?);
        }
        let breakdown = self.breakdown.map(|breakdown| breakdown.read(kind)).transpose()?.flatten();
        let asked = Asked {
            kind,
            entity,
            projects,
            query: Query::And(conditions).simplified(),
            range,
            interval,
            breakdown,
        };
        if asked.starts().len() > AGGREGATE_BUCKETS_MAX {
            let message = format!("the range has more than {AGGREGATE_BUCKETS_MAX} points of this interval");
            return Err(Rejection::malformed(message).hint("ask for a shorter range or a longer interval"));
        }
        Ok(asked)
    }
}

pub(crate) async fn of_project(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    Id(id): Id,
    body: Body,
) -> Answer<Json<Value>> {
    let asked = body.read(wire::plain::<MetricIn>).await?;
    let (kind, interval) = (asked.metric_type, asked.interval);
    let asked = asked.ask(vec![ProjectId::known(id)], server.handles.now())?;
    let results = server.handles.read(&grant, move |reader| {
        existing(reader, ProjectId::known(id))?;
        Ok(series(reader, &asked)?)
    });
    let results = results.await?;
    Ok(Json(json!({ "project_id": id, "metric_type": kind, "interval": interval, "results": results })))
}

#[derive(Deserialize)]
struct CardsIn {
    #[serde(alias = "entityType")]
    entity_type: Option<CardEntity>,
    /// A text that holds a JSON array.
    filters: Option<String>,
    #[serde(alias = "intervalStart")]
    interval_start: Option<Instant>,
    #[serde(alias = "intervalEnd")]
    interval_end: Option<Instant>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CardEntity {
    Traces,
    Spans,
    Threads,
}

#[derive(Serialize)]
struct Card {
    #[serde(rename = "type")]
    name: &'static str,
    current_value: Option<Box<RawValue>>,
    previous_value: Option<Box<RawValue>>,
}

pub(crate) async fn cards(
    State(server): State<Server>,
    Granted(grant): Granted<ProjectRead>,
    Id(id): Id,
    body: Body,
) -> Answer<Json<Value>> {
    let CardsIn { entity_type, filters, interval_start, interval_end } = body.read(wire::plain).await?;
    let entity = match entity_type.ok_or_else(|| Rejection::invalid("entityType must not be null"))? {
        CardEntity::Traces => Entity::Trace,
        CardEntity::Spans => Entity::Span,
        CardEntity::Threads => Entity::Thread,
    };
    let range = Range::read(interval_start, interval_end, server.handles.now())?;
    let filter = match filters.filter(|filters| !filters.trim().is_empty()) {
        Some(filters) => opik::filters(entity, &filters)?,
        None => Query::All,
    };
    let cards = server.handles.read(&grant, move |reader| {
        let scope = scope_of(entity, existing(reader, ProjectId::known(id))?);
        let current = card_values(reader, scope, &filter, range)?;
        let previous = card_values(reader, scope, &filter, range.before())?;
        Ok([current, previous])
    });
    let [current, previous] = cards.await?;
    let names = ["count", "avg_duration", "total_cost", "errors"];
    // A thread has no error of its own.
    let names = names.into_iter().filter(|name| entity != Entity::Thread || *name != "errors");
    let shown = |value: Option<f64>| value.and_then(decimal);
    let cards = names.zip(current.into_iter().zip(previous));
    let cards = cards.map(|(name, (current, previous))| Card {
        name,
        current_value: shown(current),
        previous_value: shown(previous),
    });
    Ok(Json(json!({ "stats": cards.collect::<Vec<_>>() })))
}

/// Count, mean duration, cost and share of errors within a range.
fn card_values(
    reader: &Reader,
    scope: Scope,
    filter: &Query,
    range: Range,
) -> Result<[Option<f64>; 4], Error> {
    let mut conditions = range.conditions();
    conditions.push(filter.clone());
    let measures = [Field::Duration, Field::Cost, Field::Error].map(Measure::of).to_vec();
    let asked = Aggregation { measures, ..Aggregation::default() };
    let found = reader.aggregate(scope, &Query::And(conditions).simplified(), &asked)?;
    let Some(group) = found.groups.into_iter().next() else { return Ok([Some(0.0), None, None, None]) };
    let summary = |at: usize| group.summaries.get(at);
    let cost = summary(1).filter(|cost| cost.count() > 0).map(Summary::sum);
    Ok([Some(whole(group.count)), summary(0).and_then(Summary::mean), cost, error_rate(&group, 2)])
}

/// How many of a hundred have an error.
fn error_rate(group: &Group, at: usize) -> Option<f64> {
    let errors = group.summaries.get(at)?;
    (group.count > 0).then(|| 100.0 * whole(errors.count()) / whole(group.count))
}

#[expect(clippy::cast_precision_loss, reason = "nobody counts to 2^53 things")]
const fn whole(count: u64) -> f64 {
    count as f64
}

/// A body without anything in it that must be set.
fn or_empty<T: serde::de::DeserializeOwned>(body: Bytes) -> Result<T, Rejection> {
    wire::plain(if body.is_empty() { Bytes::from_static(b"{}") } else { body })
}
