//! Hosts that both sides have in the same words: they need not be there to be proved, where all that they rest on is alike.

use super::hosts::{Class, arrival, is_host};
use super::texts::Common;
use crate::route::config::Config;
use crate::route::controller::Dynamic;

/// Whether a name is that of one host, and the same certificate is shown for it on both sides.
#[must_use]
pub fn is_host_alike(sides: [&Dynamic; 2], name: &str) -> bool {
    let is_one = !name.starts_with(['.', '~']) && !name.contains('*');
    is_one && is_host(name) && sides[0].certifies_as(sides[1], name)
}

impl Config<'_> {
    /// Whether hosts that both sides have in the same words can be left out of both: what stands around all hosts does the same for them,
    /// and nothing that is left asks for what is defined there alone.
    #[must_use]
    pub fn can_leave_out(base: &Self, head: &Self, asks_for_any: bool) -> bool {
        let common = Common::of([base, head]);
        let others = Class::others(String::from("other.example"));
        let are_alike = |is_tls: bool| {
            let [one, other] = [base, head].map(|config| {
                let arrival = arrival(config, &others, is_tls).ok()?;
                let merges = config.listener(is_tls, None).map(|(_, servers)| config.inside(servers.default).merges_slashes);
                Some((arrival.map(|arrival| (arrival.port, arrival.is_proxied, arrival.passed)), merges))
            });
            one.is_some() && one == other
        };
        common.is_same_around && (common.variables.is_empty() || !asks_for_any) && are_alike(false) && are_alike(true)
    }
}
