//! Rows of a comparison as queries see them: a dataset item together with the traces that experiments made of it. Of
//! several runs, numbers are asked as their mean, and texts as a list.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use cairn_core::datasets::versions::{Shapes, Version};
use cairn_core::experiments::Experiment;
use cairn_core::ids::{DatasetId, DatasetItemId, ExperimentId};
use cairn_core::json::Json;
use cairn_core::limits::{COMPARED_EXPERIMENTS_MAX, DATASET_COLUMNS_MAX, EXPERIMENT_COLUMN_RUNS_MAX};
use cairn_core::query::catalogue::{self, SortKey};
use cairn_core::query::opik::Type;
use cairn_core::query::own::Own;
use cairn_core::query::{
    Direction, Entity, Field, JsonPath, JsonStep, Operand, Predicate, Query, Sort, Subject, Term, Value,
};
use rust_decimal::prelude::ToPrimitive;
use serde_json::value::RawValue;
use uuid::Uuid;

use super::reading::{RunStatistics, RunSums};
use super::remembered::AskedOf;
use super::tally::Share;
use super::walking::Run;
use crate::datasets::reading::{Asked as AskedItem, ItemView};
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;
use crate::view::{Bodies, Part, Trace, whole};

/// What Opik's filters can ask of a row.
pub const COMPARED_FIELDS: &[(&str, Type)] = &[
    ("id", Type::StringExact),
    ("data", Type::Map),
    ("full_data", Type::String),
    ("source", Type::String),
    ("trace_id", Type::StringExact),
    ("span_id", Type::StringExact),
    ("description", Type::String),
    ("tags", Type::List),
    ("created_at", Type::DateTime),
    ("created_by", Type::String),
    ("last_updated_at", Type::DateTime),
    ("last_updated_by", Type::String),
    ("duration", Type::Duration),
    ("input", Type::String),
    ("output", Type::String),
    ("input_json", Type::Dictionary),
    ("output_json", Type::Dictionary),
    ("metadata", Type::Dictionary),
    ("feedback_scores", Type::FeedbackScoresNumber),
    ("total_estimated_cost", Type::Number),
    ("usage.total_tokens", Type::Number),
    ("usage.prompt_tokens", Type::Number),
    ("usage.completion_tokens", Type::Number),
];

pub const COMPARED: Own = Own { plural: "rows of a comparison", fields: COMPARED_ITEM_FIELDS };

/// What our own filters can ask of a row: what the item of the dataset says, and what its runs do.
const COMPARED_ITEM_FIELDS: &[(&str, Type)] = &[
    ("id", Type::StringExact),
    ("data", Type::Map),
    ("full_data", Type::String),
    ("source", Type::String),
    ("description", Type::String),
    ("tags", Type::List),
    ("created_at", Type::DateTime),
    ("created_by", Type::String),
    ("last_updated_at", Type::DateTime),
    ("last_updated_by", Type::String),
    ("duration", Type::Duration),
    ("total_estimated_cost", Type::Number),
    ("usage", Type::Map),
    ("feedback_scores", Type::FeedbackScoresNumber),
    ("input", Type::String),
    ("output", Type::String),
    ("input_json", Type::Dictionary),
    ("output_json", Type::Dictionary),
    ("metadata", Type::Dictionary),
];

/// What rows can be sorted by, as `sort_field` reads it.
pub const COMPARED_SORTABLE: &[&str] = &[
    "id",
    "description",
    "tags",
    "created_at",
    "created_by",
    "last_updated_at",
    "last_updated_by",
    "duration",
    "total_estimated_cost",
    "feedback_scores.*",
    "data.*",
    "input.*",
    "output.*",
    "metadata.*",
    "usage.*",
];

/// A field that rows can be sorted by: `description`, `data.<column>`, `feedback_scores.<name>`, `output.<path>` …
pub fn sort_field(name: &str) -> Option<Field> {
    let key = |key: &str| JsonPath(vec![JsonStep::Key(key.to_owned())]);
    Some(match name.split_once('.') {
        Some(("feedback_scores", name)) => Field::OwnPath("feedback_scores", key(name)),
        Some(("data", name)) => Field::OwnPath("data", key(name)),
        Some(("usage", name)) => Field::OwnPath("usage", key(name)),
        Some(("input", path)) => Field::OwnPath("input", JsonPath::parse(path).ok()?),
        Some(("output", path)) => Field::OwnPath("output", JsonPath::parse(path).ok()?),
        Some(("metadata", path)) => Field::OwnPath("trace_metadata", JsonPath::parse(path).ok()?),
        Some(_) => return None,
        None => Field::Own(COMPARED_SORTABLE.iter().find(|known| **known == name)?),
    })
}

impl Reader {
    /// A query with its conditions on experiments told as conditions on the traces that belong to them.
    pub(crate) fn without_experiments<'q>(
        &self,
        entity: Entity,
        query: &'q Query,
    ) -> Result<Cow<'q, Query>, Error> {
        if !query.fields().contains(&Field::ExperimentId) {
            return Ok(Cow::Borrowed(query));
        }
        self.by_traces(entity, query).map(Cow::Owned)
    }

    fn by_traces(&self, entity: Entity, query: &Query) -> Result<Query, Error> {
        let all = |parts: &[Query]| {
            parts.iter().map(|part| self.by_traces(entity, part)).collect::<Result<Vec<Query>, Error>>()
        };
        Ok(match query {
            Query::And(parts) => Query::And(all(parts)?),
            Query::Or(parts) => Query::Or(all(parts)?),
            Query::Not(inner) => self.by_traces(entity, inner)?.negated(),
            Query::Term(Term { field: Field::ExperimentId, predicate }) => {
                let field = match entity {
                    Entity::Trace => Field::Id,
                    Entity::Span => Field::TraceId,
                    // Threads are not asked for the experiments of their traces.
                    Entity::Thread => return Ok(query.clone()),
                };
                match predicate {
                    Predicate::IsEmpty => {
                        Query::term(field, Predicate::OneOf(self.traces_of_any()?)).negated()
                    }
                    named => Query::term(field, Predicate::OneOf(self.traces_of(named)?)),
                }
            }
            other => other.clone(),
        })
    }

    /// The traces that belong to an experiment.
    fn traces_of_any(&self) -> Result<Vec<String>, Error> {
        let mut traces = Vec::new();
        self.each(rows::experiments_of_traces(), |key, _| {
            let trace = key.split_last_chunk::<16>().and_then(|(_, trace)| rows::uuid(trace));
            traces.extend(trace.map(|trace| trace.to_string()));
            Ok(())
        })?;
        Ok(traces)
    }

    /// The traces of the experiments that a condition on ids names.
    fn traces_of(&self, predicate: &Predicate) -> Result<Vec<String>, Error> {
        let named: &[String] = match predicate {
            Predicate::Equals(Operand::Text(id)) | Predicate::EqualsFolded(id) => std::slice::from_ref(id),
            Predicate::OneOf(ids) => ids,
            _ => &[],
        };
        let mut traces = Vec::new();
        for id in named.iter().filter_map(|id| Uuid::parse_str(id).ok()).map(ExperimentId::known) {
            let items = self.experiment_items(id, None, usize::MAX)?;
            traces.extend(items.into_iter().map(|item| item.trace_id.to_string()));
        }
        Ok(traces)
    }
}

/// The experiments that are put side by side, with the versions that they ran over.
pub struct Side {
    pub experiment: Experiment,
    pub version: Option<Version>,
}

/// A row as it is walked over, with as much of it as is asked for.
struct Row<'a> {
    dataset_item: DatasetItemId,
    runs: &'a [Run],
    item: Option<ItemView>,
    traces: Vec<Trace>,
    bodies: &'a Bodies,
}

impl Reader {
    /// The experiments of a dataset out of some, each with its version.
    pub fn sides(&self, dataset: DatasetId, ids: &[ExperimentId]) -> Result<Vec<Side>, Error> {
        let mut sides = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(experiment) = self.experiment(*id)?.filter(|found| found.dataset_id == dataset) else {
                continue;
            };
            let version = match experiment.dataset_version_id {
                Some(version) => self.dataset_version_by_id(dataset, version)?,
                None => None,
            };
            sides.push(Side { experiment, version });
        }
        Ok(sides)
    }

    /// An item as the newest of the experiments' versions has it, or as any version last had it.
    pub fn item_beside(
        &self,
        dataset: DatasetId,
        sides: &[Side],
        id: DatasetItemId,
    ) -> Result<Option<ItemView>, Error> {
        let mut versions: Vec<&Version> = sides.iter().filter_map(|side| side.version.as_ref()).collect();
        versions.sort_by_key(|version| std::cmp::Reverse(version.number));
        for version in versions {
            if let Some(view) = self.dataset_item_at(dataset, version, id)? {
                return Ok(Some(view));
            }
        }
        self.dataset_item_last(dataset, id)
    }

    /// The rows that a condition holds of, in an order, or newest id first: of each its dataset item. What is read of a
    /// row is what is asked of it, and then let go. Rows as they are, are kept until one of the experiments changes.
    pub fn rows_side_by_side(
        &self,
        dataset: DatasetId,
        sides: &[Side],
        condition: &Query,
        sort: Option<&Sort>,
    ) -> Result<Arc<Vec<DatasetItemId>>, Error> {
        if *condition == Query::All && sort.is_none() {
            let experiments = experiments(sides);
            let remembered = self.store().comparisons();
            let as_of = remembered.as_of(&experiments, self.position());
            return remembered.items(as_of.as_ref(), || self.items_run(&experiments));
        }
        let keys = self.rows_in_order(dataset, sides, condition, sort)?;
        Ok(Arc::new(keys.iter().map(|key| DatasetItemId::known(key.id)).collect()))
    }

    /// As `rows_side_by_side`, of each row also the value that places it. Kept as they are, if only figures are asked for.
    pub fn rows_in_order(
        &self,
        dataset: DatasetId,
        sides: &[Side],
        condition: &Query,
        sort: Option<&Sort>,
    ) -> Result<Arc<Vec<SortKey>>, Error> {
        let asked = self.asked_of_figures(sides, condition, sort);
        self.store().comparisons().keys(asked.as_ref(), || {
            let mut keys: Vec<SortKey> = Vec::new();
            self.walk_rows(dataset, sides, condition, sort, |row| {
                let (value, direction) = match sort {
                    Some(sort) => (row.value(&sort.field), sort.direction),
                    None => (Value::Missing, Direction::Descending),
                };
                keys.push(SortKey::new(value, direction, row.dataset_item.uuid()));
            })?;
            keys.sort_unstable();
            Ok(keys)
        })
    }

    /// What the runs of the rows that a condition holds of add up to.
    pub fn run_statistics(
        &self,
        dataset: DatasetId,
        sides: &[Side],
        condition: &Query,
    ) -> Result<Arc<RunStatistics>, Error> {
        let asked = self.asked_of_figures(sides, condition, None);
        self.store().comparisons().statistics(asked.as_ref(), || {
            let mut sums = RunSums::default();
            self.walk_rows(dataset, sides, condition, None, |row| {
                row.runs.iter().for_each(|run| sums.add(&run.share));
            })?;
            Ok(sums.statistics())
        })
    }

    /// What is asked of experiments, if their figures alone can answer it.
    fn asked_of_figures(&self, sides: &[Side], condition: &Query, sort: Option<&Sort>) -> Option<AskedOf> {
        let needs = Needs::of(condition.fields().into_iter().chain(sort.map(|sort| &sort.field)));
        if needs.item || needs.traces {
            return None;
        }
        let as_of = self.store().comparisons().as_of(&experiments(sides), self.position())?;
        Some((as_of, format!("{condition:?} {sort:?}")))
    }

    /// What stands in the outputs of the newest runs: of some experiments, or of the newest ones over a dataset.
    pub fn output_columns(
        &self,
        dataset: DatasetId,
        ids: Option<&[ExperimentId]>,
    ) -> Result<BTreeMap<String, Shapes>, Error> {
        let newest: Vec<ExperimentId> = if let Some(ids) = ids {
            ids.to_vec()
        } else {
            let over = self.experiments()?.into_iter().filter(|found| found.dataset_id == dataset);
            over.map(|experiment| experiment.id).take(COMPARED_EXPERIMENTS_MAX).collect()
        };
        let mut found = BTreeMap::new();
        for side in self.sides(dataset, &newest)? {
            for item in self.experiment_items(side.experiment.id, None, EXPERIMENT_COLUMN_RUNS_MAX)? {
                if let Some(output) = self.output_of(item.trace_id)? {
                    note_columns(&mut found, output.as_str());
                }
            }
        }
        Ok(found)
    }

    fn walk_rows(
        &self,
        dataset: DatasetId,
        sides: &[Side],
        condition: &Query,
        sort: Option<&Sort>,
        mut visit: impl FnMut(&Row<'_>),
    ) -> Result<(), Error> {
        let experiments = experiments(sides);
        let fields = condition.fields().into_iter().chain(sort.map(|sort| &sort.field));
        let needs = Needs::of(fields);
        self.walk_runs(&experiments, |dataset_item, runs| {
            let item = if needs.item { self.item_beside(dataset, sides, dataset_item)? } else { None };
            let traces = if needs.traces { self.traces_of_runs(&experiments, runs)? } else { Vec::new() };
            let row = Row { dataset_item, runs, item, traces, bodies: self.bodies() };
            if *condition == Query::All || catalogue::holds(condition, &row) {
                visit(&row);
            }
            Ok(())
        })
    }

    fn traces_of_runs(&self, experiments: &[ExperimentId], runs: &[Run]) -> Result<Vec<Trace>, Error> {
        let mut traces = Vec::with_capacity(runs.len());
        for run in runs {
            let Some(experiment) = experiments.get(run.column) else { continue };
            if let Some(item) = self.experiment_item_in(*experiment, run.item)? {
                traces.extend(self.trace(item.trace_id)?);
            }
        }
        Ok(traces)
    }
}

fn experiments(sides: &[Side]) -> Vec<ExperimentId> {
    sides.iter().map(|side| side.experiment.id).collect()
}

fn note_columns(found: &mut BTreeMap<String, Shapes>, output: &str) {
    let fields: BTreeMap<Cow<'_, str>, &RawValue> = serde_json::from_str(output).unwrap_or_default();
    for (name, value) in fields {
        if found.contains_key(name.as_ref()) || found.len() < DATASET_COLUMNS_MAX {
            found.entry(name.into_owned()).or_default().add(value.get());
        }
    }
}

/// What must be read of a row beside the shares of its runs.
#[derive(Clone, Copy, Default)]
struct Needs {
    item: bool,
    traces: bool,
}

impl Needs {
    fn of<'a>(fields: impl Iterator<Item = &'a Field>) -> Self {
        let mut needs = Self::default();
        for field in fields {
            match field {
                Field::Id
                | Field::Own("id" | "duration" | "total_estimated_cost")
                | Field::OwnPath("duration" | "total_estimated_cost" | "usage" | "feedback_scores", _) => {}
                Field::Own(name) if name.starts_with("usage.") => {}
                Field::Own("input" | "output")
                | Field::OwnPath(
                    "input" | "output" | "input_json" | "output_json" | "metadata" | "trace_metadata",
                    _,
                ) => needs.traces = true,
                _ => needs.item = true,
            }
        }
        needs
    }
}

impl Row<'_> {
    fn mean(&self, value: impl Fn(&Share) -> Option<f64>) -> Value<'static> {
        let (mut sum, mut count) = (0.0, 0_u32);
        for value in self.runs.iter().filter_map(|run| value(&run.share)) {
            sum += value;
            count += 1;
        }
        if count > 0 { Value::Number(sum / f64::from(count)) } else { Value::Missing }
    }

    fn body(&self, trace: &Trace, part: Part) -> Option<Json> {
        let body = match part {
            Part::Input => trace.fields.input.as_ref(),
            Part::Output => trace.fields.output.as_ref(),
            Part::Metadata => trace.fields.metadata.as_ref(),
        };
        self.bodies.read(part, body?).ok().flatten()
    }

    fn texts(&self, part: Part) -> Value<'static> {
        let bodies = self.traces.iter().filter_map(|trace| self.body(trace, part));
        let texts: Vec<_> = bodies.map(|json| Cow::Owned(json.plain_text(usize::MAX))).collect();
        if texts.is_empty() { Value::Missing } else { Value::List(texts) }
    }

    fn each_within(&self, part: Part, path: &JsonPath) -> impl Iterator<Item = Value<'static>> {
        let bodies = self.traces.iter().filter_map(move |trace| self.body(trace, part));
        bodies.map(move |json| path.value_in(&json)).filter(|value| *value != Value::Missing)
    }

    /// The values of all runs, any of which may be what is asked for.
    fn any_within(&self, part: Part, path: &JsonPath) -> Value<'static> {
        let mut values: Vec<Value<'static>> = self.each_within(part, path).collect();
        match values.len() {
            0 => Value::Missing,
            1 => values.pop().unwrap_or(Value::Missing),
            _ => Value::List(values.into_iter().flat_map(texts_of).collect()),
        }
    }

    fn first_within(&self, part: Part, path: &JsonPath) -> Value<'static> {
        self.each_within(part, path).next().unwrap_or(Value::Missing)
    }

    fn score(&self, name: &JsonPath) -> Value<'static> {
        let [JsonStep::Key(name)] = name.0.as_slice() else { return Value::Missing };
        let name = name.to_lowercase();
        self.mean(|share| {
            let mut scores = share.scores.iter();
            scores.find(|(known, _)| known.to_lowercase() == name)?.1.to_f64()
        })
    }

    fn usage(&self, key: &str) -> Value<'static> {
        self.mean(|share| share.usage.iter().find(|(known, _)| known == key).map(|(_, value)| whole(*value)))
    }
}

fn texts_of(value: Value<'static>) -> Vec<Cow<'static, str>> {
    match value {
        Value::Missing => Vec::new(),
        Value::Text(text) => vec![text],
        Value::Number(number) => vec![number.to_string().into()],
        Value::Time(time) => vec![time.to_string().into()],
        Value::Truth(truth) => vec![truth.to_string().into()],
        Value::List(items) => items,
    }
}

impl Subject for Row<'_> {
    fn value(&self, field: &Field) -> Value<'_> {
        match field {
            Field::Id | Field::Own("id") => Value::Text(self.dataset_item.to_string().into()),
            Field::Own("duration") | Field::OwnPath("duration", _) => self.mean(|share| share.duration),
            Field::Own("total_estimated_cost") | Field::OwnPath("total_estimated_cost", _) => self
                .mean(|share| Some(share.cost).filter(|cost| !cost.is_zero()).and_then(|cost| cost.to_f64())),
            Field::Own(name) if name.starts_with("usage.") => {
                self.usage(name.strip_prefix("usage.").unwrap_or_default())
            }
            Field::OwnPath("usage", JsonPath(steps)) => match steps.as_slice() {
                [JsonStep::Key(key)] => self.usage(key),
                _ => Value::Missing,
            },
            Field::Own("input") => self.texts(Part::Input),
            Field::Own("output") => self.texts(Part::Output),
            Field::OwnPath("input_json", path) => self.any_within(Part::Input, path),
            Field::OwnPath("output_json", path) => self.any_within(Part::Output, path),
            Field::OwnPath("metadata", path) => self.any_within(Part::Metadata, path),
            // What rows are put in order by.
            Field::OwnPath("input", path) => self.first_within(Part::Input, path),
            Field::OwnPath("output", path) => self.first_within(Part::Output, path),
            Field::OwnPath("trace_metadata", path) => self.first_within(Part::Metadata, path),
            Field::OwnPath("feedback_scores", name) => self.score(name),
            field => match &self.item {
                // What is read of the item's data is read anew, so nothing of it is borrowed.
                Some(view) => AskedItem { view, bodies: self.bodies }.value(field).into_owned(),
                None => Value::Missing,
            },
        }
    }
}
