//! What is said of versions of datasets, taken back.

use serde_json::{Value, json};

use super::{add, create};
use crate::tests::world::World;

const TELL: &str = "mutation($id: ID!, $version: String!, $tags: [String!]!, $text: String) {
    updateDatasetVersion(datasetId: $id, version: $version, addTags: $tags, description: $text) { tags } }";
const UNTAG: &str = "mutation($id: ID!, $version: String!, $tag: String!) {
    removeDatasetVersionTag(datasetId: $id, version: $version, tag: $tag) }";
const READ: &str = "query($id: ID!) { dataset(id: $id) {
    version(reference: \"baseline\") { number } versions { nodes { number tags description } } } }";
const UNDO: &str = "mutation($at: Position!) { undo(position: $at) }";

async fn newest(world: &World, dataset: &str) -> Value {
    let query = "query($id: ID!) { history(id: $id, first: 1) { nodes { position kind } } }";
    let told = world.ask(query, json!({ "id": dataset })).await["history"]["nodes"][0].clone();
    assert_eq!(told["kind"], json!("dataset_version_updated"));
    told["position"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_and_tags_of_a_version_are_as_before() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    let first = add(&world, &dataset, 0..1, &Value::Null).await;
    let tell = async |version: &Value, tags: Value, text: &str| {
        let variables = json!({ "id": dataset, "version": version["hash"], "tags": tags, "text": text });
        world.ask(TELL, variables).await;
        newest(&world, &dataset).await
    };
    let untag = async |version: &Value| {
        world.ask(UNTAG, json!({ "id": dataset, "version": version["hash"], "tag": "baseline" })).await;
        newest(&world, &dataset).await
    };
    let undo = async |at: &Value| world.ask(UNDO, json!({ "at": at })).await["undo"].clone();
    let seen = async || world.ask(READ, json!({ "id": dataset })).await["dataset"].clone();

    tell(&first, json!(["baseline"]), "the first try").await;
    let before = seen().await;
    assert_eq!(before["version"], json!({ "number": 1 }));
    let described = tell(&first, json!([]), "not so good").await;
    undo(&described).await;
    assert_eq!(seen().await, before, "the note of before, and tags stay");
    let untagged = untag(&first).await;
    assert_eq!(seen().await["version"], Value::Null);
    let undone = undo(&untagged).await;
    assert_eq!(seen().await, before);
    undo(&undone).await;
    assert_eq!(seen().await["version"], Value::Null);

    let (message, extensions) = world.refusal(UNDO, json!({ "at": described })).await;
    assert!(message.ends_with("is undone already"), "{message}");
    assert_eq!(extensions["code"], json!("CONFLICT"));
    let remove = "mutation($ids: [ID!]!) { deleteDatasets(ids: $ids) }";
    world.ask(remove, json!({ "ids": [dataset] })).await;
    let (message, extensions) = world.refusal(UNDO, json!({ "at": untagged })).await;
    assert_eq!(
        (&*message, &extensions["hint"]),
        ("its dataset is deleted", &json!("restore the dataset first"))
    );
    world.ask("mutation($id: ID!) { restore(id: $id) }", json!({ "id": dataset })).await;
    undo(&untagged).await;
    assert_eq!(seen().await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_another_version_has_by_now_is_not_taken_from_it() {
    let world = World::open();
    let dataset = create(&world, "qa").await;
    let first = add(&world, &dataset, 0..1, &Value::Null).await;
    let second = add(&world, &dataset, 1..2, &first["id"]).await;
    let tag = async |version: &Value| {
        let variables = json!({ "id": dataset, "version": version["hash"], "tags": ["baseline"] });
        world.ask(TELL, variables).await;
    };
    let untag = async |version: &Value| {
        world.ask(UNTAG, json!({ "id": dataset, "version": version["hash"], "tag": "baseline" })).await;
    };
    tag(&first).await;
    untag(&first).await;
    let untagged = newest(&world, &dataset).await;
    tag(&second).await;
    let (message, extensions) = world.refusal(UNDO, json!({ "at": untagged })).await;
    assert_eq!(message, "the tag `baseline` belongs to version 2 by now");
    assert_eq!(extensions["hint"], json!("take the tag from that version first"));
    untag(&second).await;
    world.ask(UNDO, json!({ "at": untagged })).await;
    let seen = world.ask(READ, json!({ "id": dataset })).await["dataset"].clone();
    assert_eq!(seen["version"], json!({ "number": 1 }));
}
