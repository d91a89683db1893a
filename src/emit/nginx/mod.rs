//! A configuration for nginx itself, without Lua: the same answers as those of the controller, written for people.
//!
//! What holds for all routes stands once at the top; a route says only what it does otherwise. What nginx cannot do is a finding, and
//! where that would open a door, the route is closed.

mod auth;
mod canary;
mod cookies;
mod cors;
mod endpoints;
mod errors;
mod escape;
mod fastcgi;
mod forwarding;
mod http;
mod inherited;
mod limits;
mod lines;
mod location;
mod losses;
mod maps;
mod plan;
mod proxying;
mod refused;
mod response;
mod server;
mod shared;
mod snippets;
mod stream;
mod subsets;
mod tls;
mod upstreams;

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::asked::is_host;
use super::options::NginxOptions;
use super::view::{Raw, view};
use super::{FileName, Options, OutputFile, Target, environment, names, scope};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::ir::{Proxy, Server};
use lines::Lines;
use refused::{Part, Refused};
use scope::Scope;
use shared::Shared;

/// The target `nginx`.
#[derive(Debug, Clone, Copy)]
pub struct Nginx;

view! {
    /// The whole file.
    struct Main {
        version: Raw,
        main: Raw,
        events: Raw,
        http: Raw,
        stream: Raw,
    }
}

impl Target for Nginx {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn render(&self, proxy: &Proxy, options: &Options) -> Outcome<Vec<OutputFile>> {
        let one_file = options.clone().in_one_file();
        let first = |files: Vec<OutputFile>| files.into_iter().next().map(|file| file.content).unwrap_or_default();
        let refused = Refused::of(proxy, &options.nginx, |refused| first(write(proxy, &one_file.nginx, refused).value));
        let mut written = write(proxy, &options.nginx, &refused);
        written.value.extend(tls::files(proxy));
        written
    }
}

/// Writes the configuration without what nginx refuses, and what is said of it.
fn write(proxy: &Proxy, options: &NginxOptions, refused: &Refused) -> Outcome<Vec<OutputFile>> {
    let mut scope = Scope::of_settings(proxy);
    losses::tell_of_settings(&proxy.settings, &mut scope);
    let shared = Shared::new(proxy, options, refused, &mut scope);
    let hosts: Vec<_> = proxy.servers.par_iter().map(|server| host(server, &shared)).collect();
    let mut diagnostics = Vec::new();
    let mut texts = Vec::with_capacity(hosts.len());
    for (server, (text, findings)) in proxy.servers.iter().zip(hosts) {
        diagnostics.extend(findings);
        texts.push((server, text));
    }
    let mut files = Vec::new();
    let main = main(&shared, &texts, &mut scope);
    files.push(OutputFile::new("nginx.conf", main));
    if options.splits_hosts {
        files.extend(texts.into_iter().map(|(server, text)| OutputFile::new(FileName::of_host(&server.hostname), text)));
    }
    refused.tell(&mut scope);
    let mut findings = scope.finish();
    findings.extend(diagnostics);
    Outcome { value: files, diagnostics: findings }
}

/// Prints lines. What is not fit for a configuration closed its route before: what is left holds for all hosts, and is left out.
fn print(mut lines: Lines, scope: &mut Scope) -> String {
    if let Some(unfit) = lines.take_unfit() {
        scope.left_out(&unfit);
        lines.drop_unfit();
    }
    environment::render("nginx/lines.conf", lines.page()).unwrap_or_else(|finding: Box<Diagnostic>| {
        scope.failed(*finding);
        String::new()
    })
}

/// How deep hosts stand: in a file of their own they are not in a block.
fn depth(options: &NginxOptions) -> usize {
    usize::from(!options.splits_hosts)
}

fn host<'a>(server: &'a Server, shared: &Shared<'a>) -> (String, Vec<Diagnostic>) {
    let mut scope = Scope::of_server(server.origin);
    let mut lines = Lines::within(depth(shared.options));
    server::write(server, shared, &mut scope, &mut lines);
    let text = print(lines, &mut scope);
    (text, scope.finish())
}

fn main(shared: &Shared, hosts: &[(&Server, String)], scope: &mut Scope) -> String {
    let proxy = shared.proxy;
    let mut redirects = Lines::within(1);
    for redirect in proxy.fair_redirects() {
        if !is_host(&redirect.from) || !is_host(&redirect.to) {
            scope.unserved("from-to-www-redirect", "the host, or its other name, is none that a client can ask for");
        } else if !refused_redirect(redirect, shared, scope) {
            server::redirect(redirect, shared, &mut redirects);
        }
    }
    let mut groups = Lines::within(1);
    let used = plan::used(proxy, &shared.plans);
    let answers = |plan: &&plan::Plan| plan.destination != plan::Destination::NotFound;
    for plan in used.iter().filter_map(|name| shared.plans.get(name)).filter(answers) {
        plan.group(&proxy.settings, scope, &mut groups);
    }
    let mut settings = Lines::within(1);
    http::settings(shared, scope, &mut settings);
    let mut tables = Lines::within(1);
    http::filters(&proxy.settings, &mut tables);
    let host_texts: String = hosts.iter().map(|(_, text)| text.as_str()).collect();
    cors::maps(shared, &host_texts, &mut tables);
    limits::tables(proxy, &mut tables);
    for plan in used.iter().filter_map(|name| shared.plans.get(name)) {
        canary::choice(plan, &shared.plans, &mut tables);
    }
    let routes = proxy.servers.iter().flat_map(|server| server.routes.iter().map(move |route| (server, route)));
    let setters: BTreeSet<_> = routes.flat_map(|(server, route)| cookies::setters(server, route, &shared.plans)).collect();
    cookies::maps(&setters, &shared.plans, &mut tables);

    let (settings, tables, groups, redirects) =
        (print(settings, scope), print(tables, scope), print(groups, scope), print(redirects, scope));
    let [settings, tables, groups] = [settings, tables, groups].map(|text| shared.refused.leave_out(text, scope));
    let mut servers = redirects;
    // Of regular expressions nginx takes the first that fits: aliases go behind the hosts with a star.
    let is_only_star = |server: &Server| server.hostname.starts_with('*') && !server.fair_names().any(|name| name.starts_with('~'));
    let (first, last): (Vec<_>, Vec<_>) = hosts.iter().partition(|(server, _)| is_only_star(server));
    for (server, text) in first.into_iter().chain(last) {
        if shared.options.splits_hosts {
            servers.push_str(&format!("\n    include {};\n", FileName::of_host(&server.hostname)));
        } else {
            servers.push('\n');
            servers.push_str(text);
        }
    }
    let mut variables = Lines::within(1);
    let all = [settings.as_str(), &tables, &groups, &servers, &host_texts].concat();
    maps::write(shared, &all, &mut variables);
    let variables = shared.refused.leave_out(print(variables, scope), scope);
    let http = [settings, variables, tables, groups, servers].into_iter().filter(|part| !part.trim().is_empty());
    let http: Vec<_> = http.map(|part| part.trim_matches('\n').to_owned()).collect();
    let view = Main {
        version: Raw::new(shared.options.version.to_string()),
        main: Raw::new(process(shared, scope)),
        events: Raw::new(events(shared, scope)),
        http: Raw::new(http.join("\n\n")),
        stream: Raw::new(shared.refused.leave_out(stream::text(shared, scope), scope)),
    };
    environment::render("nginx/nginx.conf", view).unwrap_or_else(|finding| {
        scope.failed(*finding);
        String::new()
    })
}

/// Whether nginx refuses a host that is only another name; it is told then.
fn refused_redirect(redirect: &crate::ir::HostRedirect, shared: &Shared, scope: &mut Scope) -> bool {
    let refusal = shared.refused.host(&redirect.from);
    if let Some(refusal) = refusal {
        scope.setting_refused("from-to-www-redirect", &refusal.message);
    }
    refusal.is_some()
}

fn process(shared: &Shared, scope: &mut Scope) -> String {
    use lines::{put, words};
    let (process, snippets) = (&shared.proxy.settings.process, &shared.proxy.settings.snippets);
    let mut lines = Lines::within(0);
    if let Some(state) = &shared.options.state {
        put!(lines, "pid", format!("{state}/nginx.pid"));
    }
    error_log(shared, &mut lines);
    let needs_modules = stream::is_needed(shared) || !shared.options.modules.is_empty();
    if needs_modules {
        lines.comment("Modules that are installed and switched on, as Debian lays them out.");
        put!(lines, "include", "/etc/nginx/modules-enabled/*.conf");
    }
    lines.directive("worker_processes", words(if process.workers.is_empty() { "auto" } else { &process.workers }));
    put!(lines, "worker_shutdown_timeout", &process.shutdown_timeout);
    if !process.cpu_affinity.is_empty() {
        lines.directive("worker_cpu_affinity", words(&process.cpu_affinity));
    }
    let snippet = shared.refused.without(Part::Usual, "main-snippet", &snippets.main, scope);
    if !snippet.trim().is_empty() {
        lines.raw(&snippet);
    }
    shared.refused.leave_out(print(lines, scope), scope)
}

/// Says where errors go, where it is not the file that nginx was built with.
fn error_log(shared: &Shared, lines: &mut Lines) {
    use lines::put;
    let (logging, usual) = (&shared.proxy.settings.logging, crate::ir::Logging::default());
    let is_usual = logging.error_log_path == usual.error_log_path;
    let target = match &shared.options.state {
        _ if logging.syslog => format!("syslog:server={}:{}", logging.syslog_host, logging.syslog_port),
        Some(state) if is_usual => format!("{state}/error.log"),
        None if is_usual && logging.error_log_level == usual.error_log_level => return,
        _ => logging.error_log_path.clone(),
    };
    put!(lines, "error_log", target, &logging.error_log_level);
}

fn events(shared: &Shared, scope: &mut Scope) -> String {
    use lines::put;
    let process = &shared.proxy.settings.process;
    let mut lines = Lines::within(1);
    put!(lines, "worker_connections", process.max_connections);
    if process.multi_accept {
        put!(lines, "multi_accept", "on");
    }
    shared.refused.leave_out(print(lines, scope), scope)
}
