//! How clients connect, what they may send, and where their address is read from.

use std::net::IpAddr;

use super::{Group, Reading, decode, flag, list, number, own, text};
use crate::catalog::value::parse_duration;
use crate::ir::Settings;

pub(super) static GROUP: Group = Group {
    name: "client",
    doc: "How clients connect, what they may send, and where their address is read from.",
    settings: &[
        own("bind-address", "list of addresses", bind_address, "Addresses to listen on, instead of all.").governs(&["listen"]),
        list(
            "bind-address-ipv4",
            |s| &mut s.listening.bind_address_ipv4,
            "First IPv4 address to listen on, unchecked; `bind-address` is the key to use.",
        )
        .governs(&["listen"])
        .unsplit(),
        list(
            "bind-address-ipv6",
            |s| &mut s.listening.bind_address_ipv6,
            "First IPv6 address to listen on, unchecked; `bind-address` is the key to use.",
        )
        .governs(&["listen"])
        .unsplit(),
        flag("disable-ipv6", |s| &mut s.listening.disable_ipv6, "Do not listen on IPv6.").governs(&["listen"]),
        flag("disable-ipv6-dns", |s| &mut s.listening.disable_ipv6_dns, "Do not ask name servers for IPv6 addresses.")
            .governs(&["resolver"]),
        flag("use-http2", |s| &mut s.listening.http2, "Offer HTTP/2 to clients over TLS.").governs(&["http2"]),
        flag("use-proxy-protocol", |s| &mut s.listening.proxy_protocol, "Expect the PROXY protocol in front of each connection.")
            .governs(&["listen", "real_ip_header"]),
        text(
            "proxy-protocol-header-timeout",
            |s| &mut s.listening.proxy_protocol_header_timeout,
            "How long to wait for the PROXY protocol where TLS is passed through.",
        )
        .needs(&[&["use-proxy-protocol"]])
        .read_by(header_timeout),
        number(
            "keep-alive",
            |s| &mut s.client.keepalive_seconds,
            "Seconds that an idle connection of a client stays open; 0 closes it at once.",
        )
        .governs(&["keepalive_timeout"]),
        number("keep-alive-requests", |s| &mut s.client.keepalive_requests, "Requests on one connection of a client.")
            .governs(&["keepalive_requests"]),
        text("client-header-buffer-size", |s| &mut s.client.header_buffer, "Buffer for the header of a request.")
            .governs(&["client_header_buffer_size"]),
        number("client-header-timeout", |s| &mut s.client.header_timeout, "Seconds for the header of a request.")
            .governs(&["client_header_timeout"]),
        text(
            "large-client-header-buffers",
            |s| &mut s.client.large_header_buffers,
            "Number and size of the buffers for large headers of a request.",
        )
        .governs(&["large_client_header_buffers"]),
        text("client-body-buffer-size", |s| &mut s.client.body_buffer, "Buffer for the body of a request.")
            .governs(&["client_body_buffer_size"]),
        number("client-body-timeout", |s| &mut s.client.body_timeout, "Seconds between two reads of the body of a request.")
            .governs(&["client_body_timeout"]),
        text(
            "http2-max-field-size",
            |s| &mut s.client.http2_max_field_size,
            "Largest compressed header field in HTTP/2; counts only together with `http2-max-header-size`.",
        )
        .needs(&[&["http2-max-header-size"], &["use-http2"]])
        .governs(&["http2_max_field_size"]),
        text(
            "http2-max-header-size",
            |s| &mut s.client.http2_max_header_size,
            "Largest header of an HTTP/2 request; counts only together with `http2-max-field-size`.",
        )
        .needs(&[&["http2-max-field-size"], &["use-http2"]])
        .governs(&["http2_max_header_size"]),
        number("http2-max-requests", |s| &mut s.client.http2_max_requests, "Requests on one HTTP/2 connection; 0 leaves it to nginx.")
            .governs(&["http2_max_requests"]),
        number(
            "http2-max-concurrent-streams",
            |s| &mut s.client.http2_max_concurrent_streams,
            "Requests at the same time on one HTTP/2 connection.",
        )
        .needs(&[&["use-http2"]])
        .governs(&["http2_max_concurrent_streams"]),
        flag(
            "enable-underscores-in-headers",
            |s| &mut s.client.underscores_in_headers,
            "Accept underscores in the names of request headers.",
        )
        .governs(&["underscores_in_headers"]),
        flag("ignore-invalid-headers", |s| &mut s.client.ignore_invalid_headers, "Drop request headers with invalid names.")
            .governs(&["ignore_invalid_headers"]),
        number(
            "grpc-buffer-size-kb",
            |s| &mut s.client.grpc_buffer_size_kb,
            "Kilobytes of the buffer for gRPC responses; 0 leaves it to nginx.",
        )
        .governs(&["grpc_buffer_size"])
        .since(1, 11, 0)
        .also(1, 10, 1),
        flag("enable-real-ip", |s| &mut s.client_address.enabled, "Read the address of the client from a header.")
            .governs(&["real_ip_header", "set_real_ip_from"]),
        flag("use-forwarded-headers", |s| &mut s.client_address.from_headers, "Trust the `X-Forwarded-*` headers of the client.")
            .governs(&["real_ip_header", "set_real_ip_from"]),
        text("forwarded-for-header", |s| &mut s.client_address.for_header, "Header that holds the address of the client.")
            .governs(&["real_ip_header", "proxy_set_header X-Original-Forwarded-For"]),
        text("forwarded-host-header", |s| &mut s.client_address.host_header, "Header that holds the host that the client asked for.")
            .governs(&["proxy_set_header X-Original-Forwarded-Host"])
            .since(1, 13, 0),
        text(
            "forwarded-for-proxy-protocol-header",
            |s| &mut s.client_address.for_proxy_protocol_header,
            "Header that holds the address of the client when the PROXY protocol and forwarded headers are both in use.",
        )
        .needs(&[&["use-forwarded-headers"], &["use-proxy-protocol"]])
        .governs(&["real_ip_header"])
        .since(1, 13, 0),
        list("proxy-real-ip-cidr", |s| &mut s.client_address.trusted, "Networks whose word about the address of the client is trusted.")
            .needs(&[&["use-forwarded-headers", "use-proxy-protocol", "enable-real-ip"]])
            .governs(&["set_real_ip_from"]),
        flag(
            "compute-full-forwarded-for",
            |s| &mut s.client_address.full_forwarded_for,
            "Append the address of the peer to `X-Forwarded-For` instead of replacing the header.",
        )
        .needs(&[&["use-forwarded-headers"]]),
    ],
};

/// Each address goes to the list of its family. Quirk: an IPv4 address in IPv6 notation is an IPv4 address.
fn bind_address(settings: &mut Settings, reading: &mut Reading) {
    let listening = &mut settings.listening;
    for item in reading.items() {
        match item.parse::<IpAddr>().map(|address| address.to_canonical()) {
            Ok(IpAddr::V4(address)) => listening.bind_address_ipv4.push(address.to_string()),
            Ok(IpAddr::V6(address)) => listening.bind_address_ipv6.push(format!("[{address}]")),
            Err(_) => reading.refuse_item(format!("{} is not an IP address", decode::quoted(&item))),
        }
    }
}

fn header_timeout(settings: &mut Settings, reading: &mut Reading) {
    let timeout = &mut settings.listening.proxy_protocol_header_timeout;
    if parse_duration(reading.text).is_some() {
        reading.text.clone_into(timeout);
    } else {
        reading.refuse(format!("{} is not a length of time like `10s`", decode::quoted(reading.text)), timeout.as_str());
    }
}
