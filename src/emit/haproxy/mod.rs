//! A configuration for HAProxy: the same answers as those of the controller, found by tables however many hosts there are.
//!
//! The frontend finds the route of a request, the backend of the route holds all of its rules. What HAProxy cannot do is a finding,
//! and where that would open a door, the route is closed.

mod access;
mod affinity;
mod answers;
mod backend_answers;
mod canary;
mod client_auth;
mod cors;
mod effort;
mod fastcgi;
mod filters;
mod formats;
mod frontend;
mod global;
mod guards;
mod headers;
mod hosts;
mod limits;
mod lines;
mod losses;
mod maps;
mod openssl;
mod options;
mod passwords;
mod patterns;
mod redirects;
mod rewriting;
mod room;
mod route;
mod scripts;
mod servers;
mod shared;
mod sizes;
mod streams;
mod tls;
mod users;
mod variables;
mod words;

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::asked::is_host;
use super::scope::Scope;
use super::sink::Nowhere;
use super::view::{Raw, view};
use super::{Options, OutputFile, Sink, Target, environment, names};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::ir::{CATCH_ALL, Proxy};
use formats::{Kind, SectionName};
use hosts::Backend;
use lines::Lines;
use maps::Maps;
pub use options::{HaproxyOptions, HaproxyVersion};
use shared::Shared;

/// The target `haproxy`.
#[derive(Debug, Clone, Copy)]
pub struct Haproxy;

/// The file that HAProxy is started with.
const CONFIGURATION: &str = "haproxy.cfg";

view! {
    /// What stands before the backends.
    struct Main {
        version: Raw,
        process: Raw,
        frontends: Raw,
        tables: Raw,
    }
}

impl Target for Haproxy {
    fn name(&self) -> &'static str {
        "haproxy"
    }

    fn render(&self, proxy: &Proxy, options: &Options) -> Outcome<Vec<OutputFile>> {
        let mut files = Vec::new();
        let diagnostics = self.write(proxy, options, &mut files);
        Outcome { value: files, diagnostics }
    }

    fn tell(&self, proxy: &Proxy, options: &Options) -> Vec<Diagnostic> {
        self.write(proxy, options, &mut Nowhere)
    }

    fn write(&self, proxy: &Proxy, options: &Options, sink: &mut dyn Sink) -> Vec<Diagnostic> {
        let mut scope = Scope::of_settings(proxy);
        losses::tell_of_settings(proxy, &mut scope);
        let shared = Shared::new(proxy, &options.haproxy, &mut scope);
        let hosts: Vec<_> = proxy.servers.par_iter().map(|server| hosts::host(server, &shared)).collect();
        let mut maps = Maps::default();
        let mut tables = limits::Tables::new();
        let mut findings = Vec::new();
        let mut keys = BTreeSet::new();
        for (server, mut host) in proxy.servers.iter().zip(hosts) {
            // A key of the ConfigMap closes routes of many hosts, and is told once.
            let mut is_new = |finding: &Diagnostic| match &finding.object {
                Some(object) if object.kind == "ConfigMap" => keys.insert(finding.subject.clone()),
                _ => true,
            };
            findings.extend(std::mem::take(&mut host.findings).into_iter().filter(&mut is_new));
            // To append one tree to another would walk through all that is there, for each host.
            tables.extend(std::mem::take(&mut host.tables));
            if let Some(site) = host.site.clone() {
                scope.enter_host(server.origin);
                name(server, &site, &shared, &mut maps, &mut scope);
                maps.host(&site, host, &mut scope);
            }
        }
        scope.leave_host();
        twins(&shared, &mut maps, &mut scope);
        sink.announce(&[CONFIGURATION]);
        let tls_map = main(&shared, &maps, &tables, &mut scope, sink);
        let mut files = maps.files();
        files.extend(tls_map);
        files.extend(answers::files());
        files.push(tls::list(&shared));
        files.extend(scripts::file(&shared));
        files.extend(client_auth::errors(proxy));
        files.extend(users::files(&shared, &mut scope));
        files.extend(tls::files(proxy));
        sink.files(files);
        let mut all = scope.finish();
        all.append(&mut findings);
        all
    }
}

/// Adds the names that a host is found by.
fn name(server: &crate::ir::Server, site: &str, shared: &Shared, maps: &mut Maps, scope: &mut Scope) {
    if server.hostname == CATCH_ALL {
        return;
    }
    let unfit = "it is no name that HAProxy can look up";
    if maps.name(site, site).is_err() {
        scope.unserved("host", unfit);
    }
    for alias in server.fair_names() {
        let alias = alias.as_ref();
        let is_host = |name: &str| shared.proxy.server(name).is_some();
        // Names of nginx itself: a star stands for any number of labels, and a dot in front for none as well.
        let named = if let Some(pattern) = alias.strip_prefix('~') {
            maps.name_pattern(pattern, site)
        } else if let Some(end) = alias.strip_prefix('*').filter(|end| end.starts_with('.')) {
            maps.name_end(end, site)
        } else if let Some(itself) = alias.strip_prefix('.') {
            let named = if is_host(itself) { Ok(()) } else { maps.name(itself, site) };
            named.and(maps.name_end(alias, site))
        } else if let Some(start) = alias.strip_suffix('*').filter(|start| start.ends_with('.')) {
            maps.name_start(start, site)
        } else if is_host(alias) {
            Ok(())
        } else {
            maps.name(alias, site)
        };
        if named.is_err() {
            scope.unserved("server-alias", unfit);
        }
    }
}

/// Adds the hosts that are only other names.
fn twins(shared: &Shared, maps: &mut Maps, scope: &mut Scope) {
    for twin in shared.proxy.fair_redirects() {
        let mut lines = Lines::default();
        lines.code("http-request set-var(txn.is_bare) bool(true)");
        redirects::twin(twin, shared, &mut lines);
        if lines.take_unfit().is_none() {
            let about = format!("{} is only another name of {}", names::shown(&twin.from), names::shown(&twin.to));
            let backend = Backend { name: SectionName::of(Kind::Twin, &twin.to), about, rules: shared.share(lines.finish()) };
            if !is_host(&twin.from) || maps.extra(&twin.from, backend).is_err() {
                scope.unserved("from-to-www-redirect", "the other name of the host is none that a client can ask for");
            }
        }
    }
}

/// Writes the configuration, backend by backend; the table that it needs for TLS that is passed on.
fn main(shared: &Shared, maps: &Maps, counters: &limits::Tables, scope: &mut Scope, sink: &mut dyn Sink) -> Option<OutputFile> {
    let mut process = Lines::default();
    global::process(shared, scope, &mut process);
    global::defaults(shared, &mut process);
    global::resolvers(shared, &mut process);
    users::nobody(shared, &mut process);
    let mut frontends = Lines::default();
    let tls_map = streams::passthrough(shared, &mut frontends);
    frontend::write(shared, maps, scope, &mut frontends);
    streams::services(shared, scope, &mut frontends);
    let mut tables = Lines::default();
    limits::tables(shared, counters, &mut tables);
    fastcgi::apps(shared.proxy, scope, &mut tables);
    for lines in [&mut process, &mut frontends, &mut tables] {
        if let Some(unfit) = lines.take_unfit() {
            scope.left_out(&unfit);
        }
    }
    let view = Main {
        version: Raw::new(shared.options.version.to_string()),
        process: Raw::new(process.finish()),
        frontends: Raw::new(frontends.finish()),
        tables: Raw::new(tables.finish()),
    };
    let text = environment::render("haproxy/haproxy.cfg", view).unwrap_or_else(|finding| {
        scope.failed(*finding);
        String::new()
    });
    if sink.begin(CONFIGURATION) {
        sink.part(&text);
        for (name, backend) in maps.backends() {
            let mut lines = Lines::default();
            lines.note(&backend.about);
            sink.part(&format!("\n{}backend {name}\n{}", lines.finish(), backend.rules));
        }
        sink.part("\n");
    }
    tls_map
}
