//! What happens to the spans of a project or of one trace, as it happens: their own events, what is said of them, and the
//! experiments that their trace is put into and taken out of.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::TraceRead;
use cairn_core::attachments::Owner;
use cairn_core::event::{Event, Recorded};
use cairn_core::feedback::Target;
use cairn_core::ids::{self, ProjectId, SpanId, TraceId};
use cairn_core::query::{Entity, Field, Query};
use cairn_core::{guardrails, prices, spans};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::view::homes::Home;
use cairn_storage::view::{self, Asked, Bodies, Placed, Within};
use futures_util::{Stream, StreamExt};
use uuid::Uuid;

use super::Span;
use crate::derived::plain;
use crate::error::Result;
use crate::homes::{RowChangeKind, Seen};
use crate::live::{Topic, Watch, follow, project_before};
use crate::scalars::{Position, uuid};
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct SpanChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: RowChangeKind,
    span_id: ID,
    /// Null when it was deleted.
    span: Option<Span>,
}

#[derive(Default)]
pub(crate) struct SpanSubscriptions;

#[Subscription]
impl SpanSubscriptions {
    /// Every span of the project, or of one trace of it, that matches `filter` and was written or deleted after the
    /// position `after` (absent: from now on), or that came to match by its trace being put into an experiment or taken
    /// out of one; what matches no more for that reason has `LEFT`. Of a trace with very many spans only some are told
    /// then. Resuming from the last position received gives neither a gap nor a duplicate. Deletions of single spans are
    /// told whatever the filter; that of a whole trace is told by `traceChanges`.
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
        let asks_of_experiments = query.fields().contains(&Field::ExperimentId);
        let of = SpansOf { project, trace, query: Arc::new(query) };
        let after = after.map(|after| after.0);
        Ok(if asks_of_experiments {
            follow(session, after, Following::<true>(of)).await?.left_stream()
        } else {
            follow(session, after, Following::<false>(of)).await?.right_stream()
        })
    }
}

#[derive(Clone)]
struct SpansOf {
    project: ProjectId,
    trace: Option<TraceId>,
    query: Arc<Query>,
}

/// With what their traces are put into and taken out of, or without: it takes reading all spans of these traces, which
/// only those pay for who ask about it.
#[derive(Clone)]
struct Following<const MOVES: bool>(SpansOf);

/// What the last event of a stretch did to a span.
#[derive(Clone, Copy)]
pub(crate) enum Touch {
    Written,
    Deleted(TraceId),
    /// Its trace came into an experiment, or left it; of its own nothing changed.
    Moved(Home),
}

/// All spans, whoever asks about which.
pub(crate) struct Spans<const MOVES: bool>;

/// A span once it was touched.
pub(crate) enum SpanView {
    Here(Seen<view::Span>),
    /// Deleted, of a trace, in the project in which it was.
    Gone(TraceId, Option<ProjectId>),
}

impl<const MOVES: bool> Topic for Spans<MOVES> {
    type Touch = Touch;
    type View = SpanView;

    fn about(&self) -> Option<Uuid> {
        None
    }

    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, Touch)>, Error> {
        let moved = if MOVES { reader.moved_spans(event)? } else { Vec::new() };
        let moved = moved.into_iter().map(|(id, home)| (id, Touch::Moved(home)));
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
        Ok(moved.chain(touched).map(|(id, touch)| (id.uuid(), touch)).collect())
    }

    /// As for traces.
    fn part(touch: &Touch) -> Option<Uuid> {
        match touch {
            Touch::Moved(home) => Some(home.uuid()),
            Touch::Written | Touch::Deleted(_) => None,
        }
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
            let home = match touch {
                Touch::Moved(home) => Some(home),
                Touch::Written | Touch::Deleted(_) => None,
            };
            return Ok(Some(SpanView::Here(Seen::new(span, within, home))));
        }
        let Touch::Deleted(trace) = touch else { return Ok(None) };
        Ok(Some(SpanView::Gone(trace, project_before(reader, id, position)?)))
    }
}

impl<const MOVES: bool> Watch for Following<MOVES> {
    type Permission = TraceRead;
    type Topic = Spans<MOVES>;
    type Item = SpanChange;

    fn topic(&self) -> Spans<MOVES> {
        Spans
    }

    fn item(
        &self,
        bodies: &Bodies,
        position: ids::Position,
        id: Uuid,
        view: &SpanView,
    ) -> Option<SpanChange> {
        let Self(SpansOf { project, trace, query }) = self;
        let is_of = |of: ProjectId, span_of| of == *project && trace.is_none_or(|wanted| wanted == span_of);
        let matches = |span: &view::Span, within: &Within| {
            let asked = Placed { asked: Asked { thing: span, bodies }, within };
            is_of(span.project_id, span.trace_id) && query.matches(Entity::Span, &asked)
        };
        let (kind, span) = match view {
            SpanView::Here(seen) => (seen.kind(matches)?, Some(Span(Arc::clone(seen.thing())))),
            SpanView::Gone(trace, project) => project
                .is_some_and(|project| is_of(project, *trace))
                .then_some((RowChangeKind::Deleted, None))?,
        };
        Some(SpanChange { position: Position(position), kind, span_id: SpanId::known(id).into(), span })
    }
}
