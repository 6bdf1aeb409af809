//! The actor that holds a workspace's relay: one question after another, over a bounded mailbox.

use std::time::Duration;

use actix::prelude::{Actor, Addr, ArbiterHandle, AsyncContext, Handler, Message};
use cairn_core::limits::RELAY_MAILBOX_MAX;
use cairn_core::time::Timestamp;
use tokio::sync::oneshot;

use crate::clock;
use crate::failure::Failure;
use crate::runners::relay::Relay;

const TICK: Duration = Duration::from_secs(1);

/// How the rest of the crate reaches the relay. The actor ends with its last address.
#[derive(Clone)]
pub(crate) struct RelayAddress(Addr<RelayActor>);

impl RelayAddress {
    pub(super) fn start(arbiter: &ArbiterHandle) -> Self {
        Self(RelayActor::start_in_arbiter(arbiter, |context| {
            context.set_mailbox_capacity(RELAY_MAILBOX_MAX);
            RelayActor { relay: Relay::new(clock::now()) }
        }))
    }

    /// Does something with the relay, as of now; a full mailbox is answered at once.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Relay, Timestamp) -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let (reply, answer) = oneshot::channel();
        let act = Act(Box::new(move |relay| {
            // Who asked may have gone.
            let _ = reply.send(work(relay, clock::now()));
        }));
        self.0.try_send(act).map_err(|_| Failure::overloaded("too many requests wait for the runners"))?;
        answer.await.map_err(|_| Failure::Fault(clock::request_id()))
    }
}

struct RelayActor {
    relay: Relay,
}

impl Actor for RelayActor {
    type Context = actix::Context<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        context.run_interval(TICK, |actor, _| actor.relay.tick(clock::now()));
    }
}

struct Act(Box<dyn FnOnce(&mut Relay) + Send>);

impl Message for Act {
    type Result = ();
}

impl Handler<Act> for RelayActor {
    type Result = ();

    fn handle(&mut self, act: Act, _: &mut Self::Context) {
        (act.0)(&mut self.relay);
    }
}
