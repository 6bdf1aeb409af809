//! Filters of the query language.

use std::collections::HashSet;
use std::time::{SystemTime, UNIX_EPOCH};

use super::World;
use super::model::{Row, SPANS, TRACES, is_within};

type Case<'a> = (String, Box<dyn Fn(&Row) -> bool + 'a>);

fn case<'a>(filter: impl Into<String>, matches: impl Fn(&Row) -> bool + 'a) -> Case<'a> {
    (filter.into(), Box::new(matches))
}

/// When the first trace begins.
const BEGIN_MS: i64 = 1_793_491_200_000;
/// A stretch of time in which every body can be read in the time of one answer.
const WINDOW: &str = "start < 2026-11-01T00:03";
const WINDOW_MS: i64 = 180_000;

/// The same within a stretch of time.
fn early((filter, matches): Case<'_>) -> Case<'_> {
    case(format!("{WINDOW} AND ({filter})"), move |row| row.begin_ms < BEGIN_MS + WINDOW_MS && matches(row))
}

/// Each filter keeps as many spans as were made so; and it keeps some, but not all.
fn check(world: &World, cases: Vec<Case<'_>>) {
    for (filter, matches) in cases {
        let wanted = world.model.count(matches);
        assert!(wanted > 0 && wanted < SPANS as u64, "`{filter}` tells nothing apart: {wanted}");
        assert_eq!(world.count("spans", &filter), wanted, "{filter}");
    }
}

pub(super) fn everything_is_counted(world: &World) {
    assert_eq!(world.model.spans.len(), SPANS);
    assert_eq!(world.count("spans", ""), SPANS as u64);
    assert_eq!(world.count("traces", ""), TRACES);
    assert_eq!(world.count("threads", ""), TRACES.div_ceil(4));
    for filter in ["name = nobody", "has:environment", "missing:name", "NOT *"] {
        assert_eq!(world.count("spans", filter), 0, "{filter}");
    }
}

pub(super) fn fields_ranges_and_their_combinations(world: &World) {
    let one = &world.model.spans[31_415];
    check(
        world,
        vec![
            case("name = draft", |row| row.name == "draft"),
            case("name:RE", |row| row.name.contains("re")),
            case("name:re*", |row| row.name.starts_with("re")),
            case("name:(plan OR draft)", |row| matches!(row.name, "plan" | "draft")),
            case("name in (plan, review)", |row| matches!(row.name, "plan" | "review")),
            case("name != agent", |row| row.name != "agent"),
            case("type:llm", |row| row.is_llm),
            case(r#"model = "gpt-4o""#, |row| row.model == Some("gpt-4o")),
            case("model:gpt*", |row| row.model.is_some_and(|model| model.starts_with("gpt"))),
            case("duration:[500ms TO 1s]", |row| (500.0..=1_000.0).contains(&row.duration_ms)),
            case("duration:{500ms TO 1s}", |row| row.duration_ms > 500.0 && row.duration_ms < 1_000.0),
            case("duration > 2s AND NOT model:gpt*", |row| {
                row.duration_ms > 2_000.0 && !row.model.is_some_and(|model| model.starts_with("gpt"))
            }),
            case("usage.total_tokens >= 700 usage.total_tokens < 900", |row| {
                row.tokens.is_some_and(|tokens| (700.0..900.0).contains(&tokens))
            }),
            case("has:error", |row| row.failed),
            case("missing:model", |row| row.model.is_none()),
            case("has:error OR (name = plan AND duration > 3s)", |row| {
                row.failed || (row.name == "plan" && row.duration_ms > 3_000.0)
            }),
            case("NOT (has:error OR type:llm)", |row| !row.failed && !row.is_llm),
            case("start:[2026-11-01T00:10 TO 2026-11-01T00:20}", |row| {
                (BEGIN_MS + 600_000..BEGIN_MS + 1_200_000).contains(&row.begin_ms)
            }),
            case(format!("trace_id:{}", one.trace), |row| row.trace == one.trace),
            case(format!("id:{}", one.id), |row| row.id == one.id),
        ],
    );
}

#[expect(clippy::disallowed_methods, reason = "the test asks the clock that the server asks")]
fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// The clock goes on while the server is asked: the answer lies between what is true before and after.
pub(super) fn times_that_are_counted_from_now(world: &World) {
    assert_eq!(world.count("spans", "created_at > -1d"), SPANS as u64);
    assert_eq!(world.count("spans", "created_at < -1d"), 0);
    let middle = world.model.spans[SPANS / 2].begin_ms;
    let ago = (now_ms() - middle) / 1_000;
    let filter = format!("start > {}{}s", if ago < 0 { '+' } else { '-' }, ago.abs());
    let after = |now: i64| world.model.count(|row| row.begin_ms > now - ago * 1_000);
    let most = after(now_ms());
    let found = world.count("spans", &filter);
    let least = after(now_ms());
    assert!((least..=most).contains(&found), "{filter}: {found} of {least} to {most}");
    assert!(least > 10_000, "{least}");
}

pub(super) fn paths_into_bodies(world: &World) {
    let (term, user) = (world.model.word(20, 4), "user-7");
    check(
        world,
        [
            case("output.choices[0].message.role = assistant", |row| row.is_llm),
            case("has:input.messages", |row| row.is_llm),
            case("missing:input.arguments", |row| !matches!(row.name, "search" | "calculate" | "format")),
            case(format!("input.question:*{term}*"), |row| row.name == "agent" && row.input.contains(term)),
            // Texts stand in the order of the keys: what the system says, its role, what the user says, their role.
            case(format!("input.messages[1].content:{term}"), |row| {
                row.is_llm && row.input.texts[2].contains(term)
            }),
        ]
        .map(early)
        .into(),
    );
    let wanted = world.model.count(|row| row.is_root && row.user == user);
    assert_eq!(world.count("traces", &format!("metadata.user = {user}")), wanted);
    assert!(wanted > 1);
}

pub(super) fn words_phrases_beginnings_and_slips(world: &World) {
    let model = &world.model;
    let (common, rare) = (model.word(200, 4), model.word(4_000, 6));
    let start = &rare[..4];
    let said = &model.spans[12_345].output.words[0];
    let phrase = [said[2].as_str(), said[3].as_str()];
    let slip = format!("{}x{}", &rare[..2], &rare[3..]);
    // Slips are counted once for each word there is.
    let [one, two] = [1, 2].map(|slips| {
        let near = model.words.iter().filter(|term| is_within(term, &slip, slips));
        near.map(String::as_str).collect::<HashSet<_>>()
    });
    check(
        world,
        vec![
            case(format!("output ~ {rare}"), |row| row.output.has(|term| term == rare)),
            case(format!("input ~ {common} AND output ~ {common}"), |row| {
                row.input.has(|term| term == common) && row.output.has(|term| term == common)
            }),
            case(common, |row| row.input.has(|term| term == common) || row.output.has(|term| term == common)),
            early(case(format!("NOT {common}"), |row| {
                !row.input.has(|term| term == common) && !row.output.has(|term| term == common)
            })),
            case(format!("output ~ \"{} {}\"", phrase[0], phrase[1]), |row| row.output.has_phrase(&phrase)),
            case(format!("output ~ {start}*"), |row| row.output.has(|term| term.starts_with(start))),
            case(format!("output ~ {slip}~"), |row| row.output.has(|term| one.contains(term))),
            case(format!("output ~ {slip}~2 AND type:llm"), |row| {
                row.is_llm && row.output.has(|term| two.contains(term))
            }),
        ],
    );
}

/// Parts within words, which no list of words has.
pub(super) fn parts_of_words(world: &World) {
    let term = world.model.word(3_000, 6);
    let (part, across) = (&term[1..5], &world.model.spans[777].output.texts[0][3..14]);
    check(
        world,
        vec![
            case(format!("output:{part}"), |row| row.output.contains(part)),
            case(format!("output:{} AND type:llm", part.to_uppercase()), |row| {
                row.is_llm && row.output.contains(part)
            }),
            early(case(format!("NOT output:{part}"), |row| !row.output.contains(part))),
            case(format!("output:\"{across}\""), |row| row.output.contains(across)),
        ],
    );
}
