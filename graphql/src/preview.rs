//! A body in a few words, for lists. What a value means to say is guessed by its shape, simply.

use cairn_core::json::Json;
use cairn_core::limits::PREVIEW_SHAPE_BYTES_MAX;
use serde_json::Value;

/// UTF-8 takes at most so many bytes for a character.
const CHAR_BYTES_MAX: usize = 4;
/// White space is folded afterwards: some more is gathered than is shown.
const GATHERED_PER_SHOWN: usize = 4;
/// Wrappers within wrappers that are looked through.
const WRAPPERS_MAX: usize = 8;

/// The first characters of a value as plain text on one line; `None` for `null`.
///
/// Shown alone is the one text that a value obviously stands for:
/// - a text itself, and the only value of an object or list (`{"question": "…"}`);
/// - of a conversation (`messages`, or a list of objects with a `role`), its last message; of `choices`, the first;
/// - of a message, its `content`; of a list of content parts, the first `text`.
///
/// Any other value is shown as all its words, keys included.
pub(crate) fn preview(json: &Json, chars: usize) -> Option<String> {
    if json.is_null() {
        return None;
    }
    let value = (json.bytes().len() <= PREVIEW_SHAPE_BYTES_MAX).then(|| json.value().ok()).flatten();
    if let Some(text) = value.as_ref().and_then(|value| obvious(value, WRAPPERS_MAX)) {
        return Some(line(text, chars));
    }
    let bytes_max = chars.saturating_mul(CHAR_BYTES_MAX).saturating_mul(GATHERED_PER_SHOWN);
    Some(line(&json.plain_text(bytes_max), chars))
}

/// The first characters of a text, or of the JSON of another value; `None` for `null`.
pub(crate) fn preview_of(value: &Value) -> Option<String> {
    const CHARS_SHOWN: usize = 200;
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.chars().take(CHARS_SHOWN).collect()),
        other => Some(other.to_string().chars().take(CHARS_SHOWN).collect()),
    }
}

fn obvious(value: &Value, wrappers: usize) -> Option<&str> {
    let inside = |value| obvious(value, wrappers.checked_sub(1)?);
    match value {
        Value::String(text) => Some(text),
        Value::Array(items) => {
            let is_message = |item: &Value| item.get("role").is_some_and(Value::is_string);
            let is_text = |item: &&Value| item.get("text").is_some_and(Value::is_string);
            match items.as_slice() {
                [only] => inside(only),
                [.., last] if items.iter().all(is_message) => inside(last),
                items => items.iter().find(is_text).and_then(|item| item.get("text")).and_then(inside),
            }
        }
        Value::Object(fields) => {
            if let Some(messages @ Value::Array(_)) = fields.get("messages") {
                return inside(messages);
            }
            if let Some(Value::Array(choices)) = fields.get("choices") {
                let first = choices.first()?;
                return inside(first.get("message").unwrap_or(first));
            }
            if fields.contains_key("role") {
                return fields.get("content").and_then(inside);
            }
            if let (Some("text"), Some(text)) =
                (fields.get("type").and_then(Value::as_str), fields.get("text"))
            {
                return inside(text);
            }
            let mut values = fields.values();
            match (values.next(), values.next()) {
                (Some(only), None) => inside(only),
                _ => None,
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// White space is folded to single spaces.
fn line(text: &str, chars: usize) -> String {
    let mut shown = String::new();
    let mut left = chars;
    for word in text.split_whitespace() {
        let space = usize::from(!shown.is_empty());
        if left <= space {
            break;
        }
        if space == 1 {
            shown.push(' ');
        }
        left -= space;
        for c in word.chars().take(left) {
            shown.push(c);
            left -= 1;
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &'static str, shown: &str) {
        let json = Json::parse(bytes::Bytes::from_static(json.as_bytes())).unwrap();
        assert_eq!(preview(&json, 20).as_deref().unwrap_or("nothing"), shown);
    }

    #[test]
    fn a_value_with_one_obvious_text_shows_it_alone() {
        check(r#"{"question": "why  is\nthe sky blue?"}"#, "why is the sky blue?");
        check(r#""hello""#, "hello");
        check(r#"{"output": {"answer": ["yes"]}}"#, "yes");
    }

    #[test]
    fn a_conversation_shows_its_last_message() {
        check(
            r#"{"model": "m", "messages": [{"role": "system", "content": "be kind"}, {"role": "user", "content": "hi"}]}"#,
            "hi",
        );
        check(r#"[{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}]"#, "b");
        check(
            r#"{"id": 1, "choices": [{"index": 0, "message": {"role": "assistant", "content": "yes"}}]}"#,
            "yes",
        );
        check(
            r#"[{"role": "user", "content": [{"type": "text", "text": "look"}, {"type": "image"}]}]"#,
            "look",
        );
    }

    #[test]
    fn any_other_value_shows_its_words_up_to_the_bound() {
        check(r#"{"a": 1, "b": "two"}"#, "a 1 b two");
        check(r#"{"a": 1, "b": "żółw żółw żółw żółw"}"#, "a 1 b żółw żółw żółw");
        check("null", "nothing");
        check("[]", "");
    }
}
