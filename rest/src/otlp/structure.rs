//! JSON that came as the text of an attribute. Attributes that are structures by themselves are read in `value`.

use std::borrow::Cow;
use std::fmt;

use cairn_core::json::quote_non_finite;
use cairn_core::limits::OTLP_TEXT_DEPTH_MAX;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// The JSON object or array that a text holds, byte for byte.
pub(super) fn structure_in(text: &str) -> Option<Cow<'_, [u8]>> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return None;
    }
    if is_readable(text.as_bytes()) {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    quote_non_finite(text.as_bytes()).filter(|quoted| is_readable(quoted)).map(Cow::Owned)
}

/// Whether everybody who reads the text later will be able to.
fn is_readable(json: &[u8]) -> bool {
    let mut reader = serde_json::Deserializer::from_slice(json);
    Readable { depth_left: OTLP_TEXT_DEPTH_MAX }.deserialize(&mut reader).is_ok() && reader.end().is_ok()
}

/// Looks at every value, which `IgnoredAny` does not: that lets pass numbers that are too large, halves of surrogate
/// pairs, and any depth.
#[derive(Clone, Copy)]
struct Readable {
    depth_left: usize,
}

impl Readable {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        let depth_left = self.depth_left.checked_sub(1).ok_or_else(|| E::custom("too deep"))?;
        Ok(Self { depth_left })
    }
}

impl<'de> DeserializeSeed<'de> for Readable {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Readable {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while entries.next_key_seed(inner)?.is_some() {
            entries.next_value_seed(inner)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        structure_in(text).map(|json| String::from_utf8(json.into_owned()).unwrap())
    }

    #[test]
    fn a_structure_is_kept_byte_for_byte() {
        let text = r#"{"b": 1.10, "a": [null, true, -1, "\ud83d\ude00"]}"#;
        assert_eq!(read(&format!(" {text}\n")).as_deref(), Some(text));
        assert_eq!(read("[NaN]").as_deref(), Some(r#"["NaN"]"#));
    }

    #[test]
    fn what_cannot_be_read_later_stays_text() {
        for text in ["{not json}", "[1, 2", "[] []", "true", "12", "\"x\"", "", "[1e999]", r#"["\ud800"]"#] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn depth_is_bounded() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(&nested(OTLP_TEXT_DEPTH_MAX)).is_some());
        assert!(read(&nested(OTLP_TEXT_DEPTH_MAX + 1)).is_none());
    }
}
