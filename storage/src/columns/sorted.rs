//! The first rows of a query in the order of a field: rows without a value last, equal ones newest first.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Bound;

use cairn_core::query::{Direction, Entity, Field, Sort};
use tantivy::columnar::{Column as Values, StrColumn};
use tantivy::query::{EnableScoring, Query, Weight};
use tantivy::{DocId, Searcher, SegmentReader, f64_to_u64, i64_to_u64, u64_to_f64, u64_to_i64};
use uuid::Uuid;

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

    /// What breaks ties, the smaller first.
    fn tie(&self, id: u128) -> u128 {
        if matches!(self.key, Key::Id) { id } else { !id }
    }

    fn order(&self, one: &Cursor, other: &Cursor) -> Ordering {
        let missing = |cursor: &Cursor| cursor.value == SortValue::Missing;
        let by_value = match (&one.value, &other.value) {
            (SortValue::Number(one), SortValue::Number(other)) => one.total_cmp(other),
            (SortValue::Whole(one), SortValue::Whole(other)) => one.cmp(other),
            (SortValue::Text(one), SortValue::Text(other)) => one.cmp(other),
            _ => Ordering::Equal,
        };
        let by_value = if self.direction == Direction::Descending { by_value.reverse() } else { by_value };
        let tie = |cursor: &Cursor| self.tie(cursor.id.as_u128());
        missing(one).cmp(&missing(other)).then(by_value).then_with(|| tie(one).cmp(&tie(other)))
    }
}

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
}

impl<'a> Segment<'a> {
    fn open(reader: &'a SegmentReader, sorting: &'a Sorting) -> Result<Self, Error> {
        let fast = reader.fast_fields();
        let values = match &sorting.key {
            Key::Id => Some(SegmentValues::Id),
            Key::Text(name) => fast.str(name)?.map(SegmentValues::Text),
            Key::Number(name) => fast.column_opt(name)?.map(SegmentValues::Number),
            Key::Time(name) => fast.column_opt(name)?.map(SegmentValues::Time),
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
            SegmentValues::Id => Some(0),
            SegmentValues::Text(values) => values.ords().first(doc).map(between_terms),
            SegmentValues::Number(values) => values.first(doc).map(f64_to_u64),
            SegmentValues::Time(values) => values.first(doc).map(i64_to_u64),
        };
        let tie = self.sorting.tie(self.ids.get(doc));
        match ascending {
            Some(ascending) => Place { missing: false, rank: self.sorting.rank(ascending), tie },
            None => Place { missing: true, rank: 0, tie },
        }
    }

    /// `None` for a cursor of some other sort: nothing comes after it.
    fn place_of(&self, cursor: &Cursor) -> Result<Option<Place>, Error> {
        let tie = self.sorting.tie(cursor.id.as_u128());
        let ascending = match (&self.sorting.key, &cursor.value) {
            (_, SortValue::Missing) => return Ok(Some(Place { missing: true, rank: 0, tie })),
            (Key::Id, SortValue::Id) => 0,
            (Key::Number(_), SortValue::Number(number)) => f64_to_u64(plain(*number)),
            (Key::Time(_), SortValue::Whole(nanos)) => i64_to_u64(*nanos),
            (Key::Text(_), SortValue::Text(text)) => self.rank_of(text)?,
            _ => return Ok(None),
        };
        Ok(Some(Place { missing: false, rank: self.sorting.rank(ascending), tie }))
    }

    /// The rank of a text that the segment need not have: then it lies between two that it has.
    fn rank_of(&self, text: &str) -> Result<u64, Error> {
        let SegmentValues::Text(values) = &self.values else { return Ok(0) };
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
            SegmentValues::Text(values) => {
                let mut text = String::new();
                values.ord_to_str(ascending / 2, &mut text)?;
                SortValue::Text(text)
            }
        };
        Ok(Hit { id, cursor: Cursor { value, id } })
    }
}

/// Ordinals are spread out, so that a text between two terms has a rank too.
const fn between_terms(ordinal: u64) -> u64 {
    ordinal * 2 + 1
}
