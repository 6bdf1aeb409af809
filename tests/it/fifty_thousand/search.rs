//! Ranked search with its snippets.

use serde_json::json;

use super::World;
use super::model::Row;

const SEARCH: &str = "query($project: ID!, $text: String!) {
    search(projectId: $project, text: $text, first: 50) {
        totalCount nodes { score traceId span { id } snippets { field text highlights { start end } } }
    }
}";

pub(super) fn words_are_found_and_shown_where_they_stand(world: &World) {
    let model = &world.model;
    let (rare, other) = (model.word(2_000, 5), model.word(60, 2));
    for words in [vec![rare], vec![rare, other]] {
        let says =
            |row: &Row, word: &str| row.input.has(|said| said == word) || row.output.has(|said| said == word);
        let all = |row: &&Row| words.iter().all(|word| says(row, word));
        // A root says the same as its trace, which is found beside it.
        let wanted: usize = model.spans.iter().filter(all).map(|row| 1 + usize::from(row.is_root)).sum();
        let found = world.ask(SEARCH, json!({ "project": world.project, "text": words.join(" ") }));
        let found = &found["search"];
        assert_eq!(found["totalCount"], json!(wanted), "{words:?}");
        let nodes = found["nodes"].as_array().unwrap();
        assert_eq!(nodes.len(), wanted.min(50));
        let scores: Vec<f64> = nodes.iter().map(|hit| hit["score"].as_f64().unwrap()).collect();
        assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]), "the best first: {scores:?}");
        for hit in nodes {
            let row = match hit["span"]["id"].as_str() {
                Some(id) => model.spans.iter().find(|row| row.id == id),
                None => model.spans.iter().find(|row| row.is_root && hit["traceId"] == row.trace),
            };
            assert!(all(&row.unwrap()), "{hit}");
            let mut shown = 0;
            for snippet in hit["snippets"].as_array().unwrap() {
                // Places are counted as browsers count.
                let text: Vec<u16> = snippet["text"].as_str().unwrap().encode_utf16().collect();
                for place in snippet["highlights"].as_array().unwrap() {
                    let place = |end: &str| usize::try_from(place[end].as_u64().unwrap()).unwrap();
                    let marked = String::from_utf16(&text[place("start")..place("end")]).unwrap();
                    assert!(words.contains(&marked.as_str()), "{marked} in {snippet}");
                    shown += 1;
                }
            }
            assert!(shown > 0, "{hit}");
        }
    }
}
