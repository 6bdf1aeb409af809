//! What happens to optimizations, as it happens: their own events, those of their trials, and scores on the traces of
//! these.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::OptimizationRead;
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::Target;
use cairn_core::ids::OptimizationId;
use cairn_core::{experiments, optimizations};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use futures_util::Stream;
use uuid::Uuid;

use super::Optimization;
use crate::error::Result;
use crate::live::{ChangeKind, Things, follow};
use crate::scalars::{Position, uuid};
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct OptimizationChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: ChangeKind,
    optimization_id: ID,
    /// Null when it was deleted.
    optimization: Option<Optimization>,
}

#[derive(Default)]
pub(crate) struct OptimizationSubscriptions;

#[Subscription]
impl OptimizationSubscriptions {
    /// Every optimization (or the one named) that was written or deleted, or whose trials got items or scores, after
    /// the position `after` (absent: from now on). Resuming from the last position received gives neither a gap nor a
    /// duplicate.
    async fn optimization_changes(
        &self,
        context: &Context<'_>,
        id: Option<ID>,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<OptimizationChange>>> {
        let only = id.map(|id| uuid(&id).map(OptimizationId::known)).transpose()?;
        follow(session(context)?.clone(), after.map(|after| after.0), Optimizations { only }).await
    }
}

#[derive(Clone, Copy)]
struct Optimizations {
    only: Option<OptimizationId>,
}

impl Things for Optimizations {
    type Permission = OptimizationRead;
    type Thing = Optimization;
    type Item = OptimizationChange;

    fn about(&self) -> Option<Uuid> {
        self.only.map(OptimizationId::uuid)
    }

    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Option<(Uuid, ChangeKind)>, Error> {
        let of_experiment = |id| {
            let experiment = reader.experiment(id)?;
            let optimization = experiment.and_then(|experiment| experiment.optimization_id);
            Ok::<_, Error>(optimization.map(OptimizationId::known))
        };
        let touched = match &event.event {
            Event::Optimizations(event @ optimizations::Event::Deleted { .. }) => {
                let wanted = self.wants(event.id()).then(|| (event.id().uuid(), ChangeKind::Deleted));
                return Ok(wanted);
            }
            Event::Optimizations(event) => Some(event.id()),
            Event::Experiments(experiments::Event::Created(created)) => {
                created.optimization_id.map(OptimizationId::known)
            }
            Event::Experiments(event) => of_experiment(event.experiment_id())?,
            Event::Feedback(event) => match event.target() {
                Target::Trace(trace) => reader.optimization_of(trace)?,
                Target::Span(_) | Target::Thread(_) => None,
            },
            _ => None,
        };
        let wanted = touched.filter(|id| self.wants(*id));
        Ok(wanted.map(|id| (id.uuid(), ChangeKind::Upserted)))
    }

    fn load(reader: &Reader, id: Uuid) -> std::result::Result<Option<Self::Thing>, Error> {
        Optimization::load(reader, OptimizationId::known(id))
    }

    fn item(
        position: Position,
        kind: ChangeKind,
        id: Uuid,
        thing: Option<Self::Thing>,
    ) -> OptimizationChange {
        OptimizationChange {
            position,
            kind,
            optimization_id: OptimizationId::known(id).into(),
            optimization: thing,
        }
    }
}

impl Optimizations {
    fn wants(self, id: OptimizationId) -> bool {
        self.only.is_none_or(|only| only == id)
    }
}
