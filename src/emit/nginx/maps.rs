//! Variables that hosts use: each is written only where something asks for it.

use super::escape;
use super::lines::{Lines, Word};
use super::names;
use super::shared::Shared;

/// A table: what it looks at, the variable, and its entries with the default last.
struct Table {
    variable: &'static str,
    source: String,
    about: &'static str,
    entries: Vec<(String, String)>,
}

fn table(variable: &'static str, source: impl Into<String>, about: &'static str, entries: &[(&str, &str)]) -> Table {
    let entries = entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Table { variable, source: source.into(), about, entries }
}

/// Writes the variables that a text asks for, given whether it contains another, and those that these ask for in turn.
pub(super) fn write(shared: &Shared, contains: impl Fn(&str) -> bool, lines: &mut Lines) {
    let tables = tables(shared);
    let mut wanted = vec![false; tables.len()];
    // A later table may ask for an earlier one.
    for at in (0..tables.len()).rev() {
        let asks = |other: &Table| {
            other.source.contains(tables[at].variable) || other.entries.iter().any(|(_, value)| value.contains(tables[at].variable))
        };
        let by_others = tables.iter().zip(&wanted).any(|(other, wanted)| *wanted && asks(other));
        wanted[at] = by_others || contains(tables[at].variable);
    }
    for (table, _) in tables.iter().zip(wanted).filter(|(_, wanted)| *wanted) {
        lines.gap();
        if !table.about.is_empty() {
            lines.comment(table.about);
        }
        lines.block("map", vec![Word::from(&table.source), Word::from(table.variable)], |lines| {
            for (key, value) in &table.entries {
                lines.entry(vec![Word::from(key), Word::from(value)]);
            }
        });
    }
    if contains("${literal_dollar}") || contains("$literal_dollar") {
        lines.gap();
        lines.block("geo", vec![Word::from("$literal_dollar")], |lines| lines.entry(vec![Word::from("default"), Word::from("$")]));
    }
    if contains(escape::VARIABLE) {
        escape::write(lines);
    }
}

/// All tables; each asks only for those before it.
fn tables(shared: &Shared) -> Vec<Table> {
    let settings = &shared.proxy.settings;
    let empty_connection = if settings.upstreams.keepalive_connections > 0 { "" } else { "close" };
    let own_id = if settings.headers.generate_request_id { "$request_id" } else { "" };
    let mut tables = vec![
        table("$connection_upgrade", "$http_upgrade", "", &[("", empty_connection), ("default", "upgrade")]),
        table("$req_id", "$http_x_request_id", "", &[("", own_id), ("default", "$http_x_request_id")]),
        table("$requested_host", "$http_host", "Requests of HTTP/1.0 may name no host.", &[("", "$host"), ("default", "$http_host")]),
    ];
    let trusts = shared.trusts_headers();
    let first = [("~^(?<first_forwarded_host>[^,]*)", "$first_forwarded_host"), ("default", "$requested_host")];
    let best_host =
        if trusts { ("$http_x_forwarded_host", &first[..]) } else { ("$http_host", &[("", "$host"), ("default", "$http_host")][..]) };
    let mut best = table("$best_http_host", best_host.0, "The host that the client asked for.", best_host.1);
    if trusts {
        best.entries.insert(0, (String::new(), String::from("$requested_host")));
    }
    tables.push(best);
    tables.push(table("$forwarded_scheme", "$http_x_forwarded_proto", "", &[("", "$scheme"), ("default", "$http_x_forwarded_proto")]));
    tables.push(table("$forwarded_port", "$http_x_forwarded_port", "", &[("", "$server_port"), ("default", "$http_x_forwarded_port")]));
    tables.push(pass_scheme(shared));
    tables.extend(pass_port(shared));
    tables.push(table("$host_without_port", "$best_http_host", "", &[("~^(?<host_part>[^:]*)", "$host_part"), ("default", "")]));
    tables.push(table("$uri_without_slash", "$request_uri", "", &[("~^(?<uri_part>.*)/$", "$uri_part"), ("default", "$request_uri")]));
    let peer = if settings.listening.proxy_protocol { "$proxy_protocol_addr" } else { "$realip_remote_addr" };
    let full = format!("$http_x_forwarded_for, {peer}");
    tables.push(table("$full_x_forwarded_for", "$http_x_forwarded_for", "", &[("", peer), ("default", &full)]));
    let hsts = hsts(shared);
    tables.push(table(
        "$hsts",
        "$https",
        "Without TLS the header of the backend stays.",
        &[("on", hsts.as_str()), ("default", "$upstream_http_strict_transport_security")],
    ));
    tables
}

fn pass_scheme(shared: &Shared) -> Table {
    let plain = if shared.trusts_headers() { "$forwarded_scheme" } else { "$scheme" };
    let entries = [("443", "https"), ("default", plain)];
    if shared.proxy.settings.listening.proxy_protocol {
        return table("$pass_access_scheme", "$proxy_protocol_server_port", "The scheme that the client used.", &entries);
    }
    table("$pass_access_scheme", "$request_method", "The scheme that the client used.", &entries[1..])
}

/// The port that the client connected to: that of TLS is shown as 443, wherever nginx listens.
fn pass_port(shared: &Shared) -> Vec<Table> {
    let runtime = &shared.proxy.runtime;
    let own = if shared.proxy.settings.listening.proxy_protocol { "$proxy_protocol_server_port" } else { "$server_port" };
    let tls_port = if runtime.tls_passthrough { runtime.tls_proxy_port } else { runtime.https_port }.to_string();
    let source = if shared.trusts_headers() { "$pass_server_port" } else { own };
    vec![
        table("$pass_server_port", "$http_x_forwarded_port", "", &[("", own), ("default", "$http_x_forwarded_port")]),
        table("$pass_port", source, "", &[(tls_port.as_str(), "443"), ("default", source)]),
    ]
}

fn hsts(shared: &Shared) -> String {
    let tls = &shared.proxy.settings.tls;
    let mut value = format!("max-age={}", names::literal(&tls.hsts_max_age));
    if tls.hsts_include_subdomains {
        value.push_str("; includeSubDomains");
    }
    if tls.hsts_preload {
        value.push_str("; preload");
    }
    value
}
