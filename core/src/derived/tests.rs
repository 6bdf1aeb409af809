use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use super::*;

fn context() -> Context {
    Context::new(Timestamp::from_millis(9), Arc::from("ann"), [7; 32])
}

fn add(name: &str, formula: Formula) -> Command {
    Command::Add(Box::new(Add { of: Of::Traces, name: name.to_owned(), formula }))
}

fn reason() -> Formula {
    Formula::path(Of::Traces, "output.choices[0].finish_reason").unwrap()
}

fn with(columns: Vec<(&str, Formula)>) -> State {
    let mut state = State::default();
    for (number, (name, formula)) in columns.into_iter().enumerate() {
        for event in state.decide(add(name, formula), &mut context()).unwrap() {
            let Event::Added { of, name, source, .. } = event else { continue };
            let id = DerivedColumnId::known(Uuid::from_u128(number as u128));
            state.evolve(&Recorded::for_test(Event::Added { id, of, name, source }));
        }
    }
    state
}

#[test]
fn names_that_queries_cannot_say_and_those_that_are_taken_are_refused() {
    let state = with(vec![("reason", reason())]);
    let refusal = |name| state.decide(add(name, reason()), &mut context()).unwrap_err().to_string();
    for (name, at) in [("", 1), ("Reason", 1), ("finish reason", 7), ("a.b", 2), ("1st", 1)] {
        let said = refusal(name);
        assert!(said.contains(&format!("at character {at}:")), "{said}");
    }
    let long = "a".repeat(65);
    assert!(refusal(&long).contains("at most 64"));
    assert!(refusal("reason").starts_with("traces already have a derived column `reason`"));
}

#[test]
fn there_are_no_more_columns_than_the_bound() {
    let names: Vec<_> = (0..DERIVED_COLUMNS_MAX).map(|number| format!("c{number}")).collect();
    let state = with(names.iter().map(|name| (name.as_str(), reason())).collect());
    let refusal = state.decide(add("more", reason()), &mut context()).unwrap_err();
    assert!(refusal.to_string().starts_with("a workspace has at most 32 derived columns"));
}

#[test]
fn what_is_no_place_and_what_asks_for_other_columns_is_refused() {
    let error = Formula::path(Of::Spans, "output.choices[x]").unwrap_err();
    assert_eq!((error.at, error.message.as_str()), (15, "an index is a number, a key stands in quotes"));
    let error = Formula::path(Of::Spans, "name").unwrap_err();
    assert_eq!(error.suggestion.as_deref(), Some("metadata.name"));
    let refused = |text| Formula::condition(Of::Traces, text, Timestamp::EPOCH).unwrap_err().message;
    assert_eq!(refused("derived.other:1"), "a derived column cannot ask for another one");
    assert!(refused("error:true OR has:experiment_id").contains("not for what it is in"));
    assert_eq!(refused("*"), "a condition is needed, such as `error:true`");
}

#[test]
fn a_formula_is_stored_as_a_text_that_reads_as_the_same_formula() {
    let now = Timestamp::from_millis(1_700_000_000_000);
    for formula in [
        Formula::path(Of::Traces, "metadata['key with.dots'][3].x").unwrap(),
        Formula::condition(Of::Traces, "feedback.accuracy < 0.5 OR start > -24h", now).unwrap(),
    ] {
        assert_eq!(Formula::read(Of::Traces, &formula.source()), Some(formula));
    }
}

#[test]
fn a_question_for_a_column_is_one_for_what_it_comes_from() {
    let bad = Formula::condition(Of::Traces, "error:true", Timestamp::EPOCH).unwrap();
    let state = with(vec![("reason", reason()), ("bad", bad)]);
    let asked = |text: &str| {
        let query = Query::parse(Entity::Trace, text, Timestamp::EPOCH).unwrap();
        let plain = query.without_derived(Entity::Trace, &state, &|_| false);
        plain.map(|query| query.to_string()).map_err(|refusal| refusal.to_string())
    };
    assert_eq!(asked("derived.reason:stop").unwrap(), "output.choices[0].finish_reason:stop");
    assert_eq!(asked("missing:derived.reason").unwrap(), "missing:output.choices[0].finish_reason");
    assert_eq!(asked("derived.bad:true").unwrap(), "error:true");
    assert_eq!(asked("derived.bad:false name:x").unwrap(), "NOT error:true AND name:x");
    assert_eq!(asked("missing:derived.bad").unwrap(), "NOT *");
    assert_eq!(
        asked("derived.other:1").unwrap_err(),
        "there is no derived column `other` of traces: traces have `derived.bad`, `derived.reason`"
    );
}

#[test]
fn a_value_keeps_its_kind() {
    let body = json!({ "n": 3, "list": ["a"], "text": "x" });
    let value = |path: &str| {
        let formula = Formula::path(Of::Traces, path).unwrap();
        formula.value(Of::Traces, &Constant(false), |part| (part == Body::Output).then_some(&body))
    };
    assert_eq!(value("output.n"), Value::Number(3.0));
    assert_eq!(value("output.text"), Value::Text("x".into()));
    assert_eq!(value("output.list"), Value::List(vec!["a".into()]));
    assert_eq!(value("input.n"), Value::Missing);
}
