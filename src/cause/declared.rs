//! Why a directive of nginx.conf is as it is, in words.

use k8s_openapi::api::networking::v1::Ingress;

use super::absent::listed;
use super::governs::{
    absent_annotation, absent_annotations, absent_setting, annotation_for, governor, governs, is_cause, is_shown, settings_for,
};
use super::ingress::{annotation_of, annotations, lost, name, of_ingress, of_tls};
use super::query::Query;
use super::{Causes, Found};
use crate::catalog::features::redirect;
use crate::catalog::settings;
use crate::diagnostic::{Cause, ObjectRef, Reason};
use crate::ir::{Route, Server, twin};
use crate::manifest::Object;
use crate::source::Span;

const NOTHING: &str = "nothing in the manifests declares it";

/// The variable of the controller that says which upstream takes requests.
pub const UPSTREAM: &str = "set $proxy_upstream_name";
/// Variables of the controller that say where a location sends requests.
const BACKEND: [&str; 3] = ["set $service_name", "set $service_port", UPSTREAM];
/// What the controller writes for a route that it does not serve.
const REFUSED: &str = "return 503;";
/// Directives that hand a request to a backend.
const PASSES: [&str; 3] = ["proxy_pass", "grpc_pass", "fastcgi_pass"];
/// More keys than these that a directive may come from are not listed.
const MOST_KEYS: usize = 3;
/// Variables of the controller that say whose location it is.
const OWNER: [&str; 3] = ["set $namespace", "set $ingress_name", "set $location_path"];

/// Whether a directive says whose a location is, or where it leads.
#[must_use]
pub fn is_place(directive: &str) -> bool {
    BACKEND.contains(&directive) || OWNER.contains(&directive)
}

/// Locations of the controller's own and modules of nginx, by words in them, that come with a directive.
const INTERNAL: [(&str, &str); 8] = [
    ("/_external-auth", "auth_request"),
    ("/_mirror-", "mirror"),
    ("@custom_", "error_page"),
    ("auth_digest", "auth_digest"),
    ("brotli", "brotli"),
    ("geoip2", "geoip2"),
    ("modsecurity", "modsecurity"),
    ("otel", "opentelemetry"),
];

/// The directive that a location of the controller's own, or a module, comes with.
fn internal(query: &Query) -> Option<&'static str> {
    let words = match (query.path, query.name.is_empty(), query.ingress) {
        (Some(path), true, None) => path,
        _ if query.name == "load_module" || query.name.starts_with("load_module ") => query.text,
        _ => "",
    };
    INTERNAL.iter().find(|(start, _)| words.contains(start)).map(|(_, directive)| *directive)
}

impl Causes<'_> {
    /// Why a host has the certificate that it has: the section `tls` of an Ingress that names it, or the default.
    #[must_use]
    pub fn of_certificate(&self, host: &str) -> Cause {
        let query = Query { host: Some(host), ..Query::default() };
        let owners = self.first_of_each(host).iter().filter_map(|route| route.owner.as_deref());
        let ingresses: Vec<_> = owners.filter_map(|owner| self.ingress((&owner.namespace, &owner.name))).collect();
        let tls =
            |ingress: &Object<Ingress>| ingress.value.spec.iter().flat_map(|spec| spec.tls.iter().flatten()).cloned().collect::<Vec<_>>();
        let names = |ingress: &&&Object<Ingress>| tls(ingress).iter().any(|tls| tls.hosts.iter().flatten().any(|name| name == host));
        let with_tls = || ingresses.iter().find(|ingress| !tls(ingress).is_empty());
        match (ingresses.iter().find(names).or_else(with_tls), ingresses.first()) {
            (Some(ingress), _) => of_tls(ingress),
            (None, Some(first)) => {
                let whole = if ingresses.len() == 1 { name(first) } else { format!("no Ingress of host `{host}`") };
                let message =
                    if ingresses.len() == 1 { format!("{whole} has no section `tls`") } else { format!("{whole} has a section `tls`") };
                lost(first, message, "tls", first.key_span(&["spec"]))
            }
            (None, None) => self.of_missing(&query),
        }
    }

    /// Why a directive, a location or a server is there as it is.
    #[must_use]
    pub fn of_declared(&self, query: &Query) -> Cause {
        if let Some(cause) = internal(query).and_then(|name| self.of_internal(&Query { name, ..*query })) {
            return cause;
        }
        if query.name.is_empty() {
            return self.of_block(query);
        }
        let route = self.route(query);
        let ingress = query.ingress.and_then(|owner| self.ingress(owner));
        if let (Some(ingress), true) = (ingress, BACKEND.contains(&query.name)) {
            return self.backend(ingress, query);
        }
        if let (Some(ingress), true) = (ingress, OWNER.contains(&query.name)) {
            return self.path(ingress, query);
        }
        // A location of the controller's own leads where the path leads that it belongs to.
        let upstream = Some(query.text).filter(|_| query.name == UPSTREAM && query.ingress.is_none());
        self.of_snippet(query)
            .or_else(|| self.of_refusal(query, route?))
            .or_else(|| self.of_origin(upstream?.split('"').nth(1)?))
            .or_else(|| self.of_annotation(query, route))
            .or_else(|| self.of_redirect(query, ingress))
            .or_else(|| self.of_argument(query))
            .or_else(|| self.of_setting(query))
            .or_else(|| self.of_stream(query))
            .or_else(|| self.of_internal_block(query))
            .or_else(|| self.of_host_names(query))
            .unwrap_or_else(|| self.by_default(query, route))
    }

    /// Why the manifests make no such directive, location or server.
    #[must_use]
    pub fn of_missing(&self, query: &Query) -> Cause {
        let ingress = query.ingress.and_then(|owner| self.ingress(owner));
        let counter = || self.counted(query)?.owner.as_ref().and_then(|owner| self.ingress((&owner.namespace, &owner.name)));
        let ingress = ingress.or_else(|| if query.host.is_none() { counter() } else { None });
        if let Some(cause) = ingress.and_then(|ingress| self.of_class(ingress)).or_else(|| self.of_refused(query.ingress?)) {
            return cause;
        }
        let server = query.host.and_then(|host| self.server(host));
        // An annotation that governs the directive is there, and yet it comes to nothing. What only has a directive of that name, as `set`,
        // has to show in the words that are missing.
        let seen = Query { text: query.other, is_different: false, ..*query };
        if !query.name.is_empty()
            && let Some(cause) = self.of_annotation(&seen, self.route(query))
        {
            return Cause { reason: Reason::Annotation, message: format!("{} makes none", cause.message), ..cause };
        }
        if let Some(cause) = self.of_idle_snippet(query) {
            return cause;
        }
        let (message, object, span) = match (ingress, server, query.ingress) {
            (Some(ingress), ..) => {
                let place = if query.name.is_empty() { self.rules(ingress, query) } else { annotations(ingress) };
                let lacks = self.lacks(ingress, query).filter(|_| query.name.is_empty());
                let message = format!("{} {}", name(ingress), lacks.as_deref().unwrap_or("declares none"));
                (message, Some(ingress.reference.clone()), Some(place))
            }
            (None, _, Some((namespace, ingress))) if !ingress.is_empty() => {
                (format!("there is no Ingress `{namespace}/{ingress}` in the manifests"), None, None)
            }
            (None, Some(server), _) if server.origin.span().is_some() => {
                (nobody(query, self.first_of_each(&server.hostname).len()), None, server.origin.span())
            }
            (None, None, _) if self.twin(query).is_some() => {
                let twin = self.twin(query);
                let message = format!("no Ingress of its twin has an annotation `{}`", redirect::FROM_TWIN.spec.name);
                (message, None, twin.and_then(|server| server.origin.span()))
            }
            (None, ..) => self.no_setting(query),
        };
        let subject = [query.name, query.path.unwrap_or_default(), query.host.unwrap_or_default()];
        let subject = subject.into_iter().find(|subject| !subject.is_empty()).unwrap_or_default();
        Cause { reason: Reason::Nothing, message, subject: subject.to_owned(), object, span }
    }

    /// Raw configuration that holds the line of the other configuration, and yet the controller does not take it.
    fn of_idle_snippet(&self, query: &Query) -> Option<Cause> {
        let cause = self.of_snippet(&Query { text: query.other, ..*query }).filter(|_| !query.name.is_empty())?;
        Some(Cause { message: format!("{} holds it and is not taken", cause.message), ..cause })
    }

    /// The server that a host could be the `www.` twin of.
    fn twin(&self, query: &Query) -> Option<&Server> {
        let host = query.host?;
        self.server(&twin(host))
    }

    /// Nothing declares a directive, but a key of the ConfigMap could.
    fn no_setting(&self, query: &Query) -> (String, Option<ObjectRef>, Option<Span>) {
        let name = internal(query).unwrap_or(query.name);
        let keys: Vec<&str> = settings_for(name).map(|setting| setting.name).take(MOST_KEYS + 1).collect();
        if let (Some(map), Some(key)) = (self.config_map, keys.iter().copied().find(|key| self.has_key(key))) {
            let message = format!("{NOTHING}: key `{key}` of ConfigMap `{}/{}` makes none", map.reference.namespace, map.reference.name);
            return (message, Some(map.reference.clone()), Some(map.span(&["data", key])));
        }
        match (keys.as_slice(), self.config_map) {
            // Of many, none is more likely than another.
            (keys, _) if keys.is_empty() || keys.len() > MOST_KEYS => (String::from(NOTHING), None, None),
            (keys, Some(map)) => {
                let message =
                    format!("{NOTHING}: ConfigMap `{}/{}` has no key {}", map.reference.namespace, map.reference.name, listed(keys));
                (message, Some(map.reference.clone()), Some(map.key_span(&["data"])))
            }
            (keys, None) => (format!("{NOTHING}: there is no ConfigMap with a key {}", listed(keys)), None, None),
        }
    }

    /// Whether the controller's ConfigMap has a key.
    fn has_key(&self, key: &str) -> bool {
        self.config_map.is_some_and(|map| map.value.data.as_ref().is_some_and(|data| data.contains_key(key)))
    }

    /// An annotation, or a key of the ConfigMap, that makes the controller write locations of its own or load a module.
    fn of_internal(&self, query: &Query) -> Option<Cause> {
        let any = || {
            let found = self.all_routes().filter_map(|route| {
                let ingress = route.owner.as_deref().and_then(|owner| self.ingress((&owner.namespace, &owner.name)))?;
                Some((governor(route, ingress, query)?.1, ingress))
            });
            let (found, ingress) = found.min_by_key(|(found, _)| found.span)?;
            Some(of_ingress(ingress, &found))
        };
        self.of_annotation(query, None).or_else(|| self.of_setting(query)).or_else(|| if query.host.is_none() { any() } else { None })
    }

    /// The first route whose counters a directive of the whole file is about: its words hold their name, with something before it or
    /// behind it, as `zone=NAME_rps:5m` and `$limit_NAME`.
    fn counted(&self, query: &Query) -> Option<&Route> {
        let tokens = [query.text, query.block].into_iter().flat_map(|text| text.split([' ', '$', '=', ':', ';', '"']));
        let names = tokens.flat_map(|token| {
            let (front, back) = (token.rsplit_once('_').map(|(front, _)| front), token.split_once('_').map(|(_, back)| back));
            [Some(token), front, back].into_iter().flatten()
        });
        names.filter_map(|name| self.counters.get(name)).copied().min_by_key(|route| route.origin.span())
    }

    /// The route of the location that the query is about.
    fn route(&self, query: &Query) -> Option<&Route> {
        let (namespace, name) = query.ingress?;
        let found = query.path.and_then(|path| self.by_path.get(&(namespace, name, path))).copied();
        found.or_else(|| self.routes(namespace, name).first().copied())
    }

    fn of_block(&self, query: &Query) -> Cause {
        if let Some(ingress) = query.ingress.and_then(|owner| self.ingress(owner)) {
            return if query.path.is_some() { self.path(ingress, query) } else { self.host(ingress, query) };
        }
        let server = query.host.and_then(|host| self.server(host));
        match server.and_then(|server| Some((server, server.origin.span()?))) {
            Some((server, place)) => Cause {
                reason: Reason::Object,
                message: format!("the host `{}` is declared", server.hostname),
                subject: server.hostname.clone(),
                object: None,
                span: Some(place),
            },
            None => self.of_snippet(query).unwrap_or_else(|| default(String::from("the controller always writes it"), query)),
        }
    }

    /// Whether raw configuration holds the very words.
    #[must_use]
    pub fn is_raw(&self, query: &Query) -> bool {
        self.of_snippet(query).is_some()
    }

    /// Raw configuration that holds the very words.
    fn of_snippet(&self, query: &Query) -> Option<Cause> {
        let words = query.text.trim_end_matches(';').trim_end_matches("{ … }").trim();
        if words.is_empty() {
            return None;
        }
        let holds = |text: &str| text.contains(words);
        let own = query.ingress.and_then(|owner| self.ingress(owner));
        let of_server = query.host.and_then(|host| self.snippets.get(host)).into_iter().flatten().copied();
        let of_streams = self.streams.iter().copied().filter(|_| query.host.is_none());
        for ingress in own.into_iter().chain(of_server).chain(of_streams) {
            let mut all = ingress.value.metadata.annotations.iter().flatten();
            if let Some((key, _)) = all.find(|(key, value)| key.ends_with("-snippet") && holds(value)) {
                return Some(of_ingress(ingress, &annotation_of(ingress, key)));
            }
        }
        let config_map = self.config_map?;
        let (key, _) = config_map.value.data.iter().flatten().find(|(key, value)| key.ends_with("-snippet") && holds(value))?;
        Some(self.setting_cause(&Found { span: config_map.span(&["data", key]), subject: key.clone() }))
    }

    /// The annotation that governs the directive: of the Ingress of the location, else of any that has a part in the server; for the
    /// whole file, of one whose counters it is about.
    fn of_annotation(&self, query: &Query, route: Option<&Route>) -> Option<Cause> {
        annotation_for(query.name)?;
        let server = query.host.and_then(|host| self.server(host));
        let routes: Vec<&Route> = match (route, server) {
            (Some(route), _) => vec![route],
            (None, Some(server)) => self.first_of_each(&server.hostname).iter().take(MOST_OWNERS).copied().collect(),
            (None, None) if query.host.is_none() => self.counted(query).into_iter().collect(),
            (None, None) => Vec::new(),
        };
        let best = routes.iter().filter_map(|route| {
            let owner = route.owner.as_deref()?;
            let ingress = self.ingress((&owner.namespace, &owner.name))?;
            let (score, found) = governor(route, ingress, query)?;
            Some((score, std::cmp::Reverse(found.span), ingress, found))
        });
        let (_, _, ingress, found) = best.max_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)))?;
        Some(of_ingress(ingress, &found))
    }

    /// All requests of a route get 503: for what.
    fn of_refusal(&self, query: &Query, route: &Route) -> Option<Cause> {
        let refusal = route.steps.refusal.as_ref().filter(|_| query.path.is_some() && query.text == REFUSED)?;
        let (span, owner) = (refusal.origin.span()?, route.owner.as_deref()?);
        let ingress = self.ingress((&owner.namespace, &owner.name))?;
        let annotation = route.features.causes.iter().find(|(_, place)| *place == span);
        Some(match annotation {
            Some((name, span)) => of_ingress(ingress, &Found { span: *span, subject: name.clone() }),
            None => Cause {
                reason: Reason::Object,
                message: refusal.value.clone(),
                subject: owner.name.clone(),
                object: Some(ingress.reference.clone()),
                span: Some(span),
            },
        })
    }

    /// A line of a location of the controller's own: what the location comes with.
    fn of_internal_block(&self, query: &Query) -> Option<Cause> {
        let name = internal(&Query { name: "", ..*query })?;
        self.of_internal(&Query { name, ..*query })
    }

    /// Redirects to HTTPS come with the certificate.
    fn of_redirect(&self, query: &Query, ingress: Option<&Object<Ingress>>) -> Option<Cause> {
        let ingress = ingress.filter(|_| query.name == "set $ssl_redirect")?;
        let tls = ingress.value.spec.as_ref()?.tls.as_ref()?;
        (!tls.is_empty()).then(|| of_tls(ingress))
    }

    fn of_setting(&self, query: &Query) -> Option<Cause> {
        let config_map = self.config_map?;
        let keys = config_map.value.data.iter().flatten();
        let is_governor = |list: &[&str], value: &str| governs(list, query.name) && is_cause(list, value, query);
        let governors = keys.filter(|(key, value)| settings::find(key).is_some_and(|setting| is_governor(setting.directives, value)));
        let (key, _) = governors.max_by_key(|(_, value)| is_shown(value, query.text))?;
        Some(self.setting_cause(&Found { span: config_map.span(&["data", key]), subject: key.clone() }))
    }

    /// A TCP or UDP service: the line with the port in the ConfigMap that the arguments name.
    fn of_stream(&self, query: &Query) -> Option<Cause> {
        let port = query.text.trim_end_matches(';').strip_prefix("listen ")?.split_whitespace().next()?.rsplit(':').next()?;
        let flags = &self.controller.flags;
        let names = [flags.tcp_services_configmap.split_once('/'), flags.udp_services_configmap.split_once('/')];
        let is_named = |reference: &ObjectRef| names.contains(&Some((&reference.namespace, &reference.name)));
        let mut maps = self.cluster.config_maps.iter().filter(|map| is_named(&map.reference));
        let map = maps.find(|map| map.value.data.as_ref().is_some_and(|data| data.contains_key(port)))?;
        Some(Cause {
            reason: Reason::Object,
            message: format!("port `{port}` of ConfigMap `{}/{}`", map.reference.namespace, map.reference.name),
            subject: port.to_owned(),
            object: Some(map.reference.clone()),
            span: Some(map.span(&["data", port])),
        })
    }

    pub(super) fn setting_cause(&self, found: &Found) -> Cause {
        let object = self.config_map.map(|map| map.reference.clone());
        let of = object.as_ref().map(|map| format!(" of ConfigMap `{}/{}`", map.namespace, map.name)).unwrap_or_default();
        let message = format!("key `{}`{of}", found.subject);
        Cause { reason: Reason::Setting, message, subject: found.subject.clone(), object, span: Some(found.span) }
    }

    /// Nobody says anything: which annotation or key could.
    fn by_default(&self, query: &Query, route: Option<&Route>) -> Cause {
        let ingress = query.ingress.and_then(|owner| self.ingress(owner));
        if query.path.is_some() && ingress.is_none() && !query.is_different {
            return default(String::from("a location of the controller's own"), query);
        }
        let config_map = self.config_map;
        match (ingress, query.host) {
            (Some(ingress), _) if PASSES.contains(&query.name) => return self.backend(ingress, query),
            (None, Some(_)) if query.name.starts_with("server_name") => return self.of_block(&Query { name: "", ..*query }),
            _ => {}
        }
        // What is there, and yet not the cause, is not said to be missing.
        let has_annotation = |name: &str| {
            let all = ingress.and_then(|ingress| ingress.value.metadata.annotations.as_ref());
            all.is_some_and(|all| all.keys().any(|key| super::short(key) == name))
        };
        let annotation = absent_annotation(query.name).map(|spec| spec.name).filter(|name| !has_annotation(name));
        let key = absent_setting(query.name).map(|setting| setting.name).filter(|key| !self.has_key(key));
        let no_key = |key: &str| match config_map.map(|map| &map.reference) {
            Some(map) => format!("ConfigMap `{}/{}` has no key `{key}`", map.namespace, map.name),
            None => format!("there is no ConfigMap with a key `{key}`"),
        };
        let message = match (ingress, annotation, key) {
            (Some(ingress), Some(annotation), key) => {
                // Without a ConfigMap nobody expects a key.
                let and = key.filter(|_| config_map.is_some()).map(|key| format!(", and {}", no_key(key))).unwrap_or_default();
                format!("the controller's default: {} has no annotation `{annotation}`{and}", name(ingress))
            }
            (_, _, Some(key)) => format!("the controller's default: {}", no_key(key)),
            _ => String::from("the controller's default"),
        };
        let place = ingress.map(annotations).or_else(|| route.and_then(|route| route.origin.span()));
        let place = place.or_else(|| config_map.filter(|_| key.is_some()).map(|map| map.key_span(&["data"])));
        let place = place.or_else(|| query.host.and_then(|host| self.server(host)?.origin.span()));
        let object = ingress.map(|ingress| ingress.reference.clone());
        Cause { object, span: place, subject: annotation.or(key).unwrap_or_default().to_owned(), ..default(message, query) }
    }
}

fn default(message: String, query: &Query) -> Cause {
    Cause { reason: Reason::Default, message, subject: query.name.to_owned(), object: None, span: None }
}

/// No Ingress of a host, which has so many, makes such a directive or location.
fn nobody(query: &Query, ingresses: usize) -> String {
    let names: Vec<&str> = absent_annotations(internal(query).unwrap_or(query.name)).map(|spec| spec.name).take(MOST_KEYS + 1).collect();
    // Of many, none is more likely than another.
    let names = Some(names).filter(|names| !names.is_empty() && names.len() <= MOST_KEYS).map(|names| listed(&names));
    match (names, ingresses > MOST_OWNERS) {
        (Some(names), false) => format!("{NOTHING}: no Ingress of the host has an annotation {names}"),
        (Some(names), true) => {
            format!("none of the first {MOST_OWNERS} Ingresses of the host has an annotation {names}: the others were not asked")
        }
        (None, false) => String::from(NOTHING),
        (None, true) => format!("none of the first {MOST_OWNERS} Ingresses of the host declares it: the others were not asked"),
    }
}

/// Of a host that more Ingresses have a part in than this, the later ones are not asked: each directive would take a look at each.
const MOST_OWNERS: usize = 100;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::features::FEATURES;

    #[test]
    fn annotations_that_are_too_many_to_choose_from_are_not_named() {
        let directives = FEATURES.iter().flat_map(|feature| feature.keys).flat_map(|spec| spec.directives);
        let mut counts = [false; 2];
        for name in directives {
            let count = absent_annotations(name).count();
            let told = nobody(&Query { name, ..Query::default() }, 1);
            assert_eq!(told.contains("has an annotation"), (1..=MOST_KEYS).contains(&count), "{name}: {count}: {told}");
            counts[usize::from(count > MOST_KEYS)] = true;
        }
        assert_eq!(counts, [true; 2], "there are few and many");
    }
}
