//! Without sign-in, this machine's network is the only guard: web pages of others must not use it.

use serde_json::json;

use crate::binary::{Server, folder};

#[test]
fn a_page_from_elsewhere_can_neither_read_nor_write() {
    let data = folder();
    let server = Server::start(data.path());
    for (path, body) in [
        ("/api/v1/private/projects", json!({ "name": "stolen" })),
        ("/graphql", json!({ "query": "{ projects { totalCount } }" })),
    ] {
        let request =
            server.client.post(server.url(path)).header("Origin", "https://evil.example").json(&body);
        assert_eq!(request.send().unwrap().status(), 403, "{path}");
    }
    let own = server.client.post(server.url("/api/v1/private/projects"));
    let own = own.header("Origin", server.url("")).json(&json!({ "name": "mine" }));
    assert_eq!(own.send().unwrap().status(), 201);
    let listed: serde_json::Value =
        server.client.get(server.url("/api/v1/private/projects")).send().unwrap().json().unwrap();
    assert_eq!(listed["total"], 1);
}

#[test]
fn a_name_that_was_turned_to_this_machine_is_not_answered() {
    let data = folder();
    let server = Server::start(data.path());
    let rebound = server.client.get(server.url("/api/v1/private/projects")).header("Host", "evil.example");
    assert_eq!(rebound.send().unwrap().status(), 403);
}

#[test]
fn only_this_machine_is_served_unless_it_is_asked_for() {
    let data = folder();
    let refused = crate::binary::cairn(data.path(), &["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("nobody has to sign in"));
}
