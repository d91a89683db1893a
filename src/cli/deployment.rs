//! Which Deployment of the manifests is the controller's.
//!
//! With the export of a cluster any tenant can bring a Deployment that looks like the controller, so looks and labels prove nothing.
//! What only an administrator controls decides: who calls this program, or the namespace that the installation guide and the chart use.

use super::config::Settings;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Cluster, ControllerArgs, Object};

/// Namespace of the controller in the installation guide and in the chart.
const USUAL_NAMESPACE: &str = "ingress-nginx";
/// How to say which controller is meant.
const HELP: &str = "say `--controller-deployment NAMESPACE/NAME` or `--controller-namespace NAMESPACE`";

/// What somebody said about the controller's Deployment.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Named<'a> {
    /// Its namespace.
    pub(super) namespace: Option<&'a str>,
    /// Its namespace and name.
    pub(super) deployment: Option<&'a str>,
    /// Version and arguments are told: no Deployment has to say more.
    pub(super) is_told: bool,
}

impl<'a> Named<'a> {
    /// What the settings file says, where the command line says nothing.
    pub(super) fn or_settings(self, settings: &'a Settings) -> Self {
        if self.namespace.is_some() || self.deployment.is_some() {
            return self;
        }
        let controller = &settings.controller;
        let namespace = controller.namespace.as_deref().or(settings.environment.pod_namespace.as_deref());
        Self { namespace, deployment: controller.deployment.as_deref(), ..self }
    }

    fn fits(self, candidate: &Object<ControllerArgs>) -> bool {
        let reference = &candidate.reference;
        let is_there = self.namespace.is_none_or(|namespace| namespace == reference.namespace);
        is_there && self.deployment.is_none_or(|name| name.split_once('/') == Some((&reference.namespace, &reference.name)))
    }
}

/// The controller among the manifests.
#[derive(Debug)]
pub(super) enum Choice<'a> {
    /// This one.
    One(&'a Object<ControllerArgs>),
    /// There is none, or none that anybody vouches for.
    Nobody,
    /// There are several, and nothing says which.
    Undecided,
}

/// Chooses the controller.
pub(super) fn choose<'a>(cluster: &'a Cluster, named: Named, findings: &mut Vec<Diagnostic>) -> Choice<'a> {
    let mut all: Vec<_> = cluster.controllers.iter().collect();
    all.sort_by(|a, b| a.reference.cmp(&b.reference));
    let is_named = named.namespace.is_some() || named.deployment.is_some();
    let is_vouched = |candidate: &Object<ControllerArgs>| match is_named {
        true => named.fits(candidate),
        false => candidate.reference.namespace == USUAL_NAMESPACE,
    };
    let (vouched, others): (Vec<_>, Vec<_>) = all.into_iter().partition(|candidate| is_vouched(candidate));
    match (vouched.as_slice(), others.as_slice()) {
        ([one], others) => {
            findings.extend(others.iter().map(|other| ignored(other, one)));
            Choice::One(one)
        }
        ([], [one]) if !is_named && !has_tenants(cluster, &one.reference.namespace) => Choice::One(one),
        ([], []) => Choice::Nobody,
        ([], _) if named.is_told => Choice::Nobody,
        ([], [one]) => {
            findings.push(unproven(one));
            Choice::Nobody
        }
        ([], several) if is_named => {
            findings.extend(several.iter().map(|one| unproven(one)));
            Choice::Nobody
        }
        ([], several) | (several, _) => {
            findings.push(undecided(several));
            Choice::Undecided
        }
    }
}

/// Whether anybody but the owner of a namespace has Ingresses: only then can the wrong controller harm anybody.
fn has_tenants(cluster: &Cluster, namespace: &str) -> bool {
    cluster.ingresses.iter().any(|ingress| ingress.reference.namespace != namespace)
}

fn name(object: &Object<ControllerArgs>) -> String {
    format!("{} `{}/{}`", object.reference.kind, object.reference.namespace, object.reference.name)
}

fn ignored(other: &Object<ControllerArgs>, one: &Object<ControllerArgs>) -> Diagnostic {
    let message = format!("{} does not count: the manifests are compiled for {}", name(other), name(one));
    let finding = Diagnostic::warning("ignored-controller", message).at(other.span(&[])).object(other.reference.clone());
    finding.related("this one counts", one.span(&[])).help("check the manifests of each controller by itself")
}

fn unproven(one: &Object<ControllerArgs>) -> Diagnostic {
    let message = format!("{} runs a controller, but nothing says that it is the one of these Ingresses", name(one));
    let finding = Diagnostic::error("unproven-controller", message).at(one.span(&[])).object(one.reference.clone());
    finding
        .note("its version, arguments and ConfigMap do not count: whoever may create it in its namespace would decide for all others")
        .help(HELP)
}

fn undecided(several: &[&Object<ControllerArgs>]) -> Diagnostic {
    let message = format!("there are {} controllers in the manifests, and nothing says which one is meant", several.len());
    let mut finding = Diagnostic::error("several-controllers", message);
    if let [first, others @ ..] = several {
        finding = finding.at(first.span(&[])).object(first.reference.clone());
        for other in others {
            finding = finding.related("another one", other.span(&[]));
        }
    }
    finding.note("none of them counts, and nothing is written for nginx or HAProxy").help(HELP)
}
