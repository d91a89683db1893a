//! The pass that puts the annotations of another controller into the words of ingress-nginx, before anything else looks at them.
//!
//! Each annotation of that controller is either said in other words or has a finding; what protects and cannot be said closes the
//! paths of the Ingress. Annotations of ingress-nginx are left out, as that controller ignores them.

use std::collections::BTreeMap;

use hashbrown::{HashMap, HashSet};
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::{Ingress, IngressBackend};

use super::world::Controller;
use crate::catalog::adopted::{Dialect, Row, Trouble};
use crate::diagnostic::{Diagnostic, Effect};
use crate::manifest::{Cluster, Object};

/// Puts the annotations of a cluster into the words of ingress-nginx.
#[must_use]
pub fn adopt(cluster: &mut Cluster, controller: &Controller, dialect: &'static Dialect) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let mut guarded = HashSet::new();
    for service in &cluster.services {
        if adopt_service(service, dialect, &mut findings) {
            guarded.insert((service.reference.namespace.as_str(), service.reference.name.as_str()));
        }
    }
    for object in &mut cluster.ingresses {
        let written = object.value.metadata.annotations.take().unwrap_or_default();
        let mut adopter =
            Adopter { object, controller, dialect, adopted: BTreeMap::new(), said_by: HashMap::new(), closed: None, findings };
        adopter.ingress(&written);
        adopter.paths();
        let Adopter { adopted, closed, findings: found, .. } = adopter;
        findings = found;
        object.value.metadata.annotations = Some(adopted);
        let is_guarded = || uses(&object.value, &|service| guarded.contains(&(object.reference.namespace.as_str(), service)));
        let closed = closed.or_else(|| is_guarded().then(|| String::from("an annotation of its Service cannot be expressed")));
        cluster.closed.extend(closed.map(|reason| (object.reference.clone(), reason)));
    }
    findings
}

/// Says that the annotations of a Service have no effect; whether one of them protects.
fn adopt_service(service: &Object<Service>, dialect: &Dialect, findings: &mut Vec<Diagnostic>) -> bool {
    let keys = service.value.metadata.annotations.iter().flat_map(BTreeMap::keys);
    let own: Vec<_> = keys.filter_map(|key| Some((key, dialect.own(key)?))).collect();
    let mut is_guarded = false;
    for (key, name) in own {
        let row = dialect.row(name);
        let protects = row.is_some_and(Row::protects);
        let finding = lost(key, protects, "only annotations of Ingresses are compiled, and this one stands on a Service");
        let finding = match row {
            Some(row) if row.has_equal() => finding.help("move it to the Ingresses that lead to the Service"),
            _ => finding,
        };
        findings.push(finding.at(service.key_span(&["metadata", "annotations", key])).subject(key).object(service.reference.clone()));
        is_guarded |= protects;
    }
    is_guarded
}

/// Whether an Ingress leads to a Service like this.
fn uses(ingress: &Ingress, is_wanted: &dyn Fn(&str) -> bool) -> bool {
    let Some(spec) = &ingress.spec else { return false };
    let leads = |backend: &IngressBackend| backend.service.as_ref().is_some_and(|service| is_wanted(&service.name));
    let rules = spec.rules.iter().flatten().filter_map(|rule| rule.http.as_ref());
    spec.default_backend.as_ref().is_some_and(leads) || rules.flat_map(|http| &http.paths).any(|path| leads(&path.backend))
}

/// Something gets lost. Where it protects, the paths are closed in its place.
fn lost(key: &str, protects: bool, reason: &str) -> Diagnostic {
    let message = format!("`{key}` cannot be expressed: {reason}");
    if protects {
        let finding = Diagnostic::error("not-expressible", message).note("what it protects answers 503 instead");
        return finding.effect(Effect::NotExpressible);
    }
    Diagnostic::warning("not-expressible", message).effect(Effect::NotExpressible)
}

/// Reads the annotations of one Ingress.
struct Adopter<'a> {
    object: &'a mut Object<Ingress>,
    controller: &'a Controller,
    dialect: &'static Dialect,
    /// The annotations in the words of ingress-nginx, and those of others.
    adopted: BTreeMap<String, String>,
    /// The annotation of the other controller that says one of ingress-nginx.
    said_by: HashMap<String, String>,
    /// Why the paths answer 503.
    closed: Option<String>,
    findings: Vec<Diagnostic>,
}

impl Adopter<'_> {
    fn ingress(&mut self, written: &BTreeMap<String, String>) {
        let prefix = self.controller.flags.annotations_prefix.as_str();
        let own: HashMap<&str, &str> =
            written.iter().rev().filter_map(|(key, value)| Some((self.dialect.own(key)?, value.as_str()))).collect();
        for (key, value) in written {
            if let Some(name) = self.dialect.own(key) {
                self.annotation(key, name, value, &own);
            } else if key.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/')) {
                // Ingresses of ingress-nginx may be in the same cluster, and are no news.
                if own.is_empty() {
                    continue;
                }
                let message =
                    format!("`{key}` is ignored: it belongs to ingress-nginx, and annotations of `{}` are compiled", self.dialect.name);
                self.push(Diagnostic::info("foreign-annotation", message).effect(Effect::AnnotationIgnored), key);
            } else {
                self.adopted.insert(key.clone(), value.clone());
            }
        }
        for (name, value) in self.dialect.defaults {
            self.adopted.entry(format!("{prefix}/{name}")).or_insert_with(|| (*value).to_owned());
        }
    }

    /// Paths of the type that is the controller's own mean beginnings there, and whole parts here.
    fn paths(&mut self) {
        let rules = self.object.rules().iter();
        let paths = rules.enumerate().flat_map(|(rule, value)| {
            let paths = value.http.iter().flat_map(|http| &http.paths).enumerate();
            paths.map(move |(at, path)| (rule.to_string(), at.to_string(), path))
        });
        for (rule, at, path) in paths {
            let text = path.path.as_deref().unwrap_or("/");
            if path.path_type != "ImplementationSpecific" || text == "/" {
                continue;
            }
            let message = "a path of the type `ImplementationSpecific` matches whole parts between slashes, as one of the type `Prefix`";
            let finding = Diagnostic::info("expressed-differently", message).subject(text).object(self.object.reference.clone());
            let span = self.object.span(&["spec", "rules", &rule, "http", "paths", &at, "pathType"]);
            self.findings.push(finding.at(span).note(format!("with {} it matches every path that begins so", self.dialect.family.name)));
        }
    }

    fn annotation(&mut self, key: &str, name: &str, value: &str, own: &HashMap<&str, &str>) {
        let Some(row) = self.dialect.row(name) else {
            return self.push(lost(key, false, "nothing that is known means the same"), key);
        };
        let namespace = self.object.reference.namespace.clone();
        let found = self.dialect.translate(row, value, self.controller.version, &namespace, &|name| own.get(name).copied());
        let found = found.and_then(|found| {
            let rival = found.written.iter().find_map(|(name, value)| self.rival(name, value));
            rival.map_or(Ok(found), |rival| Err(Trouble::Lost(format!("`{rival}` says something else"))))
        });
        match found {
            Ok(found) => {
                if !found.difference.is_empty() {
                    let message = format!("`{key}` is expressed differently: {}", found.difference);
                    self.push(Diagnostic::info("expressed-differently", message), key);
                }
                for (name, value) in found.written {
                    let full = self.full(name);
                    self.object.rename_annotation(&full, key);
                    self.said_by.insert(full.clone(), key.to_owned());
                    self.adopted.insert(full, value);
                }
            }
            Err(trouble) => self.trouble(key, row, &trouble),
        }
    }

    /// The annotation that has already said something else.
    fn rival(&self, name: &str, value: &str) -> Option<&String> {
        let full = self.full(name);
        self.adopted.get(&full).filter(|said| *said != value).and_then(|_| self.said_by.get(&full))
    }

    fn full(&self, name: &str) -> String {
        format!("{}/{name}", self.controller.flags.annotations_prefix)
    }

    fn trouble(&mut self, key: &str, row: &Row, trouble: &Trouble) {
        let protects = row.protects();
        let finding = match trouble {
            Trouble::Lost(reason) => lost(key, protects, reason),
            Trouble::Bad(reason) if protects => {
                let message = format!("`{key}` makes all paths of the Ingress answer 503: {reason}");
                Diagnostic::error("bad-annotation-value", message).effect(Effect::LocationDenied)
            }
            Trouble::Bad(reason) => {
                let message = format!("`{key}` is ignored: {reason}");
                Diagnostic::warning("bad-annotation-value", message).effect(Effect::AnnotationIgnored)
            }
        };
        self.push(finding, key);
        if protects {
            self.closed.get_or_insert_with(|| format!("{key} cannot be expressed"));
        }
    }

    fn push(&mut self, finding: Diagnostic, key: &str) {
        let span = self.object.span(&["metadata", "annotations", key]);
        self.findings.push(finding.at(span).subject(key).object(self.object.reference.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::adopted::find;
    use crate::catalog::flags::Flags;
    use crate::catalog::releases::LATEST;
    use crate::lower::Environment;
    use crate::manifest;
    use crate::source::SourceMap;

    /// The annotations that an Ingress gets, with the findings and whether it is closed.
    fn adopted(annotations: &str, of_service: &str) -> (String, Vec<String>, bool) {
        let mut sources = SourceMap::default();
        let text = format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: web, namespace: shop, annotations: {{{annotations}}}}}\n\
             spec: {{defaultBackend: {{service: {{name: web, port: {{number: 80}}}}}}}}\n---\n\
             apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop, annotations: {{{of_service}}}}}\nspec: {{ports: [{{port: 80}}]}}\n"
        );
        sources.add("in.yaml", text);
        let mut cluster = manifest::load(&mut sources).value;
        let controller = Controller { version: LATEST, flags: Flags::default(), environment: Environment::default() };
        let dialect = find("haproxy.org").expect("it is in the table");
        let findings = adopt(&mut cluster, &controller, dialect);
        let is_default = |name: &str, value: &str| dialect.defaults.contains(&(name, value));
        let annotations = cluster.ingresses[0].value.metadata.annotations.clone().unwrap_or_default();
        let short = annotations.iter().map(|(key, value)| (key.strip_prefix("nginx.ingress.kubernetes.io/").unwrap_or(key), value));
        let told: Vec<_> = short.filter(|(key, value)| !is_default(key, value)).map(|(key, value)| format!("{key}={value}")).collect();
        let rules = findings.iter().map(|finding| format!("{} {}", finding.rule, finding.severity.name())).collect();
        (told.join(" "), rules, !cluster.closed.is_empty())
    }

    #[test]
    fn each_annotation_is_said_in_other_words_or_found() {
        let cases: &[(&str, &str, &[&str], bool)] = &[
            ("haproxy.org/set-host: a.example", "upstream-vhost=a.example", &[], false),
            ("example.com/note: x", "example.com/note=x", &[], false),
            ("haproxy.org/check: 'true'", "", &["not-expressible warning"], false),
            ("haproxy.org/no-such-name: x", "", &["not-expressible warning"], false),
            ("haproxy.org/timeout-server: soon", "", &["bad-annotation-value warning"], false),
            ("haproxy.org/deny-list: x", "", &["bad-annotation-value error"], true),
            ("haproxy.org/src-ip-header: X-Real-IP", "", &["not-expressible error"], true),
            ("haproxy.org/deny-list: 10.0.0.1, haproxy.org/blacklist: 10.0.0.1", "denylist-source-range=10.0.0.1", &[], false),
            (
                "haproxy.org/deny-list: 10.0.0.1, haproxy.org/blacklist: 10.0.0.2",
                "denylist-source-range=10.0.0.2",
                &["not-expressible error"],
                true,
            ),
            ("nginx.ingress.kubernetes.io/app-root: /a", "", &[], false),
            (
                "nginx.ingress.kubernetes.io/app-root: /a, haproxy.org/set-host: a.example",
                "upstream-vhost=a.example",
                &["foreign-annotation info"],
                false,
            ),
        ];
        for (annotations, expected, rules, is_closed) in cases {
            let (told, found, closed) = adopted(annotations, "");
            assert_eq!((told.as_str(), closed), (*expected, *is_closed), "{annotations}");
            assert_eq!(found, *rules, "{annotations}");
        }
    }

    #[test]
    fn a_protection_on_a_service_closes_the_ingress() {
        let found = |of_service| {
            let (_, rules, closed) = adopted("", of_service);
            (rules.join(" "), closed)
        };
        assert_eq!(found("haproxy.org/check: 'true'"), (String::from("not-expressible warning"), false));
        assert_eq!(found("haproxy.org/route-acl: x"), (String::from("not-expressible error"), true));
    }

    #[test]
    fn paths_of_a_type_of_their_own_are_told_but_for_the_root() {
        for (path, kind, is_told) in [
            ("/a", "ImplementationSpecific", true),
            ("/", "ImplementationSpecific", false),
            ("/a", "Prefix", false),
            ("/", "Prefix", false),
            ("/a", "Exact", false),
        ] {
            let mut sources = SourceMap::default();
            sources.add(
                "in.yaml",
                format!(
                    "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: web, namespace: shop}}\nspec: {{rules: [{{host: a.test, \
                     http: {{paths: [{{path: {path}, pathType: {kind}, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}]}}}}]}}\n"
                ),
            );
            let mut cluster = manifest::load(&mut sources).value;
            let controller = Controller { version: LATEST, flags: Flags::default(), environment: Environment::default() };
            let findings = adopt(&mut cluster, &controller, find("haproxy.org").expect("it is in the table"));
            let told: Vec<_> = findings.iter().map(|finding| (finding.rule, finding.subject.as_deref())).collect();
            let expected: &[_] = if is_told { &[("expressed-differently", Some(path))] } else { &[] };
            assert_eq!(told, expected, "{path} {kind}");
        }
    }
}
