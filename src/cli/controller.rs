//! Which controller the manifests are compiled for: defaults, then the manifests, then the settings file, then the command line.

use std::num::NonZeroU32;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use toml::Spanned;

use super::config::{EnvironmentSettings, Settings, namespaced};
use super::deployment::{self, Choice, Named};
use crate::catalog::adopted::{self, Dialect};
use crate::catalog::flags::Flags;
use crate::catalog::inside::{Counts, Fork, Inside};
use crate::catalog::release::Release;
use crate::catalog::releases::Fitting;
use crate::catalog::releases::{FIRST, LATEST};
use crate::catalog::version::Version;
use crate::diagnostic::{Diagnostic, Outcome};
use crate::lower::{Controller, Environment};
use crate::manifest::{Cluster, ControllerArgs, Object};
use crate::source::{FileId, Span};

/// Name of the controller's ConfigMap in the installation guide and in the chart.
const USUAL_CONFIG_MAP: &str = "ingress-nginx-controller";

/// Options that say more about the controller than the manifests do.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Controller")]
pub(super) struct ControllerOptions {
    /// The controller, as ingress-nginx:1.15.1, 1.15, or its image [default: the image in the manifests, else the last release]
    #[arg(long, value_name = "NAME:VERSION")]
    controller: Option<Release>,
    /// One of the controller's own arguments, as --ingress-class=internal; may be repeated
    #[arg(long = "controller-arg", value_name = "FLAG", allow_hyphen_values = true)]
    args: Vec<String>,
    /// The controller's ConfigMap
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = namespaced)]
    configmap: Option<String>,
    /// The controller's Deployment, DaemonSet or the like, where the manifests hold others or it has an unusual name
    #[arg(long = "controller-deployment", value_name = "NAMESPACE/NAME", value_parser = namespaced)]
    deployment: Option<String>,
    /// The namespace that the controller runs in [default: ingress-nginx]
    #[arg(long = "controller-namespace", value_name = "NAMESPACE")]
    namespace: Option<String>,
    /// The nginx inside the controller, where it is not that of the release, as 1.31.3 [default: what is known of the release or the fork]
    #[arg(long, value_name = "VERSION")]
    nginx_inside: Option<Version>,
    /// Compile the annotations of another controller, for a target without ingress-nginx [default: those of ingress-nginx]
    #[arg(long, value_name = "PREFIX", value_parser = dialect_parser())]
    annotations: Option<&'static Dialect>,
}

type Arg = (String, Option<Span>);

impl ControllerOptions {
    /// The same for another release.
    pub(super) fn of_release(&self, release: &Release) -> Self {
        Self { controller: Some(release.clone()), nginx_inside: None, ..self.clone() }
    }

    /// The controller whose annotations are compiled; none: ingress-nginx.
    pub(super) fn dialect(&self, settings: &Settings) -> Option<&'static Dialect> {
        self.annotations.or(settings.controller.annotations)
    }

    /// Settles everything about the controller. `file` is the settings file among the sources; `shown` the version that a live
    /// configuration shows, which counts more than the image of a Deployment that may not be applied yet.
    pub(super) fn settle(&self, settings: &Settings, file: Option<FileId>, cluster: &Cluster, shown: Option<Fitting>) -> Outcome<Settled> {
        let mut findings = Vec::new();
        let mut said: Vec<Arg> = settings.controller.args.iter().map(|arg| located(arg, file)).collect();
        said.extend(self.args.iter().map(|arg| (arg.clone(), None)));
        said.extend(self.configmap.iter().map(|name| (format!("--configmap={name}"), None)));
        let has_version = self.controller.is_some() || settings.controller.version.is_some();
        let is_told = has_version && !said.is_empty();
        let named = Named { namespace: self.namespace.as_deref(), deployment: self.deployment.as_deref(), is_told };
        let named = named.or_settings(settings);
        let choice = deployment::choose(cluster, named, &mut findings);
        let (found, is_undecided) = match choice {
            Choice::One(found) => (Some(found), false),
            Choice::Nobody => (None, false),
            Choice::Undecided => (None, true),
        };
        let mut environment = environment(&settings.environment, named, found);
        let given = self.controller.as_ref().or(settings.controller.version.as_ref()).cloned();
        // Of releases that write the same, it is the one that the manifests name.
        let of_image = |fitting: &Fitting| {
            let named = Release::from_image(&found?.value.image).ok()?;
            (fitting.oldest..=fitting.newest).contains(&named.version).then_some(named)
        };
        let given = given.or_else(|| of_image(&shown?));
        let guess = shown.filter(|_| given.is_none());
        let guessed = guess.map(|fitting| Release::original(fitting.newest));
        let release = given.or(guessed).or_else(|| release(found?, &mut findings)).unwrap_or_default();
        let version = base(&release, settings.controller.base, &mut findings);
        let own = || (!release.is_original()).then(|| Inside::of_release(&release, version));
        environment.nginx = self.nginx_inside.map(|nginx| Inside::named(nginx.parts())).or_else(own);

        let mut args: Vec<Arg> = self.dialect(settings).map(class_args).unwrap_or_default();
        // Who calls this program says all arguments or none: beside its own, those of a Deployment could open what it closed.
        let from_manifests = found.filter(|_| said.is_empty());
        findings.extend(found.filter(|found| from_manifests.is_none() && !found.value.args.is_empty()).map(replaced));
        args.extend(from_manifests.map(|found| container_args(found, &environment)).unwrap_or_default());
        args.extend(said);
        let Outcome { value: mut flags, diagnostics } = Flags::parse(version, args);
        findings.extend(diagnostics);
        if from_manifests.is_none() && flags.configmap.is_empty() {
            assume_config_map(&mut flags, &environment, cluster, &mut findings);
        }
        let controller = Controller { version, flags, environment };
        Outcome { value: Settled { controller, guess, is_undecided }, diagnostics: findings }
    }
}

/// The controller that everything is compiled for.
#[derive(Debug)]
pub(super) struct Settled {
    /// The controller.
    pub(super) controller: Controller,
    /// The releases that a live configuration fits, where nothing else says which one it is.
    pub(super) guess: Option<Fitting>,
    /// The manifests hold several controllers, and nothing says which one it is.
    pub(super) is_undecided: bool,
}

fn located(arg: &Spanned<String>, file: Option<FileId>) -> Arg {
    (arg.get_ref().clone(), file.map(|file| Span::new(file, arg.span())))
}

fn replaced(found: &Object<ControllerArgs>) -> Diagnostic {
    let message = "the arguments in the manifests do not count: the command line or the settings file says them";
    let finding = Diagnostic::warning("replaced-arguments", message).at(found.span(&[])).object(found.reference.clone());
    finding.help("say all of the arguments that count, or none")
}

/// Reads the name of a controller whose annotations can be compiled.
fn dialect_parser() -> impl clap::builder::TypedValueParser<Value = &'static Dialect> {
    let names = adopted::DIALECTS.iter().map(|dialect| dialect.name);
    PossibleValuesParser::new(names).try_map(|name| adopted::find(&name).ok_or("no such annotations"))
}

/// The classes that another controller serves, where nothing says which.
fn class_args(dialect: &'static Dialect) -> Vec<Arg> {
    let args = [format!("--ingress-class={}", dialect.class), format!("--controller-class={}", dialect.controller)];
    args.into_iter().map(|arg| (arg, None)).collect()
}

/// The release that the image of a controller holds.
fn release(found: &Object<ControllerArgs>, findings: &mut Vec<Diagnostic>) -> Option<Release> {
    let release = Release::from_image(&found.value.image);
    if release.is_err() {
        let message = format!("the image `{}` does not tell the version of the controller", found.value.image);
        let finding = unknown_version(message, LATEST).at(found.span(&[])).object(found.reference.clone());
        findings.push(finding.help("say `--controller ingress-nginx:VERSION`"));
    }
    release.ok()
}

/// The release of ingress-nginx that decides what everything means.
fn base(release: &Release, base: Option<Version>, findings: &mut Vec<Diagnostic>) -> Version {
    let Release { name, version } = release;
    if let (None, Some(Counts::BasedOn(base))) = (base, Fork::of(release).map(|fork| fork.counts)) {
        return base;
    }
    match base {
        Some(base) if !release.is_original() => return base,
        _ if (FIRST..=LATEST).contains(version) => {
            if !release.counts_as_the_original() {
                let message = format!("`{name}` {version} is taken for ingress-nginx {version}: that it counts alike is a guess");
                let finding = Diagnostic::info("unknown-controller-version", message);
                findings.push(
                    finding.help(format!("set `base = \"{version}\"`, or what it is based on, under `[controller]` in `ingressc.toml`")),
                );
            }
            return *version;
        }
        _ => {}
    }
    let nearest = if *version < FIRST { FIRST } else { LATEST };
    findings.push(if release.is_original() {
        unknown_version(format!("{name} {version} is not known: the known releases are those from {FIRST} to {LATEST}"), nearest)
    } else {
        let finding = unknown_version(format!("the release of ingress-nginx that `{name}` {version} is based on is not known"), nearest);
        finding.help(format!("set `base = \"{LATEST}\"`, or what it is based on, under `[controller]` in `ingressc.toml`"))
    });
    nearest
}

fn unknown_version(message: String, taken: Version) -> Diagnostic {
    Diagnostic::warning("unknown-controller-version", message).note(format!("{taken} is taken"))
}

fn environment(settings: &EnvironmentSettings, named: Named, found: Option<&Object<ControllerArgs>>) -> Environment {
    let default = Environment::default();
    let said = || named.namespace.or_else(|| Some(named.deployment?.split_once('/')?.0)).map(str::to_owned);
    let own_namespace = || found.map(|found| found.reference.namespace.clone()).filter(|namespace| !namespace.is_empty());
    Environment {
        processors: settings.processors.map_or(default.processors, NonZeroU32::get),
        open_files: settings.open_files.unwrap_or(default.open_files),
        somaxconn: settings.somaxconn.unwrap_or(default.somaxconn),
        ipv6: settings.ipv6.unwrap_or(default.ipv6),
        resolvers: settings.resolvers.clone().unwrap_or(default.resolvers),
        pod_namespace: settings.pod_namespace.clone().or_else(said).or_else(own_namespace).unwrap_or(default.pod_namespace),
        pod_name: settings.pod_name.clone().unwrap_or(default.pod_name),
        node_zone: settings.node_zone.clone().unwrap_or(default.node_zone),
        nginx: None,
    }
}

/// The arguments of a container as its process gets them: Kubernetes fills in the variables that every installation gives it.
fn container_args(found: &Object<ControllerArgs>, environment: &Environment) -> Vec<Arg> {
    // Behind `--` the controller reads none; arguments from elsewhere still count.
    let args = found.value.args.iter().take_while(|(arg, _)| arg != "--");
    args.map(|(arg, span)| {
        let filled = arg.replace("$(POD_NAMESPACE)", &environment.pod_namespace).replace("$(POD_NAME)", &environment.pod_name);
        (filled, *span)
    })
    .collect()
}

/// Takes the ConfigMap that installations use, where nothing names one: without its controller it would be there for nothing.
fn assume_config_map(flags: &mut Flags, environment: &Environment, cluster: &Cluster, findings: &mut Vec<Diagnostic>) {
    let is_usual = |namespace: &str, name: &str| name == USUAL_CONFIG_MAP && namespace == environment.pod_namespace;
    let Some(usual) = cluster.config_maps.iter().find(|map| is_usual(&map.reference.namespace, &map.reference.name)) else { return };
    flags.configmap = format!("{}/{}", usual.reference.namespace, usual.reference.name);
    // Of several controllers none may count, and yet all name the same one.
    let mut named = cluster.controllers.iter().filter_map(|controller| {
        let args = container_args(controller, environment);
        args.into_iter().find_map(|(arg, _)| Some(arg.trim_start_matches('-').strip_prefix("configmap=")?.to_owned()))
    });
    if named.any(|named| named == flags.configmap) {
        return;
    }
    let message = format!("the ConfigMap `{}` is taken for the controller's", flags.configmap);
    let finding = Diagnostic::info("assumed-configmap", message).at(usual.span(&[])).object(usual.reference.clone());
    findings.push(finding.note("no argument of a controller names its ConfigMap").help("say `--configmap`"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::releases::LATEST;
    use crate::manifest;
    use crate::source::SourceMap;

    const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata: {name: edge, namespace: web}
spec:
  selector: {matchLabels: {app: edge}}
  template:
    metadata: {labels: {app: edge}}
    spec:
      containers:
      - name: controller
        image: registry.example.com/ingress-nginx/controller:v1.12.8@sha256:00
        args: [/nginx-ingress-controller, --configmap=$(POD_NAMESPACE)/edge, --http-port=8080, --https-port=8443]
";

    const CONFIG_MAP: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
";

    fn settle(manifests: &str, settings: &str, options: &[&str]) -> (Controller, Vec<&'static str>) {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            options: ControllerOptions,
        }
        let line: Line = clap::Parser::try_parse_from(std::iter::once(&"test").chain(options)).expect("options of tests are sound");
        let mut sources = SourceMap::default();
        sources.add("in.yaml", manifests);
        let cluster = manifest::load(&mut sources).value;
        let settings = toml::from_str(settings).expect("settings of tests are sound");
        let Outcome { value, diagnostics } = line.options.settle(&settings, None, &cluster, None);
        (value.controller, diagnostics.into_iter().map(|finding| finding.rule).collect())
    }

    #[test]
    fn without_a_word_it_is_the_last_release() {
        let (controller, findings) = settle("", "", &[]);
        assert_eq!((controller.version, controller.flags, controller.environment), (LATEST, Flags::default(), Environment::default()));
        assert!(findings.is_empty());
    }

    #[test]
    fn the_command_line_wins_over_settings_and_both_replace_the_arguments_of_manifests() {
        let settings = "[controller]\nversion = \"1.13.9\"\nargs = [\"--https-port=9443\", \"--status-port=1\"]";
        let (controller, findings) = settle(DEPLOYMENT, settings, &["--controller-arg", "--status-port=2"]);
        let flags = &controller.flags;
        assert_eq!((flags.http_port, flags.https_port, flags.status_port), (80, 9443, 2));
        assert_eq!((controller.version, flags.configmap.as_str()), (Version::new(1, 13, 9), ""));
        assert_eq!(findings, ["replaced-arguments"]);
    }

    #[test]
    fn the_deployment_tells_version_namespace_and_arguments() {
        let (controller, _) = settle(DEPLOYMENT, "", &["--configmap=other/map"]);
        assert_eq!((controller.version, controller.environment.pod_namespace.as_str()), (Version::new(1, 12, 8), "web"));
        assert_eq!(controller.flags.configmap, "other/map");
    }

    #[test]
    fn an_image_without_a_version_is_reported_unless_one_is_given() {
        let untagged = DEPLOYMENT.replace(":v1.12.8@sha256:00", "");
        assert_eq!(settle(&untagged, "", &[]).1, ["unknown-controller-version"]);
        assert!(settle(&untagged, "", &["--controller=1.14.5"]).1.is_empty());
    }

    #[test]
    fn a_fork_is_what_it_is_based_on() {
        let base = "[controller]\nbase = \"1.13.9\"";
        for (settings, option, expected, is_known) in [
            (base, "--controller=acme:2026.5.3", Version::new(1, 13, 9), true),
            (base, "--controller=acme:1.12.8-r2", Version::new(1, 13, 9), true),
            ("", "--controller=acme:1.12.8-r2", Version::new(1, 12, 8), false),
            ("", "--controller=rke2:1.12.8-hardened1", Version::new(1, 12, 8), true),
            ("", "--controller=1.12", Version::new(1, 12, 8), true),
            ("", "--controller=acme:2026.5.3", LATEST, false),
            (base, "--controller=ingress-nginx:1.12.8", Version::new(1, 12, 8), true),
            ("", "--controller=1.8.4", FIRST, false),
            ("", "--controller=1.16.0", LATEST, false),
        ] {
            let (controller, findings) = settle("", settings, &[option]);
            assert_eq!((controller.version, findings.is_empty()), (expected, is_known), "{option}: {findings:?}");
        }
        let fork = DEPLOYMENT.replace("registry.example.com/ingress-nginx/controller:v1.12.8", "registry.example.com/acme/ingress:v7.0.1");
        assert_eq!(settle(&fork, base, &[]).0.version, Version::new(1, 13, 9));
    }

    #[test]
    fn only_an_administrator_says_which_controller_counts() {
        let at = |namespace: &str, port: &str| {
            DEPLOYMENT.replace("namespace: web", &format!("namespace: {namespace}")).replace("8080", port) + "---\n"
        };
        let tenant = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, namespace: shop}\n---\n";
        let (alone, usual, second) = (at("web", "8081"), at("ingress-nginx", "8082"), at("api", "8083"));
        let replaced = ["--controller=1.15.1", "--controller-arg=--http-port=8084"];
        for (manifests, settings, options, port, expected) in [
            (alone.clone(), "", &[][..], 8081, &[][..]),
            (alone.clone() + tenant, "", &[], 80, &["unproven-controller"]),
            (usual.clone() + tenant, "", &[], 8082, &[]),
            (alone.clone() + &usual + tenant, "", &[], 8082, &["ignored-controller"]),
            (alone.clone() + &second + tenant, "", &[], 80, &["several-controllers"]),
            (alone.clone() + &second, "", &[], 80, &["several-controllers"]),
            (usual.clone() + &usual.replace("name: edge,", "name: other,"), "", &[], 80, &["several-controllers"]),
            (alone.clone() + &second + tenant, "", &["--controller-namespace=api"], 8083, &["ignored-controller"]),
            (alone.clone() + &usual + tenant, "", &["--controller-deployment=web/edge"], 8081, &["ignored-controller"]),
            (alone.clone() + tenant, "[controller]\nnamespace = \"web\"", &[], 8081, &[]),
            (alone.clone() + tenant, "[controller]\ndeployment = \"web/edge\"", &[], 8081, &[]),
            (alone.clone() + tenant, "[environment]\npod-namespace = \"web\"", &[], 8081, &[]),
            (alone.clone() + tenant, "[controller]\nnamespace = \"web\"", &["--controller-namespace=api"], 80, &["unproven-controller"]),
            (alone.clone() + tenant, "", &["--controller-deployment=web/other"], 80, &["unproven-controller"]),
            (alone + &second + tenant, "", &replaced, 8084, &[]),
            (usual + tenant, "", &replaced, 8084, &["replaced-arguments"]),
        ] {
            let (controller, findings) = settle(&manifests, settings, options);
            assert_eq!((controller.flags.http_port, findings.as_slice()), (port, expected), "{manifests}\n{settings} {options:?}");
        }
    }

    #[test]
    fn the_usual_config_map_counts_where_nothing_names_another() {
        let (controller, findings) = settle(CONFIG_MAP, "", &[]);
        assert_eq!((controller.flags.configmap.as_str(), findings), ("ingress-nginx/ingress-nginx-controller", vec!["assumed-configmap"]));
        assert_eq!(settle(CONFIG_MAP, "", &["--configmap=a/b"]).0.flags.configmap, "a/b");
        assert_eq!(settle(&format!("{DEPLOYMENT}---\n{CONFIG_MAP}"), "", &[]).0.flags.configmap, "web/edge");
    }

    #[test]
    fn config_maps_have_a_namespace_and_a_name() {
        for bad in ["", "a", "/a", "a/", "a/b/c"] {
            assert!(namespaced(bad).is_err(), "{bad}");
        }
        assert!(namespaced("a/b").is_ok());
    }
}
