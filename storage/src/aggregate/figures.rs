//! The figures of a list of traces, spans or threads, read once. How they are shown is the faces' matter.

use cairn_core::query::{Entity, Field, Query};

use crate::aggregate::{Aggregation, Keyed, Measure, Quantity, Summary};
use crate::error::Error;
use crate::reader::{Reader, Scope};
use crate::view::Part;

/// What a list comes to. Means are over the things that have such a value.
#[derive(Clone, Debug)]
pub struct Figures {
    pub entity: Entity,
    pub count: u64,
    /// Milliseconds.
    pub duration: Option<Percentiles>,
    /// US dollars.
    pub cost_mean: Option<f64>,
    pub cost_sum: f64,
    pub errors: u64,
    /// How many have something in each of these.
    pub filled: [(Part, u64); 3],
    pub tags: Option<f64>,
    pub llm_spans: Option<f64>,
    pub spans: Option<f64>,
    pub messages: Option<f64>,
    pub usage: Vec<Keyword>,
    pub scores: Vec<Keyword>,
    pub span_scores: Vec<Keyword>,
    pub guardrails_failed: u64,
}

/// What things have under a key of their own.
#[derive(Clone, Debug)]
pub struct Keyword {
    pub name: String,
    pub mean: f64,
    pub sum: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percentiles {
    pub p50: f64,
    pub p90: f64,
    pub p99: f64,
}

const PARTS: [Part; 3] = [Part::Input, Part::Output, Part::Metadata];

impl Percentiles {
    fn of_summary(summary: &mut Summary) -> Option<Self> {
        let [p50, p90, p99] = summary.percentiles([0.5, 0.9, 0.99])?;
        Some(Self { p50, p90, p99 })
    }
}

impl Figures {
    pub fn read(reader: &Reader, scope: Scope, query: &Query) -> Result<Self, Error> {
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
        measures.extend(PARTS.map(|part| Measure { quantity: Quantity::Filled(part), percentiles: false }));
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
        let duration = next().and_then(|mut summary| Percentiles::of_summary(&mut summary));
        let cost = next();
        let mut counted = || next().map_or(0, |summary| summary.count());
        let (errors, filled) = (counted(), PARTS.map(|part| (part, counted())));
        let mut mean = || next().and_then(|summary| summary.mean());
        let (tags, llm_spans, spans, messages) = (mean(), mean(), mean(), mean());
        let guardrails_failed = next().map_or(0, |summary| whole(summary.sum()));
        Ok(Self {
            entity: scope.entity,
            count,
            duration,
            cost_mean: cost.as_ref().and_then(Summary::mean),
            cost_sum: cost.map(|cost| cost.sum()).unwrap_or_default(),
            errors,
            filled,
            tags,
            llm_spans,
            spans,
            messages,
            usage: keywords(usage, &mut summaries),
            scores: keywords(scores, &mut summaries),
            span_scores: keywords(span_scores, &mut summaries),
            guardrails_failed,
        })
    }
}

fn keywords(names: Vec<String>, summaries: &mut impl Iterator<Item = Summary>) -> Vec<Keyword> {
    let with_figures = names.into_iter().zip(summaries);
    with_figures
        .filter_map(|(name, summary)| Some(Keyword { name, mean: summary.mean()?, sum: summary.sum() }))
        .collect()
}

/// A sum of whole numbers.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and is not negative")]
pub fn whole(value: f64) -> u64 {
    value.max(0.0).round() as u64
}
