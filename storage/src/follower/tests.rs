//! What a follower takes in while commits are being made, and how an index is made anew beside the one that serves.

use std::sync::Arc;

use cairn_core::command::Context;
use cairn_core::event::Event;
use cairn_core::ids::{ErasureId, Position, ProjectId, PromptId, TraceId};
use cairn_core::limits::{
    COLUMNS_COMMIT_DOCUMENTS_MAX, INDEX_BUILD_EVENTS_MAX, OTHERS_AWAITED_MAX, TEXT_COMMIT_DOCUMENTS_MAX,
};
use cairn_core::merge::Origin;
use cairn_core::query::{Entity, Query, Words};
use cairn_core::search::Searched;
use cairn_core::time::Timestamp;
use cairn_core::{erasures, prompts, traces};
use tempfile::TempDir;
use uuid::Uuid;

use crate::follower::{self, Follower, Writer as Target};
use crate::index::{TextChange, Window};
use crate::log::block;
use crate::log::part_key;
use crate::reader::{Indexes, Reader, Scope};
use crate::signals::{Index, Next, Version};
use crate::store::Store;
use crate::workspaces::forking;
use crate::writer::Writer;

/// The blocks of a commit can be read before its rows can. Taken in then, its traces would be missing from the index for
/// good, as nothing would ever lead back to them.
#[test]
fn a_commit_of_which_only_the_log_is_there_is_not_taken_in() {
    let dir = TempDir::new().unwrap();
    let store = Arc::new(Store::open(&dir.path().join("rows")).unwrap());
    let mut writer = Writer::open(Arc::clone(&store)).unwrap();
    let row = traces::RowRecorded {
        id: TraceId::known(Uuid::from_u128(1)),
        project_id: ProjectId::known(Uuid::from_u128(2)),
        origin: Origin::Batch,
        version: Timestamp::from_millis(5),
        start_time: Timestamp::from_millis(5),
        fields: traces::Fields::default(),
    };
    let context = Context::new(Timestamp::from_millis(6), Arc::from("ann"), [7; 32]);
    writer.append(traces::Event::Recorded(Box::new(row)).into(), &context).unwrap();
    let head = writer.commit().unwrap();
    let log = store.log().keyspace();
    let (mut record, mut chain) = (store.log().record(head).unwrap().unwrap(), writer.chain());
    record.position = head.next();
    let put = |number, part: Vec<u8>| log.insert(part_key(head.next(), number), part).unwrap();
    block::encode(&[record], &mut chain, put).unwrap();
    assert_eq!(store.log().events_after(head, 10).unwrap().len(), 1);
    let (_indexes, followers) = follower::open(dir.path(), &store).unwrap();
    for mut follower in followers {
        assert_eq!(follower.advance().unwrap(), head);
        assert_eq!(follower.advance().unwrap(), head);
    }
}

fn open(dir: &TempDir) -> Writer {
    Writer::open(Arc::new(Store::open(dir.path()).unwrap())).unwrap()
}

fn write(writer: &mut Writer, numbers: impl IntoIterator<Item = usize>) {
    let context = Context::new(Timestamp::from_millis(6), Arc::from("ann"), [7; 32]);
    for number in numbers {
        let row = traces::RowRecorded {
            id: TraceId::known(Uuid::from_u128(number as u128)),
            project_id: ProjectId::known(Uuid::from_u128(2)),
            origin: Origin::Batch,
            version: Timestamp::from_millis(5),
            start_time: Timestamp::from_millis(5),
            fields: traces::Fields { name: Some("run".to_owned()), ..traces::Fields::default() },
        };
        writer.append(traces::Event::Recorded(Box::new(row)).into(), &context).unwrap();
    }
    writer.commit().unwrap();
}

fn catch_up(follower: &mut Follower, writer: &Writer) {
    while follower.reached() < writer.head() {
        follower.advance().unwrap();
    }
}

fn listed(writer: &Writer, indexes: &Indexes) -> usize {
    let reader = Reader::new(writer.store(), indexes).unwrap();
    let scope = Scope { entity: Entity::Trace, project: None, trace: None };
    let window = Window { sort: None, after: None, offset: 0, limit: 1, count: true };
    reader.list(scope, &Query::All, &window).unwrap().total.unwrap()
}

/// While much is written, an index that was waited for knows of more than the reader that waited.
#[test]
fn what_an_index_found_is_there_although_it_is_newer_than_the_reader() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(&dir);
    let (indexes, [mut columns, mut text]) = follower::open(dir.path(), writer.store()).unwrap();
    write(&mut writer, 1..=3);
    let [lists, searches] = [(); 2].map(|()| Reader::new(writer.store(), &indexes).unwrap());
    write(&mut writer, 4..=9);
    catch_up(&mut columns, &writer);
    catch_up(&mut text, &writer);
    let scope = Scope { entity: Entity::Trace, project: None, trace: None };
    let window = Window { sort: None, after: None, offset: 0, limit: 4, count: true };
    let found = lists.list(scope, &Query::All, &window).unwrap();
    assert_eq!((found.total, found.hits.len()), (Some(9), 4));
    for hit in found.hits {
        assert!(lists.trace(TraceId::known(hit.id)).unwrap().is_some(), "{hit:?}");
    }
    assert_eq!(lists.position().0, 3);
    let words = Words::parse("run", false).unwrap();
    let found = searches.search(None, &Searched::RECORDED, &[words], 0, 20).unwrap();
    assert_eq!(found.hits.len(), 9);
    assert!(found.hits.iter().all(|hit| searches.thing(hit).unwrap().is_some()));
}

#[test]
fn a_list_waits_for_what_its_caller_knows_of_and_for_a_little_of_what_others_wrote() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(&dir);
    let (indexes, [mut columns, _]) = follower::open(dir.path(), writer.store()).unwrap();
    write(&mut writer, 1..=3);
    catch_up(&mut columns, &writer);
    let little = usize::try_from(OTHERS_AWAITED_MAX).unwrap();
    write(&mut writer, 4..=3 + little);
    let store = Arc::clone(writer.store());
    let awaited = |known| store.signals().awaited(Position(known));
    assert_eq!(awaited(1), writer.head());
    write(&mut writer, [4 + little]);
    assert_eq!([1, 3, 9, u64::MAX].map(awaited), [Position(3), Position(3), Position(9), writer.head()]);
    let scope = Scope { entity: Entity::Trace, project: None, trace: None };
    let window = Window { sort: None, after: None, offset: 0, limit: 1, count: true };
    let total = |known| {
        let reader = Reader::new(&store, &indexes).unwrap().awaiting(awaited(known));
        reader.list(scope, &Query::All, &window).unwrap().total.unwrap()
    };
    assert_eq!(total(1), 3);
    std::thread::scope(|threads| {
        let own = threads.spawn(|| total(9));
        catch_up(&mut columns, &writer);
        assert_eq!(own.join().unwrap(), 4 + little);
    });
}

#[test]
fn a_stretch_that_was_read_ahead_is_taken_in_as_it_is_by_then() {
    const STRETCH: usize = COLUMNS_COMMIT_DOCUMENTS_MAX;
    let dir = TempDir::new().unwrap();
    let mut writer = open(&dir);
    let (indexes, [mut columns, _]) = follower::open(dir.path(), writer.store()).unwrap();
    for part in 0..3 {
        write(&mut writer, part * STRETCH + 1..=(part + 1) * STRETCH);
    }
    columns.advance().unwrap();
    assert!(columns.ahead.is_some());
    let id = TraceId::known(Uuid::from_u128(STRETCH as u128 + 1));
    append(&mut writer, traces::Event::Deleted { id });
    writer.commit().unwrap();
    catch_up(&mut columns, &writer);
    assert_eq!(listed(&writer, &indexes), 3 * STRETCH - 1);
    assert!(columns.ahead.is_none());
}

#[test]
fn a_search_while_words_are_far_behind_answers_with_what_is_known_and_how_far_that_goes() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(&dir);
    let (indexes, [_, mut texts]) = follower::open(dir.path(), writer.store()).unwrap();
    write(&mut writer, 1..=3);
    catch_up(&mut texts, &writer);
    write(&mut writer, 4..=TEXT_COMMIT_DOCUMENTS_MAX + 10);
    let reader = Reader::new(writer.store(), &indexes).unwrap();
    let words = Words::parse("run", false).unwrap();
    let found = reader.search(None, &Searched::RECORDED, &[words], 0, 20).unwrap();
    assert_eq!((found.total, found.seen_up_to), (3, Position(3)));
}

const EVENTS: usize = 2 * INDEX_BUILD_EVENTS_MAX + 100;

/// A folder whose columns index is of an older version.
fn older(dir: &TempDir) -> Writer {
    let mut writer = open(dir);
    write(&mut writer, 1..=EVENTS);
    let (_, [mut columns, _]) = follower::open(dir.path(), writer.store()).unwrap();
    catch_up(&mut columns, &writer);
    let version = columns.target.disk().mark().version;
    columns.target.disk_mut().age(version - 1);
    writer
}

#[test]
fn an_older_index_answers_with_what_is_new_until_another_one_is_made_and_takes_its_place() {
    let dir = TempDir::new().unwrap();
    let mut writer = older(&dir);
    let (indexes, [mut columns, _]) = follower::open(dir.path(), writer.store()).unwrap();
    let number = columns.target.disk().mark().version;
    let version = |reached| {
        let next = Some(Next { version: number + 1, reached: Position(reached) });
        Version { number, next }
    };
    let told = |writer: &Writer| writer.store().signals().projection(Index::Columns).version;
    assert_eq!(told(&writer), version(0));
    let mut seen = vec![];
    while columns.is_building() {
        columns.build().unwrap();
        write(&mut writer, [EVENTS + 1 + seen.len()]);
        catch_up(&mut columns, &writer);
        seen.push(told(&writer).next.map(|next| next.reached.0));
        assert_eq!(listed(&writer, &indexes), EVENTS + seen.len());
    }
    assert!(seen.len() >= 3, "{seen:?}");
    assert!(seen[0].is_some_and(|reached| reached < EVENTS as u64), "{seen:?}");
    assert_eq!(told(&writer), Version { number: number + 1, next: None });
}

#[test]
fn what_breaks_off_while_an_index_is_made_anew_goes_on_where_it_was() {
    let dir = TempDir::new().unwrap();
    let writer = older(&dir);
    let (_, [mut columns, _]) = follower::open(dir.path(), writer.store()).unwrap();
    columns.build().unwrap();
    let reached = columns.next.as_ref().unwrap().disk().mark().reached;
    drop(columns);
    let (indexes, [mut columns, _]) = follower::open(dir.path(), writer.store()).unwrap();
    assert_eq!(columns.next.as_ref().unwrap().disk().mark().reached, reached);
    assert_eq!(listed(&writer, &indexes), EVENTS);
    while columns.is_building() {
        columns.build().unwrap();
    }
    assert_eq!(listed(&writer, &indexes), EVENTS);
    drop((indexes, columns));
    let (_, [columns, _]) = follower::open(dir.path(), writer.store()).unwrap();
    assert!(!columns.is_building());
}

/// One takes files by name while the other moves whole folders.
#[test]
fn a_fork_that_is_taken_while_an_index_gives_way_is_whole() {
    let dir = TempDir::new().unwrap();
    let (source, forks) = (dir.path().join("source"), dir.path().join("forks"));
    let mut writer = Writer::open(Arc::new(Store::open(&source).unwrap())).unwrap();
    write(&mut writer, 1..=50);
    let mut taken = 0;
    for round in 0..20 {
        let (indexes, [mut columns, texts]) = follower::open(&source, writer.store()).unwrap();
        catch_up(&mut columns, &writer);
        let version = columns.target.disk().mark().version;
        columns.target.disk_mut().age(version - 1);
        drop((indexes, columns, texts));
        let (_indexes, [mut columns, _texts]) = follower::open(&source, writer.store()).unwrap();
        std::thread::scope(|scope| {
            let switch = scope.spawn(move || {
                while columns.is_building() {
                    columns.build().unwrap();
                }
            });
            while !switch.is_finished() {
                let fork = forks.join(format!("{round}-{taken}"));
                forking::take(&source, &writer, &fork).unwrap().finish().unwrap();
                taken += 1;
            }
        });
    }
    assert!(taken >= 20, "{taken} forks were taken in time");
    for fork in std::fs::read_dir(&forks).unwrap() {
        let fork = fork.unwrap().path();
        let writer = Writer::open(Arc::new(Store::open(&fork).unwrap())).unwrap();
        let (indexes, [mut columns, _texts]) = follower::open(&fork, writer.store()).unwrap();
        catch_up(&mut columns, &writer);
        assert_eq!(listed(&writer, &indexes), 50);
    }
}

const GREETING: PromptId = PromptId::known(Uuid::from_u128(7));

const SHOP: ProjectId = ProjectId::known(Uuid::from_u128(2));

fn append(writer: &mut Writer, event: impl Into<Event>) {
    let context = Context::new(Timestamp::from_millis(6), Arc::from("ann"), [7; 32]);
    writer.append(event.into(), &context).unwrap();
}

fn greeting() -> prompts::Event {
    prompts::Event::Created {
        id: GREETING,
        project_id: SHOP,
        name: "greeting".to_owned(),
        description: None,
        structure: prompts::Structure::Text,
        tags: Vec::new(),
    }
}

/// A folder whose text index is of the version that knew nothing but traces and spans.
fn older_texts(dir: &TempDir) -> Writer {
    let mut writer = open(dir);
    append(&mut writer, greeting());
    write(&mut writer, 1..=EVENTS);
    let (_, [_, mut texts]) = follower::open(dir.path(), writer.store()).unwrap();
    catch_up(&mut texts, &writer);
    let Target::Text(index) = &mut texts.target else { panic!("the second follower is of the text index") };
    index.change(TextChange::RemoveOwned(GREETING.uuid())).unwrap();
    let version = index.disk.mark().version;
    index.disk.age(version - 1);
    writer
}

#[test]
fn an_older_text_index_serves_until_one_is_made_that_knows_prompts() {
    let dir = TempDir::new().unwrap();
    let writer = older_texts(&dir);
    let (indexes, [_, mut texts]) = follower::open(dir.path(), writer.store()).unwrap();
    let found = |text: &str, kind| {
        let words = Words::parse(text, false).unwrap();
        let reader = Reader::new(writer.store(), &indexes).unwrap();
        reader.search(None, &[kind], &[words], 0, 10).unwrap().total
    };
    let trace = TraceId::known(Uuid::from_u128(1)).to_string();
    assert!(texts.is_building());
    let mut steps = 0;
    while texts.is_building() {
        assert_eq!((found(&trace, Searched::Trace), found("greeting", Searched::Prompt)), (1, 0));
        texts.build().unwrap();
        steps += 1;
    }
    assert!(steps > 1, "it took {steps}");
    assert_eq!((found(&trace, Searched::Trace), found("greeting", Searched::Prompt)), (1, 1));
}

#[test]
fn no_word_of_an_erased_project_stays_in_the_text_index_and_none_comes_back_while_its_rows_are_there() {
    let dir = TempDir::new().unwrap();
    let mut writer = open(&dir);
    append(&mut writer, greeting());
    writer.commit().unwrap();
    let (indexes, [_, mut texts]) = follower::open(dir.path(), writer.store()).unwrap();
    catch_up(&mut texts, &writer);
    assert!(indexes.text.knows("greeting"));
    let id = ErasureId::known(Uuid::from_u128(9));
    append(&mut writer, erasures::Event::Begun { id, subject: erasures::Subject::Project(SHOP) });
    let positions = vec![Position(1)];
    let marked = erasures::Marked { id, traces: Vec::new(), threads: Vec::new(), positions };
    append(&mut writer, erasures::Event::Marked(Box::new(marked)));
    append(&mut writer, erasures::Event::Sealed { id });
    writer.commit().unwrap();
    catch_up(&mut texts, &writer);
    assert!(!indexes.text.knows("greeting"));
    let changes = prompts::Changes { tags: Some(vec!["late".to_owned()]), ..prompts::Changes::default() };
    append(&mut writer, prompts::Event::Updated { id: GREETING, changes });
    writer.commit().unwrap();
    catch_up(&mut texts, &writer);
    assert!(!indexes.text.knows("greeting"));
    assert!(!indexes.text.knows("late"));
}
