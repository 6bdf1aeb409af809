//! The whole binary from outside, where no client of an SDK goes: the command line, sockets, shutdown, open mode.
//! `CAIRN_BIN` names the binary; `ops/check` and `ops/test` build it and say so.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper of a test has nobody to hand an error to"
)]

mod backup;
mod binary;
mod cli;
mod deploy;
mod erasures;
mod experiments;
mod export;
mod faults;
mod fifty_thousand;
mod known;
mod live;
mod open_mode;
mod operate;
mod own_traces;
mod prices;
mod workspaces;
