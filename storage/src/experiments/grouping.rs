//! Experiments in groups, groups within groups, and what those of a group come to together. The figures of each are kept
//! with every change, so what is walked here is experiments, never their items.

use std::collections::BTreeMap;

use cairn_core::experiments::grouping::Grouping;
use cairn_core::experiments::{Experiment, Score};
use cairn_core::feedback::SCORE_DIGITS;
use cairn_core::ids::{DatasetId, ProjectId};
use cairn_core::limits::EXPERIMENT_GROUPS_MAX;
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use super::listing::Wanted;
use super::reading::Figures;
use crate::aggregate::figures::Percentiles;
use crate::error::Error;
use crate::reader::Reader;

#[derive(Clone, Debug)]
pub struct Group {
    /// What its experiments have in common: an id, a tag, or a value of metadata as text.
    pub value: String,
    /// What people call the value; `None` for the id of what is gone.
    pub label: Option<String>,
    pub experiments: usize,
    /// `None` unless they were asked for.
    pub figures: Option<GroupFigures>,
    /// By value.
    pub groups: Vec<Self>,
}

/// What the experiments of a group come to. Means are over the experiments that have a value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroupFigures {
    pub traces: u64,
    /// US dollars; unknown rather than zero.
    pub cost: Option<Decimal>,
    /// Of a trace.
    pub cost_average: Option<Decimal>,
    pub duration: Option<Percentiles>,
    pub feedback_scores: Vec<Score>,
    pub experiment_scores: Vec<Score>,
    pub pass_rate: Option<f64>,
    pub passed: u64,
    pub judged: u64,
}

/// What is asked of groups.
#[derive(Clone, Debug)]
pub struct Asked {
    pub wanted: Wanted,
    /// From the outermost groups inwards.
    pub by: Vec<Grouping>,
    pub figures: bool,
}

/// An experiment with what its groups are told by.
struct Row {
    experiment: Experiment,
    metadata: Option<Value>,
    figures: Figures,
}

impl Reader {
    /// By value. `None` if there are too many.
    pub fn experiment_groups(&self, asked: &Asked) -> Result<Option<Vec<Group>>, Error> {
        let by_metadata = asked.by.iter().any(|grouping| matches!(grouping, Grouping::Metadata(_)));
        let mut rows = Vec::new();
        for experiment in self.experiments_wanted(&asked.wanted)? {
            let metadata = if by_metadata { self.experiment_metadata(&experiment)? } else { None };
            let metadata = metadata.and_then(|json| json.value().ok());
            let figures =
                if asked.figures { self.experiment_figures(&experiment)? } else { Figures::default() };
            rows.push(Row { experiment, metadata, figures });
        }
        let rows: Vec<&Row> = rows.iter().collect();
        let mut room = EXPERIMENT_GROUPS_MAX;
        self.grouped(&rows, &asked.by, asked.figures, &mut room)
    }

    fn grouped(
        &self,
        rows: &[&Row],
        groupings: &[Grouping],
        figures: bool,
        room: &mut usize,
    ) -> Result<Option<Vec<Group>>, Error> {
        let Some((grouping, rest)) = groupings.split_first() else { return Ok(Some(Vec::new())) };
        let mut members: BTreeMap<String, Vec<&Row>> = BTreeMap::new();
        for row in rows {
            for value in row.values(grouping) {
                members.entry(value).or_default().push(row);
            }
        }
        let Some(left) = room.checked_sub(members.len()) else { return Ok(None) };
        *room = left;
        let mut groups = Vec::with_capacity(members.len());
        for (value, rows) in members {
            let Some(inner) = self.grouped(&rows, rest, figures, room)? else { return Ok(None) };
            groups.push(Group {
                label: self.label(grouping, &value)?,
                value,
                experiments: rows.len(),
                figures: figures.then(|| GroupFigures::of(&rows)),
                groups: inner,
            });
        }
        Ok(Some(groups))
    }

    /// What people call a value; ids have names, as long as their owners are there.
    fn label(&self, grouping: &Grouping, value: &str) -> Result<Option<String>, Error> {
        let id = || Uuid::parse_str(value).ok();
        Ok(match grouping {
            Grouping::Dataset => match id().map(DatasetId::known) {
                Some(id) => self.dataset(id)?.map(|dataset| dataset.name),
                None => None,
            },
            Grouping::Project => match id().map(ProjectId::known) {
                Some(id) => self.project(id)?.map(|view| view.project.name),
                None => None,
            },
            Grouping::Tags | Grouping::Metadata(_) => Some(value.to_owned()),
        })
    }
}

impl Row {
    fn values(&self, grouping: &Grouping) -> Vec<String> {
        let experiment = &self.experiment;
        match grouping {
            Grouping::Dataset => vec![experiment.dataset_id.to_string()],
            Grouping::Project => experiment.project_id.iter().map(ToString::to_string).collect(),
            Grouping::Tags => experiment.tags.clone(),
            Grouping::Metadata(path) => {
                let found = self.metadata.as_ref().and_then(|metadata| path.lookup(metadata));
                let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                found.filter(|value| !value.is_null()).map(text).into_iter().collect()
            }
        }
    }
}

impl GroupFigures {
    fn of(rows: &[&Row]) -> Self {
        let cost: Decimal = rows.iter().filter_map(|row| row.figures.cost).sum();
        let traces: u64 = rows.iter().map(|row| row.figures.traces).sum();
        let cost = Some(cost).filter(|cost| !cost.is_zero());
        let durations: Vec<Percentiles> = rows.iter().filter_map(|row| row.figures.duration).collect();
        let percentile = |of: fn(&Percentiles) -> f64| mean(durations.iter().map(of));
        let duration = match (percentile(|p| p.p50), percentile(|p| p.p90), percentile(|p| p.p99)) {
            (Some(p50), Some(p90), Some(p99)) => Some(Percentiles { p50, p90, p99 }),
            _ => None,
        };
        Self {
            traces,
            cost,
            cost_average: cost.and_then(|cost| cost.checked_div(Decimal::from(traces))),
            duration,
            feedback_scores: averages(rows.iter().flat_map(|row| &row.figures.feedback_scores)),
            experiment_scores: averages(rows.iter().flat_map(|row| &row.experiment.scores)),
            pass_rate: mean(rows.iter().filter_map(|row| row.figures.pass_rate())),
            passed: rows.iter().map(|row| row.figures.passed).sum(),
            judged: rows.iter().map(|row| row.figures.judged).sum(),
        }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for value in values {
        sum += value;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}

fn averages<'a>(scores: impl Iterator<Item = &'a Score>) -> Vec<Score> {
    let mut by_name: BTreeMap<&str, (Decimal, u32)> = BTreeMap::new();
    for score in scores {
        let (sum, count) = by_name.entry(&score.name).or_default();
        *sum += score.value;
        *count += 1;
    }
    let averages = by_name.into_iter().map(|(name, (sum, count))| {
        let value = (sum / Decimal::from(count)).round_dp(SCORE_DIGITS).normalize();
        Score { name: name.to_owned(), value }
    });
    averages.collect()
}
