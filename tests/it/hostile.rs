//! Hostile manifests: each kind of attack has its finding, and no report is led astray by what a file is called.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::program::{Run, folder, run};
use serde_json::Value;

/// Opens the gates, so that what a value does to the configuration is seen, and not only that it is not allowed.
const OPEN: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {allow-snippet-annotations: \"true\", annotations-risk-level: Critical, strict-validate-path-type: \"false\"}
---
";

/// An Ingress with a path and annotations, all written as JSON texts.
fn ingress(name: &str, host: &str, path: &str, annotations: &[(&str, &str)]) -> String {
    let text = |value: &str| Value::from(value).to_string();
    let annotations: String =
        annotations.iter().map(|(key, value)| format!("    nginx.ingress.kubernetes.io/{key}: {}\n", text(value))).collect();
    format!(
        "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  namespace: shop
  annotations:
    kubernetes.io/ingress.class: nginx
{annotations}spec:
  rules:
  - host: {}
    http:
      paths:
      - path: {}
        pathType: ImplementationSpecific
        backend: {{service: {{name: web, port: {{number: 80}}}}}}
",
        text(host),
        text(path)
    )
}

fn check(folder: &Path, format: &str) -> String {
    let Run { code, stdout, stderr } = run(folder, &["check", ".", "--format", format], "");
    assert!(matches!(code, Some(0 | 1)), "{stderr}");
    stdout
}

/// The rules that find something worth a warning, each as `rule` and `rule effect`.
fn found(text: &str) -> BTreeSet<String> {
    let folder = folder(&[("in.yaml", text)]);
    let report: Value = serde_json::from_str(&check(folder.path(), "json")).expect("a report is JSON");
    let findings = report["findings"].as_array().expect("a report has findings").iter();
    let loud = findings.filter(|finding| finding["severity"] != "info");
    loud.flat_map(|finding| {
        let rule = finding["rule"].as_str().unwrap_or_default();
        [rule.to_owned(), format!("{rule} {}", finding["effect"].as_str().unwrap_or("-"))]
    })
    .collect()
}

/// Annotations, and a finding that they must have.
const ANNOTATIONS: &[(&[(&str, &str)], &str)] = &[
    (&[("auth-url", "http://auth.example/"), ("auth-method", "GET;")], "bad-annotation-value"),
    (&[("auth-url", "http://auth.example/"), ("auth-method", "G E T")], "blocked-reload blocks-reload"),
    (&[("auth-url", "http://auth.example/"), ("auth-method", "xGETx")], "bad-annotation-value"),
    (&[("auth-url", "http://auth.example/\"#")], "bad-annotation-value"),
    (&[("auth-url", "http://auth.example/"), ("auth-cache-duration", "bad;value")], "bad-annotation-value fails-open"),
    (&[("auth-url", "")], "bad-annotation-value fails-open"),
    (&[("auth-secret", "users")], "idle-annotation"),
    (&[("auth-url", "http://auth.example/$nosuch")], "blocked-reload blocks-reload"),
    (&[("rewrite-target", "/$nosuch")], "blocked-reload blocks-reload"),
    (&[("rewrite-target", "/a$")], "blocked-reload blocks-reload"),
    (&[("upstream-vhost", "$nosuch")], "blocked-reload blocks-reload"),
    (&[("custom-http-errors", "499")], "blocked-reload blocks-reload"),
    (&[("custom-http-errors", "４０４")], "bad-annotation-value"),
    (&[("proxy-buffer-size", "10b")], "blocked-reload blocks-reload"),
    (&[("proxy-buffer-size", "99999999999999999999k")], "blocked-reload blocks-reload"),
    (&[("proxy-buffers-number", "1")], "blocked-reload blocks-reload"),
    (&[("proxy-read-timeout", "-1")], "blocked-reload blocks-reload"),
    (&[("limit-connections", "70000")], "blocked-reload blocks-reload"),
    (&[("ssl-ciphers", "NOPE")], "blocked-reload blocks-reload"),
    (&[("server-alias", "~[")], "blocked-reload blocks-reload"),
    (&[("proxy-cookie-path", "/a")], "blocked-reload blocks-reload"),
    (&[("proxy-cookie-path", "/a /b /c")], "blocked-reload blocks-reload"),
    (&[("whitelist-source-range", "0.0.0.0/0,;")], "bad-annotation-value location-denied"),
    (&[("whitelist-source-range", "10.0.0.1/33")], "bad-annotation-value location-denied"),
    (&[("permanent-redirect", "https://shop.example/\n")], "bad-annotation-value"),
    (&[("auth-type", "basic"), ("auth-secret", "other/users")], "bad-annotation-value location-denied"),
    (&[("auth-type", "basic"), ("auth-secret", "a/b/c")], "bad-annotation-value location-denied"),
    (&[("auth-type", "oauth"), ("auth-secret", "users")], "bad-annotation-value"),
    (&[("configuration-snippet", "} location /x {")], "broken-shape -"),
    (&[("configuration-snippet", "} }")], "broken-shape -"),
    (&[("configuration-snippet", "} }")], "blocked-reload blocks-reload"),
    (&[("configuration-snippet", "nosuch on;")], "blocked-reload blocks-reload"),
    (&[("auth-urls", "http://auth.example/")], "unknown-annotation fails-open"),
    (&[("аuth-url", "http://auth.example/")], "malformed-annotation"),
    (&[("proxy-body-size", "8m\u{2028}")], "bad-annotation-value"),
    (&[("auth-url", "http://169.254.169.254/latest/meta-data/")], "internal-address"),
    (&[("auth-url", "http://metadata.google.internal/")], "internal-address"),
    (&[("auth-url", "http://127.0.0.1:10246/configuration/backends")], "internal-address"),
    (&[("auth-url", "http://localhost/")], "internal-address"),
    (&[("auth-url", "http://2130706433/")], "internal-address"),
    (&[("auth-url", "http://unix:/run/x")], "internal-address"),
    (&[("auth-url", "http://[::1]/")], "bad-annotation-value"),
    (&[("auth-url", "http://$arg_host/")], "internal-address"),
    (&[("mirror-target", "http://169.254.169.254$request_uri")], "internal-address"),
    (&[("server-alias", "~.*")], "greedy-alias"),
    (&[("server-alias", "~^.+$")], "greedy-alias"),
    (&[("server-alias", "*.example")], "greedy-alias"),
    (&[("server-alias", "*")], "blocked-reload blocks-reload"),
    (&[("permanent-redirect", "javascript:alert")], "unsafe-redirect"),
    (&[("permanent-redirect", "data:text/html,x")], "unsafe-redirect"),
    (&[("permanent-redirect", "https://$arg_x/")], "bad-annotation-value"),
    (&[("temporal-redirect", "javascript:alert")], "bad-annotation-value"),
    (&[("auth-url", "http://auth.example/"), ("auth-signin", "$arg_next")], "unsafe-redirect"),
    (&[("auth-url", "http://auth.example/"), ("auth-signin", "https://login.example/?rd=$uri")], "unsafe-redirect"),
    (&[("rewrite-target", "https://$1/")], "unsafe-redirect"),
];

#[test]
fn each_hostile_annotation_has_its_finding() {
    let missed: Vec<String> = ANNOTATIONS
        .iter()
        .map(|(annotations, expected)| {
            (annotations, expected, found(&(OPEN.to_owned() + &ingress("web", "shop.example", "/", annotations))))
        })
        .filter(|(_, expected, found)| !found.contains(**expected))
        .map(|(annotations, expected, found)| format!("{annotations:?}: no {expected}, but {found:?}"))
        .collect();
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
fn no_control_character_in_an_annotation_passes_unseen() {
    for name in
        ["auth-url", "auth-signin", "rewrite-target", "proxy-body-size", "upstream-vhost", "server-alias", "app-root", "mirror-target"]
    {
        for control in ['\n', '\r', '\0', '\u{1b}'] {
            let found = found(&ingress("web", "shop.example", "/", &[(name, &format!("a{control}b"))]));
            assert!(!found.is_empty(), "{name} {control:?}");
        }
    }
}

#[test]
fn each_snippet_is_refused_by_default() {
    for name in ["configuration-snippet", "server-snippet", "stream-snippet", "auth-snippet", "modsecurity-snippet"] {
        let found = found(&ingress("web", "shop.example", "/", &[(name, "# x")]));
        assert!(found.contains("risky-annotation admission-denied"), "{name}: {found:?}");
    }
}

#[test]
fn each_hostile_path_has_its_finding() {
    let regex = [("use-regex", "true")];
    for (path, annotations, expected) in [
        ("/a\n}", &[][..], "control-character"),
        ("/etc/nginx/x", &[], "suspicious-value"),
        ("/var/run/secrets/x", &[], "suspicious-value"),
        ("alias #\n/x;", &[], "suspicious-value"),
        ("/a(", &regex[..], "blocked-reload blocks-reload"),
    ] {
        let found = found(&(OPEN.to_owned() + &ingress("web", "shop.example", path, annotations)));
        assert!(found.contains(expected), "{path:?}: {found:?}");
    }
    let long = format!("/{}", "a".repeat(5_000));
    let found = found(&ingress("web", "shop.example", &long, &[]));
    assert!(found.contains("blocked-reload blocks-reload"), "a path of 5000 letters: {found:?}");
}

#[test]
fn hostile_documents_are_refused_with_a_finding() {
    let bomb: String = (0..9)
        .map(|at| {
            if at == 0 {
                String::from("a0: &a0 [x]\n")
            } else {
                format!("a{at}: &a{at} [{}]\n", vec![format!("*a{}", at - 1); 9].join(", "))
            }
        })
        .collect();
    let twice = ingress("web", "shop.example", "/", &[("app-root", "/a"), ("app-root", "/b")]);
    for (text, expected) in [
        (format!("kind: Ingress\n{bomb}"), "alias-limit"),
        (format!("apiVersion: {}", "[".repeat(100_000)), "too-deep"),
        (String::from("kind: Ingress\na: &a [*a]\n"), "alias-loop"),
        (twice, "duplicate-key"),
        (
            ingress("web", "shop.example", "/", &[]).replace("nginx\nspec", "nginx\n    nginx.ingress.kubernetes.io/app-root: 10\nspec"),
            "wrong-type",
        ),
        (String::from("{\"kind\": \"Ingress\", "), "json-syntax"),
    ] {
        let found = found(&text);
        assert!(found.contains(expected), "{}: {found:?}", &text[..text.len().min(60)]);
    }
}

#[test]
fn a_host_can_be_taken_over_by_none_unseen() {
    let mine = ingress("a", "shop.example", "/", &[]);
    let path = found(&format!("{mine}---\n{}", ingress("b", "shop.example", "/", &[])));
    assert!(path.contains("overridden-path admission-denied"), "{path:?}");
    let alias = found(&format!("{mine}---\n{}", ingress("b", "pay.example", "/", &[("server-alias", "shop.example")])));
    assert!(alias.contains("overridden-alias overridden"), "{alias:?}");
}

#[test]
fn each_host_that_is_no_name_has_its_finding() {
    for host in ["~.*", "~^(.*)$", "*", "EXAMPLE.com", "a..b", "a.example.", "1.2.3.4", "*.*.a", "пример.example"] {
        let found = found(&ingress("web", host, "/", &[]));
        assert!(found.contains("malformed-host"), "{host}: {found:?}");
    }
}

#[test]
fn a_host_with_a_star_loses_to_broad_aliases_before_it() {
    let wildcard = ingress("a", "*.shop.example", "/", &[]);
    for (host, alias, is_taken) in [
        ("*.pay.example", "~^[a-z0-9-]+\\.shop\\.example$", true),
        ("pay.example", "*.shop.example.", false),
        ("pay.example", "*.example", true),
        // Regular expressions count in the order of their servers, and a star stands before all letters.
        ("pay.example", "~^[a-z0-9-]+\\.shop\\.example$", false),
        ("*.pay.example", "~^m\\.shop\\.example$", false),
    ] {
        let found = found(&format!("{wildcard}---\n{}", ingress("b", host, "/", &[("server-alias", alias)])));
        assert_eq!(found.contains("greedy-alias"), is_taken, "{host} {alias}: {found:?}");
    }
}

#[test]
fn headers_of_configmaps_are_looked_at() {
    let headers = |name: &str, value: &str| {
        let text = Value::from(value).to_string();
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: headers, namespace: shop}}\ndata: {{{name}: {text}}}\n---\n")
    };
    let settings = |key: &str, value: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ingress-nginx-controller, namespace: ingress-nginx}}\ndata: {{{key}: {value}}}\n---\n"
        )
    };
    let auth = [("auth-url", "http://auth.example/"), ("auth-proxy-set-headers", "shop/headers")];
    let custom = [("custom-headers", "shop/headers")];
    let all = ("proxy-set-headers", "shop/headers");
    for (setting, annotations, (name, value), expected) in [
        (Some(all), &[][..], ("Host", "other.example"), true),
        (Some(all), &[], ("X-Forwarded-For", "10.0.0.1"), true),
        (Some(all), &[], ("X-Shop", "a\nX-User: admin"), true),
        (Some(all), &[], ("X-Shop", "a'b\"c $host"), false),
        (Some(("add-headers", "shop/headers")), &[], ("Transfer-Encoding", "chunked"), true),
        (Some(("add-headers", "shop/headers")), &[], ("X-Shop", "yes"), false),
        (None, &auth, ("Host", "other.example"), true),
        (None, &auth, ("X-Shop", "a\nX-User: admin"), true),
        (None, &auth, ("X-Shop", "a'b"), false),
        (Some(("global-allowed-response-headers", "Connection")), &custom, ("Connection", "close"), true),
        // Nobody uses it.
        (None, &[], ("Host", "other.example"), false),
    ] {
        let setting = setting.map(|(key, value)| settings(key, value)).unwrap_or_default();
        let found = found(&format!("{setting}{}{}", headers(name, value), ingress("web", "shop.example", "/", annotations)));
        assert_eq!(found.contains("dangerous-header"), expected, "{annotations:?} {name}: {value:?}: {found:?}");
    }
}

#[cfg(unix)]
#[test]
fn no_name_of_a_file_leads_a_report_astray() {
    let folder = folder(&[]);
    let names = ["a%b,c:d", "new\nline", "esc\u{1b}[2J", "q\"<&>'", "right\u{202e}", "::error::x", "tab\t\u{85}"];
    for (at, name) in names.into_iter().enumerate() {
        let text = ingress(&format!("web{at}"), "shop.example", &format!("/{at}"), &[("proxy-read-timeout", "1h")]);
        fs::write(folder.path().join(format!("{name}.yaml")), text).expect("files can be written");
    }
    for format in ["text", "json", "sarif", "github", "junit"] {
        let report = check(folder.path(), format);
        let strange = |letter: char| letter.is_control() && letter != '\n' || letter == '\u{202e}';
        assert!(!report.contains(strange), "{format}: {report}");
        match format {
            "json" | "sarif" => assert!(serde_json::from_str::<Value>(&report).is_ok(), "{format}"),
            "github" => {
                let is_command = |line: &str| ["::warning ", "::error ", "::notice "].iter().any(|start| line.starts_with(start));
                assert!(report.lines().all(is_command), "{report}");
                assert!(report.contains("file=a%25b%2Cc%3Ad.yaml,") && report.contains("file=%3A%3Aerror%3A%3Ax.yaml,"), "{report}");
            }
            "junit" => {
                assert_eq!(report.matches("<testcase ").count(), report.matches("</testcase>").count(), "{report}");
                assert!(report.contains("q&quot;&lt;&amp;&gt;") && !report.contains("<&"), "{report}");
            }
            _ => {}
        }
    }
}
