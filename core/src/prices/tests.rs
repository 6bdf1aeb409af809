//! What usage costs, for each family of vendors, and that the order of events changes nothing.

use proptest::prelude::*;

use super::*;
use crate::command::tests::context;
use crate::event::Recorded;
use crate::ids::{Position, ProjectId, SpanId, TraceId};
use crate::json::Json;
use crate::merge::{Origin, TagEdits};
use crate::spans::{self, Fields, Patched, RowRecorded};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

fn usage(counts: &[(&str, i64)]) -> BTreeMap<String, i64> {
    counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// What something costs by a tariff, read as a provider counts.
#[track_caller]
fn check(provider: &str, tariff: &str, counts: &[(&str, i64)], expected: &str) {
    let consumption = Consumption::read(provider, &usage(counts));
    let cost = Tariff::parse(tariff).unwrap().cost(&consumption).unwrap();
    assert_eq!(cost.to_string(), decimal(expected).normalize().to_string());
}

/// What a model costs by the public prices.
fn public(provider: &str, model: &str, counts: &[(&str, i64)]) -> Option<String> {
    let usage = usage(counts);
    let basis = Basis { model: Some(model), provider: Some(provider), usage: Some(&usage), claim: None };
    State::default().estimate(&basis, NOW).map(|estimate| estimate.cost.to_string())
}

#[test]
fn the_table_holds_the_models_that_people_use_and_says_where_it_comes_from() {
    assert!(table::lines().count() >= 1_500);
    assert!(table::version().starts_with("litellm-"));
    assert_eq!(table::date().len(), 10);
    for (provider, model, tariff) in table::lines() {
        let tariff = Tariff::parse(tariff).unwrap_or_else(|| panic!("{provider} {model}: {tariff}"));
        assert!(!tariff.base.is_empty() || !tariff.tiers.is_empty(), "{provider} {model}");
    }
    for (provider, model) in [
        ("openai", "gpt-3.5-turbo"),
        ("openai", "gpt-4o"),
        ("openai", "gpt-4o-mini"),
        ("anthropic", "claude-sonnet-4-5"),
        ("google_ai", "gemini-2.5-pro"),
        ("google_vertexai", "gemini-2.5-pro"),
        ("azure", "gpt-4o"),
        ("bedrock", "anthropic.claude-3-5-sonnet-20241022-v2:0"),
    ] {
        assert!(table::find(provider, model).is_some(), "{provider} {model}");
    }
}

#[test]
fn plain_usage_costs_its_prompt_and_its_completion() {
    let counts = [("prompt_tokens", 1_000), ("completion_tokens", 100), ("total_tokens", 1_100)];
    check("groq", "in=2 out=10", &counts, "0.003");
    assert_eq!(public("openai", "gpt-3.5-turbo", &counts).as_deref(), Some("0.00065"));
}

#[test]
fn cached_tokens_of_openai_are_within_the_prompt_and_cheaper() {
    let tariff = "in=2 out=10 read=0.5";
    let cached = ("original_usage.prompt_tokens_details.cached_tokens", 600);
    let counts = [("prompt_tokens", 1_000), ("completion_tokens", 100), cached];
    check("openai", tariff, &counts, "0.0021");
    check("openai", "in=2 out=10", &counts, "0.003");
    let other = [("original_usage.input_tokens_details.cached_tokens", 600), ("prompt_tokens", 1_000)];
    check("azure", tariff, &other, "0.0011");
    check("xai", tariff, &[("cache_read_input_tokens", 600), ("prompt_tokens", 1_000)], "0.0011");
    // Contradictory counts never make a price negative.
    check("openai", tariff, &[("cache_read_input_tokens", 600), ("prompt_tokens", 10)], "0.000005");
    check("openai", tariff, &[("cache_read_input_tokens", -600), ("prompt_tokens", 10)], "0.00002");
}

#[test]
fn audio_and_reasoning_are_paid_apart() {
    let counts = [
        ("prompt_tokens", 1_000),
        ("completion_tokens", 500),
        ("original_usage.prompt_tokens_details.audio_tokens", 400),
        ("original_usage.completion_tokens_details.audio_tokens", 300),
        ("original_usage.completion_tokens_details.reasoning_tokens", 100),
    ];
    check("openai", "in=1 out=2 audioin=10 audioout=20 reason=3", &counts, "0.0111");
    check("openai", "in=1 out=2", &counts, "0.002");
}

#[test]
fn the_cache_of_anthropic_is_beside_its_input() {
    let tariff = "in=3 out=15 read=0.3 write=3.75 write1h=6";
    let counts = [
        ("prompt_tokens", 3_100),
        ("completion_tokens", 10),
        ("original_usage.input_tokens", 100),
        ("original_usage.output_tokens", 10),
        ("original_usage.cache_read_input_tokens", 2_000),
        ("original_usage.cache_creation_input_tokens", 1_000),
    ];
    check("anthropic", tariff, &counts, "0.0048");
    check("anthropic_vertexai", tariff, &counts, "0.0048");
    let hour =
        [counts.as_slice(), &[("original_usage.cache_creation.ephemeral_1h_input_tokens", 400)]].concat();
    check("anthropic", tariff, &hour, "0.0057");
    let flat = [("prompt_tokens", 100), ("cache_read_input_tokens", 2_000), ("completion_tokens", 10)];
    check("anthropic", tariff, &flat, "0.00105");
}

#[test]
fn bedrock_counts_in_its_own_words() {
    let counts = [
        ("prompt_tokens", 3_100),
        ("completion_tokens", 10),
        ("original_usage.inputTokens", 100),
        ("original_usage.outputTokens", 10),
        ("original_usage.cacheReadInputTokens", 2_000),
        ("original_usage.cacheWriteInputTokens", 1_000),
    ];
    check("bedrock", "in=3 out=15 read=0.3 write=3.75", &counts, "0.0048");
}

#[test]
fn google_counts_thoughts_beside_the_answer_unless_the_total_says_otherwise() {
    let tariff = "in=1 out=10 read=0.1";
    let counts = [
        ("prompt_tokens", 1_000),
        ("completion_tokens", 60),
        ("original_usage.prompt_token_count", 1_000),
        ("original_usage.cached_content_token_count", 600),
        ("original_usage.candidates_token_count", 50),
        ("original_usage.thoughts_token_count", 10),
        ("original_usage.total_token_count", 1_060),
    ];
    check("google_ai", tariff, &counts, "0.00106");
    let within = counts.map(|(name, count)| (name, if count == 1_060 { 1_050 } else { count }));
    check("google_vertexai", tariff, &within, "0.00096");
    check("google_ai", tariff, &[("prompt_tokens", 1_000), ("completion_tokens", 60)], "0.0016");
}

#[test]
fn speech_costs_by_characters_and_video_by_seconds() {
    check("openai", "char=15", &[("original_usage.input_characters", 2_000)], "0.03");
    check("openai", "vsec=100000", &[("video_duration_seconds", 8)], "0.8");
}

#[test]
fn a_tier_holds_for_all_tokens_of_a_longer_prompt() {
    let tariff = "in=1 out=10 read=0.1 >128000 in=1.5 >200000 in=2 out=20";
    let counts = |prompt| [("prompt_tokens", prompt), ("completion_tokens", 1_000)];
    check("openai", tariff, &counts(128_000), "0.138");
    check("openai", tariff, &counts(128_001), "0.2020015");
    check("openai", tariff, &counts(200_000), "0.31");
    check("openai", tariff, &counts(200_001), "0.420002");
    let cached = [("original_usage.input_tokens", 1), ("cache_read_input_tokens", 200_000)];
    check("anthropic", tariff, &cached, "0.020002");
    let gemini = |prompt| public("gemini", "gemini-2.5-pro", &[("prompt_tokens", prompt)]).unwrap();
    assert_eq!((gemini(200_000).as_str(), gemini(200_001).as_str()), ("0.25", "0.5000025"));
}

#[test]
fn models_and_providers_go_by_many_names() {
    let counts = [("prompt_tokens", 1_000_000)];
    let gpt = public("openai", "gpt-4o", &counts);
    for (provider, model) in [
        ("OpenAI", "gpt-4o"),
        ("openai", "openai/gpt-4o"),
        ("openai", "GPT-4o"),
        ("openai", "gpt-4o-2031-01-01"),
        ("openai", "GPT-4o-2031-01-01"),
        ("openai", "gpt-4o:0"),
    ] {
        assert_eq!(public(provider, model, &counts), gpt, "{provider} {model}");
    }
    let gemini = public("google_ai", "gemini-2.5-pro", &counts);
    for (provider, model) in
        [("gemini", "gemini-2.5-pro"), ("google_ai", "gemini/Gemini-2-5-Pro"), ("Gemini", "gemini-2-5-pro")]
    {
        assert_eq!(public(provider, model, &counts), gemini, "{provider} {model}");
    }
    assert_eq!(public("vertex-ai", "gemini-2.5-pro", &counts), gemini);
    assert_eq!(public("openai", "gpt-40", &counts), None);
    assert_eq!(public("nobody", "gpt-4o", &counts), None);
    assert_eq!(public("", "gpt-4o", &counts), None);
    assert_eq!(public("openai", "gpt-4o", &[]), None);
}

#[test]
fn tariffs_are_read_and_written_alike() {
    for text in ["in=2.5 out=10", ">200000 in=2", "in=1 >200000 in=2 out=3 >272000 in=4", "char=15"] {
        assert_eq!(Tariff::parse(text).unwrap().to_string(), text);
    }
    for broken in ["in", "in=", "in=-1", "what=1", ">x in=1"] {
        assert_eq!(Tariff::parse(broken), None, "{broken}");
    }
}

fn put(provider: &str, model: &str, from: i64, tariff: &str) -> Put {
    let key = Key {
        provider: provider.to_owned(),
        model: model.to_owned(),
        effective_from: Timestamp::from_millis(from),
    };
    Put { key, tariff: Tariff::parse(tariff).unwrap() }
}

fn given(puts: Vec<Put>) -> State {
    let mut state = State::default();
    for event in state.decide(Command::Put(puts), &mut context()).unwrap() {
        state.evolve(&Recorded::for_test(event));
    }
    state
}

fn own_cost(state: &State, provider: &str, model: &str, at: i64) -> Option<String> {
    let usage = usage(&[("prompt_tokens", 1_000_000)]);
    let basis = Basis { model: Some(model), provider: Some(provider), usage: Some(&usage), claim: None };
    let estimate = state.estimate(&basis, Timestamp::from_millis(at))?;
    Some(format!("{} {}", estimate.cost, estimate.version))
}

#[test]
fn own_prices_come_before_public_ones_from_their_day_on() {
    let state = given(vec![
        put("openai", "gpt-4o", 1_000, "in=1"),
        put("OpenAI", "GPT-4o", 2_000, "in=0.5"),
        put("", "Home.Made", 0, "in=7"),
    ]);
    let public = own_cost(&State::default(), "openai", "gpt-4o", 0);
    assert_eq!(own_cost(&state, "openai", "gpt-4o", 999), public);
    assert_eq!(own_cost(&state, "openai", "gpt-4o", 1_000).as_deref(), Some("1 own-1"));
    assert_eq!(own_cost(&state, "openai", "openai/gpt-4o-2031-01-01", 1_999).as_deref(), Some("1 own-1"));
    assert_eq!(own_cost(&state, "openai", "gpt-4o", 2_000).as_deref(), Some("0.5 own-1"));
    assert_eq!(own_cost(&state, "", "home-made", 5).as_deref(), Some("7 own-1"));
    assert_eq!(own_cost(&state, "anybody", "home.made", 5).as_deref(), Some("7 own-1"));
}

#[test]
fn setting_a_price_again_changes_nothing_and_removing_it_brings_the_public_one_back() {
    let mut state = given(vec![put("openai", "gpt-4o", 0, "in=1")]);
    let again = Command::Put(vec![put("openai", "GPT-4o", 0, "in=1.0")]);
    assert_eq!(state.decide(again, &mut context()).unwrap(), []);
    let keys = vec![put("openai", "gpt-4o", 0, "").key, put("openai", "unknown", 0, "").key];
    let events = state.decide(Command::Remove(keys), &mut context()).unwrap();
    assert_eq!(events.len(), 1);
    state.evolve(&Recorded::for_test(events[0].clone()));
    assert_eq!(own_cost(&state, "openai", "gpt-4o", 5), own_cost(&State::default(), "openai", "gpt-4o", 5));
}

type Said = Fields<Json>;

fn said() -> Said {
    Said::default()
}

fn metadata(text: &str) -> Option<Json> {
    Json::parse(bytes::Bytes::copy_from_slice(text.as_bytes())).ok()
}

/// What arrives of one span, and at which time of the client a row was made.
#[derive(Clone, Debug)]
enum Arrival {
    Row(i64, Said),
    Patch(Said),
}

/// Pins and folds arrivals one after the other; what the span costs then, and by which prices.
fn arrive(arrivals: &[Arrival], prices: &State) -> (Option<Decimal>, Option<String>) {
    let (project_id, trace_id) = (ProjectId::known(Uuid::nil()), TraceId::known(Uuid::nil()));
    let id = SpanId::known(Uuid::nil());
    let mut state: Option<spans::State> = None;
    for (at, arrival) in (1..).zip(arrivals.iter().cloned()) {
        let now = Timestamp::from_millis(1_000_000 + at);
        let row = |version, fields| RowRecorded {
            id,
            project_id,
            trace_id,
            parent: None,
            origin: Origin::Batch,
            version: Timestamp::from_millis(version),
            start_time: Timestamp::from_millis(1),
            fields,
            estimate: None,
        };
        let event = match arrival {
            Arrival::Row(version, fields) => spans::record(state.as_ref(), row(version, fields)),
            Arrival::Patch(fields) => Some(spans::Event::Patched(Box::new(Patched {
                id,
                project_id,
                trace_id,
                parent: None,
                version: now,
                fields,
                tag_edits: TagEdits::default(),
                estimate: None,
            }))),
        };
        let Some(mut event) = event else { continue };
        pinning::pin(state.as_ref(), &mut event, prices, now);
        let place = Position(u64::try_from(at).unwrap());
        state = spans::evolve(state, &Recorded { position: place, time: now, ..Recorded::for_test(event) });
    }
    let state = state.unwrap();
    (state.resolve().cost, state.estimate.map(|estimate| estimate.version))
}

fn model() -> Said {
    Said { model: Some("gpt-4o".to_owned()), ..said() }
}

fn provider() -> Said {
    Said { provider: Some("openai".to_owned()), ..said() }
}

fn used() -> Said {
    Said { usage: Some(usage(&[("prompt_tokens", 1_000_000)])), ..said() }
}

#[test]
fn a_client_that_names_the_cost_is_believed() {
    let named = Said { cost: Some(decimal("0.125")), ..said() };
    let all = Said { model: model().model, provider: provider().provider, ..used() };
    for arrivals in [
        vec![Arrival::Row(1, Said { cost: named.cost, ..all.clone() })],
        vec![Arrival::Row(1, all.clone()), Arrival::Patch(named.clone())],
        vec![Arrival::Patch(named.clone()), Arrival::Row(1, all.clone())],
        vec![Arrival::Row(1, named.clone()), Arrival::Patch(all.clone())],
    ] {
        assert_eq!(arrive(&arrivals, &State::default()), (named.cost, None));
    }
    let (cost, version) = arrive(&[Arrival::Row(1, all)], &State::default());
    assert_eq!((cost, version.as_deref()), (Some(decimal("2.5")), Some(table::version())));
}

#[test]
fn metadata_tells_the_cost_of_what_has_no_price() {
    let told = r#"{"cost": {"currency": "USD", "total_cost": 0.5, "more": 1}}"#;
    let claimed = Said { metadata: metadata(told), ..model() };
    let expected = (Some(decimal("0.5")), Some(BY_METADATA.to_owned()));
    let prices = State::default();
    assert_eq!(arrive(&[Arrival::Row(1, claimed.clone())], &prices), expected);
    assert_eq!(arrive(&[Arrival::Row(1, claimed.clone()), Arrival::Patch(used())], &prices), expected);
    // A price that is known comes first, wherever the rest of it comes from.
    let complete = [Arrival::Row(1, claimed.clone()), Arrival::Patch(used()), Arrival::Patch(provider())];
    assert_eq!(arrive(&complete, &prices).0, Some(decimal("2.5")));
    let replaced = Said { metadata: metadata("{\"a\": 1}"), ..said() };
    assert_eq!(arrive(&[Arrival::Row(1, claimed), Arrival::Patch(replaced)], &prices), (None, None));
    for other in [
        r#"{"cost": {"currency": "EUR", "total_cost": 0.5}}"#,
        r#"{"cost": {"total_cost": 0.5}}"#,
        r#"{"cost": {"currency": "USD", "total_cost": -1}}"#,
        r#"{"cost": "total_cost"}"#,
        r#"[{"cost": {"currency": "USD", "total_cost": 0.5}}]"#,
    ] {
        let claimed = Said { metadata: metadata(other), ..model() };
        assert_eq!(arrive(&[Arrival::Row(1, claimed)], &prices), (None, None), "{other}");
    }
}

#[test]
fn a_price_that_changes_later_changes_no_span() {
    let all = Said { model: model().model, provider: provider().provider, ..used() };
    let prices = given(vec![put("openai", "gpt-4o", 0, "in=1")]);
    let mut event = spans::Event::Recorded(Box::new(RowRecorded {
        id: SpanId::known(Uuid::nil()),
        project_id: ProjectId::known(Uuid::nil()),
        trace_id: TraceId::known(Uuid::nil()),
        parent: None,
        origin: Origin::Single,
        version: NOW,
        start_time: NOW,
        fields: all,
        estimate: None,
    }));
    pinning::pin(None, &mut event, &prices, NOW);
    let state = spans::evolve(None, &Recorded::for_test(event)).unwrap();
    let mut patch = spans::Event::Patched(Box::new(Patched {
        id: state.id,
        project_id: state.project_id,
        trace_id: state.trace_id,
        parent: None,
        version: NOW,
        fields: Said { metadata: metadata("{}"), ..said() },
        tag_edits: TagEdits::default(),
        estimate: None,
    }));
    let dearer = given(vec![put("openai", "gpt-4o", 0, "in=9")]);
    pinning::pin(Some(&state), &mut patch, &dearer, NOW);
    let state = spans::evolve(Some(state), &Recorded::for_test(patch)).unwrap();
    assert_eq!(state.estimate.as_ref().unwrap().cost, decimal("1"));
    assert_eq!(pinning::anew(&state, &dearer, NOW).unwrap().cost, decimal("9"));
}

/// A start row, an end row that repeats it, and updates that each say something else.
fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let cost = Said { cost: Some(decimal("0.125")), ..said() };
    let claim = r#"{"cost": {"currency": "USD", "total_cost": 0.5}}"#;
    let patches = [model(), provider(), used(), cost, Said { metadata: metadata(claim), ..said() }];
    let rows = [Arrival::Row(1, model()), Arrival::Row(2, Said { provider: provider().provider, ..model() })];
    let all: Vec<_> = rows.into_iter().chain(patches.map(Arrival::Patch)).collect();
    prop::sample::subsequence(all, 1..=7)
}

proptest! {
    #[test]
    fn any_order_and_repetition_of_arrivals_costs_the_same(
        (arrivals, shuffled) in arrivals().prop_flat_map(|arrivals| {
            let twice = [arrivals.clone(), arrivals.clone()].concat();
            (Just(arrivals), Just(twice).prop_shuffle())
        }),
    ) {
        let prices = given(vec![put("openai", "gpt-4o", 0, "in=3")]);
        prop_assert_eq!(arrive(&shuffled, &prices), arrive(&arrivals, &prices));
    }
}

#[test]
fn a_price_has_the_same_id_whenever_it_is_set_and_another_than_its_neighbours() {
    let key = |provider: &str, model: &str, effective_from| {
        Key { provider: provider.to_owned(), model: model.to_owned(), effective_from }.id()
    };
    let id = key("openai", "m", Timestamp::EPOCH);
    assert_eq!(id, key("openai", "m", Timestamp::EPOCH));
    assert_eq!(id.uuid().get_version_num(), 8);
    for other in
        [key("openaim", "", Timestamp::EPOCH), key("", "m", Timestamp::EPOCH), key("openai", "m", NOW)]
    {
        assert_ne!(id, other);
    }
}
