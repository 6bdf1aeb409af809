//! Questions that charts save as SQL: one SELECT of figures over traces or spans, by time and by fields. It becomes a
//! query and an aggregation of ours; whatever else SQL knows is refused with its place.
//!
//! ```text
//! SELECT item, …  FROM traces | spans  [WHERE condition] [GROUP BY item, …] [ORDER BY item [DESC], …] [LIMIT n]
//! item       count() | count(field) | sum|avg|min|max|median(field) | quantile(0.9)(field) | countIf(error)
//!            toStartOfHour|toStartOfDay|toDate|toMonday(time) | date_trunc('hour', time) | field  [AS name]
//! condition  field = != < <= > >= value | [NOT] IN (…) | [NOT] LIKE '%a%' | IS [NOT] NULL | BETWEEN a AND b
//!            has(tags, 'a') | AND OR NOT ( )
//! field      as in the query language, and usage['total_tokens'], feedback_scores['x'], metadata['a']['b']
//! ```
//!
//! `{{window_start}}` and `{{window_end}}` stand for the time that a chart is asked for.

mod condition;
mod read;

use crate::limits::{
    AGGREGATE_DIMENSIONS_MAX, STATISTICS_MEASURES_MAX, WIDGET_ROWS_DEFAULT, WIDGET_ROWS_MAX,
};
use crate::query::field::Shape;
use crate::query::{Direction, Entity, Field, Query};
use crate::rejection::Rejection;
use crate::time::Timestamp;

use read::{Reading, Token};

/// The time that a chart is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub start: Timestamp,
    pub end: Timestamp,
}

/// A question, understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub entity: Entity,
    pub query: Query,
    /// The time that is cut into pieces, and their width in milliseconds.
    pub bucket: Option<(Field, u64)>,
    pub by: Vec<Field>,
    /// Numbers that are summed up, and whether percentiles of them are wanted.
    pub measures: Vec<(Field, bool)>,
    pub columns: Vec<Column>,
    /// Columns by their places.
    pub order: Vec<(usize, Direction)>,
    pub limit: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    pub cell: Cell,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// When the piece of time begins.
    Bucket,
    /// A value that is grouped by.
    Group(usize),
    /// How many things there are.
    Count,
    /// A figure of a measure.
    Figure(usize, Figure),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Figure {
    /// How many things have a value.
    Count,
    Sum,
    Mean,
    Min,
    Max,
    /// From 0 to 1.
    Percentile(f64),
}

/// What an item of the SELECT says, before it has its place.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    Bucket(Field, u64),
    Group(Field),
    Count,
    Figure(Field, Figure),
}

const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

impl Question {
    pub fn parse(text: &str, period: Period) -> Result<Self, Rejection> {
        // What is asked of is known last, and fields are those of it.
        let entity = entity(text, period)?;
        let mut reading = Reading::new(text, entity, period)?;
        reading.expect_word("select")?;
        let mut question = Self {
            entity,
            query: Query::All,
            bucket: None,
            by: Vec::new(),
            measures: Vec::new(),
            columns: Vec::new(),
            order: Vec::new(),
            limit: WIDGET_ROWS_DEFAULT,
        };
        let mut items = Vec::new();
        loop {
            let start = reading.place();
            let item = item(&mut reading)?;
            let written = reading.since(start);
            let name = name(&mut reading)?.unwrap_or_else(|| written.clone());
            question.add(&reading, item.clone(), name.clone())?;
            items.push((item, written, name));
            if !reading.symbol(",") {
                break;
            }
        }
        reading.expect_word("from")?;
        reading.next();
        if reading.word("where") {
            question.query = condition::any(&mut reading)?.simplified();
        }
        read_groups(&mut reading, &items)?;
        question.read_order(&mut reading, &items)?;
        if reading.word("limit") {
            question.limit = reading.whole()?;
            if question.limit > WIDGET_ROWS_MAX {
                return Err(reading.refuse(&format!("LIMIT must not be more than {WIDGET_ROWS_MAX}")));
            }
        }
        reading.symbol(";");
        reading.expect_end()?;
        Ok(question)
    }

    fn add(&mut self, reading: &Reading<'_>, item: Item, name: String) -> Result<(), Rejection> {
        if self.columns.iter().any(|known| known.name == name) {
            return Err(reading.refuse(&format!("two columns are named `{name}`; use AS")));
        }
        let cell = match item {
            Item::Count => Cell::Count,
            Item::Bucket(field, width) => {
                if self.bucket.replace((field, width)).is_some() {
                    return Err(reading.refuse("time can be cut into pieces once"));
                }
                Cell::Bucket
            }
            Item::Group(field) => {
                self.by.push(field);
                if self.by.len() > AGGREGATE_DIMENSIONS_MAX {
                    let message = format!("no more than {AGGREGATE_DIMENSIONS_MAX} fields can be grouped by");
                    return Err(reading.refuse(&message));
                }
                Cell::Group(self.by.len() - 1)
            }
            Item::Figure(field, figure) => {
                let percentiles = matches!(figure, Figure::Percentile(_));
                let known = self.measures.iter().position(|(known, _)| *known == field);
                let at = known.unwrap_or(self.measures.len());
                match self.measures.get_mut(at) {
                    Some((_, wanted)) => *wanted |= percentiles,
                    None => self.measures.push((field, percentiles)),
                }
                if self.measures.len() > STATISTICS_MEASURES_MAX {
                    let message = format!("no more than {STATISTICS_MEASURES_MAX} fields can be summed up");
                    return Err(reading.refuse(&message));
                }
                Cell::Figure(at, figure)
            }
        };
        self.columns.push(Column { name, cell });
        Ok(())
    }

    fn read_order(&mut self, reading: &mut Reading<'_>, items: &Items) -> Result<(), Rejection> {
        if !reading.word("order") {
            return Ok(());
        }
        reading.expect_word("by")?;
        loop {
            let at = reference(reading, items)?;
            let direction = if reading.word("desc") { Direction::Descending } else { Direction::Ascending };
            reading.word("asc");
            self.order.push((at, direction));
            if !reading.symbol(",") {
                return Ok(());
            }
        }
    }
}

/// Items with how they are written and what they are called.
type Items = [(Item, String, String)];

/// What is grouped by is what is selected beside figures, no less and no more.
fn read_groups(reading: &mut Reading<'_>, items: &Items) -> Result<(), Rejection> {
    let plain = |item: &Item| matches!(item, Item::Bucket(..) | Item::Group(_));
    let plain_items = items.iter().enumerate().filter(|(_, (item, ..))| plain(item));
    let mut missing: Vec<usize> = plain_items.map(|(at, _)| at).collect();
    if reading.word("group") {
        reading.expect_word("by")?;
        loop {
            let at = reference(reading, items)?;
            if !items.get(at).is_some_and(|(item, ..)| plain(item)) {
                return Err(reading.refuse("a figure cannot be grouped by"));
            }
            missing.retain(|known| *known != at);
            if !reading.symbol(",") {
                break;
            }
        }
    }
    match missing.first().and_then(|at| items.get(*at)) {
        None => Ok(()),
        Some((_, written, _)) => Err(reading.refuse(&format!("`{written}` must be in GROUP BY"))),
    }
}

/// The table after FROM.
fn entity(text: &str, period: Period) -> Result<Entity, Rejection> {
    let mut reading = Reading::new(text, Entity::Trace, period)?;
    while !reading.is_end() {
        if !reading.word("from") {
            reading.next();
            continue;
        }
        return match reading.next() {
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("traces") => Ok(Entity::Trace),
            Some(Token::Word(word)) if word.eq_ignore_ascii_case("spans") => Ok(Entity::Span),
            _ => Err(reading.refuse("there is no such table; use `traces` or `spans`")),
        };
    }
    Err(reading.refuse("FROM is missing; use `FROM traces` or `FROM spans`"))
}

/// `AS name`, or a name alone.
fn name(reading: &mut Reading<'_>) -> Result<Option<String>, Rejection> {
    if reading.word("as") {
        return match reading.next() {
            Some(Token::Word(word)) => Ok(Some(word)),
            _ => Err(reading.refuse("a name must follow AS")),
        };
    }
    match reading.peek() {
        Some(Token::Word(word)) if !word.eq_ignore_ascii_case("from") => {
            let word = word.clone();
            reading.next();
            Ok(Some(word))
        }
        _ => Ok(None),
    }
}

/// An item of the SELECT: by its name, its place from 1 on, or as it is written there.
fn reference(reading: &mut Reading<'_>, items: &Items) -> Result<usize, Rejection> {
    if let Some(Token::Number(_)) = reading.peek() {
        let place = reading.whole()?;
        let known = place.checked_sub(1).filter(|at| *at < items.len());
        return known.ok_or_else(|| reading.refuse(&format!("there is no column {place}")));
    }
    if let Some(Token::Word(word)) = reading.peek()
        && let Some(at) = items.iter().position(|(.., name)| name == word)
    {
        reading.next();
        return Ok(at);
    }
    let item = item(reading)?;
    let known = items.iter().position(|(known, ..)| *known == item);
    known.ok_or_else(|| reading.refuse("only what is selected can be grouped and sorted by"))
}

fn item(reading: &mut Reading<'_>) -> Result<Item, Rejection> {
    let Some(function) = reading.function() else {
        let field = reading.field()?;
        if !field.can_be_grouped_by() {
            return Err(reading.refuse("this field cannot be grouped by"));
        }
        return Ok(Item::Group(field));
    };
    let figure = match function.as_str() {
        "count" if reading.symbol(")") => return Ok(Item::Count),
        "count" if reading.symbol("*") => {
            reading.expect_symbol(")")?;
            return Ok(Item::Count);
        }
        "count" => Figure::Count,
        "sum" | "countif" => Figure::Sum,
        "avg" | "mean" => Figure::Mean,
        "min" => Figure::Min,
        "max" => Figure::Max,
        "median" => Figure::Percentile(0.5),
        "quantile" | "percentile" => {
            let share = reading.number()?;
            if !(0.0..=1.0).contains(&share) {
                return Err(reading.refuse("a quantile lies between 0 and 1"));
            }
            reading.expect_symbol(")")?;
            reading.expect_symbol("(")?;
            Figure::Percentile(share)
        }
        "date_trunc" => {
            let width = match reading.text()?.to_lowercase().as_str() {
                "hour" => HOUR_MS,
                "day" => DAY_MS,
                "week" => 7 * DAY_MS,
                _ => return Err(reading.refuse("time can be cut by `hour`, `day` or `week`")),
            };
            reading.expect_symbol(",")?;
            return bucket(reading, width);
        }
        "tostartofhour" => return bucket(reading, HOUR_MS),
        "tostartofday" | "todate" => return bucket(reading, DAY_MS),
        "tomonday" => return bucket(reading, 7 * DAY_MS),
        other => return Err(reading.refuse(&format!("`{other}` is no function that is known here"))),
    };
    let field = reading.field()?;
    if !field.can_be_measured() {
        return Err(reading.refuse("this field is no number and cannot be summed up"));
    }
    if function == "countif" && field.shape() != Shape::Truth {
        return Err(reading.refuse("`countIf` counts `error`; use WHERE for other conditions"));
    }
    reading.expect_symbol(")")?;
    Ok(Item::Figure(field, figure))
}

fn bucket(reading: &mut Reading<'_>, width_ms: u64) -> Result<Item, Rejection> {
    let field = reading.field()?;
    if field.shape() != Shape::Time {
        return Err(reading.refuse("this field is no time; use `start_time`"));
    }
    reading.expect_symbol(")")?;
    Ok(Item::Bucket(field, width_ms))
}

#[cfg(test)]
mod tests;
