//! Attribute values as JSON text. Which value goes where is not decided here.

use std::borrow::Cow;
use std::collections::HashSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use cairn_core::json::Json;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use serde::Serialize;

use super::structure::structure_in;

/// A JSON object in the making. Keys keep the order in which they came; of repeated ones the first counts.
#[derive(Debug, Default)]
pub(super) struct Object<'a> {
    bytes: Vec<u8>,
    keys: HashSet<&'a str>,
}

impl<'a> Object<'a> {
    pub(super) fn put(&mut self, key: &'a str, write_value: impl FnOnce(&mut Vec<u8>)) {
        if !self.keys.insert(key) {
            return;
        }
        self.bytes.push(if self.bytes.is_empty() { b'{' } else { b',' });
        scalar(key, &mut self.bytes);
        self.bytes.push(b':');
        write_value(&mut self.bytes);
    }

    pub(super) fn put_all(&mut self, attributes: &'a [KeyValue]) {
        for attribute in attributes {
            self.put(&attribute.key, |out| write(attribute.value.as_ref(), out));
        }
    }

    /// `None` if nothing was put.
    pub(super) fn finish(mut self) -> Option<Json> {
        if self.bytes.is_empty() {
            return None;
        }
        self.bytes.push(b'}');
        Some(Json::stored(Bytes::from(self.bytes)))
    }
}

/// Writes a value as JSON; text that holds a JSON object or array is written as what it holds.
pub(super) fn write(value: Option<&AnyValue>, out: &mut Vec<u8>) {
    match kind_of(value) {
        Some(Value::StringValue(text)) => match structure_in(text) {
            Some(json) => out.extend_from_slice(&json),
            None => scalar(text.as_str(), out),
        },
        other => write_inner(other, out),
    }
}

pub(super) fn scalar(value: impl Serialize, out: &mut Vec<u8>) {
    // Writing a scalar to memory cannot fail.
    let _ = serde_json::to_writer(out, &value);
}

/// A value as the text of a name or an id; `None` if it says nothing.
pub(super) fn text_of(value: Option<&AnyValue>) -> Option<Cow<'_, str>> {
    let text = match kind_of(value)? {
        Value::StringValue(text) => Cow::Borrowed(text.trim()),
        Value::BoolValue(_) | Value::IntValue(_) | Value::DoubleValue(_) => Cow::Owned(json_of(value)),
        Value::ArrayValue(_)
        | Value::KvlistValue(_)
        | Value::BytesValue(_)
        | Value::StringValueStrindex(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A value as a tree, for the few that are looked into.
pub(super) fn tree_of(value: Option<&AnyValue>) -> serde_json::Value {
    serde_json::from_str(&json_of(value)).unwrap_or_default()
}

fn json_of(value: Option<&AnyValue>) -> String {
    let mut out = Vec::new();
    write(value, &mut out);
    String::from_utf8(out).unwrap_or_default()
}

fn kind_of(value: Option<&AnyValue>) -> Option<&Value> {
    value.and_then(|value| value.value.as_ref())
}

fn write_inner(value: Option<&Value>, out: &mut Vec<u8>) {
    match value {
        // The last has no meaning outside of profiles.
        None | Some(Value::StringValueStrindex(_)) => out.extend_from_slice(b"null"),
        Some(Value::StringValue(text)) => scalar(text.as_str(), out),
        Some(Value::BoolValue(flag)) => scalar(flag, out),
        Some(Value::IntValue(number)) => scalar(number, out),
        Some(Value::DoubleValue(number)) if number.is_finite() => scalar(number, out),
        Some(Value::DoubleValue(number)) => scalar(non_finite_name(*number), out),
        Some(Value::BytesValue(bytes)) => scalar(STANDARD.encode(bytes), out),
        Some(Value::ArrayValue(array)) => {
            out.push(b'[');
            for (at, item) in array.values.iter().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                write_inner(item.value.as_ref(), out);
            }
            out.push(b']');
        }
        Some(Value::KvlistValue(list)) => {
            let mut object = Object::default();
            for entry in &list.values {
                object.put(&entry.key, |out| write_inner(kind_of(entry.value.as_ref()), out));
            }
            match object.finish() {
                Some(json) => out.extend_from_slice(json.bytes()),
                None => out.extend_from_slice(b"{}"),
            }
        }
    }
}

fn non_finite_name(number: f64) -> &'static str {
    if number.is_nan() {
        "NaN"
    } else if number > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_proto::tonic::common::v1::{ArrayValue, KeyValueList};

    fn json(value: Value) -> String {
        json_of(Some(&AnyValue { value: Some(value) }))
    }

    fn text(text: &str) -> AnyValue {
        AnyValue { value: Some(Value::StringValue(text.to_owned())) }
    }

    #[test]
    fn scalars_keep_their_type() {
        assert_eq!(json(Value::IntValue(-7)), "-7");
        assert_eq!(json(Value::DoubleValue(0.5)), "0.5");
        assert_eq!(json(Value::DoubleValue(f64::NEG_INFINITY)), r#""-Infinity""#);
        assert_eq!(json(Value::BoolValue(true)), "true");
        assert_eq!(json(Value::StringValue("12".to_owned())), r#""12""#);
        assert_eq!(json(Value::BytesValue(vec![0xff, 0])), r#""/wA=""#);
        assert_eq!(json_of(None), "null");
    }

    #[test]
    fn text_that_holds_a_structure_is_written_as_it() {
        assert_eq!(json(Value::StringValue(" {\"a\": []} ".to_owned())), r#"{"a": []}"#);
        assert_eq!(json(Value::StringValue("{a".to_owned())), r#""{a""#);
    }

    #[test]
    fn lists_of_values_become_arrays_and_objects() {
        let entry = |key: &str, value| KeyValue { key: key.to_owned(), value, ..KeyValue::default() };
        let list = KeyValueList { values: vec![entry("k", Some(text("v"))), entry("none", None)] };
        let inner = AnyValue { value: Some(Value::KvlistValue(list)) };
        let array = ArrayValue { values: vec![inner, text("[1]")] };
        assert_eq!(json(Value::ArrayValue(array)), r#"[{"k":"v","none":null},"[1]"]"#);
        assert_eq!(json(Value::KvlistValue(KeyValueList::default())), "{}");
    }

    #[test]
    fn of_a_repeated_key_the_first_counts() {
        let mut object = Object::default();
        object.put("a", |out| scalar(1, out));
        object.put("a", |out| scalar(2, out));
        assert_eq!(object.finish().unwrap().as_str(), r#"{"a":1}"#);
    }
}
