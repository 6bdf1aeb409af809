//! Facets, statistics and differences.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::World;
use super::model::{Row, SPANS};

const FROM: &str = "2026-11-01T00:00:00Z";
const FROM_MS: i64 = 1_793_491_200_000;
const TO: &str = "2026-11-01T01:00:00Z";
const BUCKET_MS: i64 = 600_000;
/// How far an estimated percentile may be from a value, as the API says.
const ESTIMATE: f64 = 0.01;

fn scope(world: &World, filter: &str) -> Value {
    json!({ "entity": "SPAN", "projectIds": [world.project], "filter": filter, "from": FROM, "to": TO })
}

pub(super) fn facets_count_each_value(world: &World) {
    let query = "query($scope: StatisticsScope!) { facets(scope: $scope, fields: [\"name\", \"model\", \"error\"]) \
                 { field missing others values { value filter count } } }";
    let found = world.ask(query, json!({ "scope": scope(world, "") }));
    for (facet, wanted) in found["facets"].as_array().unwrap().iter().zip([
        world.model.counts(|row| Some(row.name)),
        world.model.counts(|row| row.model),
        world.model.counts(|row| Some(if row.failed { "true" } else { "false" })),
    ]) {
        let values = facet["values"].as_array().unwrap();
        assert!(!values.is_empty(), "{facet}");
        let mut seen = 0;
        for value in values {
            let count = value["count"].as_u64().unwrap();
            assert_eq!(Some(&count), wanted.get(value["value"].as_str().unwrap()), "{value}");
            assert_eq!(world.count("spans", value["filter"].as_str().unwrap()), count, "{value}");
            seen += count;
        }
        assert_eq!(seen + facet["missing"].as_u64().unwrap(), SPANS as u64, "{facet}");
        assert_eq!(facet["others"], json!(0));
    }
}

type Key = (Option<String>, Option<String>);

pub(super) fn sums_and_percentiles_by_two_fields_over_time(world: &World) {
    let query = "query($scope: StatisticsScope!, $input: StatisticsInput!) { statistics(scope: $scope, input: $input) { \
                 truncated groups { by { value } count points { time count values { count sum p50 p99 } } } } }";
    let measures = ["duration", "usage.total_tokens"];
    let input = json!({ "measures": measures, "by": ["name", "model"], "bucketSeconds": BUCKET_MS / 1_000, "groups": 100 });
    let found = world.ask(query, json!({ "scope": scope(world, "duration > 10ms"), "input": input }));
    let mut wanted: BTreeMap<Key, Vec<&Row>> = BTreeMap::new();
    for row in world.model.spans.iter().filter(|row| row.duration_ms > 10.0) {
        wanted.entry((Some(row.name.to_owned()), row.model.map(str::to_owned))).or_default().push(row);
    }
    let groups = found["statistics"]["groups"].as_array().unwrap();
    assert_eq!((groups.len(), &found["statistics"]["truncated"]), (wanted.len(), &json!(false)));
    for group in groups {
        let key = |at: usize| group["by"][at]["value"].as_str().map(str::to_owned);
        let rows = &wanted[&(key(0), key(1))];
        assert_eq!(group["count"], json!(rows.len()), "{}", group["by"]);
        let points = group["points"].as_array().unwrap();
        assert_eq!(points.len(), 6);
        for (bucket, point) in (0..).zip(points) {
            let begin = FROM_MS + bucket * BUCKET_MS;
            let rows: Vec<&&Row> =
                rows.iter().filter(|row| (begin..begin + BUCKET_MS).contains(&row.begin_ms)).collect();
            assert_eq!(point["count"], json!(rows.len()), "{}", group["by"]);
            measured(&point["values"][0], rows.iter().map(|row| row.duration_ms).collect());
            measured(&point["values"][1], rows.iter().filter_map(|row| row.tokens).collect());
        }
    }
}

/// Count, sum and percentiles of values.
fn measured(found: &Value, mut values: Vec<f64>) {
    assert_eq!(found["count"], json!(values.len()));
    if values.is_empty() {
        return;
    }
    values.sort_unstable_by(f64::total_cmp);
    let sum: f64 = values.iter().sum();
    assert!((found["sum"].as_f64().unwrap() - sum).abs() <= sum * 1e-9, "{found} but {sum}");
    for (name, per_cent) in [("p50", 50), ("p99", 99)] {
        let last = values.len() - 1;
        let (below, above) = (values[last * per_cent / 100], values[(last * per_cent).div_ceil(100)]);
        let found = found[name].as_f64().unwrap();
        let near = below * (1.0 - ESTIMATE)..=above * (1.0 + ESTIMATE);
        assert!(near.contains(&found), "{name} is {found}, of values from {below} to {above}");
    }
}

pub(super) fn differences_between_a_selection_and_the_rest(world: &World) {
    let query = "query($scope: StatisticsScope!) { differences(scope: $scope, selection: \"duration > 1s\", \
                 fields: [\"name\", \"model\"]) { selected rest values { field value selected rest difference } } }";
    let found = world.ask(query, json!({ "scope": scope(world, "") }));
    let found = &found["differences"];
    let is_selected = |row: &Row| row.duration_ms > 1_000.0;
    let selected = world.model.count(is_selected);
    let rest = SPANS as u64 - selected;
    assert_eq!((&found["selected"], &found["rest"]), (&json!(selected), &json!(rest)));
    let values = found["values"].as_array().unwrap();
    assert!(values.len() >= 8, "{found}");
    let mut last = f64::INFINITY;
    for value in values {
        let said = value["value"].as_str().unwrap();
        let has = |row: &Row| match value["field"].as_str().unwrap() {
            "name" => row.name == said,
            _ => row.model == Some(said),
        };
        let (inside, outside) = (
            world.model.count(|row| is_selected(row) && has(row)),
            world.model.count(|row| !is_selected(row) && has(row)),
        );
        assert_eq!((&value["selected"], &value["rest"]), (&json!(inside), &json!(outside)), "{value}");
        #[expect(clippy::cast_precision_loss, reason = "counts of this test are small")]
        let difference = inside as f64 / selected as f64 - outside as f64 / rest as f64;
        assert!((value["difference"].as_f64().unwrap() - difference).abs() < 1e-9, "{value}");
        assert!(difference.abs() <= last + 0.05, "what differs most comes first: {found}");
        last = difference.abs();
    }
}
