//! The query language as a tree, and what a tree means: `Query::matches` is its definition. Indexes only make it fast.
//! Text of the language, Opik's JSON filters and sortings all become this tree; there is no second filter engine.

pub mod catalogue;
mod condition;
pub mod field;
mod lexer;
pub mod meaning;
pub mod narrowing;
pub mod opik;
pub mod own;
pub mod parse;
pub mod path;
mod recorded;
pub mod sql;
pub mod tokens;
mod write;

use std::borrow::Cow;

use crate::time::Timestamp;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Entity {
    Trace,
    Span,
    Thread,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// Matches everything.
    All,
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Term(Term),
}

/// One condition on one field. A field without a value satisfies only `IsEmpty`.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub field: Field,
    pub predicate: Predicate,
}

/// A field of a trace, span or thread. The compiler's list of all there is to ask for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    Id,
    TraceId,
    ParentSpanId,
    /// What clients call the id of a thread: its name within a project.
    ThreadId,
    Name,
    /// `general`, `tool`, `llm` or `guardrail`.
    Type,
    Model,
    Provider,
    /// All distinct providers of the spans of a trace or thread.
    Providers,
    Environment,
    Source,
    Tags,
    CreatedBy,
    StartTime,
    EndTime,
    CreatedAt,
    LastUpdatedAt,
    /// Milliseconds.
    Duration,
    /// Milliseconds.
    Ttft,
    /// US dollars.
    Cost,
    /// Tokens or whatever else is counted, by the key as clients send it: `prompt_tokens`, `total_tokens` ….
    Usage(String),
    SpanCount,
    LlmSpanCount,
    /// `active` or `inactive`.
    Status,
    /// Of a thread: a question and an answer for every trace.
    MessageCount,
    /// The input of a thread's earliest trace.
    FirstMessage,
    /// The output of a thread's latest trace.
    LastMessage,
    /// Whether there is an error.
    Error,
    ErrorType,
    ErrorMessage,
    /// The merged value of a score, by lower-case name.
    FeedbackScore(String),
    /// The mean over the spans of a trace of their merged values, by lower-case name.
    SpanFeedbackScore(String),
    /// `passed`, or `failed` if any check did.
    Guardrails,
    /// How many checks failed.
    GuardrailsFailed,
    /// How many checks of a name failed.
    GuardrailFailures(String),
    /// What people wrote beside it.
    Comments,
    /// The experiments that a trace, or the trace of a span, belongs to. Whoever reads lists says it in ids of traces:
    /// indexes know no experiments.
    ExperimentId,
    /// The annotation queues that a trace or thread is in, as with experiments.
    AnnotationQueueId,
    Input,
    Output,
    Metadata,
    InputPath(JsonPath),
    OutputPath(JsonPath),
    MetadataPath(JsonPath),
    /// The value of a derived column, by lower-case name.
    Derived(String),
    /// A field of rows that are few enough to be asked one by one: datasets and their items, say.
    Own(&'static str),
    /// A value within such a field.
    OwnPath(&'static str, JsonPath),
    /// Any text of the entity: name, input, output, metadata, error, tags, id, thread, messages, comments.
    Text,
}

/// Steps into a JSON value: `a.b[0]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct JsonPath(pub Vec<JsonStep>);

#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JsonStep {
    Key(String),
    Index(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// There is no value, or it says nothing (`""`, `{}`, `[]`).
    IsEmpty,
    /// Exact: text to the letter, numbers and times by value, one element of a list, `true`/`false`.
    Equals(Operand),
    /// As `Equals`, text without regard to case.
    EqualsFolded(String),
    /// Substring, without regard to case; of a list: within one element.
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    /// Compares numbers, times, or texts without regard to case.
    Compare(Comparison, Operand),
    OneOf(Vec<String>),
    /// Words as full-text search sees them; only for `Field::Text` and fields of text.
    Words(Words),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    Text(String),
    Number(f64),
    Time(Timestamp),
    Truth(bool),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// At least one, lower-case, as the tokeniser gives them.
    pub words: Vec<String>,
    /// The words must stand one after the other.
    pub phrase: bool,
    /// The last word may go on.
    pub prefix: bool,
    /// How many letters may be missing, too many, others, or swapped with the next; only of a single word.
    pub slips: u8,
}

/// What a field of a thing at hand holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Missing,
    Text(Cow<'a, str>),
    Number(f64),
    Time(Timestamp),
    Truth(bool),
    List(Vec<Cow<'a, str>>),
}

/// A thing that a query is asked of. Bodies are read only when a query asks for them.
pub trait Subject {
    fn value(&self, field: &Field) -> Value<'_>;
}

#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    pub field: Field,
    pub direction: Direction,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    Ascending,
    #[default]
    Descending,
}
