//! What an operator sees of a server: what `cairn doctor` says, and how a damaged journal is repaired.

use std::path::PathBuf;

use crate::binary::{Server, cairn, folder};

#[test]
fn doctor_looks_at_a_folder_with_and_without_its_server() {
    let data = folder();
    let server = Server::start(data.path());
    server.trace("shop", "first");
    let with_server = cairn(data.path(), &["doctor"]);
    assert!(server.terminate().success());
    let without_server = cairn(data.path(), &["doctor"]);
    for (done, says) in [(with_server, "runs and writes"), (without_server, "does not run on this folder")] {
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{said}{}", String::from_utf8_lossy(&done.stderr));
        assert!(said.contains(says), "{said}");
        for of in ["disk", "folder", "limits", "clock", "columns index", "text index"] {
            assert!(said.contains(&format!("  {of}: ")), "{of} in {said}");
        }
        assert!(said.contains("chain: holds over 2 events"), "{said}");
    }
}

#[test]
fn doctor_exits_badly_when_something_needs_care() {
    let data = folder();
    let server = Server::start(data.path());
    server.trace("shop", "first");
    assert!(server.terminate().success());
    let workspace =
        std::fs::read_dir(data.path().join("workspaces")).unwrap().next().unwrap().unwrap().path();
    // As a store of a program to come would say.
    std::fs::write(workspace.join("store").join("version"), b"FJL\x09").unwrap();
    let done = cairn(data.path(), &["doctor"]);
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("BAD   data: cannot be read"), "{said}");
}

/// The one journal of the default workspace.
fn journal(data: &std::path::Path) -> PathBuf {
    let workspace = std::fs::read_dir(data.join("workspaces")).unwrap().next().unwrap().unwrap().path();
    let journals: Vec<PathBuf> = std::fs::read_dir(workspace.join("store"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jnl"))
        .collect();
    assert_eq!(journals.len(), 1);
    journals[0].clone()
}

#[test]
fn a_damaged_journal_is_told_of_and_repaired_with_a_word_on_what_is_lost() {
    let data = folder();
    let server = Server::start(data.path());
    for number in 0..6 {
        server.trace("shop", &format!("trace {number}"));
    }
    drop(server);
    let path = journal(data.path());
    let mut bytes = std::fs::read(&path).unwrap();
    let name = b"trace 2";
    let at = bytes.windows(name.len()).position(|window| window == name).unwrap();
    bytes[at] = b'T';
    std::fs::write(&path, bytes).unwrap();

    for command in ["verify", "doctor", "log"] {
        let done = cairn(data.path(), &[command]);
        assert_eq!(done.status.code(), Some(1), "{command}");
        let said = [done.stdout, done.stderr].concat();
        assert!(String::from_utf8_lossy(&said).contains("cairn repair"), "{command}");
    }
    let done = cairn(data.path(), &["repair"]);
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{said}");
    assert!(said.contains("LOST are the events 4 to 7"), "{said}");
    assert!(cairn(data.path(), &["verify"]).status.success());
    let server = Server::start(data.path());
    server.trace("shop", "after");
    assert!(server.terminate().success());
    let log = String::from_utf8(cairn(data.path(), &["log"]).stdout).unwrap();
    assert_eq!(log.lines().count(), 4, "{log}");
}
