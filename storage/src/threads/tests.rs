//! Threads over a real store: whatever the order in which traces and spans come and go, a thread is what is there.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cairn_core::command::Context;
use cairn_core::event::Event;
use cairn_core::feedback::{self, Score, Target};
use cairn_core::ids::{ProjectId, SpanId, ThreadId, TraceId, uuid_v7};
use cairn_core::json::Json;
use cairn_core::merge::{Origin, TagEdits};
use cairn_core::threads::{self, Status};
use cairn_core::time::Timestamp;
use cairn_core::{spans, traces};
use rust_decimal::Decimal;
use tempfile::TempDir;
use uuid::Uuid;

use super::read::Thread;
use crate::reader::Reader;
use crate::store::Store;
use crate::view::Part;
use crate::writer::Writer;

const PROJECT: ProjectId = ProjectId::known(Uuid::from_u128(2));
const CHAT: ThreadId = ThreadId::known(Uuid::from_u128(77));

/// A writer whose clock goes on by a second with every event.
struct World {
    _dir: TempDir,
    writer: Writer,
    now: i64,
}

impl World {
    fn new() -> Self {
        let dir = TempDir::new().unwrap();
        let writer = open(dir.path());
        let mut world = Self { _dir: dir, writer, now: 0 };
        let began = threads::Event::Began { id: CHAT, project_id: PROJECT, name: "chat".to_owned() };
        world.all([began.into()]);
        world
    }

    /// Commits after every event, so that what was committed and what was staged are both looked at.
    fn all(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.now += 1_000;
            let context = Context::new(Timestamp::from_millis(self.now), Arc::from("ann"), [7; 32]);
            self.writer.append(event, &context).unwrap();
            self.writer.commit().unwrap();
        }
    }

    fn reader(&self) -> Reader {
        Reader::rows_only(self.writer.store()).unwrap()
    }

    fn chat(&self) -> Option<Thread> {
        self.reader().thread(CHAT).unwrap()
    }

    fn messages(&self) -> [Option<String>; 2] {
        let (reader, chat) = (self.reader(), self.chat().unwrap());
        let read = |part, body: Option<_>| {
            body.and_then(|body| reader.bodies().read(part, &body).unwrap())
                .map(|json| json.as_str().to_owned())
        };
        [read(Part::Input, chat.first_message), read(Part::Output, chat.last_message)]
    }
}

fn open(dir: &Path) -> Writer {
    Writer::open(Arc::new(Store::open(dir).unwrap())).unwrap()
}

fn trace_id(second: i64) -> TraceId {
    TraceId::known(uuid_v7(Timestamp::from_millis(second * 1_000), [1; 10]))
}

fn json(text: String) -> Option<Json> {
    Json::parse(Bytes::from(text)).ok()
}

/// A trace of the chat that begins at a second and ends two later.
fn trace(second: i64) -> Event {
    in_thread(second, Some("chat"))
}

fn in_thread(second: i64, thread: Option<&str>) -> Event {
    let fields = traces::Fields {
        input: json(format!("\"question {second}\"")),
        output: json(format!("\"answer {second}\"")),
        end_time: Some(Timestamp::from_millis((second + 2) * 1_000)),
        thread_id: thread.map(str::to_owned),
        environment: Some(format!("e{second}")),
        ..traces::Fields::default()
    };
    let row = traces::RowRecorded {
        id: trace_id(second),
        project_id: PROJECT,
        origin: Origin::Batch,
        version: Timestamp::from_millis(5),
        start_time: Timestamp::from_millis(second * 1_000),
        fields,
    };
    traces::Event::Recorded(Box::new(row)).into()
}

fn moved(second: i64, thread: &str) -> Event {
    let fields = traces::Fields { thread_id: Some(thread.to_owned()), ..traces::Fields::default() };
    let patch = traces::Patched {
        id: trace_id(second),
        project_id: PROJECT,
        version: Timestamp::from_millis(1_000_000),
        fields,
        tag_edits: TagEdits::default(),
    };
    traces::Event::Patched(Box::new(patch)).into()
}

fn deleted(second: i64) -> Event {
    traces::Event::Deleted { id: trace_id(second) }.into()
}

fn span_id(second: i64) -> SpanId {
    SpanId::known(Uuid::from_u128(u128::try_from(second).unwrap()))
}

/// A span of that trace, which took as many tokens as the second says.
fn span(second: i64) -> Event {
    let row = spans::RowRecorded {
        id: span_id(second),
        project_id: PROJECT,
        trace_id: trace_id(second),
        parent: None,
        estimate: None,
        origin: Origin::Batch,
        version: Timestamp::from_millis(5),
        start_time: Timestamp::from_millis(second * 1_000),
        fields: spans::Fields {
            kind: Some(spans::Kind::Llm),
            usage: Some([("total_tokens".to_owned(), second)].into()),
            cost: Some(Decimal::new(second, 2)),
            provider: Some("openai".to_owned()),
            ..spans::Fields::default()
        },
    };
    spans::Event::Recorded(Box::new(row)).into()
}

fn span_deleted(second: i64) -> Event {
    spans::Event::Deleted { id: span_id(second), trace_id: trace_id(second) }.into()
}

fn score() -> Event {
    let score = Score {
        name: "good".to_owned(),
        value: Decimal::ONE,
        category_name: None,
        reason: None,
        source: "sdk".to_owned(),
        queue_id: None,
    };
    let target = Target::Thread(CHAT);
    feedback::Event::Scored { target, project_id: PROJECT, author: "ann".to_owned(), score }.into()
}

#[test]
fn a_thread_is_the_sum_of_its_traces_in_whatever_order_they_come() {
    let given = [trace(10), trace(20), trace(30), span(10), span(20), span(30)];
    let backwards: Vec<Event> = given.iter().rev().cloned().collect();
    for events in [given.to_vec(), backwards] {
        let mut world = World::new();
        world.all(events);
        let chat = world.chat().unwrap();
        assert_eq!((chat.traces, chat.messages(), chat.sums.spans), (3, 6, 3));
        assert_eq!(chat.sums.usage["total_tokens"], 60);
        assert_eq!(chat.sums.cost, Decimal::new(60, 2));
        assert_eq!(chat.start_time, Timestamp::from_millis(10_000));
        assert_eq!(chat.duration(), Some(22_000.0));
        assert_eq!(chat.environment.as_deref(), Some("e30"));
        assert_eq!(world.messages().map(Option::unwrap), ["\"question 10\"", "\"answer 30\""]);
        let shown = world.reader().traces_of_thread(CHAT, None, 10).unwrap();
        assert_eq!(shown.iter().map(|trace| trace.id).collect::<Vec<_>>(), [10, 20, 30].map(trace_id));
        let after = (Timestamp::from_millis(10_000), trace_id(10));
        let rest = world.reader().traces_of_thread(CHAT, Some(after), 1).unwrap();
        assert_eq!(rest.iter().map(|trace| trace.id).collect::<Vec<_>>(), [trace_id(20)]);
    }
}

#[test]
fn what_is_deleted_or_moved_counts_no_more() {
    let mut world = World::new();
    world.all([trace(10), trace(20), trace(30), span(10), span(20), span(30)]);
    world.all([deleted(10), span_deleted(20), moved(30, "other")]);
    let chat = world.chat().unwrap();
    assert_eq!((chat.traces, chat.sums), (1, crate::traces::Sums::default()));
    assert_eq!(world.messages().map(Option::unwrap), ["\"question 20\"", "\"answer 20\""]);
    let other = world.reader().thread_named(PROJECT, "other").unwrap().unwrap();
    let other = world.reader().thread(other).unwrap().unwrap();
    assert_eq!((other.traces, other.sums.usage["total_tokens"]), (1, 30));
}

#[test]
fn a_thread_goes_with_its_last_trace_and_takes_its_scores() {
    let mut world = World::new();
    world.all([trace(10), trace(20), score(), deleted(10)]);
    assert_eq!(world.chat().unwrap().scores.given.len(), 1);
    world.all([deleted(20)]);
    assert!(world.chat().is_none());
    assert_eq!(world.reader().thread_named(PROJECT, "chat").unwrap(), None);
    assert_eq!(world.reader().scores(Target::Thread(CHAT)).unwrap(), feedback::State::default());
    let changes = world.reader().thread_changes(world.writer.head(), world.writer.head()).unwrap();
    assert!(changes[0].1[0].gone, "{changes:?}");
}

#[test]
fn a_new_trace_wakes_a_closed_thread_and_a_late_word_about_an_old_one_does_not() {
    let mut world = World::new();
    world.all([trace(10), threads::Event::Closed { id: CHAT }.into(), trace(10), span(10)]);
    assert_eq!(world.chat().unwrap().status, Status::Inactive);
    world.all([trace(20)]);
    assert_eq!(world.chat().unwrap().status, Status::Active);
}

#[test]
fn only_active_threads_are_silent_and_each_since_it_was_last_heard_of() {
    let mut world = World::new();
    world.all([trace(10), in_thread(20, Some("other")), trace(30)]);
    let other = world.writer.thread_named(PROJECT, "other").unwrap().unwrap();
    let silent =
        |world: &World, second| world.writer.silent_threads(Timestamp::from_millis(second), 9).unwrap();
    assert_eq!(silent(&world, 3_000), []);
    assert_eq!(silent(&world, 4_000), [other]);
    assert_eq!(silent(&world, 10_000), [other, CHAT]);
    assert_eq!(world.writer.silent_threads(Timestamp::MAX, 1).unwrap(), [other]);
    world.all([threads::Event::TimedOut { id: other }.into(), span(30)]);
    assert_eq!(silent(&world, 6_000), []);
    assert_eq!(silent(&world, 6_001), [CHAT]);
    assert_eq!(world.reader().thread_silent_longest().unwrap(), Some(Timestamp::from_millis(6_000)));
}

#[test]
fn a_log_from_before_threads_had_events_has_them_all_the_same() {
    let dir = TempDir::new().unwrap();
    let mut world = World { writer: open(dir.path()), _dir: dir, now: 0 };
    world.all([
        in_thread(20, Some("old")),
        in_thread(10, Some("old")),
        in_thread(15, Some("")),
        in_thread(16, None),
    ]);
    let id = world.reader().thread_named(PROJECT, "old").unwrap().unwrap();
    assert_eq!(world.reader().thread(id).unwrap().unwrap().traces, 2);
    assert_eq!(world.reader().thread_of(trace_id(15)).unwrap(), None);
}

#[test]
fn rows_that_are_made_anew_are_the_same_to_the_byte() {
    let mut world = World::new();
    world.all([
        trace(10),
        span(10),
        trace(20),
        moved(20, "other"),
        score(),
        deleted(10),
        in_thread(5, Some("other")),
    ]);
    let rows = |world: &World| {
        let rows = world.writer.store().keyspaces().rows.iter();
        rows.map(|guard| guard.into_inner().map(|(key, row)| (key.to_vec(), row.to_vec())).unwrap())
            .collect::<Vec<_>>()
    };
    let live = rows(&world);
    world.writer.store().rebuild_rows().unwrap();
    assert_eq!(rows(&world), live);
}
