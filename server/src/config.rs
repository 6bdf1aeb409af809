//! Settings: a flag before an environment variable before the TOML file before the default.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use cairn_core::limits::{ALERT_SECONDS_DEFAULT, ALERT_SECONDS_MAX};
use cairn_storage::attachments::contents::{Bucket, Home};
use clap::Args;
use serde::Deserialize;

/// Where the data lies: every command takes it.
#[derive(Args, Clone, Debug)]
pub(crate) struct DataArgs {
    /// Folder of all data; made if it does not exist [default: ./data] [file: `data`]
    #[arg(long, env = "CAIRN_DATA", value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,

    /// TOML file with settings; flags and environment variables come before it
    #[arg(long, env = "CAIRN_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// The data folder, and where the rest of the data is.
#[derive(Args, Clone, Debug)]
pub(crate) struct StoreArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    bucket: BucketArgs,
}

impl StoreArgs {
    pub(crate) fn home(&self) -> Result<Home, Unusable> {
        self.bucket.clone().home(read_file(self.data.config.as_deref())?.s3)
    }
}

#[derive(Args, Clone, Debug)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// Address of UI, REST, GraphQL and OTLP over HTTP [default: 127.0.0.1:5173] [file: `listen`]
    #[arg(long, env = "CAIRN_LISTEN", value_name = "ADDR:PORT")]
    listen: Option<String>,

    /// Address of OTLP over gRPC; `off` for none [default: 127.0.0.1:4317] [file: `grpc_listen`]
    #[arg(long, env = "CAIRN_GRPC_LISTEN", value_name = "ADDR:PORT")]
    grpc_listen: Option<String>,

    /// Listen beyond this machine although nobody has to sign in [default: false] [file: `allow_open_network`]
    #[arg(long, env = "CAIRN_ALLOW_OPEN_NETWORK", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    allow_open_network: Option<String>,

    /// Export the server's own traces as the standard variables of OpenTelemetry say [default: false] [file: `own_traces`]
    #[arg(long, env = "CAIRN_OWN_TRACES", value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    own_traces: Option<String>,

    /// Seconds for which what sets an alert off is gathered before it is sent; metrics are looked at as often [default: 60] [file: `alert_seconds`]
    #[arg(long, env = "CAIRN_ALERT_SECONDS", value_name = "SECONDS")]
    alert_seconds: Option<String>,

    #[command(flatten)]
    bucket: BucketArgs,

    /// What is logged, for example `info` or `cairn_storage=debug,info` [default: info] [file: `log`]
    #[arg(long, env = "CAIRN_LOG", value_name = "FILTER")]
    log: Option<String>,

    /// How it is logged: `text` or `json` [default: text] [file: `log_format`]
    #[arg(long, env = "CAIRN_LOG_FORMAT", value_name = "FORMAT")]
    log_format: Option<String>,
}

/// Where the bytes of attachments are kept, if not in the data folder.
#[derive(Args, Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct BucketArgs {
    /// Bucket, of an object store that speaks S3, for the bytes of attachments [default: the data folder] [file: `s3.bucket`]
    #[arg(long = "s3-bucket", env = "CAIRN_S3_BUCKET", value_name = "NAME")]
    bucket: Option<String>,

    /// What the keys in the bucket begin with [default: cairn] [file: `s3.prefix`]
    #[arg(long = "s3-prefix", env = "CAIRN_S3_PREFIX", value_name = "PREFIX")]
    prefix: Option<String>,

    /// Address of the object store [default: that of AWS] [file: `s3.endpoint`]
    #[arg(long = "s3-endpoint", env = "CAIRN_S3_ENDPOINT", value_name = "URL")]
    endpoint: Option<String>,

    /// Region of the bucket [default: `AWS_REGION`] [file: `s3.region`]
    #[arg(long = "s3-region", env = "CAIRN_S3_REGION", value_name = "REGION")]
    region: Option<String>,

    /// Id of the key for the bucket [default: `AWS_ACCESS_KEY_ID`, or the machine's identity] [file: `s3.access_key_id`]
    #[arg(long = "s3-access-key-id", env = "CAIRN_S3_ACCESS_KEY_ID", value_name = "ID")]
    access_key_id: Option<String>,

    /// Secret of the key for the bucket; better in the environment than here [file: `s3.secret_access_key`]
    #[arg(
        long = "s3-secret-access-key",
        env = "CAIRN_S3_SECRET_ACCESS_KEY",
        value_name = "SECRET",
        hide_env_values = true
    )]
    secret_access_key: Option<String>,
}

impl BucketArgs {
    fn home(self, file: Self) -> Result<Home, Unusable> {
        let Some(name) = self.bucket.or(file.bucket) else { return Ok(Home::Folder) };
        let (id, secret) =
            (self.access_key_id.or(file.access_key_id), self.secret_access_key.or(file.secret_access_key));
        if id.is_some() != secret.is_some() {
            let problem =
                "a key has an id and a secret; set `s3.access_key_id` and `s3.secret_access_key`, or neither";
            return Err(Unusable { key: "s3", problem: problem.to_owned() });
        }
        Ok(Home::Bucket(Bucket {
            name,
            prefix: self.prefix.or(file.prefix).unwrap_or_else(|| "cairn".to_owned()),
            endpoint: self.endpoint.or(file.endpoint),
            region: self.region.or(file.region),
            access_key_id: id,
            secret_access_key: secret,
        }))
    }
}

/// The file, with the same names as the flags.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    data: Option<PathBuf>,
    listen: Option<String>,
    grpc_listen: Option<String>,
    allow_open_network: Option<bool>,
    own_traces: Option<bool>,
    alert_seconds: Option<u64>,
    #[serde(default)]
    s3: BucketArgs,
    log: Option<String>,
    log_format: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) data: PathBuf,
    pub(crate) listen: SocketAddr,
    pub(crate) grpc_listen: Option<SocketAddr>,
    pub(crate) open_network: bool,
    pub(crate) own_traces: bool,
    pub(crate) alert_seconds: u64,
    pub(crate) attachments: Home,
    pub(crate) log: String,
    pub(crate) log_format: LogFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Text,
    Json,
}

/// A setting that cannot be used: which, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("setting `{key}`: {problem}")]
pub(crate) struct Unusable {
    key: &'static str,
    problem: String,
}

impl DataArgs {
    pub(crate) fn folder(&self) -> Result<PathBuf, Unusable> {
        Ok(self.clone().merge(&read_file(self.config.as_deref())?))
    }

    fn merge(self, file: &File) -> PathBuf {
        self.data.or_else(|| file.data.clone()).unwrap_or_else(|| PathBuf::from("./data"))
    }
}

impl ServeArgs {
    pub(crate) fn settings(self) -> Result<Settings, Unusable> {
        let file = read_file(self.data.config.as_deref())?;
        let listen = address("listen", self.listen.or(file.listen.clone()), 5173)?;
        let grpc = self.grpc_listen.or(file.grpc_listen.clone());
        let grpc_listen = match grpc.as_deref() {
            Some("off") => None,
            _ => Some(address("grpc_listen", grpc, 4317)?),
        };
        let open = match self.allow_open_network {
            Some(text) => truth("allow_open_network", &text)?,
            None => file.allow_open_network.unwrap_or_default(),
        };
        for (key, bound) in [("listen", Some(listen)), ("grpc_listen", grpc_listen)] {
            if !open && bound.is_some_and(|bound| !bound.ip().is_loopback()) {
                let problem = "nobody has to sign in, so only this machine may connect; use a loopback address, \
                               or set `allow_open_network` if the network itself is guarded";
                return Err(Unusable { key, problem: problem.to_owned() });
            }
        }
        let own_traces = match self.own_traces {
            Some(text) => truth("own_traces", &text)?,
            None => file.own_traces.unwrap_or_default(),
        };
        let alert_seconds = seconds("alert_seconds", self.alert_seconds, file.alert_seconds)?;
        let log_format = match self.log_format.or(file.log_format.clone()).as_deref() {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(other) => {
                let problem = format!("`{other}` is no format; use `text` or `json`");
                return Err(Unusable { key: "log_format", problem });
            }
        };
        let attachments = self.bucket.home(file.s3.clone())?;
        let log = self.log.or(file.log.clone()).unwrap_or_else(|| "info".to_owned());
        let data = self.data.merge(&file);
        Ok(Settings {
            data,
            listen,
            grpc_listen,
            open_network: open,
            own_traces,
            alert_seconds,
            attachments,
            log,
            log_format,
        })
    }
}

fn read_file(path: Option<&Path>) -> Result<File, Unusable> {
    let Some(path) = path else { return Ok(File::default()) };
    let unusable =
        |problem: String| Unusable { key: "config", problem: format!("`{}`: {problem}", path.display()) };
    let text = std::fs::read_to_string(path).map_err(|error| unusable(error.to_string()))?;
    toml::from_str(&text).map_err(|error| unusable(error.to_string()))
}

fn address(key: &'static str, text: Option<String>, default_port: u16) -> Result<SocketAddr, Unusable> {
    let Some(text) = text else { return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), default_port)) };
    let problem = || format!("`{text}` is no address; write for example `127.0.0.1:{default_port}`");
    text.parse().map_err(|_| Unusable { key, problem: problem() })
}

fn seconds(key: &'static str, text: Option<String>, file: Option<u64>) -> Result<u64, Unusable> {
    let given = match &text {
        Some(text) => text.parse().ok(),
        None => Some(file.unwrap_or(ALERT_SECONDS_DEFAULT)),
    };
    let problem = || format!("give a whole number of seconds between 1 and {ALERT_SECONDS_MAX}");
    given
        .filter(|seconds| (1..=ALERT_SECONDS_MAX).contains(seconds))
        .ok_or_else(|| Unusable { key, problem: problem() })
}

fn truth(key: &'static str, text: &str) -> Result<bool, Unusable> {
    let problem = format!("`{text}` is neither `true` nor `false`");
    text.parse().map_err(|_| Unusable { key, problem })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        serve: ServeArgs,
    }

    fn settings(arguments: &[&str]) -> Result<Settings, String> {
        let all = ["cairn"].iter().chain(arguments);
        Command::parse_from(all).serve.settings().map_err(|error| error.to_string())
    }

    #[test]
    fn without_settings_only_this_machine_is_served() {
        let settings = settings(&[]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:5173");
        assert_eq!(settings.grpc_listen.unwrap().to_string(), "127.0.0.1:4317");
        assert_eq!(settings.data, PathBuf::from("./data"));
    }

    #[test]
    fn an_open_network_must_be_asked_for() {
        let refusal = settings(&["--listen", "0.0.0.0:80"]).unwrap_err();
        assert!(refusal.starts_with("setting `listen`: nobody has to sign in"), "{refusal}");
        assert!(settings(&["--listen", "0.0.0.0:80", "--allow-open-network"]).is_ok());
    }

    #[test]
    fn wrong_values_name_their_key() {
        for (arguments, start) in [
            (["--listen", "here"], "setting `listen`: `here` is no address"),
            (["--grpc-listen", "4317"], "setting `grpc_listen`: `4317` is no address"),
            (["--alert-seconds", "0"], "setting `alert_seconds`: give a whole number of seconds"),
            (["--log-format", "xml"], "setting `log_format`: `xml` is no format"),
            (["--config", "/nowhere.toml"], "setting `config`: `/nowhere.toml`"),
        ] {
            let refusal = settings(&arguments).unwrap_err();
            assert!(refusal.starts_with(start), "{refusal}");
        }
    }

    #[test]
    fn flags_come_before_the_file_and_unknown_keys_are_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let path = file.path().to_str().unwrap();
        std::fs::write(path, "listen = \"127.0.0.1:1\"\ngrpc_listen = \"off\"\n").unwrap();
        let read = settings(&["--config", path, "--listen", "127.0.0.1:2"]).unwrap();
        assert_eq!((read.listen.port(), read.grpc_listen), (2, None));
        std::fs::write(path, "lisen = \"127.0.0.1:1\"\n").unwrap();
        let refusal = settings(&["--config", path]).unwrap_err();
        assert!(refusal.contains("unknown field `lisen`"), "{refusal}");
    }
}
