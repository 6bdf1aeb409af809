//! What happened to one thing, read from its own events: the index of positions says where they lie in the log, so
//! that the rest of the log is never looked at.

mod fold;

use cairn_core::history::{Change, shortened};
use cairn_core::ids::Position;
use cairn_core::limits::HISTORY_EVENTS_MAX;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::error::Error;
use crate::log::kind::Kind;
use crate::log::upcast;
use crate::reader::Reader;
use fold::Fold;

/// Some of the changes of a thing, newest first.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    pub changes: Vec<Change>,
    /// How many events of the thing there are.
    pub total: usize,
    /// Whether all of them were looked at. Of very many only the newest are, and what was before them is not known.
    pub is_complete: bool,
    /// There are older ones than those given.
    pub has_older: bool,
}

impl Reader {
    /// The newest changes of a thing that lie before a position.
    pub fn changes(&self, entity: Uuid, before: Option<Position>, limit: usize) -> Result<Changes, Error> {
        let mut positions = self.history(entity)?;
        positions.dedup();
        let total = positions.len();
        positions.drain(..total.saturating_sub(HISTORY_EVENTS_MAX));
        let end = before.map_or(positions.len(), |before| positions.partition_point(|at| *at < before));
        let start = end.saturating_sub(limit);
        let mut changes = Vec::with_capacity(end - start);
        let mut fold = Fold::default();
        for (place, at) in positions.iter().take(end).enumerate() {
            if let Some(change) = self.change(*at, &mut fold)?
                && place >= start
            {
                changes.push(change);
            }
        }
        changes.reverse();
        Ok(Changes { changes, total, is_complete: total == positions.len(), has_older: start > 0 })
    }

    fn change(&self, at: Position, fold: &mut Fold) -> Result<Option<Change>, Error> {
        let Some(record) = self.record(at)? else { return Ok(None) };
        let (Some(kind), Some(event)) = (Kind::from_number(record.kind), upcast::event(&record)?) else {
            return Ok(None);
        };
        let (fields, fields_omitted) = shortened(fold.apply(kind, &event));
        Ok(Some(Change {
            position: at,
            time: record.time,
            principal: record.principal,
            request: record.request,
            kind: kind.name(),
            fields,
            fields_omitted,
        }))
    }
}

/// A change as one line of JSON.
pub(crate) fn line(change: &Change) -> String {
    let fields: Map<String, Value> = change
        .fields
        .iter()
        .map(|field| (field.field.clone(), json!({ "before": field.before, "after": field.after })))
        .collect();
    json!({
        "position": change.position.0,
        "time": change.time.to_string(),
        "principal": change.principal.as_ref(),
        "request": change.request.to_string(),
        "kind": change.kind,
        "changes": fields,
        "changes_omitted": change.fields_omitted,
    })
    .to_string()
}
