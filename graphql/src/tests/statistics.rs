//! Statistics over GraphQL: groups, series, figures and refusals.

use serde_json::{Value, json};

use super::world::{World, body, span, trace};

const QUERY: &str = "query($scope: StatisticsScope!, $input: StatisticsInput!) {
    statistics(scope: $scope, input: $input) {
        groups { by { value isOthers } count points {
            time count ratePerSecond values { count share sum mean min max p50 p90 p99 approximate }
        } }
        truncated
    }
}";

/// Four spans, a second apart, of two models; the last one failed.
async fn world() -> World {
    let world = World::open();
    let mut traces = vec![trace(1), trace(2)];
    for (trace, plan) in traces.iter_mut().zip(["free", "pro"]) {
        trace.fields.metadata = Some(body(&json!({ "user": { "plan": plan } })));
    }
    world.write_traces(traces).await;
    let mut spans = Vec::new();
    for number in 0..4_u64 {
        let mut span = span(number, 1 + number % 2);
        let start = 1_700_000_000_000 + i64::try_from(number).unwrap() * 1_000;
        span.start_time = cairn_core::time::Timestamp::from_millis(start);
        span.fields.end_time = Some(cairn_core::time::Timestamp::from_millis(start + 100 * start % 7 + 100));
        span.fields.model = Some(if number == 3 { "large" } else { "small" }.to_owned());
        span.fields.cost = Some("0.25".parse().unwrap());
        if number == 3 {
            span.fields.error = Some(cairn_core::traces::ErrorInfo {
                exception_type: "Timeout".to_owned(),
                message: None,
                traceback: "here".to_owned(),
            });
        }
        spans.push(span);
    }
    world.spans(spans).await;
    world
}

async fn ask(world: &World, scope: Value, input: Value) -> Value {
    world.ask(QUERY, json!({ "scope": scope, "input": input })).await["statistics"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn figures_of_everything_are_one_group_with_one_point() {
    let world = world().await;
    let project = world.project_id().await;
    let scope = json!({ "entity": "SPAN", "projectIds": [project] });
    let found = ask(&world, scope, json!({ "measures": ["cost", "error"] })).await;
    let point = &found["groups"][0]["points"][0];
    assert_eq!(
        (&point["count"], &point["time"], &point["ratePerSecond"]),
        (&json!(4), &Value::Null, &Value::Null)
    );
    let cost = &point["values"][0];
    assert_eq!((&cost["count"], &cost["sum"], &cost["p50"]), (&json!(4), &json!(1.0), &json!(0.25)));
    assert_eq!((&point["values"][1]["count"], &point["values"][1]["share"]), (&json!(1), &json!(0.25)));
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_over_time_have_every_bucket() {
    let world = world().await;
    let scope = json!({ "entity": "SPAN", "from": "2023-11-14T22:13:20Z", "to": "2023-11-14T22:13:25Z" });
    let input = json!({ "measures": ["cost"], "bucketSeconds": 1, "by": ["model"] });
    let found = ask(&world, scope, input).await;
    let counts = |group: &Value| {
        let points = group["points"].as_array().unwrap().iter();
        points.map(|point| point["count"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let groups = found["groups"].as_array().unwrap();
    assert_eq!(groups[0]["by"], json!([{ "value": "small", "isOthers": false }]));
    assert_eq!(groups.iter().map(counts).collect::<Vec<_>>(), [[1, 1, 1, 0, 0], [0, 0, 0, 1, 0]]);
    assert_eq!(groups[0]["points"][1]["time"], json!("2023-11-14T22:13:21Z"));
    assert_eq!(groups[0]["points"][1]["ratePerSecond"], json!(1.0));
    assert_eq!(groups[0]["points"][4]["values"][0]["sum"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_among_the_largest_groups_is_put_together() {
    let world = world().await;
    let input = json!({ "by": ["name", "model"], "groups": 1 });
    let found = ask(&world, json!({ "entity": "SPAN" }), input).await;
    assert_eq!(found["truncated"], json!(true));
    let others = &found["groups"][1];
    assert_eq!((&others["count"], &others["by"][1]["isOthers"]), (&json!(1), &json!(true)));
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_filters_and_groups() {
    let world = world().await;
    let scope = json!({ "entity": "TRACE", "filter": "metadata.user.plan:pro" });
    let found = ask(&world, scope, json!({ "by": ["metadata.user.plan"] })).await;
    assert_eq!(found["groups"].as_array().unwrap().len(), 1);
    assert_eq!(found["groups"][0]["by"][0]["value"], json!("pro"));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_tell_what_can_be_measured() {
    let world = world().await;
    world.score(cairn_core::feedback::Target::Trace(super::world::trace_id(1)), 1).await;
    let query = "query($scope: StatisticsScope!) { statisticsNames(scope: $scope) { usage scores } }";
    let found = world.ask(query, json!({ "scope": { "entity": "TRACE" } })).await;
    assert_eq!(found["statisticsNames"], json!({ "usage": [], "scores": ["quality"] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_that_make_no_sense_are_refused() {
    let world = World::open();
    for (scope, input, part) in [
        (json!({}), json!({ "measures": ["name"] }), "cannot be measured"),
        (json!({}), json!({ "measures": ["metadata.a[0]"] }), "cannot be measured"),
        (json!({}), json!({ "by": ["input"] }), "cannot be grouped by"),
        (json!({}), json!({ "by": ["metadata.a[0].b"] }), "cannot be grouped by"),
        (json!({}), json!({ "by": ["name", "model", "tags"] }), "more than 2"),
        (json!({}), json!({ "bucketSeconds": 60 }), "needs `from`"),
        (json!({ "from": "2000-01-01T00:00:00Z" }), json!({ "bucketSeconds": 1 }), "longer buckets"),
        (json!({}), json!({ "groups": 100_000 }), "`groups` must"),
        (json!({ "filter": "cost >" }), json!({}), ""),
    ] {
        let mut scope = scope;
        scope["entity"] = json!("SPAN");
        let (message, _) = world.refusal(QUERY, json!({ "scope": scope, "input": input })).await;
        assert!(message.contains(part), "{message}");
    }
}
