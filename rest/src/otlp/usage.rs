//! Token counts under the names that Cairn knows. Prices are not here.

use std::collections::BTreeMap;

use cairn_core::limits::USAGE_KEYS_MAX;
use serde_json::Value;

const PROMPT: &str = "prompt_tokens";
const COMPLETION: &str = "completion_tokens";
const TOTAL: &str = "total_tokens";
const CACHE_READ: &str = "cache_read_input_tokens";
const CACHE_CREATION: &str = "cache_creation_input_tokens";
/// What Anthropic calls input: the prompt without what came from or went to its cache.
const UNCACHED: &str = "original_usage.input_tokens";
/// The keys that may be added at the end.
const ADDED_MAX: usize = 2;

static NAMES: [(&str, &str); 18] = [
    ("input_tokens", PROMPT),
    ("output_tokens", COMPLETION),
    ("cache_read_tokens", CACHE_READ),
    ("cache_creation_tokens", CACHE_CREATION),
    ("prompt", PROMPT),
    ("completion", COMPLETION),
    ("total", TOTAL),
    // Langfuse
    ("input", PROMPT),
    ("output", COMPLETION),
    // Vercel AI SDK
    ("promptTokens", PROMPT),
    ("completionTokens", COMPLETION),
    ("inputTokens", PROMPT),
    ("outputTokens", COMPLETION),
    ("totalTokens", TOTAL),
    ("cachedInputTokens", CACHE_READ),
    ("reasoningTokens", "reasoning_tokens"),
    ("tokens", PROMPT),
    ("llm.usage.total_tokens", TOTAL),
];

/// Names of conventions by which the prompt's count includes the cached tokens.
static NAMES_WITHIN_PROMPT: [(&str, &str); 6] = [
    ("cache_read.input_tokens", CACHE_READ),
    ("cache_creation.input_tokens", CACHE_CREATION),
    ("prompt_details.cache_read", CACHE_READ),
    ("prompt_details.cache_write", CACHE_CREATION),
    ("inputTokenDetails.cacheReadTokens", CACHE_READ),
    ("inputTokenDetails.cacheWriteTokens", CACHE_CREATION),
];

#[derive(Debug, Default)]
pub(super) struct Usage {
    counts: BTreeMap<String, i64>,
    cached_within_prompt: bool,
}

impl Usage {
    /// Takes a count, or an object of counts whose names are joined with dots. False if something in it is no count.
    pub(super) fn take(&mut self, name: &str, value: &Value) -> bool {
        let count = match value {
            Value::Null => return true,
            Value::Object(parts) => {
                let mut all_taken = true;
                for (part, inner) in parts {
                    let path = if name.is_empty() { part.clone() } else { format!("{name}.{part}") };
                    all_taken &= self.take(&path, inner);
                }
                return all_taken;
            }
            Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
            Value::String(text) => text.trim().parse().ok().or_else(|| whole(text.trim().parse().ok()?)),
            Value::Bool(_) | Value::Array(_) => None,
        };
        let Some(count) = count.filter(|count| *count >= 0) else { return false };
        self.put(name, count)
    }

    fn put(&mut self, name: &str, count: i64) -> bool {
        let within = known(&NAMES_WITHIN_PROMPT, name);
        self.cached_within_prompt |= within.is_some();
        let name = within.or_else(|| known(&NAMES, name)).unwrap_or(name);
        if self.counts.len() + ADDED_MAX >= USAGE_KEYS_MAX && !self.counts.contains_key(name) {
            return false;
        }
        self.counts.insert(name.to_owned(), count);
        true
    }

    pub(super) fn finish(mut self, provider: Option<&str>) -> Option<BTreeMap<String, i64>> {
        let (prompt, completion) = (self.count(PROMPT), self.count(COMPLETION));
        if !self.counts.contains_key(TOTAL) && (prompt.is_some() || completion.is_some()) {
            let total = prompt.unwrap_or(0).saturating_add(completion.unwrap_or(0));
            self.counts.insert(TOTAL.to_owned(), total);
        }
        if provider.is_some_and(|provider| provider.contains("anthropic") || provider.contains("bedrock")) {
            self.tell_uncached();
        }
        (!self.counts.is_empty()).then_some(self.counts)
    }

    /// Anthropic's prices, and all of Bedrock, add the cached tokens to the prompt; where a convention counted them within it, they
    /// would be paid twice.
    fn tell_uncached(&mut self) {
        let Some(prompt) = self.count(PROMPT).filter(|_| self.cached_within_prompt) else { return };
        let cached =
            self.count(CACHE_READ).unwrap_or(0).saturating_add(self.count(CACHE_CREATION).unwrap_or(0));
        if cached <= prompt {
            self.counts.entry(UNCACHED.to_owned()).or_insert(prompt - cached);
        }
    }

    fn count(&self, name: &str) -> Option<i64> {
        self.counts.get(name).copied()
    }
}

fn known(names: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    names.iter().find(|(from, _)| *from == name).map(|(_, to)| *to)
}

fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0).then(|| format!("{number:.0}").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn usage(parts: Value, provider: Option<&str>) -> String {
        let mut usage = Usage::default();
        assert!(usage.take("", &parts));
        format!("{:?}", usage.finish(provider).unwrap_or_default())
    }

    #[test]
    fn counts_get_their_known_names_and_a_total() {
        for (input, output) in [
            ("input_tokens", "output_tokens"),
            ("prompt", "completion"),
            ("promptTokens", "completionTokens"),
        ] {
            assert_eq!(
                usage(json!({input: 3, output: "4"}), None),
                r#"{"completion_tokens": 4, "prompt_tokens": 3, "total_tokens": 7}"#
            );
        }
        assert_eq!(
            usage(json!({"cache_read_tokens": 1, "cache_creation_tokens": 2.0, "total": 9}), None),
            r#"{"cache_creation_input_tokens": 2, "cache_read_input_tokens": 1, "total_tokens": 9}"#
        );
    }

    #[test]
    fn nested_counts_are_flattened_and_nulls_dropped() {
        assert_eq!(
            usage(json!({"requests": 1, "details": {"audio": {"in": 2}}, "other": null}), None),
            r#"{"details.audio.in": 2, "requests": 1}"#
        );
    }

    #[test]
    fn what_is_no_count_is_not_taken() {
        for value in [json!(0.5), json!(-1), json!("many"), json!(true), json!([1]), json!({"a": "x"})] {
            assert!(!Usage::default().take("tokens", &value), "{value}");
        }
    }

    #[test]
    fn cached_tokens_within_the_prompt_are_not_paid_twice() {
        let parts = json!({"prompt": 100, "prompt_details": {"cache_read": 60, "cache_write": 10}});
        for provider in ["anthropic", "aws.bedrock"] {
            let told = usage(parts.clone(), Some(provider));
            assert!(told.contains(r#""original_usage.input_tokens": 30"#), "{provider}");
        }
        assert!(!usage(parts, Some("openai")).contains("original_usage"));
        let beside = json!({"input_tokens": 100, "cache_read_tokens": 60});
        assert!(!usage(beside, Some("anthropic")).contains("original_usage"));
        let contradictory = json!({"prompt": 10, "prompt_details": {"cache_read": 60}});
        assert!(!usage(contradictory, Some("anthropic")).contains("original_usage"));
    }

    #[test]
    fn the_number_of_keys_is_bounded() {
        let mut usage = Usage::default();
        let taken = (0..USAGE_KEYS_MAX).filter(|at| usage.take(&at.to_string(), &json!(1))).count();
        assert_eq!(taken, USAGE_KEYS_MAX - ADDED_MAX);
        assert!(usage.take("0", &json!(2)));
    }
}
