use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_793_536_245_000);

/// Reads a query about spans and shows the tree, or the place of the error beneath the text.
fn check(text: &str, expected: Expect) {
    check_of(Entity::Span, text, expected);
}

fn check_of(entity: Entity, text: &str, expected: Expect) {
    let shown = match Query::parse(entity, text, NOW) {
        Ok(query) => show(&query),
        Err(error) => {
            let place = " ".repeat(error.at) + &"^".repeat(error.length.max(1));
            let hint = error.suggestion.map_or_else(String::new, |suggestion| format!("\ntry {suggestion}"));
            format!("{text}\n{place} {}{hint}", error.message)
        }
    };
    expected.assert_eq(&shown);
}

fn show(query: &Query) -> String {
    let all = |parts: &[Query]| parts.iter().map(show).collect::<Vec<_>>().join(" ");
    match query {
        Query::All => "all".to_owned(),
        Query::And(parts) => format!("(and {})", all(parts)),
        Query::Or(parts) => format!("(or {})", all(parts)),
        Query::Not(inner) => format!("(not {})", show(inner)),
        Query::Term(term) => format!("{:?} {:?}", term.field, term.predicate).replace("Timestamp", ""),
    }
}

#[test]
fn no_text_and_a_star_ask_for_everything() {
    check("", expect!["all"]);
    check("  \n", expect!["all"]);
    check("*", expect!["all"]);
    check("NOT *", expect!["(not all)"]);
}

#[test]
fn text_contains_unless_asked_otherwise() {
    check("name:agent", expect![[r#"Name Contains("agent")"#]]);
    check("name : agent", expect![[r#"Name Contains("agent")"#]]);
    check(r#"name:"two \"words\" \d""#, expect![[r#"Name Contains("two \"words\" \\d")"#]]);
    check(r#"name="Exact Name""#, expect![[r#"Name Equals(Text("Exact Name"))"#]]);
    check("name := AGENT", expect![[r#"Name EqualsFolded("AGENT")"#]]);
    check("name != a", expect![[r#"(not Name Equals(Text("a")))"#]]);
    check("name:age*", expect![[r#"Name StartsWith("age")"#]]);
    check("name:*age", expect![[r#"Name EndsWith("age")"#]]);
    check(r#"name:*"a b"*"#, expect![[r#"Name Contains("a b")"#]]);
    check("name!=a", expect![[r#"(not Name Equals(Text("a")))"#]]);
    check("name:a,b", expect![[r#"Name Contains("a,b")"#]]);
    check("name:f(x)", expect![[r#"Name Contains("f(x)")"#]]);
    check("input:42", expect![[r#"Input Contains("42")"#]]);
    check(
        "output ~ refu*",
        expect![[r#"Output Words(Words { words: ["refu"], phrase: false, prefix: true, slips: 0 })"#]],
    );
    check("text:foo", expect![[r#"Text Contains("foo")"#]]);
}

#[test]
fn ids_and_types_are_exact_and_tags_are_whole() {
    check("trace_id:0190aB", expect![[r#"TraceId Equals(Text("0190aB"))"#]]);
    check("type:LLM", expect![[r#"Type Equals(Text("llm"))"#]]);
    check("tags:prod", expect![[r#"Tags EqualsFolded("prod")"#]]);
    check("tags:*prod*", expect![[r#"Tags Contains("prod")"#]]);
    check("tags = Prod", expect![[r#"Tags Equals(Text("Prod"))"#]]);
}

#[test]
fn numbers_and_durations_compare() {
    check("cost > 0.1", expect!["Cost Compare(Greater, Number(0.1))"]);
    check("cost:>=.5", expect!["Cost Compare(GreaterOrEqual, Number(0.5))"]);
    check(
        "usage.total_tokens<=-1e3",
        expect![[r#"Usage("total_tokens") Compare(LessOrEqual, Number(-1000.0))"#]],
    );
    check(
        "feedback_scores.Accuracy < 0.5",
        expect![[r#"FeedbackScore("accuracy") Compare(Less, Number(0.5))"#]],
    );
    check("cost != 1", expect!["(not Cost Equals(Number(1.0)))"]);
    check("duration >= 2s", expect!["Duration Compare(GreaterOrEqual, Number(2000.0))"]);
    check("ttft < 250", expect!["Ttft Compare(Less, Number(250.0))"]);
    check("duration > 1.5m", expect!["Duration Compare(Greater, Number(90000.0))"]);
    check("duration:1h", expect!["Duration Equals(Number(3600000.0))"]);
    check("duration < 3ms", expect!["Duration Compare(Less, Number(3.0))"]);
}

#[test]
fn times_are_instants_or_counted_from_now() {
    check("start > -24h", expect!["StartTime Compare(Greater, Time((1793449845000000000)))"]);
    check("start > -2d", expect!["StartTime Compare(Greater, Time((1793363445000000000)))"]);
    check("end <= now", expect!["EndTime Compare(LessOrEqual, Time((1793536245000000000)))"]);
    check("created_at < +1w", expect!["CreatedAt Compare(Less, Time((1794141045000000000)))"]);
    check("start = 2026-11-01T10:30:45Z", expect!["StartTime Equals(Time((1793529045000000000)))"]);
    check(
        "start >= 2026-11-01T10:30",
        expect!["StartTime Compare(GreaterOrEqual, Time((1793529000000000000)))"],
    );
}

#[test]
fn a_day_is_all_its_instants() {
    check("start >= 2026-11-01", expect!["StartTime Compare(GreaterOrEqual, Time((1793491200000000000)))"]);
    check("start < 2026-11-01", expect!["StartTime Compare(Less, Time((1793491200000000000)))"]);
    check("start > 2026-11-01", expect!["StartTime Compare(GreaterOrEqual, Time((1793577600000000000)))"]);
    check("start <= 2026-11-01", expect!["StartTime Compare(Less, Time((1793577600000000000)))"]);
    check(
        "start:2026-11-01",
        expect![
            "(and StartTime Compare(GreaterOrEqual, Time((1793491200000000000))) StartTime Compare(Less, Time((1793577600000000000))))"
        ],
    );
}

#[test]
fn ranges_take_in_their_bounds_or_leave_them_out() {
    check(
        "cost:[0.1 TO 2]",
        expect!["(and Cost Compare(GreaterOrEqual, Number(0.1)) Cost Compare(LessOrEqual, Number(2.0)))"],
    );
    check(
        "duration:{1s to 2s}",
        expect!["(and Duration Compare(Greater, Number(1000.0)) Duration Compare(Less, Number(2000.0)))"],
    );
    check("cost:[* TO 2}", expect!["Cost Compare(Less, Number(2.0))"]);
    check("cost:[1 TO *]", expect!["Cost Compare(GreaterOrEqual, Number(1.0))"]);
    check("cost:[* TO *]", expect!["(not Cost IsEmpty)"]);
}

#[test]
fn lists_and_groups_spare_repeating_the_field() {
    check("model:(gpt-4o OR claude)", expect![[r#"(or Model Contains("gpt-4o") Model Contains("claude"))"#]]);
    check(
        "model:(a b) x",
        expect![[
            r#"(and Model Contains("a") Model Contains("b") Text Words(Words { words: ["x"], phrase: false, prefix: false, slips: 0 }))"#
        ]],
    );
    check(
        "cost:(<1 OR NOT <5)",
        expect!["(or Cost Compare(Less, Number(1.0)) (not Cost Compare(Less, Number(5.0))))"],
    );
    check(r#"model in (a, "b, c")"#, expect![[r#"Model OneOf(["a", "b, c"])"#]]);
    check("model not in (a)", expect![[r#"(not Model OneOf(["a"]))"#]]);
    check("cost in (1, 2)", expect!["(or Cost Equals(Number(1.0)) Cost Equals(Number(2.0)))"]);
}

#[test]
fn not_binds_before_and_before_or() {
    check(
        "name:a name:b or NOT name:c and name:d",
        expect![[
            r#"(or (and Name Contains("a") Name Contains("b")) (and (not Name Contains("c")) Name Contains("d")))"#
        ]],
    );
    check(
        "name:a AND (name:b OR -name:c)",
        expect![[r#"(and Name Contains("a") (or Name Contains("b") (not Name Contains("c"))))"#]],
    );
    check("not not name:a", expect![[r#"Name Contains("a")"#]]);
}

#[test]
fn bare_words_and_phrases_are_searched_for_everywhere() {
    check(
        "Hello",
        expect![[r#"Text Words(Words { words: ["hello"], phrase: false, prefix: false, slips: 0 })"#]],
    );
    check(
        "wor*",
        expect![[r#"Text Words(Words { words: ["wor"], phrase: false, prefix: true, slips: 0 })"#]],
    );
    check(
        "\"Two words\"",
        expect![[r#"Text Words(Words { words: ["two", "words"], phrase: true, prefix: false, slips: 0 })"#]],
    );
    check(
        "refnd~",
        expect![[r#"Text Words(Words { words: ["refnd"], phrase: false, prefix: false, slips: 1 })"#]],
    );
    check(
        "refnd~2 input ~ ticekt~",
        expect![[
            r#"(and Text Words(Words { words: ["refnd"], phrase: false, prefix: false, slips: 2 }) Input Words(Words { words: ["ticekt"], phrase: false, prefix: false, slips: 1 }))"#
        ]],
    );
    check(
        "text ~ name~1",
        expect![[r#"Text Words(Words { words: ["name"], phrase: false, prefix: false, slips: 1 })"#]],
    );
    check(
        "gpt-4o",
        expect![[r#"Text Words(Words { words: ["gpt", "4o"], phrase: true, prefix: false, slips: 0 })"#]],
    );
    check(
        "\"and\"",
        expect![[r#"Text Words(Words { words: ["and"], phrase: false, prefix: false, slips: 0 })"#]],
    );
}

#[test]
fn presence_can_be_asked_of_any_field() {
    check("has:cost", expect!["(not Cost IsEmpty)"]);
    check("name:*", expect!["(not Name IsEmpty)"]);
    check(
        "missing:metadata.user['a b']",
        expect![[r#"MetadataPath(JsonPath([Key("user"), Key("a b")])) IsEmpty"#]],
    );
    check("has:error", expect!["Error Equals(Truth(true))"]);
    check("error:false", expect!["(not Error Equals(Truth(true)))"]);
    check("error != false", expect!["Error Equals(Truth(true))"]);
}

#[test]
fn paths_lead_into_json_and_values_there_have_a_kind() {
    check(
        "metadata.user.plan:pro",
        expect![[r#"MetadataPath(JsonPath([Key("user"), Key("plan")])) Contains("pro")"#]],
    );
    check(
        "input.messages[0].content:hello",
        expect![[r#"InputPath(JsonPath([Key("messages"), Index(0), Key("content")])) Contains("hello")"#]],
    );
    check(
        "metadata['key with.dots']:\"42\"",
        expect![[r#"MetadataPath(JsonPath([Key("key with.dots")])) Contains("42")"#]],
    );
    check("metadata.n:42", expect![[r#"MetadataPath(JsonPath([Key("n")])) Equals(Number(42.0))"#]]);
    check("metadata.n > 4", expect![[r#"MetadataPath(JsonPath([Key("n")])) Compare(Greater, Number(4.0))"#]]);
    check("metadata.f = true", expect![[r#"MetadataPath(JsonPath([Key("f")])) Equals(Truth(true))"#]]);
    check("metadata.n = \"4\"", expect![[r#"MetadataPath(JsonPath([Key("n")])) Equals(Text("4"))"#]]);
}

#[test]
fn an_unknown_field_is_pointed_at_with_the_nearest_name() {
    check(
        "cost > 1 modle:x",
        expect![[r"
        cost > 1 modle:x
                 ^^^^^ `modle` is not a field of spans
        try model"]],
    );
    check_of(
        Entity::Trace,
        "é model:x",
        expect![[r"
        é model:x
          ^^^^^ `model` is a field of spans, not of traces
        try providers"]],
    );
    check(
        "metdata.user.id:1",
        expect![[r"
        metdata.user.id:1
        ^^^^^^^^^^^^^^^ `metdata.user.id` is not a field of spans
        try metadata.user.id"]],
    );
    check(
        "metadata.a..b:1",
        expect![[r"
        metadata.a..b:1
                   ^^ a key must not be empty"]],
    );
    check(
        "has:cots",
        expect![[r"
        has:cots
            ^^^^ `cots` is not a field of spans
        try cost"]],
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_pointed_at() {
    check(
        "cost > cheap",
        expect![[r"
        cost > cheap
               ^^^^^ expected a number, found `cheap`"]],
    );
    check(
        "duration > 2y",
        expect![[r"
        duration > 2y
                   ^^ expected a duration such as `250`, `250ms`, `2s`, `5m` or `1h`, found `2y`"]],
    );
    check(
        "start > yesterday",
        expect![[r"
        start > yesterday
                ^^^^^^^^^ expected a time such as `2026-11-01`, `2026-11-01T10:30:00Z`, `-24h` or `now`, found `yesterday`"]],
    );
    check(
        "error:timeout",
        expect![[r"
        error:timeout
              ^^^^^^^ expected `true` or `false`, found `timeout`
        try error_message:timeout"]],
    );
    check(
        "type:lm",
        expect![[r"
        type:lm
             ^^ expected `general`, `tool`, `llm` or `guardrail`, found `lm`
        try llm"]],
    );
}

#[test]
fn numbers_are_finite_and_times_after_1970() {
    check(
        "cost < inf",
        expect![[r"
        cost < inf
               ^^^ expected a number, found `inf`"]],
    );
    check(
        "cost = NaN",
        expect![[r"
        cost = NaN
               ^^^ expected a number, found `NaN`"]],
    );
    check(
        "duration < 1e308h",
        expect![[r"
        duration < 1e308h
                   ^^^^^^ expected a duration such as `250`, `250ms`, `2s`, `5m` or `1h`, found `1e308h`"]],
    );
    check(
        "start > -9999w",
        expect![[r"
        start > -9999w
                ^^^^^^ expected a time such as `2026-11-01`, `2026-11-01T10:30:00Z`, `-24h` or `now`, found `-9999w`"]],
    );
    check("metadata.a = NaN", expect![[r#"MetadataPath(JsonPath([Key("a")])) Equals(Text("NaN"))"#]]);
}

#[test]
fn what_a_field_cannot_be_asked_is_pointed_at() {
    check(
        "text = a",
        expect![[r"
        text = a
               ^ this cannot be asked of `text`"]],
    );
    check(
        "error > true",
        expect![[r"
        error > true
                ^^^^ this cannot be asked of `error`"]],
    );
    check(
        "cost ~ 1",
        expect![[r"
        cost ~ 1
               ^ this cannot be asked of `cost`"]],
    );
    check(
        "name = a*",
        expect![[r"
        name = a*
               ^^ `*` has a meaning only after `:`"]],
    );
    check(
        "name:a*b",
        expect![[r"
        name:a*b
              ^ `*` stands only before or after a value; put the value in quotes to mean the character"]],
    );
    check(
        "*b",
        expect![[r"
        *b
        ^ `*` stands only at the end of a word"]],
    );
    check(
        "a*b",
        expect![[r"
        a*b
         ^ `*` stands only at the end of a word"]],
    );
    check(
        "name ~ *b",
        expect![[r"
        name ~ *b
               ^ words can go on after `*` but not begin with it"]],
    );
    check(
        "--",
        expect![[r"
        --
         ^ there are no letters or digits to search for"]],
    );
}

#[test]
fn a_broken_form_is_pointed_at() {
    check(
        "(name:a",
        expect![[r"
        (name:a
        ^ this parenthesis is not closed"]],
    );
    check(
        "name:a)",
        expect![[r"
        name:a)
              ^ expected `AND`, `OR` or the end, found `)`"]],
    );
    check(
        "name:a AND",
        expect![[r"
        name:a AND
                  ^ expected a field or a word at the end"]],
    );
    check(
        "OR name:a",
        expect![[r"
        OR name:a
        ^^ expected a condition, found `OR`; in quotes it is a word to search for"]],
    );
}

#[test]
fn what_is_missing_is_told_where_it_was_expected() {
    check(
        "name:a NOT",
        expect![[r"
        name:a NOT
                  ^ expected a field or a word at the end"]],
    );
    check(
        "name:",
        expect![[r"
        name:
             ^ expected a value at the end"]],
    );
    check(
        "= 5",
        expect![[r"
        = 5
        ^ expected a field or a word, found `=`"]],
    );
    check(
        "\"open",
        expect![[r#"
        "open
        ^^^^^ the closing quote is missing"#]],
    );
    check(
        "cost:[1 2]",
        expect![[r"
        cost:[1 2]
                ^^ expected `TO`, found `2]`"]],
    );
    check(
        "cost:[1 TO 2",
        expect![[r"
        cost:[1 TO 2
                    ^ expected `]` or `}` at the end"]],
    );
    check(
        "name in (a b)",
        expect![[r"
        name in (a b)
                   ^ expected `,` or `)`, found `b`"]],
    );
    check(
        "name in ()",
        expect![[r"
        name in ()
                 ^ expected a value, found `)`"]],
    );
    check(
        "name:()",
        expect![[r"
        name:()
              ^ expected a value, found `)`"]],
    );
    check(
        "()",
        expect![[r"
        ()
         ^ expected a field or a word, found `)`"]],
    );
}

#[test]
fn length_depth_and_number_of_conditions_are_bounded() {
    let parse =
        |text: String| Query::parse(Entity::Span, &text, NOW).map_err(|error| (error.at, error.message));
    let conditions = |count: usize| vec!["a:"; count].join("").replace("a:", "name:a ");
    assert!(parse(conditions(QUERY_TERMS_MAX)).is_ok());
    assert_eq!(parse(conditions(QUERY_TERMS_MAX + 1)).unwrap_err().0, QUERY_TERMS_MAX * "name:a ".len());
    let list = |count: usize| format!("name in ({})", vec!["a"; count].join(","));
    assert!(parse(list(QUERY_TERMS_MAX)).is_ok());
    assert!(parse(list(QUERY_TERMS_MAX + 1)).is_err());
    let group = |count: usize| format!("name:({})", vec!["a"; count].join(" "));
    assert!(parse(group(QUERY_TERMS_MAX)).is_ok());
    assert!(parse(group(QUERY_TERMS_MAX + 1)).is_err());
    let nested = |depth: usize| format!("{}name:a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(parse(nested(QUERY_DEPTH_MAX)).is_ok());
    assert_eq!(parse(nested(QUERY_DEPTH_MAX + 1)).unwrap_err().0, QUERY_DEPTH_MAX);
    assert!(parse("-".repeat(QUERY_CHARS_MAX - 1) + "a").is_err());
    let long = |chars: usize| format!("name:{}", "é".repeat(chars - "name:".len()));
    assert!(parse(long(QUERY_CHARS_MAX)).is_ok());
    assert_eq!(parse(long(QUERY_CHARS_MAX + 1)).unwrap_err().0, QUERY_CHARS_MAX);
}

#[test]
fn an_error_becomes_a_refusal_that_names_the_character() {
    let error = Query::parse(Entity::Span, "modle:x", NOW).unwrap_err();
    let refusal = Rejection::from(error);
    assert_eq!(refusal.message, "`modle` is not a field of spans (at character 1), try `model`");
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused_within_it(
        text in r#"([ ()\[\]{}:=<>!~*"'\\,.-]|name|cost|tags|start|metadata|has|and|or|not|in|to|-1h|1|é){0,14}"#
    ) {
        if let Err(error) = Query::parse(Entity::Span, &text, NOW) {
            prop_assert!(error.at + error.length <= text.chars().count(), "{:?}", error);
        }
    }

    #[test]
    fn what_is_read_is_written_so_that_it_is_read_again(
        text in r#"(name|cost|tags|start|metadata\.a|usage\.b|error|a|b)( ?(:|=|!=|>|~) ?)(a|1|"x y"|\*|true|now|\(a OR b\))( (and|or|not|-)? ?(name:a|b|"c d"|cost>1)){0,3}"#
    ) {
        if let Ok(query) = Query::parse(Entity::Span, &text, NOW) {
            prop_assert_eq!(Query::parse(Entity::Span, &query.to_string(), NOW), Ok(query));
        }
    }
}
