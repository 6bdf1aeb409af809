//! One open workspace: its store and indexes, and the thread that writes. Commands come over a bounded queue; the
//! writer takes what is there, commits it together, and answers after it is durable.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use cairn_core::command::{Command, Context, Outcome};
use cairn_core::ids::Position;
use cairn_core::limits::{
    COMMIT_BYTES_MAX, COMMIT_COMMANDS_MAX, WRITER_QUEUE_BYTES_MAX, WRITER_QUEUE_COMMANDS_MAX,
};
use cairn_core::time::Timestamp;
use cairn_storage::attachments::contents::Contents;
use cairn_storage::error::Error;
use cairn_storage::follower;
use cairn_storage::history::checkpoints::{Checkpoints, Signer};
use cairn_storage::journal::rewriting::distrust;
use cairn_storage::reader::{Indexes, Reader};
use cairn_storage::signals::Signals;
use cairn_storage::store::Store;
use cairn_storage::writer::Writer;
use tokio::sync::{RwLock, oneshot};
use tracing::{Span, debug_span};

use crate::clerk::{self, Refused};
use crate::clock;
use crate::failure::Failure;
use crate::followers;
use crate::past::Pasts;

/// What lies in the writer's queue.
#[derive(Default)]
pub(crate) struct Waiting {
    commands: AtomicUsize,
    bytes: AtomicUsize,
}

impl Waiting {
    pub(crate) fn commands(&self) -> usize {
        self.commands.load(Ordering::Relaxed)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Relaxed)
    }

    /// For so many bytes more; one command alone may have any.
    pub(crate) fn has_room(&self, bytes: usize) -> bool {
        let waiting = self.bytes();
        waiting == 0 || waiting.saturating_add(bytes) <= WRITER_QUEUE_BYTES_MAX
    }

    pub(crate) fn add(&self, bytes: usize) {
        self.commands.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn remove(&self, bytes: usize) {
        self.commands.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// What readers hold: as long as somebody does, the workspace stays open.
pub(crate) struct Open {
    pub(crate) store: Arc<Store>,
    pub(crate) indexes: Indexes,
    pub(crate) contents: Arc<Contents>,
    /// Held by who needs contents that lose their last attachment meanwhile, and shared by those who erase them.
    pub(crate) keeping: RwLock<()>,
    pub(crate) pasts: Pasts,
    pub(crate) waiting: Arc<Waiting>,
    last_used: AtomicI64,
    followers: Arc<()>,
}

/// Somebody who follows what happens, and leaves when the workspace closes.
pub(crate) struct Follower {
    _open: Arc<Open>,
    _counted: Arc<()>,
}

impl Open {
    pub(crate) fn follow(self: &Arc<Self>) -> Follower {
        Follower { _open: Arc::clone(self), _counted: Arc::clone(&self.followers) }
    }

    pub(crate) fn follower_count(&self) -> usize {
        Arc::strong_count(&self.followers) - 1
    }

    pub(crate) fn reader(&self) -> Result<Reader, Error> {
        self.touch();
        Ok(Reader::new(&self.store, &self.indexes)?.with_contents(&self.contents))
    }

    pub(crate) fn touch(&self) {
        self.last_used.store(clock::now().as_nanos(), Ordering::Relaxed);
    }

    pub(crate) fn last_used(&self) -> Timestamp {
        Timestamp::from_nanos(self.last_used.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
impl Open {
    pub(crate) fn age(&self) {
        self.last_used.store(0, Ordering::Relaxed);
    }
}

#[cfg(test)]
pub(crate) fn panic_on_a_thread(signals: &Arc<Signals>) {
    let thread = spawn("writer", signals, || panic!("as a test wants it")).unwrap();
    assert!(thread.join().is_err());
}

#[cfg(test)]
impl Engine {
    pub(crate) fn replace_queue(&mut self, queue: SyncSender<Work>) {
        self.queue = Some(queue);
    }
}

/// The threads of a workspace, and the queue to its writer. Held by the workspace's actor.
pub(crate) struct Engine {
    pub(crate) open: Arc<Open>,
    queue: Option<SyncSender<Work>>,
    threads: Vec<JoinHandle<()>>,
}

/// What lies in the queue.
pub(crate) enum Work {
    Command(Box<Job>),
    Between(Between),
}

/// Done by the writer's own thread between two commits: nothing is written meanwhile. Dropped if it cannot be done.
pub(crate) type Between = Box<dyn FnOnce(&Writer, &mut Seal) + Send>;

pub(crate) struct Job {
    command: Command,
    context: Context,
    bytes: usize,
    /// Of who asked.
    span: Span,
    reply: Reply,
}

/// Where the answer to a command goes.
pub(crate) type Reply = oneshot::Sender<Result<Outcome, Failure>>;

impl Engine {
    /// Opens a workspace and starts its threads. Blocks while rows catch up with the log.
    pub(crate) fn start(dir: &Path, contents: Contents, signer: &Arc<Signer>) -> Result<Self, Error> {
        let store = Arc::new(Store::open(dir)?);
        let (indexes, index_followers) = follower::open(dir, &store)?;
        let writer = Writer::open(Arc::clone(&store))?;
        let (queue, jobs) = sync_channel(WRITER_QUEUE_COMMANDS_MAX);
        let waiting = Arc::<Waiting>::default();
        let mut threads = Vec::new();
        for follower in index_followers {
            threads.push(spawn("follower", store.signals(), move || followers::run(follower))?);
        }
        let queued = Arc::clone(&waiting);
        let home = dir.to_owned();
        let seal = Seal { checkpoints: Checkpoints::open(dir)?, signer: Arc::clone(signer) };
        threads.push(spawn("writer", store.signals(), move || write(writer, &jobs, &queued, seal, &home))?);
        let last_used = AtomicI64::new(clock::now().as_nanos());
        let open = Arc::new(Open {
            store,
            indexes,
            contents: Arc::new(contents),
            keeping: RwLock::new(()),
            pasts: Pasts::open(dir)?,
            waiting,
            last_used,
            followers: Arc::new(()),
        });
        Ok(Self { open, queue: Some(queue), threads })
    }

    /// Queues a command, or answers at once why not. The answer to a queued one comes after its commit.
    pub(crate) fn submit(&self, command: Command, context: Context, span: Span, reply: Reply) {
        self.open.touch();
        let bytes = command.bytes();
        if let Err((reply, failure)) = self.enqueue(Job { command, context, bytes, span, reply }) {
            // Who asked may have gone.
            let _ = reply.send(Err(failure));
        }
    }

    /// Queues something to be done while nothing is written.
    pub(crate) fn between(&self, work: Between) {
        self.open.touch();
        if self.open.store.signals().fault().is_none()
            && let Some(queue) = &self.queue
        {
            // If the queue is full, who waits for the work hears that it was dropped.
            let _ = queue.try_send(Work::Between(work));
        }
    }

    fn enqueue(&self, job: Job) -> Result<(), (Reply, Failure)> {
        if let Some(fault) = self.open.store.signals().fault() {
            return Err((job.reply, Failure::ReadOnly(fault.to_owned())));
        }
        let bytes = job.bytes;
        if !self.open.waiting.has_room(bytes) {
            return Err((job.reply, Failure::overloaded("too many bytes wait to be written")));
        }
        let Some(queue) = &self.queue else {
            return Err((job.reply, Failure::overloaded("the workspace is closing")));
        };
        self.open.waiting.add(bytes);
        match queue.try_send(Work::Command(Box::new(job))) {
            Err(TrySendError::Full(Work::Command(job)) | TrySendError::Disconnected(Work::Command(job))) => {
                self.open.waiting.remove(bytes);
                Err((job.reply, Failure::overloaded("too many requests wait to be written")))
            }
            _ => Ok(()),
        }
    }

    /// Ends the threads after everything queued is written. Blocks.
    pub(crate) fn stop(mut self) {
        drop(self.queue.take());
        // The writer ends first and signals its last commit; then the followers are told.
        if let Some(writer) = self.threads.pop() {
            join(writer);
        }
        self.open.store.signals().stop();
        self.threads.drain(..).for_each(join);
    }
}

fn spawn(
    name: &'static str,
    signals: &Arc<Signals>,
    work: impl FnOnce() + Send + 'static,
) -> Result<JoinHandle<()>, Error> {
    let last_words = LastWords { name, signals: Arc::clone(signals) };
    let work = move || {
        let _last_words = last_words;
        work();
    };
    Ok(std::thread::Builder::new().name(format!("cairn-{name}")).spawn(work)?)
}

/// A thread that panics leaves a workspace that cannot work: it says so, and nothing more is accepted.
struct LastWords {
    name: &'static str,
    signals: Arc<Signals>,
}

impl Drop for LastWords {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.signals.fail(format!("the {} of the workspace broke off", self.name));
        }
    }
}

fn join(thread: JoinHandle<()>) {
    if thread.join().is_err() {
        tracing::error!("a thread of a workspace panicked");
    }
}

/// The folder of a workspace.
pub(crate) fn folder(data: &Path, id: cairn_core::ids::WorkspaceId) -> PathBuf {
    data.join("workspaces").join(id.to_string())
}

/// Signs what was written.
pub(crate) struct Seal {
    pub(crate) checkpoints: Checkpoints,
    pub(crate) signer: Arc<Signer>,
}

impl Seal {
    fn if_due(&mut self, writer: &Writer) {
        if self.checkpoints.are_due(writer.head()) {
            self.now(writer);
        }
    }

    /// What is written stays as good as it was without a signature.
    pub(crate) fn now(&mut self, writer: &Writer) {
        let signed = self.checkpoints.sign(&self.signer, writer.head(), writer.chain(), clock::now());
        if let Err(error) = signed {
            tracing::error!(%error, "a checkpoint could not be written");
        }
    }
}

fn write(mut writer: Writer, queue: &Receiver<Work>, waiting: &Waiting, mut seal: Seal, dir: &Path) {
    let mut latest = Timestamp::EPOCH;
    while let Ok(first) = queue.recv() {
        let (mut answers, mut between) = (Vec::new(), None);
        let mut next = Some(first);
        while let Some(work) = next.take() {
            let mut job = match work {
                Work::Command(job) => *job,
                Work::Between(work) => {
                    between = Some(work);
                    break;
                }
            };
            waiting.remove(job.bytes);
            // Clocks step back; the order of the log must not.
            latest = latest.max(job.context.now);
            job.context.now = latest;
            let result = job.span.in_scope(|| clerk::execute(&mut writer, job.command, &mut job.context));
            if let Err(Refused::Fault(error)) = &result {
                writer.fail(error);
            }
            answers.push((job.reply, job.span, result));
            let room = answers.len() < COMMIT_COMMANDS_MAX && writer.pending_bytes() < COMMIT_BYTES_MAX;
            next = room.then(|| queue.try_recv().ok()).flatten();
        }
        let committed = commit(&mut writer, answers.iter().map(|(_, span, _)| span));
        if committed.is_err() {
            // A disk that takes no mark now gets it before the store is opened again.
            let _ = distrust(dir);
        }
        for (reply, span, result) in answers {
            // The span of who asked ends with the answer.
            drop(span);
            // Who asked may have gone; what was decided stays.
            let _ = reply.send(answer(result, &committed));
        }
        if committed.is_ok() {
            // Nobody waits for a signature.
            seal.if_due(&writer);
            if let Some(work) = between {
                work(&writer, &mut seal);
            }
            // The queue fills meanwhile, and who writes is held up or asked to come again.
            writer.store().signals().let_lists_follow();
        }
    }
    if writer.store().signals().fault().is_none() {
        seal.now(&writer);
    }
}

/// Commits what several asked for. It is shown with the first of them that is traced, and linked with the others.
fn commit<'a>(writer: &mut Writer, spans: impl Iterator<Item = &'a Span>) -> Result<Position, Error> {
    let mut traced = spans.filter(|span| !span.is_disabled());
    let Some(first) = traced.next() else { return writer.commit() };
    let (position, bytes) = (writer.head().0, writer.pending_bytes());
    let span = debug_span!(parent: first, "commit", position, bytes);
    traced.for_each(|other| {
        span.follows_from(other);
    });
    writer.store().signals().traced_up_to(writer.head());
    span.in_scope(|| writer.commit())
}

fn answer(result: Result<Outcome, Refused>, committed: &Result<Position, Error>) -> Result<Outcome, Failure> {
    match (result, committed) {
        (Err(Refused::Rejected(rejection)), _) => Err(Failure::Refused(rejection)),
        (Err(Refused::Fault(error)), _) => Err(Failure::from(error)),
        (Ok(outcome), Ok(_)) => Ok(outcome),
        (Ok(_), Err(error)) => Err(Failure::ReadOnly(error.to_string())),
    }
}
