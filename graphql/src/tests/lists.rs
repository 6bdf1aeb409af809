//! Pages, filters and orders; and that a page is read in a few batches, however long it is.

use serde_json::{Value, json};

use super::world::{PROJECT, World, span, trace, trace_id};

const TRACES: &str = "query($project: ID!, $first: Int!, $after: String, $sort: Sort, $filter: String) {
    project(id: $project) {
        list: traces(first: $first, after: $after, sort: $sort, filter: $filter) {
            nodes { id } edges { cursor node { id } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
        }
    }
}";

const SPANS: &str = "query($trace: ID!, $first: Int!, $after: String) {
    project: trace(id: $trace) {
        list: spans(first: $first, after: $after) {
            nodes { id } edges { cursor node { id } }
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
        }
    }
}";

/// Walks all pages, and checks each against itself.
async fn walk(world: &World, query: &str, mut variables: Value) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    let mut total = None;
    loop {
        let data = world.ask(query, variables.clone()).await;
        let page = data["project"]["list"].clone();
        let edges = page["edges"].as_array().unwrap();
        let nodes: Vec<_> = page["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect();
        assert_eq!(edges.iter().map(|edge| edge["node"]["id"].clone()).collect::<Vec<_>>(), nodes);
        assert_eq!(
            page["pageInfo"]["endCursor"],
            edges.last().map_or(Value::Null, |edge| edge["cursor"].clone())
        );
        assert_eq!(page["pageInfo"]["hasPreviousPage"], json!(!ids.is_empty()));
        assert_eq!(*total.get_or_insert(page["totalCount"].clone()), page["totalCount"]);
        assert!(!nodes.is_empty(), "there was said to be more");
        ids.extend(nodes.iter().map(|id| id.as_str().unwrap().to_owned()));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            assert_eq!(json!(ids.len()), page["totalCount"]);
            return ids;
        }
        assert_eq!(nodes.len(), usize::try_from(variables["first"].as_u64().unwrap()).unwrap());
        variables["after"] = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_any_order_cover_everything_once() {
    let world = World::open();
    world.traces(0..23).await;
    let mut costly = vec![span(1, 3), span(2, 4), span(3, 4)];
    for span in &mut costly {
        span.fields.cost = Some("0.25".parse().unwrap());
    }
    world.spans(costly).await;
    let project = world.project_id().await;
    let all: Vec<String> = (0..23).rev().map(|number| trace_id(number).to_string()).collect();
    for first in [1, 7, 23, 50] {
        let variables = json!({ "project": project, "first": first });
        assert_eq!(walk(&world, TRACES, variables.clone()).await, all);
        for field in ["name", "start", "cost", "id", "duration"] {
            for direction in ["ASC", "DESC"] {
                let mut variables = variables.clone();
                variables["sort"] = json!({ "field": field, "direction": direction });
                let mut ids = walk(&world, TRACES, variables).await;
                if (field, direction) == ("cost", "DESC") {
                    assert_eq!(ids[..2], [trace_id(4).to_string(), trace_id(3).to_string()]);
                }
                ids.sort_unstable_by(|one, other| other.cmp(one));
                assert_eq!(ids, all, "{field} {direction} by {first}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn spans_of_a_trace_come_by_start_in_pages() {
    let world = World::open();
    world.traces([1]).await;
    world.spans((0..11).map(|number| span(number, 1)).collect()).await;
    let variables = |first| json!({ "trace": trace_id(1).to_string(), "first": first });
    let all = walk(&world, SPANS, variables(50)).await;
    assert_eq!(all.len(), 11);
    for first in [1, 4, 11] {
        assert_eq!(walk(&world, SPANS, variables(first)).await, all);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_come_newest_first_in_pages_and_by_a_part_of_their_name() {
    let world = World::open();
    for name in ["Alpha", "beta", "alphabet"] {
        let create = "mutation($name: String!) { createProject(input: { name: $name }) { id } }";
        world.ask(create, json!({ "name": name })).await;
    }
    let query = "query($first: Int, $after: String, $name: String) {
        projects(first: $first, after: $after, name: $name) { nodes { name } pageInfo { hasNextPage endCursor } totalCount }
    }";
    let page = world.ask(query, json!({ "first": 1, "name": "ALPHA" })).await["projects"].clone();
    assert_eq!((&page["nodes"][0]["name"], &page["totalCount"]), (&json!("alphabet"), &json!(2)));
    assert_eq!(page["pageInfo"]["hasNextPage"], json!(true));
    let after = page["pageInfo"]["endCursor"].clone();
    let page =
        world.ask(query, json!({ "first": 1, "name": "ALPHA", "after": after })).await["projects"].clone();
    assert_eq!(
        (&page["nodes"][0]["name"], &page["pageInfo"]["hasNextPage"]),
        (&json!("Alpha"), &json!(false))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_filter_keeps_what_matches_and_the_total_counts_it() {
    let world = World::open();
    world.traces(0..9).await;
    let project = world.project_id().await;
    let variables = json!({ "project": project, "first": 2, "filter": "name:\"run 1\"" });
    let ids = walk(&world, TRACES, variables).await;
    assert_eq!(ids, [7, 4, 1].map(|number| trace_id(number).to_string()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_page_is_read_in_as_many_batches_however_long_it_is() {
    let world = World::open();
    world.traces(0..40).await;
    world.spans((0..80).map(|number| span(number, number / 2)).collect()).await;
    let query = "query($name: String!, $first: Int!) {
        projectByName(name: $name) {
            traceCount spanCount
            traces(first: $first) { nodes {
                input output inputPreview outputPreview(chars: 9)
                project { name }
                spans { nodes { name trace { id } } totalCount }
            } }
        }
    }";
    let mut reads = Vec::new();
    for first in [2, 40] {
        let before = world.reads();
        let data = world.ask(query, json!({ "name": PROJECT, "first": first })).await;
        reads.push(world.reads() - before);
        let nodes = data["projectByName"]["traces"]["nodes"].as_array().unwrap().clone();
        assert_eq!(nodes.len(), first);
        for (node, number) in nodes.iter().zip((0..40).rev()) {
            assert_eq!(node["input"], json!(format!("{{\"question\":\"what is {number}?\"}}")));
            assert_eq!(node["inputPreview"], json!(format!("what is {number}?")));
            assert_eq!(node["spans"]["totalCount"], json!(2));
        }
    }
    // The project, the counts, the page, bodies, previews, projects, spans and their traces: nine batches. One is
    // what comes within a millisecond, so a busy machine may part it; one read an item would be hundreds.
    assert!(reads[0] >= 7 && reads[1] < 40, "{reads:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_is_given_as_it_was_sent() {
    let world = World::open();
    let mut write = trace(1);
    let text = r#"{"b" : 1.50, "a":"caf\u00e9"}"#;
    write.fields.input = Some(cairn_core::json::Json::parse(text.into()).unwrap());
    write.fields.output = None;
    world.write_traces(vec![write]).await;
    let query = "query($id: ID!) { trace(id: $id) { input output metadata inputPreview outputPreview } }";
    let data = world.ask(query, json!({ "id": trace_id(1).to_string() })).await;
    let expected = json!({
        "input": text, "output": null, "metadata": null, "inputPreview": "b 1.5 a café", "outputPreview": null
    });
    assert_eq!(data["trace"], expected);
}
