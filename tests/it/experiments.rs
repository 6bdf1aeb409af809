//! Items of experiments, as a client writes them over REST and somebody takes them back in GraphQL.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::binary::{Server, cairn, folder};

const HISTORY: &str =
    "query($id: ID!) { history(id: $id) { nodes { position isUndone fields { field before after } } } }";

fn id() -> String {
    Uuid::now_v7().to_string()
}

fn post(server: &Server, path: &str, body: &Value) {
    let answer = server.post(&format!("/api/v1/private/{path}"), body);
    let status = answer.status();
    assert!(status.is_success(), "{path}: {status} {}", answer.text().unwrap());
}

/// How many items each experiment has.
fn counts(server: &Server, experiments: &[String]) -> Vec<Value> {
    let query = "query($id: ID!) { experiment(id: $id) { itemCount items { totalCount } } }";
    let count = |id: &String| {
        let found = server.ask(query, &json!({ "id": id }))["experiment"].clone();
        assert_eq!(found["itemCount"], found["items"]["totalCount"]);
        found["itemCount"].clone()
    };
    experiments.iter().map(count).collect()
}

#[test]
fn an_item_that_was_moved_goes_back_by_an_undo_and_stays_there_when_rows_are_made_anew() {
    let data = folder();
    let server = Server::start(data.path());
    let trace = server.trace("shop", "ask");
    let (dataset_item, item) = (id(), id());
    let data_item = json!({ "id": dataset_item, "source": "manual", "data": { "question": "why?" } });
    let body = json!({ "dataset_name": "qa", "items": [data_item] });
    let answer = server.client.put(server.url("/api/v1/private/datasets/items")).json(&body).send().unwrap();
    assert!(answer.status().is_success());
    let experiments = ["first", "second"].map(|name| {
        let id = id();
        post(&server, "experiments", &json!({ "id": id, "name": name, "dataset_name": "qa" }));
        id
    });
    for experiment in &experiments {
        let tie = json!({
            "id": item, "experiment_id": experiment, "dataset_item_id": dataset_item, "trace_id": trace,
        });
        post(&server, "experiments/items", &json!({ "experiment_items": [tie] }));
    }
    assert_eq!(counts(&server, &experiments), [0, 1]);

    let history = |server: &Server| server.ask(HISTORY, &json!({ "id": item }))["history"]["nodes"].clone();
    let moved = history(&server)[0]["position"].clone();
    let undone = server.ask("mutation($at: Position!) { undo(position: $at) }", &json!({ "at": moved }));
    assert_eq!(counts(&server, &experiments), [1, 0]);
    let told = history(&server);
    assert_eq!((&told[0]["position"], &told[1]["isUndone"]), (&undone["undo"], &json!(true)));
    let [first, second] = &experiments.each_ref().map(|id| json!(id).to_string());
    let back = json!([{ "field": format!("items.{item}.experiment_id"), "before": second, "after": first }]);
    assert_eq!(told[0]["fields"], back);

    assert!(server.terminate().success());
    assert!(cairn(data.path(), &["rebuild"]).status.success());
    let server = Server::start(data.path());
    assert_eq!(counts(&server, &experiments), [1, 0]);
    assert_eq!(history(&server), told);
}
