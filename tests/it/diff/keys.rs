//! Beside a configuration that runs: a key that is otherwise, or not there, is told at the ConfigMap, and once for all Ingresses.

use pretty_assertions::assert_eq;
use std::fs;

use super::{LIVE, folder, json, run, told, write};

/// Two Ingresses, one of which has an annotation of high risk and one raw configuration of its own.
const SHOP: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: http://login.example/check
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: front, port: {number: 80}}}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: docs
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/configuration-snippet: set $mine 1;
spec:
  ingressClassName: nginx
  rules:
  - host: docs.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: front, port: {number: 80}}}}]}
---
apiVersion: v1
kind: Service
metadata: {name: front, namespace: shop}
spec: {clusterIP: 10.0.0.7, ports: [{port: 80}]}
";

/// The controller's ConfigMap with some keys from its fifth line on.
fn settings(keys: &str) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, namespace: shop}}\ndata:\n{keys}  allow-snippet-annotations: 'true'\n  annotations-risk-level: Critical\n"
    )
}

/// The ConfigMaps of both sides, what of the Ingresses is otherwise, and the cause.
type Change = ((String, String), &'static str, &'static str, String);

fn changes() -> Vec<Change> {
    let lacks = "no raw configuration of the manifests holds it: ";
    let plain = settings("");
    let sides = |live: &str, own: &str| (settings(live), settings(own));
    vec![
        // Raw configuration that is gone is no work of an annotation that writes lines of that name.
        (sides("  server-snippet: set $shop open;\n", ""), "", "", format!("{lacks}ConfigMap `shop/settings` has no key `server-snippet`")),
        (
            sides("  http-snippet: reset_timedout_connection on;\n", ""),
            "",
            "",
            format!("{lacks}ConfigMap `shop/settings` has no key `http-snippet`"),
        ),
        (
            sides("  server-snippet: set $shop open;\n", "  server-snippet: set $shop shut;\n"),
            "",
            "",
            String::from("key `server-snippet` of ConfigMap `shop/settings`"),
        ),
        (
            sides("", ""),
            "    nginx.ingress.kubernetes.io/configuration-snippet: set $mine 1;\n",
            "    example.test/none: ''\n",
            format!("{lacks}Ingress `shop/docs` has no annotation `configuration-snippet`"),
        ),
        // One key that both Ingresses lack, not an annotation of each.
        (
            sides("  whitelist-source-range: 10.9.0.0/16\n", ""),
            "",
            "",
            String::from("ConfigMap `shop/settings` has no key `whitelist-source-range`"),
        ),
        (
            sides("  bind-address: 127.0.0.7\n", "  bind-address: 127.0.0.8\n"),
            "",
            "",
            String::from("key `bind-address` of ConfigMap `shop/settings`"),
        ),
        (
            sides("  disable-ipv6: 'false'\n", "  disable-ipv6: 'true'\n"),
            "",
            "",
            String::from("key `disable-ipv6` of ConfigMap `shop/settings`"),
        ),
        // A key refuses an Ingress that has been served, whatever its annotation.
        (
            (plain.clone(), plain.replace("Critical", "High")),
            "",
            "",
            String::from("key `annotations-risk-level` of ConfigMap `shop/settings`"),
        ),
        (
            (plain.clone(), plain.replace("Critical", "none")),
            "",
            "",
            String::from("key `annotations-risk-level` of ConfigMap `shop/settings`"),
        ),
    ]
}

#[test]
fn a_key_that_is_otherwise_is_told_once_and_at_its_place() {
    const CONFIGMAP: &str = "--controller-arg=--configmap=shop/settings";
    let folder = folder(&[("in/shop.yaml", SHOP)]);
    for ((live, own), from, to, expected) in changes() {
        write(folder.path(), "in/shop.yaml", SHOP);
        write(folder.path(), "in/settings.yaml", &live);
        run(folder.path(), &["render", "in", "--target", "ingress-nginx", "-o", "live", CONFIGMAP]);
        write(folder.path(), "in/settings.yaml", &own);
        write(folder.path(), "in/shop.yaml", &SHOP.replace(from, to));
        let document = json(folder.path(), &[&LIVE[..], &[CONFIGMAP]].concat());
        let told = told(&document);
        let causes = document["differences"].as_array().into_iter().flatten().map(|difference| difference["cause"]["message"].as_str());
        let causes: Vec<&str> = causes.map(Option::unwrap_or_default).collect();
        assert!(!causes.is_empty() && causes.iter().all(|cause| cause.contains(&expected)), "{expected}: {told:#?} {causes:?}");
        // Hosts that come and go are told one by one.
        let hosts = told.iter().filter(|line| line.starts_with("host `")).count();
        assert_eq!(told.len(), hosts.max(1), "{told:#?}");
        fs::remove_dir_all(folder.path().join("live")).expect("it was written");
    }
}
