//! `ingressc check` as people and machines run it: formats, levels, suppressions and exit codes.

use std::path::Path;

use ingressc::output::findings::FORMATS;
use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::program::{Run, folder, run};

/// An Ingress for a path, with annotations below the prefix.
fn ingress(name: &str, path: &str, annotations: &[(&str, &str)]) -> String {
    let annotations: String =
        annotations.iter().map(|(key, value)| format!("    nginx.ingress.kubernetes.io/{key}: \"{value}\"\n")).collect();
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
  - host: shop.example
    http:
      paths:
      - path: {path}
        pathType: Prefix
        backend: {{service: {{name: {name}, port: {{number: 80}}}}}}
"
    )
}

fn check(folder: &Path, args: &[&str]) -> Run {
    run(folder, &[&["check"], args].concat(), "")
}

fn json(folder: &Path, args: &[&str]) -> Value {
    let run = check(folder, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

fn rules(report: &Value) -> Vec<&str> {
    report["findings"].as_array().into_iter().flatten().filter_map(|finding| finding["rule"].as_str()).collect()
}

const TIMEOUT: (&str, &str) = ("proxy-read-timeout", "10s");
const DENIED: (&str, &str) = ("configuration-snippet", "deny all;");

#[test]
fn without_findings_there_is_nothing_to_say() {
    let folder = folder(&[("in.yaml", &ingress("web", "/", &[]))]);
    let run = check(folder.path(), &["in.yaml"]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn the_level_decides_whether_the_run_fails() {
    let folder = folder(&[
        ("clean.yaml", &ingress("web", "/", &[])),
        ("warning.yaml", &ingress("web", "/", &[TIMEOUT])),
        ("error.yaml", &ingress("web", "/", &[DENIED])),
        ("info.yaml", &ingress("web", "/", &[("proxy-body-size", "8m")]).replace("ingress.class: nginx", "ingress.class: traefik")),
    ]);
    for (file, default, warning, info) in
        [("clean.yaml", 0, 0, 0), ("info.yaml", 0, 0, 1), ("warning.yaml", 0, 1, 1), ("error.yaml", 1, 1, 1), ("gone.yaml", 2, 2, 2)]
    {
        for (args, expected) in
            [(&[][..], default), (&["--deny", "error"], default), (&["--deny", "warning"], warning), (&["--deny", "info"], info)]
        {
            for format in FORMATS.iter().map(|format| format.name) {
                let run = check(folder.path(), &[&[file, "--format", format], args].concat());
                assert_eq!(run.code, Some(expected), "{file} {args:?} {format}: {run:?}");
            }
        }
    }
}

#[test]
fn people_see_the_line_and_a_count() {
    let folder = folder(&[("in.yaml", &ingress("web", "/", &[TIMEOUT]))]);
    let run = check(folder.path(), &["in.yaml"]);
    for part in ["warning[bad-annotation-value]: `proxy-read-timeout` is ignored", "--> in.yaml:8:53", "\"10s\"", "\n\n1 warning\n"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    assert!(!run.stdout.contains('\u{1b}') && run.stderr.is_empty(), "{run:?}");
    assert!(check(folder.path(), &["in.yaml", "--color", "always"]).stdout.contains("\u{1b}["));
    assert_eq!(check(folder.path(), &["in.yaml", "-q"]).stdout, "");
}

#[test]
fn many_findings_are_counted_by_rule() {
    let many: String = (0..7).map(|at| ingress(&format!("web{at}"), &format!("/{at}"), &[TIMEOUT]) + "---\n").collect();
    let folder = folder(&[("in.yaml", &(many + &ingress("web", "/", &[DENIED])))]);
    let run = check(folder.path(), &["in.yaml"]);
    assert!(run.stdout.contains("\n  7  warning  bad-annotation-value  in.yaml:8\n"), "{}", run.stdout);
    assert!(run.stdout.ends_with("1 error, 7 warnings\n"), "{}", run.stdout);
}

#[test]
fn a_report_for_scripts_names_object_subject_and_place() {
    let folder = folder(&[("in.yaml", &ingress("web", "/", &[TIMEOUT]))]);
    let report = json(folder.path(), &["in.yaml"]);
    assert_eq!(report["schema"], 1);
    let finding = &report["findings"][0];
    assert_eq!(finding["effect"], "annotation-ignored");
    assert_eq!(finding["object"], serde_json::json!({"kind": "Ingress", "namespace": "shop", "name": "web"}));
    assert_eq!(finding["subject"], "nginx.ingress.kubernetes.io/proxy-read-timeout");
    let place = serde_json::json!({"file": "in.yaml", "line": 8, "column": 53, "end_line": 8, "end_column": 58});
    assert_eq!(finding["location"], place);
    let summary = serde_json::json!({
        "errors": 0, "warnings": 1, "infos": 0, "suppressed": 0, "baseline": 0, "withheld": 0, "rules": {"bad-annotation-value": 1},
        "files": 1, "objects": {"Ingress": 1}, "not_looked_at": {},
    });
    assert_eq!(report["summary"], summary);
}

#[test]
fn what_the_webhook_refuses_is_told_by_check_alone() {
    let manifests = ingress("a", "/x", &[]) + "---\n" + &ingress("b", "/x", &[]);
    let folder = folder(&[("in.yaml", &manifests)]);
    let report = json(folder.path(), &["in.yaml"]);
    let denied: Vec<_> =
        report["findings"].as_array().into_iter().flatten().filter(|finding| finding["effect"] == "admission-denied").collect();
    assert_eq!(denied.len(), 2, "{report:#}");

    let render = run(folder.path(), &["render", "in.yaml", "--target", "ingress-nginx"], "");
    assert!(!render.stderr.contains("admission"), "{render:?}");
}

#[test]
fn the_version_of_the_controller_counts() {
    let folder = folder(&[("in.yaml", &ingress("web", "/", &[("relative-redirects", "true")]))]);
    assert_eq!(rules(&json(folder.path(), &["in.yaml"])), [""; 0]);
    assert_eq!(rules(&json(folder.path(), &["in.yaml", "--controller", "ingress-nginx:1.12.8"])), ["too-new-annotation"]);
}

#[test]
fn settings_that_do_nothing_are_found() {
    let settings = "\
[rules]
bad-anotation-value = \"error\"

[[suppress]]
rule = \"bad-annotation-value\"
name = \"web\"
reason = \"moves in March\"

[[suppress]]
rule = \"bad-annotation-value\"
name = \"api\"
reason = \"put right since\"

[[suppress]]
rule = \"no-such-rule-at-all\"
reason = \"a typo\"
";
    let manifests = ingress("web", "/", &[TIMEOUT]) + "---\n" + &ingress("api", "/api", &[]);
    let folder = folder(&[("in.yaml", &manifests), ("ingressc.toml", settings)]);
    let report = json(folder.path(), &["in.yaml"]);
    assert_eq!(rules(&report), ["unknown-rule", "unused-suppression", "unknown-rule"]);
    assert_eq!(report["summary"]["suppressed"], 1);
    let places: Vec<_> = report["findings"].as_array().into_iter().flatten().map(|finding| &finding["location"]["line"]).collect();
    assert_eq!(places, [2, 10, 15]);
    assert_eq!(report["findings"][0]["help"], "did you mean `bad-annotation-value`?");
}

#[test]
fn levels_hold_for_findings_about_the_settings_too() {
    let settings = "[rules]\nunused-suppression = \"error\"\nunknown-rule = \"allow\"\nodd = \"info\"\n[[suppress]]\nrule = \"admission\"\nreason = \"x\"\n";
    let folder = folder(&[("in.yaml", &ingress("web", "/", &[])), ("ingressc.toml", settings)]);
    let report = json(folder.path(), &["in.yaml"]);
    assert_eq!((rules(&report), &report["findings"][0]["severity"]), (vec!["unused-suppression"], &Value::from("error")));
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let files = [("a.yaml", ingress("a", "/x", &[TIMEOUT])), ("b.yaml", ingress("b", "/x", &[DENIED])), ("c.yaml", ingress("c", "/", &[]))];
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let folder = folder(&files);
    for format in FORMATS.iter().map(|format| format.name) {
        let one = check(folder.path(), &["a.yaml", "b.yaml", "c.yaml", "--format", format]);
        let two = check(folder.path(), &[".", "c.yaml", "--format", format]);
        assert_eq!(one.stdout, two.stdout, "{format}");
        assert!(!one.stdout.contains(&*folder.path().to_string_lossy()), "{format}");
    }
}

#[test]
fn standard_input_is_checked_as_well() {
    let folder = folder(&[]);
    let run = run(folder.path(), &["check", "-", "--format", "github"], &ingress("web", "/", &[TIMEOUT]));
    assert_eq!(run.code, Some(0));
    assert!(run.stdout.starts_with("::warning file=<stdin>,line=8,col=53,endColumn=58,title=bad-annotation-value::"), "{run:?}");
}

#[test]
fn no_format_shows_a_secret() {
    let secret = "\
apiVersion: v1
kind: Secret
metadata: {name: web, namespace: shop}
type: Opaque
data: {auth: \"aGVsbG8=\", wrong: [aGVsbG8=], auth: \"aGVsbG8=\"}
stringData: {plain: hello}
unknown: hello
";
    let folder = folder(&[("in.yaml", secret), ("out.yaml", &secret.replace('}', ""))]);
    for format in FORMATS.iter().map(|format| format.name) {
        let run = check(folder.path(), &["in.yaml", "out.yaml", "--format", format]);
        assert!(!run.stdout.contains("hello") && !run.stdout.contains("aGVsbG8"), "{run:?}");
        assert!(run.stdout.contains("in.yaml"), "{format}");
    }
}

#[test]
fn no_value_is_obeyed_by_what_reads_the_report() {
    let hostile = "x\\e[2J\\r\\n::error::y\\n</testcase>\\u202e";
    let folder = folder(&[("in.yaml", &ingress("web", "/", &[("proxy-read-timeout", hostile)]))]);
    for format in FORMATS.iter().map(|format| format.name) {
        let run = check(folder.path(), &["in.yaml", "--format", format]);
        assert!(!run.stdout.contains(['\u{1b}', '\r', '\u{202e}']), "{run:?}");
        assert!(!run.stdout.lines().any(|line| line.starts_with("::error")), "{run:?}");
        assert!(format != "junit" || run.stdout.matches("</testcase>").count() == 1, "{run:?}");
    }
}

/// What the schema of SARIF 2.1.0 requires of the parts that are used, and what readers of it rely on.
mod sarif {
    use pretty_assertions::assert_eq;

    use super::*;

    fn text(value: &Value) -> &str {
        value.as_str().filter(|text| !text.is_empty()).unwrap_or_else(|| panic!("{value} is no text"))
    }

    fn list(value: &Value) -> &[Value] {
        value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
    }

    fn region(region: &Value) {
        let number = |key: &str| region[key].as_u64().unwrap_or_else(|| panic!("{key} is missing in {region}"));
        let (start, end) = ((number("startLine"), number("startColumn")), (number("endLine"), number("endColumn")));
        assert!(start.0 >= 1 && start.1 >= 1 && start <= end, "{region}");
    }

    fn location(location: &Value) {
        if let Some(place) = location.get("physicalLocation") {
            let uri = text(&place["artifactLocation"]["uri"]);
            assert!(uri.bytes().all(|byte| byte.is_ascii_graphic() && !b"<>\"{}|\\^`".contains(&byte)), "{uri}");
            place.get("region").map(region);
        }
        for place in location.get("logicalLocations").map(list).unwrap_or_default() {
            assert_eq!(text(&place["kind"]), "object");
            text(&place["fullyQualifiedName"]);
        }
    }

    fn result(result: &Value, rules: &[Value]) {
        text(&result["message"]["text"]);
        assert!(["error", "warning", "note"].contains(&text(&result["level"])));
        let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok()).expect("it names its rule");
        assert_eq!(rules[index]["id"], result["ruleId"]);
        result.get("locations").map(list).unwrap_or_default().iter().for_each(location);
        for related in result.get("relatedLocations").map(list).unwrap_or_default() {
            assert!(related["id"].is_u64());
            text(&related["message"]["text"]);
            location(related);
        }
        text(&result["partialFingerprints"]["ingresscFinding/v1"]);
    }

    #[test]
    fn a_report_has_all_that_the_schema_requires() {
        let manifests = ingress("a", "/x", &[TIMEOUT]) + "---\n" + &ingress("b", "/x", &[]);
        let folder = folder(&[("in put.yaml", &manifests)]);
        let run = check(folder.path(), &["in put.yaml", "gone.yaml", "--format", "sarif"]);
        let report: Value = serde_json::from_str(&run.stdout).expect("it is JSON");
        assert_eq!((report["version"].as_str(), list(&report["runs"]).len()), (Some("2.1.0"), 1));
        assert!(text(&report["$schema"]).ends_with("sarif-2.1.0.json"));
        let run = &report["runs"][0];
        assert_eq!(run["columnKind"], "unicodeCodePoints");
        let driver = &run["tool"]["driver"];
        assert_eq!(text(&driver["name"]), "ingressc");
        let rules = list(&driver["rules"]);
        for rule in rules {
            text(&rule["id"]);
            for part in ["shortDescription", "fullDescription", "help"] {
                text(&rule[part]["text"]);
            }
            text(&rule["help"]["markdown"]);
            assert!(["error", "warning", "note"].contains(&text(&rule["defaultConfiguration"]["level"])));
        }
        let results = list(&run["results"]);
        assert!(results.iter().any(|result| result.get("relatedLocations").is_some()), "{report:#}");
        assert!(results.iter().all(|result| list(&result["locations"])[0].get("physicalLocation").is_some()), "{report:#}");
        results.iter().for_each(|found| result(found, rules));
    }
}

mod pages {
    use pretty_assertions::assert_eq;

    use super::*;

    fn run(args: &[&str]) -> Run {
        super::run(Path::new("."), args, "")
    }

    #[test]
    fn rules_are_listed_and_explained() {
        let list = run(&["rules"]);
        assert!(list.code == Some(0) && list.stdout.contains("\nlonely-canary "), "{list:?}");
        let page = run(&["rules", "lonely-canary"]).stdout;
        assert!(page.starts_with("# lonely-canary (warning)\n\nA canary has no main Ingress.\n"), "{page}");
        assert!(page.contains("## Fires\n\n```yaml\n") && page.contains("## Quiet\n"), "{page}");
    }

    #[test]
    fn the_catalog_has_four_formats() {
        assert!(run(&["catalog"]).stdout.contains("annotations: cors\n"));
        assert!(run(&["catalog", "nginx.ingress.kubernetes.io/cors-max-age"]).stdout.contains("\n  needs        enable-cors: \"true\"\n"));
        let both: Value = serde_json::from_str(&run(&["catalog", "proxy-body-size", "--format", "json"]).stdout).expect("it is JSON");
        assert_eq!((&both["annotations"][0]["name"], &both["settings"][0]["name"]), (&"proxy-body-size".into(), &"proxy-body-size".into()));
        assert!(run(&["catalog", "--format", "markdown"]).stdout.starts_with("## Annotations: access\n\n| Annotation | "));
        let schema: Value = serde_json::from_str(&run(&["catalog", "--format", "json-schema"]).stdout).expect("it is JSON");
        assert_eq!(
            schema["properties"]["nginx.ingress.kubernetes.io/enable-cors"]["anyOf"][0]["enum"],
            serde_json::json!(["true", "false"])
        );
    }

    #[test]
    fn names_that_nothing_has_get_a_reason() {
        for (args, reason) in [
            (&["rules", "lonly-canary"][..], "did you mean `lonely-canary`?"),
            (&["catalog", "proxy-bodysize"], "did you mean `proxy-body-size`?"),
            (&["catalog", "secure-backends"], "set `backend-protocol` to `HTTPS`"),
            (&["catalog", "relative-redirects", "--controller", "1.12.8"], "it came with 1.13.0"),
            (&["catalog", "enable-vts-status"], "until 0.16.0"),
            (&["catalog", "zzz"], "there is no annotation or ConfigMap key `zzz`"),
        ] {
            let run = run(args);
            assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{args:?}");
            assert!(run.stderr.contains(reason), "{args:?}: {}", run.stderr);
        }
    }
}

#[test]
fn what_helm_rendered_names_its_template() {
    let folder = folder(&[]);
    let chart =
        format!("---\n# Source: shop/templates/web.yaml\n{}---\n{}", ingress("web", "/", &[TIMEOUT]), ingress("api", "/api", &[TIMEOUT]));
    let run = run(folder.path(), &["check", "-", "--format", "json"], &chart);
    let report: Value = serde_json::from_str(&run.stdout).expect("a report is JSON");
    let note = "Helm rendered this from `shop/templates/web.yaml`";
    let is_named = |finding: &Value| finding["notes"].as_array().is_some_and(|notes| notes.iter().any(|text| text == note));
    let named: Vec<_> = report["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|finding| (finding["object"]["name"].as_str(), is_named(finding)))
        .collect();
    assert_eq!(named, [(Some("web"), true), (Some("api"), false)]);
}

#[test]
fn a_template_that_is_not_rendered_is_one_finding() {
    let template =
        "{{- if .Values.on }}\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: {{ .Values.name }}\n{{- end }}\n";
    let folder = folder(&[("template.yaml", template), ("web.yaml", &ingress("web", "/", &[TIMEOUT]))]);
    let report = json(folder.path(), &["."]);
    assert_eq!(rules(&report), ["helm-template", "bad-annotation-value"]);
}

#[test]
fn a_secret_that_is_not_in_the_input_is_a_note_and_a_broken_one_a_warning() {
    let tls = ingress("web", "/", &[("auth-type", "basic"), ("auth-secret", "users")])
        .replace("spec:\n", "spec:\n  tls:\n  - hosts: [shop.example]\n    secretName: shop-tls\n");
    let broken = "apiVersion: v1\nkind: Secret\nmetadata: {name: shop-tls, namespace: shop}\nstringData: {tls.crt: none, tls.key: none}\n";
    let folder = folder(&[("alone.yaml", &tls), ("both.yaml", &format!("{tls}---\n{broken}"))]);
    let shown = json(folder.path(), &["alone.yaml", "--allow", "password-without-tls"]);
    assert_eq!((rules(&shown), &shown["summary"]["withheld"]), (vec![], &serde_json::json!(2)), "{shown}");
    let asked = json(folder.path(), &["alone.yaml", "--warn", "absent-object"]);
    assert_eq!(rules(&asked), ["absent-object", "absent-object"], "whoever gives it a level wants to see it");
    let alone = json(folder.path(), &["alone.yaml", "--deny", "warning", "--verbose"]);
    // Both are told in one.
    assert_eq!(rules(&alone), ["absent-object"]);
    assert_eq!(alone["summary"]["infos"], 1);
    assert_eq!(alone["findings"][0]["related"].as_array().map(Vec::len), Some(1), "{alone}");
    assert_eq!(rules(&json(folder.path(), &["both.yaml", "-v"])), ["absent-object", "default-certificate"]);
    // One that is there and cannot be read is told once, as such.
    let sealed = broken.to_owned() + "sops: {mac: x}\n";
    let tls = ingress("web", "/", &[]).replace("spec:\n", "spec:\n  tls:\n  - hosts: [shop.example]\n    secretName: shop-tls\n");
    let folder = self::folder(&[("sealed.yaml", &format!("{tls}---\n{sealed}"))]);
    assert_eq!(rules(&json(folder.path(), &["sealed.yaml", "-v"])), ["encrypted-secret"]);
}

#[test]
fn an_upgrade_reports_what_it_changes_and_nothing_else() {
    let cross = ingress("web", "/", &[TIMEOUT, ("auth-type", "basic"), ("auth-secret", "other/users")]);
    let folder = folder(&[("in.yaml", &cross), ("snippet.yaml", &ingress("api", "/api", &[("server-snippet", "return 403;")]))]);
    let upgrade = |from: &str, to: &str| json(folder.path(), &["in.yaml", "--controller", from, "--upgrade-to", to]);
    let report = upgrade("ingress-nginx:1.11.8", "ingress-nginx:1.12.8");
    let findings = report["findings"].as_array().expect("a report has findings");
    let of = |rule: &str, subject: &str| {
        findings.iter().find(|found| found["rule"] == rule && found["subject"].as_str().is_some_and(|name| name.ends_with(subject)))
    };
    let old = cross.replace("networking.k8s.io/v1\n", "networking.k8s.io/v1beta1\n");
    let old = self::folder(&[("in.yaml", &old)]);
    let of_old = json(old.path(), &["in.yaml", "--controller", "ingress-nginx:1.11.8", "--upgrade-to", "ingress-nginx:1.12.8"]);
    assert!(!rules(&of_old).contains(&"removed-api"), "the API server is another matter: {of_old:#}");
    for (subject, was) in
        [("annotations-risk-level", "Critical"), ("allow-cross-namespace-resources", "true"), ("--enable-annotation-validation", "false")]
    {
        let found = of("changed-default", subject).unwrap_or_else(|| panic!("{subject}: {report}"));
        assert!(found["message"].as_str().is_some_and(|message| message.contains(&format!("from `{was}`"))), "{found}");
    }
    let secret = of("bad-annotation-value", "auth-secret").unwrap_or_else(|| panic!("{report}"));
    assert_eq!((&secret["effect"], &secret["location"]["line"]), (&"location-denied".into(), &10.into()));
    assert!(secret["notes"].to_string().contains("this is new with 1.12.8, compared with 1.11.8"), "{secret}");
    assert!(of("bad-annotation-value", "proxy-read-timeout").is_none(), "{report}");
    assert_eq!(rules(&upgrade("1.12.8", "1.13.9")), ["changed-behaviour"]);
}

#[test]
fn another_nginx_inside_is_an_upgrade_and_tells_what_it_does_otherwise() {
    let folder = folder(&[("in.yaml", &ingress("web", "/", &[("upstream-hash-by", "$cookie_user")]))]);
    let told = |to: &str| {
        let report = json(folder.path(), &["in.yaml", "--controller", "1.15.1", "--upgrade-to", to]);
        let findings = report["findings"].as_array().expect("a report has findings").clone();
        let subjects = findings
            .iter()
            .filter(|found| found["rule"] == "changed-behaviour")
            .map(|found| found["subject"].as_str().unwrap_or_default().to_owned());
        subjects.collect::<Vec<_>>()
    };
    assert_eq!(told("deckhouse:1.15.1"), ["commas-in-cookies", "host-validation"]);
    assert_eq!(told("forkline:2026.7.20"), ["commas-in-cookies", "host-validation", "connection-headers"]);
    let releases = ["diff", "in.yaml", "--from-version", "1.15.1", "--to-version", "forkline:2026.7.20"];
    let compared = run(folder.path(), &releases, "");
    assert!(compared.stderr.contains("with nginx 1.31.0 inside: a variable `$cookie_…`"), "{compared:?}");
    // The nginx of 1.9 is older than that of 1.10.
    let grpc = json(folder.path(), &["in.yaml", "--controller", "1.9.6", "--upgrade-to", "1.10.6"]);
    assert!(!grpc.to_string().contains("commas-in-cookies"), "{grpc}");
}

#[test]
fn an_upgrade_needs_a_release_to_start_from() {
    let folder = folder(&[("in.yaml", &ingress("web", "/", &[])), ("broken.yaml", "a: [")]);
    for (from, to) in [("1.15.1", "1.15.1"), ("1.15.1", "1.12.8")] {
        let run = check(folder.path(), &["in.yaml", "--controller", from, "--upgrade-to", to]);
        assert!(run.code == Some(2) && run.stderr.contains("is no upgrade"), "{run:?}");
    }
    let run = check(folder.path(), &["in.yaml", "--upgrade-to", "1.15.1"]);
    assert!(run.code == Some(2) && run.stderr.contains("--controller"), "{run:?}");
    assert!(rules(&json(folder.path(), &["broken.yaml", "--controller", "1.14.5", "--upgrade-to", "1.15.1"])).contains(&"yaml-syntax"));
}

#[test]
fn an_annotation_is_judged_by_the_release_of_the_controller() {
    let folder = folder(&[(
        "in.yaml",
        &ingress("web", "/", &[("enable-owasp-core-rules", "true"), ("enable-opentracing", "true"), ("proxy-busy-buffers-size", "8k")]),
    )]);
    let found = |release: &str| -> Vec<String> {
        let report = json(folder.path(), &["in.yaml", "--controller", release]);
        let names = report["findings"].as_array().into_iter().flatten();
        names
            .map(|found| format!("{}: {}", found["rule"].as_str().unwrap_or_default(), found["subject"].as_str().unwrap_or_default()))
            .collect()
    };
    let name = |rule: &str, name: &str| format!("{rule}: {name}");
    assert!(
        found("ingress-nginx:1.12.8").contains(&name("too-new-annotation", "nginx.ingress.kubernetes.io/proxy-busy-buffers-size")),
        "{:?}",
        found("ingress-nginx:1.12.8")
    );
    assert!(!found("ingress-nginx:1.15.1").iter().any(|found| found.ends_with("proxy-busy-buffers-size")));
    assert!(found("ingress-nginx:1.15.1").contains(&name("removed-annotation", "nginx.ingress.kubernetes.io/enable-opentracing")));
}

const CANARY: (&str, &str) = ("canary", "true");

#[test]
fn the_webhook_judges_namespaces_that_the_controller_does_not_select() {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: other}}\n---\n";
    let selector = ["--controller-arg", "--watch-namespace-selector=team=web"];
    for (manifests, expected) in [
        (ingress("web", "/", &[DENIED]), true),
        (ingress("web", "/", &[]), false),
        // Nobody else in that namespace is there for the webhook, so that the same path is no overlap.
        (format!("{}---\n{}", ingress("web", "/", &[]), ingress("web2", "/", &[])), false),
        // It is one with an Ingress of a namespace that is selected.
        (format!("{}---\n{}", ingress("web", "/", &[]), ingress("web2", "/", &[]).replace("namespace: shop", "namespace: web")), true),
    ] {
        let selected = "apiVersion: v1\nkind: Namespace\nmetadata: {name: web, labels: {team: web}}\n---\n";
        let folder = folder(&[("in.yaml", &format!("{namespace}{selected}{manifests}"))]);
        let report = json(folder.path(), &[&["in.yaml"], &selector[..]].concat());
        let is_denied = |finding: &serde_json::Value| finding["effect"] == "admission-denied";
        assert_eq!(report["findings"].as_array().into_iter().flatten().any(is_denied), expected, "{manifests}\n{report}");
    }
}

#[test]
fn what_makes_the_controller_panic_is_told() {
    let service =
        |ports: &str| format!("apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop}}\nspec: {{ports: {ports}}}\n---\n");
    let slice = |port: &str| {
        format!(
            "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: web-1, namespace: shop, \
             labels: {{kubernetes.io/service-name: web}}}}\naddressType: IPv4\nports: [{port}]\nendpoints: [{{addresses: [10.0.0.1]}}]\n---\n"
        )
    };
    let web = ingress("web", "/", &[]);
    let canary = ingress("next", "/", &[CANARY]);
    let without_paths = canary.split("    http:").next().expect("the rule has paths");
    let one = service("[{port: 80, targetPort: 8080}]");
    let backend = ["--controller-arg", "--default-backend-service=shop/web"];
    for (manifests, args, expected) in [
        (format!("{web}---\n{without_paths}"), &[][..], true),
        (format!("{web}---\n{canary}"), &[], false),
        (without_paths.to_owned(), &[], false),
        (format!("{one}{}{web}", slice("{name: \"\"}")), &[], true),
        (format!("{one}{}{web}", slice("{port: 8080}")), &[], false),
        (format!("{}{web}", service("[]")), &backend, true),
        (format!("{one}{web}"), &backend, false),
    ] {
        let folder = folder(&[("in.yaml", &manifests)]);
        let report = json(folder.path(), &[&["in.yaml"], args].concat());
        assert_eq!(rules(&report).contains(&"controller-crash"), expected, "{manifests}\n{report}");
    }
}

#[test]
fn a_snippet_that_the_settings_do_not_allow_is_an_error() {
    let folder = folder(&[("in.yaml", &ingress("web", "/", &[("configuration-snippet", "return 403;")]))]);
    let report = json(folder.path(), &["in.yaml", "--controller", "ingress-nginx:1.10.6"]);
    let found: Vec<_> =
        report["findings"].as_array().into_iter().flatten().map(|finding| (&finding["rule"], &finding["severity"])).collect();
    assert_eq!(found, [(&Value::from("disabled-snippet"), &Value::from("error"))], "{report}");
}

#[test]
fn older_controllers_panic_at_an_upstream_that_a_canary_took_away() {
    let serves = |name: &str, host: &str, path: &str, service: &str, annotations: &[(&str, &str)]| {
        let month = ["a", "b", "first", "second"].iter().position(|known| *known == name).map_or(12, |at| at + 1);
        let age = format!("namespace: shop\n  creationTimestamp: \"2024-{month:02}-01T00:00:00Z\"\n");
        ingress(name, path, annotations)
            .replace("namespace: shop\n", &age)
            .replace("shop.example", host)
            .replace(&format!("service: {{name: {name},"), &format!("service: {{name: {service},"))
    };
    // What is asked of host `b.example` beside its path goes to the default backend of the Ingress, which a canary makes its own: without a
    // partner there, it takes it away.
    let for_all = "spec:\n  defaultBackend: {service: {name: two, port: {number: 80}}}\n";
    let main = serves("b", "b.example", "/app", "one", &[]);
    let mains = [serves("a", "a.example", "/app", "one", &[]), main.replace("spec:\n", for_all)].join("---\n");
    let canary = serves("first", "b.example", "/app", "next", &[CANARY]);
    let taking = canary.split_once("spec:\n").expect("it has a specification").0.to_owned() + for_all;
    // The same in one Ingress: its rule meets what its default backend took away.
    let both = canary.replace("spec:\n", for_all);
    let partner = serves("second", "b.example", "/app", "next", &[CANARY]);
    let own = serves("second", "b.example", "/app", "two", &[CANARY]);
    let elsewhere = serves("second", "a.example", "/app", "next", &[CANARY]);
    for (manifests, release, expected) in [
        (vec![&taking, &partner], "1.9.6", true),
        (vec![&taking, &partner], "1.10.3", true),
        (vec![&taking, &partner], "1.10.4", false),
        (vec![&taking, &partner], "1.11.1", true),
        (vec![&taking, &partner], "1.15.1", false),
        (vec![&both], "1.9.6", true),
        (vec![&both, &partner], "1.9.6", true),
        (vec![&taking], "1.9.6", false),
        (vec![&partner], "1.9.6", false),
        (vec![&taking, &own], "1.9.6", false),
        (vec![&taking, &elsewhere], "1.9.6", false),
    ] {
        let all = manifests.iter().fold(mains.clone(), |all, one| format!("{all}---\n{one}"));
        let folder = folder(&[("in.yaml", &all)]);
        let report = json(folder.path(), &["in.yaml", "--controller", &format!("ingress-nginx:{release}")]);
        let count = rules(&report).iter().filter(|rule| **rule == "controller-crash").count();
        assert_eq!(count, usize::from(expected), "{release}\n{all}\n{report}");
    }
}

/// Of a very large input nobody asks a second time what would be wrong if the cluster had what it names: that is said, once.
#[test]
fn what_is_not_presumed_of_a_large_input_is_said_once() {
    let one = |at: usize| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\n\
             metadata: {{name: i{at}, namespace: d, annotations: {{nginx.ingress.kubernetes.io/auth-secret: users}}}}\n\
             spec: {{ingressClassName: nginx, defaultBackend: {{service: {{name: s, port: {{number: 80}}}}}}}}\n---\n"
        )
    };
    let sentence = "what is wrong only where the cluster has it is not checked";
    let count = |ingresses: usize| {
        let folder = folder(&[("in.yaml", &(0..ingresses).map(one).collect::<String>())]);
        check(folder.path(), &["in.yaml", "--format", "concise", "--verbose"]).stdout.matches(sentence).count()
    };
    assert_eq!((count(40), count(4_097)), (0, 1));
}

/// A name that is filled in gets into the configuration, where nginx would take it for a variable.
#[test]
fn names_that_are_filled_in_are_one_note() {
    let plain = ingress("web", "/", &[]);
    for (from, to) in [
        ("  name: web", "  name: ${NAME}"),
        ("  name: web", "  name: web-$NAME-x"),
        ("namespace: shop", "namespace: ${SPACE:-shop}"),
        ("service: {name: web", "service: {name: '$(SERVICE)'"),
        ("service: {name: web", "service: {name: '${SERVICE:-web}'"),
        ("shop.example", "${HOST}.example"),
    ] {
        let folder = folder(&[("in.yaml", &plain.replace(from, to))]);
        assert_eq!(rules(&json(folder.path(), &["in.yaml"])), ["placeholder"], "{to}");
    }
    let text = ingress("web", "/", &[("configuration-snippet", "add_header X $no_such;")]).replace("  name: web", "  name: ${NAME}");
    let folder = folder(&[("in.yaml", &text)]);
    let settings = "data: {allow-snippet-annotations: 'true', annotations-risk-level: Critical}";
    let map =
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ingress-nginx-controller, namespace: ingress-nginx}}\n{settings}\n");
    std::fs::write(folder.path().join("map.yaml"), map).expect("files can be written");
    let report = json(folder.path(), &["in.yaml", "map.yaml"]);
    assert!(rules(&report).contains(&"blocked-reload"), "what nobody fills in is told: {report:#}");
}

#[test]
fn what_settings_allow_that_nobody_has_seen_is_said_to_be_their_default() {
    let note = "the controller's ConfigMap is not in the input: its defaults are taken";
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\ndata: {}\n";
    for annotations in [
        [("auth-type", "basic"), ("auth-secret", "elsewhere/users")],
        [("auth-tls-secret", "elsewhere/ca"), ("auth-tls-verify-client", "on")],
        [("proxy-ssl-secret", "elsewhere/ca"), ("proxy-ssl-verify", "on")],
        [("backend-protocol", "FCGI"), ("fastcgi-params-configmap", "elsewhere/more")],
    ] {
        let folder = folder(&[("in.yaml", &ingress("web", "/", &annotations)), ("map.yaml", map)]);
        let told = |paths: &[&str]| check(folder.path(), paths).stdout;
        let alone = told(&["in.yaml"]);
        assert!(alone.contains("allow-cross-namespace-resources") && alone.contains(note), "{alone}");
        assert!(!told(&["in.yaml", "map.yaml"]).contains(note), "{annotations:?}");
    }
}

#[test]
fn a_class_that_nobody_knows_is_not_said_to_be_unserved() {
    for (from, to) in [("ingress.class: nginx", "ingress.class: edge"), ("spec:\n", "spec:\n  ingressClassName: edge\n")] {
        let text =
            ingress("web", "/", &[]).replace(from, to).replace("    kubernetes.io/ingress.class: nginx\n", "    example.test/none: ''\n");
        let folder = folder(&[("in.yaml", &text)]);
        let shown = check(folder.path(), &["in.yaml"]).stdout;
        assert!(shown.contains("warning[unknown-class]: Ingress `web` is left out: ") && !shown.contains("not served"), "{shown}");
    }
}
