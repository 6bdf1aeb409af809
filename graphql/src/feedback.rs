//! Feedback scores as they are read: one a name, whoever gave it.

use async_graphql::SimpleObject;
use cairn_core::feedback::{State, merged};

use crate::scalars::Timestamp;

/// What was said of a trace or span under a name; the mean, where several said it.
#[derive(SimpleObject)]
pub(crate) struct FeedbackScore {
    name: String,
    value: f64,
    reason: Option<String>,
    category_name: Option<String>,
    source: String,
    created_by: String,
    last_updated_at: Timestamp,
}

pub(crate) fn scores(state: &State) -> Vec<FeedbackScore> {
    let merged = merged(state).into_iter();
    let scores = merged.map(|score| FeedbackScore {
        name: score.name.to_owned(),
        // Scores have eighteen digits at most, which is within the range of any float.
        value: f64::try_from(score.value).unwrap_or_default(),
        reason: score.reason,
        category_name: score.category_name,
        source: score.source.to_owned(),
        created_by: score.created_by,
        last_updated_at: Timestamp(score.last_updated_at),
    });
    scores.collect()
}
