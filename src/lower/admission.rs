//! What the controller's admission webhook would answer if an Ingress were applied again.

use std::sync::LazyLock;

use hashbrown::{HashMap, HashSet};
use k8s_openapi::api::networking::v1::Ingress;
use rayon::prelude::*;
use regex::Regex;

use super::select::{Chosen, NO_CANARY, Path, Rule, Selection, suspicious_value};
use super::strange_paths::Strange;
use super::webhook::quote;
use super::world::World;
use crate::catalog::flags::Flags;
use crate::catalog::releases::{FULL_OVERLAP, LUA_FILES, STRICT_PATH_DOTS, UUID};
use crate::diagnostic::{Diagnostic, Effect};
use crate::ir::{CATCH_ALL, PathMatch};
use crate::manifest::Object;
use crate::source::Span;

/// The Ingresses that the webhook would refuse, each with the first reason that it would give: what is told elsewhere is not told again.
pub(super) fn check(selection: &Selection) -> Vec<Diagnostic> {
    let claims = Claims::new(selection);
    let looks_at_all = selection.world.has(&FULL_OVERLAP);
    let overlaps: HashMap<usize, Diagnostic> = (0..claims.ingresses.len())
        .into_par_iter()
        .filter_map(|at| Some((claims.ingresses[at].index, claims.overlap(at, looks_at_all)?)))
        .collect();
    let refuse = |(index, object): (usize, &Object<Ingress>)| match refusal(selection, index, object) {
        Some(findings) => findings,
        None => overlaps.get(&index).cloned().into_iter().collect(),
    };
    selection.world.cluster.ingresses.par_iter().enumerate().flat_map_iter(refuse).collect()
}

fn denied(object: &Object<Ingress>, span: Span, reason: &str) -> Diagnostic {
    let message = format!("the admission webhook refuses Ingress `{}`: {reason}", object.reference.name);
    let diagnostic = Diagnostic::error("admission", message).at(span).object(object.reference.clone());
    diagnostic.subject(&object.reference.name).effect(Effect::AdmissionDenied)
}

/// What is to be said of an Ingress that the webhook refuses whatever else there is, which is nothing where it is said elsewhere; none:
/// it does not refuse it.
fn refusal(selection: &Selection, index: usize, object: &Object<Ingress>) -> Option<Vec<Diagnostic>> {
    let world = selection.world;
    let flags = &world.controller.flags;
    let at = |path: &[&str], reason: &str| Some(vec![denied(object, object.span(path), reason)]);
    let is_told = selection.denied.contains(&index);
    let is_watched = flags.watch_namespace.is_empty() || flags.watch_namespace == object.reference.namespace;
    let is_ours = !selection.is_foreign(object) && is_watched;
    let loose = |world: &World| match is_ours && world.settings.policy.strict_path_type {
        true => loose_paths(object, world.has(&STRICT_PATH_DOTS)),
        false => Vec::new(),
    };
    if is_told {
        return Some(loose(world));
    }
    if let Some((path, value)) = suspicious_value(&object.value).filter(|_| flags.deep_inspect) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        return at(&path, &format!("`{}` looks like an attempt to inject configuration", value.escape_debug()));
    }
    if !is_ours {
        return None;
    }
    if flags.disable_catch_all && object.value.spec.as_ref().is_some_and(|spec| spec.default_backend.is_some()) {
        return at(&["spec", "defaultBackend"], "default backends are switched off by `--disable-catch-all`");
    }
    if let Some(uid) = object.value.metadata.uid.as_deref().filter(|uid| !is_uuid(uid) && world.has(&UUID)) {
        return at(&["metadata", "uid"], &format!("the identity `{uid}` is not a UUID"));
    }
    let found = loose(world);
    if !found.is_empty() {
        return Some(found);
    }
    if let Some((key, reason)) = annotation_refusal(world, object) {
        let found = at(&["metadata", "annotations", key], &reason);
        let is_snippet = reason == of_snippet(key);
        let explained = |finding: Diagnostic| {
            let finding = world.by_default("allow-snippet-annotations", finding);
            finding.help("remove it, or set `allow-snippet-annotations: \"true\"` in the controller's ConfigMap")
        };
        return found.map(|found| found.into_iter().map(|finding| if is_snippet { explained(finding) } else { finding }).collect());
    }
    selection.rejected.get(&index).cloned()
}

/// Whether a text is a UUID in the one form that Kubernetes writes.
fn is_uuid(text: &str) -> bool {
    let fits = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

/// The paths that only `ImplementationSpecific` may have.
fn loose_paths(object: &Object<Ingress>, allows_dots: bool) -> Vec<Diagnostic> {
    #[expect(clippy::unwrap_used, reason = "a fixed pattern that a test compiles")]
    static STRICT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^/[[:alnum:]\._\-/]*$").unwrap());
    let is_loose = |text: &str| !STRICT.is_match(text) || !allows_dots && text.contains('.');
    let rules = object.rules().iter().enumerate();
    let mut found = Vec::new();
    for (at, rule) in rules {
        for (under, path) in rule.http.iter().flat_map(|http| &http.paths).enumerate() {
            let text = path.path.as_deref().unwrap_or_default();
            // What has no type is refused before the webhook is asked.
            if text.is_empty() || matches!(path.path_type.as_str(), "" | "ImplementationSpecific") || !is_loose(text) {
                continue;
            }
            let (at, under) = (at.to_string(), under.to_string());
            let place = |key| object.span(&["spec", "rules", &at, "http", "paths", &under, key]);
            let finding = denied(object, place("path"), &format!("path `{text}` cannot be used with `pathType: {}`", path.path_type));
            let said = format!("ingress contains invalid paths: path {text} cannot be used with pathType {}", path.path_type);
            let finding = quote(finding.subject(text), &said);
            let help = |finding: Diagnostic| finding.help("write `pathType: ImplementationSpecific`");
            found.push(match (Strange::of(text), path.path_type.as_str()) {
                // The API server refuses it whatever its type.
                _ if !text.starts_with('/') => finding,
                // With another type it would be let in, and get no request.
                (Some(strange), _) => finding.help(strange.help(text)),
                // To the controller both mean the same, but for this.
                (None, "Prefix") => help(finding).fix(place("pathType"), "ImplementationSpecific"),
                (None, _) => help(finding),
            });
        }
    }
    found
}

/// Why a snippet is refused: the webhook looks at how a name ends, whoever reads the annotation.
fn of_snippet(key: &str) -> String {
    format!("`{key}` is not allowed: `allow-snippet-annotations` is off")
}

/// An annotation that is refused by its name, or for a word in its value.
fn annotation_refusal<'a>(world: &World, object: &'a Object<Ingress>) -> Option<(&'a str, String)> {
    static DEFAULT_PREFIX: LazyLock<String> = LazyLock::new(|| Flags::default().annotations_prefix);
    let prefix = &world.controller.flags.annotations_prefix;
    let list = world.settings.policy.word_blocklist.trim();
    // Quirk: the webhook cuts blanks off the words, and an empty word between commas is found in every value.
    let words: Vec<&str> = if list.is_empty() { Vec::new() } else { list.split(',').map(str::trim).collect() };
    for (key, value) in object.value.metadata.annotations.iter().flatten() {
        let has_prefix = |prefix: &str| key.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
        let reason = if *prefix != *DEFAULT_PREFIX && has_prefix(&DEFAULT_PREFIX) {
            format!("annotations of this controller start with `{prefix}/`, not with `{}/`", *DEFAULT_PREFIX)
        } else if let Some(word) = words.iter().find(|word| has_prefix(prefix) && value.contains(**word)) {
            format!("the value of `{key}` holds `{word}`, which `annotation-value-word-blocklist` forbids")
        } else if !world.has(&LUA_FILES)
            && world.settings.global_limits.host.is_empty()
            && key.strip_prefix(prefix).is_some_and(|rest| rest.starts_with("/global-rate-limit"))
        {
            format!("`{key}` needs a store for its counters (`global-rate-limit-memcached-host`)")
        } else if !world.settings.policy.allow_snippets && key.ends_with("-snippet") {
            of_snippet(key)
        } else {
            continue;
        };
        return Some((key, reason));
    }
    None
}

/// One path of one Ingress.
#[derive(Debug, Clone, Copy)]
struct Claim<'a> {
    ingress: usize,
    /// The upstream that its requests go to; none: the Ingress claims the path by its default backend.
    upstream: Option<&'a str>,
    path_match: PathMatch,
    /// A prefix that becomes two locations.
    expands: bool,
    /// Where the path stands; none where it is that of the default backend.
    span: Option<Span>,
}

/// The locations of one path of one host, by the claims that own them; none for the default one.
type Owned<'a> = Vec<(Option<usize>, Claim<'a>)>;

/// The Ingresses that make an upstream: whether it is for canaries only is what one of them says.
#[derive(Debug, Default)]
struct Makers {
    /// The first two that name it in a path.
    by_path: Vec<usize>,
    /// All whose default backend it is, in their order.
    by_default: Vec<usize>,
}

impl Makers {
    /// The Ingress that decides among the `served` first ones, with `last` coming after all others. Quirk: a default backend makes its
    /// upstream anew, a path takes the one that is there.
    fn decisive(&self, served: usize, last: Option<usize>) -> Option<usize> {
        let by_last = last.filter(|last| self.by_default.binary_search(last).is_ok());
        let by_default = || self.by_default.iter().rev().find(|at| **at < served).copied();
        let by_path = || self.by_path.iter().find(|at| **at < served && Some(**at) != last).copied();
        by_last.or_else(by_default).or_else(by_path).or(last)
    }
}

/// Who claims which path of which host, in the order of the Ingresses.
struct Claims<'a> {
    /// The Ingresses that the controller serves, then those that only the webhook judges.
    ingresses: Vec<&'a Chosen<'a>>,
    /// How many the controller serves.
    served: usize,
    by_path: HashMap<(&'a str, &'a str), Vec<Claim<'a>>>,
    settled: HashMap<(&'a str, &'a str), Owned<'a>>,
    makers: HashMap<&'a str, Makers>,
}

impl<'a> Claims<'a> {
    fn new(selection: &'a Selection) -> Self {
        let Selection { chosen, judged_only, .. } = selection;
        let hosts: HashSet<&str> = chosen
            .iter()
            .filter(|ingress| !ingress.annotations.canary.enabled)
            .flat_map(|ingress| ingress.rules.iter().map(|rule| rule.host.as_str()))
            .collect();
        let ingresses: Vec<_> = chosen.iter().chain(judged_only).collect();
        let mut claims = Self { ingresses, served: chosen.len(), by_path: HashMap::new(), settled: HashMap::new(), makers: HashMap::new() };
        for (at, ingress) in chosen.iter().chain(judged_only).enumerate() {
            claims.add_default(at, ingress);
            let makes_hosts = at >= claims.served && !ingress.annotations.canary.enabled;
            for rule in &ingress.rules {
                let host = if makes_hosts || hosts.contains(rule.host.as_str()) { rule.host.as_str() } else { CATCH_ALL };
                rule.paths.iter().flatten().for_each(|path| claims.add_path(at, ingress, host, path));
            }
        }
        claims.settled = claims.by_path.iter().map(|(&key, list)| (key, claims.settle(key.1, list, None))).collect();
        claims
    }

    fn add_default(&mut self, at: usize, ingress: &'a Chosen) {
        let Some(backend) = &ingress.default_backend else { return };
        self.makers.entry(&backend.upstream).or_default().by_default.push(at);
        if ingress.rules.is_empty() && !ingress.annotations.canary.enabled {
            let claim = Claim { ingress: at, upstream: None, path_match: PathMatch::Prefix, expands: false, span: None };
            // It takes the place of the default location before any rule is looked at.
            self.by_path.entry((CATCH_ALL, "/")).or_default().insert(0, claim);
        }
    }

    fn add_path(&mut self, at: usize, ingress: &'a Chosen, host: &'a str, path: &'a Path) {
        let Some(backend) = &path.backend else { return };
        let makers = &mut self.makers.entry(&backend.upstream).or_default().by_path;
        if makers.len() < 2 && makers.last() != Some(&at) {
            makers.push(at);
        }
        let is_pattern = ingress.asks.rewrite.makes_pattern(&path.path);
        let expands = path.path != "/" && path.path_match == PathMatch::Prefix && !is_pattern;
        let claim = Claim { ingress: at, upstream: Some(&backend.upstream), path_match: path.path_match, expands, span: Some(path.span) };
        self.by_path.entry((host, path.path.as_str())).or_default().push(claim);
    }

    /// Whether an upstream is for canaries only, so that no path leads to it.
    fn is_alternative(&self, upstream: &str, last: Option<usize>) -> bool {
        let decisive = self.makers.get(upstream).and_then(|makers| makers.decisive(self.served, last));
        decisive.is_some_and(|at| self.ingresses[at].annotations.canary.enabled)
    }

    /// Whether moving an Ingress to the end changes which upstreams are for canaries only, or where it is served at all.
    fn changes_upstreams(&self, at: usize) -> bool {
        if at >= self.served {
            return true;
        }
        let ingress = self.ingresses[at];
        let paths = ingress.rules.iter().flat_map(|rule| rule.paths.iter().flatten());
        let backends = paths.filter_map(|path| path.backend.as_ref()).chain(&ingress.default_backend);
        backends.into_iter().any(|backend| self.is_alternative(&backend.upstream, None) != self.is_alternative(&backend.upstream, Some(at)))
    }

    /// A path of an Ingress that another one serves, if this one comes last. Older controllers look no further than the first path that
    /// anybody serves, and are content if the Ingress itself does.
    fn overlap(&self, at: usize, looks_at_all: bool) -> Option<Diagnostic> {
        let ingress = self.ingresses[at];
        let is_new = self.changes_upstreams(at);
        for rule in &ingress.rules {
            for path in rule.paths.iter().flatten().filter(|path| path.backend.is_some()) {
                let owners = self.owners(&rule.host, &path.path, at, is_new);
                if !looks_at_all && owners.contains(&at) {
                    return None;
                }
                let is_served = !owners.is_empty();
                if let Some(owner) = owners.into_iter().find(|&owner| owner != at && self.collide(at, owner)) {
                    return Some(self.claimed(at, owner, rule, path));
                }
                if !looks_at_all && is_served {
                    return None;
                }
            }
        }
        None
    }

    fn claimed(&self, at: usize, owner: usize, rule: &Rule, path: &Path) -> Diagnostic {
        let Rule { host, .. } = rule;
        let (object, other) = (self.ingresses[at].object, &self.ingresses[owner].object.reference);
        let (path, span) = (&path.path, path.span);
        let reason = format!("host `{host}` and path `{path}` are already declared by Ingress `{}/{}`", other.namespace, other.name);
        let finding = Diagnostic { rule: "overridden-path", ..denied(object, span, &reason) }.subject(format!("{host}{path}"));
        let finding = finding.of_several_namespaces(object.reference.namespace != other.namespace);
        let finding = finding.related("declared here too", self.place_of(owner, host, path));
        let finding = finding.related(NO_CANARY, self.ingresses[at].wish().or(self.ingresses[owner].wish()));
        quote(finding, &format!("host \"{host}\" and path \"{path}\" is already defined in ingress {}/{}", other.namespace, other.name))
    }

    /// Where an Ingress claims a path, which may stand there without the slash at its end.
    fn place_of(&self, owner: usize, host: &str, path: &str) -> Option<Span> {
        let paths = [Some(path), path.strip_suffix('/')];
        let mut claims = paths.into_iter().flatten().filter_map(|path| self.by_path.get(&(host, path))).flatten();
        claims.find(|claim| claim.ingress == owner)?.span
    }

    /// Quirk: only the mere presence of the annotation `canary` on one of the two lets them share a path.
    fn collide(&self, a: usize, b: usize) -> bool {
        let annotations = |at: usize| &self.ingresses[at].annotations;
        let is_written =
            |at: usize| self.ingresses[at].features.causes.iter().any(|(name, _)| name.ends_with("/canary") || name == "canary");
        annotations(a).canary.enabled && annotations(b).canary.enabled || !is_written(a) && !is_written(b)
    }

    /// The Ingresses whose locations have exactly a path, with the locations of Ingress `last` added at the end.
    fn owners(&self, host: &str, path: &str, last: usize, is_new: bool) -> Vec<usize> {
        let mut owners = Vec::new();
        let own = self.locations(host, path, last, is_new);
        let has_exact = own.iter().any(|(_, claim)| claim.path_match == PathMatch::Exact);
        let matches = |claim: &Claim| !claim.expands || path.ends_with('/') || !has_exact;
        owners.extend(own.iter().filter(|(_, claim)| matches(claim)).filter_map(|(owner, _)| *owner));
        if let Some(stem) = path.strip_suffix('/').filter(|stem| !stem.is_empty()) {
            let expanded = self.locations(host, stem, last, is_new);
            owners.extend(expanded.iter().filter(|(_, claim)| claim.expands).filter_map(|(owner, _)| *owner));
        }
        owners
    }

    fn locations(&self, host: &str, path: &str, last: usize, is_new: bool) -> Owned<'a> {
        let Some(settled) = self.settled.get(&(host, path)) else { return Owned::new() };
        // Moving an Ingress to the end changes nothing where it owns nothing and all upstreams stay what they are.
        if !is_new && settled.iter().all(|(owner, _)| *owner != Some(last)) {
            return settled.clone();
        }
        self.by_path.get(&(host, path)).map(|claims| self.settle(path, claims, Some(last))).unwrap_or_default()
    }

    /// The locations that claims lead to, those of Ingress `last` coming last.
    fn settle(&self, path: &str, claims: &[Claim<'a>], last: Option<usize>) -> Owned<'a> {
        let mut owned = Owned::new();
        let is_served = |claim: &&Claim| {
            let is_there = claim.ingress < self.served || Some(claim.ingress) == last;
            is_there && claim.upstream.is_none_or(|upstream| !self.is_alternative(upstream, last))
        };
        let (own, others): (Vec<&Claim>, Vec<&Claim>) = claims.iter().filter(is_served).partition(|claim| Some(claim.ingress) == last);
        let mut ordered = others.into_iter().chain(own).peekable();
        if path == "/"
            && let Some(first) = ordered.peek()
        {
            // Every server starts with a location of the default backend.
            let root = Claim { path_match: PathMatch::Prefix, expands: false, ..**first };
            owned.push((None, root));
        }
        for claim in ordered {
            match owned.first_mut().filter(|(_, first)| first.path_match == claim.path_match) {
                Some((Some(_), _)) => {}
                Some(first) => *first = (Some(claim.ingress), *claim),
                None => owned.push((Some(claim.ingress), *claim)),
            }
        }
        owned
    }
}
