//! Settings and arguments whose defaults change.

use super::Compiled;
use crate::catalog::flags::FLAGS;
use crate::catalog::settings;
use crate::diagnostic::Diagnostic;
use crate::lower::{self, Controller};
use crate::manifest::Cluster;

const RULE: &str = "changed-default";

/// Values of more bytes are not put into a message.
const LONG: usize = 60;

/// What nobody says and what therefore changes, at the place where it could be said.
pub(super) fn compare(cluster: &Cluster, before: &Controller, after: Compiled) -> Vec<Diagnostic> {
    settings(cluster, before, after).into_iter().chain(arguments(cluster, before, after.controller)).collect()
}

fn settings(cluster: &Cluster, before: &Controller, after: Compiled) -> Vec<Diagnostic> {
    let new = after.controller.version;
    let config_map = lower::config_map(cluster, after.controller);
    let is_said = |name: &str| {
        let keys = config_map.iter().flat_map(|object| object.value.data.iter().flatten()).map(|(key, _)| key);
        keys.into_iter().any(|key| key.eq_ignore_ascii_case(name))
    };
    let (mut old_defaults, mut new_defaults) = (settings::defaults(before.version), settings::defaults(new));
    let mut changes = Vec::new();
    for setting in settings::all() {
        let (was, is) = (setting.shown(&mut old_defaults), setting.shown(&mut new_defaults));
        if was == is || is_said(setting.name) {
            continue;
        }
        let finding = changed(&format!("`{}`", setting.name), &was, &is).subject(setting.name).note(setting.doc);
        let finding = finding.help(format!("write `{}: {was}` in the ConfigMap to keep what is", setting.name));
        changes.push(match config_map {
            Some(object) => finding.at(object.span(&["data"])).object(object.reference.clone()),
            None => finding,
        });
    }
    changes
}

fn arguments(cluster: &Cluster, before: &Controller, after: &Controller) -> Vec<Diagnostic> {
    let found = cluster.controllers.iter().min_by(|a, b| a.reference.cmp(&b.reference));
    let mut changes = Vec::new();
    for flag in FLAGS {
        // An argument that is given says the same to both.
        let (was, is) = (flag.value_in(&before.flags), flag.value_in(&after.flags));
        if was == is {
            continue;
        }
        let finding = changed(&format!("the argument `--{}`", flag.name), &was, &is).subject(format!("--{}", flag.name)).note(flag.doc);
        let finding = finding.help(format!("give the controller `--{}={was}` to keep what is", flag.name));
        changes.push(match found {
            Some(object) => finding.at(object.span(&[])).object(object.reference.clone()),
            None => finding,
        });
    }
    changes
}

fn changed(name: &str, was: &str, is: &str) -> Diagnostic {
    let shown = |value: &str| if value.is_empty() { String::from("nothing") } else { format!("`{value}`") };
    let (was, is) = (shown(was), shown(is));
    if was.len().max(is.len()) > LONG {
        return Diagnostic::warning(RULE, format!("the default of {name} changes"))
            .note(format!("it was {was}"))
            .note(format!("it is {is}"));
    }
    Diagnostic::warning(RULE, format!("the default of {name} changes from {was} to {is}"))
}
