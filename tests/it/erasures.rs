//! `cairn erase`: what was erased is in no file of the data folder any more, and all else is as it was.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::binary::{Server, cairn, folder, wait_until};

/// What all words that are looked for begin with.
const MARK: &[u8] = b"unmistakable";
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
const FRAME_BYTES_MAX: u64 = 16 << 20;
/// Where a person says something.
const PLACES: [&str; 17] = [
    "name",
    "input",
    "output",
    "metadata",
    "tag",
    "thread",
    "error",
    "earlier",
    "spanname",
    "spaninput",
    "spanmetadata",
    "spantag",
    "scorename",
    "scorereason",
    "comment",
    "filename",
    "content",
];

fn word(place: &str, who: &str) -> String {
    format!("unmistakable{place}of{who}")
}

fn words(who: &str) -> BTreeSet<String> {
    PLACES.iter().map(|place| word(place, who)).collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// All marked words in a folder, with the part of the workspace in which each is: in files as they are, and in
/// whatever can be unpacked from any place of them.
fn found(data: &Path) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for file in files(data) {
        let part = file.strip_prefix(data.join("workspaces")).ok().and_then(|rest| rest.iter().nth(1));
        let part = part.map_or("other".to_owned(), |part| part.to_string_lossy().into_owned());
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let mut bytes = name.into_bytes();
        bytes.push(b' ');
        bytes.extend(std::fs::read(&file).unwrap());
        for at in places_of(&bytes, MARK) {
            found.insert((marked(&bytes[at..]), part.clone()));
        }
        for at in places_of(&bytes, ZSTD) {
            let mut raw = Vec::new();
            let Ok(decoder) = zstd::stream::read::Decoder::new(&bytes[at..]) else { continue };
            // What stands before a fault counts, too.
            let _ = decoder.single_frame().take(FRAME_BYTES_MAX).read_to_end(&mut raw);
            for at in places_of(&raw, MARK) {
                found.insert((marked(&raw[at..]), part.clone()));
            }
        }
    }
    found
}

fn marked(bytes: &[u8]) -> String {
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_lowercase());
    letters.map(|byte| char::from(*byte)).collect()
}

/// Where a pattern stands; mostly there are zeros.
fn places_of(bytes: &[u8], pattern: &[u8]) -> Vec<usize> {
    let mut places = Vec::new();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..).filter(|rest| rest.len() >= pattern.len()) {
        match rest.iter().position(|byte| *byte == pattern[0]) {
            Some(skip) if rest[skip..].starts_with(pattern) => {
                places.push(at + skip);
                at += skip + 1;
            }
            Some(skip) => at += skip + 1,
            None => break,
        }
    }
    places
}

/// Those of a person's words that are somewhere.
fn left(data: &Path, who: &str) -> BTreeSet<String> {
    let all = words(who);
    found(data).into_iter().map(|(word, _)| word).filter(|word| all.contains(word)).collect()
}

fn is_anywhere(data: &Path, wanted: &str) -> bool {
    found(data).iter().any(|(word, _)| word == wanted)
}

/// How many documents of the text index have a word, be there rows of them or not.
fn indexed(server: &Server, project: &str, word: &str) -> u64 {
    let query = "query($project: ID!, $text: String!) { search(projectId: $project, text: $text, kinds: \
        [TRACE, SPAN, PROMPT, PROMPT_VERSION, DATASET, DATASET_ITEM, EXPERIMENT, COMMENT, SCORE]) { totalCount } }";
    let asked = json!({ "query": query, "variables": { "project": project, "text": word } });
    let answer: Value = server.post("/graphql", &asked).json().unwrap();
    answer["data"]["search"]["totalCount"].as_u64().unwrap_or_else(|| panic!("{answer}"))
}

fn comment_on_thread(server: &Server, project: &str, who: &str) {
    let named = json!({ "thread_id": word("thread", who), "project_name": project });
    let answer = server.post("/api/v1/private/traces/threads/retrieve", &named);
    let thread: Value = answer.json().unwrap();
    let path =
        format!("/api/v1/private/traces/threads/{}/comments", thread["thread_model_id"].as_str().unwrap());
    let answer = server.post(&path, &json!({ "text": word("threadcomment", who) }));
    assert!(answer.status().is_success(), "{}", answer.text().unwrap());
}

struct Person {
    trace: String,
    span: String,
}

/// Writes a word into each place.
fn person(server: &Server, project: &str, who: &str) -> Person {
    let (trace, span) = (Uuid::now_v7().to_string(), Uuid::now_v7().to_string());
    let say = |place: &str| word(place, who);
    let ok = |answer: reqwest::blocking::Response| {
        let status = answer.status();
        assert!(status.is_success(), "{status}: {}", answer.text().unwrap());
    };
    let write = |text: String| {
        json!({
            "id": trace, "project_name": project, "name": say("name"), "start_time": "2026-11-01T10:00:00Z",
            "input": { "question": text }, "metadata": { "user_id": who, "note": say("metadata") },
            "tags": [say("tag")], "thread_id": say("thread"),
            "error_info": { "exception_type": "Oops", "message": say("error"), "traceback": "at line 1" },
        })
    };
    ok(server.post("/api/v1/private/traces/batch", &json!({ "traces": [write(say("earlier"))] })));
    ok(server.post("/api/v1/private/traces/batch", &json!({ "traces": [write(say("input"))] })));
    let update = json!({ "project_name": project, "output": { "answer": say("output") } });
    ok(server
        .client
        .patch(server.url(&format!("/api/v1/private/traces/{trace}")))
        .json(&update)
        .send()
        .unwrap());
    let written = json!({ "spans": [{
        "id": span, "trace_id": trace, "project_name": project, "name": say("spanname"), "type": "llm",
        "start_time": "2026-11-01T10:00:00Z", "input": { "prompt": say("spaninput") },
        "metadata": { "note": say("spanmetadata") }, "tags": [say("spantag")],
    }] });
    ok(server.post("/api/v1/private/spans/batch", &written));
    let scores = json!({ "scores": [{
        "id": trace, "project_name": project, "name": say("scorename"), "value": 0.5, "source": "sdk",
        "reason": say("scorereason"),
    }] });
    ok(server.client.put(server.url("/api/v1/private/traces/feedback-scores")).json(&scores).send().unwrap());
    ok(server.post(&format!("/api/v1/private/traces/{trace}/comments"), &json!({ "text": say("comment") })));
    let query = format!(
        "file_name={}&mime_type=text/plain&project_name={project}&entity_type=span&entity_id={span}",
        say("filename")
    );
    let url = server.url(&format!("/api/v1/private/attachment/upload?{query}"));
    ok(server.client.put(url).body(say("content")).send().unwrap());
    Person { trace, span }
}

/// Everything that can be asked of a person and of the project around it.
fn answers(server: &Server, person: &Person, project: &str) -> Vec<String> {
    let get = |path: String| server.client.get(server.url(&path)).send().unwrap().text().unwrap();
    let Person { trace, span } = person;
    let id = server.project(project);
    let graphql = json!({ "query": "query($trace: ID!, $span: ID!) { \
        history(id: $trace) { totalCount nodes { position kind principal } } \
        of: history(id: $span) { totalCount nodes { position kind principal } } }",
        "variables": { "trace": trace, "span": span } });
    vec![
        get(format!("/api/v1/private/traces/{trace}")),
        get(format!("/api/v1/private/spans/{span}")),
        get(format!("/api/v1/private/spans?project_name={project}&trace_id={trace}")),
        get(format!(
            "/api/v1/private/attachment/list?project_id={id}&entity_type=span&entity_id={span}&path=eA=="
        )),
        // Which of two fields comes first is settled by which was read first.
        server.post("/graphql", &graphql).json::<Value>().unwrap().to_string(),
    ]
}

fn names(server: &Server, project: &str) -> BTreeSet<String> {
    let path = format!("/api/v1/private/traces?project_name={project}&size=100");
    let page: Value = server.client.get(server.url(&path)).send().unwrap().json().unwrap();
    let content = page["content"].as_array().unwrap();
    content.iter().map(|trace| trace["name"].as_str().unwrap().to_owned()).collect()
}

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

#[test]
fn an_erased_trace_is_in_no_file_and_everything_else_is_as_it_was() {
    let data = folder();
    let server = Server::start(data.path());
    let (ann, ben) = (person(&server, "shop", "ann"), person(&server, "shop", "ben"));
    // What lies in the trash is erased like what does not.
    let eve = person(&server, "shop", "eve");
    let deleted = server.client.delete(server.url(&format!("/api/v1/private/traces/{}", eve.trace))).send();
    assert_eq!(deleted.unwrap().status(), 204);
    assert_eq!(names(&server, "shop"), BTreeSet::from([word("name", "ann"), word("name", "ben")]));
    let before = answers(&server, &ben, "shop");
    let log_before = succeeds(data.path(), &["log"]);
    let present = found(data.path());
    for who in ["ann", "ben", "eve"] {
        let here: BTreeSet<String> = present.iter().map(|(word, _)| word.clone()).collect();
        let mut missing: BTreeSet<_> = words(who).difference(&here).cloned().collect();
        // The content of what was deleted goes soon after it is deleted.
        missing.remove(&word("content", "eve"));
        assert_eq!(missing, BTreeSet::new(), "the search finds what is there");
    }
    assert!(present.contains(&(word("content", "ann"), "attachments".to_owned())), "{present:?}");

    for person in [&ann, &eve] {
        let said = succeeds(data.path(), &["erase", "--trace", &person.trace]);
        assert!(said.starts_with("erased: 1 traces, "), "{said}");
    }
    assert_eq!(left(data.path(), "ann"), BTreeSet::new());
    assert_eq!(left(data.path(), "eve"), BTreeSet::new());
    assert_eq!(left(data.path(), "ben"), words("ben"));
    assert_eq!(answers(&server, &ben, "shop"), before);
    assert_eq!(names(&server, "shop"), BTreeSet::from([word("name", "ben")]));
    let gone =
        server.client.get(server.url(&format!("/api/v1/private/traces/{}", ann.trace))).send().unwrap();
    assert_eq!(gone.status(), 404);
    let again = succeeds(data.path(), &["erase", "--trace", &ann.trace]);
    assert_eq!(again, "erased: 0 traces, 0 events\n");

    // Where, when, who and of which kind stays in the log, and the chain holds as it was signed.
    let log = succeeds(data.path(), &["log"]);
    for (old, new) in log_before.lines().zip(log.lines()) {
        let (old, new): (Value, Value) =
            (serde_json::from_str(old).unwrap(), serde_json::from_str(new).unwrap());
        for field in ["position", "time", "principal", "request", "kind", "version"] {
            assert_eq!(old[field], new[field]);
        }
        assert!(new["erased"] == true || new["event"] == old["event"], "{new}");
    }
    assert!(log.lines().any(|line| line.contains("\"erased\":true")));
    let key = succeeds(data.path(), &["audit"]);
    assert!(server.terminate().success());
    let copy = folder();
    let copied =
        std::process::Command::new("cp").arg("-a").arg(data.path().join(".")).arg(copy.path()).status();
    assert!(copied.unwrap().success());
    succeeds(copy.path(), &["verify", "--key", key.trim()]);

    // Rows and indexes that are made anew say the same.
    succeeds(data.path(), &["rebuild"]);
    assert_eq!(left(data.path(), "ann"), BTreeSet::new());
    let server = Server::start(data.path());
    assert_eq!(answers(&server, &ben, "shop"), before);
    assert_eq!(names(&server, "shop"), BTreeSet::from([word("name", "ben")]));
    let update = json!({ "project_name": "shop", "output": { "answer": "late" } });
    let late =
        server.client.patch(server.url(&format!("/api/v1/private/traces/{}", ann.trace))).json(&update);
    assert!(late.send().unwrap().status().is_success(), "a late word begins a trace of its own");
    let path = format!("/api/v1/private/traces/{}", ann.trace);
    let trace: Value = server.client.get(server.url(&path)).send().unwrap().json().unwrap();
    assert_eq!((&trace["output"]["answer"], &trace["input"]), (&json!("late"), &Value::Null));
}

/// What a project has besides what was recorded, each with a word of its own.
fn write_things(server: &Server, project: &str, secret: impl Fn(&str) -> String) {
    let ok = |answer: reqwest::blocking::Response| assert!(answer.status().is_success());
    ok(server.post(
        "/api/v1/private/prompts",
        &json!({ "name": secret("prompt"), "project_name": project, "template": secret("template") }),
    ));
    ok(server
        .post("/api/v1/private/datasets", &json!({ "name": secret("dataset"), "project_name": project })));
    let item = json!({ "source": "manual", "data": { "question": secret("item") } });
    let items = json!({ "dataset_name": secret("dataset"), "project_name": project, "items": [item] });
    ok(server.client.put(server.url("/api/v1/private/datasets/items")).json(&items).send().unwrap());
    ok(server.post(
        "/api/v1/private/experiments",
        &json!({ "name": secret("experiment"), "dataset_name": secret("dataset"), "project_name": project }),
    ));
}

#[test]
fn a_thread_a_user_and_a_project_are_erased_without_a_server_too() {
    let data = folder();
    let server = Server::start(data.path());
    for who in ["ann", "ben", "cid"] {
        person(&server, "shop", who);
    }
    person(&server, "office", "dan");
    let secret = |place: &str| word(place, "project");
    write_things(&server, "office", secret);
    comment_on_thread(&server, "office", "dan");
    comment_on_thread(&server, "shop", "ann");
    let (shop, office) = (server.project("shop"), server.project("office"));
    for place in ["prompt", "template", "dataset", "item", "experiment"] {
        assert_eq!(indexed(&server, &office, &secret(place)), 1, "{place}");
    }
    assert_eq!(indexed(&server, &office, &word("threadcomment", "dan")), 1);
    assert_eq!(indexed(&server, &shop, &word("threadcomment", "ann")), 1);
    let keeper = json!({ "name": "kept", "template": word("template", "nobody") });
    assert!(server.post("/api/v1/private/prompts", &keeper).status().is_success());
    assert!(server.terminate().success());
    let here: BTreeSet<String> = found(data.path()).into_iter().map(|(word, _)| word).collect();
    let things = ["prompt", "template", "dataset", "item", "experiment"];
    for place in things {
        assert!(here.contains(&secret(place)), "{place}");
    }

    let thread = word("thread", "ann");
    let said = succeeds(data.path(), &["erase", "--thread", &thread, "--project", "shop"]);
    assert!(said.starts_with("erased: 1 traces, "), "{said}");
    assert_eq!(left(data.path(), "ann"), BTreeSet::new());
    assert!(!is_anywhere(data.path(), &word("threadcomment", "ann")));
    assert_eq!(left(data.path(), "ben"), words("ben"));
    let said = succeeds(data.path(), &["erase", "--user", "ben"]);
    assert!(said.starts_with("erased: 1 traces, "), "{said}");
    assert_eq!(left(data.path(), "ben"), BTreeSet::new());
    assert_eq!(left(data.path(), "cid"), words("cid"));
    let said = succeeds(data.path(), &["erase", "--project", "office"]);
    assert!(said.starts_with("erased: 1 traces, "), "{said}");
    assert_eq!(left(data.path(), "dan"), BTreeSet::new());
    let here: BTreeSet<String> = found(data.path()).into_iter().map(|(word, _)| word).collect();
    for place in things {
        assert!(!here.contains(&secret(place)), "{place}");
    }
    assert!(!here.contains(&word("threadcomment", "dan")));
    assert!(here.contains(&word("template", "nobody")));
    assert_eq!(left(data.path(), "cid"), words("cid"));
    let server = Server::start(data.path());
    for place in things {
        assert_eq!(indexed(&server, &office, &secret(place)), 0, "{place}");
    }
    assert_eq!(indexed(&server, &office, &word("threadcomment", "dan")), 0);
    assert_eq!(indexed(&server, &shop, &word("threadcomment", "ann")), 0);
    assert!(server.terminate().success());
    succeeds(data.path(), &["verify"]);
    succeeds(data.path(), &["rebuild"]);
    let server = Server::start(data.path());
    assert_eq!(names(&server, "shop"), BTreeSet::from([word("name", "cid")]));
}

#[test]
fn an_erasure_goes_on_after_a_kill_at_any_stage() {
    let data = folder();
    let server = Server::start(data.path());
    let (ann, ben) = (person(&server, "shop", "ann"), person(&server, "shop", "ben"));
    let before = answers(&server, &ben, "shop");
    let begun = server.post("/api/v1/cairn/erasures", &json!({ "trace": ann.trace }));
    assert_eq!(begun.status(), 202);
    let begun: Value = begun.json().unwrap();
    let path = format!("/api/v1/cairn/erasures/{}", begun["id"].as_str().unwrap());
    // It is killed as soon as it has answered, and again as soon as it has come further.
    drop(server);
    let mut stages = BTreeSet::from(["looking".to_owned()]);
    let stage = |server: &Server| -> Option<String> {
        let answer: Value = server.client.get(server.url(&path)).send().ok()?.json().ok()?;
        answer["stage"].as_str().map(str::to_owned)
    };
    loop {
        let server = Server::start(data.path());
        let mut now = String::new();
        wait_until("the erasure comes further", || {
            now = stage(&server).unwrap_or_default();
            now == "done" || (!now.is_empty() && stages.insert(now.clone()))
        });
        if now == "done" {
            assert_eq!(left(data.path(), "ann"), BTreeSet::new());
            assert_eq!(answers(&server, &ben, "shop"), before);
            break;
        }
    }
    assert_eq!(left(data.path(), "ben"), words("ben"));
    succeeds(data.path(), &["verify"]);
}

#[test]
fn what_is_not_there_or_not_clear_is_refused_and_erases_nothing() {
    let data = folder();
    let server = Server::start(data.path());
    let trace = server.trace("shop", "first");
    for (arguments, problem) in [
        (vec!["erase"], "name one thing to erase: a trace, a thread, a user or a project"),
        (vec!["erase", "--trace", &trace, "--user", "ann"], "name one thing to erase"),
        (vec!["erase", "--project", "shpo"], "there is no project `shpo`"),
        (vec!["erase", "--thread", "chat"], "name the project of a thread"),
        (vec!["erase", "--thread", "chat", "--project", "shop"], "`shop` has no thread `chat`"),
        (vec!["erase", "--user", " "], "user must not be blank"),
        (vec!["erase", "--trace", "first"], "`first` is no id of a trace"),
    ] {
        let said = refused(data.path(), &arguments);
        assert!(said.contains(problem), "{arguments:?}: {said}");
    }
    assert_eq!(names(&server, "shop"), BTreeSet::from(["first".to_owned()]));
    assert!(server.terminate().success());
    let said = refused(data.path(), &["erase", "--project", "shpo"]);
    assert!(said.contains("there is no project `shpo`"), "{said}");
}
