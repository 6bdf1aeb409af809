//! The quick size: the generator against the real server, looked at for what it says and not for how fast it was.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

struct Server {
    process: Child,
    url: String,
    /// Kept open: the server has more to say than its address.
    _said: BufReader<ChildStdout>,
    _data: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut process = Command::new(program())
            .args(["serve", "--listen", "127.0.0.1:0", "--grpc-listen", "off", "--data"])
            .arg(data.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let url = said.by_ref().lines().map_while(Result::ok).find_map(|line| address(&line)).unwrap();
        Self { process, url, _said: said, _data: data }
    }
}

fn program() -> PathBuf {
    std::env::var_os("CAIRN_BIN").map_or_else(
        || PathBuf::from(env!("CARGO_BIN_EXE_cairn-bench")).with_file_name("cairn"),
        PathBuf::from,
    )
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn address(line: &str) -> Option<String> {
    let rest = line.get(line.find("http://127.0.0.1:")?..)?;
    let port: String =
        rest.chars().skip("http://127.0.0.1:".len()).take_while(char::is_ascii_digit).collect();
    Some(format!("http://127.0.0.1:{port}"))
}

fn bench(server: &Server, arguments: &[&str]) -> Value {
    let done = Command::new(env!("CARGO_BIN_EXE_cairn-bench"))
        .args(["--url", &server.url])
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    assert!(done.status.success(), "{arguments:?}");
    serde_json::from_slice(&done.stdout).unwrap()
}

/// Runs a script of `ops` with both programs as they are built here, and gives what it said.
fn script(name: &str, arguments: &[&str]) -> String {
    let binaries = tempfile::tempdir().unwrap();
    symlink(std::fs::canonicalize(program()).unwrap(), binaries.path().join("cairn")).unwrap();
    symlink(env!("CARGO_BIN_EXE_cairn-bench"), binaries.path().join("cairn-bench")).unwrap();
    let done = Command::new("python3")
        .arg("-B")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops").join(name))
        .args(arguments)
        .arg("--binaries")
        .arg(binaries.path())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let said = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{name} {arguments:?}: {said}");
    said
}

#[test]
fn a_load_and_three_times_the_most_are_borne() {
    let said = script("load", &["--quick"]);
    assert!(said.ends_with("it bore the load\n"), "{said}");
}

#[test]
fn a_small_load_is_counted_read_and_heard_of() {
    let server = Server::start();
    let otlp = bench(&server, &["load", "--spans", "1600", "--connections", "2"]);
    assert_eq!(otlp["spans"], 1_600);
    assert!(otlp["visible_seconds"].as_f64() >= otlp["acknowledged_seconds"].as_f64(), "{otlp}");
    let opik = ["load", "--protocol", "opik", "--spans", "800", "--first-trace", "200", "--batch", "80"];
    let opik = bench(&server, &opik);
    assert_eq!(opik["requests"]["count"], 20, "{opik}");

    let reads = bench(&server, &["read", "--times", "2", "--readers", "2"]);
    let reads = reads.as_array().unwrap();
    assert_eq!(reads.len(), 9);
    assert!(reads.iter().all(|read| read["count"] == 4), "{reads:?}");

    let live = bench(&server, &["live", "--rate", "800", "--seconds", "1"]);
    assert_eq!((&live["sent"], &live["received"]), (&100.into(), &100.into()), "{live}");

    let follow =
        ["follow", "--rate", "800", "--seconds", "3", "--away-seconds", "1", "--first-trace", "20000000"];
    let follow = bench(&server, &follow);
    assert_eq!(
        (&follow["missing"], &follow["strangers"], &follow["repeated"]),
        (&0.into(), &0.into(), &0.into()),
        "{follow}"
    );
    assert!(follow["wanted"].as_u64() > Some(8_000) && follow["resumed"].as_u64() >= Some(1), "{follow}");
}
