//! `cairn fork`: a workspace that begins as another one is. A running server is asked to make it.

use std::io::Write;
use std::path::Path;

use cairn_core::access::WorkspaceFork;
use cairn_core::attachments::encoded;
use cairn_core::workspaces::forking::Fork;
use cairn_rest::workspaces::forking::{Asked, Told};
use cairn_storage::error::Error;
use cairn_storage::store::{Store, is_locked};

use crate::commands::{Trouble, check_folder};
use crate::config::StoreArgs;
use crate::export::with_workspace;
use crate::log_stream;

const ROUTE: &str = "/api/v1/cairn/forks";

#[derive(clap::Args)]
#[command(
    after_help = "The copy has all that the workspace has at that moment, with its history, and from then on what is \
written, deleted or erased in one is not seen in the other. Files that never change are shared, so that it takes \
neither time nor room for them."
)]
pub(crate) struct ForkArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// The workspace to begin from
    #[arg(long, value_name = "NAME", default_value = "default")]
    workspace: String,

    /// What the new workspace is called: letters, digits, `-`, `_` and `.`
    #[arg(long, value_name = "NAME")]
    to: String,
}

pub(crate) fn run(arguments: &ForkArgs) -> Result<(), Trouble> {
    let data = arguments.store.data.folder()?;
    check_folder(&data)?;
    let told = match Store::open(&data.join("system")) {
        Err(Error::Store(error)) if is_locked(&error) => beside_a_server(&data, arguments)?,
        opened => {
            drop(opened?);
            alone(&data, arguments)?
        }
    };
    let mut out = std::io::stdout();
    writeln!(
        out,
        "forked: `{}` begins as `{}` at position {}",
        told.name, arguments.workspace, told.position
    )?;
    writeln!(out, "shared: {} files, {} bytes", told.shared_files, told.shared_bytes)?;
    Ok(writeln!(out, "copied: {} files, {} bytes", told.copied_files, told.copied_bytes)?)
}

fn beside_a_server(data: &Path, arguments: &ForkArgs) -> Result<Told, Trouble> {
    let path = format!("{ROUTE}?workspace_name={}", encoded(&arguments.workspace));
    let asked = serde_json::to_string(&Asked { name: arguments.to.clone() }).map_err(std::io::Error::from)?;
    let answer = log_stream::ask(data, "POST", &path, &asked)?;
    serde_json::from_str(&answer).map_err(|error| Trouble::Usage(error.to_string()))
}

fn alone(data: &Path, arguments: &ForkArgs) -> Result<Told, Trouble> {
    let (home, fork) = (arguments.store.home()?, Fork { name: arguments.to.clone() });
    with_workspace(data, home, &arguments.workspace, |handles, principal| async move {
        let grant =
            principal.grant::<WorkspaceFork>().map_err(|refusal| Trouble::Usage(refusal.to_string()))?;
        Ok(handles.fork(&grant, fork).await?.into())
    })
}
