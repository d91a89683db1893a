use super::*;
use crate::catalog::flags::Flags;
use crate::catalog::releases::LATEST;
use crate::catalog::version::Version;
use crate::lower::Environment;

fn controller() -> Controller {
    let environment = Environment { processors: 6, ipv6: true, ..Environment::default() };
    Controller { version: LATEST, flags: Flags::default(), environment }
}

/// The settings and, per finding, the rule and the key.
fn read_as(controller: &Controller, data: &[(&str, &str)]) -> (Settings, Vec<(&'static str, String)>) {
    let data = data.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    let (settings, notices) = read_data(&data, controller);
    (settings, notices.into_iter().map(|notice| (notice.finding.rule, notice.key)).collect())
}

fn read(data: &[(&str, &str)]) -> (Settings, Vec<(&'static str, String)>) {
    read_as(&controller(), data)
}

fn rules(found: &[(&'static str, String)]) -> Vec<&'static str> {
    found.iter().map(|(rule, _)| *rule).collect()
}

#[test]
fn nothing_leaves_the_defaults_of_the_pod() {
    let (settings, found) = read(&[]);
    assert_eq!(settings.process.workers, "6");
    assert!(!settings.listening.disable_ipv6_dns);
    assert!(settings.global_auth.is_none());
    assert!(found.is_empty());
    let mut other = controller();
    other.environment.ipv6 = false;
    other.flags.verbosity = 5;
    let (settings, _) = read_as(&other, &[("disable-ipv6-dns", "maybe")]);
    assert!(settings.listening.disable_ipv6_dns);
    assert_eq!(settings.logging.error_log_level, "debug");
}

#[test]
fn each_type_is_decoded_weakly() {
    let (settings, found) = read(&[
        ("enable-brotli", "T"),
        ("hsts", "0"),
        ("proxy-read-timeout", "600"),
        ("otel-max-queuesize", "77"),
        ("otel-sampler-ratio", "0.125"),
        ("ssl-buffer-size", "not checked"),
    ]);
    assert!(settings.compression.brotli && !settings.tls.hsts);
    assert_eq!(settings.route_defaults.proxying.read_timeout, 600);
    assert_eq!((settings.tracing.max_queue_size, settings.tracing.sampler_ratio), (77, 0.125));
    assert_eq!(settings.tls.buffer_size, "not checked");
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn one_bad_value_leaves_the_others_alone() {
    let (settings, found) =
        read(&[("keep-alive", "30s"), ("keep-alive-requests", "7"), ("use-http2", "yes"), ("otel-max-queuesize", "3000000000")]);
    assert_eq!((settings.client.keepalive_seconds, settings.client.keepalive_requests), (75, 7));
    assert!(settings.listening.http2);
    assert_eq!(settings.tracing.max_queue_size, 2048);
    assert_eq!(rules(&found), ["invalid-setting"; 3]);
}

#[test]
fn values_that_look_like_something_else_are_pointed_at() {
    let (settings, found) = read(&[("proxy-send-timeout", "030"), ("proxy-connect-timeout", ""), ("use-gzip", ""), ("gzip-level", "0x3")]);
    let defaults = &settings.route_defaults;
    assert_eq!((defaults.proxying.send_timeout, defaults.proxying.connect_timeout), (24, 0));
    assert_eq!((settings.compression.gzip, settings.compression.gzip_level), (false, 3));
    assert_eq!(rules(&found), ["misread-setting"; 4]);
}

#[test]
fn lists_are_split_at_commas() {
    let (settings, found) = read(&[
        ("hide-headers", "X-One, X-Two"),
        ("block-cidrs", ""),
        ("proxy-real-ip-cidr", "172.16.0.0/12"),
        ("use-forwarded-headers", "true"),
        ("nginx-status-ipv6-whitelist", "2001:db8::/32,::1"),
        ("skip-access-log-urls", "/a, ,/b"),
    ]);
    assert_eq!(settings.headers.hide, ["X-One", "X-Two"]);
    assert!(settings.filters.block_cidrs.is_empty());
    assert_eq!(settings.client_address.trusted, ["172.16.0.0/12"]);
    assert_eq!(settings.filters.status_ipv6, ["2001:db8::/32", "::1"]);
    assert_eq!(settings.logging.skip_urls, ["/a", "", "/b"]);
    assert_eq!(found, [("misread-setting", "skip-access-log-urls".to_owned())]);
}

#[test]
fn lists_lose_their_bad_items() {
    let (settings, found) = read(&[
        ("bind-address", "172.16.0.9, 2001:DB8:0::9,::ffff:172.16.0.8,eth0"),
        ("custom-http-errors", "502,418,200,5xx,600"),
        ("debug-connections", "172.16.0.0/12,host.example,::9"),
        ("global-allowed-response-headers", "X-Team,X Team"),
        ("lua-shared-dicts", "configuration_data: 30, mine : 512k, other, big: 201m, certificate_data: x"),
    ]);
    assert_eq!(settings.listening.bind_address_ipv4, ["172.16.0.9", "172.16.0.8"]);
    assert_eq!(settings.listening.bind_address_ipv6, ["[2001:db8::9]"]);
    assert_eq!(settings.route_defaults.error_codes, [502, 418]);
    assert_eq!(settings.process.debug_connections, ["172.16.0.0/12", "::9"]);
    assert_eq!(settings.headers.allowed_custom, ["X-Team"]);
    let dict = |name: &str| settings.lua_dicts.get(name).copied();
    assert_eq!((dict("configuration_data"), dict("mine"), dict("certificate_data")), (Some(30_720), Some(512), Some(20_480)));
    assert_eq!((dict("other"), dict("big")), (None, None));
    let count = |key: &str| found.iter().filter(|(_, found)| found == key).count();
    assert_eq!((count("bind-address"), count("custom-http-errors"), count("lua-shared-dicts")), (1, 3, 3));
    assert_eq!((count("debug-connections"), count("global-allowed-response-headers")), (1, 1));
}

#[test]
fn some_keys_have_rules_of_their_own() {
    let (settings, found) = read(&[
        ("worker-processes", "auto"),
        ("http-redirect-code", "303"),
        ("proxy-stream-responses", "0x2"),
        ("proxy-protocol-header-timeout", "1m5s"),
        ("use-proxy-protocol", "true"),
        ("enable-serial-reloads", "si"),
        ("annotations-risk-level", "Hihg"),
    ]);
    assert_eq!(settings.process.workers, "6");
    assert_eq!(settings.route_defaults.redirect_code, 308);
    assert_eq!(settings.stream_defaults.responses, 1);
    assert_eq!(settings.listening.proxy_protocol_header_timeout, "1m5s");
    assert_eq!(settings.policy.max_risk, "Hihg");
    assert_eq!(
        found,
        [
            ("misread-setting", "annotations-risk-level".to_owned()),
            ("invalid-setting", "enable-serial-reloads".to_owned()),
            ("invalid-setting", "http-redirect-code".to_owned()),
            ("invalid-setting", "proxy-stream-responses".to_owned()),
        ]
    );
}

#[test]
fn keys_in_other_case_are_taken_without_their_rules() {
    let (settings, found) = read(&[
        ("Proxy-Body-Size", "9m"),
        ("Worker-Processes", "auto"),
        ("Hide-Headers", "X-One,X-Two"),
        ("Custom-Http-Errors", "404"),
        ("NGINX-STATUS-IPV4-WHITELIST", "172.16.0.0/12"),
        ("Http-Redirect-Code", "303"),
    ]);
    assert_eq!(settings.route_defaults.proxying.body_size, "9m");
    assert_eq!(settings.process.workers, "auto");
    assert_eq!(settings.headers.hide, ["X-One,X-Two"]);
    assert_eq!((settings.route_defaults.error_codes, settings.route_defaults.redirect_code), (vec![404], 303));
    assert_eq!(settings.filters.status_ipv4, ["172.16.0.0/12"]);
    assert_eq!(found.iter().filter(|(rule, _)| *rule == "miscased-setting").count(), 6);
    assert_eq!(found.iter().filter(|(rule, _)| *rule == "misread-setting").count(), 5);
}

#[test]
fn the_right_case_wins_except_for_keys_with_rules() {
    let (settings, found) =
        read(&[("SSL-Protocols", "TLSv1.1"), ("ssl-protocols", "TLSv1.3"), ("hide-headers", "A,B"), ("HIDE-HEADERS", "C")]);
    assert_eq!(settings.tls.protocols, "TLSv1.3");
    assert_eq!(settings.headers.hide, ["C", "B"]);
    assert_eq!(rules(&found), ["miscased-setting", "misread-setting", "miscased-setting"]);
}

#[test]
fn addresses_of_one_family_replace_the_first_of_the_list() {
    let (settings, _) = read(&[("bind-address", "172.16.0.1,172.16.0.2"), ("bind-address-ipv4", "172.16.0.3,4")]);
    assert_eq!(settings.listening.bind_address_ipv4, ["172.16.0.3,4", "172.16.0.2"]);
}

#[test]
fn unknown_keys_are_named_by_what_they_are() {
    let (settings, found) = read(&[
        ("client-max-body-size", "9m"),
        ("enable-metrics", "true"),
        ("Global-Auth-Url", "http://auth.corp"),
        ("jaeger-collector-host", "jaeger"),
        ("proxy_body_size", "9m"),
    ]);
    assert_eq!(settings, initial(&controller()));
    assert_eq!(rules(&found), ["unknown-setting", "unknown-setting", "unknown-setting", "removed-setting", "unknown-setting"]);
}

#[test]
fn keys_have_their_versions() {
    let old = Controller { version: Version::new(1, 9, 3), ..controller() };
    let (settings, found) = read_as(&old, &[("relative-redirects", "true"), ("zipkin-service-name", "x")]);
    assert!(!settings.route_defaults.relative_redirects);
    assert_eq!(rules(&found), ["unknown-setting", "unsupported-setting"]);
}

#[test]
fn external_authentication_needs_a_service() {
    let (settings, found) = read(&[("global-auth-method", "PUT"), ("global-auth-cache-key", "$remote_user")]);
    assert!(settings.global_auth.is_none());
    assert_eq!(rules(&found), ["idle-setting", "idle-setting"]);
    let (settings, found) = read(&[("global-auth-url", "auth.corp/verify"), ("global-auth-method", "PUT")]);
    assert!(settings.global_auth.is_none());
    assert_eq!(found, [("invalid-setting", "global-auth-url".to_owned())]);
}

#[test]
fn external_authentication_has_defaults() {
    let auth = read(&[("global-auth-url", "https://auth.corp:8443/verify")]).0.global_auth.unwrap_or_default();
    assert_eq!((auth.url.as_str(), auth.host.as_str()), ("https://auth.corp:8443/verify", "auth.corp"));
    assert_eq!(auth.response_headers, [""]);
    assert!(auth.cache_durations.is_empty());
}

#[test]
fn external_authentication_is_checked_key_by_key() {
    let (settings, found) = read(&[
        ("global-auth-url", "http://auth.corp"),
        ("global-auth-method", "get"),
        ("global-auth-signin", "https://auth.corp/login"),
        ("global-auth-signin-redirect-param", " back "),
        ("global-auth-response-headers", "X-User, X User"),
        ("global-auth-cache-duration", "200 5m, forever"),
        ("global-auth-always-set-cookie", "sure"),
        ("global-auth-request-redirect", "$scheme://x"),
    ]);
    let auth = settings.global_auth.unwrap_or_default();
    assert_eq!((auth.method.as_str(), auth.signin_url.as_str()), ("", "https://auth.corp/login"));
    assert_eq!((auth.signin_redirect_param.as_str(), auth.request_redirect.as_str()), ("back", "$scheme://x"));
    assert_eq!(auth.response_headers, ["X-User"]);
    assert_eq!(auth.cache_durations, ["200 202 401 5m"]);
    assert!(!auth.always_set_cookie);
    assert_eq!(found.len(), 4, "{found:?}");
}

#[test]
fn keys_need_others() {
    for (data, expected) in [
        (&[("proxy-real-ip-cidr", "10.0.0.0/8")][..], &["proxy-real-ip-cidr"][..]),
        (&[("proxy-real-ip-cidr", "10.0.0.0/8"), ("enable-real-ip", "true")], &[]),
        (&[("proxy-real-ip-cidr", "10.0.0.0/8"), ("use-forwarded-headers", "false")], &["proxy-real-ip-cidr"]),
        (&[("forwarded-for-header", "X-Real-IP")], &[]),
        (&[("forwarded-for-proxy-protocol-header", "X-A"), ("use-proxy-protocol", "true")], &["forwarded-for-proxy-protocol-header"]),
        (&[("brotli-level", "6")], &["brotli-level"]),
        (&[("brotli-level", "4")], &[]),
        (&[("hsts-max-age", "600"), ("hsts", "false")], &["hsts-max-age"]),
        (&[("hsts-max-age", "600")], &[]),
        (&[("enable-owasp-modsecurity-crs", "true")], &["enable-owasp-modsecurity-crs"]),
        (&[("enable-owasp-modsecurity-crs", "false")], &[]),
        (&[("http2-max-field-size", "8k")], &["http2-max-field-size"]),
        (&[("upstream-keepalive-time", "2h"), ("upstream-keepalive-connections", "0")], &["upstream-keepalive-time"]),
    ] {
        let found = read(data).1;
        let idle: Vec<&str> = found.iter().filter(|(rule, _)| *rule == "idle-setting").map(|(_, key)| key.as_str()).collect();
        assert_eq!(idle, expected, "{data:?}");
    }
}

#[test]
fn what_nobody_reads_is_told_and_helped() {
    for (key, value, help) in [
        ("proxy-body-size", "8MB", Some("write `proxy-body-size: \"8m\"`")),
        ("proxy-max-temp-file-size", "1 g", Some("write `proxy-max-temp-file-size: \"1g\"`")),
        ("load-balance", "least_conn", None),
        ("hsts-max-age", "1y", None),
        ("http-redirect-code", "303", None),
    ] {
        let (_, notices) = read_data(&[(key.to_owned(), value.to_owned())].into(), &controller());
        let finding = &notices[0].finding;
        assert_eq!((finding.rule, finding.help.as_deref()), ("invalid-setting", help), "{key}");
    }
}

#[test]
fn refused_protection_is_an_error() {
    let data = [("enable-modsecurity".to_owned(), "on".to_owned())].into();
    let (_, notices) = read_data(&data, &controller());
    let finding = &notices[0].finding;
    assert_eq!(finding.effect, Some(Effect::FailsOpen));
    assert_eq!(
        (finding.help.as_deref(), finding.notes.as_slice()),
        (Some("write `enable-modsecurity: \"true\"`"), &["`false` applies".to_owned()][..])
    );
}

#[test]
fn ticket_keys_are_base64_of_a_length() {
    let key = |length: usize| "QUJD".repeat(length / 3) + ["", "QQ==", "QUI="][length % 3];
    for (length, rule) in [(48, None), (80, None), (32, Some("invalid-setting"))] {
        let (settings, found) = read(&[("ssl-session-ticket-key", &key(length))]);
        assert_eq!(settings.tls.session_ticket_key, key(length));
        assert_eq!(found.first().map(|(rule, _)| *rule), rule, "{length}");
    }
    for bad in ["%%%%", "QUJ", "QU=J", "===="] {
        let (settings, found) = read(&[("ssl-session-ticket-key", bad)]);
        assert_eq!((settings.tls.session_ticket_key.as_str(), found.len()), ("", 1), "{bad}");
    }
}

#[test]
fn databases_need_a_source() {
    assert!(!read(&[("use-geoip2", "true")]).0.geo.enabled);
    let mut fetching = controller();
    fetching.flags.maxmind_source = true;
    let (settings, found) = read_as(&fetching, &[("use-geoip2", "true")]);
    assert!(settings.geo.enabled && found.is_empty());
}

#[test]
fn booleans_and_seconds_are_corrected() {
    let help = |key: &str, text: &str| catalog::find(key).and_then(|setting| correction(setting, text));
    assert_eq!(help("use-gzip", "Enabled").as_deref(), Some("true"));
    assert_eq!(help("proxy-read-timeout", "90s").as_deref(), Some("90"));
    assert_eq!(help("proxy-read-timeout", " 90 ").as_deref(), Some("90"));
    assert_eq!(help("gzip-level", "5s"), None);
    assert_eq!(help("proxy-body-size", "8m"), None);
}
