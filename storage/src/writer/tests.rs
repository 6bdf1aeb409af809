//! The log and the rows together, over a real store in a folder: what is committed stays, in any way it is opened.

use std::path::Path;

use bytes::Bytes;
use cairn_core::event::Event;
use cairn_core::history::undo;
use cairn_core::ids::RequestId;
use cairn_core::json::Json;
use cairn_core::merge::{Origin, TagEdits};
use cairn_core::projects::Visibility;
use cairn_core::query::{Entity, Query};
use cairn_core::time::Timestamp;
use cairn_core::traces::Delete;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::follower;
use crate::index::Window;
use crate::reader::{Reader, Scope};
use crate::store::verify_folder;

const PROJECT: ProjectId = ProjectId::known(Uuid::from_u128(2));

fn context(millis: i64) -> Context {
    let mut context = Context::new(Timestamp::from_millis(millis), Arc::from("ann"), [7; 32]);
    context.request = RequestId::known(Uuid::from_u128(1));
    context
}

fn open(dir: &Path) -> Writer {
    Writer::open(Arc::new(Store::open(dir).unwrap())).unwrap()
}

fn project() -> Event {
    let (name, visibility) = ("agents".to_owned(), Visibility::Private);
    projects::Event::Created { id: PROJECT, name, description: None, visibility }.into()
}

fn trace(number: u128) -> Event {
    let row = traces::RowRecorded {
        id: TraceId::known(Uuid::from_u128(number)),
        project_id: PROJECT,
        origin: Origin::Batch,
        version: Timestamp::from_millis(5),
        start_time: Timestamp::from_millis(1),
        fields: traces::Fields {
            input: Json::parse(Bytes::from(format!("{{\"number\": {number}}}"))).ok(),
            ..traces::Fields::default()
        },
    };
    traces::Event::Recorded(Box::new(row)).into()
}

fn span(number: u128, trace: u128) -> Event {
    let row = spans::RowRecorded {
        id: SpanId::known(Uuid::from_u128(number)),
        project_id: PROJECT,
        trace_id: TraceId::known(Uuid::from_u128(trace)),
        parent: None,
        origin: Origin::Batch,
        version: Timestamp::from_millis(5),
        start_time: Timestamp::from_millis(1),
        fields: spans::Fields {
            kind: Some(spans::Kind::Llm),
            usage: Some([("total_tokens".to_owned(), 10)].into()),
            ..spans::Fields::default()
        },
        estimate: None,
    };
    spans::Event::Recorded(Box::new(row)).into()
}

/// A project, 100 traces, and for each two spans.
fn fill(writer: &mut Writer) {
    writer.append(project(), &context(10)).unwrap();
    for number in 1_000..1_100 {
        writer.append(trace(number), &context(11)).unwrap();
        writer.append(span(number * 10, number), &context(12)).unwrap();
        writer.append(span(number * 10 + 1, number), &context(12)).unwrap();
    }
    writer.commit().unwrap();
}

/// Everything in rows and history, as bytes.
fn all_rows(store: &Store) -> Vec<(Vec<u8>, Vec<u8>)> {
    let keyspaces = [&store.keyspaces().rows, &store.keyspaces().history];
    let rows = keyspaces.into_iter().flat_map(fjall::Keyspace::iter);
    rows.map(|guard| guard.into_inner().map(|(key, value)| (key.to_vec(), value.to_vec())).unwrap()).collect()
}

#[test]
fn what_was_committed_is_there_after_reopening_and_the_chain_holds() {
    let dir = TempDir::new().unwrap();
    fill(&mut open(dir.path()));
    let writer = open(dir.path());
    assert_eq!(writer.head(), Position(301));
    let reader = Reader::rows_only(writer.store()).unwrap();
    let trace = reader.trace(TraceId::known(Uuid::from_u128(1_050))).unwrap().unwrap();
    assert_eq!((trace.sums.spans, trace.sums.llm_spans), (2, 2));
    assert_eq!(trace.sums.usage["total_tokens"], 20);
    let body = reader.bodies().read(crate::view::Part::Input, &trace.fields.input.unwrap()).unwrap();
    assert_eq!(body.unwrap().as_str(), "{\"number\": 1050}");
    drop((reader, writer));
    assert_eq!(verify_folder(dir.path(), None).unwrap().log.events, 301);
}

#[test]
fn what_was_not_committed_is_not_there() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(dir.path());
    fill(&mut writer);
    writer.append(trace(5_000), &context(20)).unwrap();
    drop(writer);
    let mut writer = open(dir.path());
    assert_eq!(writer.head(), Position(301));
    assert!(writer.trace(TraceId::known(Uuid::from_u128(5_000))).unwrap().is_none());
}

#[test]
fn rebuilt_rows_are_the_same_to_the_byte() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(dir.path());
    fill(&mut writer);
    let deleted = Delete { ids: vec![TraceId::known(Uuid::from_u128(1_001))] };
    for id in deleted.ids {
        writer.append(traces::Event::Deleted { id }.into(), &context(30)).unwrap();
    }
    writer.commit().unwrap();
    let live = all_rows(writer.store());
    writer.store().rebuild_rows().unwrap();
    assert_eq!(all_rows(writer.store()), live);
    assert!(live.len() > 600, "{}", live.len());
}

/// Rows go before the history goes. What is left of it tells of events that are still to come when an undo is replayed.
#[test]
fn rows_are_the_same_after_a_rebuild_that_was_killed_at_its_beginning() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(dir.path());
    let id = TraceId::known(Uuid::from_u128(1));
    let tags = traces::Fields { tags: Some(vec!["x".to_owned()]), ..traces::Fields::default() };
    let patched = traces::Patched {
        id,
        project_id: PROJECT,
        version: Timestamp::from_millis(6),
        fields: tags,
        tag_edits: TagEdits::default(),
    };
    let undone = undo::Event::Undone { position: Position(2), entity: id.uuid() };
    let events: [Event; 4] = [
        trace(1),
        traces::Event::Patched(Box::new(patched)).into(),
        undone.into(),
        traces::Event::Deleted { id }.into(),
    ];
    for event in events {
        writer.append(event, &context(30)).unwrap();
        writer.commit().unwrap();
    }
    let live = all_rows(writer.store());
    writer.store().keyspaces().rows.clear().unwrap();
    drop(writer);
    assert_eq!(all_rows(open(dir.path()).store()), live);
}

#[test]
fn deleting_a_trace_takes_its_spans_and_sums() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(dir.path());
    fill(&mut writer);
    let id = TraceId::known(Uuid::from_u128(1_001));
    writer.append(traces::Event::Deleted { id }.into(), &context(30)).unwrap();
    writer.commit().unwrap();
    let reader = Reader::rows_only(writer.store()).unwrap();
    assert!(reader.trace(id).unwrap().is_none());
    assert!(reader.span(SpanId::known(Uuid::from_u128(10_010))).unwrap().is_none());
    assert_eq!(reader.span_count(id).unwrap(), 0);
    assert_eq!(reader.history(id.uuid()).unwrap().len(), 2);
}

#[test]
fn a_changed_event_is_named_by_verify() {
    let dir = TempDir::new().unwrap();
    let writer = {
        let mut writer = open(dir.path());
        fill(&mut writer);
        writer
    };
    let log = writer.store().log().keyspace();
    // The second block holds the events from 33 on; one byte of its stored chain hash is turned.
    let key = 33_u64.to_be_bytes();
    let mut block = log.get(key).unwrap().unwrap().to_vec();
    block[10] ^= 1;
    log.insert(key, block).unwrap();
    let error = writer.store().log().verify().unwrap_err();
    assert!(error.to_string().starts_with("the log is damaged at position 33"), "{error}");
}

#[test]
fn missing_events_are_named_by_verify() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(dir.path());
    fill(&mut writer);
    writer.store().log().keyspace().remove(33_u64.to_be_bytes()).unwrap();
    let error = writer.store().log().verify().unwrap_err();
    assert!(error.to_string().contains("the next record is at position 65: records are missing"), "{error}");
}

#[test]
fn after_a_fault_nothing_more_is_accepted() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(dir.path());
    fill(&mut writer);
    writer.fail(&Error::Disk(std::io::Error::other("the disk is gone")));
    let refused = writer.append(trace(5_000), &context(20)).unwrap_err();
    assert_eq!(refused.to_string(), "writing stopped after a fault: disk: the disk is gone");
    assert!(
        Reader::rows_only(writer.store())
            .unwrap()
            .trace(TraceId::known(Uuid::from_u128(1_001)))
            .unwrap()
            .is_some()
    );
}

/// The first three traces and their number, once the indexes have followed the log to its head.
fn listed(dir: &Path, writer: &Writer) -> (Vec<u128>, Option<usize>) {
    let (indexes, followers) = follower::open(dir, writer.store()).unwrap();
    for mut follower in followers {
        while follower.reached() < writer.head() {
            follower.advance().unwrap();
        }
    }
    let reader = Reader::new(writer.store(), &indexes).unwrap();
    let scope = Scope { entity: Entity::Trace, project: Some(PROJECT), trace: None };
    let window = Window { sort: None, after: None, offset: 0, limit: 3, count: true };
    let listed = reader.list(scope, &Query::All, &window).unwrap();
    (listed.hits.iter().map(|hit| hit.id.as_u128()).collect(), listed.total)
}

#[test]
fn indexes_follow_the_log_from_where_they_were() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(dir.path());
    fill(&mut writer);
    assert_eq!(listed(dir.path(), &writer), (vec![1_099, 1_098, 1_097], Some(100)));
    writer.append(trace(2_000), &context(20)).unwrap();
    writer.commit().unwrap();
    assert_eq!(listed(dir.path(), &writer), (vec![2_000, 1_099, 1_098], Some(101)));
    follower::wipe(dir.path()).unwrap();
    assert_eq!(listed(dir.path(), &writer), (vec![2_000, 1_099, 1_098], Some(101)));
}

#[test]
fn indexes_of_another_log_are_made_anew() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(dir.path());
    fill(&mut writer);
    assert_eq!(listed(dir.path(), &writer).1, Some(100));
    drop(writer);
    std::fs::remove_dir_all(dir.path().join("store")).unwrap();
    let mut writer = open(dir.path());
    writer.append(project(), &context(10)).unwrap();
    writer.append(trace(7), &context(11)).unwrap();
    writer.commit().unwrap();
    assert_eq!(listed(dir.path(), &writer), (vec![7], Some(1)));
}
