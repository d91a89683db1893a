//! `certificates.json`: which certificate each host name is served with.

use std::collections::BTreeMap;

use crate::ir::{Certificate, Proxy};

/// The value for the certificate that the controller makes itself.
const OWN: &str = "default";

/// The value for host names that bring no certificate; Lua then looks for that of a wildcard host, and last of the host `_`.
const NONE: &str = "";

/// Host name to `namespace/name` of the Secret, [`OWN`] or [`NONE`].
///
/// Where an alias or a redirect is named twice, the last one counts, as in the controller's map.
pub(super) fn view(proxy: &Proxy) -> BTreeMap<&str, &str> {
    let mut by_host = BTreeMap::new();
    for server in &proxy.servers {
        by_host.insert(server.hostname.as_str(), name(server.certificate.as_deref()));
        by_host.extend(server.aliases.iter().map(|alias| (alias.as_str(), name(server.certificate_for(alias).map(AsRef::as_ref)))));
    }
    by_host.extend(proxy.host_redirects.iter().map(|redirect| (redirect.from.as_str(), name(redirect.certificate.as_deref()))));
    by_host
}

fn name(certificate: Option<&Certificate>) -> &str {
    match certificate {
        None => NONE,
        Some(certificate) if certificate.name.is_empty() => OWN,
        Some(certificate) => &certificate.name,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;
    use crate::ir::{CATCH_ALL, HostRedirect, Server};

    fn certificate(name: &str, names: &[&str]) -> Option<Arc<Certificate>> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Some(Arc::new(Certificate { name: name.into(), file: String::new(), names }))
    }

    fn server(hostname: &str, aliases: &[&str], certificate: Option<Arc<Certificate>>) -> Server {
        let aliases = aliases.iter().map(|alias| (*alias).to_owned()).collect();
        Server { hostname: hostname.into(), aliases, certificate, ..Server::default() }
    }

    #[test]
    fn hosts_aliases_and_redirects_have_certificates() {
        let shop = certificate("shop/site-tls", &["*.shop.example", "shop.example"]);
        let redirect =
            |from: &str, certificate| HostRedirect { from: from.into(), to: "shop.example".into(), is_contested: false, certificate };
        let proxy = Proxy {
            servers: vec![
                server(CATCH_ALL, &[], certificate("", &[])),
                server("plain.example", &["other.example"], None),
                server("shop.example", &["EU.shop.example", "a.eu.shop.example", "shop.test"], shop.clone()),
            ],
            host_redirects: vec![redirect("www.shop.example", shop), redirect("www.shop.test", None)],
            ..Proxy::default()
        };
        let expected = json!({
            "_": "default",
            "EU.shop.example": "shop/site-tls",
            "a.eu.shop.example": "",
            "other.example": "",
            "plain.example": "",
            "shop.example": "shop/site-tls",
            "shop.test": "",
            "www.shop.example": "shop/site-tls",
            "www.shop.test": "",
        });
        assert_eq!(json!(view(&proxy)), expected);
    }

    #[test]
    fn the_last_of_two_equal_aliases_counts() {
        let tls = || certificate("shop/site-tls", &["x.example"]);
        let proxy = |first, second| Proxy {
            servers: vec![server("a.example", &["x.example"], first), server("b.example", &["x.example"], second)],
            ..Proxy::default()
        };
        assert_eq!(view(&proxy(tls(), None))["x.example"], "");
        assert_eq!(view(&proxy(None, tls()))["x.example"], "shop/site-tls");
    }
}
