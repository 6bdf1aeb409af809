//! Actors over a real store: sleeping and waking, full queues, refusals that leave nothing behind.

mod forking;
mod renewal;
mod retention;
mod simulation;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

use cairn_core::access::{FeedbackWrite, PriceRead, PriceWrite, ProjectRead, TraceRead, TraceWrite};
use cairn_core::command::{Command, ProjectRef};
use cairn_core::feedback::{self, Score, Target};
use cairn_core::ids::{Position, SpanId, TraceId};
use cairn_core::limits::WRITER_QUEUE_BYTES_MAX;
use cairn_core::prices::repricing::{self, Scope};
use cairn_core::prices::tariff::Tariff;
use cairn_core::prices::{self, Key, Put};
use cairn_core::rejection::RejectionKind;
use cairn_core::spans;
use cairn_core::threads;
use cairn_core::time::Timestamp;
use cairn_core::traces::{self, Write};
use cairn_core::workspaces::{DEFAULT_ID, DEFAULT_NAME};
use cairn_storage::attachments::contents::{Contents, Home};
use cairn_storage::error::Error;
use cairn_storage::history::checkpoints::{PublicKey, Signer};
use cairn_storage::store::verify_folder;
use rust_decimal::Decimal;
use tempfile::TempDir;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::clock;
use crate::failure::Failure;
use crate::handles::Handles;
use crate::workspace::{Engine, Waiting, folder};

const TRACE: Uuid = Uuid::from_u128(0x0190_babc_62a0_7000_8000_0000_0000_0001);

fn trace(project: &str) -> Write {
    Write {
        id: TraceId::new(TRACE).ok(),
        project: ProjectRef::Name(project.to_owned()),
        start_time: Timestamp::from_millis(1),
        last_updated_at: None,
        fields: traces::Fields::default(),
    }
}

fn start_engine(dir: &Path) -> Result<Engine, Error> {
    let contents = Contents::open(&dir.join("attachments"), &Home::Folder, DEFAULT_ID)?;
    Engine::start(dir, contents, &Arc::new(Signer::open(dir, [7; 32])?))
}

async fn record(handles: &Handles, command: traces::Command) -> Result<Position, Failure> {
    let grant = handles.open_principal(DEFAULT_NAME)?.grant::<TraceWrite>()?;
    handles.execute(&grant, command).await.map(|outcome| outcome.position)
}

async fn project_names(handles: &Handles) -> Vec<String> {
    let grant = handles.open_principal(DEFAULT_NAME).unwrap().grant::<ProjectRead>().unwrap();
    let read = handles.read(&grant, |reader| Ok(reader.projects()?)).await.unwrap();
    read.into_iter().map(|view| view.project.name).collect()
}

fn kind(failure: Failure) -> RejectionKind {
    match failure {
        Failure::Refused(rejection) => rejection.kind,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_idle_workspace_sleeps_and_wakes_with_all_it_had() {
    let dir = TempDir::new().unwrap();
    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    record(&handles, traces::Command::Record(vec![trace("shop")])).await.unwrap();
    handles.registry().close_idle().await;
    assert_eq!(handles.registry().open_count(), 1, "it was used just now");
    handles.registry().age_all();
    let held =
        handles.head(&handles.open_principal(DEFAULT_NAME).unwrap().grant::<ProjectRead>().unwrap()).await;
    handles.registry().age_all();
    handles.registry().close_idle().await;
    assert_eq!(handles.registry().open_count(), 1, "somebody follows it");
    drop(held);
    handles.registry().close_idle().await;
    assert_eq!(handles.registry().open_count(), 0);
    assert_eq!(project_names(&handles).await, ["shop"]);
    assert_eq!(handles.registry().open_count(), 1);
}

#[tokio::test]
async fn who_gives_up_while_a_workspace_is_opened_leaves_it_to_others() {
    let dir = TempDir::new().unwrap();
    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    let mut impatient = Box::pin(handles.registry().workspace(DEFAULT_ID));
    assert!(futures_util::poll!(&mut impatient).is_pending());
    // The opening is under way on threads of its own.
    tokio::task::yield_now().await;
    assert!(futures_util::poll!(&mut impatient).is_pending());
    drop(impatient);
    assert!(handles.registry().workspace(DEFAULT_ID).await.is_ok());
}

/// Otherwise nobody would be there to say that the thread fell silent.
#[tokio::test]
async fn a_workspace_stays_awake_while_a_thread_of_it_is_active() {
    let dir = TempDir::new().unwrap();
    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    let mut write = trace("shop");
    write.fields.thread_id = Some("chat".to_owned());
    record(&handles, traces::Command::Record(vec![write])).await.unwrap();
    handles.registry().age_all();
    handles.registry().close_idle().await;
    assert_eq!(handles.registry().open_count(), 1);
    let grant = handles.open_principal(DEFAULT_NAME).unwrap().grant::<TraceWrite>().unwrap();
    let project = ProjectRef::Name("shop".to_owned());
    let which = threads::Which::Named { project, names: vec!["chat".to_owned()] };
    handles.execute(&grant, threads::Command::Close(which)).await.unwrap();
    handles.registry().age_all();
    handles.registry().close_idle().await;
    assert_eq!(handles.registry().open_count(), 0);
}

#[tokio::test]
async fn a_refused_command_makes_no_project() {
    let dir = TempDir::new().unwrap();
    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    record(&handles, traces::Command::Create(Box::new(trace("shop")))).await.unwrap();
    let again = record(&handles, traces::Command::Create(Box::new(trace("other")))).await;
    assert_eq!(kind(again.unwrap_err()), RejectionKind::Conflict);
    let grant = handles.open_principal(DEFAULT_NAME).unwrap().grant::<FeedbackWrite>().unwrap();
    let score = feedback::Write {
        target: Target::Trace(TraceId::known(Uuid::from_u128(7))),
        project: ProjectRef::Name("third".to_owned()),
        author: None,
        score: Score {
            name: "accuracy".to_owned(),
            value: Decimal::ONE,
            category_name: None,
            reason: None,
            source: "sdk".to_owned(),
            queue_id: None,
        },
    };
    let missing = handles.execute(&grant, feedback::Command::ScoreExisting(Box::new(score))).await;
    assert_eq!(kind(missing.unwrap_err()), RejectionKind::NotFound);
    assert_eq!(project_names(&handles).await, ["shop"]);
}

#[tokio::test]
async fn many_first_writes_at_once_make_one_project() {
    let dir = TempDir::new().unwrap();
    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    let writes = (0..50_u128).map(|number| {
        let handles = handles.clone();
        tokio::spawn(async move {
            let mut write = trace(if number % 2 == 0 { "Shop" } else { " shop " });
            write.id = TraceId::new(Uuid::from_u128(TRACE.as_u128() + number)).ok();
            record(&handles, traces::Command::Record(vec![write])).await
        })
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.unwrap().unwrap();
    }
    assert_eq!(project_names(&handles).await.len(), 1);
}

#[tokio::test]
async fn an_unknown_workspace_is_refused() {
    let dir = TempDir::new().unwrap();
    let refusal = Handles::start(dir.path(), Home::Folder).unwrap().open_principal("nobody's").unwrap_err();
    assert_eq!(refusal.to_string(), "Workspace not found");
}

#[test]
fn a_full_queue_is_answered_at_once() {
    let dir = TempDir::new().unwrap();
    let mut engine = start_engine(dir.path()).unwrap();
    // A queue of one that nobody empties stands for a writer that cannot keep up.
    let (queue, _jobs) = sync_channel(1);
    engine.replace_queue(queue);
    let submit = || {
        let (reply, answer) = oneshot::channel();
        let command = Command::Traces(traces::Command::Record(vec![trace("shop")]));
        engine.submit(command, clock::context(Arc::from("ann")), tracing::Span::none(), reply);
        answer
    };
    let mut waiting = submit();
    assert!(waiting.try_recv().is_err(), "the first waits for its turn");
    let refused = submit().blocking_recv().unwrap();
    assert_eq!(kind(refused.unwrap_err()), RejectionKind::Overloaded);
}

#[test]
fn a_body_that_is_larger_than_the_queue_waits_alone() {
    let waiting = Waiting::default();
    assert!(waiting.has_room(WRITER_QUEUE_BYTES_MAX * 2));
    waiting.add(1);
    assert!(waiting.has_room(WRITER_QUEUE_BYTES_MAX - 1));
    assert!(!waiting.has_room(WRITER_QUEUE_BYTES_MAX));
}

#[test]
fn after_a_fault_every_write_is_answered_with_it() {
    let dir = TempDir::new().unwrap();
    let engine = start_engine(dir.path()).unwrap();
    engine.open.store.signals().fail("the disk is gone".to_owned());
    let (reply, answer) = oneshot::channel();
    let command = Command::Traces(traces::Command::Record(vec![trace("shop")]));
    engine.submit(command, clock::context(Arc::from("ann")), tracing::Span::none(), reply);
    let refused = answer.blocking_recv().unwrap().unwrap_err();
    assert_eq!(refused.to_string(), "the server cannot write and accepts nothing more: the disk is gone");
}

#[test]
fn a_thread_that_panics_stops_the_writing_and_says_so() {
    let dir = TempDir::new().unwrap();
    let engine = start_engine(dir.path()).unwrap();
    let signals = engine.open.store.signals();
    crate::workspace::panic_on_a_thread(signals);
    assert_eq!(signals.fault(), Some("the writer of the workspace broke off"));
}

/// A call of a model that costs something only by the workspace's own prices.
fn call(number: u128) -> spans::Write {
    let usage = [("prompt_tokens".to_owned(), 1_000_000)].into();
    let (model, provider) = (Some("of-our-own".to_owned()), Some("us".to_owned()));
    spans::Write {
        id: SpanId::new(Uuid::from_u128(TRACE.as_u128() + number)).ok(),
        project: ProjectRef::Name("shop".to_owned()),
        trace_id: TraceId::known(TRACE),
        parent: None,
        start_time: Timestamp::from_millis(1_000),
        last_updated_at: None,
        fields: spans::Fields { model, provider, usage: Some(usage), ..spans::Fields::default() },
    }
}

async fn costs(handles: &Handles) -> Vec<Option<Decimal>> {
    let grant = handles.open_principal(DEFAULT_NAME).unwrap().grant::<TraceRead>().unwrap();
    let read = |number| {
        let id = SpanId::known(Uuid::from_u128(TRACE.as_u128() + number));
        handles.read(&grant, move |reader| Ok(reader.span(id)?.and_then(|span| span.fields.cost)))
    };
    vec![read(1).await.unwrap(), read(2).await.unwrap()]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repricing_that_a_stop_broke_off_goes_on_with_the_next_start() {
    let dir = TempDir::new().unwrap();
    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    let grant = handles.open_principal(DEFAULT_NAME).unwrap().grant::<TraceWrite>().unwrap();
    handles.execute(&grant, spans::Command::Record(vec![call(1), call(2)])).await.unwrap();
    let grant = handles.open_principal(DEFAULT_NAME).unwrap().grant::<PriceWrite>().unwrap();
    let key =
        Key { provider: "us".to_owned(), model: "of-our-own".to_owned(), effective_from: Timestamp::EPOCH };
    let put = Put { key, tariff: Tariff::parse("in=2").unwrap() };
    handles.execute(&grant, prices::Command::Put(vec![put])).await.unwrap();
    // Begun, and nobody there to go on with it.
    let scope = Scope { from: Timestamp::EPOCH, project_id: None };
    let begin = prices::Command::Reprice(repricing::Command::Begin(scope));
    handles.execute(&grant, begin).await.unwrap();
    assert_eq!(costs(&handles).await, [None, None]);
    handles.stop().await;

    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    handles.warm_up().await.unwrap();
    let grant = handles.open_principal(DEFAULT_NAME).unwrap().grant::<PriceRead>().unwrap();
    let mut head = handles.head(&grant).await.unwrap();
    loop {
        let position = head.position();
        let prices = handles.read(&grant, |reader| Ok(reader.prices()?)).await.unwrap();
        if prices.repricings().all(|repricing| repricing.ended_at.is_some()) {
            break;
        }
        head.beyond(position).await.unwrap();
    }
    assert_eq!(costs(&handles).await, [Some(Decimal::from(2)), Some(Decimal::from(2))]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_stopped_writing_writes_again_when_the_disk_does() {
    let dir = TempDir::new().unwrap();
    let handles = Handles::start(dir.path(), Home::Folder).unwrap();
    record(&handles, traces::Command::Record(vec![trace("before")])).await.unwrap();
    let grant = handles.open_principal(DEFAULT_NAME).unwrap().grant::<ProjectRead>().unwrap();
    let mut head = handles.head(&grant).await.unwrap();
    handles.registry().fail_all("no space left on the disk");
    let refused = record(&handles, traces::Command::Record(vec![trace("meanwhile")])).await.unwrap_err();
    assert!(matches!(&refused, Failure::ReadOnly(why) if why == "no space left on the disk"), "{refused}");
    assert_eq!(handles.faults(), ["no space left on the disk"]);
    assert_eq!(project_names(&handles).await, ["before"], "reading goes on");

    let follower = tokio::spawn(async move { head.beyond(Position(1_000)).await });
    handles.registry().heal().await;
    assert_eq!(follower.await.unwrap(), None, "who follows is told to begin again");
    assert_eq!(handles.faults(), [""; 0]);
    record(&handles, traces::Command::Record(vec![trace("after")])).await.unwrap();
    let mut names = project_names(&handles).await;
    names.sort();
    assert_eq!(names, ["after", "before"]);
    handles.stop().await;
    let key = PublicKey::of(dir.path()).unwrap().unwrap();
    let found = verify_folder(&folder(dir.path(), DEFAULT_ID), Some(&key)).unwrap();
    assert_eq!(found.checkpoints, 1, "what stopped with a fault was not signed, what stopped in order was");
}
