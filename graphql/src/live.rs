//! Subscriptions: a filter and a position. Each reads the log in stretches and waits for its head in between; nothing
//! is buffered for slow consumers, for the next stretch is read only when the last was taken.
//!
//! A stretch is read once for all that follow: which things were touched, and how they are then, does not depend on who
//! follows. What is each one's own is which of them it is told of, and what it asks about them.
//!
//! What is sent: of each stretch, every thing once that events of the stretch touched, as it is when the stretch is
//! read, under the position of the *last* event of the stretch that touched it, in the order of these positions. A part
//! of which a topic tells by itself counts as a thing.
//!
//! Why that can be resumed: when an item of position `p` is sent, everything whose last event lies at or before `p`
//! has been sent, and nothing whose last event lies after `p` has been sent with that event. Starting again after `p`
//! reads exactly the events after `p`, so it gives the things that followed and no others. Where an event touches more
//! than one thing, only the item of the last is sent under its position, the others under the one before: whoever breaks
//! off in between is told of the first again rather than never of the second.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use cairn_actors::failure::Failure;
use cairn_actors::handles::Head;
use cairn_core::access::Permission;
use cairn_core::erasures;
use cairn_core::event::{Event, Recorded};
use cairn_core::history::undo;
use cairn_core::ids::{Position, ProjectId};
use cairn_core::limits::{
    SUBSCRIPTION_HISTORY_EVENTS_MAX, SUBSCRIPTION_READ_EVENTS_MAX, SUBSCRIPTION_TOUCHED_MAX,
};
use cairn_core::rejection::Rejection;
use cairn_core::{attachments, feedback, spans, traces};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::view::Bodies;
use futures_util::Stream;
use futures_util::stream::unfold;
use uuid::Uuid;

use async_graphql::Enum;

use crate::error::{Problem, Result};
use crate::scalars;
use crate::session::Session;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum ChangeKind {
    Upserted,
    Deleted,
}

/// What can be followed in the log, whoever follows it: what is found out here is found out once for all of them.
pub(crate) trait Topic: Send + Sync + 'static {
    type Touch: Send;
    /// What there is to know of a thing in order to tell anyone of it.
    type View: Send + Sync;

    /// The one thing that it is about; topics of a type that are about nothing in particular are alike.
    fn about(&self) -> Option<Uuid>;

    /// The things that an event touches; they are told in this order.
    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, Self::Touch)>, Error>;

    /// What a touch is about, where that is told by itself, whatever else happens to the thing.
    fn part(_touch: &Self::Touch) -> Option<Uuid> {
        None
    }

    /// What there is to say of a thing now. `touch` is its last of the stretch, at `position`.
    fn view(
        &self,
        reader: &Reader,
        position: Position,
        id: Uuid,
        touch: Self::Touch,
    ) -> std::result::Result<Option<Self::View>, Error>;
}

/// Who follows a topic.
pub(crate) trait Watch: Clone + Send + Sync + 'static {
    type Permission: Permission;
    type Topic: Topic;
    type Item: Send + 'static;

    fn topic(&self) -> Self::Topic;

    /// What this one is told of a thing, under a position. No rows are at hand: the view may know of more than those
    /// that a reader of its own would see.
    fn item(
        &self,
        bodies: &Bodies,
        position: Position,
        id: Uuid,
        view: &<Self::Topic as Topic>::View,
    ) -> Option<Self::Item>;

    /// What it is told of a stretch: each thing by itself, unless it wants them together.
    fn items(&self, bodies: &Bodies, stretch: &Stretch<Self::Topic>) -> VecDeque<Self::Item> {
        let told = stretch.told.iter();
        told.filter_map(|Told { position, id, view }| self.item(bodies, *position, *id, view)).collect()
    }

    /// What it is told first, before anything happens after a position.
    fn greeting(&self, _after: Position) -> Option<Self::Item> {
        None
    }

    /// What it is told, under the newest position, instead of all that happened since `after`; nothing if it wants to
    /// be told all of it.
    fn leap(&self, _after: Position, _newest: Position) -> Option<Self::Item> {
        None
    }
}

/// Things that everybody who follows them is told of alike, each as it is by then; an event touches one at most.
pub(crate) trait Things: Copy + Send + Sync + 'static {
    type Permission: Permission;
    type Thing: Clone + Send + Sync;
    type Item: Send + 'static;

    /// As in `Topic`.
    fn about(&self) -> Option<Uuid>;

    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Option<(Uuid, ChangeKind)>, Error>;

    fn load(reader: &Reader, id: Uuid) -> std::result::Result<Option<Self::Thing>, Error>;

    /// `thing` is `None` when it is gone.
    fn item(
        position: scalars::Position,
        kind: ChangeKind,
        id: Uuid,
        thing: Option<Self::Thing>,
    ) -> Self::Item;
}

impl<T: Things> Topic for T {
    type Touch = ChangeKind;
    type View = Fate<T::Thing>;

    fn about(&self) -> Option<Uuid> {
        Things::about(self)
    }

    fn touched(
        &self,
        reader: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, ChangeKind)>, Error> {
        Ok(Things::touched(self, reader, event)?.into_iter().collect())
    }

    fn view(
        &self,
        reader: &Reader,
        _: Position,
        id: Uuid,
        touch: ChangeKind,
    ) -> std::result::Result<Option<Fate<T::Thing>>, Error> {
        Ok(Fate::of(T::load(reader, id)?, touch))
    }
}

impl<T: Things> Watch for T {
    type Permission = T::Permission;
    type Topic = Self;
    type Item = T::Item;

    fn topic(&self) -> Self {
        *self
    }

    fn item(&self, _: &Bodies, position: Position, id: Uuid, fate: &Fate<T::Thing>) -> Option<T::Item> {
        Some(T::item(scalars::Position(position), fate.kind(), id, fate.here().cloned()))
    }
}

/// A thing once it was touched.
pub(crate) enum Fate<T> {
    Here(T),
    Gone,
}

impl<T> Fate<T> {
    /// What was written and is gone by now says nothing: its deletion comes at a later position.
    pub(crate) fn of(found: Option<T>, touch: ChangeKind) -> Option<Self> {
        match found {
            Some(found) => Some(Self::Here(found)),
            None => (touch == ChangeKind::Deleted).then_some(Self::Gone),
        }
    }

    pub(crate) const fn kind(&self) -> ChangeKind {
        match self {
            Self::Here(_) => ChangeKind::Upserted,
            Self::Gone => ChangeKind::Deleted,
        }
    }

    pub(crate) const fn here(&self) -> Option<&T> {
        match self {
            Self::Here(thing) => Some(thing),
            Self::Gone => None,
        }
    }
}

/// What a part of the log has to say.
pub(crate) struct Stretch<T: Topic> {
    pub(crate) told: Vec<Told<T>>,
    /// The last position that was read.
    pub(crate) end: Position,
}

pub(crate) struct Told<T: Topic> {
    pub(crate) position: Position,
    pub(crate) id: Uuid,
    pub(crate) view: T::View,
}

/// Reads at most `SUBSCRIPTION_READ_EVENTS_MAX` events, none beyond what the reader's rows have seen, unless another
/// follower has, and none once `SUBSCRIPTION_TOUCHED_MAX` things are touched. Stretches end at the same places wherever
/// they begin, unless so much is touched, so that who was away falls into step again.
pub(crate) fn stretch<T: Topic>(
    topic: &T,
    reader: &Reader,
    after: Position,
) -> std::result::Result<Arc<Stretch<T>>, Error> {
    let length = u64::try_from(SUBSCRIPTION_READ_EVENTS_MAX).unwrap_or(u64::MAX);
    let until = reader.position().min(Position((after.0 / length + 1).saturating_mul(length)));
    if until <= after {
        return Ok(Arc::new(Stretch { told: Vec::new(), end: after }));
    }
    reader.shared().get_or_make(topic.about(), after, || read(topic, reader, after, until))
}

/// A thing, or a part of it that is told by itself.
type Touched = (Uuid, Option<Uuid>);

fn read<T: Topic>(
    topic: &T,
    reader: &Reader,
    after: Position,
    until: Position,
) -> std::result::Result<Stretch<T>, Error> {
    let mut last: HashMap<Touched, (Position, usize, T::Touch)> = HashMap::new();
    let mut end = after;
    'log: while end < until && last.len() < SUBSCRIPTION_TOUCHED_MAX {
        // A block at a time, so that the bodies of one block only are in memory.
        let events = reader.events_after(end, 1)?;
        if events.is_empty() {
            // What was erased says nothing.
            end = end.next();
        }
        for event in &events {
            // A block might reach further; how blocks lie is the log's own affair.
            if event.position > until {
                end = until;
            }
            if end == until || last.len() >= SUBSCRIPTION_TOUCHED_MAX {
                break 'log;
            }
            for (place, (id, touch)) in touched(topic, reader, event)?.into_iter().enumerate() {
                last.insert((id, T::part(&touch)), (event.position, place, touch));
            }
            end = event.position;
        }
    }
    let touched = last.into_iter().map(|((id, _), (position, place, touch))| (position, place, id, touch));
    let mut touched: Vec<_> = touched.collect();
    touched.sort_unstable_by_key(|(position, place, ..)| (*position, *place));
    let mut told = Vec::with_capacity(touched.len());
    let mut touched = touched.into_iter().peekable();
    while let Some((at, _, id, touch)) = touched.next() {
        let is_last = touched.peek().is_none_or(|(next, ..)| *next != at);
        let position = if is_last { at } else { Position(at.0.saturating_sub(1)) };
        told.extend(topic.view(reader, position, id, touch)?.map(|view| Told { position, id, view }));
    }
    Ok(Stretch { told, end })
}

/// Taking a change back touches what the change touched.
fn touched<T: Topic>(
    topic: &T,
    reader: &Reader,
    event: &Recorded<Event>,
) -> std::result::Result<Vec<(Uuid, T::Touch)>, Error> {
    let Event::History(undo::Event::Undone { position, .. }) = &event.event else {
        return topic.touched(reader, event);
    };
    match reader.root(*position)? {
        Some(root) => topic.touched(reader, &event.with(root.event)),
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
    let ready = watch.greeting(at).into_iter().collect();
    let follower = Follower { session, head, watch, at, ready };
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
            let read = self.session.read::<W::Permission, _>(move |reader| {
                let newest = reader.position();
                if let Some(item) = watch.leap(at, newest) {
                    return Ok((VecDeque::from([item]), newest));
                }
                let stretch = stretch(&watch.topic(), reader, at)?;
                Ok((watch.items(reader.bodies(), &stretch), stretch.end))
            });
            (self.ready, self.at) = read.await?;
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
