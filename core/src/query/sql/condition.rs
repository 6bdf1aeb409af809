//! Conditions of SQL as a query. What has no value satisfies none of them but `IS NULL`, as in SQL.

use crate::limits::QUERY_DEPTH_MAX;
use crate::query::field::Shape;
use crate::query::{Comparison, Field, Operand, Predicate, Query};
use crate::rejection::Rejection;
use crate::time::Timestamp;

use super::read::{Reading, Token};

pub(super) fn any(reading: &mut Reading<'_>) -> Result<Query, Rejection> {
    let mut parts = vec![all(reading)?];
    while reading.word("or") {
        parts.push(all(reading)?);
    }
    Ok(Query::Or(parts))
}

fn all(reading: &mut Reading<'_>) -> Result<Query, Rejection> {
    let mut parts = vec![one(reading)?];
    while reading.word("and") {
        parts.push(one(reading)?);
    }
    Ok(Query::And(parts))
}

fn one(reading: &mut Reading<'_>) -> Result<Query, Rejection> {
    if reading.word("not") {
        return deeper(reading, one).map(Query::negated);
    }
    if reading.symbol("(") {
        let inner = deeper(reading, any)?;
        reading.expect_symbol(")")?;
        return Ok(inner);
    }
    match reading.function().as_deref() {
        Some("has") => {
            let field = reading.field()?;
            reading.expect_symbol(",")?;
            let predicate = Predicate::Equals(Operand::Text(reading.text()?));
            reading.expect_symbol(")")?;
            Ok(Query::term(field, predicate))
        }
        Some(other) => Err(reading.refuse(&format!("`{other}` is no condition that is known here"))),
        None => {
            let field = reading.field()?;
            of_field(reading, field)
        }
    }
}

fn deeper(
    reading: &mut Reading<'_>,
    read: fn(&mut Reading<'_>) -> Result<Query, Rejection>,
) -> Result<Query, Rejection> {
    reading.depth += 1;
    if reading.depth > QUERY_DEPTH_MAX {
        return Err(
            reading.refuse(&format!("conditions lie within one another more than {QUERY_DEPTH_MAX} times"))
        );
    }
    let read = read(reading);
    reading.depth -= 1;
    read
}

fn of_field(reading: &mut Reading<'_>, field: Field) -> Result<Query, Rejection> {
    if reading.word("is") {
        let there = reading.word("not");
        reading.expect_word("null")?;
        let missing = Query::term(field, Predicate::IsEmpty);
        return Ok(if there { missing.negated() } else { missing });
    }
    let refused = reading.word("not");
    let query = if reading.word("in") {
        Query::Or(list(reading, &field)?)
    } else if reading.word("like") || reading.word("ilike") {
        let pattern = reading.text()?;
        let predicate = like(&pattern)
            .ok_or_else(|| reading.refuse("a pattern has `%` at its ends alone, as in '%text%'"))?;
        Query::term(field.clone(), predicate)
    } else if reading.word("between") {
        let from = compared(reading, &field, Comparison::GreaterOrEqual)?;
        reading.expect_word("and")?;
        Query::And(vec![from, compared(reading, &field, Comparison::LessOrEqual)?])
    } else if refused {
        return Err(reading.refuse("expected IN, LIKE or BETWEEN after NOT"));
    } else {
        return by_sign(reading, field);
    };
    Ok(if refused { but(field, query) } else { query })
}

fn by_sign(reading: &mut Reading<'_>, field: Field) -> Result<Query, Rejection> {
    let comparison = match reading.next() {
        Some(Token::Symbol("=" | "==")) => return equal(reading, &field),
        Some(Token::Symbol("!=" | "<>")) => {
            let query = equal(reading, &field)?;
            return Ok(but(field, query));
        }
        Some(Token::Symbol("<")) => Comparison::Less,
        Some(Token::Symbol("<=")) => Comparison::LessOrEqual,
        Some(Token::Symbol(">")) => Comparison::Greater,
        Some(Token::Symbol(">=")) => Comparison::GreaterOrEqual,
        _ => return Err(reading.refuse("expected a comparison")),
    };
    compared(reading, &field, comparison)
}

/// Not so, and there is a value.
fn but(field: Field, query: Query) -> Query {
    Query::And(vec![query.negated(), Query::term(field, Predicate::IsEmpty).negated()])
}

fn list(reading: &mut Reading<'_>, field: &Field) -> Result<Vec<Query>, Rejection> {
    reading.expect_symbol("(")?;
    let mut parts = vec![equal(reading, field)?];
    while reading.symbol(",") {
        parts.push(equal(reading, field)?);
    }
    reading.expect_symbol(")")?;
    Ok(parts)
}

fn equal(reading: &mut Reading<'_>, field: &Field) -> Result<Query, Rejection> {
    let operand = operand(reading, field)?;
    Ok(Query::term(field.clone(), Predicate::Equals(operand)))
}

fn compared(reading: &mut Reading<'_>, field: &Field, comparison: Comparison) -> Result<Query, Rejection> {
    let operand = operand(reading, field)?;
    Ok(Query::term(field.clone(), Predicate::Compare(comparison, operand)))
}

/// A value of the kind that the field has.
fn operand(reading: &mut Reading<'_>, field: &Field) -> Result<Operand, Rejection> {
    let wrong = |reading: &Reading<'_>, kind: &str| Err(reading.refuse(&format!("this field is {kind}")));
    let token = reading.next();
    match (field.shape(), token) {
        (Shape::Time, Some(Token::Time(time))) => Ok(Operand::Time(time)),
        (Shape::Time, Some(Token::Text(text))) => match instant(&text) {
            Some(time) => Ok(Operand::Time(time)),
            None => wrong(reading, "a time; write '2026-01-31T00:00:00Z' or '2026-01-31'"),
        },
        (Shape::Time, _) => wrong(reading, "a time; write '2026-01-31T00:00:00Z' or '2026-01-31'"),
        (Shape::Number | Shape::Duration | Shape::Json, Some(Token::Number(number))) => {
            number.parse().map(Operand::Number).map_err(|_| reading.refuse("this is no number"))
        }
        (Shape::Number | Shape::Duration, _) => wrong(reading, "a number"),
        (Shape::Truth | Shape::Json, Some(Token::Word(word))) if word.eq_ignore_ascii_case("true") => {
            Ok(Operand::Truth(true))
        }
        (Shape::Truth | Shape::Json, Some(Token::Word(word))) if word.eq_ignore_ascii_case("false") => {
            Ok(Operand::Truth(false))
        }
        (Shape::Truth, _) => wrong(reading, "true or false"),
        (_, Some(Token::Text(text))) => Ok(Operand::Text(text)),
        (_, Some(Token::Number(number))) => Ok(Operand::Text(number)),
        _ => wrong(reading, "a text; put it in single quotes"),
    }
}

/// An instant, or the beginning of a day in UTC; also with a space between day and time.
fn instant(text: &str) -> Option<Timestamp> {
    let text = text.replacen(' ', "T", 1);
    Timestamp::parse(&text)
        .or_else(|| Timestamp::parse(&format!("{text}Z")))
        .or_else(|| Timestamp::parse(&format!("{text}T00:00:00Z")))
}

fn like(pattern: &str) -> Option<Predicate> {
    let open = |text: &str| text.contains('%');
    let (start, end) = (pattern.starts_with('%'), pattern.ends_with('%') && pattern.len() > 1);
    let text = pattern.strip_prefix('%').unwrap_or(pattern);
    let text = if end { text.strip_suffix('%').unwrap_or(text) } else { text }.to_owned();
    if open(&text) {
        return None;
    }
    Some(match (start, end) {
        (true, true) => Predicate::Contains(text),
        (true, false) => Predicate::EndsWith(text),
        (false, true) => Predicate::StartsWith(text),
        (false, false) => Predicate::EqualsFolded(text),
    })
}
