//! The command line: every command over one folder, and what is said when something is wrong.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::binary::{Server, cairn, folder, program};

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn log_prints_events_as_json_lines_with_and_without_a_server() {
    let data = folder();
    let server = Server::start(data.path());
    let id = server.trace("shop", "first");
    server.trace("shop", "second");
    let with_server = cairn(data.path(), &["log"]);
    let one = cairn(data.path(), &["log", "--entity", &id]);
    assert!(server.terminate().success());
    let without_server = cairn(data.path(), &["log"]);
    assert_eq!(said(&with_server.stdout), said(&without_server.stdout));
    let events: Vec<Value> =
        said(&with_server.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["project_created", "trace_recorded", "trace_recorded"]);
    let positions: Vec<u64> = events.iter().map(|event| event["position"].as_u64().unwrap()).collect();
    assert_eq!(positions, [1, 2, 3]);
    let one: Value = serde_json::from_str(&said(&one.stdout)).unwrap();
    assert_eq!(
        (&one["event"]["id"], &one["event"]["fields"]["name"]),
        (&Value::from(id), &Value::from("first"))
    );
}

#[test]
fn log_follows_a_running_server() {
    let data = folder();
    let server = Server::start(data.path());
    server.trace("shop", "before");
    let mut following = Command::new(program())
        .args(["log", "--follow", "--data"])
        .arg(data.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("project_created"));
    assert!(lines.next().unwrap().unwrap().contains("before"));
    server.trace("shop", "afterwards");
    assert!(lines.next().unwrap().unwrap().contains("afterwards"));
    assert!(server.terminate().success());
    assert!(lines.next().is_none(), "the log ends with its server");
    assert!(following.wait().unwrap().success());
}

#[test]
fn verify_and_rebuild_refuse_a_folder_that_a_server_holds() {
    let data = folder();
    let server = Server::start(data.path());
    server.trace("shop", "first");
    for command in ["verify", "rebuild"] {
        let refused = cairn(data.path(), &[command]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(said(&refused.stderr).contains("is in use by a running server; stop it first"), "{command}");
    }
    assert!(server.terminate().success());
    for command in ["verify", "rebuild"] {
        let done = cairn(data.path(), &[command]);
        assert!(done.status.success(), "{command}: {}", said(&done.stderr));
    }
}

#[test]
fn verify_names_the_position_of_damage() {
    let data = folder();
    let server = Server::start(data.path());
    for number in 0..200 {
        server.trace("shop", &format!("trace {number}"));
    }
    assert!(server.terminate().success());
    let good = cairn(data.path(), &["verify"]);
    assert!(said(&good.stdout).contains("201 events"), "{}", said(&good.stdout));
    // One letter within an event is changed where it lies on the disk.
    let workspaces = data.path().join("workspaces");
    let workspace = std::fs::read_dir(workspaces).unwrap().next().unwrap().unwrap().path();
    let mut changed = 0;
    for file in walk(&workspace.join("store")) {
        let mut bytes = std::fs::read(&file).unwrap();
        if let Some(at) = bytes.windows(9).position(|window| window == b"trace 150") {
            bytes[at] = b'T';
            std::fs::write(&file, bytes).unwrap();
            changed += 1;
        }
    }
    assert!(changed > 0, "the event lies somewhere");
    let bad = cairn(data.path(), &["verify"]);
    assert_eq!(bad.status.code(), Some(1), "{}", said(&bad.stdout));
    assert!(!said(&bad.stderr).is_empty());
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

#[test]
fn commands_do_not_make_a_folder_that_is_not_there() {
    let data = folder();
    for command in ["verify", "rebuild", "log"] {
        let refused = cairn(&data.path().join("nowhere"), &[command]);
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            said(&refused.stderr).contains("holds no data of cairn; name the folder with --data"),
            "{command}"
        );
    }
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0);
}

#[test]
fn a_wrong_setting_is_named_and_help_tells_all_three_ways() {
    let data = folder();
    let refused = cairn(data.path(), &["serve", "--listen", "nonsense"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        said(&refused.stderr).contains("setting `listen`: `nonsense` is no address"),
        "{}",
        said(&refused.stderr)
    );
    let help = said(&Command::new(program()).args(["serve", "--help"]).output().unwrap().stdout);
    for told in ["--listen", "CAIRN_LISTEN", "[file: `listen`]", "--grpc-listen", "CAIRN_CONFIG"] {
        assert!(help.contains(told), "{told} in {help}");
    }
}

#[test]
fn a_second_server_on_the_same_folder_is_refused() {
    let data = folder();
    let server = Server::start(data.path());
    let second = cairn(data.path(), &["serve", "--listen", "127.0.0.1:0", "--grpc-listen", "off"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(server.terminate().success());
}
