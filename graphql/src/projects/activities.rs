//! What happened in a project lately.

use async_graphql::{Enum, ID, SimpleObject};
use cairn_core::limits::ACTIVITY_PAGE_ITEMS_MAX;
use cairn_storage::index::{Cursor, SortValue};
use cairn_storage::projects::activities::{self, ActivityWindow};

use crate::connection::{Found, Page, page_size};
use crate::cursor;
use crate::error::{Problem, Result};
use crate::scalars::Timestamp;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "activities::ActivityKind")]
pub(crate) enum ProjectActivityKind {
    /// A day on which traces came.
    TraceDaily,
    Experiment,
    Optimization,
    DatasetVersion,
    TestSuiteVersion,
    PromptVersion,
}

/// Something that happened in a project.
#[derive(SimpleObject)]
pub(crate) struct ProjectActivity {
    id: ID,
    kind: ProjectActivityKind,
    /// What it happened to is called so; of a day, how many traces came.
    name: String,
    /// What to open to see it: the experiment, the dataset, the prompt …; of a day, the project.
    resource_id: ID,
    /// Null for days.
    created_by: Option<String>,
    created_at: Timestamp,
}

impl From<activities::Activity> for ProjectActivity {
    fn from(activity: activities::Activity) -> Self {
        Self {
            id: activity.id.into(),
            kind: activity.kind.into(),
            name: activity.name,
            resource_id: activity.resource_id.into(),
            created_by: activity.created_by,
            created_at: Timestamp(activity.created_at),
        }
    }
}

const LIST: &str = "project activities";

/// A page of what happened, understood.
pub(super) struct Asked {
    first: usize,
    pub(super) window: ActivityWindow,
}

impl Asked {
    pub(super) fn new(first: Option<i32>, after: Option<String>) -> Result<Self> {
        let first = page_size(first)?;
        if first > ACTIVITY_PAGE_ITEMS_MAX {
            return Err(Problem::invalid(format!("`first` must be at most {ACTIVITY_PAGE_ITEMS_MAX} here")));
        }
        let after = match after.map(|after| cursor::decode(LIST, &after)).transpose()? {
            None => None,
            Some(Cursor { value: SortValue::Whole(at), id }) => {
                Some((cairn_core::time::Timestamp::from_nanos(at), id))
            }
            Some(_) => return Err(Problem::invalid("`after` is a damaged cursor")),
        };
        // One more than is shown tells whether there is a next page.
        Ok(Self { first, window: ActivityWindow { after, limit: first + 1 } })
    }

    pub(super) fn page(self, found: activities::Activities) -> Page<ProjectActivity> {
        let placed = found.newest.into_iter().map(|activity| {
            let value = SortValue::Whole(activity.created_at.as_nanos());
            (Cursor { value, id: activity.id }, activity)
        });
        let has_previous = self.window.after.is_some();
        let page = Found::within(placed.collect(), LIST, self.first, has_previous, found.total);
        page.into_page(ProjectActivity::from)
    }
}
