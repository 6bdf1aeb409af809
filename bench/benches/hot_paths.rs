//! What every span goes through, one step at a time, without a network: `cargo bench -p cairn-bench`.
//! The traffic is that of `ops/bench`; the store is a real one, in a folder that is thrown away.

#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to say")]

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use cairn_bench::traffic::{Kind, SPANS_PER_TRACE, Span, Trace, Traffic, otlp};
use cairn_core::command::Context;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::{Position, ProjectId, SpanId, TraceId};
use cairn_core::json::Json;
use cairn_core::merge::{BodyRef, Origin, TagEdits};
use cairn_core::projects::Visibility;
use cairn_core::query::{Direction, Entity, Field, Query, Sort, Words};
use cairn_core::search::Searched;
use cairn_core::time::Timestamp;
use cairn_core::{projects, spans, traces};
use cairn_storage::follower::{self, Follower};
use cairn_storage::index::Window;
use cairn_storage::reader::{Indexes, Reader, Scope};
use cairn_storage::signals::Index;
use cairn_storage::store::Store;
use cairn_storage::view::Part;
use cairn_storage::writer::Writer;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use tempfile::TempDir;
use uuid::Uuid;

const PROJECT: ProjectId = ProjectId::known(Uuid::from_u128(2));
/// As exporters send them.
const REQUEST_TRACES: u64 = 64;
const REQUEST_SPANS: u64 = REQUEST_TRACES * SPANS_PER_TRACE;
/// A store that is small enough to be made before every measurement.
const SMALL_REQUESTS: u64 = 8;
/// A store that does not fit into the caches of the log.
const LARGE_REQUESTS: u64 = 40;

fn context() -> Context {
    Context::new(Timestamp::from_millis(1_793_491_200_000), Arc::from("ann"), [7; 32])
}

fn request(traffic: &Traffic, number: u64) -> Vec<Trace> {
    let numbers = number * REQUEST_TRACES..(number + 1) * REQUEST_TRACES;
    numbers.map(|number| traffic.trace(number)).collect()
}

/// What a request records, as the faces hand it on.
fn events(request: &[Trace]) -> Vec<Event> {
    request.iter().flat_map(|trace| trace_event(trace).into_iter().chain(span_events(trace))).collect()
}

fn trace_event(trace: &Trace) -> Option<Event> {
    let root = trace.spans.first()?;
    let row = traces::RowRecorded {
        id: TraceId::known(Uuid::from_bytes(trace.id)),
        project_id: PROJECT,
        origin: Origin::Batch,
        version: context().now,
        start_time: time(root.begin_nanos),
        fields: traces::Fields {
            input: Some(json(&root.input)),
            output: Some(json(&root.output)),
            metadata: Some(json(&format!(r#"{{"user":"{}"}}"#, trace.user))),
            name: Some(root.name.to_owned()),
            end_time: Some(time(root.end_nanos)),
            thread_id: Some(trace.session.clone()),
            ..traces::Fields::default()
        },
    };
    Some(traces::Event::Recorded(Box::new(row)).into())
}

fn span_events(trace: &Trace) -> impl Iterator<Item = Event> {
    let id = |at: usize| SpanId::known(Uuid::from_u128(u128::from_be_bytes(trace.id) ^ (at as u128 + 1)));
    trace.spans.iter().enumerate().map(move |(at, span)| {
        let row = spans::RowRecorded {
            id: id(at),
            project_id: PROJECT,
            trace_id: TraceId::known(Uuid::from_bytes(trace.id)),
            parent: (at > 0).then(|| id(0)),
            origin: Origin::Batch,
            version: context().now,
            start_time: time(span.begin_nanos),
            fields: span_fields(span),
            estimate: None,
        };
        spans::Event::Recorded(Box::new(row)).into()
    })
}

fn span_fields(span: &Span) -> spans::Fields<Json> {
    let call = span.call.as_ref();
    let error = traces::ErrorInfo {
        exception_type: "TimeoutError".to_owned(),
        message: Some("the step took too long".to_owned()),
        traceback: String::new(),
    };
    let counts = |prompt: u32, completion: u32| {
        [("prompt_tokens", prompt), ("completion_tokens", completion), ("total_tokens", prompt + completion)]
            .map(|(key, count)| (key.to_owned(), i64::from(count)))
            .into()
    };
    spans::Fields {
        input: Some(json(&span.input)),
        output: Some(json(&span.output)),
        name: Some(span.name.to_owned()),
        kind: Some(if span.kind == Kind::Llm { spans::Kind::Llm } else { spans::Kind::General }),
        end_time: Some(time(span.end_nanos)),
        error: span.failed.then_some(error),
        model: call.map(|call| call.model.name.to_owned()),
        provider: call.map(|call| call.model.provider.to_owned()),
        usage: call.map(|call| counts(call.input_tokens, call.output_tokens)),
        ..spans::Fields::default()
    }
}

fn json(text: &str) -> Json {
    Json::parse(Bytes::from(text.to_owned())).unwrap()
}

fn time(nanos: u64) -> Timestamp {
    Timestamp::from_nanos(nanos.cast_signed())
}

fn append(writer: &mut Writer, events: Vec<Event>) {
    let context = context();
    for mut event in events {
        if let Event::Spans(span) = &mut event {
            writer.pin_price(span, context.now).unwrap();
        }
        writer.append(event, &context).unwrap();
    }
    writer.commit().unwrap();
}

fn begin(dir: &Path) -> Writer {
    let mut writer = Writer::open(Arc::new(Store::open(dir).unwrap())).unwrap();
    let (name, visibility) = ("bench".to_owned(), Visibility::Private);
    let created = projects::Event::Created { id: PROJECT, name, description: None, visibility };
    append(&mut writer, vec![created.into()]);
    writer
}

/// A store with so many requests in it.
fn filled(requests: u64) -> (TempDir, Arc<Store>) {
    let dir = tempfile::tempdir().unwrap();
    let traffic = Traffic::new(7);
    let mut writer = begin(dir.path());
    for number in 0..requests {
        append(&mut writer, events(&request(&traffic, number)));
    }
    let store = Arc::clone(writer.store());
    (dir, store)
}

fn catch_up(follower: &mut Follower) {
    while follower.reached() < follower.signals().head() {
        follower.advance().unwrap();
    }
}

fn decoding(criterion: &mut Criterion) {
    let body = otlp::encode(&request(&Traffic::new(7), 0), "bench");
    let mut group = criterion.benchmark_group("otlp");
    group.throughput(Throughput::Elements(REQUEST_SPANS));
    group.bench_function("a request decoded", |bencher| {
        bencher.iter(|| ExportTraceServiceRequest::decode(black_box(body.as_slice())).unwrap());
    });
    group.finish();
}

fn merge(criterion: &mut Criterion) {
    let recorded = |position, event| Recorded {
        position: Position(position),
        time: context().now,
        principal: context().principal,
        request: context().request,
        event,
    };
    let event = events(&request(&Traffic::new(7), 0)).into_iter().find_map(|event| match event {
        Event::Spans(event) => Some(event),
        _ => None,
    });
    let Some(spans::Event::Recorded(row)) = event else { return };
    let patch = spans::Event::Patched(Box::new(spans::Patched {
        id: row.id,
        project_id: PROJECT,
        trace_id: row.trace_id,
        parent: row.parent,
        version: row.version,
        fields: row.fields.clone(),
        tag_edits: TagEdits::default(),
        estimate: None,
    }));
    let (row, patch) = (recorded(1, spans::Event::Recorded(row)), recorded(2, patch));
    let mut group = criterion.benchmark_group("merge");
    group.bench_function("a span recorded", |bencher| bencher.iter(|| spans::evolve(None, black_box(&row))));
    let state = spans::evolve(None, &row);
    group.bench_function("a span updated and resolved", |bencher| {
        bencher.iter_batched(
            || state.clone(),
            |state| spans::evolve(state, black_box(&patch)).unwrap().resolve(),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn log(criterion: &mut Criterion) {
    let traffic = Traffic::new(7);
    let mut group = criterion.benchmark_group("log");
    group.sample_size(20).throughput(Throughput::Elements(REQUEST_SPANS));
    let dir = tempfile::tempdir().unwrap();
    let mut writer = begin(dir.path());
    let mut number = 0;
    group.bench_function("a request appended, projected and synced", |bencher| {
        bencher.iter_batched(
            || {
                number += 1;
                events(&request(&traffic, number))
            },
            |events| append(&mut writer, events),
            BatchSize::PerIteration,
        );
    });
    let (_dir, store) = filled(LARGE_REQUESTS);
    let head = store.signals().head().0;
    group.sample_size(10).throughput(Throughput::Elements(head));
    group.bench_function("every event read and decoded", |bencher| {
        bencher.iter(|| {
            let (mut after, mut count) = (Position::START, 0);
            loop {
                let events = store.log().events_after(after, 8_192).unwrap();
                let Some(last) = events.last() else { break count };
                (after, count) = (last.position, count + events.len());
            }
        });
    });
    group.finish();
}

fn indexing(criterion: &mut Criterion) {
    let (dir, store) = filled(SMALL_REQUESTS);
    let mut group = criterion.benchmark_group("indexing");
    group.sample_size(10).throughput(Throughput::Elements(SMALL_REQUESTS * REQUEST_SPANS));
    let empty = || {
        follower::wipe(dir.path()).unwrap();
        follower::open(dir.path(), &store).unwrap().1
    };
    for (name, index) in [("columns take spans", Index::Columns), ("text takes spans", Index::Text)] {
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                empty,
                |followers| {
                    for mut follower in followers {
                        if follower.index() == index {
                            catch_up(&mut follower);
                        }
                    }
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn asking(criterion: &mut Criterion) {
    let (dir, store) = filled(LARGE_REQUESTS);
    let (indexes, mut followers) = follower::open(dir.path(), &store).unwrap();
    followers.iter_mut().for_each(catch_up);
    let mut group = criterion.benchmark_group("asking");
    let filter = |text| Query::parse(Entity::Span, text, context().now).unwrap();
    for (name, query) in [
        ("spans, the newest page", Query::All),
        ("spans of a model", filter("model:gpt-4o")),
        ("spans with an error", filter("error:true")),
        ("spans that took long", filter("duration > 3s")),
    ] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| list(&store, &indexes, Entity::Span, &query, None));
        });
    }
    let sort = Sort { field: Field::Cost, direction: Direction::Descending };
    group.bench_function("traces by cost", |bencher| {
        bencher.iter(|| list(&store, &indexes, Entity::Trace, &Query::All, Some(sort.clone())));
    });
    group.bench_function("the newest page of traces, with inputs and outputs", |bencher| {
        bencher.iter(|| page_with_bodies(&Reader::new(&store, &indexes).unwrap()));
    });
    let traffic = Traffic::new(7);
    let mut numbers = (0..LARGE_REQUESTS * REQUEST_TRACES).cycle().step_by(97);
    group.bench_function("a trace with its spans and bodies", |bencher| {
        bencher.iter_batched(
            || TraceId::known(Uuid::from_bytes(traffic.trace(numbers.next().unwrap()).id)),
            |id| trace_with_bodies(&Reader::new(&store, &indexes).unwrap(), id),
            BatchSize::SmallInput,
        );
    });
    let words = [300, 900].map(|rank| Words::parse(traffic.words().at(rank), false).unwrap());
    group.bench_function("two words in the text", |bencher| {
        let reader = Reader::new(&store, &indexes).unwrap();
        bencher.iter(|| reader.search(Some(PROJECT), &Searched::RECORDED, &words, 0, 20).unwrap());
    });
    group.bench_function("two words in the text, with snippets", |bencher| {
        bencher.iter(|| {
            let reader = Reader::new(&store, &indexes).unwrap();
            let found = reader.search(Some(PROJECT), &Searched::RECORDED, &words, 0, 20).unwrap();
            let things = found.hits.iter().filter_map(|hit| reader.thing(hit).unwrap());
            things.map(|thing| reader.snippets(&thing, &words).unwrap().len()).sum::<usize>()
        });
    });
    group.finish();
}

fn list(store: &Arc<Store>, indexes: &Indexes, entity: Entity, query: &Query, sort: Option<Sort>) -> usize {
    let reader = Reader::new(store, indexes).unwrap();
    let scope = Scope { entity, project: Some(PROJECT), trace: None };
    let window = Window { sort, after: None, offset: 0, limit: 50, count: false };
    reader.list(scope, query, &window).unwrap().hits.len()
}

fn page_with_bodies(reader: &Reader) -> usize {
    let scope = Scope { entity: Entity::Trace, project: Some(PROJECT), trace: None };
    let window = Window { sort: None, after: None, offset: 0, limit: 50, count: false };
    let listed = reader.list(scope, &Query::All, &window).unwrap();
    let traces = listed.hits.iter().map(|hit| reader.trace(TraceId::known(hit.id)).unwrap().unwrap());
    traces
        .map(|trace| bytes(reader, [(Part::Input, trace.fields.input), (Part::Output, trace.fields.output)]))
        .sum()
}

fn trace_with_bodies(reader: &Reader, id: TraceId) -> usize {
    let trace = reader.trace(id).unwrap().unwrap();
    let own = bytes(reader, [(Part::Input, trace.fields.input), (Part::Output, trace.fields.output)]);
    let spans = reader.spans_of(id, None, 500).unwrap().into_iter();
    let theirs = spans
        .map(|span| bytes(reader, [(Part::Input, span.fields.input), (Part::Output, span.fields.output)]));
    own + theirs.sum::<usize>()
}

fn bytes(reader: &Reader, bodies: [(Part, Option<BodyRef>); 2]) -> usize {
    let bodies = bodies.into_iter().filter_map(|(part, body)| reader.bodies().read(part, &body?).unwrap());
    bodies.map(|json| json.bytes().len()).sum()
}

criterion_group!(hot_paths, decoding, merge, log, indexing, asking);
criterion_main!(hot_paths);
