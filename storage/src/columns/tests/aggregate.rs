//! Aggregations are held to the plain definition: put all rows that `Query::matches` in their groups, and count.

use std::collections::BTreeMap;
use std::num::NonZeroU64;

use cairn_core::limits::METADATA_TEXT_BYTES_MAX;
use cairn_core::query::{Subject, Value};

use super::model::paths;
use super::*;
use crate::aggregate::{Aggregated, Aggregation, Bucket, Clock, Key, Keyed, Measure, Quantity};
use crate::view::Part;

/// What the groups are told apart by, as in the answer.
type Place = (Option<Timestamp>, Vec<Key>);

fn measures() -> Vec<Measure> {
    let fields = [
        Field::Duration,
        Field::Cost,
        Field::SpanCount,
        Field::Usage("total".to_owned()),
        Field::Usage("a.b".to_owned()),
        Field::FeedbackScore("total".to_owned()),
        Field::Error,
        paths().swap_remove(0),
    ];
    let mut measures: Vec<_> =
        fields.into_iter().map(|field| Measure::of(field).with_percentiles()).collect();
    for quantity in [Quantity::TagCount, Quantity::Filled(Part::Input), Quantity::Filled(Part::Metadata)] {
        measures.push(Measure { quantity, percentiles: false });
    }
    measures
}

/// The values that a row adds to a measure.
fn numbers(row: &Columns, quantity: &Quantity) -> Option<f64> {
    match quantity {
        Quantity::Of(field) if !field.exists_for(row.entity) => None,
        Quantity::Of(field) => match row.value(field) {
            Value::Number(number) => Some(number),
            Value::Truth(true) if *field == Field::Error => Some(1.0),
            _ => None,
        },
        Quantity::Filled(part) => row.filled.contains(part).then_some(1.0),
        Quantity::TagCount => Some(f64::from(u32::try_from(row.tags.len()).unwrap())),
    }
}

fn keys(row: &Columns, field: &Field) -> Vec<Key> {
    let key = |text: &str| if text.is_empty() { Key::Missing } else { Key::Value(text.to_owned()) };
    if !field.exists_for(row.entity) {
        return vec![Key::Missing];
    }
    match row.value(field) {
        // Lists, objects and long texts within metadata cannot be grouped by.
        Value::List(_) if matches!(field, Field::MetadataPath(_)) => vec![Key::Missing],
        Value::Text(text)
            if matches!(field, Field::MetadataPath(_))
                && (text.starts_with('{') || text.len() > METADATA_TEXT_BYTES_MAX) =>
        {
            vec![Key::Missing]
        }
        Value::Text(text) => vec![key(&text)],
        Value::Truth(truth) => vec![key(&truth.to_string())],
        Value::Number(number) => vec![key(&number.to_string())],
        Value::List(items) => {
            let mut keys: Vec<_> =
                items.iter().filter(|item| !item.is_empty()).map(|item| key(item)).collect();
            keys.sort();
            keys.dedup();
            if keys.is_empty() { vec![Key::Missing] } else { keys }
        }
        Value::Missing | Value::Time(_) => vec![Key::Missing],
    }
}

fn time(row: &Columns, clock: Clock) -> Option<Timestamp> {
    match clock {
        Clock::Id => Some(Timestamp::from_millis(i64::try_from(row.id.as_u64_pair().0 >> 16).unwrap())),
        Clock::StartTime => Some(row.start_time).filter(|time| *time != Timestamp::EPOCH),
        Clock::EndTime => row.end_time.filter(|time| *time != Timestamp::EPOCH),
        Clock::CreatedAt => Some(row.created_at).filter(|time| *time != Timestamp::EPOCH),
        Clock::LastUpdatedAt => Some(row.last_updated_at).filter(|time| *time != Timestamp::EPOCH),
    }
}

fn folded(rows: &[&Columns], asked: &Aggregation) -> BTreeMap<Place, (u64, Vec<Vec<f64>>)> {
    let mut groups: BTreeMap<Place, (u64, Vec<Vec<f64>>)> = BTreeMap::new();
    for row in rows {
        let at = asked.bucket.and_then(|bucket| Some(bucket.start(time(row, bucket.clock)?)));
        let mut places = vec![Vec::new()];
        for field in &asked.by {
            let keys = keys(row, field);
            let with = |place: &Vec<Key>| {
                keys.iter()
                    .map(|key| [place.as_slice(), std::slice::from_ref(key)].concat())
                    .collect::<Vec<_>>()
            };
            places = places.iter().flat_map(with).collect();
        }
        for place in places {
            let empty = || (0, vec![Vec::new(); asked.measures.len()]);
            let (count, values) = groups.entry((at, place)).or_insert_with(empty);
            *count += 1;
            for (values, measure) in values.iter_mut().zip(&asked.measures) {
                values.extend(numbers(row, &measure.quantity));
            }
        }
    }
    groups
}

fn check(world: &World, scope: &Scope, query: &Query, asked: &Aggregation) {
    let mut verify = |id| Ok(query.matches(scope.entity, &world.rows[&(number(scope.entity), id)]));
    let found = world.searcher.aggregate(scope, query, None, asked, &mut verify).unwrap();
    let matching = world.expected(scope, query, &window_of(None));
    let rows: Vec<_> = matching.iter().map(|id| &world.rows[&(number(scope.entity), *id)]).collect();
    let mut expected = folded(&rows, asked);
    assert!(!found.truncated);
    for group in found.groups {
        let (count, values) = expected.remove(&(group.at, group.by.clone())).unwrap_or_default();
        assert_eq!(group.count, count, "{query:?} {asked:?}");
        for (mut summary, mut values) in group.summaries.into_iter().zip(values) {
            values.sort_unstable_by(f64::total_cmp);
            assert_eq!(summary.count(), values.len() as u64);
            assert!((summary.sum() - values.iter().sum::<f64>()).abs() < 1e-3);
            assert_eq!((summary.min(), summary.max()), (values.first().copied(), values.last().copied()));
            if let Some([least, median, most]) = summary.percentiles([0.0, 0.5, 1.0]) {
                let middle = f64::midpoint(values[(values.len() - 1) / 2], values[values.len() / 2]);
                assert!((median - middle).abs() < 1e-6, "{median} {values:?}");
                assert_eq!((Some(least), Some(most)), (summary.min(), summary.max()));
            }
        }
    }
    assert_eq!(expected, BTreeMap::new(), "{query:?} {asked:?}");
}

fn aggregations() -> impl Strategy<Value = Aggregation> {
    let clocks = vec![Clock::Id, Clock::StartTime, Clock::EndTime, Clock::CreatedAt, Clock::LastUpdatedAt];
    let bucket = (proptest::sample::select(clocks), proptest::sample::select(vec![1, 1_000, 3_600_000]))
        .prop_map(|(clock, width)| Bucket { clock, width_ms: NonZeroU64::new(width).unwrap() });
    let mut by: Vec<_> = paths().into_iter().filter(Field::can_be_grouped_by).collect();
    by.extend([
        Field::Name,
        Field::Tags,
        Field::Providers,
        Field::Model,
        Field::Type,
        Field::Error,
        Field::ErrorType,
        Field::SpanCount,
        Field::Usage("total".to_owned()),
    ]);
    let by = proptest::collection::vec(proptest::sample::select(by), 0..3);
    (proptest::option::of(bucket), by).prop_map(|(bucket, by)| Aggregation {
        measures: measures(),
        bucket,
        by,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_aggregation_is_what_counting_all_rows_gives(
        steps in steps(),
        asked in proptest::collection::vec((scopes(), query(), aggregations()), 24),
    ) {
        let world = played(steps);
        for (scope, query, aggregation) in asked {
            check(&world, &scope, &query, &aggregation);
        }
    }

    #[test]
    fn keys_are_those_of_rows_that_match(
        steps in steps(), asked in proptest::collection::vec((scopes(), query()), 12)
    ) {
        let world = played(steps);
        for (scope, query) in asked {
            let mut verify = |id| Ok(query.matches(scope.entity, &world.rows[&(number(scope.entity), id)]));
            let matching = world.expected(&scope, &query, &window_of(None));
            let rows: Vec<_> = matching.iter().map(|id| &world.rows[&(number(scope.entity), *id)]).collect();
            let usage: std::collections::BTreeSet<_> =
                rows.iter().flat_map(|row| row.usage.iter().map(|(key, _)| key.clone())).collect();
            let scores: std::collections::BTreeSet<_> =
                rows.iter().flat_map(|row| row.score_names.clone()).collect();
            for (keyed, expected) in [(Keyed::Usage, usage), (Keyed::Scores, scores)] {
                let found = world.searcher.keys(&scope, &query, None, keyed, &mut verify).unwrap();
                prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
            }
            // A field of metadata is one of those that the language reads, and some row has it.
            for name in world.searcher.keys(&scope, &query, None, Keyed::Metadata, &mut verify).unwrap() {
                let field = Field::parse(scope.entity, &name).unwrap();
                let has = Query::term(field, Predicate::IsEmpty).negated();
                prop_assert!(rows.iter().any(|row| has.matches(scope.entity, *row)), "{name}");
            }
        }
    }
}

#[test]
fn only_the_largest_groups_stay_and_the_rest_is_put_together() {
    let named = |n: u64, name: &str| Columns {
        name: Some(name.to_owned()),
        cost: Some(0.5),
        ..columns(Entity::Trace, n)
    };
    let rows = ["a", "b", "b", "c", "d", "d", "d"].iter().zip(1..);
    let world = World::with(rows.map(|(name, n)| named(n, name)).collect());
    let measures = vec![Measure::of(Field::Cost)];
    let asked = Aggregation { measures, bucket: None, by: vec![Field::Name] };
    let mut verify = |_| Ok(true);
    let found =
        world.searcher.aggregate(&scope(Entity::Trace), &Query::All, None, &asked, &mut verify).unwrap();
    let shown = |found: &Aggregated| {
        let row = |group: &crate::aggregate::Group| {
            (group.by[0].clone(), group.count, group.summaries[0].sum().to_string())
        };
        found.groups.iter().map(row).collect::<Vec<_>>()
    };
    let value = |name: &str| Key::Value(name.to_owned());
    let largest = found.clone().largest(2);
    assert!(largest.truncated);
    assert_eq!(
        shown(&largest),
        [(value("d"), 3, "1.5".into()), (value("b"), 2, "1".into()), (Key::Others, 2, "1".into())]
    );
    assert_eq!(shown(&found.clone().largest(4)), shown(&found));
}
