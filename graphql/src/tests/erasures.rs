//! Erasing for good, and what is told of it.

use cairn_core::access::{DataErase, Permission};
use serde_json::{Value, json};

use super::world::{World, only_error, span, trace, trace_id};

pub(super) const ERASE: &str =
    "mutation($what: ErasureInput!) { erase(what: $what) { id subject subjectId stage begunBy } }";

/// Follows the log until the erasure is done. The workspace is opened anew on the way.
pub(super) async fn done(world: &World, id: &Value) -> Value {
    let query = "query($id: ID!) { erasure(id: $id) { isDone stage traces events endedAt } }";
    loop {
        let mut head = world.session.head::<DataErase>().await.unwrap();
        let position = head.position();
        let erasure = world.ask(query, json!({ "id": id })).await["erasure"].clone();
        if erasure["isDone"] == true {
            return erasure;
        }
        // Nobody may hold on to it while it is made anew.
        head.beyond(position).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_trace_is_nowhere_to_be_read_and_its_history_says_by_whom_it_was_erased() {
    let world = World::open();
    let mut one = trace(1);
    one.fields.thread_id = Some("chat".to_owned());
    let mut two = trace(2);
    two.fields.thread_id = Some("chat".to_owned());
    world.write_traces(vec![one, two]).await;
    world.spans(vec![span(1, 1), span(2, 2)]).await;
    let id = trace_id(1).to_string();
    let before = world.position().await;
    let began = world.ask(ERASE, json!({ "what": { "trace": id } })).await["erase"].clone();
    assert_eq!(
        (&began["subject"], &began["subjectId"], &began["begunBy"]),
        (&json!("TRACE"), &json!(id), &json!("admin"))
    );
    let ended = done(&world, &began["id"]).await;
    assert_eq!((&ended["stage"], &ended["traces"], &ended["events"]), (&json!("DONE"), &json!(1), &json!(2)));

    let read = "query($id: ID!, $at: Position!) { trace(id: $id) { id } \
        fieldsAt(id: $id, position: $at) { field } asOf(position: $at) { trace(id: $id) { id } } \
        history(id: $id) { nodes { kind principal fields { field } } } trash(first: 10) { nodes { id } } }";
    let data = world.ask(read, json!({ "id": id, "at": before })).await;
    assert_eq!(data["trace"], Value::Null);
    assert_eq!(data["fieldsAt"], json!([]));
    assert_eq!(data["asOf"]["trace"], Value::Null);
    assert_eq!(data["trash"]["nodes"], json!([]));
    let told = |kind: &str| json!({ "kind": kind, "principal": "admin", "fields": [] });
    assert_eq!(
        data["history"]["nodes"],
        json!([told("erased"), told("trace_deleted"), told("erasure_begun")])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_only_delete_may_not_erase() {
    let world = World::open();
    world.traces([1]).await;
    let session = world.limited(&["trace_read", "trace_delete"]);
    let what = json!({ "what": { "trace": trace_id(1).to_string() } });
    let (message, _) = only_error(&world.respond(&session, ERASE, what).await);
    assert_eq!(message, format!("`eve` lacks the permission `{}`", DataErase::NAME));
    let blank = world.refusal(ERASE, json!({ "what": { "user": "" } })).await.0;
    assert_eq!(blank, "user must not be blank, nor longer than 1000 characters");
}
