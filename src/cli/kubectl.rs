//! What a cluster holds, as kubectl tells it: the paths that begin with `kubectl:`. Nothing is changed there.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use super::text::{reason, text};
use crate::manifest::{self, Text};

/// What paths into a cluster begin with; behind it stand arguments of kubectl, separated by blanks.
pub(super) const SCHEME: &str = "kubectl:";

/// The kinds that a rule or a pass looks at and that every cluster has. What somebody installed is asked for on its own, as kubectl
/// refuses all where it does not know one.
const OBJECTS: &str = "ingresses.networking.k8s.io,ingressclasses.networking.k8s.io,services,endpointslices.discovery.k8s.io,secrets,\
    configmaps,namespaces,deployments.apps,daemonsets.apps,statefulsets.apps,networkpolicies.networking.k8s.io,\
    poddisruptionbudgets.policy,horizontalpodautoscalers.autoscaling,roles.rbac.authorization.k8s.io,\
    rolebindings.rbac.authorization.k8s.io,clusterroles.rbac.authorization.k8s.io,clusterrolebindings.rbac.authorization.k8s.io";

/// The labels that the controller's chart and its plain manifests give to its pods.
const CONTROLLERS: &str = "app.kubernetes.io/name=ingress-nginx,app.kubernetes.io/component=controller";

/// Files in a pod of the controller, and what prints them; the last two only for what Lua gets, which not every release writes.
pub(super) const MAIN: &[&str] = &["cat", "/etc/nginx/nginx.conf"];
/// The settings for Lua, since 1.12.
pub(super) const SETTINGS: &[&str] = &["cat", "/etc/nginx/lua/cfg.json"];
/// What the controller posted to Lua.
pub(super) const BACKENDS: &[&str] = &["curl", "-sf", "http://127.0.0.1:10246/configuration/backends"];

/// Lines that kubectl says about a failure and that are shown.
const MOST_LINES: usize = 3;

/// A cluster, and who asks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kubectl {
    /// Arguments of every call, as `--context prod`.
    arguments: Vec<String>,
    /// The namespace of the controllers; none: all.
    namespace: Option<String>,
    /// The labels of the controllers.
    selector: String,
}

/// A pod of a controller.
#[derive(Debug, Clone)]
pub(super) struct Replica<'k> {
    kubectl: &'k Kubectl,
    namespace: String,
    pod: String,
}

impl Kubectl {
    /// The cluster that a path names; none: it is a path.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let words = path.to_str()?.strip_prefix(SCHEME)?;
        let mut kubectl = Self { arguments: Vec::new(), namespace: None, selector: CONTROLLERS.to_owned() };
        let mut words = words.split_whitespace();
        while let Some(word) = words.next() {
            match word {
                "-n" | "--namespace" => kubectl.namespace = words.next().map(str::to_owned),
                "-l" | "--selector" => kubectl.selector = words.next().unwrap_or_default().to_owned(),
                _ => kubectl.arguments.push(word.to_owned()),
            }
        }
        Some(kubectl)
    }

    /// All objects that matter, and what kubectl said of those that it did not get.
    ///
    /// # Errors
    /// Why there are none, in words that follow the name of the path.
    pub(super) fn objects(&self) -> Result<(Text, Option<String>), String> {
        let (bytes, said) = self.run(&["get", OBJECTS, "--all-namespaces", "--output", "yaml"])?;
        match (bytes.is_empty(), said) {
            (true, said) => Err(format!("holds nothing: `kubectl get` says: {}", said.unwrap_or_default())),
            (false, said) => Ok((manifest::decode(bytes)?, said)),
        }
    }

    /// The pods of all controllers that run, in the order of their names.
    ///
    /// # Errors
    /// Why none was found, in words that follow the name of the path.
    pub(super) fn replicas(&self) -> Result<Vec<Replica<'_>>, String> {
        let mut words = vec!["get", "pods", "--selector", &self.selector, "--field-selector", "status.phase=Running"];
        match &self.namespace {
            Some(namespace) => words.extend(["--namespace", namespace]),
            None => words.push("--all-namespaces"),
        }
        words.extend(["--output", "jsonpath={range .items[*]}{.metadata.namespace}{\" \"}{.metadata.name}{\"\\n\"}{end}"]);
        let listed = text(self.strictly(&words)?)?;
        let mut replicas: Vec<Replica<'_>> = listed
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(namespace, pod)| Replica { kubectl: self, namespace: namespace.to_owned(), pod: pod.to_owned() })
            .collect();
        replicas.sort_by(|one, other| (&one.namespace, &one.pod).cmp(&(&other.namespace, &other.pod)));
        match replicas.is_empty() {
            true => Err(format!("leads to no controller: no pod that runs has the labels `{}`", self.selector)),
            false => Ok(replicas),
        }
    }

    /// Runs a command that has to succeed.
    fn strictly(&self, words: &[&str]) -> Result<Vec<u8>, String> {
        let (bytes, failure) = self.run(words)?;
        failure.map_or(Ok(bytes), |said| Err(format!("cannot be asked: `kubectl {}` says: {said}", words.first().unwrap_or(&""))))
    }

    /// Runs a command: what it printed, and what it said where it failed.
    fn run(&self, words: &[&str]) -> Result<(Vec<u8>, Option<String>), String> {
        let mut command = Command::new("kubectl");
        let ran = command.args(&self.arguments).args(words).stdin(Stdio::null()).output();
        let ran = ran.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => String::from("cannot be asked: `kubectl` is not there"),
            _ => format!("cannot be asked: `kubectl` {}", reason(&error)),
        })?;
        let said = String::from_utf8_lossy(&ran.stderr);
        let lines: Vec<&str> = said.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES).collect();
        Ok((ran.stdout, (!ran.status.success()).then(|| lines.join("; "))))
    }
}

impl Replica<'_> {
    /// What findings and reports call a file of the pod.
    pub(super) fn name(&self, file: &str) -> String {
        format!("{}/{}/{file}", self.namespace, self.pod)
    }

    /// What a command prints in the pod.
    ///
    /// # Errors
    /// Why it cannot be run, in words that follow the name of the file.
    pub(super) fn output(&self, words: &[&str]) -> Result<String, String> {
        let exec = ["exec", "--namespace", &self.namespace, &self.pod, "--"];
        text(self.kubectl.strictly(&[&exec, words].concat())?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_a_cluster() {
        let of = |path: &str| Kubectl::of(Path::new(path));
        assert_eq!(of("kubectl"), None);
        assert_eq!(of("./kubectl:x"), None);
        let plain = of("kubectl:").expect("this is one");
        assert_eq!((plain.arguments.len(), plain.namespace, plain.selector.as_str()), (0, None, CONTROLLERS));
        let other = of("kubectl:--context prod -n edge -l app=proxy").expect("this is one");
        assert_eq!(other.arguments, ["--context", "prod"]);
        assert_eq!((other.namespace.as_deref(), other.selector.as_str()), (Some("edge"), "app=proxy"));
    }
}
