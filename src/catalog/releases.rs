//! The releases of the controller, and what changed between them: each difference once, with the releases that brought it.
//!
//! Everything else that depends on the version asks one of these facts, or carries its first release itself (annotations and settings
//! that are new). Versions are compared here and nowhere else.

use super::version::Version;
use crate::ir::{Form, Settings};

/// The last release of ingress-nginx.
pub const LATEST: Version = Version::new(1, 15, 1);

/// The first release whose differences from the others are known.
pub const FIRST: Version = Version::new(1, 9, 0);

/// The last release of each line.
pub(super) const NEWEST: [Version; 7] = [
    Version::new(1, 9, 6),
    Version::new(1, 10, 6),
    Version::new(1, 11, 8),
    Version::new(1, 12, 8),
    Version::new(1, 13, 9),
    Version::new(1, 14, 5),
    LATEST,
];

impl Default for Version {
    fn default() -> Self {
        LATEST
    }
}

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// The text of the configuration.
    Layout,
    /// What applies where nobody says anything.
    Defaults,
    /// Which values are accepted.
    Values,
    /// What the controller does with objects.
    Behaviour,
    /// What the admission webhook answers.
    Admission,
}

/// One difference between releases.
#[derive(Debug)]
pub struct Change {
    /// The name, kebab-case.
    pub name: &'static str,
    /// What holds since then, in one sentence.
    pub doc: &'static str,
    /// What it is about.
    pub area: Area,
    /// The first release of each line of releases that has it, oldest first; later lines have it from their beginning.
    pub since: &'static [Version],
    /// Puts back what applied before where the settings say nothing.
    pub(super) before: fn(&mut Settings),
}

impl Change {
    /// Whether a release has it.
    #[must_use]
    pub fn holds(&self, version: Version) -> bool {
        let same_line = |since: &&Version| (since.major, since.minor) == (version.major, version.minor);
        match self.since.iter().find(same_line) {
            Some(since) => *since <= version,
            None => self.since.last().is_none_or(|since| *since < version),
        }
    }
}

impl Change {
    /// Whether a configuration of some form has it.
    #[must_use]
    pub fn shows(&self, form: Form) -> bool {
        let is_wording = WORDINGS.iter().any(|wording| std::ptr::eq(*wording, self));
        let (major, minor, patch) = if is_wording { form.words } else { form.release };
        self.holds(Version::new(major, minor, patch))
    }
}

/// Changes of the words alone: what the proxy does is the same before and after.
static WORDINGS: &[&Change] = &[&HTTP2_DIRECTIVE, &TRACING_MODULE, &LUA_FILES, &AUTH_LUA_FILE, &MARKERS_WITHOUT_PATHS];

/// What puts back a default; nothing where no default changed.
macro_rules! before {
    () => {
        |_| ()
    };
    ($before:expr) => {
        $before
    };
}

/// Declares changes and the table of them all. Their documentation is text of the product.
macro_rules! changes {
    ($($area:ident { $(#[doc = $doc:literal] $key:ident = $name:literal, $(($major:literal, $minor:literal, $patch:literal)),+
        $(, before $before:expr)?;)+ })+) => {
        $($(
            #[doc = $doc]
            pub static $key: Change = Change {
                name: $name,
                doc: $doc.trim_ascii_start(),
                area: Area::$area,
                since: &[$(Version::new($major, $minor, $patch)),+],
                before: before!($($before)?),
            };
        )+)+

        /// All changes.
        pub static CHANGES: &[&Change] = &[$($(&$key),+),+];
    };
}

changes! {
    Layout {
        /// The databases of GeoIP2 and the key of session tickets lie below `/etc/ingress-controller` instead of `/etc/nginx`.
        STATE_FOLDER = "state-folder", (1, 9, 5);
        /// HTTP/2 is a directive of its own instead of a parameter of `listen`.
        HTTP2_DIRECTIVE = "http2-directive", (1, 10, 0);
        /// The module for OpenTelemetry lies with the other modules of nginx instead of on a volume of its own.
        TRACING_MODULE = "tracing-module", (1, 10, 0);
        /// A carriage return within a line becomes a blank instead of vanishing.
        CARRIAGE_RETURNS = "carriage-returns", (1, 10, 4), (1, 11, 2);
        /// Timeouts towards gRPC backends are set.
        GRPC_TIMEOUTS = "grpc-timeouts", (1, 11, 0);
        /// URLs and hosts of mirrors, URLs of external authentication and `auth-tls-match-cn` are quoted.
        QUOTED_TARGETS = "quoted-targets", (1, 11, 5), (1, 12, 1);
        /// Lua code lies in files next to nginx.conf, and its settings in `cfg.json`.
        LUA_FILES = "lua-files", (1, 12, 0), before |s| { s.lua_dicts.insert("global_throttle_cache".into(), 10_240); };
        /// Headers for external authentication are quoted and escaped instead of put in single quotes.
        QUOTED_AUTH_HEADERS = "quoted-auth-headers", (1, 12, 5), (1, 13, 1);
        /// External authentication over kept connections is answered by a file of Lua code.
        AUTH_LUA_FILE = "auth-lua-file", (1, 13, 0);
        /// Backends get the host that the client's proxy was asked for as `X-Original-Forwarded-Host`.
        ORIGINAL_HOST = "original-host", (1, 13, 0);
        /// With the PROXY protocol and forwarded headers both in use, the address of the client is taken from either.
        JOINT_CLIENT_ADDRESS = "joint-client-address", (1, 13, 0);
        /// Names of hosts and paths are quoted and escaped.
        QUOTED_PATHS = "quoted-paths", (1, 13, 7), (1, 14, 3);
        /// Paths that are rewritten are escaped.
        ESCAPED_REWRITES = "escaped-rewrites", (1, 13, 8), (1, 14, 4);
        /// Error pages do not apply to the answers of external authentication.
        AUTH_ERRORS = "auth-errors", (1, 13, 7), (1, 14, 3);
        /// The marker of an upstream for authentication does not name the path.
        MARKERS_WITHOUT_PATHS = "markers-without-paths", (1, 13, 9), (1, 14, 5), (1, 15, 1);
    }
    Defaults {
        /// `hsts-max-age` is a year, `31536000`, instead of half a year, `15724800`.
        HSTS_YEAR = "hsts-year", (1, 9, 5), before |s| s.tls.hsts_max_age = "15724800".into();
        /// `opentelemetry-config` lies below `/etc/ingress-controller/telemetry` instead of `/etc/nginx`.
        TELEMETRY_FOLDER = "telemetry-folder", (1, 9, 5), before |s| s.tracing.config_path = "/etc/nginx/opentelemetry.toml".into();
        /// `proxy-ssl-protocols` is `TLSv1.2` instead of `TLSv1 TLSv1.1 TLSv1.2`.
        MODERN_BACKEND_TLS = "modern-backend-tls", (1, 10, 2);
        /// `--enable-annotation-validation` is on.
        VALIDATION = "validation", (1, 12, 0);
        /// `--enable-metrics` is off.
        NO_METRICS = "no-metrics", (1, 12, 0);
        /// `annotations-risk-level` is `High` instead of `Critical`.
        RISK_LEVEL = "risk-level", (1, 12, 0), before |s| s.policy.max_risk = "Critical".into();
        /// `allow-cross-namespace-resources` is off.
        OWN_NAMESPACE = "own-namespace", (1, 12, 0), before |s| s.policy.allow_cross_namespace = true;
        /// `strict-validate-path-type` is on.
        STRICT_PATHS = "strict-paths", (1, 12, 0), before |s| s.policy.strict_path_type = false;
        /// `proxy-busy-buffers-size` is left to nginx instead of `8k`.
        OPTIONAL_BUSY_BUFFERS = "optional-busy-buffers", (1, 13, 1), before |s| s.route_defaults.proxying.busy_buffers_size = "8k".into();
        /// In `ssl-ciphers`, the longer one of the two DHE ciphers comes first.
        CIPHER_ORDER = "cipher-order", (1, 14, 0), before |s| s.tls.ciphers = last_two_swapped(&s.tls.ciphers);
    }
    Values {
        /// Values of FastCGI parameters may hold slashes and dots.
        FASTCGI_PATHS = "fastcgi-paths", (1, 9, 4);
        /// `auth-url` and `auth-signin` may hold commas.
        AUTH_URL_COMMAS = "auth-url-commas", (1, 9, 5);
        /// `rewrite-target` and `app-root` need not start with a slash.
        RELATIVE_TARGETS = "relative-targets", (1, 9, 5);
        /// `x-forwarded-prefix` may hold captures as `$1`.
        PREFIX_CAPTURES = "prefix-captures", (1, 9, 5);
        /// `session-cookie-samesite` is accepted at all.
        SAME_SITE_WORDS = "same-site-words", (1, 9, 5);
        /// `ssl-ciphers` may hold `@STRENGTH` and `@SECLEVEL`.
        CIPHER_STRENGTHS = "cipher-strengths", (1, 9, 6);
        /// `auth-tls-match-cn` may be any regular expression behind `CN=`.
        COMMON_NAME_PATTERNS = "common-name-patterns", (1, 9, 6);
        /// `proxy-ssl-protocols` knows `TLSv1.2` and `TLSv1.3` only.
        BACKEND_PROTOCOLS = "backend-protocols", (1, 10, 2);
        /// `auth-tls-verify-client` is one of its words, not a text that holds one.
        VERIFY_CLIENT = "verify-client", (1, 10, 4), (1, 11, 2);
        /// URLs may hold commas.
        URL_COMMAS = "url-commas", (1, 10, 5), (1, 11, 3);
        /// `auth-tls-error-page` may be a host without a path, and a path of several parts.
        ERROR_PAGE_PATHS = "error-page-paths", (1, 10, 6), (1, 11, 4);
        /// Values that are checked by a pattern have no line breaks.
        LINE_BREAKS = "line-breaks", (1, 11, 5), (1, 12, 1);
        /// `ssl-ciphers` may hold underscores.
        CIPHER_UNDERSCORES = "cipher-underscores", (1, 11, 6), (1, 12, 2);
        /// Origins of `cors-allow-origin` may have any scheme.
        ORIGIN_SCHEMES = "origin-schemes", (1, 12, 0);
        /// `auth-tls-error-page` may be a named location.
        NAMED_ERROR_PAGE = "named-error-page", (1, 12, 6), (1, 13, 2);
        /// Blanks and empty items in `custom-http-errors` do not count.
        ERROR_CODE_BLANKS = "error-code-blanks", (1, 12, 6), (1, 13, 2);
        /// `cors-allow-origin` may be `null`.
        NULL_ORIGIN = "null-origin", (1, 13, 0);
        /// `auth-method` is one method, not a text that holds one.
        AUTH_METHOD = "auth-method", (1, 13, 7), (1, 14, 3);
        /// `proxy-cookie-domain` is `off` or two domains.
        COOKIE_DOMAIN = "cookie-domain", (1, 13, 8), (1, 14, 4);
        /// The risk of an annotation counts under its older names as well.
        RISK_OF_ALIASES = "risk-of-aliases", (1, 13, 8), (1, 14, 4);
    }
    Behaviour {
        /// A canary may look for its partner where another one took an upstream away: the controller does not panic.
        CANARIES_WITHOUT_PARTNER = "canaries-without-partner", (1, 10, 4), (1, 11, 2);
        /// An item of `lua-shared-dicts` without a size is passed over: the controller does not panic.
        DICTS_WITHOUT_SIZE = "dicts-without-size", (1, 10, 6), (1, 11, 4);
        /// `trafficDistribution` of a Service is known, and told to Lua code.
        KNOWN_TRAFFIC_DISTRIBUTION = "known-traffic-distribution", (1, 10, 2);
        /// `trafficDistribution: PreferClose` of a Service counts for topology-aware routing.
        TRAFFIC_DISTRIBUTION = "traffic-distribution", (1, 13, 0);
        /// Any Ingress of a host can pass TLS through, not only the one that comes first.
        LATE_PASSTHROUGH = "late-passthrough", (1, 13, 8), (1, 14, 4);
    }
    Admission {
        /// nginx no longer tests the configuration that the Ingress would lead to.
        UNTESTED = "untested", (1, 11, 5), (1, 12, 1);
        /// Strict paths may hold dots.
        STRICT_PATH_DOTS = "strict-path-dots", (1, 12, 6), (1, 13, 2);
        /// All hosts and paths of an Ingress are looked at for overlaps, not only those before the first that it has already.
        FULL_OVERLAP = "full-overlap", (1, 13, 5), (1, 14, 1);
        /// The identity of an Ingress must be a UUID.
        UUID = "uuid", (1, 13, 7), (1, 14, 3);
    }
}

/// The releases that fit what is known equally well: the newest and the oldest of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fitting {
    /// The newest.
    pub newest: Version,
    /// The oldest.
    pub oldest: Version,
}

/// The releases that fit what is known of some changes best; none where nothing is known.
#[must_use]
pub fn fitting(known: &[(&Change, bool)]) -> Option<Fitting> {
    let since = || CHANGES.iter().flat_map(|change| change.since).copied();
    let before = since().filter_map(|since| Some(Version::new(since.major, since.minor, since.patch.checked_sub(1)?)));
    let lines = NEWEST.into_iter().flat_map(|last| [Version::new(last.major, last.minor, 0), last]);
    let candidates = || lines.clone().chain(before.clone()).chain(since()).filter(|version| (FIRST..=LATEST).contains(version));
    let fit = |version: &Version| known.iter().filter(|(change, holds)| change.holds(*version) == *holds).count();
    let best = candidates().map(|version| fit(&version)).max()?;
    let fits = || candidates().filter(|version| fit(version) == best);
    let fitting = Fitting { newest: fits().max()?, oldest: fits().min()? };
    Some(fitting).filter(|_| !known.is_empty())
}

/// A list of ciphers with the last two in the other order.
fn last_two_swapped(ciphers: &str) -> String {
    let mut words: Vec<&str> = ciphers.split(':').collect();
    if let [.., second, last] = words.as_mut_slice() {
        std::mem::swap(second, last);
    }
    words.join(":")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn backports_hold_in_their_line_and_in_all_later_lines() {
        for (version, expected) in [
            ((1, 9, 6), false),
            ((1, 12, 8), false),
            ((1, 13, 6), false),
            ((1, 13, 7), true),
            ((1, 13, 9), true),
            ((1, 14, 0), false),
            ((1, 14, 2), false),
            ((1, 14, 3), true),
            ((1, 15, 0), true),
            ((2, 0, 0), true),
        ] {
            let (major, minor, patch) = version;
            assert_eq!(QUOTED_PATHS.holds(Version::new(major, minor, patch)), expected, "{version:?}");
        }
        assert!(!LUA_FILES.holds(Version::new(1, 11, 8)) && LUA_FILES.holds(Version::new(1, 12, 0)));
    }

    #[test]
    fn facts_are_told_once_and_in_order() {
        let mut names = BTreeSet::new();
        for change in CHANGES {
            assert!(names.insert(change.name), "{} stands twice", change.name);
            assert!(change.doc.ends_with('.'), "{}", change.name);
            assert!(!change.since.is_empty() && change.since.is_sorted(), "{}", change.name);
            let lines: BTreeSet<_> = change.since.iter().map(|since| (since.major, since.minor)).collect();
            assert_eq!(lines.len(), change.since.len(), "{} came twice in one line of releases", change.name);
        }
    }

    #[test]
    fn the_newest_release_that_fits_is_found() {
        for (known, expected) in [
            (&[(&HTTP2_DIRECTIVE, false)][..], (1, 9, 6)),
            (&[(&HTTP2_DIRECTIVE, true), (&LUA_FILES, false)], (1, 11, 8)),
            (&[(&HTTP2_DIRECTIVE, true), (&LUA_FILES, false), (&GRPC_TIMEOUTS, false)], (1, 10, 6)),
            (&[(&LUA_FILES, true), (&ORIGINAL_HOST, false)], (1, 12, 8)),
            (&[(&ORIGINAL_HOST, true), (&QUOTED_PATHS, true), (&CIPHER_ORDER, false)], (1, 13, 9)),
            (&[(&ORIGINAL_HOST, true), (&QUOTED_PATHS, false), (&CIPHER_ORDER, false)], (1, 13, 6)),
            (&[(&ORIGINAL_HOST, true), (&QUOTED_PATHS, false), (&CIPHER_ORDER, true)], (1, 14, 2)),
            (&[(&QUOTED_PATHS, true)], (1, 15, 1)),
        ] {
            let (major, minor, patch) = expected;
            assert_eq!(fitting(known).map(|fitting| fitting.newest), Some(Version::new(major, minor, patch)), "{known:?}");
        }
        assert_eq!(fitting(&[]), None);
    }
}
