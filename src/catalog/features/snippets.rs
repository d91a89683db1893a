//! Raw configuration of nginx. Snippets for authentication and for the firewall stand with their features.

use crate::catalog::gateway;
use crate::catalog::key::{Risk, Scope, keys};
use crate::catalog::value::Check;
use crate::catalog::version::Version;

keys! {
    /// Configuration of nginx for each path.
    LOCATION: String = "configuration-snippet" {
        gateway: gateway::RAW,
        example: "more_set_headers \"X-Shop: yes\";",
        risk: Risk::Critical,
        check: Check::Nothing,
    }
    /// Configuration of nginx for each host.
    SERVER: String = "server-snippet" {
        gateway: gateway::RAW,
        example: "client_max_body_size 1m;",
        scope: Scope::Ingress,
        for_host: true,
        risk: Risk::Critical,
        check: Check::Nothing,
    }
    /// Configuration of nginx for TCP and UDP.
    STREAM: String = "stream-snippet" {
        gateway: gateway::RAW,
        example: "server { listen 8000; proxy_pass 127.0.0.1:80; }",
        scope: Scope::Ingress,
        risk: Risk::Critical,
        check: Check::Nothing,
        since: Some(Version::new(1, 1, 1)),
        on_canary: true,
    }
}
