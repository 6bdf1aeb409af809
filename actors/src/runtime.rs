//! All that is actix: the arbiters, and the actor of a workspace. Nothing else names its types.

mod relay;

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::mpsc::sync_channel;
use std::thread::JoinHandle;

use actix::prelude::{Actor, ActorContext, Addr, Arbiter, Handler, MailboxError, Message, System};
use cairn_core::command::{Command, Context, Outcome};
use cairn_core::ids::WorkspaceId;
use cairn_core::limits::WORKSPACE_MAILBOX_MAX;
use tokio::sync::oneshot;
use tracing::Span;

use self::relay::RelayAddress;
use crate::failure::Failure;
use crate::workspace::{Between, Engine, Open, Reply};

/// The threads on which actors live. Workspaces are placed on them by hash.
pub(crate) struct Runtime {
    system: System,
    arbiters: Vec<Arbiter>,
    thread: JoinHandle<()>,
}

impl Runtime {
    pub(crate) fn start(arbiters: usize) -> Result<Self, std::io::Error> {
        let (tell, told) = sync_channel(1);
        let thread = std::thread::Builder::new().name("cairn-actors".to_owned()).spawn(move || {
            let runner = System::new();
            let arbiters: Vec<Arbiter> = (0..arbiters.max(1)).map(|_| Arbiter::new()).collect();
            if tell.send((System::current(), arbiters)).is_ok()
                && let Err(error) = runner.run()
            {
                tracing::error!(%error, "the actor system ended");
            }
        })?;
        let (system, arbiters) = told.recv().map_err(std::io::Error::other)?;
        Ok(Self { system, arbiters, thread })
    }

    /// Starts a workspace's actor, and waits until it is there: only then its mailbox is as large as it should be.
    pub(crate) async fn host(
        &self,
        id: WorkspaceId,
        engine: Engine,
    ) -> Result<WorkspaceAddress, MailboxError> {
        let open = Arc::clone(&engine.open);
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        let count = u64::try_from(self.arbiters.len()).unwrap_or(1);
        let place = usize::try_from(hasher.finish() % count.max(1)).unwrap_or_default();
        let actor = WorkspaceActor { engine: Some(engine) };
        // There is one arbiter at least.
        let arbiter = self.arbiters.get(place).map_or_else(Arbiter::current, Arbiter::handle);
        let address = WorkspaceActor::start_in_arbiter(&arbiter, |context| {
            context.set_mailbox_capacity(WORKSPACE_MAILBOX_MAX);
            actor
        });
        address.send(Ready).await?;
        Ok(WorkspaceAddress { address, open, relay: RelayAddress::start(&arbiter) })
    }

    pub(crate) fn stop(self) {
        self.system.stop();
        for arbiter in self.arbiters {
            arbiter.stop();
        }
        if self.thread.join().is_err() {
            tracing::error!("the actor system panicked");
        }
    }
}

/// How the rest of the crate reaches a workspace's actor.
pub(crate) struct WorkspaceAddress {
    address: Addr<WorkspaceActor>,
    pub(crate) open: Arc<Open>,
    pub(crate) relay: RelayAddress,
}

impl WorkspaceAddress {
    /// Hands a command over; a full mailbox is answered at once.
    pub(crate) fn execute(
        &self,
        command: Command,
        context: Context,
    ) -> Result<oneshot::Receiver<Result<Outcome, Failure>>, Failure> {
        let (reply, answer) = oneshot::channel();
        self.address
            .try_send(Execute { command, context, span: Span::current(), reply })
            .map_err(|_| Failure::overloaded("too many requests wait for the workspace"))?;
        Ok(answer)
    }

    /// Hands over what is to be done while nothing is written. It is dropped if that cannot be.
    pub(crate) fn between(&self, work: Between) -> Result<(), Failure> {
        let full = |_| Failure::overloaded("too many requests wait for the workspace");
        self.address.try_send(Hold { work }).map_err(full)
    }

    /// Closes the workspace after everything accepted is written.
    pub(crate) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.address.send(Close { done }).await.is_ok() && wait.await.is_err() {
            tracing::error!("a workspace did not close in order");
        }
    }
}

struct WorkspaceActor {
    engine: Option<Engine>,
}

impl Actor for WorkspaceActor {
    type Context = actix::Context<Self>;
}

struct Ready;

impl Message for Ready {
    type Result = ();
}

impl Handler<Ready> for WorkspaceActor {
    type Result = ();

    fn handle(&mut self, _: Ready, _: &mut Self::Context) {}
}

struct Execute {
    command: Command,
    context: Context,
    span: Span,
    reply: Reply,
}

impl Message for Execute {
    type Result = ();
}

impl Handler<Execute> for WorkspaceActor {
    type Result = ();

    fn handle(&mut self, message: Execute, _: &mut Self::Context) {
        let Execute { command, context, span, reply } = message;
        match &self.engine {
            Some(engine) => engine.submit(command, context, span, reply),
            None => {
                // Who asked may have gone.
                let _ = reply.send(Err(Failure::overloaded("the workspace is closing")));
            }
        }
    }
}

struct Hold {
    work: Between,
}

impl Message for Hold {
    type Result = ();
}

impl Handler<Hold> for WorkspaceActor {
    type Result = ();

    fn handle(&mut self, message: Hold, _: &mut Self::Context) {
        // Who waits for the work hears that it was dropped.
        if let Some(engine) = &self.engine {
            engine.between(message.work);
        }
    }
}

struct Close {
    done: oneshot::Sender<()>,
}

impl Message for Close {
    type Result = ();
}

impl Handler<Close> for WorkspaceActor {
    type Result = ();

    fn handle(&mut self, message: Close, context: &mut Self::Context) {
        let engine = self.engine.take();
        // Draining takes as long as a commit: not on an arbiter's thread.
        tokio::task::spawn_blocking(move || {
            if let Some(engine) = engine {
                engine.stop();
            }
            let _ = message.done.send(());
        });
        context.stop();
    }
}
