//! What people do to dashboards, as they do it: whoever has one open sees the edits of others.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::DashboardRead;
use cairn_core::dashboards;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::{self, DashboardId};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::view::Bodies;
use futures_util::Stream;
use uuid::Uuid;

use super::Dashboard;
use crate::error::Result;
use crate::live::{ChangeKind, Fate, Topic, Watch, follow};
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

impl Topic for Dashboards {
    type Touch = ChangeKind;
    type View = Fate<dashboards::Dashboard>;

    fn about(&self) -> Option<Uuid> {
        self.only.map(DashboardId::uuid)
    }

    fn touched(
        &self,
        _: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, ChangeKind)>, Error> {
        let Event::Dashboards(event) = &event.event else { return Ok(Vec::new()) };
        let touch = match event {
            dashboards::Event::Deleted { .. } => ChangeKind::Deleted,
            _ => ChangeKind::Upserted,
        };
        let wanted = event.dashboard_id().filter(|id| self.only.is_none_or(|only| only == *id));
        Ok(wanted.map(|id| (id.uuid(), touch)).into_iter().collect())
    }

    fn view(
        &self,
        reader: &Reader,
        _: ids::Position,
        id: Uuid,
        touch: ChangeKind,
    ) -> std::result::Result<Option<Fate<dashboards::Dashboard>>, Error> {
        Ok(Fate::of(reader.dashboard(DashboardId::known(id))?, touch))
    }
}

impl Watch for Dashboards {
    type Permission = DashboardRead;
    type Topic = Self;
    type Item = DashboardChange;

    fn topic(&self) -> Self {
        *self
    }

    fn item(
        &self,
        _: &Bodies,
        position: ids::Position,
        id: Uuid,
        fate: &Fate<dashboards::Dashboard>,
    ) -> Option<DashboardChange> {
        Some(DashboardChange {
            position: Position(position),
            kind: fate.kind(),
            dashboard_id: DashboardId::known(id).into(),
            dashboard: fate.here().cloned().map(Dashboard),
        })
    }
}
