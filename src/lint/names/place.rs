//! Whose annotation a name is, judged by its prefix.

use std::sync::LazyLock;

use crate::catalog::analogies;
use crate::catalog::families::{self, Family};
use crate::catalog::features;
use crate::catalog::flags::Flags;
use crate::catalog::spelling::kebab;

/// Whose annotation a name is.
#[derive(Debug)]
pub(super) enum Place<'k> {
    /// The controller's; this is the name without the prefix.
    Own(&'k str),
    /// Another controller's; this is the name without the prefix.
    Family(&'static Family, &'k str),
    /// Meant for the controller, but with another prefix.
    WrongPrefix {
        /// The name without the prefix.
        name: &'k str,
        /// What is wrong with the prefix.
        reason: &'static str,
    },
    /// Meant for the controller, but without the prefix; this is the known name.
    NoPrefix(&'static str),
    /// No name that the API server accepts.
    Malformed {
        /// What it does not accept.
        reason: &'static str,
        /// What may be the name without the prefix.
        name: &'k str,
    },
    /// One of cert-manager, under the prefix that it had once; this is the name without the prefix.
    OldIssuer(&'k str),
    /// Somebody else's.
    Elsewhere,
}

/// The prefix before release 0.9. Other controllers have kept it.
const OLD_PREFIX: &str = "ingress.kubernetes.io";
/// The prefix of annotations of cert-manager.
pub(super) const ISSUER: &str = "cert-manager.io";
/// The one that it had before 0.11.
const OLD_ISSUER: &str = "certmanager.k8s.io";
/// The prefix of names that Kubernetes keeps for itself.
const KUBERNETES: &str = "kubernetes.io";

/// Whose annotation a name is, for a controller with this prefix.
pub(super) fn of<'k>(key: &'k str, own: &str) -> Place<'k> {
    static DEFAULT: LazyLock<String> = LazyLock::new(|| Flags::default().annotations_prefix);
    if let Some(name) = key.strip_prefix(own).and_then(|rest| rest.strip_prefix('/'))
        && malformation(key).is_none()
    {
        return Place::Own(name);
    }
    if let Some(reason) = malformation(key) {
        let name = key.trim_matches(|letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'' | '/'));
        return Place::Malformed { reason, name: name.rsplit('/').next().unwrap_or(name) };
    }
    if let Some(family) = families::of_annotation(key) {
        return Place::Family(family, key.split_once('/').map_or(key, |(_, name)| name));
    }
    let Some((prefix, name)) = key.split_once('/') else { return without_prefix(key, own, &DEFAULT) };
    if prefix == OLD_ISSUER {
        return Place::OldIssuer(name);
    }
    let is_known = features::find(&kebab(name)).is_some();
    let reason = if prefix == DEFAULT.as_str() {
        "the argument `--annotations-prefix` sets another prefix"
    } else if prefix == OLD_PREFIX {
        if !is_known && is_written_by_others(name) {
            return Place::Elsewhere;
        }
        if let Some(family) = analogies::find(&kebab(name)).and_then(|analogy| analogy.family).filter(|_| !is_known) {
            return Place::Family(family, name);
        }
        "`ingress.kubernetes.io/` was the prefix before release 0.9, and is that of other controllers"
    } else if prefix.eq_ignore_ascii_case(own) || is_alike(prefix, own) || is_alike(prefix, &DEFAULT) {
        "the prefix is misspelt"
    } else if is_known && (prefix.to_ascii_lowercase().contains("nginx") || prefix == KUBERNETES) {
        "the prefix is another one"
    } else {
        return Place::Elsewhere;
    };
    Place::WrongPrefix { name, reason }
}

/// A name without a slash. Single words are anybody's.
fn without_prefix<'k>(key: &'k str, own: &str, default: &str) -> Place<'k> {
    let glued = [own, default].into_iter().find_map(|prefix| key.strip_prefix(prefix)?.strip_prefix(['.', '-', '_', ':']));
    if let Some(name) = glued {
        return Place::WrongPrefix { name, reason: "a slash stands between the prefix and the name" };
    }
    let plain = kebab(key);
    match features::find(&plain) {
        Some(spec) if plain.contains('-') => {
            Place::NoPrefix(spec.aliases.iter().copied().find(|alias| *alias == plain).unwrap_or(spec.name))
        }
        _ => Place::Elsewhere,
    }
}

/// Whether a prefix is another one with up to three typing errors.
fn is_alike(prefix: &str, own: &str) -> bool {
    const FEW: usize = 3;
    prefix != own && own.len() > 4 * FEW && prefix.len().abs_diff(own.len()) <= FEW && strsim::osa_distance(prefix, own) <= FEW
}

/// Names under the old prefix that the controller of Google's clouds writes itself.
fn is_written_by_others(name: &str) -> bool {
    const WRITTEN: &[&str] =
        &["backends", "forwarding-rule", "https-forwarding-rule", "https-target-proxy", "ssl-cert", "static-ip", "target-proxy", "url-map"];
    WRITTEN.contains(&name)
}

/// Why the API server refuses a name. It looks at names in lower case; placeholders are taken for what they will be replaced by.
fn malformation(key: &str) -> Option<&'static str> {
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    if key.contains("${") || key.contains("$(") || key.contains("{{") {
        return None;
    }
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    if name.contains('/') {
        return Some("it has more than one slash");
    }
    if name.is_empty() || name.len() > 63 {
        return Some("the part behind the slash must have 1 to 63 characters");
    }
    let letters = name.as_bytes();
    if !letters.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) {
        return Some("it may hold letters, digits, `-`, `_` and `.` only");
    }
    if !is_end(letters.first()) || !is_end(letters.last()) {
        return Some("it must begin and end with a letter or a digit");
    }
    let is_label = |label: &str| {
        let letters = label.as_bytes();
        is_end(letters.first()) && is_end(letters.last()) && letters.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
    };
    match prefix {
        Some(prefix) if prefix.len() > 253 || !prefix.split('.').all(is_label) => Some("the part before the slash must be a domain name"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(key: &str, own: &str) -> String {
        match of(key, own) {
            Place::Own(name) => format!("own {name}"),
            Place::Family(family, name) => format!("{}: {name}", family.name),
            Place::WrongPrefix { name, .. } => format!("wrong prefix {name}"),
            Place::NoPrefix(name) => format!("no prefix {name}"),
            Place::Malformed { .. } => String::from("malformed"),
            Place::OldIssuer(name) => format!("old issuer {name}"),
            Place::Elsewhere => String::from("elsewhere"),
        }
    }

    #[test]
    fn the_prefix_tells_whose_a_name_is() {
        let cases = [
            ("nginx.ingress.kubernetes.io/app-root", "own app-root"),
            ("nginx.ingress.kubernetes.io/foo", "own foo"),
            ("nginx.org/rewrites", "F5's NGINX Ingress Controller: rewrites"),
            ("traefik.frontend.entryPoints", "Traefik: traefik.frontend.entryPoints"),
            ("ingress.kubernetes.io/ssl-redirect", "wrong prefix ssl-redirect"),
            ("ingress.kubernetes.io/foo", "wrong prefix foo"),
            ("ingress.kubernetes.io/url-map", "elsewhere"),
            ("ingress.kubernetes.io/oauth", "HAProxy Ingress: oauth"),
            ("nginx.ingress.kuberentes.io/app-root", "wrong prefix app-root"),
            ("NGINX.ingress.kubernetes.io/app-root", "wrong prefix app-root"),
            ("ngnix.ingress.kubernetes.io/foo", "wrong prefix foo"),
            ("nginx.kubernetes.io/app-root", "wrong prefix app-root"),
            ("nginx.kubernetes.io/foo", "elsewhere"),
            ("nginx.ingress.kubernetes.io.app-root", "wrong prefix app-root"),
            ("kubernetes.io/ssl-redirect", "wrong prefix ssl-redirect"),
            ("kubernetes.io/ingress.class", "elsewhere"),
            ("kubernetes.io/tls-acme", "elsewhere"),
            ("cert-manager.io/cluster-issuer", "elsewhere"),
            ("example.com/app-root", "elsewhere"),
            ("auth-tls-error-page", "no prefix auth-tls-error-page"),
            ("whitelist-source-range", "no prefix whitelist-source-range"),
            ("sslRedirect", "no prefix ssl-redirect"),
            ("affinity", "elsewhere"),
            ("canary", "elsewhere"),
            ("", "malformed"),
            ("nginx.ingress.kubernetes.io/", "malformed"),
            ("nginx.ingress.kubernetes.io/app root", "malformed"),
            ("\"nginx.ingress.kubernetes.io/app-root\"", "malformed"),
            ("nginx.ingress.kubernetes.io/a/b", "malformed"),
            ("nginx..kubernetes.io/a", "malformed"),
            ("${PREFIX}/app-root", "elsewhere"),
        ];
        for (key, expected) in cases {
            assert_eq!(told(key, "nginx.ingress.kubernetes.io"), expected, "{key}");
        }
    }

    #[test]
    fn a_prefix_of_ones_own_makes_the_usual_one_a_wrong_one() {
        let cases = [
            ("edge.example.com/app-root", "own app-root"),
            ("nginx.ingress.kubernetes.io/app-root", "wrong prefix app-root"),
            ("edge.example.org/app-root", "wrong prefix app-root"),
            ("inner.example.com/app-root", "elsewhere"),
        ];
        for (key, expected) in cases {
            assert_eq!(told(key, "edge.example.com"), expected, "{key}");
        }
    }
}
