//! What is done with bytes from anywhere: the bodies of the fuzz targets in `fuzz/`, which need a nightly compiler, and
//! of the tests in `mutated`, which need none. A body returns from whatever it is given, or a fault is found.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "what must hold of every input fails where it does not"
)]

pub mod bodies;
pub mod face;
#[cfg(test)]
mod mutated;

use face::Face;

pub struct Target {
    pub name: &'static str,
    pub body: Body,
}

pub enum Body {
    Alone(fn(&[u8])),
    /// Asks a server.
    Served(fn(&Face, &[u8])),
}

/// Each has a file of its name in `fuzz/fuzz_targets` and a folder in `fuzz/corpus`.
pub const TARGETS: [Target; 7] = [
    Target { name: "query", body: Body::Alone(bodies::query) },
    Target { name: "opik_filters", body: Body::Alone(bodies::opik_filters) },
    Target { name: "log", body: Body::Alone(bodies::log) },
    Target { name: "json", body: Body::Served(bodies::json) },
    Target { name: "otlp_json", body: Body::Served(bodies::otlp_json) },
    Target { name: "otlp_protobuf", body: Body::Served(bodies::otlp_protobuf) },
    Target { name: "graphql", body: Body::Served(bodies::graphql) },
];
