//! The figures of a list of traces, spans or threads: read once, and shown as a list of statistics or as those of a
//! project.

use cairn_core::query::{Entity, Field, Query};
use cairn_storage::aggregate::{Aggregation, Keyed, Measure, Quantity, Summary};
use cairn_storage::error::Error;
use cairn_storage::reader::{Reader, Scope};
use cairn_storage::view::Part;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::wire::decimal_out;

/// What a list comes to. Means are over the things that have such a value.
pub(crate) struct Figures {
    entity: Entity,
    pub(crate) count: u64,
    pub(crate) duration: Option<Percentiles>,
    pub(crate) cost: Option<f64>,
    pub(crate) cost_sum: f64,
    pub(crate) errors: u64,
    filled: [u64; 3],
    tags: Option<f64>,
    spans: [Option<f64>; 2],
    messages: Option<f64>,
    pub(crate) usage: Vec<Keyword>,
    pub(crate) scores: Vec<Keyword>,
    span_scores: Vec<Keyword>,
    pub(crate) guardrails_failed: u64,
}

/// What things have under a key of their own.
pub(crate) struct Keyword {
    pub(crate) name: String,
    pub(crate) mean: f64,
    sum: f64,
}

#[derive(Clone, Copy, Serialize)]
pub(crate) struct Percentiles {
    p50: f64,
    p90: f64,
    p99: f64,
}

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

const PARTS: [(Part, &str); 3] =
    [(Part::Input, "input"), (Part::Output, "output"), (Part::Metadata, "metadata")];

impl Percentiles {
    pub(crate) fn of(summary: &mut Summary) -> Option<Self> {
        let [p50, p90, p99] = summary.percentiles([0.5, 0.9, 0.99])?;
        Some(Self { p50: tidy(p50), p90: tidy(p90), p99: tidy(p99) })
    }

    pub(crate) const fn values(self) -> [f64; 3] {
        [self.p50, self.p90, self.p99]
    }
}

impl Figures {
    pub(crate) fn read(reader: &Reader, scope: Scope, query: &Query) -> Result<Self, Error> {
        let usage = reader.keys(scope, query, Keyed::Usage)?;
        let scores = reader.keys(scope, query, Keyed::Scores)?;
        let span_scores = match scope.entity {
            Entity::Trace => reader.keys(scope, query, Keyed::SpanScores)?,
            Entity::Span | Entity::Thread => Vec::new(),
        };
        let mut measures = vec![
            Measure::of(Field::Duration).with_percentiles(),
            Measure::of(Field::Cost),
            Measure::of(Field::Error),
        ];
        measures
            .extend(PARTS.map(|(part, _)| Measure { quantity: Quantity::Filled(part), percentiles: false }));
        measures.push(Measure { quantity: Quantity::TagCount, percentiles: false });
        let counts = [Field::LlmSpanCount, Field::SpanCount, Field::MessageCount, Field::GuardrailsFailed];
        measures.extend(counts.map(Measure::of));
        measures.extend(usage.iter().map(|key| Measure::of(Field::Usage(key.clone()))));
        measures.extend(scores.iter().map(|name| Measure::of(Field::FeedbackScore(name.to_lowercase()))));
        measures.extend(
            span_scores.iter().map(|name| Measure::of(Field::SpanFeedbackScore(name.to_lowercase()))),
        );
        let asked = Aggregation { measures, ..Aggregation::default() };
        let group = reader.aggregate(scope, query, &asked)?.groups.into_iter().next();
        let (count, summaries) = group.map(|group| (group.count, group.summaries)).unwrap_or_default();
        let mut summaries = summaries.into_iter();
        let mut next = || summaries.next();
        let duration = next().and_then(|mut summary| Percentiles::of(&mut summary));
        let cost = next();
        let mut counted = || next().map_or(0, |summary| summary.count());
        let (errors, filled) = (counted(), [counted(), counted(), counted()]);
        let mut mean = || next().and_then(|summary| summary.mean());
        let (tags, spans, messages) = (mean(), [mean(), mean()], mean());
        let guardrails_failed = next().map_or(0, |summary| whole(summary.sum()));
        Ok(Self {
            entity: scope.entity,
            count,
            duration,
            cost: cost.as_ref().and_then(Summary::mean),
            cost_sum: cost.map(|cost| cost.sum()).unwrap_or_default(),
            errors,
            filled,
            tags,
            spans,
            messages,
            usage: keywords(usage, &mut summaries),
            scores: keywords(scores, &mut summaries),
            span_scores: keywords(span_scores, &mut summaries),
            guardrails_failed,
        })
    }

    pub(crate) fn stats(self) -> Vec<Stat> {
        let mut stats = Vec::new();
        let mut push = |name: &str, value: Option<StatValue>| {
            stats.extend(value.map(|value| Stat { name: name.to_owned(), value }));
        };
        let mean = |value: Option<f64>| value.and_then(decimal).map(StatValue::Avg);
        let counted = match self.entity {
            Entity::Trace => "trace_count",
            Entity::Span => "span_count",
            Entity::Thread => "thread_count",
        };
        push(counted, Some(StatValue::Count(self.count)));
        push("duration", self.duration.map(StatValue::Percentage));
        if self.entity != Entity::Thread {
            for ((_, name), count) in PARTS.into_iter().zip(self.filled) {
                push(name, Some(StatValue::Count(count)));
            }
        }
        push("tags", mean(self.tags));
        if self.entity == Entity::Trace {
            let [llm_spans, spans] = self.spans;
            push("llm_span_count", mean(llm_spans));
            push("span_count", mean(spans));
        }
        push("number_of_messages", mean(self.messages));
        push("total_estimated_cost", mean(self.cost));
        push("total_estimated_cost_sum", mean(Some(self.cost_sum)));
        for Keyword { name, mean: average, sum } in &self.usage {
            push(&format!("usage.{name}"), mean(Some(*average)));
            push(&format!("usage_sum.{name}"), Some(StatValue::Count(whole(*sum))));
        }
        for Keyword { name, mean: average, .. } in &self.scores {
            push(&format!("feedback_scores.{name}"), mean(Some(*average)));
        }
        for Keyword { name, mean: average, .. } in &self.span_scores {
            push(&format!("span_feedback_scores.{name}"), mean(Some(*average)));
        }
        if self.entity == Entity::Trace {
            push("guardrails_failed_count", Some(StatValue::Count(self.guardrails_failed)));
        }
        if self.entity != Entity::Thread {
            push("error_count", Some(StatValue::Count(self.errors)));
        }
        stats
    }
}

fn keywords(names: Vec<String>, summaries: &mut impl Iterator<Item = Summary>) -> Vec<Keyword> {
    let with_figures = names.into_iter().zip(summaries);
    with_figures
        .filter_map(|(name, summary)| Some(Keyword { name, mean: summary.mean()?, sum: summary.sum() }))
        .collect()
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

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and is not negative")]
fn whole(value: f64) -> u64 {
    value.max(0.0).round() as u64
}
