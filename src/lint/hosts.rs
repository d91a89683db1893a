//! Hosts that are no DNS names.

use std::net::IpAddr;

use super::Subject;
use crate::diagnostic::Diagnostic;

/// Longest name (RFC 1123).
const LONGEST: usize = 253;
/// Marks of words that a tool puts a host in for before the object gets to the API server.
const PLACEHOLDERS: &[&str] = &["${", "$(", "{{", "<", "__", "%", "@"];

/// Looks at the hosts of rules and of certificates, whoever serves the Ingress: the API server looks at all of them.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for ingress in &subject.cluster.ingresses {
        let Some(spec) = &ingress.value.spec else { continue };
        let rules = spec.rules.iter().flatten().enumerate();
        let rules = rules.filter_map(|(at, rule)| Some((format!("spec rules {at} host"), rule.host.as_deref()?)));
        let tls = spec.tls.iter().flatten().enumerate().flat_map(|(at, tls)| {
            tls.hosts.iter().flatten().enumerate().map(move |(under, host)| (format!("spec tls {at} hosts {under}"), host.as_str()))
        });
        for (place, host) in rules.chain(tls) {
            let Some(problem) = problem(host) else { continue };
            let shown = host.escape_debug();
            let message = format!("the API server refuses the object: `{shown}` is no host, {problem}");
            let finding = Diagnostic::error("malformed-host", message).subject(shown.to_string());
            let path: Vec<&str> = place.split(' ').collect();
            findings.push(finding.at(ingress.span(&path)).object(ingress.reference.clone()));
        }
    }
    findings
}

/// What is wrong with a host; an empty one stands for all hosts.
fn problem(host: &str) -> Option<&'static str> {
    let name = host.strip_prefix("*.").unwrap_or(host);
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_inner) && !label.starts_with('-') && !label.ends_with('-');
    if host.is_empty() || PLACEHOLDERS.iter().any(|mark| host.contains(mark)) {
        None
    } else if host.parse::<IpAddr>().is_ok() {
        Some("but an address")
    } else if host.len() > LONGEST {
        Some("because it has more than 253 characters")
    } else if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Some("because letters must be small")
    } else if !name.split('.').all(is_label) {
        Some("which is labels of letters, digits and `-` with dots between them, and `*.` in front at most")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_names_of_small_letters() {
        for host in ["", "a", "a.example", "*.a.example", "1.example", "xn--e1afmkfd.example", "app.${DOMAIN}", "__HOST__", "<host>"] {
            assert_eq!(problem(host), None, "{host}");
        }
        let long = "a.".repeat(126) + "aa";
        let mut bad =
            vec!["~.*", "*", "_", "*.*.a", "a*b", "*a.example", "a..b", "a.example.", ".a", "-a", "a-", "a b", "пример.example", "1.2.3.4"];
        bad.extend(["::1", "A.example", "a.example/x", "a\nb", &long]);
        for host in bad {
            assert!(problem(host).is_some(), "{host}");
        }
    }
}
