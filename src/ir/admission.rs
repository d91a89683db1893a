//! Who may come in: addresses, passwords, and a service that decides.

use std::sync::Arc;

use super::{Asked, Settings};

/// Who may come in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Admission {
    /// How many of the checks must agree; none: all of them, as nobody said otherwise.
    pub satisfy: Option<Asked<Satisfy>>,
    /// Addresses that may connect, sorted; empty: all.
    pub allow: Asked<Vec<String>>,
    /// Addresses that may not connect, sorted.
    pub deny: Asked<Vec<String>>,
    /// Users and passwords that were asked for.
    pub password: Option<Asked<Arc<PasswordAuth>>>,
    /// The service that was asked for.
    pub service: Option<Asked<Service>>,
    /// The path is one of those where nobody is asked for a password, and no service is asked.
    pub is_exempt: bool,
}

/// How many of the checks of addresses, passwords and a service must agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Satisfy {
    /// All of them.
    All,
    /// One is enough.
    Any,
}

/// Whose service decides whether a request may pass.
#[derive(Debug, Clone, PartialEq)]
pub enum Service {
    /// That of the route.
    Own(Arc<ExternalAuth>),
    /// That of the whole proxy.
    OfAll,
}

impl Admission {
    /// The check of passwords that applies.
    #[must_use]
    pub fn password(&self) -> Option<&PasswordAuth> {
        self.password.as_deref().filter(|_| !self.is_exempt).map(|auth| &**auth)
    }

    /// The service that the route itself names, even where its path is exempt.
    #[must_use]
    pub fn own_service(&self) -> Option<&ExternalAuth> {
        match self.service.as_deref()? {
            Service::Own(service) => Some(service),
            Service::OfAll => None,
        }
    }

    /// The service that is named, by the route or for the whole proxy, even where the path is exempt.
    #[must_use]
    pub fn named_service<'a>(&'a self, settings: &'a Settings) -> Option<&'a ExternalAuth> {
        match self.service.as_deref()? {
            Service::Own(service) => Some(service),
            Service::OfAll => settings.global_auth.as_ref(),
        }
    }

    /// The service that is asked.
    #[must_use]
    pub fn service<'a>(&'a self, settings: &'a Settings) -> Option<&'a ExternalAuth> {
        self.named_service(settings).filter(|_| !self.is_exempt)
    }

    /// Whether addresses are looked at.
    #[must_use]
    pub fn looks_at_addresses(&self) -> bool {
        !self.allow.is_empty() || !self.deny.is_empty()
    }

    /// Whether one of several checks is enough.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.satisfy.is_some_and(|asked| asked.value == Satisfy::Any)
    }
}

/// Users and passwords.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PasswordAuth {
    /// How they are asked for.
    pub scheme: Scheme,
    /// The realm; may be empty.
    pub realm: String,
    /// Path of the file with users and password hashes.
    pub file: String,
    /// `namespace/name` of the object that holds them.
    pub secret: String,
    /// Each key of the object is a user, and its value the hash of the password; else one key holds the whole file.
    pub keys_are_users: bool,
}

/// How passwords are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scheme {
    /// As they are.
    #[default]
    Basic,
    /// As digests of them.
    Digest,
    /// Quirk: a word that only holds one of the two is taken for digest, and the proxy does not load what that needs.
    Unloaded,
}

/// A service that decides whether a request may pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExternalAuth {
    /// URL of the service.
    pub url: String,
    /// Host name in the URL, without port.
    pub host: String,
    /// Host name and port as the URL has them.
    pub address: String,
    /// What stands before and behind the host in the URL, so that another name can be put there.
    pub around_host: (String, String),
    /// Where to send people who are not signed in; empty: nowhere.
    pub signin_url: String,
    /// Name of the parameter that carries the way back; empty: the default.
    pub signin_redirect_param: String,
    /// `signin_url` with the way back.
    pub signin_target: String,
    /// Method of the request; empty: that of the request which is decided upon.
    pub method: String,
    /// Headers of the answer that are passed to the backend.
    pub response_headers: Vec<String>,
    /// Value of `X-Auth-Request-Redirect`; empty: the URI of the request.
    pub request_redirect: String,
    /// Raw configuration; empty: none.
    pub snippet: String,
    /// Key under which answers are cached; empty: not cached.
    pub cache_key: String,
    /// How long, per status.
    pub cache_durations: Vec<String>,
    /// Connections that are kept open; zero: none.
    pub keepalive_connections: i64,
    /// Share variables with the request.
    pub keepalive_share_vars: bool,
    /// Requests per kept connection.
    pub keepalive_requests: i64,
    /// Seconds a kept connection may idle.
    pub keepalive_timeout: i64,
    /// Headers of the request to the service, sorted by name.
    pub request_headers: Vec<(String, String)>,
    /// Set the cookie of the service on every answer.
    pub always_set_cookie: bool,
}
