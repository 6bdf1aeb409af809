//! The text of the query language, read into a tree. The tree knows nothing of how it was written.
//!
//! ```text
//! query      = and { "OR" and }              and   = not { [ "AND" ] not }
//! not        = ( "NOT" | "-" ) not | "(" query ")" | condition
//! condition  = field operator ( value | "(" values joined as in a query ")" )
//!            | field ":" ( "[" | "{" ) value "TO" value ( "]" | "}" )
//!            | field [ "NOT" ] "IN" "(" value { "," value } ")"
//!            | ( "has" | "missing" ) ":" field
//!            | word [ "*" | "~" | "~1" | "~2" ] | phrase [ "*" ] | "*"
//! operator   = ":" | "=" | "!=" | ":=" | "~" | ">" | ">=" | "<" | "<="
//! ```

use std::fmt;

use crate::limits::{QUERY_CHARS_MAX, QUERY_DEPTH_MAX, QUERY_TERMS_MAX};
use crate::query::condition::{self, words};
use crate::query::field::UnknownField;
use crate::query::lexer::{Lexer, Literal, Operator, Place, Word};
use crate::query::own::Own;
use crate::query::{Comparison, Entity, Field, Query};
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// What is wrong with a query and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// In characters, not bytes.
    pub at: usize,
    /// In characters; 0 at the end of the text.
    pub length: usize,
    pub message: String,
    /// What may stand there instead.
    pub suggestion: Option<String>,
}

impl Query {
    /// Reads a query about an entity. Times such as `-24h` are counted from `now`.
    pub fn parse(entity: Entity, text: &str, now: Timestamp) -> Result<Self, ParseError> {
        Self::parse_names(Names::Of(entity), text, now)
    }

    /// As `parse`, about rows that have fields of their own.
    pub fn parse_own(own: &Own, text: &str, now: Timestamp) -> Result<Self, ParseError> {
        Self::parse_names(Names::Own(*own), text, now)
    }

    fn parse_names(names: Names, text: &str, now: Timestamp) -> Result<Self, ParseError> {
        if text.len() > QUERY_CHARS_MAX && text.chars().nth(QUERY_CHARS_MAX).is_some() {
            let message = format!("a query has at most {QUERY_CHARS_MAX} characters");
            return Err(ParseError::new(QUERY_CHARS_MAX, 0, message));
        }
        let mut parser = Parser { names, now, lexer: Lexer::new(text), depth: 0, terms: 0 };
        parser.lexer.skip_space();
        if parser.lexer.peek().is_none() {
            return Ok(Self::All);
        }
        let query = parser.alternatives(None)?;
        if parser.lexer.peek().is_some() {
            return Err(parser.lexer.unexpected("`AND`, `OR` or the end"));
        }
        Ok(query.simplified())
    }
}

impl ParseError {
    pub(crate) fn new(at: usize, length: usize, message: impl Into<String>) -> Self {
        Self { at, length, message: message.into(), suggestion: None }
    }

    pub(crate) fn suggest(mut self, suggestion: Option<String>) -> Self {
        self.suggestion = suggestion;
        self
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (at character {})", self.message, self.at + 1)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, ", try `{suggestion}`"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ParseError {}

impl From<ParseError> for Rejection {
    fn from(error: ParseError) -> Self {
        Self::malformed(error.to_string())
    }
}

/// Within `field:( … )`, what the values there are values of.
#[derive(Clone, Copy)]
struct Scope<'a> {
    field: &'a Field,
    operator: Operator,
}

/// Whose fields are meant.
#[derive(Clone, Copy)]
enum Names {
    Of(Entity),
    Own(Own),
}

struct Parser {
    names: Names,
    now: Timestamp,
    lexer: Lexer,
    depth: usize,
    terms: usize,
}

impl Parser {
    fn alternatives(&mut self, scope: Option<Scope<'_>>) -> Result<Query, ParseError> {
        let mut parts = vec![self.conjunction(scope)?];
        while self.lexer.eat_keyword("or") {
            parts.push(self.conjunction(scope)?);
        }
        Ok(Query::Or(parts))
    }

    fn conjunction(&mut self, scope: Option<Scope<'_>>) -> Result<Query, ParseError> {
        let mut parts = vec![self.unary(scope)?];
        loop {
            self.lexer.skip_space();
            let and = self.lexer.eat_keyword("and");
            let ends = matches!(self.lexer.peek(), None | Some(')')) || self.lexer.peek_word().is("or");
            if ends && !and {
                return Ok(Query::And(parts));
            }
            parts.push(self.unary(scope)?);
        }
    }

    fn unary(&mut self, scope: Option<Scope<'_>>) -> Result<Query, ParseError> {
        self.lexer.skip_space();
        let at = self.lexer.at();
        if self.lexer.eat_keyword("not") || scope.is_none() && self.lexer.eat_minus() {
            self.deeper(at)?;
            let inner = self.unary(scope)?;
            self.depth -= 1;
            return Ok(inner.negated());
        }
        if self.lexer.eat('(') {
            return self.group(at, scope);
        }
        self.count(at)?;
        match scope {
            Some(scope) => self.scoped(scope),
            None => self.condition(),
        }
    }

    /// What stands in parentheses, of which the first was taken.
    fn group(&mut self, at: usize, scope: Option<Scope<'_>>) -> Result<Query, ParseError> {
        self.deeper(at)?;
        let query = self.alternatives(scope)?;
        self.depth -= 1;
        if self.lexer.eat(')') {
            return Ok(query);
        }
        match self.lexer.peek() {
            None => Err(ParseError::new(at, 1, "this parenthesis is not closed")),
            Some(_) => Err(self.lexer.unexpected("`)`")),
        }
    }

    fn scoped(&mut self, scope: Scope<'_>) -> Result<Query, ParseError> {
        let word = self.lexer.peek_word();
        if word.is_keyword() {
            return Err(self.lexer.unexpected("a value"));
        }
        let operator = self.lexer.operator().unwrap_or(scope.operator);
        let literal = self.lexer.literal(Place::Condition)?;
        condition::build(scope.field, operator, &literal, self.now)
    }

    fn condition(&mut self) -> Result<Query, ParseError> {
        if self.lexer.peek() == Some('"') {
            let literal = self.lexer.literal(Place::Condition)?;
            return words(&Field::Text, &literal);
        }
        let word = self.lexer.peek_word();
        if word.text.is_empty() {
            return Err(self.lexer.unexpected("a field or a word"));
        }
        self.lexer.take(&word);
        // After a field the same sign asks for words in it.
        if self.field(&word).is_err() && self.lexer.eat_slips() {
            let text = self.lexer.slice(word.at, self.lexer.at());
            return search(&Word { text, ..word });
        }
        if let Some(operator) = self.lexer.operator() {
            return self.asked(&word, operator);
        }
        if let Some(negated) = self.lexer.list_opens() {
            let field = self.field(&word)?;
            let query = self.list(&field)?;
            return Ok(if negated { query.negated() } else { query });
        }
        if word.is_keyword() {
            let message =
                format!("expected a condition, found `{}`; in quotes it is a word to search for", word.text);
            return Err(ParseError::new(word.at, word.length(), message));
        }
        search(&word)
    }

    fn asked(&mut self, word: &Word, operator: Operator) -> Result<Query, ParseError> {
        if operator == Operator::Has && (word.is("has") || word.is("missing")) {
            return self.emptiness(word);
        }
        let field = self.field(word)?;
        self.lexer.skip_space();
        let at = self.lexer.at();
        if self.lexer.eat('(') {
            // Its values are counted, one by one.
            self.terms -= 1;
            return self.group(at, Some(Scope { field: &field, operator }));
        }
        let ranges = operator == Operator::Has && condition::is_ordered(&field);
        if ranges && matches!(self.lexer.peek(), Some('[' | '{')) {
            return self.range(&field);
        }
        let literal = self.lexer.literal(Place::Condition)?;
        condition::build(&field, operator, &literal, self.now)
    }

    /// `has:field` and `missing:field`.
    fn emptiness(&mut self, word: &Word) -> Result<Query, ParseError> {
        self.lexer.skip_space();
        let name = self.lexer.peek_word();
        if name.text.is_empty() {
            return Err(self.lexer.unexpected("a field"));
        }
        let field = self.field(&name)?;
        self.lexer.take(&name);
        let there = condition::is_there(&field);
        Ok(if word.is("has") { there } else { there.negated() })
    }

    /// `[low TO high]`, with braces where a bound itself is left out.
    fn range(&mut self, field: &Field) -> Result<Query, ParseError> {
        let low = if self.lexer.eat('[') { Comparison::GreaterOrEqual } else { Comparison::Greater };
        if low == Comparison::Greater {
            self.lexer.eat('{');
        }
        let from = self.bound(field, low)?;
        self.lexer.skip_space();
        if !self.lexer.eat_keyword("to") {
            return Err(self.lexer.unexpected("`TO`"));
        }
        let at = self.lexer.at();
        let literal = self.lexer.literal(Place::Range)?;
        self.count(at)?;
        self.lexer.skip_space();
        let high = if self.lexer.eat(']') {
            Comparison::LessOrEqual
        } else if self.lexer.eat('}') {
            Comparison::Less
        } else {
            return Err(self.lexer.unexpected("`]` or `}`"));
        };
        let until = self.bounded(field, high, &literal)?;
        Ok(match (from, until) {
            (None, None) => condition::is_there(field),
            (Some(one), None) | (None, Some(one)) => one,
            (Some(from), Some(until)) => Query::And(vec![from, until]),
        })
    }

    fn bound(&mut self, field: &Field, comparison: Comparison) -> Result<Option<Query>, ParseError> {
        let literal = self.lexer.literal(Place::Range)?;
        self.bounded(field, comparison, &literal)
    }

    /// A lone `*` leaves that end of the range open.
    fn bounded(
        &self,
        field: &Field,
        comparison: Comparison,
        literal: &Literal,
    ) -> Result<Option<Query>, ParseError> {
        if literal.is_star() {
            return Ok(None);
        }
        condition::build(field, Operator::Compare(comparison), literal, self.now).map(Some)
    }

    /// `a, b)` after `in (`.
    fn list(&mut self, field: &Field) -> Result<Query, ParseError> {
        let mut literals = Vec::new();
        loop {
            let literal = self.lexer.literal(Place::List)?;
            if !literals.is_empty() {
                self.count(literal.at)?;
            }
            literals.push(literal);
            self.lexer.skip_space();
            if self.lexer.eat(')') {
                return condition::one_of(field, &literals, self.now);
            }
            if !self.lexer.eat(',') {
                return Err(self.lexer.unexpected("`,` or `)`"));
            }
        }
    }

    fn field(&self, word: &Word) -> Result<Field, ParseError> {
        let field = match self.names {
            Names::Of(entity) => Field::parse(entity, &word.text),
            Names::Own(own) => own.parse(&word.text),
        };
        field.map_err(|UnknownField { at, message, suggestion }| {
            ParseError::new(word.at + at, word.length().saturating_sub(at), message).suggest(suggestion)
        })
    }

    fn deeper(&mut self, at: usize) -> Result<(), ParseError> {
        self.depth += 1;
        if self.depth > QUERY_DEPTH_MAX {
            let message =
                format!("a query has at most {QUERY_DEPTH_MAX} levels of parentheses and negations");
            return Err(ParseError::new(at, 1, message));
        }
        Ok(())
    }

    fn count(&mut self, at: usize) -> Result<(), ParseError> {
        self.terms += 1;
        if self.terms > QUERY_TERMS_MAX {
            return Err(ParseError::new(at, 1, format!("a query has at most {QUERY_TERMS_MAX} conditions")));
        }
        Ok(())
    }
}

/// A word by itself is searched for everywhere; `*` alone is everything.
fn search(word: &Word) -> Result<Query, ParseError> {
    if word.text == "*" {
        return Ok(Query::All);
    }
    let (text, star_after) = match word.text.strip_suffix('*') {
        Some(text) => (text, true),
        None => (word.text.as_str(), false),
    };
    if let Some(star) = text.chars().position(|c| c == '*') {
        let message = "`*` stands only at the end of a word";
        return Err(ParseError::new(word.at + star, 1, message));
    }
    let literal = Literal {
        text: text.to_owned(),
        quoted: false,
        star_before: false,
        star_after,
        at: word.at,
        length: word.length(),
    };
    words(&Field::Text, &literal)
}

impl Literal {
    pub(crate) fn is_star(&self) -> bool {
        !self.quoted && self.text.is_empty() && (self.star_before || self.star_after)
    }
}

#[cfg(test)]
mod tests;
