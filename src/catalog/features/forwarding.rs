//! How a request is passed to the backend.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, keys};
use crate::catalog::releases;
use crate::catalog::value::{Check, Fit, patterns};

keys! {
    /// Protocol that the backend speaks.
    PROTOCOL: String = "backend-protocol" {
        gateway: gateway::PROTOCOL,
        example: "HTTPS",
        check: Check::OptionsAnyCase(&["auto_http", "http", "https", "grpc", "grpcs", "fcgi"]),
        directives: &["proxy_pass", "grpc_pass", "fastcgi_pass"],
    }
    /// Buffer for the body of the request.
    BODY_BUFFER: String = "client-body-buffer-size" {
        gateway: gateway::BUFFERS,
        example: "16k",
        check: Check::MatchesWithoutSpaces(&patterns::SIZE),
        refused: Fate::IngressDropped,
        directives: &["client_body_buffer_size"],
        fit: Some(Fit::Memory("16k")),
    }
    /// Value of the header `Connection` for the backend.
    CONNECTION: String = "connection-proxy-header" {
        gateway: gateway::CONNECTION,
        example: "keep-alive",
        check: Check::MatchesWithoutSpaces(&patterns::CONNECTION),
        refused: Fate::IngressDropped,
        directives: &["proxy_set_header", "grpc_set_header"],
    }
    /// Value of the header `Host` for the backend.
    HOST: String = "upstream-vhost" {
        gateway: gateway::HOST,
        example: "web.shop.svc",
        check: Check::HostPattern,
        refused: Fate::IngressDropped,
        directives: &["proxy_set_header", "grpc_set_header"],
    }
    /// Value of the header `X-Forwarded-Prefix` for the backend, where the path is rewritten.
    PREFIX: String = "x-forwarded-prefix" {
        gateway: gateway::REQUEST_HEADER,
        example: "/app",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::PATH_WITH_CAPTURES),
        before: &[(&releases::PREFIX_CAPTURES, Check::MatchesWithoutSpaces(&patterns::BASIC))],
        refused: Fate::IngressDropped,
        needs: Needs::one_of(&["rewrite-target"]),
        directives: &["proxy_set_header", "grpc_set_header"],
    }
    /// Pushes what headers `Link` of the backend name.
    PUSH_PRELOAD: bool = "http2-push-preload" {
        gateway: gateway::PUSH,
        example: "true",
        check: Check::Bool,
        refused: Fate::IngressDropped,
        directives: &["http2_push_preload"],
    }
}
