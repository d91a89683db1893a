//! What stands beside the configuration keeps its shape too: tables, the list of certificates, names of sections and of files. Objects of
//! one tenant with odd hosts, paths and names change no line of another one.

use std::collections::BTreeSet;

use ingressc::emit::{self, OutputFile};

use crate::cluster;

const VICTIM: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: victim, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: victim.example
    http: {paths: [{path: /a b, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
  - host: '*.victim.example'
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
---
";

/// The objects of somebody whose host is `victim.example`.
fn victim() -> String {
    [cluster::service("shop", "web", "10.0.0.1", &["10.1.0.1"]).as_str(), VICTIM].join("---\n")
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("any text is JSON")
}

fn thief(host: &str, path: &str) -> String {
    let annotations =
        [("from-to-www-redirect", "true"), ("app-root", "/x"), ("ssl-passthrough", "true"), ("server-alias", "thief.example")];
    let annotations: Vec<String> =
        annotations.iter().map(|(key, value)| format!("nginx.ingress.kubernetes.io/{key}: {}", quoted(value))).collect();
    format!(
        "{}---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: thief, namespace: thief, annotations: {{{}}}}}\nspec:\n  ingressClassName: nginx\n  tls: [{{hosts: [{}], secretName: own}}]\n  rules:\n  - host: {}\n    http: {{paths: [{{path: {}, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}\n",
        cluster::service("thief", "web", "10.0.0.2", &["10.1.0.2"]),
        annotations.join(", "),
        quoted(host),
        quoted(host),
        quoted(path)
    )
}

/// What the targets make of manifests that no API server has looked at.
fn made(target: &str, text: &str) -> Vec<OutputFile> {
    let proxy = cluster::lower(&[("a.yaml", text)], &["--enable-ssl-passthrough=true"]).0;
    let mut options = emit::Options::default();
    options.nginx.splits_hosts = true;
    emit::find(target).expect("it is there").render(&proxy, &options).value
}

/// What tables and files of hosts say of the victim: the keys, and whether they lead to its pods. Names of backends may be others.
fn of_victim(files: &[OutputFile]) -> BTreeSet<(String, String, bool)> {
    let tables = files.iter().filter(|file| file.name.starts_with("maps/") || file.name.contains("victim"));
    let lines = tables.flat_map(|file| file.content.lines().map(|line| (file.name.to_string(), line)));
    let said = lines.map(|(file, line)| match line.split_once(' ').filter(|_| file.starts_with("maps/")) {
        Some((key, value)) => (file, key.to_owned(), value.contains("shop")),
        None => (file, line.to_owned(), line.contains("shop")),
    });
    said.filter(|(file, key, is_shop)| *is_shop || key.contains("victim") || file.contains("victim")).collect()
}

fn assert_shape(what: &str, files: &[OutputFile]) {
    assert_eq!(emit::misnamed(files.iter().map(|file| &*file.name)), None, "{what}");
    for file in files.iter().filter(|file| file.name.starts_with("maps/") && file.name != "maps/certificate-errors.map") {
        for line in file.content.lines() {
            let is_fit = line.split(' ').count() == 2 && !line.contains(char::is_control) && !line.starts_with('#');
            assert!(is_fit, "{what}: {line:?} in {}", file.name);
        }
    }
    for file in files.iter().filter(|file| file.name == "certificates.txt") {
        for line in file.content.lines().skip(1) {
            let names = line.rsplit(']').next().unwrap_or_default().split(' ').filter(|name| !name.is_empty() && !name.ends_with(".pem"));
            assert!(line.starts_with("tls/") && names.count() > 0, "{what}: {line:?}");
        }
    }
    for line in files.iter().filter(|file| file.name == "haproxy.cfg").flat_map(|file| file.content.lines()) {
        let Some(name) = line.strip_prefix("backend ").or_else(|| line.strip_prefix("listen ")) else { continue };
        let is_fit = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte));
        assert!(is_fit && name.len() < 300, "{what}: {line:?}");
    }
}

#[test]
fn odd_hosts_and_paths_change_no_line_of_others() {
    let long = format!("/{}", "victim.example/a".repeat(1100));
    let hosts = [
        "victim",
        "VICTIM.example",
        ".victim.example",
        "victim.example/a",
        "a\nvictim.example thief.example",
        "a b",
        "x\"y",
        "#",
        "*",
        "~.*",
        "others",
        "_others",
        "wildcard.victim.example",
        "_wildcard.victim.example",
        "default",
        "include",
        "www.a\ntls/x.pem victim.example",
        "a\tvictim.example",
        "victim.example\u{0}",
        "victim.example\r",
    ];
    let paths =
        ["/", ".example/a b", "~.*", "^~/", "@x", "=/x", "/a\u{2423}b", "/a%20b", "/a\nb c", "/a\u{0}", "/nginx_status", "/healthz", &long];
    for target in ["nginx", "haproxy"] {
        let before = of_victim(&made(target, &victim()));
        assert!(!before.is_empty());
        for (host, path) in hosts.iter().map(|host| (*host, "/")).chain(paths.iter().flat_map(|path| [("victim", *path), ("", *path)])) {
            let what = format!("{target}, host {host:?}, path {:?}", path.get(..30).unwrap_or(path));
            let files = made(target, &format!("{}{}", victim(), thief(host, path)));
            assert_shape(&what, &files);
            let lost: Vec<_> = before.difference(&of_victim(&files)).cloned().collect();
            assert!(lost.is_empty(), "{what}: {lost:?}");
            for file in files.iter().filter(|file| file.name.starts_with("maps/")) {
                let is_stolen = |line: &&str| line.starts_with("victim.example") && line.contains("thief");
                assert_eq!(file.content.lines().find(is_stolen), None, "{what}: {}", file.name);
            }
        }
    }
}
