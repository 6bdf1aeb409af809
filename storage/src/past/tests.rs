//! What can be read of a past while it is made, and after it has gone on to a later moment.

use std::thread;

use cairn_core::command::Context;
use cairn_core::derived::{self, Of, Source};
use cairn_core::event::Event;
use cairn_core::ids::{DerivedColumnId, ProjectId, TraceId};
use cairn_core::json::Json;
use cairn_core::merge::Origin;
use cairn_core::query::{Direction, Entity, Field, Query, Sort};
use cairn_core::time::Timestamp;
use cairn_core::traces;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;
use crate::index::Window;
use crate::reader::Scope;
use crate::writer::Writer;

/// Several steps of a replay.
const TRACES: u64 = 20_000;

fn write(writer: &mut Writer, events: impl IntoIterator<Item = Event>) {
    let context = Context::new(Timestamp::from_millis(6), Arc::from("ann"), [7; 32]);
    for event in events {
        writer.append(event, &context).unwrap();
    }
    writer.commit().unwrap();
}

fn trace(number: u64) -> Event {
    let row = traces::RowRecorded {
        id: TraceId::known(Uuid::from_u128(u128::from(number))),
        project_id: ProjectId::known(Uuid::from_u128(2)),
        origin: Origin::Batch,
        version: Timestamp::from_millis(5),
        start_time: Timestamp::from_millis(5),
        fields: traces::Fields {
            output: Json::parse(format!(r#"{{"n":{number}}}"#).into()).ok(),
            ..traces::Fields::default()
        },
    };
    traces::Event::Recorded(Box::new(row)).into()
}

fn column() -> Event {
    let id = DerivedColumnId::known(Uuid::from_u128(9));
    let (name, source) = ("n".to_owned(), Source::Path("output.n".to_owned()));
    derived::Event::Added { id, of: Of::Traces, name, source }.into()
}

fn begin(dir: &TempDir, writer: &Writer, at: u64) -> Past {
    Past::begin(&dir.path().join("past"), dir.path(), writer.store(), Position(at)).unwrap()
}

fn reached(shown: &Shown, at: u64) -> Result<Reader, u64> {
    shown.reader(Position(at), Duration::ZERO).map_err(|error| match error {
        Error::IndexBehind { wanted, reached } if wanted == Position(at) => reached.0,
        other => panic!("{other}"),
    })
}

/// How many traces there are and which comes first, asked of the index while that is made on another thread.
fn first(past: &mut Past, at: u64, sort: Option<Sort>) -> (usize, u128) {
    let shown = Arc::clone(past.shown());
    let list = move || {
        let reader = shown.reader(Position(at), Duration::ZERO).unwrap();
        let scope = Scope { entity: Entity::Trace, project: None, trace: None };
        let window = Window { sort, after: None, offset: 0, limit: 1, count: true };
        let listed = reader.list(scope, &Query::All, &window).unwrap();
        (listed.total.unwrap(), listed.hits.first().unwrap().id.as_u128())
    };
    let asked = thread::spawn(list);
    while !asked.is_finished() {
        past.step().unwrap();
        thread::yield_now();
    }
    asked.join().unwrap()
}

#[test]
fn a_moment_says_how_far_it_is_until_its_rows_are_there_and_makes_indexes_once_they_are_asked() {
    let dir = TempDir::new().unwrap();
    let mut writer = Writer::open(Arc::new(Store::open(dir.path()).unwrap())).unwrap();
    write(&mut writer, (1..=TRACES).map(trace));
    let mut past = begin(&dir, &writer, TRACES - 1);
    let shown = Arc::clone(past.shown());
    let mut told = vec![reached(&shown, TRACES - 1).err()];
    while past.step().unwrap() {
        told.push(reached(&shown, TRACES - 1).err());
    }
    assert!(told.len() > 3, "{told:?}");
    assert_eq!((told.first(), told.last()), (Some(&Some(0)), Some(&None)));
    assert!(told[..told.len() - 1].is_sorted() && told[1] > told[0], "{told:?}");
    let id = |number: u64| TraceId::known(Uuid::from_u128(u128::from(number)));
    let reader = reached(&shown, TRACES - 1).unwrap();
    assert!(reader.trace(id(TRACES - 1)).unwrap().is_some());
    assert!(reader.trace(id(TRACES)).unwrap().is_none());
    assert!(!past.step().unwrap(), "no index was asked for");
    let count = usize::try_from(TRACES).unwrap();
    assert_eq!(first(&mut past, TRACES - 1, None), (count - 1, u128::from(TRACES - 1)));
}

#[test]
fn a_moment_goes_on_to_a_later_one_with_the_columns_that_were_derived_by_then() {
    let dir = TempDir::new().unwrap();
    let mut writer = Writer::open(Arc::new(Store::open(dir.path()).unwrap())).unwrap();
    write(&mut writer, (1..=3).map(trace));
    write(&mut writer, [column()]);
    write(&mut writer, (5..=6).map(trace));
    let mut past = begin(&dir, &writer, 3);
    while past.step().unwrap() {}
    assert_eq!(first(&mut past, 3, None), (3, 3));
    past.shown().go_on_to(Position(6));
    assert_eq!(reached(past.shown(), 6).err(), Some(3));
    while past.step().unwrap() {}
    let sort = Sort { field: Field::Derived("n".to_owned()), direction: Direction::Ascending };
    assert_eq!(first(&mut past, 6, Some(sort)), (5, 1));
}

#[test]
fn its_folder_goes_with_it() {
    let dir = TempDir::new().unwrap();
    let mut writer = Writer::open(Arc::new(Store::open(dir.path()).unwrap())).unwrap();
    write(&mut writer, [trace(1)]);
    let mut past = begin(&dir, &writer, 1);
    while past.step().unwrap() {}
    let (folder, shown) = (dir.path().join("past"), Arc::clone(past.shown()));
    shown.stop();
    assert!(past.is_unwanted() && !past.wait());
    drop(past);
    assert!(folder.exists(), "somebody reads it");
    drop(shown);
    assert!(!folder.exists());
}
