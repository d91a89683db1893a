//! What somebody may have meant by an annotation that the controller does not know.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::Analogy;
use crate::catalog::key::Spec;
use crate::catalog::removed::{self, Removed};
use crate::catalog::spelling::{self, kebab};
use crate::catalog::{features, flags, settings};

/// What an unknown annotation is.
#[derive(Debug, Clone)]
pub enum Unknown {
    /// A name that is known, but is spelt otherwise.
    Misspelt(&'static str),
    /// The controller knew it once.
    Removed(&'static Removed),
    /// People mean something by it.
    Analogy(&'static Analogy),
    /// It is a key of the ConfigMap.
    Setting(&'static str),
    /// It was a key of the ConfigMap.
    RemovedSetting(&'static settings::Removed),
    /// It is an argument of the controller, without the dashes.
    Argument(&'static str),
    /// It is a directive of nginx, which these annotations govern.
    Directive(&'static [&'static str]),
    /// It is a directive of nginx, which this key of the ConfigMap governs.
    SettingDirective(&'static str),
    /// It is much like this annotation.
    Like(&'static str),
    /// It is much like this key of the ConfigMap.
    LikeSetting(&'static str),
    /// Nothing is like it.
    Stranger,
}

impl Unknown {
    /// The annotations that may be meant.
    #[must_use]
    pub fn instead(&self) -> &[&'static str] {
        match self {
            Self::Misspelt(name) | Self::Like(name) => std::slice::from_ref(name),
            Self::Analogy(analogy) => analogy.instead,
            Self::Directive(names) => names,
            Self::Removed(removed) if !removed.replaced_by.is_empty() => std::slice::from_ref(&removed.replaced_by),
            Self::Removed(_)
            | Self::Setting(_)
            | Self::RemovedSetting(_)
            | Self::Argument(_)
            | Self::SettingDirective(_)
            | Self::LikeSetting(_)
            | Self::Stranger => &[],
        }
    }
}

/// What a name without a prefix is, as far as one can tell. A name that the controller knows is [`Unknown::Misspelt`] for itself.
#[must_use]
pub fn explain(name: &str) -> Unknown {
    recognise(name).unwrap_or_else(|| guess(&kebab(name)))
}

/// What a name surely is; none where one could only guess.
#[must_use]
pub fn recognise(name: &str) -> Option<Unknown> {
    let plain = kebab(name);
    if let Some(spec) = features::find(&plain) {
        return Some(Unknown::Misspelt(spelt(spec, &plain)));
    }
    if let Some(removed) = removed::find(&plain) {
        return Some(Unknown::Removed(removed));
    }
    if let Some(analogy) = super::find(&plain) {
        return Some(Unknown::Analogy(analogy));
    }
    if let Some(setting) = settings::find(&plain) {
        return Some(Unknown::Setting(setting.name));
    }
    if let Some(removed) = settings::REMOVED.iter().find(|removed| removed.name == plain) {
        return Some(Unknown::RemovedSetting(removed));
    }
    if let Some(flag) = flags::find(plain.trim_start_matches('-')) {
        return Some(Unknown::Argument(flag.name));
    }
    governors(&plain.replace('-', "_")).map(Unknown::Directive)
}

fn guess(plain: &str) -> Unknown {
    if let settings::Unknown::Directive(key) = settings::explain(plain) {
        return Unknown::SettingDirective(key);
    }
    if let Some(known) = same_words(plain) {
        return known;
    }
    if let Some(near) = spelling::nearest(plain, features::all().flat_map(names)) {
        return Unknown::Like(near);
    }
    match settings::explain(plain) {
        settings::Unknown::Like(key) => Unknown::LikeSetting(key),
        _ => Unknown::Stranger,
    }
}

fn names(spec: &'static Spec) -> impl Iterator<Item = &'static str> {
    std::iter::once(spec.name).chain(spec.aliases.iter().copied())
}

/// The name of an annotation that is written so: its own, or the older one that was meant.
fn spelt(spec: &'static Spec, plain: &str) -> &'static str {
    names(spec).find(|name| *name == plain).unwrap_or(spec.name)
}

/// The annotations that govern a directive.
fn governors(directive: &str) -> Option<&'static [&'static str]> {
    static BY_DIRECTIVE: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
        let mut governors: HashMap<&str, Vec<&str>> = HashMap::new();
        for spec in features::all() {
            for directive in spec.directives {
                governors.entry(*directive).or_default().push(spec.name);
            }
        }
        governors
    });
    BY_DIRECTIVE.get(directive).map(Vec::as_slice)
}

/// The only annotation with the same words in any order, or with one word more or less; where there is none, the only such key of the
/// ConfigMap.
fn same_words(plain: &str) -> Option<Unknown> {
    type Entry = (&'static str, Vec<&'static str>);
    static ANNOTATIONS: LazyLock<Vec<Entry>> =
        LazyLock::new(|| features::all().flat_map(names).map(|name| (name, spelling::words(name))).collect());
    static SETTINGS: LazyLock<Vec<Entry>> = LazyLock::new(|| {
        let only = settings::all().map(|setting| setting.name).filter(|name| features::find(name).is_none());
        only.map(|name| (name, spelling::words(name))).collect()
    });
    let words = spelling::words(plain);
    match (closest(&words, &ANNOTATIONS), closest(&words, &SETTINGS)) {
        (None, None) => None,
        (Some((0, name)), _) | (Some((_, name)), None | Some((1.., _))) => Some(Unknown::Like(name)),
        (_, Some((_, name))) => Some(Unknown::LikeSetting(name)),
    }
}

/// The only name that differs in no word, or else in one, and in how many it does.
fn closest(words: &[&str], all: &[(&'static str, Vec<&'static str>)]) -> Option<(usize, &'static str)> {
    let mut best: Option<(usize, &'static str)> = None;
    let mut is_only = false;
    for (name, known) in all.iter().filter(|(_, known)| known.len().abs_diff(words.len()) <= 1) {
        let found = spelling::compare_words(words, known);
        let least = best.map_or(2, |(least, _)| least);
        if found.shared < 2 || found.different > least.min(1) {
            continue;
        }
        is_only = found.different < least;
        best = Some((found.different, *name));
    }
    best.filter(|_| is_only)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a name is, in a word and the names that are meant.
    fn told(name: &str) -> String {
        match explain(name) {
            Unknown::Misspelt(name) => format!("misspelt {name}"),
            Unknown::Removed(removed) => format!("removed {}", removed.replaced_by),
            Unknown::Analogy(analogy) => format!("analogy {}{}", analogy.instead.join(" "), analogy.setting),
            Unknown::Setting(name) => format!("setting {name}"),
            Unknown::RemovedSetting(removed) => format!("removed setting {}", removed.name),
            Unknown::Argument(name) => format!("argument {name}"),
            Unknown::Directive(names) => format!("directive {}", names.join(" ")),
            Unknown::SettingDirective(name) => format!("directive of setting {name}"),
            Unknown::Like(name) => format!("like {name}"),
            Unknown::LikeSetting(name) => format!("like setting {name}"),
            Unknown::Stranger => String::from("stranger"),
        }
    }

    #[test]
    fn names_are_explained_by_what_people_mean() {
        let cases = [
            ("app-root", "misspelt app-root"),
            ("appRoot", "misspelt app-root"),
            ("SSL_REDIRECT", "misspelt ssl-redirect"),
            ("\"use-regex\"", "misspelt use-regex"),
            ("whitelist_source_range", "misspelt whitelist-source-range"),
            ("secure-backends", "removed backend-protocol"),
            ("lua-resty-waf", "removed "),
            ("rate-limit", "analogy limit-rps limit-rpm"),
            ("auth-basic", "analogy auth-type auth-secret"),
            ("websocket-services", "analogy "),
            ("router.middlewares", "analogy rewrite-target auth-url configuration-snippet"),
            ("ingress.class", "analogy "),
            ("enable-gzip", "analogy use-gzip"),
            ("ssl-protocols", "setting ssl-protocols"),
            ("hsts", "setting hsts"),
            ("zipkin-collector-host", "removed setting zipkin-collector-host"),
            ("default-ssl-certificate", "argument default-ssl-certificate"),
            ("client_max_body_size", "directive proxy-body-size"),
            ("client-max-body-size", "directive proxy-body-size"),
            ("proxy-redirect", "directive proxy-redirect-from proxy-redirect-to"),
            ("gzip-comp-level", "directive of setting gzip-level"),
            ("auth-ulr", "like auth-url"),
            ("cors-enable", "like enable-cors"),
            ("enable-ssl-redirect", "like ssl-redirect"),
            ("proxy-next-timeout", "like proxy-next-upstream-timeout"),
            ("limit-conections", "like limit-connections"),
            ("ssl-protocol", "like setting ssl-protocols"),
            ("timeout-proxy-read", "like proxy-read-timeout"),
            ("worker-shutdown-timeouts", "like setting worker-shutdown-timeout"),
            ("sll-protocols", "like setting ssl-protocols"),
            ("", "stranger"),
            ("foo", "stranger"),
            ("größe", "stranger"),
            ("session-cookie", "stranger"),
        ];
        for (name, expected) in cases {
            assert_eq!(told(name), expected, "{name}");
        }
    }

    #[test]
    fn guesses_are_not_sure() {
        assert!(recognise("client-max-body-size").is_some());
        assert!(recognise("auth-ulr").is_none());
    }

    #[test]
    fn every_known_name_explains_itself() {
        for name in features::all().flat_map(names) {
            assert_eq!(told(name), format!("misspelt {name}"));
        }
    }
}
