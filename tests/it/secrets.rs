//! Nothing of a Secret ever reaches an output, however its document is written or broken.

use crate::support::program::{Run, folder, run};

/// What stands in the Secrets. Both parts are looked for: a message may hold one of them.
const MARKS: [&str; 2] = ["CANARY", "8675309"];

/// Every way to see findings and files.
const RUNS: &[&[&str]] = &[
    &["check", ".", "--format", "text"],
    &["check", ".", "--format", "json"],
    &["check", ".", "--format", "sarif"],
    &["check", ".", "--format", "github"],
    &["check", ".", "--format", "junit"],
    &["check", ".", "--fix", "--dry-run"],
    &["check", ".", "--upgrade-to", "1.15.1", "--controller", "1.11.8"],
    &["render", ".", "--target", "ingress-nginx", "--origins"],
    &["render", ".", "--target", "nginx"],
    &["render", ".", "--target", "haproxy"],
];

const HEAD: &str = "apiVersion: v1\nkind: Secret\nmetadata: {name: users, namespace: shop}\n";

/// Names an Ingress that is misspelt, so that there is an excerpt and a fix near by.
const INGRESS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations: {kubernetes.io/ingress.class: nginx, nginx.ingress.kubernetes.io/ssl-redirct: \"true\"}
spec:
  rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
";

/// Secrets with values that are not what a Secret holds.
const BODIES: &[&str] = &[
    "stringData: {password: 8675309}",
    "stringData: {password: 8675309.5}",
    "stringData: {password: 0x8675309}",
    "stringData: {password: [CANARY]}",
    "stringData: {password: {CANARY: CANARY}}",
    "stringData: {password: true} # CANARY",
    "stringData: CANARY",
    "stringData: [CANARY]",
    "stringData: 8675309",
    "data: CANARY",
    "data: {password: 8675309}",
    "data: {password: \"CANARY!\"}",
    "data: {password: CANARY-}",
    "data: {password: \"8675309\"}",
    "type: [CANARY]",
    "type: 8675309",
    "type: {CANARY: x}",
    "immutable: CANARY",
    "immutable: 8675309",
    "metadata: CANARY",
    "metadata: {name: users, labels: CANARY}",
    "metadata: {name: users, annotations: {a: 8675309}}",
    "metadata: {name: users, creationTimestamp: CANARY}",
    "metadata: {name: users, generation: CANARY}",
    "metadata: {name: users, deletionGracePeriodSeconds: CANARY}",
    "stringData: {a: CANARY}\nstringData: {a: CANARY}",
    "stringData:\n  a: CANARY\n  a: CANARY",
    "stringData:\n  a: |\nCANARY: x\nCANARY: x",
    "stringData:\n  a: |\nCANARY",
    "stringData:\n\ta: CANARY",
    "stringData: {a: \"CANARY",
    "stringData: {a: @CANARY}",
    "stringData: {a: *CANARY}",
    "stringData: {a: !CANARY!x y}",
    "stringData: {[CANARY]: x}",
    "stringData: {a: {{ CANARY }}}",
    "CANARY: x",
    "? CANARY\n? CANARY",
    "<<: CANARY",
    "stringData:\n  key: |\n-----BEGIN RSA PRIVATE KEY-----\nCANARY: x\nCANARY: x\n-----END RSA PRIVATE KEY-----",
    "stringData:\n  key: |\n---\nCANARY: x\nCANARY: x",
    "stringData:\n  key: |\n---\nCANARY",
    "stringData:\n  key: |\n---\n- CANARY\n---\n\"CANARY",
    "stringData:\n  key: |\n---\n# CANARY\n...\nCANARY",
    "stringData: {a: \"\\z\"}\n---\nCANARY x: [\n---\n  b: CANARY\n c: x",
];

/// Heads of Secrets that are not written as they should be. Each holds a text, and the key of it twice.
const HEADS: &[&str] = &[
    "kind: Secret",
    "apiVersion: v1\nkind: \"Secr\\u0065t\"",
    "apiVersion: v1\n\"k\\u0069nd\": Secret",
    "apiVersion: v1\nkind: secret",
    "apiVersion: v1\nKind: Secret",
    "apiVersion: v1\nkind: SECRET",
    "apiVersion: v1\nkind: Secrets",
    "apiVersion: v1\nkind: Secret\nkind: ConfigMap",
    "apiVersion: v1\nkind: ConfigMap\nkind: Secret",
    "apiVersion: v2\nkind: Secret",
    "apiVersion: [v1]\nkind: Secret",
    "apiVersion: v1\nkind: [Secret]",
    "apiVersion: v1\nkind: &a Secret",
    "apiVersion: v1\n? kind\n: Secret",
    "apiVersion: v1\nkind: !!binary U2VjcmV0",
    "apiVersion: v1\nkind: >-\n  Secret",
    "apiVersion: v1",
    "apiVersion: v1\nkind: Secert",
    "apiVersion: v1\nkind: SecretList\nitems: []",
    "apiVersion: v1\ntype: Opaque",
];

/// Texts that are nothing of the above.
const WHOLE: &[&str] = &[
    r#"{"kind":"Secret","metadata":{"name":"u"},"stringData":{"a":"CANARY"}}"#,
    r#"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"u"},"stringData":{"a":8675309}} {"kind":"Ingress"} {x}"#,
    r#"{"apiVersion":"v1","kind":"Secr\u0065t","metadata":{"name":"u"},"data":{"a":"CANARY","a":"CANARY"}}"#,
    r#"{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1","kind":"Secret","metadata":{"name":"u"},"data":["CANARY"]},{"kind":"Ingress"}]}"#,
    r#"{"apiVersion":"v1","kind":"List","items":[{"kind":"Secret","data":{"a":"CANARY"}}],"items":[{"kind":"Ingress"}]}"#,
    r#"{"apiVersion":"v1","kind":"SecretList","items":[{"metadata":{"name":"u"},"data":"CANARY"}]}"#,
    r#"{"apiVersion":"v1","stringData":{"a":"CANARY"}}"#,
    r#"[{"apiVersion":"v1","kind":"Secret","data":"CANARY"}]"#,
    "\"CANARY\"",
    "- CANARY",
    "apiVersion: v1\nkind: List\nitems:\n- kind: Ingress\n- kind: Secret\n  apiVersion: v1\n  metadata: {name: u}\n  data: CANARY\n- kind: Service",
    "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  stringData: {a: 1}\n  stringData: {a: CANARY}\n  stringData: {a: CANARY}",
    "apiVersion: v1\nkind: List\nitems:\n- &a {apiVersion: v1, kind: Secret, data: CANARY}\n- *a",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  a: |\n    kind: Secret\n    data: CANARY\n  a: x\n  b: 5",
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {a: '{\"kind\":\"Secret\",\"data\":\"CANARY\"}', b: 5}",
    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: m, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{\"kind\":\"Secret\",\"data\":\"CANARY\"}', b: 5}}",
    "kind: Kustomization\nsecretGenerator: [{literals: [a=CANARY]}]\nsecretGenerator: [",
];

/// Runs everything over the texts, each in a file alone, before an Ingress and behind one.
#[track_caller]
fn assert_hidden(texts: impl IntoIterator<Item = String>) {
    let variants = texts.into_iter().flat_map(|text| [format!("{INGRESS}---\n{text}"), format!("{text}\n---\n{INGRESS}"), text]);
    let files: Vec<(String, String)> = variants.enumerate().map(|(at, text)| (format!("{at:03}.yaml"), text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    for args in RUNS {
        let Run { code, stdout, stderr } = run(folder.path(), args, "");
        assert!(matches!(code, Some(0 | 1)), "{args:?}: {stderr}");
        for mark in MARKS {
            let text = format!("{stdout}{stderr}");
            let Some(at) = text.find(mark) else { continue };
            let around: Vec<&str> = text[..at].lines().rev().take(8).collect();
            let around: Vec<&str> = around.into_iter().rev().chain(text[at..].lines().take(2)).collect();
            let of = files.iter().rev().find(|(name, _)| around.iter().any(|line| line.contains(name)));
            panic!("{args:?} shows `{mark}`:\n{}\nof {of:?}", around.join("\n"));
        }
    }
}

#[test]
fn values_of_the_wrong_form_are_never_shown() {
    assert_hidden(BODIES.iter().map(|body| format!("{HEAD}{body}\n")));
}

#[test]
fn secrets_that_are_hardly_secrets_are_never_shown() {
    let body = "metadata: {name: users}\ndata:\n  a: CANARY\n  a: CANARY\n";
    assert_hidden(HEADS.iter().map(|head| format!("{head}\n{body}")));
    assert_hidden(HEADS.iter().map(|head| format!("{body}{head}\n")));
    assert_hidden(HEADS.iter().map(|head| format!("{head}\n{body}b: [\n")));
}

#[test]
fn secrets_within_other_things_are_never_shown() {
    assert_hidden(WHOLE.iter().map(|text| (*text).to_owned()));
}

#[test]
fn what_stands_beside_a_secret_is_still_shown() {
    let text = format!("{HEAD}data: {{a: 5}}\n---\n{INGRESS}---\nkind: Ingress\nmetadata: @x\n");
    let folder = folder(&[("in.yaml", &text)]);
    let Run { stdout, .. } = run(folder.path(), &["check", "."], "");
    assert!(stdout.contains("ssl-redirct: \"true\"") && stdout.contains("| metadata: @x"), "{stdout}");
    assert!(stdout.contains("expected a base64-encoded string, found an integer"), "{stdout}");
}
