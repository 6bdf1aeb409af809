//! Runners and their jobs: paired, asked, watched while they work, and sent away.

use std::time::Duration;

use async_graphql::{Request, Response, Variables};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_actors::runners::face::Pairing;
use cairn_core::access::RunnerWrite;
use cairn_core::ids::{JobId, ProjectId, RunnerId};
use cairn_core::projects;
use cairn_core::runners::{Agent, JobStatus, Kind, LogLine, Report};
use cairn_core::runners::{bridge, pairing};
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::world::{PROJECT, World, body};

const PATIENCE: Duration = Duration::from_secs(20);
const KEY: [u8; 32] = [7; 32];
const NAME: &str = "laptop";
const ACTIVATE: &str = "mutation($session: ID!, $proof: String!) {
    activateRunner(sessionId: $session, name: \"laptop\", proof: $proof) { id name status kind } }";
const CREATE: &str =
    "mutation($input: RunnerJobInput!) { createRunnerJob(input: $input) { id status agent inputs } }";

async fn project(world: &World) -> ProjectId {
    let command = projects::Command::Create {
        name: PROJECT.to_owned(),
        description: None,
        visibility: projects::Visibility::default(),
    };
    ProjectId::known(world.session.execute(command).await.unwrap().created.unwrap())
}

async fn begin(world: &World, project: ProjectId) -> Pairing {
    let request = pairing::Request::new(project, KEY, Kind::Endpoint, None).unwrap();
    world.handles.pair_runner(&world.session.grant().unwrap(), request).await.unwrap()
}

fn proof(session: Uuid) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&KEY).unwrap();
    mac.update(session.as_bytes());
    mac.update(&Sha256::digest(NAME.as_bytes()));
    STANDARD.encode(mac.finalize().into_bytes())
}

/// A connected runner with the agent `answer`.
async fn connected(world: &World, project: ProjectId) -> RunnerId {
    let pairing = begin(world, project).await;
    let variables = json!({ "session": pairing.session_id.to_string(), "proof": proof(pairing.session_id) });
    world.ask(ACTIVATE, variables).await;
    let agent = Agent {
        name: "answer".to_owned(),
        description: None,
        language: None,
        executable: None,
        source_file: None,
        parameters: Vec::new(),
        timeout_seconds: None,
    };
    let grant = world.session.grant::<RunnerWrite>().unwrap();
    world.handles.set_runner_agents(&grant, pairing.runner_id, vec![agent]).await.unwrap();
    pairing.runner_id
}

async fn ask_for(world: &World, project: ProjectId) -> Value {
    let input = json!({ "projectId": project.to_string(), "agent": "answer", "inputs": "{\"q\":  1}" });
    world.ask(CREATE, json!({ "input": input })).await["createRunnerJob"].clone()
}

fn job_id(job: &Value) -> JobId {
    JobId::known(Uuid::parse_str(job["id"].as_str().unwrap()).unwrap())
}

async fn next(told: &mut BoxStream<'static, Response>) -> Value {
    let response = tokio::time::timeout(PATIENCE, told.next()).await.expect("nothing was told").unwrap();
    let answer = serde_json::to_value(response).unwrap();
    assert_eq!(answer["errors"], Value::Null);
    answer["data"]["runnerJobChanges"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_is_paired_seen_and_sent_away() {
    let world = World::open();
    let project = project(&world).await;
    let pairing = begin(&world, project).await;
    let list =
        "query($project: ID!) { runners(projectId: $project) { id name status kind agents { name } } }";
    let variables = json!({ "project": project.to_string() });
    let id = pairing.runner_id.to_string();
    let waiting = json!([{ "id": id, "name": null, "status": "PAIRING", "kind": "ENDPOINT", "agents": [] }]);
    assert_eq!(world.ask(list, variables.clone()).await["runners"], waiting);
    let wrong = json!({ "session": pairing.session_id.to_string(), "proof": proof(Uuid::nil()) });
    assert_eq!(world.refusal(ACTIVATE, wrong).await.1["code"], json!("FORBIDDEN"));
    let right = json!({ "session": pairing.session_id.to_string(), "proof": proof(pairing.session_id) });
    let data = world.ask(ACTIVATE, right).await;
    assert_eq!(
        data["activateRunner"],
        json!({ "id": id, "name": NAME, "status": "CONNECTED", "kind": "ENDPOINT" })
    );
    let disconnect = "mutation($id: ID!) { disconnectRunner(id: $id) }";
    world.ask(disconnect, json!({ "id": id })).await;
    let gone =
        json!([{ "id": id, "name": NAME, "status": "DISCONNECTED", "kind": "ENDPOINT", "agents": [] }]);
    assert_eq!(world.ask(list, variables).await["runners"], gone);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pairing_is_begun_and_ended_over_graphql() {
    let world = World::open();
    let project = project(&world).await;
    let begin = "mutation($input: CreatePairingSessionInput!) {
        createPairingSession(input: $input) { id runner { id status kind } } }";
    let input = |key: &str, seconds: i64| {
        let project = project.to_string();
        json!({ "input": { "projectId": project, "key": key, "kind": "CONNECT", "seconds": seconds } })
    };
    let pairing = world.ask(begin, input(&STANDARD.encode(KEY), 60)).await["createPairingSession"].clone();
    assert_eq!(
        (&pairing["runner"]["status"], &pairing["runner"]["kind"]),
        (&json!("PAIRING"), &json!("CONNECT"))
    );
    let session = Uuid::parse_str(pairing["id"].as_str().unwrap()).unwrap();
    let data = world.ask(ACTIVATE, json!({ "session": session, "proof": proof(session) })).await;
    assert_eq!(data["activateRunner"]["id"], pairing["runner"]["id"]);
    for (key, seconds) in [("short", 60), (STANDARD.encode(KEY).as_str(), 1)] {
        let (message, extensions) = world.refusal(begin, input(key, seconds)).await;
        assert_eq!(extensions["code"], json!("INVALID"), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_to_a_machine_is_sent_and_its_answer_read() {
    let world = World::open();
    let project = project(&world).await;
    let runner = connected(&world, project).await;
    let command =
        "mutation($input: RunnerCommandInput!) { sendRunnerCommand(input: $input) { id kind status } }";
    let input = |runner: &str, timeout: i64| {
        json!({ "input": {
            "runnerId": runner, "kind": "READ_FILE", "arguments": "{\"path\": \"a\"}", "timeoutSeconds": timeout,
        } })
    };
    let grant = world.session.grant::<RunnerWrite>().unwrap();
    let heard = vec!["jobs".to_owned(), "bridge".to_owned()];
    world.handles.hear_runner(&grant, runner, heard).await.unwrap();
    let sent = world.ask(command, input(&runner.to_string(), 20)).await["sendRunnerCommand"].clone();
    assert_eq!((&sent["kind"], &sent["status"]), (&json!("READ_FILE"), &json!("PENDING")));
    let taken = world.handles.next_bridge_commands(&grant, runner, 1).await.unwrap();
    let outcome = bridge::Outcome {
        status: bridge::Status::Completed,
        result: Some(body(&json!({ "text": "hello" }))),
        error: None,
        duration_ms: Some(3),
    };
    world.handles.finish_bridge_command(&grant, runner, taken[0].id, outcome).await.unwrap();
    let read = "query($runner: ID!, $id: ID!) { runnerCommand(runnerId: $runner, id: $id, waitSeconds: 20) {
        status arguments result durationMs } }";
    let data = world.ask(read, json!({ "runner": runner.to_string(), "id": sent["id"] })).await;
    let expected = json!({
        "status": "COMPLETED", "arguments": "{\"path\": \"a\"}", "result": "{\"text\":\"hello\"}", "durationMs": 3,
    });
    assert_eq!(data["runnerCommand"], expected);
    let (message, extensions) = world.refusal(command, input(&runner.to_string(), 121)).await;
    assert_eq!(extensions["code"], json!("INVALID"), "{message}");
    let (message, extensions) = world.refusal(command, input(&Uuid::nil().to_string(), 20)).await;
    assert_eq!(extensions["code"], json!("NOT_FOUND"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_and_the_end_of_a_job_are_told_as_they_come() {
    let world = World::open();
    let project = project(&world).await;
    let runner = connected(&world, project).await;
    let job = ask_for(&world, project).await;
    assert_eq!(
        (&job["status"], &job["agent"], &job["inputs"]),
        (&json!("PENDING"), &json!("answer"), &json!("{\"q\":  1}"))
    );
    let subscription = "subscription($id: ID!, $after: Position) { runnerJobChanges(id: $id, after: $after) {
        position job { status } log { stream text } } }";
    let subscribe = |after: Value| {
        let variables = Variables::from_json(json!({ "id": job["id"], "after": after }));
        world.api.stream(world.session.clone(), Request::new(subscription).variables(variables))
    };
    let mut told = subscribe(world.position().await);
    let grant = world.session.grant::<RunnerWrite>().unwrap();
    let taken = world.handles.next_job(&grant, runner).await.unwrap().unwrap();
    assert_eq!(taken.job.id, job_id(&job));
    let line = |text: &str| LogLine { stream: "stdout".to_owned(), text: text.to_owned() };
    world.handles.log_job(&grant, taken.job.id, vec![line("one"), line("two")]).await.unwrap();
    world.handles.log_job(&grant, taken.job.id, vec![line("three")]).await.unwrap();
    let report = Report {
        status: JobStatus::Completed,
        result: Some(body(&json!({ "a": 1 }))),
        error: None,
        trace_id: None,
    };
    world.handles.report_job(&grant, taken.job.id, report).await.unwrap();
    let (mut texts, mut last) = (Vec::new(), Value::Null);
    for _ in 0..4 {
        last = next(&mut told).await;
        texts.extend(last["log"].as_array().unwrap().iter().map(|line| line["text"].clone()));
    }
    assert_eq!(
        (texts, &last["job"]["status"]),
        (vec![json!("one"), json!("two"), json!("three")], &json!("COMPLETED"))
    );
    let query =
        "query($id: ID!) { runnerJob(id: $id) { status result logLineCount log(offset: 1) { text } } }";
    let data = world.ask(query, json!({ "id": job["id"] })).await;
    let expected = json!({
        "status": "COMPLETED", "result": "{\"a\":1}", "logLineCount": 3,
        "log": [{ "text": "two" }, { "text": "three" }],
    });
    assert_eq!(data["runnerJob"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_cancelled_and_the_runner_hears_of_it() {
    let world = World::open();
    let project = project(&world).await;
    let runner = connected(&world, project).await;
    let grant = world.session.grant::<RunnerWrite>().unwrap();
    world.handles.hear_runner(&grant, runner, vec!["jobs".to_owned()]).await.unwrap();
    let job = ask_for(&world, project).await;
    let cancel = "mutation($id: ID!) { cancelRunnerJob(id: $id) { status completedAt } }";
    let data = world.ask(cancel, json!({ "id": job["id"] })).await;
    assert_eq!(data["cancelRunnerJob"]["status"], json!("CANCELLED"));
    let cancelled = world.handles.hear_runner(&grant, runner, Vec::new()).await.unwrap();
    assert_eq!(cancelled, [job_id(&job)]);
    let list = "query($id: ID!) { runner(id: $id) { capabilities jobs { totalCount nodes { status } } } }";
    let data = world.ask(list, json!({ "id": runner.to_string() })).await;
    let jobs = json!({ "totalCount": 1, "nodes": [{ "status": "CANCELLED" }] });
    assert_eq!(data["runner"], json!({ "capabilities": ["jobs"], "jobs": jobs }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_is_answered_as_soon_as_there_is_a_job() {
    let world = World::open();
    let project = project(&world).await;
    let runner = connected(&world, project).await;
    let (handles, grant) = (world.handles.clone(), world.session.grant::<RunnerWrite>().unwrap());
    let poll = tokio::spawn(async move { handles.next_job(&grant, runner).await });
    let job = ask_for(&world, project).await;
    let taken = poll.await.unwrap().unwrap().unwrap();
    assert_eq!((taken.job.id, taken.job.status), (job_id(&job), JobStatus::Running));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_runner_ends_the_polls_of_the_older_one() {
    let world = World::open();
    let project = project(&world).await;
    let runner = connected(&world, project).await;
    let (handles, grant) = (world.handles.clone(), world.session.grant::<RunnerWrite>().unwrap());
    let poll = tokio::spawn(async move { handles.next_job(&grant, runner).await });
    connected(&world, project).await;
    let refusal = poll.await.unwrap().unwrap_err();
    assert_eq!(refusal.to_string(), "the runner was evicted: pair a new one");
}

#[tokio::test(flavor = "multi_thread")]
async fn runners_of_others_are_not_there() {
    let world = World::open();
    let project = project(&world).await;
    let runner = connected(&world, project).await;
    let job = ask_for(&world, project).await;
    let eve = world.limited(&["runner_read", "runner_write"]);
    let query = "query($project: ID!, $runner: ID!) { runners(projectId: $project) { id } runner(id: $runner) { id } }";
    let variables = json!({ "project": project.to_string(), "runner": runner.to_string() });
    let answer = world.respond(&eve, query, variables).await;
    assert_eq!(answer["data"], json!({ "runners": [], "runner": null }));
    for question in ["runnerJob", "mutation cancelRunnerJob"] {
        let (kind, field) = question.split_once(' ').unwrap_or(("query", question));
        let query = format!("{kind}($id: ID!) {{ {field}(id: $id) {{ status }} }}");
        let answer = world.respond(&eve, &query, json!({ "id": job["id"] })).await;
        assert_eq!(answer["errors"][0]["extensions"]["code"], json!("NOT_FOUND"), "{question}");
    }
}
