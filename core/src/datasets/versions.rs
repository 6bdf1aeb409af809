//! The versions of a dataset. A version is a number; what it holds follows from the numbers that it descends from.
//! So restoring an old version, or reading one, copies nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::datasets::items::Policy;
use crate::datasets::{Settings, State, not_found};
use crate::event::Recorded;
use crate::ids::{DatasetId, DatasetVersionId};
use crate::json::Json;
use crate::limits::DATASET_COLUMNS_MAX;
use crate::merge::TagEdits;
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// The tag that the newest version carries by itself.
pub const LATEST: &str = "latest";
pub const IMPLICIT_DESCRIPTION: &str = "Auto-created from SDK batch operation";

#[derive(Clone, Debug, PartialEq)]
pub struct VersionMade {
    pub dataset_id: DatasetId,
    pub id: DatasetVersionId,
    pub number: u32,
    /// The version whose content it begins with; the one before it unless an old one was restored.
    pub base: Option<u32>,
    /// The requests that write to it together.
    pub group: Option<Uuid>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    /// The text of a JSON object.
    pub metadata: Option<String>,
    /// The text of a JSON array.
    pub evaluators: Option<String>,
    pub policy: Option<Policy>,
}

impl VersionMade {
    /// Whether it begins with what the version before it has, or with nothing if it is the first.
    pub fn goes_on(&self) -> bool {
        self.base.unwrap_or_default().saturating_add(1) == self.number
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Version {
    pub id: DatasetVersionId,
    pub number: u32,
    pub base: Option<u32>,
    /// The numbers that its content comes from, as ranges with both ends, ascending.
    pub lineage: Vec<(u32, u32)>,
    pub counts: Counts,
    /// Counts the changes of which items it has.
    pub revision: u64,
    /// What stands in the data of items: by column, of which kinds. Of items that went, it may still tell.
    pub columns: BTreeMap<String, Shapes>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub metadata: Option<String>,
    pub evaluators: Option<String>,
    pub policy: Option<Policy>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

/// How many items a version has, and how it differs from the version that it begins with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    pub total: i64,
    pub added: i64,
    pub modified: i64,
    pub deleted: i64,
}

/// The kinds of JSON values that a column holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shapes(u8);

impl Shapes {
    const NAMES: [&str; 6] = ["string", "number", "object", "boolean", "array", "null"];

    pub fn add(&mut self, json: &str) {
        let at = match json.trim_start().bytes().next() {
            Some(b'"') => 0,
            Some(b'{') => 2,
            Some(b't' | b'f') => 3,
            Some(b'[') => 4,
            Some(b'n') | None => 5,
            Some(_) => 1,
        };
        self.0 |= 1 << at;
    }

    pub fn names(self) -> Vec<&'static str> {
        Self::NAMES
            .into_iter()
            .enumerate()
            .filter(|(at, _)| self.0 & (1 << at) != 0)
            .map(|(_, name)| name)
            .collect()
    }
}

/// Which of an item's revisions exist: by number, and whether the item is there since or gone.
pub type Revisions = BTreeMap<u32, bool>;

impl Version {
    pub fn new(made: &VersionMade, base: Option<&Self>, event: &Recorded<()>) -> Self {
        let mut lineage = base.map(|base| base.lineage.clone()).unwrap_or_default();
        match lineage.last_mut() {
            Some((_, end)) if *end + 1 == made.number => *end = made.number,
            _ => lineage.push((made.number, made.number)),
        }
        Self {
            id: made.id,
            number: made.number,
            base: made.base,
            lineage,
            counts: Counts { total: base.map_or(0, |base| base.counts.total), ..Counts::default() },
            revision: 0,
            columns: base.map(|base| base.columns.clone()).unwrap_or_default(),
            description: made.description.clone(),
            tags: made.tags.clone(),
            metadata: made.metadata.clone(),
            evaluators: made.evaluators.clone(),
            policy: made.policy,
            created_at: event.time,
            created_by: event.principal.to_string(),
            last_updated_at: event.time,
            last_updated_by: event.principal.to_string(),
        }
    }

    /// Takes in what was said of the version after it was made.
    pub fn note(&mut self, description: Option<&String>, tags: &TagEdits, event: &Recorded<()>) {
        self.description = description.or(self.description.as_ref()).cloned();
        self.tags.retain(|tag| !tags.removed.contains(tag));
        self.tags.extend(tags.added.iter().cloned());
        self.last_updated_at = event.time;
        self.last_updated_by = event.principal.to_string();
    }

    /// Puts what was said of it as it was when it was made.
    pub fn unnote(&mut self, made: &VersionMade, event: &Recorded<()>) {
        self.description.clone_from(&made.description);
        self.tags.clone_from(&made.tags);
        self.last_updated_at = event.time;
        self.last_updated_by = event.principal.to_string();
    }

    /// The last eight hexadecimal digits of the id: what clients call the version by.
    pub fn hash(&self) -> String {
        hash_of(self.id)
    }

    pub fn name(&self) -> String {
        format!("v{}", self.number)
    }

    pub fn descends_from(&self, number: u32) -> bool {
        self.lineage.iter().any(|(from, to)| (*from..=*to).contains(&number))
    }

    /// The revision that the version sees of an item: the newest of its own line.
    pub fn sees<'a, T>(&self, revisions: impl DoubleEndedIterator<Item = (u32, &'a T)>) -> Option<&'a T> {
        revisions.rev().find(|(number, _)| self.descends_from(*number)).map(|(_, revision)| revision)
    }

    /// Notes the columns of an item's data, as far as there is room for them.
    pub fn note_columns(&mut self, data: &Json) {
        let columns: BTreeMap<Cow<'_, str>, &RawValue> =
            serde_json::from_str(data.as_str()).unwrap_or_default();
        for (name, value) in columns {
            let is_known = self.columns.contains_key(name.as_ref());
            if is_known || self.columns.len() < DATASET_COLUMNS_MAX {
                self.columns.entry(name.into_owned()).or_default().add(value.get());
            }
        }
    }

    /// Takes account of a change of an item's revisions, in this version or in one that it descends from.
    pub fn recount(&mut self, base: Option<&Self>, before: &Revisions, after: &Revisions) {
        let (was, is) = (self.class(base, before), self.class(base, after));
        self.revision += u64::from(was.total != is.total);
        self.counts.add(&was, -1);
        self.counts.add(&is, 1);
    }

    fn class(&self, base: Option<&Self>, revisions: &Revisions) -> Counts {
        let there = |version: &Self| {
            version.sees(revisions.iter().map(|(number, there)| (*number, there))).copied().unwrap_or(false)
        };
        let (was, is) = (base.is_some_and(there), there(self));
        let touched = revisions.contains_key(&self.number);
        Counts {
            total: i64::from(is),
            added: i64::from(is && !was),
            modified: i64::from(is && was && touched),
            deleted: i64::from(was && !is),
        }
    }
}

impl Counts {
    fn add(&mut self, other: &Self, times: i64) {
        self.total += other.total * times;
        self.added += other.added * times;
        self.modified += other.modified * times;
        self.deleted += other.deleted * times;
    }
}

/// Under which id the history of a version's notes and tags is kept. Events name a version by its number, and the
/// history of its dataset has all items, too.
pub fn history_of(dataset: DatasetId, number: u32) -> Uuid {
    let mut hasher = blake3::Hasher::new();
    hasher.update(dataset.bytes()).update(&number.to_be_bytes());
    let bytes = hasher.finalize().as_bytes().first_chunk::<16>().copied().unwrap_or_default();
    let id = uuid::Builder::from_bytes(bytes).with_version(uuid::Version::Custom);
    id.with_variant(uuid::Variant::RFC4122).into_uuid()
}

pub fn hash_of(id: DatasetVersionId) -> String {
    let text = id.to_string();
    text.get(text.len() - 8..).unwrap_or_default().to_owned()
}

impl State {
    /// Decides on the next version of a dataset. `base` is the one whose content it begins with.
    pub fn next_version(
        &self,
        dataset_id: DatasetId,
        base: Option<&Version>,
        settings: Settings,
        id: DatasetVersionId,
    ) -> Result<VersionMade, Rejection> {
        let dataset = self.get(dataset_id).ok_or_else(not_found)?;
        let text = |json: Json| json.as_str().to_owned();
        let Settings { description, tags, metadata, evaluators, policy, clears_policy } = settings;
        Ok(VersionMade {
            dataset_id,
            id,
            number: dataset.latest + 1,
            base: base.map(|base| base.number),
            group: None,
            description,
            tags,
            metadata: metadata.map(text),
            evaluators: evaluators.map(text).or_else(|| base.and_then(|base| base.evaluators.clone())),
            policy: if clears_policy { None } else { policy.or_else(|| base.and_then(|base| base.policy)) },
        })
    }
}

/// Refuses a tag that no version may be given.
pub fn check_tag(tag: &str, owner: Option<u32>, number: u32) -> Result<(), Rejection> {
    let taken = owner.is_some_and(|owner| owner != number);
    if taken || tag == LATEST {
        return Err(Rejection::conflict(format!("Tag already exists for this dataset, tag='{tag}'")));
    }
    Ok(())
}

/// Refuses to give a version back a tag that another has by now.
pub fn check_tag_back(tag: &str, owner: Option<u32>, number: u32) -> Result<(), Rejection> {
    match owner.filter(|owner| *owner != number) {
        Some(owner) => Err(Rejection::conflict(format!("the tag `{tag}` belongs to version {owner} by now"))
            .hint("take the tag from that version first")),
        None => Ok(()),
    }
}

pub fn version_not_found(reference: &str, dataset_id: DatasetId) -> Rejection {
    Rejection::not_found(format!("Version not found for dataset hash='{reference}' datasetId='{dataset_id}'"))
}

/// Refuses changes that were made on top of what is no longer the newest.
pub fn check_base(
    latest: Option<DatasetVersionId>,
    base: Option<DatasetVersionId>,
    overrides: bool,
) -> Result<(), Rejection> {
    if overrides || latest == base {
        return Ok(());
    }
    Err(Rejection::conflict(
        "Version conflict: baseVersion is not the latest. Use override=true to force creation.",
    ))
}
