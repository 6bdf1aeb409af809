//! Ranked search. What is found beside traces and spans is in `written`.

mod written;

use serde_json::json;

use super::world::{World, body, span, trace, trace_id};

const SEARCH: &str = "query($project: ID!, $text: String!, $first: Int, $after: String) {
    search(projectId: $project, text: $text, first: $first, after: $after) {
        nodes { score traceId trace { id name } span { id name } snippets { field text highlights { start end } } }
        pageInfo { hasNextPage endCursor } totalCount seenUpTo unseen
    }
    server { position }
}";

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_traces_and_spans_and_shows_where() {
    let world = World::open();
    let mut wanted = trace(1);
    wanted.fields.input = Some(body(&json!({ "question": "Where do 🦊 pelicans nest?" })));
    world.write_traces(vec![wanted, trace(2)]).await;
    let mut step = span(1, 2);
    step.fields.output = Some(body(&json!("a pelican, or two pelicans")));
    let mut orphan = span(2, 99);
    orphan.fields.name = Some("pelicans".to_owned());
    world.spans(vec![step, orphan]).await;
    let project = world.project_id().await;

    let data = world.ask(SEARCH, json!({ "project": project, "text": "pelicans" })).await;
    let found = &data["search"];
    assert_eq!((&found["totalCount"], &found["seenUpTo"]), (&json!(3), &data["server"]["position"]));
    assert_eq!(found["unseen"], json!(0));
    let by_trace = |number| {
        let id = json!(trace_id(number).to_string());
        found["nodes"].as_array().unwrap().iter().find(|hit| hit["traceId"] == id).unwrap().clone()
    };
    let hit = by_trace(1);
    assert_eq!((&hit["trace"]["name"], &hit["span"]), (&json!("run 1"), &json!(null)));
    assert_eq!(
        hit["snippets"],
        json!([{ "field": "input", "text": "question\nWhere do 🦊 pelicans nest?", "highlights": [{ "start": 21, "end": 29 }] }])
    );
    assert_eq!(by_trace(2)["span"]["name"], json!("step"));
    assert_eq!((&by_trace(99)["trace"], &by_trace(99)["span"]["name"]), (&json!(null), &json!("pelicans")));
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_search_cover_its_hits_once() {
    let world = World::open();
    world.traces(0..7).await;
    let project = world.project_id().await;
    let (mut seen, mut after) = (Vec::new(), json!(null));
    loop {
        let data = world
            .ask(SEARCH, json!({ "project": project, "text": "what", "first": 3, "after": after }))
            .await;
        let found = &data["search"];
        seen.extend(
            found["nodes"].as_array().unwrap().iter().map(|hit| hit["traceId"].as_str().unwrap().to_owned()),
        );
        after = found["pageInfo"]["endCursor"].clone();
        if found["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
    }
    seen.sort_unstable();
    assert_eq!(seen, (0..7).map(|number| trace_id(number).to_string()).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_takes_words_alone() {
    let world = World::open();
    world.traces([1]).await;
    let project = world.project_id().await;
    let (_, extensions) = world.refusal(SEARCH, json!({ "project": project, "text": "what cost > 1" })).await;
    assert_eq!(extensions["code"], json!("BAD_FILTER"));
    let data = world.ask(SEARCH, json!({ "project": project, "text": " " })).await;
    assert_eq!(data["search"]["totalCount"], json!(0));
}
