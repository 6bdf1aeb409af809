//! `cairn erase`: removes a trace, a thread, all of a user or a project for good. A running server is asked to.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use cairn_actors::failure::Failure;
use cairn_core::access::DataErase;
use cairn_core::attachments::encoded;
use cairn_core::ids::ErasureId;
use cairn_rest::erasures::{Asked, Progress};
use cairn_storage::error::Error;
use cairn_storage::store::{Store, is_locked};

use crate::commands::{Trouble, check_folder};
use crate::config::StoreArgs;
use crate::export::with_workspace;
use crate::log_stream;

const ROUTE: &str = "/api/v1/cairn/erasures";
const POLL: Duration = Duration::from_millis(100);

#[derive(clap::Args)]
#[command(
    after_help = "Spans, scores, comments and attachments go with their trace. Nothing takes this back. Events stay as \
positions, kinds and times, so that `cairn verify` still holds. Backups and exports made before keep what they have.

A user is named by metadata of a trace or of one of its spans: `user_id`, `userId`, `user` (a text, or an object with
`id`), `user.id`, `enduser.id`, `llm.user`, `llm.user_id`, `langfuse.user.id`, `traceloop.association.properties.user_id`."
)]
pub(crate) struct EraseArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// The workspace
    #[arg(long, value_name = "NAME", default_value = "default")]
    workspace: String,

    /// Erase one trace
    #[arg(long, value_name = "ID")]
    trace: Option<String>,

    /// Erase a thread with all its traces; with --project by the name it has there
    #[arg(long, value_name = "ID")]
    thread: Option<String>,

    /// Erase all traces of a user
    #[arg(long, value_name = "ID")]
    user: Option<String>,

    /// Erase a project with all that belongs to it, by name or id
    #[arg(long, value_name = "NAME")]
    project: Option<String>,
}

pub(crate) fn run(arguments: &EraseArgs) -> Result<(), Trouble> {
    let data = arguments.store.data.folder()?;
    check_folder(&data)?;
    let asked = Asked {
        trace: arguments.trace.clone(),
        thread: arguments.thread.clone(),
        user: arguments.user.clone(),
        project: arguments.project.clone(),
    };
    let done = match Store::open(&data.join("system")) {
        Err(Error::Store(error)) if is_locked(&error) => {
            beside_a_server(&data, &arguments.workspace, &asked)?
        }
        opened => {
            drop(opened?);
            alone(&data, arguments, asked)?
        }
    };
    let Progress { traces, events, .. } = done;
    Ok(writeln!(std::io::stdout(), "erased: {traces} traces, {events} events")?)
}

fn beside_a_server(data: &Path, workspace: &str, asked: &Asked) -> Result<Progress, Trouble> {
    let of = format!("?workspace_name={}", encoded(workspace));
    let body = serde_json::to_string(asked).map_err(std::io::Error::from)?;
    let mut progress = read(&log_stream::ask(data, "POST", &format!("{ROUTE}{of}"), &body)?)?;
    while !progress.done {
        std::thread::sleep(POLL);
        progress = read(&log_stream::ask(data, "GET", &format!("{ROUTE}/{}{of}", progress.id), "")?)?;
    }
    Ok(progress)
}

fn read(answer: &str) -> Result<Progress, Trouble> {
    serde_json::from_str(answer).map_err(|error| Trouble::Usage(error.to_string()))
}

fn alone(data: &Path, arguments: &EraseArgs, asked: Asked) -> Result<Progress, Trouble> {
    let home = arguments.store.home()?;
    with_workspace(data, home, &arguments.workspace, |handles, principal| async move {
        let grant = principal.grant::<DataErase>().map_err(|refusal| Trouble::Usage(refusal.to_string()))?;
        let subject = handles.read(&grant, move |reader| asked.subject(reader)).await?;
        let id = ErasureId::known(handles.erase(&grant, subject).await?.created.unwrap_or_default());
        loop {
            let found = handles.read(&grant, move |reader| Ok::<_, Failure>(reader.erasure(id)?)).await?;
            match found.as_ref().map(Progress::from) {
                Some(progress) if progress.done => return Ok(progress),
                _ => tokio::time::sleep(POLL).await,
            }
        }
    })
}
