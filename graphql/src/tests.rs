//! The face from outside: a real store behind it, whole answers in front.

mod http;
mod limits;
mod lists;
mod live;
mod refusals;
mod schema;
mod search;
mod websocket;
mod world;
