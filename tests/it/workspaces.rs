//! `cairn fork`: a workspace that begins as another one is, and goes its own way from then on.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::binary::{Server, cairn, folder, program, wait_until};

/// What a store may not yet have in tables: its journals.
const JOURNALS_BYTES_MAX: u64 = 256 << 20;

fn succeeds(data: &Path, arguments: &[&str]) -> String {
    let done = cairn(data, arguments);
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

fn refused(data: &Path, arguments: &[&str]) -> String {
    let done = cairn(data, arguments);
    assert!(!done.status.success(), "{arguments:?}");
    String::from_utf8(done.stderr).unwrap()
}

/// One workspace of a server.
#[derive(Clone, Copy)]
struct Of<'a>(&'a Server, &'a str);

impl Of<'_> {
    fn send(self, method: reqwest::Method, path: &str, body: &Value) -> reqwest::blocking::Response {
        let request = self.0.client.request(method, self.0.url(path)).header("comet-workspace", self.1);
        let request = if body.is_null() { request } else { request.json(body) };
        let answer = request.send().unwrap();
        let status = answer.status();
        assert!(status.is_success(), "{path}: {status}: {}", answer.text().unwrap());
        answer
    }

    fn get(self, path: &str) -> String {
        self.send(reqwest::Method::GET, path, &Value::Null).text().unwrap()
    }

    fn post(self, path: &str, body: &Value) -> String {
        self.send(reqwest::Method::POST, path, body).text().unwrap()
    }

    fn ask(self, query: &str) -> Value {
        serde_json::from_str(&self.post("/graphql", &json!({ "query": query }))).unwrap()
    }

    fn trace(self, name: &str, input: &str) -> String {
        let id = Uuid::now_v7().to_string();
        let trace = json!({
            "id": id, "project_name": "shop", "name": name, "start_time": "2026-11-01T10:00:00Z",
            "input": { "question": input }, "thread_id": "chat",
        });
        self.post("/api/v1/private/traces/batch", &json!({ "traces": [trace] }));
        id
    }

    fn attach(self, trace: &str, name: &str, content: Vec<u8>) {
        let query = format!(
            "file_name={name}&mime_type=text/plain&project_name=shop&entity_type=trace&entity_id={trace}"
        );
        let url = self.0.url(&format!("/api/v1/private/attachment/upload?{query}"));
        let sent = self.0.client.put(url).header("comet-workspace", self.1).body(content).send().unwrap();
        assert!(sent.status().is_success());
    }

    fn project(self) -> String {
        let found = self.post("/api/v1/private/projects/retrieve", &json!({ "name": "shop" }));
        serde_json::from_str::<Value>(&found).unwrap()["id"].as_str().unwrap().to_owned()
    }

    fn content(self, trace: &str, name: &str) -> String {
        let project = self.project();
        self.get(&format!(
            "/api/v1/private/attachment/download?file_name={name}&container_id={project}&entity_type=trace\
             &entity_id={trace}&mime_type=text/plain"
        ))
    }

    fn names(self) -> Vec<String> {
        let page: Value =
            serde_json::from_str(&self.get("/api/v1/private/traces?project_name=shop&size=100")).unwrap();
        let content = page["content"].as_array().unwrap();
        let mut names: Vec<String> =
            content.iter().map(|trace| trace["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    /// What can be asked of it.
    fn answers(self, trace: &str) -> Vec<String> {
        let project = self.project();
        let asked = self.ask(&format!(
            "{{ project(id: \"{project}\") {{ traces {{ totalCount nodes {{ id name input createdAt createdBy }} }} \
               threads {{ totalCount nodes {{ id }} }} }} \
               search(projectId: \"{project}\", text: \"pelicans\") {{ totalCount nodes {{ traceId snippets {{ text }} }} }} \
               history(id: \"{trace}\") {{ totalCount nodes {{ position kind principal time }} }} \
               prompts {{ nodes {{ id name }} }} datasets {{ nodes {{ id name }} }} trash {{ nodes {{ id }} }} }}"
        ));
        assert_eq!(asked["errors"], Value::Null, "{asked}");
        vec![
            asked["data"].to_string(),
            self.content(trace, "note.txt"),
            self.get(&format!("/api/v1/private/traces/{trace}")),
            self.get("/api/v1/private/projects"),
            self.get("/api/v1/private/prompts"),
        ]
    }
}

/// A workspace with something of each kind; gives a trace with a file.
fn fill(of: Of<'_>) -> String {
    let trace = of.trace("first", "where do pelicans nest?");
    of.attach(&trace, "note.txt", b"a note".to_vec());
    of.post(&format!("/api/v1/private/traces/{trace}/comments"), &json!({ "text": "wrong" }));
    of.post("/api/v1/private/prompts", &json!({ "name": "greet", "template": "hello {{name}}" }));
    of.post("/api/v1/private/datasets", &json!({ "name": "cases", "project_name": "shop" }));
    let gone = of.trace("gone", "pelicans");
    of.send(reqwest::Method::DELETE, &format!("/api/v1/private/traces/{gone}"), &Value::Null);
    trace
}

fn log(data: &Path, workspace: &str) -> Vec<Value> {
    let text = succeeds(data, &["log", "--workspace", workspace]);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_fork_answers_like_its_source_and_goes_its_own_way() {
    let data = folder();
    let server = Server::start(data.path());
    let (source, fork) = (Of(&server, "default"), Of(&server, "experiment-1"));
    let trace = fill(source);
    let before = source.answers(&trace);
    let events = log(data.path(), "default");
    let said = succeeds(data.path(), &["fork", "--workspace", "default", "--to", "experiment-1"]);
    let begins = format!("forked: `experiment-1` begins as `default` at position {}\n", events.len());
    assert!(said.starts_with(&begins), "{said}");
    assert_eq!(fork.answers(&trace), before);
    assert_eq!(source.answers(&trace), before);
    let forked = log(data.path(), "experiment-1");
    assert_eq!(forked[..events.len()], events[..]);
    let own = forked.last().unwrap();
    assert_eq!((&own["kind"], &own["event"]["from_name"]), (&json!("workspace_forked"), &json!("default")));
    assert_eq!(own["event"]["at"], json!(events.len()));

    // Neither sees what happens in the other, and neither loses what the other gives up.
    fork.trace("only here", "what?");
    source.trace("only there", "what?");
    assert_eq!(fork.names(), ["first", "only here"]);
    assert_eq!(source.names(), ["first", "only there"]);
    source.send(reqwest::Method::DELETE, &format!("/api/v1/private/traces/{trace}"), &Value::Null);
    wait_until("the content of the deleted trace is erased", || contents(data.path()) == 1);
    assert_eq!(fork.content(&trace, "note.txt"), "a note");
    let second = fork.ask("mutation { forkWorkspace(name: \"experiment-2\") { name position copiedBytes } }");
    let position = json!((forked.len() + 1).to_string());
    assert_eq!(second["data"]["forkWorkspace"]["position"], position, "{second}");
    succeeds(data.path(), &["erase", "--workspace", "experiment-1", "--trace", &trace]);
    assert_eq!(fork.names(), ["only here"]);
    let grandchild = Of(&server, "experiment-2");
    assert_eq!(grandchild.content(&trace, "note.txt"), "a note");
    assert_eq!(grandchild.names(), ["first", "only here"]);
    let asked = source.ask("{ workspaces { name } }");
    let names =
        asked["data"]["workspaces"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap());
    assert_eq!(names.collect::<Vec<_>>(), ["default", "experiment-1", "experiment-2"]);

    // Made anew from its own log it says the same, and its chain is signed as that of its source.
    let before = grandchild.answers(&trace);
    assert!(server.terminate().success());
    let verified = succeeds(data.path(), &["verify"]);
    assert_eq!(verified.lines().count(), 4, "{verified}");
    let audit = succeeds(data.path(), &["audit", "--export", "--workspace", "experiment-2"]);
    assert_eq!(audit.matches("workspace_forked").count(), 2, "{audit}");
    succeeds(data.path(), &["rebuild"]);
    let server = Server::start(data.path());
    assert_eq!(Of(&server, "experiment-2").answers(&trace), before);
    assert_eq!(Of(&server, "default").names(), ["only there"]);
}

#[test]
fn a_name_that_is_taken_or_no_name_is_refused_and_nothing_is_made() {
    let data = folder();
    let server = Server::start(data.path());
    Of(&server, "default").trace("first", "what?");
    let check = || {
        for (arguments, problem) in [
            (vec!["fork", "--to", "default"], "there is a workspace `default` already"),
            (vec!["fork", "--to", "a b"], "`a b` is no name for a workspace"),
            (vec!["fork", "--to", "../x"], "begin with a letter or digit"),
        ] {
            let said = refused(data.path(), &arguments);
            assert!(said.contains(problem), "{arguments:?}: {said}");
        }
    };
    check();
    let said = refused(data.path(), &["fork", "--workspace", "other", "--to", "x"]);
    assert!(said.contains("Workspace not found"), "{said}");
    assert!(server.terminate().success());
    check();
    let said = refused(data.path(), &["fork", "--workspace", "other", "--to", "x"]);
    assert!(said.contains("there is no workspace `other`"), "{said}");
    assert_eq!(entries(&data.path().join("workspaces")), 1);
    assert_eq!(entries(&data.path().join("forking")), 0);

    // Without a server it works as well.
    succeeds(data.path(), &["fork", "--to", "x"]);
    let server = Server::start(data.path());
    assert_eq!(Of(&server, "x").names(), ["first"]);
}

#[test]
fn what_is_copied_does_not_grow_with_what_is_there() {
    let data = folder();
    let server = Server::start(data.path());
    let source = Of(&server, "default");
    let trace = fill(source);
    let small = counted(&succeeds(data.path(), &["fork", "--to", "small"]));
    for number in 0..4_u8 {
        source.attach(&trace, &format!("{number}.bin"), vec![number; 16 << 20]);
    }
    let with_files = counted(&succeeds(data.path(), &["fork", "--to", "with-files"]));
    assert!(with_files.shared_bytes >= small.shared_bytes + (64 << 20), "{with_files:?}");
    assert!(with_files.copied_bytes < small.copied_bytes + (1 << 20), "{with_files:?} after {small:?}");

    // Tables of the store are shared once they are written.
    for round in 0..80_u64 {
        let rows: Vec<Value> = (0..8).map(|row| large_trace(round * 8 + row)).collect();
        source.post("/api/v1/private/traces/batch", &json!({ "traces": rows }));
    }
    let large = counted(&succeeds(data.path(), &["fork", "--to", "large"]));
    assert!(large.shared_bytes > with_files.shared_bytes + (8 << 20), "{large:?} after {with_files:?}");
    assert!(large.copied_bytes < JOURNALS_BYTES_MAX, "{large:?}");
    assert_eq!(Of(&server, "large").names().len(), 100, "a page of them");
    let one_name =
        files(&data.path().join("workspaces")).into_iter().map(|file| std::fs::metadata(file).unwrap());
    let inodes: BTreeMap<u64, u64> = one_name.map(|file| (file.ino(), file.nlink())).collect();
    assert!(inodes.values().any(|names| *names >= 4), "contents have a name in each workspace");
}

/// Bodies that nothing compresses much.
fn large_trace(number: u64) -> Value {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::new();
    while text.len() < 100_000 {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        write!(text, "{state:016x} ").unwrap();
    }
    json!({
        "id": Uuid::now_v7(), "project_name": "shop", "name": "large", "start_time": "2026-11-01T10:00:00Z",
        "input": { "text": text },
    })
}

#[test]
fn a_fork_that_is_killed_leaves_a_whole_workspace_or_nothing() {
    let data = folder();
    let server = Server::start(data.path());
    let trace = fill(Of(&server, "default"));
    let before = Of(&server, "default").answers(&trace);
    assert!(server.terminate().success());
    let making = data.path().join("forking");
    for attempt in 0..6 {
        let name = format!("fork-{attempt}");
        let mut process = Command::new(program())
            .args(["fork", "--to", &name, "--data"])
            .arg(data.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Each time it gets further: more of its files are there, or it has its place.
        wait_until("the fork is being made", || {
            let made = if making.exists() { files(&making).len() } else { 0 };
            made > attempt * 8 || process.try_wait().unwrap().is_some()
        });
        process.kill().unwrap();
        process.wait().unwrap();
    }
    let server = Server::start(data.path());
    assert_eq!(entries(&making), 0, "what broke off is removed");
    let asked = Of(&server, "default").ask("{ workspaces { id name } }");
    let listed = asked["data"]["workspaces"].as_array().unwrap();
    assert_eq!(entries(&data.path().join("workspaces")), listed.len());
    for one in listed {
        assert_eq!(Of(&server, one["name"].as_str().unwrap()).answers(&trace), before, "{one}");
    }
    succeeds(data.path(), &["fork", "--to", "last"]);
    assert_eq!(Of(&server, "last").answers(&trace), before);
    assert!(server.terminate().success());
    succeeds(data.path(), &["verify"]);
}

const FILLED: usize = 6_000;

/// So much that an index of it is made in several steps.
fn fill_much(of: Of<'_>) {
    for begin in (0..FILLED).step_by(1_000) {
        let rows = (begin..begin + 1_000).map(|number| {
            json!({
                "id": Uuid::now_v7(), "project_name": "shop", "name": format!("n{number}"),
                "start_time": "2026-11-01T10:00:00Z", "input": { "text": "pelicans" },
            })
        });
        let rows: Vec<Value> = rows.collect();
        of.post("/api/v1/private/traces/batch", &json!({ "traces": rows }));
    }
}

/// Leaves an index as the program of a version before would have left it.
fn age(data: &Path, index: &str) {
    let [workspace] = &std::fs::read_dir(data.join("workspaces")).unwrap().collect::<Vec<_>>()[..] else {
        panic!("one workspace");
    };
    let meta = workspace.as_ref().unwrap().path().join(index).join("meta.json");
    let mut told: Value = serde_json::from_str(&std::fs::read_to_string(&meta).unwrap()).unwrap();
    let payload = told["payload"].as_str().unwrap();
    let (version, rest) = payload.split_once(':').unwrap();
    told["payload"] = json!(format!("{}:{rest}", version.parse::<u32>().unwrap() - 1));
    std::fs::write(&meta, told.to_string()).unwrap();
}

#[test]
fn a_fork_that_is_taken_while_indexes_are_made_anew_and_switched_is_whole() {
    let data = folder();
    let server = Server::start(data.path());
    let trace = fill(Of(&server, "default"));
    fill_much(Of(&server, "default"));
    let listed = |of: Of<'_>| {
        let asked = of.ask(&format!(
            "{{ project(id: \"{}\") {{ traces {{ totalCount }} }} search(text: \"pelicans\") {{ totalCount }} }}",
            of.project()
        ));
        let total = |place: &str| asked["data"].pointer(place).unwrap().as_u64().unwrap();
        (total("/project/traces/totalCount"), total("/search/totalCount"))
    };
    let source = Of(&server, "default");
    wait_until("all is searched", || listed(source) == (FILLED as u64 + 1, FILLED as u64 + 1));
    let before = source.answers(&trace);
    assert!(server.terminate().success());
    age(data.path(), "columns");
    age(data.path(), "text");
    let server = Server::start(data.path());
    let building = || {
        let asked = Of(&server, "default").ask("{ projections { state } }");
        asked["data"]["projections"].as_array().unwrap().iter().any(|one| one["state"] == "REBUILDING")
    };
    let mut made = Vec::new();
    let mut while_building = 0;
    while building() || made.len() < 2 {
        while_building += u32::from(building());
        let name = format!("fork-{}", made.len());
        succeeds(data.path(), &["fork", "--to", &name]);
        made.push(name);
    }
    assert!(while_building > 0, "no fork was taken in time");
    for name in &made {
        let fork = Of(&server, name);
        wait_until("all of the fork is searched", || listed(fork) == (FILLED as u64 + 1, FILLED as u64 + 1));
        assert_eq!(fork.answers(&trace), before, "{name}");
    }
    assert!(server.terminate().success());
    succeeds(data.path(), &["verify"]);
}

#[derive(Debug)]
struct Counted {
    shared_bytes: u64,
    copied_bytes: u64,
}

fn counted(said: &str) -> Counted {
    let numbers = |line: usize| -> Vec<u64> {
        said.lines().nth(line).unwrap().split(' ').filter_map(|word| word.parse().ok()).collect()
    };
    let (shared, copied) = (numbers(1), numbers(2));
    Counted { shared_bytes: shared[1], copied_bytes: copied[1] }
}

fn entries(folder: &Path) -> usize {
    std::fs::read_dir(folder).map_or(0, Iterator::count)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    // What is looked at may go meanwhile.
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// How many files are kept for attachments, over all workspaces.
fn contents(data: &Path) -> usize {
    files(&data.join("workspaces")).iter().filter(|file| file.iter().any(|part| part == "contents")).count()
}
