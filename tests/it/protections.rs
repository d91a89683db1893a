//! Single changes of protections, with the direction known by construction: whatever lets more through is never told as a gain,
//! and what a proxy answers otherwise is never equal. Each case is a host of its own, so that one run tells of all.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::support::program::{folder, run};

/// What a change does to what is let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// More.
    Opens,
    /// Nobody can say.
    Differs,
    /// Nothing.
    Keeps,
}

use Way::{Differs, Keeps, Opens};

/// What a verdict says.
fn way(verdict: &str) -> &'static str {
    match verdict {
        "lost" | "weaker" => "opens",
        "gained" | "stronger" => "closes",
        other => {
            if other == "changed" {
                "differs"
            } else {
                "none"
            }
        }
    }
}

impl Way {
    fn words(self, is_back: bool) -> &'static [&'static str] {
        match self {
            Self::Keeps => &[],
            Self::Differs => &["differs"],
            Self::Opens if is_back => &["closes"],
            Self::Opens => &["opens"],
        }
    }
}

/// Annotations before and after, each `name: value` with `&&` between them.
type Case = (&'static str, &'static str, Way);

const LIST: &str = "whitelist-source-range: 10.0.0.0/8";
const PASSWORD: &str = "auth-type: basic && auth-secret: users";

const ANNOTATIONS: &[Case] = &[
    (LIST, "", Opens),
    (LIST, "whitelist-source-range: 10.0.0.0/8,0.0.0.0/0", Opens),
    (LIST, "whitelist-source-range: 10.0.0.0/8,192.0.2.1", Opens),
    ("whitelist-source-range: 10.0.0.0/8,2001:db8::/32", "whitelist-source-range: 10.0.0.0/8,2001:db8::/31", Opens),
    ("whitelist-source-range: 10.1.0.0/16", LIST, Opens),
    (LIST, "whitelist-source-range: 11.0.0.0/8", Differs),
    ("allowlist-source-range: 10.1.0.0/16", "allowlist-source-range: 10.0.0.0/8", Opens),
    ("denylist-source-range: 10.0.0.0/8", "", Opens),
    ("denylist-source-range: 10.0.0.0/8", "denylist-source-range: 10.0.0.0/9", Opens),
    ("whitelist-source-range: 10.0.0.0/8 && denylist-source-range: 10.1.0.0/16", LIST, Opens),
    (PASSWORD, "", Opens),
    (PASSWORD, "auth-type: basic && auth-secret: others", Differs),
    (PASSWORD, "auth-type: digest && auth-secret: users", Differs),
    (PASSWORD, "auth-type: basic && auth-secret: users && auth-realm: another", Differs),
    (
        "auth-type: basic && auth-secret: users && whitelist-source-range: 10.0.0.0/8",
        "auth-type: basic && auth-secret: users && whitelist-source-range: 10.0.0.0/8 && satisfy: any",
        Opens,
    ),
    (
        "auth-type: basic && auth-secret: users && satisfy: any",
        "auth-type: basic && auth-secret: users && satisfy: any && whitelist-source-range: 10.0.0.0/8",
        Opens,
    ),
    ("auth-url: http://auth.example/a", "", Opens),
    ("auth-url: http://auth.example/a", "auth-url: http://auth.example/b", Differs),
    ("auth-url: http://auth.example/a", "auth-url: http://auth.example/a && auth-method: POST", Differs),
    (
        "auth-url: http://auth.example/a && auth-cache-key: $remote_user",
        "auth-url: http://auth.example/a && auth-cache-key: $host",
        Differs,
    ),
    ("limit-rps: '5'", "", Opens),
    ("limit-rps: '5'", "limit-rps: '500'", Opens),
    ("limit-rpm: '5'", "limit-rpm: '6'", Opens),
    ("limit-rps: '5'", "limit-rps: '5' && limit-burst-multiplier: '50'", Opens),
    ("limit-connections: '5'", "limit-connections: '50'", Opens),
    ("limit-connections: '5'", "", Opens),
    ("limit-rps: '5'", "limit-rps: '5' && limit-whitelist: 0.0.0.0/0", Opens),
    ("limit-rps: '5' && limit-whitelist: 10.1.0.0/16", "limit-rps: '5' && limit-whitelist: 10.0.0.0/8", Opens),
    ("limit-rps: '5' && limit-connections: '5'", "limit-rps: '5' && limit-connections: '5' && limit-whitelist: 10.0.0.0/8", Opens),
    ("limit-rate: '10'", "limit-rate: '100'", Opens),
    ("limit-rate: '10' && limit-rate-after: '1'", "limit-rate: '10' && limit-rate-after: '10'", Opens),
    ("proxy-body-size: 1m", "proxy-body-size: 100m", Opens),
    ("proxy-body-size: 1m", "proxy-body-size: '0'", Opens),
    ("enable-cors: 'false'", "enable-cors: 'true'", Opens),
    (
        "enable-cors: 'true' && cors-allow-origin: https://a.example",
        "enable-cors: 'true' && cors-allow-origin: 'https://a.example,https://b.example'",
        Opens,
    ),
    ("enable-cors: 'true' && cors-allow-origin: https://a.example", "enable-cors: 'true' && cors-allow-origin: '*'", Opens),
    (
        "enable-cors: 'true' && cors-allow-origin: https://a.b.example",
        "enable-cors: 'true' && cors-allow-origin: https://*.b.example",
        Opens,
    ),
    (
        "enable-cors: 'true' && cors-allow-origin: https://a.c.example",
        "enable-cors: 'true' && cors-allow-origin: https://*.b.example",
        Differs,
    ),
    ("enable-cors: 'true' && cors-allow-credentials: 'false'", "enable-cors: 'true' && cors-allow-credentials: 'true'", Opens),
    ("enable-cors: 'true' && cors-allow-methods: GET", "enable-cors: 'true' && cors-allow-methods: 'GET, PUT'", Opens),
    ("enable-cors: 'true' && cors-allow-headers: X-A", "enable-cors: 'true' && cors-allow-headers: 'X-A, X-B'", Opens),
    ("force-ssl-redirect: 'true' && ssl-redirect: 'false'", "ssl-redirect: 'false'", Opens),
    ("ssl-redirect: 'true'", "ssl-redirect: 'false'", Opens),
    ("auth-tls-secret: shop/ca", "", Opens),
    ("auth-tls-secret: shop/ca", "auth-tls-secret: shop/ca && auth-tls-verify-client: optional", Opens),
    (
        "auth-tls-secret: shop/ca && auth-tls-verify-client: optional",
        "auth-tls-secret: shop/ca && auth-tls-verify-client: optional_no_ca",
        Opens,
    ),
    ("auth-tls-secret: shop/ca", "auth-tls-secret: shop/ca && auth-tls-verify-depth: '3'", Opens),
    ("auth-tls-secret: shop/ca && auth-tls-match-cn: CN=a", "auth-tls-secret: shop/ca", Opens),
    ("auth-tls-secret: shop/ca && auth-tls-match-cn: CN=a", "auth-tls-secret: shop/ca && auth-tls-match-cn: CN=b", Differs),
    ("enable-modsecurity: 'true'", "enable-modsecurity: 'false'", Opens),
    (
        "enable-modsecurity: 'true' && modsecurity-snippet: SecRuleEngine On",
        "enable-modsecurity: 'true' && modsecurity-snippet: SecRuleEngine DetectionOnly",
        Opens,
    ),
    ("enable-modsecurity: 'true' && enable-owasp-core-rules: 'true'", "enable-modsecurity: 'true'", Opens),
    ("proxy-ssl-secret: shop/ca && proxy-ssl-verify: 'on'", "proxy-ssl-secret: shop/ca && proxy-ssl-verify: 'off'", Opens),
    (
        "proxy-ssl-secret: shop/ca && proxy-ssl-verify: 'on'",
        "proxy-ssl-secret: shop/ca && proxy-ssl-verify: 'on' && proxy-ssl-verify-depth: '3'",
        Opens,
    ),
    ("ssl-ciphers: ECDHE-RSA-AES256-GCM-SHA384", "ssl-ciphers: 'ECDHE-RSA-AES256-GCM-SHA384:DES-CBC3-SHA'", Opens),
    ("configuration-snippet: deny 192.0.2.1;", "configuration-snippet: allow all;", Opens),
    ("configuration-snippet: 'deny 192.0.2.1; allow 10.0.0.0/8; deny all;'", "configuration-snippet: 'allow 10.0.0.0/8; deny all;'", Keeps),
    (LIST, "whitelist-source-range: '10.0.0.0/9,10.128.0.0/9'", Keeps),
    (PASSWORD, "auth-type: basic && auth-secret: users && satisfy: any", Keeps),
    (
        "configuration-snippet: 'deny 10.0.0.1; allow 10.0.0.0/8; deny all;'",
        "configuration-snippet: 'allow 10.0.0.0/8; deny 10.0.0.1; deny all;'",
        Opens,
    ),
    ("configuration-snippet: 'if ($http_x = a) { return 403; }'", "", Opens),
    ("server-snippet: 'if ($http_x = a) { return 403; }'", "", Opens),
    (
        "server-snippet: 'ssl_verify_client on; ssl_client_certificate /ca;'",
        "server-snippet: 'ssl_verify_client optional; ssl_client_certificate /ca;'",
        Opens,
    ),
    ("server-snippet: return 403;", "", Opens),
    ("configuration-snippet: 'more_set_headers \"X-Frame-Options: DENY\";'", "", Opens),
];

/// Keys of the ConfigMap before and after.
const SETTINGS: &[Case] = &[
    ("ssl-protocols: TLSv1.2 TLSv1.3", "ssl-protocols: TLSv1 TLSv1.2 TLSv1.3", Opens),
    ("ssl-protocols: TLSv1.2 TLSv1.3", "ssl-protocols: TLSv1.3 TLSv1.2", Keeps),
    ("ssl-ciphers: ECDHE-RSA-AES256-GCM-SHA384", "ssl-ciphers: 'ECDHE-RSA-AES256-GCM-SHA384:DES-CBC3-SHA'", Opens),
    ("ssl-early-data: 'false'", "ssl-early-data: 'true'", Opens),
    ("ssl-reject-handshake: 'true'", "ssl-reject-handshake: 'false'", Opens),
    ("hsts: 'true'", "hsts: 'false'", Opens),
    ("hsts-max-age: '1000'", "hsts-max-age: '10'", Opens),
    ("hsts-include-subdomains: 'true'", "hsts-include-subdomains: 'false'", Opens),
    ("whitelist-source-range: 10.0.0.0/8", "whitelist-source-range: '10.0.0.0/8,0.0.0.0/0'", Opens),
    ("whitelist-source-range: 10.0.0.0/8", "", Opens),
    ("block-cidrs: 192.0.2.0/24", "", Opens),
    ("block-cidrs: 192.0.2.0/24", "block-cidrs: 192.0.2.0/25", Opens),
    ("block-user-agents: 'curl,wget'", "block-user-agents: curl", Opens),
    ("block-referers: 'a.example,b.example'", "block-referers: a.example", Opens),
    ("proxy-body-size: 1m", "proxy-body-size: 10m", Opens),
    ("enable-modsecurity: 'true'", "enable-modsecurity: 'false'", Opens),
    ("ssl-redirect: 'true'", "ssl-redirect: 'false'", Opens),
    ("force-ssl-redirect: 'true' && ssl-redirect: 'false'", "ssl-redirect: 'false'", Opens),
    ("global-auth-url: http://auth.example/a", "", Opens),
    ("global-auth-url: http://auth.example/a", "global-auth-url: http://auth.example/b", Differs),
    (
        "use-forwarded-headers: 'true' && proxy-real-ip-cidr: 10.0.0.0/8",
        "use-forwarded-headers: 'true' && proxy-real-ip-cidr: 0.0.0.0/0",
        Opens,
    ),
    ("http-snippet: deny 192.0.2.1;", "", Opens),
    ("location-snippet: deny 192.0.2.1;", "", Opens),
];

/// What every cluster holds.
const CLUSTER: &str = "\
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Secret
metadata: {name: users, namespace: shop}
data: {auth: dXNlcjokYXByMSR4JHg=}
---
apiVersion: v1
kind: Secret
metadata: {name: others, namespace: shop}
data: {auth: dXNlcjokYXByMSR5JHk=}
---
apiVersion: v1
kind: Secret
metadata: {name: ca, namespace: shop}
data: {ca.crt: CERTIFICATE}
---
";

fn fields(written: &str, prefix: &str, indent: &str) -> String {
    let fields = written.split(" && ").filter_map(|part| part.split_once(": "));
    fields.map(|(name, value)| format!("{indent}{prefix}{name}: {value}\n")).collect()
}

fn ingress(host: &str, annotations: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: {host}\n  namespace: shop\n  annotations:\n    a: b\n{annotations}\
         spec:\n  ingressClassName: nginx\n  rules:\n  - host: {host}.example\n    http:\n      paths:\n      - path: /\n        pathType: Prefix\n\
         \x20       backend: {{service: {{name: front, port: {{number: 80}}}}}}\n---\n"
    )
}

fn settings(keys: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ingress-nginx-controller, namespace: ingress-nginx}}\n\
         data:\n  allow-snippet-annotations: 'true'\n  annotations-risk-level: Critical\n{keys}"
    )
}

/// A certificate, the same one in a whole run.
fn authority() -> &'static str {
    static MADE: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    MADE.get_or_init(|| {
        let made = rcgen::generate_simple_self_signed(["authority".to_owned()]).expect("it can be made");
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, made.cert.pem())
    })
}

/// Manifests with a host for each case, as they were or as they are.
fn manifests(annotations: impl Iterator<Item = &'static str>, keys: &str) -> String {
    let hosts: String = annotations
        .enumerate()
        .map(|(at, written)| ingress(&format!("c{at}"), &fields(written, "nginx.ingress.kubernetes.io/", "    ")))
        .collect();
    CLUSTER.replace("CERTIFICATE", authority()) + &hosts + &settings(keys)
}

/// The differences between two texts of manifests.
fn differences(base: &str, head: &str) -> Vec<Value> {
    let folder = folder(&[("base.yaml", base), ("head.yaml", head)]);
    let run = run(folder.path(), &["diff", "--base", "base.yaml", "--head", "head.yaml", "--format", "json"], "");
    let document: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"));
    document["differences"].as_array().cloned().unwrap_or_default()
}

/// The ways of some differences, and all of them for a person.
fn ways(differences: &[Value]) -> (Vec<&'static str>, String) {
    let mut told = String::new();
    let mut found = Vec::new();
    for difference in differences {
        let verdict = difference["protection"].as_str().unwrap_or("-");
        found.extend(Some(way(verdict)).filter(|way| *way != "none"));
        let _ = writeln!(told, "    {verdict}: {}", difference["message"]);
    }
    (found, told)
}

#[test]
fn a_change_of_one_annotation_is_one_verdict_in_its_direction() {
    let [base, head] = [manifests(ANNOTATIONS.iter().map(|case| case.0), ""), manifests(ANNOTATIONS.iter().map(|case| case.1), "")];
    let mut wrong = String::new();
    for (is_back, found) in [(false, differences(&base, &head)), (true, differences(&head, &base))] {
        let mut hosts: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for difference in found {
            hosts.entry(difference["host"].as_str().unwrap_or("-").to_owned()).or_default().push(difference);
        }
        for (at, (before, after, expected)) in ANNOTATIONS.iter().enumerate() {
            let (ways, told) = ways(hosts.get(&format!("c{at}.example")).map(Vec::as_slice).unwrap_or_default());
            // One change is one difference, and no blank stands where a value is meant.
            let is_one = told.lines().count() == 1 && !told.trim_start().contains("  ");
            if ways != expected.words(is_back) || !is_one {
                let (from, to) = if is_back { (after, before) } else { (before, after) };
                let _ = writeln!(wrong, "{from:?} -> {to:?} {:?}:\n{told}", expected.words(is_back));
            }
        }
        let around: Vec<_> = hosts.get("-").into_iter().flatten().filter(|difference| !difference["protection"].is_null()).collect();
        assert!(around.is_empty(), "{around:#?}");
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_change_of_one_key_is_a_verdict_in_its_direction() {
    let mut wrong = String::new();
    for (before, after, expected) in SETTINGS {
        let hosts = ["", "", "limit-rps: '5'"];
        let [base, head] = [before, after].map(|keys| manifests(hosts.into_iter(), &fields(keys, "", "  ")));
        for (is_back, one, other) in [(false, &base, &head), (true, &head, &base)] {
            let found = differences(one, other);
            let (mut ways, told) = ways(&found);
            ways.dedup();
            if ways != expected.words(is_back) {
                let _ = writeln!(wrong, "{before:?} / {after:?} {:?}:\n{told}", expected.words(is_back));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
