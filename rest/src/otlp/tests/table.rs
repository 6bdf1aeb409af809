//! Every row of the contract's table of attributes.

use serde_json::json;

use super::{mapped, show, span};

/// Where one attribute of a span goes, and what kind the span is because of it.
fn place(span_name: &str, key: &str, value: &serde_json::Value) -> String {
    let shown = show(&mapped("logfire", span(span_name, json!({key: value}))));
    let mut places: Vec<&str> = shown.lines().filter_map(|line| line.split(' ').next()).collect();
    places.retain(|place| !["kind", "input", "output", "metadata"].contains(place));
    for body in ["input", "output", "metadata"] {
        let line = shown.lines().find(|line| line.starts_with(body));
        if line.is_some_and(|line| line.contains(&format!("\"{key}\":")) || line.contains("\"thread_id\":")) {
            places.push(body);
        }
    }
    let kind = shown.lines().find_map(|line| line.strip_prefix("kind ")).unwrap();
    if kind != "general" {
        places.push(kind);
    }
    places.join(" ")
}

fn check(span_name: &str, rows: &[(&str, &[&str])]) {
    for (expected, keys) in rows {
        for key in *keys {
            assert_eq!(&place(span_name, key, &json!(7)), expected, "{key}");
        }
    }
}

#[test]
fn attributes_of_logfire_go_where_the_table_says() {
    check(
        "any",
        &[
            ("metadata", &["agent_name", "model_name"]),
            ("input", &["all_messages_events", "all_messages", "params", "tools", "tool_arguments"]),
            ("", &["logfire.span_type", "logfire.metrics"]),
            ("input llm", &["prompt"]),
            ("output", &["response", "result", "tool_responses", "tool_response", "final_result"]),
        ],
    );
    assert_eq!(place("any", "usage", &json!({"input_tokens": 1})), "usage llm");
}

#[test]
fn attributes_of_gen_ai_go_where_the_table_says() {
    check(
        "any",
        &[
            ("input", &["gen_ai.prompt", "gen_ai.prompt.0.content", "gen_ai.tool.call.arguments"]),
            ("output", &["gen_ai.completion", "gen_ai.completion.0.role", "gen_ai.tool.call.result"]),
            ("model llm", &["gen_ai.request.model", "gen_ai.response.model"]),
            ("model llm", &["gen_ai.request_model", "gen_ai.response_model"]),
            ("metadata llm", &["gen_ai.request.temperature", "gen_ai.response.id", "gen_ai.cost.total"]),
            ("metadata", &["gen_ai.response.finish_reasons", "gen_ai.tool.name", "gen_ai.agent.id"]),
            ("metadata", &["gen_ai.token.type", "gen_ai.framework", "gen_ai.operation.name"]),
            ("provider llm", &["gen_ai.system", "gen_ai.provider.name"]),
            ("cost llm", &["gen_ai.usage.cost"]),
            ("usage llm", &["gen_ai.usage.input_tokens", "gen_ai.usage.anything"]),
            ("input llm", &["gen_ai.input.messages", "gen_ai.system_instructions"]),
            ("output llm", &["gen_ai.output.messages"]),
            ("input", &["gen_ai.request.max_tokens", "gen_ai.requests"]),
            ("output", &["gen_ai.response.other"]),
            ("thread metadata", &["gen_ai.conversation.id"]),
        ],
    );
}

#[test]
fn attributes_of_open_inference_go_where_the_table_says() {
    check(
        "any",
        &[
            ("input llm", &["llm.invocation_parameters", "llm.invocation_parameters.top_p"]),
            ("model llm", &["llm.model_name"]),
            ("usage llm", &["llm.token_count.prompt", "llm.token_count.completion_details.reasoning"]),
            ("input", &["input.value", "input.mime_type"]),
            ("output", &["output.value"]),
            ("metadata", &["openinference.span.kind", "metadata"]),
            ("model llm", &["embedding.model_name"]),
            ("provider llm", &["llm.provider", "llm.system"]),
            ("input llm", &["llm.input_messages.0.message.content"]),
            ("output llm", &["llm.output_messages.0.message.content"]),
            ("metadata llm", &["llm.finish_reason", "llm.cost.prompt"]),
            ("cost llm", &["llm.cost.total"]),
            ("tags", &["tag.tags"]),
        ],
    );
}

#[test]
fn attributes_of_live_kit_pydantic_and_lite_llm_go_where_the_table_says() {
    check(
        "any",
        &[
            ("input", &["lk.input_text", "lk.chat_ctx", "lk.function_tools"]),
            ("input", &["lk.user_input", "lk.user_transcript"]),
            ("output", &["lk.response.text", "lk.response.function_calls"]),
            ("metadata tool", &["lk.function_tool.name", "lk.function_tool.is_error"]),
            ("input tool", &["lk.function_tool.arguments"]),
            ("output tool", &["lk.function_tool.output"]),
            (
                "metadata",
                &["lk.anything", "logfire.msg", "code.function", "gen_ai.aggregated_usage.input_tokens"],
            ),
            ("metadata llm", &["model_request_parameters"]),
            ("cost llm", &["operation.cost"]),
            ("", &["logfire.msg_template", "logfire.json_schema", "logfire.level_num"]),
            ("metadata", &["llm.is_streaming", "llm.request.type", "llm.response.id", "llm.user"]),
            ("metadata", &["metadata.user_api_key", "hidden_params"]),
        ],
    );
}

#[test]
fn general_attributes_go_where_the_table_says() {
    check(
        "any",
        &[
            ("input", &["input", "input.anything", "inputs", "nothing.known"]),
            ("output", &["output", "output.anything"]),
            ("metadata", &["server.address", "opik.metadata", "opik.metadata.user_id", "smolagents.x"]),
            ("thread metadata", &["thread_id", "session.id"]),
            ("metadata", &["user.id", "error.type", "server.port"]),
            ("tags", &["opik.tags"]),
            ("", &["opik.trace_id", "opik.span_id", "opik.parent_span_id", "opik.other_id"]),
            ("metadata llm", &["langfuse.observation.completion_start_time"]),
        ],
    );
}

#[test]
fn attributes_of_claude_code_go_where_the_table_says() {
    check(
        "claude_code.interaction",
        &[
            ("input", &["user_prompt", "hook_name"]),
            ("input tool", &["tool_input"]),
            ("provider input llm", &["system_prompt_preview"]),
            ("model provider llm", &["model"]),
            ("provider output llm", &["response.model_output", "stop_reason", "response.has_tool_call"]),
            ("provider usage llm", &["input_tokens", "output_tokens"]),
            ("provider usage llm", &["cache_read_tokens", "cache_creation_tokens"]),
            ("thread metadata", &["session.id"]),
            ("metadata", &["nothing.known"]),
        ],
    );
}

#[test]
fn attributes_of_the_vercel_ai_sdk_go_where_people_look_for_them() {
    check(
        "any",
        &[
            ("input", &["ai.prompt", "ai.prompt.messages", "ai.value"]),
            ("output", &["ai.response.text", "ai.result.text", "ai.embedding", "ai.embeddings"]),
            ("usage llm", &["ai.usage.promptTokens", "ai.usage.completionTokens"]),
            ("model llm", &["ai.model.id"]),
            ("provider llm", &["ai.model.provider"]),
            ("input tool", &["ai.toolCall.args"]),
            ("output tool", &["ai.toolCall.result"]),
            ("metadata tool", &["ai.toolCall.name"]),
            (
                "metadata",
                &["ai.telemetry.metadata.user", "ai.telemetry.functionId", "ai.settings.maxRetries"],
            ),
            ("thread metadata", &["ai.telemetry.metadata.threadId", "ai.telemetry.metadata.sessionId"]),
            ("tags", &["ai.telemetry.metadata.tags"]),
            ("metadata", &["ai.request.headers.x", "ai.operationId", "operation.name", "resource.name"]),
        ],
    );
}

#[test]
fn attributes_of_langfuse_and_open_llmetry_go_where_people_look_for_them() {
    check(
        "any",
        &[
            ("input", &["langfuse.trace.input", "langfuse.observation.input", "traceloop.entity.input"]),
            ("output", &["langfuse.trace.output", "langfuse.observation.output", "traceloop.entity.output"]),
            ("model llm", &["langfuse.observation.model.name"]),
            ("metadata", &["langfuse.user.id", "langfuse.trace.name", "langfuse.observation.type"]),
            ("metadata", &["traceloop.span.kind", "traceloop.workflow.name"]),
            ("metadata llm", &["gen_ai.is_streaming", "gen_ai.openai.api_base"]),
            ("thread metadata", &["langfuse.session.id", "traceloop.association.properties.session_id"]),
            ("tags", &["langfuse.trace.tags"]),
            ("usage llm", &["llm.usage.total_tokens"]),
        ],
    );
    let costs = json!({"total": 0.5});
    assert_eq!(place("any", "langfuse.observation.cost_details", &costs), "cost metadata llm");
}
