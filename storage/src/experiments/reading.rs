//! Experiments as they are read: lists, items in order, and their figures.

use std::collections::BTreeMap;
use std::convert::Infallible;

use cairn_core::comments::Comment;
use cairn_core::experiments::{Experiment, Item, Score};
use cairn_core::feedback::SCORE_DIGITS;
use cairn_core::ids::{DatasetItemId, ExperimentId, ExperimentItemId, PromptVersionId, TraceId};
use cairn_core::json::Json;
use cairn_core::query::opik::Type;
use cairn_core::query::own::Own;
use cairn_core::query::{Entity, Field, JsonPath, JsonStep, Query, Subject, Value};
use fjall::Readable;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::tally::{Place, RunSummary, Runs, Share, Tally, Total, from_ordered, stretch_start};
use crate::aggregate::figures::Percentiles;
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;
use crate::view::{Part, whole};

impl Reader {
    pub fn experiment(&self, id: ExperimentId) -> Result<Option<Experiment>, Error> {
        self.row(rows::experiment(id))
    }

    /// All experiments, newest first.
    pub fn experiments(&self) -> Result<Vec<Experiment>, Error> {
        let stored = self.snapshot().prefix(self.rows(), rows::experiments()).rev();
        stored.map(|guard| rows::read(&guard.into_inner()?.1)).collect()
    }

    /// The first prompt that an experiment used of those that are still there, by name, and which version of it.
    pub fn experiment_prompt(&self, experiment: &Experiment) -> Result<Option<(String, u32)>, Error> {
        for id in &experiment.prompt_versions {
            if let Some(version) = self.prompt_version(PromptVersionId::known(*id))?
                && let Some(prompt) = self.prompt(version.prompt_id)?
            {
                return Ok(Some((prompt.name, version.number.unwrap_or_default())));
            }
        }
        Ok(None)
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
        Ok(self.places_of(trace)?.into_iter().map(|place| place.experiment).collect())
    }

    /// The item that a trace stands for, the newest if there are several.
    pub fn experiment_item_of(&self, trace: TraceId) -> Result<Option<Item>, Error> {
        match self.places_of(trace)?.last() {
            Some(place) => self.experiment_item_in(place.experiment, place.item),
            None => Ok(None),
        }
    }

    fn places_of(&self, trace: TraceId) -> Result<Vec<Place>, Error> {
        Ok(self.row(rows::experiment_of_trace(trace))?.unwrap_or_default())
    }
}

/// The dataset item and the item at the end of a share's key.
pub(super) fn run_of(key: &[u8]) -> Option<(DatasetItemId, ExperimentItemId)> {
    let (rest, item) = key.split_last_chunk::<16>()?;
    let (_, dataset_item) = rest.split_last_chunk::<16>()?;
    Some((DatasetItemId::known(rows::uuid(dataset_item)?), ExperimentItemId::known(rows::uuid(item)?)))
}

fn mean_of(total: Total<i64>) -> f64 {
    whole(total.sum) / whole(i64::try_from(total.count).unwrap_or(i64::MAX))
}

/// What the traces of an experiment add up to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    pub traces: u64,
    pub dataset_items: u64,
    /// Dataset items with assertions, and those of them of which enough runs passed.
    pub judged: u64,
    pub passed: u64,
    /// Means over the traces that have the score, by name.
    pub feedback_scores: Vec<Score>,
    /// The part of the traces of which an assertion was true, by its name.
    pub assertions: Vec<Score>,
    /// Milliseconds.
    pub duration: Option<Percentiles>,
    /// US dollars; unknown rather than zero.
    pub cost: Option<Decimal>,
    pub cost_average: Option<Decimal>,
    /// Means over the traces that have the key.
    pub usage: BTreeMap<String, f64>,
    /// How many there are on the traces.
    pub comments: u64,
}

impl Percentiles {
    fn of(values: &mut [f64]) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let count = u64::try_from(values.len()).ok()?;
        let value = |rank: u64| {
            let value = usize::try_from(rank).ok().and_then(|rank| values.get(rank));
            Ok::<_, Infallible>(value.copied().unwrap_or_default())
        };
        let Ok(percentiles) = Self::among(count, value);
        percentiles
    }

    /// Of so many values, given each by its place in order. Between neighbours the value lies on the straight line from
    /// one to the other.
    fn among<E>(count: u64, value: impl Fn(u64) -> Result<f64, E>) -> Result<Option<Self>, E> {
        let Some(last) = count.checked_sub(1) else { return Ok(None) };
        let at = |hundredths: u64| {
            let place = u128::from(last) * u128::from(hundredths);
            let below = u64::try_from(place / 100).unwrap_or(last);
            let beyond = i64::try_from(place % 100).unwrap_or_default();
            let low = value(below)?;
            if beyond == 0 {
                return Ok(low);
            }
            Ok(low + (value(below + 1)? - low) * whole(beyond) / 100.0)
        };
        Ok(Some(Self { p50: at(50)?, p90: at(90)?, p99: at(99)? }))
    }
}

impl Figures {
    /// The part of the dataset items with assertions that passed; `None` without any.
    pub fn pass_rate(&self) -> Option<f64> {
        let (passed, judged) = (self.passed.to_f64()?, self.judged.to_f64()?);
        (self.judged > 0).then(|| passed / judged)
    }

    /// A figure by the name that lists are sorted by.
    pub fn named(&self, experiment: &Experiment, field: &str) -> Option<f64> {
        let score = |scores: &[Score], name: &str| {
            scores.iter().find(|score| score.name == name).and_then(|score| score.value.to_f64())
        };
        match field.split_once('.') {
            Some(("feedback_scores", name)) => score(&self.feedback_scores, name),
            Some(("experiment_scores", name)) => score(&experiment.scores, name),
            Some(("usage", key)) => self.usage.get(key).copied(),
            Some(("duration", "p50")) => self.duration.map(|duration| duration.p50),
            Some(("duration", "p90")) => self.duration.map(|duration| duration.p90),
            Some(("duration", "p99")) => self.duration.map(|duration| duration.p99),
            _ => match field {
                "trace_count" => self.traces.to_f64(),
                "comment_count" => self.comments.to_f64(),
                "pass_rate" => self.pass_rate(),
                "total_estimated_cost" => self.cost.and_then(|cost| cost.to_f64()),
                "total_estimated_cost_avg" => self.cost_average.and_then(|cost| cost.to_f64()),
                _ => None,
            },
        }
    }
}

impl Reader {
    /// What the items of an experiment add up to. It is kept with every change: nothing is added up here.
    pub fn experiment_figures(&self, experiment: &Experiment) -> Result<Figures, Error> {
        let tally: Option<Tally> = self.row(rows::experiment_tally(experiment.id))?;
        let Some(tally) = tally else { return Ok(Figures::default()) };
        let durations = tally.durations.values().sum();
        let duration =
            Percentiles::among(durations, |rank| self.duration_at(experiment.id, &tally.durations, rank))?;
        let score =
            |(name, total): (String, Total<Decimal>)| Score { name, value: mean(total.sum, total.count) };
        let part =
            |(name, total): (String, Total<i64>)| Score { name, value: mean(total.sum.into(), total.count) };
        let cost = Some(tally.cost).filter(|cost| !cost.is_zero());
        Ok(Figures {
            traces: tally.items,
            dataset_items: tally.dataset_items,
            judged: tally.judged,
            passed: tally.passed,
            feedback_scores: tally.scores.into_iter().map(score).collect(),
            assertions: tally.assertions.into_iter().map(part).collect(),
            duration,
            cost,
            cost_average: cost.and_then(|cost| cost.checked_div(Decimal::from(tally.items))),
            usage: tally.usage.into_iter().map(|(key, total)| (key, mean_of(total))).collect(),
            comments: tally.comments,
        })
    }

    /// Comments on the traces of an experiment, newest first.
    pub fn experiment_comments(&self, id: ExperimentId, limit: usize) -> Result<Vec<Comment>, Error> {
        let (mut comments, mut known) = (Vec::new(), None);
        for guard in self.snapshot().prefix(self.rows(), rows::experiment_comments(id)).rev() {
            if comments.len() == limit {
                break;
            }
            let comment = rows::experiment_comment_of(&guard.key()?);
            // Its trace may be that of several items.
            if comment == known {
                continue;
            }
            known = comment;
            if let Some(comment) = comment {
                comments.extend(self.comment(comment)?.map(|placed| placed.comment));
            }
        }
        Ok(comments)
    }

    /// The names of the scores that its traces have.
    pub(super) fn experiment_scores_named(
        &self,
        id: ExperimentId,
    ) -> Result<impl Iterator<Item = String> + use<>, Error> {
        let tally: Option<Tally> = self.row(rows::experiment_tally(id))?;
        Ok(tally.unwrap_or_default().scores.into_keys())
    }

    /// The duration at a place in their order.
    fn duration_at(&self, id: ExperimentId, stretches: &BTreeMap<u32, u64>, rank: u64) -> Result<f64, Error> {
        let mut before = 0;
        for (stretch, count) in stretches {
            if before + count <= rank {
                before += count;
                continue;
            }
            let start = rows::experiment_durations_from(id, stretch_start(*stretch));
            let end = rows::experiment_durations_from(id, stretch_start(*stretch + 1));
            let within = usize::try_from(rank - before).unwrap_or(usize::MAX);
            let found = self.snapshot().range(self.rows(), start..end).nth(within);
            let key = found.map(fjall::Guard::key).transpose()?;
            return Ok(key.and_then(|key| rows::duration_of(&key)).map(from_ordered).unwrap_or_default());
        }
        Ok(0.0)
    }

    /// How the runs of a dataset item went; `None` if nothing was asserted of them.
    pub fn run_summary(
        &self,
        experiment: ExperimentId,
        dataset_item: DatasetItemId,
    ) -> Result<Option<RunSummary>, Error> {
        let runs: Option<Runs> = self.row(rows::experiment_runs(experiment, dataset_item))?;
        Ok(runs.and_then(|runs| runs.summary()))
    }

    /// What a trace gave in the end.
    pub fn output_of(&self, trace: TraceId) -> Result<Option<Json>, Error> {
        match self.trace(trace)?.and_then(|trace| trace.fields.output) {
            Some(body) => self.bodies().read(Part::Output, &body),
            None => Ok(None),
        }
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

/// What runs add up to, whichever they are.
#[derive(Clone, Debug, Default)]
pub struct RunStatistics {
    pub runs: u64,
    /// Milliseconds.
    pub duration: Option<Percentiles>,
    pub cost: Decimal,
    costs: u64,
    scores: BTreeMap<String, Total<Decimal>>,
    usage: BTreeMap<String, Total<i64>>,
}

/// Runs as they are added up.
#[derive(Default)]
pub(super) struct RunSums {
    so_far: RunStatistics,
    /// Milliseconds.
    durations: Vec<f64>,
}

impl RunSums {
    pub(super) fn add(&mut self, share: &Share) {
        let sums = &mut self.so_far;
        sums.runs += 1;
        self.durations.extend(share.duration);
        if !share.cost.is_zero() {
            sums.cost = sums.cost.saturating_add(share.cost);
            sums.costs += 1;
        }
        for (name, value) in &share.scores {
            count_in(&mut sums.scores, name, |sum| *sum = sum.saturating_add(*value));
        }
        for (key, value) in &share.usage {
            count_in(&mut sums.usage, key, |sum| *sum = sum.saturating_add(*value));
        }
    }

    pub(super) fn statistics(mut self) -> RunStatistics {
        RunStatistics { duration: Percentiles::of(&mut self.durations), ..self.so_far }
    }
}

impl RunStatistics {
    /// Over the runs that cost something.
    pub fn cost_mean(&self) -> Option<Decimal> {
        self.cost.checked_div(Decimal::from(self.costs))
    }

    pub fn score_means(&self) -> impl Iterator<Item = (&str, Decimal)> {
        self.scores.iter().map(|(name, total)| (name.as_str(), mean(total.sum, total.count)))
    }

    pub fn usage_means(&self) -> impl Iterator<Item = (&str, Decimal)> {
        self.usage.iter().map(|(key, total)| (key.as_str(), mean(total.sum.into(), total.count)))
    }
}

fn count_in<N: Default>(totals: &mut BTreeMap<String, Total<N>>, name: &str, add: impl FnOnce(&mut N)) {
    let total = match totals.get_mut(name) {
        Some(total) => total,
        None => totals.entry(name.to_owned()).or_default(),
    };
    add(&mut total.sum);
    total.count += 1;
}

fn mean(sum: Decimal, count: u64) -> Decimal {
    sum.checked_div(Decimal::from(count)).unwrap_or_default().round_dp(SCORE_DIGITS).normalize()
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
