//! Lists that are cut: where one alone would be left out, it is named.

use std::fmt::Write as _;

use crate::support::program::{folder, run};

/// An Ingress whose Service is not among some others of its namespace.
fn among(count: usize) -> String {
    let mut text = String::from(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: shop, namespace: shop}\nspec: {ingressClassName: nginx, rules: \
         [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: gone, port: {number: 80}}}}]}}]}\n",
    );
    for at in 0..count {
        let _ = write!(
            text,
            "---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{at}, namespace: shop}}\nspec: {{ports: [{{port: 80}}]}}\n"
        );
    }
    text
}

#[test]
fn one_more_is_named() {
    for (count, expected) in [(3, "`s0`, `s1` and `s2`"), (4, "`s0`, `s1`, `s2` and `s3`"), (5, "`s0`, `s1`, `s2` and 2 more")] {
        let folder = folder(&[("all.yaml", &among(count))]);
        let found = run(folder.path(), &["check", "all.yaml"], "").stdout;
        assert!(found.contains(&format!("of namespace `shop`: {expected}\n")), "{count}: {found}");
    }
}

#[test]
fn what_holds_for_all_ingresses_is_named_in_the_inventory() {
    let folder = folder(&[("all.yaml", &among(1))]);
    let found = run(folder.path(), &["inventory", "all.yaml"], "").stdout;
    assert!(found.contains("for all of them: HAProxy takes some requests in another way than nginx"), "{found}");
    assert!(!found.contains("and 1 "), "{found}");
}
