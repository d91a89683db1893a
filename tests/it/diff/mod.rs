//! `ingressc diff` as people and machines run it: against a live configuration, and one change against another.

mod bounds;
mod causes;
mod displaced;
mod keys;
mod left;
mod live;
mod said;
mod shown;
mod unknown;

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
fn a_host_that_no_side_has_is_a_mistake() {
    let folder = shop();
    for args in [&LIVE[..], &["diff", "--base", "in", "--head", "in"], &["diff", "--base", "live/nginx.conf", "--head", "live/nginx.conf"]]
    {
        let run = run(folder.path(), &[args, &["--host", "shop.exmaple"]].concat());
        assert!(run.code == Some(2) && run.stderr.contains("`shop.exmaple`"), "{args:?}: {run:?}");
    }
}

#[test]
fn what_becomes_of_requests_is_proved_behind_the_differences() {
    let folder = shop();
    // Whoever comes, and each Service has endpoints, as the input has none at all.
    let open = SHOP.replace("    nginx.ingress.kubernetes.io/auth-type: basic\n    nginx.ingress.kubernetes.io/auth-secret: users\n", "");
    let cluster = CLUSTER.split("---\napiVersion: discovery").next().expect("it begins with it");
    for side in ["base", "head"] {
        fs::create_dir(folder.path().join(side)).expect("folders can be made");
        write(folder.path(), &format!("{side}/cluster.yaml"), cluster);
        write(folder.path(), &format!("{side}/web.yaml"), &open);
    }
    let with = |from: &str, to: &str| {
        write(folder.path(), "head/web.yaml", &open.replace(from, to));
        run(folder.path(), &["diff", "--base", "base", "--head", "head", "--prove"])
    };

    let moved = with("- path: /api", "- path: /apis");
    let (text, proof) = moved.stdout.split_once("\nRequests\n").unwrap_or_else(|| panic!("{moved:?}"));
    assert!(text.contains("path `/api` removed") && moved.code == Some(1), "{moved:?}");
    // The smallest request that shows it, and what becomes of it on both sides.
    let shown = proof.split_once("  GET http://shop.example/api").unwrap_or_else(|| panic!("{proof}")).1;
    let (first, rest) = shown.split_once("    head  ").unwrap_or_else(|| panic!("{proof}"));
    assert!(first.contains("shop/api:80 gets GET /api") && rest.starts_with("shop/front:80 gets GET /api"), "{proof}");

    // The text differs, and no answer.
    let quiet = with("proxy-body-size: 8m", "proxy-body-size: 8192k");
    let (text, proof) = quiet.stdout.split_once("\nRequests\n").unwrap_or_else(|| panic!("{quiet:?}"));
    assert!(text.contains("1 difference") && quiet.code == Some(1), "{quiet:?}");
    assert!(proof.ends_with(": 4 equal\n"), "{proof}");

    for (args, why) in [
        (&["diff", "-", "--live", "live/nginx.conf", "--prove"][..], "reads the manifests again"),
        (&["diff", "in", "--live", "live/nginx.conf", "--prove", "--format", "json"], "goes with the formats text and markdown"),
        (&["diff", "in", "--live", "live/nginx.conf", "--live", "live/nginx.conf", "--prove"], "compares two sides"),
    ] {
        let refused = run(folder.path(), args);
        assert!(refused.code == Some(2) && refused.stderr.contains(why), "{args:?}: {refused:?}");
    }
}
