//! Runners and jobs as readers find them.

use cairn_core::event::Event;
use cairn_core::ids::{JobId, Position, ProjectId, RunnerId};
use cairn_core::json::Json;
use cairn_core::runners::state::{Job, Runner};
use cairn_core::runners::{self, LogLine};

use super::{Stage, last_id};
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;

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

    /// All runners that a project ever had, newest first.
    pub fn runners(&self, project: ProjectId) -> Result<Vec<Runner>, Error> {
        let mut runners = Vec::new();
        self.each(rows::runners_of_project(project), |key, _| {
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

    /// The jobs that a runner ever had, newest first.
    pub fn jobs(&self, runner: RunnerId) -> Result<Vec<Job>, Error> {
        let mut jobs = Vec::new();
        self.each(rows::jobs_of_runner(runner), |_, value| {
            jobs.extend(self.job(rows::read(value)?)?);
            Ok(())
        })?;
        jobs.reverse();
        Ok(jobs)
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
    pub fn busy_runners(&self) -> Result<std::collections::BTreeSet<RunnerId>, Error> {
        let mut busy = std::collections::BTreeSet::new();
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
