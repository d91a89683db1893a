//! Services: as they are expected, and as a decision names them.

use std::fmt;
use std::str::FromStr;

use crate::route::{Config, Passed, Share};

/// A Service as `namespace/name`, or `namespace/name:port`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceName {
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The port by number or name, where it matters.
    pub port: Option<String>,
}

impl FromStr for ServiceName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (namespace, rest) = text.split_once('/').ok_or("it lacks the namespace: it reads `namespace/name` or `namespace/name:port`")?;
        let (name, port) = rest.split_once(':').map_or((rest, None), |(name, port)| (name, Some(port)));
        if namespace.is_empty() || name.is_empty() || name.contains('/') || port.is_some_and(str::is_empty) {
            return Err("it reads `namespace/name` or `namespace/name:port`");
        }
        Ok(Self { namespace: namespace.to_owned(), name: name.to_owned(), port: port.map(str::to_owned) })
    }
}

impl fmt::Display for ServiceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)?;
        self.port.iter().try_for_each(|port| write!(f, ":{port}"))
    }
}

/// Who gets a request: a Service where it is known, and else an upstream or an address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Whom {
    pub(super) service: Option<ServiceName>,
    pub(super) upstream: String,
}

impl Whom {
    /// Who gets a request that is passed on so. Where a location does not name the Service, its upstream may.
    pub(super) fn of(config: &Config<'_>, passed: &Passed) -> Self {
        let Some((namespace, name)) = passed.namespace.as_ref().zip(passed.service.as_ref()) else {
            return Self::of_upstream(config, &passed.upstream, passed.namespace.as_deref());
        };
        let service = ServiceName { namespace: namespace.clone(), name: name.clone(), port: passed.port.clone() };
        Self { service: Some(service), upstream: passed.upstream.clone() }
    }

    /// Who gets a share of the requests that go to another.
    pub(super) fn of_share(config: &Config<'_>, share: &Share, passed: &Passed) -> Self {
        Self::of_upstream(config, &share.upstream, passed.namespace.as_deref())
    }

    fn of_upstream(config: &Config<'_>, upstream: &str, namespace: Option<&str>) -> Self {
        let service = config.service(upstream, namespace);
        let service = service.map(|service| ServiceName { namespace: service.namespace, name: service.name, port: service.port });
        Self { service, upstream: upstream.to_owned() }
    }

    /// Whether it is the expected one, whose port may be left open.
    pub(super) fn is(&self, expected: &ServiceName) -> bool {
        self.service.as_ref().is_some_and(|own| {
            own.namespace == expected.namespace && own.name == expected.name && (expected.port.is_none() || own.port == expected.port)
        })
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.service {
            Some(service) => service.fmt(f),
            None => self.upstream.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_read_as_they_are_written() {
        for (text, expected) in [("shop/web", Some("shop/web")), ("shop/web:http", Some("shop/web:http"))] {
            assert_eq!(text.parse::<ServiceName>().ok().map(|service| service.to_string()).as_deref(), expected);
        }
        for text in ["web", "/web", "shop/", "shop/web:", "a/b/c", ""] {
            assert!(text.parse::<ServiceName>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_port_counts_where_it_is_named() {
        let whom = Whom { service: "shop/web:http".parse().ok(), upstream: String::from("shop-web-http") };
        for (text, expected) in [("shop/web", true), ("shop/web:http", true), ("shop/web:80", false), ("shop/api", false), ("x/web", false)]
        {
            assert_eq!(whom.is(&text.parse().expect("a Service")), expected, "{text}");
        }
    }
}
