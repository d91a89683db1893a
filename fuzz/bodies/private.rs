//! Secrets: what is in them reaches the files that it is for, and no message.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::compile::{All, Made};
use super::manifests::assert_sound;

/// A value that nobody may see.
const SECRET: &str = "q7Zkeptx3W";

const USERS: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: main
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-type: basic
    nginx.ingress.kubernetes.io/auth-secret: users
    nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example], secretName: pair}]
  rules:
  - host: shop.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
---
";

/// Any text around the value of a Secret: before the document, between its lines, and behind the value. Parts are parted by NULs.
pub fn secrets(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).replace(SECRET, "");
    let mut parts = text.split('\0');
    let mut part = || parts.next().unwrap_or_default();
    let (before, version, between, behind, kind) = (part(), part(), part(), part(), part());
    // Bytes of the input decide on values; the document stays one of a Secret, with the value in it.
    let between = between.replace("---", "").replace("...", "");
    let version = version.replace(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'], " ");
    let kind = if kind.is_empty() { "stringData" } else { "data" };
    let manifests = format!("{before}\n---\napiVersion: {version}\nkind: Secret\n{between}\n{kind}:\n  password: {SECRET}{behind}\n");
    let all = All::with(&manifests, &[true]);
    for report in &all.reports {
        assert!(!report.contains(SECRET), "shown for {manifests:?}:\n{report}");
    }
    assert!(!format!("{:?}", all.findings).contains(SECRET), "a finding holds it: {manifests:?}");
}

/// Any text as a file of users.
pub fn htpasswd(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let value = serde_json::to_string(&text).expect("any text is JSON");
    let all = All::of(&format!(
        "{USERS}apiVersion: v1\nkind: Secret\nmetadata: {{name: users, namespace: shop}}\nstringData: {{auth: {value}}}\n"
    ));
    assert_sound(&all);
    for made in all.made.iter().filter(|made| made.target == "haproxy") {
        assert_users_are_those_of_the_file(made, &text);
    }
}

/// nginx takes for a user what stands before the first colon of a line, as it is; no other may get in.
fn assert_users_are_those_of_the_file(made: &Made, text: &str) {
    let known: Vec<&str> = text.split('\n').filter_map(|line| line.split_once(':')).map(|(user, _)| user).collect();
    let users = made.files.iter().filter(|file| file.name.as_ref() == "auth.cfg").flat_map(|file| file.content.lines());
    for line in users.filter_map(|line| line.strip_prefix("    user ")) {
        let plain: String = line.chars().filter(|letter| !matches!(letter, '\\' | '"' | '\'')).collect();
        let stripped = |user: &str| user.chars().filter(|letter| !matches!(letter, '\\' | '"' | '\'')).collect::<String>();
        assert!(known.iter().any(|user| plain.starts_with(&format!("{} ", stripped(user)))), "{line:?} is in no line of {text:?}");
    }
}

/// Any bytes as certificates, keys and authorities: as they are, and as the inside of a PEM block. The first byte chooses.
pub fn certificates(bytes: &[u8]) {
    let Some((form, rest)) = bytes.split_first() else { return };
    let pem = match form % 3 {
        0 => String::from_utf8_lossy(rest).into_owned(),
        1 => block("CERTIFICATE", rest),
        _ => format!("{}{}", block("CERTIFICATE", rest), block("PRIVATE KEY", rest)),
    };
    let value = serde_json::to_string(&pem).expect("any text is JSON");
    let secrets: String = ["pair", "clients"]
        .map(|name| format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: shop}}\nstringData: {{tls.crt: {value}, tls.key: {value}, ca.crt: {value}, ca.crl: {value}}}\n---\n"))
        .concat();
    let all = All::with(&format!("{USERS}{secrets}"), &[true]);
    assert_sound(&all);
    for file in all.made.iter().flat_map(|made| &made.files).filter(|file| file.name.starts_with("tls/")) {
        assert!(file.is_private || file.content.is_empty(), "everybody may read {}", file.name);
    }
}

fn block(label: &str, bytes: &[u8]) -> String {
    let lines: Vec<_> = STANDARD.encode(bytes).as_bytes().chunks(64).map(|line| String::from_utf8_lossy(line).into_owned()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
