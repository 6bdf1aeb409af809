//! Runners: what is recorded of them is decided here; what is only on its way lies in `relay`, and `face` brings both
//! together for those who ask.

pub mod face;
pub(crate) mod relay;
pub mod secrets;
mod sweep;

use std::collections::BTreeSet;

use cairn_core::command::Context;
use cairn_core::ids::{JobId, RunnerId};
use cairn_core::rejection::Rejection;
use cairn_core::runners::jobs;
use cairn_core::runners::state::Job;
use cairn_core::runners::{self, Command, Event, Reason, Report};
use cairn_storage::error::Error;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::Refused;

pub(crate) use self::sweep::sweep;

/// The id of the job that was made or handed over, if one was.
pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let person = context.principal.to_string();
    let mut created = None;
    let events = match command {
        Command::Connect { id, project_id, owner, kind, name } => {
            if writer.projects().get(project_id).is_none() {
                return Err(Rejection::not_found("Project not found").into());
            }
            let others = writer.living_runners(project_id)?;
            let events = runners::connect(Event::Connected { id, project_id, owner, kind, name }, &others);
            with_abandoned(writer, events)?
        }
        Command::Disconnect { id } => {
            let runner = runners::owned(writer.runner(id)?, &person);
            // It may say good-bye after somebody else sent it away.
            match runner {
                Ok(runner) if runner.gone.is_none() => {
                    with_abandoned(writer, vec![Event::Gone { id, reason: Reason::Disconnected }])?
                }
                _ => Vec::new(),
            }
        }
        Command::SetAgents { id, agents } => {
            runners::living(writer.runner(id)?, &person)?;
            vec![Event::AgentsSet { id, agents }]
        }
        Command::PatchChecklist { id, patch } => {
            runners::living(writer.runner(id)?, &person)?;
            vec![Event::ChecklistPatched { id, patch }]
        }
        Command::CreateJob { request, inputs, connected } => {
            let living = writer.living_runners(request.project_id)?;
            let runner = jobs::choose(&request, &living, &connected, &person)?;
            let pending = writer.pending_jobs(runner.id)?.len();
            let event = jobs::create(*request, inputs, runner, pending, context)?;
            created = event.job_id();
            vec![event]
        }
        Command::TakeJob { runner_id } => {
            runners::living(writer.runner(runner_id)?, &person)?;
            let oldest = writer.pending_jobs(runner_id)?.into_iter().next();
            created = oldest;
            oldest.map(|id| Event::JobStarted { id }).into_iter().collect()
        }
        Command::LogJob { id, lines } => {
            let job = jobs::owned(writer.job(id)?, &person)?;
            jobs::log(job, lines).into_iter().collect()
        }
        Command::ReportJob { id, report } => report_job(writer, id, report, &person)?,
        Command::CancelJob { id } => {
            let job = jobs::owned(writer.job(id)?, &person)?;
            jobs::cancel(job).into_iter().collect()
        }
        Command::GiveUpJobs { silent } => give_up(writer, &silent, context)?,
    };
    for event in events {
        writer.append(event.into(), context)?;
    }
    Ok(created.map(JobId::uuid))
}

fn report_job(writer: &mut Writer, id: JobId, report: Report, person: &str) -> Result<Vec<Event>, Refused> {
    let job = jobs::owned(writer.job(id)?, person)?;
    Ok(jobs::report(job, report)?.into_iter().collect())
}

/// Adds the ends of the jobs that wait for runners which are gone with these events.
fn with_abandoned(writer: &mut Writer, mut events: Vec<Event>) -> Result<Vec<Event>, Error> {
    let gone: Vec<(RunnerId, Reason)> = events
        .iter()
        .filter_map(|event| match event {
            Event::Gone { id, reason } => Some((*id, *reason)),
            _ => None,
        })
        .collect();
    for (id, reason) in gone {
        let mut pending: Vec<Job> = Vec::new();
        for job in writer.pending_jobs(id)? {
            pending.extend(writer.job(job)?.cloned());
        }
        events.extend(jobs::abandon(&pending, reason));
    }
    Ok(events)
}

fn give_up(writer: &mut Writer, silent: &BTreeSet<RunnerId>, context: &Context) -> Result<Vec<Event>, Error> {
    let open = writer.open_jobs()?;
    let mut gone = BTreeSet::new();
    for job in &open {
        if writer.runner(job.runner_id)?.is_none_or(|runner| runner.gone.is_some()) {
            gone.insert(job.runner_id);
        }
    }
    Ok(jobs::give_up(&open, silent, &gone, context.now))
}
