//! The workspaces of the server, as others make them.

use serde_json::json;

use super::live::{next_of, subscribe};
use super::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_that_somebody_forks_is_told_to_who_waits() {
    let world = World::open();
    let mut told = subscribe(&world, "subscription { workspaces { name } }", json!({}));
    assert_eq!(next_of(&mut told, "workspaces").await, json!([{ "name": "default" }]));
    world.ask("mutation { forkWorkspace(name: \"copy\") { id } }", json!({})).await;
    assert_eq!(next_of(&mut told, "workspaces").await, json!([{ "name": "copy" }, { "name": "default" }]));
}
