//! Values that load and serve, and yet open a door: what one tenant can do to others, to the network or to visitors.
//!
//! The checks look at what the Ingresses come to, so that a value that the controller ignores is not told here again.

mod addresses;
mod aliases;
mod headers;
mod redirects;

use super::{Subject, reference};
use crate::diagnostic::Diagnostic;
use crate::ir::Route;
use crate::lower;
use crate::nginx;

/// Looks for all of them.
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let mut findings = addresses::check(subject);
    findings.extend(aliases::check(subject));
    findings.extend(headers::check(subject));
    findings.extend(redirects::check(subject));
    findings
}

/// Puts a finding at an annotation of a route, which is named without its prefix.
fn at_annotation(finding: Diagnostic, route: &Route, annotation: &str) -> Diagnostic {
    let cause = route.features.cause(annotation);
    let finding = finding.at(cause.map(|(_, span)| *span)).subject(cause.map_or(annotation, |(name, _)| name));
    finding.object(route.owner.as_deref().map(reference))
}

/// Puts a finding at a key of the controller's ConfigMap.
fn at_setting(finding: Diagnostic, subject: &Subject, key: &str) -> Diagnostic {
    let finding = finding.subject(key);
    match lower::config_map(subject.cluster, subject.controller) {
        Some(config_map) => finding.at(config_map.span(&["data", key])).object(config_map.reference.clone()),
        None => finding,
    }
}

/// Host and port of a URL as nginx gets it, variables and all; empty for a path.
fn authority(url: &str) -> &str {
    let rest = match url.split_once("//") {
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => rest,
        _ if url.starts_with('/') => return "",
        _ => url,
    };
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

/// The first variable of a text that holds what whoever made the link or the request wrote there.
fn chosen_by_client(text: &str) -> Option<&str> {
    let is_free = |name: &&str| {
        let of_request = ["arg_", "cookie_", "http_"].iter().any(|start| name.starts_with(start));
        // The host has been compared with the hosts that there are.
        of_request && *name != "http_host" || matches!(*name, "args" | "query_string")
    };
    nginx::used(text)?.into_iter().find(is_free)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_end_where_paths_begin() {
        for (url, expected) in [
            ("https://a.example/x//y", "a.example"),
            ("http://a.example:80?x=//b", "a.example:80"),
            ("//a.example", "a.example"),
            ("/x//y", ""),
            ("$arg_x", "$arg_x"),
            ("https://$host$request_uri", "$host$request_uri"),
            ("http://unix:/run/x", "unix:"),
            ("", ""),
        ] {
            assert_eq!(authority(url), expected, "{url}");
        }
    }

    #[test]
    fn variables_of_the_request_are_free() {
        for (text, expected) in [
            ("$arg_next", Some("arg_next")),
            ("a${http_x_host}", Some("http_x_host")),
            ("$host$cookie_x", Some("cookie_x")),
            ("$args", Some("args")),
            ("$http_host$host$scheme$request_uri", None),
            ("$1", None),
            ("$", None),
        ] {
            assert_eq!(chosen_by_client(text), expected, "{text}");
        }
    }
}
