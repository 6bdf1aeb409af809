//! What changed in the workspace, by kinds of things: one stream for whoever shows many of them and reads anew what is
//! told to have changed. What a change was, `history` and `auditEvents` tell.

use std::collections::VecDeque;
use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::{AuditRead, WorkspaceRead};
use cairn_core::event::{Event, Recorded};
use cairn_core::history::things::{Kind, Thing};
use cairn_core::history::undo::deleted;
use cairn_core::ids;
use cairn_core::limits::{CHANGED_IDS_MAX, CHANGES_BEHIND_EVENTS_MAX};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::view::Bodies;
use futures_util::Stream;
use uuid::Uuid;

use super::audit::AuditThingKind;
use crate::error::{Problem, Result};
use crate::live::{Stretch, Told, Topic, Watch, follow};
use crate::scalars::Position;
use crate::session::{Session, session};

/// What changed since the last of these was told.
#[derive(SimpleObject)]
pub(crate) struct WorkspaceChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    changed: Vec<ChangedThings>,
    /// What lies in the trash is different, too.
    trash: bool,
    /// So much happened at once that nobody is told what: read anew whatever you show.
    resync: bool,
}

/// Things of one kind of which something was written or deleted, or was said of them.
#[derive(SimpleObject)]
pub(crate) struct ChangedThings {
    kind: AuditThingKind,
    /// Null if they are too many to be named, or have no ids.
    ids: Option<Vec<ID>>,
}

#[derive(Default)]
pub(crate) struct ChangeSubscriptions;

#[Subscription]
impl ChangeSubscriptions {
    /// Of which kinds of things some changed after the position `after` (absent: from now on), and of which things:
    /// of `kinds`, or of all that the caller may see; and with `trash`, whether something was put into the trash or
    /// taken out of it. The first answer comes at once, and says only from where on it is told. Resuming from the last
    /// position received gives no gap; who is very far behind is told to read anew instead.
    async fn changes(
        &self,
        context: &Context<'_>,
        kinds: Option<Vec<AuditThingKind>>,
        #[graphql(default)] trash: bool,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<WorkspaceChange>>> {
        let session = session(context)?.clone();
        let kinds = understood(&session, kinds)?;
        if trash {
            session.grant::<AuditRead>()?;
        }
        if kinds.is_empty() && !trash {
            return Err(Problem::invalid(
                "`kinds` names nothing: name a kind, or leave it out for all of them",
            ));
        }
        let watch = Changes { kinds: kinds.into(), trash };
        follow(session, after.map(|after| after.0), watch).await
    }
}

fn understood(session: &Session, kinds: Option<Vec<AuditThingKind>>) -> Result<Vec<Kind>> {
    let Some(kinds) = kinds else {
        return Ok(Kind::ALL.into_iter().filter(|kind| session.may_know(*kind).is_ok()).collect());
    };
    let kinds: Vec<Kind> = kinds.into_iter().map(Kind::from).collect();
    kinds.iter().try_for_each(|kind| session.may_know(*kind))?;
    Ok(kinds)
}

/// Everything, whoever asks about what.
struct Anything;

#[derive(Clone, Copy)]
enum Touch {
    Thing(Thing),
    Trash,
}

impl Touch {
    /// Tells things of all kinds apart: several have the id of their project.
    fn key(self) -> Uuid {
        let Self::Thing(thing) = self else { return Uuid::max() };
        let id = thing.uuid().unwrap_or_default().as_u128();
        Uuid::from_u128(id ^ ((thing.kind() as u128) << 120))
    }
}

impl Topic for Anything {
    type Touch = Touch;
    type View = Touch;

    fn about(&self) -> Option<Uuid> {
        None
    }

    fn touched(&self, _: &Reader, event: &Recorded<Event>) -> std::result::Result<Vec<(Uuid, Touch)>, Error> {
        // What is erased leaves the trash.
        let is_trash = deleted(&event.event).is_some() || matches!(event.event, Event::Erasures(_));
        let trash = is_trash.then_some(Touch::Trash);
        let touches = trash.into_iter().chain([Touch::Thing(Thing::of(&event.event))]);
        Ok(touches.map(|touch| (touch.key(), touch)).collect())
    }

    fn view(
        &self,
        _: &Reader,
        _: ids::Position,
        _: Uuid,
        touch: Touch,
    ) -> std::result::Result<Option<Touch>, Error> {
        Ok(Some(touch))
    }
}

#[derive(Clone)]
struct Changes {
    kinds: Arc<[Kind]>,
    trash: bool,
}

impl Watch for Changes {
    type Permission = WorkspaceRead;
    type Topic = Anything;
    type Item = WorkspaceChange;

    fn topic(&self) -> Anything {
        Anything
    }

    fn item(&self, _: &Bodies, position: ids::Position, _: Uuid, touch: &Touch) -> Option<WorkspaceChange> {
        let nothing = WorkspaceChange::nothing(position);
        match *touch {
            Touch::Trash => self.trash.then_some(WorkspaceChange { trash: true, ..nothing }),
            Touch::Thing(thing) => self.kinds.contains(&thing.kind()).then(|| {
                let ids = thing.uuid().map(|id| vec![id.into()]);
                WorkspaceChange { changed: vec![ChangedThings { kind: thing.kind().into(), ids }], ..nothing }
            }),
        }
    }

    /// All of a stretch at once.
    fn items(&self, bodies: &Bodies, stretch: &Stretch<Anything>) -> VecDeque<WorkspaceChange> {
        let told = stretch.told.iter();
        let items = told.filter_map(|Told { position, id, view }| self.item(bodies, *position, *id, view));
        items.reduce(WorkspaceChange::with).into_iter().collect()
    }

    fn greeting(&self, after: ids::Position) -> Option<WorkspaceChange> {
        Some(WorkspaceChange::nothing(after))
    }

    fn leap(&self, after: ids::Position, newest: ids::Position) -> Option<WorkspaceChange> {
        let is_far = newest.0.saturating_sub(after.0) > CHANGES_BEHIND_EVENTS_MAX;
        is_far.then(|| WorkspaceChange { resync: true, ..WorkspaceChange::nothing(newest) })
    }
}

impl WorkspaceChange {
    const fn nothing(position: ids::Position) -> Self {
        Self { position: Position(position), changed: Vec::new(), trash: false, resync: false }
    }

    /// This, and what was told after it.
    fn with(mut self, later: Self) -> Self {
        for things in later.changed {
            match self.changed.iter_mut().find(|known| known.kind == things.kind) {
                Some(known) => known.add(things.ids),
                None => self.changed.push(things),
            }
        }
        Self { position: later.position, trash: self.trash || later.trash, ..self }
    }
}

impl ChangedThings {
    fn add(&mut self, more: Option<Vec<ID>>) {
        let both = self.ids.take().zip(more).map(|(ids, more)| [ids, more].concat());
        self.ids = both.filter(|ids| ids.len() <= CHANGED_IDS_MAX);
    }
}
