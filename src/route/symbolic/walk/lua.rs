//! What the controller's own Lua does.

use std::sync::Arc;

use super::{Stop, Walk};
use crate::nginx::{Pattern, problem};
use crate::route::controller::{Backend, Policy};
use crate::route::model::Lua;
use crate::route::symbolic::leaf::whom;
use crate::route::symbolic::term::{Input, Term};
use crate::route::symbolic::test::Test;

/// The upstream for what has no other.
const DEFAULT: &str = "upstream-default-backend";
/// Thousandths of a percent.
const WHOLE: u64 = 100_000;

/// The question whether chance puts a request into a part of all.
pub(super) fn chance(share: u64) -> String {
    format!("chance of {share}")
}

impl Walk<'_, '_, '_, '_> {
    pub(super) fn lua_rewrite(&mut self) -> Result<(), Stop> {
        match self.level.lua_rewrite.clone() {
            None | Some(Lua::Harmless | Lua::Auth(_)) => Ok(()),
            Some(Lua::Unknown(at)) => {
                let text = self.text_at(at);
                self.doubt(format!("code in Lua {text}"));
                Ok(())
            }
            Some(Lua::Ingress { inline, .. }) => {
                let switch = |walk: &mut Self, name: &str| match &inline {
                    Some(settings) => settings.iter().any(|(known, value)| known == name && *value),
                    None => {
                        let value = walk.named(name);
                        walk.assumed.ask(&value, &Test::Is(b"true".to_vec()))
                    }
                };
                self.names_of_client();
                self.redirect_plain(&switch)?;
                self.serves()
            }
        }
    }

    /// A header that the controller believes, where it is sent.
    fn forwarded(&mut self, name: &str) -> Option<Term> {
        if !self.side.config.dynamic.settings.uses_forwarded_headers {
            return None;
        }
        let header = Term::header(name);
        (!self.assumed.ask(&header, &Test::Is(Vec::new()))).then_some(header)
    }

    /// The port that clients came to: the location sets it.
    fn port(&mut self) -> Term {
        let set = self.named("pass_server_port");
        if set.is_empty() { Term::of(self.arrival.port.to_string()) } else { set }
    }

    fn names_of_client(&mut self) {
        let config = self.side.config;
        let settings = &config.dynamic.settings;
        let mut scheme = Term::of(if self.arrival.is_tls { "https" } else { "http" });
        let mut port = self.port();
        let mut host = Term::Input(Input::HttpHost);
        if let Some(forwarded) = self.forwarded("x-forwarded-proto") {
            scheme = forwarded;
        }
        if let Some(forwarded) = self.forwarded("x-forwarded-port") {
            port = forwarded;
        }
        if let Some(forwarded) = self.forwarded("x-forwarded-host") {
            host = self.fitted(&forwarded, "^([^,]*)");
        }
        if settings.uses_proxy_protocol {
            let announced = self.builtin("proxy_protocol_server_port");
            if self.assumed.ask(&announced, &Test::Is(b"443".to_vec())) {
                scheme = Term::of("https");
            }
        }
        let own = if settings.has_passthrough { &settings.passthrough_port } else { &settings.https_port };
        let shown = if self.assumed.ask(&port, &Test::Is(own.clone().into_bytes())) { Term::of("443") } else { port.clone() };
        for (name, value) in [("pass_access_scheme", scheme), ("pass_server_port", port), ("pass_port", shown), ("best_http_host", host)] {
            if let Some(&place) = config.variables.places.get(name) {
                self.set(place, value);
            }
        }
    }

    fn redirect_plain(&mut self, switch: &dyn Fn(&mut Self, &str) -> bool) -> Result<(), Stop> {
        let scheme = self.named("pass_access_scheme");
        if !self.assumed.ask(&scheme, &Test::Is(b"http".to_vec())) || switch(self, "force_no_ssl_redirect") {
            return Ok(());
        }
        if !(switch(self, "force_ssl_redirect") || switch(self, "ssl_redirect") && self.has_certificate()) {
            return Ok(());
        }
        let host = self.named("best_http_host");
        let host = self.fitted(&host, "^([^:]*)");
        let preserves = switch(self, "preserve_trailing_slash");
        let target = self.target(!preserves);
        let settings = &self.side.config.dynamic.settings;
        let port = if switch(self, "use_port_in_redirects") { format!(":{}", settings.https_port) } else { String::new() };
        if !settings.is_known {
            self.doubt("the code of the redirect to HTTPS, and whether forwarded headers are believed (`lua.json` is not there)");
        }
        Err(Stop::Redirect(settings.redirect_code, Term::join([Term::of("https://"), host, Term::of(port), target])))
    }

    /// What the only group of an expression finds.
    fn fitted(&mut self, term: &Term, expression: &str) -> Term {
        match Pattern::new(expression, false) {
            Ok(pattern) => self.assumed.group(term, &pattern, 1),
            Err(why) => Term::outside(why),
        }
    }

    /// The target as it came, perhaps without the slash at its end.
    fn target(&mut self, drops_slash: bool) -> Term {
        let target = Term::Input(Input::Target);
        let Some(pattern) = Pattern::new("^(.*)/$", false).ok().map(Arc::new).filter(|_| drops_slash) else { return target };
        if self.assumed.ask(&target, &Test::fits(&pattern)) { self.assumed.group(&target, &pattern, 1) } else { target }
    }

    fn has_certificate(&mut self) -> bool {
        match self.side.config.dynamic.certificate(&self.arrival.name) {
            Some(found) => found.is_some(),
            None => self.assumed.choose(format!("a certificate is configured for {}", self.arrival.name), 2) == 0,
        }
    }

    /// Whether the backend of the location has anybody who answers.
    fn serves(&mut self) -> Result<(), Stop> {
        let Some(name) = self.named("proxy_upstream_name").literal_text() else {
            self.doubt("a backend that depends on the request");
            return Ok(());
        };
        let dynamic = &self.side.config.dynamic;
        let endpoints = dynamic.backend(&name).map(|backend| backend.endpoints.as_deref());
        let serves = match endpoints {
            _ if !dynamic.knows_backends() => true,
            None => false,
            Some(Some(endpoints)) => !endpoints.is_empty(),
            // Nobody knows, of either side.
            Some(None) => true,
        };
        if serves { Ok(()) } else { Err(Stop::Status(503)) }
    }

    /// What a backend of the controller is called.
    pub(super) fn whom_of(&mut self, upstream: &str) -> String {
        // Which Service that is stands in an argument of the controller, which no dump shows.
        if self.side.is_same_words && upstream == DEFAULT {
            return upstream.to_owned();
        }
        let called =
            ["namespace", "service_name", "service_port"].map(|name| self.named(name).literal_text().filter(|text| !text.is_empty()));
        let [namespace, service, port] = called;
        let (namespace, service, port) = self.side.config.dynamic.whose(upstream, (namespace, service, port));
        whom(namespace.as_deref(), service.as_deref(), port.as_deref(), upstream)
    }

    /// The backend that gets the requests, and which shares others get.
    pub(super) fn balanced(&mut self, name: &str) -> (String, Vec<(String, u64)>) {
        let config = self.side.config;
        let own = (name.to_owned(), Vec::new());
        let Some(backend) = config.dynamic.backend(name) else { return own };
        let Some((other, canary)) = config.dynamic.canary_of(backend) else { return own };
        for (kept, is_canary) in [(backend, false), (canary, true)] {
            if self.is_kept(kept) {
                return if is_canary { (other.clone(), Vec::new()) } else { own };
            }
        }
        match self.share(&canary.policy) {
            0 => own,
            WHOLE => (other.clone(), Vec::new()),
            share if self.side.is_same_words => (name.to_owned(), vec![(self.whom_of(other), share)]),
            // In other words, chance gives a variable its value.
            share if self.assumed.choose(chance(share), 2) == 0 => (other.clone(), Vec::new()),
            _ => own,
        }
    }

    fn is_kept(&mut self, backend: &Backend) -> bool {
        let Some(cookie) = &backend.cookie else { return false };
        let term = Term::Input(Input::Cookie(cookie.to_ascii_lowercase().into()));
        let Some(bar) = Pattern::new("\\|", false).ok().map(Arc::new) else { return false };
        self.assumed.ask(&term, &Test::fits(&bar)) && self.assumed.choose(format!("the cookie {cookie} keeps the client"), 2) == 1
    }

    /// The share of a canary for these requests.
    fn share(&mut self, policy: &Policy) -> u64 {
        let is = |text: &str| Test::Is(text.as_bytes().to_vec());
        if !policy.header.is_empty() {
            let header = Term::header(&policy.header);
            if !policy.value.is_empty() {
                if self.assumed.ask(&header, &is(&policy.value)) {
                    return WHOLE;
                }
            } else {
                match &policy.pattern {
                    // A header that is not sent is not compared.
                    Some(Ok(pattern)) if !self.assumed.ask(&header, &is("")) && self.assumed.ask(&header, &Test::fits(pattern)) => {
                        return WHOLE;
                    }
                    Some(Ok(_)) => {}
                    // One that nobody can read fits nothing, and nothing else is asked.
                    Some(Err(_)) if problem(&policy.expression).is_some() && !self.assumed.ask(&header, &is("")) => return 0,
                    // Whatever it fits, it fits on both sides.
                    Some(Err(why)) if problem(&policy.expression).is_none() => {
                        let way = format!("the expression `{}` of a canary for {:?}: {why}", policy.expression, policy.header);
                        if self.assumed.choose(way, 2) == 1 {
                            return WHOLE;
                        }
                    }
                    None if self.assumed.ask(&header, &is("always")) => return WHOLE,
                    None if self.assumed.ask(&header, &is("never")) => return 0,
                    Some(Err(_)) | None => {}
                }
            }
        }
        if !policy.cookie.is_empty() {
            let cookie = Term::Input(Input::Cookie(policy.cookie.to_ascii_lowercase().into()));
            if self.assumed.ask(&cookie, &is("always")) {
                return WHOLE;
            }
            if self.assumed.ask(&cookie, &is("never")) {
                return 0;
            }
        }
        let total = policy.total.max(1);
        if policy.weight >= total { WHOLE } else { policy.weight * WHOLE / total }
    }

    /// Where the other name of a host is redirected to.
    pub(super) fn www_redirect(&mut self, host: &str) -> Term {
        let scheme = self.forwarded("x-forwarded-proto").unwrap_or_else(|| Term::of(if self.arrival.is_tls { "https" } else { "http" }));
        let port = self.forwarded("x-forwarded-port").unwrap_or_else(|| Term::of(self.arrival.port.to_string()));
        let target = self.target(true);
        Term::join([scheme, Term::of(format!("://{host}:")), port, target])
    }
}
