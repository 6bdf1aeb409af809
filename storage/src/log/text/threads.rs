//! What is told of threads.

use cairn_core::threads::{Event, Status};
use serde_json::{Value, json};

pub(super) fn described(event: &Event) -> Value {
    match event {
        Event::Began { id, project_id, name } => {
            json!({ "id": id, "project_id": project_id, "thread_id": name })
        }
        Event::Tagged { id, tags } => json!({ "id": id, "tags": tags }),
        Event::Closed { id } | Event::TimedOut { id } => {
            json!({ "id": id, "status": Status::Inactive.name() })
        }
        Event::Opened { id } => json!({ "id": id, "status": Status::Active.name() }),
        Event::Deleted { id } => json!({ "id": id }),
    }
}
