//! Optimizations as clients write them.

use bytes::Bytes;
use cairn_core::ids::OptimizationId;
use cairn_core::json::Json;
use cairn_core::optimizations::{Changes, Status, Write};
use cairn_core::rejection::Rejection;
use serde::Deserialize;
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::datasets::optional_project;
use crate::wire::{self, ErrorIn, Instant};

#[derive(Deserialize)]
struct OptimizationIn<'a> {
    id: Option<Uuid>,
    name: Option<String>,
    #[serde(alias = "datasetName")]
    dataset_name: Option<String>,
    #[serde(alias = "projectName")]
    project_name: Option<String>,
    #[serde(alias = "projectId")]
    project_id: Option<Uuid>,
    #[serde(alias = "objectiveName")]
    objective_name: Option<String>,
    status: Option<String>,
    #[serde(borrow)]
    metadata: Option<&'a RawValue>,
    #[serde(borrow, alias = "studioConfig")]
    studio_config: Option<&'a RawValue>,
    #[serde(alias = "errorInfo")]
    error_info: Option<ErrorIn>,
    #[serde(alias = "lastUpdatedAt")]
    last_updated_at: Option<Instant>,
}

pub(super) fn write(body: Bytes) -> Result<Write, Rejection> {
    wire::parse(body, |body| {
        let optimization: OptimizationIn<'_> = serde_json::from_slice(body)?;
        Ok(optimization.write(body))
    })
}

pub(super) fn changes(body: Bytes) -> Result<Changes, Rejection> {
    wire::parse(body, |body| {
        let optimization: OptimizationIn<'_> = serde_json::from_slice(body)?;
        Ok(status(optimization.status).map(|status| Changes {
            name: optimization.name,
            status,
            metadata: wire::body(body, optimization.metadata),
            error: optimization.error_info.map(Into::into),
        }))
    })
}

impl OptimizationIn<'_> {
    fn write(self, body: &Bytes) -> Result<Write, Rejection> {
        let studio_config = wire::body(body, self.studio_config);
        studio_config.as_ref().map_or(Ok(()), check_studio_config)?;
        Ok(Write {
            id: self.id.map(OptimizationId::new).transpose()?,
            name: self.name,
            dataset_name: self.dataset_name.unwrap_or_default(),
            project: optional_project(self.project_id, self.project_name)?,
            objective_name: self.objective_name.unwrap_or_default(),
            status: status(self.status)?.ok_or_else(|| Rejection::invalid("status must not be null"))?,
            metadata: wire::body(body, self.metadata),
            studio_config,
            error: self.error_info.map(Into::into),
            last_updated_at: wire::instant(self.last_updated_at, "", "lastUpdatedAt")?,
        })
    }
}

/// One of a few words; any other makes the JSON unreadable.
fn status(name: Option<String>) -> Result<Option<Status>, Rejection> {
    let unknown = |name: &str| {
        Rejection::malformed("Unable to process JSON").hint(format!("status `{name}` is unknown"))
    };
    name.map(|name| Status::parse(&name).ok_or_else(|| unknown(&name))).transpose()
}

/// Looks only at what a run of the studio could not do without.
fn check_studio_config(config: &Json) -> Result<(), Rejection> {
    let unreadable = || Rejection::malformed("Unable to process JSON").hint("studio_config is not readable");
    let value = config.value().map_err(|_| unreadable())?;
    let texts = [
        ("/dataset_name", "datasetName"),
        ("/llm_model/model", "llmModel.model"),
        ("/optimizer/type", "optimizer.type"),
    ];
    for (pointer, field) in texts {
        let text = value.pointer(pointer).and_then(serde_json::Value::as_str).unwrap_or_default();
        if text.trim().is_empty() {
            return Err(Rejection::invalid(format!("studioConfig.{field} must not be blank")));
        }
    }
    for (pointer, field) in
        [("/prompt/messages", "prompt.messages"), ("/evaluation/metrics", "evaluation.metrics")]
    {
        let list = value.pointer(pointer).and_then(serde_json::Value::as_array);
        if list.is_none_or(Vec::is_empty) {
            return Err(Rejection::invalid(format!("studioConfig.{field} must not be empty")));
        }
    }
    Ok(())
}
