//! Text as search sees it: folded case, and words. The text index uses these very functions.

use std::ops::Range;

/// Text without regard to case.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// The words of a text in lower case, with the bytes that they cover. A word is a run of letters and digits;
/// scripts that write without spaces give one word a character.
pub fn tokens(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let (start, first) = rest.find(|(_, c)| c.is_alphanumeric())?;
        let mut end = start + first.len_utf8();
        if !stands_alone(first) {
            while let Some((at, c)) = rest.next_if(|(_, c)| c.is_alphanumeric() && !stands_alone(*c)) {
                end = at + c.len_utf8();
            }
        }
        let mut word = fold(text.get(start..end)?);
        // Folding may set marks free (İ becomes i and a dot), which would end a word were it read again.
        word.retain(char::is_alphanumeric);
        Some((start..end, word))
    })
}

/// Han, Hiragana, Katakana and Hangul.
const fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{318F}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF66}'..='\u{FFDC}'
        | '\u{1B000}'..='\u{1B16F}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<String> {
        tokens(text).map(|(_, word)| word).collect()
    }

    #[test]
    fn words_are_runs_of_letters_and_digits_in_lower_case() {
        assert_eq!(words("Über GPT-4o, user_id=7!"), ["über", "gpt", "4o", "user", "id", "7"]);
        assert_eq!(words(" -- "), [""; 0]);
    }

    #[test]
    fn each_character_of_scripts_without_spaces_is_a_word() {
        assert_eq!(words("東京tower"), ["東", "京", "tower"]);
        assert_eq!(words("カタ ひら 한글"), ["カ", "タ", "ひ", "ら", "한", "글"]);
    }

    #[test]
    fn a_mark_that_folding_sets_free_does_not_split_a_word() {
        assert_eq!(words("İstanbul"), ["istanbul"]);
    }

    #[test]
    fn the_place_of_a_word_is_told_in_bytes() {
        assert_eq!(tokens("é 東x").map(|(place, _)| place).collect::<Vec<_>>(), [0..2, 3..6, 6..7]);
    }

    proptest! {
        #[test]
        fn places_follow_each_other_and_lie_within_the_text(text in ".{0,30}") {
            let mut end = 0;
            for (place, word) in tokens(&text) {
                prop_assert!(place.start >= end && place.start < place.end);
                prop_assert_eq!(words(&text[place.clone()]), [word.as_str()]);
                prop_assert_eq!(words(&word), [word]);
                end = place.end;
            }
            prop_assert!(end <= text.len());
        }
    }
}
