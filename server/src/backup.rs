//! `cairn backup` and `cairn restore`: carries logs and files from a server or a folder to a backup, and back.

use std::fs::{File, TryLockError};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cairn_core::attachments::encoded;
use cairn_core::ids::{Position, WorkspaceId};
use cairn_core::limits::{BACKUP_ATTEMPTS_MAX, BACKUP_RETRY_MS};
use cairn_core::time::Timestamp;
use cairn_storage::attachments::contents::{Contents, Home};
use cairn_storage::backup::frames::Copied;
use cairn_storage::backup::restore::{self, Until};
use cairn_storage::backup::{Backup, Fetch};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::store::{self, Store};
use serde::Deserialize;
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::commands::{Trouble, check_folder, make_indexes, name};
use crate::config::StoreArgs;
use crate::{log_stream, serve};

const SYSTEM: &str = "system";
const WORKSPACES: &str = "workspaces";
const ROUTE: &str = "/api/v1/cairn/backup";
/// Held by the one process that writes into a backup.
const LOCK: &str = "lock";
/// Where a restored folder lies until all of it is there.
const RESTORING: &str = "restoring";

#[derive(clap::Args)]
#[command(
    after_help = "The first time everything is taken, later what is new since: events, checked against the hash \
chain, and the files of attachments. Rows and indexes are not in it: `cairn restore` makes them anew from the log."
)]
pub(crate) struct BackupArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// Folder of the backup; made if it does not exist
    to: PathBuf,
}

#[derive(clap::Args)]
pub(crate) struct RestoreArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// Folder of the backup
    from: PathBuf,

    /// The last moment that is wanted: a time (2026-11-26T10:00:00Z), or a position of the workspace's log
    #[arg(long, value_name = "TIME|POSITION")]
    until: Option<String>,
}

#[derive(Deserialize)]
struct Listed {
    id: String,
    name: String,
}

/// Where a log is read from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// The server that holds the data folder is asked at a path.
    Server(&'a Path, &'a str),
    /// Nobody holds the folder.
    Folder(&'a Path),
}

pub(crate) fn run(arguments: &BackupArgs) -> Result<(), Trouble> {
    let (data, home, to) = (arguments.store.data.folder()?, arguments.store.home()?, &arguments.to);
    check_folder(&data)?;
    std::fs::create_dir_all(to)?;
    let lock = File::create(to.join(LOCK))?;
    lock.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => {
            Trouble::Usage(format!("another backup into `{}` is under way", to.display()))
        }
        TryLockError::Error(error) => error.into(),
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let keep = Keep { data: &data, home: &home, to, runtime: &runtime };
    match Store::open_as_it_is(&data.join(SYSTEM)) {
        Err(Error::Store(error)) if store::is_locked(&error) => {
            let text = log_stream::ask(&data, "GET", ROUTE, "")?;
            let workspaces: Vec<Listed> = serde_json::from_str(&text).map_err(std::io::Error::from)?;
            for Listed { id, name } in workspaces {
                let path = format!("{ROUTE}/workspace?workspace_name={}&", encoded(&name));
                keep.workspace(&id, Source::Server(&data, &path))?;
            }
            // Last: what it tells of is there.
            keep.system(Source::Server(&data, &format!("{ROUTE}/system?")))
        }
        opened => {
            drop(opened?);
            for folder in serve::workspace_folders(&data)? {
                if !folder.ends_with(SYSTEM) {
                    keep.workspace(&name(&folder), Source::Folder(&folder))?;
                }
            }
            keep.system(Source::Folder(&data.join(SYSTEM)))
        }
    }
}

struct Keep<'a> {
    data: &'a Path,
    home: &'a Home,
    to: &'a Path,
    runtime: &'a Runtime,
}

impl Keep<'_> {
    fn system(&self, source: Source<'_>) -> Result<(), Trouble> {
        take(&mut Backup::open(&self.to.join(SYSTEM))?, SYSTEM, source, &mut |_, _| Ok(false))
    }

    fn workspace(&self, id: &str, source: Source<'_>) -> Result<(), Trouble> {
        let folder = self.data.join(WORKSPACES).join(id);
        let contents = open_contents(&folder, self.home)?;
        let mut backup = Backup::open(&self.to.join(WORKSPACES).join(id))?;
        let fetch: &mut Fetch<'_> = &mut |hash, to| self.runtime.block_on(contents.copy_if_there(hash, to));
        take(&mut backup, id, source, fetch)?;
        // What was erased after the log was read is told of by what the log has got since.
        for _ in 1..BACKUP_ATTEMPTS_MAX {
            if backup.missing() == 0 {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(BACKUP_RETRY_MS));
            take(&mut backup, id, source, fetch)?;
        }
        match backup.missing() {
            0 => Ok(()),
            missing => Err(Trouble::Usage(format!(
                "{id}: {missing} contents of attachments are missing or damaged, all else is in the backup; \
                 `cairn verify` names them"
            ))),
        }
    }
}

fn take(backup: &mut Backup, name: &str, source: Source<'_>, fetch: &mut Fetch<'_>) -> Result<(), Trouble> {
    let after = backup.reached();
    let taken = match source {
        Source::Server(data, path) => {
            backup.append(log_stream::stream(data, &format!("{path}after={after}"))?, fetch)?
        }
        Source::Folder(folder) => {
            let store = Store::open_as_it_is(folder)?;
            backup.append(Copied::new(store.log(), after, store.signals().head()), fetch)?
        }
    };
    Ok(writeln!(std::io::stdout(), "{name}: {taken} new events, {} in all", backup.reached())?)
}

fn open_contents(folder: &Path, home: &Home) -> Result<Contents, Trouble> {
    let id = Uuid::parse_str(&name(folder));
    let id = id.map_err(|_| Trouble::Usage(format!("`{}` is no workspace", folder.display())))?;
    Ok(Contents::open(&folder.join("attachments"), home, WorkspaceId::known(id))?)
}

pub(crate) fn restore(arguments: &RestoreArgs) -> Result<(), Trouble> {
    let (data, home, from) = (arguments.store.data.folder()?, arguments.store.home()?, &arguments.from);
    let until = arguments.until.as_deref().map_or(Ok(Until::Newest), read_until)?;
    for part in [SYSTEM, WORKSPACES] {
        if data.join(part).exists() {
            let problem =
                format!("`{}` holds data already; restore into a folder of its own", data.display());
            return Err(Trouble::Usage(problem));
        }
    }
    let workspaces = workspaces_of(from, until)?;
    let made = data.join(RESTORING);
    // What an attempt left that broke off.
    if made.exists() {
        std::fs::remove_dir_all(&made)?;
    }
    for from in workspaces {
        restore_workspace(&from, &made.join(WORKSPACES).join(name(&from)), until, &home)?;
    }
    // It is always whole: a key that was revoked stays revoked.
    restore::restore(&Backup::open(&from.join(SYSTEM))?, &made.join(SYSTEM), Until::Newest)?;
    for part in [WORKSPACES, SYSTEM] {
        std::fs::rename(made.join(part), data.join(part))?;
    }
    Ok(std::fs::remove_dir(made)?)
}

fn workspaces_of(backup: &Path, until: Until) -> Result<Vec<PathBuf>, Trouble> {
    if !backup.join(SYSTEM).is_dir() {
        return Err(Trouble::Usage(format!("`{}` is no backup of cairn", backup.display())));
    }
    let mut workspaces = Vec::new();
    for entry in std::fs::read_dir(backup.join(WORKSPACES))? {
        workspaces.push(entry?.path());
    }
    workspaces.sort();
    if matches!(until, Until::Position(_)) && workspaces.len() > 1 {
        let problem = "setting `until`: each workspace counts positions of its own; give a time";
        return Err(Trouble::Usage(problem.to_owned()));
    }
    Ok(workspaces)
}

fn restore_workspace(from: &Path, to: &Path, until: Until, home: &Home) -> Result<(), Trouble> {
    let backup = Backup::open(from)?;
    let restored = restore::restore(&backup, to, until)?;
    let store = Arc::new(Store::open(to)?);
    make_indexes(to, &store, Position(restored.events))?;
    let used = Reader::rows_only(&store)?.used_contents()?;
    let contents = open_contents(to, home)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut lost = Vec::new();
    for content in &used {
        let Some(mut file) = backup.content(content.hash)? else {
            lost.push(content.hash);
            continue;
        };
        let mut incoming = contents.receive()?;
        std::io::copy(&mut file, &mut incoming)?;
        let received = incoming.finish()?;
        if received.content != *content {
            let problem = format!("the content {} of an attachment is not as it was written", content.hash);
            return Err(Error::Backup(problem).into());
        }
        runtime.block_on(contents.keep(vec![received]))?.settled();
    }
    let (name, mut out) = (name(from), std::io::stdout().lock());
    writeln!(
        out,
        "{name}: {} events restored, {} later ones left out; {} contents of attachments restored",
        restored.events,
        restored.left_out,
        used.len() - lost.len()
    )?;
    for hash in lost {
        writeln!(
            out,
            "{name}: the content {hash} of an attachment was erased before it got into the backup"
        )?;
    }
    Ok(())
}

fn read_until(text: &str) -> Result<Until, Trouble> {
    if let Ok(position) = text.parse() {
        return Ok(Until::Position(Position(position)));
    }
    let problem = || format!("setting `until`: `{text}` is neither a time nor a position");
    Timestamp::parse(text).map(Until::Time).ok_or_else(|| Trouble::Usage(problem()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_or_a_position() {
        assert_eq!(read_until("17").unwrap(), Until::Position(Position(17)));
        assert!(matches!(read_until("2026-11-26T10:00:00Z").unwrap(), Until::Time(_)));
        let refusal = read_until("yesterday").unwrap_err().to_string();
        assert_eq!(refusal, "setting `until`: `yesterday` is neither a time nor a position");
    }
}
