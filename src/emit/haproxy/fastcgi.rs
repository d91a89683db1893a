//! FastCGI: parameters stand in a section of their own.

use std::collections::BTreeMap;

use super::super::scope::Scope;
use super::lines::{Lines, Rule};
use super::variables;
use super::words::Format;
use crate::ir::{FastCgi, Protocol, Proxy};

/// The name of the section for a set of parameters.
fn name(fastcgi: &FastCgi) -> String {
    let text = format!("{fastcgi:?}");
    format!("_fcgi_{}", sha1_smol::Sha1::from(&text).digest())
}

/// What stands behind the folder in the parameter that names the script.
const SCRIPT_NAME: &str = "$fastcgi_script_name";

fn names_script(name: &str, value: &str) -> bool {
    name == "SCRIPT_FILENAME" && value.ends_with(SCRIPT_NAME)
}

/// The folder of the scripts: the one that a parameter names, else that of nginx.
fn folder(fastcgi: &FastCgi) -> &str {
    let named = fastcgi.params.iter().find(|(name, value)| names_script(name, value)).map(|(_, value)| value.trim_end_matches(SCRIPT_NAME));
    named.filter(|folder| !folder.is_empty() && !folder.contains('$')).unwrap_or("/etc/nginx/html")
}

/// Writes that a backend speaks FastCGI.
pub(super) fn enter(fastcgi: &FastCgi, lines: &mut Lines) {
    lines.code(&format!("use-fcgi-app {}", name(fastcgi)));
}

/// Writes the sections of all routes.
pub(super) fn apps(proxy: &Proxy, scope: &mut Scope, lines: &mut Lines) {
    let routes = proxy.servers.iter().flat_map(|server| &server.routes);
    let speaking = routes.filter(|route| route.steps.backend.asked.value == Protocol::FastCgi);
    let all: BTreeMap<String, &FastCgi> = speaking.map(|route| (name(&route.features.fastcgi), &route.features.fastcgi)).collect();
    for (name, fastcgi) in all {
        lines.section(&format!("fcgi-app {name}"));
        lines.rule(Rule::new("docroot").value(folder(fastcgi)));
        if !fastcgi.index.is_empty() {
            lines.rule(Rule::new("index").value(&fastcgi.index));
        }
        lines.code("option keep-conn");
        for (name, sample) in [
            ("DOCUMENT_URI", "path"),
            ("REDIRECT_STATUS", "int(200)"),
            ("SERVER_NAME", "req.hdr(host),host_only"),
            ("REQUEST_SCHEME", "ssl_fc,iif(https,http)"),
        ] {
            lines.rule(Rule::new("set-param").code(name).format(&Format::sample(sample)));
        }
        for (name, value) in fastcgi.params.iter().filter(|(name, value)| !names_script(name, value)) {
            match variables::format(value) {
                Ok(value) if value.is_empty() => scope.lost("fastcgi-params-configmap", "HAProxy sends no parameter without a value"),
                Ok(value) => lines.rule(Rule::new("set-param").value(name).format(&value)),
                Err(name) => scope.lost("fastcgi-params-configmap", &format!("HAProxy does not know `${name}`: the parameter is not sent")),
            }
        }
    }
}
