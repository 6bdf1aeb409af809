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
use cairn_storage::view::Asked;
use futures_util::Stream;
use uuid::Uuid;

use super::Span;
use crate::error::Result;
use crate::live::{ChangeKind, Watch, follow, project_before};
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

impl Watch for SpansOf {
    type Permission = TraceRead;
    type Touch = Touch;
    type Item = SpanChange;

    fn touched(
        &self,
        _: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Option<(Uuid, Touch)>, Error> {
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
        Ok(touched.map(|(id, touch)| (id.uuid(), touch)))
    }

    /// What was written and is gone by now says nothing: its deletion comes at a later position.
    fn item(
        &self,
        reader: &Reader,
        position: ids::Position,
        id: Uuid,
        touch: Touch,
    ) -> std::result::Result<Option<SpanChange>, Error> {
        let id = SpanId::known(id);
        let position_told = Position(position);
        let is_of_trace = |trace| self.trace.is_none_or(|wanted| wanted == trace);
        if let Some(span) = reader.span(id)? {
            let asked = Asked { thing: &span, bodies: reader.bodies() };
            let wanted = span.project_id == self.project
                && is_of_trace(span.trace_id)
                && self.query.matches(Entity::Span, &asked);
            return Ok(wanted.then(|| SpanChange {
                position: position_told,
                kind: ChangeKind::Upserted,
                span_id: id.into(),
                span: Some(Span(span)),
            }));
        }
        let Touch::Deleted(trace) = touch else { return Ok(None) };
        let was_here =
            is_of_trace(trace) && project_before(reader, id.uuid(), position)? == Some(self.project);
        Ok(was_here.then(|| SpanChange {
            position: position_told,
            kind: ChangeKind::Deleted,
            span_id: id.into(),
            span: None,
        }))
    }
}
