//! What happened in a workspace, and its proof.

use serde_json::{Value, json};

use super::erasures::{ERASE, done};
use super::world::{World, body, span, trace, trace_id};

const EVENTS: &str = "query($filter: AuditFilter, $first: Int, $before: Position) {
    auditEvents(filter: $filter, first: $first, before: $before) {
        nodes { position kind area action principal actor request isUndoable undoes isErased isLong saidOmitted
            thing { kind id name projectId within isThere } said { field value isShortened } }
        reached isComplete lookedAt position
    }
}";

async fn events(world: &World, filter: Value) -> Value {
    world.ask(EVENTS, json!({ "filter": filter, "first": 100 })).await["auditEvents"].clone()
}

fn kinds(page: &Value) -> Vec<&str> {
    page["nodes"].as_array().unwrap().iter().map(|node| node["kind"].as_str().unwrap()).collect()
}

async fn rename(world: &World, name: &str) {
    let update = "mutation($input: UpdateProjectInput!) { updateProject(input: $input) { id } }";
    world.ask(update, json!({ "input": { "id": world.project_id().await, "name": name } })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_told_who_did_what_to_which_thing() {
    let world = World::open();
    world.traces([1]).await;
    world.spans(vec![span(7, 1)]).await;
    let project = world.project_id().await;
    let page = events(&world, json!({})).await;
    assert_eq!(kinds(&page), ["span_recorded", "trace_recorded", "project_created"]);
    assert_eq!((&page["isComplete"], &page["lookedAt"]), (&json!(true), &json!(3)));
    assert_eq!(page["position"], world.position().await);
    let [span, _, created] = page["nodes"].as_array().unwrap().as_slice() else { panic!("three events") };
    assert_eq!(span["thing"]["kind"], "SPAN");
    assert_eq!(span["thing"]["within"], trace_id(1).to_string());
    assert_eq!((&span["thing"]["name"], &span["thing"]["projectId"]), (&json!("step"), &json!(project)));
    assert_eq!(
        (&created["area"], &created["action"], &created["principal"], &created["actor"]),
        (&json!("PROJECTS"), &json!("CREATE"), &json!("admin"), &json!("CALLER"))
    );
    assert_eq!(created["said"][0], json!({ "field": "name", "value": "\"agents\"", "isShortened": false }));

    world.delete(1).await;
    let page = events(&world, json!({ "decisions": true })).await;
    assert_eq!(kinds(&page), ["trace_deleted", "project_created"]);
    let thing = &page["nodes"][0]["thing"];
    assert_eq!((&thing["name"], &thing["isThere"]), (&json!("run 1"), &json!(false)));
    assert_eq!(thing["projectId"], project);
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_narrow_and_pages_go_on_where_the_last_ended() {
    let world = World::open();
    world.traces([1, 2, 3]).await;
    world.spans(vec![span(1, 1)]).await;
    let page = events(&world, json!({ "areas": ["SPANS", "PROJECTS"] })).await;
    assert_eq!(kinds(&page), ["span_recorded", "project_created"]);
    let request = page["nodes"][1]["request"].clone();
    let page = events(&world, json!({ "request": request, "areas": ["TRACES"] })).await;
    assert_eq!(kinds(&page), ["trace_recorded"; 3]);
    let page = events(&world, json!({ "thing": trace_id(2).to_string() })).await;
    assert_eq!(page["nodes"][0]["thing"]["id"], trace_id(2).to_string());
    assert_eq!(kinds(&events(&world, json!({ "principal": "ADM" })).await).len(), 5);
    assert_eq!(kinds(&events(&world, json!({ "principal": "eve" })).await).len(), 0);
    assert_eq!(kinds(&events(&world, json!({ "until": "2020-01-01T00:00:00Z" })).await).len(), 0);
    let (mut before, mut found) = (Value::Null, Vec::new());
    for _ in 0..3 {
        let page = world.ask(EVENTS, json!({ "first": 2, "before": before })).await["auditEvents"].clone();
        found.extend(kinds(&page).into_iter().map(str::to_owned));
        before = page["reached"].clone();
    }
    assert_eq!(found.len(), 5);
    let mine = json!({ "projectId": world.project_id().await });
    assert_eq!(kinds(&events(&world, mine).await).len(), 5);
    let other = "mutation { createProject(input: { name: \"others\" }) { id } }";
    let other = world.ask(other, json!({})).await["createProject"]["id"].clone();
    let page = events(&world, json!({ "projectId": other })).await;
    assert_eq!((kinds(&page), &page["isComplete"]), (vec!["project_created"], &json!(true)));
    let wrong = json!({ "filter": { "from": "2026-01-02T00:00:00Z", "until": "2026-01-01T00:00:00Z" } });
    let (message, extensions) = world.refusal(EVENTS, wrong).await;
    assert!(message.contains("`until` is before it"), "{message}");
    assert_eq!(extensions["code"], "INVALID");
    let (message, _) = world.refusal(EVENTS, json!({ "filter": { "request": "one" } })).await;
    assert_eq!(message, "`one` is not an id; ids are UUIDs");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_event_tells_what_it_changed_and_can_be_taken_back() {
    let world = World::open();
    world.traces([1]).await;
    rename(&world, "robots").await;
    let page = events(&world, json!({ "areas": ["PROJECTS"] })).await;
    let renamed = page["nodes"][0].clone();
    assert_eq!((&renamed["kind"], &renamed["isUndoable"]), (&json!("project_updated"), &json!(true)));
    let query = "query($at: Position!) { auditEvent(position: $at) { kind undoes thing { kind name }
        change { isUndone fields { field before after } } } }";
    let told = world.ask(query, json!({ "at": renamed["position"] })).await["auditEvent"].clone();
    let field = json!({ "field": "name", "before": "\"agents\"", "after": "\"robots\"" });
    assert_eq!(told["change"], json!({ "isUndone": false, "fields": [field] }));
    let undo = "mutation($at: Position!) { undo(position: $at) }";
    let at = world.ask(undo, json!({ "at": renamed["position"] })).await["undo"].clone();
    let told = world.ask(query, json!({ "at": at })).await["auditEvent"].clone();
    assert_eq!((&told["kind"], &told["undoes"]), (&json!("change_undone"), &renamed["position"]));
    assert_eq!(told["thing"], json!({ "kind": "PROJECT", "name": "agents" }));
    assert_eq!(told["change"]["fields"][0]["after"], "\"agents\"");
    let told = world.ask(query, json!({ "at": renamed["position"] })).await["auditEvent"].clone();
    assert_eq!(told["change"]["isUndone"], true);
    assert_eq!(world.ask(query, json!({ "at": "999" })).await["auditEvent"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_may_read_the_log_sees_it() {
    let world = World::open();
    for query in [
        "{ auditEvents { position } }",
        "{ auditEvent(position: 1) { kind } }",
        "{ auditCheckpoint { key } }",
    ] {
        let answer = world.respond(&world.limited(&["trace_read"]), query, json!({})).await;
        let message = answer["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains("lacks the permission `audit_read`"), "{message}");
    }
    assert_eq!(world.ask("{ auditCheckpoint { key } }", json!({})).await["auditCheckpoint"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_what_was_erased_only_the_line_stays_and_of_what_is_large_only_its_own_page_tells() {
    let world = World::open();
    let mut large = trace(2);
    large.fields.input = Some(body(&json!({ "text": "long ".repeat(20_000) })));
    world.write_traces(vec![trace(1), large]).await;
    let comment = "mutation($id: ID!) { commentOnTrace(id: $id, text: \"secret\") { id } }";
    world.ask(comment, json!({ "id": trace_id(1).to_string() })).await;
    let began = world.ask(ERASE, json!({ "what": { "trace": trace_id(1).to_string() } })).await;
    done(&world, &began["erase"]["id"]).await;

    let page = events(&world, json!({ "principal": "admin" })).await;
    let of = |kind: &str| {
        let nodes = page["nodes"].as_array().unwrap().iter();
        nodes.filter(|node| node["kind"] == kind).cloned().collect::<Vec<_>>()
    };
    let [large, erased] = of("trace_recorded").try_into().unwrap();
    assert_eq!(
        (&erased["isErased"], &erased["thing"], &erased["said"]),
        (&json!(true), &Value::Null, &json!([]))
    );
    assert_eq!(
        (&large["isLong"], &large["said"], &large["thing"]["name"]),
        (&json!(true), &json!([]), &json!("run 2"))
    );
    assert!(!page.to_string().contains("secret"), "{page}");
    // What was decided is found by its kind, also where nothing else is left of it.
    let decisions = events(&world, json!({ "decisions": true, "areas": ["COMMENTS"] })).await;
    assert_eq!((kinds(&decisions), &decisions["lookedAt"]), (vec!["comment_added"], &json!(1)));
    let query =
        "query($at: Position!) { auditEvent(position: $at) { change { fields { field isShortened } } } }";
    let told = world.ask(query, json!({ "at": large["position"] })).await["auditEvent"]["change"].clone();
    assert!(
        told["fields"].as_array().unwrap().contains(&json!({ "field": "input", "isShortened": true })),
        "{told}"
    );
    let told = world.ask(query, json!({ "at": erased["position"] })).await;
    assert_eq!(told["auditEvent"]["change"], Value::Null);
}
