//! What lists of datasets can be asked for and sorted by.

use std::borrow::Cow;

use crate::datasets::Dataset;
use crate::query::catalogue::Catalogue;
use crate::query::opik::Type;
use crate::query::{Field, Subject, Value};

pub const DATASETS: Catalogue = Catalogue {
    fields: &[
        ("id", Type::StringExact),
        ("name", Type::String),
        ("description", Type::String),
        ("type", Type::Enum),
        ("tags", Type::List),
        ("created_at", Type::DateTime),
        ("created_by", Type::String),
        ("last_updated_at", Type::DateTime),
        ("last_updated_by", Type::String),
    ],
    sortable_by: &[
        "id",
        "name",
        "description",
        "tags",
        "created_at",
        "created_by",
        "last_updated_at",
        "last_updated_by",
    ],
};

impl Subject for Dataset {
    fn value(&self, field: &Field) -> Value<'_> {
        match field {
            Field::Own("id") => Value::Text(self.id.to_string().into()),
            Field::Own("name") => Value::Text(self.name.as_str().into()),
            Field::Own("description") => {
                self.description.as_deref().map_or(Value::Missing, |text| Value::Text(text.into()))
            }
            Field::Own("type") => Value::Text(self.kind.name().into()),
            Field::Own("tags") => {
                Value::List(self.tags.iter().map(|tag| Cow::Borrowed(tag.as_str())).collect())
            }
            Field::Own("created_at") => Value::Time(self.created_at),
            Field::Own("created_by") => Value::Text(self.created_by.as_str().into()),
            Field::Own("last_updated_at") => Value::Time(self.last_updated_at),
            Field::Own("last_updated_by") => Value::Text(self.last_updated_by.as_str().into()),
            _ => Value::Missing,
        }
    }
}
