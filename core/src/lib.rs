//! The domain of Cairn: commands, events, decisions, the query language.
//! Nothing here does IO, awaits, reads a clock or draws a random number.

pub mod access;
pub mod agents;
pub mod annotations;
pub mod attachments;
pub mod command;
pub mod comments;
pub mod dashboards;
pub mod datasets;
pub mod definitions;
pub mod environments;
pub mod erasures;
pub mod event;
pub mod experiments;
pub mod feedback;
pub mod guardrails;
pub mod history;
pub mod ids;
pub mod insights;
pub mod json;
pub mod limits;
pub mod merge;
pub mod optimizations;
pub mod otel;
pub mod prices;
pub mod projects;
pub mod prompts;
pub mod query;
pub mod rejection;
pub mod retention;
pub mod runners;
pub mod spans;
pub mod threads;
pub mod time;
pub mod traces;
pub mod workspaces;
