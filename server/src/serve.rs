//! `cairn serve`: opens the data, listens, and ends in order when it is told to.

use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::ACCEPT_RANGES;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::routing::get;
use axum::{Router, ServiceExt, middleware};
use cairn_actors::handles::Handles;
use cairn_rest::otlp::grpc;
use cairn_rest::routes::{Server, router, tidy_path};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;
use tower::Layer;
use tower::util::MapRequestLayer;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::{CompressionLayer, DefaultPredicate, Predicate};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::commands::Trouble;
use crate::config::{LogFormat, Settings};
use crate::origin::{self, Guard};
use crate::telemetry::own_traces::{self, Counts, OwnTraces};
use crate::telemetry::{self, Telemetry};
use crate::{assets, drain, log_stream};

pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// How long open requests may go on after the end was asked for.
const DRAIN: Duration = Duration::from_secs(10);

pub(crate) fn run(settings: &Settings) -> Result<(), Trouble> {
    let own = if settings.own_traces { OwnTraces::from_environment()? } else { None };
    start_logging(settings, own.as_ref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let exported = own.as_ref().map(OwnTraces::counts).unwrap_or_default();
    let served = runtime.block_on(serve(settings, exported));
    if let Some(own) = own {
        own.end();
    }
    served
}

fn start_logging(settings: &Settings, own: Option<&OwnTraces>) -> Result<(), Trouble> {
    let filter = EnvFilter::try_new(&settings.log)
        .map_err(|error| Trouble::Usage(format!("setting `log`: `{}`: {error}", settings.log)))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match settings.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let logging =
        tracing_subscriber::registry().with(own.map(OwnTraces::layer)).with(lines.with_filter(filter));
    logging.try_init().map_err(|error| Trouble::Usage(error.to_string()))
}

async fn serve(settings: &Settings, exported: Counts) -> Result<(), Trouble> {
    // Before anything else, so that who starts the server may end it at any moment.
    let signals = Signals::catch()?;
    let listener = listen("listen", settings.listen).await?;
    let grpc_listener = match settings.grpc_listen {
        Some(address) => Some(listen("grpc_listen", address).await?),
        None => None,
    };
    let (data, home) = (settings.data.clone(), settings.attachments.clone());
    let runtime = tokio::runtime::Handle::current();
    // Opening waits for the disk.
    let opened = tokio::task::spawn_blocking(move || {
        let _in_runtime = runtime.enter();
        Handles::start(&data, home)
    });
    let handles = opened.await.map_err(|error| Trouble::Usage(error.to_string()))??;
    handles.warm_up().await?;
    handles.watch_alerts(Duration::from_secs(settings.alert_seconds));
    let address = listener.local_addr()?;
    let _announced = log_stream::announce(&settings.data, address)?;
    let (stop, stopping) = watch::channel(false);
    let server = Server { handles: handles.clone() };
    let grpc =
        grpc_listener.map(|listener| tokio::spawn(serve_grpc(listener, server.clone(), stopping.clone())));
    let guard = Guard { any_host: settings.open_network };
    let telemetry = Telemetry::new(handles.clone(), &settings.data, exported);
    let app = tidy_paths(app(server, guard, telemetry));
    greet(address, settings.grpc_listen)?;
    let streams = handles.clone();
    tokio::spawn(async move {
        signals.end_asked_for().await;
        tracing::info!("ending: no new requests, open ones are finished");
        streams.end_streams();
        drop(streams);
        stop.send_replace(true);
    });
    let drained = axum::serve(listener, ServiceExt::<axum::extract::Request>::into_make_service(app))
        .with_graceful_shutdown(wait(stopping.clone()));
    let patience = async {
        wait(stopping).await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        done = drained => done?,
        () = patience => tracing::warn!("some requests did not end in time and are cut off"),
    }
    if let Some(grpc) = grpc {
        grpc.abort();
        // It was told to end; what it answers now is that it was.
        let _ = grpc.await;
    }
    handles.stop().await;
    tracing::info!("ended");
    Ok(())
}

fn app(server: Server, guard: Guard, telemetry: Telemetry) -> Router {
    let graphql = cairn_graphql::router(server.handles.clone());
    Router::new()
        .merge(router(server))
        .merge(graphql)
        .route("/metrics", get(telemetry::show).with_state(telemetry.clone()))
        .fallback(assets::serve)
        .layer(middleware::from_fn_with_state(guard, origin::check))
        .layer(middleware::from_fn_with_state(telemetry, telemetry::count))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_whole_only)))
        .layer(CatchPanicLayer::new())
        .layer(middleware::from_fn(drain::unread))
}

/// What can be had in parts is sent as it is: length, tag and ranges are those of the bytes themselves.
fn is_whole_only(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(ACCEPT_RANGES)
}

fn tidy_paths(
    app: Router,
) -> impl tower::Service<
    axum::extract::Request,
    Response = axum::response::Response,
    Error = std::convert::Infallible,
    Future: Send,
> + Clone {
    MapRequestLayer::new(tidy_path).layer(app)
}

async fn serve_grpc(listener: TcpListener, server: Server, stopping: watch::Receiver<bool>) {
    let incoming = tonic::transport::server::TcpIncoming::from(listener);
    let done = tonic::transport::Server::builder()
        .trace_fn(own_traces::of_grpc)
        .add_service(grpc::service(Arc::new(server)))
        .serve_with_incoming_shutdown(incoming, wait(stopping));
    if let Err(error) = done.await {
        tracing::error!(%error, "OTLP over gRPC ended");
    }
}

async fn listen(key: &str, address: SocketAddr) -> Result<TcpListener, Trouble> {
    TcpListener::bind(address).await.map_err(|error| {
        Trouble::Usage(format!(
            "setting `{key}`: cannot listen on {address}: {error}; choose another address or port"
        ))
    })
}

async fn wait(mut stopping: watch::Receiver<bool>) {
    // An error means that nobody can ask any more, which is the end as well.
    let _ = stopping.wait_for(|stop| *stop).await;
}

/// The signals that ask for the end.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn catch() -> Result<Self, std::io::Error> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn end_asked_for(mut self) {
        tokio::select! { _ = self.terminate.recv() => {}, _ = self.interrupt.recv() => {} }
    }
}

/// What a person needs to go on, on standard output.
fn greet(address: SocketAddr, grpc: Option<SocketAddr>) -> Result<(), std::io::Error> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "Cairn {VERSION} is ready: http://{address}\n")?;
    writeln!(
        out,
        "Opik SDKs (Python, TypeScript) and CLI:\n  export OPIK_URL_OVERRIDE=http://{address}/api\n"
    )?;
    writeln!(out, "OpenTelemetry exporters:")?;
    writeln!(out, "  export OTEL_EXPORTER_OTLP_ENDPOINT=http://{address}/api/v1/private/otel")?;
    writeln!(out, "  export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf")?;
    if let Some(grpc) = grpc {
        writeln!(
            out,
            "  (or OTEL_EXPORTER_OTLP_ENDPOINT=http://{grpc} with OTEL_EXPORTER_OTLP_PROTOCOL=grpc)"
        )?;
    }
    writeln!(out)?;
    out.flush()
}

/// Makes sure that the folder can be opened by nobody else now.
pub(crate) fn workspace_folders(data: &Path) -> Result<Vec<std::path::PathBuf>, std::io::Error> {
    let mut folders = vec![data.join("system")];
    let workspaces = data.join("workspaces");
    if workspaces.exists() {
        for entry in std::fs::read_dir(workspaces)? {
            folders.push(entry?.path());
        }
    }
    folders.sort();
    Ok(folders)
}
