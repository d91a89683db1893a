//! What the Gateway API has for an annotation: a judgement by its specification, of what an annotation asks for and of nothing else.
//!
//! Source: the types and definitions of release 1.6 (`apis/v1` and `config/crd` of kubernetes-sigs/gateway-api). What its fields are
//! marked with decides: the standard channel, the experimental one, or support that is *implementation-specific*.

/// The release of the Gateway API that is judged by.
pub const RELEASE: &str = "1.6";

/// Who can say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The standard channel.
    Standard,
    /// The experimental channel.
    Experimental,
    /// What implementations add: a policy or a filter of their own, or a value whose support is theirs to decide.
    Implementation,
    /// Nobody: it is about nginx itself.
    Nothing,
}

/// What there is for an annotation.
#[derive(Debug, Clone, Copy)]
pub struct Gateway {
    /// Who can say the same.
    pub reach: Reach,
    /// What says it, or why nothing does.
    pub by: &'static str,
    /// What is otherwise; empty: nothing.
    pub but: &'static str,
    /// A text in the value that only implementations can do; empty: none.
    pub beyond: &'static str,
}

impl Gateway {
    const fn new(reach: Reach, by: &'static str) -> Self {
        Self { reach, by, but: "", beyond: "" }
    }

    const fn but(self, but: &'static str) -> Self {
        Self { but, ..self }
    }

    const fn beyond(self, beyond: &'static str) -> Self {
        Self { beyond, ..self }
    }

    /// Who can say the same of a value.
    #[must_use]
    pub fn reach_of(&self, value: &str) -> Reach {
        let is_beyond = !self.beyond.is_empty() && value.contains(self.beyond);
        if is_beyond { Reach::Implementation } else { self.reach }
    }
}

const fn standard(by: &'static str) -> Gateway {
    Gateway::new(Reach::Standard, by)
}

const fn experimental(by: &'static str) -> Gateway {
    Gateway::new(Reach::Experimental, by)
}

const fn theirs(by: &'static str) -> Gateway {
    Gateway::new(Reach::Implementation, by)
}

const fn nothing(by: &'static str) -> Gateway {
    Gateway::new(Reach::Nothing, by)
}

/// Nobody has judged it.
pub(crate) const UNJUDGED: Gateway = nothing("");

pub(crate) const ADDRESSES: Gateway = theirs("no field looks at the address of a client");
pub(crate) const SATISFY: Gateway = theirs("no field says how many checks must agree");
pub(crate) const PASSWORDS: Gateway = theirs("no field asks for passwords");
pub(crate) const SESSIONS: Gateway = experimental("`sessionPersistence` of HTTPRoute");
pub(crate) const SESSION_COOKIE: Gateway = theirs("`sessionPersistence` has no field for it");
pub(crate) const BACKEND_CERTIFICATE: Gateway = standard("BackendTLSPolicy, and `tls.backend` of Gateway")
    .but("authorities stand in a ConfigMap, the own certificate is one for the Gateway");
pub(crate) const BACKEND_NAME: Gateway = standard("`validation.hostname` of BackendTLSPolicy");
pub(crate) const BACKEND_VERIFY: Gateway = standard("BackendTLSPolicy").but("a policy always checks, and always sends the name");
pub(crate) const BACKEND_TLS_OPTIONS: Gateway = theirs("`options` of BackendTLSPolicy are implementation-specific");
pub(crate) const BALANCING: Gateway = theirs("no field says how endpoints are chosen");
pub(crate) const WEIGHTS: Gateway = standard("`weight` of `backendRefs`");
pub(crate) const HEADER_MATCH: Gateway =
    standard("`headers` of `matches`").but("a header with the value of the match decides, not `always` and `never`");
pub(crate) const HEADER_VALUE: Gateway = standard("`headers` of `matches`");
pub(crate) const HEADER_PATTERN: Gateway = theirs("headers that are matched by `RegularExpression` are implementation-specific");
pub(crate) const COOKIE_MATCH: Gateway =
    theirs("no field matches cookies but a header by `RegularExpression`, which is implementation-specific");
pub(crate) const CLIENT_CERTIFICATE: Gateway =
    standard("`tls.frontend` of Gateway").but("it holds for all hosts of a port, and authorities stand in a ConfigMap");
pub(crate) const CLIENT_CERTIFICATE_MORE: Gateway = theirs("`tls.frontend` of Gateway has no field for it");
pub(crate) const CORS: Gateway = standard("filter `CORS` of HTTPRoute");
pub(crate) const ERROR_PAGES: Gateway = theirs("no field replaces answers that are errors");
pub(crate) const EXTERNAL_AUTH: Gateway = experimental("filter `ExternalAuth` of HTTPRoute").but("the service is a backend, not a URL");
pub(crate) const EXTERNAL_AUTH_MORE: Gateway = theirs("the filter `ExternalAuth` has no field for it");
pub(crate) const FASTCGI: Gateway = nothing("no route speaks FastCGI");
pub(crate) const PROTOCOL: Gateway = standard("`appProtocol` of the Service, GRPCRoute, and BackendTLSPolicy")
    .but("with TLS, the certificate of the backend is always checked");
pub(crate) const BUFFERS: Gateway = nothing("it is about the memory of nginx");
pub(crate) const CONNECTION: Gateway = nothing("`Connection` belongs to one connection, and implementations set it");
pub(crate) const HOST: Gateway = standard("`hostname` of the filter `URLRewrite`").beyond("$");
pub(crate) const REQUEST_HEADER: Gateway = standard("filter `RequestHeaderModifier`").beyond("$");
pub(crate) const RESPONSE_HEADERS: Gateway = standard("filter `ResponseHeaderModifier`");
pub(crate) const PUSH: Gateway = nothing("browsers no longer take what is pushed");
pub(crate) const LOGS: Gateway = theirs("no field is about logs");
pub(crate) const REWRITE_LOG: Gateway = nothing("it is about the log of nginx");
pub(crate) const MIRROR: Gateway = standard("filter `RequestMirror`").but("copies go to a Service, not to a URL");
pub(crate) const MIRROR_MORE: Gateway = theirs("the filter `RequestMirror` has no field for it");
pub(crate) const BODY_SIZE: Gateway = theirs("no field limits bodies");
pub(crate) const TIMEOUT: Gateway =
    standard("`timeouts.backendRequest` of HTTPRoute").but("it limits the whole of an answer, not the time between two reads");
pub(crate) const TIMEOUT_MORE: Gateway = theirs("`timeouts` of HTTPRoute has no field for it");
pub(crate) const RETRIES: Gateway = experimental("`retry` of HTTPRoute");
pub(crate) const BACKEND_COOKIES: Gateway = theirs("no field changes cookies of a backend");
pub(crate) const BACKEND_REDIRECTS: Gateway = theirs("no field changes `Location` of a backend");
pub(crate) const BUFFERING: Gateway = theirs("no field says whether bodies are kept back");
pub(crate) const HTTP_VERSION: Gateway = nothing("`appProtocol` of the Service chooses HTTP/2, and no field chooses between 1.0 and 1.1");
pub(crate) const RATES: Gateway = theirs("no field limits rates or connections");
pub(crate) const TWIN: Gateway = standard("filter `RequestRedirect` with `hostname`, on a route for the other name");
pub(crate) const REDIRECT: Gateway = standard("filter `RequestRedirect`").but("the URL is made of its parts").beyond("$");
pub(crate) const REDIRECT_CODE: Gateway = standard("`statusCode` of the filter `RequestRedirect`").but("301, 302, 303, 307 and 308 alone");
pub(crate) const REDIRECT_PORT: Gateway = standard("`port` of the filter `RequestRedirect`");
pub(crate) const REDIRECT_MORE: Gateway = theirs("the filter `RequestRedirect` has no field for it");
pub(crate) const REWRITE: Gateway = standard("filter `URLRewrite`")
    .but("a prefix or the whole path is replaced, groups of expressions are implementation-specific")
    .beyond("$");
pub(crate) const TO_HTTPS: Gateway = standard("filter `RequestRedirect` with `scheme`, on a route of the listener for HTTP");
pub(crate) const PATTERN: Gateway = theirs("paths that are matched by `RegularExpression` are implementation-specific");
pub(crate) const APP_ROOT: Gateway = standard("filter `RequestRedirect` on the path `/` alone");
pub(crate) const ALIAS: Gateway = standard("`hostnames` of HTTPRoute").beyond("~");
pub(crate) const TLS_OPTIONS: Gateway = theirs("`tls.options` of a listener are implementation-specific");
pub(crate) const PASSTHROUGH: Gateway = standard("TLSRoute on a listener that passes TLS through");
pub(crate) const RAW: Gateway = nothing("raw configuration of nginx means nothing to others");
pub(crate) const TRACING: Gateway = theirs("no field is about traces");
pub(crate) const FIREWALL: Gateway = theirs("no field is about a web application firewall");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::features;

    #[test]
    fn every_annotation_is_judged() {
        for spec in features::all_ever() {
            assert!(!spec.gateway.by.is_empty(), "nobody says what the Gateway API has for `{}`", spec.name);
            assert!(spec.gateway.reach == Reach::Standard || spec.gateway.beyond.is_empty(), "`{}`", spec.name);
        }
    }

    #[test]
    fn a_value_can_be_beyond_the_standard() {
        let reach = |name: &str, value: &str| features::find(name).map(|spec| spec.gateway.reach_of(value));
        assert_eq!(reach("rewrite-target", "/"), Some(Reach::Standard));
        assert_eq!(reach("rewrite-target", "/$2"), Some(Reach::Implementation));
        assert_eq!(reach("configuration-snippet", "return 403;"), Some(Reach::Nothing));
    }
}
