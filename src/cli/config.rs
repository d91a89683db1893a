//! The settings file `ingressc.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::anyhow;
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::patterns::{NamePattern, PathPattern};
use super::{Failure, files};
use crate::catalog::adopted::{self, Dialect};
use crate::catalog::release::Release;
use crate::catalog::spelling::nearest;
use crate::catalog::version::Version;
use crate::credentials;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{FileId, SourceMap, Span};

/// Name of the file that is looked for.
const FILE: &str = "ingressc.toml";
/// What says that the annotations are those of ingress-nginx.
const INGRESS_NGINX: &str = "nginx.ingress.kubernetes.io";

/// A settings file that was read.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// Its name; empty where there is no file.
    pub(super) name: String,
    /// Its text.
    pub(super) text: String,
    /// What it says.
    pub(super) settings: Settings,
}

/// What a settings file can say.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct Settings {
    /// What of folders is left out.
    pub(super) exclude: Vec<PathPattern>,
    /// Rules whose findings a comment in a manifest may accept.
    pub(super) allow_comments: Vec<NamePattern>,
    /// The controller that the manifests are for.
    pub(super) controller: ControllerSettings,
    /// Facts of its pod.
    pub(super) environment: EnvironmentSettings,
    /// Levels of rules by name.
    pub(super) rules: BTreeMap<Spanned<String>, Level>,
    /// Findings that are known and accepted.
    pub(super) suppress: Vec<Suppression>,
}

/// `[controller]`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct ControllerSettings {
    /// Name and version, as `ingress-nginx:1.15.1`.
    #[serde(deserialize_with = "parsed")]
    pub(super) version: Option<Release>,
    /// The release of ingress-nginx that a fork is based on, where its own version does not tell.
    #[serde(deserialize_with = "parsed")]
    pub(super) base: Option<Version>,
    /// The namespace that it runs in.
    pub(super) namespace: Option<String>,
    /// Namespace and name of its Deployment, DaemonSet or the like.
    #[serde(deserialize_with = "a_namespaced")]
    pub(super) deployment: Option<String>,
    /// Its arguments, as `--ingress-class=internal`.
    pub(super) args: Vec<Spanned<String>>,
    /// The controller whose annotations are compiled, as `haproxy.org`; none: ingress-nginx.
    #[serde(deserialize_with = "dialect")]
    pub(super) annotations: Option<&'static Dialect>,
}

/// `[environment]`: facts of the pod that no manifest holds. What is left out has the default of
/// [`Environment`](crate::lower::Environment).
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct EnvironmentSettings {
    /// Number of processors.
    pub(super) processors: Option<NonZeroU32>,
    /// Open files that the controller may have.
    pub(super) open_files: Option<i64>,
    /// Length of the accept queue that the kernel allows.
    pub(super) somaxconn: Option<i64>,
    /// The pod has an IPv6 address.
    pub(super) ipv6: Option<bool>,
    /// Name servers of the pod.
    pub(super) resolvers: Option<Vec<IpAddr>>,
    /// Namespace of the pod.
    pub(super) pod_namespace: Option<String>,
    /// Name of the pod.
    pub(super) pod_name: Option<String>,
    /// Zone of the node that the pod runs on.
    pub(super) node_zone: Option<String>,
}

/// How much a rule weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Level {
    /// Its findings are not shown.
    Allow,
    /// Worth knowing.
    Info,
    /// Probably not what was meant.
    Warning,
    /// Wrong.
    Error,
}

impl Level {
    /// The severity of findings of this level; none: there are no findings.
    pub(super) fn severity(self) -> Option<Severity> {
        match self {
            Self::Allow => None,
            Self::Info => Some(Severity::Info),
            Self::Warning => Some(Severity::Warning),
            Self::Error => Some(Severity::Error),
        }
    }
}

/// `[[suppress]]`: findings that fit all that is given are left out.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Suppression {
    /// The rule.
    pub(super) rule: Option<Spanned<NamePattern>>,
    /// Kind of the object.
    pub(super) kind: Option<NamePattern>,
    /// Namespace of the object.
    pub(super) namespace: Option<NamePattern>,
    /// Name of the object.
    pub(super) name: Option<NamePattern>,
    /// The annotation, key, path or host.
    pub(super) subject: Option<NamePattern>,
    /// The file that it is in.
    pub(super) file: Option<PathPattern>,
    /// Why it is accepted: for the next reader of the file.
    #[serde(deserialize_with = "reason")]
    pub(super) reason: Spanned<String>,
}

impl Config {
    /// The folder that paths in it begin at.
    pub(super) fn root(&self) -> PathBuf {
        let folder = Path::new(&self.name).parent().filter(|folder| !folder.as_os_str().is_empty());
        fs::canonicalize(folder.unwrap_or(Path::new("."))).unwrap_or_default()
    }

    /// Reads the file that is given, else the one of the repository, if there is one.
    pub(super) fn find(given: Option<&Path>) -> Result<Self, Failure> {
        let Some(path) = given.map(PathBuf::from).or_else(search) else { return Ok(Self::default()) };
        let name = path.to_string_lossy().into_owned();
        let text = if given.is_some() { files::read(&path) } else { files::read_found(&path) };
        let text = text.map_err(|reason| anyhow!("the settings file `{name}` {reason}"))?;
        match toml::from_str(&text) {
            Ok(settings) => Ok(Self { name, text, settings }),
            Err(error) => {
                let mut sources = SourceMap::default();
                let complaint = complaint(&error, sources.add(name, text.as_str()), &text);
                Err(Failure::Findings(sources, vec![complaint]))
            }
        }
    }
}

/// What is wrong with the text of a settings file, if anything is.
#[must_use]
pub fn complaints_about_settings(text: &str) -> Option<Diagnostic> {
    toml::from_str::<Settings>(text).err().map(|error| complaint(&error, FileId(0), text))
}

fn complaint(error: &toml::de::Error, file: FileId, text: &str) -> Diagnostic {
    let span = error.span().map(|range| Span::new(file, range));
    let reason = reason_without_secrets(error, text);
    let finding = match meant(&reason) {
        Some(name) => Diagnostic::error("bad-settings", reason.as_str()).help(format!("did you mean `{name}`?")),
        None => Diagnostic::error("bad-settings", reason.as_str()),
    };
    finding.at(span)
}

/// The name that an unknown one most likely stands for, of those that the reason lists, in backticks, behind it.
fn meant(reason: &str) -> Option<&str> {
    let mut quoted = reason.strip_prefix("unknown ")?.split('`').skip(1).step_by(2);
    let name = quoted.next()?;
    let is_begun = |known: &&str| name.len() > 2 && known.starts_with(name);
    nearest(name, quoted.clone()).or_else(|| quoted.find(is_begun))
}

/// What is wrong. A message that may repeat a value that is secret by its name says only what is expected instead.
fn reason_without_secrets(error: &toml::de::Error, text: &str) -> String {
    let message = error.message();
    let is_secret = |range: std::ops::Range<usize>| {
        let (start, end) = (range.start, range.end.max(range.start + 1));
        credentials::ranges(text).iter().any(|secret| secret.start < end && start < secret.end)
    };
    if !error.span().is_some_and(is_secret) {
        return message.to_owned();
    }
    match message.find("expected ") {
        Some(at) => message[at..].to_owned(),
        None => String::from("the value has another form here"),
    }
}

/// The next settings file from the working directory upwards, not above the root of the repository. Outside of a repository only
/// the working directory counts: what lies above belongs to others.
fn search() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let depth = here.ancestors().position(|folder| files::exists(&folder.join(".git"))).unwrap_or(0);
    let candidates = here.ancestors().take(depth + 1).enumerate();
    let (up, _) = candidates.into_iter().find(|(_, folder)| files::exists(&folder.join(FILE)))?;
    Some(std::iter::repeat_n("..", up).chain([FILE]).collect())
}

/// Reads what is written as text.
fn parsed<'de, T: FromStr<Err: fmt::Display>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    String::deserialize(deserializer)?.parse().map(Some).map_err(serde::de::Error::custom)
}

/// Reads a namespace and a name.
pub(super) fn namespaced(text: &str) -> Result<String, String> {
    match text.split_once('/') {
        Some((namespace, name)) if !namespace.is_empty() && !name.is_empty() && !name.contains('/') => Ok(text.to_owned()),
        _ => Err(String::from("expected a namespace, a slash and a name")),
    }
}

fn a_namespaced<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    namespaced(&String::deserialize(deserializer)?).map(Some).map_err(serde::de::Error::custom)
}

fn dialect<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'static Dialect>, D::Error> {
    let name = String::deserialize(deserializer)?;
    if name == INGRESS_NGINX {
        return Ok(None);
    }
    let known: Vec<_> = adopted::DIALECTS.iter().map(|dialect| dialect.name).collect();
    let unknown = || serde::de::Error::custom(format!("annotations can be those of {INGRESS_NGINX} or {}", known.join(" or ")));
    adopted::find(&name).map(Some).ok_or_else(unknown)
}

fn reason<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Spanned<String>, D::Error> {
    let text = Spanned::<String>::deserialize(deserializer)?;
    if text.as_ref().trim().is_empty() { Err(serde::de::Error::custom("a suppression needs a reason")) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Settings, String> {
        toml::from_str(text).map_err(|error: toml::de::Error| error.message().to_owned())
    }

    #[test]
    fn all_sections_are_read() -> Result<(), String> {
        let settings = read(
            "[controller]\nversion = \"1.12.8\"\nargs = [\"--v=5\"]\nannotations = \"haproxy.org\"\n\
             [environment]\nprocessors = 8\nresolvers = [\"10.0.0.1\", \"fd00::1\"]\nnode-zone = \"a\"\n\
             [rules]\nunknown-annotation = \"error\"\nodd-thing = \"allow\"\n\
             [[suppress]]\nrule = \"odd\"\nnamespace = \"shop\"\nreason = \"moves in March\"\n",
        )?;
        assert_eq!(settings.controller.version.map(|release| release.to_string()).as_deref(), Some("ingress-nginx:1.12.8"));
        assert_eq!(settings.controller.args[0].get_ref(), "--v=5");
        assert_eq!(settings.controller.annotations.map(|dialect| dialect.name), Some("haproxy.org"));
        assert_eq!(settings.environment.processors.map(NonZeroU32::get), Some(8));
        assert_eq!(settings.environment.resolvers.map(|list| list.len()), Some(2));
        assert_eq!(settings.rules["odd-thing"].severity(), None);
        assert!(settings.suppress[0].namespace.as_ref().is_some_and(|pattern| pattern.fits("shop")));
        Ok(())
    }

    #[test]
    fn mistakes_are_refused_with_a_reason() {
        for (text, reason) in [
            ("[environment]\nopen_files = 1", "unknown field `open_files`"),
            ("[environment]\nprocessors = 0", "nonzero"),
            ("[environment]\nresolvers = [\"dns.example\"]", "IP address"),
            ("[controller]\nversion = \"latest\"", "not a version like"),
            ("[controller]\ndeployment = \"a\"", "a namespace, a slash and a name"),
            ("[controller]\nannotations = \"nginx.org\"", "haproxy.org or haproxy-ingress.github.io"),
            ("[rules]\nodd = \"deny\"", "unknown variant `deny`"),
            ("[[suppress]]\nrule = \"odd\"", "missing field `reason`"),
            ("[[suppress]]\nrule = \"odd\"\nreason = \" \"", "needs a reason"),
            ("[suppress]\nrule = \"odd\"", "expected a sequence"),
            ("[server]", "unknown field `server`"),
            ("[", ""),
        ] {
            let error = read(text).err().unwrap_or_default();
            assert!(!error.is_empty() && error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn a_misspelt_name_is_told_with_the_one_that_it_stands_for() {
        for (text, meant) in [
            ("[environment]\nprocesors = 1", Some("processors")),
            ("[controller]\nvresion = \"1.12.8\"", Some("version")),
            ("[rules]\nodd = \"warn\"", Some("warning")),
            ("[rules]\nodd = \"off\"", None),
            ("[enviroment]", Some("environment")),
        ] {
            let help = complaints_about_settings(text).and_then(|finding| finding.help);
            assert_eq!(help, meant.map(|name| format!("did you mean `{name}`?")), "{text}");
        }
    }

    #[test]
    fn no_message_repeats_a_secret() {
        for text in [
            "[rules]\napi-token = \"CANARY\"",
            "[rules]\napi-token = \"\\u0043ANARY\"",
            "[rules]\n\"db-password\" = 'CANARY'",
            "[controller]\nargs = \"--maxmind-license-key=CANARY\"",
            "password = CANARY",
        ] {
            let finding = complaints_about_settings(text).expect("it is wrong");
            assert!(!finding.message.contains("CANARY") && !finding.message.is_empty(), "{text}: {}", finding.message);
        }
    }

    #[test]
    fn an_empty_file_says_nothing() {
        assert!(read("").is_ok_and(|settings| settings.controller.version.is_none() && settings.rules.is_empty()));
    }
}
