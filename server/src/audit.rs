//! `cairn audit`: the trail of what everybody did, for other systems of record, and the key that vouches for it.

use std::io::Write;

use cairn_actors::failure::Failure;
use cairn_core::access::AuditRead;
use cairn_core::attachments::encoded;
use cairn_core::ids::Position;
use cairn_core::time::Timestamp;
use cairn_storage::error::Error;
use cairn_storage::history::checkpoints::PublicKey;
use cairn_storage::log::text::{Lines, Shape, Wanted};
use cairn_storage::store::{Store, is_locked};

use crate::commands::{Trouble, check_folder};
use crate::config::StoreArgs;
use crate::export::with_workspace;
use crate::log_stream;

#[derive(clap::Args)]
pub(crate) struct AuditArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// Print the trail as JSON lines after the Open Cybersecurity Schema Framework
    #[arg(long)]
    export: bool,

    /// Workspace whose trail is printed
    #[arg(long, value_name = "NAME", default_value = "default", requires = "export")]
    workspace: String,

    /// Only what happened from this time on
    #[arg(long, value_name = "TIME", value_parser = instant, requires = "export")]
    from: Option<Timestamp>,

    /// Only what happened up to this time
    #[arg(long, value_name = "TIME", value_parser = instant, requires = "export")]
    until: Option<Timestamp>,
}

fn instant(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).ok_or_else(|| "write a time like `2026-03-04T05:06:07Z`".to_owned())
}

pub(crate) fn run(arguments: &AuditArgs) -> Result<(), Trouble> {
    let data = arguments.store.data.folder()?;
    check_folder(&data)?;
    let mut out = std::io::stdout().lock();
    if !arguments.export {
        let missing = || Trouble::Usage("there is no key yet; `cairn serve` makes one".to_owned());
        let key = PublicKey::of(&data)?.ok_or_else(missing)?;
        return Ok(writeln!(out, "{}", key.text())?);
    }
    match Store::open(&data.join("system")) {
        Err(Error::Store(error)) if is_locked(&error) => {
            let from = arguments.from.map(|from| format!("&from={from}")).unwrap_or_default();
            let until = arguments.until.map(|until| format!("&until={until}")).unwrap_or_default();
            let query = format!("ocsf=true&workspace_name={}{from}{until}", encoded(&arguments.workspace));
            return Ok(log_stream::copy(&data, &query, &mut out)?);
        }
        opened => drop(opened?),
    }
    drop(out);
    let (from, until, home) = (arguments.from, arguments.until, arguments.store.home()?);
    with_workspace(&data, home, &arguments.workspace, |handles, principal| async move {
        let grant = principal.grant::<AuditRead>().map_err(|refusal| Trouble::Usage(refusal.to_string()))?;
        let shape = Shape::Ocsf(grant.workspace().uuid());
        let mut after = Position::START;
        if let Some(from) = from {
            let first = handles.read(&grant, move |reader| Ok::<_, Failure>(reader.first_at(from)?)).await?;
            after = Position(first.0.saturating_sub(1));
        }
        let mut out = std::io::stdout();
        loop {
            let wanted = Wanted { after, entity: None, shape, until };
            let read = handles.read(&grant, move |reader| Ok::<_, Failure>(Lines::read(reader, &wanted)?));
            let page = read.await?;
            for line in &page.lines {
                writeln!(out, "{line}")?;
            }
            if page.ended {
                return Ok(());
            }
            after = page.reached;
        }
    })
}
