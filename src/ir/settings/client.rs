//! How clients connect, what they may send, and where their address is read from.

/// Addresses and protocols that clients connect with.
#[derive(Debug, Clone, PartialEq)]
pub struct Listening {
    /// IPv4 addresses to listen on; empty: all.
    pub bind_address_ipv4: Vec<String>,
    /// IPv6 addresses to listen on, in brackets; empty: all.
    pub bind_address_ipv6: Vec<String>,
    /// Do not listen on IPv6.
    pub disable_ipv6: bool,
    /// Do not ask name servers for IPv6 addresses.
    pub disable_ipv6_dns: bool,
    /// Offer HTTP/2 to clients over TLS.
    pub http2: bool,
    /// Expect the PROXY protocol in front of each connection.
    pub proxy_protocol: bool,
    /// How long to wait for the PROXY protocol where TLS is passed through.
    pub proxy_protocol_header_timeout: String,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            bind_address_ipv4: Vec::new(),
            bind_address_ipv6: Vec::new(),
            disable_ipv6: false,
            disable_ipv6_dns: false,
            http2: true,
            proxy_protocol: false,
            proxy_protocol_header_timeout: "5s".into(),
        }
    }
}

/// Limits and timeouts towards the client.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// Seconds that an idle connection of a client stays open; 0 closes it at once.
    pub keepalive_seconds: i64,
    /// Requests on one connection of a client.
    pub keepalive_requests: i64,
    /// Buffer for the header of a request.
    pub header_buffer: String,
    /// Seconds for the header of a request.
    pub header_timeout: i64,
    /// Number and size of the buffers for large headers of a request.
    pub large_header_buffers: String,
    /// Buffer for the body of a request.
    pub body_buffer: String,
    /// Seconds between two reads of the body of a request.
    pub body_timeout: i64,
    /// Largest compressed header field in HTTP/2; counts only together with `http2_max_header_size`.
    pub http2_max_field_size: String,
    /// Largest header of an HTTP/2 request; counts only together with `http2_max_field_size`.
    pub http2_max_header_size: String,
    /// Requests on one HTTP/2 connection; 0 leaves it to nginx.
    pub http2_max_requests: i64,
    /// Requests at the same time on one HTTP/2 connection.
    pub http2_max_concurrent_streams: i64,
    /// Accept underscores in the names of request headers.
    pub underscores_in_headers: bool,
    /// Drop request headers with invalid names.
    pub ignore_invalid_headers: bool,
    /// Kilobytes of the buffer for gRPC responses; 0 leaves it to nginx.
    pub grpc_buffer_size_kb: i64,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            keepalive_seconds: 75,
            keepalive_requests: 1000,
            header_buffer: "1k".into(),
            header_timeout: 60,
            large_header_buffers: "4 8k".into(),
            body_buffer: "8k".into(),
            body_timeout: 60,
            http2_max_field_size: String::new(),
            http2_max_header_size: String::new(),
            http2_max_requests: 0,
            http2_max_concurrent_streams: 128,
            underscores_in_headers: false,
            ignore_invalid_headers: true,
            grpc_buffer_size_kb: 0,
        }
    }
}

/// Where the address of the client is read from.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientAddress {
    /// Read the address of the client from a header.
    pub enabled: bool,
    /// Trust the `X-Forwarded-*` headers of the client.
    pub from_headers: bool,
    /// Header that holds the address of the client.
    pub for_header: String,
    /// Header that holds the host that the client asked for.
    pub host_header: String,
    /// Header that holds the address of the client when the PROXY protocol and forwarded headers are both in use.
    pub for_proxy_protocol_header: String,
    /// Networks whose word about the address of the client is trusted.
    pub trusted: Vec<String>,
    /// Append the address of the peer to `X-Forwarded-For` instead of replacing the header.
    pub full_forwarded_for: bool,
}

impl Default for ClientAddress {
    fn default() -> Self {
        Self {
            enabled: false,
            from_headers: false,
            for_header: "X-Forwarded-For".into(),
            host_header: "X-Forwarded-Host".into(),
            for_proxy_protocol_header: "X-Forwarded-For-Proxy-Protocol".into(),
            trusted: vec!["0.0.0.0/0".into()],
            full_forwarded_for: false,
        }
    }
}
