//! What all hosts have in common, made once.

use hashbrown::HashSet;

use super::super::options::{Module, NginxOptions};
use super::plan::{self, Plans};
use super::refused::{Part, Refused};
use super::scope::Scope;
use super::snippets;
use crate::ir::{Proxy, Settings};
use crate::nginx;

/// What all hosts have in common.
#[derive(Debug)]
pub(super) struct Shared<'a> {
    /// What the proxy shall do.
    pub(super) proxy: &'a Proxy,
    /// Choices about the output.
    pub(super) options: &'a NginxOptions,
    /// What nginx refuses.
    pub(super) refused: &'a Refused,
    /// Where the requests for each upstream go.
    pub(super) plans: Plans<'a>,
    /// Raw configuration of the administrator for each host.
    pub(super) server_snippet: String,
    /// Raw configuration of the administrator for each route.
    pub(super) location_snippet: String,
    /// The names of groups of servers that the administrator made.
    pub(super) upstreams: HashSet<String>,
    /// Why no route of the whole proxy may answer; none in most cases.
    pub(super) closed: Option<&'static str>,
}

/// Whether a pattern of clients that are refused is no regular expression.
fn has_unreadable_filter(settings: &Settings) -> bool {
    let filters = &settings.filters;
    let all = filters.block_user_agents.iter().chain(&filters.block_referers).map(|text| text.trim());
    let patterns = all.filter_map(|text| text.strip_prefix('~').map(|text| text.strip_prefix('*').unwrap_or(text)));
    patterns.into_iter().any(|text| nginx::problem(text).is_some())
}

impl<'a> Shared<'a> {
    /// Prepares what all hosts have in common.
    pub(super) fn new(proxy: &'a Proxy, options: &'a NginxOptions, refused: &'a Refused, scope: &mut Scope) -> Self {
        let settings = &proxy.settings;
        let mut shared = Self {
            proxy,
            options,
            refused,
            plans: plan::plan(proxy, scope),
            server_snippet: String::new(),
            location_snippet: String::new(),
            upstreams: nginx::upstreams(&refused.without(Part::Usual, "http-snippet", &settings.snippets.http, &mut Scope::default())),
            closed: None,
        };
        let mut of_all =
            |subject: &str, text: &str| snippets::of_administrator(subject, text, options, &shared.upstreams, scope).to_owned();
        shared.server_snippet = of_all("server-snippet", &settings.snippets.server);
        shared.location_snippet = of_all("location-snippet", &settings.snippets.location);
        if settings.waf.enabled {
            shared.closed = Some("ModSecurity, which all routes ask for, cannot be expressed");
        } else if refused.has_filter() || has_unreadable_filter(settings) {
            shared.closed = Some("a filter that holds for all routes cannot be expressed");
        } else if scope.closed().is_some() {
            shared.closed = Some("a snippet that holds for all routes cannot be expressed");
        }
        shared
    }

    /// Whether a module is there.
    pub(super) fn has(&self, module: Module) -> bool {
        self.options.modules.contains(&module)
    }

    /// Whether the scheme, host and port that clients see are read from headers.
    pub(super) fn trusts_headers(&self) -> bool {
        self.proxy.settings.client_address.from_headers
    }

    /// The variable or word for the scheme that clients see.
    pub(super) fn scheme(&self) -> &'static str {
        let is_plain = !self.trusts_headers() && !self.proxy.settings.listening.proxy_protocol;
        if is_plain { "$scheme" } else { "$pass_access_scheme" }
    }
}
