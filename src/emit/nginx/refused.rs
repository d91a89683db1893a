//! What nginx would refuse: it is asked of the text as it would be written, and closed where it stands, so that no value of one route
//! keeps nginx from starting for all.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashSet;

use super::super::dialect::server_name;
use super::super::options::NginxOptions;
use super::scope::Scope;
use super::snippets;
use crate::ir::{Proxy, Route, Server};
use crate::nginx::shape;
use crate::nginx::{self, Build, Judge, Refusal};

/// How often the text is written anew: what is closed takes with it what others name.
const ROUNDS: usize = 6;

/// Annotations that govern a directive of another name, and keys of the ConfigMap.
const GOVERNORS: &[(&str, &[&str])] = &[
    ("access_log", &["access-log-params", "http-access-log-path", "access-log-path", "syslog-host", "enable-syslog"]),
    ("allow", &["allowlist-source-range", "whitelist-source-range"]),
    ("auth_basic", &["auth-realm"]),
    ("client_header_buffer_size", &["client-header-buffer-size"]),
    ("client_max_body_size", &["proxy-body-size"]),
    ("deny", &["denylist-source-range", "block-cidrs"]),
    ("error_log", &["error-log-level", "error-log-path", "syslog-host", "enable-syslog"]),
    ("error_page", &["custom-http-errors", "auth-tls-error-page"]),
    ("gzip_comp_level", &["gzip-level"]),
    ("keepalive_timeout", &["keep-alive"]),
    ("limit_conn_status", &["limit-conn-status-code"]),
    ("limit_req_status", &["limit-req-status-code"]),
    ("location", &["use-regex", "rewrite-target"]),
    ("log_format", &["log-format-upstream"]),
    ("mirror", &["mirror-target"]),
    ("proxy_buffers", &["proxy-buffers-number", "proxy-buffer-size"]),
    ("proxy_cache_key", &["auth-cache-key"]),
    ("proxy_cache_valid", &["auth-cache-duration"]),
    ("proxy_http_version", &["proxy-http-version"]),
    ("proxy_method", &["auth-method"]),
    ("proxy_next_upstream", &["proxy-next-upstream"]),
    ("proxy_redirect", &["proxy-redirect-from", "proxy-redirect-to"]),
    ("proxy_set_header", &["upstream-vhost", "x-forwarded-prefix", "connection-proxy-header", "auth-request-redirect"]),
    ("return", &["permanent-redirect", "temporal-redirect", "auth-signin", "app-root"]),
    ("rewrite", &["rewrite-target"]),
    ("server_name", &["server-alias"]),
    ("set", &["auth-url", "mirror-target"]),
    ("worker_connections", &["max-worker-connections"]),
];

/// Directives that keep somebody out.
const PROTECTING: &[&str] = &[
    "allow",
    "auth_basic",
    "auth_basic_user_file",
    "auth_request",
    "deny",
    "auth_digest",
    "include",
    "limit_conn",
    "limit_req",
    "modsecurity",
    "modsecurity_rules",
    "satisfy",
    "ssl_client_certificate",
    "ssl_crl",
    "ssl_trusted_certificate",
    "ssl_verify_client",
];

/// The part of a configuration that a snippet outside of all hosts stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    /// HTTP, and what is around it.
    Usual,
    /// TCP and UDP.
    Stream,
}

/// Whether a directive may keep somebody out: code in Lua may do anything, but what runs at the start.
fn keeps_out(directive: &str) -> bool {
    let is_code = directive.contains("_by_lua") && !directive.starts_with("init_") && !directive.starts_with("log_by");
    PROTECTING.contains(&directive) || is_code
}

/// What nginx refused of the texts before.
#[derive(Debug, Default)]
pub(super) struct Refused {
    /// By the name of the host and the words of the location.
    locations: BTreeMap<(String, String), Refusal>,
    /// By the name of the host: what holds for all of it.
    hosts: BTreeMap<String, Refusal>,
    /// Hosts that not even their name is left of.
    left_out: BTreeSet<String>,
    /// Directives outside of all hosts, as they are written.
    lines: BTreeMap<String, Refusal>,
    /// The directives and blocks of snippets that stand outside of all hosts.
    snippets: BTreeSet<(Part, String)>,
    /// Those of them that nginx refuses.
    pieces: BTreeMap<(Part, String), Refusal>,
    /// Snippets that are no directives, of which nothing can be taken over.
    unreadable: BTreeSet<(Part, String)>,
    /// What nothing can be done about.
    rest: Vec<Refusal>,
}

/// How much is refused: of a host, and of what holds for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Count {
    of_host: usize,
    of_all: usize,
}

impl Refused {
    /// What nginx refuses of a text, given how it is written with what is known so far, as a whole or in portions of which each is a
    /// smaller configuration; in the end it refuses nothing.
    pub(super) fn of(proxy: &Proxy, options: &NginxOptions, write: impl Fn(&Self, bool, &mut dyn FnMut(&str))) -> Self {
        let build = if options.version.has_http2_directive() { Build::Recent } else { Build::Stock };
        let mut refused = Self::of_snippets(proxy, options);
        for _ in 0..ROUNDS {
            let found = refused.judged(build, &write);
            // What holds for all hosts is in every portion.
            let mut told = HashSet::new();
            let is_new = |refusal: &&Refusal| told.insert((refusal.message.clone(), refusal.line.clone(), refusal.host.clone()));
            refused.rest = found.iter().map(|(refusal, _)| refusal).filter(is_new).cloned().collect();
            let new = found.into_iter().filter_map(|(refusal, piece)| refused.take(refusal, piece).then_some(())).count();
            if new == 0 {
                break;
            }
        }
        refused
    }

    /// How much is refused that has to do with a host. As nothing is ever taken back, a host is written alike where this is the same.
    pub(super) fn count(&self, host: &str) -> Count {
        let host = server_name(host);
        let of_host = self.locations.range((host.clone(), String::new())..).take_while(|((name, _), _)| *name == host).count();
        let of_host = of_host + usize::from(self.hosts.contains_key(&host)) + usize::from(self.left_out.contains(&host));
        Count { of_host, of_all: self.lines.len() + self.pieces.len() }
    }

    /// Whether nginx refused nothing of what was written last.
    pub(super) fn is_settled(&self) -> bool {
        self.rest.is_empty()
    }

    /// What nginx refuses of the text with what is known so far, and the part of a snippet that each refusal is about.
    fn judged(&self, build: Build, write: &impl Fn(&Self, bool, &mut dyn FnMut(&str))) -> Vec<(Refusal, Option<(Part, String)>)> {
        let judged = |as_a_whole| {
            let (mut judge, mut found) = (Judge::new(build), Vec::new());
            write(self, as_a_whole, &mut |portion| {
                judge.take(portion);
                found.extend(judge.refusals_so_far().into_iter().map(|refusal| (self.snippet(&refusal, portion), refusal)));
            });
            (found.into_iter().map(|(piece, refusal)| (refusal, piece)).collect(), judge.needs_whole())
        };
        match judged(false) {
            (found, false) => found,
            (_, true) => judged(true).0,
        }
    }

    /// What is known of snippets before anything is written: what needs more than nginx, or something outside of the configuration.
    fn of_snippets(proxy: &Proxy, options: &NginxOptions) -> Self {
        let snippets = &proxy.settings.snippets;
        let groups = nginx::upstreams(&snippets.http);
        let of_streams: String = proxy.stream_snippets.iter().chain([&snippets.stream]).map(String::as_str).collect::<Vec<_>>().join("\n");
        let groups_of_streams = nginx::upstreams(&of_streams);
        let usual = [&snippets.main, &snippets.http].into_iter().map(|text| (Part::Usual, text, &groups));
        let streams = [&snippets.stream].into_iter().chain(&proxy.stream_snippets).map(|text| (Part::Stream, text, &groups_of_streams));
        let mut refused = Self::default();
        for (part, text, groups) in usual.chain(streams).filter(|(_, text, _)| !text.trim().is_empty()) {
            if !shape::is_directives(text) {
                refused.unreadable.insert((part, text.clone()));
                continue;
            }
            for piece in shape::pieces(text) {
                let key = (part, normal(piece));
                if let Some(message) = snippets::obstacle_outside_of_hosts(piece, options, groups) {
                    let directive = piece.split([' ', '\t', '\r', '\n', ';', '{']).next().unwrap_or_default().to_owned();
                    let message = format!("`{directive}` cannot be taken over: {message}");
                    refused.pieces.insert(key.clone(), Refusal { message, directive, ..Refusal::default() });
                }
                refused.snippets.insert(key);
            }
        }
        refused
    }

    /// Takes note of a refusal; whether that changes anything. What stays refused although it was closed closes what is around it.
    fn take(&mut self, refusal: Refusal, piece: Option<(Part, String)>) -> bool {
        // Before the host: a block of the administrator may have the name of one.
        if let Some(piece) = piece {
            return self.pieces.insert(piece, refusal).is_none();
        }
        let Some(host) = refusal.host.clone() else {
            let is_new = !refusal.line.is_empty() && !self.lines.contains_key(&refusal.line);
            if is_new {
                self.lines.insert(refusal.line.clone(), refusal);
            }
            return is_new;
        };
        let place = refusal.location.clone().map(|location| (host.clone(), location));
        match place {
            Some(place) if !self.locations.contains_key(&place) => _ = self.locations.insert(place, refusal),
            _ if !self.hosts.contains_key(&host) => _ = self.hosts.insert(host, refusal),
            _ => return self.left_out.insert(host),
        }
        true
    }

    /// The part of a snippet that a refusal is about: a block as a whole, as half of a table would mean something else. Of two that
    /// exclude each other it is the second one, if a snippet brings it.
    fn snippet(&self, refusal: &Refusal, text: &str) -> Option<(Part, String)> {
        if self.snippets.is_empty() {
            return None;
        }
        let part = if refusal.in_stream { Part::Stream } else { Part::Usual };
        let places = std::iter::once(&refusal.outermost).chain(&refusal.rival);
        let mut pieces = places.filter_map(|place| Some((part, text.get(place.clone()).map(normal)?)));
        pieces.find(|piece| self.snippets.contains(piece))
    }

    /// A snippet that stands outside of all hosts without the directives and blocks that nginx refuses.
    pub(super) fn without<'t>(&self, part: Part, subject: &str, snippet: &'t str, scope: &mut Scope) -> Cow<'t, str> {
        if self.unreadable.iter().any(|(known, text)| *known == part && text == snippet) {
            scope.close(subject, "the snippet cannot be taken over: it is not made of whole directives and blocks");
            return Cow::Borrowed("");
        }
        if self.pieces.is_empty() {
            return Cow::Borrowed(snippet);
        }
        let mut kept = Vec::new();
        for piece in shape::pieces(snippet) {
            match self.pieces.get(&(part, normal(piece))) {
                None => kept.push(piece),
                Some(refusal) => scope.setting_refused(subject, &refusal.message),
            }
        }
        Cow::Owned(kept.join("\n"))
    }

    /// What is refused of a route whose locations have such names.
    pub(super) fn location(&self, server: &Server, names: &[String]) -> Option<&Refusal> {
        if self.locations.is_empty() {
            return None;
        }
        let host = server_name(&server.hostname);
        names.iter().find_map(|name| self.locations.get(&(host.clone(), name.clone())))
    }

    /// What is refused of a host.
    pub(super) fn host(&self, name: &str) -> Option<&Refusal> {
        self.hosts.get(&server_name(name))
    }

    /// Whether nothing of a host can be written.
    pub(super) fn is_left_out(&self, name: &str) -> bool {
        self.left_out.contains(&server_name(name))
    }

    /// Whether nginx refuses a filter that holds for all hosts.
    pub(super) fn has_filter(&self) -> bool {
        self.lines.values().any(|refusal| keeps_out(&refusal.directive)) || self.has_filter_in(Part::Usual)
    }

    /// Whether nginx refuses a filter that holds for all services of TCP and UDP.
    pub(super) fn has_stream_filter(&self) -> bool {
        self.has_filter_in(Part::Stream)
    }

    fn has_filter_in(&self, part: Part) -> bool {
        let mut directives = self.pieces.iter().filter(|((known, _), _)| *known == part).map(|(_, refusal)| refusal.directive.as_str());
        directives.any(keeps_out) || self.unreadable.iter().any(|(known, _)| *known == part)
    }

    /// A text outside of all hosts without the directives that nginx refuses.
    pub(super) fn leave_out(&self, text: String, scope: &mut Scope) -> String {
        if self.lines.is_empty() {
            return text;
        }
        let refusal = |line: &str| self.lines.get(line.trim().strip_suffix(';')?);
        let mut kept = String::with_capacity(text.len());
        for line in text.split_inclusive('\n') {
            match refusal(line) {
                None => kept.push_str(line),
                Some(refusal) => scope.setting_refused(&subject(&refusal.directive, |name| scope.has_key(name)), &refusal.message),
            }
        }
        kept
    }

    /// Tells of what nothing can be done about.
    pub(super) fn tell(&self, scope: &mut Scope) {
        for refusal in &self.rest {
            scope.still_refused(&refusal.message);
        }
    }
}

/// A directive whatever the blanks in it.
fn normal(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The annotation of a route that governs a directive.
pub(super) fn annotation(route: &Route, directive: &str) -> String {
    subject(directive, |name| route.features.cause(name).is_some())
}

/// The annotation of any route of a host that governs a directive.
pub(super) fn annotation_of_host(server: &Server, directive: &str) -> String {
    let all = server.routes.iter().map(|route| annotation(route, directive));
    all.max_by_key(|name| !name.contains('_')).unwrap_or_else(|| directive.to_owned())
}

/// The name that governs a directive, of those that are there; the directive where none is known.
fn subject(directive: &str, is_there: impl Fn(&str) -> bool) -> String {
    let own = directive.replace('_', "-");
    let others = GOVERNORS.iter().find(|(name, _)| *name == directive).map_or(&[][..], |(_, governors)| governors);
    let mut names = std::iter::once(own.as_str()).chain(others.iter().copied());
    names.find(|name| is_there(name)).unwrap_or(directive).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snippets_lose_whole_blocks_that_nginx_refuses() {
        for (snippet, kept, is_filter) in [
            ("map $host $a { default 1; }", "map $host $a { default 1; }", false),
            ("nosuch 1; tcp_nodelay on;", "tcp_nodelay on;", false),
            ("map $nosuch $a { default 1; } tcp_nodelay on;", "tcp_nodelay on;", false),
            ("map $host $a {\n  default 1;\n  ~( 2;\n}\ntcp_nodelay on;", "tcp_nodelay on;", false),
            ("server { server_name a.example; location / { nosuch 1; } }", "", false),
            ("server { location /a { } location /a { } }", "", false),
            // What is left out takes with it what names it.
            ("map $nosuch $a { default 1; } map $a $b { default 1; }", "", false),
            ("deny nobody; tcp_nodelay on;", "tcp_nodelay on;", true),
        ] {
            let mut proxy = Proxy::default();
            proxy.settings.snippets.http = snippet.to_owned();
            let mut scope = Scope::default();
            let refused = Refused::of(&proxy, &NginxOptions::default(), |refused, _, take| {
                let snippet = refused.without(Part::Usual, "http-snippet", snippet, &mut Scope::default());
                take(&format!("events {{ }}\nhttp {{\n    {snippet}\n}}\n"));
            });
            assert_eq!(refused.without(Part::Usual, "http-snippet", snippet, &mut scope), kept, "{snippet}");
            assert_eq!(refused.has_filter(), is_filter, "{snippet}");
            assert_eq!(scope.finish().is_empty(), snippet == kept, "{snippet}");
            assert_eq!(refused.rest, [], "{snippet}");
        }
    }
}
