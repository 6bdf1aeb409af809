//! The public prices that the program carries: text that `ops/prices.py` makes, read when somebody asks first.
//!
//! A line is a provider, a model and its tariff, with tabs between. Lines with `#` say where they come from.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use crate::prices::names::{candidates, folded};
use crate::prices::tariff::Tariff;

static TEXT: &str = include_str!("../../data/prices.txt");

/// The tariffs of one provider's models.
type Models = HashMap<Cow<'static, str>, Line>;

/// A tariff, taken apart when somebody asks first.
struct Line {
    text: &'static str,
    tariff: OnceLock<Option<Tariff>>,
}

impl Line {
    const fn new(text: &'static str) -> Self {
        Self { text, tariff: OnceLock::new() }
    }
}

static BY_PROVIDER: LazyLock<HashMap<&'static str, Models>> = LazyLock::new(|| {
    let mut providers: HashMap<&'static str, Models> = HashMap::new();
    for (provider, model, tariff) in lines() {
        providers.entry(provider).or_default().insert(Cow::Borrowed(model), Line::new(tariff));
    }
    // A model as it is written comes before another that only looks like it.
    for (provider, model, tariff) in lines() {
        if let (Cow::Owned(folded), Some(models)) = (folded(model), providers.get_mut(provider)) {
            models.entry(Cow::Owned(folded)).or_insert_with(|| Line::new(tariff));
        }
    }
    providers
});

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let source = TEXT.lines().find_map(|line| line.strip_prefix("# source "));
    let mut words = source.unwrap_or_default().split(' ');
    format!("{}-{}", words.next().unwrap_or_default(), words.next().unwrap_or_default())
});

/// Whose prices these are and which edition.
pub fn version() -> &'static str {
    &VERSION
}

/// The day of which the prices are.
pub fn date() -> &'static str {
    TEXT.lines().find_map(|line| line.strip_prefix("# date ")).unwrap_or_default()
}

/// The tariff of a model, under any name that it goes by; the provider under its one name.
pub fn find(provider: &str, model: &str) -> Option<&'static Tariff> {
    let models = BY_PROVIDER.get(provider)?;
    let line = candidates(model).find_map(|name| models.get(name.as_ref()))?;
    line.tariff.get_or_init(|| Tariff::parse(line.text)).as_ref()
}

/// All prices as they stand, in order: provider, model, tariff.
pub fn lines() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut parts = line.split('\t');
        Some((parts.next()?, parts.next()?, parts.next()?))
    })
}
