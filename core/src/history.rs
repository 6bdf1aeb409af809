//! What happened to one thing, change by change and field by field. How events are stored is not known here.
//! Which changes can be taken back, and how, is in `undo`; what an event is about, in `things`.

pub mod things;
pub mod undo;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;
use uuid::Uuid;

use crate::ids::{Position, RequestId};
use crate::limits::{
    AUDIT_FIELDS_MAX, AUDIT_VALUE_CHARS_MAX, HISTORY_CHANGE_FIELDS_MAX, HISTORY_VALUE_CHARS_MAX,
};
use crate::time::Timestamp;

/// Under which id the history of a workspace's own settings is kept. No thing has such an id.
pub const WORKSPACE: Uuid = Uuid::max();

/// A thing as a flat list of what is known of it. What lies within it is named by its place: `items.<id>.data`.
pub type Fields = BTreeMap<String, Value>;

/// One event of a thing, as what it changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub position: Position,
    pub time: Timestamp,
    pub principal: Arc<str>,
    pub request: RequestId,
    /// The name of the event's kind, as in the log.
    pub kind: &'static str,
    pub fields: Vec<FieldChange>,
    /// Fields that changed too and are left out.
    pub fields_omitted: usize,
    /// The change that this one took back.
    pub undoes: Option<Position>,
    /// It was taken back and counts for nothing by now.
    pub is_undone: bool,
    /// What taking it back comes to; nothing if that cannot be done.
    pub outcome: Option<Outcome>,
}

/// What becomes of a thing when a change of it is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is as before the change.
    AsBefore,
    /// There was nothing before: it goes into the trash.
    Trashed,
    /// There was nothing before: it goes, and only its history tells of it.
    Deleted,
    /// There was nothing before, and it is never taken away: from now on it does nothing more.
    Ended,
}

/// One field as a change found and left it; nothing where there was none.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldChange {
    pub field: String,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// A value is too long and stands here as the beginning of its text.
    pub is_shortened: bool,
}

/// What lies between two states of a thing, by field.
pub fn differences(before: &Fields, after: &Fields) -> Vec<FieldChange> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    changed
        .map(|name| FieldChange {
            field: name.clone(),
            before: before.get(name).cloned(),
            after: after.get(name).cloned(),
            is_shortened: false,
        })
        .collect()
}

/// Makes changes fit to be shown: long values by their beginning, and only so many fields.
pub fn shortened(fields: Vec<FieldChange>) -> (Vec<FieldChange>, usize) {
    shortened_to(HISTORY_CHANGE_FIELDS_MAX, HISTORY_VALUE_CHARS_MAX, fields)
}

/// The same for a list of very many events, where each has a line.
pub fn shortened_for_list(fields: Vec<FieldChange>) -> (Vec<FieldChange>, usize) {
    shortened_to(AUDIT_FIELDS_MAX, AUDIT_VALUE_CHARS_MAX, fields)
}

fn shortened_to(
    fields_max: usize,
    chars_max: usize,
    mut fields: Vec<FieldChange>,
) -> (Vec<FieldChange>, usize) {
    let omitted = fields.len().saturating_sub(fields_max);
    fields.truncate(fields_max);
    for change in &mut fields {
        for value in [&mut change.before, &mut change.after].into_iter().flatten() {
            change.is_shortened |= shorten(value, chars_max);
        }
    }
    (fields, omitted)
}

fn shorten(value: &mut Value, chars_max: usize) -> bool {
    let text = match &*value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::Array(_) | Value::Object(_) => Cow::Owned(value.to_string()),
        Value::Null | Value::Bool(_) | Value::Number(_) => return false,
    };
    let Some((end, _)) = text.char_indices().nth(chars_max) else { return false };
    *value = Value::from(text.get(..end).unwrap_or_default());
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        let Value::Object(map) = value else { panic!("an object") };
        map.into_iter().collect()
    }

    #[test]
    fn what_differs_is_told_by_field_and_what_does_not_is_left_out() {
        let before = fields(json!({ "name": "a", "same": 1, "gone": true }));
        let after = fields(json!({ "name": "b", "same": 1, "new": null }));
        let told: Vec<_> = differences(&before, &after)
            .into_iter()
            .map(|change| (change.field, change.before, change.after))
            .collect();
        assert_eq!(
            told,
            [
                ("gone".to_owned(), Some(json!(true)), None),
                ("name".to_owned(), Some(json!("a")), Some(json!("b"))),
                ("new".to_owned(), None, Some(json!(null))),
            ]
        );
    }

    #[test]
    fn a_long_value_is_shown_by_its_beginning_and_says_so() {
        let long = fields(json!({ "input": "é".repeat(HISTORY_VALUE_CHARS_MAX + 1), "name": "short" }));
        let (shown, omitted) = shortened(differences(&Fields::new(), &long));
        let after: Vec<_> = shown.iter().map(|change| change.after.clone().unwrap()).collect();
        assert_eq!(after, [json!("é".repeat(HISTORY_VALUE_CHARS_MAX)), json!("short")]);
        assert_eq!(shown.iter().map(|change| change.is_shortened).collect::<Vec<_>>(), [true, false]);
        assert_eq!(omitted, 0);
    }

    #[test]
    fn of_very_many_fields_the_rest_is_counted() {
        let many = (0..HISTORY_CHANGE_FIELDS_MAX + 3).map(|at| (format!("{at:05}"), json!(at))).collect();
        let (shown, omitted) = shortened(differences(&Fields::new(), &many));
        assert_eq!((shown.len(), omitted), (HISTORY_CHANGE_FIELDS_MAX, 3));
    }
}
