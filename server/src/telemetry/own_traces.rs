//! The program's own traces, for whatever takes OpenTelemetry over HTTP, a Cairn among them. Off unless asked
//! for: who tries things out has the standard variables set for another program. What waits is bounded: nothing waits for it, and what has no room is dropped and counted.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::{self, HeaderMap, StatusCode};
use cairn_core::limits::{OWN_SPANS_PER_EXPORT_MAX, OWN_SPANS_WAITING_MAX};
use opentelemetry::trace::TracerProvider;
use opentelemetry::{Context, Key};
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, Span as SdkSpan, SpanData, SpanProcessor,
};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use tracing::field::Empty;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata, Span, debug_span};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;

use crate::commands::Trouble;

/// The header of requests that bring traces of a Cairn itself. They leave no traces: to trace them would go on for ever,
/// also between two servers that send theirs to each other.
const MARK: &str = "cairn-own-traces";
const SERVICE: &str = "cairn";

pub(crate) struct OwnTraces {
    provider: SdkTracerProvider,
    counts: Counts,
}

/// What became of spans.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counts(Family<Outcome, Counter>);

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

impl OwnTraces {
    /// `None` if the standard variables switch traces off.
    pub(crate) fn from_environment() -> Result<Option<Self>, Trouble> {
        if !is_wanted(|name| std::env::var(name).ok())? {
            return Ok(None);
        }
        // An endpoint may speak TLS.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_headers(HashMap::from([(MARK.to_owned(), "1".to_owned())]))
            .build()
            .map_err(|error| Trouble::Usage(format!("setting `OTEL_EXPORTER_OTLP_ENDPOINT`: {error}")))?;
        let (counts, waiting) = (Counts::default(), Arc::<AtomicUsize>::default());
        let exporter = Counted {
            exporter,
            waiting: Arc::clone(&waiting),
            counts: counts.clone(),
            fails: AtomicBool::new(false),
        };
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(OWN_SPANS_WAITING_MAX)
            .with_max_export_batch_size(OWN_SPANS_PER_EXPORT_MAX)
            .build();
        let batches = BatchSpanProcessor::builder(exporter).with_batch_config(batches).build();
        let provider = SdkTracerProvider::builder()
            .with_resource(resource())
            .with_span_processor(Bounded { batches, waiting, counts: counts.clone() })
            .build();
        Ok(Some(Self { provider, counts }))
    }

    pub(crate) fn counts(&self) -> Counts {
        self.counts.clone()
    }

    pub(crate) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: tracing::Subscriber + for<'a> LookupSpan<'a>,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer(SERVICE))
            .with_location(false)
            .with_target(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            // What is entered gets a name that cannot change any more, and a GraphQL request learns of its own later.
            .with_context_activation(false)
            .with_filter(filter_fn(is_own).with_max_level_hint(LevelFilter::DEBUG))
    }

    /// Sends what waits, for a bounded time.
    pub(crate) fn end(self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(%error, "the last own traces could not be exported");
        }
    }
}

/// A span for a request that somebody may want to look into; files of the web interface and probes are none.
pub(crate) fn of_request(face: &str, request: &Request) -> Span {
    let path =
        request.extensions().get::<MatchedPath>().map_or_else(|| request.uri().path(), MatchedPath::as_str);
    let route = path.strip_prefix("/api").unwrap_or(path);
    let is_looked_at = matches!(face, "rest" | "otlp" | "graphql") && !route.starts_with("/is-alive/");
    if !is_looked_at || brings_own(request.headers()) {
        return Span::none();
    }
    debug_span!(
        parent: None,
        "request",
        otel.name = %format_args!("{} {route}", request.method()),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = %request.method(),
        http.route = route,
        http.response.status_code = Empty,
    )
}

pub(crate) fn answered(span: &Span, status: StatusCode) {
    span.record("http.response.status_code", status.as_u16());
    if status.is_server_error() {
        span.record("otel.status_code", "error");
    }
}

pub(crate) fn of_grpc(request: &http::Request<()>) -> Span {
    if brings_own(request.headers()) {
        return Span::none();
    }
    let method = request.uri().path().trim_start_matches('/');
    debug_span!(parent: None, "request", otel.name = method, otel.kind = "server", rpc.system = "grpc")
}

fn brings_own(headers: &HeaderMap) -> bool {
    headers.contains_key(MARK)
}

/// Spans of ours, and what went wrong within them.
fn is_own(metadata: &Metadata<'_>) -> bool {
    let least = if metadata.is_span() { Level::DEBUG } else { Level::WARN };
    metadata.target().starts_with(SERVICE) && *metadata.level() <= least
}

/// Whether the standard variables leave traces on, which can then be sent.
fn is_wanted(variable: impl Fn(&str) -> Option<String>) -> Result<bool, Trouble> {
    let given = |name: &'static str| Some((name, variable(name).filter(|value| !value.is_empty())?));
    let of = |ending: &[&'static str; 2]| ending.iter().find_map(|name| given(name));
    let disabled = given("OTEL_SDK_DISABLED").is_some_and(|(_, value)| value.eq_ignore_ascii_case("true"));
    if disabled {
        return Ok(false);
    }
    let refused = |name: &str, value: &str, take: &str| {
        Err(Trouble::Usage(format!(
            "setting `{name}`: `{value}` is not what Cairn exports its own traces with; {take}"
        )))
    };
    match given("OTEL_TRACES_EXPORTER") {
        Some((_, value)) if value == "none" => return Ok(false),
        Some((name, value)) if value != "otlp" => {
            return refused(name, &value, "set `otlp`, or `none` to export none");
        }
        Some(_) | None => {}
    }
    if of(&["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"]).is_none() {
        let problem = "setting `own_traces`: name where they go by `OTEL_EXPORTER_OTLP_ENDPOINT`";
        return Err(Trouble::Usage(problem.to_owned()));
    }
    match of(&["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"]) {
        Some((name, value)) if value != "http/protobuf" => refused(name, &value, "set `http/protobuf`"),
        Some(_) | None => Ok(true),
    }
}

/// Who says so, by the standard variables; a name of our own where they say nothing.
fn resource() -> Resource {
    let found = Resource::builder().build();
    let name = found.get(&Key::from_static_str("service.name"));
    if name.is_some_and(|name| !name.as_str().starts_with("unknown_service")) {
        return found;
    }
    Resource::builder().with_service_name(SERVICE).build()
}

/// Takes spans only as long as fewer than a bound wait or are under way.
#[derive(Debug)]
struct Bounded {
    batches: BatchSpanProcessor,
    waiting: Arc<AtomicUsize>,
    counts: Counts,
}

impl SpanProcessor for Bounded {
    fn on_start(&self, span: &mut SdkSpan, context: &Context) {
        self.batches.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        let more = |waiting: usize| (waiting < OWN_SPANS_WAITING_MAX).then_some(waiting + 1);
        match self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more) {
            Ok(_) => self.batches.on_end(span),
            Err(_) => self.counts.add("dropped", 1),
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.batches.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.batches.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.batches.set_resource(resource);
    }
}

/// Counts what was sent and makes room for more.
#[derive(Debug)]
struct Counted {
    exporter: SpanExporter,
    waiting: Arc<AtomicUsize>,
    counts: Counts,
    fails: AtomicBool,
}

impl opentelemetry_sdk::trace::SpanExporter for Counted {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len();
        let sent = self.exporter.export(batch).await;
        self.waiting.fetch_sub(count, Ordering::Relaxed);
        self.counts.add(if sent.is_ok() { "exported" } else { "failed" }, count);
        let failed_before = self.fails.swap(sent.is_err(), Ordering::Relaxed);
        match &sent {
            // Once, not for each batch until the endpoint is back.
            Err(error) if !failed_before => tracing::warn!(%error, "own traces cannot be exported"),
            Ok(()) if failed_before => tracing::info!("own traces are exported again"),
            Ok(()) | Err(_) => {}
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl Counts {
    fn add(&self, outcome: &'static str, count: usize) {
        self.0.get_or_create(&Outcome { outcome }).inc_by(u64::try_from(count).unwrap_or(u64::MAX));
    }

    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "cairn_own_spans",
            "Spans of the program itself by what became of them",
            self.0.clone(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(variables: &[(&str, &str)]) -> Result<bool, String> {
        let value = |name: &str| {
            let found = variables.iter().find(|(given, _)| *given == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        is_wanted(value).map_err(|trouble| trouble.to_string())
    }

    #[test]
    fn traces_need_an_endpoint_and_may_be_switched_off_as_ever() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");
        let nowhere = "setting `own_traces`: name where they go by `OTEL_EXPORTER_OTLP_ENDPOINT`";
        assert_eq!(wanted(&[]), Err(nowhere.to_owned()));
        assert_eq!(wanted(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "")]), Err(nowhere.to_owned()));
        assert_eq!(wanted(&[endpoint]), Ok(true));
        assert_eq!(wanted(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://localhost/x")]), Ok(true));
        assert_eq!(wanted(&[endpoint, ("OTEL_SDK_DISABLED", "true")]), Ok(false));
        assert_eq!(wanted(&[endpoint, ("OTEL_TRACES_EXPORTER", "none")]), Ok(false));
    }

    #[test]
    fn what_cannot_be_spoken_is_refused_by_its_name() {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317");
        for (name, value) in [
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json"),
            ("OTEL_TRACES_EXPORTER", "zipkin"),
        ] {
            let refusal = wanted(&[endpoint, (name, value)]).unwrap_err();
            assert!(refusal.starts_with(&format!("setting `{name}`: `{value}`")), "{refusal}");
        }
    }
}
