//! One HTTP client for everything that is measured, and how refusals under load are answered: wait as told, try again.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use reqwest::header::HeaderMap;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::Value;

const REQUEST_SECONDS_MAX: u64 = 600;
pub(crate) const RETRIES_MAX: u32 = 1_000;
const RETRY_SECONDS_DEFAULT: u64 = 1;

pub(crate) fn client() -> Result<Client> {
    // Built together with the server, the client speaks TLS too and has none of its own: whoever set it first is right.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .timeout(Duration::from_secs(REQUEST_SECONDS_MAX))
        .pool_max_idle_per_host(64)
        // As the official Python client does: by a cookie, the server knows what its caller has seen.
        .cookie_store(true)
        .no_proxy()
        .build()
        .context("no HTTP client")
}

/// What is posted.
#[derive(Clone)]
pub(crate) struct Post<'a> {
    pub(crate) url: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: bytes::Bytes,
}

/// Posts until it is taken; answers how often the server asked to wait.
pub(crate) async fn post(client: &Client, request: Post<'_>) -> Result<u32> {
    let sent = || client.post(request.url).headers(request.headers.clone()).body(request.body.clone());
    let (answer, refused) = patiently(sent).await?;
    match answer.status() {
        status if status.is_success() => {
            answer.bytes().await.context("the answer was cut off")?;
            Ok(refused)
        }
        status => bail!("{} answered {status}: {}", request.url, answer.text().await.unwrap_or_default()),
    }
}

/// Asks again whenever the server says so. What a caller times has these waits in it.
async fn patiently(request: impl Fn() -> RequestBuilder) -> Result<(Response, u32)> {
    for refused in 0..RETRIES_MAX {
        let answer = request().send().await.context("the request was not answered")?;
        match answer.status() {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => {
                tokio::time::sleep(wait(&answer)).await;
            }
            _ => return Ok((answer, refused)),
        }
    }
    bail!("the server refused {RETRIES_MAX} times")
}

fn wait(answer: &Response) -> Duration {
    Duration::from_secs(hint(answer).unwrap_or(RETRY_SECONDS_DEFAULT))
}

/// In how many seconds a refused client should come again.
fn hint(answer: &Response) -> Option<u64> {
    let told = ["ratelimit-reset", "retry-after"].into_iter().find_map(|name| answer.headers().get(name))?;
    told.to_str().ok()?.parse().ok()
}

pub(crate) fn has_hint(answer: &Response) -> bool {
    hint(answer).is_some()
}

pub(crate) async fn get(client: &Client, url: &str) -> Result<Value> {
    json(patiently(|| client.get(url)).await?.0).await
}

pub(crate) async fn post_json(client: &Client, url: &str, body: &Value) -> Result<Value> {
    json(patiently(|| client.post(url).json(body)).await?.0).await
}

async fn json(answer: Response) -> Result<Value> {
    let (status, url) = (answer.status(), answer.url().to_string());
    let text = answer.text().await.context("the answer was cut off")?;
    if !status.is_success() {
        bail!("{url} answered {status}: {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("{url} answered no JSON: {text:.200}"))
}
