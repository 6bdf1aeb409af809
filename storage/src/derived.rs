//! Derived columns in the log and as rows, and their values: those that the index keeps, and those that are shown.

#[cfg(test)]
mod tests;

use std::cell::OnceCell;
use std::collections::BTreeSet;

use bytes::Bytes;
use cairn_core::derived::{Body, Column, Event, Formula, Known, Of, Source, State};
use cairn_core::event::Recorded;
use cairn_core::ids::{DerivedColumnId, Position, SpanId, TraceId};
use cairn_core::json::Json;
use cairn_core::limits::{DERIVED_BODY_BYTES_MAX, METADATA_TEXT_BYTES_MAX};
use cairn_core::merge::BodyRef;
use cairn_core::query::path::text_of;
use cairn_core::query::{Entity, Field, Query, Subject, Value};
use cairn_core::rejection::Rejection;
use fjall::{Keyspace, Readable};
use prost::Message;
use serde_json::{Value as JsonValue, json};
use uuid::Uuid;

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::reader::Reader;
use crate::rows::{self, uuid};
use crate::signals::Index;
use crate::view::{Asked, Part};

#[derive(Clone, PartialEq, Message)]
struct StoredAdded {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bool, tag = "2")]
    of_spans: bool,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, optional, tag = "4")]
    path: Option<String>,
    #[prost(string, optional, tag = "5")]
    condition: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredRemoved {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let id = Bytes::copy_from_slice(event.id().bytes());
    match event {
        Event::Added { of, name, source, .. } => {
            let (path, condition) = match source.clone() {
                Source::Path(text) => (Some(text), None),
                Source::Condition(text) => (None, Some(text)),
            };
            let stored = StoredAdded { id, of_spans: *of == Of::Spans, name: name.clone(), path, condition };
            (Kind::DerivedColumnAdded, stored.encode_to_vec().into())
        }
        Event::Removed { .. } => (Kind::DerivedColumnRemoved, StoredRemoved { id }.encode_to_vec().into()),
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let column = |bytes: &[u8]| uuid(bytes).map(DerivedColumnId::known);
    if kind == Kind::DerivedColumnRemoved {
        return Some(Event::Removed { id: column(&StoredRemoved::decode(payload).ok()?.id)? });
    }
    let StoredAdded { id, of_spans, name, path, condition } = StoredAdded::decode(payload).ok()?;
    let source = path.map(Source::Path).or_else(|| condition.map(Source::Condition))?;
    let of = if of_spans { Of::Spans } else { Of::Traces };
    Some(Event::Added { id: column(&id)?, of, name, source })
}

pub(crate) fn describe(event: &Event) -> JsonValue {
    match event {
        Event::Added { id, of, name, source } => {
            let kind = match source {
                Source::Path(_) => "path",
                Source::Condition(_) => "condition",
            };
            json!({ "id": id, "of": of.entity().plural(), "name": name, kind: source.text() })
        }
        Event::Removed { id } => json!({ "id": id }),
    }
}

fn load(stored: fjall::Iter) -> Result<State, Error> {
    let mut state = State::default();
    for guard in stored {
        let (_, value) = guard.into_inner()?;
        state.load(rows::read(&value)?);
    }
    Ok(state)
}

/// The columns as a commit sees and changes them.
pub(crate) struct Staged {
    state: State,
    touched: BTreeSet<DerivedColumnId>,
}

impl Staged {
    pub(crate) fn open(rows: &Keyspace) -> Result<Self, Error> {
        Ok(Self { state: load(rows.prefix(rows::derived_columns()))?, touched: BTreeSet::new() })
    }

    pub(crate) const fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) {
        self.touched.insert(event.event.id());
        self.state.evolve(event);
    }

    pub(crate) fn replace(&mut self, id: DerivedColumnId, column: Option<Column>) {
        self.touched.insert(id);
        self.state.replace(id, column);
    }

    pub(crate) fn flush(
        &mut self,
        keyspace: &Keyspace,
        batch: &mut fjall::OwnedWriteBatch,
    ) -> Result<(), Error> {
        for id in std::mem::take(&mut self.touched) {
            match self.state.get(id) {
                Some(column) => batch.insert(keyspace, rows::derived_column(id), rows::write(column)?),
                None => batch.remove(keyspace, rows::derived_column(id)),
            }
        }
        Ok(())
    }
}

/// What the index keeps of a value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kept {
    Text(String),
    Number(f64),
    Truth(bool),
    /// A list, an object or a long text: the row is asked.
    Elsewhere,
}

/// Reads a body of a trace or span.
type ReadBody<'a> = &'a dyn Fn(Part, &BodyRef) -> Result<Option<Json>, Error>;

/// A trace or span whose bodies are read and parsed at most once.
pub(crate) struct Parsed<'a> {
    entity: Entity,
    subject: &'a dyn Subject,
    refs: [Option<&'a BodyRef>; 3],
    read: ReadBody<'a>,
    values: [OnceCell<Option<JsonValue>>; 3],
}

impl<'a> Parsed<'a> {
    pub(crate) fn new(
        entity: Entity,
        subject: &'a dyn Subject,
        refs: [Option<&'a BodyRef>; 3],
        read: ReadBody<'a>,
    ) -> Self {
        Self { entity, subject, refs, read, values: [const { OnceCell::new() }; 3] }
    }

    /// What the index keeps under the names of columns.
    pub(crate) fn kept(&self, columns: &State) -> Vec<(String, Kept)> {
        let kept = |known: &Known| {
            let kept = if self.is_large(known) { Some(Kept::Elsewhere) } else { keep(self.value(known)) };
            Some((known.column.name.clone(), kept?))
        };
        columns.of(self.entity).filter_map(kept).collect()
    }

    /// What is shown, as text, by the names of columns.
    fn shown(&self, columns: &State) -> Vec<(String, Option<String>)> {
        let shown = |known: &Known| (known.column.name.clone(), self.text(known));
        let mut shown: Vec<_> = columns.of(self.entity).map(shown).collect();
        shown.sort();
        shown
    }

    fn value(&self, known: &Known) -> Value<'_> {
        let formula = known.formula.as_ref();
        formula.map_or(Value::Missing, |formula| {
            formula.value(known.column.of, self.subject, |body| self.body(part(body)))
        })
    }

    fn text(&self, known: &Known) -> Option<String> {
        match known.formula.as_ref()? {
            Formula::Path(body, path) => {
                let found = path.lookup(self.body(part(*body))?).filter(|found| !found.is_null());
                found.map(|found| text_of(found).into_owned())
            }
            Formula::Condition(query) => Some(query.matches(self.entity, self.subject).to_string()),
        }
    }

    /// What cannot be read or parsed counts as missing; reading it itself reports the fault.
    fn body(&self, part: Part) -> Option<&JsonValue> {
        let at = place(part);
        let read = || {
            let json = (self.read)(part, (*self.refs.get(at)?)?).ok()??;
            json.value().ok()
        };
        self.values.get(at)?.get_or_init(read).as_ref()
    }

    fn is_large(&self, known: &Known) -> bool {
        let Some(Formula::Path(body, _)) = &known.formula else { return false };
        let body = self.refs.get(place(part(*body))).copied().flatten();
        body.is_some_and(|body| usize::try_from(body.bytes).is_ok_and(|bytes| bytes > DERIVED_BODY_BYTES_MAX))
    }
}

const fn part(body: Body) -> Part {
    match body {
        Body::Input => Part::Input,
        Body::Output => Part::Output,
        Body::Metadata => Part::Metadata,
    }
}

const fn place(part: Part) -> usize {
    match part {
        Part::Input => 0,
        Part::Output => 1,
        Part::Metadata => 2,
    }
}

fn keep(value: Value<'_>) -> Option<Kept> {
    Some(match value {
        Value::Missing => return None,
        Value::Text(text) if text.len() <= METADATA_TEXT_BYTES_MAX && !is_structure(&text) => {
            Kept::Text(text.into_owned())
        }
        Value::Number(number) => Kept::Number(number),
        Value::Truth(truth) => Kept::Truth(truth),
        Value::Text(_) | Value::Time(_) | Value::List(_) => Kept::Elsewhere,
    })
}

/// The text of an object, by which nobody wants to group.
fn is_structure(text: &str) -> bool {
    text.starts_with('{')
}

/// The name of a column and its value for one thing, as text.
pub type Shown = Vec<(String, Option<String>)>;

impl Reader {
    pub fn derived(&self) -> Result<State, Error> {
        load(self.snapshot().prefix(self.rows(), rows::derived_columns()))
    }

    /// The values of all columns of a trace or span; none if it is not there.
    pub fn derived_values(&self, columns: &State, entity: Entity, id: Uuid) -> Result<Shown, Error> {
        let bodies = self.bodies();
        let read = |part, body: &BodyRef| bodies.read(part, body);
        Ok(match entity {
            Entity::Trace => self.trace(TraceId::known(id))?.map_or_else(Vec::new, |trace| {
                let subject = Asked { thing: &trace, bodies };
                let fields = &trace.fields;
                let refs = [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()];
                Parsed::new(entity, &subject, refs, &read).shown(columns)
            }),
            Entity::Span => self.span(SpanId::known(id))?.map_or_else(Vec::new, |span| {
                let subject = Asked { thing: &span, bodies };
                let fields = &span.fields;
                let refs = [fields.input.as_ref(), fields.output.as_ref(), fields.metadata.as_ref()];
                Parsed::new(entity, &subject, refs, &read).shown(columns)
            }),
            Entity::Thread => Vec::new(),
        })
    }

    /// The question as what was recorded answers it, without any index.
    pub fn in_plain(&self, entity: Entity, query: &Query) -> Result<Query, Error> {
        if !query.asks_derived() {
            return Ok(query.clone());
        }
        Ok(query.without_derived(entity, &self.derived()?, &|_| false)?)
    }

    /// The question with those columns that the index holds of everything, and without the others.
    pub(crate) fn in_index(&self, entity: Entity, query: Query) -> Result<Query, Error> {
        if !query.asks_derived() {
            return Ok(query);
        }
        let begun = self.columns_begun()?;
        Ok(query.without_derived(entity, &self.derived()?, &|column: &Column| column.since <= begun)?)
    }

    /// Whether lists can be sorted and figures told apart by the fields. What is still being filled is refused: there
    /// would be values of some things and not of others.
    pub(crate) fn check_filled<'f>(
        &self,
        entity: Entity,
        fields: impl IntoIterator<Item = &'f Field>,
    ) -> Result<(), Error> {
        for field in fields {
            let Field::Derived(name) = field else { continue };
            if !field.exists_for(entity) {
                continue;
            }
            let columns = self.derived()?;
            let column = &columns.wanted(entity, name)?.column;
            if !self.is_filled(column)? {
                let (done, of) = self.filled(column)?;
                let message = format!("`{field}` is being filled: {done} of {of} events are done");
                let hint = "ask again when `derivedColumns` says that it is filled; filters work meanwhile";
                return Err(Rejection::conflict(message).hint(hint).into());
            }
        }
        Ok(())
    }

    /// Whether the index holds the column of everything.
    pub fn is_filled(&self, column: &Column) -> Result<bool, Error> {
        Ok(column.since <= self.columns_begun()?)
    }

    /// The position up to which the log has been gone through for a column, and the newest one.
    pub fn filled(&self, column: &Column) -> Result<(Position, Position), Error> {
        let head = self.position();
        if self.is_filled(column)? {
            return Ok((head, head));
        }
        let next = self.projections().into_iter().find(|projection| projection.name == Index::Columns.name());
        let next = next.and_then(|projection| projection.version.next);
        Ok((next.map_or(Position::START, |next| next.reached.min(head)), head))
    }
}
