//! Derived columns: values that a workspace wants of each trace or span beside what was recorded, taken from a place
//! within a body or from a condition. What they are is decided here; who computes and keeps them is not.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::access::{Needs, WorkspaceConfigure};
use crate::command::Context;
use crate::event::Recorded;
use crate::ids::{DerivedColumnId, Position};
use crate::limits::{DERIVED_COLUMNS_MAX, DERIVED_NAME_CHARS_MAX, DERIVED_SOURCE_CHARS_MAX};
use crate::query::field::UnknownField;
use crate::query::parse::ParseError;
use crate::query::{Entity, Field, JsonPath, Predicate, Query, Subject, Value};
use crate::rejection::Rejection;
use crate::time::Timestamp;

/// What has the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Of {
    Traces,
    Spans,
}

/// Where the values come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Formula {
    /// A place within input, output or metadata.
    Path(Body, JsonPath),
    /// Whether a condition holds. Times that were relative count from when the column was added.
    Condition(Query),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    Input,
    Output,
    Metadata,
}

/// A formula as it is stored: its text reads as the formula again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    Path(String),
    Condition(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Add {
    pub of: Of,
    pub name: String,
    pub formula: Formula,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    Add(Box<Add>),
    Remove(DerivedColumnId),
}

impl Needs for Command {
    type Permission = WorkspaceConfigure;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Added { id: DerivedColumnId, of: Of, name: String, source: Source },
    Removed { id: DerivedColumnId },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub id: DerivedColumnId,
    pub of: Of,
    pub name: String,
    pub source: Source,
    /// Where the log was when it was added: an index that was begun later has the values of everything.
    pub since: Position,
    pub created_at: Timestamp,
    pub created_by: String,
}

/// All columns of a workspace.
#[derive(Clone, Debug, Default)]
pub struct State {
    by_id: BTreeMap<DerivedColumnId, Known>,
}

/// A column with its formula, read once.
#[derive(Clone, Debug)]
pub struct Known {
    pub column: Column,
    /// None if its text was written by a program that knows more.
    pub formula: Option<Formula>,
}

impl Of {
    pub const fn entity(self) -> Entity {
        match self {
            Self::Traces => Entity::Trace,
            Self::Spans => Entity::Span,
        }
    }
}

impl Formula {
    /// Reads a place such as `output.choices[0].finish_reason`.
    pub fn path(of: Of, text: &str) -> Result<Self, UnknownField> {
        Ok(match Field::parse(of.entity(), text)? {
            Field::InputPath(path) => Self::Path(Body::Input, path),
            Field::OutputPath(path) => Self::Path(Body::Output, path),
            Field::MetadataPath(path) => Self::Path(Body::Metadata, path),
            field => {
                let message = format!("`{text}` is not a place within input, output or metadata");
                let suggestion = match field {
                    Field::Input | Field::Output | Field::Metadata => format!("{field}.key"),
                    _ => format!("metadata.{text}"),
                };
                return Err(UnknownField { at: 0, message, suggestion: Some(suggestion) });
            }
        })
    }

    /// Reads a condition of the query language.
    pub fn condition(of: Of, text: &str, now: Timestamp) -> Result<Self, ParseError> {
        let query = Query::parse(of.entity(), text, now)?;
        let refusal = |message: &str| ParseError {
            at: 0,
            length: text.chars().count(),
            message: message.to_owned(),
            suggestion: None,
        };
        if query == Query::All {
            return Err(refusal("a condition is needed, such as `error:true`"));
        }
        if query.asks_derived() {
            return Err(refusal("a derived column cannot ask for another one"));
        }
        if query.fields().into_iter().any(Field::is_told_by_others) {
            return Err(refusal("a derived column asks a thing for what is its own, not for what it is in"));
        }
        Ok(Self::Condition(query))
    }

    pub fn source(&self) -> Source {
        match self {
            Self::Path(body, path) => Source::Path(body.at(path.clone()).to_string()),
            Self::Condition(query) => Source::Condition(query.to_string()),
        }
    }

    fn read(of: Of, source: &Source) -> Option<Self> {
        match source {
            Source::Path(text) => Self::path(of, text).ok(),
            // Its times are no longer relative.
            Source::Condition(text) => Self::condition(of, text, Timestamp::EPOCH).ok(),
        }
    }

    /// The condition on what was recorded that holds where `predicate` holds of the value.
    pub fn satisfying(&self, predicate: &Predicate) -> Query {
        let query = match self {
            Self::Path(body, path) => return Query::term(body.at(path.clone()), predicate.clone()),
            Self::Condition(query) => query,
        };
        let term = Query::term(Field::Derived(String::new()), predicate.clone());
        let holds = |truth| term.matches(Entity::Trace, &Constant(truth));
        match (holds(true), holds(false)) {
            (true, true) => Query::All,
            (true, false) => query.clone(),
            (false, true) => query.clone().negated(),
            (false, false) => Query::All.negated(),
        }
    }

    /// The value for a thing: `body` gives its input, output and metadata.
    pub fn value<'a>(
        &self,
        of: Of,
        subject: &dyn Subject,
        body: impl FnOnce(Body) -> Option<&'a Json>,
    ) -> Value<'a> {
        match self {
            Self::Path(part, path) => {
                body(*part).and_then(|json| path.lookup(json)).map_or(Value::Missing, Value::of_json)
            }
            Self::Condition(query) => Value::Truth(query.matches(of.entity(), subject)),
        }
    }
}

struct Constant(bool);

impl Subject for Constant {
    fn value(&self, _: &Field) -> Value<'_> {
        Value::Truth(self.0)
    }
}

impl Body {
    const fn at(self, path: JsonPath) -> Field {
        match self {
            Self::Input => Field::InputPath(path),
            Self::Output => Field::OutputPath(path),
            Self::Metadata => Field::MetadataPath(path),
        }
    }
}

impl Source {
    pub fn text(&self) -> &str {
        match self {
            Self::Path(text) | Self::Condition(text) => text,
        }
    }
}

impl Event {
    pub const fn id(&self) -> DerivedColumnId {
        match self {
            Self::Added { id, .. } | Self::Removed { id } => *id,
        }
    }
}

impl State {
    pub fn get(&self, id: DerivedColumnId) -> Option<&Column> {
        self.by_id.get(&id).map(|known| &known.column)
    }

    /// By name; those of traces before those of spans.
    pub fn all(&self) -> Vec<&Column> {
        let mut all: Vec<_> = self.by_id.values().map(|known| &known.column).collect();
        all.sort_by(|one, other| (one.of, &one.name).cmp(&(other.of, &other.name)));
        all
    }

    pub fn of(&self, entity: Entity) -> impl Iterator<Item = &Known> {
        self.by_id.values().filter(move |known| known.column.of.entity() == entity)
    }

    pub fn named(&self, entity: Entity, name: &str) -> Option<&Known> {
        self.of(entity).find(|known| known.column.name == name)
    }

    /// The column of a name, or why there is none.
    pub fn wanted(&self, entity: Entity, name: &str) -> Result<&Known, Rejection> {
        self.named(entity, name).ok_or_else(|| {
            let of = entity.plural();
            let columns = self.all().into_iter().filter(|column| column.of.entity() == entity);
            let names: Vec<_> = columns.map(|column| format!("`derived.{}`", column.name)).collect();
            let hint = if names.is_empty() {
                format!("{of} of this workspace have none; add it first")
            } else {
                format!("{of} have {}", names.join(", "))
            };
            Rejection::invalid(format!("there is no derived column `{name}` of {of}")).hint(hint)
        })
    }

    /// No index that was begun before this position holds all columns.
    pub fn since(&self) -> Position {
        self.by_id.values().map(|known| known.column.since).max().unwrap_or(Position::START)
    }

    pub fn decide(&self, command: Command, context: &mut Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Add(add) => {
                let Add { of, name, formula } = *add;
                check_name(&name)?;
                let source = formula.source();
                if source.text().chars().count() > DERIVED_SOURCE_CHARS_MAX {
                    return Err(Rejection::invalid(format!(
                        "what a derived column comes from has at most {DERIVED_SOURCE_CHARS_MAX} characters"
                    )));
                }
                if self.named(of.entity(), &name).is_some() {
                    let message = format!("{} already have a derived column `{name}`", of.entity().plural());
                    return Err(Rejection::conflict(message).hint("remove it first, or take another name"));
                }
                self.check_room(1)?;
                let id = DerivedColumnId::known(context.fresh_id());
                Ok(vec![Event::Added { id, of, name, source }])
            }
            Command::Remove(id) => match self.get(id) {
                Some(_) => Ok(vec![Event::Removed { id }]),
                None => Err(Rejection::not_found("derived column not found")),
            },
        }
    }

    /// Refuses more columns than a workspace may have.
    pub fn check_room(&self, added: usize) -> Result<(), Rejection> {
        if self.by_id.len() + added > DERIVED_COLUMNS_MAX {
            let message = format!("a workspace has at most {DERIVED_COLUMNS_MAX} derived columns");
            return Err(Rejection::conflict(message).hint("remove one that nobody needs"));
        }
        Ok(())
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Added { id, of, name, source } => self.load(Column {
                id: *id,
                of: *of,
                name: name.clone(),
                source: source.clone(),
                since: event.position,
                created_at: event.time,
                created_by: event.principal.to_string(),
            }),
            Event::Removed { id } => {
                self.by_id.remove(id);
            }
        }
    }

    /// Puts a column as it shall be, or takes it away.
    pub fn replace(&mut self, id: DerivedColumnId, column: Option<Column>) {
        self.by_id.remove(&id);
        if let Some(column) = column {
            self.load(column);
        }
    }

    /// Takes a column as it was stored.
    pub fn load(&mut self, column: Column) {
        let formula = Formula::read(column.of, &column.source);
        self.by_id.insert(column.id, Known { column, formula });
    }
}

impl Query {
    pub fn asks_derived(&self) -> bool {
        self.fields().iter().any(|field| matches!(field, Field::Derived(_)))
    }

    /// The same question without derived columns, but for those that `keep` says yes to.
    pub fn without_derived(
        &self,
        entity: Entity,
        columns: &State,
        keep: &impl Fn(&Column) -> bool,
    ) -> Result<Self, Rejection> {
        let each = |parts: &[Self]| {
            parts.iter().map(|part| part.without_derived(entity, columns, keep)).collect::<Result<_, _>>()
        };
        Ok(match self {
            Self::All => Self::All,
            Self::And(parts) => Self::And(each(parts)?),
            Self::Or(parts) => Self::Or(each(parts)?),
            Self::Not(inner) => inner.without_derived(entity, columns, keep)?.negated(),
            Self::Term(term) => match &term.field {
                Field::Derived(name) if term.field.exists_for(entity) => {
                    let known = columns.wanted(entity, name)?;
                    match &known.formula {
                        Some(formula) if !keep(&known.column) => formula.satisfying(&term.predicate),
                        _ => Self::Term(term.clone()),
                    }
                }
                _ => Self::Term(term.clone()),
            },
        })
    }
}

fn check_name(name: &str) -> Result<(), Rejection> {
    let is_good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let bad = name.chars().position(|c| !is_good(c));
    let begins_well = name.starts_with(|c: char| c.is_ascii_lowercase());
    if let Some(at) = bad.or_else(|| (!begins_well).then_some(0)) {
        let message = format!(
            "a name has lower-case letters, digits and `_` alone; `{name}` has not at character {}",
            at + 1
        );
        return Err(Rejection::invalid(message).hint("names begin with a letter, such as `finish_reason`"));
    }
    if name.len() > DERIVED_NAME_CHARS_MAX {
        return Err(Rejection::invalid(format!(
            "the name of a derived column has at most {DERIVED_NAME_CHARS_MAX} characters"
        )));
    }
    Ok(())
}
