use std::borrow::Cow;
use std::collections::HashMap;

use proptest::prelude::*;

use super::*;
use crate::query::JsonPath;

struct Thing(HashMap<Field, Value<'static>>);

impl Subject for Thing {
    fn value(&self, field: &Field) -> Value<'_> {
        self.0.get(field).cloned().unwrap_or(Value::Missing)
    }
}

fn texts(items: &[&'static str]) -> Value<'static> {
    Value::List(items.iter().map(|item| Cow::Borrowed(*item)).collect())
}

fn path() -> Field {
    Field::MetadataPath(JsonPath::parse("n").unwrap())
}

fn thing() -> Thing {
    Thing(HashMap::from([
        (Field::Name, Value::Text("Träge Agent".into())),
        (Field::Cost, Value::Number(0.5)),
        (Field::Tags, texts(&["prod", "EU West"])),
        (Field::StartTime, Value::Time(Timestamp::from_millis(1_000))),
        (Field::Error, Value::Truth(true)),
        (Field::Output, Value::Text("{}".into())),
        (Field::ErrorMessage, Value::Text("{}".into())),
        (Field::Environment, Value::Text("".into())),
        (path(), Value::Text("1000.0".into())),
        (Field::Text, texts(&["the quick brown", "Fox 東京"])),
    ]))
}

fn holds(field: Field, predicate: Predicate) -> bool {
    Query::term(field, predicate).matches(Entity::Trace, &thing())
}

fn text(text: &str) -> Operand {
    Operand::Text(text.to_owned())
}

#[test]
fn text_is_exact_or_folded_as_asked() {
    assert!(holds(Field::Name, Predicate::Equals(text("Träge Agent"))));
    assert!(!holds(Field::Name, Predicate::Equals(text("träge agent"))));
    assert!(holds(Field::Name, Predicate::EqualsFolded("TRÄGE AGENT".to_owned())));
    assert!(!holds(Field::Name, Predicate::EqualsFolded("träge".to_owned())));
    assert!(holds(Field::Name, Predicate::Contains("GE A".to_owned())));
    assert!(!holds(Field::Name, Predicate::Contains("trage".to_owned())));
    assert!(holds(Field::Name, Predicate::StartsWith("trÄ".to_owned())));
    assert!(!holds(Field::Name, Predicate::StartsWith("agent".to_owned())));
    assert!(holds(Field::Name, Predicate::EndsWith("Agent".to_owned())));
    assert!(!holds(Field::Name, Predicate::EndsWith("träge".to_owned())));
    assert!(holds(Field::Name, Predicate::OneOf(vec!["x".to_owned(), "Träge Agent".to_owned()])));
    assert!(!holds(Field::Name, Predicate::OneOf(vec!["träge agent".to_owned()])));
}

#[test]
fn one_element_of_a_list_suffices_but_it_must_hold_all_of_it() {
    assert!(holds(Field::Tags, Predicate::Equals(text("prod"))));
    assert!(!holds(Field::Tags, Predicate::Equals(text("PROD"))));
    assert!(holds(Field::Tags, Predicate::EqualsFolded("eu west".to_owned())));
    assert!(holds(Field::Tags, Predicate::Contains("u w".to_owned())));
    assert!(!holds(Field::Tags, Predicate::Contains("prodEU".to_owned())));
}

#[test]
fn comparisons_go_by_value() {
    use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
    let number =
        |comparison, value| holds(Field::Cost, Predicate::Compare(comparison, Operand::Number(value)));
    assert_eq!([0.4, 0.5, 0.6].map(|value| number(Less, value)), [false, false, true]);
    assert_eq!([0.4, 0.5, 0.6].map(|value| number(LessOrEqual, value)), [false, true, true]);
    assert_eq!([0.4, 0.5, 0.6].map(|value| number(Greater, value)), [true, false, false]);
    assert_eq!([0.4, 0.5, 0.6].map(|value| number(GreaterOrEqual, value)), [true, true, false]);
    let time =
        |ms| holds(Field::StartTime, Predicate::Compare(Greater, Operand::Time(Timestamp::from_millis(ms))));
    assert_eq!([time(999), time(1_000)], [true, false]);
    assert!(holds(Field::Name, Predicate::Compare(Greater, text("TRÄGE A"))));
    assert!(!holds(Field::Name, Predicate::Compare(Greater, text("u"))));
}

#[test]
fn a_number_written_as_text_compares_as_a_number() {
    assert!(holds(path(), Predicate::Compare(Comparison::Greater, Operand::Number(999.0))));
    assert!(holds(path(), Predicate::Equals(Operand::Number(1_000.0))));
    assert!(!holds(path(), Predicate::Equals(text("1000"))));
    assert!(!holds(Field::Name, Predicate::Compare(Comparison::Less, Operand::Number(1e9))));
}

#[test]
fn a_number_equals_its_text_however_written() {
    assert!(holds(Field::Cost, Predicate::Equals(text("0.50"))));
    assert!(holds(Field::Cost, Predicate::OneOf(vec!["5e-1".to_owned()])));
    assert!(holds(Field::Cost, Predicate::Contains(".5".to_owned())));
}

#[test]
fn truth_equals_truth_and_its_text() {
    assert!(holds(Field::Error, Predicate::Equals(Operand::Truth(true))));
    assert!(!holds(Field::Error, Predicate::Equals(Operand::Truth(false))));
    assert!(holds(Field::Error, Predicate::EqualsFolded("TRUE".to_owned())));
}

#[test]
fn what_says_nothing_is_empty() {
    for field in [Field::ThreadId, Field::Environment, Field::Output] {
        assert!(holds(field.clone(), Predicate::IsEmpty), "{field}");
    }
    for field in [Field::Name, Field::Cost, Field::ErrorMessage, Field::Tags] {
        assert!(!holds(field.clone(), Predicate::IsEmpty), "{field}");
    }
}

#[test]
fn a_missing_value_satisfies_only_emptiness_and_so_every_negation() {
    let all = [
        Predicate::Equals(text("")),
        Predicate::EqualsFolded(String::new()),
        Predicate::Contains(String::new()),
        Predicate::StartsWith(String::new()),
        Predicate::EndsWith(String::new()),
        Predicate::Compare(Comparison::GreaterOrEqual, text("")),
        Predicate::Compare(Comparison::LessOrEqual, Operand::Number(f64::MAX)),
        Predicate::OneOf(vec![String::new()]),
        Predicate::Words(Words { words: vec!["a".to_owned()], phrase: false, prefix: false, slips: 0 }),
    ];
    for predicate in all {
        let query = Query::term(Field::ThreadId, predicate);
        assert!(!query.matches(Entity::Trace, &thing()), "{query:?}");
        assert!(query.negated().matches(Entity::Trace, &thing()));
    }
}

#[test]
fn a_field_that_the_entity_lacks_is_missing() {
    let subject = Thing(HashMap::from([(Field::Model, Value::Text("gpt".into()))]));
    let has_model = Query::term(Field::Model, Predicate::Contains("gpt".to_owned()));
    assert!(has_model.matches(Entity::Span, &subject));
    assert!(!has_model.matches(Entity::Trace, &subject));
    assert!(Query::term(Field::Model, Predicate::IsEmpty).matches(Entity::Trace, &subject));
}

#[test]
fn words_are_found_whole_in_order_or_begun() {
    let found =
        |text: &str, prefix| holds(Field::Text, Predicate::Words(Words::parse(text, prefix).unwrap()));
    assert!(found("QUICK", false));
    assert!(!found("qui", false));
    assert!(found("qui", true));
    assert!(found("quick brown", false));
    assert!(!found("brown quick", false));
    assert!(!found("the brown", false));
    assert!(!found("brown fox", false), "a phrase does not reach from one text into the next");
    assert!(found("the qui", true));
    assert!(!found("th quick", true));
    assert!(found("東京", false));
    assert!(!found("京東", false));
    let apart =
        Words { words: vec!["fox".to_owned(), "bro".to_owned()], phrase: false, prefix: true, slips: 0 };
    assert!(holds(Field::Text, Predicate::Words(apart.clone())));
    assert!(!holds(Field::Text, Predicate::Words(Words { prefix: false, ..apart })));
}

#[test]
fn bodies_are_needed_only_by_fields_that_live_in_them() {
    let cheap = Query::term(Field::Name, Predicate::IsEmpty);
    assert!(!cheap.needs_bodies());
    let both = Query::And(vec![cheap, Query::term(path(), Predicate::IsEmpty).negated()]);
    assert!(both.needs_bodies());
    assert_eq!(both.fields().into_iter().collect::<Vec<_>>(), [&Field::Name, &path()]);
}

#[test]
fn empty_groups_mean_all_and_nothing() {
    assert_eq!(Query::And(vec![]).simplified(), Query::All);
    assert_eq!(Query::Or(vec![]).simplified(), Query::All.negated());
    assert!(!Query::Or(vec![]).matches(Entity::Trace, &thing()));
}

fn any_query() -> impl Strategy<Value = Query> {
    let leaf = prop_oneof![
        Just(Query::All),
        any::<bool>().prop_map(|there| {
            Query::term(
                if there { Field::Name } else { Field::ThreadId },
                Predicate::Contains("a".to_owned()),
            )
        }),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Query::And),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Query::Or),
            inner.prop_map(Query::negated),
        ]
    })
}

fn is_flat(query: &Query) -> bool {
    match query {
        Query::All | Query::Term(_) => true,
        Query::Not(inner) => !matches!(**inner, Query::Not(_)) && is_flat(inner),
        Query::And(parts) => {
            parts.len() > 1
                && parts.iter().all(|part| !matches!(part, Query::And(_) | Query::All) && is_flat(part))
        }
        Query::Or(parts) => {
            parts.len() > 1
                && parts.iter().all(|part| !matches!(part, Query::Or(_) | Query::All) && is_flat(part))
        }
    }
}

proptest! {
    #[test]
    fn simplifying_flattens_and_keeps_the_meaning(query in any_query()) {
        let simple = query.clone().simplified();
        prop_assert!(is_flat(&simple), "{:?}", simple);
        prop_assert_eq!(simple.matches(Entity::Trace, &thing()), query.matches(Entity::Trace, &thing()));
        prop_assert_eq!(simple.clone().simplified(), simple);
    }
}
