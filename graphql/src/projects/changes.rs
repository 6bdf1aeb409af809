//! What happens to projects themselves, as it happens. Their traces have a subscription of their own.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use cairn_core::access::ProjectRead;
use cairn_core::event::{Event, Recorded};
use cairn_core::ids::{self, ProjectId};
use cairn_core::projects;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use futures_util::Stream;
use uuid::Uuid;

use super::Project;
use crate::error::Result;
use crate::live::{ChangeKind, Watch, follow};
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

impl Watch for Projects {
    type Permission = ProjectRead;
    type Touch = ChangeKind;
    type Item = ProjectChange;

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

    /// What was written and is gone by now says nothing: its deletion comes at a later position.
    fn item(
        &self,
        reader: &Reader,
        position: ids::Position,
        id: Uuid,
        touch: ChangeKind,
    ) -> std::result::Result<Option<ProjectChange>, Error> {
        let id = ProjectId::known(id);
        let project = reader.project(id)?.map(Project);
        let kind = match (&project, touch) {
            (Some(_), _) => ChangeKind::Upserted,
            (None, ChangeKind::Deleted) => ChangeKind::Deleted,
            (None, ChangeKind::Upserted) => return Ok(None),
        };
        Ok(Some(ProjectChange { position: Position(position), kind, project_id: id.into(), project }))
    }
}
