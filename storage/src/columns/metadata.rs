//! Metadata as columns: each path of keys that ends in one small value is a column of its own. Where a path ends in
//! more than that, a marker says so, and the row is asked.

use cairn_core::limits::{METADATA_PATH_BYTES_MAX, METADATA_PATHS_MAX, METADATA_TEXT_BYTES_MAX};
use cairn_core::query::{Field, JsonPath, JsonStep, Value};
use serde_json::Value as Json;
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocId, SegmentReader, TantivyError};

/// A metadata value laid out flat. Paths are texts, their keys parted by slashes.
#[derive(Default)]
pub(super) struct Flat {
    pub(super) leaves: Vec<(String, Leaf)>,
    /// What queries must look up in the row.
    pub(super) markers: Vec<String>,
}

pub(super) enum Leaf {
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Leaf {
    /// Whether a query takes it for a value: see `Value::is_empty`.
    pub(super) fn says_something(&self) -> bool {
        !matches!(self, Self::Text(text) if matches!(text.as_str(), "" | "{}" | "[]"))
    }
}

impl Flat {
    pub(super) fn of(metadata: &Json) -> Self {
        let mut flat = Self::default();
        if !flat.take(metadata, String::new()) {
            flat.markers.push(opaque(""));
        }
        flat
    }

    /// The marker of metadata that nobody looked into.
    pub(super) fn unread() -> Self {
        Self { leaves: Vec::new(), markers: vec![opaque("")] }
    }

    /// False when something does not fit; then what was taken is still right.
    fn take(&mut self, value: &Json, path: String) -> bool {
        if self.leaves.len() + self.markers.len() >= METADATA_PATHS_MAX
            || path.len() > METADATA_PATH_BYTES_MAX
        {
            return false;
        }
        let leaf = match value {
            Json::Object(entries) => {
                if !path.is_empty() {
                    self.markers.push(object(&path));
                }
                return entries.iter().all(|(key, value)| self.take(value, below(&path, key)));
            }
            Json::Array(_) => None,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => match Value::of_json(value) {
                Value::Truth(truth) => Some(Leaf::Truth(truth)),
                Value::Number(number) => Some(Leaf::Number(number)),
                Value::Text(text) if text.len() <= METADATA_TEXT_BYTES_MAX => {
                    Some(Leaf::Text(text.into_owned()))
                }
                Value::Missing => return true,
                Value::Text(_) | Value::Time(_) | Value::List(_) => None,
            },
        };
        match leaf {
            // A scalar that is the whole metadata has no path.
            _ if path.is_empty() && !value.is_array() => {}
            Some(leaf) => self.leaves.push((path, leaf)),
            None => self.markers.push(opaque(&path)),
        }
        true
    }
}

/// The columns of one path in one segment: its values may be of any kind.
pub(super) struct JsonColumns {
    pub(super) numbers: Option<Column<f64>>,
    pub(super) truths: Option<Column<bool>>,
    pub(super) texts: Option<StrColumn>,
}

/// What a document holds at a path.
pub(super) enum JsonValue {
    Missing,
    Number(f64),
    Truth(bool),
    /// The ordinal of a text.
    Text(u64),
}

impl JsonColumns {
    /// Without a column there are no values.
    pub(super) fn open(reader: &SegmentReader, column: Option<&str>) -> Result<Self, TantivyError> {
        let Some(column) = column else { return Ok(Self { numbers: None, truths: None, texts: None }) };
        let fast = reader.fast_fields();
        Ok(Self {
            numbers: fast.column_opt(column)?,
            truths: fast.column_opt(column)?,
            texts: fast.str(column)?,
        })
    }

    pub(super) fn get(&self, doc: DocId) -> JsonValue {
        if let Some(ordinal) = self.texts.as_ref().and_then(|texts| texts.ords().first(doc)) {
            return JsonValue::Text(ordinal);
        }
        if let Some(number) = self.numbers.as_ref().and_then(|numbers| numbers.first(doc)) {
            return JsonValue::Number(number);
        }
        let truth = self.truths.as_ref().and_then(|truths| truths.first(doc));
        truth.map_or(JsonValue::Missing, JsonValue::Truth)
    }
}

/// The path as a text, if it leads through keys alone.
pub(super) fn path_of(path: &JsonPath) -> Option<String> {
    path.0.iter().try_fold(String::new(), |path, step| match step {
        JsonStep::Key(key) => Some(below(&path, key)),
        JsonStep::Index(_) => None,
    })
}

/// The field of a path that was laid out flat.
pub(super) fn field_at(path: &str) -> Field {
    let keys = path.split('/').skip(1).map(|key| JsonStep::Key(key.replace("~1", "/").replace("~0", "~")));
    Field::MetadataPath(JsonPath(keys.collect()))
}

/// The markers of rows where the columns cannot tell what is at a path.
pub(super) fn markers_at(path: &JsonPath) -> Vec<String> {
    let mut place = String::new();
    let mut markers = vec![opaque("")];
    for step in &path.0 {
        // Beyond an index there is nothing but in a list, which is opaque itself.
        let JsonStep::Key(key) = step else { return markers };
        place = below(&place, key);
        markers.push(opaque(&place));
    }
    markers.push(object(&place));
    markers
}

/// The marker of rows of which a derived column tells nothing.
pub(super) fn elsewhere(name: &str) -> String {
    format!("derived#{name}")
}

/// Keys are escaped as in JSON pointers, so that a slash within one is none between two.
fn below(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Here and below anything may be.
fn opaque(path: &str) -> String {
    format!("metadata#{path}")
}

/// Here is an object, whose entries have paths of their own.
fn object(path: &str) -> String {
    format!("metadata{{{path}")
}
