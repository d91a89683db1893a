//! `ingressc diff` as people and machines run it: against a live configuration, and one change against another.

use std::fs;
use std::path::Path;

use crate::support::program::{Run, folder};
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

fn run(folder: &Path, args: &[&str]) -> Run {
    crate::support::program::run(folder, args, "")
}

fn write(folder: &Path, name: &str, content: &str) {
    fs::write(folder.join(name), content).expect("files can be written");
}

/// A folder with manifests and the configuration that comes of them, as `live/nginx.conf` and `live/backends.json`.
fn shop() -> TempDir {
    let folder = folder(&[("in/web.yaml", SHOP), ("in/cluster.yaml", CLUSTER)]);
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
        let only_notes = run.stderr.lines().all(|line| line.starts_with("note: not compared: "));
        assert!(run.code == Some(0) && run.stdout.is_empty() && only_notes, "{args:?}: {run:?}");
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
    for shown in ["worker processes changed from 32 to 4", "resolver 10.0.0.2", "+ listen [::]:80 "] {
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
        (
            "host: shop.example",
            "host: other.example",
            "host `other.example` added, with `/api` to Service `shop/api` port 80, `/` to Service `shop/front` port 80 <- in/web.yaml:14",
        ),
        (
            "host: shop.example",
            "host: other.example",
            "host `shop.example` removed, with `/api` to Service `shop/api` port 80, `/` to Service `shop/front` port 80 <- in/web.yaml:13",
        ),
        ("path: /api", "path: /v2", "path `/v2` added, to Service `shop/api` port 80 <- in/web.yaml:24"),
        ("path: /api", "path: /v2", "path `/api` removed, to Service `shop/api` port 80 <- in/web.yaml:14"),
        ("auth-type: basic", "enable-cors: 'false'", "password authentication removed <- in/web.yaml:6"),
    ] {
        write(folder.path(), "in/web.yaml", &SHOP.replace(from, to));
        let told = told(&json(folder.path(), &LIVE));
        assert!(told.iter().any(|line| line == expected), "{expected}: {told:#?}");
    }
}

/// Several edits at once, and what is told of them: message, and lines of the causes of both sides.
#[test]
fn of_several_edits_each_is_blamed_for_its_own() {
    let folder = shop();
    let other =
        SHOP.replace("name: web", "name: other").replace("proxy-body-size: 8m", "proxy-read-timeout: '9'").replace("path: /", "path: /o");
    let edited =
        [("size: 8m", "size: 9m"), ("limit-rps: '5'", "limit-rps: '50'"), ("    nginx.ingress.kubernetes.io/auth-type: basic\n", "")];
    let edited = edited.iter().fold(SHOP.to_owned(), |text, (from, to)| text.replace(from, to));
    fs::create_dir(folder.path().join("new")).expect("folders can be made");
    write(folder.path(), "new/cluster.yaml", CLUSTER);
    for folder_name in ["in", "new"] {
        write(folder.path(), &format!("{folder_name}/other.yaml"), &other);
    }
    write(folder.path(), "new/web.yaml", &edited);
    // What a neighbour asks makes regular expressions of all paths of the host.
    write(folder.path(), "new/other.yaml", &other.replace("proxy-read-timeout: '9'", "use-regex: 'true'"));
    let document = json(folder.path(), &["diff", "--base", "in", "--head", "new"]);
    let line = |difference: &Value| {
        let place = |cause: &str| {
            format!("{}:{}", difference[cause]["location"]["file"].as_str().unwrap_or("-"), difference[cause]["location"]["line"])
        };
        let message: Vec<_> = difference["message"].as_str().unwrap_or_default().split(' ').take(4).collect();
        format!("{} <- {} <- {}", message.join(" "), place("cause_before"), place("cause"))
    };
    let mut told: Vec<_> = document["differences"].as_array().into_iter().flatten().map(line).collect();
    told.sort();
    let expected = [
        "limit of request bodies <- in/web.yaml:7 <- new/web.yaml:7",
        "limit of requests changed <- in/web.yaml:8 <- new/web.yaml:8",
        "password authentication removed <- in/web.yaml:9 <- new/web.yaml:6",
        "path `/oapi` became a <- -:null <- new/other.yaml:7",
        "time to wait for <- in/other.yaml:7 <- new/other.yaml:6",
    ];
    assert_eq!(told, expected);
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
    let reads = |difference: &&Value| difference["lines"].to_string().contains("proxy_read_timeout");
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
    assert_eq!(dynamic, ["endpoint 10.0.0.3:8080 of `shop-front-80` added; endpoint 10.0.0.2:8080 of `shop-front-80` removed"]);
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
    let groups = "Replicas that serve the same\n  1. live/nginx.conf: equal to what is declared\n  2. other.conf: 1 difference from what is declared\n";
    assert!(run.stdout.starts_with(groups), "{}", run.stdout);
    assert!(run.stdout.contains("\nDrift from live (live/nginx.conf) to live (other.conf)\n"), "{}", run.stdout);
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

const FORMATS: [&str; 4] = ["text", "json", "markdown", "html"];

#[test]
fn secrets_are_not_shown() {
    let folder = shop();
    let secrets = "proxy_set_header Authorization \"Basic c2VjcmV0\"; set $my_token hunter22; return 301 https://u:hunter22@x.example/;";
    edit(folder.path(), "live/nginx.conf", "client_max_body_size                    8m;", &format!("{secrets} client_max_body_size 7m;"));
    let map = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  http-snippet: |
    map $uri $api_key { default hunter22; }
    proxy_set_header X-Api-Key hunter22;
    auth_basic_user_file /etc/hunter22;
  location-snippet: 'if ($http_x_token != \"hunter22\") { return 403; }'
  proxy-set-headers: ingress-nginx/headers
---
apiVersion: v1
kind: ConfigMap
metadata: {name: headers, namespace: ingress-nginx}
data: {Authorization: Bearer hunter22hunter22, X-Plain: shown}
---
apiVersion: v1
kind: Secret
metadata: {name: users, namespace: shop}
data: {auth: aHVudGVyMjI=}
";
    write(folder.path(), "in/map.yaml", map);
    let rendered = run(folder.path(), &["render", "in", "--target", "ingress-nginx"]).stdout;
    assert!(rendered.contains("hunter22"), "{rendered}");
    for format in FORMATS {
        let Run { stdout, stderr, .. } = run(folder.path(), &[&LIVE[..], &["--format", format]].concat());
        for secret in ["c2VjcmV0", "hunter22", "aHVudGVyMjI", "$apr1$"] {
            assert!(!stdout.contains(secret) && !stderr.contains(secret), "{format} {secret}: {stdout}{stderr}");
        }
        assert!(stdout.contains("Authorization") && stdout.contains("X-Plain"), "{format}: {stdout}");
    }
}

#[test]
fn releases_are_compared_on_the_same_manifests() {
    let folder = shop();
    let releases = ["diff", "--from-version", "1.12.8", "--to-version", "1.15.1", "in"];
    let text = run(folder.path(), &releases);
    assert_eq!((text.code, text.stderr.as_str()), (Some(1), ""));
    assert!(text.stdout.starts_with("--- from (ingress-nginx 1.12.8)\n+++ to (ingress-nginx 1.15.1)\n"), "{}", text.stdout);
    assert!(text.stdout.contains("because since 1.14.0: In `ssl-ciphers`, the longer one"), "{}", text.stdout);
    let document = json(folder.path(), &releases);
    let causes: Vec<_> =
        document["differences"].as_array().into_iter().flatten().map(|difference| &difference["cause"]["reason"]).collect();
    assert!(!causes.is_empty() && causes.iter().all(|reason| **reason == "release"), "{causes:?}");

    // Since 1.12 the same is said to Lua in other words.
    let reworded = run(folder.path(), &["diff", "--from-version", "1.11.8", "--to-version", "1.12.8", "in"]);
    assert!(!reworded.stdout.contains("_by_lua") && !reworded.stdout.contains("redirect"), "{}", reworded.stdout);

    let same = ["diff", "--from-version", "1.15.1", "--to-version", "1.15.1", "in"];
    assert_eq!(run(folder.path(), &same).code, Some(0));
    // Rules of values: 1.12 no longer lets snippets through that 1.11 let through.
    edit(folder.path(), "in/web.yaml", "limit-rps: '5'", "configuration-snippet: deny all;");
    let older = run(folder.path(), &["diff", "--from-version", "1.11.8", "--to-version", "1.12.8", "in", "--host", "shop.example"]);
    assert_eq!(older.code, Some(1), "{}", older.stdout);
}

#[test]
fn arguments_of_the_controller_are_causes() {
    let folder = shop();
    let deployment = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  template:
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args:
        - /nginx-ingress-controller
        - --http-port=8080
";
    write(folder.path(), "in/controller.yaml", deployment);
    let document = json(folder.path(), &LIVE);
    let is_listener = |difference: &&Value| difference["message"].as_str().is_some_and(|message| message.contains("listener"));
    let listeners: Vec<_> = document["differences"].as_array().into_iter().flatten().filter(is_listener).collect();
    let blamed = |difference: &Value| (difference["cause"]["reason"] == "argument", difference["cause"]["location"]["line"].as_u64());
    assert!(listeners.iter().any(|difference| blamed(difference) == (true, Some(12))), "{listeners:#?}");
}

#[test]
fn a_page_needs_nothing_else_and_obeys_nothing() {
    let folder = shop();
    edit(folder.path(), "in/web.yaml", "proxy-body-size: 8m", "configuration-snippet: 'set $a \"<script>alert(1)</script>\";'");
    let map = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {allow-snippet-annotations: 'true', annotations-risk-level: Critical}
";
    write(folder.path(), "in/map.yaml", map);
    let page = run(folder.path(), &[&LIVE[..], &["--format", "html"]].concat());
    assert_eq!(page.code, Some(1));
    for part in ["<!doctype html>", "default-src 'none'", "&lt;script&gt;alert(1)", "limit of request bodies", "in/web.yaml:7:"] {
        assert!(page.stdout.contains(part), "{part}: {}", page.stdout);
    }
    assert!(!["<script", "http://", "https://", "src=", "href="].iter().any(|part| page.stdout.contains(part)), "{}", page.stdout);
    let opened = page.stdout.matches("<article").count();
    assert_eq!(opened, page.stdout.matches("</article>").count());
    write(folder.path(), "in/web.yaml", SHOP);
    fs::remove_file(folder.path().join("in/map.yaml")).expect("it is there");
    assert!(run(folder.path(), &[&LIVE[..], &["--format", "html"]].concat()).stdout.contains("There are no differences."));
}

#[test]
fn origins_are_told_of_every_directive() {
    let folder = shop();
    let args = ["render", "in", "--target", "ingress-nginx", "--quiet"];
    let plain = run(folder.path(), &args).stdout;
    let noted = run(folder.path(), &[&args[..], &["--origins"]].concat()).stdout;
    for line in [
        "client_max_body_size 8m;  # in/web.yaml:7:50: annotation `proxy-body-size` of Ingress `shop/web`",
        "location = \"/api\" {  # in/web.yaml:24:15: path `/api` of Ingress `shop/web`",
        "set $service_name \"api\";  # in/web.yaml:28:19: backend of path `/api` of Ingress `shop/web`",
        "daemon off;  # the controller's default",
    ] {
        assert!(noted.contains(line), "{line}: {noted}");
    }
    let bare = noted.lines().map(str::trim).filter(|line| line.ends_with([';', '{']) && !line.starts_with('#'));
    assert_eq!(bare.collect::<Vec<_>>(), Vec::<&str>::new());
    write(folder.path(), "noted.conf", &noted);
    write(folder.path(), "plain.conf", &plain);
    assert_eq!(run(folder.path(), &["diff", "--base", "plain.conf", "--head", "noted.conf"]).code, Some(0));

    let document: Value = serde_json::from_str(&run(folder.path(), &[&args[..], &["--origins=json"]].concat()).stdout).expect("it is JSON");
    let lines: Vec<&str> = plain.lines().collect();
    let directives = document["directives"].as_array().cloned().unwrap_or_default();
    assert!(directives.len() > 300);
    for directive in &directives {
        let line = directive["line"].as_u64().and_then(|line| lines.get(usize::try_from(line).ok()? - 1));
        let name = directive["directive"].as_str().and_then(|text| text.split(' ').next()).unwrap_or("?");
        assert!(line.is_some_and(|line| line.contains(name)), "{directive}");
        assert!(directive["cause"]["reason"].is_string(), "{directive}");
    }
    run(folder.path(), &[&args[..], &["--origins=json", "-o", "out"]].concat());
    assert!(folder.path().join("out/origins.json").is_file() && folder.path().join("out/nginx.conf").is_file());
}

#[test]
fn what_cannot_be_compared_is_no_difference() {
    let folder = shop();
    write(folder.path(), "broken.conf", "http { server {");
    write(folder.path(), "empty.conf", "");
    write(folder.path(), "broken.json", "[");
    for (args, reason) in [
        (&["diff", "in"][..], "--live"),
        (&["diff", "in", "--from-version", "1.12.8"], "--to-version"),
        (&["diff", "in", "--live", "live/nginx.conf", "--from-version", "1.12.8", "--to-version", "1.15.1"], "cannot be used with"),
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

#[test]
fn of_long_texts_the_lines_that_differ_are_shown() {
    let folder = shop();
    let map = |more: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ingress-nginx-controller, namespace: ingress-nginx}}\ndata: {{{more}}}\n"
        )
    };
    write(folder.path(), "in/map.yaml", &map(""));
    fs::create_dir(folder.path().join("new")).expect("folders can be made");
    write(folder.path(), "new/web.yaml", SHOP);
    write(folder.path(), "new/cluster.yaml", CLUSTER);
    write(folder.path(), "new/map.yaml", &map("hsts: 'false'"));
    let change = ["diff", "--base", "in", "--head", "new", "--controller", "1.11.8"];
    for format in ["text", "markdown", "html"] {
        let shown = run(folder.path(), &[&change[..], &["--format", format]].concat()).stdout;
        assert!(shown.contains("hsts = true,") && shown.contains("hsts = false,"), "{format}: {shown}");
        assert!(shown.contains("lines as before"), "{format}: {shown}");
    }
    run(folder.path(), &["render", "in", "--target", "ingress-nginx", "--controller", "1.11.8", "-o", "live"]);
    let check = ["render", "new", "--target", "ingress-nginx", "--controller", "1.11.8", "-o", "live", "--check"];
    let shown = run(folder.path(), &check).stdout;
    assert!(shown.contains("- ") && shown.contains("hsts = true,") && shown.contains("hsts = false,"), "{shown}");
}

#[test]
fn of_long_lines_the_place_that_differs_is_shown() {
    let folder = shop();
    let (old, new) = ("x".repeat(400) + "old", "x".repeat(400) + "new");
    write(folder.path(), "old.conf", &format!("http {{ log_format a '{old}'; }}\n"));
    write(folder.path(), "new.conf", &format!("http {{ log_format a '{new}'; }}\n"));
    for format in ["text", "markdown", "html"] {
        let shown = run(folder.path(), &["diff", "--base", "old.conf", "--head", "new.conf", "--format", format]).stdout;
        assert!(shown.contains("xold") && shown.contains("xnew"), "{format}: {shown}");
    }
}

#[test]
fn what_is_not_compared_is_said() {
    let folder = shop();
    edit(folder.path(), "live/lua.json", "\"hsts\": true", "\"hsts\": false");
    let note = |args: &[&str]| {
        let Run { code, stdout, stderr } = run(folder.path(), args);
        (code, stdout.contains("HSTS"), stderr.lines().filter(|line| line.starts_with("note: not compared: ")).count(), stderr)
    };
    let lua = [&LIVE[..4], &["--live-lua", "live/lua.json"]].concat();
    let all = [&lua[..], &["--live-backends", "live/backends.json", "--live-certificates", "live/certificates.json"]].concat();
    for (args, code, has_hsts, unsaid) in [
        (&LIVE[..4], 0, false, &["HSTS", "lua.json", "--live-lua", "backends.json", "certificates.json", "`--live` can be a folder"][..]),
        (&LIVE[..], 0, false, &["HSTS", "certificates.json"]),
        (&lua[..], 1, true, &["backends.json", "certificates.json"]),
        (&all[..], 1, true, &[]),
        (&["diff", "in", "--live", "live"], 1, true, &[]),
        (&["diff", "--base", "live", "--head", "in"], 1, true, &[]),
    ] {
        let (found, says_hsts, notes, stderr) = note(args);
        assert_eq!((found, says_hsts, notes), (Some(code), has_hsts, usize::from(!unsaid.is_empty())), "{args:?}: {stderr}");
        for word in unsaid {
            assert!(stderr.contains(word), "{args:?} {word}: {stderr}");
        }
        assert_eq!(stderr.contains("HSTS"), !has_hsts && !unsaid.is_empty(), "{args:?}: {stderr}");
    }
    let notes = json(folder.path(), &LIVE[..4])["notes"].clone();
    assert!(notes[0].as_str().is_some_and(|note| note.starts_with("not compared: ")), "{notes}");
    // The name that the file has in the pod.
    fs::rename(folder.path().join("live/lua.json"), folder.path().join("live/cfg.json")).expect("files can be renamed");
    assert!(note(&["diff", "in", "--live", "live"]).1);
    let few = run(folder.path(), &[&LIVE[..], &["--live", "live"]].concat());
    assert_eq!(few.code, Some(2), "{few:?}");
}

#[test]
fn replicas_are_compared_without_manifests_too() {
    let folder = shop();
    for name in ["b", "c"] {
        fs::copy(folder.path().join("live/nginx.conf"), folder.path().join(name)).expect("files can be copied");
    }
    let all = ["diff", "--live", "live/nginx.conf", "--live", "b", "--live", "c"];
    assert_eq!(run(folder.path(), &all).code, Some(0));
    edit(folder.path(), "b", "client_max_body_size                    8m;", "client_max_body_size 2m;");
    let shown = run(folder.path(), &all);
    assert_eq!(shown.code, Some(1));
    assert!(shown.stdout.starts_with("Replicas that serve the same\n  1. live/nginx.conf, c\n  2. b\n\nDrift"), "{}", shown.stdout);
    let with = json(folder.path(), &[&["diff", "in"], &all[1..]].concat());
    assert_eq!((&with["replicas"][0]["differences"], &with["replicas"][1]["differences"]), (&Value::from(0), &Value::from(1)), "{with}");
    assert_eq!(run(folder.path(), &["diff", "--live", "b"]).code, Some(2));
}

#[test]
fn a_host_that_no_side_has_is_a_mistake() {
    let folder = shop();
    for args in [&LIVE[..], &["diff", "--base", "in", "--head", "in"], &["diff", "--base", "live/nginx.conf", "--head", "live/nginx.conf"]]
    {
        let run = run(folder.path(), &[args, &["--host", "shop.exmaple"]].concat());
        assert!(run.code == Some(2) && run.stderr.contains("`shop.exmaple`"), "{args:?}: {run:?}");
    }
}

#[test]
fn what_an_absent_object_decides_is_not_compared() {
    let folder = shop();
    let more = "    nginx.ingress.kubernetes.io/auth-tls-secret: shop/ca
    nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/backend
    nginx.ingress.kubernetes.io/custom-headers: shop/headers
spec:
  tls: [{hosts: [shop.example], secretName: tls}]
";
    write(
        folder.path(),
        "in/web.yaml",
        &SHOP.replace("spec:\n  ingress", &format!("{more}  ingress")).replace("ClassName: nginx", "ClassName: edge"),
    );
    let made = rcgen::generate_simple_self_signed([String::from("shop.example")]).expect("the name is sound");
    let (certificate, key) = (base64(&made.cert.pem()), base64(&made.signing_key.serialize_pem()));
    let secret = |name: &str| {
        format!(
            "---\napiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: shop}}\ndata: {{tls.crt: {certificate}, tls.key: {key}, \
             ca.crt: {certificate}}}\n"
        )
    };
    let class =
        "---\napiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: {name: edge}\nspec: {controller: k8s.io/ingress-nginx}\n";
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\ndata: \
               {global-allowed-response-headers: X-One}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: headers, namespace: shop}\n\
               data: {X-One: a}\n";
    write(folder.path(), "in/map.yaml", map);
    write(folder.path(), "in/more.yaml", &[secret("ca"), secret("backend"), secret("tls"), class.into()].concat());
    let rendered = run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live"]);
    assert!(!rendered.stderr.contains("error"), "{rendered:?}");
    write(folder.path(), "web.yaml", &fs::read_to_string(folder.path().join("in/web.yaml")).expect("it was written"));
    let diff = ["diff", "web.yaml", "--live", "live"];
    let equal = run(folder.path(), &diff);
    assert_eq!((equal.code, equal.stdout.as_str()), (Some(0), ""), "{equal:?}");
    for object in [
        "IngressClass `edge`",
        "Secret `shop/ca`",
        "Secret `shop/users`",
        "Secret `shop/tls`",
        "ConfigMap `shop/headers`",
        "Service `shop/api`",
    ] {
        assert_eq!(equal.stderr.matches(object).count(), 1, "{object}: {}", equal.stderr);
    }
    // What the manifests say of a protection is compared all the same.
    edit(folder.path(), "web.yaml", "auth-type: basic", "proxy-buffering: 'on'");
    let lost = run(folder.path(), &diff);
    assert!(lost.code == Some(1) && lost.stdout.contains("password"), "{lost:?}");
    // A controller whose cluster does not have the Secret denies, and nobody knows more than that.
    write(folder.path(), "web.yaml", SHOP);
    run(folder.path(), &["render", "web.yaml", "--target", "ingress-nginx", "-o", "live"]);
    assert!(fs::read_to_string(folder.path().join("live/nginx.conf")).is_ok_and(|text| text.contains("return 503")));
    let denied = run(folder.path(), &diff);
    assert_eq!((denied.code, denied.stdout.as_str()), (Some(0), ""), "{denied:?}");
}

#[test]
fn a_secret_that_goes_is_missing_and_not_unknown() {
    let folder = shop();
    fs::create_dir(folder.path().join("new")).expect("folders can be made");
    write(folder.path(), "new/web.yaml", SHOP);
    write(folder.path(), "new/cluster.yaml", &CLUSTER.replace("name: users", "name: others"));
    let told = told(&json(folder.path(), &["diff", "--base", "in", "--head", "new", "--host", "shop.example"]));
    assert!(told.len() == 1 && told[0].contains("503"), "{told:#?}");
    // Where neither side holds it, both are compared as if it were there.
    for name in ["in", "new"] {
        write(folder.path(), &format!("{name}/cluster.yaml"), &CLUSTER.replace("name: users", "name: others"));
    }
    write(folder.path(), "new/web.yaml", &SHOP.replace("auth-type: basic", "proxy-buffering: 'on'"));
    let told = json(folder.path(), &["diff", "--base", "in", "--head", "new"]);
    assert!(told.to_string().contains("password"), "{told}");
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[test]
fn what_is_guessed_of_the_release_is_called_a_guess() {
    let folder = shop();
    edit(folder.path(), "live/nginx.conf", "keepalive_timeout  75s;", "keepalive_timeout 7s;");
    let shown = run(folder.path(), &LIVE).stdout;
    assert!(shown.contains("+++ declared (ingress-nginx 1.15.1, a guess: the live configuration fits 1.14.3 to 1.15.1)\n"), "{shown}");
    let said = run(folder.path(), &[&LIVE[..], &["--controller", "1.15.1"]].concat()).stdout;
    assert!(said.contains("+++ declared (ingress-nginx 1.15.1)\n"), "{said}");
    // Of releases that write the same, it is the one that is deployed.
    let deployment = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec: {template: {spec: {containers: [{name: controller, image: 'registry.k8s.io/ingress-nginx/controller:v1.14.5', args: [/nginx-ingress-controller]}]}}}
";
    write(folder.path(), "in/controller.yaml", deployment);
    assert!(run(folder.path(), &LIVE).stdout.contains("+++ declared (ingress-nginx 1.14.5)\n"));
    edit(folder.path(), "live/nginx.conf", "http {", "http { geoip_country /etc/nginx/geoip/GeoIP.dat;");
    let old = run(folder.path(), &LIVE);
    assert!(old.stderr.contains("a release before 1.9.0") && old.stderr.contains("`geoip_country`"), "{}", old.stderr);
}

#[test]
fn an_ingress_that_does_not_count_and_the_longest_host_are_causes() {
    let folder = shop();
    for (from, to, expected) in [
        ("  ingressClassName: nginx\n", "", "names no class, and the controller serves none without one"),
        ("ClassName: nginx", "ClassName: traefik", "is of the class `traefik`, which is not the controller's"),
    ] {
        write(folder.path(), "in/web.yaml", &SHOP.replace(from, to));
        let shown = run(folder.path(), &LIVE).stdout;
        assert!(shown.contains("because in/web.yaml:") && shown.contains(expected) && !shown.contains("declares none"), "{shown}");
    }
    let long = "a-long-name-of-a-branch.in-the-north-of-the-country.and-of-its-own-town.shop.example";
    write(folder.path(), "in/web.yaml", &SHOP.replace("shop.example", long));
    let shown = run(folder.path(), &LIVE).stdout;
    assert!(shown.contains(&format!("because of in/web.yaml:14:11: the longest host name, `{long}`")), "{shown}");
}
