//! What changed in the workspace, by kinds of things: told together, within bounds, and only to who may know.

use cairn_core::feedback::Target;
use cairn_core::limits::{CHANGED_IDS_MAX, CHANGES_BEHIND_EVENTS_MAX, SUBSCRIPTION_READ_EVENTS_MAX};
use serde_json::{Value, json};

use super::live::{Told, next_of, subscribe};
use super::world::{World, only_error, trace_id};

const CHANGES: &str = "subscription($kinds: [AuditThingKind!], $trash: Boolean! = false, $after: Position) {
    changes(kinds: $kinds, trash: $trash, after: $after) { position changed { kind ids } trash resync } }";
const DEFINE: &str = "mutation { createFeedbackDefinition(input: {
    name: \"polite\", boolean: { trueLabel: \"yes\", falseLabel: \"no\" } }) { id } }";

/// Follows from a position on, and takes the answer that says so.
async fn followed(world: &World, variables: Value) -> Told {
    let mut told = subscribe(world, CHANGES, variables);
    let first = next(&mut told).await;
    assert_eq!(
        (&first["changed"], &first["trash"], &first["resync"]),
        (&json!([]), &json!(false), &json!(false))
    );
    told
}

async fn next(told: &mut Told) -> Value {
    next_of(told, "changes").await
}

async fn named(world: &World, name: &str) -> Value {
    let create = "mutation($name: String!) { createEnvironment(input: { name: $name }) { id } }";
    world.ask(create, json!({ "name": name })).await["createEnvironment"]["id"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_answer_says_from_where_on_changes_are_told() {
    let world = World::open();
    world.traces([1]).await;
    let mut told = subscribe(&world, CHANGES, json!({}));
    let expected =
        json!({ "position": world.position().await, "changed": [], "trash": false, "resync": false });
    assert_eq!(next(&mut told).await, expected);
    world.traces([2]).await;
    let expected = json!([{ "kind": "TRACE", "ids": [trace_id(2).to_string()] }]);
    assert_eq!(next(&mut told).await["changed"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_kinds_that_were_asked_for_are_told_and_what_was_said_counts_as_its_thing() {
    let world = World::open();
    world.traces([1]).await;
    let after = world.position().await;
    let mut told = followed(&world, json!({ "kinds": ["TRACE", "ENVIRONMENT"], "after": after })).await;
    let mut settings = followed(&world, json!({ "kinds": ["ENVIRONMENT"], "after": after })).await;
    world.score(Target::Trace(trace_id(1)), 1).await;
    let said = next(&mut told).await;
    assert_eq!(said["changed"], json!([{ "kind": "TRACE", "ids": [trace_id(1).to_string()] }]));
    let id = named(&world, "production").await;
    for told in [&mut told, &mut settings] {
        let said = next(told).await;
        let expected = json!([{ "kind": "ENVIRONMENT", "ids": [id] }]);
        assert_eq!((&said["changed"], &said["position"]), (&expected, &world.position().await));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_together_is_told_at_once_and_too_many_things_have_no_names() {
    let world = World::open();
    let after = world.position().await;
    world.traces([1]).await;
    let environment = named(&world, "production").await;
    let many = u64::try_from(CHANGED_IDS_MAX).unwrap();
    world.traces(2..=many + 1).await;
    let kinds = json!(["TRACE", "ENVIRONMENT"]);
    let mut told = followed(&world, json!({ "kinds": kinds, "after": after })).await;
    let said = next(&mut told).await;
    let expected = json!([{ "kind": "TRACE", "ids": null }, { "kind": "ENVIRONMENT", "ids": [environment] }]);
    assert_eq!((&said["changed"], &said["position"]), (&expected, &world.position().await));
    world.traces(1..=many).await;
    let said = next(&mut told).await;
    assert_eq!(said["changed"][0]["ids"].as_array().map(Vec::len), Some(CHANGED_IDS_MAX));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trash_is_told_of_what_is_put_in_and_taken_out() {
    let world = World::open();
    let id = named(&world, "production").await;
    let mut told =
        followed(&world, json!({ "kinds": [], "trash": true, "after": world.position().await })).await;
    named(&world, "staging").await;
    world.ask("mutation($ids: [ID!]!) { deleteEnvironments(ids: $ids) }", json!({ "ids": [id] })).await;
    let said = next(&mut told).await;
    assert_eq!(
        (&said["changed"], &said["trash"], &said["resync"]),
        (&json!([]), &json!(true), &json!(false))
    );
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": id })).await;
    assert_eq!(next(&mut told).await["trash"], json!(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_goes_on_where_it_was_and_who_is_far_behind_reads_anew() {
    let world = World::open();
    let start = world.position().await;
    let kinds = json!(["ENVIRONMENT"]);
    let mut told = followed(&world, json!({ "kinds": kinds, "after": start })).await;
    named(&world, "one").await;
    let position = next(&mut told).await["position"].clone();
    drop(told);
    let id = named(&world, "two").await;
    let mut told = followed(&world, json!({ "kinds": kinds, "after": position })).await;
    assert_eq!(next(&mut told).await["changed"], json!([{ "kind": "ENVIRONMENT", "ids": [id] }]));
    let mut behind = 0;
    while behind <= CHANGES_BEHIND_EVENTS_MAX {
        let count = u64::try_from(SUBSCRIPTION_READ_EVENTS_MAX).unwrap();
        world.traces(behind..behind + count).await;
        behind += count;
    }
    let mut told = followed(&world, json!({ "kinds": kinds, "after": start })).await;
    let expected =
        json!({ "position": world.position().await, "changed": [], "trash": false, "resync": true });
    assert_eq!(next(&mut told).await, expected);
    let id = named(&world, "three").await;
    assert_eq!(next(&mut told).await["changed"], json!([{ "kind": "ENVIRONMENT", "ids": [id] }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_of_what_they_may_not_see() {
    let world = World::open();
    let viewer = world.limited(&["workspace_read", "feedback_definition_read"]);
    let follow = |variables: Value| {
        let request =
            async_graphql::Request::new(CHANGES).variables(async_graphql::Variables::from_json(variables));
        world.api.stream(viewer.clone(), request)
    };
    for refused in [json!({ "kinds": ["TRACE"] }), json!({ "trash": true }), json!({ "kinds": ["RUNNER"] })] {
        let mut told = follow(refused);
        let answer = futures_util::StreamExt::next(&mut told).await.unwrap();
        let (_, extensions) = only_error(&serde_json::to_value(answer).unwrap());
        assert_eq!(extensions["code"], json!("FORBIDDEN"));
    }
    let mut told = follow(json!({}));
    next(&mut told).await;
    world.traces([1]).await;
    let id = world.ask(DEFINE, json!({})).await["createFeedbackDefinition"]["id"].clone();
    assert_eq!(next(&mut told).await["changed"], json!([{ "kind": "FEEDBACK_DEFINITION", "ids": [id] }]));
    let (message, _) = {
        let mut told = subscribe(&world, CHANGES, json!({ "kinds": [] }));
        let answer = futures_util::StreamExt::next(&mut told).await.unwrap();
        only_error(&serde_json::to_value(answer).unwrap())
    };
    assert_eq!(message, "`kinds` names nothing: name a kind, or leave it out for all of them");
}
