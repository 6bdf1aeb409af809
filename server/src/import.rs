//! `cairn import`: takes in what `cairn export` wrote as JSON lines. Things keep their ids, dates and authors.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cairn_core::ids::WorkspaceId;
use cairn_storage::attachments::contents::{Contents, Kept};
use cairn_storage::bundle::{Intake, Line, Taken};
use cairn_storage::store::Store;

use crate::commands::Trouble;
use crate::config::StoreArgs;
use crate::export::{BUNDLE_VERSION, CONTENTS, EVENTS, MANIFEST, Manifest, with_workspace};

#[derive(clap::Args)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// The workspace that takes it in
    #[arg(long, value_name = "NAME", default_value = "default")]
    workspace: String,

    /// Folder that `cairn export --format jsonl` wrote
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
}

/// What is there already stays as it is. What cannot be taken in is told before anything is.
pub(crate) fn run(arguments: &ImportArgs) -> Result<(), Trouble> {
    let events = arguments.from.join(EVENTS);
    check_manifest(&arguments.from)?;
    let (data, home) = (arguments.store.data.folder()?, arguments.store.home()?);
    // A folder that is new gets what a server would make in it.
    let workspace: WorkspaceId =
        with_workspace(&data, home.clone(), &arguments.workspace, |_, principal| async move {
            Ok(principal.workspace())
        })?;
    let folder = data.join("workspaces").join(workspace.to_string());
    let store = Store::open(&folder)?;
    let contents = Contents::open(&folder.join("attachments"), &home, workspace)?;
    let mut intake = Intake::open(Arc::new(store))?;
    each_line(&events, |at, line| match intake.conflict(line)? {
        Some(conflict) => Err(refused(&events, at, &conflict)),
        None => Ok(()),
    })?;
    // The next start removes those that no attachment has after all.
    let _kept = take_contents(&contents, arguments)?;
    let (mut written, mut known) = (0_u64, 0_u64);
    each_line(&events, |_, line| {
        match intake.take(line)? {
            Taken::Written => written += 1,
            Taken::Known => known += 1,
            Taken::Local => {}
        }
        Ok(())
    })?;
    intake.finish()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{written} events taken in, {known} of things that were there before left out")?;
    Ok(())
}

/// Keeps the bytes of attachments before the events that tell of them.
fn take_contents(contents: &Contents, arguments: &ImportArgs) -> Result<Vec<Kept>, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (events, mut seen, mut kept) = (arguments.from.join(EVENTS), BTreeSet::new(), Vec::new());
    each_line(&events, |at, line| {
        let Some(content) = line.content().filter(|content| seen.insert(content.hash)) else { return Ok(()) };
        let path = arguments.from.join(CONTENTS).join(content.hash.to_string());
        if !path.exists() {
            return Ok(());
        }
        let mut incoming = contents.receive()?;
        std::io::copy(&mut File::open(&path)?, &mut incoming)?;
        let received = incoming.finish()?;
        if received.content != content {
            return Err(refused(&events, at, &format!("`{}` is damaged", path.display())));
        }
        kept.push(runtime.block_on(contents.keep(vec![received]))?);
        Ok(())
    })?;
    Ok(kept)
}

fn check_manifest(from: &Path) -> Result<(), Trouble> {
    let unusable = |problem: &str| Trouble::Usage(format!("`{}` {problem}", from.display()));
    let text = std::fs::read_to_string(from.join(MANIFEST));
    let text = text.map_err(|error| unusable(&format!("holds no `{MANIFEST}`: {error}")))?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|error| unusable(&format!("has a damaged `{MANIFEST}`: {error}")))?;
    if manifest.bundle > BUNDLE_VERSION {
        return Err(unusable("was written by a newer version of cairn; use that one"));
    }
    if manifest.events.is_none() {
        return Err(unusable("holds tables alone; export with `--format jsonl`"));
    }
    Ok(())
}

fn each_line(events: &Path, mut visit: impl FnMut(u64, &Line) -> Result<(), Trouble>) -> Result<(), Trouble> {
    let file = BufReader::new(File::open(events)?);
    for (at, text) in (1..).zip(file.lines()) {
        let line = serde_json::from_str(&text?);
        visit(at, &line.map_err(|error| refused(events, at, &error.to_string()))?)?;
    }
    Ok(())
}

fn refused(events: &Path, at: u64, why: &str) -> Trouble {
    Trouble::Usage(format!("`{}`, line {at}: {why}; nothing was taken in", events.display()))
}
