//! Pairing: a program on somebody's machine makes a key and shows it to its person alone; whoever can prove to have the
//! key may bring the runner to life. The key never leaves memory: it is in no event and no row.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::ids::{ProjectId, RunnerId};
use crate::limits::{
    PAIRING_ATTEMPTS_MAX, PAIRING_SECONDS_DEFAULT, PAIRING_SECONDS_MAX, PAIRING_SECONDS_MIN,
};
use crate::rejection::{Rejection, RejectionKind};
use crate::runners::{Kind, check_runner_name};
use crate::time::Timestamp;

pub type Key = [u8; 32];
pub type Proof = [u8; 32];

/// What a program asks for when it wants to be paired.
#[derive(Clone)]
pub struct Request {
    pub project_id: ProjectId,
    pub key: Key,
    pub kind: Kind,
    pub seconds: u64,
}

impl Request {
    pub fn new(project_id: ProjectId, key: Key, kind: Kind, seconds: Option<i64>) -> Result<Self, Rejection> {
        let seconds = seconds.map_or(Ok(PAIRING_SECONDS_DEFAULT), u64::try_from).unwrap_or_default();
        if !(PAIRING_SECONDS_MIN..=PAIRING_SECONDS_MAX).contains(&seconds) {
            return Err(Rejection::invalid(format!(
                "ttlSeconds must be between {PAIRING_SECONDS_MIN} and {PAIRING_SECONDS_MAX}"
            )));
        }
        Ok(Self { project_id, key, kind, seconds })
    }
}

/// A pairing that waits for its proof.
pub struct Session {
    pub id: Uuid,
    pub runner_id: RunnerId,
    pub owner: String,
    pub project_id: ProjectId,
    pub kind: Kind,
    pub expires_at: Timestamp,
    key: Key,
    attempts: u32,
    is_activated: bool,
}

impl Session {
    pub fn new(id: Uuid, runner_id: RunnerId, owner: String, request: Request, now: Timestamp) -> Self {
        let milliseconds = i64::try_from(request.seconds.saturating_mul(1_000)).unwrap_or(i64::MAX);
        Self {
            id,
            runner_id,
            owner,
            project_id: request.project_id,
            kind: request.kind,
            expires_at: Timestamp::from_millis(now.as_millis().saturating_add(milliseconds)),
            key: request.key,
            attempts: 0,
            is_activated: false,
        }
    }

    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    pub fn is_waiting(&self, now: Timestamp) -> bool {
        !self.is_activated && !self.is_expired(now)
    }

    /// Takes a proof once. What is not there any more, was never there.
    pub fn activate(&mut self, name: &str, proof: &Proof, now: Timestamp) -> Result<(), Rejection> {
        check_runner_name(name)?;
        if self.is_expired(now) {
            return Err(not_found());
        }
        if self.is_activated {
            return Err(Rejection::conflict("Pairing session is already activated"));
        }
        if self.attempts >= PAIRING_ATTEMPTS_MAX {
            return Err(Rejection::new(
                RejectionKind::Overloaded,
                "Too Many Requests: too many proofs of this pairing were wrong",
            )
            .hint("pair again"));
        }
        if !is_proven(&self.key, self.id, name, proof) {
            self.attempts += 1;
            return Err(Rejection::new(RejectionKind::Forbidden, "Invalid HMAC"));
        }
        self.is_activated = true;
        Ok(())
    }

    /// The runner could not be brought to life after all: the same proof is good again.
    pub fn deactivate(&mut self) {
        self.is_activated = false;
    }
}

pub fn not_found() -> Rejection {
    Rejection::not_found("Pairing session not found").hint("it may have expired: pair again")
}

/// HMAC-SHA256 of the session's 16 bytes and the hash of the runner's name, compared in constant time.
fn is_proven(key: &Key, session: Uuid, name: &str, proof: &Proof) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    mac.update(session.as_bytes());
    mac.update(&Sha256::digest(name.as_bytes()));
    mac.verify_slice(proof).is_ok()
}
