//! The contents of files that a configuration needs, read from the Secrets that it names.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Secret;

use super::openssl;
use super::world::key_of;
use crate::ir::{PasswordAuth, Proxy, SecretUse, Secrets, Server, TrustStore};
use crate::manifest::Cluster;

/// What the files hold that the configuration names. Secrets that it does not name are not read.
#[must_use]
pub fn secrets(cluster: &Cluster, proxy: &Proxy) -> Secrets {
    let wanted = wanted(proxy);
    let mut found = Secrets::default();
    for object in &cluster.secrets {
        let key = key_of(&object.reference.namespace, &object.reference.name);
        for &(_, purpose) in wanted.range((key.as_str(), SecretUse::Certificate)..=(key.as_str(), SecretUse::DhParameters)) {
            if let Some(text) = content(purpose, &object.value, cluster.keeps_tenants_apart) {
                found.insert(purpose, &key, text);
            }
        }
    }
    found
}

/// The files that the configuration names, by `namespace/name` of the objects.
fn wanted(proxy: &Proxy) -> BTreeSet<(&str, SecretUse)> {
    let mut wanted = BTreeSet::from([
        (proxy.default_certificate.name.as_str(), SecretUse::Certificate),
        (proxy.settings.tls.dh_param_object.as_str(), SecretUse::DhParameters),
    ]);
    for server in &proxy.servers {
        wanted.extend(server.certificate.iter().map(|certificate| (certificate.name.as_str(), SecretUse::Certificate)));
        wanted.extend(trust_stores(server).flat_map(of_trust_store));
        let auths = server.routes.iter().filter_map(|route| route.steps.admission.password.as_deref());
        wanted.extend(auths.map(|auth| (auth.secret.as_str(), use_of(auth))));
    }
    wanted
}

fn use_of(auth: &PasswordAuth) -> SecretUse {
    if auth.keys_are_users { SecretUse::PasswordMap } else { SecretUse::PasswordFile }
}

fn trust_stores(server: &Server) -> impl Iterator<Item = &TrustStore> {
    let of_routes = server.routes.iter().filter_map(|route| route.steps.backend.tls.as_ref());
    let of_backends = server.backend_tls.iter().chain(of_routes).map(|tls| &tls.trust);
    server.client_auth.iter().map(|auth| &auth.trust).chain(of_backends)
}

fn of_trust_store(store: &TrustStore) -> impl Iterator<Item = (&str, SecretUse)> {
    let uses = [
        (&store.certificate, SecretUse::Certificate),
        (&store.authorities, SecretUse::Authorities),
        (&store.revocations, SecretUse::Revocations),
    ];
    uses.into_iter().filter(|(file, _)| !file.is_empty()).map(|(_, purpose)| (store.secret.as_str(), purpose))
}

/// The text of a file; none where the object has no such thing. Where another OpenSSL reads it, it is written as that reads it.
fn content(purpose: SecretUse, secret: &Secret, is_strict: bool) -> Option<String> {
    let bytes = |key: &str| secret.data.as_ref()?.get(key).map(|bytes| bytes.0.as_slice());
    let text = |key: &str| secret.data.as_ref()?.get(key).map(|bytes| String::from_utf8_lossy(&bytes.0).into_owned());
    match purpose {
        SecretUse::Certificate if is_strict => openssl::pair(bytes("tls.crt")?, bytes("tls.key")?).ok(),
        SecretUse::Authorities if is_strict => openssl::authorities(bytes("ca.crt")?),
        SecretUse::Revocations if is_strict => openssl::revocations(bytes("ca.crl")?),
        SecretUse::Certificate => Some(format!("{}\n{}\n", text("tls.crt")?.trim_end(), text("tls.key")?.trim_end())),
        SecretUse::Authorities => text("ca.crt"),
        SecretUse::Revocations => text("ca.crl"),
        SecretUse::PasswordFile => text("auth"),
        SecretUse::PasswordMap => Some(users(secret)),
        SecretUse::DhParameters => text("dhparam.pem"),
    }
}

/// One line for each key. A value of several lines would bring users that no key names.
fn users(secret: &Secret) -> String {
    let line = |(user, hash): (&String, &k8s_openapi::ByteString)| {
        let hash = String::from_utf8_lossy(&hash.0).into_owned();
        let hash = hash.lines().next().unwrap_or_default();
        format!("{user}:{hash}\n")
    };
    secret.data.iter().flatten().map(line).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use k8s_openapi::ByteString;

    use super::*;

    #[test]
    fn files_hold_what_their_use_needs() {
        let data = [("tls.crt", "CERT\n"), ("tls.key", "KEY"), ("ca.crt", "CA"), ("bob", "h1\nmallory:h2")];
        let data: BTreeMap<_, _> = data.into_iter().map(|(key, value)| (key.to_owned(), ByteString(value.into()))).collect();
        let secret = Secret { data: Some(data), ..Secret::default() };
        assert_eq!(content(SecretUse::Certificate, &secret, false).as_deref(), Some("CERT\nKEY\n"));
        assert_eq!(content(SecretUse::Authorities, &secret, false).as_deref(), Some("CA"));
        assert_eq!(content(SecretUse::Revocations, &secret, false), None);
        assert_eq!(content(SecretUse::PasswordFile, &secret, false), None);
        assert!(users(&secret).starts_with("bob:h1\n") && !users(&secret).contains("mallory"));
    }
}
