//! What brings traces and threads into a queue by themselves: their scores.

use rust_decimal::prelude::ToPrimitive;
use serde::Deserialize;

use crate::feedback::{self, Merged, merged};
use crate::json::Json;
use crate::rejection::Rejection;

/// The rules of a queue, as its owner wrote them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
pub struct Automation {
    #[serde(default)]
    pub enabled: bool,
    #[serde(default)]
    conditions: Groups,
    /// No more come by themselves once the queue has so many.
    #[serde(default, alias = "maxItemsInQueue")]
    pub max_items_in_queue: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
struct Groups {
    #[serde(default)]
    groups: Vec<Group>,
}

/// All of its conditions must hold.
#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Group {
    #[serde(default)]
    conditions: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
struct Condition {
    #[serde(alias = "scoreName")]
    score_name: String,
    operator: Operator,
    value: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
enum Operator {
    #[serde(rename = ">")]
    Above,
    #[serde(rename = "<")]
    Below,
    #[serde(rename = "=")]
    Equal,
}

impl Automation {
    pub fn read(json: &Json) -> Result<Self, Rejection> {
        serde_json::from_slice(json.bytes()).map_err(|error| {
            Rejection::malformed("Unable to process JSON").hint(format!("automation: {error}"))
        })
    }

    /// Whether something with these scores belongs into the queue: all conditions of any group hold.
    pub fn wants(&self, scores: &feedback::State) -> bool {
        if !self.enabled {
            return false;
        }
        let scores = merged(scores);
        self.conditions.groups.iter().any(|group| {
            !group.conditions.is_empty() && group.conditions.iter().all(|condition| condition.holds(&scores))
        })
    }
}

impl Condition {
    fn holds(&self, scores: &[Merged<'_>]) -> bool {
        let named = scores.iter().find(|score| score.name.eq_ignore_ascii_case(&self.score_name));
        let Some(value) = named.and_then(|score| score.value.to_f64()) else { return false };
        match self.operator {
            Operator::Above => value > self.value,
            Operator::Below => value < self.value,
            // Scores have nine digits after the point.
            Operator::Equal => (value - self.value).abs() < 1e-9,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::{Given, Score, State};
    use crate::time::Timestamp;
    use rust_decimal::Decimal;

    fn scored(pairs: &[(&str, i64)]) -> State {
        let given = pairs.iter().map(|(name, tenths)| Given {
            author: "ann".to_owned(),
            score: Score {
                name: (*name).to_owned(),
                value: Decimal::new(*tenths, 1),
                category_name: None,
                reason: None,
                source: "sdk".to_owned(),
                queue_id: None,
            },
            created_at: Timestamp::EPOCH,
            last_updated_at: Timestamp::EPOCH,
            last_updated_by: "ann".to_owned(),
        });
        State { given: given.collect() }
    }

    fn read(text: &str) -> Result<Automation, Rejection> {
        Automation::read(&Json::parse(text.to_owned().into()).unwrap())
    }

    #[test]
    fn all_conditions_of_any_group_bring_a_thing_in() {
        let automation = read(
            r#"{"enabled": true, "conditions": {"groups": [
                {"conditions": [{"score_name": "right", "operator": "<", "value": 0.5},
                                {"score_name": "tone", "operator": ">", "value": 0.2}]},
                {"conditions": [{"score_name": "spam", "operator": "=", "value": 1}]},
                {"conditions": []}]}}"#,
        )
        .unwrap();
        for (scores, expected) in [
            (&[("right", 4), ("tone", 3)][..], true),
            (&[("right", 5), ("tone", 3)], false),
            (&[("right", 4)], false),
            (&[("Spam", 10)], true),
            (&[], false),
        ] {
            assert_eq!(automation.wants(&scored(scores)), expected, "{scores:?}");
        }
    }

    #[test]
    fn what_is_switched_off_wants_nothing() {
        let off = r#"{"enabled": false, "conditions": {"groups": [
            {"conditions": [{"score_name": "a", "operator": ">", "value": 0}]}]}}"#;
        assert!(!read(off).unwrap().wants(&scored(&[("a", 10)])));
    }

    #[test]
    fn an_operator_that_is_unknown_is_refused() {
        let odd = r#"{"conditions": {"groups": [{"conditions": [
            {"score_name": "a", "operator": "!=", "value": 0}]}]}}"#;
        assert_eq!(read(odd).unwrap_err().message, "Unable to process JSON");
    }
}
