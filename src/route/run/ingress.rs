//! What the controller's own Lua does in the rewrite phase: redirects to HTTPS, and answers 503 where nothing serves.
//!
//! Sources: `lua_ingress.lua`, `balancer.lua`, `ngx_srv_redirect.lua` of the controller.

use super::{Run, Stop};
use crate::nginx::problem;
use crate::route::circumstances::idle;
use crate::route::controller::{Backend, Policy};
use crate::route::decision::Share;
use crate::route::model::Lua;
use crate::route::text::Value;
use crate::source::Span;

/// Which requests a canary gets.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Choice {
    /// None, or this one not.
    Never,
    /// This one: why.
    Always(String),
    /// By chance.
    Share(f64, String),
}

impl<'c> Run<'c, '_> {
    /// Code in Lua at the end of the rewrite phase.
    pub(super) fn lua_rewrite(&mut self) -> Result<(), Stop<'c>> {
        match &self.level.lua_rewrite {
            None | Some(Lua::Harmless | Lua::Auth(_)) => Ok(()),
            Some(Lua::Unknown(_)) => {
                self.not_known("what code in Lua does with the request");
                Ok(())
            }
            Some(Lua::Ingress { inline, at }) => {
                let at = *at;
                let switch = |run: &mut Self, name: &str, place: Option<usize>| match inline {
                    Some(settings) => settings.iter().any(|(known, value)| known == name && *value),
                    None => run.named(place).is("true"),
                };
                self.names_of_client();
                self.redirect_plain(&switch, at)?;
                self.serves(at)
            }
        }
    }

    /// The first value of a header that the controller believes.
    fn forwarded(&self, name: &'static str) -> Option<&'c str> {
        let is_believed = self.config.dynamic.settings.uses_forwarded_headers;
        if is_believed {
            self.look(|looks| looks.add_header(name));
        }
        self.request.headers(name).next().filter(|_| is_believed)
    }

    /// The port that the request came to.
    fn own_port(&self) -> Value<'c> {
        match self.port {
            80 => Value::of("80"),
            443 => Value::of("443"),
            port => Value::made(port.to_string()),
        }
    }

    /// The variables that tell backends how the client came.
    fn names_of_client(&mut self) {
        let settings = &self.config.dynamic.settings;
        let own = &self.config.variables.own;
        let mut scheme = Value::of(if self.request.is_tls { "https" } else { "http" });
        let mut port = match self.named(own.pass_server_port) {
            port @ Value::Known(_) if port != Value::EMPTY => port,
            _ => self.own_port(),
        };
        let mut host = self.request.host.as_ref().map_or_else(|| Value::Known(self.host_bytes()), Value::of);
        if let Some(forwarded) = self.forwarded("x-forwarded-proto") {
            scheme = Value::of(forwarded);
        }
        if let Some(forwarded) = self.forwarded("x-forwarded-port") {
            port = Value::of(forwarded);
        }
        if let Some(forwarded) = self.forwarded("x-forwarded-host") {
            host = Value::of(forwarded.split(',').next().unwrap_or_default());
        }
        if settings.uses_proxy_protocol && self.port == 443 {
            scheme = Value::of("https");
        }
        let tls = if settings.has_passthrough { &settings.passthrough_port } else { &settings.https_port };
        let shown = if port.is(tls) { Value::of("443") } else { port.clone() };
        let all = [(own.pass_scheme, scheme), (own.pass_server_port, port), (own.pass_port, shown), (own.host, host)];
        for (place, value) in all.into_iter().filter_map(|(place, value)| Some((place?, value))) {
            self.set(place, value);
        }
    }

    fn redirect_plain(&mut self, switch: &dyn Fn(&mut Self, &str, Option<usize>) -> bool, at: Span) -> Result<(), Stop<'c>> {
        let own = &self.config.variables.own;
        if !self.named(own.pass_scheme).is("http") || switch(self, "force_no_ssl_redirect", own.force_no_ssl_redirect) {
            return Ok(());
        }
        let redirects = switch(self, "force_ssl_redirect", own.force_ssl_redirect)
            || switch(self, "ssl_redirect", own.ssl_redirect) && self.has_certificate();
        if !redirects {
            return Ok(());
        }
        let Value::Known(host) = self.named(own.host) else { return Ok(()) };
        let host = host.split(|byte| *byte == b':').next().unwrap_or_default().to_vec();
        let settings = &self.config.dynamic.settings;
        let unparsed = self.unparsed.clone();
        let mut target = &*unparsed;
        if target.ends_with(b"/") && !switch(self, "preserve_trailing_slash", own.preserve_trailing_slash) {
            target = &target[..target.len() - 1];
        }
        let port = if switch(self, "use_port_in_redirects", own.use_port_in_redirects) {
            format!(":{}", settings.https_port)
        } else {
            String::new()
        };
        if !settings.is_known {
            self.not_known("the code of the redirect to HTTPS, and whether forwarded headers are believed (`lua.json` is not there)");
        }
        let code = settings.redirect_code;
        self.step(|| format!("plain HTTP is redirected to HTTPS with {code}"), Some(at));
        let to = [b"https://".as_slice(), &host, port.as_bytes(), target].concat();
        Err(Stop::Redirect(code, Value::made(to), Some(at)))
    }

    /// Whether a certificate is configured for the host.
    fn has_certificate(&mut self) -> bool {
        let name = if self.host.is_empty() { &self.config.servers[self.server].name } else { &*self.host };
        match self.config.dynamic.certificate(name) {
            Some(found) => found.is_some(),
            None => {
                self.look(|looks| looks.guesses = true);
                let words = [format!("a certificate is configured for `{name}`"), format!("no certificate is configured for `{name}`")];
                self.oracle.choose(&[&words[0], &words[1]]) == 0
            }
        }
    }

    /// Whether the backend of the location has anybody who answers.
    fn serves(&mut self, at: Span) -> Result<(), Stop<'c>> {
        let config = self.config;
        let Value::Known(name) = self.named(config.variables.own.upstream) else { return Ok(()) };
        let name = String::from_utf8_lossy(&name);
        let endpoints = config.dynamic.backend(&name).map(|backend| backend.endpoints.as_deref());
        let serves = match endpoints {
            _ if !config.dynamic.knows_backends() => true,
            None => false,
            Some(Some(endpoints)) => !endpoints.is_empty(),
            // Nobody knows.
            // It is the same for all of them, and told where the configuration is.
            Some(None) => self.oracle.choose(&["", &idle(&name)]) == 0,
        };
        if !serves {
            // Which backend it is says the path, and no line of the code that asks for it.
            let at = self.location.map_or(at, |location| location.at);
            self.step(|| idle(&name), Some(at));
            self.decision.idle = Some(name.into_owned());
            return Err(Stop::Status(503, Some(at)));
        }
        Ok(())
    }

    /// The backends that get the request, and how likely those are that are not the own one.
    pub(super) fn balanced(&mut self, name: &str) -> (String, Vec<Share>) {
        let config = self.config;
        let Some(backend) = config.dynamic.backend(name) else { return (name.to_owned(), Vec::new()) };
        let Some((other, canary)) = config.dynamic.canary_of(backend) else { return (name.to_owned(), Vec::new()) };
        let namespace = self.named(config.variables.own.namespace).into_text();
        let service = config.dynamic.service(other, namespace.as_deref()).map(|service| service.to_string());
        let share = |probability: f64, when: &str| {
            vec![Share { upstream: other.clone(), service: service.clone(), probability, when: when.to_owned() }]
        };
        for (kept, words) in [(backend, "with its backend"), (canary, "with the canary")] {
            if kept.cookie.as_ref().is_some_and(|cookie| self.cookie(cookie).is_some_and(|value| value.contains('|'))) {
                let ways = [format!("the cookie keeps the client {words}"), format!("the cookie does not keep the client {words}")];
                if self.oracle.choose(&[&ways[0], &ways[1]]) == 0 {
                    let is_canary = std::ptr::eq(kept, canary);
                    return if is_canary { (other.clone(), share(1.0, &ways[0])) } else { (name.to_owned(), Vec::new()) };
                }
            }
        }
        match self.asked(&canary.policy) {
            Choice::Never => (name.to_owned(), Vec::new()),
            Choice::Always(why) => (other.clone(), share(1.0, &why)),
            Choice::Share(probability, why) => (name.to_owned(), share(probability, &why)),
        }
    }

    /// What the policy of a canary says of the request.
    fn asked(&mut self, policy: &Policy) -> Choice {
        if !policy.header.is_empty() {
            self.look(|looks| looks.add_header(&policy.header.to_ascii_lowercase()));
        }
        let header = (!policy.header.is_empty()).then(|| self.request.headers(&policy.header).next()).flatten();
        if let Some(value) = header {
            let why = format!("the header `{}` is `{value}`", policy.header);
            match &policy.pattern {
                _ if !policy.value.is_empty() && policy.value == value => return Choice::Always(why),
                _ if !policy.value.is_empty() => {}
                Some(Ok(pattern)) if pattern.is_match(value.as_bytes()) => return Choice::Always(why),
                // One that nobody can read fits nothing, and nothing else is asked.
                Some(Err(_)) if problem(&policy.expression).is_some() => return Choice::Never,
                Some(Err(why)) => {
                    let ways = [
                        format!("`{}` fits `{value}`: {why}", policy.expression),
                        format!("`{}` does not fit `{value}`", policy.expression),
                    ];
                    if self.oracle.choose(&[&ways[1], &ways[0]]) == 1 {
                        return Choice::Always(ways[0].clone());
                    }
                }
                Some(Ok(_)) => {}
                None if value == "always" => return Choice::Always(why),
                None if value == "never" => return Choice::Never,
                None => {}
            }
        }
        let cookie = if policy.cookie.is_empty() { None } else { self.cookie(&policy.cookie) };
        match cookie {
            Some("always") => return Choice::Always(format!("the cookie `{}` is `always`", policy.cookie)),
            Some("never") => return Choice::Never,
            _ => {}
        }
        #[expect(clippy::cast_precision_loss, reason = "weights are small")]
        let share = policy.weight as f64 / policy.total.max(1) as f64;
        match policy.weight {
            0 => Choice::Never,
            weight if weight >= policy.total => Choice::Always(format!("it has {weight} of {} parts", policy.total)),
            weight => Choice::Share(share, format!("{weight} of {} requests", policy.total)),
        }
    }

    /// Where the other name of a host is redirected to.
    pub(super) fn www_redirect(&mut self, host: &str) -> Value<'c> {
        let mut target = &*self.unparsed;
        if target.ends_with(b"/") {
            target = &target[..target.len() - 1];
        }
        let scheme = self.forwarded("x-forwarded-proto").unwrap_or(if self.request.is_tls { "https" } else { "http" });
        let port = self.forwarded("x-forwarded-port").map_or_else(|| self.port.to_string(), str::to_owned);
        Value::made([format!("{scheme}://{host}:{port}").as_bytes(), target].concat())
    }

    /// A backend by its name.
    pub(super) fn backend(&self, name: &str) -> Option<&'c Backend> {
        self.config.dynamic.backend(name)
    }
}
