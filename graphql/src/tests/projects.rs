//! What happened in a project lately, and what its traces come to.

use cairn_core::command::ProjectRef;
use cairn_core::feedback::{self, Target};
use cairn_core::time::Timestamp;
use serde_json::{Value, json};

use super::world::{PROJECT, World, span, trace, trace_id};

const ACTIVITIES: &str = "query($id: ID!, $first: Int, $after: String) { project(id: $id) {
    activities(first: $first, after: $after) {
        totalCount pageInfo { endCursor hasNextPage } nodes { kind name resourceId createdBy } } } }";

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_in_a_project_is_told_newest_first_in_pages() {
    let world = World::open();
    world.traces(1..4).await;
    let project = world.project_id().await;
    let create = "mutation($input: CreateDatasetInput!) { createDataset(input: $input) { id } }";
    let input = json!({ "input": { "projectId": project, "name": "qa" } });
    let dataset = world.ask(create, input).await["createDataset"]["id"].clone();
    let change = "mutation($input: ChangeDatasetItemsInput!) { changeDatasetItems(input: $input) { id } }";
    let mut base = Value::Null;
    for _ in 0..2 {
        let input =
            json!({ "datasetId": dataset, "added": [{ "data": "{\"n\": 1}" }], "baseVersionId": base });
        base = world.ask(change, json!({ "input": input })).await["changeDatasetItems"]["id"].clone();
    }
    let prompt = "mutation($input: CreatePromptInput!) { createPrompt(input: $input) { id } }";
    let input = json!({ "input": { "projectName": PROJECT, "name": "greet", "firstVersion": { "template": "hello" } } });
    let prompt = world.ask(prompt, input).await["createPrompt"]["id"].clone();
    let run = "mutation($input: CreateExperimentInput!) { createExperiment(input: $input) { id } }";
    let input = json!({ "input": { "projectId": project, "name": "first", "datasetName": "qa" } });
    let experiment = world.ask(run, input).await["createExperiment"]["id"].clone();
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "id": project, "first": 2, "after": after });
        let page = world.ask(ACTIVITIES, variables).await["project"]["activities"].clone();
        assert_eq!(page["totalCount"], json!(5));
        seen.extend(page["nodes"].as_array().unwrap().clone());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let by = json!("admin");
    let told = |kind: &str, name: &str, id: &Value, by: &Value| json!({ "kind": kind, "name": name, "resourceId": id, "createdBy": by });
    let expected = [
        told("EXPERIMENT", "first", &experiment, &by),
        told("PROMPT_VERSION", "greet", &prompt, &by),
        told("DATASET_VERSION", "qa", &dataset, &by),
        told("DATASET_VERSION", "qa", &dataset, &by),
        told("TRACE_DAILY", "3 traces", &json!(project), &Value::Null),
    ];
    assert_eq!(seen, expected);
    let (message, extensions) = world.refusal(ACTIVITIES, json!({ "id": project, "first": 101 })).await;
    assert_eq!(
        (message.as_str(), &extensions["code"]),
        ("`first` must be at most 100 here", &json!("INVALID"))
    );
}

/// A project with as many traces as its number, each a second longer than the one before.
async fn filled(world: &World, number: u64) {
    let name = format!("project {number}");
    let traces = (1..=number).map(|at| {
        let mut write = trace(number * 10 + at);
        write.project = ProjectRef::Name(name.clone());
        write.fields.thread_id = Some(format!("thread {}", at % 2));
        let end = write.start_time.as_millis() + i64::try_from(at).unwrap() * 1_000;
        write.fields.end_time = Some(Timestamp::from_millis(end));
        write
    });
    world.write_traces(traces.collect()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn figures_of_a_page_of_projects_are_read_at_once() {
    let world = World::open();
    for number in 1..=4 {
        filled(&world, number).await;
    }
    let project = ProjectRef::Name("project 4".to_owned());
    let score = feedback::Score {
        name: "Quality".to_owned(),
        value: 3.into(),
        category_name: None,
        reason: None,
        source: "sdk".to_owned(),
        queue_id: None,
    };
    let write = feedback::Write { target: Target::Trace(trace_id(41)), project, author: None, score };
    world.session.execute(feedback::Command::Score(vec![write])).await.unwrap();
    let before = world.reads();
    let query = "{ projects { nodes { name figures { traceCount threadCount errorCount errorDeviation
        durationMs { p50 p90 p99 } cost costMean usage { name value } feedbackScores { name value }
        guardrailsFailedCount } } } }";
    let answer = world.ask(query, json!({})).await;
    assert_eq!(world.reads() - before, 2, "one for the list, one for all figures");
    let expected = json!({ "name": "project 4", "figures": {
        "traceCount": 4, "threadCount": 2, "errorCount": 0, "errorDeviation": 0,
        "durationMs": { "p50": 2_500.0, "p90": 3_700.0, "p99": 3_970.0 },
        "cost": null, "costMean": null, "usage": [], "feedbackScores": [{ "name": "Quality", "value": 3.0 }],
        "guardrailsFailedCount": 0,
    } });
    assert_eq!(answer["projects"]["nodes"][0], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn projects_are_sorted_by_what_their_traces_come_to_page_by_page() {
    let world = World::open();
    for number in [2, 3, 1] {
        filled(&world, number).await;
    }
    world.ask("mutation { createProject(input: { name: \"Empty\" }) { id } }", json!({})).await;
    let list = "query($sort: Sort, $after: String) { projects(sort: $sort, first: 3, after: $after) {
        nodes { name } pageInfo { endCursor hasNextPage } } }"
        .to_owned();
    let names = async |field: &str, direction: &str| {
        let (mut names, mut after) = (Vec::new(), Value::Null);
        loop {
            let sort = json!({ "field": field, "direction": direction });
            let page = world.ask(&list, json!({ "sort": sort, "after": after })).await["projects"].clone();
            names.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["name"].clone()));
            if page["pageInfo"]["hasNextPage"] == json!(false) {
                return json!(names);
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    };
    let fastest = json!(["project 1", "project 2", "project 3", "Empty"]);
    let slowest = json!(["project 3", "project 2", "project 1", "Empty"]);
    assert_eq!(names("duration.p90", "ASC").await, fastest);
    assert_eq!(names("duration.p90", "DESC").await, slowest);
    assert_eq!(names("trace_count", "DESC").await, slowest);
    assert_eq!(
        names("thread_count", "DESC").await,
        json!(["project 3", "project 2", "project 1", "Empty"]),
        "two, two, one and none; the newer first"
    );
    // Nobody counted tokens, and nothing was checked.
    let newest = json!(["Empty", "project 1", "project 3", "project 2"]);
    assert_eq!(names("usage.total_tokens", "DESC").await, newest);
    assert_eq!(names("guardrails_failed_count", "DESC").await, newest);
    assert_eq!(names("name", "ASC").await, json!(["Empty", "project 1", "project 2", "project 3"]));
    let spans = [1, 2, 3].map(|number| {
        let mut write = span(number, number * 10 + 1);
        write.project = ProjectRef::Name(format!("project {number}"));
        let tokens = [("prompt_tokens", 10 - number), ("completion_tokens", number)];
        let usage = tokens.map(|(key, count)| (key.to_owned(), i64::try_from(count).unwrap()));
        write.fields.usage = Some(usage.into_iter().collect());
        write
    });
    world.spans(spans.to_vec()).await;
    assert_eq!(names("usage.completion_tokens", "ASC").await, fastest);
    assert_eq!(names("usage.completion_tokens", "DESC").await, slowest);
    assert_eq!(names("usage.prompt_tokens", "ASC").await, slowest);
    assert_eq!(names("usage.prompt_tokens", "DESC").await, fastest);
    let eve = world.limited(&["project_read", "project_write"]);
    let create = "mutation { createProject(input: { name: \"Eve's\" }) { id } }";
    assert_eq!(world.respond(&eve, create, json!({})).await["errors"], Value::Null);
    let by_creator = json!(["Empty", "project 1", "project 3", "project 2", "Eve's"]);
    assert_eq!(names("created_by", "ASC").await, by_creator);
    let (_, extensions) = world.refusal(&list, json!({ "sort": { "field": "colour" } })).await;
    assert_eq!(extensions["code"], json!("BAD_SORT"));
}
