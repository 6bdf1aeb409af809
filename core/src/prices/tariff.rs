//! What a model costs: rates by what is paid for, and higher ones for longer prompts.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::limits::PRICE_TIERS_MAX;
use crate::prices::usage::Consumption;

/// What is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Item {
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

impl Item {
    pub const ALL: [Self; 10] = [
        Self::Input,
        Self::Output,
        Self::CacheRead,
        Self::CacheWrite,
        Self::CacheWriteHour,
        Self::Reasoning,
        Self::AudioInput,
        Self::AudioOutput,
        Self::InputCharacters,
        Self::VideoSeconds,
    ];

    /// As price tables write it; it stands in events too.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Input => "in",
            Self::Output => "out",
            Self::CacheRead => "read",
            Self::CacheWrite => "write",
            Self::CacheWriteHour => "write1h",
            Self::Reasoning => "reason",
            Self::AudioInput => "audioin",
            Self::AudioOutput => "audioout",
            Self::InputCharacters => "char",
            Self::VideoSeconds => "vsec",
        }
    }

    /// Where a price has nothing of its own for an item, it costs what this one does.
    const fn otherwise(self) -> Option<Self> {
        match self {
            Self::CacheRead | Self::CacheWrite | Self::AudioInput => Some(Self::Input),
            Self::CacheWriteHour => Some(Self::CacheWrite),
            Self::Reasoning | Self::AudioOutput => Some(Self::Output),
            Self::Input | Self::Output | Self::InputCharacters | Self::VideoSeconds => None,
        }
    }
}

/// US dollars per million of each item.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rates(BTreeMap<Item, Decimal>);

impl Rates {
    /// A rate as people write it.
    pub fn read(text: &str) -> Option<Decimal> {
        let text = text.trim();
        let rate = text.parse().or_else(|_| Decimal::from_scientific(text)).ok();
        rate.filter(|rate: &Decimal| !rate.is_sign_negative())
    }

    pub fn get(&self, item: Item) -> Option<Decimal> {
        self.0.get(&item).copied()
    }

    pub fn set(&mut self, item: Item, rate: Decimal) {
        self.0.insert(item, rate);
    }

    pub fn iter(&self) -> impl Iterator<Item = (Item, Decimal)> {
        self.0.iter().map(|(item, rate)| (*item, *rate))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The rates of one model; those of a tier hold for all tokens of a prompt that is longer than it says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    pub base: Rates,
    /// By length, shortest first.
    pub tiers: Vec<(u64, Rates)>,
}

const MILLION: Decimal = Decimal::from_parts(1_000_000, 0, 0, false, 0);

impl Tariff {
    /// Reads `in=2.5 out=10 >200000 in=5 out=15`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut tariff = Self::default();
        for word in text.split_ascii_whitespace() {
            if let Some(above) = word.strip_prefix('>') {
                tariff.tiers.push((above.parse().ok()?, Rates::default()));
                continue;
            }
            let (code, rate) = word.split_once('=')?;
            let item = Item::ALL.into_iter().find(|item| item.code() == code)?;
            let rate = Rates::read(rate)?;
            tariff.tiers.last_mut().map_or(&mut tariff.base, |(_, rates)| rates).set(item, rate);
        }
        tariff.tiers.sort_by_key(|(above, _)| *above);
        (tariff.tiers.len() <= PRICE_TIERS_MAX).then_some(tariff)
    }

    /// US dollars; `None` if that is no number that can be counted in.
    pub(super) fn cost(&self, consumption: &Consumption) -> Option<Decimal> {
        let prompt = u64::try_from(consumption.prompt_tokens).unwrap_or_default();
        let tier = self.tiers.iter().rfind(|(above, _)| prompt > *above).map(|(_, rates)| rates);
        let mut sum = Decimal::ZERO;
        for (item, count) in &consumption.items {
            let part = self.rate(tier, *item).checked_mul(Decimal::from(*count))?;
            sum = sum.checked_add(part)?;
        }
        Some(sum.checked_div(MILLION)?.normalize())
    }

    fn rate(&self, tier: Option<&Rates>, item: Item) -> Decimal {
        let mut asked = Some(item);
        while let Some(item) = asked {
            if let Some(rate) = tier.and_then(|tier| tier.get(item)).or_else(|| self.base.get(item)) {
                return rate;
            }
            asked = item.otherwise();
        }
        Decimal::ZERO
    }
}

impl fmt::Display for Tariff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = |rates: &Rates| -> Vec<String> {
            rates.iter().map(|(item, rate)| format!("{}={}", item.code(), rate.normalize())).collect()
        };
        let mut all = words(&self.base);
        for (above, rates) in &self.tiers {
            all.push(format!(">{above}"));
            all.extend(words(rates));
        }
        f.write_str(&all.join(" "))
    }
}
