//! Many subscribers under load, each with a filter of its own, one of whom is cut off and goes on where it was. What
//! each heard of is held against what was sent: a gap, a stranger or a repetition is an error.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use cairn_bench::traffic::{Kind, MODELS, SPANS_PER_TRACE, Span, Traffic, opik, step_names};
use clap::Args;
use futures_util::StreamExt;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use crate::figures::round;
use crate::http;
use crate::live::{self, LiveArgs, Socket};
use crate::target::Target;

/// How long after the last write the last change may take.
const SETTLE: Duration = Duration::from_mins(10);
/// How long a subscriber goes on listening for what it should not hear of.
const LINGER: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(200);
const SUBSCRIPTION: &str = "subscription ($project: ID!, $filter: String, $after: Position) {
    spanChanges(projectId: $project, filter: $filter, after: $after) { position spanId } }";

#[derive(Args, Clone)]
pub(crate) struct FollowArgs {
    #[command(flatten)]
    pub(crate) live: LiveArgs,
    /// At most one for each filter
    #[arg(long, default_value_t = 50)]
    pub(crate) subscribers: usize,
    /// How long one of them is away
    #[arg(long, default_value_t = 10)]
    pub(crate) away_seconds: u64,
}

#[derive(Serialize)]
pub(crate) struct Followed {
    pub(crate) spans: u64,
    pub(crate) subscribers: usize,
    /// Over all subscribers, as all that follows.
    pub(crate) wanted: usize,
    pub(crate) received: usize,
    pub(crate) missing: usize,
    pub(crate) strangers: usize,
    pub(crate) repeated: usize,
    pub(crate) resumed: usize,
    /// From the last acknowledgement until the last subscriber had everything.
    pub(crate) behind_seconds: f64,
}

type Matches = Box<dyn Fn(&Span) -> bool + Send + Sync>;

struct Filter {
    text: Option<String>,
    matches: Matches,
}

/// Fifty different filters, the first of which lets everything through.
fn filters() -> Vec<Filter> {
    let filter = |text: String, matches: Matches| Filter { text: Some(text), matches };
    let mut filters = vec![Filter { text: None, matches: Box::new(|_| true) }];
    filters.push(filter("has:error".to_owned(), Box::new(|span| span.failed)));
    for name in step_names() {
        filters.push(filter(format!("name = {name}"), Box::new(move |span| span.name == name)));
        let failed = move |span: &Span| span.name == name && span.failed;
        filters.push(filter(format!("name = {name} AND has:error"), Box::new(failed)));
    }
    for model in &MODELS {
        let called = |span: &Span| span.call.as_ref().is_some_and(|call| std::ptr::eq(call.model, model));
        filters.push(filter(format!("model = \"{}\"", model.name), Box::new(called)));
        for name in ["plan", "draft", "review"] {
            let text = format!("model = \"{}\" AND name = {name}", model.name);
            filters.push(filter(text, Box::new(move |span| called(span) && span.name == name)));
        }
    }
    for milliseconds in (250..3_250).step_by(250) {
        let longer = move |span: &Span| span.end_nanos - span.begin_nanos > milliseconds * 1_000_000;
        let text = format!("type:llm AND duration > {milliseconds}ms");
        filters.push(filter(text, Box::new(move |span| span.kind == Kind::Llm && longer(span))));
    }
    filters
}

struct Subscriber {
    url: String,
    project: String,
    filter: Option<String>,
    wanted: HashSet<Uuid>,
    /// When it goes away, and for how long.
    away: Option<(Instant, Duration)>,
    given_up: Instant,
    position: String,
    received: HashMap<Uuid, usize>,
    resumed: usize,
    complete: Option<Instant>,
}

pub(crate) async fn follow(target: &Target, traffic: Arc<Traffic>, args: &FollowArgs) -> Result<Followed> {
    let filters = filters();
    if args.subscribers > filters.len() {
        bail!("there are {} filters, and each subscriber has one of its own", filters.len());
    }
    let traces = args.live.rate * args.live.seconds / SPANS_PER_TRACE;
    let client = http::client()?;
    let project = live::project(target, &client).await?;
    let data = target.graphql(&client, "{ server { position } }", Value::Null).await?;
    let position = data.pointer("/server/position").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mut wanted = vec![HashSet::new(); args.subscribers];
    for number in 0..traces {
        let trace = traffic.trace(args.live.first_trace + number);
        for (at, span) in trace.spans.iter().enumerate() {
            for (_, wanted) in filters.iter().zip(&mut wanted).filter(|(filter, _)| (filter.matches)(span)) {
                wanted.insert(opik::id(&trace, at));
            }
        }
    }
    let length = Duration::from_secs(args.live.seconds);
    let mut subscribers = JoinSet::new();
    for (number, (filter, wanted)) in filters.into_iter().zip(wanted).enumerate() {
        let away = Instant::now() + length / 3;
        let subscriber = Subscriber {
            url: target.url.clone(),
            project: project.clone(),
            filter: filter.text,
            wanted,
            away: (number == 0).then_some((away, Duration::from_secs(args.away_seconds))),
            given_up: Instant::now() + length + SETTLE,
            position: position.clone(),
            received: HashMap::new(),
            resumed: 0,
            complete: None,
        };
        subscribers.spawn(subscriber.run());
    }
    live::send(target, &traffic, &args.live, traces, &live::Acknowledged::default()).await?;
    let sent = Instant::now();
    let mut followed = Followed {
        spans: traces * SPANS_PER_TRACE,
        subscribers: args.subscribers,
        wanted: 0,
        received: 0,
        missing: 0,
        strangers: 0,
        repeated: 0,
        resumed: 0,
        behind_seconds: 0.0,
    };
    while let Some(subscriber) = subscribers.join_next().await {
        followed.add(&subscriber??, sent);
    }
    Ok(followed)
}

impl Followed {
    fn add(&mut self, subscriber: &Subscriber, sent: Instant) {
        let Subscriber { wanted, received, .. } = subscriber;
        self.wanted += wanted.len();
        self.received += received.len();
        self.missing += wanted.iter().filter(|id| !received.contains_key(id)).count();
        self.strangers += received.keys().filter(|id| !wanted.contains(id)).count();
        self.repeated += received.values().map(|times| times - 1).sum::<usize>();
        self.resumed += subscriber.resumed;
        let behind = subscriber.complete.unwrap_or_else(Instant::now).saturating_duration_since(sent);
        self.behind_seconds = self.behind_seconds.max(round(behind.as_secs_f64()));
    }
}

impl Subscriber {
    /// Listens until it has heard of everything, and a moment longer.
    async fn run(mut self) -> Result<Self> {
        loop {
            let socket = live::connect(&self.url).await?;
            if self.listen(socket).await? {
                return Ok(self);
            }
            self.resumed += 1;
        }
    }

    /// Whether it has heard of all it should, or has waited too long; else it goes on from its last position.
    async fn listen(&mut self, mut socket: Socket) -> Result<bool> {
        let variables = json!({ "project": self.project, "filter": self.filter, "after": self.position });
        live::ask(&mut socket, SUBSCRIPTION, &variables).await?;
        loop {
            let now = Instant::now();
            if let Some((at, length)) = self.away.filter(|(at, _)| now >= *at) {
                self.away = None;
                drop(socket);
                tokio::time::sleep_until((at + length).into()).await;
                return Ok(false);
            }
            if self.complete.is_none() && self.received.len() >= self.wanted.len() {
                self.complete = Some(now);
            }
            let ends = self.complete.map_or(self.given_up, |at| at + LINGER);
            if now >= ends {
                return Ok(true);
            }
            match tokio::time::timeout(PAUSE.min(ends - now), socket.next()).await {
                Err(_) => {}
                Ok(Some(Ok(message))) => {
                    if !self.heard(&message)? {
                        return Ok(false);
                    }
                }
                Ok(_) => return Ok(false),
            }
        }
    }

    /// False when the server ended the subscription.
    fn heard(&mut self, message: &Message) -> Result<bool> {
        let Message::Text(text) = message else { return Ok(true) };
        let value: Value = serde_json::from_str(text)?;
        let said = |name: &str| value.pointer(name).and_then(Value::as_str);
        if let (Some(position), Some(id)) =
            (said("/payload/data/spanChanges/position"), said("/payload/data/spanChanges/spanId"))
        {
            position.clone_into(&mut self.position);
            *self.received.entry(id.parse()?).or_default() += 1;
            return Ok(true);
        }
        match said("/type") {
            Some("complete") => Ok(false),
            Some("error" | "next") => bail!("the subscription was refused: {value}"),
            _ => Ok(true),
        }
    }
}
