//! What was made over datasets: how many experiments and optimizations, and when the newest of them was created. What
//! they came to is not told here.

use std::collections::BTreeMap;

use cairn_core::ids::{DatasetId, ExperimentId, OptimizationId};
use cairn_core::time::Timestamp;
use fjall::Readable;
use uuid::Uuid;

use crate::error::Error;
use crate::reader::Reader;
use crate::rows;

/// How many of a kind were made over a dataset, and when the newest was created.
pub type Usage = (u64, Option<Timestamp>);

impl Reader {
    pub fn experiments_over(&self, dataset: DatasetId) -> Result<Usage, Error> {
        let made = self.made_over(rows::experiments_of_dataset(dataset))?;
        made.get(&dataset).map_or(Ok((0, None)), |made| self.experiment_usage(made))
    }

    /// Of each dataset over which any ran, by one walk over all.
    pub fn experiments_over_each(&self) -> Result<BTreeMap<DatasetId, Usage>, Error> {
        let made = self.made_over(rows::experiments_of_datasets())?;
        made.iter().map(|(dataset, made)| Ok((*dataset, self.experiment_usage(made)?))).collect()
    }

    pub fn optimizations_over(&self, dataset: DatasetId) -> Result<Usage, Error> {
        let made = self.made_over(rows::optimizations_of_dataset(dataset))?;
        made.get(&dataset).map_or(Ok((0, None)), |made| self.optimization_usage(made))
    }

    /// Of each dataset over which any searched, by one walk over all.
    pub fn optimizations_over_each(&self) -> Result<BTreeMap<DatasetId, Usage>, Error> {
        let made = self.made_over(rows::optimizations_of_datasets())?;
        made.iter().map(|(dataset, made)| Ok((*dataset, self.optimization_usage(made)?))).collect()
    }

    fn experiment_usage(&self, made: &Made) -> Result<Usage, Error> {
        let newest = self.experiment(ExperimentId::known(made.newest))?;
        Ok((made.count, newest.map(|experiment| experiment.created_at)))
    }

    fn optimization_usage(&self, made: &Made) -> Result<Usage, Error> {
        let newest = self.optimization(OptimizationId::known(made.newest))?;
        Ok((made.count, newest.map(|optimization| optimization.created_at)))
    }

    /// By dataset, of the keys under a prefix: each is a table, a dataset and what was made over it, oldest first.
    fn made_over(&self, prefix: rows::Key) -> Result<BTreeMap<DatasetId, Made>, Error> {
        let mut made = BTreeMap::new();
        for guard in self.snapshot().prefix(self.rows(), prefix) {
            let key = guard.key()?;
            let Some((dataset, newest)) =
                key.get(1..).and_then(|ids| ids.split_at_checked(size_of::<Uuid>()))
            else {
                continue;
            };
            let (Some(dataset), Some(newest)) = (rows::uuid(dataset), rows::uuid(newest)) else { continue };
            let of = made.entry(DatasetId::known(dataset)).or_insert(Made { count: 0, newest });
            *of = Made { count: of.count + 1, newest };
        }
        Ok(made)
    }
}

struct Made {
    count: u64,
    newest: Uuid,
}
