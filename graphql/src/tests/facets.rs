//! Facets over GraphQL: what things have in common, and by what some of them differ.

use serde_json::{Value, json};

use super::world::{World, body, trace};

const FACETS: &str = "query($scope: StatisticsScope!, $fields: [String!], $values: Int! = 10) {
    facets(scope: $scope, fields: $fields, values: $values) {
        field missing others values { value from to filter count }
    }
}";
const DIFFERENCES: &str = "query($scope: StatisticsScope!, $selection: String!, $fields: [String!]) {
    differences(scope: $scope, selection: $selection, fields: $fields) {
        selected rest values { field value filter selected rest difference atLeast }
    }
}";

/// Forty traces; every fourth is of the plan `pro`, and those alone are slow.
async fn world() -> World {
    let world = World::open();
    let traces = (1..=40_u64).map(|number| {
        let is_pro = number % 4 == 0;
        let mut trace = trace(number);
        trace.fields.name = Some(format!("step {}", number % 5));
        trace.fields.tags = Some(vec!["all".to_owned(), format!("t{}", number % 2)]);
        trace.fields.metadata =
            Some(body(&json!({ "user": { "plan": if is_pro { "pro" } else { "free" } } })));
        let took = if is_pro { 9_000 } else { 100 };
        let start = trace.start_time.as_millis();
        trace.fields.end_time = Some(cairn_core::time::Timestamp::from_millis(start + took));
        trace
    });
    world.write_traces(traces.collect()).await;
    world
}

fn facet<'a>(found: &'a Value, field: &str) -> &'a Value {
    found["facets"].as_array().unwrap().iter().find(|facet| facet["field"] == field).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn facets_count_the_values_of_each_field() {
    let world = world().await;
    let scope = json!({ "entity": "TRACE", "projectIds": [world.project_id().await] });
    let found = world.ask(FACETS, json!({ "scope": scope })).await;
    let plan = facet(&found, "metadata.user.plan");
    let first = json!({ "value": "free", "from": null, "to": null,
        "filter": "metadata.user.plan = free", "count": 30 });
    assert_eq!(plan["values"][0], first);
    assert_eq!(plan["values"][1]["count"], json!(10));
    let tags = &facet(&found, "tags")["values"];
    let counts: Vec<_> = tags.as_array().unwrap().iter().map(|tag| (&tag["value"], &tag["count"])).collect();
    assert_eq!(counts, [(&json!("all"), &json!(40)), (&json!("t0"), &json!(20)), (&json!("t1"), &json!(20))]);
    assert_eq!(facet(&found, "environment")["missing"], json!(40));
    assert_eq!(facet(&found, "cost")["values"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filter_of_a_value_finds_as_many_as_the_value_counts() {
    let world = world().await;
    let scope = json!({ "entity": "TRACE", "filter": "tags:t0" });
    let asked = json!({ "scope": scope, "fields": ["duration", "name", "error"], "values": 2 });
    let found = world.ask(FACETS, asked).await;
    let names = facet(&found, "name");
    assert_eq!((names["values"].as_array().unwrap().len(), &names["others"]), (2, &json!(12)));
    let mut counted = 0;
    for facet in found["facets"].as_array().unwrap() {
        for value in facet["values"].as_array().unwrap() {
            let filter = format!("tags:t0 AND ({})", value["filter"].as_str().unwrap());
            let query = "query($scope: StatisticsScope!) { statistics(scope: $scope) { groups { count } } }";
            let scope = json!({ "entity": "TRACE", "filter": filter });
            let all = world.ask(query, json!({ "scope": scope })).await;
            assert_eq!(all["statistics"]["groups"][0]["count"], value["count"], "{filter}");
            counted += 1;
        }
    }
    assert!(counted >= 5, "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_different_about_the_slow_comes_first() {
    let world = world().await;
    let asked = json!({ "scope": { "entity": "TRACE" }, "selection": "duration > 1s",
        "fields": ["name", "tags", "metadata.user.plan"] });
    let found = &world.ask(DIFFERENCES, asked).await["differences"];
    assert_eq!((&found["selected"], &found["rest"]), (&json!(10), &json!(30)));
    let plans: Vec<_> = found["values"].as_array().unwrap().iter().take(2).collect();
    assert!(plans.iter().all(|value| value["field"] == "metadata.user.plan"), "{found}");
    let pro = plans.iter().find(|value| value["value"] == "pro").unwrap();
    assert_eq!((&pro["selected"], &pro["rest"], &pro["difference"]), (&json!(10), &json!(0), &json!(1.0)));
    assert!(pro["atLeast"].as_f64().unwrap() > 0.5, "{pro}");
    let all = found["values"].as_array().unwrap().iter().find(|value| value["value"] == "all").unwrap();
    assert_eq!((&all["difference"], &all["atLeast"]), (&json!(0.0), &json!(0.0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_have_no_values_to_count_are_refused() {
    let world = world().await;
    let asked = json!({ "scope": { "entity": "TRACE" }, "fields": ["input"] });
    let (message, _) = world.refusal(FACETS, asked).await;
    assert_eq!(message, "`input` cannot be grouped by");
}
