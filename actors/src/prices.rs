//! Prices what spans record, carries out commands on prices, and prices the past anew step by step.

use std::time::Duration;

use cairn_core::access::{Grant, PriceWrite, Principal};
use cairn_core::command::{Context, Outcome};
use cairn_core::ids::{RepricingId, SpanId};
use cairn_core::limits::OVERLOAD_RETRY_SECONDS;
use cairn_core::prices::repricing::{self, Scope, Step};
use cairn_core::prices::{Command, Event, pinning};
use cairn_core::rejection::RejectionKind;
use cairn_core::spans;
use cairn_storage::error::Error;
use cairn_storage::writer::Writer;
use uuid::Uuid;

use crate::attachments;
use crate::clerk::Refused;
use crate::failure::Failure;
use crate::handles::Handles;

/// Appends what happened to a span together with what the span then costs by the prices in force.
pub(crate) fn append(writer: &mut Writer, mut event: spans::Event, context: &Context) -> Result<(), Error> {
    writer.pin_price(&mut event, context.now)?;
    attachments::append(writer, event.into(), context)
}

pub(crate) fn execute(
    writer: &mut Writer,
    command: Command,
    context: &mut Context,
) -> Result<Option<Uuid>, Refused> {
    let looked_at = match &command {
        Command::Reprice(repricing::Command::Advance { spans, .. }) => spans.clone(),
        Command::Put(_) | Command::Remove(_) | Command::Reprice(_) => Vec::new(),
    };
    let mut created = None;
    for event in writer.prices().decide(command, context)? {
        let event = match event {
            Event::Repricing(repricing::Event::Advanced { id, step }) => {
                let changed = reprice(writer, id, &looked_at, context)?;
                Event::Repricing(repricing::Event::Advanced { id, step: Step { changed, ..step } })
            }
            Event::Repricing(repricing::Event::Begun { id, .. }) => {
                created = Some(id.uuid());
                event
            }
            event => event,
        };
        writer.append(event.into(), context)?;
    }
    Ok(created)
}

/// Prices spans anew, and tells how many cost something else now.
fn reprice(writer: &mut Writer, id: RepricingId, spans: &[SpanId], context: &Context) -> Result<u64, Error> {
    let Some(scope) = writer.prices().repricing(id).map(|repricing| repricing.scope) else { return Ok(0) };
    let mut changed = 0;
    for span in spans {
        let Some(state) = writer.span(*span)?.cloned() else { continue };
        if state.register.start_time() < scope.from {
            continue;
        }
        let estimate = pinning::anew(&state, writer.prices(), context.now);
        if estimate != state.estimate {
            let event =
                Event::SpanRepriced { id: *span, trace_id: state.trace_id, repricing_id: id, estimate };
            writer.append(event.into(), context)?;
            changed += 1;
        }
    }
    Ok(changed)
}

impl Handles {
    /// Begins to price spans anew, and goes on behind the answer.
    pub async fn reprice(&self, grant: &Grant<PriceWrite>, scope: Scope) -> Result<Outcome, Failure> {
        let outcome = self.execute(grant, Command::Reprice(repricing::Command::Begin(scope))).await?;
        if let Some(id) = outcome.created {
            self.go_on(grant.clone(), RepricingId::known(id));
        }
        Ok(outcome)
    }

    /// Goes on with what was under way when the server ended.
    pub(crate) async fn resume_repricings(&self) -> Result<(), Failure> {
        for workspace in self.workspaces() {
            let grant = Principal::open(workspace).grant::<PriceWrite>()?;
            let prices = self.read(&grant, |reader| Ok(reader.prices()?)).await?;
            for repricing in prices.repricings().filter(|repricing| repricing.ended_at.is_none()) {
                self.go_on(grant.clone(), repricing.id);
            }
        }
        Ok(())
    }

    fn go_on(&self, grant: Grant<PriceWrite>, id: RepricingId) {
        let handles = self.clone();
        tokio::spawn(async move {
            while !handles.is_ending() {
                match step(&handles, &grant, id).await {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(Failure::Refused(refusal)) if refusal.kind == RejectionKind::Overloaded => {
                        tokio::time::sleep(Duration::from_secs(OVERLOAD_RETRY_SECONDS)).await;
                    }
                    Err(failure) => {
                        tracing::error!(%failure, repricing = %id, "a re-pricing stops until the next start");
                        break;
                    }
                }
            }
        });
    }
}

/// Looks at some more spans; false when there is nothing left to do.
async fn step(handles: &Handles, grant: &Grant<PriceWrite>, id: RepricingId) -> Result<bool, Failure> {
    let Some(spans) = handles.read(grant, move |reader| Ok(reader.spans_to_reprice(id)?)).await? else {
        return Ok(false);
    };
    let is_last = spans.is_empty();
    let command =
        if is_last { repricing::Command::End { id } } else { repricing::Command::Advance { id, spans } };
    handles.execute(grant, Command::Reprice(command)).await?;
    Ok(!is_last)
}
