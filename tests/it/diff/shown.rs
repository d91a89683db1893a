//! How differences are shown, and what never is.

use pretty_assertions::assert_eq;
use std::fs;

use crate::support::program::Run;

use super::{CLUSTER, LIVE, SHOP, edit, run, shop, write};

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
    // One script runs: the one whose hash the policy names. Links lead within the page.
    assert_eq!((page.stdout.matches("<script").count(), page.stdout.matches("script-src 'sha256-").count()), (1, 1));
    assert_eq!(page.stdout.matches("href=").count(), page.stdout.matches("href=\"#group-").count());
    assert!(!["http://", "https://", "src="].iter().any(|part| page.stdout.contains(part)), "{}", page.stdout);
    let opened = page.stdout.matches("<article").count();
    assert_eq!(opened, page.stdout.matches("</article>").count());
    write(folder.path(), "in/web.yaml", SHOP);
    fs::remove_file(folder.path().join("in/map.yaml")).expect("it is there");
    assert!(run(folder.path(), &[&LIVE[..], &["--format", "html"]].concat()).stdout.contains("There are no differences."));
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
