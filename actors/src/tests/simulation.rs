//! The writer over its store, driven by a seed through commands, commits, refusals, restarts, rebuilds and crashes, and
//! held against a model at every step. A crash is a copy of the folder as it lies on the disk at that moment, its
//! newest journal cut anywhere within the write that was under way.
//!
//! `CAIRN_SEEDS=5000` runs more of them; `CAIRN_SEED=17` runs the one that a failure named.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use cairn_core::command::{Command, Context, ProjectRef};
use cairn_core::ids::TraceId;
use cairn_core::merge::TagEdits;
use cairn_core::time::Timestamp;
use cairn_core::traces::{self, Update};
use cairn_storage::reader::Reader;
use cairn_storage::store::Store;
use cairn_storage::writer::Writer;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use tempfile::TempDir;
use uuid::Uuid;

use super::trace;
use crate::clerk::{self, Refused};

const SEEDS: u64 = 2_000;
/// In memory, where the system has such a folder: a seed syncs some hundred times.
const MEMORY: &str = "/dev/shm";
const STEPS: usize = 24;

/// What must be there: the names of traces that live, and of all projects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Model {
    traces: BTreeMap<Uuid, String>,
    projects: BTreeSet<String>,
}

struct World {
    seed: u64,
    chance: StdRng,
    dir: TempDir,
    writer: Option<Writer>,
    /// As it was at the last commit, and with what was decided since.
    durable: Model,
    decided: Model,
    used: Vec<Uuid>,
    /// In which project each trace was recorded.
    homes: BTreeMap<Uuid, String>,
    now: i64,
}

impl World {
    fn begin(seed: u64) -> Self {
        let dir = folder();
        let writer = Some(open(dir.path()));
        let chance = StdRng::seed_from_u64(seed);
        let (durable, decided) = (Model::default(), Model::default());
        Self {
            seed,
            chance,
            dir,
            writer,
            durable,
            decided,
            used: Vec::new(),
            homes: BTreeMap::new(),
            now: 1_000,
        }
    }

    fn writer(&mut self) -> &mut Writer {
        self.writer.as_mut().unwrap()
    }

    fn execute(&mut self, command: Command) -> Result<(), Refused> {
        self.now += self.chance.random_range(1..50);
        let mut context =
            Context::new(Timestamp::from_millis(self.now), Arc::from("ann"), self.chance.random());
        clerk::execute(self.writer(), command, &mut context).map(|_| ())
    }

    fn living(&mut self) -> Option<Uuid> {
        let ids: Vec<Uuid> = self.decided.traces.keys().copied().collect();
        (!ids.is_empty()).then(|| ids[self.chance.random_range(0..ids.len())])
    }

    /// A project's name, or it again in the careless way of some clients.
    fn project(&mut self) -> (String, String) {
        let name = format!("project {}", self.chance.random_range(0..4));
        let written =
            if self.chance.random_bool(0.3) { format!(" {} ", name.to_uppercase()) } else { name.clone() };
        (written, name)
    }

    fn record(&mut self) {
        let mut writes = Vec::new();
        let (written, project) = self.project();
        for _ in 0..self.chance.random_range(1..4) {
            let id = Uuid::from_u128((0x0190_babc_62a0_7000_8000_u128 << 48) + self.used.len() as u128);
            let name = format!("trace {}", self.used.len());
            self.used.push(id);
            let mut write = trace(&written);
            write.id = TraceId::new(id).ok();
            write.fields.name = Some(name.clone());
            writes.push(write);
            self.homes.insert(id, project.clone());
            self.decided.traces.insert(id, name);
        }
        self.decided.projects.insert(project);
        self.execute(Command::Traces(traces::Command::Record(writes))).unwrap();
    }

    fn rename(&mut self) {
        let Some(id) = self.living() else { return };
        let name = format!("renamed at {}", self.now);
        let fields = traces::Fields { name: Some(name.clone()), ..traces::Fields::default() };
        let project = ProjectRef::Name(self.homes[&id].clone());
        let update = Box::new(Update { project, fields, tag_edits: TagEdits::default() });
        self.execute(Command::Traces(traces::Command::Update { id: TraceId::known(id), update })).unwrap();
        self.decided.traces.insert(id, name);
    }

    fn delete(&mut self) {
        let Some(id) = self.living() else { return };
        self.execute(Command::DeleteTraces(traces::Delete { ids: vec![TraceId::known(id)] })).unwrap();
        self.decided.traces.remove(&id);
    }

    /// Refused, and must leave nothing behind: not even the project that it names.
    fn create_again(&mut self) {
        let Some(id) = self.living() else { return };
        let mut write = trace("never made");
        write.id = TraceId::new(id).ok();
        let refused = self.execute(Command::Traces(traces::Command::Create(Box::new(write))));
        assert!(matches!(refused, Err(Refused::Rejected(_))), "seed {}: {refused:?}", self.seed);
    }

    fn some_command(&mut self) {
        match self.chance.random_range(0..10) {
            0..5 => self.record(),
            5..7 => self.rename(),
            7..9 => self.delete(),
            _ => self.create_again(),
        }
    }

    fn commit(&mut self) {
        self.writer().commit().unwrap();
        self.durable = self.decided.clone();
    }

    /// The process is gone; what was decided and not committed is gone with it.
    fn restart(&mut self) {
        self.writer = None;
        self.writer = Some(open(self.dir.path()));
        self.decided = self.durable.clone();
    }

    /// The power is gone in the middle of a commit, or before it.
    fn crash(&mut self) {
        let before = journal_bytes(self.dir.path()).len();
        let under_way = self.chance.random_bool(0.7);
        if under_way {
            self.some_command();
            self.writer().commit().unwrap();
        }
        let after = journal_bytes(self.dir.path());
        // A commit of nothing writes nothing.
        let cut =
            if after.len() > before { self.chance.random_range(before..=after.len()) } else { after.len() };
        let whole = under_way && cut == after.len();
        let copy = folder();
        copy_folder(self.dir.path(), copy.path());
        let newest = journal(self.dir.path());
        let newest = copy.path().join(newest.strip_prefix(self.dir.path()).unwrap());
        std::fs::write(newest, &after[..cut]).unwrap();
        self.writer = None;
        self.dir = copy;
        self.writer = Some(open(self.dir.path()));
        if whole {
            self.durable = self.decided.clone();
        } else {
            self.decided = self.durable.clone();
        }
    }

    fn rebuild(&mut self) {
        self.writer().store().rebuild_rows().unwrap();
        self.restart();
    }

    fn check(&mut self, did: &str) {
        let store = Arc::clone(self.writer().store());
        let reader = Reader::rows_only(&store).unwrap();
        let name = |id: &Uuid| {
            Some((*id, reader.trace(TraceId::known(*id)).unwrap()?.fields.name.unwrap_or_default()))
        };
        let seen = Model {
            traces: self.used.iter().filter_map(name).collect(),
            projects: reader.projects().unwrap().into_iter().map(|view| view.project.name).collect(),
        };
        let spoken = |model: &Model| Model {
            projects: model.projects.iter().map(|name| name.to_lowercase()).collect(),
            ..model.clone()
        };
        let tidy = |model: Model| Model {
            projects: model.projects.iter().map(|name| name.trim().to_lowercase()).collect(),
            ..model
        };
        assert_eq!(tidy(seen), spoken(&self.durable), "seed {} after {did}", self.seed);
    }

    fn run(mut self) {
        for _ in 0..STEPS {
            let did = match self.chance.random_range(0..20) {
                0..9 => {
                    self.some_command();
                    "a command"
                }
                9..14 => {
                    self.commit();
                    "a commit"
                }
                14..16 => {
                    self.restart();
                    "a restart"
                }
                16..19 => {
                    // What waited for a commit is lost in a crash that comes before it.
                    self.restart();
                    self.crash();
                    "a crash"
                }
                _ => {
                    self.restart();
                    self.rebuild();
                    "a rebuild"
                }
            };
            self.check(did);
        }
        self.writer().store().log().verify().unwrap();
    }
}

fn folder() -> TempDir {
    TempDir::new_in(MEMORY).or_else(|_| TempDir::new()).unwrap()
}

fn open(dir: &Path) -> Writer {
    Writer::open(Arc::new(Store::open(dir).unwrap())).unwrap()
}

fn journal(dir: &Path) -> PathBuf {
    let number = |path: &PathBuf| path.file_stem()?.to_str()?.parse::<u64>().ok();
    let files = std::fs::read_dir(dir.join("store")).unwrap().map(|entry| entry.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "jnl"))
        .max_by_key(number)
        .unwrap()
}

/// The written part of the newest journal: zeros are set aside behind it.
fn journal_bytes(dir: &Path) -> Vec<u8> {
    let mut file = std::fs::File::open(journal(dir)).unwrap();
    let (mut bytes, mut chunk) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        let count = file.read(&mut chunk).unwrap();
        if chunk[..count].iter().all(|byte| *byte == 0) {
            break;
        }
        bytes.extend_from_slice(&chunk[..count]);
    }
    bytes.truncate(bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
    bytes
}

/// All but journals, of which the newest alone holds anything here.
fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &to);
        } else if to.extension().is_none_or(|extension| extension != "jnl") {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn number_in(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// Runs a seed, and says whether all went well; why it did not is printed as the panic of a test is.
fn runs(seed: u64) -> bool {
    std::panic::catch_unwind(|| World::begin(seed).run()).is_ok()
}

#[test]
fn what_was_committed_is_there_whatever_happens() {
    if let Some(seed) = number_in("CAIRN_SEED") {
        return World::begin(seed).run();
    }
    let seeds = number_in("CAIRN_SEEDS").unwrap_or(SEEDS);
    let (next, failed) = (AtomicU64::new(0), Mutex::new(BTreeSet::new()));
    // Half of the time a seed waits until the threads of a store have ended.
    let threads = std::thread::available_parallelism().map_or(2, |cores| cores.get() * 2);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= seeds || !failed.lock().unwrap().is_empty() {
                        break;
                    }
                    if !runs(seed) {
                        failed.lock().unwrap().insert(seed);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "CAIRN_SEED= one of {failed:?} runs it alone");
}
