//! A server in a folder of its own, and short ways to write to it and to ask it.

use std::sync::atomic::Ordering;

use async_graphql::{Request, Variables};
use bytes::Bytes;
use cairn_actors::handles::Handles;
use cairn_core::access::Principal;
use cairn_core::command::ProjectRef;
use cairn_core::feedback;
use cairn_core::ids::{SpanId, TraceId, uuid_v7};
use cairn_core::json::Json;
use cairn_core::time::Timestamp;
use cairn_core::{spans, traces};
use cairn_storage::attachments::contents::Home;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::execution::Api;
use crate::session::Session;

pub(super) struct World {
    pub(super) handles: Handles,
    pub(super) session: Session,
    pub(super) api: Api,
    _folder: TempDir,
}

pub(super) const PROJECT: &str = "agents";

pub(super) fn trace_id(number: u64) -> TraceId {
    TraceId::known(made(number, 1))
}

pub(super) fn span_id(number: u64) -> SpanId {
    SpanId::known(made(number, 2))
}

/// Ids of higher numbers are newer.
fn made(number: u64, kind: u8) -> uuid::Uuid {
    let mut rest = [kind; 10];
    rest[2..].copy_from_slice(&number.to_be_bytes());
    uuid_v7(Timestamp::from_millis(1_700_000_000_000 + i64::try_from(number).unwrap()), rest)
}

pub(super) fn body(value: &Value) -> Json {
    Json::parse(Bytes::from(value.to_string())).unwrap()
}

pub(super) fn trace(number: u64) -> traces::Write {
    traces::Write {
        id: Some(trace_id(number)),
        project: ProjectRef::Name(PROJECT.to_owned()),
        start_time: Timestamp::from_millis(1_700_000_000_000 + i64::try_from(number).unwrap()),
        last_updated_at: None,
        fields: traces::Fields {
            name: Some(format!("run {}", number % 3)),
            input: Some(body(&json!({ "question": format!("what is {number}?") }))),
            output: Some(body(&json!({ "answer": number }))),
            ..traces::Fields::default()
        },
    }
}

pub(super) fn span(number: u64, trace: u64) -> spans::Write {
    spans::Write {
        id: Some(span_id(number)),
        project: ProjectRef::Name(PROJECT.to_owned()),
        trace_id: trace_id(trace),
        parent: None,
        start_time: Timestamp::from_millis(1_700_000_000_000 + i64::try_from(number / 2).unwrap()),
        last_updated_at: None,
        fields: spans::Fields { name: Some("step".to_owned()), ..spans::Fields::default() },
    }
}

impl World {
    pub(super) fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_owned();
        let handles = tokio::task::block_in_place(|| Handles::start(&path, Home::Folder)).unwrap();
        let session = Session::open(&handles, "default").unwrap();
        Self { handles, session, api: Api::new(), _folder: folder }
    }

    pub(super) async fn traces(&self, numbers: impl IntoIterator<Item = u64>) {
        self.write_traces(numbers.into_iter().map(trace).collect()).await;
    }

    pub(super) async fn write_traces(&self, writes: Vec<traces::Write>) {
        self.session.execute(traces::Command::Record(writes)).await.unwrap();
    }

    pub(super) async fn spans(&self, writes: Vec<spans::Write>) {
        self.session.execute(spans::Command::Record(writes)).await.unwrap();
    }

    pub(super) async fn delete(&self, number: u64) {
        self.session.execute(traces::Delete { ids: vec![trace_id(number)] }).await.unwrap();
    }

    pub(super) async fn score(&self, target: feedback::Target, value: i64) {
        let score = feedback::Score {
            name: "quality".to_owned(),
            value: value.into(),
            category_name: None,
            reason: None,
            source: "sdk".to_owned(),
            queue_id: None,
        };
        let project = ProjectRef::Name(PROJECT.to_owned());
        let write = feedback::Write { target, project, author: None, score };
        self.session.execute(feedback::Command::Score(vec![write])).await.unwrap();
    }

    pub(super) fn limited(&self, permissions: &[&'static str]) -> Session {
        let workspace = self.session.workspace();
        Session::new(self.handles.clone(), Principal::limited("eve", workspace, permissions))
    }

    /// The whole answer. It is made by the threads of the runtime, as in the server: where there is one alone, nothing
    /// comes between what is asked for side by side, and reads can be counted.
    pub(super) async fn respond(&self, session: &Session, query: &str, variables: Value) -> Value {
        let request = Request::new(query).variables(Variables::from_json(variables));
        let (api, session) = (self.api.clone(), session.arriving().await);
        let answer = tokio::spawn(async move { api.answer(session, request).await });
        serde_json::to_value(answer.await.unwrap()).unwrap()
    }

    /// The data of an answer without errors.
    pub(super) async fn ask(&self, query: &str, variables: Value) -> Value {
        let answer = self.respond(&self.session, query, variables).await;
        assert_eq!(answer["errors"], Value::Null, "{query}");
        answer["data"].clone()
    }

    /// Message and extensions of the only error of an answer.
    pub(super) async fn refusal(&self, query: &str, variables: Value) -> (String, Value) {
        let answer = self.respond(&self.session, query, variables).await;
        only_error(&answer)
    }

    pub(super) async fn project_id(&self) -> String {
        let data = self
            .ask("query($name: String!) { projectByName(name: $name) { id } }", json!({ "name": PROJECT }))
            .await;
        data["projectByName"]["id"].as_str().unwrap().to_owned()
    }

    /// The newest position of the log.
    pub(super) async fn position(&self) -> Value {
        self.ask("{ server { position } }", json!({})).await["server"]["position"].clone()
    }

    pub(super) fn reads(&self) -> usize {
        self.session.reads.load(Ordering::Relaxed)
    }
}

#[track_caller]
pub(super) fn only_error(answer: &Value) -> (String, Value) {
    let errors = answer["errors"].as_array().unwrap_or_else(|| panic!("no errors in {answer}"));
    assert_eq!(errors.len(), 1, "{answer}");
    (errors[0]["message"].as_str().unwrap().to_owned(), errors[0]["extensions"].clone())
}
