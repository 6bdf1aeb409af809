//! What happens to the spans of a project or of one trace, as it happens: their own events, and what is said of them.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::TraceRead;
use cairn_core::attachments::Owner;
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::Target;
use cairn_core::ids::{self, ProjectId, SpanId, TraceId};
use cairn_core::query::{Entity, Query};
use cairn_core::{guardrails, prices, spans};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::view::{self, Asked, Bodies, Placed, Within};
use futures_util::Stream;
use uuid::Uuid;

use super::Span;
use crate::derived::plain;
use crate::error::Result;
use crate::live::{ChangeKind, Topic, Watch, follow, project_before};
use crate::scalars::{Position, uuid};
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct SpanChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: ChangeKind,
    span_id: ID,
    /// Null when it was deleted.
    span: Option<Span>,
}

#[derive(Default)]
pub(crate) struct SpanSubscriptions;

#[Subscription]
impl SpanSubscriptions {
    /// Every span of the project, or of one trace of it, that matches `filter` and was written or deleted after the
    /// position `after` (absent: from now on). Resuming from the last position received gives neither a gap nor a
    /// duplicate. Deletions of single spans are told whatever the filter; that of a whole trace is told by
    /// `traceChanges`.
    async fn span_changes(
        &self,
        context: &Context<'_>,
        project_id: ID,
        trace_id: Option<ID>,
        filter: Option<String>,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<SpanChange>>> {
        let session = session(context)?.clone();
        let project = ProjectId::known(uuid(&project_id)?);
        let trace = trace_id.as_ref().map(uuid).transpose()?.map(TraceId::known);
        let query = Query::parse(Entity::Span, filter.as_deref().unwrap_or_default(), session.now())?;
        let query = plain(&session, Entity::Span, query).await?;
        let watch = SpansOf { project, trace, query: Arc::new(query) };
        follow(session, after.map(|after| after.0), watch).await
    }
}

#[derive(Clone)]
struct SpansOf {
    project: ProjectId,
    trace: Option<TraceId>,
    query: Arc<Query>,
}

/// What the last event of a stretch did to a span.
#[derive(Clone, Copy)]
enum Touch {
    Written,
    Deleted(TraceId),
}

/// All spans, whoever asks about which.
struct Spans;

/// A span once it was touched.
enum SpanView {
    Here(Arc<view::Span>, Within),
    /// Deleted, of a trace, in the project in which it was.
    Gone(TraceId, Option<ProjectId>),
}

impl Topic for Spans {
    type Touch = Touch;
    type View = SpanView;

    fn about(&self) -> Option<Uuid> {
        None
    }

    fn touched(&self, _: &Reader, event: &Recorded<Event>) -> std::result::Result<Vec<(Uuid, Touch)>, Error> {
        let said_of = |target| match target {
            Target::Span(id) => Some((id, Touch::Written)),
            Target::Trace(_) | Target::Thread(_) => None,
        };
        let touched = match &event.event {
            Event::Spans(spans::Event::Deleted { id, trace_id }) => Some((*id, Touch::Deleted(*trace_id))),
            Event::Spans(event) => Some((event.id(), Touch::Written)),
            Event::Feedback(event) => said_of(event.target()),
            Event::Comments(event) => said_of(event.target()),
            Event::Attachments(event) => match event.owner() {
                Some(Owner::Span(id)) => Some((id, Touch::Written)),
                Some(Owner::Trace(_)) | None => None,
            },
            Event::Guardrails(guardrails::Event::Checked(checked)) => Some((checked.span_id, Touch::Written)),
            Event::Prices(prices::Event::SpanRepriced { id, .. }) => Some((*id, Touch::Written)),
            _ => None,
        };
        Ok(touched.map(|(id, touch)| (id.uuid(), touch)).into_iter().collect())
    }

    /// What was written and is gone by now says nothing: its deletion comes at a later position.
    fn view(
        &self,
        reader: &Reader,
        position: ids::Position,
        id: Uuid,
        touch: Touch,
    ) -> std::result::Result<Option<SpanView>, Error> {
        if let Some(span) = reader.span(SpanId::known(id))? {
            let within = reader.span_within(span.trace_id)?;
            return Ok(Some(SpanView::Here(Arc::new(span), within)));
        }
        let Touch::Deleted(trace) = touch else { return Ok(None) };
        Ok(Some(SpanView::Gone(trace, project_before(reader, id, position)?)))
    }
}

impl Watch for SpansOf {
    type Permission = TraceRead;
    type Topic = Spans;
    type Item = SpanChange;

    fn topic(&self) -> Spans {
        Spans
    }

    fn item(
        &self,
        bodies: &Bodies,
        position: ids::Position,
        id: Uuid,
        view: &SpanView,
    ) -> Option<SpanChange> {
        let is_of = |project: Option<ProjectId>, trace: TraceId| {
            project == Some(self.project) && self.trace.is_none_or(|wanted| wanted == trace)
        };
        let (kind, span) = match view {
            SpanView::Here(span, within) => {
                let asked = Placed { asked: Asked { thing: span.as_ref(), bodies }, within };
                let wanted =
                    is_of(Some(span.project_id), span.trace_id) && self.query.matches(Entity::Span, &asked);
                wanted.then(|| (ChangeKind::Upserted, Some(Span(Arc::clone(span)))))?
            }
            SpanView::Gone(trace, project) => {
                is_of(*project, *trace).then_some((ChangeKind::Deleted, None))?
            }
        };
        Some(SpanChange { position: Position(position), kind, span_id: SpanId::known(id).into(), span })
    }
}
