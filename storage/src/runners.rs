//! Runners and jobs in the log and as rows. The bodies of a job and its log stay in their events; rows say where.

mod events;
pub mod read;

use cairn_core::event::Recorded;
use cairn_core::ids::{JobId, Position, ProjectId, RunnerId};
use cairn_core::runners::Event;
use cairn_core::runners::JobStatus;
use cairn_core::runners::state::{Job, Runner, evolve, evolve_job};
use fjall::Keyspace;

use crate::error::Error;
use crate::rows::{self, Key};
use crate::slots::Slots;

pub(crate) use self::events::{decode, describe, encode};

/// How far an open job is: the rows of those that wait lie together, in their order.
#[derive(Clone, Copy)]
#[repr(u8)]
pub(crate) enum Stage {
    Pending = 0,
    Running = 1,
}

/// The rows of runners as one commit sees them.
pub(crate) struct Staged {
    runners: Slots<Runner>,
    jobs: Slots<Job>,
    /// Project, owner, runner → nothing more, and project, runner of those that live.
    places: Slots<()>,
    /// Runner, stage, position of creation → the job.
    open: Slots<JobId>,
    /// Runner, position of creation → the job.
    members: Slots<JobId>,
    /// Job, number of the first line → where the lines are, and how many.
    logs: Slots<(Position, u32)>,
}

impl Staged {
    pub(crate) fn new(rows: &Keyspace) -> Self {
        Self {
            runners: Slots::new(rows.clone()),
            jobs: Slots::new(rows.clone()),
            places: Slots::new(rows.clone()),
            open: Slots::new(rows.clone()),
            members: Slots::new(rows.clone()),
            logs: Slots::new(rows.clone()),
        }
    }

    pub(crate) fn runner(&mut self, id: RunnerId) -> Result<Option<&Runner>, Error> {
        self.runners.get(rows::runner(id))
    }

    /// The living runners of a project.
    pub(crate) fn living(&mut self, project: ProjectId) -> Result<Vec<Runner>, Error> {
        let mut living = Vec::new();
        for key in self.places.keys(&rows::living_runners(project))? {
            if let Some(id) = last_id(&key) {
                living.extend(self.runner(RunnerId::known(id))?.cloned());
            }
        }
        Ok(living)
    }

    pub(crate) fn job(&mut self, id: JobId) -> Result<Option<&Job>, Error> {
        self.jobs.get(rows::job(id))
    }

    /// The jobs that wait for a runner, oldest first.
    pub(crate) fn pending(&mut self, runner: RunnerId) -> Result<Vec<JobId>, Error> {
        self.jobs_under(&rows::open_jobs_at(runner, Stage::Pending))
    }

    /// All open jobs.
    pub(crate) fn open_jobs(&mut self) -> Result<Vec<Job>, Error> {
        let mut jobs = Vec::new();
        for id in self.jobs_under(&rows::open_jobs())? {
            jobs.extend(self.job(id)?.cloned());
        }
        Ok(jobs)
    }

    fn jobs_under(&mut self, prefix: &[u8]) -> Result<Vec<JobId>, Error> {
        let mut ids = Vec::new();
        for key in self.open.keys(prefix)? {
            ids.extend(self.open.get(key)?.copied());
        }
        Ok(ids)
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) -> Result<(), Error> {
        match &event.event {
            Event::Connected { id, .. }
            | Event::Gone { id, .. }
            | Event::AgentsSet { id, .. }
            | Event::ChecklistPatched { id, .. } => self.project_runner(*id, event),
            Event::JobCreated(_)
            | Event::JobStarted { .. }
            | Event::JobReported { .. }
            | Event::JobCancelled { .. }
            | Event::JobLogged { .. } => match event.event.job_id() {
                Some(id) => self.project_job(id, event),
                None => Ok(()),
            },
        }
    }

    fn project_runner(&mut self, id: RunnerId, event: &Recorded<Event>) -> Result<(), Error> {
        let row = self.runners.change(rows::runner(id))?;
        *row = evolve(row.take(), event);
        if let Some(Runner { project_id, owner, gone, .. }) = row {
            let (project, lives) = (*project_id, gone.is_none());
            self.places.put(rows::runner_of_owner(project, owner, id), Some(()));
            self.places.put(rows::living_runner(project, id), lives.then_some(()));
        }
        Ok(())
    }

    fn project_job(&mut self, id: JobId, event: &Recorded<Event>) -> Result<(), Error> {
        let row = self.jobs.change(rows::job(id))?;
        let before = row.take();
        let after = evolve_job(before.clone(), event);
        row.clone_from(&after);
        let place = |job: &Option<Job>| job.as_ref().and_then(open_place);
        let (old, new) = (place(&before), place(&after));
        if old != new {
            for (key, job) in old.map(|key| (key, None)).into_iter().chain(new.map(|key| (key, Some(id)))) {
                self.open.put(key, job);
            }
        }
        let Some(after) = after else { return Ok(()) };
        self.members.put(rows::job_of_runner(after.runner_id, after.created), Some(id));
        if let Event::JobLogged { lines, .. } = &event.event {
            let count = u32::try_from(lines.len()).unwrap_or(u32::MAX);
            let first = after.log_lines.saturating_sub(count);
            self.logs.put(rows::job_log(id, first), Some((event.position, count)));
        }
        Ok(())
    }

    pub(crate) fn flush(&mut self, batch: &mut fjall::OwnedWriteBatch) -> Result<(), Error> {
        self.runners.flush(batch)?;
        self.jobs.flush(batch)?;
        self.places.flush(batch)?;
        self.open.flush(batch)?;
        self.members.flush(batch)?;
        self.logs.flush(batch)
    }
}

/// Where an open job lies.
fn open_place(job: &Job) -> Option<Key> {
    let stage = match job.status {
        JobStatus::Pending => Stage::Pending,
        JobStatus::Running => Stage::Running,
        JobStatus::Completed | JobStatus::Failed | JobStatus::Cancelled => return None,
    };
    Some(rows::open_job(job.runner_id, stage, job.created))
}

/// The id that a key ends with.
fn last_id(key: &[u8]) -> Option<uuid::Uuid> {
    let tail = key.len().checked_sub(16)?;
    key.get(tail..).and_then(rows::uuid)
}
