//! A trace that is encoded once and sent many times, each time with ids of its own: costs a copy, where making a trace
//! costs more than a server needs to take it.

use super::{Trace, otlp};

pub struct Template {
    bytes: Vec<u8>,
    traces: Vec<usize>,
    /// By span: where its id stands, and that of a child's parent.
    spans: Vec<Vec<usize>>,
}

impl Template {
    pub fn new(trace: &Trace, project: &str) -> Self {
        let bytes = otlp::encode(std::slice::from_ref(trace), project);
        let spans = trace.spans.iter().map(|span| places(&bytes, &span.id)).collect();
        Self { traces: places(&bytes, &trace.id), spans, bytes }
    }

    /// Appends the trace as number so: requests of OTLP may stand one behind the other.
    pub fn write(&self, number: u64, to: &mut Vec<u8>) {
        let from = to.len();
        to.extend_from_slice(&self.bytes);
        let mut put = |at: usize, value: u64| {
            if let Some(place) = to.get_mut(from + at..from + at + 8) {
                place.copy_from_slice(&value.to_be_bytes());
            }
        };
        for at in &self.traces {
            put(at + 8, number);
        }
        for (index, places) in (0..).zip(&self.spans) {
            for at in places {
                put(*at, (number << 8) | index);
            }
        }
    }
}

fn places(bytes: &[u8], id: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|at| bytes.get(*at..).is_some_and(|rest| rest.starts_with(id))).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use prost::Message;

    use super::Template;
    use crate::traffic::{SPANS_PER_TRACE, Traffic};

    #[test]
    fn traces_of_one_template_are_trees_with_ids_of_their_own() {
        let template = Template::new(&Traffic::new(7).trace(3), "bench");
        let mut bytes = Vec::new();
        for number in 500..503 {
            template.write(number, &mut bytes);
        }
        let request = ExportTraceServiceRequest::decode(bytes.as_slice()).unwrap();
        let spans: Vec<_> = request
            .resource_spans
            .iter()
            .flat_map(|resource| &resource.scope_spans)
            .flat_map(|scope| &scope.spans)
            .collect();
        let ids: HashSet<_> = spans.iter().map(|span| &span.span_id).collect();
        let traces: HashSet<_> = spans.iter().map(|span| &span.trace_id).collect();
        assert_eq!((ids.len() as u64, traces.len()), (3 * SPANS_PER_TRACE, 3));
        let roots: HashSet<_> = spans.iter().map(|span| (&span.trace_id, &span.parent_span_id)).collect();
        assert_eq!(
            roots.len(),
            6,
            "each trace has a root without a parent, which is the parent of the others"
        );
        assert!(
            spans.iter().all(|span| span.parent_span_id.is_empty() || ids.contains(&span.parent_span_id))
        );
    }
}
