//! Prompts, their versions and what changed between two of them.

use serde_json::{Value, json};

use super::world::{PROJECT, World};

const CREATE: &str = "mutation($input: CreatePromptInput!) {
    createPrompt(input: $input) { id versionCount latestVersion { id number variables } }
}";
const ADD: &str = "mutation($input: CreatePromptVersionInput!) {
    createPromptVersion(input: $input) { id number isMask environments }
}";
const DIFF: &str = "query($old: ID!, $new: ID!) {
    promptDiff(old: $old, new: $new) { addedCount removedCount lines { kind text oldNumber newNumber } }
}";

async fn create(world: &World, name: &str, template: &str) -> Value {
    let input = json!({
        "projectName": PROJECT,
        "name": name,
        "firstVersion": { "template": template, "metadata": "{\"a\":  1}" },
    });
    world.ask(CREATE, json!({ "input": input })).await["createPrompt"].clone()
}

async fn add(world: &World, prompt: &Value, input: Value) -> Value {
    let mut input = input;
    input["promptId"] = prompt["id"].clone();
    world.ask(ADD, json!({ "input": input })).await["createPromptVersion"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_is_made_versioned_and_compared() {
    let world = World::open();
    let prompt = create(&world, "greet", "Dear {{name}}\nhello").await;
    assert_eq!(prompt["latestVersion"]["variables"], json!(["name"]));
    let second = add(
        &world,
        &prompt,
        json!({ "content": { "template": "Dear {{name}}\ngood day" }, "environments": ["production"] }),
    )
    .await;
    assert_eq!((&second["number"], &second["environments"]), (&json!(2), &json!(["production"])));
    let ids = json!({ "old": prompt["latestVersion"]["id"], "new": second["id"] });
    let diff = world.ask(DIFF, ids).await["promptDiff"].clone();
    let line = |kind: &str, text: &str, old: Value, new: Value| json!({ "kind": kind, "text": text, "oldNumber": old, "newNumber": new });
    let expected = json!({
        "addedCount": 1,
        "removedCount": 1,
        "lines": [
            line("KEPT", "Dear {{name}}", json!(1), json!(1)),
            line("REMOVED", "hello", json!(2), Value::Null),
            line("ADDED", "good day", Value::Null, json!(2)),
        ],
    });
    assert_eq!(diff, expected);
    let numbered =
        "query($id: ID!, $number: Int!) { prompt(id: $id) { version(number: $number) { id commit } } }";
    let found =
        world.ask(numbered, json!({ "id": prompt["id"], "number": 2 })).await["prompt"]["version"].clone();
    assert_eq!(found["id"], second["id"]);
    let unknown = world.ask(numbered, json!({ "id": prompt["id"], "number": 3 })).await;
    assert_eq!(unknown["prompt"]["version"], Value::Null);
    let committed = "query($commit: String!) { promptVersionsByCommit(commit: $commit) { id } }";
    let data = world.ask(committed, json!({ "commit": found["commit"] })).await;
    assert_eq!(data["promptVersionsByCommit"], json!([{ "id": second["id"] }]));
    let (_, extensions) = world.refusal(committed, json!({ "commit": "x" })).await;
    assert_eq!(extensions["code"], json!("INVALID"));
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_are_paged_newest_first_and_without_masks() {
    let world = World::open();
    let prompt = create(&world, "greet", "text 1").await;
    for number in 2..=5 {
        add(&world, &prompt, json!({ "content": { "template": format!("text {number}") } })).await;
    }
    let mask = add(&world, &prompt, json!({ "content": { "template": "hidden" }, "isMask": true })).await;
    assert_eq!((&mask["number"], &mask["isMask"]), (&Value::Null, &json!(true)));
    let query = "query($id: ID!, $after: String, $search: String) { prompt(id: $id) { versionCount
        versions(first: 2, after: $after, search: $search) {
            totalCount nodes { number metadata } pageInfo { hasNextPage endCursor } } } }";
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let data = world.ask(query, json!({ "id": prompt["id"], "after": after })).await;
        let page = &data["prompt"]["versions"];
        assert_eq!((&page["totalCount"], &data["prompt"]["versionCount"]), (&json!(5), &json!(5)));
        seen.extend(page["nodes"].as_array().unwrap().iter().cloned());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let numbers: Vec<_> = seen.iter().map(|version| version["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [5, 4, 3, 2, 1]);
    assert_eq!(seen[4]["metadata"], json!("{\"a\":  1}"), "metadata is kept to the letter");
    let data = world.ask(query, json!({ "id": prompt["id"], "search": "TEXT 3" })).await;
    assert_eq!(data["prompt"]["versions"]["nodes"][0]["number"], json!(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_latest_versions_of_a_page_are_read_together() {
    let world = World::open();
    for number in 0..20 {
        create(&world, &format!("prompt {number}"), "text").await;
    }
    let before = world.reads();
    let data = world
        .ask("{ prompts { nodes { name latestVersion { template prompt { name } } } } }", json!({}))
        .await;
    assert_eq!(data["prompts"]["nodes"].as_array().unwrap().len(), 20);
    assert_eq!(world.reads() - before, 3, "one for the prompts, their versions, and the prompts of those");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_of_a_prompt_that_is_gone_makes_no_prompt() {
    let world = World::open();
    let prompt = create(&world, "greet", "text").await;
    world.ask("mutation($ids: [ID!]!) { deletePrompts(ids: $ids) }", json!({ "ids": [prompt["id"]] })).await;
    let input = json!({ "promptId": prompt["id"], "content": { "template": "again" } });
    let (message, extensions) = world.refusal(ADD, json!({ "input": input })).await;
    assert_eq!((message.as_str(), &extensions["code"]), ("Prompt not found", &json!("NOT_FOUND")));
    let data = world.ask("{ prompts { totalCount } }", json!({})).await;
    assert_eq!(data["prompts"]["totalCount"], json!(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn prompts_are_listed_in_any_order_page_by_page() {
    let world = World::open();
    for (name, versions, structure) in [("beta", 2, "TEXT"), ("Alpha", 3, "CHAT"), ("gamma", 1, "TEXT")] {
        let template = |number: i32| format!("[{{\"role\": \"user\", \"content\": \"hello {number}\"}}]");
        let input = json!({
            "projectName": PROJECT,
            "name": name,
            "structure": structure,
            "firstVersion": { "template": template(0) },
        });
        let prompt = world.ask(CREATE, json!({ "input": input })).await["createPrompt"].clone();
        for number in 1..versions {
            add(&world, &prompt, json!({ "content": { "template": template(number) } })).await;
        }
    }
    let list = "query($sort: Sort, $after: String) { prompts(sort: $sort, first: 2, after: $after) {
        nodes { name } pageInfo { endCursor } } }";
    let names = |page: &Value| {
        page["nodes"].as_array().unwrap().iter().map(|node| node["name"].clone()).collect::<Vec<_>>()
    };
    for (sort, expected) in [
        (Value::Null, ["gamma", "Alpha", "beta"]),
        (json!({ "field": "name", "direction": "ASC" }), ["Alpha", "beta", "gamma"]),
        (json!({ "field": "version_count" }), ["Alpha", "beta", "gamma"]),
        (json!({ "field": "created_at", "direction": "ASC" }), ["beta", "Alpha", "gamma"]),
        (json!({ "field": "structure", "direction": "ASC" }), ["Alpha", "gamma", "beta"]),
        (json!({ "field": "structure", "direction": "DESC" }), ["gamma", "beta", "Alpha"]),
    ] {
        let page = world.ask(list, json!({ "sort": sort })).await["prompts"].clone();
        let after = json!({ "sort": sort, "after": page["pageInfo"]["endCursor"] });
        let next = world.ask(list, after).await["prompts"].clone();
        assert_eq!([names(&page), names(&next)].concat(), expected);
    }
    let refusal = world.refusal(list, json!({ "sort": { "field": "size" } })).await;
    assert_eq!(refusal.1["code"], json!("BAD_SORT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_put_on_many_prompts_and_taken_from_them_or_from_none() {
    let world = World::open();
    let one = create(&world, "one", "hello").await["id"].clone();
    let other = create(&world, "other", "hello").await["id"].clone();
    let tag = "mutation($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
        tagPrompts(ids: $ids, addTags: $add, removeTags: $remove) }";
    let read = "{ prompts(sort: { field: \"name\", direction: ASC }) { nodes { tags } } }";
    let ids = json!([one, other, "01900000-0000-7000-8000-000000000000"]);
    world.ask(tag, json!({ "ids": ids, "add": ["gold", "new"], "remove": [] })).await;
    world.ask(tag, json!({ "ids": [one], "add": ["last"], "remove": ["gold"] })).await;
    let before = world.ask(read, json!({})).await;
    let expected = json!([{ "tags": ["new", "last"] }, { "tags": ["gold", "new"] }]);
    assert_eq!(before["prompts"]["nodes"], expected);
    let filler: Vec<_> = (0..49).map(|n| format!("t{n}")).collect();
    let refusal = world.refusal(tag, json!({ "ids": ids, "add": filler, "remove": [] })).await;
    assert_eq!(refusal.0, "Tag limit exceeded: maximum 50 tags per item");
    assert_eq!(world.ask(read, json!({})).await, before);
}
