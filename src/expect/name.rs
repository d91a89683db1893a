//! What a test is called that has no name: its request in one line.

use crate::route::{ClientCertificate, Http, Request};

/// A request in one line: method and URL, and what is unusual about it. Values of headers are left out, as they may be secret.
#[must_use]
pub fn name(request: &Request, usual: &Request, when: &[String]) -> String {
    let mut text = format!("{} {}", request.method, request.url());
    let mut more = |what: String| text.push_str(&format!(", {what}"));
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    if !names.is_empty() {
        more(format!("with {}", names.join(", ")));
    }
    if request.client != usual.client {
        more(format!("from {}", request.client));
    }
    match request.certificate {
        ClientCertificate::None => {}
        ClientCertificate::Valid => more(String::from("with a certificate")),
        ClientCertificate::Invalid => more(String::from("with a certificate of others")),
    }
    if request.sni != usual.sni {
        more(
            request
                .sni
                .as_ref()
                .map_or_else(|| String::from("without a name in the handshake"), |sni| format!("with {sni} in the handshake")),
        );
    }
    match request.http {
        Http::V11 => {}
        Http::V10 => more(String::from("by HTTP/1.0")),
        Http::V2 => more(String::from("by HTTP/2")),
    }
    if let Some(bytes) = request.body {
        more(format!("{bytes} bytes"));
    }
    when.iter().for_each(|condition| more(format!("where {condition}")));
    text
}
