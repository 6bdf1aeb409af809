"""Programs instrumented with OpenTelemetry: the real SDK, its two exporters, and the ids that follow from theirs."""

import datetime
import hashlib
import uuid

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcExporter
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExportResult
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

SECOND = 1_000_000_000
BEGIN = 1_772_600_767_125_000_000  # 2026-03-04T05:06:07.125Z in nanoseconds


def moment(nanoseconds: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(0, datetime.timezone.utc) + datetime.timedelta(microseconds=nanoseconds // 1000)


def _version_7(milliseconds: int, seed: bytes) -> str:
    octets = bytearray(milliseconds.to_bytes(6, "big") + hashlib.sha256(seed).digest()[:10])
    octets[6] = octets[6] & 0x0F | 0x70
    octets[8] = octets[8] & 0x3F | 0x80
    return str(uuid.UUID(bytes=bytes(octets)))


def trace_id_of(otel_trace_id: int, earliest_start: int) -> str:
    return _version_7(earliest_start // 1_000_000, otel_trace_id.to_bytes(16, "big"))


def span_id_of(otel_span_id: int, trace_id: str) -> str:
    milliseconds = int.from_bytes(uuid.UUID(trace_id).bytes[:6], "big")
    return _version_7(milliseconds, otel_span_id.to_bytes(8, "big"))


class Program:
    """An instrumented program that keeps its finished spans until it is told to export them."""

    def __init__(self):
        self.kept = InMemorySpanExporter()
        self.provider = TracerProvider(resource=Resource.create({"service.name": "shop"}))
        self.provider.add_span_processor(SimpleSpanProcessor(self.kept))
        self.tracer = self.provider.get_tracer("shop.instrumentation", "1.2.3")

    def finished(self) -> tuple[ReadableSpan, ...]:
        return self.kept.get_finished_spans()

    def span(self, name: str, parent=None, start: int = BEGIN, seconds: float = 1, **options):
        """Starts a span and gives it with a context in which it is the parent."""
        from opentelemetry.trace import set_span_in_context

        span = self.tracer.start_span(name, context=parent, start_time=start, **options)
        span.set_attribute("input.value", f"into {name}")
        self.ends = {**getattr(self, "ends", {}), span: start + int(seconds * SECOND)}
        return span, set_span_in_context(span)

    def end(self, *spans) -> None:
        for span in spans:
            span.end(end_time=self.ends[span])


def http_exporter(server, project: str | None, compression: Compression = Compression.NoCompression) -> HttpExporter:
    headers = {"projectName": project} if project else {}
    return HttpExporter(f"{server.api_url}/v1/private/otel/v1/traces", headers=headers, compression=compression)


def grpc_exporter(server, project: str | None, compression=None) -> GrpcExporter:
    headers = (("projectname", project),) if project else ()
    return GrpcExporter(f"127.0.0.1:{server.grpc_port}", insecure=True, headers=headers, compression=compression)


def export(exporter, spans) -> None:
    try:
        assert exporter.export(list(spans)) is SpanExportResult.SUCCESS
    finally:
        exporter.shutdown()


def encoded(spans) -> bytes:
    return encode_spans(list(spans)).SerializeToString()
