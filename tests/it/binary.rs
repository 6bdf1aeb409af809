//! A server of one's own: started on free ports over a folder that goes when the test ends.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::blocking::{Client, Response};
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Server {
    process: Child,
    pub(crate) port: u16,
    pub(crate) client: Client,
}

pub(crate) fn program() -> PathBuf {
    let built = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/debug/cairn");
    std::env::var_os("CAIRN_BIN").map_or_else(|| PathBuf::from(built), PathBuf::from)
}

/// Runs a command of the binary to its end.
pub(crate) fn cairn(data: &Path, arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).arg("--data").arg(data).output().unwrap()
}

pub(crate) fn folder() -> TempDir {
    TempDir::new().unwrap()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Waits until something holds, and fails with what was waited for.
pub(crate) fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::yield_now();
    }
}

impl Server {
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_with(data, |_, _| {})
    }

    /// As `start`; what else the program is given is said by its port.
    pub(crate) fn start_with(data: &Path, give: impl FnOnce(&mut Command, u16)) -> Self {
        let server = Self::launch_with(data, give);
        wait_until("the server is healthy", || {
            server.client.get(server.url("/is-alive/ping")).send().is_ok_and(|answer| answer.status() == 200)
        });
        server
    }

    /// As `start`, but only waits until the port is taken.
    pub(crate) fn launch(data: &Path) -> Self {
        Self::launch_with(data, |_, _| {})
    }

    fn launch_with(data: &Path, give: impl FnOnce(&mut Command, u16)) -> Self {
        let port = free_port();
        let mut command = Command::new(program());
        command
            .args(["serve", "--grpc-listen", "off", "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(data)
            .stdout(Stdio::null());
        give(&mut command, port);
        let process = command.spawn().unwrap();
        // Built together with the server, the client speaks TLS too and has none of its own.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let server = Self { process, port, client: Client::builder().build().unwrap() };
        wait_until("the port is taken", || TcpStream::connect(("127.0.0.1", port)).is_ok());
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Response {
        self.client.post(self.url(path)).json(body).send().unwrap()
    }

    /// The data of the answer to a GraphQL query.
    pub(crate) fn ask(&self, query: &str, variables: &Value) -> Value {
        let answer = self.post("/graphql", &json!({ "query": query, "variables": variables }));
        let answer: Value = answer.json().unwrap();
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"].clone()
    }

    /// Records a trace and gives its id.
    pub(crate) fn trace(&self, project: &str, name: &str) -> String {
        let id = Uuid::now_v7().to_string();
        let trace = json!({
            "id": id, "project_name": project, "name": name, "start_time": "2026-11-01T10:00:00Z",
            "input": { "question": name },
        });
        let answer = self.post("/api/v1/private/traces/batch", &json!({ "traces": [trace] }));
        assert_eq!(answer.status(), 204);
        id
    }

    pub(crate) fn project(&self, name: &str) -> String {
        let answer = self.post("/api/v1/private/projects/retrieve", &json!({ "name": name }));
        let project: Value = answer.json().unwrap();
        project["id"].as_str().unwrap().to_owned()
    }

    /// Tells the server to end, and how it ended.
    pub(crate) fn terminate(mut self) -> ExitStatus {
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status().unwrap();
        assert!(told.success());
        let mut status = None;
        wait_until("the server ends", || {
            status = self.process.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; what a failed test leaves must not stay.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
