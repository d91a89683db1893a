//! TCP and UDP services.

use std::sync::Arc;

use super::super::view::{Raw, view};
use super::keys::Keys;
use super::listen::prefixes;
use super::printer::Printer;
use super::shared::LayoutView;
use crate::ir::{Proxy, Stream, Transport};

view! {
    /// All TCP and UDP services.
    struct Streams {
        keys: Arc<Keys>,
        layout: Arc<LayoutView>,
        status_port: u16,
        resolver: Option<Raw>,
        log_format: Raw,
        access_log: Option<Raw>,
        error_log: Raw,
        trusted: Vec<Raw>,
        port: u16,
        tcp: Vec<Arc<StreamView>>,
        udp: Vec<Arc<StreamView>>,
        snippets: Vec<Raw>,
    }

    /// One port.
    struct StreamView {
        name: Raw,
        listen: Vec<Raw>,
        sends_proxy_protocol: bool,
    }
}

/// The part of the configuration for TCP and UDP.
pub(super) fn piece(proxy: &Proxy, layout: &Arc<LayoutView>, printer: &mut Printer) -> Raw {
    let settings = &proxy.settings;
    let logging = &settings.logging;
    let path = if logging.stream_access_log_path.is_empty() { &logging.access_log_path } else { &logging.stream_access_log_path };
    let access_log = format!("{path} log_stream {}", logging.access_log_params);
    let is_logged = !logging.off && !logging.stream_off;
    let trusted = if settings.client_address.enabled { settings.client_address.trusted.as_slice() } else { &[] };
    let snippets = proxy.stream_snippets.iter().chain(std::iter::once(&settings.snippets.stream));
    let view = Streams {
        keys: printer.keys(settings),
        layout: Arc::clone(layout),
        status_port: proxy.runtime.status_port,
        resolver: super::http::resolver(proxy),
        log_format: printer.in_single_quotes("log-format-stream", &logging.format_stream),
        access_log: is_logged.then(|| printer.words("stream-access-log-path", &access_log)),
        error_log: printer.words("error-log-path", &format!("{} {}", logging.error_log_path, logging.error_log_level)),
        trusted: trusted.iter().map(|network| printer.words("proxy-real-ip-cidr", network)).collect(),
        port: proxy.runtime.stream_port,
        tcp: ports(proxy, Transport::Tcp, printer),
        udp: ports(proxy, Transport::Udp, printer),
        snippets: snippets.filter_map(|snippet| printer.directives("stream-snippet", snippet)).collect(),
    };
    printer.piece("ingress_nginx/stream.conf", view)
}

fn ports(proxy: &Proxy, transport: Transport, printer: &mut Printer) -> Vec<Arc<StreamView>> {
    let of_transport = proxy.streams.iter().filter(|stream| stream.transport == transport);
    of_transport.map(|stream| Arc::new(port(proxy, stream, printer))).collect()
}

fn port(proxy: &Proxy, stream: &Stream, printer: &mut Printer) -> StreamView {
    let kind = match stream.transport {
        Transport::Tcp => "tcp",
        Transport::Udp => "udp",
    };
    let option = match stream.transport {
        Transport::Udp => " udp",
        Transport::Tcp if stream.accept_proxy_protocol => " proxy_protocol",
        Transport::Tcp => "",
    };
    let listening = &proxy.settings.listening;
    let mut addresses = prefixes(&listening.bind_address_ipv4, "");
    if proxy.runtime.ipv6 {
        addresses.extend(prefixes(&listening.bind_address_ipv6, "[::]:"));
    }
    let name = format!("{kind}-{}-{}-{}", stream.namespace, stream.service_name, stream.port);
    StreamView {
        name: printer.in_double_quotes(&format!("{kind}-services-configmap"), &name),
        listen: addresses.iter().map(|address| printer.words("bind-address", &format!("{address}{}{option}", stream.listen))).collect(),
        sends_proxy_protocol: stream.transport == Transport::Tcp && stream.send_proxy_protocol,
    }
}
