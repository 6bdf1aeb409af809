//! The full-text index: every word of the texts of whatever can be searched. It keeps words and places, never the texts
//! themselves.
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
use cairn_core::search::Searched;
use tantivy::schema::{Field, IndexRecordOption, NumericOptions, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{RAW_TOKENIZER_NAME, TokenizerManager};
use tantivy::{TantivyDocument, Term};
use uuid::Uuid;

use self::tokenizer::WordTokenizer;
use crate::error::Error;
use crate::index::disk::{self, DiskReader, DiskWriter, ID_HIGH, ID_LOW, Plan, halves};
use crate::index::{Place, Ranked, TextChange, Texts};

/// Raised with every change of what the documents hold, the tokeniser among it.
const VERSION: u32 = 6;
/// The oldest version whose words are found by searches of today.
const READABLE_FROM: u32 = 3;
const WORDS: &str = "words";
/// Named for traces, as all owners once were; what an index calls its fields stays.
const OWNER: &str = "trace";
const OWNER_HIGH: &str = "trace_high";
const OWNER_LOW: &str = "trace_low";
const START_MS: &str = "start_ms";
const ENTITY: &str = "entity_number";
/// Stands in documents whose words are not all there.
const CUT: &str = "cut";
/// Stands where others name their project.
const NOWHERE: &str = "none";

/// A text of its own within a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
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

    pub(crate) const fn of_mut(self, texts: &mut Texts) -> &mut String {
        match self {
            Self::Name => &mut texts.name,
            Self::Input => &mut texts.input,
            Self::Output => &mut texts.output,
            Self::Metadata => &mut texts.metadata,
            Self::Error => &mut texts.error,
            Self::Other => &mut texts.other,
        }
    }
}

struct Layout {
    schema: Schema,
    key: Field,
    entity: Field,
    project: Field,
    owner: Field,
    cut: Field,
    parts: Vec<(Part, Field)>,
    id_high: Field,
    id_low: Field,
    owner_high: Field,
    owner_low: Field,
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
            owner: builder.add_text_field(OWNER, term.clone()),
            cut: builder.add_text_field(CUT, term),
            parts: parts.into(),
            id_high: builder.add_u64_field(ID_HIGH, fast.clone()),
            id_low: builder.add_u64_field(ID_LOW, fast.clone()),
            owner_high: builder.add_u64_field(OWNER_HIGH, fast.clone()),
            owner_low: builder.add_u64_field(OWNER_LOW, fast.clone()),
            start_ms: builder.add_i64_field(START_MS, fast.clone()),
            entity_number: builder.add_u64_field(ENTITY, fast),
            schema: builder.build(),
        }
    }

    fn document(&self, texts: &Texts) -> TantivyDocument {
        let mut document = TantivyDocument::default();
        let Place { kind, id, owner, .. } = texts.place;
        document.add_text(self.key, key(texts.place));
        document.add_text(self.entity, kind.letter());
        document.add_text(self.project, texts.project_id.map_or_else(|| NOWHERE.to_owned(), name_of));
        document.add_text(self.owner, owner.to_string());
        if let Some(target) = texts.said_of {
            document.add_text(self.owner, said_of(target));
        }
        if !texts.is_whole || Part::ALL.iter().any(|part| has_long_word(part.of(texts))) {
            document.add_text(self.cut, CUT);
        }
        for (part, field) in &self.parts {
            let text = part.of(texts);
            if !text.is_empty() {
                document.add_text(*field, text);
            }
        }
        let (id_high, id_low) = halves(id);
        let (owner_high, owner_low) = halves(owner);
        document.add_u64(self.id_high, id_high);
        document.add_u64(self.id_low, id_low);
        document.add_u64(self.owner_high, owner_high);
        document.add_u64(self.owner_low, owner_low);
        document.add_i64(self.start_ms, texts.time.as_millis());
        document.add_u64(self.entity_number, numbered(texts.place));
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

/// What stands for a project in its documents.
fn name_of(project: ProjectId) -> String {
    project.to_string()
}

/// Stands beside the owner in the comments on something.
fn said_of(target: Uuid) -> String {
    format!("said {target}")
}

/// An item may be in several datasets, and have been another in earlier versions.
fn key(place: Place) -> String {
    let Place { kind, id, owner, version } = place;
    match (kind, version) {
        (Searched::DatasetItem, Some(version)) => format!("{}{owner}{id}v{version}", kind.letter()),
        (Searched::DatasetItem, None) => format!("{}{owner}{id}", kind.letter()),
        _ => format!("{}{id}", kind.letter()),
    }
}

/// The kind, and above it the number of an earlier version; versions count from 1.
const KIND_BITS: u32 = 8;

fn numbered(place: Place) -> u64 {
    place.kind.number() | u64::from(place.version.unwrap_or_default()) << KIND_BITS
}

/// What `numbered` made of a place.
fn kind_and_version(number: u64) -> (u64, Option<u32>) {
    let version = u32::try_from(number >> KIND_BITS).ok().filter(|version| *version > 0);
    (number & ((1 << KIND_BITS) - 1), version)
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
    /// Takes one change; `commit` shows it.
    pub(crate) fn change(&self, change: TextChange) -> Result<(), Error> {
        let of = |name: &str| Term::from_field_text(LAYOUT.owner, name);
        match change {
            TextChange::Put(texts) => self.disk.put(&key(texts.place), LAYOUT.document(&texts)),
            TextChange::Remove(place) => self.disk.remove(&key(place)),
            TextChange::RemoveOwned(owner) => self.disk.remove_all(of(&owner.to_string())),
            TextChange::RemoveSaid(target) => self.disk.remove_all(of(&said_of(target))),
            TextChange::RemoveProject(project) => {
                self.disk.remove_all(Term::from_field_text(LAYOUT.project, &name_of(project)))
            }
        }
    }
}

impl Searcher {
    pub(crate) fn position(&self) -> Position {
        self.disk.position()
    }

    /// Whether a word is in the dictionary of any part, be it of what was removed.
    #[cfg(test)]
    pub(crate) fn knows(&self, word: &str) -> bool {
        let searcher = self.disk.searcher();
        let terms = LAYOUT.parts.iter().map(|(_, field)| Term::from_field_text(*field, word));
        terms.map(|term| searcher.doc_freq(&term).unwrap()).sum::<u64>() > 0
    }

    /// The best hits, and how many there are; all of `query` must be there, each in any part.
    pub(crate) fn search(
        &self,
        places: &Places,
        kinds: &[Searched],
        query: &[Words],
        limit: usize,
        offset: usize,
    ) -> Result<(Vec<Ranked>, usize), Error> {
        search::ranked(&self.disk.searcher(), Within { places, kinds }, query, limit, offset)
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
        let within = Within { places: &Places::from(project), kinds: kinds_of(entity) };
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
        let within = Within { places: &Places::from(project), kinds: kinds_of(entity) };
        candidates::find(&self.disk.searcher(), within, terms, NARROWING_CANDIDATES_MAX)
    }
}

/// Threads have no words of their own: what is said in them stands in their traces.
const fn kinds_of(entity: Entity) -> &'static [Searched] {
    match entity {
        Entity::Trace => &[Searched::Trace],
        Entity::Span => &[Searched::Span],
        Entity::Thread => &[],
    }
}

/// Where in the workspace to look.
#[derive(Clone, Debug)]
pub(crate) enum Places {
    Project(ProjectId),
    /// Everywhere but in these projects.
    AllBut(Vec<ProjectId>),
}

impl From<Option<ProjectId>> for Places {
    fn from(project: Option<ProjectId>) -> Self {
        project.map_or_else(|| Self::AllBut(Vec::new()), Self::Project)
    }
}

/// Where to look, and for what.
#[derive(Clone, Copy, Debug)]
struct Within<'a> {
    places: &'a Places,
    kinds: &'a [Searched],
}
