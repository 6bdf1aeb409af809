//! Experiments as they are read: lists, items in order, and the dataset items that several of them have in common.

use std::collections::BTreeMap;

use cairn_core::experiments::{Experiment, Item, Score};
use cairn_core::feedback::{SCORE_DIGITS, merged};
use cairn_core::ids::{DatasetId, DatasetItemId, ExperimentId, ExperimentItemId, TraceId};
use cairn_core::json::Json;
use cairn_core::query::opik::Type;
use cairn_core::query::own::Own;
use cairn_core::query::{Entity, Field, JsonPath, JsonStep, Query, Subject, Value};
use cairn_core::time::Timestamp;
use fjall::Readable;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use crate::error::Error;
use crate::reader::Reader;
use crate::rows;
use crate::view::whole;

/// A dataset item with what experiments made of it.
#[derive(Clone, Debug)]
pub struct Compared {
    pub dataset_item_id: DatasetItemId,
    /// By experiment; several where an experiment ran the item more than once.
    pub items: Vec<(ExperimentId, ExperimentItemId)>,
}

impl Reader {
    pub fn experiment(&self, id: ExperimentId) -> Result<Option<Experiment>, Error> {
        self.row(rows::experiment(id))
    }

    /// All experiments, newest first.
    pub fn experiments(&self) -> Result<Vec<Experiment>, Error> {
        let stored = self.snapshot().prefix(self.rows(), rows::experiments()).rev();
        stored.map(|guard| rows::read(&guard.into_inner()?.1)).collect()
    }

    /// How many experiments ran over a dataset, and when the newest was created.
    pub fn experiments_over(&self, dataset: DatasetId) -> Result<(u64, Option<Timestamp>), Error> {
        let prefix = rows::experiments_of_dataset(dataset);
        let (mut count, mut newest) = (0, None);
        for guard in self.snapshot().prefix(self.rows(), &prefix) {
            count += 1;
            newest = guard.key()?.get(prefix.len()..).and_then(rows::uuid).map(ExperimentId::known);
        }
        let newest = newest.map(|id| self.experiment(id)).transpose()?.flatten();
        Ok((count, newest.map(|experiment| experiment.created_at)))
    }

    pub fn experiment_metadata(&self, experiment: &Experiment) -> Result<Option<Json>, Error> {
        match &experiment.metadata {
            Some(body) => self.bodies().experiment_metadata(body),
            None => Ok(None),
        }
    }

    pub fn experiment_item(&self, id: ExperimentItemId) -> Result<Option<Item>, Error> {
        match self.row::<ExperimentId>(rows::experiment_item_place(id))? {
            Some(experiment) => self.row(rows::experiment_item(experiment, id)),
            None => Ok(None),
        }
    }

    pub fn experiment_item_in(
        &self,
        experiment: ExperimentId,
        id: ExperimentItemId,
    ) -> Result<Option<Item>, Error> {
        self.row(rows::experiment_item(experiment, id))
    }

    /// Items of an experiment with ids below `after`, newest first.
    pub fn experiment_items(
        &self,
        experiment: ExperimentId,
        after: Option<ExperimentItemId>,
        limit: usize,
    ) -> Result<Vec<Item>, Error> {
        let start = rows::experiment_items(experiment);
        let end = rows::experiment_item(
            experiment,
            after.unwrap_or_else(|| ExperimentItemId::known(uuid::Uuid::max())),
        );
        let stored = self.snapshot().range(self.rows(), start..end).rev().take(limit);
        stored.map(|guard| rows::read(&guard.into_inner()?.1)).collect()
    }

    /// The experiments that a trace belongs to.
    pub fn experiments_of(&self, trace: TraceId) -> Result<Vec<ExperimentId>, Error> {
        let stored = self.snapshot().prefix(self.rows(), rows::experiments_of_trace(trace));
        stored.map(|guard| rows::read(&guard.into_inner()?.1)).collect()
    }

    /// The item that a trace stands for in the newest experiment that it belongs to.
    pub fn experiment_item_of(&self, trace: TraceId) -> Result<Option<Item>, Error> {
        let Some(guard) = self.snapshot().prefix(self.rows(), rows::experiments_of_trace(trace)).next_back()
        else {
            return Ok(None);
        };
        let (key, value) = guard.into_inner()?;
        let id = key.split_last_chunk::<16>().and_then(|(_, id)| rows::uuid(id));
        match id.map(ExperimentItemId::known) {
            Some(id) => self.row(rows::experiment_item(rows::read(&value)?, id)),
            None => Ok(None),
        }
    }

    /// The dataset items that any of some experiments ran, newest id first.
    pub fn compared(&self, experiments: &[ExperimentId]) -> Result<Vec<Compared>, Error> {
        let mut by_item: BTreeMap<DatasetItemId, Vec<(ExperimentId, ExperimentItemId)>> = BTreeMap::new();
        for experiment in experiments {
            for guard in self.snapshot().prefix(self.rows(), rows::experiment_by_dataset_items(*experiment)) {
                let key = guard.key()?;
                let Some((rest, item)) = key.split_last_chunk::<16>() else { continue };
                let Some((_, dataset_item)) = rest.split_last_chunk::<16>() else { continue };
                if let (Some(item), Some(dataset_item)) = (rows::uuid(item), rows::uuid(dataset_item)) {
                    let items = by_item.entry(DatasetItemId::known(dataset_item)).or_default();
                    items.push((*experiment, ExperimentItemId::known(item)));
                }
            }
        }
        let compared = by_item.into_iter().rev();
        Ok(compared.map(|(dataset_item_id, items)| Compared { dataset_item_id, items }).collect())
    }
}

/// What the traces of an experiment add up to.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub traces: u64,
    pub dataset_items: u64,
    /// Means over the traces that have the score, by name.
    pub feedback_scores: Vec<Score>,
    /// Milliseconds.
    pub duration: Option<Percentiles>,
    /// US dollars; unknown rather than zero.
    pub cost: Option<Decimal>,
    pub cost_average: Option<Decimal>,
    /// Means over the traces that have the key.
    pub usage: BTreeMap<String, f64>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percentiles {
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
}

impl Percentiles {
    /// Between neighbours the value lies on the straight line from one to the other.
    pub fn of(values: &mut [f64]) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let last = u32::try_from(values.len().checked_sub(1)?).ok()?;
        let at = |share: f64| {
            let place = share * f64::from(last);
            let (below, above) = (place.floor(), place.ceil());
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a place within the slice"
            )]
            let value = |place: f64| values.get(place as usize).copied().unwrap_or_default();
            value(below) + (value(above) - value(below)) * (place - below)
        };
        Some(Self { p50: at(0.5), p90: at(0.9), p99: at(0.99) })
    }
}

impl Figures {
    /// A figure by the name that lists are sorted by.
    pub fn named(&self, experiment: &Experiment, field: &str) -> Option<f64> {
        let score = |scores: &[Score], name: &str| {
            scores.iter().find(|score| score.name == name).and_then(|score| score.value.to_f64())
        };
        match field.split_once('.') {
            Some(("feedback_scores", name)) => score(&self.feedback_scores, name),
            Some(("experiment_scores", name)) => score(&experiment.scores, name),
            Some(("duration", "p50")) => self.duration.map(|duration| duration.p50),
            Some(("duration", "p90")) => self.duration.map(|duration| duration.p90),
            Some(("duration", "p99")) => self.duration.map(|duration| duration.p99),
            _ => match field {
                "trace_count" => self.traces.to_f64(),
                "total_estimated_cost" => self.cost.and_then(|cost| cost.to_f64()),
                "total_estimated_cost_avg" => self.cost_average.and_then(|cost| cost.to_f64()),
                _ => None,
            },
        }
    }
}

impl Reader {
    pub fn experiment_figures(&self, experiment: &Experiment) -> Result<Figures, Error> {
        let (mut figures, mut durations) = (Figures::default(), Vec::new());
        let mut scores: BTreeMap<String, (Decimal, u32)> = BTreeMap::new();
        let mut usage: BTreeMap<String, (i64, u32)> = BTreeMap::new();
        let (mut cost, mut last_item) = (Decimal::ZERO, None);
        for guard in self.snapshot().prefix(self.rows(), rows::experiment_by_dataset_items(experiment.id)) {
            let key = guard.key()?;
            let Some((rest, item)) = key.split_last_chunk::<16>() else { continue };
            let dataset_item = rest.split_last_chunk::<16>().map(|(_, id)| *id);
            figures.dataset_items += u64::from(dataset_item != last_item);
            last_item = dataset_item;
            let Some(id) = rows::uuid(item).map(ExperimentItemId::known) else { continue };
            let Some(item) = self.experiment_item_in(experiment.id, id)? else { continue };
            figures.traces += 1;
            let Some(trace) = self.trace(item.trace_id)? else { continue };
            durations.extend(trace.duration());
            cost += trace.sums.cost;
            for score in merged(&trace.scores) {
                let (sum, count) = scores.entry(score.name.to_owned()).or_default();
                *sum += score.value;
                *count += 1;
            }
            for (key, value) in trace.sums.usage {
                let (sum, count) = usage.entry(key).or_default();
                *sum = sum.saturating_add(value);
                *count += 1;
            }
        }
        figures.duration = Percentiles::of(&mut durations);
        if !cost.is_zero() {
            figures.cost = Some(cost);
            figures.cost_average = cost.checked_div(Decimal::from(figures.traces));
        }
        let mean = |(name, (sum, count)): (String, (Decimal, u32))| Score {
            name,
            value: (sum / Decimal::from(count)).round_dp(SCORE_DIGITS).normalize(),
        };
        figures.feedback_scores = scores.into_iter().map(mean).collect();
        figures.usage =
            usage.into_iter().map(|(key, (sum, count))| (key, whole(sum) / f64::from(count))).collect();
        Ok(figures)
    }

    /// Whether a query is true of an experiment.
    pub fn experiment_matches(&self, experiment: &Experiment, query: &Query) -> Result<bool, Error> {
        let metadata = self.experiment_metadata(experiment)?.and_then(|json| json.value().ok());
        let of_figures = |field: &Field| {
            matches!(
                field,
                Field::Own(name) | Field::OwnPath(name, _)
                    if matches!(*name, "feedback_scores" | "trace_count" | "total_estimated_cost" | "pass_rate")
            )
        };
        let wants_figures = query.fields().into_iter().any(of_figures);
        let figures = if wants_figures { self.experiment_figures(experiment)? } else { Figures::default() };
        let asked = Asked { experiment, metadata, figures: &figures };
        Ok(query.matches(Entity::Trace, &asked))
    }
}

pub const EXPERIMENTS: Own = Own { plural: "experiments", fields: EXPERIMENT_FIELDS };

/// What filters can ask of an experiment.
pub const EXPERIMENT_FIELDS: &[(&str, Type)] = &[
    ("id", Type::StringExact),
    ("name", Type::String),
    ("status", Type::Enum),
    ("type", Type::Enum),
    ("evaluation_method", Type::Enum),
    ("created_at", Type::DateTime),
    ("created_by", Type::String),
    ("last_updated_at", Type::DateTime),
    ("last_updated_by", Type::String),
    ("trace_count", Type::Number),
    ("total_estimated_cost", Type::Number),
    ("pass_rate", Type::Number),
    ("metadata", Type::Dictionary),
    ("dataset_id", Type::StringExact),
    ("project_id", Type::StringExact),
    ("prompt_ids", Type::List),
    ("tags", Type::List),
    ("feedback_scores", Type::FeedbackScoresNumber),
    ("experiment_scores", Type::FeedbackScoresNumber),
];

struct Asked<'a> {
    experiment: &'a Experiment,
    metadata: Option<serde_json::Value>,
    figures: &'a Figures,
}

impl Subject for Asked<'_> {
    fn value(&self, field: &Field) -> Value<'_> {
        let experiment = self.experiment;
        let id = |id: Option<String>| id.map_or(Value::Missing, |id| Value::Text(id.into()));
        let score = |scores: &[Score], name: &JsonPath| {
            let [JsonStep::Key(name)] = name.0.as_slice() else { return Value::Missing };
            let found = scores.iter().find(|score| score.name.to_lowercase() == name.to_lowercase());
            found.and_then(|score| score.value.to_f64()).map_or(Value::Missing, Value::Number)
        };
        match field {
            Field::Own("id") | Field::Id => id(Some(experiment.id.to_string())),
            Field::Own("name") | Field::Name => Value::Text(experiment.name.as_str().into()),
            Field::Own("status") => Value::Text(experiment.status.name().into()),
            Field::Own("type") => Value::Text(experiment.kind.name().into()),
            Field::Own("evaluation_method") => Value::Text(experiment.method.name().into()),
            Field::Own("created_at") | Field::CreatedAt => Value::Time(experiment.created_at),
            Field::Own("created_by") | Field::CreatedBy => Value::Text(experiment.created_by.as_str().into()),
            Field::Own("last_updated_at") | Field::LastUpdatedAt => Value::Time(experiment.last_updated_at),
            Field::Own("last_updated_by") => Value::Text(experiment.last_updated_by.as_str().into()),
            Field::Text => {
                let texts = std::iter::once(&experiment.name).chain(&experiment.tags);
                Value::List(texts.map(|text| text.as_str().into()).collect())
            }
            Field::Own("dataset_id") => id(Some(experiment.dataset_id.to_string())),
            Field::Own("project_id") => id(experiment.project_id.map(|id| id.to_string())),
            Field::Own("tags") | Field::Tags => {
                Value::List(experiment.tags.iter().map(|tag| tag.as_str().into()).collect())
            }
            Field::OwnPath("metadata", path) => {
                let found = self.metadata.as_ref().and_then(|metadata| path.lookup(metadata));
                found.map_or(Value::Missing, Value::of_json)
            }
            Field::Own(name @ ("trace_count" | "total_estimated_cost" | "pass_rate"))
            | Field::OwnPath(name @ ("trace_count" | "total_estimated_cost" | "pass_rate"), _) => {
                self.figures.named(experiment, name).map_or(Value::Missing, Value::Number)
            }
            Field::OwnPath("feedback_scores", name) => score(&self.figures.feedback_scores, name),
            Field::OwnPath("experiment_scores", name) => score(&experiment.scores, name),
            _ => Value::Missing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_lie_between_neighbours() {
        assert_eq!(Percentiles::of(&mut []), None);
        let one = Percentiles::of(&mut [7.0]).unwrap();
        assert!([one.p50, one.p90, one.p99].iter().all(|value| (value - 7.0).abs() < 1e-9));
        let many = Percentiles::of(&mut [30.0, 10.0, 20.0]).unwrap();
        assert!((many.p50 - 20.0).abs() < 1e-9 && (many.p90 - 28.0).abs() < 1e-9);
    }
}
