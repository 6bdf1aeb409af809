//! Signed checkpoints of a log: now and then the chain of hashes is signed with the key of the data folder, in a file
//! beside the log. Whoever has the public key can tell, offline and on a copy, that nothing up to there was changed,
//! and a checkpoint that was taken elsewhere tells of a log that was cut short.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use cairn_core::ids::Position;
use cairn_core::limits::CHECKPOINT_EVENTS;
use cairn_core::time::Timestamp;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::log::block::Hash;

const KEY_FILE: &str = "audit.key";
const PUBLIC_KEY_FILE: &str = "audit.pub";
pub(crate) const FILE: &str = "checkpoints";
const SECRET_MODE: u32 = 0o600;
const PUBLIC_MODE: u32 = 0o644;
/// What is signed begins with this, so that no signature of something else can pass for one.
const CONTEXT: &[u8] = b"cairn checkpoint 1\n";

/// The key of a data folder.
pub struct Signer(SigningKey);

impl Signer {
    /// The key that the folder has, or a new one made of `drawn`. Only its owner may read the file.
    pub fn open(data: &Path, drawn: [u8; 32]) -> Result<Self, Error> {
        fs::create_dir_all(data)?;
        let path = data.join(KEY_FILE);
        let key = match fs::read_to_string(&path) {
            Ok(text) => SigningKey::from_bytes(&bytes(&text).ok_or_else(|| unreadable(&path, "is no key"))?),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = SigningKey::from_bytes(&drawn);
                write_at_once(&path, hex::encode(key.to_bytes()).as_bytes(), SECRET_MODE)?;
                key
            }
            Err(error) => return Err(error.into()),
        };
        let signer = Self(key);
        let (path, text) = (data.join(PUBLIC_KEY_FILE), format!("{}\n", signer.public_key().text()));
        if read(&path)? != text.as_bytes() {
            write_at_once(&path, text.as_bytes(), PUBLIC_MODE)?;
        }
        Ok(signer)
    }

    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }
}

/// What a signature is checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    pub fn parse(text: &str) -> Option<Self> {
        VerifyingKey::from_bytes(&bytes(text)?).ok().map(Self)
    }

    /// The one that lies in a data folder, if one does.
    pub fn of(data: &Path) -> Result<Option<Self>, Error> {
        let path = data.join(PUBLIC_KEY_FILE);
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text).map(Some).ok_or_else(|| unreadable(&path, "is no public key")),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    pub fn text(&self) -> String {
        hex::encode(self.0.as_bytes())
    }
}

#[derive(Serialize, Deserialize)]
struct Checkpoint {
    position: u64,
    /// Nanoseconds since 1970.
    time: i64,
    chain: String,
    signature: String,
}

impl Checkpoint {
    fn parse(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }

    fn message(position: Position, time: Timestamp, chain: Hash) -> Vec<u8> {
        let mut message = CONTEXT.to_vec();
        message.extend(position.0.to_le_bytes());
        message.extend(time.as_nanos().to_le_bytes());
        message.extend(chain.0);
        message
    }

    fn chain(&self, key: &PublicKey) -> Option<Hash> {
        let chain = Hash(bytes(&self.chain)?);
        if hex::encode(chain.0) != self.chain {
            return None;
        }
        let message = Self::message(Position(self.position), Timestamp::from_nanos(self.time), chain);
        let signature = Signature::from_slice(&hex::decode(&self.signature).ok()?).ok()?;
        if hex::encode(signature.to_bytes()) != self.signature {
            return None;
        }
        key.0.verify_strict(&message, &signature).ok().map(|()| chain)
    }
}

/// Where the checkpoints of one log are written.
pub struct Checkpoints {
    path: PathBuf,
    last: Position,
    /// Bytes of the lines that were written to their ends.
    whole_bytes: u64,
}

impl Checkpoints {
    /// A line that is no checkpoint hinders nobody from writing: it is for whoever verifies.
    pub fn open(workspace: &Path) -> Result<Self, Error> {
        let path = workspace.join(FILE);
        let bytes = read(&path)?;
        let positions = lines(&bytes).filter_map(Checkpoint::parse).map(|line| line.position);
        let whole_bytes = lines(&bytes).map(length).sum();
        Ok(Self { last: Position(positions.max().unwrap_or_default()), path, whole_bytes })
    }

    /// Whether so much was written since the last one that it is time for the next.
    pub const fn are_due(&self, head: Position) -> bool {
        head.0 >= self.last.0.saturating_add(CHECKPOINT_EVENTS)
    }

    /// Signs the log as far as it goes, unless that was done.
    pub fn sign(
        &mut self,
        signer: &Signer,
        position: Position,
        chain: Hash,
        time: Timestamp,
    ) -> Result<(), Error> {
        if position <= self.last {
            return Ok(());
        }
        let signature = signer.0.sign(&Checkpoint::message(position, time, chain));
        let checkpoint = Checkpoint {
            position: position.0,
            time: time.as_nanos(),
            chain: hex::encode(chain.0),
            signature: hex::encode(signature.to_bytes()),
        };
        let mut line = serde_json::to_vec(&checkpoint).map_err(std::io::Error::from)?;
        line.push(b'\n');
        let mut file = OpenOptions::new().write(true).create(true).truncate(false).open(&self.path)?;
        // A line that could not be written to its end must not become the beginning of this one.
        file.set_len(self.whole_bytes)?;
        file.seek(SeekFrom::End(0))?;
        file.write_all(&line)?;
        file.sync_all()?;
        self.whole_bytes += length(&line);
        self.last = position;
        Ok(())
    }
}

/// The newest checkpoint of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    pub position: Position,
    pub time: Timestamp,
    /// The hash that was signed, in hexadecimal digits.
    pub chain: String,
    /// What its signature is to be checked with.
    pub key: PublicKey,
    /// Whether the signature is the key's. That the log is what was signed is for `verify` to say.
    pub is_genuine: bool,
}

/// The newest checkpoint that lies beside a log, if there is one.
pub fn newest(workspace: &Path, key: PublicKey) -> Result<Option<Signed>, Error> {
    let bytes = read(&workspace.join(FILE))?;
    let newest = lines(&bytes).filter_map(Checkpoint::parse).max_by_key(|checkpoint| checkpoint.position);
    Ok(newest.map(|checkpoint| Signed {
        position: Position(checkpoint.position),
        time: Timestamp::from_nanos(checkpoint.time),
        is_genuine: checkpoint.chain(&key).is_some(),
        chain: checkpoint.chain,
        key,
    }))
}

/// What the checkpoints of a log say that its chain is, by position. One that is not signed by the key is damage.
pub(crate) fn chains(workspace: &Path, key: &PublicKey) -> Result<BTreeMap<Position, Hash>, Error> {
    let path = workspace.join(FILE);
    let mut chains = BTreeMap::new();
    for line in lines(&read(&path)?) {
        let checkpoint =
            Checkpoint::parse(line).ok_or_else(|| unreadable(&path, "holds a line that is no checkpoint"))?;
        let at = Position(checkpoint.position);
        let forged =
            || Error::Damaged { at, what: "the checkpoint does not bear the key's signature".to_owned() };
        chains.insert(at, checkpoint.chain(key).ok_or_else(forged)?);
    }
    Ok(chains)
}

/// Takes away what was signed of events that a repair could not save. The file as it was is kept in `aside`.
pub(crate) fn forget_after(workspace: &Path, head: Position, aside: &Path) -> Result<(), Error> {
    let path = workspace.join(FILE);
    let bytes = read(&path)?;
    let stands = |line: &&[u8]| Checkpoint::parse(line).is_none_or(|line| line.position <= head.0);
    let kept: Vec<u8> = lines(&bytes).filter(stands).flatten().copied().collect();
    if kept.len() == bytes.len() {
        return Ok(());
    }
    fs::copy(&path, aside.join(FILE))?;
    write_at_once(&path, &kept, PUBLIC_MODE)
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        read => Ok(read?),
    }
}

/// A last line that was not written to its end says nothing.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"))
}

fn length(line: &[u8]) -> u64 {
    u64::try_from(line.len()).unwrap_or(u64::MAX)
}

/// The file is there whole or not at all.
fn write_at_once(path: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    // Each file has a partial one of its own, so that what is secret never comes into what others may read.
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    Ok(fs::rename(&partial, path)?)
}

fn bytes(text: &str) -> Option<[u8; 32]> {
    hex::decode(text.trim()).ok()?.try_into().ok()
}

fn unreadable(path: &Path, what: &str) -> Error {
    Error::Damaged { at: Position::START, what: format!("`{}` {what}", path.display()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> (tempfile::TempDir, Signer) {
        let folder = tempfile::tempdir().unwrap();
        let signer = Signer::open(folder.path(), [7; 32]).unwrap();
        let mut checkpoints = Checkpoints::open(folder.path()).unwrap();
        for position in [3, 5] {
            let chain = Hash([u8::try_from(position).unwrap(); 32]);
            checkpoints.sign(&signer, Position(position), chain, Timestamp::from_millis(1)).unwrap();
        }
        (folder, signer)
    }

    #[test]
    fn checkpoints_are_read_with_the_public_key_that_stays_the_same() {
        let (folder, signer) = signed();
        let again = Signer::open(folder.path(), [8; 32]).unwrap();
        assert_eq!(again.public_key(), signer.public_key());
        let key = PublicKey::of(folder.path()).unwrap().unwrap();
        let chains = chains(folder.path(), &key).unwrap();
        assert_eq!(
            chains.into_iter().collect::<Vec<_>>(),
            [(Position(3), Hash([3; 32])), (Position(5), Hash([5; 32]))]
        );
    }

    #[test]
    fn the_newest_is_told_and_whether_the_key_signed_it() {
        let (folder, signer) = signed();
        let told = newest(folder.path(), signer.public_key()).unwrap().unwrap();
        assert_eq!((told.position, told.time), (Position(5), Timestamp::from_millis(1)));
        assert_eq!((told.chain.as_str(), told.is_genuine), ("05".repeat(32).as_str(), true));
        let other = PublicKey(SigningKey::from_bytes(&[9; 32]).verifying_key());
        assert!(!newest(folder.path(), other).unwrap().unwrap().is_genuine);
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(newest(empty.path(), signer.public_key()).unwrap(), None);
    }

    #[test]
    fn the_next_is_due_after_as_many_events_as_are_named() {
        let (folder, _) = signed();
        let checkpoints = Checkpoints::open(folder.path()).unwrap();
        assert!(!checkpoints.are_due(Position(5 + CHECKPOINT_EVENTS - 1)));
        assert!(checkpoints.are_due(Position(5 + CHECKPOINT_EVENTS)));
    }

    #[test]
    fn a_line_that_was_cut_off_is_written_over() {
        let (folder, signer) = signed();
        let path = folder.path().join(FILE);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 20]).unwrap();
        let mut checkpoints = Checkpoints::open(folder.path()).unwrap();
        assert_eq!(chains(folder.path(), &signer.public_key()).unwrap().len(), 1);
        for position in [5, 9] {
            checkpoints.sign(&signer, Position(position), Hash([1; 32]), Timestamp::EPOCH).unwrap();
        }
        let positions: Vec<_> = chains(folder.path(), &signer.public_key()).unwrap().into_keys().collect();
        assert_eq!(positions, [Position(3), Position(5), Position(9)]);
    }

    #[test]
    fn what_is_signed_of_lost_events_is_put_aside() {
        let (folder, signer) = signed();
        let aside = tempfile::tempdir().unwrap();
        let good = fs::read(folder.path().join(FILE)).unwrap();
        forget_after(folder.path(), Position(5), aside.path()).unwrap();
        assert!(!aside.path().join(FILE).exists());
        forget_after(folder.path(), Position(4), aside.path()).unwrap();
        assert_eq!(fs::read(aside.path().join(FILE)).unwrap(), good);
        let positions: Vec<_> = chains(folder.path(), &signer.public_key()).unwrap().into_keys().collect();
        assert_eq!(positions, [Position(3)]);
    }

    #[test]
    fn only_the_owner_may_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, _) = signed();
        let mode = fs::metadata(folder.path().join(KEY_FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn every_flipped_byte_of_a_checkpoint_and_every_other_key_is_noticed() {
        let (folder, signer) = signed();
        let (path, key) = (folder.path().join(FILE), signer.public_key());
        let good = fs::read(&path).unwrap();
        let noticed = || chains(folder.path(), &key).is_err();
        for at in 0..good.len() - 1 {
            let mut bad = good.clone();
            for bit in [0x01, 0x20] {
                bad[at] = good[at] ^ bit;
                fs::write(&path, &bad).unwrap();
                assert!(noticed(), "byte {at}: {}", good[at] as char);
            }
        }
        fs::write(&path, &good).unwrap();
        assert!(!noticed());
        let other = SigningKey::from_bytes(&[9; 32]).verifying_key();
        assert!(chains(folder.path(), &PublicKey(other)).is_err());
    }
}
