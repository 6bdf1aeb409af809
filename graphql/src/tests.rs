//! The face from outside: a real store behind it, whole answers in front.

mod agents;
mod annotations;
mod attachments;
mod comments;
mod dashboards;
mod datasets;
mod definitions;
mod experiments;
mod facets;
mod feedback;
mod http;
mod insights;
mod limits;
mod lists;
mod live;
mod optimizations;
mod prices;
mod prompts;
mod refusals;
mod runners;
mod schema;
mod search;
mod statistics;
mod threads;
mod websocket;
mod world;
