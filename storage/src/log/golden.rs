//! Every kind and version of stored event, as bytes that were written once and must stay readable for ever.
//! A new kind or version adds a file; no file is ever changed: `UPDATE_EXPECT=1` is for new ones only.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use cairn_core::event::Event;
use cairn_core::history::undo::{deleted, subject};
use cairn_core::ids::{
    DefinitionId, EnvironmentId, Position, ProjectId, PromptId, PromptVersionId, RepricingId, SpanId,
    ThreadId, TraceId, WorkspaceId,
};
use cairn_core::json::Json;
use cairn_core::merge::{Origin, TagEdits};
use cairn_core::prices::repricing::{self, Scope, Step};
use cairn_core::prices::tariff::Tariff;
use cairn_core::prices::{Estimate, Key, Put};
use cairn_core::projects::{self, Changes, Visibility};
use cairn_core::time::Timestamp;
use cairn_core::traces::ErrorInfo;
use cairn_core::workspaces::configuration::{Configuration, Period};
use cairn_core::workspaces::forking::Forked;
use cairn_core::{definitions, environments, otel, prices, prompts, spans, threads, traces, workspaces};
use expect_test::expect_file;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::log::kind::Kind;
use crate::log::upcast;

mod agents;
mod alerts;
mod annotations;
mod attachments;
mod dashboards;
mod datasets;
mod derived;
mod erasures;
mod experiments;
mod feedback;
mod history;
mod insights;
mod optimizations;
mod retention;
mod runners;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/golden");

#[test]
fn what_is_written_today_is_what_was_written_when_the_version_began() {
    for event in samples() {
        let (kind, payload) = upcast::encode(&event);
        expect_file![file(kind, kind.version())].assert_eq(&hex(&payload.event().unwrap()));
    }
}

#[test]
fn every_stored_kind_and_version_is_read() {
    let samples: BTreeMap<u16, Event> =
        samples().into_iter().map(|event| (upcast::encode(&event).0.number(), event)).collect();
    assert_eq!(samples.len(), Kind::ALL.len(), "each kind has a sample");
    for kind in Kind::ALL.iter().copied() {
        for version in 1..=kind.version() {
            let text = std::fs::read_to_string(file(kind, version)).unwrap();
            let event = upcast::decode(kind, unhex(&text)).unwrap();
            let written = as_of(version, samples[&kind.number()].clone());
            assert_eq!(event, written, "{} {version}", kind.name());
        }
    }
}

/// A new kind stands in one of these lists.
#[test]
fn of_each_kind_it_is_known_whether_it_can_be_taken_back() {
    let mut lists: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for event in samples() {
        let list = match (subject(&event), deleted(&event)) {
            (Ok(_), Some(_)) => "from the trash",
            (Ok(_), None) => "by an undo",
            (Err(_), _) => "never",
        };
        lists.entry(list).or_default().insert(upcast::encode(&event).0.name());
    }
    let lines = lists.into_iter().flat_map(|(list, names)| {
        [format!("{list}:\n")].into_iter().chain(names.into_iter().map(|name| format!("  {name}\n")))
    });
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/taken-back.txt")]
        .assert_eq(&lines.collect::<String>());
}

/// What an older version could say of a sample.
fn as_of(version: u16, mut sample: Event) -> Event {
    match &mut sample {
        Event::Spans(spans::Event::Recorded(row)) if version < 2 => row.estimate = None,
        Event::Spans(spans::Event::Patched(patch)) if version < 2 => patch.estimate = None,
        _ => {}
    }
    sample
}

#[test]
fn a_payload_that_is_cut_short_is_noticed() {
    let (kind, payload) = upcast::encode(&span()[0]);
    let payload = payload.event().unwrap();
    assert_eq!(upcast::decode(kind, payload.slice(..payload.len() - 1)), None);
}

fn file(kind: Kind, version: u16) -> String {
    format!("{FOLDER}/{}-{version}.hex", kind.name())
}

fn hex(bytes: &[u8]) -> String {
    hex::encode(bytes) + "\n"
}

fn unhex(text: &str) -> Bytes {
    Bytes::from(hex::decode(text.trim()).unwrap())
}

/// One event of each kind, with every field filled.
fn samples() -> Vec<Event> {
    let all = [
        workspace(),
        project(),
        trace(),
        span(),
        feedback::samples(),
        vec![met()],
        thread(),
        definition(),
        environment(),
        attachments::samples(),
        datasets::samples(),
        experiments::samples(),
        agents::samples(),
        optimizations::samples(),
        runners::samples(),
        insights::samples(),
        annotations::samples(),
        dashboards::samples(),
        alerts::samples(),
        history::samples(),
        erasures::samples(),
        retention::samples(),
        derived::samples(),
        prompt(),
        prompt_version(),
        prices(),
    ];
    all.into_iter().flatten().collect()
}

const fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_babc_62a0_7000_8000_0000_0000_0000 + number)
}

fn json(text: &'static str) -> Option<Json> {
    Json::parse(Bytes::from_static(text.as_bytes())).ok()
}

fn text(text: &str) -> String {
    text.to_owned()
}

fn workspace() -> Vec<Event> {
    let configuration = Configuration {
        thread_timeout: Some(Period::from_seconds(1_800)),
        truncation_on_tables: Some(false),
        colors: Some([("accuracy".to_owned(), "#00ff00".to_owned())].into()),
    };
    vec![
        workspaces::Event::Created { id: WorkspaceId::known(id(1)), name: "default".to_owned() }.into(),
        workspaces::Event::Configured(configuration).into(),
        workspaces::Event::ConfigurationCleared.into(),
        workspaces::Event::Forked(Forked {
            from: WorkspaceId::known(id(1)),
            name: "default".to_owned(),
            position: Position(4_711),
        })
        .into(),
    ]
}

fn definition() -> Vec<Event> {
    let definition = DefinitionId::known(id(7));
    let categories = [("bad".to_owned(), 0.0), ("good".to_owned(), 1.5)].into();
    let content = |details| definitions::Content {
        name: "quality".to_owned(),
        description: Some(text("how good it is")),
        details,
    };
    vec![
        definitions::Event::Created {
            id: definition,
            content: content(definitions::Details::Categorical { categories }),
        }
        .into(),
        definitions::Event::Replaced {
            id: definition,
            content: content(definitions::Details::Numerical { min: -1.0, max: 1.0 }),
        }
        .into(),
        definitions::Event::Deleted { id: definition }.into(),
    ]
}

fn prompt() -> Vec<Event> {
    let prompt = PromptId::known(id(9));
    let changes = prompts::Changes {
        name: Some(text("welcome")),
        description: Some(text("changed")),
        tags: Some(vec!["c".to_owned()]),
    };
    vec![
        prompts::Event::Created {
            id: prompt,
            project_id: ProjectId::known(id(2)),
            name: "greet".to_owned(),
            description: Some(text("says hello")),
            structure: prompts::Structure::Chat,
            tags: vec!["a".to_owned(), "b".to_owned()],
        }
        .into(),
        prompts::Event::Updated { id: prompt, changes }.into(),
        prompts::Event::Deleted { id: prompt }.into(),
    ]
}

fn prompt_version() -> Vec<Event> {
    let (version, prompt_id) = (PromptVersionId::known(id(10)), PromptId::known(id(9)));
    let environments = vec![EnvironmentId::known(id(8))];
    let created = prompts::VersionCreated {
        id: version,
        prompt_id,
        commit: prompts::Commit::parse("0000000a").unwrap(),
        number: Some(3),
        content: prompts::Content {
            template: "hello {{ name }}".to_owned(),
            metadata: json(r#"{"temperature": 0.50}"#),
            syntax: prompts::Syntax::Jinja2,
            change_description: Some(text("kinder")),
            tags: vec!["a".to_owned()],
        },
        environments: environments.clone(),
    };
    vec![
        prompts::Event::VersionCreated(Box::new(created)).into(),
        prompts::Event::VersionTagged { id: version, prompt_id, tags: vec!["b".to_owned()] }.into(),
        prompts::Event::EnvironmentsSet { id: version, prompt_id, environments }.into(),
    ]
}

fn environment() -> Vec<Event> {
    let environment = EnvironmentId::known(id(8));
    let changes = environments::Changes {
        name: Some(text("staging")),
        description: Some(text("almost there")),
        color: Some(text("blue")),
        position: Some(-1),
    };
    vec![
        environments::Event::Created {
            id: environment,
            name: "production".to_owned(),
            description: Some(text("the real thing")),
            color: Some(text("#ff0000")),
            position: Some(2),
        }
        .into(),
        environments::Event::Updated { id: environment, changes }.into(),
        environments::Event::Deleted { id: environment }.into(),
    ]
}

fn project() -> Vec<Event> {
    let project = ProjectId::known(id(2));
    let changes = Changes {
        name: Some(text("new")),
        description: Some(text("changed")),
        visibility: Some(Visibility::Public),
    };
    vec![
        projects::Event::Created {
            id: project,
            name: "agents".to_owned(),
            description: Some(text("all of them")),
            visibility: Visibility::Private,
        }
        .into(),
        projects::Event::Updated { id: project, changes }.into(),
        projects::Event::Deleted { id: project }.into(),
    ]
}

fn error() -> ErrorInfo {
    ErrorInfo {
        exception_type: "ValueError".to_owned(),
        message: Some(text("not a number")),
        traceback: "line 1".to_owned(),
    }
}

fn edits() -> TagEdits {
    TagEdits { added: vec!["new".to_owned()], removed: vec!["old".to_owned()] }
}

fn trace() -> Vec<Event> {
    let (trace, project) = (TraceId::known(id(3)), ProjectId::known(id(2)));
    let fields = traces::Fields {
        input: json(r#"{"q": "why?"}"#),
        output: json(r#""because""#),
        metadata: json(r#"{"user": {"plan": "pro"}}"#),
        tags: Some(vec!["a".to_owned(), "b".to_owned()]),
        name: Some(text("agent")),
        end_time: Some(Timestamp::from_nanos(1_700_000_001_000_000_001)),
        error: Some(error()),
        thread_id: Some(text("thread")),
        ttft: Some(12.5),
        source: Some(text("sdk")),
        environment: Some(text("production")),
    };
    let (version, start_time) =
        (Timestamp::from_nanos(1_700_000_002_000_000_000), Timestamp::from_nanos(1_700_000_000_000_000_001));
    vec![
        traces::Event::Recorded(Box::new(traces::RowRecorded {
            id: trace,
            project_id: project,
            origin: Origin::Batch,
            version,
            start_time,
            fields: fields.clone(),
        }))
        .into(),
        traces::Event::Patched(Box::new(traces::Patched {
            id: trace,
            project_id: project,
            version,
            fields,
            tag_edits: edits(),
        }))
        .into(),
        traces::Event::Deleted { id: trace }.into(),
    ]
}

fn span() -> Vec<Event> {
    let (span, trace_id, project) = (SpanId::known(id(4)), TraceId::known(id(3)), ProjectId::known(id(2)));
    let parent = Some(SpanId::known(id(5)));
    let fields = spans::Fields {
        input: json(r#"{"q": "why?"}"#),
        output: json(r#""because""#),
        metadata: json(r#"{"a": 1}"#),
        tags: Some(vec!["a".to_owned()]),
        name: Some(text("call")),
        kind: Some(spans::Kind::Llm),
        end_time: Some(Timestamp::from_nanos(1_700_000_001_000_000_001)),
        error: Some(error()),
        model: Some(text("gpt-4o")),
        provider: Some(text("openai")),
        usage: Some([("prompt_tokens".to_owned(), 10), ("total_tokens".to_owned(), 15)].into()),
        cost: Some(Decimal::new(125, 6)),
        ttft: Some(3.25),
        source: Some(text("sdk")),
        environment: Some(text("production")),
    };
    let (version, start_time) =
        (Timestamp::from_nanos(1_700_000_002_000_000_000), Timestamp::from_nanos(1_700_000_000_000_000_001));
    vec![
        spans::Event::Recorded(Box::new(spans::RowRecorded {
            id: span,
            project_id: project,
            trace_id,
            parent,
            origin: Origin::Single,
            version,
            start_time,
            fields: fields.clone(),
            estimate: Some(estimate()),
        }))
        .into(),
        spans::Event::Patched(Box::new(spans::Patched {
            id: span,
            project_id: project,
            trace_id,
            parent,
            version,
            fields,
            tag_edits: edits(),
            estimate: Some(estimate()),
        }))
        .into(),
        spans::Event::Deleted { id: span, trace_id }.into(),
    ]
}

fn estimate() -> Estimate {
    Estimate { cost: Decimal::new(1_375, 7), version: text("litellm-1.105.3") }
}

fn prices() -> Vec<Event> {
    let key = Key {
        provider: text("openai"),
        model: text("gpt-4o"),
        effective_from: Timestamp::from_nanos(1_700_000_000_000_000_000),
    };
    let tariff = Tariff::parse("in=2.5 out=10 >200000 in=5 out=20").unwrap();
    let repricing_id = RepricingId::known(id(40));
    let scope = Scope { from: Timestamp::from_nanos(1), project_id: Some(ProjectId::known(id(2))) };
    let step = Step { after: SpanId::known(id(4)), seen: 500, changed: 7 };
    let repricing = |event| Event::from(prices::Event::Repricing(event));
    vec![
        prices::Event::Put(Put { key: key.clone(), tariff }).into(),
        prices::Event::Removed(key).into(),
        prices::Event::SpanRepriced {
            id: SpanId::known(id(4)),
            trace_id: TraceId::known(id(3)),
            repricing_id,
            estimate: Some(estimate()),
        }
        .into(),
        repricing(repricing::Event::Begun { id: repricing_id, scope }),
        repricing(repricing::Event::Advanced { id: repricing_id, step }),
        repricing(repricing::Event::Ended { id: repricing_id }),
    ]
}

fn thread() -> Vec<Event> {
    let (thread, project_id) = (ThreadId::known(id(16)), ProjectId::known(id(2)));
    vec![
        threads::Event::Began { id: thread, project_id, name: "a chat".to_owned() }.into(),
        threads::Event::Closed { id: thread }.into(),
        threads::Event::Opened { id: thread }.into(),
        threads::Event::TimedOut { id: thread }.into(),
        threads::Event::Tagged { id: thread, tags: vec!["a".to_owned(), "b".to_owned()] }.into(),
        threads::Event::Deleted { id: thread }.into(),
    ]
}

fn met() -> Event {
    let (project_id, trace_id) = (ProjectId::known(id(2)), TraceId::known(id(3)));
    otel::Event::TraceMet { otel_id: [7; 16], project_id, trace_id }.into()
}
