//! Keys that the last release no longer has, and that are read for older ones.

use super::{Setting, list, number, text};

/// The store of limits that all controllers share, and plugins of Lua: gone with 1.12.
pub(super) static FORMER: &[&Setting] = &[&CONNECT_TIMEOUT, &HOST, &IDLE_TIMEOUT, &POOL_SIZE, &PORT, &STATUS, &PLUGINS];

pub(super) static CONNECT_TIMEOUT: Setting = number(
    "global-rate-limit-memcached-connect-timeout",
    |s| &mut s.global_limits.connect_timeout,
    "Milliseconds to connect to memcached.",
)
.until(1, 11, 8);
pub(super) static HOST: Setting =
    text("global-rate-limit-memcached-host", |s| &mut s.global_limits.host, "Host of memcached.").until(1, 11, 8);
pub(super) static IDLE_TIMEOUT: Setting = number(
    "global-rate-limit-memcached-max-idle-timeout",
    |s| &mut s.global_limits.idle_timeout,
    "Milliseconds that a connection to memcached may be idle.",
)
.until(1, 11, 8);
pub(super) static POOL_SIZE: Setting =
    number("global-rate-limit-memcached-pool-size", |s| &mut s.global_limits.pool_size, "Connections to memcached that are kept.")
        .until(1, 11, 8);
pub(super) static PORT: Setting =
    number("global-rate-limit-memcached-port", |s| &mut s.global_limits.port, "Port of memcached.").until(1, 11, 8);
pub(super) static STATUS: Setting =
    number("global-rate-limit-status-code", |s| &mut s.global_limits.status, "Status of requests over a limit that controllers share.")
        .until(1, 11, 8);
pub(super) static PLUGINS: Setting =
    list("plugins", |s| &mut s.process.plugins, "Plugins of Lua, in the order of their execution.").until(1, 11, 8);
