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
mod page;
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
use page::Page;
use refused::{Part, Refused};
use scope::Scope;
use shared::Shared;

/// The file that nginx reads first.
const CONFIGURATION: &str = "nginx.conf";

/// The target `nginx`.
#[derive(Debug, Clone, Copy)]
pub struct Nginx;

view! {
    /// What stands before the hosts.
    struct Main {
        version: Raw,
        main: Raw,
        events: Raw,
        settings: Raw,
    }

    /// What stands behind them.
    struct End {
        stream: Raw,
    }
}

impl Target for Nginx {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn render(&self, proxy: &Proxy, options: &Options) -> Outcome<Vec<OutputFile>> {
        let refused = refused(proxy, options);
        let Outcome { value: (page, apart), diagnostics } = write(proxy, &options.nginx, &refused);
        let mut files = vec![OutputFile::new(CONFIGURATION, page.whole())];
        files.extend(apart);
        files.extend(tls::files(proxy));
        Outcome { value: files, diagnostics }
    }

    fn render_for_checks(&self, proxy: &Proxy, options: &Options, take: &mut dyn FnMut(&str, &str)) -> Vec<Diagnostic> {
        let refused = refused(proxy, options);
        let Outcome { value: (page, _), diagnostics } = write(proxy, &options.clone().in_one_file().nginx, &refused);
        page.portions(&mut |text| take(CONFIGURATION, text));
        diagnostics
    }
}

/// What nginx refuses of what would be written.
fn refused(proxy: &Proxy, options: &Options) -> Refused {
    let one_file = options.clone().in_one_file();
    Refused::of(proxy, &options.nginx, |refused, as_a_whole, take| {
        let (page, _) = write(proxy, &one_file.nginx, refused).value;
        if as_a_whole { take(&page.whole()) } else { page.portions(take) }
    })
}

/// Writes the configuration without what nginx refuses, and what is said of it.
fn write(proxy: &Proxy, options: &NginxOptions, refused: &Refused) -> Outcome<(Page, Vec<OutputFile>)> {
    let mut scope = Scope::of_settings(proxy);
    losses::tell_of_settings(&proxy.settings, &mut scope);
    let shared = Shared::new(proxy, options, refused, &mut scope);
    let hosts: Vec<_> = proxy.servers.par_iter().map(|server| host(server, &shared)).collect();
    let (hosts, findings): (Vec<_>, Vec<_>) = hosts.into_iter().unzip();
    let mut hosts: Vec<_> = proxy.servers.iter().zip(hosts).collect();
    let mut page = main(&shared, &hosts, &mut scope);
    // Of regular expressions nginx takes the first that fits: aliases go behind the hosts with a star.
    let is_only_star = |server: &Server| server.hostname.starts_with('*') && !server.fair_names().any(|name| name.starts_with('~'));
    let mut apart = Vec::new();
    if options.splits_hosts {
        let include = |server: &Server| format!("    include {};\n", FileName::of_host(&server.hostname));
        let file = |(server, text): &mut (&Server, String)| {
            OutputFile::new(FileName::of_host(&server.hostname), std::mem::replace(text, include(server)))
        };
        apart.extend(hosts.iter_mut().map(file));
    }
    hosts.sort_by_key(|(server, _)| !is_only_star(server));
    page.hosts = hosts.into_iter().map(|(_, text)| text).collect();
    refused.tell(&mut scope);
    let mut diagnostics = scope.finish();
    diagnostics.extend(findings.into_iter().flatten());
    Outcome { value: (page, apart), diagnostics }
}

/// Prints lines. What is not fit for a configuration closed its route before: what is left holds for all hosts, and is left out.
fn print(mut lines: Lines, scope: &mut Scope) -> String {
    if let Some(unfit) = lines.take_unfit() {
        scope.left_out(&unfit);
        lines.drop_unfit();
    }
    lines.text().unwrap_or_else(|finding| {
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

/// The configuration without the hosts themselves.
fn main(shared: &Shared, hosts: &[(&Server, String)], scope: &mut Scope) -> Page {
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
    let texts = || hosts.iter().map(|(_, text)| text.as_str());
    cors::maps(shared, texts(), &mut tables);
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
    let mut variables = Lines::within(1);
    let all = || [settings.as_str(), &tables, &groups, &redirects].into_iter().chain(texts());
    maps::write(shared, |variable| all().any(|text| text.contains(variable)), &mut variables);
    let variables = shared.refused.leave_out(print(variables, scope), scope);
    let settings = [settings, variables, tables, groups].into_iter().filter(|part| !part.trim().is_empty());
    let settings: Vec<_> = settings.map(|part| part.trim_matches('\n').to_owned()).collect();
    let main = Main {
        version: Raw::new(shared.options.version.to_string()),
        main: Raw::new(process(shared, scope)),
        events: Raw::new(events(shared, scope)),
        settings: Raw::new(settings.join("\n\n")),
    };
    let stream = Raw::new(shared.refused.leave_out(stream::text(shared, scope), scope));
    let mut text = |printed: Result<String, Box<Diagnostic>>| {
        printed.unwrap_or_else(|finding| {
            scope.failed(*finding);
            String::new()
        })
    };
    let before = text(environment::render("nginx/nginx.conf", main));
    let behind = text(environment::render("nginx/nginx_end.conf", End { stream }));
    Page { before, redirects, hosts: Vec::new(), behind }
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
