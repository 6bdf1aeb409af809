//! Optimizations: made, listed with how they stand, and followed while their trials get scores.

use cairn_core::command::ProjectRef;
use cairn_core::datasets::DatasetRef;
use cairn_core::datasets::items::{About, ItemWrite, Origin};
use cairn_core::feedback::Target;
use cairn_core::ids::{DatasetItemId, ExperimentId};
use cairn_core::{datasets, experiments};
use serde_json::{Value, json};
use uuid::Uuid;

use super::live::{next_of, subscribe};
use super::world::{PROJECT, World, body, trace_id};

const CREATE: &str = "mutation($input: CreateOptimizationInput!) { createOptimization(input: $input) {
    id name status objectiveName datasetName project { name } metadata trialCount } }";

async fn made(world: &World, name: &str) -> Value {
    let input = json!({
        "name": name, "datasetName": "qa", "projectName": PROJECT, "objectiveName": "quality",
        "metadata": "{\"a\":1.50}",
    });
    world.ask(CREATE, json!({ "input": input })).await["createOptimization"].clone()
}

/// A trial over one trace, which is there by now.
async fn tried(world: &World, optimization: &Value, trace: u64) -> String {
    let project = || ProjectRef::Name(PROJECT.to_owned());
    let item = DatasetItemId::known(Uuid::from_u128(trace.into()));
    let about = About {
        origin: Origin::Manual,
        trace_id: None,
        span_id: None,
        description: None,
        tags: Vec::new(),
        evaluators: None,
        policy: None,
    };
    let put = datasets::Command::PutItems {
        dataset: DatasetRef::Name { name: "qa".to_owned(), project: Some(project()) },
        items: vec![ItemWrite { id: Some(item), data: body(&json!({ "n": trace })), about }],
        group: None,
        copy_from: None,
    };
    world.session.execute(put).await.unwrap();
    let create = experiments::Create {
        id: None,
        name: None,
        dataset_name: "qa".to_owned(),
        project: Some(project()),
        kind: experiments::Kind::Trial,
        method: experiments::Method::Dataset,
        status: experiments::Status::Completed,
        optimization_id: optimization["id"].as_str().map(|id| Uuid::parse_str(id).unwrap()),
        dataset_version_id: None,
        prompt_versions: Vec::new(),
        metadata: None,
        tags: Vec::new(),
        scores: Vec::new(),
    };
    let outcome = world.session.execute(experiments::Command::Create(Box::new(create))).await.unwrap();
    let experiment_id = ExperimentId::known(outcome.created.unwrap());
    let tie = experiments::ItemWrite {
        id: None,
        experiment_id,
        dataset_item_id: item,
        trace_id: trace_id(trace),
        policy: None,
    };
    world.session.execute(experiments::Command::AddItems(vec![tie])).await.unwrap();
    experiment_id.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_optimization_is_made_changed_and_deleted() {
    let world = World::open();
    let optimization = made(&world, "first").await;
    let mut shown = optimization.clone();
    shown.as_object_mut().unwrap().remove("id");
    let expected = json!({
        "name": "first", "status": "RUNNING", "objectiveName": "quality", "datasetName": "qa",
        "project": { "name": PROJECT }, "metadata": "{\"a\":1.50}", "trialCount": 0,
    });
    assert_eq!(shown, expected);
    let update =
        "mutation($input: UpdateOptimizationInput!) { updateOptimization(input: $input) { name status } }";
    let input = json!({ "id": optimization["id"], "status": "COMPLETED" });
    let changed = world.ask(update, json!({ "input": input })).await["updateOptimization"].clone();
    assert_eq!(changed, json!({ "name": "first", "status": "COMPLETED" }));
    world
        .ask(
            "mutation($ids: [ID!]!) { deleteOptimizations(ids: $ids) }",
            json!({ "ids": [optimization["id"]] }),
        )
        .await;
    let (message, extensions) = world.refusal(update, json!({ "input": input })).await;
    assert!(message.starts_with("Not found optimization with id"), "{message}");
    assert_eq!(extensions["code"], json!("NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_show_how_optimizations_stand() {
    let world = World::open();
    world.traces([1, 2]).await;
    let optimization = made(&world, "First").await;
    made(&world, "second").await;
    let (one, two) = (tried(&world, &optimization, 1).await, tried(&world, &optimization, 2).await);
    world.score(Target::Trace(trace_id(1)), 2).await;
    world.score(Target::Trace(trace_id(2)), 5).await;
    let query = "query($wanted: WantedOptimizations!) { optimizations(wanted: $wanted) { totalCount nodes {
        trialCount baseline { experimentId objectiveScore } best { experimentId objectiveScore }
        feedbackScores { name value } trials { experimentId kind traceCount objectiveScore } } } }";
    let found = world.ask(query, json!({ "wanted": { "name": "FIR" } })).await["optimizations"].clone();
    let trial = |id: &String, score| json!({ "experimentId": id, "kind": "TRIAL", "traceCount": 1, "objectiveScore": score });
    let expected = json!({
        "totalCount": 1,
        "nodes": [{
            "trialCount": 2,
            "baseline": { "experimentId": one, "objectiveScore": 2.0 },
            "best": { "experimentId": two, "objectiveScore": 5.0 },
            "feedbackScores": [{ "name": "quality", "value": 3.5 }],
            "trials": [trial(&one, 2.0), trial(&two, 5.0)],
        }],
    });
    assert_eq!(found, expected);
    let page = "query($after: String) { optimizations(first: 1, after: $after) {
        totalCount pageInfo { hasNextPage endCursor } nodes { name } } }";
    let first = world.ask(page, json!({})).await["optimizations"].clone();
    assert_eq!(
        (&first["nodes"][0]["name"], &first["pageInfo"]["hasNextPage"]),
        (&json!("second"), &json!(true))
    );
    let after = json!({ "after": first["pageInfo"]["endCursor"] });
    let second = world.ask(page, after).await["optimizations"].clone();
    assert_eq!(
        (&second["nodes"][0]["name"], &second["pageInfo"]["hasNextPage"]),
        (&json!("First"), &json!(false))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn datasets_are_sorted_by_what_was_made_over_them() {
    let world = World::open();
    world.traces([1, 2]).await;
    for name in ["never used", "searched"] {
        let create = "mutation($input: CreateDatasetInput!) { createDataset(input: $input) { id } }";
        world.ask(create, json!({ "input": { "name": name, "projectName": PROJECT } })).await;
    }
    let optimization = made(&world, "first").await;
    let input = |name: &str| json!({ "name": name, "datasetName": "searched", "projectName": PROJECT, "objectiveName": "quality" });
    for name in ["second", "third"] {
        world.ask(CREATE, json!({ "input": input(name) })).await;
    }
    for trace in [1, 2] {
        tried(&world, &optimization, trace).await;
    }
    let list = "query($sort: Sort, $after: String) { datasets(first: 2, sort: $sort, after: $after) {
        nodes { name experimentCount optimizationCount lastExperimentAt lastOptimizationAt }
        pageInfo { endCursor } } }";
    let sorted = async |field: &str, direction: &str| {
        let sort = json!({ "field": field, "direction": direction });
        let before = world.reads();
        let first = world.ask(list, json!({ "sort": sort })).await["datasets"].clone();
        assert_eq!(
            world.reads() - before,
            4,
            "usages, datasets, and of a page experiments and optimizations"
        );
        let after = first["pageInfo"]["endCursor"].clone();
        let second = world.ask(list, json!({ "sort": sort, "after": after })).await["datasets"].clone();
        let nodes = [first, second].map(|page| page["nodes"].as_array().unwrap().clone()).concat();
        let name = |node: &Value| node["name"].as_str().unwrap().to_owned();
        (nodes.iter().map(name).collect::<Vec<_>>(), nodes)
    };
    let (names, nodes) = sorted("experiment_count", "DESC").await;
    assert_eq!(names, ["qa", "searched", "never used"]);
    let counts = |key: &str| nodes.iter().map(|node| node[key].clone()).collect::<Vec<_>>();
    assert_eq!(counts("experimentCount"), [2, 0, 0]);
    assert_eq!(counts("optimizationCount"), [1, 2, 0]);
    assert_eq!(
        counts("lastExperimentAt").iter().map(Value::is_null).collect::<Vec<_>>(),
        [false, true, true]
    );
    assert_eq!(
        counts("lastOptimizationAt").iter().map(Value::is_null).collect::<Vec<_>>(),
        [false, false, true]
    );
    assert_eq!(sorted("optimization_count", "ASC").await.0, ["never used", "qa", "searched"]);
    assert_eq!(sorted("last_optimization_at", "DESC").await.0, ["searched", "qa", "never used"]);
    assert_eq!(sorted("last_experiment_at", "DESC").await.0.first().map(String::as_str), Some("qa"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_optimization_is_followed_through_its_trials() {
    let world = World::open();
    world.traces([1]).await;
    let (optimization, other) = (made(&world, "first").await, made(&world, "other").await);
    let changes = "subscription($id: ID, $after: Position) { optimizationChanges(id: $id, after: $after) {
        kind optimizationId optimization { trialCount best { objectiveScore } } } }";
    let variables = json!({ "id": optimization["id"], "after": world.position().await });
    let mut told = subscribe(&world, changes, variables);
    tried(&world, &other, 1).await;
    let after = world.position().await;
    tried(&world, &optimization, 1).await;
    let said = next_of(&mut told, "optimizationChanges").await;
    assert_eq!(said["optimization"]["trialCount"], json!(1));
    let mut told = subscribe(&world, changes, json!({ "id": optimization["id"], "after": after }));
    next_of(&mut told, "optimizationChanges").await;
    world.score(Target::Trace(trace_id(1)), 4).await;
    let mut best = Value::Null;
    while best.is_null() {
        best = next_of(&mut told, "optimizationChanges").await["optimization"]["best"].clone();
    }
    assert_eq!(best, json!({ "objectiveScore": 4.0 }));
    world
        .ask(
            "mutation($ids: [ID!]!) { deleteOptimizations(ids: $ids) }",
            json!({ "ids": [optimization["id"]] }),
        )
        .await;
    let gone = next_of(&mut told, "optimizationChanges").await;
    assert_eq!(
        gone,
        json!({ "kind": "DELETED", "optimizationId": optimization["id"], "optimization": null })
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_sorted_by_what_optimizations_came_to() {
    let world = World::open();
    world.traces([1, 2]).await;
    let (good, better) = (made(&world, "good").await, made(&world, "Better").await);
    made(&world, "untried").await;
    tried(&world, &good, 1).await;
    tried(&world, &better, 2).await;
    world.score(Target::Trace(trace_id(1)), 2).await;
    world.score(Target::Trace(trace_id(2)), 5).await;
    let list = "query($sort: Sort) { optimizations(sort: $sort) { nodes { name } } }";
    let by = async |field: &str, direction: &str| {
        let sort = json!({ "sort": { "field": field, "direction": direction } });
        let found = world.ask(list, sort).await;
        let nodes = found["optimizations"]["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(by("name", "ASC").await, ["Better", "good", "untried"]);
    assert_eq!(by("best_score", "DESC").await, ["Better", "good", "untried"]);
    assert_eq!(by("best_score", "ASC").await, ["good", "Better", "untried"], "what has none comes last");
    assert_eq!(by("trial_count", "ASC").await[0], "untried");
    assert_eq!(by("created_at", "ASC").await, ["good", "Better", "untried"]);
    let refused = world.refusal(list, json!({ "sort": { "field": "mood", "direction": "ASC" } })).await;
    assert_eq!(refused.1["code"], json!("BAD_SORT"));
}
