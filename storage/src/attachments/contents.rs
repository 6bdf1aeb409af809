//! The bytes of attachments, each kept once under its hash: in a folder of the workspace, or in an object store.
//! A file is received into `incoming` first, where a broken upload leaves nothing behind but what the next start
//! removes. Which contents are needed is not known here.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use cairn_core::attachments::{Content, ContentHash};
use cairn_core::ids::WorkspaceId;
use cairn_core::limits::{
    FORK_CONTENTS_CONCURRENT_MAX, OBJECT_STORE_RETRIES_MAX, OBJECT_STORE_RETRY_SECONDS_MAX, UPLOAD_PART_BYTES,
};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{GetOptions, GetRange, MultipartUpload, ObjectStore, ObjectStoreExt, RetryConfig};
use tokio::runtime::Handle;
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

use crate::error::Error;
use crate::workspaces::forking::Cost;

/// The first bytes of a file, by which its kind is known.
pub const HEAD_BYTES: usize = 4 << 10;
/// Contents are guarded in groups: as many as the first byte of a hash has values.
const GROUPS: usize = 256;

/// Where contents are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// In the folder of each workspace.
    Folder,
    Bucket(Bucket),
}

/// A bucket of an object store that speaks S3. What is not said here is taken from the usual `AWS_*` variables, or
/// from the machine's own identity.
#[derive(Clone, PartialEq, Eq)]
pub struct Bucket {
    pub name: String,
    /// Before the keys of all contents, so that a bucket can be shared.
    pub prefix: String,
    pub endpoint: Option<String>,
    pub region: Option<String>,
    pub access_key_id: Option<String>,
    pub secret_access_key: Option<String>,
}

impl std::fmt::Debug for Bucket {
    /// Without the secret: settings end up in logs.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket")
            .field("name", &self.name)
            .field("prefix", &self.prefix)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// The contents of one workspace.
pub struct Contents {
    store: Arc<dyn ObjectStore>,
    place: Place,
    incoming: PathBuf,
    groups: Vec<Arc<RwLock<()>>>,
    received: AtomicU64,
}

/// Where the store keeps them.
enum Place {
    /// In this folder, so that a received file only has to be moved.
    Folder(PathBuf),
    /// In a bucket, under keys that begin so.
    Bucket(Arc<AmazonS3>, Key),
}

/// A file while it is received. What is not finished is removed.
pub struct Incoming {
    file: Spool,
    hasher: blake3::Hasher,
    bytes: u64,
    head: Vec<u8>,
}

/// A file that was received whole, and is on disk, but not yet kept.
pub struct Received {
    spool: Spool,
    pub content: Content,
    pub kind: Option<Kind>,
}

/// Contents that are kept, and stay so until this is dropped, whether or not an attachment has them yet. Unless it is
/// `settled`, the next start removes those that no attachment has.
pub struct Kept {
    marks: Vec<PathBuf>,
    guards: Vec<OwnedRwLockReadGuard<()>>,
}

/// What the first bytes of a file say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub mime_type: &'static str,
    pub extension: &'static str,
}

pub fn sniff(head: &[u8]) -> Option<Kind> {
    infer::get(head).map(|kind| Kind { mime_type: kind.mime_type(), extension: kind.extension() })
}

struct Spool {
    file: File,
    path: PathBuf,
}

impl Drop for Spool {
    fn drop(&mut self) {
        // What was moved is not there any more; what cannot be removed now is removed by the next start.
        let _ = std::fs::remove_file(&self.path);
    }
}

impl Kept {
    /// Attachments have the contents now.
    pub fn settled(self) {
        for mark in &self.marks {
            // One that stays costs the next start a look.
            let _ = std::fs::remove_file(mark);
        }
        drop(self.guards);
    }
}

impl Incoming {
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Ends the file: after this its bytes are on disk.
    pub fn finish(self) -> Result<Received, Error> {
        self.file.file.sync_all()?;
        let hash = ContentHash(*self.hasher.finalize().as_bytes());
        let kind = sniff(&self.head);
        Ok(Received { spool: self.file, content: Content { hash, bytes: self.bytes }, kind })
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.bytes += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let room = HEAD_BYTES.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(bytes.get(..room).unwrap_or_default());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Contents {
    /// The contents of a workspace, with a folder of its own for what is received.
    pub fn open(folder: &Path, home: &Home, workspace: WorkspaceId) -> Result<Self, Error> {
        std::fs::create_dir_all(folder)?;
        match home {
            Home::Folder => {
                let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
                Self::over(Arc::new(store), Place::Folder(folder.to_owned()), folder)
            }
            Home::Bucket(bucket) => {
                let prefix = Key::parse(format!("{}/{workspace}", bucket.prefix));
                let (prefix, bucket) =
                    (prefix.map_err(object_store::Error::from)?, Arc::new(connect(bucket)?));
                let store = PrefixStore::new(Arc::clone(&bucket), prefix.clone());
                Self::over(Arc::new(store), Place::Bucket(bucket, prefix), folder)
            }
        }
    }

    fn over(store: Arc<dyn ObjectStore>, place: Place, folder: &Path) -> Result<Self, Error> {
        let incoming = folder.join("incoming");
        std::fs::create_dir_all(&incoming)?;
        let groups = (0..GROUPS).map(|_| Arc::new(RwLock::new(()))).collect();
        Ok(Self { store, place, incoming, groups, received: AtomicU64::new(0) })
    }

    /// Begins to receive a file. Blocks, as all of `Incoming` does.
    pub fn receive(&self) -> Result<Incoming, Error> {
        let number = self.received.fetch_add(1, Ordering::Relaxed);
        let path = self.incoming.join(format!("{number}.part"));
        let file = Spool { file: File::create(&path)?, path };
        Ok(Incoming { file, hasher: blake3::Hasher::new(), bytes: 0, head: Vec::new() })
    }

    /// Keeps what was received: when this returns, it is where it stays.
    pub async fn keep(&self, received: Vec<Received>) -> Result<Kept, Error> {
        let mut groups: Vec<usize> = received.iter().map(|file| group(file.content.hash)).collect();
        // In one order and each once, so that nobody waits for somebody who waits for them.
        groups.sort_unstable();
        groups.dedup();
        let mut kept = Kept { marks: Vec::new(), guards: Vec::new() };
        for lock in groups.into_iter().filter_map(|group| self.groups.get(group)) {
            kept.guards.push(Arc::clone(lock).read_owned().await);
        }
        for file in received {
            let mark = self.incoming.join(format!("{}.{}.mark", file.content.hash, file.spool.name()));
            File::create(&mark)?;
            kept.marks.push(mark);
            self.put(file).await?;
        }
        Ok(kept)
    }

    async fn put(&self, file: Received) -> Result<(), Error> {
        let key = key(file.content.hash);
        let is_there = match self.store.head(&key).await {
            Ok(there) => there.size == file.content.bytes,
            Err(object_store::Error::NotFound { .. }) => false,
            Err(error) => return Err(error.into()),
        };
        match (is_there, &self.place) {
            // Somebody may just have moved it there, and not yet made that durable.
            (true, Place::Folder(folder)) => sync_place_of(folder.join(key.as_ref())).await,
            (true, Place::Bucket(..)) => Ok(()),
            (false, Place::Folder(_)) => {
                let from = Key::from_iter(["incoming".to_owned(), file.spool.file_name()]);
                Ok(self.store.rename(&from, &key).await?)
            }
            (false, Place::Bucket(..)) => self.send(&key, file).await,
        }
    }

    /// Sends a received file to the object store, a part at a time.
    async fn send(&self, key: &Key, file: Received) -> Result<(), Error> {
        let path = file.spool.path.clone();
        let mut from =
            tokio::task::spawn_blocking(move || File::open(path)).await.map_err(std::io::Error::other)??;
        let mut part;
        (from, part) = read_part(from).await?;
        if part.len() < UPLOAD_PART_BYTES {
            self.store.put(key, part.into()).await?;
            return Ok(());
        }
        let mut upload = self.store.put_multipart(key).await?;
        while !part.is_empty() {
            if let Err(error) = upload.put_part(part.into()).await {
                return Err(given_up(upload, error).await);
            }
            (from, part) = read_part(from).await?;
        }
        match upload.complete().await {
            Ok(_) => Ok(()),
            Err(error) => Err(given_up(upload, error).await),
        }
    }

    /// The bytes of a content, or a range of them, as they come from the store.
    pub async fn read(
        &self,
        hash: ContentHash,
        range: Option<Range<u64>>,
    ) -> Result<BoxStream<'static, Result<Bytes, Error>>, Error> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let got = self.store.get_opts(&key(hash), options).await?;
        Ok(got.into_stream().map_err(Error::from).boxed())
    }

    /// Copies the bytes of a content.
    pub async fn copy(&self, hash: ContentHash, to: &mut impl Write) -> Result<(), Error> {
        let mut stream = self.read(hash, None).await?;
        while let Some(chunk) = stream.try_next().await? {
            to.write_all(&chunk)?;
        }
        Ok(())
    }

    /// As `copy`, on a thread that may wait: also for `to`, while nothing else waits with it.
    pub fn copy_waiting(&self, hash: ContentHash, to: &mut impl Write) -> Result<(), Error> {
        let runtime = Handle::current();
        let mut stream = runtime.block_on(self.read(hash, None))?;
        while let Some(chunk) = runtime.block_on(stream.try_next())? {
            to.write_all(&chunk)?;
        }
        Ok(())
    }

    /// As `copy`; false if there are no bytes.
    pub async fn copy_if_there(&self, hash: ContentHash, to: &mut impl Write) -> Result<bool, Error> {
        match self.copy(hash, to).await {
            Ok(()) => Ok(true),
            Err(Error::Content(object_store::Error::NotFound { .. })) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Whether the bytes of a content are there and are what its hash says.
    pub async fn verify(&self, content: Content) -> Result<bool, Error> {
        let mut stream = match self.read(content.hash, None).await {
            Ok(stream) => stream,
            Err(Error::Content(object_store::Error::NotFound { .. })) => return Ok(false),
            Err(error) => return Err(error),
        };
        let mut hasher = blake3::Hasher::new();
        while let Some(chunk) = stream.try_next().await? {
            hasher.update(&chunk);
        }
        Ok(hasher.finalize().as_bytes() == &content.hash.0)
    }

    /// Gives another workspace contents of its own without reading them: second names of the files, or copies that the
    /// object store makes. What is missing here is missing there.
    pub async fn share(&self, with: &Self, hashes: Vec<ContentHash>) -> Result<Cost, Error> {
        match (&self.place, &with.place) {
            (Place::Folder(from), Place::Folder(to)) => {
                let (from, to) = (from.clone(), to.clone());
                let shared = tokio::task::spawn_blocking(move || share_files(&from, &to, &hashes));
                shared.await.map_err(std::io::Error::other)?
            }
            (Place::Bucket(bucket, from), Place::Bucket(_, to)) => {
                let copies = hashes.into_iter().map(|hash| copy_object(bucket, from, to, hash));
                let copies =
                    futures_util::stream::iter(copies).buffer_unordered(FORK_CONTENTS_CONCURRENT_MAX);
                let done = copies.try_fold(Cost::default(), |mut cost, one| async move {
                    cost.add(one);
                    Ok(cost)
                });
                done.await
            }
            _ => Err(std::io::Error::other("contents are shared within one home").into()),
        }
    }

    /// Removes all contents of a workspace that is given up.
    pub async fn erase_all(&self) -> Result<(), Error> {
        let mut found = self.store.list(None);
        while let Some(object) = found.try_next().await? {
            self.store.delete(&object.location).await?;
        }
        Ok(())
    }

    /// Nobody keeps the content while this is held; `None` if somebody does right now.
    pub fn claim(&self, hash: ContentHash) -> Option<OwnedRwLockWriteGuard<()>> {
        let group = self.groups.get(group(hash))?;
        Arc::clone(group).try_write_owned().ok()
    }

    /// Removes the bytes of a content, which must be claimed. That they are gone already is well.
    pub async fn erase(&self, hash: ContentHash) -> Result<(), Error> {
        match self.store.delete(&key(hash)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// What a process that was killed left: removes the files that it was receiving, and tells the contents that it
    /// kept and perhaps never told anybody of. Only to be called before anything is received.
    pub fn leftovers(&self) -> Result<Vec<ContentHash>, Error> {
        let mut marked = Vec::new();
        for entry in std::fs::read_dir(&self.incoming)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            marked.extend(name.strip_suffix(".mark").and_then(marked_content));
            if name.strip_suffix(".part").is_some() {
                std::fs::remove_file(path)?;
            }
        }
        Ok(marked)
    }

    /// Forgets the marks of leftovers, after they have been dealt with.
    pub fn forget_leftovers(&self) -> Result<(), Error> {
        for entry in std::fs::read_dir(&self.incoming)? {
            std::fs::remove_file(entry?.path())?;
        }
        Ok(())
    }
}

impl Spool {
    fn file_name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn name(&self) -> String {
        self.file_name().trim_end_matches(".part").to_owned()
    }
}

fn share_files(from: &Path, to: &Path, hashes: &[ContentHash]) -> Result<Cost, Error> {
    let (mut cost, mut folders) = (Cost::default(), BTreeSet::new());
    for hash in hashes {
        let key = key(*hash);
        let (from, to) = (from.join(key.as_ref()), to.join(key.as_ref()));
        let Some(folder) = to.parent() else { continue };
        if folders.insert(folder.to_owned()) {
            std::fs::create_dir_all(folder)?;
        }
        match cost.share(&from, &to) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => missing(*hash),
            shared => shared?,
        }
    }
    folders.iter().try_for_each(|folder| File::open(folder)?.sync_all())?;
    Ok(cost)
}

/// Counts as shared: none of its bytes come here.
async fn copy_object(bucket: &AmazonS3, from: &Key, to: &Key, hash: ContentHash) -> Result<Cost, Error> {
    let within = |place: &Key| -> Key { place.parts().chain(key(hash).parts()).collect() };
    match bucket.copy(&within(from), &within(to)).await {
        Ok(()) => Ok(Cost { shared_files: 1, ..Cost::default() }),
        Err(object_store::Error::NotFound { .. }) => {
            missing(hash);
            Ok(Cost::default())
        }
        Err(error) => Err(error.into()),
    }
}

fn missing(hash: ContentHash) {
    tracing::warn!(%hash, "a content of an attachment is missing, and will be in the fork as well");
}

fn connect(bucket: &Bucket) -> Result<AmazonS3, Error> {
    // Another part of the program may have chosen it before: it is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let retry = RetryConfig {
        max_retries: OBJECT_STORE_RETRIES_MAX,
        retry_timeout: Duration::from_secs(OBJECT_STORE_RETRY_SECONDS_MAX),
        ..RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::from_env().with_bucket_name(&bucket.name).with_retry(retry);
    if let Some(endpoint) = &bucket.endpoint {
        builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
    }
    if let Some(region) = &bucket.region {
        builder = builder.with_region(region);
    }
    if let (Some(id), Some(secret)) = (&bucket.access_key_id, &bucket.secret_access_key) {
        builder = builder.with_access_key_id(id).with_secret_access_key(secret);
    }
    Ok(builder.build()?)
}

async fn sync_place_of(file: PathBuf) -> Result<(), Error> {
    let synced = tokio::task::spawn_blocking(move || match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    });
    Ok(synced.await.map_err(std::io::Error::other)??)
}

async fn read_part(mut from: File) -> Result<(File, Vec<u8>), Error> {
    let read = tokio::task::spawn_blocking(move || {
        let mut part = Vec::with_capacity(UPLOAD_PART_BYTES);
        let limit = u64::try_from(UPLOAD_PART_BYTES).unwrap_or(u64::MAX);
        (&mut from).take(limit).read_to_end(&mut part)?;
        Ok::<_, std::io::Error>((from, part))
    });
    Ok(read.await.map_err(std::io::Error::other)??)
}

/// Parts that were sent cost until they are given up.
async fn given_up(mut upload: Box<dyn MultipartUpload>, error: object_store::Error) -> Error {
    if let Err(error) = upload.abort().await {
        tracing::warn!(%error, "an upload to the object store could not be given up");
    }
    error.into()
}

fn marked_content(mark: &str) -> Option<ContentHash> {
    read_hash(mark.split_once('.')?.0)
}

pub(crate) fn read_hash(text: &str) -> Option<ContentHash> {
    Some(ContentHash(hex::decode(text).ok()?.try_into().ok()?))
}

fn key(hash: ContentHash) -> Key {
    let hash = hash.to_string();
    let (group, rest) = hash.split_at(2);
    Key::from_iter(["contents", group, rest])
}

fn group(hash: ContentHash) -> usize {
    usize::from(hash.0[0])
}
