//! The part of a proxy that requests for some hosts can come to: one question does not need ten thousand hosts.

use hashbrown::HashSet;

use super::{CATCH_ALL, DEFAULT_UPSTREAM, HostRedirect, Proxy, Server, Snippets, Upstream, is_fallback};

impl Proxy {
    /// What requests for these hosts, in small letters and without ports, are answered by: servers by their names and aliases, those for
    /// all other hosts and those with expressions, redirects, and the upstreams behind. What holds for the whole proxy stays. It is for targets that write each server on its own.
    #[must_use]
    pub fn part_for(&self, hosts: &[String]) -> Self {
        let hosts = Hosts::new(hosts);
        let host_redirects: Vec<HostRedirect> = self.host_redirects.iter().filter(|redirect| hosts.fit(&redirect.from)).cloned().collect();
        let mut names: HashSet<String> = host_redirects.iter().map(|redirect| redirect.to.clone()).collect();
        let answers = |server: &&Server| {
            let mut own = std::iter::once(&server.hostname).chain(&server.aliases);
            own.any(|name| hosts.fit(name))
        };
        names.extend(self.servers.iter().filter(answers).map(|server| server.hostname.clone()));
        // Where a host has no certificate, that of the host with a star above it is taken.
        let above: Vec<String> = names.iter().filter_map(|name| Some(format!("*.{}", name.split_once('.')?.1))).collect();
        names.extend(above);
        let servers: Vec<Server> = self.servers.iter().filter(|server| names.contains(&server.hostname)).cloned().collect();
        let upstreams = self.upstreams_of(&servers);
        Self {
            form: self.form,
            settings: self.settings.clone(),
            settings_origin: self.settings_origin.clone(),
            runtime: self.runtime.clone(),
            request_headers: self.request_headers.clone(),
            response_headers: self.response_headers.clone(),
            default_certificate: self.default_certificate.clone(),
            servers,
            host_redirects,
            upstreams,
            streams: self.streams.clone(),
            stream_snippets: self.stream_snippets.clone(),
            secrets: self.secrets.clone(),
        }
    }

    /// The upstreams that servers name. Raw configuration may name any: then all stay.
    fn upstreams_of(&self, servers: &[Server]) -> Vec<Upstream> {
        let routes = || servers.iter().flat_map(|server| &server.routes);
        let is_raw = self.settings.snippets != Snippets::default()
            || servers.iter().any(|server| !server.snippet.is_empty())
            || routes().any(|route| !route.features.snippet.is_empty());
        if is_raw {
            return self.upstreams.clone();
        }
        let mut names: HashSet<&str> = HashSet::from([DEFAULT_UPSTREAM]);
        for route in routes() {
            names.insert(&route.upstream);
            names.insert(&route.steps.error_pages.upstream);
        }
        let alternatives = self.upstreams.iter().filter(|upstream| names.contains(upstream.name.as_str()));
        let alternatives: Vec<&str> = alternatives.flat_map(|upstream| upstream.alternatives.iter().map(String::as_str)).collect();
        names.extend(alternatives);
        let is_named = |upstream: &&Upstream| names.contains(upstream.name.as_str()) || is_fallback(&upstream.name);
        self.upstreams.iter().filter(is_named).cloned().collect()
    }
}

/// Hosts, ready to be compared with names of servers.
#[derive(Debug)]
pub struct Hosts<'h> {
    all: &'h [String],
    exact: HashSet<&'h str>,
    /// What follows each of their labels, from its dot.
    ends: HashSet<&'h str>,
}

impl<'h> Hosts<'h> {
    /// Of hosts in small letters and without ports.
    #[must_use]
    pub fn new(all: &'h [String]) -> Self {
        let ends = |host: &'h String| host.match_indices('.').filter(|(at, _)| *at > 0).map(move |(at, _)| &host[at..]);
        Self { all, exact: all.iter().map(String::as_str).collect(), ends: all.iter().flat_map(ends).collect() }
    }

    /// Whether a server of this name may answer for one of them. What is no plain name may.
    #[must_use]
    pub fn fit(&self, name: &str) -> bool {
        if matches!(name, "" | CATCH_ALL) || name.starts_with('~') || name.contains(char::is_whitespace) {
            return true;
        }
        let name = name.to_ascii_lowercase();
        if let Some(end) = name.strip_prefix('*') {
            return self.ends.contains(end);
        }
        if let Some(start) = name.strip_suffix('*') {
            return self.all.iter().any(|host| host.len() > start.len() && host.starts_with(start));
        }
        match name.strip_prefix('.') {
            Some(own) => self.exact.contains(own) || self.ends.contains(name.as_str()),
            None => self.exact.contains(name.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_hosts_as_nginx_compares_them() {
        for (name, host, expected) in [
            ("shop.example", "shop.example", true),
            ("Shop.Example", "shop.example", true),
            ("shop.example", "x.shop.example", false),
            ("*.example", "a.b.example", true),
            ("*.example", "example", false),
            (".example", "example", true),
            (".example", "a.example", true),
            ("shop.*", "shop.example", true),
            ("shop.*", "shop", false),
            ("_", "anything", true),
            ("~^a", "b", true),
            ("a.example", "", false),
        ] {
            assert_eq!(Hosts::new(&[host.to_owned()]).fit(name), expected, "{name} {host}");
        }
    }
}
