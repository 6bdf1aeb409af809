//! Sends messages of alerts to where they are awaited. It follows no redirect and reads no answer beyond its status:
//! an address within the network must not tell anything to who only may write alerts.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use bytes::Bytes;
use cairn_core::alerts::{Answer, Webhook};
use cairn_core::json::Json;
use cairn_core::limits::{ALERT_ANSWER_SECONDS_MAX, ALERT_ATTEMPTS_MAX, ALERT_RETRY_MS};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::redirect::Policy;

/// What receivers of such messages look for.
const AGENT: &str = "Opik-Webhook/1.0";

static CLIENT: LazyLock<Result<reqwest::Client, String>> = LazyLock::new(|| {
    // Fails only if one is installed already, which is as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .redirect(Policy::none())
        .timeout(Duration::from_secs(ALERT_ANSWER_SECONDS_MAX))
        // Messages are rare: a connection that is kept would be closed by the time it is wanted.
        .pool_max_idle_per_host(0)
        .build();
    client.map_err(|error| error.to_string())
});

/// A message with its address.
pub(super) struct Parcel {
    url: String,
    secret: Option<String>,
    headers: BTreeMap<String, String>,
    body: Bytes,
}

/// How one attempt ended.
pub(super) enum Attempt {
    Delivered(u16),
    Failed { status: Option<u16>, error: String, passes: bool },
}

impl Parcel {
    pub(super) fn new(webhook: &Webhook, body: Json) -> Self {
        Self {
            url: webhook.url.clone(),
            secret: webhook.secret.clone(),
            headers: webhook.headers.clone(),
            body: body.into_bytes(),
        }
    }

    fn header_map(&self) -> Option<HeaderMap> {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(secret) = self.secret.as_deref().filter(|secret| !secret.is_empty()) {
            let mut value = HeaderValue::from_str(&format!("Bearer {secret}")).ok()?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        for (name, value) in &self.headers {
            headers.insert(HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value).ok()?);
        }
        Some(headers)
    }
}

impl From<Attempt> for Answer {
    fn from(attempt: Attempt) -> Self {
        match attempt {
            Attempt::Delivered(status) => Self { status: Some(status), error: None, attempts: 1 },
            Attempt::Failed { status, error, .. } => Self { status, error: Some(error), attempts: 1 },
        }
    }
}

/// Sends until it is taken, or until there is no sense in trying again; nothing if everything is over meanwhile.
pub(super) async fn send(parcel: &Parcel, is_over: impl Fn() -> bool) -> Option<Answer> {
    let mut pause = Duration::from_millis(ALERT_RETRY_MS);
    let mut attempts = 0;
    loop {
        attempts += 1;
        let attempt = try_once(parcel).await;
        let passes = matches!(attempt, Attempt::Failed { passes: true, .. });
        if !passes || attempts >= ALERT_ATTEMPTS_MAX {
            return Some(Answer { attempts, ..attempt.into() });
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
        if is_over() {
            return None;
        }
    }
}

pub(super) async fn try_once(parcel: &Parcel) -> Attempt {
    let failed = |status, error: String, passes| Attempt::Failed { status, error, passes };
    let client = match &*CLIENT {
        Ok(client) => client,
        Err(error) => return failed(None, format!("no messages can be sent from here: {error}"), false),
    };
    let Some(headers) = parcel.header_map() else {
        return failed(None, "the headers of the webhook cannot be sent".to_owned(), false);
    };
    let sent = client.post(&parcel.url).headers(headers).body(parcel.body.clone()).send().await;
    match sent {
        Ok(response) => {
            let status = response.status();
            if status.is_success() {
                return Attempt::Delivered(status.as_u16());
            }
            let passes = status.is_server_error() || matches!(status.as_u16(), 408 | 425 | 429);
            let why = if status.is_redirection() { ", a redirect, which is not followed" } else { "" };
            failed(Some(status.as_u16()), format!("the receiver answered {}{why}", status.as_u16()), passes)
        }
        Err(error) if error.is_builder() => failed(None, "the address cannot be read".to_owned(), false),
        Err(error) if error.is_timeout() => failed(
            None,
            format!("the receiver did not answer within {ALERT_ANSWER_SECONDS_MAX} seconds"),
            true,
        ),
        Err(error) if error.is_connect() => {
            failed(None, "the receiver cannot be reached; check the address".to_owned(), true)
        }
        Err(_) => failed(None, "the connection to the receiver broke off".to_owned(), true),
    }
}
