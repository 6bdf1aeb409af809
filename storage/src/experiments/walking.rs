//! The runs of several experiments, dataset item by dataset item: one walk in step over what their items add to them.

use cairn_core::ids::{DatasetItemId, ExperimentId, ExperimentItemId};
use fjall::Readable;

use super::reading::run_of;
use super::tally::Share;
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;

/// A run of a dataset item.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    /// The place of its experiment among those that are walked.
    pub(crate) column: usize,
    pub(crate) item: ExperimentItemId,
    pub(crate) share: Share,
}

/// The shares of one experiment in the order of the dataset items.
struct Line {
    shares: fjall::Iter,
    next: Option<(DatasetItemId, ExperimentItemId, Share)>,
}

impl Line {
    fn advance(&mut self) -> Result<(), Error> {
        self.next = None;
        if let Some(guard) = self.shares.next() {
            let (key, value) = guard.into_inner()?;
            if let Some((dataset_item, item)) = run_of(&key) {
                self.next = Some((dataset_item, item, rows::read(&value)?));
            }
        }
        Ok(())
    }
}

impl Reader {
    /// Visits every dataset item that any of the experiments ran, oldest id first, with its runs in the order of the
    /// experiments. In memory are the runs of one item.
    pub(crate) fn walk_runs(
        &self,
        experiments: &[ExperimentId],
        mut visit: impl FnMut(DatasetItemId, &[Run]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut lines = Vec::with_capacity(experiments.len());
        for id in experiments {
            let shares = self.snapshot().prefix(self.rows(), rows::experiment_by_dataset_items(*id));
            let mut line = Line { shares, next: None };
            line.advance()?;
            lines.push(line);
        }
        let mut runs = Vec::new();
        while let Some(dataset_item) =
            lines.iter().filter_map(|line| line.next.as_ref().map(|next| next.0)).min()
        {
            runs.clear();
            for (column, line) in lines.iter_mut().enumerate() {
                while let Some((_, item, share)) = line.next.take_if(|next| next.0 == dataset_item) {
                    runs.push(Run { column, item, share });
                    line.advance()?;
                }
            }
            visit(dataset_item, &runs)?;
        }
        Ok(())
    }

    /// The dataset items that any of the experiments ran, newest id first.
    pub(super) fn items_run(&self, experiments: &[ExperimentId]) -> Result<Vec<DatasetItemId>, Error> {
        let mut items: Vec<DatasetItemId> = Vec::new();
        for id in experiments {
            for guard in self.snapshot().prefix(self.rows(), rows::experiment_by_dataset_items(*id)) {
                items.extend(run_of(&guard.key()?).map(|(dataset_item, _)| dataset_item));
            }
            // Two stretches, each in order: merging them is all that is left to do.
            items.sort();
            items.dedup();
        }
        items.reverse();
        Ok(items)
    }

    /// The runs of a dataset item, in the order of the experiments.
    pub fn runs_of(
        &self,
        experiments: &[ExperimentId],
        dataset_item: DatasetItemId,
    ) -> Result<Vec<(ExperimentId, ExperimentItemId)>, Error> {
        let mut runs = Vec::new();
        for experiment in experiments {
            self.each(rows::experiment_runs_of(*experiment, dataset_item), |key, _| {
                runs.extend(run_of(key).map(|(_, item)| (*experiment, item)));
                Ok(())
            })?;
        }
        Ok(runs)
    }
}
