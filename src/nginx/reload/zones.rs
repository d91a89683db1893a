//! Tables of counters and formats of logs that no part of a configuration defines.

use hashbrown::HashSet;

use crate::conf::{Directive, Tree};

/// The tables and formats of one configuration.
#[derive(Debug, Default)]
pub(super) struct Zones {
    requests: HashSet<String>,
    connections: HashSet<String>,
    caches: HashSet<String>,
    formats: HashSet<String>,
}

impl Zones {
    /// All that the configuration defines in a part of it, `http` or `stream`.
    pub(super) fn of(tree: &Tree, part: &str) -> Self {
        let mut zones = Self::default();
        for directive in tree.directives().filter(|directive| directive.name() == part).flat_map(Directive::directives) {
            let into = match directive.name().as_ref() {
                "limit_req_zone" => &mut zones.requests,
                "limit_conn_zone" => &mut zones.connections,
                name if name.ends_with("_cache_path") => &mut zones.caches,
                "log_format" => {
                    zones.formats.extend(directive.args().next().map(|name| name.value().into_owned()));
                    continue;
                }
                _ => continue,
            };
            let args = directive.args().map(|arg| arg.value());
            into.extend(
                args.filter_map(|arg| Some(arg.strip_prefix("keys_").unwrap_or(&arg).strip_prefix("zone=")?.split(':').next()?.to_owned())),
            );
        }
        zones
    }

    /// Why nginx refuses the table or format that a directive names.
    pub(super) fn refusal(&self, name: &str, args: &[&str]) -> Option<String> {
        let (zone, known) = match name {
            "limit_req" => (args.iter().find_map(|arg| arg.strip_prefix("zone="))?, &self.requests),
            "limit_conn" => (*args.first()?, &self.connections),
            "proxy_cache" | "fastcgi_cache" | "uwsgi_cache" | "scgi_cache" => {
                (*args.first().filter(|zone| **zone != "off" && !zone.contains('$'))?, &self.caches)
            }
            "access_log" => {
                let format = args
                    .get(1)
                    .filter(|_| args.first() != Some(&"off"))
                    .filter(|format| **format != "combined" && !self.formats.contains(**format))?;
                return Some(format!("`access_log`: there is no format `{format}`"));
            }
            _ => return None,
        };
        (!known.contains(zone)).then(|| format!("`{name}`: there is no table `{zone}`"))
    }
}
