//! What charts ask, and what is refused.

use super::*;
use crate::query::{Operand, Predicate};

fn period() -> Period {
    Period { start: Timestamp::from_millis(1_000), end: Timestamp::from_millis(9_000) }
}

fn asked(text: &str) -> Question {
    Question::parse(text, period()).unwrap()
}

/// A filter in the query language that means the same.
fn means(condition: &str, language: &str) {
    let question = asked(&format!("SELECT count() FROM traces WHERE {condition}"));
    let query = Query::parse(Entity::Trace, language, period().end).unwrap();
    assert_eq!(question.query, query.simplified(), "{condition}");
}

fn refused(text: &str, message: &str) {
    assert_eq!(Question::parse(text, period()).unwrap_err().to_string(), message, "{text}");
}

#[test]
fn figures_are_asked_by_time_and_by_fields() {
    let question = asked(
        "SELECT toStartOfDay(start_time) AS day, model, count(*) AS calls, sum(cost), quantile(0.9)(duration) p90\n\
         FROM spans WHERE start_time >= {{window_start}} AND start_time < '{{window_end}}'\n\
         GROUP BY day, model ORDER BY 1, calls DESC LIMIT 50;",
    );
    assert_eq!(question.entity, Entity::Span);
    assert_eq!(question.bucket, Some((Field::StartTime, DAY_MS)));
    assert_eq!(question.by, [Field::Model]);
    assert_eq!(question.measures, [(Field::Cost, false), (Field::Duration, true)]);
    let columns: Vec<_> = question.columns.iter().map(|column| (column.name.as_str(), column.cell)).collect();
    assert_eq!(
        columns,
        [
            ("day", Cell::Bucket),
            ("model", Cell::Group(0)),
            ("calls", Cell::Count),
            ("sum(cost)", Cell::Figure(0, Figure::Sum)),
            ("p90", Cell::Figure(1, Figure::Percentile(0.9))),
        ]
    );
    assert_eq!(question.order, [(0, Direction::Ascending), (2, Direction::Descending)]);
    assert_eq!(question.limit, 50);
    let Query::And(bounds) = question.query else { panic!("two bounds") };
    assert_eq!(
        bounds[1],
        Query::term(
            Field::StartTime,
            Predicate::Compare(crate::query::Comparison::Less, Operand::Time(period().end))
        )
    );
}

#[test]
fn a_measure_is_summed_up_once_whatever_is_asked_of_it() {
    let question = asked("select min(duration), max(duration), median(duration), countIf(error) from traces");
    assert_eq!(question.measures, [(Field::Duration, true), (Field::Error, false)]);
    assert_eq!(question.limit, WIDGET_ROWS_DEFAULT);
}

#[test]
fn conditions_mean_what_the_query_language_means() {
    means("name = 'agent' AND cost > 0.1", "name = agent AND cost > 0.1");
    means("NOT (error = true OR span_count <= 3)", "NOT (error:true OR span_count <= 3)");
    means("usage['total_tokens'] >= 10", "usage.total_tokens >= 10");
    means("duration BETWEEN 1 AND 2", "duration >= 1 AND duration <= 2");
}

#[test]
fn what_has_no_value_is_not_unequal() {
    let missing = Query::term(Field::Environment, Predicate::IsEmpty).negated();
    let equal = Query::term(Field::Environment, Predicate::Equals(Operand::Text("a".to_owned())));
    let unequal = asked("SELECT count() FROM traces WHERE environment != 'a'").query;
    assert_eq!(unequal, Query::And(vec![equal.negated(), missing]));
}

#[test]
fn what_cannot_be_answered_is_refused_with_its_place() {
    refused("DELETE FROM traces", "line 1, column 1: expected SELECT");
    refused("SELECT 1", "line 1, column 8: FROM is missing; use `FROM traces` or `FROM spans`");
    refused(
        "SELECT count() FROM users",
        "line 1, column 21: there is no such table; use `traces` or `spans`",
    );
    refused("SELECT count() FROM traces JOIN spans", "line 1, column 28: expected the end");
    refused("SELECT name FROM traces", "line 1, column 18: `name` must be in GROUP BY");
    refused(
        "SELECT count(), count() FROM traces",
        "line 1, column 23: two columns are named `count()`; use AS",
    );
    refused(
        "SELECT sum(name) FROM traces",
        "line 1, column 12: this field is no number and cannot be summed up",
    );
    refused(
        "SELECT count()\nFROM traces WHERE name = 1 +",
        "line 2, column 28: this sign has no meaning here",
    );
    refused(
        "SELECT count() FROM traces WHERE start_time > 'x'",
        "line 1, column 47: this field is a time; write '2026-01-31T00:00:00Z' or '2026-01-31'",
    );
    refused(
        "SELECT count() FROM traces WHERE name LIKE 'a%b'",
        "line 1, column 44: a pattern has `%` at its ends alone, as in '%text%'",
    );
    refused(
        "SELECT count() FROM traces WHERE sleep(9)",
        "line 1, column 39: `sleep` is no condition that is known here",
    );
    refused("SELECT count() FROM traces WHERE name = 'a", "line 1, column 41: a quote is left open");
    refused(
        "SELECT count() FROM traces LIMIT 99999999",
        "line 1, column 34: LIMIT must not be more than 10000",
    );
    let deep = format!("SELECT count() FROM traces WHERE {}error = true", "(".repeat(100));
    assert!(Question::parse(&deep, period()).unwrap_err().message.contains("more than 32 times"));
}
