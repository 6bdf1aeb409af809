//! What happens to the files of an index.

use std::collections::BTreeSet;

use tantivy::collector::Count;
use tantivy::query::TermQuery;
use tantivy::schema::{FAST, IndexRecordOption, STRING};

use super::*;

fn plan() -> Plan {
    let mut schema = Schema::builder();
    let key = schema.add_text_field("key", STRING | FAST);
    schema.add_u64_field(ID_HIGH, FAST);
    let (schema, tokenizers) = (schema.build(), TokenizerManager::default());
    Plan { version: 1, readable_from: 1, schema, tokenizers, key }
}

fn put(writer: &DiskWriter, key: &str) {
    let mut document = TantivyDocument::new();
    document.add_text(writer.plan.key, key);
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
    let (mut writer, _) = open(dir.path(), &plan(), Position::START).unwrap();
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

    let (mut writer, reader) = open(dir.path(), &plan(), Position::START).unwrap();
    let key = writer.plan.key;
    put(&writer, "3/1");
    writer.commit(Position(9)).unwrap();
    writer.writer.take().unwrap().wait_merging_threads().unwrap();
    reader.refresh(reader.mark()).unwrap();
    assert!(reader.searcher().segment_readers().len() < 9, "nothing was merged");
    assert_eq!((count(&reader, key, "3/0"), count(&reader, key, "3/1")), (0, 1));
}

#[test]
fn nothing_merges_in_a_folder_whose_writer_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _) = open(dir.path(), &plan(), Position::START).unwrap();
    // With the last of them there are as many as are merged at once.
    for segment in 0..8_u64 {
        put(&writer, &segment.to_string());
        writer.commit(Position(segment + 1)).unwrap();
    }
    drop(writer);
    let segments = Index::open_in_dir(dir.path()).unwrap().load_metas().unwrap().segments;
    assert_eq!(segments.len(), 1, "a merge has not ended");
    let (writer, reader) = open(dir.path(), &plan(), Position::START).unwrap();
    assert_eq!((reader.position(), reader.searcher().num_docs()), (Position(8), 8));
    drop(writer);
}

#[test]
fn an_index_that_the_system_cannot_read_is_left_as_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _) = open(dir.path(), &plan(), Position::START).unwrap();
    put(&writer, "kept");
    writer.commit(Position(5)).unwrap();
    drop(writer);
    let (list, aside) = (dir.path().join("meta.json"), dir.path().join("aside"));
    std::fs::rename(&list, &aside).unwrap();
    // Read as a file, a folder is an error that tells nothing of what is in the file.
    std::fs::create_dir(&list).unwrap();
    assert!(open(dir.path(), &plan(), Position(5)).is_err());
    std::fs::remove_dir(&list).unwrap();
    std::fs::rename(&aside, &list).unwrap();
    let (_, reader) = open(dir.path(), &plan(), Position(5)).unwrap();
    assert_eq!((reader.position(), reader.searcher().num_docs()), (Position(5), 1));
}

#[test]
fn an_index_whose_list_of_files_is_damaged_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _) = open(dir.path(), &plan(), Position::START).unwrap();
    put(&writer, "lost");
    writer.commit(Position(5)).unwrap();
    drop(writer);
    std::fs::write(dir.path().join("meta.json"), "{").unwrap();
    let (_, reader) = open(dir.path(), &plan(), Position(5)).unwrap();
    assert_eq!((reader.position(), reader.searcher().num_docs()), (Position::START, 0));
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
    let names = std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut of = names.filter_map(|name| name.split_once('.').map(|(id, _)| id.to_owned()));
    of.all(|id| id.len() != 32 || ids.contains(&id))
}

#[test]
fn nothing_of_what_was_deleted_stays_on_the_disk_after_a_purge() {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, reader) = open(dir.path(), &plan(), Position::START).unwrap();
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
    let key = writer.plan.key;
    assert_eq!((count(&reader, key, "harmless"), count(&reader, key, "unmistakable")), (1, 0));
    put(&writer, "last");
    writer.commit(Position(5)).unwrap();
    assert_eq!(count(&reader, key, "last"), 1);
}

/// As `plan`, with a field that was added since.
fn later_plan() -> Plan {
    let mut schema = Schema::builder();
    let key = schema.add_text_field("key", STRING | FAST);
    schema.add_u64_field(ID_HIGH, FAST);
    schema.add_u64_field("added", FAST);
    Plan { version: 2, schema: schema.build(), key, ..plan() }
}

fn put_added(writer: &DiskWriter, key: &str) {
    let mut document = TantivyDocument::new();
    document.add_text(writer.plan.key, key);
    document.add_u64(writer.plan.schema.get_field("added").unwrap(), 7);
    writer.put(key, document).unwrap();
}

fn added(reader: &DiskReader) -> usize {
    let searcher = reader.searcher();
    let count = |segment: &tantivy::SegmentReader| {
        let column = segment.fast_fields().column_opt::<u64>("added").unwrap();
        column.map_or(0, |column| segment.doc_ids_alive().filter(|doc| column.first(*doc) == Some(7)).count())
    };
    searcher.segment_readers().iter().map(count).sum()
}

/// A folder with an index of version 1 that holds one document.
fn older() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let (mut writer, _) = open(&dir.path().join("index"), &plan(), Position::START).unwrap();
    put(&writer, "old");
    writer.commit(Position(1)).unwrap();
    dir
}

#[test]
fn an_index_of_an_older_version_is_searched_and_written_until_its_successor_takes_its_place() {
    let dir = older();
    let folder = dir.path().join("index");
    let (mut writer, reader) = open(&folder, &later_plan(), Position(1)).unwrap();
    assert!(!writer.is_current(Position::START));
    let key = writer.plan.key;
    put_added(&writer, "new");
    writer.commit(Position(2)).unwrap();
    assert_eq!([count(&reader, key, "old"), count(&reader, key, "new"), added(&reader)], [1, 1, 0]);

    let mut successor = writer.successor(Position::START, Position(2)).unwrap();
    put_added(&successor, "old");
    put_added(&successor, "new");
    successor.commit(Position(2)).unwrap();
    assert_eq!(added(&reader), 0);
    let searched_before = reader.searcher();
    writer.give_way(successor).unwrap();
    assert_eq!([count(&reader, key, "old"), count(&reader, key, "new"), added(&reader)], [1, 1, 2]);
    assert_eq!(reader.mark(), Mark { version: 2, reached: Position(2), begun: Position(2) });
    let term = TermQuery::new(Term::from_field_text(key, "old"), IndexRecordOption::Basic);
    assert_eq!(searched_before.search(&term, &Count).unwrap(), 1, "who searched goes on in the old one");
    put_added(&writer, "later");
    writer.commit(Position(3)).unwrap();
    assert_eq!(added(&reader), 3);
    let left: Vec<_> =
        std::fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["index"]);
}

#[test]
fn an_index_of_a_version_that_nobody_can_search_any_more_begins_anew() {
    let dir = older();
    let plan = Plan { readable_from: 2, ..later_plan() };
    let (writer, reader) = open(&dir.path().join("index"), &plan, Position(1)).unwrap();
    assert_eq!((reader.position(), writer.is_current(Position(1))), (Position::START, true));
}

/// Each state of the folder in which the making of a successor may break off.
#[test]
fn what_breaks_off_leaves_an_index_that_serves() {
    for step in 0..4 {
        let dir = older();
        let folder = dir.path().join("index");
        let (mut writer, reader) = open(&folder, &later_plan(), Position(1)).unwrap();
        let mut successor = writer.successor(Position::START, Position(1)).unwrap();
        put_added(&successor, "old");
        successor.commit(Position(1)).unwrap();
        let rename = |from: &Path, to: &Path| std::fs::rename(from, to).unwrap();
        if step == 3 {
            writer.give_way(successor).unwrap();
        } else {
            drop(successor);
        }
        drop((writer, reader));
        if step > 0 && step < 3 {
            rename(&folder, &beside(&folder, REPLACED));
        }
        if step == 2 {
            rename(&beside(&folder, NEXT), &folder);
        }
        let (writer, reader) = open(&folder, &later_plan(), Position(1)).unwrap();
        let key = writer.plan.key;
        assert_eq!((count(&reader, key, "old"), added(&reader)), (1, usize::from(step > 0)), "step {step}");
        assert_eq!(writer.is_current(Position::START), step > 0);
        if step == 0 {
            let successor = writer.successor(Position::START, Position(1)).unwrap();
            assert_eq!(successor.mark().reached, Position(1), "what was made is kept");
            drop(successor);
            let anew = writer.successor(Position(2), Position(2)).unwrap();
            assert_eq!((anew.mark().reached, anew.mark().begun), (Position::START, Position(2)));
        }
        assert!(!beside(&folder, REPLACED).exists());
    }
}
