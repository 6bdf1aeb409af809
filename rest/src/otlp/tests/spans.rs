//! Ids, times, errors, events, tags, threads and what is refused.

use cairn_core::command::ProjectRef;
use cairn_core::limits::{NAME_CHARS_MAX, OTLP_REASON_CHARS_MAX, OTLP_REASONS_MAX, TAG_CHARS_MAX, TAGS_MAX};
use cairn_core::spans::Kind;
use cairn_core::time::Timestamp;
use expect_test::expect;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{Span, Status};
use serde_json::{Value, json};

use super::{START, check, event, mapped, request, span};
use crate::otlp::map;

fn failed(message: &str) -> Status {
    Status { message: message.to_owned(), code: StatusCode::Error as i32 }
}

#[test]
fn a_plain_span_is_general_and_keeps_its_times() {
    let read = mapped("", span("step", json!({})));
    assert_eq!(read.start_time, Timestamp::from_nanos(i64::try_from(START).unwrap()));
    assert_eq!(Timestamp::duration_ms(read.start_time, read.fields.end_time), Some(1_500.0));
    assert_eq!(read.fields.name.as_deref(), Some("step"));
    assert_eq!(read.fields.kind, Some(Kind::General));
    assert_eq!(read.fields.source.as_deref(), Some("sdk"));
    assert_eq!((read.parent, read.fields.input, read.fields.metadata), (None, None, None));
}

#[test]
fn a_span_without_an_end_is_still_running() {
    let mut open = span("step", json!({}));
    open.end_time_unix_nano = 0;
    assert_eq!(mapped("", open).fields.end_time, None);
}

#[test]
fn a_parent_of_zeros_is_none() {
    let mut child = span("step", json!({}));
    child.parent_span_id = vec![3; 8];
    assert_eq!(mapped("", child.clone()).parent, Some([3; 8]));
    child.parent_span_id = vec![0; 8];
    assert_eq!(mapped("", child).parent, None);
}

#[test]
fn spans_that_cannot_be_placed_are_left_out_and_the_others_kept() {
    let good = || span("good", json!({}));
    let spans = vec![
        good(),
        Span { trace_id: vec![0; 16], ..good() },
        Span { trace_id: vec![1; 15], ..good() },
        Span { span_id: Vec::new(), ..good() },
        Span { span_id: vec![0; 8], ..good() },
        Span { parent_span_id: vec![1; 3], ..good() },
        Span { start_time_unix_nano: 0, ..good() },
        Span { start_time_unix_nano: u64::MAX, ..good() },
    ];
    let mapped = map(request("", spans), ProjectRef::Default);
    assert_eq!((mapped.batch.spans.len(), mapped.rejected), (1, 7));
    let reasons = [
        "its trace id must be 16 bytes, not all zero",
        "its trace id must be 16 bytes, not all zero",
        "its span id must be 8 bytes, not all zero",
        "its span id must be 8 bytes, not all zero",
        "its parent span id must be 8 bytes",
        "it has no start time before the year 2262",
        "it has no start time before the year 2262",
    ];
    assert_eq!(mapped.reasons, reasons.map(|reason| format!("span `good` was left out: {reason}")));
}

#[test]
fn the_reasons_that_are_told_are_few_and_short() {
    let mut bad = span(&"x".repeat(10_000), json!({}));
    bad.trace_id.clear();
    let mapped = map(request("", vec![bad; 20]), ProjectRef::Default);
    assert_eq!((mapped.rejected, mapped.reasons.len()), (20, OTLP_REASONS_MAX));
    assert!(mapped.reasons.iter().all(|reason| reason.len() < OTLP_REASON_CHARS_MAX + 100));
}

#[test]
fn an_exception_becomes_the_error_of_its_span() {
    let mut failing = span("step", json!({}));
    failing.status = Some(failed("ValueError: boom"));
    let details = json!({
        "exception.type": "ValueError",
        "exception.message": "boom",
        "exception.stacktrace": "Traceback …",
    });
    failing.events = vec![event("exception", details)];
    check(
        "",
        failing.clone(),
        expect![[r#"
        kind general
        error ErrorInfo { exception_type: "ValueError", message: Some("boom"), traceback: "Traceback …" }
        metadata {"opentelemetry.events":[{"name":"exception","time_unix_nano":1700000000123456790,"attributes":{"exception.message":"boom","exception.stacktrace":"Traceback …","exception.type":"ValueError"}}]}
    "#]],
    );
    failing.status = None;
    assert_eq!(mapped("", failing).fields.error.unwrap().exception_type, "ValueError");
}

#[test]
fn a_failed_status_alone_is_an_error_without_a_stack_trace() {
    let mut failing = span("step", json!({}));
    failing.status = Some(failed("timed out"));
    check(
        "",
        failing.clone(),
        expect![[r#"
        kind general
        error ErrorInfo { exception_type: "Error", message: Some("timed out"), traceback: "Error: timed out" }
    "#]],
    );
    failing.status = Some(failed(" "));
    check(
        "",
        failing.clone(),
        expect![[r#"
        kind general
        error ErrorInfo { exception_type: "Error", message: None, traceback: "Error without a stack trace" }
    "#]],
    );
    failing.status = Some(Status { message: "fine".to_owned(), code: StatusCode::Ok as i32 });
    assert_eq!(mapped("", failing).fields.error, None);
}

#[test]
fn events_are_kept_in_the_metadata() {
    let mut eventful = span("step", json!({"opik.metadata.a": 1}));
    eventful.events = vec![event("one", json!({"text": "{\"a\":1}"})), event("two", json!({}))];
    check(
        "lib",
        eventful,
        expect![[r#"
        kind general
        metadata {"opik.metadata.a":1,"opentelemetry.events":[{"name":"one","time_unix_nano":1700000000123456790,"attributes":{"text":{"a":1}}},{"name":"two","time_unix_nano":1700000000123456790,"attributes":{}}],"integration":"lib"}
    "#]],
    );
}

#[test]
fn ids_of_the_application_count_if_they_are_of_version_7() {
    let id = "0190babc-62a0-71d2-832a-0feffa4676eb";
    let read =
        mapped("", span("step", json!({"opik.trace_id": id, "opik.span_id": id, "opik.parent_span_id": id})));
    assert_eq!(read.overrides.trace_id.map(|id| id.to_string()).as_deref(), Some(id));
    assert_eq!(read.overrides.span_id.map(|id| id.to_string()).as_deref(), Some(id));
    assert_eq!(read.overrides.parent.map(|id| id.to_string()).as_deref(), Some(id));
    for wrong in ["2f1d6c9e-7a53-4c1b-9f43-0e9d1a2b3c4d", "no id"] {
        let read = mapped("", span("step", json!({"opik.trace_id": wrong, "opik.span_id": wrong})));
        assert_eq!(read.overrides, cairn_core::otel::Overrides::default());
    }
}

#[test]
fn usage_of_a_parent_gives_way_to_that_of_its_child() {
    let parent = span("parent", json!({"gen_ai.usage.input_tokens": 5}));
    let mut child = span("child", json!({"gen_ai.usage.input_tokens": 5}));
    child.parent_span_id = parent.span_id.clone();
    child.span_id = vec![9; 8];
    let mapped = map(request("", vec![child, parent]), ProjectRef::Default);
    let with_usage: Vec<bool> = mapped.batch.spans.iter().map(|span| span.fields.usage.is_some()).collect();
    assert_eq!(with_usage, [true, false]);
}

#[test]
fn usage_and_cost_that_are_no_numbers_stay_readable() {
    let attributes = json!({
        "gen_ai.usage.cost": "free",
        "gen_ai.usage.total_cost": 0.25,
        "gen_ai.usage.output_tokens": "many",
        "usage": "none",
    });
    check(
        "",
        span("step", attributes),
        expect![[r#"
        kind llm
        metadata {"gen_ai.usage.cost":"free","gen_ai.usage.output_tokens":"many","gen_ai.usage.total_cost":0.25,"usage":"none"}
    "#]],
    );
    let negative = mapped("", span("step", json!({"gen_ai.usage.cost": -1.5}))).fields;
    assert_eq!((negative.cost.is_none(), negative.metadata.is_some()), (true, true));
}

#[test]
fn costs_are_exact_in_every_spelling() {
    let costs = [
        (json!(0.1), "0.1"),
        (json!("0.000015"), "0.000015"),
        (json!(1e-7), "0.0000001"),
        (json!("2.5e-5"), "0.000025"),
        (json!(3), "3"),
    ];
    for (cost, expected) in costs {
        let read = mapped("", span("step", json!({"gen_ai.usage.cost": cost})));
        assert_eq!(read.fields.cost.unwrap().to_string(), expected);
    }
}

#[test]
fn tags_come_in_three_forms() {
    for tags in [json!("a, b,,a"), json!("[\"a\",\"b\"]"), json!(["a", " b "])] {
        let read = mapped("", span("step", json!({"opik.tags": tags})));
        assert_eq!(read.fields.tags.unwrap(), ["a", "b"]);
    }
    assert_eq!(mapped("", span("step", json!({"opik.tags": " , "}))).fields.tags, None);
}

#[test]
fn what_is_too_long_is_cut_or_left_out() {
    let mut tags: Vec<Value> = (0..TAGS_MAX + 5).map(|at| json!(at.to_string())).collect();
    tags.insert(0, json!("x".repeat(TAG_CHARS_MAX + 1)));
    let long = "é".repeat(NAME_CHARS_MAX + 1);
    let read = mapped("", span(&long, json!({"opik.tags": tags, "gen_ai.request.model": long})));
    let chars = |text: Option<String>| text.unwrap().chars().count();
    assert_eq!(read.fields.tags.unwrap().len(), TAGS_MAX);
    assert_eq!((chars(read.fields.name), chars(read.fields.model)), (NAME_CHARS_MAX, NAME_CHARS_MAX));
}

#[test]
fn a_thread_that_the_application_names_counts_before_a_conversation() {
    for (one, two) in [("thread_id", "gen_ai.conversation.id"), ("gen_ai.conversation.id", "thread_id")] {
        let mut both = span("step", json!({}));
        both.attributes.extend(super::key_values(json!({one: one})));
        both.attributes.extend(super::key_values(json!({two: two})));
        let read = mapped("", both);
        assert_eq!(read.thread_id.as_deref(), Some("thread_id"));
        assert_eq!(read.fields.metadata.unwrap().as_str(), r#"{"thread_id":"thread_id"}"#);
    }
    assert_eq!(mapped("", span("step", json!({"thread_id": 42}))).thread_id.as_deref(), Some("42"));
    assert_eq!(mapped("", span("step", json!({"thread_id": " "}))).thread_id, None);
}

#[test]
fn what_a_span_says_of_its_kind_counts_more_than_its_attributes() {
    let kind = |attributes| mapped("", span("step", attributes)).fields.kind.unwrap();
    assert_eq!(kind(json!({"gen_ai.operation.name": "invoke_agent", "gen_ai.system": "x"})), Kind::General);
    assert_eq!(kind(json!({"gen_ai.operation.name": "chat", "gen_ai.system": "x"})), Kind::Llm);
    assert_eq!(kind(json!({"openinference.span.kind": "GUARDRAIL"})), Kind::Guardrail);
    assert_eq!(kind(json!({"openinference.span.kind": "TOOL", "llm.model_name": "x"})), Kind::Tool);
    assert_eq!(kind(json!({"ai.toolCall.args": "{}", "prompt": "x"})), Kind::Tool);
}

#[test]
fn a_blank_header_names_the_default_project() {
    assert_eq!(crate::otlp::project(None), ProjectRef::Default);
    assert_eq!(crate::otlp::project(Some(" ")), ProjectRef::Default);
    assert_eq!(crate::otlp::project(Some(" Käse ")), ProjectRef::Name("Käse".to_owned()));
}
