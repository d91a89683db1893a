//! What the reader makes of annotations.

use super::*;
use crate::catalog::features::{access, affinity, balancing, external_auth, forwarding, proxying, response_headers, snippets};
use crate::catalog::version::Version;
use crate::lower::features::fixture::Fixture;

const PREFIX: &str = "nginx.ingress.kubernetes.io";
const NEW: &str = "allowlist-source-range";
const OLD: &str = "whitelist-source-range";

fn effects(verdict: &Verdict) -> Vec<Effect> {
    verdict.findings.iter().filter(|finding| finding.rule != "idle-annotation").filter_map(|finding| finding.effect).collect()
}

#[test]
fn an_older_name_counts_where_the_newer_one_has_no_value() {
    for (annotations, expected) in [
        (&[(NEW, "10.0.0.1")][..], Ok("10.0.0.1")),
        (&[(OLD, "10.0.0.2")], Ok("10.0.0.2")),
        (&[(NEW, "10.0.0.1"), (OLD, "10.0.0.2")], Ok("10.0.0.1")),
        (&[(NEW, ""), (OLD, "10.0.0.2")], Ok("10.0.0.2")),
        (&[(NEW, " "), (OLD, "10.0.0.2")], Err(Problem::Refused)),
        (&[(NEW, "10.0.0.1"), (OLD, "bad")], Ok("10.0.0.1")),
        (&[(NEW, ""), (OLD, "bad")], Err(Problem::Refused)),
        (&[(NEW, ""), (OLD, "")], Err(Problem::Unreadable)),
        (&[(NEW, "")], Err(Problem::Unreadable)),
        (&[(OLD, "")], Err(Problem::Missing)),
        (&[], Err(Problem::Missing)),
    ] {
        let found = Fixture::new(annotations).read(|reader| reader.probe(&access::ALLOW)).0;
        assert_eq!(found.as_deref().map_err(|problem| *problem), expected, "{annotations:?}");
    }
}

#[test]
fn too_much_risk_rejects_the_ingress() {
    for (name, level, is_rejected) in [
        ("nginx.ingress.kubernetes.io/configuration-snippet", "High", true),
        ("nginx.ingress.kubernetes.io/configuration-snippet", "critical", false),
        ("nginx.ingress.kubernetes.io/whitelist-source-range", "Low", true),
        ("nginx.ingress.kubernetes.io/whitelist-source-range", "Medium", false),
        ("configuration-snippet", "High", true),
        ("example.com/configuration-snippet", "Low", false),
        ("nginx.ingress.kubernetes.io/no-such-annotation", "Low", false),
        ("nginx.ingress.kubernetes.io/upstream-hash-by", "a typo", true),
    ] {
        let mut fixture = Fixture::new(&[]).bare(name, "x");
        level.clone_into(&mut fixture.settings.policy.max_risk);
        let verdict = fixture.read(|_| ()).1;
        assert_eq!(verdict.is_rejected, is_rejected, "{name} at {level}");
        assert_eq!(effects(&verdict).contains(&Effect::IngressDropped), is_rejected, "{name} at {level}");
    }
}

#[test]
fn bad_values_meet_the_fate_that_the_catalog_names() {
    let denied = || Err(Stop::Denied(Asked { value: format!("annotation {NEW} contains invalid value"), origin: Origin::Default }));
    for (key, value, expected, effect) in [
        (&proxying::BODY_SIZE, "8 MB", Ok(None), Effect::AnnotationIgnored),
        (&proxying::BODY_SIZE, "", Ok(None), Effect::AnnotationIgnored),
        (&balancing::HASH_BY, "a;b", Err(Stop::Rejected), Effect::IngressDropped),
        (&balancing::HASH_BY, " ", Err(Stop::Absent), Effect::AnnotationIgnored),
        (&access::ALLOW, "everyone", denied(), Effect::LocationDenied),
        (&access::ALLOW, "", denied(), Effect::LocationDenied),
        (&external_auth::URL, "http://a/{}", Err(Stop::Rejected), Effect::IngressDropped),
        (&external_auth::URL, "", Ok(None), Effect::FailsOpen),
        (&external_auth::CACHE_DURATION, "200;", Err(Stop::Absent), Effect::FailsOpen),
    ] {
        let name = key.spec.name;
        let (found, verdict) = Fixture::new(&[(name, value)]).read(|reader| reader.get(key));
        assert_eq!((found, effects(&verdict)), (expected, vec![effect]), "{name}: {value:?}");
        assert_eq!(verdict.findings[0].subject.as_deref(), Some(format!("nginx.ingress.kubernetes.io/{name}").as_str()));
    }
}

#[test]
fn without_checks_only_unreadable_values_are_bad() {
    for (timeout, connection, expected) in [
        ("30", "upgrade", (Ok(30), Ok("upgrade"))),
        ("30s", " close ", (Err(Problem::Unreadable), Ok("close"))),
        ("", "", (Err(Problem::Unreadable), Err(Problem::Unreadable))),
    ] {
        let mut fixture = Fixture::new(&[("proxy-read-timeout", timeout), ("connection-proxy-header", connection)]);
        fixture.flags.enable_annotation_validation = false;
        let found = fixture.read(|reader| (reader.probe(&proxying::READ_TIMEOUT), reader.probe(&forwarding::CONNECTION))).0;
        assert_eq!((found.0, found.1.as_deref().map_err(|problem| *problem)), expected, "{timeout:?} {connection:?}");
    }
}

#[test]
fn a_controller_ignores_what_came_after_it() {
    let annotations = [("custom-headers", "shop/headers")];
    for (version, is_known) in [(Version::new(1, 11, 0), true), (Version::new(1, 10, 6), false)] {
        let mut fixture = Fixture::new(&annotations);
        fixture.version = version;
        let (found, verdict) = fixture.read(|reader| reader.probe(&response_headers::HEADERS));
        assert_eq!(found.is_ok(), is_known, "{version}");
        assert_eq!(verdict.findings.iter().any(|finding| finding.rule == "too-new-annotation"), !is_known, "{version}");
    }
}

#[test]
fn snippets_need_the_permission_of_the_settings() {
    for (allow, expected, rules) in [(true, Some("deny all;"), &[][..]), (false, None, &["disabled-snippet"])] {
        let mut fixture = Fixture::new(&[("configuration-snippet", "deny all;")]);
        fixture.settings.policy = crate::ir::Policy { allow_snippets: allow, max_risk: "Critical".into(), ..fixture.settings.policy };
        let (found, verdict) = fixture.read(|reader| reader.snippet(&snippets::LOCATION));
        assert_eq!(found.as_ref().map(Option::as_deref), Ok(expected));
        assert_eq!(verdict.findings.iter().map(|finding| finding.rule).collect::<Vec<_>>(), rules);
    }
}

#[test]
fn annotations_that_lack_their_companion_are_idle() {
    let cookie = ("session-cookie-name", "route");
    for (annotations, is_idle) in
        [(&[cookie][..], true), (&[cookie, ("affinity", "ip")], false), (&[cookie, ("affinity", "cookie")], false)]
    {
        let verdict = Fixture::new(annotations).read(|reader| reader.get(&affinity::KIND)).1;
        assert_eq!(verdict.findings.iter().any(|finding| finding.rule == "idle-annotation"), is_idle, "{annotations:?}");
    }
}

/// What is idle of annotations: how bad, at which, and beside which others.
fn idle(fixture: Fixture) -> Vec<(Severity, Option<String>, usize)> {
    let findings = fixture.read(|_| ()).1.findings.into_iter().filter(|finding| finding.rule == "idle-annotation");
    findings.map(|finding| (finding.severity, finding.subject, finding.related.len())).collect()
}

#[test]
fn a_protection_that_lacks_its_companion_is_an_error() {
    use Severity::{Error, Warning};
    let none = &[][..];
    for (annotations, expected) in [
        (&[("auth-secret", "users")][..], &[(Error, "auth-secret", 0)][..]),
        (&[("auth-realm", "x"), ("auth-secret", "users")], &[(Error, "auth-secret", 1)]),
        (&[("auth-realm", "x")], &[(Warning, "auth-realm", 0)]),
        (&[("auth-signin", "https://a.example")], &[(Error, "auth-signin", 0)]),
        (&[("auth-tls-verify-client", "on")], &[(Error, "auth-tls-verify-client", 0)]),
        (&[("auth-tls-verify-client", "off")], &[(Warning, "auth-tls-verify-client", 0)]),
        (&[("modsecurity-snippet", "SecRuleEngine On")], &[(Error, "modsecurity-snippet", 0)]),
        (&[("modsecurity-snippet", "SecRuleEngine On"), ("enable-modsecurity", "true")], none),
        (&[("enable-owasp-core-rules", "true"), ("enable-modsecurity", "false")], &[(Warning, "enable-owasp-core-rules", 0)]),
        (&[("cors-allow-origin", "https://a.example"), ("enable-cors", "false")], &[(Warning, "cors-allow-origin", 0)]),
        (&[("fastcgi-index", "a.php"), ("backend-protocol", "HTTP")], &[(Warning, "fastcgi-index", 0)]),
        (&[("fastcgi-index", "a.php"), ("backend-protocol", "fcgi")], none),
        (&[("limit-burst-multiplier", "2"), ("limit-rpm", "10")], none),
        (&[("limit-burst-multiplier", "2"), ("limit-connections", "10")], &[(Warning, "limit-burst-multiplier", 0)]),
        (&[("permanent-redirect-code", "308"), ("temporal-redirect", "https://a.example")], &[(Warning, "permanent-redirect-code", 0)]),
        // What does not count on a canary needs no companion there.
        (&[("canary", "true"), ("session-cookie-name", "x")], none),
    ] {
        let prefixed = |(severity, name, more): &(Severity, &str, usize)| (*severity, Some(format!("{PREFIX}/{name}")), *more);
        let expected: Vec<_> = expected.iter().map(prefixed).collect();
        assert_eq!(idle(Fixture::new(annotations)), expected, "{annotations:?}");
    }
}

#[test]
fn settings_of_the_controller_can_be_the_companion() {
    for (enabled, annotations, findings) in [
        (true, &[("enable-owasp-core-rules", "true")][..], 0),
        (false, &[("enable-owasp-core-rules", "true")], 1),
        (true, &[("enable-owasp-core-rules", "true"), ("enable-modsecurity", "false")], 1),
    ] {
        let mut fixture = Fixture::new(annotations);
        fixture.settings.waf.enabled = enabled;
        assert_eq!(idle(fixture).len(), findings, "{enabled} {annotations:?}");
    }
}

#[test]
fn the_first_denial_is_the_reason() {
    let verdict = Fixture::new(&[(NEW, "x"), ("denylist-source-range", "y")])
        .read(|reader| {
            assert_eq!(reader.section(|reader| reader.get(&access::DENY)), None);
            assert_eq!(reader.section(|reader| reader.get(&access::ALLOW)), None);
            assert_eq!(reader.section(|reader| reader.get(&proxying::BODY_SIZE)), Some(None));
        })
        .1;
    let denied = verdict.denied.expect("it is denied");
    assert_eq!(denied.value, "annotation denylist-source-range contains invalid value");
    assert!(denied.origin.span().is_some(), "it is told where");
    assert!(!verdict.is_rejected);
}

#[test]
fn values_are_shown_short_and_harmless() {
    let long = "x".repeat(61);
    for (value, expected) in
        [("8 MB", "8 MB"), ("a\u{1b}[2J`b`", "a\\u{1b}[2Jb"), ("say \"it's\"", "say \"it's\""), (&long, &format!("{}…", &long[1..]))]
    {
        assert_eq!(shown(value), expected);
    }
}
