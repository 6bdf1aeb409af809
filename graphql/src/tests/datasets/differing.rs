//! The items in which two versions differ, page by page.

use serde_json::{Value, json};

use super::{CHANGE, add, create, items};
use crate::tests::world::World;

const CHANGES: &str =
    "query($id: ID!, $from: String!, $kinds: [DatasetItemChangeKind!], $first: Int, $after: String) {
    dataset(id: $id) { diff(from: $from) { unchangedCount
        changes(kinds: $kinds, first: $first, after: $after) {
            totalCount pageInfo { endCursor hasNextPage }
            nodes { itemId kind before { data } after { data } } } } } }";

/// A dataset of 20 items, and the first version of it; in the second, items are deleted (0 to 2), edited (3 to 6)
/// and added (two).
async fn versions(world: &World) -> (String, Value, Vec<Value>) {
    let dataset = create(world, "qa").await;
    let first = add(world, &dataset, 0..20, &Value::Null).await;
    let known = items(world, json!({}), &dataset).await["nodes"].as_array().unwrap().clone();
    let ids: Vec<Value> = known.iter().map(|node| node["id"].clone()).collect();
    let edited: Vec<Value> = ids[3..7].iter().map(|id| json!({ "id": id, "data": "{\"new\": 1}" })).collect();
    let input = json!({
        "datasetId": dataset, "baseVersionId": first["id"], "deletedIds": ids[..3], "edited": edited,
        "added": [{ "data": "{\"a\": 1}" }, { "data": "{\"a\": 2}" }],
    });
    world.ask(CHANGE, json!({ "input": input })).await;
    (dataset, first["hash"].clone(), ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_added_changed_and_removed_is_told_page_by_page() {
    let world = World::open();
    let (dataset, from, ids) = versions(&world).await;
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let variables = json!({ "id": dataset, "from": from, "first": 4, "after": after });
        let diff = world.ask(CHANGES, variables).await["dataset"]["diff"].clone();
        assert_eq!((&diff["unchangedCount"], &diff["changes"]["totalCount"]), (&json!(13), &json!(9)));
        let page = &diff["changes"];
        seen.extend(page["nodes"].as_array().unwrap().clone());
        if page["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let kinds: Vec<&str> = seen.iter().map(|change| change["kind"].as_str().unwrap()).collect();
    let expected = [vec!["ADDED"; 2], vec!["DELETED"; 3], vec!["MODIFIED"; 4]].concat();
    assert_eq!(kinds, expected, "the newest ids come first");
    assert_eq!((&seen[0]["before"], &seen[0]["after"]["data"]), (&Value::Null, &json!("{\"a\": 2}")));
    assert_eq!((&seen[2]["itemId"], &seen[2]["after"]), (&ids[0], &Value::Null));
    assert!(seen[2]["before"]["data"].as_str().unwrap().contains("question"));
    assert!(seen[5]["before"]["data"].as_str().unwrap().contains("question"));
    assert_eq!((&seen[5]["itemId"], &seen[5]["after"]["data"]), (&ids[3], &json!("{\"new\": 1}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_some_kinds_are_told_alone() {
    let world = World::open();
    let (dataset, from, ids) = versions(&world).await;
    let asked = |kinds: &[&str]| json!({ "id": dataset, "from": from, "kinds": kinds, "first": 2 });
    let diff = world.ask(CHANGES, asked(&["DELETED"])).await["dataset"]["diff"]["changes"].clone();
    assert_eq!((&diff["totalCount"], &diff["nodes"][1]["itemId"]), (&json!(3), &ids[1]));
    let none = world.ask(CHANGES, asked(&[])).await["dataset"]["diff"]["changes"].clone();
    assert_eq!((&none["totalCount"], &none["nodes"]), (&json!(0), &json!([])));
    // A cursor is good for the changes that it was made for.
    let mut other = asked(&["ADDED"]);
    other["after"] = diff["pageInfo"]["endCursor"].clone();
    let (message, extensions) = world.refusal(CHANGES, other).await;
    assert_eq!(extensions["code"], json!("INVALID"), "{message}");
    let (message, extensions) = world.refusal(CHANGES, json!({ "id": dataset, "from": "nowhere" })).await;
    assert_eq!(extensions["code"], json!("NOT_FOUND"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_difference_that_was_counted_is_counted_anew_after_a_change() {
    let world = World::open();
    let (dataset, from, ids) = versions(&world).await;
    let asked = json!({ "id": dataset, "from": from });
    let count =
        async || world.ask(CHANGES, asked.clone()).await["dataset"]["diff"]["changes"]["totalCount"].clone();
    assert_eq!((count().await, count().await), (json!(9), json!(9)));
    // In the newest version, in place.
    let edit = "mutation($ids: [ID!]!, $changes: DatasetItemChangesInput!) { editDatasetItems(ids: $ids, changes: $changes) }";
    let edited = json!({ "ids": ids[10..12], "changes": { "addTags": ["late"] } });
    world.ask(edit, edited).await;
    assert_eq!(count().await, json!(11));
}
