//! Arguments of the controller as causes: its ports, its health check, what it loads and logs.

use super::Causes;
use super::governs::governs;
use super::query::Query;
use crate::catalog::flags::{self, Flag};
use crate::diagnostic::{Cause, ObjectRef, Reason};
use crate::manifest::Cluster;
use crate::source::Span;

/// Which argument governs which directives. A port governs the lines that hold it.
const GOVERNED: [(&str, &[&str]); 12] = [
    ("default-server-port", &["listen"]),
    ("default-ssl-certificate", &["ssl_certificate", "ssl_certificate_key"]),
    (
        "enable-metrics",
        &["init_worker_by_lua_file", "init_worker_by_lua_block", "init_by_lua_block", "log_by_lua_file", "log_by_lua_block"],
    ),
    ("enable-ssl-passthrough", &["real_ip_header", "set_real_ip_from"]),
    ("http-port", &["listen"]),
    ("https-port", &["listen"]),
    ("maxmind-edition-ids", &["geoip2"]),
    ("monitor-max-batch-size", &["init_worker_by_lua_file", "init_worker_by_lua_block"]),
    ("ssl-passthrough-proxy-port", &["listen"]),
    ("status-port", &["listen"]),
    ("stream-port", &["listen"]),
    ("v", &["error_log"]),
];

impl Causes<'_> {
    /// The argument that says something else than the default, and that a directive follows.
    pub(super) fn of_argument(&self, query: &Query) -> Option<Cause> {
        let governors = GOVERNED.iter().filter(|(_, directives)| governs(directives, query.name));
        let is_shown = |value: &str| {
            let mut words = query.text.trim_end_matches(';').split([' ', ':']);
            let is_other = || query.other.trim_end_matches(';').split([' ', ':']).any(|word| word == value);
            query.name != "listen" || (words.any(|word| word == value) && !is_other())
        };
        governors.filter_map(|(name, _)| self.given(name)).find(|(_, value)| is_shown(value)).map(|(flag, _)| self.argument(flag))
    }

    /// An argument whose value is not the default of the release, and the value.
    fn given(&self, name: &str) -> Option<(&'static Flag, String)> {
        let flag = flags::find(name)?;
        let value = flag.value_in(&self.controller.flags);
        (value != flag.default_in(self.controller.version)).then_some((flag, value))
    }

    pub(super) fn argument(&self, flag: &Flag) -> Cause {
        let found = in_manifests(self.cluster, flag.name);
        let object = found.map(|(object, _)| object.clone());
        let of = object.as_ref().map(|object| format!(" of {} `{}/{}`", object.kind, object.namespace, object.name)).unwrap_or_default();
        let subject = format!("--{}", flag.name);
        let message = format!("argument `{subject}`{of}");
        Cause { reason: Reason::Argument, message, subject, object, span: found.and_then(|(_, span)| span) }
    }
}

/// Where manifests give an argument to the controller, the last time.
pub(super) fn in_manifests<'a>(cluster: &'a Cluster, name: &str) -> Option<(&'a ObjectRef, Option<Span>)> {
    let controller = cluster.controllers.iter().min_by(|a, b| a.reference.cmp(&b.reference))?;
    let is_it = |arg: &str| arg.trim_start_matches('-').split('=').next() == Some(name) && arg.starts_with('-');
    let (_, span) = controller.value.args.iter().rev().find(|(arg, _)| is_it(arg))?;
    Some((&controller.reference, *span))
}
