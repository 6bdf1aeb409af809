//! The words of the query language as Tantivy's tokens: one definition for the index and for `Query::matches`.

use std::ops::Range;

use cairn_core::limits::WORD_BYTES_MAX;
use cairn_core::query::tokens::tokens;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

#[derive(Clone)]
pub(super) struct WordTokenizer;

pub(super) struct WordStream<'a> {
    words: Box<dyn Iterator<Item = (Range<usize>, String)> + 'a>,
    token: Token,
}

/// A word as the index keeps it: of a very long one only the beginning.
pub(super) fn kept(word: &str) -> &str {
    word.get(..word.floor_char_boundary(WORD_BYTES_MAX)).unwrap_or(word)
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        WordStream { words: Box::new(tokens(text)), token: Token::default() }
    }
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some((place, word)) = self.words.next() else { return false };
        // The first position is one past `usize::MAX`, where tokens begin.
        self.token.position = self.token.position.wrapping_add(1);
        self.token.offset_from = place.start;
        self.token.offset_to = place.end;
        self.token.text = word;
        self.token.text.truncate(kept(&self.token.text).len());
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
