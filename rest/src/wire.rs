//! JSON as clients write and read it: both spellings in, snake case out, bodies as the bytes they are.

pub(crate) mod gathered;

use std::borrow::Cow;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use cairn_core::command::ProjectRef;
use cairn_core::ids::ProjectId;
use cairn_core::json::{Json, quote_non_finite};
use cairn_core::limits::TRUNCATED_CHARS;
use cairn_core::rejection::Rejection;
use cairn_core::time::{NoTimestamp, Timestamp};
use cairn_core::traces::ErrorInfo;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use uuid::Uuid;

/// Parses a body; one with `NaN` or `Infinity` in it, which is not JSON, is read with those as text.
pub(crate) fn parse<T>(
    body: Bytes,
    read: impl Fn(&Bytes) -> Result<Result<T, Rejection>, serde_json::Error>,
) -> Result<T, Rejection> {
    let error = match read(&body) {
        Ok(read) => return read,
        Err(error) => error,
    };
    let Some(quoted) = quote_non_finite(&body).filter(|_| error.is_syntax()) else {
        return Err(malformed(&error));
    };
    read(&Bytes::from(quoted)).map_err(|_| malformed(&error))?
}

/// A body of plain values, with no bodies inside it.
pub(crate) fn plain<T: serde::de::DeserializeOwned>(body: Bytes) -> Result<T, Rejection> {
    parse(body, |body| serde_json::from_slice(body).map(Ok))
}

/// As `plain`, of a body that clients may leave out.
pub(crate) fn plain_or_empty<T: serde::de::DeserializeOwned>(body: Bytes) -> Result<T, Rejection> {
    plain(if body.is_empty() { Bytes::from_static(b"{}") } else { body })
}

fn malformed(error: &serde_json::Error) -> Rejection {
    Rejection::malformed("Unable to process JSON").hint(error.to_string())
}

/// Several entities by id.
#[derive(Deserialize)]
pub(crate) struct Ids {
    pub(crate) ids: Vec<Uuid>,
}

/// An instant as text. What is not one makes the JSON malformed; what lies out of range is told apart later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Instant(Result<Timestamp, NoTimestamp>);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        match Timestamp::read(&text) {
            Err(NoTimestamp::Malformed) => {
                Err(serde::de::Error::custom(format!("`{text}` is not an ISO 8601 instant")))
            }
            read => Ok(Self(read)),
        }
    }
}

impl Instant {
    pub(crate) fn get(self, place: &str, field: &str) -> Result<Timestamp, Rejection> {
        self.0.map_err(|_| {
            Rejection::invalid(format!(
                "{place}{field} must be between 1970-01-01T00:00:00Z and 2262-04-11T23:47:16Z"
            ))
        })
    }
}

pub(crate) fn instant(
    instant: Option<Instant>,
    place: &str,
    field: &str,
) -> Result<Option<Timestamp>, Rejection> {
    instant.map(|instant| instant.get(place, field)).transpose()
}

#[derive(Deserialize)]
pub(crate) struct ErrorIn {
    #[serde(alias = "exceptionType")]
    exception_type: Option<String>,
    message: Option<String>,
    traceback: Option<String>,
}

impl From<ErrorIn> for ErrorInfo {
    fn from(error: ErrorIn) -> Self {
        Self {
            exception_type: error.exception_type.unwrap_or_default(),
            message: error.message,
            traceback: error.traceback.unwrap_or_default(),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct ErrorOut {
    exception_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    traceback: String,
}

impl From<ErrorInfo> for ErrorOut {
    fn from(error: ErrorInfo) -> Self {
        Self { exception_type: error.exception_type, message: error.message, traceback: error.traceback }
    }
}

/// How a write names its project: an id before a name before nothing.
pub(crate) fn project(
    id: Option<Uuid>,
    name: Option<Cow<'_, str>>,
    place: &str,
) -> Result<ProjectRef, Rejection> {
    if let Some(id) = id {
        return Ok(ProjectRef::Id(ProjectId::known(id)));
    }
    match name {
        Some(name) if name.trim().is_empty() => {
            Err(Rejection::invalid(format!("{place}projectName must not be blank")))
        }
        Some(name) => Ok(ProjectRef::Name(name.into_owned())),
        None => Ok(ProjectRef::Default),
    }
}

/// Tags are a set: each once, in the order given.
pub(crate) fn tags(tags: Option<Vec<String>>) -> Option<Vec<String>> {
    let mut tags = tags?;
    let mut seen = std::collections::HashSet::new();
    tags.retain(|tag| seen.insert(tag.clone()));
    Some(tags)
}

/// An address that a client sends in base64, of either alphabet, padded or not.
pub(crate) fn address(encoded: &str) -> Option<String> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let decode = |alphabet| GeneralPurpose::new(alphabet, config).decode(encoded);
    let bytes = decode(&STANDARD).or_else(|_| decode(&URL_SAFE)).ok()?;
    String::from_utf8(bytes).ok()
}

pub(crate) fn body(buffer: &Bytes, raw: Option<&RawValue>) -> Option<Json> {
    raw.map(|raw| Json::slice_of(buffer, raw)).filter(|json| !json.is_null())
}

/// Values of `source` that we know; others are as if they were absent.
pub(crate) fn source(source: Option<Cow<'_, str>>) -> Option<String> {
    const KNOWN: [&str; 5] = ["sdk", "experiment", "playground", "optimization", "evaluator"];
    source.filter(|source| KNOWN.contains(&source.as_ref())).map(Cow::into_owned)
}

/// A decimal read from the digits themselves, whatever number of them a client writes.
pub(crate) fn decimal(raw: &RawValue) -> Option<Decimal> {
    let text = raw.get().trim().trim_matches('"');
    text.parse::<Decimal>().or_else(|_| Decimal::from_scientific(text)).ok()
}

/// A body going out: whole, or cut to the length of truncated reads and then as text.
pub(crate) struct BodyOut {
    pub(crate) json: Json,
    pub(crate) truncate: bool,
}

impl Serialize for BodyOut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.json.as_str();
        if self.truncate
            && let Some((end, _)) = text.char_indices().nth(TRUNCATED_CHARS)
        {
            return serializer.serialize_str(text.get(..end).unwrap_or_default());
        }
        let raw: &RawValue = serde_json::from_str(text).map_err(serde::ser::Error::custom)?;
        raw.serialize(serializer)
    }
}

/// A decimal as a plain number, with no exponent and no needless zeros.
pub(crate) fn decimal_out(decimal: Decimal) -> Option<Box<RawValue>> {
    RawValue::from_string(decimal.normalize().to_string()).ok()
}

pub(crate) fn not_blank(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

pub(crate) struct Shown(pub(crate) Timestamp);

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
