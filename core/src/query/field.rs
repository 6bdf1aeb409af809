//! Fields by name: what they are called, what kind of value they hold, and which entity has them.

use std::fmt;

use strsim::osa_distance;

use crate::query::path::is_plain;
use crate::query::{Entity, Field, JsonPath, JsonStep};

/// The kind of value that a field holds, which decides what can be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// An id or one of a few words: compared to the letter.
    Exact,
    Text,
    List,
    Number,
    /// Milliseconds.
    Duration,
    Time,
    Truth,
    /// A value within a JSON body; its kind differs from one thing to the next.
    Json,
    /// All texts at once.
    Anything,
}

/// Why a name is not a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownField {
    /// The character of the name at which it goes wrong.
    pub at: usize,
    pub message: String,
    /// A name that may be meant.
    pub suggestion: Option<String>,
}

impl Entity {
    pub const ALL: [Self; 3] = [Self::Trace, Self::Span, Self::Thread];

    pub const fn plural(self) -> &'static str {
        match self {
            Self::Trace => "traces",
            Self::Span => "spans",
            Self::Thread => "threads",
        }
    }
}

/// Fields without a key of their own.
static PLAIN: [Field; 35] = [
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
    Field::FirstMessage,
    Field::LastMessage,
    Field::Error,
    Field::ErrorType,
    Field::ErrorMessage,
    Field::Comments,
    Field::Guardrails,
    Field::GuardrailsFailed,
    Field::ExperimentId,
    Field::AnnotationQueueId,
    Field::Text,
];

/// Words that stand before a key: `usage.total_tokens`.
const PREFIXES: [&str; 10] = [
    "input",
    "output",
    "metadata",
    "usage",
    "feedback",
    "feedback_scores",
    "span_feedback",
    "span_feedback_scores",
    "guardrails",
    "derived",
];

impl Field {
    /// Reads a name as the query language and sortings have it: `cost`, `usage.total_tokens`, `metadata.user['a.b']`.
    pub fn parse(entity: Entity, name: &str) -> Result<Self, UnknownField> {
        let field = Self::parse_any(entity, name)?;
        if field.exists_for(entity) {
            return Ok(field);
        }
        let suggestion = match entity {
            Entity::Trace => field.on_traces(),
            Entity::Span => field.on_spans(),
            Entity::Thread => field.on_threads(),
        };
        let owners = Entity::ALL.into_iter().filter(|owner| field.exists_for(*owner)).map(Entity::plural);
        let owners = owners.collect::<Vec<_>>().join(" and ");
        Err(UnknownField {
            at: 0,
            message: format!("`{name}` is a field of {owners}, not of {}", entity.plural()),
            suggestion: suggestion.map(str::to_owned),
        })
    }

    fn parse_any(entity: Entity, name: &str) -> Result<Self, UnknownField> {
        let (head, rest) = name.split_at(name.find(['.', '[']).unwrap_or(name.len()));
        let head = head.to_lowercase();
        if rest.is_empty()
            && let Some(field) = PLAIN.iter().find(|field| field.names().contains(&head.as_str()))
        {
            return Ok(field.clone());
        }
        match head.as_str() {
            "input" => path_or(Self::Input, Self::InputPath, &head, rest),
            "output" => path_or(Self::Output, Self::OutputPath, &head, rest),
            "metadata" => path_or(Self::Metadata, Self::MetadataPath, &head, rest),
            "usage" => key(&head, rest, "total_tokens").map(Self::Usage),
            "feedback" | "feedback_scores" => {
                key(&head, rest, "accuracy").map(|name| Self::FeedbackScore(name.to_lowercase()))
            }
            "span_feedback" | "span_feedback_scores" => {
                key(&head, rest, "accuracy").map(|name| Self::SpanFeedbackScore(name.to_lowercase()))
            }
            "guardrails" => key(&head, rest, "PII").map(Self::GuardrailFailures),
            "derived" => key(&head, rest, "finish_reason").map(|name| Self::Derived(name.to_lowercase())),
            _ => Err(UnknownField {
                at: 0,
                message: format!("`{name}` is not a field of {}", entity.plural()),
                suggestion: nearest(entity, &head).map(|head| with_rest(head, rest)),
            }),
        }
    }

    /// What the field is called, the best name first. Fields with a key have none of their own.
    const fn names(&self) -> &[&'static str] {
        match self {
            Self::Id => &["id"],
            Self::TraceId => &["trace_id", "trace"],
            Self::ParentSpanId => &["parent_span_id", "parent"],
            Self::ThreadId => &["thread_id", "thread"],
            Self::Name => &["name"],
            Self::Type => &["type"],
            Self::Model => &["model"],
            Self::Provider => &["provider"],
            Self::Providers => &["providers"],
            Self::Environment => &["environment", "env"],
            Self::Source => &["source"],
            Self::Tags => &["tags", "tag"],
            Self::CreatedBy => &["created_by"],
            Self::StartTime => &["start", "start_time"],
            Self::EndTime => &["end", "end_time"],
            Self::CreatedAt => &["created_at"],
            Self::LastUpdatedAt => &["last_updated_at"],
            Self::Duration => &["duration"],
            Self::Ttft => &["ttft"],
            Self::Cost => &["cost", "total_estimated_cost"],
            Self::SpanCount => &["span_count"],
            Self::LlmSpanCount => &["llm_span_count"],
            Self::Status => &["status"],
            Self::MessageCount => &["messages", "number_of_messages"],
            Self::FirstMessage => &["first_message"],
            Self::LastMessage => &["last_message"],
            Self::Error => &["error", "error_info"],
            Self::ErrorType => &["error_type"],
            Self::ErrorMessage => &["error_message"],
            Self::Comments => &["comments", "comment"],
            Self::Text => &["text"],
            Self::Input | Self::InputPath(_) => &["input"],
            Self::Output | Self::OutputPath(_) => &["output"],
            Self::Metadata | Self::MetadataPath(_) => &["metadata"],
            Self::Usage(_) => &["usage"],
            Self::FeedbackScore(_) => &["feedback"],
            Self::SpanFeedbackScore(_) => &["span_feedback"],
            Self::Guardrails | Self::GuardrailFailures(_) => &["guardrails"],
            Self::GuardrailsFailed => &["guardrails_failed"],
            Self::Derived(_) => &["derived"],
            Self::ExperimentId => &["experiment_id", "experiment"],
            Self::AnnotationQueueId => &["annotation_queue_id", "annotation_queue"],
            Self::Own(name) | Self::OwnPath(name, _) => std::slice::from_ref(name),
        }
    }

    pub const fn shape(&self) -> Shape {
        match self {
            Self::Id
            | Self::TraceId
            | Self::ParentSpanId
            | Self::ThreadId
            | Self::Type
            | Self::Status
            | Self::Source
            | Self::Guardrails
            | Self::ExperimentId
            | Self::AnnotationQueueId => Shape::Exact,
            Self::Name
            | Self::Model
            | Self::Provider
            | Self::Environment
            | Self::CreatedBy
            | Self::ErrorType
            | Self::ErrorMessage
            | Self::Comments
            | Self::Input
            | Self::Output
            | Self::Metadata
            | Self::FirstMessage
            | Self::LastMessage
            | Self::Own(_) => Shape::Text,
            Self::Tags | Self::Providers => Shape::List,
            Self::StartTime | Self::EndTime | Self::CreatedAt | Self::LastUpdatedAt => Shape::Time,
            Self::Duration | Self::Ttft => Shape::Duration,
            Self::Cost
            | Self::Usage(_)
            | Self::SpanCount
            | Self::LlmSpanCount
            | Self::MessageCount
            | Self::FeedbackScore(_)
            | Self::SpanFeedbackScore(_)
            | Self::GuardrailsFailed
            | Self::GuardrailFailures(_) => Shape::Number,
            Self::Error => Shape::Truth,
            Self::InputPath(_)
            | Self::OutputPath(_)
            | Self::MetadataPath(_)
            | Self::Derived(_)
            | Self::OwnPath(..) => Shape::Json,
            Self::Text => Shape::Anything,
        }
    }

    pub const fn exists_for(&self, entity: Entity) -> bool {
        match self {
            Self::ThreadId
            | Self::Providers
            | Self::SpanCount
            | Self::LlmSpanCount
            | Self::AnnotationQueueId => {
                matches!(entity, Entity::Trace | Entity::Thread)
            }
            Self::SpanFeedbackScore(_) => matches!(entity, Entity::Trace),
            Self::Guardrails | Self::GuardrailsFailed | Self::GuardrailFailures(_) | Self::ExperimentId => {
                matches!(entity, Entity::Trace | Entity::Span)
            }
            Self::TraceId | Self::ParentSpanId | Self::Type | Self::Model | Self::Provider => {
                matches!(entity, Entity::Span)
            }
            Self::Status | Self::MessageCount | Self::FirstMessage | Self::LastMessage => {
                matches!(entity, Entity::Thread)
            }
            Self::Name
            | Self::Ttft
            | Self::Error
            | Self::ErrorType
            | Self::ErrorMessage
            | Self::Input
            | Self::Output
            | Self::Metadata
            | Self::InputPath(_)
            | Self::OutputPath(_)
            | Self::MetadataPath(_)
            | Self::Derived(_) => matches!(entity, Entity::Trace | Entity::Span),
            Self::Id
            | Self::Environment
            | Self::Source
            | Self::Tags
            | Self::Comments
            | Self::CreatedBy
            | Self::StartTime
            | Self::EndTime
            | Self::CreatedAt
            | Self::LastUpdatedAt
            | Self::Duration
            | Self::Cost
            | Self::Usage(_)
            | Self::FeedbackScore(_)
            | Self::Own(_)
            | Self::OwnPath(..)
            | Self::Text => true,
        }
    }

    /// Whether its value comes from bodies: input, output or metadata.
    pub const fn is_of_bodies(&self) -> bool {
        matches!(
            self,
            Self::Input
                | Self::Output
                | Self::Metadata
                | Self::InputPath(_)
                | Self::OutputPath(_)
                | Self::MetadataPath(_)
                | Self::FirstMessage
                | Self::LastMessage
                | Self::Text
        )
    }

    /// Whether other things tell it: which experiments and annotation queues it is in.
    pub const fn is_told_by_others(&self) -> bool {
        matches!(self, Self::ExperimentId | Self::AnnotationQueueId)
    }

    /// Whether figures may be told apart by its values: not by what stands in bodies at large or in lists of metadata,
    /// nor by what is different for each thing.
    pub fn can_be_grouped_by(&self) -> bool {
        let is_too_much = self.is_of_bodies() && !self.is_of_keyed_metadata();
        !is_too_much
            && !self.is_told_by_others()
            && !matches!(self, Self::Id | Self::ErrorMessage)
            && self.shape() != Shape::Time
    }

    /// Whether sums and percentiles of it mean something; of truths, how many are true.
    pub fn can_be_measured(&self) -> bool {
        matches!(self.shape(), Shape::Number | Shape::Duration | Shape::Truth)
            || self.is_of_keyed_metadata()
            || matches!(self, Self::Derived(_))
    }

    fn is_of_keyed_metadata(&self) -> bool {
        matches!(self, Self::MetadataPath(path) if path.0.iter().all(|step| matches!(step, JsonStep::Key(_))))
    }

    /// What to ask of traces instead of a field that only spans or threads have.
    const fn on_traces(&self) -> Option<&'static str> {
        match self {
            Self::Model | Self::Provider => Some("providers"),
            Self::TraceId => Some("id"),
            Self::ParentSpanId => Some("span_count"),
            Self::Type => Some("llm_span_count"),
            Self::FirstMessage => Some("input"),
            Self::LastMessage => Some("output"),
            _ => None,
        }
    }

    /// What to ask of spans instead of a field that only traces or threads have.
    const fn on_spans(&self) -> Option<&'static str> {
        match self {
            Self::Providers => Some("provider"),
            Self::ThreadId => Some("trace_id"),
            Self::SpanCount => Some("parent_span_id"),
            Self::LlmSpanCount => Some("type"),
            Self::FirstMessage => Some("input"),
            Self::LastMessage => Some("output"),
            Self::SpanFeedbackScore(_) => Some("feedback"),
            _ => None,
        }
    }

    /// What to ask of threads instead of a field that only traces or spans have.
    const fn on_threads(&self) -> Option<&'static str> {
        match self {
            Self::Name => Some("thread_id"),
            Self::Model | Self::Provider => Some("providers"),
            Self::Type => Some("llm_span_count"),
            Self::Input => Some("first_message"),
            Self::Output => Some("last_message"),
            Self::SpanFeedbackScore(_) => Some("feedback"),
            _ => None,
        }
    }
}

fn path_or(whole: Field, at: fn(JsonPath) -> Field, head: &str, rest: &str) -> Result<Field, UnknownField> {
    if rest.is_empty() {
        return Ok(whole);
    }
    let path = rest.strip_prefix('.').unwrap_or(rest);
    let skipped = head.len() + rest.len() - path.len();
    JsonPath::parse(path).map(at).map_err(|error| UnknownField {
        at: skipped + error.at,
        message: error.message.to_owned(),
        suggestion: None,
    })
}

/// A key after a dot is taken as it is, dots and all; other keys stand in `['…']`.
fn key(head: &str, rest: &str, example: &str) -> Result<String, UnknownField> {
    if let Some(key) = rest.strip_prefix('.').filter(|key| !key.is_empty() && !key.contains('[')) {
        return Ok(key.to_owned());
    }
    let path = JsonPath::parse(rest.strip_prefix('.').unwrap_or(rest)).map(|path| path.0);
    match path.as_deref() {
        Ok([JsonStep::Key(key)]) => Ok(key.clone()),
        _ => Err(UnknownField {
            at: 0,
            message: format!("`{head}` needs one key, as in `{head}.{example}`"),
            suggestion: Some(format!("{head}.{example}")),
        }),
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.names().first().copied().unwrap_or_default())?;
        match self {
            Self::InputPath(path)
            | Self::OutputPath(path)
            | Self::MetadataPath(path)
            | Self::OwnPath(_, path) => {
                let text = path.to_string();
                f.write_str(if text.is_empty() || text.starts_with('[') { "" } else { "." })?;
                f.write_str(&text)
            }
            Self::Usage(key)
            | Self::FeedbackScore(key)
            | Self::SpanFeedbackScore(key)
            | Self::GuardrailFailures(key)
            | Self::Derived(key) => {
                if key.split('.').all(is_plain) {
                    return write!(f, ".{key}");
                }
                write!(f, "['{}']", key.replace('\\', r"\\").replace('\'', r"\'"))
            }
            _ => Ok(()),
        }
    }
}

fn with_rest(head: &str, rest: &str) -> String {
    if PREFIXES.contains(&head) { format!("{head}{rest}") } else { head.to_owned() }
}

/// The name of a field that differs from `name` by a slip of the fingers, or goes on after it.
fn nearest(entity: Entity, name: &str) -> Option<&'static str> {
    let slips_max = match name.chars().count() {
        0..3 => 0,
        3 => 1,
        4..8 => 2,
        _ => 3,
    };
    let names = PLAIN.iter().filter(|field| field.exists_for(entity)).flat_map(Field::names).copied();
    let scored = names.chain(PREFIXES).map(|known| {
        let goes_on = name.len() >= 3 && known.starts_with(name);
        (if goes_on { 1 } else { osa_distance(name, known) }, known)
    });
    scored.filter(|(slips, _)| *slips <= slips_max).min_by_key(|(slips, _)| *slips).map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suggestion(entity: Entity, name: &str) -> Option<String> {
        Field::parse(entity, name).unwrap_err().suggestion
    }

    #[test]
    fn every_name_of_a_field_leads_to_it() {
        for field in &PLAIN {
            let entity = Entity::ALL.into_iter().find(|entity| field.exists_for(*entity)).unwrap();
            for name in field.names() {
                assert_eq!(Field::parse(entity, &name.to_uppercase()).as_ref(), Ok(field), "{name}");
            }
            assert_eq!(Field::parse(entity, &field.to_string()).as_ref(), Ok(field));
        }
    }

    #[test]
    fn keys_are_kept_as_they_are_but_names_of_scores_are_folded() {
        assert_eq!(Field::parse(Entity::Trace, "usage.a.B"), Ok(Field::Usage("a.B".to_owned())));
        assert_eq!(
            Field::parse(Entity::Trace, "feedback_scores['My Score']"),
            Ok(Field::FeedbackScore("my score".to_owned()))
        );
    }

    #[test]
    fn a_slip_is_answered_with_the_nearest_name() {
        assert_eq!(suggestion(Entity::Span, "modle").as_deref(), Some("model"));
        assert_eq!(suggestion(Entity::Trace, "dur").as_deref(), Some("duration"));
        assert_eq!(suggestion(Entity::Trace, "metdata.user.id").as_deref(), Some("metadata.user.id"));
        assert_eq!(suggestion(Entity::Trace, "zzzzzz"), None);
    }

    #[test]
    fn a_field_of_the_other_entity_is_refused() {
        let error = Field::parse(Entity::Trace, "model").unwrap_err();
        assert_eq!(error.message, "`model` is a field of spans, not of traces");
        assert_eq!(error.suggestion.as_deref(), Some("providers"));
        for name in ["trace_id", "parent_span_id", "type", "provider"] {
            let better = suggestion(Entity::Trace, name).unwrap();
            assert!(Field::parse(Entity::Trace, &better).is_ok(), "{better}");
        }
        for name in ["thread_id", "providers", "span_count", "llm_span_count"] {
            let better = suggestion(Entity::Span, name).unwrap();
            assert!(Field::parse(Entity::Span, &better).is_ok(), "{better}");
        }
        for name in ["name", "model", "type", "input", "output"] {
            let better = suggestion(Entity::Thread, name).unwrap();
            assert!(Field::parse(Entity::Thread, &better).is_ok(), "{better}");
        }
        let error = Field::parse(Entity::Span, "thread_id").unwrap_err();
        assert_eq!(error.message, "`thread_id` is a field of traces and threads, not of spans");
    }

    #[test]
    fn a_broken_path_is_told_at_its_character() {
        let error = Field::parse(Entity::Trace, "metadata.a..b").unwrap_err();
        assert_eq!((error.at, error.message.as_str()), (11, "a key must not be empty"));
        assert_eq!(suggestion(Entity::Trace, "usage").as_deref(), Some("usage.total_tokens"));
    }
}
