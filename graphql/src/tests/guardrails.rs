//! What checks say of traces: guardrails, and the scores of spans as their trace shows them.

use cairn_core::command::ProjectRef;
use cairn_core::feedback::Target;
use cairn_core::guardrails::{Outcome, Record, Write};
use serde_json::json;

use super::world::{PROJECT, World, body, span, span_id, trace_id};

fn outcome(trace: u64, span: u64, name: &str, passed: bool) -> Write {
    Write {
        trace_id: trace_id(trace),
        span_id: span_id(span),
        project: ProjectRef::Name(PROJECT.to_owned()),
        outcome: Outcome {
            name: name.to_owned(),
            passed,
            config: Some(body(&json!({ "threshold": 0.5 }))),
            details: Some(body(&json!({ "found": [name] }))),
        },
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn checks_are_read_with_what_they_were_configured_with_and_found() {
    let world = World::open();
    world.traces([1]).await;
    world.spans(vec![span(1, 1), span(2, 1)]).await;
    let record = Record(vec![outcome(1, 1, "PII", false), outcome(1, 2, "TOPIC", true)]);
    world.session.execute(record).await.unwrap();
    let query = "query($id: ID!) { trace(id: $id) { guardrailChecks { spanId name passed config details }
        spans { nodes { guardrailChecks { name } } } } }";
    let before = world.reads();
    let trace = world.ask(query, json!({ "id": trace_id(1).to_string() })).await["trace"].clone();
    let check = |span: u64, name: &str, passed: bool| {
        json!({ "spanId": span_id(span).to_string(), "name": name, "passed": passed,
            "config": r#"{"threshold":0.5}"#, "details": format!(r#"{{"found":["{name}"]}}"#) })
    };
    assert_eq!(trace["guardrailChecks"], json!([check(1, "PII", false), check(2, "TOPIC", true)]));
    let of_spans = json!([
        { "guardrailChecks": [{ "name": "PII" }] },
        { "guardrailChecks": [{ "name": "TOPIC" }] }
    ]);
    assert_eq!(trace["spans"]["nodes"], of_spans);
    // The trace, its spans, and what all checks hold.
    assert_eq!(world.reads() - before, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_are_found_and_counted_by_their_checks() {
    let world = World::open();
    world.traces(1..4).await;
    let record =
        Record(vec![outcome(1, 1, "PII", false), outcome(1, 1, "TOPIC", false), outcome(2, 2, "PII", true)]);
    world.session.execute(record).await.unwrap();
    let project = world.project_id().await;
    let query = "query($project: ID!, $filter: String) { project(id: $project) { traces(filter: $filter) {
        nodes { id } } } }";
    for (filter, numbers) in [
        ("guardrails:failed", vec![1]),
        ("guardrails:passed", vec![2]),
        ("missing:guardrails", vec![3]),
        ("guardrails_failed > 1", vec![1]),
        ("guardrails.PII > 0", vec![1]),
        ("guardrails.PII = 0", vec![2]),
    ] {
        let found = world.ask(query, json!({ "project": project, "filter": filter })).await;
        let ids: Vec<_> =
            numbers.iter().map(|number| json!({ "id": trace_id(*number).to_string() })).collect();
        assert_eq!(found["project"]["traces"]["nodes"], json!(ids), "{filter}");
    }
    let query =
        "query($scope: StatisticsScope!) { statisticsNames(scope: $scope) { guardrails spanScores } }";
    let names = world.ask(query, json!({ "scope": { "entity": "TRACE" } })).await;
    assert_eq!(names["statisticsNames"], json!({ "guardrails": ["PII", "TOPIC"], "spanScores": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_shows_the_scores_of_its_spans() {
    let world = World::open();
    world.traces([1, 2]).await;
    world.spans(vec![span(1, 1), span(2, 1)]).await;
    world.score(Target::Span(span_id(1)), 1).await;
    world.score(Target::Span(span_id(2)), 0).await;
    let query = "query($id: ID!) { trace(id: $id) { feedbackScores { name }
        spanFeedbackScores { name value byAuthor { author value spanId } } } }";
    let trace = world.ask(query, json!({ "id": trace_id(1).to_string() })).await["trace"].clone();
    let said = |span: u64, value: f64| json!({ "author": "admin", "value": value, "spanId": span_id(span).to_string() });
    let score = json!({ "name": "quality", "value": 0.5, "byAuthor": [said(1, 1.0), said(2, 0.0)] });
    assert_eq!(trace, json!({ "feedbackScores": [], "spanFeedbackScores": [score] }));
    let project = world.project_id().await;
    let query = "query($project: ID!) { project(id: $project) {
        traces(filter: \"span_feedback.quality < 1\") { nodes { id } } } }";
    let found = world.ask(query, json!({ "project": project })).await;
    assert_eq!(found["project"]["traces"]["nodes"], json!([{ "id": trace_id(1).to_string() }]));
}
