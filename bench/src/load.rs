//! Sends traces over several connections and waits until they can be queried. What to send is in `traffic`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use bytes::Bytes;
use cairn_bench::traffic::{SPANS_PER_TRACE, Trace, Traffic, opik, otlp};
use clap::{Args, ValueEnum};
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use serde::Serialize;
use tokio::task::JoinSet;

use crate::figures::{Percentiles, Times, round};
use crate::http::{self, Post};
use crate::target::Target;

const VISIBLE_SECONDS_MAX: u64 = 3_600;
const VISIBLE_POLL: Duration = Duration::from_millis(20);

#[derive(Args, Clone)]
pub(crate) struct LoadArgs {
    /// Spans to send, in traces of 8
    #[arg(long, default_value_t = 100_000)]
    pub(crate) spans: u64,
    /// The first trace that is sent: to go on after an earlier load
    #[arg(long, default_value_t = 0)]
    pub(crate) first_trace: u64,
    #[arg(long, default_value_t = 4)]
    pub(crate) connections: usize,
    /// Spans in one request
    #[arg(long, default_value_t = 512)]
    pub(crate) batch: u64,
    #[arg(long, value_enum, default_value_t = Protocol::Otlp)]
    pub(crate) protocol: Protocol,
    /// Spans a second at the most, all connections together; as fast as it goes if left out
    #[arg(long)]
    pub(crate) rate: Option<u64>,
    /// Do not wait until everything can be queried
    #[arg(long)]
    pub(crate) no_wait: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protocol {
    Otlp,
    Opik,
}

#[derive(Serialize)]
pub(crate) struct Loaded {
    pub(crate) spans: u64,
    pub(crate) payload_bytes: u64,
    pub(crate) requests: Percentiles,
    /// How often the server asked to wait.
    pub(crate) refused: u64,
    pub(crate) acknowledged_seconds: f64,
    pub(crate) acknowledged_spans_per_second: f64,
    /// Until lists and filters counted everything.
    pub(crate) visible_seconds: Option<f64>,
    pub(crate) visible_spans_per_second: Option<f64>,
    /// Until full-text search had seen everything, from the start of the load.
    pub(crate) searchable_seconds: Option<f64>,
}

struct Sender {
    client: Client,
    target: Target,
    traffic: Arc<Traffic>,
    load: LoadArgs,
    /// The next trace that nobody has taken yet.
    next: AtomicU64,
    payload_bytes: AtomicU64,
    refused: AtomicU64,
    began: Instant,
}

pub(crate) async fn load(target: &Target, traffic: Arc<Traffic>, load: LoadArgs) -> Result<Loaded> {
    let client = http::client()?;
    let before = if load.no_wait { 0 } else { target.visible_spans(&client).await? };
    let sender = Arc::new(Sender {
        client,
        target: target.clone(),
        traffic,
        next: AtomicU64::new(load.first_trace),
        payload_bytes: AtomicU64::new(0),
        refused: AtomicU64::new(0),
        began: Instant::now(),
        load,
    });
    let mut senders = JoinSet::new();
    for _ in 0..sender.load.connections {
        let sender = Arc::clone(&sender);
        senders.spawn(async move { sender.run().await });
    }
    let mut times = Times::default();
    while let Some(sent) = senders.join_next().await {
        times.extend(sent??);
    }
    let spans = sender.last() * SPANS_PER_TRACE - sender.load.first_trace * SPANS_PER_TRACE;
    let acknowledged = sender.began.elapsed().as_secs_f64();
    let (mut visible, mut searchable) = (None, None);
    if !sender.load.no_wait {
        visible = Some(sender.visible(before + spans).await?);
        searchable = sender.searchable().await?;
    }
    Ok(Loaded {
        spans,
        payload_bytes: sender.payload_bytes.load(Ordering::Relaxed),
        requests: times.percentiles(),
        refused: sender.refused.load(Ordering::Relaxed),
        acknowledged_seconds: round(acknowledged),
        acknowledged_spans_per_second: rate(spans, acknowledged),
        visible_seconds: visible.map(round),
        visible_spans_per_second: visible.map(|seconds| rate(spans, seconds)),
        searchable_seconds: searchable.map(round),
    })
}

impl Sender {
    /// The trace after the last one.
    fn last(&self) -> u64 {
        self.load.first_trace + self.load.spans.div_ceil(SPANS_PER_TRACE)
    }

    async fn run(&self) -> Result<Times> {
        let traces_per_request = (self.load.batch / SPANS_PER_TRACE).max(1);
        let mut times = Times::default();
        loop {
            let from = self.next.fetch_add(traces_per_request, Ordering::Relaxed);
            let to = (from + traces_per_request).min(self.last());
            if from >= to {
                return Ok(times);
            }
            self.pace(from).await;
            let traces: Vec<Trace> = (from..to).map(|number| self.traffic.trace(number)).collect();
            match self.load.protocol {
                Protocol::Otlp => {
                    let body = otlp::encode(&traces, &self.target.project);
                    self.send(&self.target.otlp_url(), &self.target.otlp_headers()?, body, &mut times)
                        .await?;
                }
                Protocol::Opik => {
                    let (rows, spans) = opik::encode(&traces, &self.target.project)?;
                    let headers =
                        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
                    self.send(&self.target.opik_url("traces")?, &headers, rows, &mut times).await?;
                    self.send(&self.target.opik_url("spans")?, &headers, spans, &mut times).await?;
                }
            }
        }
    }

    async fn send(&self, url: &str, headers: &HeaderMap, body: Vec<u8>, times: &mut Times) -> Result<()> {
        self.payload_bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
        let begun = Instant::now();
        let refused = http::post(&self.client, Post { url, headers, body: Bytes::from(body) }).await?;
        times.add(begun.elapsed());
        self.refused.fetch_add(refused.into(), Ordering::Relaxed);
        Ok(())
    }

    /// Waits until a trace is due.
    async fn pace(&self, trace: u64) {
        let Some(rate) = self.load.rate.filter(|rate| *rate > 0) else { return };
        let spans = (trace - self.load.first_trace) * SPANS_PER_TRACE;
        #[expect(clippy::cast_precision_loss, reason = "a load has far fewer than 2^53 spans")]
        let due = Duration::from_secs_f64(spans as f64 / rate as f64);
        tokio::time::sleep_until((self.began + due).into()).await;
    }

    /// Seconds from the start of the load until lists count all spans.
    async fn visible(&self, spans: u64) -> Result<f64> {
        let given_up = Instant::now() + Duration::from_secs(VISIBLE_SECONDS_MAX);
        while self.target.visible_spans(&self.client).await? < spans {
            if Instant::now() > given_up {
                bail!("not all of {spans} spans were visible after {VISIBLE_SECONDS_MAX} s");
            }
            tokio::time::sleep(VISIBLE_POLL).await;
        }
        Ok(self.began.elapsed().as_secs_f64())
    }

    async fn searchable(&self) -> Result<Option<f64>> {
        let given_up = Instant::now() + Duration::from_secs(VISIBLE_SECONDS_MAX);
        loop {
            match self.target.is_searchable(&self.client).await? {
                None => return Ok(None),
                Some(true) => return Ok(Some(self.began.elapsed().as_secs_f64())),
                Some(false) if Instant::now() > given_up => bail!("the text index did not catch up"),
                Some(false) => tokio::time::sleep(VISIBLE_POLL).await,
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a load has far fewer than 2^53 spans")]
fn rate(spans: u64, seconds: f64) -> f64 {
    (spans as f64 / seconds).round()
}
