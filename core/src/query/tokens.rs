//! Text as search sees it: folded case, and words. The text index uses these very functions.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Text without regard to case.
pub fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// The words of a text, each in one spelling, with the bytes that they cover. A word is a run of letters and digits with
/// their marks; scripts that write without spaces give one word a character. Case, width, the order of marks, and what
/// Arabic and Hebrew may leave out make no difference.
pub fn tokens(text: &str) -> impl Iterator<Item = (Range<usize>, String)> + '_ {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        loop {
            let (start, first) = rest.find(|(_, c)| c.is_alphanumeric())?;
            let alone = stands_alone(first);
            let mut end = start + first.len_utf8();
            while let Some((at, c)) = rest.next_if(|(_, c)| goes_on(*c, alone)) {
                end = at + c.len_utf8();
            }
            let word = spelt(text.get(start..end)?);
            if !word.is_empty() {
                return Some((start..end, word));
            }
        }
    })
}

fn goes_on(c: char, alone: bool) -> bool {
    if c.is_ascii() {
        return !alone && c.is_ascii_alphanumeric();
    }
    hangs_on(c) || !alone && c.is_alphanumeric() && !stands_alone(c)
}

/// The one spelling of a word.
fn spelt(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    // Lower case can take a word apart again: İ becomes i and a dot.
    let narrow: String = word.chars().flat_map(one_width).nfc().collect();
    let folded: String = fold(&narrow).chars().filter_map(kept).nfc().collect();
    folded.trim_start_matches(|c: char| !c.is_alphanumeric()).to_owned()
}

/// Full and half width, ligatures and the shapes of Arabic letters as the letters that they stand for.
fn one_width(c: char) -> impl Iterator<Item = char> {
    let is_form = matches!(c, '\u{FB00}'..='\u{FEFC}' | '\u{FF00}'..='\u{FFEF}');
    let (form, letter) = if is_form { (Some(c), None) } else { (None, Some(c)) };
    form.into_iter().nfkc().chain(letter)
}

/// What of a word counts. Arabic letters that are often taken for each other are one.
fn kept(c: char) -> Option<char> {
    match c {
        'أ' | 'إ' | 'آ' | 'ٱ' => Some('ا'),
        'ى' => Some('ي'),
        'ة' => Some('ه'),
        // The dot that İ leaves behind, the vowel signs of Hebrew and Arabic, the stroke that lengthens a word.
        '\u{307}'
        | '\u{591}'..='\u{5C7}'
        | '\u{640}'
        | '\u{64B}'..='\u{65F}'
        | '\u{670}'
        | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E8}'
        | '\u{6EA}'..='\u{6ED}' => None,
        c if c.is_alphanumeric() || is_combining_mark(c) => Some(c),
        _ => None,
    }
}

/// Marks, joiners, and the vowels and ends of Korean syllables that are written apart.
fn hangs_on(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{1160}'..='\u{11FF}' | '\u{FF9E}' | '\u{FF9F}')
        || is_combining_mark(c)
}

/// Han, Hiragana, Katakana and Hangul; Thai, Lao, Burmese and Khmer.
const fn stands_alone(c: char) -> bool {
    matches!(c,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}'
        | '\u{1100}'..='\u{11FF}' | '\u{2E80}'..='\u{2FDF}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{3029}'
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
    fn marks_belong_to_the_letter_before_them_however_they_are_written() {
        assert_eq!(words("cafe\u{301} café"), ["café", "café"]);
        assert_eq!(words("か\u{3099} が ｶﾞ"), ["が", "が", "ガ"]);
        assert_eq!(words("\u{1112}\u{1161}\u{11AB}글"), ["한", "글"]);
        assert_eq!(words("ＧＰＴ４ ﬁle"), ["gpt4", "file"]);
        assert_eq!(words("กำลัง"), ["ก", "ำ", "ลั", "ง"]);
        assert_eq!(words("हिन्दी"), ["हिन्दी"]);
    }

    #[test]
    fn arabic_and_hebrew_are_found_with_and_without_their_vowel_signs() {
        assert_eq!(words("السَّلامُ السلام الســـلام"), ["السلام"; 3]);
        assert_eq!(words("أحمد إحمد احمد"), ["احمد"; 3]);
        assert_eq!(words("مدرسة مدرسه على علي"), ["مدرسه", "مدرسه", "علي", "علي"]);
        assert_eq!(words("שָׁלוֹם"), ["שלום"]);
        assert_eq!(words("می\u{200C}خواهم"), ["میخواهم"]);
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
