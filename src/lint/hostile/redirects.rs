//! Redirects that lead visitors where nobody wanted them.

use super::{Subject, at_annotation, at_setting, authority, chosen_by_client};
use crate::diagnostic::Diagnostic;
use crate::ir::{Proxy, Route};
use crate::lint::one_of_each_ingress;
use crate::nginx;

/// Schemes that make a browser run or show what the URL itself says.
const SCRIPTS: &[&str] = &["javascript", "data", "vbscript", "file"];

/// Variables that hold the path with its escapes undone.
const DECODED: &[&str] = &["uri", "document_uri"];

/// Looks at the targets of all redirects.
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (_, route) in one_of_each_ingress(subject.proxy) {
        for (name, url) in targets(route) {
            findings.extend(danger(name, url).map(|danger| at_annotation(finding(name, &danger), route, name)));
        }
    }
    findings.extend(error_pages(subject.proxy));
    let signin = subject.proxy.settings.global_auth.as_ref().map_or("", |auth| &auth.signin_url);
    let danger = danger("global-auth-signin", signin);
    findings.extend(danger.map(|danger| at_setting(finding("global-auth-signin", &danger), subject, "global-auth-signin")));
    findings
}

/// The targets that annotations of a route name.
fn targets(route: &Route) -> Vec<(&'static str, &str)> {
    let features = &route.features;
    let signin = route.steps.admission.own_service().map_or("", |auth| &auth.signin_url);
    let redirect = if features.cause("temporal-redirect").is_some() { "temporal-redirect" } else { "permanent-redirect" };
    // A target that is a URL makes a redirect of the rewriting.
    let target = route.rewritten().filter(|target| target.starts_with("http://") || target.starts_with("https://"));
    vec![(redirect, route.redirected().unwrap_or_default()), ("auth-signin", signin), ("rewrite-target", target.unwrap_or_default())]
}

/// What is wrong with the pages for bad client certificates. They belong to hosts; an Ingress that serves several is told once.
fn error_pages(proxy: &Proxy) -> Vec<Diagnostic> {
    const NAME: &str = "auth-tls-error-page";
    let mut findings: Vec<Diagnostic> = Vec::new();
    for server in &proxy.servers {
        let Some(danger) = server.client_auth.as_deref().and_then(|auth| danger(NAME, &auth.error_page)) else { continue };
        if let Some(route) = server.routes.iter().find(|route| route.features.cause(NAME).is_some()) {
            findings.push(at_annotation(finding(NAME, &danger), route, NAME));
        }
    }
    findings.sort_by_key(|finding| finding.span);
    findings.dedup();
    findings
}

fn finding(name: &str, danger: &str) -> Diagnostic {
    Diagnostic::warning("unsafe-redirect", format!("`{name}` {danger}"))
        .help("write scheme and host out, and `$request_uri` or `$escaped_request_uri` behind them")
}

/// What is wrong with the target of a redirect, as the end of a sentence.
fn danger(name: &str, url: &str) -> Option<String> {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.trim().to_ascii_lowercase());
    if let Some(scheme) = scheme.filter(|scheme| SCRIPTS.contains(&scheme.as_str())) {
        return Some(format!("redirects to a `{scheme}:` URL, which runs or shows what the URL itself holds"));
    }
    let host = authority(url);
    if let Some(variable) = chosen_by_client(host) {
        return Some(format!("redirects to any host that whoever makes a link writes into `${variable}`"));
    }
    let captures = host.split('$').skip(1).any(|rest| rest.trim_start_matches('{').starts_with(|c: char| c.is_ascii_digit()));
    if captures && name == "rewrite-target" {
        return Some(String::from("redirects to a host that is made of the path, which whoever makes a link chooses"));
    }
    let decoded = nginx::used(url)?.into_iter().find(|name| DECODED.contains(name))?;
    Some(format!("redirects with `${decoded}`, which is decoded: a line break that a link holds begins a header of its own"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_stranger_chooses_is_unsafe() {
        for (name, url, expected) in [
            ("permanent-redirect", "javascript:alert", "`javascript:`"),
            ("permanent-redirect", " DATA:text/html,x", "`data:`"),
            ("permanent-redirect", "//shop.example", ""),
            ("permanent-redirect", "myapp://callback", ""),
            ("permanent-redirect", "https://new.example$request_uri", ""),
            ("permanent-redirect", "https://new.example/$1$2", ""),
            ("auth-signin", "https://$host/start?rd=$arg_next", ""),
            ("auth-signin", "$scheme://$http_host/start", ""),
            ("auth-signin", "$arg_next", "$arg_next"),
            ("auth-signin", "https://${arg_next}/start", "$arg_next"),
            ("auth-signin", "https://shop.example$cookie_next", "$cookie_next"),
            ("auth-signin", "/start/$arg_next", ""),
            ("rewrite-target", "https://$1/", "made of the path"),
            ("rewrite-target", "https://shop.example$1", "made of the path"),
            ("rewrite-target", "https://shop.example/$1", ""),
            ("auth-signin", "https://login.example/start?rd=$uri", "is decoded"),
            ("auth-signin", "https://login.example/start?rd=${document_uri}", "is decoded"),
            ("auth-signin", "https://login.example/start?rd=$escaped_request_uri$request_uri", ""),
            ("permanent-redirect", "", ""),
        ] {
            let danger = danger(name, url).unwrap_or_default();
            assert!(danger.contains(expected) && danger.is_empty() == expected.is_empty(), "{name} {url}: {danger}");
        }
    }
}
