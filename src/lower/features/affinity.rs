//! Keeping a client on one endpoint.

use super::reader::{Reader, Stop};
use crate::catalog::features::affinity as keys;
use crate::catalog::key::Key;
use crate::catalog::value::patterns;
use crate::ir::AffinityCookie;

/// Name of the cookie where none is given.
const DEFAULT_COOKIE: &str = "INGRESSCOOKIE";

/// What the Ingress says about keeping a client on one endpoint.
#[derive(Debug, Default, Clone, PartialEq)]
pub(in crate::lower) struct AffinityRequest {
    /// `cookie`, or empty.
    pub(in crate::lower) kind: String,
    /// `balanced`, `persistent` or empty.
    pub(in crate::lower) mode: String,
    /// `sticky`, `legacy` or empty.
    pub(in crate::lower) canary_behavior: String,
    /// The cookie.
    pub(in crate::lower) cookie: AffinityCookie,
}

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<AffinityRequest, Stop> {
    let kind = reader.get(&keys::KIND)?.unwrap_or_default();
    let cookie = if kind == "cookie" { cookie(reader)? } else { AffinityCookie::default() };
    Ok(AffinityRequest {
        mode: reader.get(&keys::MODE)?.unwrap_or_default(),
        canary_behavior: reader.get(&keys::CANARY_BEHAVIOR)?.unwrap_or_default(),
        kind,
        cookie,
    })
}

fn cookie(reader: &mut Reader) -> Result<AffinityCookie, Stop> {
    let mut cookie = AffinityCookie {
        name: DEFAULT_COOKIE.to_owned(),
        expires: age(reader, &keys::COOKIE_EXPIRES)?,
        max_age: age(reader, &keys::COOKIE_MAX_AGE)?,
        ..AffinityCookie::default()
    };
    keys::fill(reader, &mut cookie)?;
    Ok(cookie)
}

/// Quirk: spaces pass the check, and then keep the number from being understood.
fn age(reader: &mut Reader, key: &'static Key<String>) -> Result<String, Stop> {
    let Some(seconds) = reader.get(key)? else { return Ok(String::new()) };
    if patterns::COOKIE_AGE.is_match(&seconds) {
        return Ok(seconds);
    }
    reader.ignore(key, "spaces keep the controller from reading the number");
    Ok(String::new())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::features::fixture::Fixture;

    fn request(annotations: &[(&str, &str)]) -> (AffinityRequest, usize) {
        let (found, verdict) = Fixture::new(annotations).read(|reader| reader.section(read));
        (found.unwrap_or_default(), verdict.findings.len())
    }

    #[test]
    fn the_cookie_has_a_name_of_its_own_and_no_age() {
        let (request, findings) = request(&[("affinity", " cookie ")]);
        let expected = AffinityCookie { name: DEFAULT_COOKIE.into(), ..AffinityCookie::default() };
        assert_eq!((request.kind.as_str(), &request.cookie, findings), ("cookie", &expected, 0));
    }

    #[test]
    fn without_affinity_there_is_no_cookie() {
        for (annotations, mode, findings) in [
            (&[("session-cookie-name", "route")][..], "", 1),
            (&[("affinity", "ip"), ("session-cookie-name", "route")], "", 1),
            (&[("affinity", ""), ("affinity-mode", "persistent")], "persistent", 1),
            (&[("affinity-mode", "Persistent")], "", 2),
            (&[], "", 0),
        ] {
            let (request, found) = request(annotations);
            assert_eq!((request.kind.as_str(), request.mode.as_str(), found), ("", mode, findings), "{annotations:?}");
            assert_eq!(request.cookie, AffinityCookie::default(), "{annotations:?}");
        }
    }

    #[test]
    fn ages_are_read_twice() {
        for (expires, max_age, expected) in [
            ("3600", "7200", ("3600", "7200")),
            ("-1", "0", ("-1", "0")),
            ("1 0", "x10", ("", "x10")),
            ("1 20", "2 0", ("1 20", "")),
            ("10x", "", ("", "")),
            ("1 0 0x", "1d", ("", "")),
        ] {
            let annotations = [("affinity", "cookie"), ("session-cookie-expires", expires), ("session-cookie-max-age", max_age)];
            let cookie = request(&annotations).0.cookie;
            assert_eq!((cookie.expires.as_str(), cookie.max_age.as_str()), expected, "{expires:?} {max_age:?}");
        }
    }

    #[test]
    fn one_bad_value_leaves_the_rest_of_the_cookie() {
        let (request, findings) = request(&[
            ("affinity", "cookie"),
            ("affinity-canary-behavior", "legacy"),
            ("session-cookie-path", "/app;"),
            ("session-cookie-domain", "example.com"),
            ("session-cookie-samesite", "Lax"),
            ("session-cookie-secure", "yes"),
            ("session-cookie-change-on-failure", "true"),
        ]);
        let AffinityCookie { path, domain, same_site, secure, change_on_failure, .. } = request.cookie;
        assert_eq!([path, domain, same_site], ["", "example.com", "Lax"]);
        assert_eq!((secure, change_on_failure, request.canary_behavior.as_str(), findings), (false, true, "legacy", 2));
    }
}
