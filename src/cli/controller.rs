//! Which controller the manifests are compiled for: defaults, then the manifests, then the settings file, then the command line.

use std::num::NonZeroU32;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::config::{EnvironmentSettings, Settings};
use crate::catalog::adopted::{self, Dialect};
use crate::catalog::flags::Flags;
use crate::catalog::version::{FIRST, LATEST, Release, Version};
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
    /// The controller, as ingress-nginx:1.15.1 [default: the image in the manifests, else the last release]
    #[arg(long, value_name = "NAME:VERSION")]
    controller: Option<Release>,
    /// One of the controller's own arguments, as --ingress-class=internal; may be repeated
    #[arg(long = "controller-arg", value_name = "FLAG", allow_hyphen_values = true)]
    args: Vec<String>,
    /// The controller's ConfigMap
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = namespaced)]
    configmap: Option<String>,
    /// Compile the annotations of another controller, for a target without ingress-nginx [default: those of ingress-nginx]
    #[arg(long, value_name = "PREFIX", value_parser = dialect_parser())]
    annotations: Option<&'static Dialect>,
}

type Arg = (String, Option<Span>);

impl ControllerOptions {
    /// The same for another release.
    pub(super) fn of_release(&self, release: &Release) -> Self {
        Self { controller: Some(release.clone()), ..self.clone() }
    }

    /// The controller whose annotations are compiled; none: ingress-nginx.
    pub(super) fn dialect(&self, settings: &Settings) -> Option<&'static Dialect> {
        self.annotations.or(settings.controller.annotations)
    }

    /// Settles everything about the controller. `file` is the settings file among the sources; `shown` the version that a live
    /// configuration shows, which counts more than the image of a Deployment that may not be applied yet.
    pub(super) fn settle(
        &self,
        settings: &Settings,
        file: Option<FileId>,
        cluster: &Cluster,
        shown: Option<Version>,
    ) -> Outcome<Controller> {
        let mut findings = Vec::new();
        let found = choose(&cluster.controllers, &mut findings);
        let environment = environment(&settings.environment, found);
        let given = self.controller.as_ref().or(settings.controller.version.as_ref()).cloned();
        let release = given.or(shown.map(Release::original)).or_else(|| release(found?, &mut findings)).unwrap_or_default();
        let version = base(&release, settings.controller.base, &mut findings);

        let mut args: Vec<Arg> = self.dialect(settings).map(class_args).unwrap_or_default();
        args.extend(found.map(|found| container_args(found, &environment)).unwrap_or_default());
        args.extend(settings.controller.args.iter().map(|arg| {
            let span = file.map(|file| Span::new(file, arg.span()));
            (arg.get_ref().clone(), span)
        }));
        args.extend(self.args.iter().map(|arg| (arg.clone(), None)));
        args.extend(self.configmap.iter().map(|name| (format!("--configmap={name}"), None)));
        let Outcome { value: mut flags, diagnostics } = Flags::parse(version, args);
        findings.extend(diagnostics);
        if found.is_none() && flags.configmap.is_empty() {
            assume_config_map(&mut flags, &environment, cluster, &mut findings);
        }
        Outcome { value: Controller { version, flags, environment }, diagnostics: findings }
    }
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

/// The controller in the manifests; of several, the first by name.
fn choose<'a>(all: &'a [Object<ControllerArgs>], findings: &mut Vec<Diagnostic>) -> Option<&'a Object<ControllerArgs>> {
    let chosen = all.iter().min_by(|a, b| a.reference.cmp(&b.reference))?;
    if all.len() > 1 {
        let mut finding = Diagnostic::warning("several-controllers", format!("there are {} controllers in the manifests", all.len()))
            .at(chosen.span(&[]))
            .object(chosen.reference.clone())
            .note("this one is taken: it is the first by namespace and name")
            .help("pass the manifests of one controller, with those of its tenants");
        for other in all.iter().filter(|other| other.reference != chosen.reference) {
            finding = finding.related("another one", other.span(&[]));
        }
        findings.push(finding);
    }
    Some(chosen)
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
    match base {
        Some(base) if !release.is_original() => return base,
        _ if (FIRST..=LATEST).contains(version) => return *version,
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

fn environment(settings: &EnvironmentSettings, found: Option<&Object<ControllerArgs>>) -> Environment {
    let default = Environment::default();
    let own_namespace = || found.map(|found| found.reference.namespace.clone()).filter(|namespace| !namespace.is_empty());
    Environment {
        processors: settings.processors.map_or(default.processors, NonZeroU32::get),
        open_files: settings.open_files.unwrap_or(default.open_files),
        somaxconn: settings.somaxconn.unwrap_or(default.somaxconn),
        ipv6: settings.ipv6.unwrap_or(default.ipv6),
        resolvers: settings.resolvers.clone().unwrap_or(default.resolvers),
        pod_namespace: settings.pod_namespace.clone().or_else(own_namespace).unwrap_or(default.pod_namespace),
        pod_name: settings.pod_name.clone().unwrap_or(default.pod_name),
        node_zone: settings.node_zone.clone().unwrap_or(default.node_zone),
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
    let message = format!("the ConfigMap `{}` is taken for the controller's", flags.configmap);
    let finding = Diagnostic::info("assumed-configmap", message).at(usual.span(&[])).object(usual.reference.clone());
    findings.push(finding.note("there is no controller in the manifests, and no argument names its ConfigMap").help("say `--configmap`"));
}

fn namespaced(text: &str) -> Result<String, String> {
    match text.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains('/') => Ok(text.to_owned()),
        _ => Err(String::from("expected a namespace, a slash and a name")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::version::LATEST;
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
        (value, diagnostics.into_iter().map(|finding| finding.rule).collect())
    }

    #[test]
    fn without_a_word_it_is_the_last_release() {
        let (controller, findings) = settle("", "", &[]);
        assert_eq!((controller.version, controller.flags, controller.environment), (LATEST, Flags::default(), Environment::default()));
        assert!(findings.is_empty());
    }

    #[test]
    fn the_command_line_wins_over_settings_and_these_over_manifests() {
        let settings = "[controller]\nversion = \"1.13.9\"\nargs = [\"--https-port=9443\", \"--status-port=1\"]";
        let (controller, findings) = settle(DEPLOYMENT, settings, &["--controller-arg", "--status-port=2"]);
        let flags = &controller.flags;
        assert_eq!((flags.http_port, flags.https_port, flags.status_port), (8080, 9443, 2));
        assert_eq!((controller.version, flags.configmap.as_str()), (Version::new(1, 13, 9), "web/edge"));
        assert!(findings.is_empty(), "{findings:?}");
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
            ("", "--controller=acme:1.12.8-r2", Version::new(1, 12, 8), true),
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
    fn the_first_of_several_controllers_is_taken() {
        let second = DEPLOYMENT.replace("namespace: web", "namespace: api").replace("8080", "8081");
        let (controller, findings) = settle(&format!("{DEPLOYMENT}---\n{second}"), "", &[]);
        assert_eq!((controller.flags.http_port, findings), (8081, vec!["several-controllers"]));
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
