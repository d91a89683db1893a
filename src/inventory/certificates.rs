//! Certificates that Ingresses name, and their end.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::networking::v1::Ingress;

use super::model::Certificate;
use crate::lower::validity;
use crate::manifest::{Cluster, Object, named};

#[derive(Default)]
pub(super) struct Certificates {
    found: BTreeMap<(String, String), (BTreeSet<String>, BTreeSet<String>)>,
}

impl Certificates {
    /// Looks at an Ingress.
    pub(super) fn look(&mut self, object: &Object<Ingress>) {
        let name = format!("{}/{}", object.reference.namespace, object.reference.name);
        for entry in object.tls() {
            let secret = entry.secret_name.as_deref().unwrap_or_default();
            let namespace = if secret.is_empty() { "" } else { &object.reference.namespace };
            let (hosts, ingresses) = self.found.entry((namespace.to_owned(), secret.to_owned())).or_default();
            hosts.extend(entry.hosts.iter().flatten().cloned());
            ingresses.insert(name.clone());
        }
    }

    pub(super) fn into_list(self, cluster: &Cluster) -> Vec<Certificate> {
        let one = |((namespace, name), (hosts, ingresses)): ((String, String), (BTreeSet<String>, BTreeSet<String>))| {
            let secret = named(&cluster.secrets, &namespace, &name);
            Certificate {
                secret: if name.is_empty() { String::new() } else { format!("{namespace}/{name}") },
                hosts: hosts.into_iter().collect(),
                ingresses: ingresses.into_iter().collect(),
                until: secret.and_then(|secret| end(&secret.value)),
                present: secret.is_some(),
            }
        };
        self.found.into_iter().map(one).collect()
    }
}

/// The day on which a certificate ends.
fn end(secret: &Secret) -> Option<String> {
    let (_, until) = validity(secret)?;
    let time = jiff::Timestamp::from_second(until).ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC).date().to_string())
}
