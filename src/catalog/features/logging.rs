//! Logs of a path.

use crate::catalog::gateway;
use crate::catalog::key::keys;
use crate::catalog::value::Check;
use crate::ir::RouteLogging;

keys! {
    of RouteLogging;

    /// Whether each request is logged; it is where nothing is said.
    ACCESS: bool = "enable-access-log" => access {
        gateway: gateway::LOGS,
        example: "false",
        check: Check::Bool,
        directives: &["access_log"],
    }
    /// Whether each change of the path is logged.
    REWRITES: bool = "enable-rewrite-log" => rewrites {
        gateway: gateway::REWRITE_LOG,
        example: "true",
        check: Check::Bool,
        directives: &["rewrite_log"],
    }
}
