//! One change of one line of a manifest: `diff` names that line as its cause, and tells one difference. So does `render --origins`.
//!
//! Every annotation, every key of the ConfigMap and every argument is added, changed and removed, each with values of its own.

mod across;
mod run;
mod values;

use ingressc::catalog::{features, flags, settings};

use crate::told;
use run::{Case, Side};
use values::{ARGUMENTS, second};

/// The changes of one annotation.
fn annotations() -> impl Iterator<Item = Case> {
    features::all().map(|spec| {
        let companions = told::trial::others(spec.name, told::annotations::COMPANIONS);
        let side = |value: Option<&str>| {
            let all: Vec<_> = companions.iter().copied().chain(value.map(|value| (spec.name, value))).collect();
            Side::new(told::annotations::manifests(&all), &told::annotations::ARGUMENTS, &format!("/{}: ", spec.name))
        };
        let first = told::annotations::value(spec);
        Case::new(spec.name, &second(spec.name, first, told::annotations::SECOND), first, side)
    })
}

/// The changes of one key of the ConfigMap.
fn keys() -> impl Iterator<Item = Case> {
    settings::all().map(|setting| {
        let companions = told::trial::others(setting.name, told::settings::COMPANIONS);
        let side = |value: Option<&str>| {
            let all: Vec<_> = companions.iter().copied().chain(value.map(|value| (setting.name, value))).collect();
            Side::new(told::settings::manifests(&all), &told::settings::ARGUMENTS, &format!("  {}: ", setting.name))
        };
        let first = told::settings::other_value(setting);
        Case::new(setting.name, &second(setting.name, &first, told::settings::SECOND), &first, side)
    })
}

/// The changes of one argument in the manifest of the controller.
fn arguments() -> impl Iterator<Item = Case> {
    ARGUMENTS.iter().map(|(name, first, second)| {
        assert!(flags::find(name).is_some(), "{name}");
        let side = |value: Option<&str>| {
            let others = values::COMPANIONS.iter().copied().filter(|(other, _)| other != name);
            let all: Vec<_> = others.chain(value.map(|value| (*name, value))).collect();
            Side::new(values::manifests(&all), &[], &format!("--{name}="))
        };
        Case::new(name, second, first, side)
    })
}

/// What is said wrongly, a line each. Of each name one change is tried, not always the same, or all of them.
fn wrong(cases: impl Iterator<Item = Case>, are_all: bool, told: impl Fn(&Case) -> (usize, Vec<String>)) -> Vec<String> {
    let (mut shown, mut wrong) = (0, Vec::new());
    for (at, mut case) in cases.enumerate().filter(|(at, _)| are_all || at % 7 == 0) {
        if !are_all {
            case.keep(at);
        }
        let (count, faults) = told(&case);
        shown += count;
        wrong.extend(faults);
    }
    wrong.iter().for_each(|fault| println!("{fault}"));
    println!("{} of {shown} right", shown - wrong.len());
    wrong
}

const NOTHING: Vec<String> = Vec::new();

#[test]
fn the_changed_line_is_the_cause() {
    assert_eq!(wrong(annotations().chain(keys()).chain(arguments()), false, Case::between_manifests), NOTHING);
}

#[test]
#[ignore = "it takes minutes: each name is tried in five ways"]
fn every_changed_annotation_is_the_cause() {
    assert_eq!(wrong(annotations(), true, Case::between_manifests), NOTHING);
}

#[test]
#[ignore = "it takes minutes: each name is tried in five ways"]
fn every_changed_key_is_the_cause() {
    assert_eq!(wrong(keys(), true, Case::between_manifests), NOTHING);
}

#[test]
#[ignore = "it takes minutes: each name is tried in five ways"]
fn every_changed_argument_is_the_cause() {
    assert_eq!(wrong(arguments(), true, Case::between_manifests), NOTHING);
}

/// What no look at one side can tell, and what is told of it is true: a value that made the controller ask another service, where the
/// annotation that asks this one is told; a key and a value that kept an Ingress from being served, where its host or who had its paths is
/// told; and a switch that turned off what a key asks for, where the key is told.
const UNKNOWABLE: [&str; 4] =
    ["annotations-risk-level Removed", "auth-request-redirect Removed", "connection-proxy-header Removed 4", "enable-global-auth Removed"];

/// What is said wrongly about a configuration that runs, but for what nobody can tell.
fn wrong_of_live(cases: impl Iterator<Item = Case>, are_all: bool) -> Vec<String> {
    let mut wrong = wrong(cases, are_all, Case::against_live);
    wrong.retain(|fault| !UNKNOWABLE.iter().any(|known| fault.starts_with(known)));
    wrong
}

/// Arguments that choose among objects: no configuration shows their value, and the chosen object is told as the cause.
const CHOOSING: [&str; 9] = [
    "annotations-prefix",
    "configmap",
    "controller-class",
    "disable-catch-all",
    "disable-svc-external-name",
    "ingress-class",
    "watch-ingress-without-class",
    "watch-namespace",
    "watch-namespace-selector",
];

#[test]
fn what_a_live_configuration_lacks_has_its_cause() {
    assert_eq!(wrong_of_live(annotations().chain(keys()).chain(arguments()), false), NOTHING);
}

/// Changes that swap many lines for others, that name them by what is in them, that make blocks of which only the other side says what is
/// in them, that keep an Ingress from being served or close it, and that nothing but a whole text explains.
const HARD: [(&str, usize); 31] = [
    ("configmap", 3),
    ("maxmind-edition-ids", 2),
    ("tcp-services-configmap", 2),
    ("tcp-services-configmap", 3),
    ("v", 3),
    ("global-auth-snippet", 3),
    ("http2-max-header-size", 0),
    ("auth-cache-key", 2),
    ("auth-keepalive", 3),
    ("auth-response-headers", 2),
    ("auth-secret", 3),
    ("auth-signin", 4),
    ("auth-snippet", 3),
    ("canary", 3),
    ("custom-headers", 3),
    ("default-backend", 2),
    ("fastcgi-params-configmap", 2),
    ("global-auth-signin", 2),
    ("global-auth-signin-redirect-param", 3),
    ("http-snippet", 2),
    ("stream-snippet", 4),
    ("auth-tls-match-cn", 4),
    ("backend-protocol", 4),
    ("configuration-snippet", 3),
    ("connection-proxy-header", 1),
    ("opentelemetry-trust-incoming-span", 0),
    ("proxy-ssl-secret", 4),
    ("rewrite-target", 3),
    ("server-snippet", 3),
    ("service-upstream", 3),
    ("use-regex", 3),
];

#[test]
fn what_does_much_in_a_live_configuration_is_one_difference() {
    let kept = |case: Case| {
        let changes: Vec<_> =
            HARD.iter().filter(|(name, _)| *name == case.name).filter_map(|(_, at)| case.changes.get(*at).cloned()).collect();
        (!changes.is_empty()).then_some(Case { changes, ..case })
    };
    let cases = annotations().chain(keys()).chain(arguments()).filter_map(kept);
    assert_eq!(wrong(cases, true, Case::against_live), NOTHING);
}

#[test]
#[ignore = "it takes minutes: each name is tried in five ways"]
fn every_annotation_that_a_live_configuration_lacks_is_the_cause() {
    assert_eq!(wrong_of_live(annotations(), true), NOTHING);
}

#[test]
#[ignore = "it takes minutes: each name is tried in five ways"]
fn every_key_that_a_live_configuration_lacks_is_the_cause() {
    assert_eq!(wrong_of_live(keys(), true), NOTHING);
}

#[test]
#[ignore = "it takes minutes: each name is tried in five ways"]
fn every_argument_that_a_live_configuration_lacks_is_the_cause() {
    let mut wrong = wrong(arguments(), true, Case::against_live);
    wrong.retain(|fault| !CHOOSING.iter().any(|name| fault.starts_with(&format!("{name} "))));
    assert_eq!(wrong, NOTHING);
}

#[test]
fn the_added_line_is_the_origin() {
    assert_eq!(wrong(annotations().chain(keys()).chain(arguments()), false, Case::of_origins), NOTHING);
}
