//! Causes in one Ingress of what becomes of another, and of what a release no longer serves.

use std::fs;

use tempfile::TempDir;

use crate::support::program;

const CLASS: &str = "\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {allow-snippet-annotations: \"true\"}
---
";

fn ingress(name: &str, annotation: &str, path: &str) -> String {
    format!(
        "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  namespace: garden
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: 2m
    nginx.ingress.kubernetes.io/{annotation}
spec:
  ingressClassName: nginx
  rules:
  - host: garden.example
    http: {{paths: [{{path: '{path}', pathType: ImplementationSpecific, backend: {{service: {{name: {name}, port: {{number: 80}}}}}}}}]}}
---
"
    )
}

fn diff(files: &[(&str, &str)], arguments: &[&str]) -> String {
    let folder = TempDir::new().expect("there is room for files");
    for (name, text) in files {
        fs::write(folder.path().join(name), text).expect("files can be written");
    }
    let all: Vec<&str> = ["diff"].iter().chain(arguments).copied().collect();
    program::run(folder.path(), &all, "").stdout
}

#[test]
fn an_ingress_that_comes_or_goes_changes_others_by_its_annotation() {
    let trees = format!("{CLASS}{}", ingress("trees", "proxy-read-timeout: '30'", "/trees"));
    for annotation in ["use-regex: 'true'", "rewrite-target: /x"] {
        let both = format!("{trees}{}", ingress("herbs", annotation, "/herbs/[a-z]+"));
        let files = [("one.yaml", trees.as_str()), ("two.yaml", both.as_str())];
        let name = annotation.split(':').next().unwrap_or_default();
        let place = format!("two.yaml:32:{}", name.len() + 35);
        let told = diff(&files, &["--base", "one.yaml", "--head", "two.yaml"]);
        let expected = "path `/trees` became a regular expression; path `/` became a regular expression\n";
        assert!(told.contains(expected) && told.contains("2 differences"), "{told}");
        assert!(told.contains(&format!("because of {place}: annotation `{name}` of Ingress `garden/herbs`")), "{told}");
        let told = diff(&files, &["--base", "two.yaml", "--head", "one.yaml"]);
        assert!(told.contains("path `/trees` is no longer a regular expression") && told.contains("2 differences"), "{told}");
        let was = format!(
            "was from {place}: annotation `{name}` of Ingress `garden/herbs`\n      because Ingress `garden/herbs` is no longer there"
        );
        assert!(told.contains(&was), "{told}");
    }
}

#[test]
fn what_a_release_refuses_is_why_a_route_is_gone() {
    let admin = ingress("admin", "configuration-snippet: 'more_set_headers A;'", "/admin");
    let text = format!("{CLASS}{}{admin}", ingress("web", "proxy-read-timeout: '30'", "/"));
    let told = diff(&[("all.yaml", &text)], &["--from-version", "1.11.8", "--to-version", "1.12.2", "all.yaml"]);
    assert!(told.contains("path `/admin` removed") && told.contains("3 differences"), "{told}");
    assert!(
        told.contains("because all.yaml:32:56: Ingress `garden/admin`: `configuration-snippet` keeps the Ingress from being served"),
        "{told}"
    );
}
