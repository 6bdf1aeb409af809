//! Requests that ask for too much.

use std::fmt::Write;

use cairn_core::limits::GRAPHQL_DEPTH_MAX;
use serde_json::json;

use super::world::World;

async fn code(world: &World, query: &str) -> (String, String) {
    let (message, extensions) = world.refusal(query, json!({})).await;
    (message, extensions["code"].as_str().unwrap_or_default().to_owned())
}

fn nested(levels: usize) -> String {
    let id = super::world::span_id(1);
    let around = "{ trace { spans(first: 1) { nodes ".repeat(levels);
    format!("{{ span(id: \"{id}\") {around} {{ id }} {} }}", "} } }".repeat(levels))
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_that_lie_too_deep_are_refused() {
    let world = World::open();
    let deep = nested(4);
    assert_eq!(code(&world, &deep).await.1, "TOO_COMPLEX");
    assert_eq!(world.ask(&nested(3), json!({})).await, json!({ "span": null }));
    assert!(code(&world, &deep).await.0.contains(&format!("at most {GRAPHQL_DEPTH_MAX} deep")));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_counted_by_the_size_of_their_pages() {
    let world = World::open();
    let query = |first| {
        format!(
            "{{ projects(first: {first}) {{ nodes {{ traces(first: {first}) {{ nodes {{ id name }} }} }} }} }}"
        )
    };
    let (message, _) = code(&world, &query(500)).await;
    assert_eq!(message, "Query is too complex.");
    world.ask(&query(100), json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fragments_that_multiply_each_other_are_refused_at_once() {
    let world = World::open();
    let mut query = "{ ...f0 }".to_owned();
    for number in 0..28 {
        let next = number + 1;
        write!(query, " fragment f{number} on Query {{ ...f{next} ...f{next} }}").unwrap();
    }
    query.push_str(" fragment f28 on Query { server { version } }");
    assert_eq!(code(&world, &query).await.1, "TOO_COMPLEX");
    let circle = "{ ...a } fragment a on Query { ...b ...b } fragment b on Query { ...a ...a }";
    let (message, code) = code(&world, circle).await;
    assert_eq!((message.as_str(), code.as_str()), ("the fragment `a` contains itself", "TOO_COMPLEX"));
}

#[tokio::test(flavor = "multi_thread")]
async fn braces_without_end_are_refused() {
    let world = World::open();
    let query = "{ a ".repeat(100_000);
    let answer = world.respond(&world.session, &query, json!({})).await;
    assert!(answer["errors"][0]["message"].is_string(), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn tools_may_introspect_but_not_in_circles() {
    let world = World::open();
    let deep = "ofType { kind name ".repeat(9);
    let closing = "}".repeat(9);
    let query = format!(
        "{{ __schema {{ queryType {{ name }} types {{ kind name fields(includeDeprecated: true) {{
            name args {{ name type {{ kind name {deep} {closing} }} }} }} }} directives {{ name args {{ name }} }} }} }}"
    );
    let data = world.ask(&query, json!({})).await;
    assert!(data["__schema"]["types"].as_array().unwrap().len() > 20);
    let circle = "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }";
    assert_eq!(code(&world, circle).await.1, "TOO_COMPLEX");
}
