//! Search for what is written beside traces and spans: prompts, datasets, experiments, comments, reasons for scores.

use cairn_core::access::{Permission, PromptRead, TraceRead, WorkspaceRead};
use serde_json::{Value, json};

use crate::tests::world::{PROJECT, World, only_error, span, trace, trace_id};

const KINDS: [&str; 9] = [
    "TRACE",
    "SPAN",
    "PROMPT",
    "PROMPT_VERSION",
    "DATASET",
    "DATASET_ITEM",
    "EXPERIMENT",
    "COMMENT",
    "SCORE",
];
const SEARCH: &str =
    "query($project: ID, $kinds: [SearchKind!], $text: String!, $first: Int, $after: String) {
    search(projectId: $project, kinds: $kinds, text: $text, first: $first, after: $after) {
        nodes {
            kind id traceId trace { id } span { id } thread { threadId } prompt { name }
            promptVersion { number } dataset { name } datasetItem { preview } datasetVersion { name isLatest } experiment { name }
            comment { text } snippets { field text highlights { start end } }
        }
        totalCount pageInfo { hasNextPage endCursor }
    }
}";

async fn search(world: &World, kinds: &[&str], text: &str) -> Value {
    let data = world.ask(SEARCH, json!({ "kinds": kinds, "text": text })).await["search"].clone();
    assert_eq!(data["totalCount"], json!(data["nodes"].as_array().unwrap().len()), "{data}");
    data["nodes"].clone()
}

/// The kinds of all that has the words, in the order of `KINDS`.
async fn kinds(world: &World, text: &str) -> Vec<&'static str> {
    let found = search(world, &KINDS, text).await;
    let found: Vec<&str> =
        found.as_array().unwrap().iter().map(|hit| hit["kind"].as_str().unwrap()).collect();
    KINDS
        .into_iter()
        .flat_map(|kind| found.iter().filter(move |found| **found == kind).map(move |_| kind))
        .collect()
}

async fn id(world: &World, mutation: &str, input: Value) -> Value {
    let data = world.ask(mutation, json!({ "input": input })).await;
    data.as_object().unwrap().values().next().unwrap()["id"].clone()
}

async fn prompt(world: &World, name: &str, template: &str) -> Value {
    let create = "mutation($input: CreatePromptInput!) { createPrompt(input: $input) { id } }";
    let first = json!({ "template": template });
    let input = json!({ "projectName": PROJECT, "name": name, "description": "how it greets", "firstVersion": first });
    id(world, create, input).await
}

async fn add_version(world: &World, prompt: &Value, template: &str) {
    let add = "mutation($input: CreatePromptVersionInput!) { createPromptVersion(input: $input) { id } }";
    let content = json!({ "template": template, "changeDescription": "kinder" });
    id(world, add, json!({ "promptId": prompt, "content": content })).await;
}

async fn dataset(world: &World, name: &str) -> Value {
    let create = "mutation($input: CreateDatasetInput!) { createDataset(input: $input) { id } }";
    id(world, create, json!({ "name": name, "description": "of the harbour", "tags": ["golden"] })).await
}

/// A version with one more item.
async fn add_item(world: &World, dataset: &Value, base: &Value, question: &str) -> Value {
    let change = "mutation($input: ChangeDatasetItemsInput!) { changeDatasetItems(input: $input) { id } }";
    let item = json!({ "data": json!({ "question": question }).to_string() });
    id(world, change, json!({ "datasetId": dataset, "added": [item], "baseVersionId": base })).await
}

async fn restore(world: &World, id: &Value) {
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": id })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_is_found_by_its_name_and_its_text_and_an_earlier_version_by_its_own() {
    let world = World::open();
    let greet = prompt(&world, "harbour greeting", "Welcome, dear captain {{name}}").await;
    assert_eq!(kinds(&world, "captain").await, ["PROMPT"]);
    add_version(&world, &greet, "Ahoy, dear sailor {{name}}").await;
    let found = search(&world, &["PROMPT"], "harbour sailor").await;
    assert_eq!((&found[0]["id"], &found[0]["prompt"]["name"]), (&greet, &json!("harbour greeting")));
    assert_eq!(
        found[0]["snippets"],
        json!([
            { "field": "name", "text": "harbour greeting", "highlights": [{ "start": 0, "end": 7 }] },
            { "field": "template", "text": "Ahoy, dear sailor {{name}}", "highlights": [{ "start": 11, "end": 17 }] },
        ])
    );
    assert_eq!(found[0]["promptVersion"], Value::Null);
    assert_eq!(
        kinds(&world, "dear").await,
        ["PROMPT", "PROMPT_VERSION"],
        "what it says now, and what it said"
    );
    let found = search(&world, &KINDS, "captain").await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["promptVersion"], json!({ "number": 1 }));
    assert_eq!(found[0]["prompt"], json!({ "name": "harbour greeting" }));
    assert_eq!(kinds(&world, "kinder").await, ["PROMPT"]);
    assert_eq!(kinds(&world, "greets").await, ["PROMPT"]);

    let update = "mutation($input: UpdatePromptInput!) { updatePrompt(input: $input) { id } }";
    world.ask(update, json!({ "input": { "id": greet, "name": "quay greeting" } })).await;
    assert!(kinds(&world, "harbour").await.is_empty());
    assert_eq!(kinds(&world, "quay").await, ["PROMPT"]);
    world.ask("mutation($ids: [ID!]!) { deletePrompts(ids: $ids) }", json!({ "ids": [greet] })).await;
    assert!(kinds(&world, "dear").await.is_empty());
    restore(&world, &greet).await;
    assert_eq!(kinds(&world, "dear").await, ["PROMPT", "PROMPT_VERSION"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mask_is_found_beside_the_versions_of_its_prompt() {
    let world = World::open();
    let greet = prompt(&world, "greeting", "dear {{guest}}").await;
    let add = "mutation($input: CreatePromptVersionInput!) { createPromptVersion(input: $input) { id } }";
    let input = json!({ "promptId": greet, "content": { "template": "ahoy {{guest}}" }, "isMask": true });
    id(&world, add, input).await;
    let found = search(&world, &KINDS, "ahoy").await;
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(
        (&found[0]["kind"], &found[0]["promptVersion"]["number"]),
        (&json!("PROMPT_VERSION"), &Value::Null)
    );
    assert_eq!(kinds(&world, "dear").await, ["PROMPT"]);
    world.ask("mutation($ids: [ID!]!) { deletePrompts(ids: $ids) }", json!({ "ids": [greet] })).await;
    assert!(kinds(&world, "ahoy").await.is_empty());
    restore(&world, &greet).await;
    assert_eq!(kinds(&world, "ahoy").await, ["PROMPT_VERSION"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_a_chat_are_found_as_what_they_say() {
    let world = World::open();
    let create = "mutation($input: CreatePromptInput!) { createPrompt(input: $input) { id } }";
    let template = r#"[{ "role": "system", "content": "Be\nterse" }]"#;
    let input = json!({
        "projectName": PROJECT, "name": "chat", "structure": "CHAT", "firstVersion": { "template": template },
    });
    id(&world, create, input).await;
    let found = search(&world, &["PROMPT"], "\"be terse\"").await;
    assert_eq!(found[0]["snippets"][0]["text"], json!("role\nsystem\ncontent\nBe\nterse"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dataset_is_found_and_its_items_as_the_newest_version_that_has_them() {
    let world = World::open();
    let pilots = dataset(&world, "pilots").await;
    let first = add_item(&world, &pilots, &Value::Null, "where is the lighthouse?").await;
    add_item(&world, &pilots, &first, "how deep is the water?").await;
    assert_eq!(kinds(&world, "golden").await, ["DATASET"]);
    let found = search(&world, &KINDS, "lighthouse").await;
    assert_eq!((&found[0]["kind"], &found[0]["dataset"]["name"]), (&json!("DATASET_ITEM"), &json!("pilots")));
    assert_eq!(
        found[0]["snippets"],
        json!([{ "field": "data", "text": "question\nwhere is the lighthouse?", "highlights": [{ "start": 22, "end": 32 }] }])
    );

    let edit = "mutation($input: DatasetItemEditInput!) { editDatasetItem(input: $input) }";
    let data = json!({ "question": "where is the beacon?" }).to_string();
    world.ask(edit, json!({ "input": { "id": found[0]["id"], "data": data } })).await;
    let found = search(&world, &KINDS, "lighthouse").await;
    assert_eq!(
        found[0]["datasetVersion"],
        json!({ "name": "v1", "isLatest": false }),
        "what it said: {found}"
    );
    assert_eq!(kinds(&world, "beacon").await, ["DATASET_ITEM"]);
    let remove = "mutation($id: ID!, $ids: [ID!]!) { deleteDatasetItems(datasetId: $id, ids: $ids) { id } }";
    world.ask(remove, json!({ "id": pilots, "ids": [found[0]["id"]] })).await;
    // The version under way said it and says it no more; the first still says what it did.
    assert!(kinds(&world, "beacon").await.is_empty());
    let found = search(&world, &KINDS, "lighthouse").await;
    assert_eq!(found[0]["datasetVersion"], json!({ "name": "v1", "isLatest": false }), "{found}");

    // An old version begins with what stood in it, whatever came since.
    let back = "mutation($id: ID!, $version: String!) { restoreDatasetVersion(datasetId: $id, version: $version) { id } }";
    world.ask(back, json!({ "id": pilots, "version": first })).await;
    let version = async |text: &str| search(&world, &KINDS, text).await[0]["datasetVersion"].clone();
    assert_eq!(version("where").await["isLatest"], json!(true));
    assert_eq!(version("water").await, json!({ "name": "v2", "isLatest": false }));

    let copy = dataset(&world, "copy").await;
    let source = json!({ "datasetId": pilots, "versionId": first });
    let change = "mutation($input: ChangeDatasetItemsInput!) { changeDatasetItems(input: $input) { id } }";
    id(&world, change, json!({ "datasetId": copy, "copyFrom": source })).await;
    assert_eq!(kinds(&world, "where").await, ["DATASET_ITEM", "DATASET_ITEM"]);
    world.ask("mutation($ids: [ID!]!) { deleteDatasets(ids: $ids) }", json!({ "ids": [pilots] })).await;
    let found = search(&world, &KINDS, "where").await;
    assert_eq!((found.as_array().unwrap().len(), &found[0]["dataset"]["name"]), (1, &json!("copy")));
    restore(&world, &pilots).await;
    assert_eq!(kinds(&world, "where").await, ["DATASET_ITEM", "DATASET_ITEM"]);
    assert_eq!(kinds(&world, "pilots").await, ["DATASET"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_experiment_is_found_by_its_name_and_its_metadata() {
    let world = World::open();
    dataset(&world, "pilots").await;
    let create = "mutation($input: CreateExperimentInput!) { createExperiment(input: $input) { id } }";
    let metadata = json!({ "model": "albatross" }).to_string();
    let input =
        json!({ "name": "trial run", "datasetName": "pilots", "metadata": metadata, "tags": ["windy"] });
    let trial = id(&world, create, input).await;
    for text in ["trial", "albatross", "windy"] {
        assert_eq!(kinds(&world, text).await, ["EXPERIMENT"], "{text}");
    }
    world.ask("mutation($ids: [ID!]!) { deleteExperiments(ids: $ids) }", json!({ "ids": [trial] })).await;
    assert!(kinds(&world, "albatross").await.is_empty());
    restore(&world, &trial).await;
    assert_eq!(kinds(&world, "albatross").await, ["EXPERIMENT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn comments_and_reasons_tell_what_they_are_about_and_go_and_come_back_with_it() {
    let world = World::open();
    let mut turn = trace(1);
    turn.fields.thread_id = Some("talk".to_owned());
    world.write_traces(vec![turn]).await;
    world.spans(vec![span(1, 1)]).await;
    let span_id = crate::tests::world::span_id(1).to_string();
    let trace = json!(trace_id(1).to_string());
    let threads = "query($id: ID!) { project(id: $id) { threads { nodes { id } } } }";
    let data = world.ask(threads, json!({ "id": world.project_id().await })).await;
    let thread = data["project"]["threads"]["nodes"][0]["id"].clone();
    for (mutation, id) in
        [("commentOnTrace", &trace), ("commentOnSpan", &json!(span_id)), ("commentOnThread", &thread)]
    {
        let query =
            format!("mutation($id: ID!, $text: String!) {{ {mutation}(id: $id, text: $text) {{ id }} }}");
        world.ask(&query, json!({ "id": id, "text": "seagulls everywhere" })).await;
    }
    let score = "mutation($id: ID!, $score: ScoreInput!) { scoreTrace(id: $id, score: $score) { id } }";
    let given = json!({ "name": "quality", "value": 0.5, "reason": "too many seagulls" });
    world.ask(score, json!({ "id": trace, "score": given })).await;

    let found = search(&world, &["COMMENT", "SCORE"], "seagulls").await;
    let found = found.as_array().unwrap();
    let on = |kind: &str, of: &dyn Fn(&Value) -> bool| {
        found.iter().filter(|hit| hit["kind"] == kind && of(hit)).count()
    };
    assert_eq!(on("COMMENT", &|hit| hit["span"]["id"] == span_id && hit["traceId"] == trace), 1);
    assert_eq!(on("COMMENT", &|hit| hit["thread"]["threadId"] == "talk" && hit["traceId"].is_null()), 1);
    assert_eq!(on("COMMENT", &|hit| hit["span"].is_null() && hit["trace"]["id"] == trace), 1);
    assert_eq!(on("SCORE", &|hit| hit["id"] == trace && hit["trace"]["id"] == trace), 1);
    assert_eq!(found.len(), 4);
    let all = ["TRACE", "SPAN", "COMMENT", "COMMENT", "COMMENT", "SCORE"];
    assert_eq!(kinds(&world, "seagulls").await, all, "comments stand in their traces and spans, too");

    let edit = "mutation($id: ID!) { editComment(id: $id, text: \"pigeons\") { id } }";
    let comment = found.iter().find(|hit| hit["span"]["id"] == span_id).unwrap()["id"].clone();
    world.ask(edit, json!({ "id": comment })).await;
    assert_eq!(kinds(&world, "pigeons").await, ["SPAN", "COMMENT"]);
    world.ask("mutation($ids: [ID!]!) { deleteComments(ids: $ids) }", json!({ "ids": [comment] })).await;
    assert!(kinds(&world, "pigeons").await.is_empty());
    let undo = "mutation($at: Position!) { undo(position: $at) }";
    world.ask(undo, json!({ "at": world.position().await })).await;
    assert_eq!(kinds(&world, "pigeons").await, ["SPAN", "COMMENT"]);

    world.delete(1).await;
    assert!(kinds(&world, "seagulls").await.is_empty());
    restore(&world, &trace).await;
    let back = ["TRACE", "COMMENT", "COMMENT", "SCORE"];
    assert_eq!(kinds(&world, "seagulls").await, back, "its thread is there again, with what was said of it");
}

#[tokio::test(flavor = "multi_thread")]
async fn reasons_for_scores_that_came_before_what_they_score_are_found_when_it_comes() {
    let world = World::open();
    world.traces([1]).await;
    let early = trace_id(2);
    let score = cairn_core::feedback::Score {
        name: "quality".to_owned(),
        value: 1.into(),
        category_name: None,
        reason: Some("premature".to_owned()),
        source: "sdk".to_owned(),
        queue_id: None,
    };
    let project = cairn_core::command::ProjectRef::Name(PROJECT.to_owned());
    let target = cairn_core::feedback::Target::Trace(early);
    let write = cairn_core::feedback::Write { target, project, author: None, score };
    world.session.execute(cairn_core::feedback::Command::Score(vec![write])).await.unwrap();
    assert!(kinds(&world, "premature").await.is_empty());
    world.traces([2]).await;
    assert_eq!(kinds(&world, "premature").await, ["SCORE"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_of_every_language_are_found_in_prompts_and_datasets() {
    let world = World::open();
    prompt(&world, "客服", "请礼貌地回答客户关于退款的问题。").await;
    prompt(&world, "案内", "東京タワーへの道を案内してください。").await;
    let arabic = dataset(&world, "أسئلة").await;
    add_item(&world, &arabic, &Value::Null, "متى يصل الطَّلَبُ؟").await;
    let english = dataset(&world, "refunds").await;
    add_item(&world, &english, &Value::Null, "When will my parcel arrive?").await;
    for (text, expected) in [
        ("退款", "PROMPT"),
        ("東京", "PROMPT"),
        ("الطلب", "DATASET_ITEM"),
        ("parcels~", "DATASET_ITEM"),
        ("\"my parcel\"", "DATASET_ITEM"),
        ("arriv*", "DATASET_ITEM"),
    ] {
        assert_eq!(kinds(&world, text).await, [expected], "{text}");
        let found = search(&world, &KINDS, text).await;
        assert_ne!(found[0]["snippets"][0]["highlights"], json!([]), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_has_its_own_and_the_workspace_all_but_that_of_deleted_projects() {
    let world = World::open();
    world.traces([1]).await;
    prompt(&world, "what to say", "hello").await;
    dataset(&world, "what to ask").await;
    let project = json!(world.project_id().await);
    let count = async |kinds: Value, project: &Value| {
        let variables = json!({ "kinds": kinds, "text": "what", "project": project });
        world.ask(SEARCH, variables).await["search"]["totalCount"].clone()
    };
    assert_eq!(count(Value::Null, &project).await, json!(1), "traces and spans");
    assert_eq!(count(json!(KINDS), &project).await, json!(2));
    assert_eq!(count(json!(KINDS), &Value::Null).await, json!(3), "a dataset of no project, too");
    world.ask("mutation($id: ID!) { deleteProject(id: $id) }", json!({ "id": project })).await;
    assert_eq!(count(json!(KINDS), &Value::Null).await, json!(1));
    restore(&world, &project).await;
    assert_eq!(count(json!(KINDS), &Value::Null).await, json!(3));
    let (message, _) = world.refusal(SEARCH, json!({ "kinds": [], "text": "what" })).await;
    assert_eq!(message, "`kinds` must name what to search, or be left out");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_moment_is_searched_as_it_was() {
    let world = World::open();
    let greet = prompt(&world, "greeting", "Welcome aboard").await;
    let before = world.position().await;
    add_version(&world, &greet, "Good riddance").await;
    let query = "query($at: Position!, $text: String!) {
        now: search(kinds: [PROMPT], text: $text) { totalCount }
        then: asOf(position: $at) { search(kinds: [PROMPT], text: $text) { totalCount nodes { snippets { text } } } }
    }";
    let data = world.ask(query, json!({ "at": before, "text": "aboard" })).await;
    assert_eq!(data["now"]["totalCount"], json!(0));
    assert_eq!(data["then"]["search"]["nodes"][0]["snippets"][0]["text"], json!("Welcome aboard"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_a_kind_is_told_so_and_finds_the_others() {
    let world = World::open();
    prompt(&world, "greeting", "Welcome aboard").await;
    let eve = world.limited(&[WorkspaceRead::NAME, PromptRead::NAME]);
    let asked = |kinds: Value| json!({ "kinds": kinds, "text": "aboard" });
    let query =
        "query($kinds: [SearchKind!], $text: String!) { search(kinds: $kinds, text: $text) { totalCount } }";
    let answer = world.respond(&eve, query, asked(json!(["PROMPT"]))).await;
    assert_eq!(answer["data"]["search"]["totalCount"], json!(1));
    for kinds in [json!(["PROMPT", "COMMENT"]), Value::Null] {
        let (message, extensions) = only_error(&world.respond(&eve, query, asked(kinds)).await);
        assert!(message.contains(TraceRead::NAME), "{message}");
        assert_eq!(extensions["code"], json!("FORBIDDEN"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_item_said_in_an_earlier_version_is_found_with_that_version() {
    let world = World::open();
    let pilots = dataset(&world, "pilots").await;
    let first = add_item(&world, &pilots, &Value::Null, "where is the lighthouse?").await;
    let item = search(&world, &["DATASET_ITEM"], "lighthouse").await[0]["id"].clone();
    let change = "mutation($input: ChangeDatasetItemsInput!) { changeDatasetItems(input: $input) { id } }";
    let edit = async |base: &Value, edited: Value| {
        let mut edited = edited;
        edited["id"] = item.clone();
        let input = json!({ "datasetId": pilots, "edited": [edited], "baseVersionId": base });
        id(&world, change, input).await
    };
    let asks = |question: &str| json!({ "data": json!({ "question": question }).to_string() });
    let base = edit(&first, asks("where is the beacon?")).await;
    let base = edit(&base, json!({ "tags": ["windy"] })).await;
    edit(&base, asks("where is the lantern?")).await;
    let versions = async |text: &str| {
        let live = search(&world, &["DATASET_ITEM"], text).await;
        // An index that is made from the beginning has the same.
        let query = "query($at: Position!, $text: String!) { asOf(position: $at) {
            search(kinds: [DATASET_ITEM], text: $text) { nodes { datasetVersion { name isLatest } } } } }";
        let variables = json!({ "at": world.position().await, "text": text });
        let anew = world.ask(query, variables).await["asOf"]["search"]["nodes"].clone();
        let names = |hits: &Value| {
            let mut names: Vec<_> = hits
                .as_array()
                .unwrap()
                .iter()
                .map(|hit| {
                    let latest = if hit["datasetVersion"]["isLatest"] == true { " latest" } else { "" };
                    format!("{}{latest}", hit["datasetVersion"]["name"].as_str().unwrap())
                })
                .collect();
            names.sort_unstable();
            names.join(", ")
        };
        assert_eq!(names(&live), names(&anew), "{text}");
        names(&live)
    };
    assert_eq!(versions("lighthouse").await, "v1");
    assert_eq!(versions("beacon").await, "v3", "the last that had it");
    assert_eq!(versions("lantern").await, "v4 latest");
    assert_eq!(versions("where").await, "v1, v3, v4 latest");
    let found = search(&world, &["DATASET_ITEM"], "beacon").await;
    assert_eq!(
        (&found[0]["id"], found[0]["snippets"][0]["text"].as_str()),
        (&item, Some("question\nwhere is the beacon?"))
    );

    let back = "mutation($id: ID!, $version: String!) { restoreDatasetVersion(datasetId: $id, version: $version) { id } }";
    let restored = world.ask(back, json!({ "id": pilots, "version": first })).await;
    let restored = restored["restoreDatasetVersion"]["id"].clone();
    assert_eq!(versions("lighthouse").await, "v5 latest");
    assert_eq!(versions("where").await, "v3, v4, v5 latest");
    let base = edit(&restored, asks("where is the lamp?")).await;
    assert_eq!(versions("where").await, "v1, v3, v4, v6 latest");

    let input = json!({ "datasetId": pilots, "deletedIds": [item], "baseVersionId": base });
    let base = id(&world, change, input).await;
    assert_eq!(versions("where").await, "v1, v3, v4, v6", "it is gone, and was that last");
    let again = json!({ "id": item, "data": json!({ "question": "where is the lighthouse?" }).to_string() });
    let input = json!({ "datasetId": pilots, "added": [again], "baseVersionId": base });
    id(&world, change, input).await;
    assert_eq!(versions("where").await, "v1, v3, v4, v6, v8 latest", "what is written again, too");

    world.ask("mutation($ids: [ID!]!) { deleteDatasets(ids: $ids) }", json!({ "ids": [pilots] })).await;
    assert_eq!(versions("where").await, "");
    restore(&world, &pilots).await;
    assert_eq!(versions("where").await, "v1, v3, v4, v6, v8 latest");
}
