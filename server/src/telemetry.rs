//! `/metrics` for Prometheus: what the actors count, how far logs and indexes are, the disk, and the requests.
//! Labels are names of workspaces, of rows and of outcomes: their number is bounded, whatever clients send.

pub(crate) mod own_traces;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cairn_actors::handles::Handles;
use cairn_actors::health::WorkspaceHealth;
use cairn_core::ids::Position;
use cairn_storage::room;
use cairn_storage::signals::Projection;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tracing::Instrument;

use crate::serve::VERSION;
use crate::telemetry::own_traces::Counts;

const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Counts requests, and writes everything out when it is asked. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Telemetry {
    handles: Handles,
    data: PathBuf,
    requests: Family<Answered, Counter>,
    took: Family<Asked, Histogram>,
    exported: Counts,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answered {
    face: &'static str,
    status: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    face: &'static str,
}

type Labels = Vec<(&'static str, String)>;
type Gauges = Family<Labels, Gauge<f64, AtomicU64>>;
type Counters = Family<Labels, Counter<u64>>;

pub(crate) async fn count(State(telemetry): State<Telemetry>, request: Request, next: Next) -> Response {
    let face = face(request.uri().path());
    let begun = Instant::now();
    let span = own_traces::of_request(face, &request);
    let response = next.run(request).instrument(span.clone()).await;
    own_traces::answered(&span, response.status());
    telemetry.took.get_or_create(&Asked { face }).observe(begun.elapsed().as_secs_f64());
    telemetry.requests.get_or_create(&Answered { face, status: class(response.status()) }).inc();
    response
}

pub(crate) async fn show(State(telemetry): State<Telemetry>) -> Response {
    // Sizes are asked of the disk.
    let written = tokio::task::spawn_blocking(move || telemetry.write()).await;
    match written {
        Ok(Ok(text)) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn face(path: &str) -> &'static str {
    let path = path.trim_start_matches('/');
    let path = path.strip_prefix("api/").unwrap_or(path);
    match path {
        "graphql" => "graphql",
        "metrics" => "metrics",
        _ if path.starts_with("v1/private/otel/") => "otlp",
        _ if path.starts_with("v1/") || path.starts_with("is-alive/") => "rest",
        _ => "ui",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() {
        429 => "429",
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    }
}

impl Telemetry {
    pub(crate) fn new(handles: Handles, data: &Path, exported: Counts) -> Self {
        // From a millisecond to half a minute.
        let latencies: fn() -> Histogram = || Histogram::new(exponential_buckets(0.001, 2.0, 16));
        let took = Family::new_with_constructor(latencies);
        Self { handles, data: data.to_owned(), requests: Family::default(), took, exported }
    }

    fn write(&self) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
        let mut registry = Registry::default();
        registry.register("cairn_build", "The program", Info::new(vec![("version", VERSION)]));
        self.handles.meter().register(&mut registry);
        registry.register("cairn_http_requests", "Requests by how they were answered", self.requests.clone());
        registry.register_with_unit(
            "cairn_http_request_duration",
            "Until the head of the answer",
            Unit::Seconds,
            self.took.clone(),
        );
        self.exported.register(&mut registry);
        register_workspaces(&mut registry, &self.handles.health()?);
        let space = room::space(&self.data)?;
        gauge(&mut registry, "cairn_disk_free_bytes", "Free where the data lies", space.free_bytes);
        gauge(
            &mut registry,
            "cairn_disk_total_bytes",
            "Size of the disk where the data lies",
            space.total_bytes,
        );
        if let Some(bytes) = resident_bytes() {
            gauge(&mut registry, "process_resident_memory_bytes", "Memory of the process", bytes);
        }
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }
}

fn register_workspaces(registry: &mut Registry, workspaces: &[WorkspaceHealth]) {
    let (events, positions) = (Counters::default(), Gauges::default());
    let (lag, waiting, waiting_bytes) = (Gauges::default(), Gauges::default(), Gauges::default());
    let (bytes, faults) = (Gauges::default(), Gauges::default());
    let (rebuilding, left) = (Gauges::default(), Gauges::default());
    for workspace in workspaces {
        let name = ("workspace", workspace.name.clone());
        let of = |key: &'static str, value: &str| vec![name.clone(), (key, value.to_owned())];
        for (row, count) in &workspace.written {
            events.get_or_create(&of("row", row)).inc_by(*count);
        }
        // Workspaces beyond the bound share a name, and are added up.
        let add = |family: &Gauges, labels: &Labels, value: u64| {
            family.get_or_create(labels).inc_by(number(value));
        };
        let alone = vec![name.clone()];
        add(&positions, &alone, workspace.head.0);
        for Projection { name: index, version, reached } in &workspace.projections {
            let behind = |reached: Position| workspace.head.0.saturating_sub(reached.0);
            add(&lag, &of("index", index), behind(*reached));
            add(&rebuilding, &of("index", index), u64::from(version.next.is_some()));
            add(&left, &of("index", index), version.next.map_or(0, |next| behind(next.reached)));
            add(&bytes, &of("part", index), room::folder_bytes(&workspace.folder.join(index)));
            let next = workspace.folder.join(format!("{index}.next"));
            add(&bytes, &of("part", index), room::folder_bytes(&next));
        }
        add(&bytes, &of("part", "store"), workspace.store_bytes);
        add(&waiting, &alone, u64::try_from(workspace.waiting_commands).unwrap_or(u64::MAX));
        add(&waiting_bytes, &alone, u64::try_from(workspace.waiting_bytes).unwrap_or(u64::MAX));
        add(&faults, &alone, u64::from(workspace.fault.is_some()));
    }
    registry.register("cairn_events", "Events written since the workspace was opened", events);
    for (name, help, gauges) in [
        ("cairn_log_position", "The newest position of the log", positions),
        ("cairn_index_lag_events", "Events that an index has not seen yet", lag),
        ("cairn_index_rebuilding", "1 while an index is made anew beside the one that serves", rebuilding),
        ("cairn_index_rebuild_events", "Events that an index which is made anew has not seen yet", left),
        ("cairn_queue_commands", "Commands that wait to be written", waiting),
        ("cairn_queue_bytes", "Bytes of the commands that wait", waiting_bytes),
        ("cairn_data_bytes", "Bytes on disk", bytes),
        ("cairn_read_only", "1 if a fault stops the workspace from writing", faults),
    ] {
        registry.register(name, help, gauges);
    }
}

fn gauge(registry: &mut Registry, name: &str, help: &str, value: u64) {
    let gauge = Gauge::<f64, AtomicU64>::default();
    gauge.set(number(value));
    registry.register(name, help, gauge);
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a monitor reads floating point; bytes beyond 2^53 may be rounded"
)]
fn number(value: u64) -> f64 {
    value as f64
}

/// What the kernel says of this process; nothing on systems that say it elsewhere.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_has_a_face() {
        for (path, meant) in [
            ("/api/v1/private/traces", "rest"),
            ("/v1/private/otel/v1/traces", "otlp"),
            ("/graphql", "graphql"),
            ("/projects/1", "ui"),
            ("/api/is-alive/ping", "rest"),
        ] {
            assert_eq!(face(path), meant, "{path}");
        }
    }
}
