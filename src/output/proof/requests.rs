//! The requests of a proof, to be asked again: as lines that `explain --requests` reads, and as commands.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Shown, quoted, url};
use crate::output::json::escaped;
use crate::route::{ClientCertificate, Request};

/// A request as `explain --requests` reads it.
#[derive(Serialize)]
pub(super) struct Line {
    url: String,
    method: String,
    headers: BTreeMap<String, Vec<String>>,
    client_ip: String,
    sni: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_cert: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<u64>,
}

pub(super) fn line(request: &Request) -> Line {
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in super::headers(request) {
        headers.entry(name.to_owned()).or_default().push(value);
    }
    Line {
        url: url(request),
        method: request.method.clone(),
        headers,
        client_ip: request.client.to_string(),
        sni: request.sni.clone(),
        client_cert: match request.certificate {
            ClientCertificate::None => None,
            ClientCertificate::Valid => Some("valid"),
            ClientCertificate::Invalid => Some("invalid"),
        },
        body: request.body,
    }
}

/// One request for each difference, then one for each group of paths that was compared.
fn all(shown: &Shown) -> Vec<Request> {
    let hosts = || shown.proved.proof.hosts.iter();
    let mut requests: Vec<Request> =
        hosts().flat_map(|host| host.differences.iter().map(|difference| difference.request.clone())).collect();
    for host in hosts() {
        let scheme = super::scheme(host);
        for path in host.pairs.iter().filter_map(|pair| pair.region.paths.first()) {
            requests.extend(Request::of_url(&format!("{scheme}://{}{path}", host.name)));
        }
    }
    requests
}

/// All requests, one JSON a line.
///
/// # Errors
/// None that is known: all of it can be written as JSON.
pub fn jsonl(shown: &Shown) -> serde_json::Result<String> {
    all(shown).iter().map(|request| escaped(&line(request)).map(|line| line + "\n")).collect()
}

/// The requests that show differences, as commands for a shell.
#[must_use]
pub fn curl(shown: &Shown) -> String {
    let differences = shown.proved.proof.hosts.iter().flat_map(|host| &host.differences);
    differences.map(|difference| command(&difference.request)).collect()
}

fn command(request: &Request) -> String {
    let mut words = vec![String::from("curl --silent --show-error --include --insecure --path-as-is")];
    if request.method != "GET" {
        words.push(format!("--request {}", quoted(&request.method)));
    }
    words.extend(super::headers(request).map(|(name, value)| format!("--header {}", quoted(&format!("{name}: {value}")))));
    if let Some(length) = request.body.filter(|length| *length < 1 << 30) {
        words.insert(0, format!("head -c {length} /dev/zero |"));
        words.push(String::from("--data-binary @-"));
    }
    words.push(quoted(&url(request)));
    let from = if request.client == std::net::Ipv4Addr::LOCALHOST { String::new() } else { format!("  # from {}", request.client) };
    let certificate = if request.certificate == ClientCertificate::None { "" } else { "  # with a certificate of the client" };
    format!("{}{from}{certificate}\n", words.join(" "))
}
