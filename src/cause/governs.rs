//! Which annotation or key governs a directive: what the catalog says, looked up by the name of the directive.

use std::sync::LazyLock;

use hashbrown::HashMap;
use k8s_openapi::api::networking::v1::Ingress;

use super::query::Query;
use super::{Found, short};
use crate::catalog::key::Spec;
use crate::catalog::settings::Setting;
use crate::catalog::{features, settings};
use crate::ir::Route;
use crate::manifest::Object;

/// Entries of the catalog by the first word of each directive that they govern, in the order of the catalog.
type ByWord<T> = HashMap<&'static str, Vec<&'static T>>;

static ANNOTATIONS: LazyLock<ByWord<Spec>> = LazyLock::new(|| by_word(features::all(), |spec| spec.directives));
static SETTINGS: LazyLock<ByWord<Setting>> = LazyLock::new(|| by_word(settings::all(), |setting| setting.directives));

fn by_word<T>(all: impl Iterator<Item = &'static T>, directives: impl Fn(&T) -> &'static [&'static str]) -> ByWord<T> {
    let mut table: ByWord<T> = HashMap::new();
    for entry in all {
        for directive in directives(entry) {
            let entries = table.entry(first_word(directive)).or_default();
            // The directives of one entry stand together.
            if entries.last().is_none_or(|last| !std::ptr::eq(*last, entry)) {
                entries.push(entry);
            }
        }
    }
    table
}

fn first_word(directive: &str) -> &str {
    directive.split(' ').next().unwrap_or_default()
}

/// Directives that stand in many places for many reasons. Where an entry of the catalog has no more than their name, it can have
/// written one of them, and need not have.
const MANIFOLD: [&str; 16] = [
    "add_header",
    "fastcgi_pass",
    "grpc_pass",
    "grpc_set_header",
    "if",
    "listen",
    "location",
    "map",
    "more_set_headers",
    "proxy_pass",
    "proxy_set_header",
    "return",
    "rewrite",
    "server",
    "server_name",
    "set",
];

/// Whether an entry that governs a directive can be told to be its cause, with what value: another configuration lacks the directive,
/// the entry is for no other, or the value is to be seen.
pub(super) fn is_cause(list: &[&str], value: &str, query: &Query) -> bool {
    query.is_different || is_own(list, query.name) || is_shown(value, query.text)
}

/// Whether the entry is about this very directive, not only about one of that name.
fn is_own(list: &[&str], directive: &str) -> bool {
    !MANIFOLD.contains(&first_word(directive)) || list.contains(&directive)
}

/// Whether a text holds a value, or the first item of a list. What is very short must be a word of its own.
#[must_use]
pub fn is_shown(value: &str, text: &str) -> bool {
    const SHORT: usize = 3;
    let item = value.split([',', ';', '\n']).next().unwrap_or_default().trim();
    let is_word = || text.split([' ', '"', '\'', ';', '=', ':']).any(|word| word == item);
    !item.is_empty() && (text.contains(value) || if item.len() < SHORT { is_word() } else { text.contains(item) })
}

/// Whether a directive stands in many places for many reasons.
#[must_use]
pub fn is_manifold(directive: &str) -> bool {
    MANIFOLD.contains(&first_word(directive))
}

/// Whether anything in the catalog but raw configuration can have written a directive. Of variables it knows some by their names.
#[must_use]
pub fn is_governed(directive: &str) -> bool {
    let word = first_word(directive);
    let (annotations, settings) = (ANNOTATIONS.get(word), SETTINGS.get(word));
    let of_annotations = annotations.into_iter().flatten().map(|spec| spec.directives);
    let mut lists = of_annotations.chain(settings.into_iter().flatten().map(|setting| setting.directives));
    if word == "set" { lists.any(|list| list.contains(&directive)) } else { lists.next().is_some() }
}

/// The annotation whose absence a directive tells of.
pub(super) fn absent_annotation(directive: &str) -> Option<&'static Spec> {
    ANNOTATIONS
        .get(first_word(directive))?
        .iter()
        .find(|spec| governs(spec.directives, directive) && is_own(spec.directives, directive))
        .copied()
}

/// All annotations whose absence a directive tells of.
pub(super) fn absent_annotations(directive: &str) -> impl Iterator<Item = &'static Spec> {
    let all = ANNOTATIONS.get(first_word(directive)).into_iter().flatten().copied();
    all.filter(move |spec| governs(spec.directives, directive) && is_own(spec.directives, directive))
}

/// The key whose absence a directive tells of.
pub(super) fn absent_setting(directive: &str) -> Option<&'static Setting> {
    let own = |setting: &&&Setting| governs(setting.directives, directive) && is_own(setting.directives, directive);
    SETTINGS.get(first_word(directive))?.iter().find(own).copied()
}

/// The first annotation of the catalog that governs a directive.
pub(super) fn annotation_for(directive: &str) -> Option<&'static Spec> {
    ANNOTATIONS.get(first_word(directive))?.iter().find(|spec| governs(spec.directives, directive)).copied()
}

/// The keys of the catalog that govern a directive.
pub(super) fn settings_for(directive: &str) -> impl Iterator<Item = &'static Setting> {
    let all = SETTINGS.get(first_word(directive)).into_iter().flatten().copied();
    all.filter(move |setting| governs(setting.directives, directive))
}

/// Whether a list of the catalog has a directive. Both may say more than the name: `set $ssl_redirect` is a `set`, and a `set` may be
/// any.
#[must_use]
pub fn governs(list: &[&str], directive: &str) -> bool {
    list.iter().any(|entry| {
        let is_start = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        is_start(entry, directive) || is_start(directive, entry)
    })
}

/// How well an annotation fits: most says that its value is shown, then that its entry has the very directive, then that it acts alone.
fn fitness(is_shown: bool, is_exact: bool, is_alone: bool) -> u8 {
    [is_shown, is_exact, is_alone].into_iter().fold(0, |sum, says| sum * 2 + u8::from(says))
}

/// Of the annotations that govern the directive the one that fits best: its entry names the first argument, and its value is there.
pub(super) fn governor(route: &Route, ingress: &Object<Ingress>, query: &Query) -> Option<(u8, Found)> {
    let values = ingress.value.metadata.annotations.as_ref();
    let value = |name: &str| values.and_then(|values| values.get(name)).map(String::as_str).unwrap_or_default();
    let fit = |name: &str, spec: &Spec| {
        let is_shown = is_shown(value(name), query.text);
        fitness(is_shown, spec.directives.contains(&query.name), spec.needs.is_empty())
    };
    let governors = route.features.causes.iter().filter_map(|(name, span)| {
        let spec = features::find(short(name)).filter(|spec| governs(spec.directives, query.name))?;
        is_cause(spec.directives, value(name), query).then_some(())?;
        Some((fit(name, spec), std::cmp::Reverse(*span), name))
    });
    let (score, std::cmp::Reverse(span), name) = governors.max()?;
    Some((score, Found { span, subject: name.clone() }))
}

#[cfg(test)]
mod tests {
    use super::{fitness, governs};

    #[test]
    fn what_is_shown_says_more_than_all_else() {
        let [no, yes] = [false, true];
        let rising =
            [(no, no, no), (no, no, yes), (no, yes, no), (no, yes, yes), (yes, no, no), (yes, no, yes), (yes, yes, no), (yes, yes, yes)];
        let scores = rising.map(|(is_shown, is_exact, is_alone)| fitness(is_shown, is_exact, is_alone));
        assert_eq!(scores, [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    #[test]
    fn directives_are_governed_by_name_or_by_name_and_first_argument() {
        for (list, directive, expected) in [
            (&["set $ssl_redirect"][..], "set", true),
            (&["set $ssl_redirect"], "set $ssl_redirect", true),
            (&["set $ssl_redirect"], "set $ssl_redirects", false),
            (&["proxy_set_header"], "proxy_set_header Host", true),
            (&["proxy_set"], "proxy_set_header", false),
            (&["allow", "deny"], "deny 10.0.0.1", true),
            (&[], "deny", false),
        ] {
            assert_eq!(governs(list, directive), expected, "{list:?} {directive}");
        }
    }
}
