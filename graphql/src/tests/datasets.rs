//! Datasets, their items in every version, and what differs between versions.

mod derived;
mod differing;
mod exports;
mod undoing;

use serde_json::{Value, json};

use super::world::World;

const CREATE: &str =
    "mutation($input: CreateDatasetInput!) { createDataset(input: $input) { id name kind itemCount } }";
const CHANGE: &str = "mutation($input: ChangeDatasetItemsInput!) {
    changeDatasetItems(input: $input) { id number hash isLatest tags itemCount addedCount modifiedCount deletedCount }
}";
const ITEMS: &str = "query($id: ID!, $version: String, $first: Int, $after: String, $filter: String, $search: String) {
    dataset(id: $id) { items(version: $version, first: $first, after: $after, filter: $filter, search: $search) {
        totalCount nodes { id data preview tags } pageInfo { hasNextPage endCursor } } }
}";

async fn create(world: &World, name: &str) -> String {
    let data = world.ask(CREATE, json!({ "input": { "name": name, "tags": ["gold"] } })).await;
    data["createDataset"]["id"].as_str().unwrap().to_owned()
}

/// A version with items whose data hold these numbers.
async fn add(world: &World, dataset: &str, numbers: std::ops::Range<u32>, base: &Value) -> Value {
    let item = |number: u32| json!({ "data": json!({ "n": number, "q": format!("question {number}") }).to_string() });
    let added: Vec<Value> = numbers.map(item).collect();
    let input = json!({ "datasetId": dataset, "added": added, "baseVersionId": base });
    world.ask(CHANGE, json!({ "input": input })).await["changeDatasetItems"].clone()
}

async fn items(world: &World, mut variables: Value, dataset: &str) -> Value {
    variables["id"] = json!(dataset);
    world.ask(ITEMS, variables).await["dataset"]["items"].clone()
}

fn numbers(page: &Value) -> Vec<u64> {
    let nodes = page["nodes"].as_array().unwrap().iter();
    let number = |node: &Value| {
        serde_json::from_str::<Value>(node["data"].as_str().unwrap()).unwrap()["n"].as_u64().unwrap()
    };
    nodes.map(number).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_keep_their_items_and_are_compared_and_restored() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    let first = add(&world, &dataset, 0..3, &Value::Null).await;
    assert_eq!(
        (&first["number"], &first["tags"], &first["addedCount"]),
        (&json!(1), &json!(["latest"]), &json!(3))
    );
    let known = items(&world, json!({}), &dataset).await["nodes"].clone();
    let input = json!({
        "datasetId": dataset,
        "baseVersionId": first["id"],
        "added": [{ "data": "{\"n\": 9}" }],
        "edited": [{ "id": known[0]["id"], "addTags": ["seen"] }],
        "deletedIds": [known[1]["id"]],
        "description": "second",
    });
    let second = world.ask(CHANGE, json!({ "input": input })).await["changeDatasetItems"].clone();
    let counts =
        ["itemCount", "addedCount", "modifiedCount", "deletedCount"].map(|name| second[name].clone());
    assert_eq!(counts, [3, 1, 1, 1].map(Value::from));
    let old = items(&world, json!({ "version": first["hash"] }), &dataset).await;
    assert_eq!((&old["nodes"], &old["totalCount"]), (&known, &json!(3)));
    let diff = "query($id: ID!, $from: String!) { dataset(id: $id) { diff(from: $from) {
        from { number } to { number } addedCount modifiedCount deletedCount unchangedCount } } }";
    let data = world.ask(diff, json!({ "id": dataset, "from": first["hash"] })).await;
    let expected = json!({
        "from": { "number": 1 }, "to": { "number": 2 },
        "addedCount": 1, "modifiedCount": 1, "deletedCount": 1, "unchangedCount": 1,
    });
    assert_eq!(data["dataset"]["diff"], expected);
    let restore = "mutation($id: ID!, $version: String!) {
        restoreDatasetVersion(datasetId: $id, version: $version) { number description itemCount } }";
    let data = world.ask(restore, json!({ "id": dataset, "version": first["hash"] })).await;
    let description = format!("Restored from version: {}", first["hash"].as_str().unwrap());
    assert_eq!(
        data["restoreDatasetVersion"],
        json!({ "number": 3, "description": description, "itemCount": 3 })
    );
    assert_eq!(items(&world, json!({}), &dataset).await["nodes"], known);
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_on_top_of_an_old_version_are_refused() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    let first = add(&world, &dataset, 0..1, &Value::Null).await;
    add(&world, &dataset, 1..2, &first["id"]).await;
    let input = json!({ "datasetId": dataset, "baseVersionId": first["id"], "deletedIds": [] });
    let (message, extensions) = world.refusal(CHANGE, json!({ "input": input })).await;
    assert!(message.starts_with("Version conflict"), "{message}");
    assert_eq!(extensions["code"], json!("CONFLICT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_paged_filtered_and_searched() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    add(&world, &dataset, 0..25, &Value::Null).await;
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let page = items(&world, json!({ "first": 10, "after": after }), &dataset).await;
        assert_eq!(page["totalCount"], json!(25));
        seen.extend(page["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()));
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let all = items(&world, json!({}), &dataset).await;
    let ids: Vec<Value> = all["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect();
    assert_eq!(seen, ids);
    let few = items(&world, json!({ "filter": "data.n >= 20 AND NOT data.n:22" }), &dataset).await;
    let mut found = numbers(&few);
    found.sort_unstable();
    assert_eq!((found, &few["totalCount"]), (vec![20, 21, 23, 24], &json!(4)));
    let one = items(&world, json!({ "search": "QUESTION 7" }), &dataset).await;
    assert_eq!((numbers(&one), &one["nodes"][0]["preview"]), (vec![7], &json!("n 7 q question 7")));
    let (message, extensions) = world.refusal(ITEMS, json!({ "id": dataset, "filter": "size > 3" })).await;
    assert_eq!(
        (message.as_str(), &extensions["code"]),
        ("`size` is not a field of dataset items", &json!("BAD_FILTER"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_edited_and_deleted_by_what_a_filter_leaves() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    let first = add(&world, &dataset, 0..600, &Value::Null).await;
    add(&world, &dataset, 600..1_200, &first["id"]).await;
    let edit = "mutation($id: ID!, $filter: String!, $changes: DatasetItemChangesInput!) {
        editMatchingDatasetItems(datasetId: $id, filter: $filter, changes: $changes) }";
    // More than one command may take.
    let large = json!({ "id": dataset, "filter": "data.n >= 100", "changes": { "addTags": ["large"] } });
    assert_eq!(world.ask(edit, large).await["editMatchingDatasetItems"], json!(1_100));
    let delete = "mutation($id: ID!, $filter: String!) { deleteMatchingDatasetItems(datasetId: $id, filter: $filter) }";
    let asked = |filter: &str| json!({ "id": dataset, "filter": filter });
    let deleted = world.ask(delete, asked("tags:large AND data.n >= 110")).await;
    assert_eq!(deleted["deleteMatchingDatasetItems"], json!(1_090));
    let left = items(&world, json!({ "filter": "tags:large" }), &dataset).await;
    assert_eq!((&left["totalCount"], &left["nodes"][0]["tags"]), (&json!(10), &json!(["large"])));

    let (message, _) = world.refusal(delete, asked(" ")).await;
    assert_eq!(message, "the filter is empty, which would mean every item");
    assert_eq!(items(&world, json!({}), &dataset).await["totalCount"], json!(110));
    assert_eq!(world.ask(delete, asked("has:id")).await["deleteMatchingDatasetItems"], json!(110));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_of_requests_makes_one_version_and_items_change_in_place() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    let put = "mutation($input: PutDatasetItemsInput!) { putDatasetItems(input: $input) { itemCount versionCount } }";
    let group = "0197f5a4-0000-7000-8000-000000000001";
    for (group, expected) in [(json!(group), [1, 1]), (json!(group), [2, 1]), (Value::Null, [3, 1])] {
        let input = json!({ "datasetId": dataset, "items": [{ "data": "{\"a\":1}" }], "groupId": group });
        let data = world.ask(put, json!({ "input": input })).await;
        let [items, versions] = expected;
        assert_eq!(data["putDatasetItems"], json!({ "itemCount": items, "versionCount": versions }));
    }
    let item = items(&world, json!({ "first": 1 }), &dataset).await["nodes"][0]["id"].clone();
    let edit = "mutation($input: DatasetItemEditInput!) { editDatasetItem(input: $input) }";
    world.ask(edit, json!({ "input": { "id": item, "data": "{\"a\": 2}" } })).await;
    let data =
        world.ask("query($id: ID!) { datasetItem(id: $id) { data source } }", json!({ "id": item })).await;
    assert_eq!(data["datasetItem"], json!({ "data": "{\"a\": 2}", "source": "MANUAL" }));
    let delete =
        "mutation($id: ID!, $ids: [ID!]!) { deleteDatasetItems(datasetId: $id, ids: $ids) { itemCount } }";
    let data = world.ask(delete, json!({ "id": dataset, "ids": [item] })).await;
    assert_eq!(data["deleteDatasetItems"]["itemCount"], json!(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_taken_over_from_a_version_of_another_dataset() {
    let world = World::open();
    let old = create(&world, "old").await;
    let first = add(&world, &old, 0..3, &Value::Null).await;
    add(&world, &old, 3..5, &first["id"]).await;
    let new = create(&world, "new").await;
    let source = json!({ "datasetId": old, "versionId": first["id"] });
    let input = json!({ "datasetId": new, "added": [{ "data": "{\"n\": 9}" }], "copyFrom": source });
    let made = world.ask(CHANGE, json!({ "input": input })).await["changeDatasetItems"].clone();
    assert_eq!(made["itemCount"], json!(4));
    let nowhere = json!({ "datasetId": new, "versionId": first["id"] });
    let input = json!({ "datasetId": old, "copyFrom": nowhere, "overrides": true });
    assert_eq!(world.refusal(CHANGE, json!({ "input": input })).await.1["code"], json!("NOT_FOUND"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_name_versions() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    let first = add(&world, &dataset, 0..1, &Value::Null).await;
    let second = add(&world, &dataset, 1..2, &first["id"]).await;
    let tag = "mutation($id: ID!, $version: String!, $tags: [String!]!) {
        updateDatasetVersion(datasetId: $id, version: $version, addTags: $tags) { tags } }";
    let data = world.ask(tag, json!({ "id": dataset, "version": first["hash"], "tags": ["baseline"] })).await;
    assert_eq!(data["updateDatasetVersion"]["tags"], json!(["baseline"]));
    let variables = json!({ "id": dataset, "version": second["hash"], "tags": ["baseline"] });
    assert_eq!(world.refusal(tag, variables).await.1["code"], json!("CONFLICT"));
    let numbered =
        "query($id: ID!, $number: Int!) { dataset(id: $id) { versionNumbered(number: $number) { hash } } }";
    for (number, expected) in [(1, json!({ "hash": first["hash"] })), (3, Value::Null)] {
        let data = world.ask(numbered, json!({ "id": dataset, "number": number })).await;
        assert_eq!(data["dataset"]["versionNumbered"], expected);
    }
    let read = "query($id: ID!) { dataset(id: $id) { version(reference: \"baseline\") { number }
        versions { totalCount nodes { number tags } } } }";
    let data = world.ask(read, json!({ "id": dataset })).await;
    let expected = json!({
        "version": { "number": 1 },
        "versions": { "totalCount": 2, "nodes": [
            { "number": 2, "tags": ["latest"] }, { "number": 1, "tags": ["baseline"] },
        ] },
    });
    assert_eq!(data["dataset"], expected);
    let untag = "mutation($id: ID!, $version: String!) {
        removeDatasetVersionTag(datasetId: $id, version: $version, tag: \"baseline\") }";
    world.ask(untag, json!({ "id": dataset, "version": first["hash"] })).await;
    let data = world.ask(read, json!({ "id": dataset })).await;
    assert_eq!(data["dataset"]["version"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_described_and_tagged_anew_in_one_piece_or_not_at_all() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    let first = add(&world, &dataset, 0..1, &Value::Null).await;
    let second = add(&world, &dataset, 1..2, &first["id"]).await;
    let write = "mutation($id: ID!, $version: String!, $note: String, $add: [String!]!, $remove: [String!]!) {
        updateDatasetVersion(datasetId: $id, version: $version, description: $note, addTags: $add, removeTags: $remove) {
            description tags } }";
    let variables = |version: &Value, note: &str, add: Value, remove: Value| json!({ "id": dataset, "version": version["hash"], "note": note, "add": add, "remove": remove });
    world.ask(write, variables(&first, "one", json!(["baseline", "old"]), json!([]))).await;
    let data = world.ask(write, variables(&first, "two", json!(["gold"]), json!(["old", "never"]))).await;
    let expected = json!({ "description": "two", "tags": ["baseline", "gold"] });
    assert_eq!(data["updateDatasetVersion"], expected);
    for (version, add, remove) in [
        (&second, json!(["gold"]), json!([])),
        (&second, json!(["silver"]), json!(["latest"])),
        (&first, json!(["latest"]), json!(["gold"])),
    ] {
        world.refusal(write, variables(version, "three", add, remove)).await;
    }
    let read = "query($id: ID!) { dataset(id: $id) { versions { nodes { description tags } } } }";
    let data = world.ask(read, json!({ "id": dataset })).await;
    let second = json!({ "description": null, "tags": ["latest"] });
    assert_eq!(data["dataset"]["versions"]["nodes"], json!([second, expected]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn datasets_are_listed_in_any_order_and_changed() {
    let world = World::open();
    for (name, sizes) in [("beta", vec![1]), ("Alpha", vec![1, 1, 1]), ("gamma", vec![2])] {
        let dataset = create(&world, name).await;
        let mut base = Value::Null;
        for size in sizes {
            base = add(&world, &dataset, 0..size, &base).await["id"].clone();
        }
    }
    let list = "query($sort: Sort, $after: String, $name: String) {
        datasets(first: 2, sort: $sort, after: $after, name: $name) {
            totalCount nodes { id name itemCount latestVersion { number } } pageInfo { endCursor hasNextPage } } }";
    let names = |page: &Value| {
        page["nodes"].as_array().unwrap().iter().map(|node| node["name"].clone()).collect::<Vec<_>>()
    };
    for (sort, expected) in [
        (json!({ "field": "version_count", "direction": "ASC" }), ["gamma", "beta", "Alpha"]),
        (Value::Null, ["gamma", "Alpha", "beta"]),
        (json!({ "field": "name", "direction": "ASC" }), ["Alpha", "beta", "gamma"]),
        (json!({ "field": "item_count" }), ["Alpha", "gamma", "beta"]),
    ] {
        let before = world.reads();
        let page = world.ask(list, json!({ "sort": sort })).await["datasets"].clone();
        assert_eq!(world.reads() - before, 2, "one for the datasets, one for their versions");
        let variables = json!({ "sort": sort, "after": page["pageInfo"]["endCursor"] });
        let next = world.ask(list, variables).await["datasets"].clone();
        assert_eq!([names(&page), names(&next)].concat(), expected);
    }
    let found = world.ask(list, json!({ "name": "ALP" })).await["datasets"].clone();
    let update =
        "mutation($input: UpdateDatasetInput!) { updateDataset(input: $input) { name description tags } }";
    let input = json!({ "id": found["nodes"][0]["id"], "name": "delta", "description": "about" });
    let data = world.ask(update, json!({ "input": input })).await;
    assert_eq!(data["updateDataset"], json!({ "name": "delta", "description": "about", "tags": ["gold"] }));
    let delete = "mutation($ids: [ID!]!) { deleteDatasets(ids: $ids) }";
    world.ask(delete, json!({ "ids": [found["nodes"][0]["id"]] })).await;
    let data =
        world.ask("{ datasets { totalCount } datasetByName(name: \"delta\") { id } }", json!({})).await;
    assert_eq!(data, json!({ "datasets": { "totalCount": 2 }, "datasetByName": null }));
    let refusal = world.refusal(list, json!({ "sort": { "field": "size" } })).await;
    assert_eq!(refusal.1["code"], json!("BAD_SORT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn tags_are_put_on_many_datasets_and_taken_from_them_or_from_none() {
    let world = World::open();
    let (one, other) = (create(&world, "one").await, create(&world, "other").await);
    let tag = "mutation($ids: [ID!]!, $add: [String!]!, $remove: [String!]!) {
        tagDatasets(ids: $ids, addTags: $add, removeTags: $remove) }";
    let read = "{ datasets(sort: { field: \"name\", direction: ASC }) { nodes { tags } } }";
    let gone = "01900000-0000-7000-8000-000000000000";
    let ids = json!([one, other, gone]);
    world.ask(tag, json!({ "ids": ids, "add": ["new", "gold"], "remove": ["never"] })).await;
    let before = world.ask(read, json!({})).await;
    assert_eq!(
        before["datasets"]["nodes"],
        json!([{ "tags": ["gold", "new"] }, { "tags": ["gold", "new"] }])
    );
    let filler: Vec<_> = (0..48).map(|n| format!("t{n}")).collect();
    world.ask(tag, json!({ "ids": [other], "add": filler, "remove": [] })).await;
    let before = world.ask(read, json!({})).await;
    let refusal = world.refusal(tag, json!({ "ids": ids, "add": ["too many"], "remove": [] })).await;
    assert_eq!(refusal.0, "Tag limit exceeded: maximum 50 tags per item");
    assert_eq!(world.ask(read, json!({})).await, before);
    world.ask(tag, json!({ "ids": [one], "add": [], "remove": ["gold", "new"] })).await;
    assert_eq!(world.ask(read, json!({})).await["datasets"]["nodes"][0]["tags"], json!([]));
}
