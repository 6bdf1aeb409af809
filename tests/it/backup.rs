//! `cairn backup` beside a server that goes on writing, and `cairn restore` into a new folder.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use crate::binary::{Server, cairn, folder};

/// The answers to a few questions, byte by byte.
fn answers(server: &Server) -> Vec<String> {
    let graphql = json!({ "query": "{ projects { totalCount nodes { id name traceCount traces(first: 200) \
         { totalCount nodes { id name input createdAt } } } } }" });
    let mut answers = vec![server.post("/graphql", &graphql).text().unwrap()];
    for path in ["/api/v1/private/projects", "/api/v1/private/traces?project_name=shop&size=500"] {
        answers.push(server.client.get(server.url(path)).send().unwrap().text().unwrap());
    }
    answers
}

fn count(server: &Server) -> u64 {
    let path = "/api/v1/private/traces?project_name=shop";
    let page: Value = server.client.get(server.url(path)).send().unwrap().json().unwrap();
    page["total"].as_u64().unwrap()
}

fn succeeds(data: &Path, arguments: &[&str]) -> String {
    let done = cairn(data, arguments);
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn a_backup_taken_while_a_server_writes_restores_to_what_was_acknowledged_before_it() {
    let (data, room) = (folder(), folder());
    let backup = room.path().join("backup");
    let to = backup.to_str().unwrap();
    let server = Server::start(data.path());
    for number in 0..40 {
        server.trace("shop", &format!("before {number}"));
    }
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            let mut written = 0;
            while !done.load(Ordering::Relaxed) {
                server.trace("shop", "meanwhile");
                written += 1;
            }
            written
        });
        for _ in 0..3 {
            succeeds(data.path(), &["backup", to]);
        }
        done.store(true, Ordering::Relaxed);
        assert!(writing.join().unwrap() > 0, "the server took writes meanwhile");
    });
    let restored = room.path().join("restored");
    succeeds(&restored, &["restore", to]);
    succeeds(&restored, &["verify"]);
    let second = Server::start(&restored);
    let found = count(&second);
    assert!((40..=count(&server)).contains(&found), "{found}");
    assert!(second.terminate().success());

    // With nothing new meanwhile, every answer is the same.
    succeeds(data.path(), &["backup", to]);
    let before = answers(&server);
    assert!(server.terminate().success());
    assert!(succeeds(data.path(), &["backup", to]).contains(" 0 new events"), "without a server as well");
    let again = room.path().join("again");
    succeeds(&again, &["restore", to]);
    let third = Server::start(&again);
    assert_eq!(answers(&third), before);
}

#[test]
fn a_restored_folder_may_end_at_a_position_or_a_time() {
    let (data, room) = (folder(), folder());
    let backup = room.path().join("backup");
    let to = backup.to_str().unwrap();
    let server = Server::start(data.path());
    for number in 0..5 {
        server.trace("shop", &format!("trace {number}"));
    }
    assert!(server.terminate().success());
    succeeds(data.path(), &["backup", to]);
    let log = succeeds(data.path(), &["log"]);
    // The first event makes the project; the third is the second trace.
    let third: Value = serde_json::from_str(log.lines().nth(2).unwrap()).unwrap();
    for (name, until) in [("position", "3"), ("time", third["time"].as_str().unwrap())] {
        let restored = room.path().join(name);
        let said = succeeds(&restored, &["restore", to, "--until", until]);
        assert!(said.contains("3 events restored, 3 later ones left out"), "{said}");
        let expected: String = log.lines().take(3).flat_map(|line| [line, "\n"]).collect();
        assert_eq!(succeeds(&restored, &["log"]), expected, "{name}");
    }
}

#[test]
fn a_folder_with_data_is_not_restored_into_and_what_is_no_backup_is_refused() {
    let (data, room) = (folder(), folder());
    assert!(Server::start(data.path()).terminate().success());
    let nothing = room.path().to_str().unwrap();
    let refused = cairn(data.path(), &["restore", nothing]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("holds data already"));
    let refused = cairn(&room.path().join("new"), &["restore", nothing]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("is no backup of cairn"));
    assert!(!room.path().join("new").exists());
}
