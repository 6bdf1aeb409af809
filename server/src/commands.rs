//! The command line. Each command is a few lines over storage or the server; output is for people and pipes.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use cairn_core::attachments::{Content, encoded};
use cairn_core::ids::{Position, WorkspaceId};
use cairn_core::workspaces::DEFAULT_NAME;
use cairn_storage::attachments::contents::{Contents, Home};
use cairn_storage::error::Error;
use cairn_storage::history::checkpoints::PublicKey;
use cairn_storage::journal::repair;
use cairn_storage::log::Verified;
use cairn_storage::log::text::{Lines, Shape, Wanted};
use cairn_storage::reader::Reader;
use cairn_storage::store::Store;
use cairn_storage::workspaces::listed;
use cairn_storage::{follower, store};
use clap::{Parser, Subcommand};
use uuid::Uuid;

use crate::audit::{self, AuditArgs};
use crate::backup::{BackupArgs, RestoreArgs};
use crate::config::{DataArgs, ServeArgs, StoreArgs, Unusable};
use crate::doctor::DoctorArgs;
use crate::erase::EraseArgs;
use crate::export::ExportArgs;
use crate::fork::ForkArgs;
use crate::import::ImportArgs;
use crate::prices::PricesArgs;
use crate::{backup, doctor, erase, export, fork, import, log_stream, prices, serve};

/// Records, searches and replays what LLM applications do. One binary, one folder.
#[derive(Parser)]
#[command(name = "cairn", version, after_help = SETTINGS)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const SETTINGS: &str =
    "Every setting can be given as a flag, as an environment variable (CAIRN_LISTEN, CAIRN_DATA, …), or in \
a TOML file named by --config or CAIRN_CONFIG, with the names shown as [file: `…`]:

  listen = \"127.0.0.1:5173\"
  data = \"/var/lib/cairn\"

A flag comes before an environment variable, and that before the file. `cairn serve --help` lists all.

With --own-traces, OTEL_EXPORTER_OTLP_ENDPOINT and the other standard variables say where to, as http/protobuf.";

#[derive(Subcommand)]
enum Command {
    /// Run the server
    #[command(after_help = SETTINGS)]
    Serve(Box<ServeArgs>),
    /// Throw away rows and indexes and make them anew from the log
    Rebuild(DataArgs),
    /// Walk the hash chain of every log, check its signed checkpoints, compare attachments with their hashes; name the
    /// first damage
    Verify(VerifyArgs),
    /// Show the key that checkpoints of the log are signed with, or print the audit trail for other systems
    Audit(AuditArgs),
    /// Take what is new into a backup; a running server goes on meanwhile
    Backup(BackupArgs),
    /// Make a new data folder from a backup, whole or up to a moment
    Restore(RestoreArgs),
    /// Look at disk, limits, clock, chain and indexes, and say what needs care; the exit code tells
    Doctor(DoctorArgs),
    /// Open a store again whose journal is damaged, and say what is lost; the originals are kept
    Repair(DataArgs),
    /// Print events as JSON lines
    Log(LogArgs),
    /// Write what is in a workspace into files, as JSON lines, CSV or Parquet
    Export(ExportArgs),
    /// Take in what was exported as JSON lines, with its ids, dates and authors
    Import(ImportArgs),
    /// Make a workspace that begins as another one is now, in a moment and without copying what never changes
    Fork(ForkArgs),
    /// Remove a trace, a thread, all traces of a user or a project for good: from log, rows, indexes and files
    Erase(EraseArgs),
    /// Take the workspace's own prices of models from a file, or print them
    Prices(PricesArgs),
}

#[derive(clap::Args)]
struct VerifyArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// Key that the checkpoints must be signed with, as `cairn audit` shows it [default: the one in the folder]
    #[arg(long, value_name = "PUBLIC")]
    key: Option<String>,
}

impl VerifyArgs {
    fn key(&self) -> Result<Option<PublicKey>, Trouble> {
        let Some(text) = &self.key else { return Ok(PublicKey::of(&self.store.data.folder()?)?) };
        let wrong =
            || Trouble::Usage("setting `key`: give the 64 digits that `cairn audit` shows".to_owned());
        PublicKey::parse(text).map(Some).ok_or_else(wrong)
    }
}

#[derive(clap::Args)]
struct LogArgs {
    #[command(flatten)]
    data: DataArgs,

    /// The workspace
    #[arg(long, value_name = "NAME", default_value = DEFAULT_NAME)]
    workspace: String,

    /// Only events after this position
    #[arg(long, default_value_t = 0)]
    after: u64,

    /// Only events of one thing: a trace, a project, an item of a dataset …
    #[arg(long, value_name = "ID")]
    entity: Option<Uuid>,

    /// What the events changed, field by field, rather than what they say
    #[arg(long, requires = "entity")]
    changes: bool,

    /// Go on printing as events come (a server must be running on the folder)
    #[arg(long)]
    follow: bool,
}

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("{0}")]
    Usage(String),
    #[error(transparent)]
    Setting(#[from] Unusable),
    #[error(transparent)]
    Storage(#[from] Error),
    #[error(transparent)]
    Server(#[from] cairn_actors::failure::Failure),
    #[error(transparent)]
    Disk(#[from] std::io::Error),
}

pub(crate) fn run() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(arguments) => {
            arguments.settings().map_err(Trouble::from).and_then(|settings| serve::run(&settings))
        }
        Command::Rebuild(data) => rebuild(&data),
        Command::Verify(arguments) => verify(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Restore(arguments) => backup::restore(&arguments),
        Command::Doctor(arguments) => doctor::run(&arguments),
        Command::Repair(data) => repair(&data),
        Command::Log(arguments) => log(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::Fork(arguments) => fork::run(&arguments),
        Command::Erase(arguments) => erase::run(&arguments),
        Command::Prices(arguments) => prices::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads the pipe has seen enough.
        Err(Trouble::Disk(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(trouble) => {
            // If even this cannot be written, the exit code still tells.
            let _ = writeln!(std::io::stderr(), "cairn: {trouble}");
            ExitCode::FAILURE
        }
    }
}

fn rebuild(data: &DataArgs) -> Result<(), Trouble> {
    for folder in folders(data)? {
        let store = open(&folder)?;
        let head = store.rebuild_rows()?;
        follower::wipe(&folder)?;
        if !folder.ends_with("system") {
            make_indexes(&folder, &store, head)?;
        }
        writeln!(std::io::stdout(), "{}: rebuilt from {head} events", name(&folder))?;
    }
    Ok(())
}

/// Has both indexes follow the log to its head.
pub(crate) fn make_indexes(folder: &Path, store: &Arc<Store>, head: Position) -> Result<(), Trouble> {
    let (_, followers) = follower::open(folder, store)?;
    for mut follower in followers {
        while follower.reached() < head {
            let before = follower.reached();
            if follower.advance()? == before {
                break;
            }
        }
    }
    Ok(())
}

fn verify(arguments: &VerifyArgs) -> Result<(), Trouble> {
    let (home, key) = (arguments.store.home()?, arguments.key()?);
    for folder in folders(&arguments.store.data)? {
        let name = name(&folder);
        let found = store::verify_folder(&folder, key.as_ref()).map_err(|error| match error {
            Error::Damaged { .. } => Trouble::Usage(format!("{name}: {error}")),
            other => in_use(other, &folder),
        })?;
        verify_contents(&folder, &home, &found.contents)?;
        let Verified { events, blocks, head } = found.log;
        let signed = match &key {
            Some(key) => format!("{} checkpoints signed by {}", found.checkpoints, key.text()),
            None => "no key to check signatures with".to_owned(),
        };
        writeln!(
            std::io::stdout(),
            "{name}: {events} events in {blocks} blocks, the chain holds, head {}, {signed}; \
             {} contents of attachments are whole",
            hex::encode(head.0),
            found.contents.len(),
        )?;
    }
    Ok(())
}

fn verify_contents(folder: &Path, home: &Home, contents: &[Content]) -> Result<(), Trouble> {
    // The folder of the system has none, and no id for a name.
    let Some(id) = Uuid::parse_str(&name(folder)).ok().filter(|_| !contents.is_empty()) else {
        return Ok(());
    };
    let kept = Contents::open(&folder.join("attachments"), home, WorkspaceId::known(id))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        for content in contents {
            if !kept.verify(*content).await? {
                let problem = format!(
                    "{}: the content {} of an attachment, {} bytes, is missing or damaged",
                    name(folder),
                    content.hash,
                    content.bytes
                );
                return Err(Trouble::Usage(problem));
            }
        }
        Ok(())
    })
}

fn repair(data: &DataArgs) -> Result<(), Trouble> {
    for folder in folders(data)? {
        let (mut out, name) = (std::io::stdout().lock(), name(&folder));
        let Some(done) = repair::repair(&folder).map_err(|error| in_use(error, &folder))? else {
            writeln!(out, "{name}: nothing is wrong with its journals")?;
            continue;
        };
        writeln!(out, "{name}: `{}` made no sense from byte {} on", done.file, done.at)?;
        writeln!(out, "{name}: {} events stand, {} of them saved from behind it", done.head, done.saved)?;
        match done.lost {
            Some((first, last)) => writeln!(out, "{name}: LOST are the events {first} to {last}")?,
            None => writeln!(out, "{name}: no later event is known")?,
        }
        writeln!(out, "{name}: the journals as they were are in `{}`", done.kept.display())?;
    }
    Ok(())
}

fn log(arguments: &LogArgs) -> Result<(), Trouble> {
    let data = arguments.data.folder()?;
    check_folder(&data)?;
    let mut out = std::io::stdout().lock();
    let store = match open_named(&data, &arguments.workspace) {
        Err(Trouble::Storage(Error::Store(error))) if store::is_locked(&error) => {
            let entity = arguments.entity.map(|id| format!("&entity={id}")).unwrap_or_default();
            let query = format!(
                "workspace_name={}&after={}&follow={}&changes={}{entity}",
                encoded(&arguments.workspace),
                arguments.after,
                arguments.follow,
                arguments.changes
            );
            return Ok(log_stream::copy(&data, &query, &mut out)?);
        }
        Ok(_) if arguments.follow => {
            let problem = format!("no server runs on `{}`, so there is nothing to follow", data.display());
            return Err(Trouble::Usage(problem));
        }
        opened => Arc::new(opened?),
    };
    let reader = Reader::rows_only(&store)?;
    let shape = if arguments.changes { Shape::Changes } else { Shape::Events };
    let mut wanted =
        Wanted { after: Position(arguments.after), entity: arguments.entity, shape, until: None };
    loop {
        let page = Lines::read(&reader, &wanted)?;
        for line in &page.lines {
            writeln!(out, "{line}")?;
        }
        if page.ended {
            return Ok(());
        }
        wanted.after = page.reached;
    }
}

/// Opens a workspace of a folder that no server holds.
fn open_named(data: &Path, name: &str) -> Result<Store, Trouble> {
    let known = listed(&Store::open_as_it_is(&data.join("system"))?)?;
    let unknown = || Trouble::Usage(format!("there is no workspace `{name}` in `{}`", data.display()));
    let id = known.by_name(name).ok_or_else(unknown)?;
    Ok(Store::open(&data.join("workspaces").join(id.to_string()))?)
}

fn folders(data: &DataArgs) -> Result<Vec<PathBuf>, Trouble> {
    let data = data.folder()?;
    check_folder(&data)?;
    Ok(serve::workspace_folders(&data)?)
}

/// Only `serve` makes a data folder: other commands would hide a wrong path.
pub(crate) fn check_folder(data: &Path) -> Result<(), Trouble> {
    if data.join("system").is_dir() {
        return Ok(());
    }
    let problem =
        format!("setting `data`: `{}` holds no data of cairn; name the folder with --data", data.display());
    Err(Trouble::Usage(problem))
}

fn open(folder: &Path) -> Result<Arc<Store>, Trouble> {
    Store::open(folder).map(Arc::new).map_err(|error| in_use(error, folder))
}

fn in_use(error: Error, folder: &Path) -> Trouble {
    match error {
        Error::Store(cause) if store::is_locked(&cause) => {
            Trouble::Usage(format!("`{}` is in use by a running server; stop it first", folder.display()))
        }
        other => other.into(),
    }
}

pub(crate) fn name(folder: &Path) -> String {
    folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
