//! A tree as text of the query language. What the language cannot say (a substring of a number, say) is written as the
//! nearest that reads well; everything that `Query::parse` yields is written so that it yields it again.

use std::fmt::{self, Display, Formatter};

use crate::query::field::Shape;
use crate::query::meaning::number;
use crate::query::path::is_plain;
use crate::query::{Comparison, Field, Operand, Predicate, Query, Term, Words};

impl Display for Query {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("*"),
            Self::And(parts) if parts.is_empty() => f.write_str("*"),
            Self::Or(parts) if parts.is_empty() => f.write_str("NOT *"),
            Self::And(parts) => join(f, parts, " AND "),
            Self::Or(parts) => join(f, parts, " OR "),
            Self::Not(inner) => {
                f.write_str("NOT ")?;
                unit(f, inner)
            }
            Self::Term(term) => term.fmt(f),
        }
    }
}

fn join(f: &mut Formatter<'_>, parts: &[Query], between: &str) -> fmt::Result {
    for (at, part) in parts.iter().enumerate() {
        f.write_str(if at == 0 { "" } else { between })?;
        unit(f, part)?;
    }
    Ok(())
}

fn unit(f: &mut Formatter<'_>, query: &Query) -> fmt::Result {
    match query {
        Query::And(_) | Query::Or(_) => write!(f, "({query})"),
        Query::All | Query::Not(_) | Query::Term(_) => query.fmt(f),
    }
}

impl Display for Term {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { field, predicate } = self;
        match predicate {
            Predicate::IsEmpty => write!(f, "missing:{field}"),
            Predicate::Equals(Operand::Truth(truth)) => write!(f, "{field}:{truth}"),
            Predicate::Equals(operand) => write!(f, "{field} = {}", Written { field, operand }),
            Predicate::EqualsFolded(text) if field.shape() == Shape::List => {
                write!(f, "{field}:{}", value(field, text))
            }
            Predicate::EqualsFolded(text) => write!(f, "{field} := {}", value(field, text)),
            Predicate::Contains(text) => match field.shape() {
                Shape::Exact | Shape::List => write!(f, "{field}:*{}*", value(field, text)),
                _ => write!(f, "{field}:{}", value(field, text)),
            },
            Predicate::StartsWith(text) => write!(f, "{field}:{}*", value(field, text)),
            Predicate::EndsWith(text) => write!(f, "{field}:*{}", value(field, text)),
            Predicate::Compare(comparison, operand) => {
                write!(f, "{field} {} {}", comparison.sign(), Written { field, operand })
            }
            Predicate::OneOf(texts) if texts.is_empty() => f.write_str("NOT *"),
            Predicate::OneOf(texts) => {
                let values: Vec<_> = texts.iter().map(|text| value(field, text)).collect();
                write!(f, "{field} in ({})", values.join(", "))
            }
            Predicate::Words(words) => written_words(f, field, words),
        }
    }
}

impl Comparison {
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
        }
    }
}

struct Written<'a> {
    field: &'a Field,
    operand: &'a Operand,
}

impl Display for Written<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.operand {
            Operand::Text(text) => f.write_str(&value(self.field, text)),
            Operand::Number(number) => number.fmt(f),
            Operand::Time(time) => time.fmt(f),
            Operand::Truth(truth) => truth.fmt(f),
        }
    }
}

/// A text that the parser takes for a text: in quotes if it needs them.
fn value(field: &Field, text: &str) -> String {
    let is_typed =
        field.shape() == Shape::Json && (number(text).is_some() || matches!(text, "true" | "false"));
    if text.split('.').all(is_plain) && !is_typed {
        return text.to_owned();
    }
    quoted(text)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#))
}

/// Several words that are no phrase are several conditions to the language.
fn written_words(f: &mut Formatter<'_>, field: &Field, words: &Words) -> fmt::Result {
    if words.slips > 0 {
        // Named even where any text is meant, since the word may be the name of a field.
        return write!(f, "{field} ~ {}~{}", words.words.join(" "), words.slips);
    }
    let begin = if *field == Field::Text { String::new() } else { format!("{field} ~ ") };
    let star = if words.prefix { "*" } else { "" };
    if words.phrase || words.words.len() < 2 {
        return write!(f, "{begin}{}{star}", searched(&words.words.join(" ")));
    }
    let parts: Vec<_> = words.words.iter().map(|word| format!("{begin}{}", searched(word))).collect();
    write!(f, "({}{star})", parts.join(" AND "))
}

fn searched(words: &str) -> String {
    let is_keyword = matches!(words, "and" | "or" | "not" | "in");
    if is_plain(words) && !is_keyword { words.to_owned() } else { quoted(words) }
}

#[cfg(test)]
mod tests;
