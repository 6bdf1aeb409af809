//! What is counted of commands while they pass: how they ended, and how long a client waited for the disk.
//! Whoever shows the counts registers them; nothing here opens a port.

use std::time::Duration;

use cairn_core::command::Outcome;
use cairn_core::rejection::RejectionKind;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::failure::Failure;

#[derive(Clone, Debug)]
pub struct Meter {
    commands: Family<Ended, Counter>,
    acknowledged: Family<Workspace, Histogram>,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Workspace {
    workspace: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Ended {
    workspace: String,
    outcome: &'static str,
}

impl Default for Meter {
    fn default() -> Self {
        Self { commands: Family::default(), acknowledged: Family::new_with_constructor(latencies) }
    }
}

/// From a quarter of a millisecond, as an fsync takes, to eight seconds.
fn latencies() -> Histogram {
    Histogram::new(exponential_buckets(0.000_25, 2.0, 16))
}

impl Meter {
    pub fn register(&self, registry: &mut Registry) {
        registry.register("cairn_commands", "Commands by how they ended", self.commands.clone());
        registry.register_with_unit(
            "cairn_acknowledged",
            "From a command's arrival until it was durable",
            Unit::Seconds,
            self.acknowledged.clone(),
        );
    }

    pub(crate) fn saw(&self, workspace: &str, took: Duration, ended: &Result<Outcome, Failure>) {
        let workspace = workspace.to_owned();
        let outcome = match ended {
            Ok(_) => {
                let labels = Workspace { workspace: workspace.clone() };
                self.acknowledged.get_or_create(&labels).observe(took.as_secs_f64());
                "done"
            }
            Err(Failure::Refused(rejection)) if rejection.kind == RejectionKind::Overloaded => "overloaded",
            Err(Failure::Refused(_)) => "refused",
            Err(Failure::Fault(_) | Failure::Damaged { .. }) => "fault",
            Err(Failure::ReadOnly(_)) => "read_only",
        };
        self.commands.get_or_create(&Ended { workspace, outcome }).inc();
    }
}
