//! Experiments: what their traces add up to, their items, and their progress as it happens.

mod grouping;
mod recording;
mod undoing;

use std::time::Duration;

use async_graphql::{Request, Variables};
use cairn_core::access::{ExperimentRead, ExperimentWrite, Permission, PromptRead};
use cairn_core::experiments::{Command, Create, ItemWrite, Kind, Method, Status};
use cairn_core::feedback::Target;
use cairn_core::ids::{DatasetItemId, ExperimentId};
use cairn_core::time::Timestamp;
use futures_util::StreamExt;
use serde_json::{Value, json};
use uuid::Uuid;

use super::live::{next_of, subscribe};
use super::world::{PROJECT, World, only_error, span, trace, trace_id};
use crate::session::Session;

const PATIENCE: Duration = Duration::from_secs(20);
const READ: &str = "query($id: ID!) { experiment(id: $id) {
    name status itemCount tags
    dataset { name } datasetVersion { number }
    figures { traceCount datasetItemCount feedbackScores { name value } durationMs { p50 } }
    items { totalCount nodes { traceId trace { name } datasetItem { data } } }
} }";

/// A dataset `qa` with items whose data is `{"n": number}`.
async fn dataset(world: &World, size: u32) -> Vec<DatasetItemId> {
    let create = "mutation { createDataset(input: { name: \"qa\" }) { id } }";
    let id = world.ask(create, json!({})).await["createDataset"]["id"].clone();
    let put = "mutation($input: PutDatasetItemsInput!) { putDatasetItems(input: $input) {
        items(first: 1000) { nodes { id data } } } }";
    let items: Vec<Value> =
        (0..size).map(|number| json!({ "data": format!("{{\"n\":{number}}}") })).collect();
    let data = world.ask(put, json!({ "input": { "datasetId": id, "items": items } })).await;
    let mut nodes = data["putDatasetItems"]["items"]["nodes"].as_array().unwrap().clone();
    nodes.sort_by_key(|node| node["data"].as_str().unwrap().len());
    nodes.iter().map(|node| DatasetItemId::known(node["id"].as_str().unwrap().parse().unwrap())).collect()
}

async fn experiment(world: &World, name: &str) -> ExperimentId {
    experiment_with(&world.session, name, Vec::new()).await
}

async fn experiment_with(session: &Session, name: &str, prompt_versions: Vec<Uuid>) -> ExperimentId {
    let create = Create {
        id: None,
        name: Some(name.to_owned()),
        dataset_name: "qa".to_owned(),
        project: None,
        kind: Kind::Regular,
        method: Method::Dataset,
        status: Status::Running,
        optimization_id: None,
        dataset_version_id: None,
        prompt_versions,
        metadata: Some(super::world::body(&json!({ "model": name }))),
        tags: vec!["nightly".to_owned()],
        scores: Vec::new(),
    };
    let outcome = session.execute(Command::Create(Box::new(create))).await.unwrap();
    ExperimentId::known(outcome.created.unwrap())
}

async fn add(world: &World, experiment_id: ExperimentId, runs: &[(DatasetItemId, u64)]) {
    let item = |(dataset_item_id, trace): &(DatasetItemId, u64)| ItemWrite {
        id: None,
        experiment_id,
        dataset_item_id: *dataset_item_id,
        trace_id: trace_id(*trace),
        policy: None,
    };
    world.session.execute(Command::AddItems(runs.iter().map(item).collect())).await.unwrap();
}

async fn ended(world: &World, number: u64, milliseconds: i64) {
    let mut write = trace(number);
    let start = write.start_time.as_nanos() / 1_000_000;
    write.fields.end_time = Some(Timestamp::from_millis(start + milliseconds));
    world.write_traces(vec![write]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_tells_what_its_traces_add_up_to() {
    let world = World::open();
    let items = dataset(&world, 2).await;
    let id = experiment(&world, "first").await;
    add(&world, id, &[(items[0], 1), (items[1], 2)]).await;
    // A score, an end and a whole trace come when they like.
    world.score(Target::Trace(trace_id(1)), 1).await;
    ended(&world, 1, 100).await;
    world.score(Target::Trace(trace_id(2)), 0).await;
    let data = world.ask(READ, json!({ "id": id.to_string() })).await["experiment"].clone();
    assert_eq!(
        (&data["name"], &data["status"], &data["itemCount"]),
        (&json!("first"), &json!("RUNNING"), &json!(2))
    );
    assert_eq!((&data["dataset"]["name"], &data["datasetVersion"]["number"]), (&json!("qa"), &json!(1)));
    ended(&world, 2, 300).await;
    let data = world.ask(READ, json!({ "id": id.to_string() })).await["experiment"].clone();
    let expected = json!({
        "traceCount": 2, "datasetItemCount": 2,
        "feedbackScores": [{ "name": "quality", "value": 0.5 }],
        "durationMs": { "p50": 200.0 },
    });
    assert_eq!(data["figures"], expected);
    let of_first = data["items"]["nodes"].as_array().unwrap().iter();
    let mut of_first = of_first.filter(|node| node["traceId"] == json!(trace_id(1).to_string()));
    let node = of_first.next_back().unwrap();
    assert_eq!((&data["items"]["totalCount"], &node["trace"]["name"]), (&json!(2), &json!("run 1")));
    assert!(node["datasetItem"]["data"].as_str().unwrap().starts_with("{\"n\":"));
}

/// The traces of the first project that a filter finds, oldest first, and how many spans it finds.
async fn found(world: &World, filter: &str) -> (Vec<Value>, Value) {
    let query = "query($id: ID!, $filter: String) { project(id: $id) {
        traces(filter: $filter) { nodes { id } } spans(filter: $filter) { totalCount } } }";
    let variables = json!({ "id": world.project_id().await, "filter": filter });
    let project = world.ask(query, variables).await["project"].clone();
    let nodes = project["traces"]["nodes"].as_array().unwrap().clone();
    (nodes.iter().rev().map(|node| node["id"].clone()).collect(), project["spans"]["totalCount"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_and_spans_are_found_by_their_experiment() {
    let world = World::open();
    let items = dataset(&world, 2).await;
    world.traces([1, 2, 3, 4]).await;
    world.spans([1, 2, 3].map(|number| span(number, number)).to_vec()).await;
    let (one, other) = (experiment(&world, "one").await, experiment(&world, "other").await);
    add(&world, one, &[(items[0], 1), (items[1], 2)]).await;
    add(&world, other, &[(items[0], 3)]).await;
    let by = async |filter: String| found(&world, &filter).await;
    let ids = |numbers: &[u64]| -> Vec<Value> {
        numbers.iter().map(|number| json!(trace_id(*number).to_string())).collect()
    };
    assert_eq!(by(format!("experiment_id:{one}")).await, (ids(&[1, 2]), json!(2)));
    assert_eq!(by(format!("experiment_id in ({one}, {other})")).await, (ids(&[1, 2, 3]), json!(3)));
    assert_eq!(by(format!("NOT experiment_id:\"{one}\"")).await, (ids(&[3, 4]), json!(1)));
    assert_eq!(by("has:experiment_id".to_owned()).await, (ids(&[1, 2, 3]), json!(3)));
    assert_eq!(by("missing:experiment_id".to_owned()).await, (ids(&[4]), json!(0)));
    let sort =
        "query($id: ID!) { project(id: $id) { traces(sort: { field: \"experiment_id\" }) { totalCount } } }";
    let refusal = world.refusal(sort, json!({ "id": world.project_id().await })).await;
    assert_eq!(refusal.0, "`experiment_id` cannot be sorted by; the index does not hold it");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_traces_of_an_experiment_are_followed() {
    let world = World::open();
    let items = dataset(&world, 1).await;
    world.traces([1, 2]).await;
    let id = experiment(&world, "one").await;
    add(&world, id, &[(items[0], 2)]).await;
    let query = "subscription($project: ID!, $filter: String, $after: Position) {
        traceChanges(projectId: $project, filter: $filter, after: $after) { traceId } }";
    let (project, after) = (world.project_id().await, world.position().await);
    let follow = |filter: String| {
        subscribe(&world, query, json!({ "project": project, "filter": filter, "after": after }))
    };
    let mut of_it = follow(format!("experiment_id:{id}"));
    let mut of_none = follow("missing:experiment_id".to_owned());
    ended(&world, 1, 100).await;
    ended(&world, 2, 100).await;
    let told = |number: u64| json!({ "traceId": trace_id(number).to_string() });
    assert_eq!(next_of(&mut of_it, "traceChanges").await, told(2));
    assert_eq!(next_of(&mut of_none, "traceChanges").await, told(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn experiments_are_listed_by_figures_filtered_and_changed() {
    let world = World::open();
    let items = dataset(&world, 1).await;
    for (name, number, value) in [("one", 1, 3), ("two", 2, 1), ("three", 3, 2)] {
        let id = experiment(&world, name).await;
        add(&world, id, &[(items[0], number)]).await;
        world.traces([number]).await;
        world.score(Target::Trace(trace_id(number)), value).await;
    }
    experiment(&world, "none").await;
    let list = "query($sort: Sort, $filter: String) { experiments(sort: $sort, filter: $filter) {
        totalCount nodes { id name metadata } } }";
    let columns = "query { datasetByName(name: \"qa\") { outputColumns { name types } } }";
    let data = world.ask(columns, json!({})).await;
    assert_eq!(data["datasetByName"]["outputColumns"], json!([{ "name": "answer", "types": ["number"] }]));
    let names = async |sort: Value, filter: &str| {
        let data = world.ask(list, json!({ "sort": sort, "filter": filter })).await;
        let nodes = data["experiments"]["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|node| node["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(Value::Null, "").await, ["none", "three", "two", "one"]);
    let by_quality = json!({ "field": "feedback_scores.quality", "direction": "ASC" });
    assert_eq!(names(by_quality.clone(), "").await, ["two", "three", "one", "none"]);
    assert_eq!(names(by_quality, "feedback_scores.quality >= 2").await, ["three", "one"]);
    assert_eq!(names(Value::Null, "metadata.model:two AND tags:nightly").await, ["two"]);
    assert_eq!(names(Value::Null, "trace_count = 0 OR name:thr").await, ["none", "three"]);
    let data = world.ask(list, json!({ "filter": "name:=one" })).await["experiments"].clone();
    assert_eq!(data["nodes"][0]["metadata"], json!("{\"model\":\"one\"}"));
    let update = "mutation($input: UpdateExperimentInput!) { updateExperiment(input: $input) {
        name tags status finishedAt } }";
    let id = data["nodes"][0]["id"].clone();
    let input = json!({ "id": id, "name": "uno", "addTags": ["best"], "status": "COMPLETED" });
    let data = world.ask(update, json!({ "input": input })).await["updateExperiment"].clone();
    assert_eq!((&data["name"], &data["tags"]), (&json!("uno"), &json!(["nightly", "best"])));
    assert!(data["finishedAt"].is_string() && data["status"] == json!("COMPLETED"));
    world.ask("mutation($ids: [ID!]!) { deleteExperiments(ids: $ids) }", json!({ "ids": [id] })).await;
    assert_eq!(names(Value::Null, "").await, ["none", "three", "two"]);
    let missing = json!({ "input": { "id": Uuid::nil().to_string(), "name": "x" } });
    assert_eq!(world.refusal(update, missing).await.1["code"], json!("NOT_FOUND"));
}

/// The ids of a prompt's first versions.
async fn prompt(world: &World, name: &str, versions: u32) -> Vec<Uuid> {
    let create =
        "mutation($input: CreatePromptInput!) { createPrompt(input: $input) { id latestVersion { id } } }";
    let first = json!({ "projectName": PROJECT, "name": name, "firstVersion": { "template": "hello 1" } });
    let made = world.ask(create, json!({ "input": first })).await["createPrompt"].clone();
    let mut ids = vec![made["latestVersion"]["id"].clone()];
    let add = "mutation($input: CreatePromptVersionInput!) { createPromptVersion(input: $input) { id } }";
    for number in 2..=versions {
        let input = json!({ "promptId": made["id"], "content": { "template": format!("hello {number}") } });
        ids.push(world.ask(add, json!({ "input": input })).await["createPromptVersion"]["id"].clone());
    }
    ids.iter().map(|id| id.as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn experiments_are_sorted_by_who_made_them_their_prompt_and_the_tokens_of_each_trace() {
    let world = World::open();
    let items = dataset(&world, 1).await;
    let (farewell, greeting) = (prompt(&world, "Farewell", 1).await, prompt(&world, "greeting", 10).await);
    let deleted = prompt(&world, "anything", 1).await;
    let eve = world.limited(&[ExperimentWrite::NAME, ExperimentRead::NAME]);
    let wanted = [
        ("tenth", &world.session, vec![greeting[9], farewell[0]], 30),
        ("gone", &eve, vec![deleted[0], greeting[1]], 10),
        ("other", &world.session, vec![farewell[0]], 20),
    ];
    for (number, (name, session, versions, tokens)) in (1..).zip(wanted) {
        let id = experiment_with(session, name, versions).await;
        world.traces([number]).await;
        let mut write = span(number, number);
        write.fields.usage = Some([("total_tokens".to_owned(), tokens)].into_iter().collect());
        world.spans(vec![write]).await;
        add(&world, id, &[(items[0], number)]).await;
    }
    experiment(&world, "bare").await;
    let all = "{ prompts(sort: { field: \"name\", direction: ASC }, first: 1) { nodes { id } } }";
    let first = world.ask(all, json!({})).await["prompts"]["nodes"][0]["id"].clone();
    world.ask("mutation($ids: [ID!]!) { deletePrompts(ids: $ids) }", json!({ "ids": [first] })).await;
    let list = "query($sort: Sort, $after: String) { experiments(sort: $sort, first: 2, after: $after) {
        nodes { name } pageInfo { endCursor } } }";
    let names = async |field: &str, direction: &str| {
        let (mut names, mut after) = (Vec::new(), Value::Null);
        for _ in 0..2 {
            let sort = json!({ "field": field, "direction": direction });
            let page = world.ask(list, json!({ "sort": sort, "after": after })).await["experiments"].clone();
            names.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["name"].clone()));
            after = page["pageInfo"]["endCursor"].clone();
        }
        json!(names)
    };
    assert_eq!(names("prompt", "ASC").await, json!(["other", "gone", "tenth", "bare"]));
    assert_eq!(names("prompt", "DESC").await, json!(["tenth", "gone", "other", "bare"]));
    assert_eq!(names("usage.total_tokens", "ASC").await, json!(["gone", "other", "tenth", "bare"]));
    assert_eq!(names("usage.total_tokens", "DESC").await, json!(["tenth", "other", "gone", "bare"]));
    assert_eq!(names("created_by", "ASC").await, json!(["bare", "other", "tenth", "gone"]));
    let by_prompt = json!({ "sort": { "field": "prompt" } });
    let (message, _) = only_error(&world.respond(&eve, list, by_prompt).await);
    assert!(message.contains(PromptRead::NAME), "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn what_was_said_of_its_traces_is_told_of_an_experiment() {
    let world = World::open();
    let items = dataset(&world, 2).await;
    world.traces([1, 2, 3]).await;
    let on =
        "mutation($id: ID!, $text: String!) { commentOnTrace(id: $id, text: $text) { comments { id } } }";
    let comment = async |number: u64, text: &str| {
        let variables = json!({ "id": trace_id(number).to_string(), "text": text });
        world.ask(on, variables).await["commentOnTrace"]["comments"][0]["id"].clone()
    };
    let first = comment(1, "before it was an item").await;
    let (quiet, loud) = (experiment(&world, "quiet").await, experiment(&world, "loud").await);
    // Two items may be runs of one trace.
    add(&world, loud, &[(items[0], 1), (items[1], 1), (items[1], 2)]).await;
    add(&world, quiet, &[(items[0], 3)]).await;
    comment(2, "and after").await;
    let list = "query($sort: Sort) { experiments(sort: $sort) {
        nodes { name comments(first: 2) { text createdBy } figures { commentCount } } } }";
    let told = async || {
        let sort = json!({ "field": "comment_count", "direction": "DESC" });
        let before = world.reads();
        let data = world.ask(list, json!({ "sort": sort })).await;
        assert_eq!(world.reads() - before, 3, "the list, all comments and all figures");
        let nodes = data["experiments"]["nodes"].as_array().unwrap().clone();
        let texts = |node: &Value| {
            let texts = node["comments"].as_array().unwrap().iter();
            texts.map(|comment| comment["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        nodes
            .iter()
            .map(|node| (node["name"].clone(), texts(node), node["figures"]["commentCount"].clone()))
            .collect::<Vec<_>>()
    };
    let both = vec!["and after".to_owned(), "before it was an item".to_owned()];
    assert_eq!(told().await, [(json!("loud"), both, json!(3)), (json!("quiet"), vec![], json!(0))]);
    world.ask("mutation($ids: [ID!]!) { deleteComments(ids: $ids) }", json!({ "ids": [first] })).await;
    let one = vec!["and after".to_owned()];
    assert_eq!(told().await, [(json!("loud"), one, json!(1)), (json!("quiet"), vec![], json!(0))]);
    world.delete(2).await;
    assert_eq!(told().await[0], (json!("loud"), vec![], json!(0)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_progress_of_an_experiment_is_told() {
    let world = World::open();
    let items = dataset(&world, 2).await;
    let id = experiment(&world, "first").await;
    let other = experiment(&world, "other").await;
    let query = "subscription($id: ID!, $after: Position) { experimentChanges(id: $id, after: $after) {
        kind experimentId experiment { itemCount figures { feedbackScores { value } } } } }";
    let variables = json!({ "id": id.to_string(), "after": world.position().await });
    let request = Request::new(query).variables(Variables::from_json(variables));
    let mut told = world.api.stream(world.session.clone(), request);
    let mut next = async || {
        let response = tokio::time::timeout(PATIENCE, told.next()).await.unwrap().unwrap();
        serde_json::to_value(response).unwrap()["data"]["experimentChanges"].clone()
    };
    add(&world, other, &[(items[1], 2)]).await;
    world.traces([2, 3]).await;
    add(&world, id, &[(items[0], 1)]).await;
    assert_eq!(next().await["experiment"]["itemCount"], json!(1));
    world.traces([1]).await;
    assert_eq!(next().await["experiment"]["figures"]["feedbackScores"], json!([]));
    world.score(Target::Trace(trace_id(1)), 4).await;
    assert_eq!(next().await["experiment"]["figures"]["feedbackScores"], json!([{ "value": 4.0 }]));
    world
        .ask("mutation($ids: [ID!]!) { deleteExperiments(ids: $ids) }", json!({ "ids": [id.to_string()] }))
        .await;
    assert_eq!(
        next().await,
        json!({ "kind": "DELETED", "experimentId": id.to_string(), "experiment": null })
    );
}

const COMPARE: &str =
    "query($ids: [ID!]!, $baseline: ID, $focus: ComparisonFocus, $filter: String, $sort: Sort, $first: Int, $after: String) {
    compareExperiments(ids: $ids, baselineId: $baseline, focus: $focus, filter: $filter, sort: $sort, first: $first,
            after: $after) {
        totalCount
        experiments { isBaseline experiment { name } measures {
            measure count mean difference improvedCount regressedCount unchangedCount
            interval { low high } differenceInterval { low high } } }
        nodes { datasetItemId datasetItem { data }
            cells { experimentId items { traceId } values { measure value difference outcome } } }
        pageInfo { hasNextPage endCursor }
    }
}";

/// Two experiments over four items: of the second, one item is worse, one the same and two are better.
async fn pair(world: &World) -> [ExperimentId; 2] {
    let items = dataset(world, 4).await;
    let ids = [experiment(world, "base").await, experiment(world, "next").await];
    for (column, (id, values)) in ids.iter().zip([[5, 5, 5, 5], [3, 5, 6, 9]]).enumerate() {
        for (row, value) in (0_u64..).zip(values) {
            let number = 1 + 10 * u64::try_from(column).unwrap() + row;
            add(world, *id, &[(items[usize::try_from(row).unwrap()], number)]).await;
            world.traces([number]).await;
            world.score(Target::Trace(trace_id(number)), value).await;
        }
    }
    ids
}

#[tokio::test(flavor = "multi_thread")]
async fn experiments_are_put_side_by_side_with_what_got_better_and_worse() {
    let world = World::open();
    let ids = pair(&world).await.map(|id| id.to_string());
    let data = world.ask(COMPARE, json!({ "ids": ids })).await["compareExperiments"].clone();
    assert_eq!((&data["totalCount"], data["nodes"].as_array().unwrap().len()), (&json!(4), 4));
    let [base, next] = [0, 1].map(|at| data["experiments"][at]["measures"][0].clone());
    assert_eq!(data["experiments"][0]["isBaseline"], json!(true));
    assert_eq!(
        (&base["mean"], &base["difference"], &base["interval"]["low"]),
        (&json!(5.0), &Value::Null, &json!(5.0))
    );
    assert_eq!((&next["measure"], &next["count"]), (&json!("feedback_scores.quality"), &json!(4)));
    let near = |value: &Value, wanted: f64| (value.as_f64().unwrap() - wanted).abs() < 1e-9;
    assert!(near(&next["mean"], 5.75) && near(&next["difference"], 0.75), "{next}");
    let counts = ["improvedCount", "regressedCount", "unchangedCount"].map(|name| next[name].clone());
    assert_eq!(counts, [2, 1, 1].map(Value::from));
    // With three degrees of freedom and no variance in the base, both intervals are as wide: 3.1824 × 1.25.
    for name in ["interval", "differenceInterval"] {
        let width = next[name]["high"].as_f64().unwrap() - next[name]["low"].as_f64().unwrap();
        assert!((width - 2.0 * 3.1824 * 1.25).abs() < 0.01, "{name} is {width} wide");
    }
    let cells = data["nodes"][0]["cells"].as_array().unwrap();
    assert_eq!(cells.iter().map(|cell| cell["items"].as_array().unwrap().len()).collect::<Vec<_>>(), [1, 1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_comparison_are_placed_by_their_difference_and_kept_by_outcome() {
    let world = World::open();
    let ids = pair(&world).await.map(|id| id.to_string());
    let focus = |more: Value| {
        let mut focus = json!({ "measure": "feedback_scores.quality" });
        focus.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "ids": ids, "focus": focus, "first": 3 })
    };
    let differences = |page: &Value| {
        let nodes = page["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["cells"][1]["values"][0]["difference"].as_f64().unwrap()).collect::<Vec<_>>()
    };
    let page = world.ask(COMPARE, focus(json!({}))).await["compareExperiments"].clone();
    assert!(differences(&page).iter().zip([-2.0, 0.0, 1.0]).all(|(a, b)| (a - b).abs() < 1e-9));
    let mut variables = focus(json!({}));
    variables["after"] = page["pageInfo"]["endCursor"].clone();
    let rest = world.ask(COMPARE, variables).await["compareExperiments"].clone();
    assert!(differences(&rest).iter().zip([4.0]).all(|(a, b)| (a - b).abs() < 1e-9));
    assert_eq!((&rest["pageInfo"]["hasNextPage"], &rest["totalCount"]), (&json!(false), &json!(4)));
    let worse =
        world.ask(COMPARE, focus(json!({ "outcome": "REGRESSED" }))).await["compareExperiments"].clone();
    assert_eq!(worse["totalCount"], json!(1));
    assert_eq!(worse["nodes"][0]["cells"][1]["values"][0]["outcome"], json!("REGRESSED"));
    // What each came to is told of all rows, also of those that are not kept.
    assert_eq!(worse["experiments"][1]["measures"][0]["count"], json!(4));
    let mut other_baseline = focus(json!({ "outcome": "REGRESSED" }));
    other_baseline["baseline"] = json!(ids[1]);
    let data = world.ask(COMPARE, other_baseline).await["compareExperiments"].clone();
    assert_eq!(data["totalCount"], json!(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_comparison_are_filtered_by_their_items_and_by_their_runs() {
    let world = World::open();
    let ids = pair(&world).await.map(|id| id.to_string());
    for (filter, rows) in [
        ("feedback_scores.quality > 5", 2),
        ("data.n = 2", 1),
        ("data.n < 2 AND feedback_scores.quality >= 0", 2),
        ("output_json.answer >= 1 AND NOT duration > 0", 4),
        ("input:nothing", 0),
    ] {
        let data =
            world.ask(COMPARE, json!({ "ids": ids, "filter": filter })).await["compareExperiments"].clone();
        assert_eq!(
            (&data["totalCount"], data["nodes"].as_array().unwrap().len()),
            (&json!(rows), rows),
            "{filter}"
        );
        // What each came to is told of all rows.
        assert_eq!(data["experiments"][1]["measures"][0]["count"], json!(4));
    }
}

/// What stands in a column of the dataset, row by row over all pages of a comparison.
async fn column(world: &World, mut variables: Value) -> Vec<i64> {
    let mut rows = Vec::new();
    loop {
        let page = world.ask(COMPARE, variables.clone()).await["compareExperiments"].clone();
        for node in page["nodes"].as_array().unwrap() {
            let data: Value = serde_json::from_str(node["datasetItem"]["data"].as_str().unwrap()).unwrap();
            rows.push(data["n"].as_i64().unwrap());
        }
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            assert_eq!(page["totalCount"], json!(rows.len()));
            return rows;
        }
        variables["after"] = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_of_a_comparison_are_sorted_by_any_column() {
    let world = World::open();
    let ids = pair(&world).await.map(|id| id.to_string());
    let quality = column(
        &world,
        json!({ "ids": ids, "sort": { "field": "feedback_scores.quality", "direction": "ASC" }, "first": 3 }),
    )
    .await;
    for (field, direction, expected) in [
        ("data.n", "ASC", vec![0, 1, 2, 3]),
        ("data.n", "DESC", vec![3, 2, 1, 0]),
        ("feedback_scores.quality", "DESC", quality.iter().rev().copied().collect()),
        // The newest item is the one that was run first.
        ("output.answer", "ASC", vec![3, 2, 1, 0]),
        ("created_at", "DESC", column(&world, json!({ "ids": ids })).await),
    ] {
        for first in [1, 3, 50] {
            let sort = json!({ "field": field, "direction": direction });
            let rows = column(&world, json!({ "ids": ids, "sort": sort, "first": first })).await;
            assert_eq!(rows, expected, "{field} {direction}, {first} a page");
        }
    }
    let sort = json!({ "field": "data.n", "direction": "DESC" });
    let filtered = json!({ "ids": ids, "sort": sort, "filter": "data.n > 0", "first": 2 });
    assert_eq!(column(&world, filtered).await, [3, 2, 1]);
    let focus = json!({ "measure": "feedback_scores.quality", "outcome": "IMPROVED" });
    let improved = json!({ "ids": ids, "sort": sort, "focus": focus, "first": 1 });
    assert_eq!(column(&world, improved).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_compared_is_refused() {
    let world = World::open();
    let ids = pair(&world).await.map(|id| id.to_string());
    let unknown = Uuid::nil().to_string();
    for (variables, code) in [
        (json!({ "ids": [] }), "INVALID"),
        (json!({ "ids": [unknown] }), "NOT_FOUND"),
        (json!({ "ids": ids, "baseline": unknown }), "INVALID"),
        (json!({ "ids": ids, "focus": { "measure": "size" } }), "BAD_SORT"),
        (json!({ "ids": ids, "filter": "size > 3" }), "BAD_FILTER"),
        (json!({ "ids": ids, "sort": { "field": "size" } }), "BAD_SORT"),
        (json!({ "ids": ids, "sort": { "field": "id" }, "after": "AAAA" }), "INVALID"),
    ] {
        let (message, extensions) = world.refusal(COMPARE, variables).await;
        assert_eq!(extensions["code"], json!(code), "{message}");
    }
}
