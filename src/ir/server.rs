//! Hosts.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashSet;

use super::{Asked, BackendTls, Mirror, Origin, PathMatch, Proxy, Route, TrustStore};

/// Name of the server that answers for hosts that nobody declared.
pub const CATCH_ALL: &str = "_";

/// Path of the page with the state of the proxy.
pub const STATUS_PATH: &str = "/nginx_status";

/// One host and what is served under it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Server {
    /// The host name; a leading `*.` stands for one label, [`CATCH_ALL`] for every other host.
    pub hostname: String,
    /// Other names of the host, sorted; may be patterns that start with `~`.
    pub aliases: Vec<String>,
    /// Those of the aliases that take requests of hosts which others had first, sorted.
    pub contested_aliases: Vec<String>,
    /// Those of the aliases for many names that take hosts with a star of others, which came later, sorted.
    pub yielding_aliases: Vec<String>,
    /// The certificate; none where TLS was not asked for.
    pub certificate: Option<Arc<Certificate>>,
    /// TLS is passed to the backend unopened.
    pub tls_passthrough: bool,
    /// Ciphers for this host; empty: those of the proxy.
    pub ciphers: String,
    /// Whose order of ciphers counts; none: that of the proxy.
    pub prefer_server_ciphers: Option<bool>,
    /// Certificates that clients must show.
    pub client_auth: Option<Arc<ClientAuth>>,
    /// Why client certificates cannot be checked, so that the host refuses every request.
    pub client_auth_error: Option<String>,
    /// TLS towards the backends, for all routes.
    pub backend_tls: Option<Arc<BackendTls>>,
    /// Redirect the `www.` twin to this host.
    pub redirect_twin: bool,
    /// Somebody else had the name of the twin first.
    pub contested_twin: bool,
    /// Raw configuration; empty: none.
    pub snippet: String,
    /// Paths are matched as regular expressions, in any case of letters and in the order of the routes.
    pub by_pattern: bool,
    /// Routes in the order of matching.
    pub routes: Vec<Route>,
    /// The first manifest that named the host.
    pub origin: Origin,
}

impl Server {
    /// Whether two routes match the same paths.
    #[must_use]
    pub fn has_twins(&self) -> bool {
        let mut known = HashSet::with_capacity(self.routes.len());
        !self.routes.iter().all(|route| known.insert((&route.path, route.path_match)))
    }

    /// By what certificates of clients are checked, where there are authorities to check them by.
    #[must_use]
    pub fn client_check(&self) -> Option<&ClientAuth> {
        self.client_auth.as_deref().filter(|auth| !auth.trust.authorities.is_empty())
    }

    /// What the subject of a certificate of a client must match.
    #[must_use]
    pub fn client_subject(&self) -> Option<&str> {
        self.client_auth.as_deref().map(|auth| auth.match_subject.as_str()).filter(|subject| !subject.is_empty())
    }

    /// Where copies of requests are sent, by their internal path: of several with one, the first counts.
    #[must_use]
    pub fn mirrors(&self) -> BTreeMap<&str, &Mirror> {
        let mut mirrors = BTreeMap::new();
        for mirror in self.routes.iter().filter_map(|route| route.steps.mirror.as_deref()).filter(|mirror| mirror.is_sent()) {
            mirrors.entry(mirror.source.as_str()).or_insert(mirror);
        }
        mirrors
    }

    /// Where requests for `/` are redirected to; none: nowhere. Of several routes that say so, the first counts.
    #[must_use]
    pub fn app_root(&self) -> Option<&Asked<String>> {
        self.routes.iter().find_map(|route| route.steps.app_root.as_ref())
    }

    /// The aliases that take nothing from other hosts.
    pub fn own_aliases(&self) -> impl Iterator<Item = &String> + Clone {
        self.fair_aliases().filter(|alias| self.yielding_aliases.binary_search(alias).is_err())
    }

    /// The aliases as they take nothing from hosts that others have: what would go before those with a star becomes a regular
    /// expression, which nginx tries last.
    pub fn fair_names(&self) -> impl Iterator<Item = Cow<'_, str>> + Clone {
        self.fair_aliases().flat_map(|alias| {
            let yields = self.yielding_aliases.binary_search(alias).is_ok();
            let patterns = if yields { behind_wildcards(alias) } else { Vec::new() };
            (!yields).then_some(Cow::from(alias)).into_iter().chain(patterns.into_iter().map(Cow::from))
        })
    }

    fn fair_aliases(&self) -> impl Iterator<Item = &String> + Clone {
        self.aliases.iter().filter(|alias| self.contested_aliases.binary_search(alias).is_err())
    }

    /// The certificate, where it names another host too: as it is, or with `*` for its first label.
    #[must_use]
    pub fn certificate_for(&self, host: &str) -> Option<&Arc<Certificate>> {
        let parent = host.find('.').map_or("", |at| &host[at..]);
        let is_host = |name: &str| name.eq_ignore_ascii_case(host);
        let is_wildcard = |name: &str| name.strip_prefix('*').is_some_and(|rest| rest.eq_ignore_ascii_case(parent));
        self.certificate.as_ref().filter(|certificate| certificate.names.iter().any(|name| is_host(name) || is_wildcard(name)))
    }
}

impl Proxy {
    /// Whether the proxy itself answers under the path of a route, be it to checks of its health or with its state.
    #[must_use]
    pub fn is_own(&self, server: &Server, route: &Route) -> bool {
        let own = [self.runtime.health_path.as_str(), STATUS_PATH];
        let is_plain = !server.by_pattern && route.path_match == PathMatch::Prefix;
        server.hostname == CATCH_ALL && is_plain && own.contains(&route.path.as_str())
    }
}

/// What a name for many hosts, with a star or a dot at one of its ends, is as names that go behind hosts with a star.
fn behind_wildcards(alias: &str) -> Vec<String> {
    let literal = |text: &str| regex::escape(&text.to_ascii_lowercase());
    if let Some(start) = alias.strip_suffix('*') {
        return vec![format!("~^{}.+$", literal(start))];
    }
    let end = alias.strip_prefix('*').unwrap_or(alias);
    let pattern = format!("~^.+{}$", literal(end));
    // A name that begins with a dot stands for itself too.
    let itself = alias.strip_prefix('.').map(str::to_owned);
    itself.into_iter().chain([pattern]).collect()
}

/// A certificate with its key, named by the object that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Certificate {
    /// `namespace/name` of the object that holds it; empty: the certificate that the proxy makes itself.
    pub name: String,
    /// Path of the file with certificate and key, where the proxy reads it from a file.
    pub file: String,
    /// Common name and alternative names, sorted.
    pub names: Vec<String>,
}

/// Certificates that clients must show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientAuth {
    /// Whom to trust; files are empty where the object that was named holds no authority.
    pub trust: TrustStore,
    /// Whether they must.
    pub verify: Verify,
    /// Longest chain of certificates.
    pub depth: i64,
    /// Page shown when the check fails; empty: none.
    pub error_page: String,
    /// Send the certificate to the backend.
    pub pass_to_backend: bool,
    /// Regular expression that the subject must match; empty: any.
    pub match_subject: String,
}

/// Whether clients must show certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Verify {
    /// They must.
    #[default]
    On,
    /// They are not asked.
    Off,
    /// They may; one that is shown must be good.
    Optional,
    /// They may, whoever signed it.
    OptionalNoCa,
}

impl Verify {
    /// The word for it, which the controller and nginx have in common; every other means that they must.
    #[must_use]
    pub fn of(word: &str) -> Self {
        [Self::Off, Self::Optional, Self::OptionalNoCa].into_iter().find(|verify| verify.word() == word).unwrap_or_default()
    }

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Optional => "optional",
            Self::OptionalNoCa => "optional_no_ca",
        }
    }
}

/// The other name of a host, which a redirect takes.
#[must_use]
pub fn twin(host: &str) -> String {
    host.strip_prefix("www.").map_or_else(|| format!("www.{host}"), str::to_owned)
}

/// A redirect from one host name to another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostRedirect {
    /// The host that is redirected.
    pub from: String,
    /// The host to go to.
    pub to: String,
    /// Somebody else had the name first.
    pub is_contested: bool,
    /// The certificate, where that of the other host fits.
    pub certificate: Option<Arc<Certificate>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_name_hosts_as_they_are_or_with_a_star() {
        let cases = [
            ("a.example", "a.example", true),
            ("A.example", "a.EXAMPLE", true),
            ("a.example", "*.example", true),
            ("A.Example", "*.eXAMPLE", true),
            ("a.b.example", "*.example", false),
            ("a.b.example", "*.b.example", true),
            ("example", "*.example", false),
            ("example", "*", true),
            ("a.example", "*", false),
            ("a.example", "b.example", false),
            ("a.example", "", false),
            ("", "*", true),
        ];
        for (host, name, expected) in cases {
            let certificate = Some(Arc::new(Certificate { names: vec![name.into()], ..Certificate::default() }));
            let server = Server { certificate, ..Server::default() };
            assert_eq!(server.certificate_for(host).is_some(), expected, "{host:?} by {name:?}");
        }
        assert!(Server::default().certificate_for("a.example").is_none());
    }
}
