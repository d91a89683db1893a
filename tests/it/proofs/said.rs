//! What a proof says of the differences that it shows: what is served anew, and what two values that look alike differ in.

use pretty_assertions::assert_eq;
use serde_json::Value;

use super::{document, ingress, prove};

const LISTED: &str = "nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8";

/// How the differences of all hosts are called.
fn strengths(document: &Value) -> Vec<&str> {
    let hosts = document["hosts"].as_array().into_iter().flatten();
    let differences = hosts.flat_map(|host| host["differences"].as_array().into_iter().flatten());
    let mut all: Vec<&str> = differences.map(|difference| difference["protection"].as_str().unwrap_or("-")).collect();
    all.sort_unstable();
    all.dedup();
    all
}

fn at(host: &str, manifests: &str) -> String {
    manifests.replace("host: shop.example.com", &format!("host: \"{host}\"")).replace("{name: web, namespace", "{name: other, namespace")
}

#[test]
fn what_nobody_served_is_added_and_no_loss() {
    let web = |annotations: &str| ingress("web", annotations, "/", "Prefix", "web");
    let only = ingress("web", "", "/only", "Exact", "web");
    let new = |annotations: &str| at("new.example.com", &web(annotations));
    for (base, head, code, strength) in [
        // A host that nobody names, open or protected, and a path beside others.
        (web(""), web("") + &new(""), 0, &["added"][..]),
        (web(""), web("") + &new(LISTED), 0, &["added"]),
        (only.clone(), only.clone() + &ingress("rest", "", "/", "Prefix", "web"), 0, &["added"]),
        // What a host with a star or the host of all others asks for is lost.
        (at("*.example.com", &web(LISTED)), at("*.example.com", &web(LISTED)) + &web(""), 1, &["weaker"]),
        (at("", &web(LISTED)), at("", &web(LISTED)) + &web(""), 1, &["added", "weaker"]),
        // What somebody served is taken by another one.
        (at("", &web("")), at("", &web("")) + &ingress("web", "", "/", "Prefix", "api"), 1, &["-", "added"]),
        // What a path answers on purpose is no want of an Ingress.
        (web("nginx.ingress.kubernetes.io/server-snippet: 'location /admin { return 404; }'"), web(""), 1, &["weaker"]),
    ] {
        let settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\ndata: {allow-snippet-annotations: 'true', annotations-risk-level: Critical}\n";
        let (found, said) = document(&(base + settings), &(head + settings), &["--implies"]);
        assert_eq!((found, strengths(&said).as_slice()), (Some(code), strength), "{said}");
    }
    let said = prove(&web(""), &(web("") + &new("")), &["--implies"]);
    assert!(said.stdout.contains("[added]") && !said.stdout.contains("protection"), "{}", said.stdout);
}

#[test]
fn a_redirect_to_https_is_a_protection_of_http() {
    let forced = ingress("web", "nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'", "/", "Prefix", "web");
    let open = ingress("web", "", "/", "Prefix", "web");
    let (code, lost) = document(&forced, &open, &["--implies"]);
    assert_eq!((code, strengths(&lost).as_slice()), (Some(1), &["weaker"][..]), "{lost}");
    let (code, gained) = document(&open, &forced, &[]);
    assert_eq!((code, strengths(&gained).as_slice()), (Some(1), &["stronger"][..]), "{gained}");
    let said = prove(&forced, &open, &[]).stdout;
    assert!(said.contains("shop.example.com https: equal"), "{said}");
}

#[test]
fn two_values_that_differ_never_look_alike() {
    let settings = |data: &str| {
        let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\n";
        ingress(
            "web",
            "nginx.ingress.kubernetes.io/limit-rps: '5', nginx.ingress.kubernetes.io/limit-whitelist: 10.0.0.0/8",
            "/",
            "Prefix",
            "web",
        ) + map
            + &format!("data: {{{data}}}\n")
    };
    let header = |value: &str| {
        ingress(
            "web",
            &format!("nginx.ingress.kubernetes.io/configuration-snippet: 'proxy_set_header Authorization \"Basic {value}\";'"),
            "/",
            "Prefix",
            "web",
        ) + "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\ndata: {allow-snippet-annotations: 'true', annotations-risk-level: Critical}\n"
    };
    for (base, head, shown) in [
        (
            settings("use-forwarded-headers: 'true'"),
            settings(""),
            "header x-real-ip at the backend: $remote_addr, as X-Forwarded-For from 0.0.0.0/0, behind all of them says it -> $remote_addr, as the connection has it",
        ),
        (settings(""), settings("use-proxy-protocol: 'true'"), " -> "),
        (header("b25lOm9uZQ=="), header("dHdvOnR3bw=="), "<hidden> -> <hidden> (another)"),
    ] {
        let said = prove(&base, &head, &[]).stdout;
        assert!(said.contains(shown) && !said.contains("Lookup("), "{said}");
        let sides = said.lines().filter_map(|line| line.split_once(": ")?.1.split_once(" -> "));
        sides.for_each(|(base, head)| assert_ne!(base, head, "{said}"));
        for line in said.lines().filter(|line| line.contains("not proved: ")) {
            let words: Vec<&str> = line.split('`').collect();
            assert!(words.len() < 4 || words[1] != words[3], "{line}");
        }
    }
}
