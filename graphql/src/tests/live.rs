//! Subscriptions: what they tell, and that they can be taken up again anywhere.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_graphql::{Request, Response, Variables};
use cairn_core::access::TraceRead;
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::Target;
use cairn_core::ids::Position;
use cairn_core::{spans, traces};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt};
use serde_json::{Value, json};
use uuid::Uuid;

use super::world::{World, span, span_id, trace, trace_id};
use crate::live::{Stretch, Topic, stretch};

const PATIENCE: Duration = Duration::from_secs(20);
const CHANGES: &str = "subscription($project: ID!, $filter: String, $after: Position) {
    traceChanges(projectId: $project, filter: $filter, after: $after) { position kind traceId trace { name spanCount } }
}";

pub(super) type Told = BoxStream<'static, Response>;

pub(super) fn subscribe(world: &World, query: &str, variables: Value) -> Told {
    let request = Request::new(query).variables(Variables::from_json(variables));
    world.api.stream(world.session.clone(), request)
}

async fn next(told: &mut Told) -> Value {
    next_of(told, "traceChanges").await
}

/// The next thing that a subscription of that name tells.
pub(super) async fn next_of(told: &mut Told, name: &str) -> Value {
    let response = tokio::time::timeout(PATIENCE, told.next()).await.expect("nothing was told").unwrap();
    let answer = serde_json::to_value(response).unwrap();
    assert_eq!(answer["errors"], Value::Null);
    answer["data"][name].clone()
}

async fn take(told: &mut Told, count: usize) -> Vec<Value> {
    let mut taken = Vec::new();
    for _ in 0..count {
        taken.push(next(told).await);
    }
    taken
}

/// What was told, without positions.
fn said(change: &Value) -> (String, Value, Value) {
    let kind = change["kind"].as_str().unwrap().to_owned();
    (kind, change["traceId"].clone(), change["trace"]["name"].clone())
}

fn id(number: u64) -> Value {
    json!(trace_id(number).to_string())
}

fn upserted(number: u64, name: &str) -> (String, Value, Value) {
    ("UPSERTED".to_owned(), id(number), if name.is_empty() { Value::Null } else { json!(name) })
}

/// Traces of the log after a position, by the position of their last event.
async fn model(world: &World, after: u64) -> BTreeMap<u64, Value> {
    let events =
        world.session.read::<TraceRead, _>(|reader| Ok(reader.events_after(Position::START, 1_000_000)?));
    let mut last = BTreeMap::new();
    for recorded in events.await.unwrap() {
        let trace = match recorded.event {
            Event::Traces(event) => event.id(),
            Event::Spans(spans::Event::Recorded(row)) => row.trace_id,
            Event::Spans(spans::Event::Patched(patch)) => patch.trace_id,
            Event::Spans(spans::Event::Deleted { trace_id, .. }) => trace_id,
            Event::Feedback(_)
            | Event::Prices(_)
            | Event::Comments(_)
            | Event::Guardrails(_)
            | Event::Projects(_)
            | Event::Workspaces(_)
            | Event::Otel(_)
            | Event::Attachments(_)
            | Event::Definitions(_)
            | Event::Environments(_)
            | Event::Datasets(_)
            | Event::Experiments(_)
            | Event::Prompts(_)
            | Event::Insights(_)
            | Event::Runners(_)
            | Event::Agents(_)
            | Event::History(_)
            | Event::Erasures(_)
            | Event::Retention(_)
            | Event::Derived(_)
            | Event::Optimizations(_)
            | Event::Annotations(_)
            | Event::Alerts(_)
            | Event::Dashboards(_)
            | Event::Threads(_) => continue,
        };
        last.insert(trace, recorded.position.0);
    }
    last.into_iter().filter(|(_, at)| *at > after).map(|(trace, at)| (at, json!(trace.to_string()))).collect()
}

fn position(change: &Value) -> u64 {
    change["position"].as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_event_tells_of_its_trace() {
    let world = World::open();
    world.traces([1]).await;
    let project = world.project_id().await;
    let mut told = subscribe(&world, CHANGES, json!({ "project": project, "after": world.position().await }));
    world.traces([2]).await;
    assert_eq!(said(&next(&mut told).await), upserted(2, "run 2"));
    world.spans(vec![span(1, 1)]).await;
    assert_eq!(next(&mut told).await["trace"], json!({ "name": "run 1", "spanCount": 1 }));
    world.score(Target::Span(span_id(1)), 1).await;
    assert_eq!(said(&next(&mut told).await), upserted(1, "run 1"));
    world.score(Target::Trace(trace_id(2)), 1).await;
    assert_eq!(said(&next(&mut told).await), upserted(2, "run 2"));
    world.spans(vec![span(2, 50)]).await;
    assert_eq!(said(&next(&mut told).await), upserted(50, ""));
    world.delete(1).await;
    assert_eq!(said(&next(&mut told).await), ("DELETED".to_owned(), id(1), Value::Null));
    world.session.execute(spans::Delete { ids: vec![span_id(2)] }).await.unwrap();
    assert_eq!(said(&next(&mut told).await), ("DELETED".to_owned(), id(50), Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_position_only_what_comes_is_told() {
    let world = World::open();
    world.traces([1]).await;
    let project = world.project_id().await;
    let mut told = subscribe(&world, CHANGES, json!({ "project": project }));
    // "Now" is some moment while these are written.
    let mut number = 2;
    let first = loop {
        tokio::select! {
            biased;
            change = next(&mut told) => break change,
            () = world.traces([number]) => number += 1,
        }
    };
    assert_ne!(first["traceId"], id(1));
}

/// Fields are read side by side: what is written between two of them must be told to whoever follows the answer.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_names_the_position_at_which_its_request_came() {
    let world = World::open();
    world.traces([1]).await;
    let came = world.position().await;
    let session = world.session.arriving().await;
    world.traces([2]).await;
    let answer = world.api.answer(session, Request::new("{ server { position } }")).await;
    let answer = answer.data.into_json().unwrap();
    assert_eq!(answer["server"]["position"], came);
    assert_ne!(world.position().await, came);
    let past = format!("{{ asOf(position: {came}) {{ server {{ position }} }} }}");
    assert_eq!(world.ask(&past, json!({})).await["asOf"]["server"]["position"], came);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_and_a_project_keep_the_others_out() {
    let world = World::open();
    world.traces([1]).await;
    let project = world.project_id().await;
    let variables = json!({ "project": project, "filter": "name:\"run 1\"", "after": "0" });
    let mut told = subscribe(&world, CHANGES, variables);
    assert_eq!(said(&next(&mut told).await), upserted(1, "run 1"));
    for number in [4, 10] {
        let mut elsewhere = trace(number);
        elsewhere.project = cairn_core::command::ProjectRef::Default;
        world.write_traces(vec![elsewhere]).await;
    }
    world.delete(10).await;
    world.spans(vec![span(2, 50)]).await;
    world.traces([2, 3, 7]).await;
    assert_eq!(said(&next(&mut told).await), upserted(7, "run 1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_position_beyond_the_log_and_a_bad_filter_are_refused() {
    let world = World::open();
    world.traces([1]).await;
    let project = world.project_id().await;
    for (variables, code) in [
        (json!({ "project": project, "after": "1000000" }), "INVALID"),
        (json!({ "project": project, "filter": "name:" }), "BAD_FILTER"),
    ] {
        let mut told = subscribe(&world, CHANGES, variables);
        let answer = serde_json::to_value(told.next().await.unwrap()).unwrap();
        assert_eq!(answer["errors"][0]["extensions"]["code"], json!(code), "{answer}");
        assert!(told.next().await.is_none());
    }
}

/// Writers change the same traces over and over while a client reads, and comes back again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_subscription_resumed_under_writes_has_neither_gap_nor_duplicate() {
    let world = World::open();
    world.traces(0..41).await;
    let project = world.project_id().await;
    let writing = futures_util::future::join_all((0..4_u64).map(|writer| {
        let world = &world;
        async move {
            for round in 0..30_u64 {
                let number = (writer * 7 + round) % 20 + 1;
                match round % 5 {
                    4 => world.delete(number).await,
                    3 => world.spans(vec![span(writer * 100 + round, number)]).await,
                    _ => world.traces([number, number + 20]).await,
                }
            }
        }
    }));
    let reading = async {
        let (mut seen, mut after) = (Vec::new(), 0);
        for count in [1, 3, 2, 10, 1, 5, 8] {
            let variables = json!({ "project": project, "after": after.to_string() });
            let changes = take(&mut subscribe(&world, CHANGES, variables), count).await;
            after = position(changes.last().unwrap());
            seen.extend(changes);
        }
        seen
    };
    let ((), mut seen) = tokio::join!(writing.map(|_| ()), reading);
    // The rest, now that all is written; a last trace says that nothing more comes.
    world.traces([99]).await;
    let variables = json!({ "project": project, "after": position(seen.last().unwrap()).to_string() });
    let mut told = subscribe(&world, CHANGES, variables);
    loop {
        let change = next(&mut told).await;
        let is_last = change["traceId"] == id(99);
        seen.push(change);
        if is_last {
            break;
        }
    }
    assert!(seen.windows(2).all(|pair| position(&pair[0]) < position(&pair[1])), "positions do not ascend");
    let mut last: BTreeMap<String, u64> = BTreeMap::new();
    for change in &seen {
        last.insert(change["traceId"].to_string(), position(change));
    }
    let told: BTreeMap<u64, Value> =
        last.iter().map(|(id, at)| (*at, serde_json::from_str(id).unwrap())).collect();
    assert_eq!(told, model(&world, 0).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn resuming_after_any_item_gives_exactly_what_followed_it() {
    let world = World::open();
    for round in 0..3 {
        world.traces(0..6).await;
        world.spans((0..6).map(|number| span(round * 10 + number, 5 - number)).collect()).await;
        world.delete(round).await;
    }
    let project = world.project_id().await;
    let all = model(&world, 0).await;
    let mut told = subscribe(&world, CHANGES, json!({ "project": project, "after": "0" }));
    let changes = take(&mut told, all.len()).await;
    let mut resumed = vec![told];
    for (at, change) in changes.iter().enumerate() {
        let variables = json!({ "project": project, "after": change["position"] });
        let mut told = subscribe(&world, CHANGES, variables);
        assert_eq!(take(&mut told, changes.len() - at - 1).await, changes[at + 1..]);
        resumed.push(told);
    }
    // What comes next, comes next to all.
    world.traces([99]).await;
    for told in &mut resumed {
        assert_eq!(next(told).await["traceId"], id(99));
    }
    assert_eq!(
        changes
            .iter()
            .map(|change| (position(change), change["traceId"].clone()))
            .collect::<BTreeMap<_, _>>(),
        all
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_stretch_reads_no_more_than_its_bound_and_the_next_goes_on() {
    let world = World::open();
    for start in [0, 700] {
        world.write_traces((start..start + 700).map(trace).collect::<Vec<traces::Write>>()).await;
    }
    let project = world.project_id().await;
    let before = world.reads();
    let mut told = subscribe(&world, CHANGES, json!({ "project": project, "after": "0" }));
    take(&mut told, 500).await;
    // One to look at the log, one for the first stretch: the next is read only when this one was taken.
    assert_eq!(world.reads() - before, 2);
    let rest = take(&mut told, 900).await;
    assert_eq!(rest.last().unwrap()["traceId"], id(1_399));
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_projects_are_told() {
    let world = World::open();
    let query = "subscription { projectChanges(after: \"0\") { kind projectId project { name } } }";
    let mut told = subscribe(&world, query, json!({}));
    let mut next = async || {
        let response = tokio::time::timeout(PATIENCE, told.next()).await.unwrap().unwrap();
        serde_json::to_value(response).unwrap()["data"]["projectChanges"].clone()
    };
    world.traces([1]).await;
    let project = world.project_id().await;
    assert_eq!(
        next().await,
        json!({ "kind": "UPSERTED", "projectId": project, "project": { "name": "agents" } })
    );
    world.ask("mutation($id: ID!) { deleteProject(id: $id) }", json!({ "id": project })).await;
    assert_eq!(next().await, json!({ "kind": "DELETED", "projectId": project, "project": null }));
}

/// Tells the position of everything, and counts how often it was asked.
#[derive(Clone, Default)]
struct Positions(Arc<AtomicUsize>);

impl Topic for Positions {
    type Touch = ();
    type View = ();

    fn about(&self) -> Option<Uuid> {
        None
    }

    fn touched(&self, _: &Reader, event: &Recorded<Event>) -> Result<Vec<(Uuid, ())>, Error> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(vec![(Uuid::from_u128(event.position.0.into()), ())])
    }

    fn view(&self, _: &Reader, _: Position, _: Uuid, (): ()) -> Result<Option<()>, Error> {
        Ok(Some(()))
    }
}

fn positions(stretch: &Stretch<Positions>) -> Vec<u64> {
    stretch.told.iter().map(|told| told.position.0).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stretch_ends_where_the_rows_of_its_reader_end() {
    let world = World::open();
    world.traces([1]).await;
    let (session, runtime) = (world.session.clone(), tokio::runtime::Handle::current());
    let read = world.session.read::<TraceRead, _>(move |reader| {
        let write = traces::Command::Record(vec![trace(2)]);
        runtime.block_on(session.execute(write))?;
        Ok((stretch(&Positions::default(), reader, Position::START)?, reader.position()))
    });
    let (stretch, seen) = read.await.unwrap();
    assert_eq!(stretch.end, seen);
    assert_eq!(positions(&stretch), (1..=seen.0).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_stretch_is_read_once_for_all_who_follow_and_who_was_away_falls_into_step() {
    let world = World::open();
    world.write_traces((0..900).map(trace).collect()).await;
    let topic = Positions::default();
    let read = |after| {
        let topic = topic.clone();
        world.session.read::<TraceRead, _>(move |reader| Ok(stretch(&topic, reader, Position(after))?))
    };
    let stretches = futures_util::future::join_all((0..20).map(|_| read(0))).await;
    for stretch in &stretches {
        assert_eq!(positions(stretch.as_ref().unwrap()), (1..=512).collect::<Vec<_>>());
    }
    assert_eq!(topic.0.load(Ordering::Relaxed), 512, "twenty follow, and each event was looked at once");
    let late = read(300).await.unwrap();
    assert_eq!((positions(&late)[0], late.end), (301, Position(512)));
}

const SPAN_CHANGES: &str = "subscription($project: ID!, $trace: ID, $filter: String, $after: Position) {
    spanChanges(projectId: $project, traceId: $trace, filter: $filter, after: $after) { position kind spanId span { name } }
}";

#[tokio::test(flavor = "multi_thread")]
async fn the_spans_of_one_trace_are_told_as_they_come_change_and_go() {
    let world = World::open();
    world.traces([1, 2]).await;
    let after = world.position().await;
    let project = world.project_id().await;
    let variables = json!({ "project": project, "trace": trace_id(1).to_string(), "after": after });
    let mut told = subscribe(&world, SPAN_CHANGES, variables);
    world.spans(vec![span(1, 1), span(2, 2), span(3, 1)]).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let change = next_of(&mut told, "spanChanges").await;
        assert_eq!(change["kind"], json!("UPSERTED"));
        ids.push(change["spanId"].clone());
    }
    assert_eq!(ids, [span_id(1), span_id(3)].map(|id| json!(id.to_string())));
    world.score(Target::Span(span_id(2)), 1).await;
    world.score(Target::Span(span_id(3)), 1).await;
    let change = next_of(&mut told, "spanChanges").await;
    assert_eq!(change["spanId"], json!(span_id(3).to_string()), "a score changes its span");
    world.session.execute(spans::Delete { ids: vec![span_id(1)] }).await.unwrap();
    let change = next_of(&mut told, "spanChanges").await;
    assert_eq!((&change["kind"], &change["span"]), (&json!("DELETED"), &Value::Null));
    assert_eq!(change["spanId"], json!(span_id(1).to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_that_do_not_match_are_not_told() {
    let world = World::open();
    world.traces([1]).await;
    let after = world.position().await;
    let project = world.project_id().await;
    let mut slow = span(2, 1);
    slow.fields.name = Some("wanted".to_owned());
    world.spans(vec![span(1, 1), slow]).await;
    let variables = json!({ "project": project, "filter": "name = wanted", "after": after });
    let mut told = subscribe(&world, SPAN_CHANGES, variables);
    assert_eq!(next_of(&mut told, "spanChanges").await["span"]["name"], json!("wanted"));
    assert!(told.next().now_or_never().is_none());
}
