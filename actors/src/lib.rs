//! Who acts: one writer for each workspace, and the workers behind it. The only crate that names actix.
//! Faces hold `Handles`; they never see an actor, a channel or a writer.

mod agents;
pub mod alerts;
mod annotations;
pub mod attachments;
mod clerk;
mod clock;
mod comments;
pub mod dashboards;
mod datasets;
mod definitions;
mod derived;
mod environments;
mod erasures;
mod experiments;
pub mod failure;
mod feedback;
mod followers;
mod guardrails;
pub mod handles;
pub mod health;
mod history;
mod insights;
pub mod meter;
mod optimizations;
mod otel;
mod past;
mod prices;
mod projects;
mod prompts;
mod registry;
mod retention;
pub mod runners;
mod runtime;
mod spans;
#[cfg(test)]
mod tests;
mod threads;
pub mod traced;
mod traces;
mod workspace;
pub mod workspaces;
