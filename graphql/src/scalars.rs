//! The scalars of the schema beside GraphQL's own, and ids as they stand in arguments.

use async_graphql::{ID, InputValueError, InputValueResult, Scalar, ScalarType, Value};
use cairn_core::ids;
use cairn_core::json::Json;
use cairn_core::time;
use uuid::Uuid;

use crate::error::{Problem, Result};

#[derive(Clone)]
pub(crate) struct JsonText(pub(crate) Json);

/// JSON text exactly as it was received: parse it where it is shown, lazily.
#[Scalar]
impl ScalarType for JsonText {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = value else { return Err(InputValueError::expected_type(value)) };
        Ok(Self(Json::parse(text.into())?))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.as_str().to_owned())
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Position(pub(crate) ids::Position);

/// A place in the workspace's log, as decimal text. Resume a subscription from the last one seen.
#[Scalar]
impl ScalarType for Position {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_u64(),
            _ => None,
        };
        number.map(|number| Self(ids::Position(number))).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Timestamp(pub(crate) time::Timestamp);

/// An instant in ISO-8601 UTC, with as many fractional digits as it has (0, 3, 6 or 9).
#[Scalar]
impl ScalarType for Timestamp {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::String(text) = &value else { return Err(InputValueError::expected_type(value)) };
        time::Timestamp::parse(text).map(Self).ok_or_else(|| InputValueError::expected_type(value))
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Reads an id of an argument.
pub(crate) fn uuid(id: &ID) -> Result<Uuid> {
    Uuid::parse_str(id)
        .map_err(|_| Problem::invalid(format!("`{}` is not an id; ids are UUIDs", id.as_str())))
}
