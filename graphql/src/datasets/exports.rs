//! Exports of datasets: asked for and found here. Their files do not go through GraphQL.

use async_graphql::{Context, ID, Object};
use cairn_core::access::DatasetRead;
use cairn_core::datasets::Command;
use cairn_core::datasets::exports::{Export, export_not_found};
use cairn_core::ids::{DatasetExportId, DatasetId};
use cairn_storage::index::{Cursor, SortValue};

use super::Dataset;
use crate::connection::{Found, Page, page_cost, page_size};
use crate::cursor;
use crate::error::Result;
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, loader, session};

/// A version of a dataset as a CSV file. It can be fetched as soon as it is there: the file is written meanwhile.
pub(crate) struct DatasetExport(Export);

#[Object]
impl DatasetExport {
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    async fn dataset_id(&self) -> ID {
        self.0.dataset_id.into()
    }

    /// As it was called when the export was asked for.
    async fn dataset_name(&self) -> &str {
        &self.0.dataset_name
    }

    /// Null if it was deleted.
    #[graphql(complexity = "5 + child_complexity")]
    async fn dataset(&self, context: &Context<'_>) -> Result<Option<Dataset>> {
        Ok(loader(context)?.load_one(self.0.dataset_id).await?.map(Dataset))
    }

    /// Of the version that it holds; null if there was none yet.
    async fn version_number(&self) -> Option<u32> {
        Some(self.0.number).filter(|number| *number > 0)
    }

    /// Where it is downloaded, on this server.
    #[expect(clippy::unused_async, reason = "a field of an object is async")]
    async fn url(&self, context: &Context<'_>) -> Result<String> {
        let workspace = session(context)?.workspace_name().unwrap_or_default();
        Ok(format!("/api/{}", self.0.download_path(&workspace)))
    }

    /// When it is gone.
    async fn expires_at(&self) -> Timestamp {
        Timestamp(self.0.expires_at())
    }

    /// When somebody first took notice of it.
    async fn viewed_at(&self) -> Option<Timestamp> {
        self.0.viewed_at.map(Timestamp)
    }

    async fn created_at(&self) -> Timestamp {
        Timestamp(self.0.created_at)
    }

    async fn created_by(&self) -> &str {
        &self.0.created_by
    }
}

#[derive(Default)]
pub(crate) struct DatasetExportQueries;

#[Object]
impl DatasetExportQueries {
    /// The exports that can still be fetched, newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn dataset_exports(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(50)")] first: Option<i32>,
        after: Option<String>,
    ) -> Result<Page<DatasetExport>> {
        const LIST: &str = "dataset exports";
        let session = session(context)?;
        let first = page_size(first)?;
        let after = after.map(|after| cursor::decode(LIST, &after)).transpose()?;
        let after = after.map(|after| DatasetExportId::known(after.id));
        let now = session.now();
        let counts = context.look_ahead().field("totalCount").exists();
        let read = session.read::<DatasetRead, _>(move |reader| {
            // One more than is shown tells whether there is a next page.
            let exports = reader.dataset_exports(now, after, first + 1)?.into_iter();
            let placed =
                exports.map(|export| (Cursor { value: SortValue::Id, id: export.id.uuid() }, export));
            let total = if counts { reader.dataset_export_count(now)? } else { 0 };
            Ok(Found::within(placed.collect(), LIST, first, after.is_some(), total))
        });
        Ok(read.await?.into_page(DatasetExport))
    }

    /// Null if it is gone.
    async fn dataset_export(&self, context: &Context<'_>, id: ID) -> Result<Option<DatasetExport>> {
        load(session(context)?, DatasetExportId::known(uuid(&id)?)).await
    }
}

async fn load(session: &Session, id: DatasetExportId) -> Result<Option<DatasetExport>> {
    let now = session.now();
    let read = session.read::<DatasetRead, _>(move |reader| Ok(reader.dataset_export(id, now)?));
    Ok(read.await?.map(DatasetExport))
}

#[derive(Default)]
pub(crate) struct DatasetExportMutations;

#[Object]
impl DatasetExportMutations {
    /// Exports the newest version of a dataset.
    async fn export_dataset(&self, context: &Context<'_>, dataset_id: ID) -> Result<DatasetExport> {
        let session = session(context)?;
        let id = DatasetId::known(uuid(&dataset_id)?);
        let outcome = session.execute(Command::Export { id }).await?;
        let id = DatasetExportId::known(outcome.created.unwrap_or_default());
        load(session, id).await?.ok_or_else(|| export_not_found().into())
    }

    /// Notes that somebody took notice of an export.
    async fn mark_dataset_export_viewed(&self, context: &Context<'_>, id: ID) -> Result<DatasetExport> {
        let session = session(context)?;
        let id = DatasetExportId::known(uuid(&id)?);
        session.execute(Command::ViewExport { id }).await?;
        load(session, id).await?.ok_or_else(|| export_not_found().into())
    }
}
