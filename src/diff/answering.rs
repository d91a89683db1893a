//! Who answers for a host, as nginx compares the names of servers.

use std::borrow::Cow;

use hashbrown::HashMap;
use regex::{Regex, RegexSet};

use super::{is_server, pair};
use crate::conf::Directive;

/// How the controller writes `*.example.com`, which stands for one label there: in front of the rest, with its dots escaped, and a `$`.
const ONE_LABEL: &str = r"~^(?<subdomain>[\w-]+)\.";

/// The servers of a configuration by their names.
pub(super) struct Servers<'a> {
    exact: HashMap<Cow<'a, str>, Directive<'a>>,
    /// What follows the star, where that stands for any number of labels.
    stars: HashMap<Cow<'a, str>, Directive<'a>>,
    /// The same, where it stands for one.
    labels: HashMap<String, Directive<'a>>,
    /// All other expressions, in their order.
    patterns: RegexSet,
    by_pattern: Vec<(Cow<'a, str>, Directive<'a>)>,
}

impl<'a> Servers<'a> {
    /// Those in a block.
    pub(super) fn of(http: Directive<'a>) -> Self {
        let mut new = Self {
            exact: HashMap::new(),
            stars: HashMap::new(),
            labels: HashMap::new(),
            patterns: RegexSet::empty(),
            by_pattern: Vec::new(),
        };
        let servers = http.directives().filter(|inner| is_server(*inner));
        let mut patterns = Vec::new();
        for (name, server) in servers.flat_map(|server| pair::server_names(server).map(move |name| (name, server))) {
            if let Some(domain) = one_label(&name) {
                new.labels.entry(domain).or_insert(server);
            } else if name.starts_with('*') {
                new.stars.entry(name).or_insert(server);
            } else if let Some(pattern) = name.strip_prefix('~') {
                // What only PCRE reads is not known here, and is passed over.
                if Regex::new(pattern).is_ok() {
                    patterns.push(format!("(?i){pattern}"));
                    new.by_pattern.push((name, server));
                }
            } else {
                new.exact.entry(name).or_insert(server);
            }
        }
        new.patterns = RegexSet::new(patterns).unwrap_or_else(|_| RegexSet::empty());
        new
    }

    /// Who answers for a host, with the name by which it does, as people write it.
    pub(super) fn answering(&self, host: &str) -> Option<(String, Directive<'a>)> {
        if let Some(server) = self.exact.get(host) {
            let first = pair::server_names(*server).next().unwrap_or_default();
            return Some((first.into_owned(), *server));
        }
        let mut domains = host.match_indices('.').map(|(at, _)| format!("*{}", &host[at..]));
        let star = domains.find_map(|domain| self.stars.get(domain.as_str()).map(|server| (domain, *server)));
        let label = || {
            let (_, domain) = host.split_once('.')?;
            self.labels.get(domain).map(|server| (format!("*.{domain}"), *server))
        };
        let pattern = || {
            let (name, server) = self.by_pattern.get(self.patterns.matches(host).iter().next()?)?;
            Some((name.clone().into_owned(), *server))
        };
        star.or_else(label).or_else(pattern)
    }
}

/// What follows the star in a name that the controller writes for one.
fn one_label(name: &str) -> Option<String> {
    let rest = name.strip_prefix(ONE_LABEL)?.strip_suffix('$')?.replace(r"\.", ".");
    rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_')).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf;
    use crate::source::FileId;

    #[test]
    fn the_closest_name_answers() {
        let text = r#"http {
            server { server_name *.example.com; a; }
            server { server_name *.b.example.com; b; }
            server { server_name "~^(?<subdomain>[\w-]+)\.shop\.example$"; c; }
            server { server_name ~^x[0-9]+; d; }
            server { server_name ~^x; e; }
            server { server_name a.example x.b.example.com; f; }
        }"#;
        let tree = conf::parse(FileId(0), text).value;
        let servers = Servers::of(super::super::http(&tree).expect("it is there"));
        for (host, name, expected) in [
            ("q.example.com", "*.example.com", "a"),
            ("q.b.example.com", "*.b.example.com", "b"),
            ("x1.shop.example", "*.shop.example", "c"),
            ("x1.y.shop.example", "~^x[0-9]+", "d"),
            ("xy", "~^x", "e"),
            ("x.b.example.com", "a.example", "f"),
        ] {
            let (found, server) = servers.answering(host).expect(host);
            assert_eq!((&*found, server.directives().last().map(|last| last.name())), (name, Some(expected.into())), "{host}");
        }
        assert!(servers.answering("a.b.shop.example").is_none() && servers.answering("example.com").is_none());
    }
}
