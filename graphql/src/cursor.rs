//! Cursors as clients hold them: opaque text that names a place in one list. A cursor of another list or another
//! order is refused rather than misread.
//!
//! Base64 of `version u8 · length of the list's name u16 · name · kind u8 · value · id [16]`, numbers big endian.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_storage::index::{Cursor, SortValue};
use uuid::Uuid;

use crate::error::{Problem, Result};

const VERSION: u8 = 1;
const ID: u8 = 0;
const NUMBER: u8 = 1;
const WHOLE: u8 = 2;
const TEXT: u8 = 3;
const MISSING: u8 = 4;

/// `list` says which list and order it is, for instance `traces by cost desc`.
pub(crate) fn encode(list: &str, cursor: &Cursor) -> String {
    let mut bytes = vec![VERSION];
    let name = name(list);
    bytes.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_be_bytes());
    bytes.extend(name);
    match &cursor.value {
        SortValue::Id => bytes.push(ID),
        SortValue::Number(number) => {
            bytes.push(NUMBER);
            bytes.extend(number.to_be_bytes());
        }
        SortValue::Whole(whole) => {
            bytes.push(WHOLE);
            bytes.extend(whole.to_be_bytes());
        }
        SortValue::Text(text) => {
            bytes.push(TEXT);
            bytes.extend(text.as_bytes());
        }
        SortValue::Missing => bytes.push(MISSING),
    }
    bytes.extend(cursor.id.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(list: &str, text: &str) -> Result<Cursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let place = bytes.as_deref().and_then(split);
    let Some((name, kind, value, id)) = place else {
        return Err(Problem::invalid("`after` is not a cursor; take it from `endCursor` as it is"));
    };
    if name != self::name(list) {
        return Err(Problem::invalid(
            "`after` is a cursor of another list or another order; start without it",
        ));
    }
    let value = sort_value(kind, value);
    value.map(|value| Cursor { value, id }).ok_or_else(|| Problem::invalid("`after` is a damaged cursor"))
}

fn split(bytes: &[u8]) -> Option<(&[u8], u8, &[u8], Uuid)> {
    let (version, rest) = bytes.split_first()?;
    if *version != VERSION {
        return None;
    }
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let (name, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    let (kind, rest) = rest.split_first()?;
    let (value, id) = rest.split_last_chunk::<16>()?;
    Some((name, *kind, value, Uuid::from_bytes(*id)))
}

fn sort_value(kind: u8, value: &[u8]) -> Option<SortValue> {
    match kind {
        ID if value.is_empty() => Some(SortValue::Id),
        NUMBER => Some(SortValue::Number(f64::from_be_bytes(value.try_into().ok()?))),
        WHOLE => Some(SortValue::Whole(i64::from_be_bytes(value.try_into().ok()?))),
        TEXT => Some(SortValue::Text(String::from_utf8(value.to_vec()).ok()?)),
        MISSING if value.is_empty() => Some(SortValue::Missing),
        _ => None,
    }
}

/// Names of lists are short; one that is cut still differs from others by its beginning.
fn name(list: &str) -> &[u8] {
    let bytes = list.as_bytes();
    bytes.get(..usize::from(u16::MAX)).unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written() {
        let id = Uuid::from_u128(7);
        for value in [
            SortValue::Id,
            SortValue::Number(0.1 + 0.2),
            SortValue::Number(f64::MIN_POSITIVE),
            SortValue::Whole(i64::MIN),
            SortValue::Text("żółw".to_owned()),
            SortValue::Text(String::new()),
            SortValue::Missing,
        ] {
            let cursor = Cursor { value, id };
            assert_eq!(decode("traces by x", &encode("traces by x", &cursor)).unwrap(), cursor);
        }
    }

    #[test]
    fn a_cursor_of_another_order_and_broken_text_are_refused() {
        let text = encode("traces by cost", &Cursor { value: SortValue::Missing, id: Uuid::nil() });
        let refusal = |list, text: &str| format!("{:?}", decode(list, text).unwrap_err());
        assert!(refusal("traces by name", &text).contains("another order"));
        for broken in ["", "!", "AAAA", text.get(..10).unwrap()] {
            assert!(refusal("traces by cost", broken).contains("not a cursor"), "{broken}");
        }
    }
}
