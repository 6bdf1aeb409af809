//! Files that clients write into bodies as base64: where they stand, and the references that take their place. Only
//! what comes back to the byte is taken out: the standard alphabet, padded, in one piece.

use std::ops::Range;

use crate::attachments::{Content, Place};
use crate::limits::{EMBEDDED_CHARS_MIN, FILE_NAME_CHARS_MAX};
use crate::time::Timestamp;

/// A file that was taken out of a body. It travels with the body until it is an attachment of the body's owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embedded {
    pub place: Place,
    pub name: String,
    pub mime_type: String,
    pub content: Content,
}

/// What a file that stood in a body is called. Clients that take files out by themselves call them `…-sdk.png`.
pub fn name(place: Place, number: usize, now: Timestamp, extension: &str) -> String {
    format!("{}-attachment-{number}-{}.{extension}", place.name(), now.as_millis())
}

/// Where base64 stands in the text of a JSON value that may be a file, by its length and form alone.
pub fn candidates(json: &[u8]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // A run that is long enough covers a place at which we look.
    let stride = EMBEDDED_CHARS_MIN / 2;
    let mut at = stride;
    while let Some(byte) = json.get(at) {
        if !is_base64(*byte) {
            at += stride;
            continue;
        }
        let before = json.get(..at).unwrap_or_default();
        let start = before.iter().rposition(|byte| !is_base64(*byte)).map_or(0, |last| last + 1);
        let after = json.get(at..).unwrap_or_default();
        let end = after.iter().position(|byte| !is_base64(*byte)).map_or(json.len(), |first| at + first);
        found.extend(whole(json, start + escaped(json, start), end));
        at = (at + stride).max(end);
    }
    found
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// How many bytes at the start of a run belong to the escape before it.
fn escaped(json: &[u8], start: usize) -> usize {
    let before = json.get(..start).unwrap_or_default();
    let slashes = before.iter().rev().take_while(|byte| **byte == b'\\').count();
    match (slashes % 2, json.get(start)) {
        (1, Some(b'u')) => 5,
        (1, _) => 1,
        _ => 0,
    }
}

/// The run with its padding, if decoding and encoding it gives the same again.
fn whole(json: &[u8], start: usize, end: usize) -> Option<Range<usize>> {
    let run = json.get(start..end)?;
    // Digits alone are a number, perhaps not even within a text.
    if run.len() < EMBEDDED_CHARS_MIN
        || run.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'e' | b'E' | b'+'))
    {
        return None;
    }
    let (padding, free_bits) = match run.len() % 4 {
        0 => (0, 0),
        2 => (2, 0b1111),
        3 => (1, 0b11),
        _ => return None,
    };
    let is_padded = json.get(end..end + padding)?.iter().all(|byte| *byte == b'=');
    (is_padded && value(*run.last()?) & free_bits == 0).then_some(start..end + padding)
}

const fn value(byte: u8) -> u8 {
    match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    }
}

/// The text of a JSON value with references in place of files.
pub fn with_references(json: &[u8], files: &[(Range<usize>, String)]) -> Vec<u8> {
    let mut text = Vec::new();
    let mut copied = 0;
    for (range, name) in files {
        text.extend_from_slice(json.get(copied..range.start).unwrap_or_default());
        text.push(b'[');
        text.extend_from_slice(name.as_bytes());
        text.push(b']');
        copied = range.end;
    }
    text.extend_from_slice(json.get(copied..).unwrap_or_default());
    text
}

/// A reference in the text of a JSON value: where it stands with its brackets, and to what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference<'a> {
    pub range: Range<usize>,
    pub name: &'a str,
}

pub fn references(json: &str) -> Vec<Reference<'_>> {
    const MIDDLE: &str = "-attachment-";
    let mut found: Vec<Reference<'_>> = Vec::new();
    for (middle, _) in json.match_indices(MIDDLE) {
        let reference = Place::ALL.into_iter().find_map(|place| {
            let start = middle.checked_sub(place.name().len() + 1)?;
            let rest = json.get(start..)?.strip_prefix('[')?;
            let tail = rest.strip_prefix(place.name())?.strip_prefix(MIDDLE)?;
            let length = tail.bytes().take(FILE_NAME_CHARS_MAX).position(|byte| byte == b']')?;
            is_numbered(tail.get(..length)?).then_some(())?;
            let name = rest.get(..place.name().len() + MIDDLE.len() + length)?;
            Some(Reference { range: start..start + name.len() + 2, name })
        });
        found.extend(reference);
    }
    found
}

/// `<number>-<milliseconds>.<extension>`, with `-sdk` before the point if a client made it.
fn is_numbered(tail: &str) -> bool {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some((numbers, extension)) = tail.split_once('.') else { return false };
    let numbers = numbers.strip_suffix("-sdk").unwrap_or(numbers);
    numbers.split_once('-').is_some_and(|(number, time)| are_digits(number) && are_digits(time))
        && !extension.is_empty()
        && extension.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base64(chars: usize) -> String {
        "iVBORw0KGgo/".chars().cycle().take(chars).collect()
    }

    fn found(json: &str) -> Vec<&str> {
        candidates(json.as_bytes()).into_iter().map(|range| &json[range]).collect()
    }

    #[test]
    fn long_base64_is_found_wherever_it_stands_and_short_is_not() {
        let long = base64(EMBEDDED_CHARS_MIN);
        for json in [
            format!("\"{long}\""),
            format!(r#"{{"a":"data:image/png;base64,{long}","b":1}}"#),
            format!(r#"["\n{long}"]"#),
            format!(r#"["\u00e9{long} after"]"#),
            format!(r#"["\\\"{long}"]"#),
        ] {
            assert_eq!(found(&json), [long.as_str()], "{}", &json[..40]);
        }
        assert_eq!(found(&format!("\"{}\"", base64(EMBEDDED_CHARS_MIN - 4))), Vec::<&str>::new());
    }

    #[test]
    fn several_runs_are_found_each() {
        let (one, other) = (base64(EMBEDDED_CHARS_MIN + 3 * 4), base64(2 * EMBEDDED_CHARS_MIN));
        let json = format!(r#"{{"a":"{one}","b":["{other}","short"]}}"#);
        assert_eq!(found(&json), [one.as_str(), other.as_str()]);
    }

    #[test]
    fn only_what_comes_back_to_the_byte_is_found() {
        let whole = base64(EMBEDDED_CHARS_MIN);
        assert_eq!(found(&format!("\"{whole}AA==\"")), [format!("{whole}AA==")]);
        assert_eq!(found(&format!("\"{whole}AAA=\"")), [format!("{whole}AAA=")]);
        for tail in ["A", "AA", "AA=", "AAA", "AB==", "AAB="] {
            assert_eq!(found(&format!("\"{whole}{tail}\"")), Vec::<&str>::new(), "{tail}");
        }
    }

    #[test]
    fn a_number_is_no_file() {
        assert_eq!(found(&format!("[{}]", "1234".repeat(EMBEDDED_CHARS_MIN))), Vec::<&str>::new());
    }

    #[test]
    fn references_are_found_as_we_and_clients_write_them() {
        let json = r#"{"a":"x[input-attachment-1-1700000000000.png]y[output-attachment-22-1-sdk.jpeg]","b":"[metadata-attachment-3-4.a1]"}"#;
        let all = references(json);
        let names: Vec<&str> = all.iter().map(|reference| reference.name).collect();
        assert_eq!(
            names,
            [
                "input-attachment-1-1700000000000.png",
                "output-attachment-22-1-sdk.jpeg",
                "metadata-attachment-3-4.a1"
            ]
        );
        for reference in &all {
            assert_eq!(json[reference.range.clone()], format!("[{}]", reference.name));
        }
        for other in [
            "[input-attachment-1.png]",
            "[x-attachment-1-1.png]",
            "input-attachment-1-1.png]",
            "[input-attachment-1-1.]",
        ] {
            assert_eq!(references(other), [], "{other}");
        }
    }

    #[test]
    fn a_reference_takes_the_place_of_the_text() {
        let json = br#"{"a":"12345"}"#;
        assert_eq!(with_references(json, &[(7..9, "n".to_owned())]), br#"{"a":"1[n]45"}"#);
    }
}
