//! Own prices and re-pricings in the log and as rows; the estimates in the events of spans.

use bytes::Bytes;
use cairn_core::event::Recorded;
use cairn_core::ids::{ProjectId, RepricingId, SpanId, TraceId};
use cairn_core::limits::REPRICING_STEP_SPANS_MAX;
use cairn_core::prices::repricing::{self, Repricing, Scope, Step};
use cairn_core::prices::tariff::Tariff;
use cairn_core::prices::{Estimate, Event, Key as PriceKey, Put, State};
use cairn_core::query::{Comparison, Entity, Field, Operand, Predicate, Query, Term};
use cairn_core::time::Timestamp;
use prost::Message;

use crate::error::Error;
use crate::index::{Cursor, SortValue, Window};
use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::reader::{Reader, Scope as ReaderScope};
use crate::rows::{self, uuid};

#[derive(Clone, PartialEq, Message)]
pub(crate) struct StoredEstimate {
    /// Decimal text, US dollars.
    #[prost(string, tag = "1")]
    cost: String,
    #[prost(string, tag = "2")]
    version: String,
}

/// A price, or without a tariff only which.
#[derive(Clone, PartialEq, Message)]
struct StoredPrice {
    #[prost(string, tag = "1")]
    provider: String,
    #[prost(string, tag = "2")]
    model: String,
    #[prost(sfixed64, tag = "3")]
    effective_from: i64,
    /// As the tables write it: `in=2.5 out=10 >200000 in=5`.
    #[prost(string, optional, tag = "4")]
    tariff: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct StoredRepriced {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    trace_id: Bytes,
    #[prost(bytes = "bytes", tag = "3")]
    repricing_id: Bytes,
    #[prost(message, optional, tag = "4")]
    estimate: Option<StoredEstimate>,
}

/// A re-pricing that begins, goes on or ends, with what its kind needs.
#[derive(Clone, PartialEq, Message)]
struct StoredRepricing {
    #[prost(bytes = "bytes", tag = "1")]
    id: Bytes,
    #[prost(sfixed64, optional, tag = "2")]
    from: Option<i64>,
    #[prost(bytes = "bytes", optional, tag = "3")]
    project_id: Option<Bytes>,
    #[prost(bytes = "bytes", optional, tag = "4")]
    after: Option<Bytes>,
    #[prost(uint64, tag = "5")]
    seen: u64,
    #[prost(uint64, tag = "6")]
    changed: u64,
}

pub(crate) fn store_estimate(estimate: &Estimate) -> StoredEstimate {
    StoredEstimate { cost: estimate.cost.to_string(), version: estimate.version.clone() }
}

pub(crate) fn load_estimate(stored: StoredEstimate) -> Option<Estimate> {
    Some(Estimate { cost: stored.cost.parse().ok()?, version: stored.version })
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    let bytes = |id: &[u8; 16]| Bytes::copy_from_slice(id);
    let price = |key: &PriceKey, tariff: Option<&Tariff>| StoredPrice {
        provider: key.provider.clone(),
        model: key.model.clone(),
        effective_from: key.effective_from.as_nanos(),
        tariff: tariff.map(Tariff::to_string),
    };
    match event {
        Event::Put(Put { key, tariff }) => (Kind::PricePut, price(key, Some(tariff)).encode_to_vec().into()),
        Event::Removed(key) => (Kind::PriceRemoved, price(key, None).encode_to_vec().into()),
        Event::SpanRepriced { id, trace_id, repricing_id, estimate } => {
            let stored = StoredRepriced {
                id: bytes(id.bytes()),
                trace_id: bytes(trace_id.bytes()),
                repricing_id: bytes(repricing_id.bytes()),
                estimate: estimate.as_ref().map(store_estimate),
            };
            (Kind::SpanRepriced, stored.encode_to_vec().into())
        }
        Event::Repricing(event) => {
            let id = bytes(event.id().bytes());
            let mut stored = StoredRepricing { id, ..StoredRepricing::default() };
            let kind = match event {
                repricing::Event::Begun { scope, .. } => {
                    stored.from = Some(scope.from.as_nanos());
                    stored.project_id = scope.project_id.map(|id| bytes(id.bytes()));
                    Kind::RepricingBegun
                }
                repricing::Event::Advanced { step, .. } => {
                    stored.after = Some(bytes(step.after.bytes()));
                    (stored.seen, stored.changed) = (step.seen, step.changed);
                    Kind::RepricingAdvanced
                }
                repricing::Event::Ended { .. } => Kind::RepricingEnded,
            };
            (kind, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(kind: Kind, payload: Bytes) -> Option<Event> {
    match kind {
        Kind::PricePut => {
            let stored = StoredPrice::decode(payload).ok()?;
            let tariff = Tariff::parse(stored.tariff.as_deref()?)?;
            Some(Event::Put(Put { key: key(stored), tariff }))
        }
        Kind::PriceRemoved => Some(Event::Removed(key(StoredPrice::decode(payload).ok()?))),
        Kind::SpanRepriced => {
            let stored = StoredRepriced::decode(payload).ok()?;
            Some(Event::SpanRepriced {
                id: SpanId::known(uuid(&stored.id)?),
                trace_id: TraceId::known(uuid(&stored.trace_id)?),
                repricing_id: RepricingId::known(uuid(&stored.repricing_id)?),
                estimate: stored.estimate.and_then(load_estimate),
            })
        }
        _ => {
            let stored = StoredRepricing::decode(payload).ok()?;
            let id = RepricingId::known(uuid(&stored.id)?);
            Some(Event::Repricing(match kind {
                Kind::RepricingBegun => {
                    let from = Timestamp::from_nanos(stored.from?);
                    let project_id = stored.project_id.as_deref().and_then(uuid).map(ProjectId::known);
                    repricing::Event::Begun { id, scope: Scope { from, project_id } }
                }
                Kind::RepricingAdvanced => {
                    let after = SpanId::known(uuid(stored.after.as_deref()?)?);
                    let step = Step { after, seen: stored.seen, changed: stored.changed };
                    repricing::Event::Advanced { id, step }
                }
                _ => repricing::Event::Ended { id },
            }))
        }
    }
}

fn key(stored: StoredPrice) -> PriceKey {
    PriceKey {
        provider: stored.provider,
        model: stored.model,
        effective_from: Timestamp::from_nanos(stored.effective_from),
    }
}

/// All own prices and re-pricings of a workspace, from their rows.
pub(crate) fn load(prices: fjall::Iter, repricings: fjall::Iter) -> Result<State, Error> {
    let mut state = State::default();
    for guard in prices {
        let (_, value) = guard.into_inner()?;
        state.load(rows::read(&value)?);
    }
    for guard in repricings {
        let (_, value) = guard.into_inner()?;
        state.load_repricing(rows::read(&value)?);
    }
    Ok(state)
}

/// The prices as a commit sees and changes them.
pub(crate) struct Staged {
    state: State,
    prices: Vec<PriceKey>,
    repricings: Vec<RepricingId>,
}

impl Staged {
    pub(crate) fn open(rows: &fjall::Keyspace) -> Result<Self, Error> {
        let state = load(rows.prefix(rows::own_prices()), rows.prefix(rows::repricings()))?;
        Ok(Self { state, prices: Vec::new(), repricings: Vec::new() })
    }

    pub(crate) const fn state(&self) -> &State {
        &self.state
    }

    pub(crate) fn project(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Put(Put { key, .. }) | Event::Removed(key) => self.prices.push(key.clone()),
            Event::Repricing(event) => self.repricings.push(event.id()),
            Event::SpanRepriced { .. } => {}
        }
        self.state.evolve(event);
    }

    pub(crate) fn flush(
        &mut self,
        keyspace: &fjall::Keyspace,
        batch: &mut fjall::OwnedWriteBatch,
    ) -> Result<(), Error> {
        for key in std::mem::take(&mut self.prices) {
            match self.state.get(key.clone()) {
                Some(own) => batch.insert(keyspace, rows::own_price(&key), rows::write(own)?),
                None => batch.remove(keyspace, rows::own_price(&key)),
            }
        }
        for id in std::mem::take(&mut self.repricings) {
            if let Some(repricing) = self.state.repricing(id) {
                batch.insert(keyspace, rows::repricing(id), rows::write(repricing)?);
            }
        }
        Ok(())
    }
}

impl Reader {
    /// The spans that the next step of a re-pricing looks at, newest first; `None` if it has ended. Only a span with
    /// a model can have a price.
    pub fn spans_to_reprice(&self, id: RepricingId) -> Result<Option<Vec<SpanId>>, Error> {
        let Some(repricing) = self.row::<Repricing>(rows::repricing(id))? else { return Ok(None) };
        if repricing.ended_at.is_some() {
            return Ok(None);
        }
        let Scope { from, project_id } = repricing.scope;
        let since = Predicate::Compare(Comparison::GreaterOrEqual, Operand::Time(from));
        let query = Query::And(vec![
            Query::Term(Term { field: Field::StartTime, predicate: since }),
            Query::Not(Box::new(Query::Term(Term { field: Field::Model, predicate: Predicate::IsEmpty }))),
        ]);
        let window = Window {
            sort: None,
            after: repricing.after.map(|id| Cursor { value: SortValue::Id, id: id.uuid() }),
            offset: 0,
            limit: REPRICING_STEP_SPANS_MAX,
            count: false,
        };
        let scope = ReaderScope { entity: Entity::Span, project: project_id, trace: None };
        let listed = self.list(scope, &query, &window)?;
        Ok(Some(listed.hits.into_iter().map(|hit| SpanId::known(hit.id)).collect()))
    }
}
