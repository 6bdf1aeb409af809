//! The full-text index: every word of a trace's or span's texts. It keeps words and places, never the texts themselves.
//! It ranks searches and finds the ids for conditions on words; lists of small fields belong to `columns`.

pub(crate) mod candidates;
mod search;
pub mod snippet;
#[cfg(test)]
mod tests;
mod tokenizer;

use std::collections::HashSet;
use std::path::Path;
use std::sync::LazyLock;

use cairn_core::ids::{Position, ProjectId};
use cairn_core::limits::{NARROWING_CANDIDATES_MAX, SEARCH_MATCHES_MAX, WORD_BYTES_MAX};
use cairn_core::query::tokens::tokens;
use cairn_core::query::{self, Entity, Words};
use tantivy::schema::{Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{RAW_TOKENIZER_NAME, TokenizerManager};
use tantivy::{TantivyDocument, Term};
use uuid::Uuid;

use self::tokenizer::WordTokenizer;
use crate::error::Error;
use crate::index::disk::{self, DiskReader, DiskWriter, ID_HIGH, ID_LOW, Plan, halves};
use crate::index::{Change, Ranked, Texts};

/// Raised with every change of what the documents hold, the tokeniser among it.
const VERSION: u32 = 3;
/// The oldest version whose words are found by searches of today.
const READABLE_FROM: u32 = 3;
const WORDS: &str = "words";
const TRACE_HIGH: &str = "trace_high";
const TRACE_LOW: &str = "trace_low";
const START_MS: &str = "start_ms";
const ENTITY: &str = "entity_number";
/// Stands in documents whose words are not all there.
const CUT: &str = "cut";

/// A text of its own within a trace or span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Name,
    Input,
    Output,
    Metadata,
    Error,
    Other,
}

impl Part {
    const ALL: [Self; 6] = [Self::Name, Self::Input, Self::Output, Self::Metadata, Self::Error, Self::Other];

    const fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Input => "input",
            Self::Output => "output",
            Self::Metadata => "metadata",
            Self::Error => "error",
            Self::Other => "other",
        }
    }

    /// Where the text of a field is kept.
    const fn holding(field: &query::Field) -> Self {
        match field {
            query::Field::Name => Self::Name,
            query::Field::Input | query::Field::InputPath(_) => Self::Input,
            query::Field::Output | query::Field::OutputPath(_) => Self::Output,
            query::Field::Metadata | query::Field::MetadataPath(_) => Self::Metadata,
            query::Field::Error | query::Field::ErrorType | query::Field::ErrorMessage => Self::Error,
            _ => Self::Other,
        }
    }

    /// What a word in it weighs: names and errors are short and chosen.
    const fn weight(self) -> f32 {
        match self {
            Self::Name => 2.0,
            Self::Error => 1.5,
            Self::Input | Self::Output | Self::Metadata | Self::Other => 1.0,
        }
    }

    fn of(self, texts: &Texts) -> &str {
        match self {
            Self::Name => &texts.name,
            Self::Input => &texts.input,
            Self::Output => &texts.output,
            Self::Metadata => &texts.metadata,
            Self::Error => &texts.error,
            Self::Other => &texts.other,
        }
    }
}

struct Layout {
    schema: Schema,
    key: Field,
    entity: Field,
    project: Field,
    trace: Field,
    cut: Field,
    parts: Vec<(Part, Field)>,
    id_high: Field,
    id_low: Field,
    trace_high: Field,
    trace_low: Field,
    start_ms: Field,
    entity_number: Field,
}

static LAYOUT: LazyLock<Layout> = LazyLock::new(Layout::new);

impl Layout {
    fn new() -> Self {
        let mut builder = Schema::builder();
        let term = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(RAW_TOKENIZER_NAME)
                .set_index_option(IndexRecordOption::Basic)
                .set_fieldnorms(false),
        );
        let words = TextOptions::default().set_indexing_options(
            TextFieldIndexing::default()
                .set_tokenizer(WORDS)
                .set_index_option(IndexRecordOption::WithFreqsAndPositions),
        );
        let fast = NumericOptions::default().set_fast();
        let parts = Part::ALL.map(|part| (part, builder.add_text_field(part.name(), words.clone())));
        Self {
            key: builder.add_text_field("key", term.clone()),
            entity: builder.add_text_field("entity", term.clone()),
            project: builder.add_text_field("project", term.clone()),
            trace: builder.add_text_field("trace", term.clone()),
            cut: builder.add_text_field(CUT, term),
            parts: parts.into(),
            id_high: builder.add_u64_field(ID_HIGH, fast.clone()),
            id_low: builder.add_u64_field(ID_LOW, fast.clone()),
            trace_high: builder.add_u64_field(TRACE_HIGH, fast.clone()),
            trace_low: builder.add_u64_field(TRACE_LOW, fast.clone()),
            start_ms: builder.add_i64_field(START_MS, fast.clone()),
            entity_number: builder.add_u64_field(ENTITY, fast),
            schema: builder.build(),
        }
    }

    fn document(&self, texts: &Texts) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        document.add_text(self.key, key(texts.entity, texts.id));
        document.add_text(self.entity, letter(texts.entity));
        document.add_text(self.project, texts.project_id.to_string());
        document.add_text(self.trace, texts.trace_id.to_string());
        if !texts.is_whole || Part::ALL.iter().any(|part| has_long_word(part.of(texts))) {
            document.add_text(self.cut, CUT);
        }
        for (part, field) in &self.parts {
            let text = part.of(texts);
            if !text.is_empty() {
                document.add_text(*field, text);
            }
        }
        let (id_high, id_low) = halves(texts.id);
        let (trace_high, trace_low) = halves(texts.trace_id);
        document.add_u64(self.id_high, id_high);
        document.add_u64(self.id_low, id_low);
        document.add_u64(self.trace_high, trace_high);
        document.add_u64(self.trace_low, trace_low);
        document.add_i64(self.start_ms, texts.start_time.as_millis());
        document.add_u64(self.entity_number, number(texts.entity));
        document
    }
}

/// Whether some word is kept only in part.
fn has_long_word(text: &str) -> bool {
    let is_between = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric();
    // Lower case and one spelling make some words longer, but not so much.
    let may_be = |run: &&str| run.len() > if run.is_ascii() { WORD_BYTES_MAX } else { WORD_BYTES_MAX / 16 };
    text.split(is_between).filter(may_be).flat_map(tokens).any(|(_, word)| word.len() > WORD_BYTES_MAX)
}

const fn letter(entity: Entity) -> &'static str {
    match entity {
        Entity::Trace => "t",
        Entity::Span => "s",
        Entity::Thread => "h",
    }
}

const fn number(entity: Entity) -> u64 {
    match entity {
        Entity::Trace => 0,
        Entity::Span => 1,
        Entity::Thread => 2,
    }
}

fn key(entity: Entity, id: Uuid) -> String {
    format!("{}{id}", letter(entity))
}

pub(crate) struct Writer {
    pub(crate) disk: DiskWriter,
}

/// Sees the last commit. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Searcher {
    disk: DiskReader,
}

/// Opens the index of a folder, or makes it; one that cannot be searched begins anew at the start of the log.
pub(crate) fn open(dir: &Path, head: Position) -> Result<(Writer, Searcher), Error> {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(WORDS, WordTokenizer);
    let plan = Plan {
        version: VERSION,
        readable_from: READABLE_FROM,
        schema: LAYOUT.schema.clone(),
        tokenizers,
        key: LAYOUT.key,
    };
    let (writer, reader) = disk::open(dir, &plan, head)?;
    Ok((Writer { disk: writer }, Searcher { disk: reader }))
}

impl Writer {
    /// Takes changes in their order and shows them, together with the position that they reach.
    pub(crate) fn apply(&mut self, changes: Vec<Change<Texts>>, up_to: Position) -> Result<(), Error> {
        for change in changes {
            match change {
                Change::Put(texts) => self.disk.put(&key(texts.entity, texts.id), LAYOUT.document(&texts))?,
                Change::Remove { entity, id } => self.disk.remove(&key(entity, id))?,
                Change::RemoveTrace { id } => {
                    self.disk.remove_all(Term::from_field_text(LAYOUT.trace, &id.to_string()))?;
                }
            }
        }
        self.disk.commit(up_to)
    }
}

impl Searcher {
    pub(crate) fn position(&self) -> Position {
        self.disk.position()
    }

    /// The best hits, and how many there are; all of `query` must be there, each in any part.
    pub(crate) fn search(
        &self,
        project: ProjectId,
        entity: Option<Entity>,
        query: &[Words],
        limit: usize,
        offset: usize,
    ) -> Result<(Vec<Ranked>, usize), Error> {
        let within = Within { project: Some(project), entity };
        search::ranked(&self.disk.searcher(), within, query, limit, offset)
    }

    /// The ids of what has all the words, each in the part of its field or anywhere; if they are more than
    /// `SEARCH_MATCHES_MAX`, the newest. A field that has no part of its own is looked for where it is kept among
    /// others, so that more may be found than has the words in that field.
    pub(crate) fn matching(
        &self,
        project: Option<ProjectId>,
        entity: Entity,
        words: &[(Option<query::Field>, Words)],
    ) -> Result<HashSet<Uuid>, Error> {
        let within = Within { project, entity: Some(entity) };
        search::newest(&self.disk.searcher(), within, words, SEARCH_MATCHES_MAX)
    }

    /// The ids of all that may satisfy conditions on what stands within texts, and of others; `None` if the words do not
    /// tell, or are those of too many.
    pub(crate) fn candidates(
        &self,
        project: Option<ProjectId>,
        entity: Entity,
        terms: &[&query::Term],
    ) -> Result<Option<HashSet<Uuid>>, Error> {
        let within = Within { project, entity: Some(entity) };
        candidates::find(&self.disk.searcher(), within, terms, NARROWING_CANDIDATES_MAX)
    }
}

/// Where to look.
#[derive(Clone, Copy, Debug)]
struct Within {
    project: Option<ProjectId>,
    entity: Option<Entity>,
}
