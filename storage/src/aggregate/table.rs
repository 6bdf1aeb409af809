//! The answer to a question of a chart: an aggregation as rows of the columns that were asked for.

use std::cmp::Ordering;
use std::num::NonZeroU64;

use cairn_core::ids::ProjectId;
use cairn_core::query::Direction;
use cairn_core::query::Field;
use cairn_core::query::sql::{self, Figure, Question};
use cairn_core::time::Timestamp;
use serde_json::Value;

use crate::aggregate::{Aggregation, Bucket, Clock, Group, Key, Measure, Quantity};
use crate::error::Error;
use crate::reader::{Reader, Scope};

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Missing,
    Text(String),
    Number(f64),
    Whole(u64),
    Time(Timestamp),
}

impl From<Cell> for Value {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Missing => Self::Null,
            Cell::Text(text) => text.into(),
            Cell::Number(number) => number.into(),
            Cell::Whole(number) => number.into(),
            Cell::Time(time) => time.to_string().into(),
        }
    }
}

/// What stands for all values that are not told apart.
const OTHERS: &str = "(others)";

impl Reader {
    /// Rows with a cell for each column of the question.
    pub fn answer(&self, question: &Question, project: Option<ProjectId>) -> Result<Vec<Vec<Cell>>, Error> {
        let scope = Scope { entity: question.entity, project, trace: None };
        let aggregation = aggregation(question);
        let mut groups = self.aggregate(scope, &question.query, &aggregation)?.groups;
        // Figures of nothing are a row too, as in SQL.
        if groups.is_empty() && question.bucket.is_none() && question.by.is_empty() {
            groups.push(Group { at: None, by: Vec::new(), count: 0, summaries: Vec::new() });
        }
        let rows = groups
            .into_iter()
            .map(|mut group| question.columns.iter().map(|column| cell(&mut group, column.cell)).collect());
        let mut rows: Vec<Vec<Cell>> = rows.collect();
        rows.sort_by(|one, other| {
            let by = |(at, direction): &(usize, Direction)| match (one.get(*at), other.get(*at)) {
                (Some(one), Some(other)) => one.compare(other, *direction),
                _ => Ordering::Equal,
            };
            question.order.iter().map(by).find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
        });
        rows.truncate(question.limit);
        Ok(rows)
    }
}

fn aggregation(question: &Question) -> Aggregation {
    let bucket = question.bucket.as_ref().and_then(|(field, width)| {
        let clock = match field {
            Field::EndTime => Clock::EndTime,
            Field::CreatedAt => Clock::CreatedAt,
            Field::LastUpdatedAt => Clock::LastUpdatedAt,
            _ => Clock::StartTime,
        };
        NonZeroU64::new(*width).map(|width_ms| Bucket { clock, width_ms })
    });
    let measures = question.measures.iter().map(|(field, percentiles)| Measure {
        quantity: Quantity::Of(field.clone()),
        percentiles: *percentiles,
    });
    Aggregation { measures: measures.collect(), bucket, by: question.by.clone() }
}

fn cell(group: &mut Group, wanted: sql::Cell) -> Cell {
    match wanted {
        sql::Cell::Bucket => group.at.map_or(Cell::Missing, Cell::Time),
        sql::Cell::Group(at) => match group.by.get(at) {
            Some(Key::Value(value)) => Cell::Text(value.clone()),
            Some(Key::Others) => Cell::Text(OTHERS.to_owned()),
            Some(Key::Missing) | None => Cell::Missing,
        },
        sql::Cell::Count => Cell::Whole(group.count),
        sql::Cell::Figure(at, figure) => {
            let Some(summary) = group.summaries.get_mut(at) else {
                return if figure == Figure::Count { Cell::Whole(0) } else { Cell::Missing };
            };
            let number = match figure {
                Figure::Count => return Cell::Whole(summary.count()),
                Figure::Sum => (summary.count() > 0).then(|| summary.sum()),
                Figure::Mean => summary.mean(),
                Figure::Min => summary.min(),
                Figure::Max => summary.max(),
                Figure::Percentile(share) => summary.percentiles([share]).map(|[value]| value),
            };
            number.map_or(Cell::Missing, Cell::Number)
        }
    }
}

impl Cell {
    /// What is missing comes last either way.
    fn compare(&self, other: &Self, direction: Direction) -> Ordering {
        let order = match (self, other) {
            (Self::Missing, Self::Missing) => return Ordering::Equal,
            (Self::Missing, _) => return Ordering::Greater,
            (_, Self::Missing) => return Ordering::Less,
            (Self::Text(one), Self::Text(other)) => one.cmp(other),
            (Self::Number(one), Self::Number(other)) => one.total_cmp(other),
            (Self::Whole(one), Self::Whole(other)) => one.cmp(other),
            (Self::Time(one), Self::Time(other)) => one.cmp(other),
            // A column holds cells of one kind.
            _ => Ordering::Equal,
        };
        match direction {
            Direction::Ascending => order,
            Direction::Descending => order.reverse(),
        }
    }
}
