//! Experiments in groups, with what those of a group come to.

use serde_json::{Value, json};

use cairn_core::feedback::Target;

use super::{add, dataset, experiment};
use crate::tests::world::{World, trace_id};

const GROUPS: &str = "query($by: [ExperimentGroupingInput!]!, $filter: String, $first: Int, $after: String) {
    experimentGroups(by: $by, filter: $filter, first: $first, after: $after) {
        totalCount pageInfo { endCursor hasNextPage }
        nodes { value label experimentCount
            figures { traceCount feedbackScores { name value } }
            groups(first: 5) { totalCount nodes { value experimentCount figures { traceCount } } } } } }";

/// Experiments `a`, `b` and `b` over the dataset `qa`, whose only traces are scored 1, 2 and 4.
async fn runs(world: &World) {
    let items = dataset(world, 1).await;
    for (name, number, value) in [("a", 1, 1), ("b", 2, 2), ("b", 3, 4)] {
        let id = experiment(world, name).await;
        add(world, id, &[(items[0], number)]).await;
        world.traces([number]).await;
        world.score(Target::Trace(trace_id(number)), value).await;
    }
}

fn by(fields: &[Value]) -> Value {
    json!({ "by": fields })
}

#[tokio::test(flavor = "multi_thread")]
async fn experiments_are_grouped_within_groups_with_their_figures() {
    let world = World::open();
    runs(&world).await;
    let model = json!({ "field": "METADATA", "path": "model" });
    let data = world.ask(GROUPS, by(&[json!({ "field": "DATASET" }), model.clone()])).await;
    let groups = data["experimentGroups"].clone();
    assert_eq!((&groups["totalCount"], &groups["nodes"][0]["label"]), (&json!(1), &json!("qa")));
    let group = &groups["nodes"][0];
    assert_eq!(group["experimentCount"], json!(3));
    let mean = group["figures"]["feedbackScores"][0]["value"].as_f64().unwrap();
    assert!((mean - 7.0 / 3.0).abs() < 1e-6, "{mean}");
    let inner = json!({ "totalCount": 2, "nodes": [
        { "value": "a", "experimentCount": 1, "figures": { "traceCount": 1 } },
        { "value": "b", "experimentCount": 2, "figures": { "traceCount": 2 } },
    ] });
    assert_eq!(group["groups"], inner);
    let mut few = by(&[model]);
    few["filter"] = json!("feedback_scores.quality > 1");
    let data = world.ask(GROUPS, few).await["experimentGroups"].clone();
    assert_eq!((&data["totalCount"], &data["nodes"][0]["value"]), (&json!(1), &json!("b")));
    let score = json!([{ "name": "quality", "value": 3.0 }]);
    assert_eq!(data["nodes"][0]["figures"], json!({ "traceCount": 2, "feedbackScores": score }));
    let names = world.ask("{ experimentScoreNames }", json!({})).await;
    assert_eq!(names["experimentScoreNames"], json!(["quality"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_tells_of_which_experiments_it_is_a_run() {
    let world = World::open();
    runs(&world).await;
    world.traces([9]).await;
    let asked = "query($id: ID!) { trace(id: $id) { experiments { name dataset { name } } } }";
    let told = world.ask(asked, json!({ "id": trace_id(2).to_string() })).await;
    let expected = json!([{ "name": "b", "dataset": { "name": "qa" } }]);
    assert_eq!(told["trace"]["experiments"], expected);
    let told = world.ask(asked, json!({ "id": trace_id(9).to_string() })).await;
    assert_eq!(told["trace"]["experiments"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_are_paged_by_their_value() {
    let world = World::open();
    runs(&world).await;
    let mut variables = by(&[json!({ "field": "METADATA", "path": "model" })]);
    variables["first"] = json!(1);
    let page = world.ask(GROUPS, variables.clone()).await["experimentGroups"].clone();
    assert_eq!((&page["nodes"][0]["value"], &page["pageInfo"]["hasNextPage"]), (&json!("a"), &json!(true)));
    variables["after"] = page["pageInfo"]["endCursor"].clone();
    let page = world.ask(GROUPS, variables).await["experimentGroups"].clone();
    assert_eq!((&page["nodes"][0]["value"], &page["pageInfo"]["hasNextPage"]), (&json!("b"), &json!(false)));
    let tags = world.ask(GROUPS, by(&[json!({ "field": "TAGS" })])).await["experimentGroups"].clone();
    assert_eq!(
        (&tags["nodes"][0]["value"], &tags["nodes"][0]["experimentCount"]),
        (&json!("nightly"), &json!(3))
    );
    let projects = world.ask(GROUPS, by(&[json!({ "field": "PROJECT" })])).await["experimentGroups"].clone();
    assert_eq!(projects["totalCount"], json!(0), "none of them is in a project");
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_by_nothing_by_too_much_and_by_half_a_field_are_refused() {
    let world = World::open();
    let tags = json!({ "field": "TAGS" });
    for (fields, message) in [
        (vec![], "name from 1 to 5 fields to group by"),
        (vec![tags.clone(); 6], "name from 1 to 5 fields to group by"),
        (vec![json!({ "field": "METADATA" })], "`METADATA` needs a `path`, such as `model.name`"),
        (vec![json!({ "field": "TAGS", "path": "x" })], "only `METADATA` has a `path`"),
    ] {
        let (told, extensions) = world.refusal(GROUPS, by(&fields)).await;
        assert_eq!((told.as_str(), &extensions["code"]), (message, &json!("INVALID")));
    }
    let mut wide = by(&[tags]);
    wide["first"] = json!(2_000);
    let (message, _) = world.refusal(GROUPS, wide).await;
    assert!(message.contains("complex"), "{message}");
}
