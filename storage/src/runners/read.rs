//! Runners and jobs as readers find them.

use std::collections::BTreeSet;

use cairn_core::event::Event;
use cairn_core::ids::{JobId, Position, ProjectId, RunnerId};
use cairn_core::json::Json;
use cairn_core::runners::state::{Job, Runner};
use cairn_core::runners::{self, LogLine};
use fjall::Readable;

use super::{Stage, last_id};
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub offset: usize,
    pub limit: usize,
}

impl Stretch {
    /// What is left of it after the first `known` things of the list, of which there are `taken` in it.
    #[must_use]
    pub const fn after(self, known: usize, taken: usize) -> Self {
        Self { offset: self.offset.saturating_sub(known), limit: self.limit.saturating_sub(taken) }
    }
}

/// A job with the bodies that its events hold.
#[derive(Clone, Debug)]
pub struct JobView {
    pub job: Job,
    pub inputs: Option<Json>,
    pub result: Option<Json>,
}

impl Reader {
    pub fn runner(&self, id: RunnerId) -> Result<Option<Runner>, Error> {
        self.row(rows::runner(id))
    }

    /// The runners that somebody ever had in a project, newest first, but for some.
    pub fn runners(
        &self,
        project: ProjectId,
        owner: &str,
        but: &BTreeSet<RunnerId>,
        window: Stretch,
    ) -> Result<(Vec<Runner>, usize), Error> {
        let id = |key: &[u8], _: &[u8]| {
            let id = last_id(key).map(RunnerId::known).filter(|id| !but.contains(id));
            Ok(id.map(|id| (id, true)))
        };
        let (ids, total) = self.stretch(rows::runners_of_owner(project, owner), window, id)?;
        let runners = ids.into_iter().filter_map(|id| self.runner(id).transpose());
        Ok((runners.collect::<Result<_, _>>()?, total))
    }

    /// The runners of a project that live, whosever they are, newest first.
    pub fn living_runners(&self, project: ProjectId) -> Result<Vec<Runner>, Error> {
        let mut runners = Vec::new();
        self.each(rows::living_runners(project), |key, _| {
            let id = last_id(key).map(RunnerId::known);
            runners.extend(id.map_or(Ok(None), |id| self.runner(id))?);
            Ok(())
        })?;
        runners.reverse();
        Ok(runners)
    }

    pub fn job(&self, id: JobId) -> Result<Option<Job>, Error> {
        self.row(rows::job(id))
    }

    /// The jobs that a runner ever had, newest first; those created before a position.
    pub fn jobs(
        &self,
        runner: RunnerId,
        before: Option<Position>,
        window: Stretch,
    ) -> Result<(Vec<Job>, usize), Error> {
        let id = |key: &[u8], value: &[u8]| {
            let created = key.last_chunk::<8>().map(|bytes| Position(u64::from_be_bytes(*bytes)));
            let shown = before.is_none_or(|before| created.is_some_and(|created| created < before));
            Ok(Some((rows::read(value)?, shown)))
        };
        let (ids, total) = self.stretch(rows::jobs_of_runner(runner), window, id)?;
        let jobs = ids.into_iter().filter_map(|id: JobId| self.job(id).transpose());
        Ok((jobs.collect::<Result<_, _>>()?, total))
    }

    /// Of the keys under a prefix that are shown, the last first, those of a stretch; and how many there are in all.
    fn stretch<Id>(
        &self,
        prefix: rows::Key,
        window: Stretch,
        read: impl Fn(&[u8], &[u8]) -> Result<Option<(Id, bool)>, Error>,
    ) -> Result<(Vec<Id>, usize), Error> {
        let (mut ids, mut skipped, mut total) = (Vec::new(), 0_usize, 0_usize);
        for guard in self.snapshot().prefix(self.rows(), prefix).rev() {
            let (key, value) = guard.into_inner()?;
            let Some((id, shown)) = read(&key, &value)? else { continue };
            total += 1;
            if shown && skipped < window.offset {
                skipped += 1;
            } else if shown && ids.len() < window.limit {
                ids.push(id);
            }
        }
        Ok((ids, total))
    }

    /// Whether a job waits for a runner.
    pub fn has_pending_job(&self, runner: RunnerId) -> Result<bool, Error> {
        let mut found = false;
        self.each(rows::open_jobs_at(runner, Stage::Pending), |_, _| {
            found = true;
            Ok(())
        })?;
        Ok(found)
    }

    /// The runners that have open jobs.
    pub fn busy_runners(&self) -> Result<BTreeSet<RunnerId>, Error> {
        let mut busy = BTreeSet::new();
        self.each(rows::open_jobs(), |key, _| {
            busy.extend(rows::runner_of_open_job(key));
            Ok(())
        })?;
        Ok(busy)
    }

    pub fn job_with_bodies(&self, job: Job) -> Result<JobView, Error> {
        let inputs = match self.runner_event(job.created)? {
            Some(runners::Event::JobCreated(created)) => created.inputs,
            _ => None,
        };
        let reported = job.reported.map_or(Ok(None), |at| self.runner_event(at))?;
        let result = match reported {
            Some(runners::Event::JobReported { report, .. }) => report.result,
            _ => None,
        };
        Ok(JobView { job, inputs, result })
    }

    /// The lines of a job's log from a number on, counted from 0.
    pub fn job_log(&self, id: JobId, offset: u32) -> Result<Vec<LogLine>, Error> {
        let mut places: Vec<(u32, Position)> = Vec::new();
        self.each(rows::job_logs(id), |key, value| {
            let (at, count): (Position, u32) = rows::read(value)?;
            let first = key.last_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes)).unwrap_or_default();
            if first.saturating_add(count) > offset {
                places.push((first, at));
            }
            Ok(())
        })?;
        let mut lines = Vec::new();
        for (first, at) in places {
            if let Some(runners::Event::JobLogged { lines: some, .. }) = self.runner_event(at)? {
                let skipped = usize::try_from(offset.saturating_sub(first)).unwrap_or(usize::MAX);
                lines.extend(some.into_iter().skip(skipped));
            }
        }
        Ok(lines)
    }

    /// `None` if it was erased.
    fn runner_event(&self, at: Position) -> Result<Option<runners::Event>, Error> {
        Ok(match self.store().log().event(at)?.map(|recorded| recorded.event) {
            Some(Event::Runners(event)) => Some(event),
            _ => None,
        })
    }
}
