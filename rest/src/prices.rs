//! A workspace's own prices over REST: the form in which `cairn prices` reads and writes them, and re-pricing.

use std::fmt;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use cairn_core::access::{PriceRead, PriceWrite};
use cairn_core::ids::ProjectId;
use cairn_core::prices::repricing::{Repricing, Scope};
use cairn_core::prices::tariff::{Item, Rates, Tariff};
use cairn_core::prices::{Command, Key, Own, Put};
use cairn_core::rejection::Rejection;
use cairn_core::time::Timestamp;
use rust_decimal::Decimal;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use uuid::Uuid;

use crate::error::Answer;
use crate::extract::{Body, Granted};
use crate::routes::Server;
use crate::wire::{self, Shown};

/// An amount to the digit, whether it is written as a number or as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dollars(pub Decimal);

struct DollarsVisitor;

impl Visitor<'_> for DollarsVisitor {
    type Value = Dollars;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("US dollars per million")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Dollars, E> {
        let text = text.trim();
        let amount = text.parse().or_else(|_| Decimal::from_scientific(text));
        amount.map(Dollars).map_err(|_| E::custom(format!("`{text}` is no amount")))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Dollars, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Dollars, E> {
        Ok(Dollars(number.into()))
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Dollars, E> {
        Ok(Dollars(number.into()))
    }
}

impl<'de> Deserialize<'de> for Dollars {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DollarsVisitor)
    }
}

impl Serialize for Dollars {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let shown = wire::decimal_out(self.0).ok_or_else(|| serde::ser::Error::custom("no number"))?;
        shown.serialize(serializer)
    }
}

/// One price as files and requests have it: US dollars per million of each thing.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceLine {
    /// Empty for a model of any provider.
    #[serde(default)]
    pub provider: String,
    pub model: String,
    /// A day, or an instant; from the beginning of time if it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Dollars>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Dollars>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<Dollars>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<Dollars>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_hour: Option<Dollars>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Dollars>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_input: Option<Dollars>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audio_output: Option<Dollars>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_characters: Option<Dollars>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub video_seconds: Option<Dollars>,
    /// Rates of longer prompts, as price tables write them: `>200000 in=5 out=15`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<String>,
}

impl PriceLine {
    pub const COLUMNS: [&str; 14] = [
        "provider",
        "model",
        "effective_from",
        "input",
        "output",
        "cache_read",
        "cache_write",
        "cache_write_hour",
        "reasoning",
        "audio_input",
        "audio_output",
        "input_characters",
        "video_seconds",
        "tiers",
    ];

    pub fn amount(&mut self, item: Item) -> &mut Option<Dollars> {
        match item {
            Item::Input => &mut self.input,
            Item::Output => &mut self.output,
            Item::CacheRead => &mut self.cache_read,
            Item::CacheWrite => &mut self.cache_write,
            Item::CacheWriteHour => &mut self.cache_write_hour,
            Item::Reasoning => &mut self.reasoning,
            Item::AudioInput => &mut self.audio_input,
            Item::AudioOutput => &mut self.audio_output,
            Item::InputCharacters => &mut self.input_characters,
            Item::VideoSeconds => &mut self.video_seconds,
        }
    }

    pub fn of(own: &Own) -> Self {
        let tiers = Tariff { base: Rates::default(), tiers: own.tariff.tiers.clone() }.to_string();
        let mut line = Self {
            provider: own.provider.clone(),
            model: own.model.clone(),
            effective_from: (own.effective_from != Timestamp::EPOCH).then(|| own.effective_from.to_string()),
            tiers: Some(tiers).filter(|tiers| !tiers.is_empty()),
            ..Self::default()
        };
        for (item, rate) in own.tariff.base.iter() {
            *line.amount(item) = Some(Dollars(rate));
        }
        line
    }

    /// The price that a line says; what is wrong is told.
    pub fn put(mut self) -> Result<Put, Rejection> {
        let mut tariff = match &self.tiers {
            None => Tariff::default(),
            Some(text) => Tariff::parse(text).filter(|tariff| tariff.base.is_empty()).ok_or_else(|| {
                Rejection::invalid(format!("tiers `{text}` cannot be read"))
                    .hint("write `>200000 in=5 out=15`")
            })?,
        };
        for item in Item::ALL {
            let Some(Dollars(rate)) = *self.amount(item) else { continue };
            if rate.is_sign_negative() {
                return Err(
                    Rejection::invalid(format!("`{rate}` is no price")).hint("amounts are zero or more")
                );
            }
            tariff.base.set(item, rate);
        }
        let effective_from = match self.effective_from.as_deref().map(str::trim) {
            None | Some("") => Timestamp::EPOCH,
            Some(text) => day_or_instant(text)?,
        };
        Ok(Put { key: Key { provider: self.provider, model: self.model, effective_from }, tariff })
    }
}

fn day_or_instant(text: &str) -> Result<Timestamp, Rejection> {
    Timestamp::parse(text).or_else(|| Timestamp::parse(&format!("{text}T00:00:00Z"))).ok_or_else(|| {
        Rejection::invalid(format!("`{text}` is no time"))
            .hint("write `2026-01-31` or `2026-01-31T12:00:00Z`")
    })
}

/// A file's prices as one command; a wrong line is named by its number, from 0.
pub fn read_lines(lines: Vec<PriceLine>) -> Result<Vec<Put>, Rejection> {
    let put = |(at, line): (usize, PriceLine)| {
        line.put()
            .map_err(|refusal| Rejection { message: format!("prices[{at}]: {}", refusal.message), ..refusal })
    };
    lines.into_iter().enumerate().map(put).collect()
}

#[derive(Serialize, Deserialize)]
pub struct Lines {
    pub prices: Vec<PriceLine>,
}

pub(crate) async fn list(State(server): State<Server>, Granted(grant): Granted<PriceRead>) -> Answer {
    let prices = server.handles.read(&grant, |reader| Ok(reader.prices()?)).await?;
    Ok(Json(Lines { prices: prices.own().map(PriceLine::of).collect() }).into_response())
}

pub(crate) async fn put(
    State(server): State<Server>,
    Granted(grant): Granted<PriceWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let puts = body.read(|body| read_lines(wire::plain::<Lines>(body)?.prices)).await?;
    server.handles.execute(&grant, Command::Put(puts)).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn remove(
    State(server): State<Server>,
    Granted(grant): Granted<PriceWrite>,
    body: Body,
) -> Answer<StatusCode> {
    let puts = body.read(|body| read_lines(wire::plain::<Lines>(body)?.prices)).await?;
    let keys = puts.into_iter().map(|put| put.key).collect();
    server.handles.execute(&grant, Command::Remove(keys)).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
struct RepricingIn {
    from: String,
    project_id: Option<Uuid>,
}

#[derive(Serialize)]
struct RepricingOut {
    id: String,
    from: Shown,
    #[serde(skip_serializing_if = "Option::is_none")]
    project_id: Option<String>,
    begun_at: Shown,
    begun_by: String,
    /// Spans looked at so far, and how many of them cost something else now.
    seen: u64,
    changed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_at: Option<Shown>,
}

impl From<&Repricing> for RepricingOut {
    fn from(repricing: &Repricing) -> Self {
        Self {
            id: repricing.id.to_string(),
            from: Shown(repricing.scope.from),
            project_id: repricing.scope.project_id.map(|id| id.to_string()),
            begun_at: Shown(repricing.begun_at),
            begun_by: repricing.begun_by.clone(),
            seen: repricing.seen,
            changed: repricing.changed,
            ended_at: repricing.ended_at.map(Shown),
        }
    }
}

/// Begins to price spans anew; the answer comes at once, the work goes on behind it.
pub(crate) async fn reprice(
    State(server): State<Server>,
    Granted(grant): Granted<PriceWrite>,
    body: Body,
) -> Answer {
    let asked: RepricingIn = body.read(wire::plain).await?;
    let scope =
        Scope { from: day_or_instant(&asked.from)?, project_id: asked.project_id.map(ProjectId::known) };
    let outcome = server.handles.reprice(&grant, scope).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "id": outcome.created }))).into_response())
}

/// All re-pricings, newest first, with how far they are.
pub(crate) async fn repricings(State(server): State<Server>, Granted(grant): Granted<PriceRead>) -> Answer {
    let prices = server.handles.read(&grant, |reader| Ok(reader.prices()?)).await?;
    let content: Vec<RepricingOut> = prices.repricings().map(RepricingOut::from).collect();
    Ok(Json(json!({ "repricings": content })).into_response())
}
