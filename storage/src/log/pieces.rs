//! Payloads with large bodies, put together without copying those. A reader sees no difference: a message may say a
//! nested one in several places, and reads it as one.

use bytes::Bytes;
use cairn_core::limits::LOG_PART_BYTES;
use prost::Message;
use prost::encoding::{WireType, encode_key, encode_varint, encoded_len_varint, key_len};

use crate::log::block::Payload;

/// A large body and its number within its message.
pub(crate) struct Large {
    tag: u32,
    body: Bytes,
}

/// Takes the bodies, numbered from 1, that are too large to be copied, out of a message.
pub(crate) fn take_large<const N: usize>(bodies: [&mut Option<Bytes>; N]) -> Vec<Large> {
    let large = |(tag, body): (u32, &mut Option<Bytes>)| {
        Some(Large { tag, body: body.take_if(|body| is_large(body))? })
    };
    (1..).zip(bodies).filter_map(large).collect()
}

const fn is_large(body: &Bytes) -> bool {
    body.len() > LOG_PART_BYTES
}

/// Encodes a message; the large ones stand behind it as parts of the message that it nests under `nested_tag`.
pub(crate) fn encode(message: &impl Message, nested_tag: u32, large: Vec<Large>) -> Payload {
    let mut now = message.encode_to_vec();
    if large.is_empty() {
        return now.into();
    }
    let mut pieces = Vec::with_capacity(2 * large.len());
    for Large { tag, body } in large {
        let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
        let nested = key_len(tag) + encoded_len_varint(length) + body.len();
        encode_key(nested_tag, WireType::LengthDelimited, &mut now);
        encode_varint(u64::try_from(nested).unwrap_or(u64::MAX), &mut now);
        encode_key(tag, WireType::LengthDelimited, &mut now);
        encode_varint(length, &mut now);
        pieces.extend([Bytes::from(std::mem::take(&mut now)), body]);
    }
    Payload::Pieces(pieces)
}

/// One after the other, as they lie in the log.
pub(crate) fn join(pieces: &[Bytes]) -> Bytes {
    pieces.concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, PartialEq, Message)]
    struct Bodies {
        #[prost(bytes = "bytes", optional, tag = "1")]
        input: Option<Bytes>,
        #[prost(bytes = "bytes", optional, tag = "2")]
        output: Option<Bytes>,
        #[prost(string, tag = "3")]
        name: String,
    }

    #[derive(Clone, PartialEq, Message)]
    struct Row {
        #[prost(message, required, tag = "6")]
        bodies: Bodies,
        #[prost(uint32, tag = "7")]
        number: u32,
    }

    fn row(input: usize, output: usize) -> Row {
        let body = |length| Some(Bytes::from(vec![b'x'; length]));
        Row {
            bodies: Bodies { input: body(input), output: body(output), name: "agent".to_owned() },
            number: 7,
        }
    }

    fn encoded(mut row: Row) -> Payload {
        let large = take_large([&mut row.bodies.input, &mut row.bodies.output]);
        encode(&row, 6, large)
    }

    #[test]
    fn large_bodies_are_not_copied_and_are_read_as_all_others() {
        for (input, output) in
            [(LOG_PART_BYTES + 1, 5), (5, LOG_PART_BYTES + 1), (2 * LOG_PART_BYTES, 5 << 20)]
        {
            let written = row(input, output);
            let payload = encoded(written.clone());
            let Payload::Pieces(pieces) = &payload else { panic!("{input} and {output} lie in one piece") };
            let bodies = [written.bodies.input.as_ref().unwrap(), written.bodies.output.as_ref().unwrap()];
            for body in bodies.into_iter().filter(|body| is_large(body)) {
                assert!(pieces.iter().any(|piece| piece.as_ptr() == body.as_ptr()));
            }
            assert_eq!(Row::decode(join(pieces)).unwrap(), written);
        }
    }

    #[test]
    fn small_bodies_lie_in_one_piece() {
        assert_eq!(encoded(row(5, 5)), Payload::Kept(row(5, 5).encode_to_vec().into()));
    }
}
