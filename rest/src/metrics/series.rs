//! Series of a metric: one aggregation, read out point by point, with every point of the range present.

use std::collections::{BTreeMap, HashMap};

use cairn_core::ids::ProjectId;
use cairn_core::limits::{AGGREGATE_BUCKETS_MAX, METRIC_SERIES_MAX};
use cairn_core::query::{Entity, Field, Query};
use cairn_core::time::Timestamp;
use cairn_storage::aggregate::{Aggregated, Aggregation, Group, Key, Keyed, Measure, Summary};
use cairn_storage::error::Error;
use cairn_storage::reader::{Reader, Scope};
use serde::Serialize;
use serde_json::value::RawValue;

use super::kinds::{Breakdown, Figure, Interval, MetricType, PERCENTILES};
use super::{Range, error_rate, whole};
use crate::lists::scope_of;
use crate::statistics::figures::decimal;
use crate::statistics::names_in;
use crate::wire::Shown;

/// A metric that was asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) kind: MetricType,
    pub(super) entity: Entity,
    /// All together; the whole workspace if there is none.
    pub(super) projects: Vec<ProjectId>,
    pub(super) query: Query,
    pub(super) range: Range,
    pub(super) interval: Interval,
    pub(super) breakdown: Option<Breakdown>,
}

#[derive(Serialize)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) data: Vec<Point>,
}

/// A point without a value says so, unlike other answers.
#[derive(Serialize)]
pub(super) struct Point {
    time: Shown,
    pub(super) value: Option<Box<RawValue>>,
}

/// How a figure is read out of a group: from which measure.
#[derive(Clone, Copy)]
enum Reading {
    Count,
    Sum(usize),
    Mean(usize),
    Percentile(usize, f64),
    ErrorRate(usize),
}

/// A reading and the name of its series.
type Named = (String, Reading);

impl Asked {
    /// When the points of a series begin.
    pub(super) fn starts(&self) -> Vec<Timestamp> {
        let Range { from, to } = self.range;
        match self.interval.bucket() {
            Some(bucket) => bucket.starts(from, to, AGGREGATE_BUCKETS_MAX + 1),
            None => vec![from],
        }
    }

    fn aggregate(&self, reader: &Reader, measures: Vec<Measure>) -> Result<Aggregated, Error> {
        let by = self.field().into_iter().cloned().collect();
        let asked = Aggregation { measures, bucket: self.interval.bucket(), by };
        let found = reader.aggregate_all(&self.scopes(), &self.query, &asked)?;
        Ok(found.largest(METRIC_SERIES_MAX))
    }

    /// What the series are told apart by.
    fn field(&self) -> Option<&Field> {
        self.breakdown.as_ref().and_then(Breakdown::field)
    }

    fn scopes(&self) -> Vec<Scope> {
        if self.projects.is_empty() {
            return vec![Scope { entity: self.entity, project: None, trace: None }];
        }
        self.projects.iter().map(|project| scope_of(self.entity, *project)).collect()
    }

    fn keys(&self, reader: &Reader, keyed: Keyed) -> Result<Vec<String>, Error> {
        if let Some(name) = self.breakdown.as_ref().and_then(|breakdown| breakdown.sub_metric.clone()) {
            return Ok(vec![name]);
        }
        names_in(reader, self.entity, &self.projects, &self.query, keyed)
    }

    /// What is measured, and the readings by the names of their series.
    fn plan(&self, reader: &Reader) -> Result<(Vec<Measure>, Vec<Named>), Error> {
        let name = self.kind.series_name().to_owned();
        Ok(match self.kind.figure() {
            Figure::Count => (Vec::new(), vec![(name, Reading::Count)]),
            Figure::Cost => (vec![Measure::of(Field::Cost)], vec![(name, Reading::Sum(0))]),
            Figure::MeanDuration => (vec![Measure::of(Field::Duration)], vec![(name, Reading::Mean(0))]),
            Figure::ErrorRate => (vec![Measure::of(Field::Error)], vec![(name, Reading::ErrorRate(0))]),
            Figure::GuardrailsFailed if self.breakdown.is_some() && self.field().is_none() => {
                let names = names_in(reader, self.entity, &self.projects, &self.query, Keyed::Guardrails)?;
                let measures = names.iter().cloned().map(Field::GuardrailFailures).map(Measure::of).collect();
                let readings = names.into_iter().zip(0..).map(|(name, at)| (name, Reading::Sum(at)));
                (measures, readings.collect())
            }
            Figure::GuardrailsFailed => {
                (vec![Measure::of(Field::GuardrailsFailed)], vec![(name, Reading::Sum(0))])
            }
            Figure::Durations => {
                let wanted = self.breakdown.as_ref().and_then(|breakdown| breakdown.sub_metric.as_deref());
                let readings = PERCENTILES.into_iter().zip([0.5, 0.9, 0.99]);
                let readings = readings.filter(|(short, _)| wanted.is_none_or(|wanted| wanted == *short));
                let readings =
                    readings.map(|(short, share)| (format!("{name}.{short}"), Reading::Percentile(0, share)));
                (vec![Measure::of(Field::Duration).with_percentiles()], readings.collect())
            }
            Figure::Scores => {
                let names = self.keys(reader, Keyed::Scores)?;
                let measure = |name: &String| Measure::of(Field::FeedbackScore(name.to_lowercase()));
                let measures = names.iter().map(measure).collect();
                let readings = names.into_iter().zip(0..).map(|(name, at)| (name, Reading::Mean(at)));
                (measures, readings.collect())
            }
            Figure::Usage => {
                let keys = self.keys(reader, Keyed::Usage)?;
                let measures = keys.iter().map(|key| Measure::of(Field::Usage(key.clone()))).collect();
                let readings = keys.into_iter().zip(0..).map(|(key, at)| (key, Reading::Sum(at)));
                (measures, readings.collect())
            }
        })
    }
}

pub(super) fn series(reader: &Reader, asked: &Asked) -> Result<Vec<Series>, Error> {
    let (measures, readings) = asked.plan(reader)?;
    let groups = asked.aggregate(reader, measures)?.groups;
    let starts = asked.starts();
    if asked.field().is_none() {
        let mut points = by_time(groups);
        let each = readings.into_iter().map(|(name, reading)| Series {
            name,
            data: read_out(&mut points, &starts, asked.interval, reading),
        });
        return Ok(each.collect());
    }
    let Some((_, reading)) = readings.into_iter().next() else { return Ok(Vec::new()) };
    let mut by_value: BTreeMap<Key, Vec<Group>> = BTreeMap::new();
    for mut group in groups {
        by_value.entry(group.by.pop().unwrap_or(Key::Missing)).or_default().push(group);
    }
    let each = by_value.into_iter().map(|(key, groups)| Series {
        name: match key {
            Key::Value(value) => value,
            Key::Missing => "Unknown".to_owned(),
            Key::Others => "Others".to_owned(),
        },
        data: read_out(&mut by_time(groups), &starts, asked.interval, reading),
    });
    Ok(each.collect())
}

fn by_time(groups: Vec<Group>) -> HashMap<Option<Timestamp>, Group> {
    groups.into_iter().map(|group| (group.at, group)).collect()
}

fn read_out(
    groups: &mut HashMap<Option<Timestamp>, Group>,
    starts: &[Timestamp],
    interval: Interval,
    reading: Reading,
) -> Vec<Point> {
    let points = starts.iter().map(|start| {
        let group = groups.get_mut(&interval.bucket().map(|_| *start));
        let value = group.and_then(|group| reading.of(group));
        Point { time: Shown(*start), value: value.and_then(decimal) }
    });
    points.collect()
}

impl Reading {
    /// `None` if nothing has such a value.
    fn of(self, group: &mut Group) -> Option<f64> {
        match self {
            Self::Count => Some(whole(group.count)),
            Self::Sum(at) => group.summaries.get(at).filter(|summary| summary.count() > 0).map(Summary::sum),
            Self::Mean(at) => group.summaries.get(at)?.mean(),
            Self::Percentile(at, share) => {
                let [value] = group.summaries.get_mut(at)?.percentiles([share])?;
                Some(value)
            }
            Self::ErrorRate(at) => error_rate(group, at),
        }
    }
}
