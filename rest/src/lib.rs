//! The REST face that Opik's clients speak, and OTLP. It translates to commands and reads; no rule lives here.

mod agents;
mod datasets;
mod definitions;
mod environments;
pub mod error;
mod experiments;
pub mod extract;
mod feedback;
mod insights;
mod lists;
mod log;
mod metrics;
mod optimizations;
pub mod otlp;
pub mod prices;
mod projects;
mod prompts;
mod redirects;
pub mod routes;
mod runners;
mod spans;
mod statistics;
mod stream;
mod traces;
mod usage;
mod wire;
mod workspaces;
