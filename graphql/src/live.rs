//! Subscriptions: a filter and a position. Each reads the log in stretches and waits for its head in between; nothing
//! is buffered for slow consumers, for the next stretch is read only when the last was taken.
//!
//! What is sent: of each stretch, every thing once that events of the stretch touched, as it is when the stretch is
//! read, under the position of the *last* event of the stretch that touched it, in the order of these positions.
//!
//! Why that can be resumed: when an item of position `p` is sent, everything whose last event lies at or before `p`
//! has been sent, and nothing whose last event lies after `p` has been sent with that event. Starting again after `p`
//! reads exactly the events after `p`, so it gives the things that followed and no others. Where an event touches more
//! than one thing, only the item of the last is sent under its position, the others under the one before: whoever breaks
//! off in between is told of the first again rather than never of the second.

use std::collections::{HashMap, VecDeque};

use cairn_actors::failure::Failure;
use cairn_actors::handles::Head;
use cairn_core::access::Permission;
use cairn_core::erasures;
use cairn_core::event::{Event, Recorded};
use cairn_core::history::undo;
use cairn_core::ids::{Position, ProjectId};
use cairn_core::limits::{SUBSCRIPTION_HISTORY_EVENTS_MAX, SUBSCRIPTION_READ_EVENTS_MAX};
use cairn_core::rejection::Rejection;
use cairn_core::{attachments, feedback, spans, traces};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use futures_util::Stream;
use futures_util::stream::unfold;
use uuid::Uuid;

use async_graphql::Enum;

use crate::error::{Problem, Result};
use crate::session::Session;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum ChangeKind {
    Upserted,
    Deleted,
}

/// What is watched for in the log.
pub(crate) trait Watch: Clone + Send + Sync + 'static {
    type Permission: Permission;
    type Touch: Send;
    type Item: Send + 'static;

    /// The one thing that an event touches, if it is of the kind that is watched.
    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Option<(Uuid, Self::Touch)>, Error>;

    /// All that an event touches, for a kind of which it may touch several; they are told in this order.
    fn all_touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, Self::Touch)>, Error> {
        Ok(self.touched(reader, event)?.into_iter().collect())
    }

    /// What there is to say of a thing now. `touch` is its last of the stretch, at `position`.
    fn item(
        &self,
        reader: &Reader,
        position: Position,
        id: Uuid,
        touch: Self::Touch,
    ) -> std::result::Result<Option<Self::Item>, Error>;
}

/// What a part of the log has to say.
pub(crate) struct Stretch<Item> {
    pub(crate) items: VecDeque<Item>,
    /// The last position that was read.
    pub(crate) end: Position,
}

/// Reads about `SUBSCRIPTION_READ_EVENTS_MAX` events, none beyond what the reader's rows have seen.
pub(crate) fn stretch<W: Watch>(
    watch: &W,
    reader: &Reader,
    after: Position,
) -> std::result::Result<Stretch<W::Item>, Error> {
    let mut last: HashMap<Uuid, (Position, usize, W::Touch)> = HashMap::new();
    let mut end = after;
    let mut read = 0;
    'log: while read < SUBSCRIPTION_READ_EVENTS_MAX && end < reader.position() {
        // A block at a time, so that the bodies of one block only are in memory.
        let events = reader.events_after(end, 1)?;
        if events.is_empty() {
            // What was erased says nothing.
            end = end.next();
            read += 1;
        }
        for event in &events {
            // A block might reach beyond the rows; how blocks lie is the log's own affair.
            if event.position > reader.position() {
                break 'log;
            }
            for (place, (id, touch)) in touched(watch, reader, event)?.into_iter().enumerate() {
                last.insert(id, (event.position, place, touch));
            }
            end = event.position;
            read += 1;
        }
    }
    let touched = last.into_iter().map(|(id, (position, place, touch))| (position, place, id, touch));
    let mut touched: Vec<_> = touched.collect();
    touched.sort_unstable_by_key(|(position, place, ..)| (*position, *place));
    let mut items = VecDeque::with_capacity(touched.len());
    let mut touched = touched.into_iter().peekable();
    while let Some((at, _, id, touch)) = touched.next() {
        let is_last = touched.peek().is_none_or(|(next, ..)| *next != at);
        let position = if is_last { at } else { Position(at.0.saturating_sub(1)) };
        items.extend(watch.item(reader, position, id, touch)?);
    }
    Ok(Stretch { items, end })
}

/// Taking a change back touches what the change touched.
fn touched<W: Watch>(
    watch: &W,
    reader: &Reader,
    event: &Recorded<Event>,
) -> std::result::Result<Vec<(Uuid, W::Touch)>, Error> {
    let Event::History(undo::Event::Undone { position, .. }) = &event.event else {
        return watch.all_touched(reader, event);
    };
    match reader.root(*position)? {
        Some(root) => watch.all_touched(reader, &event.with(root.event)),
        None => Ok(Vec::new()),
    }
}

/// Everything after a position, or from now on.
pub(crate) async fn follow<W: Watch>(
    session: Session,
    after: Option<Position>,
    watch: W,
) -> Result<impl Stream<Item = Result<W::Item>>> {
    let head = session.head::<W::Permission>().await?;
    let newest = session.read::<W::Permission, _>(|reader| Ok(reader.position())).await?;
    if after.is_some_and(|after| after > newest) {
        let refusal =
            Rejection::invalid(format!("the log has not reached the position of `after`, it is at {newest}"));
        return Err(refusal.hint("start without `after`").into());
    }
    let at = after.unwrap_or(newest);
    let follower = Follower { session, head, watch, at, ready: VecDeque::new() };
    Ok(unfold(Some(follower), |follower| async {
        let mut follower = follower?;
        match follower.next().await {
            Ok(Some(item)) => Some((Ok(item), Some(follower))),
            Ok(None) => None,
            Err(failure) => Some((Err(Problem::from(failure)), None)),
        }
    }))
}

struct Follower<W: Watch> {
    session: Session,
    head: Head,
    watch: W,
    at: Position,
    ready: VecDeque<W::Item>,
}

impl<W: Watch> Follower<W> {
    /// `None` when the workspace closes.
    async fn next(&mut self) -> std::result::Result<Option<W::Item>, Failure> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(Some(item));
            }
            if self.head.beyond(self.at).await.is_none() {
                return Ok(None);
            }
            let (watch, at) = (self.watch.clone(), self.at);
            let read = self.session.read::<W::Permission, _>(move |reader| Ok(stretch(&watch, reader, at)?));
            let Stretch { items, end } = read.await?;
            (self.ready, self.at) = (items, end);
        }
    }
}

/// The project in which a trace or span was before an event, by its own earlier events. Of a trace of which only spans
/// were there nobody knows.
pub(crate) fn project_before(
    reader: &Reader,
    id: Uuid,
    position: Position,
) -> std::result::Result<Option<ProjectId>, Error> {
    let history = reader.history(id)?;
    let earlier = history.iter().copied().rev().filter(|at| *at < position);
    for at in earlier.take(SUBSCRIPTION_HISTORY_EVENTS_MAX) {
        let before = Position(at.0.saturating_sub(1));
        let events = reader.events_after(before, 1)?;
        let event = events.iter().find(|event| event.position == at);
        let project = match event.map(|event| &event.event) {
            Some(Event::Traces(traces::Event::Recorded(row))) => Some(row.project_id),
            Some(Event::Traces(traces::Event::Patched(patch))) => Some(patch.project_id),
            Some(Event::Spans(spans::Event::Recorded(row))) => Some(row.project_id),
            Some(Event::Spans(spans::Event::Patched(patch))) => Some(patch.project_id),
            Some(Event::Feedback(
                feedback::Event::Scored { project_id, .. } | feedback::Event::Asserted { project_id, .. },
            )) => Some(*project_id),
            Some(Event::Attachments(attachments::Event::Added(added))) => Some(added.project_id),
            _ => None,
        };
        if project.is_some() {
            return Ok(project);
        }
    }
    erased_from(reader, id, history.into_iter().rev().filter(|at| *at > position))
}

/// The project in which a trace was that was erased since: none of its own events tells any more.
fn erased_from(
    reader: &Reader,
    id: Uuid,
    later: impl Iterator<Item = Position>,
) -> std::result::Result<Option<ProjectId>, Error> {
    for at in later.take(SUBSCRIPTION_HISTORY_EVENTS_MAX) {
        if let Some(Event::Erasures(erasures::Event::Marked(marked))) = reader.event(at)? {
            let found = marked.traces.into_iter().find(|(trace, _)| trace.uuid() == id);
            return Ok(found.map(|(_, project)| project));
        }
    }
    Ok(None)
}
