"""A program whose OpenAI client is instrumented by OpenLLMetry.

It is run as a process of its own, because that instrumentation does not come off again.
"""

import sys

import openai
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.openai import OpenAIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from instrumented import Asking


def main(traces_url: str, project: str, model_url: str, question: str) -> None:
    provider = TracerProvider()
    exporter = OTLPSpanExporter(traces_url, headers={"projectName": project})
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    OpenAIInstrumentor().instrument(tracer_provider=provider)
    client = openai.OpenAI(base_url=model_url, api_key="none", max_retries=0)
    getattr(Asking(client), question)()
    provider.shutdown()


main(*sys.argv[1:])
