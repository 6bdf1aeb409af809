//! Rows, queries and sorts at random, and the plain way to sort rows. Values are few, so that they meet often.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use cairn_core::ids::ProjectId;
use cairn_core::query::{
    Comparison, Direction, Entity, Field, JsonPath, Operand, Predicate, Query, Sort, Subject, Value, Words,
};
use cairn_core::time::Timestamp;
use proptest::prelude::*;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::index::{Columns, Metadata, Window};
use crate::view::Part;

pub(super) const PROJECTS: [ProjectId; 2] =
    [ProjectId::known(Uuid::from_u128(0xA)), ProjectId::known(Uuid::from_u128(0xB))];

const WORDS: [&str; 9] = ["", "alpha", "Alpha beta", "BETA", "gämma", "GÄMMA", "12", "1.0", "true"];
const NUMBERS: [f64; 7] = [-1.5, 0.0, 0.9, 1.0, 2.0, 12.0, 1e9];
const KEYS: [&str; 3] = ["total", "a.b", "weird \\%\u{1} key"];

/// Greater numbers are newer; some ids share their first half.
pub(super) fn id(n: u64) -> Uuid {
    Uuid::from_u64_pair(0x0190_babc_0000_7000 + ((n / 3) << 16), 0x8000_0000_0000_0000 + n)
}

pub(super) fn columns(entity: Entity, n: u64) -> Columns {
    let time = Timestamp::from_millis(1_000 + i64::try_from(n).unwrap());
    Columns {
        entity,
        id: id(n),
        project_id: PROJECTS[0],
        trace_id: (entity != Entity::Thread).then(|| id(n)),
        parent_id: None,
        thread_id: None,
        name: None,
        kind: None,
        model: None,
        provider: None,
        providers: Vec::new(),
        environment: None,
        source: None,
        tags: Vec::new(),
        created_by: "ann".to_owned(),
        start_time: time,
        end_time: None,
        created_at: time,
        last_updated_at: time,
        duration_ms: None,
        ttft_ms: None,
        cost: None,
        usage: Vec::new(),
        span_count: 0,
        llm_span_count: 0,
        status: None,
        message_count: None,
        has_error: false,
        error_type: None,
        scores: Vec::new(),
        score_names: Vec::new(),
        span_scores: Vec::new(),
        span_score_names: Vec::new(),
        comments: Vec::new(),
        guardrails: None,
        guardrail_failures: Vec::new(),
        metadata: Metadata::Missing,
        derived: Vec::new(),
        filled: Vec::new(),
    }
}

fn word() -> impl Strategy<Value = String> {
    proptest::sample::select(&WORDS[..]).prop_map(str::to_owned)
}

fn number() -> impl Strategy<Value = f64> {
    proptest::sample::select(&NUMBERS[..])
}

fn key() -> impl Strategy<Value = String> {
    proptest::sample::select(&KEYS[..]).prop_map(str::to_owned)
}

fn time() -> impl Strategy<Value = Timestamp> {
    (0..4_i64).prop_map(|n| Timestamp::from_nanos(n * 500_000_000))
}

fn some<T: std::fmt::Debug>(of: impl Strategy<Value = T>) -> impl Strategy<Value = Option<T>> {
    proptest::option::weighted(0.6, of)
}

pub(super) fn rows(max: usize) -> impl Strategy<Value = Vec<Columns>> {
    proptest::collection::vec(row(), 1..max)
}

fn metadata() -> impl Strategy<Value = Metadata> {
    let leaf = prop_oneof![
        3 => word().prop_map(Json::from),
        3 => number().prop_map(Json::from),
        1 => any::<bool>().prop_map(Json::from),
        1 => Just(Json::Null),
        1 => Just(Json::from(u64::MAX)),
        1 => Just(Json::from("alpha ".repeat(400))),
    ];
    let key = proptest::sample::select(vec!["a", "b", "x/y", "~1", ""]).prop_map(str::to_owned);
    let value = leaf.prop_recursive(2, 8, 3, move |inner| {
        prop_oneof![
            1 => proptest::collection::vec(inner.clone(), 0..3).prop_map(Json::from),
            4 => proptest::collection::btree_map(key.clone(), inner, 0..4)
                .prop_map(Json::from_iter),
        ]
    });
    prop_oneof![
        1 => Just(Metadata::Missing),
        4 => value.prop_map(Metadata::Json),
    ]
}

/// Paths that random metadata may have.
pub(super) fn paths() -> Vec<Field> {
    let paths = ["a", "b", "a.b", "['x/y']", "['x/y']['~1']", "['']", "a[0]", "a[1].b", "b.a.b", "zzz"];
    paths.iter().map(|path| Field::MetadataPath(JsonPath::parse(path).unwrap())).collect()
}

/// Usage, scores, scores of spans, and how often each guardrail failed.
type Keyed = (BTreeMap<String, i64>, BTreeMap<String, f64>, BTreeMap<String, f64>, BTreeMap<String, u64>);

fn keyed() -> impl Strategy<Value = Keyed> {
    (
        proptest::collection::btree_map(key(), 0..3_i64, 0..3),
        proptest::collection::btree_map(key(), number(), 0..3),
        proptest::collection::btree_map(key(), number(), 0..2),
        proptest::collection::btree_map(key(), 0..3_u64, 0..2),
    )
}

/// What it is, its id, its trace, its parent and its project.
fn ids() -> impl Strategy<Value = (Entity, u64, u64, Option<u64>, usize)> {
    let entity = proptest::sample::select(&Entity::ALL[..]);
    (entity, 0..24_u64, 0..24_u64, some(0..24_u64), 0..PROJECTS.len())
}

fn row() -> impl Strategy<Value = Columns> {
    let texts = (
        proptest::array::uniform7(some(word())),
        proptest::array::uniform3(proptest::collection::vec(word(), 0..3)),
        some(proptest::sample::select(vec!["llm", "tool"])),
        some(word()),
        some(proptest::sample::select(vec!["active", "inactive"])),
    );
    let numbers = (proptest::array::uniform3(some(number())), 0..3_u64, 0..3_u64, some(0..3_u64));
    let times = (proptest::array::uniform3(time()), some(time()));
    let filled = proptest::sample::subsequence(vec![Part::Input, Part::Output, Part::Metadata], 0..4);
    let rest = (filled, metadata());
    (ids(), texts, numbers, keyed(), times, rest).prop_map(|(ids, texts, numbers, keyed, times, rest)| {
        let (filled, metadata) = rest;
        let (entity, n, trace, parent, project) = ids;
        let (texts, [tags, providers, comments], kind, error_type, status) = texts;
        let [thread_id, name, model, provider, environment, source, created_by] = texts;
        let ([duration_ms, ttft_ms, cost], span_count, llm_span_count, message_count) = numbers;
        let ([start_time, created_at, last_updated_at], end_time) = times;
        Columns {
            entity,
            id: id(n),
            project_id: PROJECTS[project],
            trace_id: (entity != Entity::Thread).then(|| id(trace)),
            parent_id: parent.map(id),
            thread_id,
            name,
            kind,
            model,
            provider,
            providers,
            environment,
            source,
            tags,
            created_by: created_by.unwrap_or_default(),
            start_time,
            end_time,
            created_at,
            last_updated_at,
            duration_ms,
            ttft_ms,
            cost,
            usage: keyed.0.into_iter().collect(),
            span_count,
            llm_span_count,
            status,
            message_count,
            has_error: error_type.is_some(),
            error_type,
            score_names: keyed.1.keys().map(|name| name.to_uppercase()).collect(),
            scores: keyed.1.into_iter().collect(),
            span_score_names: keyed.2.keys().map(|name| name.to_uppercase()).collect(),
            span_scores: keyed.2.into_iter().collect(),
            comments,
            guardrails: (!keyed.3.is_empty())
                .then(|| if keyed.3.values().all(|count| *count == 0) { "passed" } else { "failed" }),
            guardrail_failures: keyed.3.into_iter().collect(),
            derived: Vec::new(),
            // Threads have none.
            metadata: if entity == Entity::Thread { Metadata::Missing } else { metadata },
            filled,
        }
    })
}

/// All that the index holds.
pub(super) fn sort_fields() -> Vec<Field> {
    let keyed = KEYS.iter().map(|key| (*key).to_owned()).flat_map(|key| {
        [
            Field::Usage(key.clone()),
            Field::FeedbackScore(key.clone()),
            Field::SpanFeedbackScore(key.clone()),
            Field::GuardrailFailures(key),
        ]
    });
    let plain = [
        Field::Id,
        Field::TraceId,
        Field::ParentSpanId,
        Field::ThreadId,
        Field::Name,
        Field::Type,
        Field::Model,
        Field::Provider,
        Field::Providers,
        Field::Environment,
        Field::Source,
        Field::Tags,
        Field::Comments,
        Field::Guardrails,
        Field::GuardrailsFailed,
        Field::CreatedBy,
        Field::StartTime,
        Field::EndTime,
        Field::CreatedAt,
        Field::LastUpdatedAt,
        Field::Duration,
        Field::Ttft,
        Field::Cost,
        Field::SpanCount,
        Field::LlmSpanCount,
        Field::Status,
        Field::MessageCount,
        Field::Error,
        Field::ErrorType,
    ];
    plain.into_iter().chain(keyed).collect()
}

fn operand() -> impl Strategy<Value = Operand> {
    prop_oneof![
        4 => word().prop_map(Operand::Text),
        4 => number().prop_map(Operand::Number),
        3 => time().prop_map(Operand::Time),
        1 => any::<bool>().prop_map(Operand::Truth),
        1 => (0..24_u64).prop_map(|n| Operand::Text(id(n).to_string())),
    ]
}

fn predicate() -> impl Strategy<Value = Predicate> {
    let comparison = proptest::sample::select(vec![
        Comparison::Less,
        Comparison::LessOrEqual,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
    ]);
    let part = proptest::sample::select(vec!["", "a", "ALP", "beta", "gäm", "1", "0", "2-80", "tru"]);
    let words = proptest::collection::vec(proptest::sample::select(vec!["alpha", "beta", "gäm", "1"]), 1..3);
    prop_oneof![
        Just(Predicate::IsEmpty),
        operand().prop_map(Predicate::Equals),
        word().prop_map(Predicate::EqualsFolded),
        part.clone().prop_map(|part| Predicate::Contains(part.to_owned())),
        part.clone().prop_map(|part| Predicate::StartsWith(part.to_owned())),
        part.prop_map(|part| Predicate::EndsWith(part.to_owned())),
        (comparison, operand()).prop_map(|(comparison, operand)| Predicate::Compare(comparison, operand)),
        proptest::collection::vec(word(), 0..3).prop_map(Predicate::OneOf),
        (words, any::<bool>(), any::<bool>()).prop_map(|(words, phrase, prefix)| {
            Predicate::Words(Words {
                words: words.into_iter().map(str::to_owned).collect(),
                phrase,
                prefix,
                slips: 0,
            })
        }),
    ]
}

fn term() -> impl Strategy<Value = Query> {
    let mut fields = sort_fields();
    // What the index cannot know must be looked up.
    fields.extend([Field::Input, Field::FirstMessage, Field::ErrorMessage, Field::Text]);
    fields.extend(paths());
    (proptest::sample::select(fields), predicate())
        .prop_map(|(field, predicate)| Query::term(field, predicate))
}

pub(super) fn query() -> impl Strategy<Value = Query> {
    let leaf = prop_oneof![1 => Just(Query::All), 12 => term()];
    leaf.prop_recursive(3, 12, 3, |inner| {
        let parts = proptest::collection::vec(inner.clone(), 0..4);
        prop_oneof![
            parts.clone().prop_map(Query::And),
            parts.prop_map(Query::Or),
            inner.prop_map(Query::negated),
        ]
    })
}

pub(super) fn window_of(sort: Option<Sort>) -> Window {
    Window { sort, after: None, offset: 0, limit: 1_000, count: false }
}

fn whole(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

impl Subject for Columns {
    fn value(&self, field: &Field) -> Value<'_> {
        let text = |text: &'_ Option<String>| {
            text.clone().map_or(Value::Missing, |text| Value::Text(Cow::Owned(text)))
        };
        let number = |number: Option<f64>| number.map_or(Value::Missing, Value::Number);
        let list = |items: &[String]| Value::List(items.iter().cloned().map(Cow::Owned).collect());
        let keyed = |key: &String, values: &[(String, f64)]| {
            number(values.iter().find(|(known, _)| known == key).map(|(_, value)| *value))
        };
        match field {
            Field::Id => text(&Some(self.id.to_string())),
            Field::TraceId => text(&self.trace_id.map(|id| id.to_string())),
            Field::ParentSpanId => text(&self.parent_id.map(|id| id.to_string())),
            Field::ThreadId => text(&self.thread_id),
            Field::Type => text(&self.kind.map(str::to_owned)),
            Field::Status => text(&self.status.map(str::to_owned)),
            Field::Model => text(&self.model),
            Field::Provider => text(&self.provider),
            Field::Providers => list(&self.providers),
            Field::Environment => text(&self.environment),
            Field::Source => text(&self.source),
            Field::Tags => list(&self.tags),
            Field::Comments => list(&self.comments),
            Field::CreatedBy => text(&Some(self.created_by.clone())),
            Field::StartTime => Value::Time(self.start_time),
            Field::EndTime => self.end_time.map_or(Value::Missing, Value::Time),
            Field::CreatedAt => Value::Time(self.created_at),
            Field::LastUpdatedAt => Value::Time(self.last_updated_at),
            Field::Duration => number(self.duration_ms),
            Field::Ttft => number(self.ttft_ms),
            Field::Cost => number(self.cost),
            Field::SpanCount => Value::Number(whole(self.span_count)),
            Field::LlmSpanCount => Value::Number(whole(self.llm_span_count)),
            Field::MessageCount => number(self.message_count.map(whole)),
            Field::Usage(key) => {
                let count = self.usage.iter().find(|(known, _)| known == key);
                number(count.map(|(_, count)| f64::from(i32::try_from(*count).unwrap())))
            }
            Field::FeedbackScore(name) => keyed(name, &self.scores),
            Field::SpanFeedbackScore(name) => keyed(name, &self.span_scores),
            Field::Guardrails => text(&self.guardrails.map(str::to_owned)),
            Field::GuardrailsFailed => {
                let failed: u64 = self.guardrail_failures.iter().map(|(_, count)| count).sum();
                number(self.guardrails.map(|_| whole(failed)))
            }
            Field::GuardrailFailures(name) => {
                let failures = self.guardrail_failures.iter();
                let failures: Vec<_> = failures.map(|(name, count)| (name.clone(), whole(*count))).collect();
                keyed(name, &failures)
            }
            Field::Error => Value::Truth(self.has_error),
            Field::ErrorType => text(&self.error_type),
            // The name stands in for what is in the row alone.
            Field::Name | Field::Input | Field::FirstMessage | Field::ErrorMessage | Field::Text => {
                text(&self.name)
            }
            Field::MetadataPath(path) => within(&self.metadata, path),
            Field::Output
            | Field::LastMessage
            | Field::Metadata
            | Field::InputPath(_)
            | Field::OutputPath(_)
            | Field::Derived(_)
            | Field::ExperimentId
            | Field::AnnotationQueueId
            | Field::Own(_)
            | Field::OwnPath(..) => Value::Missing,
        }
    }
}

fn within<'a>(metadata: &'a Metadata, path: &JsonPath) -> Value<'a> {
    match metadata {
        Metadata::Json(json) => path.lookup(json).map_or(Value::Missing, Value::of_json),
        Metadata::Missing | Metadata::TooLarge => Value::Missing,
    }
}

/// Newest first, or by a field: rows without a value last, equal ones newest first.
pub(super) fn sorted<'a>(mut rows: Vec<&'a Columns>, sort: Option<&Sort>) -> Vec<&'a Columns> {
    rows.sort_by_key(|row| std::cmp::Reverse(row.id));
    let Some(sort) = sort else { return rows };
    let field = if sort.field == Field::Error { Field::ErrorType } else { sort.field.clone() };
    let key = |row: &Columns| match row.value(&field) {
        Value::Missing => None,
        _ if !field.exists_for(row.entity) => None,
        Value::List(items) => {
            let items: Vec<_> =
                items.into_iter().filter(|item| !item.is_empty()).map(Cow::into_owned).collect();
            (!items.is_empty()).then_some(Key::List(items))
        }
        Value::Text(text) => Some(Key::List(vec![text.into_owned()])),
        Value::Number(number) => Some(Key::Number(number)),
        Value::Time(time) => Some(Key::Number(f64::from(i32::try_from(time.as_millis()).unwrap()))),
        Value::Truth(_) => None,
    };
    rows.sort_by(|one, other| match (key(one), key(other)) {
        (Some(one), Some(other)) => match sort.direction {
            Direction::Ascending => one.order(&other),
            Direction::Descending => other.order(&one),
        },
        (one, other) => one.is_none().cmp(&other.is_none()),
    });
    rows
}

enum Key {
    Number(f64),
    List(Vec<String>),
}

impl Key {
    fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(one), Self::Number(other)) => one.partial_cmp(other).unwrap(),
            (Self::List(one), Self::List(other)) => one.cmp(other),
            _ => panic!("a field holds one kind of value"),
        }
    }
}
