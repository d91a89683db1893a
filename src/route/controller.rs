//! What the controller tells its Lua beside `nginx.conf`: backends with their endpoints, certificates, and settings.

use std::sync::Arc;

use hashbrown::HashMap;
use serde_json::Value;

use super::decision::Certificate;
use super::host::small;
use crate::nginx::Pattern;

/// What Lua gets, as far as it is known. A copy shares the tables: portions of one configuration all rest on them.
#[derive(Debug, Clone, Default)]
pub struct Dynamic {
    backends: Option<Arc<HashMap<String, Backend>>>,
    certificates: Option<Arc<HashMap<String, String>>>,
    services: Arc<HashMap<String, Service>>,
    /// Which Secret is in a file of nginx; an empty one: the default certificate.
    files: Arc<HashMap<String, String>>,
    pub(super) settings: Settings,
}

/// A Service and one of its ports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The port, by number or name; none where the controller asks for none.
    pub port: Option<String>,
}

impl std::fmt::Display for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)?;
        self.port.as_ref().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

/// What a location calls its Service: namespace, name and port.
pub(super) type Called = (Option<String>, Option<String>, Option<String>);

/// A backend of `backends.json`.
#[derive(Debug, Clone)]
pub(super) struct Backend {
    /// Addresses with ports; none where they are not known.
    pub(super) endpoints: Option<Vec<String>>,
    /// What may get requests in its place: the first counts.
    pub(super) alternative: Option<String>,
    /// Which requests it takes from another.
    pub(super) policy: Policy,
    /// Connections are passed on unopened.
    pub(super) is_passthrough: bool,
    /// The cookie that keeps clients.
    pub(super) cookie: Option<String>,
}

impl Backend {
    /// Whether it does the same with requests as another, to whatever addresses.
    pub(super) fn acts_as(&self, other: &Self) -> bool {
        let pattern =
            |backend: &Self| backend.policy.pattern.as_ref().map(|pattern| pattern.as_ref().map(|pattern| pattern.text().to_owned()).ok());
        let policy = |backend: &Self| {
            let Policy { weight, total, header, value, cookie, .. } = backend.policy.clone();
            (weight, total, header, value, cookie, pattern(backend))
        };
        let key = |backend: &Self| {
            (backend.may_serve(), backend.alternative.clone(), policy(backend), backend.is_passthrough, backend.cookie.clone())
        };
        key(self) == key(other)
    }

    /// Whether it has endpoints, or nobody knows.
    pub(super) fn may_serve(&self) -> bool {
        self.endpoints.as_ref().is_none_or(|endpoints| !endpoints.is_empty())
    }
}

/// Which requests a canary takes.
#[derive(Debug, Clone, Default)]
pub(super) struct Policy {
    pub(super) weight: u64,
    pub(super) total: u64,
    pub(super) header: String,
    pub(super) value: String,
    pub(super) pattern: Option<Result<Arc<Pattern>, String>>,
    /// The pattern as it is written.
    pub(super) expression: String,
    pub(super) cookie: String,
}

/// The settings of `lua.json`, or of the block that older releases write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Settings {
    /// They were there; otherwise these are the defaults of the controller.
    pub(super) is_known: bool,
    pub(super) uses_forwarded_headers: bool,
    pub(super) uses_proxy_protocol: bool,
    pub(super) has_passthrough: bool,
    pub(super) redirect_code: u16,
    pub(super) https_port: String,
    pub(super) passthrough_port: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            is_known: false,
            uses_forwarded_headers: false,
            uses_proxy_protocol: false,
            has_passthrough: false,
            redirect_code: 308,
            https_port: String::from("443"),
            passthrough_port: String::from("442"),
        }
    }
}

impl Dynamic {
    /// What the files beside `nginx.conf` say; each may be missing.
    #[must_use]
    pub fn new(backends: Option<&Value>, certificates: Option<&Value>, lua: Option<&Value>) -> Self {
        Self {
            backends: backends.map(backends_of).map(Arc::new),
            certificates: certificates.and_then(Value::as_object).map(certificates_of).map(Arc::new),
            services: Arc::default(),
            files: Arc::default(),
            settings: lua.map(settings_of).unwrap_or_default(),
        }
    }

    /// The same with backends that come one by one, as they stand in `backends.json`.
    #[must_use]
    pub fn with_backends(self, backends: impl IntoIterator<Item = Value>) -> Self {
        let backends = backends.into_iter().map(|backend| named(&backend)).collect();
        Self { backends: Some(Arc::new(backends)), ..self }
    }

    /// Takes the settings from the block that the releases before 1.12 write.
    pub(super) fn adopt_block(&mut self, code: &str) {
        if self.settings.is_known || !code.contains("lua_ingress.set_config(") {
            return;
        }
        let value = |name: &str| {
            let rest = code.split_once(&format!("{name} = "))?.1;
            Some(rest.split([',', '\n', '}']).next()?.trim().trim_matches('"').to_owned())
        };
        let is = |name: &str| value(name).is_some_and(|value| value == "true");
        self.settings = Settings {
            is_known: true,
            uses_forwarded_headers: is("use_forwarded_headers"),
            uses_proxy_protocol: is("use_proxy_protocol"),
            has_passthrough: is("is_ssl_passthrough_enabled"),
            redirect_code: value("http_redirect_code").and_then(|code| code.parse().ok()).unwrap_or(308),
            https_port: value("https").unwrap_or_else(|| String::from("443")),
            passthrough_port: value("ssl_proxy").unwrap_or_else(|| String::from("442")),
        };
    }

    /// Where the input holds no endpoints at all, nobody knows which ones these upstreams have.
    #[must_use]
    pub fn without_endpoints(mut self, is_open: impl Fn(&str) -> bool) -> Self {
        for (_, backend) in self.backends.iter_mut().flat_map(Arc::make_mut).filter(|(upstream, _)| is_open(upstream)) {
            backend.endpoints = backend.endpoints.take().filter(|endpoints| !endpoints.is_empty());
        }
        self
    }

    /// Takes from what runs on the other side what manifests leave open: the endpoints that nobody knows here, and that a host has the
    /// default certificate where the Secret that is named for it may not be there at all. Whether anything was taken.
    pub fn settle_by(&mut self, other: &Self, may_be_missing: impl Fn(&str) -> bool) -> bool {
        let mut is_taken = false;
        for (upstream, backend) in self.backends.iter_mut().flat_map(Arc::make_mut).filter(|(_, backend)| backend.endpoints.is_none()) {
            backend.endpoints = other.backend(upstream).and_then(|known| known.endpoints.clone());
            is_taken |= backend.endpoints.is_some();
        }
        let Some(known) = &other.certificates else { return is_taken };
        for (host, secret) in self.certificates.iter_mut().flat_map(Arc::make_mut).filter(|(_, secret)| may_be_missing(secret)) {
            if let Some(shown) = known.get(host).filter(|shown| matches!(shown.as_str(), "default" | "")) {
                secret.clone_from(shown);
                is_taken = true;
            }
        }
        is_taken
    }

    /// Which Service is behind an upstream, by the name of the upstream: where manifests are known, nothing is left to its name.
    #[must_use]
    pub fn with_services(mut self, services: impl IntoIterator<Item = (String, Service)>) -> Self {
        Arc::make_mut(&mut self.services).extend(services);
        self
    }

    /// Which Secret is in which file, where whoever wrote the configuration knows: `namespace/name`, or nothing for the default
    /// certificate.
    #[must_use]
    pub fn with_certificate_files(mut self, files: impl IntoIterator<Item = (String, String)>) -> Self {
        Arc::make_mut(&mut self.files).extend(files);
        self
    }

    /// The certificate in a file.
    pub(super) fn certificate_in(&self, file: &str) -> Certificate {
        match self.files.get(file).map(String::as_str) {
            None => Certificate::File(file.to_owned()),
            Some("") => Certificate::Default,
            Some(secret) => Certificate::Secret(secret.to_owned()),
        }
    }

    /// The Service behind an upstream: as was told, else by its name, which holds namespace, Service and port.
    pub(super) fn service(&self, upstream: &str, namespace: Option<&str>) -> Option<Service> {
        if let Some(service) = self.services.get(upstream) {
            return Some(service.clone());
        }
        let namespace = namespace?;
        let custom = upstream.strip_prefix("custom-default-backend-");
        let rest = custom.unwrap_or(upstream).strip_prefix(namespace)?.strip_prefix('-')?;
        let (name, port) = if custom.is_some() { (rest, None) } else { rest.rsplit_once('-').map(|(name, port)| (name, Some(port)))? };
        Some(Service { namespace: namespace.to_owned(), name: name.to_owned(), port: port.map(str::to_owned) })
    }

    /// Whose an upstream is. What a location calls its Service need not be the one that requests are passed to.
    pub(super) fn whose(&self, upstream: &str, called: Called) -> Called {
        if let (Some(namespace), Some(service), Some(port)) = &called
            && upstream.strip_prefix(namespace).and_then(|rest| rest.strip_prefix('-')?.strip_prefix(service)?.strip_prefix('-'))
                == Some(port)
        {
            return called;
        }
        let found = self.service(upstream, called.0.as_deref());
        found.map_or((None, None, None), |Service { namespace, name, port }| (Some(namespace), Some(name), port))
    }

    /// Who may get requests in place of a backend: the first that is named, where it has endpoints.
    pub(super) fn canary_of<'d>(&'d self, backend: &'d Backend) -> Option<(&'d String, &'d Backend)> {
        let name = backend.alternative.as_ref()?;
        Some((name, self.backend(name).filter(|canary| canary.may_serve())?))
    }

    /// The hosts that have certificates of their own.
    pub(super) fn certified(&self) -> Vec<String> {
        self.certificates.iter().flat_map(|hosts| &**hosts).filter(|(_, secret)| !secret.is_empty()).map(|(host, _)| host.clone()).collect()
    }

    /// Whether a name in the handshake gets the same certificate on the other side.
    pub(super) fn certifies_as(&self, other: &Self, name: &str) -> bool {
        [name, "_"].iter().all(|name| self.certificate(name) == other.certificate(name))
    }

    /// All backends by the names of their upstreams, where they are known.
    pub(super) fn backends(&self) -> Option<&HashMap<String, Backend>> {
        self.backends.as_deref()
    }

    /// Whether endpoints are known at all.
    pub(super) fn knows_backends(&self) -> bool {
        self.backends.is_some()
    }

    /// A backend by the name of its upstream.
    pub(super) fn backend(&self, name: &str) -> Option<&Backend> {
        self.backends.as_ref()?.get(name)
    }

    /// The certificate for a name in the handshake, as the controller's Lua looks it up: exactly, below a wildcard, the default one.
    /// The outer none: certificates are not known. The inner one: nothing is configured for it.
    pub(super) fn certificate(&self, name: &str) -> Option<Option<&str>> {
        let hosts = self.certificates.as_ref()?;
        let name = small(name.strip_suffix('.').unwrap_or(name));
        let found = hosts.get(&*name).filter(|secret| !secret.is_empty());
        let below = || {
            let (_, rest) = name.split_once('.').filter(|(label, _)| !label.is_empty())?;
            hosts.get(&format!("*.{rest}")).filter(|secret| !secret.is_empty())
        };
        Some(found.or_else(below).map(String::as_str))
    }
}

fn text(value: &Value, name: &str) -> String {
    match &value[name] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

fn certificates_of(hosts: &serde_json::Map<String, Value>) -> HashMap<String, String> {
    hosts.iter().map(|(host, secret)| (host.clone(), secret.as_str().unwrap_or_default().to_owned())).collect()
}

fn backends_of(value: &Value) -> HashMap<String, Backend> {
    let all = value.as_array().into_iter().flatten();
    all.map(named).collect()
}

fn named(backend: &Value) -> (String, Backend) {
    (text(backend, "name"), backend_of(backend))
}

fn backend_of(backend: &Value) -> Backend {
    let endpoints = backend["endpoints"].as_array().into_iter().flatten();
    let address = |endpoint: &Value| {
        let address = text(endpoint, "address");
        if address.contains(':') && !address.starts_with('[') { format!("[{address}]") } else { address }
    };
    let policy = &backend["trafficShapingPolicy"];
    let pattern = text(policy, "headerPattern");
    let affinity = &backend["sessionAffinityConfig"];
    let cookie = (affinity["name"] == "cookie").then(|| {
        let name = text(&affinity["cookieSessionAffinity"], "name");
        if name.is_empty() { String::from("route") } else { name }
    });
    Backend {
        endpoints: Some(endpoints.map(|endpoint| format!("{}:{}", address(endpoint), text(endpoint, "port"))).collect()),
        alternative: backend["alternativeBackends"].as_array().and_then(|all| all.first()).and_then(Value::as_str).map(str::to_owned),
        policy: Policy {
            weight: policy["weight"].as_u64().unwrap_or(0),
            total: policy["weightTotal"].as_u64().unwrap_or(0).max(100),
            header: text(policy, "header"),
            value: text(policy, "headerValue"),
            pattern: (!pattern.is_empty()).then(|| Pattern::new(&pattern, false).map(Arc::new)),
            expression: pattern,
            cookie: text(policy, "cookie"),
        },
        is_passthrough: backend["sslPassthrough"].as_bool().unwrap_or(false),
        cookie,
    }
}

fn settings_of(lua: &Value) -> Settings {
    let is = |name: &str| lua[name].as_bool().unwrap_or(false);
    let ports = &lua["listen_ports"];
    let port = |name: &str, default: &str| Some(text(ports, name)).filter(|port| !port.is_empty()).unwrap_or_else(|| default.to_owned());
    Settings {
        is_known: true,
        uses_forwarded_headers: is("use_forwarded_headers"),
        uses_proxy_protocol: is("use_proxy_protocol"),
        has_passthrough: is("is_ssl_passthrough_enabled"),
        redirect_code: lua["http_redirect_code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(308),
        https_port: port("https", "443"),
        passthrough_port: port("ssl_proxy", "442"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn certificates_are_found_as_lua_finds_them() {
        let hosts = json!({"_": "default", "a.example": "x/a", "*.b.example": "x/b", "none.example": ""});
        let dynamic = Dynamic::new(None, Some(&hosts), None);
        for (name, expected) in [
            ("a.example", Some("x/a")),
            ("A.Example.", Some("x/a")),
            ("c.b.example", Some("x/b")),
            ("d.c.b.example", None),
            ("none.example", None),
        ] {
            assert_eq!(dynamic.certificate(name), Some(expected), "{name}");
        }
        assert_eq!(Dynamic::default().certificate("a.example"), None);
    }

    #[test]
    fn old_releases_write_their_settings_in_a_block() {
        let mut dynamic = Dynamic::default();
        dynamic.adopt_block("lua_ingress.set_config({\n use_forwarded_headers = true,\n http_redirect_code = 301,\n listen_ports = { ssl_proxy = \"442\", https = \"8443\" },\n})");
        assert!(dynamic.settings.uses_forwarded_headers && dynamic.settings.is_known);
        assert_eq!((dynamic.settings.redirect_code, dynamic.settings.https_port.as_str()), (301, "8443"));
    }
}
