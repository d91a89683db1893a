//! `backends.json`: upstreams with their endpoints and the ways to choose one of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::ser::Error;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::ir;

/// All upstreams, in the order of the IR.
pub(super) fn view(upstreams: &[ir::Upstream]) -> Vec<Backend<'_>> {
    upstreams.iter().map(Backend::from).collect()
}

/// A group of endpoints as the controller tells Lua of it.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Backend<'a> {
    name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "document")]
    service: Option<&'a str>,
    port: Port<'a>,
    ssl_passthrough: bool,
    #[serde(skip_serializing_if = "is_empty", serialize_with = "endpoints")]
    endpoints: &'a [ir::Endpoint],
    session_affinity_config: Affinity<'a>,
    upstream_hash_by_config: Hashing<'a>,
    #[serde(rename = "load-balance", skip_serializing_if = "str::is_empty")]
    load_balance: &'a str,
    no_server: bool,
    traffic_shaping_policy: TrafficShare<'a>,
    #[serde(skip_serializing_if = "is_empty")]
    alternative_backends: &'a [String],
}

impl<'a> Backend<'a> {
    /// A backend that is nothing but its endpoints.
    pub(super) fn new(name: Cow<'a, str>, port: Port<'a>, service: Option<&'a str>, endpoints: &'a [ir::Endpoint]) -> Self {
        Self { name, service, port, endpoints, ..Self::default() }
    }
}

impl<'a> From<&'a ir::Upstream> for Backend<'a> {
    fn from(upstream: &'a ir::Upstream) -> Self {
        Self {
            ssl_passthrough: upstream.tls_passthrough,
            session_affinity_config: Affinity::from(&upstream.affinity),
            upstream_hash_by_config: Hashing::from(&upstream.hashing),
            load_balance: &upstream.algorithm,
            no_server: upstream.is_alternative,
            traffic_shaping_policy: TrafficShare::from(&upstream.share),
            alternative_backends: &upstream.alternatives,
            ..Self::new(Cow::Borrowed(&upstream.name), Port::from(&upstream.port), upstream.service.as_deref(), &upstream.endpoints)
        }
    }
}

/// The port that was asked for, as a number or as a text.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Port<'a> {
    Number(i64),
    Name(&'a str),
}

impl Default for Port<'_> {
    fn default() -> Self {
        Self::Number(0)
    }
}

impl<'a> From<&'a ir::Port> for Port<'a> {
    fn from(port: &'a ir::Port) -> Self {
        match port {
            ir::Port::Number(number) => Self::Number((*number).into()),
            ir::Port::Name(name) => Self::Name(name),
        }
    }
}

#[derive(Debug, Serialize)]
struct Endpoint<'a> {
    address: &'a str,
    port: &'a str,
}

/// A document in JSON, in the layout of the file.
fn document<S: Serializer>(document: &Option<&str>, serializer: S) -> Result<S::Ok, S::Error> {
    let value: Option<Value> = document.map(serde_json::from_str).transpose().map_err(S::Error::custom)?;
    value.serialize(serializer)
}

fn endpoints<S: Serializer>(endpoints: &[ir::Endpoint], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(endpoints.iter().map(|endpoint| Endpoint { address: &endpoint.address, port: &endpoint.port }))
}

#[derive(Debug, Default, Serialize)]
struct Affinity<'a> {
    #[serde(rename = "name")]
    kind: &'a str,
    mode: &'a str,
    #[serde(rename = "cookieSessionAffinity")]
    cookie: Cookie<'a>,
}

impl<'a> From<&'a ir::Affinity> for Affinity<'a> {
    fn from(affinity: &'a ir::Affinity) -> Self {
        Self { kind: &affinity.kind, mode: &affinity.mode, cookie: Cookie::from(&affinity.cookie) }
    }
}

#[derive(Debug, Default, Serialize)]
struct Cookie<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    expires: &'a str,
    #[serde(rename = "maxage", skip_serializing_if = "str::is_empty")]
    max_age: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    locations: Option<&'a BTreeMap<String, Vec<String>>>,
    #[serde(skip_serializing_if = "is_false")]
    secure: bool,
    #[serde(skip_serializing_if = "str::is_empty")]
    path: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    domain: &'a str,
    #[serde(rename = "samesite", skip_serializing_if = "str::is_empty")]
    same_site: &'a str,
    #[serde(rename = "conditional_samesite_none", skip_serializing_if = "is_false")]
    conditional_same_site_none: bool,
    #[serde(skip_serializing_if = "is_false")]
    change_on_failure: bool,
}

impl<'a> From<&'a ir::AffinityCookie> for Cookie<'a> {
    fn from(cookie: &'a ir::AffinityCookie) -> Self {
        Self {
            name: &cookie.name,
            expires: &cookie.expires,
            max_age: &cookie.max_age,
            locations: Some(&cookie.locations).filter(|locations| !locations.is_empty()),
            secure: cookie.secure,
            path: &cookie.path,
            domain: &cookie.domain,
            same_site: &cookie.same_site,
            conditional_same_site_none: cookie.conditional_same_site_none,
            change_on_failure: cookie.change_on_failure,
        }
    }
}

#[derive(Debug, Default, Serialize)]
struct Hashing<'a> {
    #[serde(rename = "upstream-hash-by", skip_serializing_if = "str::is_empty")]
    key: &'a str,
    #[serde(rename = "upstream-hash-by-subset", skip_serializing_if = "is_false")]
    subset: bool,
    #[serde(rename = "upstream-hash-by-subset-size", skip_serializing_if = "is_zero")]
    subset_size: i64,
}

impl<'a> From<&'a ir::Hashing> for Hashing<'a> {
    fn from(hashing: &'a ir::Hashing) -> Self {
        Self { key: &hashing.key, subset: hashing.subset, subset_size: hashing.subset_size }
    }
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct TrafficShare<'a> {
    weight: i64,
    weight_total: i64,
    header: &'a str,
    header_value: &'a str,
    header_pattern: &'a str,
    cookie: &'a str,
}

impl<'a> From<&'a ir::TrafficShare> for TrafficShare<'a> {
    fn from(share: &'a ir::TrafficShare) -> Self {
        Self {
            weight: share.weight,
            weight_total: share.total,
            header: &share.header,
            header_value: &share.header_value,
            header_pattern: &share.header_pattern,
            cookie: &share.cookie,
        }
    }
}

/// A function of its own, since serde passes a reference to the slice.
fn is_empty<T>(list: &&[T]) -> bool {
    list.is_empty()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;

    fn parsed(upstream: ir::Upstream) -> Value {
        serde_json::to_value(view(&[upstream])).unwrap()[0].take()
    }

    fn endpoint(address: &str, port: &str) -> ir::Endpoint {
        ir::Endpoint { address: address.into(), port: port.into() }
    }

    fn sticky() -> ir::Upstream {
        let cookie = ir::AffinityCookie {
            name: "route".into(),
            expires: "172800".into(),
            max_age: "3600".into(),
            secure: true,
            path: "/foo".into(),
            domain: "example.com".into(),
            same_site: "None".into(),
            conditional_same_site_none: true,
            change_on_failure: true,
            locations: BTreeMap::from([("app.example.com".into(), vec!["/".into(), "/two".into()])]),
        };
        ir::Upstream {
            name: "shop-web-80".into(),
            port: ir::Port::Number(80),
            service: Some(Arc::from(r#"{"metadata": {}, "spec": {"clusterIP": "10.96.0.1"}, "status": {"loadBalancer": {}}}"#)),
            endpoints: vec![endpoint("10.1.0.1", "8080"), endpoint("fd00::1", "8080")],
            affinity: ir::Affinity { kind: "cookie".into(), mode: "persistent".into(), cookie },
            hashing: ir::Hashing { subset_size: 3, ..ir::Hashing::default() },
            alternatives: vec!["shop-next-http".into()],
            ..ir::Upstream::default()
        }
    }

    fn canary() -> ir::Upstream {
        ir::Upstream {
            name: "shop-next-http".into(),
            port: ir::Port::Name("http".into()),
            tls_passthrough: true,
            hashing: ir::Hashing { key: "$request_uri".into(), subset: true, subset_size: 5 },
            algorithm: "ewma".into(),
            is_alternative: true,
            share: ir::TrafficShare {
                weight: 10,
                total: 1000,
                header: "X-Canary".into(),
                header_value: "beta".into(),
                header_pattern: "^b".into(),
                cookie: "next".into(),
            },
            ..ir::Upstream::default()
        }
    }

    #[test]
    fn an_upstream_keeps_its_clients_and_names_its_canary() {
        let expected = json!({
            "name": "shop-web-80",
            "service": {"metadata": {}, "spec": {"clusterIP": "10.96.0.1"}, "status": {"loadBalancer": {}}},
            "port": 80,
            "sslPassthrough": false,
            "endpoints": [{"address": "10.1.0.1", "port": "8080"}, {"address": "fd00::1", "port": "8080"}],
            "sessionAffinityConfig": {
                "name": "cookie",
                "mode": "persistent",
                "cookieSessionAffinity": {
                    "name": "route",
                    "expires": "172800",
                    "maxage": "3600",
                    "locations": {"app.example.com": ["/", "/two"]},
                    "secure": true,
                    "path": "/foo",
                    "domain": "example.com",
                    "samesite": "None",
                    "conditional_samesite_none": true,
                    "change_on_failure": true,
                },
            },
            "upstreamHashByConfig": {"upstream-hash-by-subset-size": 3},
            "noServer": false,
            "trafficShapingPolicy": {
                "weight": 0, "weightTotal": 0, "header": "", "headerValue": "", "headerPattern": "", "cookie": "",
            },
            "alternativeBackends": ["shop-next-http"],
        });
        assert_eq!(parsed(sticky()), expected);
    }

    #[test]
    fn a_canary_has_no_server_and_takes_its_share() {
        let expected = json!({
            "name": "shop-next-http",
            "port": "http",
            "sslPassthrough": true,
            "sessionAffinityConfig": {"name": "", "mode": "", "cookieSessionAffinity": {"name": ""}},
            "upstreamHashByConfig": {
                "upstream-hash-by": "$request_uri", "upstream-hash-by-subset": true, "upstream-hash-by-subset-size": 5,
            },
            "load-balance": "ewma",
            "noServer": true,
            "trafficShapingPolicy": {
                "weight": 10,
                "weightTotal": 1000,
                "header": "X-Canary",
                "headerValue": "beta",
                "headerPattern": "^b",
                "cookie": "next",
            },
        });
        assert_eq!(parsed(canary()), expected);
    }
}
