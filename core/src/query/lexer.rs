//! The characters of a query as words, operators and values. What is a word depends on where it stands: a colon ends the
//! name of a field but belongs to a time. So the parser asks for what it expects; there is no list of tokens.

use crate::query::Comparison;
use crate::query::parse::ParseError;

pub(crate) struct Lexer {
    chars: Vec<char>,
    at: usize,
}

/// A word outside values: a field, a keyword, or something to search for.
#[derive(Clone, Debug)]
pub(crate) struct Word {
    pub(crate) text: String,
    pub(crate) at: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `:` asks what suits the field best.
    Has,
    /// `:=` is equality without regard to case.
    IsFolded,
    Is,
    IsNot,
    /// `~` looks for words.
    Words,
    Compare(Comparison),
}

#[derive(Clone, Debug)]
pub(crate) struct Literal {
    pub(crate) text: String,
    pub(crate) quoted: bool,
    pub(crate) star_before: bool,
    pub(crate) star_after: bool,
    pub(crate) at: usize,
    pub(crate) length: usize,
}

/// Where a value stands, which says what ends it besides space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Condition,
    List,
    Range,
}

const OPERATORS: [(&str, Operator); 13] = [
    (":=", Operator::IsFolded),
    (":>=", Operator::Compare(Comparison::GreaterOrEqual)),
    (":<=", Operator::Compare(Comparison::LessOrEqual)),
    (":>", Operator::Compare(Comparison::Greater)),
    (":<", Operator::Compare(Comparison::Less)),
    (":", Operator::Has),
    ("==", Operator::Is),
    ("=", Operator::Is),
    ("!=", Operator::IsNot),
    (">=", Operator::Compare(Comparison::GreaterOrEqual)),
    ("<=", Operator::Compare(Comparison::LessOrEqual)),
    (">", Operator::Compare(Comparison::Greater)),
    ("<", Operator::Compare(Comparison::Less)),
];

impl Word {
    pub(crate) fn length(&self) -> usize {
        self.text.chars().count()
    }

    pub(crate) fn is(&self, keyword: &str) -> bool {
        self.text.eq_ignore_ascii_case(keyword)
    }

    pub(crate) fn is_keyword(&self) -> bool {
        ["and", "or", "not"].iter().any(|keyword| self.is(keyword))
    }
}

impl Lexer {
    pub(crate) fn new(text: &str) -> Self {
        Self { chars: text.chars().collect(), at: 0 }
    }

    pub(crate) const fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    pub(crate) fn skip_space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    pub(crate) fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    /// A minus sign that stands directly before a condition.
    pub(crate) fn eat_minus(&mut self) -> bool {
        let next = self.chars.get(self.at + 1);
        next.is_some_and(|c| !c.is_whitespace()) && self.eat('-')
    }

    /// The next word, without taking it.
    pub(crate) fn peek_word(&self) -> Word {
        let mut end = self.at;
        while let Some(c) = self.chars.get(end) {
            match c {
                '[' => end = self.after_bracket(end),
                '(' | ')' | '"' | ':' | '=' | '<' | '>' | '~' => break,
                '!' if self.chars.get(end + 1) == Some(&'=') => break,
                c if c.is_whitespace() => break,
                _ => end += 1,
            }
        }
        Word { text: self.slice(self.at, end), at: self.at }
    }

    pub(crate) fn take(&mut self, word: &Word) {
        self.at = word.at + word.length();
    }

    /// Takes a keyword if it comes next as a word by itself.
    pub(crate) fn eat_keyword(&mut self, keyword: &str) -> bool {
        let word = self.peek_word();
        let found = word.is(keyword) && !self.operator_follows(&word);
        if found {
            self.take(&word);
        }
        found
    }

    fn operator_follows(&self, word: &Word) -> bool {
        matches!(self.chars.get(word.at + word.length()), Some(':' | '=' | '<' | '>' | '~' | '!'))
    }

    /// Passes over `['…']`, where any character belongs to the key, or over a bracket that is none.
    fn after_bracket(&self, open: usize) -> usize {
        let Some(quote @ ('\'' | '"')) = self.chars.get(open + 1) else { return open + 1 };
        let mut at = open + 2;
        while let Some(c) = self.chars.get(at) {
            match c {
                '\\' => at += 2,
                c if c == quote => return at + 1,
                _ => at += 1,
            }
        }
        open + 1
    }

    pub(crate) fn operator(&mut self) -> Option<Operator> {
        self.skip_space();
        let known = OPERATORS.iter().chain([&("~", Operator::Words)]);
        for (text, operator) in known {
            if text.chars().eq(self.chars.iter().skip(self.at).take(text.len()).copied()) {
                self.at += text.len();
                return Some(*operator);
            }
        }
        None
    }

    /// Takes the `~`, `~1` or `~2` that ends a word.
    pub(crate) fn eat_slips(&mut self) -> bool {
        let mark = ["~", "~1", "~2"].into_iter().find(|mark| {
            let after = self.chars.get(self.at + mark.len());
            let ends = after.is_none_or(|c| c.is_whitespace() || *c == ')');
            ends && mark.chars().eq(self.chars.iter().skip(self.at).take(mark.len()).copied())
        });
        self.at += mark.map_or(0, str::len);
        mark.is_some()
    }

    /// Takes `in (` or `not in (`; says whether it was the latter.
    pub(crate) fn list_opens(&mut self) -> Option<bool> {
        let start = self.at;
        self.skip_space();
        let negated = self.eat_keyword("not");
        self.skip_space();
        if self.eat_keyword("in") {
            self.skip_space();
            if self.eat('(') {
                return Some(negated);
            }
        }
        self.at = start;
        None
    }

    pub(crate) fn literal(&mut self, place: Place) -> Result<Literal, ParseError> {
        self.skip_space();
        let at = self.at;
        let star_before = self.eat('*');
        let (text, quoted) = match self.peek() {
            Some('"') => (self.quoted()?, true),
            _ => (self.raw(place), false),
        };
        let mut literal = Literal { text, quoted, star_before, star_after: false, at, length: 0 };
        if quoted {
            literal.star_after = self.eat('*');
        } else if let Some(rest) = literal.text.strip_suffix('*') {
            literal.star_after = true;
            literal.text = rest.to_owned();
        }
        literal.length = self.at - at;
        if literal.length == 0 {
            return Err(self.unexpected("a value"));
        }
        if !quoted && let Some(star) = literal.text.chars().position(|c| c == '*') {
            let message =
                "`*` stands only before or after a value; put the value in quotes to mean the character";
            return Err(ParseError::new(at + usize::from(star_before) + star, 1, message));
        }
        Ok(literal)
    }

    fn raw(&mut self, place: Place) -> String {
        let start = self.at;
        let mut open = 0_usize;
        while let Some(c) = self.peek() {
            match c {
                '(' => open += 1,
                ')' if open == 0 => break,
                ')' => open -= 1,
                ',' if place == Place::List => break,
                ']' | '}' if place == Place::Range => break,
                c if c.is_whitespace() => break,
                _ => {}
            }
            self.at += 1;
        }
        self.slice(start, self.at)
    }

    /// Text between quotes. A backslash counts only before a quote or another backslash.
    fn quoted(&mut self) -> Result<String, ParseError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '"' => return Ok(text),
                '\\' if matches!(self.peek(), Some('"' | '\\')) => {
                    text.extend(self.peek());
                    self.at += 1;
                }
                _ => text.push(c),
            }
        }
        Err(ParseError::new(start, self.at - start, "the closing quote is missing"))
    }

    pub(crate) fn unexpected(&self, expected: &str) -> ParseError {
        match self.peek() {
            None => ParseError::new(self.at, 0, format!("expected {expected} at the end")),
            Some(c) => {
                let word = self.peek_word();
                let found = if word.text.is_empty() { c.to_string() } else { word.text };
                ParseError::new(
                    self.at,
                    found.chars().count(),
                    format!("expected {expected}, found `{found}`"),
                )
            }
        }
    }

    pub(crate) fn slice(&self, start: usize, end: usize) -> String {
        self.chars.get(start..end).unwrap_or_default().iter().collect()
    }
}
