//! What our reader makes of a manifest, which knows where each value stands, is what a plain reader makes of it, which does not.

use std::fs;
use std::path::{Path, PathBuf};

use ingressc::manifest;
use ingressc::source::SourceMap;
use k8s_openapi::api::core::v1::{ConfigMap, Service};
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pretty_assertions::assert_eq;
use serde::Deserialize;

fn manifests(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        match path.extension().and_then(|end| end.to_str()) {
            _ if path.is_dir() => found.extend(manifests(&path)),
            Some("yaml") => found.push(path),
            _ => {}
        }
    }
    found
}

/// The objects of a kind, as the plain reader has them. It knows YAML 1.2, so that documents which mean something else in 1.1 are
/// left to tests of their own.
fn plain<T: for<'a> Deserialize<'a>>(text: &str, kind: &str) -> Vec<T> {
    let documents = serde_yaml::Deserializer::from_str(text).filter_map(|document| serde_yaml::Value::deserialize(document).ok());
    let of_kind = documents.filter(|document| document["kind"] == kind && document["apiVersion"] != "extensions/v1beta1");
    of_kind.map(|document| serde_yaml::from_value(document).expect("the examples are valid")).collect()
}

#[test]
fn both_readers_agree_on_the_examples() {
    let mut seen = 0;
    for path in manifests(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")) {
        let text = fs::read_to_string(&path).expect("examples are text");
        let mut sources = SourceMap::default();
        sources.add("example.yaml", text.as_str());
        let cluster = manifest::load(&mut sources).value;

        let mut ingresses: Vec<Ingress> = plain(&text, "Ingress");
        ingresses.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        assert_eq!(cluster.ingresses.iter().map(|object| object.value.clone()).collect::<Vec<_>>(), ingresses, "{}", path.display());

        let mut config_maps: Vec<ConfigMap> = plain(&text, "ConfigMap");
        config_maps.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
        assert_eq!(cluster.config_maps.iter().map(|object| object.value.clone()).collect::<Vec<_>>(), config_maps);

        // The API server fills in ports and protocols, and so do we: names and selectors are compared.
        let services: Vec<Service> = plain(&text, "Service");
        let mut names: Vec<_> = services.iter().map(|service| service.metadata.name.clone()).collect();
        names.sort();
        assert_eq!(cluster.services.iter().map(|object| object.value.metadata.name.clone()).collect::<Vec<_>>(), names);
        seen += ingresses.len() + config_maps.len() + services.len();
    }
    assert!(seen > 5, "the examples hold only {seen} objects");
}

#[test]
fn base64_of_secrets_may_be_wrapped_over_lines() {
    let read = |data: &str| {
        let mut sources = SourceMap::default();
        sources.add("in.yaml", format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: a}}\ndata:\n  key: {data}\n"));
        let cluster = manifest::load(&mut sources).value;
        cluster.secrets.first().and_then(|secret| secret.value.data.as_ref()?.get("key").map(|bytes| bytes.0.clone()))
    };
    for wrapped in ["|\n    aGVs\n    bG8=", "\"aGVs\\r\\nbG8=\"", "|-\n    aGVsbG8="] {
        assert_eq!(read(wrapped).as_deref(), Some(&b"hello"[..]), "{wrapped}");
    }
    // A blank is none of base64, whatever YAML folds into it.
    assert_eq!(read(">\n    aGVs\n    bG8="), None);
}

#[test]
fn a_port_leads_to_its_own_number_where_nothing_names_a_target() {
    for kind in ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] {
        for (target, expected) in [
            ("", "80"),
            (", targetPort: 0", "80"),
            (", targetPort: \"\"", "80"),
            (", targetPort: 8080", "8080"),
            (", targetPort: web", "web"),
        ] {
            let text =
                format!("apiVersion: v1\nkind: Service\nmetadata: {{name: a}}\nspec: {{type: {kind}, ports: [{{port: 80{target}}}]}}\n");
            let mut sources = SourceMap::default();
            sources.add("service.yaml", text.as_str());
            let services = manifest::load(&mut sources).value.services;
            let ports = services[0].value.spec.as_ref().and_then(|spec| spec.ports.as_ref()).expect("the Service has ports");
            let found = match &ports[0].target_port {
                Some(IntOrString::Int(number)) => number.to_string(),
                Some(IntOrString::String(name)) => name.clone(),
                None => String::new(),
            };
            assert_eq!(found, expected, "{kind}{target}");
        }
    }
}
