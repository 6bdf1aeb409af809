//! Exports of datasets: what somebody asked to take away. A version is a place in a line of changes, so an export holds
//! no copy: it names a version, which is written out as it is fetched.

use serde::{Deserialize, Serialize};

use crate::attachments::encoded;
use crate::datasets::{Dataset, Event};
use crate::event::Recorded;
use crate::ids::{DatasetExportId, DatasetId};
use crate::limits::DATASET_EXPORT_SECONDS;
use crate::rejection::Rejection;
use crate::time::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    pub id: DatasetExportId,
    pub dataset_id: DatasetId,
    /// As the dataset was called then.
    pub dataset_name: String,
    /// 0 if there was no version yet.
    pub number: u32,
    pub viewed_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: String,
    pub last_updated_at: Timestamp,
    pub last_updated_by: String,
}

impl Export {
    pub fn expires_at(&self) -> Timestamp {
        let nanos = i64::try_from(DATASET_EXPORT_SECONDS * 1_000_000_000).unwrap_or(i64::MAX);
        Timestamp::from_nanos(self.created_at.as_nanos().saturating_add(nanos))
    }

    /// The path and query, below the base of the API, under which its file is fetched.
    pub fn download_path(&self, workspace: &str) -> String {
        let workspace = encoded(workspace);
        format!("v1/private/datasets/export-jobs/{}/download?workspace_name={workspace}", self.id)
    }

    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at() <= now
    }

    pub fn of(event: &Recorded<Exported>) -> Self {
        let Exported { id, dataset_id, dataset_name, number } = event.event.clone();
        Self {
            id,
            dataset_id,
            dataset_name,
            number,
            viewed_at: None,
            created_at: event.time,
            created_by: event.principal.to_string(),
            last_updated_at: event.time,
            last_updated_by: event.principal.to_string(),
        }
    }

    /// Somebody took notice of it.
    pub fn view(&mut self, event: &Recorded<()>) {
        self.viewed_at = Some(event.time);
        self.last_updated_at = event.time;
        self.last_updated_by = event.principal.to_string();
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    pub id: DatasetExportId,
    pub dataset_id: DatasetId,
    pub dataset_name: String,
    pub number: u32,
}

pub fn begin(dataset: &Dataset, id: DatasetExportId) -> Event {
    Event::Exported(Box::new(Exported {
        id,
        dataset_id: dataset.id,
        dataset_name: dataset.name.clone(),
        number: dataset.latest,
    }))
}

/// `None` if it was viewed before.
pub fn view(export: &Export) -> Option<Event> {
    let event = Event::ExportViewed { id: export.id, dataset_id: export.dataset_id };
    export.viewed_at.is_none().then_some(event)
}

pub fn export_not_found() -> Rejection {
    Rejection::not_found("Export job not found")
}
