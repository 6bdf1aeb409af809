//! The disk writes by halves, is full, or does not sync: what was acknowledged is there, what is refused is told why, reads
//! go on, and writing does when the disk is well again. A library in C (`faults/layer.c`) stands between the real program
//! and the real files; the compiler that links Rust builds it.

use std::collections::{BTreeSet, HashMap};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tempfile::TempDir;
use uuid::Uuid;

use crate::binary::{Server, cairn, folder, wait_until};

const CLIENTS: usize = 4;
const BEFORE: usize = 30;
/// The server looks every five seconds whether its disk is well again.
const WHILE_ILL: Duration = Duration::from_secs(7);
const FULL: &str = "No space left on device";
const UNSYNCED: &str = "Input/output error";

/// A data folder with the layer before it.
struct Disk {
    beside: TempDir,
    data: TempDir,
}

/// What became of writes.
#[derive(Default)]
struct Written {
    acknowledged: BTreeSet<String>,
    refusals: Vec<(StatusCode, bool, String)>,
}

impl Disk {
    fn new() -> Self {
        let disk = Self { beside: folder(), data: folder() };
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/it/faults/layer.c");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o"])
            .arg(disk.layer())
            .arg(source)
            .status();
        assert!(built.unwrap().success());
        disk.heal();
        disk
    }

    fn layer(&self) -> PathBuf {
        self.beside.path().join("layer.so")
    }

    fn start(&self) -> Server {
        Server::start_with(self.data.path(), |command, _| {
            command
                .env("LD_PRELOAD", self.layer())
                .env("FAULTS_CONTROL", self.beside.path().join("control"))
                .env("FAULTS_LOG", self.beside.path().join("log"));
        })
    }

    /// From now on the files with this in their paths fail so.
    fn strike(&self, fault: &str, part: &str) {
        let new = self.beside.path().join("next");
        std::fs::write(&new, format!("{fault} {part}\n")).unwrap();
        std::fs::rename(new, self.beside.path().join("control")).unwrap();
    }

    fn heal(&self) {
        self.strike("none", "/");
    }

    fn path(&self) -> &str {
        self.data.path().to_str().unwrap()
    }

    /// Takes from the journals what no sync has brought to the disk. What a failed sync left out is never written by
    /// itself again.
    fn cut_power(&self) {
        let log = std::fs::read_to_string(self.beside.path().join("log")).unwrap();
        let mut unwritten: HashMap<&str, Unwritten> = HashMap::new();
        for line in log.lines() {
            let mut words = line.splitn(4, ' ');
            let mut next = || words.next().unwrap();
            let (what, at, count, path) = (next(), next(), next(), next());
            let file = unwritten.entry(path).or_default();
            match what {
                "wrote" => file.write(at.parse().unwrap(), count.parse().unwrap()),
                "synced" => file.dirty.clear(),
                _ => file.lost.append(&mut file.dirty),
            }
        }
        for (path, file) in unwritten {
            let Ok(journal) = std::fs::File::options().write(true).open(path) else { continue };
            let length = journal.metadata().unwrap().len();
            for (from, to) in file.lost.into_iter().chain(file.dirty) {
                let to = to.min(length);
                journal
                    .write_all_at(&vec![0; usize::try_from(to.saturating_sub(from)).unwrap()], from)
                    .unwrap();
            }
        }
    }
}

/// Ranges of a file that are not on the disk: those that the next sync brings there, and those that none does.
#[derive(Default)]
struct Unwritten {
    dirty: Vec<(u64, u64)>,
    lost: Vec<(u64, u64)>,
}

impl Unwritten {
    fn write(&mut self, at: u64, count: u64) {
        let (from, to) = (at, at + count);
        let outside = |(begins, ends): (u64, u64)| {
            [(begins, ends.min(from)), (begins.max(to), ends)]
                .into_iter()
                .filter(|(begins, ends)| begins < ends)
        };
        self.lost = std::mem::take(&mut self.lost).into_iter().flat_map(outside).collect();
        self.dirty.push((from, to));
    }
}

fn trace(name: &str) -> (String, Value) {
    let id = Uuid::now_v7().to_string();
    let row = json!({
        "id": id, "project_name": "ill", "name": name, "start_time": "2026-11-01T10:00:00Z",
        "input": { "noise": (0..40).map(|_| Uuid::new_v4().to_string()).collect::<String>() },
    });
    (id, json!({ "traces": [row] }))
}

/// Several clients write until each is refused; the fault comes when some were acknowledged.
fn write_until_refused(server: &Server, strike: impl FnOnce() + Send) -> Written {
    let written = Mutex::new(Written::default());
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                loop {
                    let (id, body) = trace("under load");
                    let answer = server.post("/api/v1/private/traces/batch", &body);
                    let (status, hint) = (answer.status(), answer.headers().contains_key("retry-after"));
                    let text = answer.text().unwrap();
                    let mut written = written.lock().unwrap();
                    if status == 204 {
                        written.acknowledged.insert(id);
                    } else {
                        written.refusals.push((status, hint, text));
                        break;
                    }
                }
            });
        }
        wait_until("some writes are acknowledged", || written.lock().unwrap().acknowledged.len() > BEFORE);
        strike();
    });
    written.into_inner().unwrap()
}

fn write(server: &Server, written: &mut Written, count: usize) {
    for _ in 0..count {
        let (id, body) = trace("afterwards");
        assert_eq!(server.post("/api/v1/private/traces/batch", &body).status(), 204);
        written.acknowledged.insert(id);
    }
}

fn reads(server: &Server, id: &str) {
    let answer = server.client.get(server.url(&format!("/api/v1/private/traces/{id}"))).send().unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().unwrap());
    let data = server.ask("query($id: ID!) { trace(id: $id) { id } }", &json!({ "id": id }));
    assert_eq!(data["trace"]["id"], *id);
}

fn nothing_is_lost(server: &Server, written: &Written) {
    for id in &written.acknowledged {
        let answer = server.client.get(server.url(&format!("/api/v1/private/traces/{id}"))).send().unwrap();
        assert_eq!(answer.status(), 200, "{id} of {} acknowledged traces", written.acknowledged.len());
    }
}

/// Refusals, ping and GraphQL say the same, and reading goes on, until the disk is well again.
fn is_told(server: &Server, written: &Written, why: &str) {
    for (status, hint, text) in &written.refusals {
        assert_eq!((*status, *hint), (StatusCode::SERVICE_UNAVAILABLE, true), "{text}");
        assert!(
            text.contains("the server cannot write and accepts nothing more") && text.contains(why),
            "{text}"
        );
    }
    let begun = Instant::now();
    while begun.elapsed() < WHILE_ILL {
        let ping = server.client.get(server.url("/is-alive/ping")).send().unwrap();
        let (status, said) = (ping.status(), ping.json::<Value>().unwrap());
        assert_eq!(status, 500, "{said}");
        assert!(said["message"].as_str().unwrap().contains(why), "{said}");
        let mutation = "mutation { createProject(input: { name: \"more\" }) { id } }";
        let said: Value = server.post("/graphql", &json!({ "query": mutation })).json().unwrap();
        assert_eq!(said["errors"][0]["extensions"]["code"], "READ_ONLY", "{said}");
        assert!(said["errors"][0]["message"].as_str().unwrap().contains(why), "{said}");
        reads(server, written.acknowledged.first().unwrap());
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn wait_until_it_writes(server: &Server) {
    wait_until("writing goes on", || {
        std::thread::sleep(Duration::from_millis(50));
        server.client.get(server.url("/is-alive/ping")).send().is_ok_and(|answer| answer.status() == 200)
    });
}

fn verify(data: &Path) {
    let done = cairn(data, &["verify"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[test]
fn short_writes_are_carried_on() {
    let disk = Disk::new();
    disk.strike("short", disk.path());
    let server = disk.start();
    let mut written = Written::default();
    write(&server, &mut written, BEFORE);
    drop(server);
    verify(disk.data.path());
    let server = disk.start();
    nothing_is_lost(&server, &written);
}

#[test]
fn a_full_disk_refuses_with_a_reason_and_takes_writes_when_there_is_room() {
    let disk = Disk::new();
    let server = disk.start();
    let mut written = write_until_refused(&server, || disk.strike("full", disk.path()));
    is_told(&server, &written, FULL);
    disk.heal();
    wait_until_it_writes(&server);
    write(&server, &mut written, BEFORE);
    nothing_is_lost(&server, &written);
    drop(server);
    disk.cut_power();
    verify(disk.data.path());
    let server = disk.start();
    nothing_is_lost(&server, &written);
    assert!(server.terminate().success());
    verify(disk.data.path());
}

#[test]
fn what_is_written_after_a_failed_sync_outlives_a_power_cut() {
    let disk = Disk::new();
    let server = disk.start();
    let mut written = write_until_refused(&server, || disk.strike("unsynced", ".jnl"));
    is_told(&server, &written, UNSYNCED);
    disk.heal();
    wait_until_it_writes(&server);
    write(&server, &mut written, BEFORE);
    drop(server);
    disk.cut_power();
    verify(disk.data.path());
    let server = disk.start();
    nothing_is_lost(&server, &written);
    assert!(server.terminate().success());
}

/// Whoever starts after a kill writes on, and the power goes.
fn outlives_a_power_cut(disk: &Disk, written: &mut Written) {
    disk.heal();
    let server = disk.start();
    write(&server, written, BEFORE);
    drop(server);
    disk.cut_power();
    let server = disk.start();
    nothing_is_lost(&server, written);
    assert!(server.terminate().success());
    verify(disk.data.path());
}

#[test]
fn a_kill_after_a_failed_sync_and_a_power_cut_later_lose_nothing() {
    let disk = Disk::new();
    let server = disk.start();
    let mut written = write_until_refused(&server, || disk.strike("unsynced", ".jnl"));
    drop(server);
    outlives_a_power_cut(&disk, &mut written);
}

#[test]
fn a_kill_before_a_failed_sync_is_told_and_a_power_cut_later_lose_nothing() {
    let disk = Disk::new();
    let server = disk.start();
    let mut written = Written::default();
    write(&server, &mut written, BEFORE);
    disk.strike("killed", ".jnl");
    let (_, body) = trace("never acknowledged");
    let url = server.url("/api/v1/private/traces/batch");
    assert!(server.client.post(url).json(&body).send().is_err());
    drop(server);
    outlives_a_power_cut(&disk, &mut written);
}

#[test]
fn a_torn_last_record_costs_that_record_and_no_other() {
    let disk = Disk::new();
    let server = disk.start();
    let mut written = Written::default();
    write(&server, &mut written, BEFORE);
    let (torn, body) = trace("torn");
    assert_eq!(server.post("/api/v1/private/traces/batch", &body).status(), 204);
    drop(server);
    let workspaces = disk.data.path().join("workspaces");
    let workspace = std::fs::read_dir(workspaces).unwrap().next().unwrap().unwrap().path();
    let journals = std::fs::read_dir(workspace.join("store")).unwrap().map(|entry| entry.unwrap().path());
    let newest = journals.filter(|path| path.extension().is_some_and(|kind| kind == "jnl")).max().unwrap();
    let bytes = std::fs::read(&newest).unwrap();
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    std::fs::write(&newest, &bytes[..end - 40]).unwrap();
    verify(disk.data.path());
    let server = disk.start();
    nothing_is_lost(&server, &written);
    let answer = server.client.get(server.url(&format!("/api/v1/private/traces/{torn}"))).send().unwrap();
    assert_eq!(answer.status(), 404, "it was the last record");
    write(&server, &mut written, 1);
    assert!(server.terminate().success());
    verify(disk.data.path());
}
