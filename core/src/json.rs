//! JSON values that are kept as the exact bytes received: validated once, never re-serialised.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::attachments::embedded::Embedded;

/// The bytes of one valid JSON value. Cloning is cheap; slices share the request's buffer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json {
    text: Bytes,
    files: Option<Arc<[Embedded]>>,
}

impl Json {
    pub fn parse(bytes: Bytes) -> Result<Self, serde_json::Error> {
        serde_json::from_slice::<IgnoredAny>(&bytes)?;
        Ok(Self::stored(bytes))
    }

    /// Takes a value that was parsed out of `buffer` without copying it.
    pub fn slice_of(buffer: &Bytes, raw: &RawValue) -> Self {
        Self::stored(buffer.slice_ref(raw.get().as_bytes()))
    }

    /// Takes bytes that were valid JSON when they were stored.
    pub const fn stored(bytes: Bytes) -> Self {
        Self { text: bytes, files: None }
    }

    /// A value in which references stand where files were. The files travel with it until they are attachments.
    pub fn with_files(text: Bytes, files: Vec<Embedded>) -> Self {
        Self { text, files: Some(Arc::from(files)) }
    }

    /// The files that were taken out of it on its way here.
    pub fn files(&self) -> &[Embedded] {
        self.files.as_deref().unwrap_or_default()
    }

    pub fn from_value(value: &serde_json::Value) -> Self {
        Self::stored(Bytes::from(value.to_string()))
    }

    pub const fn bytes(&self) -> &Bytes {
        &self.text
    }

    pub fn into_bytes(self) -> Bytes {
        self.text
    }

    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text).unwrap_or("null")
    }

    pub fn value(&self) -> Result<serde_json::Value, serde_json::Error> {
        serde_json::from_slice(&self.text)
    }

    pub fn is_null(&self) -> bool {
        self.text.as_ref() == b"null"
    }

    /// The words in this value for people to search and read: texts and keys unescaped, numbers, in their order,
    /// a line each. Stops when `bytes_max` are gathered.
    pub fn plain_text(&self, bytes_max: usize) -> String {
        self.plain_text_if_whole(bytes_max).0
    }

    /// As `plain_text`, and whether it is all.
    pub fn plain_text_if_whole(&self, bytes_max: usize) -> (String, bool) {
        let mut gathered = Gathered { text: String::new(), bytes_max, is_cut: false };
        // A value that was stored is valid; one that is nested too deep gives what came before.
        let read = (&mut gathered).deserialize(&mut serde_json::Deserializer::from_slice(&self.text));
        (gathered.text, read.is_ok() && !gathered.is_cut)
    }

    /// The value's JSON text with letters as themselves, whatever way the client escaped them.
    pub fn unescaped(&self) -> String {
        if self.text.contains(&b'\\')
            && let Ok(value) = self.value()
        {
            return value.to_string();
        }
        self.as_str().to_owned()
    }

    /// Whether arrays and objects lie within one another more than `depth` times.
    pub fn is_deeper_than(&self, depth: usize) -> bool {
        let opens = |byte: &u8| matches!(byte, b'[' | b'{');
        // Counting is far cheaper than keeping track, and nearly always enough.
        if self.text.iter().filter(|byte| opens(byte)).count() <= depth {
            return false;
        }
        let (mut now, mut in_string, mut escaped) = (0_usize, false, false);
        for byte in &self.text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' if in_string => escaped = true,
                b'"' => in_string = !in_string,
                b'[' | b'{' if !in_string => now += 1,
                b']' | b'}' if !in_string => now = now.saturating_sub(1),
                _ => {}
            }
            if now > depth {
                return true;
            }
        }
        false
    }

    /// Null, `""`, `{}` and `[]` say nothing: a merge prefers any other value over them.
    pub fn is_blank(&self) -> bool {
        let inside = |open: &[u8], close: &[u8]| {
            let value = self.text.trim_ascii();
            value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close))
        };
        let hollow = |open, close| inside(open, close).is_some_and(|inside| inside.trim_ascii().is_empty());
        hollow(b"{", b"}")
            || hollow(b"[", b"]")
            || inside(b"\"", b"\"").is_some_and(<[u8]>::is_empty)
            || self.is_null()
    }
}

struct Gathered {
    text: String,
    bytes_max: usize,
    is_cut: bool,
}

impl Gathered {
    fn take(&mut self, text: &str) {
        let separator = usize::from(!self.text.is_empty());
        let room = self.bytes_max.saturating_sub(self.text.len() + separator);
        self.is_cut |= text.len() > room;
        if text.is_empty() || room == 0 {
            return;
        }
        if separator > 0 {
            self.text.push('\n');
        }
        let end =
            (0..=text.len().min(room)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
        self.text.push_str(text.get(..end).unwrap_or_default());
    }
}

impl<'de> DeserializeSeed<'de> for &mut Gathered {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Gathered {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.take(if value { "true" } else { "false" });
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.take(&value.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.take(&value.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.take(&value.to_string());
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.take(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(&mut *self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while entries.next_key_seed(&mut *self)?.is_some() {
            entries.next_value_seed(&mut *self)?;
        }
        Ok(())
    }
}

/// Rewrites the tokens `NaN`, `Infinity` and `-Infinity`, which some clients send although JSON has no
/// such numbers, as strings of the same spelling. `None` if there are none outside strings.
pub fn quote_non_finite(text: &[u8]) -> Option<Vec<u8>> {
    const TOKENS: [&[u8]; 3] = [b"-Infinity", b"Infinity", b"NaN"];
    let mut quoted = Vec::new();
    let (mut copied, mut at, mut in_string) = (0, 0, false);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => at += 1,
            b'-' | b'I' | b'N' if !in_string => {
                let rest = text.get(at..).unwrap_or_default();
                if let Some(token) = TOKENS.into_iter().find(|token| rest.starts_with(token)) {
                    quoted.extend_from_slice(text.get(copied..at).unwrap_or_default());
                    quoted.push(b'"');
                    quoted.extend_from_slice(token);
                    quoted.push(b'"');
                    at += token.len();
                    copied = at;
                    continue;
                }
            }
            _ => {}
        }
        at += 1;
    }
    if copied == 0 {
        return None;
    }
    quoted.extend_from_slice(text.get(copied..).unwrap_or_default());
    Some(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &'static str) -> Json {
        Json::parse(Bytes::from_static(text.as_bytes())).unwrap()
    }

    #[test]
    fn blank_values_are_told_from_others() {
        for blank in ["null", "{ }", "[]", "\"\""] {
            assert!(json(blank).is_blank(), "{blank}");
        }
        for value in ["0", "false", "{\"a\":null}", "[0]", "\" \"", "\"x\""] {
            assert!(!json(value).is_blank(), "{value}");
        }
    }

    #[test]
    fn non_finite_numbers_become_text_but_only_outside_strings() {
        let fixed =
            quote_non_finite(br#"{"a":NaN,"b":[-Infinity,Infinity,-1],"c":"NaN \" Infinity"}"#).unwrap();
        assert_eq!(
            String::from_utf8(fixed).unwrap(),
            r#"{"a":"NaN","b":["-Infinity","Infinity",-1],"c":"NaN \" Infinity"}"#
        );
        assert_eq!(quote_non_finite(br#"{"c":"NaN"}"#), None);
    }

    #[test]
    fn depth_is_told_from_width_and_from_brackets_in_texts() {
        assert!(json("[[[]]]").is_deeper_than(2));
        assert!(!json("[[[]]]").is_deeper_than(3));
        assert!(!json(r#"[[], [], {"a": "[[[\"[["}]"#).is_deeper_than(2));
    }

    #[test]
    fn plain_text_is_unescaped_and_bounded() {
        let value = json(r#"{"q": "caf\u00e9 \"x\"", "n": [1, 2.5, true, null]}"#);
        assert_eq!(value.plain_text(100), "q\ncafé \"x\"\nn\n1\n2.5\ntrue");
        assert_eq!(value.plain_text_if_whole(6), ("q\ncaf".to_owned(), false));
        let all = value.plain_text(100).len();
        assert_eq!([all, all - 1].map(|bytes| value.plain_text_if_whole(bytes).1), [true, false]);
    }

    #[test]
    fn a_slice_shares_the_buffer_of_the_request() {
        let buffer = Bytes::from_static(br#"{"input": {"q": 1}}"#);
        let parsed: std::collections::HashMap<&str, &RawValue> = serde_json::from_slice(&buffer).unwrap();
        let input = Json::slice_of(&buffer, parsed["input"]);
        assert_eq!(input.as_str(), r#"{"q": 1}"#);
        assert_eq!(input.bytes().as_ptr(), buffer.get(10..).unwrap().as_ptr());
    }
}
