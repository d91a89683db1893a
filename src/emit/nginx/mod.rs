//! A configuration for nginx itself, without Lua: the same answers as those of the controller, written for people.
//!
//! What holds for all routes stands once at the top; a route says only what it does otherwise. What nginx cannot do is a finding, and
//! where that would open a door, the route is closed.

mod access;
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
mod matching;
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

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use super::asked::is_host;
use super::options::NginxOptions;
use super::view::{Raw, view};
use super::{FileName, Options, OutputFile, Sink, Target, environment, names, scope};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::ir::{Proxy, Server, Upstream};
use crate::nginx::TakePortions;
use lines::{Lines, Piece};
use page::{Host, Page};
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

impl Nginx {
    /// What the groups are called that an upstream is cut into.
    pub fn groups(upstream: &Upstream) -> impl Iterator<Item = String> {
        subsets::group_names(upstream)
    }
}

impl Target for Nginx {
    fn name(&self) -> &'static str {
        "nginx"
    }

    fn render(&self, proxy: &Proxy, options: &Options) -> Outcome<Vec<OutputFile>> {
        let mut files = Vec::new();
        let diagnostics = self.write(proxy, options, &mut files);
        Outcome { value: files, diagnostics }
    }

    fn write(&self, proxy: &Proxy, options: &Options, sink: &mut dyn Sink) -> Vec<Diagnostic> {
        let Outcome { value: (page, mut files), diagnostics } = accepted(proxy, &options.nginx);
        sink.announce(&[CONFIGURATION]);
        if sink.begin(CONFIGURATION) {
            page.write(&mut |part| sink.part(part));
        }
        files.extend(tls::files(proxy));
        sink.files(files);
        diagnostics
    }

    fn tell(&self, proxy: &Proxy, options: &Options) -> Vec<Diagnostic> {
        accepted(proxy, &options.clone().in_one_file().nginx).diagnostics
    }

    fn render_for_checks(&self, proxy: &Proxy, options: &Options, reader: &mut dyn TakePortions) -> Vec<Diagnostic> {
        let Outcome { value: (page, _), diagnostics } = accepted(proxy, &options.clone().in_one_file().nginx);
        page.portions(&mut |text| reader.take(CONFIGURATION, text));
        diagnostics
    }
}

/// Writes the configuration without what nginx refuses, and what is said of it.
fn accepted(proxy: &Proxy, options: &NginxOptions) -> Written {
    let one_file = NginxOptions { splits_hosts: false, ..options.clone() };
    let (rounds, last) = (RefCell::new(Rounds::default()), RefCell::new(None));
    let refused = Refused::of(proxy, options, |refused, as_a_whole, take| {
        last.take();
        let written = write(proxy, &one_file, refused, &mut rounds.borrow_mut());
        if as_a_whole {
            take(&written.value.0.whole());
        } else {
            written.value.0.portions(take);
            last.replace(Some(written));
        }
    });
    // What was written last, and refused nothing of, would be written again.
    let last = last.into_inner().filter(|_| refused.is_settled() && !options.splits_hosts);
    let mut rounds = if options.splits_hosts { Rounds::default() } else { rounds.into_inner() };
    let mut written = last.unwrap_or_else(|| write(proxy, options, &refused, &mut rounds));
    let mut scope = Scope::of_settings(proxy);
    refused.tell(&mut scope);
    written.diagnostics.extend(scope.finish());
    written.diagnostics.extend(rounds.hosts.into_iter().flat_map(|kept| kept.findings));
    written
}

/// A configuration with the files beside it, and what is said of what holds for all hosts.
type Written = Outcome<(Page, Vec<OutputFile>)>;

/// The hosts as they were written last: one of which nothing more is refused is written once.
#[derive(Default)]
struct Rounds {
    hosts: Vec<Kept>,
}

/// A host, what is said of it, and how much was refused by then.
struct Kept {
    host: Arc<Host>,
    findings: Vec<Diagnostic>,
    refusals: refused::Count,
}

impl Rounds {
    /// Writes the hosts, in their order.
    fn write(&mut self, shared: &Shared) -> &[Kept] {
        let servers = &shared.proxy.servers;
        let anew = |server: &Server| {
            let (host, findings) = host(server, shared);
            Kept { host, findings, refusals: shared.refused.count(&server.hostname) }
        };
        if self.hosts.is_empty() {
            self.hosts = servers.par_iter().map(anew).collect();
        } else {
            let changed =
                self.hosts.par_iter_mut().zip(servers).filter(|(kept, server)| kept.refusals != shared.refused.count(&server.hostname));
            changed.for_each(|(kept, server)| *kept = anew(server));
        }
        &self.hosts
    }
}

/// Writes the configuration without what is known to be refused.
fn write(proxy: &Proxy, options: &NginxOptions, refused: &Refused, rounds: &mut Rounds) -> Written {
    let mut scope = Scope::of_settings(proxy);
    losses::tell_of_settings(&proxy.settings, &mut scope);
    let shared = Shared::new(proxy, options, refused, &mut scope);
    let kept = rounds.write(&shared);
    let mut hosts: Vec<_> = proxy.servers.iter().zip(kept.iter().map(|kept| Arc::clone(&kept.host))).collect();
    let mut page = main(&shared, &hosts, &mut scope);
    // Of regular expressions nginx takes the first that fits: aliases go behind the hosts with a star.
    let is_only_star = |server: &Server| server.hostname.starts_with('*') && !server.fair_names().any(|name| name.starts_with('~'));
    let mut apart = Vec::new();
    if options.splits_hosts {
        let include = |server: &Server| format!("    include {};\n", FileName::of_host(&server.hostname));
        let file = |(server, host): &mut (&Server, Arc<Host>)| {
            let include = Host::new(vec![Piece::Frame(include(server))], true);
            let text = std::mem::replace(host, Arc::new(include)).texts().collect();
            OutputFile::new(FileName::of_host(&server.hostname), text)
        };
        apart.extend(hosts.iter_mut().map(file));
    }
    hosts.sort_by_key(|(server, _)| !is_only_star(server));
    page.hosts = hosts.into_iter().map(|(_, host)| host).collect();
    Outcome { value: (page, apart), diagnostics: scope.finish() }
}

/// Lines without what is not fit for a configuration. That closed its route before: what is left holds for all hosts, and is left out.
fn fit(mut lines: Lines, scope: &mut Scope) -> Lines {
    if let Some(unfit) = lines.take_unfit() {
        scope.left_out(&unfit);
        lines.drop_unfit();
    }
    lines
}

/// Prints lines.
fn print(lines: Lines, scope: &mut Scope) -> String {
    fit(lines, scope).text().unwrap_or_else(|finding| {
        scope.failed(*finding);
        String::new()
    })
}

/// Prints lines in pieces.
fn pieces(lines: Lines, scope: &mut Scope) -> Vec<Piece> {
    fit(lines, scope).pieces().unwrap_or_else(|finding| {
        scope.failed(*finding);
        Vec::new()
    })
}

/// Prints lines that hold for all hosts, without the directives that nginx refuses, and without empty lines around them.
fn for_all(lines: Lines, shared: &Shared, scope: &mut Scope) -> Vec<String> {
    let mut texts: Vec<String> = pieces(lines, scope).into_iter().map(|piece| shared.refused.leave_out(piece.into(), scope)).collect();
    while texts.pop_if(|last| last.trim().is_empty()).is_some() {}
    if let Some(last) = texts.last_mut() {
        last.truncate(last.trim_end_matches('\n').len());
    }
    if let Some(first) = texts.first_mut() {
        first.drain(..first.len() - first.trim_start_matches('\n').len());
    }
    texts
}

/// How deep hosts stand: in a file of their own they are not in a block.
fn depth(options: &NginxOptions) -> usize {
    usize::from(!options.splits_hosts)
}

fn host<'a>(server: &'a Server, shared: &Shared<'a>) -> (Arc<Host>, Vec<Diagnostic>) {
    let mut scope = Scope::of_server(server.origin);
    let mut lines = Lines::within(depth(shared.options));
    server::write(server, shared, &mut scope, &mut lines);
    (Arc::new(Host::new(pieces(lines, &mut scope), server.has_twins())), scope.finish())
}

/// The configuration without the hosts themselves.
fn main(shared: &Shared, hosts: &[(&Server, Arc<Host>)], scope: &mut Scope) -> Page {
    let proxy = shared.proxy;
    let mut redirects = Lines::within(1);
    for redirect in proxy.fair_redirects() {
        if !is_host(&redirect.from) || !is_host(&redirect.to) {
            scope.unserved("from-to-www-redirect", "the host, or its other name, is none that a client can ask for");
        } else if !refused_redirect(redirect, shared, scope) {
            redirects.apart(|lines| server::redirect(redirect, shared, lines));
        }
    }
    let mut groups = Lines::within(1);
    let used = plan::used(proxy, &shared.plans);
    let answers = |plan: &&plan::Plan| plan.destination != plan::Destination::NotFound;
    for plan in used.iter().filter_map(|name| shared.plans.get(name)).filter(answers) {
        groups.apart(|lines| plan.group(&proxy.settings, scope, lines));
    }
    let mut settings = Lines::within(1);
    http::settings(shared, scope, &mut settings);
    let mut tables = Lines::within(1);
    http::filters(&proxy.settings, &mut tables);
    let texts = || hosts.iter().flat_map(|(_, host)| host.texts());
    cors::maps(shared, texts(), &mut tables);
    limits::tables(proxy, &mut tables);
    for plan in used.iter().filter_map(|name| shared.plans.get(name)) {
        tables.apart(|lines| canary::choice(plan, &shared.plans, lines));
    }
    let routes = proxy.servers.iter().flat_map(|server| server.routes.iter().map(move |route| (server, route)));
    let setters: BTreeSet<_> = routes.flat_map(|(server, route)| cookies::setters(server, route, &shared.plans)).collect();
    cookies::maps(&setters, &shared.plans, &mut tables);

    let redirects = print(redirects, scope);
    let [settings, tables, groups] = [settings, tables, groups].map(|lines| for_all(lines, shared, scope));
    let mut variables = Lines::within(1);
    let all = || settings.iter().chain(&tables).chain(&groups).chain([&redirects]).map(String::as_str).chain(texts());
    maps::write(shared, |variable| all().any(|text| text.contains(variable)), &mut variables);
    let variables = for_all(variables, shared, scope);
    let mut parts = [settings, variables, tables, groups].into_iter().filter(|part| !part.is_empty());
    let main = Main {
        version: Raw::new(shared.options.version.to_string()),
        main: Raw::new(process(shared, scope)),
        events: Raw::new(events(shared, scope)),
        settings: Raw::new(parts.next().unwrap_or_default().concat()),
    };
    let stream = Raw::new(shared.refused.leave_out(stream::text(shared, scope), scope));
    let mut text = |printed: Result<String, Box<Diagnostic>>| {
        printed.unwrap_or_else(|finding| {
            scope.failed(*finding);
            String::new()
        })
    };
    let mut before = vec![text(environment::render("nginx/nginx.conf", main))];
    let end = || [String::from("\n")];
    parts.for_each(|part| before.extend(end().into_iter().chain(part).chain(end())));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Effect;

    #[test]
    fn what_is_left_out_in_the_end_is_not_said_to_be_refused() {
        for snippet in ["nosuch 1; tcp_nodelay on;", "map $nosuch $a { default 1; } map $a $b { default 1; }", "tcp_nodelay on;"] {
            let mut proxy = Proxy::default();
            proxy.settings.snippets.http = snippet.to_owned();
            for splits_hosts in [false, true] {
                let options = Options { nginx: NginxOptions { splits_hosts, ..NginxOptions::default() }, ..Options::default() };
                let told = Nginx.tell(&proxy, &options);
                assert!(told.iter().all(|finding| finding.effect != Some(Effect::BlocksReload)), "{snippet}: {told:?}");
                assert_eq!(told, Nginx.render(&proxy, &options).diagnostics, "{snippet}");
            }
        }
    }
}
