//! Loads a server, reads from it and prints what it measured as one JSON object. `ops/bench` runs it.
//! It measures from outside: what it knows of the product is its API.

mod figures;
mod follow;
mod http;
mod live;
mod load;
mod overload;
mod reads;
mod target;

use std::sync::Arc;

use anyhow::Result;
use cairn_bench::traffic::Traffic;
use clap::{Parser, Subcommand};
use serde::Serialize;

use crate::follow::FollowArgs;
use crate::live::LiveArgs;
use crate::load::LoadArgs;
use crate::overload::OverloadArgs;
use crate::reads::ReadArgs;
use crate::target::Target;

#[derive(Parser)]
#[command(name = "cairn-bench", about = "Loads a server, reads from it, and prints what it measured as JSON")]
struct Cli {
    #[command(flatten)]
    target: Target,
    /// The same seed gives the same traces
    #[arg(long, default_value_t = 7)]
    seed: u64,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sends traces until all of them can be queried
    Load(LoadArgs),
    /// Times reads of what was loaded
    Read(ReadArgs),
    /// Times how long a subscriber waits for what was acknowledged
    Live(LiveArgs),
    /// Holds what many subscribers hear of, one of them with an interruption, against what was sent
    Follow(FollowArgs),
    /// Offers more than the server can take, and looks at how it refuses and at what it holds
    Overload(OverloadArgs),
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<()> {
    let cli = Cli::parse();
    let traffic = Arc::new(Traffic::new(cli.seed));
    match cli.command {
        Command::Load(args) => print(&load::load(&cli.target, traffic, args).await?),
        Command::Read(args) => print(&reads::reads(&cli.target, traffic, &args).await?),
        Command::Follow(args) => print(&follow::follow(&cli.target, traffic, &args).await?),
        Command::Overload(args) => print(&overload::overload(&cli.target, &traffic, &args).await?),
        Command::Live(args) => print(&live::live(&cli.target, traffic, &args).await?),
    }
}

#[expect(clippy::print_stdout, reason = "the figures are what the program is for")]
fn print(figures: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string_pretty(figures)?);
    Ok(())
}
