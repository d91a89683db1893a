//! How a live configuration is laid out, from which the release of its controller can be told.
//!
//! The file itself names no version.

use crate::conf::{Arg, Directive, Quoting, Tree};

/// What differs between releases, as far as a configuration shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Layout {
    /// HTTP/2 is a directive of its own, not a parameter of `listen`.
    pub http2_directive: Option<bool>,
    /// Lua code lies in files, not in blocks.
    pub lua_files: Option<bool>,
    /// Timeouts towards gRPC backends are set.
    pub grpc_timeouts: Option<bool>,
    /// Backends get `X-Original-Forwarded-Host`.
    pub original_host: Option<bool>,
    /// Names of hosts are quoted.
    pub quoted_paths: Option<bool>,
    /// Of two ciphers of one kind the longer one comes first.
    pub cipher_order: Option<bool>,
    /// A directive that only releases before the first known one write.
    pub outdated: Option<&'static str>,
}

/// Directives that no known release writes: of modules that were taken out of the image with 1.9.
const OUTDATED: [&str; 8] = [
    "ajp_temp_path",
    "geoip_city",
    "geoip_country",
    "geoip_org",
    "influxdb",
    "opentracing",
    "opentracing_load_tracer",
    "opentracing_propagate_context",
];

impl Layout {
    /// Reads what a live configuration shows.
    #[must_use]
    pub fn read(live: &Tree<'_>) -> Self {
        let mut layout = Self::default();
        for directive in live.directives().filter(|directive| directive.name() == "http").flat_map(Directive::directives) {
            match &*directive.name() {
                "init_by_lua_file" => layout.lua_files = Some(true),
                "init_by_lua_block" => layout.lua_files = Some(false),
                "ssl_ciphers" => layout.cipher_order = directive.args().next().and_then(|arg| longer_first(&arg.value())),
                _ => {}
            }
        }
        let is_old = |directive: Directive<'_>| {
            let name = directive.name();
            OUTDATED.into_iter().find(|outdated| *outdated == name)
        };
        layout.outdated =
            live.directives().filter(|directive| directive.name() == "http").flat_map(Directive::descendants).find_map(is_old);
        for server in live.servers() {
            layout.read_server(server);
        }
        layout
    }

    fn read_server(&mut self, server: Directive<'_>) {
        for directive in server.directives() {
            match &*directive.name() {
                "http2" => self.http2_directive = Some(true),
                "listen" if directive.args().any(|arg| arg.value() == "http2") => self.http2_directive = Some(false),
                "ssl_certificate_by_lua_file" => self.lua_files = Some(true),
                "ssl_certificate_by_lua_block" => self.lua_files = Some(false),
                "server_name" => {
                    self.quoted_paths = directive.args().next().map(|name| name.quoting() == Quoting::Double).or(self.quoted_paths)
                }
                "location" => self.read_location(directive),
                _ => {}
            }
        }
    }

    fn read_location(&mut self, location: Directive<'_>) {
        let (mut is_grpc, mut has_grpc_timeout, mut has_for, mut has_host) = (false, false, false, false);
        for directive in location.directives() {
            match &*directive.name() {
                "grpc_pass" => is_grpc = true,
                "grpc_read_timeout" => has_grpc_timeout = true,
                "proxy_set_header" => match directive.args().next().map(Arg::value).as_deref() {
                    Some("X-Original-Forwarded-For") => has_for = true,
                    Some("X-Original-Forwarded-Host") => has_host = true,
                    _ => {}
                },
                _ => {}
            }
        }
        if is_grpc {
            self.grpc_timeouts = Some(has_grpc_timeout);
        }
        if has_for {
            self.original_host = Some(has_host);
        }
    }
}

/// Whether the longer one of the two DHE ciphers of the default list comes first.
fn longer_first(ciphers: &str) -> Option<bool> {
    let longer = ciphers.find("DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256").is_some();
    let shorter = ciphers.find(":DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384").is_some();
    (longer != shorter).then_some(longer)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::conf;
    use crate::source::FileId;

    #[test]
    fn only_what_is_shown_is_told() {
        let shown = |text| Layout::read(&conf::parse(FileId(0), text).value);
        assert_eq!(shown("http { server { listen 80; } }"), Layout::default());
        let old = shown(
            "http { init_by_lua_block { a() } ssl_ciphers 'X:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384';
             server { server_name _ ; listen 443 ssl http2; location / { proxy_set_header X-Original-Forwarded-For $x; grpc_pass x; } } }",
        );
        let none = Some(false);
        let expected = Layout {
            http2_directive: none,
            lua_files: none,
            grpc_timeouts: none,
            original_host: none,
            quoted_paths: none,
            cipher_order: none,
            outdated: None,
        };
        assert_eq!(shown("http { ajp_temp_path /tmp; server { listen 80; } }").outdated, Some("ajp_temp_path"));
        assert_eq!(old, expected);
        let extract = shown("server { server_name \"a\"; http2 on; ssl_certificate_by_lua_file x; }");
        assert_eq!((extract.http2_directive, extract.lua_files, extract.quoted_paths), (Some(true), Some(true), Some(true)));
    }
}
