//! The server and the workspace that a request is about.

use async_graphql::{Context, Object, SimpleObject};
use cairn_core::access::WorkspaceRead;
use cairn_storage::signals::Index;

use crate::error::Result;
use crate::scalars::Position;
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct Server {
    version: &'static str,
    workspace: String,
    /// Newest durable position of the log.
    position: Position,
    /// How far the columns index has followed the log.
    columns_position: Position,
    /// How far the text index has followed the log.
    text_position: Position,
}

#[derive(Default)]
pub(crate) struct WorkspaceQueries;

#[Object]
impl WorkspaceQueries {
    async fn server(&self, context: &Context<'_>) -> Result<Server> {
        let session = session(context)?;
        let read = session.read::<WorkspaceRead, _>(|reader| {
            let index = |index| Position(reader.index_position(index));
            Ok((Position(reader.position()), index(Index::Columns), index(Index::Text)))
        });
        let (position, columns_position, text_position) = read.await?;
        let workspace = session.workspace_name().unwrap_or_default().to_owned();
        let version = env!("CARGO_PKG_VERSION");
        Ok(Server { version, workspace, position, columns_position, text_position })
    }
}
