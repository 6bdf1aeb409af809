//! Files of traces and spans: what they are, where they are downloaded, and taking them off. Their bytes do not go
//! through GraphQL.

use std::collections::HashMap;

use async_graphql::dataloader::Loader;
use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use cairn_actors::failure::Failure;
use cairn_core::access::TraceRead;
use cairn_core::attachments::{self, Origin, Owner, Place, Remove, download_path};
use cairn_core::ids::{SpanId, TraceId};
use cairn_core::limits::ATTACHMENTS_SHOWN_MAX;

use crate::error::{Problem, Result};
use crate::scalars::{Timestamp, uuid};
use crate::session::{Session, loader, session};

#[derive(SimpleObject)]
pub(crate) struct Attachment {
    name: String,
    mime_type: String,
    /// In bytes.
    size: u64,
    /// Where it is downloaded, on this server.
    url: String,
    /// The body that it was taken out of, where a reference with its name stands now; null if it came as a file.
    place: Option<AttachmentPlace>,
    created_at: Timestamp,
    created_by: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum AttachmentPlace {
    Input,
    Output,
    Metadata,
}

impl From<Place> for AttachmentPlace {
    fn from(place: Place) -> Self {
        match place {
            Place::Input => Self::Input,
            Place::Output => Self::Output,
            Place::Metadata => Self::Metadata,
        }
    }
}

/// The attachments of a trace or span, by name.
pub(crate) async fn attachments_of(context: &Context<'_>, owner: Owner) -> Result<Vec<Attachment>> {
    let found = loader(context)?.load_one(owner).await?.unwrap_or_default();
    let workspace = session(context)?.workspace_name().unwrap_or_default();
    let shown = |attachment: attachments::Attachment| Attachment {
        url: format!("/api/{}", download_path(&workspace, &attachment)),
        size: attachment.content.bytes,
        place: match attachment.origin {
            Origin::Sent => None,
            Origin::Embedded { place, .. } => Some(place.into()),
        },
        created_at: Timestamp(attachment.created_at),
        created_by: attachment.created_by,
        name: attachment.name,
        mime_type: attachment.mime_type,
    };
    Ok(found.into_iter().map(shown).collect())
}

#[derive(Default)]
pub(crate) struct AttachmentMutations;

#[Object]
impl AttachmentMutations {
    /// Takes files off a trace or a span, of which one is named. True also for names that it does not have.
    async fn delete_attachments(
        &self,
        context: &Context<'_>,
        trace_id: Option<ID>,
        span_id: Option<ID>,
        names: Vec<String>,
    ) -> Result<bool> {
        let owner = match (trace_id, span_id) {
            (Some(id), None) => Owner::Trace(TraceId::known(uuid(&id)?)),
            (None, Some(id)) => Owner::Span(SpanId::known(uuid(&id)?)),
            _ => return Err(Problem::invalid("name one of `traceId` and `spanId`")),
        };
        session(context)?.execute(Remove { owner, project_id: None, names }).await?;
        Ok(true)
    }
}

impl Loader<Owner> for Session {
    type Value = Vec<attachments::Attachment>;
    type Error = Failure;

    async fn load(&self, keys: &[Owner]) -> std::result::Result<HashMap<Owner, Self::Value>, Failure> {
        let owners = keys.to_vec();
        self.read::<TraceRead, _>(move |reader| {
            let mut found = HashMap::with_capacity(owners.len());
            for owner in owners {
                found.insert(owner, reader.attachments(owner, 0, ATTACHMENTS_SHOWN_MAX)?.attachments);
            }
            Ok(found)
        })
        .await
    }
}
