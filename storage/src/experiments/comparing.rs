//! Experiments side by side: one walk over what their items add to them, in step by dataset item. Held in memory is what
//! the walk adds up and, of every row, its place; never the rows themselves.

use std::collections::BTreeMap;
use std::sync::Arc;

use cairn_core::experiments::comparison::{Measure, Moments, Outcome};
use cairn_core::ids::{DatasetItemId, ExperimentId, ExperimentItemId};
use rust_decimal::prelude::ToPrimitive;

use super::reading::run_of;
use super::tally::{Share, Tally};
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;
use crate::view::whole;

/// What is compared with what.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Columns, in order; the first is the baseline unless another is named.
    pub experiments: Vec<ExperimentId>,
    /// The place of the baseline among them.
    pub baseline: usize,
    /// By what rows are placed and kept.
    pub focus: Option<Focus>,
}

/// One measure of one column.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Focus {
    pub column: usize,
    pub measure: Measure,
    /// Rows are placed by the distance of the value from the baseline's, or by the value itself.
    pub by_difference: bool,
    /// Only rows that came out so.
    pub outcome: Option<Outcome>,
}

/// One measure of one experiment, over the dataset items that have it.
#[derive(Clone, Debug)]
pub struct Standing {
    pub measure: Measure,
    /// Of the means of the runs of each dataset item.
    pub moments: Moments,
    /// Dataset items that did better, worse and as well as with the baseline, where both have the measure.
    pub improved: u64,
    pub regressed: u64,
    pub unchanged: u64,
}

/// A dataset item that an experiment ran, with the value that it is placed by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    pub dataset_item: DatasetItemId,
    pub value: Option<f64>,
}

/// What a comparison came to.
#[derive(Clone, Debug, Default)]
pub struct Standings {
    /// By experiment, by measure.
    pub of: Vec<Vec<Standing>>,
    /// Oldest id first.
    pub rows: Vec<Placed>,
}

/// What the runs of one dataset item in one experiment came to.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    pub items: Vec<ExperimentItemId>,
    sums: Vec<(f64, u32)>,
}

impl Cell {
    fn sized(measures: usize) -> Self {
        Self { items: Vec::new(), sums: vec![(0.0, 0); measures] }
    }

    /// The mean over the runs that have it.
    pub fn value(&self, measure: usize) -> Option<f64> {
        let (sum, count) = self.sums.get(measure).copied()?;
        (count > 0).then(|| sum / f64::from(count))
    }

    fn clear(&mut self) {
        self.items.clear();
        self.sums.fill((0.0, 0));
    }

    fn add(&mut self, item: ExperimentItemId, share: &Share, measures: &Measures) {
        self.items.push(item);
        let mut add = |at: Option<usize>, value: Option<f64>| {
            if let (Some((sum, count)), Some(value)) = (at.and_then(|at| self.sums.get_mut(at)), value) {
                *sum += value;
                *count += 1;
            }
        };
        for (name, value) in &share.scores {
            add(measures.scores.get(name).copied(), value.to_f64());
        }
        for (key, value) in &share.usage {
            add(measures.usage.get(key).copied(), Some(whole(*value)));
        }
        add(measures.duration, share.duration);
        add(measures.cost, Some(share.cost).filter(|cost| !cost.is_zero()).and_then(|cost| cost.to_f64()));
        if let Ok(verdicts) = u32::try_from(share.verdicts.len())
            && verdicts > 0
        {
            let passed = share.verdicts.iter().filter(|(_, passed)| *passed).count();
            add(measures.assertions, passed.to_f64().map(|passed| passed / f64::from(verdicts)));
        }
    }
}

/// Everything that any of the experiments has values of.
#[derive(Clone, Debug, Default)]
pub struct Measures {
    all: Vec<Measure>,
    scores: BTreeMap<String, usize>,
    usage: BTreeMap<String, usize>,
    assertions: Option<usize>,
    duration: Option<usize>,
    cost: Option<usize>,
}

impl Measures {
    fn of(tallies: &[Tally]) -> Self {
        let mut measures = Self::default();
        let mut all = Vec::new();
        let mut place = |measure: Measure| {
            all.push(measure);
            all.len() - 1
        };
        for name in tallies.iter().flat_map(|tally| tally.scores.keys()) {
            if !measures.scores.contains_key(name) {
                measures.scores.insert(name.clone(), place(Measure::FeedbackScore(name.clone())));
            }
        }
        if tallies.iter().any(|tally| !tally.assertions.is_empty()) {
            measures.assertions = Some(place(Measure::Assertions));
        }
        if tallies.iter().any(|tally| !tally.durations.is_empty()) {
            measures.duration = Some(place(Measure::Duration));
        }
        if tallies.iter().any(|tally| !tally.cost.is_zero()) {
            measures.cost = Some(place(Measure::Cost));
        }
        for key in tallies.iter().flat_map(|tally| tally.usage.keys()) {
            if !measures.usage.contains_key(key) {
                measures.usage.insert(key.clone(), place(Measure::Usage(key.clone())));
            }
        }
        measures.all = all;
        measures
    }

    pub fn all(&self) -> &[Measure] {
        &self.all
    }

    fn at(&self, measure: &Measure) -> Option<usize> {
        self.all.iter().position(|known| known == measure)
    }
}

impl Reader {
    /// What can be compared of some experiments.
    pub fn measures(&self, experiments: &[ExperimentId]) -> Result<Measures, Error> {
        let tallies = experiments.iter().map(|id| self.row(rows::experiment_tally(*id)));
        let tallies: Result<Vec<Option<Tally>>, Error> = tallies.collect();
        let tallies: Vec<Tally> = tallies?.into_iter().flatten().collect();
        Ok(Measures::of(&tallies))
    }

    /// Kept until the figures of one of the experiments change.
    pub fn compare(&self, comparison: &Comparison, measures: &Measures) -> Result<Arc<Standings>, Error> {
        let remembered = self.store().comparisons();
        let as_of = remembered.as_of(&comparison.experiments, self.position());
        let key = as_of.map(|as_of| (as_of, comparison.baseline, comparison.focus.clone()));
        remembered.standings(key.as_ref(), || {
            let mut table = Table::new(comparison, measures);
            self.walk_runs(&comparison.experiments, |dataset_item, runs| {
                table.cells.iter_mut().for_each(Cell::clear);
                for run in runs {
                    if let Some(cell) = table.cells.get_mut(run.column) {
                        cell.add(run.item, &run.share, measures);
                    }
                }
                table.take_row(dataset_item);
                Ok(())
            })?;
            Ok(table.standings)
        })
    }

    /// One row of a comparison.
    pub fn compared_row(
        &self,
        experiments: &[ExperimentId],
        measures: &Measures,
        dataset_item: DatasetItemId,
    ) -> Result<Vec<Cell>, Error> {
        let mut cells = Vec::with_capacity(experiments.len());
        for experiment in experiments {
            let mut cell = Cell::sized(measures.all.len());
            self.each(rows::experiment_runs_of(*experiment, dataset_item), |key, value| {
                if let Some((_, item)) = run_of(key) {
                    cell.add(item, &rows::read(value)?, measures);
                }
                Ok(())
            })?;
            cells.push(cell);
        }
        Ok(cells)
    }
}

/// The walk's sums so far.
struct Table<'a> {
    comparison: &'a Comparison,
    /// The place of the measure that rows are placed by.
    focused: Option<usize>,
    cells: Vec<Cell>,
    standings: Standings,
}

impl<'a> Table<'a> {
    fn new(comparison: &'a Comparison, measures: &Measures) -> Self {
        let standing = |measure: &Measure| Standing {
            measure: measure.clone(),
            moments: Moments::default(),
            improved: 0,
            regressed: 0,
            unchanged: 0,
        };
        let standings: Vec<Standing> = measures.all.iter().map(standing).collect();
        let columns = comparison.experiments.len();
        Self {
            comparison,
            focused: comparison.focus.as_ref().and_then(|focus| measures.at(&focus.measure)),
            cells: vec![Cell::sized(measures.all.len()); columns],
            standings: Standings { of: vec![standings; columns], rows: Vec::new() },
        }
    }

    fn take_row(&mut self, dataset_item: DatasetItemId) {
        let base = self.cells.get(self.comparison.baseline);
        for (column, (cell, standings)) in self.cells.iter().zip(&mut self.standings.of).enumerate() {
            for (at, standing) in standings.iter_mut().enumerate() {
                let Some(value) = cell.value(at) else { continue };
                standing.moments.add(value);
                let from =
                    base.and_then(|base| base.value(at)).filter(|_| column != self.comparison.baseline);
                match from.map(|from| standing.measure.outcome(from, value)) {
                    Some(Outcome::Improved) => standing.improved += 1,
                    Some(Outcome::Regressed) => standing.regressed += 1,
                    Some(Outcome::Unchanged) => standing.unchanged += 1,
                    None => {}
                }
            }
        }
        let (value, wanted) = self.place();
        if wanted {
            self.standings.rows.push(Placed { dataset_item, value });
        }
    }

    /// The value that the row is placed by, and whether it is wanted.
    fn place(&self) -> (Option<f64>, bool) {
        let Some(focus) = &self.comparison.focus else { return (None, true) };
        let value = |column: usize| self.cells.get(column)?.value(self.focused?);
        let (from, to) = (value(self.comparison.baseline), value(focus.column));
        let outcome = from.zip(to).map(|(from, to)| focus.measure.outcome(from, to));
        let value = if focus.by_difference { from.zip(to).map(|(from, to)| to - from) } else { to };
        (value, focus.outcome.is_none() || focus.outcome == outcome)
    }
}
