//! Certificates that cert-manager issues, as far as rules look at them.

use serde::Deserialize;

use super::tree::Node;
use super::typed::{self, Unknown};

/// A Certificate, an Issuer or a ClusterIssuer of cert-manager.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Issuance {
    /// The Secret that the certificate is put into; empty for issuers.
    pub secret_name: String,
    /// The names that the certificate is for.
    pub dns_names: Option<Vec<String>>,
    /// Who issues it.
    pub issuer_ref: Option<IssuerRef>,
}

/// Who issues a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IssuerRef {
    /// `Issuer` where it is not said, or `ClusterIssuer`.
    pub kind: Option<String>,
    /// The name.
    pub name: String,
}

/// What the object says; nothing where it cannot be read: that is for cert-manager to tell.
pub(super) fn read(tree: &Node) -> Option<Issuance> {
    let Some(spec) = tree.get("spec") else { return Some(Issuance::default()) };
    typed::read(spec, &Unknown::default()).ok()
}
