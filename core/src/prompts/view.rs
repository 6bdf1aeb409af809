//! Prompts and versions as queries see them.

use std::borrow::Cow;

use crate::prompts::state::{Prompt, Version};
use crate::query::catalogue::Catalogue;
use crate::query::opik::Type;
use crate::query::{Field, Subject, Value};

pub const PROMPTS: Catalogue = Catalogue {
    fields: &[
        ("id", Type::StringExact),
        ("name", Type::String),
        ("description", Type::String),
        ("tags", Type::List),
        ("version_count", Type::Number),
        ("template_structure", Type::Enum),
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
        "version_count",
    ],
};

pub const VERSIONS: Catalogue = Catalogue {
    fields: &[
        ("id", Type::StringExact),
        ("commit", Type::String),
        ("version_number", Type::String),
        ("template", Type::String),
        ("change_description", Type::String),
        ("metadata", Type::Dictionary),
        ("type", Type::Enum),
        ("tags", Type::List),
        ("created_at", Type::DateTime),
        ("created_by", Type::String),
    ],
    sortable_by: &[
        "id",
        "commit",
        "template",
        "change_description",
        "type",
        "tags",
        "created_at",
        "created_by",
    ],
};

impl Subject for Prompt {
    fn value(&self, field: &Field) -> Value<'_> {
        let Field::Own(name) = field else { return Value::Missing };
        match *name {
            "id" => Value::Text(Cow::Owned(self.id.to_string())),
            "name" => text(&self.name),
            "description" => self.description.as_deref().map_or(Value::Missing, text),
            "tags" => list(&self.tags),
            "version_count" => Value::Number(f64::from(self.versions)),
            "template_structure" => text(self.structure.name()),
            "created_at" => Value::Time(self.created_at),
            "created_by" => text(&self.created_by),
            "last_updated_at" => Value::Time(self.last_updated_at),
            "last_updated_by" => text(&self.last_updated_by),
            _ => Value::Missing,
        }
    }
}

impl Subject for Version {
    fn value(&self, field: &Field) -> Value<'_> {
        let content = &self.content;
        if let Field::OwnPath("metadata", path) = field {
            return content.metadata.as_ref().map_or(Value::Missing, |json| path.value_in(json));
        }
        let Field::Own(name) = field else { return Value::Missing };
        match *name {
            "id" => Value::Text(Cow::Owned(self.id.to_string())),
            "commit" => text(self.commit.as_str()),
            "version_number" => {
                self.number.map_or(Value::Missing, |number| Value::Text(Cow::Owned(format!("v{number}"))))
            }
            "template" => text(&content.template),
            "change_description" => content.change_description.as_deref().map_or(Value::Missing, text),
            "type" => text(content.syntax.name()),
            "tags" => list(&content.tags),
            "created_at" => Value::Time(self.created_at),
            "created_by" => text(&self.created_by),
            _ => Value::Missing,
        }
    }
}

fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}

fn list(items: &[String]) -> Value<'_> {
    Value::List(items.iter().map(|item| Cow::Borrowed(item.as_str())).collect())
}
