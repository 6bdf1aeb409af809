//! Dashboards in the log and as rows: one row a dashboard, all of them in memory where they are needed. What they say
//! stays in their events.

use bytes::Bytes;
use cairn_core::dashboards::{Changes, Dashboard, Event, Kind as DashboardKind, SavedQuery, Scope, State};
use cairn_core::ids::{DashboardId, ProjectId, SavedQueryId};
use cairn_core::json::Json;
use prost::Message;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::reader::Reader;
use crate::rows::{self, uuid};

/// Created, with a scope, or updated in what is there.
#[derive(Clone, PartialEq, Message)]
struct StoredDashboard {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, optional, tag = "2")]
    scope: Option<String>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    project_id: Option<Bytes>,
    #[prost(string, optional, tag = "4")]
    name: Option<String>,
    #[prost(string, optional, tag = "5")]
    kind: Option<String>,
    #[prost(string, optional, tag = "6")]
    description: Option<String>,
    #[prost(bytes = "bytes", optional, tag = "7")]
    config: Option<Bytes>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredQuery {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", optional, tag = "2")]
    project_id: Option<Bytes>,
    #[prost(string, tag = "3")]
    sql: String,
}

#[derive(Clone, PartialEq, Message)]
struct StoredId {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let bytes = |id: &[u8; 16]| Bytes::copy_from_slice(id);
    match event {
        Event::Created { id, scope, project_id, changes } => {
            let mut stored = store(bytes(id.bytes()), changes);
            stored.scope = Some(scope.name().to_owned());
            stored.project_id = project_id.map(|id| bytes(id.bytes()));
            (Kind::DashboardCreated, stored.encode_to_vec().into())
        }
        Event::Updated { id, changes } => {
            (Kind::DashboardUpdated, store(bytes(id.bytes()), changes).encode_to_vec().into())
        }
        Event::Deleted { id } => {
            (Kind::DashboardDeleted, StoredId { id: bytes(id.bytes()) }.encode_to_vec().into())
        }
        Event::QuerySaved { id, project_id, sql } => {
            let project_id = project_id.map(|id| bytes(id.bytes()));
            let stored = StoredQuery { id: bytes(id.bytes()), project_id, sql: sql.clone() };
            (Kind::DashboardQuerySaved, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let known = |id: &Bytes| uuid(id).map(DashboardId::known);
    let project = |id: Option<Bytes>| id.as_deref().and_then(uuid).map(ProjectId::known);
    Some(match kind {
        Kind::DashboardCreated => {
            let stored = StoredDashboard::decode(payload).ok()?;
            Event::Created {
                id: known(&stored.id)?,
                scope: Scope::parse(stored.scope.as_deref()?)?,
                project_id: project(stored.project_id.clone()),
                changes: Box::new(load_changes(stored)),
            }
        }
        Kind::DashboardUpdated => {
            let stored = StoredDashboard::decode(payload).ok()?;
            Event::Updated { id: known(&stored.id)?, changes: Box::new(load_changes(stored)) }
        }
        Kind::DashboardQuerySaved => {
            let StoredQuery { id, project_id, sql } = StoredQuery::decode(payload).ok()?;
            Event::QuerySaved { id: SavedQueryId::known(uuid(&id)?), project_id: project(project_id), sql }
        }
        _ => Event::Deleted { id: known(&StoredId::decode(payload).ok()?.id)? },
    })
}

fn store(id: Bytes, changes: &Changes) -> StoredDashboard {
    StoredDashboard {
        id,
        scope: None,
        project_id: None,
        name: changes.name.clone(),
        kind: changes.kind.map(|kind| kind.name().to_owned()),
        description: changes.description.clone(),
        config: changes.config.as_ref().map(|json| json.bytes().clone()),
    }
}

fn load_changes(stored: StoredDashboard) -> Changes {
    Changes {
        name: stored.name,
        kind: stored.kind.and_then(|kind| DashboardKind::parse(&kind)),
        description: stored.description,
        config: stored.config.map(Json::stored),
    }
}

pub(crate) fn load(stored: fjall::Iter) -> Result<State, Error> {
    let mut state = State::default();
    for guard in stored {
        let (_, value) = guard.into_inner()?;
        state.load(rows::read(&value)?);
    }
    Ok(state)
}

impl Reader {
    /// All dashboards and insights views.
    pub fn dashboards(&self) -> Result<State, Error> {
        use fjall::Readable;
        load(self.snapshot().prefix(self.rows(), rows::dashboards()))
    }

    pub fn dashboard(&self, id: DashboardId) -> Result<Option<Dashboard>, Error> {
        self.row(rows::dashboard(id))
    }

    /// What a dashboard says, to the byte.
    pub fn dashboard_config(&self, dashboard: &Dashboard) -> Result<Option<Json>, Error> {
        let Some(at) = dashboard.config.map(|body| body.position) else { return Ok(None) };
        match self.store().log().event(at)?.map(|recorded| recorded.event) {
            Some(cairn_core::event::Event::Dashboards(
                Event::Created { changes, .. } | Event::Updated { changes, .. },
            )) => Ok(changes.config),
            Some(_) => Err(Error::Damaged { at, what: "a row points here for a dashboard".to_owned() }),
            None => Ok(None),
        }
    }

    pub fn saved_query(&self, id: SavedQueryId) -> Result<Option<SavedQuery>, Error> {
        self.row(rows::saved_query(id))
    }
}
