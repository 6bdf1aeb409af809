//! The files under `ops/deploy` say what the program understands: flags, variables, ports, routes and metrics are
//! held against the program itself, so that none of them ages unseen.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use yaml_rust2::{Yaml, YamlLoader};

use crate::binary::{Server, folder, program};

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../ops/deploy")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(deploy().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn yaml(name: &str, text: &str) -> Yaml {
    let mut documents =
        YamlLoader::load_from_str(text).unwrap_or_else(|error| panic!("{name}: {error}\n{text}"));
    assert_eq!(documents.len(), 1, "{name}");
    documents.remove(0)
}

fn help() -> String {
    let help = Command::new(program()).args(["serve", "--help"]).output().unwrap();
    String::from_utf8(help.stdout).unwrap()
}

/// Every `--flag` and `CAIRN_…` of a text is known to `cairn serve`.
fn settings_are_known(name: &str, text: &str) {
    let help = help();
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    let settings: BTreeSet<&str> =
        words.filter(|word| word.starts_with("--") || word.starts_with("CAIRN_")).collect();
    assert!(settings.len() > 2, "{name} sets something: {settings:?}");
    for setting in settings {
        assert!(help.contains(setting), "{name}: `cairn serve` does not know `{setting}`");
    }
}

/// The chart's templates with the values of `values.yaml`, as Helm would render them.
fn rendered(template: &str) -> Yaml {
    let values = yaml("values.yaml", &read("helm/cairn/values.yaml"));
    let chart = yaml("Chart.yaml", &read("helm/cairn/Chart.yaml"));
    let text = read(template);
    let mut parts = text.split("{{");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let (expression, rest) = part.split_once("}}").unwrap();
        let path: Vec<&str> = expression.trim().trim_start_matches('.').split('.').collect();
        let value = match path.as_slice() {
            ["Release", "Name"] => "release".to_owned(),
            ["Chart", "AppVersion"] => chart["appVersion"].as_str().unwrap().to_owned(),
            ["Values", names @ ..] => {
                let value = names.iter().fold(&values, |value, name| &value[*name]);
                value
                    .as_str()
                    .map(str::to_owned)
                    .or(value.as_i64().map(|number| number.to_string()))
                    .unwrap_or_else(|| panic!("{template}: `{expression}` has no value"))
            }
            other => panic!("{template}: {other:?} is more than these templates may say"),
        };
        out.push_str(&value);
        out.push_str(rest);
    }
    yaml(template, &out)
}

#[test]
fn the_image_runs_as_nobody_with_settings_that_exist() {
    let text = read("Dockerfile");
    let instructions: String =
        text.lines().filter(|line| line.contains("CAIRN_") && !line.starts_with('#')).collect();
    settings_are_known("Dockerfile", &instructions);
    let last = text.rsplit("FROM ").next().unwrap();
    assert!(last.starts_with("scratch\n"), "{last}");
    assert!(last.contains("USER 65532:65532"));
    assert!(last.contains("EXPOSE 5173 4317"));
    let copied = text.lines().filter(|line| line.starts_with("COPY ") && !line.contains("--from"));
    for source in copied.flat_map(|line| line.split(' ').skip(1)).filter(|word| word.contains('.')) {
        assert!(deploy().join("../..").join(source).exists(), "the Dockerfile copies `{source}`");
    }
}

#[test]
fn compose_publishes_to_this_machine_alone() {
    let compose = yaml("compose.yaml", &read("compose.yaml"));
    let service = &compose["services"]["cairn"];
    let ports: Vec<&str> =
        service["ports"].as_vec().unwrap().iter().map(|port| port.as_str().unwrap()).collect();
    assert_eq!(ports, ["127.0.0.1:5173:5173", "127.0.0.1:4317:4317"]);
    assert_eq!(service["read_only"].as_bool(), Some(true));
    assert_eq!(service["cap_drop"][0].as_str(), Some("ALL"));
    let context = deploy().join(service["build"]["context"].as_str().unwrap());
    assert!(context.join(service["build"]["dockerfile"].as_str().unwrap()).is_file());
    let volume = service["volumes"][0].as_str().unwrap();
    assert!(read("Dockerfile").contains(&format!("CAIRN_DATA={}", volume.split_once(':').unwrap().1)));
}

#[test]
fn the_unit_starts_the_program_with_flags_that_exist() {
    let unit = read("cairn.service");
    let mut section = "";
    for line in unit.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with('[') {
            section = line;
            assert!(["[Unit]", "[Service]", "[Install]"].contains(&section), "{line}");
        } else {
            assert!(line.contains('='), "{section}: {line}");
        }
    }
    let start = unit.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    settings_are_known("cairn.service", start);
    let state = unit.lines().find_map(|line| line.strip_prefix("StateDirectory=")).unwrap();
    assert!(start.contains(&format!("--data /var/lib/{state} ")), "the one folder that the unit may write");
    for hardening in ["ProtectSystem=strict", "NoNewPrivileges=yes", "CapabilityBoundingSet=\n"] {
        assert!(unit.contains(hardening), "{hardening}");
    }
}

#[test]
fn the_chart_renders_to_one_hardened_replica_with_probes_that_answer() {
    let set = rendered("helm/cairn/templates/statefulset.yaml");
    assert_eq!(set["spec"]["replicas"].as_i64(), Some(1), "one writer over the data");
    let pod = &set["spec"]["template"]["spec"];
    assert_eq!(pod["securityContext"]["runAsNonRoot"].as_bool(), Some(true));
    let container = &pod["containers"][0];
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"].as_bool(), Some(true));
    let arguments: Vec<&str> =
        container["args"].as_vec().unwrap().iter().map(|argument| argument.as_str().unwrap()).collect();
    settings_are_known("statefulset.yaml", &arguments.join(" "));
    assert!(read("Dockerfile").contains("--chown=65532:65532 /data /data"));

    let service = rendered("helm/cairn/templates/service.yaml");
    assert_eq!(service["spec"]["selector"], set["spec"]["selector"]["matchLabels"]);
    for (at, port) in service["spec"]["ports"].as_vec().unwrap().iter().enumerate() {
        assert_eq!(port["targetPort"], container["ports"][at]["name"]);
        assert_eq!(port["port"], container["ports"][at]["containerPort"]);
    }

    let data = folder();
    let server = Server::start(data.path());
    let annotations = &set["spec"]["template"]["metadata"]["annotations"];
    let scraped = annotations["prometheus.io/path"].as_str().unwrap();
    let probes = ["readinessProbe", "livenessProbe", "startupProbe"];
    let paths = probes.map(|probe| container[probe]["httpGet"]["path"].as_str().unwrap());
    for path in paths.into_iter().chain([scraped]) {
        assert_eq!(server.client.get(server.url(path)).send().unwrap().status(), 200, "{path}");
    }
}

#[test]
fn the_dashboard_asks_for_metrics_that_exist() {
    let data = folder();
    let server = Server::start(data.path());
    server.trace("shop", "first");
    let text = server.client.get(server.url("/metrics")).send().unwrap().text().unwrap();
    let dashboard: Value = serde_json::from_str(&read("grafana.json")).unwrap();
    let mut asked = BTreeSet::new();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().unwrap() {
            let expression = target["expr"].as_str().unwrap().to_owned();
            let words = expression.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            let names = words.filter(|word| word.starts_with("cairn_") || word.starts_with("process_"));
            asked.extend(names.map(str::to_owned));
        }
    }
    assert!(asked.len() > 10, "{asked:?}");
    for name in asked {
        let shown = text
            .lines()
            .any(|line| line.starts_with(&format!("{name}{{")) || line.starts_with(&format!("{name} ")));
        assert!(shown, "the dashboard asks for `{name}`");
    }
}
