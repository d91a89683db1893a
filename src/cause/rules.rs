//! Where the hosts, paths and backends of an Ingress stand: it may have thousands, and each is asked for.

use hashbrown::HashMap;
use k8s_openapi::api::networking::v1::{Ingress, IngressBackend, IngressRule};

use super::Causes;
use super::ingress::{name, object};
use super::query::Query;
use crate::diagnostic::Cause;
use crate::ir::CATCH_ALL;
use crate::manifest::Object;
use crate::source::Span;

/// The hosts and paths of an Ingress, by what they are called.
#[derive(Debug)]
pub(super) struct Rules<'a> {
    rules: &'a [IngressRule],
    /// The first rule of each host, and of none.
    hosts: HashMap<Option<&'a str>, usize>,
    /// The first place of a path among those of a rule.
    paths: HashMap<(usize, &'a str), usize>,
    /// The first rule that has a path, and the place there.
    first: HashMap<&'a str, (usize, usize)>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(ingress: &'a Object<Ingress>) -> Self {
        let rules = ingress.value.spec.as_ref().and_then(|spec| spec.rules.as_deref()).unwrap_or_default();
        let mut found = Self { rules, hosts: HashMap::new(), paths: HashMap::new(), first: HashMap::new() };
        for (at, rule) in rules.iter().enumerate() {
            found.hosts.entry(rule.host.as_deref().filter(|host| !host.is_empty())).or_insert(at);
            for (under, path) in rule.http.iter().flat_map(|http| &http.paths).enumerate() {
                let path = path.path.as_deref().filter(|path| !path.is_empty()).unwrap_or("/");
                found.paths.entry((at, path)).or_insert(under);
                found.first.entry(path).or_insert((at, under));
            }
        }
        found
    }

    fn rule(&self, query: &Query) -> Option<usize> {
        self.hosts.get(&query.host.filter(|host| *host != CATCH_ALL)).copied()
    }

    /// The path that the query is about, and what it leads to.
    fn path(&self, query: &Query) -> Option<(usize, usize, &'a IngressBackend)> {
        let path = written(query.path.unwrap_or_default());
        let own = self.rule(query).and_then(|at| Some((at, *self.paths.get(&(at, path))?)));
        // An alias serves the paths of another host: where no rule for the host has it, any counts.
        let (at, under) = own.or_else(|| self.first.get(path).copied())?;
        Some((at, under, &self.rules[at].http.as_ref()?.paths[under].backend))
    }
}

impl Causes<'_> {
    /// Where the paths of a host stand, or would.
    pub(super) fn rules(&self, ingress: &Object<Ingress>, query: &Query) -> Span {
        match self.rules_of(&ingress.reference).and_then(|rules| rules.rule(query)) {
            Some(at) => ingress.span(&["spec", "rules", &at.to_string(), "host"]),
            None => ingress.key_span(&["spec", "rules"]),
        }
    }

    /// The type of a path under the host's own rule, and where it stands.
    pub(super) fn type_of_path<'i>(&self, ingress: &'i Object<Ingress>, query: &Query) -> Option<(&'i str, Span)> {
        let rules = self.rules_of(&ingress.reference)?;
        let own = rules.rule(query)?;
        let (at, under, _) = rules.path(query).filter(|(at, ..)| *at == own)?;
        let path = &ingress.value.spec.as_ref()?.rules.as_ref()?[at].http.as_ref()?.paths[under];
        let place = ingress.span(&["spec", "rules", &at.to_string(), "http", "paths", &under.to_string(), "pathType"]);
        Some((path.path_type.as_str(), place))
    }

    /// That no rule of an Ingress has the path or the host that is asked about; none where one has.
    pub(super) fn lacks(&self, ingress: &Object<Ingress>, query: &Query) -> Option<String> {
        let rules = self.rules_of(&ingress.reference)?;
        match (query.path.map(written), query.host) {
            (Some(path), _) => rules.path(query).is_none().then(|| format!("has no path `{path}`")),
            (None, Some(host)) => {
                (rules.rule(query).is_none() && !self.serves(&ingress.reference, host)).then(|| format!("has no host `{host}`"))
            }
            (None, None) => None,
        }
    }

    /// A host of an Ingress as a cause.
    pub(super) fn host(&self, ingress: &Object<Ingress>, query: &Query) -> Cause {
        let host = query.host.unwrap_or_default();
        let place = self.rules(ingress, query);
        match self.serves(&ingress.reference, host) {
            true => object(ingress, format!("host `{host}` of {}", name(ingress)), host, place),
            false => object(ingress, format!("{} has no host `{host}`", name(ingress)), host, place),
        }
    }

    /// A path of an Ingress as a cause.
    pub(super) fn path(&self, ingress: &Object<Ingress>, query: &Query) -> Cause {
        let path = written(query.path.unwrap_or_default());
        match self.rules_of(&ingress.reference).and_then(|rules| rules.path(query)) {
            Some((at, under, _)) => {
                let place = ingress.span(&["spec", "rules", &at.to_string(), "http", "paths", &under.to_string(), "path"]);
                object(ingress, format!("path `{path}` of {}", name(ingress)), path, place)
            }
            None => self.beside_paths(ingress, query),
        }
    }

    /// Where a path of an Ingress leads, as a cause.
    pub(super) fn backend(&self, ingress: &Object<Ingress>, query: &Query) -> Cause {
        let path = written(query.path.unwrap_or_default());
        let found = self.rules_of(&ingress.reference).and_then(|rules| rules.path(query));
        let Some((at, under, backend)) = found else { return self.beside_paths(ingress, query) };
        let (at, under) = (at.to_string(), under.to_string());
        let base = ["spec", "rules", &at, "http", "paths", &under, "backend"];
        let service = backend.service.as_ref();
        let is_port = query.name == "set $service_port";
        let has_number = service.and_then(|service| service.port.as_ref()).is_some_and(|port| port.number.is_some());
        let rest: &[&str] = match (is_port, has_number) {
            (true, true) => &["service", "port", "number"],
            (true, false) => &["service", "port", "name"],
            (false, _) => &["service", "name"],
        };
        let place = ingress.span(&[&base, rest].concat());
        object(ingress, format!("backend of path `{path}` of {}", name(ingress)), path, place)
    }

    /// What stands for a path that no rule has: the default backend, or where there is none, that the path is not there.
    fn beside_paths(&self, ingress: &Object<Ingress>, query: &Query) -> Cause {
        let has_default = ingress.value.spec.as_ref().is_some_and(|spec| spec.default_backend.is_some());
        match query.path.map(written).filter(|_| !has_default) {
            Some(path) => object(ingress, format!("{} has no path `{path}`", name(ingress)), path, self.rules(ingress, query)),
            None => object(
                ingress,
                format!("default backend of {}", name(ingress)),
                "defaultBackend",
                ingress.key_span(&["spec", "defaultBackend"]),
            ),
        }
    }
}

/// The path of an Ingress as the words of a location say it that tell no path: `~* ^/api` is `/api`.
fn written(path: &str) -> &str {
    match path.split_once(' ') {
        Some(("~*" | "~" | "=" | "^~", rest)) => rest.strip_prefix('^').unwrap_or(rest),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn paths_are_found_behind_the_words_of_locations() {
        let all = ["~* ^/api/", "= /x", "^~ /y", "/plain path", "/api(/|$)(.*)"].map(written);
        assert_eq!(all, ["/api/", "/x", "/y", "/plain path", "/api(/|$)(.*)"]);
    }
}
