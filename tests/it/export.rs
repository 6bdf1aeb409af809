//! `cairn export` and `cairn import`: what they say, and what they refuse before anything is written.

use std::path::Path;
use std::process::Output;

use crate::binary::{Server, cairn, folder};

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn export(data: &Path, to: &Path, more: &[&str]) -> Output {
    cairn(data, &[&["export", "--to", to.to_str().unwrap()], more].concat())
}

fn import(data: &Path, from: &Path) -> Output {
    cairn(data, &["import", "--from", from.to_str().unwrap()])
}

#[test]
fn a_folder_is_exported_beside_a_server_and_without_one() {
    let (data, files, elsewhere) = (folder(), folder(), folder());
    let server = Server::start(data.path());
    let id = server.trace("shop", "first");
    let bundle = files.path().join("bundle");
    let live = files.path().join("live");
    let beside = said(&export(data.path(), &live, &[]));
    let told = refused(&export(
        data.path(),
        &files.path().join("none"),
        &["--entity", "traces", "--filter", "cost >"],
    ));
    assert!(told.contains("the filter makes no sense for `traces`"), "{told}");
    let told = refused(&export(data.path(), &files.path().join("none"), &["--workspace", "other"]));
    assert!(told.contains("the server refused: Workspace not found"), "{told}");
    assert!(!files.path().join("none").exists());
    assert!(server.terminate().success());
    let told = said(&export(data.path(), &bundle, &[]));
    assert!(told.contains("traces: 1\n") && told.ends_with("events: 2\n"), "{told}");
    assert_eq!(told, beside);
    for file in std::fs::read_dir(&bundle).unwrap() {
        let name = file.unwrap().file_name();
        let read = |folder: &Path| std::fs::read_to_string(folder.join(&name)).unwrap();
        assert_eq!(read(&live), read(&bundle), "{name:?}");
    }
    let row = std::fs::read_to_string(bundle.join("traces.jsonl")).unwrap();
    assert!(row.contains(&id) && row.lines().count() == 1, "{row}");
    let told = refused(&export(data.path(), &bundle, &[]));
    assert!(told.contains("is not empty; name a new folder with --to"), "{told}");
    let told = said(&import(elsewhere.path(), &bundle));
    assert_eq!(told, "2 events taken in, 0 of things that were there before left out\n");
    let log = said(&cairn(elsewhere.path(), &["log"]));
    assert_eq!(log, said(&cairn(data.path(), &["log"])));
}

#[test]
fn what_makes_no_sense_is_told_before_a_file_is_written() {
    let (data, files) = (folder(), folder());
    assert!(Server::start(data.path()).terminate().success());
    for (more, mistake) in [
        (&["--entity", "cats"][..], "`cats` is no entity"),
        (&["--entity", "traces", "--filter", "cost >"], "the filter makes no sense for `traces`"),
        (&["--entity", "prompts", "--filter", "name:a"], "`prompts` take no filter"),
        (&["--filter", "name:a"], "--entity"),
        (&["--workspace", "other"], "there is no workspace `other`"),
        (&["--format", "xml"], "invalid value 'xml'"),
    ] {
        let to = files.path().join("bundle");
        let told = refused(&export(data.path(), &to, more));
        assert!(told.contains(mistake), "{told}");
        assert!(!to.exists() || std::fs::read_dir(&to).unwrap().next().is_none(), "{more:?}");
    }
}

#[test]
fn what_belongs_to_something_else_is_not_taken_in() {
    let (data, files, elsewhere) = (folder(), folder(), folder());
    for data in [&data, &elsewhere] {
        let server = Server::start(data.path());
        server.trace("shop", "first");
        assert!(server.terminate().success());
    }
    let (bundle, table) = (files.path().join("bundle"), files.path().join("table"));
    said(&export(data.path(), &bundle, &[]));
    let before = said(&cairn(elsewhere.path(), &["log"]));
    let told = refused(&import(elsewhere.path(), &bundle));
    assert!(
        told.contains("line 1: there is another project named `shop` here; nothing was taken in"),
        "{told}"
    );
    assert_eq!(said(&cairn(elsewhere.path(), &["log"])), before);
    said(&export(data.path(), &table, &["--format", "csv"]));
    let told = refused(&import(elsewhere.path(), &table));
    assert!(told.contains("holds tables alone; export with `--format jsonl`"), "{told}");
    let told = refused(&import(elsewhere.path(), files.path()));
    assert!(told.contains("holds no `manifest.json`"), "{told}");
}
