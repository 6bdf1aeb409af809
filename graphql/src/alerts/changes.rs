//! Alerts as people change them and as they fire: whoever has one open sees both as they happen.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::AlertRead;
use cairn_core::alerts;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::{AlertId, FiringId};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use futures_util::Stream;
use uuid::Uuid;

use super::Alert;
use super::firings::AlertFiring;
use crate::error::Result;
use crate::live::{ChangeKind, Things, follow};
use crate::scalars::{Position, uuid};
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct AlertChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: ChangeKind,
    alert_id: ID,
    /// Null when it was deleted.
    alert: Option<Alert>,
}

#[derive(SimpleObject)]
pub(crate) struct AlertFiringChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    firing_id: ID,
    firing: Option<AlertFiring>,
}

#[derive(Default)]
pub(crate) struct AlertSubscriptions;

#[Subscription]
impl AlertSubscriptions {
    /// Every alert (or the one named) that was made, changed or deleted after the position `after` (absent: from now
    /// on). Resuming from the last position received gives neither a gap nor a duplicate.
    async fn alert_changes(
        &self,
        context: &Context<'_>,
        id: Option<ID>,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<AlertChange>>> {
        let only = id.map(|id| uuid(&id).map(AlertId::known)).transpose()?;
        follow(session(context)?.clone(), after.map(|after| after.0), Alerts { only }).await
    }

    /// Every time that an alert (or the one named) fires, and again when its message was delivered or given up;
    /// resumed as `alertChanges` is.
    async fn alert_firings(
        &self,
        context: &Context<'_>,
        alert_id: Option<ID>,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<AlertFiringChange>>> {
        let only = alert_id.map(|id| uuid(&id).map(AlertId::known)).transpose()?;
        follow(session(context)?.clone(), after.map(|after| after.0), Firings { only }).await
    }
}

#[derive(Clone, Copy)]
struct Alerts {
    only: Option<AlertId>,
}

impl Things for Alerts {
    type Permission = AlertRead;
    type Thing = alerts::Alert;
    type Item = AlertChange;

    fn about(&self) -> Option<Uuid> {
        self.only.map(AlertId::uuid)
    }

    fn touched(
        &self,
        _: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Option<(Uuid, ChangeKind)>, Error> {
        let Event::Alerts(event) = &event.event else { return Ok(None) };
        let touch = match event {
            alerts::Event::Created { .. } | alerts::Event::Replaced { .. } => ChangeKind::Upserted,
            alerts::Event::Deleted { .. } => ChangeKind::Deleted,
            alerts::Event::Fired(_) | alerts::Event::Calmed { .. } | alerts::Event::Answered { .. } => {
                return Ok(None);
            }
        };
        let id = event.alert_id();
        Ok(self.only.is_none_or(|only| only == id).then_some((id.uuid(), touch)))
    }

    fn load(reader: &Reader, id: Uuid) -> std::result::Result<Option<Self::Thing>, Error> {
        reader.alert(AlertId::known(id))
    }

    fn item(position: Position, kind: ChangeKind, id: Uuid, thing: Option<Self::Thing>) -> AlertChange {
        AlertChange { position, kind, alert_id: AlertId::known(id).into(), alert: thing.map(Alert) }
    }
}

#[derive(Clone, Copy)]
struct Firings {
    only: Option<AlertId>,
}

impl Things for Firings {
    type Permission = AlertRead;
    type Thing = alerts::Firing;
    type Item = AlertFiringChange;

    fn about(&self) -> Option<Uuid> {
        self.only.map(AlertId::uuid)
    }

    fn touched(
        &self,
        _: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Option<(Uuid, ChangeKind)>, Error> {
        let Event::Alerts(event) = &event.event else { return Ok(None) };
        let wanted = self.only.is_none_or(|only| only == event.alert_id());
        let firing = event.firing_id().filter(|_| wanted);
        Ok(firing.map(|id| (id.uuid(), ChangeKind::Upserted)))
    }

    fn load(reader: &Reader, id: Uuid) -> std::result::Result<Option<Self::Thing>, Error> {
        reader.firing(FiringId::known(id))
    }

    fn item(position: Position, _: ChangeKind, id: Uuid, thing: Option<Self::Thing>) -> AlertFiringChange {
        AlertFiringChange { position, firing_id: FiringId::known(id).into(), firing: thing.map(AlertFiring) }
    }
}
