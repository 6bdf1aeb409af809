//! Where each attribute of a span goes: conventions as data, tried in order, the first match wins.
//! What happens at a target is not here.

use std::collections::HashMap;
use std::sync::LazyLock;

use cairn_core::spans::Kind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Input,
    Output,
    Metadata,
    /// Metadata that tells the providers of Google apart.
    ServerAddress,
    /// One count; a prefix of the rule is not part of its name.
    Usage,
    /// An object of counts.
    UsageObject,
    /// The model that was asked for.
    Model,
    /// The model that answered, which says more than the one asked for.
    AnsweringModel,
    Provider,
    /// Who made the model, which counts where nobody says who serves it.
    Vendor,
    /// A provider with the name of an API behind a dot, as the Vercel AI SDK writes it.
    DottedProvider,
    Cost,
    /// An object of costs, of which the total counts.
    CostObject,
    Thread,
    Tags,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    Exact(&'static str),
    Prefix(&'static str),
    Ends(&'static str, &'static str),
}

impl Pattern {
    fn matches(self, key: &str) -> bool {
        match self {
            Self::Exact(text) => key == text,
            Self::Prefix(start) => key.starts_with(start),
            Self::Ends(start, end) => {
                key.len() >= start.len() + end.len() && key.starts_with(start) && key.ends_with(end)
            }
        }
    }

    const fn start(self) -> &'static str {
        match self {
            Self::Exact(text) | Self::Prefix(text) | Self::Ends(text, _) => text,
        }
    }
}

#[derive(Debug)]
pub(super) struct Rule {
    pub(super) pattern: Pattern,
    pub(super) target: Target,
    /// What kind of span has such an attribute.
    pub(super) kind: Option<Kind>,
    /// Values by which the span says itself what it is; that counts more than what its attributes suggest.
    pub(super) says: &'static [(&'static str, Kind)],
}

const fn exact(text: &'static str, target: Target) -> Rule {
    Rule { pattern: Pattern::Exact(text), target, kind: None, says: &[] }
}

const fn prefix(text: &'static str, target: Target) -> Rule {
    Rule { pattern: Pattern::Prefix(text), target, kind: None, says: &[] }
}

impl Rule {
    const fn llm(mut self) -> Self {
        self.kind = Some(Kind::Llm);
        self
    }

    const fn tool(mut self) -> Self {
        self.kind = Some(Kind::Tool);
        self
    }

    const fn says(mut self, says: &'static [(&'static str, Kind)]) -> Self {
        self.says = says;
        self
    }
}

static LOGFIRE: &[Rule] = &[
    exact("agent_name", Target::Metadata),
    exact("all_messages_events", Target::Input),
    exact("all_messages", Target::Input),
    exact("logfire.span_type", Target::Nothing),
    exact("logfire.metrics", Target::Nothing),
    exact("model_name", Target::Metadata),
    exact("params", Target::Input),
    exact("prompt", Target::Input).llm(),
    exact("response", Target::Output),
    exact("result", Target::Output),
    exact("tool_responses", Target::Output),
    exact("tool_response", Target::Output),
    exact("final_result", Target::Output),
    exact("tools", Target::Input),
    exact("tool_arguments", Target::Input),
    exact("usage", Target::UsageObject).llm(),
];

static GEN_AI: &[Rule] = &[
    prefix("gen_ai.prompt", Target::Input),
    prefix("gen_ai.completion", Target::Output),
    exact("gen_ai.request.model", Target::Model).llm(),
    exact("gen_ai.request_model", Target::Model).llm(),
    exact("gen_ai.response.model", Target::AnsweringModel).llm(),
    exact("gen_ai.response_model", Target::AnsweringModel).llm(),
    exact("gen_ai.request.temperature", Target::Metadata).llm(),
    exact("gen_ai.response.id", Target::Metadata).llm(),
    exact("gen_ai.response.finish_reasons", Target::Metadata),
    exact("gen_ai.system", Target::Provider).llm(),
    exact("gen_ai.usage.cost", Target::Cost).llm(),
    prefix("gen_ai.usage.", Target::Usage).llm(),
    prefix("gen_ai.input.", Target::Input).llm(),
    prefix("gen_ai.output.", Target::Output).llm(),
    exact("gen_ai.system_instructions", Target::Input).llm(),
    prefix("gen_ai.cost.", Target::Metadata).llm(),
    exact("gen_ai.tool.call.arguments", Target::Input),
    exact("gen_ai.tool.call.result", Target::Output),
    prefix("gen_ai.tool.", Target::Metadata),
    prefix("gen_ai.agent.", Target::Metadata),
    exact("gen_ai.token.type", Target::Metadata),
    exact("gen_ai.framework", Target::Metadata),
    exact("gen_ai.operation.name", Target::Metadata)
        .says(&[("invoke_agent", Kind::General), ("execute_tool", Kind::Tool)]),
    prefix("gen_ai.request", Target::Input),
    prefix("gen_ai.response", Target::Output),
    exact("gen_ai.conversation.id", Target::Thread),
    // The newer name of `gen_ai.system`; without it there is no price.
    exact("gen_ai.provider.name", Target::Provider).llm(),
];

static OPEN_INFERENCE: &[Rule] = &[
    prefix("llm.invocation_parameters", Target::Input).llm(),
    exact("llm.model_name", Target::Model).llm(),
    exact("embedding.model_name", Target::Model).llm(),
    exact("llm.provider", Target::Provider).llm(),
    exact("llm.system", Target::Vendor).llm(),
    prefix("llm.input_messages.", Target::Input).llm(),
    prefix("llm.output_messages.", Target::Output).llm(),
    exact("llm.finish_reason", Target::Metadata).llm(),
    exact("llm.cost.total", Target::Cost).llm(),
    prefix("llm.cost.", Target::Metadata).llm(),
    exact("tag.tags", Target::Tags),
    exact("metadata", Target::Metadata),
    prefix("llm.token_count.", Target::Usage).llm(),
    exact("openinference.span.kind", Target::Metadata).says(&[
        ("LLM", Kind::Llm),
        ("TOOL", Kind::Tool),
        ("GUARDRAIL", Kind::Guardrail),
        ("AGENT", Kind::General),
        ("CHAIN", Kind::General),
    ]),
];

static LIVE_KIT: &[Rule] = &[
    exact("lk.input_text", Target::Input),
    exact("lk.chat_ctx", Target::Input),
    exact("lk.function_tools", Target::Input),
    exact("lk.user_input", Target::Input),
    exact("lk.user_transcript", Target::Input),
    exact("lk.response.text", Target::Output),
    exact("lk.response.function_calls", Target::Output),
    exact("lk.function_tool.name", Target::Metadata).tool(),
    exact("lk.function_tool.arguments", Target::Input).tool(),
    exact("lk.function_tool.output", Target::Output).tool(),
    exact("lk.function_tool.is_error", Target::Metadata).tool(),
    prefix("lk.", Target::Metadata),
];

static PYDANTIC: &[Rule] = &[
    exact("logfire.msg", Target::Metadata),
    exact("logfire.msg_template", Target::Nothing),
    exact("logfire.json_schema", Target::Nothing),
    exact("logfire.level_num", Target::Nothing),
    exact("operation.cost", Target::Cost).llm(),
    prefix("gen_ai.aggregated_usage.", Target::Metadata),
    exact("model_request_parameters", Target::Metadata).llm(),
    prefix("code.", Target::Metadata),
];

static LITE_LLM: &[Rule] = &[
    exact("llm.is_streaming", Target::Metadata),
    prefix("llm.request.", Target::Metadata),
    prefix("llm.response.", Target::Metadata),
    exact("llm.user", Target::Metadata),
    prefix("metadata.", Target::Metadata),
    exact("hidden_params", Target::Metadata),
];

static GENERAL: &[Rule] = &[
    prefix("input", Target::Input),
    prefix("output", Target::Output),
    exact("server.address", Target::ServerAddress),
    exact("thread_id", Target::Thread),
    exact("opik.tags", Target::Tags),
    prefix("opik.metadata", Target::Metadata),
    Rule { pattern: Pattern::Ends("opik.", "_id"), target: Target::Nothing, kind: None, says: &[] },
];

static SMOLAGENTS_AND_LANGFUSE: &[Rule] = &[
    prefix("smolagents.", Target::Metadata),
    exact("langfuse.observation.completion_start_time", Target::Metadata).llm(),
    exact("langfuse.trace.input", Target::Input),
    exact("langfuse.trace.output", Target::Output),
    exact("langfuse.trace.tags", Target::Tags),
    exact("langfuse.session.id", Target::Thread),
    exact("langfuse.observation.input", Target::Input),
    exact("langfuse.observation.output", Target::Output),
    exact("langfuse.observation.model.name", Target::Model).llm(),
    exact("langfuse.observation.usage_details", Target::UsageObject).llm(),
    exact("langfuse.observation.cost_details", Target::CostObject).llm(),
    exact("langfuse.observation.type", Target::Metadata).says(&[
        ("generation", Kind::Llm),
        ("embedding", Kind::Llm),
        ("tool", Kind::Tool),
        ("guardrail", Kind::Guardrail),
        ("span", Kind::General),
        ("agent", Kind::General),
        ("chain", Kind::General),
        ("retriever", Kind::General),
    ]),
    prefix("langfuse.", Target::Metadata),
];

static OPEN_LLMETRY: &[Rule] = &[
    exact("traceloop.entity.input", Target::Input),
    exact("traceloop.entity.output", Target::Output),
    exact("traceloop.span.kind", Target::Metadata).says(&[
        ("tool", Kind::Tool),
        ("workflow", Kind::General),
        ("task", Kind::General),
        ("agent", Kind::General),
    ]),
    exact("traceloop.association.properties.session_id", Target::Thread),
    prefix("traceloop.", Target::Metadata),
    exact("llm.usage.total_tokens", Target::Usage).llm(),
    exact("gen_ai.is_streaming", Target::Metadata).llm(),
    exact("gen_ai.openai.api_base", Target::Metadata).llm(),
];

/// What belongs to no library but to the conventions that all share.
static SHARED: &[Rule] = &[
    exact("session.id", Target::Thread),
    exact("user.id", Target::Metadata),
    exact("error.type", Target::Metadata),
    exact("server.port", Target::Metadata),
];

/// Says what a span of the Vercel AI SDK is. One that is no model's call repeats the counts of the calls in it.
pub(super) const OPERATION_ID: &str = "ai.operationId";

static VERCEL: &[Rule] = &[
    prefix("ai.prompt", Target::Input),
    exact("ai.toolCall.args", Target::Input).tool(),
    exact("ai.toolCall.result", Target::Output).tool(),
    prefix("ai.toolCall.", Target::Metadata).tool(),
    prefix("ai.response.", Target::Output),
    prefix("ai.result.", Target::Output),
    prefix("ai.embedding", Target::Output),
    prefix("ai.usage.", Target::Usage).llm(),
    exact("ai.model.id", Target::Model).llm(),
    exact("ai.model.provider", Target::DottedProvider).llm(),
    exact("ai.telemetry.metadata.threadId", Target::Thread),
    exact("ai.telemetry.metadata.sessionId", Target::Thread),
    exact("ai.telemetry.metadata.tags", Target::Tags),
    prefix("ai.telemetry.", Target::Metadata),
    prefix("ai.settings.", Target::Metadata),
    prefix("ai.request.", Target::Metadata),
    // These hold the steps that talk to the model (`….doGenerate`), which are the ones to count.
    exact(OPERATION_ID, Target::Metadata).says(&[
        ("ai.generateText", Kind::General),
        ("ai.streamText", Kind::General),
        ("ai.generateObject", Kind::General),
        ("ai.streamObject", Kind::General),
        ("ai.embed", Kind::General),
        ("ai.embedMany", Kind::General),
    ]),
    exact("operation.name", Target::Metadata),
    exact("resource.name", Target::Metadata),
];

static CLAUDE_CODE: &[Rule] = &[
    exact("user_prompt", Target::Input),
    exact("tool_input", Target::Input).tool(),
    exact("system_prompt_preview", Target::Input).llm(),
    prefix("hook_", Target::Input),
    exact("model", Target::Model).llm(),
    exact("response.model_output", Target::Output).llm(),
    exact("stop_reason", Target::Output).llm(),
    exact("response.has_tool_call", Target::Output).llm(),
    exact("input_tokens", Target::Usage).llm(),
    exact("output_tokens", Target::Usage).llm(),
    exact("cache_read_tokens", Target::Usage).llm(),
    exact("cache_creation_tokens", Target::Usage).llm(),
    exact("session.id", Target::Thread),
];

/// Who made the span, as far as its name tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Dialect {
    #[default]
    Any,
    ClaudeCode,
}

impl Dialect {
    pub(super) fn of(span_name: &str) -> Self {
        if span_name.starts_with("claude_code.") { Self::ClaudeCode } else { Self::Any }
    }

    pub(super) fn rule(self, key: &str) -> Option<&'static Rule> {
        match self {
            Self::Any => ANY.find(key),
            // Its plain names such as `input_tokens` would else fall to the general `input*`.
            Self::ClaudeCode => CLAUDE_CODE_FIRST.find(key),
        }
    }

    /// Where attributes go that no rule knows.
    pub(super) const fn otherwise(self) -> Target {
        match self {
            Self::Any => Target::Input,
            Self::ClaudeCode => Target::Metadata,
        }
    }
}

static GROUPS: [&[Rule]; 11] = [
    LOGFIRE,
    GEN_AI,
    OPEN_INFERENCE,
    LIVE_KIT,
    PYDANTIC,
    LITE_LLM,
    GENERAL,
    SMOLAGENTS_AND_LANGFUSE,
    VERCEL,
    OPEN_LLMETRY,
    SHARED,
];

static ANY: LazyLock<Index> = LazyLock::new(|| Index::new(GROUPS.into_iter().flatten()));
static CLAUDE_CODE_FIRST: LazyLock<Index> =
    LazyLock::new(|| Index::new([CLAUDE_CODE].into_iter().chain(GROUPS).flatten()));

/// The rules for quick lookup: exact names by hash, others by their first byte. Trying the exact ones first is the
/// same as trying all in order, because no open pattern comes before an exact name that it matches: tests hold that.
struct Index {
    exact: HashMap<&'static str, &'static Rule>,
    open: HashMap<u8, Vec<&'static Rule>>,
}

impl Index {
    fn new(rules: impl Iterator<Item = &'static Rule>) -> Self {
        let mut index = Self { exact: HashMap::new(), open: HashMap::new() };
        for rule in rules {
            let start = rule.pattern.start();
            match (rule.pattern, start.as_bytes().first()) {
                (Pattern::Exact(_), _) => {
                    index.exact.entry(start).or_insert(rule);
                }
                (Pattern::Prefix(_) | Pattern::Ends(..), Some(first)) => {
                    index.open.entry(*first).or_default().push(rule);
                }
                (Pattern::Prefix(_) | Pattern::Ends(..), None) => {}
            }
        }
        index
    }

    fn find(&self, key: &str) -> Option<&'static Rule> {
        let open = || self.open.get(key.as_bytes().first()?)?.iter().find(|rule| rule.pattern.matches(key));
        self.exact.get(key).or_else(open).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_finds_what_trying_all_rules_in_order_finds() {
        let any: Vec<&Rule> = GROUPS.into_iter().flatten().collect();
        let claude_code: Vec<&Rule> = CLAUDE_CODE.iter().chain(any.iter().copied()).collect();
        for (dialect, rules) in [(Dialect::Any, any), (Dialect::ClaudeCode, claude_code)] {
            for start in rules.iter().map(|rule| rule.pattern.start()) {
                for key in
                    [start.to_owned(), format!("{start}x"), format!("{start}.x"), format!("{start}x_id")]
                {
                    let expected = rules.iter().find(|rule| rule.pattern.matches(&key)).copied();
                    let same = expected.map(std::ptr::from_ref) == dialect.rule(&key).map(std::ptr::from_ref);
                    assert!(same, "{dialect:?} {key}");
                }
            }
        }
        assert!(Dialect::Any.rule("").is_none());
        assert!(Dialect::Any.rule("ünknown").is_none());
    }

    #[test]
    fn no_rule_is_hidden_by_an_earlier_one() {
        let claude = CLAUDE_CODE.iter().map(|rule| (Dialect::ClaudeCode, rule));
        for (dialect, rule) in GROUPS.into_iter().flatten().map(|rule| (Dialect::Any, rule)).chain(claude) {
            let key = match rule.pattern {
                Pattern::Exact(text) => text.to_owned(),
                Pattern::Prefix(start) => format!("{start}zzz"),
                Pattern::Ends(start, end) => format!("{start}zzz{end}"),
            };
            let found = dialect.rule(&key);
            assert!(found.is_some_and(|found| std::ptr::eq(found, rule)), "{key}");
        }
    }
}
