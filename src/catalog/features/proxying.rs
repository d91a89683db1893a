//! Sizes, times and changes on the way to the backend and back.

use crate::catalog::gateway;
use crate::catalog::key::{Needs, Risk, keys};
use crate::catalog::releases;
use crate::catalog::value::{Check, Fit, patterns};
use crate::catalog::version::Version;
use crate::ir::Proxying;

const ON_OFF: Check = Check::Options(&["on", "off"]);

keys! {
    of Proxying;

    /// Largest body of a request; `0` for no limit.
    BODY_SIZE: String = "proxy-body-size" => body_size {
        gateway: gateway::BODY_SIZE,
        example: "8m",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::SIZE),
        directives: &["client_max_body_size"],
        fit: Some(Fit::Offset("1m")),
    }
    /// Seconds to connect to the backend.
    CONNECT_TIMEOUT: i64 = "proxy-connect-timeout" => connect_timeout {
        gateway: gateway::TIMEOUT_MORE,
        example: "10",
        check: Check::Int,
        directives: &["proxy_connect_timeout", "grpc_connect_timeout"],
    }
    /// Seconds between two writes to the backend.
    SEND_TIMEOUT: i64 = "proxy-send-timeout" => send_timeout {
        gateway: gateway::TIMEOUT_MORE,
        example: "120",
        check: Check::Int,
        directives: &["proxy_send_timeout", "grpc_send_timeout"],
    }
    /// Seconds between two reads from the backend.
    READ_TIMEOUT: i64 = "proxy-read-timeout" => read_timeout {
        gateway: gateway::TIMEOUT,
        example: "120",
        check: Check::Int,
        directives: &["proxy_read_timeout", "grpc_read_timeout"],
    }
    /// Number of buffers for a response.
    BUFFERS_NUMBER: i64 = "proxy-buffers-number" => buffers_number {
        gateway: gateway::BUFFERS,
        example: "8",
        check: Check::Int,
        directives: &["proxy_buffers"],
    }
    /// Size of each buffer, and of the one for the headers of the response.
    BUFFER_SIZE: String = "proxy-buffer-size" => buffer_size {
        gateway: gateway::BUFFERS,
        example: "8k",
        check: Check::MatchesWithoutSpaces(&patterns::SIZE),
        directives: &["proxy_buffer_size", "proxy_buffers"],
    }
    /// Size of buffers that may be busy with sending.
    BUSY_BUFFERS_SIZE: String = "proxy-busy-buffers-size" => busy_buffers_size {
        gateway: gateway::BUFFERS,
        example: "16k",
        check: Check::MatchesWithoutSpaces(&patterns::SIZE),
        since: Some(Version::new(1, 13, 0)),
        directives: &["proxy_busy_buffers_size"],
    }
    /// Change of the path of cookies.
    COOKIE_PATH: String = "proxy-cookie-path" => cookie_path {
        gateway: gateway::BACKEND_COOKIES,
        example: "/one/ /two/",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::URL),
        before: &[(&releases::URL_COMMAS, Check::MatchesWithoutSpaces(&patterns::URL_WITHOUT_COMMAS))],
        directives: &["proxy_cookie_path"],
    }
    /// Change of the domain of cookies: two domains, or `off`.
    COOKIE_DOMAIN: String = "proxy-cookie-domain" => cookie_domain {
        gateway: gateway::BACKEND_COOKIES,
        example: "internal.example.com example.com",
        risk: Risk::Medium,
        check: Check::Matches(&patterns::COOKIE_DOMAIN),
        before: &[(&releases::COOKIE_DOMAIN, Check::MatchesWithoutSpaces(&patterns::BASIC))],
        directives: &["proxy_cookie_domain"],
    }
    /// When the next endpoint is tried.
    NEXT_UPSTREAM: String = "proxy-next-upstream" => next_upstream {
        gateway: gateway::RETRIES,
        example: "error timeout http_502",
        risk: Risk::Medium,
        check: Check::Matches(&patterns::NEXT_UPSTREAM),
        directives: &["proxy_next_upstream"],
    }
    /// Seconds for all tries; `0` for no limit.
    NEXT_UPSTREAM_TIMEOUT: i64 = "proxy-next-upstream-timeout" => next_upstream_timeout {
        gateway: gateway::TIMEOUT_MORE,
        example: "30",
        check: Check::Int,
        directives: &["proxy_next_upstream_timeout"],
    }
    /// Number of tries; `0` for no limit.
    NEXT_UPSTREAM_TRIES: i64 = "proxy-next-upstream-tries" => next_upstream_tries {
        gateway: gateway::RETRIES,
        example: "2",
        check: Check::Int,
        directives: &["proxy_next_upstream_tries"],
    }
    /// Reads the whole request before it is passed on.
    REQUEST_BUFFERING: String = "proxy-request-buffering" => request_buffering {
        gateway: gateway::BUFFERING,
        example: "off",
        check: ON_OFF,
        directives: &["proxy_request_buffering"],
    }
    /// Headers `Location` of the backend that are changed; `off` or `default`.
    REDIRECT_FROM: String = "proxy-redirect-from" => redirect_from {
        gateway: gateway::BACKEND_REDIRECTS,
        example: "http://internal/",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::URL),
        before: &[(&releases::URL_COMMAS, Check::MatchesWithoutSpaces(&patterns::URL_WITHOUT_COMMAS))],
        directives: &["proxy_redirect"],
    }
    /// What they are changed to.
    REDIRECT_TO: String = "proxy-redirect-to" => redirect_to {
        gateway: gateway::BACKEND_REDIRECTS,
        example: "https://example.com/",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::URL),
        before: &[(&releases::URL_COMMAS, Check::MatchesWithoutSpaces(&patterns::URL_WITHOUT_COMMAS))],
        needs: Needs::one_of(&["proxy-redirect-from"]).or(|settings| settings.route_defaults.proxying.redirect_from != "off"),
        directives: &["proxy_redirect"],
    }
    /// Reads the response as fast as the backend sends it.
    BUFFERING: String = "proxy-buffering" => buffering {
        gateway: gateway::BUFFERING,
        example: "on",
        check: ON_OFF,
        directives: &["proxy_buffering"],
    }
    /// Version of HTTP for the backend.
    HTTP_VERSION: String = "proxy-http-version" => http_version {
        gateway: gateway::HTTP_VERSION,
        example: "1.0",
        check: Check::Options(&["1.0", "1.1"]),
        directives: &["proxy_http_version"],
    }
    /// Largest temporary file for a response.
    MAX_TEMP_FILE_SIZE: String = "proxy-max-temp-file-size" => max_temp_file_size {
        gateway: gateway::BUFFERS,
        example: "512m",
        check: Check::MatchesWithoutSpaces(&patterns::SIZE),
        directives: &["proxy_max_temp_file_size"],
        fit: Some(Fit::Offset("1024m")),
    }
}
