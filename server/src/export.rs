//! `cairn export`: writes what is in a workspace into files. As JSON lines with the events that made it, so that
//! `cairn import` can take it in elsewhere; as CSV or Parquet for tools that read tables. Beside a server, the server
//! reads.

mod tables;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use cairn_actors::handles::Handles;
use cairn_core::access::{AuditRead, Principal};
use cairn_core::attachments::{ContentHash, encoded};
use cairn_core::rejection::Rejection;
use cairn_rest::bundle::Entity;
use cairn_rest::export::{Asked, Pieces, frames};
use cairn_storage::attachments::contents::Home;
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::store::{self, Store};
use serde::{Deserialize, Serialize};

use self::tables::Sink;
use crate::commands::{Trouble, check_folder};
use crate::config::StoreArgs;
use crate::log_stream;
use crate::serve::VERSION;

pub(crate) const MANIFEST: &str = "manifest.json";
pub(crate) const EVENTS: &str = "events.jsonl";
/// The folder with the bytes of attachments, each under its hash.
pub(crate) const CONTENTS: &str = "contents";
/// What the files of a bundle look like.
pub(crate) const BUNDLE_VERSION: u32 = 1;

#[derive(clap::Args)]
#[command(after_help = ENTITIES)]
pub(crate) struct ExportArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// The workspace
    #[arg(long, value_name = "NAME", default_value = "default")]
    workspace: String,

    /// How files are written; only `jsonl` can be imported again
    #[arg(long, value_enum, default_value_t = Format::Jsonl)]
    format: Format,

    /// What is written, and may be said several times [default: everything]
    #[arg(long, value_name = "ENTITY")]
    entity: Vec<String>,

    /// Only what a text of the query language leaves, as in `error:true start > -24h`
    #[arg(long, value_name = "QUERY", requires = "entity")]
    filter: Option<String>,

    /// Folder for the files; it must be empty or not be there
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

const ENTITIES: &str = "Entities: projects, traces, spans, threads, scores, datasets, items, experiments, runs, prompts, prompt-versions.

Without --entity, JSON lines hold the whole log and all files beside the rows, and an import makes the same of it. With it, they hold
the events of what was written, of its projects, and of the datasets of experiments.";

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Jsonl,
    Csv,
    Parquet,
}

/// What stands beside the files of a bundle.
#[derive(Serialize, Deserialize)]
pub(crate) struct Manifest {
    pub(crate) bundle: u32,
    made_by: String,
    workspace: String,
    filter: Option<String>,
    /// Rows of each file.
    rows: BTreeMap<String, u64>,
    /// Events that can be imported; none of formats that are only read.
    pub(crate) events: Option<u64>,
}

pub(crate) fn run(arguments: &ExportArgs) -> Result<(), Trouble> {
    let (data, home) = (arguments.store.data.folder()?, arguments.store.home()?);
    check_folder(&data)?;
    let (names, filter) = (arguments.entity.clone(), arguments.filter.clone().unwrap_or_default());
    let events = arguments.format == Format::Jsonl;
    let mut files = Files::new(arguments);
    files = match Store::open(&data.join("system")) {
        Err(Error::Store(error)) if store::is_locked(&error) => {
            let query = format!(
                "workspace_name={}&entities={}&filter={}&events={events}",
                encoded(&arguments.workspace),
                encoded(&names.join(",")),
                encoded(&filter),
            );
            frames::read(log_stream::stream(&data, &format!("/api/v1/cairn/export?{query}"))?, &mut files)?;
            files
        }
        opened => {
            drop(opened?);
            with_workspace(&data, home, &arguments.workspace, |handles, principal| async move {
                let refused = |refusal: Rejection| Trouble::Usage(refusal.to_string());
                let grant = principal.grant::<AuditRead>().map_err(refused)?;
                let names = names.iter().map(String::as_str);
                let asked = Asked::new(names, &filter, events, handles.now()).map_err(refused)?;
                let read = move |reader: &Reader| Ok(asked.read(reader, &mut files).map(|()| files));
                handles.read(&grant, read).await?
            })?
        }
    };
    let manifest = files.finish()?;
    let mut out = std::io::stdout().lock();
    for (name, rows) in &manifest.rows {
        writeln!(out, "{name}: {rows}")?;
    }
    Ok(manifest.events.map_or(Ok(()), |events| writeln!(out, "events: {events}"))?)
}

/// Opens a folder that no server holds, works with one workspace of it, and closes it in order.
pub(crate) fn with_workspace<T, F: Future<Output = Result<T, Trouble>>>(
    data: &Path,
    home: Home,
    name: &str,
    work: impl FnOnce(Handles, Principal) -> F,
) -> Result<T, Trouble> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let _in_runtime = runtime.enter();
    let handles = match Handles::start(data, home) {
        Err(Error::Store(cause)) if store::is_locked(&cause) => {
            let problem = format!("`{}` is in use by a running server; stop it first", data.display());
            return Err(Trouble::Usage(problem));
        }
        started => started?,
    };
    runtime.block_on(async {
        let principal = handles.open_principal(name);
        let unknown = |_| Trouble::Usage(format!("there is no workspace `{name}` in `{}`", data.display()));
        let done = match principal.map_err(unknown) {
            Ok(principal) => work(handles.clone(), principal).await,
            Err(trouble) => Err(trouble),
        };
        handles.stop().await;
        done
    })
}

fn make_folder(to: &Path) -> Result<(), Trouble> {
    std::fs::create_dir_all(to)?;
    if std::fs::read_dir(to)?.next().is_some() {
        let problem = format!("`{}` is not empty; name a new folder with --to", to.display());
        return Err(Trouble::Usage(problem));
    }
    Ok(())
}

/// The folder that pieces are put into. It is made with the first of them, so that what is refused leaves nothing.
struct Files {
    to: PathBuf,
    format: Format,
    manifest: Manifest,
    rows: Option<(Entity, Sink, u64)>,
    events: Option<BufWriter<File>>,
    content: Option<File>,
}

impl Files {
    fn new(arguments: &ExportArgs) -> Self {
        let manifest = Manifest {
            bundle: BUNDLE_VERSION,
            made_by: format!("cairn {VERSION}"),
            workspace: arguments.workspace.clone(),
            filter: arguments.filter.clone(),
            rows: BTreeMap::new(),
            events: None,
        };
        let (to, format) = (arguments.to.clone(), arguments.format);
        Self { to, format, manifest, rows: None, events: None, content: None }
    }

    fn end_rows(&mut self) -> Result<(), Trouble> {
        if let Some((entity, sink, count)) = self.rows.take() {
            sink.finish()?;
            self.manifest.rows.insert(entity.name().to_owned(), count);
        }
        Ok(())
    }

    /// Which is empty for a workspace with nothing in it.
    fn events(&mut self) -> Result<&mut BufWriter<File>, Trouble> {
        if self.events.is_none() {
            self.end_rows()?;
        }
        let file = match self.events.take() {
            Some(file) => file,
            None => BufWriter::new(File::create(self.to.join(EVENTS))?),
        };
        Ok(self.events.insert(file))
    }

    fn finish(mut self) -> Result<Manifest, Trouble> {
        self.end_rows()?;
        if self.format == Format::Jsonl {
            self.events()?.flush()?;
            self.manifest.events.get_or_insert(0);
        }
        let text = serde_json::to_string_pretty(&self.manifest).map_err(std::io::Error::from)?;
        std::fs::write(self.to.join(MANIFEST), text + "\n")?;
        Ok(self.manifest)
    }
}

impl Write for Files {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.content.as_mut().map_or(Ok(bytes.len()), |file| file.write(bytes))
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.content.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Pieces for Files {
    type Failure = Trouble;

    fn entity(&mut self, entity: Entity) -> Result<(), Trouble> {
        if self.rows.is_none() && self.manifest.rows.is_empty() {
            make_folder(&self.to)?;
        }
        self.end_rows()?;
        let create = |ending| File::create(self.to.join(entity.name()).with_extension(ending));
        let sink = match self.format {
            Format::Jsonl => Sink::lines(create("jsonl")?),
            Format::Csv => Sink::csv(create("csv")?, entity.columns())?,
            Format::Parquet => Sink::parquet(create("parquet")?, entity.columns())?,
        };
        self.rows = Some((entity, sink, 0));
        Ok(())
    }

    fn row(&mut self, row: &str) -> Result<(), Trouble> {
        let Some((_, sink, count)) = &mut self.rows else { return Ok(()) };
        *count += 1;
        sink.row(row)
    }

    fn event(&mut self, line: &str) -> Result<(), Trouble> {
        let file = self.events()?;
        file.write_all(line.as_bytes())?;
        file.write_all(b"\n")?;
        *self.manifest.events.get_or_insert(0) += 1;
        Ok(())
    }

    fn content(&mut self, hash: ContentHash) -> Result<(), Trouble> {
        let folder = self.to.join(CONTENTS);
        std::fs::create_dir_all(&folder)?;
        self.content = Some(File::create(folder.join(hash.to_string()))?);
        Ok(())
    }
}
