//! `cairn prices`: takes a workspace's own prices from a file, and writes them out. A running server is asked to.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cairn_core::access::PriceWrite;
use cairn_core::limits::BATCH_ITEMS_MAX;
use cairn_core::prices::tariff::Item;
use cairn_core::prices::{Command, Put};
use cairn_core::rejection::Rejection;
use cairn_core::workspaces::{DEFAULT_ID, DEFAULT_NAME};
use cairn_rest::prices::{Lines, PriceLine, read_lines};
use cairn_storage::attachments::contents::Home;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::store::{self, Store};

use crate::commands::{Trouble, check_folder};
use crate::config::StoreArgs;
use crate::export::with_workspace;
use crate::log_stream;

const ROUTE: &str = "/api/v1/cairn/prices";

#[derive(clap::Args)]
#[command(after_help = "CSV has a line of names, JSON is {\"prices\": [{…}]} with the same names:

  provider,model,effective_from,input,output,cache_read,cache_write,cache_write_hour,
  reasoning,audio_input,audio_output,input_characters,video_seconds,tiers

Amounts are US dollars per million tokens (characters, seconds); `model` and one amount are needed. Without a
provider a price holds for any, without `effective_from` since ever. `tiers` are rates of prompts with more tokens
than it says: `>200000 in=5 out=15`. Spans that are there keep what they cost.")]
pub(crate) struct PricesArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// Set the prices of a CSV or JSON file (`-` for standard input); others stay
    #[arg(long, value_name = "FILE", required_unless_present = "export", conflicts_with = "export")]
    import: Option<PathBuf>,

    /// Print the workspace's own prices
    #[arg(long)]
    export: bool,

    /// Print them as JSON rather than CSV
    #[arg(long, requires = "export")]
    json: bool,
}

pub(crate) fn run(arguments: &PricesArgs) -> Result<(), Trouble> {
    let data = arguments.store.data.folder()?;
    check_folder(&data)?;
    match &arguments.import {
        Some(file) => import(&data, arguments.store.home()?, file),
        None => export(&data, arguments.json),
    }
}

fn export(data: &Path, as_json: bool) -> Result<(), Trouble> {
    let lines = if let Some(store) = open(data)? {
        let prices = Reader::rows_only(&Arc::new(store))?.prices()?;
        Lines { prices: prices.own().map(PriceLine::of).collect() }
    } else {
        let text = log_stream::ask(data, "GET", ROUTE, "")?;
        serde_json::from_str(&text).map_err(|error| Trouble::Usage(error.to_string()))?
    };
    let mut out = std::io::stdout().lock();
    if as_json {
        serde_json::to_writer_pretty(&mut out, &lines).map_err(std::io::Error::from)?;
        writeln!(out)?;
        return Ok(());
    }
    let mut table = csv::Writer::from_writer(out);
    table.write_record(PriceLine::COLUMNS).map_err(csv_error)?;
    for line in lines.prices {
        table.write_record(cells(line)).map_err(csv_error)?;
    }
    Ok(table.flush()?)
}

fn cells(mut line: PriceLine) -> Vec<String> {
    let mut cells =
        vec![line.provider.clone(), line.model.clone(), line.effective_from.clone().unwrap_or_default()];
    for item in Item::ALL {
        let amount = *line.amount(item);
        cells.push(amount.map(|amount| amount.0.normalize().to_string()).unwrap_or_default());
    }
    cells.push(line.tiers.unwrap_or_default());
    cells
}

fn import(data: &Path, home: Home, file: &Path) -> Result<(), Trouble> {
    let lines = read(file)?;
    let total = lines.len();
    // What is wrong is told before anything is set.
    let puts = read_lines(lines.clone()).map_err(|refusal| unreadable(file, &refusal))?;
    for puts in puts.chunks(BATCH_ITEMS_MAX) {
        Command::Put(puts.to_vec()).check().map_err(|refusal| unreadable(file, &refusal))?;
    }
    if let Some(store) = open(data)? {
        drop(store);
        set(data, home, puts)?;
    } else {
        for prices in lines.chunks(BATCH_ITEMS_MAX) {
            let body = serde_json::to_string(&Lines { prices: prices.to_vec() });
            log_stream::ask(data, "PUT", ROUTE, &body.map_err(std::io::Error::from)?)?;
        }
    }
    writeln!(std::io::stdout(), "{total} prices set")?;
    Ok(())
}

fn set(data: &Path, home: Home, puts: Vec<Put>) -> Result<(), Trouble> {
    with_workspace(data, home, DEFAULT_NAME, |handles, principal| async move {
        let grant = principal.grant::<PriceWrite>();
        let grant = grant.map_err(|refusal| Trouble::Usage(refusal.to_string()))?;
        for puts in puts.chunks(BATCH_ITEMS_MAX) {
            handles.execute(&grant, Command::Put(puts.to_vec())).await?;
        }
        Ok(())
    })
}

/// `None` if a running server holds the folder.
fn open(data: &Path) -> Result<Option<Store>, Trouble> {
    match Store::open(&data.join("workspaces").join(DEFAULT_ID.to_string())) {
        Err(Error::Store(error)) if store::is_locked(&error) => Ok(None),
        opened => Ok(Some(opened?)),
    }
}

fn read(file: &Path) -> Result<Vec<PriceLine>, Trouble> {
    let unreadable = |error: &dyn std::fmt::Display| Trouble::Usage(format!("`{}`: {error}", file.display()));
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(file).map_err(|error| unreadable(&error))?;
    }
    if text.trim_start().starts_with('{') {
        let lines: Lines = serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
        return Ok(lines.prices);
    }
    let mut table = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    table.deserialize().collect::<Result<_, _>>().map_err(|error| unreadable(&error))
}

fn unreadable(file: &Path, refusal: &Rejection) -> Trouble {
    Trouble::Usage(format!("`{}`: {refusal}", file.display()))
}

fn csv_error(error: csv::Error) -> Trouble {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => Trouble::Disk(error),
        other => Trouble::Usage(format!("{other:?}")),
    }
}
