//! A host that goes leaves its requests to whoever else answers for its name, with the protections of that.

use pretty_assertions::assert_eq;

use super::{folder, json};

const SERVICE: &str = "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: d}\nspec: {ports: [{port: 80}]}\n";

fn ingress(name: &str, host: &str, annotations: &str) -> String {
    format!(
        "---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: {name}, namespace: d, annotations: {{{annotations}}}}}
spec:
  ingressClassName: nginx
  rules: [{{host: '{host}', http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: s, port: {{number: 80}}}}}}}}]}}}}]
"
    )
}

#[test]
fn what_a_host_leaves_is_judged_by_who_takes_it() {
    let listed = "nginx.ingress.kubernetes.io/allowlist-source-range: 10.0.0.0/8";
    let alias = "nginx.ingress.kubernetes.io/server-alias: 'admin.example.com'";
    let admin = ingress("admin", "admin.example.com", listed);
    let removed = "host `admin.example.com` removed, with `/` to Service `d/s` port 80";
    let lost =
        |host: &str| (format!("{removed}; its requests reach host `{host}` now: list of allowed addresses (10.0.0.0/8) removed"), "lost");
    for (others, expected) in [
        // The controller writes a star as an expression for one label.
        (ingress("wild", "*.example.com", ""), lost("*.example.com")),
        (ingress("alias", "other.example.com", alias), lost("other.example.com")),
        (ingress("pattern", "other.example.com", "nginx.ingress.kubernetes.io/server-alias: '~^ad'"), lost("~^ad")),
        // Who is asked for more than before lost nothing, and a star stands for one label.
        (ingress("wild", "*.example.com", listed), (removed.to_owned(), "-")),
        (ingress("wild", "*.other.example.com", ""), (removed.to_owned(), "-")),
    ] {
        // The host that is left is first by name, so that an alias of it is nobody else's.
        let folder = folder(&[("base.yaml", &format!("{SERVICE}{others}{admin}")), ("head.yaml", &format!("{SERVICE}{others}"))]);
        let document = json(folder.path(), &["diff", "--base", "base.yaml", "--head", "head.yaml"]);
        let told: Vec<(String, &str)> = document["differences"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|difference| (difference["message"].as_str().unwrap_or("-").to_owned(), difference["protection"].as_str().unwrap_or("-")))
            .filter(|(message, _)| message.starts_with("host"))
            .collect();
        assert_eq!(told, [expected], "{others}");
    }
}
