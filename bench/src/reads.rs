//! Reads as people and clients make them, timed one after the other or by several readers at once.
//! Each answer is looked at: a read that finds nothing is a failed measurement, not a fast one.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Result, bail};
use cairn_bench::traffic::{MODELS, RARE_WORD, Traffic};
use clap::Args;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use reqwest::Client;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::figures::{Percentiles, Times};
use crate::http;
use crate::target::Target;

/// Ranks of words that are neither in every text nor in hardly any.
const SEARCHED_RANKS: std::ops::Range<usize> = 200..2_000;
const WARM_UP: usize = 3;

#[derive(Args, Clone)]
pub(crate) struct ReadArgs {
    /// How often each read is made
    #[arg(long, default_value_t = 50)]
    pub(crate) times: usize,
    /// Readers at once, each of which makes all reads
    #[arg(long, default_value_t = 1)]
    pub(crate) readers: usize,
    #[arg(long, default_value_t = 7)]
    pub(crate) draw: u64,
}

#[derive(Serialize)]
pub(crate) struct Read {
    pub(crate) name: &'static str,
    #[serde(flatten)]
    pub(crate) times: Percentiles,
}

/// One read of Cairn: what is asked, and where in the answer something must stand.
#[derive(Clone, Copy)]
enum Question {
    RestPage,
    Page,
    FilterModel,
    FilterError,
    SortCost,
    SearchWords,
    SearchRareWord,
    OneTrace,
    Statistics,
}

const QUESTIONS: [(&str, Question); 9] = [
    ("first page of traces, REST", Question::RestPage),
    ("first page of traces, GraphQL", Question::Page),
    ("spans of one model", Question::FilterModel),
    ("spans with an error", Question::FilterError),
    ("traces by cost", Question::SortCost),
    ("two words in the text, snippets", Question::SearchWords),
    ("a rare word in the text", Question::SearchRareWord),
    ("one trace with its spans and bodies", Question::OneTrace),
    ("statistics of the project", Question::Statistics),
];

struct Reader {
    client: Client,
    target: Target,
    traffic: Arc<Traffic>,
    project_id: String,
    /// Ids of traces that can be opened.
    traces: Vec<String>,
}

pub(crate) async fn reads(target: &Target, traffic: Arc<Traffic>, args: &ReadArgs) -> Result<Vec<Read>> {
    let reader = Arc::new(Reader::new(target, traffic).await?);
    let mut readers = JoinSet::new();
    for number in 0..args.readers {
        let (reader, args) = (Arc::clone(&reader), args.clone());
        readers.spawn(async move { reader.all(&args, args.draw + number as u64).await });
    }
    let mut sums: Vec<Times> = QUESTIONS.iter().map(|_| Times::default()).collect();
    while let Some(measured) = readers.join_next().await {
        for (sum, times) in sums.iter_mut().zip(measured??) {
            sum.extend(times);
        }
    }
    let names = QUESTIONS.iter().map(|(name, _)| *name);
    Ok(names.zip(sums).map(|(name, times)| Read { name, times: times.percentiles() }).collect())
}

impl Reader {
    async fn new(target: &Target, traffic: Arc<Traffic>) -> Result<Self> {
        let client = http::client()?;
        let query = "query ($name: String!) { projectByName(name: $name) { id traces(first: 500) { nodes { id } } } }";
        let data = target.graphql(&client, query, json!({ "name": target.project })).await?;
        let Some(project_id) = data.pointer("/projectByName/id").and_then(Value::as_str) else {
            bail!("there is no project `{}`: load it first", target.project);
        };
        let project_id = project_id.to_owned();
        let nodes = data.pointer("/projectByName/traces/nodes").and_then(Value::as_array);
        let ids = nodes.into_iter().flatten().filter_map(|node| node.get("id")?.as_str());
        let traces = ids.map(str::to_owned).collect();
        Ok(Self { client, target: target.clone(), traffic, project_id, traces })
    }

    async fn all(&self, args: &ReadArgs, draw: u64) -> Result<Vec<Times>> {
        let mut draw = StdRng::seed_from_u64(draw);
        let mut measured = Vec::with_capacity(QUESTIONS.len());
        for (name, question) in QUESTIONS {
            let mut times = Times::default();
            for round in 0..args.times + WARM_UP {
                let begun = Instant::now();
                let found = self.ask(question, &mut draw).await?;
                let time = begun.elapsed();
                if !found {
                    bail!("`{name}` found nothing");
                }
                if round >= WARM_UP {
                    times.add(time);
                }
            }
            measured.push(times);
        }
        Ok(measured)
    }

    async fn ask(&self, question: Question, draw: &mut StdRng) -> Result<bool> {
        const LIST: &str =
            "nodes { id name startTime durationMs totalTokens cost inputPreview outputPreview }";
        let project = |rest: &str| format!("query ($project: ID!) {{ project(id: $project) {{ {rest} }} }}");
        match question {
            Question::RestPage => {
                let (url, project) = (&self.target.url, &self.target.project);
                let list = "api/v1/private/traces?page=1&size=25&truncate=true";
                let page = http::get(&self.client, &format!("{url}/{list}&project_name={project}")).await?;
                Ok(fills(&page, "/content"))
            }
            Question::Page => {
                let query = project(&format!("traces(first: 50) {{ {LIST} }}"));
                Ok(fills(&self.graphql(&query, json!({})).await?, "/project/traces/nodes"))
            }
            Question::FilterModel => {
                let model = MODELS.get(draw.random_range(0..MODELS.len())).map_or("", |model| model.name);
                let filter = format!("model:{model}");
                self.list(&format!("spans(first: 50, filter: {filter:?}) {{ {} }}", spans_list())).await
            }
            Question::FilterError => {
                self.list(&format!("spans(first: 50, filter: \"error:true\") {{ {} }}", spans_list())).await
            }
            Question::SortCost => {
                let query = project(&format!("traces(first: 50, sort: {{ field: \"cost\" }}) {{ {LIST} }}"));
                Ok(fills(&self.graphql(&query, json!({})).await?, "/project/traces/nodes"))
            }
            Question::SearchWords => {
                let mut word = || self.traffic.words().at(draw.random_range(SEARCHED_RANKS));
                let words = format!("{} {}", word(), word());
                // Two words that never meet in one text are no failure.
                self.search(&words).await.map(|_| true)
            }
            Question::SearchRareWord => self.search(RARE_WORD).await,
            Question::OneTrace => self.one_trace(draw).await,
            Question::Statistics => self.statistics().await,
        }
    }

    async fn list(&self, list: &str) -> Result<bool> {
        let query = format!("query ($project: ID!) {{ project(id: $project) {{ {list} }} }}");
        Ok(fills(&self.graphql(&query, json!({})).await?, "/project/spans/nodes"))
    }

    async fn search(&self, words: &str) -> Result<bool> {
        let query = "query ($project: ID!, $text: String!) { search(projectId: $project, text: $text, first: 20) \
                     { nodes { traceId trace { name } span { name } \
                     snippets { field text highlights { start end } } } } }";
        Ok(fills(&self.graphql(query, json!({ "text": words })).await?, "/search/nodes"))
    }

    async fn one_trace(&self, draw: &mut StdRng) -> Result<bool> {
        let Some(id) = self.traces.get(draw.random_range(0..self.traces.len().max(1))) else {
            return Ok(false);
        };
        let query = "query ($id: ID!) { trace(id: $id) { id name input output metadata spans(first: 500) \
                     { nodes { id parentSpanId name startTime durationMs input output metadata model cost } } } }";
        let data = self.target.graphql(&self.client, query, json!({ "id": id })).await?;
        Ok(fills(&data, "/trace/spans/nodes"))
    }

    async fn statistics(&self) -> Result<bool> {
        let query = "query ($scope: StatisticsScope!) { statistics(scope: $scope, input: { measures: \
                     [\"cost\", \"usage.total_tokens\", \"duration\"] }) { groups { points { count \
                     values { sum p50 p99 } } } } }";
        let scope = json!({ "entity": "TRACE", "projectIds": [self.project_id] });
        let data = self.target.graphql(&self.client, query, json!({ "scope": scope })).await?;
        Ok(data.pointer("/statistics/groups/0/points/0/count").and_then(Value::as_u64) > Some(0))
    }

    async fn graphql(&self, query: &str, mut variables: Value) -> Result<Value> {
        if let Some(variables) = variables.as_object_mut() {
            variables.insert("project".to_owned(), self.project_id.clone().into());
        }
        self.target.graphql(&self.client, query, variables).await
    }
}

fn spans_list() -> &'static str {
    "nodes { id name model startTime durationMs cost inputPreview outputPreview }"
}

fn fills(answer: &Value, pointer: &str) -> bool {
    answer.pointer(pointer).and_then(Value::as_array).is_some_and(|list| !list.is_empty())
}
