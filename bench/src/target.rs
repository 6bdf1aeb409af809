//! What is measured: Cairn, or a peer that takes the same load. Where each listens for it, and how one asks how far it is.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::http;

#[derive(Args, Clone)]
pub(crate) struct Target {
    /// Where it listens, for example `http://127.0.0.1:5173`
    #[arg(long)]
    pub(crate) url: String,
    #[arg(long, value_enum, default_value_t = Product::Cairn)]
    pub(crate) product: Product,
    #[arg(long, default_value = "bench")]
    pub(crate) project: String,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Product {
    Cairn,
    Phoenix,
    Mlflow,
}

impl Target {
    pub(crate) fn otlp_url(&self) -> String {
        match self.product {
            Product::Cairn => format!("{}/api/v1/private/otel/v1/traces", self.url),
            Product::Phoenix | Product::Mlflow => format!("{}/v1/traces", self.url),
        }
    }

    pub(crate) fn otlp_headers(&self) -> Result<HeaderMap> {
        let project = HeaderValue::from_str(&self.project).context("the project's name is no header")?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        match self.product {
            Product::Cairn => headers.insert(HeaderName::from_static("projectname"), project),
            Product::Mlflow => headers.insert(HeaderName::from_static("x-mlflow-experiment-id"), project),
            Product::Phoenix => None,
        };
        Ok(headers)
    }

    pub(crate) fn opik_url(&self, row: &str) -> Result<String> {
        match self.product {
            Product::Cairn => Ok(format!("{}/api/v1/private/{row}/batch", self.url)),
            Product::Phoenix | Product::Mlflow => bail!("only Cairn takes batches of the Opik clients"),
        }
    }

    /// Asks again as long as the server is too busy to answer: what a caller times has these waits in it.
    pub(crate) async fn graphql(&self, client: &Client, query: &str, variables: Value) -> Result<Value> {
        let body = json!({ "query": query, "variables": variables });
        for _ in 0..http::RETRIES_MAX {
            let mut answer = http::post_json(client, &format!("{}/graphql", self.url), &body).await?;
            if let Some(seconds) = overloaded(&answer) {
                tokio::time::sleep(Duration::from_secs(seconds)).await;
                continue;
            }
            return match answer.get_mut("data").map(Value::take) {
                Some(data) if !data.is_null() && answer.get("errors").is_none() => Ok(data),
                _ => bail!("GraphQL refused {query}: {answer}"),
            };
        }
        bail!("the server was too busy for {query}")
    }

    /// How many spans lists count now.
    pub(crate) async fn visible_spans(&self, client: &Client) -> Result<u64> {
        match self.product {
            Product::Cairn => {
                let url = format!("{}/api/v1/private/spans?size=1&project_name={}", self.url, self.project);
                match http::get(client, &url).await {
                    Ok(page) => Ok(page.get("total").and_then(Value::as_u64).unwrap_or_default()),
                    // A project is made by its first span.
                    Err(error) if error.to_string().contains("404") => Ok(0),
                    Err(error) => Err(error),
                }
            }
            Product::Phoenix => {
                let query = "query ($name: String!) { getProjectByName(name: $name) { recordCount } }";
                let data = self.graphql(client, query, json!({ "name": self.project })).await?;
                Ok(data.pointer("/getProjectByName/recordCount").and_then(Value::as_u64).unwrap_or_default())
            }
            Product::Mlflow => bail!("MLflow does not count spans: use `--no-wait`"),
        }
    }

    /// Whether full-text search has seen all that the log holds; `None` where there is no such index.
    pub(crate) async fn is_searchable(&self, client: &Client) -> Result<Option<bool>> {
        match self.product {
            Product::Cairn => {
                let data = self.graphql(client, "{ server { position textPosition } }", Value::Null).await?;
                Ok(Some(data.pointer("/server/position") == data.pointer("/server/textPosition")))
            }
            Product::Phoenix | Product::Mlflow => Ok(None),
        }
    }
}

/// How long a server that is too busy wants to be left alone.
fn overloaded(answer: &Value) -> Option<u64> {
    let extensions = answer.pointer("/errors/0/extensions")?;
    (extensions.get("code")?.as_str()? == "OVERLOADED").then_some(())?;
    extensions.get("retryAfterSeconds")?.as_u64()
}
