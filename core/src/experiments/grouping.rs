//! Experiments put together by what they have in common: what they can be grouped by, and how far that goes.

use crate::limits::{EXPERIMENT_GROUPINGS_MAX, EXPERIMENT_GROUPS_MAX};
use crate::query::JsonPath;
use crate::rejection::Rejection;

/// What experiments are put together by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grouping {
    Dataset,
    Project,
    /// An experiment of several tags is in the group of each.
    Tags,
    Metadata(JsonPath),
}

/// Groups are within groups: the first grouping tells the outermost apart.
pub fn check(groupings: &[Grouping]) -> Result<(), Rejection> {
    if (1..=EXPERIMENT_GROUPINGS_MAX).contains(&groupings.len()) {
        return Ok(());
    }
    Err(Rejection::invalid(format!("name from 1 to {EXPERIMENT_GROUPINGS_MAX} fields to group by")))
}

pub fn too_many_groups() -> Rejection {
    Rejection::invalid(format!("the experiments make more than {EXPERIMENT_GROUPS_MAX} groups"))
        .hint("group by fewer fields, or filter")
}
