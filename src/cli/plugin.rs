//! The program under the name of a plugin of kubectl: it asks the cluster where no files are named.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::ArgMatches;
use clap::parser::ValueSource;

use super::kubectl::SCHEME;

/// The name that makes a program the plugin `kubectl ingressc`.
const NAME: &str = "kubectl-ingressc";

/// Options of kubectl that say which cluster is asked, and as whom.
const OPTIONS: [&str; 6] = ["--context", "--kubeconfig", "--cluster", "--user", "--as", "-n"];

/// Whether the program was called as the plugin.
pub(super) fn is_meant(program: &OsStr) -> bool {
    Path::new(program).file_stem().is_some_and(|name| name == NAME)
}

/// The arguments as the program itself takes them: what names the cluster stands in paths, which are added where none are named.
pub(super) fn arguments(args: Vec<OsString>, command: clap::Command) -> Vec<OsString> {
    let (mut rest, cluster, namespace) = taken_apart(args);
    let path = OsString::from(format!("{SCHEME}{}", cluster.join(" ")));
    // What is wrong with them is told when they are read for good.
    let Ok(matches) = command.ignore_errors(true).try_get_matches_from(&rest) else { return rest };
    let Some((name, given)) = matches.subcommand() else { return rest };
    if given.try_contains_id("paths").is_err() {
        return rest;
    }
    // With `--base` alone, the manifests are what is compared with it.
    let has_sides = is_given(given, "head");
    let is_compared = has_sides || is_given(given, "from_version");
    let is_live = is_given(given, "live");
    let compares_live = name == "diff";
    if compares_live && !is_compared && !is_live {
        rest.extend([OsString::from("--live"), path.clone()]);
    }
    if let Some(namespace) = namespace.filter(|_| !is_given(given, "controller_namespace")) {
        rest.extend([OsString::from("--controller-namespace"), namespace.into()]);
    }
    let is_asked = is_given(given, "paths") || has_sides || is_live && !compares_live;
    if !is_asked {
        rest.push(path);
    }
    rest
}

/// Whether somebody said it.
fn is_given(matches: &ArgMatches, id: &str) -> bool {
    matches.try_contains_id(id).is_ok() && matches.value_source(id) == Some(ValueSource::CommandLine)
}

/// Arguments without those of kubectl, these, and the namespace among them.
fn taken_apart(args: Vec<OsString>) -> (Vec<OsString>, Vec<String>, Option<String>) {
    let (mut rest, mut cluster, mut namespace) = (Vec::new(), Vec::new(), None);
    let mut args = args.into_iter();
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy();
        let (option, joined) = text.split_once('=').map_or((text.as_ref(), None), |(option, value)| (option, Some(value.to_owned())));
        if arg == "--" || !OPTIONS.contains(&option) {
            let is_end = arg == "--";
            rest.push(arg);
            if is_end {
                break;
            }
            continue;
        }
        let option = option.to_owned();
        let Some(value) = joined.or_else(|| args.next().map(|value| value.to_string_lossy().into_owned())) else { continue };
        if option == "-n" {
            namespace = Some(value.clone());
        }
        cluster.extend([option, value]);
    }
    rest.extend(args);
    (rest, cluster, namespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_named_is_asked_of_the_cluster() {
        for (typed, meant) in [
            ("check", "check kubectl:"),
            ("check deploy", "check deploy"),
            ("check --context prod --deny warning", "check --deny warning kubectl:--context prod"),
            ("diff -n edge", "diff --live kubectl:-n edge --controller-namespace edge kubectl:-n edge"),
            ("diff deploy --kubeconfig=k", "diff deploy --live kubectl:--kubeconfig k"),
            ("diff deploy --live nginx.conf", "diff deploy --live nginx.conf"),
            ("diff --base a --head b", "diff --base a --head b"),
            ("explain https://a.example/", "explain https://a.example/ kubectl:"),
            ("explain https://a.example/ --live dump", "explain https://a.example/ --live dump"),
            ("render --target nginx", "render --target nginx kubectl:"),
            ("test routes.yaml --generate", "test routes.yaml --generate kubectl:"),
            ("diff --from-version 1.14.5 --to-version 1.15.1", "diff --from-version 1.14.5 --to-version 1.15.1 kubectl:"),
            ("prove --base a --head b", "prove --base a --head b"),
            ("inventory --base before.json", "inventory --base before.json kubectl:"),
            ("rules", "rules"),
        ] {
            let args = std::iter::once(NAME).chain(typed.split(' ')).map(OsString::from).collect();
            let made: Vec<_> = arguments(args, crate::cli::command()).into_iter().skip(1).collect();
            assert_eq!(made.join(OsStr::new(" ")), OsString::from(meant), "{typed}");
        }
    }

    #[test]
    fn the_name_makes_the_plugin() {
        for (program, expected) in [("/usr/bin/kubectl-ingressc", true), ("kubectl-ingressc.exe", true), ("ingressc", false)] {
            assert_eq!(is_meant(OsStr::new(program)), expected, "{program}");
        }
    }
}
