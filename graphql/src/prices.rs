//! Prices of models: the one in force, the workspace's own, and pricing the past anew.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use cairn_core::access::PriceRead;
use cairn_core::ids::{ProjectId, RepricingId};
use cairn_core::prices::tariff::{Item, Rates, Tariff};
use cairn_core::prices::{Command, Key, Own, Put, repricing, table};
use cairn_core::time;

use crate::connection::{page_cost, page_size};
use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, session};

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Item")]
pub(crate) enum PriceItem {
    Input,
    Output,
    CacheRead,
    CacheWrite,
    /// Written to a cache that is kept for an hour.
    CacheWriteHour,
    Reasoning,
    AudioInput,
    AudioOutput,
    InputCharacters,
    VideoSeconds,
}

#[derive(SimpleObject)]
pub(crate) struct PriceRate {
    item: PriceItem,
    /// US dollars, as decimal text.
    per_million: String,
}

/// Rates for all tokens of prompts that are longer.
#[derive(SimpleObject)]
pub(crate) struct PriceTier {
    above_tokens: u64,
    rates: Vec<PriceRate>,
}

fn rates(rates: &Rates) -> Vec<PriceRate> {
    let shown = rates.iter().map(|(item, rate)| PriceRate {
        item: PriceItem::from(item),
        per_million: rate.normalize().to_string(),
    });
    shown.collect()
}

fn tiers(tariff: &Tariff) -> Vec<PriceTier> {
    let tier = |(above, step): &(u64, Rates)| PriceTier { above_tokens: *above, rates: rates(step) };
    tariff.tiers.iter().map(tier).collect()
}

/// The price of a model at a time.
#[derive(SimpleObject)]
pub(crate) struct Price {
    /// What spans that it prices carry as `costVersion`.
    version: String,
    rates: Vec<PriceRate>,
    tiers: Vec<PriceTier>,
}

/// A price that the workspace set for itself. It comes before the public one from its day on.
#[derive(SimpleObject)]
pub(crate) struct OwnPrice {
    /// By which its history is found. It follows from provider, model and day.
    id: ID,
    /// Empty for a model of any provider.
    provider: String,
    model: String,
    effective_from: Timestamp,
    rates: Vec<PriceRate>,
    tiers: Vec<PriceTier>,
    version: String,
    set_at: Timestamp,
    set_by: String,
}

impl From<&Own> for OwnPrice {
    fn from(own: &Own) -> Self {
        Self {
            id: own.key().id().into(),
            provider: own.provider.clone(),
            model: own.model.clone(),
            effective_from: Timestamp(own.effective_from),
            rates: rates(&own.tariff.base),
            tiers: tiers(&own.tariff),
            version: own.version(),
            set_at: Timestamp(own.set_at),
            set_by: own.set_by.clone(),
        }
    }
}

#[derive(SimpleObject)]
pub(crate) struct OwnPrices {
    total: usize,
    items: Vec<OwnPrice>,
}

/// The prices that the program carries.
#[derive(SimpleObject)]
pub(crate) struct PublicPrices {
    version: String,
    /// The day of which they are.
    date: String,
    models: usize,
}

/// Spans of the past that are priced anew, by the prices of now. What they cost before stays in their history.
#[derive(SimpleObject)]
pub(crate) struct Repricing {
    id: ID,
    /// Spans that started then or later.
    from: Timestamp,
    project_id: Option<ID>,
    begun_at: Timestamp,
    begun_by: String,
    /// Spans looked at so far.
    seen: u64,
    /// How many of them cost something else now.
    changed: u64,
    ended_at: Option<Timestamp>,
}

impl From<&repricing::Repricing> for Repricing {
    fn from(repricing: &repricing::Repricing) -> Self {
        Self {
            id: repricing.id.into(),
            from: Timestamp(repricing.scope.from),
            project_id: repricing.scope.project_id.map(ID::from),
            begun_at: Timestamp(repricing.begun_at),
            begun_by: repricing.begun_by.clone(),
            seen: repricing.seen,
            changed: repricing.changed,
            ended_at: repricing.ended_at.map(Timestamp),
        }
    }
}

#[derive(Default)]
pub(crate) struct PriceQueries;

#[Object]
impl PriceQueries {
    /// The price of a model that is in force at a time, or now: the workspace's own, or else the public one.
    async fn price(
        &self,
        context: &Context<'_>,
        provider: String,
        model: String,
        at: Option<Timestamp>,
    ) -> Result<Option<Price>> {
        let session = session(context)?;
        let at = at.map_or_else(|| session.now(), |Timestamp(at)| at);
        let prices = session.read::<PriceRead, _>(|reader| Ok(reader.prices()?)).await?;
        let found = prices.in_force(&provider, &model, at);
        Ok(found.map(|found| Price {
            version: found.version.into_owned(),
            rates: rates(&found.tariff.base),
            tiers: tiers(found.tariff),
        }))
    }

    async fn public_prices(&self) -> PublicPrices {
        PublicPrices {
            version: table::version().to_owned(),
            date: table::date().to_owned(),
            models: table::lines().count(),
        }
    }

    /// By provider, model and day.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn own_prices(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        #[graphql(default)] offset: u32,
    ) -> Result<OwnPrices> {
        let first = page_size(first)?;
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        let prices = session(context)?.read::<PriceRead, _>(|reader| Ok(reader.prices()?)).await?;
        let items = prices.own().skip(offset).take(first).map(OwnPrice::from).collect();
        Ok(OwnPrices { total: prices.own().count(), items })
    }

    /// Newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn repricings(&self, context: &Context<'_>, first: Option<i32>) -> Result<Vec<Repricing>> {
        let first = page_size(first)?;
        let prices = session(context)?.read::<PriceRead, _>(|reader| Ok(reader.prices()?)).await?;
        Ok(prices.repricings().take(first).map(Into::into).collect())
    }
}

#[derive(InputObject)]
pub(crate) struct PriceRateInput {
    item: PriceItem,
    /// US dollars, as decimal text.
    per_million: String,
}

#[derive(InputObject)]
pub(crate) struct PriceTierInput {
    above_tokens: u64,
    rates: Vec<PriceRateInput>,
}

#[derive(InputObject)]
pub(crate) struct PriceKeyInput {
    /// Empty for a model of any provider.
    #[graphql(default)]
    provider: String,
    model: String,
    /// From the beginning of time if it is left out.
    effective_from: Option<Timestamp>,
}

#[derive(InputObject)]
pub(crate) struct PriceInput {
    key: PriceKeyInput,
    rates: Vec<PriceRateInput>,
    #[graphql(default)]
    tiers: Vec<PriceTierInput>,
}

impl From<PriceKeyInput> for Key {
    fn from(input: PriceKeyInput) -> Self {
        let effective_from = input.effective_from.map_or(time::Timestamp::EPOCH, |Timestamp(from)| from);
        Self { provider: input.provider, model: input.model, effective_from }
    }
}

fn read_rates(inputs: Vec<PriceRateInput>) -> Result<Rates> {
    let mut rates = Rates::default();
    for PriceRateInput { item, per_million } in inputs {
        let rate = Rates::read(&per_million).ok_or_else(|| {
            Problem::invalid(format!("`{per_million}` is no price; write a decimal such as `2.5`"))
        })?;
        rates.set(item.into(), rate);
    }
    Ok(rates)
}

impl PriceInput {
    fn read(self) -> Result<Put> {
        let mut tiers = self
            .tiers
            .into_iter()
            .map(|tier| Ok((tier.above_tokens, read_rates(tier.rates)?)))
            .collect::<Result<Vec<_>>>()?;
        tiers.sort_by_key(|(above, _)| *above);
        Ok(Put { key: self.key.into(), tariff: Tariff { base: read_rates(self.rates)?, tiers } })
    }
}

#[derive(Default)]
pub(crate) struct PriceMutations;

#[Object]
impl PriceMutations {
    /// Each replaces the price of the same model from the same day on. Spans that are there keep what they cost.
    async fn set_prices(&self, context: &Context<'_>, prices: Vec<PriceInput>) -> Result<bool> {
        let puts = prices.into_iter().map(PriceInput::read).collect::<Result<_>>()?;
        session(context)?.execute(Command::Put(puts)).await?;
        Ok(true)
    }

    /// True also for what was not there.
    async fn remove_prices(&self, context: &Context<'_>, keys: Vec<PriceKeyInput>) -> Result<bool> {
        let keys = keys.into_iter().map(Key::from).collect();
        session(context)?.execute(Command::Remove(keys)).await?;
        Ok(true)
    }

    /// Prices the spans that started at a time or later anew. It goes on behind the answer; `repricings` tells how far.
    async fn reprice_spans(
        &self,
        context: &Context<'_>,
        from: Timestamp,
        project_id: Option<ID>,
    ) -> Result<Repricing> {
        let session = session(context)?;
        let project_id = project_id.map(|id| uuid(&id).map(ProjectId::known)).transpose()?;
        let outcome = session.reprice(repricing::Scope { from: from.0, project_id }).await?;
        present(session, RepricingId::known(outcome.created.unwrap_or_default())).await
    }
}

async fn present(session: &Session, id: RepricingId) -> Result<Repricing> {
    let prices = session.read::<PriceRead, _>(|reader| Ok(reader.prices()?)).await?;
    prices.repricing(id).map(Into::into).ok_or_else(|| Problem::not_found("re-pricing not found"))
}
