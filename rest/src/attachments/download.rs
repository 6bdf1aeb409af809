//! The download of an attachment: whole or a range, and harmless to open, whatever somebody has put into it.

use std::ops::Range;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cairn_core::access::TraceRead;
use cairn_core::attachments::{Attachment, encoded};
use cairn_core::ids::ProjectId;
use serde::Deserialize;
use uuid::Uuid;

use super::{not_found, owner};
use crate::error::Answer;
use crate::extract::{Granted, Query};
use crate::routes::Server;

/// A page or a picture with scripts in it stays alone: no scripts, no forms, no origin, nothing from elsewhere.
const SANDBOX: &str =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:";

#[derive(Deserialize)]
pub(crate) struct DownloadQuery {
    container_id: Uuid,
    entity_type: String,
    entity_id: Uuid,
    file_name: String,
}

pub(crate) async fn download(
    State(server): State<Server>,
    Granted(grant): Granted<TraceRead>,
    Query(query): Query<DownloadQuery>,
    headers: HeaderMap,
) -> Answer {
    let owner = owner(&query.entity_type, query.entity_id)?;
    let found = server.handles.read(&grant, move |reader| Ok(reader.attachment(owner, &query.file_name)?));
    let project = ProjectId::known(query.container_id);
    let found = found.await?.filter(|found| found.project_id == project).ok_or_else(not_found)?;
    let tag = format!("\"{}\"", found.content.hash);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok(with_headers(StatusCode::NOT_MODIFIED.into_response(), &found, &tag));
    }
    let bytes = found.content.bytes;
    let range = match wanted(&headers, &tag, bytes) {
        Wanted::Whole => None,
        Wanted::Part(range) => Some(range),
        Wanted::Nothing => {
            let response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            return Ok(set(response, header::CONTENT_RANGE, &format!("bytes */{bytes}")));
        }
    };
    let sent = range.clone().unwrap_or(0..bytes);
    let stream = server.handles.content(&grant, found.content.hash, range.clone()).await?;
    let mut response = Response::new(Body::from_stream(stream));
    if let Some(Range { start, end }) = range {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        response = set(response, header::CONTENT_RANGE, &format!("bytes {start}-{}/{bytes}", end - 1));
    }
    response = set(response, header::CONTENT_LENGTH, &(sent.end - sent.start).to_string());
    Ok(with_headers(response, &found, &tag))
}

fn with_headers(mut response: Response, attachment: &Attachment, tag: &str) -> Response {
    for (name, value) in [
        (header::CONTENT_TYPE, attachment.mime_type.as_str()),
        (header::CONTENT_DISPOSITION, &disposition(&attachment.name)),
        (header::ETAG, tag),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CACHE_CONTROL, "private, no-cache"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, SANDBOX),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        response = set(response, name, value);
    }
    response
}

fn set(mut response: Response, name: HeaderName, value: &str) -> Response {
    // Names and types were checked or encoded: what cannot be a header does not get here.
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
    response
}

/// To be saved under its name, for old programs in plain letters.
fn disposition(name: &str) -> String {
    let plain = |letter: char| {
        if letter.is_ascii_alphanumeric() || " ._-()".contains(letter) { letter } else { '_' }
    };
    let fallback: String = name.chars().map(plain).collect();
    format!("attachment; filename=\"{fallback}\"; filename*=UTF-8''{}", encoded(name))
}

#[derive(Debug, PartialEq)]
enum Wanted {
    Whole,
    Part(Range<u64>),
    /// A range that the file does not have.
    Nothing,
}

/// What part of a file is asked for. Anything but one plain range, or a range of an older file, is the whole.
fn wanted(headers: &HeaderMap, tag: &str, bytes: u64) -> Wanted {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let Some(range) = text(header::RANGE).and_then(|range| range.strip_prefix("bytes=")) else {
        return Wanted::Whole;
    };
    if text(header::IF_RANGE).is_some_and(|known| known != tag) {
        return Wanted::Whole;
    }
    let Some((first, last)) = range.split_once('-') else { return Wanted::Whole };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let (start, end) = match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => (first, last.saturating_add(1).min(bytes)),
        (Some(first), None) if last.trim().is_empty() => (first, bytes),
        (None, Some(suffix)) if first.trim().is_empty() => (bytes.saturating_sub(suffix), bytes),
        _ => return Wanted::Whole,
    };
    if start < end { Wanted::Part(start..end) } else { Wanted::Nothing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(range: &'static str, if_range: Option<&'static str>) -> Wanted {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_static(range));
        headers.extend(if_range.map(|tag| (header::IF_RANGE, HeaderValue::from_static(tag))));
        wanted(&headers, "\"a\"", 10)
    }

    #[test]
    fn one_range_is_understood_and_several_are_the_whole() {
        for (range, part) in [
            ("bytes=0-0", Wanted::Part(0..1)),
            ("bytes=2-5", Wanted::Part(2..6)),
            ("bytes=2-", Wanted::Part(2..10)),
            ("bytes=-3", Wanted::Part(7..10)),
            ("bytes=-30", Wanted::Part(0..10)),
            ("bytes=5-99999999999999999999", Wanted::Whole),
            ("bytes=5-99", Wanted::Part(5..10)),
            ("bytes=10-", Wanted::Nothing),
            ("bytes=-0", Wanted::Nothing),
            ("bytes=5-2", Wanted::Whole),
            ("bytes=0-1,3-4", Wanted::Whole),
            ("lines=0-1", Wanted::Whole),
        ] {
            assert_eq!(of(range, None), part, "{range}");
        }
        assert_eq!(of("bytes=0-0", Some("\"a\"")), Wanted::Part(0..1));
        assert_eq!(of("bytes=0-0", Some("\"b\"")), Wanted::Whole);
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        assert_eq!(
            disposition("a\"\r\nX: y/ü.png"),
            "attachment; filename=\"a___X_ y__.png\"; filename*=UTF-8''a%22%0D%0AX%3A%20y%2F%C3%BC.png"
        );
    }
}
