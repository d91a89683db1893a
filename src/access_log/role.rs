//! What variables tell of a request.

/// What the value of a variable is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// The request line.
    Line,
    Method,
    /// The target as it was sent.
    Target,
    /// The version of HTTP.
    Version,
    /// The host as nginx takes it, or the header as it was sent.
    Host,
    /// The first name of the server.
    Server,
    /// The port of the proxy that it came to.
    Port,
    Scheme,
    /// `on` over TLS.
    Https,
    /// The version of TLS; nothing without it.
    Tls,
    /// The name in the handshake.
    Sni,
    Client,
    User,
    Status,
    /// The upstream of the location.
    Upstream,
    /// Who was asked.
    Address,
    /// The length of the body.
    Length,
    /// A header of the request.
    Header(String),
    Cookie(String),
    /// Nothing that decides.
    Other,
}

impl Role {
    /// That of a variable.
    pub(super) fn of(name: &str) -> Self {
        match name {
            "request" => Self::Line,
            "request_method" => Self::Method,
            "request_uri" => Self::Target,
            "server_protocol" => Self::Version,
            "host" | "http_host" | "best_http_host" => Self::Host,
            "server_name" => Self::Server,
            "server_port" => Self::Port,
            "scheme" => Self::Scheme,
            "https" => Self::Https,
            "ssl_protocol" => Self::Tls,
            "ssl_server_name" => Self::Sni,
            "remote_addr" | "the_real_ip" => Self::Client,
            "remote_user" => Self::User,
            "status" => Self::Status,
            "proxy_upstream_name" => Self::Upstream,
            "upstream_addr" => Self::Address,
            "content_length" | "http_content_length" => Self::Length,
            // nginx keeps no header of that name apart.
            "http_cookie" => Self::Header(String::from("Cookie")),
            _ => match (name.strip_prefix("http_"), name.strip_prefix("cookie_")) {
                (Some(header), _) => Self::Header(header.replace('_', "-")),
                (_, Some(cookie)) => Self::Cookie(cookie.to_owned()),
                _ => Self::Other,
            },
        }
    }
}
