//! What directives of nginx do that people write into snippets, and the annotations that say the same.
//!
//! An annotation is named where the controller writes the directive for it, or answers as it would; what the annotation leaves out
//! stands behind it.

/// A directive.
#[derive(Debug)]
pub struct Directive {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub meaning: &'static str,
    /// Annotations that say the same, or a part of it.
    pub annotations: &'static [&'static str],
    /// What they leave out; empty: nothing.
    pub but: &'static str,
}

const fn does(name: &'static str, meaning: &'static str) -> Directive {
    Directive { name, meaning, annotations: &[], but: "" }
}

impl Directive {
    const fn like(self, annotations: &'static [&'static str]) -> Self {
        Self { annotations, ..self }
    }

    const fn but(self, but: &'static str) -> Self {
        Self { but, ..self }
    }
}

/// What is known of a directive.
#[must_use]
pub fn find(name: &str) -> Option<&'static Directive> {
    let at = DIRECTIVES.binary_search_by(|directive| directive.name.cmp(name)).ok()?;
    DIRECTIVES.get(at)
}

const HEADERS: &str = "the header must be allowed by `global-allowed-response-headers`, and has no variables";
const CODE: &str = "runs code of Lua";

/// All of them, by name.
static DIRECTIVES: &[Directive] = &[
    does("access_by_lua_block", CODE),
    does("access_by_lua_file", CODE),
    does("access_log", "says where requests are logged, and whether").like(&["enable-access-log"]).but("on or off alone"),
    does("add_header", "adds a header to answers").like(&["custom-headers"]).but(HEADERS),
    does("alias", "serves files of a folder"),
    does("allow", "lets addresses in").like(&["allowlist-source-range"]),
    does("auth_basic", "asks for a password").like(&["auth-type", "auth-realm"]),
    does("auth_basic_user_file", "names the file of users and passwords").like(&["auth-secret"]),
    does("auth_request", "asks a service whether a request may pass").like(&["auth-url"]),
    does("auth_request_set", "keeps a part of the answer of that service")
        .like(&["auth-response-headers"])
        .but("headers that the backend gets alone"),
    does("autoindex", "lists the files of a folder"),
    does("body_filter_by_lua_block", CODE),
    does("break", "ends the changes of a path"),
    does("charset", "names the character set of answers"),
    does("chunked_transfer_encoding", "sends answers without a length in chunks, or not"),
    does("client_body_buffer_size", "is how much of a body is kept in memory").like(&["client-body-buffer-size"]),
    does("client_body_timeout", "is how long a client may pause in a body"),
    does("client_header_buffer_size", "is the room for headers of a request"),
    does("client_header_timeout", "is how long a client may take for headers"),
    does("client_max_body_size", "limits bodies of requests").like(&["proxy-body-size"]),
    does("content_by_lua_block", CODE),
    does("default_type", "is the type of answers that have none"),
    does("deny", "keeps addresses out").like(&["denylist-source-range"]),
    does("error_log", "says where errors are logged"),
    does("error_page", "gives another page in the place of an error")
        .like(&["custom-http-errors", "default-backend"])
        .but("a Service answers, not a path or a URL"),
    does("etag", "adds `ETag` to files"),
    does("expires", "says how long answers may be kept"),
    does("fastcgi_index", "names the file for paths that end in a slash").like(&["fastcgi-index"]),
    does("fastcgi_param", "sets a parameter for FastCGI").like(&["fastcgi-params-configmap"]),
    does("fastcgi_pass", "passes requests on by FastCGI").like(&["backend-protocol"]).but("the backend is that of the path"),
    does("grpc_pass", "passes requests on by gRPC").like(&["backend-protocol"]).but("the backend is that of the path"),
    does("grpc_read_timeout", "is how long a backend may pause, with gRPC").like(&["proxy-read-timeout"]),
    does("grpc_send_timeout", "is how long a backend may take nothing, with gRPC").like(&["proxy-send-timeout"]),
    does("grpc_set_header", "sets a header for the backend, with gRPC"),
    does("gzip", "compresses answers, or not"),
    does("gzip_min_length", "is how long an answer is at least that is compressed"),
    does("gzip_types", "says which types of answers are compressed"),
    does("header_filter_by_lua_block", CODE),
    does("http2_push_preload", "pushes what `Link` headers name").like(&["http2-push-preload"]),
    does("if", "does something for some requests only"),
    does("if_modified_since", "says how times of files are compared"),
    does("include", "reads another file"),
    does("index", "names the file for paths that end in a slash"),
    does("internal", "takes no requests of clients"),
    does("keepalive_timeout", "is how long a connection of a client stays open"),
    does("large_client_header_buffers", "is the room for long headers of a request"),
    does("limit_conn", "limits connections")
        .like(&["limit-connections"])
        .but("by address of the client, each Ingress with counters of its own"),
    does("limit_except", "lets only some methods in without further checks"),
    does("limit_rate", "limits how fast an answer is sent").like(&["limit-rate"]),
    does("limit_rate_after", "is how much is sent before that limit holds").like(&["limit-rate-after"]),
    does("limit_req", "limits the rate of requests")
        .like(&["limit-rps", "limit-rpm"])
        .but("by address of the client, each Ingress with counters of its own"),
    does("location", "is a path of its own"),
    does("log_by_lua_block", CODE),
    does("log_format", "says what is logged of a request"),
    does("log_not_found", "logs files that are not there, or not"),
    does("map", "makes one value of another"),
    does("mirror", "sends copies of requests").like(&["mirror-target"]),
    does("modsecurity", "asks a web application firewall").like(&["enable-modsecurity"]),
    does("modsecurity_rules", "is rules of that firewall").like(&["modsecurity-snippet"]),
    does("modsecurity_rules_file", "reads rules of that firewall from a file")
        .like(&["enable-owasp-core-rules"])
        .but("the core rule set alone"),
    does("more_clear_headers", "removes headers from answers"),
    does("more_clear_input_headers", "removes headers from requests"),
    does("more_set_headers", "sets headers of answers").like(&["custom-headers"]).but(HEADERS),
    does("more_set_input_headers", "sets headers of requests"),
    does("proxy_buffer_size", "is the room for the headers of an answer").like(&["proxy-buffer-size"]),
    does("proxy_buffering", "reads the answer before the client takes it, or not").like(&["proxy-buffering"]),
    does("proxy_buffers", "is the room for an answer").like(&["proxy-buffers-number", "proxy-buffer-size"]),
    does("proxy_busy_buffers_size", "is how much of it may wait for the client").like(&["proxy-busy-buffers-size"]),
    does("proxy_cache", "keeps answers"),
    does("proxy_cache_bypass", "says which requests get no kept answer"),
    does("proxy_cache_key", "says which requests get one kept answer"),
    does("proxy_cache_methods", "says for which methods answers are kept"),
    does("proxy_cache_use_stale", "says when old answers are given"),
    does("proxy_cache_valid", "says how long answers are kept"),
    does("proxy_connect_timeout", "is how long a connection to the backend may take").like(&["proxy-connect-timeout"]),
    does("proxy_cookie_domain", "changes the domain of cookies of the backend").like(&["proxy-cookie-domain"]),
    does("proxy_cookie_flags", "changes flags of cookies of the backend"),
    does("proxy_cookie_path", "changes the path of cookies of the backend").like(&["proxy-cookie-path"]),
    does("proxy_hide_header", "hides a header of the backend"),
    does("proxy_http_version", "is the version of HTTP for the backend").like(&["proxy-http-version"]),
    does("proxy_ignore_headers", "passes over what the backend says of nginx's own work"),
    does("proxy_intercept_errors", "lets `error_page` replace errors of the backend").like(&["custom-http-errors"]),
    does("proxy_max_temp_file_size", "limits the file that an answer is kept in").like(&["proxy-max-temp-file-size"]),
    does("proxy_method", "is the method that the backend sees"),
    does("proxy_next_upstream", "says when another endpoint is tried").like(&["proxy-next-upstream"]),
    does("proxy_next_upstream_timeout", "is how long endpoints are tried").like(&["proxy-next-upstream-timeout"]),
    does("proxy_next_upstream_tries", "is how many endpoints are tried").like(&["proxy-next-upstream-tries"]),
    does("proxy_no_cache", "says which answers are not kept"),
    does("proxy_pass", "passes requests on to a URL"),
    does("proxy_pass_header", "shows a header of the backend that is hidden otherwise"),
    does("proxy_pass_request_body", "passes bodies on, or not"),
    does("proxy_pass_request_headers", "passes headers on, or not"),
    does("proxy_read_timeout", "is how long a backend may pause").like(&["proxy-read-timeout"]),
    does("proxy_redirect", "changes `Location` of the backend").like(&["proxy-redirect-from", "proxy-redirect-to"]),
    does("proxy_request_buffering", "reads bodies of requests before the backend gets them, or not").like(&["proxy-request-buffering"]),
    does("proxy_send_timeout", "is how long a backend may take nothing").like(&["proxy-send-timeout"]),
    does("proxy_set_body", "is the body that the backend gets"),
    does("proxy_set_header", "sets a header for the backend")
        .like(&["upstream-vhost", "x-forwarded-prefix", "connection-proxy-header"])
        .but("`Host`, `X-Forwarded-Prefix` and `Connection` alone"),
    does("proxy_ssl_ciphers", "is the ciphers for the backend").like(&["proxy-ssl-ciphers"]),
    does("proxy_ssl_name", "is the name that the certificate of the backend must have").like(&["proxy-ssl-name"]),
    does("proxy_ssl_protocols", "is the versions of TLS for the backend").like(&["proxy-ssl-protocols"]),
    does("proxy_ssl_server_name", "sends the name by SNI, or not").like(&["proxy-ssl-server-name"]),
    does("proxy_ssl_verify", "checks the certificate of the backend, or not").like(&["proxy-ssl-verify"]),
    does("proxy_ssl_verify_depth", "is how long its chain may be").like(&["proxy-ssl-verify-depth"]),
    does("real_ip_header", "names the header with the address of the client"),
    does("resolver", "names name servers"),
    does("return", "answers itself").like(&["permanent-redirect", "temporal-redirect"]).but("redirects of all requests alone"),
    does("rewrite", "changes the path, or redirects").like(&["rewrite-target"]).but("one change for each path"),
    does("rewrite_by_lua_block", CODE),
    does("root", "serves files of a folder"),
    does("satisfy", "says whether all checks must agree or one of them").like(&["satisfy"]),
    does("send_timeout", "is how long a client may take nothing"),
    does("server_name_in_redirect", "says which name redirects of nginx itself have"),
    does("server_tokens", "tells the version of nginx, or not"),
    does("set", "gives a variable a value"),
    does("set_by_lua_block", CODE),
    does("set_real_ip_from", "says whose header with the address of the client is believed"),
    does("ssl_ciphers", "is the ciphers for clients").like(&["ssl-ciphers"]),
    does("ssl_client_certificate", "names authorities for certificates of clients").like(&["auth-tls-secret"]),
    does("ssl_prefer_server_ciphers", "says whose order of ciphers counts").like(&["ssl-prefer-server-ciphers"]),
    does("ssl_protocols", "is the versions of TLS for clients"),
    does("ssl_verify_client", "asks clients for certificates").like(&["auth-tls-verify-client"]),
    does("ssl_verify_depth", "is how long their chain may be").like(&["auth-tls-verify-depth"]),
    does("stub_status", "shows counters of nginx"),
    does("sub_filter", "replaces text in answers"),
    does("sub_filter_last_modified", "keeps the time of answers whose text is replaced, or not"),
    does("sub_filter_once", "replaces text once, or always"),
    does("sub_filter_types", "says in which types of answers text is replaced"),
    does("tcp_nodelay", "sends small packets at once, or not"),
    does("try_files", "serves the first file that is there"),
    does("types", "says which files are of which type"),
    does("underscores_in_headers", "takes headers with `_` in their names, or not"),
    does("uwsgi_pass", "passes requests on by uwsgi"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::features;

    #[test]
    fn directives_are_sorted_and_name_annotations_that_govern_them() {
        assert!(DIRECTIVES.is_sorted_by(|a, b| a.name < b.name), "sorted, each once");
        for directive in DIRECTIVES {
            for annotation in directive.annotations {
                let spec = features::find(annotation);
                assert!(spec.is_some(), "`{}` names `{annotation}`, which nobody knows", directive.name);
            }
            assert!(directive.but.is_empty() || !directive.annotations.is_empty(), "`{}`", directive.name);
        }
    }

    #[test]
    fn directives_of_annotations_are_known_here() {
        // These an annotation writes for requests to an authentication service or to a mirror, or in its own way.
        let elsewhere = [
            "location",
            "proxy_cache_valid",
            "keepalive_timeout",
            "proxy_method",
            "proxy_set_header",
            "more_set_headers",
            "rewrite",
            "return",
            "error_page",
            "set",
        ];
        let alone = features::all().filter(|spec| spec.directives.len() == 1);
        let unnamed: Vec<(&str, &str)> = alone
            .filter_map(|spec| Some((find(spec.directives.first()?)?, spec.name)))
            .filter(|(directive, _)| directive.annotations.is_empty() && !elsewhere.contains(&directive.name))
            .map(|(directive, annotation)| (directive.name, annotation))
            .collect();
        assert_eq!(unnamed, [], "directives, and the annotations that write them");
    }
}
