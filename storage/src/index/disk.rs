//! One Tantivy index in a folder: opening, committing together with a log position, showing what was committed.
//! Indexes are disposable: a folder that this program cannot search is emptied. One that it can, though it is of an
//! older version, goes on until its successor, made in a folder beside it, takes its place.

#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use cairn_core::ids::Position;
use cairn_core::limits::{INDEX_ARENA_BYTES, INDEX_DELETED_RATIO_MAX};
use tantivy::directory::MmapDirectory;
use tantivy::directory::error::{OpenDirectoryError, OpenReadError};
use tantivy::index::SegmentComponent;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::schema::{Field, Schema};
use tantivy::tokenizer::TokenizerManager;
use tantivy::{
    Index, IndexReader, IndexSettings, IndexSortByField, IndexWriter, Order, ReloadPolicy, Searcher,
    TantivyDocument, TantivyError, Term,
};
use uuid::Uuid;

use crate::error::Error;

/// The first half of the id, by which every segment is sorted, newest first.
pub(crate) const ID_HIGH: &str = "id_high";
pub(crate) const ID_LOW: &str = "id_low";

/// What makes one kind of index.
#[derive(Clone)]
pub(crate) struct Plan {
    /// Raised with every change of what the documents hold.
    pub(crate) version: u32,
    /// The oldest version whose documents searches of today understand. Fields that came since stand at the end.
    pub(crate) readable_from: u32,
    pub(crate) schema: Schema,
    pub(crate) tokenizers: TokenizerManager,
    /// The indexed field by which documents are replaced.
    pub(crate) key: Field,
}

pub(crate) struct DiskWriter {
    dir: PathBuf,
    plan: Plan,
    /// Gone only when a purge or a switch failed half-way; the follower has failed with it.
    writer: Option<IndexWriter>,
    index: Index,
    mark: Mark,
    shown: DiskReader,
}

/// Sees the last commit. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct DiskReader {
    shown: Arc<RwLock<Shown>>,
}

struct Shown {
    reader: IndexReader,
    mark: Mark,
}

/// What stands with each commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) version: u32,
    pub(crate) reached: Position,
    /// Where the log ended when the index was begun: what rows said by then is in every document.
    pub(crate) begun: Position,
}

struct Opened {
    index: Index,
    reader: IndexReader,
    mark: Mark,
}

/// Opens the index of a folder, or makes it, with the log at `head`.
pub(crate) fn open(dir: &Path, plan: &Plan, head: Position) -> Result<(DiskWriter, DiskReader), Error> {
    settle(dir)?;
    if let Some(opened) = open_present(dir, plan, plan.readable_from)? {
        return writing(dir, plan, opened);
    }
    begin_anew(dir, plan, head)
}

fn begin_anew(dir: &Path, plan: &Plan, head: Position) -> Result<(DiskWriter, DiskReader), Error> {
    remove(dir)?;
    std::fs::create_dir_all(dir)?;
    let index = create(dir, plan)?;
    let reader = reader_of(&index)?;
    let mark = Mark { version: plan.version, reached: Position::START, begun: head };
    writing(dir, plan, Opened { index, reader, mark })
}

fn writing(dir: &Path, plan: &Plan, opened: Opened) -> Result<(DiskWriter, DiskReader), Error> {
    let Opened { index, reader, mark } = opened;
    let shown = DiskReader { shown: Arc::new(RwLock::new(Shown { reader, mark })) };
    let writer = writer_of(&index)?;
    // Files that somebody still read when they were replaced.
    writer.garbage_collect_files().wait()?;
    let (dir, plan, writer) = (dir.to_owned(), plan.clone(), Some(writer));
    Ok((DiskWriter { dir, plan, writer, index, mark, shown: shown.clone() }, shown))
}

/// `None` if there is no index of such a version, or it is damaged.
fn open_present(dir: &Path, plan: &Plan, readable_from: u32) -> Result<Option<Opened>, Error> {
    match try_open(dir, plan, readable_from) {
        Err(error) if is_unanswered(&error) => Err(error.into()),
        opened => Ok(opened.unwrap_or_default()),
    }
}

fn try_open(dir: &Path, plan: &Plan, readable_from: u32) -> Result<Option<Opened>, TantivyError> {
    let mut index = Index::open_in_dir(dir)?;
    let older = index.schema();
    let is_known = older.fields().zip(plan.schema.fields()).all(|(theirs, ours)| theirs == ours);
    if !is_known
        || older.num_fields() > plan.schema.num_fields()
        || index.settings().sort_by_field != settings().sort_by_field
    {
        return Ok(None);
    }
    // Without one it was begun, and nothing is committed yet.
    let mark = index.load_metas()?.payload.as_deref().and_then(Mark::read);
    let Some(mark) = mark.filter(|mark| (readable_from..=plan.version).contains(&mark.version)) else {
        return Ok(None);
    };
    index.set_tokenizers(plan.tokenizers.clone());
    let reader = reader_of(&index)?;
    Ok(Some(Opened { index, reader, mark }))
}

/// Whether the system could not say what is there, for want of file handles or memory or because the disk does not
/// answer. What it cannot read today may be whole, and is not made anew.
fn is_unanswered(error: &TantivyError) -> bool {
    let (TantivyError::IoError(cause)
    | TantivyError::OpenReadError(OpenReadError::IoError { io_error: cause, .. })
    | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: cause, .. })) = error
    else {
        return false;
    };
    !matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof | ErrorKind::InvalidData)
}

/// Before an index is opened: one whose place was about to be taken gets its successor.
fn settle(dir: &Path) -> Result<(), Error> {
    if !dir.exists() && beside(dir, NEXT).exists() {
        std::fs::rename(beside(dir, NEXT), dir)?;
        sync_parent(dir)?;
    }
    remove(&beside(dir, REPLACED))
}

/// Removes an index and what lies beside it.
pub(crate) fn wipe(dir: &Path) -> Result<(), Error> {
    [dir.to_owned(), beside(dir, NEXT), beside(dir, REPLACED)].iter().try_for_each(|dir| remove(dir))
}

/// An index while it is made.
const NEXT: &str = ".next";
/// The one whose place was taken.
const REPLACED: &str = ".replaced";

fn beside(dir: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(dir);
    name.push(suffix);
    name.into()
}

fn remove(dir: &Path) -> Result<(), Error> {
    match std::fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

fn sync_parent(dir: &Path) -> Result<(), Error> {
    Ok(dir.parent().map_or(Ok(()), |parent| File::open(parent)?.sync_all())?)
}

fn create(dir: &Path, plan: &Plan) -> Result<Index, TantivyError> {
    Index::builder()
        .schema(plan.schema.clone())
        .settings(settings())
        .tokenizers(plan.tokenizers.clone())
        .open_or_create(MmapDirectory::open(dir)?)
}

fn settings() -> IndexSettings {
    let newest_first = IndexSortByField { field: ID_HIGH.to_owned(), order: Order::Desc };
    IndexSettings { sort_by_field: Some(newest_first), ..IndexSettings::default() }
}

fn reader_of(index: &Index) -> Result<IndexReader, TantivyError> {
    index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()
}

fn writer_of(index: &Index) -> Result<IndexWriter, TantivyError> {
    let writer = plain_writer_of(index)?;
    begin(&writer)?;
    Ok(writer)
}

/// A writer that merges nothing by itself.
fn plain_writer_of(index: &Index) -> Result<IndexWriter, TantivyError> {
    let options = IndexWriterOptions::builder()
        .num_worker_threads(1)
        .num_merge_threads(1)
        .memory_budget_per_thread(INDEX_ARENA_BYTES)
        .build();
    let writer = index.writer_with_options(options)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    Ok(writer)
}

fn begin(writer: &IndexWriter) -> Result<(), TantivyError> {
    let mut merging = LogMergePolicy::default();
    merging.set_del_docs_ratio_before_merge(INDEX_DELETED_RATIO_MAX);
    writer.set_merge_policy(Box::new(merging));
    // A new writer would give its first change the stamp of the last commit. A merge takes segments with deletions of
    // that commit for up to date then, and what the first change replaced would stay in them. An empty batch uses the
    // stamp up.
    writer.run(Vec::new())?;
    Ok(())
}

impl Mark {
    fn write(self) -> String {
        format!("{}:{}:{}", self.version, self.reached, self.begun)
    }

    /// Indexes of the first versions do not say when they were begun.
    fn read(payload: &str) -> Option<Self> {
        let mut parts = payload.split(':');
        let version = parts.next()?.parse().ok()?;
        let reached = Position(parts.next()?.parse().ok()?);
        let begun = parts.next().map_or(Some(Position::START), |begun| begun.parse().ok().map(Position))?;
        Some(Self { version, reached, begun })
    }
}

impl DiskWriter {
    pub(crate) fn put(&self, key: &str, document: TantivyDocument) -> Result<(), Error> {
        self.remove(key)?;
        let fields = self.index.schema().num_fields();
        let document =
            if fields < self.plan.schema.num_fields() { of_older(&document, fields) } else { document };
        self.writer()?.add_document(document)?;
        Ok(())
    }

    pub(crate) fn remove(&self, key: &str) -> Result<(), Error> {
        self.remove_all(Term::from_field_text(self.plan.key, key))
    }

    pub(crate) fn remove_all(&self, term: Term) -> Result<(), Error> {
        self.writer()?.delete_term(term);
        Ok(())
    }

    fn writer(&self) -> Result<&IndexWriter, Error> {
        Ok(self.writer.as_ref().ok_or(TantivyError::Poisoned)?)
    }

    /// Writes nothing more, and waits until what merges has ended.
    fn rest(&mut self) -> Result<(), Error> {
        self.writer.take().map_or(Ok(()), |writer| Ok(writer.wait_merging_threads()?))
    }

    /// Makes everything since the last commit durable and visible.
    pub(crate) fn commit(&mut self, up_to: Position) -> Result<(), Error> {
        let mark = Mark { reached: up_to, ..self.mark };
        let mut prepared = self.writer.as_mut().ok_or(TantivyError::Poisoned)?.prepare_commit()?;
        prepared.set_payload(&mark.write());
        prepared.commit()?;
        self.mark = mark;
        self.shown.refresh(mark)
    }

    pub(crate) const fn mark(&self) -> Mark {
        self.mark
    }

    /// As an older program would have left it.
    #[cfg(test)]
    pub(crate) fn age(&mut self, version: u32) {
        self.mark.version = version;
        self.commit(self.mark.reached).unwrap();
    }

    /// Whether it is of today's version, and was begun no earlier than a position.
    pub(crate) fn is_current(&self, since: Position) -> bool {
        self.mark.version == self.plan.version && self.mark.begun >= since
    }

    /// The index that shall take this one's place: the one that was being made, if it will do, or a new one.
    pub(crate) fn successor(&self, since: Position, head: Position) -> Result<Self, Error> {
        let dir = beside(&self.dir, NEXT);
        let present = open_present(&dir, &self.plan, self.plan.version)?;
        let fits = |opened: &Opened| opened.mark.begun >= since && opened.mark.reached <= head;
        let (writer, _) = match present.filter(fits) {
            Some(opened) => writing(&dir, &self.plan, opened)?,
            None => begin_anew(&dir, &self.plan, head)?,
        };
        Ok(writer)
    }

    /// Removes what was made of a successor. Nobody may have it open.
    pub(crate) fn without_successor(&self) -> Result<(), Error> {
        remove(&beside(&self.dir, NEXT))
    }

    /// Hands over to a successor that has reached as much of the log. Who searches meanwhile finishes in the old one.
    pub(crate) fn give_way(&mut self, mut successor: Self) -> Result<(), Error> {
        // One that found nothing in the log has never said what it is.
        successor.commit(successor.mark.reached)?;
        self.rest()?;
        successor.rest()?;
        drop(successor);
        // Whichever of these is the last that happens, `settle` goes on from there.
        std::fs::rename(&self.dir, beside(&self.dir, REPLACED))?;
        std::fs::rename(beside(&self.dir, NEXT), &self.dir)?;
        sync_parent(&self.dir)?;
        let Opened { index, reader, mark } =
            open_present(&self.dir, &self.plan, self.plan.version)?.ok_or(TantivyError::Poisoned)?;
        self.writer = Some(writer_of(&index)?);
        (self.index, self.mark) = (index, mark);
        self.shown.show(Shown { reader, mark });
        remove(&beside(&self.dir, REPLACED))
    }

    /// Rewrites the segments that hold documents which were deleted, so that nothing of these stays on the disk.
    /// Everything must be committed.
    pub(crate) fn purge(&mut self) -> Result<(), Error> {
        // Merges that are under way hold segments that no other merge may take.
        self.rest()?;
        let mut writer = plain_writer_of(&self.index)?;
        for segment in self.index.searchable_segment_metas()? {
            if segment.has_deletes() {
                writer.merge(&[segment.id()]).wait()?;
            }
        }
        self.shown.refresh(self.mark)?;
        writer.garbage_collect_files().wait()?;
        begin(&writer)?;
        self.writer = Some(writer);
        Ok(())
    }
}

/// A merge that ends after its writer writes the list of segments once more and removes files: whoever opens the folder
/// anew meanwhile finds files missing, or has their own list replaced.
impl Drop for DiskWriter {
    fn drop(&mut self) {
        if let Err(error) = self.rest() {
            tracing::warn!(%error, "merges of an index did not end well");
        }
    }
}

/// Without the fields that an older index does not have.
fn of_older(document: &TantivyDocument, fields: usize) -> TantivyDocument {
    let is_known = |field: Field| usize::try_from(field.field_id()).is_ok_and(|id| id < fields);
    let mut older = TantivyDocument::default();
    document
        .field_values()
        .filter(|(field, _)| is_known(*field))
        .for_each(|(field, value)| older.add_field_value(field, value));
    older
}

impl DiskReader {
    pub(crate) fn position(&self) -> Position {
        self.mark().reached
    }

    pub(crate) fn mark(&self) -> Mark {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).mark
    }

    pub(crate) fn searcher(&self) -> Searcher {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).reader.searcher()
    }

    fn refresh(&self, mark: Mark) -> Result<(), Error> {
        // Nobody who searches waits while segments are opened.
        let reader = self.shown.read().unwrap_or_else(PoisonError::into_inner).reader.clone();
        reader.reload()?;
        self.shown.write().unwrap_or_else(PoisonError::into_inner).mark = mark;
        Ok(())
    }

    fn show(&self, shown: Shown) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = shown;
    }
}

/// The names of all files that the last commit of an index may have. None of them is ever written to again.
pub(crate) fn files(dir: &Path) -> Result<Vec<PathBuf>, Error> {
    use SegmentComponent::{Delete, FastFields, FieldNorms, Positions, Postings, Store, Terms};
    let mut files = Vec::new();
    for segment in Index::open_in_dir(dir)?.load_metas()?.segments {
        let always = [Postings, Positions, FastFields, FieldNorms, Terms, Store];
        let parts = always.into_iter().chain(segment.has_deletes().then_some(Delete));
        files.extend(parts.map(|part| segment.relative_path(part)));
    }
    Ok(files)
}

/// The halves of an id, in which the index keeps it.
pub(crate) fn halves(id: Uuid) -> (u64, u64) {
    id.as_u64_pair()
}
