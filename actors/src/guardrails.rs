//! Carries out commands on guardrail checks.

use cairn_core::command::Context;
use cairn_core::guardrails::{Record, check_room};
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::clerk::{Projects, Refused};

pub(crate) fn record(
    writer: &mut Writer,
    command: Record,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    for (trace_id, more) in command.by_trace() {
        check_room(trace_id, writer.guardrail_checks(trace_id)?, more)?;
    }
    let mut projects = Projects::resolve(writer, command.0.iter().map(|write| &write.project), context)?;
    projects.append(writer, context)?;
    for write in command.0 {
        let project_id = projects.id(&write.project);
        writer.append(write.decide(project_id).into(), context)?;
    }
    Ok(None)
}
