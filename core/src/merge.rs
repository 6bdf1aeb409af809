//! How creations and updates of one entity, in whatever order and number they arrive, make its final fields.
//! It knows nothing of traces or spans: they bring their fields through `mergeable!`.
//!
//! A *row* is a creation: it speaks for all fields, so of several rows the one with the newest version stands
//! alone. A *patch* speaks for the fields it names. Which of the two wins a field is said in `Register::over`.

use serde::{Deserialize, Serialize};

use crate::ids::Position;
use crate::json::Json;
use crate::limits::{PATCH_LAYERS_MAX, TAGS_MAX};
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// Values that say nothing, so that a merge prefers others over them.
pub trait Blank {
    fn is_blank(&self) -> bool {
        false
    }
}

impl Blank for Timestamp {}
impl Blank for f64 {}
impl Blank for Json {
    fn is_blank(&self) -> bool {
        Self::is_blank(self)
    }
}
impl Blank for String {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}
impl<T> Blank for Vec<T> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}
impl<K, V> Blank for std::collections::BTreeMap<K, V> {
    fn is_blank(&self) -> bool {
        self.is_empty()
    }
}
impl Blank for rust_decimal::Decimal {
    fn is_blank(&self) -> bool {
        self.is_zero()
    }
}

/// Where a large value lives: in the event at `position`, under the field's own name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyRef {
    pub position: Position,
    pub bytes: u32,
    pub blank: bool,
}

impl BodyRef {
    pub fn new(position: Position, json: &Json) -> Self {
        let bytes = u32::try_from(json.bytes().len()).unwrap_or(u32::MAX);
        Self { position, bytes, blank: json.is_blank() }
    }
}

impl Blank for BodyRef {
    fn is_blank(&self) -> bool {
        self.blank
    }
}

/// How the fields of a patch meet those of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    Always,
    UnlessBlank,
    OnlyWhereBlank,
}

impl Over {
    pub fn apply<T: Blank + Clone>(self, below: &mut Option<T>, above: Option<&T>) {
        let Some(above) = above else { return };
        let wins = match self {
            Self::Always => true,
            Self::UnlessBlank => !above.is_blank() || below.is_none(),
            Self::OnlyWhereBlank => below.as_ref().is_none_or(Blank::is_blank),
        };
        if wins {
            *below = Some(above.clone());
        }
    }
}

/// The fields that an entity merges; all optional, one `Option` a field.
pub trait Fields: Clone + Default {
    fn overlay(&mut self, above: &Self, over: Over);
    /// Drops the fields that `newer` has too.
    fn forget(&mut self, newer: &Self);
    fn is_empty(&self) -> bool;
    fn tags_mut(&mut self) -> &mut Option<Vec<String>>;
    fn tags(&self) -> &Option<Vec<String>>;
}

/// Declares a struct of optional fields: the three bodies every entity has, and values of its own.
#[macro_export]
macro_rules! mergeable {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name<Body> {
            pub input: Option<Body>,
            pub output: Option<Body>,
            pub metadata: Option<Body>,
            pub tags: Option<Vec<String>>,
            $($(#[$field_doc])* pub $field: Option<$type>,)*
        }

        impl<Body> Default for $name<Body> {
            fn default() -> Self {
                Self { input: None, output: None, metadata: None, tags: None, $($field: None,)* }
            }
        }

        impl<Body> $name<Body> {
            pub fn map_bodies<Other>(&self, map: impl Fn(&Body) -> Other) -> $name<Other> {
                $name {
                    input: self.input.as_ref().map(&map),
                    output: self.output.as_ref().map(&map),
                    metadata: self.metadata.as_ref().map(&map),
                    tags: self.tags.clone(),
                    $($field: self.$field.clone(),)*
                }
            }
        }

        impl $name<$crate::json::Json> {
            /// Bytes of the three bodies.
            pub fn body_bytes(&self) -> usize {
                let bodies = [&self.input, &self.output, &self.metadata];
                bodies.into_iter().flatten().map(|json| json.bytes().len()).sum()
            }

            pub fn bodies_mut(
                &mut self,
            ) -> impl Iterator<Item = ($crate::attachments::Place, &mut $crate::json::Json)> {
                use $crate::attachments::Place;
                let bodies = [&mut self.input, &mut self.output, &mut self.metadata];
                Place::ALL.into_iter().zip(bodies).filter_map(|(place, body)| Some((place, body.as_mut()?)))
            }

            /// The files that were taken out of the three bodies.
            pub fn files(&self) -> Vec<$crate::attachments::embedded::Embedded> {
                let bodies = [&self.input, &self.output, &self.metadata];
                bodies.into_iter().flatten().flat_map($crate::json::Json::files).cloned().collect()
            }
        }

        impl<Body: $crate::merge::Blank + Clone> $crate::merge::Fields for $name<Body> {
            fn overlay(&mut self, above: &Self, over: $crate::merge::Over) {
                over.apply(&mut self.input, above.input.as_ref());
                over.apply(&mut self.output, above.output.as_ref());
                over.apply(&mut self.metadata, above.metadata.as_ref());
                over.apply(&mut self.tags, above.tags.as_ref());
                $(over.apply(&mut self.$field, above.$field.as_ref());)*
            }

            fn forget(&mut self, newer: &Self) {
                if newer.input.is_some() { self.input = None; }
                if newer.output.is_some() { self.output = None; }
                if newer.metadata.is_some() { self.metadata = None; }
                if newer.tags.is_some() { self.tags = None; }
                $(if newer.$field.is_some() { self.$field = None; })*
            }

            fn is_empty(&self) -> bool {
                self.input.is_none() && self.output.is_none() && self.metadata.is_none() && self.tags.is_none()
                    $(&& self.$field.is_none())*
            }

            fn tags_mut(&mut self) -> &mut Option<Vec<String>> {
                &mut self.tags
            }

            fn tags(&self) -> &Option<Vec<String>> {
                &self.tags
            }
        }
    };
}

/// Who sent a row: a single creation yields to updates that came before it, a batch row counts by its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Origin {
    Single,
    Batch,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row<F> {
    /// The client's `last_updated_at`, or the server's time if it named none.
    pub version: Timestamp,
    pub recorded_at: Timestamp,
    pub origin: Origin,
    pub start_time: Timestamp,
    pub fields: F,
}

/// Additions to and removals from the set of tags, in the order in which they are applied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagEdits {
    pub added: Vec<String>,
    pub removed: Vec<String>,
}

impl TagEdits {
    pub const fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    fn forget(&mut self, newer: &Self) {
        let keeps = |tag: &String| !newer.added.contains(tag) && !newer.removed.contains(tag);
        self.added.retain(keeps);
        self.removed.retain(keeps);
    }

    pub(crate) fn apply(&self, tags: &mut Option<Vec<String>>) {
        let tags = tags.get_or_insert_default();
        tags.retain(|tag| !self.removed.contains(tag));
        for tag in &self.added {
            if !tags.contains(tag) {
                tags.push(tag.clone());
            }
        }
    }

    /// What becomes of tags; `None` if they stay as they are.
    pub(crate) fn applied(&self, tags: &[String]) -> Result<Option<Vec<String>>, Rejection> {
        let mut all = Some(tags.to_vec());
        self.apply(&mut all);
        let all = all.unwrap_or_default();
        check_tag_limit(&all)?;
        Ok((all != tags).then_some(all))
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer<F> {
    pub version: Timestamp,
    pub fields: F,
    pub tag_edits: TagEdits,
}

/// All that is known of one entity: the row that stands, and the patches beside it, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Register<F> {
    row: Option<Row<F>>,
    layers: Vec<Layer<F>>,
}

impl<F> Default for Register<F> {
    fn default() -> Self {
        Self { row: None, layers: Vec::new() }
    }
}

/// Refuses an update after which an entity would have too many tags.
pub fn check_tag_count<F: Fields, G: Fields>(
    register: &Register<F>,
    fields: &G,
    edits: &TagEdits,
) -> Result<(), Rejection> {
    if fields.tags().is_none() && edits.added.is_empty() {
        return Ok(());
    }
    let mut tags = fields.tags().clone().or_else(|| register.resolve().tags().clone());
    edits.apply(&mut tags);
    check_tag_limit(&tags.unwrap_or_default())
}

pub(crate) fn check_tag_limit(tags: &[String]) -> Result<(), Rejection> {
    if tags.len() > TAGS_MAX {
        return Err(Rejection::invalid(format!("Tag limit exceeded: maximum {TAGS_MAX} tags per item")));
    }
    Ok(())
}

impl<F: Fields> Register<F> {
    /// Whether a creation has arrived, not only updates.
    pub const fn is_full(&self) -> bool {
        self.row.is_some()
    }

    /// Whether a row of this version would stand rather than the present one. Of equal versions the later wins.
    pub fn accepts(&self, version: Timestamp) -> bool {
        self.row.as_ref().is_none_or(|row| version >= row.version)
    }

    /// The fields of everything kept, of the row and of the patches beside it.
    pub fn each_fields(&self) -> impl Iterator<Item = &F> {
        self.row.iter().map(|row| &row.fields).chain(self.layers.iter().map(|layer| &layer.fields))
    }

    pub fn start_time(&self) -> Timestamp {
        self.row.as_ref().map_or(Timestamp::EPOCH, |row| row.start_time)
    }

    /// The newest version of anything known.
    pub fn version(&self) -> Timestamp {
        let row = self.row.as_ref().map(|row| row.version);
        let patch = self.layers.last().map(|layer| layer.version);
        row.max(patch).unwrap_or_default()
    }

    pub fn record(&mut self, row: Row<F>) {
        if self.accepts(row.version) {
            self.row = Some(row);
        }
    }

    pub fn patch(&mut self, layer: Layer<F>) {
        for older in self.layers.iter_mut().filter(|older| older.version <= layer.version) {
            older.fields.forget(&layer.fields);
            if layer.fields.tags().is_none() {
                older.tag_edits.forget(&layer.tag_edits);
            } else {
                older.tag_edits = TagEdits::default();
            }
        }
        let at = self.layers.partition_point(|older| older.version <= layer.version);
        self.layers.insert(at, layer);
        self.layers.retain(|layer| !layer.fields.is_empty() || !layer.tag_edits.is_empty());
        if self.layers.len() > PATCH_LAYERS_MAX {
            self.fold_the_oldest();
        }
    }

    pub fn resolve(&self) -> F {
        let mut fields = self.row.as_ref().map_or_else(F::default, |row| row.fields.clone());
        for layer in &self.layers {
            let over = self.over(layer);
            let edits_count =
                over != Over::OnlyWhereBlank || fields.tags().as_ref().is_none_or(Blank::is_blank);
            fields.overlay(&layer.fields, over);
            if edits_count && !layer.tag_edits.is_empty() {
                layer.tag_edits.apply(fields.tags_mut());
            }
        }
        fields
    }

    /// A patch wins over a row that is older, or that was there before it (clocks of clients may run ahead).
    /// Over a single creation that came after it, it wins with what it says. Otherwise it only fills gaps.
    fn over(&self, layer: &Layer<F>) -> Over {
        match &self.row {
            None => Over::Always,
            Some(row) if layer.version >= row.version.min(row.recorded_at) => Over::Always,
            Some(Row { origin: Origin::Single, .. }) => Over::UnlessBlank,
            Some(Row { origin: Origin::Batch, .. }) => Over::OnlyWhereBlank,
        }
    }

    fn fold_the_oldest(&mut self) {
        let mut oldest = self.layers.remove(0);
        if let Some(next) = self.layers.first_mut() {
            oldest.fields.overlay(&next.fields, Over::Always);
            oldest.tag_edits.added.append(&mut next.tag_edits.added);
            oldest.tag_edits.removed.append(&mut next.tag_edits.removed);
            next.fields = oldest.fields;
            next.tag_edits = oldest.tag_edits;
        }
    }
}

#[cfg(test)]
mod tests;
