//! Whole spans as the common instrumentations send them.

use expect_test::expect;
use serde_json::json;

use super::{check, event, span};

#[test]
fn gen_ai_with_indexed_prompts() {
    check(
        "opentelemetry.instrumentation.openai.v1",
        span(
            "openai.chat",
            json!({
                "gen_ai.system": "openai",
                "gen_ai.request.model": "gpt-4o",
                "gen_ai.response.model": "gpt-4o-2024-08-06",
                "gen_ai.request.max_tokens": 100,
                "gen_ai.request.temperature": 0.2,
                "gen_ai.prompt.0.role": "user",
                "gen_ai.prompt.0.content": "hello",
                "gen_ai.completion.0.role": "assistant",
                "gen_ai.completion.0.content": "{\"answer\": 1.0}",
                "gen_ai.usage.prompt_tokens": 10,
                "gen_ai.usage.completion_tokens": 5,
                "gen_ai.usage.cost": 0.000_012,
            }),
        ),
        expect![[r#"
            kind llm
            model gpt-4o-2024-08-06
            provider openai
            usage {"completion_tokens": 5, "prompt_tokens": 10, "total_tokens": 15}
            cost 0.000012
            input {"gen_ai.prompt.0.content":"hello","gen_ai.prompt.0.role":"user","gen_ai.request.max_tokens":100}
            output {"gen_ai.completion.0.content":{"answer": 1.0},"gen_ai.completion.0.role":"assistant"}
            metadata {"gen_ai.request.temperature":0.2,"integration":"opentelemetry.instrumentation.openai.v1"}
        "#]],
    );
}

#[test]
fn gen_ai_with_messages() {
    check(
        "opentelemetry.instrumentation.anthropic",
        span(
            "chat claude",
            json!({
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "anthropic",
                "gen_ai.request.model": "claude-sonnet-4-5",
                "gen_ai.conversation.id": "conv-1",
                "gen_ai.system_instructions": "[{\"type\":\"text\",\"content\":\"be brief\"}]",
                "gen_ai.input.messages": "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"hi\"}]}]",
                "gen_ai.output.messages": [{"role": "assistant", "finish_reason": "stop"}],
                "gen_ai.usage.input_tokens": 100,
                "gen_ai.usage.output_tokens": 7,
                "gen_ai.usage.cache_read.input_tokens": 80,
                "gen_ai.response.finish_reasons": ["stop"],
            }),
        ),
        expect![[r#"
            kind llm
            model claude-sonnet-4-5
            provider anthropic
            usage {"cache_read_input_tokens": 80, "completion_tokens": 7, "original_usage.input_tokens": 20, "prompt_tokens": 100, "total_tokens": 107}
            thread conv-1
            input {"gen_ai.input.messages":[{"role":"user","parts":[{"type":"text","content":"hi"}]}],"gen_ai.system_instructions":[{"type":"text","content":"be brief"}]}
            output {"gen_ai.output.messages":[{"finish_reason":"stop","role":"assistant"}]}
            metadata {"gen_ai.operation.name":"chat","gen_ai.response.finish_reasons":["stop"],"integration":"opentelemetry.instrumentation.anthropic","thread_id":"conv-1"}
        "#]],
    );
}

#[test]
fn gen_ai_agents_and_tools() {
    let agent = json!({
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "planner",
        "gen_ai.request.model": "gpt-4o",
        "gen_ai.usage.input_tokens": 3,
    });
    check(
        "lib",
        span("invoke_agent planner", agent),
        expect![[r#"
        kind general
        model gpt-4o
        usage {"prompt_tokens": 3, "total_tokens": 3}
        metadata {"gen_ai.agent.name":"planner","gen_ai.operation.name":"invoke_agent","integration":"lib"}
    "#]],
    );
    let tool = json!({
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "weather",
        "gen_ai.tool.call.arguments": "{\"city\":\"Bern\"}",
        "gen_ai.tool.call.result": "sunny",
    });
    check(
        "lib",
        span("execute_tool weather", tool),
        expect![[r#"
        kind tool
        input {"gen_ai.tool.call.arguments":{"city":"Bern"}}
        output {"gen_ai.tool.call.result":"sunny"}
        metadata {"gen_ai.operation.name":"execute_tool","gen_ai.tool.name":"weather","integration":"lib"}
    "#]],
    );
}

#[test]
fn open_inference() {
    check(
        "openinference.instrumentation.openai",
        span(
            "ChatCompletion",
            json!({
                "openinference.span.kind": "LLM",
                "input.value": "{\"messages\": [{\"role\": \"user\", \"content\": \"hi\"}]}",
                "input.mime_type": "application/json",
                "output.value": "hello",
                "llm.model_name": "gpt-4o-mini",
                "llm.invocation_parameters": "{\"temperature\": 0}",
                "llm.token_count.prompt": 9,
                "llm.token_count.completion": 2,
                "llm.token_count.total": 11,
                "llm.token_count.prompt_details.cache_read": 4,
                "llm.input_messages.0.message.content": "hi",
            }),
        ),
        expect![[r#"
            kind llm
            model gpt-4o-mini
            usage {"cache_read_input_tokens": 4, "completion_tokens": 2, "prompt_tokens": 9, "total_tokens": 11}
            input {"input.mime_type":"application/json","input.value":{"messages": [{"role": "user", "content": "hi"}]},"llm.input_messages.0.message.content":"hi","llm.invocation_parameters":{"temperature": 0}}
            output {"output.value":"hello"}
            metadata {"openinference.span.kind":"LLM","integration":"openinference.instrumentation.openai"}
        "#]],
    );
}

#[test]
fn vercel_ai_sdk() {
    let outer = json!({
        "operation.name": "ai.generateText",
        "ai.operationId": "ai.generateText",
        "ai.model.id": "gpt-4o",
        "ai.model.provider": "openai.chat",
        "ai.prompt": "{\"prompt\":\"hi\"}",
        "ai.response.text": "hello",
        "ai.telemetry.metadata.userId": "u1",
        "ai.usage.promptTokens": 4,
        "ai.usage.completionTokens": 6,
    });
    check(
        "ai",
        span("ai.generateText", outer),
        expect![[r#"
            kind general
            model gpt-4o
            provider openai
            input {"ai.prompt":{"prompt":"hi"}}
            output {"ai.response.text":"hello"}
            metadata {"ai.operationId":"ai.generateText","ai.telemetry.metadata.userId":"u1","operation.name":"ai.generateText","integration":"ai"}
        "#]],
    );
    let inner = json!({
        "ai.operationId": "ai.generateText.doGenerate",
        "ai.model.id": "gpt-4o",
        "ai.model.provider": "openai.chat",
        "ai.prompt.messages": "[{\"role\":\"user\"}]",
        "gen_ai.system": "openai.chat",
        "gen_ai.response.model": "gpt-4o-2024-08-06",
        "gen_ai.usage.input_tokens": 4,
        "gen_ai.usage.output_tokens": 6,
    });
    check(
        "ai",
        span("ai.generateText.doGenerate", inner),
        expect![[r#"
        kind llm
        model gpt-4o-2024-08-06
        provider openai
        usage {"completion_tokens": 6, "prompt_tokens": 4, "total_tokens": 10}
        input {"ai.prompt.messages":[{"role":"user"}]}
        metadata {"ai.operationId":"ai.generateText.doGenerate","integration":"ai"}
    "#]],
    );
    let tool = json!({
        "ai.operationId": "ai.toolCall",
        "ai.toolCall.name": "weather",
        "ai.toolCall.args": "{\"city\":\"Bern\"}",
        "ai.toolCall.result": "{\"sky\":\"clear\"}",
    });
    check(
        "ai",
        span("ai.toolCall", tool),
        expect![[r#"
        kind tool
        input {"ai.toolCall.args":{"city":"Bern"}}
        output {"ai.toolCall.result":{"sky":"clear"}}
        metadata {"ai.operationId":"ai.toolCall","ai.toolCall.name":"weather","integration":"ai"}
    "#]],
    );
}

#[test]
fn logfire_and_pydantic_ai() {
    check(
        "logfire",
        span(
            "agent run",
            json!({
                "agent_name": "support",
                "all_messages_events": "[{\"role\":\"user\",\"content\":\"hi\"}]",
                "final_result": "bye",
                "model_name": "gpt-4o",
                "usage": "{\"requests\":1,\"input_tokens\":12,\"output_tokens\":3,\"details\":{\"audio\":0}}",
                "logfire.msg": "support run",
                "logfire.json_schema": "{\"type\":\"object\"}",
                "logfire.span_type": "span",
                "code.lineno": 12,
            }),
        ),
        expect![[r#"
            kind llm
            usage {"completion_tokens": 3, "details.audio": 0, "prompt_tokens": 12, "requests": 1, "total_tokens": 15}
            input {"all_messages_events":[{"role":"user","content":"hi"}]}
            output {"final_result":"bye"}
            metadata {"agent_name":"support","code.lineno":12,"logfire.msg":"support run","model_name":"gpt-4o"}
        "#]],
    );
}

#[test]
fn live_kit() {
    let turn = json!({
        "lk.user_transcript": "what time is it",
        "lk.chat_ctx": "{\"items\": []}",
        "lk.response.text": "noon",
        "lk.speech_id": "s1",
        "gen_ai.request.model": "gpt-4o-mini",
    });
    check(
        "livekit-agents",
        span("llm_node", turn),
        expect![[r#"
        kind llm
        model gpt-4o-mini
        input {"lk.chat_ctx":{"items": []},"lk.user_transcript":"what time is it"}
        output {"lk.response.text":"noon"}
        metadata {"lk.speech_id":"s1","integration":"livekit-agents"}
    "#]],
    );
    let tool = json!({
        "lk.function_tool.name": "clock",
        "lk.function_tool.arguments": "{}",
        "lk.function_tool.output": "12:00",
        "lk.function_tool.is_error": false,
    });
    check(
        "livekit-agents",
        span("function_tool", tool),
        expect![[r#"
        kind tool
        input {"lk.function_tool.arguments":{}}
        output {"lk.function_tool.output":"12:00"}
        metadata {"lk.function_tool.is_error":false,"lk.function_tool.name":"clock","integration":"livekit-agents"}
    "#]],
    );
}

#[test]
fn claude_code() {
    let call = json!({
        "model": "claude-opus-4-5",
        "session.id": "s-1",
        "input_tokens": 20,
        "output_tokens": 30,
        "cache_read_tokens": 1000,
        "cache_creation_tokens": 50,
        "response.model_output": "done",
        "stop_reason": "end_turn",
        "terminal.type": "xterm",
    });
    check(
        "com.anthropic.claude_code.tracing",
        span("claude_code.llm_request", call),
        expect![[r#"
        kind llm
        model claude-opus-4-5
        provider anthropic
        usage {"cache_creation_input_tokens": 50, "cache_read_input_tokens": 1000, "completion_tokens": 30, "prompt_tokens": 20, "total_tokens": 50}
        thread s-1
        output {"response.model_output":"done","stop_reason":"end_turn"}
        metadata {"terminal.type":"xterm","integration":"com.anthropic.claude_code.tracing","thread_id":"s-1"}
    "#]],
    );
    let mut tool =
        span("claude_code.tool", json!({"tool_name": "Bash", "tool_input": "{\"command\":\"ls\"}"}));
    tool.events = vec![event("tool.output", json!({"output": "a.txt"})), event("retry", json!({}))];
    check(
        "com.anthropic.claude_code.tracing",
        tool,
        expect![[r#"
        kind tool
        input {"tool_input":{"command":"ls"}}
        output {"output":"a.txt"}
        metadata {"tool_name":"Bash","opentelemetry.events":[{"name":"retry","time_unix_nano":1700000000123456790,"attributes":{}}],"integration":"com.anthropic.claude_code.tracing"}
    "#]],
    );
}

#[test]
fn lite_llm() {
    check(
        "litellm",
        span(
            "litellm_request",
            json!({
                "gen_ai.system": "google",
                "server.address": "us-central1-aiplatform.googleapis.com",
                "llm.is_streaming": "False",
                "llm.request.type": "acompletion",
                "metadata.user_api_key_alias": "team",
                "hidden_params": "{\"cache_hit\": NaN}",
                "gen_ai.cost.total_cost": 0.5,
            }),
        ),
        expect![[r#"
            kind llm
            provider google_vertexai
            metadata {"gen_ai.cost.total_cost":0.5,"hidden_params":{"cache_hit": "NaN"},"llm.is_streaming":"False","llm.request.type":"acompletion","metadata.user_api_key_alias":"team","server.address":"us-central1-aiplatform.googleapis.com","integration":"litellm"}
        "#]],
    );
}

#[test]
fn langfuse() {
    let generation = json!({
        "langfuse.observation.type": "generation",
        "langfuse.observation.input": "[{\"role\": \"user\", \"content\": \"hi\"}]",
        "langfuse.observation.output": "hello",
        "langfuse.observation.model.name": "gpt-4o",
        "langfuse.observation.usage_details": "{\"input\": 3, \"output\": 2, \"total\": 5}",
        "langfuse.observation.cost_details": "{\"input\": 0.1, \"total\": 0.25}",
        "langfuse.user.id": "u-1",
        "langfuse.session.id": "s-1",
        "langfuse.trace.tags": ["a", "b"],
    });
    check(
        "langfuse-sdk",
        span("answer", generation),
        expect![[r#"
        kind llm
        model gpt-4o
        usage {"completion_tokens": 2, "prompt_tokens": 3, "total_tokens": 5}
        cost 0.25
        thread s-1
        tags a | b
        input {"langfuse.observation.input":[{"role": "user", "content": "hi"}]}
        output {"langfuse.observation.output":"hello"}
        metadata {"langfuse.observation.cost_details":{"input": 0.1, "total": 0.25},"langfuse.observation.type":"generation","langfuse.user.id":"u-1","integration":"langfuse-sdk","thread_id":"s-1"}
    "#]],
    );
    check(
        "langfuse-sdk",
        span("look up", json!({"langfuse.observation.type": "tool"})),
        expect![[r#"
        kind tool
        metadata {"langfuse.observation.type":"tool","integration":"langfuse-sdk"}
    "#]],
    );
}

#[test]
fn open_llmetry_workflows() {
    let task = json!({
        "traceloop.span.kind": "tool",
        "traceloop.entity.name": "look up",
        "traceloop.entity.input": "{\"inputs\": {\"city\": \"Bern\"}}",
        "traceloop.entity.output": "sunny",
        "traceloop.association.properties.session_id": "s-1",
        "traceloop.association.properties.user_id": "u-1",
    });
    check(
        "opentelemetry.instrumentation.langchain",
        span("look up.tool", task),
        expect![[r#"
        kind tool
        thread s-1
        input {"traceloop.entity.input":{"inputs": {"city": "Bern"}}}
        output {"traceloop.entity.output":"sunny"}
        metadata {"traceloop.association.properties.user_id":"u-1","traceloop.entity.name":"look up","traceloop.span.kind":"tool","integration":"opentelemetry.instrumentation.langchain","thread_id":"s-1"}
    "#]],
    );
}

#[test]
fn a_conversation_tells_the_thread_better_than_a_session_and_a_thread_better_than_both() {
    let thread = |attributes| super::mapped("lib", span("call", attributes)).thread_id;
    let all = json!({"gen_ai.conversation.id": "c", "session.id": "s", "thread_id": "t"});
    assert_eq!(thread(all).as_deref(), Some("t"));
    assert_eq!(thread(json!({"session.id": "s", "gen_ai.conversation.id": "c"})).as_deref(), Some("c"));
    assert_eq!(thread(json!({"session.id": "s", "user.id": "u"})).as_deref(), Some("s"));
}

#[test]
fn who_serves_a_model_counts_more_than_who_made_it() {
    let provider = |attributes| super::mapped("lib", span("call", attributes)).fields.provider;
    assert_eq!(provider(json!({"llm.system": "openai", "llm.provider": "azure"})).as_deref(), Some("azure"));
    assert_eq!(provider(json!({"llm.system": "openai"})).as_deref(), Some("openai"));
}
