//! What is said about a part of the configuration: what the target cannot express, and what no configuration may hold.

use hashbrown::HashMap;

use crate::diagnostic::{Diagnostic, Effect, ObjectRef};
use crate::ir::{Destination, Extra, Features, Origin, Owner, Proxy, Route, Server, SettingsOrigin};

/// Collects findings about the settings, a host or a route.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    findings: Vec<Diagnostic>,
    /// Which of them are about a place: a host can have thousands.
    by_place: HashMap<Option<(u32, u32)>, Vec<usize>>,
    features: Option<&'a Features>,
    owner: Option<&'a Owner>,
    origin: Origin,
    settings: Option<&'a SettingsOrigin>,
    /// Why the route answers no request.
    closed: Option<String>,
}

impl<'a> Scope<'a> {
    /// For what holds for all hosts.
    pub(super) fn of_settings(proxy: &'a Proxy) -> Self {
        Self { settings: proxy.settings_origin.as_ref(), ..Self::default() }
    }

    /// For a host.
    pub(super) fn of_server(origin: Origin) -> Self {
        Self { origin, ..Self::default() }
    }

    /// From here on, findings are about a host.
    pub(super) fn enter_host(&mut self, origin: Origin) {
        (self.features, self.owner, self.origin, self.closed) = (None, None, origin, None);
    }

    /// From here on, findings are about what holds for all hosts.
    pub(super) fn leave_host(&mut self) {
        self.enter_host(Origin::default());
    }

    /// From here on, findings are about a route.
    pub(super) fn enter(&mut self, route: &'a Route) {
        self.features = Some(&route.features);
        self.owner = route.owner.as_deref();
        self.origin = route.origin;
        self.closed = None;
    }

    /// From here on, findings are about the route that asks for something that holds for its whole host.
    pub(super) fn enter_cause(&mut self, server: &'a Server, subject: &str) {
        if let Some(route) = server.routes.iter().find(|route| route.features.cause(subject).is_some()) {
            self.enter(route);
        }
    }

    /// Some requests are taken in another way whatever the manifests say: told once, where the first Ingress is.
    pub(super) fn requests_differ(&mut self, proxy: &Proxy, subject: &str, message: &str, notes: &[&str]) {
        let mut first = Scope::default();
        let mut routes = proxy.servers.iter().flat_map(|server| &server.routes);
        if let Some(route) = routes.find(|route| route.owner.is_some()) {
            first.enter(route);
        }
        let finding = notes.iter().fold(Diagnostic::info("expressed-differently", message), |finding, note| finding.note(*note));
        first.push(finding.note("this holds for every host"), subject);
        self.findings.append(&mut first.findings);
    }

    /// Something gets lost that protects nothing.
    pub(super) fn lost(&mut self, subject: &str, message: &str) {
        self.push(loss(message), subject);
    }

    /// Tells of keys of the ConfigMap that get lost, where the ConfigMap has them.
    pub(super) fn lost_keys(&mut self, keys: &[&str], message: &str) {
        for key in keys {
            if self.has_key(key) {
                self.lost(key, message);
            }
        }
    }

    /// Tells of keys of the ConfigMap that are done in another way, where the ConfigMap has them.
    pub(super) fn keys_differ(&mut self, keys: &[&str], message: &str) {
        for key in keys {
            if self.has_key(key) {
                self.differs(key, message);
            }
        }
    }

    /// Tells of an annotation whose effect is another one, where the route has it.
    pub(super) fn asked_differs(&mut self, name: &str, message: &str) {
        if self.is_asked(name) {
            self.differs(name, message);
        }
    }

    /// Whether the route has an annotation.
    pub(super) fn is_asked(&self, name: &str) -> bool {
        self.features.is_some_and(|features| features.cause(name).is_some())
    }

    /// Something is done in another way, which those who look closely can tell.
    pub(super) fn differs(&mut self, subject: &str, message: &str) {
        self.push(difference(message), subject);
    }

    /// The input does not say who answers for a route: told where that is the end of it.
    pub(super) fn unknown_backend(&mut self, proxy: &Proxy, route: &Route) {
        if route.is_refused() || !proxy.upstream(&route.upstream).is_some_and(|upstream| upstream.unknown) {
            return;
        }
        let service = self.owner.map(|owner| format!("{}/{}", owner.namespace, owner.service)).unwrap_or_default();
        let finding = match proxy.destination_of(&route.upstream) {
            Destination::Name(name) => {
                let name = name.authority();
                difference(&format!("the input does not hold Service `{service}`: requests go to its name in DNS, `{name}`"))
            }
            Destination::Endpoints(_) | Destination::Nowhere | Destination::NotFound => {
                loss(&format!("the input does not say who answers for Service `{service}`: requests get 503"))
            }
        };
        self.push(finding.about_input(), "path");
    }

    /// A protection gets lost: the route is closed.
    pub(super) fn close(&mut self, subject: &str, message: &str) {
        let finding = Diagnostic::error("not-expressible", message).effect(Effect::NotExpressible);
        self.push(finding.note("what it protects answers 503 instead"), subject);
        self.closed.get_or_insert_with(|| format!("{subject} cannot be expressed"));
    }

    /// A protection gets lost by a key of the ConfigMap: the route is closed, and the key is told once for all routes.
    pub(super) fn close_for_setting(&mut self, proxy: &Proxy, key: &str, message: &str) {
        let mut settings = Scope::of_settings(proxy);
        settings.close(key, message);
        self.closed = self.closed.take().or(settings.closed);
        settings.findings.into_iter().for_each(|finding| self.add(finding));
    }

    /// The product cannot do something: what that protected is closed, all else gets lost.
    pub(super) fn lacks(&mut self, extra: Extra, message: &str) {
        let subject = match extra {
            Extra::Firewall => "enable-modsecurity",
            Extra::GlobalLimit => "global-rate-limit",
            Extra::Digest => "auth-type",
            Extra::Tracing => "enable-opentelemetry",
            Extra::Push => "http2-push-preload",
        };
        if extra.protects() { self.close(subject, message) } else { self.lost(subject, message) }
    }

    /// A value is not fit for any configuration.
    pub(super) fn refuse(&mut self, subject: &str, message: &str) {
        let finding = Diagnostic::error("unfit-value", message).effect(Effect::LocationDenied);
        self.push(finding.note("the route answers 503 instead"), subject);
        self.closed.get_or_insert_with(|| String::from("a value is not fit for a configuration"));
    }

    /// The proxy would refuse a directive of a route or host, and start for nobody.
    pub(super) fn refused(&mut self, subject: &str, message: &str, instead: &str) {
        let finding = Diagnostic::error("unfit-value", format!("the proxy refuses the configuration: {message}"));
        self.push(finding.effect(Effect::LocationDenied).note(instead), subject);
        self.closed.get_or_insert_with(|| String::from("the proxy refuses a value"));
    }

    /// The route is for a path under which the proxy itself answers.
    pub(super) fn takes_own_path(&mut self) {
        self.refused("path", "the path is one of the proxy itself", "nobody is passed on to the backend");
    }

    /// The proxy would refuse a setting of all hosts.
    pub(super) fn setting_refused(&mut self, subject: &str, message: &str) {
        let finding = Diagnostic::error("unfit-value", format!("the proxy refuses the configuration: {message}"));
        self.push(finding.note("the directive is left out"), subject);
    }

    /// The proxy refuses something that cannot be closed.
    pub(super) fn still_refused(&mut self, message: &str) {
        let finding = Diagnostic::error("unfit-value", format!("the proxy refuses the configuration: {message}"));
        self.push(finding.effect(Effect::BlocksReload), "");
    }

    /// Nothing is served under a name that no client can ask for.
    pub(super) fn unserved(&mut self, subject: &str, message: &str) {
        let finding = Diagnostic::error("unfit-value", message).effect(Effect::Unreachable);
        self.push(finding.note("nothing is served under it"), subject);
    }

    /// A value for all hosts is not fit for any configuration.
    pub(super) fn left_out(&mut self, value: &str) {
        let shown: String = value.chars().take(60).collect();
        let message = format!("`{}`, which holds for all hosts, is not fit for a configuration", shown.escape_default());
        self.push(Diagnostic::error("unfit-value", message).note("the directive is left out"), "");
    }

    /// Why the route is closed, if it is.
    pub(super) fn closed(&self) -> Option<&str> {
        self.closed.as_deref()
    }

    /// A finding about this tool itself.
    pub(super) fn failed(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// What was found.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        self.findings
    }

    /// Whether the ConfigMap has a key.
    pub(super) fn has_key(&self, key: &str) -> bool {
        self.settings.is_some_and(|settings| settings.place(key).is_some())
    }

    fn push(&mut self, finding: Diagnostic, subject: &str) {
        let cause = self.features.and_then(|features| features.cause(subject));
        let key = self.settings.and_then(|settings| Some((settings, settings.place(subject)?))).filter(|_| self.owner.is_none());
        let span = cause.map(|(_, span)| *span).or(key.map_or(self.origin, |(_, place)| place).span());
        let subject = cause.map_or(subject, |(name, _)| name);
        let mut finding = finding.subject(subject).at(span);
        if let Some(owner) = self.owner {
            let (namespace, name) = (owner.namespace.clone(), owner.name.clone());
            finding = finding.object(ObjectRef { kind: String::from("Ingress"), namespace, name });
        } else if let Some((settings, _)) = key {
            let (namespace, name) = (settings.namespace.clone(), settings.name.clone());
            finding = finding.object(ObjectRef { kind: String::from("ConfigMap"), namespace, name });
        }
        self.add(finding);
    }

    /// Adds a finding that is not there yet.
    fn add(&mut self, finding: Diagnostic) {
        let about = self.by_place.entry(finding.span.map(|span| (span.file.0, span.start))).or_default();
        if !about.iter().any(|at| self.findings[*at] == finding) {
            about.push(self.findings.len());
            self.findings.push(finding);
        }
    }
}

/// What a target cannot express.
fn loss(message: &str) -> Diagnostic {
    Diagnostic::warning("not-expressible", message).effect(Effect::NotExpressible)
}

/// What a target does in another way.
fn difference(message: &str) -> Diagnostic {
    Diagnostic::info("expressed-differently", message)
}
