//! Dataset items made of traces and spans.

use cairn_core::feedback::Target;
use cairn_core::spans::Kind;
use serde_json::{Value, json};

use super::{create, items};
use crate::tests::world::{World, span, span_id, trace, trace_id};

const FROM_TRACES: &str = "mutation($input: DeriveDatasetItemsInput!) {
    addDatasetItemsFromTraces(input: $input) { itemCount items { nodes { source traceId spanId data } } } }";
const FROM_SPANS: &str = "mutation($input: DeriveDatasetItemsInput!) {
    addDatasetItemsFromSpans(input: $input) { itemCount items { nodes { source traceId spanId data } } } }";

fn data(node: &Value) -> Value {
    serde_json::from_str(node["data"].as_str().unwrap()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_of_a_trace_takes_along_what_is_asked_for() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    let mut write = trace(1);
    write.fields.tags = Some(vec!["gold".to_owned()]);
    world.write_traces(vec![write]).await;
    let mut step = span(5, 1);
    step.fields.kind = Some(Kind::Llm);
    step.fields.output = Some(crate::tests::world::body(&json!({ "said": "yes" })));
    world.spans(vec![step]).await;
    world.score(Target::Trace(trace_id(1)), 1).await;
    let mut input = json!({ "datasetId": dataset, "ids": [trace_id(1).to_string()] });
    let made = world.ask(FROM_TRACES, json!({ "input": input })).await["addDatasetItemsFromTraces"].clone();
    let node = &made["items"]["nodes"][0];
    let expected = json!({ "input": { "question": "what is 1?" }, "expected_output": { "answer": 1 } });
    assert_eq!((data(node), &node["source"]), (expected, &json!("TRACE")));
    assert_eq!((&node["traceId"], &node["spanId"]), (&json!(trace_id(1).to_string()), &Value::Null));
    input["include"] = json!(["SPANS", "TAGS", "FEEDBACK_SCORES", "USAGE", "METADATA"]);
    let made = world.ask(FROM_TRACES, json!({ "input": input })).await["addDatasetItemsFromTraces"].clone();
    assert_eq!(made["itemCount"], json!(2));
    let whole = data(&made["items"]["nodes"][0]);
    assert_eq!(whole["tags"], json!(["gold"]));
    assert_eq!(whole["spans"], json!([{ "name": "step", "type": "llm", "output": { "said": "yes" } }]));
    let score = &whole["feedback_scores"][0];
    assert_eq!(
        (&score["name"], &score["value"], &score["source"]),
        (&json!("quality"), &json!(1), &json!("sdk"))
    );
    assert_eq!(score["value_by_author"]["admin"]["value"], json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_of_a_span_names_the_span_and_its_trace() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    world.traces([1]).await;
    let mut step = span(5, 1);
    step.fields.input = Some(crate::tests::world::body(&json!({ "asked": 1 })));
    world.spans(vec![step]).await;
    let input = json!({
        "datasetId": dataset, "ids": [span_id(5).to_string()],
        "executionPolicy": { "runsPerItem": 3, "passThreshold": 2 },
    });
    let made = world.ask(FROM_SPANS, json!({ "input": input })).await["addDatasetItemsFromSpans"].clone();
    let node = &made["items"]["nodes"][0];
    assert_eq!((data(node), &node["source"]), (json!({ "input": { "asked": 1 } }), &json!("SPAN")));
    assert_eq!(node["spanId"], json!(span_id(5).to_string()));
    assert_eq!(node["traceId"], json!(trace_id(1).to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_stored_of_sources_that_are_not_all_there() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    world.traces([1]).await;
    let ids = json!([trace_id(1).to_string(), trace_id(2).to_string()]);
    let input = json!({ "input": { "datasetId": dataset, "ids": ids } });
    let (message, extensions) = world.refusal(FROM_TRACES, input).await;
    assert_eq!(message, format!("Trace id: {} not found", trace_id(2)));
    assert_eq!(extensions["code"], json!("NOT_FOUND"));
    assert_eq!(items(&world, json!({}), &dataset).await["totalCount"], json!(0));
    let none = json!({ "input": { "datasetId": dataset, "ids": [] } });
    assert_eq!(world.refusal(FROM_SPANS, none).await.1["code"], json!("INVALID"));
    // To write items is not enough: the traces must be his to read.
    let writer = world.limited(&["dataset_read", "dataset_write"]);
    let input = json!({ "input": { "datasetId": dataset, "ids": [trace_id(1).to_string()] } });
    let answer = world.respond(&writer, FROM_TRACES, input).await;
    assert_eq!(answer["errors"][0]["extensions"]["code"], json!("FORBIDDEN"));
}
