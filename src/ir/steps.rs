//! What happens to the requests of a route, one step after the other.

use std::borrow::Cow;
use std::ops::Deref;
use std::sync::Arc;

use super::{Admission, BackendTls, Origin, Protocol, Route};

/// What was asked for, and where. Two of them are the same that ask for the same, wherever each does.
#[derive(Debug, Clone, Copy, Default)]
pub struct Asked<T> {
    /// What it is.
    pub value: T,
    /// Where it was asked for.
    pub origin: Origin,
}

impl<T: PartialEq> PartialEq for Asked<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T> Deref for Asked<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

/// What happens to the requests of a route. The fields stand in the order in which the controller asks; what is behind one that answers
/// was asked for all the same. [`Steps::in_order`] goes through them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Steps {
    /// Where requests for the root of the host are redirected to, whatever route they have: the first of the host that says so counts.
    pub app_root: Option<Asked<String>>,
    /// The web application firewall.
    pub firewall: Asked<Firewall>,
    /// Why all requests get 503.
    pub refusal: Option<Asked<String>>,
    /// Cross-origin requests: preflights are answered.
    pub cors: Option<Asked<Arc<Cors>>>,
    /// All requests are redirected.
    pub redirect: Option<Asked<Redirect>>,
    /// The path changes, or leads elsewhere.
    pub rewrite: Option<Asked<Rewrite>>,
    /// Requests of HTTP are redirected to HTTPS.
    pub https: Asked<ToHttps>,
    /// A limit that all controllers count together.
    pub global_limit: Option<Asked<Arc<GlobalLimit>>>,
    /// Rate limits.
    pub limits: Option<Asked<Arc<RateLimits>>>,
    /// Who may come in.
    pub admission: Admission,
    /// A copy of each request.
    pub mirror: Option<Asked<Mirror>>,
    /// How the backend is spoken to.
    pub backend: Backend,
    /// What takes the place of errors.
    pub error_pages: ErrorPages,
}

/// One step.
#[derive(Debug, Clone, Copy)]
pub enum Step<'a> {
    /// The firewall looks at the request.
    Firewall(&'a Asked<Firewall>),
    /// The answer is 503, for this reason.
    Refuse(&'a Asked<String>),
    /// Preflights are answered by 204, and answers get headers.
    Cors(&'a Asked<Arc<Cors>>),
    /// The answer is a redirect.
    Redirect(&'a Asked<Redirect>),
    /// The path changes; one that leads elsewhere is answered by a redirect.
    Rewrite(&'a Asked<Rewrite>),
    /// Requests of HTTP are answered by a redirect.
    ToHttps(&'a Asked<ToHttps>),
    /// Requests above the limit of all controllers are refused.
    LimitGlobally(&'a Asked<Arc<GlobalLimit>>),
    /// The upstream or its canary is chosen; where nobody is there, the answer is 503.
    Choose,
    /// Requests above the limits are refused.
    Limit(&'a Asked<Arc<RateLimits>>),
    /// Addresses, passwords and a service decide who comes in.
    Admit(&'a Admission),
    /// The request is copied.
    Mirror(&'a Asked<Mirror>),
    /// The backend answers; where there is none for anything, the answer is 404.
    Pass(&'a Backend),
    /// Errors of the backend get pages of another upstream.
    ReplaceErrors(&'a ErrorPages),
}

impl Steps {
    /// The steps of a request that has come to its route, in the order in which the controller asks.
    pub fn in_order(&self) -> impl Iterator<Item = Step<'_>> {
        let Self {
            app_root: _,
            firewall,
            refusal,
            cors,
            redirect,
            rewrite,
            https,
            global_limit,
            limits,
            admission,
            mirror,
            backend,
            error_pages,
        } = self;
        let all = [
            Some(Step::Firewall(firewall)),
            refusal.as_ref().map(Step::Refuse),
            cors.as_ref().map(Step::Cors),
            redirect.as_ref().map(Step::Redirect),
            rewrite.as_ref().map(Step::Rewrite),
            https.happens.then_some(Step::ToHttps(https)),
            global_limit.as_ref().map(Step::LimitGlobally),
            Some(Step::Choose),
            limits.as_ref().map(Step::Limit),
            Some(Step::Admit(admission)),
            mirror.as_ref().map(Step::Mirror),
            Some(Step::Pass(backend)),
            (!error_pages.codes.is_empty()).then_some(Step::ReplaceErrors(error_pages)),
        ];
        all.into_iter().flatten()
    }
}

/// The web application firewall for a route.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Firewall {
    /// On or off; none: as for the proxy.
    pub enabled: Option<bool>,
    /// With the core rule set.
    pub core_rules: bool,
    /// Identity of a transaction; empty: the default.
    pub transaction_id: String,
    /// Raw rules; empty: none.
    pub rules: String,
}

/// Cross-origin requests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cors {
    /// Origins that may; `*` alone for any; empty: none was valid.
    pub origins: Vec<String>,
    /// Methods, as the header shows them.
    pub methods: String,
    /// Request headers, as the header shows them.
    pub headers: String,
    /// Cookies may be sent.
    pub credentials: bool,
    /// Response headers that scripts may read; empty: none.
    pub expose_headers: String,
    /// Seconds that a browser may remember the answer.
    pub max_age: i64,
}

impl Cors {
    /// Whether any origin may.
    #[must_use]
    pub fn takes_any(&self) -> bool {
        matches!(self.origins.as_slice(), [origin] if origin == "*")
    }
}

/// A redirect instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Redirect {
    /// Where to.
    pub url: String,
    /// The status.
    pub code: i64,
}

/// Change of the path: what the path of the route fits, as a regular expression in any case of letters, is replaced.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rewrite {
    /// The new path, or the URL to go to, with captures.
    pub target: String,
    /// It is a URL: requests are redirected to it by 302.
    pub leads_elsewhere: bool,
}

/// Redirect to HTTPS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ToHttps {
    /// What was asked for comes to a redirect.
    pub happens: bool,
    /// It was asked for without a condition.
    pub is_forced: bool,
    /// It was asked for where the host has a certificate.
    pub with_certificate: bool,
    /// The path is one of those that are left alone.
    pub is_exempt: bool,
    /// The status.
    pub code: i64,
    /// The port that it names; none: the usual one.
    pub port: Option<u16>,
    /// It keeps a slash at the end.
    pub keeps_slash: bool,
}

/// A limit that all controllers count together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GlobalLimit {
    /// What the counters of the route are found by.
    pub namespace: String,
    /// Requests that are let through in a window; zero: no limit.
    pub requests: i64,
    /// Length of a window in seconds.
    pub window: i64,
    /// What requests are counted by: text and variables.
    pub key: String,
    /// Networks that are not limited.
    pub exempt: Vec<String>,
}

/// Rate limits of a route; all routes of one rule set share the counters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RateLimits {
    /// Name of the counters; empty: nothing is counted.
    pub name: String,
    /// The name in the form that variables can have.
    pub id: String,
    /// Connections at the same time; zero: no limit.
    pub connections: i64,
    /// Requests per second; zero: no limit.
    pub per_second: i64,
    /// Requests that may exceed `per_second` at once.
    pub per_second_burst: i64,
    /// Requests per minute; zero: no limit.
    pub per_minute: i64,
    /// Requests that may exceed `per_minute` at once.
    pub per_minute_burst: i64,
    /// Size of each counter table in megabytes.
    pub table_size: i64,
    /// Kilobytes per second of a response; zero: no limit.
    pub bandwidth: i64,
    /// Kilobytes before `bandwidth` counts.
    pub bandwidth_after: i64,
    /// Addresses that are not limited, sorted.
    pub exempt: Vec<String>,
}

impl RateLimits {
    /// Whether connections or requests are limited.
    #[must_use]
    pub fn counts(&self) -> bool {
        [self.connections, self.per_second, self.per_minute].iter().any(|limit| *limit > 0)
    }
}

/// A copy of each request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mirror {
    /// Internal path of the copy.
    pub source: String,
    /// URL that gets the copy; may be empty.
    pub target: String,
    /// Host header of the copy; may be empty.
    pub host: String,
    /// The body is copied too.
    pub with_body: bool,
}

impl Mirror {
    /// Whether copies are sent somewhere. Quirk: a target without a host gets none.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        !self.target.is_empty() && !self.host.is_empty()
    }
}

/// How the backend of a route is spoken to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Backend {
    /// What is spoken.
    pub protocol: Protocol,
    /// What was asked for.
    pub asked: Asked<Protocol>,
    /// The word for it is written in small letters, as old releases allow.
    pub is_small: bool,
    /// It gets connections of TLS unopened besides.
    pub takes_tls_unopened: bool,
    /// TLS, as the route asks for it.
    pub tls: Option<Arc<BackendTls>>,
}

/// What takes the place of errors, be they of the backend or of the proxy itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ErrorPages {
    /// Statuses that are replaced; empty: those of the whole proxy.
    pub codes: Asked<Vec<i64>>,
    /// Errors of the backend are shown all the same, as the route asks for it.
    pub keeps_own: bool,
    /// Errors of the backend are replaced, and not those of the proxy alone.
    pub intercepts: bool,
    /// Name of the upstream that answers: mostly the default one.
    pub upstream: Cow<'static, str>,
}

impl Route {
    /// Whether no request gets through.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.steps.refusal.is_some()
    }

    /// The path that requests get, or the URL that they are sent to; none where theirs stays.
    #[must_use]
    pub fn rewritten(&self) -> Option<&str> {
        self.steps.rewrite.as_deref().map(|rewrite| rewrite.target.as_str())
    }

    /// Where requests are redirected to.
    #[must_use]
    pub fn redirected(&self) -> Option<&str> {
        self.steps.redirect.as_deref().map(|redirect| redirect.url.as_str())
    }
}
