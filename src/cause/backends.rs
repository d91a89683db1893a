//! Why a value of backends.json is as it is: what the controller tells its Lua side about Services.

use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::Ingress;

use super::ingress::{annotation_named, annotation_of, lost, name, of_ingress};
use super::{Causes, Found, key, short};
use crate::catalog::features::{FEATURES, balancing, find};
use crate::diagnostic::{Cause, ObjectRef, Reason};
use crate::ir::DEFAULT_UPSTREAM;
use crate::manifest::Object;
use crate::source::Span;

/// Which key of the ConfigMap governs which value where no Ingress does.
const SETTINGS: [(&str, &str); 3] =
    [("endpoints", "service-upstream"), ("load-balance", "load-balance"), ("upstreamHashByConfig", "upstream-hash-by")];
/// The annotation that makes the address of the Service the one endpoint.
const SERVICE_UPSTREAM: &str = balancing::SERVICE_UPSTREAM.spec.name;

/// Which feature of the catalog governs which value.
const GOVERNED: [(&str, &str); 7] = [
    ("alternativeBackends", "canary"),
    ("load-balance", "balancing"),
    ("noServer", "canary"),
    ("sessionAffinityConfig", "affinity"),
    ("sslPassthrough", "backend-tls"),
    ("trafficShapingPolicy", "canary"),
    ("upstreamHashByConfig", "balancing"),
];

impl Causes<'_> {
    /// Why a value of an upstream is as it is. `path` are the keys below the upstream, none for the whole.
    #[must_use]
    pub fn of_upstream(&self, upstream: &str, path: &[&str]) -> Cause {
        let first = path.first().copied().unwrap_or_default();
        let feature = GOVERNED.iter().find(|(key, _)| *key == first).map(|(_, feature)| *feature);
        let service = self.service_of(upstream);
        if let Some(feature) = feature
            && let Some(cause) = self.users_of(upstream, service).into_iter().find_map(|ingress| of_feature(ingress, feature, path))
        {
            return cause;
        }
        match first {
            "endpoints" => self.of_endpoints(upstream, service, path.get(1).copied().unwrap_or_default()),
            "load-balance" | "upstreamHashByConfig" => self.of_key(first),
            "service" | "port" => service.map(of_service),
            _ => None,
        }
        .or_else(|| self.of_origin(upstream))
        .or_else(|| self.users_of(upstream, service).first().map(|ingress| without_effect(ingress, upstream)))
        .unwrap_or_else(|| Cause {
            reason: Reason::Nothing,
            message: String::from("nothing in the manifests declares it"),
            subject: upstream.to_owned(),
            object: None,
            span: None,
        })
    }

    /// A key of the ConfigMap that governs a value of all upstreams.
    fn of_key(&self, first: &str) -> Option<Cause> {
        let (_, key) = SETTINGS.iter().find(|(value, _)| *value == first)?;
        let map = self.config_map.filter(|map| map.value.data.as_ref().is_some_and(|data| data.contains_key(*key)))?;
        Some(self.setting_cause(&Found { span: map.span(&["data", key]), subject: (*key).to_owned() }))
    }

    /// The Service of an upstream. Its name is made of the namespace, the Service and the port, and each may hold dashes.
    pub(super) fn service_of(&self, upstream: &str) -> Option<&Object<Service>> {
        if upstream == DEFAULT_UPSTREAM {
            return self.services.get(&self.controller.flags.default_backend_service).copied();
        }
        let dashes: Vec<usize> = upstream.match_indices('-').map(|(at, _)| at).collect();
        let pairs = dashes.iter().rev().flat_map(|end| dashes.iter().filter(move |start| *start < end).map(move |start| (*start, *end)));
        let mut keys = pairs.map(|(start, end)| key(&upstream[..start], &upstream[start + 1..end]));
        keys.find_map(|key| self.services.get(&key).copied())
    }

    /// The Ingresses that may have a say about an upstream: the one that asked for it first, then those that name its Service.
    pub(super) fn users_of(&self, upstream: &str, service: Option<&Object<Service>>) -> Vec<&Object<Ingress>> {
        let others = service.and_then(|service| self.users.get(&key(&service.reference.namespace, &service.reference.name)));
        self.first_asker(upstream).into_iter().chain(others.into_iter().flatten().copied()).collect()
    }

    /// The Ingress that asked for an upstream first, and whose annotations it has.
    #[must_use]
    pub fn asker(&self, upstream: &str) -> Option<&ObjectRef> {
        self.first_asker(upstream).map(|ingress| &ingress.reference)
    }

    fn first_asker(&self, upstream: &str) -> Option<&Object<Ingress>> {
        self.upstreams.get(upstream).and_then(|span| self.ingress_at(*span))
    }

    fn ingress_at(&self, span: Span) -> Option<&Object<Ingress>> {
        let (_, ingress) = self.starts.range(..=(span.file, span.start)).next_back()?;
        let whole = ingress.span(&[]);
        (whole.file == span.file && span.end <= whole.end).then_some(*ingress)
    }

    fn of_endpoints(&self, upstream: &str, service: Option<&Object<Service>>, endpoint: &str) -> Option<Cause> {
        let service = service?;
        let slices = self.slices.get(&key(&service.reference.namespace, &service.reference.name));
        let address = endpoint.rsplit_once(':').map_or(endpoint, |(address, _)| address);
        let place = |slice: &Object<EndpointSlice>| {
            let mut all = slice.value.endpoints.iter().flatten().enumerate();
            let (at, under) = all.find_map(|(at, known)| Some((at, known.addresses.iter().position(|known| known == address)?)))?;
            Some(slice.span(&["endpoints", &at.to_string(), "addresses", &under.to_string()]))
        };
        let found = slices.into_iter().flatten().find_map(|slice| Some((slice, place(slice)?)));
        // An endpoint that no slice holds is the address of the Service.
        if found.is_none() {
            let mut users = self.users_of(upstream, Some(service)).into_iter();
            let annotated = users.find_map(|ingress| {
                let (key, _) = annotation_named(ingress, SERVICE_UPSTREAM)?;
                Some(of_ingress(ingress, &annotation_of(ingress, key)))
            });
            if let Some(cause) = annotated.or_else(|| self.of_key("endpoints")) {
                return Some(cause);
            }
        }
        let first = || slices.and_then(|slices| slices.first()).map(|slice| (slice, slice.key_span(&["endpoints"])));
        let Some((slice, span)) = found.or_else(first) else { return Some(of_service(service)) };
        let reference = slice.reference.clone();
        Some(Cause {
            reason: Reason::Object,
            message: format!("endpoints of {} `{}/{}`", reference.kind, reference.namespace, reference.name),
            subject: reference.name.clone(),
            object: Some(reference),
            span: Some(span),
        })
    }

    /// The Ingress that asked for an upstream.
    pub(super) fn of_origin(&self, upstream: &str) -> Option<Cause> {
        let span = *self.upstreams.get(upstream)?;
        let ingress = self.ingress_at(span);
        let by = ingress.map(|ingress| format!(" by {}", name(ingress))).unwrap_or_default();
        let object = ingress.map(|ingress| ingress.reference.clone());
        let message = format!("asked for{by}");
        Some(Cause { reason: Reason::Object, message, subject: upstream.to_owned(), object, span: Some(span) })
    }
}

/// An Ingress names the Service, and yet the controller makes no upstream of it.
fn without_effect(ingress: &Object<Ingress>, upstream: &str) -> Cause {
    let message = format!("{} names the Service, and yet nothing leads there", name(ingress));
    lost(ingress, message, upstream, ingress.key_span(&["spec", "rules"]))
}

fn of_service(service: &Object<Service>) -> Cause {
    Cause {
        reason: Reason::Object,
        message: format!("Service `{}/{}`", service.reference.namespace, service.reference.name),
        subject: service.reference.name.clone(),
        object: Some(service.reference.clone()),
        span: Some(service.key_span(&["spec"])),
    }
}

/// The annotation of a feature that an Ingress has: the one that sounds most like the value.
fn of_feature(ingress: &Object<Ingress>, feature: &str, path: &[&str]) -> Option<Cause> {
    let feature = FEATURES.iter().find(|known| known.name == feature)?;
    let words: Vec<String> = path.iter().flat_map(|key| words(key)).collect();
    let likeness = |name: &str| short(name).split('-').filter(|word| words.iter().any(|known| known == word)).count();
    let is_of_feature = |name: &&String| find(short(name)).is_some_and(|spec| feature.keys.iter().any(|key| std::ptr::eq(*key, spec)));
    let names = ingress.value.metadata.annotations.iter().flatten().map(|(name, _)| name).filter(is_of_feature);
    let best = names.max_by_key(|name| (likeness(name), std::cmp::Reverse(name.len())))?;
    Some(of_ingress(ingress, &annotation_of(ingress, best)))
}

/// The words of a key, as `canary-by-header` or `cookieSessionAffinity`.
fn words(key: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    for character in key.chars() {
        if character == '-' || character.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| character != '-') {
            word.extend(character.to_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::flags::Flags;
    use crate::catalog::releases::LATEST;
    use crate::lower::{Controller, Environment, lower};
    use crate::manifest;
    use crate::source::SourceMap;

    #[test]
    fn an_upstream_is_asked_for_by_the_first_ingress_that_names_it() {
        let flags = Flags::parse(LATEST, [] as [(&str, Option<Span>); 0]).value;
        let controller = Controller { version: LATEST, flags, environment: Environment::default() };
        let ingress = |name: &str, service: &str| {
            format!(
                "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: {name}, namespace: d}}\n\
                 spec: {{ingressClassName: nginx, rules: [{{host: {name}.example, http: {{paths: [{{path: /, pathType: Prefix, \
                 backend: {{service: {{name: {service}, port: {{number: 80}}}}}}}}]}}}}]}}\n---\n"
            )
        };
        let mut sources = SourceMap::default();
        sources.add("in.yaml", [ingress("a", "one"), ingress("b", "two"), ingress("c", "one")].concat());
        let cluster = manifest::load(&mut sources).value;
        let proxy = lower(&cluster, &controller).value;
        let causes = Causes::new(&cluster, &controller, &proxy);
        let asker = |upstream: &str| causes.asker(upstream).map(|ingress| ingress.name.as_str());
        // Of equal age, the one with the last name comes first.
        assert_eq!(
            [asker("d-one-80"), asker("d-two-80"), asker("d-three-80"), asker(DEFAULT_UPSTREAM)],
            [Some("c"), Some("b"), None, None]
        );
    }
}
