//! What is told of experiments.

use cairn_core::experiments::{Event, Kind, Status};
use serde_json::{Value, json};

use super::body;

pub(super) fn described(event: &Event) -> Value {
    match event {
        Event::Created(created) => json!({
            "id": created.id,
            "name": created.name,
            "dataset_id": created.dataset_id,
            "project_id": created.project_id,
            "type": created.kind.name(),
            "status": created.status.name(),
            "dataset_version_id": created.dataset_version_id,
            "metadata": body(created.metadata.as_ref()),
            "tags": created.tags,
            "experiment_scores": created.scores,
        }),
        Event::Updated { id, changes } => json!({
            "id": id,
            "name": changes.name,
            "metadata": body(changes.metadata.as_ref()),
            "tags": changes.tags,
            "tags_added": changes.tag_edits.added,
            "tags_removed": changes.tag_edits.removed,
            "type": changes.kind.map(Kind::name),
            "status": changes.status.map(Status::name),
            "experiment_scores": changes.scores,
        }),
        Event::Deleted { id } => json!({ "id": id }),
        Event::ItemAdded(item) => json!({
            "id": item.id,
            "experiment_id": item.experiment_id,
            "dataset_item_id": item.dataset_item_id,
            "trace_id": item.trace_id,
        }),
        Event::ItemRemoved { id, experiment_id } => json!({ "id": id, "experiment_id": experiment_id }),
    }
}
