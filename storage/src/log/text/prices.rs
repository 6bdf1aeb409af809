//! What the log tells of prices.

use cairn_core::prices;
use serde_json::{Value, json};

use super::said;

pub(super) fn price(event: &prices::Event) -> Value {
    match event {
        prices::Event::Put(prices::Put { key, tariff }) => json!({
            "entity": "price",
            "provider": key.provider,
            "model": key.model,
            "effective_from": key.effective_from.to_string(),
            "tariff": tariff.to_string(),
        }),
        prices::Event::Removed(key) => json!({
            "entity": "price",
            "provider": key.provider,
            "model": key.model,
            "effective_from": key.effective_from.to_string(),
        }),
        prices::Event::SpanRepriced { id, trace_id, repricing_id, estimate } => json!({
            "entity": "span",
            "id": id,
            "trace_id": trace_id,
            "repricing_id": repricing_id,
            "estimate": estimated(estimate.as_ref()),
        }),
        prices::Event::Repricing(event) => repricing(event),
    }
}

fn repricing(event: &prices::repricing::Event) -> Value {
    use prices::repricing::Event;
    let rest = match event {
        Event::Begun { scope, .. } => {
            said([("from", json!(scope.from.to_string())), ("project_id", json!(scope.project_id))])
        }
        Event::Advanced { step, .. } => {
            json!({ "after": step.after, "seen": step.seen, "changed": step.changed })
        }
        Event::Ended { .. } => json!({}),
    };
    let mut told = json!({ "entity": "repricing", "id": event.id() });
    if let (Some(told), Value::Object(rest)) = (told.as_object_mut(), rest) {
        told.extend(rest);
    }
    told
}

pub(super) fn estimated(estimate: Option<&prices::Estimate>) -> Value {
    estimate.map_or(
        Value::Null,
        |estimate| json!({ "cost": estimate.cost.to_string(), "version": estimate.version }),
    )
}
