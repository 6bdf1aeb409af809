//! The items of a dataset: objects of any JSON values, under an id that stays the same in every version.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::command::{check_depth, check_tags};
use crate::ids::{DatasetId, DatasetItemId};
use crate::json::Json;
use crate::limits::{DATASET_RUNS_MAX, TAGS_MAX};
use crate::merge::{BodyRef, TagEdits};
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// How often an experiment runs an item, and how many runs must pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub runs_per_item: u32,
    pub pass_threshold: u32,
}

impl Policy {
    pub fn check(&self, place: &str) -> Result<(), Rejection> {
        for (name, value) in [("runsPerItem", self.runs_per_item), ("passThreshold", self.pass_threshold)] {
            if !(1..=DATASET_RUNS_MAX).contains(&value) {
                let message =
                    format!("{place}executionPolicy.{name} must be between 1 and {DATASET_RUNS_MAX}");
                return Err(Rejection::invalid(message));
            }
        }
        if self.pass_threshold > self.runs_per_item {
            let message =
                format!("{place}executionPolicy.passThreshold must not be greater than runsPerItem");
            return Err(Rejection::invalid(message));
        }
        Ok(())
    }
}

/// Where an item came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    Manual,
    Trace,
    Span,
    Sdk,
}

impl Origin {
    pub const ALL: [Self; 4] = [Self::Manual, Self::Trace, Self::Span, Self::Sdk];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Trace => "trace",
            Self::Span => "span",
            Self::Sdk => "sdk",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.name() == name)
    }
}

/// What an item holds beside its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct About {
    pub origin: Origin,
    pub trace_id: Option<Uuid>,
    pub span_id: Option<Uuid>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    /// The text of a JSON array.
    pub evaluators: Option<String>,
    pub policy: Option<Policy>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ItemWrite {
    pub id: Option<DatasetItemId>,
    pub data: Json,
    pub about: About,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    pub data: Option<Json>,
    pub description: Option<String>,
    pub tags: Option<Vec<String>>,
    pub tag_edits: TagEdits,
    pub evaluators: Option<String>,
    pub policy: Option<Policy>,
    pub clears_policy: bool,
}

/// An item as a version has it from now on.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemPut {
    pub dataset_id: DatasetId,
    pub number: u32,
    pub id: DatasetItemId,
    /// `None` if only what stands beside the data changes.
    pub data: Option<Json>,
    pub about: About,
}

/// An item as its row has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub data: BodyRef,
    pub about: About,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

impl ItemWrite {
    pub fn check(&self, place: &str) -> Result<(), Rejection> {
        check_data(&self.data, place)?;
        let About { origin, trace_id, span_id, tags, policy, .. } = &self.about;
        let null = |field: &str| {
            Err(Rejection::invalid(format!(
                "{place}source when it is {}, {field} must not be null",
                origin.name()
            )))
        };
        match origin {
            Origin::Trace | Origin::Span if trace_id.is_none() => return null("trace_id"),
            Origin::Span if span_id.is_none() => return null("span_id"),
            _ => {}
        }
        check_tags(place, tags)?;
        policy.as_ref().map_or(Ok(()), |policy| policy.check(place))
    }
}

impl Edit {
    pub(crate) fn check(&self, place: &str) -> Result<(), Rejection> {
        self.data.as_ref().map_or(Ok(()), |data| check_data(data, place))?;
        check_tags(place, self.tags.as_deref().unwrap_or_default())?;
        check_tags(place, &self.tag_edits.added)?;
        self.policy.as_ref().map_or(Ok(()), |policy| policy.check(place))
    }

    /// Decides what an item is after the edit.
    pub fn apply(&self, item: &Item) -> Result<About, Rejection> {
        let mut about = item.about.clone();
        if let Some(tags) = &self.tags {
            about.tags.clone_from(tags);
        }
        about.tags.retain(|tag| !self.tag_edits.removed.contains(tag));
        for tag in &self.tag_edits.added {
            if !about.tags.contains(tag) {
                about.tags.push(tag.clone());
            }
        }
        if about.tags.len() > TAGS_MAX {
            let message = format!("Tag limit exceeded: maximum {TAGS_MAX} tags per item");
            return Err(Rejection::invalid(message));
        }
        about.description = self.description.clone().or(about.description);
        about.evaluators = self.evaluators.clone().or(about.evaluators);
        about.policy = if self.clears_policy { None } else { self.policy.or(about.policy) };
        Ok(about)
    }
}

fn check_data(data: &Json, place: &str) -> Result<(), Rejection> {
    if data.is_blank() || !data.as_str().trim_start().starts_with('{') {
        return Err(Rejection::invalid(format!("{place}data must not be empty")));
    }
    check_depth(place, [("data", Some(data)), ("", None), ("", None)])
}
