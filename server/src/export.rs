//! `cairn export`: writes what is in a workspace into files. As JSON lines with the events that made it, so that
//! `cairn import` can take it in elsewhere; as CSV or Parquet for tools that read tables.

mod tables;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use cairn_actors::handles::Handles;
use cairn_core::access::{AuditRead, Principal};
use cairn_core::attachments::ContentHash;
use cairn_core::query::Query;
use cairn_rest::bundle::Entity;
use cairn_storage::attachments::contents::Home;
use cairn_storage::bundle::{Line, Positions};
use cairn_storage::error::Error;
use cairn_storage::reader::Reader;
use cairn_storage::store;
use serde::{Deserialize, Serialize};

use self::tables::Sink;
use crate::commands::{Trouble, check_folder};
use crate::config::StoreArgs;
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
    let mut entities = Vec::new();
    for name in &arguments.entity {
        let unknown = || Trouble::Usage(format!("`{name}` is no entity; `cairn export --help` lists them"));
        entities.push(Entity::parse(name).ok_or_else(unknown)?);
    }
    let job = Job {
        whole: entities.is_empty(),
        entities: if entities.is_empty() { Entity::ALL.to_vec() } else { entities },
        workspace: arguments.workspace.clone(),
        format: arguments.format,
        filter: arguments.filter.clone(),
        to: arguments.to.clone(),
    };
    let manifest = with_workspace(&data, home, &arguments.workspace, |handles, principal| async move {
        let grant = principal.grant::<AuditRead>().map_err(|refusal| Trouble::Usage(refusal.to_string()))?;
        let now = handles.now();
        let filters = job.filters(now)?;
        make_folder(&job.to)?;
        handles.read(&grant, move |reader| Ok(job.write(reader, &filters))).await?
    })?;
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

struct Job {
    entities: Vec<Entity>,
    /// Everything is wanted, and with it the whole log.
    whole: bool,
    workspace: String,
    format: Format,
    filter: Option<String>,
    to: PathBuf,
}

impl Job {
    fn filters(&self, now: cairn_core::time::Timestamp) -> Result<Vec<Query>, Trouble> {
        let text = self.filter.as_deref().unwrap_or_default();
        let filters = self.entities.iter().map(|entity| entity.filter(text, now));
        filters.collect::<Result<_, _>>().map_err(|refusal| Trouble::Usage(refusal.to_string()))
    }

    fn write(&self, reader: &Reader, filters: &[Query]) -> Result<Manifest, Trouble> {
        let mut manifest = Manifest {
            bundle: BUNDLE_VERSION,
            made_by: format!("cairn {VERSION}"),
            workspace: self.workspace.clone(),
            filter: self.filter.clone(),
            rows: BTreeMap::new(),
            events: None,
        };
        let mut positions = Positions::default();
        for (entity, filter) in self.entities.iter().zip(filters) {
            let mut sink = self.sink(*entity)?;
            let mut rows = 0;
            entity.each(reader, filter, &mut positions, &mut |row: &str| {
                rows += 1;
                sink.row(row)
            })?;
            sink.finish()?;
            manifest.rows.insert(entity.name().to_owned(), rows);
        }
        if self.format == Format::Jsonl {
            if self.whole {
                positions = reader.all_positions();
            } else {
                for view in reader.projects()? {
                    reader.positions_of(view.project.id.uuid(), &mut positions)?;
                }
            }
            reader.leave_what_was_undone(&mut positions)?;
            manifest.events = Some(self.write_events(reader, &positions)?);
        }
        let text = serde_json::to_string_pretty(&manifest).map_err(std::io::Error::from)?;
        std::fs::write(self.to.join(MANIFEST), text + "\n")?;
        Ok(manifest)
    }

    fn sink(&self, entity: Entity) -> Result<Sink, Trouble> {
        let create = |ending| File::create(self.to.join(entity.name()).with_extension(ending));
        match self.format {
            Format::Jsonl => Ok(Sink::lines(create("jsonl")?)),
            Format::Csv => Sink::csv(create("csv")?, entity.columns()),
            Format::Parquet => Sink::parquet(create("parquet")?, entity.columns()),
        }
    }

    fn write_events(&self, reader: &Reader, positions: &Positions) -> Result<u64, Trouble> {
        let mut file = BufWriter::new(File::create(self.to.join(EVENTS))?);
        let mut events = 0;
        for at in positions.iter() {
            let line = reader.record(at)?.as_ref().and_then(Line::of);
            let Some(line) = line else { continue };
            if let Some(content) = line.content() {
                self.write_content(reader, content.hash)?;
            }
            serde_json::to_writer(&mut file, &line).map_err(std::io::Error::from)?;
            file.write_all(b"\n")?;
            events += 1;
        }
        file.flush()?;
        Ok(events)
    }

    fn write_content(&self, reader: &Reader, hash: ContentHash) -> Result<(), Trouble> {
        let file = self.to.join(CONTENTS).join(hash.to_string());
        // What no attachment has any more may be gone, and is not missed.
        if file.exists() || !reader.is_content_used(hash)? {
            return Ok(());
        }
        std::fs::create_dir_all(self.to.join(CONTENTS))?;
        Ok(reader.copy_content(hash, &mut File::create(file)?)?)
    }
}
