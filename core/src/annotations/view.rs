//! What lists of annotation queues can be asked for and sorted by.

use crate::annotations::{Progress, Queue};
use crate::query::catalogue::Catalogue;
use crate::query::opik::Type;
use crate::query::{Field, Subject, Value};

pub const QUEUES: Catalogue = Catalogue {
    fields: &[
        ("id", Type::StringExact),
        ("project_id", Type::StringExact),
        ("name", Type::String),
        ("description", Type::String),
        ("instructions", Type::String),
        ("scope", Type::Enum),
        ("feedback_definition_names", Type::List),
        ("created_at", Type::DateTime),
        ("created_by", Type::String),
        ("last_updated_at", Type::DateTime),
        ("last_updated_by", Type::String),
    ],
    sortable_by: &[
        "id",
        "project_id",
        "name",
        "description",
        "instructions",
        "scope",
        "items_count",
        "created_at",
        "created_by",
        "last_updated_at",
        "last_updated_by",
    ],
};

/// A queue with how far it has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub queue: Queue,
    pub progress: Progress,
}

impl Subject for Shown {
    fn value(&self, field: &Field) -> Value<'_> {
        let queue = &self.queue;
        let text =
            |text: Option<&'_ str>| text.map_or(Value::Missing, |text| Value::Text(text.to_owned().into()));
        match field {
            Field::Own("id") => Value::Text(queue.id.to_string().into()),
            Field::Own("project_id") => Value::Text(queue.project_id.to_string().into()),
            Field::Own("name") => text(Some(&queue.name)),
            Field::Own("description") => text(queue.description.as_deref()),
            Field::Own("instructions") => text(queue.instructions.as_deref()),
            Field::Own("scope") => text(Some(queue.scope.name())),
            Field::Own("feedback_definition_names") => {
                Value::List(queue.feedback_definition_names.iter().map(|name| name.as_str().into()).collect())
            }
            #[expect(clippy::cast_precision_loss, reason = "counts of items are far below 2^53")]
            Field::Own("items_count") => Value::Number(self.progress.items as f64),
            Field::Own("created_at") => Value::Time(queue.created_at),
            Field::Own("created_by") => text(Some(&queue.created_by)),
            Field::Own("last_updated_at") => Value::Time(queue.last_updated_at),
            Field::Own("last_updated_by") => text(Some(&queue.last_updated_by)),
            _ => Value::Missing,
        }
    }
}
