//! Who is refused, how much one client gets, and what tenants may do.

/// Who is refused before any route is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Filters {
    /// Addresses and networks that are refused.
    pub block_cidrs: Vec<String>,
    /// User agents that are refused: exact, or patterns with a leading `~`.
    pub block_user_agents: Vec<String>,
    /// Referers that are refused: exact, or patterns with a leading `~`.
    pub block_referers: Vec<String>,
    /// IPv4 networks that may read the status page.
    pub status_ipv4: Vec<String>,
    /// IPv6 networks that may read the status page.
    pub status_ipv6: Vec<String>,
}

impl Default for Filters {
    fn default() -> Self {
        Self {
            block_cidrs: Vec::new(),
            block_user_agents: Vec::new(),
            block_referers: Vec::new(),
            status_ipv4: vec!["127.0.0.1".into()],
            status_ipv6: vec!["::1".into()],
        }
    }
}

/// Rate limiting for all routes.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// What rate limits count by.
    pub zone_variable: String,
    /// Status of requests over the limit.
    pub request_status: i64,
    /// Status of connections over the limit.
    pub connection_status: i64,
    /// Kilobytes per second of each response; 0: no limit.
    pub rate: i64,
    /// Kilobytes of each response before `rate` counts.
    pub rate_after: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { zone_variable: "$binary_remote_addr".into(), request_status: 503, connection_status: 503, rate: 0, rate_after: 0 }
    }
}

/// Where limits are counted that all controllers share; only older forms know of it.
#[derive(Debug, Clone, PartialEq)]
pub struct GlobalLimits {
    /// Host of the store.
    pub host: String,
    /// Its port.
    pub port: i64,
    /// Milliseconds to connect.
    pub connect_timeout: i64,
    /// Milliseconds that a connection may be idle.
    pub idle_timeout: i64,
    /// Connections that are kept.
    pub pool_size: i64,
    /// Status of requests over the limit.
    pub status: i64,
}

impl Default for GlobalLimits {
    fn default() -> Self {
        Self { host: String::new(), port: 11211, connect_timeout: 50, idle_timeout: 10_000, pool_size: 50, status: 429 }
    }
}

/// The web application firewall ModSecurity.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Waf {
    /// Check all requests with ModSecurity.
    pub enabled: bool,
    /// Check all requests with the core rule set of OWASP.
    pub core_rules: bool,
    /// Rules of ModSecurity, instead of its recommended file.
    pub rules: String,
}

/// Lookup of the client address in GeoIP2 databases.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Geo {
    /// Look up addresses of clients in GeoIP2 databases; needs the databases in the pod.
    pub enabled: bool,
    /// Minutes between two looks for new databases; 0: never.
    pub reload_minutes: i64,
}

/// What the administrator lets tenants do.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Let tenants write raw configuration in annotations.
    pub allow_snippets: bool,
    /// Let annotations name objects of other namespaces.
    pub allow_cross_namespace: bool,
    /// Highest risk that an annotation may have: `Low`, `Medium`, `High` or `Critical`.
    pub max_risk: String,
    /// Words that no annotation may hold, separated by commas.
    pub word_blocklist: String,
    /// Refuse paths with unusual characters in `Exact` and `Prefix` rules.
    pub strict_path_type: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allow_snippets: false,
            allow_cross_namespace: false,
            max_risk: "High".into(),
            word_blocklist: String::new(),
            strict_path_type: true,
        }
    }
}
