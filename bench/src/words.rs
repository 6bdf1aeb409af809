//! Text that looks like text to an index: sentences of made-up words whose frequencies follow Zipf's law.
//! It means nothing, and is the same for the same seed.

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

const VOCABULARY: usize = 20_000;
const SENTENCES: usize = 32_768;
const SENTENCE_WORDS: std::ops::Range<usize> = 8..17;
const ZIPF_EXPONENT: f64 = 1.07;
const SYLLABLES: [&str; 40] = [
    "ba", "be", "bo", "da", "de", "di", "do", "fa", "fe", "ga", "go", "ka", "ke", "ki", "ko", "la", "le",
    "li", "lo", "ma", "me", "mi", "mo", "na", "ne", "ni", "no", "pa", "po", "ra", "re", "ri", "ro", "sa",
    "se", "si", "ta", "te", "ti", "to",
];

/// Sentences made once, of which texts are put together: writing is then about as fast as copying.
pub struct Words {
    vocabulary: Vec<String>,
    sentences: Vec<String>,
}

impl Words {
    pub fn new(seed: u64) -> Self {
        let vocabulary: Vec<String> = (0..VOCABULARY).map(word).collect();
        let zipf = Zipf::new(VOCABULARY);
        let mut draw = StdRng::seed_from_u64(seed);
        let sentence = |draw: &mut StdRng| {
            let words = draw.random_range(SENTENCE_WORDS);
            let words: Vec<&str> = (0..words)
                .filter_map(|_| vocabulary.get(zipf.rank(draw.random())).map(String::as_str))
                .collect();
            words.join(" ") + ". "
        };
        let sentences = (0..SENTENCES).map(|_| sentence(&mut draw)).collect();
        Self { vocabulary, sentences }
    }

    /// Whole sentences, of at least so many bytes together.
    pub fn text(&self, draw: &mut StdRng, bytes: usize) -> String {
        let mut text = String::with_capacity(bytes + 128);
        while text.len() < bytes {
            let Some(sentence) = self.sentences.get(draw.random_range(0..SENTENCES)) else { break };
            text.push_str(sentence);
        }
        text
    }

    /// The word of a rank; the commonest has rank 0.
    pub fn at(&self, rank: usize) -> &str {
        self.vocabulary.get(rank).map_or("", String::as_str)
    }
}

/// The commoner, the shorter; each number gives another word.
fn word(number: usize) -> String {
    let mut rest = number + SYLLABLES.len();
    let mut word = String::new();
    while rest > 0 {
        word.push_str(SYLLABLES.get(rest % SYLLABLES.len()).copied().unwrap_or_default());
        rest /= SYLLABLES.len();
    }
    word
}

/// Draws ranks by inversion of the summed frequencies.
struct Zipf {
    summed: Vec<f64>,
}

impl Zipf {
    #[expect(clippy::cast_precision_loss, reason = "ranks are far below 2^53")]
    fn new(ranks: usize) -> Self {
        let mut total = 0.0;
        let summed = (1..=ranks)
            .map(|rank| {
                total += (rank as f64).powf(-ZIPF_EXPONENT);
                total
            })
            .collect();
        Self { summed }
    }

    fn rank(&self, uniform: f64) -> usize {
        let total = self.summed.last().copied().unwrap_or_default();
        let wanted = uniform * total;
        self.summed.partition_point(|sum| *sum < wanted).min(self.summed.len().saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn words_differ_and_common_ones_are_common() {
        let words = Words::new(7);
        let distinct: HashSet<&String> = words.vocabulary.iter().collect();
        assert_eq!(distinct.len(), VOCABULARY);
        let text = words.text(&mut StdRng::seed_from_u64(1), 1 << 20);
        let count = |rank| text.split([' ', '.']).filter(|word| *word == words.at(rank)).count();
        assert!(count(0) > 5 * count(20), "{} and {}", count(0), count(20));
        assert!(count(20) > 0);
    }

    #[test]
    fn a_seed_gives_the_same_text_again() {
        let text = |seed| Words::new(seed).text(&mut StdRng::seed_from_u64(1), 1_000);
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }
}
