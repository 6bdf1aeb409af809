//! Pages of lists: what may be asked of them, and the shape in which they are answered. The lists themselves are
//! read by their rows.

use std::cmp::Ordering;

use async_graphql::connection::{Connection, ConnectionNameType, Edge, EdgeNameType, EmptyFields};
use async_graphql::{Context, Enum, InputObject, ObjectType, OutputType, SimpleObject};
use cairn_core::ids::ProjectId;
use cairn_core::limits::PAGE_ITEMS_MAX;
use cairn_core::query::catalogue::SortKey;
use cairn_core::query::{self, Entity, Field, Query, Value};
use cairn_core::time::Timestamp;
use cairn_storage::index::{Cursor, SortValue, Window};
use cairn_storage::reader::{Reader, Scope};
use uuid::Uuid;

use crate::cursor;
use crate::error::{Problem, Result};

/// A page of nodes with a cursor each.
pub(crate) type Page<Node> = Connection<String, Node, Total, EmptyFields>;

#[derive(SimpleObject)]
pub(crate) struct Total {
    /// How many there are on all pages together. Counted only when it is asked for.
    pub(crate) total_count: usize,
}

/// `field` is a field name of the query language; unknown ones are refused. Ties are broken by id, newest first.
#[derive(Clone, InputObject)]
pub(crate) struct Sort {
    pub(crate) field: String,
    #[graphql(default)]
    pub(crate) direction: SortDirection,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub(crate) enum SortDirection {
    Asc,
    #[default]
    Desc,
}

/// The arguments of a list of traces, spans or threads, before they are understood.
pub(crate) struct Arguments {
    pub(crate) filter: Option<String>,
    pub(crate) sort: Option<Sort>,
    pub(crate) first: Option<i32>,
    pub(crate) after: Option<String>,
}

/// A list of traces, spans or threads of a project, understood.
pub(crate) struct Listing {
    entity: Entity,
    project: ProjectId,
    query: Query,
    window: Window,
    name: String,
    first: usize,
}

/// What a listing found: some nodes, each with its cursor.
pub(crate) struct Found<Thing> {
    things: Vec<(String, Thing)>,
    has_previous: bool,
    has_next: bool,
    total: usize,
}

impl Listing {
    pub(crate) fn new(
        context: &Context<'_>,
        entity: Entity,
        project: ProjectId,
        arguments: Arguments,
        now: Timestamp,
    ) -> Result<Self> {
        let Arguments { filter, sort, first, after } = arguments;
        let query = Query::parse(entity, filter.as_deref().unwrap_or_default(), now)?;
        let sort = sort.map(|sort| sort.understood(entity)).transpose()?;
        let name = match &sort {
            Some(sort) => format!("{} by {} {:?}", entity.plural(), sort.field, sort.direction),
            None => entity.plural().to_owned(),
        };
        let first = page_size(first)?;
        let after = after.map(|after| cursor::decode(&name, &after)).transpose()?;
        let count = context.look_ahead().field("totalCount").exists();
        // One more than is shown tells whether there is a next page.
        let window = Window { sort, after, offset: 0, limit: first + 1, count };
        Ok(Self { entity, project, query, window, name, first })
    }

    /// Reads the page; what is gone between index and rows is left out.
    pub(crate) fn read<Thing, Fault: From<cairn_storage::error::Error>>(
        self,
        reader: &Reader,
        load: impl Fn(&Reader, Uuid) -> std::result::Result<Option<Thing>, Fault>,
    ) -> std::result::Result<Found<Thing>, Fault> {
        let scope = Scope { entity: self.entity, project: Some(self.project), trace: None };
        let listed = reader.list(scope, &self.query, &self.window)?;
        let has_next = listed.hits.len() > self.first;
        let mut things = Vec::with_capacity(self.first.min(listed.hits.len()));
        for hit in listed.hits.iter().take(self.first) {
            if let Some(thing) = load(reader, hit.id)? {
                things.push((cursor::encode(&self.name, &hit.cursor), thing));
            }
        }
        let has_previous = self.window.after.is_some();
        Ok(Found { things, has_previous, has_next, total: listed.total.unwrap_or_default() })
    }
}

/// A page of things by start time, the earliest first; of those that begin at once, in the order of their row.
pub(crate) struct ByStart {
    list: String,
    first: usize,
    after: Option<(Timestamp, Uuid)>,
}

impl ByStart {
    /// `list` is the name of the list, by which its cursors are known.
    pub(crate) fn new(list: String, first: Option<i32>, after: Option<String>) -> Result<Self> {
        let first = page_size(first)?;
        let after = match after.map(|after| cursor::decode(&list, &after)).transpose()? {
            None => None,
            Some(Cursor { value: SortValue::Whole(start), id }) => Some((Timestamp::from_nanos(start), id)),
            Some(_) => return Err(Problem::invalid("`after` is a damaged cursor")),
        };
        Ok(Self { list, first, after })
    }

    pub(crate) const fn after(&self) -> Option<(Timestamp, Uuid)> {
        self.after
    }

    /// One more than is shown tells whether there is a next page.
    pub(crate) const fn limit(&self) -> usize {
        self.first + 1
    }

    pub(crate) fn page<Thing, Node: OutputType>(
        self,
        things: Vec<Thing>,
        total: usize,
        place: impl Fn(&Thing) -> (Timestamp, Uuid),
        node: impl Fn(Thing) -> Node,
    ) -> Page<Node> {
        let cursor =
            |(start, id): (Timestamp, Uuid)| Cursor { value: SortValue::Whole(start.as_nanos()), id };
        let placed = things.into_iter().map(|thing| (cursor(place(&thing)), thing)).collect();
        Found::within(placed, &self.list, self.first, self.after.is_some(), total).into_page(node)
    }
}

impl<Thing> Found<Thing> {
    pub(crate) fn into_page<Node: OutputType>(self, node: impl Fn(Thing) -> Node) -> Page<Node> {
        let total = Total { total_count: self.total };
        self.into_connection(total, node)
    }

    pub(crate) const fn total(&self) -> usize {
        self.total
    }

    /// Reads what there is to say of the things of a page.
    pub(crate) fn try_map<Other, Fault>(
        self,
        read: impl Fn(Thing) -> std::result::Result<Other, Fault>,
    ) -> std::result::Result<Found<Other>, Fault> {
        let things = self.things.into_iter().map(|(cursor, thing)| Ok((cursor, read(thing)?)));
        Ok(Found {
            things: things.collect::<std::result::Result<_, Fault>>()?,
            has_previous: self.has_previous,
            has_next: self.has_next,
            total: self.total,
        })
    }

    /// As `into_page`, for connections that say more than a total.
    pub(crate) fn into_connection<Node, More, Name, EdgeName>(
        self,
        more: More,
        node: impl Fn(Thing) -> Node,
    ) -> Connection<String, Node, More, EmptyFields, Name, EdgeName>
    where
        Node: OutputType,
        More: ObjectType,
        Name: ConnectionNameType,
        EdgeName: EdgeNameType,
    {
        let mut page = Connection::with_additional_fields(self.has_previous, self.has_next, more);
        page.edges = self.things.into_iter().map(|(cursor, thing)| Edge::new(cursor, node(thing))).collect();
        page
    }

    /// Takes a page out of a list that is in memory as a whole.
    pub(crate) fn within(
        all: Vec<(Cursor, Thing)>,
        name: &str,
        first: usize,
        has_previous: bool,
        total: usize,
    ) -> Self {
        let has_next = all.len() > first;
        let shown = all.into_iter().take(first);
        let things = shown.map(|(cursor, thing)| (cursor::encode(name, &cursor), thing)).collect();
        Self { things, has_previous, has_next, total }
    }
}

impl Sort {
    fn understood(self, entity: Entity) -> Result<query::Sort> {
        let field = Field::parse(entity, &self.field)?;
        if field.is_of_bodies() || field.is_told_by_others() || field == Field::ErrorMessage {
            let message = format!("`{}` cannot be sorted by; the index does not hold it", self.field);
            return Err(Problem::new("BAD_SORT", message));
        }
        Ok(query::Sort { field, direction: self.direction.into() })
    }

    /// By a field of rows that are not of the index; `list` are the fields that there are.
    pub(crate) fn of_rows(
        self,
        field: impl FnOnce(&str) -> Option<Field>,
        list: &[&str],
    ) -> Result<query::Sort> {
        let unknown = || {
            let message =
                format!("`{}` cannot be sorted by here; use one of `{}`", self.field, list.join("`, `"));
            Problem::new("BAD_SORT", message)
        };
        Ok(query::Sort { field: field(&self.field).ok_or_else(unknown)?, direction: self.direction.into() })
    }
}

impl From<SortDirection> for query::Direction {
    fn from(direction: SortDirection) -> Self {
        match direction {
            SortDirection::Asc => Self::Ascending,
            SortDirection::Desc => Self::Descending,
        }
    }
}

/// How a list that is in memory as a whole is put in order and cut into pages.
pub(crate) struct Order {
    field: Option<String>,
    direction: SortDirection,
    name: String,
    first: usize,
    after: Option<Cursor>,
}

impl Order {
    /// `fields` are what the list can be sorted by; of one that ends in a dot, any key.
    pub(crate) fn new(
        list: &str,
        fields: &[&str],
        sort: Option<Sort>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Self> {
        let known = |name: &str| {
            let keyed =
                |known: &&str| known.ends_with('.') && name.len() > known.len() && name.starts_with(*known);
            fields.iter().any(|known| *known == name || keyed(known))
        };
        if let Some(Sort { field, .. }) = sort.as_ref().filter(|sort| !known(&sort.field)) {
            let message = format!("`{field}` cannot be sorted by here; use one of `{}`", fields.join("`, `"));
            return Err(Problem::new("BAD_SORT", message));
        }
        let (name, direction) = match &sort {
            Some(sort) => (format!("{list} by {} {:?}", sort.field, sort.direction), sort.direction),
            None => (list.to_owned(), SortDirection::default()),
        };
        let after = after.map(|after| cursor::decode(&name, &after)).transpose()?;
        let first = page_size(first)?;
        Ok(Self { field: sort.map(|sort| sort.field), direction, name, first, after })
    }

    /// A list that says by itself what it is sorted by.
    pub(crate) fn directed(
        list: &str,
        direction: SortDirection,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<Self> {
        let name = format!("{list} {direction:?}");
        let after = after.map(|after| cursor::decode(&name, &after)).transpose()?;
        Ok(Self { field: None, direction, name, first: page_size(first)?, after })
    }

    /// A page of things, newest first.
    pub(crate) fn of<Thing>(
        &self,
        things: impl IntoIterator<Item = Thing>,
        id: impl Fn(&Thing) -> Uuid,
    ) -> Found<Thing> {
        let placed = things.into_iter().map(|thing| (Cursor { value: SortValue::Id, id: id(&thing) }, thing));
        self.page(placed.collect())
    }

    /// A page of things by the value that each has for the field that the list is sorted by.
    pub(crate) fn sorted<Thing, Fault>(
        &self,
        things: impl IntoIterator<Item = Thing>,
        id: impl Fn(&Thing) -> Uuid,
        value: impl Fn(&Thing, &str) -> std::result::Result<SortValue, Fault>,
    ) -> std::result::Result<Found<Thing>, Fault> {
        let Some(field) = &self.field else { return Ok(self.of(things, id)) };
        let placed = things.into_iter().map(|thing| {
            let value = value(&thing, field)?;
            Ok((Cursor { value, id: id(&thing) }, thing))
        });
        Ok(self.page(placed.collect::<std::result::Result<_, Fault>>()?))
    }

    /// Sorts things by the values that the field has for them, newest id first among equals, and takes a page.
    pub(crate) fn page<Thing>(&self, mut placed: Vec<(Cursor, Thing)>) -> Found<Thing> {
        let total = placed.len();
        placed.sort_unstable_by(|(one, _), (other, _)| self.compare(one, other));
        if let Some(after) = &self.after {
            placed.retain(|(cursor, _)| self.compare(cursor, after).is_gt());
        }
        Found::within(placed, &self.name, self.first, self.after.is_some(), total)
    }

    /// A page of things that are in order already, by keys made of the values of the field.
    pub(crate) fn keyed(&self, keys: &[SortKey]) -> Found<Uuid> {
        let start = self.after.as_ref().map_or(0, |after| {
            let value = match &after.value {
                SortValue::Number(number) => Value::Number(*number),
                SortValue::Whole(nanos) => Value::Time(Timestamp::from_nanos(*nanos)),
                SortValue::Text(text) => Value::Text(text.clone().into()),
                SortValue::Id | SortValue::Missing => Value::Missing,
            };
            let after = SortKey::at(value, self.direction.into(), after.id);
            keys.partition_point(|key| *key <= after)
        });
        let value = |key: &SortKey| match key.value() {
            Value::Number(number) => SortValue::Number(*number),
            Value::Time(time) => SortValue::Whole(time.as_nanos()),
            Value::Text(text) => SortValue::Text(text.clone().into_owned()),
            Value::Missing | Value::Truth(_) | Value::List(_) => SortValue::Missing,
        };
        // One more than is shown tells whether there is a next page.
        let shown = keys.iter().skip(start).take(self.first + 1);
        let placed = shown.map(|key| (Cursor { value: value(key), id: key.id }, key.id)).collect();
        Found::within(placed, &self.name, self.first, self.after.is_some(), keys.len())
    }

    /// What has no value comes last either way.
    fn compare(&self, one: &Cursor, other: &Cursor) -> Ordering {
        let directed = |order: Ordering| match self.direction {
            SortDirection::Asc => order,
            SortDirection::Desc => order.reverse(),
        };
        let order = match (&one.value, &other.value) {
            (SortValue::Missing, SortValue::Missing) => Ordering::Equal,
            (SortValue::Missing, _) => Ordering::Greater,
            (_, SortValue::Missing) => Ordering::Less,
            (one, other) => directed(one.compare(other)),
        };
        order.then_with(|| other.id.cmp(&one.id))
    }
}

/// Reads `first`, whose default the schema has put in unless it was `null`.
pub(crate) fn page_size(first: Option<i32>) -> Result<usize> {
    let Some(first) = first else { return Ok(PAGE_SIZE_FOR_NULL) };
    match usize::try_from(first) {
        Ok(first) if first <= PAGE_ITEMS_MAX => Ok(first),
        _ => Err(Problem::invalid(format!("`first` must be between 0 and {PAGE_ITEMS_MAX}, it is {first}"))),
    }
}

const PAGE_SIZE_FOR_NULL: usize = 50;

/// What it costs to look for a page, however little it holds.
const PAGE_COST: usize = 50;

/// What a page costs: what it holds, as often as it may hold it.
pub(crate) fn page_cost(first: Option<i32>, child_cost: usize) -> usize {
    let first = first.map_or(PAGE_SIZE_FOR_NULL, |first| usize::try_from(first).unwrap_or_default());
    first.saturating_mul(child_cost).saturating_add(PAGE_COST)
}
