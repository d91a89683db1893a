//! The addresses and ports that hosts listen on.

use super::super::view::Raw;
use super::printer::Printer;
use crate::catalog::releases::HTTP2_DIRECTIVE;
use crate::ir::Proxy;

/// The parameters of the directives `listen` of a host; those that are allowed only once per port go to the catch-all host.
pub(super) fn lines(proxy: &Proxy, is_catch_all: bool, printer: &mut Printer) -> Vec<Raw> {
    let (runtime, listening) = (&proxy.runtime, &proxy.settings.listening);
    let options = options(proxy, is_catch_all);
    let mut addresses = vec![prefixes(&listening.bind_address_ipv4, "")];
    if runtime.ipv6 {
        addresses.push(prefixes(&listening.bind_address_ipv6, "[::]:"));
    }
    let addresses = addresses.concat();

    let mut tls_options = options.clone();
    let mut port = runtime.https_port;
    if runtime.tls_passthrough {
        // Connections that are not passed through come back from the controller itself, which speaks the PROXY protocol.
        port = runtime.tls_proxy_port;
        if !tls_options.contains(&"proxy_protocol".to_owned()) {
            tls_options.insert(0, "proxy_protocol".to_owned());
        }
    }
    tls_options.push("ssl".to_owned());
    if listening.http2 && !HTTP2_DIRECTIVE.shows(proxy.form) {
        tls_options.push("http2".to_owned());
    }

    let plain = addresses.iter().map(|address| line(address, runtime.http_port, &options));
    let tls = addresses.iter().map(|address| line(address, port, &tls_options));
    let lines: Vec<String> = plain.chain(tls).collect();
    lines.iter().map(|line| printer.words("bind-address", line)).collect()
}

/// What stands before the port: each address, or what nginx writes for all.
pub(super) fn prefixes(addresses: &[String], all: &str) -> Vec<String> {
    match addresses {
        [] => vec![all.to_owned()],
        addresses => addresses.iter().map(|address| format!("{address}:")).collect(),
    }
}

fn options(proxy: &Proxy, is_catch_all: bool) -> Vec<String> {
    let mut options = Vec::new();
    if proxy.settings.listening.proxy_protocol {
        options.push("proxy_protocol".to_owned());
    }
    if is_catch_all {
        options.push("default_server".to_owned());
        if proxy.settings.process.reuse_port {
            options.push("reuseport".to_owned());
        }
        options.push(format!("backlog={}", proxy.runtime.backlog));
    }
    options
}

fn line(prefix: &str, port: u16, options: &[String]) -> String {
    let mut words = vec![format!("{prefix}{port}")];
    words.extend_from_slice(options);
    // The controller leaves a blank before the semicolon, unless TLS is the last word.
    let end = if options.last().is_some_and(|option| option == "ssl") { "" } else { " " };
    words.join(" ") + end
}
