//! Which request goes where, and why.
//!
//! A configuration is lifted into a [`Config`] and asked with a [`Request`]: the engine goes the way that nginx and the controller's Lua
//! go, and says at each step which directive decided. What the request does not say (a country, the answer of another service, code of
//! users) is a branch with its condition, never a guess: [`Config::decide`] takes the way on which everything is let through, and
//! [`Config::branches`] tells all of them.
//!
//! Sources of what nginx does are its own: `ngx_http_request.c`, `ngx_http_core_module.c`, `ngx_http_script.c` and the modules.

mod ask;
mod circumstances;
mod config;
mod controller;
mod decision;
mod host;
mod led;
mod lift;
mod line;
mod looks;
mod model;
mod near;
mod oracle;
mod places;
mod request;
mod run;
mod streamed;
mod symbolic;
mod table;
mod target;
#[cfg(test)]
mod tests;
mod text;

pub use config::Config;
pub use controller::{Dynamic, Service};
pub use decision::{Answer, Certificate, Check, CheckKind, Decision, End, Match, Matched, Near, Passed, ServerName, Share, Step, Verdict};
pub use line::KEYS as REQUEST_KEYS;
pub use looks::{Followed, Looks};
pub use oracle::MOST_WAYS;
pub use places::Places;
pub use request::{ClientCertificate, Http, Request};
pub use symbolic::Verdict as ProofVerdict;
pub use symbolic::{Alike, Aspect, Difference, Doubt, Fact, Facts, HostProof, Kind, Limits, Pair, Proof, Region, Strength, is_host_alike};
pub use table::{
    Canary, CanaryRule, Goal, Guard, Host, HostKind, HostName, Limit, Port, Portions, Redirect, RedirectKind, Route, Table, Upstream,
};
