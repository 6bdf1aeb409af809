//! Prices of models: the public ones that the program carries and the own ones of a workspace, and what usage costs
//! by them. A cost is decided when a span is written and stays with the span; nothing here looks at stored spans.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::access::{Needs, PriceWrite};
use crate::command::{Context, check_batch, check_text};
use crate::event::Recorded;
use crate::ids::{Position, PriceId, RepricingId, SpanId, TraceId};
use crate::limits::{NAME_CHARS_MAX, OWN_PRICES_MAX};
use crate::prices::names::{candidates, folded};
use crate::prices::repricing::Repricing;
use crate::prices::tariff::Tariff;
use crate::prices::usage::Consumption;
use crate::rejection::Rejection;
use crate::time::Timestamp;

pub mod names;
pub mod pinning;
pub mod repricing;
pub mod table;
pub mod tariff;
mod usage;

/// What a span costs as far as is known, and by which prices. It is in the span's events: a later price changes
/// nothing by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Estimate {
    /// US dollars; never zero.
    pub cost: Decimal,
    /// The version of the prices.
    pub version: String,
}

/// The version of an estimate that the client's own metadata made.
pub const BY_METADATA: &str = "metadata";

/// Which price: of two with the same model, each holds until the next begins.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Empty for a model of any provider, or of none.
    pub provider: String,
    pub model: String,
    pub effective_from: Timestamp,
}

impl Key {
    /// The same for the same key, so that a price has a history and can be restored.
    pub fn id(&self) -> PriceId {
        let mut hasher = blake3::Hasher::new();
        for text in [&self.provider, &self.model] {
            hasher
                .update(&u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes())
                .update(text.as_bytes());
        }
        hasher.update(&self.effective_from.as_nanos().to_be_bytes());
        let bytes = hasher.finalize().as_bytes().first_chunk::<16>().copied().unwrap_or_default();
        let id = uuid::Builder::from_bytes(bytes)
            .with_version(uuid::Version::Custom)
            .with_variant(uuid::Variant::RFC4122);
        PriceId::known(id.into_uuid())
    }

    /// The same for every spelling of provider and model.
    fn folded(self) -> Self {
        Self {
            provider: names::provider(&self.provider).into_owned(),
            model: folded(self.model.trim()).into_owned(),
            effective_from: self.effective_from,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    pub key: Key,
    pub tariff: Tariff,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Each replaces the price of the same key.
    Put(Vec<Put>),
    /// Unknown ones are skipped.
    Remove(Vec<Key>),
    Reprice(repricing::Command),
}

impl Needs for Command {
    type Permission = PriceWrite;
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Put(Put),
    Removed(Key),
    /// A span costs what it says from now on; what it cost before stands in its earlier events.
    SpanRepriced {
        id: SpanId,
        trace_id: TraceId,
        repricing_id: RepricingId,
        estimate: Option<Estimate>,
    },
    Repricing(repricing::Event),
}

impl Event {
    /// The price that is set or removed.
    pub const fn key(&self) -> Option<&Key> {
        match self {
            Self::Put(put) => Some(&put.key),
            Self::Removed(key) => Some(key),
            Self::SpanRepriced { .. } | Self::Repricing(_) => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    pub provider: String,
    pub model: String,
    pub effective_from: Timestamp,
    pub tariff: Tariff,
    pub set_at: Timestamp,
    pub set_by: String,
    /// Where it was set: its version.
    pub position: Position,
}

impl Own {
    pub fn key(&self) -> Key {
        let Self { provider, model, effective_from, .. } = self.clone();
        Key { provider, model, effective_from }
    }

    pub fn version(&self) -> String {
        format!("own-{}", self.position)
    }
}

/// All own prices of a workspace, and its re-pricings.
#[derive(Clone, Debug, Default)]
pub struct State {
    own: BTreeMap<Key, Own>,
    repricings: BTreeMap<RepricingId, Repricing>,
}

/// What an estimate is made from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Basis<'a> {
    pub model: Option<&'a str>,
    pub provider: Option<&'a str>,
    pub usage: Option<&'a BTreeMap<String, i64>>,
    /// What `metadata.cost` says.
    pub claim: Option<Decimal>,
}

/// A price that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InForce<'a> {
    pub tariff: &'a Tariff,
    pub version: Cow<'a, str>,
}

impl Command {
    pub fn check(&self) -> Result<(), Rejection> {
        match self {
            Self::Put(prices) => {
                check_batch("prices", prices.len())?;
                prices.iter().enumerate().try_for_each(|(at, price)| price.check(at))
            }
            Self::Remove(keys) => check_batch("prices", keys.len()),
            Self::Reprice(command) => command.check(),
        }
    }
}

impl Put {
    fn check(&self, at: usize) -> Result<(), Rejection> {
        let place = format!("prices[{at}].");
        if self.key.model.trim().is_empty() {
            return Err(Rejection::invalid(format!("{place}model must not be blank")));
        }
        check_text(&place, "model", Some(&self.key.model), NAME_CHARS_MAX)?;
        check_text(&place, "provider", Some(&self.key.provider), NAME_CHARS_MAX)?;
        if self.tariff.base.is_empty() {
            return Err(Rejection::invalid(format!("{place}rates must not be empty")));
        }
        Ok(())
    }
}

impl State {
    /// All, by provider, model and date.
    pub fn own(&self) -> impl Iterator<Item = &Own> {
        self.own.values()
    }

    pub fn get(&self, key: Key) -> Option<&Own> {
        self.own.get(&key.folded())
    }

    /// Newest first.
    pub fn repricings(&self) -> impl Iterator<Item = &Repricing> {
        self.repricings.values().rev()
    }

    pub fn repricing(&self, id: RepricingId) -> Option<&Repricing> {
        self.repricings.get(&id)
    }

    /// The price of a model at a time: the workspace's own before the public one.
    pub fn in_force(&self, provider: &str, model: &str, at: Timestamp) -> Option<InForce<'_>> {
        let provider = names::provider(provider);
        self.own_in_force(&provider, model, at).or_else(|| {
            let tariff = table::find(&provider, model)?;
            Some(InForce { tariff, version: Cow::Borrowed(table::version()) })
        })
    }

    /// What something costs by the prices of a time; `None` if that is not known.
    pub fn estimate(&self, basis: &Basis<'_>, at: Timestamp) -> Option<Estimate> {
        self.by_prices(basis, at).or_else(|| {
            let cost = basis.claim.filter(|cost| *cost > Decimal::ZERO)?;
            Some(Estimate { cost, version: BY_METADATA.to_owned() })
        })
    }

    fn by_prices(&self, basis: &Basis<'_>, at: Timestamp) -> Option<Estimate> {
        let usage = basis.usage.filter(|usage| !usage.is_empty())?;
        let model = basis.model.filter(|model| !model.is_empty())?;
        let provider = basis.provider.unwrap_or_default();
        let InForce { tariff, version } = self.in_force(provider, model, at)?;
        let cost = tariff.cost(&Consumption::read(&names::provider(provider), usage))?;
        (!cost.is_zero()).then(|| Estimate { cost, version: version.into_owned() })
    }

    fn own_in_force(&self, provider: &str, model: &str, at: Timestamp) -> Option<InForce<'_>> {
        if self.own.is_empty() {
            return None;
        }
        let providers = [Some(provider), (!provider.is_empty()).then_some("")];
        providers.into_iter().flatten().find_map(|provider| {
            candidates(model).find_map(|model| {
                let key = |effective_from| Key {
                    provider: provider.to_owned(),
                    model: model.to_string(),
                    effective_from,
                };
                let mut dated = self.own.range(key(Timestamp::EPOCH)..=key(at.max(Timestamp::EPOCH)));
                let (_, own) = dated.next_back()?;
                Some(InForce { tariff: &own.tariff, version: Cow::Owned(own.version()) })
            })
        })
    }

    pub fn decide(&self, command: Command, context: &mut Context) -> Result<Vec<Event>, Rejection> {
        match command {
            Command::Put(prices) => {
                let prices = prices.into_iter().map(|Put { key, tariff }| Put { key: key.folded(), tariff });
                // What is set again to what it is changes nothing, and keeps its version.
                let stands = |put: &Put| self.own.get(&put.key).is_some_and(|own| own.tariff == put.tariff);
                let changed: Vec<Put> = prices.filter(|put| !stands(put)).collect();
                let added = changed.iter().filter(|put| !self.own.contains_key(&put.key)).count();
                self.check_room(added)?;
                Ok(changed.into_iter().map(Event::Put).collect())
            }
            Command::Remove(keys) => {
                let known = keys.into_iter().map(Key::folded).filter(|key| self.own.contains_key(key));
                Ok(known.map(Event::Removed).collect())
            }
            Command::Reprice(command) => {
                let under_way = self.repricings.values().find(|repricing| repricing.ended_at.is_none());
                let asked = command.id().and_then(|id| self.repricings.get(&id));
                Ok(vec![Event::Repricing(repricing::decide(under_way, asked, command, context)?)])
            }
        }
    }

    /// Refuses more prices than a workspace may have.
    pub fn check_room(&self, added: usize) -> Result<(), Rejection> {
        if self.own.len() + added > OWN_PRICES_MAX {
            return Err(Rejection::conflict(format!(
                "a workspace has {OWN_PRICES_MAX} prices of its own at most"
            )));
        }
        Ok(())
    }

    pub fn evolve(&mut self, event: &Recorded<Event>) {
        match &event.event {
            Event::Put(Put { key, tariff }) => self.load(Own {
                provider: key.provider.clone(),
                model: key.model.clone(),
                effective_from: key.effective_from,
                tariff: tariff.clone(),
                set_at: event.time,
                set_by: event.principal.to_string(),
                position: event.position,
            }),
            Event::Removed(key) => {
                self.own.remove(key);
            }
            Event::SpanRepriced { .. } => {}
            Event::Repricing(repricing) => {
                let id = repricing.id();
                let next = repricing::evolve(self.repricings.remove(&id), &event.with(repricing.clone()));
                self.repricings.extend(next.map(|repricing| (id, repricing)));
            }
        }
    }

    /// Takes a price as it was stored.
    pub fn load(&mut self, own: Own) {
        self.own.insert(own.key(), own);
    }

    pub fn load_repricing(&mut self, repricing: Repricing) {
        self.repricings.insert(repricing.id, repricing);
    }
}

#[cfg(test)]
mod tests;
