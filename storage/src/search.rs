//! Full-text search as readers ask for it: what was found, as things rather than ids, and where the words stand in it.
//! How words are found is the text index's matter; what of a thing is searched is in `passages`.

pub(crate) mod passages;

use cairn_core::comments::Comment;
use cairn_core::datasets::Dataset;
use cairn_core::experiments::Experiment;
use cairn_core::feedback::Target;
use cairn_core::ids::{
    CommentId, DatasetId, DatasetItemId, ExperimentId, Position, ProjectId, PromptId, PromptVersionId,
    SpanId, ThreadId, TraceId,
};
use cairn_core::limits::{SEARCH_DELETED_PROJECTS_MAX, TEXT_COMMIT_DOCUMENTS_MAX};
use cairn_core::prompts::state::Prompt;
use cairn_core::query::Words;
use cairn_core::search::Searched;
use uuid::Uuid;

use crate::datasets::reading::ItemView;
use crate::error::Error;
use crate::history::trash::Kind;
use crate::index::{Place, Ranked};
use crate::prompts::read::Detailed;
use crate::reader::{Indexes, Reader};
use crate::signals::Index;
use crate::store::INDEX_PATIENCE;
use crate::text::Places;
use crate::text::snippet::{Snippet, snippet};
use crate::threads::read::Thread;
use crate::view::{Span, Trace};

/// What a full-text search found.
#[derive(Clone, Debug)]
pub struct Found {
    pub hits: Vec<Ranked>,
    pub total: usize,
    /// The position up to which the text index had seen the log.
    pub seen_up_to: Position,
}

/// Something that a search can find, with what it is shown by.
#[derive(Clone, Debug)]
pub enum Thing {
    Trace(Box<Trace>),
    /// With its trace, if that has arrived.
    Span(Box<Span>, Option<Box<Trace>>),
    Prompt(Box<Prompt>),
    PromptVersion(Box<Prompt>, Box<Detailed>),
    Dataset(Dataset),
    /// With the number of the version that has it: the newest one, or the last that wrote it.
    DatasetItem(Dataset, Box<ItemView>, u32),
    /// As an earlier version wrote it, by its number; it says something else now.
    EarlierItem(Dataset, Box<ItemView>, u32),
    Experiment(Box<Experiment>),
    Comment(Comment, Judged),
    /// The scores of something.
    Score(Judged),
}

/// What scores and comments are on.
#[derive(Clone, Debug)]
pub enum Judged {
    Trace(Box<Trace>),
    Span(Box<Span>, Option<Box<Trace>>),
    Thread(Box<Thread>),
}

const SNIPPET_CHARS: usize = 200;

impl Reader {
    /// The best matches of words among things of some kinds: of one project, or of the whole workspace but for what
    /// belongs to deleted projects.
    pub fn search(
        &self,
        project: Option<ProjectId>,
        kinds: &[Searched],
        words: &[Words],
        offset: usize,
        limit: usize,
    ) -> Result<Found, Error> {
        let indexes = self.indexes()?;
        self.wait_for_words(indexes)?;
        let places = match project {
            Some(project) => Places::Project(project),
            None => Places::AllBut(self.deleted_projects()?),
        };
        let (hits, total) = indexes.text.search(&places, kinds, words, limit, offset)?;
        self.keep_up();
        Ok(Found { hits, total, seen_up_to: indexes.text.position() })
    }

    /// Words wait for all other work: while more is written than a commit of the index takes in, whoever searches gets
    /// what is known, and how far that goes.
    fn wait_for_words(&self, indexes: &Indexes) -> Result<(), Error> {
        let behind = self.position().0.saturating_sub(indexes.text.position().0);
        if usize::try_from(behind).map_or(true, |behind| behind > TEXT_COMMIT_DOCUMENTS_MAX) {
            return Ok(());
        }
        match self.store().signals().wait_for(Index::Text, self.position(), INDEX_PATIENCE) {
            Err(Error::IndexBehind { .. }) => Ok(()),
            waited => waited,
        }
    }

    fn deleted_projects(&self) -> Result<Vec<ProjectId>, Error> {
        let trash = self.trash(None, Some(Kind::Project), SEARCH_DELETED_PROJECTS_MAX)?;
        Ok(trash.trashed.into_iter().map(|trashed| ProjectId::known(trashed.id)).collect())
    }

    /// What was found, as it is at this moment; `None` if it is not there any more.
    pub fn thing(&self, found: &Ranked) -> Result<Option<Thing>, Error> {
        let Place { kind, id, owner, version } = found.place;
        Ok(match kind {
            Searched::Trace => self.trace(TraceId::known(id))?.map(Box::new).map(Thing::Trace),
            Searched::Span => {
                let Some(span) = self.span(SpanId::known(id))? else { return Ok(None) };
                let trace = self.trace(span.trace_id)?.map(Box::new);
                Some(Thing::Span(Box::new(span), trace))
            }
            Searched::Prompt => self.prompt(PromptId::known(id))?.map(Box::new).map(Thing::Prompt),
            Searched::PromptVersion => self.version_found(PromptVersionId::known(id))?,
            Searched::Dataset => self.dataset(DatasetId::known(id))?.map(Thing::Dataset),
            Searched::DatasetItem => {
                let (dataset, item) = (DatasetId::known(owner), DatasetItemId::known(id));
                match version {
                    Some(number) => self.earlier_found(dataset, item, number)?,
                    None => self.item_found(dataset, item)?,
                }
            }
            Searched::Experiment => {
                self.experiment(ExperimentId::known(id))?.map(Box::new).map(Thing::Experiment)
            }
            Searched::Comment => {
                let Some(placed) = self.comment(CommentId::known(id))? else { return Ok(None) };
                self.judged_thing(placed.target)?.map(|on| Thing::Comment(placed.comment, on))
            }
            Searched::Score => self.scored_found(id, owner)?.map(Thing::Score),
        })
    }

    /// A version of a prompt that is not its latest, or a mask.
    pub(crate) fn version_found(&self, id: PromptVersionId) -> Result<Option<Thing>, Error> {
        let Some(version) = self.prompt_version(id)? else { return Ok(None) };
        let Some(prompt) = self.prompt(version.prompt_id)?.filter(|prompt| prompt.latest != Some(id)) else {
            return Ok(None);
        };
        let detailed = self.detail_prompt_versions(vec![version])?.pop();
        Ok(detailed.map(|detailed| Thing::PromptVersion(Box::new(prompt), Box::new(detailed))))
    }

    /// An item as the newest version of a dataset has it, or as it was last if that has it no more.
    pub(crate) fn item_found(&self, dataset: DatasetId, id: DatasetItemId) -> Result<Option<Thing>, Error> {
        let Some(dataset) = self.dataset(dataset)? else { return Ok(None) };
        let newest = match self.dataset_version(dataset.id, dataset.latest)? {
            Some(version) => self.dataset_item_at(dataset.id, &version, id)?,
            None => None,
        };
        let found = match newest {
            Some(item) => Some((dataset.latest, item)),
            None => self.dataset_item_written(dataset.id, id)?,
        };
        Ok(found.map(|(number, item)| Thing::DatasetItem(dataset, Box::new(item), number)))
    }

    /// What scores are on whose reasons were found: a trace and a thread own themselves, a span is owned by its trace.
    fn scored_found(&self, id: Uuid, owner: Uuid) -> Result<Option<Judged>, Error> {
        if id != owner {
            return self.judged_thing(Target::Span(SpanId::known(id)));
        }
        match self.judged_thing(Target::Trace(TraceId::known(id)))? {
            Some(trace) => Ok(Some(trace)),
            None => self.judged_thing(Target::Thread(ThreadId::known(id))),
        }
    }

    pub(crate) fn judged_thing(&self, target: Target) -> Result<Option<Judged>, Error> {
        Ok(match target {
            Target::Trace(id) => self.trace(id)?.map(Box::new).map(Judged::Trace),
            Target::Span(id) => {
                let Some(span) = self.span(id)? else { return Ok(None) };
                let trace = self.trace(span.trace_id)?.map(Box::new);
                Some(Judged::Span(Box::new(span), trace))
            }
            Target::Thread(id) => self.thread(id)?.map(Box::new).map(Judged::Thread),
        })
    }

    /// Where and how words stand in a thing: at most one snippet a field.
    pub fn snippets(&self, thing: &Thing, words: &[Words]) -> Result<Vec<(&'static str, Snippet)>, Error> {
        let passages = self.passages(thing)?.into_iter();
        let shown = passages
            .filter_map(|passage| Some((passage.field, snippet(&passage.text, words, SNIPPET_CHARS)?)));
        Ok(shown.collect())
    }
}
