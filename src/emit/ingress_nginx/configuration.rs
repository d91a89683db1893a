//! The whole file: as one text, or some of its hosts with all that stands around them.

use rayon::prelude::*;

use super::super::view::Raw;
use super::location::Bodies;
use super::printer::Printer;
use super::server::{self, Part, PrintedPart};
use super::shared::Shared;
use super::whitespace::Cleaner;
use super::{http, main, stream};
use crate::catalog::releases::CARRIAGE_RETURNS;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::ir::{Proxy, Route, Snippets};

/// Parts that are printed at once.
const AT_ONCE: usize = 256;

/// Fewest parts of a portion.
const PORTION: usize = 512;

/// Bytes of a part, about.
const PART: usize = 2048;

/// How many times as large a portion is at least as what it repeats: counters of thousands of hosts stand before all of them.
const SHARE: usize = 4;

/// Parts that are worth repeating so many bytes.
pub(super) fn worth(bytes: usize) -> usize {
    SHARE * bytes / PART
}

/// What stands before the hosts and behind them.
pub(super) struct Frame<'a> {
    pub(super) shared: Shared<'a>,
    /// What locations have in common.
    pub(super) bodies: Bodies,
    before: [Raw; 2],
    behind: [Raw; 2],
    pub(super) findings: Vec<Diagnostic>,
}

impl<'a> Frame<'a> {
    pub(super) fn new(proxy: &'a Proxy) -> Self {
        let mut printer = Printer::for_settings();
        let shared = Shared::new(proxy, &mut printer);
        let before = [main::piece(proxy, &mut printer), http::begin(proxy, &shared, &mut printer)];
        let behind = [http::end(proxy, &shared, &mut printer), stream::piece(proxy, &shared.layout, &mut printer)];
        Self { shared, bodies: Bodies::default(), before, behind, findings: printer.finish() }
    }

    /// Prints parts, each with what is to be said of it; what has a good shape is only looked at.
    pub(super) fn print_each(&self, parts: &[Part<'a>]) -> Vec<PrintedPart> {
        parts.par_iter().map(|part| part.print(&self.shared, &self.bodies)).collect()
    }

    fn print(&self, parts: &[Part<'a>]) -> (Vec<Raw>, Vec<Diagnostic>) {
        let printed = self.print_each(parts);
        let (pieces, findings): (Vec<_>, Vec<_>) = printed.into_iter().map(|part| (part.text, part.findings)).unzip();
        (pieces, findings.into_iter().flatten().collect())
    }

    /// Prints parts, some at a time.
    fn print_all(&self, parts: &[Part<'a>], cleaner: &mut Cleaner, take: &mut dyn FnMut(&str), findings: &mut Vec<Diagnostic>) {
        for parts in parts.chunks(AT_ONCE) {
            let (pieces, found) = self.print(parts);
            take(&cleaner.clean(pieces));
            findings.extend(found);
        }
    }

    /// A configuration with what was printed of hosts.
    pub(super) fn around(&self, pieces: impl Iterator<Item = Raw>) -> String {
        let mut cleaner = Cleaner::new(CARRIAGE_RETURNS.shows(self.shared.proxy.form));
        cleaner.clean(self.before.iter().cloned().chain(pieces).chain(self.behind.iter().cloned()).collect())
    }

    /// Fewest parts that are worth repeating what stands around them.
    pub(super) fn least(&self) -> usize {
        let size: usize = self.before.iter().chain(&self.behind).map(|piece| piece.as_str().len()).sum();
        PORTION.max(worth(size))
    }
}

/// The configuration by its hosts, of which any can be written: with all that stands around the hosts, a smaller configuration.
pub struct ByHost<'a> {
    frame: Frame<'a>,
    upstreams: Raw,
    /// Each host's parts, those of redirects between twins first.
    hosts: Vec<Vec<Part<'a>>>,
}

impl<'a> ByHost<'a> {
    /// Whether two proxies together have more pieces than are worth writing at once.
    #[must_use]
    pub fn is_worth(proxies: [&Proxy; 2]) -> bool {
        let size = |proxy: &Proxy| proxy.host_redirects.len() + proxy.servers.iter().map(|server| server.routes.len() + 2).sum::<usize>();
        proxies.map(size).iter().sum::<usize>() > PORTION
    }

    /// Prints what stands around the hosts.
    #[must_use]
    pub fn new(proxy: &'a Proxy) -> Self {
        let frame = Frame::new(proxy);
        let parts = server::parts(proxy);
        let upstreams = server::auth_upstreams(&parts, &frame.shared).value;
        let mut hosts: Vec<Vec<Part>> = server::redirects(proxy).map(|redirect| vec![redirect]).collect();
        for part in parts {
            match (part, hosts.last_mut()) {
                (Part::Route(..) | Part::End(_), Some(host)) => host.push(part),
                (Part::Redirect(_) | Part::Begin(_), _) | (_, None) => hosts.push(vec![part]),
            }
        }
        Self { frame, upstreams, hosts }
    }

    /// The names of each host as they are written, its own first.
    pub fn names(&self) -> impl Iterator<Item = Vec<String>> {
        self.hosts.iter().map(|parts| parts.first().map(|part| part.names()).unwrap_or_default())
    }

    /// What a host has behind the star of its name.
    #[must_use]
    pub fn domain(&self, host: usize) -> Option<&'a str> {
        self.hosts.get(host)?.first()?.server()?.hostname.strip_prefix('*')
    }

    /// How many pieces a host has.
    #[must_use]
    pub fn size(&self, host: usize) -> usize {
        self.hosts.get(host).map_or(0, Vec::len)
    }

    /// Fewest pieces that are worth writing at once.
    #[must_use]
    pub fn least(&self) -> usize {
        self.frame.least()
    }

    /// Whether nobody but the controller writes what stands in a host.
    #[must_use]
    pub fn is_plain(&self, host: usize) -> bool {
        let settings = &self.frame.shared.proxy.settings;
        let is_plain = |route: &Route| {
            let service = route.steps.admission.named_service(settings);
            route.features.snippet.is_empty() && service.is_none_or(|service| service.snippet.is_empty())
        };
        let server = self.hosts.get(host).and_then(|parts| parts.first()?.server());
        settings.snippets == Snippets::default()
            && server.is_none_or(|server| server.snippet.is_empty() && server.routes.iter().all(is_plain))
    }

    /// The configuration with some of the hosts, by their places.
    #[must_use]
    pub fn text(&self, hosts: &[usize]) -> String {
        self.told(hosts).value
    }

    /// The same, and what there is to say of these hosts: whether a value breaks out of its directive.
    #[must_use]
    pub fn told(&self, hosts: &[usize]) -> Outcome<String> {
        let parts: Vec<Part> = hosts.iter().filter_map(|host| self.hosts.get(*host)).flatten().copied().collect();
        let (pieces, diagnostics) = self.frame.print(&parts);
        Outcome { value: self.frame.around(std::iter::once(self.upstreams.clone()).chain(pieces)), diagnostics }
    }
}

/// The whole, some of its parts at a time: what is printed of them is given up with them.
pub(super) fn whole(proxy: &Proxy, take: &mut dyn FnMut(&str)) -> Vec<Diagnostic> {
    let mut frame = Frame::new(proxy);
    let mut diagnostics = std::mem::take(&mut frame.findings);
    let (redirects, parts) = (Vec::from_iter(server::redirects(proxy)), server::parts(proxy));
    let mut cleaner = Cleaner::new(CARRIAGE_RETURNS.shows(proxy.form));
    take(&cleaner.clean(frame.before.to_vec()));
    frame.print_all(&redirects, &mut cleaner, take, &mut diagnostics);
    let Outcome { value: upstreams, diagnostics: found } = server::auth_upstreams(&parts, &frame.shared);
    take(&cleaner.clean(vec![upstreams]));
    diagnostics.extend(found);
    frame.print_all(&parts, &mut cleaner, take, &mut diagnostics);
    take(&cleaner.clean(frame.behind.to_vec()));
    diagnostics
}
