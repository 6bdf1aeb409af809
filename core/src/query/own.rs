//! Names of fields that some rows have of their own, as the text of the query language has them.

use strsim::osa_distance;

use crate::query::field::UnknownField;
use crate::query::opik::Type;
use crate::query::{Field, JsonPath};

/// The fields of rows that are asked one by one, and what such rows are called.
#[derive(Clone, Copy, Debug)]
pub struct Own {
    pub plural: &'static str,
    pub fields: &'static [(&'static str, Type)],
}

impl Own {
    pub(crate) fn parse(&self, name: &str) -> Result<Field, UnknownField> {
        let (head, rest) = name.split_at(name.find(['.', '[']).unwrap_or(name.len()));
        let head = head.to_lowercase();
        if head == "text" && rest.is_empty() {
            return Ok(Field::Text);
        }
        let Some((known, kind)) = self.fields.iter().find(|(known, _)| *known == head) else {
            return Err(UnknownField {
                at: 0,
                message: format!("`{name}` is not a field of {}", self.plural),
                suggestion: self.nearest(&head).map(|near| format!("{near}{rest}")),
            });
        };
        let keyed = matches!(kind, Type::Dictionary | Type::Map | Type::FeedbackScoresNumber);
        match (keyed, rest.is_empty()) {
            (false, true) => Ok(plain(known, *kind)),
            (true, false) => {
                let path = rest.strip_prefix('.').unwrap_or(rest);
                let skipped = name.len() - path.len();
                JsonPath::parse(path).map(|path| Field::OwnPath(known, path)).map_err(|error| UnknownField {
                    at: skipped + error.at,
                    message: error.message.to_owned(),
                    suggestion: None,
                })
            }
            (true, true) => Err(UnknownField {
                at: 0,
                message: format!("`{head}` needs a key, as in `{head}.name`"),
                suggestion: Some(format!("{head}.name")),
            }),
            (false, false) => Err(UnknownField {
                at: head.len(),
                message: format!("`{head}` has no parts"),
                suggestion: Some((*known).to_owned()),
            }),
        }
    }

    fn nearest(&self, name: &str) -> Option<&'static str> {
        let slips_max = name.chars().count() / 3;
        let scored = self.fields.iter().map(|(known, _)| (osa_distance(name, known), *known));
        scored
            .filter(|(slips, _)| *slips <= slips_max)
            .min_by_key(|(slips, _)| *slips)
            .map(|(_, known)| known)
    }
}

/// What traces have too is asked as of them; a number is a path without steps, which is compared as a number.
fn plain(name: &'static str, kind: Type) -> Field {
    match (name, kind) {
        ("id", _) => Field::Id,
        ("name", _) => Field::Name,
        ("source", _) => Field::Source,
        ("tags", _) => Field::Tags,
        ("created_by", _) => Field::CreatedBy,
        ("created_at", _) => Field::CreatedAt,
        ("last_updated_at", _) => Field::LastUpdatedAt,
        (name, Type::Number | Type::Duration) => Field::OwnPath(name, JsonPath(Vec::new())),
        (name, _) => Field::Own(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Query, Subject, Value};
    use crate::time::Timestamp;

    const THINGS: Own = Own {
        plural: "things",
        fields: &[
            ("name", Type::String),
            ("size", Type::Number),
            ("data", Type::Map),
            ("created_at", Type::DateTime),
        ],
    };

    struct Thing;

    impl Subject for Thing {
        fn value(&self, field: &Field) -> Value<'_> {
            match field {
                Field::Name => Value::Text("Ada".into()),
                Field::OwnPath("size", _) => Value::Number(12.0),
                Field::OwnPath("data", path) => Value::Text(path.to_string().into()),
                Field::CreatedAt => Value::Time(Timestamp::from_millis(1_000)),
                Field::Text => Value::List(vec!["the cat sat".into()]),
                _ => Value::Missing,
            }
        }
    }

    #[track_caller]
    fn check(text: &str, holds: bool) {
        let query = Query::parse_own(&THINGS, text, Timestamp::from_millis(60_000)).unwrap();
        assert_eq!(crate::query::catalogue::holds(&query, &Thing), holds, "{text}");
    }

    #[test]
    fn fields_of_their_own_are_asked_in_the_same_language() {
        check("name:ad AND size > 9", true);
        check("size > 100", false);
        check("data.a.b:a.b", true);
        check("created_at > -60s AND created_at < -1s", true);
        check("cat", true);
        check("dog OR NOT name:ada", false);
    }

    #[test]
    fn what_is_no_field_is_answered_with_the_nearest() {
        let error = Query::parse_own(&THINGS, "nmae:x", Timestamp::EPOCH).unwrap_err();
        assert_eq!(error.message, "`nmae` is not a field of things");
        let error = Query::parse_own(&THINGS, "siz > 3", Timestamp::EPOCH).unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some("size"));
        let error = Query::parse_own(&THINGS, "data:x", Timestamp::EPOCH).unwrap_err();
        assert_eq!(error.suggestion.as_deref(), Some("data.name"));
        assert!(Query::parse_own(&THINGS, "name.x:1", Timestamp::EPOCH).is_err());
    }
}
