//! `lua.json`: settings of the proxy that Lua needs.

use serde::Serialize;

use crate::ir::Proxy;

/// The settings of a proxy.
pub(super) fn view(proxy: &Proxy) -> Lua<'_> {
    let (settings, runtime) = (&proxy.settings, &proxy.runtime);
    Lua {
        enable_metrics: runtime.metrics,
        listen_ports: ListenPorts {
            https: runtime.https_port.to_string(),
            status_port: runtime.status_port.to_string(),
            ssl_proxy: runtime.tls_proxy_port.to_string(),
        },
        use_forwarded_headers: settings.client_address.from_headers,
        use_proxy_protocol: settings.listening.proxy_protocol,
        is_ssl_passthrough_enabled: runtime.tls_passthrough,
        http_redirect_code: settings.route_defaults.redirect_code,
        enable_ocsp: settings.tls.ocsp,
        monitor_batch_max_size: runtime.metrics_batch,
        hsts: settings.tls.hsts,
        hsts_max_age: &settings.tls.hsts_max_age,
        hsts_include_subdomains: settings.tls.hsts_include_subdomains,
        hsts_preload: settings.tls.hsts_preload,
    }
}

/// Settings under the names that Lua knows.
#[derive(Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the form of the file")]
pub(super) struct Lua<'a> {
    enable_metrics: bool,
    listen_ports: ListenPorts,
    use_forwarded_headers: bool,
    use_proxy_protocol: bool,
    is_ssl_passthrough_enabled: bool,
    http_redirect_code: i64,
    enable_ocsp: bool,
    monitor_batch_max_size: i64,
    hsts: bool,
    hsts_max_age: &'a str,
    hsts_include_subdomains: bool,
    hsts_preload: bool,
}

/// Ports are texts here: Lua compares them with variables of nginx.
#[derive(Debug, Serialize)]
struct ListenPorts {
    https: String,
    status_port: String,
    ssl_proxy: String,
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;
    use crate::ir::{Runtime, Settings};

    fn runtime() -> Runtime {
        Runtime { https_port: 8443, status_port: 10246, tls_proxy_port: 442, metrics_batch: 10_000, ..Runtime::default() }
    }

    #[test]
    fn settings_that_nobody_changed() {
        let proxy = Proxy { runtime: runtime(), ..Proxy::default() };
        let expected = json!({
            "enable_metrics": false,
            "listen_ports": {"https": "8443", "status_port": "10246", "ssl_proxy": "442"},
            "use_forwarded_headers": false,
            "use_proxy_protocol": false,
            "is_ssl_passthrough_enabled": false,
            "http_redirect_code": 308,
            "enable_ocsp": false,
            "monitor_batch_max_size": 10000,
            "hsts": true,
            "hsts_max_age": "31536000",
            "hsts_include_subdomains": true,
            "hsts_preload": false,
        });
        assert_eq!(json!(view(&proxy)), expected);
    }

    #[test]
    fn each_setting_has_its_own_field() {
        type Change = fn(&mut Settings, &mut Runtime);
        let cases: [(&str, Change, serde_json::Value); 11] = [
            ("enable_metrics", |_, runtime| runtime.metrics = true, json!(true)),
            ("is_ssl_passthrough_enabled", |_, runtime| runtime.tls_passthrough = true, json!(true)),
            ("monitor_batch_max_size", |_, runtime| runtime.metrics_batch = 500, json!(500)),
            ("use_forwarded_headers", |settings, _| settings.client_address.from_headers = true, json!(true)),
            ("use_proxy_protocol", |settings, _| settings.listening.proxy_protocol = true, json!(true)),
            ("http_redirect_code", |settings, _| settings.route_defaults.redirect_code = 301, json!(301)),
            ("enable_ocsp", |settings, _| settings.tls.ocsp = true, json!(true)),
            ("hsts", |settings, _| settings.tls.hsts = false, json!(false)),
            ("hsts_max_age", |settings, _| settings.tls.hsts_max_age = "100".into(), json!("100")),
            ("hsts_include_subdomains", |settings, _| settings.tls.hsts_include_subdomains = false, json!(false)),
            ("hsts_preload", |settings, _| settings.tls.hsts_preload = true, json!(true)),
        ];
        let mut proxy = Proxy { runtime: runtime(), ..Proxy::default() };
        let unchanged = json!(view(&proxy));
        for (field, change, value) in cases {
            (proxy.settings, proxy.runtime) = (Settings::default(), runtime());
            change(&mut proxy.settings, &mut proxy.runtime);
            let mut expected = unchanged.clone();
            expected[field] = value;
            assert_eq!(json!(view(&proxy)), expected, "{field}");
        }
    }
}
