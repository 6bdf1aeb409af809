//! What people do to dashboards, as they do it: whoever has one open sees the edits of others.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::DashboardRead;
use cairn_core::dashboards;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::DashboardId;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use futures_util::Stream;
use uuid::Uuid;

use super::Dashboard;
use crate::error::Result;
use crate::live::{ChangeKind, Things, follow};
use crate::scalars::{Position, uuid};
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct DashboardChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: ChangeKind,
    dashboard_id: ID,
    /// Null when it was deleted.
    dashboard: Option<Dashboard>,
}

#[derive(Default)]
pub(crate) struct DashboardSubscriptions;

#[Subscription]
impl DashboardSubscriptions {
    /// Every dashboard and insights view (or the one named) that was made, changed or deleted after the position
    /// `after` (absent: from now on). Resuming from the last position received gives neither a gap nor a duplicate.
    async fn dashboard_changes(
        &self,
        context: &Context<'_>,
        id: Option<ID>,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<DashboardChange>>> {
        let only = id.map(|id| uuid(&id).map(DashboardId::known)).transpose()?;
        follow(session(context)?.clone(), after.map(|after| after.0), Dashboards { only }).await
    }
}

#[derive(Clone, Copy)]
struct Dashboards {
    only: Option<DashboardId>,
}

impl Things for Dashboards {
    type Permission = DashboardRead;
    type Thing = dashboards::Dashboard;
    type Item = DashboardChange;

    fn about(&self) -> Option<Uuid> {
        self.only.map(DashboardId::uuid)
    }

    fn touched(
        &self,
        _: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Option<(Uuid, ChangeKind)>, Error> {
        let Event::Dashboards(event) = &event.event else { return Ok(None) };
        let touch = match event {
            dashboards::Event::Deleted { .. } => ChangeKind::Deleted,
            _ => ChangeKind::Upserted,
        };
        let wanted = event.dashboard_id().filter(|id| self.only.is_none_or(|only| only == *id));
        Ok(wanted.map(|id| (id.uuid(), touch)))
    }

    fn load(reader: &Reader, id: Uuid) -> std::result::Result<Option<Self::Thing>, Error> {
        reader.dashboard(DashboardId::known(id))
    }

    fn item(position: Position, kind: ChangeKind, id: Uuid, thing: Option<Self::Thing>) -> DashboardChange {
        DashboardChange {
            position,
            kind,
            dashboard_id: DashboardId::known(id).into(),
            dashboard: thing.map(Dashboard),
        }
    }
}
