//! Words, texts, numbers and signs of SQL, one after the other, and the fields that they name.

use crate::limits::SAVED_QUERY_CHARS_MAX;
use crate::query::{Entity, Field};
use crate::rejection::Rejection;
use crate::time::Timestamp;

use super::Period;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A name or a word of the language; names may stand in quotes or backticks.
    Word(String),
    Text(String),
    Number(String),
    /// One of the times that the chart is asked for.
    Time(Timestamp),
    Symbol(&'static str),
}

/// The longer first.
const SYMBOLS: [&str; 16] =
    ["<=", ">=", "!=", "<>", "==", "=", "<", ">", "(", ")", "[", "]", ",", ".", "*", ";"];

pub(super) struct Reading<'a> {
    text: &'a str,
    pub(super) entity: Entity,
    /// Each with where it begins and ends.
    tokens: Vec<(usize, usize, Token)>,
    at: usize,
    /// Conditions within one another.
    pub(super) depth: usize,
}

impl<'a> Reading<'a> {
    pub(super) fn new(text: &'a str, entity: Entity, period: Period) -> Result<Self, Rejection> {
        if text.chars().nth(SAVED_QUERY_CHARS_MAX).is_some() {
            let message = format!("a query has at most {SAVED_QUERY_CHARS_MAX} characters");
            return Err(Rejection::malformed(message));
        }
        Ok(Self { text, entity, tokens: tokens(text, period)?, at: 0, depth: 0 })
    }

    pub(super) fn refuse(&self, why: &str) -> Rejection {
        let place = self.tokens.get(self.at.saturating_sub(1)).map_or(0, |(start, ..)| *start);
        refuse(self.text, place, why)
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(.., token)| token)
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += usize::from(token.is_some());
        token
    }

    pub(super) const fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(super) const fn place(&self) -> usize {
        self.at
    }

    /// What was written since a place.
    pub(super) fn since(&self, place: usize) -> String {
        let start = self.tokens.get(place).map_or(0, |(start, ..)| *start);
        let end = self.tokens.get(self.at.saturating_sub(1)).map_or(start, |(_, end, _)| *end);
        self.text.get(start..end).unwrap_or_default().to_owned()
    }

    /// Takes a word if it comes next, in whatever case.
    pub(super) fn word(&mut self, wanted: &str) -> bool {
        let comes = matches!(self.peek(), Some(Token::Word(word)) if word.eq_ignore_ascii_case(wanted));
        self.at += usize::from(comes);
        comes
    }

    pub(super) fn symbol(&mut self, wanted: &str) -> bool {
        let comes = matches!(self.peek(), Some(Token::Symbol(symbol)) if *symbol == wanted);
        self.at += usize::from(comes);
        comes
    }

    pub(super) fn expect_word(&mut self, wanted: &str) -> Result<(), Rejection> {
        if self.word(wanted) { Ok(()) } else { Err(self.expected(&wanted.to_uppercase())) }
    }

    pub(super) fn expect_symbol(&mut self, wanted: &str) -> Result<(), Rejection> {
        if self.symbol(wanted) { Ok(()) } else { Err(self.expected(wanted)) }
    }

    pub(super) fn expect_end(&mut self) -> Result<(), Rejection> {
        if self.is_end() { Ok(()) } else { Err(self.expected("the end")) }
    }

    fn expected(&mut self, what: &str) -> Rejection {
        self.next();
        self.refuse(&format!("expected {what}"))
    }

    pub(super) fn text(&mut self) -> Result<String, Rejection> {
        match self.next() {
            Some(Token::Text(text)) => Ok(text),
            _ => Err(self.refuse("expected a text in single quotes")),
        }
    }

    pub(super) fn number(&mut self) -> Result<f64, Rejection> {
        let number = match self.next() {
            Some(Token::Number(number)) => number.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| self.refuse("expected a number"))
    }

    pub(super) fn whole(&mut self) -> Result<usize, Rejection> {
        let number = match self.next() {
            Some(Token::Number(number)) => number.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| self.refuse("expected a whole number"))
    }

    /// The name of a function, in lower case, and its bracket, if these come next.
    pub(super) fn function(&mut self) -> Option<String> {
        let Some(Token::Word(name)) = self.peek() else { return None };
        let name = name.to_lowercase();
        let opens = matches!(self.tokens.get(self.at + 1), Some((.., Token::Symbol("("))));
        self.at += if opens { 2 } else { 0 };
        opens.then_some(name)
    }

    /// `name`, `name.key` or `name['key']`, as the query language knows it.
    pub(super) fn field(&mut self) -> Result<Field, Rejection> {
        let Some(Token::Word(mut name)) = self.next() else {
            return Err(self.refuse("expected a field"));
        };
        loop {
            if self.symbol(".") {
                match self.next() {
                    Some(Token::Word(key)) => name.extend([".", &key]),
                    _ => return Err(self.refuse("expected a key after the dot")),
                }
            } else if self.symbol("[") {
                let key = self.text()?.replace('\\', "\\\\").replace('\'', "\\'");
                name.extend(["['", &key, "']"]);
                self.expect_symbol("]")?;
            } else {
                break;
            }
        }
        Field::parse(self.entity, &name).map_err(|unknown| {
            let suggestion = unknown.suggestion.map(|near| format!("; did you mean `{near}`?"));
            self.refuse(&format!("{}{}", unknown.message, suggestion.unwrap_or_default()))
        })
    }
}

fn refuse(text: &str, place: usize, why: &str) -> Rejection {
    let before = text.get(..place).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Rejection::malformed(format!("line {line}, column {column}: {why}"))
}

fn tokens(text: &str, period: Period) -> Result<Vec<(usize, usize, Token)>, Rejection> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let space = rest.len() - rest.trim_start().len();
        if space > 0 {
            at += space;
            continue;
        }
        if rest.starts_with("--") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        let (length, token) = token(rest, period).map_err(|why| refuse(text, at, why))?;
        tokens.push((at, at + length, token));
        at += length;
    }
    Ok(tokens)
}

/// The token at the beginning of a text, and its length.
fn token(rest: &str, period: Period) -> Result<(usize, Token), &'static str> {
    for (name, time) in [("{{window_start}}", period.start), ("{{window_end}}", period.end)] {
        for written in [name.to_owned(), format!("'{name}'")] {
            if rest.starts_with(&written) {
                return Ok((written.len(), Token::Time(time)));
            }
        }
    }
    let first = rest.chars().next().unwrap_or_default();
    match first {
        '\'' => quoted(rest, '\'').map(|(length, text)| (length, Token::Text(text))),
        '"' | '`' => quoted(rest, first).map(|(length, text)| (length, Token::Word(text))),
        _ if first.is_alphabetic() || first == '_' => {
            let end = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
            let length = end.unwrap_or(rest.len());
            Ok((length, Token::Word(rest.get(..length).unwrap_or_default().to_owned())))
        }
        _ if first.is_ascii_digit() || first == '-' => {
            let body = rest.get(1..).unwrap_or_default();
            let end = body.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
            let length = 1 + end.unwrap_or(body.len());
            let number = rest.get(..length).unwrap_or_default();
            number.parse::<f64>().map_err(|_| "this is no number")?;
            Ok((length, Token::Number(number.to_owned())))
        }
        _ => {
            let known = SYMBOLS.into_iter().find(|symbol| rest.starts_with(symbol));
            let symbol = known.ok_or("this sign has no meaning here")?;
            Ok((symbol.len(), Token::Symbol(symbol)))
        }
    }
}

/// Up to the closing quote; two quotes stand for one, and so does one after a backslash.
fn quoted(rest: &str, quote: char) -> Result<(usize, String), &'static str> {
    let mut text = String::new();
    let mut letters = rest.char_indices().skip(1).peekable();
    while let Some((at, letter)) = letters.next() {
        if letter == quote {
            if letters.next_if(|(_, next)| *next == quote).is_none() {
                return Ok((at + quote.len_utf8(), text));
            }
        } else if letter == '\\' {
            text.extend(letters.next().map(|(_, next)| next));
            continue;
        }
        text.push(letter);
    }
    Err("a quote is left open")
}
