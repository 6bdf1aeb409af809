//! The GraphQL face: queries, mutations and subscriptions for the UI and for clients.
//! No rule of the domain lives here; commands and reads go through `Handles`.

// Rows are merged into the schema one within the other, and the compiler follows all of them.
#![recursion_limit = "256"]

mod agents;
mod alerts;
mod annotations;
mod attachments;
mod bodies;
mod comments;
mod connection;
mod cursor;
mod dashboards;
mod datasets;
mod definitions;
mod derived;
mod environments;
mod erasures;
mod error;
mod execution;
mod experiments;
mod feedback;
mod guard;
mod guardrails;
mod history;
mod homes;
mod http;
mod insights;
mod live;
mod moment;
mod optimizations;
mod preview;
mod prices;
mod projections;
mod projects;
mod prompts;
mod retention;
mod runners;
mod scalars;
mod schema;
mod search;
mod session;
mod spans;
mod statistics;
mod threads;
mod traces;
mod workspaces;

#[cfg(test)]
mod tests;

use axum::Router;
use cairn_actors::handles::Handles;

/// Serves `/graphql`: queries and mutations by POST, everything by WebSocket.
pub fn router(handles: Handles) -> Router {
    http::router(handles)
}

/// The schema as text, which the repository holds as `schema.graphql`.
pub fn sdl() -> String {
    schema::sdl()
}
