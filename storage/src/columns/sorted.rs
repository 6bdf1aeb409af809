//! The first rows of a query in the order of a field: rows without a value last, equal ones newest first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Bound;

use cairn_core::query::{Direction, Entity, Field, Sort};
use tantivy::columnar::{Column as Values, StrColumn};
use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::{DocId, Searcher, SegmentReader, f64_to_u64, i64_to_u64, u64_to_f64, u64_to_i64};
use uuid::Uuid;

use super::metadata::{JsonColumns, JsonValue};
use super::schema::{Column, LAYOUT, plain};
use crate::error::Error;
use crate::index::walk::Ids;
use crate::index::{Cursor, Hit, SortValue};

/// An order other than newest first.
pub(super) struct Sorting {
    key: Key,
    direction: Direction,
}

/// Fast fields by name.
enum Key {
    Id,
    Text(String),
    Number(String),
    Time(String),
    /// Values of any kind: truths before numbers before texts.
    Json(String),
}

impl Sorting {
    /// `None` if the index does not hold the field, or it is the order in which the index lies anyway.
    pub(super) fn new(sort: &Sort, of: Entity) -> Option<Self> {
        if !sort.field.exists_for(of) || (sort.field == Field::Id && sort.direction == Direction::Descending)
        {
            return None;
        }
        // What went wrong is told apart by its kind.
        let field = if sort.field == Field::Error { &Field::ErrorType } else { &sort.field };
        if let Field::Derived(_) = field {
            let key = Key::Json(LAYOUT.json_column(field)?);
            return Some(Self { key, direction: sort.direction });
        }
        let key = match LAYOUT.column(field)? {
            Column::Id => Key::Id,
            Column::Text(text) => Key::Text(text.sorted.clone()),
            Column::Number(_, name) => Key::Number(name.to_owned()),
            Column::Keyed(field, key) => {
                Key::Number(format!("{}.{key}", LAYOUT.schema.get_field_name(field)))
            }
            Column::Time(_, name) => Key::Time(name.to_owned()),
            Column::Truth(_) => return None,
        };
        Some(Self { key, direction: sort.direction })
    }

    fn rank(&self, ascending: u64) -> u64 {
        match self.direction {
            Direction::Ascending => ascending,
            Direction::Descending => !ascending,
        }
    }

    fn kind(&self, ascending: u8) -> u8 {
        match self.direction {
            Direction::Ascending => ascending,
            Direction::Descending => !ascending,
        }
    }

    /// What breaks ties, the smaller first.
    fn tie(&self, id: u128) -> u128 {
        if matches!(self.key, Key::Id) { id } else { !id }
    }

    fn order(&self, one: &Cursor, other: &Cursor) -> Ordering {
        let missing = |cursor: &Cursor| cursor.value == SortValue::Missing;
        let kinds = || kind_of(&one.value).cmp(&kind_of(&other.value));
        let by_value = one.value.compare(&other.value).then_with(kinds);
        let by_value = if self.direction == Direction::Descending { by_value.reverse() } else { by_value };
        let tie = |cursor: &Cursor| self.tie(cursor.id.as_u128());
        missing(one).cmp(&missing(other)).then(by_value).then_with(|| tie(one).cmp(&tie(other)))
    }
}

/// Where values of a kind come among those of others.
const fn kind_of(value: &SortValue) -> u8 {
    match value {
        SortValue::Id | SortValue::Missing | SortValue::Whole(_) => TRUTH,
        SortValue::Number(_) => NUMBER,
        SortValue::Text(_) => TEXT,
    }
}

const TRUTH: u8 = 0;
const NUMBER: u8 = 1;
const TEXT: u8 = 2;

/// The first `count` rows behind `after`.
pub(super) fn first(
    searcher: &Searcher,
    query: &dyn Query,
    sorting: &Sorting,
    after: Option<&Cursor>,
    count: usize,
) -> Result<Vec<Hit>, Error> {
    let weight = query.weight(EnableScoring::disabled_from_searcher(searcher))?;
    let mut found: Vec<Hit> = Vec::new();
    for reader in searcher.segment_readers() {
        let segment = Segment::open(reader, sorting)?;
        found.append(&mut segment.first(&*weight, after, count)?);
        if found.len() > count {
            found.sort_unstable_by(|one, other| sorting.order(&one.cursor, &other.cursor));
            found.truncate(count);
        }
    }
    found.sort_unstable_by(|one, other| sorting.order(&one.cursor, &other.cursor));
    Ok(found)
}

/// Where a row stands within a segment; the smaller comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    missing: bool,
    /// Of values that may be of any kind; the same for all others.
    kind: u8,
    rank: u64,
    tie: u128,
}

struct Segment<'a> {
    reader: &'a SegmentReader,
    sorting: &'a Sorting,
    ids: Ids,
    values: SegmentValues,
}

enum SegmentValues {
    /// No document of the segment has one.
    Missing,
    Id,
    Text(StrColumn),
    Number(Values<f64>),
    Time(Values<i64>),
    Json(JsonColumns),
}

impl<'a> Segment<'a> {
    fn open(reader: &'a SegmentReader, sorting: &'a Sorting) -> Result<Self, Error> {
        let fast = reader.fast_fields();
        let values = match &sorting.key {
            Key::Id => Some(SegmentValues::Id),
            Key::Text(name) => fast.str(name)?.map(SegmentValues::Text),
            Key::Number(name) => fast.column_opt(name)?.map(SegmentValues::Number),
            Key::Time(name) => fast.column_opt(name)?.map(SegmentValues::Time),
            Key::Json(name) => Some(SegmentValues::Json(JsonColumns::open(reader, Some(name))?)),
        };
        Ok(Self {
            reader,
            sorting,
            ids: Ids::open(reader)?,
            values: values.unwrap_or(SegmentValues::Missing),
        })
    }

    fn first(&self, weight: &dyn Weight, after: Option<&Cursor>, count: usize) -> Result<Vec<Hit>, Error> {
        let after = match after {
            Some(cursor) => match self.place_of(cursor)? {
                Some(place) => Some(place),
                None => return Ok(Vec::new()),
            },
            None => None,
        };
        let alive = self.reader.alive_bitset();
        let mut best = BinaryHeap::new();
        weight.for_each_no_score(self.reader, &mut |docs| {
            for doc in docs.iter().copied().filter(|doc| alive.is_none_or(|alive| alive.is_alive(*doc))) {
                let place = self.place(doc);
                if after.is_some_and(|after| place <= after) {
                    continue;
                }
                if best.len() < count {
                    best.push(place);
                } else if let Some(mut worst) = best.peek_mut()
                    && place < *worst
                {
                    *worst = place;
                }
            }
        })?;
        best.into_iter().map(|place| self.hit(place)).collect()
    }

    fn place(&self, doc: DocId) -> Place {
        let ascending = match &self.values {
            SegmentValues::Missing => None,
            SegmentValues::Id => Some((TRUTH, 0)),
            SegmentValues::Text(values) => values.ords().first(doc).map(|ord| (TRUTH, between_terms(ord))),
            SegmentValues::Number(values) => values.first(doc).map(|value| (TRUTH, f64_to_u64(value))),
            SegmentValues::Time(values) => values.first(doc).map(|value| (TRUTH, i64_to_u64(value))),
            SegmentValues::Json(values) => match values.get(doc) {
                JsonValue::Missing => None,
                JsonValue::Truth(truth) => Some((TRUTH, i64_to_u64(i64::from(truth)))),
                JsonValue::Number(number) => Some((NUMBER, f64_to_u64(number))),
                JsonValue::Text(ordinal) => Some((TEXT, between_terms(ordinal))),
            },
        };
        self.placed(ascending, self.ids.get(doc))
    }

    fn placed(&self, ascending: Option<(u8, u64)>, id: u128) -> Place {
        let tie = self.sorting.tie(id);
        match ascending {
            Some((kind, rank)) => {
                Place { missing: false, kind: self.sorting.kind(kind), rank: self.sorting.rank(rank), tie }
            }
            None => Place { missing: true, kind: 0, rank: 0, tie },
        }
    }

    /// `None` for a cursor of some other sort: nothing comes after it.
    fn place_of(&self, cursor: &Cursor) -> Result<Option<Place>, Error> {
        let ascending = match (&self.sorting.key, &cursor.value) {
            (_, SortValue::Missing) => None,
            (Key::Id, SortValue::Id) => Some((TRUTH, 0)),
            (Key::Number(_), SortValue::Number(number)) => Some((TRUTH, f64_to_u64(plain(*number)))),
            (Key::Time(_), SortValue::Whole(nanos)) => Some((TRUTH, i64_to_u64(*nanos))),
            (Key::Text(_), SortValue::Text(text)) => Some((TRUTH, self.rank_of(text)?)),
            (Key::Json(_), SortValue::Whole(truth)) => Some((TRUTH, i64_to_u64(*truth))),
            (Key::Json(_), SortValue::Number(number)) => Some((NUMBER, f64_to_u64(plain(*number)))),
            (Key::Json(_), SortValue::Text(text)) => Some((TEXT, self.rank_of(text)?)),
            _ => return Ok(None),
        };
        Ok(Some(self.placed(ascending, cursor.id.as_u128())))
    }

    /// The rank of a text that the segment need not have: then it lies between two that it has.
    fn rank_of(&self, text: &str) -> Result<u64, Error> {
        let (SegmentValues::Text(values) | SegmentValues::Json(JsonColumns { texts: Some(values), .. })) =
            &self.values
        else {
            return Ok(0);
        };
        let dictionary = values.dictionary();
        if let Some(ordinal) = dictionary.term_ord(text)? {
            return Ok(between_terms(ordinal));
        }
        Ok(match dictionary.term_bounds_to_ord(Bound::Included(text), Bound::Unbounded)? {
            (Bound::Included(next) | Bound::Excluded(next), _) => next.saturating_mul(2),
            (Bound::Unbounded, _) => 0,
        })
    }

    fn hit(&self, place: Place) -> Result<Hit, Error> {
        let id = Uuid::from_u128(self.sorting.tie(place.tie));
        let ascending = self.sorting.rank(place.rank);
        let value = match &self.values {
            _ if place.missing => SortValue::Missing,
            SegmentValues::Missing => SortValue::Missing,
            SegmentValues::Id => SortValue::Id,
            SegmentValues::Number(_) => SortValue::Number(u64_to_f64(ascending)),
            SegmentValues::Time(_) => SortValue::Whole(u64_to_i64(ascending)),
            SegmentValues::Text(values) => text_at(values, ascending)?,
            SegmentValues::Json(values) => match (self.sorting.kind(place.kind), &values.texts) {
                (TEXT, Some(texts)) => text_at(texts, ascending)?,
                (NUMBER, _) => SortValue::Number(u64_to_f64(ascending)),
                _ => SortValue::Whole(u64_to_i64(ascending)),
            },
        };
        Ok(Hit { id, cursor: Cursor { value, id } })
    }
}

fn text_at(values: &StrColumn, rank: u64) -> Result<SortValue, Error> {
    let mut text = String::new();
    values.ord_to_str(rank / 2, &mut text)?;
    Ok(SortValue::Text(text))
}

/// Ordinals are spread out, so that a text between two terms has a rank too.
const fn between_terms(ordinal: u64) -> u64 {
    ordinal * 2 + 1
}
