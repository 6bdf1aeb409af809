//! The part of a text that shows best why it was found, with the found words marked.

use std::collections::HashSet;
use std::ops::Range;

use cairn_core::query::Words;
use cairn_core::query::tokens::tokens;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    pub text: String,
    /// Ascending and apart, in UTF-16 units, as browsers count.
    pub highlights: Vec<Range<usize>>,
}

const ELLIPSIS: char = '…';

/// A found word: where it stands, and which of the words looked for it is.
struct Found {
    bytes: Range<usize>,
    word: usize,
}

/// At most `chars_max` characters around the place where the most words stand together, cut between words, with an
/// ellipsis where something is missing. `None` if no word is in the text.
pub fn snippet(text: &str, words: &[Words], chars_max: usize) -> Option<Snippet> {
    let tokens: Vec<_> = tokens(text).collect();
    let found = found(&tokens, words);
    let chars: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let best = densest(&found, &chars, chars_max)?;
    let room = around(&best, &chars, chars_max);
    let byte = |char: usize| chars.get(char).copied().unwrap_or_default();
    // One word may be longer than all the room there is: better a part of it than nothing.
    let kept = byte(best.start)..byte(best.end).min(room.end);
    let cut = between_words(text, &tokens, &room, &kept);
    let part = text.get(cut.clone())?;
    let start = cut.start + part.len() - part.trim_start().len();
    let shown = start..start + part.trim().len();
    Some(render(text, shown, found.into_iter().map(|found| found.bytes)))
}

/// Ascending by place, each token at most once.
fn found(tokens: &[(Range<usize>, String)], words: &[Words]) -> Vec<Found> {
    let mut found: Vec<Option<usize>> = vec![None; tokens.len()];
    let mut number = 0;
    for words in words {
        let last = words.words.len().saturating_sub(1);
        let is = |token: &str, at: usize, word: &str| words.meets(token, word, at == last);
        if words.phrase {
            for (at, window) in tokens.windows(words.words.len().max(1)).enumerate() {
                let mut pairs = window.iter().zip(&words.words).enumerate();
                if pairs.all(|(at, ((_, token), word))| is(token, at, word)) {
                    for (offset, slot) in found.iter_mut().skip(at).take(words.words.len()).enumerate() {
                        slot.get_or_insert(number + offset);
                    }
                }
            }
        } else {
            for ((_, token), slot) in tokens.iter().zip(&mut found) {
                if let Some(at) = words.words.iter().enumerate().position(|(at, word)| is(token, at, word)) {
                    slot.get_or_insert(number + at);
                }
            }
        }
        number += words.words.len();
    }
    let places = tokens.iter().zip(found);
    places.filter_map(|((bytes, _), word)| Some(Found { bytes: bytes.clone(), word: word? })).collect()
}

/// The characters from the first to the last found word of the window with the most different words, then the most
/// words; the first such window.
fn densest(found: &[Found], chars: &[usize], chars_max: usize) -> Option<Range<usize>> {
    let char_of = |byte: usize| chars.partition_point(|start| *start < byte);
    let places: Vec<_> = found
        .iter()
        .map(|found| (char_of(found.bytes.start)..char_of(found.bytes.end), found.word))
        .collect();
    let mut best: Option<((usize, usize), Range<usize>)> = None;
    for (at, (first, _)) in places.iter().enumerate() {
        let mut different = HashSet::new();
        let mut window = first.clone();
        let mut count = 0;
        for (place, word) in places.iter().skip(at).take(chars_max) {
            if place.end > first.start + chars_max {
                break;
            }
            different.insert(*word);
            count += 1;
            window.end = place.end;
        }
        let worth = (different.len(), count);
        if best.as_ref().is_none_or(|(most, _)| worth > *most) {
            best = Some((worth, window));
        }
    }
    best.map(|(_, window)| window)
}

/// Room on both sides of a window, in characters, as bytes.
fn around(window: &Range<usize>, chars: &[usize], chars_max: usize) -> Range<usize> {
    let count = chars.len().saturating_sub(1);
    let room = chars_max.saturating_sub(window.len());
    let start = window.start.saturating_sub(room / 2);
    let end = (start + chars_max).min(count);
    let start = end.saturating_sub(chars_max).min(start);
    let byte = |char: usize| chars.get(char).copied().unwrap_or_default();
    byte(start)..byte(end)
}

/// Moves the ends of a range inwards to where nothing is cut in two, but not into what must be kept.
fn between_words(
    text: &str,
    tokens: &[(Range<usize>, String)],
    range: &Range<usize>,
    kept: &Range<usize>,
) -> Range<usize> {
    let token_at = |byte: usize| {
        let after = tokens.partition_point(|(place, _)| place.start < byte);
        let place = tokens.get(after.checked_sub(1)?).map(|(place, _)| place.clone())?;
        (byte < place.end).then_some(place)
    };
    let mut start = token_at(range.start).map_or(range.start, |token| token.end);
    let mut end = token_at(range.end).map_or(range.end, |token| token.start);
    while start < kept.start && joins(text, start) {
        start += text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8);
    }
    while end > kept.end && joins(text, end) {
        end -= text.get(..end).and_then(|rest| rest.chars().next_back()).map_or(1, char::len_utf8);
    }
    start.min(kept.start)..end.max(kept.end)
}

/// Whether the characters before and after are drawn as one, such as emoji with a skin tone.
fn joins(text: &str, at: usize) -> bool {
    const JOINER: char = '\u{200D}';
    let Some((before, after)) = text.split_at_checked(at) else { return false };
    let (Some(before), Some(after)) = (before.chars().next_back(), after.chars().next()) else {
        return false;
    };
    let is_flag = |c: char| matches!(c, '\u{1F1E6}'..='\u{1F1FF}');
    before == JOINER
        || (is_flag(before) && is_flag(after))
        || matches!(after, JOINER | '\u{300}'..='\u{36F}' | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}')
}

fn render(text: &str, shown: Range<usize>, found: impl Iterator<Item = Range<usize>>) -> Snippet {
    let mut snippet = Snippet { text: String::new(), highlights: Vec::new() };
    let mut units = 0;
    if shown.start > text.len() - text.trim_start().len() {
        snippet.text.push(ELLIPSIS);
        units += ELLIPSIS.len_utf16();
    }
    let mut at = shown.start;
    let mut length = |from: usize, to: usize| {
        units += text.get(from..to).map_or(0, |part| part.encode_utf16().count());
        units
    };
    for place in found {
        let place = place.start.max(shown.start)..place.end.min(shown.end);
        if place.is_empty() {
            continue;
        }
        let start = length(at, place.start);
        let end = length(place.start, place.end);
        at = place.end;
        match snippet.highlights.last_mut() {
            Some(last) if last.end == start => last.end = end,
            _ => snippet.highlights.push(start..end),
        }
    }
    snippet.text.push_str(text.get(shown.clone()).unwrap_or_default());
    if shown.end < text.trim_end().len() {
        snippet.text.push(ELLIPSIS);
    }
    snippet
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Words {
        Words { words: tokens(text).map(|(_, word)| word).collect(), phrase: false, prefix: false, slips: 0 }
    }

    /// The snippet with its highlights in brackets.
    fn marked(text: &str, words: &[Words], chars_max: usize) -> Option<String> {
        let snippet = snippet(text, words, chars_max)?;
        let units: Vec<u16> = snippet.text.encode_utf16().collect();
        let mut marked = String::new();
        let mut at = 0;
        for range in snippet.highlights {
            marked += &String::from_utf16(&units[at..range.start]).unwrap();
            let found = String::from_utf16(&units[range.clone()]).unwrap();
            marked.extend(["[", &found, "]"]);
            at = range.end;
        }
        Some(marked + &String::from_utf16(&units[at..]).unwrap())
    }

    fn check(text: &str, looked_for: &[Words], chars_max: usize, expected: &str) {
        assert_eq!(marked(text, looked_for, chars_max).as_deref(), Some(expected));
    }

    #[test]
    fn a_short_text_is_shown_whole() {
        check("  The Capital of France ", &[words("capital")], 100, "The [Capital] of France");
    }

    #[test]
    fn the_window_lies_where_the_most_different_words_stand_together() {
        let text =
            "red red red red and much later in the text there is red and blue and then nothing more at all";
        check(text, &[words("red blue")], 24, "…is [red] and [blue] and…");
    }

    #[test]
    fn a_text_is_cut_between_words_on_both_sides() {
        let text = "abcdefgh ijklmnop needle qrstuvwx yzabcdef";
        check(text, &[words("needle")], 18, "…[needle]…");
        check(text, &[words("needle")], 24, "…ijklmnop [needle] qrstuvwx…");
    }

    #[test]
    fn only_a_whole_phrase_is_marked() {
        let phrase = Words { phrase: true, ..words("new york") };
        check("new in york: New York", &[phrase], 100, "new in york: [New] [York]");
    }

    #[test]
    fn the_beginning_of_a_word_marks_the_whole_word() {
        let prefix = Words { prefix: true, ..words("embed") };
        check("Embeddings, unembedded", &[prefix], 100, "[Embeddings], unembedded");
    }

    #[test]
    fn characters_of_scripts_without_spaces_are_marked_together() {
        let phrase = Words { phrase: true, ..words("東京") };
        let text = "昨日、東京タワーに行った";
        for (chars_max, expected) in [(100, "昨日、[東京]タワーに行った"), (4, "…、[東京]タ…")]
        {
            check(text, std::slice::from_ref(&phrase), chars_max, expected);
        }
    }

    #[test]
    fn highlights_count_utf_16_units_and_emoji_are_not_cut_in_two() {
        let found = snippet("👩‍👩‍👧 café 😀", &[words("café")], 100).unwrap();
        assert_eq!(found.highlights.first(), Some(&(9..13)));
        check("👩‍👩‍👧👍🏽 x 👍🏽👩‍👩‍👧", &[words("x")], 6, "…[x] 👍🏽…");
    }

    #[test]
    fn a_word_longer_than_the_room_is_cut() {
        check(&"x".repeat(50), &[Words { prefix: true, ..words("x") }], 5, "[xxxxx]…");
    }

    #[test]
    fn a_text_without_the_words_has_no_snippet() {
        assert_eq!(snippet("nothing here", &[words("else")], 100), None);
        assert_eq!(snippet("", &[words("else")], 100), None);
    }

    proptest! {
        #[test]
        fn snippets_fit_and_mark_something(
            text in "[a-c 東京é😀👍🏽\u{200D}\n]{0,60}",
            looked_for in "[a-c東京é]{1,2}",
            chars_max in 1..20_usize,
            prefix in any::<bool>(),
        ) {
            let looked_for = [Words { prefix, ..words(&looked_for) }];
            if let Some(found) = snippet(&text, &looked_for, chars_max) {
                let body = found.text.trim_start_matches(ELLIPSIS).trim_end_matches(ELLIPSIS);
                prop_assert!(text.contains(body));
                prop_assert!(body.chars().count() <= chars_max);
                prop_assert!(!found.highlights.is_empty());
                prop_assert!(found.highlights.iter().all(|range| !range.is_empty()));
                prop_assert!(found.highlights.windows(2).all(|pair| pair[0].end < pair[1].start));
                prop_assert!(found.highlights.last().unwrap().end <= found.text.encode_utf16().count());
            }
        }
    }
}
