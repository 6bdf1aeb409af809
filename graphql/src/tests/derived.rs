//! Derived columns: added over what is there, filled, asked for in every way, and removed.

use cairn_core::traces::Write;
use serde_json::{Value, json};

use super::live::{next_of, subscribe};
use super::world::{World, body, span, trace};

const ADD: &str = "mutation($column: DerivedColumnInput!) { addDerivedColumn(column: $column) { id } }";

async fn add(world: &World, column: Value) -> Value {
    world.ask(ADD, json!({ "column": column })).await["addDerivedColumn"]["id"].clone()
}

/// Waits until every column is filled: told, not polled.
async fn fill(world: &World) {
    let mut told = subscribe(world, "subscription { projections { name } }", json!({}));
    loop {
        next_of(&mut told, "projections").await;
        let data = world.ask("{ derivedColumns { isFilled filledShare } }", json!({})).await;
        let columns = data["derivedColumns"].as_array().unwrap();
        if columns.iter().all(|column| *column == json!({ "isFilled": true, "filledShare": 1.0 })) {
            break;
        }
    }
}

fn answered(number: u64, reason: &Value, tokens: u64) -> Write {
    let mut write = trace(number);
    let output = json!({ "choices": [{ "finish_reason": reason }], "tokens": tokens });
    write.fields.output = Some(body(&output));
    write
}

/// The numbers of the traces of a list.
async fn listed(world: &World, filter: &str, sort: Value) -> Vec<u64> {
    let query = "query($name: String!, $filter: String, $sort: Sort) { projectByName(name: $name) {
        traces(first: 50, filter: $filter, sort: $sort) { nodes { startTime } } } }";
    let variables = json!({ "name": super::world::PROJECT, "filter": filter, "sort": sort });
    let data = world.ask(query, variables).await;
    let nodes = data["projectByName"]["traces"]["nodes"].as_array().unwrap();
    let number = |node: &Value| {
        let text = node["startTime"].as_str().unwrap();
        let time = cairn_core::time::Timestamp::parse(text).unwrap();
        u64::try_from(time.as_millis() - 1_700_000_000_000).unwrap()
    };
    nodes.iter().map(number).collect()
}

async fn world() -> World {
    let world = World::open();
    let traces = vec![
        answered(1, &json!("stop"), 30),
        answered(2, &json!("length"), 10),
        answered(3, &json!("stop"), 20),
        trace(4),
    ];
    world.write_traces(traces).await;
    world
}

fn by(field: &str, direction: &str) -> Value {
    json!({ "field": field, "direction": direction })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_over_what_is_there_is_filled_and_answers_filters_sortings_facets_and_figures() {
    let world = world().await;
    let reason = json!({ "of": "TRACES", "name": "reason", "path": "output.choices[0].finish_reason" });
    add(&world, reason).await;
    add(&world, json!({ "of": "TRACES", "name": "tokens", "path": "output.tokens" })).await;
    // Filters are right from the first moment.
    assert_eq!(listed(&world, "derived.reason := stop", json!(null)).await, [3, 1]);
    fill(&world).await;
    assert_eq!(listed(&world, "derived.reason := stop", json!(null)).await, [3, 1]);
    assert_eq!(listed(&world, "missing:derived.reason", json!(null)).await, [4]);
    assert_eq!(listed(&world, "derived.tokens >= 20", by("derived.tokens", "ASC")).await, [3, 1]);
    assert_eq!(listed(&world, "", by("derived.reason", "ASC")).await, [2, 3, 1, 4]);
    assert_eq!(listed(&world, "", by("derived.tokens", "DESC")).await, [1, 3, 2, 4]);

    // What is new has its values at once.
    world.write_traces(vec![answered(5, &json!("tool_calls"), 5)]).await;
    assert_eq!(listed(&world, "derived.tokens < 15", by("derived.tokens", "ASC")).await, [5, 2]);

    let query = "{ statistics(scope: { entity: TRACE }, input: { by: [\"derived.reason\"], measures: [\"derived.tokens\"] }) {
        groups { by { value } count points { values { sum } } } } }";
    let data = world.ask(query, json!({})).await;
    let group = &data["statistics"]["groups"][0];
    assert_eq!((&group["by"][0]["value"], &group["count"]), (&json!("stop"), &json!(2)));
    assert_eq!(group["points"][0]["values"][0]["sum"], 50.0);

    let query = "{ facets(scope: { entity: TRACE }, fields: [\"derived.reason\"]) {
        field values { value filter count } missing } }";
    let data = world.ask(query, json!({})).await;
    let facet = &data["facets"][0];
    assert_eq!((&facet["field"], &facet["missing"]), (&json!("derived.reason"), &json!(1)));
    assert_eq!(facet["values"][0]["value"], "stop");
    let filter = facet["values"][0]["filter"].as_str().unwrap();
    assert_eq!(listed(&world, filter, json!(null)).await, [3, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_and_spans_tell_the_values_of_their_columns() {
    let world = world().await;
    let mut step = span(1, 1);
    step.fields.input = Some(body(&json!({ "plan": { "tier": 3 } })));
    world.spans(vec![step]).await;
    add(&world, json!({ "of": "TRACES", "name": "many", "condition": "span_count >= 1" })).await;
    add(&world, json!({ "of": "TRACES", "name": "choices", "path": "output.choices" })).await;
    add(&world, json!({ "of": "SPANS", "name": "plan", "path": "input.plan.tier" })).await;
    fill(&world).await;
    let query = "query($name: String!) { projectByName(name: $name) { traces(first: 2, filter: \"derived.many:true OR name:x\") {
        nodes { derived { name value } spans { nodes { derived { name value } } } } } } }";
    let data = world.ask(query, json!({ "name": super::world::PROJECT })).await;
    let nodes = &data["projectByName"]["traces"]["nodes"];
    assert_eq!(nodes.as_array().unwrap().len(), 1);
    assert_eq!(
        nodes[0]["derived"],
        json!([
            { "name": "choices", "value": r#"[{"finish_reason":"stop"}]"# },
            { "name": "many", "value": "true" },
        ])
    );
    assert_eq!(nodes[0]["spans"]["nodes"][0]["derived"], json!([{ "name": "plan", "value": "3" }]));

    // How many of all are such.
    let query = "{ statistics(scope: { entity: TRACE }, input: { measures: [\"derived.many\"] }) {
        groups { points { values { count share } } } } }";
    let data = world.ask(query, json!({})).await;
    assert_eq!(
        data["statistics"]["groups"][0]["points"][0]["values"][0],
        json!({ "count": 1, "share": 0.25 })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_that_is_removed_is_gone_and_its_name_is_free_for_another_one() {
    let world = world().await;
    let column = |path: &str| json!({ "of": "TRACES", "name": "x", "path": path });
    let id = add(&world, column("output.tokens")).await;
    fill(&world).await;
    let remove = "mutation($id: ID!) { removeDerivedColumn(id: $id) }";
    world.ask(remove, json!({ "id": id })).await;
    let query = "{ statistics(scope: { entity: TRACE, filter: \"derived.x:1\" }) { truncated } }";
    let (message, extensions) = world.refusal(query, json!({})).await;
    assert_eq!(message, "there is no derived column `x` of traces");
    assert_eq!(extensions["hint"], "traces of this workspace have none; add it first");
    assert_eq!(world.refusal(remove, json!({ "id": id })).await.0, "derived column not found");
    // Values of the former column are nowhere.
    add(&world, column("output.choices[0].finish_reason")).await;
    assert_eq!(listed(&world, "derived.x:30", json!(null)).await, [0; 0]);
    fill(&world).await;
    assert_eq!(listed(&world, "derived.x:30", json!(null)).await, [0; 0]);
    assert_eq!(listed(&world, "derived.x:length", json!(null)).await, [2]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_column_is_refused_with_the_place_where_it_goes_wrong() {
    let world = world().await;
    let refusal = async |column: Value| world.refusal(ADD, json!({ "column": column })).await;
    let (message, extensions) =
        refusal(json!({ "of": "TRACES", "name": "x", "path": "output.choices[x]" })).await;
    assert_eq!(message, "an index is a number, a key stands in quotes");
    assert_eq!((&extensions["code"], &extensions["at"]), (&json!("BAD_PATH"), &json!(15)));
    let (_, extensions) = refusal(json!({ "of": "SPANS", "name": "x", "path": "model" })).await;
    assert_eq!(extensions["suggestion"], "metadata.model");
    let (_, extensions) = refusal(json!({ "of": "SPANS", "name": "x", "condition": "cost > > 1" })).await;
    assert_eq!((&extensions["code"], &extensions["at"]), (&json!("BAD_FILTER"), &json!(7)));
    let (message, extensions) = refusal(json!({ "of": "SPANS", "name": "My x", "path": "input.x" })).await;
    assert!(message.ends_with("`My x` has not at character 1"), "{message}");
    assert_eq!(extensions["hint"], "names begin with a letter, such as `finish_reason`");
    let (message, _) = refusal(json!({ "of": "SPANS", "name": "x" })).await;
    assert_eq!(message, "a derived column has either a `path` or a `condition`");
    assert_eq!(world.ask("{ derivedColumns { id } }", json!({})).await["derivedColumns"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_projections_of_a_workspace_are_told() {
    let world = world().await;
    listed(&world, "", json!(null)).await;
    let data =
        world.ask("{ projections { name state next { version } } server { position } }", json!({})).await;
    let names: Vec<_> =
        data["projections"].as_array().unwrap().iter().map(|each| each["name"].clone()).collect();
    assert_eq!(names, ["rows", "columns", "text"]);
    assert_eq!(data["projections"][1], json!({ "name": "columns", "state": "CURRENT", "next": null }));
}
