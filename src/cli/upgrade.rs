//! `ingressc check --upgrade-to VERSION`: what a later release of the controller makes of the same manifests.

use super::Failure;
use super::controller::{ControllerOptions, Settled};
use super::project::Project;
use crate::catalog::release::Release;
use crate::diagnostic::{Diagnostic, Effect, Outcome};
use crate::ir::Proxy;
use crate::lint::upgrade::{self, Compiled};
use crate::lower::Controller;

/// What the upgrade changes, and what could not be read of the manifests. `compile` says what the manifests come to for a controller,
/// and what is found in them.
pub(super) fn findings(
    project: &mut Project,
    options: &ControllerOptions,
    release: &Release,
    compile: impl Fn(&Project, &Controller) -> (Proxy, Vec<Diagnostic>) + Sync,
) -> Result<Vec<Diagnostic>, Failure> {
    let settle = |options: &ControllerOptions| options.settle(&project.settings, project.settings_file, &project.cluster, None);
    let Outcome { value: Settled { controller: before, .. }, diagnostics: mut old_findings } = settle(options);
    let Outcome { value: Settled { controller: after, .. }, diagnostics: mut new_findings } = settle(&options.of_release(release));
    if (after.version, after.inside().nginx) <= (before.version, before.inside().nginx) {
        let reason = format!(
            "{} is no upgrade: the controller is taken for {}. `--controller ingress-nginx:VERSION` says which one it is",
            after.version, before.version
        );
        return Err(Failure::Machine(anyhow::Error::msg(reason)));
    }
    let ((old_proxy, old_found), (new_proxy, new_found)) = rayon::join(|| compile(project, &before), || compile(project, &after));
    old_findings.extend(old_found);
    new_findings.extend(new_found);
    let before = Compiled { controller: &before, proxy: &old_proxy, findings: &old_findings };
    let after = Compiled { controller: &after, proxy: &new_proxy, findings: &new_findings };
    let changes = upgrade::compare(&project.cluster, before, after);
    // What cannot be read cannot be compared, and this has to be known.
    let mut findings = std::mem::take(&mut project.findings);
    findings.retain(|finding| finding.effect == Some(Effect::NotRead));
    findings.extend(changes);
    Ok(findings)
}
