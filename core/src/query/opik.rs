//! Opik's JSON filters and sortings, turned into the same tree. Its names, operators, kinds and error texts are told here
//! and nowhere else.

use chrono::DateTime;
use serde::{Deserialize, Deserializer};

use crate::limits::{QUERY_CHARS_MAX, QUERY_TERMS_MAX};
use crate::query::meaning::number;
use crate::query::{
    Comparison, Direction, Entity, Field, JsonPath, JsonStep, Operand, Predicate, Query, Sort, Subject, Value,
};
use crate::rejection::Rejection;
use crate::time::Timestamp;

const VISIBILITY_MODE: &str = "visibility_mode";

/// One filter as clients send it. What else they send beside it, such as `type`, says nothing new.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FilterJson {
    pub field: String,
    pub operator: String,
    #[serde(default)]
    pub key: Option<String>,
    #[serde(default, deserialize_with = "scalar")]
    pub value: Option<String>,
}

/// Reads the text of a JSON array of filters, all of which must hold.
pub fn filters(entity: Entity, text: &str) -> Result<Query, Rejection> {
    if text.trim().is_empty() {
        return Ok(Query::All);
    }
    check_length("filters query parameter", text)?;
    let unreadable = || Rejection::malformed(format!("Invalid filters query parameter '{text}'"));
    let list: Option<Vec<FilterJson>> = serde_json::from_str(text).map_err(|_| unreadable())?;
    compile(&|name| target(entity, name), list.as_deref().unwrap_or_default()).map_err(
        |refusal| match refusal {
            Refusal::Unknown(what) => unreadable().hint(what),
            Refusal::Rejected(rejection) => rejection,
        },
    )
}

/// As `filters`, over the fields that some rows have of their own.
pub fn own_filters(fields: &[(&'static str, Type)], text: &str) -> Result<Query, Rejection> {
    if text.trim().is_empty() {
        return Ok(Query::All);
    }
    check_length("filters query parameter", text)?;
    let unreadable = || Rejection::malformed(format!("Invalid filters query parameter '{text}'"));
    let list: Option<Vec<FilterJson>> = serde_json::from_str(text).map_err(|_| unreadable())?;
    let own = |wanted: &str| {
        let (name, kind) = fields.iter().find(|(name, _)| *name == wanted)?;
        let is_keyed = matches!(kind, Type::Dictionary | Type::Map | Type::FeedbackScoresNumber);
        Some((if is_keyed { Target::Own(name) } else { Target::Field(Field::Own(name)) }, *kind))
    };
    compile(&own, list.as_deref().unwrap_or_default()).map_err(|refusal| match refusal {
        Refusal::Unknown(what) => unreadable().hint(what),
        Refusal::Rejected(rejection) => rejection,
    })
}

/// Takes filters that came as real JSON within a body.
pub fn filter_list(entity: Entity, filters: &[FilterJson]) -> Result<Query, Rejection> {
    compile(&|name| target(entity, name), filters).map_err(|refusal| match refusal {
        Refusal::Unknown(what) => Rejection::malformed("Unable to process JSON").hint(what),
        Refusal::Rejected(rejection) => rejection,
    })
}

/// Reads the text of a JSON array of sortings. Only the first counts, and only if one can sort by it.
pub fn sorting(entity: Entity, text: &str) -> Result<Option<Sort>, Rejection> {
    read_sorting(&|name| sort_field(entity, name), text)
}

pub(super) fn read_sorting(
    field: &dyn Fn(&str) -> Option<Field>,
    text: &str,
) -> Result<Option<Sort>, Rejection> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    check_length("sorting query parameter", text)?;
    let list: Option<Vec<SortingJson>> = serde_json::from_str(text)
        .map_err(|_| Rejection::malformed(format!("Invalid sorting query parameter '{text}'")))?;
    let Some(first) = list.unwrap_or_default().into_iter().next() else { return Ok(None) };
    let direction = match first.direction {
        Some(DirectionJson::Ascending) => Direction::Ascending,
        Some(DirectionJson::Descending) => Direction::Descending,
        None => Direction::default(),
    };
    Ok(field(&first.field).map(|field| Sort { field, direction }))
}

/// What a list of the entity can be sorted by. A star stands for any key.
pub const fn sortable_by(entity: Entity) -> &'static [&'static str] {
    match entity {
        Entity::Trace => &[
            "id",
            "name",
            "input",
            "output",
            "start_time",
            "end_time",
            "duration",
            "ttft",
            "metadata",
            "thread_id",
            "span_count",
            "llm_span_count",
            "usage.*",
            "total_estimated_cost",
            "tags",
            "error_info",
            "created_by",
            "feedback_scores.*",
            "span_feedback_scores.*",
            "environment",
        ],
        Entity::Span => &[
            "id",
            "name",
            "type",
            "trace_id",
            "parent_span_id",
            "input",
            "output",
            "metadata",
            "start_time",
            "end_time",
            "duration",
            "ttft",
            "usage.*",
            "tags",
            "created_at",
            "last_updated_at",
            "model",
            "provider",
            "total_estimated_cost",
            "error_info",
            "created_by",
            "feedback_scores.*",
            "environment",
        ],
        Entity::Thread => &[
            "id",
            "start_time",
            "end_time",
            "duration",
            "number_of_messages",
            "last_updated_at",
            "created_by",
            "created_at",
            "usage.*",
            "total_estimated_cost",
            "feedback_scores.*",
            "status",
            "tags",
            "environment",
        ],
    }
}

#[derive(Deserialize)]
struct SortingJson {
    field: String,
    #[serde(default)]
    direction: Option<DirectionJson>,
}

#[derive(Deserialize)]
enum DirectionJson {
    #[serde(rename = "ASC", alias = "asc")]
    Ascending,
    #[serde(rename = "DESC", alias = "desc")]
    Descending,
}

fn sort_field(entity: Entity, name: &str) -> Option<Field> {
    if let Some(key) = name.strip_prefix("usage.") {
        return (!key.is_empty()).then(|| Field::Usage(key.to_owned()));
    }
    if let Some(score) = name.strip_prefix("feedback_scores.") {
        return (!score.is_empty()).then(|| Field::FeedbackScore(score.to_lowercase()));
    }
    if let Some(score) = name.strip_prefix("span_feedback_scores.") {
        let is_asked = entity == Entity::Trace && !score.is_empty();
        return is_asked.then(|| Field::SpanFeedbackScore(score.to_lowercase()));
    }
    match name {
        // What clients call a thread's id is its name.
        "id" if entity == Entity::Thread => Some(Field::ThreadId),
        name if sortable_by(entity).contains(&name) => Field::parse(entity, name).ok(),
        _ => None,
    }
}

/// Clients send text; a number or a truth is taken as its text.
fn scalar<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    use serde_json::Value;
    match Value::deserialize(deserializer)? {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        value @ (Value::Bool(_) | Value::Number(_)) => Ok(Some(value.to_string())),
        Value::Array(_) | Value::Object(_) => Err(serde::de::Error::custom("a value is text")),
    }
}

fn check_length(what: &str, text: &str) -> Result<(), Rejection> {
    if text.len() > QUERY_CHARS_MAX && text.chars().nth(QUERY_CHARS_MAX).is_some() {
        return Err(Rejection::malformed(format!(
            "{what} must not have more than {QUERY_CHARS_MAX} characters"
        )));
    }
    Ok(())
}

enum Refusal {
    /// Names a field or an operator that there is not.
    Unknown(String),
    Rejected(Rejection),
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    String,
    /// Text that clients also ask for membership.
    StringOrEnum,
    StringExact,
    DateTime,
    Number,
    Duration,
    FeedbackScoresNumber,
    Dictionary,
    /// An object whose keys are columns.
    Map,
    List,
    Enum,
    EnumLegacy,
    ErrorContainer,
    Custom,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Contains,
    StartsWith,
    EndsWith,
    Equal,
    Compare(Comparison),
    IsEmpty,
    In,
}

/// What a filter is about.
enum Target {
    Field(Field),
    Score(fn(String) -> Field),
    Path(fn(JsonPath) -> Field),
    /// Needs a key within a field that rows have of their own.
    Own(&'static str),
    Custom,
}

/// What a name stands for, and of which type it is.
type Lookup<'a> = dyn Fn(&str) -> Option<(Target, Type)> + 'a;

fn compile(lookup: &Lookup<'_>, filters: &[FilterJson]) -> Result<Query, Refusal> {
    if filters.len() > QUERY_TERMS_MAX {
        return Err(Rejection::malformed(format!("filters must not be more than {QUERY_TERMS_MAX}")).into());
    }
    let parts = filters.iter().map(|filter| compile_one(lookup, filter));
    Ok(Query::And(parts.collect::<Result<_, _>>()?).simplified())
}

fn compile_one(lookup: &Lookup<'_>, filter: &FilterJson) -> Result<Query, Refusal> {
    check_length("a key of a filter", filter.key.as_deref().unwrap_or_default())?;
    check_length("a value of a filter", filter.value.as_deref().unwrap_or_default())?;
    let (target, kind) =
        lookup(&filter.field).ok_or_else(|| Refusal::Unknown(format!("unknown field `{}`", filter.field)))?;
    let (operator, negated) = Operator::parse(&filter.operator)
        .ok_or_else(|| Refusal::Unknown(format!("unknown operator `{}`", filter.operator)))?;
    if !kind.allows(operator) {
        let FilterJson { field, operator, .. } = filter;
        let kind = kind.name();
        let message = format!("Invalid operator '{operator}' for field '{field}' of type '{kind}'");
        return Err(Rejection::malformed(message).into());
    }
    let field = resolve(target, filter, kind)?;
    let query = condition(field, kind, operator, filter)?;
    let query = if filter.field == VISIBILITY_MODE { of_the_visible(&query) } else { query };
    Ok(if negated { query.negated() } else { query })
}

/// All traces are shown: what is asked of their visibility is true of all or of none.
fn of_the_visible(query: &Query) -> Query {
    struct Visible;
    impl Subject for Visible {
        fn value(&self, _field: &Field) -> Value<'_> {
            Value::Text("default".into())
        }
    }
    if query.matches(Entity::Trace, &Visible) { Query::All } else { Query::All.negated() }
}

fn target(entity: Entity, name: &str) -> Option<(Target, Type)> {
    if entity == Entity::Thread
        && let Some((field, kind)) = of_threads(name)
    {
        return Some((Target::Field(field), kind));
    }
    if let Some(key) = name.strip_prefix("usage.").filter(|key| !key.is_empty()) {
        return Some((Target::Field(Field::Usage(key.to_owned())), Type::Number));
    }
    let (field, kind) = match name {
        "feedback_scores" => return Some((Target::Score(Field::FeedbackScore), Type::FeedbackScoresNumber)),
        "span_feedback_scores" if entity == Entity::Trace => {
            return Some((Target::Score(Field::SpanFeedbackScore), Type::FeedbackScoresNumber));
        }
        "annotation_queue_ids" if entity != Entity::Span => {
            return Some((Target::Field(Field::AnnotationQueueId), Type::List));
        }
        VISIBILITY_MODE if entity == Entity::Trace => {
            return Some((Target::Field(Field::Own(VISIBILITY_MODE)), Type::Enum));
        }
        // Threads have no bodies of their own.
        "input_json" | "output_json" | "metadata" | "custom" if entity == Entity::Thread => return None,
        "input_json" => return Some((Target::Path(Field::InputPath), Type::Dictionary)),
        "output_json" => return Some((Target::Path(Field::OutputPath), Type::Dictionary)),
        "metadata" => return Some((Target::Path(Field::MetadataPath), Type::Dictionary)),
        "custom" => return Some((Target::Custom, Type::Custom)),
        "id" => (Field::Id, Type::StringExact),
        "name" => (Field::Name, Type::String),
        "start_time" => (Field::StartTime, Type::DateTime),
        "end_time" => (Field::EndTime, Type::DateTime),
        "created_at" => (Field::CreatedAt, Type::DateTime),
        "last_updated_at" => (Field::LastUpdatedAt, Type::DateTime),
        "input" => (Field::Input, Type::String),
        "output" => (Field::Output, Type::String),
        "total_estimated_cost" => (Field::Cost, Type::Number),
        "llm_span_count" => (Field::LlmSpanCount, Type::Number),
        "duration" => (Field::Duration, Type::Duration),
        "ttft" => (Field::Ttft, Type::Number),
        "tags" => (Field::Tags, Type::List),
        "thread_id" => (Field::ThreadId, Type::StringExact),
        "trace_id" => (Field::TraceId, Type::StringExact),
        // Whoever lists knows which traces belong to experiments.
        "experiment_id" => (Field::ExperimentId, Type::StringExact),
        "experiment_ids" => (Field::ExperimentId, Type::Enum),
        "model" => (Field::Model, Type::String),
        "provider" => (Field::Provider, Type::String),
        "type" => (Field::Type, Type::Enum),
        "source" => (Field::Source, Type::EnumLegacy),
        "environment" => (Field::Environment, Type::StringOrEnum),
        "error_info" => (Field::Error, Type::ErrorContainer),
        "error_type" => (Field::ErrorType, Type::String),
        "guardrails" => (Field::Guardrails, Type::StringOrEnum),
        _ => return None,
    };
    field.exists_for(entity).then_some((Target::Field(field), kind))
}

/// What names mean of threads, where it differs from what they mean of traces and spans.
fn of_threads(name: &str) -> Option<(Field, Type)> {
    Some(match name {
        // What clients call a thread's id is its name.
        "id" => (Field::ThreadId, Type::String),
        "first_message" => (Field::FirstMessage, Type::String),
        "last_message" => (Field::LastMessage, Type::String),
        "number_of_messages" => (Field::MessageCount, Type::Number),
        "status" => (Field::Status, Type::Enum),
        _ => return None,
    })
}

fn resolve(target: Target, filter: &FilterJson, kind: Type) -> Result<Field, Rejection> {
    let keyed =
        || filter.key.as_deref().filter(|key| !key.trim().is_empty()).ok_or_else(|| bad_value(filter, kind));
    let path = |text: &str| JsonPath::parse(text).map_err(|_| bad_value(filter, kind));
    match target {
        Target::Field(field) => Ok(field),
        Target::Score(named) => Ok(named(keyed()?.to_lowercase())),
        Target::Path(at) => Ok(at(path(keyed()?)?)),
        // The name of a score is one key, whatever characters it has.
        Target::Own(name) if kind == Type::FeedbackScoresNumber => {
            Ok(Field::OwnPath(name, JsonPath(vec![JsonStep::Key(keyed()?.to_owned())])))
        }
        Target::Own(name) => Ok(Field::OwnPath(name, path(keyed()?)?)),
        Target::Custom => {
            let key = keyed()?;
            let (at, rest): (fn(JsonPath) -> Field, _) = match key.split_once('.') {
                Some(("input", rest)) => (Field::InputPath, rest),
                Some(("output", rest)) => (Field::OutputPath, rest),
                Some(("metadata", rest)) => (Field::MetadataPath, rest),
                _ => return Err(Rejection::malformed(format!("Invalid key '{key}' for custom filter"))),
            };
            Ok(at(path(rest)?))
        }
    }
}

fn condition(field: Field, kind: Type, operator: Operator, filter: &FilterJson) -> Result<Query, Rejection> {
    let is_error = kind == Type::ErrorContainer;
    let bad = || bad_value(filter, kind);
    let text = || filter.value.clone().ok_or_else(bad);
    let predicate = match operator {
        // Emptiness takes no value, whatever is sent.
        Operator::IsEmpty if is_error => {
            return Ok(Query::term(field, Predicate::Equals(Operand::Truth(true))).negated());
        }
        Operator::IsEmpty => Predicate::IsEmpty,
        Operator::Contains => Predicate::Contains(text()?),
        Operator::StartsWith => Predicate::StartsWith(text()?),
        Operator::EndsWith => Predicate::EndsWith(text()?),
        Operator::In => {
            let values = text()?.split(',').map(|value| value.trim().to_owned()).collect();
            return Ok(one_of(field, kind, values));
        }
        Operator::Equal => match kind {
            Type::Enum | Type::EnumLegacy => return Ok(one_of(field, kind, vec![text()?])),
            Type::String | Type::StringOrEnum | Type::Dictionary | Type::Map | Type::Custom => {
                Predicate::EqualsFolded(text()?)
            }
            _ => Predicate::Equals(operand(kind, &text()?).ok_or_else(bad)?),
        },
        Operator::Compare(comparison) => {
            Predicate::Compare(comparison, operand(kind, &text()?).ok_or_else(bad)?)
        }
    };
    Ok(Query::term(field, predicate))
}

/// Rows from before there were sources came from SDKs.
fn one_of(field: Field, kind: Type, mut values: Vec<String>) -> Query {
    let with_missing = kind == Type::EnumLegacy && values.iter().any(|value| value == "sdk");
    let predicate = match (values.len(), values.pop()) {
        (1, Some(value)) => Predicate::Equals(Operand::Text(value)),
        (_, last) => {
            values.extend(last);
            Predicate::OneOf(values)
        }
    };
    let query = Query::term(field.clone(), predicate);
    if with_missing { Query::Or(vec![query, Query::term(field, Predicate::IsEmpty)]) } else { query }
}

/// The value as the field's type wants it; JSON compares by number.
fn operand(kind: Type, text: &str) -> Option<Operand> {
    match kind {
        Type::DateTime => instant(text).map(Operand::Time),
        Type::Number
        | Type::Duration
        | Type::FeedbackScoresNumber
        | Type::Dictionary
        | Type::Map
        | Type::Custom => number(text).map(Operand::Number),
        Type::String
        | Type::StringOrEnum
        | Type::StringExact
        | Type::List
        | Type::Enum
        | Type::EnumLegacy
        | Type::ErrorContainer => Some(Operand::Text(text.to_owned())),
    }
}

/// Clients mean "ever" by the year 1 and "never" by the year 9999, which lie beyond what we store.
fn instant(text: &str) -> Option<Timestamp> {
    Timestamp::parse(text).or_else(|| {
        let instant = DateTime::parse_from_rfc3339(text).ok()?;
        Some(if instant.timestamp() < 0 { Timestamp::EPOCH } else { Timestamp::MAX })
    })
}

fn bad_value(filter: &FilterJson, kind: Type) -> Rejection {
    let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "null".to_owned());
    let (value, key) = (shown(&filter.value), shown(&filter.key));
    let (field, kind) = (&filter.field, kind.name());
    Rejection::malformed(format!(
        "Invalid value '{value}' or key '{key}' for field '{field}' of type '{kind}'"
    ))
}

impl Operator {
    /// The operator, and whether what it says is turned round.
    fn parse(name: &str) -> Option<(Self, bool)> {
        Some(match name {
            "contains" => (Self::Contains, false),
            "not_contains" => (Self::Contains, true),
            "starts_with" => (Self::StartsWith, false),
            "ends_with" => (Self::EndsWith, false),
            "=" => (Self::Equal, false),
            "!=" => (Self::Equal, true),
            ">" => (Self::Compare(Comparison::Greater), false),
            ">=" => (Self::Compare(Comparison::GreaterOrEqual), false),
            "<" => (Self::Compare(Comparison::Less), false),
            "<=" => (Self::Compare(Comparison::LessOrEqual), false),
            "is_empty" => (Self::IsEmpty, false),
            "is_not_empty" => (Self::IsEmpty, true),
            "in" => (Self::In, false),
            "not_in" => (Self::In, true),
            _ => return None,
        })
    }
}

impl Type {
    const fn name(self) -> &'static str {
        match self {
            Self::String | Self::StringOrEnum => "string",
            Self::StringExact => "string_exact",
            Self::DateTime => "date_time",
            Self::Number => "number",
            Self::Duration => "duration",
            Self::FeedbackScoresNumber => "feedback_scores_number",
            Self::Dictionary => "dictionary",
            Self::Map => "map",
            Self::List => "list",
            Self::Enum => "enum",
            Self::EnumLegacy => "enum_legacy",
            Self::ErrorContainer => "error_container",
            Self::Custom => "custom",
        }
    }

    const fn allows(self, operator: Operator) -> bool {
        use Operator::{Compare, Contains, EndsWith, Equal, In, IsEmpty, StartsWith};
        let is_strict = matches!(operator, Compare(Comparison::Greater | Comparison::Less));
        match self {
            Self::String | Self::StringExact => {
                is_strict || matches!(operator, Contains | StartsWith | EndsWith | Equal)
            }
            Self::Dictionary | Self::Custom => {
                is_strict || matches!(operator, Contains | StartsWith | EndsWith | Equal | IsEmpty)
            }
            Self::Map => matches!(operator, Contains | StartsWith | EndsWith | Equal),
            Self::DateTime | Self::Number | Self::Duration => matches!(operator, Equal | Compare(_)),
            Self::FeedbackScoresNumber => matches!(operator, Equal | Compare(_) | IsEmpty),
            Self::List => matches!(operator, Contains | Equal | IsEmpty),
            Self::StringOrEnum => Self::String.allows(operator) || Self::Enum.allows(operator),
            Self::Enum | Self::EnumLegacy => matches!(operator, Equal | In | IsEmpty),
            Self::ErrorContainer => matches!(operator, IsEmpty),
        }
    }
}

#[cfg(test)]
mod tests;
