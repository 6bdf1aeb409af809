//! Optimizations as they are read: lists, how they stand, and what filters can ask of them.

use cairn_core::ids::{OptimizationId, TraceId};
use cairn_core::json::Json;
use cairn_core::merge::BodyRef;
use cairn_core::optimizations::{Event, Optimization};
use cairn_core::query::opik::Type;
use cairn_core::query::{Entity, Field, Query, Subject, Value};
use fjall::Readable;

use super::trials::{Standing, Trial};
use crate::error::Error;
use crate::reader::Reader;
use crate::rows;

/// What Opik's filters can ask of an optimization.
pub const OPTIMIZATION_FIELDS: &[(&str, Type)] = &[
    ("metadata", Type::Dictionary),
    ("dataset_id", Type::StringExact),
    ("project_id", Type::StringExact),
    ("status", Type::Enum),
];

impl Reader {
    pub fn optimization(&self, id: OptimizationId) -> Result<Option<Optimization>, Error> {
        self.row(rows::optimization(id))
    }

    /// All optimizations, newest first.
    pub fn optimizations(&self) -> Result<Vec<Optimization>, Error> {
        let stored = self.snapshot().prefix(self.rows(), rows::optimizations()).rev();
        stored.map(|guard| rows::read(&guard.into_inner()?.1)).collect()
    }

    pub fn standing(&self, id: OptimizationId) -> Result<Standing, Error> {
        Ok(self.row(rows::standing(id))?.unwrap_or_default())
    }

    /// The trials of an optimization, oldest id first.
    pub fn trials(&self, id: OptimizationId) -> Result<Vec<Trial>, Error> {
        let stored = self.snapshot().prefix(self.rows(), rows::trials(id));
        stored.map(|guard| rows::read(&guard.into_inner()?.1)).collect()
    }

    /// The optimization whose trials a trace belongs to.
    pub fn optimization_of(&self, trace: TraceId) -> Result<Option<OptimizationId>, Error> {
        let Some(experiment) = self.experiments_of(trace)?.pop() else { return Ok(None) };
        let experiment = self.experiment(experiment)?;
        Ok(experiment.and_then(|experiment| experiment.optimization_id).map(OptimizationId::known))
    }

    pub fn optimization_metadata(&self, optimization: &Optimization) -> Result<Option<Json>, Error> {
        self.optimization_body(optimization.metadata.as_ref(), |event| match event {
            Event::Written(written) => written.metadata,
            Event::Updated { changes, .. } => changes.metadata,
            Event::Deleted { .. } => None,
        })
    }

    pub fn optimization_studio_config(&self, optimization: &Optimization) -> Result<Option<Json>, Error> {
        self.optimization_body(optimization.studio_config.as_ref(), |event| match event {
            Event::Written(written) => written.studio_config,
            Event::Updated { .. } | Event::Deleted { .. } => None,
        })
    }

    fn optimization_body(
        &self,
        body: Option<&BodyRef>,
        part: impl FnOnce(Event) -> Option<Json>,
    ) -> Result<Option<Json>, Error> {
        let Some(body) = body else { return Ok(None) };
        let at = body.position;
        match self.store().log().event(at)?.map(|recorded| recorded.event) {
            Some(cairn_core::event::Event::Optimizations(event)) => Ok(part(event)),
            Some(_) => Err(Error::Damaged { at, what: "a row points here for a body".to_owned() }),
            None => Ok(None),
        }
    }

    /// Whether a query is true of an optimization.
    pub fn optimization_matches(&self, optimization: &Optimization, query: &Query) -> Result<bool, Error> {
        let metadata = self.optimization_metadata(optimization)?.and_then(|json| json.value().ok());
        Ok(query.matches(Entity::Trace, &Asked { optimization, metadata }))
    }
}

struct Asked<'a> {
    optimization: &'a Optimization,
    metadata: Option<serde_json::Value>,
}

impl Subject for Asked<'_> {
    fn value(&self, field: &Field) -> Value<'_> {
        let optimization = self.optimization;
        match field {
            Field::Own("dataset_id") => Value::Text(optimization.dataset_id.to_string().into()),
            Field::Own("project_id") => {
                optimization.project_id.map_or(Value::Missing, |id| Value::Text(id.to_string().into()))
            }
            Field::Own("status") => Value::Text(optimization.status.name().into()),
            Field::OwnPath("metadata", path) => {
                let found = self.metadata.as_ref().and_then(|metadata| path.lookup(metadata));
                found.map_or(Value::Missing, Value::of_json)
            }
            _ => Value::Missing,
        }
    }
}
