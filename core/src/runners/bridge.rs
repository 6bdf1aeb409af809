//! Commands to somebody's machine: asked by its person from elsewhere, carried out by its runner. They are relayed and
//! not recorded; who asked and who carries out sign them with a key that we never had.

use uuid::Uuid;

use crate::ids::RunnerId;
use crate::json::Json;
use crate::limits::{
    BRIDGE_ARGUMENTS_BYTES_MAX, BRIDGE_READS_PER_MINUTE_MAX, BRIDGE_RESULT_BYTES_MAX,
    BRIDGE_TIMEOUT_SECONDS_DEFAULT, BRIDGE_TIMEOUT_SECONDS_MAX, BRIDGE_WRITES_PER_MINUTE_MAX,
};
use crate::rejection::{Rejection, RejectionKind};
use crate::runners::named;
use crate::time::Timestamp;

/// What a runner says to be able to do when it relays commands.
pub const CAPABILITY: &str = "bridge";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    ReadFile,
    WriteFile,
    EditFile,
    ListFiles,
    SearchFiles,
    Exec,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Pending,
    PickedUp,
    Completed,
    Failed,
    TimedOut,
}

named!(Kind: ReadFile = "ReadFile", WriteFile = "WriteFile", EditFile = "EditFile", ListFiles = "ListFiles", SearchFiles = "SearchFiles", Exec = "Exec");
named!(Status: Pending = "pending", PickedUp = "picked_up", Completed = "completed", Failed = "failed", TimedOut = "timed_out");

impl Kind {
    /// Whether it leaves the machine as it is.
    pub const fn is_reading(self) -> bool {
        match self {
            Self::ReadFile | Self::ListFiles | Self::SearchFiles => true,
            Self::WriteFile | Self::EditFile | Self::Exec => false,
        }
    }
}

impl Status {
    /// Whether nothing more will come of it.
    pub const fn is_final(self) -> bool {
        match self {
            Self::Pending | Self::PickedUp => false,
            Self::Completed | Self::Failed | Self::TimedOut => true,
        }
    }
}

/// What is asked of a machine.
#[derive(Clone, Debug)]
pub struct Request {
    pub kind: Kind,
    pub arguments: Json,
    pub timeout_seconds: u32,
}

impl Request {
    pub fn new(kind: Kind, arguments: Json, timeout_seconds: Option<i64>) -> Result<Self, Rejection> {
        if arguments.bytes().len() > BRIDGE_ARGUMENTS_BYTES_MAX {
            return Err(Rejection::new(
                RejectionKind::TooLarge,
                format!("args must not have more than {BRIDGE_ARGUMENTS_BYTES_MAX} bytes"),
            ));
        }
        let timeout_seconds = timeout_seconds.map_or(Ok(BRIDGE_TIMEOUT_SECONDS_DEFAULT), u32::try_from);
        match timeout_seconds {
            Ok(timeout_seconds @ 1..=BRIDGE_TIMEOUT_SECONDS_MAX) => {
                Ok(Self { kind, arguments, timeout_seconds })
            }
            _ => Err(Rejection::invalid(format!(
                "timeoutSeconds must be between 1 and {BRIDGE_TIMEOUT_SECONDS_MAX}"
            ))),
        }
    }
}

/// How long somebody waits for the answer to a command.
pub fn wait_seconds(asked: Option<i64>) -> u64 {
    let seconds = asked.unwrap_or(i64::from(BRIDGE_TIMEOUT_SECONDS_DEFAULT));
    u64::try_from(seconds).unwrap_or_default().min(u64::from(BRIDGE_TIMEOUT_SECONDS_MAX))
}

pub fn late() -> Rejection {
    Rejection::new(RejectionKind::TimedOut, "the command did not end in time").hint("ask again")
}

/// What a runner says of a command.
#[derive(Clone, Debug)]
pub struct Outcome {
    pub status: Status,
    pub result: Option<Json>,
    pub error: Option<Json>,
    pub duration_ms: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct Command {
    pub id: Uuid,
    pub runner_id: RunnerId,
    pub kind: Kind,
    pub arguments: Json,
    pub status: Status,
    pub result: Option<Json>,
    pub error: Option<Json>,
    pub timeout_seconds: u32,
    pub submitted_at: Timestamp,
    pub picked_up_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub duration_ms: Option<i64>,
}

impl Command {
    pub fn new(id: Uuid, runner_id: RunnerId, request: Request, now: Timestamp) -> Self {
        Self {
            id,
            runner_id,
            kind: request.kind,
            arguments: request.arguments,
            status: Status::Pending,
            result: None,
            error: None,
            timeout_seconds: request.timeout_seconds,
            submitted_at: now,
            picked_up_at: None,
            completed_at: None,
            duration_ms: None,
        }
    }

    /// What it weighs in memory.
    pub fn bytes(&self) -> usize {
        let bodies = [Some(&self.arguments), self.result.as_ref(), self.error.as_ref()];
        bodies.into_iter().flatten().map(|json| json.bytes().len()).sum()
    }

    pub fn deadline(&self) -> Timestamp {
        let since = self.picked_up_at.unwrap_or(self.submitted_at);
        Timestamp::from_millis(since.as_millis().saturating_add(i64::from(self.timeout_seconds) * 1_000))
    }

    pub fn pick_up(&mut self, now: Timestamp) {
        self.status = Status::PickedUp;
        self.picked_up_at = Some(now);
    }

    /// Whether its time ran out just now.
    pub fn time_out(&mut self, now: Timestamp) -> bool {
        let is_late = !self.status.is_final() && now >= self.deadline();
        if is_late {
            self.end(Status::TimedOut, now);
        }
        is_late
    }

    /// The runner will not answer any more.
    pub fn abandon(&mut self, now: Timestamp) {
        if !self.status.is_final() {
            self.error = Some(Json::from_value(&serde_json::json!({
                "code": "runner_gone", "message": "the runner is no more",
            })));
            self.end(Status::Failed, now);
        }
    }

    pub fn finish(&mut self, outcome: Outcome, now: Timestamp) -> Result<(), Rejection> {
        if !matches!(outcome.status, Status::Completed | Status::Failed | Status::TimedOut) {
            return Err(Rejection::malformed(format!("a command cannot end `{}`", outcome.status.name()))
                .hint("report `completed`, `failed` or `timed_out`"));
        }
        if self.status.is_final() {
            return Err(Rejection::conflict(format!("Command is already {}", self.status.name())));
        }
        let Outcome { status, result, error, duration_ms } = outcome;
        let bytes: usize = [&result, &error].into_iter().flatten().map(|json| json.bytes().len()).sum();
        if bytes > BRIDGE_RESULT_BYTES_MAX {
            return Err(Rejection::new(
                RejectionKind::TooLarge,
                format!("the result of a command must not have more than {BRIDGE_RESULT_BYTES_MAX} bytes"),
            ));
        }
        (self.result, self.error, self.duration_ms) = (result, error, duration_ms);
        self.end(status, now);
        Ok(())
    }

    fn end(&mut self, status: Status, now: Timestamp) {
        self.status = status;
        self.completed_at = Some(now);
    }
}

/// How many commands came within a minute, which begins with the first of them.
#[derive(Debug, Default)]
pub struct Rate {
    begun_at: Timestamp,
    count: u32,
}

impl Rate {
    /// Counts one more, or refuses it.
    pub fn take(&mut self, is_reading: bool, now: Timestamp) -> Result<(), Rejection> {
        const MINUTE_MS: i64 = 60_000;
        let (most, what) = if is_reading {
            (BRIDGE_READS_PER_MINUTE_MAX, "reads")
        } else {
            (BRIDGE_WRITES_PER_MINUTE_MAX, "writes")
        };
        if self.count == 0 || now.as_millis().saturating_sub(self.begun_at.as_millis()) >= MINUTE_MS {
            *self = Self { begun_at: now, count: 0 };
        }
        if self.count >= most {
            return Err(Rejection::new(
                RejectionKind::Overloaded,
                format!("Too Many Requests: a runner takes {most} {what} a minute"),
            ));
        }
        self.count += 1;
        Ok(())
    }
}

pub fn command_not_found() -> Rejection {
    Rejection::not_found("Command not found")
}
