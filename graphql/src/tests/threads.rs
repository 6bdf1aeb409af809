//! Threads as a client sees them: lists, one by one, what can be done to them, and what is told of them live.

use cairn_core::command::ProjectRef;
use cairn_core::feedback::Target;
use cairn_core::ids::ThreadId;
use cairn_core::{feedback, traces};
use serde_json::{Value, json};

use super::live::{next_of, subscribe};
use super::world::{PROJECT, World, span, trace, trace_id};

const LIST: &str = "query($project: ID!, $first: Int, $after: String, $sort: Sort, $filter: String) {
    project(id: $project) {
        threadCount
        threads(first: $first, after: $after, sort: $sort, filter: $filter) {
            nodes { id threadId status traceCount } totalCount pageInfo { hasNextPage endCursor }
        }
    }
}";

const ONE: &str = "query($project: ID!, $thread: String!) {
    threadByThreadId(projectId: $project, threadId: $thread) {
        id threadId status startTime endTime durationMs firstMessage lastMessagePreview messageCount tags
        totalTokens cost spanCount project { name } feedbackScores { name value }
        traces(first: 2) { nodes { id } totalCount pageInfo { hasNextPage endCursor } }
    }
}";

const CHANGES: &str = "subscription($project: ID!, $filter: String, $after: Position) {
    threadChanges(projectId: $project, filter: $filter, after: $after) {
        position kind id thread { threadId traceCount status }
    }
}";

fn in_thread(number: u64, thread: &str) -> traces::Write {
    let mut write = trace(number);
    write.fields.thread_id = Some(thread.to_owned());
    write
}

impl World {
    async fn talk(&self, traces: &[(u64, &str)]) {
        self.write_traces(traces.iter().map(|(number, thread)| in_thread(*number, thread)).collect()).await;
    }

    async fn thread(&self, thread: &str) -> Value {
        let variables = json!({ "project": self.project_id().await, "thread": thread });
        self.ask(ONE, variables).await["threadByThreadId"].clone()
    }

    async fn id_of(&self, thread: &str) -> String {
        self.thread(thread).await["id"].as_str().unwrap().to_owned()
    }

    async fn names(&self, mut variables: Value) -> Vec<String> {
        variables["project"] = json!(self.project_id().await);
        let data = self.ask(LIST, variables).await;
        let nodes = data["project"]["threads"]["nodes"].as_array().unwrap().clone();
        nodes.iter().map(|node| node["threadId"].as_str().unwrap().to_owned()).collect()
    }

    async fn change(&self, mutation: &str, variables: Value) {
        self.ask(mutation, variables).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_shows_what_its_traces_come_to() {
    let world = World::open();
    world.talk(&[(3, "chat"), (1, "chat"), (2, "chat"), (4, "other")]).await;
    let mut costly = span(1, 1);
    costly.fields.cost = Some("0.5".parse().unwrap());
    costly.fields.usage = Some([("total_tokens".to_owned(), 7)].into());
    world.spans(vec![costly]).await;
    let thread = world.thread("chat").await;
    let first: Value = serde_json::from_str(thread["firstMessage"].as_str().unwrap()).unwrap();
    assert_eq!(first, json!({ "question": "what is 1?" }));
    assert_eq!(thread["lastMessagePreview"], json!("answer 3"));
    assert_eq!((&thread["messageCount"], &thread["spanCount"]), (&json!(6), &json!(1)));
    assert_eq!((&thread["totalTokens"], &thread["cost"]), (&json!(7), &json!(0.5)));
    assert_eq!((&thread["status"], &thread["project"]["name"]), (&json!("ACTIVE"), &json!(PROJECT)));
    assert_eq!((&thread["endTime"], &thread["durationMs"]), (&Value::Null, &Value::Null));
    let ids = [trace_id(1), trace_id(2)].map(|id| json!({ "id": id.to_string() }));
    assert_eq!(thread["traces"]["nodes"], json!(ids));
    assert_eq!(thread["traces"]["totalCount"], json!(3));
    let rest = world
        .ask(
            "query($id: ID!, $after: String) { thread(id: $id) {
                traces(first: 5, after: $after) { nodes { id } pageInfo { hasNextPage } }
            } }",
            json!({ "id": thread["id"], "after": thread["traces"]["pageInfo"]["endCursor"] }),
        )
        .await;
    assert_eq!(rest["thread"]["traces"]["nodes"], json!([{ "id": trace_id(3).to_string() }]));
    assert_eq!(world.thread("nobody's").await, Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn threads_are_listed_filtered_and_sorted_as_traces_are() {
    let world = World::open();
    let traces: Vec<(u64, String)> = (0..30).map(|number| (number, format!("t{}", number % 7))).collect();
    let traces: Vec<(u64, &str)> = traces.iter().map(|(number, name)| (*number, name.as_str())).collect();
    world.talk(&traces).await;
    assert_eq!(world.names(json!({})).await, ["t6", "t5", "t4", "t3", "t2", "t1", "t0"]);
    let by_length = json!({ "sort": { "field": "messages", "direction": "DESC" }, "first": 3 });
    assert_eq!(world.names(by_length).await, ["t1", "t0", "t6"]);
    assert_eq!(world.names(json!({ "filter": "messages >= 10" })).await, ["t1", "t0"]);
    assert_eq!(world.names(json!({ "filter": "first_message:\"what is 4\"" })).await, ["t4"]);
    assert_eq!(world.names(json!({ "filter": "is 5" })).await, ["t5"]);
    world
        .change(
            "mutation($ids: [ID!]!) { closeThreads(ids: $ids) { id } }",
            json!({ "ids": [world.id_of("t2").await, world.id_of("t4").await] }),
        )
        .await;
    assert_eq!(world.names(json!({ "filter": "status:inactive" })).await, ["t4", "t2"]);
    let project = world.project_id().await;
    let (mut after, mut seen) = (Value::Null, Vec::new());
    loop {
        let data = world.ask(LIST, json!({ "project": project, "first": 3, "after": after })).await;
        let list = &data["project"]["threads"];
        assert_eq!((&list["totalCount"], &data["project"]["threadCount"]), (&json!(7), &json!(7)));
        seen.extend(list["nodes"].as_array().unwrap().iter().map(|node| node["threadId"].clone()));
        if list["pageInfo"]["hasNextPage"] == json!(false) {
            break;
        }
        after = list["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(json!(seen), json!(["t6", "t5", "t4", "t3", "t2", "t1", "t0"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_is_tagged_scored_closed_opened_and_deleted() {
    let world = World::open();
    world.talk(&[(1, "chat"), (2, "chat"), (3, "other")]).await;
    let id = world.id_of("chat").await;
    world
        .change(
            "mutation($id: ID!) {
            first: tagThreads(ids: [$id], add: [\"a\", \"b\"]) { id }
            second: tagThreads(ids: [$id], add: [\"c\"], remove: [\"a\"]) { id }
            scoreThread(id: $id, score: { name: \"quality\", value: 0.1 }) { id }
            closeThreads(ids: [$id]) { status }
        }",
            json!({ "id": id }),
        )
        .await;
    let thread = world.thread("chat").await;
    assert_eq!(thread["tags"], json!(["b", "c"]));
    assert_eq!(thread["feedbackScores"], json!([{ "name": "quality", "value": 0.1 }]));
    assert_eq!(thread["status"], json!("INACTIVE"));
    world
        .change(
            "mutation($id: ID!) { openThreads(ids: [$id]) { id } clearThreadScore(id: $id, name: \"quality\") { id } }",
            json!({ "id": id }),
        )
        .await;
    let thread = world.thread("chat").await;
    assert_eq!((&thread["status"], &thread["feedbackScores"]), (&json!("ACTIVE"), &json!([])));
    world.change("mutation($id: ID!) { deleteThreads(ids: [$id]) }", json!({ "id": id })).await;
    assert_eq!(world.thread("chat").await, Value::Null);
    let data =
        world.ask("query($id: ID!) { trace(id: $id) { id } }", json!({ "id": trace_id(1).to_string() }));
    assert_eq!(data.await["trace"], Value::Null);
    assert_eq!(world.names(json!({})).await, ["other"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_or_opening_what_is_not_there_is_refused_as_a_whole() {
    let world = World::open();
    world.talk(&[(1, "chat")]).await;
    let ids = json!({ "ids": [world.id_of("chat").await, trace_id(9).to_string()] });
    for mutation in ["closeThreads", "openThreads"] {
        let query = format!("mutation($ids: [ID!]!) {{ {mutation}(ids: $ids) {{ id }} }}");
        let (message, extensions) = world.refusal(&query, ids.clone()).await;
        assert_eq!(message, format!("Thread id: {} not found", trace_id(9)));
        assert_eq!(extensions["code"], json!("NOT_FOUND"));
    }
    assert_eq!(world.thread("chat").await["status"], json!("ACTIVE"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_without_traces_is_there_for_its_scores_and_in_no_list() {
    let world = World::open();
    world.traces([1]).await;
    let score = feedback::Score {
        name: "quality".to_owned(),
        value: 1.into(),
        category_name: None,
        reason: None,
        source: "sdk".to_owned(),
        queue_id: None,
    };
    let project = ProjectRef::Name(PROJECT.to_owned());
    let write = feedback::Write { target: "early".to_owned(), project, author: None, score };
    world.session.execute(feedback::Command::ScoreThreads(vec![write])).await.unwrap();
    assert_eq!(world.thread("early").await, Value::Null);
    assert_eq!(world.names(json!({})).await, Vec::<String>::new());
    world.talk(&[(2, "early")]).await;
    assert_eq!(world.thread("early").await["feedbackScores"], json!([{ "name": "quality", "value": 1.0 }]));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_event_tells_of_its_thread() {
    let world = World::open();
    world.talk(&[(1, "chat")]).await;
    let project = world.project_id().await;
    let mut told = subscribe(&world, CHANGES, json!({ "project": project, "after": world.position().await }));
    let said = |change: &Value| {
        let thread = &change["thread"];
        json!([change["kind"], thread["threadId"], thread["traceCount"], thread["status"]])
    };
    let chat = |traces: u64, status: &str| json!(["UPSERTED", "chat", traces, status]);
    world.talk(&[(2, "chat")]).await;
    assert_eq!(said(&next_of(&mut told, "threadChanges").await), chat(2, "ACTIVE"));
    world.spans(vec![span(1, 1)]).await;
    assert_eq!(said(&next_of(&mut told, "threadChanges").await), chat(2, "ACTIVE"));
    let id = world.id_of("chat").await;
    world.score(Target::Thread(ThreadId::known(id.parse().unwrap())), 1).await;
    assert_eq!(said(&next_of(&mut told, "threadChanges").await), chat(2, "ACTIVE"));
    world.change("mutation($ids: [ID!]!) { closeThreads(ids: $ids) { id } }", json!({ "ids": [id] })).await;
    assert_eq!(said(&next_of(&mut told, "threadChanges").await), chat(2, "INACTIVE"));
    world.delete(1).await;
    assert_eq!(said(&next_of(&mut told, "threadChanges").await), chat(1, "INACTIVE"));
    world.delete(2).await;
    let gone = next_of(&mut told, "threadChanges").await;
    assert_eq!((&gone["kind"], &gone["id"], &gone["thread"]), (&json!("DELETED"), &json!(id), &Value::Null));
}

/// Both threads are told of, and whoever breaks off between the two is told of the first again.
#[tokio::test(flavor = "multi_thread")]
async fn a_trace_that_moves_tells_of_both_threads() {
    let world = World::open();
    world.talk(&[(1, "from"), (2, "from"), (3, "to")]).await;
    let project = world.project_id().await;
    let start = world.position().await;
    let update = traces::Update {
        project: ProjectRef::Name(PROJECT.to_owned()),
        fields: traces::Fields { thread_id: Some("to".to_owned()), ..traces::Fields::default() },
        tag_edits: cairn_core::merge::TagEdits::default(),
    };
    let moved = traces::Command::Update { id: trace_id(1), update: Box::new(update) };
    world.session.execute(moved).await.unwrap();
    let mut after = start;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let mut told = subscribe(&world, CHANGES, json!({ "project": project, "after": after }));
        for _ in 0..2 {
            let change = next_of(&mut told, "threadChanges").await;
            seen.push((change["thread"]["threadId"].clone(), change["thread"]["traceCount"].clone()));
            if seen.len() % 2 == 1 {
                after = change["position"].clone();
            }
        }
    }
    let both = [(json!("from"), json!(1)), (json!("to"), json!(2))];
    assert_eq!(seen, [both.clone(), both].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_people_write_beside_a_thread_is_read_and_found_there() {
    let world = World::open();
    world.talk(&[(1, "chat"), (2, "other")]).await;
    let id = world.id_of("chat").await;
    let mutation = "mutation($id: ID!) { commentOnThread(id: $id, text: \"went astray\") { comments { text createdBy } } }";
    let data = world.ask(mutation, json!({ "id": id })).await;
    assert_eq!(data["commentOnThread"]["comments"][0]["text"], json!("went astray"));
    for filter in ["has:comments", "comments:astray", "\"went astray\""] {
        assert_eq!(world.names(json!({ "filter": filter })).await, ["chat"], "{filter}");
    }
    assert_eq!(world.names(json!({ "filter": "NOT has:comments" })).await, ["other"]);
}
