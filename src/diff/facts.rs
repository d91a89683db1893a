//! What a live configuration tells of the pod that wrote it: facts that no manifest holds, so that they are no differences.
//!
//! A fact that a text does not tell is none: the extract for one host knows nothing of processors.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::Change;
use super::layout::Layout;
use crate::conf::{Arg, Directive, Tree};

/// Files that the controller keeps open for its master process, and takes from what the workers get.
const MASTER_FILES: i64 = 1024;
/// Length of a UUID in its usual form.
const UUID: usize = 36;

/// Facts of a pod and of the cluster that it runs in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// What tells the release of the controller.
    pub layout: Layout,
    /// Number of processors.
    pub processors: Option<u32>,
    /// Open files that the controller may have.
    pub open_files: Option<i64>,
    /// Length of the accept queue that the kernel allows.
    pub somaxconn: Option<i64>,
    /// The pod has an IPv6 address.
    pub ipv6: Option<bool>,
    /// It listens there.
    pub listens_on_ipv6: Option<bool>,
    /// Name servers of the pod; none are known where the pod has none.
    pub resolvers: Option<Vec<IpAddr>>,
    /// File of the certificate for hosts that have none.
    pub default_certificate: Option<String>,
    /// Identities that the cluster gave to Ingresses, by namespace and name.
    pub ingresses: BTreeMap<(String, String), String>,
    /// The Ingresses that it serves, by namespace and name.
    pub owners: BTreeSet<(String, String)>,
    /// Identities of the Secrets with passwords, by namespace and name of the Ingress that uses them.
    pub password_secrets: BTreeMap<(String, String), String>,
}

impl Facts {
    /// Reads the facts out of a live configuration.
    #[must_use]
    pub fn read(live: &Tree<'_>) -> Self {
        let mut facts = Self { layout: Layout::read(live), ..Self::default() };
        for directive in live.directives() {
            match &*directive.name() {
                "worker_processes" => facts.processors = number(directive),
                "worker_rlimit_nofile" => facts.open_files = number(directive).map(|files: i64| files.saturating_add(MASTER_FILES)),
                "http" => facts.read_http(directive),
                _ => {}
            }
        }
        for server in live.servers() {
            facts.read_server(server);
        }
        facts.ipv6 = facts.ipv6.or(facts.listens_on_ipv6);
        facts
    }

    fn read_http(&mut self, http: Directive<'_>) {
        // Without name servers the controller writes no `resolver`.
        self.resolvers = Some(Vec::new());
        for directive in http.directives() {
            match &*directive.name() {
                "resolver" => {
                    self.resolvers = Some(directive.args().filter_map(|arg| address(&arg.value())).collect());
                    // Where the pod has no IPv6, nginx is told not to ask for such addresses, whatever the ConfigMap says.
                    let asks = directive.args().all(|arg| arg.value() != "ipv6=off");
                    self.ipv6 = self.ipv6.or(asks.then_some(true));
                }
                "ssl_certificate" => self.default_certificate = directive.args().next().map(|arg| arg.value().into_owned()),
                _ => {}
            }
        }
    }

    fn read_server(&mut self, server: Directive<'_>) {
        for directive in server.directives() {
            match &*directive.name() {
                "listen" => self.read_listener(directive),
                "location" => self.read_location(directive),
                _ => {}
            }
        }
    }

    fn read_listener(&mut self, listen: Directive<'_>) {
        let Some(address) = listen.args().next().map(Arg::value) else { return };
        // The servers for the controller itself listen on the loopback interface, whatever the pod has.
        if address.starts_with("127.") || address.starts_with("unix:") {
            return;
        }
        self.listens_on_ipv6 = Some(self.listens_on_ipv6 == Some(true) || address.starts_with('['));
        let backlog = listen.args().find_map(|arg| arg.value().strip_prefix("backlog=").and_then(|length| length.parse().ok()));
        self.somaxconn = self.somaxconn.or(backlog);
    }

    /// The names of files, counters and internal paths hold identities.
    fn read_location(&mut self, location: Directive<'_>) {
        let Some((namespace, name)) = ingress(location) else { return };
        let owner = (namespace.into_owned(), name.into_owned());
        if !self.owners.contains(&owner) {
            self.owners.insert(owner.clone());
        }
        for directive in location.directives() {
            let first = directive.args().next().map(Arg::value).unwrap_or_default();
            match &*directive.name() {
                "mirror" => self.know(&owner, first.strip_prefix("/_mirror-")),
                "limit_conn" => self.know(&owner, counter_identity(&first, &owner)),
                "limit_req" => self.know(&owner, first.strip_prefix("zone=").and_then(|zone| counter_identity(zone, &owner))),
                "auth_basic_user_file" | "auth_digest_user_file" => {
                    if let Some((ingress, secret)) = password_identities(&first, &owner.0) {
                        self.know(&owner, Some(ingress));
                        self.password_secrets.insert(owner.clone(), secret.to_owned());
                    }
                }
                _ => {}
            }
        }
    }

    fn know(&mut self, owner: &(String, String), identity: Option<&str>) {
        if let Some(identity) = identity.filter(|identity| !identity.is_empty()) {
            self.ingresses.entry(owner.clone()).or_insert_with(|| identity.to_owned());
        }
    }
}

/// Namespace and name of the Ingress that a location belongs to, as the controller notes them in variables.
pub(super) fn ingress(location: Directive<'_>) -> Option<(Cow<'_, str>, Cow<'_, str>)> {
    let (mut namespace, mut name) = (None, None);
    for directive in location.directives().filter(|directive| directive.name() == "set") {
        let mut args = directive.args().map(Arg::value);
        match args.next().as_deref() {
            Some("$namespace") => namespace = args.next(),
            Some("$ingress_name") => name = args.next(),
            _ => {}
        }
        if let (Some(namespace), Some(name)) = (&namespace, &name) {
            return (!name.is_empty()).then(|| (namespace.clone(), name.clone()));
        }
    }
    None
}

/// The identity in the name of a counter: `NAMESPACE_NAME_IDENTITY_conn`.
fn counter_identity<'z>(zone: &'z str, (namespace, name): &(String, String)) -> Option<&'z str> {
    let rest = zone.strip_prefix(namespace.as_str())?.strip_prefix('_')?.strip_prefix(name.as_str())?.strip_prefix('_')?;
    rest.rsplit_once('_').map(|(identity, _)| identity)
}

/// The identities of Ingress and Secret in the name of a password file: `NAMESPACE-INGRESS-SECRET.passwd`.
fn password_identities<'f>(file: &'f str, namespace: &str) -> Option<(&'f str, &'f str)> {
    let (_, name) = file.rsplit_once('/')?;
    let both = name.strip_suffix(".passwd")?.strip_prefix(namespace)?.strip_prefix('-')?;
    // Both hold dashes: only UUIDs of the usual form can be told apart.
    let (ingress, secret) = (both.get(..UUID)?, both.get(UUID..)?.strip_prefix('-')?);
    (secret.len() == UUID).then_some((ingress, secret))
}

fn number<N: std::str::FromStr>(directive: Directive<'_>) -> Option<N> {
    directive.args().next()?.value().parse().ok()
}

fn address(word: &str) -> Option<IpAddr> {
    word.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Whether a change between two live configurations tells only that they run on different machines.
#[must_use]
pub fn is_of_the_machine(change: &Change) -> bool {
    let side = |side: &Option<super::Side>| side.as_ref().is_none_or(|side| is_fact(&side.text));
    if let (Some(before), Some(after)) = (&change.before, &change.after)
        && before.text.starts_with("listen ")
    {
        return without_backlog(&before.text) == without_backlog(&after.text);
    }
    side(&change.before) && side(&change.after)
}

fn is_fact(text: &str) -> bool {
    const DIRECTIVES: [&str; 5] = ["worker_processes", "worker_rlimit_nofile", "worker_connections", "worker_cpu_affinity", "resolver"];
    DIRECTIVES.iter().any(|name| text.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '))) || text.starts_with("listen [")
}

fn without_backlog(listen: &str) -> Vec<&str> {
    listen.trim_end_matches(';').split_whitespace().filter(|word| !word.starts_with("backlog=")).collect()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::conf;
    use crate::diff;
    use crate::source::FileId;

    fn read(text: &str) -> Facts {
        let tree = conf::parse(FileId(0), text);
        assert_eq!(tree.diagnostics, []);
        Facts::read(&tree.value)
    }

    #[test]
    fn a_whole_file_tells_of_its_pod() {
        let facts = read(
            "worker_processes 8; worker_rlimit_nofile 64512; http { resolver 10.0.0.10 [fd00::a] valid=30s;
             ssl_certificate /etc/ingress-controller/ssl/web-default.pem;
             server { listen 80 default_server reuseport backlog=4096; listen [::]:80; } server { listen 127.0.0.1:10246; } }",
        );
        let expected = Facts {
            processors: Some(8),
            open_files: Some(65_536),
            somaxconn: Some(4096),
            ipv6: Some(true),
            listens_on_ipv6: Some(true),
            resolvers: Some(vec![IpAddr::from([10, 0, 0, 10]), "fd00::a".parse().expect("an address")]),
            default_certificate: Some(String::from("/etc/ingress-controller/ssl/web-default.pem")),
            ..Facts::default()
        };
        assert_eq!(facts, expected);
    }

    #[test]
    fn what_is_not_told_is_no_fact() {
        let nothing = Facts { resolvers: None, ..Facts::default() };
        assert_eq!(read("worker_processes auto;"), nothing);
        assert_eq!(read("server { listen 80; }"), Facts { ipv6: Some(false), listens_on_ipv6: Some(false), ..nothing });
        assert_eq!(read("http { }"), Facts { resolvers: Some(Vec::new()), ..Facts::default() });
        assert_eq!(read("http { resolver 10.0.0.1; server { listen 80; } }").ipv6, Some(true));
        assert_eq!(read("http { resolver 10.0.0.1 ipv6=off; server { listen 80; } }").ipv6, Some(false));
        assert_eq!(read("http { server { listen 127.0.0.1:1 backlog=9; listen unix:/tmp/x; } }").ipv6, None);
    }

    #[test]
    fn names_tell_identities() {
        let (ingress, secret) = ("5ebc0ec6-e482-5c11-994a-c513524e41bd", "23992ae9-4d3a-525c-ac02-ba4496352ef7");
        for (directive, identity) in [
            (format!("mirror \"/_mirror-{ingress}\";"), Some(ingress)),
            (format!("limit_conn my-shop_web_{ingress}_conn 5;"), Some(ingress)),
            (format!("limit_req zone=my-shop_web_{ingress}_rps burst=5 nodelay;"), Some(ingress)),
            (format!("auth_basic_user_file /etc/ingress-controller/auth/my-shop-{ingress}-{secret}.passwd;"), Some(ingress)),
            (String::from("auth_basic_user_file /etc/ingress-controller/auth/my-shop--.passwd;"), None),
            (String::from("limit_conn other_web_x_conn 5;"), None),
            (String::from("mirror /mine;"), None),
        ] {
            let location = format!("location / {{ set $namespace \"my-shop\"; set $ingress_name \"web\"; {directive} }}");
            let facts = read(&format!("server {{ {location} }}"));
            let owner = (String::from("my-shop"), String::from("web"));
            assert_eq!(facts.ingresses.get(&owner).map(String::as_str), identity, "{directive}");
            let has_secret = directive.contains(secret);
            assert_eq!(facts.password_secrets.get(&owner).map(String::as_str), has_secret.then_some(secret), "{directive}");
        }
    }

    #[test]
    fn machines_differ_without_drift() {
        for (one, other, is_machine) in [
            ("worker_processes 2;", "worker_processes 8;", true),
            ("http { resolver 10.0.0.1; }", "http { resolver 10.0.0.2; }", true),
            ("listen 80 backlog=1;", "listen 80 backlog=2;", true),
            ("listen 80;", "listen 80; listen [::]:80;", true),
            ("listen 80;", "listen 81;", false),
            ("listen 80;", "listen 80; listen 81;", false),
            ("proxy_read_timeout 5s;", "proxy_read_timeout 6s;", false),
            ("resolver_timeout 5s;", "resolver_timeout 6s;", false),
        ] {
            let (before, after) = (conf::parse(FileId(0), one), conf::parse(FileId(1), other));
            let report = diff::compare(&after.value, &before.value);
            assert_eq!(report.changes.iter().all(is_of_the_machine), is_machine, "{one} / {other}");
            assert!(!report.is_empty());
        }
    }
}
