//! Looks after jobs of which nobody will hear again, in every open workspace.

use std::sync::Arc;

use cairn_core::access::SERVER;
use cairn_core::limits::JOB_PATIENCE_SECONDS;
use cairn_core::runners::Command;
use cairn_storage::reader::Reader;

use crate::clock;
use crate::failure::Failure;
use crate::runtime::WorkspaceAddress;

/// Does not keep the workspace open: without anybody who asks, nobody waits for a job either.
pub(crate) async fn sweep(address: &WorkspaceAddress) -> Result<(), Failure> {
    let store = Arc::clone(&address.open.store);
    let busy = tokio::task::spawn_blocking(move || Reader::rows_only(&store)?.busy_runners()).await;
    let busy = busy.map_err(|_| Failure::Fault(clock::request_id()))??;
    if busy.is_empty() {
        return Ok(());
    }
    let silent = address.relay.ask(move |relay, now| relay.silent(busy, JOB_PATIENCE_SECONDS, now)).await?;
    let context = clock::context(Arc::from(SERVER));
    let answer = address.execute(Command::GiveUpJobs { silent }.into(), context)?;
    answer.await.map_err(|_| Failure::Fault(clock::request_id()))?.map(|_| ())
}
