//! One segment of an aggregation: its columns, and how its documents fall into groups.

use cairn_core::query::{Entity, Field};
use cairn_core::time::Timestamp;
use tantivy::columnar::{Column as Values, StrColumn};
use tantivy::{DocId, SegmentReader};

use super::super::metadata::{JsonColumns, JsonValue};
use super::super::schema::{Column, LAYOUT, LIST_SEPARATOR, MARK_ERROR, MARKS, TAG_COUNT, mark, plain};
use super::groups::{Groups, KeyId, MISSING, Place};
use crate::aggregate::{Aggregation, Bucket, Clock, Quantity};
use crate::error::Error;
use crate::index::walk::Ids;

pub(super) struct Segment {
    measures: Vec<(Numbers, bool)>,
    times: Option<(Times, Bucket)>,
    dimensions: Vec<Dimension>,
}

/// Where a measure reads its values.
enum Numbers {
    Nowhere,
    Number(Values<f64>),
    Whole(Values<u64>),
    /// 1 where it is true.
    Truth(Values<bool>),
    /// 1 where a bit is set.
    Mark(Values<u64>, u64),
}

enum Times {
    Nowhere,
    Id(Ids),
    Nanos(Values<i64>),
}

enum Dimension {
    Nowhere,
    /// Terms by ordinal: the keys that each stands for, once somebody asked for it.
    Text {
        column: StrColumn,
        known: Vec<Option<Box<[KeyId]>>>,
    },
    Truth(Values<u64>, u64),
    Number(Values<f64>),
    Json {
        columns: JsonColumns,
        known: Vec<Option<KeyId>>,
    },
}

/// Documents whose values are fetched at once.
const BLOCK: usize = 512;

impl Segment {
    pub(super) fn open(reader: &SegmentReader, asked: &Aggregation, of: Entity) -> Result<Self, Error> {
        let measures = asked
            .measures
            .iter()
            .map(|measure| Ok((Numbers::open(reader, &measure.quantity, of)?, measure.percentiles)));
        let times = asked.bucket.map(|bucket| Ok::<_, Error>((Times::open(reader, bucket.clock)?, bucket)));
        let dimensions = asked.by.iter().map(|field| Dimension::open(reader, field, of));
        Ok(Self {
            measures: measures.collect::<Result<_, Error>>()?,
            times: times.transpose()?,
            dimensions: dimensions.collect::<Result<_, Error>>()?,
        })
    }

    pub(super) fn gather(mut self, docs: &[DocId], groups: &mut Groups) -> Result<(), Error> {
        if self.times.is_none() && self.dimensions.is_empty() {
            let slot = groups.slot(Place { at: None, by: [MISSING; 2] });
            self.count(docs, Slots::One(slot), groups);
            return Ok(());
        }
        let (docs, slots) = self.place(docs, groups)?;
        self.count(&docs, Slots::Each(&slots), groups);
        Ok(())
    }

    /// The group of every document; one with several values in a dimension comes several times.
    fn place(&mut self, docs: &[DocId], groups: &mut Groups) -> Result<(Vec<DocId>, Vec<u32>), Error> {
        let (mut placed, mut slots) = (Vec::with_capacity(docs.len()), Vec::with_capacity(docs.len()));
        let mut keys: [Vec<KeyId>; 2] = [vec![MISSING], vec![MISSING]];
        let mut last: Option<(Place, u32)> = None;
        for doc in docs {
            let at = self.times.as_ref().and_then(|(times, bucket)| Some(bucket.start(times.get(*doc)?)));
            for ((dimension, values), keys) in
                self.dimensions.iter_mut().zip(groups.dimensions()).zip(&mut keys)
            {
                dimension.keys(*doc, values, keys)?;
            }
            let [first, second] = &keys;
            for one in first {
                for other in second {
                    let place = Place { at, by: [*one, *other] };
                    let slot = match last {
                        Some((known, slot)) if known == place => slot,
                        _ => groups.slot(place),
                    };
                    last = Some((place, slot));
                    placed.push(*doc);
                    slots.push(slot);
                }
            }
        }
        Ok((placed, slots))
    }

    fn count(&self, docs: &[DocId], slots: Slots<'_>, groups: &mut Groups) {
        slots.for_each(docs.len(), |slot, count| {
            if let Some(total) = groups.counts.get_mut(slot) {
                *total += count;
            }
        });
        let remembered = self.measures.iter().filter(|(_, percentiles)| *percentiles).count();
        groups.expect_values(remembered.saturating_mul(docs.len()));
        for ((numbers, _), summaries) in self.measures.iter().zip(&mut groups.summaries) {
            match slots {
                Slots::One(slot) => {
                    if let Some(summary) = usize::try_from(slot).ok().and_then(|slot| summaries.get_mut(slot))
                    {
                        numbers.each(docs, |_, value| summary.add(value));
                    }
                }
                Slots::Each(slots) => numbers.each(docs, |at, value| {
                    let slot = slots.get(at).and_then(|slot| usize::try_from(*slot).ok());
                    if let Some(summary) = slot.and_then(|slot| summaries.get_mut(slot)) {
                        summary.add(value);
                    }
                }),
            }
        }
    }
}

/// Which groups documents belong to.
#[derive(Clone, Copy)]
enum Slots<'a> {
    One(u32),
    Each(&'a [u32]),
}

impl Slots<'_> {
    fn for_each(self, docs: usize, mut count: impl FnMut(usize, u64)) {
        let slot = |slot: u32| usize::try_from(slot).unwrap_or(usize::MAX);
        match self {
            Self::One(one) => count(slot(one), u64::try_from(docs).unwrap_or(u64::MAX)),
            Self::Each(slots) => slots.iter().for_each(|each| count(slot(*each), 1)),
        }
    }
}

impl Numbers {
    fn open(reader: &SegmentReader, quantity: &Quantity, of: Entity) -> Result<Self, Error> {
        let fast = reader.fast_fields();
        Ok(match quantity {
            Quantity::TagCount => Self::Whole(fast.u64(TAG_COUNT)?),
            Quantity::Filled(part) => Self::Mark(fast.u64(MARKS)?, mark(*part)),
            Quantity::Of(field) if !field.exists_for(of) => Self::Nowhere,
            Quantity::Of(field) => match LAYOUT.column(field) {
                Some(Column::Truth(_)) => Self::Mark(fast.u64(MARKS)?, MARK_ERROR),
                Some(Column::Number(_, name)) => fast.column_opt(name)?.map_or(Self::Nowhere, Self::Number),
                Some(Column::Keyed(field, key)) => {
                    let path = format!("{}.{key}", LAYOUT.schema.get_field_name(field));
                    fast.column_opt(&path)?.map_or(Self::Nowhere, Self::Number)
                }
                Some(Column::Id | Column::Text(_) | Column::Time(..)) => Self::Nowhere,
                None => {
                    let JsonColumns { numbers, truths, .. } =
                        JsonColumns::open(reader, LAYOUT.json_column(field).as_deref())?;
                    match (field, numbers, truths) {
                        (Field::Derived(_), None, Some(truths)) => Self::Truth(truths),
                        (_, numbers, _) => numbers.map_or(Self::Nowhere, Self::Number),
                    }
                }
            },
        })
    }

    /// Calls with the place of the document and its value, for those that have one.
    #[expect(clippy::cast_precision_loss, reason = "counts of tags")]
    fn each(&self, docs: &[DocId], mut found: impl FnMut(usize, f64)) {
        match self {
            Self::Nowhere => {}
            Self::Number(column) => each_value(column, docs, found),
            Self::Whole(column) => each_value(column, docs, |at, value| found(at, value as f64)),
            Self::Truth(column) => each_value(column, docs, |at, value| {
                if value {
                    found(at, 1.0);
                }
            }),
            Self::Mark(column, bit) => each_value(column, docs, |at, value| {
                if value & bit != 0 {
                    found(at, 1.0);
                }
            }),
        }
    }
}

fn each_value<T>(column: &Values<T>, docs: &[DocId], mut found: impl FnMut(usize, T))
where
    T: PartialOrd + Copy + std::fmt::Debug + Send + Sync + 'static,
{
    let mut values: Vec<Option<T>> = vec![None; BLOCK];
    for (block, docs) in docs.chunks(BLOCK).enumerate() {
        let Some(values) = values.get_mut(..docs.len()) else { continue };
        values.fill(None);
        column.first_vals(docs, values);
        for (at, value) in values.iter().enumerate() {
            if let Some(value) = value {
                found(block * BLOCK + at, *value);
            }
        }
    }
}

impl Times {
    fn open(reader: &SegmentReader, clock: Clock) -> Result<Self, Error> {
        let field = match clock {
            Clock::Id => return Ok(Self::Id(Ids::open(reader)?)),
            Clock::StartTime => Field::StartTime,
            Clock::EndTime => Field::EndTime,
            Clock::CreatedAt => Field::CreatedAt,
            Clock::LastUpdatedAt => Field::LastUpdatedAt,
        };
        let Some(Column::Time(_, name)) = LAYOUT.column(&field) else { return Ok(Self::Nowhere) };
        Ok(reader.fast_fields().column_opt(name)?.map_or(Self::Nowhere, Self::Nanos))
    }

    /// A start that is not known yet is no time.
    fn get(&self, doc: DocId) -> Option<Timestamp> {
        match self {
            Self::Nowhere => None,
            Self::Id(ids) => i64::try_from(ids.high(doc) >> 16).ok().map(Timestamp::from_millis),
            Self::Nanos(column) => {
                column.first(doc).map(Timestamp::from_nanos).filter(|time| *time != Timestamp::EPOCH)
            }
        }
    }
}

impl Dimension {
    fn open(reader: &SegmentReader, field: &Field, of: Entity) -> Result<Self, Error> {
        let fast = reader.fast_fields();
        if !field.exists_for(of) {
            return Ok(Self::Nowhere);
        }
        Ok(match LAYOUT.column(field) {
            Some(Column::Text(text)) => fast.str(&text.sorted)?.map_or(Self::Nowhere, Self::of_text),
            Some(Column::Truth(_)) => Self::Truth(fast.u64(MARKS)?, MARK_ERROR),
            Some(Column::Number(_, name)) => fast.column_opt(name)?.map_or(Self::Nowhere, Self::Number),
            Some(Column::Keyed(field, key)) => {
                let path = format!("{}.{key}", LAYOUT.schema.get_field_name(field));
                fast.column_opt(&path)?.map_or(Self::Nowhere, Self::Number)
            }
            Some(Column::Id | Column::Time(..)) => Self::Nowhere,
            None => match LAYOUT.json_column(field) {
                Some(column) => {
                    let columns = JsonColumns::open(reader, Some(&column))?;
                    let texts = columns.texts.as_ref().map_or(0, |texts| texts.dictionary().num_terms());
                    Self::Json { columns, known: vec![None; texts] }
                }
                None => Self::Nowhere,
            },
        })
    }

    fn of_text(column: StrColumn) -> Self {
        let known = vec![None; column.dictionary().num_terms()];
        Self::Text { column, known }
    }

    /// The keys of a document, at least one.
    fn keys(
        &mut self,
        doc: DocId,
        values: &mut super::groups::Values,
        keys: &mut Vec<KeyId>,
    ) -> Result<(), Error> {
        keys.clear();
        match self {
            Self::Nowhere => keys.push(MISSING),
            Self::Truth(column, bit) => {
                let holds = column.first(doc).is_some_and(|marks| marks & *bit != 0);
                keys.push(values.id(if holds { "true" } else { "false" }));
            }
            Self::Number(column) => {
                keys.push(column.first(doc).map_or(MISSING, |value| values.id(&plain(value).to_string())));
            }
            Self::Json { columns, known } => keys.push(json_key(columns, known, doc, values)?),
            Self::Text { column, known } => {
                let ordinal = column.ords().first(doc);
                let place = ordinal.and_then(|ordinal| known.get_mut(usize::try_from(ordinal).ok()?));
                let (Some(ordinal), Some(place)) = (ordinal, place) else {
                    keys.push(MISSING);
                    return Ok(());
                };
                if let Some(found) = place {
                    keys.extend_from_slice(found);
                    return Ok(());
                }
                let mut text = String::new();
                column.ord_to_str(ordinal, &mut text)?;
                keys.extend(text.split(LIST_SEPARATOR).map(|value| values.id(value)));
                // A value that a list holds twice counts once.
                keys.sort_unstable();
                keys.dedup();
                *place = Some(keys.as_slice().into());
            }
        }
        Ok(())
    }
}

fn json_key(
    columns: &JsonColumns,
    known: &mut [Option<KeyId>],
    doc: DocId,
    values: &mut super::groups::Values,
) -> Result<KeyId, Error> {
    Ok(match columns.get(doc) {
        JsonValue::Missing => MISSING,
        JsonValue::Number(number) => values.id(&number.to_string()),
        JsonValue::Truth(truth) => values.id(if truth { "true" } else { "false" }),
        JsonValue::Text(ordinal) => {
            let place = usize::try_from(ordinal).ok().and_then(|at| known.get_mut(at));
            if let Some(Some(id)) = place {
                return Ok(*id);
            }
            let mut text = String::new();
            if let Some(texts) = &columns.texts {
                texts.ord_to_str(ordinal, &mut text)?;
            }
            let id = values.id(&text);
            if let Some(place) = place {
                *place = Some(id);
            }
            id
        }
    })
}
