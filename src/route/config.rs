//! A configuration that can be asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use hashbrown::HashMap;

use super::controller::{Dynamic, Service};
use super::decision::Certificate;
use super::lift::{self, Lines, Names};
use super::model::{Headers, Inside, Level, Listener, Server, Servers, Stream, Variables};
use super::places::Places;
use super::request::Request;
use super::text::Template;
use crate::conf::{Arg, Directive, Tree};
use crate::nginx::size;
use crate::pool::Pool;

/// The upstream whose endpoints the controller's Lua chooses.
const BALANCED: &str = "upstream_balancer";

/// A configuration of nginx, ready to be asked; it borrows the text.
#[derive(Debug)]
pub struct Config<'t> {
    pub(super) lines: Lines<'t>,
    /// The block of each server.
    pub(super) blocks: Vec<Directive<'t>>,
    pub(super) http: Level,
    headers: Pool<Headers>,
    pub(super) servers: Vec<Server>,
    /// The servers at each port.
    pub(super) ports: BTreeMap<u16, Servers>,
    pub(super) variables: Variables,
    /// What zones of limits count.
    pub(super) zones: HashMap<String, Template>,
    /// The servers of upstreams by their names; none where Lua chooses them.
    pub(super) upstreams: HashMap<String, Option<Vec<String>>>,
    /// TCP that is passed on, by the port, with its variables and its upstreams.
    pub(super) streams: BTreeMap<u16, Stream>,
    pub(super) stream_variables: Variables,
    pub(super) stream_upstreams: HashMap<String, Option<Vec<String>>>,
    /// Headers are read that have underscores in their names, and that have any letters.
    pub(super) reads: (bool, bool),
    /// Room for what comes before the body: the bytes of the first buffer, how many more there are, and their bytes.
    pub(super) buffers: (usize, usize, usize),
    pub(super) dynamic: Dynamic,
}

impl<'t> Config<'t> {
    /// Lifts a tree of `nginx.conf`, with what Lua gets beside it.
    #[must_use]
    pub fn lift(tree: &'t Tree<'t>, mut dynamic: Dynamic) -> Self {
        let lines = Lines::new(tree);
        let top = lines.top();
        let http = lines.http();
        let variables = lift::variables(lines, &http);
        let headers = Pool::default();
        let names = Names { places: &variables.places, headers: &headers };
        for block in http.iter().filter(|directive| directive.name() == "init_by_lua_block") {
            dynamic.adopt_block(block.lua().unwrap_or_default());
        }
        let level = lift::level(&http, names);
        let blocks: Vec<Directive<'t>> = http.iter().copied().filter(|block| block.is_block() && block.name() == "server").collect();
        let servers: Vec<Server> = blocks.iter().map(|block| server(lines, *block, names)).collect();
        let ports = ports(&servers);
        let stream = top.iter().find(|block| block.is_block() && block.name() == "stream");
        let (streams, stream_variables) = stream.map(|block| lift::streams(lines, *block)).unwrap_or_default();
        let upstreams_of = |inside: &[Directive<'t>]| {
            inside.iter().filter(|block| block.name() == "upstream").map(|block| upstream(lines, *block)).collect()
        };
        let stream_upstreams = stream.map(|block| upstreams_of(&lines.of(*block))).unwrap_or_default();
        let is = |name: &str, word: &str| {
            http.iter()
                .rfind(|directive| directive.name() == name)
                .is_some_and(|directive| directive.args().next().is_some_and(|arg| arg.value() == word))
        };
        let reads = (is("underscores_in_headers", "on"), is("ignore_invalid_headers", "off"));
        let zones = http.iter().filter_map(|directive| zone(*directive, names)).collect();
        let upstreams = upstreams_of(&http);
        Self {
            lines,
            blocks,
            http: level,
            headers,
            servers,
            ports,
            variables,
            zones,
            upstreams,
            streams,
            stream_variables,
            stream_upstreams,
            reads,
            buffers: buffers(&http),
            dynamic,
        }
    }

    /// Whether the port of a request expects the address of the client in front of what is sent: by the PROXY protocol.
    #[must_use]
    pub fn is_proxied(&self, request: &Request) -> bool {
        let usual = if request.is_tls { 443 } else { 80 };
        let port = request.port.unwrap_or(usual);
        let fits = |servers: &&Servers| servers.is_public && servers.is_tls == request.is_tls;
        self.ports.get(&port).or_else(|| self.ports.values().find(fits)).is_some_and(|servers| servers.is_proxied)
    }

    /// The Service behind an upstream, as far as it is known; `namespace` is that of the Ingress which names it.
    #[must_use]
    pub fn service(&self, upstream: &str, namespace: Option<&str>) -> Option<Service> {
        self.dynamic.service(upstream, namespace)
    }

    /// Where the blocks of a server stand.
    #[must_use]
    pub fn places(&self, server: usize) -> Places<'t> {
        Places::of(self.lines, self.blocks[server])
    }

    /// The servers of an upstream; the inner none where Lua chooses them. The extract for one host lacks the upstream that Lua fills.
    pub(super) fn upstream(&self, address: &str) -> Option<&Option<Vec<String>>> {
        self.upstreams.get(address).or((address == BALANCED).then_some(&None))
    }

    /// Whether the only endpoint of an upstream is the controller's own page for what has no backend.
    pub(super) fn is_own_page(&self, upstream: &str, endpoints: Option<&[String]>) -> bool {
        let Some([endpoint]) = endpoints else { return false };
        let port = endpoint.strip_prefix("127.0.0.1:").and_then(|port| port.parse::<u16>().ok());
        port.is_some_and(|port| self.ports.contains_key(&port)) && upstream.ends_with("default-backend")
    }

    /// The certificate for a name in the handshake: `_` where none is sent.
    pub(super) fn certificate(&self, inside: &Inside, name: &str) -> Certificate {
        if !inside.is_dynamic {
            return inside.certificate.as_ref().map_or(Certificate::Default, |file| self.dynamic.certificate_in(file));
        }
        let of_lua = |name: &str| match self.dynamic.certificate(name) {
            None => Some(Certificate::Unknown),
            Some(found) => {
                found.map(|secret| if secret == "default" { Certificate::Default } else { Certificate::Secret(secret.to_owned()) })
            }
        };
        of_lua(name).or_else(|| of_lua("_")).unwrap_or(Certificate::Default)
    }

    /// The upstream that the controller passes connections on to before nginx sees them, and its endpoints: it compares whole names only.
    pub(super) fn passed_through(&self, server: usize, name: Option<&str>) -> Option<(String, Option<Vec<String>>)> {
        if !self.dynamic.settings.has_passthrough || name != Some(self.servers[server].name.as_str()) {
            return None;
        }
        let root =
            self.inside(server).locations.all.iter().find(|location| self.constant(location, "location_path").as_deref() == Some("/"))?;
        let upstream = self.constant(root, "proxy_upstream_name")?;
        let backend = self.dynamic.backend(&upstream).filter(|backend| backend.is_passthrough)?;
        Some((upstream, backend.endpoints.clone()))
    }

    /// The port that requests come to: the one that is asked, else the usual one of the scheme, else the only one that speaks it.
    pub(super) fn listener(&self, is_tls: bool, asked: Option<u16>) -> Option<(u16, &Servers)> {
        let first = asked.unwrap_or(if is_tls { 443 } else { 80 });
        if let Some(servers) = self.ports.get(&first) {
            return Some((first, servers));
        }
        // A Service in front of the proxy may have another port than the proxy.
        let fitting = |(_, servers): &(&u16, &Servers)| servers.is_public && servers.is_tls == is_tls;
        let usual = if is_tls { 443 } else { 80 };
        if let Some(servers) = self.ports.get(&usual).filter(|servers| fitting(&(&usual, servers))) {
            return Some((usual, servers));
        }
        let mut found = self.ports.iter().filter(fitting);
        let first = found.next().map(|(port, servers)| (*port, servers));
        first.filter(|_| asked.is_none() || found.next().is_none())
    }

    /// The ports that speak a scheme, but for the one that requests come to which name none.
    pub fn other_ports(&self, is_tls: bool) -> impl Iterator<Item = u16> {
        let usual = self.listener(is_tls, None).map(|(port, _)| port);
        self.ports.iter().filter(move |(port, servers)| servers.is_tls == is_tls && Some(**port) != usual).map(|(port, _)| *port)
    }

    /// What stands in a server.
    pub(super) fn inside(&self, server: usize) -> &Inside {
        let names = Names { places: &self.variables.places, headers: &self.headers };
        self.servers[server].inside.get_or_init(|| lift::inside(self.lines, self.blocks[server], &self.http, names))
    }
}

/// The buffers for request lines and headers; nginx's own where nothing is said.
fn buffers(http: &[Directive<'_>]) -> (usize, usize, usize) {
    let last = |name: &str| http.iter().rfind(|directive| directive.name() == name);
    let word = |directive: &Directive<'_>, at: usize| directive.args().nth(at).map(Arg::value).unwrap_or_default().into_owned();
    let bytes = |text: &str| size(text, true).and_then(|size| usize::try_from(size).ok());
    let first = last("client_header_buffer_size").and_then(|directive| bytes(&word(directive, 0))).unwrap_or(1 << 10);
    let large = last("large_client_header_buffers").and_then(|large| Some((word(large, 0).parse().ok()?, bytes(&word(large, 1))?)));
    let (count, size) = large.unwrap_or((4, 8 << 10));
    (first, count, size)
}

fn server<'t>(lines: Lines<'t>, block: Directive<'t>, variables: Names<'_>) -> Server {
    let (name, names) = lift::names(lines, block, variables);
    let named = block.directives().find(|directive| directive.name() == "server_name");
    let at = named.unwrap_or(block).head_span();
    Server { at, name, names, listeners: lift::listeners(lines, block), inside: OnceLock::new() }
}

fn ports(servers: &[Server]) -> BTreeMap<u16, Servers> {
    let mut ports: BTreeMap<u16, Servers> = BTreeMap::new();
    let mut addresses: HashMap<u16, BTreeSet<&str>> = HashMap::new();
    for (at, server) in servers.iter().enumerate() {
        let mut seen = Vec::new();
        let open = |listener: &&Listener| listener.port.is_some();
        for listener in server.listeners.iter().filter(open) {
            let Some(port) = listener.port else { continue };
            let entry = ports.entry(port).or_insert_with(|| Servers::with_default(at));
            entry.is_tls |= listener.is_tls;
            entry.is_proxied |= listener.is_proxied;
            entry.is_public |= listener.is_public;
            // The first server of a port answers for unknown hosts, unless one says that it does.
            if listener.is_default && !entry.is_default_named {
                (entry.default, entry.is_default_named) = (at, true);
            }
            if !seen.contains(&port) {
                entry.add(at, server);
                seen.push(port);
                let own: BTreeSet<&str> = server.at_port(port).collect();
                entry.is_split |= *addresses.entry(port).or_insert_with(|| own.clone()) != own;
            }
        }
    }
    ports
}

fn zone(directive: Directive<'_>, names: Names<'_>) -> Option<(String, Template)> {
    if !matches!(&*directive.name(), "limit_req_zone" | "limit_conn_zone") {
        return None;
    }
    let words: Vec<String> = directive.args().map(|arg: Arg<'_>| arg.value().into_owned()).collect();
    let zone = words.iter().find_map(|word| word.strip_prefix("zone="))?.split(':').next()?.to_owned();
    Some((zone, names.template(words.first()?)))
}

fn upstream<'t>(lines: Lines<'t>, block: Directive<'t>) -> (String, Option<Vec<String>>) {
    let name = block.args().next().map(Arg::value).unwrap_or_default().into_owned();
    let inside = lines.of(block);
    if inside.iter().any(|directive| directive.name().starts_with("balancer_by_lua")) {
        return (name, None);
    }
    let servers = inside.iter().filter(|directive| directive.name() == "server");
    let servers = servers.filter(|server| !server.args().any(|arg| arg.value() == "down"));
    (name, Some(servers.filter_map(|server| server.args().next()).map(|arg| arg.value().into_owned()).collect()))
}
