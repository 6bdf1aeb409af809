"""What programs of the instrumentation tests have in common: what they ask the scripted model, and what must come of it."""

import dataclasses

import openai
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from otel import http_exporter
from scripted_model import REFUSAL

MODEL = "gpt-4o-mini"
ANSWERING = "gpt-4o-mini-2024-07-18"
WEATHER_TOOL = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}
QUESTION = [{"role": "system", "content": "be brief"}, {"role": "user", "content": "what is the weather?"}]
COUNTS = {"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500}
# 800 tokens of the prompt at 0.15 US dollars per million, 200 from the cache at 0.075, the answer at 0.6.
COST = 0.000435


@dataclasses.dataclass
class Asking:
    """An OpenAI client with the questions of these tests."""

    client: openai.OpenAI

    def plainly(self):
        return self.client.chat.completions.create(model=MODEL, messages=QUESTION, temperature=0.5)

    def in_a_stream(self) -> str:
        options = {"stream": True, "stream_options": {"include_usage": True}}
        parts = self.client.chat.completions.create(model=MODEL, messages=QUESTION, **options)
        return "".join(part.choices[0].delta.content or "" for part in parts if part.choices)

    def with_a_tool(self):
        return self.client.chat.completions.create(model=MODEL, messages=QUESTION, tools=[WEATHER_TOOL])

    def in_vain(self) -> None:
        try:
            self.client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": "fail"}])
        except openai.BadRequestError as refused:
            assert REFUSAL in str(refused)
        else:
            raise AssertionError("the script refuses this")

    def for_a_vector(self):
        return self.client.embeddings.create(model="text-embedding-3-small", input=["a word"])


def asking(scripted_model) -> Asking:
    return Asking(openai.OpenAI(base_url=scripted_model.base_url, api_key="none", max_retries=0))


def exporting(server, project: str) -> TracerProvider:
    """Every span is a request of its own, children before their parents: the hardest way to send a tree."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(http_exporter(server, project)))
    return provider


def counts(usage: dict) -> dict:
    return {name: usage.get(name) for name in COUNTS}
