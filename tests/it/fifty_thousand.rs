//! What a user asks of fifty thousand spans, over the network and by commands, against answers that are counted from
//! what the benchmark's generator made. The spans and that counting are in `model`, what is asked in the others.

mod figures;
mod filters;
mod model;
mod past;
mod search;

use std::path::Path;
use std::time::{Duration, Instant};

use cairn_bench::traffic::{Trace, Traffic, opik};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::binary::{Server, cairn, folder};
use model::{Model, PROJECT, TRACES};

const SEED: u64 = 11;
const TRACES_PER_REQUEST: usize = 100;
/// How long the text index may take to see everything.
const PATIENCE: Duration = Duration::from_mins(5);

struct World {
    server: Server,
    data: TempDir,
    project: String,
    model: Model,
}

impl World {
    fn load() -> Self {
        let data = folder();
        let server = Server::start(data.path());
        let traffic = Traffic::brief(SEED);
        let traces: Vec<Trace> = (0..TRACES).map(|number| traffic.trace(number)).collect();
        for batch in traces.chunks(TRACES_PER_REQUEST) {
            let (rows, spans) = opik::encode(batch, PROJECT).unwrap();
            for (kind, body) in [("spans", spans), ("traces", rows)] {
                let url = server.url(&format!("/api/v1/private/{kind}/batch"));
                let request = server.client.post(url).header("content-type", "application/json").body(body);
                assert_eq!(request.send().unwrap().status(), 204);
            }
        }
        let project = server.project(PROJECT);
        let world = Self { server, data, project, model: Model::of(&traffic, &traces) };
        world.wait_for_text();
        world
    }

    fn wait_for_text(&self) {
        let begun = Instant::now();
        loop {
            let found = self.ask("{ server { position textPosition } }", json!({}));
            if found["server"]["position"] == found["server"]["textPosition"] {
                break;
            }
            assert!(begun.elapsed() < PATIENCE, "the text index did not catch up: {found}");
            std::thread::yield_now();
        }
    }

    fn ask(&self, query: &str, variables: Value) -> Value {
        ask(&self.server, query, variables)
    }

    /// How many of the kind match a filter.
    fn count(&self, kind: &str, filter: &str) -> u64 {
        let query = format!(
            "query($project: ID!, $filter: String) {{ project(id: $project) {{ \
             found: {kind}(filter: $filter, first: 1) {{ totalCount }} }} }}"
        );
        let found = self.ask(&query, json!({ "project": self.project, "filter": filter }));
        found["project"]["found"]["totalCount"].as_u64().unwrap()
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        succeeds(self.data.path(), arguments)
    }
}

fn ask(server: &Server, query: &str, variables: Value) -> Value {
    let mut answer: Value =
        server.post("/graphql", &json!({ "query": query, "variables": variables })).json().unwrap();
    assert_eq!(answer["errors"], Value::Null, "{query}: {answer}");
    answer["data"].take()
}

fn succeeds(data: &Path, arguments: &[&str]) -> String {
    let done = cairn(data, arguments);
    assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

#[test]
fn fifty_thousand_spans_are_answered_for_as_they_were_made() {
    let world = World::load();
    filters::everything_is_counted(&world);
    filters::fields_ranges_and_their_combinations(&world);
    filters::times_that_are_counted_from_now(&world);
    filters::paths_into_bodies(&world);
    filters::words_phrases_beginnings_and_slips(&world);
    filters::parts_of_words(&world);
    search::words_are_found_and_shown_where_they_stand(&world);
    figures::facets_count_each_value(&world);
    figures::sums_and_percentiles_by_two_fields_over_time(&world);
    figures::differences_between_a_selection_and_the_rest(&world);
    past::the_past_is_what_a_backup_restores(&world);
    past::a_late_moment_is_made_while_its_reader_is_told_how_far_it_is(&world);
    past::a_change_is_undone(&world);
    past::what_was_deleted_comes_back(&world);
    past::the_trail_names_every_event(&world);
    past::an_erased_trace_is_gone_and_the_chain_holds(world);
}
