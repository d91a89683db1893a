//! What an API server refuses is told by `render` and never served by the neutral targets; ingress-nginx shows it as it is.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const NEUTRAL: [&str; 2] = ["nginx", "haproxy"];

/// A Service with an endpoint, and an Ingress of another namespace that has the host `shop.example`.
const OTHERS: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: a}
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: a, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.9.0.1]}]
ports: [{name: http, port: 8080}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: a}
spec:
  ingressClassName: nginx
  rules:
  - {host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}
---
";

/// All that is rendered of the objects of namespace `b` beside those of `a`, the messages, and the status.
fn render(objects: &str, target: &str) -> (String, String, Option<i32>) {
    let folder = tempfile::tempdir().expect("there is room for files");
    fs::write(folder.path().join("in.yaml"), format!("{OTHERS}{objects}")).expect("files can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_ingressc"));
    command.args(["render", "in.yaml", "--target", target, "-o", "out"]).current_dir(folder.path()).env_clear().stdin(Stdio::null());
    let output = command.output().expect("the program starts");
    let mut text = String::new();
    collect(&folder.path().join("out"), &mut text);
    (text, String::from_utf8_lossy(&output.stderr).into_owned(), output.status.code())
}

fn collect(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        if path.is_dir() {
            collect(&path, text);
        } else {
            text.push_str(&String::from_utf8_lossy(&fs::read(&path).expect("it can be read")));
        }
    }
}

fn ingress(host: &str, path: &str, metadata: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: it, namespace: b{metadata}}}\nspec:\n  ingressClassName: nginx\n  \
         rules:\n  - host: {host}\n    http:\n      paths:\n      - path: {path}\n        pathType: ImplementationSpecific\n        backend: \
         {{service: {{name: mine, port: {{number: 80}}}}}}\n---\n"
    )
}

fn endpoint(address: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: mine, namespace: b}}\nspec: {{ports: [{{name: http, port: 80}}]}}\n---\n\
         apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: mine-1, namespace: b, labels: {{kubernetes.io/service-name: \
         mine}}}}\naddressType: IPv4\nendpoints: [{{addresses: [{address}]}}]\nports: [{{name: http, port: 8080}}]\n---\n"
    )
}

/// Holds that objects are told by one error of a rule.
fn check_told(objects: &str, rule: &str, target: &str) -> String {
    let (text, messages, status) = render(objects, target);
    let errors: Vec<&str> = messages.lines().filter(|line| line.starts_with("error")).collect();
    assert!(
        errors.len() == 1 && errors[0].starts_with(&format!("error[{rule}]: the API server refuses ")),
        "{target}: {objects}{messages}"
    );
    assert_eq!(status, Some(1), "{target}: {objects}");
    text
}

#[test]
fn endpoints_that_are_no_addresses_are_not_connected_to() {
    for address in
        ["'unix:/tmp/x.sock'", "'unix@/tmp/x.sock'", "/tmp/x.sock", "$http_x_target", "abns@x.sock", "169.254.169.254", "0.0.0.0"]
    {
        let objects = format!("{}{}", endpoint(address), ingress("it.example", "/", ""));
        let written = address.trim_matches('\'');
        for target in NEUTRAL {
            let text = check_told(&objects, "refused-address", target);
            assert!(!text.contains(&format!("{written}:8080")) && text.contains("10.9.0.1:8080"), "{target}: {address}");
        }
        // There the controller's Lua code gets them.
        assert!(check_told(&objects, "refused-address", "ingress-nginx").contains(written), "{address}");
    }
}

/// What the controller passes on to DNS is read as an address by the system that the neutral targets ask.
#[test]
fn services_outside_are_never_the_machine_of_the_proxy() {
    for name in [
        "0.0.0.0",
        "127.1",
        "0x7f.1",
        "2130706433",
        "0",
        "0177.0.0.1",
        "localhost.",
        "a.localhost",
        "ip6-loopback",
        "169.254.169.254",
        "0xa9fea9fe",
    ] {
        let service = format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: mine, namespace: b}}\nspec: {{type: ExternalName, externalName: '{name}', ports: \
             [{{port: 80, targetPort: 8080}}]}}\n---\n"
        );
        let objects = format!("{service}{}", ingress("it.example", "/", ""));
        for target in NEUTRAL {
            let (text, messages, status) = render(&objects, target);
            assert!(!text.contains(&format!("{name}:8080")) && text.contains("10.9.0.1:8080"), "{target}: {name}");
            assert_eq!((messages.matches("error[internal-address]").count(), status), (1, Some(1)), "{target}: {name}: {messages}");
        }
        assert!(render(&objects, "ingress-nginx").0.contains(name), "{name}: there the controller's Lua code gets it");
    }
}

#[test]
fn hosts_that_are_none_have_no_server() {
    for host in [
        "~.*",
        "'*'",
        ".shop.example",
        "shop.example/admin",
        "'a b'",
        "\"a\\nshop.example thief.example\"",
        "SHOP.example",
        "shop.example.",
    ] {
        let objects = format!("{}{}", endpoint("10.9.0.2"), ingress(host, "/", ""));
        for target in NEUTRAL {
            let text = check_told(&objects, "malformed-host", target);
            let own = render("", target).0;
            assert_eq!(text, own, "{target}: {host}: the objects of others are served as without it");
        }
        let shown = check_told(&objects, "malformed-host", "ingress-nginx");
        assert!(shown.contains("b-mine-80"), "{host}");
    }
}

#[test]
fn what_a_refused_ingress_protects_stays_closed() {
    // A wider route of the same namespace, and one more path that somebody got wrong.
    let wide = format!("{}{}", endpoint("10.9.0.2"), ingress("it.example", "/", "").replace("name: it,", "name: wide,"));
    for (narrow, rule) in [
        (ingress("it.example", "admin", ""), "malformed-path"),
        (ingress("it.example", "/admin", ", labels: {a b: c}"), "malformed-name"),
        (ingress("IT.example", "/admin", ""), "malformed-host"),
        (ingress("it.example.", "/admin", ""), "malformed-host"),
        (ingress("it.example", "/admin", "").replace("ImplementationSpecific", "exact"), "refused-object"),
        (ingress("it.example", "/admin", "").replace("number: 80", "number: 0"), "refused-object"),
    ] {
        for target in NEUTRAL {
            let text = check_told(&format!("{wide}{narrow}"), rule, target);
            let (open, closed) = match target {
                "nginx" => ("location / {", "location /admin/ {\n            # Denied: the API server refuses this Ingress"),
                _ => ("it.example/ ", "it.example/admin/ "),
            };
            let text: String = text.lines().filter(|line| !line.contains("add_header")).map(|line| format!("{line}\n")).collect();
            assert!(text.contains(open) && text.contains(closed), "{target}: {narrow}{text}");
        }
    }
}

#[test]
fn a_refused_canary_takes_nothing() {
    let canary = ingress(
        "shop.example",
        "/",
        ", labels: {a b: c}, annotations: {nginx.ingress.kubernetes.io/canary: 'true', nginx.ingress.kubernetes.io/canary-weight: '100'}",
    );
    for target in NEUTRAL {
        let text = check_told(&format!("{}{canary}", endpoint("10.9.0.2")), "malformed-name", target);
        assert!(!text.contains("10.9.0.2"), "{target}");
    }
}

#[test]
fn a_refused_service_and_a_refused_secret_are_not_there() {
    let service = endpoint("10.9.0.2").replace("port: 80}", "port: 80, targetPort: 70000}");
    for target in NEUTRAL {
        let text = check_told(&format!("{service}{}", ingress("it.example", "/", "")), "refused-object", target);
        assert!(!text.contains("10.9.0.2"), "{target}");
    }
    let secret =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: users, namespace: b}\nstringData: {auth: 'bob:x', 'bob:{PLAIN}x': ''}\n---\n";
    let auth = ", annotations: {nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: users}";
    for target in NEUTRAL {
        let objects = format!("{secret}{}{}", endpoint("10.9.0.2"), ingress("it.example", "/", auth));
        let text = check_told(&objects, "malformed-name", target);
        assert!(text.contains("the API server refuses the Secret `b/users`"), "{target}: nobody is let in without the users");
    }
}

#[test]
fn placeholders_are_told_where_they_would_be_served() {
    let objects = format!("{}{}", endpoint("10.9.0.2"), ingress("'shop.${DOMAIN}'", "/", ""));
    for target in NEUTRAL {
        assert!(!check_told(&objects, "malformed-host", target).contains("DOMAIN"), "{target}");
    }
    assert_eq!(render(&objects, "ingress-nginx").2, Some(0));
}
