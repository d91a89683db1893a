//! No value changes the shape of an output: neither one that a manifest gives while nothing is validated, nor one that lowering let
//! through. The controller prints values as they are: there a finding names what breaks out.

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ingressc::catalog::key::Spec;
use ingressc::catalog::{features, settings};
use ingressc::diagnostic::{Diagnostic, Severity};
use ingressc::emit::OutputFile;
use ingressc::ir::Proxy;
use rayon::prelude::*;

use super::shape::{broken, gone};
use super::texts::Texts;
use super::{SERVICES, config_map, ingress, lower, render};

/// Texts that end what they stand in, if they are let.
const HOSTILE: &[&str] = &[
    "x;} evil on; {",
    "\" ; evil on; \"",
    "' ; evil on; '",
    "a\nevil on;",
    "a } evil { b",
    "a # evil",
    "$evil",
    "an evil\\",
    "\\\"; evil on; #",
    "an evil\u{0}b",
    "\u{202e}evil\u{7}",
    "{{ evil }}",
    "a\r\nevil on;",
];

/// One of each kind of them, for what is asked of very many texts.
const SHARPEST: [&str; 7] = [HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[3], HOSTILE[5], HOSTILE[7], HOSTILE[9]];

const TARGETS: [&str; 3] = ["ingress-nginx", "nginx", "haproxy"];

/// The host beside the one that is asked for hostile things.
const NEIGHBOUR: &str = "neighbour.example";

fn neighbour() -> String {
    ingress("neighbour", NEIGHBOUR, "/", &[])
}

fn annotation(spec: &Spec, value: &str) -> (String, String) {
    (format!("nginx.ingress.kubernetes.io/{}", spec.name), value.to_owned())
}

/// The annotation with the value, and what it needs beside it.
fn annotations(spec: &Spec, value: &str) -> Vec<(String, String)> {
    let needed = features::find(spec.needs.first()).map(|needed| annotation(needed, needed.example));
    [annotation(spec, value)].into_iter().chain(needed).collect()
}

/// Raw configuration is meant to change the shape.
fn is_raw(name: &str) -> bool {
    name.ends_with("-snippet")
}

/// Whether a finding is about a key: it names it, its newer name, or another key whose value stands in the same directive.
fn names(finding: &Diagnostic, key: &str) -> bool {
    let directives = |name: &str| settings::find(name).map_or(&[][..], |setting| setting.directives);
    let subject = finding.subject.as_deref().unwrap_or_default();
    let is_alias = features::find(key).is_some_and(|spec| spec.name == subject);
    subject == key || is_alias || directives(subject).iter().any(|directive| directives(key).contains(directive))
}

/// What a hostile value came to.
#[derive(Default)]
struct Tally {
    /// How many values reached the output of each target.
    reached: [AtomicUsize; TARGETS.len()],
}

impl Tally {
    /// Renders for all targets, if the value is among the decisions, and says what it breaks without a finding about its subject.
    fn judge(&self, subject: &str, made: &(Proxy, Vec<Diagnostic>), base: &[Vec<OutputFile>], neighbour: Option<&str>) -> Vec<String> {
        let (proxy, findings) = made;
        if !format!("{proxy:?}").contains("evil") {
            return Vec::new();
        }
        let broken = TARGETS.iter().enumerate().filter_map(|(at, target)| {
            let rendered = render(target, proxy);
            let is_there = rendered.value.iter().any(|file| file.content.contains("evil"));
            self.reached[at].fetch_add(usize::from(is_there), Ordering::Relaxed);
            let findings = || findings.iter().chain(&rendered.diagnostics);
            if let Some(broken) = broken(target, &rendered.value) {
                let is_it = |finding: &Diagnostic| finding.rule == "broken-shape" && names(finding, subject);
                let is_told = *target == "ingress-nginx" && findings().any(is_it);
                return (!is_told).then(|| format!("{target}: {broken}"));
            }
            // A neighbour stays as it is; what holds for all may close what it is about.
            let is_told = neighbour.is_none() && findings().any(|finding| finding.severity == Severity::Error);
            let gone = gone(target, &rendered.value, &base[at], neighbour).filter(|_| !is_told)?;
            Some(format!("{target}: {gone}"))
        });
        broken.collect()
    }

    fn reached(self) -> [usize; TARGETS.len()] {
        self.reached.map(AtomicUsize::into_inner)
    }
}

fn rendered(proxy: &Proxy) -> Vec<Vec<OutputFile>> {
    TARGETS.iter().map(|target| render(target, proxy).value).collect()
}

/// Whether at least so many values reached the output of each target: a test in which all are refused on the way shows nothing.
fn assert_reached(tally: Tally, floors: [usize; TARGETS.len()]) {
    let reached = tally.reached();
    assert!(reached.iter().zip(floors).all(|(reached, floor)| *reached >= floor), "{reached:?} of {TARGETS:?}, not {floors:?}");
}

#[test]
fn no_annotation_breaks_out_unseen() {
    let neighbour = neighbour();
    let make = |asked: &[Vec<(String, String)>]| {
        let asked = asked.iter().enumerate();
        let all: Vec<String> =
            asked.map(|(at, annotations)| ingress(&format!("main{at}"), &format!("h{at}.example"), "/", annotations)).collect();
        lower(&[("a.yaml", &SERVICES), ("b.yaml", &all.join("---\n")), ("c.yaml", &config_map(&[])), ("d.yaml", &neighbour)])
    };
    let base = rendered(&make(&[Vec::new()]).0);
    let specs: Vec<&Spec> = features::all().filter(|spec| !is_raw(spec.name)).collect();
    let tally = Tally::default();
    // Whether any value comes among the decisions is asked for all at once, on a host each: most annotations take numbers and words alone.
    let is_decided = |spec: &&&Spec| {
        let marked: Vec<_> = HOSTILE.iter().enumerate().map(|(at, value)| annotations(spec, &marked(value, at))).collect();
        !decided(&make(&marked).0, HOSTILE.len()).is_empty()
    };
    let pairs = specs.par_iter().filter(is_decided).flat_map_iter(|spec| HOSTILE.iter().map(move |value| (spec, *value)));
    let broken: Vec<String> = pairs
        .flat_map_iter(|(spec, value)| {
            let broken = tally.judge(spec.name, &make(&[annotations(spec, value)]), &base, Some(NEIGHBOUR));
            broken.into_iter().map(move |broken| format!("{} = {value:?}: {broken}", spec.name))
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert_reached(tally, [350, 130, 110]);
}

#[test]
fn no_setting_breaks_out_unseen() {
    let neighbour = neighbour();
    let make = |data: &[(&str, &str)]| lower(&[("a.yaml", &SERVICES), ("b.yaml", &neighbour), ("c.yaml", &config_map(data))]);
    let base = rendered(&make(&[]).0);
    let names: Vec<&str> = settings::all().map(|setting| setting.name).filter(|name| !is_raw(name)).collect();
    let tally = Tally::default();
    let broken: Vec<String> = pairs_decided(&names, make)
        .into_par_iter()
        .flat_map_iter(|(name, value)| {
            let broken = tally.judge(name, &make(&[(name, value)]), &base, None);
            broken.into_iter().map(move |broken| format!("{name} = {value:?}: {broken}"))
        })
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert_reached(tally, [500, 65, 60]);
}

/// The keys and hostile values that come among the decisions, asked for all keys at once.
fn pairs_decided<'n>(names: &[&'n str], make: impl Fn(&[(&str, &str)]) -> (Proxy, Vec<Diagnostic>)) -> Vec<(&'n str, &'static str)> {
    let pairs = HOSTILE.iter().flat_map(|value| {
        let marked: Vec<String> = (0..names.len()).map(|at| marked(value, at)).collect();
        let data: Vec<(&str, &str)> = names.iter().copied().zip(marked.iter().map(String::as_str)).collect();
        decided(&make(&data).0, names.len()).into_iter().map(|at| (names[at], *value))
    });
    pairs.collect()
}

/// A hostile value with a number in it.
fn marked(value: &str, at: usize) -> String {
    value.replace("evil", &format!("evil{at}_"))
}

/// The numbers of the marked values that are among the decisions.
fn decided(proxy: &Proxy, count: usize) -> Vec<usize> {
    let decisions = format!("{proxy:?}");
    (0..count).filter(|at| decisions.contains(&format!("evil{at}_"))).collect()
}

#[test]
fn no_host_or_path_breaks_out_unseen() {
    let neighbour = neighbour();
    let make =
        |host: &str, path: &str| lower(&[("a.yaml", &SERVICES), ("b.yaml", &ingress("main", host, path, &[])), ("c.yaml", &neighbour)]);
    let base = rendered(&make("a.example", "/").0);
    let tally = Tally::default();
    for value in HOSTILE {
        for (host, path) in [(*value, "/"), ("a.example", &*format!("/{value}"))] {
            let broken = tally.judge("path", &make(host, path), &base, Some(NEIGHBOUR));
            assert!(broken.is_empty(), "host {host:?}, path {path:?}: {broken:?}");
        }
    }
    assert_reached(tally, [20, 10, 10]);
}

/// Small inputs of which each asks for all of one feature, as what lowering makes of them, and the plain one first.
static DECISIONS: LazyLock<Vec<Proxy>> = LazyLock::new(|| {
    let neighbour = neighbour();
    let asked = features::FEATURES
        .iter()
        .map(|feature| feature.keys.iter().filter(|spec| !is_raw(spec.name)).flat_map(|spec| annotations(spec, spec.example)).collect());
    let all = std::iter::once(Vec::new()).chain(asked).map(|annotations: Vec<_>| {
        let distinct: std::collections::BTreeMap<_, _> = annotations.into_iter().collect();
        let main = ingress("main", "a.example", "/", &distinct.into_iter().collect::<Vec<_>>());
        lower(&[("a.yaml", &SERVICES), ("b.yaml", &main), ("c.yaml", &config_map(&[])), ("d.yaml", &neighbour)]).0
    });
    all.collect()
});

/// The fields with texts, each with the first decisions in which it has one that the others do not have.
fn fields() -> Vec<(&'static str, &'static Proxy)> {
    let mut seen = BTreeSet::new();
    let mut fields = Vec::new();
    for may_be_empty in [false, true] {
        for proxy in DECISIONS.iter() {
            proxy.clone().each("", &mut |field, text| {
                if (may_be_empty || !text.is_empty()) && seen.insert(field) {
                    fields.push((field, proxy));
                }
            });
        }
    }
    fields
}

/// Fields that hold raw configuration, which is meant to change the shape.
const RAW: &[&str] = &[
    "ExternalAuth.snippet",
    "Features.snippet",
    "Proxy.stream_snippets",
    "Server.snippet",
    "Snippets.http",
    "Snippets.location",
    "Snippets.main",
    "Snippets.server",
    "Snippets.stream",
];

/// What breaks out of a target's output when a text of the decisions is replaced.
fn assert_holds(target: &str, floor: usize) {
    let reached = AtomicUsize::new(0);
    let fields = fields();
    let judged = fields.par_iter().filter(|(field, _)| !RAW.contains(field)).flat_map_iter(|(field, proxy)| {
        let base = render(target, proxy).value;
        let reached = &reached;
        SHARPEST.iter().filter_map(move |value| {
            let mut hostile = (*proxy).clone();
            hostile.each("", &mut |at, text| {
                if at == *field {
                    (*value).clone_into(text);
                }
            });
            let rendered = render(target, &hostile);
            let is_there = rendered.value.iter().any(|file| file.content.contains("evil"));
            reached.fetch_add(usize::from(is_there), Ordering::Relaxed);
            let is_told = rendered.diagnostics.iter().any(|finding| finding.severity == Severity::Error);
            let gone = || gone(target, &rendered.value, &base, None).filter(|_| !is_told);
            broken(target, &rendered.value).or_else(gone).map(|broken| format!("{field} = {value:?}: {broken}"))
        })
    });
    let broken: Vec<String> = judged.collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let reached = reached.into_inner();
    assert!(reached >= floor, "{reached} texts of {} fields reached the output, not {floor}", fields.len());
}

#[test]
fn no_decision_breaks_out_of_nginx() {
    assert_holds("nginx", 100);
}

#[test]
fn no_decision_breaks_out_of_haproxy() {
    assert_holds("haproxy", 100);
}
