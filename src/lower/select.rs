//! Which Ingresses the controller serves, and in which order it looks at them.

use std::cmp::Reverse;
use std::sync::{Arc, LazyLock};

use hashbrown::{HashMap, HashSet};
use jiff::Timestamp;
use k8s_openapi::api::networking::v1::{Ingress, IngressBackend, IngressServiceBackend};
use rayon::prelude::*;
use regex::Regex;

use super::annotations::{self, Annotations};
use super::asks::Asks;
use super::class::Classes;
use super::unserved;
use super::webhook;
use super::world::World;
use crate::diagnostic::{Diagnostic, Effect, Outcome, Severity};
use crate::ir::{CATCH_ALL, Features, Origin, PathMatch, Port};
use crate::manifest::Object;
use crate::pool::Pool;
use crate::source::Span;

/// An Ingress that the controller serves.
#[derive(Debug)]
pub(super) struct Chosen<'a> {
    /// Its place among the Ingresses of the cluster.
    pub(super) index: usize,
    /// The object.
    pub(super) object: &'a Object<Ingress>,
    /// Its namespace.
    pub(super) namespace: &'a str,
    /// How its annotations want requests passed on.
    pub(super) features: Arc<Features>,
    /// What they ask of each of its routes.
    pub(super) asks: Arc<Asks>,
    /// What its annotations ask for besides.
    pub(super) annotations: Arc<Annotations>,
    /// Its default backend; none where it names no Service.
    pub(super) default_backend: Option<Backend>,
    /// Its rules.
    pub(super) rules: Vec<Rule>,
}

/// What is said beside a path that two Ingresses declare, and one of them wants to share.
pub(super) const NO_CANARY: &str = "with this annotation an Ingress wants to be a canary, which would share the path, and is none";

impl Chosen<'_> {
    /// The annotation that wants the Ingress to be a canary, which it is not.
    pub(super) fn wish(&self) -> Option<Span> {
        self.annotations.canary.wish
    }
}

/// A Service and a port of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Backend {
    /// Name of the upstream for it.
    pub(super) upstream: String,
    /// Name of the Service.
    pub(super) service: String,
    /// Port of the Service; none where none is given.
    pub(super) port: Option<Port>,
}

/// The paths under one host.
#[derive(Debug)]
pub(super) struct Rule {
    /// The host; [`CATCH_ALL`] where none is named.
    pub(super) host: String,
    /// The paths; none where the rule has no `http` part.
    pub(super) paths: Option<Vec<Path>>,
    /// Where the host stands.
    pub(super) span: Span,
}

/// One path of a rule.
#[derive(Debug)]
pub(super) struct Path {
    /// The path; `/` where none is given.
    pub(super) path: String,
    /// How it is matched.
    pub(super) path_match: PathMatch,
    /// The Service; none for resource backends.
    pub(super) backend: Option<Backend>,
    /// Where the path stands.
    pub(super) span: Span,
}

impl Chosen<'_> {
    /// The origin of things that the Ingress as a whole asked for.
    pub(super) fn origin(&self) -> Origin {
        Origin::Manifest(self.object.span(&["metadata", "name"]))
    }

    /// The key of a Service beside the Ingress.
    pub(super) fn service_key(&self, service: &str) -> String {
        super::world::key_of(self.namespace, service)
    }
}

/// Which Ingresses are served and which are not.
#[derive(Debug)]
pub(super) struct Selection<'w, 'a> {
    /// What the passes look things up in.
    pub(super) world: &'w World<'a>,
    /// The Ingresses that the controller serves, in its order: oldest first.
    pub(super) chosen: Vec<Chosen<'a>>,
    /// The Ingresses that only the admission webhook looks at.
    pub(super) judged_only: Vec<Chosen<'a>>,
    /// Places of the Ingresses that would be served, had they not a value that the controller forbids, and what is said of those values.
    pub(super) rejected: HashMap<usize, Vec<Diagnostic>>,
    /// Places of the Ingresses of which it is said that the webhook refuses them.
    pub(super) denied: HashSet<usize>,
    classes: Classes<'a>,
}

impl Selection<'_, '_> {
    /// Whether another controller serves an Ingress, or none.
    pub(super) fn is_foreign(&self, object: &Object<Ingress>) -> bool {
        !self.classes.serve(object)
    }
}

/// Chooses the Ingresses that the controller serves, and puts them in its order.
pub(super) fn choose<'w, 'a>(world: &'w World<'a>, classes: Classes<'a>, findings: &mut Vec<Diagnostic>) -> Selection<'w, 'a> {
    let pool = Pool::default();
    let read = |(index, object)| match refusal(world, &classes, object) {
        // A class that no class can be called is told already.
        Some(_) if object.is_refused_at(&["spec", "ingressClassName"]) => (Verdict::Refused, Vec::new()),
        Some(diagnostic) => (Verdict::Refused, vec![diagnostic]),
        None => read(world, &pool, index, object),
    };
    let verdicts: Vec<_> = world.cluster.ingresses.par_iter().enumerate().map(read).collect();
    let (mut chosen, mut rejected, mut denied) = (Vec::new(), HashMap::new(), HashSet::new());
    for (index, (verdict, mut diagnostics)) in verdicts.into_iter().enumerate() {
        if webhook::settle(&mut diagnostics) {
            denied.insert(index);
        }
        findings.extend(diagnostics);
        match verdict {
            Verdict::Chosen(ingress) => chosen.push(ingress),
            Verdict::Rejected => drop(rejected.insert(index, Vec::new())),
            Verdict::Refused => {}
        }
    }
    chosen.sort_by_cached_key(|ingress| creation_order(ingress.object));
    let mut judged_only = Vec::new();
    for (index, (verdict, mut diagnostics)) in judged_by_webhook_only(world, &pool, &classes) {
        match verdict {
            Verdict::Chosen(ingress) => judged_only.push(*ingress),
            Verdict::Rejected => {
                webhook::settle(&mut diagnostics);
                let is_why = |finding: &Diagnostic| finding.effect == Some(Effect::AdmissionDenied);
                rejected.insert(index, diagnostics.into_iter().filter(is_why).collect());
            }
            Verdict::Refused => {}
        }
    }
    Selection { world, chosen: chosen.into_iter().map(|ingress| *ingress).collect(), judged_only, rejected, denied, classes }
}

/// Quirk: the admission webhook does not ask `--watch-namespace-selector`, so it judges Ingresses that the controller then passes over.
fn judged_by_webhook_only<'a>(
    world: &World<'a>,
    pool: &Pool<Annotations>,
    classes: &Classes,
) -> Vec<(usize, (Verdict<'a>, Vec<Diagnostic>))> {
    let flags = &world.controller.flags;
    if flags.watch_namespace_selector.is_empty() || !flags.watch_namespace.is_empty() {
        return Vec::new();
    }
    let is_judged = |object: &Object<Ingress>| !super::namespaces::is_selected(world, &object.reference.namespace) && classes.serve(object);
    let all = world.cluster.ingresses.par_iter().enumerate().filter(|(_, object)| is_judged(object));
    all.map(|(index, object)| (index, read(world, pool, index, object))).collect()
}

/// What becomes of an Ingress.
enum Verdict<'a> {
    /// The controller serves it.
    Chosen(Box<Chosen<'a>>),
    /// It is for the controller, which refuses an annotation of it.
    Rejected,
    /// It is not for the controller.
    Refused,
}

/// By what Ingresses are sorted: the first one wins.
///
/// Quirk: Ingresses that are equally old are ordered by name backwards. Without a creation time an object is the oldest.
#[must_use]
pub fn creation_order(object: &Object<Ingress>) -> (Timestamp, Reverse<String>) {
    let created = object.value.metadata.creation_timestamp.as_ref().map_or(Timestamp::MIN, |time| time.0);
    (created, Reverse(super::world::key_of(&object.reference.namespace, &object.reference.name)))
}

/// Why the controller does not serve an Ingress, judged before its annotations are read.
fn refusal(world: &World, classes: &Classes, object: &Object<Ingress>) -> Option<Diagnostic> {
    let flags = &world.controller.flags;
    let namespace = &object.reference.namespace;
    if !flags.watch_namespace.is_empty() && flags.watch_namespace != *namespace {
        return Some(not_served(object, &["metadata", "namespace"], "other-namespace", "the controller watches another namespace"));
    }
    if !flags.watch_namespace_selector.is_empty() && !super::namespaces::is_selected(world, namespace) {
        return Some(not_served(object, &["metadata", "namespace"], "other-namespace", "the controller does not select this namespace"));
    }
    if let Some(diagnostic) = unserved::by_class(classes, object) {
        return Some(diagnostic);
    }
    if flags.deep_inspect
        && let Some((path, value)) = suspicious_value(&object.value)
    {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let message = format!("`{}` looks like an attempt to inject configuration", value.escape_debug());
        let diagnostic = Diagnostic::error("suspicious-value", message).at(object.span(&path)).object(object.reference.clone());
        let diagnostic = diagnostic.effect(Effect::IngressDropped).note("the controller's deep inspection refuses the whole Ingress");
        return Some(webhook::quote(diagnostic, "invalid object: invalid …"));
    }
    if flags.disable_catch_all && object.value.spec.as_ref().is_some_and(|spec| spec.default_backend.is_some()) {
        let message = "default backends are switched off by `--disable-catch-all`";
        let finding = not_served(object, &["spec", "defaultBackend"], "catch-all-disabled", message);
        let finding = Diagnostic { severity: Severity::Error, ..finding };
        return Some(webhook::quote(
            finding,
            "this deployment is trying to create a catch-all ingress while DisableCatchAll flag is set to true",
        ));
    }
    blocked_word(world, object)
}

fn not_served(object: &Object<Ingress>, path: &[&str], rule: &'static str, message: &str) -> Diagnostic {
    let diagnostic = Diagnostic::info(rule, format!("Ingress `{}` is not served: {message}", object.reference.name));
    diagnostic.at(object.span(path)).object(object.reference.clone()).effect(Effect::IngressDropped)
}

/// The first value of the spec that the controller's deep inspection refuses, and where it stands.
pub(super) fn suspicious_value(ingress: &Ingress) -> Option<(Vec<String>, &str)> {
    let spec = ingress.spec.as_ref()?;
    let rules = spec.rules.iter().flatten().enumerate().flat_map(|(at, rule)| {
        let paths = rule.http.iter().flat_map(|http| &http.paths).enumerate();
        let paths = paths.filter_map(move |(under, path)| Some((Inspected::Path(at, under), path.path.as_deref()?)));
        rule.host.as_deref().map(|host| (Inspected::Host(at), host)).into_iter().chain(paths)
    });
    let tls = spec.tls.iter().flatten().enumerate().flat_map(|(at, tls)| {
        let hosts = tls.hosts.iter().flatten().enumerate();
        let hosts = hosts.map(move |(under, host)| (Inspected::TlsHost(at, under), host.as_str()));
        tls.secret_name.as_deref().map(|name| (Inspected::Secret(at), name)).into_iter().chain(hosts)
    });
    let (place, value) = rules.chain(tls).find(|(_, value)| is_suspicious_text(value))?;
    Some((place.steps(), value))
}

/// A value that deep inspection looks at, by the numbers of the items that it is in.
#[derive(Debug, Clone, Copy)]
enum Inspected {
    Host(usize),
    Path(usize, usize),
    Secret(usize),
    TlsHost(usize, usize),
}

impl Inspected {
    /// The steps to the value.
    fn steps(self) -> Vec<String> {
        let steps = match self {
            Self::Host(at) => format!("spec rules {at} host"),
            Self::Path(at, under) => format!("spec rules {at} http paths {under} path"),
            Self::Secret(at) => format!("spec tls {at} secretName"),
            Self::TlsHost(at, under) => format!("spec tls {at} hosts {under}"),
        };
        steps.split(' ').map(str::to_owned).collect()
    }
}

/// What the controller's deep inspection refuses in hosts, paths and names of Secrets.
fn is_suspicious_text(value: &str) -> bool {
    #[expect(clippy::unwrap_used, reason = "a fixed pattern that a test compiles")]
    static REFUSED: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?s)alias.*;|root.*;|/etc/(passwd|shadow|group|nginx|ingress-controller)|/var/run/secrets|_by_lua").unwrap()
    });
    REFUSED.is_match(value)
}

/// Quirk: words are compared with the blanks around them, and an empty word is found in every value.
fn blocked_word(world: &World, object: &Object<Ingress>) -> Option<Diagnostic> {
    let list = &world.settings.policy.word_blocklist;
    if list.is_empty() {
        return None;
    }
    let prefix = format!("{}/", world.controller.flags.annotations_prefix);
    let annotations = object.value.metadata.annotations.iter().flatten();
    for (key, value) in annotations.filter(|(key, _)| key.starts_with(&prefix)) {
        if let Some(word) = list.trim().split(',').find(|word| value.contains(*word)) {
            let message = format!("the value of `{key}` holds `{word}`, which `annotation-value-word-blocklist` forbids");
            let diagnostic = Diagnostic::error("blocked-word", message).at(object.span(&["metadata", "annotations", key]));
            let diagnostic = diagnostic.subject(key).object(object.reference.clone()).effect(Effect::IngressDropped);
            return Some(webhook::quote(diagnostic, &format!("{key} annotation contains invalid word {word}")));
        }
    }
    None
}

fn read<'a>(world: &World<'a>, pool: &Pool<Annotations>, index: usize, object: &'a Object<Ingress>) -> (Verdict<'a>, Vec<Diagnostic>) {
    let Outcome { value, diagnostics } = annotations::read(object, world);
    let Ok((features, asks, mut annotations)) = value else { return (Verdict::Rejected, diagnostics) };
    let is_shut = object.is_refused() && world.cluster.closed.contains_key(&object.reference);
    if is_shut {
        if annotations.canary.enabled {
            return (Verdict::Refused, diagnostics);
        }
        // Who is passed on unopened cannot be told that the path is closed.
        annotations.tls_passthrough = false;
    }
    let namespace = object.reference.namespace.as_str();
    let spec = object.value.spec.as_ref();
    let default_backend = spec.and_then(|spec| spec.default_backend.as_ref()).and_then(|backend| self::backend(namespace, backend));
    let mut rules = spec.map(|_| rules(namespace, object)).unwrap_or_default();
    // A rule that was left out for its host.
    rules.retain(|rule| !is_shut || rule.host != CATCH_ALL || rule.paths.is_some());
    let annotations = pool.share(annotations);
    (Verdict::Chosen(Box::new(Chosen { index, object, namespace, features, asks, annotations, default_backend, rules })), diagnostics)
}

fn rules(namespace: &str, object: &Object<Ingress>) -> Vec<Rule> {
    let rules = object.rules().iter().enumerate();
    let read = |(at, rule): (usize, &k8s_openapi::api::networking::v1::IngressRule)| {
        let at = at.to_string();
        let paths = rule.http.as_ref().map(|http| {
            let read = |(under, path): (usize, &k8s_openapi::api::networking::v1::HTTPIngressPath)| Path {
                path: path.path.clone().filter(|path| !path.is_empty()).unwrap_or_else(|| String::from("/")),
                // Quirk: `ImplementationSpecific` and no type at all mean `Prefix`.
                path_match: if path.path_type == "Exact" { PathMatch::Exact } else { PathMatch::Prefix },
                backend: backend(namespace, &path.backend),
                span: object.span(&["spec", "rules", &at, "http", "paths", &under.to_string(), "path"]),
            };
            http.paths.iter().enumerate().map(read).collect()
        });
        let host = rule.host.clone().filter(|host| !host.is_empty()).unwrap_or_else(|| CATCH_ALL.to_owned());
        Rule { host, paths, span: object.span(&["spec", "rules", &at, "host"]) }
    };
    rules.map(read).collect()
}

fn backend(namespace: &str, backend: &IngressBackend) -> Option<Backend> {
    let service = backend.service.as_ref()?;
    let port = service_port(service);
    let upstream = match &port {
        Some(port) => format!("{namespace}-{}-{port}", service.name),
        // Quirk: a Service without a port leads to an upstream of this name, which all of the namespace share.
        None => format!("{namespace}-INVALID"),
    };
    Some(Backend { upstream, service: service.name.clone(), port })
}

fn service_port(service: &IngressServiceBackend) -> Option<Port> {
    let port = service.port.as_ref()?;
    let number = port.number.filter(|number| *number > 0).map(Port::Number);
    number.or_else(|| port.name.clone().filter(|name| !name.is_empty()).map(Port::Name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_inspection_knows_five_patterns() {
        for bad in ["alias /x;", "root\n/;", "/etc/nginx/x", "/var/run/secrets/t", "content_by_lua_block"] {
            assert!(is_suspicious_text(bad), "{bad}");
        }
        for good in ["/alias", "ALIAS /x;", "/proc/1", "/run/secrets", "/etc/hosts", "app.example.com"] {
            assert!(!is_suspicious_text(good), "{good}");
        }
    }
}
