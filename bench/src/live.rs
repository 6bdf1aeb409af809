//! How long it takes from the acknowledgement of a write until a subscriber hears of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use cairn_bench::traffic::{SPANS_PER_TRACE, Trace, Traffic, opik};
use clap::Args;
use futures_util::{SinkExt, StreamExt};
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

use crate::figures::{Percentiles, Times};
use crate::http::{self, Post};
use crate::target::Target;

const TRACES_PER_REQUEST: u64 = 32;
const SUBSCRIPTION: &str =
    "subscription ($project: ID!) { traceChanges(projectId: $project) { traceId trace { name } } }";
/// How long the last changes may take.
const SETTLE: Duration = Duration::from_secs(30);

#[derive(Args, Clone)]
pub(crate) struct LiveArgs {
    /// Spans a second
    #[arg(long, default_value_t = 5_000)]
    pub(crate) rate: u64,
    #[arg(long, default_value_t = 10)]
    pub(crate) seconds: u64,
    /// The first trace that is sent
    #[arg(long, default_value_t = 10_000_000)]
    pub(crate) first_trace: u64,
}

#[derive(Serialize)]
pub(crate) struct Live {
    pub(crate) sent: usize,
    pub(crate) received: usize,
    /// From the acknowledgement of the trace's batch until the subscriber had it; 0 if it was there before.
    pub(crate) latency: Percentiles,
}

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;
/// When each trace was acknowledged.
pub(crate) type Acknowledged = Arc<Mutex<HashMap<String, Instant>>>;

pub(crate) async fn live(target: &Target, traffic: Arc<Traffic>, args: &LiveArgs) -> Result<Live> {
    let project = project(target, &http::client()?).await?;
    let mut socket = connect(&target.url).await?;
    ask(&mut socket, SUBSCRIPTION, &json!({ "project": project })).await?;
    // Nothing says that a subscription has begun, but it is read before what is asked after it.
    socket.send(message(&json!({ "type": "ping" }))).await?;
    socket.next().await.context("the server closed the subscription")??;
    let acknowledged = Acknowledged::default();
    let traces = args.rate * args.seconds / SPANS_PER_TRACE;
    let wanted = usize::try_from(traces).unwrap_or_default();
    let received = tokio::spawn(receive(socket, wanted, Duration::from_secs(args.seconds) + SETTLE));
    send(target, &traffic, args, traces, &acknowledged).await?;
    let received = received.await??;
    let known = acknowledged.lock().map_err(|_| anyhow::anyhow!("a sender ended early"))?;
    let mut times = Times::default();
    for (id, at) in &received {
        if let Some(acknowledged) = known.get(id) {
            times.add(at.saturating_duration_since(*acknowledged));
        }
    }
    Ok(Live { sent: known.len(), received: received.len(), latency: times.percentiles() })
}

/// The id of the project that is measured.
pub(crate) async fn project(target: &Target, client: &Client) -> Result<String> {
    let query = "query ($name: String!) { projectByName(name: $name) { id } }";
    let data = target.graphql(client, query, json!({ "name": target.project })).await?;
    match data.pointer("/projectByName/id").and_then(Value::as_str) {
        Some(project) => Ok(project.to_owned()),
        None => bail!("there is no project `{}`: load it first", target.project),
    }
}

/// Sends traces at the rate that is wanted, and notes when each was acknowledged.
pub(crate) async fn send(
    target: &Target,
    traffic: &Traffic,
    args: &LiveArgs,
    traces: u64,
    acknowledged: &Acknowledged,
) -> Result<()> {
    let client = http::client()?;
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    let (traces_url, spans_url) = (target.opik_url("traces")?, target.opik_url("spans")?);
    let began = Instant::now();
    for from in (0..traces).step_by(usize::try_from(TRACES_PER_REQUEST)?) {
        #[expect(clippy::cast_precision_loss, reason = "a load has far fewer than 2^53 spans")]
        let due = Duration::from_secs_f64((from * SPANS_PER_TRACE) as f64 / args.rate as f64);
        tokio::time::sleep_until((began + due).into()).await;
        let numbers = from..(from + TRACES_PER_REQUEST).min(traces);
        let batch: Vec<Trace> = numbers.map(|number| traffic.trace(args.first_trace + number)).collect();
        let (rows, spans) = opik::encode(&batch, &target.project)?;
        let post = |url, body| Post { url, headers: &headers, body: Bytes::from(body) };
        http::post(&client, post(&spans_url, spans)).await?;
        http::post(&client, post(&traces_url, rows)).await?;
        let now = Instant::now();
        let mut known = acknowledged.lock().map_err(|_| anyhow::anyhow!("the receiver ended early"))?;
        known.extend(batch.iter().map(|trace| (Uuid::from_bytes(trace.id).to_string(), now)));
    }
    Ok(())
}

pub(crate) async fn connect(url: &str) -> Result<Socket> {
    let url = format!("{}/graphql", url.replacen("http", "ws", 1));
    let mut request = url.into_client_request()?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", "graphql-transport-ws".parse()?);
    let (mut socket, _) = connect_async(request).await?;
    socket.send(message(&json!({ "type": "connection_init" }))).await?;
    socket.next().await.context("the server closed the connection")??;
    Ok(socket)
}

/// Begins the one subscription of a connection.
pub(crate) async fn ask(socket: &mut Socket, query: &str, variables: &Value) -> Result<()> {
    let payload = json!({ "query": query, "variables": variables });
    socket.send(message(&json!({ "id": "1", "type": "subscribe", "payload": payload }))).await?;
    Ok(())
}

fn message(value: &Value) -> Message {
    Message::text(value.to_string())
}

/// When each trace, as a whole, was heard of first.
async fn receive(mut socket: Socket, wanted: usize, within: Duration) -> Result<HashMap<String, Instant>> {
    let given_up = tokio::time::Instant::now() + within;
    let mut received = HashMap::new();
    while received.len() < wanted {
        let next = tokio::time::timeout_at(given_up, socket.next()).await;
        let Ok(Some(Ok(message))) = next else { break };
        let Message::Text(text) = message else { continue };
        let value: Value = serde_json::from_str(&text)?;
        let Some(change) = value.pointer("/payload/data/traceChanges") else { continue };
        // Spans come first: the trace has no name before its own row is there.
        let named = change.pointer("/trace/name").is_some_and(Value::is_string);
        if let Some(id) = change.get("traceId").and_then(Value::as_str).filter(|_| named) {
            received.entry(id.to_owned()).or_insert_with(Instant::now);
        }
    }
    Ok(received)
}
