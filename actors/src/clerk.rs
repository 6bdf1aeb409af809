//! Carries out commands on a writer: looks up what a decision needs, has `core` decide, appends what it says.
//! A refused command appends nothing. Nothing here is an actor, a thread or a clock.

use std::collections::HashMap;

use cairn_core::command::{Command, Context, Outcome, ProjectRef};
use cairn_core::event::Event;
use cairn_core::ids::ProjectId;
use cairn_core::projects::Resolved;
use cairn_core::rejection::Rejection;
use cairn_storage::error::Error;
use cairn_storage::writer::Writer;
use uuid::Uuid;

/// Why a command was not carried out.
#[derive(Debug)]
pub(crate) enum Refused {
    Rejected(Rejection),
    Fault(Error),
}

impl From<Rejection> for Refused {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Outcome, Refused> {
    command.check()?;
    let created = match command {
        Command::Projects(command) => crate::projects::execute(writer, command, context)?,
        Command::Traces(command) => crate::traces::execute(writer, command, context)?,
        Command::DeleteTraces(command) => crate::traces::delete(writer, command, context)?,
        Command::Spans(command) => crate::spans::execute(writer, command, context)?,
        Command::DeleteSpans(command) => crate::spans::delete(writer, command, context)?,
        Command::Feedback(command) => crate::feedback::execute(writer, command, context)?,
        Command::Comments(command) => crate::comments::execute(writer, command, context)?,
        Command::Guardrails(command) => crate::guardrails::record(writer, command, context)?,
        Command::ModerateComments(command) => crate::comments::moderate(writer, &command, context)?,
        Command::Experiments(command) => crate::experiments::execute(writer, command, context)?,
        Command::Annotations(command) => crate::annotations::execute(writer, command, context)?,
        Command::Dashboards(command) => crate::dashboards::execute(writer, command, context)?,
        Command::Alerts(command) => crate::alerts::execute(writer, command, context)?,
        Command::AlertWork(work) => crate::alerts::work(writer, work, context)?,
        Command::Optimizations(command) => crate::optimizations::execute(writer, command, context)?,
        Command::Datasets(command) => crate::datasets::execute(writer, command, context)?,
        Command::Attachments(command) => crate::attachments::execute(writer, command, context)?,
        Command::Otel(batch) => crate::otel::execute(writer, batch, context)?,
        Command::Definitions(command) => crate::definitions::execute(writer, command, context)?,
        Command::Retention(command) => crate::retention::execute(writer, command, context)?,
        Command::Derived(command) => crate::derived::execute(writer, command, context)?,
        Command::Erasures(command) => crate::erasures::execute(writer, command, context)?,
        Command::Environments(command) => crate::environments::execute(writer, command, context)?,
        Command::Prices(command) => crate::prices::execute(writer, command, context)?,
        Command::Agents(command) => crate::agents::execute(writer, command, context)?,
        Command::Runners(command) => crate::runners::execute(writer, command, context)?,
        Command::History(command) => crate::history::execute(writer, command, context)?,
        Command::Insights(command) => crate::insights::execute(writer, command, context)?,
        Command::Prompts(command) => crate::prompts::execute(writer, command, context)?,
        Command::Threads(command) => crate::threads::execute(writer, command, context)?,
        Command::DeleteThreads(command) => crate::threads::delete(writer, command, context)?,
        Command::TimeOutThreads(_) => crate::threads::time_out(writer, context)?,
        Command::Workspaces(command) => crate::workspaces::execute(writer, command, context)?,
    };
    Ok(Outcome { position: writer.head(), created })
}

/// The projects that a command names, and the events that make the missing ones.
pub(crate) struct Projects {
    known: HashMap<ProjectRef, ProjectId>,
    created: Vec<Event>,
}

impl Projects {
    pub(crate) fn resolve<'a>(
        writer: &Writer,
        named: impl Iterator<Item = &'a ProjectRef>,
        context: &mut Context,
    ) -> Result<Self, Rejection> {
        let mut projects = Self { known: HashMap::new(), created: Vec::new() };
        let mut by_key: HashMap<String, ProjectId> = HashMap::new();
        for project in named {
            if projects.known.contains_key(project) {
                continue;
            }
            let id = match writer.projects().resolve(project, context)? {
                Resolved::Known(id) => id,
                Resolved::Created(event) => {
                    let cairn_core::projects::Event::Created { id, name, .. } = &event else { continue };
                    // Two spellings of one missing name are one project.
                    let key = cairn_core::projects::name_key(name);
                    let known = by_key.get(&key).copied();
                    let id = *id;
                    known.unwrap_or_else(|| {
                        by_key.insert(key, id);
                        projects.created.push(event.into());
                        id
                    })
                }
            };
            projects.known.insert(project.clone(), id);
        }
        Ok(projects)
    }

    pub(crate) fn id(&self, project: &ProjectRef) -> ProjectId {
        self.known.get(project).copied().unwrap_or_else(|| ProjectId::known(Uuid::nil()))
    }

    /// Appends the projects that are missing: only after nothing more can be refused.
    pub(crate) fn append(&mut self, writer: &mut Writer, context: &Context) -> Result<(), Error> {
        for event in self.created.drain(..) {
            writer.append(event, context)?;
        }
        Ok(())
    }
}
