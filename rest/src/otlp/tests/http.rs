//! Bodies over HTTP: protobuf and JSON say the same.

use axum::body::to_bytes;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use cairn_core::command::ProjectRef;
use cairn_core::rejection::{Rejection, RejectionKind};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_proto::tonic::trace::v1::Status;
use prost::Message;
use serde_json::{Value, json};

use super::{START, event, request, span};
use crate::otlp::failure::{Failure, RetryInfo, Status as RpcStatus};
use crate::otlp::http::{Encoding, decode_json, decode_protobuf, encode_failure, encode_response};
use crate::otlp::{Mapped, map};

const TRACE_ID_HEX: &str = "0102030405060708090a0b0c0d0e0f10";
const SPAN_ID_HEX: &str = "F0F1F2F3F4F5F6F7";

fn from_json(body: &Value) -> Mapped {
    map(decode_json(Bytes::from(body.to_string())).unwrap(), ProjectRef::Default)
}

fn one_span(fields: Value) -> Value {
    let mut span =
        json!({"traceId": TRACE_ID_HEX, "spanId": SPAN_ID_HEX, "startTimeUnixNano": START.to_string()});
    span.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]})
}

fn parts(response: Response) -> (StatusCode, String, Bytes) {
    let status = response.status();
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    let body = futures_util::FutureExt::now_or_never(to_bytes(response.into_body(), 10_000));
    (status, content_type, body.unwrap().unwrap())
}

#[test]
fn json_and_protobuf_of_one_request_map_equally() {
    let mut sent = span(
        "chat",
        json!({
            "gen_ai.system": "openai",
            "whole": -5,
            "float": 0.5,
            "flag": true,
            "list": [1, "two", {"three": 3}],
            "gen_ai.usage.input_tokens": 10,
        }),
    );
    sent.parent_span_id = vec![9; 8];
    sent.status = Some(Status { message: "late".to_owned(), code: 2 });
    sent.events = vec![event("one", json!({"a": 1}))];
    let protobuf = request("lib", vec![sent]).encode_to_vec();
    let value = |value| json!({"value": value});
    let json = json!({"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [{
        "scope": {"name": "lib", "version": "1"},
        "spans": [{
            "traceId": "01".repeat(16), "spanId": "02".repeat(8), "parentSpanId": "09".repeat(8),
            "name": "chat", "kind": "SPAN_KIND_CLIENT", "flags": 257,
            "startTimeUnixNano": START.to_string(), "endTimeUnixNano": START + 1_500_000_000,
            "attributes": [
                {"key": "flag", "value": {"boolValue": true}},
                {"key": "float", "value": {"doubleValue": 0.5}},
                {"key": "gen_ai.system", "value": {"stringValue": "openai"}},
                {"key": "gen_ai.usage.input_tokens", "value": {"intValue": "10"}},
                {"key": "list", "value": {"arrayValue": {"values": [
                    {"intValue": 1}, {"stringValue": "two"},
                    {"kvlistValue": {"values": [{"key": "three", "value": {"intValue": "3"}}]}},
                ]}}},
                {"key": "whole", "value": {"intValue": "-5"}},
            ],
            "events": [{"name": "one", "timeUnixNano": (START + 1).to_string(), "attributes": [
                {"key": "a", "value": {"intValue": 1}},
            ]}],
            "status": {"code": "STATUS_CODE_ERROR", "message": "late"},
        }],
    }]}], "unknown": value(1)});
    let one = map(decode_protobuf(Bytes::from(protobuf)).unwrap(), ProjectRef::Default);
    let two = from_json(&json);
    assert_eq!(one.batch, two.batch);
    assert_eq!((one.rejected, two.rejected, one.batch.spans.len()), (0, 0, 1));
}

#[test]
fn ids_in_json_may_be_hex_or_base64() {
    let hex = from_json(&one_span(json!({"parentSpanId": ""}))).batch.spans.remove(0);
    let base64 =
        from_json(&one_span(json!({"traceId": "AQIDBAUGBwgJCgsMDQ4PEA==", "spanId": "8PHy8/T19vc="})));
    let url_safe =
        from_json(&one_span(json!({"traceId": "AQIDBAUGBwgJCgsMDQ4PEA", "spanId": "8PHy8_T19vc"})));
    assert_eq!(hex.trace_id, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    assert_eq!(hex.span_id, [0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7]);
    assert_eq!(base64.batch.spans, std::slice::from_ref(&hex));
    assert_eq!(url_safe.batch.spans, [hex]);
}

#[test]
fn an_unreadable_id_costs_one_span_and_not_the_request() {
    for fields in [
        json!({"traceId": "zz".repeat(16)}),
        json!({"traceId": "sixteen letters!"}),
        json!({"spanId": "8 bytes!"}),
        json!({"spanId": "eight by"}),
        json!({"parentSpanId": "?"}),
    ] {
        let mapped = from_json(&one_span(fields.clone()));
        assert_eq!((mapped.rejected, mapped.batch.spans.len()), (1, 0), "{fields}");
    }
}

#[test]
fn snake_case_nulls_and_enums_by_number_are_read() {
    let body = json!({"resource_spans": [{"scope_spans": [{"scope": null, "spans": [{
        "trace_id": TRACE_ID_HEX, "span_id": SPAN_ID_HEX, "parent_span_id": null, "name": null,
        "start_time_unix_nano": START, "end_time_unix_nano": null, "events": null,
        "attributes": [
            {"key": "a", "value": {"string_value": "x", "int_value": null}},
            {"key": "b", "value": {"bytes_value": "/wA"}},
            {"key": "c", "value": {"kvlist_value": {"values": null}}},
            {"key": "d", "value": {"double_value": "NaN"}},
            {"key": "e", "value": null},
        ],
        "status": {"code": 2},
    }]}]}]});
    let read = from_json(&body).batch.spans.remove(0);
    assert_eq!(read.fields.input.unwrap().as_str(), r#"{"a":"x","b":"/wA=","c":{},"d":"NaN","e":null}"#);
    assert_eq!(read.fields.error.unwrap().exception_type, "Error");
}

#[test]
fn numbers_that_json_lacks_are_read() {
    let body = one_span(json!({"attributes": [{"key": "a", "value": {"doubleValue": 5}}]}));
    let text = body.to_string().replace(":5}", ":-Infinity}");
    let read = map(decode_json(Bytes::from(text)).unwrap(), ProjectRef::Default).batch.spans.remove(0);
    assert_eq!(read.fields.input.unwrap().as_str(), r#"{"a":"-Infinity"}"#);
}

#[test]
fn bodies_that_are_no_request_are_refused() {
    let refused = [
        decode_protobuf(Bytes::from_static(b"\xff\xff")).unwrap_err(),
        decode_json(Bytes::from_static(b"{\"resourceSpans\": 1}")).unwrap_err(),
        decode_json(Bytes::from_static(b"")).unwrap_err(),
        decode_json(Bytes::from(one_span(json!({"startTimeUnixNano": "soon"})).to_string())).unwrap_err(),
    ];
    assert!(refused.iter().all(|refusal| refusal.kind == RejectionKind::Malformed));
    let why = [
        "failed to decode Protobuf message: invalid varint",
        "invalid type: integer `1`, expected a sequence at line 1 column 19",
        "EOF while parsing a value at line 1 column 0",
        "`soon` is not a number of the right type at line 1 column 98",
    ];
    for (refusal, why) in refused.iter().zip(why) {
        assert_eq!(refusal.message, format!("the body is not a trace request of OTLP: {why}"));
        assert!(refusal.hint.is_some());
    }
}

#[test]
fn an_encoding_is_told_by_its_media_type() {
    assert_eq!(Encoding::of("application/x-protobuf"), Some(Encoding::Protobuf));
    assert_eq!(Encoding::of("Application/JSON; charset=utf-8"), Some(Encoding::Json));
    assert_eq!(Encoding::of("text/plain"), None);
    assert_eq!(Encoding::of(""), None);
}

#[test]
fn a_full_success_is_an_empty_message() {
    let (status, content_type, body) = parts(encode_response(0, &[], Encoding::Protobuf));
    assert_eq!((status, content_type.as_str(), body.len()), (StatusCode::OK, "application/x-protobuf", 0));
    let (status, content_type, body) = parts(encode_response(0, &[], Encoding::Json));
    assert_eq!((status, content_type.as_str(), &*body), (StatusCode::OK, "application/json", &b"{}"[..]));
}

#[test]
fn a_partial_success_says_how_many_spans_and_why() {
    let reasons = ["one".to_owned(), "two".to_owned()];
    let (_, _, body) = parts(encode_response(3, &reasons, Encoding::Protobuf));
    let partial = ExportTraceServiceResponse::decode(body).unwrap().partial_success.unwrap();
    assert_eq!((partial.rejected_spans, partial.error_message.as_str()), (3, "one; two"));
    let (_, _, body) = parts(encode_response(3, &reasons, Encoding::Json));
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body, json!({"partialSuccess": {"rejectedSpans": "3", "errorMessage": "one; two"}}));
}

#[test]
fn a_refusal_is_a_status_in_the_encoding_of_its_request() {
    let failure = Failure::Refused(Rejection::malformed("no").hint("try"));
    let (status, _, body) = parts(encode_failure(&failure, Encoding::Protobuf));
    let decoded = RpcStatus::decode(body).unwrap();
    assert_eq!((status, decoded.code, decoded.message.as_str()), (StatusCode::BAD_REQUEST, 3, "no: try"));
    assert!(decoded.details.is_empty());
    let (_, content_type, body) = parts(encode_failure(&failure, Encoding::Json));
    assert_eq!(content_type, "application/json");
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), json!({"code": 3, "message": "no: try"}));
}

#[test]
fn only_overload_and_faults_tell_when_to_try_again() {
    let fault = Failure::Fault { report: "r-1".to_owned() };
    let overload = Failure::Refused(Rejection::new(RejectionKind::Overloaded, "full"));
    for (failure, status) in
        [(fault, StatusCode::SERVICE_UNAVAILABLE), (overload, StatusCode::TOO_MANY_REQUESTS)]
    {
        let response = encode_failure(&failure, Encoding::Protobuf);
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["retry-after"], "1");
        assert_eq!(response.headers()["ratelimit-reset"], "1");
        let detail = RpcStatus::decode(parts(response).2).unwrap().details.remove(0);
        assert_eq!(RetryInfo::decode(&*detail.value).unwrap().retry_delay.unwrap().seconds, 1);
    }
    for kind in [RejectionKind::TooLarge, RejectionKind::Forbidden, RejectionKind::NotFound] {
        let response = encode_failure(&Failure::Refused(Rejection::new(kind, "no")), Encoding::Json);
        assert!(response.status().is_client_error() && !response.headers().contains_key("retry-after"));
    }
}
