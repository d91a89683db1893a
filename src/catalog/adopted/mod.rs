//! Annotations of other controllers, and those of ingress-nginx that mean the same.
//!
//! One table per controller is the only list of these names. A name that is in no table has nothing that means the same.

mod haproxy;
mod haproxy_ingress;
mod translate;

use super::families::Family;
use super::features;

pub use translate::{Found, Trouble, Written};

/// A controller whose annotations can be compiled.
#[derive(Debug)]
pub struct Dialect {
    /// How it is chosen: the usual prefix of its annotations.
    pub name: &'static str,
    /// The controller.
    pub family: &'static Family,
    /// The usual name of its Ingress class.
    pub class: &'static str,
    /// What its Ingress class names as the controller.
    pub controller: &'static str,
    /// What holds with it where nothing is said, and with ingress-nginx has to be said.
    pub defaults: &'static [(&'static str, &'static str)],
    rows: &'static [Row],
}

/// An annotation, without its prefix.
#[derive(Debug)]
pub struct Row {
    name: &'static str,
    meaning: Meaning,
    /// What the controller takes for granted and ingress-nginx wants to be told: annotations and values.
    implied: &'static [(&'static str, &'static str)],
    /// Another annotation of the controller without which this one means something else, and what.
    unless: Option<(&'static str, &'static str)>,
    /// What those who look closely can tell; empty: nothing.
    difference: &'static str,
    /// It protects, although no annotation says so that means the same.
    guards: bool,
}

/// Annotations of ingress-nginx and their values.
type Pairs = &'static [(&'static str, &'static str)];

/// How the value is said in other words.
#[derive(Debug)]
enum Meaning {
    /// As it is, to each of these annotations.
    Same(&'static [&'static str]),
    /// Items between commas, spaces or line breaks.
    List(&'static str),
    /// A time with a unit, to each of these annotations in seconds.
    Seconds(&'static [&'static str]),
    /// A URL of HTTP, and of no scheme of the controller's own.
    Web(&'static str),
    /// A Secret, which may stand without its namespace.
    Secret(&'static str),
    /// What holds for `true`, and what for `false`.
    Switch(Pairs, Pairs),
    /// What holds for each word, and nothing for any other one.
    Words(&'static [(&'static str, Pairs)]),
    /// A word, else the value as it is.
    WordOrSame(&'static str, (&'static str, &'static str)),
    /// A number of requests in the time that another annotation says.
    Rate { period: &'static str },
    /// Where requests are sent, with the status that another annotation says.
    Redirect { code: &'static str },
    /// It is read together with this one.
    Beside(&'static str),
    /// There is nothing that means the same, for this reason.
    Nothing(&'static str),
}

const fn row(name: &'static str, meaning: Meaning) -> Row {
    Row { name, meaning, implied: &[], unless: None, difference: "", guards: false }
}

impl Row {
    const fn with(self, implied: Pairs) -> Self {
        Self { implied, ..self }
    }

    const fn unless(self, name: &'static str, reason: &'static str) -> Self {
        Self { unless: Some((name, reason)), ..self }
    }

    const fn but(self, difference: &'static str) -> Self {
        Self { difference, ..self }
    }

    const fn guards(self) -> Self {
        Self { guards: true, ..self }
    }

    /// Whether something is open to more than was meant where the annotation has no effect.
    #[must_use]
    pub fn protects(&self) -> bool {
        self.guards || self.targets().into_iter().chain(self.implied.iter().map(|(name, _)| *name)).any(is_protection)
    }

    /// Whether some value of it means the same as something of ingress-nginx.
    #[must_use]
    pub fn has_equal(&self) -> bool {
        !matches!(self.meaning, Meaning::Nothing(_))
    }

    /// The annotations of ingress-nginx that it may become.
    fn targets(&self) -> Vec<&'static str> {
        let names = |pairs: Pairs| pairs.iter().map(|(name, _)| *name);
        match &self.meaning {
            Meaning::Same(all) | Meaning::Seconds(all) => all.to_vec(),
            Meaning::List(name) | Meaning::Secret(name) | Meaning::Web(name) | Meaning::WordOrSame(name, _) => vec![name],
            Meaning::Switch(on, off) => names(on).chain(names(off)).collect(),
            Meaning::Words(words) => words.iter().flat_map(|(_, pairs)| names(pairs)).collect(),
            Meaning::Rate { .. } => vec!["limit-rps", "limit-rpm", "limit-burst-multiplier"],
            Meaning::Redirect { .. } => {
                vec!["permanent-redirect", "permanent-redirect-code", "temporal-redirect", "temporal-redirect-code"]
            }
            Meaning::Beside(_) | Meaning::Nothing(_) => Vec::new(),
        }
    }
}

fn is_protection(name: &str) -> bool {
    features::find(name).is_some_and(super::key::Spec::is_protection)
}

/// The prefix that both controllers read as well.
const SHARED_PREFIX: &str = "ingress.kubernetes.io";

/// HAProxy limits no body, and waits 50 seconds for a backend in both controllers.
const OF_HAPROXY: Pairs = &[("proxy-body-size", "0"), ("proxy-read-timeout", "50"), ("proxy-send-timeout", "50")];

/// All of them.
pub static DIALECTS: &[&Dialect] = &[&haproxy::DIALECT, &haproxy_ingress::DIALECT];

/// The one of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Dialect> {
    DIALECTS.iter().copied().find(|dialect| dialect.name == name)
}

impl Dialect {
    /// The name of one of its annotations without the prefix; none for annotations of others.
    #[must_use]
    pub fn own<'k>(&self, key: &'k str) -> Option<&'k str> {
        let (prefix, name) = key.split_once('/')?;
        (self.family.prefixes.contains(&prefix) || prefix == SHARED_PREFIX).then_some(name)
    }

    /// What is known of one of its annotations.
    #[must_use]
    pub fn row(&self, name: &str) -> Option<&'static Row> {
        self.rows.iter().find(|row| row.name == name)
    }
}

#[cfg(test)]
mod tests {
    use hashbrown::HashSet;

    use super::*;

    #[test]
    fn tables_lead_to_known_annotations_and_name_each_once() {
        for dialect in DIALECTS {
            let mut seen = HashSet::new();
            assert!(dialect.defaults.iter().all(|(name, _)| features::find(name).is_some()));
            for row in dialect.rows {
                assert!(seen.insert(row.name), "{} stands twice", row.name);
                for name in row.targets().into_iter().chain(row.implied.iter().map(|(name, _)| *name)) {
                    assert!(features::find(name).is_some_and(|spec| spec.name == name), "{}: {name}", row.name);
                }
                let beside = match row.meaning {
                    Meaning::Beside(name) | Meaning::Rate { period: name } | Meaning::Redirect { code: name, .. } => Some(name),
                    _ => row.unless.map(|(name, _)| name),
                };
                assert!(beside.is_none_or(|name| dialect.row(name).is_some()), "{}", row.name);
            }
            assert!(find(dialect.name).is_some_and(|found| found.family.prefixes.contains(&dialect.name)));
        }
    }

    #[test]
    fn prefixes_tell_whose_an_annotation_is() {
        for (key, own) in [
            ("haproxy.org/allow-list", Some("allow-list")),
            ("haproxy.com/allow-list", Some("allow-list")),
            ("ingress.kubernetes.io/allow-list", Some("allow-list")),
            ("haproxy-ingress.github.io/app-root", None),
            ("nginx.ingress.kubernetes.io/app-root", None),
            ("allow-list", None),
        ] {
            assert_eq!(haproxy::DIALECT.own(key), own, "{key}");
        }
    }

    #[test]
    fn what_protects_is_known() {
        for (dialect, name, protects) in [
            (&haproxy::DIALECT, "allow-list", true),
            (&haproxy::DIALECT, "auth-type", true),
            (&haproxy::DIALECT, "rate-limit-requests", true),
            (&haproxy::DIALECT, "src-ip-header", true),
            (&haproxy::DIALECT, "timeout-server", false),
            (&haproxy_ingress::DIALECT, "auth-url", true),
            (&haproxy_ingress::DIALECT, "http-header-match", true),
            (&haproxy_ingress::DIALECT, "waf", true),
            (&haproxy_ingress::DIALECT, "cors-max-age", false),
        ] {
            assert_eq!(dialect.row(name).map(Row::protects), Some(protects), "{name}");
        }
    }
}
