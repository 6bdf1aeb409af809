//! Feedback definitions in the log and as rows: one row a definition, all of them in memory where they are needed.

use std::collections::BTreeMap;

use bytes::Bytes;
use cairn_core::definitions::{Content, Details, Event, State};
use cairn_core::ids::DefinitionId;
use prost::{Message, Oneof};

use crate::error::Error;
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows;

#[derive(Clone, PartialEq, Message)]
struct Written {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(string, optional, tag = "3")]
    description: Option<String>,
    #[prost(oneof = "StoredDetails", tags = "4, 5, 6")]
    details: Option<StoredDetails>,
}

#[derive(Clone, PartialEq, Oneof)]
enum StoredDetails {
    #[prost(message, tag = "4")]
    Numerical(Numerical),
    #[prost(message, tag = "5")]
    Categorical(Categorical),
    #[prost(message, tag = "6")]
    Boolean(Boolean),
}

#[derive(Clone, Copy, PartialEq, Message)]
struct Numerical {
    #[prost(double, tag = "1")]
    min: f64,
    #[prost(double, tag = "2")]
    max: f64,
}

#[derive(Clone, PartialEq, Message)]
struct Categorical {
    #[prost(btree_map = "string, double", tag = "1")]
    categories: BTreeMap<String, f64>,
}

#[derive(Clone, PartialEq, Message)]
struct Boolean {
    #[prost(string, tag = "1")]
    true_label: String,
    #[prost(string, tag = "2")]
    false_label: String,
}

#[derive(Clone, PartialEq, Message)]
struct Deleted {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let id = Bytes::copy_from_slice(event.id().bytes());
    match event {
        Event::Created { content, .. } => (Kind::DefinitionCreated, written(id, content)),
        Event::Replaced { content, .. } => (Kind::DefinitionReplaced, written(id, content)),
        Event::Deleted { .. } => (Kind::DefinitionDeleted, Deleted { id }.encode_to_vec().into()),
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    let known = |id: &Bytes| rows::uuid(id).map(DefinitionId::known);
    if kind == Kind::DefinitionDeleted {
        return Some(Event::Deleted { id: known(&Deleted::decode(payload).ok()?.id)? });
    }
    let Written { id, name, description, details } = Written::decode(payload).ok()?;
    let (id, content) = (known(&id)?, Content { name, description, details: details?.into() });
    Some(match kind {
        Kind::DefinitionCreated => Event::Created { id, content },
        _ => Event::Replaced { id, content },
    })
}

fn written(id: Bytes, content: &Content) -> Payload {
    let Content { name, description, details } = content.clone();
    let details = match details {
        Details::Numerical { min, max } => StoredDetails::Numerical(Numerical { min, max }),
        Details::Categorical { categories } => StoredDetails::Categorical(Categorical { categories }),
        Details::Boolean { true_label, false_label } => {
            StoredDetails::Boolean(Boolean { true_label, false_label })
        }
    };
    Written { id, name, description, details: Some(details) }.encode_to_vec().into()
}

impl From<StoredDetails> for Details {
    fn from(stored: StoredDetails) -> Self {
        match stored {
            StoredDetails::Numerical(Numerical { min, max }) => Self::Numerical { min, max },
            StoredDetails::Categorical(Categorical { categories }) => Self::Categorical { categories },
            StoredDetails::Boolean(Boolean { true_label, false_label }) => {
                Self::Boolean { true_label, false_label }
            }
        }
    }
}

pub(crate) fn load(stored: fjall::Iter) -> Result<State, Error> {
    let mut state = State::default();
    for guard in stored {
        let (_, value) = guard.into_inner()?;
        state.load(rows::read(&value)?);
    }
    Ok(state)
}
