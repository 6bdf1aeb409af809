//! One Tantivy index in a folder: opening, committing together with a log position, showing what was committed.
//! Indexes are disposable: a folder that another version wrote, or that does not open, is emptied.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use cairn_core::ids::Position;
use cairn_core::limits::{INDEX_ARENA_BYTES, INDEX_DELETED_RATIO_MAX};
use tantivy::directory::MmapDirectory;
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
pub(crate) struct Plan {
    /// Raised with every change of what the documents hold.
    pub(crate) version: u32,
    pub(crate) schema: Schema,
    pub(crate) tokenizers: TokenizerManager,
    /// The indexed field by which documents are replaced.
    pub(crate) key: Field,
}

pub(crate) struct DiskWriter {
    /// Gone only when a purge failed half-way; the follower has failed with it.
    writer: Option<IndexWriter>,
    index: Index,
    version: u32,
    key: Field,
    shown: DiskReader,
}

/// Sees the last commit. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct DiskReader {
    reader: IndexReader,
    reached: Arc<AtomicU64>,
}

pub(crate) fn open(dir: &Path, plan: Plan) -> Result<(DiskWriter, DiskReader), Error> {
    std::fs::create_dir_all(dir)?;
    let (index, reader, position) = if let Some(opened) = open_present(dir, &plan) {
        opened
    } else {
        std::fs::remove_dir_all(dir)?;
        std::fs::create_dir_all(dir)?;
        let index = create(dir, &plan)?;
        let reader = reader_of(&index)?;
        (index, reader, Position::START)
    };
    let shown = DiskReader { reader, reached: Arc::new(AtomicU64::new(position.0)) };
    let writer = writer_of(&index)?;
    // Files that somebody still read when they were replaced.
    writer.garbage_collect_files().wait()?;
    let writer = Some(writer);
    Ok((DiskWriter { writer, index, version: plan.version, key: plan.key, shown: shown.clone() }, shown))
}

/// `None` if there is no index of this version, or it is damaged.
fn open_present(dir: &Path, plan: &Plan) -> Option<(Index, IndexReader, Position)> {
    let mut index = Index::open_in_dir(dir).ok()?;
    if index.schema() != plan.schema || index.settings().sort_by_field != settings().sort_by_field {
        return None;
    }
    let position = match index.load_metas().ok()?.payload {
        None => Position::START,
        Some(payload) => read_payload(&payload, plan.version)?,
    };
    index.set_tokenizers(plan.tokenizers.clone());
    let reader = reader_of(&index).ok()?;
    Some((index, reader, position))
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

fn write_payload(version: u32, position: Position) -> String {
    format!("{version}:{position}")
}

fn read_payload(payload: &str, version: u32) -> Option<Position> {
    let (found, position) = payload.split_once(':')?;
    (found.parse() == Ok(version)).then_some(())?;
    position.parse().ok().map(Position)
}

impl DiskWriter {
    pub(crate) fn put(&self, key: &str, document: TantivyDocument) -> Result<(), Error> {
        self.remove(key)?;
        self.writer()?.add_document(document)?;
        Ok(())
    }

    pub(crate) fn remove(&self, key: &str) -> Result<(), Error> {
        self.remove_all(Term::from_field_text(self.key, key))
    }

    pub(crate) fn remove_all(&self, term: Term) -> Result<(), Error> {
        self.writer()?.delete_term(term);
        Ok(())
    }

    fn writer(&self) -> Result<&IndexWriter, Error> {
        Ok(self.writer.as_ref().ok_or(TantivyError::Poisoned)?)
    }

    /// Makes everything since the last commit durable and visible.
    pub(crate) fn commit(&mut self, up_to: Position) -> Result<(), Error> {
        let mut prepared = self.writer.as_mut().ok_or(TantivyError::Poisoned)?.prepare_commit()?;
        prepared.set_payload(&write_payload(self.version, up_to));
        prepared.commit()?;
        self.shown.reader.reload()?;
        self.shown.reached.store(up_to.0, Ordering::Release);
        Ok(())
    }

    /// Rewrites the segments that hold documents which were deleted, so that nothing of these stays on the disk.
    /// Everything must be committed.
    pub(crate) fn purge(&mut self) -> Result<(), Error> {
        // Merges that are under way hold segments that no other merge may take.
        if let Some(writer) = self.writer.take() {
            writer.wait_merging_threads()?;
        }
        let mut writer = plain_writer_of(&self.index)?;
        for segment in self.index.searchable_segment_metas()? {
            if segment.has_deletes() {
                writer.merge(&[segment.id()]).wait()?;
            }
        }
        self.shown.reader.reload()?;
        writer.garbage_collect_files().wait()?;
        begin(&writer)?;
        self.writer = Some(writer);
        Ok(())
    }
}

impl DiskReader {
    pub(crate) fn position(&self) -> Position {
        Position(self.reached.load(Ordering::Acquire))
    }

    pub(crate) fn searcher(&self) -> Searcher {
        self.reader.searcher()
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tantivy::collector::Count;
    use tantivy::query::TermQuery;
    use tantivy::schema::{FAST, IndexRecordOption, STRING};

    use super::*;

    fn plan() -> Plan {
        let mut schema = Schema::builder();
        let key = schema.add_text_field("key", STRING | FAST);
        schema.add_u64_field(ID_HIGH, FAST);
        Plan { version: 1, schema: schema.build(), tokenizers: TokenizerManager::default(), key }
    }

    fn put(writer: &DiskWriter, key: &str) {
        let mut document = TantivyDocument::new();
        document.add_text(writer.key, key);
        writer.put(key, document).unwrap();
    }

    fn count(reader: &DiskReader, field: Field, key: &str) -> usize {
        let term = TermQuery::new(Term::from_field_text(field, key), IndexRecordOption::Basic);
        reader.searcher().search(&term, &Count).unwrap()
    }

    /// As many segments as are merged at once, of which the smallest lost a document with the last commit.
    #[test]
    fn what_is_replaced_first_after_opening_is_replaced_in_segments_that_are_merged() {
        let dir = tempfile::tempdir().unwrap();
        let (mut writer, _) = open(dir.path(), plan()).unwrap();
        writer.writer().unwrap().set_merge_policy(Box::new(NoMergePolicy));
        for segment in 0..8_u64 {
            let documents = if segment == 3 { 4 } else { 6 };
            (0..documents).for_each(|at| put(&writer, &format!("{segment}/{at}")));
            if segment == 7 {
                writer.remove("3/0").unwrap();
            }
            writer.commit(Position(segment + 1)).unwrap();
        }
        drop(writer);

        let (mut writer, reader) = open(dir.path(), plan()).unwrap();
        let key = writer.key;
        put(&writer, "3/1");
        writer.commit(Position(9)).unwrap();
        writer.writer.take().unwrap().wait_merging_threads().unwrap();
        reader.reader.reload().unwrap();
        assert!(reader.searcher().segment_readers().len() < 9, "nothing was merged");
        assert_eq!((count(&reader, key, "3/0"), count(&reader, key, "3/1")), (0, 1));
    }

    /// All terms that the files of an index hold, of deleted documents too: words and columns alike.
    fn terms(dir: &Path) -> BTreeSet<String> {
        let index = Index::open_in_dir(dir).unwrap();
        let mut terms = BTreeSet::new();
        for segment in index.searchable_segments().unwrap() {
            let reader = tantivy::SegmentReader::open(&segment).unwrap();
            let inverted = reader.inverted_index(plan().key).unwrap();
            let mut words = inverted.terms().stream().unwrap();
            while words.advance() {
                terms.insert(String::from_utf8(words.key().to_vec()).unwrap());
            }
            let column = reader.fast_fields().str("key").unwrap().unwrap();
            let mut column = column.dictionary().stream().unwrap();
            while column.advance() {
                terms.insert(String::from_utf8(column.key().to_vec()).unwrap());
            }
        }
        terms
    }

    /// Whether all files are of segments that are searched.
    fn is_clean(dir: &Path) -> bool {
        let segments = Index::open_in_dir(dir).unwrap().searchable_segment_ids().unwrap();
        let ids: BTreeSet<String> = segments.iter().map(tantivy::index::SegmentId::uuid_string).collect();
        let names =
            std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut of = names.filter_map(|name| name.split_once('.').map(|(id, _)| id.to_owned()));
        of.all(|id| id.len() != 32 || ids.contains(&id))
    }

    #[test]
    fn nothing_of_what_was_deleted_stays_on_the_disk_after_a_purge() {
        let dir = tempfile::tempdir().unwrap();
        let (mut writer, reader) = open(dir.path(), plan()).unwrap();
        put(&writer, "unmistakable");
        put(&writer, "harmless");
        writer.commit(Position(1)).unwrap();
        put(&writer, "indistinct");
        writer.commit(Position(2)).unwrap();
        writer.remove("unmistakable").unwrap();
        put(&writer, "later");
        writer.commit(Position(3)).unwrap();
        writer.remove("indistinct").unwrap();
        writer.commit(Position(4)).unwrap();
        assert!(terms(dir.path()).contains("unmistakable"), "what is deleted stays until a purge");
        writer.purge().unwrap();
        assert!(is_clean(dir.path()));
        assert_eq!(terms(dir.path()).into_iter().collect::<Vec<_>>(), ["harmless", "later"]);
        let key = writer.key;
        assert_eq!((count(&reader, key, "harmless"), count(&reader, key, "unmistakable")), (1, 0));
        put(&writer, "last");
        writer.commit(Position(5)).unwrap();
        assert_eq!(count(&reader, key, "last"), 1);
    }
}
