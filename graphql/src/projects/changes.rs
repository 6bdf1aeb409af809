//! What happens to projects themselves, as it happens. Their traces have a subscription of their own.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::ProjectRead;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::{self, ProjectId};
use cairn_core::projects;
use cairn_storage::error::Error;
use cairn_storage::reader::{ProjectView, Reader};
use cairn_storage::view::Bodies;
use futures_util::Stream;
use uuid::Uuid;

use super::Project;
use crate::error::Result;
use crate::live::{ChangeKind, Fate, Topic, Watch, follow};
use crate::scalars::Position;
use crate::session::session;

#[derive(SimpleObject)]
pub(crate) struct ProjectChange {
    /// Where to resume: everything up to here has been told.
    position: Position,
    kind: ChangeKind,
    project_id: ID,
    /// Null when it was deleted.
    project: Option<Project>,
}

#[derive(Default)]
pub(crate) struct ProjectSubscriptions;

#[Subscription]
impl ProjectSubscriptions {
    /// Every project that was made, changed or deleted after the position `after` (absent: from now on). Resuming
    /// from the last position received gives neither a gap nor a duplicate.
    async fn project_changes(
        &self,
        context: &Context<'_>,
        after: Option<Position>,
    ) -> Result<impl Stream<Item = Result<ProjectChange>>> {
        follow(session(context)?.clone(), after.map(|after| after.0), Projects).await
    }
}

#[derive(Clone, Copy)]
struct Projects;

impl Topic for Projects {
    type Touch = ChangeKind;
    type View = Fate<ProjectView>;

    fn about(&self) -> Option<Uuid> {
        None
    }

    fn touched(
        &self,
        _: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Vec<(Uuid, ChangeKind)>, Error> {
        let Event::Projects(event) = &event.event else { return Ok(Vec::new()) };
        let kind = match event {
            projects::Event::Created { .. } | projects::Event::Updated { .. } => ChangeKind::Upserted,
            projects::Event::Deleted { .. } => ChangeKind::Deleted,
        };
        Ok(vec![(event.id().uuid(), kind)])
    }

    fn view(
        &self,
        reader: &Reader,
        _: ids::Position,
        id: Uuid,
        touch: ChangeKind,
    ) -> std::result::Result<Option<Fate<ProjectView>>, Error> {
        Ok(Fate::of(reader.project(ProjectId::known(id))?, touch))
    }
}

impl Watch for Projects {
    type Permission = ProjectRead;
    type Topic = Self;
    type Item = ProjectChange;

    fn topic(&self) -> Self {
        *self
    }

    fn item(
        &self,
        _: &Bodies,
        position: ids::Position,
        id: Uuid,
        fate: &Fate<ProjectView>,
    ) -> Option<ProjectChange> {
        Some(ProjectChange {
            position: Position(position),
            kind: fate.kind(),
            project_id: ProjectId::known(id).into(),
            project: fate.here().cloned().map(Project),
        })
    }
}
