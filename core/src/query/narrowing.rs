//! What a substring needs: pieces that each lie within one word of every text that holds it. An index of words finds
//! candidates by them. Only what is certain for any text is said; whether a candidate holds the substring is its text's
//! matter.

use std::ops::Range;

use crate::limits::{NARROWING_PIECE_BYTES_MIN, NARROWING_PIECES_MAX};
use crate::query::tokens::fold;
use crate::query::{Predicate, Term};

/// In what form queries see a text of which the index has the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Plain,
    /// As JSON, with its signs and escapes.
    Json,
}

/// The pieces that the text of a term's field must have, folded. Empty if nothing is certain.
pub fn needed(term: &Term, written: Written) -> Vec<String> {
    match &term.predicate {
        Predicate::Contains(wanted)
        | Predicate::StartsWith(wanted)
        | Predicate::EndsWith(wanted)
        | Predicate::EqualsFolded(wanted) => pieces(wanted, written),
        _ => Vec::new(),
    }
}

fn pieces(wanted: &str, written: Written) -> Vec<String> {
    let folded = fold(wanted);
    let mut pieces: Vec<&str> = runs(&folded).filter_map(|run| piece(&folded, run, written)).collect();
    pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
    pieces.dedup();
    pieces.into_iter().take(NARROWING_PIECES_MAX).map(str::to_owned).collect()
}

/// Runs of ASCII letters and digits: other letters may be spelt in more than one way.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, _) = rest.find(|(_, c)| c.is_ascii_alphanumeric())?;
        let mut end = start + 1;
        while rest.next_if(|(_, c)| c.is_ascii_alphanumeric()).is_some() {
            end += 1;
        }
        Some(start..end)
    })
}

/// What of a run is sure to stand in a word as it is.
fn piece(folded: &str, run: Range<usize>, written: Written) -> Option<&str> {
    let (before, after) = (folded.get(..run.start)?, folded.get(run.end..)?);
    let run = folded.get(run)?;
    let may_be_escaped = written == Written::Json && (before.is_empty() || before.ends_with('\\'));
    let start = if may_be_escaped { escape_bytes_max(run) } else { 0 };
    // A mark that follows the last letter makes it another one.
    let end = if after.starts_with(|c: char| c.is_ascii()) { run.len() } else { run.len() - 1 };
    let piece = run.get(start..end)?;
    if written == Written::Json {
        // Numbers and nulls are not in the index as they are written.
        let is_number = piece.bytes().all(|byte| byte.is_ascii_digit() || byte == b'e');
        if is_number || "null".contains(piece) {
            return None;
        }
    }
    (piece.len() >= NARROWING_PIECE_BYTES_MIN).then_some(piece)
}

/// How many bytes at the beginning of a run may be of an escape, or of the end of one: `n` of `\n`, `b` of `\u001b`;
/// or of the beginning of one, if the run ends before it does.
fn escape_bytes_max(run: &str) -> usize {
    const SHORT: &[u8] = b"bfnrt";
    // What may stand at each place of the escape of a control character.
    const LONG: [&[u8]; 5] = [b"u", b"0", b"0", b"01", b"0123456789abcdef"];
    let long = |from: usize| {
        let places = LONG.iter().skip(from);
        let fits = places.zip(run.bytes()).take_while(|(place, byte)| place.contains(byte)).count();
        if fits == LONG.len() - from || fits == run.len() { fits } else { 0 }
    };
    let short = usize::from(run.bytes().next().is_some_and(|first| SHORT.contains(&first)));
    (0..LONG.len()).map(long).fold(short, usize::max)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;
    use crate::json::Json;
    use crate::query::tokens::tokens;

    fn of(wanted: &str, written: Written) -> Vec<String> {
        pieces(wanted, written)
    }

    #[test]
    fn long_pieces_come_first_and_the_last_letter_may_be_another_one() {
        assert_eq!(of("the Refund policy", Written::Plain), ["refund", "polic", "the"]);
        assert_eq!(of("café au lait", Written::Plain), ["lai"]);
        assert_eq!(of("a b", Written::Plain), [""; 0]);
        assert_eq!(of("12345 is the id", Written::Plain), ["12345", "the"]);
    }

    #[test]
    fn in_json_nothing_is_said_of_numbers_nulls_and_escapes() {
        assert_eq!(of("refund policy", Written::Json), ["efund", "polic"]);
        assert_eq!(of(r#"{"n": null, "cost": 1e12345}"#, Written::Json), ["cost"]);
        assert_eq!(of(r"first\nsecond ", Written::Json), ["second", "irst"]);
        assert_eq!(of(r"x \u001bred; ", Written::Json), ["red"]);
        assert_eq!(of("0012345 abcdef ", Written::Json), ["abcdef"]);
        assert_eq!(of(r#"["\u001"#, Written::Json), [""; 0]);
        assert_eq!(of("u00", Written::Json), [""; 0]);
        assert_eq!(of("u0x42 ", Written::Json), ["u0x42"]);
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-z]{3,8}( [A-Z]{3,6}){0,2}",
            "[a-eNRTubx0-9 \\\\\"\n\t\u{1}\u{1b}\u{301}éİςΣ東กؤ{}:]{0,14}",
            "null|true|1e9999|u001b",
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            text().prop_map(Value::from),
        ];
        leaf.prop_recursive(2, 8, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
                prop::collection::vec((text(), inner), 0..3)
                    .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    /// Some part of a text, by two numbers.
    fn part(text: &str, from: prop::sample::Index, to: prop::sample::Index) -> String {
        let letters: Vec<char> = text.chars().collect();
        let (one, other) = (from.index(letters.len() + 1), to.index(letters.len() + 1));
        letters[one.min(other)..one.max(other)].iter().collect()
    }

    fn check(seen: &str, plain: &str, wanted: &str, written: Written) -> Result<(), TestCaseError> {
        if !fold(seen).contains(&fold(wanted)) {
            return Ok(());
        }
        let words: Vec<_> = tokens(plain).map(|(_, word)| word).collect();
        for piece in pieces(wanted, written) {
            prop_assert!(
                words.iter().any(|word| word.contains(&piece)),
                "`{}` of `{}` is in no word of {:?}",
                piece,
                wanted,
                words
            );
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn whatever_a_value_holds_its_words_have_the_pieces(
            value in value(), from in any::<prop::sample::Index>(), to in any::<prop::sample::Index>(),
        ) {
            let json = Json::from_value(&value);
            let plain = json.plain_text(usize::MAX);
            let seen = json.unescaped();
            check(&seen, &plain, &part(&seen, from, to), Written::Json)?;
            check(&seen, &plain, &part(&seen.to_uppercase(), from, to), Written::Json)?;
            check(&plain, &plain, &part(&plain, from, to), Written::Plain)?;
        }
    }
}
