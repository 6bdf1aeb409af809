//! Pins what a span costs to the event that changes it, so that rows stay a pure function of the log: whichever of
//! several events brings the model, the provider or the usage, the cost is of what they say together.

use std::borrow::Cow;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::ids::Position;
use crate::json::Json;
use crate::merge::{BodyRef, Layer, Register, Row};
use crate::prices::{Basis, Estimate, State as Prices};
use crate::spans::{Event, Fields, State};
use crate::time::Timestamp;

/// Stands for the place of the event that is being decided: it has none yet.
const HERE: Position = Position(u64::MAX);

/// Writes into an event the estimate that holds after it. Where nothing changes that the estimate is made from, it
/// stays what it was, whatever prices are now.
pub fn pin(state: Option<&State>, event: &mut Event, prices: &Prices, now: Timestamp) {
    let estimate = match (state, &*event) {
        (_, Event::Deleted { .. }) => return,
        (None, Event::Recorded(row)) => fresh(&row.fields, Some(row.start_time), prices, now),
        (None, Event::Patched(patch)) => fresh(&patch.fields, None, prices, now),
        (Some(state), event) => revised(state, event, prices, now),
    };
    match event {
        Event::Recorded(row) => row.estimate = estimate,
        Event::Patched(patch) => patch.estimate = estimate,
        Event::Deleted { .. } => {}
    }
}

/// What a span as it is stored would cost by the prices of today's table and the workspace's own.
pub fn anew(state: &State, prices: &Prices, now: Timestamp) -> Option<Estimate> {
    Known::of(&state.register, |at| state.claim(at)).estimate(prices, now)
}

fn fresh(
    fields: &Fields<Json>,
    start_time: Option<Timestamp>,
    prices: &Prices,
    now: Timestamp,
) -> Option<Estimate> {
    if has_cost(fields) {
        return None;
    }
    let claim = fields.metadata.as_ref().and_then(claim);
    prices.estimate(&basis(fields, claim), start_time.unwrap_or(now))
}

fn revised(state: &State, event: &Event, prices: &Prices, now: Timestamp) -> Option<Estimate> {
    let body = |json: &Json| BodyRef::new(HERE, json);
    let said = match event {
        Event::Recorded(row) => &row.fields,
        Event::Patched(patch) if state.register.is_full() && !concerns_cost(&patch.fields) => {
            return state.estimate.clone();
        }
        Event::Patched(patch) => &patch.fields,
        Event::Deleted { .. } => return None,
    };
    let mut register = state.register.clone();
    match event {
        Event::Recorded(row) => register.record(Row {
            version: row.version,
            recorded_at: now,
            origin: row.origin,
            start_time: row.start_time,
            fields: row.fields.map_bodies(body),
        }),
        Event::Patched(patch) => register.patch(Layer {
            version: patch.version,
            fields: patch.fields.map_bodies(body),
            tag_edits: patch.tag_edits.clone(),
        }),
        Event::Deleted { .. } => {}
    }
    let before = Known::of(&state.register, |at| state.claim(at));
    let claimed = said.metadata.as_ref().and_then(claim);
    let after = Known::of(&register, |at| if at == HERE { claimed } else { state.claim(at) });
    if before == after { state.estimate.clone() } else { after.estimate(prices, now) }
}

/// All that decides on the estimate of a span.
#[derive(PartialEq)]
struct Known {
    fields: Fields<BodyRef>,
    claim: Option<Decimal>,
    start_time: Option<Timestamp>,
}

impl Known {
    fn of(register: &Register<Fields<BodyRef>>, claim: impl Fn(Position) -> Option<Decimal>) -> Self {
        let fields = register.resolve();
        let claim = fields.metadata.as_ref().and_then(|body| claim(body.position));
        let start_time = register.is_full().then(|| register.start_time());
        let Fields { model, provider, usage, cost, .. } = fields;
        let fields = Fields { model, provider, usage, cost, ..Fields::default() };
        Self { fields, claim, start_time }
    }

    fn estimate(&self, prices: &Prices, now: Timestamp) -> Option<Estimate> {
        if has_cost(&self.fields) {
            return None;
        }
        prices.estimate(&basis(&self.fields, self.claim), self.start_time.unwrap_or(now))
    }
}

fn basis<Body>(fields: &Fields<Body>, claim: Option<Decimal>) -> Basis<'_> {
    Basis {
        model: fields.model.as_deref(),
        provider: fields.provider.as_deref(),
        usage: fields.usage.as_ref(),
        claim,
    }
}

/// Whether the client itself says what the span costs.
fn has_cost<Body>(fields: &Fields<Body>) -> bool {
    fields.cost.is_some_and(|cost| !cost.is_zero())
}

const fn concerns_cost(fields: &Fields<Json>) -> bool {
    fields.model.is_some()
        || fields.provider.is_some()
        || fields.usage.is_some()
        || fields.cost.is_some()
        || fields.metadata.is_some()
}

#[derive(Deserialize)]
struct Metadata<'a> {
    #[serde(borrow)]
    cost: Cost<'a>,
}

#[derive(Deserialize)]
struct Cost<'a> {
    #[serde(borrow)]
    currency: Cow<'a, str>,
    #[serde(borrow)]
    total_cost: &'a RawValue,
}

/// What metadata says that a span costs: `{"cost": {"currency": "USD", "total_cost": 0.1}}`.
pub fn claim(metadata: &Json) -> Option<Decimal> {
    // Few say so, and looking for the word is far cheaper than reading.
    if !metadata.as_str().contains("\"total_cost\"") {
        return None;
    }
    let Metadata { cost } = serde_json::from_slice(metadata.bytes()).ok()?;
    let text = cost.total_cost.get().trim_matches('"');
    let amount = text.parse().or_else(|_| Decimal::from_scientific(text)).ok();
    amount.filter(|amount: &Decimal| cost.currency == "USD" && *amount > Decimal::ZERO)
}
