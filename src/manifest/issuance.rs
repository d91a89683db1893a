//! Certificates that cert-manager issues, as far as rules look at them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::tree::Node;
use super::typed::{self, Unknown};
use super::workload::Anything;

/// A Certificate, an Issuer or a ClusterIssuer of cert-manager.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Issuance {
    /// The Secret that the certificate is put into; empty for issuers.
    pub secret_name: String,
    /// What the Secret has besides.
    pub secret_template: Option<SecretTemplate>,
    /// A name that stands in the subject of the certificate.
    pub common_name: Option<String>,
    /// The names that the certificate is for.
    pub dns_names: Option<Vec<String>>,
    /// Who issues it.
    pub issuer_ref: Option<IssuerRef>,
    /// How an authority such as Let's Encrypt is shown whose the names are.
    pub acme: Option<Acme>,
}

/// What a Secret has besides its certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct SecretTemplate {
    /// Its annotations.
    pub annotations: Option<BTreeMap<String, String>>,
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

/// How an authority is shown whose the names are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Acme {
    /// The ways.
    pub solvers: Option<Vec<Solver>>,
}

/// A way to show whose a name is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Solver {
    /// By an answer at a path of the host.
    pub http01: Option<ByAnswer>,
    /// By a record in DNS.
    pub dns01: Option<Anything>,
}

/// How hosts answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ByAnswer {
    /// The Ingress for the path of the answer.
    pub ingress: Option<AnswerIngress>,
}

/// The Ingress that cert-manager makes for the path of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AnswerIngress {
    /// Its class, as an annotation.
    pub class: Option<String>,
    /// Its class, as a field.
    pub ingress_class_name: Option<String>,
    /// One that is there, and gets the path instead.
    pub name: Option<String>,
}

impl Issuance {
    /// The annotations of the Secret that the certificate is put into.
    #[must_use]
    pub fn secret_annotations(&self) -> Option<&BTreeMap<String, String>> {
        self.secret_template.as_ref()?.annotations.as_ref()
    }

    /// Whether an issuer shows by answers of the hosts whose they are, and in no other way.
    #[must_use]
    pub fn is_by_http(&self) -> bool {
        let solvers = || self.acme.iter().flat_map(|acme| acme.solvers.iter().flatten());
        solvers().any(|solver| solver.http01.is_some()) && solvers().all(|solver| solver.dns01.is_none())
    }
}

/// What the object says; nothing where it cannot be read: that is for cert-manager to tell.
pub(super) fn read(tree: &Node) -> Option<Issuance> {
    let Some(spec) = tree.get("spec") else { return Some(Issuance::default()) };
    typed::read(spec, &Unknown::default()).ok()
}
