//! `ingressc diff` as people and machines run it: against a live configuration, and one change against another.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pretty_assertions::assert_eq;
use serde_json::Value;
use tempfile::TempDir;

const SHOP: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: 8m
    nginx.ingress.kubernetes.io/limit-rps: '5'
    nginx.ingress.kubernetes.io/auth-type: basic
    nginx.ingress.kubernetes.io/auth-secret: users
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http:
      paths:
      - path: /
        pathType: Prefix
        backend:
          service:
            name: front
            port:
              number: 80
      - path: /api
        pathType: Prefix
        backend:
          service:
            name: api
            port:
              number: 80
";

const CLUSTER: &str = "\
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Secret
metadata: {name: users, namespace: shop}
data: {auth: dXNlcjokYXByMSR4JHg=}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: front-1, namespace: shop, labels: {kubernetes.io/service-name: front}}
addressType: IPv4
ports: [{port: 8080, protocol: TCP}]
endpoints:
- addresses: [10.0.0.1]
- addresses: [10.0.0.2]
";

/// How a run ended and what it said.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

fn run(folder: &Path, args: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_ingressc")).args(args).current_dir(folder).env_clear().output();
    let output = output.expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
    Run { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

fn write(folder: &Path, name: &str, content: &str) {
    fs::write(folder.join(name), content).expect("files can be written");
}

/// A folder with manifests and the configuration that comes of them, as `live/nginx.conf` and `live/backends.json`.
fn shop() -> TempDir {
    let folder = tempfile::tempdir().expect("there is room for files");
    fs::create_dir(folder.path().join("in")).expect("folders can be made");
    write(folder.path(), "in/web.yaml", SHOP);
    write(folder.path(), "in/cluster.yaml", CLUSTER);
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    folder
}

fn edit(folder: &Path, name: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.join(name)).expect("files can be read");
    assert!(text.contains(from), "{name} holds no {from:?}");
    write(folder, name, &text.replace(from, to));
}

const LIVE: [&str; 6] = ["diff", "in", "--live", "live/nginx.conf", "--live-backends", "live/backends.json"];

fn json(folder: &Path, args: &[&str]) -> Value {
    let run = run(folder, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

/// Message, and file and line of the cause, of each difference.
fn told(document: &Value) -> Vec<String> {
    let differences = document["differences"].as_array().cloned().unwrap_or_default();
    let line = |difference: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let location = &difference["cause"]["location"];
        format!("{} <- {}:{}", text(&difference["message"]), text(&location["file"]), location["line"])
    };
    differences.iter().map(line).collect()
}

#[test]
fn equal_sides_give_no_output() {
    let folder = shop();
    for args in [
        &LIVE[..],
        &LIVE[..4],
        &["diff", "in", "--live", "live/nginx.conf", "--format", "markdown"],
        &["diff", "in", "--live", "live/nginx.conf", "--stat"],
        &["diff", "--base", "in", "--head", "in"],
        &["diff", "--base", "live/nginx.conf", "--head", "live/nginx.conf"],
        &["diff", "--base", "live/nginx.conf", "--head", "in"],
        &["diff", "in", "--live", "live/nginx.conf", "--live", "live/nginx.conf"],
    ] {
        let run = run(folder.path(), args);
        assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", ""), "{args:?}");
    }
    assert_eq!(json(folder.path(), &LIVE)["equal"], Value::Bool(true));
}

#[test]
fn facts_of_the_pod_are_no_differences_unless_asked_for() {
    let folder = shop();
    for (from, to) in [
        ("worker_processes 4;", "worker_processes 32;"),
        ("worker_rlimit_nofile 1047552;", "worker_rlimit_nofile 64512;"),
        ("resolver 10.96.0.10 ", "resolver 10.0.0.2 [fd00::2] "),
        ("backlog=4096", "backlog=511"),
        ("listen [::]:", "# "),
        ("allow ::1;", ""),
        ("ssl/default-fake-certificate.pem", "ssl/default-other.pem"),
    ] {
        edit(folder.path(), "live/nginx.conf", from, to);
    }
    assert_eq!(run(folder.path(), &LIVE).stdout, "");
    let asked = run(folder.path(), &[&LIVE[..], &["--environment"]].concat());
    assert_eq!(asked.code, Some(1));
    for shown in ["worker processes changed from 32 to 4", "resolver 10.0.0.2", "listener added: [::]:80"] {
        assert!(asked.stdout.contains(shown), "{shown}: {}", asked.stdout);
    }
}

#[test]
fn the_release_is_told_by_the_live_configuration() {
    let folder = shop();
    for version in ["1.12.8", "1.13.9", "1.15.1"] {
        run(folder.path(), &["render", "in", "--target", "ingress-nginx", "--controller", version, "-o", "live"]);
        let run = run(folder.path(), &LIVE);
        assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{version}");
    }
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "--controller", "1.12.8", "-o", "live"]);
    assert_eq!(run(folder.path(), &[&LIVE[..], &["--controller", "1.15.1"]].concat()).code, Some(1));
}

#[test]
fn identities_that_the_cluster_gives_are_no_differences() {
    let folder = shop();
    let (ingress, secret) = ("5ebc0ec6-e482-5c11-994a-c513524e41bd", "23992ae9-4d3a-525c-ac02-ba4496352ef7");
    edit(folder.path(), "in/web.yaml", "  name: web\n", &format!("  name: web\n  uid: {ingress}\n"));
    edit(folder.path(), "in/cluster.yaml", "{name: users,", &format!("{{uid: {secret}, name: users,"));
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    write(folder.path(), "in/web.yaml", SHOP);
    write(folder.path(), "in/cluster.yaml", CLUSTER);
    assert!(fs::read_to_string(folder.path().join("live/nginx.conf")).is_ok_and(|text| text.contains(secret)));
    assert_eq!(run(folder.path(), &LIVE).stdout, "");
}

#[test]
fn causes_are_blamed_by_file_and_line() {
    let folder = shop();
    for (from, to, expected) in [
        ("size: 8m", "size: 1m", "limit of request bodies changed from 8m to 1m <- in/web.yaml:7"),
        ("name: api", "name: front", "moved from Service `shop/api` port 80 to Service `shop/front` port 80 <- in/web.yaml:28"),
        ("host: shop.example", "host: other.example", "host `other.example` added <- in/web.yaml:14"),
        ("host: shop.example", "host: other.example", "host `shop.example` removed <- in/web.yaml:13"),
        ("path: /api", "path: /v2", "path `/v2` added, to Service `shop/api` port 80 <- in/web.yaml:24"),
        ("path: /api", "path: /v2", "path `/api` removed, to Service `shop/api` port 80 <- in/web.yaml:14"),
        ("auth-type: basic", "enable-cors: 'false'", "password authentication removed <- in/web.yaml:6"),
    ] {
        write(folder.path(), "in/web.yaml", &SHOP.replace(from, to));
        let told = told(&json(folder.path(), &LIVE));
        assert!(told.iter().any(|line| line == expected), "{expected}: {told:#?}");
    }
}

#[test]
fn what_nobody_declares_is_said_to_be_so() {
    let folder = shop();
    edit(
        folder.path(),
        "live/nginx.conf",
        "http {",
        "http { server { server_name gone.example; listen 80; location / { deny all; } } odd_thing 1;",
    );
    let told = told(&json(folder.path(), &LIVE));
    assert_eq!(told, ["host `gone.example` removed <- -:null", "`odd_thing` removed: 1 <- -:null"]);
    let text = run(folder.path(), &LIVE).stdout;
    assert!(text.contains("because nothing in the manifests declares it"), "{text}");
}

#[test]
fn keys_and_defaults_are_causes_too() {
    let folder = shop();
    let map = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  proxy-read-timeout: '7'
";
    write(folder.path(), "in/map.yaml", map);
    let document = json(folder.path(), &LIVE);
    let reads = |difference: &&Value| difference["host"] == "shop.example" && difference["path"] == "/";
    let difference = document["differences"].as_array().and_then(|all| all.iter().find(reads)).cloned().unwrap_or_default();
    assert_eq!(difference["cause"]["reason"], "setting");
    assert_eq!(
        (difference["cause"]["location"]["file"].as_str(), difference["cause"]["location"]["line"].as_u64()),
        (Some("in/map.yaml"), Some(5))
    );
    edit(folder.path(), "live/nginx.conf", "proxy_read_timeout                      60s;", "proxy_read_timeout 9s;");
    fs::remove_file(folder.path().join("in/map.yaml")).expect("it is there");
    let text = run(folder.path(), &LIVE).stdout;
    assert!(text.contains("the controller's default: Ingress `shop/web` has no annotation `proxy-read-timeout`"), "{text}");
}

#[test]
fn protections_come_first_and_dynamic_changes_last() {
    let folder = shop();
    fs::create_dir(folder.path().join("new")).expect("folders can be made");
    write(folder.path(), "new/web.yaml", &SHOP.replace("limit-rps: '5'", "proxy-buffering: 'on'").replace("path: /api", "path: /v2"));
    write(folder.path(), "new/cluster.yaml", &CLUSTER.replace("10.0.0.2", "10.0.0.3"));
    let change = ["diff", "--base", "in", "--head", "new"];
    let text = run(folder.path(), &change).stdout;
    let places: Vec<_> = ["LOST: limit of requests", "path `/v2` added", "buffering of responses", "endpoint 10.0.0.3:8080"]
        .map(|part| text.find(part))
        .to_vec();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?}: {text}");
    assert!(text.contains("was from in/web.yaml:8:"), "{text}");

    let document = json(folder.path(), &change);
    let dynamic = |difference: &&Value| difference["reload"] == Value::Bool(false);
    let dynamic: Vec<_> =
        document["differences"].as_array().into_iter().flatten().filter(dynamic).map(|difference| difference["message"].clone()).collect();
    assert_eq!(dynamic, ["endpoint 10.0.0.3:8080 of `shop-front-80` added", "endpoint 10.0.0.2:8080 of `shop-front-80` removed"]);
    assert_eq!(document["schema"], 1);

    let page = run(folder.path(), &[&change[..], &["--format", "markdown"]].concat()).stdout;
    for part in ["> 1 protection is lost.", "#### Without a reload", "`in/web.yaml:8` annotation `limit-rps`", "  ```diff\n"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let stat = run(folder.path(), &[&change[..], &["--stat"]].concat()).stdout;
    assert!(stat.contains("  shop.example\n") && stat.lines().last().is_some_and(|line| line.contains("1 protection lost")), "{stat}");
}

#[test]
fn drift_between_replicas_is_told_first() {
    let folder = shop();
    fs::copy(folder.path().join("live/nginx.conf"), folder.path().join("other.conf")).expect("files can be copied");
    edit(folder.path(), "other.conf", "worker_processes 4;", "worker_processes 8;");
    edit(folder.path(), "other.conf", "client_max_body_size                    8m;", "client_max_body_size 2m;");
    let run = run(folder.path(), &["diff", "in", "--live", "live/nginx.conf", "--live", "other.conf"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stdout.starts_with("Drift from live (live/nginx.conf) to live (other.conf)\n"), "{}", run.stdout);
    assert!(run.stdout.contains("changed from 8m to 2m") && !run.stdout.contains("worker"), "{}", run.stdout);
}

#[test]
fn one_host_can_be_looked_at_alone() {
    let folder = shop();
    let second = SHOP.replace("name: web", "name: second").replace("host: shop.example", "host: second.example");
    write(folder.path(), "in/second.yaml", &second);
    assert_eq!(run(folder.path(), &LIVE).code, Some(1));
    assert_eq!(run(folder.path(), &[&LIVE[..], &["--host", "shop.example"]].concat()).code, Some(0));
    assert_eq!(run(folder.path(), &[&LIVE[..], &["--host", "second.example"]].concat()).code, Some(1));

    let live = fs::read_to_string(folder.path().join("live/nginx.conf")).expect("it was written");
    let (_, rest) = live.split_once("## start server shop.example\n").expect("servers are marked");
    let (extract, _) = rest.split_once("## end server shop.example").expect("servers are marked");
    write(folder.path(), "extract.conf", extract);
    let run = run(folder.path(), &["diff", "in", "--live", "extract.conf"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{run:?}");
}

#[test]
fn dumps_of_several_files_are_read() {
    let folder = shop();
    let live = fs::read_to_string(folder.path().join("live/nginx.conf")).expect("it was written");
    let dump = format!(
        "# configuration file /etc/nginx/nginx.conf:\n{live}\n# configuration file /etc/nginx/mime.types:\ntypes {{ text/html html; }}\n"
    );
    write(folder.path(), "dump.conf", &dump);
    assert_eq!(run(folder.path(), &["diff", "in", "--live", "dump.conf"]).stdout, "");
}

#[test]
fn secrets_of_a_live_configuration_are_not_shown() {
    let folder = shop();
    let secrets = "proxy_set_header Authorization \"Basic c2VjcmV0\"; set $my_token hunter22; return 301 https://u:hunter22@x.example/;";
    edit(folder.path(), "live/nginx.conf", "client_max_body_size                    8m;", &format!("{secrets} client_max_body_size 7m;"));
    for format in ["text", "json", "markdown"] {
        let run = run(folder.path(), &[&LIVE[..], &["--format", format]].concat());
        assert!(
            !run.stdout.contains("c2VjcmV0") && !run.stdout.contains("hunter22") && run.stdout.contains("Authorization"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn what_cannot_be_compared_is_no_difference() {
    let folder = shop();
    write(folder.path(), "broken.conf", "http { server {");
    write(folder.path(), "empty.conf", "");
    write(folder.path(), "broken.json", "[");
    for (args, reason) in [
        (&["diff", "in"][..], "--live"),
        (&["diff"], "<PATH>"),
        (&["diff", "--base", "in"], "--head"),
        (&["diff", "in", "--live", "gone.conf"], "`gone.conf` cannot be read"),
        (&["diff", "in", "--live", "broken.conf"], "nginx-conf-syntax"),
        (&["diff", "in", "--live", "empty.conf"], "holds no configuration"),
        (&["diff", "in", "--live", "live/nginx.conf", "--live-backends", "broken.json"], "is not JSON"),
        (&["diff", "gone", "--live", "live/nginx.conf"], "`gone` cannot be read"),
        (
            &["diff", "in", "--live", "live/nginx.conf", "--live", "live/nginx.conf", "--live-backends", "live/backends.json"],
            "for each --live",
        ),
    ] {
        let run = run(folder.path(), args);
        assert_eq!(run.code, Some(2), "{args:?}: {run:?}");
        assert!(run.stderr.contains(reason), "{reason}: {run:?}");
    }
}

/// The data of the real controller, where it is at hand.
mod reference {
    use pretty_assertions::assert_eq;

    use super::*;

    /// One case in so many is taken, so that the test ends in seconds. All of them with `INGRESSC_ALL_CASES` set.
    const STEP: usize = 16;

    struct Case {
        manifests: PathBuf,
        outputs: PathBuf,
        arguments: Vec<String>,
    }

    fn root() -> Option<PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.join("shared/reference");
        root.is_dir().then_some(root)
    }

    fn folders(folder: &Path) -> Vec<PathBuf> {
        let mut all: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        all.sort();
        all
    }

    fn cases(root: &Path) -> Vec<Case> {
        let step = if std::env::var_os("INGRESSC_ALL_CASES").is_some() { 1 } else { STEP };
        let all = folders(&root.join("cases")).into_iter().flat_map(|group| folders(&group));
        let case = |manifests: PathBuf| {
            let text = fs::read_to_string(&manifests).ok()?;
            let flags = text.lines().next()?.strip_prefix("# flags:").unwrap_or_default();
            let group = manifests.parent()?.file_name()?;
            let outputs = root.join("1.15.1").join(group).join(manifests.file_stem()?);
            Some(Case { arguments: flags.split_whitespace().map(|flag| format!("--controller-arg={flag}")).collect(), outputs, manifests })
        };
        all.filter_map(case).step_by(step).collect()
    }

    /// Settings with other facts than those of the pod that wrote the reference.
    fn settings(folder: &Path) {
        let text = "\
[controller]
version = \"ingress-nginx:1.15.1\"
args = [\"--configmap=ingress-nginx/ingress-nginx-controller\"]
[environment]
processors = 2
ipv6 = false
resolvers = [\"192.0.2.1\"]
pod-namespace = \"ingress-nginx\"
pod-name = \"ingress-nginx-controller-0\"
node-zone = \"zone-a\"
";
        write(folder, "ingressc.toml", text);
    }

    fn diff(folder: &Path, case: &Case, manifests: &str) -> Run {
        let (conf, backends) = (case.outputs.join("nginx.conf"), case.outputs.join("backends.json"));
        let (conf, backends) = (conf.to_string_lossy(), backends.to_string_lossy());
        let mut args =
            vec!["diff", manifests, "--live", &conf, "--live-backends", &backends, "--config", "ingressc.toml", "--format", "json"];
        args.extend(case.arguments.iter().map(String::as_str));
        run(folder, &args)
    }

    #[test]
    fn objects_are_equal_to_what_the_controller_made_of_them() {
        let Some(root) = root() else { return };
        let folder = tempfile::tempdir().expect("there is room for files");
        settings(folder.path());
        for case in cases(&root) {
            let run = diff(folder.path(), &case, &case.manifests.to_string_lossy());
            assert_eq!(run.code, Some(0), "{}: {}{}", case.manifests.display(), run.stdout, run.stderr);
        }
    }

    /// Changes the value of one line of an Ingress: the line, from one, and the text after.
    fn mutate(text: &str, choice: usize) -> Option<(usize, String)> {
        let lines: Vec<&str> = text.lines().collect();
        let mut kind = "";
        let mut candidates = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            if *line == "---" {
                kind = "";
            }
            kind = line.strip_prefix("kind: ").unwrap_or(kind);
            let value = line.trim_start().trim_start_matches("- ");
            let indent = &line[..line.len() - value.len()];
            let mutated = match value.split_once(": ") {
                _ if kind != "Ingress" => continue,
                Some(("host", _)) => "host: mutated.example",
                Some(("path", _)) => "path: /mutated",
                Some(("number", _)) => "number: 4711",
                _ => continue,
            };
            candidates.push((at, format!("{indent}{mutated}")));
        }
        let (at, mutated) = candidates.get(choice % candidates.len().max(1))?;
        let mut text = String::new();
        for (number, line) in lines.iter().enumerate() {
            let _ = writeln!(text, "{}", if number == *at { mutated.as_str() } else { line });
        }
        Some((at + 1, text))
    }

    #[test]
    fn a_single_mutation_is_found_and_blamed() {
        let Some(root) = root() else { return };
        let folder = tempfile::tempdir().expect("there is room for files");
        settings(folder.path());
        let (mut found, mut exact) = (0, 0);
        // Each takes three runs.
        for (number, case) in cases(&root).iter().enumerate().step_by(2) {
            let text = fs::read_to_string(&case.manifests).unwrap_or_default();
            let Some((line, mutated)) = mutate(&text, number) else { continue };
            write(folder.path(), "in.yaml", &mutated);
            // Some values have no effect, as those of an Ingress of another class: the rendered text tells.
            let rendered = |path: &str| {
                let mut args = vec!["render", path, "--target", "ingress-nginx", "--config", "ingressc.toml"];
                args.extend(case.arguments.iter().map(String::as_str));
                run(folder.path(), &args).stdout
            };
            if rendered("in.yaml") == rendered(&case.manifests.to_string_lossy()) {
                continue;
            }
            let run = diff(folder.path(), case, "in.yaml");
            let document: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
            assert_eq!((run.code, &document["equal"]), (Some(1), &Value::Bool(false)), "{}:{line}", case.manifests.display());
            let causes = document["differences"].as_array().into_iter().flatten().map(|difference| &difference["cause"]["location"]);
            let lines: Vec<u64> =
                causes.filter(|location| location["file"] == "in.yaml").filter_map(|location| location["line"].as_u64()).collect();
            assert!(!lines.is_empty(), "{}:{line}: nothing is blamed", case.manifests.display());
            found += 1;
            exact += usize::from(lines.contains(&(line as u64)));
        }
        // Default backends are blamed by their key, a line or two above the number.
        assert!(found > 10 && exact * 100 >= found * 90, "{exact} of {found} are blamed by their very line");
    }
}
