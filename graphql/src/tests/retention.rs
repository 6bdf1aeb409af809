//! Retention rules, and what they delete.

use cairn_core::time::Timestamp;
use cairn_core::traces::Write;
use serde_json::{Value, json};

use super::world::{World, span, trace, trace_id};

const FIELDS: &str = "id projectId environment period applyToPast isActive createdBy";

async fn create(world: &World, rule: Value) -> Value {
    let query =
        format!("mutation($rule: RetentionRuleInput!) {{ createRetentionRule(rule: $rule) {{ {FIELDS} }} }}");
    world.ask(&query, json!({ "rule": rule })).await["createRetentionRule"].clone()
}

async fn apply(world: &World) -> Value {
    world.ask("mutation { applyRetentionRules }", json!({})).await["applyRetentionRules"].clone()
}

async fn left(world: &World) -> Vec<String> {
    let id = world.project_id().await;
    let query = "query($id: ID!) { project(id: $id) { traces(first: 50) { nodes { id } } } }";
    let data = world.ask(query, json!({ "id": id })).await;
    let nodes = data["project"]["traces"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node["id"].as_str().unwrap().to_owned()).collect()
}

fn of(environment: &str, number: u64) -> Write {
    let mut write = trace(number);
    write.fields.environment = Some(environment.to_owned());
    write
}

#[tokio::test(flavor = "multi_thread")]
async fn the_most_specific_rule_decides_what_is_deleted_and_the_history_names_it() {
    let world = World::open();
    // All of them started years ago, but for the last.
    let mut young = trace(4);
    young.start_time = Timestamp::from_millis(4_000_000_000_000);
    world.write_traces(vec![of("staging", 1), of("production", 2), trace(3), young]).await;
    world.spans(vec![span(1, 1)]).await;
    let project = world.project_id().await;
    create(&world, json!({ "period": "UNLIMITED" })).await;
    assert_eq!(apply(&world).await, 0);
    let staging = json!({ "period": "SHORT", "environment": "staging", "applyToPast": true });
    let rule = create(&world, staging).await;
    assert_eq!(apply(&world).await, 1);
    assert_eq!(left(&world).await, [4, 3, 2].map(|number| trace_id(number).to_string()));
    let query = "query($id: ID!) { history(id: $id) { nodes { kind principal } } }";
    let data = world.ask(query, json!({ "id": trace_id(1).to_string() })).await;
    let principal = format!("retention rule {}", rule["id"].as_str().unwrap());
    assert_eq!(data["history"]["nodes"][0], json!({ "kind": "trace_deleted", "principal": principal }));

    // Without the past, nothing that is there is old enough; with it, what a rule of the environment spares stays.
    create(&world, json!({ "period": "SHORT", "projectId": project })).await;
    assert_eq!(apply(&world).await, 0);
    let spared = json!({ "period": "UNLIMITED", "projectId": project, "environment": "production" });
    create(&world, spared).await;
    create(&world, json!({ "period": "SHORT", "projectId": project, "applyToPast": true })).await;
    assert_eq!(apply(&world).await, 1);
    assert_eq!(left(&world).await, [4, 2].map(|number| trace_id(number).to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_listed_replaced_and_ended() {
    let world = World::open();
    let first = create(&world, json!({ "period": "SHORT" })).await;
    assert_eq!(
        (&first["period"], &first["isActive"], &first["createdBy"]),
        (&json!("SHORT"), &json!(true), &json!("admin"))
    );
    let second = create(&world, json!({ "period": "BASE" })).await;
    let query = format!(
        "query($all: Boolean!) {{ retentionRules(includeInactive: $all) {{ total items {{ {FIELDS} }} }} }}"
    );
    let active = world.ask(&query, json!({ "all": false })).await["retentionRules"].clone();
    assert_eq!(active, json!({ "total": 1, "items": [second] }));
    let all = world.ask(&query, json!({ "all": true })).await["retentionRules"].clone();
    assert_eq!((&all["total"], &all["items"][1]["isActive"]), (&json!(2), &json!(false)));
    let end = "mutation($id: ID!) { deactivateRetentionRule(id: $id) { isActive } }";
    for _ in 0..2 {
        let ended = world.ask(end, json!({ "id": second["id"] })).await;
        assert_eq!(ended["deactivateRetentionRule"]["isActive"], false);
    }
    let (message, _) = world.refusal(end, json!({ "id": trace_id(1).to_string() })).await;
    assert_eq!(message, "Retention rule not found");
    let create = "mutation($rule: RetentionRuleInput!) { createRetentionRule(rule: $rule) { id } }";
    let unknown = json!({ "rule": { "period": "SHORT", "projectId": trace_id(1).to_string() } });
    assert_eq!(world.refusal(create, unknown).await.0, "Project not found");
    let blank = json!({ "rule": { "period": "SHORT", "environment": " " } });
    assert_eq!(world.refusal(create, blank).await.0, "environment must not be blank");
}
