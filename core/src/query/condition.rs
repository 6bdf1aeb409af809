//! One condition: a field, an operator and a value as they are written, turned into what the field's kind makes of them.

use strsim::osa_distance;

use crate::limits::FUZZY_WORD_CHARS_MAX;
use crate::query::field::Shape;
use crate::query::lexer::{Literal, Operator};
use crate::query::meaning::number;
use crate::query::parse::ParseError;
use crate::query::{Comparison, Field, Operand, Predicate, Query, Words};
use crate::spans::Kind;
use crate::time::Timestamp;

pub(crate) fn build(
    field: &Field,
    operator: Operator,
    literal: &Literal,
    now: Timestamp,
) -> Result<Query, ParseError> {
    if literal.is_star() && operator == Operator::Has && field.shape() != Shape::Anything {
        return Ok(is_there(field));
    }
    match field.shape() {
        Shape::Truth => truth(field, operator, literal),
        Shape::Number => {
            let value = plain(literal).and_then(number).ok_or_else(|| wrong(literal, "a number"))?;
            ordered(field, operator, literal, Operand::Number(value))
        }
        Shape::Duration => {
            let value = plain(literal).and_then(milliseconds);
            let value = value
                .ok_or_else(|| wrong(literal, "a duration such as `250`, `250ms`, `2s`, `5m` or `1h`"))?;
            ordered(field, operator, literal, Operand::Number(value))
        }
        Shape::Time => time(field, operator, literal, now),
        Shape::Anything => match operator {
            Operator::Has => text(field, operator, literal),
            Operator::Words => words(field, literal),
            _ => Err(misplaced(field, literal)),
        },
        Shape::Exact | Shape::Text | Shape::List | Shape::Json => text(field, operator, literal),
    }
}

/// `field in (…)`.
pub(crate) fn one_of(field: &Field, literals: &[Literal], now: Timestamp) -> Result<Query, ParseError> {
    let is_text = matches!(field.shape(), Shape::Exact | Shape::Text | Shape::List | Shape::Json);
    if !is_text {
        let parts = literals.iter().map(|literal| build(field, Operator::Is, literal, now));
        return parts.collect::<Result<_, _>>().map(Query::Or);
    }
    let mut texts = Vec::with_capacity(literals.len());
    for literal in literals {
        starless(literal)?;
        texts.push(checked(field, literal)?);
    }
    Ok(Query::term(field.clone(), Predicate::OneOf(texts)))
}

/// Whether the field has a value. Of errors, the field itself says so.
pub(crate) fn is_there(field: &Field) -> Query {
    if field.shape() == Shape::Truth {
        return Query::term(field.clone(), Predicate::Equals(Operand::Truth(true)));
    }
    Query::term(field.clone(), Predicate::IsEmpty).negated()
}

/// Whether ranges can be asked of the field.
pub(crate) fn is_ordered(field: &Field) -> bool {
    match field.shape() {
        Shape::Number | Shape::Duration | Shape::Time | Shape::Json => true,
        Shape::Exact | Shape::Text | Shape::List | Shape::Truth | Shape::Anything => false,
    }
}

pub(crate) fn words(field: &Field, literal: &Literal) -> Result<Query, ParseError> {
    if literal.star_before {
        return Err(ParseError::new(literal.at, 1, "words can go on after `*` but not begin with it"));
    }
    let is_exact = literal.quoted || literal.star_after;
    let (text, slips) = if is_exact { (literal.text.as_str(), 0) } else { slips(&literal.text) };
    let Some(mut words) = Words::parse(text, literal.star_after) else {
        let message = "there are no letters or digits to search for";
        return Err(ParseError::new(literal.at, literal.length, message));
    };
    let is_short = words.words.iter().all(|word| word.chars().count() <= FUZZY_WORD_CHARS_MAX);
    if slips > 0 && (words.phrase || !is_short) {
        let message =
            format!("`~` stands after one word of at most {FUZZY_WORD_CHARS_MAX} letters and digits");
        return Err(ParseError::new(literal.at, literal.length, message));
    }
    words.slips = slips;
    Ok(Query::term(field.clone(), Predicate::Words(words)))
}

/// A word without the mark that lets it be misspelt, and by how many letters.
fn slips(text: &str) -> (&str, u8) {
    let marks = [("~", 1), ("~1", 1), ("~2", 2)];
    let marked = marks.iter().find_map(|(mark, slips)| text.strip_suffix(mark).map(|word| (word, *slips)));
    marked.unwrap_or((text, 0))
}

fn truth(field: &Field, operator: Operator, literal: &Literal) -> Result<Query, ParseError> {
    let there = match literal.text.to_lowercase().as_str() {
        "true" | "yes" => true,
        "false" | "no" => false,
        _ => {
            let other = format!("error_message:{}", literal.text);
            let plain = literal.text.chars().all(char::is_alphanumeric);
            return Err(wrong(literal, "`true` or `false`").suggest(plain.then_some(other)));
        }
    };
    let wanted = match operator {
        Operator::Has | Operator::Is | Operator::IsFolded => there,
        Operator::IsNot => !there,
        Operator::Words | Operator::Compare(_) => return Err(misplaced(field, literal)),
    };
    let query = is_there(field);
    Ok(if wanted { query } else { query.negated() })
}

fn ordered(
    field: &Field,
    operator: Operator,
    literal: &Literal,
    value: Operand,
) -> Result<Query, ParseError> {
    let term = |predicate| Query::term(field.clone(), predicate);
    match operator {
        Operator::Has | Operator::Is | Operator::IsFolded => Ok(term(Predicate::Equals(value))),
        Operator::IsNot => Ok(term(Predicate::Equals(value)).negated()),
        Operator::Compare(comparison) => Ok(term(Predicate::Compare(comparison, value))),
        Operator::Words => Err(misplaced(field, literal)),
    }
}

/// An instant, or a day: a day is equal to all its instants, and what lies after it begins with the next.
fn time(field: &Field, operator: Operator, literal: &Literal, now: Timestamp) -> Result<Query, ParseError> {
    const DAY_MS: i64 = 86_400_000;
    let text = plain(literal);
    let Some(from) = text.and_then(day) else {
        let instant = text.and_then(|text| instant(text, now));
        let instant = instant.ok_or_else(|| {
            wrong(literal, "a time such as `2026-11-01`, `2026-11-01T10:30:00Z`, `-24h` or `now`")
        })?;
        return ordered(field, operator, literal, Operand::Time(instant));
    };
    let until =
        Timestamp::from_nanos(from.as_nanos().saturating_add(Timestamp::from_millis(DAY_MS).as_nanos()));
    let compare =
        |comparison, at| Query::term(field.clone(), Predicate::Compare(comparison, Operand::Time(at)));
    let within =
        || Query::And(vec![compare(Comparison::GreaterOrEqual, from), compare(Comparison::Less, until)]);
    match operator {
        Operator::Has | Operator::Is | Operator::IsFolded => Ok(within()),
        Operator::IsNot => Ok(within().negated()),
        Operator::Compare(comparison @ (Comparison::Less | Comparison::GreaterOrEqual)) => {
            Ok(compare(comparison, from))
        }
        Operator::Compare(Comparison::LessOrEqual) => Ok(compare(Comparison::Less, until)),
        Operator::Compare(Comparison::Greater) => Ok(compare(Comparison::GreaterOrEqual, until)),
        Operator::Words => Err(misplaced(field, literal)),
    }
}

fn text(field: &Field, operator: Operator, literal: &Literal) -> Result<Query, ParseError> {
    if !matches!(operator, Operator::Has | Operator::Words) {
        starless(literal)?;
    }
    let value = checked(field, literal)?;
    let term = |predicate| Query::term(field.clone(), predicate);
    Ok(match operator {
        Operator::Has => term(has(field, literal, value)),
        Operator::IsFolded => term(Predicate::EqualsFolded(value)),
        Operator::Is => term(Predicate::Equals(typed(field, literal, value))),
        Operator::IsNot => term(Predicate::Equals(typed(field, literal, value))).negated(),
        Operator::Compare(comparison) => match typed(field, literal, value) {
            Operand::Truth(_) => return Err(misplaced(field, literal)),
            operand => term(Predicate::Compare(comparison, operand)),
        },
        Operator::Words => return words(field, literal),
    })
}

fn has(field: &Field, literal: &Literal, value: String) -> Predicate {
    match (literal.star_before, literal.star_after) {
        (true, true) => Predicate::Contains(value),
        (true, false) => Predicate::EndsWith(value),
        (false, true) => Predicate::StartsWith(value),
        (false, false) => match field.shape() {
            Shape::Exact => Predicate::Equals(Operand::Text(value)),
            Shape::List => Predicate::EqualsFolded(value),
            _ => match typed(field, literal, value) {
                Operand::Text(value) => Predicate::Contains(value),
                operand => Predicate::Equals(operand),
            },
        },
    }
}

/// In JSON, what looks like a number or a truth is one unless it stands in quotes.
fn typed(field: &Field, literal: &Literal, value: String) -> Operand {
    if literal.quoted || field.shape() != Shape::Json {
        return Operand::Text(value);
    }
    match (value.as_str(), number(&value)) {
        ("true", _) => Operand::Truth(true),
        ("false", _) => Operand::Truth(false),
        (_, Some(number)) => Operand::Number(number),
        (_, None) => Operand::Text(value),
    }
}

/// Types of spans are known by name; anything else may be any text.
fn checked(field: &Field, literal: &Literal) -> Result<String, ParseError> {
    let is_whole = !literal.star_before && !literal.star_after;
    if *field != Field::Type || !is_whole {
        return Ok(literal.text.clone());
    }
    let value = literal.text.to_lowercase();
    if Kind::parse(&value).is_some() {
        return Ok(value);
    }
    let nearest = Kind::ALL.map(Kind::name).into_iter().min_by_key(|name| osa_distance(&value, name));
    Err(wrong(literal, "`general`, `tool`, `llm` or `guardrail`").suggest(nearest.map(str::to_owned)))
}

fn plain(literal: &Literal) -> Option<&str> {
    (!literal.star_before && !literal.star_after).then_some(literal.text.as_str())
}

fn starless(literal: &Literal) -> Result<(), ParseError> {
    match plain(literal) {
        Some(_) => Ok(()),
        None => Err(ParseError::new(literal.at, literal.length, "`*` has a meaning only after `:`")),
    }
}

fn milliseconds(text: &str) -> Option<f64> {
    let (digits, unit) =
        text.split_at(text.find(|c: char| c.is_ascii_alphabetic() && c != 'e').unwrap_or(text.len()));
    let factor = match unit {
        "" | "ms" => 1.0,
        "s" => 1_000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        _ => return None,
    };
    number(digits).map(|value| value * factor).filter(|value| value.is_finite())
}

fn day(text: &str) -> Option<Timestamp> {
    let is_day = text.len() == "2026-11-01".len();
    if is_day { Timestamp::parse(&format!("{text}T00:00:00Z")) } else { None }
}

/// An instant in full or without seconds or zone (then UTC), `now`, or a span of time before or after it.
fn instant(text: &str, now: Timestamp) -> Option<Timestamp> {
    if text.eq_ignore_ascii_case("now") {
        return Some(now);
    }
    if let Some(distance) = text.strip_prefix('-') {
        return now
            .as_nanos()
            .checked_sub(nanoseconds(distance)?)
            .filter(|at| *at >= 0)
            .map(Timestamp::from_nanos);
    }
    if let Some(distance) = text.strip_prefix('+') {
        return now.as_nanos().checked_add(nanoseconds(distance)?).map(Timestamp::from_nanos);
    }
    ["", "Z", ":00Z"].iter().find_map(|ending| Timestamp::parse(&format!("{text}{ending}")))
}

fn nanoseconds(text: &str) -> Option<i64> {
    const SECOND: i64 = 1_000_000_000;
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    let factor = match unit {
        "s" => SECOND,
        "m" => 60 * SECOND,
        "h" => 3_600 * SECOND,
        "d" => 86_400 * SECOND,
        "w" => 7 * 86_400 * SECOND,
        _ => return None,
    };
    digits.parse::<i64>().ok()?.checked_mul(factor)
}

fn wrong(literal: &Literal, expected: &str) -> ParseError {
    ParseError::new(literal.at, literal.length, format!("expected {expected}, found `{}`", literal.text))
}

fn misplaced(field: &Field, literal: &Literal) -> ParseError {
    ParseError::new(literal.at, literal.length, format!("this cannot be asked of `{field}`"))
}
