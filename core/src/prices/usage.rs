//! Token counts as the vendors give them, taken apart into what is paid for. Which counts lie within which others
//! is what vendors differ in.

use std::collections::BTreeMap;

use crate::prices::tariff::Item;

/// How much of each item was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Consumption {
    pub(super) items: Vec<(Item, i64)>,
    /// All of the prompt, cached or not: what tiers go by.
    pub(super) prompt_tokens: i64,
}

struct Counts<'a>(&'a BTreeMap<String, i64>);

impl Counts<'_> {
    /// The first that is there; a negative one is none.
    fn find(&self, names: &[&str]) -> Option<i64> {
        names.iter().find_map(|name| self.0.get(*name)).map(|count| (*count).max(0))
    }

    fn first(&self, names: &[&str]) -> i64 {
        self.find(names).unwrap_or_default()
    }
}

impl Consumption {
    /// `provider` is a provider's one name.
    pub(super) fn read(provider: &str, usage: &BTreeMap<String, i64>) -> Self {
        let counts = Counts(usage);
        let mut consumption = match provider {
            "anthropic" | "anthropic_vertexai" | "bedrock" => Self::beside_cache(&counts),
            "google_ai" | "google_vertexai" => Self::of_google(&counts),
            _ => Self::with_cache(&counts),
        };
        let characters = counts.first(&["original_usage.input_characters", "input_characters"]);
        let seconds = counts.first(&["original_usage.video_duration_seconds", "video_duration_seconds"]);
        consumption.items.extend([(Item::InputCharacters, characters), (Item::VideoSeconds, seconds)]);
        consumption.items.retain(|(_, count)| *count > 0);
        consumption
    }

    /// As `OpenAI` counts, and whoever copies its API: cached and audio tokens are some of the prompt's.
    fn with_cache(counts: &Counts<'_>) -> Self {
        let prompt = counts.first(&["original_usage.prompt_tokens", "prompt_tokens"]);
        let completion = counts.first(&["original_usage.completion_tokens", "completion_tokens"]);
        let cached = counts.first(&[
            "original_usage.prompt_tokens_details.cached_tokens",
            "original_usage.input_tokens_details.cached_tokens",
            "original_usage.cache_read_input_tokens",
            "cache_read_input_tokens",
        ]);
        let audio_in = counts.first(&[
            "original_usage.prompt_tokens_details.audio_tokens",
            "original_usage.input_tokens_details.audio_tokens",
        ]);
        let audio_out = counts.first(&[
            "original_usage.completion_tokens_details.audio_tokens",
            "original_usage.output_tokens_details.audio_tokens",
        ]);
        let reasoning = counts.first(&[
            "original_usage.completion_tokens_details.reasoning_tokens",
            "original_usage.output_tokens_details.reasoning_tokens",
        ]);
        let [cached, audio_in, input] = share(prompt, [cached, audio_in]);
        let [audio_out, reasoning, output] = share(completion, [audio_out, reasoning]);
        let items = vec![
            (Item::Input, input),
            (Item::CacheRead, cached),
            (Item::AudioInput, audio_in),
            (Item::Output, output),
            (Item::AudioOutput, audio_out),
            (Item::Reasoning, reasoning),
        ];
        Self { items, prompt_tokens: prompt }
    }

    /// As Anthropic counts, and Bedrock whatever model it serves: what came from or went to a cache is beside the input.
    fn beside_cache(counts: &Counts<'_>) -> Self {
        let input =
            counts.first(&["original_usage.inputTokens", "original_usage.input_tokens", "prompt_tokens"]);
        let output = counts.first(&[
            "original_usage.outputTokens",
            "original_usage.output_tokens",
            "completion_tokens",
        ]);
        let read = counts.first(&[
            "original_usage.cacheReadInputTokens",
            "original_usage.cache_read_input_tokens",
            "cache_read_input_tokens",
        ]);
        let written = counts.first(&[
            "original_usage.cacheWriteInputTokens",
            "original_usage.cache_creation_input_tokens",
            "cache_creation_input_tokens",
        ]);
        let hour = counts.first(&["original_usage.cache_creation.ephemeral_1h_input_tokens"]);
        let [hour, _, written_shortly] = share(written, [hour, 0]);
        let items = vec![
            (Item::Input, input),
            (Item::CacheRead, read),
            (Item::CacheWrite, written_shortly),
            (Item::CacheWriteHour, hour),
            (Item::Output, output),
        ];
        Self { items, prompt_tokens: input.saturating_add(read).saturating_add(written) }
    }

    /// As Google counts: cached tokens are some of the prompt's; those of tools come on top of it, and so do thoughts
    /// on top of the answer, unless the total says that they are within.
    fn of_google(counts: &Counts<'_>) -> Self {
        let tools = counts.first(&["original_usage.tool_use_prompt_token_count"]);
        let prompt = match counts.find(&["original_usage.prompt_token_count"]) {
            Some(prompt) => prompt.saturating_add(tools),
            None => counts.first(&["prompt_tokens"]),
        };
        let cached = counts
            .first(&["original_usage.cached_content_token_count", "cache_read_input_tokens"])
            .min(prompt);
        let thoughts = counts.first(&["original_usage.thoughts_token_count"]);
        let (output, thoughts) = match counts.find(&["original_usage.candidates_token_count"]) {
            Some(answer) => {
                let total = counts.find(&["original_usage.total_token_count"]);
                let within = total == Some(prompt.saturating_add(answer));
                (answer, if within { 0 } else { thoughts })
            }
            None => (counts.first(&["completion_tokens"]), 0),
        };
        let items = vec![
            (Item::Input, prompt - cached),
            (Item::CacheRead, cached),
            (Item::Output, output),
            (Item::Reasoning, thoughts),
        ];
        Self { items, prompt_tokens: prompt }
    }
}

/// Takes parts out of a whole, never more than there is, and what is left.
fn share(whole: i64, parts: [i64; 2]) -> [i64; 3] {
    let first = parts[0].min(whole);
    let second = parts[1].min(whole - first);
    [first, second, whole - first - second]
}
