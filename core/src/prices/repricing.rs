//! Re-pricing: what spans of the past cost by the prices of today. It happens when somebody asks, in steps, and each
//! step is in the log. Which spans there are is looked up elsewhere.

use serde::{Deserialize, Serialize};

use crate::command::Context;
use crate::event::Recorded;
use crate::ids::{ProjectId, RepricingId, SpanId};
use crate::limits::REPRICING_STEP_SPANS_MAX;
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// Which spans: those that started at that time or later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub from: Timestamp,
    /// All projects, if there is none.
    pub project_id: Option<ProjectId>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Begin(Scope),
    /// Looks at some more spans, in the order of their ids.
    Advance {
        id: RepricingId,
        spans: Vec<SpanId>,
    },
    End {
        id: RepricingId,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Begun { id: RepricingId, scope: Scope },
    Advanced { id: RepricingId, step: Step },
    Ended { id: RepricingId },
}

/// What one step came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Where the next step goes on.
    pub after: SpanId,
    pub seen: u64,
    pub changed: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repricing {
    pub id: RepricingId,
    pub scope: Scope,
    pub begun_at: Timestamp,
    pub begun_by: String,
    pub after: Option<SpanId>,
    pub seen: u64,
    pub changed: u64,
    pub ended_at: Option<Timestamp>,
}

impl Command {
    pub(super) const fn id(&self) -> Option<RepricingId> {
        match self {
            Self::Begin(_) => None,
            Self::Advance { id, .. } | Self::End { id } => Some(*id),
        }
    }

    pub(super) fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Advance { spans, .. } if !(1..=REPRICING_STEP_SPANS_MAX).contains(&spans.len()) => {
                let message = format!("spans size must be between 1 and {REPRICING_STEP_SPANS_MAX}");
                Err(Rejection::invalid(message))
            }
            _ => Ok(()),
        }
    }
}

impl Event {
    pub const fn id(&self) -> RepricingId {
        match self {
            Self::Begun { id, .. } | Self::Advanced { id, .. } | Self::Ended { id } => *id,
        }
    }
}

/// A step's figures are filled in by who looks at the spans.
pub(super) fn decide(
    under_way: Option<&Repricing>,
    asked: Option<&Repricing>,
    command: Command,
    context: &mut Context,
) -> Result<Event, Rejection> {
    match command {
        Command::Begin(_) if under_way.is_some() => {
            Err(Rejection::conflict("a re-pricing is under way").hint("wait until it has ended"))
        }
        Command::Begin(scope) => Ok(Event::Begun { id: RepricingId::known(context.fresh_id()), scope }),
        Command::Advance { id, spans } => {
            check_under_way(asked)?;
            let after = spans.last().copied().unwrap_or_else(|| SpanId::known(id.uuid()));
            let seen = u64::try_from(spans.len()).unwrap_or(u64::MAX);
            Ok(Event::Advanced { id, step: Step { after, seen, changed: 0 } })
        }
        Command::End { id } => {
            check_under_way(asked)?;
            Ok(Event::Ended { id })
        }
    }
}

fn check_under_way(asked: Option<&Repricing>) -> Result<(), Rejection> {
    match asked {
        None => Err(Rejection::not_found("re-pricing not found")),
        Some(repricing) if repricing.ended_at.is_some() => {
            Err(Rejection::conflict("the re-pricing has ended"))
        }
        Some(_) => Ok(()),
    }
}

pub(super) fn evolve(repricing: Option<Repricing>, event: &Recorded<Event>) -> Option<Repricing> {
    match (&event.event, repricing) {
        (Event::Begun { id, scope }, _) => Some(Repricing {
            id: *id,
            scope: *scope,
            begun_at: event.time,
            begun_by: event.principal.to_string(),
            after: None,
            seen: 0,
            changed: 0,
            ended_at: None,
        }),
        (Event::Advanced { step, .. }, Some(repricing)) => Some(Repricing {
            after: Some(step.after),
            seen: repricing.seen.saturating_add(step.seen),
            changed: repricing.changed.saturating_add(step.changed),
            ..repricing
        }),
        (Event::Ended { .. }, Some(repricing)) => Some(Repricing { ended_at: Some(event.time), ..repricing }),
        (_, None) => None,
    }
}
