//! What a port probably speaks, guessed from what its Service says of it.

use k8s_openapi::api::core::v1::ServicePort;
use k8s_openapi::api::networking::v1::Ingress;

use super::look::{Asked, Look};
use crate::catalog::analogies;
use crate::catalog::features::{forwarding, rewrite};
use crate::catalog::value::parse_bool;
use crate::diagnostic::Diagnostic;
use crate::ir::Protocol;
use crate::lint::rule::Rule;
use crate::manifest::{Object, target};

/// What a port probably speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speech {
    /// HTTP without TLS.
    Plain,
    /// HTTP with TLS.
    Tls,
    /// gRPC.
    Grpc,
}

/// A way to ask a port that does not understand it.
pub(super) struct Misfit {
    /// The rule that tells it.
    pub(super) rule: &'static Rule,
    /// Whether a port is asked in this way.
    pub(super) is_asked: fn(Protocol) -> bool,
    /// What the port probably speaks instead.
    pub(super) speech: Speech,
    /// Both in a sentence about the port: `looks like …, and is asked …`.
    pub(super) words: &'static str,
    /// What to do.
    pub(super) help: &'static str,
}

impl Misfit {
    /// The backends that are asked so.
    pub(super) fn find(&self, look: &Look) -> Vec<Diagnostic> {
        let asked = look.backends().filter(|asked| (self.is_asked)(asked.protocol) && !is_never_asked(look, asked));
        let misfit = asked.filter_map(|asked| {
            let (_, port) = of_backend(&asked).filter(|(speech, _)| *speech == self.speech)?;
            let finding = self.rule.finding(format!("{port} {}", self.words)).subject(asked.name());
            // The annotation that asks so is what has to go.
            let protocol = &forwarding::PROTOCOL.spec;
            let finding = match look.annotation(asked.ingress, protocol) {
                Some(_) => {
                    finding.at(look.annotation_span(asked.ingress, protocol)).related("the path that is asked so", asked.port_span())
                }
                None => match meant_protocol(asked.ingress) {
                    Some(name) => finding
                        .at(asked.ingress.key_span(&["metadata", "annotations", name]))
                        .related("the path that is asked so", asked.port_span()),
                    None => finding.at(asked.port_span()),
                },
            };
            Some(finding.related("the port", asked.ports_span()?).object(asked.ingress.reference.clone()).help(self.help))
        });
        misfit.collect()
    }
}

/// An annotation that was meant to say how backends are asked, and does not: it was removed, or is misspelt.
fn meant_protocol(ingress: &Object<Ingress>) -> Option<&str> {
    let names = ingress.value.metadata.annotations.iter().flatten().map(|(name, _)| name.as_str());
    names.into_iter().find(|name| {
        let (prefix, short) = name.rsplit_once('/').unwrap_or(("nginx", name));
        prefix.contains("nginx") && analogies::explain(short).instead() == [forwarding::PROTOCOL.spec.name]
    })
}

/// Whether the controller itself asks nothing: what comes by HTTPS is passed on unopened, and everything else is sent to HTTPS.
fn is_never_asked(look: &Look, asked: &Asked) -> bool {
    let is_passed_on = look.proxy.server(asked.backend.host).is_some_and(|server| server.tls_passthrough);
    is_passed_on && look.value_of(asked.ingress, &rewrite::FORCE_HTTPS).and_then(parse_bool) == Some(true)
}

/// What the port of a backend probably speaks, and its name in a sentence; nothing where there is no sign of it.
pub(super) fn of_backend(asked: &Asked) -> Option<(Speech, String)> {
    let port = asked.port()?;
    let name = port.name.as_ref().map_or_else(String::new, |name| format!(" `{name}`"));
    of(port).map(|speech| (speech, format!("the port{name} ({}) of Service `{}`", port.port, asked.name())))
}

fn of(port: &ServicePort) -> Option<Speech> {
    let name = port.name.as_deref().unwrap_or_default();
    let target = target(port);
    let word = |text: &str, word: &str| text.split('-').any(|part| part.eq_ignore_ascii_case(word));
    // What the port says of itself counts before all signs, and what it leads to before its own number.
    match port.app_protocol.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("https" | "kubernetes.io/wss") => return Some(Speech::Tls),
        Some("grpc" | "kubernetes.io/h2c") => return Some(Speech::Grpc),
        Some("http" | "kubernetes.io/ws") => return Some(Speech::Plain),
        _ => {}
    }
    // gRPC-Web is made for HTTP/1.1.
    let is_grpc = |text: &str| (word(text, "grpc") || word(text, "grpcs")) && !word(text, "web");
    if is_grpc(name) || is_grpc(&target) {
        return Some(Speech::Grpc);
    }
    match target.as_str() {
        "443" | "8443" | "9443" | "6443" => return Some(Speech::Tls),
        "80" | "8080" | "3000" | "5000" | "8000" | "8081" | "9090" => return Some(Speech::Plain),
        _ if word(&target, "https") => return Some(Speech::Tls),
        _ if word(&target, "http") => return Some(Speech::Plain),
        _ => {}
    }
    match port.port {
        443 | 8443 => Some(Speech::Tls),
        _ if word(name, "https") => Some(Speech::Tls),
        80 => Some(Speech::Plain),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

    use super::*;

    #[test]
    fn what_a_port_leads_to_counts_before_its_number() {
        let cases = [
            ("https", 443, "8443", None, Some(Speech::Tls)),
            ("https", 443, "8080", None, Some(Speech::Plain)),
            ("", 443, "http", None, Some(Speech::Plain)),
            ("https", 443, "7000", None, Some(Speech::Tls)),
            ("web-https", 1234, "1234", None, Some(Speech::Tls)),
            ("http", 80, "https", None, Some(Speech::Tls)),
            ("grpc", 443, "8443", None, Some(Speech::Grpc)),
            ("http-grpc", 9000, "9000", None, Some(Speech::Grpc)),
            ("grpc-web", 9000, "9000", None, None),
            ("web-grpc", 9000, "grpc-web", None, None),
            ("x", 80, "8080", Some("https"), Some(Speech::Tls)),
            ("https", 443, "8443", Some("http"), Some(Speech::Plain)),
            ("", 9200, "9200", None, None),
        ];
        for (name, port, target, says, expected) in cases {
            let target = target.parse().map_or_else(|_| IntOrString::String(target.to_owned()), IntOrString::Int);
            let port = ServicePort {
                name: Some(name.to_owned()).filter(|name| !name.is_empty()),
                port,
                target_port: Some(target),
                app_protocol: says.map(str::to_owned),
                ..ServicePort::default()
            };
            assert_eq!(of(&port), expected, "{port:?}");
        }
    }
}
