//! The keys and proofs of pairings as people and programs hand them over.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use cairn_core::rejection::Rejection;

/// 32 bytes as base64 text, with padding or without, in either alphabet.
pub fn secret(field: &str, text: &str) -> Result<[u8; 32], Rejection> {
    let decoded = [STANDARD.decode(text), STANDARD_NO_PAD.decode(text), URL_SAFE_NO_PAD.decode(text)];
    let bytes = decoded.into_iter().flatten().find_map(|bytes| <[u8; 32]>::try_from(bytes).ok());
    bytes.ok_or_else(|| Rejection::invalid(format!("{field} must be 32 bytes in base64")))
}
