//! Events as other systems of record read them: lines of JSON after the Open Cybersecurity Schema Framework. What
//! applications record is API activity, everything that people decide is entity management.

use cairn_core::ids::Position;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::log::block::Record;
use crate::log::kind::{Action, Kind};
use crate::log::{text, upcast};

const SCHEMA_VERSION: &str = "1.3.0";
const API_ACTIVITY: u32 = 6003;
const ENTITY_MANAGEMENT: u32 = 3004;
const CREATE: u32 = 1;
const READ: u32 = 2;
const UPDATE: u32 = 3;
const DELETE: u32 = 4;
const INFORMATIONAL: u32 = 1;
const SUCCESS: u32 = 1;

/// One event as a line; what was erased has none.
pub(crate) fn line(record: &Record, workspace: Uuid) -> Result<Option<String>, Error> {
    let (Some(kind), Some(recorded)) = (Kind::from_number(record.kind), upcast::event(record)?) else {
        return Ok(None);
    };
    let told = text::describe(&recorded.event);
    let class = if kind.row().is_recorded() { API_ACTIVITY } else { ENTITY_MANAGEMENT };
    let activity = activity(kind.action());
    let mut line = json!({
        "activity_id": activity,
        "category_uid": class / 1_000,
        "class_uid": class,
        "type_uid": class * 100 + activity,
        "time": record.time.as_millis(),
        "severity_id": INFORMATIONAL,
        "status_id": SUCCESS,
        "actor": { "user": { "name": record.principal.as_ref() } },
        "metadata": {
            "version": SCHEMA_VERSION,
            "uid": uid(workspace, record.position),
            "tenant_uid": workspace,
            "correlation_uid": record.request.to_string(),
            "event_code": kind.name(),
            "original_time": record.time.to_string(),
            "product": { "name": "Cairn", "vendor_name": "Cairn", "version": env!("CARGO_PKG_VERSION") },
        },
        "unmapped": { "position": record.position.0 },
    });
    let thing =
        json!({ "uid": told.get("id"), "name": told.get("name"), "type": format!("{:?}", kind.row()) });
    if let Some(line) = line.as_object_mut() {
        if class == API_ACTIVITY {
            let request = json!({ "uid": record.request.to_string() });
            line.insert("api".to_owned(), json!({ "operation": kind.name(), "request": request }));
            // The log does not keep addresses of clients.
            line.insert("src_endpoint".to_owned(), json!({ "name": "unknown" }));
            line.insert("resources".to_owned(), json!([without_nulls(thing)]));
        } else {
            line.insert("entity".to_owned(), without_nulls(thing));
        }
    }
    Ok(Some(line.to_string()))
}

const fn activity(action: Action) -> u32 {
    match action {
        Action::Create => CREATE,
        Action::Read => READ,
        Action::Update => UPDATE,
        Action::Delete => DELETE,
    }
}

fn uid(workspace: Uuid, at: Position) -> String {
    format!("{workspace}/{at}")
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(object) = value.as_object_mut() {
        object.retain(|_, value| !value.is_null());
    }
    value
}
