//! Offers more than a server can take, whatever it answers: how it refuses, that it holds what it took and nothing else,
//! and when it is well again. What comes at a rate that a server can take is in `load`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use bytes::Bytes;
use cairn_bench::traffic::template::Template;
use cairn_bench::traffic::{SPANS_PER_TRACE, Traffic};
use clap::Args;
use reqwest::Client;
use reqwest::header::HeaderMap;
use serde::Serialize;
use tokio::task::JoinSet;

use crate::figures::{Percentiles, Times, round};
use crate::http;
use crate::target::Target;

/// Texts that differ; what is made anew for each request are ids alone, so that the generator outruns the server.
const TEMPLATES: u64 = 64;
const COUNTED_SECONDS_MAX: u64 = 600;
const POLL: Duration = Duration::from_millis(50);

#[derive(Args, Clone)]
pub(crate) struct OverloadArgs {
    /// Spans a second that are offered
    #[arg(long)]
    pub(crate) rate: u64,
    #[arg(long, default_value_t = 30)]
    pub(crate) seconds: u64,
    /// Requests that may wait for an answer; while there are as many, nothing more is offered
    #[arg(long, default_value_t = 256)]
    pub(crate) requests: usize,
    /// Spans in one request
    #[arg(long, default_value_t = 512)]
    pub(crate) batch: u64,
    /// The first trace that is sent: numbers make ids
    #[arg(long, default_value_t = 1 << 40)]
    pub(crate) first_trace: u64,
}

#[derive(Default, Serialize)]
pub(crate) struct Overloaded {
    pub(crate) seconds: f64,
    pub(crate) offered_spans: u64,
    pub(crate) offered_spans_per_second: f64,
    pub(crate) accepted_spans: u64,
    pub(crate) accepted_spans_per_second: f64,
    /// How many requests were answered so.
    pub(crate) answers: BTreeMap<u16, u64>,
    /// Refusals that do not say when to come again.
    pub(crate) without_hint: u64,
    /// What became of these nobody knows.
    pub(crate) unanswered: u64,
    /// From the last offer until a write was taken.
    pub(crate) well_again_seconds: f64,
    /// From the last offer until lists counted all that was accepted.
    pub(crate) counted_seconds: f64,
    /// By how much lists count more afterwards.
    pub(crate) counted_spans: u64,
    pub(crate) refusals: Option<Percentiles>,
}

struct Answer {
    /// `None` where there was none.
    status: Option<u16>,
    has_hint: bool,
    spans: u64,
    time: Duration,
}

struct Offer {
    client: Client,
    url: String,
    headers: HeaderMap,
    templates: Vec<Template>,
}

pub(crate) async fn overload(target: &Target, traffic: &Traffic, args: &OverloadArgs) -> Result<Overloaded> {
    let client = http::client()?;
    let before = target.visible_spans(&client).await?;
    let templates = (0..TEMPLATES).map(|number| Template::new(&traffic.trace(number), &target.project));
    let offer = Arc::new(Offer {
        client: client.clone(),
        url: target.otlp_url(),
        headers: target.otlp_headers()?,
        templates: templates.collect(),
    });
    let began = Instant::now();
    let (mut sums, mut waits) = (Overloaded::default(), Times::default());
    let per_request = (args.batch / SPANS_PER_TRACE).max(1);
    let mut next = args.first_trace;
    let mut waiting = JoinSet::new();
    while began.elapsed() < Duration::from_secs(args.seconds) {
        while let Some(answer) = waiting.try_join_next() {
            sums.add(&answer?, &mut waits);
        }
        if waiting.len() >= args.requests {
            let Some(answer) = waiting.join_next().await else { continue };
            sums.add(&answer?, &mut waits);
            continue;
        }
        #[expect(clippy::cast_precision_loss, reason = "a load has far fewer than 2^53 spans")]
        let due = Duration::from_secs_f64(sums.offered_spans as f64 / args.rate as f64);
        tokio::time::sleep_until((began + due).into()).await;
        sums.offered_spans += per_request * SPANS_PER_TRACE;
        let (offer, from) = (Arc::clone(&offer), next);
        waiting.spawn(async move { offer.send(from..from + per_request).await });
        next += per_request;
    }
    sums.seconds = round(began.elapsed().as_secs_f64());
    let last = Instant::now();
    let single = offer.until_taken(next).await?;
    sums.well_again_seconds = round(last.elapsed().as_secs_f64());
    while let Some(answer) = waiting.join_next().await {
        sums.add(&answer?, &mut waits);
    }
    let wanted = before + sums.accepted_spans + single;
    let counted = settle(target, &client, wanted).await?;
    sums.counted_seconds = round(last.elapsed().as_secs_f64());
    // The one that came after it is no part of it.
    sums.counted_spans = (counted - before).saturating_sub(single);
    sums.close(waits);
    Ok(sums)
}

impl Offer {
    async fn send(&self, traces: std::ops::Range<u64>) -> Answer {
        let spans = (traces.end - traces.start) * SPANS_PER_TRACE;
        let mut body = Vec::new();
        for (number, template) in traces.zip(self.templates.iter().cycle()) {
            template.write(number, &mut body);
        }
        let begun = Instant::now();
        let request = self.client.post(&self.url).headers(self.headers.clone()).body(Bytes::from(body));
        let (status, has_hint) = match request.send().await {
            Ok(answer) => {
                let has_hint = http::has_hint(&answer);
                let status = answer.status().as_u16();
                (answer.bytes().await.is_ok().then_some(status), has_hint)
            }
            Err(_) => (None, false),
        };
        Answer { status, has_hint, spans, time: begun.elapsed() }
    }

    /// One trace, offered until it is taken; answers how many spans it has.
    async fn until_taken(&self, number: u64) -> Result<u64> {
        for _ in 0..http::RETRIES_MAX {
            match self.send(number..number + 1).await {
                Answer { status: Some(200..300), spans, .. } => return Ok(spans),
                Answer { status: Some(429 | 503), .. } => tokio::time::sleep(POLL).await,
                Answer { status, .. } => bail!("after the load a write was answered with {status:?}"),
            }
        }
        bail!("after the load no write was taken")
    }
}

/// Waits until lists count so many, and a moment longer for those that nobody acknowledged.
async fn settle(target: &Target, client: &Client, wanted: u64) -> Result<u64> {
    let given_up = Instant::now() + Duration::from_secs(COUNTED_SECONDS_MAX);
    while target.visible_spans(client).await? < wanted && Instant::now() < given_up {
        tokio::time::sleep(POLL).await;
    }
    tokio::time::sleep(POLL).await;
    target.visible_spans(client).await
}

impl Overloaded {
    fn add(&mut self, answer: &Answer, waits: &mut Times) {
        let Some(status) = answer.status else {
            self.unanswered += 1;
            return;
        };
        *self.answers.entry(status).or_default() += 1;
        if (200..300).contains(&status) {
            self.accepted_spans += answer.spans;
        } else {
            self.without_hint += u64::from(!answer.has_hint);
            waits.add(answer.time);
        }
    }

    fn close(&mut self, waits: Times) {
        #[expect(clippy::cast_precision_loss, reason = "a load has far fewer than 2^53 spans")]
        let rate = |spans: u64| (spans as f64 / self.seconds).round();
        self.offered_spans_per_second = rate(self.offered_spans);
        self.accepted_spans_per_second = rate(self.accepted_spans);
        self.refusals = self.answers.keys().any(|status| *status >= 300).then(|| waits.percentiles());
    }
}
