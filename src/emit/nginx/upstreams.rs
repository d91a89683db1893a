//! Groups of endpoints, and how one is chosen.

use super::cookies;
use super::endpoints::{hash_key, keepalive};
use super::lines::{Lines, Word, put};
use super::names;
use super::plan::Plan;
use super::scope::Scope;
use super::subsets;
use crate::ir::{Endpoint, Settings};

impl Plan<'_> {
    /// Writes the group, where there is one.
    pub(super) fn group(&self, settings: &Settings, scope: &mut Scope, lines: &mut Lines) {
        let upstream = self.upstream;
        if upstream.endpoints.is_empty() || !upstream.endpoints.iter().all(Endpoint::is_address) {
            return;
        }
        if self.has_subsets() {
            return subsets::write(self, settings, lines);
        }
        if self.is_sticky() {
            cookies::key(self, lines);
        }
        lines.gap();
        lines.block("upstream", vec![Word::from(&upstream.name)], |lines| {
            let hashes = self.method(settings, scope, lines);
            for round in 0..if hashes { 1 } else { self.repeats } {
                if round == 1 {
                    lines.comment("Once more: nginx tries each line once, and routes ask for more tries.");
                }
                for endpoint in &upstream.endpoints {
                    // The controller does not remember failures: the next request tries the endpoint again.
                    put!(lines, "server", endpoint.authority(), "max_fails=0");
                }
            }
            keepalive(settings, lines);
        });
    }

    /// Writes how an endpoint is chosen, without a word one after the other; whether that is by a hash.
    fn method(&self, settings: &Settings, scope: &mut Scope, lines: &mut Lines) -> bool {
        let upstream = self.upstream;
        if self.is_sticky() {
            put!(lines, "hash", names::variable("sticky_key", &self.id), "consistent");
            return true;
        }
        if !upstream.hashing.key.is_empty() {
            put!(lines, "hash", hash_key(&upstream.hashing), "consistent");
            return true;
        }
        if upstream.algorithm == "ewma" || upstream.algorithm.is_empty() && settings.upstreams.load_balance == "ewma" {
            scope.differs("load-balance", "`ewma` becomes the endpoint with the fewest connections");
            put!(lines, "least_conn");
        }
        false
    }
}
