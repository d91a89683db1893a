//! What a run looks at, what it passes over, and what it says of that.

use std::fs;
use std::path::Path;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::support::program::{Run, folder, run};

const INGRESS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
";

fn check(folder: &Path, args: &[&str]) -> Run {
    run(folder, &[&["check"], args].concat(), "")
}

fn report(folder: &Path, args: &[&str]) -> Value {
    let run = check(folder, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {run:?}"))
}

fn rules(folder: &Path, args: &[&str]) -> Vec<String> {
    let report = report(folder, args);
    report["findings"].as_array().into_iter().flatten().map(|finding| finding["rule"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn a_byte_that_is_no_text_costs_its_document_alone() {
    let other = INGRESS.replace("web", "api").replace("shop.example", "api.example");
    let bytes = |text: &str| text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect::<Vec<u8>>();
    for (what, second, is_read) in [
        ("a comment", format!("# caf\u{e9}\n{other}"), true),
        ("a comment behind a value", other.replace("metadata:", "metadata: # \u{fc}ber\n "), true),
        ("a value", other.replace("path: /,", "path: /\u{e9},"), false),
        ("a key", other.replace("spec:", "sp\u{e9}c: x\nspec:"), false),
        ("a value in quotes", other.replace("path: /,", "path: \"/\u{e9}\u{e8}\","), false),
    ] {
        let folder = folder(&[]);
        fs::write(folder.path().join("in.yaml"), bytes(&format!("{INGRESS}---\n{second}"))).expect("files can be written");
        let report = report(folder.path(), &["in.yaml"]);
        assert_eq!(report["summary"]["objects"]["Ingress"], json!(if is_read { 2 } else { 1 }), "{what}");
        let [finding] = report["findings"].as_array().map(Vec::as_slice).unwrap_or_default() else { panic!("{what}: {report}") };
        assert_eq!((&finding["rule"], &finding["severity"]), (&json!("broken-encoding"), &json!("error")), "{what}");
        let line = second.lines().position(|line| !line.is_ascii()).unwrap_or_default() + INGRESS.lines().count() + 2;
        assert_eq!(finding["location"]["line"], json!(line), "{what}");
        let rendered = run(folder.path(), &["render", "in.yaml", "--target", "ingress-nginx"], "");
        assert!(rendered.code == Some(1) && rendered.stdout.contains("shop.example"), "{what}: {rendered:?}");
    }
}

#[test]
fn other_encodings_are_named() {
    let folder = folder(&[("in.yaml", INGRESS)]);
    let wide: Vec<u8> = INGRESS.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, reason) in [
        ([b"\xff\xfe".to_vec(), wide.clone()].concat(), "is UTF-16 text: save it as UTF-8"),
        (wide, "is UTF-16 text: save it as UTF-8"),
        (b"\x89PNG\0\0".to_vec(), "is no text: it holds binary data"),
    ] {
        fs::write(folder.path().join("bad.yaml"), bytes).expect("files can be written");
        let run = check(folder.path(), &["."]);
        assert!(run.code == Some(2) && run.stdout.contains(reason) && run.stdout.contains("bad.yaml:1:1"), "{reason}: {run:?}");
    }
}

#[test]
fn a_file_that_is_no_text_is_not_fixed() {
    let misspelt = INGRESS.replace("namespace: shop}", "namespace: shop, annotations: {nginx.ingress.kubernetes.io/proxy-boddy-size: 8m}}");
    let folder = folder(&[]);
    let text = [b"# caf\xe9\n".to_vec(), misspelt.into_bytes()].concat();
    fs::write(folder.path().join("in.yaml"), &text).expect("files can be written");
    let run = check(folder.path(), &["in.yaml", "--fix"]);
    assert!(run.code == Some(2) && run.stderr.contains("cannot write `in.yaml`: it is not UTF-8 text"), "{run:?}");
    assert_eq!(fs::read(folder.path().join("in.yaml")).ok(), Some(text));
}

#[test]
fn what_is_for_other_programs_is_passed_over_where_it_was_only_met() {
    let foreign = [
        ("values.yaml", "image: shop\nreplicas: 3\n"),
        ("tsconfig.json", "{\n  // comments\n  \"strict\": true,\n}\n"),
        ("mkdocs.yml", "site: x\nslugify: !!python/name:y\n  bad: [\n"),
        ("chart/values.yaml", "controller:\n  kind: Deployment\n"),
    ];
    let mut files = vec![("in.yaml", INGRESS)];
    files.extend(foreign);
    let folder = folder(&files);
    assert_eq!(rules(folder.path(), &["."]), [] as [&str; 0]);
    for (name, _) in foreign {
        assert_eq!(rules(folder.path(), &[name]).len(), 1, "{name} is named");
    }
    fs::write(folder.path().join("like.yaml"), "apiVersion: v1\nmetadata: {name: x}\n").expect("files can be written");
    assert_eq!(rules(folder.path(), &["."]), ["not-a-manifest"]);
}

#[test]
fn kinds_that_nobody_looks_at_are_counted() {
    let route = "apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: web}\nspec: {hostnames: [a.example]}\n";
    let other = "{apiVersion: serving.knative.dev/v1, kind: Service, metadata: {name: x}}\n";
    let text = format!("{INGRESS}---\n{route}---\n{route}---\n{other}");
    let folder = folder(&[("in.yaml", &text)]);
    let shown = check(folder.path(), &["in.yaml"]);
    assert_eq!((shown.stdout.as_str(), shown.stderr.as_str()), ("", "not looked at: 2 HTTPRoute, 1 Service of serving.knative.dev\n"));
    let summary = &report(folder.path(), &["in.yaml"])["summary"];
    assert_eq!(summary["not_looked_at"], json!({"HTTPRoute": 2, "Service of serving.knative.dev": 1}));
    assert_eq!((&summary["files"], &summary["objects"]), (&json!(1), &json!({"Ingress": 1})));
    assert_eq!(check(folder.path(), &["in.yaml", "--quiet"]).stderr, "");
}

#[test]
fn a_run_that_found_nothing_to_look_at_says_so() {
    let folder = folder(&[("values.yaml", "a: 1\n")]);
    let run = check(folder.path(), &["."]);
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (Some(0), "", "0 files, 0 Ingresses, 0 findings\n"));
}

#[test]
fn without_a_path_it_is_the_working_directory() {
    let bad = INGRESS.replace("ingressClassName", "ingressClasName");
    let folder = folder(&[("a/in.yaml", &bad)]);
    assert_eq!(check(folder.path(), &[]).stdout, check(folder.path(), &["."]).stdout);
    let piped = run(folder.path(), &["check", "--format", "concise"], INGRESS);
    assert!(piped.stdout.starts_with("a/in.yaml:3:18: "), "standard input is named by `-` alone: {piped:?}");
}

#[test]
fn settings_exclude_what_is_met() {
    let bad = "apiVersion: v1\nkind: Service\nmetadata: [\n";
    let files = [
        ("in.yaml", INGRESS),
        ("vendor/a.yaml", bad),
        ("apps/b.gen.yaml", bad),
        ("ingressc.toml", "exclude = [\"vendor\", \"*.gen.yaml\"]\n"),
    ];
    let folder = folder(&files);
    assert_eq!(rules(folder.path(), &["."]), [] as [&str; 0]);
    assert_eq!(rules(&folder.path().join("apps"), &["b.gen.yaml"]), ["yaml-syntax"], "what is named is looked at");
    assert_eq!(rules(folder.path(), &["vendor"]), ["yaml-syntax"]);
    fs::write(folder.path().join("ingressc.toml"), "exclude = [\"{a\"]\n").expect("files can be written");
    let refused = check(folder.path(), &["."]);
    assert!(refused.code == Some(2) && refused.stderr.contains("this is no pattern for files"), "{refused:?}");
}

#[test]
fn a_service_that_is_not_in_the_input_is_not_said_to_be_missing() {
    let named = INGRESS.replace("namespace: shop}", "namespace: shop, annotations: {nginx.ingress.kubernetes.io/default-backend: pages}}");
    let service = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {ports: [{port: 80}]}\n";
    let folder = folder(&[("in.yaml", &named), ("all.yaml", &format!("{named}---\n{service}"))]);
    assert_eq!(rules(folder.path(), &["in.yaml", "--verbose"]), ["absent-object"]);
    assert_eq!(rules(folder.path(), &["in.yaml"]), [] as [&str; 0], "nobody can act on that");
    assert!(rules(folder.path(), &["all.yaml"]).contains(&String::from("bad-annotation-value")));
}
