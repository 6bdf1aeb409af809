//! The times at which alerts fired: what they saw, and how the message was taken.

use async_graphql::{Context, Enum, ID, Object};
use cairn_core::access::AlertRead;
use cairn_core::alerts;

use super::AlertEventType;
use crate::error::Result;
use crate::scalars::{JsonText, Position, Timestamp};
use crate::session::session;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum AlertDelivery {
    /// Under way.
    Pending,
    Delivered,
    Failed,
}

pub(crate) struct AlertFiring(pub(crate) alerts::Firing);

#[Object]
impl AlertFiring {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn alert_id(&self) -> ID {
        self.0.alert_id.into()
    }

    async fn event_type(&self) -> AlertEventType {
        self.0.event_type.into()
    }

    async fn position(&self) -> Position {
        Position(self.0.position)
    }

    async fn fired_at(&self) -> Timestamp {
        Timestamp(self.0.time)
    }

    /// How many things it tells of.
    async fn count(&self) -> u64 {
        self.0.count
    }

    /// What it saw: a list of figures, or of what happened. Null if it was erased.
    #[graphql(complexity = 10)]
    async fn metadata(&self, context: &Context<'_>) -> Result<Option<JsonText>> {
        let firing = self.0.clone();
        let read = session(context)?.read::<AlertRead, _>(move |reader| Ok(reader.fired(&firing)?));
        Ok(read.await?.map(|fired| JsonText(fired.metadata)))
    }

    async fn delivery(&self) -> AlertDelivery {
        match &self.0.settled {
            None => AlertDelivery::Pending,
            Some(settled) if settled.answer.error.is_none() => AlertDelivery::Delivered,
            Some(_) => AlertDelivery::Failed,
        }
    }

    /// What the receiver answered; null if nobody did.
    async fn status(&self) -> Option<u16> {
        self.0.settled.as_ref()?.answer.status
    }

    async fn error(&self) -> Option<&str> {
        self.0.settled.as_ref()?.answer.error.as_deref()
    }

    async fn attempts(&self) -> u32 {
        self.0.settled.as_ref().map_or(0, |settled| settled.answer.attempts)
    }

    async fn settled_at(&self) -> Option<Timestamp> {
        self.0.settled.as_ref().map(|settled| Timestamp(settled.at))
    }
}
