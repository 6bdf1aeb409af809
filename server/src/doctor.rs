//! `cairn doctor`: looks at what most often goes wrong around a server, and says what to do about it.
//! It changes nothing; a running server is asked for what only it may read.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use cairn_core::time::Timestamp;
use cairn_core::workspaces::DEFAULT_ID;
use cairn_storage::error::Error;
use cairn_storage::follower;
use cairn_storage::reader::Reader;
use cairn_storage::room;
use cairn_storage::signals::{Index, Projection};
use cairn_storage::store::{self, Store};
use serde::Deserialize;

use crate::commands::{Trouble, check_folder};
use crate::config::DataArgs;
use crate::log_stream;

const FREE_BYTES_MIN: u64 = 256 << 20;
const FREE_BYTES_LOW: u64 = 2 << 30;
const OPEN_FILES_LOW: u64 = 4_096;
/// A clock may be this far behind the newest event without anybody minding.
const CLOCK_BACK_MS_MAX: i64 = 1_000;
const LAG_EVENTS_HIGH: u64 = 200_000;

#[derive(clap::Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    data: DataArgs,

    /// Leave out the walk over the hash chain, which reads the whole log
    #[arg(long)]
    quick: bool,
}

/// What was looked at, and what is to be said of it.
struct Finding {
    of: &'static str,
    state: State,
    says: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Doubtful,
    Bad,
}

/// As the server's `/api/v1/cairn/health` has it.
#[derive(Deserialize)]
struct Health {
    now_ms: i64,
    newest_event_ms: Option<i64>,
    events: u64,
    columns: u64,
    text: u64,
    faults: Vec<String>,
    #[serde(default)]
    rebuilds: Vec<Rebuild>,
    chain: Option<Chain>,
}

/// An index that is made anew while the old one serves.
#[derive(Deserialize)]
struct Rebuild {
    index: String,
    from: u32,
    to: u32,
    events: u64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Chain {
    Holds { events: u64, blocks: u64 },
    Broken { damage: String },
}

pub(crate) fn run(arguments: &DoctorArgs) -> Result<(), Trouble> {
    let data = arguments.data.folder()?;
    check_folder(&data)?;
    let mut findings = vec![space(&data)?, writable(&data), open_files()];
    match health(&data, !arguments.quick) {
        Ok((running, health)) => findings.extend(of_workspace(running, &health)),
        Err(trouble) => findings.push(Finding::bad("data", format!("cannot be read: {trouble}"))),
    }
    let mut out = std::io::stdout().lock();
    for finding in &findings {
        let state = match finding.state {
            State::Good => "good",
            State::Doubtful => "look",
            State::Bad => "BAD ",
        };
        writeln!(out, "{state}  {}: {}", finding.of, finding.says)?;
    }
    let bad = findings.iter().filter(|finding| finding.state == State::Bad).count();
    if bad == 0 {
        return Ok(());
    }
    Err(Trouble::Usage(format!("{bad} of {} things need care", findings.len())))
}

impl Rebuild {
    fn of(projection: Projection) -> Option<Self> {
        let Projection { name, version, .. } = projection;
        let next = version.next?;
        Some(Self { index: name.to_owned(), from: version.number, to: next.version, events: next.reached.0 })
    }
}

impl Finding {
    fn good(of: &'static str, says: String) -> Self {
        Self { of, state: State::Good, says }
    }

    fn bad(of: &'static str, says: String) -> Self {
        Self { of, state: State::Bad, says }
    }

    fn graded(of: &'static str, state: State, says: String) -> Self {
        Self { of, state, says }
    }
}

fn space(data: &Path) -> Result<Finding, Trouble> {
    let space = room::space(data)?;
    let says = format!("{} MiB free of {} MiB", space.free_bytes >> 20, space.total_bytes >> 20);
    Ok(match space.free_bytes {
        free if free < FREE_BYTES_MIN => {
            Finding::bad("disk", format!("{says}; make room, or writing stops at the next full batch"))
        }
        free if free < FREE_BYTES_LOW => Finding::graded("disk", State::Doubtful, says),
        _ => Finding::good("disk", says),
    })
}

fn writable(data: &Path) -> Finding {
    let probe = data.join("doctor.probe");
    let written = std::fs::write(&probe, b"probe").and_then(|()| std::fs::remove_file(&probe));
    match written {
        Ok(()) => Finding::good("folder", "can be written".to_owned()),
        Err(error) => Finding::bad("folder", format!("cannot be written by this user: {error}")),
    }
}

fn open_files() -> Finding {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    match limit.current {
        Some(files) if files < OPEN_FILES_LOW => Finding::graded(
            "limits",
            State::Doubtful,
            format!("{files} open files are few; raise the limit to {OPEN_FILES_LOW} or more (`ulimit -n`)"),
        ),
        Some(files) => Finding::good("limits", format!("{files} open files")),
        None => Finding::good("limits", "any number of open files".to_owned()),
    }
}

/// Whether a server runs on the folder, and how the default workspace does.
fn health(data: &Path, chain: bool) -> Result<(bool, Health), Trouble> {
    let folder = data.join("workspaces").join(DEFAULT_ID.to_string());
    let store = match Store::open(&folder) {
        Err(Error::Store(error)) if store::is_locked(&error) => {
            let text = log_stream::ask(data, "GET", &format!("/api/v1/cairn/health?chain={chain}"), "")?;
            let health = serde_json::from_str(&text).map_err(|error| Trouble::Usage(error.to_string()))?;
            return Ok((true, health));
        }
        opened => Arc::new(opened?),
    };
    let (_indexes, _followers) = follower::open(&folder, &store)?;
    let reader = Reader::rows_only(&store)?;
    let chain = chain.then(|| match reader.verify_log() {
        Ok(verified) => Chain::Holds { events: verified.events, blocks: verified.blocks },
        Err(damage) => Chain::Broken { damage: damage.to_string() },
    });
    let health = Health {
        now_ms: crate::clock::now_ms(),
        newest_event_ms: reader.newest_event_time()?.map(Timestamp::as_millis),
        events: reader.position().0,
        columns: reader.index_position(Index::Columns).0,
        text: reader.index_position(Index::Text).0,
        faults: Vec::new(),
        rebuilds: reader.projections().into_iter().filter_map(Rebuild::of).collect(),
        chain,
    };
    Ok((false, health))
}

fn of_workspace(running: bool, health: &Health) -> Vec<Finding> {
    let mut findings = vec![match (running, health.faults.first()) {
        (_, Some(fault)) => Finding::bad("server", format!("writes nothing: {fault}")),
        (true, None) => Finding::good("server", "runs and writes".to_owned()),
        (false, None) => Finding::good("server", "does not run on this folder".to_owned()),
    }];
    findings.push(clock(health));
    match &health.chain {
        Some(Chain::Holds { events, blocks }) => {
            findings.push(Finding::good("chain", format!("holds over {events} events in {blocks} blocks")));
        }
        Some(Chain::Broken { damage }) => {
            let says = format!("{damage}; restore a backup (`cairn restore`) beside it");
            findings.push(Finding::bad("chain", says));
        }
        None => {}
    }
    for (of, reached) in [("columns index", health.columns), ("text index", health.text)] {
        let lag = health.events.saturating_sub(reached);
        let state = if lag > LAG_EVENTS_HIGH { State::Doubtful } else { State::Good };
        findings.push(Finding::graded(of, state, format!("{lag} events behind")));
    }
    for Rebuild { index, from, to, events } in &health.rebuilds {
        let says = format!(
            "{index} is made anew (version {from} serves, {to} has seen {events} of {} events)",
            health.events
        );
        findings.push(Finding::good("rebuild", says));
    }
    findings
}

fn clock(health: &Health) -> Finding {
    let ahead = health.newest_event_ms.map_or(0, |newest| newest - health.now_ms);
    if ahead > CLOCK_BACK_MS_MAX {
        let says = format!("the newest event is {} s in the future: was the clock set back?", ahead / 1_000);
        return Finding::bad("clock", says);
    }
    Finding::good("clock", "not behind the newest event".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn health() -> Health {
        let chain = Some(Chain::Holds { events: 7, blocks: 2 });
        let (now_ms, newest_event_ms) = (50_000, Some(49_000));
        let (faults, rebuilds) = (Vec::new(), Vec::new());
        Health { now_ms, newest_event_ms, events: 7, columns: 7, text: 7, faults, rebuilds, chain }
    }

    fn bad(health: &Health) -> Vec<&'static str> {
        let findings = of_workspace(true, health);
        findings.iter().filter(|finding| finding.state == State::Bad).map(|finding| finding.of).collect()
    }

    #[test]
    fn a_healthy_workspace_has_nothing_bad() {
        assert_eq!(bad(&health()), [""; 0]);
    }

    #[test]
    fn a_clock_that_was_set_back_a_fault_and_a_broken_chain_are_bad() {
        let mut sick = health();
        sick.newest_event_ms = Some(90_000);
        sick.faults = vec!["disk: no space left".to_owned()];
        sick.chain = Some(Chain::Broken { damage: "the log is damaged at position 3".to_owned() });
        assert_eq!(bad(&sick), ["server", "clock", "chain"]);
    }

    #[test]
    fn an_index_far_behind_is_worth_a_look_and_not_bad() {
        let mut behind = health();
        behind.events = 1_000_000;
        assert_eq!(bad(&behind), [""; 0]);
        assert!(of_workspace(false, &behind).iter().any(|finding| finding.state == State::Doubtful));
    }
}
