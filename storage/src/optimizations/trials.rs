//! What the trials of optimizations came to, kept up with every event on their traces: lists and charts read a few
//! small rows and no trace. A trial is an experiment that names an optimization, be that there or not.

use std::collections::{BTreeMap, BTreeSet};

use cairn_core::event::Recorded;
use cairn_core::experiments::{Event, Experiment, Item, Kind, Score};
use cairn_core::feedback::{self, SCORE_DIGITS, merged};
use cairn_core::ids::{ExperimentId, ExperimentItemId, OptimizationId, TraceId};
use cairn_core::optimizations::Optimization;
use cairn_core::time::Timestamp;
use fjall::Keyspace;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::experiments::Experiments;
use crate::rows;
use crate::slots::Slots;
use crate::view::whole;

/// One trial and what its traces add up to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    pub id: ExperimentId,
    pub kind: Kind,
    pub created_at: Timestamp,
    /// What was said of the experiment as a whole.
    pub experiment_scores: Vec<Score>,
    pub traces: u64,
    scores: BTreeMap<String, Sum>,
    duration_micros: i64,
    /// Traces that have a duration.
    timed: u32,
    cost: Decimal,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Sum {
    value: Decimal,
    count: u64,
}

impl Sum {
    fn mean(self) -> Option<Decimal> {
        let mean = self.value.checked_div(Decimal::from(self.count))?;
        Some(mean.round_dp(SCORE_DIGITS).normalize())
    }
}

/// What one trace adds to the trials that it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Share {
    scores: Vec<(String, Decimal)>,
    duration_micros: Option<i64>,
    cost: Decimal,
}

impl Share {
    pub(crate) fn new(
        (start, end): (Timestamp, Option<Timestamp>),
        cost: Decimal,
        scores: &feedback::State,
    ) -> Self {
        let micros = |time: Timestamp| time.as_nanos().div_euclid(1_000);
        Self {
            scores: merged(scores).into_iter().map(|score| (score.name.to_owned(), score.value)).collect(),
            duration_micros: end
                .filter(|_| start != Timestamp::EPOCH)
                .map(|end| micros(end).saturating_sub(micros(start))),
            cost,
        }
    }
}

/// The trials that a trace belongs to, and what it has added to each of them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Membership {
    places: Vec<(ExperimentItemId, OptimizationId, ExperimentId)>,
    share: Share,
}

/// How an optimization stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    pub trials: u64,
    /// Means over all traces of all trials.
    pub feedback_scores: Vec<Score>,
    /// Means over the trials that have the score.
    pub experiment_scores: Vec<Score>,
    /// The trial from which the search began.
    pub baseline: Option<Candidate>,
    pub best: Option<Candidate>,
    /// US dollars of all trials; zero if unknown.
    pub cost: Decimal,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub trial: ExperimentId,
    pub objective: Decimal,
    pub duration: Option<f64>,
    pub cost: Option<Decimal>,
}

impl Trial {
    fn new(experiment: ExperimentId, kind: Kind, created_at: Timestamp, scores: Vec<Score>) -> Self {
        Self {
            id: experiment,
            kind,
            created_at,
            experiment_scores: scores,
            traces: 0,
            scores: BTreeMap::new(),
            duration_micros: 0,
            timed: 0,
            cost: Decimal::ZERO,
        }
    }

    /// The mean of the feedback score of that name, or else the score of the experiment.
    pub fn objective(&self, name: &str) -> Option<Decimal> {
        let said = || self.experiment_scores.iter().find(|score| score.name == name);
        let mean = self.scores.get(name).and_then(|sum| sum.mean());
        mean.or_else(|| said().map(|score| score.value.normalize()))
    }

    /// Milliseconds that a trace took, on average.
    pub fn duration(&self) -> Option<f64> {
        (self.timed > 0).then(|| whole(self.duration_micros) / 1_000.0 / f64::from(self.timed))
    }

    /// US dollars that a trace cost, on average; unknown rather than zero.
    pub fn cost(&self) -> Option<Decimal> {
        let mean = self.cost.checked_div(Decimal::from(self.traces))?;
        Some(mean.normalize()).filter(|cost| !cost.is_zero())
    }

    fn add(&mut self, share: &Share) {
        for (name, value) in &share.scores {
            let sum = self.scores.entry(name.clone()).or_default();
            sum.value += value;
            sum.count += 1;
        }
        if let Some(micros) = share.duration_micros {
            self.duration_micros = self.duration_micros.saturating_add(micros);
            self.timed += 1;
        }
        self.cost += share.cost;
    }

    fn remove(&mut self, share: &Share) {
        for (name, value) in &share.scores {
            if let Some(sum) = self.scores.get_mut(name) {
                sum.value -= value;
                sum.count = sum.count.saturating_sub(1);
            }
        }
        self.scores.retain(|_, sum| sum.count > 0);
        if let Some(micros) = share.duration_micros {
            self.duration_micros = self.duration_micros.saturating_sub(micros);
            self.timed = self.timed.saturating_sub(1);
        }
        self.cost -= share.cost;
    }
}

impl Standing {
    /// Mini-batches judge a candidate by a few items only: they are neither the baseline nor the best.
    pub(crate) fn of(objective_name: &str, trials: &[Trial]) -> Self {
        let (mut given, mut said) = (BTreeMap::<&str, Sum>::new(), BTreeMap::<&str, Sum>::new());
        for trial in trials {
            for (name, sum) in &trial.scores {
                let all = given.entry(name).or_default();
                all.value += sum.value;
                all.count += sum.count;
            }
            for score in &trial.experiment_scores {
                let all = said.entry(&score.name).or_default();
                all.value += score.value;
                all.count += 1;
            }
        }
        let means = |sums: BTreeMap<&str, Sum>| {
            let means = sums.into_iter();
            means
                .filter_map(|(name, sum)| Some(Score { name: name.to_owned(), value: sum.mean()? }))
                .collect()
        };
        let whole = trials.iter().filter(|trial| matches!(trial.kind, Kind::Trial | Kind::Regular));
        let mut judged: Vec<(Decimal, &Trial)> =
            whole.filter_map(|trial| Some((trial.objective(objective_name)?, trial))).collect();
        judged.sort_by_key(|(_, trial)| (trial.created_at, trial.id));
        let shown = |(objective, trial): &(Decimal, &Trial)| Candidate {
            trial: trial.id,
            objective: *objective,
            duration: trial.duration(),
            cost: trial.cost(),
        };
        // Of equals the earliest is the best: what came later was no better.
        let best = judged.iter().rev().max_by_key(|(objective, _)| *objective).map(shown);
        Self {
            trials: u64::try_from(trials.len()).unwrap_or(u64::MAX),
            feedback_scores: means(given),
            experiment_scores: means(said),
            baseline: judged.first().map(shown),
            best,
            cost: trials.iter().map(|trial| trial.cost).sum(),
        }
    }
}

/// What a commit sees and changes of trials.
pub(crate) struct Trials {
    rows: Slots<Trial>,
    memberships: Slots<Membership>,
    standings: Slots<Standing>,
    touched: BTreeSet<OptimizationId>,
    /// Whether any trace belongs to a trial: most workspaces have none, and then no trace is looked up.
    any: bool,
}

impl Trials {
    pub(crate) fn open(keyspace: &Keyspace) -> Result<Self, Error> {
        let first = keyspace.prefix(rows::trial_memberships()).next();
        Ok(Self {
            rows: Slots::new(keyspace.clone()),
            memberships: Slots::new(keyspace.clone()),
            standings: Slots::new(keyspace.clone()),
            touched: BTreeSet::new(),
            any: first.map(fjall::Guard::key).transpose()?.is_some(),
        })
    }

    pub(crate) fn touch(&mut self, id: OptimizationId) {
        self.touched.insert(id);
    }

    /// Whether what happens to a trace changes a trial.
    pub(crate) fn concern(&mut self, trace: TraceId) -> Result<bool, Error> {
        Ok(self.any && self.memberships.get(rows::trial_membership(trace))?.is_some())
    }

    /// A trace has changed: its trials lose what it was, and gain what it is.
    pub(crate) fn reckon(&mut self, trace: TraceId, share: Share) -> Result<(), Error> {
        let row = self.memberships.change(rows::trial_membership(trace))?;
        let Some(membership) = row else { return Ok(()) };
        let before = std::mem::replace(&mut membership.share, share.clone());
        if before == share {
            return Ok(());
        }
        for (_, optimization, trial) in membership.places.clone() {
            self.change(optimization, trial, |trial| {
                trial.remove(&before);
                trial.add(&share);
            })?;
        }
        Ok(())
    }

    /// Takes an event on an experiment before the experiment's own rows do. `share` is what the trace of an item that
    /// is added comes to.
    pub(crate) fn project(
        &mut self,
        experiments: &mut Experiments,
        recorded: &Recorded<Event>,
        share: Option<Share>,
    ) -> Result<(), Error> {
        match &recorded.event {
            Event::Created(created) => {
                if let Some(optimization) = created.optimization_id.map(OptimizationId::known) {
                    let trial = Trial::new(created.id, created.kind, recorded.time, created.scores.clone());
                    self.rows.put(rows::trial(optimization, created.id), Some(trial));
                    self.touch(optimization);
                }
            }
            Event::Updated { id, changes } => {
                if let Some(optimization) = searched_by(experiments.get(*id)?) {
                    self.change(optimization, *id, |trial| {
                        trial.kind = changes.kind.unwrap_or(trial.kind);
                        if let Some(scores) = &changes.scores {
                            trial.experiment_scores.clone_from(scores);
                        }
                    })?;
                }
            }
            Event::Deleted { id } => {
                if let Some(optimization) = searched_by(experiments.get(*id)?) {
                    for item in experiments.items_of(*id)? {
                        self.leave(&item)?;
                    }
                    self.rows.put(rows::trial(optimization, *id), None);
                    self.touch(optimization);
                }
            }
            Event::ItemAdded(added) => {
                if let Some(before) = experiments.item(added.id)?.cloned() {
                    self.leave(&before)?;
                }
                if let Some(optimization) = searched_by(experiments.get(added.experiment_id)?) {
                    let place = (added.id, optimization, added.experiment_id);
                    self.join(added.trace_id, place, share.unwrap_or_default())?;
                }
            }
            Event::ItemRemoved { id, .. } => {
                if let Some(item) = experiments.item(*id)?.cloned() {
                    self.leave(&item)?;
                }
            }
        }
        Ok(())
    }

    fn join(
        &mut self,
        trace: TraceId,
        place: (ExperimentItemId, OptimizationId, ExperimentId),
        share: Share,
    ) -> Result<(), Error> {
        self.any = true;
        let row = self.memberships.change(rows::trial_membership(trace))?;
        let membership = row.get_or_insert_with(|| Membership { places: Vec::new(), share });
        membership.places.push(place);
        let share = membership.share.clone();
        let (_, optimization, trial) = place;
        self.change(optimization, trial, |trial| {
            trial.traces += 1;
            trial.add(&share);
        })
    }

    fn leave(&mut self, item: &Item) -> Result<(), Error> {
        let row = self.memberships.change(rows::trial_membership(item.trace_id))?;
        let Some(membership) = row else { return Ok(()) };
        let Some(at) = membership.places.iter().position(|(id, ..)| *id == item.id) else { return Ok(()) };
        let (_, optimization, trial) = membership.places.remove(at);
        let share = membership.share.clone();
        row.take_if(|membership| membership.places.is_empty());
        self.change(optimization, trial, |trial| {
            trial.traces = trial.traces.saturating_sub(1);
            trial.remove(&share);
        })
    }

    fn change(
        &mut self,
        optimization: OptimizationId,
        trial: ExperimentId,
        change: impl FnOnce(&mut Trial),
    ) -> Result<(), Error> {
        if let Some(row) = self.rows.change(rows::trial(optimization, trial))? {
            change(row);
            self.touched.insert(optimization);
        }
        Ok(())
    }

    /// Says anew how the optimizations stand whose trials have changed.
    pub(crate) fn settle(&mut self, optimizations: &mut Slots<Optimization>) -> Result<(), Error> {
        for id in std::mem::take(&mut self.touched) {
            let objective = optimizations.get(rows::optimization(id))?.map(|row| row.objective_name.clone());
            let standing = match objective {
                Some(objective) => Some(Standing::of(&objective, &self.trials_of(id)?)),
                None => None,
            };
            self.standings.put(rows::standing(id), standing);
        }
        Ok(())
    }

    fn trials_of(&mut self, id: OptimizationId) -> Result<Vec<Trial>, Error> {
        let mut trials = Vec::new();
        for key in self.rows.keys(&rows::trials(id))? {
            trials.extend(self.rows.get(key)?.cloned());
        }
        Ok(trials)
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.rows.flush(batch)?;
        self.memberships.flush(batch)?;
        self.standings.flush(batch)
    }
}

fn searched_by(experiment: Option<&Experiment>) -> Option<OptimizationId> {
    experiment.and_then(|experiment| experiment.optimization_id).map(OptimizationId::known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn trial(number: u8, kind: Kind, objective: Option<i64>) -> Trial {
        let id = ExperimentId::known(Uuid::from_u128(number.into()));
        let mut trial = Trial::new(id, kind, Timestamp::from_millis(number.into()), Vec::new());
        let scores = objective.map(|value| ("accuracy".to_owned(), Decimal::new(value, 1)));
        trial.add(&Share {
            scores: scores.into_iter().collect(),
            duration_micros: Some(2_000),
            cost: Decimal::ONE,
        });
        trial.traces = 1;
        trial
    }

    fn places(standing: &Standing) -> [Option<u128>; 2] {
        [&standing.baseline, &standing.best]
            .map(|candidate| candidate.as_ref().map(|it| it.trial.uuid().as_u128()))
    }

    #[test]
    fn the_earliest_trial_is_the_baseline_and_the_first_of_the_highest_is_the_best() {
        let trials = [
            trial(3, Kind::Trial, Some(9)),
            trial(1, Kind::Trial, None),
            trial(2, Kind::Trial, Some(4)),
            trial(4, Kind::Trial, Some(9)),
        ];
        assert_eq!(places(&Standing::of("accuracy", &trials)), [Some(2), Some(3)]);
        assert_eq!(places(&Standing::of("other", &trials)), [None, None]);
    }

    #[test]
    fn a_mini_batch_is_neither_the_baseline_nor_the_best() {
        let trials = [trial(1, Kind::MiniBatch, Some(10)), trial(3, Kind::Trial, Some(5))];
        let standing = Standing::of("accuracy", &trials);
        assert_eq!(places(&standing), [Some(3), Some(3)]);
        assert_eq!((standing.trials, standing.cost), (2, Decimal::TWO));
    }

    #[test]
    fn what_a_trace_added_is_taken_away_again_without_a_rest() {
        let empty = trial(1, Kind::Trial, None);
        let mut changed = empty.clone();
        let share = Share {
            scores: vec![("accuracy".to_owned(), Decimal::new(1, 1))],
            duration_micros: Some(1),
            cost: Decimal::new(3, 7),
        };
        changed.add(&share);
        assert_eq!(changed.objective("accuracy"), Some(Decimal::new(1, 1)));
        changed.remove(&share);
        assert_eq!(changed, empty);
    }

    #[test]
    fn a_score_of_the_experiment_serves_where_no_trace_has_one() {
        let mut said = trial(1, Kind::Trial, None);
        said.experiment_scores = vec![Score { name: "accuracy".to_owned(), value: Decimal::new(70, 2) }];
        assert_eq!(said.objective("accuracy"), Some(Decimal::new(7, 1)));
    }
}
