//! What a chart on a dashboard asks: SQL that was saved, and which its widget names.

use serde_json::Value;
use uuid::Uuid;

use crate::ids::{ProjectId, SavedQueryId};
use crate::rejection::Rejection;

/// A question in SQL, and of which project it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    pub sql: String,
    pub project: Option<ProjectId>,
}

/// The query that a widget names, in itself or in its own config, in one of the ways in which clients do.
pub fn query_of_widget(config: Option<&Value>, widget: &str) -> Result<SavedQueryId, Rejection> {
    const NAMES: [&str; 6] = [
        "saved_query_id",
        "savedQueryId",
        "query_id",
        "queryId",
        "dashboard_saved_query_id",
        "dashboardSavedQueryId",
    ];
    let found = config.and_then(|config| widget_in(config, widget));
    let widget = found.ok_or_else(|| Rejection::not_found("Widget not found"))?;
    let places = || [Some(widget), widget.get("config")].into_iter().flatten();
    let id = places().find_map(|place| NAMES.iter().find_map(|name| place.get(name)));
    let id = id.and_then(Value::as_str).and_then(|text| Uuid::parse_str(text).ok());
    let missing = || {
        Rejection::malformed("the widget has no saved query")
            .hint("save one and put its id into the widget's config as `saved_query_id`")
    };
    id.map(SavedQueryId::known).ok_or_else(missing)
}

pub fn query_not_found() -> Rejection {
    Rejection::not_found("Dashboard saved query not found")
}

/// The object with an id, wherever in the config its layout puts it.
fn widget_in<'a>(config: &'a Value, id: &str) -> Option<&'a Value> {
    match config {
        Value::Object(fields) if fields.get("id").and_then(Value::as_str) == Some(id) => Some(config),
        Value::Object(fields) => fields.values().find_map(|value| widget_in(value, id)),
        Value::Array(items) => items.iter().find_map(|value| widget_in(value, id)),
        _ => None,
    }
}
