//! The figures of a list of traces, spans or threads as a list of statistics, and how figures are written.

use cairn_core::query::Entity;
use cairn_storage::aggregate::figures::{self, Figures, Keyword, whole};
use cairn_storage::view::Part;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::wire::decimal_out;

#[derive(Serialize)]
pub(crate) struct Stat {
    name: String,
    #[serde(flatten)]
    value: StatValue,
}

#[derive(Serialize)]
#[serde(tag = "type", content = "value", rename_all = "UPPERCASE")]
enum StatValue {
    Count(u64),
    Avg(Box<RawValue>),
    Percentage(Percentiles),
}

#[derive(Clone, Copy, Serialize)]
pub(crate) struct Percentiles {
    p50: f64,
    p90: f64,
    p99: f64,
}

impl From<figures::Percentiles> for Percentiles {
    fn from(found: figures::Percentiles) -> Self {
        let figures::Percentiles { p50, p90, p99 } = found;
        Self { p50: tidy(p50), p90: tidy(p90), p99: tidy(p99) }
    }
}

pub(crate) fn stats(figures: Figures) -> Vec<Stat> {
    let mut stats = Vec::new();
    let mut push = |name: &str, value: Option<StatValue>| {
        stats.extend(value.map(|value| Stat { name: name.to_owned(), value }));
    };
    let mean = |value: Option<f64>| value.and_then(decimal).map(StatValue::Avg);
    let counted = match figures.entity {
        Entity::Trace => "trace_count",
        Entity::Span => "span_count",
        Entity::Thread => "thread_count",
    };
    push(counted, Some(StatValue::Count(figures.count)));
    push("duration", figures.duration.map(|found| StatValue::Percentage(found.into())));
    if figures.entity != Entity::Thread {
        for (part, count) in figures.filled {
            push(part_name(part), Some(StatValue::Count(count)));
        }
    }
    push("tags", mean(figures.tags));
    if figures.entity == Entity::Trace {
        push("llm_span_count", mean(figures.llm_spans));
        push("span_count", mean(figures.spans));
    }
    push("number_of_messages", mean(figures.messages));
    push("total_estimated_cost", mean(figures.cost_mean));
    push("total_estimated_cost_sum", mean(Some(figures.cost_sum)));
    for Keyword { name, mean: average, sum } in &figures.usage {
        push(&format!("usage.{name}"), mean(Some(*average)));
        push(&format!("usage_sum.{name}"), Some(StatValue::Count(whole(*sum))));
    }
    for Keyword { name, mean: average, .. } in &figures.scores {
        push(&format!("feedback_scores.{name}"), mean(Some(*average)));
    }
    for Keyword { name, mean: average, .. } in &figures.span_scores {
        push(&format!("span_feedback_scores.{name}"), mean(Some(*average)));
    }
    if figures.entity == Entity::Trace {
        push("guardrails_failed_count", Some(StatValue::Count(figures.guardrails_failed)));
    }
    if figures.entity != Entity::Thread {
        push("error_count", Some(StatValue::Count(figures.errors)));
    }
    stats
}

const fn part_name(part: Part) -> &'static str {
    match part {
        Part::Input => "input",
        Part::Output => "output",
        Part::Metadata => "metadata",
    }
}

/// Sums and means of decimals, rounded to where floating point ends and the decimals themselves begin.
const DIGITS: u32 = 12;

fn rounded(value: f64) -> Option<Decimal> {
    Decimal::from_f64(value).map(|value| value.round_dp(DIGITS))
}

/// A number as people would write it: 0.3, not 0.30000000000000004.
pub(crate) fn decimal(value: f64) -> Option<Box<RawValue>> {
    decimal_out(rounded(value)?)
}

fn tidy(value: f64) -> f64 {
    rounded(value).and_then(|value| f64::try_from(value).ok()).unwrap_or(value)
}
