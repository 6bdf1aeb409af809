//! Traces of exporters in the log and as rows: which id a trace got when it was met first.

use bytes::Bytes;
use cairn_core::ids::{ProjectId, TraceId};
use cairn_core::otel::Event;
use prost::Message;

use crate::log::block::Payload;
use crate::log::kind::Kind;
use crate::rows::uuid;

#[derive(Clone, PartialEq, Message)]
struct TraceMet {
    #[prost(bytes = "bytes", tag = "1")]
    otel: Bytes,
    #[prost(bytes = "bytes", tag = "2")]
    project: Bytes,
    #[prost(bytes = "bytes", tag = "3")]
    trace: Bytes,
}

pub(crate) fn encode(event: &Event) -> (Kind, Payload) {
    match event {
        Event::TraceMet { otel_id, project_id, trace_id } => {
            let stored = TraceMet {
                otel: Bytes::copy_from_slice(otel_id),
                project: Bytes::copy_from_slice(project_id.bytes()),
                trace: Bytes::copy_from_slice(trace_id.bytes()),
            };
            (Kind::OtelTraceMet, stored.encode_to_vec().into())
        }
    }
}

pub(crate) fn decode(payload: Bytes) -> Option<Event> {
    let stored = TraceMet::decode(payload).ok()?;
    Some(Event::TraceMet {
        otel_id: stored.otel.as_ref().try_into().ok()?,
        project_id: ProjectId::known(uuid(&stored.project)?),
        trace_id: TraceId::known(uuid(&stored.trace)?),
    })
}
