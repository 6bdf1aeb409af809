//! How the small fields of traces, spans and threads lie in the index. What can be asked of them is not here.

use std::sync::LazyLock;

use cairn_core::ids::ProjectId;
use cairn_core::limits::COLUMN_TEXT_BYTES_MAX;
use cairn_core::query::tokens::fold;
use cairn_core::query::{self, Entity};
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, IndexRecordOption, JsonObjectOptions, NumericOptions, OwnedValue, Schema, SchemaBuilder,
    TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::RAW_TOKENIZER_NAME;
use uuid::Uuid;

use super::metadata::{self, Flat, Leaf};
use crate::derived::Kept;
use crate::index::disk::{ID_HIGH, ID_LOW, halves};
use crate::index::{Columns, Metadata};
use crate::view::Part;

/// Raised with every change of what the documents hold.
pub(super) const VERSION: u32 = 6;
/// Version 6 only added values of derived columns. Whatever else changes raises this, or adds its fields at the end.
pub(super) const READABLE_FROM: u32 = 5;

pub(super) static LAYOUT: LazyLock<Layout> = LazyLock::new(Layout::new);

pub(super) struct Layout {
    pub(super) schema: Schema,
    /// Entity and id.
    pub(super) key: Field,
    pub(super) entity: Field,
    /// Entity and project.
    pub(super) scope: Field,
    id_high: Field,
    id_low: Field,
    pub(super) failed: Field,
    /// Names of text columns whose value was too long to be kept whole.
    pub(super) cut: Field,
    pub(super) usage: Field,
    pub(super) scores: Field,
    span_scores: Field,
    guardrail_failures: Field,
    /// Which usage keys there are.
    pub(super) usage_keys: Field,
    /// Which scores there are, by their names as they were written.
    pub(super) score_names: Field,
    /// Paths within metadata that are columns.
    pub(super) metadata_paths: Field,
    pub(super) span_score_names: Field,
    pub(super) guardrail_names: Field,
    /// Values within metadata, by their paths.
    metadata: Field,
    /// Values of derived columns, by their names.
    derived: Field,
    marks: Field,
    tag_count: Field,
    pub(super) trace: Text,
    texts: Vec<Text>,
    numbers: Vec<(Number, Field)>,
    times: Vec<(Time, Field)>,
}

/// A column of text: one value or a list.
pub(super) struct Text {
    pub(super) source: &'static TextSource,
    /// To the letter.
    pub(super) exact: Field,
    /// Without regard to case; ids have none other.
    pub(super) folded: Field,
    /// The name of the fast field: the value itself, or the list as one text.
    pub(super) sorted: String,
    sorted_list: Option<Field>,
}

/// Where a text column comes from.
pub(super) struct TextSource {
    pub(super) field: query::Field,
    pub(super) name: &'static str,
    pub(super) values: TextValues,
}

pub(super) enum TextValues {
    Id(fn(&Columns) -> Option<Uuid>),
    One(fn(&Columns) -> Option<&str>),
    List(fn(&Columns) -> &[String]),
}

pub(super) struct Number {
    pub(super) field: query::Field,
    pub(super) name: &'static str,
    get: fn(&Columns) -> Option<f64>,
}

pub(super) struct Time {
    pub(super) field: query::Field,
    pub(super) name: &'static str,
    get: fn(&Columns) -> Option<i64>,
}

/// The stored form of a column and what it is called.
pub(super) enum Column<'a> {
    Id,
    Text(&'a Text),
    Number(Field, &'a str),
    /// A key of a JSON field.
    Keyed(Field, String),
    Time(Field, &'a str),
    Truth(Field),
}

const fn text(field: query::Field, name: &'static str, values: TextValues) -> TextSource {
    TextSource { field, name, values }
}

static TRACE: TextSource =
    text(query::Field::TraceId, "trace_id", TextValues::Id(|columns| columns.trace_id));

static TEXTS: [TextSource; 15] = [
    text(query::Field::ParentSpanId, "parent_id", TextValues::Id(|columns| columns.parent_id)),
    text(query::Field::ThreadId, "thread_id", TextValues::One(|columns| columns.thread_id.as_deref())),
    text(query::Field::Name, "name", TextValues::One(|columns| columns.name.as_deref())),
    text(query::Field::Type, "type", TextValues::One(|columns| columns.kind)),
    text(query::Field::Status, "status", TextValues::One(|columns| columns.status)),
    text(query::Field::Model, "model", TextValues::One(|columns| columns.model.as_deref())),
    text(query::Field::Provider, "provider", TextValues::One(|columns| columns.provider.as_deref())),
    text(query::Field::Providers, "providers", TextValues::List(|columns| &columns.providers)),
    text(query::Field::Environment, "environment", TextValues::One(|columns| columns.environment.as_deref())),
    text(query::Field::Source, "source", TextValues::One(|columns| columns.source.as_deref())),
    text(query::Field::Tags, "tags", TextValues::List(|columns| &columns.tags)),
    text(query::Field::Comments, "comments", TextValues::List(|columns| &columns.comments)),
    text(query::Field::Guardrails, "guardrails", TextValues::One(|columns| columns.guardrails)),
    text(query::Field::CreatedBy, "created_by", TextValues::One(|columns| Some(&columns.created_by))),
    text(query::Field::ErrorType, "error_type", TextValues::One(|columns| columns.error_type.as_deref())),
];

#[expect(clippy::cast_precision_loss, reason = "nobody records 2^53 spans or checks in a trace")]
const fn counted(count: u64) -> f64 {
    count as f64
}

const fn numbers() -> [Number; 7] {
    [
        Number { field: query::Field::Duration, name: "duration", get: |columns| columns.duration_ms },
        Number { field: query::Field::Ttft, name: "ttft", get: |columns| columns.ttft_ms },
        Number { field: query::Field::Cost, name: "cost", get: |columns| columns.cost },
        Number {
            field: query::Field::SpanCount,
            name: "span_count",
            get: |columns| Some(counted(columns.span_count)),
        },
        Number {
            field: query::Field::LlmSpanCount,
            name: "llm_span_count",
            get: |columns| Some(counted(columns.llm_span_count)),
        },
        Number {
            field: query::Field::GuardrailsFailed,
            name: "guardrails_failed",
            get: |columns| {
                columns.guardrails?;
                Some(counted(columns.guardrail_failures.iter().map(|(_, count)| count).sum()))
            },
        },
        Number {
            field: query::Field::MessageCount,
            name: "message_count",
            get: |columns| columns.message_count.map(counted),
        },
    ]
}

const fn times() -> [Time; 4] {
    [
        Time {
            field: query::Field::StartTime,
            name: "start_time",
            get: |columns| Some(columns.start_time.as_nanos()),
        },
        Time {
            field: query::Field::EndTime,
            name: "end_time",
            get: |columns| columns.end_time.map(cairn_core::time::Timestamp::as_nanos),
        },
        Time {
            field: query::Field::CreatedAt,
            name: "created_at",
            get: |columns| Some(columns.created_at.as_nanos()),
        },
        Time {
            field: query::Field::LastUpdatedAt,
            name: "last_updated_at",
            get: |columns| Some(columns.last_updated_at.as_nanos()),
        },
    ]
}

/// Indexed as one term, without anything that only ranking needs.
pub(crate) fn term_options() -> TextOptions {
    TextOptions::default().set_indexing_options(
        TextFieldIndexing::default()
            .set_tokenizer(RAW_TOKENIZER_NAME)
            .set_index_option(IndexRecordOption::Basic)
            .set_fieldnorms(false),
    )
}

impl Layout {
    fn new() -> Self {
        let mut builder = Schema::builder();
        let term = term_options();
        let fast = NumericOptions::default().set_fast();
        let json = JsonObjectOptions::from(FAST);
        let texts = TEXTS.iter().map(|source| Text::new(source, &mut builder)).collect();
        let numbers = numbers().map(|number| {
            let field = builder.add_f64_field(number.name, fast.clone());
            (number, field)
        });
        let times = times().map(|time| {
            let field = builder.add_i64_field(time.name, fast.clone());
            (time, field)
        });
        Self {
            key: builder.add_text_field("key", term.clone()),
            entity: builder.add_text_field("entity", term.clone()),
            scope: builder.add_text_field("scope", term.clone()),
            id_high: builder.add_u64_field(ID_HIGH, fast.clone()),
            id_low: builder.add_u64_field(ID_LOW, fast.clone()),
            marks: builder.add_u64_field(MARKS, fast.clone()),
            tag_count: builder.add_u64_field(TAG_COUNT, fast),
            usage_keys: builder.add_text_field("usage_keys", term.clone()),
            score_names: builder.add_text_field("score_names", term.clone()),
            metadata_paths: builder.add_text_field("metadata_paths", term.clone()),
            span_score_names: builder.add_text_field("span_score_names", term.clone()),
            guardrail_names: builder.add_text_field("guardrail_names", term.clone()),
            failed: builder.add_text_field("failed", term.clone()),
            cut: builder.add_text_field("cut", term),
            usage: builder.add_json_field("usage", json.clone()),
            scores: builder.add_json_field("scores", json.clone()),
            span_scores: builder.add_json_field("span_scores", json.clone()),
            guardrail_failures: builder.add_json_field("guardrail_failures", json.clone()),
            metadata: builder.add_json_field("metadata", json.clone()),
            trace: Text::new(&TRACE, &mut builder),
            derived: builder.add_json_field("derived", json),
            texts,
            numbers: numbers.into(),
            times: times.into(),
            schema: builder.build(),
        }
    }

    /// `None` for what the index does not know: bodies, and all texts together.
    pub(super) fn column(&self, field: &query::Field) -> Option<Column<'_>> {
        Some(match field {
            query::Field::Id => Column::Id,
            query::Field::TraceId => Column::Text(&self.trace),
            query::Field::Error => Column::Truth(self.failed),
            query::Field::Usage(key) => Column::Keyed(self.usage, json_key(key)),
            query::Field::FeedbackScore(name) => Column::Keyed(self.scores, json_key(name)),
            query::Field::SpanFeedbackScore(name) => Column::Keyed(self.span_scores, json_key(name)),
            query::Field::GuardrailFailures(name) => Column::Keyed(self.guardrail_failures, json_key(name)),
            field => {
                if let Some(text) = self.texts.iter().find(|text| text.source.field == *field) {
                    return Some(Column::Text(text));
                }
                if let Some((number, stored)) = self.numbers.iter().find(|(number, _)| number.field == *field)
                {
                    return Some(Column::Number(*stored, number.name));
                }
                let (time, stored) = self.times.iter().find(|(time, _)| time.field == *field)?;
                Column::Time(*stored, time.name)
            }
        })
    }

    /// The name of the column of values of any kind of a field, if there can be one.
    pub(super) fn json_column(&self, field: &query::Field) -> Option<String> {
        let (stored, key) = match field {
            query::Field::MetadataPath(path) => (self.metadata, metadata::path_of(path)?),
            query::Field::Derived(name) => (self.derived, name.clone()),
            _ => return None,
        };
        Some(format!("{}.{}", self.schema.get_field_name(stored), json_key(&key)))
    }

    pub(super) fn document(&self, columns: &Columns) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        let (high, low) = halves(columns.id);
        document.add_u64(self.id_high, high);
        document.add_u64(self.id_low, low);
        document.add_text(self.key, key(columns.entity, columns.id));
        document.add_text(self.entity, entity(columns.entity));
        document.add_text(self.scope, scope(columns.entity, columns.project_id));
        if columns.has_error {
            document.add_text(self.failed, FAILED);
        }
        document.add_u64(self.marks, marks(columns));
        document.add_u64(self.tag_count, u64::try_from(columns.tags.len()).unwrap_or(u64::MAX));
        columns.usage.iter().for_each(|(key, _)| document.add_text(self.usage_keys, key));
        columns.score_names.iter().for_each(|name| document.add_text(self.score_names, name));
        columns.span_score_names.iter().for_each(|name| document.add_text(self.span_score_names, name));
        columns.guardrail_failures.iter().for_each(|(name, _)| document.add_text(self.guardrail_names, name));
        for text in std::iter::once(&self.trace).chain(&self.texts) {
            text.add(columns, self.cut, &mut document);
        }
        for (number, field) in &self.numbers {
            if let Some(value) = (number.get)(columns) {
                document.add_f64(*field, plain(value));
            }
        }
        for (time, field) in &self.times {
            if let Some(nanos) = (time.get)(columns) {
                document.add_i64(*field, nanos);
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "queries compare in the same precision")]
        let usage = columns.usage.iter().map(|(key, count)| (key, *count as f64));
        add_keyed(self.usage, usage, &mut document);
        add_keyed(self.scores, columns.scores.iter().map(|(name, value)| (name, *value)), &mut document);
        let span_scores = columns.span_scores.iter().map(|(name, value)| (name, *value));
        add_keyed(self.span_scores, span_scores, &mut document);
        let failures = columns.guardrail_failures.iter().map(|(name, count)| (name, counted(*count)));
        add_keyed(self.guardrail_failures, failures, &mut document);
        self.add_metadata(&columns.metadata, &mut document);
        self.add_derived(&columns.derived, &mut document);
        document
    }

    fn add_derived(&self, values: &[(String, Kept)], document: &mut TantivyDocument) {
        let mut object = std::collections::BTreeMap::new();
        for (name, value) in values {
            let value = match value {
                Kept::Text(text) => OwnedValue::Str(text.clone()),
                Kept::Number(number) => OwnedValue::F64(plain(*number)),
                Kept::Truth(truth) => OwnedValue::Bool(*truth),
                Kept::Elsewhere => {
                    document.add_text(self.cut, metadata::elsewhere(name));
                    continue;
                }
            };
            object.insert(json_key(name), value);
        }
        if !object.is_empty() {
            document.add_object(self.derived, object);
        }
    }

    fn add_metadata(&self, metadata: &Metadata, document: &mut TantivyDocument) {
        let flat = match metadata {
            Metadata::Missing => return,
            Metadata::Json(json) => Flat::of(json),
            Metadata::TooLarge => Flat::unread(),
        };
        flat.markers.iter().for_each(|marker| document.add_text(self.cut, marker));
        for (path, _) in flat.leaves.iter().filter(|(_, leaf)| leaf.says_something()) {
            document.add_text(self.metadata_paths, path);
        }
        let value = |leaf| match leaf {
            Leaf::Text(text) => OwnedValue::Str(text),
            Leaf::Number(number) => OwnedValue::F64(plain(number)),
            Leaf::Truth(truth) => OwnedValue::Bool(truth),
        };
        let leaves = flat.leaves.into_iter().map(|(path, leaf)| (json_key(&path), value(leaf)));
        let object: std::collections::BTreeMap<_, _> = leaves.collect();
        if !object.is_empty() {
            document.add_object(self.metadata, object);
        }
    }
}

impl Text {
    fn new(source: &'static TextSource, builder: &mut SchemaBuilder) -> Self {
        let term = term_options();
        let fast = term.clone().set_fast(RAW_TOKENIZER_NAME);
        let name = source.name;
        match source.values {
            TextValues::Id(_) => {
                let exact = builder.add_text_field(name, fast);
                Self { source, exact, folded: exact, sorted: name.to_owned(), sorted_list: None }
            }
            TextValues::One(_) => {
                let exact = builder.add_text_field(name, fast);
                let folded = builder.add_text_field(&format!("{name}_folded"), term);
                Self { source, exact, folded, sorted: name.to_owned(), sorted_list: None }
            }
            TextValues::List(_) => {
                let exact = builder.add_text_field(name, term.clone());
                let folded = builder.add_text_field(&format!("{name}_folded"), term);
                let sorted = format!("{name}_sorted");
                let only_fast = TextOptions::default().set_fast(RAW_TOKENIZER_NAME);
                let sorted_list = Some(builder.add_text_field(&sorted, only_fast));
                Self { source, exact, folded, sorted, sorted_list }
            }
        }
    }

    pub(super) const fn is_list(&self) -> bool {
        matches!(self.source.values, TextValues::List(_))
    }

    fn add(&self, columns: &Columns, cut: Field, document: &mut TantivyDocument) {
        match self.source.values {
            TextValues::Id(get) => {
                if let Some(id) = get(columns) {
                    document.add_text(self.exact, id.to_string());
                }
            }
            TextValues::One(get) => {
                if let Some(value) = get(columns) {
                    self.add_value(value, cut, document);
                }
            }
            TextValues::List(get) => {
                for value in get(columns) {
                    self.add_value(value, cut, document);
                }
                let values = get(columns).iter().map(|value| kept(value)).filter(|value| !value.is_empty());
                let values: Vec<_> = values.collect();
                if let Some(sorted) = self.sorted_list
                    && !values.is_empty()
                {
                    document.add_text(sorted, values.join(LIST_SEPARATOR));
                }
            }
        }
    }

    fn add_value(&self, value: &str, cut: Field, document: &mut TantivyDocument) {
        let kept = kept(value);
        if kept.len() < value.len() {
            document.add_text(cut, self.source.name);
        }
        document.add_text(self.exact, kept);
        document.add_text(self.folded, fold(kept));
    }
}

fn kept(value: &str) -> &str {
    value.get(..value.floor_char_boundary(COLUMN_TEXT_BYTES_MAX)).unwrap_or(value)
}

/// Bits of what is or is not.
pub(super) const MARKS: &str = "marks";
pub(super) const MARK_ERROR: u64 = 1;
pub(super) const TAG_COUNT: &str = "tag_count";

/// The bit of a body that is not empty.
pub(super) const fn mark(filled: Part) -> u64 {
    match filled {
        Part::Input => 2,
        Part::Output => 4,
        Part::Metadata => 8,
    }
}

fn marks(columns: &Columns) -> u64 {
    let error = if columns.has_error { MARK_ERROR } else { 0 };
    columns.filled.iter().fold(error, |marks, part| marks | mark(*part))
}

/// Sorts before everything else, so that lists compare element by element.
pub(super) const LIST_SEPARATOR: &str = "\0";

pub(super) const FAILED: &str = "1";

pub(super) const fn entity(entity: Entity) -> &'static str {
    match entity {
        Entity::Trace => "t",
        Entity::Span => "s",
        Entity::Thread => "h",
    }
}

pub(super) fn key(of: Entity, id: Uuid) -> String {
    format!("{}{id}", entity(of))
}

pub(super) fn scope(of: Entity, project: ProjectId) -> String {
    format!("{}{project}", entity(of))
}

/// Negative zero is zero: columns tell them apart, people do not.
pub(super) fn plain(number: f64) -> f64 {
    number + 0.0
}

fn add_keyed<'a>(
    field: Field,
    values: impl Iterator<Item = (&'a String, f64)>,
    document: &mut TantivyDocument,
) {
    let object: std::collections::BTreeMap<_, _> =
        values.map(|(key, value)| (json_key(key), OwnedValue::F64(plain(value)))).collect();
    if !object.is_empty() {
        document.add_object(field, object);
    }
}

/// A key as one step of a path, whatever characters it has; never empty.
fn json_key(key: &str) -> String {
    let mut safe = String::with_capacity(key.len() + 1);
    safe.push('=');
    for c in key.chars() {
        if c.is_ascii_control() || matches!(c, '%' | '.' | '\\') {
            let code = u32::from(c);
            safe.push('%');
            safe.extend([code / 16, code % 16].map(|digit| char::from_digit(digit, 16).unwrap_or('0')));
        } else {
            safe.push(c);
        }
    }
    safe
}
