//! Carries out commands on agent insights.

use cairn_core::command::Context;
use cairn_core::insights::{self, Command};
use cairn_core::rejection::Rejection;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::Refused;

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    if writer.projects().get(command.project_id()).is_none() {
        return Err(Rejection::not_found("Project not found").into());
    }
    let events = match command {
        Command::CreateJob { project_id } => {
            vec![insights::create_job(writer.insights_job(project_id)?, project_id, context)?]
        }
        Command::SetJobStatus { project_id, status } => {
            vec![insights::set_job_status(writer.insights_job(project_id)?, status)?]
        }
        Command::SetGuidance { project_id, guidance } => {
            insights::set_guidance(writer.insights_job(project_id)?, project_id, &guidance, context)
        }
        Command::Trigger { project_id } => vec![insights::trigger(writer.insights_job(project_id)?)?],
        Command::Report { project_id, day, found } => {
            let issues = writer.insights_issues(project_id)?;
            insights::report(&issues, project_id, day, found, context)
        }
        Command::SetIssueStatus { project_id, id, status, close_note } => {
            vec![insights::set_issue_status(writer.insights_issue(project_id, id)?, status, close_note)?]
        }
    };
    for event in events {
        writer.append(event.into(), context)?;
    }
    Ok(None)
}
