//! Columns that are filled step by step, with lists in between and after breaking off.

use std::sync::Arc;

use cairn_core::command::Context;
use cairn_core::ids::ProjectId;
use cairn_core::limits::INDEX_BUILD_EVENTS_MAX;
use cairn_core::merge::Origin;
use cairn_core::query::{Direction, Sort};
use cairn_core::time::Timestamp;
use cairn_core::traces;
use tempfile::TempDir;

use super::*;
use crate::follower::{self, Follower};
use crate::index::{SortValue, Window};
use crate::reader::{Indexes, Scope};
use crate::store::Store;
use crate::writer::Writer;

const TRACES: u64 = 2 * INDEX_BUILD_EVENTS_MAX as u64;

fn context() -> Context {
    Context::new(Timestamp::from_millis(6), Arc::from("ann"), [7; 32])
}

fn write(writer: &mut Writer, numbers: impl IntoIterator<Item = u64>) {
    for number in numbers {
        let output = Json::parse(format!(r#"{{"n":{number}}}"#).into()).ok();
        let row = traces::RowRecorded {
            id: TraceId::known(Uuid::from_u128(u128::from(number))),
            project_id: ProjectId::known(Uuid::from_u128(2)),
            origin: Origin::Batch,
            version: Timestamp::from_millis(5),
            start_time: Timestamp::from_millis(5),
            fields: traces::Fields { output, ..traces::Fields::default() },
        };
        writer.append(traces::Event::Recorded(Box::new(row)).into(), &context()).unwrap();
    }
    writer.commit().unwrap();
}

/// A folder with traces, and a column that was added after all of them were indexed.
fn begun(dir: &TempDir) -> (Writer, Indexes, Follower) {
    let mut writer = Writer::open(Arc::new(Store::open(dir.path()).unwrap())).unwrap();
    let (indexes, [mut columns, _]) = follower::open(dir.path(), writer.store()).unwrap();
    write(&mut writer, 1..=TRACES);
    catch_up(&mut columns, &writer);
    let id = DerivedColumnId::known(Uuid::from_u128(9));
    let (name, source) = ("n".to_owned(), Source::Path("output.n".to_owned()));
    writer.append(Event::Added { id, of: Of::Traces, name, source }.into(), &context()).unwrap();
    writer.commit().unwrap();
    catch_up(&mut columns, &writer);
    (writer, indexes, columns)
}

fn catch_up(columns: &mut Follower, writer: &Writer) {
    while columns.reached() < writer.head() {
        columns.advance().unwrap();
    }
}

fn list(writer: &Writer, indexes: &Indexes, text: &str, sorted: bool) -> Result<Vec<u128>, String> {
    let reader = Reader::new(writer.store(), indexes).unwrap();
    let scope = Scope { entity: Entity::Trace, project: None, trace: None };
    let query = Query::parse(Entity::Trace, text, Timestamp::EPOCH).unwrap();
    let sort = Sort { field: Field::Derived("n".to_owned()), direction: Direction::Ascending };
    let window = Window { sort: sorted.then_some(sort), after: None, offset: 0, limit: 3, count: false };
    let listed = reader.list(scope, &query, &window).map_err(|refusal| refusal.to_string())?;
    Ok(listed.hits.into_iter().map(|hit| hit.id.as_u128()).collect())
}

#[test]
fn filters_are_right_while_a_column_is_filled_and_orders_are_refused_until_then() {
    let dir = TempDir::new().unwrap();
    let (mut writer, indexes, mut columns) = begun(&dir);
    assert!(columns.is_building());
    columns.build().unwrap();
    assert!(columns.is_building());
    assert_eq!(list(&writer, &indexes, "derived.n:7", false).unwrap(), [7]);
    assert_eq!(list(&writer, &indexes, "", false).unwrap(), [2_000, 1_999, 1_998]);
    let refusal = list(&writer, &indexes, "", true).unwrap_err();
    assert!(refusal.starts_with("`derived.n` is being filled: 1"), "{refusal}");
    assert!(refusal.contains(" of 2001 events are done: ask again"), "{refusal}");
    write(&mut writer, [0]);
    catch_up(&mut columns, &writer);
    while columns.is_building() {
        columns.build().unwrap();
    }
    assert_eq!(list(&writer, &indexes, "", true).unwrap(), [0, 1, 2]);
    assert_eq!(list(&writer, &indexes, "derived.n > 1998", true).unwrap(), [1_999, 2_000]);
}

#[test]
fn filling_that_breaks_off_goes_on_and_is_not_done_again() {
    let dir = TempDir::new().unwrap();
    let (writer, indexes, mut columns) = begun(&dir);
    columns.build().unwrap();
    let done = |writer: &Writer, indexes: &Indexes| {
        let reader = Reader::new(writer.store(), indexes).unwrap();
        let columns = reader.derived().unwrap();
        reader.filled(columns.all()[0]).unwrap().0
    };
    let before = done(&writer, &indexes);
    assert!(before > Position::START);
    drop((writer, indexes, columns));
    let writer = Writer::open(Arc::new(Store::open(dir.path()).unwrap())).unwrap();
    let (indexes, [mut columns, _]) = follower::open(dir.path(), writer.store()).unwrap();
    assert_eq!(done(&writer, &indexes), before);
    while columns.is_building() {
        columns.build().unwrap();
    }
    drop((indexes, columns));
    let (indexes, [columns, _]) = follower::open(dir.path(), writer.store()).unwrap();
    assert!(!columns.is_building());
    assert_eq!(list(&writer, &indexes, "", true).unwrap(), [1, 2, 3]);
}

#[test]
fn what_is_removed_while_it_is_filled_is_not_filled_on() {
    let dir = TempDir::new().unwrap();
    let (mut writer, _indexes, mut columns) = begun(&dir);
    columns.build().unwrap();
    let id = DerivedColumnId::known(Uuid::from_u128(9));
    writer.append(Event::Removed { id }.into(), &context()).unwrap();
    writer.commit().unwrap();
    catch_up(&mut columns, &writer);
    assert!(!columns.is_building());
    assert!(!dir.path().join("columns.next").exists());
}

/// Truths before numbers before texts, and what has none last; pages go on from any of them.
#[test]
fn values_of_different_kinds_have_one_order() {
    let dir = TempDir::new().unwrap();
    let (mut writer, indexes, mut columns) = begun(&dir);
    let mixed = [r#""b""#, "true", "2.5", r#""a""#, "false", "-1", "null"];
    for (number, value) in (10_000_u128..).zip(mixed) {
        let row = traces::RowRecorded {
            id: TraceId::known(Uuid::from_u128(number)),
            project_id: ProjectId::known(Uuid::from_u128(3)),
            origin: Origin::Batch,
            version: Timestamp::from_millis(5),
            start_time: Timestamp::from_millis(5),
            fields: traces::Fields {
                output: Json::parse(format!(r#"{{"n":{value}}}"#).into()).ok(),
                ..traces::Fields::default()
            },
        };
        writer.append(traces::Event::Recorded(Box::new(row)).into(), &context()).unwrap();
        // A segment each.
        writer.commit().unwrap();
        catch_up(&mut columns, &writer);
    }
    while columns.is_building() {
        columns.build().unwrap();
    }
    let reader = Reader::new(writer.store(), &indexes).unwrap();
    let project = Some(ProjectId::known(Uuid::from_u128(3)));
    let scope = Scope { entity: Entity::Trace, project, trace: None };
    for (direction, expected) in
        [(Direction::Ascending, [4, 1, 5, 2, 3, 0, 6]), (Direction::Descending, [0, 3, 2, 5, 1, 4, 6])]
    {
        let sort = Some(Sort { field: Field::Derived("n".to_owned()), direction });
        let (mut after, mut found) = (None, Vec::new());
        loop {
            let window =
                Window { sort: sort.clone(), after: after.take(), offset: 0, limit: 1, count: false };
            let Some(hit) = reader.list(scope, &Query::All, &window).unwrap().hits.pop() else { break };
            assert_ne!(hit.cursor.value, SortValue::Id);
            found.push(hit.id.as_u128() - 10_000);
            after = Some(hit.cursor);
        }
        assert_eq!(found, expected, "{direction:?}");
    }
}
