//! `ingressc routes`: the same routes in every format, from manifests and from what they are rendered to.

use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::program::{Run, folder};

const SHOP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/shop");

fn run(folder: &Path, args: &[&str]) -> Run {
    let run = crate::support::program::run(folder, args, "");
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{args:?}");
    run
}

fn routes(args: &[&str]) -> Vec<Value> {
    let all = [&["routes", "--format", "json"], args].concat();
    let run = run(Path::new("."), &all);
    let document: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    assert_eq!(document["schema"], 1);
    document["routes"].as_array().expect("it is a list").clone()
}

/// Host, location, Ingress, and the Service.
fn row(route: &Value) -> [String; 4] {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let backend = &route["backend"];
    [text(&route["host"]), text(&route["location"]), text(&route["ingress"]), text(&backend["service"])]
}

#[test]
fn routes_of_the_example_are_listed_in_order() {
    let rows: Vec<[String; 4]> = routes(&[SHOP]).iter().map(row).collect();
    let expected = [
        ["admin.shop.example.com", "/", "shop/admin", "admin"],
        ["shop.example.com", "~* ^/api(/|$)(.*)", "shop/api", "api"],
        ["shop.example.com", "~* ^/", "shop/storefront", "storefront"],
        ["_", "/nginx_status", "", ""],
        ["_", "/healthz", "", ""],
        ["_", "/", "shop/lost", "lost"],
    ];
    assert_eq!(rows, expected.map(|row| row.map(str::to_owned)));
    let nginx: Vec<[String; 4]> = routes(&[SHOP, "--target", "nginx"]).iter().map(row).collect();
    assert_eq!(rows, nginx, "the target nginx serves the same routes");
}

#[test]
fn what_is_rendered_has_the_routes_of_the_manifests() {
    let folder = folder(&[]);
    let live = folder.path().join("live");
    let live = live.to_str().expect("names are UTF-8");
    crate::support::program::run(folder.path(), &["render", SHOP, "--target", "ingress-nginx", "-o", live, "--quiet"], "");
    let without_places = |mut routes: Vec<Value>| {
        routes.iter_mut().for_each(|route| route["at"] = Value::Null);
        routes
    };
    let found = routes(&["--live", live]);
    assert!(found.iter().all(|route| route["at"]["line"].as_u64().is_some_and(|line| line > 1)), "{found:?}");
    assert_eq!(without_places(found), without_places(routes(&[SHOP])));
    // Without the files beside it, endpoints and canaries are not known, and this is said.
    let alone = PathBuf::from(live).join("nginx.conf");
    let alone = routes(&["--live", alone.to_str().expect("names are UTF-8"), "--host", "shop.example.com"]);
    assert!(alone.iter().all(|route| route["backend"]["endpoints_known"] == false), "{alone:?}");
}

#[test]
fn filters_keep_what_was_asked_for() {
    let hosts = |args: &[&str]| {
        let mut hosts: Vec<String> = routes(&[&[SHOP], args].concat()).iter().map(|route| row(route)[0].clone()).collect();
        hosts.dedup();
        hosts
    };
    assert_eq!(hosts(&["--host", "Shop.example.com"]), ["shop.example.com"]);
    assert_eq!(hosts(&["--host", "nobody.example"]), ["_"]);
    assert_eq!(routes(&[SHOP, "--namespace", "shop"]).len(), 4);
    assert_eq!(routes(&[SHOP, "--namespace", "other"]).len(), 0);
}

#[test]
fn every_format_has_every_route() {
    let count = routes(&[SHOP]).len();
    let format = |name: &str| run(Path::new("."), &["routes", SHOP, "--format", name]).stdout;
    assert_eq!(format("csv").lines().count(), count + 1);
    assert_eq!(format("markdown").lines().filter(|line| line.starts_with("| `")).count(), count);
    assert_eq!(format("text").lines().filter(|line| line.starts_with("  ")).count(), count);
}

const HOSTILE: &str = "\
http {
  server {
    listen 80 default_server;
    server_name _;
    location ~ \"^/</script><script>alert(1)</script>\" { proxy_pass http://user:hunter2@10.0.0.1; }
    location /a\u{202e}b { auth_request /check; proxy_pass http://10.0.0.1; }
    location = /check { internal; proxy_pass http://user:hunter2@auth.example/; }
    location /moved { return 301 https://user:hunter2@shop.example/; }
  }
}
";

#[test]
fn nothing_of_a_configuration_gets_out_of_its_place() {
    let folder = folder(&[("nginx.conf", HOSTILE)]);
    for format in ["text", "json", "csv", "markdown", "html"] {
        let out = run(folder.path(), &["routes", "--live", "nginx.conf", "--format", format]).stdout;
        assert!(!out.contains("hunter2"), "{format} shows a password:\n{out}");
        assert!(format == "json" || format == "html" || !out.contains('\u{202e}'), "{format} turns a line around");
        assert!(format != "html" || !out.contains("<script>alert"), "a path is an element of the page");
    }
}

#[test]
fn the_page_needs_nothing_else() {
    let page = run(Path::new("."), &["routes", SHOP, "--format", "html"]).stdout;
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"), "{page}");
    for word in ["src=", "href=", "url(", "@import", "fetch(", "http-equiv=\"refresh"] {
        assert!(!page.contains(word), "the page has `{word}`");
    }
}
