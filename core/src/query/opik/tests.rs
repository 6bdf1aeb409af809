use expect_test::{Expect, expect};

use super::*;

/// Compiles one filter about spans, given as its fields, and shows the tree as text of the query language.
fn check(filter: &str, expected: Expect) {
    check_of(Entity::Span, filter, expected);
}

fn check_of(entity: Entity, filter: &str, expected: Expect) {
    let text = format!("[{{{filter}}}]");
    let shown = match filters(entity, &text) {
        Ok(query) => query.to_string(),
        Err(rejection) => rejection.to_string(),
    };
    expected.assert_eq(&shown);
}

fn one(field: &str, operator: &str, key: Option<&str>, value: &str) -> FilterJson {
    FilterJson {
        field: field.to_owned(),
        operator: operator.to_owned(),
        key: key.map(str::to_owned),
        value: Some(value.to_owned()),
    }
}

const OPERATORS: [&str; 14] = [
    "contains",
    "not_contains",
    "starts_with",
    "ends_with",
    "=",
    "!=",
    ">",
    ">=",
    "<",
    "<=",
    "is_empty",
    "is_not_empty",
    "in",
    "not_in",
];

/// Which operators a field takes, with a value and a key that suit it.
fn allowed(entity: Entity, field: &str, key: Option<&str>, value: &str) -> String {
    let allows = |operator: &&str| filter_list(entity, &[one(field, operator, key, value)]).is_ok();
    OPERATORS.into_iter().filter(allows).collect::<Vec<_>>().join(" ")
}

#[test]
fn threads_are_asked_by_names_of_their_own() {
    let text = "contains not_contains starts_with ends_with = != > <";
    let numeric = "= != > >= < <=";
    for (field, value, operators) in [
        ("id", "x", text),
        ("first_message", "x", text),
        ("last_message", "x", text),
        ("number_of_messages", "2", numeric),
        ("duration", "2", numeric),
        ("status", "active", "= != is_empty is_not_empty in not_in"),
        ("tags", "x", "contains not_contains = != is_empty is_not_empty"),
    ] {
        assert_eq!(allowed(Entity::Thread, field, None, value), operators, "{field}");
    }
    for field in ["name", "input", "input_json", "output_json", "metadata", "custom", "model", "error_info"] {
        assert_eq!(allowed(Entity::Thread, field, Some("input.a"), "x"), "", "{field}");
    }
    let sort = sorting(Entity::Thread, r#"[{"field": "id", "direction": "ASC"}]"#);
    assert_eq!(sort, Ok(Some(Sort { field: Field::ThreadId, direction: Direction::Ascending })));
}

#[test]
fn each_type_takes_its_operators_and_no_others() {
    let text = "contains not_contains starts_with ends_with = != > <";
    let numeric = "= != > >= < <=";
    let dictionary = "contains not_contains starts_with ends_with = != > < is_empty is_not_empty";
    let enumeration = "= != is_empty is_not_empty in not_in";
    let both = [
        ("id", None, "x", text),
        ("name", None, "x", text),
        ("input", None, "x", text),
        ("output", None, "x", text),
        // Contract: text; the query languages of the clients also send membership.
        (
            "environment",
            None,
            "x",
            "contains not_contains starts_with ends_with = != > < is_empty is_not_empty in not_in",
        ),
        ("error_type", None, "x", text),
        ("start_time", None, "2026-11-01T00:00:00Z", numeric),
        ("end_time", None, "2026-11-01T00:00:00Z", numeric),
        ("created_at", None, "2026-11-01T00:00:00Z", numeric),
        ("last_updated_at", None, "2026-11-01T00:00:00Z", numeric),
        ("total_estimated_cost", None, "1", numeric),
        ("usage.total_tokens", None, "1", numeric),
        ("duration", None, "1", numeric),
        ("ttft", None, "1", numeric),
        ("feedback_scores", Some("a"), "1", "= != > >= < <= is_empty is_not_empty"),
        ("input_json", Some("a"), "1", dictionary),
        ("output_json", Some("a"), "1", dictionary),
        ("metadata", Some("a"), "1", dictionary),
        ("custom", Some("input.a"), "1", dictionary),
        ("tags", None, "x", "contains not_contains = != is_empty is_not_empty"),
        ("source", None, "sdk", enumeration),
        ("error_info", None, "", "is_empty is_not_empty"),
    ];
    let traces = [("thread_id", None, "x", text), ("llm_span_count", None, "1", numeric)];
    let spans = [
        ("trace_id", None, "x", text),
        ("model", None, "x", text),
        ("provider", None, "x", text),
        ("type", None, "llm", enumeration),
    ];
    for (entity, own, others) in
        [(Entity::Trace, traces.as_slice(), spans.as_slice()), (Entity::Span, &spans, &traces)]
    {
        for (field, key, value, operators) in both.iter().chain(own) {
            assert_eq!(allowed(entity, field, *key, value), *operators, "{field}");
        }
        for (field, key, value, _) in others {
            assert_eq!(allowed(entity, field, *key, value), "", "{field}");
        }
    }
}

#[test]
fn text_is_compared_without_case_and_ids_with_it() {
    check(r#""field":"name","operator":"=","value":"My Agent""#, expect![[r#"name := "My Agent""#]]);
    check(r#""field":"name","operator":"!=","value":"a""#, expect!["NOT name := a"]);
    check(r#""field":"name","operator":"not_contains","value":"a","type":"string""#, expect!["NOT name:a"]);
    check(r#""field":"name","operator":"starts_with","value":"a","key":null"#, expect!["name:a*"]);
    check(r#""field":"name","operator":">","value":"a""#, expect!["name > a"]);
    check(r#""field":"id","operator":"=","value":"0190-AB""#, expect!["id = 0190-AB"]);
}

#[test]
fn numbers_and_times_are_read() {
    check(r#""field":"duration","operator":">=","value":"1500.5""#, expect!["duration >= 1500.5"]);
    check(r#""field":"usage.total_tokens","operator":"<","value":100"#, expect!["usage.total_tokens < 100"]);
    check(
        r#""field":"start_time","operator":">","value":"2026-11-01T12:00:00+02:00""#,
        expect!["start > 2026-11-01T10:00:00Z"],
    );
    check(
        r#""field":"start_time","operator":">=","value":"0001-01-01T00:00:00Z""#,
        expect!["start >= 1970-01-01T00:00:00Z"],
    );
    check(
        r#""field":"end_time","operator":"<","value":"9999-12-31T23:59:59Z""#,
        expect!["end < 2262-04-11T23:47:16.854775807Z"],
    );
}

#[test]
fn keys_lead_to_scores_and_into_json() {
    check(
        r#""field":"feedback_scores","operator":"<","key":"Accuracy","value":"0.5""#,
        expect!["feedback.accuracy < 0.5"],
    );
    check(
        r#""field":"feedback_scores","operator":"is_empty","key":"My score","value":"junk""#,
        expect!["missing:feedback['my score']"],
    );
    check(
        r#""field":"metadata","operator":"=","key":"$.user.ids[0]","value":"42""#,
        expect![[r#"metadata.user.ids[0] := "42""#]],
    );
    check(r#""field":"input_json","operator":">","key":"n","value":"42""#, expect!["input.n > 42"]);
    check(
        r#""field":"output_json","operator":"is_not_empty","key":"a['b.c']","value":"""#,
        expect!["NOT missing:output.a['b.c']"],
    );
    check(
        r#""field":"custom","operator":"contains","key":"output.a.b","value":"x""#,
        expect!["output.a.b:x"],
    );
}

#[test]
fn lists_and_enumerations_are_exact() {
    check(r#""field":"tags","operator":"contains","value":"pro""#, expect!["tags:*pro*"]);
    check(r#""field":"tags","operator":"!=","value":"prod""#, expect!["NOT tags = prod"]);
    check(r#""field":"type","operator":"not_in","value":"llm, tool""#, expect!["NOT type in (llm, tool)"]);
    check(r#""field":"type","operator":"=","value":"llm""#, expect!["type = llm"]);
}

#[test]
fn the_source_sdk_takes_in_what_has_no_source() {
    check(r#""field":"source","operator":"=","value":"sdk""#, expect!["source = sdk OR missing:source"]);
    check(
        r#""field":"source","operator":"!=","value":"sdk""#,
        expect!["NOT (source = sdk OR missing:source)"],
    );
    check(
        r#""field":"source","operator":"in","value":"playground,sdk""#,
        expect!["source in (playground, sdk) OR missing:source"],
    );
    check(r#""field":"source","operator":"=","value":"playground""#, expect!["source = playground"]);
}

#[test]
fn errors_are_there_or_not() {
    check(r#""field":"error_info","operator":"is_empty","value":"""#, expect!["NOT error:true"]);
    check(r#""field":"error_info","operator":"is_not_empty""#, expect!["error:true"]);
}

#[test]
fn all_traces_are_visible() {
    let asked = |operator, value| {
        let list = [one("visibility_mode", operator, None, value), one("name", "=", None, "a")];
        filter_list(Entity::Trace, &list).unwrap().to_string()
    };
    for (operator, value) in
        [("=", "default"), ("!=", "hidden"), ("in", "hidden,default"), ("is_not_empty", "")]
    {
        assert_eq!(asked(operator, value), "name := a", "{operator} {value}");
    }
    for (operator, value) in [("=", "hidden"), ("not_in", "default"), ("is_empty", "")] {
        assert_eq!(asked(operator, value), "NOT * AND name := a", "{operator} {value}");
    }
}

#[test]
fn all_filters_must_hold() {
    let text =
        r#"[{"field":"name","operator":"contains","value":"a"},{"field":"tags","operator":"is_empty"}]"#;
    assert_eq!(filters(Entity::Trace, text).unwrap().to_string(), "name:a AND missing:tags");
    for none in ["", " ", "[]", "null"] {
        assert_eq!(filters(Entity::Trace, none), Ok(Query::All));
    }
}

#[test]
fn what_cannot_be_read_is_refused_with_the_words_that_clients_know() {
    check(
        r#""field":"duration","operator":"contains","value":"1""#,
        expect!["Invalid operator 'contains' for field 'duration' of type 'duration'"],
    );
    check(
        r#""field":"duration","operator":">","value":"long""#,
        expect!["Invalid value 'long' or key 'null' for field 'duration' of type 'duration'"],
    );
    check(
        r#""field":"name","operator":"contains""#,
        expect!["Invalid value 'null' or key 'null' for field 'name' of type 'string'"],
    );
    check(
        r#""field":"start_time","operator":">","value":"yesterday""#,
        expect!["Invalid value 'yesterday' or key 'null' for field 'start_time' of type 'date_time'"],
    );
    check(
        r#""field":"feedback_scores","operator":">","key":"","value":"1""#,
        expect!["Invalid value '1' or key '' for field 'feedback_scores' of type 'feedback_scores_number'"],
    );
    check(
        r#""field":"metadata","operator":"=","value":"1""#,
        expect!["Invalid value '1' or key 'null' for field 'metadata' of type 'dictionary'"],
    );
    check(
        r#""field":"metadata","operator":"=","key":"a..b","value":"1""#,
        expect!["Invalid value '1' or key 'a..b' for field 'metadata' of type 'dictionary'"],
    );
    check(
        r#""field":"metadata","operator":">","key":"a","value":"x""#,
        expect!["Invalid value 'x' or key 'a' for field 'metadata' of type 'dictionary'"],
    );
    check(
        r#""field":"custom","operator":"=","key":"other.a","value":"1""#,
        expect!["Invalid key 'other.a' for custom filter"],
    );
    check(
        r#""field":"nonsense","operator":"=","value":"1""#,
        expect![[
            r#"Invalid filters query parameter '[{"field":"nonsense","operator":"=","value":"1"}]': unknown field `nonsense`"#
        ]],
    );
    check(
        r#""field":"name","operator":"~","value":"1""#,
        expect![[
            r#"Invalid filters query parameter '[{"field":"name","operator":"~","value":"1"}]': unknown operator `~`"#
        ]],
    );
    check_of(
        Entity::Trace,
        r#""field":"model","operator":"=","value":"1""#,
        expect![[
            r#"Invalid filters query parameter '[{"field":"model","operator":"=","value":"1"}]': unknown field `model`"#
        ]],
    );
    for text in ["[", "{}", "[1]", r#"[{"field":"name"}]"#, r#"[{"field":"name","operator":"=","value":{}}]"#]
    {
        let rejection = filters(Entity::Trace, text).unwrap_err();
        assert_eq!(rejection, Rejection::malformed(format!("Invalid filters query parameter '{text}'")));
    }
}

#[test]
fn filters_in_a_body_name_no_parameter() {
    let refusal = filter_list(Entity::Trace, &[one("nonsense", "=", None, "1")]).unwrap_err();
    assert_eq!(refusal.to_string(), "Unable to process JSON: unknown field `nonsense`");
}

#[test]
fn the_number_and_length_of_filters_are_bounded() {
    let filter = one("name", "=", None, "a");
    assert!(filter_list(Entity::Trace, &vec![filter.clone(); QUERY_TERMS_MAX]).is_ok());
    assert!(filter_list(Entity::Trace, &vec![filter; QUERY_TERMS_MAX + 1]).is_err());
    let long = |chars| filter_list(Entity::Trace, &[one("name", "=", None, &"é".repeat(chars))]);
    assert!(long(QUERY_CHARS_MAX).is_ok());
    assert!(long(QUERY_CHARS_MAX + 1).is_err());
    assert!(filters(Entity::Trace, &" ".repeat(QUERY_CHARS_MAX + 1)).is_ok());
    let padded = format!("[{}]", " ".repeat(QUERY_CHARS_MAX));
    assert!(filters(Entity::Trace, &padded).unwrap_err().message.len() < 100);
    assert!(sorting(Entity::Trace, &padded).unwrap_err().message.len() < 100);
}

fn sorted(entity: Entity, text: &str) -> Option<(Field, Direction)> {
    sorting(entity, text).unwrap().map(|sort| (sort.field, sort.direction))
}

#[test]
fn only_the_first_sorting_counts() {
    let text = r#"[{"field":"start_time","direction":"ASC"},{"field":"name","direction":"DESC"}]"#;
    assert_eq!(sorted(Entity::Trace, text), Some((Field::StartTime, Direction::Ascending)));
    for none in ["", "[]", "null"] {
        assert_eq!(sorted(Entity::Trace, none), None);
    }
}

#[test]
fn every_sortable_name_leads_to_a_field() {
    for entity in [Entity::Trace, Entity::Span] {
        for name in sortable_by(entity) {
            let name = name.replace('*', "Some [key].x");
            let text = format!(r#"[{{"field":"{name}","direction":"DESC"}}]"#);
            let (field, direction) = sorted(entity, &text).unwrap_or_else(|| panic!("{name}"));
            assert!(field.exists_for(entity));
            assert_eq!(direction, Direction::Descending);
        }
    }
    let score = r#"[{"field":"feedback_scores.My Score","direction":"ASC"}]"#;
    let expected = (Field::FeedbackScore("my score".to_owned()), Direction::Ascending);
    assert_eq!(sorted(Entity::Span, score), Some(expected));
}

#[test]
fn what_one_cannot_sort_by_is_ignored() {
    for name in ["nonsense", "model", "created_at", "usage.", "metadata.a", "text"] {
        assert_eq!(
            sorted(Entity::Trace, &format!(r#"[{{"field":"{name}","direction":"ASC"}}]"#)),
            None,
            "{name}"
        );
    }
}

#[test]
fn a_sorting_that_cannot_be_read_is_refused() {
    for text in ["[", "name", r#"[{"direction":"ASC"}]"#, r#"[{"field":"name","direction":"UP"}]"#] {
        let rejection = sorting(Entity::Trace, text).unwrap_err();
        assert_eq!(rejection, Rejection::malformed(format!("Invalid sorting query parameter '{text}'")));
    }
}
