use proptest::prelude::*;
use proptest::strategy::Union;

use super::*;
use crate::query::{Entity, JsonPath, JsonStep};
use crate::spans::Kind;
use crate::time::Timestamp;

const COMPARISONS: [Comparison; 4] =
    [Comparison::Less, Comparison::LessOrEqual, Comparison::Greater, Comparison::GreaterOrEqual];

fn comparison() -> impl Strategy<Value = Comparison> {
    prop::sample::select(COMPARISONS.to_vec())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,8}",
        "[a-z0-9*\"\\\\ .-]{0,6}",
        Just("true".to_owned()),
        Just("NaN".to_owned()),
        "-?[0-9]{1,3}"
    ]
}

fn finite() -> impl Strategy<Value = f64> {
    prop_oneof![-1e6..1e6, any::<i32>().prop_map(f64::from), prop::num::f64::NORMAL]
}

fn path() -> impl Strategy<Value = JsonPath> {
    let step = prop_oneof![
        "[a-z_]{1,5}".prop_map(JsonStep::Key),
        ".{0,5}".prop_map(JsonStep::Key),
        any::<usize>().prop_map(JsonStep::Index)
    ];
    prop::collection::vec(step, 1..4).prop_map(JsonPath)
}

fn words() -> impl Strategy<Value = Words> {
    let word = prop_oneof!["[\\p{L}\\p{N} ]{1,9}", Just("and".to_owned()), Just("in".to_owned())];
    (word, 0..4_u8).prop_filter_map("no words", |(text, ending)| {
        let words = Words::parse(&text, ending == 3)?;
        let slips = if ending == 3 || words.phrase { 0 } else { ending };
        Some(Words { slips, ..words })
    })
}

fn term(
    fields: impl Strategy<Value = Field>,
    predicates: impl Strategy<Value = Predicate>,
) -> impl Strategy<Value = Query> {
    (fields, predicates).prop_map(|(field, predicate)| Query::term(field, predicate))
}

fn one_of(fields: &[Field]) -> impl Strategy<Value = Field> + use<> {
    prop::sample::select(fields.to_vec())
}

fn text_predicate() -> impl Strategy<Value = Predicate> {
    prop_oneof![
        Just(Predicate::IsEmpty),
        text().prop_map(|text| Predicate::Equals(Operand::Text(text))),
        text().prop_map(Predicate::EqualsFolded),
        text().prop_map(Predicate::Contains),
        text().prop_map(Predicate::StartsWith),
        text().prop_map(Predicate::EndsWith),
        (comparison(), text())
            .prop_map(|(comparison, text)| Predicate::Compare(comparison, Operand::Text(text))),
        prop::collection::vec(text(), 1..4).prop_map(Predicate::OneOf),
        words().prop_map(Predicate::Words),
    ]
}

fn value_predicate(operand: impl Strategy<Value = Operand>) -> impl Strategy<Value = Predicate> {
    (prop::option::of(comparison()), operand).prop_map(|(comparison, operand)| match comparison {
        Some(comparison) => Predicate::Compare(comparison, operand),
        None => Predicate::Equals(operand),
    })
}

fn any_term(entity: Entity) -> impl Strategy<Value = Query> {
    if entity == Entity::Thread {
        return any_term_of_threads();
    }
    let both = [
        Field::Id,
        Field::Source,
        Field::Name,
        Field::Environment,
        Field::CreatedBy,
        Field::Tags,
        Field::ErrorType,
    ];
    let bodies = [Field::ErrorMessage, Field::Input, Field::Output, Field::Metadata];
    let own = match entity {
        Entity::Span => [Field::Model, Field::ParentSpanId],
        Entity::Trace | Entity::Thread => [Field::ThreadId, Field::Providers],
    };
    let texts = [both.as_slice(), &bodies, &own].concat();
    let paths = || {
        prop_oneof![
            path().prop_map(Field::InputPath),
            path().prop_map(Field::OutputPath),
            path().prop_map(Field::MetadataPath)
        ]
    };
    let keyed = prop_oneof![
        ".{1,6}".prop_map(Field::Usage),
        ".{1,6}".prop_map(|name| Field::FeedbackScore(name.to_lowercase())),
        one_of(&[Field::Cost, Field::Duration, Field::Ttft])
    ];
    let times = one_of(&[Field::StartTime, Field::EndTime, Field::CreatedAt, Field::LastUpdatedAt]);
    let instant = (0..=i64::MAX).prop_map(|nanos| Operand::Time(Timestamp::from_nanos(nanos)));
    let mut terms = vec![
        term(one_of(&texts), text_predicate()).boxed(),
        term(paths(), text_predicate()).boxed(),
        term(paths(), value_predicate(finite().prop_map(Operand::Number))).boxed(),
        term(paths(), any::<bool>().prop_map(|truth| Predicate::Equals(Operand::Truth(truth)))).boxed(),
        term(keyed, value_predicate(finite().prop_map(Operand::Number))).boxed(),
        term(times, value_predicate(instant)).boxed(),
        term(Just(Field::Error), Just(Predicate::Equals(Operand::Truth(true)))).boxed(),
        term(Just(Field::Text), words().prop_map(Predicate::Words)).boxed(),
        term(Just(Field::Text), text().prop_map(Predicate::Contains)).boxed(),
    ];
    if entity == Entity::Span {
        let kinds = prop::sample::select(Kind::ALL.map(Kind::name).to_vec());
        let equal = kinds.prop_map(|kind| Predicate::Equals(Operand::Text(kind.to_owned())));
        terms.push(term(Just(Field::Type), equal).boxed());
    }
    Union::new(terms)
}

/// What only threads have, and some of what they share.
fn any_term_of_threads() -> Union<BoxedStrategy<Query>> {
    let texts = [Field::ThreadId, Field::Status, Field::FirstMessage, Field::LastMessage, Field::Tags];
    let numbers = [Field::MessageCount, Field::Cost, Field::SpanCount];
    Union::new(vec![
        term(one_of(&texts), text_predicate()).boxed(),
        term(one_of(&numbers), value_predicate(finite().prop_map(Operand::Number))).boxed(),
        term(Just(Field::Text), words().prop_map(Predicate::Words)).boxed(),
    ])
}

fn any_query() -> impl Strategy<Value = (Entity, Query)> {
    prop::sample::select(&Entity::ALL[..]).prop_flat_map(|entity| {
        let query = any_term(entity).prop_recursive(4, 16, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Query::And),
                prop::collection::vec(inner.clone(), 0..4).prop_map(Query::Or),
                inner.prop_map(Query::negated),
            ]
        });
        (Just(entity), query.prop_map(Query::simplified))
    })
}

proptest! {
    #[test]
    fn a_written_tree_is_read_as_itself((entity, query) in any_query()) {
        let text = query.to_string();
        prop_assert_eq!(Query::parse(entity, &text, Timestamp::EPOCH), Ok(query), "{}", text);
    }
}

#[test]
fn conditions_are_written_the_way_people_write_them() {
    for text in [
        "name:agent AND cost > 0.1",
        "(error:true OR NOT tags:prod) AND start >= 2026-11-01T00:00:00Z",
        "model in (gpt-4o, \"claude opus\") OR metadata.user['a.b'] = \"42\"",
        "name:age* AND tags:*pro* AND missing:feedback['my score']",
        "hello AND \"slow answer\" AND \"and\" AND wor*",
        "name := Agent AND input ~ refund",
    ] {
        let query = Query::parse(Entity::Span, text, Timestamp::EPOCH).unwrap();
        assert_eq!(query.to_string(), text);
    }
}

#[test]
fn words_in_any_order_are_written_with_their_meaning() {
    let words = Words { words: vec!["a".to_owned(), "b".to_owned()], phrase: false, prefix: true, slips: 0 };
    let query = Query::term(Field::Text, Predicate::Words(words)).negated();
    assert_eq!(query.to_string(), "NOT (a AND b*)");
}
