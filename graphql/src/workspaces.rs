//! The server and the workspace that a request is about.

use std::collections::BTreeMap;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject, Subscription};
use cairn_core::access::{WorkspaceFork, WorkspaceRead};
use cairn_core::workspaces::Command;
use cairn_core::workspaces::configuration::{Configuration, Period};
use cairn_core::workspaces::forking::Fork;
use cairn_storage::signals::Index;
use futures_util::Stream;
use futures_util::stream::unfold;

use crate::error::Result;
use crate::scalars::Position;
use crate::session::{Session, session};

#[derive(SimpleObject)]
pub(crate) struct Server {
    version: &'static str,
    workspace: String,
    /// Newest durable position of the log when the request came. The answer knows everything up to it, so that whoever
    /// follows the log from here misses nothing.
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
        let (newest, columns_position, text_position) = read.await?;
        let position = session.arrival().map_or(newest, Position);
        let workspace = session.workspace_name().unwrap_or_default().to_string();
        let version = env!("CARGO_PKG_VERSION");
        Ok(Server { version, workspace, position, columns_position, text_position })
    }

    /// All workspaces of the server, by name. A request says which one it is about.
    #[expect(clippy::unused_async, reason = "a field of an object is async")]
    async fn workspaces(&self, context: &Context<'_>) -> Result<Vec<Workspace>> {
        all(session(context)?)
    }

    /// What the workspace sets for itself; null until somebody does.
    async fn workspace_configuration(&self, context: &Context<'_>) -> Result<Option<WorkspaceConfiguration>> {
        let read = session(context)?.read::<WorkspaceRead, _>(|reader| Ok(reader.workspace_configuration()?));
        Ok(read.await?.map(WorkspaceConfiguration::from))
    }
}

fn all(session: &Session) -> Result<Vec<Workspace>> {
    session.grant::<WorkspaceRead>()?;
    let named = session.handles().workspace_names().into_iter();
    Ok(named.map(|(name, id)| Workspace { id: id.uuid().into(), name: name.to_string() }).collect())
}

#[derive(Default)]
pub(crate) struct WorkspaceSubscriptions;

#[Subscription]
impl WorkspaceSubscriptions {
    /// All workspaces of the server as they are now, and again whenever there is another one.
    #[expect(clippy::unused_async, reason = "a field of a subscription is async")]
    async fn workspaces(&self, context: &Context<'_>) -> Result<impl Stream<Item = Result<Vec<Workspace>>>> {
        let session = session(context)?.clone();
        session.grant::<WorkspaceRead>()?;
        let roll = session.handles().roll();
        Ok(unfold((session, roll, false), |(session, mut roll, is_told)| async move {
            if is_told {
                roll.changed().await?;
            }
            let told = all(&session);
            Some((told, (session, roll, true)))
        }))
    }
}

#[derive(SimpleObject)]
pub(crate) struct Workspace {
    id: ID,
    name: String,
}

/// A workspace that begins as another one was.
#[derive(SimpleObject)]
pub(crate) struct ForkedWorkspace {
    id: ID,
    name: String,
    /// Up to where its log is that of the other.
    position: Position,
    /// Files that both have.
    shared_files: u64,
    shared_bytes: u64,
    /// Those that were copied, as they change.
    copied_files: u64,
    copied_bytes: u64,
}

#[derive(SimpleObject)]
pub(crate) struct WorkspaceConfiguration {
    /// How long a thread is silent before it becomes inactive.
    thread_timeout_seconds: Option<u64>,
    truncation_on_tables: Option<bool>,
    colors: Option<Vec<NamedColor>>,
}

/// The colour in which a name is shown.
#[derive(SimpleObject, InputObject)]
#[graphql(input_name = "NamedColorInput")]
struct NamedColor {
    name: String,
    color: String,
}

impl From<Configuration> for WorkspaceConfiguration {
    fn from(configuration: Configuration) -> Self {
        let Configuration { thread_timeout, truncation_on_tables, colors } = configuration;
        let named = |colors: BTreeMap<String, String>| {
            colors.into_iter().map(|(name, color)| NamedColor { name, color }).collect()
        };
        Self {
            thread_timeout_seconds: thread_timeout.map(Period::seconds),
            truncation_on_tables,
            colors: colors.map(named),
        }
    }
}

#[derive(InputObject)]
pub(crate) struct WorkspaceConfigurationInput {
    thread_timeout_seconds: Option<u64>,
    truncation_on_tables: Option<bool>,
    colors: Option<Vec<NamedColor>>,
}

#[derive(Default)]
pub(crate) struct WorkspaceMutations;

#[Object]
impl WorkspaceMutations {
    /// Makes a workspace that begins as this one is now, and goes its own way from then on. It costs neither time nor
    /// room for what is there already.
    async fn fork_workspace(&self, context: &Context<'_>, name: String) -> Result<ForkedWorkspace> {
        let session = session(context)?;
        let grant = session.grant::<WorkspaceFork>()?;
        let made = session.handles().fork(&grant, Fork { name }).await?;
        Ok(ForkedWorkspace {
            id: made.id.uuid().into(),
            name: made.name,
            position: Position(made.position),
            shared_files: made.cost.shared_files,
            shared_bytes: made.cost.shared_bytes,
            copied_files: made.cost.copied_files,
            copied_bytes: made.cost.copied_bytes,
        })
    }

    /// Replaces the configuration as a whole; nothing at all clears it.
    async fn configure_workspace(
        &self,
        context: &Context<'_>,
        input: Option<WorkspaceConfigurationInput>,
    ) -> Result<Option<WorkspaceConfiguration>> {
        let Some(input) = input else {
            session(context)?.execute(Command::ClearConfiguration).await?;
            return Ok(None);
        };
        let WorkspaceConfigurationInput { thread_timeout_seconds, truncation_on_tables, colors } = input;
        let by_name = |colors: Vec<NamedColor>| {
            colors.into_iter().map(|NamedColor { name, color }| (name, color)).collect()
        };
        let configuration = Configuration {
            thread_timeout: thread_timeout_seconds.map(Period::from_seconds),
            truncation_on_tables,
            colors: colors.map(by_name),
        };
        session(context)?.execute(Command::Configure(configuration.clone())).await?;
        Ok(Some(configuration.into()))
    }
}
