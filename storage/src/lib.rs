//! The log, the rows made of it, and the indexes over them. The only crate that names fjall and Tantivy.
//! It decides nothing: events come from `core` decisions by way of the actors.

pub mod agents;
pub mod aggregate;
pub mod annotations;
pub mod bundle;
mod columns;
mod comments;
mod dashboards;
pub mod datasets;
mod definitions;
mod environments;
pub mod error;
pub mod experiments;
pub mod feedback;
pub mod follower;
pub mod history;
pub mod index;
pub mod insights;
pub mod log;
pub mod optimizations;
mod otel;
mod prices;
mod projects;
pub mod prompts;
pub mod reader;
mod rows;
pub mod runners;
pub mod signals;
mod slots;
pub mod spans;
mod staging;
pub mod store;
pub mod text;
pub mod traces;
pub mod view;
pub mod workspaces;
pub mod writer;
