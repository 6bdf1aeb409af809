//! How a workspace does, for `cairn doctor` against a server that holds the data folder.

use axum::Json;
use axum::extract::State;
use cairn_actors::failure::Failure;
use cairn_core::access::AuditRead;
use cairn_core::time::Timestamp;
use cairn_storage::signals::Index;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Answer;
use crate::extract::{Granted, Query};
use crate::routes::Server;

#[derive(Deserialize)]
pub(crate) struct HealthQuery {
    /// Walk the hash chain of the log as well, which reads all of it.
    #[serde(default)]
    chain: bool,
}

pub(crate) async fn read(
    State(server): State<Server>,
    Granted(grant): Granted<AuditRead>,
    Query(query): Query<HealthQuery>,
) -> Answer<Json<Value>> {
    let (now, faults) = (server.handles.now(), server.handles.faults());
    let workspace = server.handles.workspace_name(grant.workspace());
    let looked = move |reader: &cairn_storage::reader::Reader| -> Result<Value, Failure> {
        let chain = match query.chain.then(|| reader.verify_log()) {
            None => Value::Null,
            Some(Ok(verified)) => json!({ "events": verified.events, "blocks": verified.blocks }),
            Some(Err(damage)) => json!({ "damage": damage.to_string() }),
        };
        Ok(json!({
            "workspace": workspace.as_deref(),
            "now_ms": now.as_millis(),
            "newest_event_ms": reader.newest_event_time()?.map(Timestamp::as_millis),
            "events": reader.position().0,
            "rebuilds": rebuilds(reader),
            "columns": reader.index_position(Index::Columns).0,
            "text": reader.index_position(Index::Text).0,
            "faults": faults,
            "chain": chain,
        }))
    };
    Ok(Json(server.handles.read(&grant, looked).await?))
}

/// The indexes that are made anew while older ones serve.
fn rebuilds(reader: &cairn_storage::reader::Reader) -> Vec<Value> {
    let rebuilt = reader.projections().into_iter().filter_map(|projection| {
        let next = projection.version.next?;
        Some(json!({
            "index": projection.name,
            "from": projection.version.number,
            "to": next.version,
            "events": next.reached.0,
        }))
    });
    rebuilt.collect()
}
