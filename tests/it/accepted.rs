//! What users accept: levels on the command line, suppressions, comments in manifests, and what was there before.

use std::fs;
use std::path::Path;

use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::program::{Run, folder, run};

/// An Ingress with two values that are not applied, and one without.
fn manifests() -> String {
    format!("{}---\n{}", ingress("web", "proxy-read-timeout: 10s"), ingress("api", "proxy-body-size: 8 mb"))
}

fn ingress(name: &str, annotation: &str) -> String {
    format!(
        "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  namespace: shop
  annotations:
    kubernetes.io/ingress.class: nginx
    nginx.ingress.kubernetes.io/{annotation}
spec:
  rules:
  - host: {name}.example
    http:
      paths:
      - {{path: /, pathType: Prefix, backend: {{service: {{name: {name}, port: {{number: 80}}}}}}}}
"
    )
}

fn check(folder: &Path, args: &[&str]) -> Run {
    run(folder, &[&["check"], args].concat(), "")
}

/// Rules with the names of the objects that they are told of.
fn told(folder: &Path, args: &[&str]) -> Vec<(String, String)> {
    let report = report(folder, args);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    findings.iter().map(|finding| (text(&finding["rule"]), text(&finding["object"]["name"]))).collect()
}

fn report(folder: &Path, args: &[&str]) -> Value {
    let run = check(folder, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(rule, name)| ((*rule).to_owned(), (*name).to_owned())).collect()
}

const VALUE: &str = "bad-annotation-value";

#[test]
fn the_command_line_says_how_much_rules_weigh() {
    let folder = folder(&[("in.yaml", &manifests()), ("ingressc.toml", "[rules]\n\"bad-*\" = \"info\"\n")]);
    let code = |args: &[&str]| check(folder.path(), &[&["in.yaml"], args].concat()).code;
    let severity = |args: &[&str]| report(folder.path(), &[&["in.yaml"], args].concat())["findings"][0]["severity"].clone();
    assert_eq!(severity(&[]), "info", "a pattern of the settings");
    assert_eq!(severity(&["--warn", VALUE]), "warning");
    assert_eq!((severity(&["--warn", "bad-*", "--deny", VALUE]), code(&["--warn", "bad-*", "--deny", VALUE])), ("error".into(), Some(1)));
    assert_eq!(code(&["--deny", "bad-*", "--warn", VALUE]), Some(0), "the last one counts");
    assert_eq!(code(&["--warn", VALUE, "--deny", "warning"]), Some(1));
    assert_eq!(told(folder.path(), &["in.yaml", "--allow", "bad-*"]), []);
    let misspelt = check(folder.path(), &["in.yaml", "--allow", "bad-anotation-value"]);
    assert!(misspelt.code == Some(2) && misspelt.stderr.contains("did you mean `bad-annotation-value`?"), "{misspelt:?}");
    let rendered = |args: &[&str]| run(folder.path(), &[&["render", "in.yaml", "--target", "ingress-nginx"], args].concat(), "").code;
    assert_eq!((rendered(&[]), rendered(&["--deny", VALUE])), (Some(0), Some(1)));
}

#[test]
fn a_suppression_may_leave_out_all_but_its_reason() {
    for (conditions, left) in [
        ("", 0),
        ("rule = \"bad-*\"", 0),
        ("rule = \"bad-annotation-value\"\nname = \"w*\"", 1),
        ("namespace = \"sh?p\"", 0),
        ("kind = \"Ingress\"\nsubject = \"*/proxy-body-size\"", 1),
        ("file = \"in.yaml\"", 0),
        ("file = \"/apps/**\"", 0),
        ("file = \"web.yaml\"", 2),
        ("subject = \"*/proxy-body-size\"\nfile = \"apps\"", 1),
    ] {
        let settings = format!("[[suppress]]\n{conditions}\nreason = \"known\"\n");
        let folder = folder(&[("apps/in.yaml", &manifests()), ("ingressc.toml", &settings)]);
        let found = told(folder.path(), &["apps"]);
        assert_eq!(found.iter().filter(|(rule, _)| rule == VALUE).count(), left, "{conditions}: {found:?}");
    }
}

#[test]
fn what_a_run_does_not_hold_is_not_unused() {
    for (conditions, is_unused) in [
        ("rule = \"bad-annotation-value\"\nname = \"gone\"", false),
        ("rule = \"bad-annotation-value\"\nnamespace = \"other\"", false),
        ("rule = \"bad-annotation-value\"\nfile = \"other/**\"", false),
        ("rule = \"misread-setting\"\nname = \"we*\"", true),
        ("rule = \"misread-setting\"\nfile = \"in.yaml\"", true),
        ("rule = \"misread-setting\"", true),
    ] {
        let settings = format!("[[suppress]]\n{conditions}\nreason = \"known\"\n");
        let folder = folder(&[("in.yaml", &manifests()), ("ingressc.toml", &settings)]);
        let found = told(folder.path(), &["in.yaml"]);
        assert_eq!(found.iter().any(|(rule, _)| rule == "unused-suppression"), is_unused, "{conditions}: {found:?}");
    }
}

#[test]
fn comments_accept_what_the_settings_permit() {
    let at_the_line = manifests().replace("timeout: 10s", "timeout: 10s # ingressc: allow(bad-annotation-value) known");
    let above = manifests().replace(
        "    nginx.ingress.kubernetes.io/proxy-read",
        "    # ingressc: allow(bad-*) known\n    nginx.ingress.kubernetes.io/proxy-read",
    );
    let on_top = format!("# ingressc: allow(bad-annotation-value, bad-key) known\n{}", manifests());
    let without_reason = on_top.replace(" known", "");
    let of_nothing = format!("# ingressc: allow(misread-setting) known\n{}", manifests());
    let unknown = format!("# ingressc: allow(bad-anotation-value) known\n{}", manifests());
    let odd = format!("# ingressc: ignore bad-annotation-value\n{}", manifests());
    let both = [(VALUE, "web"), (VALUE, "api")];
    for (text, permitted, expected) in [
        (&at_the_line, "[\"bad-*\"]", vec![both[1]]),
        (&above, "[\"bad-annotation-value\"]", vec![both[1]]),
        (&on_top, "[\"*\"]", vec![both[1]]),
        (&on_top, "[]", vec![("ignored-comment", ""), ("ignored-comment", ""), both[0], both[1]]),
        (&at_the_line, "[\"misread-setting\"]", vec![both[0], ("ignored-comment", ""), both[1]]),
        (&without_reason, "[\"*\"]", vec![("ignored-comment", ""), both[0], both[1]]),
        (&of_nothing, "[\"*\"]", vec![("unused-suppression", ""), both[0], both[1]]),
        (&unknown, "[\"*\"]", vec![("unknown-rule", ""), both[0], both[1]]),
        (&odd, "[\"*\"]", vec![("ignored-comment", ""), both[0], both[1]]),
    ] {
        let folder = folder(&[("in.yaml", text), ("ingressc.toml", &format!("allow-comments = {permitted}\n"))]);
        assert_eq!(told(folder.path(), &["in.yaml"]), pairs(&expected), "{permitted}\n{text}");
    }
}

#[test]
fn what_was_there_before_is_counted_and_not_shown() {
    let folder = folder(&[("in.yaml", &manifests())]);
    let path = folder.path();
    let written = check(path, &["in.yaml", "--write-baseline", "known.json"]);
    assert_eq!((written.code, written.stdout.as_str(), written.stderr.as_str()), (Some(0), "", "2 findings are in `known.json`\n"));
    let known = ["in.yaml", "--baseline", "known.json"];
    let again = check(path, &known);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), "nothing found (2 in the baseline)\n"));

    let moved = format!("# a line\n---\n{}---\n{}", manifests(), ingress("new", "proxy-read-timeout: 5s"));
    fs::write(path.join("in.yaml"), &moved).expect("files can be written");
    assert_eq!(told(path, &known), pairs(&[(VALUE, "new")]));
    assert_eq!(report(path, &known)["summary"]["baseline"], 2);

    let repaired = moved.replace("timeout: 10s", "timeout: \"10\"");
    fs::write(path.join("in.yaml"), &repaired).expect("files can be written");
    assert_eq!(told(path, &known), pairs(&[("stale-baseline", ""), (VALUE, "new")]));
    assert_eq!(told(path, &[&known[..], &["--allow", "stale-baseline"]].concat()), pairs(&[(VALUE, "new")]));

    fs::write(path.join("in.yaml"), ingress("api", "proxy-body-size: 8 mb")).expect("files can be written");
    assert_eq!(told(path, &known), [], "what this run does not hold is not known to be gone");
    let missing = check(path, &["in.yaml", "--baseline", "none.json"]);
    assert!(missing.code == Some(2) && missing.stderr.contains("`none.json` cannot be read"), "{missing:?}");
}
