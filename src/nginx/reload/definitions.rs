//! What may be defined once in a whole configuration: groups of servers, zones, formats, and who listens where.

use std::ops::Range;

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use super::Refusal;
use crate::conf::{Directive, Tree};

/// Something that was defined, and where its outermost directive stands.
struct Definition {
    what: String,
    place: Range<usize>,
}

/// Everything that was defined so far, by what it is in the tables of nginx.
#[derive(Default)]
struct Definitions {
    known: HashMap<(&'static str, String), Definition>,
    found: Vec<Refusal>,
    in_stream: bool,
    /// The name of the server that is looked at.
    host: Option<String>,
    /// All servers of streams have a certificate.
    has_certificate: bool,
}

/// What nginx refuses because it is there already.
pub(super) fn refusals(tree: &Tree) -> Vec<Refusal> {
    let mut definitions = Definitions::default();
    for block in tree.directives() {
        definitions.in_stream = block.name() == "stream";
        match block.name().as_ref() {
            "http" => block.directives().for_each(|directive| definitions.http(directive)),
            "stream" => {
                definitions.has_certificate = block.directives().any(|directive| directive.name() == "ssl_certificate");
                block.directives().for_each(|directive| definitions.stream(directive));
            }
            _ => {}
        }
    }
    definitions.found
}

impl Definitions {
    fn http(&mut self, directive: Directive) {
        let args = words(directive);
        match (directive.name().as_ref(), &args[..]) {
            ("upstream", [name, ..]) => self.group("upstream", name, directive),
            ("log_format", [name, ..]) => {
                if name == "combined" {
                    self.refuse(directive, directive, "the format `combined` is one of nginx itself", None);
                }
                self.define("format", name, "", directive, directive);
            }
            (
                "limit_req_zone" | "limit_conn_zone" | "proxy_cache_path" | "fastcgi_cache_path" | "uwsgi_cache_path" | "scgi_cache_path",
                _,
            ) => {
                let zone = args.iter().find_map(|arg| arg.strip_prefix("zone=").or_else(|| arg.strip_prefix("keys_zone=")));
                if let Some(name) = zone.and_then(|zone| zone.split(':').next()) {
                    self.define("zone", name, "", directive, directive);
                }
            }
            ("server", _) => self.server(directive),
            _ => {}
        }
    }

    fn stream(&mut self, directive: Directive) {
        let args = words(directive);
        match (directive.name().as_ref(), &args[..]) {
            ("upstream", [name, ..]) => self.group("upstream of streams", name, directive),
            ("log_format", [name, ..]) => self.define("format of streams", name, "", directive, directive),
            ("limit_conn_zone", _) => {
                if let Some(name) = args.iter().find_map(|arg| arg.strip_prefix("zone=")?.split(':').next()) {
                    self.define("zone", name, "", directive, directive);
                }
            }
            ("server", _) => {
                let inside: Vec<Directive> = directive.directives().collect();
                let has = |names: &[&str]| inside.iter().any(|inner| names.contains(&inner.name().as_ref()));
                if !has(&["listen"]) {
                    self.refuse(directive, directive, "a `server` of `stream` needs a `listen`", None);
                }
                if !has(&["proxy_pass", "return", "pass", "content_by_lua_block", "content_by_lua_file"]) {
                    self.refuse(directive, directive, "a `server` of `stream` needs a `proxy_pass` or `return`", None);
                }
                let is_encrypted = |inner: &&Directive| inner.name() == "listen" && words(**inner).iter().any(|word| word == "ssl");
                if let Some(listen) = inside.iter().find(is_encrypted).filter(|_| !has(&["ssl_certificate"]) && !self.has_certificate) {
                    self.refuse(*listen, directive, "a `server` of `stream` with `ssl` needs an `ssl_certificate`", None);
                }
                for listen in inside.iter().filter(|inner| inner.name() == "listen") {
                    let args = words(*listen);
                    let Some(place) = args.first() else { continue };
                    let kind = if args.iter().any(|arg| arg == "udp") { "UDP" } else { "TCP" };
                    self.define(if kind == "UDP" { "UDP port" } else { "TCP port" }, &address(place), "", *listen, directive);
                    if kind == "TCP" {
                        self.define_port(place, "streams", *listen, directive);
                    }
                }
            }
            _ => {}
        }
    }

    fn group(&mut self, kind: &'static str, name: &str, directive: Directive) {
        self.define(kind, &name.to_ascii_lowercase(), "", directive, directive);
        if !directive.directives().any(|inner| inner.name() == "server") {
            self.refuse(directive, directive, &format!("no server is inside of the upstream `{name}`"), None);
        }
        let inside: Vec<Directive> = directive.directives().collect();
        let method = inside.iter().position(|inner| matches!(inner.name().as_ref(), "hash" | "ip_hash" | "random"));
        let behind = method.map_or(&[][..], |at| &inside[at..]);
        if let Some(backup) = behind.iter().find(|inner| words(**inner).iter().any(|word| word == "backup")) {
            self.refuse(*backup, directive, &format!("the method of the upstream `{name}` takes no `backup`"), None);
        }
    }

    /// Where a server for HTTP listens: the options of a socket are said once, and one server is the default.
    fn server(&mut self, server: Directive) {
        let mut own: Vec<String> = Vec::new();
        let name = server.directives().find(|inner| inner.name() == "server_name");
        self.host = name.and_then(|name| words(name).into_iter().next());
        for listen in server.directives().filter(|inner| inner.name() == "listen") {
            let args = words(listen);
            let Some((place, parameters)) = args.split_first() else { continue };
            let key = address(place);
            if own.contains(&key) {
                self.refuse(listen, server, &format!("a server listens on `{place}` twice"), None);
            }
            own.push(key.clone());
            if parameters.iter().any(|word| matches!(word.as_str(), "default_server" | "default")) {
                self.define("default server", &key, "", listen, server);
            }
            let is_option = |word: &String| {
                matches!(word.as_str(), "bind" | "deferred" | "reuseport") || word.contains('=') && !word.starts_with("ipv6only=")
            };
            if parameters.iter().any(is_option) {
                self.define("options of a socket", &key, "", listen, server);
            }
            self.define_port(place, "HTTP", listen, server);
        }
        self.host = None;
    }

    /// A port belongs to HTTP or to streams.
    fn define_port(&mut self, place: &str, what: &str, listen: Directive, outermost: Directive) {
        if place.starts_with("unix:") {
            return;
        }
        let port = address(place).rsplit(':').next().unwrap_or_default().to_owned();
        let has_other = self.known.get(&("port", port.clone())).is_some_and(|known| known.what != what);
        if has_other || !self.known.contains_key(&("port", port.clone())) {
            self.define("port", &port, what, listen, outermost);
        }
    }

    fn define(&mut self, kind: &'static str, name: &str, what: &str, directive: Directive, outermost: Directive) {
        match self.known.entry((kind, name.to_owned())) {
            Entry::Vacant(entry) => {
                entry.insert(Definition { what: what.to_owned(), place: place(outermost) });
            }
            Entry::Occupied(entry) => {
                let rival = entry.get().place.clone();
                self.refuse(directive, outermost, &format!("the {kind} `{name}` is there already"), Some(rival));
            }
        }
    }

    fn refuse(&mut self, directive: Directive, outermost: Directive, message: &str, rival: Option<Range<usize>>) {
        self.found.push(Refusal {
            message: message.to_owned(),
            directive: directive.name().into_owned(),
            line: directive.head_text().to_owned(),
            outermost: place(outermost),
            rival,
            in_stream: self.in_stream,
            host: self.host.clone(),
            ..Refusal::default()
        });
    }
}

fn words(directive: Directive) -> Vec<String> {
    directive.args().map(|arg| arg.value().into_owned()).collect()
}

fn place(directive: Directive) -> Range<usize> {
    let span = directive.span();
    span.start as usize..span.end as usize
}

/// The address and port that a `listen` names, in one form.
fn address(place: &str) -> String {
    if place.starts_with("unix:") {
        return place.to_owned();
    }
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    let (host, port) = match place.rsplit_once(':') {
        _ if is_number(place) => ("*", place),
        Some((host, port)) if is_number(port) && !port.is_empty() && (!host.contains(':') || host.ends_with(']')) => (host, port),
        _ => (place, "80"),
    };
    format!("{}:{port}", if host == "0.0.0.0" { "*" } else { host })
}

#[cfg(test)]
mod tests {
    use super::super::{Build, refusals};

    #[test]
    fn things_are_defined_once() {
        for (inside, is_refused) in [
            ("upstream a { server 10.0.0.1; } upstream b { server 10.0.0.1; }", false),
            ("upstream a { server 10.0.0.1; } upstream A { server 10.0.0.1; }", true),
            ("upstream a { }", true),
            ("upstream a { ip_hash; server 10.0.0.1 backup; }", true),
            ("upstream a { least_conn; server 10.0.0.1; server 10.0.0.2 backup; }", false),
            ("log_format a b; log_format a c;", true),
            ("log_format combined c;", true),
            ("limit_req_zone $host zone=a:1m rate=1r/s; limit_conn_zone $host zone=a:1m;", true),
            ("limit_req_zone $host zone=a:1m rate=1r/s; limit_conn_zone $host zone=b:1m;", false),
            ("server { listen 80 default_server; } server { listen *:80 default_server; }", true),
            ("server { listen 80 default_server; } server { listen [::]:80 default_server; }", false),
            ("server { listen 80 backlog=1; } server { listen 80 backlog=1; }", true),
            ("server { listen 80; } server { listen 80; }", false),
            ("server { listen 80; listen 0.0.0.0:80; }", true),
        ] {
            let text = format!("events {{ }} http {{ {inside} }}");
            assert_eq!(!refusals(&text, Build::Stock).is_empty(), is_refused, "{inside}");
        }
        for (inside, is_refused) in [
            ("server { listen 53 udp; return a; } server { listen 53; return a; }", false),
            ("server { listen 53; return a; } server { listen 53; return a; }", true),
            ("server { listen 53; }", true),
            ("server { return a; }", true),
            ("server { listen 53 ssl; return a; }", true),
            ("server { listen 53; return $remote_addr; }", false),
            ("server { listen 53; return $http_host; }", true),
            ("map $uri $a { default 1; }", true),
            ("map $remote_addr $a { default 1; } server { listen 53; return $a; }", false),
            ("limit_conn a 1;", true),
            ("limit_conn_zone $remote_addr zone=a:1m; limit_conn a 1;", false),
            ("access_log off; server { listen 53; access_log /a nosuch; return a; }", true),
            ("upstream a { server 10.0.0.1; }", true),
            ("server { listen 80; return a; }", true),
        ] {
            let text = format!("events {{ }} http {{ server {{ listen 80; }} }} stream {{ {inside} }}");
            assert_eq!(!refusals(&text, Build::Stock).is_empty(), is_refused, "{inside}");
        }
    }
}
