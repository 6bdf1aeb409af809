//! Steps into a JSON value, their text (`a.b[0]['key with.dots']`), and what a JSON value is to a query.
//! This is not `JSONPath`: there are no wildcards, no slices and no negative indexes.

use std::borrow::Cow;
use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

use serde_json::Value as Json;

use crate::query::{JsonPath, JsonStep, Value};

/// What is wrong with the text of a path, and at which of its characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathError {
    pub at: usize,
    pub message: &'static str,
}

impl JsonPath {
    /// Reads `a.b[0].c`, with or without `$.` before it. Keys with dots or brackets stand in `['…']`.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let mut reader = Reader { chars: text.chars().peekable(), at: 0 };
        if text == "$" || text.starts_with("$.") || text.starts_with("$[") {
            reader.next();
            if reader.peek() == Some('.') {
                reader.next();
            }
        }
        let mut steps = Vec::new();
        while let Some(c) = reader.peek() {
            let after_dot = c == '.' && !steps.is_empty();
            if after_dot {
                reader.next();
            }
            let step = if c == '[' { reader.bracket()? } else { reader.key()? };
            steps.push(step);
        }
        if steps.is_empty() {
            return Err(reader.error("a path needs at least one key"));
        }
        Ok(Self(steps))
    }

    /// The value at the end of the path, if every step of it is there.
    pub fn lookup<'a>(&self, root: &'a Json) -> Option<&'a Json> {
        self.0.iter().try_fold(root, |value, step| match step {
            JsonStep::Key(key) => value.as_object()?.get(key),
            JsonStep::Index(index) => value.as_array()?.get(*index),
        })
    }
}

struct Reader<'a> {
    chars: Peekable<Chars<'a>>,
    at: usize,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        self.chars.peek().copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.chars.next();
        self.at += usize::from(c.is_some());
        c
    }

    fn error(&self, message: &'static str) -> PathError {
        PathError { at: self.at, message }
    }

    fn key(&mut self) -> Result<JsonStep, PathError> {
        let mut key = String::new();
        while let Some(c) = self.peek().filter(|c| !matches!(c, '.' | '[')) {
            if c == ']' {
                return Err(self.error("`]` without `[`"));
            }
            key.push(c);
            self.next();
        }
        if key.is_empty() {
            return Err(self.error("a key must not be empty"));
        }
        Ok(JsonStep::Key(key))
    }

    fn bracket(&mut self) -> Result<JsonStep, PathError> {
        self.next();
        let step = match self.peek() {
            Some(quote @ ('\'' | '"')) => JsonStep::Key(self.quoted(quote)?),
            _ => JsonStep::Index(self.index()?),
        };
        if self.peek() != Some(']') {
            return Err(self.error("`]` is missing"));
        }
        self.next();
        match self.peek() {
            None | Some('.' | '[') => Ok(step),
            Some(_) => Err(self.error("after `]` comes `.`, `[` or the end")),
        }
    }

    fn quoted(&mut self, quote: char) -> Result<String, PathError> {
        self.next();
        let mut key = String::new();
        loop {
            match self.next() {
                Some('\\') => key.extend(self.next()),
                Some(c) if c == quote => return Ok(key),
                Some(c) => key.push(c),
                None => return Err(self.error("the closing quote is missing")),
            }
        }
    }

    fn index(&mut self) -> Result<usize, PathError> {
        let start = self.at;
        let mut digits = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            digits.push(c);
            self.next();
        }
        digits
            .parse()
            .map_err(|_| PathError { at: start, message: "an index is a number, a key stands in quotes" })
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                JsonStep::Key(key) if is_plain(key) && at == 0 => f.write_str(key)?,
                JsonStep::Key(key) if is_plain(key) => write!(f, ".{key}")?,
                JsonStep::Key(key) => write!(f, "['{}']", key.replace('\\', r"\\").replace('\'', r"\'"))?,
                JsonStep::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Whether a key can stand without brackets and quotes, in paths as well as in queries.
pub(crate) fn is_plain(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '@'))
}

impl JsonPath {
    /// What a query finds at the end of the path in a body.
    pub fn value_in(&self, body: &crate::json::Json) -> Value<'static> {
        let root = body.value().ok();
        let found = root.as_ref().and_then(|root| self.lookup(root));
        found.map_or(Value::Missing, |value| Value::of_json(value).into_owned())
    }
}

impl<'a> Value<'a> {
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Self::Missing => Value::Missing,
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Number(number) => Value::Number(number),
            Self::Time(time) => Value::Time(time),
            Self::Truth(truth) => Value::Truth(truth),
            Self::List(items) => {
                Value::List(items.into_iter().map(|item| Cow::Owned(item.into_owned())).collect())
            }
        }
    }

    /// What stands at the end of a path. Of a list, every element counts by itself; an object is its text.
    pub fn of_json(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Missing,
            Json::Bool(truth) => Self::Truth(*truth),
            Json::String(text) => Self::Text(Cow::Borrowed(text)),
            Json::Number(number) => of_number(number),
            Json::Array(items) => Self::List(items.iter().map(text_of).collect()),
            Json::Object(_) => Self::Text(text_of(json)),
        }
    }

    /// What a whole input, output or metadata is: its text, in which keys count too.
    pub fn of_body(json: &'a Json) -> Self {
        match json {
            Json::Null => Self::Missing,
            _ => Self::Text(text_of(json)),
        }
    }
}

/// Integers beyond what a double holds stay text, so that they equal themselves alone.
fn of_number<'a>(number: &serde_json::Number) -> Value<'a> {
    const EXACT: u64 = 1 << 53;
    let whole = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
    match number.as_f64() {
        Some(value) if whole.is_none_or(|whole| whole <= EXACT) => Value::Number(value),
        _ => Value::Text(Cow::Owned(number.to_string())),
    }
}

/// A text as it is, anything else as compact JSON.
pub fn text_of(json: &Json) -> Cow<'_, str> {
    match json {
        Json::String(text) => Cow::Borrowed(text),
        Json::Null => Cow::Borrowed(""),
        _ => Cow::Owned(json.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn path(text: &str) -> JsonPath {
        JsonPath::parse(text).unwrap()
    }

    #[test]
    fn a_path_leads_through_keys_and_indexes() {
        let root = json!({"a": {"b": [{"c": 7}], "key with.dots": {"it's": true}}});
        assert_eq!(path("$.a.b[0].c").lookup(&root), Some(&json!(7)));
        assert_eq!(path("a.b[0]['c']").lookup(&root), Some(&json!(7)));
        assert_eq!(path(r"$['a']['key with.dots']['it\'s']").lookup(&root), Some(&json!(true)));
        assert_eq!(path("a.b[1].c").lookup(&root), None);
        assert_eq!(path("a.b.c").lookup(&root), None);
        assert_eq!(path("[0]").lookup(&json!(["x"])), Some(&json!("x")));
    }

    #[test]
    fn what_is_no_path_is_refused_where_it_breaks() {
        for (text, at) in [
            ("", 0),
            ("$", 1),
            ("a..b", 2),
            ("a.", 2),
            ("a[", 2),
            ("a[-1]", 2),
            ("a[0", 3),
            ("a['b", 4),
            (r"['\", 3),
            ("a]", 1),
            ("a[0]b", 4),
        ] {
            let error = JsonPath::parse(text).map_err(|error| error.at);
            assert_eq!(error, Err(at), "{text}");
        }
    }

    #[test]
    fn a_value_keeps_its_kind() {
        assert_eq!(Value::of_json(&json!(null)), Value::Missing);
        assert_eq!(Value::of_json(&json!(1.5)), Value::Number(1.5));
        assert_eq!(Value::of_json(&json!(false)), Value::Truth(false));
        assert_eq!(Value::of_json(&json!("a")), Value::Text("a".into()));
        assert_eq!(Value::of_json(&json!(["a", 1])), Value::List(vec!["a".into(), "1".into()]));
        assert_eq!(Value::of_json(&json!({"a": 1})), Value::Text(r#"{"a":1}"#.into()));
        assert_eq!(Value::of_body(&json!(["a", 1])), Value::Text(r#"["a",1]"#.into()));
    }

    #[test]
    fn an_integer_too_large_for_a_double_stays_exact() {
        assert_eq!(Value::of_json(&json!(9_007_199_254_740_993_u64)), Value::Text("9007199254740993".into()));
        assert_eq!(
            Value::of_json(&json!(-9_007_199_254_740_992_i64)),
            Value::Number(-9_007_199_254_740_992.0)
        );
    }

    proptest! {
        #[test]
        fn the_text_of_a_path_leads_back_to_it(
            steps in prop::collection::vec(
                prop_oneof![".{0,6}".prop_map(JsonStep::Key), any::<usize>().prop_map(JsonStep::Index)],
                1..5,
            )
        ) {
            let path = JsonPath(steps);
            prop_assert_eq!(JsonPath::parse(&path.to_string()), Ok(path));
        }

        #[test]
        fn no_text_breaks_the_reader(text in r"[\[\]'\\a$.0]{0,12}") {
            if let Err(error) = JsonPath::parse(&text) {
                prop_assert!(error.at <= text.chars().count());
            }
        }
    }
}
