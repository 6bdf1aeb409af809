//! The binary `cairn`: arguments, configuration, wiring, shutdown. It holds no rule and stores nothing by itself.

mod assets;
mod audit;
mod backup;
mod clock;
mod commands;
mod config;
mod doctor;
mod drain;
mod erase;
mod export;
mod fork;
mod import;
mod log_stream;
mod origin;
mod prices;
mod serve;
mod telemetry;

use std::process::ExitCode;

use tikv_jemallocator::Jemalloc;

/// What the system brings keeps much more of what was freed, and is slower: `ops/performance.md` has figures.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    commands::run()
}
