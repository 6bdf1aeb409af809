//! What happens to projects themselves, as it happens. Their traces have a subscription of their own.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::ProjectRead;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::ProjectId;
use cairn_core::projects;
use cairn_storage::error::Error;
use cairn_storage::reader::{ProjectView, Reader};
use futures_util::Stream;
use uuid::Uuid;

use super::Project;
use crate::error::Result;
use crate::live::{ChangeKind, Things, follow};
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

impl Things for Projects {
    type Permission = ProjectRead;
    type Thing = ProjectView;
    type Item = ProjectChange;

    fn about(&self) -> Option<Uuid> {
        None
    }

    fn touched(
        &self,
        _: &Reader,
        event: &Recorded<Event>,
    ) -> std::result::Result<Option<(Uuid, ChangeKind)>, Error> {
        let Event::Projects(event) = &event.event else { return Ok(None) };
        let kind = match event {
            projects::Event::Created { .. } | projects::Event::Updated { .. } => ChangeKind::Upserted,
            projects::Event::Deleted { .. } => ChangeKind::Deleted,
        };
        Ok(Some((event.id().uuid(), kind)))
    }

    fn load(reader: &Reader, id: Uuid) -> std::result::Result<Option<Self::Thing>, Error> {
        reader.project(ProjectId::known(id))
    }

    fn item(position: Position, kind: ChangeKind, id: Uuid, thing: Option<Self::Thing>) -> ProjectChange {
        ProjectChange { position, kind, project_id: ProjectId::known(id).into(), project: thing.map(Project) }
    }
}
