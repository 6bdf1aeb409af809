//! The kinds of metrics: what each measures, what its series are called, and what it can be broken down by.

use std::num::NonZeroU64;

use cairn_core::query::{Entity, Field, JsonPath};
use cairn_core::rejection::Rejection;
use cairn_storage::aggregate::{Bucket, Clock};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum MetricType {
    FeedbackScores,
    TraceCount,
    TokenUsage,
    Duration,
    Cost,
    TraceAverageDuration,
    TraceErrorRate,
    GuardrailsFailedCount,
    SpanFeedbackScores,
    SpanCount,
    SpanDuration,
    SpanTokenUsage,
    SpanCost,
    SpanAverageDuration,
    SpanErrorRate,
    ThreadFeedbackScores,
    ThreadCount,
    ThreadDuration,
    ThreadCost,
    ThreadAverageDuration,
}

/// What of things is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Figure {
    Count,
    Scores,
    Usage,
    Cost,
    Durations,
    MeanDuration,
    ErrorRate,
    GuardrailsFailed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Interval {
    Hourly,
    Daily,
    Weekly,
    Total,
}

#[derive(Deserialize)]
pub(super) struct BreakdownIn {
    field: Option<BreakdownField>,
    #[serde(alias = "metadataKey")]
    metadata_key: Option<String>,
    #[serde(alias = "subMetric")]
    sub_metric: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
enum BreakdownField {
    None,
    Tags,
    Metadata,
    Name,
    ErrorInfo,
    ErrorType,
    Model,
    Provider,
    Type,
    GuardrailName,
}

/// One series a value of a field, each showing one figure.
#[derive(Debug)]
pub(super) struct Breakdown {
    pub(super) by: By,
    /// Which of several series a metric has: a score, a usage key, or a percentile.
    pub(super) sub_metric: Option<String>,
}

#[derive(Debug)]
pub(super) enum By {
    Field(Field),
    /// A thing has several guardrails, each with a figure of its own.
    Guardrail,
}

impl Breakdown {
    pub(super) const fn field(&self) -> Option<&Field> {
        match &self.by {
            By::Field(field) => Some(field),
            By::Guardrail => None,
        }
    }
}

pub(super) const PERCENTILES: [&str; 3] = ["p50", "p90", "p99"];
const TOTAL_TOKENS: &str = "total_tokens";

impl MetricType {
    pub(super) const fn entity(self) -> Entity {
        match self {
            Self::FeedbackScores
            | Self::TraceCount
            | Self::TokenUsage
            | Self::Duration
            | Self::Cost
            | Self::TraceAverageDuration
            | Self::TraceErrorRate
            | Self::GuardrailsFailedCount => Entity::Trace,
            Self::SpanFeedbackScores
            | Self::SpanCount
            | Self::SpanDuration
            | Self::SpanTokenUsage
            | Self::SpanCost
            | Self::SpanAverageDuration
            | Self::SpanErrorRate => Entity::Span,
            Self::ThreadFeedbackScores
            | Self::ThreadCount
            | Self::ThreadDuration
            | Self::ThreadCost
            | Self::ThreadAverageDuration => Entity::Thread,
        }
    }

    pub(super) const fn figure(self) -> Figure {
        match self {
            Self::TraceCount | Self::SpanCount | Self::ThreadCount => Figure::Count,
            Self::FeedbackScores | Self::SpanFeedbackScores | Self::ThreadFeedbackScores => Figure::Scores,
            Self::TokenUsage | Self::SpanTokenUsage => Figure::Usage,
            Self::Cost | Self::SpanCost | Self::ThreadCost => Figure::Cost,
            Self::Duration | Self::SpanDuration | Self::ThreadDuration => Figure::Durations,
            Self::TraceAverageDuration | Self::SpanAverageDuration | Self::ThreadAverageDuration => {
                Figure::MeanDuration
            }
            Self::TraceErrorRate | Self::SpanErrorRate => Figure::ErrorRate,
            Self::GuardrailsFailedCount => Figure::GuardrailsFailed,
        }
    }

    /// The name of its series, or what stands before it.
    pub(super) const fn series_name(self) -> &'static str {
        match self {
            Self::TraceCount => "traces",
            Self::SpanCount => "spans",
            Self::Cost => "cost",
            Self::SpanCost => "span_cost",
            Self::Duration => "duration",
            Self::SpanDuration => "span_duration",
            Self::TraceAverageDuration => "trace_average_duration",
            Self::SpanAverageDuration => "span_average_duration",
            Self::TraceErrorRate => "trace_error_rate",
            Self::SpanErrorRate => "span_error_rate",
            Self::ThreadCount => "threads",
            Self::ThreadCost => "thread_cost",
            Self::ThreadDuration => "thread_duration",
            Self::ThreadAverageDuration => "thread_average_duration",
            Self::GuardrailsFailedCount => "failed",
            // Called by the scores and keys themselves.
            Self::FeedbackScores
            | Self::SpanFeedbackScores
            | Self::ThreadFeedbackScores
            | Self::TokenUsage
            | Self::SpanTokenUsage => "",
        }
    }

    /// Means and rates are not broken down.
    fn can_be_broken_down_by(self, field: BreakdownField) -> bool {
        let is_basic = !matches!(self.figure(), Figure::MeanDuration | Figure::ErrorRate);
        match field {
            BreakdownField::None => true,
            BreakdownField::Tags => is_basic,
            BreakdownField::Metadata
            | BreakdownField::Name
            | BreakdownField::ErrorInfo
            | BreakdownField::ErrorType => is_basic && self.entity() != Entity::Thread,
            BreakdownField::Model | BreakdownField::Provider | BreakdownField::Type => {
                is_basic && self.entity() == Entity::Span
            }
            BreakdownField::GuardrailName => self.figure() == Figure::GuardrailsFailed,
        }
    }
}

impl Interval {
    /// `None` for all of the range at once.
    pub(super) fn bucket(self) -> Option<Bucket> {
        const HOUR_MS: u64 = 3_600_000;
        let width_ms = match self {
            Self::Hourly => HOUR_MS,
            Self::Daily => 24 * HOUR_MS,
            Self::Weekly => 7 * 24 * HOUR_MS,
            Self::Total => return None,
        };
        Some(Bucket { clock: Clock::Id, width_ms: NonZeroU64::new(width_ms)? })
    }
}

impl BreakdownIn {
    pub(super) fn read(self, kind: MetricType) -> Result<Option<Breakdown>, Rejection> {
        let field = self.field.unwrap_or(BreakdownField::None);
        if !kind.can_be_broken_down_by(field) {
            let (field, kind) = (spelled(&field), spelled(&kind));
            let message = format!("Breakdown by '{field}' is not supported for metric type '{kind}'");
            return Err(Rejection::malformed(message));
        }
        let by = match field {
            BreakdownField::None => return Ok(None),
            BreakdownField::GuardrailName => {
                return Ok(Some(Breakdown { by: By::Guardrail, sub_metric: None }));
            }
            BreakdownField::Tags => Field::Tags,
            BreakdownField::Name => Field::Name,
            BreakdownField::ErrorInfo => Field::Error,
            BreakdownField::ErrorType => Field::ErrorType,
            BreakdownField::Model => Field::Model,
            BreakdownField::Provider => Field::Provider,
            BreakdownField::Type => Field::Type,
            BreakdownField::Metadata => {
                let key = self.metadata_key.unwrap_or_default();
                let path = JsonPath::parse(&key).map_err(|error| {
                    let message = format!("Breakdown by 'metadata' needs a valid metadata_key, not '{key}'");
                    Rejection::malformed(message).hint(error.message)
                })?;
                Field::MetadataPath(path)
            }
        };
        let sub_metric = self.sub_metric.filter(|name| !name.is_empty());
        let sub_metric = match kind.figure() {
            Figure::Usage => Some(sub_metric.unwrap_or_else(|| TOTAL_TOKENS.to_owned())),
            Figure::Scores if sub_metric.is_none() => {
                return Err(Rejection::malformed(
                    "Breakdown of feedback scores needs sub_metric, a score's name",
                ));
            }
            Figure::Durations => Some(percentile(sub_metric)?),
            _ => sub_metric,
        };
        Ok(Some(Breakdown { by: By::Field(by), sub_metric }))
    }
}

/// One of the percentiles, the median unless told otherwise.
fn percentile(name: Option<String>) -> Result<String, Rejection> {
    let name = name.unwrap_or_else(|| "p50".to_owned()).to_lowercase();
    let short = name.rsplit('.').next().unwrap_or_default();
    if PERCENTILES.contains(&short) {
        return Ok(short.to_owned());
    }
    Err(Rejection::malformed(format!("Unknown sub_metric '{name}'")).hint("use p50, p90 or p99"))
}

fn spelled(value: &impl Serialize) -> String {
    let text = serde_json::to_value(value).ok();
    text.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
