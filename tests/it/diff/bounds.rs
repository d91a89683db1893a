//! What is too much to be tried is said, once.

use std::fmt::Write as _;

use pretty_assertions::assert_eq;
use serde_json::{Value, json as value};

use super::{json, run, write};
use crate::support::program::folder;

/// An Ingress with many annotations that govern nothing.
fn manifest(count: usize, text: &str, size: &str, service: &str) -> String {
    let mut annotations = format!("{{nginx.ingress.kubernetes.io/proxy-body-size: {size}");
    for at in 0..count {
        let _ = write!(annotations, ", example.com/a-{at}: '{text}'");
    }
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: web\n  namespace: shop\n  annotations: {annotations}}}\n\
         spec:\n  ingressClassName: nginx\n  rules:\n  - host: shop.example\n    http: {{paths: [{{path: /, pathType: Prefix, \
         backend: {{service: {{name: {service}, port: {{number: 80}}}}}}}}]}}\n"
    )
}

/// The notes that tell what was not tried, and the causes of all differences.
fn untried(document: &Value) -> (Vec<&str>, Vec<&str>) {
    let notes = document["notes"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let causes = document["differences"].as_array().into_iter().flatten().filter_map(|difference| difference["cause"]["message"].as_str());
    (notes.filter(|note| note.contains("not tried")).collect(), causes.collect())
}

#[test]
fn edits_that_are_too_many_are_not_tried_and_that_is_said() {
    for (count, note) in [
        (10, value!([])),
        (
            400,
            value!([
                "which of 402 changes of the manifests makes which difference was not tried, as they are too many: causes are told by their names"
            ]),
        ),
    ] {
        let folder =
            folder(&[("base.yaml", manifest(count, "x", "8m", "one").as_str()), ("head.yaml", manifest(count, "y", "9m", "two").as_str())]);
        let document = json(folder.path(), &["diff", "--base", "base.yaml", "--head", "head.yaml"]);
        let (notes, causes) = untried(&document);
        assert_eq!(value!(notes), note, "{document:#}");
        // What the catalog tells of names is called likely; of the rest nothing is said that is not known.
        assert!(causes.iter().all(|cause| !cause.contains("several changes")), "{causes:?}");
        for likely in ["annotation `proxy-body-size` of Ingress `shop/web`", "backend of path `/` of Ingress `shop/web`"] {
            let likely = format!("probably {likely}");
            assert_eq!(causes.contains(&likely.as_str()), count > 10, "{likely}: {causes:?}");
        }
        let text = run(folder.path(), &["diff", "--base", "base.yaml", "--head", "head.yaml"]);
        assert_eq!((text.stdout + &text.stderr).matches("which difference was not tried").count(), usize::from(count > 10));
    }
}

#[test]
fn names_that_are_too_many_are_not_tried_and_that_is_said() {
    for (count, note) in [
        (10, value!([])),
        (
            400,
            value!([
                "what each annotation, key and argument does was not tried, as there is too much of it: such causes are told by their names",
                "what annotations, keys and arguments that are not there would do was not tried, as there is too much of it: such causes are told by their names"
            ]),
        ),
    ] {
        let folder = folder(&[("in.yaml", manifest(count, "x", "8m", "one").as_str())]);
        let rendered = run(folder.path(), &["render", "in.yaml", "--target", "ingress-nginx"]).stdout;
        assert!(rendered.contains(" 8m;"), "no size of a body");
        write(folder.path(), "nginx.conf", &rendered.replace(" 8m;", " 9m;"));
        let document = json(folder.path(), &["diff", "in.yaml", "--live", "nginx.conf"]);
        let (notes, causes) = untried(&document);
        assert_eq!(value!(notes), note, "{document:#}");
        assert!(causes.contains(&"annotation `proxy-body-size` of Ingress `shop/web`"), "{causes:?}");
    }
}
