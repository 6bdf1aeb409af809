//! What things that are few enough to be listed from memory can be asked for and sorted by. Each row of the domain
//! that has such a list says so once, here in a table of its own; the tree and its meaning are those of all queries.

use std::cmp::Ordering;

use uuid::Uuid;

use crate::limits::SORT_TEXT_CHARS_MAX;
use crate::query::opik::{self, Type};
use crate::query::tokens::fold;
use crate::query::{Direction, Entity, Field, Query, Sort, Subject, Value};
use crate::rejection::Rejection;

#[derive(Clone, Copy, Debug)]
pub struct Catalogue {
    pub fields: &'static [(&'static str, Type)],
    pub sortable_by: &'static [&'static str],
}

impl Catalogue {
    /// Reads filters as clients send them.
    pub fn filters(&self, text: Option<&str>) -> Result<Query, Rejection> {
        opik::own_filters(self.fields, text.unwrap_or_default())
    }

    /// Reads a sorting as clients send it. `None` if it is none that is known.
    pub fn sorting(&self, text: Option<&str>) -> Result<Option<Sort>, Rejection> {
        let known = |wanted: &str| self.sortable_by.iter().find(|name| **name == wanted);
        opik::read_sorting(&|name| known(name).map(|name| Field::Own(name)), text.unwrap_or_default())
    }
}

/// Whether a query over the fields of a catalogue is true of a thing.
pub fn holds(query: &Query, subject: &dyn Subject) -> bool {
    // Fields of their own are had by every entity.
    query.matches(Entity::Trace, subject)
}

/// Sorts what is in memory; what has no value comes last either way, and of equals the newer id first.
pub fn sort<T: Subject>(things: &mut [T], by: &Sort, id: impl Fn(&T) -> Uuid) {
    things.sort_by_cached_key(|thing| SortKey::new(thing.value(&by.field), by.direction, id(thing)));
}

/// Where a thing stands in a sorted list, made once for each thing. It does not grow with what the thing holds.
#[derive(Clone, Debug)]
pub struct SortKey {
    /// A number, a time, a text or nothing: what is true or false counts as one or zero, and lists as one text.
    value: Value<'static>,
    direction: Direction,
    pub id: Uuid,
}

impl SortKey {
    pub fn new(value: Value<'_>, direction: Direction, id: Uuid) -> Self {
        let value = match value {
            Value::Text(text) => text_key(&mut text.chars()),
            Value::List(texts) => text_key(&mut texts.iter().flat_map(|text| text.chars().chain(['\0']))),
            Value::Truth(truth) => Value::Number(f64::from(u8::from(truth))),
            other => other.into_owned(),
        };
        Self { value, direction, id }
    }

    /// A place as its key told it.
    pub const fn at(value: Value<'static>, direction: Direction, id: Uuid) -> Self {
        Self { value, direction, id }
    }

    pub const fn value(&self) -> &Value<'static> {
        &self.value
    }
}

fn text_key(text: &mut dyn Iterator<Item = char>) -> Value<'static> {
    let start: String = text.take(SORT_TEXT_CHARS_MAX).collect();
    Value::Text(fold(&start).into())
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.value, &other.value, self.direction).then_with(|| other.id.cmp(&self.id))
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SortKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for SortKey {}

fn compare(one: &Value<'_>, other: &Value<'_>, direction: Direction) -> Ordering {
    let order = match (one, other) {
        (Value::Missing, Value::Missing) => return Ordering::Equal,
        (Value::Missing, _) => return Ordering::Greater,
        (_, Value::Missing) => return Ordering::Less,
        (Value::Number(one), Value::Number(other)) => one.total_cmp(other),
        (Value::Time(one), Value::Time(other)) => one.cmp(other),
        (Value::Text(one), Value::Text(other)) => one.cmp(other),
        // Columns of JSON may hold values of several kinds.
        _ => kind(one).cmp(&kind(other)),
    };
    match direction {
        Direction::Ascending => order,
        Direction::Descending => order.reverse(),
    }
}

const fn kind(value: &Value<'_>) -> u8 {
    match value {
        Value::Number(_) | Value::Truth(_) => 0,
        Value::Time(_) => 1,
        Value::Text(_) | Value::List(_) => 2,
        Value::Missing => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Timestamp;
    use std::borrow::Cow;

    struct Thing(u128, Option<&'static str>);

    impl Subject for Thing {
        fn value(&self, _: &Field) -> Value<'_> {
            self.1.map_or(Value::Missing, |text| Value::Text(Cow::Borrowed(text)))
        }
    }

    #[test]
    fn what_has_no_value_comes_last_and_of_equals_the_newer_first() {
        for (direction, expected) in
            [(Direction::Ascending, [4, 2, 1, 3]), (Direction::Descending, [1, 4, 2, 3])]
        {
            let mut things = [Thing(1, Some("b")), Thing(2, Some("A")), Thing(3, None), Thing(4, Some("a"))];
            let by = Sort { field: Field::Own("name"), direction };
            sort(&mut things, &by, |thing| Uuid::from_u128(thing.0));
            assert_eq!(things.map(|thing| thing.0), expected, "{direction:?}");
        }
    }

    #[test]
    fn values_of_several_kinds_have_one_order() {
        let values = || {
            [
                Value::Truth(false),
                Value::Number(0.5),
                Value::Truth(true),
                Value::Number(7.0),
                Value::Time(Timestamp::from_nanos(1)),
                Value::List(vec!["a".into(), "b".into()]),
                Value::Text("a b".into()),
                Value::Text("B".into()),
            ]
        };
        let keys = |direction| values().map(|value| SortKey::new(value, direction, Uuid::nil()));
        assert!(keys(Direction::Ascending).is_sorted());
        assert!(keys(Direction::Descending).iter().rev().is_sorted());
        for key in keys(Direction::Ascending) {
            assert_eq!(SortKey::at(key.value().clone(), Direction::Ascending, Uuid::nil()), key);
        }
    }
}
